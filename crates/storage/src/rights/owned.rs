//! Which rows are a person's: the register's paths as conditions, and the statements made of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::register::{self, Column, OnErasure, Rule};
use crate::schema::{self, Kind};

/// Rows read at a time.
const PAGE: usize = 500;

/// The columns of one table that belong to a person by the same path.
#[derive(Debug)]
pub struct Owned {
    /// The table.
    pub table: &'static str,
    /// How a row leads to the person.
    pub path: &'static str,
    /// What an erasure does with these rows.
    pub on_erasure: OnErasure,
    /// The rule that keeps them.
    pub rule: &'static Rule,
    /// The columns of the copy, in the register's order, each with its type.
    pub exported: Vec<(&'static Column, Kind)>,
    /// The columns that hold sealed values.
    pub sealed: Vec<&'static str>,
    pub(crate) key: Vec<(&'static str, Kind)>,
    pub(crate) first: String,
    pub(crate) next: String,
    pub(crate) count: String,
    pub(crate) delete: String,
}

/// The condition under which a row is the person `$1`'s; `None` for a path not known here.
fn condition(path: &str) -> Option<String> {
    match path.split('.').collect::<Vec<_>>().as_slice() {
        // The column names the person.
        [column] => Some(format!("{column} = $1")),
        [column, "subject"] => Some(format!("{column} IN (SELECT id FROM account WHERE subject = $1)")),
        ["service_order", column, "subject"] => Some(format!(
            "order_id IN (SELECT o.id FROM service_order o JOIN account a ON a.id = o.{column} WHERE a.subject = $1)"
        )),
        _ => None,
    }
}

fn marks(from: usize, count: usize) -> String {
    let marks: Vec<String> = (from..from + count).map(|place| format!("${place}")).collect();
    marks.join(", ")
}

fn build(register: &'static [Column], rules: &'static [Rule]) -> Vec<Owned> {
    let shape = schema::declared();
    let mut groups: BTreeMap<(&str, &str), Vec<&'static Column>> = BTreeMap::new();
    for column in register.iter().filter(|column| !column.subject.is_empty()) {
        groups
            .entry((&column.table, &column.subject))
            .or_default()
            .push(column);
    }
    let make = |((table, path), columns): ((&'static str, &'static str), Vec<&'static Column>)| {
        let condition = condition(path)?;
        let declared = shape.get(table)?;
        let rule = rules.iter().find(|rule| rule.id == columns[0].retention)?;
        // A row says which it is, also where its key is reached by another path.
        let mut copied: Vec<&'static Column> =
            columns.iter().copied().filter(|column| column.export).collect();
        let known: Vec<&str> = copied.iter().map(|column| &*column.name).collect();
        let of_key = |column: &&'static Column| {
            column.table == table
                && column.export
                && declared.key.contains(&column.name)
                && !known.contains(&&*column.name)
        };
        let mut all: Vec<&'static Column> = if copied.is_empty() {
            Vec::new()
        } else {
            register.iter().filter(of_key).collect()
        };
        all.append(&mut copied);
        let exported: Vec<_> = all
            .iter()
            .map(|column| Some((*column, *declared.columns.get(&column.name)?)))
            .collect::<Option<_>>()?;
        let key: Vec<(&'static str, Kind)> = declared
            .key
            .iter()
            .map(|name| Some((&**name, *declared.columns.get(name)?)))
            .collect::<Option<_>>()?;
        let sealed = columns.iter().filter(|column| column.is_sealed());
        let names: Vec<&str> = key.iter().map(|(name, _)| *name).collect();
        let mut wanted: Vec<&str> = exported.iter().map(|(column, _)| &*column.name).collect();
        wanted.extend(&names);
        wanted.push(if declared.columns.contains_key("id") {
            "id"
        } else {
            names.first()?
        });
        let (wanted, names) = (wanted.join(", "), names.join(", "));
        let after = marks(2, key.len());
        Some(Owned {
            table,
            path,
            on_erasure: rule.on_erasure,
            rule,
            exported,
            sealed: sealed.map(|column| &*column.name).collect(),
            key,
            first: format!("SELECT {wanted} FROM {table} WHERE {condition} ORDER BY {names} LIMIT {PAGE}"),
            next: format!(
                "SELECT {wanted} FROM {table} WHERE {condition} AND ({names}) > ({after}) ORDER BY {names} LIMIT {PAGE}"
            ),
            count: format!("SELECT COUNT(*) FROM {table} WHERE {condition}"),
            delete: match rule.on_erasure {
                OnErasure::Unlink => {
                    let ties: Vec<String> = columns
                        .iter()
                        .map(|column| format!("{} = NULL", column.name))
                        .collect();
                    format!("UPDATE {table} SET {} WHERE {condition}", ties.join(", "))
                }
                _ => format!("DELETE FROM {table} WHERE {condition}"),
            },
        })
    };
    groups.into_iter().filter_map(make).collect()
}

/// Everything that belongs to a person in the data store. Keys are the vault's and not among it.
pub fn owned() -> &'static [Owned] {
    static COLUMNS: OnceLock<Vec<Column>> = OnceLock::new();
    static OWNED: OnceLock<Vec<Owned>> = OnceLock::new();
    OWNED.get_or_init(|| {
        // A malformed register owns nothing; tests read it before it ships.
        let columns = COLUMNS.get_or_init(|| register::columns().unwrap_or_default());
        build(columns, register::known_rules())
    })
}

pub(super) fn statements() -> Vec<&'static str> {
    owned()
        .iter()
        .flat_map(|owned| {
            [
                owned.first.as_str(),
                owned.next.as_str(),
                owned.count.as_str(),
                owned.delete.as_str(),
            ]
        })
        .collect()
}
