//! Home, contact, the demo's outbox, and the page for what is not there.

use app::account;
use axum::extract::{FromRequestParts as _, MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use policy::Level;
use privacy::SystemReason;
use privacy::purpose::Notify;

use super::catalogue::{card, groups};
use crate::api;
use crate::failure::Answer;
use crate::pages::moment::Moment;
use crate::pages::public::{ContactPage, HomePage, MessageView, OutboxPage};
use crate::request::Visit;
use crate::routes::allowed;
use crate::state::WebState;

/// `GET /`.
pub async fn home(visit: Visit) -> Answer {
    let (mut clauses, mut hard) = (0, 0);
    if let Some(version) = visit.state.version() {
        clauses = version.clauses.len();
        hard = version
            .clauses
            .iter()
            .filter(|clause| clause.level == Level::Hard)
            .count();
    }
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let page = HomePage {
        f: visit.frame(lang.t("首页", "Home")),
        groups: groups(lang, &catalogue),
        favourites: catalogue
            .favourites(8)
            .map(|service| card(lang, &catalogue, service))
            .collect(),
        services: catalogue.offered(),
        clauses,
        hard,
    };
    Answer::public(&visit, &page)
}

/// `GET /lianxi` (0.13, 1.0).
pub async fn contact(visit: Visit) -> Answer {
    let responsible = visit.state.settings.responsible_person.clone();
    let page = ContactPage {
        f: visit.frame(visit.lang.t("联系我们", "Contact us")),
        responsible,
    };
    Answer::page(&visit, StatusCode::OK, &page)
}

/// `GET /demo/outbox`.
pub async fn outbox(visit: Visit) -> Result<Answer, Answer> {
    let ctx = visit.system::<Notify>(SystemReason::Demo);
    let sent = account::outbox(&visit.state.app, &ctx)
        .await
        .map_err(|failure| Answer::failure(&visit, &failure))?;
    let messages = sent
        .into_iter()
        .map(|message| MessageView {
            recipient: message.recipient,
            body: message.body,
            when: Moment::of(visit.lang, message.at),
        })
        .collect();
    let page = OutboxPage {
        f: visit.frame(visit.lang.t("演示发件箱", "Demo outbox")),
        messages,
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// Everything else, and methods that a path does not take, on a page's address or on one of the interface.
pub async fn not_found(State(state): State<WebState>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let matched = parts.extensions.get::<MatchedPath>().cloned();
    if let Some(answer) = api::not_there(parts.uri.path(), matched.as_ref().map(MatchedPath::as_str)) {
        return answer;
    }
    let demo = state.settings.demo;
    let methods = matched.and_then(|matched| allowed(matched.as_str(), demo));
    match (Visit::from_request_parts(&mut parts, &state).await, methods) {
        (Ok(visit), Some(methods)) => Answer::method_unknown(&visit, &methods).into_response(),
        (Ok(visit), None) => Answer::not_found(&visit).into_response(),
        (Err(answer), _) => answer.into_response(),
    }
}
