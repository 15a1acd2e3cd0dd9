//! `qifu365`: reads the configuration, wires everything, serves.

mod config;
mod keyfile;
mod purge;
mod serve;
mod sources;

use clap::Parser as _;

fn main() -> anyhow::Result<()> {
    let arguments = config::Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn")),
        )
        .init();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve::serve(arguments))
}
