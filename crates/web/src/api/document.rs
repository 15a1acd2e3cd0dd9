//! The OpenAPI 3.1 document, made from the table of operations, the descriptions of their fields
//! and the schemas of their answers: what the program does, said once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::field::{Field, body_schema};
use super::operation::{self, Group, Operation, Part, Schemas};
use super::problem::{self, ProblemBody};
use crate::pages::frame::Lang;

fn parameter(field: &Field, place: &str, lang: Lang) -> Value {
    json!({
        "name": field.name,
        "in": place,
        "required": field.required,
        "description": field.text(lang),
        "schema": field.schema(),
        "example": field.example(),
    })
}

fn part(part: Part, lang: Lang) -> Value {
    let id = |name, zh, en| {
        let schema = json!({ "type": "string", "format": "uuid" });
        (name, lang.t(zh, en), schema)
    };
    let (name, what, schema) = match part {
        Part::Id => id("id", "编号（UUID）", "The identifier (UUID)"),
        Part::Number => {
            let schema = super::field::Kind::Number.schema();
            ("number", lang.t("订单号", "The number of the order"), schema)
        }
        Part::Session => id("session", "设备的编号（UUID）", "The device (UUID)"),
        Part::Member => id("member", "成员的编号（UUID）", "The member (UUID)"),
        Part::Invitation => id("invitation", "邀请的编号（UUID）", "The invitation (UUID)"),
        Part::Request => id("request", "申请的编号（UUID）", "The request (UUID)"),
    };
    json!({ "name": name, "in": "path", "required": true, "description": what, "schema": schema })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn success(operation: &Operation, lang: Lang) -> Value {
    let schema = operation.answer.as_ref().map_or_else(
        || json!({ "type": "object" }),
        |answer| reference("schemas", &(answer.name)()),
    );
    let mut response = json!({ "description": lang.t(operation.what.0, operation.what.1) });
    if operation.status != 204 {
        response["content"] = json!({ "application/json": { "schema": schema } });
    }
    if operation.status == 201 {
        response["headers"] = json!({ "Location": {
            "description": lang.t("新建内容的地址", "Where what was made is"),
            "required": true,
            "schema": { "type": "string", "format": "uri-reference" },
        } });
    }
    response
}

fn described(operation: &Operation, lang: Lang) -> Value {
    let query = operation
        .query
        .iter()
        .map(|field| parameter(field, "query", lang));
    let headers = operation
        .headers
        .iter()
        .map(|field| parameter(field, "header", lang));
    let path = operation.parts.iter().map(|of| part(*of, lang));
    let parameters: Vec<Value> = path.chain(query).chain(headers).collect();
    let mut responses = Map::new();
    responses.insert(operation.status.to_string(), success(operation, lang));
    for status in operation.error_statuses() {
        responses.insert(
            status.to_string(),
            reference("responses", &format!("Problem{status}")),
        );
    }
    let mut described = json!({
        "operationId": operation.id,
        "tags": [operation.group.as_str()],
        "summary": lang.t(operation.what.0, operation.what.1),
        "parameters": parameters,
        "responses": responses,
        "security": [],
    });
    if let Some(scope) = operation.scope() {
        described["security"] = json!([{ "token": [scope.as_str()] }]);
    }
    if !operation.body.is_empty() {
        let example: Map<String, Value> = operation
            .body
            .iter()
            .map(|field| (field.name.to_owned(), field.example()))
            .collect();
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": {
                "schema": body_schema(operation.body, lang),
                "example": example,
            } },
        });
    }
    described
}

/// A problem's response, with the headers its status brings.
fn problem_response(status: u16, lang: Lang) -> Value {
    let title = axum::http::StatusCode::from_u16(status).map_or("", |status| problem::title(status, lang));
    let mut response = json!({
        "description": title,
        "content": { problem::MEDIA_TYPE: { "schema": reference("schemas", "Problem") } },
    });
    let header = match status {
        401 => Some((
            "WWW-Authenticate",
            lang.t("要怎样的令牌", "Which token is needed"),
            json!({ "type": "string" }),
        )),
        429 => Some((
            "Retry-After",
            lang.t("多少秒后再试", "Seconds to wait"),
            json!({ "type": "integer", "minimum": 1, "maximum": 60 }),
        )),
        _ => None,
    };
    if let Some((name, what, schema)) = header {
        response["headers"] = json!({ name: { "description": what, "required": true, "schema": schema } });
    }
    response
}

fn components(lang: Lang) -> Value {
    let mut all = Schemas::new();
    operation::schemas::<ProblemBody>(&mut all);
    for answer in operation::all().filter_map(|operation| operation.answer.as_ref()) {
        (answer.schemas)(&mut all);
    }
    let all: BTreeMap<String, RefOr<Schema>> = all.into_iter().collect();
    let statuses = operation::all().flat_map(Operation::error_statuses);
    let responses: BTreeMap<String, Value> = statuses
        .map(|status| (format!("Problem{status}"), problem_response(status, lang)))
        .collect();
    json!({
        "schemas": all,
        "responses": responses,
        "securitySchemes": { "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "qf_ + 64 hex",
            "description": lang.t(
                "在账号页创建的访问令牌",
                "An access token made on the account page",
            ),
        } },
    })
}

fn document(lang: Lang) -> Value {
    let mut paths = Map::new();
    for operation in operation::all() {
        let place = paths
            .entry(operation.path.to_owned())
            .or_insert_with(|| json!({}));
        place[operation.method] = described(operation, lang);
    }
    let groups = Group::ALL.map(|group| json!({ "name": group.as_str(), "description": group.label(lang) }));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": lang.t("企服365 开放接口", "Qifu365 API"),
            "version": env!("CARGO_PKG_VERSION"),
            "description": lang.t(
                "企业服务交易平台的 JSON 接口。金额单位为分，时间为北京时间（RFC 3339），错误为 application/problem+json。",
                "The JSON interface of the marketplace. Amounts are in fen, instants in Beijing time (RFC 3339), errors are application/problem+json.",
            ),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "tags": groups,
        "paths": paths,
        "components": components(lang),
    })
}

/// The document in a language, made once.
pub fn value(lang: Lang) -> &'static Value {
    static DOCUMENTS: std::sync::OnceLock<[Value; 2]> = std::sync::OnceLock::new();
    let documents = DOCUMENTS.get_or_init(|| Lang::ALL.map(document));
    match lang {
        Lang::Zh => &documents[0],
        Lang::En => &documents[1],
    }
}

/// `GET /api/v1/openapi.json`.
pub async fn serve(call: super::call::Call) -> axum::Json<&'static Value> {
    axum::Json(value(call.lang))
}
