//! What a handler of the interface knows of its request: who it is for, and what it brings.

use app::account::{self, Bearer, Viewer};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::account::token::Scope;
use privacy::{Actor, Ctx, Purpose};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::field::Fields;
use super::operation::{self, Operation};
use super::problem::{Objection, Problem};
use super::{Asked, method_name};
use crate::pages::frame::Lang;
use crate::routes::{ROUTES, Who};
use crate::state::WebState;

/// One request of a program.
pub struct Call {
    /// The shared state.
    pub state: WebState,
    /// The language of texts in the answer.
    pub lang: Lang,
    /// The parameters of the address.
    pub query: Fields,
    /// The headers the operation describes.
    pub headers: Fields,
    operation: &'static Operation,
    bearer: Option<Bearer>,
    id: Uuid,
}

/// The token of an `Authorization` header.
fn token(headers: &HeaderMap) -> Result<&str, Objection> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Objection::TokenMissing);
    };
    let text = value.to_str().map_err(|_| Objection::TokenInvalid)?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ => Err(Objection::TokenMissing),
    }
}

/// The headers an operation describes, as they came.
fn described(operation: &Operation, headers: &HeaderMap) -> Vec<(String, String)> {
    let given = operation.headers.iter().flat_map(|field| {
        let values = headers.get_all(field.name).iter();
        values.map(|value| {
            let text = value.to_str().unwrap_or_default();
            (field.name.to_owned(), text.to_owned())
        })
    });
    given.collect()
}

impl FromRequestParts<WebState> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        let asked = parts.extensions.get::<Asked>().cloned();
        let path = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        let method = method_name(&parts.method);
        let row = ROUTES
            .iter()
            .find(|route| route.method == method && Some(route.path) == path);
        let (Some(asked), Some(row)) = (asked, row) else {
            return Err(Objection::NotFound.into());
        };
        let operation = operation::operation(row.method, row.path).ok_or(Objection::NotFound)?;
        let bearer = match row.who {
            Who::Token(scope) => Some(holder(state, &asked, &parts.headers, scope).await?),
            _ => None,
        };
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let query = query.map(|Query(pairs)| pairs).unwrap_or_default();
        Ok(Self {
            state: state.clone(),
            lang: asked.lang,
            query: Fields::of_texts(operation.query, query)?,
            headers: Fields::of_texts(operation.headers, described(operation, &parts.headers))?,
            operation,
            bearer,
            id: asked.id,
        })
    }
}

/// Whom the request's token stands for, if it is live, within its limit and has the scope.
async fn holder(
    state: &WebState,
    asked: &Asked,
    headers: &HeaderMap,
    scope: Scope,
) -> Result<Bearer, Problem> {
    let text = token(headers)?;
    let ctx = state.ctx(Actor::Visitor, asked.id);
    let found = account::authenticate_token(&state.app, &ctx, text).await?;
    let bearer = found.ok_or(Objection::TokenInvalid)?;
    let counted = asked.limit.count(bearer.token, state.app.clock.now());
    counted.map_err(|seconds| {
        Problem::from(Objection::TooMany).with(header::RETRY_AFTER, &seconds.to_string())
    })?;
    if bearer.scopes.contains(&scope) {
        Ok(bearer)
    } else {
        Err(Objection::ScopeMissing(scope).into())
    }
}

impl Call {
    /// The context of this request for a purpose. The actor is the person the token stands for.
    pub fn ctx<P: Purpose>(&self) -> Ctx<P> {
        let actor = self
            .bearer
            .as_ref()
            .map_or(Actor::Visitor, |bearer| Actor::Person {
                account: bearer.viewer.account,
                subject: bearer.viewer.subject,
            });
        self.state.ctx(actor, self.id)
    }

    /// The person the token stands for.
    ///
    /// # Errors
    /// [`Problem`] on a route that takes no token.
    pub fn viewer(&self) -> Result<&Viewer, Problem> {
        self.bearer
            .as_ref()
            .map(|bearer| &bearer.viewer)
            .ok_or_else(|| Objection::TokenMissing.into())
    }

    /// The fields of a body, as the operation describes them.
    ///
    /// # Errors
    /// [`Problem`] naming every wrong one.
    pub fn body(&self, body: Body) -> Result<Fields, Problem> {
        Fields::of_body(self.operation.body, body.0)
    }
}

/// A JSON object.
pub struct Body(Map<String, Value>);

impl FromRequest<WebState> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &WebState) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Objection::BodyKind.into());
        }
        // The limit of all bodies is set where the router is built; what else fails here is a
        // connection that broke off.
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Objection::BodyLarge)?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|_| Objection::BodyMalformed.into())
    }
}

/// The one part of the path, as text; what is not readable names nothing.
pub struct Part(pub String);

impl FromRequestParts<WebState> for Part {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => Ok(Self(text)),
            Err(_) => Err(Objection::NotFound.into()),
        }
    }
}

/// The two parts of a path, in its order.
pub struct Pair(pub Part, pub Part);

impl FromRequestParts<WebState> for Pair {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((first, second))) => Ok(Self(Part(first), Part(second))),
            Err(_) => Err(Objection::NotFound.into()),
        }
    }
}

impl Part {
    /// The identifier it is.
    ///
    /// # Errors
    /// [`Problem`]: what is no identifier names nothing.
    pub fn id(&self) -> Result<Uuid, Problem> {
        Uuid::parse_str(&self.0).map_err(|_| Objection::NotFound.into())
    }
}
