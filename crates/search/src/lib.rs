//! Chinese-first search over public services. The analyser of the index and of the query is one
//! function; a text that contains the query literally is always found.

mod analysis;
mod index;
mod spelling;
mod words;

pub use index::{Hits, Query, SearchError, ServiceDoc, ServiceIndex};
