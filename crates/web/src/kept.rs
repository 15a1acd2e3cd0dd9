//! Rendered public pages, kept while catalogue and policy stay as they are. Only an answer that a
//! handler marked as the same for everyone is kept, and only a request without a session sees it:
//! a page of somebody logged in neither enters nor leaves here (2.1.1.c). The `ETag` is a digest of
//! the page's content and serves caching alone (2.3.2).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use app::market::catalogue::Catalogue;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest, Sha256};

use crate::pages::frame::Lang;
use crate::request::{has_session, wanted_lang};
use crate::state::WebState;

/// The most that is kept, in bytes of pages and addresses.
pub const MOST: usize = 40 * 1024 * 1024;

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

#[derive(Clone)]
struct Page {
    headers: HeaderMap,
    body: Bytes,
}

type Shelf = HashMap<(Lang, Box<str>), Page>;

/// Pages in two shelves: what is asked for stands on the newer one; when that is full it becomes
/// the older one, and what nobody asked for meanwhile goes.
#[derive(Default)]
struct Shelves {
    edition: Edition,
    newer: Shelf,
    older: Shelf,
    newer_bytes: usize,
    figures: Figures,
}

/// What the kept pages amount to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Pages kept since the start, again if they had gone.
    pub taken_in: u64,
    /// Answers given from a kept page.
    pub shown: u64,
}

/// The kept pages.
#[derive(Clone, Default)]
pub struct KeptPages(Arc<Mutex<Shelves>>);

fn size(address: &str, page: &Page) -> usize {
    // Headers and table entries are small and much alike.
    address.len() + page.body.len() + 512
}

impl Shelves {
    fn put(&mut self, key: (Lang, Box<str>), page: Page) {
        let bytes = size(&key.1, &page);
        if bytes > MOST / 8 {
            return;
        }
        if self.newer_bytes + bytes > MOST / 2 {
            self.older = std::mem::take(&mut self.newer);
            self.newer_bytes = 0;
        }
        self.newer_bytes += bytes;
        self.newer.insert(key, page);
    }

    fn find(&mut self, key: &(Lang, Box<str>)) -> Option<Page> {
        if let Some(page) = self.newer.get(key) {
            return Some(page.clone());
        }
        let (key, page) = self.older.remove_entry(key)?;
        self.put(key, page.clone());
        Some(page)
    }
}

impl KeptPages {
    /// How much was kept and shown.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.with(|shelves| shelves.figures)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Shelves) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, state: &WebState, key: &(Lang, Box<str>)) -> Option<Page> {
        let catalogue = state.catalogue.now();
        let policy = state.version().map_or("", |version| version.id.as_str());
        self.with(|shelves| {
            if !shelves.edition.is(&catalogue, policy) {
                *shelves = Shelves {
                    edition: Edition {
                        catalogue: Arc::downgrade(&catalogue),
                        policy: policy.to_owned(),
                    },
                    figures: shelves.figures,
                    ..Shelves::default()
                };
            }
            let found = shelves.find(key);
            shelves.figures.shown += u64::from(found.is_some());
            found
        })
    }

    /// Takes a page in. It was rendered after [`Self::find`] looked, so it is of the edition seen
    /// there or of a later one; the next look discards it in the second case.
    fn put(&self, key: (Lang, Box<str>), page: Page) {
        self.with(|shelves| {
            shelves.figures.taken_in += 1;
            shelves.put(key, page);
        });
    }
}

/// Answers from a kept page, or keeps what the handler answers.
pub(crate) async fn serve(
    State((state, kept)): State<(WebState, KeptPages)>,
    request: Request,
    next: Next,
) -> Response {
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
        return answer(page, seen.as_ref());
    }
    let response = next.run(request).await;
    let (mut parts, body) = response.into_parts();
    let same = parts.extensions.remove::<ForEveryone>().is_some();
    // A language chosen by the address is remembered in a cookie; such an answer is one visitor's.
    if !same || parts.status != StatusCode::OK || parts.headers.contains_key(header::SET_COOKIE) {
        return Response::from_parts(parts, body);
    }
    let Ok(body) = to_bytes(body, MOST).await else {
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
    let page = Page { headers, body };
    kept.put(key, page.clone());
    answer(page, seen.as_ref())
}

fn tag(body: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut tag = String::from("\"");
    for byte in &Sha256::digest(body)[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// The page, or word that the browser has it already.
fn answer(page: Page, seen: Option<&HeaderValue>) -> Response {
    let Page { mut headers, body } = page;
    let tag = headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let known = seen.and_then(|seen| seen.to_str().ok()).is_some_and(|seen| {
        let mut tags = seen.split(',').map(|one| one.trim().trim_start_matches("W/"));
        tags.any(|one| Some(one) == tag)
    });
    if known {
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let mut response = Response::new(Body::from(body));
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: usize) -> Page {
        Page {
            headers: HeaderMap::new(),
            body: Bytes::from(vec![0; bytes]),
        }
    }

    fn key(number: usize) -> (Lang, Box<str>) {
        (Lang::Zh, format!("/{number}").into())
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_asked_for_stays() {
        let mut shelves = Shelves::default();
        for number in 0..2_000 {
            shelves.put(key(number), page(100_000));
            assert!(shelves.find(&key(0)).is_some(), "{number}");
            let held = shelves.newer.iter().chain(&shelves.older);
            let bytes: usize = held.map(|(key, page)| size(&key.1, page)).sum();
            assert!(bytes <= MOST, "{bytes} after {number}");
        }
        assert!(shelves.find(&key(1)).is_none());
        assert!(shelves.find(&key(1_999)).is_some());
        shelves.put(key(2_001), page(MOST / 8));
        assert!(
            shelves.find(&key(2_001)).is_none(),
            "nothing that fills a shelf alone"
        );
    }

    #[test]
    fn a_tag_is_of_the_content_alone() {
        assert_eq!(tag(b"a"), tag(b"a"));
        assert_ne!(tag(b"a"), tag(b"b"));
        assert_eq!(tag(b"a").len(), 34);
    }
}
