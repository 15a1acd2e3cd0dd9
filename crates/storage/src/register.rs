//! The data register: `columns.toml`, one entry per column of every table (clauses 0.5, 1.2, 1.3).

use std::collections::{BTreeMap, HashMap};
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
    /// Never leaves the store in any form but for its one use; with `uses` it is sealed, and not part
    /// of the copy either way.
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
    /// The purposes that may use it.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// The clauses that allow it.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// Of a sealed column: the purposes that may open it, each with its own clauses. `purposes` and
    /// `clauses` then repeat them.
    #[serde(default)]
    pub uses: BTreeMap<String, Vec<String>>,
    /// The retention rule.
    pub retention: String,
    /// Who else may receive it.
    pub recipients: Vec<String>,
    /// The roles of staff that may open it, each for a case and with a reason; nobody's eyes, if empty.
    #[serde(default)]
    pub staff: Vec<String>,
    /// Who reads an unsealed value beside whoever typed it: `members` of the organisation, a `verifier` at a
    /// case, `everybody` once it is verified.
    #[serde(default)]
    pub shown: Vec<String>,
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

impl Column {
    /// Whether its values are sealed under their subject's key: those of a person, and secrets that
    /// have to be opened to be of use. Digests of secrets are not.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        match self.class {
            Class::Personal | Class::Sensitive => true,
            Class::Secret => !self.uses.is_empty(),
            Class::Public | Class::Account | Class::Derived => false,
        }
    }

    /// Whether it is given to the purpose under this very clause.
    fn allows(&self, purpose: &str, clause: &str) -> bool {
        let uses = self.uses.get(purpose);
        uses.is_some_and(|clauses| clauses.iter().any(|known| known == clause))
    }
}

/// What the register says of several sealed columns at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Each is given to the purpose under the clause.
    pub registered: bool,
    /// One of them is sensitive.
    pub sensitive: bool,
}

/// The sealed columns, by table and name.
struct SealedColumns(HashMap<String, HashMap<String, Column>>);

impl SealedColumns {
    fn of(columns: Vec<Column>) -> Self {
        let mut tables: HashMap<String, HashMap<String, Column>> = HashMap::new();
        for column in columns.into_iter().filter(Column::is_sealed) {
            let table = tables.entry(column.table.clone()).or_default();
            table.insert(column.name.clone(), column);
        }
        Self(tables)
    }

    fn find(&self, field: &str) -> Option<&Column> {
        let (table, column) = field.split_once('.')?;
        self.0.get(table)?.get(column)
    }

    fn allow(&self, field: &str, purpose: &str, clause: &str) -> bool {
        self.find(field)
            .is_some_and(|column| column.allows(purpose, clause))
    }
}

fn sealed() -> &'static SealedColumns {
    static SEALED: OnceLock<SealedColumns> = OnceLock::new();
    // A malformed register allows nothing; a test reads it before it ships.
    SEALED.get_or_init(|| SealedColumns::of(columns().unwrap_or_default()))
}

/// Whether the register gives the sealed column `table.column` to the purpose under this very
/// clause. A column that is not registered, or not sealed, is given to nobody.
#[must_use]
pub fn allows(field: &str, purpose: &str, clause: &str) -> bool {
    sealed().allow(field, purpose, clause)
}

/// The same of several columns, each looked up once, and whether one of them is sensitive: what a permit
/// is decided by.
#[must_use]
pub fn asked(fields: &[&str], purpose: &str, clause: &str) -> Said {
    let mut said = Said {
        registered: true,
        sensitive: false,
    };
    for field in fields {
        let column = sealed().find(field);
        said.registered &= column.is_some_and(|column| column.allows(purpose, clause));
        said.sensitive |= column.is_some_and(|column| column.class == Class::Sensitive);
    }
    said
}

/// Whether the register gives each of these sealed columns to the eyes of this role of staff (2.5.1.e).
#[must_use]
pub fn staff_sees(fields: &[&str], role: &str) -> bool {
    policy::clause!("2.5.1.e");
    let given = |column: &Column| column.staff.iter().any(|known| known == role);
    fields.iter().all(|field| sealed().find(field).is_some_and(given))
}

/// Whether the register names the recipient for the sealed column `table.column`.
#[must_use]
pub fn gives(field: &str, recipient: &str) -> bool {
    sealed()
        .find(field)
        .is_some_and(|column| column.recipients.iter().any(|known| known == recipient))
}

/// Whether `table.column` holds sensitive values. One that is not known does not open at all.
#[must_use]
pub fn is_sensitive(field: &str) -> bool {
    sealed()
        .find(field)
        .is_some_and(|column| column.class == Class::Sensitive)
}

/// The class of a sealed column; nothing for one that is not registered as sealed.
#[must_use]
pub fn sealed_class(table: &str, column: &str) -> Option<Class> {
    Some(sealed().0.get(table)?.get(column)?.class)
}

/// The register.
///
/// # Errors
/// A malformed `columns.toml`.
pub fn columns() -> Result<Vec<Column>, toml::de::Error> {
    policy::clause!("0.5");
    policy::clause!("1.2");
    read(TEXT)
}

fn read(text: &str) -> Result<Vec<Column>, toml::de::Error> {
    let mut columns = toml::from_str::<Register>(text)?.column;
    for column in columns.iter_mut().filter(|column| !column.uses.is_empty()) {
        column.purposes = column.uses.keys().cloned().collect();
        let mut clauses: Vec<String> = column.uses.values().flatten().cloned().collect();
        clauses.sort();
        clauses.dedup();
        column.clauses = clauses;
    }
    Ok(columns)
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

/// What the erasure of a person does with what a rule keeps (PIPL 47).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum OnErasure {
    /// It goes.
    Delete,
    /// A law keeps it until the rule's time is up: under the pseudonym, and what is sealed, under a
    /// key of its own. Nobody's daily work reads it.
    Restrict,
    /// What ties it to the person goes, column by column; the rows stay and are nobody's.
    Unlink,
    /// It is nobody's.
    Nothing,
}

impl OnErasure {
    /// Whether an erasure takes it from the person at once.
    #[must_use]
    pub const fn removes(self) -> bool {
        matches!(self, Self::Delete | Self::Unlink)
    }
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
    /// What an erasure does with it.
    pub on_erasure: OnErasure,
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

/// The retention rules, read once. A malformed file has none; a test reads it before it ships.
#[must_use]
pub fn known_rules() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| rules().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Class, SealedColumns, read};

    const TEXT: &str = r#"
[[column]]
table = "card"
name = "number"
class = "sensitive"
subject = "subject"
uses = { fulfil_contract = ["2.2.1"], show_own = ["2.6.1.a", "2.6.1.e"] }
retention = "account_life"
recipients = []
export = true
"#;

    #[test]
    fn clause_2_2_6_b_a_clause_serves_only_the_purpose_it_stands_with() {
        let columns = read(TEXT).expect("a register");
        assert_eq!(columns[0].purposes, ["fulfil_contract", "show_own"]);
        assert_eq!(columns[0].clauses, ["2.2.1", "2.6.1.a", "2.6.1.e"]);
        let sealed = SealedColumns::of(columns);
        assert!(sealed.allow("card.number", "fulfil_contract", "2.2.1"));
        assert!(sealed.allow("card.number", "show_own", "2.6.1.e"));
        assert!(!sealed.allow("card.number", "fulfil_contract", "2.6.1.a"));
        assert!(!sealed.allow("card.number", "show_own", "2.2.1"));
        assert!(!sealed.allow("card.number", "notify", "2.2.1"));
        assert!(!sealed.allow("card", "show_own", "2.6.1.a"));
        let found = sealed.find("card.number").map(|column| column.class);
        assert_eq!(found, Some(Class::Sensitive));
    }
}
