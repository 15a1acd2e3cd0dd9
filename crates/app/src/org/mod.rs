//! Enterprises and their organisations (2.1.1.a, 2.1.1.d): verified by a verified person, against the
//! public register, and by a proof that they may act for it. What is handed in lies sealed until it is
//! decided, and no longer.

mod acting;
mod apply;
mod book;
mod check;
mod found;
mod invitation;
mod measure;
mod members;
pub(crate) mod picture;
mod proof;
mod requests;
mod source;
mod spending;
mod tell;
mod view;

use domain::Refused;
use domain::calendar::Due;
use domain::machine::Role;
use domain::org::seat::Seat;
use domain::org::verification::{DRAFT_DAYS, Effect, Event, Facts, State, Step};
use domain::refused::Party;
use privacy::Purpose;
use privacy::purpose::Operate;
use privacy::{Ctx, SubjectId};
use storage::org::verification::{self, Doer, VerificationRow};
use storage::org::{self, paper};
use storage::{StoreError, Tx};
use time::Duration;
use uuid::Uuid;

pub use acting::{Identity, act_for, identities};
pub use apply::{Submission, appeal, begin, edit, submit, withdraw};
pub(crate) use apply::{chosen, suspend};
pub use book::{Books, Kept, books, delete_kept, own_places, prefer_kept, put_place, put_title};
pub(crate) use check::{CHECK, perform};
pub(crate) use found::{depart, establish, join};
pub use invitation::{accept, decline, invitation, invitations, invite, take_back};
pub(crate) use measure::{DECISIONS, Decision, MEASURES, SECONDS, by_verifier};
pub use members::{change_seat, dissolve, leave, remove};
pub use picture::{A_DAY as PICTURES_A_DAY, sample_picture};
pub(crate) use proof::{SEND, send, wrong_amount};
pub use proof::{TransferForm, enter_amount, hand_in_letter, send_transfer};
pub use requests::{RequestLine, Requests, one_request, requests};
pub use source::{
    Answered, DemoBank, DemoRegister, EnterpriseRegister, Made, RegisterAnswer, RegisterAsked, TransferAsked,
    TransferBank,
};
pub(crate) use spending::spend;
pub use spending::{
    Allowance, Asking, LimitsOf, REASON_CHARS, approve_request, decline_request, may_spend, read_limits,
    request, set_limits, take_back_request,
};
pub(crate) use tell::{TELL, tell};
pub use view::{
    ApplicationView, InvitationLine, MemberLine, Mine, OrganisationLine, OrganisationView, application,
    member_page, mine, organisation,
};

use crate::account::Viewer;
use crate::{App, Failure};

/// The verification, held until the transaction ends, what is overdue being done; and what the viewer is
/// to it. To others it does not exist.
async fn held<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<(VerificationRow, Role), Failure> {
    settle(app, tx, id).await?;
    let row = verification::by_id(tx, id).await?.ok_or(Failure::NotFound)?;
    let role = match (row.applicant, row.organisation) {
        (Some((account, _)), _) if account == viewer.account => Role::Applicant,
        (None, Some(organisation)) if seat(tx, organisation, viewer).await? == Some(Seat::Owner) => {
            Role::BuyerOwner
        }
        _ => return Err(Failure::NotFound),
    };
    Ok((row, role))
}

/// The viewer's seat in an organisation.
async fn seat<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    viewer: &Viewer,
) -> Result<Option<Seat>, Failure> {
    let mine = org::of_account(tx, viewer.account).await?;
    let found = mine.into_iter().find(|(known, _)| known.id == organisation);
    Ok(found.map(|(_, seat)| seat))
}

/// Takes the step of the clock that is overdue, holding the row; `false` if there is none.
async fn settle<P: Purpose>(app: &App, tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    verification::hold(tx, id).await?;
    let Some(row) = verification::by_id(tx, id).await? else {
        return Ok(false);
    };
    // What was handed in may be gone without a step: a consent withdrawn, a person erased.
    let waits = matches!(
        row.verification.state,
        State::Submitted | State::AutoChecked | State::Proving
    );
    let gone = waits && paper::of(tx, id).await?.is_none();
    let event = match row.verification.timer() {
        _ if gone => Event::ProofLapsed,
        Some((event, Due::At(at))) if at <= tx.ctx().now() => event,
        _ => return Ok(false),
    };
    let doer = Doer {
        side: "system",
        ..Doer::default()
    };
    let facts = Facts {
        papers_gone: gone,
        ..Facts::default()
    };
    take(app, tx, &row, (event, Role::System), &facts, doer).await?;
    if matches!(event, Event::YearPassed | Event::ChangeLapsed) {
        check::enqueue_annual(tx, id, tx.ctx().now()).await?;
    }
    tell::verification_later(tx, id, row.verification.version + 1).await?;
    Ok(true)
}

/// Takes a step, and does what it sets off.
async fn take<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    (event, role): (Event, Role),
    facts: &Facts,
    doer: Doer<'_>,
) -> Result<Step, Failure> {
    policy::clause!("2.1.1.d");
    let step = row.verification.step(event, role, facts, tx.ctx().now())?;
    verification::record(tx, row, event, &step, doer)
        .await
        .map_err(stale)?;
    let next = &step.verification;
    for effect in &step.effects {
        match effect {
            Effect::CreateOrganisation | Effect::ClaimOrganisation => {
                found::found(app, tx, row).await?;
            }
            // The picture has done its work, and with it everything else that was handed in.
            Effect::DeleteLicence => paper::drop_all(tx, row.id).await?,
            Effect::DropAccount => {
                if let Some(papers) = paper::of(tx, row.id).await? {
                    paper::put_transfer(tx, row.id, &papers, None).await?;
                }
            }
        }
    }
    // What is to be handed in again is not kept meanwhile.
    let again = matches!(event, Event::ProofLapsed | Event::Reject | Event::ChangeLapsed);
    if again || next.state == State::Draft {
        paper::drop_all(tx, row.id).await?;
    }
    match (next.state, row.organisation) {
        // An application that is given up leaves nothing.
        (State::Withdrawn, None) => verification::delete(tx, row.id).await?,
        // A change that was proved is public from now on.
        (State::Verified, Some(organisation)) if matches!(event, Event::EnterAmount | Event::Prove) => {
            if let Some(name) = &row.company_name {
                org::rename(tx, organisation, name).await?;
            }
        }
        // What was to be changed when it was taken back, or when the time was over, was never proved.
        (_, Some(organisation)) if matches!(event, Event::UpholdAppeal | Event::ChangeLapsed) => {
            if let Some(known) = org::by_id(tx, organisation).await? {
                let facts = (known.name.as_str(), known.credit_code.as_str());
                verification::put_names(tx, row.id, facts).await?;
            }
        }
        _ => {}
    }
    Ok(step)
}

/// Somebody was faster: the page is to be looked at again.
fn stale(error: StoreError) -> Failure {
    match error {
        StoreError::Stale => Refused::from(Party::VerifyNotNow).into(),
        other => other.into(),
    }
}

/// Who acts as an applicant or owner.
const fn by(role: Role, subject: SubjectId) -> Doer<'static> {
    Doer {
        side: match role {
            Role::Applicant => "applicant",
            _ => "owner",
        },
        subject: Some(subject),
        staff: None,
        reference: None,
    }
}

/// Drops what was handed in and not gone on with for as long as an application is kept: of a letter that
/// nobody reads, too. Says how many.
async fn drop_stale(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let before = ctx.now() - Duration::days(DRAFT_DAYS);
    let stale = paper::older_than(&mut tx, before).await?;
    drop(tx);
    for id in &stale {
        let mut tx = app.store.begin(ctx).await?;
        verification::hold(&mut tx, *id).await?;
        // What was handed in meanwhile stays.
        paper::drop_older(&mut tx, *id, before).await?;
        settle(app, &mut tx, *id).await?;
        tx.commit().await?;
    }
    Ok(stale.len())
}

/// Takes the steps of the clock for those who do not look: a proof that lapsed or whose papers are gone, a
/// lock that is over, a change nobody proved, a year that passed. Says how many.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn run_due(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    let mut taken = drop_stale(app, ctx).await?;
    loop {
        let due = {
            let mut tx = app.store.begin(ctx).await?;
            let mut due = verification::due(&mut tx).await?;
            due.extend(verification::bare(&mut tx).await?);
            due
        };
        let before = taken;
        for id in due {
            let mut tx = app.store.begin(ctx).await?;
            taken += usize::from(settle(app, &mut tx, id).await?);
            tx.commit().await?;
        }
        // What somebody else did meanwhile is not looked at for ever.
        if taken == before {
            return Ok(taken);
        }
    }
}
