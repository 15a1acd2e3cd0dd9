//! The machines, walked whole.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod enterprise;
mod enterprise_change;
mod enterprise_proof;
mod licence;
mod minor;
mod order;
mod order_plan;
mod person;
mod supplier;
mod walk;
