//! Removes what its retention rule has run out for, every hour.

use std::time::Duration;

use app::App;
use app::account::purge_expired;
use privacy::purpose::Operate;
use privacy::{Actor, Ctx, SystemReason};

/// Runs until the process ends.
pub async fn every_hour(app: App, policy_version: String) {
    let mut tick = tokio::time::interval(Duration::from_hours(1));
    loop {
        tick.tick().await;
        let actor = Actor::System(SystemReason::Job);
        let ctx = Ctx::<Operate>::new(actor, policy_version.clone(), app.entropy.id(), app.clock.now());
        match purge_expired(&app, &ctx).await {
            Ok(removed) => tracing::info!(removed, "expired codes, messages and attempts removed"),
            Err(failure) => tracing::error!(%failure, "the retention job failed; it runs again in an hour"),
        }
    }
}
