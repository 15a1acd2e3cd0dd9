//! Known words near a mistyped one.

use std::collections::BTreeSet;

use crate::analysis::{Run, fold, runs};

/// Words shorter than this are near too many others.
const SHORTEST: usize = 4;
/// Longer ones are no words.
const LONGEST: usize = 24;

/// The words of titles, categories, suppliers and cities in Latin letters.
#[derive(Default)]
pub struct Vocabulary(BTreeSet<String>);

impl Vocabulary {
    /// Learns the words of a text.
    pub fn learn(&mut self, text: &str) {
        for run in runs(&fold(text)) {
            if let Run::Latin(word) = run
                && (SHORTEST..=LONGEST).contains(&word.chars().count())
                && !self.0.contains(&word)
            {
                self.0.insert(word);
            }
        }
    }

    /// The words typed with those that are not known replaced by near ones; `None` if all are known
    /// or one is near nothing.
    pub fn better(&self, typed: &[Run]) -> Option<String> {
        let mut changed = false;
        let mut words = Vec::with_capacity(typed.len());
        for run in typed {
            let Run::Latin(word) = run else { return None };
            if word.chars().count() < SHORTEST || self.0.contains(word) {
                words.push(word.as_str());
            } else {
                words.push(nearest(word, self.0.iter().map(String::as_str))?);
                changed = true;
            }
        }
        changed.then(|| words.join(" "))
    }
}

/// The nearest of these words, if one is near enough: one slip, or two in a longer word.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let signs: Vec<char> = word.chars().collect();
    if !(SHORTEST..=LONGEST).contains(&signs.len()) {
        return None;
    }
    let allowed = if signs.len() < 8 { 1 } else { 2 };
    let near = known.filter_map(|other| {
        let slips = distance(&signs, other, allowed)?;
        Some((slips, other))
    });
    near.min().map(|(_, other)| other)
}

/// How many signs to add, drop, change or swap with the next; `None` if more than allowed.
fn distance(signs: &[char], other: &str, allowed: usize) -> Option<usize> {
    let other: Vec<char> = other.chars().take(LONGEST + 4).collect();
    if signs.len().abs_diff(other.len()) > allowed {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, sign) in signs.iter().enumerate() {
        let mut next = vec![at + 1];
        for (to, meant) in other.iter().enumerate() {
            let changed = row[to] + usize::from(sign != meant);
            let mut least = changed.min(row[to + 1] + 1).min(next[to] + 1);
            if at > 0 && to > 0 && *sign == other[to - 1] && signs[at - 1] == *meant {
                least = least.min(before[to - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|slips| *slips <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_near_and_two_in_a_longer_word() {
        let known = ["trade", "mark", "bookkeeping", "registration", "shanghai"];
        for (typed, meant) in [
            ("bookeeping", Some("bookkeeping")),
            ("bokeeping", Some("bookkeeping")),
            ("boeeping", None),
            ("shangahi", Some("shanghai")),
            ("traed", Some("trade")),
            ("tread", None),
            ("mrk", None),
        ] {
            assert_eq!(nearest(typed, known.into_iter()), meant, "{typed}");
        }
    }

    #[test]
    fn only_what_is_not_known_is_replaced() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.learn("公司注册 Company registration");
        let better = |text: &str| vocabulary.better(&runs(&fold(text)));
        assert_eq!(
            better("Comapny registration").as_deref(),
            Some("company registration")
        );
        assert_eq!(better("company registration"), None);
        assert_eq!(better("company zzzzzzzz"), None);
        assert_eq!(better("公司 comapny"), None);
    }
}
