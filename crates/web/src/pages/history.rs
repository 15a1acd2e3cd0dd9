//! The lists behind the account page, each by itself and page by page: who opened one's data, what was
//! corrected, and when one logged in.

use askama::Template;
use time::macros::datetime;

use super::account::both;
use super::frame::Frame;
use super::moment::Moment;
use super::overview::AccessRow;

/// A choice of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its value.
    pub value: &'static str,
    /// Its name.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// `GET /zhanghao/chakan`: who opened one's data (2.5.1.e).
#[derive(Template, Clone, Debug)]
#[template(path = "account/openings.html")]
pub struct OpeningsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The purposes to choose from.
    pub purposes: Vec<Choice>,
    /// The openings, newest first.
    pub rows: Vec<AccessRow>,
    /// Whether it is the first page.
    pub first: bool,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl OpeningsPage {
    /// The purpose that is chosen; empty for all.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        let chosen = self.purposes.iter().find(|choice| choice.chosen);
        chosen.map_or("", |choice| choice.value)
    }

    /// With rows and a next page, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("谁看过我的信息", "Who has seen my information"),
                    "/zhanghao/chakan",
                    true,
                ),
                purposes: vec![Choice {
                    value: "notify",
                    label: lang.t("发送您需要的消息", "delivering a message").to_owned(),
                    chosen: true,
                }],
                rows: vec![AccessRow::sample(lang), AccessRow::sample(lang)],
                first: false,
                next: Some("1795399200000000-00000000-0000-4000-8000-000000000000".to_owned()),
            };
            let empty = Self {
                rows: Vec::new(),
                purposes: Vec::new(),
                first: true,
                next: None,
                ..full.clone()
            };
            vec![full, empty]
        })
    }
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// What.
    pub what: &'static str,
    /// By whom.
    pub who: String,
    /// Why; empty if nothing was said.
    pub reason: String,
    /// When.
    pub when: Moment,
}

/// `GET /zhanghao/xiugai`: what was corrected of the account (2.6.2.a).
#[derive(Template, Clone, Debug)]
#[template(path = "account/changes.html")]
pub struct ChangesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The corrections, newest first.
    pub rows: Vec<ChangeRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl ChangesPage {
    /// With rows, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let row = ChangeRow {
                what: lang.t("更换手机号", "Mobile number changed"),
                who: lang.t("您本人", "You").to_owned(),
                reason: lang.t("换了运营商<b>", "another carrier <b>").to_owned(),
                when: Moment::of(lang, datetime!(2026-11-23 14:30 +8)),
            };
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("修改记录", "Record of changes"),
                    "/zhanghao/xiugai",
                    true,
                ),
                rows: vec![
                    row.clone(),
                    ChangeRow {
                        reason: String::new(),
                        ..row
                    },
                ],
                next: Some("1795399200000000-00000000-0000-4000-8000-000000000000".to_owned()),
            };
            let empty = Self {
                rows: Vec::new(),
                next: None,
                ..full.clone()
            };
            vec![full, empty]
        })
    }
}

/// A log-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginRow {
    /// The device.
    pub device: String,
    /// When.
    pub when: Moment,
    /// How it stands.
    pub state: &'static str,
}

/// `GET /zhanghao/denglu`: one's log-ins (2.2.3.d).
#[derive(Template, Clone, Debug)]
#[template(path = "account/logins.html")]
pub struct LoginsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The log-ins, newest first.
    pub rows: Vec<LoginRow>,
    /// Days on which log-ins failed, and how often.
    pub failures: Vec<(String, i64)>,
    /// Whether it is the first page.
    pub first: bool,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl LoginsPage {
    /// With failures, and without, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let row = LoginRow {
                device: "Firefox · Linux<b>".to_owned(),
                when: Moment::of(lang, datetime!(2026-11-23 14:30 +8)),
                state: lang.t("本机，使用中", "this device, in use"),
            };
            let full = Self {
                f: Frame::sample(lang, lang.t("登录记录", "Log-ins"), "/zhanghao/denglu", true),
                rows: vec![row],
                failures: vec![(lang.t("2026年11月22日", "22 November 2026").to_owned(), 3)],
                first: true,
                next: Some("1795399200000000-00000000-0000-4000-8000-000000000000".to_owned()),
            };
            let calm = Self {
                failures: Vec::new(),
                next: None,
                ..full.clone()
            };
            vec![full, calm]
        })
    }
}
