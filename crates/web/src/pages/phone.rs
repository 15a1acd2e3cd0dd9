//! The pages on which an account gets another number: with the present one, and when that is lost. A page
//! never holds a password or a code, so none can be echoed.

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::Frame;
use super::guard::PuzzleBox;
use super::moment::Moment;
use super::overview::RecoveryRow;

/// `GET`/`POST /zhanghao/shouji`: the first step, with the present number.
#[derive(Template, Clone, Debug)]
#[template(path = "account/phone.html")]
pub struct PhonePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The present number, masked.
    pub phone: String,
    /// Changes that are left within 30 days.
    pub left: usize,
    /// Whether a code was just sent.
    pub code_sent: bool,
    /// The wish for a new number that waits.
    pub recovery: Option<RecoveryRow>,
}

impl PhonePage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// Fresh, refused with a wish that waits, and with no change left, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let fresh = Self {
                f: Frame::sample(
                    lang,
                    lang.t("更换手机号", "Change the mobile number"),
                    "/zhanghao/shouji",
                    true,
                ),
                errors: Vec::new(),
                phone: "138****0001<b>".to_owned(),
                left: 3,
                code_sent: false,
                recovery: None,
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "code",
                    lang.t("验证码不正确", "The code is wrong"),
                )],
                code_sent: true,
                recovery: Some(RecoveryRow::sample(lang)),
                ..fresh.clone()
            };
            let none = Self {
                left: 0,
                ..fresh.clone()
            };
            vec![fresh, refused, none]
        })
    }
}

/// `GET`/`POST /zhanghao/shouji/xin`: the second step, with the new number.
#[derive(Template, Clone, Debug)]
#[template(path = "account/phone_new.html")]
pub struct NewPhonePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The new number as typed.
    pub phone: String,
    /// The reason as typed.
    pub reason: String,
    /// Whether a code was just sent; true also when the number is another account's.
    pub code_sent: bool,
}

impl NewPhonePage {
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
                    lang.t("更换手机号", "Change the mobile number"),
                    "/zhanghao/shouji/xin",
                    true,
                ),
                errors: Vec::new(),
                phone: String::new(),
                reason: String::new(),
                code_sent: false,
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "phone",
                    lang.t("请填写 11 位手机号", "Enter an 11-digit mobile number"),
                )],
                phone: "1380000<b>".to_owned(),
                reason: lang.t("换号<b>", "a new one <b>").to_owned(),
                code_sent: true,
                ..fresh.clone()
            };
            vec![fresh, refused]
        })
    }
}

/// `GET /zhanghao/shouji/wancheng`: done.
#[derive(Template, Clone, Debug)]
#[template(path = "account/phone_done.html")]
pub struct PhoneDonePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The number, masked.
    pub phone: String,
    /// Orders for which a phone stands given to the provider.
    pub given: Vec<String>,
}

impl PhoneDonePage {
    /// With orders and without, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("手机号已更换", "The number is changed"),
                    "/zhanghao/shouji/wancheng",
                    true,
                ),
                phone: "100****0077<b>".to_owned(),
                given: vec!["QF7K3M9X2P".to_owned()],
            };
            let plain = Self {
                given: Vec::new(),
                ..full.clone()
            };
            vec![full, plain]
        })
    }
}

/// `GET`/`POST /zhaohui`: the number is lost.
#[derive(Template, Clone, Debug)]
#[template(path = "account/phone_lost.html")]
pub struct LostPhonePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// Account name or number as typed.
    pub login: String,
    /// The new number as typed.
    pub phone: String,
    /// Whether a code was just sent; true also when the number is another account's.
    pub code_sent: bool,
    /// When it will be carried out, once it was asked for.
    pub due: Option<Moment>,
    /// The puzzle, if one is to be solved.
    pub puzzle: Option<PuzzleBox>,
}

impl LostPhonePage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// Fresh, refused and asked for, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let fresh = Self {
                f: Frame::sample(
                    lang,
                    lang.t("原手机号无法使用", "The number is lost"),
                    "/zhaohui",
                    false,
                ),
                errors: Vec::new(),
                login: String::new(),
                phone: String::new(),
                code_sent: false,
                due: None,
                puzzle: None,
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "login",
                    lang.t("账号或密码不正确", "The account or the password is not right"),
                )],
                login: "xingzhu<b>".to_owned(),
                phone: "100<b>".to_owned(),
                code_sent: true,
                puzzle: Some(PuzzleBox::sample(lang)),
                ..fresh.clone()
            };
            let asked = Self {
                due: Some(Moment::of(lang, datetime!(2026-11-30 10:00 +8))),
                ..fresh.clone()
            };
            vec![fresh, refused, asked]
        })
    }
}
