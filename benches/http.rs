//! Public pages beside a bare "hello" of the same build: one server thread, 16 connections; and
//! search over HTTP beside the same queries in process.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use app::demo::DemoCatalogue;
use app::market::catalogue::{BANDS, Catalogue, Filter};
use benches::catalogue::{Random, generated, queries};
use benches::figures::{Goal, Series, percentile, report};
use benches::house::{Served, Site, app, serve, state};
use benches::load::{self, Plan};
use benches::machine;
use storage::Engine;
use testkit::TestStore;
use web::KeptPages;

const SERVICES: usize = 10_000;
const ROUNDS: usize = 5;
const PLAN: Plan = Plan {
    connections: 16,
    lasts: Duration::from_secs(1),
    most: 100_000,
};
/// Different addresses of one kind.
const ADDRESSES: usize = 5_000;
/// Addresses of pages that are to be rendered each time: far more than are kept.
const RENDERED: usize = 60_000;

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

/// Lists as people walk them: nothing chosen or one category, price band or city; any page there is.
fn lists(of: &DemoCatalogue, catalogue: &Catalogue) -> Vec<String> {
    let mut random = Random::new(367);
    let mut list = || {
        let (mut filter, mut address) = (Filter::default(), "/fuwu?".to_owned());
        match random.below(4) {
            0 => {}
            1 => {
                let category = &random.pick(&of.categories).slug;
                address = format!("/fuwu?fenlei={category}&");
                filter.category = Some(category.clone());
            }
            2 => {
                let band = random.pick(BANDS).0;
                address = format!("/fuwu?jiage={band}&");
                filter.band = Some(band.to_owned());
            }
            _ => {
                let city = &random.pick(&of.suppliers).city.zh;
                address = format!("/fuwu?chengshi={}&", load::encoded(city));
                filter.city = Some(city.clone());
            }
        }
        let page = 1 + random.below(catalogue.list(&filter).pages);
        format!("{address}ye={page}")
    };
    (0..ADDRESSES).map(|_| list()).collect()
}

/// The same pages under addresses that hardly ever come twice, so that each is rendered.
fn never_twice(paths: &[String]) -> Vec<String> {
    let numbered = (0..RENDERED).zip(paths.iter().cycle());
    numbered
        .map(|(number, path)| {
            let mark = if path.contains('?') { '&' } else { '?' };
            format!("{path}{mark}n={number}")
        })
        .collect()
}

/// The servers and what is asked of them.
struct Bench {
    hello: Served,
    product: Served,
    kept: KeptPages,
    catalogue: Arc<Catalogue>,
}

impl Bench {
    async fn beside_hello(&self, name: &str, paths: &[String]) -> Result<()> {
        let floor = load::requests(&["/".to_owned()]);
        let (asked, rendered) = (load::requests(paths), load::requests(&never_twice(paths)));
        let (mut bare, mut page, mut fresh) = (Side::default(), Side::default(), Side::default());
        let mut shown = Series::default();
        // The first round warms both and is not counted.
        Side::default().round(&self.hello, &floor).await?;
        for _ in 0..ROUNDS {
            bare.round(&self.hello, &floor).await?;
            Side::default().round(&self.product, &asked).await?;
            shown.push(self.share(page.round(&self.product, &asked)).await?);
            fresh.round(&self.product, &rendered).await?;
        }
        println!("{name}: {} addresses", paths.len());
        bare.print("hello");
        page.print(name);
        fresh.print("rendered");
        let (ratio, work) = (page.rate.over(&bare.rate), bare.work.over(&page.work));
        println!("  of the answers {shown:.0} % from kept pages");
        println!("  ratio of rates {ratio}, of the server's work {work}");
        println!(
            "  rendered each time: {}, {}",
            fresh.rate.over(&bare.rate),
            bare.work.over(&fresh.work)
        );
        report(name, ratio.median(), " of hello", Goal::AtLeast(0.40));
        Ok(())
    }

    /// What share of a round's answers came from kept pages, in hundredths.
    async fn share(&self, round: impl Future<Output = Result<()>>) -> Result<f64> {
        let before = self.kept.figures();
        round.await?;
        let after = self.kept.figures();
        #[expect(clippy::cast_precision_loss, reason = "answers of a second are few")]
        let count = |after: u64, before: u64| (after - before) as f64;
        let shown = count(after.shown, before.shown);
        Ok(100.0 * shown / (shown + count(after.taken_in, before.taken_in)).max(1.0))
    }

    async fn search(&self, queries: &[String]) -> Result<()> {
        let paths: Vec<String> = queries
            .iter()
            .map(|query| format!("/sousuo?q={}", load::encoded(query)))
            .collect();
        let (asked, rendered) = (load::requests(&paths), load::requests(&never_twice(&paths)));
        let (mut inside, mut outside, mut fresh) = (Series::default(), Side::default(), Side::default());
        for _ in 0..ROUNDS {
            let (catalogue, queries) = (Arc::clone(&self.catalogue), queries.to_vec());
            // On a thread of its own, as the server is.
            let rate = std::thread::spawn(move || in_process(&catalogue, &queries));
            inside.push(rate.join().map_err(|_| anyhow::anyhow!("a search panicked"))??);
            Side::default().round(&self.product, &asked).await?;
            outside.round(&self.product, &asked).await?;
            fresh.round(&self.product, &rendered).await?;
        }
        println!("search: {} queries", queries.len());
        println!("  in process   {inside:.0} queries/s");
        outside.print("over HTTP");
        fresh.print("rendered");
        let ratio = outside.rate.over(&inside);
        println!(
            "  ratio of rates {ratio}; rendered each time: {}",
            fresh.rate.over(&inside)
        );
        report(
            "search over HTTP",
            ratio.median(),
            " of in process",
            Goal::AtLeast(0.8),
        );
        Ok(())
    }
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
    let (state, kept) = (state(&app(&test.store), loaded()?)?, KeptPages::default());
    let bench = Bench {
        hello: serve(Site::Hello)?,
        product: serve(Site::Product(Box::new(state), kept.clone()))?,
        kept,
        catalogue,
    };
    println!(
        "{SERVICES} services, {} connections, 1 server thread, {ROUNDS} rounds",
        PLAN.connections
    );
    let services = of.services.iter().map(|service| format!("/fuwu/{}", service.id));
    let details: Vec<String> = services.collect();
    let lists = lists(&of, &bench.catalogue);
    let home = ["/".to_owned()];
    for (name, paths) in [("home", &home[..]), ("list", &lists), ("detail", &details)] {
        if only.is_none_or(|only| only == name) {
            bench.beside_hello(name, paths).await?;
        }
    }
    if only.is_none_or(|only| only == "search") {
        bench.search(&queries(&of, 1_000)).await?;
    }
    drop(bench);
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
