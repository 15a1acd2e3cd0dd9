//! What the machine tells: the time, a thread's work, a process's memory (Linux).

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// The wall's clock.
#[expect(
    clippy::disallowed_methods,
    reason = "a bench measures the time that passes; nothing is decided by it"
)]
#[must_use]
pub fn now() -> Instant {
    Instant::now()
}

/// A thread whose processor time can be read from any other.
#[derive(Clone, Debug)]
pub struct Thread(PathBuf);

impl Thread {
    /// The thread that asks.
    ///
    /// # Errors
    /// `/proc` is not there.
    pub fn current() -> Result<Self> {
        let own = std::fs::read_link("/proc/thread-self").context("benches run on Linux")?;
        Ok(Self(Path::new("/proc").join(own).join("schedstat")))
    }

    /// How long it has been running on a processor.
    ///
    /// # Errors
    /// The thread has ended.
    pub fn busy(&self) -> Result<Duration> {
        let text = std::fs::read_to_string(&self.0).context("the thread is alive")?;
        let nanoseconds = text.split_whitespace().next().context("schedstat has figures")?;
        Ok(Duration::from_nanos(nanoseconds.parse()?))
    }
}

/// A figure of `/proc/PID/status` in MiB, for instance `VmRSS` or `VmHWM`.
///
/// # Errors
/// The process has ended.
pub fn memory(process: u32, figure: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(figure))
        .with_context(|| format!("{figure} is a figure of a process"))?;
    let kib: f64 = line
        .trim_start_matches(':')
        .trim()
        .trim_end_matches("kB")
        .trim()
        .parse()?;
    Ok(kib / 1024.0)
}
