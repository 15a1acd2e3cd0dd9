//! Spending for an organisation: limits of members, requests for what is above them, and the answers of
//! those who may approve (2.1.1.a). Whoever asked orders it themselves, once it is approved.

use domain::Refused;
use domain::market::contact;
use domain::org::member::may;
use domain::org::seat::{Act, Seat};
use domain::org::spending::{
    self as rule, Decline, Limits, MOST_APPROVALS, MOST_WAITING, Need, REQUEST_LIFE, Standing, month_start,
};
use domain::org::verification::Badge;
use domain::refused::Party;
use privacy::purpose::KeepAccount;
use privacy::{Ctx, Ground, Personal, Purpose, PurposeId, Recipient, Share};
use storage::Tx;
use storage::org::spending::{self as store, NewRequest, RequestRow};
use storage::org::{self, Acting, MemberRow, verification};
use uuid::Uuid;

use super::members::{held, plain};
use super::tell;
use crate::account::Viewer;
use crate::market::catalogue::Catalogue;
use crate::{App, Failure, once};

/// The longest reason, in characters; [`Refused::NoteLong`] names more.
pub const REASON_CHARS: usize = 200;
/// What colleagues who approve read of a request.
pub(super) const REASON: &[&str] = &["spending_request.reason"];

/// What a member may spend now.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Their limits.
    pub limits: Limits,
    /// What they ordered this month, in fen.
    pub spent: i64,
    /// Whether the organisation is verified at present: only then it orders.
    pub verified: bool,
    /// Whether their seat purchases.
    pub purchases: bool,
    seat: Seat,
    approvals: i64,
}

impl Allowance {
    /// What an order of this amount, in fen, needs.
    ///
    /// # Errors
    /// [`Party::OrgUnverified`], and as [`rule::need`].
    pub fn need(&self, amount: i64) -> Result<Need, Refused> {
        if !self.verified {
            return Err(Party::OrgUnverified.into());
        }
        rule::need(self.seat, self.limits, self.spent, amount)
    }
}

/// What the viewer may spend for the organisation they act for. The caller holds the account where it
/// then spends.
pub(crate) async fn allowance<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    acting: &Acting,
) -> Result<Allowance, Failure> {
    let organisation = acting.organisation;
    let (limits, approvals) = store::limits(tx, organisation, account)
        .await?
        .ok_or(Failure::NotFound)?;
    let spent = store::spent(tx, organisation, account, month_start(tx.ctx().now())).await?;
    let row = verification::of_organisation(tx, organisation).await?;
    Ok(Allowance {
        limits,
        spent,
        verified: row.is_some_and(|row| row.verification.badge() != Badge::None),
        purchases: acting.seat.may(Act::Purchase),
        seat: acting.seat,
        approvals,
    })
}

/// Lets an order be placed: within the limits, or by this approved request, which is then used up.
pub(crate) async fn spend<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    acting: &Acting,
    (amount, service, sku): (i64, Uuid, usize),
    (approval, number): (Option<Uuid>, &str),
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let allowance = allowance(tx, viewer.account, acting).await?;
    if allowance.need(amount)? == Need::Nothing {
        return Ok(());
    }
    let id = approval.ok_or(Refused::from(Party::SpendingUnapproved))?;
    store::hold(tx, id).await?;
    let found = store::by_id(tx, id).await?;
    let row = found
        .filter(|row| row.organisation == acting.organisation && row.account == viewer.account)
        .ok_or(Refused::from(Party::SpendingUnapproved))?;
    if row.service != service || usize::try_from(row.sku) != Ok(sku) {
        return Err(Refused::from(Party::SpendingAmount).into());
    }
    if row.standing(tx.ctx().now()) != Standing::Approved {
        return Err(Refused::from(Party::SpendingDecided).into());
    }
    // Approved for this amount, and for no more.
    if amount > row.amount {
        return Err(Refused::from(Party::SpendingAmount).into());
    }
    if !store::used(tx, id, number).await? {
        return Err(Refused::from(Party::SpendingDecided).into());
    }
    Ok(())
}

/// What the viewer may spend, for the form of an order; `None` if they act for themselves.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn may_spend(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
) -> Result<Option<Allowance>, Failure> {
    let Some(acting) = &viewer.acting else {
        return Ok(None);
    };
    let mut tx = app.store.begin(ctx).await?;
    Ok(Some(allowance(&mut tx, viewer.account, acting).await?))
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The service.
    pub service: Uuid,
    /// Which way to buy, counted from 0.
    pub sku: usize,
    /// What for, as typed; may be empty.
    pub reason: &'a str,
    /// What makes sending it again the same request.
    pub key: Option<Uuid>,
}

pub(super) fn acting(viewer: &Viewer) -> Result<&Acting, Failure> {
    viewer.acting.as_ref().ok_or(Failure::NotFound)
}

fn read_reason(typed: &str) -> Result<Option<Personal<String>>, Refused> {
    let text = typed.trim();
    if text.chars().count() > REASON_CHARS {
        return Err(Refused::NoteLong);
    }
    if contact::found(text) {
        return Err(Refused::NoteContact);
    }
    Ok((!text.is_empty()).then(|| Personal::received(text.to_owned())))
}

/// Asks those who may approve for a purchase above the viewer's limits. Gives the request; the same key
/// again gives the one it made before.
///
/// # Errors
/// [`Failure::NotFound`] for whoever acts for no organisation and for a service that is not offered,
/// [`Refused::OrderEmpty`], [`Refused::NoteLong`], [`Refused::NoteContact`], [`Refused::KeyUsed`],
/// [`Party::SpendingMany`], [`Party::OrgUnverified`], [`Party::OrgNotYou`].
pub async fn request(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    catalogue: &Catalogue,
    asking: Asking<'_>,
) -> Result<Uuid, Failure> {
    policy::clause!("2.1.1.a");
    let acting = acting(viewer)?;
    let service = catalogue.service(asking.service).ok_or(Failure::NotFound)?;
    let sku = service.skus.get(asking.sku).ok_or(Refused::OrderEmpty)?;
    let amount = sku.price.saturating_add(service.official_fee);
    let reason = read_reason(asking.reason)?;
    let mut tx = app.store.begin(ctx).await?;
    storage::account::hold(&mut tx, viewer.account).await?;
    let allowance = allowance(&mut tx, viewer.account, acting).await?;
    allowance.need(amount)?;
    let organisation = acting.organisation;
    let id = once::id(app, viewer, "request", asking.key);
    let number = i64::try_from(asking.sku).unwrap_or_default();
    if let Some(known) = store::by_id(&mut tx, id).await? {
        let same = known.organisation == organisation && (known.service, known.sku) == (service.id, number);
        return if same {
            Ok(id)
        } else {
            Err(Refused::KeyUsed.into())
        };
    }
    let since = ctx.now() - REQUEST_LIFE;
    if store::count_own(&mut tx, organisation, viewer.account, since).await? >= MOST_WAITING {
        return Err(Refused::from(Party::SpendingMany).into());
    }
    let new = NewRequest {
        organisation,
        id,
        account: viewer.account,
        subject: viewer.subject,
        service: service.id,
        sku: number,
        amount,
        needed: allowance.approvals,
        reason: reason.as_ref(),
    };
    store::insert(&mut tx, &new).await?;
    if reason.is_some() {
        policy::clause!("2.4.1.2");
        let share = Share {
            subject: viewer.subject,
            fields: REASON,
            to: Recipient::Organisation(organisation),
            purpose: PurposeId::KeepAccount,
            ground: Ground::Membership(organisation),
            until: None,
        };
        tx.disclose(share).await?;
    }
    tell::spending_later(&mut tx, new.id, "asked").await?;
    tx.commit().await?;
    Ok(new.id)
}

/// The request, held, with the members of its organisation; for the members alone.
async fn request_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<(RequestRow, Vec<MemberRow>), Failure> {
    let organisation = acting(viewer)?.organisation;
    // Organisation before request, as everywhere.
    let members = held(tx, viewer, organisation).await?;
    store::hold(tx, id).await?;
    let row = store::by_id(tx, id).await?;
    let row = row
        .filter(|row| row.organisation == organisation)
        .ok_or(Failure::NotFound)?;
    Ok((row, members))
}

/// How many besides whoever asks may approve.
pub(super) fn approvers(members: &[MemberRow], asker: Uuid) -> usize {
    let may = |row: &&MemberRow| row.member.seat.may(Act::Approve) && row.member.account != asker;
    members.iter().filter(may).count()
}

/// Approves a request, naming the amount that was seen.
///
/// # Errors
/// [`Failure::NotFound`] outside the organisation that the session acts for; [`Party::OrgNotYou`],
/// [`Party::SpendingSelf`], [`Party::SpendingAmount`], [`Party::SpendingDecided`].
pub async fn approve_request(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    amount: i64,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let (row, members) = request_of(&mut tx, viewer, id).await?;
    may(&plain(&members), viewer.account, Act::Approve)?;
    let mut request = rule::Request {
        by: row.account,
        amount: row.amount,
        needed: u8::try_from(row.needed).unwrap_or(MOST_APPROVALS),
        approved_by: store::approved_by(&mut tx, id).await?,
    };
    let before = request.approved_by.contains(&viewer.account);
    request.approve(viewer.account, acting(viewer)?.seat, amount)?;
    match row.standing(ctx.now()) {
        Standing::Open => {}
        // Said again, it stays said.
        Standing::Approved | Standing::Used if before => return Ok(()),
        _ => return Err(Refused::from(Party::SpendingDecided).into()),
    }
    store::approve(&mut tx, id, viewer.account).await?;
    if request.approved_by.len() >= request.needs(approvers(&members, row.account)) {
        store::decide(&mut tx, id, Standing::Approved, None).await?;
        tell::spending_later(&mut tx, id, "approved").await?;
    }
    Ok(tx.commit().await?)
}

/// Declines a request, saying why.
///
/// # Errors
/// As [`approve_request`].
pub async fn decline_request(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    why: Decline,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let (row, members) = request_of(&mut tx, viewer, id).await?;
    may(&plain(&members), viewer.account, Act::Approve)?;
    if row.account == viewer.account {
        return Err(Refused::from(Party::SpendingSelf).into());
    }
    match row.standing(ctx.now()) {
        Standing::Open => {}
        Standing::Declined if row.decline == Some(why) => return Ok(()),
        _ => return Err(Refused::from(Party::SpendingDecided).into()),
    }
    store::decide(&mut tx, id, Standing::Declined, Some(why)).await?;
    tell::spending_later(&mut tx, id, "declined").await?;
    Ok(tx.commit().await?)
}

/// Takes the viewer's own request back.
///
/// # Errors
/// [`Failure::NotFound`] for a request of somebody else, [`Party::SpendingDecided`].
pub async fn take_back_request(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let (row, _) = request_of(&mut tx, viewer, id).await?;
    if row.account != viewer.account {
        return Err(Failure::NotFound);
    }
    if !matches!(row.standing(ctx.now()), Standing::Open | Standing::Approved) {
        return Err(Refused::from(Party::SpendingDecided).into());
    }
    store::decide(&mut tx, id, Standing::Withdrawn, None).await?;
    Ok(tx.commit().await?)
}

/// Whose limits are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitsOf {
    /// Everybody who purchases and has none of their own; with how many approvals are needed above.
    All(i64),
    /// One member.
    Member(Uuid),
}

/// Limits as typed in yuan: for one order, and for a month.
///
/// # Errors
/// [`Party::SpendingLimit`].
pub fn read_limits(once: &str, month: &str) -> Result<Limits, Failure> {
    Ok(Limits {
        once: rule::read_limit(once)?,
        month: rule::read_limit(month)?,
    })
}

/// Sets limits.
///
/// # Errors
/// [`Party::SpendingApprovals`], [`Party::OrgNotYou`], [`Party::OrgNotMember`]; [`Failure::NotFound`] for
/// whoever is no member.
pub async fn set_limits(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    of: LimitsOf,
    limits: Limits,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let members = held(&mut tx, viewer, organisation).await?;
    may(&plain(&members), viewer.account, Act::SetLimits)?;
    match of {
        LimitsOf::All(approvals) => {
            // Whoever sets them may themselves be the one who asks some day, as a purchaser again.
            let there = i64::try_from(approvers(&members, Uuid::nil())).unwrap_or(i64::MAX);
            if !(1..=i64::from(MOST_APPROVALS).min(there)).contains(&approvals) {
                return Err(Refused::from(Party::SpendingApprovals).into());
            }
            store::set_defaults(&mut tx, organisation, limits, approvals).await?;
            let who = (Some(viewer.account), None);
            org::note(&mut tx, organisation, "limits", who, None).await?;
        }
        LimitsOf::Member(account) => {
            if !members.iter().any(|row| row.member.account == account) {
                return Err(Refused::from(Party::OrgNotMember).into());
            }
            store::set_limits(&mut tx, organisation, account, limits).await?;
            let who = (Some(viewer.account), Some(account));
            org::note(&mut tx, organisation, "limit", who, None).await?;
        }
    }
    Ok(tx.commit().await?)
}
