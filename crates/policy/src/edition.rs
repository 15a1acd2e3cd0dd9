//! What suppliers sign (2.4.1.5.2.b, 0.11): editions of the provider agreement and of the undertaking on
//! personal data, and how long a signature under one of them counts.

use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::Date;

use crate::text::paragraphs;
use crate::version::date;
use crate::{Lang, Paragraph, PolicyError};

/// A document that a supplier signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Document {
    /// The provider agreement.
    Agreement,
    /// The undertaking on personal data and confidentiality.
    Undertaking,
}

impl Document {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Agreement, Self::Undertaking];

    /// The stable identifier: the document's name in consent events and the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agreement => "supplier_agreement",
            Self::Undertaking => "supplier_undertaking",
        }
    }
}

/// An edition: both documents in both languages.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Its name: the day it came into force, usually.
    pub version: String,
    /// Its first day, in Beijing.
    pub in_force_on: Date,
    /// The last day on which a signature under the edition before still counts.
    pub sign_by: Date,
    /// Agreement in Chinese and English, undertaking in Chinese and English.
    texts: [String; 4],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    in_force_on: String,
    sign_by: String,
}

impl Edition {
    /// Reads an edition: its dates, then agreement and undertaking, each in Chinese and English.
    ///
    /// # Errors
    /// [`PolicyError`] for a malformed file, a date that is none, a term that ends before it begins, or
    /// a text that is missing.
    pub fn parse(file: &str, texts: [&str; 4]) -> Result<Self, PolicyError> {
        let file: File = toml::from_str(file).map_err(|error| PolicyError::Malformed(error.to_string()))?;
        let edition = Self {
            in_force_on: date(&file.in_force_on, "in_force_on")?,
            sign_by: date(&file.sign_by, "sign_by")?,
            version: file.version,
            texts: texts.map(str::to_owned),
        };
        if edition.sign_by < edition.in_force_on {
            return Err(PolicyError::DatesReversed);
        }
        if edition.texts.iter().any(|text| text.trim().is_empty()) {
            return Err(PolicyError::Malformed(edition.version));
        }
        Ok(edition)
    }

    /// The whole text of a document for an operator.
    #[must_use]
    pub fn text(&self, document: Document, lang: Lang, operator: &str) -> String {
        let [zh, en, undertaking_zh, undertaking_en] = &self.texts;
        let text = match (document, lang) {
            (Document::Agreement, Lang::Zh) => zh,
            (Document::Agreement, Lang::En) => en,
            (Document::Undertaking, Lang::Zh) => undertaking_zh,
            (Document::Undertaking, Lang::En) => undertaking_en,
        };
        text.replace("{{operator}}", operator)
    }

    /// The same, cut into headings and paragraphs.
    #[must_use]
    pub fn paragraphs(&self, document: Document, lang: Lang, operator: &str) -> Vec<Paragraph> {
        paragraphs(&self.text(document, lang, operator))
    }

    /// SHA-256 (hex) of the very text that is shown.
    #[must_use]
    pub fn hash(&self, document: Document, lang: Lang, operator: &str) -> String {
        use std::fmt::Write as _;
        let digest = Sha256::digest(self.text(document, lang, operator).as_bytes());
        digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// The editions, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Editions(Vec<Edition>);

impl Editions {
    /// Puts an edition into force.
    ///
    /// # Errors
    /// [`PolicyError::Published`] if its name or its first day is taken.
    pub fn publish(&mut self, edition: Edition) -> Result<(), PolicyError> {
        let taken =
            |known: &Edition| known.version == edition.version || known.in_force_on == edition.in_force_on;
        if self.0.iter().any(taken) {
            return Err(PolicyError::Published(edition.version));
        }
        let place = self
            .0
            .partition_point(|known| known.in_force_on < edition.in_force_on);
        self.0.insert(place, edition);
        Ok(())
    }

    /// The edition that is to be signed on a day in Beijing.
    #[must_use]
    pub fn in_force(&self, day: Date) -> Option<&Edition> {
        self.0.iter().rfind(|edition| edition.in_force_on <= day)
    }

    /// An edition by its name.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&Edition> {
        self.0.iter().find(|edition| edition.version == version)
    }

    /// Whether a signature under this edition counts on a day: while no later one is in force, and after
    /// that until the term of the next one is over. An edition that is not known binds nobody.
    #[must_use]
    pub fn binds(&self, version: &str, day: Date) -> bool {
        crate::clause!("2.4.1.5.2.b");
        let Some(place) = self.0.iter().position(|edition| edition.version == version) else {
            return false;
        };
        match self.0.get(place + 1) {
            Some(next) if next.in_force_on <= day => day <= next.sign_by,
            _ => true,
        }
    }

    /// The edition that is to be signed by somebody who signed this one, with the last day to do so;
    /// `None` while nothing is to be signed.
    #[must_use]
    pub fn to_sign(&self, version: &str, day: Date) -> Option<(&Edition, Date)> {
        let present = self.in_force(day)?;
        if present.version == version {
            return None;
        }
        let place = self.0.iter().position(|edition| edition.version == version);
        let next = place.and_then(|place| self.0.get(place + 1)).unwrap_or(present);
        Some((present, next.sign_by))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn edition(version: &str, sign_by: &str) -> Edition {
        let file = format!("version = \"{version}\"\nin_force_on = \"{version}\"\nsign_by = \"{sign_by}\"");
        Edition::parse(&file, ["甲 {{operator}}", "a {{operator}}", "乙", "b"]).expect("an edition")
    }

    fn three() -> Editions {
        let mut all = Editions::default();
        for (version, sign_by) in [
            ("2027-01-01", "2027-01-31"),
            ("2020-11-01", "2020-11-30"),
            ("2027-01-20", "2027-03-01"),
        ] {
            all.publish(edition(version, sign_by)).expect("published");
        }
        all
    }

    #[test]
    fn clause_2_4_1_5_2_b_a_signature_counts_until_the_term_of_the_next_edition_is_over() {
        let all = three();
        for (version, day, counts) in [
            ("2020-11-01", date!(2026 - 12 - 31), true),
            ("2020-11-01", date!(2027 - 01 - 01), true),
            ("2020-11-01", date!(2027 - 01 - 31), true),
            ("2020-11-01", date!(2027 - 02 - 01), false),
            // A later edition with a longer term does not lengthen the first one's.
            ("2027-01-01", date!(2027 - 02 - 01), true),
            ("2027-01-01", date!(2027 - 03 - 01), true),
            ("2027-01-01", date!(2027 - 03 - 02), false),
            ("2027-01-20", date!(2099 - 01 - 01), true),
            ("2021-01-01", date!(2026 - 12 - 31), false),
        ] {
            assert_eq!(all.binds(version, day), counts, "{version} {day}");
        }
        assert!(
            !Editions::default().binds("2020-11-01", date!(2026 - 01 - 01)),
            "nothing in force binds nobody"
        );
    }

    #[test]
    fn what_is_to_be_signed_and_until_when() {
        let all = three();
        let of = |version, day| {
            all.to_sign(version, day)
                .map(|(edition, by)| (edition.version.clone(), by))
        };
        assert_eq!(of("2020-11-01", date!(2026 - 12 - 31)), None);
        assert_eq!(
            of("2020-11-01", date!(2027 - 01 - 01)),
            Some(("2027-01-01".to_owned(), date!(2027 - 01 - 31)))
        );
        assert_eq!(
            of("2020-11-01", date!(2027 - 01 - 20)),
            Some(("2027-01-20".to_owned(), date!(2027 - 01 - 31)))
        );
        assert_eq!(all.in_force(date!(2020 - 10 - 31)).map(|one| &*one.version), None);
        assert_eq!(
            all.in_force(date!(2027 - 01 - 19)).map(|one| &*one.version),
            Some("2027-01-01")
        );
    }

    #[test]
    fn an_edition_has_four_texts_and_its_dates_in_order_and_is_published_once() {
        let one = edition("2027-01-01", "2027-01-31");
        assert_eq!(one.text(Document::Agreement, Lang::Zh, "某公司"), "甲 某公司");
        let hash = |document, lang| one.hash(document, lang, "某公司");
        assert_eq!(hash(Document::Undertaking, Lang::Zh).len(), 64);
        assert_ne!(
            hash(Document::Agreement, Lang::Zh),
            hash(Document::Agreement, Lang::En)
        );
        let reversed = "version = \"a\"\nin_force_on = \"2027-01-02\"\nsign_by = \"2027-01-01\"";
        assert!(Edition::parse(reversed, ["a", "b", "c", "d"]).is_err());
        let file = "version = \"a\"\nin_force_on = \"2027-01-02\"\nsign_by = \"2027-01-03\"";
        assert!(Edition::parse(file, ["a", " ", "c", "d"]).is_err());
        assert!(three().publish(one).is_err());
    }
}
