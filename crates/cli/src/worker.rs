//! The worker: jobs and timers, in the server's process or in one of its own.

use std::time::Duration;

use anyhow::bail;
use app::App;
use app::{job, market::order};
use privacy::SystemReason;
use privacy::purpose::Operate;

use crate::config::Arguments;
use crate::console::tell;
use crate::open::{apart, begin_log, open, reconcile};
use crate::serve::stop;

/// How often the worker looks for work.
const EVERY: Duration = Duration::from_secs(2);

/// Works until the process is told to stop.
///
/// # Errors
/// A configuration, key or store that does not do.
pub async fn work(arguments: &Arguments) -> anyhow::Result<()> {
    let settings = arguments.settings()?;
    let opened = open(arguments, settings.demo).await?;
    apart(&opened).await?;
    reconcile(&opened).await?;
    begin_log(&opened, arguments, &settings.operator_name).await?;
    job::ensure_regular(&opened.app, &opened.system(SystemReason::Start)).await?;
    tell("qifu365 worker");
    let mut working = tokio::spawn(run(opened.app.clone(), opened.version));
    tokio::select! {
        // A job cut off here is taken again when its lease ends.
        () = stop() => working.abort(),
        ended = &mut working => bail!("the worker ended by itself: {ended:?}"),
    }
    opened.app.store.close().await;
    Ok(())
}

/// Runs until the process ends.
pub async fn run(app: App, policy_version: String) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        // Each failure is logged where it is handled; what stops the whole round, here.
        if let Err(failure) = job::run_ready(&app, &policy_version).await {
            tracing::error!(cause = failure.chain(), "jobs could not be taken; trying again");
        }
        let ctx = app.system::<Operate>(SystemReason::Timer, &policy_version);
        if let Err(failure) = order::run_due(&app, &ctx).await {
            tracing::error!(cause = failure.chain(), "timers could not be read; trying again");
        }
    }
}
