//! The pages written by hand name files and items that exist.

use super::root;
use super::scan::sources;

const PAGES: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/privacy-kernel.md"];
const FOLDERS: [&str; 7] = ["crates/", "docs/", "policy/", "demo/", "xtask/", "e2e/", ".ci/"];
const CRATES: [&str; 9] = [
    "policy", "privacy", "domain", "search", "storage", "app", "web", "cli", "testkit",
];

/// What stands between backticks, outside blocks of code.
fn marked(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut block = false;
    for line in text.lines() {
        if line.starts_with("```") {
            block = !block;
        } else if !block {
            found.extend(line.split('`').skip(1).step_by(2));
        }
    }
    found
}

/// Whether the sources of a crate declare an item of this name.
fn declared(texts: &[String], name: &str) -> bool {
    let kinds = [
        "fn",
        "struct",
        "enum",
        "trait",
        "const",
        "mod",
        "macro_rules!",
        "static",
        "type",
    ];
    kinds.iter().any(|kind| {
        let start = format!("{kind} {name}");
        texts.iter().any(|text| {
            text.match_indices(&start).any(|(at, _)| {
                !text[at + start.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        })
    })
}

/// What is wrong with a name, if anything.
fn fault(name: &str) -> Option<String> {
    if FOLDERS.iter().any(|folder| name.starts_with(folder)) && !name.contains(['<', '{', ' ', '*']) {
        return (!root().join(name).exists()).then(|| format!("{name} is not there"));
    }
    let (first, _) = name.split_once("::")?;
    if !CRATES.contains(&first) {
        return None;
    }
    let texts: Vec<String> = sources(&root().join(format!("crates/{first}/src")), &["rs"])
        .into_iter()
        .map(|source| source.text)
        .collect();
    let unknown: Vec<&str> = name
        .split("::")
        .skip(1)
        .map(|part| part.split(['!', '(']).next().unwrap_or(part))
        .filter(|part| !declared(&texts, part))
        .collect();
    (!unknown.is_empty()).then(|| format!("{name}: nothing is called {}", unknown.join(", ")))
}

#[test]
fn pages_name_what_exists() {
    let mut faults = Vec::new();
    for page in PAGES {
        let text = std::fs::read_to_string(root().join(page)).expect("the page");
        let found: Vec<String> = marked(&text).into_iter().filter_map(fault).collect();
        faults.extend(found.into_iter().map(|fault| format!("{page}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_name_that_is_gone_is_found() {
    assert_eq!(marked("a `b` c\n```\n`d`\n```\n`e`"), ["b", "e"]);
    assert!(fault("crates/app/src/lib.rs").is_none());
    assert!(fault("crates/app/src/gone.rs").is_some());
    assert!(fault("domain::market::order::Order::step").is_none());
    assert!(fault("domain::market::order::vanish").is_some());
    assert!(fault("std::fs::read").is_none());
}
