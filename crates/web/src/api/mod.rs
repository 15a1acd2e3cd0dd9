//! The JSON interface under `/api/v1`: the use cases of the pages, for programs.
//!
//! Its routes are rows of [`crate::routes::ROUTES`] like all others; what they take and answer is
//! described once, in [`operation`], from which the check of a request and the OpenAPI document
//! come. No session and no cookie is accepted here, so a browser cannot be made to call it for
//! someone; a program shows an access token.

pub mod account;
pub mod answer;
pub mod call;
pub mod catalogue;
pub mod document;
pub mod example;
pub mod field;
pub mod limit;
pub mod member;
pub mod operation;
pub mod order;
pub mod organisation;
pub mod problem;
pub mod spending;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use self::field::{Field, Kind};
use self::limit::Limit;
use self::problem::{Objection, Problem};
use crate::pages::frame::Lang;
use crate::routes::allowed;
use crate::state::WebState;

/// Everything below this path answers programs, with the exception of pages about it.
const ROOT: &str = "/api/";

/// What a handler knows of a request before anything else.
#[derive(Clone)]
pub struct Asked {
    /// The request's number.
    pub id: Uuid,
    /// The language of texts in the answer.
    pub lang: Lang,
    /// How many requests a token has had.
    pub limit: Arc<Limit>,
}

/// The language a program prefers of those there are; Chinese if it does not say (RFC 9110 12.5.4).
fn preferred(headers: &HeaderMap) -> Lang {
    let accepted = headers
        .get_all(header::ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut best = (Lang::Zh, 0.0);
    for part in accepted.flat_map(|value| value.split(',')) {
        let mut pieces = part.split(';').map(str::trim);
        let Some(lang) = pieces.next().and_then(Lang::parse) else {
            continue;
        };
        let weight = pieces
            .find_map(|piece| piece.strip_prefix("q="))
            .map_or(Some(1.0), |text| text.parse::<f64>().ok());
        let weight = weight
            .filter(|weight| (0.0..=1.0).contains(weight))
            .unwrap_or(0.0);
        if weight > best.1 {
            best = (lang, weight);
        }
    }
    best.0
}

/// Gives each request of the interface its number and language, and writes every problem.
pub async fn speak(
    State((state, limit)): State<(WebState, Arc<Limit>)>,
    mut request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with(ROOT) {
        return next.run(request).await;
    }
    let asked = Asked {
        id: state.app.entropy.id(),
        lang: preferred(request.headers()),
        limit,
    };
    request.extensions_mut().insert(asked.clone());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem.written(asked.lang, asked.id),
        None => response,
    }
}

/// The answer for a path, or a method of a path, that is not in the table; `None` if it is not the
/// interface's to give.
pub fn not_there(path: &str, matched: Option<&str>) -> Option<Response> {
    if !path.starts_with(ROOT) {
        return None;
    }
    // The interface has no path of the demonstration alone.
    let problem = match matched.and_then(|route| allowed(route, false)) {
        Some(allowed) => Problem::from(Objection::MethodUnknown).with(header::ALLOW, &allowed),
        None => Objection::NotFound.into(),
    };
    Some(problem.into_response())
}

/// A method as the table writes it: a `HEAD` is answered by the row of its `GET`.
pub fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET | Method::HEAD => "get",
        Method::POST => "post",
        Method::PUT => "put",
        Method::DELETE => "delete",
        _ => "",
    }
}

/// An answer with a place of its own.
pub fn made(location: &str, body: impl serde::Serialize) -> Response {
    let location = [(header::LOCATION, location.to_owned())];
    (StatusCode::CREATED, location, axum::Json(body)).into_response()
}

/// The header of what makes something: what it makes has its identifier from the key, so that one key
/// makes one thing. What sets or ends something takes none: sent again it changes nothing.
const fn idempotency_key(zh: &'static str, en: &'static str) -> Field {
    Field {
        name: KEY,
        kind: Kind::Id,
        required: true,
        default: None,
        zh,
        en,
        example: "7b6c1f4e-2f0a-4c55-9d0a-3f0f5b1f9a10",
    }
}

/// The name of that header.
const KEY: &str = "Idempotency-Key";

/// An answer with nothing to tell.
pub const DONE: StatusCode = StatusCode::NO_CONTENT;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_preferred_and_chinese_otherwise() {
        let lang = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, text.parse().expect("a header"));
            preferred(&headers)
        };
        assert_eq!(preferred(&HeaderMap::new()), Lang::Zh);
        assert_eq!(lang("en"), Lang::En);
        assert_eq!(lang("en-GB,en;q=0.8"), Lang::En);
        assert_eq!(lang("en;q=0.5, zh-CN"), Lang::Zh);
        assert_eq!(lang("en, zh;q=0.9"), Lang::En);
        assert_eq!(lang("en;q=0"), Lang::Zh);
        assert_eq!(lang("fr, *;q=0.1"), Lang::Zh);
        assert_eq!(lang("en;q=x"), Lang::Zh);
    }
}
