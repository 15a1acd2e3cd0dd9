//! A verifier's pages: verifications by number, and a case in two panes.

use askama::Template;
use time::macros::datetime;

use super::{Console, Trained, both, errors_by_field};
use crate::pages::account::FieldError;
use crate::pages::frame::Frame;
use crate::pages::moment::Moment;

/// A list to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabRow {
    /// Its word.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it is shown.
    pub chosen: bool,
}

/// A case as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// The case.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// How far it is.
    pub state: &'static str,
    /// What is to be decided; empty for nothing.
    pub matter: &'static str,
    /// Since when.
    pub since: Moment,
}

/// `GET /guanli/shiming`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/cases.html")]
pub struct CasesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// The lists.
    pub tabs: Vec<TabRow>,
    /// How much is to be decided.
    pub at_hand: i64,
    /// The cases.
    pub rows: Vec<CaseRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl CasesPage {
    /// The list that is shown.
    #[must_use]
    pub fn tab(&self) -> &'static str {
        let chosen = self.tabs.iter().find(|tab| tab.chosen);
        chosen.map_or("", |tab| tab.word)
    }
}

/// A step of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseStep {
    /// When.
    pub when: Moment,
    /// What.
    pub what: &'static str,
    /// What it led to.
    pub state: &'static str,
    /// Who.
    pub who: String,
}

/// Something to choose from a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    /// Its word.
    pub word: &'static str,
    /// What it says.
    pub name: &'static str,
}

/// An act that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// Its word.
    pub word: &'static str,
    /// What the button says.
    pub name: &'static str,
    /// What follows.
    pub hint: &'static str,
    /// Whether it weighs on the person.
    pub heavy: bool,
    /// The grounds to choose from.
    pub grounds: Vec<Coded>,
}

/// `GET`/`POST /guanli/shiming/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/case.html")]
pub struct CasePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The case.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// How far it is.
    pub state: &'static str,
    /// Since when.
    pub since: Moment,
    /// The version shown.
    pub version: i64,
    /// A proposal that waits: by whom, when.
    pub proposal: Option<(String, Moment)>,
    /// The ground of a revocation.
    pub ground: &'static str,
    /// How an appeal stands; empty for none.
    pub appeal: &'static str,
    /// What may be done.
    pub acts: Vec<ActRow>,
    /// Whether it waits for somebody else.
    pub for_others: bool,
    /// Whether the name may be opened.
    pub can_reveal: bool,
    /// The reasons to choose from.
    pub reasons: Vec<Coded>,
    /// The name, if it was just opened, with the reason given.
    pub revealed: Option<(String, &'static str)>,
    /// What happened, the latest first.
    pub steps: Vec<CaseStep>,
}

errors_by_field!(CasePage);

impl CasePage {
    /// Whether the training of whoever looks counts.
    #[must_use]
    pub const fn trained(&self) -> bool {
        matches!(self.c.trained, Trained::Valid(_) | Trained::Soon(_))
    }
}

impl CasesPage {
    /// With cases, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let tab = |word, zh, en, chosen| TabRow {
                word,
                name: lang.t(zh, en),
                chosen,
            };
            let row = CaseRow {
                id: "c1".to_owned(),
                number: "SM0123456789<b>".to_owned(),
                state: lang.t("已实名", "verified"),
                matter: lang.t("撤销待复核", "revocation to be confirmed"),
                since: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
            };
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("实名认证", "Verifications"),
                    "/guanli/shiming",
                    false,
                ),
                c: Console::trained(lang),
                tabs: vec![
                    tab("", "待处理", "To decide", true),
                    tab("verified", "已实名", "verified", false),
                ],
                at_hand: 1,
                rows: vec![row.clone(), CaseRow { matter: "", ..row }],
                next: Some("1795399200000000-00000000-0000-4000-8000-000000000000".to_owned()),
            };
            let empty = Self {
                rows: Vec::new(),
                next: None,
                at_hand: 0,
                ..full.clone()
            };
            vec![full, empty]
        })
    }
}

impl CasePage {
    /// Verified; proposed by another, with the name opened; untrained and refused; revoked and appealed; in
    /// both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let at = |at| Moment::of(lang, at);
            let coded = |word, zh, en| Coded {
                word,
                name: lang.t(zh, en),
            };
            let act = |word, zh, en, heavy, grounds| ActRow {
                word,
                name: lang.t(zh, en),
                hint: lang.t("本人会收到通知。", "The person is told."),
                heavy,
                grounds,
            };
            let grounds = vec![coded("borrowed", "证件被他人冒用", "the card is somebody else's")];
            let verified = Self {
                f: Frame::sample(lang, "SM0123456789", "/guanli/shiming/c1", false),
                c: Console::trained(lang),
                errors: Vec::new(),
                id: "c1".to_owned(),
                number: "SM0123456789".to_owned(),
                state: lang.t("已实名", "verified"),
                since: at(datetime!(2026-11-20 09:12 +8)),
                version: 5,
                proposal: None,
                ground: "",
                appeal: "",
                acts: vec![act(
                    "propose_revocation",
                    "提议撤销",
                    "propose to revoke",
                    false,
                    grounds,
                )],
                for_others: false,
                can_reveal: false,
                reasons: vec![coded("review", "核对待决事项", "to decide what is at hand")],
                revealed: None,
                steps: vec![CaseStep {
                    when: at(datetime!(2026-11-20 09:12 +8)),
                    what: lang.t("核验通过", "pass"),
                    state: lang.t("已实名", "verified"),
                    who: lang.t("系统", "the program").to_owned(),
                }],
            };
            let opened = Self {
                proposal: Some(("verifier-2".to_owned(), at(datetime!(2026-11-21 09:12 +8)))),
                ground: lang.t("证件被他人冒用", "the card is somebody else's"),
                acts: vec![
                    act(
                        "confirm_revocation",
                        "复核撤销",
                        "confirm the revocation",
                        true,
                        vec![],
                    ),
                    act(
                        "drop_revocation",
                        "放弃撤销",
                        "drop the revocation",
                        false,
                        vec![],
                    ),
                ],
                can_reveal: true,
                revealed: Some((
                    "演示<b>".to_owned(),
                    lang.t("核对待决事项", "to decide what is at hand"),
                )),
                ..verified.clone()
            };
            let untrained = Self {
                c: Console::sample(lang, Trained::Lapsed(at(datetime!(2026-11-20 10:00 +8)))),
                errors: vec![FieldError::new(
                    "reason",
                    lang.t("没有有效证书", "No valid certificate"),
                )],
                for_others: true,
                revealed: None,
                ..opened.clone()
            };
            let appealed = Self {
                state: lang.t("已撤销", "revoked"),
                appeal: lang.t("本人已申诉，等待处理", "the person appealed; it waits"),
                acts: vec![act(
                    "uphold_appeal",
                    "申诉成立",
                    "uphold the appeal",
                    false,
                    vec![],
                )],
                revealed: None,
                ..opened.clone()
            };
            vec![verified, opened, untrained, appealed]
        })
    }
}
