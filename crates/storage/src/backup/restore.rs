//! The way back. A copy is first put beside the present data and made ready there; only then does it
//! take its place. Whatever fails before leaves the present data as it is.

use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use uuid::Uuid;

use super::{BackupError, Manifest, Part, aside, at_path, manifest, postgres, stamp, with_end};
use crate::engine::{Engine, Pool, StoreError};
use crate::{schema, vault};

/// Reads a copy's manifest, and refuses a copy that is not what it says, not of the data, or not of
/// this engine and build.
///
/// # Errors
/// [`BackupError`].
pub async fn check(file: &Path, data: &str) -> Result<Manifest, BackupError> {
    let engine = manifest::engine_name(Engine::of(data)?);
    let manifest = Manifest::of(file)?;
    if manifest.of != Part::Data.as_str() || manifest.engine != engine {
        return Err(BackupError::OtherKind {
            found: format!("{} in {}", manifest.of, manifest.engine),
            wanted: format!("data in {engine}"),
        });
    }
    let known = schema::latest(schema::DATA);
    if manifest.schema > known {
        let found = manifest.schema;
        return Err(BackupError::Newer { found, known });
    }
    let (vouching, file) = (manifest.clone(), file.to_path_buf());
    aside(move || vouching.vouches_for(&file)).await?;
    Ok(manifest)
}

/// The installation that a vault belongs to. Makes no vault where none is.
///
/// # Errors
/// [`BackupError::NoVault`].
pub async fn installation(address: &str) -> Result<Uuid, BackupError> {
    if address
        .strip_prefix("sqlite:")
        .is_some_and(|path| !Path::new(path).exists())
    {
        return Err(BackupError::NoVault);
    }
    let pool = Pool::open(address).await?;
    schema::migrate(&pool, schema::VAULT).await?;
    let found = {
        let mut conn = pool.begin().await?;
        vault::open::installation(&mut conn).await?
    };
    pool.close().await;
    found.ok_or(BackupError::NoVault)
}

/// A copy made ready beside the present data, or in an empty database.
#[derive(Debug)]
pub struct Staged {
    address: String,
    /// SQLite: where it is, and whose place it is to take.
    files: Option<(PathBuf, PathBuf)>,
}

/// Puts a checked copy beside the present data (SQLite), or into the empty database (PostgreSQL).
///
/// # Errors
/// [`BackupError`]; the present data is as it was.
pub async fn stage(file: &Path, manifest: &Manifest, data: &str) -> Result<Staged, BackupError> {
    if let Some(path) = data.strip_prefix("sqlite:") {
        let place = PathBuf::from(path);
        let staging = with_end(&place, ".restoring");
        let staged = Staged {
            address: format!("sqlite:{}", staging.display()),
            files: Some((staging.clone(), place)),
        };
        // What an earlier try left.
        staged.abandon();
        let (from, vouching) = (file.to_path_buf(), manifest.clone());
        let copied = aside(move || {
            at_path(&staging, super::private(&staging))?;
            let mut source = at_path(&from, std::fs::File::open(&from))?;
            let mut target = at_path(&staging, std::fs::File::options().write(true).open(&staging))?;
            at_path(&staging, std::io::copy(&mut source, &mut target))?;
            at_path(&staging, target.sync_all())?;
            vouching.vouches_for(&staging)
        })
        .await;
        if let Err(error) = copied {
            staged.abandon();
            return Err(error);
        }
        return Ok(staged);
    }
    let pool = Pool::open(data).await?;
    let Pool::Postgres(inner) = &pool else {
        return Err(StoreError::Address.into());
    };
    if !schema::live_columns(&pool).await?.is_empty() {
        return Err(BackupError::NotEmpty);
    }
    postgres::load(inner, file).await?;
    pool.close().await;
    Ok(Staged {
        address: data.to_owned(),
        files: None,
    })
}

fn beside(path: &Path) -> [PathBuf; 2] {
    [with_end(path, "-wal"), with_end(path, "-shm")]
}

impl Staged {
    /// Its address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Removes it again, as far as it is a file of ours.
    pub fn abandon(&self) {
        if let Some((staging, _)) = &self.files {
            let _ = std::fs::remove_file(staging);
            for path in beside(staging) {
                let _ = std::fs::remove_file(path);
            }
        }
    }

    /// Lets it take the place of the present data, which is kept under the name given back. Its
    /// store must be closed, and nothing may use the present data.
    ///
    /// # Errors
    /// [`BackupError::File`]; the present data is then where it was.
    pub async fn take_place(&self, at: OffsetDateTime) -> Result<Option<PathBuf>, BackupError> {
        let Some((staging, place)) = self.files.clone() else {
            return Ok(None);
        };
        if place.exists() {
            // Its log belongs into it. Data too broken for that is kept with its log.
            if let Ok(pool) = Pool::open(&format!("sqlite:{}", place.display())).await {
                let _ = pool.scrub().await;
                pool.close().await;
            }
        }
        aside(move || {
            swap(
                &staging,
                &place,
                &with_end(&place, &format!(".before-{}", stamp(at))),
            )
        })
        .await
    }
}

fn swap(staging: &Path, place: &Path, kept: &Path) -> Result<Option<PathBuf>, BackupError> {
    // A log that is left over would be read into the file that comes after it.
    if let Some(log) = beside(staging).into_iter().find(|log| log.exists()) {
        return Err(BackupError::AlreadyThere(log));
    }
    if kept.exists() {
        return Err(BackupError::AlreadyThere(kept.to_path_buf()));
    }
    let there = place.exists();
    let mut moved = Vec::new();
    if there {
        let [wal, shm] = beside(place);
        let [kept_wal, kept_shm] = beside(kept);
        for (from, to) in [(place, kept), (&wal, &kept_wal), (&shm, &kept_shm)] {
            if !from.exists() {
                continue;
            }
            if let Err(error) = std::fs::rename(from, to) {
                put_back(&moved);
                return at_path(from, Err(error));
            }
            moved.push((from.to_path_buf(), to.to_path_buf()));
        }
    }
    if let Err(error) = std::fs::rename(staging, place) {
        put_back(&moved);
        return at_path(place, Err(error));
    }
    Ok(there.then(|| kept.to_path_buf()))
}

fn put_back(moved: &[(PathBuf, PathBuf)]) {
    for (from, to) in moved.iter().rev() {
        let _ = std::fs::rename(to, from);
    }
}
