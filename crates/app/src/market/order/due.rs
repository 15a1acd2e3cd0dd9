//! What happens when nobody acts.

use domain::machine::Role;
use domain::market::notice::BEFORE_SILENCE;
use domain::market::order::{Event, Facts, Side};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::StoreError;
use storage::market::notice as notices;
use storage::market::order::{self as store, Doer};
use time::Duration;

use super::{read, tell};
use crate::{App, Failure};

/// Timers handled in one round.
const ROUND: i64 = 100;

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
            Err(_) => round.failed += 1,
        }
    }
    Ok(round)
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
        if sent < BEFORE_SILENCE {
            // Silence that was not announced says nothing: the buyer gets the missing notices first.
            tell::enqueue_missing(&mut tx, row.id, version, sent).await?;
            notices::put_off(&mut tx, row.id, version, ctx.now() + Duration::DAY).await?;
            tx.commit().await?;
            return Ok(false);
        }
    }
    let step = row
        .order
        .step(event, Role::System, &Facts::default(), ctx.now())?;
    let doer = Doer {
        side: Side::System,
        account: None,
        note: None,
        items: &[],
    };
    match store::record(&mut tx, row.id, event, &step, &doer).await {
        Ok(()) => {
            tell::enqueue(&mut tx, row.id, event, &step, Side::System).await?;
            tx.commit().await?;
        }
        Err(StoreError::Stale) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    Ok(true)
}
