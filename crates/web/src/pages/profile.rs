//! The pages on which a person corrects how they log in and how they are called (2.6.1.a).

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::Frame;
use super::moment::Moment;

/// `GET`/`POST /zhanghao/mingcheng`: the account name.
#[derive(Template, Clone, Debug)]
#[template(path = "account/rename.html")]
pub struct RenamePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The present name.
    pub present: String,
    /// The new name as typed.
    pub account_name: String,
    /// The reason as typed.
    pub reason: String,
    /// From when on it may be changed; `None` for now.
    pub from: Option<Moment>,
}

impl RenamePage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// Fresh, refused, and too early, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let fresh = Self {
                f: Frame::sample(
                    lang,
                    lang.t("修改账号名", "Change the account name"),
                    "/zhanghao/mingcheng",
                    true,
                ),
                errors: Vec::new(),
                present: lang.t("星渚软件<b>", "Xingzhu <b>").to_owned(),
                account_name: String::new(),
                reason: String::new(),
                from: None,
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "account_name",
                    lang.t("这个账号名已被使用", "This account name is taken"),
                )],
                account_name: "<b>x".to_owned(),
                reason: "<b>y".to_owned(),
                ..fresh.clone()
            };
            let early = Self {
                from: Some(Moment::of(lang, datetime!(2027-02-21 10:00 +8))),
                ..fresh.clone()
            };
            vec![fresh, refused, early]
        })
    }
}

/// `GET`/`POST /zhanghao/ziliao`: the display name.
#[derive(Template, Clone, Debug)]
#[template(path = "account/profile.html")]
pub struct ProfilePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The display name as it is or was typed.
    pub display_name: String,
    /// The reason as typed.
    pub reason: String,
}

impl ProfilePage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// Fresh and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let fresh = Self {
                f: Frame::sample(
                    lang,
                    lang.t("编辑基本资料", "Edit your details"),
                    "/zhanghao/ziliao",
                    true,
                ),
                errors: Vec::new(),
                display_name: lang.t("阿远<b>", "Yuan <b>").to_owned(),
                reason: String::new(),
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "display_name",
                    lang.t("显示名最多 30 个字", "Use at most 30 characters"),
                )],
                reason: "<b>y".to_owned(),
                ..fresh.clone()
            };
            vec![fresh, refused]
        })
    }
}
