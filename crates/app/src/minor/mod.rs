//! People under age and their guardians (1.5, 2.7.a, 2.7.b; PIPL 31): a guardian is asked before anything of
//! a minor is stored, consents purpose by purpose, sees what there is and who opened it, and takes it back.

mod birth;
mod clock;
mod guardian;
mod late;
mod request;
mod tell;
mod view;

use domain::Refused;
use domain::machine::Role;
use domain::minor::{Band, Event, Facts, Step, may_answer};
use domain::refused::Minor;
use privacy::purpose::KeepAccount;
use privacy::{BlindIndex, Ctx, Purpose, SubjectId};
use storage::account::{self, code, token};
use storage::minor::age::{self, Source};
use storage::minor::{self as store, GuardianshipRow};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{App, Failure};

pub(crate) use birth::verified;
pub use clock::{AUDIT_EVERY, late_audit, run_due};
pub(crate) use guardian::say;
pub use guardian::{
    Ticks, certify, consent, grow, prove, read_rules, refuse as refuse_request, rename_child, send_code,
    withdraw,
};
pub use late::contest;
pub(crate) use late::{found, rests_on, suspend};
pub use request::{GuardianRequest, ask_for_account, ask_guardian};
pub(crate) use tell::{TELL, tell};
pub use view::{Child, ChildLine, Own, Room, child, copy_of_child, receipt_of_child, room};

/// A number whose guardian consented, and whose account is still to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guarded {
    /// The minor.
    pub subject: SubjectId,
    /// The consent.
    pub id: Uuid,
}

const fn side(role: Role) -> &'static str {
    match role {
        Role::Minor => "minor",
        Role::Guardian => "guardian",
        Role::PlatformOfficer => "officer",
        _ => "system",
    }
}

/// Somebody was faster: the page is to be looked at again.
fn stale(error: StoreError) -> Failure {
    match error {
        StoreError::Stale => Refused::from(Minor::GuardianNotNow).into(),
        other => other.into(),
    }
}

/// Whether the clock of a consent has come: what waits too long is nobody's to go on with.
fn overdue(row: &GuardianshipRow, now: OffsetDateTime) -> bool {
    use domain::calendar::Due;
    matches!(row.guardianship.timer(), Some((_, Due::At(at))) if at <= now)
}

/// Takes a step, with what follows from it for the account: browsing only, tokens taken back, another band.
pub(crate) async fn take<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &GuardianshipRow,
    (event, role): (Event, Role),
    facts: &Facts,
) -> Result<Step, Failure> {
    let step = row.guardianship.step(event, role, facts, tx.ctx().now())?;
    store::record(tx, row, event, &step, side(role))
        .await
        .map_err(stale)?;
    let next = &step.guardianship;
    if next.band != row.guardianship.band {
        let source = match event {
            Event::Uphold => Source::Officer,
            _ if role == Role::Guardian => Source::Guardian,
            _ => Source::Number,
        };
        age::put(tx, (row.subject, row.account), next.band, source).await?;
    }
    age::freeze(tx, row.subject, next.frozen()).await?;
    if let (true, Some(account)) = (next.frozen(), row.account) {
        policy::clause!("2.7.a");
        token::revoke_all(tx, account).await?;
    }
    if !next.band.is_minor() || event == Event::Lose {
        store::untie(tx, row.id).await?;
    }
    Ok(step)
}

/// The band of a person, if it is known.
pub(crate) async fn band<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<Band>, Failure> {
    Ok(age::of(tx, subject).await?.map(|(band, _)| band))
}

/// Whether a person is known to be under age.
pub(crate) async fn is_minor<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<bool, Failure> {
    Ok(band(tx, subject).await?.is_some_and(Band::is_minor))
}

/// Refuses what nobody under age does here: orders, enterprises, tokens, optional consents (2.7.a, 2.7.b).
///
/// # Errors
/// [`Minor::MinorNot`].
pub(crate) async fn refuse<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<(), Failure> {
    if is_minor(tx, subject).await? {
        return Err(Refused::from(Minor::MinorNot).into());
    }
    Ok(())
}

/// Whether a registration with this number and band goes on, and for whom a guardian consented. The answer
/// is written down: for seven days a younger one is not taken back. The caller commits, also a refusal.
pub(crate) async fn way<P: Purpose>(
    tx: &mut Tx<'_, P>,
    digest: BlindIndex,
    band: Band,
) -> Result<Result<Option<Guarded>, Refused>, Failure> {
    policy::clause!("2.7.a");
    let now = tx.ctx().now();
    if let Err(refused) = may_answer(band, age::answered(tx, digest).await?, now) {
        return Ok(Err(refused));
    }
    let asked = store::of_phone(tx, digest).await?;
    let asked = asked.filter(|row| !overdue(row, now));
    let consented = asked
        .as_ref()
        .is_some_and(|row| row.guardianship.state == domain::minor::State::Active);
    let waits = asked.as_ref().is_some_and(|row| row.guardianship.waits());
    if !band.is_minor() {
        return Ok(match (consented, waits) {
            (true, _) => Err(Minor::AgeStricter.into()),
            (_, true) => Err(Minor::GuardianWaiting.into()),
            _ => Ok(None),
        });
    }
    age::answer(tx, digest, band).await?;
    Ok(match asked {
        Some(row) if consented => Ok(Some(Guarded {
            subject: row.subject,
            id: row.id,
        })),
        Some(_) if waits => Err(Minor::GuardianWaiting.into()),
        _ => Err(Minor::GuardianFirst.into()),
    })
}

/// Notes the band of an account that was just made; what was kept to make it goes.
pub(crate) async fn registered<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (account, subject): (Uuid, SubjectId),
    band: Band,
    guarded: Option<Guarded>,
) -> Result<(), Failure> {
    let mut band = band;
    if let Some(guarded) = guarded {
        let known = age::of(tx, subject).await?.map(|(known, _)| known);
        band = known.map_or(band, |known| known.stricter(band));
        store::registered(tx, guarded.id, account).await?;
    }
    Ok(age::put(tx, (subject, Some(account)), band, Source::Declared).await?)
}

/// Forgets a registration that was begun with another answer: of a minor nothing is kept that the request
/// itself does not need (2.7.a).
pub(crate) async fn forget_begun(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    digest: BlindIndex,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let subject = {
        let mut tx = app.store.begin(ctx).await?;
        let Some(begun) = code::latest(&mut tx, digest, crate::account::REGISTERING).await? else {
            return Ok(());
        };
        let held = account::of_subject(&mut tx, begun.subject).await?.is_some();
        let guarded = store::of_subject(&mut tx, begun.subject).await?.is_some();
        if held || guarded {
            return Ok(());
        }
        begun.subject
    };
    app.store.destroy_key(subject).await?;
    let mut tx = app.store.begin(ctx).await?;
    code::drop_abandoned(&mut tx, subject).await?;
    Ok(tx.commit().await?)
}
