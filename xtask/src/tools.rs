//! The programs the tests need besides Rust, and how they get onto the machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::{output, run};

const SERVER_PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// What must be there before the tests start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A PostgreSQL server of our own.
    Postgres,
    /// SoftHSM, a PKCS#11 token in software.
    Token,
    /// Chromium, Node and npm for the browser tests.
    Browser,
    /// pngquant, to make pictures small.
    Pictures,
    /// Python with environments, for the tests of the JSON interface.
    Python,
}

/// The Python that can make an environment with pip in it, by its version. Debian ships that part
/// on its own.
pub fn python() -> Option<String> {
    let asked =
        "import ensurepip, sys, venv; assert sys.version_info >= (3, 11); print(sys.version.split()[0])";
    let version = output(Command::new("python3").args(["-c", asked])).ok()?;
    Some(version.trim().to_owned())
}

/// The folder with PostgreSQL's server programs: the path first, then Debian's place, newest first.
pub fn postgres() -> Option<PathBuf> {
    let mut debian: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
            (version, entry.path().join("bin"))
        })
        .collect();
    debian.sort();
    path_folders()
        .into_iter()
        .chain(debian.into_iter().rev().map(|(_, folder)| folder))
        .find(|folder| SERVER_PROGRAMS.iter().all(|name| folder.join(name).is_file()))
}

/// PostgreSQL's own load generator, from the server's folder or the path.
pub fn pgbench() -> Option<PathBuf> {
    let beside = postgres().map(|folder| folder.join("pgbench"));
    beside
        .filter(|path| path.is_file())
        .or_else(|| on_path(&["pgbench"]))
}

/// The first of the programs that the path has.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders = path_folders();
    names.iter().find_map(|name| {
        folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| path.is_file())
    })
}

/// The PKCS#11 module of SoftHSM, where Debian and others put it, if its tool is there too.
pub fn softhsm() -> Option<PathBuf> {
    on_path(&["softhsm2-util"])?;
    [
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
        "/usr/lib/pkcs11/libsofthsm2.so",
        "/usr/local/lib/softhsm/libsofthsm2.so",
        "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    ]
    .map(PathBuf::from)
    .into_iter()
    .find(|path| path.is_file())
}

/// Chromium under any of its usual names.
pub fn chromium() -> Option<PathBuf> {
    on_path(&[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ])
}

fn path_folders() -> Vec<PathBuf> {
    env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect())
}

/// Whether we run as root. PostgreSQL refuses to, and only root may install packages.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The Debian packages that are missing for what is needed.
fn missing(needs: &[Need]) -> Vec<&'static str> {
    let mut packages = Vec::new();
    if needs.contains(&Need::Postgres) && postgres().is_none() {
        packages.push("postgresql");
    }
    if needs.contains(&Need::Token) && softhsm().is_none() {
        packages.push("softhsm2");
    }
    if needs.contains(&Need::Browser) {
        if chromium().is_none() {
            // Without a Chinese font every page is boxes, and widths measured on it are wrong.
            packages.extend(["chromium", "fonts-noto-cjk"]);
        }
        if on_path(&["node"]).is_none() {
            packages.push("nodejs");
        }
        if on_path(&["npm"]).is_none() {
            packages.push("npm");
        }
    }
    if needs.contains(&Need::Pictures) && on_path(&["pngquant"]).is_none() {
        packages.push("pngquant");
    }
    if needs.contains(&Need::Python) && python().is_none() {
        packages.push("python3-venv");
    }
    packages
}

/// Sees to it that everything needed is there: installs it as root on Debian, otherwise says
/// exactly what to install.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let packages = missing(needs);
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !is_root() || !Path::new("/usr/bin/apt-get").is_file() {
        bail!(
            "missing programs. On Debian: sudo apt-get install -y {list}\n  elsewhere: PostgreSQL 15 or later \
             (initdb, pg_ctl, postgres on the PATH) and SoftHSM 2; for the browser tests Chromium, Node 18 or later and npm; \
             for the JSON interface Python 3.11 or later with venv and pip; for the pictures pngquant"
        );
    }
    println!("xtask: installing {list}");
    run(apt().arg("update"))?;
    run(apt().args(["install", "-y"]).args(&packages))?;
    let still = missing(needs);
    if !still.is_empty() {
        bail!("installed, yet still missing: {}", still.join(" "));
    }
    Ok(())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}
