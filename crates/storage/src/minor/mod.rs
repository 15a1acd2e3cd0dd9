//! Minors and their guardians (2.7.a, 2.7.b): the consent with its clock. A step is written with the version
//! it began from; whoever is later writes nothing.

pub mod age;
pub mod approval;
pub mod audit;
pub(crate) mod clock;
pub(crate) mod kernel;
pub mod ruling;

use domain::calendar::Due;
use domain::minor::{Band, Event, Guardianship, Mistake, State, Step};
use privacy::{BlindIndex, FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

pub use clock::{PAGE, close, due, left, look_at, orphans, purge_refusals, put_due, to_look};

/// A statement that selects what [`read`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT g.subject, g.id, g.account, g.band, g.state, g.version, g.since, g.asked_at, g.late, g.contested, g.mistake, \
             g.phone, g.contact, g.guardian, g.guardian_account, g.proof, g.look_at, g.guardian_masked FROM guardianship g ",
            $rest
        )
    };
}

const BY_ID: &str = selected!("WHERE g.id = $1");
const OF_SUBJECT: &str = selected!("WHERE g.subject = $1");
const OF_PHONE: &str = selected!("WHERE g.phone_digest = $1 ORDER BY g.since DESC, g.id LIMIT 1");
// Those that a number names, found by the digest that its holder's account is found by; and those whose
// guardian the account is.
const NAMING: &str = selected!(
    "JOIN blind_index b ON b.digest = g.guardian_digest WHERE b.field = 'account.phone' AND b.account = $1 \
     AND g.state = 'told' ORDER BY g.since DESC, g.id LIMIT 50"
);
const OF_GUARDIAN: &str = selected!("WHERE g.guardian_account = $1 ORDER BY g.since DESC, g.id LIMIT 50");
const CONTESTED: &str = selected!("WHERE g.state = 'contested' ORDER BY g.since, g.id LIMIT 200");
const INSERT: &str = "INSERT INTO guardianship (subject, id, account, band, state, version, since, asked_at, late, contested) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
const HOLD: &str = "UPDATE guardianship SET version = version WHERE id = $1";
const STEP: &str = "UPDATE guardianship SET state = $3, version = $4, since = $5, asked_at = $6, band = $7, late = $8, \
    contested = $9, due_event = $10, due_at = $11 WHERE id = $1 AND version = $2";
const NAME: &str = "UPDATE guardianship SET phone_digest = $2, guardian_digest = $3, pair_digest = $4, contact = $5, guardian = NULL, \
    guardian_account = NULL, guardian_masked = $6 WHERE id = $1";
const IS_PAIR: &str = "SELECT COUNT(*) FROM guardianship WHERE id = $1 AND pair_digest = $2";
const PUT_PHONE: &str = "UPDATE guardianship SET phone = $2 WHERE id = $1";
const PROVEN: &str = "UPDATE guardianship SET guardian = $2, guardian_account = $3, proof = $4, guardian_digest = NULL WHERE id = $1";
const REGISTERED: &str = "UPDATE guardianship SET account = $2, phone = NULL, phone_digest = NULL, pair_digest = NULL, \
    due_event = NULL, due_at = NULL WHERE id = $1";
const SAY_MISTAKE: &str = "UPDATE guardianship SET mistake = $2 WHERE id = $1";
const UNTIE: &str = "UPDATE guardianship SET guardian = NULL, guardian_account = NULL, guardian_masked = NULL, look_at = NULL WHERE id = $1";
// After a no: one digest of both numbers, and nothing else.
const BLANK: &str = "UPDATE guardianship SET phone = NULL, phone_digest = NULL, guardian_digest = NULL, contact = NULL, \
    guardian = NULL, guardian_account = NULL, guardian_masked = NULL WHERE id = $1";
const SET_BAND: &str = "UPDATE guardianship SET band = $2 WHERE subject = $1";
const DELETE: &str = "DELETE FROM guardianship WHERE id = $1";
const DELETE_EVENTS: &str = "DELETE FROM guardianship_event WHERE subject = $1";
const FORGET: &str = "UPDATE guardianship SET guardian_digest = NULL WHERE guardian_digest = $1";
const REFUSED: &str =
    "SELECT since FROM guardianship WHERE pair_digest = $1 AND state = 'refused' ORDER BY since DESC LIMIT 1";
const CHILDREN: &str = "SELECT COUNT(*) FROM guardianship WHERE guardian_account = $1 AND id <> $2 \
    AND state IN ('proven', 'informed', 'active')";
const EVENT: &str = "INSERT INTO guardianship_event (subject, id, guardianship, event, state, side, at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const EVENTS: &str = "SELECT event, state, side, at FROM guardianship_event WHERE subject = $1 \
    ORDER BY at DESC, id DESC LIMIT 50";
pub(crate) const STATEMENTS: &[&str] = &[
    BY_ID,
    OF_SUBJECT,
    OF_PHONE,
    NAMING,
    OF_GUARDIAN,
    CONTESTED,
    INSERT,
    HOLD,
    STEP,
    NAME,
    IS_PAIR,
    PUT_PHONE,
    PROVEN,
    REGISTERED,
    SAY_MISTAKE,
    UNTIE,
    BLANK,
    SET_BAND,
    DELETE,
    DELETE_EVENTS,
    FORGET,
    REFUSED,
    CHILDREN,
    EVENT,
    EVENTS,
];

/// A guardian's consent as stored.
#[derive(Debug)]
pub struct GuardianshipRow {
    /// The minor.
    pub subject: SubjectId,
    /// The consent.
    pub id: Uuid,
    /// The minor's account, once there is one.
    pub account: Option<Uuid>,
    /// How it stands.
    pub guardianship: Guardianship,
    /// What the holder says the mistake is.
    pub mistake: Option<Mistake>,
    /// The minor's number, until there is an account.
    pub phone: Option<Sealed<String>>,
    /// Under whose key the message to the guardian lies, if it is nobody's of the site.
    pub contact: Option<SubjectId>,
    /// The guardian.
    pub guardian: Option<SubjectId>,
    /// The guardian's account.
    pub guardian_account: Option<Uuid>,
    /// How the guardian proved to be an adult: `declared` or `verified`.
    pub proof: Option<String>,
    /// When to look whether the person is of age.
    pub look_at: Option<OffsetDateTime>,
    /// The guardian's number as the minor named it, masked, so that the minor recognises who consented.
    pub guardian_masked: Option<Sealed<String>>,
}

/// The digests of a request.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The minor's number, if there is no account yet.
    pub phone: Option<BlindIndex>,
    /// The guardian's number.
    pub guardian: BlindIndex,
    /// Both.
    pub pair: BlindIndex,
    /// Under whose key the message lies, if it is nobody's of the site.
    pub contact: Option<SubjectId>,
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What happened.
    pub event: Event,
    /// What it led to.
    pub state: State,
    /// Who: `minor`, `guardian`, `officer` or `system`.
    pub side: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The place of the minor's number.
#[must_use]
pub const fn phone_field(id: Uuid, subject: SubjectId) -> FieldRef {
    field("phone", id, subject)
}

/// The place of the guardian's masked number.
#[must_use]
pub const fn masked_field(id: Uuid, subject: SubjectId) -> FieldRef {
    field("guardian_masked", id, subject)
}

const fn field(column: &'static str, id: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "guardianship",
        column,
        row: id,
        subject,
    }
}

fn read(row: &Row) -> Result<GuardianshipRow, StoreError> {
    let mistake = row.opt_text(10)?;
    let account = row.opt_id(2)?;
    Ok(GuardianshipRow {
        subject: SubjectId(row.id(0)?),
        id: row.id(1)?,
        account,
        guardianship: Guardianship {
            band: Band::parse(&row.text(3)?).ok_or(StoreError::Malformed("age band"))?,
            state: State::parse(&row.text(4)?).ok_or(StoreError::Malformed("guardianship state"))?,
            version: row.int(5)?,
            since: row.time(6)?,
            asked_at: row.opt_time(7)?,
            late: row.int(8)? > 0,
            account: account.is_some(),
            contested: row.int(9)? > 0,
        },
        mistake: mistake.as_deref().and_then(Mistake::parse),
        phone: row.opt_bytes(11)?.map(Sealed::from_stored),
        contact: row.opt_id(12)?.map(SubjectId),
        guardian: row.opt_id(13)?.map(SubjectId),
        guardian_account: row.opt_id(14)?,
        proof: row.opt_text(15)?,
        look_at: row.opt_time(16)?,
        guardian_masked: row.opt_bytes(17)?.map(Sealed::from_stored),
    })
}

async fn one<P: Purpose>(
    tx: &mut Tx<'_, P>,
    statement: &'static str,
    value: Value,
) -> Result<Option<GuardianshipRow>, StoreError> {
    tx.row(statement, &[value]).await?.as_ref().map(read).transpose()
}

/// A consent.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<GuardianshipRow>, StoreError> {
    one(tx, BY_ID, Value::Id(id)).await
}

/// The consent about a person.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<GuardianshipRow>, StoreError> {
    one(tx, OF_SUBJECT, Value::Id(subject.0)).await
}

/// The latest request that this number of a minor made and that has no account yet.
///
/// # Errors
/// [`StoreError`].
pub async fn of_phone<P: Purpose>(
    tx: &mut Tx<'_, P>,
    digest: BlindIndex,
) -> Result<Option<GuardianshipRow>, StoreError> {
    one(tx, OF_PHONE, Value::Bytes(digest.0.to_vec())).await
}

/// The requests that name the number of this account, and those whose guardian it is, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_guardian<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<GuardianshipRow>, StoreError> {
    let mut all = Vec::new();
    for statement in [NAMING, OF_GUARDIAN] {
        for row in tx.rows(statement, &[Value::Id(account)]).await? {
            all.push(read(&row)?);
        }
    }
    Ok(all)
}

/// What was contested and waits for the officer, the longest waiting first.
///
/// # Errors
/// [`StoreError`].
pub async fn contested<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<GuardianshipRow>, StoreError> {
    tx.rows(CONTESTED, &[]).await?.iter().map(read).collect()
}

/// Begins a consent.
///
/// # Errors
/// [`StoreError`].
pub async fn begin<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    (subject, account): (SubjectId, Option<Uuid>),
    begun: &Guardianship,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::OptId(account),
        Value::Text(begun.band.as_str().to_owned()),
        Value::Text(begun.state.as_str().to_owned()),
        Value::Int(begun.version),
        Value::Time(begun.since),
        Value::OptTime(begun.asked_at),
        Value::Int(begun.late.into()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// Holds the row until the transaction ends, so that two steps come one after the other.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

fn due_of(timer: Option<(Event, Due)>) -> (Option<String>, Option<OffsetDateTime>) {
    let at = match timer {
        Some((_, Due::At(at))) => Some(at),
        _ => None,
    };
    (timer.map(|(event, _)| event.as_str().to_owned()), at)
}

/// Whether a request is about these two numbers.
///
/// # Errors
/// [`StoreError`].
pub async fn is_pair<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, pair: BlindIndex) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Bytes(pair.0.to_vec())];
    let row = tx.row(IS_PAIR, &values).await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// Writes a step with its event, and counts it.
///
/// # Errors
/// [`StoreError::Stale`] if somebody was faster.
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &GuardianshipRow,
    event: Event,
    step: &Step,
    side: &'static str,
) -> Result<(), StoreError> {
    let next = &step.guardianship;
    let (due_event, due_at) = due_of(step.timer);
    let values = [
        Value::Id(row.id),
        Value::Int(row.guardianship.version),
        Value::Text(next.state.as_str().to_owned()),
        Value::Int(next.version),
        Value::Time(next.since),
        Value::OptTime(next.asked_at),
        Value::Text(next.band.as_str().to_owned()),
        Value::Int(next.late.into()),
        Value::Int(next.contested.into()),
        Value::OptText(due_event),
        Value::OptTime(due_at),
    ];
    if tx.execute(STEP, &values).await? != 1 {
        return Err(StoreError::Stale);
    }
    let values = [
        Value::Id(row.subject.0),
        Value::Id(tx.store().entropy().id()),
        Value::Id(row.id),
        Value::Text(event.as_str().to_owned()),
        Value::Text(next.state.as_str().to_owned()),
        Value::Text(side.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(EVENT, &values).await?;
    match Guardianship::tally(event) {
        Some(what) => audit::count(tx, what).await,
        None => Ok(()),
    }
}

/// Notes whom a request names; of the guardian's number the minor keeps it masked.
///
/// # Errors
/// [`StoreError`].
pub async fn name<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (id, subject): (Uuid, SubjectId),
    named: Named,
    masked: &Personal<String>,
) -> Result<(), StoreError> {
    let masked = tx.seal(&masked_field(id, subject), masked).await?;
    let values = [
        Value::Id(id),
        Value::OptBytes(named.phone.map(|digest| digest.0.to_vec())),
        Value::Bytes(named.guardian.0.to_vec()),
        Value::Bytes(named.pair.0.to_vec()),
        Value::OptId(named.contact.map(|contact| contact.0)),
        Value::Bytes(masked.as_bytes().to_vec()),
    ];
    tx.execute(NAME, &values).await.map(|_| ())
}

/// Seals the minor's number, to go on with after the consent.
///
/// # Errors
/// [`StoreError`].
pub async fn put_phone<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (id, subject): (Uuid, SubjectId),
    phone: &Personal<String>,
) -> Result<(), StoreError> {
    let sealed = tx.seal(&phone_field(id, subject), phone).await?;
    let values = [Value::Id(id), Value::Bytes(sealed.as_bytes().to_vec())];
    tx.execute(PUT_PHONE, &values).await.map(|_| ())
}

/// Notes who proved to be the guardian, and how they proved to be an adult. The number's digest goes.
///
/// # Errors
/// [`StoreError`].
pub async fn proven<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    (guardian, account): (SubjectId, Uuid),
    proof: &str,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Id(guardian.0),
        Value::Id(account),
        Value::Text(proof.to_owned()),
    ];
    tx.execute(PROVEN, &values).await.map(|_| ())
}

/// Notes the minor's account; what was kept to make it goes.
///
/// # Errors
/// [`StoreError`].
pub async fn registered<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, account: Uuid) -> Result<(), StoreError> {
    tx.execute(REGISTERED, &[Value::Id(id), Value::Id(account)])
        .await
        .map(|_| ())
}

/// Notes what the holder says the mistake is.
///
/// # Errors
/// [`StoreError`].
pub async fn say_mistake<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    mistake: Mistake,
) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Text(mistake.as_str().to_owned())];
    tx.execute(SAY_MISTAKE, &values).await.map(|_| ())
}

/// Puts the minor's band right.
///
/// # Errors
/// [`StoreError`].
pub async fn set_band<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    band: Band,
) -> Result<(), StoreError> {
    let values = [Value::Id(subject.0), Value::Text(band.as_str().to_owned())];
    tx.execute(SET_BAND, &values).await.map(|_| ())
}

/// Ends what ties a guardian to it.
///
/// # Errors
/// [`StoreError`].
pub async fn untie<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(UNTIE, &[Value::Id(id)]).await.map(|_| ())
}

/// Takes away everything but the digest of both numbers.
///
/// # Errors
/// [`StoreError`].
pub async fn blank<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(BLANK, &[Value::Id(id)]).await.map(|_| ())
}

/// Takes the whole row away, with what happened.
///
/// # Errors
/// [`StoreError`].
pub async fn delete<P: Purpose>(tx: &mut Tx<'_, P>, row: &GuardianshipRow) -> Result<(), StoreError> {
    tx.execute(DELETE, &[Value::Id(row.id)]).await?;
    tx.execute(DELETE_EVENTS, &[Value::Id(row.subject.0)])
        .await
        .map(|_| ())
}

/// Forgets that a number was named as a guardian's: its holder is erased.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_digest<P: Purpose>(tx: &mut Tx<'_, P>, digest: BlindIndex) -> Result<u64, StoreError> {
    tx.execute(FORGET, &[Value::Bytes(digest.0.to_vec())]).await
}

/// When a guardian said no last about a number, by the digest of both.
///
/// # Errors
/// [`StoreError`].
pub async fn refused_at<P: Purpose>(
    tx: &mut Tx<'_, P>,
    pair: BlindIndex,
) -> Result<Option<OffsetDateTime>, StoreError> {
    let row = tx.row(REFUSED, &[Value::Bytes(pair.0.to_vec())]).await?;
    row.map(|row| row.time(0)).transpose()
}

/// How many other children an account is the guardian of, or about to be.
///
/// # Errors
/// [`StoreError`].
pub async fn children<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    besides: Uuid,
) -> Result<i64, StoreError> {
    let values = [Value::Id(account), Value::Id(besides)];
    tx.row(CHILDREN, &values).await?.map_or(Ok(0), |row| row.int(0))
}

/// What happened, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn events<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<Vec<Taken>, StoreError> {
    let rows = tx.rows(EVENTS, &[Value::Id(subject.0)]).await?;
    let taken = |row: &Row| {
        Ok(Taken {
            event: Event::parse(&row.text(0)?).ok_or(StoreError::Malformed("guardianship event"))?,
            state: State::parse(&row.text(1)?).ok_or(StoreError::Malformed("guardianship state"))?,
            side: row.text(2)?,
            at: row.time(3)?,
        })
    };
    rows.iter().map(taken).collect()
}

/// Whether the account's own number is this one, without opening it.
///
/// # Errors
/// [`StoreError`].
pub async fn has_phone<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    digest: BlindIndex,
) -> Result<bool, StoreError> {
    let holder = account::find(tx, account::PHONE, digest).await?;
    Ok(holder.is_some_and(|holder| holder.id == account))
}
