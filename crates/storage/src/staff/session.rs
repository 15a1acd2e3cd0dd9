//! Sessions of staff: short, and over at once when the account ends (2.5.1.e).

use domain::staff::{self, Role};
use privacy::{Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO staff_session (staff, id, token_digest, csrf, created_at, seen_at, revoked_at) \
    VALUES ($1, $2, $3, $4, $5, $5, NULL)";
const FIND: &str = "SELECT x.id, x.staff, s.subject, s.identifier, s.roles, x.csrf, x.created_at, x.seen_at, \
    (SELECT MAX(t.valid_until) FROM staff_training t WHERE t.staff = s.id) \
    FROM staff_session x JOIN staff s ON s.id = x.staff \
    WHERE x.token_digest = $1 AND x.revoked_at IS NULL AND s.ended_at IS NULL AND s.confirmed_at IS NOT NULL";
const TOUCH: &str = "UPDATE staff_session SET seen_at = $2 WHERE id = $1";
const REVOKE: &str =
    "UPDATE staff_session SET revoked_at = $2 WHERE token_digest = $1 AND revoked_at IS NULL";
const REVOKE_OF: &str = "UPDATE staff_session SET revoked_at = $2 WHERE staff = $1 AND revoked_at IS NULL";
const REVOKE_ALL: &str = "UPDATE staff_session SET revoked_at = $1 WHERE revoked_at IS NULL";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, FIND, TOUCH, REVOKE, REVOKE_OF, REVOKE_ALL];

/// A session as stored, with whose it is.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The session.
    pub id: Uuid,
    /// Whose.
    pub staff: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// By what records name them.
    pub identifier: String,
    /// What they do.
    pub roles: Vec<Role>,
    /// The token every form of this session carries.
    pub csrf: String,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// When it was last used.
    pub seen_at: OffsetDateTime,
    /// Until when their training counts.
    pub trained_until: Option<OffsetDateTime>,
}

/// Begins a session.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(
    tx: &mut Tx<'_, P>,
    staff: Uuid,
    token_digest: [u8; 32],
    csrf: &str,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(staff),
        Value::Id(tx.store().entropy().id()),
        Value::Bytes(token_digest.to_vec()),
        Value::Text(csrf.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// The session with this token's digest, of somebody who works here; whether it is too old the caller
/// asks the rule.
///
/// # Errors
/// [`StoreError`].
pub async fn find<P: Purpose>(
    tx: &mut Tx<'_, P>,
    token_digest: [u8; 32],
) -> Result<Option<SessionRow>, StoreError> {
    let Some(row) = tx.row(FIND, &[Value::Bytes(token_digest.to_vec())]).await? else {
        return Ok(None);
    };
    Ok(Some(SessionRow {
        id: row.id(0)?,
        staff: row.id(1)?,
        subject: SubjectId(row.id(2)?),
        identifier: row.text(3)?,
        roles: staff::read(&row.text(4)?),
        csrf: row.text(5)?,
        created_at: row.time(6)?,
        seen_at: row.time(7)?,
        trained_until: row.opt_time(8)?,
    }))
}

/// Notes that a session was used.
///
/// # Errors
/// [`StoreError`].
pub async fn touch<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(TOUCH, &values).await.map(|_| ())
}

/// Ends the session with this token's digest.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke<P: Purpose>(tx: &mut Tx<'_, P>, token_digest: [u8; 32]) -> Result<(), StoreError> {
    let values = [Value::Bytes(token_digest.to_vec()), Value::Time(tx.ctx().now())];
    tx.execute(REVOKE, &values).await.map(|_| ())
}

/// Ends every session of a member of staff.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_of<P: Purpose>(tx: &mut Tx<'_, P>, staff: Uuid) -> Result<u64, StoreError> {
    let values = [Value::Id(staff), Value::Time(tx.ctx().now())];
    tx.execute(REVOKE_OF, &values).await
}

/// Ends every session of everybody: after a restore.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(REVOKE_ALL, &[Value::Time(tx.ctx().now())]).await
}
