//! Serving: opens the stores, builds the router, listens until told to stop.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use app::account::Documents;
use app::demo::{self, PASSWORD};
use app::job;
use app::market::catalogue::{Catalogue, CatalogueHandle};
use privacy::SystemReason;
use web::{Settings, WebState};

use crate::config::Arguments;
use crate::console::{tell, tell_over};
use crate::open::{Opened, apart, begin_log, open, reconcile};
use crate::worker;

/// Serves until the process is told to stop.
///
/// # Errors
/// A configuration, key, store or address that does not do.
pub async fn serve(arguments: &Arguments, with_worker: bool) -> anyhow::Result<()> {
    let settings = arguments.settings()?;
    let demo = settings.demo;
    let opened = open(arguments, demo).await?;
    apart(&opened).await?;
    reconcile(&opened).await?;
    if demo {
        seed(&opened, &settings).await?;
    }
    begin_log(&opened, arguments, &settings.operator_name).await?;
    let loaded = Catalogue::load(&opened.app, &opened.system(SystemReason::Start)).await;
    let loaded = loaded.context("cannot read the catalogue")?;
    loaded.warm().context("cannot build the search index")?;
    let catalogue = CatalogueHandle::new(loaded);
    let working = if with_worker {
        job::ensure_regular(&opened.app, &opened.system(SystemReason::Start)).await?;
        Some(tokio::spawn(worker::run(
            opened.app.clone(),
            opened.version.clone(),
        )))
    } else {
        None
    };
    let listener = tokio::net::TcpListener::bind(&arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    tell(&format!("企服365 → http://{}", listener.local_addr()?));
    if demo {
        greet();
    }
    let following = tokio::spawn(follow(
        opened.app.clone(),
        catalogue.clone(),
        opened.version.clone(),
    ));
    let store = opened.app.store.clone();
    let state = WebState {
        app: opened.app,
        catalogue,
        policy: Arc::new(opened.policy),
        settings: Arc::new(settings),
    };
    let serving = web::serve(listener, state, stop());
    if let Some(mut working) = working {
        tokio::select! {
            served = serving => served?,
            // Better no site than one whose clocks stand still unseen.
            ended = &mut working => bail!("the worker ended by itself: {ended:?}"),
        }
        // A job cut off here is taken again when its lease ends.
        working.abort();
    } else {
        serving.await?;
    }
    following.abort();
    store.close().await;
    Ok(())
}

/// How often the catalogue in memory is compared with the store.
const FOLLOW_EVERY: std::time::Duration = std::time::Duration::from_secs(2);

/// Lets the catalogue follow what was decided elsewhere: by staff, by the clock, by another process.
async fn follow(app: app::App, catalogue: CatalogueHandle, version: String) {
    let mut tick = tokio::time::interval(FOLLOW_EVERY);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let ctx = app.system(SystemReason::Timer, &version);
        if let Err(failure) = catalogue.refresh(&app, &ctx).await {
            tracing::error!(
                cause = failure.chain(),
                "the catalogue could not be read; trying again"
            );
        }
    }
}

/// What a visitor of the demonstration needs to know.
fn greet() {
    tell("");
    tell(&format!("演示账号 / demo log-ins, password {PASSWORD}"));
    for group in demo::DemoGroup::ALL {
        tell(&format!("{} / {}", group.label(true), group.label(false)));
        for person in group.people() {
            tell(&format!(
                "  {}\t{} / {}",
                person.name, person.role_zh, person.role_en
            ));
        }
    }
    tell(
        "工作人员（/guanli/denglu，同一密码，验证码见登录页） / staff, same password, codes on the log-in page",
    );
    for known in demo::STAFF {
        tell(&format!(
            "  {}\t{} / {}",
            known.identifier, known.shows_zh, known.shows_en
        ));
    }
    tell("或用 100-0000-00NN 注册，验证码见 /demo/outbox");
    tell("or register with 100-0000-00NN; codes are shown at /demo/outbox");
}

/// A bar that shows how far the seeding is.
struct Bar {
    label: &'static str,
    shown: usize,
}

impl Bar {
    fn show(&mut self, done: usize, total: usize) {
        let tenths = done * 20 / total.max(1);
        if tenths == self.shown {
            return;
        }
        self.shown = tenths;
        tell_over(&format!(
            "{} [{}{}] {done}/{total}",
            self.label,
            "█".repeat(tenths),
            "·".repeat(20 - tenths)
        ));
        if done == total {
            tell("");
        }
    }
}

/// Writes the demonstration's data.
async fn seed(opened: &Opened, settings: &Settings) -> anyhow::Result<()> {
    let bar = |label| Bar {
        label,
        shown: usize::MAX,
    };
    let mut catalogue = bar("演示目录 / demo catalogue");
    let ctx = opened.system(SystemReason::Demo);
    demo::seed(&opened.app, &ctx, |done, total| catalogue.show(done, total))
        .await
        .context("cannot write the demo catalogue")?;
    let version = opened
        .policy
        .iter()
        .next_back()
        .context("there is no policy version")?;
    let documents = Documents {
        agreement_version: version.id.clone(),
        agreement_hash: version.agreement_hash(policy::Lang::Zh, &settings.operator_name),
        policy_version: version.id.clone(),
        policy_hash: version.policy_hash(policy::Lang::Zh),
        lang: "zh",
    };
    let mut people = bar("演示人员与订单 / demo people and orders");
    demo::populate(&opened.app, &ctx, &documents, |done, total| {
        people.show(done, total);
    })
    .await
    .context("cannot write the demo people and orders")
}

/// Ends when the process is asked to.
pub async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
