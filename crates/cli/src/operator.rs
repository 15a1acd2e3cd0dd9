//! What an operator does by hand.

use anyhow::{Context as _, bail};
use app::market::order;
use app::{Failure, job, rights};
use domain::Refused;
use privacy::SystemReason;
use privacy::purpose::Operate;
use time::OffsetDateTime;

use crate::config::{Arguments, Decision};
use crate::console::tell;
use crate::keys::NextKey;
use crate::open::{Opened, open};

/// Opens an installation that is there already: a mistyped folder is not a new one.
///
/// # Errors
/// No installation, or one that does not open.
pub async fn existing(arguments: &Arguments) -> anyhow::Result<Opened> {
    let vault = arguments.data.join("vault.sqlite");
    if arguments.vault_url.is_none() && !vault.exists() {
        bail!("there is no installation in {}", arguments.data.display());
    }
    open(arguments, !arguments.no_demo).await
}

/// Brings both schemas up to date.
///
/// # Errors
/// A store that does not open.
pub async fn migrate(arguments: &Arguments) -> anyhow::Result<()> {
    let opened = open(arguments, !arguments.no_demo).await?;
    tell("both schemas are up to date");
    opened.app.store.close().await;
    Ok(())
}

/// Looks at the installation; ends with an error if something needs attention.
///
/// # Errors
/// A store that does not open, or what was found.
pub async fn doctor(arguments: &Arguments) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let ctx = opened.system::<Operate>(SystemReason::Start);
    let mut troubles = 0;
    let mut say = |well: bool, text: String| {
        tell(&format!("{} {text}", if well { "ok  " } else { "LOOK" }));
        troubles += usize::from(!well);
    };
    say(true, format!("stores open, {:?}", opened.app.store.engine()));
    let vault = opened.app.store.vault_state().await?;
    say(
        true,
        format!("key vault: suite {}, state {}", vault.suite, vault.generation),
    );
    let mut wrapping = vault.wrapping;
    wrapping.dedup();
    say(
        wrapping.len() == 1,
        format!(
            "wrapping key {}",
            wrapping.join(" is being replaced by ")
                + if wrapping.len() > 1 {
                    "; run rotate-key to its end"
                } else {
                    ""
                }
        ),
    );
    let demo = app::demo::present(&opened.app, &ctx).await?;
    say(
        demo != arguments.no_demo,
        if demo {
            "demo data is present".to_owned()
        } else {
            "no demo data".to_owned()
        },
    );
    let state = job::state(&opened.app, &ctx).await?;
    say(true, format!("{} jobs wait for a worker", state.waiting));
    say(
        state.dead.is_empty(),
        format!("{} jobs were set aside", state.dead.len()),
    );
    for dead in &state.dead {
        tell(&format!(
            "       {} {} after {} tries: {}",
            dead.kind, dead.id, dead.attempts, dead.error
        ));
    }
    let books = order::verdict(&opened.app, &ctx).await?;
    say(
        books.balanced(),
        format!(
            "the books: {} fen held at the partner, {} fen funded and under way",
            books.held, books.funded
        ),
    );
    let late = order::late(&opened.app, &ctx).await?;
    say(
        late == 0,
        format!("{late} orders' time came more than ten minutes ago; does a worker run?"),
    );
    let undated = order::undated(&opened.app, &ctx).await?;
    say(
        undated == 0,
        format!("{undated} orders wait for a term that the calendar does not know"),
    );
    let undecided = order::undecided(&opened.app, &ctx).await?;
    say(
        undecided.is_empty(),
        format!(
            "{} refunds wait for a decision: {}",
            undecided.len(),
            undecided.join(" ")
        ),
    );
    let (audit, waiting) = app::log::audit(&opened.app, &ctx).await?;
    say(
        audit.findings.is_empty(),
        format!(
            "the transparency log: {} entries and {} checkpoints read, {} findings, {waiting} entries wait",
            audit.entries,
            audit.checkpoints,
            audit.findings.len()
        ),
    );
    for finding in &audit.findings {
        tell(&format!("       {finding}"));
    }
    if app::demo::in_real_use(&opened.app, &ctx).await? {
        let latest = rights::latest_drill(&opened.app, &opened.system(SystemReason::Start)).await?;
        let (well, text) = drilled(latest, opened.app.clock.now());
        say(well, text);
    }
    opened.app.store.close().await;
    if troubles > 0 {
        bail!("{troubles} findings need attention");
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

/// Decides a refund that the supplier did not answer.
///
/// # Errors
/// An unknown order, one that waits for no decision, no identifier of staff, no reason or one that
/// holds contact data.
pub async fn decide_refund(
    arguments: &Arguments,
    number: &str,
    decision: Decision,
    (by, reason): (&str, &str),
) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let ctx = opened.system(SystemReason::Start);
    let decision = match decision {
        Decision::Refund => order::Decision::Refund,
        Decision::Continue => order::Decision::Continue,
    };
    let ruling = order::Ruling {
        number,
        decision,
        by,
        reason,
    };
    match order::decide(&opened.app, &ctx, &ruling).await {
        Ok(()) => tell("decided; both sides will be told"),
        Err(Failure::NotFound) => bail!("there is no such order"),
        Err(Failure::Refused(refusals)) => {
            let said: Vec<&str> = refusals
                .iter()
                .map(|refused| match refused {
                    Refused::OrderNotNow => "this order waits for no decision",
                    other => other.message(false),
                })
                .collect();
            bail!("{}", said.join(" "))
        }
        Err(failure) => return Err(failure.into()),
    }
    opened.app.store.close().await;
    Ok(())
}

/// Lets the jobs that were set aside be tried again.
///
/// # Errors
/// A store that does not open.
pub async fn retry_jobs(arguments: &Arguments) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let revived = job::revive(&opened.app, &opened.system(SystemReason::Start)).await?;
    tell(&format!("{revived} jobs will be tried again"));
    opened.app.store.close().await;
    Ok(())
}

/// Replaces the wrapping key, batch by batch, while other processes serve.
///
/// # Errors
/// A new key that is not there, or does not serve.
pub async fn rotate_key(arguments: &Arguments, label: Option<&str>, batch: u16) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let store = &opened.app.store;
    let next = opened.place.next(&NextKey { token_label: label })?;
    store
        .begin_rotation(&next)
        .await
        .context("the new key was not taken; nothing was changed")?;
    let mut keys = 0;
    loop {
        let rewrapped = store
            .rewrap_keys(i64::from(batch))
            .await
            .context("cut off; both keys are accepted, run the command again to go on")?;
        keys += rewrapped.keys;
        if rewrapped.done {
            break;
        }
    }
    tell(&format!(
        "keys wrapped anew: {keys}; the former wrapping key is no longer accepted"
    ));
    tell(&opened.place.promote()?);
    store.close().await;
    Ok(())
}

/// Removes a demonstration's data.
///
/// # Errors
/// Stores without a demonstration, or without the word `--yes`.
pub async fn purge_demo(arguments: &Arguments, yes: bool) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let ctx = opened.system(SystemReason::Start);
    if !app::demo::present(&opened.app, &ctx).await? {
        bail!("these stores hold no demonstration; nothing was removed");
    }
    if !yes {
        bail!("this would remove every row and every person's key; add --yes to do it");
    }
    let removed = app::demo::purge(&opened.app, &ctx)
        .await
        .context("the demonstration could not be removed whole; run it again")?;
    tell(&format!(
        "{removed} rows and all keys of the demonstration are gone"
    ));
    opened.app.store.close().await;
    Ok(())
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
