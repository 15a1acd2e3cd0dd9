//! The pages of the privacy officer and of the arbiter.

use askama::Template;
use time::macros::datetime;

use super::{Console, errors_by_field};
use crate::pages::account::{FieldError, both};
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;
use crate::pages::share::{DemandRow, TypedAnswer};

/// `GET`/`POST /guanli/qingqiu`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/demands.html")]
pub struct OfficerPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission; a field is called `{demand}-{field}`.
    pub errors: Vec<FieldError>,
    /// The demand whose answer was refused.
    pub refused: String,
    /// What was typed there.
    pub typed: TypedAnswer,
    /// The demands, the first due first.
    pub demands: Vec<DemandRow>,
    /// Working days left of each, in words.
    pub clocks: Vec<String>,
}

impl OfficerPage {
    /// The message for a field of a demand's form.
    #[must_use]
    pub fn err_in(&self, demand: &str, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, &format!("{demand}-{field}"))
    }

    /// What was typed into the form of this demand.
    #[must_use]
    pub fn of(&self, demand: &str) -> TypedAnswer {
        if self.refused == demand {
            self.typed.clone()
        } else {
            TypedAnswer::default()
        }
    }

    /// Where answers go.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        "/guanli/qingqiu"
    }

    /// The clock of a demand.
    #[must_use]
    pub fn clock(&self, demand: &str) -> &str {
        let place = self.demands.iter().position(|row| row.id == demand);
        let clock = place.and_then(|place| self.clocks.get(place));
        clock.map_or("", String::as_str)
    }

    /// Orders are not the officer's to look at.
    #[must_use]
    pub const fn linked(&self) -> bool {
        false
    }
}

/// An order that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisputeRow {
    /// Its number.
    pub number: String,
    /// Since when.
    pub since: Moment,
    /// The clock in words.
    pub clock: String,
}

/// `GET`/`POST /guanli/dingdan`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/orders.html")]
pub struct ArbiterPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The order whose decision was refused.
    pub refused: String,
    /// What was chosen there.
    pub decision: String,
    /// What was typed there.
    pub reason: String,
    /// The orders, the longest waiting first.
    pub rows: Vec<DisputeRow>,
}

errors_by_field!(ArbiterPage);

impl OfficerPage {
    /// With demands, refused, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(lang, lang.t("个人信息请求", "Demands"), "/guanli/qingqiu", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                refused: String::new(),
                typed: TypedAnswer::default(),
                demands: DemandRow::samples(lang)
                    .into_iter()
                    .zip(["d1", "d2"])
                    .map(|(row, id)| DemandRow {
                        id: id.to_owned(),
                        ..row
                    })
                    .collect(),
                clocks: vec![lang.t("还剩 8 个工作日", "8 working days left").to_owned(); 4],
            };
            let open = full.demands.iter().find(|row| row.answer.is_empty());
            let id = open.map_or(String::new(), |row| row.id.clone());
            let refused = Self {
                errors: vec![FieldError::new(
                    format!("{id}-answer"),
                    lang.t("请选择一项", "Choose one"),
                )],
                refused: id,
                typed: TypedAnswer {
                    article: "<b>".to_owned(),
                    ..TypedAnswer::default()
                },
                ..full.clone()
            };
            let empty = Self {
                demands: Vec::new(),
                ..full.clone()
            };
            vec![full, refused, empty]
        })
    }
}

impl ArbiterPage {
    /// With orders, refused, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(lang, lang.t("待裁决订单", "Disputes"), "/guanli/dingdan", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                refused: String::new(),
                decision: String::new(),
                reason: String::new(),
                rows: vec![DisputeRow {
                    number: "QF000000000001".to_owned(),
                    since: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
                    clock: lang.t("今天到期", "due today").to_owned(),
                }],
            };
            let refused = Self {
                errors: vec![FieldError::new("reason", lang.t("请写明理由", "Give a reason"))],
                refused: "QF000000000001".to_owned(),
                decision: "refund".to_owned(),
                reason: "<b>".to_owned(),
                ..full.clone()
            };
            let empty = Self {
                rows: Vec::new(),
                ..full.clone()
            };
            vec![full, refused, empty]
        })
    }
}
