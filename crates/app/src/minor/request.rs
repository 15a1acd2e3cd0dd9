//! The request to a guardian: by who registers, with nothing but two numbers; or from an account that was
//! found to be a minor's. The message goes to the guardian's own number, rationed.

use domain::Refused;
use domain::account::phone::{Phone, masked};
use domain::machine::Role;
use domain::minor::{ASK_WINDOW, Band, Event, Facts, Guardianship, State, may_ask, number as called};
use domain::refused::Minor;
use privacy::purpose::KeepAccount;
use privacy::{BlindIndex, Ctx, Ground, Personal, Purpose, PurposeId, Share, SubjectId};
use storage::Tx;
use storage::account::{self, code as codes};
use storage::disclosure::to_processor;
use storage::minor::age::{self, Source};
use storage::minor::{self as store, GuardianshipRow, Named};
use uuid::Uuid;

use super::{Answers, clock, overdue, take};
use crate::account::{Origin, TAKEN, Viewer, code, guard_known, index, lasting};
use crate::disclosure::{MESSAGE, SMS_SENDER};
use crate::{App, Failure};

/// The kinds under which requests are counted: to a guardian's number, and of a minor's.
const TO: &str = "guardian_to";
const BY: &str = "guardian_by";
/// What the code to the minor's own number is for.
pub(crate) const PROVE: &str = "guardian_ask";

/// A request as typed by somebody who registers.
pub struct GuardianRequest<'a> {
    /// The minor's own number.
    pub phone: &'a str,
    /// The code that was sent to it.
    pub code: &'a str,
    /// The guardian's.
    pub guardian_phone: &'a str,
    /// The band that was chosen.
    pub age: Option<Band>,
    /// Whether whoever consented is said not to be the guardian.
    pub not_mine: bool,
    /// Where it came from, for the security guard.
    pub from: Origin<'a>,
}

fn guardian_number(app: &App, typed: &str) -> Result<String, Refused> {
    let phone = Phone::parse(typed, app.demo).map_err(|_| Refused::from(Minor::GuardianPhone))?;
    Ok(phone.into_digits())
}

/// Counts a request against both numbers, or refuses.
async fn admit<P: Purpose>(tx: &mut Tx<'_, P>, to: BlindIndex, by: BlindIndex) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let since = tx.ctx().now() - ASK_WINDOW;
    codes::hold_attempts(tx, &[to, by]).await?;
    let to_one = codes::attempts_since(tx, TO, to, since).await?;
    let by_one = codes::attempts_since(tx, BY, by, since).await?;
    may_ask(to_one, by_one)?;
    codes::count_attempt(tx, TO, to).await?;
    codes::count_attempt(tx, BY, by).await?;
    Ok(())
}

/// A request to a guardian about this row: named, told. The message goes to the guardian's own number; who
/// that is the site may not know, and then it lies under a key of its own, which goes with the request.
async fn send<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    row: &GuardianshipRow,
    facts: &Facts,
    (digests, guardian): (Named, String),
) -> Result<(), Failure> {
    take(tx, row, (Event::Ask, Role::Minor), facts).await?;
    let holder = account::find(tx, account::PHONE, digests.guardian).await?;
    let (subject, contact) = if let Some(holder) = holder {
        (holder.subject, None)
    } else {
        let contact = SubjectId(app.entropy.id());
        app.store.create_key(contact).await?;
        (contact, Some(contact))
    };
    let masked = Personal::received(masked(&guardian));
    let named = Named { contact, ..digests };
    store::name(tx, (row.id, row.subject), named, &masked).await?;
    let share = Share {
        ground: Ground::Guardian,
        ..to_processor(
            subject,
            SMS_SENDER,
            MESSAGE,
            PurposeId::Notify,
            None,
            tx.ctx().now(),
        )
    };
    tx.disclose(share).await?;
    let number = called(row.id);
    let text = format!(
        "有未成年人填写了您的手机号，请您作为父母或其他监护人决定是否同意（编号 {number}）。请用本手机号登录或注册，打开“我的账号—未成年人与监护人”办理，7 天内有效。不认识的请忽略，到期自动删除。/ A minor named you as parent or guardian (no. {number}). Log in or register with this number and open “Minors and guardians” within 7 days. If this is a mistake, ignore it."
    );
    let (phone, body) = (Personal::received(guardian), Personal::received(text));
    codes::send(tx, subject, app.entropy.id(), &phone, &body).await?;
    let row = store::by_id(tx, row.id).await?.ok_or(Failure::NotFound)?;
    take(tx, &row, (Event::Tell, Role::System), &Facts::default()).await?;
    Ok(())
}

/// Sends the code that proves the number of whoever is about to name a guardian. A number that has an
/// account gets a message that says so; the answer is the same.
///
/// # Errors
/// [`Failure::Refused`] for a number that is none, too many codes, or asking for a puzzle.
pub async fn request_guardian_code(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    phone: &str,
    from: &Origin<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let number = Phone::parse(phone, app.demo)?.into_digits();
    let digest = index(app, account::PHONE, &number);
    code::door(app, ctx, &number, from).await?;
    let fresh = SubjectId(app.entropy.id());
    let mut tx = app.store.begin(ctx).await?;
    code::admit(&mut tx, digest).await?;
    if let Some(holder) = account::find(&mut tx, account::PHONE, digest).await? {
        let phone = Personal::received(number);
        code::message(app, &mut tx, holder.subject, phone, TAKEN.to_owned(), None).await?;
    } else {
        let earlier = codes::latest(&mut tx, digest, PROVE).await?;
        let subject = lasting(earlier, ctx.now()).unwrap_or(fresh);
        if subject == fresh {
            app.store.create_key(fresh).await?;
        }
        code::send(app, &mut tx, subject, digest, &number, PROVE).await?;
    }
    Ok(tx.commit().await?)
}

/// Asks a guardian for somebody who registers and proved the number by a code: nobody names a guardian for
/// somebody else. Of the minor nothing is stored but the number, sealed, a digest of it, the band, and the
/// guardian's number masked (2.7.a). Answers with what the request is called.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, or asking for a puzzle; [`Refused::CodeWrong`] for every
/// number that is not proven; then [`Minor::GuardianOften`], [`Minor::GuardianRefused`],
/// [`Minor::GuardianWaiting`], [`Minor::GuardianConsented`], [`Minor::GuardianOther`], [`Minor::AgeStricter`].
pub async fn ask_guardian(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    form: &GuardianRequest<'_>,
) -> Result<String, Failure> {
    policy::clause!("2.7.a");
    let phone = Phone::parse(form.phone, app.demo).map(Phone::into_digits);
    let guardian = guardian_number(app, form.guardian_phone);
    let band = form
        .age
        .filter(|band| band.is_minor())
        .ok_or_else(|| Refused::from(Minor::AgeMissing));
    let (phone, guardian, band) = match (phone, guardian, band) {
        (Ok(phone), Ok(guardian), Ok(band)) => (phone, guardian, band),
        (phone, guardian, band) => {
            let refused = [phone.err(), guardian.err(), band.err()];
            return Err(Failure::Refused(refused.into_iter().flatten().collect()));
        }
    };
    if phone == guardian {
        return Err(Refused::from(Minor::GuardianSelf).into());
    }
    let sighting = code::try_door(app, ctx, &phone, &form.from).await?;
    let answers = Answers::of(app, &phone, &form.from);
    let digest = answers.phone;
    let named = digests(app, &phone, &guardian);
    let known = asked_before(app, ctx, form, (&answers, band, named)).await?;
    let mut tx = app.store.begin(ctx).await?;
    // Used up with what it is for, and not before.
    if code::redeem(app, &mut tx, digest, PROVE, form.code)
        .await?
        .is_none()
    {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    let row = begin(app, &mut tx, (&phone, guardian), (band, known)).await?;
    tx.commit().await?;
    drop_contact(app, ctx, row.contact).await?;
    super::forget_begun(app, ctx, digest).await?;
    guard_known(app, ctx, sighting).await?;
    Ok(called(row.id))
}

fn digests(app: &App, phone: &str, guardian: &str) -> Named {
    Named {
        phone: Some(index(app, account::PHONE, phone)),
        guardian: index(app, account::PHONE, guardian),
        pair: index(app, "guardianship.pair", &format!("{phone}:{guardian}")),
        contact: None,
    }
}

/// Asks a guardian about a number that is proven: the request that waits is named anew, or one begins. The
/// row as it was before, with the key that its message lay under.
pub(crate) async fn begin<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    (phone, guardian): (&str, String),
    (band, known): (Band, Option<Uuid>),
) -> Result<GuardianshipRow, Failure> {
    let named = digests(app, phone, &guardian);
    let facts = Facts {
        refused_at: store::refused_at(tx, named.pair).await?,
        ..Facts::default()
    };
    let begun = Guardianship::begun(band, false, tx.ctx().now());
    // Decided and counted before anything is made for it.
    if known.is_none() {
        begun.step(Event::Ask, Role::Minor, &facts, tx.ctx().now())?;
    }
    admit(tx, named.guardian, index(app, account::PHONE, phone)).await?;
    let id = if let Some(id) = known {
        store::hold(tx, id).await?;
        id
    } else {
        let (id, subject) = (app.entropy.id(), SubjectId(app.entropy.id()));
        app.store.create_key(subject).await?;
        store::begin(tx, id, (subject, None), &begun).await?;
        age::put(tx, (subject, None), band, Source::Declared).await?;
        store::put_phone(tx, (id, subject), &Personal::received(phone.to_owned())).await?;
        id
    };
    let row = store::by_id(tx, id).await?.ok_or(Failure::NotFound)?;
    send(app, tx, &row, &facts, (named, guardian)).await?;
    Ok(row)
}

/// Looks at what there is of a number, once its code is right: the request that is named anew, or none. A
/// consent of somebody who is not the guardian goes, if whoever holds the number says so.
async fn asked_before(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    form: &GuardianRequest<'_>,
    (answers, band, named): (&Answers, Band, Named),
) -> Result<Option<Uuid>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let here = answers.here_before(&mut tx, band).await?;
    let right = code::check(app, &mut tx, answers.phone, PROVE, form.code).await?;
    // Somebody who registered meanwhile is told no more than a stranger.
    let held = account::find(&mut tx, account::PHONE, answers.phone).await?;
    if right.is_none() || held.is_some() {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    let bound = match here {
        Ok(()) => answers.bind(&mut tx, band).await?,
        Err(refused) => Err(refused),
    };
    let Some(row) = bound? else {
        tx.commit().await?;
        return Ok(None);
    };
    match row.guardianship.state {
        State::Requested | State::Told => {
            tx.commit().await?;
            Ok(Some(row.id))
        }
        State::Active => {
            if store::is_pair(&mut tx, row.id, named.pair).await? {
                return Err(Refused::from(Minor::GuardianConsented).into());
            }
            if !form.not_mine {
                return Err(Refused::from(Minor::GuardianOther).into());
            }
            take(&mut tx, &row, (Event::Disown, Role::Minor), &Facts::default()).await?;
            tx.commit().await?;
            clock::purge(app, ctx, row.id).await?;
            Ok(None)
        }
        _ if row.guardianship.waits() => Err(Refused::from(Minor::GuardianWaiting).into()),
        _ => {
            tx.commit().await?;
            Ok(None)
        }
    }
}

/// Destroys the key that a message to a guardian lies under, with the message: the guardian is known now, or
/// is another one.
pub(super) async fn drop_contact<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    contact: Option<SubjectId>,
) -> Result<(), Failure> {
    let Some(contact) = contact else {
        return Ok(());
    };
    app.store.destroy_key(contact).await?;
    let mut tx = app.store.begin(ctx).await?;
    codes::drop_abandoned(&mut tx, contact).await?;
    Ok(tx.commit().await?)
}

/// Asks a guardian for an account that was found to be a minor's.
///
/// # Errors
/// As [`ask_guardian`]; [`Failure::NotFound`] for an account that needs no guardian.
pub async fn ask_for_account(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    guardian_phone: &str,
) -> Result<(), Failure> {
    policy::clause!("2.7.a");
    let guardian = guardian_number(app, guardian_phone)?;
    let digest = index(app, account::PHONE, &guardian);
    let mut tx = app.store.begin(ctx).await?;
    let row = store::of_subject(&mut tx, viewer.subject).await?;
    let row = row.ok_or(Failure::NotFound)?;
    if overdue(&row, ctx.now()) {
        return Err(Refused::from(Minor::GuardianNotNow).into());
    }
    let pair = format!("{}:{guardian}", viewer.subject.0);
    let named = Named {
        phone: None,
        guardian: digest,
        pair: index(app, "guardianship.pair", &pair),
        contact: None,
    };
    let facts = Facts {
        oneself: store::has_phone(&mut tx, viewer.account, digest).await?,
        refused_at: store::refused_at(&mut tx, named.pair).await?,
        ..Facts::default()
    };
    row.guardianship
        .step(Event::Ask, Role::Minor, &facts, ctx.now())?;
    let by = index(app, "guardianship.account", &viewer.account.to_string());
    admit(&mut tx, digest, by).await?;
    let replaced = row.contact;
    send(app, &mut tx, &row, &facts, (named, guardian)).await?;
    tx.commit().await?;
    drop_contact(app, ctx, replaced).await
}
