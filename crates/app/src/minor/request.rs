//! The request to a guardian: by who registers, with nothing but two numbers; or from an account that was
//! found to be a minor's. The message goes to the guardian's own number, rationed.

use domain::Refused;
use domain::account::phone::Phone;
use domain::machine::Role;
use domain::minor::{
    ASK_WINDOW, Band, Event, Facts, Guardianship, State, may_answer, may_ask, number as called,
};
use domain::refused::Minor;
use privacy::purpose::KeepAccount;
use privacy::{BlindIndex, Ctx, Ground, Personal, Purpose, PurposeId, Share, SubjectId};
use storage::Tx;
use storage::account::{self, code as codes};
use storage::disclosure::to_processor;
use storage::minor::age::{self, Source};
use storage::minor::{self as store, GuardianshipRow, Named};

use super::{overdue, take};
use crate::account::{Origin, TAKEN, Viewer, code, index};
use crate::disclosure::{MESSAGE, SMS_SENDER};
use crate::{App, Failure};

/// The kinds under which requests are counted: to a guardian's number, and of a minor's.
const TO: &str = "guardian_to";
const BY: &str = "guardian_by";

/// A request as typed by somebody who registers.
pub struct GuardianRequest<'a> {
    /// The minor's own number.
    pub phone: &'a str,
    /// The guardian's.
    pub guardian_phone: &'a str,
    /// The band that was chosen.
    pub age: Option<Band>,
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
    store::name(tx, row.id, Named { contact, ..digests }).await?;
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

/// Asks a guardian for somebody who registers. Of the minor nothing is stored but the number, sealed, a
/// digest of it, and the band (2.7.a). Answers with what the request is called.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, or asking for a puzzle; [`Minor::GuardianSelf`], [`Minor::GuardianOften`],
/// [`Minor::GuardianRefused`], [`Minor::GuardianWaiting`], [`Minor::AgeStricter`].
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
    // A request sends messages, so the guard looks at it as at one for a code (2.2.3.d).
    code::door(app, ctx, &phone, &form.from).await?;
    let digest = index(app, account::PHONE, &phone);
    let named = Named {
        phone: Some(digest),
        guardian: index(app, account::PHONE, &guardian),
        pair: index(app, "guardianship.pair", &format!("{phone}:{guardian}")),
        contact: None,
    };
    let mut tx = app.store.begin(ctx).await?;
    may_answer(band, age::answered(&mut tx, digest).await?, ctx.now())?;
    age::answer(&mut tx, digest, band).await?;
    let facts = Facts {
        oneself: digest == named.guardian,
        refused_at: store::refused_at(&mut tx, named.pair).await?,
        ..Facts::default()
    };
    let begun = Guardianship::begun(band, false, ctx.now());
    if let Some(holder) = account::find(&mut tx, account::PHONE, digest).await? {
        // Refused and counted as for any number, and the answer is the same; the number's holder is told,
        // if their number is not told something already.
        begun.step(Event::Ask, Role::Minor, &facts, ctx.now())?;
        admit(&mut tx, named.guardian, digest).await?;
        match code::admit(&mut tx, digest).await {
            Ok(()) => {
                let phone = Personal::received(phone);
                code::message(app, &mut tx, holder.subject, phone, TAKEN.to_owned(), None).await?;
            }
            Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
        tx.commit().await?;
        return Ok(called(app.entropy.id()));
    }
    let known = store::of_phone(&mut tx, digest).await?;
    let known = known.filter(|row| !overdue(row, ctx.now()));
    let row = match known {
        Some(row) if matches!(row.guardianship.state, State::Requested | State::Told) => row,
        Some(row) if row.guardianship.waits() => {
            return Err(Refused::from(Minor::GuardianWaiting).into());
        }
        Some(row) if row.guardianship.state == State::Active => {
            return Err(Refused::from(Minor::GuardianNotNow).into());
        }
        _ => {
            // Decided before anything is made for it.
            begun.step(Event::Ask, Role::Minor, &facts, ctx.now())?;
            let (id, subject) = (app.entropy.id(), SubjectId(app.entropy.id()));
            app.store.create_key(subject).await?;
            store::begin(&mut tx, id, (subject, None), &begun).await?;
            age::put(&mut tx, (subject, None), band, Source::Declared).await?;
            store::put_phone(&mut tx, (id, subject), &Personal::received(phone)).await?;
            store::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?
        }
    };
    admit(&mut tx, named.guardian, digest).await?;
    let replaced = row.contact;
    send(app, &mut tx, &row, &facts, (named, guardian)).await?;
    tx.commit().await?;
    drop_contact(app, ctx, replaced).await?;
    super::forget_begun(app, ctx, digest).await?;
    Ok(called(row.id))
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
