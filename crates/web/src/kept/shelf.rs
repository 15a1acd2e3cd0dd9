//! Where pages are kept: bounded in bytes, what nobody asks for goes first. What a page shares with
//! others, its frame, is held once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderMap;

use crate::pages::frame::Lang;

/// The language and the address of a page.
pub(super) type Key = (Lang, Box<str>);

/// Where a page's own parts begin and end in the frame's text: the title, the links before and to
/// the other language, the search box, the main part. A missing mark costs memory, nothing else: the parts
/// together are the page.
const MARKS: [&str; 8] = [
    "<title>",
    "</title>",
    "<li><a href=\"/zhuce\">",
    " hreflang=",
    "<input id=\"q\"",
    " maxlength=",
    "<main ",
    "</main>",
];

/// Texts held once at most, and room for a page's headers and table entries, in bytes.
const SHARED_TEXTS: usize = 64;
const ENTRY: usize = 640;

/// A kept page.
pub(super) struct Page {
    pub(super) headers: HeaderMap,
    parts: Box<[Bytes]>,
}

impl Page {
    /// The page, whole.
    pub(super) fn body(&self) -> Bytes {
        self.parts.concat().into()
    }
}

struct Entry {
    key: Key,
    page: Arc<Page>,
    bytes: usize,
    /// Asked for since the hand passed.
    wanted: bool,
}

/// Pages by address.
pub(super) struct Shelf {
    most: usize,
    bytes: usize,
    places: HashMap<Key, usize>,
    entries: Vec<Entry>,
    /// Who goes next, unless wanted.
    hand: usize,
    shared: HashSet<Bytes>,
}

impl Shelf {
    pub(super) fn of(most: usize) -> Self {
        Self {
            most,
            bytes: 0,
            places: HashMap::new(),
            entries: Vec::new(),
            hand: 0,
            shared: HashSet::new(),
        }
    }

    pub(super) fn find(&mut self, key: &Key) -> Option<Arc<Page>> {
        let entry = self.entries.get_mut(*self.places.get(key)?)?;
        entry.wanted = true;
        Some(Arc::clone(&entry.page))
    }

    pub(super) fn put(&mut self, key: Key, headers: HeaderMap, body: &str) {
        if self.places.contains_key(&key) {
            // Two asked at once; both rendered the same.
            return;
        }
        let (parts, own) = self.split(body);
        let bytes = own + key.1.len() + ENTRY;
        while self.bytes + bytes > self.most && !self.entries.is_empty() {
            self.let_one_go();
        }
        self.bytes += bytes;
        self.places.insert(key.clone(), self.entries.len());
        self.entries.push(Entry {
            key,
            page: Arc::new(Page { headers, parts }),
            bytes,
            wanted: false,
        });
    }

    fn let_one_go(&mut self) {
        loop {
            self.hand %= self.entries.len();
            let entry = &mut self.entries[self.hand];
            if !entry.wanted {
                break;
            }
            entry.wanted = false;
            self.hand += 1;
        }
        let gone = self.entries.swap_remove(self.hand);
        self.places.remove(&gone.key);
        self.bytes -= gone.bytes;
        if let Some(moved) = self.entries.get(self.hand) {
            self.places.insert(moved.key.clone(), self.hand);
        }
        self.hand += 1;
    }

    /// The page in parts, every other one the frame's, and how many bytes are this page's alone.
    fn split(&mut self, body: &str) -> (Box<[Bytes]>, usize) {
        let (mut parts, mut own, mut begin) = (Vec::with_capacity(MARKS.len() + 1), 0, 0);
        for (place, mark) in MARKS.iter().enumerate() {
            let Some(at) = body[begin..].find(mark) else {
                continue;
            };
            let end = begin + at;
            parts.push(self.held(&body[begin..end], place % 2 == 0, &mut own));
            begin = end;
        }
        parts.push(self.held(&body[begin..], true, &mut own));
        (parts.into(), own)
    }

    fn held(&mut self, text: &str, shared: bool, own: &mut usize) -> Bytes {
        if shared {
            if let Some(known) = self.shared.get(text.as_bytes()) {
                return known.clone();
            }
            if self.shared.len() < SHARED_TEXTS {
                let text = Bytes::copy_from_slice(text.as_bytes());
                self.shared.insert(text.clone());
                return text;
            }
        }
        *own += text.len();
        Bytes::copy_from_slice(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;
    use crate::pages::catalogue::ServicePage;

    fn key(number: usize) -> Key {
        (Lang::Zh, format!("/{number}").into())
    }

    fn put(shelf: &mut Shelf, number: usize, body: &str) {
        shelf.put(key(number), HeaderMap::new(), body);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_asked_for_stays() {
        let mut shelf = Shelf::of(100_000);
        for number in 0..1_000 {
            put(&mut shelf, number, &"x".repeat(5_000));
            assert!(shelf.find(&key(0)).is_some(), "{number}");
            assert!(shelf.bytes <= 100_000, "{} after {number}", shelf.bytes);
            assert_eq!(
                shelf.bytes,
                shelf.entries.iter().map(|entry| entry.bytes).sum::<usize>()
            );
            assert_eq!(shelf.places.len(), shelf.entries.len());
            assert!(
                shelf
                    .places
                    .iter()
                    .all(|(key, place)| shelf.entries[*place].key == *key)
            );
        }
        assert!(shelf.find(&key(1)).is_none());
        assert!(shelf.find(&key(999)).is_some());
    }

    #[test]
    fn a_page_comes_back_as_it_was_put() {
        let mut shelf = Shelf::of(1_000_000);
        let pages = [
            "",
            "no mark",
            "<title>a</title>",
            "</main> before <main id> and <title>",
            "<html><title>代理</title><main x>甲</main> foot",
            "<html><title>商标</title><main x>乙</main> foot",
        ];
        for (number, page) in pages.iter().enumerate() {
            put(&mut shelf, number, page);
            let found = shelf.find(&key(number)).expect("kept");
            assert_eq!(found.body(), page.as_bytes());
        }
    }

    #[test]
    fn the_frame_is_held_once() {
        let mut shelf = Shelf::of(10_000_000);
        let mut frames = None;
        for number in 0..100 {
            let mut page = ServicePage::samples().swap_remove(0);
            page.f.path = format!("/fuwu/{number}");
            page.f.title = format!("{number}");
            let text = page.render().expect("rendered");
            let before = shelf.bytes;
            put(&mut shelf, number, &text);
            assert_eq!(shelf.find(&key(number)).expect("kept").body(), text.as_bytes());
            assert!(
                shelf.bytes - before < text.len() * 2 / 3,
                "most of a page is its frame"
            );
            let frames = frames.get_or_insert(shelf.shared.len());
            assert_eq!(*frames, shelf.shared.len());
        }
    }
}
