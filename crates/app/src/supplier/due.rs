//! What happens when nobody acts: reviews that take too long, licences that end, applications nobody goes
//! on with, exits whose notice is over, enterprises that are verified no longer.

use domain::calendar::Due;
use domain::machine::Role;
use domain::supplier::Reason;
use domain::supplier::licence::{self as rules, NOTICE_DAYS, day_of};
use domain::supplier::onboarding::{Event, Facts};
use privacy::purpose::Operate;
use privacy::{Ctx, Purpose};
use storage::Tx;
use storage::supplier::licence as licences;
use storage::supplier::{self as store, StandingRow, signature};
use time::Duration;
use uuid::Uuid;

use super::{apply, licence, stale, system, take, tell};
use crate::{App, Failure};

/// Takes the step of the clock that is overdue; `false` if there is none.
async fn settle<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    store::hold(tx, id).await?;
    let Some(row) = store::by_id(tx, id).await? else {
        return Ok(false);
    };
    let event = match row.supplier.timer() {
        Some((event, Due::At(at))) if at <= tx.ctx().now() => event,
        _ => return Ok(false),
    };
    let facts = Facts {
        open_orders: store::open_orders(tx, id).await?,
        ..Facts::default()
    };
    by_clock(tx, &row, event, &facts, &[]).await
}

/// Takes a step of the program, unless the supplier itself is against it: an exit waits for an order that
/// is open after all, and for a ban that is proposed.
async fn by_clock<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &StandingRow,
    event: Event,
    facts: &Facts,
    reasons: &[Reason],
) -> Result<bool, Failure> {
    let step = (event, Role::System);
    if row
        .supplier
        .step(event, Role::System, facts, tx.ctx().now())
        .is_err()
    {
        return Ok(false);
    }
    take(tx, row, step, facts, (reasons, system())).await?;
    Ok(true)
}

/// Takes the steps of a licence's clock that are overdue, one after the other.
pub(crate) async fn settle_licence<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    policy::clause!("2.1.1.d");
    licences::hold(tx, id).await?;
    let mut taken = false;
    loop {
        let Some(row) = licences::by_id(tx, id).await? else {
            return Ok(taken);
        };
        let event = match row.licence.timer() {
            Some((event, Due::At(at))) if at <= tx.ctx().now() => event,
            _ => return Ok(taken),
        };
        let step = row.licence.step(event, Role::System, &[], tx.ctx().now())?;
        licences::record(tx, &row, (event, &step), system())
            .await
            .map_err(stale)?;
        // What is over goes offline.
        if event == rules::Event::RunOut {
            store::revise(tx).await?;
        }
        taken = true;
    }
}

/// Tells a supplier of the end of a licence, each notice once.
async fn tell_end<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    licences::hold(tx, id).await?;
    let Some(row) = licences::by_id(tx, id).await? else {
        return Ok(false);
    };
    let Some(days) = row.licence.notice(day_of(tx.ctx().now())) else {
        return Ok(false);
    };
    licences::told(tx, id, days).await?;
    tell::ending_later(tx, id, days).await?;
    Ok(true)
}

/// Suspends a supplier whose enterprise is verified no longer.
async fn unverified<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    store::hold(tx, id).await?;
    let Some(row) = store::by_id(tx, id).await? else {
        return Ok(false);
    };
    let facts = Facts {
        reason: true,
        ..Facts::default()
    };
    by_clock(tx, &row, Event::Suspend, &facts, &[Reason::Enterprise]).await
}

/// Reinstates a supplier that was suspended for that alone, once its enterprise is verified again.
async fn verified_again<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    store::hold(tx, id).await?;
    // Whatever a verifier decided meanwhile stands.
    if !store::verified_again(tx).await?.contains(&id) {
        return Ok(false);
    }
    let Some(row) = store::by_id(tx, id).await? else {
        return Ok(false);
    };
    by_clock(tx, &row, Event::Reinstate, &Facts::default(), &[]).await
}

/// Tells suppliers that a newer edition waits for their signature; each once.
async fn tell_edition(app: &App, ctx: &Ctx<Operate>) -> Result<(), Failure> {
    let Some(edition) = app.store.policy().editions().in_force(day_of(ctx.now())) else {
        return Ok(());
    };
    let mut after = Uuid::nil();
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let found = signature::unsigned(&mut tx, &edition.version, after).await?;
        let Some(last) = found.last() else {
            return Ok(());
        };
        after = *last;
        for id in found {
            // Kept in its row: the job is gone once it is done.
            if store::tell_edition(&mut tx, id, &edition.version).await? {
                tell::edition_later(&mut tx, id, &edition.version).await?;
            }
        }
        tx.commit().await?;
    }
}

/// Takes the steps of the clock for suppliers and licences, and writes the notices. Says how many were
/// taken.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn run_due(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    let mut taken = 0;
    loop {
        let before = taken;
        let (due, done, unsure, again, licences, bare) = {
            let mut tx = app.store.begin(ctx).await?;
            (
                store::due_now(&mut tx).await?,
                store::done(&mut tx).await?,
                store::unverified(&mut tx).await?,
                store::verified_again(&mut tx).await?,
                licences::due_now(&mut tx).await?,
                licences::bare(&mut tx).await?,
            )
        };
        for id in due {
            let mut tx = app.store.begin(ctx).await?;
            taken += usize::from(settle(&mut tx, id).await?);
            tx.commit().await?;
        }
        for id in done {
            let mut tx = app.store.begin(ctx).await?;
            store::hold(&mut tx, id).await?;
            taken += usize::from(apply::orders_done(&mut tx, id).await?);
            tx.commit().await?;
        }
        for id in unsure {
            let mut tx = app.store.begin(ctx).await?;
            taken += usize::from(unverified(&mut tx, id).await?);
            tx.commit().await?;
        }
        for id in again {
            let mut tx = app.store.begin(ctx).await?;
            taken += usize::from(verified_again(&mut tx, id).await?);
            tx.commit().await?;
        }
        for (id, supplier) in licences {
            let mut tx = app.store.begin(ctx).await?;
            store::hold(&mut tx, supplier).await?;
            taken += usize::from(settle_licence(&mut tx, id).await?);
            tx.commit().await?;
        }
        for (id, supplier) in bare {
            let mut tx = app.store.begin(ctx).await?;
            store::hold(&mut tx, supplier).await?;
            licences::hold(&mut tx, id).await?;
            if let Some(row) = licences::by_id(&mut tx, id).await? {
                taken += usize::from(licence::gone(&mut tx, &row).await?);
            }
            tx.commit().await?;
        }
        // What somebody else did meanwhile is not looked at for ever.
        if taken == before {
            break;
        }
    }
    let (last, mut after) = (day_of(ctx.now()) + Duration::days(NOTICE_DAYS[0]), Uuid::nil());
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let found = licences::to_tell(&mut tx, last, after).await?;
        drop(tx);
        let Some((last, _)) = found.last() else {
            break;
        };
        after = *last;
        for (id, supplier) in found {
            let mut tx = app.store.begin(ctx).await?;
            store::hold(&mut tx, supplier).await?;
            taken += usize::from(tell_end(&mut tx, id).await?);
            tx.commit().await?;
        }
    }
    tell_edition(app, ctx).await?;
    Ok(taken)
}
