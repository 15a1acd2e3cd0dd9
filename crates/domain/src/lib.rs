//! Pure types and rules of the marketplace. Nothing here awaits, reads a clock or knows SQL.

pub mod account;
pub mod calendar;
pub mod four_eyes;
pub mod machine;
pub mod market;
pub mod minor;
mod named;
pub mod org;
pub mod person;
pub mod refused;
pub mod rights;
pub mod staff;
pub mod supplier;

pub use refused::Refused;
