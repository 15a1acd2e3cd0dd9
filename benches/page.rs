//! A page with fifty sealed fields beside the same page from plain columns: the account page of
//! somebody with forty-eight devices, from the transaction to the HTML, SQLite.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use app::App;
use app::account::{self, Overview, Viewer};
use benches::figures::{Goal, Series, report};
use benches::house::{app, person, register};
use benches::machine;
use benches::plain::{Plain, Records};
use domain::account::limits;
use privacy::Personal;
use privacy::purpose::{KeepSafe, ShowOwn};
use storage::Engine;
use storage::account::session::{self, NewSession};
use testkit::TestStore;
use web::pages::moment::Moment;
use web::pages::overview::{AccessRow, AccountPage, ConsentRow, ReceiptLink, SessionRow};

const ROUNDS: usize = 5;
const LASTS: Duration = Duration::from_secs(1);
/// With the name and the phone, fifty fields.
const DEVICES: usize = 48;
const PHONE: &str = "10000000001";
const NAMES: [&str; 6] = [
    "Firefox · Linux",
    "Safari · iOS",
    "微信 · Android",
    "Edge · Windows",
    "Chrome · macOS",
    "Chrome · Android",
];

/// Logs the person in on so many devices that the page has fifty sealed fields.
async fn more_devices(app: &App, viewer: &Viewer) -> Result<()> {
    let ctx = person::<KeepSafe>(app, viewer);
    let mut tx = app.store.begin(&ctx).await?;
    for name in NAMES.iter().cycle().take(DEVICES - 1) {
        let mut token_digest = [0; 32];
        app.entropy.fill(&mut token_digest);
        let new = NewSession {
            id: app.entropy.id(),
            account: viewer.account,
            subject: viewer.subject,
            token_digest,
            csrf: "0".repeat(64),
            device: &Personal::received((*name).to_owned()),
            expires_at: ctx.now() + limits::SESSION_LIFE,
            proved_at: None,
        };
        session::insert(&mut tx, &new).await?;
    }
    Ok(tx.commit().await?)
}

/// The page, rendered from its template, with a frame that is made already.
fn rendered(blank: &AccountPage, viewer: &Viewer, seen: Overview) -> Result<String> {
    let lang = blank.f.lang;
    let sessions = seen.devices.into_iter().map(|device| SessionRow {
        id: device.session.to_string(),
        device: device.name,
        started: Moment::of(lang, device.created_at),
        last_seen: Moment::of(lang, device.seen_at),
        current: device.current,
    });
    let consents = seen.consents.into_iter().rev().map(|event| ConsentRow {
        document: event.document,
        version: event.version,
        text_hash: event.text_hash.chars().take(12).collect(),
        when: Moment::of(lang, event.at),
        receipt: match seen.receipts.get(&event.id) {
            Some(true) => ReceiptLink::Ready(event.id.to_string()),
            Some(false) => ReceiptLink::Soon,
            None => ReceiptLink::Never,
        },
    });
    let access = seen.openings.into_iter().map(|opening| AccessRow {
        who: if opening.actor_account == Some(viewer.account) {
            lang.t("您本人", "you").to_owned()
        } else {
            opening.actor_kind
        },
        fields: opening.fields,
        purpose: opening.purpose,
        clause: opening.clause,
        why: String::new(),
        when: Moment::of(lang, opening.at),
    });
    let page = AccountPage {
        account_name: seen.name,
        phone_masked: seen.phone,
        sessions: sessions.collect(),
        consents: consents.collect(),
        access: access.collect(),
        ..blank.clone()
    };
    let mut html = String::with_capacity(64 * 1024);
    write!(html, "{page}")?;
    Ok(html)
}

/// Everything that is measured.
struct House {
    app: App,
    viewer: Viewer,
    plain: Plain,
    blank: AccountPage,
}

impl House {
    async fn sealed(&self) -> Result<String> {
        let ctx = person::<ShowOwn>(&self.app, &self.viewer);
        let seen = account::overview(&self.app, &ctx, &self.viewer).await?;
        rendered(&self.blank, &self.viewer, seen)
    }

    async fn plain(&self, records: Records) -> Result<String> {
        let seen = self.plain.overview(&self.app, &self.viewer, records).await?;
        rendered(&self.blank, &self.viewer, seen)
    }

    /// Microseconds for a page.
    async fn each(&self, how: Option<Records>) -> Result<f64> {
        let (begun, mut count) = (machine::now(), 0.0);
        while begun.elapsed() < LASTS {
            let html = match how {
                Some(records) => self.plain(records).await?,
                None => self.sealed().await?,
            };
            ensure!(html.len() > 10_000, "a whole page");
            count += 1.0;
        }
        Ok(begun.elapsed().as_secs_f64() * 1e6 / count)
    }
}

/// Fills the list of who opened what, which then has the same length on both pages.
async fn settled(app: &App, viewer: &Viewer) -> Result<Overview> {
    let ctx = person::<ShowOwn>(app, viewer);
    for _ in 0..60 {
        account::overview(app, &ctx, viewer).await?;
    }
    Ok(account::overview(app, &ctx, viewer).await?)
}

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::open(Engine::Sqlite).await;
    let app = app(&test.store);
    let viewer = register(&app, PHONE, "石桥账房").await?;
    more_devices(&app, &viewer).await?;
    let seen = settled(&app, &viewer).await?;
    ensure!(seen.devices.len() == DEVICES, "every device is shown");
    let plain = Plain::copy(&test.addresses, &viewer, &seen, PHONE).await?;
    let blank = AccountPage::samples().into_iter().nth(1).context("a sample")?;
    let house = House {
        app,
        viewer,
        plain,
        blank,
    };
    // Read without a record in between, both are the same page to the byte.
    let (first, second) = (house.plain(Records::None).await?, house.sealed().await?);
    ensure!(first == second, "both pages are the same");

    let (mut sealed, mut kept, mut bare) = (Series::default(), Series::default(), Series::default());
    for round in 0..=ROUNDS {
        let (plain, own, least) = (
            house.each(Some(Records::Kept)).await?,
            house.each(None).await?,
            house.each(Some(Records::None)).await?,
        );
        // The first round fills caches and is not counted.
        if round > 0 {
            kept.push(plain);
            sealed.push(own);
            bare.push(least);
        }
    }
    let (beside, beyond) = (sealed.over(&kept), sealed.over(&bare));
    println!(
        "page: {} sealed fields under one permit, {} bytes of HTML, {ROUNDS} rounds of {} s, SQLite, µs for one",
        DEVICES + 2,
        first.len(),
        LASTS.as_secs()
    );
    println!("  plain, with the same statements  {kept:.0}\n  sealed                           {sealed:.0}");
    println!("  plain, nothing asked or recorded {bare:.0}");
    println!("  ratio {beside}; to the page that records nothing {beyond}");
    report("page", beside.median(), " of plain", Goal::AtMost(1.15));
    report(
        "page beside one that records nothing",
        beyond.median(),
        " of plain",
        Goal::AtMost(1.15),
    );
    house.plain.close().await;
    test.close().await;
    Ok(())
}
