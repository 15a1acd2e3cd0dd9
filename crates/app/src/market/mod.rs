//! The marketplace's use cases.

pub mod catalogue;
pub mod order;
pub mod share;
