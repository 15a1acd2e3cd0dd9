//! An application: begun with a separate consent, written as a draft, handed in, put right, taken back;
//! and what an owner asks for later: to leave, or to appeal.

use domain::Refused;
use domain::account::offer::SUPPLIER;
use domain::market::catalogue::{Area, areas};
use domain::org::seat::Act;
use domain::org::verification::Badge;
use domain::refused::{Party, Trade};
use domain::supplier::application::{Profile, Typed, categories};
use domain::supplier::licence::{self as rules};
use domain::supplier::onboarding::{Event, Facts, State, Supplier};
use privacy::consent::ConsentState;
use privacy::purpose::KeepAccount;
use privacy::{Ctx, Purpose};
use storage::org::{self, verification};
use storage::supplier::licence as licences;
use storage::supplier::{self as store, StandingRow};
use storage::{Tx, account};
use uuid::Uuid;

use super::{DEPOSIT, by, current, handed_in, held, licences_of, member_of, system, take};
use crate::account::{Shown, Viewer, consent, demand_proof};
use crate::market::catalogue::Catalogue;
use crate::rights::refuse_if_closing;
use crate::{App, Failure};

/// Gives the separate consent (2.1.1.d) and begins; the supplier's identifier.
///
/// # Errors
/// [`Trade::SupplierConsent`] without the tick, [`Party::SupplierEnterprise`], [`Party::OrgNotYou`],
/// [`Trade::SupplierUnderWay`], [`Trade::SupplierWasBanned`], [`Refused::ClosurePending`];
/// [`Failure::NotFound`] for whoever is no member.
pub async fn begin(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    (organisation, agreed): (Uuid, bool),
    shown: Shown<'_>,
) -> Result<Uuid, Failure> {
    policy::clause!("2.1.1.d");
    if !agreed {
        return Err(Refused::from(Trade::SupplierConsent).into());
    }
    let mut tx = app.store.begin(ctx).await?;
    // Of two forms sent at once, one comes after the other.
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    let (known, seat, _) = member_of(&mut tx, viewer, organisation).await?;
    if !seat.may(Act::Offer) {
        return Err(Refused::from(Party::OrgNotYou).into());
    }
    org::hold(&mut tx, organisation).await?;
    if store::is_banned(&mut tx, &known.credit_code).await? {
        return Err(Refused::from(Trade::SupplierWasBanned).into());
    }
    if let Some(row) = current(&mut tx, organisation).await?
        && row.supplier.state != State::Exited
    {
        return Err(Refused::from(Trade::SupplierUnderWay).into());
    }
    let row = verification::of_organisation(&mut tx, organisation).await?;
    let verified = row.is_some_and(|row| row.verification.badge() == Badge::Verified);
    let step = Supplier::applied(verified, DEPOSIT, ctx.now())?;
    consent::say(app, &mut tx, viewer, &SUPPLIER, ConsentState::Given, shown).await?;
    let id = app.entropy.id();
    store::begin(&mut tx, id, Some(organisation), &step).await?;
    tx.commit().await?;
    Ok(id)
}

/// What is typed into the application's form.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// What the enterprise says of itself.
    pub typed: Typed<'a>,
    /// The areas it wants to offer in.
    pub areas: Vec<&'a str>,
    /// Whether it is handed in, and not only kept.
    pub submit: bool,
}

fn read(form: &Form<'_>, known: &[Area]) -> Result<(Profile, std::collections::BTreeSet<String>), Failure> {
    let mut refused = Vec::new();
    let draft = !form.submit;
    let profile = Profile::read(&form.typed, draft).unwrap_or_else(|why| {
        refused.extend(why);
        Profile::default()
    });
    let there = |slug: &str| known.iter().any(|area| area.slug == slug);
    let wanted = categories(form.areas.iter().copied(), there, draft).unwrap_or_else(|why| {
        refused.push(why);
        std::collections::BTreeSet::new()
    });
    if refused.is_empty() {
        Ok((profile, wanted))
    } else {
        Err(Failure::Refused(refused))
    }
}

/// Keeps the application as it is, or hands it in.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, [`Trade::SupplierPermits`], or what the machine says;
/// nothing is kept then. [`Failure::NotFound`] for whoever has no part in it.
pub async fn save(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    (catalogue, organisation): (&Catalogue, Uuid),
    form: &Form<'_>,
) -> Result<(), Failure> {
    let known = areas(&catalogue.categories);
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    let (row, _, seat, role) = held(&mut tx, viewer, organisation).await?;
    if !seat.may(Act::Offer) {
        return Err(Refused::from(Party::OrgNotYou).into());
    }
    if !matches!(row.supplier.state, State::Applied | State::Returned) {
        return Err(Refused::from(Party::SupplierNotNow).into());
    }
    let (profile, wanted) = read(form, &known)?;
    store::put_profile(&mut tx, row.id, &profile).await?;
    store::put_areas(&mut tx, row.id, &wanted).await?;
    if form.submit {
        let row = store::by_id(&mut tx, row.id).await?.ok_or(Failure::NotFound)?;
        hand_over(&mut tx, &row, &known, viewer).await?;
        take(
            &mut tx,
            &row,
            (Event::SubmitMaterials, role),
            &Facts::default(),
            (&[], by(viewer.subject)),
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

/// Sends the licences of what is wanted; those of what is wanted no longer go.
async fn hand_over<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &StandingRow,
    known: &[Area],
    viewer: &Viewer,
) -> Result<(), Failure> {
    let there = licences_of(tx, row.id).await?;
    let gated = |slug: &str| {
        known
            .iter()
            .any(|area| area.slug == slug && !area.licence.is_empty())
    };
    if row
        .areas
        .iter()
        .any(|area| gated(area) && !handed_in(&there, area))
    {
        return Err(Refused::from(Trade::SupplierPermits).into());
    }
    for licence in there
        .iter()
        .filter(|one| one.licence.state == rules::State::Draft)
    {
        if !row.areas.contains(&licence.area) {
            licences::delete(tx, licence.id).await?;
            continue;
        }
        let (event, role) = (rules::Event::HandIn, domain::machine::Role::SupplierAdmin);
        let step = licence.licence.step(event, role, &[], tx.ctx().now())?;
        licences::record(tx, licence, (event, &step), by(viewer.subject))
            .await
            .map_err(super::stale)?;
    }
    Ok(())
}

/// A step of an owner that carries nothing else.
async fn plain(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    event: Event,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let (row, _, _, role) = held(&mut tx, viewer, organisation).await?;
    if event == Event::AskExit {
        // Decided before the proof is asked for: whoever may not is not sent to prove who they are.
        row.supplier.step(event, role, &Facts::default(), ctx.now())?;
        demand_proof(&mut tx, viewer).await?;
    }
    take(
        &mut tx,
        &row,
        (event, role),
        &Facts::default(),
        (&[], by(viewer.subject)),
    )
    .await?;
    if event == Event::AskExit {
        orders_done(&mut tx, row.id).await?;
    }
    Ok(tx.commit().await?)
}

/// Begins the notice of who leaves and has no open order.
pub(super) async fn orders_done<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    let Some(row) = store::by_id(tx, id).await? else {
        return Ok(false);
    };
    let facts = Facts {
        open_orders: store::open_orders(tx, id).await?,
        ..Facts::default()
    };
    if facts.open_orders > 0 || row.supplier.orders_done_at.is_some() {
        return Ok(false);
    }
    let event = (Event::OrdersDone, domain::machine::Role::System);
    take(tx, &row, event, &facts, (&[], system())).await?;
    Ok(true)
}

/// Takes the application back before it was admitted: it leaves nothing.
///
/// # Errors
/// [`Party::SupplierNotNow`], [`Party::SupplierNotYou`]; [`Failure::NotFound`] for whoever has no part.
pub async fn withdraw(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    policy::clause!("2.6.3.a");
    plain(app, ctx, viewer, organisation, Event::Withdraw).await
}

/// Asks to leave: services go offline at once, open orders are finished, thirty days of notice follow.
/// Wants a fresh proof.
///
/// # Errors
/// As [`withdraw`], and [`Refused::ProofNeeded`].
pub async fn ask_exit(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    plain(app, ctx, viewer, organisation, Event::AskExit).await
}

/// Appeals against a ban; once.
///
/// # Errors
/// As [`withdraw`], and [`Party::AppealUsed`].
pub async fn appeal(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    plain(app, ctx, viewer, organisation, Event::Appeal).await
}
