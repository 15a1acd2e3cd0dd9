//! What belongs to a person, read from the register: the copy they receive, and its erasure.
//!
//! A column says in `columns.toml` whose it is, whether it is part of the copy, and by which rule it
//! is kept; a rule says in `retention.toml` what an erasure does with it. A new table is copied and
//! erased because it is registered; only what is peculiar to a few tables is named here.

pub mod closure;
pub mod copy;
pub mod demand;
pub mod drill;
pub mod erasure;
pub mod hold;
mod owned;
pub mod probe;
pub mod retention;

pub use owned::{Owned, owned};

/// Every statement of this module.
pub(crate) fn statements() -> Vec<&'static str> {
    let mut all = owned::statements();
    all.extend_from_slice(erasure::STATEMENTS);
    all.extend_from_slice(hold::STATEMENTS);
    all.extend_from_slice(closure::STATEMENTS);
    all.extend_from_slice(demand::STATEMENTS);
    all.extend_from_slice(drill::STATEMENTS);
    all.extend(retention::statements());
    all
}
