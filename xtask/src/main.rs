//! The daily commands. `cargo xtask` alone lists them.

mod bench;
mod browser;
mod checks;
mod cluster;
mod doctor;
mod documents;
mod interface;
mod oracle;
mod screenshots;
mod suite;
mod tally;
mod tools;
mod walls;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};

const COMMANDS: &str = "\
cargo xtask <command>

  run [arguments]     start the site with demo data (cargo run)
  test [arguments]    every test on SQLite and PostgreSQL, then the browser and
                      the JSON interface; arguments go to cargo test and leave those out
  test-interface      the JSON interface alone, against its own document
  test-identifiers    identity numbers and credit codes beside python-stdnum
  bench [name]        measure kernel, page, erase, purge, http, start, search, login, guard, log,
                      orders, consent beside a floor of the same run; never part of the
                      tests (benches/README.md)
  check               formatting, lints, documentation, walls, generated files
  check-walls         only who may depend on whom, file lengths, module names
  gen [--check]       write the generated documents, or fail when one is stale
  screenshots         pictures of the main pages into docs/screenshots
  deny                licences, advisories and sources of the dependencies
  doctor              what this machine has and lacks
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let outcome = match root() {
        Ok(root) => dispatch(&root, command.as_deref(), &rest),
        Err(error) => Err(error),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(root: &Path, command: Option<&str>, rest: &[String]) -> Result<()> {
    match (command, rest) {
        (None | Some("help" | "--help" | "-h"), _) => {
            print!("{COMMANDS}");
            Ok(())
        }
        (Some("run"), _) => run(cargo(root).arg("run").arg("--").args(rest)),
        (Some("test"), _) => suite::run(root, rest),
        (Some("test-interface"), []) => suite::run_interface(root),
        (Some("test-identifiers"), []) => suite::run_identifiers(root),
        (Some("bench"), _) => bench::run(root, rest),
        (Some("check"), []) => checks::check(root),
        (Some("check-walls"), []) => walls::check(root),
        (Some("gen"), []) => documents::write(root),
        (Some("gen"), [flag]) if flag == "--check" => documents::check(root),
        (Some("screenshots"), []) => screenshots::take(root),
        (Some("deny"), []) => checks::deny(root),
        (Some("doctor"), []) => doctor::report(root),
        (Some(other), _) => {
            bail!("`{other}` with these arguments is not a command; `cargo xtask` lists them")
        }
    }
}

/// The folder of the workspace, wherever the command was given.
fn root() -> Result<PathBuf> {
    // Cargo sets the variable for what it runs; the constant serves a binary started by hand.
    let own = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = own.parent().context("xtask has a parent folder")?;
    Ok(root.to_path_buf())
}

/// The cargo that runs us, in the workspace, without a terminal to ask.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Where cargo puts what it builds.
fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| root.join(set))
}

/// Runs a command to its end and fails with its words when it fails.
fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command
        .status()
        .with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown} failed ({status})");
    }
    Ok(())
}

/// Runs a command and gives what it printed.
fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{shown} failed ({}): {}", output.status, errors.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{shown} printed no UTF-8"))
}

fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
