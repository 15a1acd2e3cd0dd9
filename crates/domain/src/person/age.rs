//! How old somebody is, and what follows from it: fourteen and under is a child (1.5), under eighteen
//! a guardian consents (2.7.a).

use time::{Date, OffsetDateTime};

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
    fn clause_2_7_a_guardians_are_asked_until_eighteen_to_the_day() {
        let birth = date!(2008 - 11 - 26);
        assert_eq!(gate(birth, date!(2026 - 11 - 25)), Gate::Guardian);
        assert_eq!(gate(birth, date!(2026 - 11 - 26)), Gate::Open);
        let asked = datetime!(2026-11-25 10:00 +8);
        assert_eq!(guardian_lapses(asked), Due::At(asked + Duration::days(7)));
    }
}
