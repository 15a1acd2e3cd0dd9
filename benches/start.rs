//! The program itself on a filled data folder: from its start to its first answer, and its memory
//! then and under load.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use benches::catalogue::{generated, queries};
use benches::figures::{Goal, Series, report};
use benches::house::{SystemEntropy, app, furnish};
use benches::load::{self, Plan};
use benches::machine;
use privacy::WrappingKey;
use storage::Store;

const SERVICES: usize = 10_000;
const STARTS: usize = 5;
const PLAN: Plan = Plan {
    connections: 16,
    lasts: Duration::from_secs(5),
    most: 100_000,
};
const PATIENCE: Duration = Duration::from_mins(1);

/// The running program; stopped when dropped.
struct Running(Child);

impl Running {
    fn start(program: &Path, data: &Path, address: SocketAddr) -> Result<Self> {
        let child = Command::new(program)
            .args([
                "--no-demo",
                "--operator-name",
                "某运营方",
                "--operator-contact",
                "a@b.example",
            ])
            .args(["--responsible-person", "某负责人", "--site-domain", "b.example"])
            .args(["--listen", &address.to_string(), "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        Ok(Self(child))
    }

    /// Asks the home page until it answers, and says how long that took from `begun`.
    async fn first_answer(&mut self, address: SocketAddr, path: &str) -> Result<Duration> {
        let begun = machine::now();
        let home = load::requests(&[path.to_owned()]);
        let one = Plan {
            connections: 1,
            lasts: PATIENCE,
            most: 1,
        };
        while begun.elapsed() < PATIENCE {
            if load::run(address, &home, one).await.is_ok() {
                return Ok(begun.elapsed());
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("the program ended: {status}");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        bail!("no answer within {} s", PATIENCE.as_secs())
    }

    fn stop(mut self) -> Result<()> {
        // Politely, so that the store is closed; there is no signal in the standard library.
        let told = Command::new("kill").arg(self.0.id().to_string()).status()?;
        if !told.success() {
            bail!("the program could not be told to stop");
        }
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Fills the data store of the installation that the program made at its first start.
async fn fill(folder: &Path) -> Result<()> {
    let at = |file: &str| format!("sqlite:{}", folder.join(file).display());
    let (data, vault) = (at("data.sqlite"), at("vault.sqlite"));
    let key = std::fs::read(folder.join("wrapping.key"))?;
    let wrapping = WrappingKey::from_slice(&key).context("a key of 32 bytes")?;
    let store = Store::open(&data, &vault, wrapping, Arc::new(SystemEntropy)).await?;
    let app = app(&store);
    furnish(&app, &generated(SERVICES)?).await?;
    app.store.close().await;
    Ok(())
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Home, lists, services and searches, mixed.
fn mixture() -> Result<Vec<String>> {
    let of = generated(SERVICES)?;
    let mut paths = Vec::new();
    for (place, service) in of.services.iter().enumerate() {
        paths.push(format!("/fuwu/{}", service.id));
        paths.push(format!("/fuwu?fenlei={}&ye={}", service.category, 1 + place % 30));
    }
    for query in queries(&of, 2_000) {
        paths.push(format!("/sousuo?q={}", load::encoded(&query)));
        paths.push("/".to_owned());
    }
    Ok(paths)
}

async fn run() -> Result<()> {
    let program = std::env::var_os("QIFU365_BIN")
        .map(PathBuf::from)
        .context("QIFU365_BIN names the program; cargo xtask bench start builds it")?;
    let folder = std::env::temp_dir().join(format!("qifu365-start-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let data = folder.join("data");
    let address = free_address()?;
    let mut empty = Running::start(&program, &data, address)?;
    empty.first_answer(address, "/").await?;
    empty.stop()?;
    fill(&data).await?;

    let (mut home, mut search, mut calm) = (Series::default(), Series::default(), Series::default());
    let mut loaded = None;
    for _ in 0..STARTS {
        let address = free_address()?;
        let begun = machine::now();
        let mut running = Running::start(&program, &data, address)?;
        running.first_answer(address, "/").await?;
        home.push(begun.elapsed().as_secs_f64());
        running.first_answer(address, "/sousuo?q=icp").await?;
        search.push(begun.elapsed().as_secs_f64());
        calm.push(machine::memory(running.0.id(), "VmRSS")?);
        if loaded.is_none() {
            let asked = load::requests(&mixture()?);
            let outcome = load::run(address, &asked, PLAN).await?;
            let process = running.0.id();
            loaded = Some((
                outcome.rate(),
                machine::memory(process, "VmRSS")?,
                machine::memory(process, "VmHWM")?,
            ));
        }
        running.stop()?;
    }
    let (rate, after, peak) = loaded.context("a start was loaded")?;
    println!("qifu365 on {SERVICES} services, {STARTS} starts");
    println!("  first answer {home} s, first search {search} s");
    println!(
        "  memory {calm:.0} MiB after the first answers; {after:.0} MiB after {rate:.0} answers/s, peak {peak:.0} MiB"
    );
    report("start to first answer", home.median(), " s", Goal::AtMost(1.0));
    report("peak memory", peak, " MiB", Goal::AtMost(150.0));
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn main() -> Result<()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("a runtime")?
        .block_on(run())
}
