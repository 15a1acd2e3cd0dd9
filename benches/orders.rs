//! Placing orders on PostgreSQL beside `pgbench` running the same statements on the same server
//! with as many clients.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::App;
use app::account::Viewer;
use app::market::catalogue::Catalogue;
use app::market::order::{self, Placing};
use benches::catalogue::{Random, generated};
use benches::figures::{Goal, Series, report};
use benches::house::{app, furnish, person, person_at, register, system};
use benches::machine;
use benches::pgbench::Pgbench;
use benches::statements::filled;
use privacy::SystemReason;
use privacy::purpose::{Browse, FulfilContract};
use storage::Engine;
use testkit::TestStore;
use tokio::task::JoinSet;
use uuid::Uuid;

const ROUNDS: usize = 5;
const SECONDS: u64 = 3;
const CLIENTS: usize = 8;
const SERVICES: usize = 200;

/// Minutes that the rounds before took of the buyers' time.
static AFTER: AtomicI32 = AtomicI32::new(0);
/// A job's payload as long as the product's own.
const PAYLOAD: &str = r#"{"order":"00000000-0000-4000-8000-000000000000","version":1,"event":"place","side":"supplier","nth":1}"#;

/// The statement of the store that begins so.
fn statement(beginning: &str) -> Result<&'static str> {
    let all = storage::statements();
    let found = all.into_iter().find(|text| text.starts_with(beginning));
    found.with_context(|| format!("the store has a statement that begins with {beginning}"))
}

/// What one placed order says to the server, each client being one of the buyers.
fn script(buyers: &[Viewer], supplier: Uuid, service: Uuid) -> Result<String> {
    let (id, at) = ("md5(:order::text)::uuid", "'2026-11-23 10:00:00+08'::timestamptz");
    // Each client is one buyer, as in the product: an order holds its buyer's row, and two clients that
    // were the same buyer would wait for each other.
    let accounts: Vec<String> = buyers
        .iter()
        .map(|buyer| format!("'{}'", buyer.account))
        .collect();
    let buyer = format!("(ARRAY[{}]::uuid[])[:client_id + 1]", accounts.join(", "));
    let (supplier, service) = (format!("'{supplier}'"), format!("'{service}'"));
    let members = filled(statement("SELECT supplier, role FROM membership")?, &[&buyer])?;
    let order = filled(
        statement("INSERT INTO service_order")?,
        &[
            id,
            "'QF' || :order::text",
            &buyer,
            &supplier,
            &service,
            "'awaiting_confirmation'",
            "1",
            "'simulated'",
            "7",
            ":snapshot",
            "md5(:key::text)::uuid",
            "'confirm_lapsed'",
            at,
            at,
        ],
    )?;
    let milestone = filled(
        statement("INSERT INTO order_milestone")?,
        &[id, "1", "'标准版'", "59900", "'planned'"],
    )?;
    let event = filled(
        statement("INSERT INTO order_event")?,
        &[
            "md5(:key::text)::uuid",
            id,
            "1",
            "'place'",
            "'awaiting_confirmation'",
            "'buyer'",
            &buyer,
            "''",
            "NULL",
            at,
            "NULL",
            "NULL",
            "NULL",
            "NULL",
            "NULL",
        ],
    )?;
    let job = filled(
        statement("INSERT INTO job")?,
        &[
            id,
            "'tell_order'",
            ":key::text || '-1-supplier-1'",
            ":payload",
            at,
            at,
        ],
    )?;
    // Orders placed at once come one after another, and nobody who is leaving places any.
    let held = filled(
        statement("UPDATE account SET created_at = created_at")?,
        &[&buyer],
    )?;
    let leaving = filled(statement("SELECT subject, id, account, number, asked_at")?, &[id])?;
    let erased = filled(statement("SELECT subject, id, number, ground")?, &[id])?;
    // The same form twice is one order, and a buyer's orders are rationed.
    let key = "md5(:key::text)::uuid";
    let by_key = storage::statements()
        .into_iter()
        .find(|text| text.ends_with("WHERE buyer = $1 AND request_key = $2"))
        .context("the store looks an order up by its form")?;
    let earlier = filled(by_key, &[&buyer, key])?;
    let ration = "'\\x00'::bytea";
    let counted = filled(
        statement("SELECT count(*) FROM attempt")?,
        &["'order_placed'", ration, at],
    )?;
    let count = filled(
        statement("INSERT INTO attempt")?,
        &["md5(:order::text || 'a')::uuid", "'order_placed'", ration, at],
    )?;
    let draw = "random(1, 9000000000000000000)";
    Ok(format!(
        "\\set order {draw}\n\\set key {draw}\nBEGIN;\n{held};\n{members};\n{earlier};\n{leaving};\n{erased};\n{counted};\n{count};\n{order};\n{milestone};\n{event};\n{job};\nCOMMIT;\n"
    ))
}

/// Orders placed a second.
async fn orders(app: &App, catalogue: &Arc<Catalogue>, buyers: &[Viewer]) -> Result<f64> {
    let begun = machine::now();
    let lasts = Duration::from_secs(SECONDS);
    let mut running = JoinSet::new();
    for buyer in buyers {
        let (app, catalogue, buyer) = (app.clone(), Arc::clone(catalogue), buyer.clone());
        running.spawn(async move {
            let services: Vec<Uuid> = catalogue.favourites(SERVICES).map(|service| service.id).collect();
            let (mut random, mut count) = (Random::new(1), 0.0);
            // A buyer's orders are rationed by the hour: each one is three minutes after the last.
            let mut placed_at = app.clock.now() + AFTER.load(Ordering::Relaxed) * time::Duration::MINUTE;
            while begun.elapsed() < lasts {
                let placing = Placing {
                    service: *random.pick(&services),
                    sku: 0,
                    request_key: app.entropy.id(),
                    note: "",
                    acting: None,
                    approval: None,
                };
                placed_at += 3 * time::Duration::MINUTE;
                let ctx = person_at::<FulfilContract>(&app, &buyer, placed_at);
                order::place(&app, &ctx, &buyer, &catalogue, placing).await?;
                count += 1.0;
            }
            let after = (placed_at - app.clock.now()).whole_minutes();
            AFTER.fetch_max(i32::try_from(after).unwrap_or(i32::MAX), Ordering::Relaxed);
            anyhow::Ok(count)
        });
    }
    let mut count = 0.0;
    while let Some(ended) = running.join_next().await {
        count += ended??;
    }
    Ok(count / begun.elapsed().as_secs_f64())
}

/// The catalogue as the store has it, so that orders can refer to it.
async fn furnished(app: &App) -> Result<Arc<Catalogue>> {
    furnish(app, &generated(SERVICES)?).await?;
    let ctx = system::<Browse>(app, SystemReason::Start);
    Ok(Arc::new(Catalogue::load(app, &ctx).await?))
}

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::open(Engine::Postgres).await;
    let app = app(&test.store);
    let catalogue = furnished(&app).await?;
    let mut buyers = Vec::new();
    for number in 0..CLIENTS {
        buyers.push(register(&app, &format!("100-0000-{number:04}"), &format!("买家{number}号")).await?);
    }
    let service = catalogue.favourites(1).next().context("a service")?.clone();
    // A snapshot as long as the product's own.
    let placing = Placing {
        service: service.id,
        sku: 0,
        request_key: app.entropy.id(),
        note: "",
        acting: None,
        approval: None,
    };
    let ctx = person::<FulfilContract>(&app, &buyers[0]);
    let number = order::place(&app, &ctx, &buyers[0], &catalogue, placing).await?;
    let seen = order::view(&app, &ctx, &buyers[0], &number).await?;
    let snapshot = serde_json::to_string(&seen.snapshot)?;

    let variables = [("snapshot", snapshot.as_str()), ("payload", PAYLOAD)];
    let mut pgbench = Pgbench::on(&test.addresses.0, &variables)?;
    pgbench.script(&script(&buyers, service.supplier, service.id)?)?;
    let pgbench = Arc::new(pgbench);

    let (mut bench, mut product) = (Series::default(), Series::default());
    for round in 0..=ROUNDS {
        let pgbench = Arc::clone(&pgbench);
        let rate = tokio::task::spawn_blocking(move || pgbench.rate(CLIENTS, SECONDS));
        let (floor, own) = (rate.await??, orders(&app, &catalogue, &buyers).await?);
        // The first round fills caches and is not counted.
        if round > 0 {
            bench.push(floor);
            product.push(own);
        }
    }
    let ratio = product.over(&bench);
    println!("orders: {CLIENTS} clients, {ROUNDS} rounds of {SECONDS} s, PostgreSQL");
    println!("  pgbench      {bench:.0} /s\n  orders       {product:.0} /s\n  ratio {ratio}");
    report("orders", ratio.median(), " of pgbench", Goal::AtLeast(0.5));
    test.close().await;
    Ok(())
}
