//! The pages and forms as a browser meets them, on both engines.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod account;
mod browser;
mod order;
mod public;
mod routes;
