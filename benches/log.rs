//! Entries of the transparency log, written, ordered and signed in batches, beside plain inserts of
//! rows of the same shape by the same driver into the same database.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use benches::figures::{Goal, Series, report};
use benches::house::{app, system};
use benches::machine;
use privacy::log::Kind;
use privacy::purpose::Operate;
use privacy::{SubjectId, SystemReason};
use serde_json::json;
use sqlx::AssertSqlSafe;
use storage::Engine;
use storage::log::{self, NewEntry, read, tree};
use testkit::TestStore;
use uuid::Uuid;

const ROUNDS: usize = 5;
/// Events in a transaction.
const BATCH: usize = 2_000;
/// Transactions in a round.
const BATCHES: usize = 3;

#[expect(clippy::cast_precision_loss, reason = "thousands of entries")]
fn rate(lasted: Duration) -> f64 {
    (BATCH * BATCHES) as f64 / lasted.as_secs_f64()
}

/// Everything from the event to the signed checkpoint.
async fn append(app: &app::App, subject: SubjectId) -> Result<f64> {
    let begun = machine::now();
    for _ in 0..BATCHES {
        let ctx = system::<Operate>(app, SystemReason::Job);
        let mut tx = app.store.begin(&ctx).await?;
        for _ in 0..BATCH {
            let event = app.entropy.id();
            let entry = NewEntry {
                kind: Kind::Consent,
                subject: Some(subject),
                reference: event,
                payload: json!({
                    "kind": "disclosure", "event": event.to_string(), "recipient": "supplier",
                    "fields": "account.name,account.phone", "purpose": "fulfil_contract",
                    "clause": "2.4.1.3", "at": privacy::log::instant(ctx.now()),
                }),
            };
            log::append(&mut tx, &entry).await?;
        }
        tx.commit().await?;
    }
    app::log::advance(app, &system::<Operate>(app, SystemReason::Job)).await?;
    Ok(rate(begun.elapsed()))
}

/// The same columns, keys and indexes, written and nothing else.
const TABLE: &str = "CREATE TABLE floor (id {id} NOT NULL PRIMARY KEY, place {int} UNIQUE, kind {text} NOT NULL, \
    at {int} NOT NULL, commitment {bytes} NOT NULL, leaf {bytes} NOT NULL, subject {id}, reference {id} UNIQUE, \
    opening {bytes}, public_opening {text})";
const INDEXES: [&str; 2] = [
    "CREATE INDEX floor_waiting ON floor (at, id) WHERE place IS NULL",
    "CREATE INDEX floor_by_subject ON floor (subject, id)",
];
const INSERT: &str = "INSERT INTO floor (id, kind, at, commitment, leaf, subject, reference, opening) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

fn for_engine(sql: &str, engine: Engine) -> String {
    let sqlite = engine == Engine::Sqlite;
    [
        ("{id}", "BLOB", "uuid"),
        ("{int}", "INTEGER", "bigint"),
        ("{bytes}", "BLOB", "bytea"),
        ("{text}", "TEXT", "text"),
    ]
    .iter()
    .fold(sql.to_owned(), |sql, (mark, own, other)| {
        sql.replace(mark, if sqlite { own } else { other })
    })
}

macro_rules! plain {
    ($pool:expr, $app:expr, $subject:expr) => {{
        let begun = machine::now();
        for _ in 0..BATCHES {
            let mut tx = $pool.begin().await?;
            for _ in 0..BATCH {
                let (id, reference): (Uuid, Uuid) = ($app.entropy.id(), $app.entropy.id());
                let mut bytes = vec![0; 430];
                $app.entropy.fill(&mut bytes);
                sqlx::query(INSERT)
                    .bind(id)
                    .bind("disclosure")
                    .bind(0_i64)
                    .bind(bytes[..32].to_vec())
                    .bind(bytes[32..64].to_vec())
                    .bind($subject.0)
                    .bind(reference)
                    .bind(bytes)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
        rate(begun.elapsed())
    }};
}

async fn one(engine: Engine) -> Result<()> {
    let test = TestStore::open(engine).await;
    let app = app(&test.store);
    let subject = SubjectId(app.entropy.id());
    app.store.create_key(subject).await?;
    let table = for_engine(TABLE, engine);
    let address = &test.addresses.0;
    let (mut floor, mut product) = (Series::default(), Series::default());
    if let Some(path) = address.strip_prefix("sqlite:") {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("secure_delete", "ON");
        let pool = sqlx::SqlitePool::connect_with(options).await?;
        sqlx::query(AssertSqlSafe(table)).execute(&pool).await?;
        for index in INDEXES {
            sqlx::query(index).execute(&pool).await?;
        }
        for _ in 0..ROUNDS {
            floor.push(plain!(pool, app, subject));
            product.push(append(&app, subject).await?);
        }
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(address).await?;
        sqlx::query(AssertSqlSafe(table)).execute(&pool).await?;
        for index in INDEXES {
            sqlx::query(index).execute(&pool).await?;
        }
        for _ in 0..ROUNDS {
            floor.push(plain!(pool, app, subject));
            product.push(append(&app, subject).await?);
        }
        pool.close().await;
    }
    let ctx = system::<Operate>(&app, SystemReason::Job);
    let mut tx = app.store.begin(&ctx).await?;
    let latest = read::latest(&mut tx).await?.context("a checkpoint")?;
    ensure!(
        latest.size == (ROUNDS * BATCHES * BATCH) as u64,
        "everything is signed"
    );
    ensure!(tree::waiting(&mut tx, 1).await? == 0, "nothing waits");
    drop(tx);
    let ratio = product.over(&floor);
    println!(
        "log on {engine:?}: {BATCH} events a transaction, {ROUNDS} rounds of {BATCHES}, ordered and signed each round"
    );
    println!("  plain inserts {floor:.0} /s\n  log           {product:.0} /s\n  ratio {ratio}");
    report("log", product.median(), " /s", Goal::AtLeast(5_000.0));
    test.close().await;
    Ok(())
}

fn main() -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(async {
            one(Engine::Sqlite).await?;
            one(Engine::Postgres).await
        })
}
