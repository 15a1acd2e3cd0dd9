//! The data register: `columns.toml`, one entry per column of every table (clauses 0.5, 1.2, 1.3).

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

/// The register.
///
/// # Errors
/// A malformed `columns.toml`.
pub fn columns() -> Result<Vec<Column>, toml::de::Error> {
    toml::from_str::<Register>(TEXT).map(|register| register.column)
}
