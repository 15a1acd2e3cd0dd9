//! The generated documents. Each is written and compared by a test of the crate `cli`, the one
//! crate that sees all the others, so that it shows what is compiled and nothing else. Nothing is
//! built for it that the tests do not need anyway, and `cargo xtask` itself stays small.

use std::path::Path;

use anyhow::Result;

use crate::{cargo, run};

/// Tells those tests to write.
const WRITE: &str = "QIFU365_GEN";

/// Writes every document.
pub fn write(root: &Path) -> Result<()> {
    run(tests(root).env(WRITE, "1"))?;
    println!("docs: columns, fields, retention, routes, clauses, machines, configuration written");
    Ok(())
}

/// Fails when a document is not what code and data give.
pub fn check(root: &Path) -> Result<()> {
    run(tests(root).env_remove(WRITE))
}

fn tests(root: &Path) -> std::process::Command {
    let mut command = cargo(root);
    command.args([
        "test",
        "--quiet",
        "--package",
        "cli",
        "--test",
        "it",
        "documents::",
    ]);
    command
}
