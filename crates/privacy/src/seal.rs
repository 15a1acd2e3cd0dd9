//! Sealing under a subject's key, wrapping of subject keys, and the blind index for look-ups.
//!
//! AES-256-GCM-SIV (misuse-resistant) with a random nonce; associated data binds table, column,
//! row and subject, so that a swapped row or column does not open. Erasing a person is destroying
//! one key (clause 1.6).

use std::fmt;
use std::marker::PhantomData;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Entropy, Permit, Personal, Purpose, SubjectId};

const NONCE_BYTES: usize = 12;
/// First byte of every sealed value: the suite.
const SUITE_AES256_GCM_SIV: u8 = 1;

/// Why a value does not open. Never carries the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The permit does not cover this field of this subject.
    #[error("the permit does not cover this field")]
    NotPermitted,
    /// Truncated, altered, moved to another row, or sealed under another key.
    #[error("the sealed value is damaged or belongs elsewhere")]
    Damaged,
    /// Sealed by a suite this build does not know.
    #[error("the sealed value uses an unknown suite")]
    UnknownSuite,
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

/// The key of one person. Wiped on drop, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SubjectKey([u8; 32]);

/// The key that wraps subject keys; kept outside the database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct WrappingKey([u8; 32]);

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

fn encrypt(key: &[u8; 32], aad: &[u8], plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0_u8; NONCE_BYTES];
    entropy.fill(&mut nonce);
    let cipher = Aes256GcmSiv::new(key.into());
    let sealed = cipher
        .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad })
        .map_err(|_| SealError::Damaged)?;
    let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
    out.push(SUITE_AES256_GCM_SIV);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    Ok(out)
}

fn decrypt(key: &[u8; 32], aad: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (suite, rest) = bytes.split_first().ok_or(SealError::Damaged)?;
    if *suite != SUITE_AES256_GCM_SIV {
        return Err(SealError::UnknownSuite);
    }
    let (nonce, sealed) = rest
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(SealError::Damaged)?;
    Aes256GcmSiv::new(key.into())
        .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad })
        .map(Zeroizing::new)
        .map_err(|_| SealError::Damaged)
}

impl SubjectKey {
    /// A fresh key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
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
        let bytes = encrypt(
            &self.0,
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
        BlindIndex(keyed_digest(&self.0, field, value.inner().as_bytes()))
    }
}

fn keyed_digest(key: &[u8; 32], field: &str, value: &[u8]) -> [u8; 32] {
    // A key of any length is accepted by HMAC; the error case does not exist for 32 bytes.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(field.as_bytes());
    mac.update(&[0]);
    mac.update(value);
    mac.finalize().into_bytes().into()
}

/// An HMAC-SHA-256 digest under the field's key: equal values give equal digests, nothing else
/// can be told without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlindIndex(pub [u8; 32]);

impl WrappingKey {
    /// A key from its 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Wraps a subject's key for the vault.
    ///
    /// # Errors
    /// [`SealError::Damaged`] if the cipher refuses.
    pub fn wrap(
        &self,
        subject: SubjectId,
        key: &SubjectKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        encrypt(&self.0, subject.0.as_bytes(), &key.0, entropy)
    }

    /// Unwraps a subject's key from the vault.
    ///
    /// # Errors
    /// [`SealError::Damaged`] for a wrong wrapping key or a swapped or altered row.
    pub fn unwrap(&self, subject: SubjectId, wrapped: &[u8]) -> Result<SubjectKey, SealError> {
        let plain = decrypt(&self.0, subject.0.as_bytes(), wrapped)?;
        <[u8; 32]>::try_from(plain.as_slice())
            .map(SubjectKey)
            .map_err(|_| SealError::Damaged)
    }
}

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
    /// Opens the value under a permit that covers exactly this field of this subject.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open<P: Purpose>(
        &self,
        permit: &Permit<P>,
        key: &SubjectKey,
        field: &FieldRef,
    ) -> Result<String, SealError> {
        if !permit.covers(field.subject, field.table, field.column) {
            return Err(SealError::NotPermitted);
        }
        let plain = decrypt(&key.0, &field.associated_data(), &self.bytes)?;
        String::from_utf8(plain.to_vec()).map_err(|_| SealError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use time::OffsetDateTime;

    use super::*;
    use crate::purpose::ShowOwn;
    use crate::{Actor, Ask, Ctx, LegalBasis};

    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn permit(subject: SubjectId) -> Permit<ShowOwn> {
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
            basis: LegalBasis::Contract,
            clause: "2.6.1.a",
            case: None,
        };
        let known = crate::Known {
            registered: true,
            ..crate::Known::default()
        };
        ask.decide(&ctx, known)
            .map(crate::permit::Decided::after_recording)
            .expect("permit")
    }

    #[test]
    fn clause_2_5_1_c_a_value_opens_only_in_its_place_under_its_key() {
        let entropy = Counting(AtomicU8::new(0));
        let subject = SubjectId(Uuid::from_u128(1));
        let key = SubjectKey::generate(&entropy);
        let field = FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::from_u128(5),
            subject,
        };
        let sealed = key
            .seal(&field, &Personal::received("10000000001".to_owned()), &entropy)
            .expect("seal");
        let permit = permit(subject);
        assert_eq!(sealed.open(&permit, &key, &field), Ok("10000000001".to_owned()));
        let moved = FieldRef {
            row: Uuid::from_u128(6),
            ..field
        };
        assert_eq!(sealed.open(&permit, &key, &moved), Err(SealError::Damaged));
        let other = FieldRef {
            column: "name",
            ..field
        };
        assert_eq!(sealed.open(&permit, &key, &other), Err(SealError::NotPermitted));
        let stranger = SubjectKey::generate(&entropy);
        assert_eq!(sealed.open(&permit, &stranger, &field), Err(SealError::Damaged));
    }

    #[test]
    fn every_truncation_and_every_flipped_bit_is_refused() {
        let entropy = Counting(AtomicU8::new(7));
        let subject = SubjectId(Uuid::from_u128(1));
        let key = SubjectKey::generate(&entropy);
        let field = FieldRef {
            table: "account",
            column: "phone",
            row: Uuid::from_u128(5),
            subject,
        };
        let sealed = key
            .seal(&field, &Personal::received("abc".to_owned()), &entropy)
            .expect("seal");
        let permit = permit(subject);
        for length in 0..sealed.as_bytes().len() {
            let cut = Sealed::<String>::from_stored(sealed.as_bytes()[..length].to_vec());
            assert!(cut.open(&permit, &key, &field).is_err());
            let mut flipped = sealed.as_bytes().to_vec();
            flipped[length] ^= 1;
            assert!(
                Sealed::<String>::from_stored(flipped)
                    .open(&permit, &key, &field)
                    .is_err()
            );
        }
    }

    #[test]
    fn a_wrapped_key_unwraps_only_for_its_subject() {
        let entropy = Counting(AtomicU8::new(3));
        let (one, two) = (SubjectId(Uuid::from_u128(1)), SubjectId(Uuid::from_u128(2)));
        let wrapping = WrappingKey::new([9; 32]);
        let wrapped = wrapping
            .wrap(one, &SubjectKey::generate(&entropy), &entropy)
            .expect("wrap");
        assert!(wrapping.unwrap(one, &wrapped).is_ok());
        assert!(wrapping.unwrap(two, &wrapped).is_err());
        assert!(WrappingKey::new([8; 32]).unwrap(one, &wrapped).is_err());
    }
}
