//! Minors of the demonstration: one whose guardian was asked and has not answered, one whose guardian
//! consented. Who wants to see an account found late hands in 999999201506010011 with any other account.

use domain::machine::Role;
use domain::minor::{Band, Event, Facts, Guardianship};
use privacy::consent::{ConsentState, Origin};
use privacy::purpose::KeepAccount;
use privacy::{Actor, Ctx};
use storage::account;
use storage::minor as store;
use storage::minor::age::{self, Source};

use super::people::PEOPLE;
use crate::account::{Documents, Shown, Viewer, index, record_acceptance_by};
use crate::minor::{begin_request, say, take};
use crate::{App, Failure};

/// The minor with a guardian's consent, and the guardian: both by account name.
pub(super) const CONSENTED: (&str, &str) = ("小禾", "何小满");
/// The number of the child who waits, and of the guardian who was asked.
const WAITING: (&str, &str) = ("10000000055", "10000000051");

/// Makes what is not there yet.
pub(super) async fn seed(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    documents: &Documents,
    viewers: &[Viewer],
) -> Result<(), Failure> {
    let of = |name: &str| {
        let mut people = PEOPLE.iter().zip(viewers);
        people
            .find(|(person, _)| person.name == name)
            .map(|(_, viewer)| viewer)
    };
    if let (Some(child), Some(guardian)) = (of(CONSENTED.0), of(CONSENTED.1)) {
        consented(app, ctx, documents, (child, guardian)).await?;
    }
    let known = {
        let mut tx = app.store.begin(ctx).await?;
        let digest = index(app, account::PHONE, WAITING.0);
        store::of_phone(&mut tx, digest).await?.is_some()
    };
    if known {
        return Ok(());
    }
    let visitor = Ctx::<KeepAccount>::new(Actor::Visitor, ctx.policy_version(), ctx.request(), ctx.now());
    let mut tx = app.store.begin(&visitor).await?;
    let numbers = (WAITING.0, WAITING.1.to_owned());
    match begin_request(app, &mut tx, numbers, (Band::Child, None)).await {
        // Visitors answered it, or asked too often: it stays as they left it.
        Err(Failure::Refused(_)) => Ok(()),
        Err(failure) => Err(failure),
        Ok(_) => Ok(tx.commit().await?),
    }
}

async fn consented(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    documents: &Documents,
    (child, guardian): (&Viewer, &Viewer),
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if store::of_subject(&mut tx, child.subject).await?.is_some() {
        return Ok(());
    }
    let id = app.entropy.id();
    let begun = Guardianship::begun(Band::Child, false, ctx.now());
    store::begin(&mut tx, id, (child.subject, Some(child.account)), &begun).await?;
    age::put(
        &mut tx,
        (child.subject, Some(child.account)),
        Band::Child,
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
    record_acceptance_by(app, &mut tx, child.subject, documents, Origin::Guardian).await?;
    let shown = Shown {
        version: &documents.policy_version,
        lang: documents.lang,
        zh: true,
    };
    for offer in [
        &domain::account::offer::GUARDIAN_ACCOUNT,
        &domain::account::offer::GUARDIAN_MESSAGES,
    ] {
        say(app, &mut tx, child.subject, (offer, ConsentState::Given), shown).await?;
    }
    Ok(tx.commit().await?)
}
