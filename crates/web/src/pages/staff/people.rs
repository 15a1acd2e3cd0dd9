//! Who works here, for an administrator: by identifier, without names.

use askama::Template;
use time::macros::datetime;

use super::{Console, errors_by_field};
use crate::pages::account::{FieldError, both};
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;

/// A role to tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChoice {
    /// Its word.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it is ticked.
    pub ticked: bool,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// By what records name them.
    pub identifier: String,
    /// Their roles in words.
    pub roles: String,
    /// The roles to tick.
    pub choices: Vec<RoleChoice>,
    /// How the account stands.
    pub state: String,
    /// How the training stands.
    pub training: &'static str,
    /// Whether the training counts.
    pub trained: bool,
    /// Whether it can be changed: neither one's own nor ended.
    pub changeable: bool,
}

/// What was done to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// When.
    pub when: Moment,
    /// Whose.
    pub identifier: String,
    /// What.
    pub what: &'static str,
    /// The roles afterwards.
    pub roles: String,
    /// By whom.
    pub doer: String,
}

/// A set-up code just made, this once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// For whom.
    pub identifier: String,
    /// The code.
    pub code: String,
    /// Until when it is good.
    pub until: Moment,
}

/// `GET`/`POST /guanli/renyuan`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/people.html")]
pub struct PeoplePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The identifier as typed.
    pub new_identifier: String,
    /// The roles of somebody new.
    pub choices: Vec<RoleChoice>,
    /// A code just made.
    pub invited: Option<Invited>,
    /// Who works here, and who did.
    pub rows: Vec<StaffRow>,
    /// What was done, the latest first.
    pub changes: Vec<ChangeRow>,
}

errors_by_field!(PeoplePage);

impl PeoplePage {
    /// As it is, after somebody was added, and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let choices = |ticked: bool| {
                vec![
                    RoleChoice {
                        word: "verifier",
                        name: lang.t("认证审核", "verifier"),
                        ticked,
                    },
                    RoleChoice {
                        word: "admin",
                        name: lang.t("管理员", "administrator"),
                        ticked: false,
                    },
                ]
            };
            let row = StaffRow {
                identifier: "verifier-1<b>".to_owned(),
                roles: lang.t("认证审核", "verifier").to_owned(),
                choices: choices(true),
                state: lang.t("已开通", "set up").to_owned(),
                training: lang.t("有效", "valid"),
                trained: true,
                changeable: true,
            };
            let own = StaffRow {
                identifier: "admin-1".to_owned(),
                training: lang.t("已过期", "ran out"),
                trained: false,
                changeable: false,
                ..row.clone()
            };
            let change = ChangeRow {
                when: Moment::of(lang, datetime!(2026-11-23 10:00 +8)),
                identifier: "verifier-1".to_owned(),
                what: lang.t("新增", "added"),
                roles: lang.t("认证审核", "verifier").to_owned(),
                doer: "admin-1".to_owned(),
            };
            let plain = Self {
                f: Frame::sample(lang, lang.t("人员", "Staff"), "/guanli/renyuan", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                new_identifier: String::new(),
                choices: choices(false),
                invited: None,
                rows: vec![own, row],
                changes: vec![change],
            };
            let added = Self {
                invited: Some(Invited {
                    identifier: "verifier-2".to_owned(),
                    code: "0123-4567-89AB-CDEF".to_owned(),
                    until: Moment::of(lang, datetime!(2026-11-24 10:00 +8)),
                }),
                ..plain.clone()
            };
            let error = |field| FieldError::new(field, lang.t("有误", "Wrong"));
            let refused = Self {
                errors: ["new_identifier", "roles"].map(error).to_vec(),
                new_identifier: "王<b>".to_owned(),
                changes: Vec::new(),
                ..plain.clone()
            };
            vec![plain, added, refused]
        })
    }
}
