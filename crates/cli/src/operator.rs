//! What an operator does by hand.

use anyhow::{Context as _, bail};
use app::market::order;
use app::{Failure, job, rights};
use domain::Refused;
use privacy::SystemReason;
use privacy::purpose::Operate;

use crate::config::{Arguments, Decision, StaffAct};
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

/// Lists what recipients are asked to delete or correct and have not answered, the first due first.
///
/// # Errors
/// A store that does not open.
pub async fn demands(arguments: &Arguments) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let ctx = opened.system::<Operate>(SystemReason::Start);
    let demands = rights::open_demands(&opened.app, &ctx).await?;
    for demand in &demands {
        tell(&format!(
            "{} {} of {}, order {}, at {} {}; told {} times, answer due {}",
            demand.id,
            demand.kind.as_str(),
            demand.fields,
            demand.number.as_deref().unwrap_or("-"),
            demand.recipient_kind,
            demand.recipient.map_or_else(String::new, |id| id.to_string()),
            demand.told,
            demand.due_at.date()
        ));
    }
    tell(&format!("{} wait for an answer", demands.len()));
    opened.app.store.close().await;
    Ok(())
}

/// Writes down what a recipient answered by other means than the site.
///
/// # Errors
/// An unknown demand, one that was answered, or an exception without what it rests on.
pub async fn answer_demand(
    arguments: &Arguments,
    demand: uuid::Uuid,
    typed: domain::rights::demand::Typed<'_>,
) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let ctx = opened.system::<Operate>(SystemReason::Start);
    match rights::answer_by_operator(&opened.app, &ctx, demand, typed).await {
        Ok(()) => tell("written down; the person sees it"),
        Err(Failure::NotFound) => bail!("nobody is asked this"),
        Err(Failure::Refused(refusals)) => {
            let said: Vec<&str> = refusals.iter().map(|refused| refused.message(false)).collect();
            bail!("{}", said.join(" "))
        }
        Err(failure) => return Err(failure.into()),
    }
    opened.app.store.close().await;
    Ok(())
}

/// Adds somebody to the staff, lets an account be set up anew, or ends it.
///
/// # Errors
/// An identifier or role that does not do, an unknown one, or the last administrator's.
pub async fn staff(arguments: &Arguments, act: &StaffAct) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let (app, ctx) = (&opened.app, opened.system::<Operate>(SystemReason::Start));
    let done = match act {
        StaffAct::Add { identifier, roles } => {
            let roles = domain::staff::read(&domain::staff::written(roles));
            app::staff::add(app, &ctx, "operator", (identifier, &roles))
                .await
                .map(Some)
        }
        StaffAct::Renew { identifier } => app::staff::renew(app, &ctx, "operator", identifier)
            .await
            .map(Some),
        StaffAct::End { identifier } => app::staff::end_by_operator(app, &ctx, identifier)
            .await
            .map(|()| None),
    };
    match done {
        Ok(Some(invited)) => {
            let site = arguments.site_domain.as_deref();
            let at = site.map_or_else(|| arguments.listen.clone(), str::to_owned);
            let scheme = if site.is_some() { "https" } else { "http" };
            tell(&format!(
                "{}: set up at {scheme}://{at}/guanli/kaitong with the code {}; good until {}, and once",
                invited.identifier,
                invited.code,
                domain::calendar::instant_text(invited.until, false)
            ));
        }
        Ok(None) => tell("ended; nobody signs in with it any more"),
        Err(Failure::NotFound) => bail!("nobody who works here has this identifier"),
        Err(Failure::Refused(refusals)) => {
            let said: Vec<&str> = refusals.iter().map(|refused| refused.message(false)).collect();
            bail!("{}", said.join(" "))
        }
        Err(failure) => return Err(failure.into()),
    }
    opened.app.store.close().await;
    Ok(())
}

/// Begins the next transparency log, if the present one cannot go on.
///
/// # Errors
/// A store that does not open.
pub async fn begin_log(arguments: &Arguments) -> anyhow::Result<()> {
    let opened = existing(arguments).await?;
    let ctx = opened.system::<Operate>(SystemReason::Start);
    let Some(name) = app::log::succeed(&opened.app, &ctx).await? else {
        bail!("the log can go on as it is; nothing was done");
    };
    app::log::advance(&opened.app, &ctx).await?;
    let key = app::log::key(&opened.app, &ctx).await?;
    tell(&format!(
        "the log {name} follows; publish its key with the last checkpoint of the former one: {key}"
    ));
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
