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
use domain::account::guard::region::network;
use domain::machine::Role;
use domain::minor::{Band, Event, Facts, State, Step, may_answer};
use domain::refused::Minor;
use privacy::purpose::KeepAccount;
use privacy::{BlindIndex, Ctx, Purpose, SubjectId};
use storage::account::{self, code, token};
use storage::minor::age::{self, Source};
use storage::minor::{self as store, GuardianshipRow};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::{Origin, index};
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
pub use request::{GuardianRequest, ask_for_account, ask_guardian, request_guardian_code};
pub(crate) use request::{PROVE, begin as begin_request};
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

/// Where an answer about somebody's age is written down. Until a code proved the number it binds whoever
/// types this number from the same network, and so nobody answers for a stranger.
pub(crate) struct Answers {
    /// The number.
    pub phone: BlindIndex,
    /// The number as typed from this network; nothing where the network is not known.
    here: Option<BlindIndex>,
}

impl Answers {
    /// Of a number, as it was typed.
    pub(crate) fn of(app: &App, number: &str, from: &Origin<'_>) -> Self {
        let typed = |address| {
            index(
                app,
                "age_answer.network",
                &format!("{}:{number}", network(address)),
            )
        };
        Self {
            phone: index(app, account::PHONE, number),
            here: from.address.map(typed),
        }
    }

    /// What was answered from this network stands for seven days: a younger one is not taken back.
    pub(crate) async fn here_before<P: Purpose>(
        &self,
        tx: &mut Tx<'_, P>,
        band: Band,
    ) -> Result<Result<(), Refused>, Failure> {
        policy::clause!("2.7.a");
        let Some(here) = self.here else {
            return Ok(Ok(()));
        };
        if let Err(refused) = may_answer(band, age::answered(tx, here).await?, tx.ctx().now()) {
            return Ok(Err(refused));
        }
        if band.is_minor() {
            age::answer(tx, here, band).await?;
        }
        Ok(Ok(()))
    }

    /// Whether a registration goes on before the number is proven, and for whom a guardian consented. Who
    /// says to be of age is told nothing about the number. The caller commits, also a refusal.
    pub(crate) async fn unproven<P: Purpose>(
        &self,
        tx: &mut Tx<'_, P>,
        band: Band,
    ) -> Result<Result<Option<Guarded>, Refused>, Failure> {
        if let Err(refused) = self.here_before(tx, band).await? {
            return Ok(Err(refused));
        }
        if !band.is_minor() {
            return Ok(Ok(None));
        }
        let asked = store::of_phone(tx, self.phone).await?;
        Ok(guarded(asked.filter(|row| !overdue(row, tx.ctx().now()))))
    }

    /// Whether it goes on for whoever proved to hold the number: the answer is written down for the number,
    /// and the guardian's consent is held, so that it is not taken back meanwhile. The caller commits, also
    /// a refusal.
    pub(crate) async fn proven<P: Purpose>(
        &self,
        tx: &mut Tx<'_, P>,
        band: Band,
    ) -> Result<Result<Option<Guarded>, Refused>, Failure> {
        if let Err(refused) = self.here_before(tx, band).await? {
            return Ok(Err(refused));
        }
        let asked = match self.bind(tx, band).await? {
            Ok(asked) => asked,
            Err(refused) => return Ok(Err(refused)),
        };
        if band.is_minor() {
            return Ok(guarded(asked));
        }
        Ok(match asked {
            Some(row) if row.guardianship.waits() => Err(Minor::GuardianWaiting.into()),
            Some(row) if !row.guardianship.goes() => Err(Minor::AgeStricter.into()),
            _ => Ok(None),
        })
    }

    /// Writes the answer down for the number, which is proven, and gives the request that there is, held.
    pub(crate) async fn bind<P: Purpose>(
        &self,
        tx: &mut Tx<'_, P>,
        band: Band,
    ) -> Result<Result<Option<GuardianshipRow>, Refused>, Failure> {
        policy::clause!("2.7.a");
        let now = tx.ctx().now();
        if let Err(refused) = may_answer(band, age::answered(tx, self.phone).await?, now) {
            return Ok(Err(refused));
        }
        if band.is_minor() {
            age::answer(tx, self.phone, band).await?;
        }
        let Some(row) = store::of_phone(tx, self.phone).await? else {
            return Ok(Ok(None));
        };
        store::hold(tx, row.id).await?;
        let row = store::by_id(tx, row.id).await?;
        Ok(Ok(row.filter(|row| row.account.is_none() && !overdue(row, now))))
    }
}

/// What a request means for a registration under age.
fn guarded(asked: Option<GuardianshipRow>) -> Result<Option<Guarded>, Refused> {
    match asked {
        Some(row) if row.guardianship.state == State::Active => Ok(Some(Guarded {
            subject: row.subject,
            id: row.id,
        })),
        Some(row) if row.guardianship.waits() => Err(Minor::GuardianWaiting.into()),
        _ => Err(Minor::GuardianFirst.into()),
    }
}

/// Whether a guardian is, or was, asked for somebody.
pub(crate) async fn is_asked_for<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<bool, Failure> {
    Ok(store::of_subject(tx, subject).await?.is_some())
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

/// Forgets what was begun with a number that is proven to be a minor's, a registration with another answer
/// and the code that proved it: nothing is kept that the request itself does not need (2.7.a).
pub(crate) async fn forget_begun(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    digest: BlindIndex,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    for reason in [crate::account::REGISTERING, request::PROVE] {
        let subject = {
            let mut tx = app.store.begin(ctx).await?;
            let Some(begun) = code::latest(&mut tx, digest, reason).await? else {
                continue;
            };
            let held = account::of_subject(&mut tx, begun.subject).await?.is_some();
            if held || is_asked_for(&mut tx, begun.subject).await? {
                continue;
            }
            begun.subject
        };
        app.store.destroy_key(subject).await?;
        let mut tx = app.store.begin(ctx).await?;
        code::drop_abandoned(&mut tx, subject).await?;
        tx.commit().await?;
    }
    Ok(())
}
