//! Scripts that drive the built site in a browser.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::{cargo, run, target};

/// Builds the binary, installs what the scripts need, and gives the command that runs one of them.
pub fn script(root: &Path, name: &str) -> Result<Command> {
    run(cargo(root).args(["build", "--package", "cli"]))?;
    let folder = root.join("e2e");
    let install = if folder.join("package-lock.json").is_file() {
        "ci"
    } else {
        "install"
    };
    run(Command::new("npm")
        .args([install, "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .stdin(Stdio::null()))?;
    let mut command = Command::new("node");
    command
        .arg(format!("e2e/{name}"))
        .current_dir(root)
        .env("QIFU365_BIN", target(root).join("debug/qifu365"));
    Ok(command)
}
