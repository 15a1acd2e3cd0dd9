//! `qifu365`: reads the configuration, wires everything, serves.

mod backup;
mod config;
mod console;
mod doctor;
mod enterprises;
mod guard;
mod identity;
mod keys;
mod lock;
mod open;
mod operator;
mod regions;
mod serve;
mod signed;
mod sources;
mod verify;
mod worker;

use std::process::ExitCode;

use clap::Parser as _;

use config::Command;
use storage::backup::Part;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

fn main() -> anyhow::Result<ExitCode> {
    let arguments = config::Arguments::parse();
    if let Some(Command::Verify { file, key, against }) = &arguments.command {
        return Ok(verify::run(file, key.as_deref(), against.as_deref()));
    }
    // From here on keys are in memory.
    guard::memory()?;
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn")),
        )
        .finish()
        // Of an answer that it cannot read, this library logs the bytes: they are somebody's.
        .with(filter_fn(|event| !event.target().starts_with("webauthn_")))
        .init();
    let run = async {
        match arguments.command {
            None => serve::serve(&arguments, true).await,
            Some(Command::Serve { no_worker }) => serve::serve(&arguments, !no_worker).await,
            Some(Command::Worker) => worker::work(&arguments).await,
            Some(Command::Migrate) => operator::migrate(&arguments).await,
            Some(Command::Doctor) => doctor::doctor(&arguments).await,
            Some(Command::DecideRefund {
                ref order,
                decision,
                ref by,
                ref reason,
            }) => operator::decide_refund(&arguments, order, decision, (by, reason)).await,
            Some(Command::Demands) => operator::demands(&arguments).await,
            Some(Command::AnswerDemand {
                demand,
                ref answer,
                ref article,
                ref until,
                ref reference,
            }) => {
                let typed = domain::rights::demand::Typed {
                    code: answer,
                    article,
                    until,
                    reference,
                };
                operator::answer_demand(&arguments, demand, typed).await
            }
            Some(Command::Staff { ref act }) => operator::staff(&arguments, act).await,
            Some(Command::BeginLog) => operator::begin_log(&arguments).await,
            Some(Command::RetryJobs) => operator::retry_jobs(&arguments).await,
            Some(Command::RotateKey {
                ref next_pkcs11_key,
                batch,
            }) => operator::rotate_key(&arguments, next_pkcs11_key.as_deref(), batch).await,
            // Answered before anything is opened.
            Some(Command::Verify { .. }) => Ok(()),
            Some(Command::Backup { ref folder }) => backup::back_up(&arguments, Part::Data, folder).await,
            Some(Command::BackupVault { ref folder }) => {
                backup::back_up(&arguments, Part::Vault, folder).await
            }
            Some(Command::EraseDrill) => backup::erase_drill(&arguments).await,
            Some(Command::Restore { ref file }) => backup::restore(&arguments, file).await,
            Some(Command::PurgeDemo { yes }) => operator::purge_demo(&arguments, yes).await,
        }
    };
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(run)?;
    Ok(ExitCode::SUCCESS)
}
