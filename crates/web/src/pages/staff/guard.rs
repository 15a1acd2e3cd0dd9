//! The page of contested decisions of the security guard.

use askama::Template;
use domain::account::guard::contest::Ground;
use domain::account::guard::{Act, Outcome, Signal};
use time::macros::datetime;

use super::{Console, errors_by_field};
use crate::pages::account::{FieldError, both};
use crate::pages::frame::{Frame, Lang};
use crate::pages::guard::{SignalRow, rulings};
use crate::pages::moment::Moment;

/// A decision that waits for a human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContestedRow {
    /// The decision.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// What somebody was about to do.
    pub act: &'static str,
    /// What was decided.
    pub outcome: &'static str,
    /// The score.
    pub score: i64,
    /// When it was decided.
    pub when: Moment,
    /// Why it is contested.
    pub ground: &'static str,
    /// Since when.
    pub since: Moment,
    /// The clock in words.
    pub clock: String,
    /// Why it was decided.
    pub signals: Vec<SignalRow>,
}

/// `GET`/`POST /guanli/anquan`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/guard.html")]
pub struct ContestedPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The decision whose ruling was refused.
    pub refused: String,
    /// The decisions, the longest waiting first.
    pub rows: Vec<ContestedRow>,
    /// The ways to rule.
    pub rulings: Vec<(&'static str, &'static str)>,
}

errors_by_field!(ContestedPage);

impl ContestedPage {
    /// With cases, refused, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let zh = lang == Lang::Zh;
            let full = Self {
                f: Frame::sample(lang, lang.t("安全复核", "Guard reviews"), "/guanli/anquan", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                refused: String::new(),
                rows: vec![ContestedRow {
                    id: "00000000-0000-4000-8000-000000000000".to_owned(),
                    number: "C-0001<b>".to_owned(),
                    act: Act::Password.label(zh),
                    outcome: Outcome::Freeze.label(zh),
                    score: 115,
                    when: Moment::of(lang, datetime!(2026-11-23 09:12 +8)),
                    ground: Ground::Away.label(zh),
                    since: Moment::of(lang, datetime!(2026-11-23 09:20 +8)),
                    clock: lang.t("还剩 2 个工作日", "2 working days left").to_owned(),
                    signals: SignalRow::of(lang, &[Signal::NewDevice, Signal::TooFar]),
                }],
                rulings: rulings(lang),
            };
            let refused = Self {
                errors: vec![FieldError::new("ruling", lang.t("请选择", "Choose one"))],
                refused: full.rows[0].id.clone(),
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
