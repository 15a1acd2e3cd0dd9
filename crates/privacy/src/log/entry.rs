//! What stands in the log: the kind of an event, its minute, and a salted commitment. Everybody may
//! read all of it; without the salt it says nothing about anyone.

use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, UtcOffset, macros::format_description};
use zeroize::Zeroizing;

use super::hash::{HASH_BYTES, decode64, encode64, hex};
use super::{LogError, TreeHash, canonical};
use crate::Entropy;

/// The first line of an entry.
const VERSION: &str = "qifu365/entry/1";

/// An instant as payloads write it: UTC, to the microsecond, which is what a store keeps.
#[must_use]
pub fn instant(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"
        ))
        .unwrap_or_default()
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $zh:literal, $en:literal;)+) => {
        /// The kind of a logged event: all that the log tells about it beside its minute.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $name,)+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Its name in Chinese and English.
            #[must_use]
            pub const fn label(self) -> (&'static str, &'static str) {
                match self { $(Self::$name => ($zh, $en),)+ }
            }
        }
    };
}

kinds! {
    /// A consent given, refused or withdrawn. Which of them is in the payload: to see that somebody
    /// withdrew is nobody's business.
    Consent = "consent", "同意、拒绝或撤回", "consent given, refused or withdrawn";
    /// Personal data given to somebody else: to whom and what is in the payload.
    Disclosure = "disclosure", "信息提供", "personal data given to a recipient";
    /// A person erased to the end. What it did is shown to whoever has the certificate's number.
    Erasure = "erasure", "删除完成", "an erasure carried out";
    /// The last tree of a log that could not go on, in the log that follows it.
    Succession = "succession", "承接上一份日志", "the log that this one follows";
    /// A text put into force: policy or agreement.
    Document = "document", "政策或协议的发布", "policy or agreement published";
}

impl Kind {
    /// The identifier read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

/// SHA-256 over salt and canonical payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment(pub [u8; HASH_BYTES]);

/// What opens a commitment. Sealed under the subject's key, so that it dies with it.
#[derive(Clone)]
pub struct Opening {
    salt: [u8; HASH_BYTES],
    payload: String,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[opening]")
    }
}

impl Opening {
    /// A fresh salt over a payload.
    ///
    /// # Errors
    /// [`LogError::Malformed`] if the payload has no canonical form.
    pub fn new(payload: &Value, entropy: &dyn Entropy) -> Result<Self, LogError> {
        let mut salt = [0; HASH_BYTES];
        entropy.fill(&mut salt);
        Ok(Self {
            salt,
            payload: canonical(payload)?,
        })
    }

    /// The opening from a salt in hex and a payload.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn from_parts(salt: &str, payload: &Value) -> Result<Self, LogError> {
        Ok(Self {
            salt: unhex(salt)?,
            payload: canonical(payload)?,
        })
    }

    /// What goes into the log.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        let digest = Sha256::new()
            .chain_update(self.salt)
            .chain_update(self.payload.as_bytes())
            .finalize();
        Commitment(digest.into())
    }

    /// The salt in hex.
    #[must_use]
    pub fn salt(&self) -> String {
        hex(&self.salt)
    }

    /// The payload.
    ///
    /// # Errors
    /// [`LogError::Malformed`] if it is no JSON.
    pub fn payload(&self) -> Result<Value, LogError> {
        serde_json::from_str(&self.payload).map_err(|_| LogError::Malformed("payload"))
    }

    /// The text to seal: the salt in hex, a space, the canonical payload.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{} {}", self.salt(), self.payload)
    }

    /// The opening read back from its text.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let text = Zeroizing::new(text.to_owned());
        let (salt, payload) = text.split_once(' ').ok_or(LogError::Malformed("opening"))?;
        Ok(Self {
            salt: unhex(salt)?,
            payload: payload.to_owned(),
        })
    }
}

fn unhex(text: &str) -> Result<[u8; HASH_BYTES], LogError> {
    let malformed = LogError::Malformed("salt");
    let digits = text.as_bytes();
    if digits.len() != 2 * HASH_BYTES {
        return Err(malformed);
    }
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(malformed),
    };
    let mut out = [0; HASH_BYTES];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Ok(out)
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The kind of event.
    pub kind: Kind,
    /// When, to the minute. The exact instant is in the payload.
    pub at: OffsetDateTime,
    /// The commitment to everything else.
    pub commitment: Commitment,
}

impl Entry {
    /// An entry; seconds are dropped.
    #[must_use]
    pub fn new(kind: Kind, at: OffsetDateTime, commitment: Commitment) -> Self {
        let at = at.to_offset(UtcOffset::UTC);
        let minute = at.replace_second(0).and_then(|at| at.replace_nanosecond(0));
        Self {
            kind,
            at: minute.unwrap_or(at),
            commitment,
        }
    }

    /// The leaf's data: four lines that anyone can write with an editor.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for an instant that has no such form.
    pub fn to_text(&self) -> Result<String, LogError> {
        let at = self
            .at
            .format(format_description!("[year]-[month]-[day]T[hour]:[minute]Z"))
            .map_err(|_| LogError::Malformed("entry"))?;
        Ok(format!(
            "{VERSION}\n{}\n{at}\n{}\n",
            self.kind.as_str(),
            encode64(&self.commitment.0)
        ))
    }

    /// The entry read back from its leaf's data.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for any other text.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let malformed = LogError::Malformed("entry");
        let lines: Vec<&str> = text.split('\n').collect();
        let [VERSION, kind, at, commitment, ""] = lines[..] else {
            return Err(malformed);
        };
        let at =
            time::PrimitiveDateTime::parse(at, format_description!("[year]-[month]-[day]T[hour]:[minute]Z"))
                .map_err(|_| malformed)?;
        let commitment = TreeHash::from_slice(&decode64(commitment)?)?;
        let entry = Self {
            kind: Kind::parse(kind).ok_or(malformed)?,
            at: at.assume_utc(),
            commitment: Commitment(commitment.0),
        };
        // One entry, one text: what is read is what was hashed.
        if entry.to_text()? == text {
            Ok(entry)
        } else {
            Err(malformed)
        }
    }

    /// The leaf's hash.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn leaf(&self) -> Result<TreeHash, LogError> {
        Ok(TreeHash::leaf(self.to_text()?.as_bytes()))
    }
}
