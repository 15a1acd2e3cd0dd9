//! Signing in: identifier, password and the second factor in one form, whatever is wrong looking alike
//! (2.1.1.e, 2.5.1.e). A session is short and gets a new token at each log-in.

use domain::Refused;
use domain::account::guard::Act;
use domain::account::{password::MAX_CHARS, recovery};
use domain::refused::Party;
use domain::staff::{self as rules, Role};
use privacy::purpose::KeepSafe;
use privacy::{Actor, Ask, Ctx, LegalBasis, Purpose, SubjectId};
use storage::Tx;
use storage::account::code as attempts;
use storage::staff::{self, StaffRow, field, session};
use time::OffsetDateTime;
use uuid::Uuid;

use super::setup::{ask_secret, recovery_digest};
use super::{WRONG_SECOND, admit, count, own, ration, typed};
use crate::account::{Origin, Try, accepted, door, got_in, random_token, token_digest};
use crate::{App, Failure};

/// A log-in as typed.
pub struct SignIn<'a> {
    /// The identifier.
    pub identifier: &'a str,
    /// The password.
    pub password: &'a str,
    /// A code of the authenticator app, or a recovery code.
    pub second_code: &'a str,
    /// Where it comes from.
    pub from: Origin<'a>,
    /// The token of the session that this browser had, if it had one: it ends.
    pub former: Option<&'a str>,
}

/// A session that just began.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The cookie's value; only its digest is stored.
    pub token: String,
}

/// A member of staff who is signed in.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The account.
    pub id: Uuid,
    /// The person behind it.
    pub subject: SubjectId,
    /// By what records name them.
    pub identifier: String,
    /// What they do.
    pub roles: Vec<Role>,
    /// The token of this session's forms.
    pub csrf: String,
    /// Until when their training counts. For the eye: a permit looks it up itself.
    pub trained_until: Option<OffsetDateTime>,
}

impl Signed {
    /// Whether they have a role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Who acts, about themself.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Person {
            account: self.id,
            subject: self.subject,
        }
    }
}

/// Whether the second factor is right; a right one is used up.
async fn second(app: &App, tx: &mut Tx<'_, KeepSafe>, row: &StaffRow, given: &str) -> Result<bool, Failure> {
    policy::clause!("2.1.1.e");
    if let Some(code) = recovery::typed(given) {
        return Ok(staff::use_code(tx, row.id, recovery_digest(app, row.id, &code)).await?);
    }
    let Some(secret) = row.secret.as_ref().filter(|_| row.confirmed_at.is_some()) else {
        return Ok(false);
    };
    let step = {
        let permit = tx.permit(ask_secret(row)).await?;
        let place = field("secret", row.id, row.subject);
        let secret = tx.open(&permit, &place, secret).await?;
        accepted(app, &secret, given, tx.ctx().now(), row.last_step)
    };
    match step {
        Some(step) => Ok(staff::use_step(tx, row.id, step).await?),
        None => Ok(false),
    }
}

/// Signs in.
///
/// # Errors
/// [`Party::StaffLogin`] whatever is missing or wrong, [`Party::StaffTooMany`]; [`Party::PuzzleNeeded`],
/// [`Party::PuzzleWrong`] and [`Party::GuardWait`] where the network's own signals ask for a puzzle.
pub async fn sign_in(app: &App, ctx: &Ctx<KeepSafe>, form: &SignIn<'_>) -> Result<Begun, Failure> {
    policy::clause!("2.5.1.e");
    let wrong = || Failure::from(Refused::from(Party::StaffLogin));
    let identifier = typed(form.identifier);
    if [&*identifier, form.password, form.second_code.trim()].contains(&"") {
        // Nothing was tried, so nothing is counted.
        return Err(wrong());
    }
    // Whoever tries many identifiers from one network solves a puzzle before anything is computed for them.
    let tried = Try {
        act: Act::Password,
        origin: &form.from,
        device: "",
        login: &identifier,
        account: None,
    };
    let seen = door(app, ctx, &tried).await?;
    let (found, attempt) = {
        let mut tx = app.store.begin(ctx).await?;
        let found = staff::by_identifier(&mut tx, &identifier).await?;
        let attempt = admit(app, &mut tx, (&identifier, &form.from), found.as_ref()).await?;
        tx.commit().await?;
        (found, attempt)
    };
    // No transaction is held while the hash is computed; for nobody it is computed too.
    let phc = found.as_ref().and_then(|row| row.password_hash.clone());
    let password: String = form.password.chars().take(MAX_CHARS).collect();
    let right = crate::password::verify(app.cost, password, phc).await?;
    let (Some(row), true) = (found, right) else {
        return Err(wrong());
    };
    let own = own::<KeepSafe, _>(ctx, &row);
    let mut tx = app.store.begin(&own).await?;
    staff::hold(&mut tx, row.id).await?;
    // What an administrator did meanwhile counts.
    let row = staff::by_id(&mut tx, row.id).await?.ok_or_else(wrong)?;
    let works = row.ended_at.is_none() && row.confirmed_at.is_some();
    // Guesses at the second factor count from everywhere together. They are refused like any other: that
    // there were too many would tell that the password is right.
    let guess = match count(&mut tx, WRONG_SECOND, ration(app, &identifier)).await {
        Err(Failure::Refused(_)) => return Err(wrong()),
        counted => counted?,
    };
    if !works || !second(app, &mut tx, &row, form.second_code).await? {
        tx.commit().await?;
        return Err(wrong());
    }
    for right in [attempt, guess] {
        attempts::forget_attempt(&mut tx, right).await?;
    }
    if let Some(former) = form.former {
        session::revoke(&mut tx, token_digest(former)).await?;
    }
    let token = random_token(&*app.entropy);
    let csrf = random_token(&*app.entropy);
    session::insert(&mut tx, row.id, token_digest(&token), &csrf).await?;
    tx.commit().await?;
    got_in(app, ctx, seen.sighting()).await?;
    Ok(Begun { token })
}

/// Who the cookie's token belongs to, if its session is live and the account has not ended.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn authenticate<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    token: &str,
) -> Result<Option<Signed>, Failure> {
    policy::clause!("2.5.1.e");
    if token.len() != 64 {
        return Ok(None);
    }
    let mut tx = app.store.begin(ctx).await?;
    let Some(row) = session::find(&mut tx, token_digest(token)).await? else {
        return Ok(None);
    };
    if !rules::live(row.created_at, row.seen_at, ctx.now()) {
        return Ok(None);
    }
    if ctx.now() - row.seen_at >= rules::TOUCH_EVERY {
        session::touch(&mut tx, row.id).await?;
        tx.commit().await?;
    }
    Ok(Some(Signed {
        id: row.staff,
        subject: row.subject,
        identifier: row.identifier,
        roles: row.roles,
        csrf: row.csrf,
        trained_until: row.trained_until,
    }))
}

/// Ends the session of this token.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn sign_out<P: Purpose>(app: &App, ctx: &Ctx<P>, token: &str) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    session::revoke(&mut tx, token_digest(token)).await?;
    Ok(tx.commit().await?)
}

/// What a member of staff wants to be called, for their own eyes; empty for nothing.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn own_name(app: &App, ctx: &Ctx<KeepSafe>, signed: &Signed) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = staff::by_id(&mut tx, signed.id).await?.ok_or(Failure::NotFound)?;
    let Some(name) = &row.display_name else {
        return Ok(String::new());
    };
    let ask = Ask {
        subject: row.subject,
        fields: &["staff.display_name"],
        basis: LegalBasis::LegalDuty("PIPL 51"),
        clause: policy::clause!("2.5.1.e"),
        case: None,
    };
    let name = {
        let permit = tx.permit(ask).await?;
        tx.show(&permit, &field("display_name", row.id, row.subject), name)
            .await?
    };
    tx.commit().await?;
    Ok(name)
}
