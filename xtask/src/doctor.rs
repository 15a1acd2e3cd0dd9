//! What this machine has and lacks for the daily commands.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{cargo, interface, output, tools};

const SITE_PORT: u16 = 3650;

/// Prints one line per finding; fails when something needed is missing.
pub fn report(root: &Path) -> Result<()> {
    let mut missing = Vec::new();
    let mut needed = |name: &'static str, found: Option<String>| {
        println!("{:<12} {}", name, found.as_deref().unwrap_or("MISSING"));
        if found.is_none() {
            missing.push(name);
        }
    };
    needed(
        "cargo",
        output(cargo(root).arg("--version"))
            .ok()
            .map(|text| text.trim().to_owned()),
    );
    needed("clippy", version("cargo-clippy", "--version"));
    needed("rustfmt", version("rustfmt", "--version"));
    needed("PostgreSQL", tools::postgres().map(shown));
    needed("SoftHSM", tools::softhsm().map(shown));
    if root.join("e2e/package.json").is_file() {
        needed("Chromium", tools::chromium().map(shown));
        needed("Node", version("node", "--version"));
        needed("npm", version("npm", "--version"));
    }
    if interface::present(root) {
        needed("Python", tools::python());
    }
    let deny = tools::on_path(&["cargo-deny"]).map_or_else(
        || "not installed; optional: cargo install cargo-deny --locked".to_owned(),
        shown,
    );
    println!("{:<12} {deny}", "cargo-deny");
    let port = if TcpListener::bind(("127.0.0.1", SITE_PORT)).is_ok() {
        "free"
    } else {
        "in use"
    };
    println!("{:<12} {port}", format!("port {SITE_PORT}"));
    if !missing.is_empty() {
        bail!("missing: {}", missing.join(", "));
    }
    Ok(())
}

fn version(program: &str, flag: &str) -> Option<String> {
    output(Command::new(program).arg(flag))
        .ok()
        .map(|text| text.trim().to_owned())
}

fn shown(path: PathBuf) -> String {
    path.into_os_string().to_string_lossy().into_owned()
}
