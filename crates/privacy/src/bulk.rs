//! Opening a field of many people at once: one decision, one record with their number and a digest
//! of the list, and still each of them can find it.
//!
//! Only the program's own work does this, never a person, and never with sensitive fields or on a
//! consent, which is one person's. Whoever the ruling version does not allow it for is left out.

use std::collections::HashMap;
use std::marker::PhantomData;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::ask::ruling;
use crate::permit::{Grant, Scope, closed, names};
use crate::{Actor, Ctx, Denied, LegalBasis, Purpose, PurposeId, Reach, Ruling, SubjectId};

/// More people than this are asked for in parts.
pub const MOST: usize = 10_000;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct BulkAsk<'a> {
    /// Whose data.
    pub subjects: &'a [SubjectId],
    /// Which fields, as `table.column`.
    pub fields: &'static [&'static str],
    /// On which ground.
    pub basis: LegalBasis,
    /// Under which clause of the policy.
    pub clause: &'static str,
}

/// What the store knows that the decision needs.
#[derive(Clone, Debug, Default)]
pub struct BulkKnown {
    /// The register gives every field to the purpose under the clause.
    pub registered: bool,
    /// One of the fields is sensitive.
    pub sensitive: bool,
    /// The version that rules each person who accepted one.
    pub rulings: HashMap<SubjectId, Ruling>,
}

/// The record of one opening of many people's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRecord {
    /// The kind of actor.
    pub actor_kind: &'static str,
    /// The fields, `table.column`, comma-separated.
    pub fields: String,
    /// Why.
    pub purpose: PurposeId,
    /// On which ground.
    pub basis: &'static str,
    /// Under which clause.
    pub clause: &'static str,
    /// The people, each once, in order, each with the version that rules them.
    pub subjects: Vec<(SubjectId, String)>,
    /// SHA-256 over the people's identifiers in that order.
    pub digest: [u8; 32],
    /// The request.
    pub request: Uuid,
    /// When.
    pub at: OffsetDateTime,
}

/// A decision whose record is not written yet.
#[must_use = "a decision opens nothing until its record is written"]
pub struct DecidedBulk<P: Purpose> {
    record: BulkRecord,
    fields: &'static [&'static str],
    purpose: PhantomData<P>,
}

/// The right to open named fields of many people for purpose `P`, while its transaction runs.
pub struct BulkPermit<'tx, P: Purpose> {
    scope: &'tx Scope,
    /// In order.
    subjects: Vec<SubjectId>,
    fields: &'static [&'static str],
    purpose: PhantomData<P>,
}

/// The digest of a list of people: each once, in order, whatever the list's own order.
#[must_use]
pub fn digest(subjects: &[SubjectId]) -> [u8; 32] {
    let mut subjects = subjects.to_vec();
    subjects.sort_unstable();
    subjects.dedup();
    let mut hash = Sha256::new();
    for subject in &subjects {
        hash.update(subject.0.as_bytes());
    }
    hash.finalize().into()
}

impl BulkAsk<'_> {
    /// Decides whether `ctx` may open what is asked, and of whom.
    ///
    /// # Errors
    /// [`Denied`] with the reason; if it may be opened of nobody, the reason of the first.
    pub fn decide<P: Purpose>(self, ctx: &Ctx<P>, known: &BulkKnown) -> Result<DecidedBulk<P>, Denied> {
        policy::clause!("2.5.1.e");
        if self.fields.is_empty() || self.subjects.is_empty() {
            return Err(Denied::NoField);
        }
        if !known.registered {
            return Err(Denied::NotRegistered);
        }
        if !P::ID.bases().contains(&self.basis.kind()) {
            return Err(Denied::Basis);
        }
        let own_work = matches!(ctx.actor(), Actor::System(_));
        let consent = self.basis.consent().is_some();
        if !own_work || known.sensitive || consent || self.subjects.len() > MOST {
            return Err(Denied::Bulk);
        }
        let mut asked = self.subjects.to_vec();
        asked.sort_unstable();
        asked.dedup();
        let mut first = None;
        let mut subjects = Vec::with_capacity(asked.len());
        for subject in asked {
            match ruling(known.rulings.get(&subject).cloned(), &self.basis) {
                Ok(version) => {
                    subjects.push((
                        subject,
                        version.unwrap_or_else(|| ctx.policy_version().to_owned()),
                    ));
                }
                Err(denied) => first = first.or(Some(denied)),
            }
        }
        if subjects.is_empty() {
            return Err(first.unwrap_or(Denied::NoField));
        }
        let admitted: Vec<SubjectId> = subjects.iter().map(|(subject, _)| *subject).collect();
        Ok(DecidedBulk {
            record: BulkRecord {
                actor_kind: ctx.actor().kind(),
                fields: self.fields.join(","),
                purpose: P::ID,
                basis: self.basis.as_str(),
                clause: self.clause,
                digest: digest(&admitted),
                subjects,
                request: ctx.request(),
                at: ctx.now(),
            },
            fields: self.fields,
            purpose: PhantomData,
        })
    }
}

impl<P: Purpose> DecidedBulk<P> {
    /// The record to write.
    #[must_use]
    pub const fn record(&self) -> &BulkRecord {
        &self.record
    }

    /// The permit, once the store has written the record in the running transaction.
    #[must_use]
    pub fn after_recording(self, scope: &Scope) -> BulkPermit<'_, P> {
        BulkPermit {
            scope,
            subjects: self
                .record
                .subjects
                .into_iter()
                .map(|(subject, _)| subject)
                .collect(),
            fields: self.fields,
            purpose: PhantomData,
        }
    }
}

impl<P: Purpose> std::fmt::Debug for BulkPermit<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BulkPermit<{}>({})", P::ID.as_str(), self.subjects.len())
    }
}

impl<P: Purpose> BulkPermit<'_, P> {
    /// The people covered, in order; those left out are not among them.
    #[must_use]
    pub fn subjects(&self) -> &[SubjectId] {
        &self.subjects
    }
}

impl<P: Purpose> closed::Closed for BulkPermit<'_, P> {}

impl<P: Purpose> Grant<P> for BulkPermit<'_, P> {
    fn covers(&self, subject: SubjectId, table: &str, column: &str) -> bool {
        self.subjects.binary_search(&subject).is_ok() && names(self.fields, table, column)
    }

    fn within(&self, scope: &Scope) -> bool {
        std::ptr::eq(self.scope, scope)
    }

    fn reach(&self) -> Reach {
        Reach::Inside
    }
}
