//! The person's own account, for their programs. What wants a proof that the holder is there, and what
//! they have to read first, is done on the site alone.

use axum::Json;
use axum::http::StatusCode;
use domain::account::change::{DISPLAY_NAME_CHARS, REASON_CHARS};
use privacy::purpose::{KeepAccount, KeepSafe, ShowOwn};

use super::DONE;
use super::answer::account::{Account, Children, DeviceList, Names, PersonVerification};
use super::call::{Body, Call, Part};
use super::field::{Field, Kind};
use super::problem::Problem;

/// What a correction of the display name brings.
pub const DISPLAY_NAME: &[Field] = &[
    Field {
        name: "display_name",
        kind: Kind::Text {
            least: 0,
            most: DISPLAY_NAME_CHARS,
        },
        required: true,
        default: None,
        zh: "希望别人怎样称呼您，同事能看到；空文本即不设",
        en: "What one wants to be called by; colleagues see it. An empty text for none",
        example: "知远",
    },
    Field {
        name: "note",
        kind: Kind::Text {
            least: 0,
            most: REASON_CHARS,
        },
        required: false,
        default: None,
        zh: "修改原因，只有本人能看到",
        en: "Why it is corrected; read by oneself alone",
        example: "",
    },
];

/// `GET /api/v1/account` (2.6.1, 2.5.1.e).
pub async fn overview(call: Call) -> Result<Json<Account>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::account::overview(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json(seen.into()))
}

/// `GET /api/v1/account/verification`: how the person's real-name verification stands. Name and number are
/// not in it, masked or not: a program has no need of them. It is begun and consented to on the site alone,
/// where the person reads what they agree to (2.1.1.d).
pub async fn verification(call: Call) -> Result<Json<PersonVerification>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::person::standing(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json((&seen).into()))
}

/// `GET /api/v1/account/devices`.
pub async fn devices(call: Call) -> Result<Json<DeviceList>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::account::devices(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json(seen.into()))
}

/// `DELETE /api/v1/account/devices/{session}`.
pub async fn end_device(call: Call, session: Part) -> Result<StatusCode, Problem> {
    let viewer = call.viewer()?;
    app::account::revoke(&call.state.app, &call.ctx::<KeepSafe>(), viewer, session.id()?).await?;
    Ok(DONE)
}

/// `GET /api/v1/account/names`.
pub async fn names(call: Call) -> Result<Json<Names>, Problem> {
    let viewer = call.viewer()?;
    let seen = app::account::profile(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json(seen.into()))
}

/// `PUT /api/v1/account/display-name` (2.6.1.a). The account name takes the password, so it is not here.
pub async fn display_name(call: Call, body: Body) -> Result<StatusCode, Problem> {
    let fields = call.body(body)?;
    let viewer = call.viewer()?;
    let typed = fields.text("display_name").unwrap_or_default();
    let reason = fields.text("note").unwrap_or_default();
    let contexts = (&call.ctx::<ShowOwn>(), &call.ctx::<KeepAccount>());
    app::account::settle_display_name(&call.state.app, contexts, viewer, typed, reason).await?;
    Ok(DONE)
}

/// `GET /api/v1/account/children`: who the person answers for as a guardian (2.7.b).
pub async fn children(call: Call) -> Result<Json<Children>, Problem> {
    let viewer = call.viewer()?;
    let room = app::minor::room(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    Ok(Json(room.into()))
}
