//! Serving: opens the stores, builds the router, listens until told to stop.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use app::market::catalogue::{Catalogue, CatalogueHandle};
use app::{App, Cost};
use privacy::purpose::Operate;
use privacy::{Actor, Ctx, SystemReason};
use storage::Store;
use web::WebState;

use crate::config::Arguments;
use crate::sources::{SystemClock, SystemEntropy};
use crate::{keyfile, purge};

/// Serves until the process is told to stop.
///
/// # Errors
/// A configuration, key, store or address that does not do.
pub async fn serve(arguments: Arguments) -> anyhow::Result<()> {
    let settings = arguments.settings()?;
    let demo = settings.demo;
    std::fs::create_dir_all(&arguments.data)
        .with_context(|| format!("cannot make the data folder {}", arguments.data.display()))?;
    let in_folder = |file: &str| format!("sqlite:{}", arguments.data.join(file).display());
    let fresh = arguments.vault_url.is_none() && !arguments.data.join("vault.sqlite").exists();
    let data = arguments
        .database_url
        .clone()
        .unwrap_or_else(|| in_folder("data.sqlite"));
    let vault = arguments
        .vault_url
        .clone()
        .unwrap_or_else(|| in_folder("vault.sqlite"));
    if data == vault {
        bail!("data and key vault must be two databases: a backup of the data must not hold its keys");
    }
    let key_file = arguments
        .key_file
        .clone()
        .unwrap_or_else(|| arguments.data.join("wrapping.key"));
    let entropy = Arc::new(SystemEntropy);
    let wrapping = keyfile::load(&key_file, fresh || arguments.vault_url.is_some(), &*entropy)?;
    let store = Store::open(&data, &vault, wrapping, entropy.clone())
        .await
        .map_err(|error| match error {
            storage::StoreError::Seal(_) => anyhow::anyhow!(
                "the key file {} does not open this key vault; use the file that belongs to it",
                key_file.display()
            ),
            other => anyhow::Error::new(other).context("cannot open the stores"),
        })?;

    let policy = policy::builtin().context("the policy's texts")?;
    let app = App {
        store,
        clock: Arc::new(SystemClock),
        entropy,
        demo,
        cost: Cost::STANDARD,
    };
    let version = policy
        .iter()
        .next_back()
        .map(|version| version.id.clone())
        .unwrap_or_default();
    let system = |reason| {
        (
            Actor::System(reason),
            version.clone(),
            app.entropy.id(),
            app.clock.now(),
        )
    };
    if demo {
        let (actor, version, request, now) = system(SystemReason::Demo);
        seed(&app, &Ctx::new(actor, version, request, now)).await?;
    }
    let (actor, start_version, request, now) = system(SystemReason::Start);
    let loaded = Catalogue::load(&app, &Ctx::new(actor, start_version, request, now)).await;
    let catalogue = CatalogueHandle::new(loaded.context("cannot read the catalogue")?);
    let state = WebState {
        app: app.clone(),
        catalogue,
        policy: Arc::new(policy),
        settings: Arc::new(settings),
    };
    let purging = tokio::spawn(purge::every_hour(app.clone(), version));
    let listener = tokio::net::TcpListener::bind(&arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    println!("企服365 → http://{}", listener.local_addr()?);
    if demo {
        println!("演示 / demo: register with 100-0000-00NN; codes are shown at /demo/outbox");
    }
    web::serve(listener, state, stop()).await?;
    purging.abort();
    app.store.close().await;
    Ok(())
}

/// Writes the demonstration's data, with a bar that shows how far it is.
async fn seed(app: &App, ctx: &Ctx<Operate>) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut shown = usize::MAX;
    let seeded = app::demo::seed(app, ctx, |done, total| {
        let tenths = done * 20 / total.max(1);
        if tenths != shown {
            shown = tenths;
            print!(
                "\r演示数据 / demo data [{}{}] {done}/{total}",
                "█".repeat(tenths),
                "·".repeat(20 - tenths)
            );
            let _ = std::io::stdout().flush();
        }
    })
    .await;
    println!();
    seeded.context("cannot write the demo data")
}

/// Ends when the process is asked to.
async fn stop() {
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
