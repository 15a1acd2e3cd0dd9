//! What the security guard costs a log-in: the decision from what was counted, with its digests; the one
//! read beyond the log-in; the whole of it with what it writes. SQLite, one at a time.

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use app::account::{Origin, PasskeyVerdict, Regions, passkey_entry, settle_passkey};
use benches::figures::{Goal, Series, percentile, report};
use benches::house::{app, register, visitor};
use benches::machine;
use domain::account::guard::region::{Places, network};
use domain::account::guard::{Facts, RULES, decide, door};
use privacy::Personal;
use privacy::purpose::{KeepSafe, VerifyHolder};
use storage::Engine;
use storage::account::guard::{Asked, Sighting, What, facts, see};
use testkit::TestStore;

const ROUNDS: usize = 5;
const DECISIONS: u32 = 2_000;
const READS: usize = 1_000;
/// Sightings of others that the one read stands among.
const CROWD: usize = 100_000;

/// Every address in one country, or in another.
struct Two;

impl Regions for Two {
    fn region(&self, address: IpAddr) -> Option<String> {
        let code = if address.to_string().starts_with("203") {
            "CN"
        } else {
            "US"
        };
        Some(code.to_owned())
    }
}

fn digest(app: &app::App, field: &str, text: String) -> Vec<u8> {
    app.store.blind_index(field, &Personal::received(text)).0[..16].to_vec()
}

/// The decision of one log-in: the digests of its origin, those of every region that could be out of reach
/// (the dearest case), the signals, the sum.
fn decision(app: &app::App, account: &str, address: IpAddr) -> u8 {
    let marks = [
        digest(app, "guard.login", account.to_owned()),
        digest(app, "guard.network", network(address)),
        digest(app, "guard.device", format!("{account}:Firefox")),
        digest(app, "guard.region", format!("{account}:CN")),
    ];
    let places = Places::countries();
    let far = places
        .codes()
        .filter(|code| !places.reachable("CN", code, time::Duration::ZERO))
        .any(|code| digest(app, "guard.region", format!("{account}:{code}")) == marks[0]);
    let facts = Facts {
        network_names: 3,
        known_device: Some(false),
        known_network: Some(false),
        too_far: far,
        ..Facts::default()
    };
    let calm = door(&facts, &RULES).is_none();
    decide(&facts, &RULES, false).outcome.hardness() + u8::from(calm)
}

/// One of so many signs.
fn byte(number: usize, among: usize) -> u8 {
    u8::try_from(number % among).unwrap_or_default()
}

fn micros(of: Duration) -> f64 {
    of.as_secs_f64() * 1e6
}

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::open(Engine::Sqlite).await;
    let app = app::App {
        regions: Some(Arc::new(Two)),
        ..app(&test.store)
    };
    let person = register(&app, "100-0000-0001", "守卫压测").await?;
    let address: IpAddr = "203.0.113.5".parse()?;
    let account = person.account.to_string();
    let mut pure = Series::default();
    for _ in 0..ROUNDS {
        let begun = machine::now();
        for _ in 0..DECISIONS {
            black_box(decision(&app, &account, black_box(address)));
        }
        pure.push(micros(begun.elapsed()) / f64::from(DECISIONS));
    }

    let ctx = visitor::<KeepSafe>(&app);
    let mut tx = app.store.begin(&ctx).await?;
    for number in 0..CROWD {
        let what = if number % 3 == 0 { What::Failed } else { What::In };
        see(
            &mut tx,
            Sighting {
                id: app.entropy.id(),
                what,
                account: (number % 100 == 0).then_some(person.account),
                mark: vec![byte(number, 251), byte(number, 241)],
                network: Some(vec![byte(number, 239); 16]),
                device: vec![byte(number, 7); 16],
                region: None,
            },
        )
        .await?;
    }
    tx.commit().await?;
    let (mut reads, mut statements) = (Vec::with_capacity(READS), 0);
    for number in 0..READS {
        let ctx = visitor::<KeepSafe>(&app);
        let mut tx = app.store.begin(&ctx).await?;
        let asked = Asked {
            network: Some(vec![byte(number, 239); 16]),
            account: Some(person.account),
            device: vec![byte(number, 7); 16],
        };
        let begun = machine::now();
        black_box(facts(&mut tx, &asked).await?);
        reads.push(begun.elapsed());
        statements = tx.statements().await;
    }
    ensure!(statements == 1, "one read");
    reads.sort_unstable();

    let mut whole = Series::default();
    for _ in 0..ROUNDS {
        let begun = machine::now();
        for _ in 0..50 {
            let ctx = visitor::<VerifyHolder>(&app);
            let origin = Origin {
                address: None,
                solved: None,
            };
            let holder = (person.account, person.subject);
            match passkey_entry(&app, &ctx, holder, "Firefox", &origin).await? {
                PasskeyVerdict::Goes(sighting) => settle_passkey(&app, &ctx, sighting).await?,
                PasskeyVerdict::Stopped { .. } => {}
            }
        }
        whole.push(micros(begun.elapsed()) / 50.0);
    }
    println!("guard: {ROUNDS} rounds, SQLite, {CROWD} sightings of others");
    println!("  decision with its digests, every region out of reach   {pure} µs");
    println!(
        "  the one read           median {:.0} µs, p99 {:.0} µs",
        micros(percentile(&reads, 0.5)),
        micros(percentile(&reads, 0.99))
    );
    println!("  all of it, four transactions that write   {whole} µs");
    report("guard decision", pure.median(), " µs", Goal::AtMost(200.0));
    test.close().await;
    Ok(())
}
