//! The marketplace's rows.

pub mod catalogue;
