//! The register of recipients: `recipients.toml`, the only ones who may receive personal data, and
//! what columns.toml gives them (clauses 2.4.1.0, 2.4.1.4.b, 2.4.1.5.e).

use std::sync::OnceLock;

use serde::Deserialize;

use crate::register;

/// What a recipient is to the person.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum RecipientKind {
    /// The other side of their own order.
    Counterparty,
    /// The members of an organisation that the person joined.
    Organisation,
    /// Entrusted by the platform with a task (PIPL 21).
    Processor,
}

/// A registered recipient.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// The name columns use.
    pub id: String,
    /// What it is.
    pub kind: RecipientKind,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// What it does, in Chinese.
    pub task_zh: String,
    /// What it does, in English.
    pub task_en: String,
    /// How it gets the data, in Chinese.
    pub way_zh: String,
    /// How it gets the data, in English.
    pub way_en: String,
    /// The clause it stands on.
    pub clause: String,
    /// How many days it may keep what it got; 0 if the order says it.
    pub keeps_days: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipients {
    recipient: Vec<Registered>,
}

/// The registered recipients.
///
/// # Errors
/// A malformed `recipients.toml`.
pub fn recipients() -> Result<Vec<Registered>, toml::de::Error> {
    policy::clause!("2.4.1.5.e");
    toml::from_str::<Recipients>(include_str!("../recipients.toml")).map(|known| known.recipient)
}

/// The registered recipients, read once. A malformed file has none; a test reads it before it ships.
#[must_use]
pub fn known_recipients() -> &'static [Registered] {
    static KNOWN: OnceLock<Vec<Registered>> = OnceLock::new();
    KNOWN.get_or_init(|| recipients().unwrap_or_default())
}

/// Whether the recipient is registered and the register gives it the sealed column `table.column`.
#[must_use]
pub fn receives(field: &str, recipient: &str) -> bool {
    known_recipients().iter().any(|known| known.id == recipient) && register::gives(field, recipient)
}
