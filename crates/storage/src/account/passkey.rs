//! Passkeys (通行密钥): the sealed credential with its label, found by a keyed digest of its identifier,
//! and the challenges that wait for an authenticator's answer (2.1.1.e).

use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO passkey \
    (account, id, credential_digest, credential, label, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
const BY_DIGEST: &str = "SELECT p.id, p.account, a.subject, p.credential, p.label, p.created_at, p.used_at, \
    p.refused_at FROM passkey p JOIN account a ON a.id = p.account WHERE p.credential_digest = $1 \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = a.subject)";
const OF_ACCOUNT: &str = "SELECT p.id, p.account, a.subject, p.credential, p.label, p.created_at, p.used_at, \
    p.refused_at FROM passkey p JOIN account a ON a.id = p.account WHERE p.account = $1 \
    ORDER BY p.created_at, p.id LIMIT 100";
const COUNT: &str = "SELECT COUNT(*), MIN(created_at) FROM passkey WHERE account = $1";
const USED: &str = "UPDATE passkey SET credential = $2, used_at = $3 WHERE id = $1";
const DOUBT: &str = "UPDATE passkey SET refused_at = $2 WHERE id = $1";
const RENAME: &str = "UPDATE passkey SET label = $3 WHERE id = $1 AND account = $2";
const REMOVE: &str = "DELETE FROM passkey WHERE id = $1 AND account = $2";
const REMOVE_ALL: &str = "DELETE FROM passkey WHERE account = $1";
const ASK: &str = "INSERT INTO passkey_ceremony \
    (account, id, kind, binding_digest, challenge, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (binding_digest, kind) DO UPDATE SET account = excluded.account, id = excluded.id, \
    challenge = excluded.challenge, created_at = excluded.created_at, expires_at = excluded.expires_at";
const TAKE: &str = "DELETE FROM passkey_ceremony WHERE binding_digest = $1 AND kind = $2 \
    RETURNING account, challenge, expires_at";
const SWEEP: &str = "DELETE FROM passkey_ceremony WHERE id IN \
    (SELECT id FROM passkey_ceremony WHERE created_at <= $1 ORDER BY created_at, id LIMIT 50)";
const PURGE: &str = "DELETE FROM passkey_ceremony WHERE created_at <= $1";
const END_ALL: &str = "DELETE FROM passkey_ceremony";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT, BY_DIGEST, OF_ACCOUNT, COUNT, USED, DOUBT, RENAME, REMOVE, REMOVE_ALL, ASK, TAKE, SWEEP, PURGE,
    END_ALL,
];

/// A passkey as stored.
#[derive(Debug)]
pub struct PasskeyRow {
    /// The passkey; says nothing about its credential.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// Identifier, public key and counter, as a document.
    pub credential: Sealed<String>,
    /// What its person calls it.
    pub label: Sealed<String>,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// When it last proved its person.
    pub used_at: Option<OffsetDateTime>,
    /// When an answer of it was refused because its counter went back.
    pub refused_at: Option<OffsetDateTime>,
}

/// A passkey to store.
pub struct NewPasskey<'a> {
    /// Its identifier.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// The keyed digest of the credential's identifier.
    pub credential_digest: Vec<u8>,
    /// The credential.
    pub credential: &'a Personal<String>,
    /// What its person calls it.
    pub label: &'a Personal<String>,
}

/// The place of a passkey's sealed column: `credential` or `label`.
#[must_use]
pub const fn field(column: &'static str, passkey: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "passkey",
        column,
        row: passkey,
        subject,
    }
}

/// Stores a passkey.
///
/// # Errors
/// [`StoreError`]; one that [`StoreError::is_conflict`] tells if the credential is known.
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewPasskey<'_>) -> Result<(), StoreError> {
    let credential = tx
        .seal(&field("credential", new.id, new.subject), new.credential)
        .await?;
    let label = tx.seal(&field("label", new.id, new.subject), new.label).await?;
    let values = [
        Value::Id(new.account),
        Value::Id(new.id),
        Value::Bytes(new.credential_digest.clone()),
        Value::Bytes(credential.as_bytes().to_vec()),
        Value::Bytes(label.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

fn read(row: &Row) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        id: row.id(0)?,
        account: row.id(1)?,
        subject: SubjectId(row.id(2)?),
        credential: Sealed::from_stored(row.bytes(3)?),
        label: Sealed::from_stored(row.bytes(4)?),
        created_at: row.time(5)?,
        used_at: row.opt_time(6)?,
        refused_at: row.opt_time(7)?,
    })
}

/// The passkey whose credential has this digest, unless its person is being erased.
///
/// # Errors
/// [`StoreError`].
pub async fn by_digest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    digest: Vec<u8>,
) -> Result<Option<PasskeyRow>, StoreError> {
    let row = tx.row(BY_DIGEST, &[Value::Bytes(digest)]).await?;
    row.as_ref().map(read).transpose()
}

/// The passkeys of an account, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<PasskeyRow>, StoreError> {
    let rows = tx.rows(OF_ACCOUNT, &[Value::Id(account)]).await?;
    rows.iter().map(read).collect()
}

/// How many passkeys an account has, and since when it has had the oldest of them.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<(i64, Option<OffsetDateTime>), StoreError> {
    let Some(row) = tx.row(COUNT, &[Value::Id(account)]).await? else {
        return Ok((0, None));
    };
    Ok((row.int(0)?, row.opt_time(1)?))
}

/// Notes that a passkey proved its person now, with what its credential became by it.
///
/// # Errors
/// [`StoreError`].
pub async fn used<P: Purpose>(
    tx: &mut Tx<'_, P>,
    passkey: Uuid,
    subject: SubjectId,
    credential: &Personal<String>,
) -> Result<(), StoreError> {
    let sealed = tx
        .seal(&field("credential", passkey, subject), credential)
        .await?;
    let values = [
        Value::Id(passkey),
        Value::Bytes(sealed.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(USED, &values).await.map(|_| ())
}

/// Notes that an answer was refused now because its counter went back.
///
/// # Errors
/// [`StoreError`].
pub async fn doubt<P: Purpose>(tx: &mut Tx<'_, P>, passkey: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(passkey), Value::Time(tx.ctx().now())];
    tx.execute(DOUBT, &values).await.map(|_| ())
}

/// Gives one of the account's passkeys another name; `false` if there is no such passkey.
///
/// # Errors
/// [`StoreError`].
pub async fn rename<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    subject: SubjectId,
    passkey: Uuid,
    label: &Personal<String>,
) -> Result<bool, StoreError> {
    let sealed = tx.seal(&field("label", passkey, subject), label).await?;
    let values = [
        Value::Id(passkey),
        Value::Id(account),
        Value::Bytes(sealed.as_bytes().to_vec()),
    ];
    tx.execute(RENAME, &values).await.map(|rows| rows == 1)
}

/// Removes one of the account's passkeys; `false` if there is no such passkey.
///
/// # Errors
/// [`StoreError`].
pub async fn remove<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    passkey: Uuid,
) -> Result<bool, StoreError> {
    tx.execute(REMOVE, &[Value::Id(passkey), Value::Id(account)])
        .await
        .map(|rows| rows == 1)
}

/// Removes every passkey of the account: everything was lost.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_all<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<u64, StoreError> {
    tx.execute(REMOVE_ALL, &[Value::Id(account)]).await
}

/// What a challenge is for and who may answer it.
#[derive(Clone, Copy)]
pub struct Bound<'a> {
    /// What for.
    pub kind: &'a str,
    /// The digest of what only the right browser or session has.
    pub digest: [u8; 32],
}

/// A challenge that was taken.
#[derive(Debug)]
pub struct Taken {
    /// The account it was made for, if it was known then.
    pub account: Option<Uuid>,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// Up to when it was good.
    pub expires_at: OffsetDateTime,
}

/// Stores a challenge in place of an earlier one with the same binding, and removes a few that nobody
/// answered up to `stale`, so that asking alone does not fill the table.
///
/// # Errors
/// [`StoreError`].
pub async fn ask<P: Purpose>(
    tx: &mut Tx<'_, P>,
    bound: Bound<'_>,
    account: Option<Uuid>,
    challenge: &[u8],
    (stale, expires_at): (OffsetDateTime, OffsetDateTime),
) -> Result<(), StoreError> {
    tx.execute(SWEEP, &[Value::Time(stale)]).await?;
    let values = [
        Value::OptId(account),
        Value::Id(tx.store().entropy().id()),
        Value::Text(bound.kind.to_owned()),
        Value::Bytes(bound.digest.to_vec()),
        Value::Bytes(challenge.to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Time(expires_at),
    ];
    tx.execute(ASK, &values).await.map(|_| ())
}

/// Takes the challenge with this binding away: it is good once, whatever the answer.
///
/// # Errors
/// [`StoreError`].
pub async fn take<P: Purpose>(tx: &mut Tx<'_, P>, bound: Bound<'_>) -> Result<Option<Taken>, StoreError> {
    let values = [
        Value::Bytes(bound.digest.to_vec()),
        Value::Text(bound.kind.to_owned()),
    ];
    let Some(row) = tx.row(TAKE, &values).await? else {
        return Ok(None);
    };
    Ok(Some(Taken {
        account: row.opt_id(0)?,
        challenge: row.bytes(1)?,
        expires_at: row.time(2)?,
    }))
}

/// Removes challenges made up to `until` (retention `ceremony_24h`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    tx.execute(PURGE, &[Value::Time(until)]).await
}

/// Removes every challenge of everybody: after a restore.
///
/// # Errors
/// [`StoreError`].
pub async fn end_everybodys<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(END_ALL, &[]).await
}
