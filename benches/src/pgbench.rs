//! `pgbench`: the floor of what is written to PostgreSQL.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// How it is run.
#[derive(Debug)]
pub struct Pgbench {
    program: PathBuf,
    folder: PathBuf,
    scripts: Vec<PathBuf>,
    server: String,
    variables: Vec<String>,
}

impl Pgbench {
    /// The program that `cargo xtask bench` found, on a server, with variables of its scripts.
    ///
    /// # Errors
    /// No program is named, or there is no room for the scripts.
    pub fn on(server: &str, variables: &[(&str, &str)]) -> Result<Self> {
        let program = std::env::var_os("QIFU365_PGBENCH")
            .context("QIFU365_PGBENCH names pgbench; cargo xtask bench finds it")?;
        let folder = std::env::temp_dir().join(format!("qifu365-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let variables = variables
            .iter()
            .map(|(name, value)| format!("--define={name}={value}"));
        Ok(Self {
            program: program.into(),
            folder,
            scripts: Vec::new(),
            server: server.to_owned(),
            variables: variables.collect(),
        })
    }

    /// Adds a script; of several, one is taken at random each time.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn script(&mut self, text: &str) -> Result<()> {
        let file = self.folder.join(format!("{}.sql", self.scripts.len()));
        std::fs::write(&file, text)?;
        self.scripts.push(file);
        Ok(())
    }

    /// Transactions a second.
    ///
    /// # Errors
    /// A statement fails.
    pub fn rate(&self, clients: usize, seconds: u64) -> Result<f64> {
        let mut command = Command::new(&self.program);
        command
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
            .args([format!("--client={clients}"), format!("--time={seconds}")])
            .args(&self.variables);
        for script in &self.scripts {
            command.arg(format!("--file={}", script.display()));
        }
        let output = command.arg(&self.server).output().context("pgbench starts")?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr));
        }
        let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
        let figure = line.and_then(|line| line.split_whitespace().next());
        Ok(figure.context("pgbench tells its rate")?.parse()?)
    }
}

impl Drop for Pgbench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
