//! Log-ins beside raw argon2id of the same parameters and the same concurrency.

use std::time::Duration;

use anyhow::{Result, ensure};
use app::account::{self, Login};
use app::{App, Cost};
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use benches::figures::{Goal, Series, report};
use benches::house::{PASSWORD, app, register, visitor};
use benches::machine;
use privacy::purpose::VerifyHolder;
use storage::Engine;
use testkit::TestStore;
use tokio::task::JoinSet;

const ROUNDS: usize = 5;
const LASTS: Duration = Duration::from_secs(3);
/// Hashes at a time on both sides: as many as the product allows itself.
const LANES: usize = 2;
/// Log-ins under way at a time: enough that a lane seldom waits for the store.
const AT_ONCE: usize = 8;

fn hasher() -> Result<Argon2<'static>> {
    let Cost { memory_kib, passes } = Cost::STANDARD;
    let params = Params::new(memory_kib, passes, 1, None).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Verifications a second by threads that do nothing else.
fn raw(phc: &str) -> Result<f64> {
    let begun = machine::now();
    let verify = || -> Result<f64> {
        let hasher = hasher()?;
        let parsed = PasswordHash::new(phc).map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut count = 0.0;
        while begun.elapsed() < LASTS {
            ensure!(hasher.verify_password(PASSWORD.as_bytes(), &parsed).is_ok());
            count += 1.0;
        }
        Ok(count)
    };
    let counts: Result<Vec<f64>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..LANES).map(|_| scope.spawn(verify)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?)
            .collect()
    });
    Ok(counts?.iter().sum::<f64>() / begun.elapsed().as_secs_f64())
}

async fn log_ins(app: &App) -> Result<f64> {
    let begun = machine::now();
    let mut running = JoinSet::new();
    for number in 0..AT_ONCE {
        let app = app.clone();
        running.spawn(async move {
            let (login, mut count) = (name(number), 0.0);
            while begun.elapsed() < LASTS {
                let form = Login {
                    login: &login,
                    password: PASSWORD,
                    device: "Firefox · Linux",
                    remembered: None,
                    from: app::account::Origin::default(),
                };
                account::log_in(&app, &visitor::<VerifyHolder>(&app), &form).await?;
                count += 1.0;
            }
            anyhow::Ok(count)
        });
    }
    let mut count = 0.0;
    while let Some(ended) = running.join_next().await {
        count += ended??;
    }
    Ok(count / begun.elapsed().as_secs_f64())
}

fn name(number: usize) -> String {
    format!("压测{number}号")
}

#[tokio::main]
async fn main() -> Result<()> {
    let test = TestStore::open(Engine::Sqlite).await;
    let app = app(&test.store);
    for number in 0..AT_ONCE {
        register(&app, &format!("100-0000-{number:04}"), &name(number)).await?;
    }
    let phc = hasher()?
        .hash_password_with_salt(PASSWORD.as_bytes(), &[7; 16])
        .map_err(|error| anyhow::anyhow!("{error}"))?
        .to_string();
    let (mut floor, mut product) = (Series::default(), Series::default());
    for _ in 0..ROUNDS {
        let phc = phc.clone();
        floor.push(tokio::task::spawn_blocking(move || raw(&phc)).await??);
        product.push(log_ins(&app).await?);
    }
    let ratio = product.over(&floor);
    println!("log-in: {LANES} hashes and {AT_ONCE} log-ins at a time, {ROUNDS} rounds, SQLite");
    println!("  argon2id     {floor:.1} /s\n  log-in       {product:.1} /s\n  ratio {ratio}");
    report("log-in", ratio.median(), " of argon2id", Goal::AtLeast(0.9));
    test.close().await;
    Ok(())
}
