//! Search in process at 100,000 services, beside SQLite's FTS5 on the same texts in the same run.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use app::demo::DemoCatalogue;
use app::market::catalogue::Catalogue;
use benches::catalogue::{GOLDEN, generated, queries};
use benches::figures::{Goal, percentile, report};
use benches::machine;
use domain::market::catalogue::Service;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Row as _, SqlitePool};

const SERVICES: usize = 100_000;
const QUERIES: usize = 2_000;
/// SQLite takes long enough to be asked less.
const FLOOR_QUERIES: usize = 60;
const PHRASE: &str = "公司注册";

/// What is searched of a service: its title, and everything else.
fn texts(of: &DemoCatalogue, service: &Service) -> (String, String) {
    let category = of
        .categories
        .iter()
        .find(|category| category.slug == service.category)
        .map(|category| format!("{} {}", category.zh, category.en))
        .unwrap_or_default();
    let supplier = of
        .suppliers
        .iter()
        .find(|supplier| supplier.id == service.supplier);
    let tags: Vec<String> = service
        .tags
        .iter()
        .map(|tag| format!("{} {}", tag.zh, tag.en))
        .collect();
    let other = [
        service.summary_zh.as_str(),
        &service.summary_en,
        &category,
        supplier.map_or("", |supplier| supplier.zh.as_str()),
        &tags.join(" "),
        &service.synonyms.join(" "),
    ];
    (format!("{} {}", service.zh, service.en), other.join(" "))
}

async fn table(tokenizer: &str, rows: &[(String, String)]) -> Result<SqlitePool> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(SqliteConnectOptions::new().in_memory(true))
        .await?;
    let create = format!("CREATE VIRTUAL TABLE t USING fts5 (title, other, tokenize = '{tokenizer}')");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&pool).await?;
    let mut tx = pool.begin().await?;
    for (title, other) in rows {
        sqlx::query("INSERT INTO t (title, other) VALUES ($1, $2)")
            .bind(title)
            .bind(other)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(pool)
}

/// The first twenty and how many there are, by the index where it can serve the query.
async fn ask(pool: &SqlitePool, text: &str, trigram: bool) -> Result<i64> {
    // A trigram index knows nothing shorter than three signs: SQLite then reads every row.
    let (fits, order, wanted) = if trigram && text.chars().count() < 3 {
        ("title LIKE $1 OR other LIKE $1", "rowid", format!("%{text}%"))
    } else {
        ("t MATCH $1", "rank", format!("\"{}\"", text.replace('"', "\"\"")))
    };
    let page = format!("SELECT rowid FROM t WHERE {fits} ORDER BY {order} LIMIT 20");
    let count = format!("SELECT count(*) FROM t WHERE {fits}");
    sqlx::query(sqlx::AssertSqlSafe(page))
        .bind(&wanted)
        .fetch_all(pool)
        .await?;
    let row = sqlx::query(sqlx::AssertSqlSafe(count))
        .bind(&wanted)
        .fetch_one(pool)
        .await?;
    Ok(row.try_get(0)?)
}

fn middle_and_tail(mut took: Vec<Duration>) -> (f64, f64) {
    took.sort_unstable();
    let at = |share| percentile(&took, share).as_secs_f64() * 1e3;
    (at(0.5), at(0.99))
}

fn ours(catalogue: &Catalogue, queries: &[String]) -> Result<Vec<(Duration, usize)>> {
    let one = |text: &String| {
        let begun = machine::now();
        let found = catalogue.search(text, 1)?;
        Ok((begun.elapsed(), found.total))
    };
    queries.iter().map(one).collect()
}

async fn run() -> Result<()> {
    let of = generated(SERVICES)?;
    let rows: Vec<_> = of.services.iter().map(|service| texts(&of, service)).collect();
    let queries = queries(&of, QUERIES);
    let begun = machine::now();
    let catalogue = Catalogue::of(
        of.groups.clone(),
        of.categories.clone(),
        of.suppliers.clone(),
        of.services.clone(),
    )?;
    catalogue.warm()?;
    println!(
        "{SERVICES} services; index built in {:.1} s",
        begun.elapsed().as_secs_f64()
    );

    ours(&catalogue, &queries)?;
    let asked = ours(&catalogue, &queries)?;
    let (middle, tail) = middle_and_tail(asked.iter().map(|(took, _)| *took).collect());
    println!(
        "  ours             median {middle:.3} ms   p99 {tail:.3} ms   ({} queries)",
        queries.len()
    );
    let mut slowest: Vec<_> = asked.iter().zip(&queries).collect();
    slowest.sort_unstable_by_key(|((took, _), _)| std::cmp::Reverse(*took));
    for ((took, total), text) in slowest.iter().take(3) {
        println!(
            "    slowest: {text} {:.3} ms, {total} found",
            took.as_secs_f64() * 1e3
        );
    }
    report("search p99", tail, " ms", Goal::AtMost(2.0));

    let contain = rows
        .iter()
        .filter(|(title, other)| title.contains(PHRASE) || other.contains(PHRASE))
        .count();
    let found = catalogue.search(PHRASE, 1)?.total;
    println!("  {PHRASE}: {contain} services contain it, {found} found");
    ensure!(
        found == contain,
        "every service that contains {PHRASE} is found, and no other"
    );

    for tokenizer in ["trigram", "unicode61"] {
        let pool = table(tokenizer, &rows).await?;
        let trigram = tokenizer == "trigram";
        let few = &queries[..FLOOR_QUERIES];
        let own = ours(&catalogue, few)?;
        let (mut took, mut fewer) = (Vec::new(), 0);
        for (text, (_, total)) in few.iter().zip(&own) {
            let begun = machine::now();
            let found = ask(&pool, text, trigram).await?;
            took.push(begun.elapsed());
            fewer += usize::from(usize::try_from(found)? < *total);
        }
        let (floor_middle, floor_tail) = middle_and_tail(took);
        let (own_middle, own_tail) = middle_and_tail(own.iter().map(|(took, _)| *took).collect());
        println!(
            "  FTS5 {tokenizer:<10}  median {floor_middle:.3} ms   p99 {floor_tail:.3} ms   ({} queries; ours on \
             them {own_middle:.3} / {own_tail:.3} ms; FTS5 found fewer services on {fewer} of them)",
            few.len()
        );
        println!(
            "  → ours is {:.0} times as fast at the p99",
            floor_tail / own_tail
        );
    }
    Ok(())
}

fn main() -> Result<()> {
    ensure!(
        FLOOR_QUERIES > GOLDEN.len(),
        "the floor is asked the golden queries too"
    );
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("a runtime")?
        .block_on(run())
}
