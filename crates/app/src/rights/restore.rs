//! Taking a copy of the data back. Nobody who was erased since comes back with it (2.6.3.e): before
//! it takes the place of the present data, and so before anything can serve it, the vault's
//! tombstones are replayed in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use privacy::purpose::ObeyLaw;
use privacy::{Ctx, Entropy};
use storage::backup::{self, BackupError, Manifest};
use storage::{Keys, Store};
use time::OffsetDateTime;

use super::reconcile;
use crate::{App, Failure};

/// Where the data is to be, and what opens it.
pub struct Target<'a> {
    /// The data's address: SQLite's file may be there, PostgreSQL's database must be empty.
    pub data: &'a str,
    /// The present vault's address.
    pub vault: &'a str,
    /// What opens the vault.
    pub keys: Keys,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// The copy.
    pub manifest: Manifest,
    /// People erased from it again.
    pub again: usize,
    /// Where the data from before is kept (SQLite).
    pub kept: Option<PathBuf>,
}

/// Takes a copy of the data back. Nothing may use the present data meanwhile.
///
/// # Errors
/// [`crate::Fault::Backup`] or another fault; SQLite's present data is then as it was, and a
/// PostgreSQL database that was empty may be dropped.
pub async fn restore(
    file: &Path,
    target: Target<'_>,
    at: OffsetDateTime,
    with: impl FnOnce(Store) -> (App, Ctx<ObeyLaw>),
) -> Result<Restored, Failure> {
    policy::clause!("2.6.3.e");
    let manifest = backup::check(file, target.data).await?;
    if backup::installation(target.vault).await? != manifest.installation {
        return Err(BackupError::OtherInstallation.into());
    }
    let staged = backup::stage(file, &manifest, target.data).await?;
    let again = match Store::open(staged.address(), target.vault, target.keys, target.entropy).await {
        Ok(store) => {
            let (app, ctx) = with(store.clone());
            let again = reconcile(&app, &ctx).await;
            store.close().await;
            again
        }
        Err(error) => Err(error.into()),
    };
    let placed = match again {
        Ok(again) => staged
            .take_place(at)
            .await
            .map_err(Failure::from)
            .map(|kept| (again, kept)),
        Err(failure) => Err(failure),
    };
    if placed.is_err() {
        staged.abandon();
    }
    let (again, kept) = placed?;
    Ok(Restored {
        manifest,
        again,
        kept,
    })
}
