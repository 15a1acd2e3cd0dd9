//! The marketplace's rules.

pub mod ledger;
pub mod order;
