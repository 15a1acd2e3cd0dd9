//! The account room's retention job: codes, messages and counted attempts live one day, and so does
//! a registration that was begun and not finished.

use privacy::Ctx;
use privacy::purpose::Operate;
use storage::account::code;
use time::Duration;

use crate::{App, Failure};

/// How long a code, a message and a counted attempt live.
const LIFE: Duration = Duration::hours(24);
/// Unfinished registrations removed at a time: no transaction is held for long.
const BATCH: i64 = 200;

/// The retention rules this job applies, and the term it gives them.
pub const APPLIED: [(&str, Duration); 3] =
    [("code_24h", LIFE), ("message_24h", LIFE), ("security_24h", LIFE)];

/// Removes what is older than its rule, and destroys the keys of registrations that were begun
/// and never finished. Safe to run again.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn purge_expired(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    let until = ctx.now() - LIFE;
    let mut removed = 0;
    loop {
        let abandoned = {
            let mut tx = app.store.begin(ctx).await?;
            code::abandoned(&mut tx, until, BATCH).await?
        };
        if abandoned.is_empty() {
            break;
        }
        // Keys first: if the process dies here, the rows are found again and the next run goes on.
        for subject in &abandoned {
            app.store.destroy_key(*subject).await?;
        }
        let mut tx = app.store.begin(ctx).await?;
        for subject in abandoned {
            removed += code::drop_abandoned(&mut tx, subject).await?;
        }
        tx.commit().await?;
    }
    let mut tx = app.store.begin(ctx).await?;
    removed += code::purge(&mut tx, until).await?;
    tx.commit().await?;
    Ok(removed)
}
