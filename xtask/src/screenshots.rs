//! `cargo xtask screenshots`: pictures of the main pages, small enough to be committed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tools::{self, Need};
use crate::{browser, run};

const FOLDER: &str = "docs/screenshots";
/// The most a picture may weigh, in bytes.
const LARGEST: u64 = 200_000;

/// Takes the pictures anew and fails when one is too large.
pub fn take(root: &Path) -> Result<()> {
    tools::ensure(&[Need::Browser, Need::Pictures])?;
    let folder = root.join(FOLDER);
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {FOLDER}"))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {FOLDER}"))?;
    run(browser::script(root, "screenshots.mjs")?.env("QIFU365_SCREENSHOTS", &folder))?;
    let mut pictures = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        pictures.push(entry?.path());
    }
    run(Command::new("pngquant")
        .args(["--force", "--ext", ".png", "--speed", "1", "--strip", "96"])
        .args(&pictures))?;
    let mut large = Vec::new();
    for picture in &pictures {
        let size = std::fs::metadata(picture)?.len();
        if size > LARGEST {
            large.push(format!("{} has {size} bytes", picture.display()));
        }
    }
    if !large.is_empty() {
        bail!("pictures over {LARGEST} bytes:\n  {}", large.join("\n  "));
    }
    println!("{} pictures in {FOLDER}", pictures.len());
    Ok(())
}
