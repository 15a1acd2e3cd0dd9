//! What the guard notes when somebody got in: the device, the network and the region are known from then
//! on, and what had stopped them is over.

use domain::account::guard::{Act, Outcome, State};
use privacy::purpose::KeepSafe;
use privacy::{Ctx, Purpose, SubjectId};
use storage::Tx;
use storage::account::guard::review::{self, DecisionRow};
use storage::account::guard::{self, What};
use uuid::Uuid;

use super::super::login::token_digest;
use super::origin::{Digests, Origin};
use super::{Try, door, keep_safe, weigh};
use crate::{App, Failure};

/// Binds a decision to the token of whoever waits because of it.
pub(in super::super) async fn bind<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    decision: Uuid,
    token: &str,
) -> Result<(), Failure> {
    let own = keep_safe(ctx);
    let mut tx = app.store.begin(&own).await?;
    guard::retoken(&mut tx, decision, token_digest(token)).await?;
    Ok(tx.commit().await?)
}

/// Notes a log-in that is complete: whoever the sighting was of is the holder.
pub(crate) async fn known<P: Purpose>(app: &App, ctx: &Ctx<P>, sighting: Uuid) -> Result<(), Failure> {
    let own = keep_safe(ctx);
    let mut tx = app.store.begin(&own).await?;
    guard::turn_out(&mut tx, sighting, What::In).await?;
    Ok(tx.commit().await?)
}

/// Notes that the log-in which waited under this token was completed by its holder.
pub(in super::super) async fn passed<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    token: &str,
) -> Result<(), Failure> {
    let own = keep_safe(ctx);
    let mut tx = app.store.begin(&own).await?;
    if let Some(row) = review::by_token(&mut tx, token_digest(token)).await? {
        settle(&mut tx, &row).await?;
    }
    Ok(tx.commit().await?)
}

/// Ends a decision because the holder proved themselves.
pub(super) async fn settle(tx: &mut Tx<'_, KeepSafe>, row: &DecisionRow) -> Result<bool, Failure> {
    guard::turn_out(tx, row.sighting, What::In).await?;
    Ok(review::end(tx, row.id, State::Passed).await?)
}

/// Notes that an account was set up, or proved by its phone, from here.
pub(in super::super) async fn began<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    (account, device): (Uuid, &str),
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    let own = keep_safe(ctx);
    let mut tx = app.store.begin(&own).await?;
    seen_in(app, &mut tx, (account, device), origin).await?;
    Ok(tx.commit().await?)
}

async fn seen_in(
    app: &App,
    tx: &mut Tx<'_, KeepSafe>,
    (account, device): (Uuid, &str),
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    let tried = Try {
        act: Act::Password,
        origin,
        device,
        login: "",
        account: Some(account),
    };
    let seen = Digests::of(app, &tried).sighting(app.entropy.id(), What::In, Some(account));
    Ok(guard::see(tx, seen).await?)
}

/// Notes that the holder recovered the account with a code to the phone: what kept it back is over, and
/// the place they did it from is known. The place that was stopped is not: it may be the intruder's.
pub(in super::super) async fn recovered<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    (account, device): (Uuid, &str),
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    let own = keep_safe(ctx);
    let mut tx = app.store.begin(&own).await?;
    review::end_all(&mut tx, account, State::Recovered).await?;
    seen_in(app, &mut tx, (account, device), origin).await?;
    Ok(tx.commit().await?)
}

/// Notes in the running transaction from which network a session is used.
pub(in super::super) async fn used(
    app: &App,
    tx: &mut Tx<'_, KeepSafe>,
    account: Uuid,
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    if origin.address.is_none() {
        return Ok(());
    }
    let tried = Try {
        act: Act::Password,
        origin,
        device: "",
        login: "",
        account: Some(account),
    };
    // What is written for it names itself: the kind is the statement's own.
    let seen = Digests::of(app, &tried).sighting(app.entropy.id(), What::Proved, Some(account));
    Ok(guard::used(tx, seen).await?)
}

/// The guard's answer about a log-in with a passkey whose signature was right: the passkey is itself the one
/// more step, so nothing but a hold or a freeze stops it. Called after the signature was checked and before a
/// session begins; where it goes on, the caller ends with [`settle_passkey`].
///
/// # Errors
/// [`domain::refused::Party::PuzzleNeeded`] and [`domain::refused::Party::PuzzleWrong`] where the network's
/// own signals ask for a puzzle.
pub async fn passkey_entry<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    (account, subject): (Uuid, SubjectId),
    device: &str,
    origin: &Origin<'_>,
) -> Result<PasskeyVerdict, Failure> {
    let login = account.to_string();
    let tried = Try {
        act: Act::Passkey,
        origin,
        device,
        login: &login,
        account: Some(account),
    };
    let seen = door(app, ctx, &tried).await?;
    let verdict = weigh(app, ctx, &seen, (account, subject), false).await?;
    if matches!(verdict.outcome, Outcome::Allow | Outcome::StepUp) {
        return Ok(PasskeyVerdict::Goes(seen.sighting()));
    }
    let token = super::super::random_token(&*app.entropy);
    bind(app, ctx, verdict.decision, &token).await?;
    Ok(PasskeyVerdict::Stopped { token })
}

/// The guard's answer about a log-in with a passkey.
pub enum PasskeyVerdict {
    /// It goes on; the sighting for [`settle_passkey`].
    Goes(Uuid),
    /// It is stopped.
    Stopped {
        /// The token for the cookie of stopped log-ins.
        token: String,
    },
}

/// Notes a log-in with a passkey that is complete.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn settle_passkey<P: Purpose>(app: &App, ctx: &Ctx<P>, sighting: Uuid) -> Result<(), Failure> {
    known(app, ctx, sighting).await
}
