//! What a supplier may do in the market now, decided from the store and not from what a page showed: new
//! orders, confirmations, work; and what a buyer is told of the supplier of an open order.

use domain::Refused;
use domain::market::catalogue::{Service, areas};
use domain::market::order::Event;
use domain::refused::Trade;
use domain::supplier::licence::{State as Permit, day_of};
use domain::supplier::onboarding::{Business, State};
use policy::Document;
use privacy::purpose::{FulfilContract, Operate};
use privacy::{Ctx, Purpose, SystemReason};
use storage::Tx;
use storage::market::catalogue as documents;
use storage::supplier::{self as store, StandingRow, signature};
use time::Date;
use uuid::Uuid;

use super::{covered, licences_of};
use crate::account::Viewer;
use crate::market::catalogue::Catalogue;
use crate::{App, Failure, Fault};

/// Refuses an order of somebody who belongs to the enterprise that is to serve it, and flags it: that
/// lasts, though the order is refused. Not who it was.
pub(crate) async fn refuse_self_dealing(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    supplier: Uuid,
) -> Result<(), Failure> {
    policy::clause!("2.2.1");
    let own = app.system::<Operate>(SystemReason::Job, ctx.policy_version());
    let mut tx = app.store.begin(&own).await?;
    if !store::same_side(&mut tx, supplier, viewer.account).await? {
        return Ok(());
    }
    if let Some(row) = store::by_id(&mut tx, supplier).await? {
        store::flag_self_dealing(&mut tx, &row).await?;
    }
    tx.commit().await?;
    Err(Refused::from(Trade::SupplierSelf).into())
}

/// Whether the undertaking that a supplier signed counts today.
async fn bound<P: Purpose>(tx: &mut Tx<'_, P>, supplier: Uuid, today: Date) -> Result<bool, Failure> {
    let signed = signature::latest(tx, supplier, Document::Undertaking).await?;
    let editions = tx.store().policy().editions();
    Ok(signed.is_some_and(|signed| editions.binds(&signed.edition, today)))
}

/// Whether an area's licence, if it needs one, is good today.
async fn licensed<P: Purpose>(
    tx: &mut Tx<'_, P>,
    catalogue: &Catalogue,
    (supplier, area): (Uuid, &str),
    today: Date,
) -> Result<bool, Failure> {
    let needs = areas(&catalogue.categories);
    let gated = needs
        .iter()
        .any(|known| known.slug == area && !known.licence.is_empty());
    if !gated {
        return Ok(true);
    }
    Ok(covered(&licences_of(tx, supplier).await?, area, today))
}

/// Whether a supplier takes something new in an area: an order, or its confirmation.
///
/// # Errors
/// [`Refused::ServicePaused`] where it is restricted, [`Refused::SupplierPaused`],
/// [`Trade::SupplierUndertaking`], [`Trade::SupplierLicenceOver`].
pub(crate) async fn may_take<P: Purpose>(
    tx: &mut Tx<'_, P>,
    catalogue: &Catalogue,
    supplier: Uuid,
    area: &str,
) -> Result<(), Failure> {
    let paused = || Failure::from(Refused::SupplierPaused);
    let row = store::by_id(tx, supplier).await?.ok_or_else(paused)?;
    if !row.supplier.may(Business::New(area)) {
        return Err(match row.supplier.state {
            State::Restricted => Refused::ServicePaused.into(),
            _ => paused(),
        });
    }
    if !row.areas.contains(area) {
        return Err(paused());
    }
    let today = day_of(tx.ctx().now());
    policy::clause!("0.11");
    if !bound(tx, supplier, today).await? {
        return Err(Refused::from(Trade::SupplierUndertaking).into());
    }
    if !licensed(tx, catalogue, (supplier, area), today).await? {
        return Err(Refused::from(Trade::SupplierLicenceOver).into());
    }
    Ok(())
}

/// Whether a supplier takes this step in an order that is open: a confirmation is new business; who was
/// banned or left works on nothing, but gives back what it must.
///
/// # Errors
/// As [`may_take`].
pub(crate) async fn may_act<P: Purpose>(
    tx: &mut Tx<'_, P>,
    catalogue: &Catalogue,
    (supplier, service): (Uuid, Uuid),
    event: Event,
) -> Result<(), Failure> {
    match event {
        Event::SupplierConfirm => {
            let area = area_of(tx, service).await?;
            may_take(tx, catalogue, supplier, &area).await
        }
        Event::Deliver => {
            let row = store::by_id(tx, supplier).await?;
            if row.is_some_and(|row| row.supplier.may(Business::Finish)) {
                Ok(())
            } else {
                Err(Refused::SupplierPaused.into())
            }
        }
        _ => Ok(()),
    }
}

/// The area of a service, also of one that is offline.
async fn area_of<P: Purpose>(tx: &mut Tx<'_, P>, service: Uuid) -> Result<String, Failure> {
    let body = documents::service(tx, service).await?.ok_or(Failure::NotFound)?;
    let service: Service = serde_json::from_str(&body).map_err(|_| Failure::Fault(Fault::Document))?;
    Ok(service.area().to_owned())
}

/// What a buyer is told of the supplier of an order that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// It takes nothing new; this order is finished.
    Suspended,
    /// It is leaving; this order is finished first.
    Leaving,
    /// It is no longer here.
    Gone,
    /// The licence for the category ended then, or was taken back.
    LicenceOver(Option<Date>),
    /// No undertaking of it is in force: nothing more is given to it.
    Unbound,
}

fn standing(row: &StandingRow) -> Option<Warning> {
    match row.supplier.state {
        State::Suspended => Some(Warning::Suspended),
        State::Exiting => Some(Warning::Leaving),
        State::Exited | State::Banned => Some(Warning::Gone),
        _ => None,
    }
}

/// What a buyer has to know of the supplier of an open order.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn warnings_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    service: Uuid,
) -> Result<Vec<Warning>, Failure> {
    let Some(row) = store::by_id(tx, supplier).await? else {
        return Ok(Vec::new());
    };
    let mut warnings: Vec<Warning> = standing(&row).into_iter().collect();
    let today = day_of(tx.ctx().now());
    if !matches!(warnings[..], [Warning::Gone]) && !bound(tx, supplier, today).await? {
        warnings.push(Warning::Unbound);
    }
    let area = area_of(tx, service).await?;
    let there = licences_of(tx, supplier).await?;
    let of_area: Vec<_> = there.iter().filter(|one| one.area == area).collect();
    let was = of_area.iter().find(|one| {
        matches!(
            one.licence.state,
            Permit::Approved | Permit::Expiring | Permit::Expired | Permit::Revoked
        )
    });
    if let Some(was) = was.filter(|_| !covered(&there, &area, today)) {
        warnings.push(Warning::LicenceOver(
            was.licence.until.filter(|_| was.licence.state != Permit::Revoked),
        ));
    }
    Ok(warnings)
}
