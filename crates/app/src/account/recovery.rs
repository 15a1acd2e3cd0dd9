//! Changing and resetting the password. Both end every other session, every remembered device and every
//! access token, and are told to the holder. Neither goes past the second factor.

use domain::Refused;
use domain::account::change::What;
use domain::account::{limits, password, password as rules, phone::Phone};
use privacy::Ctx;
use privacy::purpose::VerifyHolder;
use storage::account::{self, change, code as codes, token};
use uuid::Uuid;

use super::guard::{self, Origin};
use super::second::{Renewed, What as Notice, demand_second, end_others, enqueue_notice, renew};
use super::{Viewer, code, index, phone::void_recovery, salt};
use crate::{App, Failure};

const REASON: &str = "reset";
/// The kind under which wrong present passwords are counted.
const WRONG: &str = "password_wrong";

/// A password change as typed.
pub struct PasswordChange<'a> {
    /// The present password.
    pub current: &'a str,
    /// The new one.
    pub password: &'a str,
}

/// Changes the viewer's password, and gives the session's new token.
///
/// # Errors
/// [`Failure::Refused`] naming the wrong field, [`Refused::TooManyLogins`], [`Refused::ProofNeeded`].
pub async fn change_password(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    form: &PasswordChange<'_>,
) -> Result<Renewed, Failure> {
    password::check(form.password, &[])?;
    verify_present(app, ctx, viewer, form.current).await?;
    let hash = crate::password::hash(app.cost, form.password.to_owned(), salt(&*app.entropy)).await?;
    let mut tx = app.store.begin(ctx).await?;
    account::set_password(&mut tx, viewer.account, hash).await?;
    end_others(&mut tx, viewer.account, viewer.session).await?;
    token::revoke_all(&mut tx, viewer.account).await?;
    void_recovery(&mut tx, viewer.account, viewer.subject).await?;
    change::record(&mut tx, viewer.subject, What::Password, None).await?;
    enqueue_notice(app, &mut tx, viewer.account, Notice::PasswordChanged).await?;
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(renewed)
}

/// Proves that the holder is there: with the present password, and for an account with a second factor
/// also by a fresh proof of that (2.6.4.f). Every act whose form asks for the password goes through here.
///
/// # Errors
/// [`Refused::PasswordWrong`], [`Refused::TooManyLogins`], [`Refused::ProofNeeded`].
pub(crate) async fn verify_present(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    password: &str,
) -> Result<(), Failure> {
    {
        let mut tx = app.store.begin(ctx).await?;
        demand_second(&mut tx, viewer).await?;
    }
    present_password(app, ctx, viewer, password).await
}

/// Compares the present password. Wrong ones are counted.
pub(super) async fn present_password(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    password: &str,
) -> Result<(), Failure> {
    let key = index(app, "account.password", &viewer.account.to_string());
    let (row, attempt) = {
        let mut tx = app.store.begin(ctx).await?;
        // Guesses sent at once are counted one after another.
        account::hold(&mut tx, viewer.account).await?;
        let since = ctx.now() - limits::LOGIN_WINDOW;
        limits::may_log_in(codes::attempts_since(&mut tx, WRONG, key, since).await?)?;
        let attempt = codes::count_attempt(&mut tx, WRONG, key).await?;
        let row = account::by_id(&mut tx, viewer.account)
            .await?
            .ok_or(Failure::NotFound)?;
        tx.commit().await?;
        (row, attempt)
    };
    let current: String = password.chars().take(rules::MAX_CHARS).collect();
    if !crate::password::verify(app.cost, current, Some(row.password_hash)).await? {
        return Err(Refused::PasswordWrong.into());
    }
    let mut tx = app.store.begin(ctx).await?;
    codes::forget_attempt(&mut tx, attempt).await?;
    Ok(tx.commit().await?)
}

/// Sends a reset code. A phone without an account gets nothing; the answer is the same.
///
/// # Errors
/// [`Failure::Refused`] for a number that is none, or too many codes.
pub async fn request_reset(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    phone: &str,
    from: &Origin<'_>,
) -> Result<(), Failure> {
    let number = Phone::parse(phone, app.demo)?.into_digits();
    let digest = index(app, account::PHONE, &number);
    code::door(app, ctx, &number, from).await?;
    let mut tx = app.store.begin(ctx).await?;
    code::admit(&mut tx, digest).await?;
    if let Some(row) = account::find(&mut tx, account::PHONE, digest).await? {
        code::send(app, &mut tx, row.subject, digest, &number, REASON).await?;
    }
    Ok(tx.commit().await?)
}

/// A reset as typed.
pub struct Reset<'a> {
    /// The phone.
    pub phone: &'a str,
    /// The code.
    pub code: &'a str,
    /// The new password.
    pub password: &'a str,
    /// The device as the browser names it.
    pub device: &'a str,
    /// Where it comes from.
    pub from: Origin<'a>,
}

/// Sets a new password with a code, and ends every session and access token of the account. A second
/// factor stays on: the code proves the phone, and the log-in still asks for the rest.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field.
pub async fn reset(app: &App, ctx: &Ctx<VerifyHolder>, form: &Reset<'_>) -> Result<(), Failure> {
    let number = Phone::parse(form.phone, app.demo).map(Phone::into_digits);
    let strong = password::check(form.password, &[number.as_deref().unwrap_or_default()]);
    let refusals: Vec<Refused> = number
        .as_ref()
        .err()
        .into_iter()
        .chain(strong.as_ref().err())
        .copied()
        .collect();
    let (Ok(number), true) = (number, refusals.is_empty()) else {
        return Err(Failure::Refused(refusals));
    };
    let digest = index(app, account::PHONE, &number);
    let hash = crate::password::hash(app.cost, form.password.to_owned(), salt(&*app.entropy)).await?;
    let mut tx = app.store.begin(ctx).await?;
    let redeemed = code::redeem(app, &mut tx, digest, REASON, form.code).await?;
    let holder = account::find(&mut tx, account::PHONE, digest).await?;
    // A code is good for the person it was sent to, also if the number is another's by now.
    if let (Some(subject), Some(row)) = (redeemed, &holder)
        && subject == row.subject
    {
        account::set_password(&mut tx, row.id, hash).await?;
        end_others(&mut tx, row.id, Uuid::nil()).await?;
        token::revoke_all(&mut tx, row.id).await?;
        enqueue_notice(app, &mut tx, row.id, Notice::PasswordReset).await?;
        void_recovery(&mut tx, row.id, row.subject).await?;
        change::record(&mut tx, row.subject, What::PasswordReset, None).await?;
        tx.commit().await?;
        return guard::recovered(app, ctx, (row.id, form.device), &form.from).await;
    }
    tx.commit().await?;
    Err(code::wrong().into())
}
