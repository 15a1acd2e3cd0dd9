//! The data register: `columns.toml`, one entry per column of every table (clauses 0.5, 1.2, 1.3).

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// What a column holds.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// May be shown to anyone.
    Public,
    /// About an account or the platform's own work; pseudonymous.
    Account,
    /// Personal; sealed under the subject's key.
    Personal,
    /// Sensitive personal (PIPL 28); sealed, separate consent.
    Sensitive,
    /// Never leaves the store in any form.
    Secret,
    /// Computed from others; dies with them.
    Derived,
}

/// One column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The table.
    pub table: String,
    /// The column.
    pub name: String,
    /// What it holds.
    pub class: Class,
    /// The path to the person, or empty.
    pub subject: String,
    /// The purposes that may open or use it.
    pub purposes: Vec<String>,
    /// The clauses that allow it.
    pub clauses: Vec<String>,
    /// The retention rule.
    pub retention: String,
    /// Who else may receive it.
    pub recipients: Vec<String>,
    /// Whether it is part of the person's copy.
    pub export: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    column: Vec<Column>,
}

/// The register's text.
pub const TEXT: &str = include_str!("../columns.toml");

/// Whether the register gives the sealed column `table.column` to the purpose under the clause. A
/// column that is not registered, or not sealed, is given to nobody.
#[must_use]
pub fn allows(field: &str, purpose: &str, clause: &str) -> bool {
    static SEALED: OnceLock<HashMap<String, Column>> = OnceLock::new();
    let sealed = SEALED.get_or_init(|| {
        // A malformed register allows nothing; a test reads it before it ships.
        let columns = columns().unwrap_or_default().into_iter();
        columns
            .filter(|column| matches!(column.class, Class::Personal | Class::Sensitive))
            .map(|column| (format!("{}.{}", column.table, column.name), column))
            .collect()
    });
    sealed.get(field).is_some_and(|column| {
        column.purposes.iter().any(|known| known == purpose)
            && column.clauses.iter().any(|known| known == clause)
    })
}

/// The register.
///
/// # Errors
/// A malformed `columns.toml`.
pub fn columns() -> Result<Vec<Column>, toml::de::Error> {
    policy::clause!("0.5");
    policy::clause!("1.2");
    toml::from_str::<Register>(TEXT).map(|register| register.column)
}

/// How long a rule keeps something, from its trigger on.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub enum Term {
    /// While the thing itself lasts.
    Lasting,
    /// Hours.
    Hours(u16),
    /// Days.
    Days(u16),
    /// Calendar years.
    Years(u16),
}

impl TryFrom<String> for Term {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() {
            return Ok(Self::Lasting);
        }
        let read = |mark: char| text.strip_suffix(mark)?.parse().ok();
        read('h')
            .map(Self::Hours)
            .or_else(|| read('d').map(Self::Days))
            .or_else(|| read('y').map(Self::Years))
            .ok_or("a term is empty or a number with h, d or y")
    }
}

/// What happens when a rule's time is up.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The rows go.
    Delete,
    /// The subject's key is destroyed, so that every sealed value is unreadable; then the rows go.
    DestroyKey,
}

/// A retention rule (clause 2.5.3.b).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name columns refer to.
    pub id: String,
    /// What it means, in Chinese.
    pub zh: String,
    /// What it means, in English.
    pub en: String,
    /// How long.
    pub term: Term,
    /// From when on.
    pub trigger: String,
    /// What then.
    pub action: Action,
    /// The clauses behind it.
    pub clauses: Vec<String>,
    /// The articles behind it.
    pub law: Vec<String>,
    /// The function that applies it; empty as long as none does.
    pub applied_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rule: Vec<Rule>,
}

/// The retention rules, by name.
///
/// # Errors
/// A malformed `retention.toml`.
pub fn rules() -> Result<Vec<Rule>, toml::de::Error> {
    toml::from_str::<Rules>(include_str!("../retention.toml")).map(|rules| rules.rule)
}
