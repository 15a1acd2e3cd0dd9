//! Making a person unreadable beside more and more others: the key's destruction with its tombstone,
//! which must not depend on how many people there are.

use anyhow::{Context as _, Result};
use benches::figures::Series;
use benches::machine;
use privacy::SubjectId;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use storage::Engine;
use testkit::TestStore;
use time::OffsetDateTime;
use uuid::Uuid;

const SIZES: [i64; 3] = [1_000, 100_000, 1_000_000];
const PEOPLE: u128 = 60;

/// Rows as a full vault has them; nobody opens these.
async fn fill(test: &TestStore, size: i64) -> Result<()> {
    let path = test
        .addresses
        .1
        .strip_prefix("sqlite:")
        .context("an SQLite vault")?;
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(path)).await?;
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
        INSERT INTO subject_key (subject, wrapped, version) SELECT randomblob(16), randomblob(61), 1 FROM n";
    sqlx::query(rows).bind(size).execute(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Milliseconds for each of sixty people.
async fn destroy(test: &TestStore) -> Result<Series> {
    let people: Vec<SubjectId> = (1..=PEOPLE)
        .map(|number| SubjectId(Uuid::from_u128(number << 64)))
        .collect();
    for person in &people {
        test.store.create_key(*person).await?;
    }
    let mut times = Vec::new();
    for person in &people {
        let begun = machine::now();
        test.store
            .entomb(*person, "0000000000000000", OffsetDateTime::UNIX_EPOCH)
            .await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    // The slowest wait for the disk, not for the size.
    times.sort_by(f64::total_cmp);
    times.truncate(times.len() * 9 / 10);
    Ok(times.into_iter().collect())
}

#[tokio::main]
async fn main() -> Result<()> {
    println!("erase: key and tombstone of one person, SQLite, {PEOPLE} people at each size");
    let mut first = None;
    for size in SIZES {
        let test = TestStore::open(Engine::Sqlite).await;
        fill(&test, size).await?;
        let times = destroy(&test).await?;
        let median = times.median();
        let beside = median / *first.get_or_insert(median);
        println!("  {size:>9} people   {times} ms   {beside:.2} of the first");
        test.close().await;
    }
    Ok(())
}
