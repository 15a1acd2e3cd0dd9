//! What follows from a proof: an organisation that begins, or one that is claimed; and how people join
//! and leave, with the ledger saying what members see of each other (2.4.1.2).

use domain::Refused;
use domain::four_eyes::Appeal;
use domain::machine::Role;
use domain::org::seat::Seat;
use domain::org::verification::{Badge, Event, Facts, Proof, Register, Relation, State, Verification};
use domain::refused::Party;
use privacy::{Ground, Purpose, PurposeId, Recipient, Share, SubjectId};
use storage::org::verification::{self, Doer, VerificationRow};
use storage::org::{self, Organisation, paper, spending};
use storage::{Tx, disclosure};
use uuid::Uuid;

use super::tell;
use crate::{App, Failure, Fault};

/// What members see of each other.
pub(super) const SEEN: &[&str] = &["profile.display_name"];

/// The verification of the organisation that has this code, if there is one.
pub(super) async fn former<P: Purpose>(
    tx: &mut Tx<'_, P>,
    code: &str,
) -> Result<Option<VerificationRow>, Failure> {
    Ok(match org::by_code(tx, code).await? {
        Some(there) => verification::of_organisation(tx, there.id).await?,
        None => None,
    })
}

/// Founds the organisation of a verification that was just proved, or joins the one that is there. One
/// that was taken back from whoever had it, or given up, is taken over; what happened to it stays on
/// record.
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
    let id = app.entropy.id();
    if org::insert(tx, id, name, code).await? {
        verification::establish(tx, row.id, id).await?;
        // One that was taken back and whose organisation was dissolved: a letter proved it anew.
        if let Some(revoked) = verification::revoked(tx, code).await? {
            undisputed(&revoked)?;
            verification::detach(tx, revoked.id).await?;
        }
        return join(tx, id, applicant, Seat::Owner, ("founded", None)).await;
    }
    // Verification before organisation, as everywhere: two who wait for each other would wait for ever.
    if let Some(former) = former(tx, code).await? {
        verification::hold(tx, former.id).await?;
    }
    // Dissolved meanwhile: whoever tries again finds the code free.
    let there = org::by_code(tx, code).await?.ok_or_else(not_now)?;
    org::hold(tx, there.id).await?;
    let still = org::by_id(tx, there.id).await?;
    if still.is_none_or(|there| there.dissolved_at.is_some()) {
        return Err(not_now());
    }
    let former = verification::of_organisation(tx, there.id).await?;
    match former.as_ref().map(|former| &former.verification) {
        Some(known) if known.state == State::Revoked => {
            undisputed(former.as_ref().ok_or_else(document)?)?;
            // Those it was taken back from act for it no longer, and hear of it.
            for member in org::members(tx, there.id).await? {
                tell::decided_later(tx, there.id, member.member.account).await?;
                part(tx, there.id, (member.member.account, member.subject)).await?;
                let who = (None, Some(member.member.account));
                org::note(tx, there.id, "removed", who, None).await?;
            }
            take_over(tx, row, former.as_ref(), (&there, name)).await?;
        }
        // Founded by others while the amount was on its way.
        Some(known) if known.badge() != Badge::None && row.verification.proof == Some(Proof::Transfer) => {
            return Err(Refused::from(Party::ProofClaim).into());
        }
        Some(known) if known.state != State::Withdrawn => {
            // The organisation has its verification; this one has done its work.
            tell::decided_later(tx, row.id, applicant.0).await?;
            verification::delete(tx, row.id).await?;
        }
        _ => take_over(tx, row, former.as_ref(), (&there, name)).await?,
    }
    // Whoever is an owner already hears of it.
    tell::claimed_later(tx, there.id, applicant.0).await?;
    join(tx, there.id, applicant, Seat::Owner, ("claimed", None)).await
}

/// While an appeal waits, nothing is given to anybody else.
fn undisputed(revoked: &VerificationRow) -> Result<(), Failure> {
    if revoked.verification.measure.appeal == Appeal::Open {
        return Err(Refused::from(Party::EnterpriseAppeal).into());
    }
    Ok(())
}

fn not_now() -> Failure {
    Refused::from(Party::VerifyNotNow).into()
}

async fn take_over<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    former: Option<&VerificationRow>,
    (there, name): (&Organisation, &str),
) -> Result<(), Failure> {
    if let Some(former) = former {
        verification::detach(tx, former.id).await?;
    }
    verification::establish(tx, row.id, there.id).await?;
    Ok(org::rename(tx, there.id, name).await?)
}

/// Founds the organisation of a demonstration's supplier by the machine's own steps, without papers: what
/// they would show is fiction as well.
pub(crate) async fn establish<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    owner: (Uuid, SubjectId),
    (name, code): (&str, &str),
) -> Result<Uuid, Failure> {
    let id = app.entropy.id();
    verification::begin(tx, id, owner, &Verification::begun(tx.ctx().now())).await?;
    let register = Register {
        name: Some(true),
        representative: true,
        in_business: true,
    };
    let facts = Facts {
        person_verified: true,
        relation: Some(Relation::Agent),
        complete: true,
        register: Some(register),
        proof: Some(Proof::Letter),
        by: "verifier-1".to_owned(),
        ..Facts::default()
    };
    let steps = [
        (Event::Start, Role::Applicant, "applicant"),
        (Event::Submit, Role::Applicant, "applicant"),
        (Event::CheckPassed, Role::System, "system"),
        (Event::ChooseProof, Role::Applicant, "applicant"),
        (Event::Prove, Role::PlatformVerifier, "verifier"),
    ];
    for (event, role, side) in steps {
        if event == Event::CheckPassed {
            verification::put_names(tx, id, (name, code)).await?;
        }
        let row = verification::by_id(tx, id).await?.ok_or(Failure::NotFound)?;
        let doer = Doer {
            side,
            subject: (side == "applicant").then_some(owner.1),
            staff: (side == "verifier").then_some("verifier-1"),
            reference: None,
        };
        super::take(app, tx, &row, (event, role), &facts, doer).await?;
    }
    Ok(org::by_code(tx, code).await?.ok_or(Failure::NotFound)?.id)
}

/// Ends every membership of a person who leaves for good; `false` if an organisation would be left
/// without an owner: then nothing is ended.
pub(crate) async fn depart<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (account, subject): (Uuid, SubjectId),
) -> Result<bool, Failure> {
    policy::clause!("2.6.4.1");
    let mine = org::of_account(tx, account).await?;
    // Held first: an owner who leaves at this moment comes before or after, not in between.
    for (organisation, _) in &mine {
        if let Some(row) = verification::of_organisation(tx, organisation.id).await? {
            verification::hold(tx, row.id).await?;
        }
        org::hold(tx, organisation.id).await?;
    }
    if !org::owned_alone(tx, subject).await?.is_empty() {
        return Ok(false);
    }
    for (organisation, _) in &mine {
        part(tx, organisation.id, (account, subject)).await?;
        org::note(tx, organisation.id, "left", (Some(account), Some(account)), None).await?;
    }
    Ok(true)
}

/// Makes somebody a member, and writes down what the others see of them. Who is one already gets the seat.
pub(crate) async fn join<P: Purpose>(
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
    // Nobody orders any more by what they asked for.
    spending::end_of_member(tx, organisation, account).await?;
    // What they handed in is theirs to prove, and goes with them.
    paper::drop_of(tx, subject, organisation).await?;
    Ok(disclosure::leave(tx, subject, organisation).await?)
}
