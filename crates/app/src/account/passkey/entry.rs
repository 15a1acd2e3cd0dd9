//! Proving who is there by a passkey: at the door without a word, as the second step after the password,
//! and for an act of weight. The device checked its holder, so it counts as both factors (2.1.1.e). At the
//! door nothing is asked for and nothing tells whether an account or a passkey exists.

use domain::Refused;
use domain::account::limits;
use domain::refused::Passkey as Rule;
use privacy::Ctx;
use privacy::purpose::VerifyHolder;
use storage::account::passkey;
use storage::account::{code, failure, session};

use super::ceremony::{For, ask, take};
use super::credential::{check, digest, opened};
use super::site::{Answer, Wrong};
use super::{Prompt, site};
use crate::account::guard::{self, Origin, PasskeyVerdict};
use crate::account::login::{Entry, Proof, forget_failure, welcome};
use crate::account::second::{Entered, Renewed, admit, complete, count_wrong, renew, waiting};
use crate::account::{Viewer, random_token};
use crate::{App, Failure};

/// The kind under which refused answers at the door are counted, for the credential they name.
const FAILED: &str = "passkey_failed";

fn refusal(wrong: Wrong) -> Failure {
    let rule = match wrong {
        Wrong::Copied => Rule::Copied,
        Wrong::Answer => Rule::Wrong,
    };
    Refused::from(rule).into()
}

/// Asks for any passkey of this site. The question is the same for everybody.
///
/// # Errors
/// [`Rule::Unavailable`].
pub async fn begin_entry(app: &App, ctx: &Ctx<VerifyHolder>) -> Result<Prompt, Failure> {
    let site = site(app)?;
    let token = random_token(&*app.entropy);
    let mut tx = app.store.begin(ctx).await?;
    let challenge = ask(app, &mut tx, For::Entry(&token), None).await?;
    let options = site.to_prove(&challenge, &[])?;
    tx.commit().await?;
    Ok(Prompt {
        options,
        token: Some(token),
    })
}

/// A log-in by a passkey.
pub struct PasskeyEntry<'a> {
    /// The token of the question, from the cookie.
    pub token: &'a str,
    /// What the browser answered.
    pub answer: &'a str,
    /// The device as the browser names it.
    pub device: &'a str,
    /// Where it comes from.
    pub from: Origin<'a>,
}

/// Logs in by a passkey alone; the guard may stop it.
///
/// # Errors
/// [`Rule::Stale`]; [`Rule::Wrong`] whatever was wrong, [`Rule::Copied`]; [`Refused::TooManyLogins`]; where
/// the network's own signals ask for a puzzle, [`domain::refused::Party::PuzzleNeeded`].
pub async fn enter(app: &App, ctx: &Ctx<VerifyHolder>, form: &PasskeyEntry<'_>) -> Result<Entry, Failure> {
    policy::clause!("2.1.1.e");
    policy::clause!("2.2.3.d");
    let site = site(app)?;
    let challenge = take(app, ctx, For::Entry(form.token)).await?;
    // Whoever is not named beforehand has to be named by the authenticator.
    let answer = Answer::read(form.answer).filter(|answer| answer.handle().is_some());
    let answer = answer.ok_or_else(|| refusal(Wrong::Answer))?;
    let (found, attempt) = {
        let index = digest(app, answer.credential());
        let mut tx = app.store.begin(ctx).await?;
        let since = ctx.now() - limits::LOGIN_WINDOW;
        limits::may_log_in(code::attempts_since(&mut tx, FAILED, index, since).await?)?;
        // Counted before it is looked at, like a password.
        let attempt = code::count_attempt(&mut tx, FAILED, index).await?;
        let found = passkey::by_digest(&mut tx, index.0.to_vec()).await?;
        failure::count(&mut tx, found.as_ref().map(|row| row.account)).await?;
        tx.commit().await?;
        (found, attempt)
    };
    let Some(row) = found else {
        return Err(refusal(Wrong::Answer));
    };
    let mut tx = app.store.begin(ctx).await?;
    if let Err(wrong) = check(app, &mut tx, site, row.account, &challenge, &answer).await? {
        tx.commit().await?;
        return Err(refusal(wrong));
    }
    forget_failure(&mut tx, row.account, attempt).await?;
    tx.commit().await?;
    let whose = (row.account, row.subject);
    let sighting = match guard::passkey_entry(app, ctx, whose, form.device, &form.from).await? {
        PasskeyVerdict::Goes(sighting) => sighting,
        PasskeyVerdict::Stopped { token } => return Ok(Entry::Stopped { token }),
    };
    let mut tx = app.store.begin(ctx).await?;
    let begun = welcome(app, &mut tx, whose, form.device, Proof::Whole).await?;
    tx.commit().await?;
    guard::settle_passkey(app, ctx, sighting).await?;
    Ok(Entry::Begun(begun))
}

/// Asks for a passkey of the account whose log-in waits for its second step.
///
/// # Errors
/// [`Refused::SecondStale`], [`Rule::Missing`], [`Rule::Unavailable`].
pub async fn begin_step(app: &App, ctx: &Ctx<VerifyHolder>, token: &str) -> Result<Prompt, Failure> {
    let site = site(app)?;
    let mut tx = app.store.begin(ctx).await?;
    let pending = waiting(&mut tx, token).await?;
    let rows = passkey::of_account(&mut tx, pending.account).await?;
    let these = opened(&mut tx, pending.subject, &rows).await?;
    if these.is_empty() {
        return Err(Refused::from(Rule::Missing).into());
    }
    let challenge = ask(app, &mut tx, For::Step(token), Some(pending.account)).await?;
    let options = site.to_prove(&challenge, &these)?;
    tx.commit().await?;
    Ok(Prompt { options, token: None })
}

/// A second step by a passkey.
pub struct PasskeyStep<'a> {
    /// The token of the log-in that waits.
    pub token: &'a str,
    /// What the browser answered.
    pub answer: &'a str,
    /// The device as the browser names it.
    pub device: &'a str,
    /// Whether not to ask again on this device for thirty days.
    pub remember: bool,
}

/// Completes a log-in whose password was right.
///
/// # Errors
/// [`Rule::Stale`], [`Rule::Wrong`], [`Rule::Copied`]; [`Refused::SecondStale`], [`Refused::SecondTooMany`].
pub async fn passkey_step(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    step: &PasskeyStep<'_>,
) -> Result<Entered, Failure> {
    policy::clause!("2.1.1.e");
    let site = site(app)?;
    let challenge = take(app, ctx, For::Step(step.token)).await?;
    let mut tx = app.store.begin(ctx).await?;
    let account = waiting(&mut tx, step.token).await?.account;
    let attempt = admit(app, &mut tx, account).await?;
    // Looked at again, now that nobody else tries for this account.
    let pending = waiting(&mut tx, step.token).await?;
    let proved = match Answer::read(step.answer) {
        Some(answer) => check(app, &mut tx, site, account, &challenge, &answer).await?,
        None => Err(Wrong::Answer),
    };
    if let Err(wrong) = proved {
        count_wrong(app, &mut tx, &pending).await?;
        tx.commit().await?;
        return Err(refusal(wrong));
    }
    let entered = complete(app, &mut tx, &pending, attempt, step.device, step.remember).await?;
    tx.commit().await?;
    guard::passed(app, ctx, step.token).await?;
    Ok(entered)
}

/// Asks for one of the viewer's passkeys, as the proof that an act of weight wants.
///
/// # Errors
/// [`Rule::Missing`], [`Rule::Unavailable`].
pub async fn begin_proof(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer) -> Result<Prompt, Failure> {
    let site = site(app)?;
    let mut tx = app.store.begin(ctx).await?;
    let rows = passkey::of_account(&mut tx, viewer.account).await?;
    let these = opened(&mut tx, viewer.subject, &rows).await?;
    if these.is_empty() {
        return Err(Refused::from(Rule::Missing).into());
    }
    let what = For::Proof(viewer.session);
    let challenge = ask(app, &mut tx, what, Some(viewer.account)).await?;
    let options = site.to_prove(&challenge, &these)?;
    tx.commit().await?;
    Ok(Prompt { options, token: None })
}

/// Proves that the holder is there, by a passkey alone: it counts for ten minutes, as password and code do.
///
/// # Errors
/// [`Rule::Stale`], [`Rule::Wrong`], [`Rule::Copied`]; [`Refused::SecondTooMany`].
pub async fn prove_passkey(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    answer: &str,
) -> Result<Renewed, Failure> {
    policy::clause!("2.6.4.f");
    let site = site(app)?;
    let challenge = take(app, ctx, For::Proof(viewer.session)).await?;
    let mut tx = app.store.begin(ctx).await?;
    let attempt = admit(app, &mut tx, viewer.account).await?;
    let proved = match Answer::read(answer) {
        Some(answer) => check(app, &mut tx, site, viewer.account, &challenge, &answer).await?,
        None => Err(Wrong::Answer),
    };
    if let Err(wrong) = proved {
        tx.commit().await?;
        return Err(refusal(wrong));
    }
    code::forget_attempt(&mut tx, attempt).await?;
    session::prove(&mut tx, viewer.account, viewer.session).await?;
    let renewed = renew(app, &mut tx, viewer).await?;
    tx.commit().await?;
    Ok(renewed)
}
