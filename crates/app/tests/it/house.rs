//! An application for one test, and the acts of its people.

use app::account::{self, Begun, CodeRequest, Documents, Entry, Login, Origin, Registration, Viewer};
use app::{App, Cost, Failure};
use domain::minor::Band;
use privacy::purpose::{KeepAccount, KeepSafe, Notify, VerifyHolder};
use privacy::{Actor, Ctx, Purpose, SystemReason};
use testkit::TestStore;

pub const PASSWORD: &str = "四盏灯 照着 旧码头";

pub fn app(test: &TestStore) -> App {
    App {
        store: test.store.clone(),
        clock: test.clock.clone(),
        entropy: test.entropy.clone(),
        demo: true,
        ask_again_after: domain::account::offer::ASK_AGAIN_AFTER,
        cost: Cost {
            memory_kib: 64,
            passes: 1,
        },
        regions: None,
        site: "企服365".into(),
        identity: Some(std::sync::Arc::new(app::person::DemoSource)),
        enterprises: Some(std::sync::Arc::new(app::org::DemoRegister)),
        bank: Some(std::sync::Arc::new(app::org::DemoBank)),
        passkeys: Some(std::sync::Arc::new(
            app::account::RelyingParty::new(None, "企服365").expect("a site"),
        )),
    }
}

pub fn visitor<P: Purpose>(app: &App) -> Ctx<P> {
    Ctx::new(Actor::Visitor, "2020-11-01", app.entropy.id(), app.clock.now())
}

pub fn person<P: Purpose>(app: &App, viewer: &Viewer) -> Ctx<P> {
    let actor = Actor::Person {
        account: viewer.account,
        subject: viewer.subject,
    };
    Ctx::new(actor, "2020-11-01", app.entropy.id(), app.clock.now())
}

pub fn documents() -> Documents {
    Documents {
        agreement_version: "2020-11-01".to_owned(),
        agreement_hash: "aa".to_owned(),
        policy_version: "2020-11-01".to_owned(),
        policy_hash: "bb".to_owned(),
        lang: "zh",
    }
}

pub async fn ask_code(app: &App, phone: &str) -> Result<(), Failure> {
    ask_code_as(app, phone, Band::Adult).await
}

/// The same, with another answer about the age.
pub async fn ask_code_as(app: &App, phone: &str, band: Band) -> Result<(), Failure> {
    ask_code_from(app, phone, band, Origin::default()).await
}

/// A network, for what is bound to one.
pub fn at(address: &str) -> Origin<'static> {
    Origin {
        address: Some(address.parse().expect("an address")),
        solved: None,
    }
}

/// The same, from a network.
pub async fn ask_code_from(app: &App, phone: &str, band: Band, from: Origin<'_>) -> Result<(), Failure> {
    let documents = documents();
    let request = CodeRequest {
        phone,
        age: Some(band),
        accept_agreement: true,
        accept_policy: true,
        documents: &documents,
        from,
    };
    account::request_code(app, &visitor::<KeepAccount>(app), &request).await
}

/// The texts of the latest messages, newest first.
pub async fn messages(app: &App) -> Vec<String> {
    let actor = Actor::System(SystemReason::Demo);
    let ctx = Ctx::<Notify>::new(actor, "2020-11-01", app.entropy.id(), app.clock.now());
    let messages = account::outbox(app, &ctx).await.expect("outbox");
    messages.into_iter().map(|message| message.body).collect()
}

/// The text of the latest message.
pub async fn latest_message(app: &App) -> String {
    messages(app).await.into_iter().next().unwrap_or_default()
}

/// The six digits of the latest message.
pub async fn latest_code(app: &App) -> String {
    let body = latest_message(app).await;
    body.chars().skip_while(|c| !c.is_ascii_digit()).take(6).collect()
}

pub async fn register_with(app: &App, phone: &str, name: &str, code: &str) -> Result<Begun, Failure> {
    register_as(app, phone, name, code, Band::Adult).await
}

/// The same, with another answer about the age.
pub async fn register_as(
    app: &App,
    phone: &str,
    name: &str,
    code: &str,
    band: Band,
) -> Result<Begun, Failure> {
    register_from(app, (phone, name), code, band, Origin::default()).await
}

/// The same, from a network.
pub async fn register_from(
    app: &App,
    (phone, name): (&str, &str),
    code: &str,
    band: Band,
    from: Origin<'_>,
) -> Result<Begun, Failure> {
    let documents = documents();
    let form = Registration {
        phone,
        code,
        account_name: name,
        password: PASSWORD,
        age: Some(band),
        accept_agreement: true,
        accept_policy: true,
        documents: &documents,
        device: "Firefox",
        from,
    };
    account::register(app, &visitor::<KeepAccount>(app), &form).await
}

pub async fn register(app: &App, phone: &str, name: &str) -> Begun {
    ask_code(app, phone).await.expect("code");
    let code = latest_code(app).await;
    register_with(app, phone, name, &code).await.expect("registered")
}

pub async fn viewer(app: &App, begun: &Begun) -> Option<Viewer> {
    account::authenticate(app, &visitor::<KeepSafe>(app), &begun.token)
        .await
        .expect("authenticate")
}

/// A log-in with the password alone; one that waits for its second step is refused here.
pub async fn log_in(app: &App, login: &str, password: &str) -> Result<Begun, Failure> {
    let entry = enter(app, login, password, None).await?;
    entry
        .begun()
        .ok_or_else(|| Failure::from(domain::Refused::SecondMissing))
}

/// The first step of a log-in, on a device that may be remembered.
pub async fn enter(
    app: &App,
    login: &str,
    password: &str,
    remembered: Option<&str>,
) -> Result<Entry, Failure> {
    let form = Login {
        login,
        password,
        device: "Chromium",
        remembered,
        from: app::account::Origin::default(),
    };
    account::log_in(app, &visitor::<VerifyHolder>(app), &form).await
}
