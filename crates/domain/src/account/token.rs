//! Access tokens: how a program acts for a person, with no more reach than its scopes, for no
//! longer than a year, until the person takes it back.

use time::{Duration, OffsetDateTime};

use crate::refused::Refused;

/// What a token may do. The catalogue needs none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read the person's own account.
    AccountRead,
    /// End devices and correct the shown name. What wants a proof of the holder stays on the site.
    AccountWrite,
    /// Read the orders the person is a side of.
    OrderRead,
    /// Place orders and take steps in them.
    OrderWrite,
    /// Read the organisations the person belongs to: verification, members, standing as a supplier.
    OrganisationRead,
    /// Invite, seat and remove members, set limits, ask for and answer approvals, as the seat allows.
    OrganisationWrite,
}

impl Scope {
    /// Every scope, in the form's order.
    pub const ALL: &'static [Self] = &[
        Self::AccountRead,
        Self::AccountWrite,
        Self::OrderRead,
        Self::OrderWrite,
        Self::OrganisationRead,
        Self::OrganisationWrite,
    ];

    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountRead => "account:read",
            Self::AccountWrite => "account:write",
            Self::OrderRead => "order:read",
            Self::OrderWrite => "order:write",
            Self::OrganisationRead => "organisation:read",
            Self::OrganisationWrite => "organisation:write",
        }
    }

    /// The identifier read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == text)
    }

    /// What it allows, for people.
    #[must_use]
    pub const fn label(self, zh: bool) -> &'static str {
        match (self, zh) {
            (Self::AccountRead, true) => "读取账号概览",
            (Self::AccountRead, false) => "read the account's overview",
            (Self::AccountWrite, true) => "退出登录设备、修改显示名",
            (Self::AccountWrite, false) => "log devices out and correct the display name",
            (Self::OrderRead, true) => "读取订单",
            (Self::OrderRead, false) => "read orders",
            (Self::OrderWrite, true) => "下单和办理订单",
            (Self::OrderWrite, false) => "place orders and act on them",
            (Self::OrganisationRead, true) => "读取所在企业、成员与服务商资质",
            (Self::OrganisationRead, false) => "read one's organisations, their members and licences",
            (Self::OrganisationWrite, true) => "邀请和管理成员、设置额度、申请和审批采购",
            (Self::OrganisationWrite, false) => {
                "invite and manage members, set limits, ask for and answer approvals"
            }
        }
    }
}

/// What every token begins with, so that scanners of source code find one that was left there.
pub const PREFIX: &str = "qf_";
/// Hexadecimal digits after the prefix: 256 random bits.
pub const DIGITS: usize = 64;
/// The longest name, in characters.
pub const NAME_CHARS: usize = 60;
/// The longest life, in days.
pub const LIFE_DAYS: i64 = 365;
/// Live tokens an account may have.
pub const PER_ACCOUNT: i64 = 20;
/// A token's last use is written at most this often.
pub const TOUCH_EVERY: Duration = Duration::minutes(5);

/// Whether a text can be a token at all; what cannot is not looked up.
#[must_use]
pub fn well_formed(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|digits| {
        digits.len() == DIGITS
            && digits
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Reads a token's name: 1–60 characters, none of them a control character.
///
/// # Errors
/// [`Refused::TokenName`].
pub fn name(typed: &str) -> Result<String, Refused> {
    let name = typed.trim();
    let fits = (1..=NAME_CHARS).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(Refused::TokenName)
    }
}

/// When a token of this many days ends.
///
/// # Errors
/// [`Refused::TokenLife`] for what is not a number from 1 to 365.
pub fn ends(days: &str, now: OffsetDateTime) -> Result<OffsetDateTime, Refused> {
    days.trim()
        .parse()
        .ok()
        .filter(|days| (1..=LIFE_DAYS).contains(days))
        .and_then(|days| now.checked_add(Duration::days(days)))
        .ok_or(Refused::TokenLife)
}

/// Whether another token may be made.
///
/// # Errors
/// [`Refused::TooManyTokens`].
pub const fn may_create(live: i64) -> Result<(), Refused> {
    if live >= PER_ACCOUNT {
        Err(Refused::TooManyTokens)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_both_sides_of_their_length() {
        assert_eq!(name("  报表 ").as_deref(), Ok("报表"));
        assert_eq!(name(" \t"), Err(Refused::TokenName));
        assert!(name(&"字".repeat(NAME_CHARS)).is_ok());
        assert_eq!(name(&"字".repeat(NAME_CHARS + 1)), Err(Refused::TokenName));
        assert_eq!(name("a\nb"), Err(Refused::TokenName));
    }

    #[test]
    fn lives_at_both_sides_of_a_year() {
        let now = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(ends("365", now), Ok(now + Duration::days(365)));
        assert_eq!(ends(" 1 ", now), Ok(now + Duration::days(1)));
        for wrong in ["366", "0", "-1", "", "x", "9223372036854775807"] {
            assert_eq!(ends(wrong, now), Err(Refused::TokenLife), "{wrong}");
        }
    }

    #[test]
    fn the_count_at_both_sides_of_its_limit() {
        assert_eq!(may_create(PER_ACCOUNT - 1), Ok(()));
        assert_eq!(may_create(PER_ACCOUNT), Err(Refused::TooManyTokens));
    }

    #[test]
    fn only_the_exact_form_is_a_token() {
        let digits = "0f".repeat(DIGITS / 2);
        assert!(well_formed(&format!("qf_{digits}")));
        for wrong in [
            digits.clone(),
            format!("qf_{}", &digits[1..]),
            format!("qf_{digits}0"),
            format!("QF_{digits}"),
            format!("qf_{}", digits.to_uppercase()),
        ] {
            assert!(!well_formed(&wrong), "{wrong}");
        }
    }

    #[test]
    fn scopes_are_read_back() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(*scope));
        }
        assert_eq!(Scope::parse("order:*"), None);
    }
}
