//! Transfers made as a proof: how many for an enterprise, and to which account only by a digest. They are
//! counted by the credit code, so that an application that is taken back and made anew gives no more tries.

use privacy::{BlindIndex, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// The blind-index field of the accounts.
pub const ACCOUNT: &str = "enterprise_transfer.account";

const INSERT: &str = "INSERT INTO enterprise_transfer (verification, id, credit_code, account_digest, last_four, applicant_digest, wrong, at) \
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7)";
const OF_CODE: &str = "SELECT at FROM enterprise_transfer WHERE credit_code = $1 AND at > $2 AND refused_at IS NULL ORDER BY at LIMIT 100";
const TO_ACCOUNT: &str =
    "SELECT COUNT(*) FROM enterprise_transfer WHERE account_digest = $1 AND at > $2 AND refused_at IS NULL";
// Wrong amounts since an instant, and since a later one; of a transfer they count while any of them does.
const WRONG: &str = "SELECT CAST(COALESCE(SUM(wrong), 0) AS bigint), \
    CAST(COALESCE(SUM(CASE WHEN wrong_at > $3 THEN wrong ELSE 0 END), 0) AS bigint) \
    FROM enterprise_transfer WHERE credit_code = $1 AND at > $2";
const WRONG_BY: &str = "SELECT CAST(COALESCE(SUM(wrong), 0) AS bigint) FROM enterprise_transfer \
    WHERE applicant_digest = $1 AND at > $2";
const REFUSED: &str = "UPDATE enterprise_transfer SET refused_at = $2, last_four = NULL WHERE id = $1";
const LATEST: &str = "SELECT id, last_four, sent_at, refused_at FROM enterprise_transfer WHERE verification = $1 ORDER BY at DESC, id LIMIT 1";
const SENT: &str = "UPDATE enterprise_transfer SET sent_at = $2 WHERE id = $1";
const COUNT_WRONG: &str = "UPDATE enterprise_transfer SET wrong = wrong + 1, wrong_at = $2 WHERE id = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    WRONG_BY,
    REFUSED,
    OF_CODE,
    TO_ACCOUNT,
    WRONG,
    LATEST,
    SENT,
    COUNT_WRONG,
];

/// A transfer that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// The transfer.
    pub id: Uuid,
    /// The last four digits of the account, while they are kept.
    pub last_four: Option<String>,
    /// When the bank confirmed it.
    pub sent_at: Option<OffsetDateTime>,
    /// When the bank refused it.
    pub refused_at: Option<OffsetDateTime>,
}

/// Wrong amounts entered for an enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// In the longer time.
    pub long: i64,
    /// In the shorter time.
    pub lately: i64,
}

/// Notes that a transfer is asked for; its identifier.
///
/// # Errors
/// [`StoreError`].
pub async fn note<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    credit_code: &str,
    (account, last_four): (BlindIndex, &str),
    applicant: BlindIndex,
) -> Result<Uuid, StoreError> {
    let id = tx.store().entropy().id();
    let values = [
        Value::Id(verification),
        Value::Id(id),
        Value::Text(credit_code.to_owned()),
        Value::Bytes(account.0.to_vec()),
        Value::OptText(Some(last_four.to_owned())),
        Value::Bytes(applicant.0.to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await?;
    Ok(id)
}

/// When transfers were made for an enterprise, after an instant, whoever asked for them.
///
/// # Errors
/// [`StoreError`].
pub async fn of_code<P: Purpose>(
    tx: &mut Tx<'_, P>,
    credit_code: &str,
    after: OffsetDateTime,
) -> Result<Vec<OffsetDateTime>, StoreError> {
    let values = [Value::Text(credit_code.to_owned()), Value::Time(after)];
    let rows = tx.rows(OF_CODE, &values).await?;
    rows.iter().map(|row| row.time(0)).collect()
}

/// How many went to an account after an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn to_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: BlindIndex,
    after: OffsetDateTime,
) -> Result<usize, StoreError> {
    let values = [Value::Bytes(account.0.to_vec()), Value::Time(after)];
    let row = tx.row(TO_ACCOUNT, &values).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Wrong amounts entered for an enterprise, whoever entered them: of transfers after an instant, and
/// lately.
///
/// # Errors
/// [`StoreError`].
pub async fn wrong<P: Purpose>(
    tx: &mut Tx<'_, P>,
    credit_code: &str,
    (after, lately): (OffsetDateTime, OffsetDateTime),
) -> Result<Wrong, StoreError> {
    let values = [
        Value::Text(credit_code.to_owned()),
        Value::Time(after),
        Value::Time(lately),
    ];
    let row = tx.row(WRONG, &values).await?;
    row.map_or(Ok(Wrong { long: 0, lately: 0 }), |row| {
        Ok(Wrong {
            long: row.int(0)?,
            lately: row.int(1)?,
        })
    })
}

/// Wrong amounts that a person entered, for whatever enterprise, of transfers after an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn wrong_by<P: Purpose>(
    tx: &mut Tx<'_, P>,
    applicant: BlindIndex,
    after: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [Value::Bytes(applicant.0.to_vec()), Value::Time(after)];
    tx.row(WRONG_BY, &values).await?.map_or(Ok(0), |row| row.int(0))
}

/// Notes that the bank refused a transfer: it counts for nobody.
///
/// # Errors
/// [`StoreError`].
pub async fn refused<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(REFUSED, &values).await.map(|_| ())
}

/// The latest transfer of a verification.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
) -> Result<Option<TransferRow>, StoreError> {
    let row = tx.row(LATEST, &[Value::Id(verification)]).await?;
    row.map(|row| {
        Ok(TransferRow {
            id: row.id(0)?,
            last_four: row.opt_text(1)?,
            sent_at: row.opt_time(2)?,
            refused_at: row.opt_time(3)?,
        })
    })
    .transpose()
}

/// Notes that the bank confirmed a transfer.
///
/// # Errors
/// [`StoreError`].
pub async fn sent<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(SENT, &values).await.map(|_| ())
}

/// Counts a wrong amount.
///
/// # Errors
/// [`StoreError`].
pub async fn count_wrong<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(COUNT_WRONG, &values).await.map(|_| ())
}
