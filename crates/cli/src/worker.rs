//! The worker: jobs and timers, in the server's process or in one of its own.

use std::time::Duration;

use app::App;
use app::{job, market::order};
use privacy::purpose::Operate;
use privacy::{Actor, Ctx, SystemReason};

use crate::config::Arguments;
use crate::console::tell;
use crate::open::{apart, open};
use crate::serve::stop;

/// How often the worker looks for work.
const EVERY: Duration = Duration::from_secs(2);

/// Works until the process is told to stop.
///
/// # Errors
/// A configuration, key or store that does not do.
pub async fn work(arguments: &Arguments) -> anyhow::Result<()> {
    let demo = arguments.settings()?.demo;
    let opened = open(arguments, demo).await?;
    apart(&opened).await?;
    job::ensure_regular(&opened.app, &opened.system(SystemReason::Start)).await?;
    tell("qifu365 worker");
    let working = tokio::spawn(run(opened.app.clone(), opened.version));
    stop().await;
    // A job cut off here is taken again when its lease ends.
    working.abort();
    opened.app.store.close().await;
    Ok(())
}

/// Runs until the process ends.
pub async fn run(app: App, policy_version: String) {
    let mut tick = tokio::time::interval(EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        match job::run_ready(&app, &policy_version).await {
            Ok(report) if report.failed > 0 => {
                tracing::warn!(failed = report.failed, "jobs failed and will be tried again");
            }
            Ok(_) => {}
            Err(failure) => tracing::error!(%failure, "jobs could not be taken; trying again"),
        }
        let actor = Actor::System(SystemReason::Timer);
        let ctx = Ctx::<Operate>::new(actor, policy_version.clone(), app.entropy.id(), app.clock.now());
        match order::run_due(&app, &ctx).await {
            Ok(round) if round.failed > 0 => {
                tracing::error!(
                    failed = round.failed,
                    "orders whose time came could not be moved; run: qifu365 doctor"
                );
            }
            Ok(_) => {}
            Err(failure) => tracing::error!(%failure, "timers could not be read; trying again"),
        }
    }
}
