//! What the benches share: a generated catalogue, a bounded load generator, figures with their
//! spread, and a house to live in. `README.md` beside this crate says how to read the results.

pub mod catalogue;
pub mod figures;
pub mod house;
pub mod load;
pub mod machine;
