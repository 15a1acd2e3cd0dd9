//! Orders: state, milestones, events, and the mirror of the money. A step is written with the
//! version it began from; whoever is later writes nothing.

use domain::calendar::Due;
use domain::market::ledger::{Account, Posting};
use domain::market::order::{Event, Milestone, MilestoneState, Mode, Order, Side, State, Step};
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::note_copy;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// A statement that selects what [`read`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, buyer, supplier, service, state, version, mode, review_days, round, by_silence, \
             snapshot, due_event, due_at, placed_at, work_due_at, asked_from, refunds_asked, offered, organisation \
             FROM service_order ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO service_order (id, number, buyer, supplier, service, state, version, mode, \
    review_days, round, by_silence, snapshot, request_key, due_event, due_at, placed_at, organisation) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, $12, $13, $14, $15) \
    ON CONFLICT (buyer, request_key) DO NOTHING";
const INSERT_MILESTONE: &str =
    "INSERT INTO order_milestone (order_id, place, title, amount, state) VALUES ($1, $2, $3, $4, $5)";
const BY_NUMBER: &str = selected!("WHERE number = $1");
const BY_ID: &str = selected!("WHERE id = $1");
const BY_KEY: &str = selected!("WHERE buyer = $1 AND request_key = $2");
const DUE: &str = "SELECT number FROM service_order WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
const MILESTONES: &str =
    "SELECT title, amount, state, returned FROM order_milestone WHERE order_id = $1 ORDER BY place LIMIT 100";
const UPDATE: &str = "UPDATE service_order SET state = $3, version = $4, round = $5, by_silence = $6, due_event = $7, \
    due_at = $8, work_due_at = $9, asked_from = $10, refunds_asked = $11, offered = $12 WHERE id = $1 AND version = $2";
const HOLD: &str = "UPDATE service_order SET version = version WHERE id = $1";
const SET_MILESTONE: &str =
    "UPDATE order_milestone SET state = $3, returned = $4 WHERE order_id = $1 AND place = $2";
const INSERT_EVENT: &str = "INSERT INTO order_event (id, order_id, version, event, to_state, side, account, items, note, at, \
    milestone, amount, receipt, staff, note_subject) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
const INSERT_POSTING: &str = "INSERT INTO order_posting (order_id, version, place, milestone, from_account, to_account, \
    amount, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const EVENTS: &str = "SELECT id, event, to_state, side, note_subject, items, note, at, milestone, amount, receipt, staff \
    FROM order_event WHERE order_id = $1 ORDER BY version DESC LIMIT 500";
const POSTINGS: &str = "SELECT milestone, from_account, to_account, amount, at FROM order_posting WHERE order_id = $1 \
    ORDER BY version DESC, place DESC LIMIT 1000";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    INSERT_MILESTONE,
    BY_NUMBER,
    BY_KEY,
    DUE,
    BY_ID,
    MILESTONES,
    UPDATE,
    HOLD,
    SET_MILESTONE,
    INSERT_EVENT,
    INSERT_POSTING,
    EVENTS,
    POSTINGS,
];

/// An order as stored, without its milestones.
#[derive(Clone, Debug)]
pub struct OrderRow {
    /// The order.
    pub id: Uuid,
    /// Its number, random.
    pub number: String,
    /// The buying account; of an organisation's order, whoever placed it.
    pub buyer: Uuid,
    /// The organisation that buys; `None` if the person does.
    pub organisation: Option<Uuid>,
    /// The supplier.
    pub supplier: Uuid,
    /// The service.
    pub service: Uuid,
    /// State, version and terms; `milestones` is empty in lists.
    pub order: Order,
    /// What was agreed, as a document.
    pub snapshot: String,
    /// What happens if nobody acts, and when (`None` if an operator must set it).
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// When it was placed.
    pub placed_at: OffsetDateTime,
}

/// An order to store.
pub struct NewOrder<'a> {
    /// The order.
    pub id: Uuid,
    /// Its number.
    pub number: &'a str,
    /// The account that places it.
    pub buyer: Uuid,
    /// The organisation that buys; `None` if the person does.
    pub organisation: Option<Uuid>,
    /// The supplier.
    pub supplier: Uuid,
    /// The service.
    pub service: Uuid,
    /// The first step.
    pub step: &'a Step,
    /// What was agreed.
    pub snapshot: String,
    /// The form's own key: the same form sent twice is one order.
    pub request_key: Uuid,
    /// Who places it, with their note.
    pub doer: Doer<'a>,
}

fn due_values(timer: Option<(Event, Due)>) -> (Value, Value) {
    let event = timer.map(|(event, _)| event.as_str().to_owned());
    let at = timer.and_then(|(_, due)| match due {
        Due::At(at) => Some(at),
        Due::Unknown => None,
    });
    (Value::OptText(event), Value::OptTime(at))
}

pub(super) fn read(row: &Row) -> Result<OrderRow, StoreError> {
    let state = State::parse(&row.text(5)?).ok_or(StoreError::Malformed("order state"))?;
    let mode = Mode::parse(&row.text(7)?).ok_or(StoreError::Malformed("order mode"))?;
    let due = match row.opt_text(12)? {
        Some(text) => Some((
            Event::parse(&text).ok_or(StoreError::Malformed("due event"))?,
            row.opt_time(13)?,
        )),
        None => None,
    };
    Ok(OrderRow {
        id: row.id(0)?,
        number: row.text(1)?,
        buyer: row.id(2)?,
        organisation: row.opt_id(19)?,
        supplier: row.id(3)?,
        service: row.id(4)?,
        order: Order {
            state,
            version: row.int(6)?,
            mode,
            milestones: Vec::new(),
            review_days: row.int(8)?,
            work_due: row.opt_time(15)?,
            asked_from: match row.opt_text(16)? {
                Some(text) => Some(State::parse(&text).ok_or(StoreError::Malformed("order state"))?),
                None => None,
            },
            refunds_asked: row.int(17)?,
            offered: row.opt_int(18)?,
            round: row.int(9)?,
            by_silence: row.int(10)? != 0,
        },
        snapshot: row.text(11)?,
        due,
        placed_at: row.time(14)?,
    })
}

/// Stores an order. `false` if this form already made one.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewOrder<'_>) -> Result<bool, StoreError> {
    let order = &new.step.order;
    let (due_event, due_at) = due_values(new.step.timer);
    let values = [
        Value::Id(new.id),
        Value::Text(new.number.to_owned()),
        Value::Id(new.buyer),
        Value::Id(new.supplier),
        Value::Id(new.service),
        Value::Text(order.state.as_str().to_owned()),
        Value::Int(order.version),
        Value::Text(order.mode.as_str().to_owned()),
        Value::Int(order.review_days),
        Value::Text(new.snapshot.clone()),
        Value::Id(new.request_key),
        due_event,
        due_at,
        Value::Time(tx.ctx().now()),
        Value::OptId(new.organisation),
    ];
    if tx.execute(INSERT, &values).await? == 0 {
        return Ok(false);
    }
    for (place, milestone) in (1_i64..).zip(&order.milestones) {
        let values = [
            Value::Id(new.id),
            Value::Int(place),
            Value::Text(milestone.title.clone()),
            Value::Int(milestone.amount),
            Value::Text(milestone.state.as_str().to_owned()),
        ];
        tx.execute(INSERT_MILESTONE, &values).await?;
    }
    insert_event(tx, new.id, Event::Place, order, &new.doer).await?;
    Ok(true)
}

async fn with_milestones<P: Purpose>(tx: &mut Tx<'_, P>, mut row: OrderRow) -> Result<OrderRow, StoreError> {
    for milestone in tx.rows(MILESTONES, &[Value::Id(row.id)]).await? {
        row.order.milestones.push(Milestone {
            returned: milestone.int(3)?,
            state: MilestoneState::parse(&milestone.text(2)?)
                .ok_or(StoreError::Malformed("milestone state"))?,
            // The rest of what was agreed stands in the order's document.
            ..Milestone::planned(milestone.text(0)?, milestone.int(1)?, 0, 0)
        });
    }
    Ok(row)
}

/// The order with this number, whole.
///
/// # Errors
/// [`StoreError`].
pub async fn by_number<P: Purpose>(tx: &mut Tx<'_, P>, number: &str) -> Result<Option<OrderRow>, StoreError> {
    match tx.row(BY_NUMBER, &[Value::Text(number.to_owned())]).await? {
        Some(row) => Ok(Some(with_milestones(tx, read(&row)?).await?)),
        None => Ok(None),
    }
}

/// The order itself, whole.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<OrderRow>, StoreError> {
    match tx.row(BY_ID, &[Value::Id(id)]).await? {
        Some(row) => Ok(Some(with_milestones(tx, read(&row)?).await?)),
        None => Ok(None),
    }
}

/// Holds an order until the end of the transaction: what else changes it comes before or after.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// The order this form made.
///
/// # Errors
/// [`StoreError`].
pub async fn by_key<P: Purpose>(
    tx: &mut Tx<'_, P>,
    buyer: Uuid,
    key: Uuid,
) -> Result<Option<OrderRow>, StoreError> {
    tx.row(BY_KEY, &[Value::Id(buyer), Value::Id(key)])
        .await?
        .map(|row| read(&row))
        .transpose()
}

/// The numbers of orders whose time has come, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn due<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<String>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(limit.clamp(1, 500))];
    let rows = tx.rows(DUE, &values).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Who made a step happen.
pub struct Doer<'a> {
    /// Which side.
    pub side: Side,
    /// The account.
    pub account: Option<Uuid>,
    /// What they wrote, and under whose key it is sealed: the writer's own; what the platform writes,
    /// under the buyer's.
    pub note: Option<(SubjectId, &'a Personal<String>)>,
    /// The parties who get a copy of it of their own.
    pub copies: &'a [SubjectId],
    /// The acceptance items named.
    pub items: &'a [usize],
    /// The milestone it happened to, counted from 0.
    pub milestone: Option<usize>,
    /// The amount named, in fen.
    pub amount: Option<i64>,
    /// The number of the official receipt.
    pub receipt: Option<&'a str>,
    /// Who of the operator's staff decided: an identifier, never a name.
    pub staff: Option<&'a str>,
}

impl Doer<'_> {
    /// Someone of this side, who says nothing.
    #[must_use]
    pub const fn of(side: Side) -> Self {
        Self {
            side,
            account: None,
            note: None,
            copies: &[],
            items: &[],
            milestone: None,
            amount: None,
            receipt: None,
            staff: None,
        }
    }
}

/// The place of an event's note.
#[must_use]
pub const fn note_field(event: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "order_event",
        column: "note",
        row: event,
        subject,
    }
}

async fn insert_event<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    event: Event,
    order: &Order,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    let now = tx.ctx().now();
    let event_id = tx.store().entropy().id();
    let note = match doer.note {
        Some((subject, note)) => Some(
            tx.seal(&note_field(event_id, subject), note)
                .await?
                .as_bytes()
                .to_vec(),
        ),
        None => None,
    };
    let milestone = doer.milestone.filter(|_| event.of_milestone());
    let items: Vec<String> = doer.items.iter().map(ToString::to_string).collect();
    let values = [
        Value::Id(event_id),
        Value::Id(id),
        Value::Int(order.version),
        Value::Text(event.as_str().to_owned()),
        Value::Text(order.state.as_str().to_owned()),
        Value::Text(doer.side.as_str().to_owned()),
        Value::OptId(doer.account),
        Value::Text(items.join(",")),
        Value::OptBytes(note),
        Value::Time(now),
        Value::OptInt(milestone.and_then(|place| i64::try_from(place).ok())),
        Value::OptInt(doer.amount),
        Value::OptText(doer.receipt.map(str::to_owned)),
        Value::OptText(doer.staff.map(str::to_owned)),
        Value::OptId(doer.note.map(|(subject, _)| subject.0)),
    ];
    tx.execute(INSERT_EVENT, &values).await?;
    match doer.note {
        Some((_, note)) => note_copy::give(tx, id, event_id, doer.copies, note).await,
        None => Ok(()),
    }
}

/// Writes a step: state, milestones, event, money.
///
/// # Errors
/// [`StoreError::Stale`] if the order moved on meanwhile.
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    event: Event,
    step: &Step,
    doer: &Doer<'_>,
) -> Result<(), StoreError> {
    let order = &step.order;
    let (due_event, due_at) = due_values(step.timer);
    let values = [
        Value::Id(id),
        Value::Int(order.version - 1),
        Value::Text(order.state.as_str().to_owned()),
        Value::Int(order.version),
        Value::Int(order.round),
        Value::Int(i64::from(order.by_silence)),
        due_event,
        due_at,
        Value::OptTime(order.work_due),
        Value::OptText(order.asked_from.map(|state| state.as_str().to_owned())),
        Value::Int(order.refunds_asked),
        Value::OptInt(order.offered),
    ];
    if tx.execute(UPDATE, &values).await? != 1 {
        return Err(StoreError::Stale);
    }
    for (place, milestone) in (1_i64..).zip(&order.milestones) {
        let values = [
            Value::Id(id),
            Value::Int(place),
            Value::Text(milestone.state.as_str().to_owned()),
            Value::Int(milestone.returned),
        ];
        tx.execute(SET_MILESTONE, &values).await?;
    }
    insert_event(tx, id, event, order, doer).await?;
    let now = tx.ctx().now();
    for (place, posting) in (1_i64..).zip(&step.postings) {
        let values = [
            Value::Id(id),
            Value::Int(order.version),
            Value::Int(place),
            Value::Int(posting.milestone),
            Value::Text(posting.from.as_str().to_owned()),
            Value::Text(posting.to.as_str().to_owned()),
            Value::Int(posting.amount),
            Value::Time(now),
        ];
        tx.execute(INSERT_POSTING, &values).await?;
    }
    Ok(())
}

/// An event as stored.
#[derive(Debug)]
pub struct EventRow {
    /// The event.
    pub id: Uuid,
    /// What happened.
    pub event: Event,
    /// Where it led.
    pub to: State,
    /// Which side.
    pub side: Side,
    /// The person under whose key the note is sealed.
    pub subject: Option<SubjectId>,
    /// The acceptance items named.
    pub items: Vec<usize>,
    /// What they wrote.
    pub note: Option<Sealed<String>>,
    /// When.
    pub at: OffsetDateTime,
    /// The milestone it happened to, counted from 0.
    pub milestone: Option<usize>,
    /// The amount named, in fen.
    pub amount: Option<i64>,
    /// The number of the official receipt.
    pub receipt: Option<String>,
    /// Who of the operator's staff decided.
    pub staff: Option<String>,
}

/// An order's events, oldest first; of very many the latest.
///
/// # Errors
/// [`StoreError`].
pub async fn events<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Vec<EventRow>, StoreError> {
    let rows = tx.rows(EVENTS, &[Value::Id(id)]).await?;
    rows.iter()
        .rev()
        .map(|row| {
            Ok(EventRow {
                id: row.id(0)?,
                event: Event::parse(&row.text(1)?).ok_or(StoreError::Malformed("order event"))?,
                to: State::parse(&row.text(2)?).ok_or(StoreError::Malformed("order state"))?,
                side: Side::parse(&row.text(3)?).ok_or(StoreError::Malformed("order side"))?,
                subject: row.opt_id(4)?.map(SubjectId),
                items: row
                    .text(5)?
                    .split(',')
                    .filter_map(|item| item.parse().ok())
                    .collect(),
                note: row.opt_bytes(6)?.map(Sealed::from_stored),
                at: row.time(7)?,
                milestone: row.opt_int(8)?.and_then(|place| usize::try_from(place).ok()),
                amount: row.opt_int(9)?,
                receipt: row.opt_text(10)?,
                staff: row.opt_text(11)?,
            })
        })
        .collect()
}

/// An order's money, oldest first; of very many movements the latest.
///
/// # Errors
/// [`StoreError`].
pub async fn postings<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
) -> Result<Vec<(Posting, OffsetDateTime)>, StoreError> {
    let rows = tx.rows(POSTINGS, &[Value::Id(id)]).await?;
    let account = |text: String| Account::parse(&text).ok_or(StoreError::Malformed("ledger account"));
    rows.iter()
        .rev()
        .map(|row| {
            let (from, to) = (account(row.text(1)?)?, account(row.text(2)?)?);
            Ok((
                Posting {
                    milestone: row.int(0)?,
                    from,
                    to,
                    amount: row.int(3)?,
                },
                row.time(4)?,
            ))
        })
        .collect()
}
