//! Days and instants as pages show them: readable text in a `<time>` element that programs read too.

use std::fmt;

use askama::filters::HtmlSafe;
use domain::calendar::{BEIJING, day_text, instant_text};
use time::{Date, OffsetDateTime};

use super::frame::Lang;

/// An instant, in Beijing time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    lang: Lang,
    at: OffsetDateTime,
}

impl Moment {
    /// The instant for a page in this language.
    #[must_use]
    pub const fn of(lang: Lang, at: OffsetDateTime) -> Self {
        Self { lang, at }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.at.to_offset(BEIJING);
        let text = instant_text(at, self.lang == Lang::Zh);
        let (day, hour, minute) = (at.date(), at.hour(), at.minute());
        write!(
            f,
            "<time datetime=\"{day}T{hour:02}:{minute:02}+08:00\">{text}</time>"
        )
    }
}

// Digits, month names and fixed words only.
impl HtmlSafe for Moment {}

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    lang: Lang,
    day: Date,
}

impl Day {
    /// The day for a page in this language.
    #[must_use]
    pub const fn of(lang: Lang, day: Date) -> Self {
        Self { lang, day }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = day_text(self.day, self.lang == Lang::Zh);
        write!(f, "<time datetime=\"{}\">{text}</time>", self.day)
    }
}

impl HtmlSafe for Day {}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn an_instant_is_readable_for_people_and_for_programs() {
        let at = datetime!(2026-11-23 06:05 UTC);
        assert_eq!(
            Moment::of(Lang::Zh, at).to_string(),
            "<time datetime=\"2026-11-23T14:05+08:00\">2026年11月23日 14:05（北京时间）</time>"
        );
        assert_eq!(
            Moment::of(Lang::En, at).to_string(),
            "<time datetime=\"2026-11-23T14:05+08:00\">23 November 2026, 14:05 (Beijing time)</time>"
        );
        assert_eq!(
            Day::of(Lang::En, date!(2020 - 11 - 01)).to_string(),
            "<time datetime=\"2020-11-01\">1 November 2020</time>"
        );
    }
}
