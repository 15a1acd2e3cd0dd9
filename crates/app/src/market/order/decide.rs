//! The platform's decision on a refund that the supplier did not answer: the way out for orders that
//! wait for no clock. Recorded as the platform's step, told to both sides.

use domain::Refused;
use domain::machine::Role;
use domain::market::order::{Event, Facts, Side};
use domain::market::staff;
use privacy::purpose::Operate;
use privacy::{Ctx, SubjectId};
use storage::account;
use storage::market::books;
use storage::market::order::{self as store, Doer};

use super::{found, moved_on, read, read_note, sides, tell};
use crate::disclosure::note_given;
use crate::market::share;
use crate::{App, Failure};

/// What the platform decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What is held goes back to the buyer.
    Refund,
    /// The work goes on.
    Continue,
}

/// The numbers of the orders that wait for the platform's decision, at most 100.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn undecided(app: &App, ctx: &Ctx<Operate>) -> Result<Vec<String>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(books::undecided(&mut tx, 100).await?)
}

/// A decision with who answers for it and why.
#[derive(Clone, Copy, Debug)]
pub struct Ruling<'a> {
    /// The order's number.
    pub number: &'a str,
    /// What is decided.
    pub decision: Decision,
    /// Who of the operator's staff decides, by an identifier such as `arbiter-1`.
    pub by: &'a str,
    /// Why; both sides read it.
    pub reason: &'a str,
}

/// Decides. Who decided and why is written with the step. The reason is sealed under the buyer's key:
/// it is about their order, and goes with it.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown number, [`Refused::OrderNotNow`] for an order that waits for no
/// decision, [`Refused::StaffInvalid`], [`Refused::ReasonMissing`], [`Refused::NoteLong`],
/// [`Refused::NoteContact`].
pub async fn decide(app: &App, ctx: &Ctx<Operate>, ruling: &Ruling<'_>) -> Result<(), Failure> {
    let staff = staff::identifier(ruling.by)?;
    let reason = read_note(ruling.reason)?.ok_or(Refused::ReasonMissing)?;
    let event = match ruling.decision {
        Decision::Refund => Event::RefundByPlatform,
        Decision::Continue => Event::ContinueByPlatform,
    };
    let mut tx = app.store.begin(ctx).await?;
    let mut row = found(&mut tx, ruling.number).await?;
    read(&mut row)?;
    let buyer = account::by_id(&mut tx, row.buyer)
        .await?
        .ok_or(Failure::NotFound)?;
    // Without a clock running out the sides still have their word.
    if matches!(row.due, Some((_, Some(_)))) {
        return Err(Refused::OrderNotNow.into());
    }
    let facts = Facts {
        reason: true,
        ..Facts::default()
    };
    let step = row.order.step(event, Role::PlatformArbiter, &facts, ctx.now())?;
    let doer = Doer {
        note: Some((buyer.subject, &reason)),
        copies: &[SubjectId(row.supplier)],
        milestone: row.order.at_hand(),
        staff: Some(staff),
        ..Doer::of(Side::Platform)
    };
    moved_on(store::record(&mut tx, row.id, event, &step, &doer).await)?;
    note_given(&mut tx, sides(&row), buyer.subject, Side::Platform).await?;
    share::end_with(&mut tx, row.id, step.order.state).await?;
    tell::enqueue(&mut tx, row.id, event, &step, Side::Platform).await?;
    Ok(tx.commit().await?)
}
