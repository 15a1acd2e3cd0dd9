//! Telling the sides of an order what happened: a job written in the step's own transaction, sent
//! later through the message port. The text names the order's number and nobody.

use domain::calendar::instant_text;
use domain::market::notice;
use domain::market::order::{Event, Side, State, Step};
use domain::org::seat::{Act, Seat};
use privacy::purpose::Notify;
use privacy::{Ask, Ctx, LegalBasis, Purpose, SubjectId};
use serde::{Deserialize, Serialize};
use storage::job::{self, Claimed, NewJob};
use storage::market::order::OrderRow;
use storage::market::{membership, notice as notices, order as store};
use storage::org::{self, MemberRow};
use storage::{Tx, account};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::message_holder;
use crate::{App, Failure, Fault};

/// The kind of these jobs.
pub const TELL: &str = "tell_order";
/// People of a supplier who are told.
const MEMBERS: i64 = 20;
/// Members of an organisation who are told.
const COLLEAGUES: usize = 20;

/// What a job is about.
#[derive(Deserialize, Serialize)]
struct Payload {
    order: Uuid,
    version: i64,
    event: String,
    side: String,
    nth: i64,
}

async fn write<P: Purpose>(
    tx: &mut Tx<'_, P>,
    payload: &Payload,
    run_at: OffsetDateTime,
) -> Result<(), Failure> {
    let text = serde_json::to_string(payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: TELL,
        dedup: format!(
            "{}:{}:{}:{}",
            payload.order, payload.version, payload.side, payload.nth
        ),
        payload: &text,
        run_at,
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

/// Writes the notices of a step.
pub(super) async fn enqueue<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    event: Event,
    step: &Step,
    by: Side,
) -> Result<(), Failure> {
    for notice in notice::of(event, step, by, tx.ctx().now()) {
        let payload = Payload {
            order,
            version: step.order.version,
            event: event.as_str().to_owned(),
            side: notice.side.as_str().to_owned(),
            nth: notice.nth,
        };
        write(tx, &payload, notice.at).await?;
    }
    Ok(())
}

/// Writes the notices of a delivery that were not sent in time.
pub(super) async fn enqueue_missing<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    version: i64,
    missing: &[i64],
) -> Result<(), Failure> {
    let now = tx.ctx().now();
    for nth in missing {
        let payload = Payload {
            order,
            version,
            event: Event::Deliver.as_str().to_owned(),
            side: Side::Buyer.as_str().to_owned(),
            nth: *nth,
        };
        write(tx, &payload, now).await?;
    }
    Ok(())
}

/// Sends a notice and finishes its job, both or neither. What is no longer true is not sent.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let payload: Payload =
        serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let (Some(event), Some(side)) = (Event::parse(&payload.event), Side::parse(&payload.side)) else {
        return Err(Failure::Fault(Fault::Document));
    };
    let mut tx = app.store.begin(ctx).await?;
    let row = store::by_id(&mut tx, payload.order).await?;
    if let Some(row) = row.filter(|row| row.order.version == payload.version)
        && notices::record(&mut tx, row.id, payload.version, side, payload.nth).await?
    {
        let text = text(&row, event, payload.nth);
        for (account, subject) in recipients(&mut tx, &row, side).await? {
            send(app, &mut tx, account, subject, row.id, text.clone()).await?;
        }
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

async fn recipients(
    tx: &mut Tx<'_, Notify>,
    row: &OrderRow,
    side: Side,
) -> Result<Vec<(Uuid, SubjectId)>, Failure> {
    if let (Side::Buyer, Some(organisation)) = (side, row.organisation) {
        return colleagues(tx, row, organisation).await;
    }
    if side == Side::Buyer {
        let buyer = account::by_id(tx, row.buyer).await?;
        return Ok(buyer.map(|buyer| (buyer.id, buyer.subject)).into_iter().collect());
    }
    let members = membership::dealing(tx, row.supplier, MEMBERS).await?;
    Ok(members
        .into_iter()
        .map(|member| (member.account, member.subject))
        .collect())
}

/// Those of an organisation whose order moved: whoever placed it, and who pays where a payment is due; if
/// they have left, those who may go on with it.
async fn colleagues(
    tx: &mut Tx<'_, Notify>,
    row: &OrderRow,
    organisation: Uuid,
) -> Result<Vec<(Uuid, SubjectId)>, Failure> {
    let members = org::members(tx, organisation).await?;
    let placed = members.iter().any(|member| member.member.account == row.buyer);
    let pays = row.order.state == State::AwaitingFunds;
    let concerns = |member: &&MemberRow| {
        let seat = member.member.seat;
        let goes_on = if placed {
            member.member.account == row.buyer
        } else {
            seat.may(Act::Purchase)
        };
        goes_on || (pays && seat == Seat::Finance)
    };
    let told = members.iter().filter(concerns).take(COLLEAGUES);
    Ok(told
        .map(|member| (member.member.account, member.subject))
        .collect())
}

async fn send(
    app: &App,
    tx: &mut Tx<'_, Notify>,
    account: Uuid,
    subject: SubjectId,
    order: Uuid,
    text: String,
) -> Result<(), Failure> {
    let Some(row) = account::by_id(tx, account).await? else {
        return Ok(());
    };
    let ask = Ask {
        subject,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.2.1"),
        case: Some(order),
    };
    message_holder(app, tx, &row, ask, text).await
}

/// The message's text, in both languages: what happened, and what the reader is to do.
fn text(row: &OrderRow, event: Event, nth: i64) -> String {
    let number = &row.number;
    if let (Event::Deliver, Some((Event::AutoAccept, Some(at)))) = (event, row.due) {
        let (zh, en) = (instant_text(at, true), instant_text(at, false));
        let again = if nth > 1 { "提醒：" } else { "" };
        return format!(
            "{again}订单 {number} 已交付，请在 {zh} 前验收，到期未处理将自动验收。/ Order {number} was delivered; check it by {en}, after that it counts as accepted."
        );
    }
    if row.order.state == State::InService
        && nth > 1
        && let Some(due) = row.order.work_due
    {
        let (zh, en) = (instant_text(due, true), instant_text(due, false));
        return format!(
            "订单 {number} 应于 {zh} 交付，请尽快交付；逾期 15 天订单将取消。/ Order {number} was due on {en}; 15 days after that it is cancelled."
        );
    }
    let (zh, en) = match event {
        Event::Release if row.order.state == State::AwaitingFunds => (
            "上一阶段已结算，请买方在 7 天内为下一阶段付款",
            "the milestone is settled, the next one waits for the buyer's payment within 7 days",
        ),
        _ => told(event),
    };
    format!("订单 {number}：{zh}。/ Order {number}: {en}.")
}

/// What happened, as the other side is told.
const fn told(event: Event) -> (&'static str, &'static str) {
    match event {
        Event::Place => (
            "有新订单，请在 2 个工作日内确认",
            "a new order, confirm it within two working days",
        ),
        Event::SupplierConfirm => (
            "服务商已接单，请登录确认条款",
            "the provider has taken it, log in to accept the terms",
        ),
        Event::TransferSent => (
            "买方表示已转账，收到后请登录确认",
            "the buyer says the transfer is sent, confirm when it arrives",
        ),
        Event::Fund | Event::ReceiptConfirmed => ("款项已到位，服务开始", "paid, the work begins"),
        Event::Accept => ("买方已验收，款项将结算", "accepted, it will be settled"),
        Event::AutoAccept => (
            "到期自动验收；如有异议请在 7 天内登录提出",
            "accepted by silence, object within 7 days if you must",
        ),
        Event::Reject => (
            "验收不通过，请登录查看原因并返工",
            "rejected, log in to see why and mend it",
        ),
        Event::Object => (
            "买方对自动验收提出异议，请登录查看",
            "the buyer objects to the acceptance, log in to see why",
        ),
        Event::Release => ("款项已结算", "settled"),
        Event::RequestRefund => (
            "买方申请退款，请在 3 个工作日内答复",
            "the buyer asks for a refund, answer within three working days",
        ),
        Event::WithdrawRefund => (
            "买方撤回了退款申请，订单继续",
            "the refund request was taken back, the order goes on",
        ),
        Event::AgreeRefund => ("服务商同意退款", "the provider agrees to the refund"),
        Event::RefuseRefund => (
            "服务商不同意退款，订单继续，请登录查看原因",
            "the provider does not agree to the refund, the order goes on",
        ),
        Event::OfferPartial => (
            "服务商提出部分退款，请在 3 个工作日内登录答复，逾期订单继续",
            "the provider offers a partial refund, answer within three working days or the order goes on",
        ),
        Event::AcceptPartial => (
            "买方接受部分退款，订单已终止",
            "the buyer accepts the partial refund, the order has ended",
        ),
        Event::DeclinePartial => (
            "买方不接受部分退款，订单继续",
            "the buyer declines the partial refund, the order goes on",
        ),
        Event::OfferLapsed => (
            "部分退款逾期未答复，订单继续",
            "the partial refund was not answered in time, the order goes on",
        ),
        Event::RefundUnanswered => (
            "退款申请逾期未答复，等待平台处理",
            "the refund was not answered in time, the platform will decide",
        ),
        Event::RefundReceived => ("买方确认已收到退款", "the buyer confirms that the refund arrived"),
        Event::RefundByPlatform => ("平台裁定退款", "the platform decided for the refund"),
        Event::ContinueByPlatform => ("平台裁定继续服务", "the platform decided that it goes on"),
        Event::Quit => (
            "服务商放弃服务，订单已取消",
            "the provider gave up, the order is cancelled",
        ),
        Event::DeliveryLapsed => (
            "逾期未交付，订单已取消",
            "not delivered in time, the order is cancelled",
        ),
        Event::ReworkLapsed => (
            "返工逾期，订单已取消",
            "not mended in time, the order is cancelled",
        ),
        Event::ConfirmLapsed => (
            "服务商逾期未确认，订单已取消",
            "not confirmed in time, the order is cancelled",
        ),
        Event::ContractLapsed | Event::FundsLapsed => (
            "逾期未处理，订单已取消",
            "not acted on in time, the order is cancelled",
        ),
        Event::Cancel => ("对方取消了订单", "the other side cancelled it"),
        Event::Sign | Event::Deliver | Event::Close => ("有新进展", "there is news"),
    }
}
