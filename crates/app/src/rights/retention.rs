//! The retention rules that run in years and months (2.5.3.b). Those of a day are in
//! `account::purge_expired`.

use domain::rights::years_after;
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::register::{Term, known_rules};
use storage::rights::retention::{self, Rule, TRANSACTIONS};
use time::{Duration, OffsetDateTime};

use crate::{App, Failure, Fault};

/// What was triggered at or before this instant has run out, by the rule of this name.
fn run_out(rule: &str, now: OffsetDateTime) -> Result<OffsetDateTime, Failure> {
    let known = known_rules().iter().find(|known| known.id == rule);
    match known.map(|known| known.term) {
        Some(Term::Hours(hours)) => Ok(now - Duration::hours(hours.into())),
        Some(Term::Days(days)) => Ok(now - Duration::days(days.into())),
        Some(Term::Years(years)) => Ok(years_after(now, -i32::from(years))),
        Some(Term::Lasting) | None => Err(Failure::Fault(Fault::Document)),
    }
}

/// Takes away what the rules no longer keep; says how many rows. Safe to run again.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn apply_retention(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    policy::clause!("2.5.3.b");
    let mut removed = 0;
    for rule in Rule::ALL {
        let until = run_out(rule.id(), ctx.now())?;
        loop {
            let mut tx = app.store.begin(ctx).await?;
            let rows = retention::apply(&mut tx, rule, until).await?;
            tx.commit().await?;
            removed += rows;
            if rows == 0 {
                break;
            }
        }
    }
    let until = run_out(TRANSACTIONS, ctx.now())?;
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let rows = retention::transactions(&mut tx, until).await?;
        tx.commit().await?;
        removed += rows;
        if rows == 0 {
            return Ok(removed);
        }
    }
}
