//! What a guardian does (2.7.a): proves the number and to be an adult, reads the rules, consents purpose by
//! purpose or refuses, and takes it back as easily.

use domain::Refused;
use domain::account::change::What;
use domain::account::name as names;
use domain::account::offer::{GUARDIAN_ACCOUNT, GUARDIAN_MESSAGES, Offer, REAL_NAME};
use domain::machine::Role;
use domain::minor::{Band, Event, Facts, State};
use domain::refused::Minor;
use policy::ChildRules;
use privacy::consent::{ConsentEvent, ConsentState, Origin, standing};
use privacy::purpose::{KeepAccount, ObeyLaw, VerifyHolder};
use privacy::{Ctx, Personal, Purpose, SubjectId};
use storage::account::{self, change, phone as phones};
use storage::minor::{self as store, GuardianshipRow};
use storage::{Tx, consent as events, person};
use uuid::Uuid;

use super::{clock, overdue, request, take, tell};
use crate::account::{
    Documents, Shown, Viewer, code, consent as consents, index, present_phone, record_acceptance_by,
    verify_present,
};
use crate::rights::close_of_minor;
use crate::{App, Failure, person as persons};

/// What the code to the guardian's number is for.
const PROVE: &str = "guardian";

/// What a guardian ticked, purpose by purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// The account.
    pub account: bool,
    /// Codes and notices to the child's phone.
    pub messages: bool,
    /// The verification of somebody of fifteen to seventeen.
    pub certify: bool,
}

/// A request or consent that concerns the viewer as a guardian; to others it is not there.
pub(super) async fn mine<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<GuardianshipRow, Failure> {
    store::hold(tx, id).await?;
    let all = store::of_guardian(tx, viewer.account).await?;
    let row = all
        .into_iter()
        .find(|row| row.id == id)
        .ok_or(Failure::NotFound)?;
    if overdue(&row, tx.ctx().now()) {
        return Err(Refused::from(Minor::GuardianNotNow).into());
    }
    Ok(row)
}

/// Sends a code to the viewer's own number: it has to be the one that the minor named.
///
/// # Errors
/// [`Refused::CodeTooSoon`], [`Refused::TooManyCodes`]; [`Failure::NotFound`] for what names somebody else.
pub async fn send_code(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    if row.guardianship.state != State::Told {
        return Err(Refused::from(Minor::GuardianNotNow).into());
    }
    let holder = account::by_id(&mut tx, viewer.account).await?;
    let holder = holder.ok_or(Failure::NotFound)?;
    let (phone, digest) = present_phone(app, &tx, &holder).await?;
    code::admit(&mut tx, digest).await?;
    code::send_to(app, &mut tx, viewer.subject, digest, phone, PROVE).await?;
    Ok(tx.commit().await?)
}

/// Proves that the viewer holds the number that was named, and is an adult who says to be the guardian.
///
/// # Errors
/// [`Refused::CodeWrong`], [`Minor::GuardianNotSelf`], [`Minor::GuardianUnderAge`],
/// [`Minor::GuardianStatement`], [`Minor::GuardianMany`]; [`Failure::NotFound`].
pub async fn prove(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    id: Uuid,
    (typed, stated): (&str, bool),
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let verified = person::is_verified(&mut tx, viewer.account).await?;
    let known = super::band(&mut tx, viewer.subject).await?;
    let facts = Facts {
        oneself: row.subject == viewer.subject,
        adult: known.is_none_or(|band| band == Band::Adult),
        stated,
        children: store::children(&mut tx, viewer.account, id).await?,
        ..Facts::default()
    };
    // Decided before the code is used up.
    row.guardianship
        .step(Event::Prove, Role::Guardian, &facts, ctx.now())?;
    let holder = account::by_id(&mut tx, viewer.account).await?;
    let holder = holder.ok_or(Failure::NotFound)?;
    let (_, digest) = present_phone(app, &tx, &holder).await?;
    if code::redeem(app, &mut tx, digest, PROVE, typed).await? != Some(viewer.subject) {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    take(&mut tx, &row, (Event::Prove, Role::Guardian), &facts).await?;
    let proof = if verified { "verified" } else { "declared" };
    store::proven(&mut tx, id, (viewer.subject, viewer.account), proof).await?;
    tx.commit().await?;
    request::drop_contact(app, ctx, row.contact).await
}

fn said(app: &App, at: time::OffsetDateTime, subject: SubjectId, document: &str) -> ConsentEvent {
    ConsentEvent {
        id: app.entropy.id(),
        subject,
        document: document.to_owned(),
        version: String::new(),
        text_hash: String::new(),
        lang: String::new(),
        state: ConsentState::Given,
        purpose: None,
        recipient: None,
        expires_at: None,
        origin: Origin::Guardian,
        at,
    }
}

/// Notes that the guardian read the rules for children's data, in the version and language shown.
///
/// # Errors
/// [`Minor::GuardianRules`] without the tick; [`Failure::NotFound`].
pub async fn read_rules(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    (read, operator, shown): (bool, &str, Shown<'_>),
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let facts = Facts {
        sure: read,
        ..Facts::default()
    };
    take(&mut tx, &row, (Event::Read, Role::Guardian), &facts).await?;
    let rules = ChildRules::in_force();
    let lang = if shown.zh {
        policy::Lang::Zh
    } else {
        policy::Lang::En
    };
    let event = ConsentEvent {
        version: rules.version.to_owned(),
        text_hash: rules.hash(lang, operator),
        lang: shown.lang.to_owned(),
        ..said(app, ctx.now(), row.subject, "child_rules")
    };
    events::append(&mut tx, &event).await?;
    Ok(tx.commit().await?)
}

/// What the guardian says about one offer, under the minor's name.
pub(crate) async fn say<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    (offer, state): (&Offer, ConsentState),
    shown: Shown<'_>,
) -> Result<bool, Failure> {
    policy::clause!("2.7.a");
    let known = events::of_subject(tx, subject).await?;
    if !standing(&known, offer.id, tx.ctx().now()).may_become(state) {
        return Ok(false);
    }
    let event = consents::said(
        app,
        tx.ctx(),
        subject,
        offer,
        state,
        Origin::Guardian,
        shown,
        &known,
    );
    events::append(tx, &event).await?;
    if state != ConsentState::Given {
        consents::recall(tx, subject, offer).await?;
    }
    Ok(true)
}

/// Consents, purpose by purpose; each with its text, version and language in the log, and a receipt.
///
/// # Errors
/// [`Minor::GuardianPurposes`], [`Minor::GuardianMany`], [`Minor::GuardianNotNow`]; [`Failure::NotFound`].
pub async fn consent(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    (ticks, documents, shown): (Ticks, &Documents, Shown<'_>),
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let mut tx = app.store.begin(ctx).await?;
    // Of two children consented to at once, one is counted after the other.
    account::hold(&mut tx, viewer.account).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let facts = Facts {
        account: ticks.account,
        messages: ticks.messages,
        children: store::children(&mut tx, viewer.account, id).await?,
        ..Facts::default()
    };
    let step = take(&mut tx, &row, (Event::Consent, Role::Guardian), &facts).await?;
    record_acceptance_by(app, &mut tx, row.subject, documents, Origin::Guardian).await?;
    for offer in [&GUARDIAN_ACCOUNT, &GUARDIAN_MESSAGES] {
        say(app, &mut tx, row.subject, (offer, ConsentState::Given), shown).await?;
    }
    if row.guardianship.band == Band::Teen && app.identity.is_some() {
        let state = if ticks.certify {
            ConsentState::Given
        } else {
            ConsentState::Refused
        };
        say(app, &mut tx, row.subject, (&REAL_NAME, state), shown).await?;
    }
    tell::later(&mut tx, id, step.guardianship.version).await?;
    Ok(tx.commit().await?)
}

/// Refuses. Of a registration nothing is left but one digest; an account that was there is erased.
///
/// # Errors
/// [`Minor::GuardianNotNow`]; [`Failure::NotFound`].
pub async fn refuse(app: &App, ctx: &Ctx<ObeyLaw>, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    take(&mut tx, &row, (Event::Refuse, Role::Guardian), &Facts::default()).await?;
    if let Some(account) = row.account {
        close_of_minor(app, &mut tx, (account, row.subject)).await?;
        return Ok(tx.commit().await?);
    }
    tx.commit().await?;
    clock::purge(app, ctx, id).await
}

/// Takes the consent back: every word of it ends, the account is for browsing only from this instant, and is
/// erased. Answers with the number of the certificate.
///
/// # Errors
/// [`Minor::GuardianUnsure`], [`Minor::GuardianNotNow`]; [`Failure::NotFound`].
pub async fn withdraw(
    app: &App,
    ctx: &Ctx<ObeyLaw>,
    viewer: &Viewer,
    id: Uuid,
    (sure, shown): (bool, Shown<'_>),
) -> Result<Option<String>, Failure> {
    policy::clause!("2.7.b");
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let facts = Facts {
        sure,
        ..Facts::default()
    };
    take(&mut tx, &row, (Event::Withdraw, Role::Guardian), &facts).await?;
    for offer in [&GUARDIAN_ACCOUNT, &GUARDIAN_MESSAGES, &REAL_NAME] {
        say(app, &mut tx, row.subject, (offer, ConsentState::Withdrawn), shown).await?;
    }
    let Some(account) = row.account else {
        tx.commit().await?;
        clock::purge(app, ctx, id).await?;
        return Ok(None);
    };
    let number = close_of_minor(app, &mut tx, (account, row.subject)).await?;
    tx.commit().await?;
    Ok(Some(number))
}

/// Agrees to the verification of somebody of fifteen to seventeen, or takes that back: what there is of it
/// is then deleted.
///
/// # Errors
/// [`Failure::NotFound`] for a child, and for what is not the viewer's.
pub async fn certify(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    (give, shown): (bool, Shown<'_>),
) -> Result<(), Failure> {
    policy::clause!("2.7.b");
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let teen = row.guardianship.state == State::Active && row.guardianship.band == Band::Teen;
    if !teen || app.identity.is_none() {
        return Err(Failure::NotFound);
    }
    let state = if give {
        ConsentState::Given
    } else {
        ConsentState::Withdrawn
    };
    if say(app, &mut tx, row.subject, (&REAL_NAME, state), shown).await? && !give {
        persons::suspend(&mut tx, row.subject).await?;
        store::look_at(&mut tx, id, None).await?;
    }
    Ok(tx.commit().await?)
}

/// Says that the child turned fifteen, or that the young person is of age.
///
/// # Errors
/// [`Minor::GuardianUnsure`], [`Minor::GuardianNotNow`]; [`Failure::NotFound`].
pub async fn grow(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    (event, sure): (Event, bool),
) -> Result<(), Failure> {
    if !matches!(event, Event::TurnFifteen | Event::ComeOfAge) {
        return Err(Failure::NotFound);
    }
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let facts = Facts {
        sure,
        ..Facts::default()
    };
    take(&mut tx, &row, (event, Role::Guardian), &facts).await?;
    Ok(tx.commit().await?)
}

/// Corrects a child's account name on the child's behalf; of who is older the content is their own.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field; [`Failure::NotFound`] for who is no child.
pub async fn rename_child(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    id: Uuid,
    (typed, current): (&str, &str),
) -> Result<(), Failure> {
    policy::clause!("2.6.2.a");
    let chosen = names::parse(typed);
    let mut refused: Vec<Refused> = chosen.as_ref().err().into_iter().copied().collect();
    match verify_present(app, ctx, viewer, current).await {
        Err(Failure::Refused(why)) => refused.extend(why),
        other => other?,
    }
    let (Ok(chosen), true) = (chosen, refused.is_empty()) else {
        return Err(Failure::Refused(refused));
    };
    let digest = index(app, account::NAME, &names::comparable(&chosen));
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let child = row.guardianship.state == State::Active && row.guardianship.band == Band::Child;
    let Some(account) = row.account.filter(|_| child) else {
        return Err(Failure::NotFound);
    };
    match account::find(&mut tx, account::NAME, digest).await? {
        Some(holder) if holder.id != account => return Err(Refused::NameTaken.into()),
        _ => {}
    }
    let chosen = Personal::received(chosen);
    match phones::set_name(&mut tx, account, row.subject, &chosen, digest).await {
        Err(error) if error.is_conflict() => return Err(Refused::NameTaken.into()),
        other => other?,
    }
    change::record(&mut tx, row.subject, What::AccountName, None).await?;
    crate::rights::ask_to_correct(&mut tx, row.subject, &["account.name"]).await?;
    Ok(tx.commit().await?)
}
