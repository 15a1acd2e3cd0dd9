//! Verifications of persons (2.1.1.d): state, clock, and the sealed name and number where a state
//! needs them. A step is written with the version it began from; whoever is later writes nothing.

use domain::calendar::Due;
use domain::four_eyes::{Appeal, Measure, Proposal};
use domain::person::verification::{Data, Event, Ground, Reason, State, Step, Verification};
use privacy::{BlindIndex, FieldRef, Purpose, Sealed, Sensitive, SubjectId};
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// The blind-index field of the numbers of those who are verified.
pub const ID_NUMBER: &str = "person_verification.id_number";
/// Verifications taken up at a time.
pub const PAGE: i64 = 50;

/// A statement that selects what [`read`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, subject, state, version, since, reason, failed_at, card_until, proposed_by, proposed_at, \
             consent, real_name, id_number, decided_by, appeal, ground FROM person_verification ",
            $rest
        )
    };
}

const OF_ACCOUNT: &str = selected!("WHERE account = $1");
const BY_ID: &str = selected!("WHERE id = $1");
const OF_SUBJECT: &str = selected!("WHERE subject = $1");
const DUE: &str = "SELECT id FROM person_verification WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
const LAPSED: &str =
    "SELECT id FROM person_verification WHERE consent_until <= $1 ORDER BY consent_until, id LIMIT $2";
const INSERT: &str = "INSERT INTO person_verification (subject, id, account, state, version, since, failed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT (account) DO NOTHING";
const HOLD: &str = "UPDATE person_verification SET version = version WHERE id = $1";
const STEP: &str = "UPDATE person_verification SET state = $3, version = $4, since = $5, reason = $6, failed_at = $7, \
    card_until = $8, proposed_by = $9, proposed_at = $10, due_event = $11, due_at = $12, decided_by = $13, appeal = $14, ground = $15 WHERE id = $1 AND version = $2";
const RENEW: &str = "UPDATE person_verification SET state = $3, version = $4, since = $5, reason = NULL, card_until = NULL, \
    proposed_by = NULL, proposed_at = NULL, decided_by = NULL, appeal = NULL, ground = NULL, consent = NULL, consent_until = NULL, due_event = NULL, due_at = NULL WHERE id = $1 AND version = $2";
const CONSENTED: &str = "UPDATE person_verification SET consent = $2, consent_until = $3 WHERE id = $1";
const PUT: &str = "UPDATE person_verification SET real_name = $2, id_number = $3 WHERE id = $1";
const DROP: &str = "UPDATE person_verification SET real_name = NULL, id_number = NULL WHERE id = $1";
const DROP_INDEX: &str =
    "DELETE FROM blind_index WHERE field = 'person_verification.id_number' AND subject = $1";
const PUT_INDEX: &str = "INSERT INTO blind_index (field, digest, subject, account) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (field, digest) DO NOTHING";
const EVENT: &str = "INSERT INTO person_verification_event (subject, id, verification, event, state, side, staff, reason, \
    reference, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const EVENTS: &str = "SELECT event, state, side, reason, at, staff FROM person_verification_event WHERE subject = $1 \
    ORDER BY at DESC, id DESC LIMIT $2";
const STATE: &str = "SELECT state FROM person_verification WHERE account = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    OF_ACCOUNT, BY_ID, OF_SUBJECT, DUE, LAPSED, INSERT, HOLD, STEP, RENEW, CONSENTED, PUT, DROP, DROP_INDEX,
    PUT_INDEX, EVENT, EVENTS, STATE,
];

/// A verification as stored.
#[derive(Debug)]
pub struct VerificationRow {
    /// The verification.
    pub id: Uuid,
    /// Whose account.
    pub account: Uuid,
    /// The person.
    pub subject: SubjectId,
    /// How it stands.
    pub verification: Verification,
    /// Why its revocation was proposed.
    pub ground: Option<Ground>,
    /// The consent it rests on.
    pub consent: Option<Uuid>,
    /// The name, while a state needs it.
    pub real_name: Option<Sealed<Sensitive<String>>>,
    /// The number, while a state needs it.
    pub id_number: Option<Sealed<Sensitive<String>>>,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doer<'a> {
    /// `applicant`, `system` or `verifier`.
    pub side: &'static str,
    /// The member of staff, by an identifier.
    pub staff: Option<&'a str>,
    /// What the source calls its answer.
    pub reference: Option<&'a str>,
    /// Why a revocation is proposed.
    pub ground: Option<Ground>,
}

/// A step that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What happened.
    pub event: Event,
    /// What it led to.
    pub state: State,
    /// Who did it.
    pub side: String,
    /// Why the check failed.
    pub reason: Option<Reason>,
    /// When.
    pub at: OffsetDateTime,
    /// The member of staff, by an identifier.
    pub staff: Option<String>,
}

/// The place of `real_name` or `id_number`.
#[must_use]
pub const fn field(column: &'static str, verification: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "person_verification",
        column,
        row: verification,
        subject,
    }
}

fn instants(text: &str) -> Result<Vec<OffsetDateTime>, StoreError> {
    let instant = |seconds: &str| {
        let seconds = seconds
            .parse()
            .map_err(|_| StoreError::Malformed("failed check"))?;
        OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| StoreError::Malformed("failed check"))
    };
    text.split_terminator(',').map(instant).collect()
}

/// How far an appeal is, by its word.
pub(crate) fn appeal(word: Option<&str>) -> Result<Appeal, StoreError> {
    match word {
        None => Ok(Appeal::None),
        Some("open") => Ok(Appeal::Open),
        Some("dismissed") => Ok(Appeal::Dismissed),
        Some(_) => Err(StoreError::Malformed("appeal")),
    }
}

pub(crate) const fn appeal_word(appeal: Appeal) -> Option<&'static str> {
    match appeal {
        Appeal::None => None,
        Appeal::Open => Some("open"),
        Appeal::Dismissed => Some("dismissed"),
    }
}

fn read(row: &Row) -> Result<VerificationRow, StoreError> {
    let card_until = row.opt_text(8)?.map(|day| Date::parse(&day, &Iso8601::DATE));
    let decided = row.opt_text(14)?.unwrap_or_default();
    let proposal = row.opt_text(9)?.zip(row.opt_time(10)?);
    let reason = row
        .opt_text(6)?
        .map(|text| Reason::parse(&text).ok_or(StoreError::Malformed("reason")));
    Ok(VerificationRow {
        id: row.id(0)?,
        account: row.id(1)?,
        subject: SubjectId(row.id(2)?),
        verification: Verification {
            state: State::parse(&row.text(3)?).ok_or(StoreError::Malformed("verification state"))?,
            version: row.int(4)?,
            since: row.time(5)?,
            reason: reason.transpose()?,
            failed_at: instants(&row.text(7)?)?,
            card_until: card_until
                .transpose()
                .map_err(|_| StoreError::Malformed("card's day"))?,
            measure: Measure {
                proposal: proposal.map(|(by, at)| Proposal { by, at }),
                decided_by: decided.split_terminator(',').map(str::to_owned).collect(),
                appeal: appeal(row.opt_text(15)?.as_deref())?,
            },
        },
        ground: row.opt_text(16)?.as_deref().and_then(Ground::parse),
        consent: row.opt_id(11)?,
        real_name: row.opt_bytes(12)?.map(Sealed::from_stored),
        id_number: row.opt_bytes(13)?.map(Sealed::from_stored),
    })
}

/// The verification of an account, if one was begun.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(OF_ACCOUNT, &[Value::Id(account)]).await?;
    row.as_ref().map(read).transpose()
}

/// The verification of a person, if one was begun.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(OF_SUBJECT, &[Value::Id(subject.0)]).await?;
    row.as_ref().map(read).transpose()
}

/// A verification.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// Whether the account's person is verified: what others see of it is this alone.
///
/// # Errors
/// [`StoreError`].
pub async fn is_verified<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<bool, StoreError> {
    let row = tx.row(STATE, &[Value::Id(account)]).await?;
    Ok(row.map(|row| row.text(0)).transpose()?.as_deref() == Some(State::Verified.as_str()))
}

/// Holds the row until the transaction ends, so that two steps come one after the other.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Begins a verification; one that is there already stays as it is.
///
/// # Errors
/// [`StoreError`].
pub async fn begin<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    (account, subject): (Uuid, SubjectId),
    begun: &Verification,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::Id(account),
        Value::Text(begun.state.as_str().to_owned()),
        Value::Int(begun.version),
        Value::Time(begun.since),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

fn moved(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Begins anew what was erased; the failed checks stay, and count.
///
/// # Errors
/// [`StoreError::Stale`] if somebody was faster.
pub async fn renew<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    begun: &Verification,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(row.id),
        Value::Int(row.verification.version),
        Value::Text(begun.state.as_str().to_owned()),
        Value::Int(begun.version),
        Value::Time(begun.since),
    ];
    moved(tx.execute(RENEW, &values).await?)
}

/// The ground of a measure: as long as there is one, proposed or decided.
fn ground(row: &VerificationRow, next: &Measure, doer: Doer<'_>) -> Option<Ground> {
    let stands = next.proposal.is_some() || !next.decided_by.is_empty();
    doer.ground.or(row.ground).filter(|_| stands)
}

/// Writes a step with its event. What the state after it does not need of name and number goes in the
/// same transaction.
///
/// # Errors
/// [`StoreError::Stale`] if somebody was faster.
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    event: Event,
    step: &Step,
    doer: Doer<'_>,
) -> Result<(), StoreError> {
    let next = &step.verification;
    let (due_event, due_at) = match step.timer {
        Some((event, Due::At(at))) => (Some(event.as_str().to_owned()), Some(at)),
        Some((event, Due::Unknown)) => (Some(event.as_str().to_owned()), None),
        None => (None, None),
    };
    let failed: Vec<String> = next
        .failed_at
        .iter()
        .map(|at| at.unix_timestamp().to_string())
        .collect();
    let proposal = next.measure.proposal.as_ref();
    let decided = next.measure.decided_by.join(",");
    let values = [
        Value::Id(row.id),
        Value::Int(row.verification.version),
        Value::Text(next.state.as_str().to_owned()),
        Value::Int(next.version),
        Value::Time(next.since),
        Value::OptText(next.reason.map(|reason| reason.as_str().to_owned())),
        Value::Text(failed.join(",")),
        Value::OptText(next.card_until.map(|day| day.to_string())),
        Value::OptText(proposal.map(|proposal| proposal.by.clone())),
        Value::OptTime(proposal.map(|proposal| proposal.at)),
        Value::OptText(due_event),
        Value::OptTime(due_at),
        Value::OptText((!decided.is_empty()).then_some(decided)),
        Value::OptText(appeal_word(next.measure.appeal).map(str::to_owned)),
        Value::OptText(ground(row, &next.measure, doer).map(|ground| ground.as_str().to_owned())),
    ];
    moved(tx.execute(STEP, &values).await?)?;
    if matches!(step.data, Data::Nothing | Data::Dropped) {
        policy::clause!("2.1.1.d");
        tx.execute(DROP, &[Value::Id(row.id)]).await?;
        tx.execute(DROP_INDEX, &[Value::Id(row.subject.0)]).await?;
    }
    let values = [
        Value::Id(row.subject.0),
        Value::Id(tx.store().entropy().id()),
        Value::Id(row.id),
        Value::Text(event.as_str().to_owned()),
        Value::Text(next.state.as_str().to_owned()),
        Value::Text(doer.side.to_owned()),
        Value::OptText(doer.staff.map(str::to_owned)),
        Value::OptText(next.reason.map(|reason| reason.as_str().to_owned())),
        Value::OptText(doer.reference.map(str::to_owned)),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(EVENT, &values).await.map(|_| ())
}

/// Notes the consent that the verification rests on, and when it ends; nothing, once it ended.
///
/// # Errors
/// [`StoreError`].
pub async fn rests_on<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    consent: Option<(Uuid, Option<OffsetDateTime>)>,
) -> Result<(), StoreError> {
    let (event, until) = consent.unzip();
    let values = [
        Value::Id(id),
        Value::OptId(event),
        Value::OptTime(until.flatten()),
    ];
    tx.execute(CONSENTED, &values).await.map(|_| ())
}

/// Verifications whose consent ran out.
///
/// # Errors
/// [`StoreError`].
pub async fn lapsed<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    tx.rows(LAPSED, &values)
        .await?
        .iter()
        .map(|row| row.id(0))
        .collect()
}

/// Seals name and number for the check.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    real_name: &Sensitive<String>,
    id_number: &Sensitive<String>,
) -> Result<(), StoreError> {
    let name = tx
        .seal_sensitive(&field("real_name", row.id, row.subject), real_name)
        .await?;
    let number = tx
        .seal_sensitive(&field("id_number", row.id, row.subject), id_number)
        .await?;
    let values = [
        Value::Id(row.id),
        Value::Bytes(name.as_bytes().to_vec()),
        Value::Bytes(number.as_bytes().to_vec()),
    ];
    tx.execute(PUT, &values).await.map(|_| ())
}

/// Notes that this number is verified for this account; `false` if it is for another.
///
/// # Errors
/// [`StoreError`].
pub async fn claim_number<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    digest: BlindIndex,
) -> Result<bool, StoreError> {
    let values = [
        Value::Text(ID_NUMBER.to_owned()),
        Value::Bytes(digest.0.to_vec()),
        Value::Id(row.subject.0),
        Value::Id(row.account),
    ];
    Ok(tx.execute(PUT_INDEX, &values).await? == 1)
}

/// Verifications whose time has come.
///
/// # Errors
/// [`StoreError`].
pub async fn due<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    tx.rows(DUE, &values).await?.iter().map(|row| row.id(0)).collect()
}

/// What happened to a person's verification, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn events<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Taken>, StoreError> {
    let rows = tx
        .rows(EVENTS, &[Value::Id(subject.0), Value::Int(limit.clamp(1, 200))])
        .await?;
    let taken = |row: &Row| {
        Ok(Taken {
            event: Event::parse(&row.text(0)?).ok_or(StoreError::Malformed("verification event"))?,
            state: State::parse(&row.text(1)?).ok_or(StoreError::Malformed("verification state"))?,
            side: row.text(2)?,
            reason: row.opt_text(3)?.as_deref().and_then(Reason::parse),
            at: row.time(4)?,
            staff: row.opt_text(5)?,
        })
    };
    rows.iter().map(taken).collect()
}
