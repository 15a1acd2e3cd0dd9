//! Copies of the stores, made while they are in use, and their way back.
//!
//! A copy of the data never holds a key, and one of the vault is made apart, so that whoever's key
//! is destroyed is unreadable in every copy of the data at once (clause 2.6.3.e). Beside each copy
//! lies a manifest that says whose it is and what it must be.

mod manifest;
mod postgres;
mod restore;
mod scratch;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use time::{Duration, OffsetDateTime};

pub use manifest::Manifest;
pub use restore::{Staged, check, installation, stage};
pub use scratch::Scratch;

use crate::engine::{Pool, StoreError};
use crate::schema;
use crate::tx::Store;

/// How long a copy of the vault is kept: an older one would bring destroyed keys back.
pub const VAULT_COPY_LIFE: Duration = Duration::days(7);

/// Which of the two stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The data.
    Data,
    /// The key vault.
    Vault,
}

impl Part {
    /// The stable identifier, part of the file's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Vault => "vault",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Data => Self::Vault,
            Self::Vault => Self::Data,
        }
    }

    fn prefix(self) -> String {
        format!("qifu365-{}-", self.as_str())
    }
}

/// Why a copy is not made or not taken back. Nothing was changed; each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or folder.
    #[error("cannot use {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder holds copies of the other store.
    #[error("{} holds copies of the {}; keep data and key vault in two places", folder.display(), other.as_str())]
    SameFolder {
        /// The folder.
        folder: PathBuf,
        /// What lies there.
        other: Part,
    },
    /// There is such a file.
    #[error("{} is there already; nothing was overwritten", .0.display())]
    AlreadyThere(PathBuf),
    /// PostgreSQL's own programs are needed.
    #[error("{0} was not found; install PostgreSQL's client programs, as new as the server")]
    NoProgram(&'static str),
    /// One of them failed; what it said follows.
    #[error("{program} failed: {said}")]
    Program {
        /// Which.
        program: &'static str,
        /// Its last words.
        said: String,
    },
    /// No manifest, or one that says nothing.
    #[error("{} is not the manifest of a copy; a copy without its manifest is not taken back", .0.display())]
    NoManifest(PathBuf),
    /// A copy of the vault or of the other engine.
    #[error("this is a copy of a {found}; the configuration wants one of a {wanted}")]
    OtherKind {
        /// What it is.
        found: String,
        /// What is needed.
        wanted: String,
    },
    /// The file is not what its manifest says.
    #[error("{} is not what its manifest says: it was altered or cut off; take another copy", .0.display())]
    Altered(PathBuf),
    /// Of another installation.
    #[error("this copy belongs to another installation; its sealed values would not open here")]
    OtherInstallation,
    /// From a newer build.
    #[error(
        "this copy has schema version {found}, this build knows {known}; use the build that made it or a newer one"
    )]
    Newer {
        /// The copy's.
        found: i64,
        /// This build's latest.
        known: i64,
    },
    /// There is no vault.
    #[error("there is no key vault; put the present vault back first, a copy of the data opens with it only")]
    NoVault,
    /// PostgreSQL: the role makes no databases.
    #[error("this needs a database of its own for a moment; give the role the right: ALTER ROLE … CREATEDB")]
    MayNotCreate,
    /// PostgreSQL: the database has tables.
    #[error(
        "the database is not empty; make an empty one, name it in QIFU365_DATABASE_URL, and keep the present one until all is well"
    )]
    NotEmpty,
}

pub(crate) fn at_path<T>(path: &Path, result: std::io::Result<T>) -> Result<T, BackupError> {
    result.map_err(|source| BackupError::File {
        path: path.to_path_buf(),
        source,
    })
}

/// Does what may block.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StoreError::Malformed("copy"))?
}

/// An instant as part of a file's name.
fn stamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, time) = (at.date(), at.time());
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// The files of a folder, in order; none if there is no folder.
fn listing(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return at_path(folder, Err(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(at_path(folder, entry)?.path());
    }
    files.sort();
    Ok(files)
}

fn of_part(path: &Path, part: Part) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(&part.prefix()))
}

#[cfg(unix)]
fn private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?;
    Ok(())
}

#[cfg(not(unix))]
fn private(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?;
    Ok(())
}

impl Store {
    /// Copies one of the two stores into a folder as it is at one instant, while it is in use; the
    /// copy and its manifest are readable by their owner only. Says where it is.
    ///
    /// # Errors
    /// [`BackupError`]; what was begun is removed.
    pub async fn back_up(
        &self,
        part: Part,
        folder: &Path,
        at: OffsetDateTime,
    ) -> Result<(PathBuf, Manifest), BackupError> {
        policy::clause!("2.6.3.e");
        at_path(folder, std::fs::create_dir_all(folder))?;
        if listing(folder)?.iter().any(|path| of_part(path, part.other())) {
            return Err(BackupError::SameFolder {
                folder: folder.to_path_buf(),
                other: part.other(),
            });
        }
        let pool = match part {
            Part::Data => self.data(),
            Part::Vault => self.vault().pool(),
        };
        let end = match pool {
            Pool::Sqlite(_) => "sqlite",
            Pool::Postgres(_) => "dump",
        };
        let folder = at_path(folder, std::path::absolute(folder))?;
        let path = folder.join(format!("{}{}.{end}", part.prefix(), stamp(at)));
        if path.exists() {
            return Err(BackupError::AlreadyThere(path));
        }
        let partial = with_end(&path, ".part");
        at_path(&partial, private(&partial))?;
        let written = self.write_copy(part, pool, (&partial, &path), at).await;
        if written.is_err() {
            let _ = std::fs::remove_file(&partial);
        }
        Ok((path, written?))
    }

    async fn write_copy(
        &self,
        part: Part,
        pool: &Pool,
        (partial, path): (&Path, &Path),
        at: OffsetDateTime,
    ) -> Result<Manifest, BackupError> {
        // Before the copy: a schema that changes meanwhile is newer in the copy, never older.
        let schema = schema::version(pool).await?;
        match pool {
            Pool::Sqlite(_) => pool.vacuum_into(partial).await?,
            Pool::Postgres(pool) => postgres::dump(pool, partial).await?,
        }
        let (installation, engine) = (self.vault().installation(), pool.engine());
        let (partial, path) = (partial.to_path_buf(), path.to_path_buf());
        aside(move || {
            let file = at_path(&partial, std::fs::File::open(&partial))?;
            at_path(&partial, file.sync_all())?;
            let (bytes, sha256) = manifest::digest(&partial)?;
            let manifest = Manifest {
                of: part.as_str().to_owned(),
                installation,
                engine: manifest::engine_name(engine).to_owned(),
                schema,
                at,
                bytes,
                sha256,
            };
            // First what vouches for the copy, then the copy: one without the other is not used.
            let beside = Manifest::beside(&path);
            manifest.write(&beside)?;
            let named = at_path(&path, std::fs::rename(&partial, &path));
            if named.is_err() {
                let _ = std::fs::remove_file(&beside);
            }
            named.map(|()| manifest)
        })
        .await
    }
}

/// Removes copies of the vault that are older than [`VAULT_COPY_LIFE`]; says how many went.
///
/// # Errors
/// [`BackupError::File`].
pub fn expire_vault_copies(folder: &Path, now: OffsetDateTime) -> Result<usize, BackupError> {
    policy::clause!("2.6.3.e");
    let mut removed = 0;
    for path in listing(folder)? {
        if !of_part(&path, Part::Vault) || path.extension().is_some_and(|end| end == "json") {
            continue;
        }
        // A file that nothing vouches for is judged by its name's instant no better: it is left.
        let Ok(manifest) = Manifest::of(&path) else {
            continue;
        };
        if now - manifest.at > VAULT_COPY_LIFE {
            at_path(&path, std::fs::remove_file(&path))?;
            let beside = Manifest::beside(&path);
            at_path(&beside, std::fs::remove_file(&beside))?;
            removed += 1;
        }
    }
    Ok(removed)
}
