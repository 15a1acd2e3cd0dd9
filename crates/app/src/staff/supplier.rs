//! A verifier's work on suppliers (5.10): an application and what the enterprise says of itself; a licence
//! with its picture, opened with a reason, recorded and shown to whoever handed it in (2.5.1.e).

use domain::Refused;
use domain::account::offer::SUPPLIER;
use domain::four_eyes::Appeal;
use domain::machine::Role as Side;
use domain::market::catalogue::{Area, areas};
use domain::refused::Party;
use domain::staff::{licence_case_number, supplier_case_number};
use domain::supplier::Reason;
use domain::supplier::licence as rules;
use domain::supplier::onboarding::{Event, State};
use privacy::purpose::{Certify, Operate};
use privacy::{Actor, Ask, Ctx, Staff, StaffReason, StaffRole};
use storage::StoreError;
use storage::org;
use storage::supplier::licence::{self as licences, LicenceRow};
use storage::supplier::{self as store, StandingRow, Taken};
use uuid::Uuid;

use super::eyes::took_part;
use super::{Kind, Signed, denied, trained};
use crate::account::consent;
use crate::market::catalogue::Catalogue;
use crate::supplier::{
    DECISIONS, Decision, LICENCE_DECISIONS, LicenceDecision, SECONDS, by_verifier, licence_by_verifier,
};
use crate::{App, Failure};

/// Steps shown of a case.
const STEPS: i64 = 50;

fn working(signed: &Signed, kind: Kind) -> Result<(), Failure> {
    // What is not one's work is not there.
    if signed.has(kind.role()) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// A supplier's case.
#[derive(Debug)]
pub struct SupplierCase {
    /// What it is called.
    pub number: String,
    /// The supplier.
    pub row: StandingRow,
    /// The enterprise: registered name and credit code.
    pub enterprise: Option<(String, String)>,
    /// Its licences, the latest first.
    pub licences: Vec<LicenceRow>,
    /// How many orders are open.
    pub open_orders: u64,
    /// How often somebody of its own tried to order from it.
    pub self_dealing: usize,
    /// Who proposed a ban, and when.
    pub proposal: Option<(String, time::OffsetDateTime)>,
    /// How far an appeal is.
    pub appeal: Appeal,
    /// What whoever looks may do; what takes another pair of eyes than theirs is not among it.
    pub may: Vec<Event>,
    /// Whether it waits for somebody else.
    pub for_others: bool,
    /// What happened, the latest first.
    pub steps: Vec<Taken>,
}

/// A supplier's case.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown one, for one that was not handed in yet, and for whoever is no
/// verifier.
pub async fn supplier_case(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
) -> Result<SupplierCase, Failure> {
    working(signed, Kind::Suppliers)?;
    let mut tx = app.store.begin(ctx).await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    // A draft is nobody's but the applicant's.
    if row.supplier.state == State::Applied {
        return Err(Failure::NotFound);
    }
    let enterprise = match row.organisation {
        Some(organisation) => org::by_id(&mut tx, organisation).await?,
        None => None,
    };
    let mut steps = store::events(&mut tx, id, STEPS).await?;
    let self_dealing = steps
        .iter()
        .filter(|step| step.event == store::SELF_DEALING)
        .count();
    steps.retain(|step| step.event != store::SELF_DEALING);
    let measure = &row.supplier.measure;
    let mine = took_part(&mut tx, &signed.identifier, (measure, row.supplier.since)).await?;
    let others = |event: &Event| mine && SECONDS.contains(event);
    let mut offered = row.supplier.allowed(Side::PlatformVerifier);
    offered.retain(|event| DECISIONS.contains(event));
    Ok(SupplierCase {
        number: supplier_case_number(id),
        enterprise: enterprise.map(|known| (known.name, known.credit_code)),
        licences: licences::of_supplier(&mut tx, id).await?,
        open_orders: store::open_orders(&mut tx, id).await?,
        self_dealing,
        proposal: measure
            .proposal
            .as_ref()
            .map(|first| (first.by.clone(), first.at)),
        appeal: measure.appeal,
        for_others: offered.iter().any(others),
        may: offered.into_iter().filter(|event| !others(event)).collect(),
        steps,
        row,
    })
}

/// What a verifier chose beside the event.
#[derive(Clone, Debug, Default)]
pub struct SupplierChoice {
    /// Why.
    pub reasons: Vec<Reason>,
    /// The area it is about.
    pub area: Option<String>,
}

/// Takes a verifier's step on a supplier.
///
/// # Errors
/// [`Party::FourEyes`], [`Party::SameHand`], [`Party::VerifyReason`], [`Party::SupplierNotNow`],
/// [`domain::refused::Trade::SupplierPermitsOpen`] and what else the machine says; [`Failure::NotFound`]
/// for an unknown one, and for whoever is no verifier.
pub async fn supplier_act(
    app: &App,
    ctx: &Ctx<Operate>,
    (signed, catalogue): (&Signed, &Catalogue),
    (id, version): (Uuid, i64),
    (event, choice): (Event, SupplierChoice),
) -> Result<(), Failure> {
    working(signed, Kind::Suppliers)?;
    trained(signed, ctx.now())?;
    let act = Decision {
        supplier: id,
        version,
        event,
        reasons: choice.reasons,
        area: choice.area,
        by: &signed.identifier,
    };
    let mut tx = app.store.begin(ctx).await?;
    by_verifier(&mut tx, catalogue, act).await?;
    Ok(tx.commit().await?)
}

/// A licence's case.
#[derive(Debug)]
pub struct LicenceCase {
    /// What it is called.
    pub number: String,
    /// The licence.
    pub row: LicenceRow,
    /// What it is for.
    pub area: Option<Area>,
    /// The enterprise: registered name and credit code.
    pub enterprise: Option<(String, String)>,
    /// Whether its picture may be opened.
    pub can_open: bool,
    /// What may be done.
    pub may: Vec<rules::Event>,
    /// What happened, the latest first.
    pub steps: Vec<Taken>,
}

/// A licence's case.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown one, for a draft, and for whoever is no verifier.
pub async fn licence_case(
    app: &App,
    ctx: &Ctx<Operate>,
    (signed, catalogue): (&Signed, &Catalogue),
    id: Uuid,
) -> Result<LicenceCase, Failure> {
    working(signed, Kind::Licences)?;
    let mut tx = app.store.begin(ctx).await?;
    let row = licences::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    if row.licence.state == rules::State::Draft {
        return Err(Failure::NotFound);
    }
    let supplier = store::by_id(&mut tx, row.supplier)
        .await?
        .ok_or(Failure::NotFound)?;
    let enterprise = match supplier.organisation {
        Some(organisation) => org::by_id(&mut tx, organisation).await?,
        None => None,
    };
    let mut may = rules::MACHINE.allowed(row.licence.state, Side::PlatformVerifier);
    may.retain(|event| LICENCE_DECISIONS.contains(event));
    let waits = row.licence.state == rules::State::Submitted;
    Ok(LicenceCase {
        number: licence_case_number(id),
        area: areas(&catalogue.categories)
            .into_iter()
            .find(|area| area.slug == row.area),
        enterprise: enterprise.map(|known| (known.name, known.credit_code)),
        can_open: waits && licences::paper(&mut tx, id).await?.is_some(),
        may,
        steps: store::events_of_licence(&mut tx, id, STEPS).await?,
        row,
    })
}

/// Opens the picture of a licence that waits, with a reason, for the eyes of this verifier: JPEG in
/// base64. The record is written first; whoever handed it in reads it.
///
/// # Errors
/// [`Party::StaffReason`], [`Party::StaffTraining`], [`Party::StaffNoMatter`];
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn open_licence(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
    reason: &str,
) -> Result<String, Failure> {
    policy::clause!("2.5.1.e");
    working(signed, Kind::Licences)?;
    let acting = Staff {
        account: signed.id,
        role: StaffRole::Verifier,
        case: Some(id),
        reason: StaffReason::parse(reason),
    };
    let actor = Actor::Staff(acting);
    let certify = Ctx::<Certify>::new(actor, ctx.policy_version(), ctx.request(), ctx.now());
    let mut tx = app.store.begin(&certify).await?;
    let row = licences::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let no_matter = || Failure::from(Refused::from(Party::StaffNoMatter));
    let paper = licences::paper(&mut tx, id).await?.ok_or_else(no_matter)?;
    if row.licence.state != rules::State::Submitted {
        return Err(no_matter());
    }
    // The separate consent that the licence was handed in with carries this too; without it nothing opens.
    let basis = consent::live(&mut tx, paper.subject, &SUPPLIER).await?;
    let ask = Ask {
        subject: paper.subject,
        fields: &["supplier_paper.picture"],
        basis: basis.ok_or_else(no_matter)?,
        clause: policy::clause!("2.1.1.d"),
        case: Some(id),
    };
    let shown = {
        let permit = tx.permit(ask).await.map_err(|error| denied(error.into()))?;
        let place = licences::field(paper.id, paper.subject);
        let opened = tx.open(&permit, &place, &paper.picture).await?;
        opened.shown().map_err(StoreError::from)?
    };
    tx.commit().await?;
    Ok(shown)
}

/// Takes a verifier's step on a licence.
///
/// # Errors
/// [`domain::refused::Trade::PermitUnseen`], [`Party::VerifyReason`], [`Party::SupplierNotNow`] and what
/// else the machine says; [`Failure::NotFound`] for an unknown one, and for whoever is no verifier.
pub async fn licence_act(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    (id, version): (Uuid, i64),
    (event, reasons): (rules::Event, Vec<rules::Reason>),
) -> Result<(), Failure> {
    working(signed, Kind::Licences)?;
    trained(signed, ctx.now())?;
    let act = LicenceDecision {
        licence: id,
        version,
        event,
        reasons,
        by: &signed.identifier,
        staff: Some(signed.id),
    };
    let mut tx = app.store.begin(ctx).await?;
    licence_by_verifier(&mut tx, act).await?;
    Ok(tx.commit().await?)
}
