//! What a minor is told: that the guardian consented, on the guardian's consent to messages; that the account
//! is for browsing only now, to protect them (2.7.b).

use domain::account::offer::GUARDIAN_MESSAGES;
use domain::minor::{State, UNUSED_DAYS};
use privacy::purpose::{KeepSafe, Notify};
use privacy::{Ask, Ctx, Ground, LegalBasis, Personal, Purpose, PurposeId, Share};
use serde::{Deserialize, Serialize};
use storage::account::{self, code as codes};
use storage::disclosure::to_processor;
use storage::job::{self, Claimed, NewJob};
use storage::minor::{self as store, GuardianshipRow};
use storage::{StoreError, Tx};
use uuid::Uuid;

use crate::account::{code, consent, message_holder};
use crate::disclosure::{MESSAGE, SMS_SENDER};
use crate::{App, Failure, Fault};

/// The kind of this job.
pub(crate) const TELL: &str = "tell_minor";

const CONSENTED: &str =
    "您的监护人已同意，账号现在可以正常使用。/ Your guardian consented: your account works as before.";
const FROZEN: &str = "您的账号已改为仅可浏览，请登录查看原因和怎样请监护人同意；有误的可提出异议，由人工复核。/ Your account is for browsing only now: log in to see why, and how to ask a guardian or say that it is a mistake.";

#[derive(Deserialize, Serialize)]
struct Payload {
    guardianship: Uuid,
    version: i64,
}

/// Writes the job that tells the minor how it stands.
pub(super) async fn later<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, version: i64) -> Result<(), Failure> {
    let payload = Payload {
        guardianship: id,
        version,
    };
    let payload = serde_json::to_string(&payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: TELL,
        dedup: format!("{id}:{version}"),
        payload: &payload,
        run_at: tx.ctx().now(),
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

/// Sends the message, if it still stands so.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let of: Payload = serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut tx = app.store.begin(ctx).await?;
    let row = store::by_id(&mut tx, of.guardianship).await?;
    let row = row.filter(|row| row.guardianship.version == of.version);
    let frozen = row
        .as_ref()
        .is_some_and(|row| row.guardianship.state == State::Frozen);
    if let (Some(row), false) = (&row, frozen) {
        consented(app, &mut tx, row).await?;
    }
    if let (Some(row), true) = (&row, frozen) {
        tx.commit().await?;
        let safe = Ctx::<KeepSafe>::new(ctx.actor(), ctx.policy_version(), ctx.request(), ctx.now());
        let mut tx = app.store.begin(&safe).await?;
        protected(app, &mut tx, row).await?;
        job::finish(&mut tx, claimed).await?;
        return Ok(tx.commit().await?);
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

async fn consented(app: &App, tx: &mut Tx<'_, Notify>, row: &GuardianshipRow) -> Result<(), Failure> {
    if row.guardianship.state != State::Active {
        return Ok(());
    }
    let Some(basis) = consent::live(tx, row.subject, &GUARDIAN_MESSAGES).await? else {
        return Ok(());
    };
    if let Some(account) = row.account {
        let Some(holder) = account::by_id(tx, account).await? else {
            return Ok(());
        };
        let ask = Ask {
            subject: row.subject,
            fields: GUARDIAN_MESSAGES.fields,
            basis,
            clause: policy::clause!("2.2.1"),
            case: None,
        };
        return message_holder(app, tx, &holder, ask, CONSENTED.to_owned()).await;
    }
    let Some(sealed) = &row.phone else { return Ok(()) };
    let event = basis.consent();
    let ask = Ask {
        subject: row.subject,
        fields: &["guardianship.phone", "guardianship.guardian_masked"],
        basis,
        clause: policy::clause!("2.7.a"),
        case: None,
    };
    let (phone, text) = {
        let permit = tx.permit(ask).await?;
        let place = store::phone_field(row.id, row.subject);
        let phone = tx.open(&permit, &place, sealed).await?.kept();
        let text = match &row.guardian_masked {
            Some(masked) => {
                let place = store::masked_field(row.id, row.subject);
                go_on(tx.open(&permit, &place, masked).await?.inside())
            }
            None => go_on("…"),
        };
        (phone, text)
    };
    code::message(app, tx, row.subject, phone, text, event).await
}

/// That the registration goes on, and whose consent it is: the message goes to the minor's own number, and
/// whoever does not know the guardian does not register.
fn go_on(masked: &str) -> String {
    format!(
        "您的监护人已同意（监护人手机号 {masked}）。请在 {UNUSED_DAYS} 天内用本手机号继续注册，逾期删除。不是您的父母或其他监护人的，请不要注册，到“请监护人同意”页重新填写。/ Your guardian consented (number {masked}): go on registering with this number within {UNUSED_DAYS} days. If that is not your parent or guardian, do not register: ask another one on the page “Ask a guardian”."
    )
}

async fn protected(app: &App, tx: &mut Tx<'_, KeepSafe>, row: &GuardianshipRow) -> Result<(), Failure> {
    policy::clause!("2.7.b");
    let Some(account) = row.account else { return Ok(()) };
    let Some(holder) = account::by_id(tx, account).await? else {
        return Ok(());
    };
    let ask = Ask {
        subject: row.subject,
        fields: &["account.phone"],
        basis: LegalBasis::LegalDuty("PIPL 31"),
        clause: policy::clause!("2.7.b"),
        case: None,
    };
    let phone = {
        let permit = tx.permit(ask).await?;
        let place = account::field("phone", holder.id, holder.subject);
        match tx.open(&permit, &place, &holder.phone).await {
            Ok(phone) => phone.kept(),
            Err(StoreError::NoKey) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    };
    let share = Share {
        ground: Ground::Protection,
        ..to_processor(
            row.subject,
            SMS_SENDER,
            MESSAGE,
            PurposeId::KeepSafe,
            None,
            tx.ctx().now(),
        )
    };
    match tx.disclose(share).await {
        // No longer under age.
        Err(StoreError::Denied(_)) => return Ok(()),
        other => other?,
    };
    let body = Personal::received(FROZEN.to_owned());
    Ok(codes::send(tx, row.subject, app.entropy.id(), &phone, &body).await?)
}
