//! The pages and forms as a browser meets them, on both engines.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod account;
mod browser;
mod budget;
mod html;
mod kept;
mod order;
mod pages;
mod public;
mod routes;
