//! Invitations into an organisation: to one phone, of which only a digest is kept.

use domain::org::invitation::{Invitation, State};
use domain::org::seat::Seat;
use privacy::{BlindIndex, Purpose};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// Invitations shown at once.
pub const PAGE: i64 = 100;

macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.organisation, o.name, i.inviter, i.seat, i.state, i.sent_at FROM organisation_invitation i \
             JOIN organisation o ON o.id = i.organisation ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO organisation_invitation (organisation, id, inviter, phone_digest, seat, state, sent_at) \
    VALUES ($1, $2, $3, $4, $5, 'sent', $6)";
const BY_ID: &str = selected!("WHERE i.id = $1 AND o.dissolved_at IS NULL");
const TO_ACCOUNT: &str = selected!(
    "JOIN blind_index b ON b.field = 'account.phone' AND b.digest = i.phone_digest \
     WHERE b.account = $1 AND i.state = 'sent' AND i.sent_at > $2 AND o.dissolved_at IS NULL \
     ORDER BY i.sent_at DESC, i.id LIMIT $3"
);
const OF_ORGANISATION: &str = selected!(
    "WHERE i.organisation = $1 AND i.state = 'sent' AND i.sent_at > $2 ORDER BY i.sent_at DESC, i.id LIMIT $3"
);
const IS_TO: &str = "SELECT COUNT(*) FROM organisation_invitation i JOIN blind_index b ON b.field = 'account.phone' \
    AND b.digest = i.phone_digest WHERE i.id = $1 AND b.account = $2";
const IS_TO_PHONE: &str = "SELECT COUNT(*) FROM organisation_invitation WHERE id = $1 AND phone_digest = $2";
const WHO: &str = "SELECT b.account FROM organisation_invitation i JOIN blind_index b ON b.field = 'account.phone' \
    AND b.digest = i.phone_digest WHERE i.id = $1 AND i.state = 'sent'";
const ANSWER: &str =
    "UPDATE organisation_invitation SET state = $2, answered_at = $3 WHERE id = $1 AND state = 'sent'";
const SUPERSEDE: &str = "UPDATE organisation_invitation SET state = 'withdrawn', answered_at = $3 \
    WHERE organisation = $1 AND phone_digest = $2 AND state = 'sent'";
const SENT_SINCE: &str =
    "SELECT COUNT(*) FROM organisation_invitation WHERE organisation = $1 AND sent_at > $2";
const FORGET: &str = "DELETE FROM organisation_invitation WHERE phone_digest = $1";
const TO_PHONE_SINCE: &str = "SELECT COUNT(*) FROM organisation_invitation WHERE phone_digest = $1 AND organisation = $2 AND sent_at > $3";
pub(crate) const STATEMENTS: &[&str] = &[
    FORGET,
    INSERT,
    BY_ID,
    TO_ACCOUNT,
    OF_ORGANISATION,
    IS_TO,
    IS_TO_PHONE,
    WHO,
    ANSWER,
    SUPERSEDE,
    SENT_SINCE,
    TO_PHONE_SINCE,
];

/// An invitation as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// The invitation.
    pub id: Uuid,
    /// Into which organisation.
    pub organisation: Uuid,
    /// Its name.
    pub name: String,
    /// What it is.
    pub invitation: Invitation,
}

fn read(row: &Row) -> Result<InvitationRow, StoreError> {
    Ok(InvitationRow {
        id: row.id(0)?,
        organisation: row.id(1)?,
        name: row.text(2)?,
        invitation: Invitation {
            by: row.id(3)?,
            seat: Seat::parse(&row.text(4)?).ok_or(StoreError::Malformed("seat"))?,
            state: State::parse(&row.text(5)?).ok_or(StoreError::Malformed("invitation state"))?,
            sent_at: row.time(6)?,
        },
    })
}

/// Writes an invitation; an earlier one of this organisation to the same phone is taken back.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    organisation: Uuid,
    phone: BlindIndex,
    invitation: &Invitation,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(organisation),
        Value::Bytes(phone.0.to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(SUPERSEDE, &values).await?;
    let values = [
        Value::Id(organisation),
        Value::Id(id),
        Value::Id(invitation.by),
        Value::Bytes(phone.0.to_vec()),
        Value::Text(invitation.seat.as_str().to_owned()),
        Value::Time(invitation.sent_at),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// An invitation, of an organisation that is not dissolved.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<InvitationRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// The unanswered invitations to the phone of an account that were sent after an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn to_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    after: OffsetDateTime,
) -> Result<Vec<InvitationRow>, StoreError> {
    let values = [Value::Id(account), Value::Time(after), Value::Int(PAGE)];
    tx.rows(TO_ACCOUNT, &values).await?.iter().map(read).collect()
}

/// The account whose phone an unanswered invitation is to, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn invited<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<Uuid>, StoreError> {
    let row = tx.row(WHO, &[Value::Id(id)]).await?;
    row.map(|row| row.id(0)).transpose()
}

/// The unanswered invitations of an organisation that were sent after an instant, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organisation<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    after: OffsetDateTime,
) -> Result<Vec<InvitationRow>, StoreError> {
    let values = [Value::Id(organisation), Value::Time(after), Value::Int(PAGE)];
    tx.rows(OF_ORGANISATION, &values)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Whether an invitation is to the phone of this account.
///
/// # Errors
/// [`StoreError`].
pub async fn is_to<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, account: Uuid) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Id(account)];
    Ok(tx.row(IS_TO, &values).await?.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// Whether an invitation is to this phone.
///
/// # Errors
/// [`StoreError`].
pub async fn is_to_phone<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    phone: BlindIndex,
) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Bytes(phone.0.to_vec())];
    let row = tx.row(IS_TO_PHONE, &values).await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// Answers an invitation, or takes it back; `false` if it was answered already.
///
/// # Errors
/// [`StoreError`].
pub async fn answer<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, state: State) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(state.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(ANSWER, &values).await? == 1)
}

/// How many an organisation sent after an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn sent_since<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    after: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [Value::Id(organisation), Value::Time(after)];
    tx.row(SENT_SINCE, &values).await?.map_or(Ok(0), |row| row.int(0))
}

/// How many an organisation sent to one phone after an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn to_phone_since<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    phone: BlindIndex,
    after: OffsetDateTime,
) -> Result<i64, StoreError> {
    let values = [
        Value::Bytes(phone.0.to_vec()),
        Value::Id(organisation),
        Value::Time(after),
    ];
    tx.row(TO_PHONE_SINCE, &values)
        .await?
        .map_or(Ok(0), |row| row.int(0))
}

/// Takes away every invitation to a phone, by its digest: whoever is erased was invited by nobody (1.6).
///
/// # Errors
/// [`StoreError`].
pub async fn forget<P: Purpose>(tx: &mut Tx<'_, P>, phone: BlindIndex) -> Result<u64, StoreError> {
    policy::clause!("1.6");
    tx.execute(FORGET, &[Value::Bytes(phone.0.to_vec())]).await
}
