//! The wrapping key in a file of its own, readable by its owner only. While it is being replaced, the
//! new one lies beside it with `.next` at the end of its name.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use privacy::{Entropy, KeyEncryptionKey, KeyRing, SealError, WrappingKey};
use zeroize::Zeroizing;

use super::shown;

/// Both files.
pub struct FileRing {
    path: PathBuf,
    next: PathBuf,
    may_create: bool,
    entropy: Arc<dyn Entropy>,
}

impl FileRing {
    /// The files at a path.
    ///
    /// # Errors
    /// A file of another length, or readable by others.
    pub fn new(path: PathBuf, may_create: bool, entropy: Arc<dyn Entropy>) -> anyhow::Result<Self> {
        let mut name: OsString = path.clone().into_os_string();
        name.push(".next");
        let ring = Self {
            path,
            next: name.into(),
            may_create,
            entropy,
        };
        // Read once here, where the error can say which file and what to do.
        for path in [&ring.path, &ring.next] {
            read(path)?;
        }
        Ok(ring)
    }

    /// What an operator is told when no file opens the vault.
    pub fn remedy(&self) -> String {
        let path = shown(&self.path);
        if self.path.exists() {
            format!("the key file {path} does not open this key vault; use the file that belongs to it")
        } else {
            format!(
                "the key file {path} is missing, but there is data sealed under it; restore the file from where you keep it"
            )
        }
    }

    /// The next key, made if there is none yet.
    pub fn next(&self) -> anyhow::Result<Arc<dyn KeyEncryptionKey>> {
        let key = match read(&self.next)? {
            Some(key) => key,
            None => create(&self.next, &*self.entropy)?,
        };
        Ok(Arc::new(key))
    }

    /// The next key takes the place of the present one.
    pub fn promote(&self) -> anyhow::Result<String> {
        let (path, next) = (shown(&self.path), shown(&self.next));
        fs::rename(&self.next, &self.path).with_context(|| {
            format!("the new key is in use; {next} could not be renamed to {path}, do it by hand")
        })?;
        Ok(format!(
            "{path} holds the new key now; copy it to where you keep it, and keep the former one only as long as copies of the vault from before today"
        ))
    }

    fn try_read(path: &Path) -> Result<Option<WrappingKey>, SealError> {
        read(path).map_err(|error| {
            tracing::error!("{error:#}");
            SealError::KeyUnavailable
        })
    }
}

impl KeyRing for FileRing {
    fn current(&self) -> Result<Arc<dyn KeyEncryptionKey>, SealError> {
        if let Some(key) = Self::try_read(&self.path)? {
            return Ok(Arc::new(key));
        }
        if !self.may_create {
            return Err(SealError::KeyUnavailable);
        }
        let key = create(&self.path, &*self.entropy).map_err(|error| {
            tracing::error!("{error:#}");
            SealError::KeyUnavailable
        })?;
        Ok(Arc::new(key))
    }

    fn find(&self, id: &str) -> Result<Option<Arc<dyn KeyEncryptionKey>>, SealError> {
        // The next one first: if it is renamed between the two looks, the second finds it.
        for path in [&self.next, &self.path] {
            if let Some(key) = Self::try_read(path)?.filter(|key| key.id() == id) {
                return Ok(Some(Arc::new(key)));
            }
        }
        Ok(None)
    }
}

/// The key in a file; nothing if there is no file.
fn read(path: &Path) -> anyhow::Result<Option<WrappingKey>> {
    if !path.try_exists().unwrap_or(true) {
        return Ok(None);
    }
    private(path)?;
    let bytes = fs::read(path).with_context(|| format!("cannot read the key file {}", shown(path)))?;
    let Some(key) = WrappingKey::from_slice(&Zeroizing::new(bytes)) else {
        bail!("the key file {} must hold exactly 32 bytes", shown(path));
    };
    Ok(Some(key))
}

fn create(path: &Path, entropy: &dyn Entropy) -> anyhow::Result<WrappingKey> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    entropy.fill(&mut *bytes);
    write_private(path, &*bytes).with_context(|| format!("cannot write the key file {}", shown(path)))?;
    Ok(WrappingKey::new(*bytes))
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
    file.sync_all()?;
    // The name must last too: a vault wrapped with a key whose file is gone opens never again.
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
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
    let mode = fs::metadata(path)
        .with_context(|| format!("cannot read the key file {}", shown(path)))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "the key file {} may be read by others (mode {mode:o}); run: chmod 600 {0}",
            shown(path)
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
