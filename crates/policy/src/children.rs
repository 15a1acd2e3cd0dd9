//! The rules for children's personal data (2.7.b, PIPL 31): a document of its own, in versions like the
//! policy, and like it never edited once it is published.

use sha2::{Digest, Sha256};

use crate::text::{Paragraph, paragraphs};
use crate::{Lang, hex};

/// One version of the rules.
#[derive(Clone, Copy, Debug)]
pub struct ChildRules {
    /// The day from which it is in force.
    pub version: &'static str,
    zh: &'static str,
    en: &'static str,
}

/// Every version, oldest first.
const VERSIONS: &[ChildRules] = &[ChildRules {
    version: "2026-11-20",
    zh: include_str!("../../../policy/children/2026-11-20/rules.zh.md"),
    en: include_str!("../../../policy/children/2026-11-20/rules.en.md"),
}];

impl ChildRules {
    /// The rules in force.
    #[must_use]
    pub fn in_force() -> &'static Self {
        crate::clause!("2.7.b");
        &VERSIONS[VERSIONS.len() - 1]
    }

    /// The text, with `{{operator}}` still in it.
    #[must_use]
    pub const fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    /// SHA-256 (hex) of the rules as shown in a language for an operator.
    #[must_use]
    pub fn hash(&self, lang: Lang, operator: &str) -> String {
        let shown = format!(
            "{}\n{}",
            self.version,
            self.text(lang).replace("{{operator}}", operator)
        );
        hex(&Sha256::digest(shown.as_bytes()))
    }

    /// The rules for an operator, cut into headings and paragraphs.
    #[must_use]
    pub fn paragraphs(&self, lang: Lang, operator: &str) -> Vec<Paragraph> {
        paragraphs(&self.text(lang).replace("{{operator}}", operator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_7_b_the_rules_are_whole_in_both_languages() {
        let rules = ChildRules::in_force();
        let headings = |lang| {
            let all = rules.paragraphs(lang, "某运营方");
            let is_heading = |paragraph: &&Paragraph| matches!(paragraph, Paragraph::Heading(_));
            (all.iter().filter(is_heading).count(), all.len())
        };
        assert_eq!(headings(Lang::Zh), headings(Lang::En));
        assert_eq!(headings(Lang::Zh), (15, 30));
        assert_ne!(rules.hash(Lang::Zh, "a"), rules.hash(Lang::En, "a"));
        assert_ne!(rules.hash(Lang::Zh, "a"), rules.hash(Lang::Zh, "b"));
        // Published: an edit of it is a new version.
        assert_eq!(&rules.hash(Lang::Zh, "{{operator}}")[..16], "b758700f5051fc31");
    }
}
