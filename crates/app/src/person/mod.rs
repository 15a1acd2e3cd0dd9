//! Verification of persons (实名认证, 2.1.1.d): voluntary, after a separate consent, checked against an
//! authoritative source. Name and number lie sealed while a state needs them, and no longer.

mod check;
mod measure;
mod real_name;
mod source;

use domain::Refused;
use domain::account::offer::REAL_NAME;
use domain::calendar::Due;
use domain::machine::Role;
use domain::minor::Band;
use domain::person::id_number::IdNumber;
use domain::person::name::RealName;
use domain::person::verification::{
    Event, Facts, Ground, Reason, State, TRIES_WINDOW, Verification, may_check,
};
use domain::refused::{Minor, Party};
use privacy::consent::{ConsentState, Standing};
use privacy::purpose::{Certify, KeepAccount, Operate, ShowOwn};
use privacy::{Ask, Ctx, LegalBasis, Purpose, Sensitive, SubjectId};
use storage::account::{self, code};
use storage::person::{self, Doer, VerificationRow};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

pub(crate) use check::{CHECK, TELL, answered, perform, put_off, tell};
pub use measure::appeal;
pub(crate) use measure::{Act, MEASURES, SECONDS, by_verifier};
pub(crate) use real_name::real_name;
pub use source::{Answer, Asked, DemoSource, IdentitySource, SourceFailed};

use crate::account::{Shown, Viewer, consent, index};
use crate::rights::refuse_if_closing;
use crate::{App, Failure, minor};

/// Steps shown of what happened.
const SHOWN: i64 = 20;
/// The kind under which checks are counted.
const HANDED_IN: &str = "identity_check";
/// Both sealed fields.
const FIELDS: &[&str] = &["person_verification.real_name", "person_verification.id_number"];

/// The viewer's own verification.
pub struct PersonView {
    /// How it stands.
    pub verification: Verification,
    /// Name and number, masked; while they are kept.
    pub masked: Option<(String, String)>,
    /// What happens if nobody acts, and when.
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// What happened, the latest first.
    pub events: Vec<person::Taken>,
    /// Whether this installation has a source to check against.
    pub open: bool,
    /// Why it was taken back.
    pub ground: Option<Ground>,
}

impl PersonView {
    /// Whether the viewer may do this now.
    #[must_use]
    pub fn may(&self, event: Event) -> bool {
        self.verification.allowed(Role::Applicant).contains(&event)
    }
}

/// What a person typed.
pub struct Submission<'a> {
    /// The name on the card.
    pub real_name: &'a str,
    /// The number on the card.
    pub id_number: &'a str,
}

/// The verification of an account, held until the transaction ends, what is overdue being done.
async fn held<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<Option<VerificationRow>, Failure> {
    let Some(row) = person::of_account(tx, account).await? else {
        return Ok(None);
    };
    settle(tx, row.id).await?;
    Ok(person::by_id(tx, row.id).await?)
}

/// Takes the step of the clock that is overdue, holding the row; `false` if there is none.
async fn settle<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, Failure> {
    person::hold(tx, id).await?;
    let now = tx.ctx().now();
    let Some(row) = person::by_id(tx, id).await? else {
        return Ok(false);
    };
    let Some((event, Due::At(at))) = row.verification.timer() else {
        return Ok(false);
    };
    if now < at {
        return Ok(false);
    }
    let version = by_system(tx, &row, event).await?;
    check::tell_later(tx, &row, version).await?;
    Ok(true)
}

/// A step of the program's own; the version after it.
async fn by_system<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    event: Event,
) -> Result<i64, Failure> {
    let now = tx.ctx().now();
    let step = row
        .verification
        .step(event, Role::System, &Facts::default(), now)?;
    let doer = Doer {
        side: "system",
        ..Doer::default()
    };
    person::record(tx, row, event, &step, doer).await?;
    if event == Event::Erase {
        recall(tx, row).await?;
    }
    Ok(step.verification.version)
}

/// The consent is over: the source is asked to delete what it got on it.
async fn recall<P: Purpose>(tx: &mut Tx<'_, P>, row: &VerificationRow) -> Result<(), Failure> {
    person::rests_on(tx, row.id, None).await?;
    consent::recall(tx, row.subject, &REAL_NAME).await
}

/// Deletes a verification whose consent no longer stands, after an older copy was put back: whether its
/// person had deleted it meanwhile nobody knows (2.1.1.g).
pub(crate) async fn suspend<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<(), Failure> {
    policy::clause!("2.1.1.g");
    let Some(row) = person::of_subject(tx, subject).await? else {
        return Ok(());
    };
    // What was taken back for fraud stays until the account goes.
    let stays = row.verification.state == State::Revoked;
    if !stays && row.verification.allowed(Role::System).contains(&Event::Erase) {
        by_system(tx, &row, Event::Erase).await?;
    }
    Ok(())
}

/// How the viewer's verification stands, without opening what was handed in for it.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn standing(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Verification, Failure> {
    policy::clause!("2.6.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let row = held(&mut tx, viewer.account).await?;
    tx.commit().await?;
    Ok(row.map_or_else(
        || Verification::begun(Vec::new(), ctx.now()),
        |row| row.verification,
    ))
}

/// How the viewer's verification stands, with what was handed in, masked.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn verification(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<PersonView, Failure> {
    policy::clause!("2.6.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let row = held(&mut tx, viewer.account).await?;
    let events = person::events(&mut tx, viewer.subject, SHOWN).await?;
    let mut masked = None;
    if let Some(row) = &row
        && let (Some(name), Some(number)) = (&row.real_name, &row.id_number)
    {
        let ask = Ask {
            subject: row.subject,
            fields: FIELDS,
            basis: LegalBasis::LegalDuty("PIPL 45"),
            clause: policy::clause!("2.6.1.a"),
            case: None,
        };
        let permit = tx.permit(ask).await?;
        let separate = permit.separate().map_err(StoreError::from)?;
        let place = |column| person::field(column, row.id, row.subject);
        let name = tx.open_sensitive(&separate, &place("real_name"), name).await?;
        let number = tx.open_sensitive(&separate, &place("id_number"), number).await?;
        let shown = |opened: privacy::Opened| opened.shown().map_err(StoreError::from);
        policy::clause!("2.1.1.f");
        masked = Some((
            domain::person::name::masked(&shown(name)?),
            domain::person::id_number::masked(&shown(number)?),
        ));
    }
    tx.commit().await?;
    let ground = row
        .as_ref()
        .filter(|row| row.verification.state == State::Revoked)
        .and_then(|row| row.ground);
    let verification = row.map_or_else(
        || Verification::begun(Vec::new(), ctx.now()),
        |row| row.verification,
    );
    Ok(PersonView {
        due: verification.timer().map(|(event, due)| match due {
            Due::At(at) => (event, Some(at)),
            Due::Unknown => (event, None),
        }),
        verification,
        masked,
        events,
        open: app.identity.is_some(),
        ground,
    })
}

/// Gives the separate consent (0.8, 2.1.1.d), and so begins.
///
/// # Errors
/// [`Party::VerifyConsent`] without the tick, [`Party::VerifyClosed`] where nothing can be checked,
/// [`domain::Refused::ClosurePending`].
pub async fn agree(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    agreed: bool,
    shown: Shown<'_>,
) -> Result<(), Failure> {
    policy::clause!("0.8");
    if !agreed {
        return Err(Refused::from(Party::VerifyConsent).into());
    }
    let mut tx = app.store.begin(ctx).await?;
    // Of two words said at once, one comes after the other.
    account::hold(&mut tx, viewer.account).await?;
    if minor::is_minor(&mut tx, viewer.subject).await? {
        policy::clause!("2.7.b");
        // The guardian's word, or none.
        if consent::live(&mut tx, viewer.subject, &REAL_NAME)
            .await?
            .is_none()
        {
            return Err(Refused::from(Minor::MinorCertify).into());
        }
    } else {
        consent::say(app, &mut tx, viewer, &REAL_NAME, ConsentState::Given, shown).await?;
    }
    chosen(app, &mut tx, viewer, ConsentState::Given).await?;
    Ok(tx.commit().await?)
}

/// What follows from a word on the consent, wherever it was said: a yes begins, anything else deletes
/// what there is.
pub(crate) async fn chosen<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    state: ConsentState,
) -> Result<(), Failure> {
    let now = tx.ctx().now();
    let given = state == ConsentState::Given;
    if given {
        refuse_if_closing(tx, viewer.subject).await?;
        if app.identity.is_none() {
            return Err(Refused::from(Party::VerifyClosed).into());
        }
    }
    let row = match held(tx, viewer.account).await? {
        Some(row) => row,
        None if !given => return Ok(()),
        None => {
            let begun = Verification::begun(Vec::new(), now);
            let whose = (viewer.account, viewer.subject);
            person::begin(tx, app.entropy.id(), whose, &begun).await?;
            held(tx, viewer.account).await?.ok_or(Failure::NotFound)?
        }
    };
    let row = if given && row.verification.state == State::Erased {
        let begun = Verification {
            version: row.verification.version + 1,
            ..Verification::begun(row.verification.failed_at.clone(), now)
        };
        person::renew(tx, &row, &begun).await?;
        person::by_id(tx, row.id).await?.ok_or(Failure::NotFound)?
    } else {
        row
    };
    let event = if given { Event::Consent } else { Event::Erase };
    if row.verification.allowed(Role::Applicant).contains(&event) {
        let facts = Facts {
            consent: given,
            ..Facts::default()
        };
        take(tx, &row, event, &facts).await?;
    }
    if !given {
        return recall(tx, &row).await;
    }
    // What was said must stand: nothing begins without it.
    let standing = consent::standing_of(tx, viewer.subject, &REAL_NAME).await?;
    let Standing::Given { event, until, .. } = standing else {
        return Err(Refused::from(Party::VerifyConsent).into());
    };
    Ok(person::rests_on(tx, row.id, Some((event, until))).await?)
}

/// A step of the applicant's own.
async fn take<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &VerificationRow,
    event: Event,
    facts: &Facts,
) -> Result<Verification, Failure> {
    let step = row
        .verification
        .step(event, Role::Applicant, facts, tx.ctx().now())?;
    let doer = Doer {
        side: "applicant",
        ..Doer::default()
    };
    person::record(tx, row, event, &step, doer).await.map_err(stale)?;
    Ok(step.verification)
}

/// Somebody was faster: the page is to be looked at again.
fn stale(error: StoreError) -> Failure {
    match error {
        StoreError::Stale => Refused::from(Party::VerifyNotNow).into(),
        other => other.into(),
    }
}

/// Hands in name and number: sealed at once, checked by a job, deleted if the check fails.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, or what the machine says; nothing is kept then.
pub async fn submit(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    typed: &Submission<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.d");
    let today = ctx.now().to_offset(domain::calendar::BEIJING).date();
    let number = IdNumber::parse(typed.id_number, today, app.demo);
    let card = number
        .as_ref()
        .map_or(domain::person::id_number::Card::Resident, IdNumber::card);
    let name = RealName::parse(typed.real_name, card);
    let (number, name) = match (number, name) {
        (Ok(number), Ok(name)) => (number, name),
        (number, name) => {
            let refused = [name.err(), number.err()];
            return Err(Failure::Refused(refused.into_iter().flatten().collect()));
        }
    };
    if app.identity.is_none() {
        return Err(Refused::from(Party::VerifyClosed).into());
    }
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    refuse_if_closing(&mut tx, viewer.subject).await?;
    if viewer.frozen {
        return Err(Refused::from(Minor::MinorFrozen).into());
    }
    let row = held(&mut tx, viewer.account).await?;
    let Some(row) = row else {
        return Err(Refused::from(Party::VerifyConsent).into());
    };
    // The machine says that a consent was given; the ledger, whether it still is.
    if consent::live(&mut tx, viewer.subject, &REAL_NAME)
        .await?
        .is_none()
    {
        return Err(Refused::from(Party::VerifyConsent).into());
    }
    let band = Band::of(number.birth(), ctx.now());
    let guardian = minor::is_minor(&mut tx, viewer.subject).await?;
    let facts = Facts {
        birth: Some(number.birth()),
        // What is in force for a minor is the guardian's word, or nothing.
        guardian,
        ..Facts::default()
    };
    match take(&mut tx, &row, Event::Submit, &facts).await {
        Err(Failure::Refused(why))
            if [Party::VerifyChild, Party::VerifyGuardian]
                .iter()
                .any(|party| why == [Refused::from(*party)]) =>
        {
            policy::clause!("2.7.a");
            let refused = minor::found(app, &mut tx, viewer, band).await?;
            tx.commit().await?;
            return Err(Refused::from(refused).into());
        }
        other => other?,
    };
    let ration = index(app, "person_verification.account", &viewer.account.to_string());
    let since = ctx.now() - TRIES_WINDOW;
    may_check(code::attempts_since(&mut tx, HANDED_IN, ration, since).await?)?;
    code::count_attempt(&mut tx, HANDED_IN, ration).await?;
    let (name, number) = (name.into_text(), number.into_signs());
    person::put(
        &mut tx,
        &row,
        &Sensitive::received(name),
        &Sensitive::received(number),
    )
    .await?;
    check::enqueue(&mut tx, &row).await?;
    Ok(tx.commit().await?)
}

/// Deletes everything of the verification, and withdraws the consent it rested on.
///
/// # Errors
/// [`Party::VerifyNotNow`] if there is nothing to delete.
pub async fn erase(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    shown: Shown<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.6.3.a");
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    let row = held(&mut tx, viewer.account).await?.ok_or(Failure::NotFound)?;
    if !row.verification.allowed(Role::Applicant).contains(&Event::Erase) {
        return Err(Refused::from(Party::VerifyNotNow).into());
    }
    consent::say(app, &mut tx, viewer, &REAL_NAME, ConsentState::Withdrawn, shown).await?;
    chosen(app, &mut tx, viewer, ConsentState::Withdrawn).await?;
    Ok(tx.commit().await?)
}

/// Whether a person is verified: all that anybody else may know (2.1.1.f).
///
/// # Errors
/// [`Failure::Fault`].
pub async fn is_verified<P: Purpose>(app: &App, ctx: &Ctx<P>, account: Uuid) -> Result<bool, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(person::is_verified(&mut tx, account).await?)
}

/// Takes the steps of the clock for those who do not look: a source that did not answer, a lock that is
/// over, a card that ran out. Says how many.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn run_due(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    let mut taken = lapse(app, ctx).await?;
    loop {
        let due = {
            let mut tx = app.store.begin(ctx).await?;
            person::due(&mut tx).await?
        };
        if due.is_empty() {
            return Ok(taken);
        }
        let before = taken;
        for id in due {
            let mut tx = app.store.begin(ctx).await?;
            taken += usize::from(settle(&mut tx, id).await?);
            tx.commit().await?;
        }
        // What somebody else did meanwhile is not looked at for ever.
        if taken == before {
            return Ok(taken);
        }
    }
}

/// Deletes the verifications whose consent ran out (2.1.1.g).
async fn lapse(app: &App, ctx: &Ctx<Operate>) -> Result<usize, Failure> {
    policy::clause!("2.1.1.g");
    let mut taken = 0;
    loop {
        let lapsed = {
            let mut tx = app.store.begin(ctx).await?;
            person::lapsed(&mut tx).await?
        };
        if lapsed.is_empty() {
            return Ok(taken);
        }
        for id in lapsed {
            let mut tx = app.store.begin(ctx).await?;
            person::hold(&mut tx, id).await?;
            if let Some(row) = person::by_id(&mut tx, id).await? {
                suspend(&mut tx, row.subject).await?;
                // Said once, whatever came of it.
                person::rests_on(&mut tx, id, None).await?;
            }
            tx.commit().await?;
            taken += 1;
        }
    }
}

/// The words of a failed check, as its reason.
pub(crate) const fn reason_of(answer: &Answer) -> Option<Reason> {
    match answer {
        Answer::Same { .. } => None,
        Answer::NameMismatch { .. } => Some(Reason::NameMismatch),
        Answer::NumberInvalid { .. } => Some(Reason::NumberInvalid),
        Answer::NotFound { .. } => Some(Reason::NotFound),
    }
}
