//! The transparency log: an append-only Merkle tree over salted commitments, so that the operator
//! cannot change, drop or back-date an event unseen, and nobody learns from the log who did what.
//!
//! Formats are those of C2SP (tlog-tiles, tlog-checkpoint, signed-note) over the hashes of RFC 6962,
//! so that other people's tools read it. Everything here is pure; the store keeps tiles, entries and
//! checkpoints, and asks here what they must be.
//!
//! An erased person's entries stay where they are: the tree needs them. Their salts are sealed under
//! the person's key and are gone with it, and a commitment without its salt tells nothing.

mod canonical;
mod checkpoint;
mod entry;
mod hash;
mod note;
mod proof;
pub mod receipt;
pub mod tile;

pub use canonical::canonical;
pub use checkpoint::{Checkpoint, Growth};
pub use entry::{Commitment, Entry, Kind, Opening, instant};
pub use hash::{TreeHash, hex};
pub use note::{NoteSigner, VerifierKey};
pub use proof::{Node, Plan, check_consistency, check_inclusion};

/// What is wrong with something of the log. Carries no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// It is not of its format.
    #[error("not a well-formed {0}")]
    Malformed(&'static str),
    /// No signature of this key fits.
    #[error("no signature of this key fits")]
    Signature,
    /// The entry is not in the tree.
    #[error("the entry is not in the tree")]
    NotIncluded,
    /// The earlier tree is not the beginning of the later one.
    #[error("the earlier tree is not the beginning of the later one")]
    NotConsistent,
    /// There is no such entry or tree.
    #[error("there is no such entry or tree")]
    OutOfRange,
    /// A tile that is needed is not there, or too short.
    #[error("a tile is missing")]
    TileMissing,
}
