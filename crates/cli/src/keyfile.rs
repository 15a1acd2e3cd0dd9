//! The wrapping key in a file of its own, readable by its owner only.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use privacy::{Entropy, WrappingKey};

/// Reads the key, or makes it when there is none yet and `may_create` (an empty installation).
///
/// # Errors
/// A file of another length, readable by others, or absent although data exists.
pub fn load(path: &Path, may_create: bool, entropy: &dyn Entropy) -> anyhow::Result<WrappingKey> {
    if !path.exists() {
        if !may_create {
            bail!(
                "the key file {} is missing, but there is data sealed under it; restore the file from where you keep it",
                path.display()
            );
        }
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        write_private(path, &bytes)
            .with_context(|| format!("cannot write the key file {}", path.display()))?;
        return Ok(WrappingKey::new(bytes));
    }
    private(path)?;
    let bytes = fs::read(path).with_context(|| format!("cannot read the key file {}", path.display()))?;
    let Ok(bytes) = <[u8; 32]>::try_from(bytes.as_slice()) else {
        bail!("the key file {} must hold exactly 32 bytes", path.display());
    };
    Ok(WrappingKey::new(bytes))
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn private(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "the key file {} may be read by others (mode {mode:o}); run: chmod 600 {0}",
            path.display()
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
