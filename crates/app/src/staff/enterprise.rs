//! A verifier's work on enterprises (5.9): public facts beside what was handed in, which is opened one
//! piece at a time with a reason, recorded and shown to whoever handed it in (2.5.1.e).

use domain::Refused;
use domain::account::offer::{ENTERPRISE, REAL_NAME};
use domain::four_eyes::Appeal;
use domain::machine::Role as Side;
use domain::org::verification::{Event, Proof, Reason, Relation, State};
use domain::refused::Party;
use domain::staff::{Role, enterprise_case_number};
use privacy::purpose::{Certify, Operate};
use privacy::{Actor, Ask, Ctx, Staff, StaffReason, StaffRole, SystemReason};
use storage::StoreError;
use storage::org;
use storage::org::paper::{self, PaperRow};
use storage::org::verification::{self, Taken};
use storage::person;
use time::OffsetDateTime;
use uuid::Uuid;

use super::eyes::took_part;
use super::{Signed, denied, trained};
use crate::account::consent;
use crate::org::{DECISIONS, Decision, MEASURES, SECONDS, by_verifier};
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

/// What may be opened of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The applicant's own name, as they are verified.
    Applicant,
    /// The legal representative's name.
    Representative,
    /// The picture of the licence.
    Licence,
    /// The picture of the letter.
    Letter,
}

impl Piece {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Applicant, Self::Representative, Self::Licence, Self::Letter];

    /// Its word in forms: the column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applicant => "real_name",
            Self::Representative => "representative",
            Self::Licence => "licence",
            Self::Letter => "letter",
        }
    }

    /// The piece of a word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|piece| piece.as_str() == text)
    }

    const fn field(self) -> &'static [&'static str] {
        match self {
            Self::Applicant => &["person_verification.real_name"],
            Self::Representative => &["enterprise_paper.representative"],
            Self::Licence => &["enterprise_paper.licence"],
            Self::Letter => &["enterprise_paper.letter"],
        }
    }

    /// Where it lies among what was handed in; the applicant's name lies with their own verification.
    const fn of(self, papers: &PaperRow) -> Option<&privacy::Sealed<String>> {
        match self {
            Self::Applicant => None,
            Self::Representative => papers.representative.as_ref(),
            Self::Licence => papers.licence.as_ref(),
            Self::Letter => papers.letter.as_ref(),
        }
    }
}

/// A case.
#[derive(Debug)]
pub struct EnterpriseCase {
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
    /// The enterprise's name.
    pub name: Option<String>,
    /// Its credit code.
    pub code: Option<String>,
    /// How the applicant says to be related to it.
    pub relation: Option<Relation>,
    /// The way of proof.
    pub proof: Option<Proof>,
    /// When the register last agreed.
    pub checked_at: Option<OffsetDateTime>,
    /// How the verification of an organisation that has this code already stands.
    pub former: Option<State>,
    /// What has to be put right, or why it was revoked.
    pub reasons: Vec<Reason>,
    /// Who proposed a revocation, and when.
    pub proposal: Option<(String, OffsetDateTime)>,
    /// How far an appeal is.
    pub appeal: Appeal,
    /// What may be opened now.
    pub pieces: Vec<Piece>,
    /// What whoever looks may do; what takes another pair of eyes than theirs is not among it.
    pub may: Vec<Event>,
    /// Whether it waits for somebody else.
    pub for_others: bool,
    /// What happened, the latest first.
    pub steps: Vec<Taken>,
}

/// What may be opened while this is to be decided: nothing, unless a letter waits.
fn pieces(row: &verification::VerificationRow, papers: Option<&PaperRow>) -> Vec<Piece> {
    policy::clause!("2.5.1.e");
    let now = &row.verification;
    let waits = now.state == State::Proving && now.proof == Some(Proof::Letter);
    let Some(papers) = papers.filter(|_| waits) else {
        return Vec::new();
    };
    let there = |piece: &Piece| *piece == Piece::Applicant || piece.of(papers).is_some();
    Piece::ALL.into_iter().filter(there).collect()
}

/// A case.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn enterprise_case(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
) -> Result<EnterpriseCase, Failure> {
    verifier(signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let row = verification::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let papers = paper::of(&mut tx, id).await?;
    let steps = verification::events(&mut tx, id, STEPS).await?;
    let former = match (&row.credit_code, row.organisation) {
        (Some(code), None) => former(&mut tx, code).await?,
        _ => None,
    };
    let now = &row.verification;
    let measure = &now.measure;
    let mine = took_part(&mut tx, &signed.identifier, (measure, now.since)).await?;
    let others = |event: &Event| mine && SECONDS.contains(event);
    let offered: Vec<Event> = now
        .allowed(Side::PlatformVerifier)
        .into_iter()
        .filter(|event| DECISIONS.contains(event) || MEASURES.contains(event))
        .collect();
    Ok(EnterpriseCase {
        id,
        number: enterprise_case_number(id),
        state: now.state,
        version: now.version,
        since: now.since,
        pieces: pieces(&row, papers.as_ref()),
        name: row.company_name.clone(),
        code: row.credit_code.clone(),
        relation: now.relation,
        proof: now.proof,
        checked_at: now.checked_at,
        former,
        reasons: now.reasons.clone(),
        proposal: measure
            .proposal
            .as_ref()
            .map(|first| (first.by.clone(), first.at)),
        appeal: measure.appeal,
        for_others: offered.iter().any(others),
        may: offered.into_iter().filter(|event| !others(event)).collect(),
        steps,
    })
}

/// Opens one piece of a case, with a reason, for the eyes of this verifier. The record is written first;
/// whoever handed it in reads it. A picture is JPEG in base64.
///
/// # Errors
/// [`Party::StaffReason`], [`Party::StaffTraining`], [`Party::StaffNoMatter`];
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn open_piece(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
    (piece, reason): (Piece, &str),
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
    let row = verification::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let no_matter = || Failure::from(Refused::from(Party::StaffNoMatter));
    let papers = paper::of(&mut tx, id).await?;
    if !pieces(&row, papers.as_ref()).contains(&piece) {
        return Err(no_matter());
    }
    let papers = papers.ok_or_else(no_matter)?;
    if piece == Piece::Applicant {
        let shown = applicant(&mut tx, papers.subject, id).await?;
        tx.commit().await?;
        return Ok(shown);
    }
    let sealed = piece.of(&papers).ok_or_else(no_matter)?;
    // The separate consent that the verification rests on carries this too; without it nothing opens.
    let basis = consent::live(&mut tx, papers.subject, &ENTERPRISE).await?;
    let ask = Ask {
        subject: papers.subject,
        fields: piece.field(),
        basis: basis.ok_or_else(no_matter)?,
        clause: policy::clause!("2.1.1.d"),
        case: Some(id),
    };
    let shown = {
        let permit = tx.permit(ask).await.map_err(|error| denied(error.into()))?;
        let place = paper::field(piece.as_str(), papers.id, papers.subject);
        let opened = tx.open(&permit, &place, sealed).await?;
        opened.shown().map_err(StoreError::from)?
    };
    tx.commit().await?;
    Ok(shown)
}

/// The name under which an applicant is verified: the letter has to name the same person.
async fn applicant(
    tx: &mut storage::Tx<'_, Certify>,
    subject: privacy::SubjectId,
    case: Uuid,
) -> Result<String, Failure> {
    let no_matter = || Failure::from(Refused::from(Party::StaffNoMatter));
    let row = person::of_subject(tx, subject).await?.ok_or_else(no_matter)?;
    let sealed = row.real_name.as_ref().ok_or_else(no_matter)?;
    let basis = consent::live(tx, subject, &REAL_NAME).await?;
    let ask = Ask {
        subject,
        fields: Piece::Applicant.field(),
        basis: basis.ok_or_else(no_matter)?,
        clause: policy::clause!("2.1.1.d"),
        case: Some(case),
    };
    let permit = tx.permit(ask).await.map_err(|error| denied(error.into()))?;
    let separate = permit.separate().map_err(StoreError::from)?;
    let place = person::field("real_name", row.id, row.subject);
    let opened = tx.open_sensitive(&separate, &place, sealed).await?;
    Ok(opened.shown().map_err(StoreError::from)?)
}

/// How the verification of the organisation with this code stands, if there is one.
async fn former(tx: &mut storage::Tx<'_, Operate>, code: &str) -> Result<Option<State>, Failure> {
    if verification::revoked(tx, code).await?.is_some() {
        return Ok(Some(State::Revoked));
    }
    let Some(there) = org::by_code(tx, code).await? else {
        return Ok(None);
    };
    let row = verification::of_organisation(tx, there.id).await?;
    Ok(Some(row.map_or(State::None, |row| row.verification.state)))
}

/// Takes a verifier's step in a case.
///
/// # Errors
/// [`Party::FourEyes`], [`Party::SameHand`], [`Party::ProofUnseen`], [`Party::VerifyReason`], [`Party::VerifyNotNow`] and what else the machine says;
/// [`Failure::NotFound`] for an unknown case, and for whoever is no verifier.
pub async fn enterprise_act(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    (id, version): (Uuid, i64),
    (event, reasons): (Event, Vec<Reason>),
) -> Result<(), Failure> {
    verifier(signed)?;
    trained(signed, ctx.now())?;
    let act = Decision {
        verification: id,
        version,
        event,
        reasons,
        by: &signed.identifier,
        staff: Some(signed.id),
    };
    // What follows from a decision is the program's: the applicant joins by their own application.
    let ctx = app.system::<Operate>(SystemReason::Job, ctx.policy_version());
    let mut tx = app.store.begin(&ctx).await?;
    by_verifier(app, &mut tx, act).await?;
    Ok(tx.commit().await?)
}
