//! A house to measure: the real clock and randomness, people, a server on a thread of its own.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use anyhow::{Context as _, Result, anyhow};
use app::account::{self, Begun, CodeRequest, Documents, Registration, Viewer};
use app::demo::DemoCatalogue;
use app::market::catalogue::{Catalogue, CatalogueHandle};
use app::{App, Cost};
use axum::Router;
use axum::routing::get;
use privacy::purpose::{KeepAccount, KeepSafe, Notify, Operate};
use privacy::{Actor, Clock, Ctx, Entropy, Purpose, SystemReason};
use storage::Store;
use time::OffsetDateTime;
use tokio::sync::oneshot;
use web::{KeptPages, Settings, WebState};

use crate::machine::Thread;

/// The version every context names.
pub const VERSION: &str = "2020-11-01";
/// The password of everyone here.
pub const PASSWORD: &str = "四盏灯 照着 旧码头";

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "a bench runs in real time, as the program does"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// The system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

/// The use cases over a store, as the program wires them, in a demonstration.
#[must_use]
pub fn app(store: &Store) -> App {
    App {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        demo: true,
        ask_again_after: domain::account::offer::ASK_AGAIN_AFTER,
        cost: Cost::STANDARD,
        regions: None,
        site: "企服365".into(),
        identity: None,
        enterprises: None,
        bank: None,
        passkeys: None,
    }
}

/// The web's state over a catalogue.
///
/// # Errors
/// The policy's texts are malformed.
pub fn state(app: &App, catalogue: Catalogue) -> Result<WebState> {
    catalogue.warm().context("the search index")?;
    Ok(WebState {
        app: app.clone(),
        catalogue: CatalogueHandle::new(catalogue),
        policy: Arc::new(policy::builtin().context("the policy")?),
        settings: Arc::new(Settings {
            brand: "企服365".to_owned(),
            operator_name: "某运营方".to_owned(),
            operator_contact: "privacy@demo.example".to_owned(),
            responsible_person: "某负责人".to_owned(),
            filing: web::Filing::default(),
            demo: true,
            secure: false,
            trusted_proxies: Vec::new(),
            answer_floor: std::time::Duration::ZERO,
        }),
    })
}

/// A context for the program itself.
#[must_use]
pub fn system<P: Purpose>(app: &App, reason: SystemReason) -> Ctx<P> {
    app.system(reason, VERSION)
}

/// A context for someone without an account.
#[must_use]
pub fn visitor<P: Purpose>(app: &App) -> Ctx<P> {
    Ctx::new(Actor::Visitor, VERSION, app.entropy.id(), app.clock.now())
}

/// A context for a person.
#[must_use]
pub fn person<P: Purpose>(app: &App, viewer: &Viewer) -> Ctx<P> {
    person_at(app, viewer, app.clock.now())
}

/// A context for a person at an instant.
#[must_use]
pub fn person_at<P: Purpose>(app: &App, viewer: &Viewer, now: OffsetDateTime) -> Ctx<P> {
    let actor = Actor::Person {
        account: viewer.account,
        subject: viewer.subject,
    };
    Ctx::new(actor, VERSION, app.entropy.id(), now)
}

/// Stores a generated catalogue, so that the program and orders can refer to it.
///
/// # Errors
/// The store.
pub async fn furnish(app: &App, of: &DemoCatalogue) -> Result<()> {
    use storage::market::catalogue as store;
    let ctx = system::<Operate>(app, SystemReason::Demo);
    let mut tx = app.store.begin(&ctx).await?;
    for (place, group) in (1..).zip(&of.groups) {
        store::put_group(&mut tx, &group.slug, place, serde_json::to_string(group)?).await?;
    }
    for (place, category) in (1..).zip(&of.categories) {
        store::put_category(&mut tx, &category.slug, place, serde_json::to_string(category)?).await?;
    }
    for (place, supplier) in (1..).zip(&of.suppliers) {
        store::put_supplier(&mut tx, supplier.id, place, serde_json::to_string(supplier)?).await?;
    }
    for (place, service) in (1..).zip(&of.services) {
        let body = serde_json::to_string(service)?;
        store::put_service(
            &mut tx,
            service.id,
            service.supplier,
            &service.category,
            place,
            body,
        )
        .await?;
    }
    tx.commit().await?;
    Ok(app::demo::admit(app, &ctx, of).await?)
}

/// Registers a fictional person, as the pages do.
///
/// # Errors
/// A step refused.
pub async fn register(app: &App, phone: &str, name: &str) -> Result<Viewer> {
    let documents = Documents {
        agreement_version: VERSION.to_owned(),
        agreement_hash: "aa".to_owned(),
        policy_version: VERSION.to_owned(),
        policy_hash: "bb".to_owned(),
        lang: "zh",
    };
    let request = CodeRequest {
        phone,
        age: Some(domain::minor::Band::Adult),
        accept_agreement: true,
        accept_policy: true,
        documents: &documents,
        from: app::account::Origin::default(),
    };
    account::request_code(app, &visitor::<KeepAccount>(app), &request).await?;
    let sent = account::outbox(app, &system::<Notify>(app, SystemReason::Demo)).await?;
    let body = sent
        .first()
        .map(|message| message.body.as_str())
        .unwrap_or_default();
    let code: String = body.chars().skip_while(|c| !c.is_ascii_digit()).take(6).collect();
    let form = Registration {
        phone,
        code: &code,
        account_name: name,
        password: PASSWORD,
        age: Some(domain::minor::Band::Adult),
        accept_agreement: true,
        accept_policy: true,
        documents: &documents,
        device: "Firefox",
        from: app::account::Origin::default(),
    };
    let begun: Begun = account::register(app, &visitor::<KeepAccount>(app), &form).await?;
    account::authenticate(app, &visitor::<KeepSafe>(app), &begun.token)
        .await?
        .context("a session just begun is live")
}

/// A server on one thread; dropping it stops the server.
pub struct Served {
    /// Where it listens.
    pub address: SocketAddr,
    /// The thread it runs on.
    pub thread: Thread,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<JoinHandle<()>>,
}

/// What a server thread runs.
pub enum Site {
    /// The floor: one route, thirteen bytes.
    Hello,
    /// The product, with these pages kept.
    Product(Box<WebState>, KeptPages),
}

impl Site {
    const fn name(&self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Product(..) => "product",
        }
    }

    async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        match self {
            Self::Hello => {
                let hello = Router::new().route("/", get(async || "Hello, World!"));
                axum::serve(listener, hello).with_graceful_shutdown(stop).await
            }
            Self::Product(state, kept) => {
                let product = web::router_keeping(*state, kept);
                axum::serve(listener, product).with_graceful_shutdown(stop).await
            }
        }
    }
}

/// Serves on a free port of the loopback address, with one thread.
///
/// # Errors
/// No port, no thread.
pub fn serve(site: Site) -> Result<Served> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = mpsc::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // A profiler shows the server apart from its load.
    let named = std::thread::Builder::new().name(site.name().to_owned());
    let ended = named.spawn(move || {
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let _ = tell.send(Thread::current());
            let stop = async move {
                let _ = stopped.await;
            };
            site.serve(listener, stop).await
        });
        if let Err(error) = served {
            eprintln!("the server ended: {error}");
        }
    })?;
    let thread = told.recv().map_err(|_| anyhow!("the server did not start"))??;
    Ok(Served {
        address,
        thread,
        stop: Some(stop),
        ended: Some(ended),
    })
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(ended) = self.ended.take() {
            let _ = ended.join();
        }
    }
}
