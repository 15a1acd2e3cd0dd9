//! The marketplace's rules.

pub mod catalogue;
pub mod ledger;
pub mod order;
