//! Hashing of leaves and nodes (RFC 6962 section 2.1, RFC 9162 section 2.1.1).

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};

use super::LogError;

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// The hash of a leaf, of a node or of a whole tree. Written as base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeHash(pub [u8; HASH_BYTES]);

impl TreeHash {
    /// The hash of a leaf.
    #[must_use]
    pub fn leaf(data: &[u8]) -> Self {
        let digest = Sha256::new().chain_update([0]).chain_update(data).finalize();
        Self(digest.into())
    }

    /// The hash of the node above two others. The first byte keeps it apart from a leaf's.
    #[must_use]
    pub fn node(left: Self, right: Self) -> Self {
        let digest = Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize();
        Self(digest.into())
    }

    /// The hash of a tree without leaves.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash written as base64.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let bytes = decode64(text)?;
        Self::from_slice(&bytes)
    }

    /// The hash from its bytes.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for any other length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, LogError> {
        <[u8; HASH_BYTES]>::try_from(bytes)
            .map(Self)
            .map_err(|_| LogError::Malformed("hash"))
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode64(&self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(super) fn encode64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(super) fn decode64(text: &str) -> Result<Vec<u8>, LogError> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|_| LogError::Malformed("base64"))
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
