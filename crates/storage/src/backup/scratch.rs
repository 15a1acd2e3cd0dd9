//! A copy opened beside the present vault, apart from the present data, and removed again.

use std::path::Path;

use sqlx::{AssertSqlSafe, ConnectOptions as _};

use super::{BackupError, Manifest, Staged, stage};
use crate::engine::{Pool, StoreError};
use crate::tx::Store;

/// Where an opened copy lies.
#[derive(Debug)]
pub struct Scratch {
    staged: Option<Staged>,
    database: Option<String>,
}

impl Store {
    /// What the databases of this installation's copies are called: another installation on the same
    /// server may be at it too.
    fn scratch_prefix(&self) -> String {
        let installation = self.vault_installation().simple().to_string();
        format!("qifu365_drill_{}_", &installation[..12])
    }

    /// Removes the databases that a drill which was cut off left (PostgreSQL).
    ///
    /// # Errors
    /// [`BackupError`].
    pub async fn clear_scratches(&self) -> Result<(), BackupError> {
        let Pool::Postgres(pool) = self.data() else {
            return Ok(());
        };
        let left: Vec<String> = sqlx::query_scalar(
            "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, $1) LIMIT 100",
        )
        .bind(self.scratch_prefix())
        .fetch_all(pool)
        .await
        .map_err(StoreError::Engine)?;
        for name in left {
            drop_database(pool, &name).await?;
        }
        Ok(())
    }

    /// Makes a place for a copy: a file in the folder, or a database of its own, for which
    /// PostgreSQL's role needs the right to make one.
    ///
    /// # Errors
    /// [`BackupError`].
    async fn scratch_address(&self, folder: &Path) -> Result<(String, Option<String>), BackupError> {
        let Pool::Postgres(pool) = self.data() else {
            return Ok((
                format!("sqlite:{}", folder.join("scratch.sqlite").display()),
                None,
            ));
        };
        let name = format!("{}{}", self.scratch_prefix(), self.entropy().id().simple());
        // The name is ours: letters and hexadecimal digits.
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(pool)
            .await
            .map_err(|error| match &error {
                sqlx::Error::Database(said) if said.code().as_deref() == Some("42501") => {
                    BackupError::MayNotCreate
                }
                _ => StoreError::Engine(error).into(),
            })?;
        let options = (*pool.connect_options()).clone().database(&name);
        Ok((options.to_url_lossy().to_string(), Some(name)))
    }

    /// Opens a copy of this store's data beside this store's vault. [`Self::remove_scratch`] removes
    /// it in any case.
    ///
    /// # Errors
    /// [`BackupError`].
    pub async fn open_scratch(
        &self,
        file: &Path,
        manifest: &Manifest,
        folder: &Path,
    ) -> (Scratch, Result<Self, BackupError>) {
        let mut scratch = Scratch {
            staged: None,
            database: None,
        };
        let opened = async {
            let (address, database) = self.scratch_address(folder).await?;
            scratch.database = database;
            let staged = stage(file, manifest, &address).await?;
            let opened = self.beside(staged.address()).await;
            scratch.staged = Some(staged);
            Ok(opened?)
        }
        .await;
        (scratch, opened)
    }

    /// Removes an opened copy.
    ///
    /// # Errors
    /// [`BackupError`].
    pub async fn remove_scratch(&self, scratch: Scratch, opened: Option<Self>) -> Result<(), BackupError> {
        if let Some(opened) = opened {
            opened.data().close().await;
        }
        if let Some(staged) = scratch.staged {
            staged.abandon();
        }
        if let (Some(name), Pool::Postgres(pool)) = (scratch.database, self.data()) {
            drop_database(pool, &name).await?;
        }
        Ok(())
    }
}

/// The name is one of ours: letters, hexadecimal digits and low lines.
async fn drop_database(pool: &sqlx::PgPool, name: &str) -> Result<(), BackupError> {
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(drop))
        .execute(pool)
        .await
        .map_err(StoreError::Engine)?;
    Ok(())
}
