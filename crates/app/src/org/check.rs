//! The question to the public register, as a job: what is asked leaves through the ledger, in a
//! transaction that is over before the source is asked; the answer is written in another one.

use domain::account::offer::ENTERPRISE;
use domain::machine::Role;
use domain::org::verification::{Event, Facts, Register, State};
use privacy::purpose::Certify;
use privacy::{Ask, Ctx, PurposeId};
use privacy::{LegalBasis, Purpose};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use storage::disclosure::to_processor;
use storage::job::{self, Claimed, NewJob};
use storage::org::paper::{self, PaperRow};
use storage::org::verification::{self, Doer, VerificationRow};
use storage::org::{self};
use storage::{StoreError, Tx};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::source::{RegisterAnswer, RegisterAsked};
use super::{take, tell};
use crate::account::consent;
use crate::person::SourceFailed;
use crate::rights::refuse_if_closing;
use crate::{App, Failure, Fault};

/// The kind of the job that asks.
pub(crate) const CHECK: &str = "check_enterprise";
/// The source, as the register of recipients calls it.
const SOURCE: &str = "enterprise_register";
/// What it gets of a person.
const FIELDS: &[&str] = &["enterprise_paper.representative"];
/// While the yearly check does not pass, the register is asked again after this.
const AGAIN: Duration = Duration::days(7);

#[derive(Deserialize, Serialize)]
struct Payload {
    verification: Uuid,
    /// What was handed in; nothing for the yearly check.
    paper: Option<Uuid>,
}

async fn write<P: Purpose>(
    tx: &mut Tx<'_, P>,
    payload: &Payload,
    dedup: String,
    run_at: OffsetDateTime,
) -> Result<(), Failure> {
    let text = serde_json::to_string(payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: CHECK,
        dedup,
        payload: &text,
        run_at,
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

/// Writes the job that asks about what was just handed in.
pub(super) async fn enqueue<P: Purpose>(tx: &mut Tx<'_, P>, verification: Uuid) -> Result<(), Failure> {
    let papers = paper::of(tx, verification).await?.ok_or(Failure::NotFound)?;
    let payload = Payload {
        verification,
        paper: Some(papers.id),
    };
    let now = tx.ctx().now();
    write(tx, &payload, papers.id.to_string(), now).await
}

/// Writes the job of the yearly check.
pub(super) async fn enqueue_annual<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    at: OffsetDateTime,
) -> Result<(), Failure> {
    let payload = Payload {
        verification,
        paper: None,
    };
    write(
        tx,
        &payload,
        format!("{verification}:{}", at.unix_timestamp()),
        at,
    )
    .await
}

/// What one question is called: the same when it is asked again.
pub(super) fn reference(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (name, _) = digest.split_at(16);
    Uuid::from_slice(name).unwrap_or_default()
}

/// Asks the register and writes down what it says. Done twice, it is asked twice and written once.
///
/// # Errors
/// [`Failure::Fault`] if the register does not answer: the job is tried again.
pub(crate) async fn perform(app: &App, ctx: &Ctx<Certify>, claimed: &Claimed) -> Result<(), Failure> {
    let of: Payload = serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    // Nothing is opened for nobody.
    let register = app
        .enterprises
        .as_ref()
        .ok_or(Fault::Identity(SourceFailed::Down))?;
    let asked = ask(app, ctx, &of).await?;
    let answer = match &asked {
        Some(asked) => Some(register.check(asked).await.map_err(Fault::Identity)?),
        None => None,
    };
    let mut tx = app.store.begin(ctx).await?;
    if let Some(answer) = answer {
        decide(app, &mut tx, &of, &answer).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

/// The verification, held, if there is still something to ask; with what was handed in and the consent to
/// it, but for the yearly check.
async fn going(
    tx: &mut Tx<'_, Certify>,
    of: &Payload,
) -> Result<Option<(VerificationRow, Option<(PaperRow, LegalBasis)>)>, Failure> {
    verification::hold(tx, of.verification).await?;
    let Some(row) = verification::by_id(tx, of.verification).await? else {
        return Ok(None);
    };
    let Some(handed) = of.paper else {
        let due = row.verification.state == State::AnnualDue;
        return Ok(due.then_some((row, None)));
    };
    if !matches!(row.verification.state, State::Submitted | State::Changed) {
        return Ok(None);
    }
    let Some(papers) = paper::of(tx, row.id).await?.filter(|papers| papers.id == handed) else {
        return Ok(None);
    };
    // Whoever leaves gives nothing to anybody (2.6.4.1); they may take that back.
    match refuse_if_closing(tx, papers.subject).await {
        Err(Failure::Refused(_)) => {
            let at = tx.ctx().now() + Duration::DAY;
            let dedup = format!("{}:{}", papers.id, at.unix_timestamp());
            let payload = Payload {
                verification: row.id,
                paper: Some(papers.id),
            };
            write(tx, &payload, dedup, at).await?;
            return Ok(None);
        }
        other => other?,
    }
    let basis = consent::live(tx, papers.subject, &ENTERPRISE).await?;
    Ok(basis.map(|basis| (row, Some((papers, basis)))))
}

/// The first half: what goes out is in the ledger.
async fn ask(app: &App, ctx: &Ctx<Certify>, of: &Payload) -> Result<Option<RegisterAsked>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let Some((row, handed)) = going(&mut tx, of).await? else {
        tx.commit().await?;
        return Ok(None);
    };
    let (Some(name), Some(credit_code)) = (row.company_name.clone(), row.credit_code.clone()) else {
        return Ok(None);
    };
    let of_what = handed.as_ref().map_or(row.id, |(papers, _)| papers.id);
    let at = row.verification.since.unix_timestamp().to_be_bytes();
    let mut asked = RegisterAsked {
        reference: reference(&[of_what.as_bytes(), &at]),
        name,
        credit_code,
        representative: None,
    };
    if let Some((papers, basis)) = handed {
        let ask = Ask {
            subject: papers.subject,
            fields: FIELDS,
            basis,
            clause: policy::clause!("2.1.1.d"),
            case: None,
        };
        let Some(sealed) = &papers.representative else {
            return Ok(None);
        };
        let opened = {
            let permit = tx.permit(ask).await?;
            let place = paper::field("representative", papers.id, papers.subject);
            match tx.open(&permit, &place, sealed).await {
                Err(StoreError::NoKey) => return Ok(None),
                other => other?,
            }
        };
        let share = to_processor(
            papers.subject,
            SOURCE,
            FIELDS,
            PurposeId::Certify,
            None,
            ctx.now(),
        );
        let disclosed = tx.disclose(share).await?;
        let handed = opened.handed(&disclosed).map_err(StoreError::from)?;
        asked.representative = Some(Zeroizing::new(handed));
    }
    tx.commit().await?;
    Ok(Some(asked))
}

/// The second half, if nobody took everything back meanwhile.
async fn decide(
    app: &App,
    tx: &mut Tx<'_, Certify>,
    of: &Payload,
    answer: &RegisterAnswer,
) -> Result<(), Failure> {
    let Some((row, _)) = going(tx, of).await? else {
        return Ok(());
    };
    let against = Register::reasons(answer.register);
    let doer = Doer {
        side: "system",
        reference: Some(&answer.reference),
        ..Doer::default()
    };
    let event = match (row.verification.state, against.is_empty()) {
        (State::Submitted, true) => Event::CheckPassed,
        (State::Submitted, false) => Event::CheckFailed,
        (State::AnnualDue, true) => Event::AnnualPassed,
        (State::AnnualDue, false) => {
            tell::unconfirmed_later(tx, row.id).await?;
            return enqueue_annual(tx, row.id, tx.ctx().now() + AGAIN).await;
        }
        // A change: what the register says of it is looked at when it is proved.
        _ => {
            paper::put_answer(tx, row.id, &against).await?;
            return tell::verification_later(tx, row.id, row.verification.version).await;
        }
    };
    let code = row.credit_code.as_deref().unwrap_or_default();
    let facts = Facts {
        register: Some(answer.register),
        duplicate: org::by_code(tx, code).await?.is_some(),
        ..Facts::default()
    };
    let step = take(app, tx, &row, (event, Role::System), &facts, doer).await?;
    tell::verification_later(tx, row.id, step.verification.version).await
}
