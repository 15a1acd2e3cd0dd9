//! Licences handed in: read, sealed, sent; and their pictures taken back with the consent.

use domain::Refused;
use domain::account::offer::SUPPLIER;
use domain::machine::Role;
use domain::market::catalogue::areas;
use domain::org::picture::Paper as Kind;
use domain::org::seat::Act;
use domain::refused::{Party, Trade};
use domain::supplier::licence::{Event, Licence, Paper, State, Typed, day_of};
use domain::supplier::onboarding::State as Standing;
use privacy::consent::ConsentState;
use privacy::purpose::Certify;
use privacy::{Ctx, Purpose, SubjectId};
use storage::account::code;
use storage::supplier::licence::{self as store, LicenceRow, NewLicence};
use storage::{Tx, account};
use time::{Date, Duration};
use uuid::Uuid;

use super::{by, held, licences_of, stale, system};
use crate::account::{Viewer, consent, index};
use crate::market::catalogue::Catalogue;
use crate::org::picture;
use crate::rights::refuse_if_closing;
use crate::{App, Failure};

/// The kind under which licences handed in are counted.
const HANDED_IN: &str = "supplier_licence";
/// Licences that one person hands in within a day.
const A_DAY: i64 = 30;

/// A licence as it is handed in.
pub struct HandIn<'a> {
    /// What for.
    pub area: &'a str,
    /// What was typed from it.
    pub typed: Typed<'a>,
    /// Its picture as it was sent.
    pub picture: Vec<u8>,
}

/// Whether licences are handed in now, and whether they are sent at once.
fn sent(state: Standing) -> Result<bool, Failure> {
    match state {
        Standing::Applied | Standing::Returned => Ok(false),
        Standing::Agreement
        | Standing::Deposit
        | Standing::Active
        | Standing::Restricted
        | Standing::Suspended => Ok(true),
        _ => Err(Refused::from(Party::SupplierNotNow).into()),
    }
}

async fn allowed<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(Uuid, bool), Failure> {
    let (row, _, seat, _) = held(tx, viewer, organisation).await?;
    if !seat.may(Act::Offer) {
        return Err(Refused::from(Party::OrgNotYou).into());
    }
    if consent::live(tx, viewer.subject, &SUPPLIER).await?.is_none() {
        return Err(Refused::from(Trade::SupplierConsent).into());
    }
    Ok((row.id, sent(row.supplier.state)?))
}

/// Reads what was typed; of the picture only whether it can be one.
fn read(licence: &HandIn<'_>, today: Date) -> Result<Paper, Failure> {
    let mut refused = Vec::new();
    let read = Paper::read(&licence.typed, today).map_err(|why| refused.extend(why));
    refused.extend(picture::admissible(Kind::Permit, &licence.picture).err());
    match read {
        Ok(read) if refused.is_empty() => Ok(read),
        _ => Err(Failure::Refused(refused)),
    }
}

/// Hands a licence in for an area: with the application, or at once where it is under way or over. What
/// was handed in for the same area and not decided is replaced.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field; nothing is kept then. [`Failure::NotFound`] for an area
/// that needs no licence, and for whoever has no part in it.
pub async fn hand_in(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    (catalogue, organisation): (&Catalogue, Uuid),
    licence: HandIn<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    let areas = areas(&catalogue.categories);
    let area = areas.iter().find(|area| area.slug == licence.area);
    let area = area
        .filter(|area| !area.licence.is_empty())
        .ok_or(Failure::NotFound)?;
    let read = {
        // Looked at and counted before the picture is unpacked.
        let mut tx = app.store.begin(ctx).await?;
        account::hold(&mut tx, viewer.account).await?;
        allowed(&mut tx, viewer, organisation).await?;
        let read = read(&licence, day_of(ctx.now()))?;
        picture::count(app, &mut tx, viewer).await?;
        tx.commit().await?;
        read
    };
    let kept = picture::read(Kind::Permit, licence.picture).await?;
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    let (supplier, at_once) = allowed(&mut tx, viewer, organisation).await?;
    let ration = index(app, "supplier_licence.account", &viewer.account.to_string());
    let lately = code::attempts_since(&mut tx, HANDED_IN, ration, ctx.now() - Duration::DAY).await?;
    if lately >= A_DAY {
        return Err(Refused::from(Party::VerifyOften).into());
    }
    code::count_attempt(&mut tx, HANDED_IN, ration).await?;
    for before in licences_of(&mut tx, supplier).await? {
        let waits = matches!(
            before.licence.state,
            State::Draft | State::Submitted | State::Rejected
        );
        if before.area == area.slug && waits {
            store::delete(&mut tx, before.id).await?;
        }
    }
    let drafted = Licence::drafted(read.from, read.until, ctx.now());
    let id = app.entropy.id();
    let new = NewLicence {
        id,
        supplier,
        area: &area.slug,
        licence: &drafted,
        number: &read.number,
        issuer: &read.issuer,
        picture_hash: Some(&kept.hash),
    };
    store::insert(&mut tx, &new).await?;
    store::put_paper(&mut tx, id, viewer.subject, &kept.text).await?;
    if at_once {
        let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
        let step = row
            .licence
            .step(Event::HandIn, Role::SupplierAdmin, &[], ctx.now())?;
        store::record(&mut tx, &row, (Event::HandIn, &step), by(viewer.subject))
            .await
            .map_err(stale)?;
    }
    Ok(tx.commit().await?)
}

/// What follows when the consent ends, wherever that was said: pictures that wait are gone.
pub(crate) async fn chosen<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    state: ConsentState,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.g");
    if state == ConsentState::Given {
        return Ok(());
    }
    suspend(tx, viewer.subject).await
}

/// Takes the pictures away that a person handed in and nobody decided about: the consent no longer
/// stands, or nobody knows whether it does. The licences have to be handed in again.
pub(crate) async fn suspend<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<(), Failure> {
    policy::clause!("2.1.1.g");
    for id in store::papers_of(tx, subject).await? {
        store::hold(tx, id).await?;
        store::drop_paper(tx, id).await?;
        if let Some(row) = store::by_id(tx, id).await? {
            gone(tx, &row).await?;
        }
    }
    Ok(())
}

/// A licence whose picture is gone before anybody decided is not passed.
pub(super) async fn gone<P: Purpose>(tx: &mut Tx<'_, P>, row: &LicenceRow) -> Result<bool, Failure> {
    if !matches!(row.licence.state, State::Draft | State::Submitted) {
        return Ok(false);
    }
    let event = Event::MaterialGone;
    let step = row.licence.step(event, Role::System, &[], tx.ctx().now())?;
    store::record(tx, row, (event, &step), system())
        .await
        .map_err(stale)?;
    super::tell::licence_later(tx, row.id, step.licence.version).await?;
    Ok(true)
}
