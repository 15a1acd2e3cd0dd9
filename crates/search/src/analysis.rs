//! The analyser: one function for index and query.
//!
//! Text is folded (width, case, traditional signs), cut where the script changes (铁路12306), and
//! then gives, for Chinese: every sign, every overlapping pair, every word of the dictionary; for
//! letters and digits: the run, whole. Pinyin of Chinese runs is a field of its own.

use std::sync::OnceLock;

use jieba_rs::Jieba;
use pinyin::ToPinyin as _;

use crate::words::{SERVICE_WORDS, TRADITIONAL};

fn jieba() -> &'static Jieba {
    static JIEBA: OnceLock<Jieba> = OnceLock::new();
    JIEBA.get_or_init(|| {
        let mut jieba = Jieba::new();
        for word in SERVICE_WORDS {
            jieba.add_word(word, Some(20_000), None);
        }
        jieba
    })
}

/// Folds width, case and traditional signs, so that what looks alike is alike.
pub fn fold(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => TRADITIONAL
                .iter()
                .find(|(old, _)| *old == c)
                .map_or(c, |(_, new)| *new),
        })
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// A stretch of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// Chinese signs.
    Han(String),
    /// Letters or digits.
    Latin(String),
}

/// The stretches of a folded text; everything that is neither is a gap.
pub fn runs(folded: &str) -> Vec<Run> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Han,
        Letter,
        Digit,
        Gap,
    }
    let kind = |c: char| {
        if is_han(c) {
            Kind::Han
        } else if c.is_numeric() {
            Kind::Digit
        } else if c.is_alphabetic() {
            Kind::Letter
        } else {
            Kind::Gap
        }
    };
    let mut out = Vec::new();
    let (mut current, mut of) = (String::new(), Kind::Gap);
    for c in folded.chars().chain([' ']) {
        let next = kind(c);
        if next != of {
            match of {
                Kind::Han => out.push(Run::Han(std::mem::take(&mut current))),
                Kind::Letter | Kind::Digit => out.push(Run::Latin(std::mem::take(&mut current))),
                Kind::Gap => {}
            }
            of = next;
        }
        if next != Kind::Gap {
            current.push(c);
        }
    }
    out
}

/// Overlapping pairs of a Chinese run; the sign itself for a run of one.
pub fn pairs(run: &str) -> Vec<String> {
    let signs: Vec<char> = run.chars().collect();
    if signs.len() < 2 {
        return vec![run.to_owned()];
    }
    signs.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// Every term of a text, for the index.
pub fn terms(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for run in runs(&fold(text)) {
        match run {
            Run::Latin(run) => out.push(run),
            Run::Han(run) => {
                out.extend(run.chars().map(String::from));
                out.extend(pairs(&run));
                out.extend(
                    jieba()
                        .cut_for_search(&run, true)
                        .into_iter()
                        .filter(|token| token.word.chars().count() > 2)
                        .map(|token| token.word.to_owned()),
                );
            }
        }
    }
    out
}

/// Pinyin of a text's Chinese runs: whole and by initials.
pub fn pinyin(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for run in runs(&fold(text)) {
        let Run::Han(run) = run else { continue };
        let signs: Vec<&str> = run
            .as_str()
            .to_pinyin()
            .flatten()
            .map(pinyin::Pinyin::plain)
            .collect();
        // Every stretch that begins at a sign: 有限公司注册 is found by gszc and by yxgszc.
        for start in 0..signs.len().min(12) {
            for end in (start + 2)..=signs.len().min(start + 8) {
                out.push(signs[start..end].concat());
                out.push(
                    signs[start..end]
                        .iter()
                        .filter_map(|syllable| syllable.chars().next())
                        .collect(),
                );
            }
        }
    }
    out
}
