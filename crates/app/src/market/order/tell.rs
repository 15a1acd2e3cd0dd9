//! Telling the sides of an order what happened: a job written in the step's own transaction, sent
//! later through the message port. The text names the order's number and nobody.

use domain::calendar::BEIJING;
use domain::market::notice::{self, BEFORE_SILENCE};
use domain::market::order::{Event, Side, Step};
use privacy::purpose::Notify;
use privacy::{Ask, Ctx, LegalBasis, Purpose, SubjectId};
use serde::{Deserialize, Serialize};
use storage::job::{self, Claimed, NewJob};
use storage::market::order::OrderRow;
use storage::market::{membership, notice as notices, order as store};
use storage::{StoreError, Tx, account};
use time::OffsetDateTime;
use time::macros::format_description;
use uuid::Uuid;

use crate::account::message;
use crate::{App, Failure, Fault};

/// The kind of these jobs.
pub const TELL: &str = "tell_order";
/// People of a supplier who are told.
const MEMBERS: i64 = 20;

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
    sent: i64,
) -> Result<(), Failure> {
    let now = tx.ctx().now();
    for nth in sent + 1..=BEFORE_SILENCE {
        let payload = Payload {
            order,
            version,
            event: Event::Deliver.as_str().to_owned(),
            side: Side::Buyer.as_str().to_owned(),
            nth,
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
    if side == Side::Buyer {
        let buyer = account::by_id(tx, row.buyer).await?;
        return Ok(buyer.map(|buyer| (buyer.id, buyer.subject)).into_iter().collect());
    }
    let members = membership::of_supplier(tx, row.supplier, MEMBERS).await?;
    Ok(members
        .into_iter()
        .filter(|member| matches!(member.role.as_str(), "owner" | "admin" | "sales" | "delivery"))
        .map(|member| (member.account, member.subject))
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
    let permit = tx.permit(ask).await?;
    let place = account::field("phone", row.id, subject);
    match tx.open(&permit, &place, &row.phone).await {
        Ok(number) => message(app, tx, subject, &number, text).await,
        // Erased: nobody is left to tell.
        Err(StoreError::NoKey) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// The message's text, in both languages.
fn text(row: &OrderRow, event: Event, nth: i64) -> String {
    let number = &row.number;
    let until = match row.due {
        Some((Event::AutoAccept, Some(at))) => at
            .to_offset(BEIJING)
            .format(format_description!("[month]-[day] [hour]:[minute]"))
            .unwrap_or_default(),
        _ => String::new(),
    };
    if event == Event::Deliver && !until.is_empty() {
        let again = if nth > 1 { "提醒：" } else { "" };
        return format!(
            "{again}订单 {number} 已交付，请在 {until} 前验收，到期未处理将自动验收。/ Order {number} was delivered; check it by {until}, after that it counts as accepted."
        );
    }
    let (zh, en) = (event.label(true), event.label(false));
    format!(
        "订单 {number}：{zh}。请登录后查看需要您处理的事项。/ Order {number}: {en}. Log in to see what is to be done."
    )
}
