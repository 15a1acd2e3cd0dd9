//! The mainland working-day calendar, as data per year with its source. Business time is Beijing
//! time. A year whose notice is not in the table answers [`Due::Unknown`], never a guess.

use time::{Date, Duration, Month, OffsetDateTime, UtcOffset, Weekday};

/// A day of a year: month, day.
type Day = (u8, u8);

/// One year's notice of the State Council's general office on public holidays.
struct Year {
    of: i32,
    /// Days off on weekdays and weekends alike: first and last day, both inclusive.
    off: &'static [(Day, Day)],
    /// Weekend days worked instead (调休).
    worked: &'static [Day],
}

const YEARS: &[Year] = &[
    // 国办发明电〔2024〕12号
    Year {
        of: 2025,
        off: &[
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ],
        worked: &[(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
    },
    // 国办发明电〔2025〕7号
    Year {
        of: 2026,
        off: &[
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ],
        worked: &[(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)],
    },
];

/// Beijing time: UTC+8, no summer time.
pub const BEIJING: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// A day as people read it: `2026年11月23日`, or `23 November 2026`, which no reader takes for another.
#[must_use]
pub fn day_text(day: Date, zh: bool) -> String {
    if zh {
        format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day())
    } else {
        format!("{} {} {}", day.day(), day.month(), day.year())
    }
}

/// An instant as people read it, always in Beijing time and saying so: the one place where instants
/// become text for a reader.
#[must_use]
pub fn instant_text(at: OffsetDateTime, zh: bool) -> String {
    let at = at.to_offset(BEIJING);
    let (day, hour, minute) = (day_text(at.date(), zh), at.hour(), at.minute());
    if zh {
        format!("{day} {hour:02}:{minute:02}（北京时间）")
    } else {
        format!("{day}, {hour:02}:{minute:02} (Beijing time)")
    }
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// At this instant.
    At(OffsetDateTime),
    /// The calendar of a year on the way is not known; an operator must set the date.
    Unknown,
}

impl Due {
    /// The later of two; unknown if either is.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        match (self, other) {
            (Self::At(one), Self::At(two)) => Self::At(one.max(two)),
            _ => Self::Unknown,
        }
    }
}

/// Whether a day is a working day; `None` if its year's notice is not in the table.
#[must_use]
pub fn is_working_day(day: Date) -> Option<bool> {
    let year = YEARS.iter().find(|year| year.of == day.year())?;
    let key = (u8::from(day.month()), day.day());
    if year.worked.contains(&key) {
        return Some(true);
    }
    if year.off.iter().any(|(first, last)| *first <= key && key <= *last) {
        return Some(false);
    }
    Some(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
}

/// The end (24:00 in Beijing) of the `count`-th working day after the day of `from`. The day of
/// receipt itself does not count.
#[must_use]
pub fn working_days_after(from: OffsetDateTime, count: u32) -> Due {
    let mut day = from.to_offset(BEIJING).date();
    let mut left = count;
    while left > 0 {
        let Some(next) = day.next_day() else {
            return Due::Unknown;
        };
        day = next;
        match is_working_day(day) {
            Some(true) => left -= 1,
            Some(false) => {}
            None => return Due::Unknown,
        }
    }
    day.next_day().map_or(Due::Unknown, |next| {
        Due::At(next.midnight().assume_offset(BEIJING))
    })
}

/// The working days from the day after `from` up to the day before which `until` lies, as a clock shows
/// them: nought on the last day and after it. `None` if a year's notice is not in the table.
#[must_use]
pub fn working_days_left(from: OffsetDateTime, until: OffsetDateTime) -> Option<u32> {
    let mut day = from.to_offset(BEIJING).date();
    // What is due at midnight is due with the end of the day before.
    let last = (until - Duration::SECOND).to_offset(BEIJING).date();
    let mut left = 0;
    while day < last {
        day = day.next_day()?;
        left += u32::from(is_working_day(day)?);
    }
    Some(left)
}

/// `count` times 24 hours after `from`.
#[must_use]
pub fn days_after(from: OffsetDateTime, count: i64) -> Due {
    from.checked_add(Duration::days(count))
        .map_or(Due::Unknown, Due::At)
}

/// The years in the table.
#[must_use]
pub fn known_years() -> Vec<i32> {
    YEARS.iter().map(|year| year.of).collect()
}

/// Every working day of a known year, for comparison with other tables.
#[must_use]
pub fn working_days_of(year: i32) -> Vec<Date> {
    let mut days = Vec::new();
    let mut day = Date::from_calendar_date(year, Month::January, 1).ok();
    while let Some(today) = day.filter(|today| today.year() == year) {
        if is_working_day(today) == Some(true) {
            days.push(today);
        }
        day = today.next_day();
    }
    days
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::*;

    #[test]
    fn an_instant_reads_the_same_wherever_the_server_stands() {
        // Six in the evening in London is the next day in Beijing.
        let at = datetime!(2026-12-31 18:05 UTC);
        assert_eq!(instant_text(at, true), "2027年1月1日 02:05（北京时间）");
        assert_eq!(instant_text(at, false), "1 January 2027, 02:05 (Beijing time)");
        assert_eq!(day_text(date!(2020 - 11 - 01), true), "2020年11月1日");
        assert_eq!(day_text(date!(2020 - 11 - 01), false), "1 November 2020");
    }

    #[test]
    fn clause_2_6_1_g_working_days_skip_weekends_holidays_and_count_make_up_days() {
        // Friday 14:00 + 2: Monday, Tuesday; due when Tuesday ends.
        assert_eq!(
            working_days_after(datetime!(2026-11-20 14:00 +8), 2),
            Due::At(datetime!(2026-11-25 0:00 +8))
        );
        // Before the Spring Festival: Saturday 14 February is worked, then nine days off.
        assert_eq!(
            working_days_after(datetime!(2026-02-13 9:00 +8), 2),
            Due::At(datetime!(2026-02-25 0:00 +8))
        );
        assert_eq!(is_working_day(date!(2026 - 02 - 14)), Some(true));
        assert_eq!(is_working_day(date!(2026 - 02 - 16)), Some(false));
        assert_eq!(is_working_day(date!(2026 - 10 - 10)), Some(true));
    }

    #[test]
    fn the_day_is_beijings() {
        // 17:00 UTC on Thursday is already Friday in Beijing: the first working day is Monday.
        assert_eq!(
            working_days_after(datetime!(2026-11-19 17:00 UTC), 1),
            Due::At(datetime!(2026-11-24 0:00 +8))
        );
        assert_eq!(
            working_days_after(datetime!(2026-11-19 15:59 UTC), 1),
            Due::At(datetime!(2026-11-21 0:00 +8))
        );
    }

    #[test]
    fn an_unknown_year_is_unknown() {
        assert_eq!(is_working_day(date!(2031 - 01 - 05)), None);
        assert_eq!(working_days_after(datetime!(2026-12-31 9:00 +8), 1), Due::Unknown);
    }

    #[test]
    fn the_years_have_as_many_working_days_as_their_notices_say() {
        assert_eq!(known_years(), [2025, 2026]);
        assert_eq!(working_days_of(2025).len(), 248);
        assert_eq!(working_days_of(2026).len(), 248);
    }
}
