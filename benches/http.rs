//! Public pages beside a bare "hello" of the same build: one server thread, 16 connections; and
//! search over HTTP beside the same queries in process.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::demo::DemoCatalogue;
use app::market::catalogue::{BANDS, Catalogue, Sort};
use benches::catalogue::{Random, generated, queries};
use benches::figures::{Goal, Series, percentile, report};
use benches::house::{Served, Site, app, serve, state};
use benches::load::{self, Plan};
use benches::machine;
use storage::Engine;
use testkit::TestStore;

const SERVICES: usize = 10_000;
const ROUNDS: usize = 5;
const PLAN: Plan = Plan {
    connections: 16,
    lasts: Duration::from_secs(1),
    most: 100_000,
};
/// Different addresses of one kind.
const ADDRESSES: usize = 5_000;

/// What one side of a comparison gave, round by round.
#[derive(Default)]
struct Side {
    rate: Series,
    /// Processor time of the server's thread for one answer, in µs.
    work: Series,
    p99: Series,
    bytes: f64,
}

impl Side {
    async fn round(&mut self, served: &Served, requests: &Arc<Vec<Vec<u8>>>) -> Result<()> {
        let before = served.thread.busy()?;
        let outcome = load::run(served.address, requests, PLAN).await?;
        let busy = served.thread.busy()?.saturating_sub(before);
        self.rate.push(outcome.rate());
        self.work.push(busy.as_secs_f64() * 1e6 / outcome.answers);
        self.p99
            .push(percentile(&outcome.latencies, 0.99).as_secs_f64() * 1e3);
        #[expect(clippy::cast_precision_loss, reason = "bytes of a second are few")]
        let bytes = outcome.bytes as f64;
        self.bytes = bytes / outcome.answers;
        Ok(())
    }

    fn print(&self, name: &str) {
        println!(
            "  {name:<12} {:.0} answers/s   work {:.1} µs   p99 {:.2} ms   {:.0} bytes",
            self.rate, self.work, self.p99, self.bytes
        );
    }
}

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// Lists as people walk them: any category, band, city and order, or none, any page.
fn lists(of: &DemoCatalogue, catalogue: &Catalogue) -> Vec<String> {
    let mut random = Random::new(367);
    let mut list = || {
        let mut pairs = Vec::new();
        if random.below(2) == 0 {
            pairs.push(format!("fenlei={}", random.pick(&of.categories).slug));
        }
        if random.below(3) == 0 {
            pairs.push(format!("jiage={}", random.pick(BANDS).0));
        }
        if random.below(3) == 0 {
            pairs.push(format!("chengshi={}", encoded(&random.pick(&of.suppliers).city)));
        }
        if random.below(2) == 0 {
            pairs.push(format!("paixu={}", random.pick(Sort::ALL).as_str()));
        }
        let pages = catalogue.offered().div_ceil(20) >> (2 * pairs.len());
        pairs.push(format!("ye={}", 1 + random.below(pages)));
        format!("/fuwu?{}", pairs.join("&"))
    };
    (0..ADDRESSES).map(|_| list()).collect()
}

async fn beside_hello(name: &str, hello: &Served, product: &Served, paths: &[String]) -> Result<()> {
    let (floor, asked) = (load::requests(&["/".to_owned()]), load::requests(paths));
    let (mut bare, mut page) = (Side::default(), Side::default());
    // The first round warms both and is not counted.
    Side::default().round(hello, &floor).await?;
    Side::default().round(product, &asked).await?;
    for _ in 0..ROUNDS {
        bare.round(hello, &floor).await?;
        page.round(product, &asked).await?;
    }
    println!("{name}: {} addresses", paths.len());
    bare.print("hello");
    page.print(name);
    let (ratio, work) = (page.rate.over(&bare.rate), bare.work.over(&page.work));
    println!("  ratio of rates {ratio}, of the server's work {work}");
    report(name, ratio.median(), " of hello", Goal::AtLeast(0.40));
    Ok(())
}

async fn search(product: &Served, catalogue: &Arc<Catalogue>, queries: &[String]) -> Result<()> {
    let paths: Vec<String> = queries
        .iter()
        .map(|query| format!("/sousuo?q={}", encoded(query)))
        .collect();
    let asked = load::requests(&paths);
    let (mut inside, mut outside) = (Series::default(), Side::default());
    Side::default().round(product, &asked).await?;
    for _ in 0..ROUNDS {
        let (catalogue, queries) = (Arc::clone(catalogue), queries.to_vec());
        // On a thread of its own, as the server is.
        let rate = std::thread::spawn(move || in_process(&catalogue, &queries));
        inside.push(rate.join().map_err(|_| anyhow::anyhow!("a search panicked"))??);
        outside.round(product, &asked).await?;
    }
    println!("search: {} queries", queries.len());
    println!("  in process   {inside:.0} queries/s");
    outside.print("over HTTP");
    let ratio = outside.rate.over(&inside);
    println!("  ratio of rates {ratio}");
    report(
        "search over HTTP",
        ratio.median(),
        " of in process",
        Goal::AtLeast(0.8),
    );
    Ok(())
}

fn in_process(catalogue: &Catalogue, queries: &[String]) -> Result<f64> {
    let (begun, mut random, mut count) = (machine::now(), Random::new(1), 0.0);
    while begun.elapsed() < PLAN.lasts {
        catalogue.search(random.pick::<String>(queries), 1)?;
        count += 1.0;
    }
    Ok(count / begun.elapsed().as_secs_f64())
}

async fn run(only: Option<&str>) -> Result<()> {
    let of = generated(SERVICES)?;
    let loaded = || {
        Catalogue::of(
            of.groups.clone(),
            of.categories.clone(),
            of.suppliers.clone(),
            of.services.clone(),
        )
    };
    let catalogue = Arc::new(loaded()?);
    let test = TestStore::open(Engine::Sqlite).await;
    let product = serve(Site::Product(Box::new(state(&app(&test.store), loaded()?)?)))?;
    let hello = serve(Site::Hello)?;
    println!(
        "{SERVICES} services, {} connections, 1 server thread, {ROUNDS} rounds",
        PLAN.connections
    );

    let services = of.services.iter().map(|service| format!("/fuwu/{}", service.id));
    let details: Vec<String> = services.collect();
    let lists = lists(&of, &catalogue);
    let home = ["/".to_owned()];
    for (name, paths) in [("home", &home[..]), ("list", &lists), ("detail", &details)] {
        if only.is_none_or(|only| only == name) {
            beside_hello(name, &hello, &product, paths).await?;
        }
    }
    if only.is_none_or(|only| only == "search") {
        search(&product, &catalogue, &queries(&of, 1_000)).await?;
    }
    drop((hello, product));
    test.close().await;
    Ok(())
}

fn main() -> Result<()> {
    let only = std::env::args()
        .nth(1)
        .filter(|argument| !argument.starts_with('-'));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("a runtime")?
        .block_on(run(only.as_deref()))
}
