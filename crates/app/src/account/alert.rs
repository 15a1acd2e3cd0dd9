//! The message after a log-in, for those who agreed to it.

use domain::account::offer::LOGIN_ALERT;
use domain::calendar::instant_text;
use privacy::purpose::Notify;
use privacy::{Ask, Ctx, Purpose};
use serde::{Deserialize, Serialize};
use storage::Tx;
use storage::account;
use storage::job::{self, Claimed, NewJob};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{consent, message_holder};
use crate::{App, Failure, Fault};

/// The kind of this job.
pub(crate) const ALERT: &str = "login_alert";

#[derive(Deserialize, Serialize)]
struct Payload {
    account: Uuid,
    session: Uuid,
    at: i64,
}

/// Writes the job that tells the account's holder of a log-in. Whether they agreed is asked when it
/// is done, so that a withdrawal in between counts.
pub(super) async fn enqueue<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    session: Uuid,
) -> Result<(), Failure> {
    let at = tx.ctx().now();
    let payload = Payload {
        account,
        session,
        at: at.unix_timestamp(),
    };
    let payload = serde_json::to_string(&payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: ALERT,
        dedup: session.to_string(),
        payload: &payload,
        run_at: at,
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

/// Sends the message, if the holder's consent is in force at this moment.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let payload: Payload =
        serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let at = OffsetDateTime::from_unix_timestamp(payload.at).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut tx = app.store.begin(ctx).await?;
    if let Some(row) = account::by_id(&mut tx, payload.account).await?
        && let Some(basis) = consent::live(&mut tx, row.subject, &LOGIN_ALERT).await?
    {
        let ask = Ask {
            subject: row.subject,
            fields: LOGIN_ALERT.fields,
            basis,
            clause: policy::clause!("2.2.3.d"),
            case: None,
        };
        message_holder(app, &mut tx, &row, ask, text(at)).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}

fn text(at: OffsetDateTime) -> String {
    let (zh, en) = (instant_text(at, true), instant_text(at, false));
    format!(
        "您的账号于{zh}登录。如非本人操作，请立即修改密码并退出该设备。/ Your account was logged in at {en}. If it was not you, change your password and log that device out."
    )
}
