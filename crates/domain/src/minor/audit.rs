//! The yearly audit of how minors' data is handled (2.7.b; 条例 37): for each calendar year in Beijing, made
//! from its end on and due by 31 January.

use time::{Date, Month, OffsetDateTime};

use crate::calendar::BEIJING;

/// The year that an instant belongs to.
#[must_use]
pub fn year_of(at: OffsetDateTime) -> i32 {
    at.to_offset(BEIJING).year()
}

/// The latest year that is over: the one to audit.
#[must_use]
pub fn over(now: OffsetDateTime) -> i32 {
    year_of(now) - 1
}

/// The instant from which the audit of a year is late: 1 February of the next one begins in Beijing.
#[must_use]
pub fn late_from(year: i32) -> Option<OffsetDateTime> {
    let day = Date::from_calendar_date(year + 1, Month::February, 1).ok()?;
    Some(day.midnight().assume_offset(BEIJING))
}

/// Whether the audit of a year is late at an instant.
#[must_use]
pub fn is_late(year: i32, now: OffsetDateTime) -> bool {
    late_from(year).is_some_and(|from| now >= from)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn clause_2_7_b_a_year_ends_in_beijing_and_its_audit_is_due_by_31_january() {
        let turn = datetime!(2027-01-01 0:00 +8);
        assert_eq!(over(turn - Duration::SECOND), 2025);
        assert_eq!(over(turn), 2026);
        // Still 2026 in UTC.
        assert_eq!(over(datetime!(2026-12-31 16:00 UTC)), 2026);
        assert!(!is_late(2026, datetime!(2027-01-31 23:59:59 +8)));
        assert!(is_late(2026, datetime!(2027-02-01 0:00 +8)));
    }
}
