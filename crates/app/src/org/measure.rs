//! What verifiers decide of an enterprise (5.9): a letter, by one; a revocation, by two, and the appeal
//! against it by a third (2.5.1.e).

use domain::Refused;
use domain::machine::Role;
use domain::org::verification::{Event, Facts, Reason};
use domain::refused::Party;
use privacy::purpose::Operate;
use storage::Tx;
use storage::org::verification::{self, Doer};
use uuid::Uuid;

use super::{proof, take, tell};
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
    verification::hold(tx, act.verification).await?;
    let row = verification::by_id(tx, act.verification)
        .await?
        .ok_or(Failure::NotFound)?;
    if row.verification.version != act.version {
        return Err(Refused::from(Party::VerifyNotNow).into());
    }
    if act.event == Event::Prove {
        proof::still_verified(tx, &row).await?;
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
