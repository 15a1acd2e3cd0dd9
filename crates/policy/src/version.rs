//! One version of the policy: dates, sections, clauses, agreement.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::Date;
use time::macros::format_description;

use crate::Lang;

/// How strongly a clause binds the program.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Software alone makes a breach impossible.
    Hard,
    /// Software runs and proves a workflow in which people act.
    Process,
    /// Software can only show and support it.
    Support,
}

/// Whether a version changes what a person agreed to.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Purposes, functions, recipients or contacts change (0.18).
    Major,
    /// Wording only.
    Minor,
}

/// One clause.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its id, such as `2.6.1.g`.
    pub id: String,
    /// How strongly it binds.
    pub level: Level,
    /// What it is: duty, right, permission …
    pub kind: String,
    /// The text in Chinese.
    pub zh: String,
    /// The text in English.
    pub en: String,
    /// What the program must do.
    pub enforce: String,
    /// What proves it.
    pub evidence: String,
    /// The laws behind it.
    pub law: Vec<String>,
    /// The functions it concerns.
    pub functions: Vec<String>,
}

impl Clause {
    /// The text in a language.
    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }

    /// Whether a change of this clause touches purpose, method or kind of processing, so that old
    /// consent does not carry over (0.20).
    #[must_use]
    pub fn touches_purpose(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "purpose" | "permission" | "deemed_consent" | "exception" | "scope"
        )
    }
}

/// A section of the readable text.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The beginning of its clauses' ids.
    pub key: String,
    /// The heading in Chinese.
    pub zh: String,
    /// The heading in English.
    pub en: String,
}

impl Section {
    /// The heading in a language.
    #[must_use]
    pub fn heading(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

/// A purpose as a version states it (2.2.6.a): what is not in the list has no permit under it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// Its id, such as `notify`.
    pub id: String,
    /// What it is, in Chinese.
    pub zh: String,
    /// What it is, in English.
    pub en: String,
    /// The legal bases that carry it.
    pub bases: Vec<String>,
    /// The clauses that state it.
    pub clauses: Vec<String>,
}

/// Why a version's texts are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not the expected shape.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A date is missing or no date (0.1).
    #[error("{0} must be a date such as 2020-11-01")]
    Date(&'static str),
    /// In force before it was updated (0.1).
    #[error("effective_on lies before updated_on")]
    DatesReversed,
    /// A clause stands twice.
    #[error("clause {0} stands twice")]
    Duplicate(String),
    /// A clause belongs to no section, so that nobody would read it.
    #[error("clause {0} belongs to no section")]
    Homeless(String),
    /// A purpose rests on a clause that the version does not have, or stands twice.
    #[error("purpose {0} stands twice or names a clause that is not there")]
    Purpose(String),
    /// A version with this id or effective date is already in the archive (0.17).
    #[error("version {0} is already published")]
    Published(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionFile {
    id: String,
    product: String,
    #[serde(default)]
    updated_on: String,
    #[serde(default)]
    effective_on: String,
    kind: Kind,
    sensitive_zh: Vec<String>,
    sensitive_en: Vec<String>,
    section: Vec<Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClauseFile {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposeFile {
    purpose: Vec<Stated>,
}

/// One version of the policy with its agreement. Immutable.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its id.
    pub id: String,
    /// The product it governs (0.10).
    pub product: String,
    /// When its text was last changed.
    pub updated_on: Date,
    /// From which day, in Beijing, it governs.
    pub effective_on: Date,
    /// Major or minor.
    pub kind: Kind,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// Its clauses in order.
    pub clauses: Vec<Clause>,
    /// The purposes it states; none until [`Version::stating`] read them.
    pub purposes: Vec<Stated>,
    /// Where each clause stands: asked for at every opening.
    places: HashMap<String, usize>,
    sensitive: (Vec<String>, Vec<String>),
    agreement: (String, String),
}

pub(crate) fn date(text: &str, field: &'static str) -> Result<Date, PolicyError> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| PolicyError::Date(field))
}

/// The section key of a clause id: `2.6` of `2.6.1.g`, `0` of `0.7`.
fn section_of(id: &str) -> &str {
    let dot = id.find('.').unwrap_or(id.len());
    if &id[..dot] != "2" {
        return &id[..dot];
    }
    id[dot + 1..].find('.').map_or(id, |next| &id[..dot + 1 + next])
}

fn places(clauses: &[Clause]) -> HashMap<String, usize> {
    let ids = clauses.iter().map(|clause| clause.id.clone());
    ids.zip(0..).collect()
}

impl Version {
    /// Reads a version from its four texts.
    ///
    /// # Errors
    /// [`PolicyError`] naming what is wrong (0.1).
    pub fn parse(
        version: &str,
        clauses: &str,
        agreement_zh: &str,
        agreement_en: &str,
    ) -> Result<Self, PolicyError> {
        crate::clause!("0.1");
        let malformed = |error: toml::de::Error| PolicyError::Malformed(error.message().to_owned());
        let file: VersionFile = toml::from_str(version).map_err(malformed)?;
        let register: ClauseFile = toml::from_str(clauses).map_err(malformed)?;
        let (updated_on, effective_on) = (
            date(&file.updated_on, "updated_on")?,
            date(&file.effective_on, "effective_on")?,
        );
        if effective_on < updated_on {
            return Err(PolicyError::DatesReversed);
        }
        let mut seen = HashSet::new();
        for clause in &register.clause {
            if !seen.insert(clause.id.as_str()) {
                return Err(PolicyError::Duplicate(clause.id.clone()));
            }
            if !file
                .section
                .iter()
                .any(|section| section.key == section_of(&clause.id))
            {
                return Err(PolicyError::Homeless(clause.id.clone()));
            }
        }
        Ok(Self {
            id: file.id,
            product: file.product,
            updated_on,
            effective_on,
            kind: file.kind,
            sections: file.section,
            places: places(&register.clause),
            clauses: register.clause,
            purposes: Vec::new(),
            sensitive: (file.sensitive_zh, file.sensitive_en),
            agreement: (agreement_zh.to_owned(), agreement_en.to_owned()),
        })
    }

    /// The same version with its list of purposes.
    ///
    /// # Errors
    /// [`PolicyError`] naming what is wrong.
    pub fn stating(mut self, purposes: &str) -> Result<Self, PolicyError> {
        let malformed = |error: toml::de::Error| PolicyError::Malformed(error.message().to_owned());
        let file: PurposeFile = toml::from_str(purposes).map_err(malformed)?;
        let mut seen = HashSet::new();
        for stated in &file.purpose {
            let unknown = stated.clauses.iter().any(|id| self.clause(id).is_none());
            if unknown || stated.clauses.is_empty() || !seen.insert(stated.id.as_str()) {
                return Err(PolicyError::Purpose(stated.id.clone()));
            }
        }
        self.purposes = file.purpose;
        Ok(self)
    }

    /// Whether this version states the purpose on this basis and has the clause (2.2.6.a).
    #[must_use]
    pub fn states(&self, purpose: &str, basis: &str, clause: &str) -> bool {
        let stated = self.purposes.iter().find(|stated| stated.id == purpose);
        stated.is_some_and(|stated| stated.bases.iter().any(|known| known == basis))
            && self.clause(clause).is_some()
    }

    /// The clauses of a section, in order.
    pub fn clauses_of<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = &'a Clause> {
        self.clauses
            .iter()
            .filter(|clause| section_of(&clause.id) == section.key)
    }

    /// A clause by its id.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        let place = self.places.get(id)?;
        self.clauses.get(*place).filter(|clause| clause.id == id)
    }

    /// The words to be underlined in a language (0.14).
    #[must_use]
    pub fn sensitive(&self, lang: Lang) -> &[String] {
        if lang == Lang::Zh {
            &self.sensitive.0
        } else {
            &self.sensitive.1
        }
    }

    /// The agreement's text, with `{{operator}}` still in it.
    #[must_use]
    pub fn agreement(&self, lang: Lang) -> &str {
        if lang == Lang::Zh {
            &self.agreement.0
        } else {
            &self.agreement.1
        }
    }

    /// SHA-256 (hex) of the policy as shown in a language.
    #[must_use]
    pub fn policy_hash(&self, lang: Lang) -> String {
        let mut hash = Sha256::new();
        for part in [
            self.id.as_str(),
            &self.updated_on.to_string(),
            &self.effective_on.to_string(),
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        for section in &self.sections {
            hash.update(section.heading(lang).as_bytes());
            hash.update([0]);
            for clause in self.clauses_of(section) {
                hash.update(clause.id.as_bytes());
                hash.update([0]);
                hash.update(clause.text(lang).as_bytes());
                hash.update([0]);
            }
        }
        hex(&hash.finalize())
    }

    /// SHA-256 (hex) of the agreement as shown in a language for an operator.
    #[must_use]
    pub fn agreement_hash(&self, lang: Lang, operator: &str) -> String {
        hex(&Sha256::digest(
            self.agreement(lang).replace("{{operator}}", operator).as_bytes(),
        ))
    }

    /// The machine-readable policy.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "id": self.id,
            "product": self.product,
            "updated_on": self.updated_on.to_string(),
            "effective_on": self.effective_on.to_string(),
            "kind": self.kind,
            "hash": { "zh-CN": self.policy_hash(Lang::Zh), "en": self.policy_hash(Lang::En) },
            "sections": self.sections,
            "clauses": self.clauses,
            "purposes": self.purposes,
        })
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
