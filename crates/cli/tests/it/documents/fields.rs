//! `docs/fields.md`: who can read which field at which step, computed from the register and the kernel; and
//! the comparison with what each step may take and give (`crates/storage/field_steps.toml`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use privacy::{PurposeId, StaffRole};
use serde::Deserialize;
use storage::register::{Column, allows, columns, gives, staff_sees};

use super::{fresh, head, row};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    id: String,
    zh: String,
    en: String,
    tables: Vec<String>,
    needed: Vec<String>,
    optional: Vec<String>,
    own: Vec<String>,
    shared: BTreeMap<String, Vec<String>>,
    staff: BTreeMap<String, Vec<String>>,
    until: String,
}

#[derive(Deserialize)]
struct Steps {
    step: Vec<Step>,
}

fn steps() -> Vec<Step> {
    let text = include_str!("../../../../storage/field_steps.toml");
    toml::from_str::<Steps>(text).expect("the steps").step
}

fn place(column: &Column) -> String {
    format!("{}.{}", column.table, column.name)
}

/// Whom the register knows as recipients.
fn recipients(all: &[Column]) -> BTreeSet<String> {
    all.iter().flat_map(|column| column.recipients.clone()).collect()
}

/// The sealed columns of a step's tables.
fn of<'a>(step: &Step, all: &'a [Column]) -> Vec<&'a Column> {
    let within = |column: &&Column| column.is_sealed() && step.tables.contains(&column.table);
    all.iter().filter(within).collect()
}

/// What the kernel lets through for a field: purposes, each under its clauses, asked one by one.
fn purposes(field: &str, column: &Column) -> Vec<String> {
    let clauses: BTreeSet<&String> = column.uses.values().flatten().collect();
    let mut found = Vec::new();
    for purpose in PurposeId::ALL {
        let allowed: Vec<&str> = clauses
            .iter()
            .map(|clause| clause.as_str())
            .filter(|clause| allows(field, purpose.as_str(), clause))
            .collect();
        if !allowed.is_empty() {
            found.push(format!("{} ({})", purpose.as_str(), allowed.join(", ")));
        }
    }
    found
}

/// The roles that open it: the register names them, and the kernel gives them one of its purposes.
fn roles(field: &str, column: &Column) -> Vec<&'static str> {
    let opens = |role: &&StaffRole| {
        let purpose = |purpose: &PurposeId| column.uses.contains_key(purpose.as_str());
        staff_sees(&[field], role.registered()) && role.purposes().iter().any(purpose)
    };
    StaffRole::ALL
        .iter()
        .filter(opens)
        .map(|role| role.kind().trim_start_matches("staff:"))
        .collect()
}

fn document(all: &[Column]) -> String {
    let mut text = String::from(
        "# 字段与步骤 · Fields by step\n\n\
         <!-- Written by `cargo xtask gen` from crates/storage/columns.toml, field_steps.toml and the kernel. -->\n\n\
         每一步收集哪些个人信息、谁能打开、给了谁。表中没有的，谁也不能为这一步打开；由测试与登记册和内核核对。\n\n\
         What each step takes, who can open it, and whom it is given to. What is not here nobody can open for \
         the step: a test compares it with the register and the kernel. `show_own` is the person themself; the \
         other purposes are the program's own work, each opening recorded.\n",
    );
    for step in steps() {
        let _ = write!(
            text,
            "\n## {} · {}\n\nUntil: {}.\n\n",
            step.zh, step.en, step.until
        );
        let columns = of(&step, all);
        if columns.is_empty() {
            text.push_str("Nothing personal.\n");
            continue;
        }
        text.push_str(&head(&[
            "field",
            "is",
            "opened for (clauses)",
            "staff, for a case",
            "given to",
        ]));
        for column in columns {
            let field = place(column);
            let kind = [
                ("needed", &step.needed),
                ("optional", &step.optional),
                ("the step's own", &step.own),
            ];
            let kind = kind
                .iter()
                .find(|(_, fields)| fields.contains(&field))
                .map_or("", |(word, _)| word);
            text.push_str(&row(&[
                &field,
                kind,
                &purposes(&field, column).join("; "),
                &roles(&field, column).join(", "),
                &column.recipients.join(", "),
            ]));
        }
    }
    text
}

#[test]
fn fields_document_is_fresh() {
    fresh("docs/fields.md", &document(&columns().expect("the register")));
}

/// Every cell: taken, staff, given. Compared both ways, so that a column that joins a table, a role or a
/// recipient more is seen here before it is anywhere.
#[test]
fn clause_2_2_6_a_each_step_takes_and_gives_what_its_row_says() {
    let all = columns().expect("the register");
    let known = recipients(&all);
    for step in steps() {
        let taken: BTreeSet<String> = of(&step, &all).into_iter().map(place).collect();
        let listed: Vec<&String> = [&step.needed, &step.optional, &step.own]
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(
            taken,
            listed.iter().map(|field| (*field).clone()).collect(),
            "{}",
            step.id
        );
        assert_eq!(taken.len(), listed.len(), "{}: a field is listed twice", step.id);
        for field in &taken {
            let column = all
                .iter()
                .find(|column| &place(column) == field)
                .expect("registered");
            for recipient in &known {
                let listed = step
                    .shared
                    .get(recipient)
                    .is_some_and(|fields| fields.contains(field));
                assert_eq!(
                    gives(field, recipient),
                    listed,
                    "{}: {field} to {recipient}",
                    step.id
                );
            }
            for role in StaffRole::ALL {
                let word = role.kind().trim_start_matches("staff:");
                let listed = step.staff.get(word).is_some_and(|fields| fields.contains(field));
                assert_eq!(
                    roles(field, column).contains(&word),
                    listed,
                    "{}: {field} by {word}",
                    step.id
                );
            }
        }
        let named = step.shared.values().chain(step.staff.values()).flatten();
        for field in named {
            assert!(
                taken.contains(field),
                "{}: {field} is none of its fields",
                step.id
            );
        }
        for recipient in step.shared.keys() {
            assert!(
                known.contains(recipient),
                "{}: nobody is called {recipient}",
                step.id
            );
        }
    }
}

/// No table of accounts, verification or enterprises that holds something personal stands beside the steps.
#[test]
fn every_personal_field_of_these_rooms_belongs_to_one_step() {
    let apart = ["order_", "service_order", "erasure", "log_entry", "staff"];
    let steps = steps();
    for column in columns()
        .expect("the register")
        .iter()
        .filter(|column| column.is_sealed())
    {
        let belongs = steps
            .iter()
            .filter(|step| step.tables.contains(&column.table))
            .count();
        let elsewhere = apart.iter().any(|start| column.table.starts_with(start));
        assert_eq!(belongs, usize::from(!elsewhere), "{}", place(column));
    }
}
