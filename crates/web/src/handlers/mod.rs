//! Handlers, by room.

pub mod account;
pub mod assets;
pub mod home;
pub mod policy;
