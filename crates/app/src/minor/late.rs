//! A minor found late (2.7.a): an identity number says that the holder of an account is under age. Nothing of
//! the number is kept, the account is for browsing only, a guardian is asked; whoever says that it is a
//! mistake is heard by a person.

use domain::Refused;
use domain::account::offer::GUARDIAN_ACCOUNT;
use domain::machine::Role;
use domain::minor::{Band, Event, Facts, Guardianship, Mistake, State};
use domain::refused::Minor;
use privacy::purpose::KeepAccount;
use privacy::{Ctx, Purpose, SubjectId};
use storage::Tx;
use storage::minor as store;
use storage::minor::age::{self, Source};

use super::{overdue, take, tell};
use crate::account::Viewer;
use crate::{App, Failure, person};

/// What follows from an identity number of somebody under age; `None` if a guardian's consent covers it.
/// What was handed in is not kept in any case. The caller commits, and refuses with what this gives.
pub(crate) async fn found<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    band: Band,
) -> Result<Minor, Failure> {
    policy::clause!("2.7.a");
    let known = super::band(tx, viewer.subject).await?;
    if known.is_some_and(Band::is_minor) {
        // Of two bands the younger one.
        if known.is_some_and(|known| known.stricter(band) != known) {
            age::put(tx, (viewer.subject, Some(viewer.account)), band, Source::Number).await?;
            store::set_band(tx, viewer.subject, band).await?;
        }
        return Ok(Minor::MinorCertify);
    }
    // What was agreed to by somebody under age does not count, and what was kept on it goes at once.
    person::suspend(tx, viewer.subject).await?;
    age::put(tx, (viewer.subject, Some(viewer.account)), band, Source::Number).await?;
    let begun = Guardianship::begun(band, true, tx.ctx().now());
    if let Some(earlier) = store::of_subject(tx, viewer.subject).await? {
        store::delete(tx, &earlier).await?;
    }
    let id = app.entropy.id();
    store::begin(tx, id, (viewer.subject, Some(viewer.account)), &begun).await?;
    let row = store::by_id(tx, id).await?.ok_or(Failure::NotFound)?;
    let step = take(tx, &row, (Event::Freeze, Role::System), &Facts::default()).await?;
    tell::later(tx, id, step.guardianship.version).await?;
    Ok(Minor::MinorFrozen)
}

/// The guardian's consent no longer stands, or the guardian is gone: another one is asked, and until then
/// the account is for browsing only (2.7.a).
pub(crate) async fn suspend<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<(), Failure> {
    let Some(row) = store::of_subject(tx, subject).await? else {
        return Ok(());
    };
    if row.guardianship.state != State::Active {
        return Ok(());
    }
    let step = take(tx, &row, (Event::Lose, Role::System), &Facts::default()).await?;
    tell::later(tx, row.id, step.guardianship.version).await
}

/// Whether an event that ends is the consent that a minor's account rests on.
pub(crate) fn rests_on(document: &str) -> bool {
    document == GUARDIAN_ACCOUNT.id
}

/// Says that it is a mistake: the privacy officer looks at it, and no clock runs meanwhile.
///
/// # Errors
/// [`Minor::ContestMistake`], [`Minor::ContestUsed`], [`Minor::GuardianNotNow`]; [`Failure::NotFound`].
pub async fn contest(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    mistake: Option<Mistake>,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let mistake = mistake.ok_or_else(|| Refused::from(Minor::ContestMistake))?;
    let mut tx = app.store.begin(ctx).await?;
    let row = store::of_subject(&mut tx, viewer.subject).await?;
    let row = row.ok_or(Failure::NotFound)?;
    if overdue(&row, ctx.now()) {
        return Err(Refused::from(Minor::GuardianNotNow).into());
    }
    take(&mut tx, &row, (Event::Contest, Role::Minor), &Facts::default()).await?;
    store::say_mistake(&mut tx, row.id, mistake).await?;
    Ok(tx.commit().await?)
}
