//! The demonstration's suppliers as they stand (6.2): one for each interesting state, by the machine's own
//! steps at instants of the past; and the organisations behind them.

use std::collections::BTreeSet;

use domain::machine::Role;
use domain::market::catalogue::{Standing, Supplier as Face, areas};
use domain::org::seat::Seat;
use domain::supplier::application::Profile;
use domain::supplier::licence::{self as licence, Licence, day_of};
use domain::supplier::onboarding::{Event, Facts, State, Supplier};
use domain::supplier::{Reason, licence as rules};
use policy::{Document, Lang};
use privacy::Ctx;
use privacy::consent::ConsentState;
use privacy::purpose::{Certify, KeepAccount, Operate};
use storage::Tx;
use storage::supplier::licence::{self as licences, NewLicence};
use storage::supplier::{self as store, Doer, signature};
use time::{Date, Duration};
use uuid::Uuid;

use super::cast::Cast;
use super::roster::PEOPLE;
use super::{DemoCatalogue, id};
use crate::account::{Viewer, consent};
use crate::org::sample_picture;
use crate::supplier::{self, HandIn};
use crate::{App, Failure};

/// How many days ago they were admitted.
const ADMITTED: i64 = 200;
/// The licence of this supplier has so many days left.
const NEAR: (&str, i64) = ("suanpan", 45);
/// The licence of this one is over since so many days.
const OVER: (&str, i64) = ("changfeng", 3);
/// So many days are left in the area in which a supplier is restricted: nothing goes offline when it ends.
const NEARER: i64 = 20;
/// Days that every other licence has left: ten years, so that no demonstration outlives them.
const LONG: i64 = 3_650;
/// Whose licences stand in the place of older ones.
const RENEWED: &str = "yunyan";
/// The area in which a supplier is restricted.
const RESTRICTED: &str = "laowu-paiqian";

/// A context so many hours ago.
fn ago(app: &App, base: &Ctx<Operate>, hours: i64) -> Ctx<Operate> {
    let then = base.now() - Duration::hours(hours);
    Ctx::new(base.actor(), base.policy_version(), app.entropy.id(), then)
}

fn facts(area: Option<&str>) -> Facts {
    Facts {
        agreement: true,
        undertaking: true,
        reason: true,
        category: area.map(str::to_owned),
        open_orders: 0,
        by: "verifier-1".to_owned(),
    }
}

/// Takes a step as whoever may, telling nobody.
async fn step(
    tx: &mut Tx<'_, Operate>,
    supplier: Uuid,
    (event, role): (Event, Role),
    (reasons, area): (&[Reason], Option<&str>),
) -> Result<(), Failure> {
    let row = store::by_id(tx, supplier).await?.ok_or(Failure::NotFound)?;
    let taken = row.supplier.step(event, role, &facts(area), tx.ctx().now())?;
    let doer = match role {
        Role::PlatformVerifier => Doer {
            side: "verifier",
            staff: Some("verifier-1"),
            area,
            ..Doer::default()
        },
        Role::System => Doer {
            side: "system",
            ..Doer::default()
        },
        _ => Doer {
            side: "supplier",
            ..Doer::default()
        },
    };
    Ok(store::record(tx, &row, (event, &taken), reasons, doer).await?)
}

/// The last day of a supplier's licence for an area.
fn until(key: Uuid, area: &str, today: Date) -> Date {
    let days = match key {
        key if key == id("supplier", NEAR.0) => NEAR.1,
        key if key == id("supplier", OVER.0) => -OVER.1,
        _ if area == RESTRICTED => NEARER,
        _ => LONG,
    };
    today + Duration::days(days)
}

/// A licence handed in and passed; the `nth` for its area.
async fn licensed(
    app: &App,
    tx: &mut Tx<'_, Operate>,
    (supplier, area, nth): (&Face, &str, usize),
    last: Date,
) -> Result<(), Failure> {
    let now = tx.ctx().now();
    let drafted = Licence::drafted(day_of(now) - Duration::days(400), Some(last), now);
    let number = format!("演示{}{}{nth}", &supplier.uscc[10..16], area.len());
    let new = NewLicence {
        id: app.entropy.id(),
        supplier: supplier.id,
        area,
        licence: &drafted,
        number: &number,
        issuer: "演示发证机关",
        picture_hash: None,
    };
    licences::insert(tx, &new).await?;
    for (event, role) in [
        (rules::Event::HandIn, Role::SupplierOwner),
        (rules::Event::Approve, Role::PlatformVerifier),
    ] {
        let row = licences::by_id(tx, new.id).await?.ok_or(Failure::NotFound)?;
        let taken = row.licence.step(event, role, &[], now)?;
        let doer = Doer {
            side: if role == Role::SupplierOwner {
                "supplier"
            } else {
                "verifier"
            },
            staff: (role == Role::PlatformVerifier).then_some("verifier-1"),
            ..Doer::default()
        };
        licences::record(tx, &row, (event, &taken), doer).await?;
    }
    Ok(())
}

/// Replaces what stands for an area: a newer one comes.
async fn replaced(tx: &mut Tx<'_, Operate>, supplier: Uuid, area: &str) -> Result<(), Failure> {
    for row in licences::of_supplier(tx, supplier).await? {
        if row.area != area {
            continue;
        }
        let event = rules::Event::Replace;
        let taken = row.licence.step(event, Role::System, &[], tx.ctx().now())?;
        let doer = Doer {
            side: "system",
            ..Doer::default()
        };
        licences::record(tx, &row, (event, &taken), doer).await?;
    }
    Ok(())
}

/// Both documents signed for a supplier whose owner proves nothing anew.
pub(super) async fn signed(app: &App, tx: &mut Tx<'_, Operate>, supplier: Uuid) -> Result<(), Failure> {
    let edition = app.store.policy().editions().in_force(day_of(tx.ctx().now()));
    let edition = edition.ok_or(Failure::NotFound)?.clone();
    for document in Document::ALL {
        let hash = edition.hash(document, Lang::Zh, "");
        let new = signature::NewSignature {
            id: app.entropy.id(),
            supplier,
            document,
            edition: &edition.version,
            text_hash: &hash,
            lang: "zh-CN",
            seat: Seat::Owner,
            signer: None,
        };
        signature::insert(tx, &new).await?;
    }
    Ok(())
}

/// Lets the suppliers of a catalogue stand as its documents say. Those that stand already are left.
pub(super) async fn seed(app: &App, base: &Ctx<Operate>, of: &DemoCatalogue) -> Result<(), Failure> {
    let known = areas(&of.categories);
    let mut changed = false;
    for face in &of.suppliers {
        let waits = face.standing == Standing::Applied;
        let then = ago(app, base, if waits { 20 } else { 24 * ADMITTED });
        let mut tx = app.store.begin(&then).await?;
        if store::by_id(&mut tx, face.id).await?.is_some() {
            continue;
        }
        changed = true;
        let offered = of.services.iter().filter(|service| service.supplier == face.id);
        let wanted: BTreeSet<String> = offered.map(|service| service.area().to_owned()).collect();
        let begun = Supplier::applied(true, supplier::DEPOSIT, then.now())?;
        store::begin(&mut tx, face.id, None, &begun).await?;
        let profile = Profile {
            name: face.zh.clone(),
            name_en: face.en.clone(),
            city: face.city.zh.clone(),
            introduction: face.intro_zh.clone(),
            introduction_en: face.intro_en.clone(),
        };
        store::put_profile(&mut tx, face.id, &profile).await?;
        store::put_areas(&mut tx, face.id, &wanted).await?;
        let said = (&[][..], None);
        step(
            &mut tx,
            face.id,
            (Event::SubmitMaterials, Role::SupplierOwner),
            said,
        )
        .await?;
        if waits {
            tx.commit().await?;
            continue;
        }
        let today = day_of(base.now());
        for area in known
            .iter()
            .filter(|area| wanted.contains(&area.slug) && !area.licence.is_empty())
        {
            if face.id == id("supplier", RENEWED) {
                licensed(app, &mut tx, (face, &area.slug, 1), today).await?;
                replaced(&mut tx, face.id, &area.slug).await?;
            }
            let last = until(face.id, &area.slug, today);
            licensed(app, &mut tx, (face, &area.slug, 2), last).await?;
        }
        step(&mut tx, face.id, (Event::Approve, Role::PlatformVerifier), said).await?;
        signed(app, &mut tx, face.id).await?;
        step(&mut tx, face.id, (Event::AgreementEffective, Role::System), said).await?;
        store::admit(&mut tx, face.id).await?;
        tx.commit().await?;
        measures(app, base, face).await?;
    }
    if changed {
        let mut tx = app.store.begin(base).await?;
        store::revise(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What was done about a supplier since it was admitted.
async fn measures(app: &App, base: &Ctx<Operate>, face: &Face) -> Result<(), Failure> {
    let later = ago(app, base, 24 * 40);
    let mut tx = app.store.begin(&later).await?;
    match face.standing {
        Standing::Restricted => {
            let about = (&[Reason::Complaints][..], Some(RESTRICTED));
            step(&mut tx, face.id, (Event::Restrict, Role::PlatformVerifier), about).await?;
        }
        Standing::Suspended => {
            let about = (&[Reason::Complaints][..], None);
            step(&mut tx, face.id, (Event::Suspend, Role::PlatformVerifier), about).await?;
        }
        _ => {}
    }
    tx.commit().await?;
    // What ended meanwhile ended by the clock.
    let mut tx = app.store.begin(base).await?;
    for row in licences::of_supplier(&mut tx, face.id).await? {
        supplier::settle_licence(&mut tx, row.id).await?;
        if row.licence.until.is_some_and(|until| until < day_of(base.now())) {
            licences::told(&mut tx, row.id, licence::NOTICE_DAYS[2]).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Orders were placed with the suspended supplier before: for them it takes orders, and after them no
/// longer. `hours` ago, and which.
pub(super) async fn turn(app: &App, base: &Ctx<Operate>, hours: i64, event: Event) -> Result<(), Failure> {
    let supplier = id("supplier", "jiguang");
    let then = ago(app, base, hours);
    let mut tx = app.store.begin(&then).await?;
    let row = store::by_id(&mut tx, supplier).await?.ok_or(Failure::NotFound)?;
    let expected = match event {
        Event::Reinstate => State::Suspended,
        _ => State::Active,
    };
    if row.supplier.state != expected {
        return Ok(());
    }
    let about = (
        if event == Event::Suspend {
            &[Reason::Complaints][..]
        } else {
            &[]
        },
        None,
    );
    step(&mut tx, supplier, (event, Role::PlatformVerifier), about).await?;
    store::revise(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Gives the suppliers that have people the organisation that they are, and hands in the renewal of the
/// licence that ends soon.
pub(super) async fn organisations(cast: Cast<'_>) -> Result<(), Failure> {
    let (app, base) = (cast.app, cast.base);
    for (person, viewer) in PEOPLE.iter().zip(cast.viewers) {
        let Some((key, "owner")) = person.works else {
            continue;
        };
        let supplier = id("supplier", key);
        let mut tx = app.store.begin(base).await?;
        let row = store::by_id(&mut tx, supplier).await?.ok_or(Failure::NotFound)?;
        if row.organisation.is_some() {
            continue;
        }
        let face = cast.catalogue.supplier(supplier).ok_or(Failure::NotFound)?;
        let owner = (viewer.account, viewer.subject);
        let organisation = crate::org::establish(app, &mut tx, owner, (&face.zh, &face.uscc)).await?;
        store::tie(&mut tx, supplier, organisation).await?;
        for (colleague, other) in PEOPLE.iter().zip(cast.viewers) {
            match colleague.works {
                Some((at, role)) if at == key && role != "owner" => {
                    let seat = Seat::parse(role).ok_or(Failure::NotFound)?;
                    crate::org::join(
                        &mut tx,
                        organisation,
                        (other.account, other.subject),
                        seat,
                        ("joined", None),
                    )
                    .await?;
                }
                _ => {}
            }
        }
        supplier::join_all(&mut tx, organisation).await?;
        store::revise(&mut tx).await?;
        tx.commit().await?;
        if key == NEAR.0 {
            renew(cast, viewer, organisation).await?;
        }
    }
    Ok(())
}

/// A renewal that waits for a verifier.
async fn renew(cast: Cast<'_>, viewer: &Viewer, organisation: Uuid) -> Result<(), Failure> {
    let app = cast.app;
    let keep = cast.own::<KeepAccount>(viewer, Duration::ZERO);
    let mut tx = app.store.begin(&keep).await?;
    let offer = &domain::account::offer::SUPPLIER;
    consent::say(app, &mut tx, viewer, offer, ConsentState::Given, cast.shown()).await?;
    tx.commit().await?;
    hand_in(cast, viewer, organisation, "daili-jizhang", Duration::ZERO).await
}

/// Hands a licence in for an area, so long ago.
pub(super) async fn hand_in(
    cast: Cast<'_>,
    viewer: &Viewer,
    organisation: Uuid,
    area: &str,
    ago: Duration,
) -> Result<(), Failure> {
    let certify = cast.own::<Certify>(viewer, ago);
    let today = day_of(certify.now());
    let (from, until) = (today.to_string(), (today + Duration::days(1_000)).to_string());
    let typed = licence::Typed {
        number: "演示代记2026001",
        issuer: "演示发证机关",
        from: &from,
        until: &until,
        endless: false,
    };
    let handed = HandIn {
        area,
        typed,
        picture: sample_picture(70),
    };
    supplier::hand_in(cast.app, &certify, viewer, (cast.catalogue, organisation), handed).await
}
