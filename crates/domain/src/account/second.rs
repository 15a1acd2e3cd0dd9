//! The second factor (两步登录): how long a proof counts, and how often one may be tried. Whoever
//! turns it on has proved twice over to be there (2.1.1.e, 2.2.3.d).

use time::{Duration, OffsetDateTime};

use crate::refused::Refused;

/// How long a log-in waits for its second step.
pub const PENDING_LIFE: Duration = Duration::minutes(10);
/// Wrong codes after which a log-in begins anew, with the password.
pub const PENDING_TRIES: i64 = 5;
/// The window of the limit on wrong codes.
pub const WINDOW: Duration = Duration::minutes(15);
/// Wrong codes for one account within the window.
pub const PER_WINDOW: i64 = 10;
/// The longer window: six digits are few, and whoever knows the password has patience.
pub const LONG_WINDOW: Duration = Duration::hours(24);
/// Wrong codes for one account within the longer window.
pub const PER_LONG_WINDOW: i64 = 30;
/// How long a proof counts for acts that want a fresh one.
pub const FRESH: Duration = Duration::minutes(10);
/// How long a device is remembered.
pub const REMEMBERED: Duration = Duration::days(30);
/// Devices remembered for one account; the one used longest ago makes room.
pub const DEVICES: i64 = 10;
/// How long whoever lost app and recovery codes waits.
pub const LOSS_WAIT: Duration = Duration::days(7);
/// When the holder is told of it again, after the first time.
pub const LOSS_REMINDERS: [Duration; 2] = [Duration::days(3), Duration::days(6)];

/// Whether another code may be tried now.
///
/// # Errors
/// [`Refused::SecondTooMany`].
pub const fn may_try(wrong_within_window: i64, wrong_within_long_window: i64) -> Result<(), Refused> {
    if wrong_within_window >= PER_WINDOW || wrong_within_long_window >= PER_LONG_WINDOW {
        Err(Refused::SecondTooMany)
    } else {
        Ok(())
    }
}

/// Whether a proof given then still counts now (2.6.4.f).
#[must_use]
pub fn fresh(proved_at: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    proved_at.is_some_and(|at| at <= now && now - at < FRESH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_2_3_d_wrong_codes_at_both_sides_of_their_limits() {
        assert_eq!(may_try(PER_WINDOW - 1, PER_LONG_WINDOW - 1), Ok(()));
        assert_eq!(may_try(PER_WINDOW, PER_WINDOW), Err(Refused::SecondTooMany));
        assert_eq!(may_try(0, PER_LONG_WINDOW), Err(Refused::SecondTooMany));
    }

    #[test]
    fn a_proof_is_fresh_for_ten_minutes_to_the_second() {
        let at = OffsetDateTime::UNIX_EPOCH;
        assert!(fresh(Some(at), at));
        assert!(fresh(Some(at), at + FRESH - Duration::SECOND));
        assert!(!fresh(Some(at), at + FRESH));
        assert!(!fresh(Some(at + Duration::SECOND), at), "not from the future");
        assert!(!fresh(None, at));
    }
}
