//! What the transparency log keeps and what people bring back from it.

use std::sync::LazyLock;

use privacy::log::receipt::{Logged, sign, verify};
use privacy::log::tile::{Edge, TilePath, bundle, from_bytes, to_bytes, unbundle};
use privacy::log::{
    Checkpoint, Entry, Growth, Kind, NoteSigner, Opening, TreeHash, VerifierKey, canonical,
    check_consistency, check_inclusion,
};
use serde_json::{Value, json};
use testkit::SeededEntropy;
use time::OffsetDateTime;

use crate::chosen;

/// A log of two entries, signed, and a receipt of its first.
pub(crate) struct Sound {
    /// The key everything is signed with.
    pub(crate) key: VerifierKey,
    /// The first entry.
    pub(crate) entry: String,
    /// What opens it.
    pub(crate) opening: String,
    /// The signed checkpoint.
    pub(crate) note: String,
    /// The growth from the first entry on.
    pub(crate) growth: String,
    /// The receipt.
    pub(crate) receipt: Value,
    checkpoint: Checkpoint,
}

pub(crate) static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let signer = NoteSigner::new("log.example/tlog", &[7; 32]).expect("a signer");
    let payload = json!({ "kind": "document", "document": "policy", "version": "2020-11-01" });
    let opening = Opening::new(&payload, &SeededEntropy::new(4)).expect("an opening");
    let entry = Entry::new(Kind::Document, OffsetDateTime::UNIX_EPOCH, opening.commitment());
    let leaf = entry.leaf().expect("a leaf");
    let other = TreeHash::leaf(b"other");
    let mut edge = Edge::default();
    edge.grow(&[leaf, other]);
    let checkpoint = Checkpoint {
        origin: "log.example/tlog".to_owned(),
        size: 2,
        root: edge.root(),
    };
    let note = checkpoint.sign(&signer).expect("signed");
    let logged = Logged {
        key: signer.verifier().to_text(),
        index: 0,
        entry: entry.to_text().expect("text"),
        salt: opening.salt(),
        payload,
        inclusion_proof: vec![other.to_string()],
        checkpoint: note.clone(),
    };
    let growth = Growth {
        old: 1,
        proof: vec![other],
        checkpoint: note.clone(),
    };
    Sound {
        key: signer.verifier(),
        entry: logged.entry.clone(),
        opening: opening.to_text(),
        growth: growth.to_text(),
        receipt: sign(json!({}), &logged, &signer).expect("a receipt"),
        note,
        checkpoint,
    }
});

/// Every reader of a text: what it takes it writes back the same; only what was signed opens.
pub fn log_text(data: &[u8]) {
    let text = &*String::from_utf8_lossy(data);
    if let Ok(path) = TilePath::parse(text) {
        assert_eq!(path.to_path(), text);
    }
    if let Ok(key) = VerifierKey::parse(text) {
        assert_eq!(key.to_text(), text);
    }
    if let Ok(hash) = TreeHash::parse(text) {
        assert_eq!(hash.to_string(), text);
    }
    if let Ok(entry) = Entry::parse(text) {
        assert_eq!(entry.to_text().as_deref(), Ok(text));
    }
    if let Ok(opening) = Opening::parse(text) {
        assert_eq!(opening.to_text(), text);
        // What opens again from its parts commits to the same.
        if let Ok(payload) = opening.payload()
            && canonical(&payload).is_ok_and(|written| text.ends_with(&format!(" {written}")))
        {
            let again = Opening::from_parts(&opening.salt(), &payload).expect("its own parts");
            assert_eq!(again.commitment(), opening.commitment());
        }
    }
    if let Ok(told) = Checkpoint::parse(text) {
        assert_eq!(Checkpoint::parse(&told.to_text()).as_ref(), Ok(&told));
    }
    if let Ok(opened) = Checkpoint::open(text, &SOUND.key) {
        assert_eq!(opened, SOUND.checkpoint, "only what was signed opens");
    }
    if let Ok(growth) = Growth::parse(text) {
        let alone = !text.starts_with("old ");
        assert!(alone || growth.to_text() == text);
        let before = Checkpoint {
            size: 1,
            root: TreeHash::leaf(b"another log"),
            ..SOUND.checkpoint.clone()
        };
        assert!(
            growth.check(&before, &SOUND.key).is_err(),
            "another log does not grow into this one"
        );
    }
    if let Ok(value) = serde_json::from_str::<Value>(text)
        && let Ok(written) = canonical(&value)
    {
        let read: Value = serde_json::from_str(&written).expect("canonical text is JSON");
        assert_eq!(canonical(&read).as_ref(), Ok(&written), "one value, one text");
    }
}

/// Tiles and bundles of entries, and proofs made of whatever hashes come.
pub fn log_bytes(data: &[u8]) {
    if let Ok(hashes) = from_bytes(data) {
        assert_eq!(to_bytes(&hashes), data);
    }
    if let Ok(entries) = unbundle(data) {
        assert_eq!(bundle(entries.into_iter()).as_deref(), Ok(data));
    }
    let (numbers, rest) = data.split_at(data.len().min(4));
    let number = |at: usize| numbers.get(at).copied().map_or(0, u64::from);
    let Ok(proof) = from_bytes(rest) else { return };
    let (leaf, root) = (TreeHash::leaf(b"leaf"), SOUND.checkpoint.root);
    // A proof of nothing that is there: with luck alone it does not hold.
    let (index, size) = (number(0), number(1) + (number(2) << 56));
    assert!(check_inclusion(leaf, index, size, root, &proof).is_err());
    if number(3) > 0 {
        assert!(check_consistency(number(3), leaf, size, root, &proof).is_err());
    }
}

/// A receipt that verifies says what was signed, whatever surrounds it.
pub fn receipt(data: &[u8]) {
    let (way, rest) = chosen(data);
    let text = if way & 1 == 0 {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        spliced(&SOUND.receipt.to_string(), rest)
    };
    let _ = verify(&text, None);
    if let Ok(checked) = verify(&text, Some(&SOUND.key)) {
        assert_eq!(checked.payload, SOUND.receipt["log"]["payload"]);
    }
}

/// The sound text with a piece of it replaced: the first two bytes say where, the third how much.
fn spliced(sound: &str, data: &[u8]) -> String {
    let (at, rest) = data.split_at(data.len().min(3));
    let [high, low, cut] = at else {
        return sound.to_owned();
    };
    let at = usize::from(*high) << 8 | usize::from(*low);
    let mut bytes = sound.as_bytes().to_vec();
    let at = at.min(bytes.len());
    let end = (at + usize::from(*cut)).min(bytes.len());
    bytes.splice(at..end, rest.iter().copied());
    String::from_utf8_lossy(&bytes).into_owned()
}
