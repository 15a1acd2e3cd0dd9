//! How old somebody is, and what follows from it: fourteen and under is a child (1.5), under eighteen
//! a guardian consents (2.7.a).

use time::{Date, Month, OffsetDateTime};

use crate::calendar::{Due, days_after};

/// The oldest age of a child, inclusive: the policy's figure, stricter than the law's (under 14).
pub const CHILD: i32 = 14;
/// From this age on nobody else is asked.
pub const ADULT: i32 = 18;
/// How long a guardian has to consent, in days; without it everything of the request is dropped.
pub const GUARDIAN_DAYS: i64 = 7;

/// The whole years from a birth to a day, both as days in Beijing. A birthday counts from its
/// beginning; one on 29 February is on 1 March where there is none, which is the later and so the
/// stricter day. Negative before the first year.
#[must_use]
pub fn at(birth: Date, day: Date) -> i32 {
    let birthday = (u8::from(birth.month()), birth.day());
    let today = (u8::from(day.month()), day.day());
    day.year() - birth.year() - i32::from(today < birthday)
}

/// What an age allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Fourteen or under: nothing of it is kept.
    Child,
    /// Fifteen to seventeen: with the guardian's consent.
    Guardian,
    /// Eighteen and over.
    Open,
}

/// What somebody born on this day may do.
#[must_use]
pub fn gate(birth: Date, today: Date) -> Gate {
    match at(birth, today) {
        years if years <= CHILD => Gate::Child,
        years if years < ADULT => Gate::Guardian,
        _ => Gate::Open,
    }
}

/// When to look next whether somebody born on this day is eighteen. The birthday itself must not stand
/// where it can be read, so that the day is told only from the month's beginning on: first the year's
/// beginning, then the month's, then the day. Nothing once they are of age, or for a year past the calendar.
#[must_use]
pub fn next_look(birth: Date, today: Date) -> Option<Date> {
    let year = birth.year() + ADULT;
    let first = |month| Date::from_calendar_date(year, month, 1).ok();
    // As in [`at`]: 29 February is 1 March where there is none.
    let birthday = birth.replace_year(year).ok().or_else(|| first(Month::March))?;
    if today >= birthday {
        return None;
    }
    [first(Month::January)?, first(birthday.month())?, birthday]
        .into_iter()
        .find(|look| today < *look)
}

/// When a request for a guardian's consent lapses.
#[must_use]
pub fn guardian_lapses(asked_at: OffsetDateTime) -> Due {
    days_after(asked_at, GUARDIAN_DAYS)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn years_are_whole_on_the_birthday_and_not_a_day_before() {
        let birth = date!(2010 - 06 - 15);
        for (day, years) in [
            (date!(2010 - 06 - 14), -1),
            (date!(2010 - 06 - 15), 0),
            (date!(2024 - 06 - 14), 13),
            (date!(2024 - 06 - 15), 14),
            (date!(2024 - 12 - 31), 14),
            (date!(2025 - 01 - 01), 14),
            (date!(2025 - 06 - 14), 14),
            (date!(2025 - 06 - 15), 15),
        ] {
            assert_eq!(at(birth, day), years, "{day}");
        }
    }

    #[test]
    fn a_birthday_on_29_february_is_on_1_march_where_there_is_none() {
        let birth = date!(2008 - 02 - 29);
        for (day, years) in [
            (date!(2023 - 02 - 28), 14),
            (date!(2023 - 03 - 01), 15),
            (date!(2024 - 02 - 28), 15),
            (date!(2024 - 02 - 29), 16),
            (date!(2026 - 02 - 28), 17),
            (date!(2026 - 03 - 01), 18),
        ] {
            assert_eq!(at(birth, day), years, "{day}");
        }
        assert_eq!(gate(birth, date!(2023 - 02 - 28)), Gate::Child);
        assert_eq!(gate(birth, date!(2023 - 03 - 01)), Gate::Guardian);
        assert_eq!(gate(birth, date!(2026 - 02 - 28)), Gate::Guardian);
        assert_eq!(gate(birth, date!(2026 - 03 - 01)), Gate::Open);
    }

    #[test]
    fn clause_1_5_fourteen_is_a_child_to_the_day() {
        let birth = date!(2011 - 11 - 26);
        // Thirteen, fourteen, and the last day of it.
        for day in [
            date!(2025 - 11 - 25),
            date!(2025 - 11 - 26),
            date!(2026 - 11 - 25),
        ] {
            assert_eq!(gate(birth, day), Gate::Child, "{day}");
        }
        assert_eq!(gate(birth, date!(2026 - 11 - 26)), Gate::Guardian);
        // Not born yet is no adult.
        assert_eq!(gate(date!(2030 - 01 - 01), date!(2026 - 11 - 26)), Gate::Child);
    }

    #[test]
    fn a_birthday_is_looked_for_without_being_told_before_its_month() {
        let birth = date!(2009 - 06 - 15);
        for (today, look) in [
            (date!(2026 - 11 - 29), Some(date!(2027 - 01 - 01))),
            (date!(2026 - 12 - 31), Some(date!(2027 - 01 - 01))),
            (date!(2027 - 01 - 01), Some(date!(2027 - 06 - 01))),
            (date!(2027 - 05 - 31), Some(date!(2027 - 06 - 01))),
            (date!(2027 - 06 - 01), Some(date!(2027 - 06 - 15))),
            (date!(2027 - 06 - 14), Some(date!(2027 - 06 - 15))),
            (date!(2027 - 06 - 15), None),
        ] {
            assert_eq!(next_look(birth, today), look, "{today}");
        }
        let leap = date!(2008 - 02 - 29);
        assert_eq!(
            next_look(leap, date!(2026 - 02 - 28)),
            Some(date!(2026 - 03 - 01))
        );
        assert_eq!(next_look(leap, date!(2026 - 03 - 01)), None);
    }

    #[test]
    fn clause_2_7_a_guardians_are_asked_until_eighteen_to_the_day() {
        let birth = date!(2008 - 11 - 26);
        assert_eq!(gate(birth, date!(2026 - 11 - 25)), Gate::Guardian);
        assert_eq!(gate(birth, date!(2026 - 11 - 26)), Gate::Open);
        let asked = datetime!(2026-11-25 10:00 +8);
        assert_eq!(guardian_lapses(asked), Due::At(asked + Duration::days(7)));
    }
}
