//! Another number for an account (2.6.2.a): the present number and the password are proved first, then
//! the new number. Whoever has a session alone, or the password alone, changes nothing.

use domain::Refused;
use domain::account::change::{self as rule, What};
use domain::account::phone::{self, Phone};
use privacy::purpose::{Notify, ShowOwn, VerifyHolder};
use privacy::{Ask, BlindIndex, Ctx, LegalBasis, Personal, Purpose, SystemReason};
use storage::account::{self, AccountRow, change, code as codes, phone as store};
use storage::disclosure;
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use super::second::end_others;
use super::{Viewer, code, index, recovery::verify_present};
use crate::rights::ask_to_correct;
use crate::{App, Failure};

/// The reason of a code to the present number.
const PRESENT: &str = "phone_present";
/// The reason of a code to the new number.
const NEW: &str = "phone_new";
/// The columns of the ledger in which a number was given away.
const GIVEN: &[&str] = &["message_outbox.recipient"];

/// How a change of the number stands.
#[derive(Clone, Debug)]
pub struct PhoneState {
    /// The number, masked.
    pub phone: String,
    /// Whether this session proved to have it, lately enough for the next step.
    pub proved: bool,
    /// Changes that are left within the window.
    pub left: usize,
    /// The wish for a new number that waits, if there is one.
    pub recovery: Option<Waiting>,
    /// Numbers of the orders for which a phone stands given to the provider.
    pub given: Vec<String>,
}

/// A wish for a new number that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The new number, masked; for the holder who is logged in.
    pub phone: String,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// When it is carried out.
    pub due_at: OffsetDateTime,
}

/// The wish that waits, opened for its person.
pub(super) async fn waiting(tx: &mut Tx<'_, ShowOwn>, viewer: &Viewer) -> Result<Option<Waiting>, Failure> {
    let Some(row) = store::recovery(tx, viewer.account).await? else {
        return Ok(None);
    };
    let ask = Ask {
        subject: viewer.subject,
        fields: &["phone_recovery.phone"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = store::recovery_field(row.id, row.subject);
    let digits = tx.show(&permit, &place, &row.phone).await?;
    Ok(Some(Waiting {
        phone: phone::masked(&digits),
        asked_at: row.asked_at,
        due_at: row.due_at,
    }))
}

/// How many changes of the number are left to a person.
async fn left<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<usize, Failure> {
    let since = tx.ctx().now() - rule::PHONE_WINDOW;
    let mut made = 0;
    for what in [What::Phone, What::PhoneRecovered] {
        made += change::since(tx, viewer.subject, what, since).await?.len();
    }
    Ok(rule::PHONES_PER_WINDOW.saturating_sub(made))
}

async fn refuse_if_too_often<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<(), Failure> {
    let left = left(tx, viewer).await?;
    Ok(rule::may_change_phone(rule::PHONES_PER_WINDOW - left)?)
}

async fn proved<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<bool, Failure> {
    let since = tx.ctx().now() - rule::PROOF_LIFE;
    Ok(store::proved(tx, viewer.account, viewer.session, since).await?)
}

/// How a change of the viewer's number stands.
///
/// # Errors
/// [`Failure`].
pub async fn phone_state(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<PhoneState, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = own(&mut tx, viewer).await?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let digits = {
        let permit = tx.permit(ask).await?;
        let place = account::field("phone", row.id, row.subject);
        tx.show(&permit, &place, &row.phone).await?
    };
    let lines = disclosure::of_subject(&mut tx, viewer.subject, 300).await?;
    let mut given: Vec<String> = lines
        .into_iter()
        .filter(|line| line.fields == "order_share.phone" && line.stands(ctx.now()))
        .filter_map(|line| line.number)
        .collect();
    given.dedup();
    let state = PhoneState {
        phone: phone::masked(&digits),
        proved: proved(&mut tx, viewer).await?,
        left: left(&mut tx, viewer).await?,
        recovery: waiting(&mut tx, viewer).await?,
        given,
    };
    tx.commit().await?;
    Ok(state)
}

async fn own<P: Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<AccountRow, Failure> {
    account::by_id(tx, viewer.account).await?.ok_or(Failure::NotFound)
}

/// The number an account has, opened to verify its holder; with its digest.
pub(crate) async fn present(
    app: &App,
    tx: &Tx<'_, VerifyHolder>,
    row: &AccountRow,
) -> Result<(Personal<String>, BlindIndex), Failure> {
    let ask = Ask {
        subject: row.subject,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.e"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let place = account::field("phone", row.id, row.subject);
    let phone = tx.open(&permit, &place, &row.phone).await?.kept();
    let digest = app.store.blind_index(account::PHONE, &phone);
    Ok((phone, digest))
}

/// Sends a code to the number that the viewer's account has.
///
/// # Errors
/// [`Refused::CodeTooSoon`], [`Refused::TooManyCodes`], [`Refused::PhoneTooOften`].
pub async fn request_present_code(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    refuse_if_too_often(&mut tx, viewer).await?;
    let row = own(&mut tx, viewer).await?;
    let (phone, digest) = present(app, &tx, &row).await?;
    code::admit(&mut tx, digest).await?;
    code::send_to(app, &mut tx, row.subject, digest, phone, PRESENT).await?;
    Ok(tx.commit().await?)
}

/// Proves with the password and a code to the present number that the holder is there; for this session
/// and a quarter of an hour.
///
/// # Errors
/// [`Refused::PasswordWrong`], [`Refused::CodeWrong`], [`Refused::TooManyLogins`],
/// [`Refused::PhoneTooOften`].
pub async fn prove_present(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    password: &str,
    typed: &str,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.e");
    verify_present(app, ctx, viewer, password).await?;
    let mut tx = app.store.begin(ctx).await?;
    refuse_if_too_often(&mut tx, viewer).await?;
    let row = own(&mut tx, viewer).await?;
    let (_, digest) = present(app, &tx, &row).await?;
    if code::redeem(app, &mut tx, digest, PRESENT, typed).await? != Some(viewer.subject) {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    store::prove(&mut tx, viewer.account, viewer.session).await?;
    Ok(tx.commit().await?)
}

/// Where the code of an account for a new number lies: of two accounts that want the same number, neither's
/// code takes the place of the other's.
pub(super) fn code_place(app: &App, account: Uuid, number: &str) -> BlindIndex {
    index(app, "one_time_code.new_phone", &format!("{account}:{number}"))
}

/// Sends a code to a number that is to be an account's from now on, and ends the transaction. Whoever has
/// the number already gets a message that says so, from the system: it is another person's; the answer is
/// the same.
pub(super) async fn send_new<P: Purpose>(
    app: &App,
    mut tx: Tx<'_, P>,
    row: &AccountRow,
    number: String,
    reason: &'static str,
) -> Result<(), Failure> {
    let digest = index(app, account::PHONE, &number);
    code::admit(&mut tx, digest).await?;
    let place = code_place(app, row.id, &number);
    let phone = Personal::received(number);
    let Some(holder) = account::find(&mut tx, account::PHONE, digest).await? else {
        code::send_to(app, &mut tx, row.subject, place, phone, reason).await?;
        return Ok(tx.commit().await?);
    };
    let version = tx.ctx().policy_version().to_owned();
    tx.commit().await?;
    let text = if holder.id == row.id {
        "此号码就是您账号现在的手机号，可以直接登录或重置密码。/ This is your account's number already: log in or reset the password."
    } else {
        "有人想把这个手机号用于另一个账号。号码已属于您的账号，没有任何改变，无需处理。/ Somebody wanted this number for another account. It belongs to yours; nothing has changed and there is nothing to do."
    };
    let ctx: Ctx<Notify> = app.system(SystemReason::Job, &version);
    let mut tx = app.store.begin(&ctx).await?;
    code::message(app, &mut tx, holder.subject, phone, text.to_owned(), None).await?;
    Ok(tx.commit().await?)
}

/// Sends a code to the new number.
///
/// # Errors
/// [`Refused::PhoneProof`] without the first step; [`Refused::PhoneUnchanged`]; a number that is none;
/// too many codes.
pub async fn request_new_code(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    typed: &str,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !proved(&mut tx, viewer).await? {
        return Err(Refused::PhoneProof.into());
    }
    let number = Phone::parse(typed, app.demo)?.into_digits();
    let row = own(&mut tx, viewer).await?;
    let holder = account::find(&mut tx, account::PHONE, index(app, account::PHONE, &number)).await?;
    if holder.is_some_and(|holder| holder.id == row.id) {
        return Err(Refused::PhoneUnchanged.into());
    }
    send_new(app, tx, &row, number, NEW).await
}

/// A change of the number as typed.
pub struct PhoneChange<'a> {
    /// The new number.
    pub phone: &'a str,
    /// The code sent to it.
    pub code: &'a str,
    /// Why, if the person wants to say.
    pub reason: &'a str,
}

/// Changes the viewer's number. Value and digest change in one transaction; every other session ends,
/// both numbers are told, and whoever was given the number is asked to correct it.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field. A number that another account has is answered like a
/// wrong code.
pub async fn change_phone(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    form: &PhoneChange<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.6.2.a");
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, viewer.account).await?;
    if !proved(&mut tx, viewer).await? {
        return Err(Refused::PhoneProof.into());
    }
    let number = Phone::parse(form.phone, app.demo).map(Phone::into_digits);
    let reason = rule::reason(form.reason);
    let refused: Vec<Refused> = [number.as_ref().err(), reason.as_ref().err()]
        .into_iter()
        .flatten()
        .copied()
        .collect();
    let (Ok(number), Ok(reason)) = (number, reason) else {
        return Err(Failure::Refused(refused));
    };
    refuse_if_too_often(&mut tx, viewer).await?;
    let row = own(&mut tx, viewer).await?;
    let (old, old_digest) = present(app, &tx, &row).await?;
    let digest = index(app, account::PHONE, &number);
    if digest == old_digest {
        return Err(Refused::PhoneUnchanged.into());
    }
    let place = code_place(app, row.id, &number);
    if code::redeem(app, &mut tx, place, NEW, form.code).await? != Some(viewer.subject) {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    let swap = Swap {
        row: &row,
        old,
        old_digest,
        number: Personal::received(number),
        digest,
        what: What::Phone,
        reason: reason.map(Personal::received),
    };
    match swap_numbers(app, &mut tx, swap).await {
        // Somebody else was faster.
        Err(Failure::Fault(crate::Fault::Store(error))) if error.is_conflict() => {
            return Err(code::wrong().into());
        }
        other => other?,
    }
    end_others(&mut tx, viewer.account, viewer.session).await?;
    Ok(tx.commit().await?)
}

/// One number for another, of one account.
pub(super) struct Swap<'a> {
    pub row: &'a AccountRow,
    pub old: Personal<String>,
    pub old_digest: BlindIndex,
    pub number: Personal<String>,
    pub digest: BlindIndex,
    pub what: What,
    pub reason: Option<Personal<String>>,
}

/// Puts the new number in the place of the old one, and everything that hangs on it. Sessions are the
/// caller's.
pub(super) async fn swap_numbers<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    swap: Swap<'_>,
) -> Result<(), Failure> {
    let (account, subject) = (swap.row.id, swap.row.subject);
    store::set_phone(tx, account, subject, &swap.number, swap.digest).await?;
    // What was sent to or counted for the old number is good for nobody: another person may have it next.
    codes::drop_codes(tx, subject).await?;
    codes::forget_digest(tx, swap.old_digest).await?;
    store::unprove(tx, account).await?;
    if store::end_recovery(tx, account).await? && swap.what != What::PhoneRecovered {
        change::record(tx, subject, What::RecoveryVoid, None).await?;
    }
    change::record(tx, subject, swap.what, swap.reason.as_ref()).await?;
    let farewell = "您账号的手机号已更换，此号码不再能登录或接收验证码。如非本人操作，请立即联系平台。/ Your account has another number now; this one no longer logs in or receives codes. If it was not you, contact the platform at once.";
    code::message(app, tx, subject, swap.old, farewell.to_owned(), None).await?;
    let welcome = "此号码已成为您账号的手机号，其他设备已退出登录。/ This is your account's number now; your other devices are logged out.";
    code::message(app, tx, subject, swap.number, welcome.to_owned(), None).await?;
    ask_to_correct(tx, subject, GIVEN).await
}

/// Ends the wish for a new number of an account whose password changed: it rested on the former one.
pub(super) async fn void_recovery<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: Uuid,
    subject: privacy::SubjectId,
) -> Result<(), StoreError> {
    if store::end_recovery(tx, row).await? {
        change::record(tx, subject, What::RecoveryVoid, None).await?;
    }
    Ok(())
}
