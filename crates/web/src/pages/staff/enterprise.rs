//! A verifier's pages about enterprises: the list, and a case with public facts beside what was handed in.

use askama::Template;
use time::macros::datetime;

use super::verification::{ActRow, CaseStep, Coded, TabRow};
use super::{Console, Trained, both, errors_by_field};
use crate::pages::account::FieldError;
use crate::pages::frame::{Frame, Lang};
use crate::pages::moment::Moment;

/// A case as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnterpriseRow {
    /// The case.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// The enterprise's name.
    pub name: String,
    /// How far it is.
    pub state: &'static str,
    /// What is to be decided; empty for nothing.
    pub matter: &'static str,
    /// Since when.
    pub since: Moment,
}

/// `GET /guanli/qiye`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/enterprises.html")]
pub struct EnterpriseCasesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// The lists.
    pub tabs: Vec<TabRow>,
    /// How much is to be decided.
    pub at_hand: i64,
    /// The cases.
    pub rows: Vec<EnterpriseRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl EnterpriseCasesPage {
    /// The list that is shown.
    #[must_use]
    pub fn tab(&self) -> &'static str {
        let chosen = self.tabs.iter().find(|tab| tab.chosen);
        chosen.map_or("", |tab| tab.word)
    }
}

/// What was just opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The representative's name.
    Name(String),
    /// A picture, JPEG in base64.
    Picture(String),
}

/// `GET`/`POST /guanli/qiye/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/enterprise.html")]
pub struct EnterpriseCasePage {
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
    /// The enterprise's name; empty before one was handed in.
    pub name: String,
    /// Its credit code.
    pub code: String,
    /// How the applicant is related to it; empty before they said so.
    pub relation: &'static str,
    /// The way of proof; empty before one was chosen.
    pub proof: &'static str,
    /// When the register last agreed.
    pub checked: Option<Moment>,
    /// How the verification of an organisation with this code already stands; empty if there is none.
    pub former: &'static str,
    /// What has to be put right, or why it was revoked.
    pub reasons: Vec<&'static str>,
    /// A proposal that waits: by whom, when.
    pub proposal: Option<(String, Moment)>,
    /// How an appeal stands; empty for none.
    pub appeal: &'static str,
    /// What may be done.
    pub acts: Vec<ActRow>,
    /// Whether it waits for somebody else.
    pub for_others: bool,
    /// What may be opened.
    pub pieces: Vec<Coded>,
    /// Why something may be opened.
    pub why: Vec<Coded>,
    /// What was just opened: its name, itself, and the reason given.
    pub opened: Option<(&'static str, Opened, &'static str)>,
    /// What happened, the latest first.
    pub steps: Vec<CaseStep>,
}

errors_by_field!(EnterpriseCasePage);

impl EnterpriseCasePage {
    /// Whether the training of whoever looks counts.
    #[must_use]
    pub const fn trained(&self) -> bool {
        matches!(self.c.trained, Trained::Valid(_) | Trained::Soon(_))
    }
}

impl EnterpriseCasePage {
    /// The message about the reasons of an act.
    #[must_use]
    pub fn of_act(&self, word: &str) -> Option<&str> {
        self.err(&format!("{word}-reasons"))
    }
}

impl EnterpriseCasesPage {
    /// With cases, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let tab = |word, zh, en, chosen| TabRow {
                word,
                name: lang.t(zh, en),
                chosen,
            };
            let row = EnterpriseRow {
                id: "c1".to_owned(),
                number: "QY0123456789".to_owned(),
                name: "星渚软件（演示）<b>".to_owned(),
                state: lang.t("验证中", "being proved"),
                matter: lang.t("授权书待核对", "a letter to be read"),
                since: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
            };
            let full = Self {
                f: Frame::sample(lang, lang.t("企业认证", "Enterprises"), "/guanli/qiye", false),
                c: Console::trained(lang),
                tabs: vec![
                    tab("", "待处理", "To decide", true),
                    tab("verified", "已企业认证", "verified", false),
                ],
                at_hand: 1,
                rows: vec![row.clone(), EnterpriseRow { matter: "", ..row }],
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

impl EnterpriseCasePage {
    /// A letter that waits.
    fn waiting(lang: Lang) -> Self {
        let at = |at| Moment::of(lang, at);
        let coded = |word, zh, en| Coded {
            word,
            name: lang.t(zh, en),
        };
        let act = |word, zh, en, heavy, grounds| ActRow {
            word,
            name: lang.t(zh, en),
            hint: lang.t("企业会收到通知。", "The enterprise is told."),
            heavy,
            grounds,
        };
        let reasons = vec![
            coded(
                "licence_unreadable",
                "营业执照不清晰或不完整",
                "the licence cannot be read",
            ),
            coded(
                "proof_insufficient",
                "验证材料不足以证明授权",
                "the proof does not show the authority",
            ),
        ];
        Self {
            f: Frame::sample(lang, "QY0123456789", "/guanli/qiye/c1", false),
            c: Console::trained(lang),
            errors: Vec::new(),
            id: "c1".to_owned(),
            number: "QY0123456789".to_owned(),
            state: lang.t("验证中", "being proved"),
            since: at(datetime!(2026-11-20 09:12 +8)),
            version: 5,
            name: "星渚软件（演示）<b>".to_owned(),
            code: "91999999MAD3650188".to_owned(),
            relation: lang.t("经办人", "acting for it"),
            proof: lang.t("授权书", "letter of authorisation"),
            checked: Some(at(datetime!(2026-11-20 09:10 +8))),
            former: lang.t("已企业认证", "verified"),
            reasons: Vec::new(),
            proposal: None,
            appeal: "",
            acts: vec![
                act("prove", "验证通过", "prove", false, vec![]),
                act("reject", "驳回", "reject", true, reasons.clone()),
            ],
            for_others: false,
            pieces: vec![
                coded("representative", "法定代表人姓名", "the representative's name"),
                coded("licence", "营业执照", "the licence"),
                coded("letter", "授权书", "the letter"),
            ],
            why: vec![coded("review", "核对待决事项", "to decide what is at hand")],
            opened: None,
            steps: vec![CaseStep {
                when: at(datetime!(2026-11-20 09:12 +8)),
                what: lang.t("选择验证方式", "choose the proof"),
                state: lang.t("验证中", "being proved"),
                who: lang.t("申请人", "the applicant").to_owned(),
            }],
        }
    }

    /// A letter that waits; with the name opened; with a picture opened; untrained and refused; a
    /// revocation that waits; in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let at = |at| Moment::of(lang, at);
            let act = |word, zh, en, heavy, grounds| ActRow {
                word,
                name: lang.t(zh, en),
                hint: lang.t("企业会收到通知。", "The enterprise is told."),
                heavy,
                grounds,
            };
            let waiting = Self::waiting(lang);
            let reason = lang.t("核对待决事项", "to decide what is at hand");
            let named = Self {
                opened: Some((
                    lang.t("法定代表人姓名", "the representative's name"),
                    Opened::Name("演示<b>".to_owned()),
                    reason,
                )),
                ..waiting.clone()
            };
            let pictured = Self {
                opened: Some((
                    lang.t("营业执照", "the licence"),
                    Opened::Picture("AAAA".to_owned()),
                    reason,
                )),
                ..waiting.clone()
            };
            let untrained = Self {
                c: Console::sample(lang, Trained::Lapsed(at(datetime!(2026-11-20 10:00 +8)))),
                errors: vec![
                    FieldError::new("why", lang.t("没有有效证书", "No valid certificate")),
                    FieldError::new("reject-reasons", lang.t("请选择", "Choose one")),
                ],
                ..waiting.clone()
            };
            let revoking = Self {
                state: lang.t("已企业认证", "verified"),
                proposal: Some(("verifier-2".to_owned(), at(datetime!(2026-11-21 09:12 +8)))),
                reasons: vec![lang.t(
                    "提供虚假材料或冒用他人名义",
                    "false documents or pretended identity",
                )],
                appeal: lang.t("企业已申诉，等待处理", "the enterprise appealed; it waits"),
                acts: vec![act(
                    "confirm_revocation",
                    "复核撤销",
                    "confirm the revocation",
                    true,
                    vec![],
                )],
                for_others: true,
                pieces: Vec::new(),
                former: "",
                ..waiting.clone()
            };
            vec![waiting, named, pictured, untrained, revoking]
        })
    }
}
