//! For whom a session acts, and the purchases above a member's limits.

use askama::Template;
use time::macros::datetime;

use super::account::{FieldError, both};
use super::frame::{Frame, Lang, money};
use super::moment::Moment;

/// Somebody to act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// The organisation; empty for the person.
    pub id: String,
    /// Its name, or that it is the person.
    pub name: String,
    /// The reader's role there; empty for the person.
    pub seat: &'static str,
    /// Whether the session acts for it now.
    pub now: bool,
}

/// `GET`/`POST /zhanghao/shenfen`.
#[derive(Template, Clone, Debug)]
#[template(path = "org/identities.html")]
pub struct IdentitiesPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Everybody the reader may act for.
    pub identities: Vec<IdentityRow>,
    /// The page to go on to; empty for none.
    pub next: String,
    /// For whom that page is to be seen; empty if nothing was asked for.
    pub wanted: String,
}

impl IdentitiesPage {
    /// As opened by oneself, and as the way to an order of another identity, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let own = Self {
                f: Frame::sample(lang, lang.t("切换身份", "Act for"), "/zhanghao/shenfen", true),
                identities: vec![
                    IdentityRow {
                        id: String::new(),
                        name: lang.t("本人", "Myself").to_owned(),
                        seat: "",
                        now: false,
                    },
                    IdentityRow {
                        id: "o1".to_owned(),
                        name: "星渚软件（演示）<b>".to_owned(),
                        seat: lang.t("采购", "purchasing"),
                        now: true,
                    },
                ],
                next: String::new(),
                wanted: String::new(),
            };
            let led = Self {
                next: "/dingdan/QF1".to_owned(),
                wanted: lang.t("本人", "yourself").to_owned(),
                ..own.clone()
            };
            vec![own, led]
        })
    }
}

/// What somebody may spend, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowanceRow {
    /// For one order.
    pub once: String,
    /// For a month.
    pub month: String,
    /// Spent this month.
    pub spent: String,
}

/// An amount in fen, or that there is no limit.
#[must_use]
pub fn limit_text(lang: Lang, limit: Option<i64>) -> String {
    limit.map_or_else(|| lang.t("不限", "no limit").to_owned(), money)
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// The request.
    pub id: String,
    /// Who asks.
    pub who: String,
    /// The service and the way to buy.
    pub what: String,
    /// The service's page; empty if it is no longer offered.
    pub href: String,
    /// Where it is ordered once approved; empty as long as it cannot be.
    pub order_href: String,
    /// The order that was placed.
    pub order: String,
    /// How much.
    pub amount: String,
    /// How much, in fen.
    pub fen: i64,
    /// How many approved, of how many.
    pub approvals: (i64, i64),
    /// Where it stands.
    pub standing: &'static str,
    /// What for; empty if nothing was said.
    pub reason: String,
    /// Why it was declined; empty for none.
    pub decline: &'static str,
    /// When it was made.
    pub made: Moment,
    /// Until when it waits, or is good.
    pub until: Option<Moment>,
    /// Whether the reader may still approve it.
    pub can_approve: bool,
    /// Whether the reader may take it back.
    pub can_withdraw: bool,
}

/// A request that was refused, to be mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The service.
    pub service: String,
    /// Which way to buy.
    pub sku: String,
    /// What for, as typed.
    pub reason: String,
}

/// `GET`/`POST /zhanghao/shenpi`.
#[derive(Template, Clone, Debug)]
#[template(path = "org/approvals.html")]
pub struct ApprovalsPage {
    /// The surrounding layout.
    pub f: Frame,
    /// Problems with the last submission.
    pub errors: Vec<FieldError>,
    /// The organisation.
    pub name: String,
    /// Its page.
    pub organisation: String,
    /// What the reader may spend; `None` for whoever needs no approval, and for who does not purchase.
    pub allowance: Option<AllowanceRow>,
    /// Whether the reader approves.
    pub approves: bool,
    /// What waits for the reader's answer.
    pub waiting: Vec<RequestRow>,
    /// The reader's own.
    pub own: Vec<RequestRow>,
    /// What was decided.
    pub decided: Vec<RequestRow>,
    /// The reasons to decline: word and name.
    pub declines: Vec<(&'static str, &'static str)>,
    /// A request to mend.
    pub draft: Option<Draft>,
}

impl ApprovalsPage {
    /// The message for a field.
    #[must_use]
    pub fn err(&self, field: &str) -> Option<&str> {
        FieldError::find(&self.errors, field)
    }

    /// As one who approves and as one who asks, refused, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let made = Moment::of(lang, datetime!(2026-11-25 10:00 +8));
            let row = RequestRow {
                id: "r1".to_owned(),
                who: "小满<b>".to_owned(),
                what: "ERP 定制 · 标准版<b>".to_owned(),
                href: "/fuwu/s1".to_owned(),
                order_href: String::new(),
                order: String::new(),
                amount: money(1_200_000),
                fen: 1_200_000,
                approvals: (0, 1),
                standing: lang.t("待审批", "waiting"),
                reason: "年度换系统<b>".to_owned(),
                decline: "",
                made,
                until: Some(Moment::of(lang, datetime!(2026-12-02 10:00 +8))),
                can_approve: true,
                can_withdraw: false,
            };
            let approves = Self {
                f: Frame::sample(lang, lang.t("采购审批", "Approvals"), "/zhanghao/shenpi", true),
                errors: Vec::new(),
                name: "星渚软件（演示）<b>".to_owned(),
                organisation: "/zhanghao/zuzhi/o1".to_owned(),
                allowance: None,
                approves: true,
                waiting: vec![row.clone()],
                own: Vec::new(),
                decided: vec![RequestRow {
                    standing: lang.t("未批准", "declined"),
                    decline: lang.t("超出预算", "not in the budget"),
                    can_approve: false,
                    until: None,
                    ..row.clone()
                }],
                declines: vec![("budget", lang.t("超出预算", "not in the budget"))],
                draft: None,
            };
            let asks = Self {
                errors: vec![FieldError::new(
                    "reason",
                    lang.t("用途不能包含联系方式", "No contact details"),
                )],
                approves: false,
                waiting: Vec::new(),
                decided: Vec::new(),
                allowance: Some(AllowanceRow {
                    once: money(500_000),
                    month: lang.t("不限", "no limit").to_owned(),
                    spent: money(120_000),
                }),
                own: vec![RequestRow {
                    standing: lang.t("已批准，待下单", "approved, to be ordered"),
                    order_href: "/xiadan/s1?sku=0&amp;shenpi=r1".replace("&amp;", "&"),
                    can_approve: false,
                    can_withdraw: true,
                    ..row
                }],
                draft: Some(Draft {
                    service: "s1".to_owned(),
                    sku: "0".to_owned(),
                    reason: "打 10000000001<b>".to_owned(),
                }),
                ..approves.clone()
            };
            vec![approves, asks]
        })
    }
}
