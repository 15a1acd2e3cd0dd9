//! What the store promises, on both engines.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]
mod accounts;
mod keys;
mod log;
mod permits;
mod schema;
mod vault;
