//! What the benches share: a generated catalogue, a bounded load generator, figures with their
//! spread, a house to live in, and what floors run. `README.md` beside this crate says how to read the results.

pub mod catalogue;
pub mod figures;
pub mod house;
pub mod load;
pub mod machine;
pub mod pgbench;
pub mod plain;
pub mod rows;
pub mod statements;
