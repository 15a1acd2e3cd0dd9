//! What happens when nobody acts.

use domain::calendar::Due;
use domain::machine::Role;
use domain::market::notice::{NotYet, may_accept};
use domain::market::order::{Event, Facts, Side};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::StoreError;
use storage::market::order::{self as store, Doer};
use storage::market::{books, notice as notices};
use time::Duration;
use uuid::Uuid;

use super::{read, tell};
use crate::market::share;
use crate::{App, Failure};

/// Timers handled in one round.
const ROUND: i64 = 100;
/// How long an order waits that could not be moved.
const AGAIN: Duration = Duration::hours(1);

/// What a round of timers did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Steps taken.
    pub taken: usize,
    /// Orders that could not be read or moved; an operator must look.
    pub failed: usize,
}

/// Takes the steps whose time has come, at most a round of them, and says how many were taken and
/// how many failed. Each order is read and moved in a transaction of its own, so that one that
/// cannot be read does not hold up the others.
///
/// # Errors
/// [`Failure::Fault`] if the due orders cannot be listed.
pub async fn run_due(app: &App, ctx: &Ctx<Operate>) -> Result<Round, Failure> {
    let due = {
        let mut tx = app.store.begin(ctx).await?;
        store::due(&mut tx, ROUND).await?
    };
    let mut round = Round::default();
    for number in due {
        match take_due(app, ctx, &number).await {
            Ok(true) => round.taken += 1,
            Ok(false) => {}
            Err(failure) => {
                round.failed += 1;
                tracing::error!(
                    cause = failure.chain(),
                    "an order's timer could not be taken; put off"
                );
                set_aside(app, ctx, &number).await;
            }
        }
    }
    Ok(round)
}

/// Puts an order off that could not be moved, so that the orders behind it have their turn. If that
/// fails too, the store is the trouble, and the next round meets it again.
async fn set_aside(app: &App, ctx: &Ctx<Operate>, number: &str) {
    let put_off = async {
        let mut tx = app.store.begin(ctx).await?;
        notices::set_aside(&mut tx, number, ctx.now() + AGAIN).await?;
        tx.commit().await
    };
    if let Err(error) = put_off.await {
        tracing::error!(
            cause = Failure::from(error).chain(),
            "an order could not be put off"
        );
    }
}

/// Takes the due step of one order; `false` if someone was faster.
pub(crate) async fn take_due(app: &App, ctx: &Ctx<Operate>, number: &str) -> Result<bool, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let Some(mut row) = store::by_number(&mut tx, number).await? else {
        return Ok(false);
    };
    let Some((event, Some(at))) = row.due else {
        return Ok(false);
    };
    if at > ctx.now() {
        return Ok(false);
    }
    read(&mut row)?;
    if event == Event::AutoAccept {
        let version = row.order.version;
        let sent = notices::sent(&mut tx, row.id, version, Side::Buyer).await?;
        if let Err(NotYet { missing, until }) = may_accept(&sent, ctx.now()) {
            // Silence that was not announced in time says nothing.
            tell::enqueue_missing(&mut tx, row.id, version, &missing).await?;
            notices::put_off(&mut tx, row.id, version, until).await?;
            tx.commit().await?;
            return Ok(false);
        }
    }
    let step = row
        .order
        .step(event, Role::System, &Facts::default(), ctx.now())?;
    let doer = Doer {
        milestone: row.order.at_hand(),
        ..Doer::of(Side::System)
    };
    match store::record(&mut tx, row.id, event, &step, &doer).await {
        Ok(()) => {
            share::end_with(&mut tx, row.id, step.order.state).await?;
            tell::enqueue(&mut tx, row.id, event, &step, Side::System).await?;
            tx.commit().await?;
        }
        Err(StoreError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    Ok(true)
}

/// Dates the timers that the calendar could not date before, now that it may know the year; says how
/// many. A timer counts from the step that set it.
///
/// # Errors
/// [`Failure::Fault`].
pub(crate) async fn date_undated(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    let (mut dated, mut after) = (0, Uuid::nil());
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let undated = books::undated_numbers(&mut tx, after, ROUND).await?;
        let Some((last, _)) = undated.last() else {
            return Ok(dated);
        };
        after = *last;
        for (id, number) in undated {
            let Some(mut row) = store::by_number(&mut tx, &number).await? else {
                continue;
            };
            read(&mut row)?;
            let since = store::events(&mut tx, id).await?.last().map(|event| event.at);
            if let Some((_, Due::At(at))) = row.order.timer(since.unwrap_or(row.placed_at)) {
                notices::put_off(&mut tx, id, row.order.version, at).await?;
                dated += 1;
            }
        }
        tx.commit().await?;
    }
}
