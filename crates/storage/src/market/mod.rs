//! The marketplace's rows.

pub mod catalogue;
pub mod order;
