//! The cipher suites: chosen once per installation, kept in the vault, never mixed.
//!
//! | suite | seals and wraps | blind index and derivation |
//! |---|---|---|
//! | standard | AES-256-GCM-SIV | HMAC-SHA-256 |
//! | gm (国密) | SM4-GCM, as in RFC 8998 | HMAC-SM3 |
//!
//! A key is 32 random bytes in both. AES takes them as they are. SM4 takes 16: they are derived
//! with HMAC-SM3, a key per use, and for wrapping a key per wrapped thing, because GCM must not see
//! the same nonce twice under one key.

use std::fmt;

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::{Entropy, SealError};

const NONCE_BYTES: usize = 12;
/// First byte of everything sealed or wrapped: the suite.
const MARK_AES256_GCM_SIV: u8 = 1;
const MARK_SM4_GCM: u8 = 2;

type Sm4Gcm = AesGcm<Sm4, U12>;

/// Which algorithms an installation seals and looks up with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Suite {
    /// AES-256-GCM-SIV and SHA-256.
    #[default]
    Standard,
    /// The Chinese national algorithms: SM4-GCM and SM3.
    Gm,
}

impl Suite {
    /// Every suite.
    pub const ALL: [Self; 2] = [Self::Standard, Self::Gm];

    /// The name as stored and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Gm => "gm",
        }
    }

    /// The suite of a name; nothing for one that this build does not know.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.as_str() == name)
    }

    const fn mark(self) -> u8 {
        match self {
            Self::Standard => MARK_AES256_GCM_SIV,
            Self::Gm => MARK_SM4_GCM,
        }
    }

    /// Seals bytes under a key of 32 bytes for one use.
    pub(crate) fn encrypt(
        self,
        key: &[u8; 32],
        used_for: Use<'_>,
        aad: &[u8],
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let (at, payload) = (Nonce::from(nonce), Payload { msg: plain, aad });
        let sealed = match self {
            Self::Standard => Aes256GcmSiv::new(key.into()).encrypt(&at, payload),
            Self::Gm => Sm4Gcm::new((&*sm4_key(key, used_for)).into()).encrypt(&at, payload),
        }
        .map_err(|_| SealError::Damaged)?;
        let mut out = Vec::with_capacity(1 + NONCE_BYTES + sealed.len());
        out.push(self.mark());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`Suite::encrypt`] made with the same key, use and associated data.
    pub(crate) fn decrypt(
        self,
        key: &[u8; 32],
        used_for: Use<'_>,
        aad: &[u8],
        bytes: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (mark, rest) = bytes.split_first().ok_or(SealError::Damaged)?;
        if *mark != self.mark() {
            return Err(SealError::UnknownSuite);
        }
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(SealError::Damaged)?;
        let (at, payload) = (Nonce::from(*nonce), Payload { msg: sealed, aad });
        match self {
            Self::Standard => Aes256GcmSiv::new(key.into()).decrypt(&at, payload),
            Self::Gm => Sm4Gcm::new((&*sm4_key(key, used_for)).into()).decrypt(&at, payload),
        }
        .map(Zeroizing::new)
        .map_err(|_| SealError::Damaged)
    }

    /// The keyed digest of a value within a field.
    pub(crate) fn digest(self, key: &[u8; 32], field: &str, value: &[u8]) -> [u8; 32] {
        let parts = [field.as_bytes(), &[0], value];
        match self {
            Self::Standard => hmac_sha256(key, &parts),
            Self::Gm => hmac_sm3(key, &parts),
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a key is used for; a derived key serves one use only.
#[derive(Clone, Copy)]
pub(crate) enum Use<'a> {
    /// Values of one person.
    Seal,
    /// One key of the vault, named by what it is bound to.
    Wrap(&'a [u8]),
}

fn sm4_key(key: &[u8; 32], used_for: Use<'_>) -> Zeroizing<[u8; 16]> {
    let whole = Zeroizing::new(match used_for {
        Use::Seal => hmac_sm3(key, &[b"qifu365/sm4-gcm/seal"]),
        Use::Wrap(bound) => hmac_sm3(key, &[b"qifu365/sm4-gcm/wrap", &[0], bound]),
    });
    let mut half = Zeroizing::new([0_u8; 16]);
    half.copy_from_slice(&whole[..16]);
    half
}

// HMAC takes a key of any length, so the error does not exist for 32 bytes.

pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn hmac_sm3(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sm3>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use sm3::Digest as _;

    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
        digits
            .chunks(2)
            .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("two digits"))
            .collect()
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_as_published() {
        let key: [u8; 16] = bytes("0123456789ABCDEFFEDCBA9876543210").try_into().expect("16");
        let nonce: [u8; 12] = bytes("00001234567800000000ABCD").try_into().expect("12");
        let aad = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let plain = bytes(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let expected = bytes(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
             83DE3541E4C2B58177E065A9BF7B62EC",
        );
        let payload = Payload {
            msg: &plain,
            aad: &aad,
        };
        let sealed = Sm4Gcm::new((&key).into())
            .encrypt(&Nonce::from(nonce), payload)
            .expect("sealed");
        assert_eq!(sealed, expected);
    }

    /// GB/T 32905-2016, appendix A: both examples.
    #[test]
    fn sm3_as_published() {
        assert_eq!(
            Sm3::digest(b"abc").to_vec(),
            bytes("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        );
        assert_eq!(
            Sm3::digest(b"abcd".repeat(16)).to_vec(),
            bytes("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
        );
    }

    /// The HMAC construction over SM3, against its definition written out (RFC 2104).
    #[test]
    fn hmac_over_sm3_is_the_construction() {
        let key = [7_u8; 32];
        let block = |with: u8| -> Vec<u8> {
            let mut padded = [0_u8; 64];
            padded[..32].copy_from_slice(&key);
            padded.iter().map(|byte| byte ^ with).collect()
        };
        let inner = Sm3::digest([block(0x36), b"value".to_vec()].concat());
        let outer = Sm3::digest([block(0x5c), inner.to_vec()].concat());
        assert_eq!(hmac_sm3(&key, &[b"val", b"ue"]).to_vec(), outer.to_vec());
    }

    #[test]
    fn a_derived_key_serves_one_use() {
        let key = [7_u8; 32];
        let all = [
            sm4_key(&key, Use::Seal),
            sm4_key(&key, Use::Wrap(b"a")),
            sm4_key(&key, Use::Wrap(b"b")),
            sm4_key(&[8; 32], Use::Seal),
        ];
        for (place, one) in all.iter().enumerate() {
            assert!(all.iter().skip(place + 1).all(|other| **one != **other));
        }
    }

    #[test]
    fn names_are_read_back_and_others_are_unknown() {
        for suite in Suite::ALL {
            assert_eq!(Suite::parse(suite.as_str()), Some(suite));
        }
        assert_eq!(Suite::parse("rot13"), None);
        assert_eq!(Suite::default(), Suite::Standard);
    }
}
