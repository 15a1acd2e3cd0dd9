//! What a person says of themselves: the name they log in with and the one they want to be called by
//! (2.6.1.a), the record of what was corrected, and their log-ins (2.2.3.d).

use domain::Refused;
use domain::account::change::{self as rule, What};
use domain::account::{limits, name};
use privacy::purpose::{KeepAccount, KeepSafe, ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis, Personal, PurposeId};
use storage::access::{self, Opening};
use storage::account::{self, Place, change, failure, phone as store, profile, session};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Viewer, index, recovery::verify_present};
use crate::rights::ask_to_correct;
use crate::{App, Failure, minor};

/// Rows on a page of a list.
const PAGE: usize = 30;
/// One more is asked for: whether there is another page.
const ASKED: i64 = 31;

/// What a person says of themselves.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The name they log in with.
    pub name: String,
    /// The name they want to be called by; empty for none.
    pub display_name: String,
    /// From when on the account name may be changed; `None` for now.
    pub rename_from: Option<OffsetDateTime>,
}

/// The viewer's names.
///
/// # Errors
/// [`Failure`].
pub async fn profile(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Profile, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = account::by_id(&mut tx, viewer.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let sealed = profile::of_account(&mut tx, viewer.account).await?;
    let renamed = change::since(
        &mut tx,
        viewer.subject,
        What::AccountName,
        ctx.now() - rule::NAME_WINDOW,
    )
    .await?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["account.name", "profile.display_name"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = account::field("name", row.id, row.subject);
    let name = tx.show(&permit, &place, &row.name).await?;
    let display_name = match sealed {
        Some(sealed) => {
            let place = profile::name_field(row.id, row.subject);
            tx.show(&permit, &place, &sealed).await?
        }
        None => String::new(),
    };
    tx.commit().await?;
    Ok(Profile {
        name,
        display_name,
        rename_from: renamed.last().map(|at| *at + rule::NAME_WINDOW),
    })
}

/// The name the viewer wants to be called by; empty for none, and then nothing is opened.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn display_name(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let Some(sealed) = profile::of_account(&mut tx, viewer.account).await? else {
        return Ok(String::new());
    };
    let ask = Ask {
        subject: viewer.subject,
        fields: &["profile.display_name"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.f"),
        case: None,
    };
    let name = {
        let permit = tx.permit(ask).await?;
        let place = profile::name_field(viewer.account, viewer.subject);
        tx.show(&permit, &place, &sealed).await?
    };
    tx.commit().await?;
    Ok(name)
}

/// Another account name as typed.
pub struct Rename<'a> {
    /// The new name.
    pub account_name: &'a str,
    /// The present password: the name is what one logs in with.
    pub current: &'a str,
    /// Why, if the person wants to say.
    pub reason: &'a str,
}

/// Changes the name the viewer logs in with.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field.
pub async fn rename(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    form: &Rename<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.6.1.a");
    policy::clause!("2.6.2.a");
    let (chosen, reason) = (name::parse(form.account_name), rule::reason(form.reason));
    let mut refused: Vec<Refused> = [chosen.as_ref().err(), reason.as_ref().err()]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    match verify_present(app, ctx, viewer, form.current).await {
        Err(Failure::Refused(why)) => refused.extend(why),
        other => other?,
    }
    let (Ok(chosen), Ok(reason), true) = (chosen, reason, refused.is_empty()) else {
        return Err(Failure::Refused(refused));
    };
    let digest = index(app, account::NAME, &name::comparable(&chosen));
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    let since = ctx.now() - rule::NAME_WINDOW;
    rule::may_rename(
        change::since(&mut tx, viewer.subject, What::AccountName, since)
            .await?
            .len(),
    )?;
    match account::find(&mut tx, account::NAME, digest).await? {
        // Another way to write the same name is a correction like any other.
        Some(holder) if holder.id != viewer.account => return Err(Refused::NameTaken.into()),
        _ => {}
    }
    let chosen = Personal::received(chosen);
    match store::set_name(&mut tx, viewer.account, viewer.subject, &chosen, digest).await {
        Err(error) if error.is_conflict() => return Err(Refused::NameTaken.into()),
        other => other?,
    }
    let reason = reason.map(Personal::received);
    change::record(&mut tx, viewer.subject, What::AccountName, reason.as_ref()).await?;
    ask_to_correct(&mut tx, viewer.subject, &["account.name"]).await?;
    Ok(tx.commit().await?)
}

/// Changes the name the viewer is addressed by, or takes it away.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field.
pub async fn set_display_name(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    typed: &str,
    reason: &str,
) -> Result<(), Failure> {
    policy::clause!("2.6.1.a");
    let (name, reason) = (rule::display_name(typed), rule::reason(reason));
    let refused: Vec<Refused> = [name.as_ref().err(), reason.as_ref().err()]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    let (Ok(name), Ok(reason)) = (name, reason) else {
        return Err(Failure::Refused(refused));
    };
    let (name, reason) = (name.map(Personal::received), reason.map(Personal::received));
    let mut tx = app.store.begin(ctx).await?;
    if name.is_some() {
        policy::clause!("2.7.b");
        minor::refuse(&mut tx, viewer.subject).await?;
    }
    if profile::put(&mut tx, viewer.account, viewer.subject, name.as_ref()).await? {
        change::record(&mut tx, viewer.subject, What::DisplayName, reason.as_ref()).await?;
        ask_to_correct(&mut tx, viewer.subject, &["profile.display_name"]).await?;
    }
    Ok(tx.commit().await?)
}

/// The same for a program, which may send it again: what is so already is neither changed nor recorded
/// nor told to anybody anew.
///
/// # Errors
/// As [`set_display_name`].
pub async fn settle_display_name(
    app: &App,
    (show, keep): (&Ctx<ShowOwn>, &Ctx<KeepAccount>),
    viewer: &Viewer,
    typed: &str,
    reason: &str,
) -> Result<(), Failure> {
    let wanted = rule::display_name(typed).map(Option::unwrap_or_default);
    if wanted == Ok(display_name(app, show, viewer).await?) {
        return Ok(());
    }
    set_display_name(app, keep, viewer, typed, reason).await
}

/// A page of a list, and the place where the next one begins.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
}

fn paged<R, T>(rows: Vec<R>, place: impl Fn(&R) -> Place, make: impl Fn(R) -> T) -> Paged<T> {
    let more = rows.len() > PAGE;
    let next = rows.get(PAGE - 1).filter(|_| more).map(place);
    Paged {
        rows: rows.into_iter().take(PAGE).map(make).collect(),
        next,
    }
}

/// Who opened the viewer's data, newest first; for one purpose, if it is named (2.5.1.e). Looking at the
/// list opens nothing.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn openings(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    purpose: Option<PurposeId>,
    before: Place,
) -> Result<Paged<Opening>, Failure> {
    policy::clause!("2.5.1.e");
    let mut tx = app.store.begin(ctx).await?;
    let rows = access::page(&mut tx, viewer.subject, purpose, before, ASKED).await?;
    let place = |(id, row): &(Uuid, Opening)| Place { at: row.at, id: *id };
    Ok(paged(rows, place, |(_, row)| row))
}

/// A correction as its person reads it.
#[derive(Clone, Debug)]
pub struct Change {
    /// What.
    pub what: What,
    /// The kind of actor.
    pub actor_kind: String,
    /// Why; empty if nothing was said.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
}

/// What was corrected of the viewer's account, newest first.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn changes(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    before: Place,
) -> Result<Paged<Change>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let rows = change::page(&mut tx, viewer.subject, before, ASKED).await?;
    let mut reasons = Vec::with_capacity(rows.len());
    if rows.iter().any(|row| row.reason.is_some()) {
        let ask = Ask {
            subject: viewer.subject,
            fields: &["account_change.reason"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.6.1.a"),
            case: None,
        };
        let permit = tx.permit(ask).await?;
        for row in &rows {
            reasons.push(match &row.reason {
                Some(sealed) => {
                    let place = change::reason_field(row.id, viewer.subject);
                    tx.show(&permit, &place, sealed).await?
                }
                None => String::new(),
            });
        }
    }
    tx.commit().await?;
    reasons.resize(rows.len(), String::new());
    let rows = rows.into_iter().zip(reasons).collect();
    let place = |(row, _): &(change::ChangeRow, String)| Place {
        at: row.at,
        id: row.id,
    };
    Ok(paged(rows, place, |(row, reason)| Change {
        what: row.what,
        actor_kind: row.actor_kind,
        reason,
        at: row.at,
    }))
}

/// How a log-in's session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// The one that asks.
    Current,
    /// Logged in.
    Live,
    /// Ended by a log-out, a new password or number, or from the list.
    Ended,
    /// Run out by itself.
    Expired,
}

/// A log-in as its person reads it.
#[derive(Clone, Debug)]
pub struct LoginEvent {
    /// The session.
    pub session: Uuid,
    /// The device as its browser named it.
    pub device: String,
    /// When.
    pub at: OffsetDateTime,
    /// How it stands.
    pub state: SessionState,
}

/// The log-ins of an account.
#[derive(Clone, Debug)]
pub struct Logins {
    /// Those that succeeded, newest first.
    pub events: Paged<LoginEvent>,
    /// On which days log-ins failed, and how often, the latest first.
    pub failures: Vec<(String, i64)>,
}

/// The viewer's log-ins as far as they are kept: half a year at most (2.2.3.d).
///
/// # Errors
/// [`Failure::Fault`].
pub async fn logins(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    before: Place,
) -> Result<Logins, Failure> {
    policy::clause!("2.2.3.d");
    let mut tx = app.store.begin(ctx).await?;
    let rows = session::logins(&mut tx, viewer.account, before, ASKED).await?;
    let failures = failure::of_account(&mut tx, viewer.account).await?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["session.device"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let mut events = Vec::with_capacity(rows.len());
    let now = ctx.now();
    for row in rows {
        let place = session::device_field(row.id, viewer.subject);
        let idle = row.seen_at <= now - limits::SESSION_IDLE;
        events.push(LoginEvent {
            session: row.id,
            device: tx.show(&permit, &place, &row.device).await?,
            at: row.at,
            state: match row.revoked_at {
                Some(_) => SessionState::Ended,
                None if row.expires_at <= now || idle => SessionState::Expired,
                None if row.id == viewer.session => SessionState::Current,
                None => SessionState::Live,
            },
        });
    }
    tx.commit().await?;
    let place = |row: &LoginEvent| Place {
        at: row.at,
        id: row.session,
    };
    Ok(Logins {
        events: paged(events, place, |row| row),
        failures,
    })
}

/// Ends every session of the viewer but the one that asks; says how many.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn end_others(app: &App, ctx: &Ctx<KeepSafe>, viewer: &Viewer) -> Result<u64, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    // With the devices that are remembered: one would let itself in again.
    let ended = super::second::end_others(&mut tx, viewer.account, viewer.session).await?;
    tx.commit().await?;
    Ok(ended)
}
