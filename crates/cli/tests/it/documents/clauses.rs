//! `docs/clauses.md`: each clause of the policy in force, where the code serves it and what tests it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use policy::{Clause, Level, Version};
use web::routes::ROUTES;

use super::scan::{carried, clause_tests, marks, sources};
use super::{codes, fresh, head, root, row};

/// How far a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// A marked place in the code and a test named after the clause.
    Enforced,
    /// One of the two.
    InPart,
    /// Neither, and the software can only show it.
    TextOnly,
    /// Neither.
    NotYet,
}

impl State {
    const ALL: [Self; 4] = [Self::Enforced, Self::InPart, Self::TextOnly, Self::NotYet];

    const fn of(level: Level, code: bool, test: bool) -> Self {
        match (code, test, level) {
            (true, true, _) => Self::Enforced,
            (true, false, _) | (false, true, _) => Self::InPart,
            (false, false, Level::Support) => Self::TextOnly,
            (false, false, _) => Self::NotYet,
        }
    }

    const fn shown(self) -> &'static str {
        match self {
            Self::Enforced => "**enforced**",
            Self::InPart => "in part",
            Self::TextOnly => "text only",
            Self::NotYet => "not yet",
        }
    }
}

/// What the sources hold for each clause.
#[derive(Default)]
struct Found {
    code: BTreeMap<String, Vec<String>>,
    tests: BTreeMap<String, Vec<String>>,
}

fn add(to: &mut BTreeMap<String, Vec<String>>, id: &str, place: String) {
    let places = to.entry(id.to_owned()).or_default();
    if !places.contains(&place) {
        places.push(place);
    }
}

/// `crates/app/tests/it/account.rs` as `app`.
fn of_crate(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or(path)
}

fn found(version: &Version) -> Found {
    let mut found = Found::default();
    for route in ROUTES {
        for clause in route.clauses {
            let place = format!("{} {}", route.method.to_ascii_uppercase(), route.path);
            add(&mut found.code, clause, place);
        }
    }
    for source in sources(&root().join("crates"), &["rs"]) {
        // This folder speaks of marks and names without meaning them.
        if source.path.contains("tests/it/documents/") || source.path == "crates/policy/src/lib.rs" {
            continue;
        }
        for id in marks(&source.text) {
            assert!(version.clause(id).is_some(), "{} marks clause {id}", source.path);
            add(&mut found.code, id, source.path.clone());
        }
        for name in clause_tests(&source.text) {
            let ids = carried(name, |id| version.clause(id).is_some());
            assert!(!ids.is_empty(), "{}: {name} names no clause", source.path);
            for id in ids {
                add(
                    &mut found.tests,
                    &id,
                    format!("{}::{name}", of_crate(&source.path)),
                );
            }
        }
    }
    found
}

const fn level(of: Level) -> &'static str {
    match of {
        Level::Hard => "hard",
        Level::Process => "process",
        Level::Support => "support",
    }
}

fn places(of: Option<&Vec<String>>) -> String {
    of.map(codes).unwrap_or_default()
}

fn state(clause: &Clause, found: &Found) -> State {
    State::of(
        clause.level,
        found.code.contains_key(&clause.id),
        found.tests.contains_key(&clause.id),
    )
}

fn document(version: &Version) -> String {
    let found = found(version);
    let mut text = format!(
        "# 条款 · Clauses\n\n\
         <!-- Written by `cargo xtask gen` from policy/{id}/clauses.toml and the sources. -->\n\n\
         隐私政策 {id} 的 {count} 条条款：正文、强制程度、代码位置、测试与状态。\n\n\
         The {count} clauses of the policy of {id}: where the code serves each and what tests it. Code places are \
         [routes](routes.md) that name the clause and files that mark it with `clause!(\"…\")`; tests are those \
         whose names carry its number.\n\n\
         - **enforced**: a marked place and a named test exist. It does not say that every word of the clause's \
         `enforce` in the register is done.\n\
         - in part: a marked place without a named test, or a test without a mark.\n\
         - text only: neither; software can only show this clause (level `support`).\n\
         - not yet: neither.\n\n",
        id = version.id,
        count = version.clauses.len(),
    );
    let levels = [Level::Hard, Level::Process, Level::Support];
    text.push_str(&head(&["state", "hard", "process", "support"]));
    for wanted in State::ALL {
        let count = |of: Level| {
            let fits = |clause: &&Clause| clause.level == of && state(clause, &found) == wanted;
            version.clauses.iter().filter(fits).count().to_string()
        };
        let [hard, process, support] = levels.map(count);
        text.push_str(&row(&[wanted.shown(), &hard, &process, &support]));
    }
    for section in &version.sections {
        let _ = write!(text, "\n## {} · {}\n\n", section.zh, section.en);
        text.push_str(&head(&["clause", "text", "level", "code", "tests", "state"]));
        for clause in version.clauses_of(section) {
            text.push_str(&row(&[
                &format!("<a id=\"c-{id}\"></a>{id}", id = clause.id),
                &format!("{}<br>{}", clause.zh, clause.en),
                level(clause.level),
                &places(found.code.get(&clause.id)),
                &places(found.tests.get(&clause.id)),
                state(clause, &found).shown(),
            ]));
        }
    }
    text
}

#[test]
fn clauses_document_is_fresh() {
    let archive = policy::builtin().expect("the policy");
    let version = archive.iter().next_back().expect("a version");
    fresh("docs/clauses.md", &document(version));
}

#[test]
fn a_clause_is_enforced_only_with_code_and_test() {
    assert_eq!(State::of(Level::Hard, true, true), State::Enforced);
    assert_eq!(State::of(Level::Hard, true, false), State::InPart);
    assert_eq!(State::of(Level::Support, false, true), State::InPart);
    assert_eq!(State::of(Level::Support, false, false), State::TextOnly);
    assert_eq!(State::of(Level::Process, false, false), State::NotYet);
}
