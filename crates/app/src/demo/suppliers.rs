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
use privacy::consent::ConsentState;
use privacy::purpose::{Certify, KeepAccount, Operate};
use privacy::{Actor, Ctx, Purpose};
use storage::Tx;
use storage::supplier::licence::{self as licences, NewLicence};
use storage::supplier::{self as store, Doer, signature};
use time::{Date, Duration};
use uuid::Uuid;

use super::people::PEOPLE;
use super::{DemoCatalogue, id};
use crate::account::{Documents, Shown, Viewer, consent};
use crate::market::catalogue::Catalogue;
use crate::org::sample_picture;
use crate::supplier::{self, HandIn};
use crate::{App, Failure};

/// How many days ago they were admitted.
const ADMITTED: i64 = 200;
/// The licence of this supplier has so many days left.
const NEAR: (&str, i64) = ("suanpan", 45);
/// The licence of this one is over since so many days.
const OVER: (&str, i64) = ("changfeng", 3);
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

/// The last day of a supplier's licences.
fn until(key: Uuid, today: Date) -> Date {
    let of = |(name, days): (&str, i64), sign: i64| {
        (key == id("supplier", name)).then(|| today + Duration::days(sign * days))
    };
    of(NEAR, 1)
        .or(of(OVER, -1))
        .unwrap_or(today + Duration::days(700))
}

/// A licence handed in and passed.
async fn licensed(
    app: &App,
    tx: &mut Tx<'_, Operate>,
    (supplier, area): (&Face, &str),
    last: Date,
) -> Result<(), Failure> {
    let now = tx.ctx().now();
    let drafted = Licence::drafted(day_of(now) - Duration::days(400), Some(last), now);
    let number = format!("演示{}{}", &supplier.uscc[10..16], area.len());
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

/// Both documents signed for a supplier that has no people yet.
async fn signed(app: &App, tx: &mut Tx<'_, Operate>, supplier: Uuid) -> Result<(), Failure> {
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
        let last = until(face.id, day_of(base.now()));
        for area in known
            .iter()
            .filter(|area| wanted.contains(&area.slug) && !area.licence.is_empty())
        {
            licensed(app, &mut tx, (face, &area.slug), last).await?;
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

fn of<P: Purpose>(app: &App, version: &str, viewer: &Viewer) -> Ctx<P> {
    let actor = Actor::Person {
        account: viewer.account,
        subject: viewer.subject,
    };
    Ctx::new(actor, version, app.entropy.id(), app.clock.now())
}

/// Gives the suppliers that have people the organisation that they are, and hands in the renewal of the
/// licence that ends soon.
pub(super) async fn organisations(
    app: &App,
    base: &Ctx<Operate>,
    (documents, catalogue): (&Documents, &Catalogue),
    viewers: &[Viewer],
) -> Result<(), Failure> {
    for (person, viewer) in PEOPLE.iter().zip(viewers) {
        let Some((key, "owner")) = person.works else {
            continue;
        };
        let supplier = id("supplier", key);
        let mut tx = app.store.begin(base).await?;
        let row = store::by_id(&mut tx, supplier).await?.ok_or(Failure::NotFound)?;
        if row.organisation.is_some() {
            continue;
        }
        let face = catalogue.supplier(supplier).ok_or(Failure::NotFound)?;
        let owner = (viewer.account, viewer.subject);
        let organisation = crate::org::establish(app, &mut tx, owner, (&face.zh, &face.uscc)).await?;
        store::tie(&mut tx, supplier, organisation).await?;
        for (colleague, other) in PEOPLE.iter().zip(viewers) {
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
            renew(app, base, (documents, catalogue), viewer, organisation).await?;
        }
    }
    Ok(())
}

/// A renewal that waits for a verifier.
async fn renew(
    app: &App,
    base: &Ctx<Operate>,
    (documents, catalogue): (&Documents, &Catalogue),
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    let shown = Shown {
        version: &documents.policy_version,
        lang: documents.lang,
        zh: true,
    };
    let keep = of::<KeepAccount>(app, base.policy_version(), viewer);
    let mut tx = app.store.begin(&keep).await?;
    let offer = &domain::account::offer::SUPPLIER;
    consent::say(app, &mut tx, viewer, offer, ConsentState::Given, shown).await?;
    tx.commit().await?;
    let today = day_of(app.clock.now());
    let (from, until) = (today.to_string(), (today + Duration::days(1_000)).to_string());
    let typed = licence::Typed {
        number: "演示代记2026001",
        issuer: "演示发证机关",
        from: &from,
        until: &until,
        endless: false,
    };
    let handed = HandIn {
        area: "daili-jizhang",
        typed,
        picture: sample_picture(70),
    };
    let certify = of::<Certify>(app, base.policy_version(), viewer);
    supplier::hand_in(app, &certify, viewer, (catalogue, organisation), handed).await
}
