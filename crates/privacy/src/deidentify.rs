//! De-identification: pseudonyms under a key kept apart, and anonymous data with a certificate.
//!
//! The two are different things (PIPL 73). A pseudonym can be led back by whoever has its key, and
//! stays personal data. [`Anonymous`] data cannot be led back by anybody: [`anonymise`] is the only
//! way to it, takes no key, and lets nothing out that fewer than `k` persons share.
//!
//! What the certificate says is what was checked: classes of at least `k` persons, at least `l`
//! answers in each class, no value of fewer than `k` persons, no identifier. It says nothing about
//! what a recipient may know from elsewhere about a whole class, nor about several releases laid
//! side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Entropy, SubjectId};

/// Fewer persons than this in a class is no anonymity, whatever a rule says.
pub const LEAST_K: usize = 3;

/// The key behind pseudonyms: kept apart from the data it serves, and never given to a recipient.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PseudonymKey([u8; 32]);

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

/// What stands for a person in one use. In another use the same person has another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pseudonym(pub [u8; 16]);

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl PseudonymKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// The pseudonym of a person in the use `scope`.
    #[must_use]
    pub fn pseudonym(&self, scope: &str, subject: SubjectId) -> Pseudonym {
        policy::clause!("2.1.2.6");
        // A key of any length is accepted by HMAC; the error case does not exist for 32 bytes.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return Pseudonym([0; 16]);
        };
        mac.update(scope.as_bytes());
        mac.update(&[0]);
        mac.update(subject.0.as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Pseudonym(short)
    }

    /// The records with pseudonyms instead of persons. Still personal data.
    #[must_use]
    pub fn pseudonymise(&self, scope: &str, records: Vec<Record>) -> Pseudonymised {
        let row = |record: Record| (self.pseudonym(scope, record.subject), record.cells);
        Pseudonymised {
            rows: records.into_iter().map(row).collect(),
        }
    }
}

/// Records under pseudonyms. There is no way from here to [`Anonymous`].
pub struct Pseudonymised {
    rows: Vec<(Pseudonym, Vec<String>)>,
}

impl Pseudonymised {
    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[(Pseudonym, Vec<String>)] {
        &self.rows
    }
}

impl fmt::Debug for Pseudonymised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[pseudonymised]")
    }
}

/// What a column tells about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Names the person: name, phone, number, pseudonym. Never released.
    Identifier,
    /// Known to others, and with its like enough to single someone out: city, age band, month.
    Quasi,
    /// What the release is about.
    Fact,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it tells.
    pub role: Role,
}

/// One row about one person; a person may have several.
#[derive(Clone)]
pub struct Record {
    /// Whose.
    pub subject: SubjectId,
    /// A cell for each field, already as coarse as it is to be released.
    pub cells: Vec<String>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[record]")
    }
}

/// What is asked of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Persons that share each combination of quasi-identifiers, and each single value.
    pub k: usize,
    /// Different answers in each such class, for each fact.
    pub l: usize,
    /// How much of the rows may be left out to get there, in percent.
    pub most_left_out: usize,
}

/// Why data is not anonymous. Names fields, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnonymous {
    /// The rule asks for too little.
    #[error("k must be at least 3 and l at least 2")]
    Weak,
    /// A row does not have a cell for each field.
    #[error("a row does not fit the fields")]
    Shape,
    /// A field names persons.
    #[error("{0} names persons")]
    Identifier(&'static str),
    /// A value of the field belongs to fewer than k persons: a stable key, or too fine.
    #[error("a value of {0} belongs to too few persons")]
    Unique(&'static str),
    /// Too much would have to be left out.
    #[error("too many rows belong to classes that are too small or all alike")]
    LeftOut,
}

/// What was checked of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Persons in the smallest class that was released.
    pub k: usize,
    /// Different answers in the class that has fewest.
    pub l: usize,
    /// Classes released.
    pub classes: usize,
    /// Rows released.
    pub released: usize,
    /// Rows left out.
    pub left_out: usize,
    /// SHA-256 of what was released.
    pub digest: [u8; 32],
    /// When.
    pub at: OffsetDateTime,
}

/// Data that leads back to nobody, with its certificate. Only [`anonymise`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anonymous<T> {
    value: T,
    certificate: Certificate,
}

impl<T> Anonymous<T> {
    /// The data.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// What was checked.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// A release: rows in the order of their content, so that the order tells nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The fields.
    pub fields: Vec<Field>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Release {
    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update(text.len().to_be_bytes());
            hash.update(text.as_bytes());
        };
        self.fields.iter().for_each(|field| part(field.name));
        self.rows.iter().flatten().for_each(|cell| part(cell));
        hash.finalize().into()
    }
}

/// The persons in the smallest class of records that agree in all `columns`; none without records.
#[must_use]
pub fn smallest_class(records: &[Record], columns: &[usize]) -> usize {
    let refs: Vec<&Record> = records.iter().collect();
    let sizes = classes(&refs, columns).into_values().map(|class| persons(&class));
    sizes.min().unwrap_or_default()
}

/// The records by what they have in `columns`.
fn classes<'r>(records: &[&'r Record], columns: &[usize]) -> BTreeMap<Vec<&'r str>, Vec<&'r Record>> {
    let mut classes: BTreeMap<Vec<&str>, Vec<&Record>> = BTreeMap::new();
    for record in records {
        let key = columns.iter().map(|&column| cell(record, column)).collect();
        classes.entry(key).or_default().push(record);
    }
    classes
}

fn cell(record: &Record, column: usize) -> &str {
    record.cells.get(column).map_or("", String::as_str)
}

fn persons(records: &[&Record]) -> usize {
    records
        .iter()
        .map(|record| record.subject)
        .collect::<BTreeSet<_>>()
        .len()
}

/// The fewest different answers that any of the `facts` has in a class.
fn diversity(class: &[&Record], facts: &[usize]) -> Option<usize> {
    let answers = |&fact: &usize| {
        class
            .iter()
            .map(|record| cell(record, fact))
            .collect::<BTreeSet<_>>()
            .len()
    };
    facts.iter().map(answers).min()
}

/// Makes a release that leads back to nobody, leaving out the rows of classes that are too small or
/// all alike (2.4.4.7).
///
/// # Errors
/// [`NotAnonymous`] with the field that stands in the way.
pub fn anonymise(
    fields: &[Field],
    records: &[Record],
    rule: Rule,
    at: OffsetDateTime,
) -> Result<Anonymous<Release>, NotAnonymous> {
    policy::clause!("2.4.4.7");
    policy::clause!("2.2.4.b");
    if rule.k < LEAST_K || rule.l < 2 {
        return Err(NotAnonymous::Weak);
    }
    if let Some(field) = fields.iter().find(|field| field.role == Role::Identifier) {
        return Err(NotAnonymous::Identifier(field.name));
    }
    if records.iter().any(|record| record.cells.len() != fields.len()) {
        return Err(NotAnonymous::Shape);
    }
    let of_role = |role| {
        let columns = fields
            .iter()
            .enumerate()
            .filter(move |(_, field)| field.role == role);
        columns.map(|(column, _)| column).collect::<Vec<_>>()
    };
    let (quasi, facts) = (of_role(Role::Quasi), of_role(Role::Fact));
    let all: Vec<&Record> = records.iter().collect();
    let good: Vec<Vec<&Record>> = classes(&all, &quasi)
        .into_values()
        .filter(|class| {
            persons(class) >= rule.k && diversity(class, &facts).is_none_or(|answers| answers >= rule.l)
        })
        .collect();
    let kept: Vec<&Record> = good.iter().flatten().copied().collect();
    let left_out = records.len() - kept.len();
    if kept.is_empty() || left_out * 100 > records.len() * rule.most_left_out {
        return Err(NotAnonymous::LeftOut);
    }
    for (column, field) in fields.iter().enumerate() {
        if classes(&kept, &[column])
            .values()
            .any(|sharing| persons(sharing) < rule.k)
        {
            return Err(NotAnonymous::Unique(field.name));
        }
    }
    let mut rows: Vec<Vec<String>> = kept.iter().map(|record| record.cells.clone()).collect();
    rows.sort();
    let release = Release {
        fields: fields.to_vec(),
        rows,
    };
    let certificate = Certificate {
        k: good.iter().map(|class| persons(class)).min().unwrap_or_default(),
        l: good
            .iter()
            .filter_map(|class| diversity(class, &facts))
            .min()
            .unwrap_or_default(),
        classes: good.len(),
        released: kept.len(),
        left_out,
        digest: release.digest(),
        at,
    };
    Ok(Anonymous {
        value: release,
        certificate,
    })
}
