//! Log-in sessions: the token's digest, the sealed device, revocation (2.1.1.e).

use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Place;
use crate::engine::{Row, StoreError, Value};
use crate::org::{self, Acting};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO session \
    (account, id, token_digest, csrf, device, created_at, seen_at, expires_at, revoked_at, proved_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $6, $7, NULL, $8)";
const LIVE: &str = "SELECT s.id, s.account, a.subject, s.csrf, s.device, s.created_at, s.seen_at, s.expires_at, \
    (SELECT COUNT(*) FROM membership m WHERE m.account = s.account), o.id, o.name, b.seat, \
    (SELECT COUNT(*) FROM organisation_member x WHERE x.account = s.account), \
    (SELECT COUNT(*) FROM age_band y WHERE y.account = s.account AND y.frozen_at IS NOT NULL) \
    FROM session s JOIN account a ON a.id = s.account \
    LEFT JOIN organisation_member b ON b.organisation = s.acting AND b.account = s.account \
    LEFT JOIN organisation o ON o.id = b.organisation AND o.dissolved_at IS NULL \
    WHERE s.token_digest = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3 \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = a.subject)";
const END_ALL: &str = "UPDATE session SET revoked_at = $1 WHERE revoked_at IS NULL";
const OF_ACCOUNT: &str = "SELECT s.id, s.account, a.subject, s.csrf, s.device, s.created_at, s.seen_at, s.expires_at, \
    CAST(0 AS bigint) FROM session s JOIN account a ON a.id = s.account \
    WHERE s.account = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3 \
    ORDER BY s.seen_at DESC, s.id LIMIT 100";
const LOGINS: &str = "SELECT id, device, created_at, seen_at, expires_at, revoked_at FROM session \
    WHERE account = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4";
const TOUCH: &str = "UPDATE session SET seen_at = $2 WHERE id = $1";
const REVOKE: &str =
    "UPDATE session SET revoked_at = $3 WHERE id = $1 AND account = $2 AND revoked_at IS NULL";
const REVOKE_OTHERS: &str =
    "UPDATE session SET revoked_at = $3 WHERE account = $1 AND id <> $2 AND revoked_at IS NULL";
const PROVED: &str = "SELECT proved_at FROM session WHERE id = $1 AND account = $2 AND revoked_at IS NULL";
const PROVE: &str = "UPDATE session SET proved_at = $3 WHERE id = $1 AND account = $2";
const ACT: &str = "UPDATE session SET acting = $3 WHERE id = $1 AND account = $2 AND revoked_at IS NULL";
const RENEW: &str =
    "UPDATE session SET token_digest = $3 WHERE id = $1 AND account = $2 AND revoked_at IS NULL";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    LIVE,
    OF_ACCOUNT,
    TOUCH,
    REVOKE,
    REVOKE_OTHERS,
    END_ALL,
    PROVED,
    PROVE,
    RENEW,
    ACT,
    LOGINS,
];

/// A session as stored.
#[derive(Debug)]
pub struct SessionRow {
    /// The session.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// The token every form of this session carries.
    pub csrf: String,
    /// The device as the browser named it.
    pub device: Sealed<String>,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used.
    pub seen_at: OffsetDateTime,
    /// When it ends at the latest.
    pub expires_at: OffsetDateTime,
    /// For how many suppliers the account works; known for the live session alone.
    pub memberships: i64,
    /// For which organisation it acts, while the account belongs to it; known for the live session alone.
    pub acting: Option<Acting>,
    /// To how many organisations the account belongs; known for the live session alone.
    pub organisations: i64,
    /// Whether the account is for browsing only; known for the live session alone.
    pub frozen: bool,
}

/// A session to begin.
pub struct NewSession<'a> {
    /// The session.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// SHA-256 of the token in the cookie; the token itself is never stored.
    pub token_digest: [u8; 32],
    /// The token for forms.
    pub csrf: String,
    /// The device as the browser named it.
    pub device: &'a Personal<String>,
    /// When it ends at the latest.
    pub expires_at: OffsetDateTime,
    /// When its holder was last proved to be there by everything the account asks for.
    pub proved_at: Option<OffsetDateTime>,
}

/// The place of a session's device.
#[must_use]
pub const fn device_field(session: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "session",
        column: "device",
        row: session,
        subject,
    }
}

fn read(row: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: row.id(0)?,
        account: row.id(1)?,
        subject: SubjectId(row.id(2)?),
        csrf: row.text(3)?,
        device: Sealed::from_stored(row.bytes(4)?),
        created_at: row.time(5)?,
        seen_at: row.time(6)?,
        expires_at: row.time(7)?,
        memberships: row.int(8)?,
        acting: None,
        organisations: 0,
        frozen: false,
    })
}

/// Begins a session.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewSession<'_>) -> Result<(), StoreError> {
    let device = tx.seal(&device_field(new.id, new.subject), new.device).await?;
    let values = [
        Value::Id(new.account),
        Value::Id(new.id),
        Value::Bytes(new.token_digest.to_vec()),
        Value::Text(new.csrf.clone()),
        Value::Bytes(device.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Time(new.expires_at),
        Value::OptTime(new.proved_at),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// The live session with this token digest, last used after `idle_since`.
///
/// # Errors
/// [`StoreError`].
pub async fn live<P: Purpose>(
    tx: &mut Tx<'_, P>,
    token_digest: [u8; 32],
    idle_since: OffsetDateTime,
) -> Result<Option<SessionRow>, StoreError> {
    let values = [
        Value::Bytes(token_digest.to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Time(idle_since),
    ];
    let Some(row) = tx.row(LIVE, &values).await? else {
        return Ok(None);
    };
    Ok(Some(SessionRow {
        acting: org::acting(&row, 9)?,
        organisations: row.int(12)?,
        frozen: row.int(13)? > 0,
        ..read(&row)?
    }))
}

/// The live sessions of an account, latest used first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    idle_since: OffsetDateTime,
) -> Result<Vec<SessionRow>, StoreError> {
    let values = [
        Value::Id(account),
        Value::Time(tx.ctx().now()),
        Value::Time(idle_since),
    ];
    tx.rows(OF_ACCOUNT, &values).await?.iter().map(read).collect()
}

/// A log-in, with how its session stands.
#[derive(Debug)]
pub struct LoginRow {
    /// The session.
    pub id: Uuid,
    /// The device as the browser named it.
    pub device: Sealed<String>,
    /// When.
    pub at: OffsetDateTime,
    /// When the session was last used.
    pub seen_at: OffsetDateTime,
    /// When the session ends at the latest.
    pub expires_at: OffsetDateTime,
    /// When it was ended, if it was.
    pub revoked_at: Option<OffsetDateTime>,
}

/// The log-ins of an account as far as they are kept, newest first, those before a place (2.2.3.d).
///
/// # Errors
/// [`StoreError`].
pub async fn logins<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    before: Place,
    limit: i64,
) -> Result<Vec<LoginRow>, StoreError> {
    let values = [
        Value::Id(account),
        Value::Time(before.at),
        Value::Id(before.id),
        Value::Int(limit.clamp(1, 200)),
    ];
    let rows = tx.rows(LOGINS, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(LoginRow {
                id: row.id(0)?,
                device: Sealed::from_stored(row.bytes(1)?),
                at: row.time(2)?,
                seen_at: row.time(3)?,
                expires_at: row.time(4)?,
                revoked_at: row.opt_time(5)?,
            })
        })
        .collect()
}

/// Notes that a session was used now.
///
/// # Errors
/// [`StoreError`].
pub async fn touch<P: Purpose>(tx: &mut Tx<'_, P>, session: Uuid) -> Result<(), StoreError> {
    let now = tx.ctx().now();
    tx.execute(TOUCH, &[Value::Id(session), Value::Time(now)])
        .await
        .map(|_| ())
}

/// When the holder was last proved to be there in this session of the account (2.6.4.f).
///
/// # Errors
/// [`StoreError`].
pub async fn proved_at<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    session: Uuid,
) -> Result<Option<OffsetDateTime>, StoreError> {
    let row = tx.row(PROVED, &[Value::Id(session), Value::Id(account)]).await?;
    row.map_or(Ok(None), |row| row.opt_time(0))
}

/// Notes that the holder was proved to be there now.
///
/// # Errors
/// [`StoreError`].
pub async fn prove<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid, session: Uuid) -> Result<(), StoreError> {
    let values = [
        Value::Id(session),
        Value::Id(account),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(PROVE, &values).await.map(|_| ())
}

/// Has a live session act for an organisation from now on, or for the person themselves; `false` if it is
/// not live. Whether the account belongs to the organisation is asked at every request anew.
///
/// # Errors
/// [`StoreError`].
pub async fn act<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    session: Uuid,
    organisation: Option<Uuid>,
) -> Result<bool, StoreError> {
    let values = [Value::Id(session), Value::Id(account), Value::OptId(organisation)];
    tx.execute(ACT, &values).await.map(|rows| rows == 1)
}

/// Gives a live session another token: whoever held the former one holds nothing. `false` if it is not
/// live.
///
/// # Errors
/// [`StoreError`].
pub async fn renew<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    session: Uuid,
    token_digest: [u8; 32],
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(session),
        Value::Id(account),
        Value::Bytes(token_digest.to_vec()),
    ];
    tx.execute(RENEW, &values).await.map(|rows| rows == 1)
}

/// Ends one session of the account; `false` if there was no such live session.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    session: Uuid,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(session),
        Value::Id(account),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(REVOKE, &values).await.map(|rows| rows == 1)
}

/// Ends every session of the account except `kept` (after a password change).
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_others<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    kept: Uuid,
) -> Result<u64, StoreError> {
    let values = [Value::Id(account), Value::Id(kept), Value::Time(tx.ctx().now())];
    tx.execute(REVOKE_OTHERS, &values).await
}

/// Ends every session of everybody: after a restore nobody knows which had been ended before.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(END_ALL, &[Value::Time(tx.ctx().now())]).await
}
