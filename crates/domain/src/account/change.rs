//! Correcting an account (2.6.1.a, 2.6.2.a): what may be typed, how often, and how long a number that is
//! lost is waited for.

use time::{Duration, OffsetDateTime};

use super::phone::half_width;
use crate::refused::Refused;

/// How long the proof of the present number lets another one be named.
pub const PROOF_LIFE: Duration = Duration::minutes(15);
/// Changes of the number are counted within this time.
pub const PHONE_WINDOW: Duration = Duration::days(30);
/// Changes of the number within the window: enough to mend a mistake.
pub const PHONES_PER_WINDOW: usize = 3;
/// The name an account logs in with is changed once within this time.
pub const NAME_WINDOW: Duration = Duration::days(90);
/// How long somebody whose number is lost waits, so that whoever has the number can cancel.
pub const RECOVERY_WAIT: Duration = Duration::days(7);
/// On which days of the wait the number is told.
pub const RECOVERY_TOLD_DAYS: [i64; 3] = [0, 3, 6];
/// After a notice that came late, at least so long passes before the wish is carried out.
pub const RECOVERY_AFTER_LATE_NOTICE: Duration = Duration::days(1);
/// Wishes for a new number are counted within this time.
pub const RECOVERY_WINDOW: Duration = Duration::hours(24);
/// Wishes of one account within the window: each sends messages.
pub const RECOVERIES_PER_WINDOW: i64 = 3;
/// The longest display name, in characters.
pub const DISPLAY_NAME_CHARS: usize = 30;
/// The longest reason, in characters.
pub const REASON_CHARS: usize = 200;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $zh:literal, $en:literal;)+) => {
        /// What was changed, as the record says it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum What { $($(#[$doc])* $name,)+ }

        impl What {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What a person reads, in Chinese or English.
            #[must_use]
            pub const fn label(self, zh: bool) -> &'static str {
                match self { $(Self::$name => if zh { $zh } else { $en },)+ }
            }
        }
    };
}

kinds! {
    /// The number, with the present one proved.
    Phone = "phone", "更换手机号", "Mobile number changed";
    /// The number, after the present one was lost and the wait was over.
    PhoneRecovered = "phone_recovered", "手机号找回生效", "Lost number replaced";
    /// A new number was asked for.
    RecoveryAsked = "recovery_asked", "申请找回手机号", "Replacement of a lost number asked for";
    /// That wish was cancelled.
    RecoveryCancelled = "recovery_cancelled", "取消找回手机号", "Replacement of a lost number cancelled";
    /// That wish ended by itself: password or number changed meanwhile, or the new number is in use.
    RecoveryVoid = "recovery_void", "找回手机号自动终止", "Replacement of a lost number ended by itself";
    /// The name the account logs in with.
    AccountName = "account_name", "修改账号名", "Account name changed";
    /// The display name.
    DisplayName = "display_name", "修改显示名", "Display name changed";
    /// The password, with the present one.
    Password = "password", "修改密码", "Password changed";
    /// The password, with a code to the number.
    PasswordReset = "password_reset", "用短信验证码重置密码", "Password reset with a code";
    /// A passkey was added.
    PasskeyAdded = "passkey_added", "添加通行密钥", "Passkey added";
    /// A passkey was removed.
    PasskeyRemoved = "passkey_removed", "移除通行密钥", "Passkey removed";
    /// An answer of a passkey was refused, because its counter went back.
    PasskeyDoubted = "passkey_doubted", "拒绝疑似被复制的通行密钥", "Passkey refused that may have been copied";
}

impl What {
    /// The kind read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| what.as_str() == text)
    }
}

/// Whether the number may be changed once more, given when it was within the window.
///
/// # Errors
/// [`Refused::PhoneTooOften`].
pub const fn may_change_phone(within_window: usize) -> Result<(), Refused> {
    if within_window >= PHONES_PER_WINDOW {
        Err(Refused::PhoneTooOften)
    } else {
        Ok(())
    }
}

/// Whether the account name may be changed.
///
/// # Errors
/// [`Refused::NameTooOften`].
pub const fn may_rename(within_window: usize) -> Result<(), Refused> {
    if within_window > 0 {
        Err(Refused::NameTooOften)
    } else {
        Ok(())
    }
}

/// Whether a new number may be asked for once more.
///
/// # Errors
/// [`Refused::RecoveryTooOften`].
pub const fn may_ask_recovery(within_window: i64) -> Result<(), Refused> {
    if within_window >= RECOVERIES_PER_WINDOW {
        Err(Refused::RecoveryTooOften)
    } else {
        Ok(())
    }
}

/// What is to be done next about a wish for a new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The present number is told; then so often in all, the wish is due then, and looked at again then.
    Tell {
        /// Notices in all, those counted that were left out because their day had passed.
        told: usize,
        /// When the wish is carried out.
        due_at: OffsetDateTime,
        /// When it is looked at again.
        next_at: OffsetDateTime,
    },
    /// It is carried out.
    CarryOut,
    /// Nothing yet.
    Wait,
}

/// When the present number is told for the `told + 1`-th time.
fn notice(asked_at: OffsetDateTime, told: usize) -> Option<OffsetDateTime> {
    let days = RECOVERY_TOLD_DAYS.get(told)?;
    Some(asked_at + Duration::days(*days))
}

/// What is to be done about a wish. Silence carries it out only after every notice: one that comes late
/// puts it off, so that there is always time to cancel after the last.
#[must_use]
pub fn next_step(asked_at: OffsetDateTime, due_at: OffsetDateTime, told: usize, now: OffsetDateTime) -> Next {
    let Some(at) = notice(asked_at, told) else {
        return if now >= due_at { Next::CarryOut } else { Next::Wait };
    };
    if now < at {
        return Next::Wait;
    }
    let mut told = told + 1;
    let following = loop {
        match notice(asked_at, told) {
            Some(at) if at <= now => told += 1,
            other => break other,
        }
    };
    let due_at = due_at.max(now + RECOVERY_AFTER_LATE_NOTICE);
    Next::Tell {
        told,
        due_at,
        next_at: following.unwrap_or(due_at),
    }
}

/// When a wish asked for now is due, and when its number is told again.
#[must_use]
pub fn begin(now: OffsetDateTime) -> (OffsetDateTime, OffsetDateTime) {
    let due_at = now + RECOVERY_WAIT;
    (due_at, notice(now, 1).unwrap_or(due_at))
}

/// A sign that is not seen, or that turns the direction of what follows.
const fn hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line without hidden signs, of at most so many characters; nothing if it is empty.
pub(crate) fn line(typed: &str, most: usize) -> Result<Option<String>, ()> {
    // Longer than any value: refused by its length, never read whole.
    let text: String = typed.trim().chars().take(most * 4).collect();
    if text.chars().count() > most || text.chars().any(|c| c.is_control() || hidden(c)) {
        return Err(());
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Reads a display name: one line of at most 30 characters; empty for none. Full width becomes half
/// width, and what could be a phone or identity number is refused.
///
/// # Errors
/// [`Refused::DisplayName`], [`Refused::DisplayNameNumber`].
pub fn display_name(typed: &str) -> Result<Option<String>, Refused> {
    let name = line(typed, DISPLAY_NAME_CHARS).map_err(|()| Refused::DisplayName)?;
    let name = name.map(|name| name.chars().map(half_width).collect::<String>());
    let digits = name
        .iter()
        .flat_map(|name| name.chars())
        .filter(char::is_ascii_digit);
    if digits.count() >= 9 {
        return Err(Refused::DisplayNameNumber);
    }
    Ok(name)
}

/// Reads the reason of a correction: one line of at most 200 characters; empty for none.
///
/// # Errors
/// [`Refused::ChangeReason`].
pub fn reason(typed: &str) -> Result<Option<String>, Refused> {
    line(typed, REASON_CHARS).map_err(|()| Refused::ChangeReason)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const ASKED: OffsetDateTime = datetime!(2026-11-23 10:00 +8);

    #[test]
    fn rations_at_both_sides_of_their_limits() {
        assert_eq!(may_change_phone(PHONES_PER_WINDOW - 1), Ok(()));
        assert_eq!(may_change_phone(PHONES_PER_WINDOW), Err(Refused::PhoneTooOften));
        assert_eq!(may_rename(0), Ok(()));
        assert_eq!(may_rename(1), Err(Refused::NameTooOften));
        assert_eq!(may_ask_recovery(RECOVERIES_PER_WINDOW - 1), Ok(()));
        assert_eq!(
            may_ask_recovery(RECOVERIES_PER_WINDOW),
            Err(Refused::RecoveryTooOften)
        );
    }

    #[test]
    fn clause_2_1_1_e_a_lost_number_is_told_three_times_and_waited_for() {
        let (due, next) = begin(ASKED);
        assert_eq!((due, next), (ASKED + RECOVERY_WAIT, ASKED + Duration::days(3)));
        assert_eq!(next_step(ASKED, due, 1, next - Duration::SECOND), Next::Wait);
        let told = next_step(ASKED, due, 1, next);
        let sixth = ASKED + Duration::days(6);
        assert_eq!(
            told,
            Next::Tell {
                told: 2,
                due_at: due,
                next_at: sixth
            }
        );
        assert_eq!(
            next_step(ASKED, due, 2, sixth),
            Next::Tell {
                told: 3,
                due_at: due,
                next_at: due
            }
        );
        assert_eq!(next_step(ASKED, due, 3, due - Duration::SECOND), Next::Wait);
        assert_eq!(next_step(ASKED, due, 3, due), Next::CarryOut);
    }

    #[test]
    fn clause_2_1_1_e_a_notice_that_comes_late_puts_off_what_it_warns_of() {
        let (due, _) = begin(ASKED);
        let late = due + Duration::days(2);
        let after = late + RECOVERY_AFTER_LATE_NOTICE;
        let told = next_step(ASKED, due, 1, late);
        assert_eq!(
            told,
            Next::Tell {
                told: 3,
                due_at: after,
                next_at: after
            }
        );
        assert_eq!(next_step(ASKED, after, 3, after - Duration::SECOND), Next::Wait);
    }

    #[test]
    fn names_and_reasons_people_write() {
        assert_eq!(display_name("　林 知远 "), Ok(Some("林 知远".to_owned())));
        assert_eq!(display_name(" "), Ok(None));
        assert_eq!(display_name("阿远🙂"), Ok(Some("阿远🙂".to_owned())));
        assert_eq!(display_name(&"字".repeat(30)), Ok(Some("字".repeat(30))));
        assert_eq!(display_name(&"字".repeat(31)), Err(Refused::DisplayName));
        assert_eq!(
            display_name("１３８００００００01"),
            Err(Refused::DisplayNameNumber)
        );
        for wrong in [
            "林\n远",
            "林\u{202e}远",
            "林\u{200b}",
            "a\0b",
            &"x".repeat(1_000_000),
        ] {
            assert_eq!(display_name(wrong), Err(Refused::DisplayName));
        }
        assert_eq!(reason(""), Ok(None));
        assert_eq!(reason(&"因".repeat(200)), Ok(Some("因".repeat(200))));
        for wrong in [&*"因".repeat(201), "a\r\nb", "\u{2066}x"] {
            assert_eq!(reason(wrong), Err(Refused::ChangeReason));
        }
    }

    #[test]
    fn every_kind_of_change_is_read_back_and_named() {
        for what in What::ALL {
            assert_eq!(What::parse(what.as_str()), Some(*what));
            assert!(!what.label(true).is_ascii() && what.label(false).is_ascii());
        }
        assert_eq!(What::parse("x"), None);
    }
}
