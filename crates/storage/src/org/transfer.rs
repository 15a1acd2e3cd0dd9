//! Transfers made as a proof: how many, and to which account only by a digest.

use privacy::{BlindIndex, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// The blind-index field of the accounts.
pub const ACCOUNT: &str = "enterprise_transfer.account";

const INSERT: &str = "INSERT INTO enterprise_transfer (verification, id, account_digest, last_four, at) \
    VALUES ($1, $2, $3, $4, $5)";
const OF_VERIFICATION: &str =
    "SELECT at FROM enterprise_transfer WHERE verification = $1 AND at > $2 ORDER BY at LIMIT 100";
const TO_ACCOUNT: &str = "SELECT COUNT(*) FROM enterprise_transfer WHERE account_digest = $1";
const LATEST: &str =
    "SELECT last_four FROM enterprise_transfer WHERE verification = $1 ORDER BY at DESC LIMIT 1";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, OF_VERIFICATION, TO_ACCOUNT, LATEST];

/// Notes that a transfer is made.
///
/// # Errors
/// [`StoreError`].
pub async fn note<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    account: BlindIndex,
    last_four: &str,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(verification),
        Value::Id(tx.store().entropy().id()),
        Value::Bytes(account.0.to_vec()),
        Value::OptText(Some(last_four.to_owned())),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// When transfers were made for a verification, after an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn since<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    after: OffsetDateTime,
) -> Result<Vec<OffsetDateTime>, StoreError> {
    let values = [Value::Id(verification), Value::Time(after)];
    let rows = tx.rows(OF_VERIFICATION, &values).await?;
    rows.iter().map(|row| row.time(0)).collect()
}

/// How many went to an account, ever.
///
/// # Errors
/// [`StoreError`].
pub async fn to_account<P: Purpose>(tx: &mut Tx<'_, P>, account: BlindIndex) -> Result<usize, StoreError> {
    let row = tx.row(TO_ACCOUNT, &[Value::Bytes(account.0.to_vec())]).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// The last four digits of the account that the latest one went to, while they are kept.
///
/// # Errors
/// [`StoreError`].
pub async fn last_four<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
) -> Result<Option<String>, StoreError> {
    let row = tx.row(LATEST, &[Value::Id(verification)]).await?;
    Ok(row.map(|row| row.opt_text(0)).transpose()?.flatten())
}
