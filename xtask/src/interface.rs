//! The JSON interface tried by Schemathesis: a Python environment of its own under the target folder,
//! with the versions `e2e/api/requirements.txt` names.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use crate::{cargo, run};

/// Where the runner and its list of packages are.
const FOLDER: &str = "e2e/api";

/// Whether there is anything to run.
pub fn present(root: &Path) -> bool {
    root.join(FOLDER).join("run.py").is_file()
}

/// The command that tries the interface of a freshly built binary.
pub fn command(root: &Path) -> Result<Command> {
    run(cargo(root).args(["build", "--package", "cli"]))?;
    let target = crate::target(root);
    let environment = environment(root, &target.join("schemathesis"), FOLDER)?;
    let mut command = Command::new(environment.join("bin/python"));
    command
        .arg(format!("{FOLDER}/run.py"))
        .current_dir(root)
        .env("QIFU365_BIN", target.join("debug/qifu365"));
    Ok(command)
}

/// An environment with exactly the packages listed in a folder; made anew when the list has changed.
pub fn environment(root: &Path, folder: &Path, of: &str) -> Result<PathBuf> {
    let folder = folder.to_path_buf();
    let list = root.join(of).join("requirements.txt");
    let wanted = std::fs::read(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let installed = folder.join("installed.txt");
    if std::fs::read(&installed).is_ok_and(|present| present == wanted) {
        return Ok(folder);
    }
    println!("xtask: installing what {of} names under {}", folder.display());
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&folder)
        .stdin(Stdio::null()))?;
    run(Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arg("--requirement")
        .arg(&list)
        .stdin(Stdio::null()))?;
    // Written last: a run that was broken off begins anew.
    std::fs::write(&installed, wanted).with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(folder)
}
