//! From what the use cases give to what the order pages show.

use app::market::order::{Happened, OrderLine, OrderView, Snapshot};
use app::supplier::Warning;
use domain::market::capital::capital;
use domain::market::catalogue::Text;
use domain::market::ledger::Account;
use domain::market::order::{Event, MACHINE, Milestone, Mode, State};
use domain::market::share::Field;
use time::OffsetDateTime;

use super::order_action::action;
use super::share::fields;
use crate::pages::account::FieldError;
use crate::pages::frame::{Lang, money};
use crate::pages::moment::Moment;
use crate::pages::order::{
    AcceptanceItem, AtHand, Draft, Due, EventRow, LedgerLine, MilestoneRow, OrderPage, OrderRow, PriceLine,
    StatusOption, Step, StepState,
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
        Event::OfferLapsed => (
            "视为不接受，订单继续",
            "it counts as declined and the order goes on",
        ),
        Event::Close => ("订单归档关闭", "the order is closed"),
        _ => ("", ""),
    }
}

/// A due time that shows no instant.
fn undated(text: &str) -> Due {
    Due {
        until: None,
        text: text.to_owned(),
    }
}

fn due_of(lang: Lang, due: Option<(Event, Option<OffsetDateTime>)>, now: OffsetDateTime) -> Option<Due> {
    let (event, at) = due?;
    let Some(at) = at else {
        return Some(undated(lang.t(
            "期限待平台核定：该年度的节假日安排尚未收录。",
            "The term will be set by the platform: that year's holidays are not known yet.",
        )));
    };
    if at <= now {
        return Some(undated(
            lang.t("正在处理，请稍候刷新。", "Being handled; reload in a moment."),
        ));
    }
    let ((zh, en), left) = (consequence(event), left(lang, now, at));
    Some(Due {
        until: Some(Moment::of(lang, at)),
        text: if lang == Lang::Zh {
            format!("{left}。到期未处理：{zh}。")
        } else {
            format!("{left}. If nobody acts: {en}.")
        },
    })
}

/// An order as a line of a list.
pub fn line(lang: Lang, order: &OrderLine, sold: bool) -> OrderRow {
    let snapshot = &order.snapshot;
    let due = order.due.and_then(|(event, at)| {
        let (zh, en) = consequence(event);
        at.map(|at| Due {
            until: Some(Moment::of(lang, at)),
            text: lang.t(zh, en).to_owned(),
        })
    });
    OrderRow {
        no: order.number.clone(),
        service: lang.pick(&snapshot.service_zh, &snapshot.service_en).to_owned(),
        counterparty: if sold {
            buyer(lang, order.by_organisation)
        } else {
            lang.pick(&snapshot.supplier_zh, &snapshot.supplier_en).to_owned()
        },
        status: order.state.label(lang == Lang::Zh).to_owned(),
        due,
        fen: snapshot.service_fee.saturating_add(snapshot.official_fee),
    }
}

/// The buyer as the supplier sees them in lists: no name, no phone (2.4.1.3).
fn buyer(lang: Lang, by_organisation: bool) -> String {
    if by_organisation {
        lang.t("买方（企业）", "Buyer (an enterprise)").to_owned()
    } else {
        lang.t("买方（个人账号）", "Buyer (personal account)").to_owned()
    }
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
    if matches!(
        state,
        State::Cancelled | State::Terminated | State::Cancelling | State::PartialOffered
    ) {
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

fn event_row(lang: Lang, event: Happened, snapshot: &Snapshot) -> EventRow {
    let mut facts = Vec::new();
    if event.event == Event::Reject {
        let acceptance = snapshot.acceptance_of(event.milestone.unwrap_or_default());
        let failed: Vec<&str> = event
            .items
            .iter()
            .filter_map(|item| acceptance.get(*item).map(|text| lang.text(text)))
            .collect();
        facts.push(format!(
            "{}{}",
            lang.t("未达标：", "Failing: "),
            failed.join(lang.t("、", ", "))
        ));
    }
    if let Some(amount) = event.amount {
        facts.push(format!(
            "{}{}",
            lang.t("退还买方 ", "Back to the buyer: "),
            money(amount)
        ));
    }
    if !event.receipt.is_empty() {
        let label = lang.t("官费缴纳凭证号：", "Number of the official receipt: ");
        facts.push(format!("{label}{}", event.receipt));
    }
    if event.own_copy {
        facts.push(
            lang.t(
                "写下者的账号已删除，以下是您这一方的副本",
                "Whoever wrote this was erased; this is your own side's copy",
            )
            .to_owned(),
        );
    }
    let mut who = event.side.label(lang == Lang::Zh).to_owned();
    if !event.staff.is_empty() {
        who = format!("{who} {}", event.staff);
    }
    let several = snapshot.plan.len() > 1;
    EventRow {
        when: Moment::of(lang, event.at),
        who,
        label: event.event.label(lang == Lang::Zh).to_owned(),
        milestone: event
            .milestone
            .filter(|_| several)
            .map(|place| numbered(lang, place))
            .unwrap_or_default(),
        facts,
        note: event.note,
    }
}

/// A milestone by its number.
fn numbered(lang: Lang, place: usize) -> String {
    let number = place + 1;
    if lang == Lang::Zh {
        format!("第 {number} 阶段")
    } else {
        format!("Milestone {number}")
    }
}

/// The place of the milestone under way; none once the order has ended.
fn under_way(view: &OrderView) -> Option<usize> {
    let ended = MACHINE.ends.contains(&view.order.state);
    view.order.at_hand().filter(|_| !ended)
}

/// The milestones with what is paid for each.
fn milestones(lang: Lang, view: &OrderView) -> Vec<MilestoneRow> {
    let (snapshot, at_hand) = (&view.snapshot, under_way(view));
    let rows = view.order.milestones.iter().enumerate();
    let row = |(place, milestone): (usize, &Milestone)| {
        let part = snapshot.plan.get(place);
        MilestoneRow {
            title: part.map_or_else(
                || milestone.title.clone(),
                |part| lang.pick(&part.zh, &part.en).to_owned(),
            ),
            status: milestone.state.label(lang == Lang::Zh).to_owned(),
            fen: milestone.amount,
            official_fee: milestone.official_fee,
            returned: milestone.returned,
            current: at_hand == Some(place),
            acceptance: part.map(|part| lang.texts(&part.acceptance)).unwrap_or_default(),
        }
    };
    rows.map(row).collect()
}

/// The milestone under way, for the forms.
fn at_hand(lang: Lang, view: &OrderView) -> AtHand {
    let Some(place) = under_way(view) else {
        return AtHand::default();
    };
    let milestone = &view.order.milestones[place];
    let delivered = view
        .events
        .iter()
        .rev()
        .find(|event| event.event == Event::Deliver && event.milestone == Some(place));
    let title = match view.snapshot.plan.get(place) {
        Some(part) if view.snapshot.plan.len() > 1 => {
            let title = lang.pick(&part.zh, &part.en);
            format!("{}{}{title}", numbered(lang, place), lang.t("：", ": "))
        }
        _ => String::new(),
    };
    AtHand {
        number: Some(place + 1),
        title,
        fen: milestone.amount,
        official_fee: milestone.official_fee,
        receipt: delivered.map(|event| event.receipt.clone()).unwrap_or_default(),
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
                when: Moment::of(lang, *at),
                account: account_name(lang, account, offline),
                debit,
                credit,
                balance: moved(account, credit.saturating_sub(debit)),
            });
        }
    }
    lines
}

/// What a buyer has to know of the supplier of an open order.
fn warning(lang: Lang, warning: Warning) -> String {
    match warning {
        Warning::Suspended => lang.t(
            "该服务商已暂停新业务；您的订单应当继续完成，如有困难可以申请退款或联系平台。",
            "This provider takes nothing new; your order is to be finished. Ask for a refund or contact us if it is not.",
        ),
        Warning::Leaving => lang.t(
            "该服务商正在退出平台，会先完成您的订单。",
            "This provider is leaving; your order is finished first.",
        ),
        Warning::Gone => lang.t(
            "该服务商已不在平台，不能继续交付；您可以申请退款，平台会处理。",
            "This provider is no longer here and cannot deliver; ask for a refund, and the platform decides.",
        ),
        Warning::LicenceOver(until) => {
            let day = until.map(|day| domain::calendar::day_text(day, lang == Lang::Zh));
            let when = day.map_or_else(String::new, |day| format!("{}{day}{}", lang.t("（", " ("), lang.t("）", ")")));
            return format!(
                "{}{when}{}",
                lang.t("该服务商在这一类目的资质已到期或失效", "This provider's licence for the category is over"),
                lang.t("，请确认是否继续；可以要求说明或申请退款。", ": ask how it goes on, or for a refund.")
            );
        }
        Warning::Unbound => lang.t(
            "该服务商没有有效的个人信息协议：在它签署之前，您不能再向它提供联系方式和留言。",
            "No undertaking of this provider on personal data is in force: until it signs you can give it no contact details or notes.",
        ),
    }
    .to_owned()
}

/// What is said of the contact details given for an order.
fn contact(lang: Lang, given: &[Field], as_supplier: bool, state: State) -> Option<String> {
    let zh = lang == Lang::Zh;
    let names: Vec<&str> = given.iter().map(|field| field.label(zh)).collect();
    let names = names.join(lang.t("、", ", "));
    match (as_supplier, given.is_empty()) {
        (true, true) => None,
        (true, false) => Some(format!(
            "{}{names}{}",
            lang.t("买方提供了：", "The buyer gave: "),
            lang.t("。", ".")
        )),
        (false, false) => Some(format!(
            "{}{names}{}",
            lang.t("已提供给服务商：", "Given to the provider: "),
            lang.t("。", ".")
        )),
        // Nothing to manage where nothing more may be given.
        (false, true) if MACHINE.ends.contains(&state) => None,
        (false, true) => Some(
            lang.t("没有提供给服务商。", "None is given to the provider.")
                .to_owned(),
        ),
    }
}

/// The page of an order.
pub fn order_page(visit: &Visit, view: OrderView, draft: Draft, errors: Vec<FieldError>) -> OrderPage {
    let lang = visit.lang;
    let (steps, ledger) = (steps(lang, &view), ledger(lang, &view));
    let actions = view.allowed.iter().map(|event| action(lang, *event, &view));
    let actions: Vec<_> = actions.collect();
    let (milestones, at_hand) = (milestones(lang, &view), at_hand(lang, &view));
    let place = view.order.at_hand().unwrap_or_default();
    let snapshot = view.snapshot;
    let total = snapshot.service_fee.saturating_add(snapshot.official_fee);
    let listed = |labels: &[Text]| -> Vec<AcceptanceItem> {
        let items = labels.iter().enumerate().map(|(place, label)| AcceptanceItem {
            id: place.to_string(),
            label: lang.text(label).to_owned(),
        });
        items.collect()
    };
    // Where every milestone has its own items, the order's judge nothing.
    let common = snapshot.plan.iter().any(|part| part.acceptance.is_empty());
    let acceptance = if common {
        listed(&snapshot.acceptance)
    } else {
        Vec::new()
    };
    let share_fields = fields(lang, &draft.share, &draft.event, &errors);
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
        buyer: match &view.buyer {
            Some(company) if !view.as_supplier => company.name.clone(),
            _ => String::new(),
        },
        counterparty: if view.as_supplier {
            match &view.buyer {
                Some(company) => format!("{} · {}", company.name, company.credit_code),
                None => buyer(lang, false),
            }
        } else {
            lang.pick(&snapshot.supplier_zh, &snapshot.supplier_en).to_owned()
        },
        status: view.order.state.label(lang == Lang::Zh).to_owned(),
        steps,
        due: match (view.order.state, view.due) {
            (State::Cancelling, None) => Some(undated(lang.t(
                "服务商逾期未答复，等待平台处理；处理结果会通知双方。",
                "The provider did not answer in time; the platform will decide and tell both sides.",
            ))),
            (_, due) => due_of(lang, due, visit.state.app.clock.now()),
        },
        actions,
        items: listed(snapshot.acceptance_of(place)),
        acceptance,
        at_hand,
        share_fields,
        as_supplier: view.as_supplier,
        warnings: view.warnings.iter().map(|one| warning(lang, *one)).collect(),
        contact: contact(lang, &view.given, view.as_supplier, view.order.state),
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
        milestones,
        ledger,
        events: view
            .events
            .into_iter()
            .rev()
            .map(|event| event_row(lang, event, &snapshot))
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
        assert!(due_of(Lang::Zh, due, now).is_some_and(|due| due.text.contains("正在处理")));
        let unknown = due_of(Lang::Zh, Some((Event::ConfirmLapsed, None)), now).expect("a due time");
        assert!(unknown.until.is_none() && unknown.text.contains("待平台核定"));
    }
}
