//! Registration: exactly phone, account name and password (2.1.1.b), after the separate explicit
//! acceptance of two documents (0.2, 0.7).

use domain::Refused;
use domain::account::{name, password, phone::Phone};
use domain::minor::Band;
use domain::refused::Minor;
use privacy::consent::{ConsentEvent, ConsentState, Origin, accepted};
use privacy::purpose::KeepAccount;
use privacy::{BlindIndex, Ctx, Personal, Purpose, SubjectId};
use storage::account::{self, NewAccount};
use storage::{Tx, account::code as codes, consent};

use time::{Duration, OffsetDateTime};

use super::guard;
use super::{Begun, begin_session, code, index, salt};
use crate::minor::{self, Answers, Guarded};
use crate::{App, Failure};

pub(crate) const REASON: &str = "register";
/// What a number is told that has an account already.
pub(crate) const TAKEN: &str = "您的手机号已经注册，请直接登录或重置密码。/ Your number already has an account: log in or reset the password.";

/// The documents as shown to the person.
#[derive(Clone, Debug)]
pub struct Documents {
    /// The user agreement's version.
    pub agreement_version: String,
    /// SHA-256 (hex) of the agreement shown.
    pub agreement_hash: String,
    /// The privacy policy's version.
    pub policy_version: String,
    /// SHA-256 (hex) of the policy shown.
    pub policy_hash: String,
    /// The language shown.
    pub lang: &'static str,
}

/// A request for a registration code.
pub struct CodeRequest<'a> {
    /// The phone as typed.
    pub phone: &'a str,
    /// The age band that was chosen.
    pub age: Option<Band>,
    /// Whether the agreement's box was ticked.
    pub accept_agreement: bool,
    /// Whether the policy's box was ticked.
    pub accept_policy: bool,
    /// What was shown.
    pub documents: &'a Documents,
    /// Where it comes from.
    pub from: guard::Origin<'a>,
}

/// A registration.
pub struct Registration<'a> {
    /// The phone as typed.
    pub phone: &'a str,
    /// The code as typed.
    pub code: &'a str,
    /// The account name as typed.
    pub account_name: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// The age band that was chosen.
    pub age: Option<Band>,
    /// Whether the agreement's box was ticked.
    pub accept_agreement: bool,
    /// Whether the policy's box was ticked.
    pub accept_policy: bool,
    /// What was shown.
    pub documents: &'a Documents,
    /// The device as the browser names it.
    pub device: &'a str,
    /// Where it comes from.
    pub from: guard::Origin<'a>,
}

/// Refusals of the two boxes.
fn boxes(agreement: bool, policy: bool) -> Vec<Refused> {
    let missing = [
        (agreement, Refused::AgreementNotAccepted),
        (policy, Refused::PolicyNotAccepted),
    ];
    missing
        .into_iter()
        .filter(|(ticked, _)| !ticked)
        .map(|(_, refused)| refused)
        .collect()
}

/// Writes one consent event per document not yet accepted in this version (0.2), by the person's own act.
pub(crate) async fn record_acceptance<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    documents: &Documents,
) -> Result<(), Failure> {
    record_acceptance_by(app, tx, subject, documents, Origin::Act).await
}

/// The same, by the person or by their guardian.
pub(crate) async fn record_acceptance_by<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    documents: &Documents,
    origin: Origin,
) -> Result<(), Failure> {
    policy::clause!("0.2");
    policy::clause!("0.7");
    let known = consent::of_subject(tx, subject).await?;
    let shown = [
        (
            "agreement",
            &documents.agreement_version,
            &documents.agreement_hash,
        ),
        ("policy", &documents.policy_version, &documents.policy_hash),
    ];
    for (document, version, text_hash) in shown {
        if accepted(&known, document, version) {
            continue;
        }
        let event = ConsentEvent {
            id: app.entropy.id(),
            subject,
            document: document.to_owned(),
            version: version.clone(),
            text_hash: text_hash.clone(),
            lang: documents.lang.to_owned(),
            state: ConsentState::Given,
            purpose: None,
            recipient: None,
            expires_at: None,
            origin,
            at: tx.ctx().now(),
        };
        consent::append(tx, &event).await?;
    }
    Ok(())
}

/// The band that was chosen, for both forms.
fn chosen_age(age: Option<Band>) -> Result<Band, Refused> {
    age.ok_or_else(|| Minor::AgeMissing.into())
}

/// Sends a registration code, after both documents were accepted: acceptance is stored before the
/// first personal value (0.7). A phone that has an account gets a message that says so; the answer
/// to the visitor is the same.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field.
pub async fn request_code(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    request: &CodeRequest<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let age = chosen_age(request.age);
    let mut refusals: Vec<Refused> = age.err().into_iter().collect();
    refusals.extend(boxes(request.accept_agreement, request.accept_policy));
    let number = match Phone::parse(request.phone, app.demo) {
        Ok(phone) if refusals.is_empty() => phone.into_digits(),
        Ok(_) => return Err(Failure::Refused(refusals)),
        Err(refused) => {
            refusals.insert(0, refused);
            return Err(Failure::Refused(refusals));
        }
    };
    let band = age?;
    let digest = index(app, account::PHONE, &number);
    code::door(app, ctx, &number, &request.from).await?;
    let fresh = SubjectId(app.entropy.id());
    let answers = minor::Answers::of(app, &number, &request.from);
    let mut tx = app.store.begin(ctx).await?;
    let guarded = match answers.unproven(&mut tx, band).await? {
        Ok(guarded) => guarded,
        // Before anybody is looked for: the answer is the same for every number, and nothing is sent.
        Err(refused) => {
            // What was answered lasts, and nothing of the number but a digest.
            tx.commit().await?;
            return Err(refused.into());
        }
    };
    code::admit(&mut tx, digest).await?;
    if let Some(holder) = account::find(&mut tx, account::PHONE, digest).await? {
        let phone = Personal::received(number);
        code::message(app, &mut tx, holder.subject, phone, TAKEN.to_owned(), None).await?;
    } else {
        let earlier = match guarded {
            // The consent is about the person it was asked for.
            Some(_) => None,
            None => codes::latest(&mut tx, digest, REASON).await?,
        };
        let lasting = match lasting(earlier, ctx.now()) {
            // A code of a minor's: who says now to be of age begins as somebody else.
            Some(subject) if minor::is_asked_for(&mut tx, subject).await? => None,
            lasting => lasting,
        };
        let subject = guarded.map_or_else(|| lasting.unwrap_or(fresh), |known| known.subject);
        if subject == fresh {
            app.store.create_key(fresh).await?;
        }
        record_acceptance(app, &mut tx, subject, request.documents).await?;
        code::send(app, &mut tx, subject, digest, &number, REASON).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whose an earlier code is, if another one may be theirs: one that is about to run out is left to the
/// retention job, which destroys its key.
pub(crate) fn lasting(earlier: Option<codes::CodeRow>, now: OffsetDateTime) -> Option<SubjectId> {
    let row = earlier.filter(|row| now - row.created_at < Duration::hours(23))?;
    Some(row.subject)
}

/// What lets a registration go on, in this order: the code, which it leaves good; the age; the name. Until
/// the code is right nothing is told but that it is wrong, and what every number is told. On a refusal the
/// caller commits.
async fn goes_on(
    app: &App,
    tx: &mut Tx<'_, KeepAccount>,
    form: &Registration<'_>,
    (answers, band, name): (&Answers, Band, BlindIndex),
) -> Result<Result<Option<Guarded>, (Refused, bool)>, Failure> {
    let proven = code::check(app, tx, answers.phone, REASON, form.code).await?;
    let Some(code) = proven else {
        let refused = answers.unproven(tx, band).await?.err();
        return Ok(Err((refused.unwrap_or(code::wrong()), false)));
    };
    let guarded = match answers.proven(tx, band).await? {
        Ok(guarded) => guarded,
        Err(refused) => return Ok(Err((refused, true))),
    };
    if guarded.is_some_and(|known| known.subject != code.subject) {
        return Ok(Err((code::wrong(), false)));
    }
    if account::find(tx, account::NAME, name).await?.is_some() {
        return Ok(Err((Refused::NameTaken, false)));
    }
    Ok(Ok(guarded))
}

/// Registers and begins a session.
///
/// # Errors
/// [`Failure::Refused`] naming every wrong field, or asking for a puzzle.
pub async fn register(app: &App, ctx: &Ctx<KeepAccount>, form: &Registration<'_>) -> Result<Begun, Failure> {
    policy::clause!("2.1.1.b");
    let mut refusals = Vec::new();
    let number = Phone::parse(form.phone, app.demo).map(Phone::into_digits);
    let chosen = name::parse(form.account_name);
    let typed = number.as_deref().unwrap_or_default();
    let strong = password::check(form.password, &[typed, form.account_name]);
    policy::clause!("2.7.a");
    let age = chosen_age(form.age);
    refusals.extend(number.as_ref().err());
    refusals.extend(age.err());
    refusals.extend(chosen.as_ref().err());
    refusals.extend(strong.err());
    refusals.extend(boxes(form.accept_agreement, form.accept_policy));
    let (Ok(number), Ok(chosen), Ok(band), true) = (number, chosen, age, refusals.is_empty()) else {
        return Err(Failure::Refused(refusals));
    };
    let phone_digest = index(app, account::PHONE, &number);
    let name_digest = index(app, account::NAME, &name::comparable(&chosen));
    let answers = Answers::of(app, &number, &form.from);
    let asked = (&answers, band, name_digest);
    let sighting = code::try_door(app, ctx, &number, &form.from).await?;
    // Before a hash is made, which costs more than a guess at a code is worth.
    let mut tx = app.store.begin(ctx).await?;
    let first = goes_on(app, &mut tx, form, asked).await?;
    tx.commit().await?;
    stopped(app, ctx, phone_digest, first).await?;
    let hash = crate::password::hash(app.cost, form.password.to_owned(), salt(&*app.entropy)).await?;

    let mut tx = app.store.begin(ctx).await?;
    let guarded = match goes_on(app, &mut tx, form, asked).await? {
        Ok(guarded) => guarded,
        refused => {
            tx.commit().await?;
            stopped(app, ctx, phone_digest, refused).await?;
            return Err(code::wrong().into());
        }
    };
    let Some(subject) = code::redeem(app, &mut tx, phone_digest, REASON, form.code).await? else {
        tx.commit().await?;
        return Err(code::wrong().into());
    };
    record_acceptance(app, &mut tx, subject, form.documents).await?;
    let id = app.entropy.id();
    let (phone, name) = (Personal::received(number), Personal::received(chosen));
    let new = NewAccount {
        id,
        subject,
        name: &name,
        phone: &phone,
        password_hash: hash,
    };
    if let Err(error) = account::insert(&mut tx, &new, phone_digest, name_digest).await {
        // Someone registered the same phone or name between the look-up and now.
        return Err(if error.is_conflict() {
            code::wrong().into()
        } else {
            error.into()
        });
    }
    minor::registered(&mut tx, (id, subject), band, guarded).await?;
    let begun = begin_session(app, &mut tx, id, subject, form.device, true).await?;
    tx.commit().await?;
    guard::known(app, ctx, sighting).await?;
    guard::began(app, ctx, (id, form.device), &form.from).await?;
    Ok(begun)
}

/// The refusal of what does not go on. Of somebody under age, whose number is proven, what was begun with
/// another answer goes.
async fn stopped(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    phone: BlindIndex,
    answer: Result<Option<Guarded>, (Refused, bool)>,
) -> Result<(), Failure> {
    let Err((refused, of_age)) = answer else {
        return Ok(());
    };
    if of_age {
        minor::forget_begun(app, ctx, phone).await?;
    }
    Err(refused.into())
}
