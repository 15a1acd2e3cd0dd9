//! The organisations of a person, for their programs: verification, members, standing as a supplier. A
//! token acts for exactly one: one made for an organisation reads that organisation and no other.

use app::account::Viewer;
use axum::Json;
use privacy::purpose::{KeepAccount, ShowOwn};
use uuid::Uuid;

use super::answer::organisation::{Organisation, OrganisationList, SupplierStanding};
use super::call::{Call, Part};
use super::field::{Field, Kind};
use super::problem::{Objection, Problem};

/// The parameters of an organisation: members come page by page.
pub const MEMBERS: &[Field] = &[Field {
    name: "page",
    kind: Kind::Whole { least: 1, most: 50 },
    required: false,
    default: Some(1),
    zh: "成员的第几页，从 1 开始",
    en: "Which page of members, from 1",
    example: "1",
}];

/// The organisation named, if the token may read it; any other does not exist for it.
pub(super) fn within(viewer: &Viewer, part: &Part) -> Result<Uuid, Problem> {
    let id = part.id()?;
    match &viewer.acting {
        Some(acting) if acting.organisation != id => Err(Objection::NotFound.into()),
        _ => Ok(id),
    }
}

/// `GET /api/v1/organisations`.
pub async fn list(call: Call) -> Result<Json<OrganisationList>, Problem> {
    let viewer = call.viewer()?;
    let mine = app::org::mine(&call.state.app, &call.ctx::<ShowOwn>(), viewer).await?;
    let acting = viewer.acting.as_ref().map(|acting| acting.organisation);
    Ok(Json(OrganisationList::of(&mine, acting)))
}

/// `GET /api/v1/organisations/{id}`. Names of members are those that they show to their colleagues, each
/// opening recorded for whom it is about (2.5.1.e).
pub async fn one(call: Call, id: Part) -> Result<Json<Organisation>, Problem> {
    let viewer = call.viewer()?;
    let id = within(viewer, &id)?;
    let page = call.query.count("page").unwrap_or(1).saturating_sub(1);
    let seen = app::org::organisation(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id, page).await?;
    Ok(Json((&seen).into()))
}

/// `GET /api/v1/organisations/{id}/supplier`.
pub async fn supplier(call: Call, id: Part) -> Result<Json<SupplierStanding>, Problem> {
    let viewer = call.viewer()?;
    let id = within(viewer, &id)?;
    let seen = app::supplier::supplier(&call.state.app, &call.ctx::<KeepAccount>(), viewer, id).await?;
    let standing = SupplierStanding::of(&seen);
    standing.map(Json).ok_or_else(|| Objection::NotFound.into())
}
