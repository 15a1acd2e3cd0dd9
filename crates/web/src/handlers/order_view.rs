//! From what the use cases give to what the order pages show.

use app::market::order::{Happened, OrderLine, OrderView};
use domain::market::capital::capital;
use domain::market::catalogue::Text;
use domain::market::ledger::Account;
use domain::market::order::{Event, Mode, State};
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::clock_text as clock;
use super::order::PlaceForm;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::order::{
    AcceptanceItem, Action, ActionKind, Draft, EventRow, LedgerLine, MilestoneRow, OrderPage, OrderRow,
    PlacePage, PriceLine, Receiver, SkuChoice, StatusOption, Step, StepState,
};
use crate::request::Visit;

/// An account of the mirror.
pub fn account_name(lang: Lang, account: Account, offline: bool) -> String {
    match account {
        Account::Buyer => lang.t("买方", "Buyer"),
        Account::Held if offline => lang.t("暂存", "Held"),
        Account::Held => lang.t("合作机构暂存（模拟）", "Held at the partner (simulated)"),
        Account::Supplier => lang.t("服务商", "Provider"),
    }
    .to_owned()
}

/// How long until `at`, in the two largest units.
fn left(lang: Lang, now: OffsetDateTime, at: OffsetDateTime) -> String {
    let minutes = (at - now).whole_minutes().max(0);
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if lang == Lang::Zh {
        match (days, hours) {
            (0, 0) => format!("剩余 {rest} 分钟"),
            (0, _) => format!("剩余 {hours} 小时 {rest} 分钟"),
            _ => format!("剩余 {days} 天 {hours} 小时"),
        }
    } else {
        match (days, hours) {
            (0, 0) => format!("{rest} min left"),
            (0, _) => format!("{hours} h {rest} min left"),
            _ => format!("{days} d {hours} h left"),
        }
    }
}

/// What will happen if nobody acts.
const fn consequence(event: Event) -> (&'static str, &'static str) {
    match event {
        Event::ConfirmLapsed | Event::ContractLapsed | Event::FundsLapsed => {
            ("订单自动取消，不收费用", "the order is cancelled, free of charge")
        }
        Event::DeliveryLapsed | Event::ReworkLapsed => (
            "订单取消，款项退还买方",
            "the order is cancelled and the money goes back",
        ),
        Event::AutoAccept => ("视为验收通过", "it counts as accepted"),
        Event::Release => ("结算给服务商", "the money is settled"),
        Event::RefundUnanswered => ("交由平台处理", "the platform decides"),
        Event::Close => ("订单归档关闭", "the order is closed"),
        _ => ("", ""),
    }
}

fn due_text(lang: Lang, due: Option<(Event, Option<OffsetDateTime>)>, now: OffsetDateTime) -> Option<String> {
    let (event, at) = due?;
    let Some(at) = at else {
        return Some(
            lang.t(
                "期限待平台核定：该年度的节假日安排尚未收录。",
                "The term will be set by the platform: that year's holidays are not known yet.",
            )
            .to_owned(),
        );
    };
    if at <= now {
        return Some(
            lang.t("正在处理，请稍候刷新。", "Being handled; reload in a moment.")
                .to_owned(),
        );
    }
    let ((zh, en), when, left) = (consequence(event), clock(at), left(lang, now, at));
    Some(if lang == Lang::Zh {
        format!("期限 {when}（北京时间），{left}。到期未处理：{zh}。")
    } else {
        format!("Until {when} (Beijing time), {left}. If nobody acts: {en}.")
    })
}

/// An order as a line of a list.
pub fn line(lang: Lang, order: &OrderLine, sold: bool) -> OrderRow {
    let snapshot = &order.snapshot;
    let due = order.due.and_then(|(event, at)| {
        let (zh, en) = consequence(event);
        at.map(|at| format!("{} · {}", clock(at), lang.t(zh, en)))
    });
    OrderRow {
        no: order.number.clone(),
        service: lang.pick(&snapshot.service_zh, &snapshot.service_en).to_owned(),
        counterparty: if sold {
            buyer(lang)
        } else {
            lang.pick(&snapshot.supplier_zh, &snapshot.supplier_en).to_owned()
        },
        status: order.state.label(lang == Lang::Zh).to_owned(),
        due,
        fen: snapshot.service_fee.saturating_add(snapshot.official_fee),
    }
}

/// The buyer as the supplier sees them: no name, no phone (2.4.1.3).
fn buyer(lang: Lang) -> String {
    lang.t("买方（个人账号）", "Buyer (personal account)").to_owned()
}

/// The states to filter by.
pub fn status_options(lang: Lang, chosen: Option<State>) -> Vec<StatusOption> {
    State::ALL
        .iter()
        .map(|state| StatusOption {
            value: state.as_str().to_owned(),
            label: state.label(lang == Lang::Zh).to_owned(),
            chosen: chosen == Some(*state),
        })
        .collect()
}

fn terms(lang: Lang, review_days: i64, demo: bool) -> Vec<String> {
    let pay = if demo {
        lang.t(
            "服务商确认、您确认条款之后才付款；演示站为模拟支付，不会扣款。",
            "You pay after the provider has confirmed and you have accepted the terms; here payment is simulated.",
        )
    } else {
        lang.t(
            "服务商确认、您确认条款之后才付款；款项由您直接转给服务商，平台不经手资金。",
            "You pay after the provider has confirmed and you have accepted the terms, straight to the provider; the platform never holds money.",
        )
    };
    let check = if lang == Lang::Zh {
        format!(
            "交付后您有 {review_days} 天验收；期间会提醒您 3 次，到期未处理视为通过，此后 7 天内仍可提出异议。"
        )
    } else {
        format!(
            "You have {review_days} days to check a delivery and are reminded three times; silence counts as acceptance, and you may still object for 7 days."
        )
    };
    vec![
        lang.t(
            "服务商须在 2 个工作日内确认，否则订单自动取消。",
            "The provider confirms within two working days, or the order is cancelled.",
        )
        .to_owned(),
        lang.t(
            "付款之前任何一方都可以取消，不收费用。",
            "Until payment either side may cancel, free of charge.",
        )
        .to_owned(),
        pay.to_owned(),
        check,
        lang.t(
            "价格与验收标准以下单时为准，之后的改动不影响本订单。",
            "Price and acceptance standard are those of today; later changes do not reach this order.",
        )
        .to_owned(),
    ]
}

/// The page before an order; `None` if the service is not offered.
pub fn place_page(
    visit: &Visit,
    service: &str,
    form: &PlaceForm,
    errors: Vec<FieldError>,
) -> Option<PlacePage> {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let service = catalogue.service(Uuid::parse_str(service).ok()?)?;
    let supplier = catalogue.supplier(service.supplier)?;
    let category = catalogue.category(&service.category)?;
    let skus = service.skus.iter().enumerate().map(|(place, sku)| SkuChoice {
        id: place.to_string(),
        label: lang.pick(&sku.zh, &sku.en).to_owned(),
        service_fee: sku.price,
        official_fee: service.official_fee,
        days: sku.days.unwrap_or(service.days),
    });
    let shared = [
        lang.t(
            "订单号、所选服务、规格与金额",
            "The order's number, service, option and amount",
        ),
        lang.t("您写的备注（如有）", "Your note, if you write one"),
        lang.t(
            "您在订单中的操作与时间（以“买方”显示）",
            "What you do in the order and when, shown as “buyer”",
        ),
    ];
    Some(PlacePage {
        f: visit.frame(lang.t("确认下单", "Check your order")),
        errors,
        service_id: service.id.to_string(),
        service: lang.pick(&service.zh, &service.en).to_owned(),
        supplier: Receiver {
            name: lang.pick(&supplier.zh, &supplier.en).to_owned(),
            register_no: supplier.uscc.clone(),
            statement: lang
                .t(
                    "该服务商尚未发布单独的说明；下单时不会向其提供您的手机号和账号名称。",
                    "The provider has published none; your number and account name are not given to it with the order.",
                )
                .to_owned(),
        },
        skus: skus.collect(),
        chosen: form.sku.clone(),
        note: form.note.clone(),
        key: form.key.clone(),
        terms: terms(lang, category.review_days, visit.state.settings.demo),
        shared: shared.map(str::to_owned).to_vec(),
    })
}

/// What cannot be undone, said before the button; empty for the rest.
const fn warning(event: Event) -> (&'static str, &'static str) {
    match event {
        Event::Sign => (
            "确认即表示您同意下方的价格、交付物和验收标准；确认后等待付款。",
            "You agree to the price, deliverables and acceptance standard below; payment comes next.",
        ),
        Event::Accept => (
            "验收后款项随即结算给服务商，不能撤回。请先逐项核对下方的验收标准。",
            "The money is settled to the provider at once and cannot be called back. Check the acceptance standard below first.",
        ),
        Event::TransferSent => (
            "请先把款项直接转到服务商的对公账户，平台不经手资金。服务商确认到账后开始服务。",
            "Transfer the money to the provider's company account first; the platform never holds it. Work begins when the provider confirms receipt.",
        ),
        Event::ReceiptConfirmed => (
            "请确认款项已到账；确认后开始计算服务期限。",
            "Confirm that the money has arrived; the time for the work then begins.",
        ),
        Event::RefundReceived => ("请在款项到账后再确认。", "Confirm only once the money is back."),
        Event::AgreeRefund => (
            "同意后款项退还买方，订单取消，不能撤回。",
            "The money goes back to the buyer and the order is cancelled; this cannot be undone.",
        ),
        _ => ("", ""),
    }
}

/// The button of an event.
fn action(event: Event) -> Action {
    let (style, kind) = match event {
        Event::SupplierConfirm => ("btn-primary", ActionKind::Plain),
        Event::Sign
        | Event::Accept
        | Event::ReceiptConfirmed
        | Event::TransferSent
        | Event::RefundReceived => ("btn-primary", ActionKind::Confirm),
        Event::AgreeRefund => ("btn-ghost", ActionKind::Confirm),
        Event::WithdrawRefund => ("btn-ghost", ActionKind::Plain),
        Event::Fund => ("btn-primary", ActionKind::Fund),
        Event::Deliver => ("btn-primary", ActionKind::Deliver),
        Event::Reject => ("btn-danger", ActionKind::Reject),
        Event::Cancel | Event::Quit => ("btn-danger", ActionKind::Reason),
        _ => ("btn-ghost", ActionKind::Reason),
    };
    Action {
        event: event.as_str().to_owned(),
        label_zh: event.label(true),
        label_en: event.label(false),
        style,
        kind,
        required: matches!(
            event,
            Event::Reject | Event::Object | Event::RequestRefund | Event::RefuseRefund
        ),
        warning: warning(event),
    }
}

/// The progress bar. An order that ended early shows how far it came.
fn steps(lang: Lang, view: &OrderView) -> Vec<Step> {
    const PATH: [State; 6] = [
        State::Placed,
        State::AwaitingContract,
        State::AwaitingFunds,
        State::InService,
        State::Delivered,
        State::Completed,
    ];
    let zh = lang == Lang::Zh;
    let state = view.order.state;
    let step = |label: &str, state| Step {
        label: label.to_owned(),
        state,
    };
    if matches!(state, State::Cancelled | State::Terminated | State::Cancelling) {
        let mut steps: Vec<Step> = PATH
            .iter()
            .take_while(|stage| {
                **stage == State::Placed || view.events.iter().any(|event| event.to == **stage)
            })
            .map(|stage| step(stage_name(lang, *stage), StepState::Done))
            .collect();
        steps.push(step(state.label(zh), StepState::Current));
        return steps;
    }
    let at = match state {
        State::Rework => 3,
        State::Accepted => 5,
        State::Closed => PATH.len(),
        other => PATH.iter().position(|stage| *stage == other).unwrap_or_default(),
    };
    PATH.iter()
        .enumerate()
        .map(|(place, stage)| {
            let done = place < at || state == State::Completed;
            let now = if done {
                StepState::Done
            } else if place == at {
                StepState::Current
            } else {
                StepState::Todo
            };
            let name = match state {
                State::Rework | State::Accepted if place == at => state.label(zh),
                _ => stage_name(lang, *stage),
            };
            step(name, now)
        })
        .collect()
}

fn stage_name(lang: Lang, stage: State) -> &'static str {
    match stage {
        State::Placed => lang.t("下单确认", "Ordered"),
        State::AwaitingContract => lang.t("签约", "Terms"),
        State::AwaitingFunds => lang.t("付款", "Payment"),
        State::InService => lang.t("服务", "Service"),
        State::Delivered => lang.t("验收", "Check"),
        _ => lang.t("完成", "Done"),
    }
}

fn event_row(lang: Lang, event: Happened, acceptance: &[Text]) -> EventRow {
    let mut note = event.note;
    if event.event == Event::Reject {
        let failed: Vec<&str> = event
            .items
            .iter()
            .filter_map(|item| acceptance.get(*item).map(|text| lang.text(text)))
            .collect();
        let named = format!(
            "{}{}",
            lang.t("未达标：", "Failing: "),
            failed.join(lang.t("、", ", "))
        );
        note = if note.is_empty() {
            named
        } else {
            format!("{named} · {note}")
        };
    }
    EventRow {
        when: clock(event.at),
        who: event.side.label(lang == Lang::Zh).to_owned(),
        label: event.event.label(lang == Lang::Zh).to_owned(),
        note,
    }
}

fn ledger(lang: Lang, view: &OrderView) -> Vec<LedgerLine> {
    let offline = view.order.mode == Mode::Offline;
    let mut balances: Vec<(Account, i64)> = Vec::new();
    let mut moved = |account: Account, by: i64| {
        if let Some((_, balance)) = balances.iter_mut().find(|(known, _)| *known == account) {
            *balance = balance.saturating_add(by);
            *balance
        } else {
            balances.push((account, by));
            by
        }
    };
    let mut lines = Vec::with_capacity(view.postings.len() * 2);
    for (posting, at) in &view.postings {
        let amount = posting.amount;
        for (account, debit, credit) in [(posting.from, amount, 0), (posting.to, 0, amount)] {
            lines.push(LedgerLine {
                when: clock(*at),
                account: account_name(lang, account, offline),
                debit,
                credit,
                balance: moved(account, credit.saturating_sub(debit)),
            });
        }
    }
    lines
}

/// The page of an order.
pub fn order_page(visit: &Visit, view: OrderView, draft: Draft, errors: Vec<FieldError>) -> OrderPage {
    let lang = visit.lang;
    let (steps, ledger) = (steps(lang, &view), ledger(lang, &view));
    let snapshot = view.snapshot;
    let total = snapshot.service_fee.saturating_add(snapshot.official_fee);
    let acceptance = snapshot
        .acceptance
        .iter()
        .enumerate()
        .map(|(place, label)| AcceptanceItem {
            id: place.to_string(),
            label: lang.text(label).to_owned(),
        });
    let milestones = view.order.milestones.iter().map(|milestone| MilestoneRow {
        // An order in one piece carries the option's name.
        title: if milestone.title == snapshot.sku_zh {
            lang.pick(&snapshot.sku_zh, &snapshot.sku_en).to_owned()
        } else {
            milestone.title.clone()
        },
        status: milestone.state.label(lang == Lang::Zh).to_owned(),
        fen: milestone.amount,
    });
    OrderPage {
        f: visit.frame(lang.pick(&snapshot.service_zh, &snapshot.service_en)),
        errors,
        draft,
        no: view.number,
        version: view.order.version,
        service: lang.pick(&snapshot.service_zh, &snapshot.service_en).to_owned(),
        option: lang.pick(&snapshot.sku_zh, &snapshot.sku_en).to_owned(),
        days: snapshot.days,
        deliverables: lang.texts(&snapshot.deliverables),
        after_sales: lang.texts(&snapshot.after_sales),
        counterparty: if view.as_supplier {
            buyer(lang)
        } else {
            lang.pick(&snapshot.supplier_zh, &snapshot.supplier_en).to_owned()
        },
        status: view.order.state.label(lang == Lang::Zh).to_owned(),
        steps,
        due: match (view.order.state, view.due) {
            (State::Cancelling, None) => Some(
                lang.t(
                    "服务商逾期未答复，等待平台处理；处理结果会通知双方。",
                    "The provider did not answer in time; the platform will decide and tell both sides.",
                )
                .to_owned(),
            ),
            (_, due) => due_text(lang, due, visit.state.app.clock.now()),
        },
        actions: view.allowed.iter().map(|event| action(*event)).collect(),
        acceptance: acceptance.collect(),
        share_fields: Vec::new(),
        offline: view.order.mode == Mode::Offline,
        price: vec![
            PriceLine {
                label: lang.t("服务费", "Service fee").to_owned(),
                fen: snapshot.service_fee,
            },
            PriceLine {
                label: lang.t("官费（代收代缴）", "Official fee (passed on)").to_owned(),
                fen: snapshot.official_fee,
            },
        ],
        total,
        total_upper: capital(total),
        milestones: milestones.collect(),
        ledger,
        events: view
            .events
            .into_iter()
            .rev()
            .map(|event| event_row(lang, event, &snapshot.acceptance))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_is_left_is_told_in_its_two_largest_units() {
        let now = datetime!(2026-11-23 10:00 +8);
        for (by, zh) in [
            (Duration::seconds(30), "剩余 0 分钟"),
            (Duration::minutes(59), "剩余 59 分钟"),
            (Duration::minutes(61), "剩余 1 小时 1 分钟"),
            (Duration::hours(24), "剩余 1 天 0 小时"),
            (Duration::hours(50), "剩余 2 天 2 小时"),
        ] {
            assert_eq!(left(Lang::Zh, now, now + by), zh);
        }
        let due = Some((Event::AutoAccept, Some(now)));
        assert!(due_text(Lang::Zh, due, now).is_some_and(|text| text.contains("正在处理")));
        assert!(
            due_text(Lang::Zh, Some((Event::ConfirmLapsed, None)), now)
                .is_some_and(|text| text.contains("待平台核定"))
        );
    }
}
