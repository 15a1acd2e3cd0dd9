//! The privacy kernel: what may be known about a person, by whom, why, and under which clause.
//!
//! It does no input or output. Personal values travel as [`Personal`] in memory and as [`Sealed`]
//! in a store; neither prints, serialises or compares. A sealed value opens only with a
//! [`Permit`], which names actor, subject, purpose, legal basis and clause, and which exists only
//! after its [`AccessRecord`] was written (clauses 1.4, 2.5.1).
//!
//! What is opened leaves the program only by the doors of [`Opened`], and for somebody else only
//! after the ledger of disclosures holds it ([`disclosure`], clause 2.4.1.0).
//!
//! To add a purpose: add it to [`purpose`], say which bases and clauses carry it, and name it in
//! the register of columns for the fields it may open.

pub mod ask;
pub mod bulk;
pub mod consent;
pub mod ctx;
pub mod deidentify;
pub mod disclosure;
pub mod log;
pub mod minor;
pub mod opened;
pub mod permit;
pub mod personal;
pub mod purpose;
pub mod seal;
mod sensitive;
pub mod source;
pub mod staff;
pub mod suite;
pub mod wrap;

pub use ask::{AccessRecord, Ask, Denied, Known, LiveConsent, Ruling};
pub use ctx::{Actor, Ctx, SystemReason};
pub use disclosure::{Disclosed, Disclosure, Ground, KnownShare, Recipient, Share};
pub use minor::{Guarding, KnownMinor, MinorShare, guardian_sees};
pub use opened::{Opened, Reach};
pub use permit::{Grant, Permit, Scope};
pub use personal::{Personal, Sensitive};
pub use purpose::{LegalBasis, Purpose, PurposeId};
pub use seal::{BlindIndex, FieldRef, SealError, Sealed, SubjectKey};
pub use source::{Clock, Entropy};
pub use staff::{KnownStaff, Staff, StaffReason, StaffRole};
pub use suite::Suite;
pub use wrap::{
    Binding, HoldId, Holder, JointId, KeyEncryptionKey, KeyRing, WrappingKey, unwrap_key, wrap_key,
};

/// The person a datum is about: pseudonymous, random, never reused (clause 2.1.1.a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(pub uuid::Uuid);
