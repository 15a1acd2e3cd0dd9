//! `qifu365 doctor`: looks at the installation and says what needs attention. Changes nothing.

use anyhow::bail;
use app::market::order;
use app::{job, rights};
use privacy::purpose::Operate;
use privacy::{Ctx, SystemReason};
use storage::job::FailedJob;
use time::OffsetDateTime;

use crate::config::Arguments;
use crate::console::tell;
use crate::open::{Opened, addresses};
use crate::operator::existing;

/// What was found: each finding is said at once, those that need attention are counted.
#[derive(Default)]
struct Findings(usize);

impl Findings {
    fn say(&mut self, well: bool, text: &str) {
        tell(&format!("{} {text}", if well { "ok  " } else { "LOOK" }));
        self.0 += usize::from(!well);
    }
}

/// Looks at the installation; ends with an error if something needs attention.
///
/// # Errors
/// Stores that are older than the program or do not open, or what was found.
pub async fn doctor(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.vault_url.is_some() || arguments.data.join("vault.sqlite").exists() {
        let (data, vault) = addresses(arguments)?;
        if storage::schema::behind(&data, &vault).await? {
            bail!(
                "the stores are older than this program, and doctor changes nothing: run qifu365 migrate first"
            );
        }
    }
    let opened = existing(arguments).await?;
    let ctx = opened.system::<Operate>(SystemReason::Start);
    let mut findings = Findings::default();
    stores(&opened, &ctx, &mut findings, arguments.no_demo).await?;
    work(&opened, &ctx, &mut findings).await?;
    proofs(&opened, &ctx, &mut findings).await?;
    opened.app.store.close().await;
    match findings.0 {
        0 => Ok(()),
        troubles => bail!("{troubles} findings need attention"),
    }
}

/// Stores, keys, and whether a demonstration is in them.
async fn stores(
    opened: &Opened,
    ctx: &Ctx<Operate>,
    findings: &mut Findings,
    no_demo: bool,
) -> anyhow::Result<()> {
    let store = &opened.app.store;
    findings.say(true, &format!("stores open, {:?}", store.engine()));
    let vault = store.vault_state().await?;
    findings.say(
        true,
        &format!("key vault: suite {}, state {}", vault.suite, vault.generation),
    );
    let mut wrapping = vault.wrapping;
    wrapping.dedup();
    let more = if wrapping.len() > 1 {
        "; run rotate-key to its end"
    } else {
        ""
    };
    findings.say(
        wrapping.len() == 1,
        &format!("wrapping key {}{more}", wrapping.join(" is being replaced by ")),
    );
    let demo = app::demo::present(&opened.app, ctx).await?;
    let text = if demo {
        "demo data is present"
    } else {
        "no demo data"
    };
    findings.say(demo != no_demo, text);
    Ok(())
}

fn list(failed: &[FailedJob]) {
    for job in failed {
        tell(&format!(
            "       {} {} after {} tries: {}",
            job.kind, job.id, job.attempts, job.error
        ));
    }
}

/// Jobs, orders and money, and what recipients of personal data owe.
async fn work(opened: &Opened, ctx: &Ctx<Operate>, findings: &mut Findings) -> anyhow::Result<()> {
    let state = job::state(&opened.app, ctx).await?;
    findings.say(true, &format!("{} jobs wait for a worker", state.waiting));
    findings.say(
        state.dead.is_empty(),
        &format!("{} jobs were set aside", state.dead.len()),
    );
    list(&state.dead);
    findings.say(
        state.failing.is_empty(),
        &format!(
            "{} jobs failed more than once and will be tried again",
            state.failing.len()
        ),
    );
    list(&state.failing);
    let books = order::verdict(&opened.app, ctx).await?;
    findings.say(
        books.balanced(),
        &format!(
            "the books: {} fen held at the partner, {} fen funded and under way",
            books.held, books.funded
        ),
    );
    let late = order::late(&opened.app, ctx).await?;
    findings.say(
        late == 0,
        &format!("{late} orders' time came more than ten minutes ago; does a worker run?"),
    );
    let undated = order::undated(&opened.app, ctx).await?;
    findings.say(
        undated == 0,
        &format!("{undated} orders wait for a term that the calendar does not know"),
    );
    let undecided = order::undecided(&opened.app, ctx).await?;
    let numbers = undecided.join(" ");
    findings.say(
        undecided.is_empty(),
        &format!("{} refunds wait for a decision: {numbers}", undecided.len()),
    );
    let overdue = rights::overdue_demands(&opened.app, ctx).await?;
    findings.say(
        overdue == 0,
        &format!(
            "{overdue} recipients did not say in time that they deleted or corrected; see qifu365 demands"
        ),
    );
    Ok(())
}

/// The transparency log, and the monthly drill of an installation in real use.
async fn proofs(opened: &Opened, ctx: &Ctx<Operate>, findings: &mut Findings) -> anyhow::Result<()> {
    let (audit, waiting) = app::log::audit(&opened.app, ctx).await?;
    findings.say(
        audit.findings.is_empty(),
        &format!(
            "the transparency log: {} entries and {} checkpoints read, {} findings, {waiting} entries wait",
            audit.entries,
            audit.checkpoints,
            audit.findings.len()
        ),
    );
    for finding in &audit.findings {
        tell(&format!("       {finding}"));
    }
    if app::demo::in_real_use(&opened.app, ctx).await? {
        let latest = rights::latest_drill(&opened.app, &opened.system(SystemReason::Start)).await?;
        let (well, text) = drilled(latest, opened.app.clock.now());
        findings.say(well, &text);
        let late = app::minor::late_audit(&opened.app, ctx).await?;
        let text = match late {
            None => "the audit of minors' data is made or not due yet".to_owned(),
            Some(year) => {
                format!("the audit of minors' data for {year} was due by 31 January; does a worker run?")
            }
        };
        findings.say(late.is_none(), &text);
    }
    Ok(())
}

/// Whether the latest drill still counts, and what to say of it.
fn drilled(latest: Option<(OffsetDateTime, bool)>, now: OffsetDateTime) -> (bool, String) {
    match latest {
        None => (
            false,
            "there was no erase drill yet; run: qifu365 erase-drill".to_owned(),
        ),
        Some((at, false)) => (false, format!("the erase drill of {} did not pass", at.date())),
        Some((at, true)) if now - at > rights::DRILL_EVERY => (
            false,
            format!(
                "the latest erase drill was on {}, more than 31 days ago",
                at.date()
            ),
        ),
        Some((at, true)) => (true, format!("the latest erase drill passed on {}", at.date())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_6_3_e_a_drill_counts_for_thirty_one_days() {
        let then = OffsetDateTime::UNIX_EPOCH;
        let day = time::Duration::days(31);
        assert!(drilled(Some((then, true)), then + day).0);
        assert!(!drilled(Some((then, true)), then + day + time::Duration::SECOND).0);
        assert!(!drilled(Some((then, false)), then).0 && !drilled(None, then).0);
    }
}
