//! Passkeys (通行密钥): how many, what they may be called, and how long a challenge waits (2.1.1.e, 2.2.3.d).

use time::{Duration, OffsetDateTime};

use super::change::line;
use crate::refused::{Passkey, Refused};

/// How long an authenticator's answer is waited for.
pub const CEREMONY_LIFE: Duration = Duration::minutes(5);
/// Passkeys of one account.
pub const PER_ACCOUNT: i64 = 10;
/// The longest name, in characters.
pub const LABEL_CHARS: usize = 40;
/// Bytes of a challenge.
pub const CHALLENGE_BYTES: usize = 32;

/// Whether an account that has so many may add one more.
///
/// # Errors
/// [`Passkey::TooMany`].
pub const fn may_add(present: i64) -> Result<(), Refused> {
    if present >= PER_ACCOUNT {
        Err(Refused::Passkey(Passkey::TooMany))
    } else {
        Ok(())
    }
}

/// Whether an answer that comes now is in time for a challenge that was good up to then.
#[must_use]
pub fn in_time(expires_at: OffsetDateTime, now: OffsetDateTime) -> bool {
    now < expires_at
}

/// Reads what a person calls a passkey: one line of at most 40 characters; empty for none.
///
/// # Errors
/// [`Passkey::Label`].
pub fn label(typed: &str) -> Result<Option<String>, Refused> {
    line(typed, LABEL_CHARS).map_err(|()| Refused::Passkey(Passkey::Label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_passkeys_and_no_more() {
        assert_eq!(may_add(PER_ACCOUNT - 1), Ok(()));
        assert_eq!(may_add(PER_ACCOUNT), Err(Passkey::TooMany.into()));
    }

    #[test]
    fn an_answer_is_in_time_for_five_minutes_to_the_second() {
        let asked = OffsetDateTime::UNIX_EPOCH;
        let expires = asked + CEREMONY_LIFE;
        assert!(in_time(expires, asked));
        assert!(in_time(expires, expires - Duration::SECOND));
        assert!(!in_time(expires, expires));
    }

    #[test]
    fn names_people_give_their_passkeys() {
        assert_eq!(label(" 我的手机 🙂 "), Ok(Some("我的手机 🙂".to_owned())));
        assert_eq!(label("　"), Ok(None));
        assert_eq!(label(&"钥".repeat(40)), Ok(Some("钥".repeat(40))));
        for wrong in [&*"钥".repeat(41), "a\nb", "a\u{202e}b", &"x".repeat(1_000_000)] {
            assert_eq!(label(wrong), Err(Passkey::Label.into()));
        }
    }
}
