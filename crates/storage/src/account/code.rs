//! One-time codes, the messages that carry them, and counted attempts (2.1.1.b, 2.2.3.d).

use privacy::{BlindIndex, FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Engine, StoreError, Value};
use crate::log;
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO one_time_code \
    (id, phone_digest, reason, subject, code_digest, tries, created_at, expires_at, used_at) \
    VALUES ($1, $2, $3, $4, $5, 0, $6, $7, NULL)";
const LATEST: &str = "SELECT id, subject, code_digest, tries, created_at, expires_at, used_at FROM one_time_code \
    WHERE phone_digest = $1 AND reason = $2 ORDER BY created_at DESC, id LIMIT 1";
// Counted before anything is compared: of many tries at once no more than the limit get that far.
const COUNT_TRY: &str =
    "UPDATE one_time_code SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND used_at IS NULL";
const FORGET_TRY: &str = "UPDATE one_time_code SET tries = tries - 1 WHERE id = $1";
const USE: &str = "UPDATE one_time_code SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
const SEND: &str =
    "INSERT INTO message_outbox (subject, id, recipient, body, created_at) VALUES ($1, $2, $3, $4, $5)";
const OUTBOX: &str = "SELECT subject, id, recipient, body, created_at FROM message_outbox \
    ORDER BY created_at DESC, id LIMIT $1";
const ATTEMPT: &str = "INSERT INTO attempt (id, kind, key_digest, at) VALUES ($1, $2, $3, $4)";
const ATTEMPTS: &str = "SELECT count(*) FROM attempt WHERE kind = $1 AND key_digest = $2 AND at > $3";
const ABANDONED: &str = "SELECT DISTINCT c.subject FROM one_time_code c \
    WHERE c.created_at <= $1 AND c.reason IN ('register', 'guardian_ask') \
    AND NOT EXISTS (SELECT 1 FROM account a WHERE a.subject = c.subject) \
    AND NOT EXISTS (SELECT 1 FROM guardianship g WHERE g.subject = c.subject) \
    AND NOT EXISTS (SELECT 1 FROM one_time_code n WHERE n.subject = c.subject AND n.created_at > $1) LIMIT $2";
const DROP_CODES: &str = "DELETE FROM one_time_code WHERE subject = $1";
const DROP_MESSAGES: &str = "DELETE FROM message_outbox WHERE subject = $1";
// PostgreSQL reads beside others who write; SQLite's writers come one after the other anyway.
const HOLD_KEY: &str = "SELECT pg_advisory_xact_lock($1)";
const FORGET_ATTEMPT: &str = "DELETE FROM attempt WHERE id = $1";
const FORGET_DIGEST: &str = "DELETE FROM attempt WHERE key_digest = $1";
const PURGE_ATTEMPTS: &str = "DELETE FROM attempt WHERE at <= $1";
const PURGE_CODES: &str = "DELETE FROM one_time_code WHERE created_at <= $1";
const PURGE_MESSAGES: &str = "DELETE FROM message_outbox WHERE created_at <= $1";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    LATEST,
    COUNT_TRY,
    FORGET_TRY,
    USE,
    SEND,
    OUTBOX,
    ATTEMPT,
    ATTEMPTS,
    ABANDONED,
    DROP_CODES,
    DROP_MESSAGES,
    FORGET_ATTEMPT,
    FORGET_DIGEST,
    PURGE_ATTEMPTS,
    PURGE_CODES,
    PURGE_MESSAGES,
];

/// A code as stored.
#[derive(Debug)]
pub struct CodeRow {
    /// The code.
    pub id: Uuid,
    /// The person it was sent to.
    pub subject: SubjectId,
    /// The keyed digest of the digits.
    pub code_digest: Vec<u8>,
    /// Wrong tries so far.
    pub tries: i64,
    /// When it was sent.
    pub created_at: OffsetDateTime,
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
    /// When it was used.
    pub used_at: Option<OffsetDateTime>,
}

/// A code to store.
pub struct NewCode {
    /// The code.
    pub id: Uuid,
    /// The phone's digest.
    pub phone: BlindIndex,
    /// What the code is for.
    pub reason: &'static str,
    /// The person it is sent to.
    pub subject: SubjectId,
    /// The keyed digest of the digits.
    pub code_digest: Vec<u8>,
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
}

/// Stores a code.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: NewCode) -> Result<(), StoreError> {
    let values = [
        Value::Id(new.id),
        Value::Bytes(new.phone.0.to_vec()),
        Value::Text(new.reason.to_owned()),
        Value::Id(new.subject.0),
        Value::Bytes(new.code_digest),
        Value::Time(tx.ctx().now()),
        Value::Time(new.expires_at),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// The latest code sent to this phone for this reason.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    phone: BlindIndex,
    reason: &'static str,
) -> Result<Option<CodeRow>, StoreError> {
    let values = [Value::Bytes(phone.0.to_vec()), Value::Text(reason.to_owned())];
    let Some(row) = tx.row(LATEST, &values).await? else {
        return Ok(None);
    };
    Ok(Some(CodeRow {
        id: row.id(0)?,
        subject: SubjectId(row.id(1)?),
        code_digest: row.bytes(2)?,
        tries: row.int(3)?,
        created_at: row.time(4)?,
        expires_at: row.time(5)?,
        used_at: row.opt_time(6)?,
    }))
}

/// Counts a try; `false` if there were so many already, or the code is used up.
///
/// # Errors
/// [`StoreError`].
pub async fn count_try<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, most: i64) -> Result<bool, StoreError> {
    tx.execute(COUNT_TRY, &[Value::Id(id), Value::Int(most)])
        .await
        .map(|rows| rows == 1)
}

/// Takes back a try that was right.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_try<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(FORGET_TRY, &[Value::Id(id)]).await.map(|_| ())
}

/// Uses a code up; `false` if someone was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn use_up<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, StoreError> {
    let now = tx.ctx().now();
    tx.execute(USE, &[Value::Id(id), Value::Time(now)])
        .await
        .map(|rows| rows == 1)
}

/// A message waiting for, or shown instead of, the SMS gateway.
#[derive(Debug)]
pub struct MessageRow {
    /// To whom.
    pub subject: SubjectId,
    /// The message.
    pub id: Uuid,
    /// The phone.
    pub recipient: Sealed<String>,
    /// The text.
    pub body: Sealed<String>,
    /// When.
    pub created_at: OffsetDateTime,
}

/// The place of a sealed message field.
#[must_use]
pub const fn message_field(column: &'static str, message: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "message_outbox",
        column,
        row: message,
        subject,
    }
}

/// Puts a message into the outbox, in the same transaction as its cause.
///
/// # Errors
/// [`StoreError`].
pub async fn send<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    id: Uuid,
    recipient: &Personal<String>,
    body: &Personal<String>,
) -> Result<(), StoreError> {
    let recipient = tx
        .seal(&message_field("recipient", id, subject), recipient)
        .await?;
    let body = tx.seal(&message_field("body", id, subject), body).await?;
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::Bytes(recipient.as_bytes().to_vec()),
        Value::Bytes(body.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(SEND, &values).await.map(|_| ())
}

/// The latest messages, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn outbox<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<MessageRow>, StoreError> {
    let rows = tx.rows(OUTBOX, &[Value::Int(limit.clamp(1, 100))]).await?;
    rows.iter()
        .map(|row| {
            Ok(MessageRow {
                subject: SubjectId(row.id(0)?),
                id: row.id(1)?,
                recipient: Sealed::from_stored(row.bytes(2)?),
                body: Sealed::from_stored(row.bytes(3)?),
                created_at: row.time(4)?,
            })
        })
        .collect()
}

/// Counts an attempt against a limit and gives its identifier.
///
/// # Errors
/// [`StoreError`].
pub async fn count_attempt<P: Purpose>(
    tx: &mut Tx<'_, P>,
    kind: &'static str,
    key: BlindIndex,
) -> Result<Uuid, StoreError> {
    let id = tx.store().entropy().id();
    let values = [
        Value::Id(id),
        Value::Text(kind.to_owned()),
        Value::Bytes(key.0.to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(ATTEMPT, &values).await.map(|_| id)
}

/// Holds what is counted under these keys until the transaction ends: who counts and then writes comes after
/// whoever was first.
///
/// # Errors
/// [`StoreError`].
pub async fn hold_attempts<P: Purpose>(tx: &mut Tx<'_, P>, keys: &[BlindIndex]) -> Result<(), StoreError> {
    if tx.store().engine() != Engine::Postgres {
        return Ok(());
    }
    let first = |key: &BlindIndex| key.0.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    let mut locks: Vec<i64> = keys.iter().map(first).collect();
    // In one order, so that nobody waits for somebody who waits for them.
    locks.sort_unstable();
    for lock in locks {
        tx.execute(HOLD_KEY, &[Value::Int(lock)]).await?;
    }
    Ok(())
}

/// Takes back an attempt that turned out well.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_attempt<P: Purpose>(tx: &mut Tx<'_, P>, attempt: Uuid) -> Result<(), StoreError> {
    tx.execute(FORGET_ATTEMPT, &[Value::Id(attempt)])
        .await
        .map(|_| ())
}

/// Forgets every attempt counted under this digest: who is erased is not counted any more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_digest<P: Purpose>(tx: &mut Tx<'_, P>, digest: BlindIndex) -> Result<u64, StoreError> {
    tx.execute(FORGET_DIGEST, &[Value::Bytes(digest.0.to_vec())])
        .await
}

/// Removes the codes and messages of a person who never became one of the platform's.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_abandoned<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<u64, StoreError> {
    let codes = tx.execute(DROP_CODES, &[Value::Id(subject.0)]).await?;
    let messages = tx.execute(DROP_MESSAGES, &[Value::Id(subject.0)]).await?;
    log::forget(tx, subject).await?;
    Ok(codes + messages)
}

/// Removes every code of a person: none of them is good for a number that is theirs no longer.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_codes<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<(), StoreError> {
    tx.execute(DROP_CODES, &[Value::Id(subject.0)]).await.map(|_| ())
}

/// How many attempts were counted since.
///
/// # Errors
/// [`StoreError`].
pub async fn attempts_since<P: Purpose>(
    tx: &mut Tx<'_, P>,
    kind: &'static str,
    key: BlindIndex,
    since: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [
        Value::Text(kind.to_owned()),
        Value::Bytes(key.0.to_vec()),
        Value::Time(since),
    ];
    tx.row(ATTEMPTS, &values).await?.map_or(Ok(0), |row| row.int(0))
}

/// The persons who began a registration up to `until`, did not finish it and did not try again; at
/// most `limit`. Whoever a guardian is asked for has a clock of their own.
///
/// # Errors
/// [`StoreError`].
pub async fn abandoned<P: Purpose>(
    tx: &mut Tx<'_, P>,
    until: OffsetDateTime,
    limit: i64,
) -> Result<Vec<SubjectId>, StoreError> {
    tx.rows(
        ABANDONED,
        &[Value::Time(until), Value::Int(limit.clamp(1, 1_000))],
    )
    .await?
    .iter()
    .map(|row| row.id(0).map(SubjectId))
    .collect()
}

/// Removes codes, messages and attempts up to `until` (retention `code_24h`, `message_24h`,
/// `security_24h`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    let mut removed = 0;
    for statement in [PURGE_ATTEMPTS, PURGE_CODES, PURGE_MESSAGES] {
        removed += tx.execute(statement, &[Value::Time(until)]).await?;
    }
    Ok(removed)
}
