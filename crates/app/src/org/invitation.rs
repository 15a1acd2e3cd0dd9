//! Invitations: to one phone, of which only a digest is kept. Nobody is written to who has no account,
//! and whoever invites does not learn whether there is one.

use domain::Refused;
use domain::account::phone::Phone;
use domain::org::invitation::{Invitation, LIFE, State, may_invite};
use domain::org::member::{self};
use domain::org::seat::{Act, Seat};
use domain::refused::Party;
use privacy::Ctx;
use privacy::purpose::KeepAccount;
use storage::account;
use storage::org::invitation as store;
use storage::org::{self, MOST_MEMBERS};
use time::Duration;
use uuid::Uuid;

use super::members::{held, plain};
use super::view::InvitationLine;
use super::{found, tell};
use crate::account::{Viewer, demand_proof, index};
use crate::rights::refuse_if_closing;
use crate::{App, Failure, minor, once};

/// Invitations an organisation may send in a day, and to one phone.
const A_DAY: i64 = 50;
const TO_ONE_A_DAY: i64 = 3;

/// Invites a phone to a seat. To make somebody an owner or administrator wants a fresh proof. Gives the
/// invitation; the same key again gives the one it made before, and sends nothing.
///
/// # Errors
/// Those of a phone number, [`Party::OrgNotYou`], [`Party::InvitationsMany`], [`Refused::ProofNeeded`],
/// [`Refused::KeyUsed`]; [`Failure::NotFound`] for whoever is no member.
pub async fn invite(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (phone, seat): (&str, Seat),
    key: Option<Uuid>,
) -> Result<Uuid, Failure> {
    policy::clause!("2.1.1.a");
    let phone = Phone::parse(phone, app.demo)?.into_digits();
    let mut tx = app.store.begin(ctx).await?;
    let rows = held(&mut tx, viewer, organisation).await?;
    may_invite(&plain(&rows), viewer.account, seat)?;
    if [Seat::Owner, Seat::Admin].contains(&seat) {
        demand_proof(&mut tx, viewer).await?;
    }
    let digest = index(app, account::PHONE, &phone);
    let id = once::id(app, viewer, "invitation", key);
    if let Some(known) = store::by_id(&mut tx, id).await? {
        let same = known.organisation == organisation && known.invitation.seat == seat;
        if same && store::is_to_phone(&mut tx, id, digest).await? {
            return Ok(id);
        }
        return Err(Refused::KeyUsed.into());
    }
    let lately = store::sent_since(&mut tx, organisation, ctx.now() - Duration::DAY).await?;
    let day = ctx.now() - Duration::DAY;
    let to_one = store::to_phone_since(&mut tx, organisation, digest, day).await?;
    if lately >= A_DAY || to_one >= TO_ONE_A_DAY || is_full(rows.len()) {
        return Err(Refused::from(Party::InvitationsMany).into());
    }
    let invitation = Invitation {
        seat,
        by: viewer.account,
        sent_at: ctx.now(),
        state: State::Sent,
    };
    match store::insert(&mut tx, id, organisation, digest, &invitation).await {
        // Of an organisation that is dissolved by now.
        Err(error) if error.is_conflict() => return Err(Refused::KeyUsed.into()),
        other => other?,
    }
    tell::invited_later(&mut tx, id).await?;
    tx.commit().await?;
    Ok(id)
}

/// The invitations of an organisation that wait for an answer, for whoever manages members. To whom they
/// are is nobody's to read again.
///
/// # Errors
/// [`Party::OrgNotYou`]; [`Failure::NotFound`] for whoever is no member.
pub async fn invitations(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<Vec<InvitationLine>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let members = plain(&org::members(&mut tx, organisation).await?);
    if member::seat(&members, viewer.account).is_none() {
        return Err(Failure::NotFound);
    }
    member::may(&members, viewer.account, Act::ManageMembers)?;
    let open = store::of_organisation(&mut tx, organisation, open_since(ctx.now())).await?;
    Ok(open.into_iter().map(InvitationLine::from).collect())
}

/// An invitation as whoever sent it reads it, also when it was answered: how is not told. One that was taken
/// back is gone, but for whoever asks what a key made.
///
/// # Errors
/// As [`invitations`], and [`Failure::NotFound`] for an unknown one.
pub async fn invitation(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    (organisation, id): (Uuid, Uuid),
    gone_too: bool,
) -> Result<InvitationLine, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let members = plain(&org::members(&mut tx, organisation).await?);
    if member::seat(&members, viewer.account).is_none() {
        return Err(Failure::NotFound);
    }
    member::may(&members, viewer.account, Act::ManageMembers)?;
    let row = store::by_id(&mut tx, id).await?;
    // What was taken back is gone; of an answer nothing is told.
    let row = row.filter(|row| {
        row.organisation == organisation && (gone_too || row.invitation.state != State::Withdrawn)
    });
    row.map(InvitationLine::from).ok_or(Failure::NotFound)
}

/// Takes an invitation back.
///
/// # Errors
/// [`Party::OrgNotYou`], [`Party::InvitationUsed`]; [`Failure::NotFound`] for an unknown one.
pub async fn take_back(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    id: Uuid,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let rows = held(&mut tx, viewer, organisation).await?;
    member::may(&plain(&rows), viewer.account, Act::ManageMembers)?;
    let row = store::by_id(&mut tx, id).await?;
    if row.is_none_or(|row| row.organisation != organisation) {
        return Err(Failure::NotFound);
    }
    answered(store::answer(&mut tx, id, State::Withdrawn).await?)?;
    Ok(tx.commit().await?)
}

fn is_full(members: usize) -> bool {
    i64::try_from(members).unwrap_or(i64::MAX) >= MOST_MEMBERS
}

fn answered(first: bool) -> Result<(), Failure> {
    if first {
        Ok(())
    } else {
        Err(Refused::from(Party::InvitationUsed).into())
    }
}

/// Joins the organisation of an invitation to the viewer's own phone.
///
/// # Errors
/// What [`Invitation::accepted`] says, [`domain::Refused::ClosurePending`]; [`Failure::NotFound`] for an
/// invitation to somebody else.
pub async fn accept(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    policy::clause!("2.4.1.2");
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    minor::refuse(&mut tx, viewer.subject).await?;
    if !store::is_to(&mut tx, id, viewer.account).await? {
        return Err(Failure::NotFound);
    }
    let row = store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    org::hold(&mut tx, row.organisation).await?;
    let members = plain(&org::members(&mut tx, row.organisation).await?);
    if is_full(members.len()) {
        return Err(Refused::from(Party::InvitationsMany).into());
    }
    row.invitation.accepted(&members, viewer.account, ctx.now())?;
    answered(store::answer(&mut tx, id, State::Accepted).await?)?;
    found::join(
        &mut tx,
        row.organisation,
        (viewer.account, viewer.subject),
        row.invitation.seat,
        ("joined", Some(row.invitation.by)),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Declines an invitation to the viewer's own phone.
///
/// # Errors
/// [`Party::InvitationUsed`]; [`Failure::NotFound`] for an invitation to somebody else.
pub async fn decline(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !store::is_to(&mut tx, id, viewer.account).await? {
        return Err(Failure::NotFound);
    }
    answered(store::answer(&mut tx, id, State::Declined).await?)?;
    Ok(tx.commit().await?)
}

/// Invitations sent before this are over.
pub(super) fn open_since(now: time::OffsetDateTime) -> time::OffsetDateTime {
    now - LIFE
}
