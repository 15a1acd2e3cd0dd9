//! The platform's decision on a refund that the supplier did not answer: the way out for orders that
//! wait for no clock. Recorded as the platform's step, told to both sides.

use domain::machine::Role;
use domain::market::order::{Event, Facts, Side};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::market::books;
use storage::market::order::{self as store, Doer};

use super::{moved_on, read, tell};
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

/// Decides.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown number, [`domain::Refused::OrderNotNow`] for an order that
/// waits for no decision.
pub async fn decide(app: &App, ctx: &Ctx<Operate>, number: &str, decision: Decision) -> Result<(), Failure> {
    let event = match decision {
        Decision::Refund => Event::RefundByPlatform,
        Decision::Continue => Event::ContinueByPlatform,
    };
    let mut tx = app.store.begin(ctx).await?;
    let mut row = store::by_number(&mut tx, number)
        .await?
        .ok_or(Failure::NotFound)?;
    read(&mut row)?;
    // Without a clock running out the sides still have their word.
    if matches!(row.due, Some((_, Some(_)))) {
        return Err(domain::Refused::OrderNotNow.into());
    }
    let step = row
        .order
        .step(event, Role::PlatformArbiter, &Facts::default(), ctx.now())?;
    let doer = Doer {
        side: Side::Platform,
        account: None,
        note: None,
        items: &[],
    };
    moved_on(store::record(&mut tx, row.id, event, &step, &doer).await)?;
    tell::enqueue(&mut tx, row.id, event, &step, Side::Platform).await?;
    Ok(tx.commit().await?)
}
