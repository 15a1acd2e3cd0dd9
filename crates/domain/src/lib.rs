//! Pure types and rules of the marketplace. Nothing here awaits, reads a clock or knows SQL.

pub mod account;
pub mod refused;

pub use refused::Refused;
