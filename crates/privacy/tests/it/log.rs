//! Notes, checkpoints and entries, and what another implementation says of them.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use privacy::Entropy;
use privacy::log::{Checkpoint, Entry, Growth, Kind, LogError, NoteSigner, Opening, TreeHash, VerifierKey};
use serde_json::json;
use signed_note::{Note, StandardVerifier, VerifierList};
use time::macros::datetime;

use crate::tree::Tree;

pub struct Same(pub u8);

impl Entropy for Same {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

pub fn signer() -> NoteSigner {
    NoteSigner::new("log.example/tlog", &[7; 32]).expect("a signer")
}

pub fn checkpoint(tree: &Tree) -> Checkpoint {
    Checkpoint {
        origin: "log.example/tlog".to_owned(),
        size: tree.edge.size(),
        root: tree.edge.root(),
    }
}

#[test]
fn a_note_of_the_format_s_authors_verifies() {
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let key = VerifierKey::parse(key).expect("their key");
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let line = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = format!("{text}\n{line}");
    assert_eq!(key.open(&note), Ok(text));
    let changed = note.replace("think", "thank");
    assert_eq!(key.open(&changed), Err(LogError::Signature));
    let other = "\u{2014} other x08go/ZJkuBS9UG/\n";
    assert_eq!(
        key.open(&format!("{text}\n{other}{line}")),
        Ok(text),
        "others' signatures are passed over"
    );
    assert_eq!(key.open(&format!("{text}\n{other}")), Err(LogError::Signature));
}

#[test]
fn another_implementation_reads_our_checkpoint() {
    let signer = signer();
    let own = checkpoint(&Tree::of(300));
    let note = own.sign(&signer).expect("signed");
    let key = signer.verifier();
    let verifier = StandardVerifier::new(&key.to_text()).expect("our key");
    let read = Note::from_bytes(note.as_bytes()).expect("our note");
    let known = VerifierList::new(vec![Box::new(verifier)]);
    let (fits, rest) = read.verify(&known).expect("our signature");
    assert_eq!((fits.len(), rest.len()), (1, 0));
    let theirs = tlog_tiles::Checkpoint::from_bytes(read.text()).expect("our checkpoint");
    assert_eq!(
        (theirs.origin(), theirs.size(), theirs.hash().0),
        (key.name(), 300, own.root.0)
    );
    assert_eq!(Checkpoint::open(&note, &key), Ok(own));
}

#[test]
fn a_checkpoint_of_another_key_name_or_text_is_refused() {
    let signer = signer();
    let own = checkpoint(&Tree::of(5));
    let note = own.sign(&signer).expect("signed");
    let key = signer.verifier();
    for changed in [
        note.replace("\n5\n", "\n6\n"),
        note.replace("\n5\n", "\n05\n"),
        note.replace("log.example", "log.exampel"),
        note.trim_end().to_owned(),
        note.replace("\n\n", "\n"),
        format!("{note}\n"),
        note.replace('\n', "\r\n"),
        String::new(),
    ] {
        assert!(Checkpoint::open(&changed, &key).is_err(), "{changed}");
    }
    let other = NoteSigner::new("log.example/tlog", &[8; 32])
        .expect("a signer")
        .verifier();
    assert_eq!(Checkpoint::open(&note, &other), Err(LogError::Signature));
    let elsewhere = NoteSigner::new("other.example/tlog", &[7; 32]).expect("a signer");
    let note = own.sign(&elsewhere).expect("signed");
    assert!(
        Checkpoint::open(&note, &elsewhere.verifier()).is_err(),
        "a log signs for itself alone"
    );
    for name in ["", "a b", "a+b", "a\nb"] {
        assert!(NoteSigner::new(name, &[7; 32]).is_err());
    }
}

#[test]
fn a_key_has_one_text() {
    let text = signer().verifier().to_text();
    assert_eq!(VerifierKey::parse(&text).expect("read").to_text(), text);
    let (name, rest) = text.split_once('+').expect("a name");
    let (id, key) = rest.split_once('+').expect("an id");
    for wrong in [
        format!("{name}+00000000+{key}"),
        format!(
            "{name}+{}+{key}",
            id.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")
        ),
        format!("other+{id}+{key}"),
        format!("{name}+{id}+{key} "),
        format!("{name}+{id}"),
        format!("{name}+{id}+AAAA"),
    ] {
        assert!(VerifierKey::parse(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_newer_checkpoint_proves_that_it_goes_on_from_an_older_one() {
    let (signer, tree) = (signer(), Tree::of(300));
    let key = signer.verifier();
    let before = Checkpoint {
        size: 100,
        root: tree.root_at(100),
        ..checkpoint(&tree)
    };
    let growth = Growth {
        old: 100,
        proof: tree.consistency(100, 300),
        checkpoint: checkpoint(&tree).sign(&signer).expect("signed"),
    };
    let read = Growth::parse(&growth.to_text()).expect("read back");
    assert_eq!(read, growth);
    assert_eq!(read.check(&before, &key).expect("consistent").size, 300);
    let forked = Checkpoint {
        root: TreeHash::leaf(b"other"),
        ..before.clone()
    };
    assert_eq!(read.check(&forked, &key), Err(LogError::NotConsistent));
    let elsewhere = Checkpoint {
        size: 99,
        root: tree.root_at(99),
        ..before
    };
    assert_eq!(
        read.check(&elsewhere, &key),
        Err(LogError::OutOfRange),
        "the proof begins at 100"
    );
    let alone = Growth::parse(&growth.checkpoint).expect("a checkpoint alone");
    assert_eq!(alone.check(&checkpoint(&tree), &key).expect("the same").size, 300);
    let forked = Checkpoint {
        root: TreeHash::leaf(b"other"),
        ..checkpoint(&tree)
    };
    assert_eq!(alone.check(&forked, &key), Err(LogError::NotConsistent));
}

#[test]
fn an_entry_tells_kind_and_minute_and_its_commitment_opens_with_the_salt_alone() {
    let payload = json!({ "kind": "consent", "state": "withdrawn", "at": "x" });
    let opening = Opening::new(&payload, &Same(1)).expect("an opening");
    let at = datetime!(2026-11-23 10:20:39.123456 +8);
    let entry = Entry::new(Kind::Consent, at, opening.commitment());
    let text = entry.to_text().expect("text");
    assert!(
        text.starts_with("qifu365/entry/1\nconsent\n2026-11-23T02:20Z\n"),
        "{text}"
    );
    assert!(!text.contains("withdrawn"));
    assert_eq!(Entry::parse(&text), Ok(entry));
    let other = Opening::new(&payload, &Same(2)).expect("an opening");
    assert_ne!(
        other.commitment(),
        opening.commitment(),
        "without the salt nothing can be tried out"
    );
    let read = Opening::parse(&opening.to_text()).expect("read back");
    assert_eq!(read.commitment(), opening.commitment());
    assert_eq!(format!("{read:?}"), "[opening]");
    for wrong in [
        text.replace("consent", "advertising"),
        text.replace("02:20", "24:20"),
        text.replace("\n2026", "\n+2026"),
        text.replace("entry/1", "entry/2"),
        text.trim_end().to_owned(),
        format!("{text}\n"),
    ] {
        assert!(Entry::parse(&wrong).is_err(), "{wrong}");
    }
}
