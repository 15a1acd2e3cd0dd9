//! Permits: the only way to open a sealed value.
//!
//! [`Ask::decide`](crate::Ask::decide) is the pure decision. It yields a [`Decided`], which opens
//! nothing; the store writes its [`AccessRecord`] in the running transaction and only then turns it
//! into a [`Permit`]. A permit opens values of one subject for one purpose, and borrows the
//! [`Scope`] of its transaction: it ends with it.

use std::marker::PhantomData;

use crate::{AccessRecord, Denied, Purpose, Reach, SubjectId};

/// A running transaction as the kernel knows it: the store has one in each. A permit borrows it,
/// so that it cannot be used once the transaction is over.
#[derive(Debug, Default)]
pub struct Scope {
    // Two living scopes have two addresses, which a type without size does not promise.
    _place: u8,
}

/// What opens a sealed value for purpose `P`. Only the kernel's permits do.
pub trait Grant<P: Purpose>: closed::Closed {
    /// Whether the field of the subject is covered.
    fn covers(&self, subject: SubjectId, table: &str, column: &str) -> bool;
    /// Whether it was given in this very transaction.
    fn within(&self, scope: &Scope) -> bool;
    /// How far what it opens may go.
    fn reach(&self) -> Reach;
}

pub(crate) mod closed {
    pub trait Closed {}
}

/// Whether `fields`, each `table.column`, name the column.
pub(crate) fn names(fields: &[&str], table: &str, column: &str) -> bool {
    fields.iter().any(|field| {
        field
            .split_once('.')
            .is_some_and(|(t, c)| t == table && c == column)
    })
}

/// A decided permit whose record is not written yet.
#[must_use = "a decision opens nothing until its record is written"]
pub struct Decided<P: Purpose> {
    pub(crate) record: AccessRecord,
    pub(crate) fields: &'static [&'static str],
    pub(crate) separate: bool,
    pub(crate) reach: Reach,
    pub(crate) purpose: PhantomData<P>,
}

impl<P: Purpose> Decided<P> {
    /// The record to write.
    #[must_use]
    pub const fn record(&self) -> &AccessRecord {
        &self.record
    }

    /// The permit, once the store has written the record in the running transaction. Only the
    /// store calls this; the check of the walls reads every other file for it.
    #[must_use]
    pub fn after_recording(self, scope: &Scope) -> Permit<'_, P> {
        Permit {
            scope,
            subject: self.record.subject,
            fields: self.fields,
            separate: self.separate,
            reach: self.reach,
            purpose: PhantomData,
        }
    }
}

/// The right to open named fields of one subject for purpose `P`, while its transaction runs. Not
/// cloneable.
pub struct Permit<'tx, P: Purpose> {
    scope: &'tx Scope,
    subject: SubjectId,
    fields: &'static [&'static str],
    separate: bool,
    reach: Reach,
    purpose: PhantomData<P>,
}

impl<P: Purpose> std::fmt::Debug for Permit<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Permit<{}>", P::ID.as_str())
    }
}

impl<P: Purpose> closed::Closed for Permit<'_, P> {}

impl<P: Purpose> Grant<P> for Permit<'_, P> {
    fn covers(&self, subject: SubjectId, table: &str, column: &str) -> bool {
        self.subject == subject && names(self.fields, table, column)
    }

    fn within(&self, scope: &Scope) -> bool {
        std::ptr::eq(self.scope, scope)
    }

    fn reach(&self) -> Reach {
        self.reach
    }
}

impl<'tx, P: Purpose> Permit<'tx, P> {
    /// The same permit for sensitive values, if it rests on a separate consent or a legal duty
    /// (1.4, PIPL 29).
    ///
    /// # Errors
    /// [`Denied::SeparateConsent`] on any other ground.
    pub const fn separate(&self) -> Result<Separate<'_, 'tx, P>, Denied> {
        policy::clause!("1.4");
        if self.separate {
            Ok(Separate(self))
        } else {
            Err(Denied::SeparateConsent)
        }
    }
}

/// A permit that rests on a separate consent or a legal duty: what a sensitive value opens with.
pub struct Separate<'p, 'tx, P: Purpose>(pub(crate) &'p Permit<'tx, P>);

impl<P: Purpose> std::fmt::Debug for Separate<'_, '_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Separate<{}>", P::ID.as_str())
    }
}
