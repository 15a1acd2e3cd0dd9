//! The answers about orders. No name of a person is in them: sides are `buyer` and `supplier`.

use app::market::order::{Happened, Listed, OrderLine, OrderView, Snapshot};
use domain::market::{ledger, order};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Instant, Money, Words, word, words};

word!(
    /// The state of an order.
    State of order::State
);
word!(
    /// What can happen to an order.
    Event of order::Event
);
word!(
    /// Which side acts; `system` is the program.
    Side of order::Side
);
word!(
    /// How the money goes.
    Mode of order::Mode
);
word!(
    /// The state of a milestone.
    MilestoneState of order::MilestoneState
);
word!(
    /// Where money lies, as the mirror of the partner's account sees it.
    LedgerAccount of ledger::Account
);

/// What happens if nobody acts.
#[derive(Serialize, ToSchema)]
pub struct Due {
    /// What happens.
    event: Event,
    /// When; null if the calendar of that year is not known yet.
    #[schema(required)]
    at: Option<Instant>,
}

fn due(due: Option<(order::Event, Option<time::OffsetDateTime>)>) -> Option<Due> {
    due.map(|(event, at)| Due {
        event: event.into(),
        at: at.map(Instant::from),
    })
}

/// What was agreed when the order was placed; later changes of the catalogue do not reach it.
#[derive(Serialize, ToSchema)]
pub struct Agreed {
    /// The service's title.
    service: Words,
    /// The supplier's name.
    supplier: Words,
    /// The chosen way to buy.
    sku: Words,
    /// The service fee (服务费).
    service_fee: Money,
    /// The official fee (官费), passed on.
    official_fee: Money,
    /// Both together.
    total: Money,
    /// How many days the work takes.
    #[schema(example = 30)]
    days: i64,
    /// What the buyer gets.
    deliverables: Vec<Words>,
    /// By which items the delivery is judged; an item's number is its place, from 0.
    acceptance: Vec<Words>,
    /// What holds after the delivery.
    after_sales: Vec<Words>,
}

impl From<Snapshot> for Agreed {
    fn from(agreed: Snapshot) -> Self {
        Self {
            service: Words::new(&agreed.service_zh, &agreed.service_en),
            supplier: Words::new(&agreed.supplier_zh, &agreed.supplier_en),
            sku: Words::new(&agreed.sku_zh, &agreed.sku_en),
            service_fee: Money::fen(agreed.service_fee),
            official_fee: Money::fen(agreed.official_fee),
            total: Money::fen(agreed.service_fee.saturating_add(agreed.official_fee)),
            days: agreed.days,
            deliverables: words(&agreed.deliverables),
            acceptance: words(&agreed.acceptance),
            after_sales: words(&agreed.after_sales),
        }
    }
}

/// An order in a list.
#[derive(Serialize, ToSchema)]
pub struct OrderSummary {
    /// Its number.
    #[schema(example = "QF7K2M9XPT4V6C")]
    number: String,
    /// Its state.
    state: State,
    /// The service's title, as agreed.
    service: Words,
    /// The supplier's name, as agreed.
    supplier: Words,
    /// Service fee and official fee together.
    total: Money,
    /// What happens if nobody acts; null if nothing does.
    #[schema(required)]
    due: Option<Due>,
    /// When it was placed.
    placed_at: Instant,
}

impl From<OrderLine> for OrderSummary {
    fn from(line: OrderLine) -> Self {
        let agreed = Agreed::from(line.snapshot);
        Self {
            number: line.number,
            state: line.state.into(),
            service: agreed.service,
            supplier: agreed.supplier,
            total: agreed.total,
            due: due(line.due),
            placed_at: line.placed_at.into(),
        }
    }
}

/// A page of orders, newest first.
#[derive(Serialize, ToSchema)]
pub struct OrderList {
    /// The orders.
    items: Vec<OrderSummary>,
    /// The `cursor` of the next page; null on the last.
    #[schema(required, example = "QF7K2M9XPT4V6C")]
    next_cursor: Option<String>,
}

impl From<Listed> for OrderList {
    fn from(listed: Listed) -> Self {
        Self {
            items: listed.orders.into_iter().map(OrderSummary::from).collect(),
            next_cursor: listed.next,
        }
    }
}

/// A milestone.
#[derive(Serialize, ToSchema)]
pub struct Milestone {
    /// Its number, from 1: the `milestone` of an event.
    #[schema(example = 1)]
    number: usize,
    /// What is to be delivered.
    title: Words,
    /// Its price, official fee included.
    amount: Money,
    /// The official fee (官费) in it.
    official_fee: Money,
    /// What of it went back to the buyer, or is owed to them.
    returned: Money,
    /// How many days its work takes, from its payment.
    #[schema(example = 30)]
    days: i64,
    /// By which items it is judged; an item's number is its place, from 0.
    acceptance: Vec<Words>,
    /// How far it is.
    state: MilestoneState,
}

/// Something that happened to an order.
#[derive(Serialize, ToSchema)]
pub struct OrderEvent {
    /// What.
    event: Event,
    /// The state it led to.
    to: State,
    /// Which side did it.
    side: Side,
    /// The acceptance items it names.
    items: Vec<usize>,
    /// The milestone it happened to, from 1; null if it happened to the order as a whole.
    #[schema(required, example = 1)]
    milestone: Option<usize>,
    /// What a partial refund gives back to the buyer; null if it is none.
    #[schema(required)]
    amount: Option<Money>,
    /// The number of the official receipt named by a delivery; null if none.
    #[schema(required, example = "YS-2026-000365")]
    receipt: Option<String>,
    /// Who of the platform's staff decided, by an identifier; null if nobody of it did.
    #[schema(required, example = "arbiter-1")]
    staff: Option<String>,
    /// The reason or note; empty if none.
    #[schema(example = "")]
    note: String,
    /// Whether the note is your own side's copy, since whoever wrote it was erased.
    #[schema(example = false)]
    own_copy: bool,
    /// When.
    at: Instant,
}

impl From<Happened> for OrderEvent {
    fn from(happened: Happened) -> Self {
        Self {
            event: happened.event.into(),
            to: happened.to.into(),
            side: happened.side.into(),
            items: happened.items,
            milestone: happened.milestone.map(|place| place + 1),
            amount: happened.amount.map(Money::fen),
            receipt: Some(happened.receipt).filter(|text| !text.is_empty()),
            staff: Some(happened.staff).filter(|text| !text.is_empty()),
            note: happened.note,
            own_copy: happened.own_copy,
            at: happened.at.into(),
        }
    }
}

/// A movement of money at the partner; the platform itself holds none.
#[derive(Serialize, ToSchema)]
pub struct Posting {
    /// The milestone it belongs to, from 1.
    #[schema(example = 1)]
    milestone: i64,
    /// Where it comes from.
    from: LedgerAccount,
    /// Where it goes.
    to: LedgerAccount,
    /// How much.
    amount: Money,
    /// When.
    at: Instant,
}

/// An order as one of its sides sees it.
#[derive(Serialize, ToSchema)]
pub struct Order {
    /// Its number.
    #[schema(example = "QF7K2M9XPT4V6C")]
    number: String,
    /// The service.
    service_id: Uuid,
    /// The side the token's person is on.
    side: Side,
    /// Its state.
    state: State,
    /// Grows by one with each event; an event names the version it was decided on.
    #[schema(example = 1)]
    version: i64,
    /// How the money goes.
    mode: Mode,
    /// What was agreed.
    agreed: Agreed,
    /// The milestones, done one after another.
    milestones: Vec<Milestone>,
    /// What the supplier offers to give back of the milestone under way; null if there is no offer.
    #[schema(required)]
    offered: Option<Money>,
    /// Days to check a delivery.
    #[schema(example = 7)]
    review_days: i64,
    /// When the work at hand is due; null before it is paid for.
    #[schema(required)]
    work_due: Option<Instant>,
    /// Times the delivery at hand was rejected.
    #[schema(example = 0)]
    round: i64,
    /// Whether the acceptance at hand came by silence.
    accepted_by_silence: bool,
    /// The events the token's person may make happen now.
    allowed: Vec<Event>,
    /// What happens if nobody acts; null if nothing does.
    #[schema(required)]
    due: Option<Due>,
    /// What happened, oldest first.
    events: Vec<OrderEvent>,
    /// The movements of money, oldest first.
    postings: Vec<Posting>,
    /// When it was placed.
    placed_at: Instant,
}

impl From<OrderView> for Order {
    fn from(view: OrderView) -> Self {
        let side = if view.as_supplier {
            order::Side::Supplier
        } else {
            order::Side::Buyer
        };
        let snapshot = &view.snapshot;
        let milestone = |(place, milestone): (usize, &order::Milestone)| Milestone {
            number: place + 1,
            title: snapshot.plan.get(place).map_or_else(
                || Words::new(&milestone.title, ""),
                |part| Words::new(&part.zh, &part.en),
            ),
            amount: Money::fen(milestone.amount),
            official_fee: Money::fen(milestone.official_fee),
            returned: Money::fen(milestone.returned),
            days: milestone.days,
            acceptance: words(snapshot.acceptance_of(place)),
            state: milestone.state.into(),
        };
        let milestones = view.order.milestones.iter().enumerate();
        let milestones = milestones.map(milestone).collect();
        let postings = view.postings.into_iter().map(|(posting, at)| Posting {
            milestone: posting.milestone,
            from: posting.from.into(),
            to: posting.to.into(),
            amount: Money::fen(posting.amount),
            at: at.into(),
        });
        Self {
            number: view.number,
            service_id: view.service,
            side: side.into(),
            state: view.order.state.into(),
            version: view.order.version,
            mode: view.order.mode.into(),
            agreed: view.snapshot.into(),
            milestones,
            offered: view.order.offered.map(Money::fen),
            review_days: view.order.review_days,
            work_due: view.order.work_due.map(Instant::from),
            round: view.order.round,
            accepted_by_silence: view.order.by_silence,
            allowed: view.allowed.into_iter().map(Event::from).collect(),
            due: due(view.due),
            events: view.events.into_iter().map(OrderEvent::from).collect(),
            postings: postings.collect(),
            placed_at: view.placed_at.into(),
        }
    }
}
