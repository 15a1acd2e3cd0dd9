//! Sealing under a subject's key, and the blind index for look-ups.
//!
//! The suite ([`crate::suite`]) says with which algorithms; the nonce is random; associated data binds
//! table, column, row and subject, so that a swapped row or column does not open. Erasing a person is
//! destroying one key (clause 1.6).

use std::fmt;
use std::marker::PhantomData;

use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::log::{LogError, NoteSigner};
use crate::permit::{Grant, Scope};
use crate::suite::{Suite, Use};
use crate::{Entropy, Opened, Personal, Purpose, SubjectId};

/// Why a value does not open. Never carries the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The permit does not cover this field of this subject.
    #[error("the permit does not cover this field")]
    NotPermitted,
    /// The permit was given in another transaction.
    #[error("the permit belongs to another transaction")]
    OtherTransaction,
    /// Truncated, altered, moved to another row, or sealed under another key.
    #[error("the sealed value is damaged or belongs elsewhere")]
    Damaged,
    /// Opened for the program's own work: shown to nobody.
    #[error("what the program opened for its own work is shown to nobody")]
    Inside,
    /// The disclosure is about another person or field.
    #[error("this disclosure does not cover this field")]
    NotDisclosed,
    /// Sealed by another suite than the installation's.
    #[error("the sealed value uses a suite that this installation does not")]
    UnknownSuite,
    /// The place of the wrapping key has none, or does not answer.
    #[error("the wrapping key cannot be had now")]
    KeyUnavailable,
    /// The wrapping key cannot serve the installation's suite.
    #[error("this kind of wrapping key does not offer the installation's suite")]
    SuiteNotOffered,
}

/// The place of a sealed value: part of the associated data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRef {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub row: Uuid,
    /// The person.
    pub subject: SubjectId,
}

impl FieldRef {
    fn associated_data(&self) -> Vec<u8> {
        let mut aad = Vec::with_capacity(64);
        for part in [self.table, self.column] {
            aad.extend_from_slice(part.as_bytes());
            aad.push(0);
        }
        aad.extend_from_slice(self.row.as_bytes());
        aad.extend_from_slice(self.subject.0.as_bytes());
        aad
    }
}

/// The key of one person, or of one legal hold. Wiped on drop, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SubjectKey {
    // On the heap, so that moving the key leaves no copy behind.
    bytes: Box<[u8; 32]>,
    #[zeroize(skip)]
    suite: Suite,
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

impl SubjectKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(suite: Suite, entropy: &dyn Entropy) -> Self {
        let mut bytes = Box::new([0_u8; 32]);
        entropy.fill(&mut *bytes);
        Self { bytes, suite }
    }

    pub(crate) fn from_slice(suite: Suite, slice: &[u8]) -> Option<Self> {
        let mut bytes = Box::new([0_u8; 32]);
        if slice.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(slice);
        Some(Self { bytes, suite })
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    pub(crate) const fn suite(&self) -> Suite {
        self.suite
    }

    /// Seals a personal text for its place.
    ///
    /// # Errors
    /// [`SealError::Damaged`] if the cipher refuses the length (never for texts under 64 GiB).
    pub fn seal(
        &self,
        field: &FieldRef,
        value: &Personal<String>,
        entropy: &dyn Entropy,
    ) -> Result<Sealed<String>, SealError> {
        policy::clause!("2.5.1.c");
        let bytes = self.suite.encrypt(
            &self.bytes,
            Use::Seal,
            &field.associated_data(),
            value.inner().as_bytes(),
            entropy,
        )?;
        Ok(Sealed {
            bytes,
            kind: PhantomData,
        })
    }

    /// The keyed digest of a value, for equality look-ups within one field.
    #[must_use]
    pub fn blind_index(&self, field: &str, value: &Personal<String>) -> BlindIndex {
        BlindIndex(self.suite.digest(&self.bytes, field, value.inner().as_bytes()))
    }

    /// The signer of a log of this name. Its seed is derived, so that the key itself signs nothing.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for a name that no signer can have.
    pub fn note_signer(&self, name: &str) -> Result<NoteSigner, LogError> {
        let seed = Zeroizing::new(self.suite.digest(&self.bytes, "log.note_signer", b"ed25519"));
        NoteSigner::new(name, &seed)
    }
}

/// An HMAC under the field's key: equal values give equal digests, nothing else
/// can be told without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlindIndex(pub [u8; 32]);

/// A personal value as stored. Only its bytes are visible.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    kind: PhantomData<T>,
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            kind: PhantomData,
        }
    }
}

impl<T> Sealed<T> {
    /// A sealed value read from its column.
    #[must_use]
    pub const fn from_stored(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// The bytes to store.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Sealed<String> {
    /// Opens the value under a permit of the running transaction that covers exactly this field of
    /// this subject.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open<P: Purpose>(
        &self,
        permit: &impl Grant<P>,
        scope: &Scope,
        key: &SubjectKey,
        field: &FieldRef,
    ) -> Result<Opened, SealError> {
        if !permit.within(scope) {
            return Err(SealError::OtherTransaction);
        }
        if !permit.covers(field.subject, field.table, field.column) {
            return Err(SealError::NotPermitted);
        }
        let plain = key
            .suite
            .decrypt(&key.bytes, Use::Seal, &field.associated_data(), &self.bytes)?;
        let text = String::from_utf8(plain.to_vec()).map_err(|_| SealError::Damaged)?;
        Ok(Opened::new(Zeroizing::new(text), *field, permit.reach()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use proptest::prelude::*;
    use time::OffsetDateTime;

    use super::*;
    use crate::purpose::ShowOwn;
    use crate::{Actor, Ask, Ctx, LegalBasis, Permit, Sensitive};

    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn text(opened: Result<Opened, SealError>) -> Result<String, SealError> {
        opened?.shown()
    }

    fn permit(scope: &Scope, subject: SubjectId, basis: LegalBasis) -> Permit<'_, ShowOwn> {
        let ctx = Ctx::new(
            Actor::Person {
                account: Uuid::nil(),
                subject,
            },
            "v",
            Uuid::nil(),
            OffsetDateTime::UNIX_EPOCH,
        );
        let ask = Ask {
            subject,
            fields: &["account.phone"],
            basis,
            clause: "2.6.1.a",
            case: None,
        };
        let known = crate::Known {
            registered: true,
            ruling: Some(crate::Ruling {
                version: "v".to_owned(),
                states: true,
            }),
            ..crate::Known::default()
        };
        ask.decide(&ctx, known)
            .map(|decided| decided.after_recording(scope))
            .expect("permit")
    }

    #[test]
    fn clause_2_5_1_c_a_value_opens_only_in_its_place_under_its_key() {
        for suite in Suite::ALL {
            opens_only_in_its_place(suite);
        }
    }

    fn opens_only_in_its_place(suite: Suite) {
        let entropy = Counting(AtomicU8::new(0));
        let subject = SubjectId(Uuid::from_u128(1));
        let key = SubjectKey::generate(suite, &entropy);
        let field = FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::from_u128(5),
            subject,
        };
        let sealed = key
            .seal(&field, &Personal::received("10000000001".to_owned()), &entropy)
            .expect("seal");
        let scope = Scope::default();
        let permit = permit(&scope, subject, LegalBasis::Contract);
        assert_eq!(
            text(sealed.open(&permit, &scope, &key, &field)),
            Ok("10000000001".to_owned())
        );
        let moved = FieldRef {
            row: Uuid::from_u128(6),
            ..field
        };
        assert_eq!(
            text(sealed.open(&permit, &scope, &key, &moved)),
            Err(SealError::Damaged)
        );
        let other = FieldRef {
            column: "name",
            ..field
        };
        assert_eq!(
            text(sealed.open(&permit, &scope, &key, &other)),
            Err(SealError::NotPermitted)
        );
        let stranger = SubjectKey::generate(suite, &entropy);
        assert_eq!(
            text(sealed.open(&permit, &scope, &stranger, &field)),
            Err(SealError::Damaged)
        );
    }

    #[test]
    fn clause_2_5_1_e_a_permit_of_another_transaction_opens_nothing() {
        let entropy = Counting(AtomicU8::new(0));
        let subject = SubjectId(Uuid::from_u128(1));
        let key = SubjectKey::generate(Suite::Standard, &entropy);
        let field = phone(subject);
        let value = Personal::received("10000000001".to_owned());
        let sealed = key.seal(&field, &value, &entropy).expect("seal");
        let (scope, other) = (Scope::default(), Scope::default());
        let permit = permit(&scope, subject, LegalBasis::Contract);
        let opened = text(sealed.open(&permit, &other, &key, &field));
        assert_eq!(opened, Err(SealError::OtherTransaction));
    }

    #[test]
    fn clause_1_4_a_sensitive_value_opens_only_on_a_separate_ground() {
        let entropy = Counting(AtomicU8::new(0));
        let subject = SubjectId(Uuid::from_u128(1));
        let key = SubjectKey::generate(Suite::Standard, &entropy);
        let field = phone(subject);
        let value = Sensitive::received("110000197001010000".to_owned());
        let sealed = key.seal_sensitive(&field, &value, &entropy).expect("seal");
        let scope = Scope::default();
        let plain = permit(&scope, subject, LegalBasis::Contract);
        assert_eq!(plain.separate().err(), Some(crate::Denied::SeparateConsent));
        let duty = permit(&scope, subject, LegalBasis::LegalDuty("PIPL 45"));
        let separate = duty.separate().expect("a legal duty is enough");
        let opened = sealed
            .open_sensitive(&separate, &scope, &key, &field)
            .expect("open");
        assert_eq!(opened.shown(), Ok("110000197001010000".to_owned()));
    }

    const fn phone(subject: SubjectId) -> FieldRef {
        FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::from_u128(5),
            subject,
        }
    }

    #[test]
    fn every_truncation_and_every_flipped_bit_is_refused() {
        for suite in Suite::ALL {
            refuses_what_was_altered(suite);
        }
    }

    fn refuses_what_was_altered(suite: Suite) {
        let entropy = Counting(AtomicU8::new(7));
        let subject = SubjectId(Uuid::from_u128(1));
        let key = SubjectKey::generate(suite, &entropy);
        let field = FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::from_u128(5),
            subject,
        };
        let sealed = key
            .seal(&field, &Personal::received("abc".to_owned()), &entropy)
            .expect("seal");
        let scope = Scope::default();
        let permit = permit(&scope, subject, LegalBasis::Contract);
        for length in 0..sealed.as_bytes().len() {
            let cut = Sealed::<String>::from_stored(sealed.as_bytes()[..length].to_vec());
            assert!(cut.open(&permit, &scope, &key, &field).is_err());
            let mut flipped = sealed.as_bytes().to_vec();
            flipped[length] ^= 1;
            assert!(
                Sealed::<String>::from_stored(flipped)
                    .open(&permit, &scope, &key, &field)
                    .is_err()
            );
        }
    }

    #[test]
    fn a_value_of_the_other_suite_is_named_as_such() {
        let entropy = Counting(AtomicU8::new(0));
        let subject = SubjectId(Uuid::from_u128(1));
        let field = FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::from_u128(5),
            subject,
        };
        let [standard, gm] = Suite::ALL.map(|suite| SubjectKey::generate(suite, &entropy));
        let value = Personal::received("abc".to_owned());
        let sealed = gm.seal(&field, &value, &entropy).expect("seal");
        let scope = Scope::default();
        let permit = permit(&scope, subject, LegalBasis::Contract);
        let opened = text(sealed.open(&permit, &scope, &standard, &field));
        assert_eq!(opened, Err(SealError::UnknownSuite));
        assert_ne!(standard.blind_index("f", &value), gm.blind_index("f", &value));
    }

    #[test]
    fn a_key_does_not_print() {
        let key = SubjectKey::generate(Suite::Standard, &Counting(AtomicU8::new(0)));
        assert_eq!(format!("{key:?}"), "[key]");
    }

    proptest! {
        #[test]
        fn opening_anything_never_panics_and_never_succeeds(bytes in proptest::collection::vec(any::<u8>(), 0..120), mark in 0_u8..4) {
            let subject = SubjectId(Uuid::from_u128(1));
            let field = FieldRef { table: "account", column: "phone", row: Uuid::from_u128(5), subject };
            let scope = Scope::default();
            let permit = permit(&scope, subject, LegalBasis::Contract);
            for suite in Suite::ALL {
                let key = SubjectKey::generate(suite, &Counting(AtomicU8::new(0)));
                let marked = [&[mark], bytes.as_slice()].concat();
                for bytes in [bytes.clone(), marked] {
                    prop_assert!(Sealed::<String>::from_stored(bytes).open(&permit, &scope, &key, &field).is_err());
                }
            }
        }
    }
}
