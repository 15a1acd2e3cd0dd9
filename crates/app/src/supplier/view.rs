//! What members see of their enterprise as a supplier.

use domain::calendar::Due;
use domain::org::seat::{Act, Seat};
use domain::org::verification::Badge;
use domain::supplier::licence::day_of;
use domain::supplier::onboarding::{Event, State};
use policy::{Document, Edition};
use privacy::Ctx;
use privacy::purpose::KeepAccount;
use storage::org::{Organisation, verification};
use storage::supplier::licence::LicenceRow;
use storage::supplier::signature::{self, Signed};
use storage::supplier::{self as store, StandingRow, Taken};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{current, licences_of, member_of};
use crate::account::Viewer;
use crate::{App, Failure};

/// Steps shown of what happened.
const STEPS: i64 = 30;

/// A supplier as its members see it.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what a page asks, one by one")]
pub struct SupplierView {
    /// The enterprise.
    pub organisation: Organisation,
    /// Whether it is verified now.
    pub verified: bool,
    /// The viewer's seat.
    pub seat: Seat,
    /// How it stands, if an application was begun.
    pub row: Option<StandingRow>,
    /// Its licences, the latest first.
    pub licences: Vec<LicenceRow>,
    /// What it signed, the latest first, each with its document's name.
    pub signatures: Vec<(String, Signed)>,
    /// The edition that waits for a signature: its name, and the last day, where one signed before still
    /// counts.
    pub to_sign: Option<(String, Option<Date>)>,
    /// Whether an undertaking is in force.
    pub bound: bool,
    /// What the viewer may do.
    pub may: Vec<Event>,
    /// Whether the viewer may write the application and hand in licences.
    pub may_offer: bool,
    /// Whether the viewer may sign.
    pub may_sign: bool,
    /// How many orders are open.
    pub open_orders: u64,
    /// What happens if nobody acts, and when.
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// What happened, the latest first; proposals are nothing yet.
    pub steps: Vec<Taken>,
}

/// The supplier that an organisation of the viewer's is.
///
/// # Errors
/// [`Failure::NotFound`] for whoever has no part in it.
pub async fn supplier(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<SupplierView, Failure> {
    policy::clause!("2.6.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let (organisation, seat, role) = member_of(&mut tx, viewer, organisation).await?;
    let checked = verification::of_organisation(&mut tx, organisation.id).await?;
    let mut view = SupplierView {
        verified: checked.is_some_and(|row| row.verification.badge() == Badge::Verified),
        seat,
        row: current(&mut tx, organisation.id).await?,
        organisation,
        licences: Vec::new(),
        signatures: Vec::new(),
        to_sign: None,
        bound: false,
        may: Vec::new(),
        may_offer: seat.may(Act::Offer),
        may_sign: seat.may(Act::Sign),
        open_orders: 0,
        due: None,
        steps: Vec::new(),
    };
    let Some(row) = &view.row else {
        return Ok(view);
    };
    let id = row.id;
    view.may = row.supplier.allowed(role);
    view.due = row.supplier.timer().map(|(event, due)| match due {
        Due::At(at) => (event, Some(at)),
        Due::Unknown => (event, None),
    });
    let today = day_of(ctx.now());
    let editions = app.store.policy().editions();
    let signed = signature::latest(&mut tx, id, Document::Undertaking).await?;
    let present = || editions.in_force(today).map(|edition| edition.version.clone());
    view.bound = signed
        .as_ref()
        .is_some_and(|signed| editions.binds(&signed.edition, today));
    let signs = [
        State::Agreement,
        State::Active,
        State::Restricted,
        State::Suspended,
        State::Exiting,
    ];
    if signs.contains(&row.supplier.state) {
        view.to_sign = match &signed {
            Some(signed) => editions
                .to_sign(&signed.edition, today)
                .map(|(edition, by)| (edition.version.clone(), Some(by))),
            None => present().map(|version| (version, None)),
        };
    }
    view.licences = licences_of(&mut tx, id).await?;
    view.signatures = signature::of_supplier(&mut tx, id).await?;
    view.open_orders = store::open_orders(&mut tx, id).await?;
    view.steps = store::events(&mut tx, id, STEPS).await?;
    let hidden = [
        Event::ProposeBan.as_str(),
        Event::DropBan.as_str(),
        store::SELF_DEALING,
    ];
    view.steps.retain(|step| !hidden.contains(&&*step.event));
    Ok(view)
}

/// The edition in force.
#[must_use]
pub fn signed_documents(app: &App) -> Option<&Edition> {
    let today = day_of(app.clock.now());
    app.store.policy().editions().in_force(today)
}
