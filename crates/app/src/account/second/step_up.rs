//! The one way to a fresh proof: the password again, and the second factor where one is on. It counts
//! for ten minutes in this session, which gets another token (2.6.4.f, 2.1.1.e).

use domain::Refused;
use privacy::purpose::VerifyHolder;
use privacy::{Ctx, Purpose};
use storage::Tx;
use storage::account::{second, session};

use super::super::login::token_digest;
use super::super::random_token;
use super::super::recovery::present_password;
use super::check::{Given, Holder, prove};
use crate::account::Viewer;
use crate::{App, Failure};

/// A session's new token, for the cookie; only its digest is stored.
#[derive(Clone)]
pub struct Renewed {
    /// The cookie's value.
    pub token: String,
}

/// Gives the viewer's session another token: whoever copied the former one holds nothing.
pub(in super::super) async fn renew<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
) -> Result<Renewed, Failure> {
    let token = random_token(&*app.entropy);
    // A session that ended in between stays ended; its new token opens nothing.
    session::renew(tx, viewer.account, viewer.session, token_digest(&token)).await?;
    Ok(Renewed { token })
}

/// Proves that the holder is there.
///
/// # Errors
/// [`Refused::PasswordMissing`] and [`Refused::SecondMissing`] for what is empty,
/// [`Refused::PasswordWrong`], [`Refused::SecondWrong`]; [`Refused::TooManyLogins`],
/// [`Refused::SecondTooMany`].
pub async fn step_up(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    password: &str,
    given: &Given<'_>,
) -> Result<Renewed, Failure> {
    let on = {
        let mut tx = app.store.begin(ctx).await?;
        second::is_on(&mut tx, viewer.account).await?
    };
    if on && given.is_empty() {
        // Nothing was tried, so nothing is counted.
        return Err(Refused::SecondMissing.into());
    }
    present_password(app, ctx, viewer, password).await?;
    let mut tx = app.store.begin(ctx).await?;
    // Asked again: it may have been turned on meanwhile.
    if second::is_on(&mut tx, viewer.account).await? {
        let holder = Holder {
            account: viewer.account,
            subject: viewer.subject,
        };
        if !prove(app, &mut tx, holder, given).await? {
            tx.commit().await?;
            return Err(Refused::SecondWrong.into());
        }
    }
    session::prove(&mut tx, viewer.account, viewer.session).await?;
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(renewed)
}
