//! What a recipient of personal data is asked when it is deleted or corrected, and what counts as an
//! answer (2.6.3.c, 2.6.3.d, 2.6.2, PIPL 47).

use time::{Date, Duration, OffsetDateTime};

use crate::Refused;
use crate::market::contact;

/// What a recipient is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To delete what they received.
    Deletion,
    /// To take over what the person corrected.
    Correction,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Deletion, Self::Correction];

    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deletion => "deletion",
            Self::Correction => "correction",
        }
    }

    /// The kind read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How many days a recipient has to answer.
pub const ANSWER_DAYS: i64 = 15;
/// On which days after the demand a recipient without an answer is told of it.
pub const TOLD_AFTER_DAYS: [i64; 3] = [0, 7, 12];
/// How long, at most, a recipient may say that a law makes them keep it, in calendar years.
const MOST_YEARS: i32 = 30;
/// The longest article or reference, in characters.
const TEXT_CHARS: usize = 100;

/// By when an answer is due.
#[must_use]
pub fn due(asked_at: OffsetDateTime) -> OffsetDateTime {
    asked_at + Duration::days(ANSWER_DAYS)
}

/// When a recipient without an answer is told next, after being told so many times; `None` after the
/// last time.
#[must_use]
pub fn next_notice(asked_at: OffsetDateTime, told: usize) -> Option<OffsetDateTime> {
    let days = TOLD_AFTER_DAYS.get(told)?;
    Some(asked_at + Duration::days(*days))
}

/// What a recipient answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done: deleted, or corrected.
    Done,
    /// A law makes them keep it.
    LegalRetention {
        /// The article.
        article: String,
        /// Until which day.
        until: Date,
    },
    /// The person allowed them by themselves.
    Independent {
        /// Where that is written: a contract's or consent's number.
        reference: String,
    },
}

impl Answer {
    /// The stable identifiers, in the order in which a form offers them.
    pub const CODES: [&'static str; 3] = ["done", "legal_retention", "independent_authorisation"];

    /// Its identifier.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Done => Self::CODES[0],
            Self::LegalRetention { .. } => Self::CODES[1],
            Self::Independent { .. } => Self::CODES[2],
        }
    }
}

/// An answer as typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// Which of [`Answer::CODES`].
    pub code: &'a str,
    /// The article of law.
    pub article: &'a str,
    /// Until which day it is kept, `2029-11-25`.
    pub until: &'a str,
    /// Where the own authorisation is written.
    pub reference: &'a str,
}

/// A text that names a paper. It stands beside what was to be deleted, so it may not hold it.
fn text(typed: &str) -> Option<String> {
    let text = typed.trim();
    let fits = (2..=TEXT_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    (fits && !contact::found(text)).then(|| text.to_owned())
}

fn day(typed: &str) -> Option<Date> {
    let form = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(typed.trim(), form).ok()
}

/// Reads an answer. An exception without what it rests on is none (2.6.3.d), and what was corrected
/// can only be taken over.
///
/// # Errors
/// [`Refused::DemandAnswer`], [`Refused::DemandArticle`], [`Refused::DemandUntil`] for a day that is
/// none, is past, or lies more than thirty years ahead, [`Refused::DemandReference`].
pub fn read(kind: Kind, typed: Typed<'_>, today: Date) -> Result<Answer, Refused> {
    match (typed.code, kind) {
        ("done", _) => Ok(Answer::Done),
        ("legal_retention", Kind::Deletion) => {
            let article = text(typed.article).ok_or(Refused::DemandArticle)?;
            let latest = today.replace_year(today.year() + MOST_YEARS).unwrap_or(today);
            let until = day(typed.until)
                .filter(|until| *until > today && *until <= latest)
                .ok_or(Refused::DemandUntil)?;
            Ok(Answer::LegalRetention { article, until })
        }
        ("independent_authorisation", Kind::Deletion) => {
            let reference = text(typed.reference).ok_or(Refused::DemandReference)?;
            Ok(Answer::Independent { reference })
        }
        _ => Err(Refused::DemandAnswer),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 25);

    #[test]
    fn clause_2_6_3_d_an_exception_without_what_it_rests_on_is_refused() {
        let law = Typed {
            code: "legal_retention",
            article: "电子商务法第三十一条",
            until: "2029-11-25",
            ..Typed::default()
        };
        assert!(matches!(
            read(Kind::Deletion, law, TODAY),
            Ok(Answer::LegalRetention { .. })
        ));
        for (typed, refused) in [
            (Typed { article: " ", ..law }, Refused::DemandArticle),
            (
                Typed {
                    article: "与林女士 13800000001 的约定",
                    ..law
                },
                Refused::DemandArticle,
            ),
            (Typed { until: "", ..law }, Refused::DemandUntil),
            (
                Typed {
                    until: "2026-11-25",
                    ..law
                },
                Refused::DemandUntil,
            ),
            (
                Typed {
                    until: "2026-13-01",
                    ..law
                },
                Refused::DemandUntil,
            ),
            (
                Typed {
                    until: "2057-01-01",
                    ..law
                },
                Refused::DemandUntil,
            ),
            (Typed { code: "", ..law }, Refused::DemandAnswer),
            (Typed { code: "never", ..law }, Refused::DemandAnswer),
            (
                Typed {
                    code: "independent_authorisation",
                    ..law
                },
                Refused::DemandReference,
            ),
        ] {
            assert_eq!(read(Kind::Deletion, typed, TODAY), Err(refused));
        }
        assert_eq!(read(Kind::Correction, law, TODAY), Err(Refused::DemandAnswer));
        let done = Typed {
            code: "done",
            ..Typed::default()
        };
        assert_eq!(read(Kind::Correction, done, TODAY), Ok(Answer::Done));
    }

    #[test]
    fn clause_2_6_3_c_told_at_once_and_twice_more_before_the_term_ends() {
        let asked = datetime!(2026-11-25 10:00 +8);
        let notices: Vec<_> = (0..4).map(|told| next_notice(asked, told)).collect();
        let expected = [
            Some(asked),
            Some(datetime!(2026-12-02 10:00 +8)),
            Some(datetime!(2026-12-07 10:00 +8)),
            None,
        ];
        assert_eq!(notices, expected);
        assert_eq!(due(asked), datetime!(2026-12-10 10:00 +8));
    }
}
