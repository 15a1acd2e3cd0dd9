//! Approvals of purchases, for programs: asking, answering, taking back. They are an organisation's own,
//! so only a token made for that organisation does this, as a session has to act for it.

use app::account::Viewer;
use app::org::{self, Asking, REASON_CHARS};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::org::spending::Decline;
use privacy::purpose::KeepAccount;
use uuid::Uuid;

use super::answer::spending::{Request, RequestList};
use super::call::{Body, Call, Pair, Part};
use super::field::{Field, Kind};
use super::organisation::within;
use super::problem::{Objection, Problem};
use super::{DONE, KEY, idempotency_key, made};

/// The headers of a request.
pub const ASK_HEADERS: &[Field] = &[idempotency_key(
    "调用方为这份申请生成的 UUID：同一个键只产生一份申请，重试时请沿用",
    "A UUID made by the caller for this request: one key makes one; keep it when trying again",
)];

/// What a request brings.
pub const ASK: &[Field] = &[
    Field {
        name: "service",
        kind: Kind::Id,
        required: true,
        default: None,
        zh: "服务",
        en: "The service",
        example: "3f1d2c4b-5a69-4788-9a0b-1c2d3e4f5a6b",
    },
    Field {
        name: "sku",
        kind: Kind::Whole { least: 0, most: 99 },
        required: true,
        default: None,
        zh: "规格的序号，从 0 开始",
        en: "The way to buy, by its number from 0",
        example: "0",
    },
    Field {
        name: "note",
        kind: Kind::Text {
            least: 0,
            most: REASON_CHARS,
        },
        required: false,
        default: None,
        zh: "用途，审批人能看到；请不要写联系方式或证件号",
        en: "What for; those who approve read it. Do not write contact or identity data",
        example: "",
    },
];

/// What an approval brings.
pub const APPROVE: &[Field] = &[Field {
    name: "amount",
    kind: Kind::Whole {
        least: 1,
        most: 1_000_000_000_000,
    },
    required: true,
    default: None,
    zh: "作出决定时看到的金额，单位为分",
    en: "The amount the decision was made on, in fen",
    example: "880000",
}];

/// What a refusal brings.
pub const REFUSE: &[Field] = &[Field {
    name: "decline",
    kind: Kind::Word(|| Decline::ALL.iter().map(|why| why.as_str()).collect()),
    required: true,
    default: None,
    zh: "不批准的原因，申请人能看到",
    en: "Why it is declined; whoever asked reads it",
    example: "budget",
}];

/// The viewer, if the token was made for the organisation named. To whoever belongs to it and holds a
/// token of their own it is said what is missing; to others it does not exist.
async fn acting<'c>(call: &'c Call, part: &Part) -> Result<(&'c Viewer, Uuid), Problem> {
    let viewer = call.viewer()?;
    let id = within(viewer, part)?;
    if viewer.acting.is_some() {
        return Ok((viewer, id));
    }
    let mine = org::identities(&call.state.app, &call.ctx::<KeepAccount>(), viewer).await?;
    if mine.iter().any(|identity| identity.organisation == Some(id)) {
        Err(Objection::TokenPersonal.into())
    } else {
        Err(Objection::NotFound.into())
    }
}

/// The request as it stands now.
async fn shown(call: &Call, id: Uuid) -> Result<Request, Problem> {
    let viewer = call.viewer()?;
    let line = org::one_request(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id).await?;
    Ok(line.into())
}

/// `GET /api/v1/organisations/{id}/requests`.
pub async fn list(call: Call, id: Part) -> Result<Json<RequestList>, Problem> {
    let (viewer, _) = acting(&call, &id).await?;
    let seen = org::requests(&call.state.app, &call.ctx::<KeepAccount>(), viewer).await?;
    Ok(Json(seen.into()))
}

/// `POST /api/v1/organisations/{id}/requests`.
pub async fn ask(call: Call, id: Part, body: Body) -> Result<Response, Problem> {
    let fields = call.body(body)?;
    let (viewer, organisation) = acting(&call, &id).await?;
    let (Some(service), Some(sku)) = (fields.id("service"), fields.count("sku")) else {
        return Err(Objection::Invalid.into());
    };
    let asking = Asking {
        service,
        sku,
        reason: fields.text("note").unwrap_or_default(),
        key: call.headers.id(KEY),
    };
    let catalogue = call.state.catalogue.now();
    let ctx = call.ctx::<KeepAccount>();
    let id = org::request(&call.state.app, &ctx, viewer, &catalogue, asking).await?;
    let place = format!("/api/v1/organisations/{organisation}/requests/{id}");
    Ok(made(&place, shown(&call, id).await?))
}

/// `GET /api/v1/organisations/{id}/requests/{request}`.
pub async fn one(call: Call, parts: Pair) -> Result<Json<Request>, Problem> {
    acting(&call, &parts.0).await?;
    Ok(Json(shown(&call, parts.1.id()?).await?))
}

/// `PUT /api/v1/organisations/{id}/requests/{request}/withdrawal`. The request stays on record.
pub async fn take_back(call: Call, parts: Pair) -> Result<StatusCode, Problem> {
    let (viewer, _) = acting(&call, &parts.0).await?;
    let id = parts.1.id()?;
    org::take_back_request(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id).await?;
    Ok(DONE)
}

/// `PUT /api/v1/organisations/{id}/requests/{request}/approval`.
pub async fn approve(call: Call, parts: Pair, body: Body) -> Result<Json<Request>, Problem> {
    let fields = call.body(body)?;
    let (viewer, _) = acting(&call, &parts.0).await?;
    let id = parts.1.id()?;
    let amount = fields.whole("amount").unwrap_or_default();
    org::approve_request(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id, amount).await?;
    Ok(Json(shown(&call, id).await?))
}

/// `PUT /api/v1/organisations/{id}/requests/{request}/refusal`.
pub async fn refuse(call: Call, parts: Pair, body: Body) -> Result<Json<Request>, Problem> {
    let fields = call.body(body)?;
    let (viewer, _) = acting(&call, &parts.0).await?;
    let id = parts.1.id()?;
    let why = fields.text("decline").and_then(Decline::parse);
    let why = why.ok_or(Objection::Invalid)?;
    org::decline_request(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id, why).await?;
    Ok(Json(shown(&call, id).await?))
}
