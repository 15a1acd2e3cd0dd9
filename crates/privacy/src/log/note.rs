//! Signed notes (C2SP signed-note) with Ed25519: a text, an empty line, a line for each signature.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::LogError;
use super::hash::{decode64, encode64, hex};

/// The kind of key: Ed25519.
const ED25519: u8 = 1;
/// What begins a line with a signature.
const MARK: &str = "\u{2014} ";
/// More than any note here has.
const MOST_SIGNATURES: usize = 64;

/// Whether a text can be the name of a key.
fn good_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|sign| sign.is_whitespace() || sign.is_control() || sign == '+')
}

fn key_id(name: &str, key: &[u8]) -> [u8; 4] {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update(b"\n")
        .chain_update(key)
        .finalize()
        .into();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The public half of a log's key, with the log's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Reads `<name>+<id>+<key>`.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for any other text, or an id that is not this key's.
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let malformed = LogError::Malformed("verifier key");
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed);
        };
        let bytes = decode64(key)?;
        let Some((&ED25519, key)) = bytes.split_first() else {
            return Err(malformed);
        };
        let key = <&[u8; 32]>::try_from(key).map_err(|_| malformed)?;
        let read = Self {
            name: name.to_owned(),
            key: VerifyingKey::from_bytes(key).map_err(|_| malformed)?,
        };
        if good_name(name) && !read.key.is_weak() && read.to_text() == text {
            Ok(read)
        } else {
            Err(malformed)
        }
    }

    /// `<name>+<id>+<key>`: what to give to whoever wants to check.
    #[must_use]
    pub fn to_text(&self) -> String {
        let key = self.typed();
        format!(
            "{}+{}+{}",
            self.name,
            hex(&key_id(&self.name, &key)),
            encode64(&key)
        )
    }

    /// The log's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn typed(&self) -> Vec<u8> {
        [&[ED25519][..], self.key.as_bytes()].concat()
    }

    /// The text of a note that carries this key's signature. Signatures of other keys are passed
    /// over.
    ///
    /// # Errors
    /// [`LogError::Malformed`] or [`LogError::Signature`].
    pub fn open<'a>(&self, note: &'a str) -> Result<&'a str, LogError> {
        let (text, signatures) = parts(note)?;
        let id = key_id(&self.name, &self.typed());
        for (name, bytes) in signatures {
            let Some((own, signature)) = bytes.split_first_chunk::<4>() else {
                return Err(LogError::Malformed("note"));
            };
            if name != self.name || *own != id {
                continue;
            }
            let signature = Signature::from_slice(signature).map_err(|_| LogError::Signature)?;
            return self
                .key
                .verify_strict(text.as_bytes(), &signature)
                .map(|()| text)
                .map_err(|_| LogError::Signature);
        }
        Err(LogError::Signature)
    }
}

/// The name of a key, and its id before its signature.
type SignatureLine<'a> = (&'a str, Vec<u8>);

/// The text of a note, its last line's end included, and its signatures.
fn parts(note: &str) -> Result<(&str, Vec<SignatureLine<'_>>), LogError> {
    let malformed = LogError::Malformed("note");
    if note.chars().any(|sign| sign.is_control() && sign != '\n') {
        return Err(malformed);
    }
    let at = note.rfind("\n\n").ok_or(malformed)?;
    let (text, lines) = (&note[..=at], &note[at + 2..]);
    let lines = lines.strip_suffix('\n').ok_or(malformed)?;
    let mut signatures = Vec::new();
    for line in lines.split('\n') {
        let line = line.strip_prefix(MARK).ok_or(malformed)?;
        let (name, signature) = line.split_once(' ').ok_or(malformed)?;
        if !good_name(name) || signatures.len() == MOST_SIGNATURES {
            return Err(malformed);
        }
        let bytes = decode64(signature)?;
        if bytes.len() < 5 {
            return Err(malformed);
        }
        signatures.push((name, bytes));
    }
    Ok((text, signatures))
}

/// A log's key. Never printed.
pub struct NoteSigner {
    name: String,
    key: SigningKey,
}

impl std::fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[key]")
    }
}

impl NoteSigner {
    /// A signer from its seed.
    ///
    /// # Errors
    /// [`LogError::Malformed`] for a name that no key can have.
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, LogError> {
        if !good_name(name) {
            return Err(LogError::Malformed("name of a key"));
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    /// The note of a text.
    ///
    /// # Errors
    /// [`LogError::Malformed`] if the text is not whole lines or holds signs that a note may not.
    pub fn sign(&self, text: &str) -> Result<String, LogError> {
        if !text.ends_with('\n') || text.chars().any(|sign| sign.is_control() && sign != '\n') {
            return Err(LogError::Malformed("text of a note"));
        }
        let id = key_id(&self.name, &self.verifier().typed());
        let signature = [&id[..], &self.key.sign(text.as_bytes()).to_bytes()].concat();
        Ok(format!("{text}\n{MARK}{} {}\n", self.name, encode64(&signature)))
    }
}
