//! The account room's retention job: codes, messages and counted attempts live one day, and so does
//! a registration that was begun and not finished. Access tokens are kept for 90 days after their
//! end.

use privacy::Ctx;
use privacy::purpose::Operate;
use storage::account::{code, guard, passkey, phone, remembered, second, token};
use time::Duration;

use crate::{App, Failure};

/// How long a code, a message and a counted attempt live.
const LIFE: Duration = Duration::hours(24);
/// Unfinished registrations removed at a time: no transaction is held for long.
const BATCH: i64 = 200;
/// How long a token is kept after its end.
const TOKEN_AFTER_END: Duration = Duration::days(90);

/// The retention rules this job applies, and the term it gives them.
pub const APPLIED: [(&str, Duration); 8] = [
    ("code_24h", LIFE),
    ("message_24h", LIFE),
    ("security_24h", LIFE),
    ("phone_proof_24h", LIFE),
    ("token_90d_after_end", TOKEN_AFTER_END),
    ("pending_24h", LIFE),
    ("ceremony_24h", LIFE),
    ("remembered_24h_after_end", LIFE),
];

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
    removed += second::purge(&mut tx, until).await?;
    removed += passkey::purge(&mut tx, until).await?;
    removed += remembered::purge(&mut tx, until).await?;
    removed += phone::purge_proofs(&mut tx, until).await?;
    removed += guard::purge(&mut tx, until).await?;
    removed += token::purge(&mut tx, ctx.now() - TOKEN_AFTER_END).await?;
    tx.commit().await?;
    Ok(removed)
}
