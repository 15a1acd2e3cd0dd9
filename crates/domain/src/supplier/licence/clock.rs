//! The last day of a licence: notices thirty and seven days before it and on it; from
//! the day after, nothing of the category is offered, and open orders are flagged to their buyers.

use time::Date;

/// The days before the last day on which a supplier is told.
pub const NOTICE_DAYS: [i64; 3] = [30, 7, 0];

/// How a licence stands on a day of Beijing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Good for longer than the first notice.
    Valid,
    /// Good, and near its end.
    Expiring,
    /// Over.
    Expired,
}

/// How many days a licence is good after today; negative when it is over.
#[must_use]
pub fn days_left(until: Date, today: Date) -> i64 {
    (until - today).whole_days()
}

/// How a licence good until this day, the day included, stands today.
#[must_use]
pub fn standing(until: Date, today: Date) -> Standing {
    match days_left(until, today) {
        left if left < 0 => Standing::Expired,
        left if left <= NOTICE_DAYS[0] => Standing::Expiring,
        _ => Standing::Valid,
    }
}

/// The notice to send today, by its days; nothing if the supplier was told. `told` is the last one sent.
/// After a gap only the most urgent is sent, not all that were missed.
#[must_use]
pub fn notice(until: Date, today: Date, told: Option<i64>) -> Option<i64> {
    let left = days_left(until, today);
    let due = NOTICE_DAYS.into_iter().filter(|days| left <= *days).min()?;
    told.is_none_or(|last| due < last).then_some(due)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::date;

    use super::*;

    const UNTIL: Date = date!(2027 - 01 - 15);

    fn on(left: i64) -> Date {
        UNTIL - Duration::days(left)
    }

    #[test]
    fn a_licence_is_good_on_its_last_day_and_not_on_the_next() {
        for (left, expected) in [
            (31, Standing::Valid),
            (30, Standing::Expiring),
            (1, Standing::Expiring),
            (0, Standing::Expiring),
            (-1, Standing::Expired),
        ] {
            assert_eq!(standing(UNTIL, on(left)), expected, "{left}");
        }
        assert_eq!(on(-1), date!(2027 - 01 - 16));
    }

    #[test]
    fn notices_at_both_sides_of_their_days() {
        for (left, told, expected) in [
            (31, None, None),
            (30, None, Some(30)),
            (29, Some(30), None),
            (8, Some(30), None),
            (7, Some(30), Some(7)),
            (6, Some(7), None),
            (1, Some(7), None),
            (0, Some(7), Some(0)),
            (0, Some(0), None),
            (-5, Some(0), None),
            // The program stood still, or the licence came late.
            (5, None, Some(7)),
            (-3, Some(30), Some(0)),
            (-3, None, Some(0)),
        ] {
            assert_eq!(notice(UNTIL, on(left), told), expected, "{left} {told:?}");
        }
    }

    #[test]
    fn day_by_day_each_notice_is_sent_once_and_at_its_day() {
        let mut told = None;
        let mut sent = Vec::new();
        for left in (-10..60).rev() {
            if let Some(days) = notice(UNTIL, on(left), told) {
                sent.push((left, days));
                told = Some(days);
            }
        }
        assert_eq!(sent, [(30, 30), (7, 7), (0, 0)]);
    }
}
