//! Rules of a person's rights: when an account may be closed, and by when one is answered.

pub mod demand;

use time::{Date, OffsetDateTime};

use crate::calendar::BEIJING;

/// The quiet time before an account may be closed, in calendar months (2.6.4.1).
pub const QUIET_MONTHS: u8 = 6;
/// An answer to a wish to close the account, in working days (2.6.4.g).
pub const ANSWER_WORKING_DAYS: u32 = 7;
/// How long a transaction's record is kept at least after its end, in calendar years (ECL 31).
pub const TRANSACTION_YEARS: i32 = 3;

/// So many calendar months later, at the same time of day in Beijing. A day that the month does not
/// have is its last day: half a year after 31 August is 28 or 29 February.
#[must_use]
pub fn months_after(from: OffsetDateTime, months: u8) -> OffsetDateTime {
    let local = from.to_offset(BEIJING);
    let month = local.month().nth_next(months);
    let ahead = i32::from((u8::from(local.month()) - 1 + months) / 12);
    let year = local.year() + ahead;
    let day = local.day().min(month.length(year));
    let date = Date::from_calendar_date(year, month, day).unwrap_or(local.date());
    local.replace_date(date)
}

/// So many calendar years later, at the same time of day in Beijing; 29 February becomes the 28th.
#[must_use]
pub fn years_after(from: OffsetDateTime, years: i32) -> OffsetDateTime {
    let local = from.to_offset(BEIJING);
    let year = local.year() + years;
    let day = local.day().min(local.month().length(year));
    let date = Date::from_calendar_date(year, local.month(), day).unwrap_or(local.date());
    local.replace_date(date)
}

/// An order as far as closing the account goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dealing {
    /// The order's number.
    pub number: String,
    /// Whether it has come to an end.
    pub ended: bool,
    /// Whether it ever took effect: money was paid for it.
    pub effective: bool,
    /// When it last changed.
    pub changed_at: OffsetDateTime,
}

/// What stands in the way of closing an account, and when it no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The order.
    pub number: String,
    /// When it no longer stands in the way; `None` while it goes on.
    pub clears_at: Option<OffsetDateTime>,
}

/// What stands in the way (2.6.4.1): an order under way, and one that took effect and last changed
/// less than half a year ago. An order that ended before anything was paid never does: to let it
/// would be an unreasonable condition (ECL 24).
#[must_use]
pub fn blockers(dealings: &[Dealing], now: OffsetDateTime) -> Vec<Blocker> {
    let blocker = |dealing: &Dealing| {
        let clears_at = match (dealing.ended, dealing.effective) {
            (false, _) => None,
            (true, false) => return None,
            (true, true) => {
                let at = months_after(dealing.changed_at, QUIET_MONTHS);
                if at <= now {
                    return None;
                }
                Some(at)
            }
        };
        Some(Blocker {
            number: dealing.number.clone(),
            clears_at,
        })
    };
    dealings.iter().filter_map(blocker).collect()
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    fn ended(changed_at: OffsetDateTime) -> Dealing {
        Dealing {
            number: "1".to_owned(),
            ended: true,
            effective: true,
            changed_at,
        }
    }

    #[test]
    fn months_and_years_keep_the_day_or_take_the_last() {
        let cases = [
            (datetime!(2026-08-31 10:00 +8), datetime!(2027-02-28 10:00 +8)),
            (datetime!(2027-08-31 10:00 +8), datetime!(2028-02-29 10:00 +8)),
            (datetime!(2026-01-15 00:00 +8), datetime!(2026-07-15 00:00 +8)),
            (datetime!(2026-12-31 23:59 +8), datetime!(2027-06-30 23:59 +8)),
            // 20:00 on the 30th in London is the 31st in Beijing.
            (datetime!(2026-08-30 20:00 +0), datetime!(2027-02-28 04:00 +8)),
        ];
        for (from, to) in cases {
            assert_eq!(months_after(from, QUIET_MONTHS), to);
        }
        assert_eq!(
            years_after(datetime!(2028-02-29 09:00 +8), 3),
            datetime!(2031-02-28 09:00 +8)
        );
    }

    #[test]
    fn clause_2_6_4_1_half_a_year_to_the_second() {
        let dealing = ended(datetime!(2026-05-25 12:00 +8));
        let clears = datetime!(2026-11-25 12:00 +8);
        let before = blockers(std::slice::from_ref(&dealing), clears - Duration::SECOND);
        assert_eq!(before.len(), 1);
        assert_eq!(before[0].clears_at, Some(clears));
        assert!(blockers(&[dealing], clears).is_empty());
    }

    #[test]
    fn clause_2_6_4_1_what_goes_on_blocks_and_what_never_took_effect_does_not() {
        let now = datetime!(2026-11-25 12:00 +8);
        let running = Dealing {
            ended: false,
            effective: false,
            ..ended(now)
        };
        assert_eq!(blockers(&[running], now)[0].clears_at, None);
        let unpaid = Dealing {
            effective: false,
            ..ended(now)
        };
        assert!(blockers(&[unpaid], now).is_empty());
    }
}
