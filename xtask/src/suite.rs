//! `cargo xtask test`: a database server of its own, every test of the workspace, the browser tests,
//! the JSON interface against its document, one summary.

use std::io::BufReader;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::cluster::Cluster;
use crate::tally::{Tally, stream};
use crate::tools::{self, Need};
use crate::{browser, cargo, interface, oracle};

/// One line of the summary.
struct Part {
    name: &'static str,
    took: Duration,
    tally: Tally,
    succeeded: bool,
}

/// Runs everything, or what the arguments select.
pub fn run(root: &Path, arguments: &[String]) -> Result<()> {
    // Arguments narrow the run to something the tests of the running product are no part of.
    let whole = arguments.is_empty();
    let browser = whole && root.join("e2e/package.json").is_file();
    let programs = whole && interface::present(root);
    let identifiers = whole && oracle::present(root);
    let mut needs = vec![Need::Postgres, Need::Token];
    needs.extend(browser.then_some(Need::Browser));
    needs.extend((programs || identifiers).then_some(Need::Python));
    tools::ensure(&needs)?;

    let begun = now();
    let cluster = Cluster::start()?;
    println!("xtask: PostgreSQL at {}", cluster.address());
    let mut parts = vec![Part {
        name: "PostgreSQL",
        took: begun.elapsed(),
        tally: Tally::default(),
        succeeded: true,
    }];
    parts.push(timed("cargo test", || {
        workspace(root, arguments, &cluster.address())
    })?);
    drop(cluster);
    if browser {
        parts.push(timed("browser tests", || browser_tests(root))?);
    }
    if programs {
        parts.push(timed("JSON interface", || interface_tests(root))?);
    }
    if identifiers {
        parts.push(timed("identifiers", || identifier_tests(root))?);
    }
    summary(&parts)
}

/// Tries the JSON interface alone.
pub fn run_interface(root: &Path) -> Result<()> {
    tools::ensure(&[Need::Python])?;
    summary(&[timed("JSON interface", || interface_tests(root))?])
}

/// Compares the rules of numbers alone.
pub fn run_identifiers(root: &Path) -> Result<()> {
    tools::ensure(&[Need::Python])?;
    summary(&[timed("identifiers", || identifier_tests(root))?])
}

fn identifier_tests(root: &Path) -> Result<(Tally, bool)> {
    let (tally, succeeded) = counted(&mut oracle::command(root)?, Tally::of_plain_line)?;
    Ok((whole_part(tally, succeeded), succeeded))
}

fn interface_tests(root: &Path) -> Result<(Tally, bool)> {
    let (tally, succeeded) = counted(&mut interface::command(root)?, Tally::of_plain_line)?;
    Ok((whole_part(tally, succeeded), succeeded))
}

/// The clock of the developer's wall, not of the business.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a step takes; nothing is decided by it"
)]
fn now() -> Instant {
    Instant::now()
}

fn timed(name: &'static str, step: impl FnOnce() -> Result<(Tally, bool)>) -> Result<Part> {
    let begun = now();
    let (tally, succeeded) = step()?;
    Ok(Part {
        name,
        took: begun.elapsed(),
        tally,
        succeeded,
    })
}

fn workspace(root: &Path, arguments: &[String], server: &str) -> Result<(Tally, bool)> {
    let mut command = cargo(root);
    // Everything runs to its end, so that the summary counts everything.
    command.args(["test", "--no-fail-fast"]);
    if !names_packages(arguments) {
        command.arg("--workspace");
    }
    command
        .args(arguments)
        .env("QIFU365_TEST_POSTGRES", server)
        .env("QIFU365_TEST_PKCS11", tools::softhsm().unwrap_or_default())
        .env_remove("QIFU365_GEN");
    let (tally, succeeded) = counted(&mut command, Tally::of_cargo_line)?;
    Ok((tally.unwrap_or_default(), succeeded))
}

/// Whether the arguments for cargo choose packages; `--workspace` would silently override them.
fn names_packages(arguments: &[String]) -> bool {
    arguments
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| {
            ["-p", "--package", "--manifest-path", "--workspace", "--all"]
                .iter()
                .any(|flag| argument == flag || argument.starts_with(&format!("{flag}=")))
                || (argument.starts_with("-p") && !argument.starts_with("--"))
        })
}

fn browser_tests(root: &Path) -> Result<(Tally, bool)> {
    let mut command = browser::script(root, "run.mjs")?;
    let (tally, succeeded) = counted(&mut command, Tally::of_plain_line)?;
    Ok((whole_part(tally, succeeded), succeeded))
}

/// A runner that prints no count is one test.
fn whole_part(tally: Option<Tally>, succeeded: bool) -> Tally {
    tally.unwrap_or(Tally {
        passed: u64::from(succeeded),
        failed: u64::from(!succeeded),
        ignored: 0,
    })
}

fn counted(command: &mut Command, count: impl Fn(&str) -> Option<Tally>) -> Result<(Option<Tally>, bool)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    let from = child.stdout.take().context("the output is piped")?;
    let tally = stream(BufReader::new(from), std::io::stdout().lock(), count)?;
    Ok((tally, child.wait()?.success()))
}

fn summary(parts: &[Part]) -> Result<()> {
    println!();
    let mut sum = Tally::default();
    for part in parts {
        let verdict = if part.succeeded { "ok" } else { "FAILED" };
        println!("{:>9.1} s  {:<14} {verdict}", part.took.as_secs_f64(), part.name);
        sum = sum.plus(part.tally);
    }
    if sum.ignored > 0 {
        println!("{} ignored", sum.ignored);
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    let broken: Vec<&str> = parts
        .iter()
        .filter(|part| !part.succeeded)
        .map(|part| part.name)
        .collect();
    if !broken.is_empty() {
        bail!("failed: {}", broken.join(", "));
    }
    if sum.failed > 0 {
        bail!("tests failed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(arguments: &[&str]) -> bool {
        names_packages(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn chosen_packages_are_recognised() {
        assert!(named(&["-p", "policy"]));
        assert!(named(&["-ppolicy"]));
        assert!(named(&["--package=policy"]));
        assert!(!named(&["one_test"]));
        assert!(!named(&["--", "-p"]));
    }

    #[test]
    fn a_failed_part_fails_the_run() {
        let part = |succeeded, failed| Part {
            name: "part",
            took: Duration::ZERO,
            tally: Tally {
                passed: 1,
                failed,
                ignored: 0,
            },
            succeeded,
        };
        assert!(summary(&[part(true, 0)]).is_ok());
        assert!(summary(&[part(true, 0), part(false, 0)]).is_err());
        assert!(summary(&[part(true, 1)]).is_err());
    }
}
