//! A puzzle of our own: work for a program, or a question for a person. Neither is asked of anybody who
//! is not held back. The program finds a number whose digest begins with zeros; without a script the
//! person answers a question in words, which a screen reader reads like any text, and waits longer
//! instead. Nothing is loaded from elsewhere, and nothing about the visitor is measured.

use time::Duration;

/// How long a puzzle may be solved.
pub const LIFE: Duration = Duration::minutes(30);
/// How much longer the way without a script waits: what work costs a program, waiting costs a person.
pub const QUESTION_WAIT: Duration = Duration::seconds(15);
/// The least and the most work, in bits.
const BITS: (u32, u32) = (15, 19);
/// The score from which there is one more bit for each so many points.
const SCORE_PER_BIT: i64 = 15;

/// The work for a score, in leading zero bits: each more doubles it.
#[must_use]
pub fn bits(score: i64) -> u32 {
    let more = u32::try_from((score - 50).max(0) / SCORE_PER_BIT).unwrap_or(u32::MAX);
    BITS.0.saturating_add(more).min(BITS.1)
}

/// Zeros that a digest begins with.
#[must_use]
pub fn zeros(digest: &[u8]) -> u32 {
    let mut found = 0;
    for byte in digest {
        found += byte.leading_zeros();
        if *byte != 0 {
            break;
        }
    }
    found
}

/// A question for a person, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    answers: Vec<String>,
}

const NUMBERS_ZH: [&str; 13] = [
    "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
];
const NUMBERS_EN: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];
const THINGS: [(&str, &str); 16] = [
    ("茶杯", "teacup"),
    ("雨伞", "umbrella"),
    ("钥匙", "key"),
    ("台灯", "lamp"),
    ("梯子", "ladder"),
    ("毛巾", "towel"),
    ("剪刀", "scissors"),
    ("信封", "envelope"),
    ("算盘", "abacus"),
    ("风筝", "kite"),
    ("水壶", "kettle"),
    ("围巾", "scarf"),
    ("镜子", "mirror"),
    ("口哨", "whistle"),
    ("闹钟", "clock"),
    ("书架", "bookshelf"),
];
const PLACES_ZH: [&str; 4] = ["第一", "第二", "第三", "第四"];
const PLACES_EN: [&str; 4] = ["first", "second", "third", "fourth"];

impl Question {
    /// The question of a seed: random bytes that are known to this site alone.
    #[must_use]
    pub fn of(seed: &[u8; 16]) -> Self {
        let pick = |at: usize, among: usize| usize::from(seed[at]) % among;
        match pick(0, 3) {
            0 => {
                let (a, b) = (pick(1, 11) + 2, pick(2, 11) + 2);
                Self::number(
                    format!("{}加{}等于多少？", NUMBERS_ZH[a], NUMBERS_ZH[b]),
                    format!("What is {} plus {}?", NUMBERS_EN[a], NUMBERS_EN[b]),
                    a + b,
                )
            }
            1 => {
                let (b, rest) = (pick(1, 6) + 1, pick(2, 6) + 1);
                let a = b + rest;
                Self::number(
                    format!("{}减{}等于多少？", NUMBERS_ZH[a], NUMBERS_ZH[b]),
                    format!("What is {} minus {}?", NUMBERS_EN[a], NUMBERS_EN[b]),
                    rest,
                )
            }
            _ => {
                let (first, step, asked) = (pick(1, THINGS.len()), pick(2, 4) * 2 + 1, pick(3, 4));
                let four: Vec<_> = (0..4)
                    .map(|at| THINGS[(first + at * step) % THINGS.len()])
                    .collect();
                let list = |of: fn(&(&'static str, &'static str)) -> &'static str, between| {
                    let words: Vec<&str> = four.iter().map(of).collect();
                    words.join(between)
                };
                Self {
                    zh: format!(
                        "“{}”中，{}个词是什么？",
                        list(|word| word.0, "、"),
                        PLACES_ZH[asked]
                    ),
                    en: format!(
                        "Of “{}”, which is the {} word?",
                        list(|word| word.1, ", "),
                        PLACES_EN[asked]
                    ),
                    answers: vec![four[asked].0.to_owned(), four[asked].1.to_owned()],
                }
            }
        }
    }

    fn number(zh: String, en: String, answer: usize) -> Self {
        let mut answers = vec![answer.to_string()];
        answers.extend(NUMBERS_ZH.get(answer).map(ToString::to_string));
        answers.extend(NUMBERS_EN.get(answer).map(ToString::to_string));
        Self { zh, en, answers }
    }

    /// Whether this answers it: digits or words, in either language, however wide or spaced.
    #[must_use]
    pub fn is_answered(&self, typed: &str) -> bool {
        let plain: String = typed
            .chars()
            .take(40)
            .map(crate::account::phone::half_width)
            .filter(|sign| !sign.is_whitespace() && !matches!(sign, '“' | '”' | '"' | '。' | '.'))
            .flat_map(char::to_lowercase)
            .collect();
        self.answers.contains(&plain)
    }

    /// The answer as digits or the Chinese word: for tests of pages and for no page.
    #[must_use]
    pub fn answer(&self) -> &str {
        self.answers.first().map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn work_grows_with_the_score_and_ends() {
        for (score, expected) in [(0, 15), (60, 15), (64, 15), (65, 16), (110, 19), (10_000, 19)] {
            assert_eq!(bits(score), expected, "{score}");
        }
    }

    #[test]
    fn zeros_are_counted_to_the_first_one() {
        for (digest, expected) in [
            (&[0x80][..], 0),
            (&[0x01, 0xff], 7),
            (&[0x00, 0x7f], 9),
            (&[0x00, 0x00], 16),
            (&[], 0),
        ] {
            assert_eq!(zeros(digest), expected, "{digest:?}");
        }
    }

    proptest! {
        #[test]
        fn every_question_has_its_answer_and_no_other(seed in any::<[u8; 16]>(), other in "[a-z0-9]{1,6}") {
            let question = Question::of(&seed);
            prop_assert!(question.is_answered(question.answer()));
            let spaced = format!(" {} 。", question.answer());
            prop_assert!(question.is_answered(&spaced));
            prop_assert!(!question.is_answered(""));
            prop_assert!(question.zh.ends_with('？') && question.en.ends_with('?'));
            prop_assert_eq!(question.is_answered(&other), question.answers.contains(&other));
            for answer in &question.answers {
                prop_assert!(question.is_answered(&answer.to_uppercase()));
            }
        }
    }
}
