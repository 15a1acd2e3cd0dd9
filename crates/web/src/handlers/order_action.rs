//! The steps an order's page offers: what each asks for, and what is said before it is taken.

use app::market::order::OrderView;
use domain::market::order::{Event, Mode};

use crate::pages::frame::{Lang, money};
use crate::pages::order::{Action, ActionKind};

/// What cannot be undone, said before the button; empty for the rest.
fn warning(lang: Lang, event: Event, view: &OrderView) -> String {
    let (zh, en) = match event {
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
            "同意后本阶段款项全额退还买方，订单取消，不能撤回。",
            "All of this milestone's money goes back to the buyer and the order is cancelled; this cannot be undone.",
        ),
        Event::AcceptPartial => return split(lang, view),
        _ => ("", ""),
    };
    lang.t(zh, en).to_owned()
}

/// What accepting an offer does with the money.
fn split(lang: Lang, view: &OrderView) -> String {
    let order = &view.order;
    let paid = order.at_hand().map_or(0, |index| order.milestones[index].amount);
    let back = order.offered.unwrap_or_default();
    let (back, rest) = (money(back), money(paid.saturating_sub(back)));
    match (lang == Lang::Zh, order.mode == Mode::Offline) {
        (true, false) => {
            format!("接受后 {back} 退还给您，其余 {rest} 结算给服务商；订单随即终止，不能撤回。")
        }
        (true, true) => {
            format!("接受后由服务商将 {back} 直接退给您，其余 {rest} 归服务商；订单随即终止，不能撤回。")
        }
        (false, false) => format!(
            "{back} goes back to you and the other {rest} to the provider; the order ends, and this cannot be undone."
        ),
        (false, true) => format!(
            "The provider pays {back} back to you and keeps the other {rest}; the order ends, and this cannot be undone."
        ),
    }
}

/// The button of an event.
pub fn action(lang: Lang, event: Event, view: &OrderView) -> Action {
    let (style, kind) = match event {
        Event::SupplierConfirm => ("btn-primary", ActionKind::Plain),
        Event::Sign
        | Event::Accept
        | Event::ReceiptConfirmed
        | Event::TransferSent
        | Event::AcceptPartial
        | Event::RefundReceived => ("btn-primary", ActionKind::Confirm),
        Event::AgreeRefund => ("btn-ghost", ActionKind::Confirm),
        Event::WithdrawRefund => ("btn-ghost", ActionKind::Plain),
        Event::Fund => ("btn-primary", ActionKind::Fund),
        Event::Deliver => ("btn-primary", ActionKind::Deliver),
        Event::OfferPartial => ("btn-ghost", ActionKind::Offer),
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
            Event::Reject | Event::Object | Event::RequestRefund | Event::RefuseRefund | Event::OfferPartial
        ),
        warning: warning(lang, event, view),
    }
}
