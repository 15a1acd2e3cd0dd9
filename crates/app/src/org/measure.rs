//! What verifiers decide of an enterprise (5.9): a letter, by one; a revocation, by two, and the appeal
//! against it by a third (2.5.1.e).

use domain::Refused;
use domain::account::offer::ENTERPRISE;
use domain::machine::Role;
use domain::org::verification::{Event, Facts, Reason};
use domain::refused::Party;
use privacy::purpose::Operate;
use storage::org::paper;
use storage::org::verification::{self, Doer, VerificationRow};
use storage::{Tx, access, account};
use uuid::Uuid;

use super::{proof, take, tell};
use crate::account::consent;
use crate::rights::refuse_if_closing;
use crate::staff::another;
use crate::{App, Failure};

/// What a verifier decides alone.
pub(crate) const DECISIONS: [Event; 2] = [Event::Prove, Event::Reject];
/// What takes more than one.
pub(crate) const MEASURES: [Event; 5] = [
    Event::ProposeRevocation,
    Event::ConfirmRevocation,
    Event::DropRevocation,
    Event::UpholdAppeal,
    Event::DismissAppeal,
];

/// What takes another pair of eyes than those before.
pub(crate) const SECONDS: [Event; 3] = [
    Event::ConfirmRevocation,
    Event::UpholdAppeal,
    Event::DismissAppeal,
];

/// A verifier's act as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Decision<'a> {
    /// Which verification.
    pub verification: Uuid,
    /// The version that the verifier saw.
    pub version: i64,
    /// What is done.
    pub event: Event,
    /// Why, of a rejection or a proposal.
    pub reasons: Vec<Reason>,
    /// Who, by an identifier.
    pub by: &'a str,
    /// Who, by account: what they opened is looked up. The demonstration's seeding opens nothing.
    pub staff: Option<Uuid>,
}

/// A letter proves something only while it is there, its person still wants it, and whoever decides has
/// looked at it and at whose it is.
async fn seen(tx: &mut Tx<'_, Operate>, row: &VerificationRow, staff: Option<Uuid>) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    proof::still_verified(tx, row).await?;
    let not_now = || Failure::from(Refused::from(Party::VerifyNotNow));
    let papers = paper::of(tx, row.id).await?.ok_or_else(not_now)?;
    if papers.letter.is_none() {
        return Err(not_now());
    }
    consent::live(tx, papers.subject, &ENTERPRISE)
        .await?
        .ok_or_else(not_now)?;
    refuse_if_closing(tx, papers.subject).await?;
    let Some(staff) = staff else {
        return Ok(());
    };
    for field in ["enterprise_paper.letter", "person_verification.real_name"] {
        let since = row.verification.since;
        if !access::opened_by(tx, (papers.subject, field), (row.id, staff), since).await? {
            return Err(Refused::from(Party::ProofUnseen).into());
        }
    }
    Ok(())
}

/// Takes a verifier's step.
pub(crate) async fn by_verifier(
    app: &App,
    tx: &mut Tx<'_, Operate>,
    act: Decision<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    if !DECISIONS.contains(&act.event) && !MEASURES.contains(&act.event) {
        return Err(Failure::NotFound);
    }
    // Account before verification, as everywhere: whoever leaves at this moment comes before or after.
    let applicant = verification::by_id(tx, act.verification).await?;
    if let Some((account, _)) = applicant.and_then(|row| row.applicant) {
        account::hold(tx, account).await?;
    }
    verification::hold(tx, act.verification).await?;
    let row = verification::by_id(tx, act.verification)
        .await?
        .ok_or(Failure::NotFound)?;
    if row.verification.version != act.version {
        return Err(Refused::from(Party::VerifyNotNow).into());
    }
    if SECONDS.contains(&act.event) {
        another(tx, act.by, (&row.verification.measure, row.verification.since)).await?;
    }
    if act.event == Event::Prove {
        seen(tx, &row, act.staff).await?;
    }
    let gives_reasons = matches!(act.event, Event::Reject | Event::ProposeRevocation);
    let facts = Facts {
        by: act.by.to_owned(),
        // Whoever confirms or judges decides on the ground that was proposed.
        reasons: if gives_reasons { act.reasons } else { Vec::new() },
        ..Facts::default()
    };
    let doer = Doer {
        side: "verifier",
        staff: Some(act.by),
        ..Doer::default()
    };
    let step = take(app, tx, &row, (act.event, Role::PlatformVerifier), &facts, doer).await?;
    // A proposal is nothing yet; what is decided the enterprise reads.
    if !matches!(act.event, Event::ProposeRevocation | Event::DropRevocation) {
        tell::verification_later(tx, row.id, step.verification.version).await?;
    }
    Ok(())
}
