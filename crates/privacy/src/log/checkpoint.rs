//! Checkpoints (C2SP tlog-checkpoint): a log's name, its size and the hash of its tree, signed.

use super::note::{NoteSigner, VerifierKey};
use super::{LogError, TreeHash, check_consistency};

/// What a log says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The hash of its tree.
    pub root: TreeHash,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads the text of a checkpoint; lines after the third are of no meaning here.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let malformed = LogError::Malformed("checkpoint");
        let text = text.strip_suffix('\n').ok_or(malformed)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(malformed);
        };
        if origin.is_empty() || lines.any(str::is_empty) {
            return Err(malformed);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: number(size).ok_or(malformed)?,
            root: TreeHash::parse(root)?,
        })
    }

    /// The checkpoint as a signed note.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn sign(&self, signer: &NoteSigner) -> Result<String, LogError> {
        signer.sign(&self.to_text())
    }

    /// The checkpoint in a note that the log of this key signed.
    ///
    /// # Errors
    /// [`LogError::Malformed`], [`LogError::Signature`].
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, LogError> {
        let read = Self::parse(key.open(note)?)?;
        if read.origin == key.name() {
            Ok(read)
        } else {
            Err(LogError::Signature)
        }
    }
}

/// A number as these formats write it: no sign, no leading zero, less than 2^63.
fn number(text: &str) -> Option<u64> {
    let read: u64 = text.parse().ok().filter(|read| i64::try_from(*read).is_ok())?;
    (read.to_string() == text).then_some(read)
}

/// A proof has a hash for each level, never more than this.
const MOST_HASHES: usize = 64;

/// A newer checkpoint with the proof that the log of `old` entries is its beginning: the form in
/// which logs show themselves to witnesses (C2SP tlog-witness).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The size from which the proof leads on.
    pub old: u64,
    /// The proof.
    pub proof: Vec<TreeHash>,
    /// The newer checkpoint, as signed.
    pub checkpoint: String,
}

impl Growth {
    /// Its text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for part in &self.proof {
            text.push_str(&part.to_string());
            text.push('\n');
        }
        format!("{text}\n{}", self.checkpoint)
    }

    /// Read back from its text. A checkpoint alone is one that proves nothing about smaller logs.
    ///
    /// # Errors
    /// [`LogError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let malformed = LogError::Malformed("consistency proof");
        let Some(rest) = text.strip_prefix("old ") else {
            return Ok(Self {
                old: u64::MAX,
                proof: Vec::new(),
                checkpoint: text.to_owned(),
            });
        };
        let (proof, checkpoint) = rest.split_once("\n\n").ok_or(malformed)?;
        let mut lines = proof.split('\n');
        let old = lines.next().and_then(number).ok_or(malformed)?;
        let lines: Vec<&str> = lines.take(MOST_HASHES + 1).collect();
        if lines.len() > MOST_HASHES {
            return Err(malformed);
        }
        let proof: Vec<TreeHash> = lines.into_iter().map(TreeHash::parse).collect::<Result<_, _>>()?;
        Ok(Self {
            old,
            proof,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks that the log of this key, as it was at `before`, is the beginning of what it is now.
    ///
    /// # Errors
    /// [`LogError::Signature`], [`LogError::NotConsistent`], or [`LogError::OutOfRange`] if the proof
    /// does not begin at that size.
    pub fn check(&self, before: &Checkpoint, key: &VerifierKey) -> Result<Checkpoint, LogError> {
        let now = Checkpoint::open(&self.checkpoint, key)?;
        if before.origin != now.origin {
            return Err(LogError::NotConsistent);
        }
        if self.old != before.size && now.size != before.size {
            return Err(LogError::OutOfRange);
        }
        let proof = if now.size == before.size {
            &[]
        } else {
            &self.proof[..]
        };
        check_consistency(before.size, before.root, now.size, now.root, proof)?;
        Ok(now)
    }
}
