//! The second factor (两步登录): how it stands, and the proof that acts of weight want. One gate for all
//! of them: the holder was proved to be there within ten minutes, by the password and, where a second
//! factor is on, by that too (2.1.1.e, 2.6.4.f).

mod check;
mod device;
mod enrol;
mod entry;
mod lost;
mod notice;
mod step_up;

pub use check::Given;
pub use device::{Remembered, forget_device};
pub use enrol::{NewCodes, Offered, begin_second, confirm_second, offered, own_codes, renew_codes, turn_off};
pub use entry::{Entered, SecondStep, second_step};
pub use lost::{ask_loss, keep_second, request_loss_code};
pub use step_up::{Renewed, step_up};

pub(crate) use check::accepted;
pub(crate) use enrol::{fresh_codes, fresh_secret};
pub(crate) use lost::{LOSS, carry_out};
pub(crate) use notice::{GuardNotice, NOTICE, tell as tell_notice, tell_of_guard};

pub(super) use check::admit;
pub(super) use device::is_remembered;
pub(super) use enrol::make_codes;
pub(super) use entry::{complete, count_wrong, wait, waiting};
pub(super) use notice::{What, enqueue as enqueue_notice};
pub(super) use step_up::renew;

use domain::Refused;
use domain::account::second as rules;
use privacy::Ctx;
use privacy::Purpose;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use storage::Tx;
use storage::account::{AccountRow, passkey, remembered, second, session};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Viewer;
use crate::{App, Failure};

/// What an act of weight would find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofState {
    /// Whether an authenticator app is on.
    pub app: bool,
    /// Whether there is a passkey.
    pub passkey: bool,
    /// Whether the last proof in this session still counts.
    pub fresh: bool,
}

impl ProofState {
    /// Whether the account has its second factor on.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.app || self.passkey
    }
}

/// How the viewer's proof stands.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn proof_state(app: &App, ctx: &Ctx<KeepSafe>, viewer: &Viewer) -> Result<ProofState, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    state(&mut tx, viewer).await
}

async fn state<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<ProofState, Failure> {
    let proved_at = session::proved_at(tx, viewer.account, viewer.session).await?;
    let standing = second::standing(tx, viewer.account).await?;
    Ok(ProofState {
        app: standing.app,
        passkey: standing.passkeys > 0,
        fresh: rules::fresh(proved_at, tx.ctx().now()),
    })
}

/// Lets an act go on that wants a fresh proof of everybody.
///
/// # Errors
/// [`Refused::ProofNeeded`].
pub(crate) async fn demand_proof<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<(), Failure> {
    policy::clause!("2.6.4.f");
    if state(tx, viewer).await?.fresh {
        Ok(())
    } else {
        Err(Refused::ProofNeeded.into())
    }
}

/// Lets an act go on whose form asks for the password: that is the whole proof, unless a second factor
/// is on.
///
/// # Errors
/// [`Refused::ProofNeeded`].
pub(super) async fn demand_second<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<(), Failure> {
    let state = state(tx, viewer).await?;
    if state.fresh || !state.is_on() {
        Ok(())
    } else {
        Err(Refused::ProofNeeded.into())
    }
}

/// Proves the second factor of somebody who gave the password and has no session, where one is on: with a
/// code of the app, or a recovery code. `false` for a wrong one: the caller commits, so that the try stays
/// counted, and then refuses.
///
/// # Errors
/// [`Refused::SecondMissing`], [`Refused::SecondTooMany`].
pub(super) async fn prove_second(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    row: &AccountRow,
    typed: &str,
) -> Result<bool, Failure> {
    if !second::is_on(tx, row.id).await? {
        return Ok(true);
    }
    let given = Given::of(typed);
    if given.is_empty() {
        return Err(Refused::SecondMissing.into());
    }
    let holder = check::Holder {
        account: row.id,
        subject: row.subject,
    };
    check::prove(app, tx, holder, &given).await
}

/// Ends what else could act for the account: other sessions, remembered devices, log-ins half done. Says
/// how many sessions.
pub(super) async fn end_others<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    kept: Uuid,
) -> Result<u64, Failure> {
    let ended = session::revoke_others(tx, account, kept).await?;
    remembered::revoke_all(tx, account).await?;
    second::end_all_pending(tx, account).await?;
    Ok(ended)
}

/// How log-in is guarded, as its person sees it.
#[derive(Clone, Debug)]
pub struct Security {
    /// Since when an authenticator app is on.
    pub app_since: Option<OffsetDateTime>,
    /// Passkeys.
    pub passkeys: i64,
    /// Since when there is a passkey.
    pub passkeys_since: Option<OffsetDateTime>,
    /// Recovery codes not yet used.
    pub codes_left: i64,
    /// When the second factor goes, because all of it was said to be lost.
    pub off_at: Option<OffsetDateTime>,
    /// The devices that are remembered.
    pub remembered: Vec<Remembered>,
}

/// How the viewer's log-in is guarded (2.6.1.a).
///
/// # Errors
/// [`Failure::Fault`].
pub async fn security(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Security, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let known = second::find(&mut tx, viewer.account).await?;
    let standing = second::standing(&mut tx, viewer.account).await?;
    let (passkeys, passkeys_since) = passkey::count(&mut tx, viewer.account).await?;
    let remembered = device::list(&mut tx, viewer).await?;
    tx.commit().await?;
    Ok(Security {
        app_since: known.and_then(|known| known.confirmed_at),
        passkeys,
        passkeys_since,
        codes_left: standing.codes_left,
        off_at: standing.off_at,
        remembered,
    })
}
