//! What verifiers decide of suppliers (5.10): an application and a licence by one; restriction and
//! suspension by one, with a reason; exclusion by two, and the appeal against it by a third (2.5.1.e).

use domain::Refused;
use domain::machine::Role;
use domain::market::catalogue::areas;
use domain::refused::{Party, Trade};
use domain::supplier::Reason;
use domain::supplier::licence::{self as rules, day_of};
use domain::supplier::onboarding::{Event, Facts, State};
use privacy::Purpose;
use storage::supplier::licence::{self as licences, LicenceRow};
use storage::supplier::{self as store, Doer, StandingRow};
use storage::{Tx, access};
use uuid::Uuid;

use super::{covered, due, licences_of, stale, system, take, tell};
use crate::Failure;
use crate::market::catalogue::Catalogue;
use crate::staff::another;

/// What verifiers decide of a supplier.
pub(crate) const DECISIONS: [Event; 11] = [
    Event::Approve,
    Event::Return,
    Event::Restrict,
    Event::Open,
    Event::Suspend,
    Event::Reinstate,
    Event::ProposeBan,
    Event::ConfirmBan,
    Event::DropBan,
    Event::UpholdAppeal,
    Event::DismissAppeal,
];
/// What takes another pair of eyes than those before.
pub(crate) const SECONDS: [Event; 3] = [Event::ConfirmBan, Event::UpholdAppeal, Event::DismissAppeal];
/// What verifiers decide of a licence.
pub(crate) const LICENCE_DECISIONS: [rules::Event; 3] =
    [rules::Event::Approve, rules::Event::Reject, rules::Event::Revoke];

/// A verifier's act on a supplier as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Decision<'a> {
    /// Which supplier.
    pub supplier: Uuid,
    /// The version that the verifier saw.
    pub version: i64,
    /// What is done.
    pub event: Event,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The area it is about.
    pub area: Option<String>,
    /// Who, by an identifier.
    pub by: &'a str,
}

/// Every licence that the wanted areas need is good today.
async fn licensed<P: Purpose>(
    tx: &mut Tx<'_, P>,
    catalogue: &Catalogue,
    row: &StandingRow,
) -> Result<(), Failure> {
    let today = day_of(tx.ctx().now());
    let there = licences_of(tx, row.id).await?;
    let needs = areas(&catalogue.categories);
    let open = needs
        .iter()
        .filter(|area| row.areas.contains(&area.slug) && !area.licence.is_empty())
        .any(|area| !covered(&there, &area.slug, today));
    if open {
        return Err(Refused::from(Trade::SupplierPermitsOpen).into());
    }
    Ok(())
}

/// Takes a verifier's step.
pub(crate) async fn by_verifier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    catalogue: &Catalogue,
    act: Decision<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.5.1.e");
    if !DECISIONS.contains(&act.event) {
        return Err(Failure::NotFound);
    }
    store::hold(tx, act.supplier).await?;
    let row = store::by_id(tx, act.supplier).await?.ok_or(Failure::NotFound)?;
    if row.supplier.version != act.version {
        return Err(Refused::from(Party::SupplierNotNow).into());
    }
    if SECONDS.contains(&act.event) {
        another(tx, act.by, (&row.supplier.measure, row.supplier.since)).await?;
    }
    if act.event == Event::Approve && row.supplier.state == State::MaterialReview {
        licensed(tx, catalogue, &row).await?;
    }
    let reasons = Reason::given(act.event, &act.reasons);
    let area = act.area.as_deref().filter(|area| row.areas.contains(*area));
    let about = matches!(act.event, Event::Restrict | Event::Open);
    let facts = Facts {
        reason: !reasons.is_empty(),
        category: area.filter(|_| about).map(str::to_owned),
        by: act.by.to_owned(),
        open_orders: store::open_orders(tx, row.id).await?,
        ..Facts::default()
    };
    let doer = Doer {
        side: "verifier",
        staff: Some(act.by),
        area: area.filter(|_| about),
        ..Doer::default()
    };
    take(
        tx,
        &row,
        (act.event, Role::PlatformVerifier),
        &facts,
        (&reasons, doer),
    )
    .await?;
    Ok(())
}

/// A verifier's act on a licence as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct LicenceDecision<'a> {
    /// Which licence.
    pub licence: Uuid,
    /// The version that the verifier saw.
    pub version: i64,
    /// What is done.
    pub event: rules::Event,
    /// Why.
    pub reasons: Vec<rules::Reason>,
    /// Who, by an identifier.
    pub by: &'a str,
    /// Who, by account: what they opened is looked up. The demonstration's seeding opens nothing.
    pub staff: Option<Uuid>,
}

/// Nobody passes a licence without having looked at its picture in this case.
async fn seen<P: Purpose>(tx: &mut Tx<'_, P>, row: &LicenceRow, staff: Option<Uuid>) -> Result<(), Failure> {
    let unseen = || Failure::from(Refused::from(Trade::PermitUnseen));
    let Some(staff) = staff else {
        return Ok(());
    };
    let paper = licences::paper(tx, row.id).await?.ok_or_else(unseen)?;
    let what = (paper.subject, "supplier_paper.picture");
    if access::opened_by(tx, what, (row.id, staff), row.licence.since).await? {
        Ok(())
    } else {
        Err(unseen())
    }
}

/// Takes a verifier's step on a licence. One that passes stands in the place of the one before, and its
/// picture has done its work.
pub(crate) async fn licence_by_verifier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    act: LicenceDecision<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.5.1.e");
    if !LICENCE_DECISIONS.contains(&act.event) {
        return Err(Failure::NotFound);
    }
    let found = licences::by_id(tx, act.licence).await?.ok_or(Failure::NotFound)?;
    // Supplier before licence, as everywhere.
    store::hold(tx, found.supplier).await?;
    licences::hold(tx, act.licence).await?;
    let row = licences::by_id(tx, act.licence).await?.ok_or(Failure::NotFound)?;
    if row.licence.version != act.version {
        return Err(Refused::from(Party::SupplierNotNow).into());
    }
    if act.event == rules::Event::Approve {
        seen(tx, &row, act.staff).await?;
    }
    let now = tx.ctx().now();
    let step = row
        .licence
        .step(act.event, Role::PlatformVerifier, &act.reasons, now)?;
    let doer = Doer {
        side: "verifier",
        staff: Some(act.by),
        ..Doer::default()
    };
    licences::record(tx, &row, (act.event, &step), doer)
        .await
        .map_err(stale)?;
    licences::drop_paper(tx, row.id).await?;
    if act.event == rules::Event::Approve {
        replace_others(tx, &row).await?;
        let supplier = store::by_id(tx, row.supplier).await?.ok_or(Failure::NotFound)?;
        // A licence for something new opens it, once the supplier does business.
        if supplier.admitted_at.is_some() && !supplier.areas.contains(&row.area) {
            store::put_area(tx, row.supplier, &row.area, false).await?;
        }
        due::settle_licence(tx, row.id).await?;
    }
    tell::licence_later(tx, row.id, step.licence.version).await?;
    store::revise(tx).await?;
    Ok(())
}

async fn replace_others<P: Purpose>(tx: &mut Tx<'_, P>, new: &LicenceRow) -> Result<(), Failure> {
    use rules::State as L;
    for row in licences_of(tx, new.supplier).await? {
        let stands = matches!(row.licence.state, L::Approved | L::Expiring | L::Expired);
        if row.id == new.id || row.area != new.area || !stands {
            continue;
        }
        let event = rules::Event::Replace;
        let step = row.licence.step(event, Role::System, &[], tx.ctx().now())?;
        licences::record(tx, &row, (event, &step), system())
            .await
            .map_err(stale)?;
    }
    Ok(())
}
