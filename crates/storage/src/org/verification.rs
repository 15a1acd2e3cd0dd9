//! Verifications of enterprises (2.1.1.d): state, clock, and the public facts. What was handed in lies in
//! [`super::paper`]. A step is written with the version it began from; whoever is later writes nothing.

use domain::calendar::Due;
use domain::four_eyes::{Measure, Proposal};
use domain::org::bank_proof::Transfer;
use domain::org::verification::{Event, Proof, Reason, Relation, State, Step, Verification};
use privacy::{Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::person::{appeal, appeal_word};
use crate::tx::Tx;

/// Verifications taken up at a time.
pub const PAGE: i64 = 50;

macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, subject, organisation, state, version, since, relation, claim, established, reasons, \
             proof, transfer_sent_at, transfer_wrong, checked_at, proposed_by, proposed_at, decided_by, appeal, \
             company_name, credit_code, standing, unconfirmed_since FROM enterprise_verification ",
            $rest
        )
    };
}

const BY_ID: &str = selected!("WHERE id = $1");
const OF_ORGANISATION: &str = selected!("WHERE organisation = $1");
const OPEN_OF_ACCOUNT: &str =
    selected!("WHERE account = $1 AND state <> 'withdrawn' ORDER BY since DESC, id LIMIT 1");
const OF_MEMBER: &str = selected!(
    "WHERE organisation IN (SELECT m.organisation FROM organisation_member m WHERE m.account = $1) LIMIT 50"
);
const REVOKED: &str = selected!(
    "WHERE credit_code = $1 AND state = 'revoked' AND organisation IS NOT NULL ORDER BY since DESC, id LIMIT 1"
);
const UNPROVED: &str = "SELECT id FROM enterprise_verification WHERE subject = $1 ORDER BY id LIMIT 100";
const DUE: &str = "SELECT id FROM enterprise_verification WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
// What waits for somebody though what was handed in is gone.
const BARE: &str = "SELECT v.id FROM enterprise_verification v WHERE v.state IN ('submitted', 'auto_checked', 'proving') \
    AND NOT EXISTS (SELECT 1 FROM enterprise_paper p WHERE p.verification = v.id) ORDER BY v.since, v.id LIMIT $1";
const INSERT: &str = "INSERT INTO enterprise_verification (subject, id, account, state, version, since, claim, established, \
    reasons, transfer_wrong) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', 0)";
const HOLD: &str = "UPDATE enterprise_verification SET version = version WHERE id = $1";
const STEP: &str = "UPDATE enterprise_verification SET state = $3, version = $4, since = $5, relation = $6, claim = $7, \
    established = $8, reasons = $9, proof = $10, transfer_sent_at = $11, transfer_wrong = $12, checked_at = $13, \
    proposed_by = $14, proposed_at = $15, decided_by = $16, appeal = $17, due_event = $18, due_at = $19, standing = $20, \
    unconfirmed_since = $21 \
    WHERE id = $1 AND version = $2";
const STATE_FACTS: &str =
    "UPDATE enterprise_verification SET company_name = $2, credit_code = $3, licence_hash = $4 WHERE id = $1";
const NAMES: &str = "UPDATE enterprise_verification SET company_name = $2, credit_code = $3 WHERE id = $1";
const ESTABLISH: &str =
    "UPDATE enterprise_verification SET organisation = $2, subject = NULL, account = NULL WHERE id = $1";
const DETACH: &str =
    "UPDATE enterprise_verification SET organisation = NULL, due_event = NULL, due_at = NULL WHERE id = $1";
const DELETE: &str = "DELETE FROM enterprise_verification WHERE id = $1";
const EVENT: &str = "INSERT INTO enterprise_verification_event (subject, id, verification, event, state, side, staff, reasons, \
    reference, version, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const EVENTS: &str = "SELECT event, state, side, reasons, at, staff FROM enterprise_verification_event \
    WHERE verification = $1 ORDER BY version DESC LIMIT $2";
pub(crate) const STATEMENTS: &[&str] = &[
    BY_ID,
    OF_ORGANISATION,
    OF_MEMBER,
    OPEN_OF_ACCOUNT,
    DUE,
    BARE,
    INSERT,
    HOLD,
    STEP,
    STATE_FACTS,
    REVOKED,
    UNPROVED,
    NAMES,
    ESTABLISH,
    DETACH,
    DELETE,
    EVENT,
    EVENTS,
];

/// A verification as stored.
#[derive(Clone, Debug)]
pub struct VerificationRow {
    /// The verification.
    pub id: Uuid,
    /// The applicant, until it is proved: account and person.
    pub applicant: Option<(Uuid, SubjectId)>,
    /// The organisation, once it is proved.
    pub organisation: Option<Uuid>,
    /// How it stands. The amount of a transfer is not in it: that lies sealed.
    pub verification: Verification,
    /// The name that was handed in, or is verified.
    pub company_name: Option<String>,
    /// The credit code that was handed in, or is verified.
    pub credit_code: Option<String>,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doer<'a> {
    /// `applicant`, `owner`, `system` or `verifier`.
    pub side: &'static str,
    /// The applicant or owner.
    pub subject: Option<SubjectId>,
    /// The member of staff, by an identifier.
    pub staff: Option<&'a str>,
    /// What the source calls its answer.
    pub reference: Option<&'a str>,
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
    /// What has to be put right.
    pub reasons: Vec<Reason>,
    /// When.
    pub at: OffsetDateTime,
    /// The member of staff, by an identifier.
    pub staff: Option<String>,
}

pub(super) fn reasons(text: &str) -> Result<Vec<Reason>, StoreError> {
    let reason = |word| Reason::parse(word).ok_or(StoreError::Malformed("reason"));
    text.split_terminator(',').map(reason).collect()
}

pub(super) fn words(reasons: &[Reason]) -> String {
    let words: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
    words.join(",")
}

fn parsed<T>(
    text: Option<String>,
    parse: impl Fn(&str) -> Option<T>,
    what: &'static str,
) -> Result<Option<T>, StoreError> {
    text.map(|text| parse(&text).ok_or(StoreError::Malformed(what)))
        .transpose()
}

fn read(row: &Row) -> Result<VerificationRow, StoreError> {
    let proposal = row.opt_text(15)?.zip(row.opt_time(16)?);
    let decided = row.opt_text(17)?.unwrap_or_default();
    let wrong = row.int(13)?;
    Ok(VerificationRow {
        id: row.id(0)?,
        applicant: row.opt_id(1)?.zip(row.opt_id(2)?.map(SubjectId)),
        organisation: row.opt_id(3)?,
        verification: Verification {
            state: State::parse(&row.text(4)?).ok_or(StoreError::Malformed("verification state"))?,
            version: row.int(5)?,
            since: row.time(6)?,
            relation: parsed(row.opt_text(7)?, Relation::parse, "relation")?,
            claim: row.int(8)? > 0,
            established: row.int(9)? > 0,
            standing: row.int(21)? > 0,
            reasons: reasons(&row.text(10)?)?,
            proof: parsed(row.opt_text(11)?, Proof::parse, "proof")?,
            transfer: row.opt_time(12)?.map(|sent_at| Transfer {
                wrong,
                ..Transfer::sent(0, sent_at)
            }),
            checked_at: row.opt_time(14)?,
            unconfirmed_since: row.opt_time(22)?,
            measure: Measure {
                proposal: proposal.map(|(by, at)| Proposal { by, at }),
                decided_by: decided.split_terminator(',').map(str::to_owned).collect(),
                appeal: appeal(row.opt_text(18)?.as_deref())?,
            },
        },
        company_name: row.opt_text(19)?,
        credit_code: row.opt_text(20)?,
    })
}

/// A verification.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// The verification of an organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn of_organisation<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(OF_ORGANISATION, &[Value::Id(organisation)]).await?;
    row.as_ref().map(read).transpose()
}

/// The verifications of the organisations that an account belongs to.
///
/// # Errors
/// [`StoreError`].
pub async fn of_member<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<VerificationRow>, StoreError> {
    let rows = tx.rows(OF_MEMBER, &[Value::Id(account)]).await?;
    rows.iter().map(read).collect()
}

/// The application of an account that is not proved and not withdrawn.
///
/// # Errors
/// [`StoreError`].
pub async fn open_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(OPEN_OF_ACCOUNT, &[Value::Id(account)]).await?;
    row.as_ref().map(read).transpose()
}

/// The verification of this enterprise that was taken back, whatever became of its organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn revoked<P: Purpose>(
    tx: &mut Tx<'_, P>,
    credit_code: &str,
) -> Result<Option<VerificationRow>, StoreError> {
    let row = tx.row(REVOKED, &[Value::Text(credit_code.to_owned())]).await?;
    row.as_ref().map(read).transpose()
}

/// The applications of a person that are not proved.
///
/// # Errors
/// [`StoreError`].
pub async fn unproved_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx.rows(UNPROVED, &[Value::Id(subject.0)]).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// Holds the row until the transaction ends, so that two steps come one after the other.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Begins an application.
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

/// Writes a step with its event.
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
    let proposal = next.measure.proposal.as_ref();
    let decided = next.measure.decided_by.join(",");
    let values = [
        Value::Id(row.id),
        Value::Int(row.verification.version),
        Value::Text(next.state.as_str().to_owned()),
        Value::Int(next.version),
        Value::Time(next.since),
        Value::OptText(next.relation.map(|relation| relation.as_str().to_owned())),
        Value::Int(i64::from(next.claim)),
        Value::Int(i64::from(next.established)),
        Value::Text(words(&next.reasons)),
        Value::OptText(next.proof.map(|proof| proof.as_str().to_owned())),
        Value::OptTime(next.transfer.map(|transfer| transfer.sent_at)),
        Value::Int(next.transfer.map_or(0, |transfer| transfer.wrong)),
        Value::OptTime(next.checked_at),
        Value::OptText(proposal.map(|proposal| proposal.by.clone())),
        Value::OptTime(proposal.map(|proposal| proposal.at)),
        Value::OptText((!decided.is_empty()).then_some(decided)),
        Value::OptText(appeal_word(next.measure.appeal).map(str::to_owned)),
        Value::OptText(due_event),
        Value::OptTime(due_at),
        Value::Int(i64::from(next.standing)),
        Value::OptTime(next.unconfirmed_since),
    ];
    if tx.execute(STEP, &values).await? != 1 {
        return Err(StoreError::Stale);
    }
    let values = [
        Value::OptId(doer.subject.map(|subject| subject.0)),
        Value::Id(tx.store().entropy().id()),
        Value::Id(row.id),
        Value::Text(event.as_str().to_owned()),
        Value::Text(next.state.as_str().to_owned()),
        Value::Text(doer.side.to_owned()),
        Value::OptText(doer.staff.map(str::to_owned)),
        Value::Text(words(&next.reasons)),
        Value::OptText(doer.reference.map(str::to_owned)),
        Value::Int(next.version),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(EVENT, &values).await.map(|_| ())
}

/// Writes the public facts that were handed in, with a digest of the licence; takes them away with `None`.
///
/// # Errors
/// [`StoreError`].
pub async fn put_facts<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    facts: Option<(&str, &str, &[u8])>,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::OptText(facts.map(|(name, ..)| name.to_owned())),
        Value::OptText(facts.map(|(_, code, _)| code.to_owned())),
        Value::OptBytes(facts.map(|(.., hash)| hash.to_vec())),
    ];
    tx.execute(STATE_FACTS, &values).await.map(|_| ())
}

/// Writes name and code alone.
///
/// # Errors
/// [`StoreError`].
pub async fn put_names<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    (name, code): (&str, &str),
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(name.to_owned()),
        Value::Text(code.to_owned()),
    ];
    tx.execute(NAMES, &values).await.map(|_| ())
}

/// Makes it the organisation's: it is no person's any more.
///
/// # Errors
/// [`StoreError`].
pub async fn establish<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    organisation: Uuid,
) -> Result<(), StoreError> {
    tx.execute(ESTABLISH, &[Value::Id(id), Value::Id(organisation)])
        .await
        .map(|_| ())
}

/// Unties a verification that is over from its organisation; what happened to it stays on record.
///
/// # Errors
/// [`StoreError`].
pub async fn detach<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(DETACH, &[Value::Id(id)]).await.map(|_| ())
}

/// Takes a verification away, with what was handed in for it and what happened to it.
///
/// # Errors
/// [`StoreError`].
pub async fn delete<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(DELETE, &[Value::Id(id)]).await.map(|_| ())
}

/// Verifications whose time has come.
///
/// # Errors
/// [`StoreError`].
pub async fn due<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    tx.rows(DUE, &values).await?.iter().map(|row| row.id(0)).collect()
}

/// Verifications that wait though what was handed in for them is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn bare<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx.rows(BARE, &[Value::Int(PAGE)]).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// What happened to a verification, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn events<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, limit: i64) -> Result<Vec<Taken>, StoreError> {
    let values = [Value::Id(id), Value::Int(limit.clamp(1, 200))];
    let rows = tx.rows(EVENTS, &values).await?;
    let taken = |row: &Row| {
        Ok(Taken {
            event: Event::parse(&row.text(0)?).ok_or(StoreError::Malformed("verification event"))?,
            state: State::parse(&row.text(1)?).ok_or(StoreError::Malformed("verification state"))?,
            side: row.text(2)?,
            reasons: reasons(&row.text(3)?)?,
            at: row.time(4)?,
            staff: row.opt_text(5)?,
        })
    };
    rows.iter().map(taken).collect()
}
