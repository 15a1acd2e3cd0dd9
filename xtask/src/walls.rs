//! The walls of the house: who may depend on whom, how long a file may be, what a module may not be
//! called.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::{cargo, output};

/// From the ground up; a crate may depend on what stands below it. `search` is a library of its own
/// beside `domain`.
const LAYERS: [(&str, u8); 8] = [
    ("policy", 0),
    ("privacy", 1),
    ("domain", 2),
    ("search", 2),
    ("storage", 3),
    ("app", 4),
    ("web", 5),
    ("cli", 6),
];

/// The test harness opens stores; it is only ever a dev-dependency.
const HARNESS: &str = "testkit";
const TASKS: &str = "xtask";
/// Loads the whole house and asks the floor libraries directly; nothing depends on it, so none of it
/// is shipped.
const BENCHES: &str = "benches";

/// Libraries behind a wall, and the crates inside it. The harness makes a database for each test.
const WALLED: [(&str, &[&str]); 4] = [
    ("sqlx", &["storage", HARNESS, BENCHES]),
    ("axum", &["web", BENCHES]),
    ("askama", &["web"]),
    ("anyhow", &["cli", TASKS, BENCHES]),
];

/// Crates that do no input or output, and the libraries that would.
const PURE: [&str; 3] = ["policy", "privacy", "domain"];
const IO: [&str; 2] = ["tokio", "tower"];

const MOST_LINES: usize = 600;
/// Makes a permit of a decision whose record is written, and so is called where records are
/// written: by the store, and by tests, benches and fuzzing of the kernel itself.
const DOOR: &str = "after_recording";
const DOOR_KEEPERS: [&str; 6] = [
    "crates/privacy/",
    "crates/storage/src/tx.rs",
    "crates/storage/src/disclosure.rs",
    "benches/kernel.rs",
    "fuzz/src/sealed.rs",
    "xtask/src/walls.rs",
];
/// The door by which the program reads an opened value for its own work (2.4.1.0): the kernel, the
/// comparison of a code with its secret, of an answer with its passkey and of an amount with the one sent,
/// the message that tells a minor whose consent it is, the erasure's search, and tests.
const INSIDE: &str = "inside(";
const INSIDE_KEEPERS: [&str; 9] = [
    "crates/privacy/",
    "crates/app/src/account/passkey/credential.rs",
    "crates/app/src/account/second/check.rs",
    "crates/app/src/minor/birth.rs",
    "crates/app/src/minor/tell.rs",
    "crates/app/src/org/proof.rs",
    "crates/app/src/rights/erase.rs",
    "benches/",
    "fuzz/",
];
const NO_NAME_FOR_A_MODULE: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "misc", "shared"];

/// One dependency as written in a manifest.
#[derive(Debug)]
struct Edge {
    from: String,
    to: String,
    dev: bool,
}

/// Checks every wall and names every breach at once.
pub fn check(root: &Path) -> Result<()> {
    let text = output(cargo(root).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let (members, edges) = read(&text)?;
    let mut breaches = of_members(&members);
    breaches.extend(edges.iter().filter_map(|edge| of_edge(edge, &members)));
    for folder in ["crates", "xtask", "benches", "fuzz"] {
        for file in rust_files(&root.join(folder))? {
            let text =
                std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            breaches.extend(of_file(&shown, &text));
        }
    }
    if breaches.is_empty() {
        println!(
            "walls: {} crates, {} dependencies, in order",
            members.len(),
            edges.len()
        );
        return Ok(());
    }
    bail!("walls broken:\n  {}", breaches.join("\n  "))
}

/// The crates of the workspace and all their dependencies.
fn read(metadata: &str) -> Result<(Vec<String>, Vec<Edge>)> {
    let metadata: Value = serde_json::from_str(metadata).context("cargo metadata is JSON")?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    let name = |value: &Value| {
        value["name"]
            .as_str()
            .map(str::to_owned)
            .context("everything has a name")
    };
    let mut members = Vec::new();
    let mut edges = Vec::new();
    for package in packages {
        let from = name(package)?;
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let dev = dependency["kind"].as_str() == Some("dev");
            edges.push(Edge {
                from: from.clone(),
                to: name(dependency)?,
                dev,
            });
        }
        members.push(from);
    }
    Ok((members, edges))
}

fn layer(name: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, layer)| *layer)
}

fn of_members(members: &[String]) -> Vec<String> {
    members
        .iter()
        .filter(|name| layer(name).is_none() && ![HARNESS, TASKS, BENCHES].contains(&name.as_str()))
        .map(|name| format!("{name} has no layer; give it one in xtask/src/walls.rs"))
        .collect()
}

fn of_edge(edge: &Edge, members: &[String]) -> Option<String> {
    let Edge { from, to, dev } = edge;
    if let Some((_, inside)) = WALLED.iter().find(|(library, _)| library == to) {
        return (!inside.contains(&from.as_str()))
            .then(|| format!("{from} depends on {to}; only {} may", inside.join(", ")));
    }
    if !dev && PURE.contains(&from.as_str()) && IO.contains(&to.as_str()) {
        return Some(format!(
            "{from} does no input or output and may not depend on {to}"
        ));
    }
    if !members.contains(to) {
        return None;
    }
    let allowed = match (from.as_str(), to.as_str()) {
        (_, HARNESS) => *dev,
        (TASKS, _) | (_, TASKS | BENCHES) => false,
        (BENCHES, _) => true,
        (HARNESS, _) => layer(to) < layer("web"),
        _ => layer(to) < layer(from),
    };
    (!allowed).then(|| format!("{from} may not depend on {to}"))
}

fn of_file(shown: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES {
        breaches.push(format!("{shown} has {lines} lines; at most {MOST_LINES}"));
    }
    if text.contains(DOOR) && !DOOR_KEEPERS.iter().any(|keeper| shown.starts_with(keeper)) {
        breaches.push(format!(
            "{shown} calls {DOOR}; only the store turns a decision into a permit"
        ));
    }
    let keeper = INSIDE_KEEPERS.iter().any(|keeper| shown.starts_with(keeper));
    if text.contains(INSIDE) && !keeper && !shown.contains("/tests/") && shown != "xtask/src/walls.rs" {
        breaches.push(format!(
            "{shown} calls {INSIDE}; what the program reads for its own work is shown to nobody: use another door of Opened"
        ));
    }
    for declared in text.lines().filter_map(module_name) {
        if NO_NAME_FOR_A_MODULE.contains(&declared) {
            breaches.push(format!("{shown}: the module name `{declared}` says nothing"));
        }
    }
    breaches
}

/// The name in a line that declares a module, inline or in a file.
fn module_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
    if words.next() != Some("mod") {
        return None;
    }
    words.next().map(|name| name.trim_end_matches([';', '{']))
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                // The fuzzing builds into its own folder.
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_5_1_e_only_the_store_makes_a_permit() {
        let text = format!("let permit = decided.{DOOR}(&scope);");
        assert_eq!(of_file("crates/app/src/account/mod.rs", &text).len(), 1);
        assert_eq!(of_file("crates/storage/src/access.rs", &text).len(), 1);
        assert!(of_file("crates/storage/src/tx.rs", &text).is_empty());
        assert!(of_file("crates/privacy/src/seal.rs", &text).is_empty());
    }

    #[test]
    fn clause_2_4_1_0_an_opened_value_is_read_by_few() {
        let text = format!("let number = opened{INSIDE};");
        assert_eq!(of_file("crates/web/src/handlers/home.rs", &text).len(), 1);
        assert_eq!(of_file("crates/app/src/account/code.rs", &text).len(), 1);
        assert!(of_file("crates/app/src/rights/erase.rs", &text).is_empty());
        assert!(of_file("crates/app/tests/it/rights.rs", &text).is_empty());
    }

    fn members() -> Vec<String> {
        let fixed = LAYERS.iter().map(|(name, _)| (*name).to_owned());
        fixed
            .chain([HARNESS, TASKS, BENCHES].map(str::to_owned))
            .collect()
    }

    fn breach(from: &str, to: &str, dev: bool) -> bool {
        let edge = Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            dev,
        };
        of_edge(&edge, &members()).is_some()
    }

    #[test]
    fn nothing_points_up() {
        for (from, to) in [
            ("policy", "privacy"),
            ("storage", "app"),
            ("app", "web"),
            ("web", "cli"),
        ] {
            assert!(breach(from, to, false), "{from} → {to}");
            assert!(!breach(to, from, false), "{to} → {from}");
        }
        assert!(breach("search", "domain", false));
    }

    #[test]
    fn the_harness_is_for_tests_only() {
        assert!(breach("app", HARNESS, false));
        assert!(!breach("app", HARNESS, true));
        assert!(!breach(HARNESS, "storage", false));
        assert!(breach(HARNESS, "web", false));
    }

    #[test]
    fn nothing_depends_on_the_benches() {
        for from in ["app", "cli", HARNESS, TASKS] {
            assert!(breach(from, BENCHES, false), "{from}");
            assert!(breach(from, BENCHES, true), "{from}");
        }
        assert!(!breach(BENCHES, "web", false));
        assert!(!breach(BENCHES, "sqlx", false));
        assert!(breach(BENCHES, HARNESS, false));
        assert!(breach(BENCHES, "askama", false));
        assert!(breach(BENCHES, TASKS, false));
    }

    #[test]
    fn walled_libraries_stay_behind_their_wall() {
        assert!(breach("app", "sqlx", true));
        assert!(breach("app", "axum", false));
        assert!(breach("domain", "anyhow", false));
        assert!(breach("privacy", "tokio", false));
        assert!(!breach("storage", "sqlx", false));
        assert!(!breach("web", "askama", false));
        assert!(!breach("app", "tokio", false));
    }

    #[test]
    fn an_unknown_crate_needs_a_layer() {
        assert_eq!(of_members(&["policy".to_owned(), "extra".to_owned()]).len(), 1);
    }

    #[test]
    fn metadata_gives_members_and_edges() {
        let text = r#"{"packages":[{"name":"web","dependencies":[
            {"name":"axum","kind":null},{"name":"testkit","kind":"dev"}]}]}"#;
        let (members, edges) = read(text).unwrap();
        assert_eq!(members, ["web"]);
        let found: Vec<(&str, bool)> = edges.iter().map(|edge| (edge.to.as_str(), edge.dev)).collect();
        assert_eq!(found, [("axum", false), ("testkit", true)]);
    }

    #[test]
    fn long_files_and_empty_names_are_found() {
        assert!(of_file("a.rs", &"x\n".repeat(MOST_LINES)).is_empty());
        assert_eq!(of_file("a.rs", &"x\n".repeat(MOST_LINES + 1)).len(), 1);
        assert_eq!(of_file("a.rs", "pub(crate) mod helpers;").len(), 1);
        assert_eq!(of_file("a.rs", "  mod util {").len(), 1);
        assert!(of_file("a.rs", "mod utility;\n// mod util").is_empty());
    }
}
