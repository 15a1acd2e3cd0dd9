//! Texts cut into pieces that a page can print without markup of its own.

use crate::{Lang, Version};

/// A piece of a clause's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Ordinary text.
    Plain(&'a str),
    /// A sensitive item, to be underlined with an accessible label (0.14).
    Sensitive(&'a str),
}

/// Cuts a text at the sensitive words of its version, longest first.
#[must_use]
pub fn segments<'a>(version: &Version, lang: Lang, text: &'a str) -> Vec<Segment<'a>> {
    crate::clause!("0.14");
    let words = version.sensitive(lang);
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let next = words
            .iter()
            .filter_map(|word| rest.find(word.as_str()).map(|at| (at, word.len())))
            .min_by_key(|(at, length)| (*at, usize::MAX - length));
        let Some((at, length)) = next else {
            out.push(Segment::Plain(rest));
            break;
        };
        if at > 0 {
            out.push(Segment::Plain(&rest[..at]));
        }
        out.push(Segment::Sensitive(&rest[at..at + length]));
        rest = &rest[at + length..];
    }
    out
}

/// A piece of the agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paragraph {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
}

/// The agreement for an operator, cut into headings and paragraphs.
#[must_use]
pub fn agreement(version: &Version, lang: Lang, operator: &str) -> Vec<Paragraph> {
    paragraphs(&version.agreement(lang).replace("{{operator}}", operator))
}

/// A text cut into headings and paragraphs.
pub(crate) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            line.strip_prefix("## ").map_or_else(
                || Paragraph::Text(line.to_owned()),
                |heading| Paragraph::Heading(heading.to_owned()),
            )
        })
        .collect()
}
