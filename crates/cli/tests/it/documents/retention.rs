//! `docs/retention.md`, from the retention rules and the columns that name them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use storage::register::{Action, Column, Rule, Term, columns, rules};

use super::scan::sources;
use super::{clause_links, codes, fresh, head, root, row};

fn term(of: Term) -> String {
    match of {
        Term::Lasting => "持续 · while it lasts".to_owned(),
        Term::Hours(hours) => format!("{hours} 小时 · hours"),
        Term::Days(days) => format!("{days} 天 · days"),
        Term::Years(years) => format!("{years} 年 · years"),
    }
}

const fn action(of: Action) -> &'static str {
    match of {
        Action::Delete => "删除 · delete",
        Action::DestroyKey => "销毁密钥并删除 · destroy the key, then delete",
    }
}

fn document(rules: &[Rule], columns: &[Column]) -> String {
    let mut text = String::from(
        "# 保存期限 · Retention\n\n\
         <!-- Written by `cargo xtask gen` from crates/storage/retention.toml and columns.toml; edit those files. -->\n\n\
         每条保存规则的期限、起算、到期处理、依据，及其管辖的[数据字段](columns.md)。\n\n\
         Each rule: how long, from when, what then, why, and the [columns](columns.md) it governs. A rule that \
         nothing applies yet says so.\n\n",
    );
    text.push_str(&head(&[
        "rule",
        "term",
        "from",
        "action",
        "clauses",
        "law",
        "applied by",
    ]));
    for rule in rules {
        let applied = if rule.applied_by.is_empty() {
            "**nothing yet**".to_owned()
        } else {
            format!("`{}`", rule.applied_by)
        };
        text.push_str(&row(&[
            &format!("[{id}](#{id})", id = rule.id),
            &term(rule.term),
            &rule.trigger,
            action(rule.action),
            &clause_links(&rule.clauses),
            &rule.law.join(", "),
            &applied,
        ]));
    }
    for rule in rules {
        let _ = write!(text, "\n## {}\n\n{}\n\n{}\n\n", rule.id, rule.zh, rule.en);
        let mut governed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for column in columns.iter().filter(|column| column.retention == rule.id) {
            governed.entry(&column.table).or_default().push(&column.name);
        }
        text.push_str(&head(&["table", "columns"]));
        for (table, names) in governed {
            text.push_str(&row(&[table, &codes(names)]));
        }
    }
    text
}

#[test]
fn retention_document_is_fresh() {
    let (rules, columns) = (rules().expect("rules"), columns().expect("the register"));
    fresh("docs/retention.md", &document(&rules, &columns));
}

/// A rule does not claim to be applied by something that is not there.
#[test]
fn what_applies_a_rule_exists() {
    let sources = sources(&root().join("crates"), &["rs"]);
    for rule in rules().expect("rules") {
        let Some((path, function)) = rule.applied_by.rsplit_once("::") else {
            assert!(rule.applied_by.is_empty(), "{} is no path", rule.applied_by);
            continue;
        };
        let folder = format!("crates/{}/src/", path.split("::").next().unwrap_or_default());
        let there = sources.iter().any(|source| {
            source.path.starts_with(&folder) && source.text.contains(&format!("pub async fn {function}"))
        });
        assert!(
            there,
            "{} is applied by nothing called {}",
            rule.id, rule.applied_by
        );
    }
}

/// Whoever reads a rule can read the clause behind it.
#[test]
fn rules_and_columns_name_existing_clauses() {
    let archive = policy::builtin().expect("the policy");
    let version = archive.iter().next_back().expect("a version");
    let of_rules = rules()
        .expect("rules")
        .into_iter()
        .map(|rule| (rule.id, rule.clauses));
    let of_columns = columns()
        .expect("the register")
        .into_iter()
        .map(|column| (format!("{}.{}", column.table, column.name), column.clauses));
    for (place, clauses) in of_rules.chain(of_columns) {
        for clause in clauses {
            assert!(version.clause(&clause).is_some(), "{place} names {clause}");
        }
    }
}
