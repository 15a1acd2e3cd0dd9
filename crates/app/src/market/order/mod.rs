//! Orders: placing, reading, acting, and what happens when nobody acts. Who is neither the buyer
//! nor a member of the supplier learns nothing, not even that the order exists.

mod books;
mod decide;
mod due;
mod list;
mod tell;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::Refused;
use domain::account::limits;
use domain::machine::Role;
use domain::market::catalogue::{Service, Sku, Text};
use domain::market::contact;
use domain::market::ledger::Posting;
use domain::market::number;
use domain::market::order::{Event, Facts, Milestone, MilestoneState, Mode, Order, Side, State, Terms};
use privacy::purpose::{Browse, FulfilContract};
use privacy::{Ask, Ctx, LegalBasis, Permit, Personal, Purpose, SubjectId};
use serde::{Deserialize, Serialize};
use storage::account::code;
use storage::market::membership;
use storage::market::order::{self as store, Doer, NewOrder, OrderRow};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use super::catalogue::Catalogue;
use crate::account::{Viewer, index};
use crate::{App, Failure, Fault};

pub use books::{BookLine, Books, Verdict, demo_books, late, undated, verdict};
pub use decide::{Decision, decide, undecided};
pub use due::{Round, run_due};
pub(crate) use due::{date_undated, take_due};
pub use list::{Listed, Listing, OrderLine, PAGE, Workbench, list, workbench};
pub use tell::{TELL, tell};

/// The kind under which placed orders are counted.
const PLACED: &str = "order_placed";
/// The longest reason or note, in characters; [`Refused::NoteLong`] names it.
pub const NOTE_CHARS: usize = 2000;

/// What was agreed when the order was placed. Later changes of the catalogue do not reach it.
/// Amounts are fen (分).
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// The service's title in Chinese.
    pub service_zh: String,
    /// The service's title in English.
    pub service_en: String,
    /// The supplier's name in Chinese.
    pub supplier_zh: String,
    /// The supplier's name in English.
    pub supplier_en: String,
    /// The chosen way to buy, in Chinese.
    pub sku_zh: String,
    /// The chosen way to buy, in English.
    pub sku_en: String,
    /// The supplier's fee (服务费).
    pub service_fee: i64,
    /// The official fee (官费), passed on.
    pub official_fee: i64,
    /// How many days the work takes.
    pub days: i64,
    /// By which items the delivery is judged.
    pub acceptance: Vec<Text>,
    /// What the buyer gets.
    pub deliverables: Vec<Text>,
    /// What holds after the delivery; empty in orders placed before it was frozen.
    #[serde(default)]
    pub after_sales: Vec<Text>,
}

/// An order as placed by a form.
#[derive(Clone, Copy, Debug)]
pub struct Placing<'a> {
    /// The service.
    pub service: Uuid,
    /// Which way to buy, counted from 0.
    pub sku: usize,
    /// The form's own key: the same form sent twice is one order.
    pub request_key: Uuid,
    /// A note to the supplier, as typed; may be empty.
    pub note: &'a str,
}

/// Something that happened to an order.
#[derive(Clone, Debug)]
pub struct Happened {
    /// What.
    pub event: Event,
    /// Where it led.
    pub to: State,
    /// Which side: never a name.
    pub side: Side,
    /// The acceptance items named.
    pub items: Vec<usize>,
    /// The reason or note; empty if none.
    pub note: String,
    /// When.
    pub at: OffsetDateTime,
}

/// An order as one of its sides sees it.
#[derive(Clone, Debug)]
pub struct OrderView {
    /// Its number.
    pub number: String,
    /// The service.
    pub service: Uuid,
    /// When it was placed.
    pub placed_at: OffsetDateTime,
    /// The order.
    pub order: Order,
    /// What was agreed.
    pub snapshot: Snapshot,
    /// Whether the viewer is on the supplier's side.
    pub as_supplier: bool,
    /// What the viewer may do now.
    pub allowed: Vec<Event>,
    /// What happens if nobody acts, and when.
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// What happened, oldest first.
    pub events: Vec<Happened>,
    /// The movements of money, oldest first.
    pub postings: Vec<(Posting, OffsetDateTime)>,
}

/// A step as a person takes it.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// The order's number.
    pub number: &'a str,
    /// The version the person saw.
    pub version: i64,
    /// The step.
    pub event: Event,
    /// The acceptance items named.
    pub items: Vec<usize>,
    /// The reason or note as typed.
    pub note: &'a str,
}

fn new_number(app: &App) -> String {
    let mut bytes = [0_u8; number::SIGNS];
    app.entropy.fill(&mut bytes);
    number::of(bytes)
}

/// The order of a number; what cannot be one is not asked of the database.
async fn found<P: Purpose>(tx: &mut Tx<'_, P>, number: &str) -> Result<OrderRow, Failure> {
    if !number::well_formed(number) {
        return Err(Failure::NotFound);
    }
    store::by_number(tx, number).await?.ok_or(Failure::NotFound)
}

fn read(row: &mut OrderRow) -> Result<Snapshot, Failure> {
    let snapshot: Snapshot =
        serde_json::from_str(&row.snapshot).map_err(|_| Failure::Fault(Fault::Document))?;
    row.order.acceptance_items = snapshot.acceptance.len();
    row.order.days = snapshot.days;
    Ok(snapshot)
}

/// The roles of a viewer on an order, and whether they are the supplier's; `None` for a stranger.
fn roles(row: &OrderRow, viewer: &Viewer, memberships: &[(Uuid, String)]) -> Option<(bool, Role)> {
    if row.buyer == viewer.account {
        return Some((false, Role::BuyerOwner));
    }
    let (_, role) = memberships
        .iter()
        .find(|(supplier, _)| *supplier == row.supplier)?;
    let role = match role.as_str() {
        "owner" => Role::SupplierOwner,
        "admin" => Role::SupplierAdmin,
        "sales" => Role::SupplierSales,
        "delivery" => Role::SupplierDelivery,
        "finance" => Role::SupplierFinance,
        _ => return None,
    };
    Some((true, role))
}

/// Whether the viewer works for this supplier, and so may not order from it.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn works_for(
    app: &App,
    ctx: &Ctx<Browse>,
    viewer: &Viewer,
    supplier: Uuid,
) -> Result<bool, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    Ok(memberships.iter().any(|(own, _)| *own == supplier))
}

/// Places an order and gives its number. The same form sent again gives the same number; the same
/// key with another service or way to buy is refused.
///
/// # Errors
/// [`Failure::NotFound`] for a service that is not offered, [`Refused::OrderEmpty`] without a way
/// to buy, [`Refused::OrderOwnService`] for a supplier's own member, [`Refused::OrderKeyUsed`],
/// [`Refused::NoteLong`] or [`Refused::NoteContact`] for the note, [`Refused::ServicePaused`],
/// [`Refused::TooManyOrders`].
pub async fn place(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    catalogue: &Catalogue,
    placing: Placing<'_>,
) -> Result<String, Failure> {
    let service = catalogue.service(placing.service).ok_or(Failure::NotFound)?;
    let supplier = catalogue.supplier(service.supplier).ok_or(Failure::NotFound)?;
    let category = catalogue.category(&service.category).ok_or(Failure::NotFound)?;
    let offer = service.offer(category, placing.sku).ok_or(Refused::OrderEmpty)?;
    let sku = offer.sku;
    let note = read_note(placing.note)?;
    let amount = sku
        .price
        .checked_add(service.official_fee)
        .ok_or(Refused::OrderEmpty)?;
    let snapshot = Snapshot {
        service_zh: service.zh.clone(),
        service_en: service.en.clone(),
        supplier_zh: supplier.zh.clone(),
        supplier_en: supplier.en.clone(),
        sku_zh: sku.zh.clone(),
        sku_en: sku.en.clone(),
        service_fee: sku.price,
        official_fee: service.official_fee,
        days: offer.days,
        acceptance: offer.promised.acceptance.to_vec(),
        deliverables: offer.deliverables().cloned().collect(),
        after_sales: offer.promised.after_sales.to_vec(),
    };
    let milestone = Milestone {
        title: sku.zh.clone(),
        amount,
        state: MilestoneState::Planned,
    };
    // The simulated partner exists in a demonstration only.
    let mode = if app.demo { Mode::Simulated } else { Mode::Offline };
    let terms = Terms {
        mode,
        review_days: category.review_days,
        days: offer.days,
        acceptance_items: snapshot.acceptance.len(),
    };
    let step = Order::placed(terms, vec![milestone], ctx.now())?;
    let new = NewOrder {
        id: app.entropy.id(),
        number: &new_number(app),
        buyer: viewer.account,
        supplier: supplier.id,
        service: service.id,
        step: &step,
        snapshot: serde_json::to_string(&snapshot).map_err(|_| Failure::Fault(Fault::Document))?,
        request_key: placing.request_key,
        doer: Doer {
            side: Side::Buyer,
            account: Some((viewer.account, viewer.subject)),
            note: note.as_ref(),
            items: &[],
        },
    };
    let ration = index(app, "service_order.buyer", &viewer.account.to_string());
    let mut tx = app.store.begin(ctx).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    if memberships.iter().any(|(own, _)| *own == supplier.id) {
        return Err(Refused::OrderOwnService.into());
    }
    if let Some(earlier) = store::by_key(&mut tx, viewer.account, placing.request_key).await? {
        return same(earlier, service, sku);
    }
    if service.paused {
        return Err(Refused::ServicePaused.into());
    }
    let window = ctx.now() - limits::ORDERS_WINDOW;
    limits::may_place(code::attempts_since(&mut tx, PLACED, ration, window).await?)?;
    code::count_attempt(&mut tx, PLACED, ration).await?;
    if store::insert(&mut tx, &new).await? {
        tell::enqueue(&mut tx, new.id, Event::Place, &step, Side::Buyer).await?;
        tx.commit().await?;
        return Ok(new.number.to_owned());
    }
    // The same form, sent at the same time by another request.
    let earlier = store::by_key(&mut tx, viewer.account, placing.request_key).await?;
    same(earlier.ok_or(Failure::NotFound)?, service, sku)
}

/// The number of the order that this form made before, if it is the same order. Prices may have
/// changed since; what was chosen may not.
fn same(mut earlier: OrderRow, service: &Service, sku: &Sku) -> Result<String, Failure> {
    let agreed = read(&mut earlier)?;
    if earlier.service == service.id && (&agreed.sku_zh, &agreed.sku_en) == (&sku.zh, &sku.en) {
        Ok(earlier.number)
    } else {
        Err(Refused::OrderKeyUsed.into())
    }
}

/// A reason or note as typed: trimmed; nothing if empty.
fn read_note(typed: &str) -> Result<Option<Personal<String>>, Refused> {
    // A browser sends a line's end as two signs and counts it as one.
    let note = typed.replace("\r\n", "\n");
    let note = note.trim();
    if note.chars().count() > NOTE_CHARS {
        return Err(Refused::NoteLong);
    }
    if contact::found(note) {
        return Err(Refused::NoteContact);
    }
    Ok((!note.is_empty()).then(|| Personal::received(note.to_owned())))
}

/// The events with their notes open: one permit for each writer, however much they wrote.
async fn opened(
    tx: &mut Tx<'_, FulfilContract>,
    order: Uuid,
    stored: Vec<store::EventRow>,
) -> Result<Vec<Happened>, Failure> {
    let mut permits: HashMap<SubjectId, Permit<FulfilContract>> = HashMap::new();
    let mut events = Vec::with_capacity(stored.len());
    for row in stored {
        let mut note = String::new();
        if let (Some(sealed), Some(subject)) = (&row.note, row.subject) {
            let permit = match permits.entry(subject) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(tx.permit(ask_notes(subject, order)).await?),
            };
            let field = store::note_field(row.id, subject);
            match tx.open(permit, &field, sealed).await {
                Ok(text) => note = text,
                // Erased with its writer's key: the order stays readable without it.
                Err(StoreError::NoKey) => {}
                Err(error) => return Err(error.into()),
            }
        }
        events.push(Happened {
            event: row.event,
            to: row.to,
            side: row.side,
            items: row.items,
            note,
            at: row.at,
        });
    }
    Ok(events)
}

const fn ask_notes(subject: SubjectId, order: Uuid) -> Ask {
    Ask {
        subject,
        fields: &["order_event.note"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.2.1"),
        case: Some(order),
    }
}

/// An order, for one of its sides. A note of the other side is opened under the contract, and the
/// opening is recorded for its writer.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown number and for a stranger alike.
pub async fn view(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    number: &str,
) -> Result<OrderView, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let mut row = found(&mut tx, number).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    let (as_supplier, role) = roles(&row, viewer, &memberships).ok_or(Failure::NotFound)?;
    let snapshot = read(&mut row)?;
    let stored = store::events(&mut tx, row.id).await?;
    let events = opened(&mut tx, row.id, stored).await?;
    let postings = store::postings(&mut tx, row.id).await?;
    tx.commit().await?;
    let allowed = row.order.allowed(role);
    Ok(OrderView {
        number: row.number,
        service: row.service,
        placed_at: row.placed_at,
        order: row.order,
        snapshot,
        as_supplier,
        allowed,
        due: row.due,
        events,
        postings,
    })
}

/// Takes a step.
///
/// # Errors
/// [`Failure::NotFound`] for a stranger, [`Refused::OrderNotNow`] if the order moved on since the
/// page was shown, [`Refused::NoteLong`], [`Refused::NoteContact`], or what [`Order::step`] refuses.
pub async fn act(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    act: &Act<'_>,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let mut row = found(&mut tx, act.number).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    let (as_supplier, role) = roles(&row, viewer, &memberships).ok_or(Failure::NotFound)?;
    read(&mut row)?;
    if row.order.version != act.version {
        return Err(Refused::OrderNotNow.into());
    }
    let note = read_note(act.note)?;
    let mut items = act.items.clone();
    items.sort_unstable();
    items.dedup();
    let facts = Facts {
        items,
        reason: note.is_some(),
    };
    let step = row.order.step(act.event, role, &facts, ctx.now())?;
    let side = if as_supplier { Side::Supplier } else { Side::Buyer };
    let doer = Doer {
        side,
        account: Some((viewer.account, viewer.subject)),
        note: note.as_ref(),
        items: &facts.items,
    };
    moved_on(store::record(&mut tx, row.id, act.event, &step, &doer).await)?;
    tell::enqueue(&mut tx, row.id, act.event, &step, side).await?;
    Ok(tx.commit().await?)
}

/// Someone else's step came first: that is an answer, not a fault.
fn moved_on(result: Result<(), StoreError>) -> Result<(), Failure> {
    match result {
        Err(StoreError::Stale) => Err(Refused::OrderNotNow.into()),
        other => Ok(other?),
    }
}
