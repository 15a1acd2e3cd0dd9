//! Each document is written from the code or the data it describes, and compared with the file.
//! `cargo xtask gen` sets `QIFU365_GEN`: then the file is written instead.
//!
//! They are made here because this is the one crate that sees all the others.

use std::path::{Path, PathBuf};

mod clauses;
mod columns;
mod configuration;
mod fields;
mod machines;
mod names;
mod retention;
mod routes;
mod scan;
mod tables;

/// The folder of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares the document with its file, or writes it.
fn fresh(path: &str, text: &str) {
    let place = root().join(path);
    if std::env::var_os("QIFU365_GEN").is_some() {
        std::fs::write(&place, text).expect("the document is written");
        return;
    }
    let present = std::fs::read_to_string(&place).unwrap_or_default();
    assert!(present == text, "{path} is stale; run `cargo xtask gen`");
}

/// A row of a table. An empty cell shows a dash.
fn row(cells: &[&str]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        let cell = if cell.is_empty() { "–" } else { cell };
        line.push(' ');
        line.push_str(&cell.replace('|', "\\|").replace('\n', " "));
        line.push_str(" |");
    }
    line.push('\n');
    line
}

/// The head of a table.
fn head(cells: &[&str]) -> String {
    let mut text = row(cells);
    text.push('|');
    text.push_str(&"---|".repeat(cells.len()));
    text.push('\n');
    text
}

/// Each as code, separated by commas.
fn codes<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let marked: Vec<String> = texts
        .into_iter()
        .map(|text| format!("`{}`", text.as_ref()))
        .collect();
    marked.join(", ")
}

/// The clauses as links into the document of clauses.
fn clause_links<T: AsRef<str>>(ids: impl IntoIterator<Item = T>) -> String {
    let links: Vec<String> = ids
        .into_iter()
        .map(|id| format!("[{id}](clauses.md#c-{id})", id = id.as_ref()))
        .collect();
    links.join(", ")
}

#[test]
fn cells_cannot_break_their_table() {
    assert_eq!(row(&["a|b", "", "c\nd"]), "| a\\|b | – | c d |\n");
    assert_eq!(head(&["x", "y"]), "| x | y |\n|---|---|\n");
}
