//! PostgreSQL's own programs for copies. Passwords reach them by the environment: a command line is
//! seen by everyone on the machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::{ConnectOptions as _, PgPool};

use super::{BackupError, aside};

/// On the search path, or where Debian keeps them, the newest first.
fn program(name: &'static str) -> Result<PathBuf, BackupError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .ok_or(BackupError::NoProgram(name))
}

/// `%41` as `A`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The address without its password, and the password.
fn address(pool: &PgPool) -> (String, Option<String>) {
    let mut url = pool.connect_options().to_url_lossy();
    let password = url.password().map(decoded);
    let _ = url.set_password(None);
    // The last is the driver's own and unknown to PostgreSQL's programs.
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != "statement-cache-capacity")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    (url.to_string(), password)
}

async fn run(
    name: &'static str,
    pool: &PgPool,
    arguments: &'static [&'static str],
    file: (&'static str, &Path),
) -> Result<(), BackupError> {
    let (address, password) = address(pool);
    let mut command = Command::new(program(name)?);
    command
        .args(arguments)
        .arg("--no-password")
        .arg(format!("--dbname={address}"))
        .arg({
            let mut argument = std::ffi::OsString::from(file.0);
            argument.push(file.1);
            argument
        })
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let path = file.1.to_path_buf();
    aside(move || {
        let output = super::at_path(&path, command.output())?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        // The first line names the fault; those after it may quote rows.
        let said = said.lines().next().unwrap_or("it said nothing").to_owned();
        Err(BackupError::Program { program: name, said })
    })
    .await
}

/// Copies a database in PostgreSQL's custom format.
pub(super) async fn dump(pool: &PgPool, to: &Path) -> Result<(), BackupError> {
    let how = &["--format=custom", "--no-owner", "--no-privileges"];
    run("pg_dump", pool, how, ("--file=", to)).await
}

/// Fills an empty database from a copy, whole or not at all.
pub(super) async fn load(pool: &PgPool, from: &Path) -> Result<(), BackupError> {
    let how = &[
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
    ];
    run("pg_restore", pool, how, ("", from)).await
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    #[test]
    fn a_password_is_never_part_of_the_address_given_to_a_program() {
        let options = sqlx::postgres::PgConnectOptions::from_str(
            "postgres://qifu:p%40ss%2Fw%25rd@db.example:5433/qifu365?sslmode=require",
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let address = runtime.and_then(|runtime| {
            let _inside = runtime.enter();
            let pool = sqlx::PgPool::connect_lazy_with(options.map_err(std::io::Error::other)?);
            Ok(super::address(&pool))
        });
        let (address, password) = address.unwrap_or_default();
        assert_eq!(address, "postgres://qifu@db.example:5433/qifu365?sslmode=require");
        assert_eq!(password.as_deref(), Some("p@ss/w%rd"));
    }
}
