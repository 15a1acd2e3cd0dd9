//! Another number or name for an account: the proof of the present number, the swap of sealed value
//! and digest, and the wish of somebody whose number is lost (2.1.1.e, 2.6.2.a).

use privacy::{BlindIndex, FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{NAME, PHONE, field};
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const SET_PHONE: &str = "UPDATE account SET phone = $2 WHERE id = $1";
const SET_NAME: &str = "UPDATE account SET name = $2 WHERE id = $1";
const SET_DIGEST: &str = "UPDATE blind_index SET digest = $3 WHERE account = $1 AND field = $2";
const PROVE: &str = "INSERT INTO phone_proof (account, session, proved_at) VALUES ($1, $2, $3) \
    ON CONFLICT (account) DO UPDATE SET session = excluded.session, proved_at = excluded.proved_at";
const PROVED: &str =
    "SELECT proved_at FROM phone_proof WHERE account = $1 AND session = $2 AND proved_at > $3";
const UNPROVE: &str = "DELETE FROM phone_proof WHERE account = $1";
const PURGE_PROOFS: &str = "DELETE FROM phone_proof WHERE proved_at <= $1";
const ASK: &str = "INSERT INTO phone_recovery (subject, id, account, phone, digest, told, asked_at, due_at, next_at) \
    VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)";
const OF_ACCOUNT: &str = "SELECT subject, id, account, phone, digest, told, asked_at, due_at, next_at \
    FROM phone_recovery WHERE account = $1";
const NEXT: &str = "SELECT subject, id, account, phone, digest, told, asked_at, due_at, next_at \
    FROM phone_recovery WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2";
const TOLD: &str =
    "UPDATE phone_recovery SET told = $2, due_at = $3, next_at = $4 WHERE id = $1 AND told = $5";
const PUT_OFF: &str = "UPDATE phone_recovery SET next_at = $2 WHERE id = $1";
const DROP: &str = "DELETE FROM phone_recovery WHERE account = $1";
const DROP_ALL: &str = "DELETE FROM phone_recovery";
pub(crate) const STATEMENTS: &[&str] = &[
    SET_PHONE,
    SET_NAME,
    SET_DIGEST,
    PROVE,
    PROVED,
    UNPROVE,
    PURGE_PROOFS,
    ASK,
    OF_ACCOUNT,
    NEXT,
    TOLD,
    PUT_OFF,
    DROP,
    DROP_ALL,
];

async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    place: &FieldRef,
    value: &Personal<String>,
    index: (&'static str, BlindIndex),
) -> Result<(), StoreError> {
    let sealed = tx.seal(place, value).await?;
    let statement = if index.0 == PHONE { SET_PHONE } else { SET_NAME };
    let values = [Value::Id(account), Value::Bytes(sealed.as_bytes().to_vec())];
    tx.execute(statement, &values).await?;
    let values = [
        Value::Id(account),
        Value::Text(index.0.to_owned()),
        Value::Bytes(index.1.0.to_vec()),
    ];
    tx.execute(SET_DIGEST, &values).await.map(|_| ())
}

/// Gives the account another number. One that another account has is a conflict
/// ([`StoreError::is_conflict`]); of two who want the same at once, one wins.
///
/// # Errors
/// [`StoreError`].
pub async fn set_phone<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    subject: SubjectId,
    phone: &Personal<String>,
    digest: BlindIndex,
) -> Result<(), StoreError> {
    put(
        tx,
        account,
        &field("phone", account, subject),
        phone,
        (PHONE, digest),
    )
    .await
}

/// Gives the account another name. One that is taken is a conflict.
///
/// # Errors
/// [`StoreError`].
pub async fn set_name<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    subject: SubjectId,
    name: &Personal<String>,
    digest: BlindIndex,
) -> Result<(), StoreError> {
    put(
        tx,
        account,
        &field("name", account, subject),
        name,
        (NAME, digest),
    )
    .await
}

/// Notes that whoever has this session proved to have the account's number.
///
/// # Errors
/// [`StoreError`].
pub async fn prove<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid, session: Uuid) -> Result<(), StoreError> {
    let values = [
        Value::Id(account),
        Value::Id(session),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(PROVE, &values).await.map(|_| ())
}

/// Whether this session proved it after `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn proved<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    session: Uuid,
    since: OffsetDateTime,
) -> Result<bool, StoreError> {
    let values = [Value::Id(account), Value::Id(session), Value::Time(since)];
    Ok(tx.row(PROVED, &values).await?.is_some())
}

/// Uses the proof up.
///
/// # Errors
/// [`StoreError`].
pub async fn unprove<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<(), StoreError> {
    tx.execute(UNPROVE, &[Value::Id(account)]).await.map(|_| ())
}

/// Removes proofs up to `until` (retention `phone_proof_24h`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge_proofs<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    tx.execute(PURGE_PROOFS, &[Value::Time(until)]).await
}

/// The wish for a new number of somebody whose number is lost.
#[derive(Debug)]
pub struct RecoveryRow {
    /// Whose.
    pub subject: SubjectId,
    /// The wish.
    pub id: Uuid,
    /// The account.
    pub account: Uuid,
    /// The new number.
    pub phone: Sealed<String>,
    /// Its digest.
    pub digest: BlindIndex,
    /// How often the number it replaces was told.
    pub told: usize,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// When it is carried out, if nobody cancels it.
    pub due_at: OffsetDateTime,
    /// When something is to be done next.
    pub next_at: OffsetDateTime,
}

/// The place of a wish's number.
#[must_use]
pub const fn recovery_field(recovery: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "phone_recovery",
        column: "phone",
        row: recovery,
        subject,
    }
}

fn read(row: &Row) -> Result<RecoveryRow, StoreError> {
    let digest = row.bytes(4)?.try_into();
    Ok(RecoveryRow {
        subject: SubjectId(row.id(0)?),
        id: row.id(1)?,
        account: row.id(2)?,
        phone: Sealed::from_stored(row.bytes(3)?),
        digest: BlindIndex(digest.map_err(|_| StoreError::Malformed("digest"))?),
        told: usize::try_from(row.int(5)?).unwrap_or_default(),
        asked_at: row.time(6)?,
        due_at: row.time(7)?,
        next_at: row.time(8)?,
    })
}

/// A wish to note.
pub struct NewRecovery<'a> {
    /// Whose.
    pub subject: SubjectId,
    /// The account.
    pub account: Uuid,
    /// The new number.
    pub phone: &'a Personal<String>,
    /// Its digest.
    pub digest: BlindIndex,
    /// When it is carried out, if nobody cancels it.
    pub due_at: OffsetDateTime,
    /// When the present number is told again.
    pub next_at: OffsetDateTime,
}

/// Notes a wish, whose number the caller tells now. An account has one at a time: a second is a conflict.
///
/// # Errors
/// [`StoreError`].
pub async fn ask<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewRecovery<'_>) -> Result<(), StoreError> {
    let id = tx.store().entropy().id();
    let phone = tx.seal(&recovery_field(id, new.subject), new.phone).await?;
    let values = [
        Value::Id(new.subject.0),
        Value::Id(id),
        Value::Id(new.account),
        Value::Bytes(phone.as_bytes().to_vec()),
        Value::Bytes(new.digest.0.to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Time(new.due_at),
        Value::Time(new.next_at),
    ];
    tx.execute(ASK, &values).await.map(|_| ())
}

/// The wish that waits for this account.
///
/// # Errors
/// [`StoreError`].
pub async fn recovery<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Option<RecoveryRow>, StoreError> {
    let row = tx.row(OF_ACCOUNT, &[Value::Id(account)]).await?;
    row.as_ref().map(read).transpose()
}

/// Wishes for which something is to be done, the longest waiting first.
///
/// # Errors
/// [`StoreError`].
pub async fn next<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<RecoveryRow>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(limit.clamp(1, 500))];
    tx.rows(NEXT, &values).await?.iter().map(read).collect()
}

/// Notes that the present number was told, so often in all; `false` if another worker did.
///
/// # Errors
/// [`StoreError`].
pub async fn told<P: Purpose>(
    tx: &mut Tx<'_, P>,
    wish: &RecoveryRow,
    told: usize,
    due_at: OffsetDateTime,
    next_at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let number = |told: usize| Value::Int(i64::try_from(told).unwrap_or(i64::MAX));
    let values = [
        Value::Id(wish.id),
        number(told),
        Value::Time(due_at),
        Value::Time(next_at),
        number(wish.told),
    ];
    Ok(tx.execute(TOLD, &values).await? == 1)
}

/// Looks at a wish again later.
///
/// # Errors
/// [`StoreError`].
pub async fn put_off<P: Purpose>(
    tx: &mut Tx<'_, P>,
    wish: Uuid,
    until: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.execute(PUT_OFF, &[Value::Id(wish), Value::Time(until)])
        .await
        .map(|_| ())
}

/// Ends the wish of an account; `false` if none waited.
///
/// # Errors
/// [`StoreError`].
pub async fn end_recovery<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<bool, StoreError> {
    Ok(tx.execute(DROP, &[Value::Id(account)]).await? == 1)
}

/// Ends every wish: after a restore nobody knows which were cancelled since the copy.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all_recoveries<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(DROP_ALL, &[]).await
}
