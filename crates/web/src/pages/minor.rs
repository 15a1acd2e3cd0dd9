//! Pages of minors and their guardians (2.7.a, 2.7.b): the request at registration, the rules, the room of
//! both, and a child as the guardian sees it.

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::consent::OfferRow;
use super::frame::{Frame, Lang};
use super::guard::PuzzleBox;
use super::moment::Moment;
use super::overview::AccessRow;
use super::public::ParagraphView;
use super::rights::Portion;

/// An age band to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandRow {
    /// Its word.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl BandRow {
    /// Every band, one of them chosen; those under age alone, if asked for.
    #[must_use]
    pub fn all(lang: Lang, chosen: &str, under_age: bool) -> Vec<Self> {
        let bands = domain::minor::Band::ALL.iter();
        let row = |band: &domain::minor::Band| Self {
            word: band.as_str(),
            name: band.label(lang == Lang::Zh),
            chosen: band.as_str() == chosen,
        };
        bands
            .filter(|band| !under_age || band.is_minor())
            .map(row)
            .collect()
    }
}

/// `GET`/`POST /zhuce/jianhuren`: a guardian is asked before anything is stored.
#[derive(Template, Clone, Debug)]
#[template(path = "account/guardian_ask.html")]
pub struct GuardianAskPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The bands to choose from.
    pub bands: Vec<BandRow>,
    /// The minor's number as typed.
    pub phone: String,
    /// The guardian's as typed.
    pub guardian_phone: String,
    /// Whether another guardian consented, so that it may be said that they are none.
    pub other: bool,
    /// Whether that is ticked.
    pub not_mine: bool,
    /// The puzzle, if the guard asks for one.
    pub puzzle: Option<PuzzleBox>,
    /// Whether a code was just sent.
    pub code_sent: bool,
    /// What the request is called, once it is sent.
    pub sent: Option<String>,
}

/// `GET /ertong-guize`.
#[derive(Template, Clone, Debug)]
#[template(path = "public/child_rules.html")]
pub struct ChildRulesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The version.
    pub version: String,
    /// SHA-256 of the text.
    pub hash: String,
    /// The text.
    pub paragraphs: Vec<ParagraphView>,
}

/// A request or consent as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildRow {
    /// The consent.
    pub id: String,
    /// What it is called.
    pub number: String,
    /// The band.
    pub band: &'static str,
    /// How it stands.
    pub state: &'static str,
    /// Since when.
    pub since: Moment,
    /// When it lapses, if it waits.
    pub due: Option<Moment>,
    /// Whether it is well.
    pub active: bool,
}

/// The reader's own account, if its holder is under age.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "what the page asks, one by one")]
pub struct OwnCase {
    /// How it stands.
    pub row: ChildRow,
    /// Whether the account is for browsing only.
    pub frozen: bool,
    /// Whether a guardian may be named.
    pub can_ask: bool,
    /// Whether it may be contested.
    pub can_contest: bool,
    /// Whether it waits for the privacy officer.
    pub contested: bool,
    /// By when a human answers.
    pub answer_by: Option<Moment>,
    /// What was found when it was contested, and why.
    pub finding: Option<&'static str>,
    /// What the mistake may be: word and text.
    pub mistakes: Vec<(&'static str, &'static str)>,
}

/// `GET`/`POST /zhanghao/jianhu`.
#[derive(Template, Clone, Debug)]
#[template(path = "account/guardians.html")]
pub struct GuardiansPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The reader as a minor.
    pub own: Option<OwnCase>,
    /// The guardian's number as typed.
    pub guardian_phone: String,
    /// The reader as a guardian.
    pub children: Vec<ChildRow>,
}

/// What the guardian does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To prove to hold the number.
    Prove,
    /// To read the rules.
    Read,
    /// To consent, purpose by purpose.
    Consent,
    /// To look after it.
    Active,
}

/// A consent of the guardian's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidRow {
    /// The event.
    pub id: String,
    /// What it is about.
    pub document: String,
    /// What was said.
    pub act: &'static str,
    /// The version.
    pub version: String,
    /// The text's hash, cut.
    pub hash: String,
    /// When.
    pub when: Moment,
    /// Whether there is a receipt.
    pub receipt: bool,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnRow {
    /// When.
    pub when: Moment,
    /// What.
    pub what: &'static str,
    /// By whom.
    pub who: &'static str,
}

/// `GET`/`POST /zhanghao/jianhu/{id}`: a child as the guardian sees it.
#[derive(Template, Clone, Debug)]
#[template(path = "account/child.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the page asks, one by one")]
pub struct ChildPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// How it stands.
    pub row: ChildRow,
    /// What the guardian does next.
    pub turn: Turn,
    /// The child's number, masked.
    pub phone: Option<String>,
    /// Whether a code was just sent.
    pub code_sent: bool,
    /// The rules' version.
    pub rules_version: &'static str,
    /// What is agreed to, purpose by purpose; the last is optional.
    pub offers: Vec<OfferRow>,
    /// How many of the offers are necessary.
    pub needed: usize,
    /// What kinds of data there are, and how much of each.
    pub portions: Vec<Portion>,
    /// What staff opened.
    pub openings: Vec<AccessRow>,
    /// What the guardian said.
    pub said: Vec<SaidRow>,
    /// What happened.
    pub steps: Vec<TurnRow>,
    /// Whether the copy and corrections are the guardian's.
    pub content: bool,
    /// Whether there is an account.
    pub account: bool,
    /// Whether the guardian may say that the child turned fifteen.
    pub can_fifteen: bool,
    /// Whether the guardian may say that the young person is of age.
    pub can_adult: bool,
    /// Where the guardian stands on the verification: agreed or not; nothing where it is not asked.
    pub certify: Option<bool>,
    /// A new account name as typed.
    pub account_name: String,
}

macro_rules! finding {
    ($($page:ty),+) => {$(
        impl $page {
            /// The message for a field.
            #[must_use]
            pub fn err(&self, field: &str) -> Option<&str> {
                FieldError::find(&self.errors, field)
            }
        }
    )+};
}

finding!(GuardianAskPage, GuardiansPage, ChildPage);

impl ChildPage {
    /// The step of the way: 1 prove, 2 read, 3 consent, 4 done.
    #[must_use]
    pub const fn place(&self) -> u8 {
        match self.turn {
            Turn::Prove => 1,
            Turn::Read => 2,
            Turn::Consent => 3,
            Turn::Active => 4,
        }
    }
}

impl GuardianAskPage {
    /// Empty, refused, with a code on its way, with another guardian's consent, and sent; in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("请监护人同意", "Ask a guardian"),
                    "/zhuce/jianhuren",
                    false,
                ),
                errors: Vec::new(),
                bands: BandRow::all(lang, "child", true),
                phone: "100-0000-0021".to_owned(),
                guardian_phone: String::new(),
                other: false,
                not_mine: false,
                puzzle: None,
                code_sent: false,
                sent: None,
            };
            let coded = Self {
                code_sent: true,
                ..empty.clone()
            };
            let other = Self {
                errors: vec![FieldError::new(
                    "not_mine",
                    lang.t("另一位监护人已经同意", "Another guardian consented"),
                )],
                other: true,
                ..empty.clone()
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "guardian_phone",
                    lang.t("请填写监护人的手机号", "Enter the number"),
                )],
                puzzle: Some(PuzzleBox::sample(lang)),
                guardian_phone: "12<b>".to_owned(),
                ..empty.clone()
            };
            let sent = Self {
                sent: Some("JH0123456789".to_owned()),
                ..empty.clone()
            };
            vec![empty, refused, coded, other, sent]
        })
    }
}

impl ChildRulesPage {
    /// In both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let text = |heading, text: &str| ParagraphView {
                heading,
                text: text.to_owned(),
            };
            vec![Self {
                f: Frame::sample(
                    lang,
                    lang.t("儿童个人信息保护规则", "Rules for children’s data"),
                    "/ertong-guize",
                    false,
                ),
                version: "2026-11-20".to_owned(),
                hash: "0123456789abcdef".repeat(4),
                paragraphs: vec![
                    text(true, lang.t("一、适用谁", "1. Whom this is about")),
                    text(
                        false,
                        lang.t("未满 18 周岁的未成年人 <b>。", "People under 18 <b>."),
                    ),
                ],
            }]
        })
    }
}

impl ChildRow {
    fn sample(lang: Lang, active: bool) -> Self {
        let at = |at| Moment::of(lang, at);
        Self {
            id: "g1".to_owned(),
            number: "JH0123456789<b>".to_owned(),
            band: lang.t("14 周岁及以下", "14 or under"),
            state: if active {
                lang.t("监护人已同意", "guardian consented")
            } else {
                lang.t("已通知监护人", "guardian told")
            },
            since: at(datetime!(2026-11-25 10:00 +8)),
            due: (!active).then(|| at(datetime!(2026-12-02 10:00 +8))),
            active,
        }
    }
}

impl GuardiansPage {
    /// A guardian with children, a frozen account, one that waits for the officer, and nobody; in both
    /// languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let guardian = Self {
                f: Frame::sample(
                    lang,
                    lang.t("未成年人与监护人", "Minors and guardians"),
                    "/zhanghao/jianhu",
                    true,
                ),
                errors: Vec::new(),
                own: None,
                guardian_phone: String::new(),
                children: vec![ChildRow::sample(lang, false), ChildRow::sample(lang, true)],
            };
            let own = OwnCase {
                row: ChildRow {
                    state: lang.t("仅可浏览", "browsing only"),
                    ..ChildRow::sample(lang, false)
                },
                frozen: true,
                can_ask: true,
                can_contest: true,
                contested: false,
                answer_by: None,
                finding: Some(lang.t("异议不成立：未能核实", "It was not: nothing shows a mistake")),
                mistakes: vec![("others", lang.t("填成了别人的证件号码", "somebody else’s number"))],
            };
            let frozen = Self {
                own: Some(own.clone()),
                children: Vec::new(),
                guardian_phone: "<b>".to_owned(),
                errors: vec![FieldError::new(
                    "guardian_phone",
                    lang.t("号码有误", "Not a number"),
                )],
                ..guardian.clone()
            };
            let contested = Self {
                own: Some(OwnCase {
                    can_ask: false,
                    can_contest: false,
                    contested: true,
                    answer_by: Some(Moment::of(lang, datetime!(2026-11-30 00:00 +8))),
                    finding: None,
                    ..own
                }),
                errors: Vec::new(),
                ..frozen.clone()
            };
            let nobody = Self {
                children: Vec::new(),
                ..guardian.clone()
            };
            vec![guardian, frozen, contested, nobody]
        })
    }
}

impl ChildPage {
    /// Every turn, and refused ones, in both languages.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a sample of each turn, one from the other")]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let prove = Self {
                f: Frame::sample(lang, "JH0123456789", "/zhanghao/jianhu/g1", true),
                errors: Vec::new(),
                row: ChildRow::sample(lang, false),
                turn: Turn::Prove,
                phone: None,
                code_sent: false,
                rules_version: "2026-11-20",
                offers: Vec::new(),
                needed: 0,
                portions: Vec::new(),
                openings: Vec::new(),
                said: Vec::new(),
                steps: Vec::new(),
                content: false,
                account: false,
                can_fifteen: false,
                can_adult: false,
                certify: None,
                account_name: String::new(),
            };
            let refused = Self {
                code_sent: true,
                errors: vec![
                    FieldError::new("code", lang.t("验证码不正确", "The code is wrong")),
                    FieldError::new("statement", lang.t("请勾选", "Tick the box")),
                ],
                ..prove.clone()
            };
            let step = TurnRow {
                when: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                what: lang.t("核验监护人", "prove to be the guardian"),
                who: lang.t("监护人", "guardian"),
            };
            let read = Self {
                turn: Turn::Read,
                phone: Some("100****0021".to_owned()),
                steps: vec![step],
                ..prove.clone()
            };
            let offer = OfferRow::sample(lang);
            let consent = Self {
                turn: Turn::Consent,
                offers: vec![
                    OfferRow {
                        id: "guardian_account",
                        ..offer.clone()
                    },
                    OfferRow {
                        id: "guardian_messages",
                        ..offer.clone()
                    },
                    OfferRow {
                        id: "real_name",
                        ..offer
                    },
                ],
                needed: 2,
                errors: vec![FieldError::new(
                    "guardian_account",
                    lang.t("请分别勾选", "Tick each"),
                )],
                ..read.clone()
            };
            let active = Self {
                turn: Turn::Active,
                row: ChildRow::sample(lang, true),
                phone: None,
                offers: Vec::new(),
                errors: Vec::new(),
                portions: vec![Portion {
                    name: lang.t("账号资料<b>", "Account <b>").to_owned(),
                    rows: 1,
                    kept: String::new(),
                }],
                openings: vec![AccessRow::sample(lang)],
                said: vec![SaidRow {
                    id: "e1".to_owned(),
                    document: lang.t("监护人同意：建立账号", "Running the account").to_owned(),
                    act: lang.t("同意", "agreed"),
                    version: "2020-11-01".to_owned(),
                    hash: "0123456789ab".to_owned(),
                    when: Moment::of(lang, datetime!(2026-11-25 10:00 +8)),
                    receipt: true,
                }],
                content: true,
                account: true,
                can_fifteen: true,
                account_name: "<b>".to_owned(),
                ..consent.clone()
            };
            let teen = Self {
                content: false,
                can_fifteen: false,
                can_adult: true,
                certify: Some(false),
                openings: Vec::new(),
                errors: vec![FieldError::new("sure", lang.t("请勾选", "Tick the box"))],
                ..active.clone()
            };
            vec![prove, refused, read, consent, active, teen]
        })
    }
}
