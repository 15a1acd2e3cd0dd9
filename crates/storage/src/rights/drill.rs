//! The record of drills (2.6.3.e): that somebody erased was unreadable in a copy and gone after a
//! restore, on which day, with which copy. It names nobody.

use privacy::Purpose;
use time::OffsetDateTime;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO erase_drill (id, at, copy_digest, result) VALUES ($1, $2, $3, $4)";
const LATEST: &str = "SELECT at, result FROM erase_drill ORDER BY at DESC, id DESC LIMIT 1";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LATEST];

const PASSED: &str = "passed";
const FAILED: &str = "failed";

/// Notes a drill.
///
/// # Errors
/// [`StoreError`].
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    copy_digest: &str,
    passed: bool,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(tx.store().entropy().id()),
        Value::Time(tx.ctx().now()),
        Value::Text(copy_digest.to_owned()),
        Value::Text(if passed { PASSED } else { FAILED }.to_owned()),
    ];
    tx.execute(INSERT, &values).await?;
    Ok(())
}

/// When the latest drill was, and whether it passed.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Option<(OffsetDateTime, bool)>, StoreError> {
    match tx.row(LATEST, &[]).await? {
        Some(row) => Ok(Some((row.time(0)?, row.text(1)? == PASSED))),
        None => Ok(None),
    }
}
