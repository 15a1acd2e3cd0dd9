//! The analyser: one function for index and query.
//!
//! Text is folded (width, case, traditional signs), cut where the script changes (铁路12306), and
//! then gives, for Chinese: every sign, every overlapping pair, every word of the dictionary; for
//! letters and digits: the run, whole, an English plural as its singular. Pinyin of Chinese runs is a field of its own.

use std::borrow::Cow;

use jieba_rs::Jieba;
use pinyin::ToPinyin as _;

use crate::words::{SERVICE_WORDS, TRADITIONAL};

/// The dictionary of Chinese words. It is large and needed only while an index is built.
pub struct Dictionary(Jieba);

impl Dictionary {
    /// The general dictionary and the words of services.
    pub fn load() -> Self {
        let mut jieba = Jieba::new();
        for word in SERVICE_WORDS {
            jieba.add_word(word, Some(20_000), None);
        }
        Self(jieba)
    }

    /// The words of a Chinese run that are longer than a pair.
    fn words<'a>(&self, run: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
        let cut = self.0.cut_for_search(run, true);
        cut.into_iter()
            .map(|token| token.word)
            .filter(|word| word.chars().count() > 2)
    }
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

/// A stretch of letters or digits as a term: an English plural is its singular, so that either finds
/// the other.
pub fn singular(run: &str) -> Cow<'_, str> {
    let kept = ["ss", "us", "is"].iter().any(|end| run.ends_with(end));
    if run.len() < 4 || !run.is_ascii() || kept {
        return Cow::Borrowed(run);
    }
    match (run.strip_suffix("ies"), run.strip_suffix('s')) {
        (Some(stem), _) => Cow::Owned(format!("{stem}y")),
        (None, Some(stem)) => Cow::Borrowed(stem),
        (None, None) => Cow::Borrowed(run),
    }
}

/// Overlapping pairs of a Chinese run; the sign itself for a run of one.
pub fn pairs(run: &str) -> Vec<String> {
    let signs: Vec<char> = run.chars().collect();
    if signs.len() < 2 {
        return vec![run.to_owned()];
    }
    signs.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// Longer words are rare, and their parts are words too.
const LONGEST_WORD: usize = 6;

/// Every stretch of a Chinese run that may be a word longer than a pair. Those that are stand in the
/// index; the others find nothing there.
pub fn possible_words(run: &str) -> Vec<String> {
    let signs: Vec<char> = run.chars().collect();
    let of = |length| signs.windows(length).map(|stretch| stretch.iter().collect());
    (3..=LONGEST_WORD).flat_map(of).collect()
}

/// Adds every term of a text to `out`, each followed by a blank, for the index.
pub fn add_terms(dictionary: &Dictionary, text: &str, out: &mut String) {
    let mut add = |term: &str| {
        out.push_str(term);
        out.push(' ');
    };
    for run in runs(&fold(text)) {
        match run {
            Run::Latin(run) => add(&singular(&run)),
            Run::Han(run) => {
                let ends: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
                ends.windows(2).for_each(|sign| add(&run[sign[0]..sign[1]]));
                ends.windows(3).for_each(|pair| add(&run[pair[0]..pair[2]]));
                dictionary.words(&run).for_each(&mut add);
            }
        }
    }
}

/// Longest stretch found by its sound, in signs; and how far into a run one may begin.
const SPOKEN_SIGNS: usize = 8;
const SPOKEN_STARTS: usize = 12;

/// Adds the pinyin of a text's Chinese runs to `out`, whole and by initials, each followed by a
/// blank. Every stretch counts that begins at a sign: 有限公司注册 is found by gszc and by yxgszc.
pub fn add_pinyin(text: &str, out: &mut String) {
    for run in runs(&fold(text)) {
        let Run::Han(run) = run else { continue };
        let signs: Vec<&str> = run
            .as_str()
            .to_pinyin()
            .flatten()
            .map(pinyin::Pinyin::plain)
            .collect();
        for start in 0..signs.len().min(SPOKEN_STARTS) {
            for end in (start + 2)..=signs.len().min(start + SPOKEN_SIGNS) {
                let stretch = &signs[start..end];
                out.extend(stretch.iter().copied());
                out.push(' ');
                out.extend(stretch.iter().filter_map(|syllable| syllable.chars().next()));
                out.push(' ');
            }
        }
    }
}
