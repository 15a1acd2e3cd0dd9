//! Persons: their name and identity number as a card has them, their age, and how they are verified.
//! Verification is voluntary and never asked for at registration (2.1.1.b, 2.1.1.d).

pub mod age;
pub mod id_number;
pub mod name;
pub mod verification;
