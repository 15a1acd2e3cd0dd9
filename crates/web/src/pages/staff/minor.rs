//! Minors in the console: a supervisor's approvals, the privacy officer's contests and yearly audits.

use askama::Template;
use time::macros::datetime;

use super::{Console, Trained, both, errors_by_field};
use crate::pages::account::FieldError;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;

/// A request that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRow {
    /// The request.
    pub id: String,
    /// The case.
    pub case: String,
    /// What is to be opened.
    pub fields: String,
    /// Why.
    pub reason: &'static str,
    /// Who asks.
    pub asked_by: String,
    /// When.
    pub asked_at: Moment,
    /// Until when it waits.
    pub until: Moment,
    /// The clock in words.
    pub clock: String,
    /// Whether the reader asked.
    pub own: bool,
}

/// `GET`/`POST /guanli/pizhun`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/approvals.html")]
pub struct MinorApprovalsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The request whose decision was refused.
    pub refused: String,
    /// The ways to rule.
    pub rulings: Vec<(&'static str, &'static str)>,
    /// What waits.
    pub rows: Vec<ApprovalRow>,
}

/// An account whose holder says that it is no minor's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContestedRow {
    /// The request.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// What the number said.
    pub band: &'static str,
    /// What the person says.
    pub mistake: &'static str,
    /// Since when.
    pub since: Moment,
    /// The clock in words.
    pub clock: String,
}

/// An audit as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The year.
    pub year: i32,
    /// When it was made.
    pub made: Moment,
    /// The hash, cut.
    pub hash: String,
    /// Whether it was late.
    pub late: bool,
}

/// `GET`/`POST /guanli/weichengnian`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/minors.html")]
pub struct MinorsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The contest whose decision was refused.
    pub refused: String,
    /// What may be found.
    pub findings: Vec<(&'static str, &'static str)>,
    /// What was contested.
    pub contested: Vec<ContestedRow>,
    /// The audits.
    pub audits: Vec<AuditLine>,
}

/// `GET /guanli/weichengnian/niandu/{year}`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/minor_audit.html")]
pub struct MinorAuditPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// The year.
    pub year: i32,
    /// When it was made.
    pub made: Moment,
    /// The hash.
    pub hash: String,
    /// What happened how often.
    pub counts: Vec<(String, i64)>,
    /// Minors by band.
    pub minors: Vec<(String, i64)>,
}

errors_by_field!(MinorApprovalsPage, MinorsPage);

impl MinorApprovalsPage {
    /// With requests, refused, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let row = ApprovalRow {
                id: "a1".to_owned(),
                case: "SM0123456789".to_owned(),
                fields: lang.t("姓名<b>", "name <b>").to_owned(),
                reason: lang.t("核对待决定的核验、撤销或申诉", "to decide what is at hand"),
                asked_by: "verifier-2".to_owned(),
                asked_at: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                until: Moment::of(lang, datetime!(2026-11-26 10:00 +8)),
                clock: lang.t("还剩 1 个工作日", "1 working day left").to_owned(),
                own: false,
            };
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("未成年人信息批准", "Minors: approvals"),
                    "/guanli/pizhun",
                    false,
                ),
                c: Console::trained(lang),
                errors: Vec::new(),
                refused: String::new(),
                rulings: vec![("needed", lang.t("批准一次：不看就无法决定", "Approved once"))],
                rows: vec![
                    row.clone(),
                    ApprovalRow {
                        own: true,
                        id: "a2".to_owned(),
                        ..row
                    },
                ],
            };
            let empty = Self {
                errors: vec![FieldError::new(
                    "approval",
                    lang.t("这项申请已处理", "It was decided"),
                )],
                rows: Vec::new(),
                ..full.clone()
            };
            let silent = Self {
                errors: vec![FieldError::new("ruling", lang.t("请选择决定和理由", "Choose"))],
                refused: "a1".to_owned(),
                ..full.clone()
            };
            vec![full, empty, silent]
        })
    }
}

impl MinorsPage {
    /// With contests and audits, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(lang, lang.t("未成年人", "Minors"), "/guanli/weichengnian", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                contested: vec![ContestedRow {
                    id: "g1".to_owned(),
                    number: "JH0123456789<b>".to_owned(),
                    band: lang.t("15–17 周岁", "15 to 17"),
                    mistake: lang.t("填成了别人的证件号码", "somebody else’s number"),
                    since: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                    clock: lang.t("还剩 2 个工作日", "2 working days left").to_owned(),
                }],
                refused: String::new(),
                findings: vec![("own", lang.t("异议不成立：号码是本人的", "It was not"))],
                audits: vec![AuditLine {
                    year: 2025,
                    made: Moment::of(lang, datetime!(2026-01-01 00:10 +8)),
                    hash: "0123456789ab".to_owned(),
                    late: true,
                }],
            };
            let empty = Self {
                contested: Vec::new(),
                audits: Vec::new(),
                errors: vec![FieldError::new("guardian", lang.t("状态已变化", "It moved on"))],
                ..full.clone()
            };
            let silent = Self {
                errors: vec![FieldError::new("ruling", lang.t("请选择决定和理由", "Choose"))],
                refused: "g1".to_owned(),
                ..full.clone()
            };
            vec![full, empty, silent]
        })
    }
}

impl MinorAuditPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            vec![Self {
                f: Frame::sample(lang, "2025", "/guanli/weichengnian/niandu/2025", false),
                c: Console::trained(lang),
                year: 2025,
                made: Moment::of(lang, datetime!(2026-01-01 00:10 +8)),
                hash: "0123456789abcdef".repeat(4),
                counts: vec![(lang.t("监护人同意<b>", "consents <b>").to_owned(), 3)],
                minors: vec![(lang.t("15–17 周岁", "15 to 17").to_owned(), 2)],
            }]
        })
    }
}
