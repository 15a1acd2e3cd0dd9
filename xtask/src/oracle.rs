//! Numbers of persons and enterprises beside validators that others wrote: a Python environment of its own,
//! with the versions `e2e/oracle/requirements.txt` names. Never part of the product.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{cargo, interface, run};

/// Where the comparison and its list of packages are.
const FOLDER: &str = "e2e/oracle";

/// Whether there is anything to run.
pub fn present(root: &Path) -> bool {
    root.join(FOLDER).join("run.py").is_file()
}

/// The command that compares, with our side freshly built.
pub fn command(root: &Path) -> Result<Command> {
    run(cargo(root).args(["build", "--package", "domain", "--example", "identifiers"]))?;
    let target = crate::target(root);
    let environment = interface::environment(root, &target.join("oracle"), FOLDER)?;
    let mut command = Command::new(environment.join("bin/python"));
    command
        .arg(format!("{FOLDER}/run.py"))
        .current_dir(root)
        .env("QIFU365_IDENTIFIERS", target.join("debug/examples/identifiers"));
    Ok(command)
}
