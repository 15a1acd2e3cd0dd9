//! A number that is lost (2.1.1.e, 2.6.2.b): account name or number, password and a code to the new
//! number, all of which the account rests on anyway. Then a week in which the number that is replaced is
//! told, and whoever is logged in may cancel. Without the password nothing begins; with it alone the
//! holder of the number has a week to notice.

use domain::Refused;
use domain::account::change::{self as rule, Next, What};
use domain::account::guard::{Act, Outcome};
use domain::account::phone::Phone;
use domain::calendar::instant_text;
use domain::refused::Party;
use privacy::purpose::{KeepAccount, Notify, Operate, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis, Personal, Purpose, SystemReason};
use storage::Tx;
use storage::account::phone::{NewRecovery, RecoveryRow};
use storage::account::{self, AccountRow, change, code as codes, phone as store, token};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::guard::{self, Origin};
use super::login::{Claim, prove};
use super::phone::{Swap, code_place, send_new, swap_numbers};
use super::second::{end_others, prove_second};
use super::{Viewer, code, index, message_holder};
use crate::rights::refuse_if_closing;
use crate::{App, Failure, Fault};

/// The reason of a code to the new number.
const REASON: &str = "phone_lost";
/// The kind under which wishes are counted.
const ASKED: &str = "phone_recovery";
/// Wishes looked at in one transaction.
const PAGE: i64 = 50;
/// How long a wish waits that could not be gone on with.
const AGAIN: Duration = Duration::hours(1);

/// A wish for a new number as typed.
pub struct LostPhone<'a> {
    /// Account name, or the number that is lost.
    pub login: &'a str,
    /// The password.
    pub password: &'a str,
    /// The new number.
    pub phone: &'a str,
    /// The code sent to it.
    pub code: &'a str,
    /// The code of the second factor, or a recovery code, where one is on.
    pub second: &'a str,
    /// Where it comes from.
    pub from: Origin<'a>,
}

/// The account and the new number of a wish, once the password is proved.
async fn proven(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    form: &LostPhone<'_>,
) -> Result<(AccountRow, String), Failure> {
    let number = Phone::parse(form.phone, app.demo).map(Phone::into_digits);
    let claim = Claim {
        login: form.login,
        password: form.password,
        device: "",
        from: &form.from,
        act: Act::Recovery,
    };
    let (row, attempt, seen) = match (prove(app, ctx, &claim).await, &number) {
        (Ok(proved), _) => proved,
        // Every wrong field is named at once.
        (Err(Failure::Refused(mut refused)), Err(why)) => {
            refused.push(*why);
            return Err(Failure::Refused(refused));
        }
        (Err(failure), _) => return Err(failure),
    };
    let mut tx = app.store.begin(ctx).await?;
    super::login::forget_failure(&mut tx, row.id, attempt).await?;
    tx.commit().await?;
    // The wait, the messages and the code to the new number are the one more proof here; a freeze is not
    // got round by them.
    let verdict = guard::weigh(app, ctx, &seen, (row.id, row.subject), false).await?;
    if verdict.outcome == Outcome::Freeze {
        return Err(Refused::from(Party::GuardFrozen).into());
    }
    Ok((row, number?))
}

/// Sends a code to the new number.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field; whatever was wrong of account and password looks alike.
pub async fn request_lost_code(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    form: &LostPhone<'_>,
) -> Result<(), Failure> {
    let (row, number) = proven(app, ctx, form).await?;
    let tx = app.store.begin(ctx).await?;
    send_new(app, tx, &row, number, REASON).await
}

/// Notes the wish, tells the present number, and says when it will be carried out.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, [`Refused::RecoveryPending`], [`Refused::RecoveryTooOften`];
/// [`Refused::SecondMissing`], [`Refused::SecondWrong`] where a second factor is on.
pub async fn ask_lost(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    form: &LostPhone<'_>,
) -> Result<OffsetDateTime, Failure> {
    policy::clause!("2.1.1.e");
    policy::clause!("2.6.2.b");
    let (row, number) = proven(app, ctx, form).await?;
    let digest = index(app, account::PHONE, &number);
    let ration = index(app, "phone_recovery.account", &row.id.to_string());
    let mut tx = app.store.begin(ctx).await?;
    account::hold(&mut tx, row.id).await?;
    refuse_if_closing(&mut tx, row.subject).await?;
    if store::recovery(&mut tx, row.id).await?.is_some() {
        return Err(Refused::RecoveryPending.into());
    }
    let since = ctx.now() - rule::RECOVERY_WINDOW;
    rule::may_ask_recovery(codes::attempts_since(&mut tx, ASKED, ration, since).await?)?;
    // A lost number is no way past the second factor.
    if !prove_second(app, &mut tx, &row, form.second).await? {
        tx.commit().await?;
        return Err(Refused::SecondWrong.into());
    }
    let place = code_place(app, row.id, &number);
    if code::redeem(app, &mut tx, place, REASON, form.code).await? != Some(row.subject) {
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    codes::count_attempt(&mut tx, ASKED, ration).await?;
    let (due_at, next_at) = rule::begin(ctx.now());
    let new = NewRecovery {
        subject: row.subject,
        account: row.id,
        phone: &Personal::received(number),
        digest,
        due_at,
        next_at,
    };
    store::ask(&mut tx, &new).await?;
    change::record(&mut tx, row.subject, What::RecoveryAsked, None).await?;
    let (old, _) = super::phone::present(app, &tx, &row).await?;
    code::message(app, &mut tx, row.subject, old, warning(due_at), None).await?;
    tx.commit().await?;
    Ok(due_at)
}

/// What the number that is to be replaced is told.
fn warning(due_at: OffsetDateTime) -> String {
    let (zh, en) = (instant_text(due_at, true), instant_text(due_at, false));
    format!(
        "有人凭您的账号和密码申请把手机号换成新号码，将于{zh}生效。如非本人操作，请立即登录，在“我的账号”一键取消并修改密码。/ Somebody with your account and password asked to replace this number; it will be done at {en}. If it was not you, log in now, cancel it under My account and change the password."
    )
}

/// Cancels the wish that waits for the viewer's account.
///
/// # Errors
/// [`Failure::NotFound`] if none waits.
pub async fn cancel_lost(app: &App, ctx: &Ctx<VerifyHolder>, viewer: &Viewer) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !store::end_recovery(&mut tx, viewer.account).await? {
        return Err(Failure::NotFound);
    }
    change::record(&mut tx, viewer.subject, What::RecoveryCancelled, None).await?;
    Ok(tx.commit().await?)
}

/// Goes on with the wishes whose time has come: tells the number, or carries the wish out. Each in a
/// transaction of its own; one that fails holds up no other. Says how many went on.
///
/// # Errors
/// [`Failure::Fault`] if the store fails.
pub async fn carry_out_recoveries(app: &App, policy_version: &str) -> Result<usize, Failure> {
    let mut gone_on = 0;
    loop {
        let work: Ctx<Operate> = app.system(SystemReason::Job, policy_version);
        let page = {
            let mut tx = app.store.begin(&work).await?;
            store::next(&mut tx, PAGE).await?
        };
        if page.is_empty() {
            return Ok(gone_on);
        }
        for wish in &page {
            match go_on(app, policy_version, wish).await {
                Ok(()) => gone_on += 1,
                Err(failure) => {
                    tracing::error!(wish = %wish.id, cause = failure.chain(), "a lost number could not be gone on with");
                    put_off(app, &work, wish.id, work.now() + AGAIN).await?;
                }
            }
        }
    }
}

async fn put_off(app: &App, ctx: &Ctx<Operate>, wish: Uuid, until: OffsetDateTime) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    store::put_off(&mut tx, wish, until).await?;
    Ok(tx.commit().await?)
}

async fn go_on(app: &App, policy_version: &str, wish: &RecoveryRow) -> Result<(), Failure> {
    match rule::next_step(wish.asked_at, wish.due_at, wish.told, app.clock.now()) {
        Next::Tell {
            told,
            due_at,
            next_at,
        } => {
            let ctx = app.system(SystemReason::Job, policy_version);
            let mut tx = app.store.begin(&ctx).await?;
            if store::told(&mut tx, wish, told, due_at, next_at).await? {
                tell(app, &mut tx, wish, warning(due_at)).await?;
            }
            Ok(tx.commit().await?)
        }
        Next::CarryOut => carry_out(app, policy_version, wish).await,
        Next::Wait => {
            let work: Ctx<Operate> = app.system(SystemReason::Job, policy_version);
            put_off(app, &work, wish.id, work.now() + AGAIN).await
        }
    }
}

async fn tell(app: &App, tx: &mut Tx<'_, Notify>, wish: &RecoveryRow, text: String) -> Result<(), Failure> {
    let Some(row) = account::by_id(tx, wish.account).await? else {
        return Ok(());
    };
    let ask = Ask {
        subject: row.subject,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.2.3.d"),
        case: None,
    };
    message_holder(app, tx, &row, ask, text).await
}

async fn opened<P: Purpose>(
    tx: &Tx<'_, P>,
    row: &AccountRow,
    wish: &RecoveryRow,
) -> Result<[Personal<String>; 2], Failure> {
    let ask = Ask {
        subject: row.subject,
        fields: &["account.phone", "phone_recovery.phone"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.2.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let old = account::field("phone", row.id, row.subject);
    let new = store::recovery_field(wish.id, wish.subject);
    Ok([
        tx.open(&permit, &old, &row.phone).await?.kept(),
        tx.open(&permit, &new, &wish.phone).await?.kept(),
    ])
}

async fn carry_out(app: &App, policy_version: &str, wish: &RecoveryRow) -> Result<(), Failure> {
    let ctx: Ctx<KeepAccount> = app.system(SystemReason::Job, policy_version);
    let mut tx = app.store.begin(&ctx).await?;
    account::hold(&mut tx, wish.account).await?;
    // Cancelled in between, it is not carried out.
    let still = store::recovery(&mut tx, wish.account).await?;
    if still.is_none_or(|still| still.id != wish.id) {
        return Ok(());
    }
    let Some(row) = account::by_id(&mut tx, wish.account).await? else {
        // The person is being erased.
        store::end_recovery(&mut tx, wish.account).await?;
        return Ok(tx.commit().await?);
    };
    let [old, number] = opened(&tx, &row, wish).await?;
    if account::find(&mut tx, account::PHONE, wish.digest)
        .await?
        .is_some()
    {
        // Somebody got the number meanwhile.
        store::end_recovery(&mut tx, wish.account).await?;
        change::record(&mut tx, row.subject, What::RecoveryVoid, None).await?;
        let text = "您申请的手机号找回没有生效，请重新申请。/ The replacement of your number was not carried out; ask for it again.";
        code::message(app, &mut tx, row.subject, number, text.to_owned(), None).await?;
        return Ok(tx.commit().await?);
    }
    let swap = Swap {
        row: &row,
        old_digest: app.store.blind_index(account::PHONE, &old),
        old,
        number,
        digest: wish.digest,
        what: What::PhoneRecovered,
        reason: None,
    };
    swap_numbers(app, &mut tx, swap).await?;
    end_others(&mut tx, row.id, Uuid::nil()).await?;
    token::revoke_all(&mut tx, row.id).await?;
    match tx.commit().await {
        Ok(()) => Ok(()),
        Err(error) => Err(Failure::Fault(Fault::Store(error))),
    }
}
