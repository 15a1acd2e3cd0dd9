//! An enterprise as a supplier, as its members see it: the application, its licences, what is signed, and
//! how it stands; and what suppliers sign, for everybody to read.

use askama::Template;
use time::macros::{date, datetime};

use super::account::{FieldError, both};
use super::consent::OfferRow;
use super::frame::{Frame, Lang};
use super::moment::{Day, Moment};
use super::public::ParagraphView;

/// What the reader may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// To begin.
    Begin,
    /// To fill in or put right.
    Form,
    /// To wait for a verifier.
    Review,
    /// To sign.
    Sign,
    /// It does business.
    Trading,
    /// It finishes what is open.
    Ending,
    /// It is no longer here.
    Gone,
}

/// An area to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaRow {
    /// Its word.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The licence it needs; empty for none.
    pub licence: String,
    /// Whether it is chosen.
    pub chosen: bool,
    /// How its licence stands; empty where none was filled in.
    pub permit: &'static str,
    /// Whether it takes nothing new.
    pub restricted: bool,
}

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitRow {
    /// The area's word.
    pub slug: String,
    /// The area's name.
    pub area: String,
    /// Its number.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// Its last day, if it has one.
    pub until: Option<Day>,
    /// How it stands.
    pub state: &'static str,
    /// Whether it is good.
    pub good: bool,
    /// Whether it is over, or was not passed.
    pub bad: bool,
    /// Why it is not good.
    pub reasons: Vec<&'static str>,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRow {
    /// Which document.
    pub document: &'static str,
    /// Which edition.
    pub edition: String,
    /// In which role.
    pub seat: &'static str,
    /// The beginning of the digest of the text.
    pub hash: String,
    /// When.
    pub when: Moment,
}

/// A line of what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupplierStep {
    /// What.
    pub what: &'static str,
    /// What it led to.
    pub state: &'static str,
    /// Who did it.
    pub who: &'static str,
    /// Why, and about what.
    pub notes: Vec<String>,
    /// When.
    pub when: Moment,
}

/// What is typed into the application's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedProfile {
    /// The name shown.
    pub display_name: String,
    /// The same in English.
    pub display_name_en: String,
    /// The city.
    pub city: String,
    /// The introduction.
    pub introduction: String,
    /// The same in English.
    pub introduction_en: String,
}

/// `GET`/`POST /zhanghao/zuzhi/{id}/ruzhu`.
#[derive(Template, Clone, Debug)]
#[template(path = "supplier/standing.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct StandingPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The organisation.
    pub id: String,
    /// The enterprise's name.
    pub name: String,
    /// Its credit code.
    pub code: String,
    /// Whether it is verified now.
    pub verified: bool,
    /// What the reader may do now.
    pub stage: Stage,
    /// How it stands, in words; empty before an application.
    pub state: &'static str,
    /// Why it was returned, restricted, suspended or banned.
    pub reasons: Vec<&'static str>,
    /// Its public page, once there is one.
    pub public: Option<String>,
    /// Whether the reader may write the application and hand in licences.
    pub may_offer: bool,
    /// What is agreed to before the first step.
    pub offer: Option<OfferRow>,
    /// What was typed, or said before.
    pub typed: TypedProfile,
    /// The areas.
    pub areas: Vec<AreaRow>,
    /// Its licences, the latest first.
    pub permits: Vec<PermitRow>,
    /// What it signed, the latest first.
    pub signatures: Vec<SignedRow>,
    /// The edition that waits for a signature, and until when one signed before still counts.
    pub to_sign: Option<(String, Option<Day>)>,
    /// Whether the reader may sign.
    pub may_sign: bool,
    /// Whether an undertaking is in force.
    pub bound: bool,
    /// Whether the application can be taken back.
    pub can_withdraw: bool,
    /// Whether the reader may ask to leave.
    pub can_exit: bool,
    /// Whether the ban can be appealed against.
    pub can_appeal: bool,
    /// How an appeal stands, in words; empty for none.
    pub appeal: &'static str,
    /// How many orders are open.
    pub open_orders: u64,
    /// What the clock does, and when.
    pub due: Option<(&'static str, Moment)>,
    /// What happened, the latest first.
    pub steps: Vec<SupplierStep>,
}

/// What is typed into a licence's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedPermit {
    /// The number.
    pub number: String,
    /// The issuer.
    pub issuer: String,
    /// The first day.
    pub valid_from: String,
    /// The last day.
    pub valid_until: String,
    /// Whether it is said to have none.
    pub endless: bool,
}

/// `GET`/`POST /zhanghao/zuzhi/{id}/ruzhu/zizhi/{area}`.
#[derive(Template, Clone, Debug)]
#[template(path = "supplier/permit.html")]
pub struct PermitPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The organisation.
    pub id: String,
    /// The area's word.
    pub slug: String,
    /// The area's name.
    pub area: String,
    /// The licence it needs.
    pub licence: String,
    /// What was typed.
    pub typed: TypedPermit,
    /// Whether it is sent at once, or with the application.
    pub at_once: bool,
}

/// `GET /xieyi/fuwushang`, and `GET`/`POST /zhanghao/zuzhi/{id}/ruzhu/xieyi` with the form to sign.
#[derive(Template, Clone, Debug)]
#[template(path = "supplier/terms.html")]
pub struct TermsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The organisation that signs, with its name; nobody for who only reads.
    pub signs: Option<(String, String)>,
    /// Which edition.
    pub edition: String,
    /// Since when it is in force.
    pub since: Day,
    /// The digests of agreement and undertaking.
    pub hashes: [String; 2],
    /// The agreement.
    pub agreement: Vec<ParagraphView>,
    /// The undertaking.
    pub undertaking: Vec<ParagraphView>,
}

macro_rules! err {
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

err!(StandingPage, PermitPage, TermsPage);

impl StandingPage {
    /// The step of the way the reader is on: 1 to fill in, 2 to be read, 3 to sign, 4 in business.
    #[must_use]
    pub const fn place(&self) -> u8 {
        match self.stage {
            Stage::Begin | Stage::Form => 1,
            Stage::Review => 2,
            Stage::Sign => 3,
            Stage::Trading | Stage::Ending | Stage::Gone => 4,
        }
    }

    /// Whether licences can be handed in now.
    #[must_use]
    pub const fn permits_open(&self) -> bool {
        self.may_offer && matches!(self.stage, Stage::Form | Stage::Sign | Stage::Trading)
    }
}

impl StandingPage {
    fn filling(lang: Lang) -> Self {
        let at = Moment::of(lang, datetime!(2026-11-25 10:00 +8));
        let area = |slug: &str, zh, en, licence: &'static str, permit| AreaRow {
            slug: slug.to_owned(),
            name: lang.t(zh, en).to_owned(),
            licence: licence.to_owned(),
            chosen: slug == "daili-jizhang",
            permit,
            restricted: false,
        };
        Self {
            f: Frame::sample(
                lang,
                lang.t("服务商入驻", "Becoming a provider"),
                "/zhanghao/zuzhi/o1/ruzhu",
                true,
            ),
            errors: Vec::new(),
            id: "o1".to_owned(),
            name: "星渚软件（演示）<b>".to_owned(),
            code: "91999999MAD3650188".to_owned(),
            verified: true,
            stage: Stage::Form,
            state: lang.t("已退回", "returned"),
            reasons: vec![lang.t("介绍夸大", "the introduction exaggerates")],
            public: None,
            may_offer: true,
            offer: Some(OfferRow::sample(lang)),
            typed: TypedProfile {
                display_name: "青栀<b>".to_owned(),
                introduction: "专做设立、变更与注销。".to_owned(),
                city: "上海".to_owned(),
                ..TypedProfile::default()
            },
            areas: vec![
                area("gongsi-zhuce", "公司注册", "Company registration", "", ""),
                area(
                    "daili-jizhang",
                    "代理记账<b>",
                    "Bookkeeping<b>",
                    "代理记账许可证书",
                    lang.t("待提交", "to be handed in"),
                ),
                area("falv", "法律服务", "Legal services", "律师事务所执业许可证", ""),
            ],
            permits: vec![PermitRow {
                slug: "daili-jizhang".to_owned(),
                area: lang.t("代理记账", "Bookkeeping").to_owned(),
                number: "DLJZ31010420250018<b>".to_owned(),
                issuer: "上海市黄浦区财政局".to_owned(),
                until: Some(Day::of(lang, date!(2028 - 01 - 01))),
                state: lang.t("待提交", "to be handed in"),
                good: false,
                bad: false,
                reasons: Vec::new(),
            }],
            signatures: Vec::new(),
            to_sign: None,
            may_sign: true,
            bound: false,
            can_withdraw: true,
            can_exit: false,
            can_appeal: false,
            appeal: "",
            open_orders: 0,
            due: Some((lang.t("长期未继续将自动放弃：", "Given up by itself on: "), at)),
            steps: vec![SupplierStep {
                what: lang.t("退回", "return"),
                state: lang.t("已退回", "returned"),
                who: lang.t("平台审核人员", "a verifier of the platform"),
                notes: vec!["介绍夸大<b>".to_owned()],
                when: at,
            }],
        }
    }

    /// Every stage, before the enterprise is verified, a member who may only look, and a refused form, in
    /// both languages.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a sample of each stage, one from the other")]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let day = Day::of(lang, date!(2027 - 01 - 31));
            let form = Self::filling(lang);
            let begin = Self {
                stage: Stage::Begin,
                state: "",
                reasons: Vec::new(),
                permits: Vec::new(),
                steps: Vec::new(),
                due: None,
                can_withdraw: false,
                errors: vec![FieldError::new(
                    "accept_supplier",
                    lang.t("请勾选同意", "Tick the box"),
                )],
                ..form.clone()
            };
            let unverified = Self {
                verified: false,
                errors: Vec::new(),
                ..begin.clone()
            };
            let refused = Self {
                errors: vec![
                    FieldError::new("display_name", lang.t("名称有误", "There is an error")),
                    FieldError::new("introduction", lang.t("含联系方式", "It holds contact data")),
                    FieldError::new("categories", lang.t("请选择", "Choose one")),
                    FieldError::new("permits", lang.t("请先填写资质", "Fill in the licence")),
                ],
                ..form.clone()
            };
            let looking = Self {
                may_offer: false,
                may_sign: false,
                can_withdraw: false,
                ..form.clone()
            };
            let review = Self {
                stage: Stage::Review,
                state: lang.t("材料审核中", "material being reviewed"),
                reasons: Vec::new(),
                ..form.clone()
            };
            let sign = Self {
                stage: Stage::Sign,
                state: lang.t("待签协议", "agreements to be signed"),
                to_sign: Some(("2020-11-01<b>".to_owned(), None)),
                ..review.clone()
            };
            let trading = Self {
                stage: Stage::Trading,
                state: lang.t("部分类目受限", "restricted in some categories"),
                reasons: vec![lang.t("投诉集中", "complaints")],
                public: Some("s1".to_owned()),
                bound: true,
                to_sign: Some(("2027-01-01".to_owned(), Some(day))),
                can_exit: true,
                can_withdraw: false,
                permits: vec![
                    PermitRow {
                        state: lang.t("即将到期", "near its end"),
                        good: true,
                        ..form.permits[0].clone()
                    },
                    PermitRow {
                        state: lang.t("未通过", "not passed"),
                        bad: true,
                        until: None,
                        reasons: vec![lang.t("图片不清晰", "the picture cannot be read")],
                        ..form.permits[0].clone()
                    },
                ],
                areas: form
                    .areas
                    .iter()
                    .cloned()
                    .map(|area| AreaRow {
                        chosen: true,
                        restricted: true,
                        ..area
                    })
                    .collect(),
                signatures: vec![SignedRow {
                    document: lang.t("服务商协议", "provider agreement"),
                    edition: "2020-11-01<b>".to_owned(),
                    seat: lang.t("所有者", "owner"),
                    hash: "0123456789abcdef".to_owned(),
                    when: form.steps[0].when,
                }],
                ..review.clone()
            };
            let ending = Self {
                stage: Stage::Ending,
                state: lang.t("退出中", "leaving"),
                open_orders: 2,
                can_exit: false,
                to_sign: None,
                reasons: Vec::new(),
                ..trading.clone()
            };
            let gone = Self {
                stage: Stage::Gone,
                state: lang.t("已清退", "banned"),
                can_appeal: true,
                appeal: lang.t("已申诉。", "Appealed."),
                bound: false,
                ..ending.clone()
            };
            vec![
                form, begin, unverified, refused, looking, review, sign, trading, ending, gone,
            ]
        })
    }
}

impl PermitPage {
    /// Empty, and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let empty = Self {
                f: Frame::sample(
                    lang,
                    lang.t("填写资质", "A licence"),
                    "/zhanghao/zuzhi/o1/ruzhu/zizhi/x",
                    true,
                ),
                errors: Vec::new(),
                id: "o1".to_owned(),
                slug: "daili-jizhang".to_owned(),
                area: lang.t("代理记账<b>", "Bookkeeping<b>").to_owned(),
                licence: lang
                    .t("代理记账许可证书", "Bookkeeping agency licence")
                    .to_owned(),
                typed: TypedPermit::default(),
                at_once: false,
            };
            let refused = Self {
                errors: ["number", "issuer", "valid_from", "valid_until", "picture"]
                    .map(|field| FieldError::new(field, lang.t("有误", "There is an error")))
                    .to_vec(),
                typed: TypedPermit {
                    number: "<b>".to_owned(),
                    endless: true,
                    ..TypedPermit::default()
                },
                at_once: true,
                ..empty.clone()
            };
            vec![empty, refused]
        })
    }
}

impl TermsPage {
    /// To be read, to be signed, and refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let text = |heading, text: &str| ParagraphView {
                heading,
                text: text.to_owned(),
            };
            let read = Self {
                f: Frame::sample(
                    lang,
                    lang.t("服务商协议", "What providers sign"),
                    "/xieyi/fuwushang",
                    false,
                ),
                errors: Vec::new(),
                signs: None,
                edition: "2020-11-01".to_owned(),
                since: Day::of(lang, date!(2020 - 11 - 01)),
                hashes: ["0123".to_owned(), "4567".to_owned()],
                agreement: vec![text(true, "一、约定"), text(false, "甲<b>")],
                undertaking: vec![text(true, "一、范围"), text(false, "乙<b>")],
            };
            let sign = Self {
                signs: Some(("o1".to_owned(), "星渚软件（演示）<b>".to_owned())),
                ..read.clone()
            };
            let refused = Self {
                errors: vec![FieldError::new("accept_agreement", lang.t("请勾选", "Tick both"))],
                ..sign.clone()
            };
            vec![read, sign, refused]
        })
    }
}
