//! What the kernel decides, what does not compile, and what de-identification lets through.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod compile;
mod decide;
mod deidentify;
