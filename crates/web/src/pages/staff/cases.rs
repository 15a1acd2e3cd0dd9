//! What verifiers decide about, whatever it is: the list of a kind of application, and a case in two
//! panes, facts and what happened beside what may be opened and decided.

use askama::Template;
use time::macros::{date, datetime};

use super::{Console, Trained, errors_by_field};
use crate::pages::account::{FieldError, both};
use crate::pages::frame::{Frame, Lang};
use crate::pages::moment::{Day, Moment};

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
    /// The enterprise's name; empty where the kind has none.
    pub name: String,
    /// How far it is.
    pub state: &'static str,
    /// What is to be decided; empty for nothing.
    pub matter: &'static str,
    /// The clock in words; empty for none.
    pub clock: String,
    /// Whether it is overdue.
    pub late: bool,
    /// Since when.
    pub since: Moment,
}

/// `GET /guanli/shiming`, `/guanli/qiye`, `/guanli/ruzhu`, `/guanli/zizhi`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/cases.html")]
pub struct CasesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Where the kind lives.
    pub path: &'static str,
    /// What the kind is called.
    pub room: &'static str,
    /// What is masked of it, and what is not.
    pub intro: &'static str,
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

/// Something that is known of a case without opening anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFact {
    /// What.
    pub term: &'static str,
    /// What is known, line by line.
    pub lines: Vec<String>,
    /// When; after what is known.
    pub when: Option<Moment>,
    /// On which day; after what is known.
    pub day: Option<Day>,
    /// Whether it is shown as a tag.
    pub tag: bool,
    /// What is to be said besides; empty for nothing.
    pub hint: &'static str,
    /// Where it leads: address and name.
    pub link: Option<(String, &'static str)>,
}

impl CaseFact {
    /// A fact of one line.
    #[must_use]
    pub fn of(term: &'static str, line: impl Into<String>) -> Self {
        Self {
            term,
            lines: vec![line.into()],
            ..Self::default()
        }
    }

    /// A fact that says nothing yet.
    #[must_use]
    pub fn none(term: &'static str) -> Self {
        Self {
            term,
            ..Self::default()
        }
    }

    /// An instant.
    #[must_use]
    pub fn at(term: &'static str, when: Moment) -> Self {
        Self {
            term,
            when: Some(when),
            ..Self::default()
        }
    }

    /// A fact of one line, with a dash for nothing.
    #[must_use]
    pub fn or_dash(term: &'static str, line: &str) -> Self {
        Self::of(term, if line.is_empty() { "—" } else { line })
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActRow {
    /// Its word.
    pub word: &'static str,
    /// What the button says.
    pub name: &'static str,
    /// What follows.
    pub hint: &'static str,
    /// Whether it weighs on whom it is about.
    pub heavy: bool,
    /// The grounds to choose from.
    pub grounds: Vec<Coded>,
    /// Whether several may be chosen.
    pub many: bool,
    /// What is said over them: who reads what is chosen.
    pub told: &'static str,
    /// The areas to choose from, each by word and name.
    pub areas: Vec<(String, String)>,
}

impl ActRow {
    /// The field of its area.
    #[must_use]
    pub fn where_place(&self) -> String {
        format!("{}-area", self.word)
    }

    /// The field of its grounds.
    #[must_use]
    pub fn place(&self) -> String {
        if self.many {
            format!("{}-reasons", self.word)
        } else {
            "ground".to_owned()
        }
    }
}

/// What was just opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A name.
    Name(String),
    /// A picture, JPEG in base64.
    Picture(String),
}

/// `GET`/`POST /guanli/shiming/{id}`, `/guanli/qiye/{id}`, `/guanli/ruzhu/{id}`, `/guanli/zizhi/{id}`.
#[derive(Template, Clone, Debug)]
#[template(path = "staff/case.html")]
pub struct CasePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The console's.
    pub c: Console,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// Where the kind lives.
    pub path: &'static str,
    /// What the kind is called.
    pub room: &'static str,
    /// The case.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// The version shown.
    pub version: i64,
    /// What is known without opening anything.
    pub facts: Vec<CaseFact>,
    /// What may be opened.
    pub pieces: Vec<Coded>,
    /// What the form to open says.
    pub open_title: &'static str,
    /// When it is to be used.
    pub open_hint: &'static str,
    /// What is said where nothing may be opened: title and text.
    pub masked: Option<(&'static str, &'static str)>,
    /// Why something may be opened.
    pub why: Vec<Coded>,
    /// What the approval of a minor's case stands at, in words, and whether it may be asked for; nothing if the
    /// case is about nobody under age (2.7.b).
    pub approval: Option<(String, bool)>,
    /// What was just opened: its name, itself, and the reason given.
    pub opened: Option<(&'static str, Opened, &'static str)>,
    /// What may be done.
    pub acts: Vec<ActRow>,
    /// Whether it waits for somebody else.
    pub for_others: bool,
    /// What happened, the latest first.
    pub steps: Vec<CaseStep>,
    /// The case to be decided after this one.
    pub next: Option<String>,
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
    /// With cases of persons and of enterprises, and empty, in both languages.
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
                name: String::new(),
                state: lang.t("已实名", "verified"),
                matter: lang.t("撤销待复核", "revocation to be confirmed"),
                clock: lang.t("今天到期", "due today").to_owned(),
                late: false,
                since: Moment::of(lang, datetime!(2026-11-20 09:12 +8)),
            };
            let quiet = CaseRow {
                matter: "",
                clock: String::new(),
                ..row.clone()
            };
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("实名认证案件", "Verifications of persons"),
                    "/guanli/shiming",
                    false,
                ),
                c: Console::trained(lang),
                path: "/guanli/shiming",
                room: lang.t("实名认证", "Verifications"),
                intro: lang.t(
                    "只列案件编号，姓名与号码一律遮盖。",
                    "By number; names and numbers are masked.",
                ),
                tabs: vec![
                    tab("", "待处理", "To decide", true),
                    tab("verified", "已实名", "verified", false),
                ],
                at_hand: 1,
                rows: vec![row.clone(), quiet],
                next: Some("1795399200000000-00000000-0000-4000-8000-000000000000".to_owned()),
            };
            let named = Self {
                path: "/guanli/qiye",
                room: lang.t("企业认证", "Enterprises"),
                tabs: vec![
                    tab("", "待处理", "To decide", false),
                    tab("verified", "已企业认证", "verified", true),
                ],
                rows: vec![CaseRow {
                    number: "QY0123456789".to_owned(),
                    name: "星渚软件（演示）<b>".to_owned(),
                    clock: lang.t("已超时", "overdue").to_owned(),
                    late: true,
                    ..row
                }],
                ..full.clone()
            };
            let empty = Self {
                rows: Vec::new(),
                next: None,
                at_hand: 0,
                ..full.clone()
            };
            vec![full, named, empty]
        })
    }
}

impl CasePage {
    /// A case whose papers wait to be read.
    fn waiting(lang: Lang) -> Self {
        let at = |at| Moment::of(lang, at);
        let coded = |word, zh, en| Coded {
            word,
            name: lang.t(zh, en),
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
            path: "/guanli/qiye",
            room: lang.t("企业认证", "Enterprises"),
            id: "c1".to_owned(),
            number: "QY0123456789".to_owned(),
            version: 5,
            facts: vec![
                CaseFact::of(lang.t("企业名称", "Name"), "星渚软件（演示）<b>"),
                CaseFact {
                    tag: true,
                    ..CaseFact::of(lang.t("状态", "State"), lang.t("验证中", "being proved"))
                },
                CaseFact::at(lang.t("起始时间", "Since"), at(datetime!(2026-11-20 09:12 +8))),
                CaseFact {
                    hint: lang.t("工作人员不可查看", "not for staff"),
                    ..CaseFact::of(lang.t("身份证号码", "Identity number"), "＊＊＊")
                },
                CaseFact {
                    lines: vec!["A".to_owned(), "B<b>".to_owned()],
                    link: Some(("/guanli/qiye/c2".to_owned(), lang.t("查看", "look"))),
                    ..CaseFact::of(lang.t("依据", "Reasons"), "")
                },
            ],
            pieces: vec![
                coded("representative", "法定代表人姓名", "the representative's name"),
                coded("licence", "营业执照", "the licence"),
            ],
            open_title: lang.t("打开材料", "Open a paper"),
            open_hint: lang.t(
                "逐件打开，只开核对需要的。",
                "One by one, and only what you need.",
            ),
            masked: Some((
                lang.t("材料已遮盖", "The papers are masked"),
                lang.t("有结果后材料即删除。", "They are deleted once it is decided."),
            )),
            why: vec![coded("review", "核对待决事项", "to decide what is at hand")],
            approval: None,
            opened: None,
            acts: vec![
                ActRow {
                    word: "prove",
                    name: lang.t("验证通过", "prove"),
                    hint: lang.t("企业会收到通知。", "The enterprise is told."),
                    ..ActRow::default()
                },
                ActRow {
                    word: "reject",
                    name: lang.t("驳回", "reject"),
                    hint: lang.t("企业会收到通知。", "The enterprise is told."),
                    heavy: true,
                    grounds: reasons,
                    many: true,
                    told: lang.t("依据（企业会看到）", "Reason (the enterprise reads it)"),
                    ..ActRow::default()
                },
            ],
            for_others: false,
            steps: vec![CaseStep {
                when: at(datetime!(2026-11-20 09:12 +8)),
                what: lang.t("选择验证方式", "choose the proof"),
                state: lang.t("验证中", "being proved"),
                who: lang.t("申请人", "the applicant").to_owned(),
            }],
            next: Some("c2".to_owned()),
        }
    }

    /// Papers that wait; a name opened; a picture opened; untrained and refused; a person's case whose
    /// name is masked, with a proposal that waits for another; a minor's; in both languages.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a sample of each kind, one from the other")]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let at = |at| Moment::of(lang, at);
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
                next: None,
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
            let masked = Self {
                path: "/guanli/shiming",
                room: lang.t("实名认证", "Verifications"),
                number: "SM0123456789".to_owned(),
                pieces: Vec::new(),
                for_others: true,
                errors: vec![FieldError::new("ground", lang.t("请选择", "Choose one"))],
                acts: vec![ActRow {
                    word: "propose_revocation",
                    name: lang.t("提议撤销", "propose to revoke"),
                    hint: lang.t("本人会收到通知。", "The person is told."),
                    grounds: vec![Coded {
                        word: "borrowed",
                        name: lang.t("证件被他人冒用", "the card is somebody else's"),
                    }],
                    told: lang.t("依据（本人会看到）", "Ground (the person reads it)"),
                    ..ActRow::default()
                }],
                steps: Vec::new(),
                ..waiting.clone()
            };
            let restricting = Self {
                path: "/guanli/ruzhu",
                room: lang.t("服务商入驻", "Providers"),
                number: "RZ0123456789".to_owned(),
                pieces: Vec::new(),
                masked: None,
                facts: vec![CaseFact {
                    day: Some(Day::of(lang, date!(2027 - 01 - 15))),
                    ..CaseFact::none(lang.t("有效期至", "Last day"))
                }],
                errors: vec![
                    FieldError::new("restrict-reasons", lang.t("请选择", "Choose one")),
                    FieldError::new("restrict-area", lang.t("请选择类目", "Choose a category")),
                ],
                acts: vec![ActRow {
                    word: "restrict",
                    name: lang.t("限制类目", "restrict a category"),
                    hint: lang.t("企业会收到理由。", "The enterprise reads the reason."),
                    grounds: vec![Coded {
                        word: "complaints",
                        name: lang.t("投诉集中", "complaints"),
                    }],
                    many: true,
                    told: lang.t("理由", "Reason"),
                    areas: vec![("falv".to_owned(), "法律服务<b>".to_owned())],
                    ..ActRow::default()
                }],
                ..waiting.clone()
            };
            let single = Self {
                pieces: vec![Coded {
                    word: "real_name",
                    name: lang.t("姓名", "name"),
                }],
                ..masked.clone()
            };
            let minor = Self {
                approval: Some((
                    lang.t("须先由主管批准", "a supervisor approves first").to_owned(),
                    true,
                )),
                ..single.clone()
            };
            vec![
                waiting,
                named,
                pictured,
                untrained,
                masked,
                single,
                restricting,
                minor,
            ]
        })
    }
}
