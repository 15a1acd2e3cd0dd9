//! The generated documents, each the picture of what is compiled.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod documents;
