//! Public pages: home, policy centre, agreement, contact, errors, the demo's outbox.

use askama::Template;
use time::macros::{date, datetime};

use super::catalogue::{Card, GroupLinks};
use super::frame::{Frame, Lang};
use super::moment::{Day, Moment};

/// `GET /`: the home page.
#[derive(Template, Clone, Debug)]
#[template(path = "public/home.html")]
pub struct HomePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The groups of categories.
    pub groups: Vec<GroupLinks>,
    /// The services that sell best.
    pub favourites: Vec<Card>,
    /// How many services are offered.
    pub services: usize,
    /// How many clauses the policy in force has.
    pub clauses: usize,
    /// How many of them the software alone must make unbreakable.
    pub hard: usize,
}

/// A piece of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is a sensitive item, to be underlined (0.14).
    pub sensitive: bool,
}

/// A clause as shown.
#[derive(Clone, Debug)]
pub struct ClauseView {
    /// Its id; its anchor is `c-` and the id.
    pub id: String,
    /// Its text in pieces.
    pub pieces: Vec<Piece>,
}

/// A section as shown.
#[derive(Clone, Debug)]
pub struct SectionView {
    /// Its key; its anchor is `s-` and the key.
    pub key: String,
    /// Its heading.
    pub heading: String,
    /// Its clauses.
    pub clauses: Vec<ClauseView>,
}

/// `GET /zhengce` and `/zhengce/{version}`: the policy.
#[derive(Template, Clone, Debug)]
#[template(path = "public/policy.html")]
pub struct PolicyPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The version's id.
    pub version: String,
    /// When it was updated.
    pub updated: Day,
    /// From when it governs.
    pub effective: Day,
    /// Whether it governs now.
    pub in_force: bool,
    /// SHA-256 of the text shown.
    pub hash: String,
    /// Its sections.
    pub sections: Vec<SectionView>,
}

/// A version in the archive.
#[derive(Clone, Debug)]
pub struct VersionView {
    /// Its id.
    pub id: String,
    /// When it was updated.
    pub updated: Day,
    /// From when it governs.
    pub effective: Day,
    /// Whether it governs now.
    pub in_force: bool,
    /// The version before it, to compare with.
    pub before: Option<String>,
}

/// `GET /zhengce/lishi`: every version ever published.
#[derive(Template, Clone, Debug)]
#[template(path = "public/archive.html")]
pub struct ArchivePage {
    /// The surrounding layout.
    pub f: Frame,
    /// The versions, newest first.
    pub versions: Vec<VersionView>,
}

/// A changed clause.
#[derive(Clone, Debug)]
pub struct ChangeView {
    /// The clause.
    pub id: String,
    /// Its former text; empty if new.
    pub before: String,
    /// Its new text; empty if gone.
    pub after: String,
}

/// `GET /zhengce/duibi/{before}/{after}`: what changed.
#[derive(Template, Clone, Debug)]
#[template(path = "public/diff.html")]
pub struct DiffPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The former version.
    pub before: String,
    /// The later version.
    pub after: String,
    /// Whether a fresh explicit consent is needed (0.20).
    pub fresh_consent: bool,
    /// The changes.
    pub changes: Vec<ChangeView>,
}

/// A paragraph of the agreement.
#[derive(Clone, Debug)]
pub struct ParagraphView {
    /// Whether it is a heading.
    pub heading: bool,
    /// Its text.
    pub text: String,
}

/// `GET /xieyi`: the user agreement.
#[derive(Template, Clone, Debug)]
#[template(path = "public/agreement.html")]
pub struct AgreementPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The version it belongs to.
    pub version: String,
    /// SHA-256 of the text shown.
    pub hash: String,
    /// Its paragraphs.
    pub paragraphs: Vec<ParagraphView>,
}

/// `GET /lianxi`: how to reach the operator.
#[derive(Template, Clone, Debug)]
#[template(path = "public/contact.html")]
pub struct ContactPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Who is responsible for personal information.
    pub responsible: String,
}

/// Any failure.
#[derive(Template, Clone, Debug)]
#[template(path = "public/error.html")]
pub struct ErrorPage {
    /// The surrounding layout.
    pub f: Frame,
    /// What happened.
    pub heading: String,
    /// What to do.
    pub text: String,
    /// The number of a fault, to be told to support.
    pub fault: Option<String>,
}

/// A message of the demo's outbox.
#[derive(Clone, Debug)]
pub struct MessageView {
    /// The phone, masked.
    pub recipient: String,
    /// The text.
    pub body: String,
    /// When.
    pub when: Moment,
}

/// `GET /demo/outbox`: what a gateway would have sent.
#[derive(Template, Clone, Debug)]
#[template(path = "public/outbox.html")]
pub struct OutboxPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The messages, newest first.
    pub messages: Vec<MessageView>,
}

fn both<T>(make: impl Fn(Lang) -> T) -> Vec<T> {
    Lang::ALL.into_iter().map(make).collect()
}

impl HomePage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("首页", "Home"), "/", false),
            groups: super::catalogue::groups(lang),
            favourites: vec![super::catalogue::card(lang)],
            services: 41,
            clauses: 188,
            hard: 128,
        })
    }
}

impl PolicyPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let piece = |text: &str, sensitive| Piece {
                text: text.to_owned(),
                sensitive,
            };
            let pieces = vec![
                piece(lang.t("填写<b>", "Enter the <b> "), false),
                piece(lang.t("证件号码<b>", "ID number<b>"), true),
            ];
            Self {
                f: Frame::sample(lang, lang.t("隐私政策", "Privacy policy"), "/zhengce", false),
                version: "2020-11-01".to_owned(),
                updated: Day::of(lang, date!(2020 - 10 - 25)),
                effective: Day::of(lang, date!(2020 - 11 - 01)),
                in_force: true,
                hash: "00".repeat(32),
                sections: vec![SectionView {
                    key: "0".to_owned(),
                    heading: lang.t("前言<b>", "Preface <b>").to_owned(),
                    clauses: vec![ClauseView {
                        id: "0.1".to_owned(),
                        pieces,
                    }],
                }],
            }
        })
    }
}

impl ArchivePage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(
                lang,
                lang.t("历史版本", "Earlier versions"),
                "/zhengce/lishi",
                false,
            ),
            versions: vec![VersionView {
                id: "2020-11-01".to_owned(),
                updated: Day::of(lang, date!(2020 - 10 - 25)),
                effective: Day::of(lang, date!(2020 - 11 - 01)),
                in_force: true,
                before: Some("<b>".to_owned()),
            }],
        })
    }
}

impl DiffPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("版本对比", "Changes"), "/zhengce/duibi/a/b", false),
            before: "2019-06-01<b>".to_owned(),
            after: "2020-11-01".to_owned(),
            fresh_consent: true,
            changes: vec![ChangeView {
                id: "0.1".to_owned(),
                before: "<b>一</b>".to_owned(),
                after: "<b>二</b>".to_owned(),
            }],
        })
    }
}

impl AgreementPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let paragraph = |heading, text: &str| ParagraphView {
                heading,
                text: text.to_owned(),
            };
            Self {
                f: Frame::sample(lang, lang.t("用户协议", "User agreement"), "/xieyi", false),
                version: "2020-11-01".to_owned(),
                hash: "00".repeat(32),
                paragraphs: vec![
                    paragraph(true, lang.t("一、账号<b>", "1. Account <b>")),
                    paragraph(false, "<b>…</b>"),
                ],
            }
        })
    }
}

impl ContactPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("联系我们", "Contact"), "/lianxi", false),
            responsible: lang.t("演示负责人<b>", "Demo officer <b>").to_owned(),
        })
    }
}

impl ErrorPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("系统故障", "Something broke"), "/x", false),
            heading: lang.t("系统故障<b>", "Something broke <b>").to_owned(),
            text: lang.t("请稍后重试。<b>", "Try again later. <b>").to_owned(),
            fault: Some("3f0c<b>".to_owned()),
        })
    }
}

impl OutboxPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| Self {
            f: Frame::sample(lang, lang.t("演示发件箱", "Demo outbox"), "/demo/outbox", false),
            messages: vec![MessageView {
                recipient: "100****0001".to_owned(),
                body: lang.t("验证码 000000 <b>", "Your code is 000000 <b>").to_owned(),
                when: Moment::of(lang, datetime!(2026-11-23 14:30 +8)),
            }],
        })
    }
}
