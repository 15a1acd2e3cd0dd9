//! Who works here, in which roles (2.5.1.e): an administrator adds, changes and ends, never themself, and
//! the last one stays.

use domain::staff::{self as rules, Role};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::Tx;
use storage::staff::{self, Change, StaffRow};
use time::OffsetDateTime;

use super::setup::{Doer, Invitation, invite, renewed};
use super::{Signed, typed};
use crate::{App, Failure};

/// Members of staff shown at once.
const SHOWN: i64 = 500;
/// Changes shown.
const CHANGES: i64 = 30;

/// A member of staff as an administrator sees them: no name.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// By what records name them.
    pub identifier: String,
    /// What they do.
    pub roles: Vec<Role>,
    /// Whether they set the account up.
    pub set_up: bool,
    /// Until when the set-up code is good, while there is one.
    pub invited_until: Option<OffsetDateTime>,
    /// Until when the training counts.
    pub trained_until: Option<OffsetDateTime>,
    /// When the account ended.
    pub ended_at: Option<OffsetDateTime>,
}

/// Everybody, and what was done to their accounts.
pub struct People {
    /// Who works here, and who did.
    pub colleagues: Vec<Colleague>,
    /// What was done, the latest first.
    pub changes: Vec<Change>,
}

fn admin(signed: &Signed) -> Result<(), Failure> {
    // What is not one's work is not there.
    if signed.has(Role::Admin) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// Who works here.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no administrator.
pub async fn people(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<People, Failure> {
    admin(signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let of = |row: StaffRow| Colleague {
        set_up: row.confirmed_at.is_some(),
        identifier: row.identifier,
        roles: row.roles,
        invited_until: row.setup_until,
        trained_until: row.trained_until,
        ended_at: row.ended_at,
    };
    let colleagues = staff::all(&mut tx, SHOWN).await?.into_iter().map(of).collect();
    let changes = staff::changes(&mut tx, CHANGES).await?;
    Ok(People { colleagues, changes })
}

/// Makes an account.
///
/// # Errors
/// As [`super::add`]; [`Failure::NotFound`] for whoever is no administrator.
pub async fn add_by_admin(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    new: (&str, &[Role]),
) -> Result<Invitation, Failure> {
    admin(signed)?;
    invite(app, ctx, Doer::of(signed), new).await
}

/// Somebody else's account, everybody's being held.
async fn other(
    tx: &mut Tx<'_, Operate>,
    doer: Doer<'_>,
    identifier: &str,
    stays_admin: impl FnOnce(&StaffRow) -> bool,
) -> Result<StaffRow, Failure> {
    policy::clause!("2.5.1.e");
    staff::hold_all(tx).await?;
    let row = staff::by_identifier(tx, &typed(identifier)).await?;
    let row = row
        .filter(|row| row.ended_at.is_none())
        .ok_or(Failure::NotFound)?;
    let others = staff::other_admins(tx, row.id).await?;
    let works = row.confirmed_at.is_some();
    let was = row.roles.contains(&Role::Admin) && works;
    rules::may_change(doer.id == Some(row.id), (was, stays_admin(&row)), others)?;
    Ok(row)
}

/// Gives somebody other roles.
///
/// # Errors
/// [`domain::refused::Party::StaffOwn`], [`domain::refused::Party::StaffLastAdmin`],
/// [`Failure::NotFound`].
pub async fn set_roles(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    identifier: &str,
    roles: &[Role],
) -> Result<(), Failure> {
    admin(signed)?;
    let doer = Doer::of(signed);
    let mut tx = app.store.begin(ctx).await?;
    let row = other(&mut tx, doer, identifier, |_| roles.contains(&Role::Admin)).await?;
    if !staff::set_roles(&mut tx, row.id, roles).await? {
        return Err(Failure::NotFound);
    }
    staff::changed(&mut tx, row.id, "roles", roles, doer.name).await?;
    Ok(tx.commit().await?)
}

/// Lets somebody else set their account up anew.
///
/// # Errors
/// As [`set_roles`].
pub async fn renew_by_admin(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    identifier: &str,
) -> Result<Invitation, Failure> {
    admin(signed)?;
    let doer = Doer::of(signed);
    let mut tx = app.store.begin(ctx).await?;
    // Until it is set up again the account does no work.
    let row = other(&mut tx, doer, identifier, |_| false).await?;
    let invitation = renewed(app, &mut tx, doer, row).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// Ends somebody's account: sessions, password and authenticator at once, and their key for good.
///
/// # Errors
/// As [`set_roles`].
pub async fn end(app: &App, ctx: &Ctx<Operate>, signed: &Signed, identifier: &str) -> Result<(), Failure> {
    admin(signed)?;
    let doer = Doer::of(signed);
    ended(app, ctx, doer, identifier).await
}

/// Ends somebody's account from the machine itself.
///
/// # Errors
/// As [`set_roles`].
pub async fn end_by_operator(app: &App, ctx: &Ctx<Operate>, identifier: &str) -> Result<(), Failure> {
    ended(app, ctx, Doer::machine("operator"), identifier).await
}

async fn ended(app: &App, ctx: &Ctx<Operate>, doer: Doer<'_>, identifier: &str) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = other(&mut tx, doer, identifier, |_| false).await?;
    staff::session::revoke_of(&mut tx, row.id).await?;
    if !staff::end(&mut tx, row.id).await? {
        return Err(Failure::NotFound);
    }
    staff::changed(&mut tx, row.id, "ended", &row.roles, doer.name).await?;
    tx.commit().await?;
    Ok(app.store.destroy_key(row.subject).await?)
}
