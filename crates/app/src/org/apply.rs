//! An application: begun with a separate consent, handed in with a licence, put right, taken back.

use domain::Refused;
use domain::account::offer::ENTERPRISE;
use domain::machine::Role;
use domain::org::company_name;
use domain::org::credit_code::CreditCode;
use domain::org::picture::Paper;
use domain::org::verification::{Event, Facts, Relation, State, Verification};
use domain::person::id_number::Card;
use domain::person::name::RealName;
use domain::person::verification::may_check;
use domain::refused::Party;
use privacy::consent::ConsentState;
use privacy::purpose::{Certify, KeepAccount};
use privacy::{Ctx, Personal, Purpose, SubjectId};
use storage::account::code;
use storage::org::verification::{self, VerificationRow};
use storage::org::{self, paper};
use storage::{Tx, account, person};
use time::Duration;
use uuid::Uuid;

use super::{by, check, held, picture, take};
use crate::account::{Shown, Viewer, consent, index};
use crate::person::real_name;
use crate::rights::refuse_if_closing;
use crate::{App, Failure, minor};

/// The kind under which submissions are counted.
const HANDED_IN: &str = "enterprise_check";

/// What an application says.
pub struct Submission<'a> {
    /// How the applicant is related to the enterprise.
    pub relation: &'a str,
    /// The name on the licence.
    pub company_name: &'a str,
    /// The credit code on the licence.
    pub credit_code: &'a str,
    /// The legal representative on the licence.
    pub representative: &'a str,
    /// The picture of the licence as it was sent.
    pub licence: Vec<u8>,
}

/// Gives the separate consent (2.1.1.d) and begins; the application's identifier.
///
/// # Errors
/// [`Party::EnterpriseConsent`] without the tick, [`Party::EnterprisePerson`] before the applicant is
/// verified, [`Party::EnterpriseUnderWay`], [`Party::EnterpriseClosed`],
/// [`domain::Refused::ClosurePending`].
pub async fn begin(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    agreed: bool,
    shown: Shown<'_>,
) -> Result<Uuid, Failure> {
    policy::clause!("2.1.1.d");
    if !agreed {
        return Err(Refused::from(Party::EnterpriseConsent).into());
    }
    if app.enterprises.is_none() {
        return Err(Refused::from(Party::EnterpriseClosed).into());
    }
    let mut tx = app.store.begin(ctx).await?;
    // Of two forms sent at once, one comes after the other.
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    minor::refuse(&mut tx, viewer.subject).await?;
    if verification::open_of(&mut tx, viewer.account).await?.is_some() {
        return Err(Refused::from(Party::EnterpriseUnderWay).into());
    }
    let facts = Facts {
        person_verified: person::is_verified(&mut tx, viewer.account).await?,
        // What it is the form says, which comes next.
        relation: Some(Relation::Agent),
        ..Facts::default()
    };
    let begun = Verification::begun(ctx.now());
    let id = app.entropy.id();
    // Decided before anything is written: nobody consents to what does not begin.
    begun.step(Event::Start, Role::Applicant, &facts, ctx.now())?;
    consent::say(app, &mut tx, viewer, &ENTERPRISE, ConsentState::Given, shown).await?;
    let whose = (viewer.account, viewer.subject);
    verification::begin(&mut tx, id, whose, &begun).await?;
    let row = verification::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let doer = by(Role::Applicant, viewer.subject);
    take(app, &mut tx, &row, (Event::Start, Role::Applicant), &facts, doer).await?;
    tx.commit().await?;
    Ok(id)
}

/// What a submission comes to, once every field is read.
struct Read {
    relation: Relation,
    name: String,
    code: CreditCode,
    representative: Personal<String>,
}

/// Reads every field; of the picture only whether it can be one.
fn read(typed: &Submission<'_>, demo: bool) -> Result<Read, Failure> {
    let mut refused = Vec::new();
    let mut take = |why: Refused| refused.push(why);
    let relation = Relation::parse(typed.relation);
    if relation.is_none() {
        take(Party::EnterpriseRelation.into());
    }
    let name = company_name::parse(typed.company_name).map_err(&mut take).ok();
    let code = CreditCode::parse(typed.credit_code, demo).map_err(&mut take).ok();
    let representative = RealName::parse(typed.representative, Card::Resident)
        .map_err(|_| take(Party::RepresentativeName.into()))
        .ok();
    let licence = picture::admissible(Paper::Licence, &typed.licence)
        .map_err(&mut take)
        .ok();
    match (relation, name, code, representative, licence) {
        (Some(relation), Some(name), Some(code), Some(representative), Some(())) => Ok(Read {
            relation,
            name,
            code,
            representative: Personal::received(representative.into_text()),
        }),
        _ => Err(Failure::Refused(refused)),
    }
}

/// Whoever says to be the representative is verified under that name (2.1.1.e).
async fn same_person(
    app: &App,
    tx: &mut Tx<'_, Certify>,
    viewer: &Viewer,
    representative: &Personal<String>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.e");
    let opened = real_name(tx, viewer).await?;
    // Compared by digest: neither value is looked at.
    let digest = |value: &Personal<String>| app.store.blind_index("enterprise_paper.representative", value);
    if digest(&opened).0 == digest(representative).0 {
        Ok(())
    } else {
        Err(Refused::from(Party::RepresentativeOther).into())
    }
}

/// Hands an application in, or the change of a verified enterprise: sealed at once, checked against the
/// register by a job.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, or what the machine says; nothing is kept then.
/// [`Failure::NotFound`] for whoever it is not.
pub async fn submit(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    id: Uuid,
    typed: Submission<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    let read = {
        // Looked at and counted before the picture is unpacked.
        let mut tx = app.store.begin(ctx).await?;
        account::hold(&mut tx, viewer.account).await?;
        held(app, &mut tx, viewer, id).await?;
        if app.enterprises.is_none() {
            return Err(Refused::from(Party::EnterpriseClosed).into());
        }
        let read = read(&typed, app.demo)?;
        picture::count(app, &mut tx, viewer).await?;
        tx.commit().await?;
        read
    };
    let licence = picture::read(Paper::Licence, typed.licence).await?;
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    let (row, role) = held(app, &mut tx, viewer, id).await?;
    if consent::live(&mut tx, viewer.subject, &ENTERPRISE)
        .await?
        .is_none()
    {
        return Err(Refused::from(Party::EnterpriseConsent).into());
    }
    if !person::is_verified(&mut tx, viewer.account).await? {
        return Err(Refused::from(Party::EnterprisePerson).into());
    }
    same_code(&mut tx, &row, &read.code).await?;
    if read.relation == Relation::Representative {
        same_person(app, &mut tx, viewer, &read.representative).await?;
    }
    let ration = index(
        app,
        "enterprise_verification.account",
        &viewer.account.to_string(),
    );
    may_check(code::attempts_since(&mut tx, HANDED_IN, ration, ctx.now() - Duration::DAY).await?)?;
    code::count_attempt(&mut tx, HANDED_IN, ration).await?;
    let facts = Facts {
        complete: true,
        relation: Some(read.relation),
        ..Facts::default()
    };
    let change = match row.verification.state {
        State::Verified | State::AnnualDue => Some(Event::Change),
        // What is handed in again for a change that is not proved yet.
        State::Changed => None,
        _ => Some(Event::Submit),
    };
    if let Some(event) = change {
        let doer = by(role, viewer.subject);
        take(app, &mut tx, &row, (event, role), &facts, doer).await?;
    }
    let facts = (&*read.name, read.code.as_str(), &licence.hash[..]);
    verification::put_facts(&mut tx, id, Some(facts)).await?;
    paper::put(&mut tx, id, viewer.subject, &read.representative, &licence.text).await?;
    check::enqueue(&mut tx, id).await?;
    Ok(tx.commit().await?)
}

/// An organisation keeps its code; another code is another enterprise.
async fn same_code<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    code: &CreditCode,
) -> Result<(), Failure> {
    let Some(organisation) = row.organisation else {
        return Ok(());
    };
    let known = org::by_id(tx, organisation).await?.ok_or(Failure::NotFound)?;
    if known.credit_code == code.as_str() {
        Ok(())
    } else {
        Err(Refused::from(Party::EnterpriseRegister).into())
    }
}

/// A step that carries nothing else.
async fn plain(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    event: Event,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let (row, role) = held(app, &mut tx, viewer, id).await?;
    let doer = by(role, viewer.subject);
    take(app, &mut tx, &row, (event, role), &Facts::default(), doer).await?;
    Ok(tx.commit().await?)
}

/// Goes back to the form after a rejection.
///
/// # Errors
/// [`Party::VerifyNotNow`]; [`Failure::NotFound`] for whoever it is not.
pub async fn edit(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    plain(app, ctx, viewer, id, Event::Edit).await
}

/// Takes it back: an application leaves nothing, an organisation loses its badge.
///
/// # Errors
/// [`Party::VerifyNotNow`]; [`Failure::NotFound`] for whoever it is not.
pub async fn withdraw(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    policy::clause!("2.6.3.a");
    plain(app, ctx, viewer, id, Event::Withdraw).await
}

/// Appeals against the revocation of the own organisation's verification; once.
///
/// # Errors
/// [`Party::VerifyNotNow`], [`Party::AppealUsed`]; [`Failure::NotFound`] for whoever it is not.
pub async fn appeal(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    plain(app, ctx, viewer, id, Event::Appeal).await
}

/// What follows when the consent ends, wherever that was said: an application under way is taken back,
/// and what was handed in for a change goes.
pub(crate) async fn chosen<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    state: ConsentState,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.g");
    if state == ConsentState::Given {
        return Ok(());
    }
    suspend(tx, viewer.subject).await
}

/// Deletes applications that are not proved, and what was handed in for others: the consent no longer
/// stands, or nobody knows whether it does.
pub(crate) async fn suspend<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<(), Failure> {
    policy::clause!("2.1.1.g");
    for id in verification::unproved_of(tx, subject).await? {
        verification::hold(tx, id).await?;
        verification::delete(tx, id).await?;
    }
    for id in paper::verifications_of(tx, subject).await? {
        paper::drop_all(tx, id).await?;
    }
    Ok(())
}
