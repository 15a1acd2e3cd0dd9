//! Receipts: sound, and every way to falsify one.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use privacy::SubjectId;
use privacy::consent::{ConsentEvent, ConsentState, Origin};
use privacy::log::receipt::{Logged, ReceiptError, sign, verify};
use privacy::log::{Entry, Kind, NoteSigner, Opening, TreeHash};
use serde_json::{Value, json};
use time::macros::datetime;
use uuid::Uuid;

use crate::log::{Same, checkpoint, signer};
use crate::tree::{Tree, leaf};

fn event() -> ConsentEvent {
    ConsentEvent {
        id: Uuid::from_u128(1),
        subject: SubjectId(Uuid::from_u128(2)),
        document: "policy".to_owned(),
        version: "2020-11-01".to_owned(),
        text_hash: "aa".to_owned(),
        lang: "zh".to_owned(),
        state: ConsentState::Given,
        purpose: None,
        recipient: None,
        expires_at: None,
        origin: Origin::Act,
        at: datetime!(2026-11-23 02:20:39 UTC),
    }
}

fn statement(event: &ConsentEvent) -> Value {
    let payload = event.log_payload();
    json!({
        "header": { "record_id": payload["event"], "pii_principal_id": payload["subject"] },
        "processing": { "purpose": payload["purpose"], "recipient": payload["recipient"], "privacy_notice": {
            "document": payload["document"], "version": payload["version"],
            "text_sha256": payload["text_sha256"], "language": payload["language"],
        } },
        "events": [{ "event_state": payload["state"], "event_time": payload["at"], "expires_at": payload["expires_at"] }],
    })
}

fn logged(event: &ConsentEvent) -> Logged {
    let opening = Opening::new(&event.log_payload(), &Same(3)).expect("an opening");
    let entry = Entry::new(Kind::Consent, event.at, opening.commitment());
    let mut tree = Tree::of(70);
    tree.grow(&[entry.leaf().expect("a leaf"), leaf(71), leaf(72)]);
    Logged {
        key: signer().verifier().to_text(),
        index: 70,
        entry: entry.to_text().expect("text"),
        salt: opening.salt(),
        payload: event.log_payload(),
        inclusion_proof: tree.inclusion(70, 73).iter().map(TreeHash::to_string).collect(),
        checkpoint: checkpoint(&tree).sign(&signer()).expect("signed"),
    }
}

pub fn receipt() -> Value {
    sign(statement(&event()), &logged(&event()), &signer()).expect("a receipt")
}

fn check(body: &Value) -> Result<(), ReceiptError> {
    verify(&body.to_string(), Some(&signer().verifier())).map(|_| ())
}

#[test]
fn a_sound_receipt_verifies_however_it_is_laid_out() {
    let receipt = receipt();
    let checked = verify(&receipt.to_string(), None).expect("sound in itself");
    assert_eq!(
        (checked.kind, checked.index, checked.checkpoint.size),
        (Kind::Consent, 70, 73)
    );
    assert_eq!(check(&receipt), Ok(()));
    let pretty = serde_json::to_string_pretty(&receipt).expect("JSON");
    assert!(verify(&pretty, Some(&signer().verifier())).is_ok());
}

#[test]
fn every_changed_word_of_a_receipt_is_found() {
    let receipt = receipt();
    let mut places = Vec::new();
    walk(&receipt, String::new(), &mut places);
    assert!(places.len() > 20);
    for place in places {
        let mut changed = receipt.clone();
        let value = changed.pointer_mut(&place).expect("the place");
        *value = match &*value {
            Value::String(text) => json!(format!("{text}x")),
            Value::Number(number) => json!(number.as_u64().unwrap_or_default() + 1),
            _ => json!("x"),
        };
        assert!(check(&changed).is_err(), "{place}");
    }
    let mut more = receipt.clone();
    more["processing"]["purpose"] = json!("advertising");
    assert_eq!(check(&more), Err(ReceiptError::Signature));
    let mut bare = receipt;
    bare.as_object_mut().expect("object").remove("signature");
    assert_eq!(check(&bare), Err(ReceiptError::Unreadable));
}

fn walk(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| walk(value, format!("{place}/{key}"), places)),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, value)| walk(value, format!("{place}/{at}"), places));
        }
        _ => places.push(place),
    }
}

/// What the holder of the key itself could try.
#[test]
fn even_the_log_s_own_key_cannot_sign_a_false_receipt() {
    let event = event();
    let signed = |statement, logged: &Logged| check(&sign(statement, logged, &signer()).expect("signed"));

    let withdrawn = ConsentEvent {
        state: ConsentState::Withdrawn,
        ..event.clone()
    };
    assert_eq!(
        signed(statement(&withdrawn), &logged(&event)),
        Err(ReceiptError::Contradiction)
    );
    let other = Logged {
        payload: withdrawn.log_payload(),
        ..logged(&event)
    };
    assert_eq!(
        signed(statement(&withdrawn), &other),
        Err(ReceiptError::Commitment)
    );
    let salt = Logged {
        salt: "00".repeat(32),
        ..logged(&event)
    };
    assert_eq!(signed(statement(&event), &salt), Err(ReceiptError::Commitment));
    let place = Logged {
        index: 71,
        ..logged(&event)
    };
    assert_eq!(signed(statement(&event), &place), Err(ReceiptError::NotIncluded));
    let mut forked = Tree::of(70);
    forked.grow(&[leaf(0), leaf(71), leaf(72)]);
    let fork = Logged {
        checkpoint: checkpoint(&forked).sign(&signer()).expect("signed"),
        ..logged(&event)
    };
    assert_eq!(signed(statement(&event), &fork), Err(ReceiptError::NotIncluded));
}

#[test]
fn a_receipt_of_another_log_is_told_apart() {
    let other = NoteSigner::new("log.example/tlog", &[9; 32]).expect("a signer");
    let own = logged(&event());
    let theirs = Logged {
        key: other.verifier().to_text(),
        ..own.clone()
    };
    let forged = sign(statement(&event()), &theirs, &other).expect("signed");
    assert_eq!(check(&forged), Err(ReceiptError::OtherLog));
    assert_eq!(verify(&forged.to_string(), None), Err(ReceiptError::Checkpoint));
    let forged = sign(statement(&event()), &own, &other).expect("signed");
    assert_eq!(check(&forged), Err(ReceiptError::Signature));
}
