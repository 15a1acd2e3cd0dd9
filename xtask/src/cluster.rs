//! A PostgreSQL cluster that lives as long as one run of the tests.
//!
//! A guard process holds the read end of a pipe whose other end is ours. When the pipe closes,
//! because the cluster is dropped or because we died in any way (Ctrl-C, kill -9), the guard stops
//! the server and removes the folder.

use std::env;
use std::fs::DirBuilder;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{output, tools};

const OWNER: &str = "postgres";
const ROLE: &str = "qifu365";
/// Another process may take the free port between our look and the server's start.
const ATTEMPTS: u32 = 5;

/// Signals meant for the tests must not stop the guard before it has cleaned up.
const GUARD: &str = r#"trap '' INT TERM HUP
cat >/dev/null
if [ -f "$FOLDER/data/postmaster.pid" ]; then "$@" >/dev/null 2>&1; fi
rm -rf "$FOLDER""#;

/// A running cluster; dropping it stops the server and removes its folder.
pub struct Cluster {
    guard: Child,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster on a free port of the loopback address.
    pub fn start() -> Result<Self> {
        let bin = tools::postgres().context("PostgreSQL's server programs are not installed")?;
        let as_other = tools::is_root();
        let folder = own_folder()?;
        // From here on the guard removes the folder, also when a step below fails.
        let guard = guard(&folder, &bin, as_other)?;
        let mut cluster = Self {
            guard,
            folder,
            port: 0,
        };
        if as_other {
            output(Command::new("chown").arg(OWNER).arg(&cluster.folder))
                .context("the user `postgres` of the Debian package is needed when run as root")?;
        }
        let data = cluster.folder.join("data");
        output(
            program(&bin, "initdb", as_other)
                .current_dir(&cluster.folder)
                .arg("-D")
                .arg(&data)
                .args([
                    "--auth=trust",
                    "--no-sync",
                    "--encoding=UTF8",
                    "--locale=C",
                    "-U",
                    ROLE,
                ]),
        )
        .with_context(|| format!("{} must be readable for its owner", cluster.folder.display()))?;
        for _ in 0..ATTEMPTS {
            cluster.port = free_port()?;
            if cluster.start_server(&bin, &data, as_other)? {
                return Ok(cluster);
            }
        }
        let log = std::fs::read_to_string(cluster.folder.join("log")).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}")
    }

    fn start_server(&self, bin: &Path, data: &Path, as_other: bool) -> Result<bool> {
        let options = format!(
            "-p {} -k '{}' -c listen_addresses=127.0.0.1 -c fsync=off -c synchronous_commit=off \
             -c full_page_writes=off -c max_connections=300",
            self.port,
            self.folder.display()
        );
        // The server inherits what pg_ctl has open; a pipe here would never end.
        let status = program(bin, "pg_ctl", as_other)
            .current_dir(&self.folder)
            .arg("-D")
            .arg(data)
            .args(["-w", "-t", "60", "-o", &options, "-l"])
            .arg(self.folder.join("log"))
            .arg("start")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .context("cannot start pg_ctl")?;
        Ok(status.success())
    }

    /// Where the tests find the server.
    pub fn address(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let ended = self.guard.wait();
        if ended.is_err() || self.folder.exists() {
            eprintln!("xtask: the folder {} could not be removed", self.folder.display());
        }
    }
}

/// A server program, as the package's user when we are root: PostgreSQL refuses to run as root.
fn program(bin: &Path, name: &str, as_other: bool) -> Command {
    let path = bin.join(name);
    if as_other {
        let mut command = Command::new("runuser");
        command.args(["-u", OWNER, "--"]).arg(path);
        command
    } else {
        Command::new(path)
    }
}

fn guard(folder: &Path, bin: &Path, as_other: bool) -> Result<Child> {
    let stop = program(bin, "pg_ctl", as_other);
    Command::new("sh")
        .arg("-c")
        .arg(GUARD)
        .arg("guard")
        .arg(stop.get_program())
        .args(stop.get_args())
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-m", "immediate", "-w", "stop"])
        .env("FOLDER", folder)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start the cluster's guard")
}

/// A new folder only its owner can enter; its name tells runs apart.
fn own_folder() -> Result<PathBuf> {
    for number in 0_u32.. {
        let folder = env::temp_dir().join(format!("qifu365-pg-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot make {}", folder.display()));
            }
        }
    }
    bail!("no free name for a temporary folder")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on the loopback address")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() {
        let cluster = Cluster::start().unwrap();
        let (folder, port) = (cluster.folder.clone(), cluster.port);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
        assert_eq!(
            cluster.address(),
            format!("postgres://qifu365@127.0.0.1:{port}/postgres")
        );
        drop(cluster);
        assert!(!folder.exists());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
