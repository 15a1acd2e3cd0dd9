//! `qifu365`: reads the configuration, wires everything, serves.

mod config;
mod console;
mod guard;
mod keys;
mod open;
mod operator;
mod serve;
mod sources;
mod worker;

use clap::Parser as _;

use config::Command;

fn main() -> anyhow::Result<()> {
    guard::memory()?;
    let arguments = config::Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn")),
        )
        .init();
    let run = async {
        match arguments.command {
            None => serve::serve(&arguments, true).await,
            Some(Command::Serve { no_worker }) => serve::serve(&arguments, !no_worker).await,
            Some(Command::Worker) => worker::work(&arguments).await,
            Some(Command::Migrate) => operator::migrate(&arguments).await,
            Some(Command::Doctor) => operator::doctor(&arguments).await,
            Some(Command::DecideRefund {
                ref order,
                decision,
                ref by,
                ref reason,
            }) => operator::decide_refund(&arguments, order, decision, (by, reason)).await,
            Some(Command::RetryJobs) => operator::retry_jobs(&arguments).await,
            Some(Command::RotateKey {
                ref next_pkcs11_key,
                batch,
            }) => operator::rotate_key(&arguments, next_pkcs11_key.as_deref(), batch).await,
            Some(Command::PurgeDemo { yes }) => operator::purge_demo(&arguments, yes).await,
        }
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run)
}
