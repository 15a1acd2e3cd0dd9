//! Members of an organisation, for programs: invitations, seats, limits, the end of a membership. The use
//! cases of the pages with the same guards; what wants a fresh proof of the holder is refused to a token.

use app::org::{self, LimitsOf};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use domain::org::seat::Seat;
use domain::org::spending::{Limits, MOST_APPROVALS};
use privacy::purpose::KeepAccount;

use super::answer::organisation::{Invitation, InvitationList};
use super::call::{Body, Call, Pair, Part};
use super::field::{Field, Fields, Kind};
use super::organisation::within;
use super::problem::{Objection, Problem};
use super::{DONE, KEY, idempotency_key, made};

/// The headers of an invitation.
pub const INVITE_HEADERS: &[Field] = &[idempotency_key(
    "调用方为这份邀请生成的 UUID：30 天内同一个键只发出一份邀请，重试时请沿用",
    "A UUID made by the caller for this invitation: within 30 days one key sends one; keep it when trying again",
)];

/// What an invitation brings.
pub const INVITE: &[Field] = &[
    Field {
        name: "phone",
        kind: Kind::Text { least: 1, most: 40 },
        required: true,
        default: None,
        zh: "对方的手机号，只保存无法还原的校验值",
        en: "The phone of whoever is invited; only a check value that cannot be turned back is stored",
        example: "\"100-0000-0042\"",
    },
    SEAT_FIELD,
];

const SEAT_FIELD: Field = Field {
    name: "seat",
    kind: Kind::Word(|| Seat::ALL.iter().map(|seat| seat.as_str()).collect()),
    required: true,
    default: None,
    zh: "角色",
    en: "The role",
    example: "buyer",
};

/// What another seat brings.
pub const SEAT: &[Field] = &[SEAT_FIELD];

/// The most that is read as a limit, in fen: what the pages take as well.
const MOST_LIMIT: i64 = 100_000_000_000;

const fn limit(name: &'static str, zh: &'static str, en: &'static str) -> Field {
    Field {
        name,
        kind: Kind::Whole {
            least: 0,
            most: MOST_LIMIT,
        },
        required: false,
        default: None,
        zh,
        en,
        example: "500000",
    }
}

const ONCE: Field = limit("once", "单笔额度，单位为分", "For one order, in fen");
const MONTH: Field = limit(
    "month",
    "每个自然月的额度，单位为分",
    "For a calendar month, in fen",
);

/// The limits of everybody.
pub const LIMITS: &[Field] = &[
    ONCE,
    MONTH,
    Field {
        name: "approvals",
        kind: Kind::Whole {
            least: 1,
            most: MOST_APPROVALS as i64,
        },
        required: true,
        default: None,
        zh: "超出额度时须有几人批准，不多于可以审批的人数",
        en: "How many have to approve what is above; no more than there are who may",
        example: "1",
    },
];

/// The limits of one member.
pub const MEMBER_LIMITS: &[Field] = &[ONCE, MONTH];

fn seat(fields: &Fields) -> Result<Seat, Problem> {
    let seat = fields.text("seat").and_then(Seat::parse);
    seat.ok_or_else(|| Objection::Invalid.into())
}

/// `GET /api/v1/organisations/{id}/invitations`.
pub async fn invitations(call: Call, id: Part) -> Result<Json<InvitationList>, Problem> {
    let viewer = call.viewer()?;
    let id = within(viewer, &id)?;
    let open = org::invitations(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id).await?;
    Ok(Json(open.into()))
}

/// `GET /api/v1/organisations/{id}/invitations/{invitation}`.
pub async fn invitation(call: Call, parts: Pair) -> Result<Json<Invitation>, Problem> {
    let viewer = call.viewer()?;
    let named = (within(viewer, &parts.0)?, parts.1.id()?);
    let line = org::invitation(&call.state.app, &call.ctx::<KeepAccount>(), viewer, named, false).await?;
    Ok(Json(line.into()))
}

/// `POST /api/v1/organisations/{id}/invitations`. The answer says nothing of the phone: not whether it has
/// an account, nor whether its person belongs to the organisation already.
pub async fn invite(call: Call, id: Part, body: Body) -> Result<Response, Problem> {
    let fields = call.body(body)?;
    let viewer = call.viewer()?;
    let organisation = within(viewer, &id)?;
    let (app, ctx) = (&call.state.app, call.ctx::<KeepAccount>());
    let to = (fields.text("phone").unwrap_or_default(), seat(&fields)?);
    let id = org::invite(app, &ctx, viewer, organisation, to, call.headers.id(KEY)).await?;
    let line = org::invitation(app, &ctx, viewer, (organisation, id), true).await?;
    let place = format!("/api/v1/organisations/{organisation}/invitations/{id}");
    Ok(made(&place, Invitation::from(line)))
}

/// `DELETE /api/v1/organisations/{id}/invitations/{invitation}`.
pub async fn take_back(call: Call, parts: Pair) -> Result<StatusCode, Problem> {
    let viewer = call.viewer()?;
    let (organisation, id) = (within(viewer, &parts.0)?, parts.1.id()?);
    org::take_back(
        &call.state.app,
        &call.ctx::<KeepAccount>(),
        viewer,
        organisation,
        id,
    )
    .await?;
    Ok(DONE)
}

/// `PUT /api/v1/organisations/{id}/members/{member}/seat`.
pub async fn change_seat(call: Call, parts: Pair, body: Body) -> Result<StatusCode, Problem> {
    let fields = call.body(body)?;
    let viewer = call.viewer()?;
    let organisation = within(viewer, &parts.0)?;
    let change = (parts.1.id()?, seat(&fields)?);
    org::change_seat(
        &call.state.app,
        &call.ctx::<KeepAccount>(),
        viewer,
        organisation,
        change,
    )
    .await?;
    Ok(DONE)
}

/// `DELETE /api/v1/organisations/{id}/members/{member}`.
pub async fn remove(call: Call, parts: Pair) -> Result<StatusCode, Problem> {
    let viewer = call.viewer()?;
    let (organisation, member) = (within(viewer, &parts.0)?, parts.1.id()?);
    org::remove(
        &call.state.app,
        &call.ctx::<KeepAccount>(),
        viewer,
        organisation,
        member,
    )
    .await?;
    Ok(DONE)
}

async fn set(call: &Call, id: &Part, of: LimitsOf, fields: &Fields) -> Result<StatusCode, Problem> {
    let viewer = call.viewer()?;
    let organisation = within(viewer, id)?;
    let limits = Limits {
        once: fields.whole("once"),
        month: fields.whole("month"),
    };
    let ctx = call.ctx::<KeepAccount>();
    org::set_limits(&call.state.app, &ctx, viewer, organisation, of, limits).await?;
    Ok(DONE)
}

/// `PUT /api/v1/organisations/{id}/limits`.
pub async fn limits(call: Call, id: Part, body: Body) -> Result<StatusCode, Problem> {
    let fields = call.body(body)?;
    let of = LimitsOf::All(fields.whole("approvals").unwrap_or_default());
    set(&call, &id, of, &fields).await
}

/// `PUT /api/v1/organisations/{id}/members/{member}/limits`.
pub async fn member_limits(call: Call, parts: Pair, body: Body) -> Result<StatusCode, Problem> {
    let fields = call.body(body)?;
    let of = LimitsOf::Member(parts.1.id()?);
    set(&call, &parts.0, of, &fields).await
}
