//! Who uses the data folder: many may serve and work together, but whoever puts other data in its
//! place must be alone.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context as _, bail};

const NAME: &str = "in-use.lock";

fn file(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join(NAME);
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))
}

/// Together with others; lasts as long as the file is held.
///
/// # Errors
/// Somebody is alone with the folder.
pub fn together(folder: &Path) -> anyhow::Result<File> {
    let file = file(folder)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "data is being restored in {}; wait until it ended",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the data folder"),
    }
}

/// Alone; lasts as long as the file is held.
///
/// # Errors
/// Somebody else uses the folder.
pub fn alone(folder: &Path) -> anyhow::Result<File> {
    let file = file(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "qifu365 is running on {}; stop every process of it first",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).context("cannot lock the data folder"),
    }
}
