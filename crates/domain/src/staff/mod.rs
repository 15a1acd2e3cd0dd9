//! The operator's staff: roles, the way in, and how long a session lasts (2.5.1.e). Nobody has a right by
//! being staff: a role opens what its work needs, and most open nothing personal.

pub mod training;

use privacy::StaffRole;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::named::named;
use crate::refused::{Party, Refused};

named! {
    /// What a member of staff does.
    Role {
        /// Looks at what is published.
        Moderator = "moderator" "内容审核" "moderator",
        /// Verifies persons, enterprises and suppliers.
        Verifier = "verifier" "认证审核" "verifier",
        /// Answers people who get in touch.
        Agent = "agent" "客服" "agent",
        /// Decides disputes of orders.
        Arbiter = "arbiter" "仲裁" "arbiter",
        /// Compares the books.
        Finance = "finance" "财务" "finance",
        /// Answers requests about personal data.
        Dpo = "dpo" "个人信息保护" "privacy officer",
        /// Approves what staff may open of a minor.
        Supervisor = "supervisor" "主管" "supervisor",
        /// Runs the console: who works here, in which roles. Sees no personal data.
        Admin = "admin" "管理员" "administrator",
    }
}

impl Role {
    /// The role as the privacy kernel knows it; nothing for those who open nothing personal.
    #[must_use]
    pub const fn opens(self) -> Option<StaffRole> {
        match self {
            Self::Verifier => Some(StaffRole::Verifier),
            Self::Agent => Some(StaffRole::CustomerService),
            Self::Arbiter => Some(StaffRole::Mediator),
            Self::Dpo => Some(StaffRole::PrivacyOfficer),
            Self::Moderator | Self::Finance | Self::Supervisor | Self::Admin => None,
        }
    }
}

/// How long a set-up code is good.
pub const SETUP_LIFE: Duration = Duration::hours(24);
/// Random bytes of a set-up code: 80 bits, five of each.
pub const SETUP_SIGNS: usize = 16;
/// A session ends after this without a request.
pub const SESSION_IDLE: Duration = Duration::minutes(30);
/// A session ends after this at the latest.
pub const SESSION_LIFE: Duration = Duration::hours(8);
/// A session's last use is written at most this often.
pub const TOUCH_EVERY: Duration = Duration::minutes(1);
/// The window of the limit on log-ins.
pub const LOGIN_WINDOW: Duration = Duration::minutes(15);
/// Failed log-ins or set-ups of one identifier within the window.
pub const LOGINS_PER_WINDOW: i64 = 5;
/// The longer window: whoever guesses has patience.
pub const LONG_WINDOW: Duration = Duration::hours(24);
/// Failed log-ins or set-ups of one identifier within the longer window.
pub const LOGINS_PER_LONG_WINDOW: i64 = 30;

/// Whether another log-in may be tried now.
///
/// # Errors
/// [`Party::StaffTooMany`].
pub fn may_try(within_window: i64, within_long_window: i64) -> Result<(), Refused> {
    if within_window >= LOGINS_PER_WINDOW || within_long_window >= LOGINS_PER_LONG_WINDOW {
        Err(Party::StaffTooMany.into())
    } else {
        Ok(())
    }
}

/// Whether a session goes on: used lately, and not too old.
#[must_use]
pub fn live(created_at: OffsetDateTime, seen_at: OffsetDateTime, now: OffsetDateTime) -> bool {
    now - seen_at < SESSION_IDLE && now - created_at < SESSION_LIFE
}

/// Roles as chosen: each once, in the order of the list.
///
/// # Errors
/// [`Party::StaffRoles`] for none, or one that is unknown.
pub fn chosen<'a>(typed: impl IntoIterator<Item = &'a str>) -> Result<Vec<Role>, Refused> {
    let mut given = Vec::new();
    for text in typed {
        given.push(Role::parse(text).ok_or(Party::StaffRoles)?);
    }
    let roles: Vec<Role> = Role::ALL
        .iter()
        .copied()
        .filter(|role| given.contains(role))
        .collect();
    if roles.is_empty() {
        return Err(Party::StaffRoles.into());
    }
    Ok(roles)
}

/// Roles as one text, and read back; one that is unknown counts for nothing.
#[must_use]
pub fn written(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    words.join(",")
}

/// The roles of such a text.
#[must_use]
pub fn read(text: &str) -> Vec<Role> {
    text.split(',').filter_map(Role::parse).collect()
}

/// Whether an administrator may change the roles of a member of staff, or end them. `others` are the
/// administrators who could work without them.
///
/// # Errors
/// [`Party::StaffOwn`], [`Party::StaffLastAdmin`].
pub fn may_change(own: bool, (was_admin, stays_admin): (bool, bool), others: i64) -> Result<(), Refused> {
    if own {
        return Err(Party::StaffOwn.into());
    }
    if was_admin && !stays_admin && others == 0 {
        return Err(Party::StaffLastAdmin.into());
    }
    Ok(())
}

/// A set-up code of these random bytes, in groups of four.
#[must_use]
pub fn setup_code(random: [u8; SETUP_SIGNS]) -> String {
    let signs: Vec<char> = crate::market::number::signs(&random).chars().collect();
    let groups: Vec<String> = signs.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// A set-up code as typed: spaces, hyphens and small letters do not matter.
#[must_use]
pub fn typed_code(text: &str) -> String {
    text.chars()
        .take(64)
        .filter(char::is_ascii_alphanumeric)
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// What a person's verification is called in the console and towards them: it says nothing about them.
#[must_use]
pub fn case_number(verification: Uuid) -> String {
    numbered("SM", verification)
}

/// What an enterprise's verification is called.
#[must_use]
pub fn enterprise_case_number(verification: Uuid) -> String {
    numbered("QY", verification)
}

/// What a supplier's application is called.
#[must_use]
pub fn supplier_case_number(supplier: Uuid) -> String {
    numbered("RZ", supplier)
}

/// What a licence of a supplier is called.
#[must_use]
pub fn licence_case_number(licence: Uuid) -> String {
    numbered("ZZ", licence)
}

/// What both kinds of numbers have in common for one verification: its signs without the kind.
#[must_use]
pub fn case_signs(verification: Uuid) -> String {
    numbered("", verification)
}

fn numbered(kind: &str, verification: Uuid) -> String {
    use std::fmt::Write as _;
    let mut text = kind.to_owned();
    for byte in verification.as_bytes().iter().take(5) {
        let _ = write!(text, "{byte:02X}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_5_1_e_roles_open_what_their_work_needs_and_most_nothing() {
        let opens: Vec<_> = Role::ALL.iter().filter(|role| role.opens().is_some()).collect();
        assert_eq!(opens, [&Role::Verifier, &Role::Agent, &Role::Arbiter, &Role::Dpo]);
        for role in [Role::Moderator, Role::Finance, Role::Supervisor, Role::Admin] {
            assert_eq!(role.opens(), None, "{role:?}");
        }
    }

    #[test]
    fn clause_2_5_1_e_nobody_changes_their_own_roles_and_the_last_administrator_stays() {
        let both = (true, true);
        assert_eq!(may_change(true, both, 5), Err(Party::StaffOwn.into()));
        assert_eq!(
            may_change(false, (true, false), 0),
            Err(Party::StaffLastAdmin.into())
        );
        assert_eq!(may_change(false, (true, false), 1), Ok(()));
        assert_eq!(may_change(false, both, 0), Ok(()));
        assert_eq!(may_change(false, (false, false), 0), Ok(()));
    }

    #[test]
    fn roles_are_each_once_and_known() {
        assert_eq!(
            chosen(["dpo", "verifier", "dpo"]),
            Ok(vec![Role::Verifier, Role::Dpo])
        );
        assert_eq!(chosen([]), Err(Party::StaffRoles.into()));
        assert_eq!(chosen(["dpo", "root"]), Err(Party::StaffRoles.into()));
        assert_eq!(read(&written(Role::ALL)), Role::ALL);
        assert_eq!(read(""), []);
    }

    #[test]
    fn tries_and_sessions_at_both_sides_of_their_limits() {
        assert_eq!(may_try(LOGINS_PER_WINDOW - 1, LOGINS_PER_LONG_WINDOW - 1), Ok(()));
        assert!(may_try(LOGINS_PER_WINDOW, 0).is_err() && may_try(0, LOGINS_PER_LONG_WINDOW).is_err());
        let at = OffsetDateTime::UNIX_EPOCH;
        let second = Duration::SECOND;
        assert!(live(at, at, at + SESSION_IDLE - second));
        assert!(!live(at, at, at + SESSION_IDLE));
        let late = at + SESSION_LIFE;
        assert!(live(at, late - second, late - second));
        assert!(!live(at, late - second, late));
    }

    #[test]
    fn a_code_is_read_however_it_is_typed_and_a_case_says_nothing() {
        let code = setup_code([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31]);
        assert_eq!(code, "0123-4567-89AB-CDEZ");
        assert_eq!(typed_code(" o12345 6789ab-cdez "), typed_code(&code));
        assert_eq!(case_number(Uuid::from_u128(0xabcd << 112)), "SMABCD000000");
    }
}
