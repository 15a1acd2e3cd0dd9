//! What the transparency log's key signed last. Data from an old backup is found out by it before a
//! second history is signed.

use super::Vault;
use crate::engine::{StoreError, Value};

const HEAD: &str = "SELECT size, root, origin FROM log_head WHERE id = 1";
const SET_HEAD: &str = "INSERT INTO log_head (id, size, root, origin) VALUES (1, $1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET size = excluded.size, root = excluded.root, origin = excluded.origin \
    WHERE log_head.size <= excluded.size OR $4 = 1";
pub(super) const DROP_HEAD: &str = "DELETE FROM log_head";
pub(super) const STATEMENTS: &[&str] = &[HEAD, SET_HEAD, DROP_HEAD];

/// The last tree that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// How many entries.
    pub size: u64,
    /// Its root.
    pub root: Vec<u8>,
    /// The log's name; unknown where it was signed before names were kept.
    pub origin: Option<String>,
}

impl Vault {
    /// The last tree that was signed.
    pub(crate) async fn log_head(&self) -> Result<Option<Head>, StoreError> {
        let mut conn = self.pool().begin().await?;
        let Some(row) = conn.row(HEAD, &[]).await? else {
            return Ok(None);
        };
        Ok(Some(Head {
            size: u64::try_from(row.int(0)?).map_err(|_| StoreError::Malformed("head of the log"))?,
            root: row.bytes(1)?,
            origin: row.opt_text(2)?,
        }))
    }

    /// Remembers the tree about to be signed. It never goes back, but for the first tree of a log that
    /// follows another.
    pub(crate) async fn set_log_head(
        &self,
        origin: &str,
        size: i64,
        root: Vec<u8>,
        first: bool,
    ) -> Result<(), StoreError> {
        let values = [
            Value::Int(size),
            Value::Bytes(root),
            Value::Text(origin.to_owned()),
            Value::Int(i64::from(first)),
        ];
        let mut conn = self.pool().begin().await?;
        if conn.execute(SET_HEAD, &values).await? == 0 {
            return Err(StoreError::LogForked);
        }
        conn.commit().await
    }
}
