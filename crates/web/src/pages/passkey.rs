//! Passkeys (通行密钥): the list, the page that adds one, and the part of other pages that asks a device for
//! one. No page holds a credential or a challenge.

use askama::Template;
use time::macros::datetime;

use super::account::FieldError;
use super::frame::{Frame, Lang};
use super::moment::Moment;

/// What a page needs to ask a device: the script, and the domain that passkeys belong to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PasskeyPart {
    /// The path of the script with its content hash; empty where nothing can be asked.
    pub script: String,
    /// The domain; empty if the site has none.
    pub site: String,
}

impl PasskeyPart {
    /// A part as it is without its script.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            script: String::new(),
            site: "localhost".to_owned(),
        }
    }
}

/// A passkey in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its identifier, never its credential.
    pub id: String,
    /// What its person calls it.
    pub label: String,
    /// What stands in the field of its new name.
    pub typed: String,
    /// When it was added.
    pub added: Moment,
    /// When it was last used.
    pub used: Option<Moment>,
    /// When an answer of it was refused.
    pub refused: Option<Moment>,
    /// Whether its new name was just refused: the form is unfolded.
    pub open: bool,
}

impl PasskeyRow {
    /// The `id` of its field.
    #[must_use]
    pub fn field(&self) -> String {
        format!("label-{}", self.id)
    }
}

/// `GET /zhanghao/miyao`: the passkeys.
#[derive(Template, Clone, Debug)]
#[template(path = "account/passkeys.html")]
pub struct PasskeysPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The passkeys.
    pub rows: Vec<PasskeyRow>,
    /// Whether removing one turns two-step log-in off.
    pub last: bool,
    /// Whether there may be no more.
    pub full: bool,
}

/// `GET`/`POST /zhanghao/miyao/tianjia`: a new one.
#[derive(Template, Clone, Debug)]
#[template(path = "account/passkey_add.html")]
pub struct PasskeyAddPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The name as typed.
    pub label: String,
    /// How to ask the device.
    pub passkey: PasskeyPart,
}

impl PasskeysPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: impl AsRef<str>) -> Option<&str> {
        FieldError::find(&self.errors, name.as_ref())
    }

    /// None, some, and a refused name, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let row = |id: &str, label: &str| PasskeyRow {
                id: id.to_owned(),
                label: label.to_owned(),
                typed: label.to_owned(),
                added: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
                used: Some(Moment::of(lang, datetime!(2026-11-28 18:03 +8))),
                refused: None,
                open: false,
            };
            let none = Self {
                f: Frame::sample(lang, lang.t("通行密钥", "Passkeys"), "/zhanghao/miyao", true),
                errors: Vec::new(),
                rows: Vec::new(),
                last: false,
                full: false,
            };
            let doubted = PasskeyRow {
                used: None,
                refused: Some(Moment::of(lang, datetime!(2026-11-29 07:40 +8))),
                ..row("p2", "Chrome · Windows")
            };
            let some = Self {
                rows: vec![row("p1", lang.t("我的手机<b>", "My phone <b>")), doubted],
                full: true,
                ..none.clone()
            };
            let refused = Self {
                rows: vec![PasskeyRow {
                    typed: "x<b>".to_owned(),
                    open: true,
                    ..row("p1", lang.t("我的手机", "My phone"))
                }],
                errors: vec![FieldError::new(
                    "label-p1",
                    lang.t("名称太长<b>", "The name is too long <b>"),
                )],
                last: true,
                ..none.clone()
            };
            [none, some, refused]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}

impl PasskeyAddPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, name: &str) -> Option<&str> {
        FieldError::find(&self.errors, name)
    }

    /// An empty form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("添加通行密钥", "Add a passkey"),
                    "/zhanghao/miyao/tianjia",
                    true,
                ),
                errors: Vec::new(),
                label: String::new(),
                passkey: PasskeyPart::sample(),
            };
            let text = lang.t("设备没有返回有效的通行密钥<b>", "No valid passkey <b>");
            let refused = Self {
                errors: vec![FieldError::new("passkey", text)],
                label: "x<b>".to_owned(),
                ..empty.clone()
            };
            [empty, refused]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}
