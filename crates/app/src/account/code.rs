//! One-time codes: sending, checking, and the outbox that stands in for an SMS gateway.

use domain::Refused;
use domain::account::guard::Act;
use domain::account::{limits, phone};
use privacy::purpose::{Notify, ObeyLaw};
use privacy::{
    Ask, BlindIndex, Ctx, Denied, Ground, LegalBasis, Personal, Purpose, Recipient, Share, SubjectId,
};
use storage::account::code::{self, NewCode};
use storage::account::{self, AccountRow};
use storage::{StoreError, Tx};
use subtle::ConstantTimeEq as _;
use time::OffsetDateTime;
use uuid::Uuid;

use super::guard::{self, Origin, Try};
use super::index;
use crate::disclosure::{MESSAGE, SMS_SENDER, message_share};
use crate::{App, Failure, Fault};

const SENT: &str = "code_sent";

/// Counts a code against the phone's limits, or refuses.
pub(crate) async fn admit<P: Purpose>(tx: &mut Tx<'_, P>, phone: BlindIndex) -> Result<(), Failure> {
    let now = tx.ctx().now();
    code::hold_attempts(tx, &[phone]).await?;
    let lately = code::attempts_since(tx, SENT, phone, now - limits::CODE_PAUSE).await?;
    let hour = code::attempts_since(tx, SENT, phone, now - limits::CODE_WINDOW).await?;
    limits::may_send_code(lately, hour)?;
    code::count_attempt(tx, SENT, phone).await?;
    Ok(())
}

/// The guard's look at a request for a code, before anything is sent: the same whether the number is
/// anybody's or not.
pub(crate) async fn door<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    number: &str,
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    let tried = Try {
        act: Act::Code,
        origin,
        device: "",
        login: number,
        account: None,
    };
    guard::door(app, ctx, &tried).await.map(|_| ())
}

/// The guard's look before a code is tried: until it proves right it is a failure of the network, and of
/// nobody's account.
pub(crate) async fn try_door<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    number: &str,
    origin: &Origin<'_>,
) -> Result<Uuid, Failure> {
    let tried = Try {
        act: Act::Password,
        origin,
        device: "",
        login: number,
        account: None,
    };
    Ok(guard::door(app, ctx, &tried).await?.sighting())
}

/// What a code is for, as its message says it: whoever is asked to read a code to somebody, or to type it
/// elsewhere, sees that it is for something else.
fn purpose_of(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "register" => ("注册账号", "creating an account"),
        "guardian_ask" => (
            "请监护人同意您注册账号",
            "asking a guardian to let you open an account",
        ),
        "reset" => ("重置密码", "resetting the password"),
        "phone_present" | "phone_new" => ("更换手机号", "changing the number"),
        "phone_lost" => ("找回账号、更换手机号", "recovering an account with a new number"),
        "second_loss" => ("关闭两步登录", "turning two-step log-in off"),
        "guard" => ("登录验证", "logging in"),
        _ => ("核对身份", "proving that it is you"),
    }
}

/// Six digits, each equally likely.
fn digits(app: &App) -> String {
    loop {
        let mut bytes = [0_u8; 4];
        app.entropy.fill(&mut bytes);
        let number = u32::from_le_bytes(bytes);
        // The last incomplete million would favour small numbers.
        if number < 4_294_000_000 {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

/// Sends a code to the phone: code and message in the running transaction.
pub(crate) async fn send<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    digest: BlindIndex,
    number: &str,
    reason: &'static str,
) -> Result<(), Failure> {
    send_to(
        app,
        tx,
        subject,
        digest,
        Personal::received(number.to_owned()),
        reason,
    )
    .await
}

/// The same to a number that is as closed as it was stored.
pub(crate) async fn send_to<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    digest: BlindIndex,
    phone: Personal<String>,
    reason: &'static str,
) -> Result<(), Failure> {
    let (id, secret) = (app.entropy.id(), digits(app));
    let code_digest = keyed(app, id, &secret);
    let expires_at = tx.ctx().now() + limits::CODE_LIFE;
    code::insert(
        tx,
        NewCode {
            id,
            phone: digest,
            reason,
            subject,
            code_digest,
            expires_at,
        },
    )
    .await?;
    let (zh, en) = purpose_of(reason);
    let site = &app.site;
    let text = format!(
        "验证码 {secret}，仅用于在{site}{zh}，10 分钟内有效。请勿告诉他人或填到其他网站，工作人员不会索要。/ Your code is {secret}, for {en} at {site} only, valid for 10 minutes. Give it to nobody and enter it on no other site; staff never ask for it."
    );
    let mut share = message_share(subject, None, tx.ctx().now());
    if reason == crate::minor::PROVE {
        // Nothing was agreed to yet: the law has a guardian asked, and nobody else's number is taken for it.
        policy::clause!("2.7.a");
        share.ground = Ground::Guardian;
    }
    deliver(app, tx, share, phone, text).await
}

/// Puts a message to the phone into the outbox, after the ledger says who will deliver it: entrusted
/// with it, or agreed to by this consent (2.4.1.5.2.a, 2.4.1.2).
pub(crate) async fn message<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    phone: Personal<String>,
    text: String,
    consent: Option<Uuid>,
) -> Result<(), Failure> {
    let share = message_share(subject, consent, tx.ctx().now());
    deliver(app, tx, share, phone, text).await
}

/// Puts it into the outbox on this ground.
async fn deliver<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    share: Share,
    phone: Personal<String>,
    text: String,
) -> Result<(), Failure> {
    let subject = share.subject;
    match tx.disclose(share).await {
        // Nobody writes to a minor without the guardian's consent (2.7.b); the answer is the same.
        Err(StoreError::Denied(Denied::Guardian)) => return Ok(()),
        other => other?,
    };
    let body = Personal::received(text);
    Ok(code::send(tx, subject, app.entropy.id(), &phone, &body).await?)
}

/// Sends a message to the holder of an account, under what is asked for; nobody is told who is erased.
pub(crate) async fn message_holder(
    app: &App,
    tx: &mut Tx<'_, Notify>,
    row: &AccountRow,
    ask: Ask,
    text: String,
) -> Result<(), Failure> {
    let consent = ask.basis.consent();
    let place = account::field("phone", row.id, row.subject);
    let opened = match tx.permit(ask).await {
        Ok(permit) => tx.open(&permit, &place, &row.phone).await,
        Err(StoreError::Denied(Denied::Guardian)) => return Ok(()),
        Err(error) => Err(error),
    };
    match opened {
        Ok(phone) => message(app, tx, row.subject, phone.kept(), text, consent).await,
        Err(StoreError::NoKey) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn keyed(app: &App, id: Uuid, digits: &str) -> Vec<u8> {
    index(app, "one_time_code.code", &format!("{id}:{digits}"))
        .0
        .to_vec()
}

/// Checks the latest code and leaves it good. A wrong try is counted and made lasting by the caller's
/// commit: on `Ok(None)` commit, then refuse.
pub(crate) async fn check<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    digest: BlindIndex,
    reason: &'static str,
    typed: &str,
) -> Result<Option<code::CodeRow>, Failure> {
    let Some(row) = code::latest(tx, digest, reason).await? else {
        return Ok(None);
    };
    let live = row.used_at.is_none() && tx.ctx().now() < row.expires_at;
    if !live || !code::count_try(tx, row.id, limits::CODE_TRIES).await? {
        return Ok(None);
    }
    let typed = phone::plain_code(typed);
    if !bool::from(keyed(app, row.id, &typed).ct_eq(&row.code_digest)) {
        return Ok(None);
    }
    code::forget_try(tx, row.id).await?;
    Ok(Some(row))
}

/// The same, and uses it up.
pub(crate) async fn redeem<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    digest: BlindIndex,
    reason: &'static str,
    typed: &str,
) -> Result<Option<SubjectId>, Failure> {
    let Some(row) = check(app, tx, digest, reason, typed).await? else {
        return Ok(None);
    };
    Ok(code::use_up(tx, row.id).await?.then_some(row.subject))
}

/// A message as the demo's outbox page shows it.
#[derive(Clone)]
pub struct OutboxMessage {
    /// The phone, masked.
    pub recipient: String,
    /// The text.
    pub body: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The latest messages of a demo installation, newest first. Production answers "not found".
///
/// # Errors
/// [`Failure::NotFound`] outside a demo.
pub async fn outbox(app: &App, ctx: &Ctx<Notify>) -> Result<Vec<OutboxMessage>, Failure> {
    if !app.demo {
        return Err(Failure::NotFound);
    }
    let law = Ctx::<ObeyLaw>::new(ctx.actor(), ctx.policy_version(), ctx.request(), ctx.now());
    let mut tx = app.store.begin(ctx).await?;
    let rows = code::outbox(&mut tx, 20).await?;
    let mut shown = Vec::new();
    for row in &rows {
        shown.push(opened(&tx, row, LegalBasis::Contract, policy::clause!("2.1.1.b")).await);
    }
    tx.commit().await?;
    let tx = app.store.begin(&law).await?;
    let mut messages = Vec::new();
    for (row, shown) in rows.iter().zip(shown) {
        let message = match shown {
            // To a guardian who is nobody of the site, or to a minor for their protection.
            Err(Failure::Fault(Fault::Store(StoreError::Denied(_)))) => {
                let basis = LegalBasis::LegalDuty("PIPL 31");
                opened(&tx, row, basis, policy::clause!("2.7.a")).await?
            }
            other => other?,
        };
        messages.extend(message);
    }
    tx.commit().await?;
    Ok(messages)
}

/// One message, as the sender gets it.
async fn opened<P: Purpose>(
    tx: &Tx<'_, P>,
    row: &code::MessageRow,
    basis: LegalBasis,
    clause: &'static str,
) -> Result<Option<OutboxMessage>, Failure> {
    let ask = Ask {
        subject: row.subject,
        fields: MESSAGE,
        basis,
        clause,
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let field = |column| code::message_field(column, row.id, row.subject);
    let recipient = match tx.open(&permit, &field("recipient"), &row.recipient).await {
        Ok(recipient) => recipient,
        // On the way out with its person.
        Err(StoreError::NoKey) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let body = tx.open(&permit, &field("body"), &row.body).await?;
    // The page stands in for the sender: it is handed what the ledger says the sender gets.
    let sender = Recipient::Processor(SMS_SENDER);
    let Some(disclosed) = tx.disclosed(row.subject, sender, MESSAGE).await? else {
        return Ok(None);
    };
    let handed = |opened: privacy::Opened| opened.handed(&disclosed).map_err(StoreError::from);
    Ok(Some(OutboxMessage {
        recipient: phone::masked(&handed(recipient)?),
        body: handed(body)?,
        at: row.created_at,
    }))
}

/// The refusal of every wrong, used, expired or never sent code: they all look alike.
pub(crate) const fn wrong() -> Refused {
    Refused::CodeWrong
}
