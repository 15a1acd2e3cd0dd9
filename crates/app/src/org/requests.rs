//! What members see of requests for approval: their own, and what those who approve have to decide. Name
//! and reason of a colleague are opened only where they are needed to decide (2.5.1.e).

use domain::org::seat::Act;
use domain::org::spending::{Decline, REQUEST_LIFE, Standing};
use privacy::purpose::KeepAccount;
use privacy::{Ask, Ctx, LegalBasis};
use storage::org::spending::{self as store, RequestRow};
use storage::org::{self, Acting, MemberRow};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use super::spending::{Allowance, REASON, acting, allowance, approvers};
use crate::account::Viewer;
use crate::{App, Failure};

/// A request as members see it.
#[derive(Clone, Debug)]
pub struct RequestLine {
    /// The request.
    pub id: Uuid,
    /// What whoever asks wants to be called; nothing if they gave no name.
    pub name: Option<String>,
    /// Whether it is the viewer's own.
    pub own: bool,
    /// The service.
    pub service: Uuid,
    /// Which way to buy, counted from 0.
    pub sku: usize,
    /// How much, in fen.
    pub amount: i64,
    /// How many approved, and how many have to.
    pub approvals: (i64, i64),
    /// Where it stands.
    pub standing: Standing,
    /// What for; nothing if nothing was said or it is gone.
    pub reason: Option<String>,
    /// Why it was declined.
    pub decline: Option<Decline>,
    /// The order that was placed.
    pub order: Option<String>,
    /// When it was made.
    pub made_at: OffsetDateTime,
    /// Until when it waits, or the approval is good.
    pub until: Option<OffsetDateTime>,
    /// Whether the viewer approved it already.
    pub approved: bool,
}

/// What waits for an answer, what the viewer asked for, and what was decided.
#[derive(Clone, Debug)]
pub struct Requests {
    /// The organisation.
    pub organisation: Acting,
    /// Whether the viewer approves.
    pub approves: bool,
    /// What waits; for those who approve.
    pub waiting: Vec<RequestLine>,
    /// The viewer's own.
    pub own: Vec<RequestLine>,
    /// What is decided; for those who approve.
    pub decided: Vec<RequestLine>,
    /// What the viewer may spend.
    pub allowance: Allowance,
}

/// The requests of the organisation that the session acts for.
///
/// # Errors
/// [`Failure::NotFound`] for whoever acts for none.
pub async fn requests(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer) -> Result<Requests, Failure> {
    policy::clause!("2.6.1.e");
    let acting = acting(viewer)?;
    let mut tx = app.store.begin(ctx).await?;
    let members = org::members(&mut tx, acting.organisation).await?;
    let approves = acting.seat.may(Act::Approve);
    let (mut waiting, mut decided) = (Vec::new(), Vec::new());
    if approves {
        let since = ctx.now() - REQUEST_LIFE;
        for row in store::waiting(&mut tx, acting.organisation, since).await? {
            if row.account != viewer.account {
                let mut line = line(&mut tx, viewer, &members, row, true).await?;
                line.approved = store::approved_by(&mut tx, line.id)
                    .await?
                    .contains(&viewer.account);
                waiting.push(line);
            }
        }
        for row in store::decided(&mut tx, acting.organisation).await? {
            decided.push(line(&mut tx, viewer, &members, row, false).await?);
        }
    }
    let mut own = Vec::new();
    for row in store::of_member(&mut tx, acting.organisation, viewer.account).await? {
        own.push(line(&mut tx, viewer, &members, row, false).await?);
    }
    let allowance = allowance(&mut tx, viewer.account, acting).await?;
    tx.commit().await?;
    Ok(Requests {
        organisation: acting.clone(),
        approves,
        waiting,
        own,
        decided,
        allowance,
    })
}

/// A request of the organisation that the viewer acts for: their own, or one that they may decide about.
///
/// # Errors
/// [`Failure::NotFound`] for any other.
pub async fn one_request(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<RequestLine, Failure> {
    policy::clause!("2.6.1.e");
    let acting = acting(viewer)?;
    let mut tx = app.store.begin(ctx).await?;
    let members = org::members(&mut tx, acting.organisation).await?;
    let approves = acting.seat.may(Act::Approve);
    let found = store::by_id(&mut tx, id).await?;
    let row = found
        .filter(|row| row.organisation == acting.organisation && (approves || row.account == viewer.account))
        .ok_or(Failure::NotFound)?;
    let to_decide = row.standing(ctx.now()) == Standing::Open;
    let mut line = line(&mut tx, viewer, &members, row, to_decide).await?;
    line.approved = store::approved_by(&mut tx, id).await?.contains(&viewer.account);
    tx.commit().await?;
    Ok(line)
}

/// A request as a line. Name and reason of a colleague are opened only where they are needed to decide.
async fn line(
    tx: &mut Tx<'_, KeepAccount>,
    viewer: &Viewer,
    members: &[MemberRow],
    row: RequestRow,
    to_decide: bool,
) -> Result<RequestLine, Failure> {
    let standing = row.standing(tx.ctx().now());
    let own = row.account == viewer.account;
    let asker = members.iter().find(|member| member.member.account == row.account);
    let name = match asker {
        Some(member) if to_decide && !own => super::view::name(tx, row.organisation, viewer, member).await?,
        _ => None,
    };
    let reason = if to_decide || own {
        reason(tx, viewer, &row).await?
    } else {
        None
    };
    let waits = matches!(standing, Standing::Open | Standing::Approved);
    let until = row.decided_at.unwrap_or(row.made_at).checked_add(REQUEST_LIFE);
    let may = i64::try_from(approvers(members, row.account)).unwrap_or(1);
    Ok(RequestLine {
        id: row.id,
        name,
        own,
        service: row.service,
        sku: usize::try_from(row.sku).unwrap_or_default(),
        amount: row.amount,
        approvals: (row.approvals, row.needed.min(may.max(1))),
        standing,
        reason,
        decline: row.decline,
        order: row.order_number,
        made_at: row.made_at,
        until: until.filter(|_| waits),
        approved: false,
    })
}

async fn reason(
    tx: &mut Tx<'_, KeepAccount>,
    viewer: &Viewer,
    row: &RequestRow,
) -> Result<Option<String>, Failure> {
    let Some(sealed) = &row.reason else {
        return Ok(None);
    };
    let own = row.account == viewer.account;
    let ask = Ask {
        subject: row.subject,
        fields: REASON,
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.a"),
        case: (!own).then_some(row.organisation),
    };
    let permit = match tx.permit(ask).await {
        Ok(permit) => permit,
        // Whoever asked has left: what they wrote is shown to nobody.
        Err(StoreError::Denied(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match tx
        .show(&permit, &store::reason_field(row.id, row.subject), sealed)
        .await
    {
        Ok(text) => Ok(Some(text)),
        Err(StoreError::NoKey) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
