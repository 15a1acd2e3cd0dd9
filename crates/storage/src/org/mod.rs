//! Organisations: the public facts of an enterprise, who belongs to it, and what happened to its members
//! (2.1.1.a). How it is verified is in [`verification`].

pub mod book;
pub mod invitation;
pub mod paper;
pub mod spending;
pub mod transfer;
pub mod verification;

use domain::org::member::Member;
use domain::org::seat::Seat;
use privacy::{Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::market::membership;
use crate::tx::Tx;

/// Members of one organisation, at most.
pub const MOST_MEMBERS: i64 = 200;
/// Members read at a time: a claim joins an organisation that is full.
const READ_MEMBERS: i64 = MOST_MEMBERS + 50;
/// Organisations of one account, at most.
pub const MOST_OF_ACCOUNT: i64 = 50;

const INSERT: &str = "INSERT INTO organisation (id, name, credit_code, created_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT DO NOTHING";
const BY_ID: &str = "SELECT id, name, credit_code, created_at, dissolved_at FROM organisation WHERE id = $1";
const BY_CODE: &str = "SELECT id, name, credit_code, created_at, dissolved_at FROM organisation \
    WHERE credit_code = $1 AND dissolved_at IS NULL";
const HOLD: &str = "UPDATE organisation SET name = name WHERE id = $1";
const RENAME: &str = "UPDATE organisation SET name = $2 WHERE id = $1";
const DISSOLVE: &str = "UPDATE organisation SET dissolved_at = $2 WHERE id = $1 AND dissolved_at IS NULL";
const OF_ACCOUNT: &str = "SELECT o.id, o.name, o.credit_code, o.created_at, o.dissolved_at, m.seat \
    FROM organisation_member m JOIN organisation o ON o.id = m.organisation \
    WHERE m.account = $1 AND o.dissolved_at IS NULL ORDER BY o.created_at, o.id LIMIT $2";
const MEMBERS: &str = "SELECT m.account, m.subject, m.seat, m.since FROM organisation_member m \
    WHERE m.organisation = $1 ORDER BY m.since, m.account LIMIT $2";
const PUT: &str = "INSERT INTO organisation_member (organisation, account, subject, seat, since) \
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (organisation, account) DO UPDATE SET seat = excluded.seat";
const REMOVE: &str = "DELETE FROM organisation_member WHERE organisation = $1 AND account = $2";
const REMOVE_ALL: &str = "DELETE FROM organisation_member WHERE organisation = $1";
const EVENT: &str = "INSERT INTO organisation_event (organisation, id, what, doer, member, seat, at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const EVENTS: &str = "SELECT what, doer, member, seat, at FROM organisation_event WHERE organisation = $1 \
    ORDER BY at DESC, id DESC LIMIT $2";
// Organisations whose only owner this person is.
const OWNED_ALONE: &str = "SELECT o.id, o.name FROM organisation_member m JOIN organisation o ON o.id = m.organisation \
    WHERE m.subject = $1 AND m.seat = 'owner' AND o.dissolved_at IS NULL AND NOT EXISTS \
    (SELECT 1 FROM organisation_member x WHERE x.organisation = m.organisation AND x.seat = 'owner' AND x.subject <> $1) \
    ORDER BY o.created_at, o.id LIMIT 50";
const STATEMENTS_HERE: &[&str] = &[
    INSERT,
    BY_ID,
    BY_CODE,
    HOLD,
    RENAME,
    DISSOLVE,
    OF_ACCOUNT,
    MEMBERS,
    PUT,
    REMOVE,
    REMOVE_ALL,
    EVENT,
    EVENTS,
    OWNED_ALONE,
];

pub(crate) fn statements() -> Vec<&'static str> {
    [
        STATEMENTS_HERE,
        book::STATEMENTS,
        invitation::STATEMENTS,
        paper::STATEMENTS,
        spending::STATEMENTS,
        transfer::STATEMENTS,
        verification::STATEMENTS,
    ]
    .concat()
}

/// An organisation's public facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// The organisation.
    pub id: Uuid,
    /// Its registered name.
    pub name: String,
    /// Its unified social credit code.
    pub credit_code: String,
    /// When it was founded here.
    pub created_at: OffsetDateTime,
    /// When it was dissolved here.
    pub dissolved_at: Option<OffsetDateTime>,
}

/// The organisation that a session or a program acts for, and the seat it acts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// The organisation.
    pub organisation: Uuid,
    /// Its registered name.
    pub name: String,
    /// The seat of the account there, as it is now.
    pub seat: Seat,
}

/// Reads identifier, name and seat from three columns; nothing if the account has no seat there, or no
/// longer.
pub(crate) fn acting(row: &Row, from: usize) -> Result<Option<Acting>, StoreError> {
    let (id, name, seat) = (
        row.opt_id(from)?,
        row.opt_text(from + 1)?,
        row.opt_text(from + 2)?,
    );
    match (id, name, seat) {
        (Some(organisation), Some(name), Some(text)) => Ok(Some(Acting {
            organisation,
            name,
            seat: self::seat(&text)?,
        })),
        _ => Ok(None),
    }
}

/// A member as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// Account and seat.
    pub member: Member,
    /// The person.
    pub subject: SubjectId,
    /// Since when.
    pub since: OffsetDateTime,
}

/// Something that happened to the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// `founded`, `claimed`, `joined`, `seat`, `left`, `removed`, `dissolved`.
    pub what: String,
    /// Who did it, while their account is there.
    pub doer: Option<Uuid>,
    /// To whom, while their account is there.
    pub member: Option<Uuid>,
    /// The seat after it.
    pub seat: Option<Seat>,
    /// When.
    pub at: OffsetDateTime,
}

fn read(row: &Row) -> Result<Organisation, StoreError> {
    Ok(Organisation {
        id: row.id(0)?,
        name: row.text(1)?,
        credit_code: row.text(2)?,
        created_at: row.time(3)?,
        dissolved_at: row.opt_time(4)?,
    })
}

fn seat(text: &str) -> Result<Seat, StoreError> {
    Seat::parse(text).ok_or(StoreError::Malformed("seat"))
}

/// Founds an organisation; `false` if one with this code is there already.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    name: &str,
    credit_code: &str,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(name.to_owned()),
        Value::Text(credit_code.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(INSERT, &values).await? == 1)
}

/// An organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<Organisation>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// The organisation of a credit code that is not dissolved.
///
/// # Errors
/// [`StoreError`].
pub async fn by_code<P: Purpose>(tx: &mut Tx<'_, P>, code: &str) -> Result<Option<Organisation>, StoreError> {
    let row = tx.row(BY_CODE, &[Value::Text(code.to_owned())]).await?;
    row.as_ref().map(read).transpose()
}

/// Holds an organisation until the transaction ends, so that changes of its members come one after the
/// other and an owner always stays.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Gives an organisation another registered name.
///
/// # Errors
/// [`StoreError`].
pub async fn rename<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, name: &str) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Text(name.to_owned())];
    tx.execute(RENAME, &values).await.map(|_| ())
}

/// Dissolves an organisation: its code is free again, and nobody belongs to it.
///
/// # Errors
/// [`StoreError`].
pub async fn dissolve<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(DISSOLVE, &values).await?;
    book::drop_all(tx, id).await?;
    remove_all(tx, id).await
}

/// The organisations of an account, the oldest first, each with the account's seat.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<(Organisation, Seat)>, StoreError> {
    let values = [Value::Id(account), Value::Int(MOST_OF_ACCOUNT)];
    let rows = tx.rows(OF_ACCOUNT, &values).await?;
    rows.iter()
        .map(|row| Ok((read(row)?, seat(&row.text(5)?)?)))
        .collect()
}

/// The members of an organisation, the longest first.
///
/// # Errors
/// [`StoreError`].
pub async fn members<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Vec<MemberRow>, StoreError> {
    let values = [Value::Id(organisation), Value::Int(READ_MEMBERS)];
    let rows = tx.rows(MEMBERS, &values).await?;
    let member = |row: &Row| {
        Ok(MemberRow {
            member: Member {
                account: row.id(0)?,
                seat: seat(&row.text(2)?)?,
            },
            subject: SubjectId(row.id(1)?),
            since: row.time(3)?,
        })
    };
    rows.iter().map(member).collect()
}

/// Makes an account a member, or gives it another seat.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    (account, subject): (Uuid, SubjectId),
    seat: Seat,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(organisation),
        Value::Id(account),
        Value::Id(subject.0),
        Value::Text(seat.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(PUT, &values).await?;
    membership::follow(tx, organisation, account, seat).await
}

/// Ends a membership.
///
/// # Errors
/// [`StoreError`].
pub async fn remove<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
) -> Result<(), StoreError> {
    let values = [Value::Id(organisation), Value::Id(account)];
    tx.execute(REMOVE, &values).await?;
    membership::leave(tx, organisation, account).await
}

/// Ends every membership.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_all<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<(), StoreError> {
    tx.execute(REMOVE_ALL, &[Value::Id(organisation)]).await?;
    membership::leave_all(tx, organisation).await
}

/// Writes down what happened to the members.
///
/// # Errors
/// [`StoreError`].
pub async fn note<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    what: &'static str,
    (doer, member): (Option<Uuid>, Option<Uuid>),
    seat: Option<Seat>,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(organisation),
        Value::Id(tx.store().entropy().id()),
        Value::Text(what.to_owned()),
        Value::OptId(doer),
        Value::OptId(member),
        Value::OptText(seat.map(|seat| seat.as_str().to_owned())),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(EVENT, &values).await.map(|_| ())
}

/// What happened to the members, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn events<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    limit: i64,
) -> Result<Vec<Happened>, StoreError> {
    let values = [Value::Id(organisation), Value::Int(limit.clamp(1, 200))];
    let rows = tx.rows(EVENTS, &values).await?;
    let happened = |row: &Row| {
        Ok(Happened {
            what: row.text(0)?,
            doer: row.opt_id(1)?,
            member: row.opt_id(2)?,
            seat: row.opt_text(3)?.as_deref().and_then(Seat::parse),
            at: row.time(4)?,
        })
    };
    rows.iter().map(happened).collect()
}

/// The organisations whose only owner a person is: they are handed over or dissolved before the account
/// ends.
///
/// # Errors
/// [`StoreError`].
pub async fn owned_alone<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let rows = tx.rows(OWNED_ALONE, &[Value::Id(subject.0)]).await?;
    rows.iter().map(|row| Ok((row.id(0)?, row.text(1)?))).collect()
}
