//! What the interface can do: every operation with what it takes and answers, group by group. The check
//! of a request and the OpenAPI document come from here.

mod account;
mod catalogue;
mod order;
mod organisation;

use domain::account::token::Scope;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::field::Field;
use crate::pages::frame::Lang;
use crate::routes::{ROUTES, Who};

/// Named schemas.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// A JSON object an operation answers with.
pub struct Answer {
    /// Its name in the document.
    pub name: fn() -> String,
    /// Adds its schema, and those it refers to.
    pub schemas: fn(&mut Schemas),
}

fn name<T: ToSchema>() -> String {
    T::name().into_owned()
}

/// Adds the schema of a type, and those it refers to.
pub fn schemas<T: ToSchema>(into: &mut Schemas) {
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
    /// The parts of the path, in its order.
    pub parts: &'static [Part],
    /// The parameters of the address.
    pub query: &'static [Field],
    /// The headers.
    pub headers: &'static [Field],
    /// The fields of the body; none for an operation without a body.
    pub body: &'static [Field],
    /// The status when all goes well.
    pub status: u16,
    /// The answer; nothing for the document itself, and where there is nothing to tell.
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
    /// `{session}`: a device that is logged in.
    Session,
    /// `{member}`: a member of an organisation.
    Member,
    /// `{invitation}`: an invitation.
    Invitation,
    /// `{request}`: a request for approval.
    Request,
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
    parts: &[],
    query: &[],
    headers: &[],
    body: &[],
    status: 200,
    answer: None,
    errors: &[],
};

/// Every operation, group by group. A test compares it with the table of routes, both ways.
const OPERATIONS: &[&[Operation]] = &[
    catalogue::OPERATIONS,
    account::OPERATIONS,
    organisation::OPERATIONS,
    order::OPERATIONS,
    DOCUMENT,
];

const DOCUMENT: &[Operation] = &[Operation {
    path: "/api/v1/openapi.json",
    id: "get_document",
    group: Group::Document,
    what: (
        "本接口的 OpenAPI 3.1 文档",
        "The OpenAPI 3.1 document of this interface",
    ),
    ..PLAIN
}];

/// Every operation.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().copied().flatten()
}

/// The operation of a row.
pub fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.method == method && operation.path == path)
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
        if !self.parts.is_empty() {
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
