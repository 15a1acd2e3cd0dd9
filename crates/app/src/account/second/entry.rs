//! The second step of a log-in. What stands between the steps tells nothing of the account: a random
//! token, good for ten minutes and five tries.

use domain::Refused;
use domain::account::second as rules;
use privacy::Ctx;
use privacy::purpose::VerifyHolder;
use storage::Tx;
use storage::account::{code, second};
use uuid::Uuid;

use super::super::guard;
use super::super::login::{Begun, Proof, token_digest, welcome};
use super::super::random_token;
use super::check::{Given, Holder, Used, admit, look};
use super::device::remember;
use super::notice::{What, enqueue as tell};
use crate::{App, Failure};

/// Lets a log-in wait for its second step, and gives its token for the cookie.
pub(in super::super) async fn wait(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    account: Uuid,
) -> Result<String, Failure> {
    let token = random_token(&*app.entropy);
    let expires_at = tx.ctx().now() + rules::PENDING_LIFE;
    second::pend(tx, account, token_digest(&token), expires_at).await?;
    Ok(token)
}

/// A second step as typed.
pub struct SecondStep<'a> {
    /// The token of the log-in that waits.
    pub token: &'a str,
    /// The code.
    pub given: Given<'a>,
    /// The device as the browser names it.
    pub device: &'a str,
    /// Whether not to ask again on this device for thirty days.
    pub remember: bool,
}

/// A log-in that is complete.
pub struct Entered {
    /// The session.
    pub begun: Begun,
    /// The token of the device, if it is to be remembered; only its digest is stored.
    pub remembered: Option<String>,
}

/// The log-in that waits under this token, if it does.
pub(in super::super) async fn waiting(
    tx: &mut Tx<'_, VerifyHolder>,
    token: &str,
) -> Result<second::Pending, Failure> {
    if token.len() != 64 {
        return Err(Refused::SecondStale.into());
    }
    let found = second::pending(tx, token_digest(token), rules::PENDING_TRIES).await?;
    found.ok_or_else(|| Refused::SecondStale.into())
}

/// Completes a log-in.
///
/// # Errors
/// [`Refused::SecondMissing`], [`Refused::SecondWrong`], [`Refused::SecondTooMany`];
/// [`Refused::SecondStale`] for a log-in that waits no longer, or never did.
pub async fn second_step(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    step: &SecondStep<'_>,
) -> Result<Entered, Failure> {
    policy::clause!("2.1.1.e");
    policy::clause!("2.2.3.d");
    if step.given.is_empty() {
        return Err(Refused::SecondMissing.into());
    }
    let mut tx = app.store.begin(ctx).await?;
    let account = waiting(&mut tx, step.token).await?.account;
    let attempt = admit(app, &mut tx, account).await?;
    // Looked at again, now that nobody else tries for this account.
    let pending = waiting(&mut tx, step.token).await?;
    let holder = Holder {
        account: pending.account,
        subject: pending.subject,
    };
    let Some(used) = look(app, &mut tx, holder, &step.given).await? else {
        count_wrong(app, &mut tx, &pending).await?;
        tx.commit().await?;
        return Err(Refused::SecondWrong.into());
    };
    if used == Used::Recovery {
        tell(app, &mut tx, pending.account, What::CodeUsed).await?;
    }
    let entered = complete(app, &mut tx, &pending, attempt, step.device, step.remember).await?;
    tx.commit().await?;
    guard::passed(app, ctx, step.token).await?;
    Ok(entered)
}

/// Counts a wrong try of a log-in that waits; the last one is told to its holder.
pub(in super::super) async fn count_wrong(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    pending: &second::Pending,
) -> Result<(), Failure> {
    second::count_try(tx, pending.id).await?;
    if pending.tries + 1 == rules::PENDING_TRIES {
        // Whoever guesses here has the password.
        tell(app, tx, pending.account, What::Guessed).await?;
    }
    Ok(())
}

/// Turns a log-in that waits, and whose second factor was right, into a session.
pub(in super::super) async fn complete(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    pending: &second::Pending,
    attempt: Uuid,
    device: &str,
    keep: bool,
) -> Result<Entered, Failure> {
    code::forget_attempt(tx, attempt).await?;
    if !second::end_pending(tx, pending.id).await? {
        return Err(Refused::SecondStale.into());
    }
    let whose = (pending.account, pending.subject);
    let begun = welcome(app, tx, whose, device, Proof::Whole).await?;
    let holder = Holder {
        account: pending.account,
        subject: pending.subject,
    };
    let remembered = if keep {
        Some(remember(app, tx, holder, device).await?)
    } else {
        None
    };
    Ok(Entered { begun, remembered })
}
