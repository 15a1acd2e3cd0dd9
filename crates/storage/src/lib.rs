//! The only crate with SQL.
//!
//! One code path serves SQLite (embedded default) and PostgreSQL: every statement is one text in
//! the portable dialect with `$n` placeholders, executed through [`Tx`]. A transaction begins only
//! with a [`privacy::Ctx`], opens personal values only through [`Tx::permit`], and writes the
//! access record before the permit exists. Subject keys live in a store of their own, the vault.
//!
//! To add a table: append a migration in [`schema`], add every column to `columns.toml`, write a
//! module named like its domain module, and list its statements in [`statements`].

pub mod access;
pub mod account;
pub mod backup;
mod bulk;
pub mod consent;
pub mod disclosure;
mod engine;
pub mod job;
pub mod log;
pub mod market;
pub mod minor;
pub mod org;
pub mod person;
pub mod recipient;
pub mod register;
pub mod rights;
pub mod schema;
pub mod staff;
pub mod supplier;
mod tx;
mod vault;
pub mod wipe;

pub use engine::{Engine, StoreError, Value};
pub use tx::{Store, Tx};
pub use vault::tombstone::Tombstone;
pub use vault::{Keys, Rewrapped, VaultRefused, VaultState};

/// Every statement of this crate, for the catalogue test that prepares each on both engines.
#[must_use]
pub fn statements() -> Vec<&'static str> {
    [
        access::STATEMENTS,
        account::STATEMENTS,
        account::session::STATEMENTS,
        account::code::STATEMENTS,
        account::remembered::STATEMENTS,
        account::second::STATEMENTS,
        account::passkey::STATEMENTS,
        account::book::STATEMENTS,
        account::change::STATEMENTS,
        account::failure::STATEMENTS,
        account::guard::STATEMENTS,
        account::guard::review::STATEMENTS,
        account::phone::STATEMENTS,
        account::profile::STATEMENTS,
        account::token::STATEMENTS,
        market::books::STATEMENTS,
        market::catalogue::STATEMENTS,
        job::STATEMENTS,
        log::STATEMENTS,
        log::tree::STATEMENTS,
        log::read::STATEMENTS,
        log::audit::STATEMENTS,
        log::succession::STATEMENTS,
        market::membership::STATEMENTS,
        market::notice::STATEMENTS,
        market::note_copy::STATEMENTS,
        market::order::STATEMENTS,
        market::order_list::STATEMENTS,
        consent::STATEMENTS,
        disclosure::STATEMENTS,
        market::share::STATEMENTS,
        minor::STATEMENTS,
        minor::clock::STATEMENTS,
        minor::kernel::STATEMENTS,
        minor::age::STATEMENTS,
        minor::approval::STATEMENTS,
        minor::audit::STATEMENTS,
        minor::ruling::STATEMENTS,
        person::STATEMENTS,
        staff::queue::STATEMENTS,
        staff::STATEMENTS,
        staff::hand::STATEMENTS,
        staff::session::STATEMENTS,
        staff::training::STATEMENTS,
        vault::open::DATA_STATEMENTS,
        &bulk::statements(),
        &org::statements(),
        &rights::statements(),
        &supplier::statements(),
        &wipe::statements(),
    ]
    .concat()
}

/// Every statement of the vault.
#[must_use]
pub fn vault_statements() -> Vec<&'static str> {
    vault::statements()
}
