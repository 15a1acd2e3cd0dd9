//! Figures of codes, log-ins and sessions, as pure rules over counted facts.

use time::Duration;

use crate::refused::Refused;

/// How long a one-time code is good.
pub const CODE_LIFE: Duration = Duration::minutes(10);
/// Wrong tries after which a code is dead.
pub const CODE_TRIES: i64 = 5;
/// Shortest time between two codes to one phone.
pub const CODE_PAUSE: Duration = Duration::seconds(60);
/// The window of the code limit.
pub const CODE_WINDOW: Duration = Duration::hours(1);
/// Codes to one phone within the window.
pub const CODES_PER_WINDOW: i64 = 5;
/// The window of the log-in limit.
pub const LOGIN_WINDOW: Duration = Duration::minutes(15);
/// Failed log-ins for one name or phone within the window.
pub const LOGINS_PER_WINDOW: i64 = 10;
/// The window of the limit on orders.
pub const ORDERS_WINDOW: Duration = Duration::hours(1);
/// Orders of one buyer within the window: each one sends messages to a supplier's people.
pub const ORDERS_PER_WINDOW: i64 = 30;
/// What an account shares within this time is counted.
pub const SHARES_WINDOW: Duration = Duration::hours(1);
/// Fields shared by one account within the window: each may become messages to a supplier's people.
pub const SHARES_PER_WINDOW: i64 = 40;
/// A session unused this long ends.
pub const SESSION_IDLE: Duration = Duration::days(14);
/// A session ends after this at the latest.
pub const SESSION_LIFE: Duration = Duration::days(90);

/// Whether another code may be sent now.
///
/// # Errors
/// [`Refused::CodeTooSoon`], [`Refused::TooManyCodes`].
pub fn may_send_code(within_pause: i64, within_window: i64) -> Result<(), Refused> {
    if within_pause > 0 {
        return Err(Refused::CodeTooSoon);
    }
    if within_window >= CODES_PER_WINDOW {
        Err(Refused::TooManyCodes)
    } else {
        Ok(())
    }
}

/// Whether another log-in may be tried now.
///
/// # Errors
/// [`Refused::TooManyLogins`].
pub const fn may_log_in(failed_within_window: i64) -> Result<(), Refused> {
    if failed_within_window >= LOGINS_PER_WINDOW {
        Err(Refused::TooManyLogins)
    } else {
        Ok(())
    }
}

/// Whether another order may be placed now.
///
/// # Errors
/// [`Refused::TooManyOrders`].
pub const fn may_place(within_window: i64) -> Result<(), Refused> {
    if within_window >= ORDERS_PER_WINDOW {
        Err(Refused::TooManyOrders)
    } else {
        Ok(())
    }
}

/// Whether another field may be shared now.
///
/// # Errors
/// [`Refused::ShareTooOften`].
pub const fn may_share(within_window: i64) -> Result<(), Refused> {
    if within_window >= SHARES_PER_WINDOW {
        Err(Refused::ShareTooOften)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_at_both_sides_of_their_limits() {
        assert_eq!(may_send_code(0, CODES_PER_WINDOW - 1), Ok(()));
        assert_eq!(may_send_code(0, CODES_PER_WINDOW), Err(Refused::TooManyCodes));
        assert_eq!(may_send_code(1, 1), Err(Refused::CodeTooSoon));
    }

    #[test]
    fn log_ins_at_both_sides_of_their_limit() {
        assert_eq!(may_log_in(LOGINS_PER_WINDOW - 1), Ok(()));
        assert_eq!(may_log_in(LOGINS_PER_WINDOW), Err(Refused::TooManyLogins));
    }
}
