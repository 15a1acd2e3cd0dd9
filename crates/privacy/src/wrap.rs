//! Keys that wrap keys. The vault holds one wrapped key per person and per legal hold; the key that
//! wraps them lies elsewhere: in a file, a variable, a hardware token. Which of these is behind the
//! trait, the kernel does not know.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::seal::SubjectKey;
use crate::suite::{Suite, Use, hmac_sha256};
use crate::{Entropy, SealError, SubjectId};

/// A legal hold: what a legal duty keeps of an erased person lies under the hold's own key
/// (clause 2.5.3.b), which ends with the duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldId(pub Uuid);

impl HoldId {
    /// The hold as the subject of what is sealed under its key.
    #[must_use]
    pub const fn subject(self) -> SubjectId {
        SubjectId(self.0)
    }
}

/// One party's own key to one thing that several parties share, such as the notes on an order: each
/// party has a copy under its own key, so that erasing one leaves the others theirs (1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JointId {
    /// What is shared.
    pub item: Uuid,
    /// Whose copy: a person, or an organisation by its own identifier.
    pub party: SubjectId,
}

/// Whose key is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A person.
    Subject(SubjectId),
    /// A legal hold.
    Hold(HoldId),
    /// One party of something shared.
    Joint(JointId),
}

/// What a wrapped key is bound to: a row moved to another holder, or taken for one wrapped under
/// another version of the wrapping key, does not unwrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Whose key it is.
    pub holder: Holder,
    /// The version of the wrapping key. Keys from before versions have 0.
    pub version: i64,
}

impl Binding {
    fn associated_data(self) -> Vec<u8> {
        let (kind, id, party) = match self.holder {
            Holder::Subject(subject) => (1, subject.0, None),
            Holder::Hold(hold) => (2, hold.0, None),
            Holder::Joint(joint) => (3, joint.item, Some(joint.party.0)),
        };
        // Keys of parties are younger than versions.
        if self.version == 0 && party.is_none() {
            return id.as_bytes().to_vec();
        }
        let mut bound = b"qifu365/key/".to_vec();
        bound.push(kind);
        bound.extend_from_slice(id.as_bytes());
        if let Some(party) = party {
            bound.extend_from_slice(party.as_bytes());
        }
        bound.extend_from_slice(&self.version.to_be_bytes());
        bound
    }
}

/// A key-encryption key. An implementation authenticates `bound` together with the key it wraps.
pub trait KeyEncryptionKey: Send + Sync {
    /// A public name by which the vault knows this key again; tells nothing about it.
    fn id(&self) -> &str;

    /// Wraps 32 bytes.
    ///
    /// # Errors
    /// [`SealError`]; [`SealError::SuiteNotOffered`] if this key cannot serve the suite.
    fn wrap(
        &self,
        suite: Suite,
        bound: &[u8],
        key: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError>;

    /// Unwraps what [`KeyEncryptionKey::wrap`] made for the same `bound`.
    ///
    /// # Errors
    /// [`SealError`]; [`SealError::Damaged`] for anything altered, moved or of another key.
    fn unwrap(&self, suite: Suite, bound: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError>;
}

/// Where wrapping keys come from.
pub trait KeyRing: Send + Sync {
    /// The key a new vault is wrapped with.
    ///
    /// # Errors
    /// [`SealError::KeyUnavailable`] if there is none or its place does not answer.
    fn current(&self) -> Result<Arc<dyn KeyEncryptionKey>, SealError>;

    /// The key of a public name, looked for anew each time: while the wrapping key is being changed
    /// there are two.
    ///
    /// # Errors
    /// [`SealError::KeyUnavailable`] if the place of keys does not answer.
    fn find(&self, id: &str) -> Result<Option<Arc<dyn KeyEncryptionKey>>, SealError>;
}

/// Wraps a key for its holder.
///
/// # Errors
/// [`SealError`].
pub fn wrap_key(
    with: &dyn KeyEncryptionKey,
    binding: Binding,
    key: &SubjectKey,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealError> {
    with.wrap(key.suite(), &binding.associated_data(), key.bytes(), entropy)
}

/// Unwraps a key for its holder.
///
/// # Errors
/// [`SealError`].
pub fn unwrap_key(
    with: &dyn KeyEncryptionKey,
    suite: Suite,
    binding: Binding,
    wrapped: &[u8],
) -> Result<SubjectKey, SealError> {
    let plain = with.unwrap(suite, &binding.associated_data(), wrapped)?;
    SubjectKey::from_slice(suite, &plain).ok_or(SealError::Damaged)
}

/// A wrapping key of 32 bytes in this process's memory. Wiped on drop, never printed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct WrappingKey {
    bytes: Box<[u8; 32]>,
    #[zeroize(skip)]
    id: String,
}

impl WrappingKey {
    /// A key from its 32 bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        use std::fmt::Write as _;
        let bytes = Box::new(bytes);
        // Eight bytes of a keyed digest: enough to tell keys apart, nothing to find one with.
        let check = hmac_sha256(&bytes, &[b"qifu365/wrapping-key/id"]);
        let id = check[..8].iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { bytes, id }
    }

    /// A key from bytes read somewhere; nothing if they are not exactly 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes).ok()?);
        Some(Self::new(*bytes))
    }
}

impl fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

impl KeyEncryptionKey for WrappingKey {
    fn id(&self) -> &str {
        &self.id
    }

    fn wrap(
        &self,
        suite: Suite,
        bound: &[u8],
        key: &[u8; 32],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        suite.encrypt(&self.bytes, Use::Wrap(bound), bound, key, entropy)
    }

    fn unwrap(&self, suite: Suite, bound: &[u8], wrapped: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        suite.decrypt(&self.bytes, Use::Wrap(bound), bound, wrapped)
    }
}

/// The simplest ring: one key that never changes.
impl KeyRing for WrappingKey {
    fn current(&self) -> Result<Arc<dyn KeyEncryptionKey>, SealError> {
        Ok(Arc::new(self.clone()))
    }

    fn find(&self, id: &str) -> Result<Option<Arc<dyn KeyEncryptionKey>>, SealError> {
        Ok((self.id == id).then(|| Arc::new(self.clone()) as Arc<dyn KeyEncryptionKey>))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use proptest::prelude::*;

    use super::*;

    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    const fn of(holder: Holder, version: i64) -> Binding {
        Binding { holder, version }
    }

    #[test]
    fn a_wrapped_key_unwraps_only_for_its_holder_and_version() {
        let entropy = Counting(AtomicU8::new(3));
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mine = of(Holder::Subject(SubjectId(one)), 1);
        let wrapping = WrappingKey::new([9; 32]);
        for suite in Suite::ALL {
            let key = SubjectKey::generate(suite, &entropy);
            let wrapped = wrap_key(&wrapping, mine, &key, &entropy).expect("wrap");
            let again = unwrap_key(&wrapping, suite, mine, &wrapped).expect("unwrap");
            assert_eq!(again.bytes(), key.bytes());
            for other in [
                of(Holder::Subject(SubjectId(two)), 1),
                of(Holder::Hold(HoldId(one)), 1),
                of(joint(one, one), 1),
                of(joint(one, two), 1),
                of(Holder::Subject(SubjectId(one)), 2),
                of(Holder::Subject(SubjectId(one)), 0),
            ] {
                assert!(
                    unwrap_key(&wrapping, suite, other, &wrapped).is_err(),
                    "{other:?}"
                );
            }
            assert!(unwrap_key(&WrappingKey::new([8; 32]), suite, mine, &wrapped).is_err());
        }
    }

    fn joint(item: Uuid, party: Uuid) -> Holder {
        let party = SubjectId(party);
        Holder::Joint(JointId { item, party })
    }

    #[test]
    fn a_partys_key_is_bound_to_the_thing_and_to_the_party() {
        let entropy = Counting(AtomicU8::new(3));
        let (one, two, three) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let wrapping = WrappingKey::new([9; 32]);
        let key = SubjectKey::generate(Suite::Standard, &entropy);
        for version in [0, 1] {
            let mine = of(joint(one, two), version);
            let wrapped = wrap_key(&wrapping, mine, &key, &entropy).expect("wrap");
            assert!(unwrap_key(&wrapping, Suite::Standard, mine, &wrapped).is_ok());
            for other in [joint(two, one), joint(one, three), joint(three, two)] {
                let other = of(other, version);
                assert!(
                    unwrap_key(&wrapping, Suite::Standard, other, &wrapped).is_err(),
                    "{other:?}"
                );
            }
        }
    }

    #[test]
    fn a_key_has_a_name_of_its_own_that_does_not_tell_it() {
        let (one, two) = (WrappingKey::new([1; 32]), WrappingKey::new([2; 32]));
        assert_ne!(one.id(), two.id());
        assert_eq!(one.id(), WrappingKey::new([1; 32]).id());
        assert!(!one.id().contains("0101"));
        assert_eq!(format!("{one:?}"), "[key]");
        assert!(one.find(two.id()).expect("asked").is_none());
        assert!(one.find(one.id()).expect("asked").is_some());
    }

    proptest! {
        #[test]
        fn unwrapping_anything_never_panics_and_never_succeeds(bytes in proptest::collection::vec(any::<u8>(), 0..96)) {
            let wrapping = WrappingKey::new([9; 32]);
            for suite in Suite::ALL {
                let binding = of(Holder::Subject(SubjectId(Uuid::nil())), 1);
                prop_assert!(unwrap_key(&wrapping, suite, binding, &bytes).is_err());
            }
        }

        #[test]
        fn an_altered_wrapped_key_does_not_unwrap(at in 0_usize..61, with in 1_u8..=255, cut in 0_usize..61) {
            let entropy = Counting(AtomicU8::new(3));
            let wrapping = WrappingKey::new([9; 32]);
            let binding = of(Holder::Subject(SubjectId(Uuid::from_u128(7))), 1);
            for suite in Suite::ALL {
                let key = SubjectKey::generate(suite, &entropy);
                let wrapped = wrap_key(&wrapping, binding, &key, &entropy).expect("wrap");
                prop_assert_eq!(wrapped.len(), 61);
                let mut altered = wrapped.clone();
                altered[at] ^= with;
                prop_assert!(unwrap_key(&wrapping, suite, binding, &altered).is_err());
                prop_assert!(unwrap_key(&wrapping, suite, binding, &wrapped[..cut]).is_err());
                let longer = [wrapped.as_slice(), &[with]].concat();
                prop_assert!(unwrap_key(&wrapping, suite, binding, &longer).is_err());
            }
        }

        #[test]
        fn bytes_of_a_wrong_length_are_no_key(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(WrappingKey::from_slice(&bytes).is_some(), bytes.len() == 32);
        }
    }
}
