//! Devices on which the second step of the log-in is not asked for: the token's digest, the sealed
//! device, the end (2.1.1.e).

use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO remembered_device \
    (account, id, token_digest, device, created_at, used_at, ends_at) VALUES ($1, $2, $3, $4, $5, $5, $6)";
const USE: &str = "UPDATE remembered_device SET used_at = $3 \
    WHERE account = $1 AND token_digest = $2 AND ends_at > $3";
const OF_ACCOUNT: &str = "SELECT id, device, created_at, used_at, ends_at FROM remembered_device \
    WHERE account = $1 AND ends_at > $2 ORDER BY used_at DESC, id LIMIT 100";
const MAKE_ROOM: &str = "DELETE FROM remembered_device WHERE account = $1 AND id NOT IN \
    (SELECT id FROM remembered_device WHERE account = $1 ORDER BY used_at DESC, id LIMIT $2)";
const REVOKE: &str = "DELETE FROM remembered_device WHERE id = $1 AND account = $2";
const REVOKE_ALL: &str = "DELETE FROM remembered_device WHERE account = $1";
const PURGE: &str = "DELETE FROM remembered_device WHERE ends_at <= $1";
const END_ALL: &str = "DELETE FROM remembered_device";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT, USE, OF_ACCOUNT, MAKE_ROOM, REVOKE, REVOKE_ALL, PURGE, END_ALL,
];

/// A remembered device as stored.
#[derive(Debug)]
pub struct RememberedRow {
    /// Its identifier; says nothing about its token.
    pub id: Uuid,
    /// The device as the browser named it.
    pub device: Sealed<String>,
    /// When it was remembered.
    pub created_at: OffsetDateTime,
    /// When it last spared its person the second step.
    pub used_at: OffsetDateTime,
    /// When it is forgotten.
    pub ends_at: OffsetDateTime,
}

/// A device to remember.
pub struct NewRemembered<'a> {
    /// Its identifier.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// SHA-256 of the token in the cookie; the token itself is never stored.
    pub token_digest: [u8; 32],
    /// The device as the browser named it.
    pub device: &'a Personal<String>,
    /// When it is forgotten.
    pub ends_at: OffsetDateTime,
}

/// The place of a remembered device's name.
#[must_use]
pub const fn device_field(remembered: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "remembered_device",
        column: "device",
        row: remembered,
        subject,
    }
}

/// Remembers a device; of more than `most`, those used longest ago are forgotten.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(
    tx: &mut Tx<'_, P>,
    new: &NewRemembered<'_>,
    most: i64,
) -> Result<(), StoreError> {
    let device = tx.seal(&device_field(new.id, new.subject), new.device).await?;
    let values = [
        Value::Id(new.account),
        Value::Id(new.id),
        Value::Bytes(new.token_digest.to_vec()),
        Value::Bytes(device.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Time(new.ends_at),
    ];
    tx.execute(INSERT, &values).await?;
    tx.execute(MAKE_ROOM, &[Value::Id(new.account), Value::Int(most)])
        .await
        .map(|_| ())
}

/// Whether this account's device with this token is remembered; notes that it was used now.
///
/// # Errors
/// [`StoreError`].
pub async fn use_now<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    token_digest: [u8; 32],
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(account),
        Value::Bytes(token_digest.to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(USE, &values).await.map(|rows| rows == 1)
}

/// The remembered devices of an account, latest used first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<RememberedRow>, StoreError> {
    let values = [Value::Id(account), Value::Time(tx.ctx().now())];
    let rows = tx.rows(OF_ACCOUNT, &values).await?;
    let read = |row: &crate::engine::Row| {
        Ok(RememberedRow {
            id: row.id(0)?,
            device: Sealed::from_stored(row.bytes(1)?),
            created_at: row.time(2)?,
            used_at: row.time(3)?,
            ends_at: row.time(4)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Forgets one device of the account; `false` if there was no such device.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid, id: Uuid) -> Result<bool, StoreError> {
    tx.execute(REVOKE, &[Value::Id(id), Value::Id(account)])
        .await
        .map(|rows| rows == 1)
}

/// Forgets every device of the account (after a new password or another second factor).
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_all<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<u64, StoreError> {
    tx.execute(REVOKE_ALL, &[Value::Id(account)]).await
}

/// Forgets every device of everybody: after a restore nobody knows which had been forgotten before.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(END_ALL, &[]).await
}

/// Removes the devices whose time ended at `until` or before (retention `remembered_24h_after_end`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    tx.execute(PURGE, &[Value::Time(until)]).await
}
