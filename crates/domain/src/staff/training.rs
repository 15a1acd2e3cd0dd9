//! Training (2.5.1.f): a quiz drawn by chance, a pass mark, a certificate of twelve calendar months.

use privacy::Entropy;
use time::{Duration, OffsetDateTime};

use crate::calendar::BEIJING;

/// Questions of a quiz.
pub const QUESTIONS: usize = 8;
/// Right answers that pass.
pub const PASS: usize = 7;
/// How long a certificate lasts, in calendar months.
pub const MONTHS: u8 = 12;
/// From when on before its end its holder is reminded.
pub const REMIND: Duration = Duration::days(30);
/// How long a drawn quiz waits to be handed in.
pub const QUIZ_LIFE: Duration = Duration::hours(2);

/// Until when a certificate of this instant lasts: the same time of day in Beijing twelve months later, or
/// the last day of a month that is shorter.
#[must_use]
pub fn valid_until(passed_at: OffsetDateTime) -> OffsetDateTime {
    let local = passed_at.to_offset(BEIJING);
    let year = local.year() + i32::from(MONTHS / 12);
    local
        .replace_year(year)
        // The 29th of February has no like in the next year.
        .or_else(|_| local.replace_day(28).and_then(|day| day.replace_year(year)))
        .unwrap_or(local + Duration::days(365))
}

/// How a member of staff's training stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Never passed.
    Never,
    /// Ran out.
    Lapsed(OffsetDateTime),
    /// Valid, and soon to run out.
    Soon(OffsetDateTime),
    /// Valid.
    Valid(OffsetDateTime),
}

impl Standing {
    /// How a training that lasts until then stands now.
    #[must_use]
    pub fn of(until: Option<OffsetDateTime>, now: OffsetDateTime) -> Self {
        match until {
            None => Self::Never,
            Some(until) if now >= until => Self::Lapsed(until),
            Some(until) if until - now <= REMIND => Self::Soon(until),
            Some(until) => Self::Valid(until),
        }
    }

    /// Whether it counts.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Soon(_) | Self::Valid(_))
    }
}

/// Draws `count` of `pool` places, each at most once, in the order drawn.
#[must_use]
pub fn draw(pool: usize, count: usize, entropy: &dyn Entropy) -> Vec<usize> {
    let mut left: Vec<usize> = (0..pool).collect();
    let mut drawn = Vec::with_capacity(count);
    while drawn.len() < count && !left.is_empty() {
        let mut bytes = [0_u8; 8];
        entropy.fill(&mut bytes);
        let size = u64::try_from(left.len()).unwrap_or(u64::MAX);
        // Of 64 bits the surplus favours nobody by anything that could be seen.
        let at = usize::try_from(u64::from_le_bytes(bytes) % size).unwrap_or_default();
        drawn.push(left.swap_remove(at));
    }
    drawn
}

/// Whether so many right answers pass.
#[must_use]
pub const fn passes(right: usize) -> bool {
    right >= PASS
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use time::macros::datetime;

    use super::*;

    struct Counting(AtomicU64);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            let next = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            buffer.copy_from_slice(&(next ^ (next >> 29)).to_le_bytes()[..buffer.len()]);
        }
    }

    #[test]
    fn clause_2_5_1_f_a_certificate_lasts_twelve_calendar_months() {
        for (passed, until) in [
            (datetime!(2026-11-23 10:00 +8), datetime!(2027-11-23 10:00 +8)),
            (datetime!(2028-02-29 10:00 +8), datetime!(2029-02-28 10:00 +8)),
            (datetime!(2027-03-01 00:00 +8), datetime!(2028-03-01 00:00 +8)),
            // The day is Beijing's, wherever the clock stands.
            (datetime!(2028-02-28 16:30 UTC), datetime!(2029-02-28 00:30 +8)),
        ] {
            assert_eq!(valid_until(passed), until, "{passed}");
        }
    }

    #[test]
    fn clause_2_5_1_f_training_counts_until_its_instant_and_is_remembered_thirty_days_before() {
        let until = datetime!(2027-11-23 10:00 +8);
        let of = |now| Standing::of(Some(until), now);
        assert_eq!(of(until - REMIND - Duration::SECOND), Standing::Valid(until));
        assert_eq!(of(until - REMIND), Standing::Soon(until));
        assert_eq!(of(until - Duration::SECOND), Standing::Soon(until));
        assert_eq!(of(until), Standing::Lapsed(until));
        assert_eq!(Standing::of(None, until), Standing::Never);
        assert!(of(until - Duration::SECOND).counts() && !of(until).counts());
        assert!(passes(PASS) && !passes(PASS - 1));
    }

    #[test]
    fn a_draw_takes_each_place_at_most_once_and_leaves_none_out_for_ever() {
        let entropy = Counting(AtomicU64::new(7));
        let mut seen = [0_usize; 14];
        for _ in 0..200 {
            let drawn = draw(14, QUESTIONS, &entropy);
            let mut sorted = drawn.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!((drawn.len(), sorted.len()), (QUESTIONS, QUESTIONS));
            for place in drawn {
                seen[place] += 1;
            }
        }
        assert!(seen.iter().all(|times| *times > 60), "{seen:?}");
        assert_eq!(draw(3, QUESTIONS, &entropy).len(), 3);
    }
}
