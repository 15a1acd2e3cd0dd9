//! A verifier's work (5.8): verifications by number, masked; one field opened with a reason, recorded and
//! shown to the person; revocations by four eyes (2.5.1.e).

use domain::Refused;
use domain::four_eyes::Appeal;
use domain::machine::Role as Side;
use domain::person::verification::{Event, Ground, Sight, State};
use domain::refused::Party;
use domain::staff::{Role, case_number};
use privacy::purpose::{Certify, Operate};
use privacy::{Actor, Ask, Ctx, Denied, Staff, StaffReason, StaffRole};
use storage::StoreError;
use storage::person::{self, Taken};
use time::OffsetDateTime;
use uuid::Uuid;

use super::eyes::took_part;
use super::{Signed, denied, trained};
use crate::account::consent;
use crate::person::SECONDS;
use crate::{App, Failure};

/// Steps shown of a case.
const STEPS: i64 = 50;

fn verifier(signed: &Signed) -> Result<(), Failure> {
    // What is not one's work is not there.
    if signed.has(Role::Verifier) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// A case: everything but what it is about.
#[derive(Debug)]
pub struct CaseView {
    /// The verification.
    pub id: Uuid,
    /// What it is called.
    pub number: String,
    /// How far it is.
    pub state: State,
    /// The version seen.
    pub version: i64,
    /// Since when it stands so.
    pub since: OffsetDateTime,
    /// What happened, the latest first.
    pub steps: Vec<Taken>,
    /// Who proposed a revocation, and why.
    pub proposal: Option<(String, OffsetDateTime)>,
    /// The ground of a revocation, proposed or decided.
    pub ground: Option<Ground>,
    /// How far an appeal is.
    pub appeal: Appeal,
    /// What whoever looks may do; what takes another pair of eyes than theirs is not among it.
    pub may: Vec<Event>,
    /// Whether the name may be opened: there is something to decide and a name to open.
    pub can_reveal: bool,
    /// Whether it waits for somebody else.
    pub for_others: bool,
    /// The approval that the field of a minor takes, as far as whoever looks asked for it.
    pub approval: Option<ApprovalState>,
}

/// How the approval stands that a minor's field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalState {
    /// To be asked for.
    Needed,
    /// It waits for a supervisor.
    Waits(OffsetDateTime),
    /// It is given: good once, until then.
    Given(OffsetDateTime),
    /// It was refused.
    Refused,
}

/// A case.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn case(app: &App, ctx: &Ctx<Operate>, signed: &Signed, id: Uuid) -> Result<CaseView, Failure> {
    verifier(signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let row = person::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let steps = person::events(&mut tx, row.subject, STEPS).await?;
    let approval = super::minor::state(&mut tx, signed, (row.subject, id)).await?;
    let now = &row.verification;
    let allowed = now.allowed(Side::PlatformVerifier);
    let measures: Vec<Event> = allowed
        .into_iter()
        .filter(|event| crate::person::MEASURES.contains(event))
        .collect();
    let mine = took_part(&mut tx, &signed.identifier, (&now.measure, now.since)).await?;
    let others = |event: &Event| mine && SECONDS.contains(event);
    Ok(CaseView {
        id,
        number: case_number(id),
        state: now.state,
        version: now.version,
        since: now.since,
        proposal: now
            .measure
            .proposal
            .as_ref()
            .map(|first| (first.by.clone(), first.at)),
        ground: row.ground,
        appeal: now.measure.appeal,
        for_others: measures.iter().any(others),
        may: measures.iter().copied().filter(|event| !others(event)).collect(),
        can_reveal: row.real_name.is_some()
            && !(mine && now.measure.proposal.is_some())
            && now.sight(Side::PlatformVerifier) == Sight::Open,
        approval,
        steps,
    })
}

/// Opens the name of a case, with a reason, for the eyes of this verifier. The record is written first;
/// the person reads it.
///
/// # Errors
/// [`Party::StaffReason`], [`Party::StaffTraining`], [`Party::StaffNoMatter`];
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn reveal(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
    reason: &str,
) -> Result<String, Failure> {
    policy::clause!("2.5.1.e");
    verifier(signed)?;
    let acting = Staff {
        account: signed.id,
        role: StaffRole::Verifier,
        case: Some(id),
        reason: StaffReason::parse(reason),
    };
    let certify = Ctx::<Certify>::new(
        Actor::Staff(acting),
        ctx.policy_version(),
        ctx.request(),
        ctx.now(),
    );
    let mut tx = app.store.begin(&certify).await?;
    let row = person::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    policy::clause!("2.1.1.f");
    // Whoever proposed made the occasion themself; the second pair of eyes looks.
    let measure = (&row.verification.measure, row.verification.since);
    let own = measure.0.proposal.is_some() && took_part(&mut tx, &signed.identifier, measure).await?;
    let open = !own && row.verification.sight(Side::PlatformVerifier) == Sight::Open;
    let no_matter = || Failure::from(Refused::from(Party::StaffNoMatter));
    let Some(name) = row.real_name.as_ref().filter(|_| open) else {
        return Err(no_matter());
    };
    // The separate consent that the verification rests on carries this too; without it nothing opens.
    let basis = consent::live(&mut tx, row.subject, &domain::account::offer::REAL_NAME).await?;
    let ask = Ask {
        subject: row.subject,
        fields: &["person_verification.real_name"],
        basis: basis.ok_or_else(no_matter)?,
        clause: policy::clause!("2.1.1.d"),
        case: Some(id),
    };
    let shown = {
        let permit = match tx.permit(ask).await {
            Ok(permit) => permit,
            Err(StoreError::Denied(Denied::Approval)) => {
                drop(tx);
                super::minor::blocked(app, ctx).await?;
                return Err(denied(StoreError::from(Denied::Approval).into()));
            }
            Err(error) => return Err(denied(error.into())),
        };
        let separate = permit.separate().map_err(StoreError::from)?;
        let place = person::field("real_name", row.id, row.subject);
        let opened = tx.open_sensitive(&separate, &place, name).await?;
        opened.shown().map_err(StoreError::from)?
    };
    tx.commit().await?;
    Ok(shown)
}

/// Takes a verifier's step in a case.
///
/// # Errors
/// [`Party::FourEyes`], [`Party::SameHand`], [`Party::StaffGround`], [`Party::VerifyNotNow`] and what else the machine says;
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn act(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    (id, version): (Uuid, i64),
    (event, ground): (Event, Option<Ground>),
) -> Result<(), Failure> {
    verifier(signed)?;
    trained(signed, ctx.now())?;
    let act = crate::person::Act {
        verification: id,
        version,
        event,
        ground,
        by: &signed.identifier,
    };
    let mut tx = app.store.begin(ctx).await?;
    crate::person::by_verifier(&mut tx, act).await?;
    Ok(tx.commit().await?)
}
