//! Log-in by phone or account name, sessions, log-out (2.1.1.e). Nothing tells whether an account
//! exists: not the text, not the field, not the work done. With a second factor the right password
//! leads to the second step; nothing of the account is shown before it.

use domain::Refused;
use domain::account::guard::{Act, Outcome};
use domain::account::{limits, name, offer::LOGIN_ALERT, phone::Phone};
use privacy::purpose::{KeepSafe, VerifyHolder};
use privacy::{Ctx, Purpose, SubjectId};
use sha2::{Digest, Sha256};
use storage::Tx;
use storage::account::{self, AccountRow, code, failure, second, session};
use storage::org::Acting;
use time::Duration;
use uuid::Uuid;

use super::guard::{self, Origin, Seen, Try};
use super::second::{is_remembered, wait};
use super::{alert, begin_session, consent, index, random_token};
use crate::{App, Failure, Fault};

const FAILED: &str = "login_failed";
/// A session's last use is written at most this often.
const TOUCH_EVERY: Duration = Duration::minutes(5);

/// A log-in as typed.
pub struct Login<'a> {
    /// Phone or account name.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The device as the browser names it.
    pub device: &'a str,
    /// The token of the device, if one was remembered on it.
    pub remembered: Option<&'a str>,
    /// Where it comes from.
    pub from: Origin<'a>,
}

/// What the right password leads to.
#[derive(Clone)]
pub enum Entry {
    /// The person is logged in.
    Begun(Begun),
    /// The second step is still to come.
    Waits {
        /// The token of the log-in that waits, for the cookie; only its digest is stored.
        token: String,
    },
    /// The security guard stopped it: the page of stopped log-ins says why and how to go on.
    Stopped {
        /// The token of the stopped log-in, for the cookie; only its digest is stored.
        token: String,
    },
}

impl Entry {
    /// The session, if the person is logged in.
    #[must_use]
    pub fn begun(self) -> Option<Begun> {
        match self {
            Self::Begun(begun) => Some(begun),
            Self::Waits { .. } | Self::Stopped { .. } => None,
        }
    }
}

/// How much of what the account asks for a log-in gave.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// All of it.
    Whole,
    /// The password, on a remembered device.
    Half,
}

/// A session that just began: its secrets, for the cookie and the forms.
#[derive(Clone)]
pub struct Begun {
    /// The cookie's value; only its digest is stored.
    pub token: String,
    /// The token of this session's forms.
    pub csrf: String,
    /// The session.
    pub session: Uuid,
}

/// Who is logged in, or whom a program acts for.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account.
    pub account: Uuid,
    /// The person behind it.
    pub subject: SubjectId,
    /// The session, or the access token of a program.
    pub session: Uuid,
    /// The token of this session's forms; empty for a program, which has none.
    pub csrf: String,
    /// Whether the account works for a supplier.
    pub member: bool,
    /// The organisation the session acts for, and the seat it acts from; `None` for the person. A session
    /// acts for exactly one.
    pub acting: Option<Acting>,
    /// Whether the account belongs to any organisation.
    pub organisations: bool,
    /// Whether the account is for browsing only: its holder is under age, and no guardian consented (2.7.a).
    pub frozen: bool,
}

pub(crate) fn token_digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Begins a session after a log-in, and has its holder told if they agreed to it.
pub(super) async fn welcome(
    app: &App,
    tx: &mut Tx<'_, VerifyHolder>,
    (account, subject): (Uuid, SubjectId),
    device: &str,
    proof: Proof,
) -> Result<Begun, Failure> {
    let begun = begin_session(app, tx, account, subject, device, proof == Proof::Whole).await?;
    if consent::live(tx, subject, &LOGIN_ALERT).await?.is_some() {
        alert::enqueue(tx, account, begun.session).await?;
    }
    Ok(begun)
}

/// Logs in, or gets as far as the second step.
///
/// # Errors
/// [`Refused::LoginMissing`], [`Refused::PasswordMissing`] for what is empty,
/// [`Refused::LoginWrong`] whatever was wrong, [`Refused::TooManyLogins`].
pub async fn log_in(app: &App, ctx: &Ctx<VerifyHolder>, form: &Login<'_>) -> Result<Entry, Failure> {
    let who = Claim {
        login: form.login,
        password: form.password,
        device: form.device,
        from: &form.from,
        act: Act::Password,
    };
    let (row, attempt, seen) = prove(app, ctx, &who).await?;
    let weak = !seen.is_calm() && easily_guessed(form.password).await?;
    let verdict = guard::weigh(app, ctx, &seen, (row.id, row.subject), weak).await?;
    let mut tx = app.store.begin(ctx).await?;
    forget_failure(&mut tx, row.id, attempt).await?;
    let on = second::is_on(&mut tx, row.id).await?;
    let token = match verdict.outcome {
        Outcome::Hold | Outcome::Freeze => Some(random_token(&*app.entropy)),
        Outcome::StepUp if !on => Some(random_token(&*app.entropy)),
        Outcome::StepUp | Outcome::Allow => None,
    };
    if let Some(token) = token {
        tx.commit().await?;
        guard::bind(app, ctx, verdict.decision, &token).await?;
        return Ok(Entry::Stopped { token });
    }
    let stepping = verdict.outcome == Outcome::StepUp;
    let proof = if !on {
        Proof::Whole
    } else if !stepping && is_remembered(&mut tx, row.id, form.remembered).await? {
        Proof::Half
    } else {
        let token = wait(app, &mut tx, row.id).await?;
        tx.commit().await?;
        guard::bind(app, ctx, verdict.decision, &token).await?;
        return Ok(Entry::Waits { token });
    };
    let begun = welcome(app, &mut tx, (row.id, row.subject), form.device, proof).await?;
    tx.commit().await?;
    guard::known(app, ctx, seen.sighting()).await?;
    Ok(Entry::Begun(begun))
}

/// Whether the password is one that is guessed first. Costly, so it is asked only when something else
/// stands against the log-in.
async fn easily_guessed(password: &str) -> Result<bool, Failure> {
    let typed: String = password
        .chars()
        .take(domain::account::password::MAX_CHARS)
        .collect();
    let looked = tokio::task::spawn_blocking(move || domain::account::password::check(&typed, &[]).is_err());
    looked.await.map_err(|_| Failure::Fault(Fault::Password))
}

/// Who somebody claims to be, with what, and from where.
pub(super) struct Claim<'a> {
    /// Phone or account name.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The device as the browser names it.
    pub device: &'a str,
    /// Where it comes from.
    pub from: &'a Origin<'a>,
    /// What it is for.
    pub act: Act,
}

/// The account that name or number and password belong to, the attempt that the caller forgets with
/// [`forget_failure`] once it goes on, and what the guard saw.
pub(super) async fn prove(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    claim: &Claim<'_>,
) -> Result<(AccountRow, Uuid, Seen), Failure> {
    let (login, password) = (claim.login, claim.password);
    policy::clause!("2.1.1.e");
    policy::clause!("2.2.3.d");
    let missing: Vec<Refused> = [
        (login.trim(), Refused::LoginMissing),
        (password, Refused::PasswordMissing),
    ]
    .into_iter()
    .filter(|(typed, _)| typed.is_empty())
    .map(|(_, refused)| refused)
    .collect();
    if !missing.is_empty() {
        // Nothing was tried, so nothing is counted.
        return Err(Failure::Refused(missing));
    }
    let typed: String = login.trim().chars().take(64).collect();
    let (field, plain) = match Phone::parse(&typed, app.demo) {
        Ok(phone) => (account::PHONE, phone.into_digits()),
        Err(_) => (
            account::NAME,
            name::comparable(&name::parse(&typed).unwrap_or(typed)),
        ),
    };
    let digest = index(app, field, &plain);
    let (found, attempt) = {
        let mut tx = app.store.begin(ctx).await?;
        let since = ctx.now() - limits::LOGIN_WINDOW;
        limits::may_log_in(code::attempts_since(&mut tx, FAILED, digest, since).await?)?;
        // Counted before the password is looked at: tries at the same time all count.
        let attempt = code::count_attempt(&mut tx, FAILED, digest).await?;
        let found = account::find(&mut tx, field, digest).await?;
        failure::count(&mut tx, found.as_ref().map(|row| row.id)).await?;
        tx.commit().await?;
        (found, attempt)
    };
    let tried = Try {
        act: claim.act,
        origin: claim.from,
        device: claim.device,
        login: &plain,
        account: found.as_ref().map(|row| row.id),
    };
    let seen = match guard::door(app, ctx, &tried).await {
        Ok(seen) => seen,
        Err(failure) => {
            // Nothing was tried, so nothing counts against the name: whoever floods the door locks nobody out.
            let mut tx = app.store.begin(ctx).await?;
            forget_failure(&mut tx, tried.account.unwrap_or_default(), attempt).await?;
            tx.commit().await?;
            return Err(failure);
        }
    };
    // No transaction is held while the hash is computed.
    let phc = found.as_ref().map(|row| row.password_hash.clone());
    let password: String = password
        .chars()
        .take(domain::account::password::MAX_CHARS)
        .collect();
    let right = crate::password::verify(app.cost, password, phc).await?;
    let (Some(row), true) = (found, right) else {
        return Err(Refused::LoginWrong.into());
    };
    Ok((row, attempt, seen))
}

/// Takes back what was counted of a try that turned out well.
pub(super) async fn forget_failure<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    attempt: Uuid,
) -> Result<(), Failure> {
    code::forget_attempt(tx, attempt).await?;
    Ok(failure::take_back(tx, account).await?)
}

/// Who the cookie's token belongs to, if its session is live.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn authenticate(app: &App, ctx: &Ctx<KeepSafe>, token: &str) -> Result<Option<Viewer>, Failure> {
    authenticate_from(app, ctx, token, &Origin::default()).await
}

/// The same, noting from which network the session is used.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn authenticate_from(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    token: &str,
    origin: &Origin<'_>,
) -> Result<Option<Viewer>, Failure> {
    if token.len() != 64 {
        return Ok(None);
    }
    let mut tx = app.store.begin(ctx).await?;
    let idle_since = ctx.now() - limits::SESSION_IDLE;
    let Some(row) = session::live(&mut tx, token_digest(token), idle_since).await? else {
        return Ok(None);
    };
    if ctx.now() - row.seen_at >= TOUCH_EVERY {
        session::touch(&mut tx, row.id).await?;
        guard::used(app, &mut tx, row.account, origin).await?;
        tx.commit().await?;
    }
    Ok(Some(Viewer {
        account: row.account,
        subject: row.subject,
        session: row.id,
        csrf: row.csrf,
        member: row.memberships > 0,
        acting: row.acting,
        organisations: row.organisations > 0,
        frozen: row.frozen,
    }))
}

/// Ends the viewer's own session.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn log_out(app: &App, ctx: &Ctx<KeepSafe>, viewer: &Viewer) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    session::revoke(&mut tx, viewer.account, viewer.session).await?;
    Ok(tx.commit().await?)
}

/// Ends one of the viewer's sessions.
///
/// # Errors
/// [`Failure::NotFound`] for a session that is not live or not the viewer's: they look alike.
pub async fn revoke(app: &App, ctx: &Ctx<KeepSafe>, viewer: &Viewer, session: Uuid) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !session::revoke(&mut tx, viewer.account, session).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}
