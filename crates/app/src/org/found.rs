//! What follows from a proof: an organisation that begins, or one that is claimed; and how people join
//! and leave, with the ledger saying what members see of each other (2.4.1.2).

use domain::org::seat::Seat;
use domain::org::verification::State;
use privacy::{Ground, Purpose, PurposeId, Recipient, Share, SubjectId};
use storage::org::verification::{self, VerificationRow};
use storage::org::{self};
use storage::{Tx, disclosure};
use uuid::Uuid;

use super::tell;
use crate::{App, Failure, Fault};

/// What members see of each other.
pub(super) const SEEN: &[&str] = &["profile.display_name"];

/// Founds the organisation of a verification that was just proved, or joins the one that is there. One
/// that was taken back from whoever had it, or given up, is taken over.
pub(super) async fn found<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
) -> Result<(), Failure> {
    let document = || Failure::Fault(Fault::Document);
    let applicant = row.applicant.ok_or_else(document)?;
    let (name, code) = row
        .company_name
        .as_deref()
        .zip(row.credit_code.as_deref())
        .ok_or_else(document)?;
    let Some(there) = org::by_code(tx, code).await? else {
        let id = app.entropy.id();
        org::insert(tx, id, name, code).await?;
        verification::establish(tx, row.id, id).await?;
        return join(tx, id, applicant, Seat::Owner, ("founded", None)).await;
    };
    org::hold(tx, there.id).await?;
    let former = verification::of_organisation(tx, there.id).await?;
    let over = former
        .as_ref()
        .is_none_or(|former| matches!(former.verification.state, State::Revoked | State::Withdrawn));
    if over {
        if let Some(former) = &former {
            if former.verification.state == State::Revoked {
                // Those it was taken back from act for it no longer.
                for member in org::members(tx, there.id).await? {
                    part(tx, there.id, (member.member.account, member.subject)).await?;
                }
            }
            verification::delete(tx, former.id).await?;
        }
        verification::establish(tx, row.id, there.id).await?;
        org::rename(tx, there.id, name).await?;
    } else {
        // The organisation has its verification; this one has done its work.
        tell::claimed_later(tx, there.id, applicant.0).await?;
        tell::decided_later(tx, row.id, applicant.0).await?;
        verification::delete(tx, row.id).await?;
    }
    join(tx, there.id, applicant, Seat::Owner, ("claimed", None)).await
}

/// Makes somebody a member, and writes down what the others see of them. Who is one already gets the seat.
pub(super) async fn join<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    (account, subject): (Uuid, SubjectId),
    seat: Seat,
    (what, by): (&'static str, Option<Uuid>),
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    org::put(tx, organisation, (account, subject), seat).await?;
    org::note(
        tx,
        organisation,
        what,
        (Some(by.unwrap_or(account)), Some(account)),
        Some(seat),
    )
    .await?;
    policy::clause!("2.4.1.2");
    let share = Share {
        subject,
        fields: SEEN,
        to: Recipient::Organisation(organisation),
        purpose: PurposeId::KeepAccount,
        ground: Ground::Membership(organisation),
        until: None,
    };
    tx.disclose(share).await?;
    Ok(())
}

/// Ends a membership, and what the others see.
pub(super) async fn part<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    (account, subject): (Uuid, SubjectId),
) -> Result<(), Failure> {
    policy::clause!("2.4.1.2");
    org::remove(tx, organisation, account).await?;
    Ok(disclosure::leave(tx, subject, organisation).await?)
}
