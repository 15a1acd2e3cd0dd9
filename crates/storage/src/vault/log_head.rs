//! What the transparency log's key signed last. Data from an old backup is found out by it before a
//! second history is signed.

use super::Vault;
use crate::engine::{StoreError, Value};

const HEAD: &str = "SELECT size, root FROM log_head WHERE id = 1";
const SET_HEAD: &str = "INSERT INTO log_head (id, size, root) VALUES (1, $1, $2) \
    ON CONFLICT (id) DO UPDATE SET size = excluded.size, root = excluded.root WHERE log_head.size <= excluded.size";
pub(super) const DROP_HEAD: &str = "DELETE FROM log_head";
pub(super) const STATEMENTS: &[&str] = &[HEAD, SET_HEAD, DROP_HEAD];

impl Vault {
    /// Size and root of the last tree that was signed.
    pub(crate) async fn log_head(&self) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let mut conn = self.pool().begin().await?;
        let row = conn.row(HEAD, &[]).await?;
        row.map(|row| Ok((row.int(0)?, row.bytes(1)?))).transpose()
    }

    /// Remembers the tree about to be signed; never goes back.
    pub(crate) async fn set_log_head(&self, size: i64, root: Vec<u8>) -> Result<(), StoreError> {
        let mut conn = self.pool().begin().await?;
        let rows = conn
            .execute(SET_HEAD, &[Value::Int(size), Value::Bytes(root)])
            .await?;
        if rows == 0 {
            return Err(StoreError::LogForked);
        }
        conn.commit().await
    }
}
