//! What lies sealed in the data and wrapped in the vault.

use std::sync::LazyLock;

use privacy::purpose::ShowOwn;
use privacy::{
    Actor, Ask, Binding, Ctx, FieldRef, Holder, Known, LegalBasis, Permit, Personal, Ruling, Scope, Sealed,
    SubjectId, SubjectKey, Suite, WrappingKey, unwrap_key, wrap_key,
};
use testkit::SeededEntropy;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::chosen;

const SUBJECT: SubjectId = SubjectId(Uuid::from_u128(7));
const PLACE: FieldRef = FieldRef {
    table: "account",
    column: "phone",
    row: Uuid::from_u128(9),
    subject: SUBJECT,
};
const TEXT: &str = "10000000051";
const BOUND: Binding = Binding {
    holder: Holder::Subject(SUBJECT),
    version: 3,
};

/// A key of each suite, and a value sealed with it.
static KEPT: LazyLock<[(SubjectKey, Vec<u8>); 2]> = LazyLock::new(|| {
    [Suite::Standard, Suite::Gm].map(|suite| {
        let key = SubjectKey::generate(suite, &SeededEntropy::new(1));
        let sealed = seal(&key, TEXT);
        let bytes = sealed.as_bytes().to_vec();
        (key, bytes)
    })
});

/// A key of each suite as the vault keeps it.
static WRAPPED: LazyLock<[(Suite, Vec<u8>); 2]> = LazyLock::new(|| {
    [Suite::Standard, Suite::Gm].map(|suite| {
        let entropy = SeededEntropy::new(2);
        let key = SubjectKey::generate(suite, &entropy);
        let wrapped = wrap_key(&testkit::wrapping_key(), BOUND, &key, &entropy);
        (suite, wrapped.expect("wrapped"))
    })
});

fn seal(key: &SubjectKey, text: &str) -> Sealed<String> {
    let value = Personal::received(text.to_owned());
    key.seal(&PLACE, &value, &SeededEntropy::new(3)).expect("sealed")
}

fn open(key: &SubjectKey, bytes: &[u8]) -> Option<String> {
    let scope = Scope::default();
    let permit = permit(&scope);
    Sealed::<String>::from_stored(bytes.to_vec())
        .open(&permit, &scope, key, &PLACE)
        .and_then(privacy::Opened::shown)
        .ok()
}

fn permit(scope: &Scope) -> Permit<'_, ShowOwn> {
    let actor = Actor::Person {
        account: Uuid::nil(),
        subject: SUBJECT,
    };
    let ctx = Ctx::new(actor, "v", Uuid::nil(), OffsetDateTime::UNIX_EPOCH);
    let ask = Ask {
        subject: SUBJECT,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: "2.6.1.a",
        case: None,
    };
    let known = Known {
        registered: true,
        ruling: Some(Ruling {
            version: "v".to_owned(),
            states: true,
        }),
        ..Known::default()
    };
    ask.decide(&ctx, known).expect("decided").after_recording(scope)
}

/// The sound bytes with others laid over them from some place on.
fn over(sound: &[u8], data: &[u8]) -> Vec<u8> {
    let (at, rest) = chosen(data);
    let mut bytes = sound.to_vec();
    for (byte, other) in bytes.iter_mut().skip(at).zip(rest) {
        *byte ^= other;
    }
    bytes
}

/// Only what was sealed opens: not other bytes, not the sealed ones with any bit turned, and not
/// under the other suite. What is sealed opens as it was.
pub fn sealed_value(data: &[u8]) {
    let (way, rest) = chosen(data);
    let (key, sound) = &KEPT[way & 1];
    let (other, sound_there) = &KEPT[(way & 1) ^ 1];
    for bytes in [rest.to_vec(), over(sound, rest)] {
        assert_eq!(open(key, &bytes).is_some(), bytes == *sound);
        assert_eq!(open(other, &bytes).is_some(), bytes == *sound_there);
    }
    assert_eq!(open(key, sound).as_deref(), Some(TEXT));
    let text = String::from_utf8_lossy(rest);
    assert_eq!(open(key, seal(key, &text).as_bytes()).as_deref(), Some(&*text));
}

/// Only what was wrapped is unwrapped, for its holder, its version and its suite alone.
pub fn wrapped_key(data: &[u8]) {
    let (way, rest) = chosen(data);
    let (suite, sound) = &WRAPPED[way & 1];
    let (other, sound_there) = &WRAPPED[(way & 1) ^ 1];
    let with = testkit::wrapping_key();
    for bytes in [rest.to_vec(), over(sound, rest)] {
        assert_eq!(unwrap_key(&with, *suite, BOUND, &bytes).is_ok(), bytes == *sound);
        assert_eq!(
            unwrap_key(&with, *other, BOUND, &bytes).is_ok(),
            bytes == *sound_there
        );
        let elsewhere = Binding {
            version: BOUND.version + 1,
            ..BOUND
        };
        assert!(unwrap_key(&with, *suite, elsewhere, &bytes).is_err());
    }
    // A key file holds 32 bytes and nothing else.
    assert_eq!(WrappingKey::from_slice(rest).is_some(), rest.len() == 32);
}
