//! The pages of what is given to others: contact details of an order, the record of disclosures, what
//! recipients are asked, and the public list of recipients.

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::{Frame, Lang};
use super::moment::Moment;

/// A field that a buyer may give, in a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareField {
    /// Its identifier.
    pub id: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What the supplier would need it for.
    pub why: &'static str,
    /// What a browser may fill in.
    pub autocomplete: &'static str,
    /// Whether it is ticked.
    pub ticked: bool,
    /// What was typed.
    pub value: String,
    /// What is wrong with it; empty if nothing is.
    pub problem: String,
}

impl ShareField {
    /// The four fields, empty.
    #[must_use]
    pub fn sample(lang: Lang) -> Vec<Self> {
        let field = |id, zh, en, autocomplete| Self {
            id,
            label: lang.t(zh, en),
            why: lang.t("需要时", "where needed"),
            autocomplete,
            ..Self::default()
        };
        vec![
            field("contact_name", "联系人称呼", "Whom to ask for", "name"),
            field("phone", "联系电话", "Phone", "tel"),
            field("email", "电子邮箱", "Mail address", "email"),
            field(
                "address",
                "上门或收件地址",
                "Address for visits or post",
                "street-address",
            ),
        ]
    }
}

/// A field that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenRow {
    /// Its identifier.
    pub id: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Its value.
    pub value: String,
    /// Since when.
    pub since: Moment,
    /// Until when; `None` while the order goes on.
    pub until: Option<Moment>,
}

/// `GET`/`POST /dingdan/{number}/lianxi`: what a buyer gives the supplier of an order.
#[derive(Template, Clone, Debug)]
#[template(path = "order/share.html")]
pub struct SharePage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission; a field is called `share-{field}`.
    pub errors: Vec<FieldError>,
    /// The order's number.
    pub no: String,
    /// The supplier's name.
    pub supplier: String,
    /// Whether the viewer is the supplier's.
    pub as_supplier: bool,
    /// Whether a colleague of the viewer gave the details.
    pub by_colleague: bool,
    /// What is given.
    pub given: Vec<GivenRow>,
    /// What may be given; empty after the order's end and for the supplier.
    pub fields: Vec<ShareField>,
    /// What the form may be filled in from: identifier, name, and whether it is.
    pub book: Vec<(String, String, bool)>,
}

impl SharePage {
    /// What is wrong with the choice as a whole.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        FieldError::find(&self.errors, "share-share")
    }
}

/// A line of the record of disclosures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DisclosureRow {
    /// The line.
    pub id: String,
    /// Who received it.
    pub recipient: String,
    /// Which fields.
    pub fields: String,
    /// What for, and on which ground.
    pub ground: &'static str,
    /// The clause.
    pub clause: String,
    /// When first.
    pub first: Moment,
    /// When last, if more than once.
    pub last: Option<Moment>,
    /// How often.
    pub times: i64,
    /// How it stands.
    pub state: String,
    /// The order where it can be taken back.
    pub order: Option<String>,
    /// The field that can be taken back there; empty if none can.
    pub withdraw: &'static str,
    /// Whether there is a receipt: what was given before the log began has none.
    pub receipt: bool,
}

/// What a recipient was asked and answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandRow {
    /// The demand.
    pub id: String,
    /// Who was asked.
    pub recipient: String,
    /// The order it is about.
    pub order: Option<String>,
    /// What was asked for.
    pub what: String,
    /// Why.
    pub reason: &'static str,
    /// When.
    pub asked: Moment,
    /// By when an answer is due.
    pub due: Moment,
    /// The answer in words; empty if there is none.
    pub answer: String,
    /// Whether the answer is overdue.
    pub overdue: bool,
    /// Whether an exception may be claimed: of a deletion only.
    pub exceptions: bool,
}

/// `GET /zhanghao/gongxiang`: who received what, why and until when.
#[derive(Template, Clone, Debug)]
#[template(path = "account/disclosures.html")]
pub struct DisclosuresPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The lines, the latest first.
    pub rows: Vec<DisclosureRow>,
    /// What recipients were asked.
    pub demands: Vec<DemandRow>,
}

/// `GET`/`POST /zhanghao/qingqiu`: what a supplier is asked about personal data.
#[derive(Template, Clone, Debug)]
#[template(path = "order/demands.html")]
pub struct DemandsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission; a field is called `{demand}-{field}`.
    pub errors: Vec<FieldError>,
    /// The demand whose answer was refused.
    pub refused: String,
    /// What was typed there.
    pub typed: TypedAnswer,
    /// The demands, the latest first.
    pub demands: Vec<DemandRow>,
}

/// An answer as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedAnswer {
    /// Which.
    pub code: String,
    /// The article of law.
    pub article: String,
    /// Until when.
    pub until: String,
    /// Where the own authorisation is written.
    pub reference: String,
}

impl DemandsPage {
    /// The message for a field of a demand's form.
    #[must_use]
    pub fn err_in(&self, demand: &str, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, &format!("{demand}-{field}"))
    }

    /// Where answers go.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        "/zhanghao/qingqiu"
    }

    /// Orders lead to their pages.
    #[must_use]
    pub const fn linked(&self) -> bool {
        true
    }

    /// Whoever answers for themself sees the day alone.
    #[must_use]
    pub const fn clock(&self, _: &str) -> &'static str {
        ""
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
}

/// A recipient of the public list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientRow {
    /// Its name.
    pub name: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// What it does.
    pub task: &'static str,
    /// What it receives.
    pub fields: String,
    /// How.
    pub way: &'static str,
    /// How long it may keep it.
    pub keeps: String,
    /// The clause.
    pub clause: &'static str,
}

/// `GET /zhengce/jieshoufang`: everybody who may receive personal data.
#[derive(Template, Clone, Debug)]
#[template(path = "public/recipients.html")]
pub struct RecipientsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// The recipients.
    pub rows: Vec<RecipientRow>,
}

const NO: &str = "QF7K3M9X2P";

fn moment(lang: Lang) -> Moment {
    Moment::of(lang, datetime!(2026-11-25 10:00 +8))
}

fn demand(lang: Lang) -> DemandRow {
    DemandRow {
        id: "5f0c8f0e-0000-4000-8000-000000000001".to_owned(),
        recipient: lang.t("衡石知识产权 <b>", "Hengshi IP <b>").to_owned(),
        order: Some(NO.to_owned()),
        what: lang.t("联系电话", "Phone").to_owned(),
        reason: lang.t("本人撤回", "taken back"),
        asked: moment(lang),
        due: Moment::of(lang, datetime!(2026-12-10 10:00 +8)),
        answer: String::new(),
        overdue: false,
        exceptions: true,
    }
}

impl DemandRow {
    /// One that waits and one that is overdue.
    #[must_use]
    pub fn samples(lang: Lang) -> Vec<Self> {
        let late = Self {
            overdue: true,
            ..demand(lang)
        };
        vec![demand(lang), late]
    }
}

impl SharePage {
    /// The buyer's, a refused one, the supplier's and one after the end, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let fields = ShareField::sample(lang);
            let buyer = Self {
                f: Frame::sample(
                    lang,
                    lang.t("订单联系方式", "Contact details of an order"),
                    "/dingdan/QF7K3M9X2P/lianxi",
                    true,
                ),
                errors: Vec::new(),
                no: NO.to_owned(),
                supplier: lang.t("衡石知识产权 <b>", "Hengshi IP <b>").to_owned(),
                as_supplier: false,
                by_colleague: false,
                given: vec![GivenRow {
                    id: "phone",
                    label: lang.t("联系电话", "Phone"),
                    value: "10000000001<b>".to_owned(),
                    since: moment(lang),
                    until: None,
                }],
                fields: fields.clone(),
                book: vec![
                    ("b1".to_owned(), "公司 · 林女士<b>".to_owned(), true),
                    ("b2".to_owned(), "总部<b>".to_owned(), false),
                ],
            };
            let mut typed = fields;
            typed[2].ticked = true;
            "<b>@example".clone_into(&mut typed[2].value);
            lang.t("请检查", "check it").clone_into(&mut typed[2].problem);
            let refused = Self {
                errors: vec![FieldError::new(
                    "share-email",
                    lang.t(
                        "电子邮箱应形如 name@example.com",
                        "A mail address looks like name@example.com",
                    ),
                )],
                fields: typed,
                ..buyer.clone()
            };
            let supplier = Self {
                as_supplier: true,
                fields: Vec::new(),
                ..buyer.clone()
            };
            let over = Self {
                given: Vec::new(),
                fields: Vec::new(),
                ..buyer.clone()
            };
            let colleague = Self {
                by_colleague: true,
                ..over.clone()
            };
            vec![buyer, refused, supplier, over, colleague]
        })
    }
}

impl DisclosuresPage {
    /// With lines and demands, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let row = DisclosureRow {
                id: "5f0c8f0e-0000-4000-8000-000000000002".to_owned(),
                recipient: lang.t("衡石知识产权 <b>", "Hengshi IP <b>").to_owned(),
                fields: lang.t("联系电话", "phone").to_owned(),
                ground: lang.t("履行订单，由您选择", "for your order, by your choice"),
                clause: "2.4.1.3".to_owned(),
                first: moment(lang),
                last: None,
                times: 1,
                state: lang
                    .t(
                        "有效，订单结束后 30 天止",
                        "in force until 30 days after the order",
                    )
                    .to_owned(),
                order: Some(NO.to_owned()),
                withdraw: "phone",
                receipt: true,
            };
            let sender = DisclosureRow {
                recipient: lang.t("短信发送服务商", "The sender of text messages").to_owned(),
                fields: lang
                    .t("手机号、短信内容", "mobile number, message text")
                    .to_owned(),
                ground: lang.t("委托处理", "entrusted"),
                clause: "2.4.1.5.2.a".to_owned(),
                last: Some(moment(lang)),
                times: 12,
                order: None,
                withdraw: "",
                receipt: false,
                ..row.clone()
            };
            let full = Self {
                f: Frame::sample(
                    lang,
                    lang.t("信息共享记录", "Who received your data"),
                    "/zhanghao/gongxiang",
                    true,
                ),
                rows: vec![row, sender],
                demands: vec![demand(lang)],
            };
            let empty = Self {
                rows: Vec::new(),
                demands: Vec::new(),
                ..full.clone()
            };
            vec![full, empty]
        })
    }
}

impl DemandsPage {
    /// With work, with a refused answer, and empty, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let answered = DemandRow {
                id: "5f0c8f0e-0000-4000-8000-000000000003".to_owned(),
                answer: lang.t("已删除", "deleted").to_owned(),
                ..demand(lang)
            };
            let work = Self {
                f: Frame::sample(
                    lang,
                    lang.t("个人信息请求", "Requests about personal data"),
                    "/zhanghao/qingqiu",
                    true,
                ),
                errors: Vec::new(),
                refused: String::new(),
                typed: TypedAnswer::default(),
                demands: vec![demand(lang), answered],
            };
            let refused = Self {
                errors: vec![FieldError::new(
                    "5f0c8f0e-0000-4000-8000-000000000001-until",
                    lang.t("请填写保留到哪一天", "Say until which day"),
                )],
                refused: "5f0c8f0e-0000-4000-8000-000000000001".to_owned(),
                typed: TypedAnswer {
                    code: "legal_retention".to_owned(),
                    article: "<b>".to_owned(),
                    until: "明年".to_owned(),
                    reference: String::new(),
                },
                ..work.clone()
            };
            let empty = Self {
                demands: Vec::new(),
                ..work.clone()
            };
            vec![work, refused, empty]
        })
    }
}

impl RecipientsPage {
    /// Two recipients, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            vec![Self {
                f: Frame::sample(
                    lang,
                    lang.t("第三方信息共享清单", "Who may receive personal data"),
                    "/zhengce/jieshoufang",
                    false,
                ),
                rows: vec![RecipientRow {
                    name: lang.t("短信发送服务商", "The sender of text messages"),
                    kind: lang.t("受托处理者", "processor"),
                    task: lang.t("发送验证码", "delivering codes"),
                    fields: lang.t("手机号<b>", "mobile number<b>").to_owned(),
                    way: lang.t("加密传送", "encrypted"),
                    keeps: lang.t("30 天", "30 days").to_owned(),
                    clause: "2.4.1.5.2.a",
                }],
            }]
        })
    }
}
