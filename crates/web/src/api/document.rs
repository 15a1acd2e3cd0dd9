//! The OpenAPI 3.1 document, made from the table of operations, the descriptions of their fields
//! and the schemas of their answers: what the program does, said once.

use std::collections::BTreeMap;

use domain::account::token::Scope;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::answer::account::{Account, PersonVerification};
use super::answer::catalogue::{Categories, SearchResult, Service, ServiceList, Supplier};
use super::answer::order::{Order, OrderList};
use super::answer::organisation::{Organisation, OrganisationList, SupplierStanding};
use super::field::{Field, body_schema};
use super::problem::{self, ProblemBody};
use super::{catalogue, order, organisation};
use crate::pages::frame::Lang;
use crate::routes::{ROUTES, Who};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// A JSON object an operation answers with.
pub struct Answer {
    name: fn() -> String,
    schemas: fn(&mut Schemas),
}

fn name<T: ToSchema>() -> String {
    T::name().into_owned()
}

fn schemas<T: ToSchema>(into: &mut Schemas) {
    into.push((name::<T>(), T::schema()));
    T::schemas(into);
}

/// The answer of a type.
const fn answer<T: ToSchema>() -> Answer {
    Answer {
        name: name::<T>,
        schemas: schemas::<T>,
    }
}

/// What one row of the table takes and answers.
pub struct Operation {
    /// The method, as the table writes it.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// The name programs give it.
    pub id: &'static str,
    /// The group it is shown in.
    pub group: Group,
    /// What it does, in Chinese and English.
    pub what: (&'static str, &'static str),
    /// The part of the path, if it has one.
    pub part: Option<Part>,
    /// The parameters of the address.
    pub query: &'static [Field],
    /// The headers.
    pub headers: &'static [Field],
    /// The fields of the body; none for an operation without a body.
    pub body: &'static [Field],
    /// The status when all goes well.
    pub status: u16,
    /// The answer; nothing for the document itself.
    pub answer: Option<Answer>,
    /// Error statuses beyond those that follow from the above.
    pub errors: &'static [u16],
}

/// What the part of a path is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `{id}`: a UUID.
    Id,
    /// `{number}`: the number of an order.
    Number,
}

/// A group of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The public catalogue.
    Catalogue,
    /// The person's account.
    Account,
    /// Orders.
    Order,
    /// Organisations the person belongs to.
    Organisation,
    /// The interface itself.
    Document,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 5] = [
        Self::Catalogue,
        Self::Account,
        Self::Order,
        Self::Organisation,
        Self::Document,
    ];

    /// The identifier.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Catalogue => "catalogue",
            Self::Account => "account",
            Self::Order => "order",
            Self::Organisation => "organisation",
            Self::Document => "document",
        }
    }

    /// The name.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Self::Catalogue => lang.t("服务目录（无需令牌）", "Catalogue (no token)"),
            Self::Account => lang.t("账号", "Account"),
            Self::Order => lang.t("订单", "Orders"),
            Self::Organisation => lang.t("企业与服务商", "Organisations and suppliers"),
            Self::Document => lang.t("接口文档", "The document"),
        }
    }
}

const PLAIN: Operation = Operation {
    method: "get",
    path: "",
    id: "",
    group: Group::Catalogue,
    what: ("", ""),
    part: None,
    query: &[],
    headers: &[],
    body: &[],
    status: 200,
    answer: None,
    errors: &[],
};

/// Every operation. A test compares it with the table of routes, both ways.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/v1/categories",
        id: "list_categories",
        what: ("全部类目，按分组", "All categories, by group"),
        answer: Some(answer::<Categories>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/services",
        id: "list_services",
        what: (
            "服务列表：筛选、排序、分页",
            "Services: filtered, ordered, page by page",
        ),
        query: catalogue::LIST,
        answer: Some(answer::<ServiceList>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/services/{id}",
        id: "get_service",
        what: ("一项服务的详情", "One service in full"),
        part: Some(Part::Id),
        answer: Some(answer::<Service>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/suppliers/{id}",
        id: "get_supplier",
        what: ("一家服务商", "One supplier"),
        part: Some(Part::Id),
        answer: Some(answer::<Supplier>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/search",
        id: "search_services",
        what: ("搜索服务", "Search services"),
        query: catalogue::SEARCH,
        answer: Some(answer::<SearchResult>()),
        errors: &[500],
        ..PLAIN
    },
    Operation {
        path: "/api/v1/account",
        id: "get_account",
        group: Group::Account,
        what: (
            "本人账号概览：名称、遮盖的手机号、登录设备、同意记录、谁看过我的信息",
            "One's own account: name, masked phone, devices, acceptances, who opened one's data",
        ),
        answer: Some(answer::<Account>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/account/verification",
        id: "get_verification",
        group: Group::Account,
        what: (
            "本人实名认证的状态；不含姓名和证件号，认证须本人在网站上办理",
            "How one's real-name verification stands; neither name nor number. It is begun on the site alone",
        ),
        answer: Some(answer::<PersonVerification>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations",
        id: "list_organisations",
        group: Group::Organisation,
        what: (
            "本人所在的企业；为企业创建的令牌只看到那一家",
            "One's organisations; a token made for one of them sees that one",
        ),
        answer: Some(answer::<OrganisationList>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}",
        id: "get_organisation",
        group: Group::Organisation,
        what: (
            "一家企业及其成员；每打开一位成员的显示名都有记录",
            "One organisation with its members; each display name opened is on its person's record",
        ),
        part: Some(Part::Id),
        query: organisation::MEMBERS,
        answer: Some(answer::<Organisation>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/organisations/{id}/supplier",
        id: "get_supplier_standing",
        group: Group::Organisation,
        what: (
            "这家企业作为服务商的状态：类目、资质及到期日、已签协议、待签版本",
            "The organisation as a supplier: categories, licences and their ends, what it signed and has to sign",
        ),
        part: Some(Part::Id),
        answer: Some(answer::<SupplierStanding>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/orders",
        id: "list_orders",
        group: Group::Order,
        what: (
            "买入或卖出的订单，最新的在前",
            "Orders bought or sold, newest first",
        ),
        query: order::LIST,
        answer: Some(answer::<OrderList>()),
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/api/v1/orders",
        id: "place_order",
        group: Group::Order,
        what: (
            "下单；同一个 Idempotency-Key 只产生一个订单",
            "Place an order; one Idempotency-Key makes one order",
        ),
        headers: order::PLACE_HEADERS,
        body: order::PLACE,
        status: 201,
        answer: Some(answer::<Order>()),
        errors: &[404],
        ..PLAIN
    },
    Operation {
        path: "/api/v1/orders/{number}",
        id: "get_order",
        group: Group::Order,
        what: (
            "一个订单，以及现在可以做什么（allowed）",
            "One order, and what may be done now (`allowed`)",
        ),
        part: Some(Part::Number),
        answer: Some(answer::<Order>()),
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/api/v1/orders/{number}/events",
        id: "act_on_order",
        group: Group::Order,
        what: (
            "对订单做一件事（确认、付款、交付、验收……），返回之后的订单",
            "Make an event happen (confirm, pay, deliver, accept …); answers with the order after it",
        ),
        part: Some(Part::Number),
        body: order::ACT,
        answer: Some(answer::<Order>()),
        errors: &[409],
        ..PLAIN
    },
    Operation {
        path: "/api/v1/openapi.json",
        id: "get_document",
        group: Group::Document,
        what: (
            "本接口的 OpenAPI 3.1 文档",
            "The OpenAPI 3.1 document of this interface",
        ),
        ..PLAIN
    },
];

/// The operation of a row.
pub fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    OPERATIONS
        .iter()
        .find(|operation| operation.method == method && operation.path == path)
}

impl Operation {
    /// The scope it needs, as the table says.
    pub fn scope(&self) -> Option<Scope> {
        let mut rows = ROUTES.iter();
        let row = rows.find(|route| route.method == self.method && route.path == self.path);
        match row?.who {
            Who::Token(scope) => Some(scope),
            _ => None,
        }
    }

    /// Every error status it can answer with.
    pub fn error_statuses(&self) -> Vec<u16> {
        let mut statuses: Vec<u16> = self.errors.to_vec();
        if self.scope().is_some() {
            // What needs a token reads the store, which can fail.
            statuses.extend([401, 403, 429, 500]);
        }
        if self.part.is_some() {
            statuses.push(404);
        }
        if !self.body.is_empty() {
            statuses.extend([400, 413, 415]);
        }
        // Parameters nobody knows are refused everywhere.
        statuses.push(422);
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }
}

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
    let (name, what, schema) = match part {
        Part::Id => (
            "id",
            lang.t("编号（UUID）", "The identifier (UUID)"),
            json!({ "type": "string", "format": "uuid" }),
        ),
        Part::Number => (
            "number",
            lang.t("订单号", "The number of the order"),
            super::field::Kind::Number.schema(),
        ),
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
    let mut response = json!({
        "description": lang.t(operation.what.0, operation.what.1),
        "content": { "application/json": { "schema": schema } },
    });
    if operation.status == 201 {
        response["headers"] = json!({ "Location": {
            "description": lang.t("新订单的地址", "Where the new order is"),
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
    let path = operation.part.map(|of| part(of, lang));
    let parameters: Vec<Value> = path.into_iter().chain(query).chain(headers).collect();
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
    schemas::<ProblemBody>(&mut all);
    for answer in OPERATIONS
        .iter()
        .filter_map(|operation| operation.answer.as_ref())
    {
        (answer.schemas)(&mut all);
    }
    let all: BTreeMap<String, RefOr<Schema>> = all.into_iter().collect();
    let statuses = OPERATIONS.iter().flat_map(Operation::error_statuses);
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
    for operation in OPERATIONS {
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
