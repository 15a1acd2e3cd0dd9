//! `cargo xtask bench`: what the benches need, then each of them. They are never part of the tests.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::cluster::Cluster;
use crate::tools::{self, Need};
use crate::{cargo, run as run_command, target};

const NAMES: [&str; 12] = [
    "kernel", "page", "erase", "purge", "http", "start", "search", "login", "guard", "log", "orders",
    "consent",
];

/// Runs every bench, or the named one; further arguments are the bench's own.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let Some((name, rest)) = arguments.split_first() else {
        return NAMES.iter().try_for_each(|name| one(root, name, &[]));
    };
    if !NAMES.contains(&name.as_str()) {
        bail!("there is no bench `{name}`; there are {}", NAMES.join(", "));
    }
    one(root, name, rest)
}

fn one(root: &Path, name: &str, arguments: &[String]) -> Result<()> {
    println!("\n== {name}");
    let mut command = cargo(root);
    command
        .args(["bench", "--quiet", "--package", "benches", "--bench", name, "--"])
        .args(arguments);
    match name {
        "start" => {
            run_command(cargo(root).args(["build", "--release", "--package", "cli"]))?;
            run_command(command.env("QIFU365_BIN", target(root).join("release/qifu365")))
        }
        "log" => {
            tools::ensure(&[Need::Postgres])?;
            let cluster = Cluster::start()?;
            run_command(command.env("QIFU365_TEST_POSTGRES", cluster.address()))
        }
        "orders" | "consent" => {
            tools::ensure(&[Need::Postgres])?;
            let pgbench = tools::pgbench()
                .context("pgbench is not installed; on Debian it is in postgresql-contrib or postgresql")?;
            let cluster = Cluster::start()?;
            command
                .env("QIFU365_TEST_POSTGRES", cluster.address())
                .env("QIFU365_PGBENCH", pgbench);
            run_command(&mut command)
        }
        _ => run_command(&mut command),
    }
}
