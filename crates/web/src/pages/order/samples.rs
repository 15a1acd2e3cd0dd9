//! Sample values of the order pages, and what every rendering of them must keep.

use time::macros::datetime;

use super::{
    AcceptanceItem, AccountBalance, Action, ActionKind, AtHand, Draft, Due, Entry, EventRow, LedgerLine,
    LedgerPage, MilestoneRow, OrderPage, OrderRow, OrdersPage, PlacePage, PlanRow, PriceLine, Receiver,
    SkuChoice, StatusOption, Step, StepState, TodoCard, WorkList, WorkbenchPage,
};
use crate::pages::account::{FieldError, both};
use crate::pages::frame::{Frame, Lang, money};
use crate::pages::moment::Moment;
use crate::pages::share::ShareField;
use crate::pages::spending::AllowanceRow;

const NO: &str = "QF7K3M9X2P";

fn own(lang: Lang, zh: &'static str, en: &'static str) -> String {
    lang.t(zh, en).to_owned()
}

fn row(lang: Lang, due: bool) -> OrderRow {
    OrderRow {
        no: NO.to_owned(),
        service: own(lang, "商标注册 <b>演示</b>", "Trademark registration <b>demo</b>"),
        counterparty: own(lang, "衡石知识产权 <b>演示</b>", "Hengshi IP <b>demo</b>"),
        status: own(lang, "待验收<b>", "to be checked <b>"),
        due: due.then(|| Due {
            until: Some(Moment::of(lang, datetime!(2026-11-26 09:00 +8))),
            text: own(lang, "视为验收通过", "it counts as accepted"),
        }),
        fen: 113_000,
    }
}

impl PlacePage {
    /// A new form and a refused one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let sku = |id: &str, zh, en, service_fee| SkuChoice {
                id: id.to_owned(),
                label: own(lang, zh, en),
                service_fee,
                official_fee: 27_000,
                days: 30,
                plan: if id == "fast" {
                    vec![plan_row(lang, 43_000, 0), plan_row(lang, 70_000, 27_000)]
                } else {
                    Vec::new()
                },
            };
            let empty = Self {
                f: Frame::sample(lang, lang.t("确认下单", "Check your order"), "/xiadan/tm-1", true),
                errors: Vec::new(),
                service_id: "tm-1".to_owned(),
                service: row(lang, false).service,
                supplier: Receiver {
                    name: row(lang, false).counterparty,
                    register_no: "91310000MADEMO0001".to_owned(),
                    statement: own(lang, "仅用于履行本订单。", "Used only to carry out this order."),
                },
                skus: vec![
                    sku("basic", "普通申请", "Standard filing", 60_000),
                    sku("fast", "加急申请", "Fast filing", 86_000),
                ],
                chosen: String::new(),
                note: String::new(),
                key: "sample-key".to_owned(),
                terms: vec![own(
                    lang,
                    "交付后有 7 天验收期。",
                    "You have 7 days to check a delivery.",
                )],
                shared: vec![
                    own(lang, "企业名称", "Company name"),
                    own(lang, "所选规格与备注", "Option and note"),
                ],
                acting: String::new(),
                buyer: String::new(),
                can_switch: false,
                approval: String::new(),
                allowance: None,
                over: false,
            };
            let refused = Self {
                errors: vec![
                    FieldError::new("sku", lang.t("请选择规格", "Choose an option")),
                    FieldError::new(
                        "note",
                        lang.t("备注里似乎有手机号", "The note seems to hold a phone number"),
                    ),
                ],
                chosen: "fast".to_owned(),
                note: "<b>尽快</b>".to_owned(),
                ..empty.clone()
            };
            let over = Self {
                errors: vec![
                    FieldError::new("approval", lang.t("超出您的额度", "Above your limit")),
                    FieldError::new("acting", lang.t("身份已切换", "You act for another")),
                ],
                chosen: "fast".to_owned(),
                acting: "o1".to_owned(),
                buyer: "星渚软件（演示）<b>".to_owned(),
                allowance: Some(AllowanceRow {
                    once: money(50_000),
                    month: lang.t("不限", "no limit").to_owned(),
                    spent: money(0),
                }),
                over: true,
                ..empty.clone()
            };
            vec![empty, refused, over]
        })
    }
}

impl OrdersPage {
    /// A list with a further page and an empty one, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let full = Self {
                f: Frame::sample(lang, lang.t("订单", "Orders"), "/dingdan", true),
                sold: false,
                member: true,
                statuses: vec![StatusOption {
                    value: "delivered".to_owned(),
                    label: own(lang, "待验收", "to be checked"),
                    chosen: true,
                }],
                orders: vec![
                    row(lang, true),
                    OrderRow {
                        no: "QF2".to_owned(),
                        ..row(lang, false)
                    },
                ],
                next_cursor: Some("a&b=c".to_owned()),
            };
            let empty = Self {
                sold: true,
                statuses: Vec::new(),
                orders: Vec::new(),
                next_cursor: None,
                ..full.clone()
            };
            vec![full, empty]
        })
    }
}

fn milestones(lang: Lang) -> Vec<MilestoneRow> {
    vec![
        MilestoneRow {
            title: own(lang, "查询报告", "Search report"),
            status: own(lang, "已结算", "settled"),
            fen: 43_000,
            official_fee: 0,
            returned: 0,
            current: false,
            acceptance: vec!["报告列明近似商标<b>".to_owned()],
        },
        MilestoneRow {
            title: own(lang, "提交申请<b>", "Filing <b>"),
            status: own(lang, "进行中", "in progress"),
            fen: 70_000,
            official_fee: 27_000,
            returned: 500,
            current: true,
            acceptance: Vec::new(),
        },
    ]
}

fn items(lang: Lang) -> Vec<AcceptanceItem> {
    let item = |id: &str, zh, en| AcceptanceItem {
        id: id.to_owned(),
        label: own(lang, zh, en),
    };
    vec![
        item("0", "取得受理通知书<b>", "Filing receipt obtained <b>"),
        item(
            "1",
            "官费缴纳凭证号已提供",
            "Number of the official receipt given",
        ),
    ]
}

fn at_hand(lang: Lang) -> AtHand {
    AtHand {
        number: Some(2),
        title: own(lang, "提交申请<b>", "Filing <b>"),
        fen: 70_000,
        official_fee: 27_000,
        receipt: "YS-2026-000365".to_owned(),
    }
}

fn plan_row(lang: Lang, fen: i64, official_fee: i64) -> PlanRow {
    PlanRow {
        title: own(lang, "递交申请<b>", "Filing <b>"),
        days: 15,
        fen,
        official_fee,
    }
}

fn action(
    event: &str,
    labels: (&'static str, &'static str),
    style: &'static str,
    kind: ActionKind,
) -> Action {
    Action {
        event: event.to_owned(),
        label_zh: labels.0,
        label_en: labels.1,
        style,
        kind,
        required: kind == ActionKind::Reject,
        warning: if kind == ActionKind::Confirm {
            "不能撤回。<b>".to_owned()
        } else {
            String::new()
        },
    }
}

impl OrderPage {
    /// An order to check, the same with a refused rejection, one to pay, one to deliver, one with a refund
    /// to answer and one that is over, in
    /// both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let check = Self::to_check(lang);
            let refused = Self {
                errors: vec![FieldError::new(
                    "reject-item",
                    lang.t("请至少选择一项", "Choose at least one item"),
                )],
                draft: Draft {
                    event: "reject".to_owned(),
                    reason: "缺少<回执>".to_owned(),
                    items: vec!["1".to_owned()],
                    ..Draft::default()
                },
                ..check.clone()
            };
            let pay = Self {
                actions: vec![
                    action("fund", ("付款", "Pay"), "btn-primary", ActionKind::Fund),
                    action("cancel", ("取消订单", "Cancel"), "btn-danger", ActionKind::Plain),
                ],
                share_fields: ShareField::sample(lang),
                ledger: Vec::new(),
                ..check.clone()
            };
            let deliver = Self {
                actions: vec![action(
                    "deliver",
                    ("提交交付", "Deliver"),
                    "btn-primary",
                    ActionKind::Deliver,
                )],
                offline: true,
                draft: Draft {
                    event: "deliver".to_owned(),
                    receipt: "<b>-1".to_owned(),
                    ..Draft::default()
                },
                errors: vec![FieldError::new(
                    "deliver-receipt",
                    lang.t("请照凭证填写", "Copy it from the receipt"),
                )],
                ..check.clone()
            };
            let refund = Self {
                actions: vec![
                    action(
                        "agree_refund",
                        ("同意退款", "Agree to the refund"),
                        "btn-ghost",
                        ActionKind::Confirm,
                    ),
                    action(
                        "offer_partial",
                        ("提出部分退款", "Offer a partial refund"),
                        "btn-ghost",
                        ActionKind::Offer,
                    ),
                ],
                draft: Draft {
                    event: "offer_partial".to_owned(),
                    amount: "<b>9999".to_owned(),
                    ..Draft::default()
                },
                errors: vec![FieldError::new(
                    "offer_partial-amount",
                    lang.t(
                        "请填写小于本阶段金额的数",
                        "Enter less than the milestone's amount",
                    ),
                )],
                ..check.clone()
            };
            let over = Self {
                actions: Vec::new(),
                due: None,
                ..check.clone()
            };
            vec![check, refused, pay, deliver, refund, over]
        })
    }

    fn to_check(lang: Lang) -> Self {
        let step = |zh, en, state| Step {
            label: own(lang, zh, en),
            state,
        };
        let line = |zh, en, debit, credit| LedgerLine {
            when: Moment::of(lang, datetime!(2026-11-21 10:00 +8)),
            account: own(lang, zh, en),
            debit,
            credit,
            balance: credit - debit,
        };
        Self {
            f: Frame::sample(lang, lang.t("订单详情", "Order"), "/dingdan/QF7K3M9X2P", true),
            errors: Vec::new(),
            draft: Draft::default(),
            no: NO.to_owned(),
            version: 5,
            service: row(lang, true).service,
            option: own(lang, "普通申请", "Standard filing"),
            days: 30,
            deliverables: vec![own(lang, "受理通知书", "Notice of acceptance")],
            after_sales: vec![own(lang, "30 天内免费答疑", "Free answers for 30 days")],
            counterparty: row(lang, true).counterparty,
            buyer: own(lang, "星渚软件（演示）<b>", "Xingzhu Software <b>"),
            status: row(lang, true).status,
            steps: vec![
                step("付款", "Pay", StepState::Done),
                step("验收", "Check", StepState::Current),
                step("完成", "Done", StepState::Todo),
            ],
            due: Some(Due {
                until: Some(Moment::of(lang, datetime!(2026-11-26 09:00 +8))),
                text: own(
                    lang,
                    "剩余 3 天 0 小时。到期未处理：视为验收通过。",
                    "3 d 0 h left. If nobody acts: it counts as accepted.",
                ),
            }),
            actions: vec![
                action(
                    "accept",
                    ("验收通过", "Accept"),
                    "btn-primary",
                    ActionKind::Confirm,
                ),
                action(
                    "reject",
                    ("验收不通过", "Reject"),
                    "btn-danger",
                    ActionKind::Reject,
                ),
                action(
                    "request_refund",
                    ("申请退款", "Ask for a refund"),
                    "btn-ghost",
                    ActionKind::Reason,
                ),
            ],
            at_hand: at_hand(lang),
            items: items(lang),
            acceptance: items(lang),
            share_fields: Vec::new(),
            as_supplier: false,
            warnings: Vec::new(),
            contact: None,
            offline: false,
            price: vec![
                PriceLine {
                    label: own(lang, "服务费", "Service fee"),
                    fen: 86_000,
                },
                PriceLine {
                    label: own(lang, "官费", "Official fee"),
                    fen: 27_000,
                },
            ],
            total: 113_000,
            total_upper: "人民币壹仟壹佰叁拾元整".to_owned(),
            milestones: milestones(lang),
            ledger: vec![
                line("买方", "Buyer", 113_000, 0),
                line("合作机构存管", "Held by the partner", 0, 113_000),
            ],
            events: vec![EventRow {
                when: Moment::of(lang, datetime!(2026-11-22 09:00 +8)),
                who: own(lang, "服务商", "Provider"),
                label: own(lang, "提交交付", "Delivered"),
                milestone: own(lang, "第 2 阶段", "Milestone 2"),
                facts: vec![own(lang, "凭证号 <b>", "Receipt <b>")],
                note: "<b>见附件</b>".to_owned(),
            }],
        }
    }
}

impl WorkbenchPage {
    /// A workbench with work and an empty list, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            vec![Self {
                f: Frame::sample(
                    lang,
                    lang.t("服务商工作台", "Provider workbench"),
                    "/gongzuotai",
                    true,
                ),
                demands: 2,
                role: lang.t("销售", "sales"),
                others: vec![TodoCard {
                    label: own(lang, "服务中<b>", "in service <b>"),
                    status: "in_service".to_owned(),
                    count: 3,
                }],
                todos: vec![TodoCard {
                    label: own(lang, "待确认", "To confirm"),
                    status: "placed".to_owned(),
                    count: 2,
                }],
                lists: vec![
                    WorkList {
                        title: own(lang, "即将到期", "Due soon"),
                        orders: vec![row(lang, true)],
                    },
                    WorkList {
                        title: own(lang, "返工中", "In rework"),
                        orders: Vec::new(),
                    },
                ],
            }]
        })
    }
}

impl LedgerPage {
    /// Sound books and unsound ones, in both languages.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        both(|lang| {
            let account = |zh, en, fen| AccountBalance {
                name: own(lang, zh, en),
                fen,
            };
            let sound = Self {
                f: Frame::sample(lang, lang.t("账本", "Ledger"), "/demo/zhangben", true),
                accounts: vec![
                    account("买方", "Buyer", -113_000),
                    account("存管", "Held", 113_000),
                ],
                held: 113_000,
                funded: 113_000,
                entries: vec![Entry {
                    when: Moment::of(lang, datetime!(2026-11-21 10:00 +8)),
                    order_no: NO.to_owned(),
                    from: own(lang, "买方<b>", "Buyer <b>"),
                    to: own(lang, "存管", "Held"),
                    fen: 113_000,
                }],
            };
            let unsound = Self {
                accounts: vec![
                    account("买方", "Buyer", -113_000),
                    account("存管", "Held", 112_999),
                ],
                entries: Vec::new(),
                ..sound.clone()
            };
            vec![sound, unsound]
        })
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;
    use crate::pages::account::tests::{attr, tags};

    fn inputs<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
        tags(html, "input")
            .into_iter()
            .filter(|tag| attr(tag, "name") == Some(name))
            .collect()
    }

    #[test]
    fn placing_names_the_receiver_and_keeps_the_typed_values() {
        let pages = PlacePage::samples();
        let empty = pages[0].render().unwrap();
        assert!(empty.contains("91310000MADEMO0001") && empty.contains("/zhengce#c-0.11"));
        assert!(inputs(&empty, "sku").iter().all(|tag| !tag.contains(" checked")));
        let refused = pages[1].render().unwrap();
        let chosen: Vec<_> = inputs(&refused, "sku")
            .into_iter()
            .filter(|tag| tag.contains(" checked"))
            .collect();
        assert_eq!(chosen.len(), 1);
        assert_eq!(attr(chosen[0], "value"), Some("fast"));
        assert!(
            !refused.contains("<b>尽快") && refused.contains("尽快"),
            "typed text must be kept, escaped"
        );
        assert!(refused.contains("href=\"#note\"") && refused.contains("id=\"note-err\""));
        assert_eq!(attr(inputs(&refused, "key")[0], "value"), Some("sample-key"));
    }

    #[test]
    fn only_the_given_actions_are_offered() {
        let pages = OrderPage::samples();
        let check = pages[0].render().unwrap();
        for event in ["accept", "reject", "request_refund"] {
            assert!(
                check.contains(&format!("action=\"/dingdan/{NO}/{event}\"")),
                "{event}"
            );
        }
        assert!(!check.contains(&format!("action=\"/dingdan/{NO}/fund\"")));
        assert_eq!(inputs(&check, "version").len(), 3);
        assert!(!pages[5].render().unwrap().contains("action=\"/dingdan/QF"));
    }

    #[test]
    fn a_refused_rejection_stays_open_with_its_ticks() {
        let html = OrderPage::samples()[1].render().unwrap();
        assert!(html.contains("<details open>") && html.contains("href=\"#reject-item\""));
        let ticked: Vec<_> = inputs(&html, "item")
            .into_iter()
            .filter(|tag| tag.contains(" checked"))
            .collect();
        assert_eq!(ticked.len(), 1);
        assert_eq!(attr(ticked[0], "value"), Some("1"));
        assert!(html.contains("缺少") && !html.contains("<回执>"));
    }

    /// Sharing is the buyer's own act: never ticked by the page, and payment does not require it.
    #[test]
    fn sharing_is_never_ticked_or_required() {
        let html = OrderPage::samples().remove(2).render().unwrap();
        let shares = inputs(&html, "share");
        assert_eq!(shares.len(), 4);
        let free = |tag: &&str| !tag.contains("checked") && !tag.contains("required");
        assert!(shares.iter().all(free));
        assert!(inputs(&html, "phone").iter().all(free));
    }

    #[test]
    fn the_cursor_is_escaped_and_keeps_the_filter() {
        let html = OrdersPage::samples()[0].render().unwrap();
        assert!(
            html.contains("side=bought&amp;status=delivered&amp;cursor=a%26b%3Dc"),
            "{html}"
        );
        assert!(
            !OrdersPage::samples()[1]
                .render()
                .unwrap()
                .contains("rel=\"next\"")
        );
    }

    #[test]
    fn unsound_books_raise_an_alarm() {
        let pages = LedgerPage::samples();
        assert!(!pages[0].render().unwrap().contains("role=\"alert\""));
        let html = pages[1].render().unwrap();
        assert!(html.contains("role=\"alert\"") && html.contains("-¥0.01"));
        let mut wide = pages[0].clone();
        wide.accounts = vec![
            AccountBalance {
                name: String::new(),
                fen: i64::MIN
            };
            2
        ];
        assert_ne!(wide.total(), 0, "a sum beyond 64 bits must not look balanced");
    }
}
