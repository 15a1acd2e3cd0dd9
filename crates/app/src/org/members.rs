//! Who belongs to an organisation: seats given and taken, people leaving, and its end. An owner always
//! stays, whatever happens at the same time.

use domain::Refused;
use domain::machine::Role;
use domain::org::member::{Change, Member, changed, may};
use domain::org::seat::{Act, Seat};
use domain::org::verification::{Event, Facts};
use domain::refused::Party;
use privacy::purpose::KeepAccount;
use privacy::{Ctx, Purpose};
use storage::Tx;
use storage::market::order_list;
use storage::org::verification;
use storage::org::{self, MemberRow};
use uuid::Uuid;

use super::{by, found, take};
use crate::account::{Viewer, demand_proof};
use crate::{App, Failure};

/// The members of an organisation that the viewer belongs to, held; to others it does not exist.
pub(super) async fn held<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<Vec<MemberRow>, Failure> {
    org::hold(tx, organisation).await?;
    let rows = org::members(tx, organisation).await?;
    if rows.iter().any(|row| row.member.account == viewer.account) {
        Ok(rows)
    } else {
        Err(Failure::NotFound)
    }
}

pub(super) fn plain(rows: &[MemberRow]) -> Vec<Member> {
    rows.iter().map(|row| row.member).collect()
}

fn row_of(rows: &[MemberRow], account: Uuid) -> Result<MemberRow, Failure> {
    rows.iter()
        .find(|row| row.member.account == account)
        .copied()
        .ok_or_else(|| Refused::from(Party::OrgNotMember).into())
}

/// Gives a member another seat. To make somebody an owner, or an owner something else, wants a fresh
/// proof.
///
/// # Errors
/// [`Party::OrgNotYou`], [`Party::OrgNotMember`], [`Party::OrgLastOwner`], [`Refused::ProofNeeded`];
/// [`Failure::NotFound`] for whoever is no member.
pub async fn change_seat(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (account, seat): (Uuid, Seat),
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let rows = held(&mut tx, viewer, organisation).await?;
    changed(&plain(&rows), account, Change::Seat(seat), viewer.account)?;
    let row = row_of(&rows, account)?;
    if row.member.seat == seat {
        return Ok(());
    }
    if [row.member.seat, seat].contains(&Seat::Owner) {
        demand_proof(&mut tx, viewer).await?;
    }
    org::put(&mut tx, organisation, (account, row.subject), seat).await?;
    let who = (Some(viewer.account), Some(account));
    org::note(&mut tx, organisation, "seat", who, Some(seat)).await?;
    Ok(tx.commit().await?)
}

/// Ends somebody's membership. An owner's wants a fresh proof.
///
/// # Errors
/// As [`change_seat`].
pub async fn remove(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    account: Uuid,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    // Verification before organisation, as everywhere.
    if let Some(row) = verification::of_organisation(&mut tx, organisation).await? {
        verification::hold(&mut tx, row.id).await?;
    }
    let rows = held(&mut tx, viewer, organisation).await?;
    changed(&plain(&rows), account, Change::Leave, viewer.account)?;
    let row = row_of(&rows, account)?;
    let own = account == viewer.account;
    if row.member.seat == Seat::Owner && !own {
        demand_proof(&mut tx, viewer).await?;
    }
    found::part(&mut tx, organisation, (account, row.subject)).await?;
    let what = if own { "left" } else { "removed" };
    org::note(
        &mut tx,
        organisation,
        what,
        (Some(viewer.account), Some(account)),
        None,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The viewer leaves.
///
/// # Errors
/// [`Party::OrgLastOwner`]; [`Failure::NotFound`] for whoever is no member.
pub async fn leave(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    remove(app, ctx, viewer, organisation, viewer.account).await
}

/// Dissolves an organisation: its verification ends, nobody belongs to it, and its code is free again.
/// Wants a fresh proof; nobody would answer for orders under way.
///
/// # Errors
/// [`Party::OrgNotYou`], [`Party::OrgOrders`], [`Party::EnterpriseAppeal`], [`Refused::ProofNeeded`],
/// [`Party::VerifyNotNow`] while a revocation is proposed; [`Failure::NotFound`] for whoever is no member.
pub async fn dissolve(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    // Verification before supplier before organisation, as everywhere: two who wait for each other would
    // wait for ever.
    if let Some(row) = verification::of_organisation(&mut tx, organisation).await? {
        verification::hold(&mut tx, row.id).await?;
    }
    crate::supplier::hold_all(&mut tx, organisation).await?;
    let rows = held(&mut tx, viewer, organisation).await?;
    may(&plain(&rows), viewer.account, Act::Dissolve)?;
    if order_list::under_way(&mut tx, organisation).await? > 0 {
        return Err(Refused::from(Party::OrgOrders).into());
    }
    crate::supplier::refuse_if_supplier(&mut tx, organisation).await?;
    demand_proof(&mut tx, viewer).await?;
    if let Some(row) = verification::of_organisation(&mut tx, organisation).await? {
        if row.verification.measure.proposal.is_some() {
            // Nobody gets out of a revocation by leaving first.
            return Err(Refused::from(Party::VerifyNotNow).into());
        }
        let role = Role::BuyerOwner;
        if row.verification.allowed(role).contains(&Event::Withdraw) {
            let doer = by(role, viewer.subject);
            take(
                app,
                &mut tx,
                &row,
                (Event::Withdraw, role),
                &Facts::default(),
                doer,
            )
            .await?;
        }
    }
    for row in &rows {
        found::part(&mut tx, organisation, (row.member.account, row.subject)).await?;
    }
    org::note(
        &mut tx,
        organisation,
        "dissolved",
        (Some(viewer.account), None),
        None,
    )
    .await?;
    org::dissolve(&mut tx, organisation).await?;
    Ok(tx.commit().await?)
}
