//! Rendered public pages, kept while catalogue and policy stay as they are. Only an answer that a
//! handler marked as the same for everyone is kept, and only a request without a session sees it:
//! a page of somebody logged in neither enters nor leaves here (2.1.1.c). The `ETag` is a digest of
//! the page's content and serves caching alone (2.3.2.b, 2.3.2.c).

mod shelf;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use app::market::catalogue::Catalogue;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest, Sha256};

use self::shelf::{Key, Page, Shelf};
use crate::request::{has_session, wanted_lang};
use crate::state::WebState;

/// The most that is kept, in bytes of pages and addresses.
const MOST: usize = 40 * 1024 * 1024;
/// The longest page that is kept, in bytes.
const LONGEST: usize = 512 * 1024;

/// The mark of an answer that is the same for everyone who asks for it in this language.
#[derive(Clone, Copy)]
pub(crate) struct ForEveryone;

/// What pages are rendered from. A page is kept no longer than its edition lasts.
#[derive(Default)]
struct Edition {
    catalogue: Weak<Catalogue>,
    policy: String,
}

impl Edition {
    fn is(&self, catalogue: &Arc<Catalogue>, policy: &str) -> bool {
        // A catalogue's place in memory is not used again while this points to it.
        std::ptr::eq(self.catalogue.as_ptr(), Arc::as_ptr(catalogue)) && self.policy == policy
    }
}

/// What the kept pages amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Pages kept since the start, again if they had gone.
    pub taken_in: u64,
    /// Answers given from a kept page.
    pub shown: u64,
}

struct Present {
    edition: Edition,
    shelf: Shelf,
    figures: Figures,
}

/// The kept pages.
#[derive(Clone)]
pub struct KeptPages(Arc<Mutex<Present>>);

impl Default for KeptPages {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Present {
            edition: Edition::default(),
            shelf: Shelf::of(MOST),
            figures: Figures::default(),
        })))
    }
}

impl KeptPages {
    /// How much was kept and shown.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.with(|present| present.figures)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Present) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, state: &WebState, key: &Key) -> Option<Arc<Page>> {
        let catalogue = state.catalogue.now();
        let policy = state.version().map_or("", |version| version.id.as_str());
        self.with(|present| {
            if !present.edition.is(&catalogue, policy) {
                present.shelf = Shelf::of(MOST);
                present.edition = Edition {
                    catalogue: Arc::downgrade(&catalogue),
                    policy: policy.to_owned(),
                };
            }
            let found = present.shelf.find(key);
            present.figures.shown += u64::from(found.is_some());
            found
        })
    }

    /// Takes a page in. It was rendered after [`Self::find`] looked, so it is of the edition seen
    /// there or of a later one; the next look discards it in the second case.
    fn put(&self, key: Key, headers: HeaderMap, body: &str) {
        self.with(|present| {
            present.figures.taken_in += 1;
            present.shelf.put(key, headers, body);
        });
    }
}

/// Answers from a kept page, or keeps what the handler answers.
pub(crate) async fn serve(
    State((state, kept)): State<(WebState, KeptPages)>,
    request: Request,
    next: Next,
) -> Response {
    policy::clause!("2.1.1.c");
    if request.method() != Method::GET || has_session(request.headers(), state.settings.secure) {
        let mut response = next.run(request).await;
        response.extensions_mut().remove::<ForEveryone>();
        return response;
    }
    let address = request.uri().path_and_query();
    let key = (
        wanted_lang(request.headers()),
        address.map_or("", |address| address.as_str()).into(),
    );
    let seen = request.headers().get(header::IF_NONE_MATCH).cloned();
    if let Some(page) = kept.find(&state, &key) {
        return answer(page.headers.clone(), || page.body(), seen.as_ref());
    }
    let response = next.run(request).await;
    let (mut parts, body) = response.into_parts();
    let same = parts.extensions.remove::<ForEveryone>().is_some();
    // A language chosen by the address is remembered in a cookie; such an answer is one visitor's.
    if !same || parts.status != StatusCode::OK || parts.headers.contains_key(header::SET_COOKIE) {
        return Response::from_parts(parts, body);
    }
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut headers = parts.headers;
    if let Ok(tag) = HeaderValue::from_str(&tag(&body)) {
        headers.insert(header::ETAG, tag);
    }
    // The browser may keep it but asks each time: the answer is another after a log-in.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(text) = std::str::from_utf8(&body)
        && text.len() <= LONGEST
    {
        kept.put(key, headers.clone(), text);
    }
    answer(headers, || body, seen.as_ref())
}

/// Of the content alone: it saves work and names nobody.
fn tag(body: &[u8]) -> String {
    use std::fmt::Write as _;
    policy::clause!("2.3.2.b");
    policy::clause!("2.3.2.c");
    let mut tag = String::from("\"");
    for byte in &Sha256::digest(body)[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// The page, or word that the browser has it already.
fn answer(mut headers: HeaderMap, body: impl FnOnce() -> Bytes, seen: Option<&HeaderValue>) -> Response {
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let known = seen.and_then(|seen| seen.to_str().ok()).is_some_and(|seen| {
        let mut tags = seen.split(',').map(|one| one.trim().trim_start_matches("W/"));
        tags.any(|one| Some(one) == tag)
    });
    if known {
        headers.remove(header::CONTENT_TYPE);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mut response = Response::new(Body::from(body()));
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_tag_is_of_the_content_alone() {
        assert_eq!(tag(b"a"), tag(b"a"));
        assert_ne!(tag(b"a"), tag(b"b"));
        assert_eq!(tag(b"a").len(), 34);
    }
}
