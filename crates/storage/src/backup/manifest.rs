//! What lies beside a copy: whose it is and what it must be. It holds nothing of a person.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{BackupError, at_path, private, with_end};
use crate::engine::Engine;

/// The manifest of one copy.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `data` or `vault`.
    pub of: String,
    /// The installation.
    pub installation: Uuid,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// The latest migration applied.
    pub schema: i64,
    /// When the copy was begun.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

pub(super) const fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

/// Size and SHA-256 of a file.
pub(super) fn digest(path: &Path) -> Result<(u64, String), BackupError> {
    use std::fmt::Write as _;
    let mut file = at_path(path, File::open(path))?;
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = at_path(path, file.read(&mut piece))?;
        if read == 0 {
            break;
        }
        digest.update(&piece[..read]);
        bytes += read as u64;
    }
    let hex = digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Ok((bytes, hex))
}

impl Manifest {
    /// Where the manifest of a copy lies.
    pub(super) fn beside(copy: &Path) -> PathBuf {
        with_end(copy, ".json")
    }

    /// The manifest of a copy.
    ///
    /// # Errors
    /// [`BackupError::NoManifest`].
    pub fn of(copy: &Path) -> Result<Self, BackupError> {
        let path = Self::beside(copy);
        let text = std::fs::read(&path).unwrap_or_default();
        serde_json::from_slice(&text).map_err(|_| BackupError::NoManifest(path))
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), BackupError> {
        let partial = with_end(path, ".part");
        let written = (|| {
            private(&partial)?;
            let mut file = File::options().write(true).open(&partial)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            std::fs::rename(&partial, path)
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        at_path(path, written)
    }

    /// Whether a file is what this manifest says.
    pub(super) fn vouches_for(&self, path: &Path) -> Result<(), BackupError> {
        let (bytes, sha256) = digest(path)?;
        if bytes == self.bytes && sha256 == self.sha256 {
            Ok(())
        } else {
            Err(BackupError::Altered(path.to_path_buf()))
        }
    }
}
