//! Taking a copy of the data back. Nobody who was erased since comes back with it (2.6.3.e): before
//! it takes the place of the present data, and so before anything can serve it, the vault's
//! tombstones are replayed in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::account::offer::{ENTERPRISE, REAL_NAME, SUPPLIER};
use domain::rights::demand::Kind;
use privacy::consent::{ConsentEvent, ConsentState, Origin, Standing, standing};
use privacy::purpose::ObeyLaw;
use privacy::{Ctx, Entropy, SubjectId};
use storage::account::{passkey, phone, remembered, second, session, token};
use storage::backup::{self, BackupError, Manifest};
use storage::market::share;
use storage::rights::demand;
use storage::{Keys, Store, consent, disclosure};
use time::OffsetDateTime;
use uuid::Uuid;

use super::reconcile;
use crate::{App, Failure, org, person, supplier};

/// People looked at in one transaction.
const PAGE: i64 = 200;

/// Where the data is to be, and what opens it.
pub struct Target<'a> {
    /// The data's address: SQLite's file may be there, PostgreSQL's database must be empty.
    pub data: &'a str,
    /// The present vault's address.
    pub vault: &'a str,
    /// What opens the vault.
    pub keys: Keys,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// The copy.
    pub manifest: Manifest,
    /// People erased from it again.
    pub again: usize,
    /// Where the data from before is kept (SQLite).
    pub kept: Option<PathBuf>,
}

/// Takes a copy of the data back. Nothing may use the present data meanwhile.
///
/// # Errors
/// [`crate::Fault::Backup`] or another fault; SQLite's present data is then as it was, and a
/// PostgreSQL database that was empty may be dropped.
pub async fn restore(
    file: &Path,
    target: Target<'_>,
    at: OffsetDateTime,
    with: impl FnOnce(Store) -> (App, Ctx<ObeyLaw>),
) -> Result<Restored, Failure> {
    policy::clause!("2.6.3.e");
    let manifest = backup::check(file, target.data).await?;
    if backup::installation(target.vault).await? != manifest.installation {
        return Err(BackupError::OtherInstallation.into());
    }
    let staged = backup::stage(file, &manifest, target.data).await?;
    let again = match Store::open(staged.address(), target.vault, target.keys, target.entropy).await {
        Ok(store) => {
            let (app, ctx) = with(store.clone());
            let again = settle(&app, &ctx).await;
            store.close().await;
            again
        }
        Err(error) => Err(error.into()),
    };
    let placed = match again {
        Ok(again) => staged
            .take_place(at)
            .await
            .map_err(Failure::from)
            .map(|kept| (again, kept)),
        Err(failure) => Err(failure),
    };
    if placed.is_err() {
        staged.abandon();
    }
    let (again, kept) = placed?;
    Ok(Restored {
        manifest,
        again,
        kept,
    })
}

/// What must be so before restored data is served: nobody erased is in it, and what people took back
/// since the copy is not in force again. Nobody knows what that was, so every session, token and wish for
/// another phone ends, and every optional consent and every shared contact detail has to be given anew.
async fn settle(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<usize, Failure> {
    policy::clause!("2.1.1.g");
    let again = reconcile(app, ctx).await?;
    let mut tx = app.store.begin(ctx).await?;
    session::end_all(&mut tx).await?;
    storage::staff::session::revoke_all(&mut tx).await?;
    // Who was let go since the copy is in it again: nobody of the staff comes in before the operator sets
    // them up anew.
    storage::staff::suspend_all(&mut tx).await?;
    token::end_all(&mut tx).await?;
    remembered::end_all(&mut tx).await?;
    second::end_everybodys(&mut tx).await?;
    passkey::end_everybodys(&mut tx).await?;
    phone::end_all_recoveries(&mut tx).await?;
    tx.commit().await?;
    end_shares(app, ctx).await?;
    let mut after = SubjectId(Uuid::nil());
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let page = consent::agreed(&mut tx, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(again) };
        after = *last;
        for subject in page {
            let events = consent::of_subject(&mut tx, subject).await?;
            for event in suspended(&events, app, ctx) {
                consent::append(&mut tx, &event).await?;
                if event.document == REAL_NAME.id {
                    person::suspend(&mut tx, subject).await?;
                }
                if crate::minor::rests_on(&event.document) {
                    crate::minor::suspend(&mut tx, subject).await?;
                }
                if event.document == ENTERPRISE.id {
                    org::suspend(&mut tx, subject).await?;
                }
                if event.document == SUPPLIER.id {
                    supplier::suspend(&mut tx, subject).await?;
                }
            }
        }
        tx.commit().await?;
    }
}

/// Takes back every contact detail that was given for an order, and asks those who got it to delete it.
async fn end_shares(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<(), Failure> {
    policy::clause!("2.4.1.2");
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let page = disclosure::standing_shares(&mut tx).await?;
        if page.is_empty() {
            share::drop_all(&mut tx).await?;
            return Ok(tx.commit().await?);
        }
        for (subject, line) in page {
            disclosure::withdraw(&mut tx, subject, line).await?;
            demand::ask(&mut tx, line, Kind::Deletion, "restored").await?;
        }
        tx.commit().await?;
    }
}

/// The events that end what is in force of the optional consents.
fn suspended(events: &[ConsentEvent], app: &App, ctx: &Ctx<ObeyLaw>) -> Vec<ConsentEvent> {
    let in_force = |event: &&ConsentEvent| {
        event.purpose.is_some()
            && matches!(standing(events, &event.document, ctx.now()), Standing::Given { event: id, .. } if id == event.id)
    };
    let end = |event: &ConsentEvent| ConsentEvent {
        id: app.entropy.id(),
        state: ConsentState::Refused,
        expires_at: None,
        origin: Origin::Restore,
        at: ctx.now(),
        ..event.clone()
    };
    events.iter().filter(in_force).map(end).collect()
}
