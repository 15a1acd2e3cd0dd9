//! Messages to the holder when what guards their log-in changes. No consent is asked for: a person who
//! is not told cannot defend their account (2.2.3.d, 2.5.1.d).

use domain::calendar::instant_text;
use privacy::purpose::Notify;
use privacy::{Ask, Ctx, LegalBasis, Purpose};
use serde::{Deserialize, Serialize};
use storage::Tx;
use storage::account::{self, second};
use storage::job::{self, Claimed, NewJob};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::message_holder;
use crate::{App, Failure, Fault};

/// The kind of this job.
pub(crate) const NOTICE: &str = "security_notice";

/// What happened.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum What {
    /// The password was changed by its holder.
    PasswordChanged,
    /// The password was set anew with a code.
    PasswordReset,
    /// The second factor was turned on.
    On,
    /// It was turned off.
    Off,
    /// The authenticator app was turned off; passkeys are left.
    AppOff,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// An answer of a passkey was refused, because its counter went back.
    PasskeyDoubted,
    /// New recovery codes were made.
    CodesRenewed,
    /// A recovery code was used.
    CodeUsed,
    /// Somebody with the password guessed at the second step.
    Guessed,
    /// Somebody with password and phone said that app and codes are lost.
    LossAsked,
    /// The same, some days later.
    LossWaits,
    /// The days are over: the second factor is off.
    LossDone,
    /// It was taken back.
    LossCancelled,
    /// A log-in with the right password was held back.
    GuardHeld,
    /// Log-in was frozen.
    GuardFrozen,
    /// A human lifted a decision of the guard.
    GuardLifted,
    /// A human let it stand.
    GuardUpheld,
}

/// What a human decided about a decision of the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuardNotice {
    /// It is lifted.
    Lifted,
    /// It stands.
    Upheld,
}

/// Writes the job that tells the holder what a human decided.
pub(crate) async fn tell_of_guard<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    account: Uuid,
    notice: GuardNotice,
) -> Result<(), Failure> {
    let what = match notice {
        GuardNotice::Lifted => What::GuardLifted,
        GuardNotice::Upheld => What::GuardUpheld,
    };
    enqueue(app, tx, account, what).await
}

#[derive(Deserialize, Serialize)]
struct Payload {
    account: Uuid,
    what: What,
    at: i64,
    /// The end of the wait that a reminder is about.
    off_at: Option<i64>,
}

async fn write<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    payload: &Payload,
    run_at: OffsetDateTime,
) -> Result<(), Failure> {
    let payload = serde_json::to_string(payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: NOTICE,
        dedup: app.entropy.id().to_string(),
        payload: &payload,
        run_at,
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

/// Writes the job that tells the account's holder what happened just now.
pub(in super::super) async fn enqueue<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    account: Uuid,
    what: What,
) -> Result<(), Failure> {
    policy::clause!("2.2.3.d");
    let at = tx.ctx().now();
    let payload = Payload {
        account,
        what,
        at: at.unix_timestamp(),
        off_at: None,
    };
    write(app, tx, &payload, at).await
}

/// Writes the job that tells the holder, later, that the second factor is about to go.
pub(super) async fn remind<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    account: Uuid,
    when: OffsetDateTime,
    off_at: OffsetDateTime,
) -> Result<(), Failure> {
    let off_at = off_at.unix_timestamp();
    let payload = Payload {
        account,
        what: What::LossWaits,
        at: off_at,
        off_at: Some(off_at),
    };
    write(app, tx, &payload, when).await
}

/// Sends the message; a reminder of something taken back says nothing.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let payload: Payload =
        serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let at = OffsetDateTime::from_unix_timestamp(payload.at).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut tx = app.store.begin(ctx).await?;
    let stands = match payload.off_at {
        None => true,
        Some(off_at) => second::standing(&mut tx, payload.account)
            .await?
            .off_at
            .is_some_and(|known| known.unix_timestamp() == off_at),
    };
    if stands && let Some(row) = account::by_id(&mut tx, payload.account).await? {
        let ask = Ask {
            subject: row.subject,
            fields: &["account.phone"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.2.3.d"),
            case: None,
        };
        message_holder(app, &mut tx, &row, ask, text(payload.what, at)).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

#[expect(clippy::too_many_lines, reason = "a text for each notice, side by side")]
fn text(what: What, at: OffsetDateTime) -> String {
    let (zh_at, en_at) = (instant_text(at, true), instant_text(at, false));
    let not_you = (
        "如非本人操作，请立即重置密码并联系客服。",
        "If it was not you, reset your password at once and contact support.",
    );
    let (zh, en, (zh_end, en_end)) = match what {
        What::PasswordChanged => (
            "修改了登录密码，其他设备已退出。",
            "the password of your account was changed; other devices are logged out.",
            not_you,
        ),
        What::PasswordReset => (
            "通过短信验证码重置了登录密码，所有设备已退出。",
            "the password of your account was reset with a text-message code; every device is logged out.",
            not_you,
        ),
        What::On => (
            "开启了两步登录，其他设备已退出。",
            "two-step log-in was turned on; other devices are logged out.",
            not_you,
        ),
        What::Off => (
            "关闭了两步登录，其他设备已退出。",
            "two-step log-in was turned off; other devices are logged out.",
            not_you,
        ),
        What::AppOff => (
            "移除了验证器应用，登录时改用通行密钥或恢复码，其他设备已退出。",
            "the authenticator app of your account was removed; log-ins take a passkey or a recovery code, and other devices are logged out.",
            not_you,
        ),
        What::PasskeyAdded => (
            "添加了一把通行密钥，可用它登录。",
            "a passkey was added to your account; it can log in.",
            not_you,
        ),
        What::PasskeyRemoved => (
            "移除了一把通行密钥，其他设备已退出。",
            "a passkey of your account was removed; other devices are logged out.",
            not_you,
        ),
        What::PasskeyDoubted => (
            "有人使用了您的一把通行密钥，但其使用计数倒退，可能已被复制，未予通过。",
            "one of your passkeys was used, but its counter went back: it may have been copied, and was refused.",
            (
                "请登录后在“通行密钥”页移除有标记的那一把。",
                "Log in and remove the marked one on the passkeys page.",
            ),
        ),
        What::CodesRenewed => (
            "重新生成了恢复码，旧恢复码已作废。",
            "new recovery codes were made; the earlier ones are void.",
            not_you,
        ),
        What::CodeUsed => (
            "使用了一个恢复码。",
            "a recovery code of your account was used.",
            not_you,
        ),
        What::Guessed => (
            "有人输对了密码，但多次输错两步登录验证码，登录未成功。",
            "somebody gave the right password and several wrong codes; they did not get in.",
            (
                "如非本人操作，说明密码可能已泄露，请立即修改。",
                "If it was not you, your password may be known: change it at once.",
            ),
        ),
        What::LossAsked => (
            "有人凭密码和短信验证码申请关闭两步登录（称验证器、通行密钥与恢复码均已遗失），7 天后生效。",
            "somebody with your password and a text-message code asked to turn two-step log-in off, because app, passkeys and recovery codes are lost; it takes effect in 7 days.",
            (
                "如非本人操作，请登录后在“登录与安全”一键取消，并修改密码。",
                "If it was not you, log in, cancel it with one click under log-in and security, and change your password.",
            ),
        ),
        What::LossWaits => (
            "两步登录将按申请关闭，之后仅凭密码即可登录。",
            "two-step log-in will be turned off as asked; the password alone then logs in.",
            (
                "如非本人申请，请在此之前登录取消。",
                "If you did not ask for it, log in before then and cancel it.",
            ),
        ),
        What::LossDone => (
            "等待期满，两步登录已关闭，所有设备已退出。",
            "the waiting time is over: two-step log-in is off, and every device is logged out.",
            not_you,
        ),
        What::GuardHeld => (
            "有人输对了密码，但登录环境异常，系统已暂缓这次登录，要求再验证一步。",
            "somebody gave the right password in unusual circumstances; the log-in was held back and one more proof asked for.",
            (
                "如非本人操作，请立即修改密码；认为判断有误的，可在登录页面申请人工复核。",
                "If it was not you, change the password at once; if you think the decision is wrong, ask a human to look again on the page of the log-in.",
            ),
        ),
        What::GuardFrozen => (
            "有人输对了密码，但多个异常信号同时出现，系统已冻结登录；已登录的设备不受影响。",
            "somebody gave the right password while several signals stood; log-in is frozen, devices that are logged in stay so.",
            (
                "请用短信验证码重置密码恢复登录；认为判断有误的，可在登录页面申请人工复核。",
                "Reset the password with a text-message code to log in again; if you think the decision is wrong, ask a human to look again on the page of the log-in.",
            ),
        ),
        What::GuardLifted => (
            "工作人员复核后解除了对登录的限制，您可以重新登录。",
            "a member of staff looked again and lifted what kept your log-in back; you can log in.",
            not_you,
        ),
        What::GuardUpheld => (
            "工作人员复核后维持了对登录的限制，请先用短信验证码重置密码。理由见“我的账号—安全守卫”。",
            "a member of staff looked again and let the decision stand; reset the password with a text-message code first. Why is shown under My account, security guard.",
            not_you,
        ),
        What::LossCancelled => (
            "取消了关闭两步登录的申请，两步登录继续有效。",
            "the request to turn two-step log-in off was cancelled; it stays on.",
            not_you,
        ),
    };
    format!("您的账号安全提醒：{zh_at}，{zh}{zh_end}/ About your account: at {en_at} {en} {en_end}")
}
