//! Orders: placing, reading, acting, and what happens when nobody acts. Who is neither the buyer
//! nor a member of the supplier learns nothing, not even that the order exists.

mod books;
mod decide;
mod due;
mod list;
mod place;
mod tell;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use domain::Refused;
use domain::machine::Role;
use domain::market::catalogue::Text;
use domain::market::ledger::Posting;
use domain::market::order::{Event, Facts, Order, Side, State};
use domain::market::plan::Part;
use domain::market::share::Field;
use domain::market::{contact, number, receipt};
use privacy::purpose::{Browse, FulfilContract};
use privacy::{Ask, Ctx, Denied, LegalBasis, Permit, Personal, Purpose, SubjectId};
use serde::{Deserialize, Serialize};
use storage::market::membership;
use storage::market::note_copy;
use storage::market::order::{self as store, Doer, OrderRow};
use storage::org::{self, Organisation};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Viewer;
use crate::disclosure::{Sides, note_given};
use crate::market::catalogue::Catalogue;
use crate::market::share::{self, TypedField};
use crate::{App, Failure, Fault};

pub use books::{BookLine, Books, Verdict, demo_books, late, undated, verdict};
pub use decide::{Decision, Ruling, decide, undecided};
pub use due::{Round, run_due};
pub(crate) use due::{date_undated, take_due};
pub(crate) use list::bought_by;
pub use list::{Listed, Listing, OrderLine, PAGE, Workbench, list, workbench};
pub use place::{Placing, place};
pub use tell::{TELL, tell};

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
    /// The milestones; one after reading, if the order was made before there were plans.
    #[serde(default)]
    pub plan: Vec<Part>,
}

impl Snapshot {
    /// By which items a milestone is judged, counted from 0: its own, or those of the order.
    #[must_use]
    pub fn acceptance_of(&self, milestone: usize) -> &[Text] {
        match self.plan.get(milestone) {
            Some(part) if !part.acceptance.is_empty() => &part.acceptance,
            _ => &self.acceptance,
        }
    }
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
    /// Whether the note is the reader's own copy: whoever wrote it was erased.
    pub own_copy: bool,
    /// The milestone it happened to, counted from 0.
    pub milestone: Option<usize>,
    /// The amount named, in fen: what a partial refund gives back.
    pub amount: Option<i64>,
    /// The number of the official receipt; empty if none.
    pub receipt: String,
    /// Who of the operator's staff decided: an identifier; empty if none.
    pub staff: String,
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
    /// The organisation that buys, by its public facts; `None` if a person does.
    pub buyer: Option<Organisation>,
    /// What the viewer may do now.
    pub allowed: Vec<Event>,
    /// What happens if nobody acts, and when.
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// What happened, oldest first.
    pub events: Vec<Happened>,
    /// The movements of money, oldest first.
    pub postings: Vec<(Posting, OffsetDateTime)>,
    /// The contact details that the buyer gives the supplier; none is opened for this.
    pub given: Vec<Field>,
    /// What the buyer of an open order has to know of its supplier.
    pub warnings: Vec<crate::supplier::Warning>,
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
    /// The milestone meant, counted from 1; needed for a delivery and its answer where there are several.
    pub milestone: Option<i64>,
    /// For the offer of a partial refund: what goes back, in fen.
    pub amount: Option<i64>,
    /// For a delivery with an official fee: the number of its receipt, as typed.
    pub receipt: &'a str,
    /// For a payment: the contact details given to the supplier, as ticked and typed.
    pub share: &'a [TypedField],
}

/// The order of a number; what cannot be one is not asked of the database.
pub(crate) async fn found<P: Purpose>(tx: &mut Tx<'_, P>, number: &str) -> Result<OrderRow, Failure> {
    if !number::well_formed(number) {
        return Err(Failure::NotFound);
    }
    store::by_number(tx, number).await?.ok_or(Failure::NotFound)
}

/// What was agreed, and the order's milestones completed by it.
pub(crate) fn read(row: &mut OrderRow) -> Result<Snapshot, Failure> {
    let mut snapshot: Snapshot =
        serde_json::from_str(&row.snapshot).map_err(|_| Failure::Fault(Fault::Document))?;
    if snapshot.plan.is_empty() {
        snapshot.plan.push(Part {
            zh: snapshot.sku_zh.clone(),
            en: snapshot.sku_en.clone(),
            service_fee: snapshot.service_fee,
            official_fee: snapshot.official_fee,
            days: snapshot.days,
            acceptance: Vec::new(),
        });
    }
    for (place, milestone) in row.order.milestones.iter_mut().enumerate() {
        let part = snapshot.plan.get(place).ok_or(Failure::Fault(Fault::Document))?;
        milestone.official_fee = part.official_fee;
        milestone.days = part.days;
        milestone.acceptance_items = snapshot.acceptance_of(place).len();
    }
    Ok(snapshot)
}

/// The roles of a viewer on an order, and whether they are the supplier's; `None` for a stranger. What
/// an organisation buys is seen by its members while they act for it; what a person buys, by them while
/// they act for themselves.
pub(crate) fn roles(row: &OrderRow, viewer: &Viewer, memberships: &[(Uuid, String)]) -> Option<(bool, Role)> {
    policy::clause!("2.1.1.a");
    match (row.organisation, &viewer.acting) {
        (None, None) if row.buyer == viewer.account => return Some((false, Role::BuyerOwner)),
        (Some(buys), Some(acting)) if acting.organisation == buys => {
            return Some((false, acting.seat.role(Side::Buyer)?));
        }
        _ => {}
    }
    let (_, role) = memberships
        .iter()
        .find(|(supplier, _)| *supplier == row.supplier)?;
    Some((true, role_of(role)?))
}

/// A supplier's role by its identifier.
fn role_of(stored: &str) -> Option<Role> {
    Some(match stored {
        "owner" => Role::SupplierOwner,
        "admin" => Role::SupplierAdmin,
        "sales" => Role::SupplierSales,
        "delivery" => Role::SupplierDelivery,
        "finance" => Role::SupplierFinance,
        _ => return None,
    })
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

/// The events with their notes open: one permit for each writer, however much they wrote. What a
/// writer's erasure took is read from the copy of the reader's own side (1.6).
async fn opened(
    tx: &mut Tx<'_, FulfilContract>,
    order: Uuid,
    party: SubjectId,
    stored: Vec<store::EventRow>,
) -> Result<Vec<Happened>, Failure> {
    let (mut events, gone) = originals(tx, order, stored).await?;
    if gone.is_empty() {
        return Ok(events);
    }
    let copies = note_copy::of_party(tx, order, party).await?;
    if copies.is_empty() {
        return Ok(events);
    }
    let ask = Ask {
        subject: party,
        fields: &["order_note_copy.text"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.2.1"),
        case: Some(order),
    };
    let permit = tx.permit(ask).await?;
    for (place, event) in gone {
        let (Some(copy), Some(happened)) = (copies.get(&event), events.get_mut(place)) else {
            continue;
        };
        let field = note_copy::field(event, party);
        match tx.show_copy(&permit, order, &field, copy).await {
            Ok(text) => (happened.note, happened.own_copy) = (text, true),
            // Its term is over; the row goes with the next run of the retention.
            Err(StoreError::NoKey) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(events)
}

/// The events with their notes open, and which of them, by place and event, had a note whose writer's
/// key is gone.
async fn originals(
    tx: &Tx<'_, FulfilContract>,
    order: Uuid,
    stored: Vec<store::EventRow>,
) -> Result<(Vec<Happened>, Vec<(usize, Uuid)>), Failure> {
    let mut permits: HashMap<SubjectId, Option<Permit<'_, FulfilContract>>> = HashMap::new();
    let mut events = Vec::with_capacity(stored.len());
    let mut gone = Vec::new();
    for (place, row) in stored.into_iter().enumerate() {
        let mut note = String::new();
        match (&row.note, row.subject) {
            (Some(sealed), Some(subject)) => {
                let permit = match permits.entry(subject) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(place) => place.insert(may_read(tx, subject, order).await?),
                };
                let field = store::note_field(row.id, subject);
                if let Some(permit) = permit {
                    match tx.show(permit, &field, sealed).await {
                        Ok(text) => note = text,
                        // Erased with its writer's key.
                        Err(StoreError::NoKey) => gone.push((place, row.id)),
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            // What a law kept of it for a time is gone too.
            (None, Some(_)) => gone.push((place, row.id)),
            (_, None) => {}
        }
        events.push(Happened {
            event: row.event,
            to: row.to,
            side: row.side,
            items: row.items,
            note,
            own_copy: false,
            milestone: row.milestone,
            amount: row.amount,
            receipt: row.receipt.unwrap_or_default(),
            staff: row.staff.unwrap_or_default(),
            at: row.at,
        });
    }
    Ok((events, gone))
}

/// The permit for what somebody wrote; none if it was not disclosed to whoever asks, or no longer is, or
/// the writer turned out to be under age (2.7.b).
async fn may_read<'t>(
    tx: &'t Tx<'_, FulfilContract>,
    writer: SubjectId,
    order: Uuid,
) -> Result<Option<Permit<'t, FulfilContract>>, Failure> {
    match tx.permit(ask_notes(writer, order)).await {
        Ok(permit) => Ok(Some(permit)),
        Err(StoreError::Denied(Denied::NotDisclosed | Denied::Guardian)) => Ok(None),
        Err(error) => Err(error.into()),
    }
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
    let party = match row.organisation {
        _ if as_supplier => SubjectId(row.supplier),
        Some(organisation) => SubjectId(organisation),
        None => viewer.subject,
    };
    let buyer = match row.organisation {
        Some(organisation) => org::by_id(&mut tx, organisation).await?,
        None => None,
    };
    let events = opened(&mut tx, row.id, party, stored).await?;
    let postings = store::postings(&mut tx, row.id).await?;
    let given = share::given_fields(&mut tx, &row).await?;
    let open = !domain::market::order::MACHINE.ends.contains(&row.order.state);
    let warnings = if open && !as_supplier {
        crate::supplier::warnings_of(&mut tx, row.supplier, row.service).await?
    } else {
        Vec::new()
    };
    tx.commit().await?;
    let allowed = row.order.allowed(role);
    Ok(OrderView {
        number: row.number,
        service: row.service,
        placed_at: row.placed_at,
        order: row.order,
        snapshot,
        as_supplier,
        buyer,
        allowed,
        due: row.due,
        events,
        postings,
        given,
        warnings,
    })
}

/// For whom the viewer would have to act to see this order: an organisation they belong to, or themselves.
/// `None` if that would not help, and if they see it as it is.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn elsewhere(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    number: &str,
) -> Result<Option<Option<Uuid>>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = match found(&mut tx, number).await {
        Ok(row) => row,
        Err(Failure::NotFound) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let now = viewer.acting.as_ref().map(|acting| acting.organisation);
    if row.organisation == now {
        return Ok(None);
    }
    Ok(match row.organisation {
        None => (row.buyer == viewer.account).then_some(None),
        Some(buys) => {
            let mine = org::of_account(&mut tx, viewer.account).await?;
            let member = mine.iter().any(|(known, _)| known.id == buys);
            member.then_some(Some(buys))
        }
    })
}

/// Takes a step.
///
/// # Errors
/// [`Failure::NotFound`] for a stranger, [`Refused::OrderNotNow`] if the order moved on since the
/// page was shown, [`Refused::NoteLong`], [`Refused::NoteContact`], [`Refused::ReceiptInvalid`],
/// [`Refused::SupplierPaused`] for a confirmation by a supplier that may not offer, or what
/// [`Order::step`] refuses.
pub async fn act(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    catalogue: &Catalogue,
    act: &Act<'_>,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !act.share.is_empty() {
        // Before the order, as everywhere: the account may be closed at this moment.
        storage::account::hold(&mut tx, viewer.account).await?;
    }
    let mut row = found(&mut tx, act.number).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    let (as_supplier, role) = roles(&row, viewer, &memberships).ok_or(Failure::NotFound)?;
    read(&mut row)?;
    if row.order.version != act.version {
        return Err(Refused::OrderNotNow.into());
    }
    let note = read_note(act.note)?;
    // Shared with the payment, by the buyer's own tick; with anything else it says nothing.
    let shared = match act.event {
        Event::Fund | Event::TransferSent => share::read(act.share, app.demo)?,
        _ => Vec::new(),
    };
    let mut items = act.items.clone();
    items.sort_unstable();
    items.dedup();
    // A receipt belongs to a delivery, an amount to an offer; with anything else they say nothing.
    let receipt = match act.event {
        Event::Deliver => receipt::read(act.receipt)?,
        _ => None,
    };
    let amount = act.amount.filter(|_| act.event == Event::OfferPartial);
    let facts = Facts {
        items,
        reason: note.is_some(),
        // A number that is none of a milestone means none of them, and is refused.
        milestone: act.milestone.map(|place| {
            let place = usize::try_from(place).unwrap_or_default();
            place.checked_sub(1).unwrap_or(usize::MAX)
        }),
        amount,
        receipt: receipt.is_some(),
    };
    let step = row.order.step(act.event, role, &facts, ctx.now())?;
    // Confirming is new business; what was confirmed before goes on whatever became of the supplier.
    let supplier = catalogue.supplier(row.supplier);
    if act.event == Event::SupplierConfirm && !supplier.is_some_and(|supplier| supplier.standing.offers()) {
        return Err(Refused::SupplierPaused.into());
    }
    crate::supplier::may_act(&mut tx, catalogue, (row.supplier, row.service), act.event).await?;
    let side = if as_supplier { Side::Supplier } else { Side::Buyer };
    let copies = match note {
        Some(_) => parties(&mut tx, &row, side).await?,
        None => Vec::new(),
    };
    let doer = Doer {
        account: Some(viewer.account),
        note: note.as_ref().map(|note| (viewer.subject, note)),
        copies: &copies,
        items: &facts.items,
        milestone: row.order.at_hand(),
        // What is accepted is what was offered.
        amount: amount.or(row.order.offered.filter(|_| act.event == Event::AcceptPartial)),
        receipt: receipt.as_deref(),
        ..Doer::of(side)
    };
    moved_on(store::record(&mut tx, row.id, act.event, &step, &doer).await)?;
    if note.is_some() {
        note_given(&mut tx, sides(&row), viewer.subject, side).await?;
    }
    share::give(app, &mut tx, viewer, &row, &shared).await?;
    share::end_with(&mut tx, row.id, step.order.state).await?;
    tell::enqueue(&mut tx, row.id, act.event, &step, side).await?;
    Ok(tx.commit().await?)
}

/// The parties who get a copy of their own of what a side writes: the supplier always, since whoever
/// writes for it may go, and so an organisation that buys; a person who buys, of what others write.
async fn parties<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &OrderRow,
    writer: Side,
) -> Result<Vec<SubjectId>, Failure> {
    let mut parties = vec![SubjectId(row.supplier)];
    if let Some(organisation) = row.organisation {
        parties.push(SubjectId(organisation));
    } else if writer == Side::Supplier {
        let buyer = storage::account::by_id(tx, row.buyer).await?;
        parties.extend(buyer.map(|buyer| buyer.subject));
    }
    Ok(parties)
}

/// The sides of an order, for the ledger of disclosures.
const fn sides(row: &OrderRow) -> Sides {
    Sides {
        order: row.id,
        buyer: row.buyer,
        organisation: row.organisation,
        supplier: row.supplier,
    }
}

/// Someone else's step came first: that is an answer, not a fault.
fn moved_on(result: Result<(), StoreError>) -> Result<(), Failure> {
    match result {
        Err(StoreError::Stale) => Err(Refused::OrderNotNow.into()),
        other => Ok(other?),
    }
}
