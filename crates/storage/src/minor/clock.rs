//! What the clock looks for among the consents: those whose time has come, whose guardian is gone, of which
//! something is left.

use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{GuardianshipRow, due_of};
use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// Consents taken up at a time.
pub const PAGE: i64 = 50;

const DUE: &str = "SELECT id FROM guardianship WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
const LOOK: &str = "SELECT id FROM guardianship WHERE look_at <= $1 ORDER BY look_at, id LIMIT $2";
const ORPHANS: &str =
    "SELECT id FROM guardianship WHERE state = 'active' AND guardian IS NULL ORDER BY since, id LIMIT $1";
// Of a registration that came to nothing: what is left goes.
const LEFT: &str = "SELECT id FROM guardianship WHERE state IN ('expired', 'refused', 'withdrawn') \
    AND account IS NULL AND phone IS NOT NULL ORDER BY since, id LIMIT $1";
const OVER: &str =
    "DELETE FROM guardianship WHERE state = 'refused' AND account IS NULL AND phone IS NULL AND since <= $1";
const PUT_DUE: &str = "UPDATE guardianship SET due_event = $2, due_at = $3 WHERE id = $1";
// Nobody finds it by the number from here on, so that its key can go.
const CLOSE: &str = "UPDATE guardianship SET phone_digest = NULL WHERE id = $1";
const LOOK_AT: &str = "UPDATE guardianship SET look_at = $2 WHERE id = $1";
pub(crate) const STATEMENTS: &[&str] = &[DUE, LOOK, ORPHANS, LEFT, OVER, PUT_DUE, CLOSE, LOOK_AT];

async fn ids<P: Purpose>(
    tx: &mut Tx<'_, P>,
    statement: &'static str,
    values: &[Value],
) -> Result<Vec<Uuid>, StoreError> {
    tx.rows(statement, values)
        .await?
        .iter()
        .map(|row| row.id(0))
        .collect()
}

/// Those whose time has come.
///
/// # Errors
/// [`StoreError`].
pub async fn due<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    ids(tx, DUE, &values).await
}

/// Those of whom it is to be looked whether they are of age.
///
/// # Errors
/// [`StoreError`].
pub async fn to_look<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    ids(tx, LOOK, &values).await
}

/// Those whose guardian is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn orphans<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    ids(tx, ORPHANS, &[Value::Int(PAGE)]).await
}

/// Registrations that came to nothing and of which something is left.
///
/// # Errors
/// [`StoreError`].
pub async fn left<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    ids(tx, LEFT, &[Value::Int(PAGE)]).await
}

/// Removes what was kept after a no up to `until`.
///
/// # Errors
/// [`StoreError`].
pub async fn purge_refusals<P: Purpose>(
    tx: &mut Tx<'_, P>,
    until: OffsetDateTime,
) -> Result<u64, StoreError> {
    tx.execute(OVER, &[Value::Time(until)]).await
}

/// Puts right when the clock of a consent comes.
///
/// # Errors
/// [`StoreError`].
pub async fn put_due<P: Purpose>(tx: &mut Tx<'_, P>, row: &GuardianshipRow) -> Result<(), StoreError> {
    let (event, at) = due_of(row.guardianship.timer());
    let values = [Value::Id(row.id), Value::OptText(event), Value::OptTime(at)];
    tx.execute(PUT_DUE, &values).await.map(|_| ())
}

/// Closes a consent that is over: nobody finds it by the minor's number any more.
///
/// # Errors
/// [`StoreError`].
pub async fn close<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(CLOSE, &[Value::Id(id)]).await.map(|_| ())
}

/// Notes when to look whether the person is of age.
///
/// # Errors
/// [`StoreError`].
pub async fn look_at<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    at: Option<OffsetDateTime>,
) -> Result<(), StoreError> {
    tx.execute(LOOK_AT, &[Value::Id(id), Value::OptTime(at)])
        .await
        .map(|_| ())
}
