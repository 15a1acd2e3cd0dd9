//! Minors of the demonstration, one in each state that lasts: requests that wait for a guardian at each step, a
//! consent, accounts that were found late, contested and cleared, and somebody who came of age.

use domain::machine::Role;
use domain::minor::{Band, Event, Facts, Guardianship, Mistake, State};
use privacy::consent::{ConsentState, Origin};
use privacy::purpose::{Certify, KeepAccount, Operate};
use privacy::{Actor, Ctx, SubjectId};
use storage::account;
use storage::minor as store;
use storage::minor::age::{self, Source};
use time::Duration;
use uuid::Uuid;

use super::cast::Cast;
use super::unless_changed;
use crate::Failure;
use crate::account::{Viewer, index, record_acceptance_by};
use crate::minor::{begin_request, contest, say, take};
use crate::person::{self, Submission};

/// The minor with a guardian's consent, and the guardian: both by account name.
pub(super) const CONSENTED: (&str, &str) = ("小禾", "何小满");
/// Whose number says that they were born in 2015.
pub(super) const FOUND: &str = "小舟";
/// Who says that it is a mistake, and whose mistake was put right.
pub(super) const CONTESTED: &str = "乔木";
/// See [`CONTESTED`].
pub(super) const CLEARED: &str = "叶知秋";
/// Whose guardian said that they are of age.
pub(super) const OF_AGE: &str = "苏成";
/// The numbers of the children who wait, the guardian, and how far the guardian went.
const WAITING: &[(&str, &str, State)] = &[
    ("10000000055", "林知远", State::Told),
    ("10000000025", "宋清和", State::Proven),
    ("10000000026", "宋清和", State::Informed),
];
/// A number of somebody born in 2015: some hand in their child's.
const CHILD: &str = "999999201506010011";

/// Makes what is not there yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    let guardian = cast.of(CONSENTED.1)?;
    consented(cast, (cast.of(CONSENTED.0)?, Band::Child), guardian).await?;
    let grown = cast.of(OF_AGE)?;
    if let Some(id) = consented(cast, (grown, Band::Teen), cast.of("林知远")?).await? {
        let facts = Facts {
            sure: true,
            ..Facts::default()
        };
        step(cast, id, (Event::ComeOfAge, Role::Guardian), &facts).await?;
    }
    for name in [FOUND, CONTESTED, CLEARED] {
        unless_changed(found(cast, name).await)?;
    }
    for (phone, guardian, until) in WAITING {
        waiting(cast, phone, cast.of(guardian)?, *until).await?;
    }
    Ok(())
}

/// The guardianship of somebody, if there is one.
async fn known(cast: Cast<'_>, subject: SubjectId) -> Result<Option<Uuid>, Failure> {
    let mut tx = cast.app.store.begin(cast.base).await?;
    Ok(store::of_subject(&mut tx, subject).await?.map(|row| row.id))
}

/// A step by whoever may take it.
async fn step(cast: Cast<'_>, id: Uuid, taken: (Event, Role), facts: &Facts) -> Result<(), Failure> {
    let ctx = cast.program::<Operate>(Duration::ZERO);
    let mut tx = cast.app.store.begin(&ctx).await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    take(&mut tx, &row, taken, facts).await?;
    Ok(tx.commit().await?)
}

/// An account that was thought an adult's, and whose number says otherwise.
async fn found(cast: Cast<'_>, name: &str) -> Result<(), Failure> {
    let (app, viewer) = (cast.app, cast.of(name)?);
    if app.identity.is_none() || known(cast, viewer.subject).await?.is_some() {
        return Ok(());
    }
    let keep = cast.own::<KeepAccount>(viewer, Duration::ZERO);
    person::agree(app, &keep, viewer, true, cast.shown()).await?;
    let typed = Submission {
        real_name: name,
        id_number: CHILD,
    };
    let certify = cast.own::<Certify>(viewer, Duration::ZERO);
    // It is refused, and that is what it is handed in for.
    match person::submit(app, &certify, viewer, &typed).await {
        Err(Failure::Refused(_)) => {}
        done => return done,
    }
    if name != FOUND {
        contest(app, &keep, viewer, Some(Mistake::Others)).await?;
    }
    if name == CLEARED {
        let id = known(cast, viewer.subject).await?.ok_or(Failure::NotFound)?;
        let officer = (Event::Uphold, Role::PlatformOfficer);
        step(cast, id, officer, &Facts::default()).await?;
    }
    Ok(())
}

/// A registration that waits, its guardian being told, proven or informed.
async fn waiting(cast: Cast<'_>, phone: &str, guardian: &Viewer, until: State) -> Result<(), Failure> {
    let app = cast.app;
    let of_phone = async || -> Result<Option<Uuid>, Failure> {
        let mut tx = app.store.begin(cast.base).await?;
        let digest = index(app, account::PHONE, phone);
        Ok(store::of_phone(&mut tx, digest).await?.map(|row| row.id))
    };
    if of_phone().await?.is_some() {
        return Ok(());
    }
    let now = app.clock.now();
    let visitor: Ctx<KeepAccount> =
        Ctx::new(Actor::Visitor, cast.base.policy_version(), app.entropy.id(), now);
    let people = super::roster::PEOPLE.iter().zip(cast.viewers);
    let mut numbers = people.filter(|(_, viewer)| viewer.account == guardian.account);
    let (named, _) = numbers.next().ok_or(Failure::NotFound)?;
    let mut tx = app.store.begin(&visitor).await?;
    let numbers = (phone, named.phone.replace('-', ""));
    match begin_request(app, &mut tx, numbers, (Band::Child, None)).await {
        // Visitors answered it, or asked too often: it stays as they left it.
        Err(Failure::Refused(_)) => return Ok(()),
        Err(failure) => return Err(failure),
        Ok(_) => tx.commit().await?,
    }
    if until == State::Told {
        return Ok(());
    }
    let id = of_phone().await?.ok_or(Failure::NotFound)?;
    let keep = cast.own::<KeepAccount>(guardian, Duration::ZERO);
    let facts = Facts {
        adult: true,
        stated: true,
        ..Facts::default()
    };
    let mut tx = app.store.begin(&keep).await?;
    let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    take(&mut tx, &row, (Event::Prove, Role::Guardian), &facts).await?;
    store::proven(&mut tx, id, (guardian.subject, guardian.account), "declared").await?;
    tx.commit().await?;
    if until == State::Informed {
        step(
            cast,
            id,
            (Event::Read, Role::Guardian),
            &Facts { sure: true, ..facts },
        )
        .await?;
    }
    Ok(())
}

/// An account whose guardian consented; nothing if it was there.
async fn consented(
    cast: Cast<'_>,
    (child, band): (&Viewer, Band),
    guardian: &Viewer,
) -> Result<Option<Uuid>, Failure> {
    let app = cast.app;
    let ctx = cast.program::<KeepAccount>(Duration::ZERO);
    let mut tx = app.store.begin(&ctx).await?;
    if store::of_subject(&mut tx, child.subject).await?.is_some() {
        return Ok(None);
    }
    let id = app.entropy.id();
    let begun = Guardianship::begun(band, false, ctx.now());
    store::begin(&mut tx, id, (child.subject, Some(child.account)), &begun).await?;
    age::put(
        &mut tx,
        (child.subject, Some(child.account)),
        band,
        Source::Declared,
    )
    .await?;
    let facts = Facts {
        adult: true,
        stated: true,
        account: true,
        messages: true,
        sure: true,
        ..Facts::default()
    };
    for (event, role) in [
        (Event::Ask, Role::Minor),
        (Event::Tell, Role::System),
        (Event::Prove, Role::Guardian),
        (Event::Read, Role::Guardian),
        (Event::Consent, Role::Guardian),
    ] {
        let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
        take(&mut tx, &row, (event, role), &facts).await?;
    }
    store::proven(&mut tx, id, (guardian.subject, guardian.account), "declared").await?;
    record_acceptance_by(app, &mut tx, child.subject, cast.documents, Origin::Guardian).await?;
    for offer in [
        &domain::account::offer::GUARDIAN_ACCOUNT,
        &domain::account::offer::GUARDIAN_MESSAGES,
    ] {
        say(
            app,
            &mut tx,
            child.subject,
            (offer, ConsentState::Given),
            cast.shown(),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(Some(id))
}
