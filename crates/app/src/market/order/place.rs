//! Placing an order: the terms are frozen, the milestones are cut from the service's plan, and the
//! same form sent twice is one order.

use domain::Refused;
use domain::account::limits;
use domain::market::catalogue::{Offer, Service, Sku, Supplier};
use domain::market::order::{Event, Milestone, Order, Side, Terms};
use domain::market::plan::Part;
use domain::market::{number, plan};
use domain::refused::Party;
use privacy::purpose::FulfilContract;
use privacy::{Ctx, SubjectId};
use storage::account::{self, code};
use storage::market::membership;
use storage::market::order::{self as store, Doer, NewOrder, OrderRow};
use storage::org::{self, Acting};
use storage::{Tx, supplier as standing};
use uuid::Uuid;

use super::super::catalogue::Catalogue;
use super::{Snapshot, read, read_note, tell};
use crate::account::{Viewer, index};
use crate::disclosure::{Sides, note_given};
use crate::org::spend;
use crate::rights::refuse_if_closing;
use crate::{App, Failure, Fault, minor, supplier};

/// The kind under which placed orders are counted.
const PLACED: &str = "order_placed";

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
    /// For whom the form was shown: an organisation, or the person.
    pub acting: Option<Uuid>,
    /// The approved request it is ordered by, if it is above the member's limits.
    pub approval: Option<Uuid>,
}

fn new_number(app: &App) -> String {
    let mut bytes = [0_u8; number::SIGNS];
    app.entropy.fill(&mut bytes);
    number::of(bytes)
}

/// The terms as they are today, frozen for this order.
fn agreed(service: &Service, supplier: &Supplier, offer: &Offer<'_>, plan: Vec<Part>) -> Snapshot {
    let sku = offer.sku;
    Snapshot {
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
        plan,
    }
}

/// The organisation that the viewer acts for, held, with the seat they have there now.
async fn acting_now(
    tx: &mut Tx<'_, FulfilContract>,
    viewer: &Viewer,
    acting: &Acting,
) -> Result<Acting, Failure> {
    org::hold(tx, acting.organisation).await?;
    let mine = org::of_account(tx, viewer.account).await?;
    let found = mine
        .into_iter()
        .find(|(known, _)| known.id == acting.organisation);
    let (_, seat) = found.ok_or(Refused::from(Party::ActingChanged))?;
    Ok(Acting {
        seat,
        ..acting.clone()
    })
}

/// Places an order and gives its number. The same form sent again gives the same number; the same
/// key with another service or way to buy is refused.
///
/// # Errors
/// [`Failure::NotFound`] for a service that is not offered, [`Refused::OrderEmpty`] without a way
/// to buy, [`Refused::OrderOwnService`] for a supplier's own member, [`Refused::OrderKeyUsed`],
/// [`Refused::NoteLong`] or [`Refused::NoteContact`] for the note, [`Refused::ServicePaused`],
/// [`Refused::TooManyOrders`], [`Party::ActingChanged`] if the session acts for somebody else than when
/// the form was shown; for an organisation [`Party::OrgUnverified`], [`Party::OrgNotYou`], and above the
/// member's limits [`Party::SpendingUnapproved`], [`Party::SpendingAmount`], [`Party::SpendingDecided`].
pub async fn place(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    catalogue: &Catalogue,
    placing: Placing<'_>,
) -> Result<String, Failure> {
    let organisation = viewer.acting.as_ref().map(|acting| acting.organisation);
    if placing.acting != organisation {
        return Err(Refused::from(Party::ActingChanged).into());
    }
    let service = catalogue.service(placing.service).ok_or(Failure::NotFound)?;
    let supplier = catalogue.supplier(service.supplier).ok_or(Failure::NotFound)?;
    let category = catalogue.category(&service.category).ok_or(Failure::NotFound)?;
    let offer = service.offer(category, placing.sku).ok_or(Refused::OrderEmpty)?;
    let sku = offer.sku;
    let note = read_note(placing.note)?;
    let parts = plan::parts(service, sku).ok_or(Failure::Fault(Fault::Document))?;
    let snapshot = agreed(service, supplier, &offer, parts);
    let milestones = snapshot.plan.iter().enumerate().map(|(place, part)| Milestone {
        official_fee: part.official_fee,
        ..Milestone::planned(
            part.zh.clone(),
            part.amount(),
            part.days,
            snapshot.acceptance_of(place).len(),
        )
    });
    let total = sku.price.saturating_add(service.official_fee);
    let terms = Terms {
        mode: app.mode(),
        review_days: category.review_days,
    };
    let step = Order::placed(terms, milestones.collect(), ctx.now())?;
    let parties: Vec<SubjectId> = [Some(supplier.id), organisation]
        .into_iter()
        .flatten()
        .map(SubjectId)
        .collect();
    let new = NewOrder {
        id: app.entropy.id(),
        number: &new_number(app),
        buyer: viewer.account,
        organisation,
        supplier: supplier.id,
        service: service.id,
        step: &step,
        snapshot: serde_json::to_string(&snapshot).map_err(|_| Failure::Fault(Fault::Document))?,
        request_key: placing.request_key,
        doer: Doer {
            account: Some(viewer.account),
            note: note.as_ref().map(|note| (viewer.subject, note)),
            copies: &parties,
            ..Doer::of(Side::Buyer)
        },
    };
    let ration = index(app, "service_order.buyer", &viewer.account.to_string());
    supplier::refuse_self_dealing(app, ctx, viewer, supplier.id).await?;
    let mut tx = app.store.begin(ctx).await?;
    // Orders placed at once are counted one after another.
    account::hold(&mut tx, viewer.account).await?;
    let memberships = membership::of_account(&mut tx, viewer.account).await?;
    if memberships.iter().any(|(own, _)| *own == supplier.id) {
        return Err(Refused::OrderOwnService.into());
    }
    if let Some(earlier) = store::by_key(&mut tx, viewer.account, placing.request_key).await? {
        return same(earlier, service, sku);
    }
    // Whoever leaves, is banned or dissolved at this moment comes before or after; supplier before
    // organisation, as everywhere.
    standing::hold(&mut tx, supplier.id).await?;
    let acting = match &viewer.acting {
        Some(acting) => Some(acting_now(&mut tx, viewer, acting).await?),
        None => None,
    };
    refuse_if_closing(&mut tx, viewer.subject).await?;
    policy::clause!("2.7.a");
    minor::refuse(&mut tx, viewer.subject).await?;
    if service.paused {
        return Err(Refused::ServicePaused.into());
    }
    supplier::may_take(&mut tx, catalogue, service.supplier, service.area()).await?;
    let window = ctx.now() - limits::ORDERS_WINDOW;
    limits::may_place(code::attempts_since(&mut tx, PLACED, ration, window).await?)?;
    code::count_attempt(&mut tx, PLACED, ration).await?;
    if let Some(acting) = &acting {
        let what = (total, service.id, placing.sku);
        spend(&mut tx, viewer, acting, what, (placing.approval, new.number)).await?;
    }
    if store::insert(&mut tx, &new).await? {
        if note.is_some() {
            let sides = Sides {
                order: new.id,
                buyer: viewer.account,
                organisation,
                supplier: supplier.id,
            };
            note_given(&mut tx, sides, viewer.subject, Side::Buyer).await?;
        }
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
