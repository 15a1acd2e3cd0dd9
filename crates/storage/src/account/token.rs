//! Access tokens of programs: the digest, the sealed name, the scopes, the end.

use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::org::{self, Acting};
use crate::tx::Tx;

// Holds the account's row, so that two creations at once count each other.
const HOLD: &str = "UPDATE account SET id = id WHERE id = $1";
const COUNT: &str = "SELECT count(*) FROM api_token WHERE account = $1 AND ends_at > $2";
const INSERT: &str = "INSERT INTO api_token \
    (account, id, token_digest, name, scopes, created_at, used_at, ends_at, acting) \
    VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8)";
const LIVE: &str = "SELECT t.id, t.account, a.subject, t.name, t.scopes, t.created_at, t.used_at, t.ends_at, \
    (SELECT COUNT(*) FROM membership m WHERE m.account = t.account), o.id, o.name, b.seat, t.acting \
    FROM api_token t JOIN account a ON a.id = t.account \
    LEFT JOIN organisation_member b ON b.organisation = t.acting AND b.account = t.account \
    LEFT JOIN organisation o ON o.id = b.organisation AND o.dissolved_at IS NULL \
    WHERE t.token_digest = $1 AND t.ends_at > $2 AND (t.acting IS NULL OR o.id IS NOT NULL) \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = a.subject)";
const END_ALL: &str = "UPDATE api_token SET ends_at = $1 WHERE ends_at > $1";
const OF_ACCOUNT: &str = "SELECT t.id, t.account, a.subject, t.name, t.scopes, t.created_at, t.used_at, t.ends_at, \
    CAST(0 AS bigint), o.id, o.name, b.seat, t.acting FROM api_token t JOIN account a ON a.id = t.account \
    LEFT JOIN organisation_member b ON b.organisation = t.acting AND b.account = t.account \
    LEFT JOIN organisation o ON o.id = b.organisation AND o.dissolved_at IS NULL \
    WHERE t.account = $1 AND t.ends_at > $2 ORDER BY t.ends_at, t.id LIMIT 100";
const TOUCH: &str = "UPDATE api_token SET used_at = $2 WHERE id = $1";
const REVOKE: &str = "UPDATE api_token SET ends_at = $3 WHERE id = $1 AND account = $2 AND ends_at > $3";
const REVOKE_ALL: &str = "UPDATE api_token SET ends_at = $2 WHERE account = $1 AND ends_at > $2";
const PURGE: &str = "DELETE FROM api_token WHERE ends_at <= $1";
pub(crate) const STATEMENTS: &[&str] = &[
    HOLD, COUNT, INSERT, LIVE, OF_ACCOUNT, TOUCH, REVOKE, REVOKE_ALL, PURGE, END_ALL,
];

/// A token as stored.
#[derive(Debug)]
pub struct TokenRow {
    /// The token's identifier; says nothing about the token itself.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// The name the person gave it.
    pub name: Sealed<String>,
    /// The identifiers of its scopes, separated by spaces.
    pub scopes: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last used, to a few minutes.
    pub used_at: Option<OffsetDateTime>,
    /// When it ends.
    pub ends_at: OffsetDateTime,
    /// For how many suppliers the account works; known for the live token alone.
    pub memberships: i64,
    /// The organisation it was made for, while the account belongs to it.
    pub acting: Option<Acting>,
    /// Whether it was made for an organisation.
    pub bound: bool,
}

/// A token to store.
pub struct NewToken<'a> {
    /// The token's identifier.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// SHA-256 of the token; the token itself is never stored.
    pub token_digest: [u8; 32],
    /// The name the person gave it.
    pub name: &'a Personal<String>,
    /// The identifiers of its scopes, separated by spaces.
    pub scopes: String,
    /// When it ends.
    pub ends_at: OffsetDateTime,
    /// The organisation it acts for; `None` for the person.
    pub acting: Option<Uuid>,
}

/// The place of a token's name.
#[must_use]
pub const fn name_field(token: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "api_token",
        column: "name",
        row: token,
        subject,
    }
}

fn read(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.id(0)?,
        account: row.id(1)?,
        subject: SubjectId(row.id(2)?),
        name: Sealed::from_stored(row.bytes(3)?),
        scopes: row.text(4)?,
        created_at: row.time(5)?,
        used_at: row.opt_time(6)?,
        ends_at: row.time(7)?,
        memberships: row.int(8)?,
        acting: org::acting(row, 9)?,
        bound: row.opt_id(12)?.is_some(),
    })
}

/// How many live tokens an account has; nobody else changes that until this transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn count_held<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<i64, StoreError> {
    tx.execute(HOLD, &[Value::Id(account)]).await?;
    let values = [Value::Id(account), Value::Time(tx.ctx().now())];
    let row = tx.row(COUNT, &values).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Stores a token.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewToken<'_>) -> Result<(), StoreError> {
    let name = tx.seal(&name_field(new.id, new.subject), new.name).await?;
    let values = [
        Value::Id(new.account),
        Value::Id(new.id),
        Value::Bytes(new.token_digest.to_vec()),
        Value::Bytes(name.as_bytes().to_vec()),
        Value::Text(new.scopes.clone()),
        Value::Time(tx.ctx().now()),
        Value::Time(new.ends_at),
        Value::OptId(new.acting),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// The live token with this digest. One that was made for an organisation acts for nobody once the
/// account has no seat there.
///
/// # Errors
/// [`StoreError`].
pub async fn live<P: Purpose>(
    tx: &mut Tx<'_, P>,
    token_digest: [u8; 32],
) -> Result<Option<TokenRow>, StoreError> {
    let values = [Value::Bytes(token_digest.to_vec()), Value::Time(tx.ctx().now())];
    tx.row(LIVE, &values).await?.as_ref().map(read).transpose()
}

/// The live tokens of an account, the next to end first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<Vec<TokenRow>, StoreError> {
    let values = [Value::Id(account), Value::Time(tx.ctx().now())];
    tx.rows(OF_ACCOUNT, &values).await?.iter().map(read).collect()
}

/// Notes that a token was used now.
///
/// # Errors
/// [`StoreError`].
pub async fn touch<P: Purpose>(tx: &mut Tx<'_, P>, token: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(token), Value::Time(tx.ctx().now())];
    tx.execute(TOUCH, &values).await.map(|_| ())
}

/// Ends one token of the account; `false` if there was no such live token.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid, token: Uuid) -> Result<bool, StoreError> {
    let values = [Value::Id(token), Value::Id(account), Value::Time(tx.ctx().now())];
    tx.execute(REVOKE, &values).await.map(|rows| rows == 1)
}

/// Ends every token of the account (after a new password).
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_all<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<u64, StoreError> {
    let values = [Value::Id(account), Value::Time(tx.ctx().now())];
    tx.execute(REVOKE_ALL, &values).await
}

/// Ends every token of everybody: after a restore nobody knows which had been taken back before.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(END_ALL, &[Value::Time(tx.ctx().now())]).await
}

/// Removes the tokens that ended at `until` or before.
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    tx.execute(PURGE, &[Value::Time(until)]).await
}
