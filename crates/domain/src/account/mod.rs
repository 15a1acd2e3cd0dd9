//! Accounts: what a person may register with, how they prove to be the holder, and what they may change.

pub mod book;
pub mod capability;
pub mod change;
pub mod guard;
pub mod limits;
pub mod name;
pub mod offer;
pub mod passkey;
pub mod password;
pub mod phone;
pub mod recovery;
pub mod second;
pub mod token;
pub mod totp;
