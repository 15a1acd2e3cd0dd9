//! The generated documents, each the picture of what is compiled; the program as operators meet it.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod backup;
mod documents;
mod keys;
#[cfg(unix)]
mod kill;
#[cfg(target_os = "linux")]
mod quota;
#[cfg(unix)]
mod scene;
mod verify;
