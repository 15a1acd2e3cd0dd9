//! How many rows a second an erasure takes away, and the retention engine, beside plain deletions of as
//! many rows of the same tables in batches of the same size; SQLite, among rows that stay.

use anyhow::{Context as _, Result, ensure};
use app::{App, rights};
use benches::figures::Series;
use benches::house::{app, furnish, system};
use benches::machine;
use benches::plain::connect;
use benches::rows::{KINDS, Kind, Rows};
use privacy::purpose::{KeepAccount, ObeyLaw, Operate};
use privacy::{Personal, SubjectId, SystemReason};
use sqlx::{AssertSqlSafe, SqlitePool};
use storage::Engine;
use storage::account::{self, NewAccount};
use storage::rights::erasure::{self, Step};
use testkit::TestStore;
use time::Duration;
use uuid::Uuid;

const ROUNDS: usize = 5;
/// People erased in a round.
const PEOPLE: usize = 10;
/// Sessions of each, and entries of the log.
const EACH: i64 = 500;
/// With the account and its two digests.
const ROWS_OF_EACH: i64 = 2 * EACH + 3;
/// Rows of each kind that a rule takes away in a round.
const ROWS: i64 = 10_000;
/// Rows of each kind that stay.
const STAYING: i64 = 100_000;

#[expect(clippy::cast_precision_loss, reason = "thousands of rows")]
fn rate(rows: i64, seconds: f64) -> f64 {
    rows as f64 / seconds
}

/// Somebody with an account, many sessions, and many entries in the log.
async fn somebody(app: &App, pool: &SqlitePool) -> Result<(Uuid, SubjectId)> {
    let (id, subject) = (app.entropy.id(), SubjectId(app.entropy.id()));
    app.store.create_key(subject).await?;
    let ctx = system::<KeepAccount>(app, SystemReason::Job);
    let mut tx = app.store.begin(&ctx).await?;
    let (name, phone) = (format!("某人{id}"), Personal::received("10000000001".to_owned()));
    let name = Personal::received(name);
    let new = NewAccount {
        id,
        subject,
        name: &name,
        phone: &phone,
        password_hash: String::new(),
    };
    // Everybody's phone is the same here; the digests are not.
    let apart = app
        .store
        .blind_index(account::PHONE, &Personal::received(id.to_string()));
    let named = app.store.blind_index(account::NAME, &name);
    account::insert(&mut tx, &new, apart, named).await?;
    tx.commit().await?;
    let numbers = "WITH RECURSIVE m(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM m WHERE n < $2) ";
    let sessions = "INSERT INTO session (account, id, token_digest, csrf, device, created_at, seen_at, expires_at) \
        SELECT $1, randomblob(16), randomblob(32), hex(randomblob(32)), randomblob(50), n, n, 9000000000000000 FROM m";
    let entries = "INSERT INTO log_entry (id, kind, at, commitment, leaf, subject, reference, opening) \
        SELECT randomblob(16), 'consent', n, randomblob(32), randomblob(32), $1, randomblob(16), randomblob(430) FROM m";
    for (text, whose) in [(sessions, id), (entries, subject.0)] {
        let text = text.replacen("SELECT", &format!("{numbers}SELECT"), 1);
        let query = sqlx::query(AssertSqlSafe(text));
        query.bind(whose).bind(EACH).execute(pool).await?;
    }
    Ok((id, subject))
}

/// Somebody whose key is destroyed and whose sessions are ended: where an erasure begins to take rows.
/// Both sides begin here. SQLite's log is folded into the file before, so that neither side pays for
/// what was written to prepare it.
async fn unreadable(app: &App, pool: &SqlitePool) -> Result<(Uuid, SubjectId)> {
    let ctx = system::<ObeyLaw>(app, SystemReason::Job);
    let (account, subject) = somebody(app, pool).await?;
    let mut tx = app.store.begin(&ctx).await?;
    rights::plan(&mut tx, subject, &subject.0.to_string(), "closed").await?;
    tx.commit().await?;
    while rights::step(app, &ctx, subject).await? != Step::Unreadable {}
    app.store.scrub().await?;
    Ok((account, subject))
}

/// How many rows the erasure says that it took.
async fn taken(app: &App, subject: SubjectId) -> Result<i64> {
    let ctx = system::<ObeyLaw>(app, SystemReason::Job);
    let mut tx = app.store.begin(&ctx).await?;
    let erasure = erasure::of_subject(&mut tx, subject).await?;
    let report: serde_json::Value = serde_json::from_str(&erasure.context("an erasure")?.report)?;
    let tables = report["removed"].as_object().context("rows by table")?;
    Ok(tables.values().filter_map(serde_json::Value::as_i64).sum())
}

/// Rows a second of the step that takes the rows.
async fn erase(app: &App, pool: &SqlitePool) -> Result<f64> {
    let ctx = system::<ObeyLaw>(app, SystemReason::Job);
    let (mut seconds, mut rows) = (0.0, 0);
    for _ in 0..PEOPLE {
        let (_, subject) = unreadable(app, pool).await?;
        let begun = machine::now();
        let step = rights::step(app, &ctx, subject).await?;
        seconds += begun.elapsed().as_secs_f64();
        ensure!(step == Step::Removed, "the rows are gone");
        let gone = taken(app, subject).await?;
        ensure!(gone == ROWS_OF_EACH, "as many rows as were made, not {gone}");
        rows += gone;
    }
    Ok(rate(rows, seconds))
}

/// The four statements that somebody would write who knew where this person's rows are.
async fn delete(app: &App, pool: &SqlitePool) -> Result<f64> {
    let (mut seconds, mut rows) = (0.0, 0);
    for _ in 0..PEOPLE {
        let (account, subject) = unreadable(app, pool).await?;
        let begun = machine::now();
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut gone = 0;
        for (text, whose) in [
            ("DELETE FROM session WHERE account = $1", account),
            (
                "UPDATE log_entry SET subject = NULL, reference = NULL, opening = NULL WHERE subject = $1",
                subject.0,
            ),
            ("DELETE FROM blind_index WHERE subject = $1", subject.0),
            ("DELETE FROM account WHERE id = $1", account),
        ] {
            let done = sqlx::query(text).bind(whose).execute(&mut *tx).await?;
            gone += done.rows_affected();
        }
        tx.commit().await?;
        seconds += begun.elapsed().as_secs_f64();
        ensure!(gone == u64::try_from(ROWS_OF_EACH)?, "as many rows as were made");
        rows += ROWS_OF_EACH;
    }
    Ok(rate(rows, seconds))
}

/// Rows a second by their keys, and by the rule.
async fn retain(app: &App, rows: &Rows, kind: &Kind) -> Result<(f64, f64)> {
    let (count, all) = (ROWS / kind.weight(), ROWS / kind.weight() * kind.weight());
    let staying = rows.count(kind).await?;
    rows.fill(kind, count).await?;
    app.store.scrub().await?;
    let begun = machine::now();
    let gone = rows.delete(kind).await?;
    let plain = rate(all, begun.elapsed().as_secs_f64());
    ensure!(gone == u64::try_from(all)?, "the floor deletes what was made");
    rows.fill(kind, count).await?;
    let ctx = system::<Operate>(app, SystemReason::Job);
    app.store.scrub().await?;
    let begun = machine::now();
    let gone = rights::apply_retention(app, &ctx).await?;
    let own = rate(all, begun.elapsed().as_secs_f64());
    ensure!(gone == u64::try_from(all)?, "the rule takes away what was made");
    ensure!(rows.count(kind).await? == staying, "and nothing else");
    Ok((plain, own))
}

fn show(name: &str, floor: &Series, product: &Series) {
    let ratio = product.over(floor);
    println!("  {name:<15} {product:.0} /s   plain {floor:.0} /s   ratio {ratio}");
}

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::open(Engine::Sqlite).await;
    let app = app(&test.store);
    furnish(&app, &benches::catalogue::generated(20)?).await?;
    let pool = connect(&test.addresses.0).await?;
    let now = app.clock.now();
    let rows = Rows::new(
        pool.clone(),
        now - Duration::days(4 * 366),
        now - Duration::days(10),
    )
    .await?;
    for kind in &KINDS {
        rows.stay(kind, STAYING / kind.weight()).await?;
    }
    let mut series: Vec<(Series, Series)> = vec![<(Series, Series)>::default(); KINDS.len()];
    let (mut plain, mut erased) = (Series::default(), Series::default());
    for _ in 0..ROUNDS {
        plain.push(delete(&app, &pool).await?);
        erased.push(erase(&app, &pool).await?);
        for (kind, (floor, product)) in KINDS.iter().zip(&mut series) {
            let (least, own) = retain(&app, &rows, kind).await?;
            floor.push(least);
            product.push(own);
        }
    }
    println!(
        "purge: {PEOPLE} people of {ROWS_OF_EACH} rows, and {ROWS} rows of each kind among {STAYING} that stay, \
        {ROUNDS} rounds, SQLite"
    );
    show("erasure", &plain, &erased);
    for (kind, (floor, product)) in KINDS.iter().zip(&series) {
        show(kind.name, floor, product);
    }
    pool.close().await;
    test.close().await;
    Ok(())
}
