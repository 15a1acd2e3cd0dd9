//! The end of what a law keeps: on the day, the hold's key is destroyed, then what it sealed.

use privacy::purpose::Operate;
use privacy::{Ctx, HoldId};
use storage::rights::hold;

use crate::{App, Failure};

/// Holds ended at a time.
const BATCH: i64 = 100;

/// Ends the holds whose time is up. Safe to run again.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn release_holds(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    policy::clause!("2.5.3.b");
    let mut released = 0;
    loop {
        let expired = {
            let mut tx = app.store.begin(ctx).await?;
            hold::expired(&mut tx, BATCH).await?
        };
        if expired.is_empty() {
            break;
        }
        // Keys first: if the process dies here, the holds are found again.
        for hold in &expired {
            app.store.destroy_hold_key(HoldId(hold.key)).await?;
        }
        let mut tx = app.store.begin(ctx).await?;
        for hold in &expired {
            hold::release(&mut tx, hold).await?;
            released += 1;
        }
        tx.commit().await?;
    }
    // Keys of holds that a try which broke off left without a hold, or whose search is over.
    loop {
        let ended = app.store.ended_hold_keys(ctx.now(), BATCH).await?;
        if ended.is_empty() {
            return Ok(released);
        }
        for hold in ended {
            app.store.destroy_hold_key(hold).await?;
        }
    }
}
