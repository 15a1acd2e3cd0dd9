//! The market: what is offered, ordered, delivered and paid.

pub mod amount;
pub mod capital;
pub mod catalogue;
pub mod contact;
pub mod ledger;
pub mod notice;
pub mod number;
pub mod order;
pub mod plan;
pub mod receipt;
pub mod share;
pub mod staff;
