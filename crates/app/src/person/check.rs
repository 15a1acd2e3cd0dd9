//! The check itself, as a job: what is asked leaves through the ledger, in a transaction that is over
//! before the source is asked; the answer is written in another one.

use domain::account::offer::REAL_NAME;
use domain::machine::Role;
use domain::person::verification::{Event, Facts, Reason, State};
use privacy::purpose::{Certify, Notify};
use privacy::{Ask, Ctx, LegalBasis, Opened, Purpose, PurposeId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use storage::disclosure::to_processor;
use storage::job::{self, Claimed, NewJob};
use storage::person::{self, Doer, VerificationRow};
use storage::{StoreError, Tx, account};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Answer, Asked, FIELDS, SourceFailed, reason_of};
use crate::account::{consent, message_holder};
use crate::rights::refuse_if_closing;
use crate::{App, Failure, Fault, minor};

/// The kind of the job that asks.
pub(crate) const CHECK: &str = "check_identity";
/// The kind of the job that tells the person.
pub(crate) const TELL: &str = "tell_verification";
/// The source, as the register of recipients calls it.
const SOURCE: &str = "identity_source";

#[derive(Deserialize, Serialize)]
struct Payload {
    verification: Uuid,
    version: i64,
}

fn payload(verification: Uuid, version: i64) -> Result<String, Failure> {
    let payload = Payload {
        verification,
        version,
    };
    serde_json::to_string(&payload).map_err(|_| Failure::Fault(Fault::Document))
}

/// Writes the job that asks the source about what was just handed in.
pub(super) async fn enqueue<P: Purpose>(tx: &mut Tx<'_, P>, row: &VerificationRow) -> Result<(), Failure> {
    let version = row.verification.version + 1;
    let new = NewJob {
        kind: CHECK,
        dedup: format!("{}:{version}", row.id),
        payload: &payload(row.id, version)?,
        run_at: tx.ctx().now(),
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

/// Writes the job for what is handed in next, to run later: for the demonstration, where somebody's check goes
/// on for a day. The submission finds it in the place of its own.
pub(crate) async fn put_off(
    app: &App,
    ctx: &Ctx<Certify>,
    (verification, version): (Uuid, i64),
    until: OffsetDateTime,
) -> Result<(), Failure> {
    let version = version + 1;
    let new = NewJob {
        kind: CHECK,
        dedup: format!("{verification}:{version}"),
        payload: &payload(verification, version)?,
        run_at: until,
    };
    let mut tx = app.store.begin(ctx).await?;
    job::enqueue(&mut tx, &new).await?;
    Ok(tx.commit().await?)
}

/// Does what the job does at the instant of the context, with this answer in the place of the source's: for
/// the demonstration, whose people were checked on days that are over. The job finds nothing to do any more.
/// Without an answer the check goes on.
pub(crate) async fn answered(
    app: &App,
    ctx: &Ctx<Certify>,
    verification: Uuid,
    answer: Option<&Answer>,
) -> Result<(), Failure> {
    let row = {
        let mut tx = app.store.begin(ctx).await?;
        person::by_id(&mut tx, verification).await?
    };
    let of = Payload {
        verification,
        version: row.ok_or(Failure::NotFound)?.verification.version,
    };
    begin(app, ctx, &of).await?;
    let Some(answer) = answer else {
        return Ok(());
    };
    let mut tx = app.store.begin(ctx).await?;
    decide(app, &mut tx, &of, answer).await?;
    Ok(tx.commit().await?)
}

/// Writes the job that tells the person that something was decided.
pub(super) async fn tell_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    version: i64,
) -> Result<(), Failure> {
    let new = NewJob {
        kind: TELL,
        dedup: format!("{}:{version}", row.id),
        payload: &payload(row.id, version)?,
        run_at: tx.ctx().now(),
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

fn read(claimed: &Claimed) -> Result<Payload, Failure> {
    serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))
}

const fn by_system(reference: Option<&str>) -> Doer<'_> {
    Doer {
        side: "system",
        staff: None,
        reference,
        ground: None,
    }
}

/// What one question is called: the same when it is asked again, another one for what is handed in
/// later, so that no source answers that from memory.
fn reference(verification: Uuid, version: i64) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(verification.as_bytes());
    hash.update(version.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let (name, _) = digest.split_at(16);
    Uuid::from_slice(name).unwrap_or(verification)
}

/// Opens name and number for the source, once the ledger says that it gets them.
async fn handed(
    tx: &mut Tx<'_, Certify>,
    row: &VerificationRow,
    basis: LegalBasis,
    version: i64,
) -> Result<Option<Asked>, Failure> {
    let (Some(name), Some(number)) = (&row.real_name, &row.id_number) else {
        return Ok(None);
    };
    let ask = Ask {
        subject: row.subject,
        fields: FIELDS,
        basis,
        clause: policy::clause!("2.1.1.d"),
        case: None,
    };
    let share = to_processor(
        row.subject,
        SOURCE,
        FIELDS,
        PurposeId::Certify,
        ask.basis.consent(),
        tx.ctx().now(),
    );
    let (name, number) = {
        let permit = tx.permit(ask).await?;
        let separate = permit.separate().map_err(StoreError::from)?;
        let place = |column| person::field(column, row.id, row.subject);
        (
            tx.open_sensitive(&separate, &place("real_name"), name).await?,
            tx.open_sensitive(&separate, &place("id_number"), number).await?,
        )
    };
    let disclosed = tx.disclose(share).await?;
    let out = |opened: Opened| opened.handed(&disclosed).map(Zeroizing::new);
    Ok(Some(Asked {
        reference: reference(row.id, version),
        real_name: out(name).map_err(StoreError::from)?,
        id_number: out(number).map_err(StoreError::from)?,
    }))
}

/// Asks the source and writes down what it says. Done twice, it is asked twice and written once.
///
/// # Errors
/// [`Failure::Fault`] if the source does not answer: the job is tried again, until a day is over.
pub(crate) async fn perform(app: &App, ctx: &Ctx<Certify>, claimed: &Claimed) -> Result<(), Failure> {
    let of = read(claimed)?;
    // Nothing is opened for nobody.
    let source = app.identity.as_ref().ok_or(Fault::Identity(SourceFailed::Down))?;
    let answer = match begin(app, ctx, &of).await? {
        Some(asked) => Some(source.check(&asked).await.map_err(Fault::Identity)?),
        None => None,
    };
    let mut tx = app.store.begin(ctx).await?;
    if let Some(answer) = answer {
        decide(app, &mut tx, &of, &answer).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

/// The verification, held, and the consent for it, if both are there and nothing ends them: an account
/// that is to be closed or erased gives nothing to anybody (2.6.4.1).
async fn going(
    tx: &mut Tx<'_, Certify>,
    verification: Uuid,
) -> Result<Option<(VerificationRow, LegalBasis)>, Failure> {
    let Some(row) = person::by_id(tx, verification).await? else {
        return Ok(None);
    };
    account::hold(tx, row.account).await?;
    person::hold(tx, row.id).await?;
    let Some(row) = person::by_id(tx, verification).await? else {
        return Ok(None);
    };
    if account::by_id(tx, row.account).await?.is_none() {
        return Ok(None);
    }
    match refuse_if_closing(tx, row.subject).await {
        Err(Failure::Refused(_)) => return Ok(None),
        other => other?,
    }
    let basis = consent::live(tx, row.subject, &REAL_NAME).await?;
    Ok(basis.map(|basis| (row, basis)))
}

/// The first half: the check begins, and what goes out is in the ledger. `None` if there is nothing to
/// check any more; what is left then goes with its clock.
async fn begin(app: &App, ctx: &Ctx<Certify>, of: &Payload) -> Result<Option<Asked>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let Some((row, basis)) = going(&mut tx, of.verification).await? else {
        return Ok(None);
    };
    let row = match (row.verification.state, row.verification.version) {
        (State::Submitted, version) if version == of.version => {
            let step =
                row.verification
                    .step(Event::BeginCheck, Role::System, &Facts::default(), ctx.now())?;
            person::record(&mut tx, &row, Event::BeginCheck, &step, by_system(None)).await?;
            person::by_id(&mut tx, of.verification)
                .await?
                .ok_or(Failure::NotFound)?
        }
        // Begun by a try that did not come to its end.
        (State::Checking, version) if version == of.version + 1 => row,
        _ => return Ok(None),
    };
    let asked = match handed(&mut tx, &row, basis, of.version).await {
        Err(Failure::Fault(Fault::Store(StoreError::NoKey))) => None,
        other => other?,
    };
    tx.commit().await?;
    Ok(asked)
}

/// The second half, if the person did not take everything back meanwhile.
async fn decide(app: &App, tx: &mut Tx<'_, Certify>, of: &Payload, answer: &Answer) -> Result<(), Failure> {
    let Some((row, basis)) = going(tx, of.verification).await? else {
        return Ok(());
    };
    if (row.verification.state, row.verification.version) != (State::Checking, of.version + 1) {
        return Ok(());
    }
    let mut reason = reason_of(answer);
    if reason.is_none() && !claimed(app, tx, &row, basis).await? {
        reason = Some(Reason::Taken);
    }
    let facts = Facts {
        reason,
        card_until: match answer {
            Answer::Same { card_until, .. } => *card_until,
            _ => None,
        },
        ..Facts::default()
    };
    let event = if reason.is_some() {
        Event::Fail
    } else {
        Event::Pass
    };
    let step = row
        .verification
        .step(event, Role::System, &facts, tx.ctx().now())?;
    person::record(tx, &row, event, &step, by_system(Some(answer.reference()))).await?;
    if event == Event::Pass {
        minor::verified(app, tx, row.subject).await?;
    }
    tell_later(tx, &row, step.verification.version).await
}

/// Whether the number is this account's from now on: one card verifies one account.
async fn claimed(
    app: &App,
    tx: &mut Tx<'_, Certify>,
    row: &VerificationRow,
    basis: LegalBasis,
) -> Result<bool, Failure> {
    let number = row.id_number.as_ref().ok_or(Failure::Fault(Fault::Document))?;
    let ask = Ask {
        subject: row.subject,
        fields: &["person_verification.id_number"],
        basis,
        clause: policy::clause!("2.1.1.d"),
        case: None,
    };
    let digest = {
        let permit = tx.permit(ask).await?;
        let separate = permit.separate().map_err(StoreError::from)?;
        let place = person::field("id_number", row.id, row.subject);
        let opened = tx.open_sensitive(&separate, &place, number).await?;
        app.store.blind_index(person::ID_NUMBER, &opened.kept())
    };
    Ok(person::claim_number(tx, row, digest).await?)
}

/// Tells the person that there is a result; what it is they read after logging in.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let of = read(claimed)?;
    let mut tx = app.store.begin(ctx).await?;
    if let Some(row) = person::by_id(&mut tx, of.verification).await?
        && row.verification.version == of.version
        && let Some(holder) = account::by_id(&mut tx, row.account).await?
    {
        let ask = Ask {
            subject: row.subject,
            fields: &["account.phone"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.2.1"),
            case: None,
        };
        let text = "您的实名认证有了新的结果，请登录后在“实名认证”查看。/ There is news about your verification: log in and open “Real-name verification”.";
        message_holder(app, &mut tx, &holder, ask, text.to_owned()).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}
