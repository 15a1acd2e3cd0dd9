//! The way out for whoever lost the authenticator app, the passkeys and the recovery codes: with password and phone,
//! after seven days in which the holder is told and may say no (2.1.1.e, 2.5.4.e).

use domain::Refused;
use domain::account::{phone::Phone, second as rules};
use privacy::Ctx;
use privacy::purpose::{KeepSafe, Operate, VerifyHolder};
use serde::{Deserialize, Serialize};
use storage::account::{self, passkey, second};
use storage::job::{self, Claimed, NewJob};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::{code, index};
use super::end_others;
use super::entry::waiting;
use super::notice::{What, enqueue as tell, remind};
use crate::account::Viewer;
use crate::{App, Failure, Fault};

/// What the code is for.
const REASON: &str = "second_loss";
/// The kind of the job that ends the wait.
pub(crate) const LOSS: &str = "second_factor_off";

#[derive(Deserialize, Serialize)]
struct Payload {
    account: Uuid,
    off_at: i64,
}

/// Sends a code to the phone, if it is that of the account whose log-in waits. The answer is the same
/// if it is not.
///
/// # Errors
/// [`Refused::SecondStale`]; [`Failure::Refused`] for a number that is none, or too many codes.
pub async fn request_loss_code(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    token: &str,
    phone: &str,
) -> Result<(), Failure> {
    let number = Phone::parse(phone, app.demo)?.into_digits();
    let digest = index(app, account::PHONE, &number);
    let mut tx = app.store.begin(ctx).await?;
    let pending = waiting(&mut tx, token).await?;
    code::admit(&mut tx, digest).await?;
    let found = account::find(&mut tx, account::PHONE, digest).await?;
    if let Some(row) = found.filter(|row| row.id == pending.account) {
        code::send(app, &mut tx, row.subject, digest, &number, REASON).await?;
    }
    Ok(tx.commit().await?)
}

/// Begins the seven days, and says when they end. The holder is told at once.
///
/// # Errors
/// [`Refused::SecondStale`]; [`Refused::CodeWrong`] whatever was wrong; a number that is none.
pub async fn ask_loss(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    token: &str,
    phone: &str,
    typed: &str,
) -> Result<OffsetDateTime, Failure> {
    let number = Phone::parse(phone, app.demo)?.into_digits();
    let digest = index(app, account::PHONE, &number);
    let mut tx = app.store.begin(ctx).await?;
    let pending = waiting(&mut tx, token).await?;
    let redeemed = code::redeem(app, &mut tx, digest, REASON, typed).await?;
    if redeemed != Some(pending.subject) {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    account::hold(&mut tx, pending.account).await?;
    let known = second::standing(&mut tx, pending.account).await?;
    if !known.is_on() {
        // Turned off since the password was right.
        tx.commit().await?;
        return Err(Refused::SecondStale.into());
    }
    let off_at = ctx.now() + rules::LOSS_WAIT;
    if !second::lose(&mut tx, pending.account, off_at).await? {
        // Asked before: the first day stands.
        tx.commit().await?;
        return known.off_at.ok_or_else(|| Refused::SecondStale.into());
    }
    tell(app, &mut tx, pending.account, What::LossAsked).await?;
    for after in rules::LOSS_REMINDERS {
        remind(app, &mut tx, pending.account, ctx.now() + after, off_at).await?;
    }
    let payload = Payload {
        account: pending.account,
        off_at: off_at.unix_timestamp(),
    };
    let payload = serde_json::to_string(&payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let end = NewJob {
        kind: LOSS,
        dedup: app.entropy.id().to_string(),
        payload: &payload,
        run_at: off_at,
    };
    job::enqueue(&mut tx, &end).await?;
    tx.commit().await?;
    Ok(off_at)
}

/// The viewer says that nothing is lost: the second factor stays on.
///
/// # Errors
/// [`Failure::NotFound`] if nobody said otherwise.
pub async fn keep_second(app: &App, ctx: &Ctx<KeepSafe>, viewer: &Viewer) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !second::keep(&mut tx, viewer.account).await? {
        return Err(Failure::NotFound);
    }
    tell(app, &mut tx, viewer.account, What::LossCancelled).await?;
    Ok(tx.commit().await?)
}

/// Turns the second factor off when the seven days are over and nobody said no.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn carry_out(app: &App, ctx: &Ctx<Operate>, claimed: &Claimed) -> Result<(), Failure> {
    let payload: Payload =
        serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, payload.account).await?;
    let known = second::standing(&mut tx, payload.account).await?;
    let due = known.off_at.is_some_and(|off_at| {
        // The same wish, not a later one after this was taken back.
        off_at.unix_timestamp() == payload.off_at && off_at <= ctx.now()
    });
    if due {
        second::remove(&mut tx, payload.account).await?;
        passkey::remove_all(&mut tx, payload.account).await?;
        second::end(&mut tx, payload.account).await?;
        end_others(&mut tx, payload.account, Uuid::nil()).await?;
        tell(app, &mut tx, payload.account, What::LossDone).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}
