//! Whatever bytes come in, a decoder answers; it never panics, and what it takes it writes back the
//! same.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use privacy::log::receipt::verify;
use privacy::log::tile::{TilePath, from_bytes, to_bytes, unbundle};
use privacy::log::{Checkpoint, Entry, Growth, LogError, Opening, TreeHash, VerifierKey, canonical};
use proptest::prelude::*;
use serde_json::Value;

use crate::log::{checkpoint, signer};
use crate::receipt::receipt;
use crate::tree::Tree;

/// A sound text with some of its signs replaced, cut out or doubled.
fn mangled(text: String) -> impl Strategy<Value = String> {
    let length = text.chars().count();
    let edits = prop::collection::vec(
        (0..length.max(1), prop::option::of(any::<char>()), 0..4_usize),
        0..6,
    );
    edits.prop_map(move |edits| {
        let mut signs: Vec<char> = text.chars().collect();
        for (at, sign, cut) in edits {
            let at = at.min(signs.len());
            let end = (at + cut).min(signs.len());
            signs.splice(at..end, sign);
        }
        signs.into_iter().collect()
    })
}

fn note() -> String {
    checkpoint(&Tree::of(9)).sign(&signer()).expect("signed")
}

fn growth() -> String {
    let tree = Tree::of(9);
    let proof = tree.consistency(5, 9);
    Growth {
        old: 5,
        proof,
        checkpoint: note(),
    }
    .to_text()
}

#[test]
fn a_growth_with_more_hashes_than_a_log_has_levels_is_refused() {
    let of = |hashes: usize| {
        let growth = Growth {
            old: 5,
            proof: vec![TreeHash::leaf(b"x"); hashes],
            checkpoint: note(),
        };
        (Growth::parse(&growth.to_text()), growth)
    };
    let (read, written) = of(64);
    assert_eq!(read, Ok(written));
    assert_eq!(of(65).0, Err(LogError::Malformed("consistency proof")));
}

/// Everything that reads a text.
fn read_all(text: &str) {
    let key = signer().verifier();
    if let Ok(path) = TilePath::parse(text) {
        assert_eq!(path.to_path(), text);
    }
    if let Ok(read) = VerifierKey::parse(text) {
        assert_eq!(read.to_text(), text);
    }
    if let Ok(read) = Checkpoint::open(text, &key) {
        assert_eq!(read, checkpoint(&Tree::of(9)), "only what was signed opens");
    }
    if let Ok(entry) = Entry::parse(text) {
        assert_eq!(entry.to_text().as_deref(), Ok(text));
    }
    if let Ok(hash) = TreeHash::parse(text) {
        assert_eq!(hash.to_string(), text);
    }
    let _ = Checkpoint::parse(text);
    let _ = Growth::parse(text);
    let _ = Opening::parse(text);
    let _ = verify(text, None);
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        let _ = canonical(&value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text(text in any::<String>()) {
        read_all(&text);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..9000)) {
        let _ = unbundle(&bytes);
        if let Ok(hashes) = from_bytes(&bytes) {
            prop_assert_eq!(to_bytes(&hashes), bytes);
        }
    }

    #[test]
    fn paths(text in "(entries|[0-9+-]{1,3})?/?(x?[0-9]{1,4}/){0,8}[0-9]{0,4}(\\.p/[0-9]{0,4})?") {
        read_all(&text);
    }

    #[test]
    fn mangled_notes(text in mangled(note())) {
        read_all(&text);
    }

    #[test]
    fn mangled_growths(text in mangled(growth())) {
        read_all(&text);
    }

    #[test]
    fn mangled_keys(text in mangled(signer().verifier().to_text())) {
        read_all(&text);
    }

    #[test]
    fn mangled_receipts(text in mangled(receipt().to_string())) {
        read_all(&text);
        let sound = receipt();
        // A receipt that still verifies still says the same.
        if let Ok(checked) = verify(&text, Some(&signer().verifier())) {
            prop_assert_eq!(&checked.payload, &sound["log"]["payload"]);
        }
    }
}
