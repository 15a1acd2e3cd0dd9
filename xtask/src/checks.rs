//! What must hold before a change is shown to anyone, apart from the tests.

use std::path::Path;

use anyhow::Result;

use crate::{cargo, documents, run, tools, walls};

/// Formatting, lints, documentation, walls, generated files.
pub fn check(root: &Path) -> Result<()> {
    run(cargo(root).args(["fmt", "--all", "--check"]))?;
    run(cargo(root).args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(cargo(root)
        .args(["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    walls::check(root)?;
    documents::check(root)
}

/// Licences, advisories and sources by cargo-deny; without it, at least the walls.
pub fn deny(root: &Path) -> Result<()> {
    if tools::on_path(&["cargo-deny"]).is_some() {
        return run(cargo(root).args(["deny", "check"]));
    }
    println!(
        "cargo-deny is not installed (cargo install cargo-deny --locked); licences and advisories are NOT \
         checked, only the walls"
    );
    walls::check(root)
}
