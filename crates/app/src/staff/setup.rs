//! How an account comes to be: an administrator or the operator makes it and hands over a code; whoever has
//! the code chooses a password and adds an authenticator app. No account works without one (2.5.1.e).

use domain::Refused;
use domain::account::{change, password};
use domain::market::staff::identifier as read_identifier;
use domain::refused::Party;
use domain::staff::{self as rules, Role};
use privacy::purpose::{KeepSafe, Operate};
use privacy::{Ask, Ctx, LegalBasis, Personal, Purpose, SubjectId};
use storage::account::code as attempts;
use storage::staff::{self, NewStaff, Setup, StaffRow, hand};
use storage::{Tx, staff::field};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Signed, admit, own, ration, typed};
use crate::account::{Origin, accepted, fresh_codes, fresh_secret, index, salt};
use crate::{App, Failure};

/// Who changes an account.
#[derive(Clone, Copy, Debug)]
pub struct Doer<'a> {
    /// Their own account, if they have one here.
    pub id: Option<Uuid>,
    /// By what records name them.
    pub name: &'a str,
}

impl<'a> Doer<'a> {
    /// A member of staff.
    #[must_use]
    pub fn of(signed: &'a Signed) -> Self {
        Self {
            id: Some(signed.id),
            name: &signed.identifier,
        }
    }

    /// Whoever is at the machine itself, by what records name them.
    #[must_use]
    pub const fn machine(name: &'a str) -> Self {
        Self { id: None, name }
    }

    /// Their identifier, if they have an account here: through their hands accounts come.
    fn hand(&self) -> Option<&'a str> {
        self.id.map(|_| self.name)
    }
}

/// By what records name those at the machine: nobody's identifier.
const MACHINE: [&str; 2] = ["operator", "demo"];

/// What lets somebody set up their account. The code is here and nowhere else: only a digest is stored.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// For whom.
    pub identifier: String,
    /// The code.
    pub code: String,
    /// Until when it is good.
    pub until: OffsetDateTime,
}

pub(super) fn recovery_digest(app: &App, id: Uuid, code: &str) -> Vec<u8> {
    index(app, "staff_recovery_code.code", &format!("{id}:{code}"))
        .0
        .to_vec()
}

fn setup_digest(app: &App, id: Uuid, code: &str) -> Vec<u8> {
    let code = rules::typed_code(code);
    index(app, "staff.setup_code", &format!("{id}:{code}")).0.to_vec()
}

fn fresh_code(app: &App) -> String {
    let mut random = [0_u8; rules::SETUP_SIGNS];
    app.entropy.fill(&mut random);
    rules::setup_code(random)
}

/// Makes the row of a member of staff with a key of their own.
pub(crate) async fn make<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    (identifier, roles): (&str, &[Role]),
    secret: &Personal<String>,
    (code, doer): (&str, Doer<'_>),
) -> Result<Uuid, Failure> {
    let (id, subject) = (app.entropy.id(), SubjectId(app.entropy.id()));
    app.store.create_key(subject).await?;
    let mut tx = app.store.begin(ctx).await?;
    let new = NewStaff {
        id,
        subject,
        identifier,
        roles,
    };
    let setup = Setup {
        secret,
        digest: setup_digest(app, id, code),
        until: ctx.now() + rules::SETUP_LIFE,
    };
    if !staff::insert(&mut tx, &new, setup).await? {
        drop(tx);
        app.store.destroy_key(subject).await?;
        return Err(Refused::from(Party::StaffTaken).into());
    }
    staff::changed(&mut tx, id, "added", roles, doer.name).await?;
    hand::give(&mut tx, id, doer.hand()).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes an account from the machine itself, by what records name whoever is there.
///
/// # Errors
/// [`Party::StaffIdentifier`], [`Party::StaffRoles`], [`Party::StaffTaken`].
pub async fn add(
    app: &App,
    ctx: &Ctx<Operate>,
    doer: &str,
    new: (&str, &[Role]),
) -> Result<Invitation, Failure> {
    invite(app, ctx, Doer::machine(doer), new).await
}

/// Makes an account.
pub(super) async fn invite(
    app: &App,
    ctx: &Ctx<Operate>,
    doer: Doer<'_>,
    (identifier, roles): (&str, &[Role]),
) -> Result<Invitation, Failure> {
    policy::clause!("2.5.1.e");
    let identifier = typed(identifier);
    read_identifier(&identifier).map_err(|_| Refused::from(Party::StaffIdentifier))?;
    if MACHINE.contains(&identifier.as_str()) {
        return Err(Refused::from(Party::StaffTaken).into());
    }
    if roles.is_empty() {
        return Err(Refused::from(Party::StaffRoles).into());
    }
    let code = fresh_code(app);
    let secret = fresh_secret(&*app.entropy);
    make(app, ctx, (&identifier, roles), &secret, (&code, doer)).await?;
    Ok(Invitation {
        identifier,
        code,
        until: ctx.now() + rules::SETUP_LIFE,
    })
}

/// Lets an account be set up anew from the machine itself: its password, authenticator and sessions are
/// over at once.
///
/// # Errors
/// [`Failure::NotFound`] for nobody, or somebody whose account ended.
pub async fn renew(
    app: &App,
    ctx: &Ctx<Operate>,
    doer: &str,
    identifier: &str,
) -> Result<Invitation, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = staff::by_identifier(&mut tx, &typed(identifier)).await?;
    let row = row.ok_or(Failure::NotFound)?;
    let invitation = renewed(app, &mut tx, Doer::machine(doer), row).await?;
    tx.commit().await?;
    Ok(invitation)
}

/// The same in the running transaction, which the caller commits.
pub(super) async fn renewed(
    app: &App,
    tx: &mut Tx<'_, Operate>,
    doer: Doer<'_>,
    row: StaffRow,
) -> Result<Invitation, Failure> {
    policy::clause!("2.5.1.e");
    let code = fresh_code(app);
    let until = tx.ctx().now() + rules::SETUP_LIFE;
    let secret = fresh_secret(&*app.entropy);
    let setup = Setup {
        secret: &secret,
        digest: setup_digest(app, row.id, &code),
        until,
    };
    // An account that ended has no key that anything could be sealed under.
    if row.ended_at.is_some() || !staff::renew(tx, &row, setup).await? {
        return Err(Failure::NotFound);
    }
    staff::session::revoke_of(tx, row.id).await?;
    // Whoever gets the account anew begins anew.
    attempts::forget_digest(tx, ration(app, &row.identifier)).await?;
    staff::changed(tx, row.id, "renewed", &row.roles, doer.name).await?;
    hand::give(tx, row.id, doer.hand()).await?;
    Ok(Invitation {
        identifier: row.identifier,
        code,
        until,
    })
}

/// What whoever sets up an account sees.
pub struct Offered {
    /// The identifier.
    pub identifier: String,
    /// The key of the authenticator app, in base32.
    pub secret: String,
}

/// The account that identifier and code let set up. The try is counted; `None` if they do not: the caller
/// commits and refuses.
async fn invited<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    (identifier, code): (&str, &str),
    from: &Origin<'_>,
) -> Result<Option<(StaffRow, Uuid)>, Failure> {
    policy::clause!("2.1.1.e");
    let identifier = typed(identifier);
    let row = staff::by_identifier(tx, &identifier).await?;
    let attempt = admit(app, tx, (&identifier, from), row.as_ref()).await?;
    let now = tx.ctx().now();
    let fits = |row: &StaffRow| {
        let digest = setup_digest(app, row.id, code);
        let right = row
            .setup_digest
            .as_ref()
            .is_some_and(|known| bool::from(known.as_slice().ct_eq(&digest)));
        right && row.ended_at.is_none() && row.setup_until.is_some_and(|until| now < until)
    };
    Ok(row.filter(fits).map(|row| (row, attempt)))
}

/// Shows the key of the authenticator app to whoever has the set-up code.
///
/// # Errors
/// [`Party::StaffSetup`] whatever is wrong, [`Party::StaffTooMany`].
pub async fn offered(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    invitation: (&str, &str),
    from: &Origin<'_>,
) -> Result<Offered, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let Some((row, attempt)) = invited(app, &mut tx, invitation, from).await? else {
        tx.commit().await?;
        return Err(Refused::from(Party::StaffSetup).into());
    };
    attempts::forget_attempt(&mut tx, attempt).await?;
    tx.commit().await?;
    let own = own::<KeepSafe, _>(ctx, &row);
    let tx = app.store.begin(&own).await?;
    let secret = row.secret.as_ref().ok_or(Failure::NotFound)?;
    let permit = tx.permit(ask_secret(&row)).await?;
    let place = field("secret", row.id, row.subject);
    let secret = tx.show(&permit, &place, secret).await?;
    tx.commit().await?;
    Ok(Offered {
        identifier: row.identifier,
        secret,
    })
}

/// The permit for a member of staff's own key: what the duty to control access asks for.
pub(super) fn ask_secret(row: &StaffRow) -> Ask {
    Ask {
        subject: row.subject,
        fields: &["staff.secret"],
        basis: LegalBasis::LegalDuty("PIPL 51"),
        clause: policy::clause!("2.5.1.e"),
        case: None,
    }
}

/// What a member of staff fills in.
pub struct SetUp<'a> {
    /// The identifier.
    pub identifier: &'a str,
    /// The set-up code.
    pub setup_code: &'a str,
    /// What colleagues may call them.
    pub display_name: &'a str,
    /// The password.
    pub password: &'a str,
    /// A code of the authenticator app just added.
    pub second_code: &'a str,
    /// Where it comes from.
    pub from: Origin<'a>,
}

/// Sets an account up and gives its recovery codes, this once.
///
/// # Errors
/// [`Party::StaffSetup`], [`Party::StaffTooMany`], and what is wrong with name, password or code.
pub async fn set_up(app: &App, ctx: &Ctx<KeepSafe>, form: &SetUp<'_>) -> Result<Vec<String>, Failure> {
    let invitation = (form.identifier, form.setup_code);
    let (row, attempt) = {
        let mut tx = app.store.begin(ctx).await?;
        let found = invited(app, &mut tx, invitation, &form.from).await?;
        tx.commit().await?;
        found.ok_or(Refused::from(Party::StaffSetup))?
    };
    let name = change::display_name(form.display_name);
    let words = [row.identifier.as_str(), form.display_name];
    let second = (form.second_code.trim().is_empty()).then_some(Refused::SecondMissing);
    let refused: Vec<Refused> = [
        name.as_ref().err().copied(),
        password::check(form.password, &words).err(),
        second,
    ]
    .into_iter()
    .flatten()
    .collect();
    if !refused.is_empty() {
        // Whoever has the code guesses nothing by a short password.
        let mut tx = app.store.begin(ctx).await?;
        attempts::forget_attempt(&mut tx, attempt).await?;
        tx.commit().await?;
        return Err(Failure::Refused(refused));
    }
    let hash = crate::password::hash(app.cost, form.password.to_owned(), salt(&*app.entropy)).await?;
    let own = own::<KeepSafe, _>(ctx, &row);
    let mut tx = app.store.begin(&own).await?;
    let step = {
        let secret = row.secret.as_ref().ok_or(Failure::NotFound)?;
        let permit = tx.permit(ask_secret(&row)).await?;
        let place = field("secret", row.id, row.subject);
        let secret = tx.open(&permit, &place, secret).await?;
        accepted(app, &secret, form.second_code, ctx.now(), None)
    };
    let Some(step) = step else {
        tx.commit().await?;
        return Err(Refused::SecondWrong.into());
    };
    attempts::forget_attempt(&mut tx, attempt).await?;
    let name = Personal::received(name.ok().flatten().unwrap_or_default());
    if !staff::confirm(&mut tx, &row, &name, hash, step).await? {
        return Err(Refused::from(Party::StaffSetup).into());
    }
    let codes = fresh_codes(&*app.entropy);
    let digests = codes.iter().map(|code| recovery_digest(app, row.id, code));
    staff::put_codes(&mut tx, row.id, digests.collect()).await?;
    staff::changed(&mut tx, row.id, "set_up", &row.roles, &row.identifier).await?;
    tx.commit().await?;
    Ok(codes)
}
