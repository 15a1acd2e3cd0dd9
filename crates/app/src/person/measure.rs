//! Taking a verification back (5.8, four eyes): one verifier proposes with a ground, another confirms, the
//! person is told and may appeal once, and a third decides.

use domain::machine::Role;
use domain::person::verification::{Event, Facts, Ground};
use domain::refused::{Party, Refused};
use privacy::Ctx;
use privacy::purpose::{KeepAccount, Operate};
use storage::Tx;
use storage::person::{self, Doer};
use uuid::Uuid;

use super::{check, stale};
use crate::account::Viewer;
use crate::staff::another;
use crate::{App, Failure};

/// What a verifier does about a verification that stands or was taken back.
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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act<'a> {
    /// Which verification.
    pub verification: Uuid,
    /// The version that the verifier saw.
    pub version: i64,
    /// What is done.
    pub event: Event,
    /// Why, of a proposal.
    pub ground: Option<Ground>,
    /// Who, by an identifier.
    pub by: &'a str,
}

/// Takes a verifier's step. What others read of it they are told.
pub(crate) async fn by_verifier(tx: &mut Tx<'_, Operate>, act: Act<'_>) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    if !MEASURES.contains(&act.event) {
        return Err(Failure::NotFound);
    }
    person::hold(tx, act.verification).await?;
    let row = person::by_id(tx, act.verification)
        .await?
        .ok_or(Failure::NotFound)?;
    if row.verification.version != act.version {
        return Err(Refused::from(Party::VerifyNotNow).into());
    }
    if SECONDS.contains(&act.event) {
        another(tx, act.by, (&row.verification.measure, row.verification.since)).await?;
    }
    if act.event == Event::ProposeRevocation && act.ground.is_none() {
        return Err(Refused::from(Party::StaffGround).into());
    }
    let facts = Facts {
        by: act.by.to_owned(),
        ..Facts::default()
    };
    let step = row
        .verification
        .step(act.event, Role::PlatformVerifier, &facts, tx.ctx().now())?;
    let doer = Doer {
        side: "verifier",
        staff: Some(act.by),
        // Whoever confirms or judges decides on the ground that was proposed.
        ground: act.ground.filter(|_| act.event == Event::ProposeRevocation),
        ..Doer::default()
    };
    person::record(tx, &row, act.event, &step, doer)
        .await
        .map_err(stale)?;
    // A proposal is nothing yet; what is decided the person reads.
    let decided = !matches!(act.event, Event::ProposeRevocation | Event::DropRevocation);
    if decided {
        check::tell_later(tx, &row, step.verification.version).await?;
    }
    Ok(())
}

/// Appeals against the revocation of the viewer's own verification; once.
///
/// # Errors
/// [`Party::VerifyNotNow`], [`Party::AppealUsed`]; [`Failure::NotFound`] without a verification.
pub async fn appeal(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    let mut tx = app.store.begin(ctx).await?;
    let row = super::held(&mut tx, viewer.account)
        .await?
        .ok_or(Failure::NotFound)?;
    super::take(&mut tx, &row, Event::Appeal, &Facts::default()).await?;
    Ok(tx.commit().await?)
}
