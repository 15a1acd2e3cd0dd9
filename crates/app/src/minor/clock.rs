//! What the clock does: requests without an answer and consents without an account lapse and go with their
//! keys, accounts found late are erased, birthdays end the regime, guardians who are gone are missed, answers
//! and refusals are forgotten, and once a year the audit is made.

use domain::machine::Role;
use domain::minor::audit::{is_late, over};
use domain::minor::{ANSWER_DAYS, ASK_AGAIN, Facts, State, Tally};
use privacy::purpose::{Certify, ObeyLaw, Operate};
use privacy::{Ctx, Purpose, SystemReason};
use serde_json::{Map, json};
use sha2::{Digest as _, Sha256};
use storage::account::code;
use storage::minor::{self as store, age, audit};
use time::Duration;
use uuid::Uuid;

use super::{birth, late, overdue, take};
use crate::rights::close_of_minor;
use crate::{App, Failure, Fault};

/// How often the clock is looked at.
pub const AUDIT_EVERY: Duration = Duration::minutes(10);

/// Takes every step whose time has come; says how many.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn run_due(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    policy::clause!("2.7.a");
    let law = app.system::<ObeyLaw>(SystemReason::Job, ctx.policy_version());
    let mut taken = lapse(app, &law).await?;
    taken += lose(app, ctx).await?;
    loop {
        let left = {
            let mut tx = app.store.begin(ctx).await?;
            store::left(&mut tx).await?
        };
        if left.is_empty() {
            break;
        }
        for id in left {
            purge(app, ctx, id).await?;
        }
    }
    let certify = app.system::<Certify>(SystemReason::Job, ctx.policy_version());
    let looks = {
        let mut tx = app.store.begin(ctx).await?;
        store::to_look(&mut tx).await?
    };
    for id in looks {
        birth::verified_later(app, &certify, id).await?;
        taken += 1;
    }
    let mut tx = app.store.begin(ctx).await?;
    store::purge_refusals(&mut tx, ctx.now() - ASK_AGAIN).await?;
    age::purge(&mut tx, ctx.now() - Duration::days(ANSWER_DAYS)).await?;
    tx.commit().await?;
    make_audit(app, ctx).await?;
    Ok(taken)
}

/// Requests and frozen accounts without an answer.
async fn lapse(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<usize, Failure> {
    let mut taken = 0;
    loop {
        let due = {
            let mut tx = app.store.begin(ctx).await?;
            store::due(&mut tx).await?
        };
        if due.is_empty() {
            return Ok(taken);
        }
        let before = taken;
        for id in due {
            let mut tx = app.store.begin(ctx).await?;
            store::hold(&mut tx, id).await?;
            let Some(row) = store::by_id(&mut tx, id).await? else {
                continue;
            };
            let timer = row.guardianship.timer().filter(|_| overdue(&row, ctx.now()));
            let Some((event, _)) = timer else {
                store::put_due(&mut tx, &row).await?;
                tx.commit().await?;
                continue;
            };
            policy::clause!("2.7.a");
            take(&mut tx, &row, (event, Role::System), &Facts::default()).await?;
            if let Some(account) = row.account {
                close_of_minor(app, &mut tx, (account, row.subject)).await?;
            }
            tx.commit().await?;
            taken += 1;
        }
        // What somebody else did meanwhile is not looked at for ever.
        if taken == before {
            return Ok(taken);
        }
    }
}

/// Consents whose guardian is gone.
async fn lose(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    let mut taken = 0;
    loop {
        let orphans = {
            let mut tx = app.store.begin(ctx).await?;
            store::orphans(&mut tx).await?
        };
        if orphans.is_empty() {
            return Ok(taken);
        }
        for id in orphans {
            let mut tx = app.store.begin(ctx).await?;
            store::hold(&mut tx, id).await?;
            if let Some(row) = store::by_id(&mut tx, id).await? {
                late::suspend(&mut tx, row.subject).await?;
            }
            tx.commit().await?;
            taken += 1;
        }
    }
}

/// Takes away what is left of a registration that came to nothing: keys first, so that a try that breaks off
/// leaves nothing readable. After a no, one digest of both numbers stays.
pub(super) async fn purge<P: Purpose>(app: &App, ctx: &Ctx<P>, id: Uuid) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let row = {
        let mut tx = app.store.begin(ctx).await?;
        // Held and looked at once more: somebody may have registered, or the guardian consented.
        store::hold(&mut tx, id).await?;
        let row = store::by_id(&mut tx, id).await?;
        let Some(row) = row.filter(|row| row.account.is_none() && row.guardianship.goes()) else {
            return Ok(());
        };
        store::close(&mut tx, id).await?;
        tx.commit().await?;
        row
    };
    for subject in [Some(row.subject), row.contact].into_iter().flatten() {
        app.store.destroy_key(subject).await?;
    }
    let mut tx = app.store.begin(ctx).await?;
    for subject in [Some(row.subject), row.contact].into_iter().flatten() {
        code::drop_abandoned(&mut tx, subject).await?;
    }
    age::drop(&mut tx, row.subject).await?;
    if row.guardianship.state == State::Refused {
        store::blank(&mut tx, id).await?;
    } else {
        store::delete(&mut tx, &row).await?;
    }
    audit::count(&mut tx, Tally::Purges).await?;
    Ok(tx.commit().await?)
}

/// Makes the audit of the latest year that is over, if there is none: counts, and nobody in particular.
async fn make_audit(app: &App, ctx: &Ctx<Operate>) -> Result<(), Failure> {
    policy::clause!("2.7.b");
    let year = over(ctx.now());
    let mut tx = app.store.begin(ctx).await?;
    if audit::of(&mut tx, year).await?.is_some() {
        return Ok(());
    }
    let counted = audit::of_year(&mut tx, year).await?;
    let mut counts = Map::new();
    for what in Tally::ALL {
        let times = counted.iter().find(|(known, _)| known == what);
        counts.insert(
            what.as_str().to_owned(),
            json!(times.map_or(0, |(_, times)| *times)),
        );
    }
    let mut minors = Map::new();
    for (band, people) in age::bands(&mut tx).await? {
        minors.insert(band.as_str().to_owned(), json!(people));
    }
    let report = json!({ "year": year, "counts": counts, "minors": minors });
    let report = serde_json::to_string(&report).map_err(|_| Failure::Fault(Fault::Document))?;
    let digest = privacy::log::hex(&Sha256::digest(report.as_bytes()));
    audit::put(&mut tx, app.entropy.id(), year, (&report, &digest)).await?;
    Ok(tx.commit().await?)
}

/// The year whose audit is late: due by 31 January, and not made. For the operator.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn late_audit(app: &App, ctx: &Ctx<Operate>) -> Result<Option<i32>, Failure> {
    policy::clause!("2.7.b");
    let year = over(ctx.now());
    if !is_late(year, ctx.now()) {
        return Ok(None);
    }
    let mut tx = app.store.begin(ctx).await?;
    Ok(audit::of(&mut tx, year).await?.is_none().then_some(year))
}
