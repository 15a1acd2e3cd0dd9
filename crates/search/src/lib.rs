//! Chinese-first search: one analyser for index and query, over tantivy.
