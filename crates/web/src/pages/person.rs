//! The page of a person's verification (实名认证, 2.1.1.d).

use askama::Template;
use domain::account::capability::{Function, Level};
use time::macros::datetime;

use super::account::FieldError;
use super::consent::OfferRow;
use super::frame::{Frame, Lang};
use super::moment::Moment;

/// What the reader may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing can be checked on this site.
    Closed,
    /// To give the separate consent.
    Consent,
    /// To hand in name and number.
    Form,
    /// To wait for the answer.
    Wait,
    /// To wait until the lock is over.
    Locked,
    /// Nothing: it is done.
    Verified,
    /// Nothing: it was taken back.
    Revoked,
}

/// A line of what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// What.
    pub what: &'static str,
    /// What it led to.
    pub state: &'static str,
    /// Who did it.
    pub who: &'static str,
    /// Why the check failed; empty if it did not.
    pub reason: &'static str,
    /// When.
    pub when: Moment,
}

/// `GET`/`POST /zhanghao/shiming`.
#[derive(Template, Clone, Debug)]
#[template(path = "account/person.html")]
pub struct PersonPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// What the reader may do now.
    pub stage: Stage,
    /// How it stands, in words.
    pub state: &'static str,
    /// Why the last check failed; empty if it did not.
    pub reason: &'static str,
    /// What is agreed to, where it can be.
    pub offer: Option<OfferRow>,
    /// Name and number, masked; while they are kept.
    pub masked: Option<(String, String)>,
    /// Since when it stands so.
    pub since: Moment,
    /// When the clock acts: the lock's end, the source's last hour.
    pub due: Option<Moment>,
    /// The card's last day.
    pub valid: Option<String>,
    /// Failed checks that count now, and how many there may be.
    pub tries: (usize, usize),
    /// Whether everything of it can be deleted now.
    pub can_erase: bool,
    /// Why it was taken back; empty if it was not.
    pub ground: &'static str,
    /// Whether that can be appealed against.
    pub can_appeal: bool,
    /// How an appeal stands, in words; empty for none.
    pub appeal: &'static str,
    /// What was typed.
    pub real_name: String,
    /// What was typed.
    pub id_number: String,
    /// What happened, the latest first.
    pub steps: Vec<StepRow>,
}

impl PersonPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, field)
    }

    /// What needs which level: each function with its name, and whether each level may.
    #[must_use]
    pub fn functions(&self) -> Vec<(&'static str, Vec<bool>)> {
        policy::clause!("2.1.1.d");
        let zh = self.f.lang == Lang::Zh;
        let row = |function: &Function| {
            let may = Level::ALL.iter().map(|level| level.may(*function)).collect();
            (function.label(zh), may)
        };
        Function::ALL.iter().map(row).collect()
    }

    /// The names of the levels.
    #[must_use]
    pub fn levels(&self) -> Vec<&'static str> {
        let zh = self.f.lang == Lang::Zh;
        Level::ALL.iter().map(|level| level.label(zh)).collect()
    }

    /// The step of the way the reader is on: 1 to fill in, 2 to be checked, 3 the result.
    #[must_use]
    pub const fn place(&self) -> u8 {
        match self.stage {
            Stage::Closed | Stage::Consent | Stage::Form => 1,
            Stage::Wait => 2,
            Stage::Locked | Stage::Verified | Stage::Revoked => 3,
        }
    }

    /// Every stage, and a refused form, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let of = |lang: Lang| {
            let title = lang.t("实名认证", "Real-name verification");
            let consent = Self {
                f: Frame::sample(lang, title, "/zhanghao/shiming", true),
                errors: Vec::new(),
                stage: Stage::Consent,
                state: lang.t("未认证", "not verified"),
                reason: "",
                offer: Some(OfferRow::sample(lang)),
                masked: None,
                since: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                due: None,
                valid: None,
                tries: (0, 3),
                can_erase: false,
                ground: "",
                can_appeal: false,
                appeal: "",
                real_name: String::new(),
                id_number: String::new(),
                steps: Vec::new(),
            };
            let step = StepRow {
                what: lang.t("提交姓名和号码", "submit"),
                state: lang.t("已提交", "submitted"),
                who: lang.t("您本人", "you"),
                reason: "",
                when: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
            };
            let form = Self {
                stage: Stage::Form,
                state: lang.t("未通过", "not passed"),
                reason: lang.t(
                    "姓名与身份证号码不一致，请对照证件填写后重新提交",
                    "the name does not belong to this number",
                ),
                tries: (1, 3),
                can_erase: true,
                steps: vec![step],
                ..consent.clone()
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "id_number",
                    lang.t("号码有误", "There is an error"),
                )],
                real_name: "<b>".to_owned(),
                id_number: "999999<b>".to_owned(),
                reason: "",
                ..form.clone()
            };
            let wait = Self {
                stage: Stage::Wait,
                state: lang.t("核验中", "being checked"),
                reason: "",
                masked: Some(("演**".to_owned(), "**************0016".to_owned())),
                due: Some(Moment::of(lang, datetime!(2026-11-26 10:00 +8))),
                ..form.clone()
            };
            let verified = Self {
                stage: Stage::Verified,
                state: lang.t("已实名", "verified"),
                due: None,
                valid: Some(lang.t("2030年1月31日", "31 January 2030").to_owned()),
                ..wait.clone()
            };
            let locked = Self {
                stage: Stage::Locked,
                state: lang.t("已锁定", "locked"),
                tries: (3, 3),
                masked: None,
                ..wait.clone()
            };
            let revoked = Self {
                stage: Stage::Revoked,
                state: lang.t("已撤销", "revoked"),
                can_erase: false,
                due: None,
                ground: lang.t("证件被他人冒用", "the card is somebody else's"),
                can_appeal: true,
                ..wait.clone()
            };
            let appealed = Self {
                can_appeal: false,
                appeal: lang.t("您已申诉。", "You appealed."),
                ..revoked.clone()
            };
            let closed = Self {
                stage: Stage::Closed,
                ..consent.clone()
            };
            [
                consent, form, refused, wait, verified, locked, revoked, appealed, closed,
            ]
        };
        Lang::ALL.into_iter().flat_map(of).collect()
    }
}
