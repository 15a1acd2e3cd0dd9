//! People under age (1.5, 2.7.b): nothing of theirs is opened or given away but on one of three grounds: a
//! law, the guardian's explicit consent, the protection of the minor. Decided here and not in pages.

use uuid::Uuid;

use crate::{Denied, LegalBasis, PurposeId};

/// How whoever acts stands to the minor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guarding {
    /// In no way.
    #[default]
    No,
    /// Named as the guardian, and proved to be who was named; nothing is agreed to yet.
    Proven,
    /// The guardian whose consent is in force.
    Active,
}

/// What the store knows of somebody under age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownMinor {
    /// Fourteen or under: everything of theirs is sensitive (1.5).
    pub child: bool,
    /// The guardian's separate consent to the account is in force.
    pub consented: bool,
    /// The consent named as basis was given by the guardian.
    pub by_guardian: bool,
    /// How whoever acts stands to them.
    pub guarding: Guarding,
    /// A supervisor's approval for this member of staff, these fields and this case: unused, not run out.
    pub approval: Option<Uuid>,
}

/// What a guardian opens before agreeing: what shows whose request it is.
const TO_RECOGNISE: &[&str] = &["guardianship.phone"];
/// What a guardian is shown besides, before agreeing: it is not sealed, and says which rules apply.
const TO_DECIDE: &str = "age_band.band";
/// What a guardian opens of every minor: the receipts of their own consents.
const OWN_RECEIPTS: &[&str] = &["log_entry.opening"];

/// Whether a guardian who proved who they are sees this column of whoever named them, whatever the age: for
/// the line under a form that says who can see what is typed (0.5, 2.7.a).
#[must_use]
pub fn guardian_sees(column: &str) -> bool {
    TO_RECOGNISE.contains(&column) || column == TO_DECIDE
}

impl KnownMinor {
    /// Whether the basis is one of the three grounds. A contract is none by itself: a minor makes none
    /// without the guardian (Civil Code 19, 145), and of a child everything needs a separate consent.
    pub(crate) const fn carried(&self, basis: &LegalBasis) -> Result<(), Denied> {
        policy::clause!("1.5");
        let carried = match basis {
            LegalBasis::LegalDuty(_) | LegalBasis::Emergency => true,
            LegalBasis::Consent(_) | LegalBasis::Separate { .. } => self.consented && self.by_guardian,
            LegalBasis::Contract => self.consented,
            LegalBasis::LawfulPublication => false,
        };
        if carried { Ok(()) } else { Err(Denied::Guardian) }
    }

    /// What a guardian opens: of a child everything, of who is older what is the guardian's own (条例 34).
    pub(crate) fn guardian_may(&self, purpose: PurposeId, fields: &[&str]) -> Result<(), Denied> {
        let within = |known: &[&str]| fields.iter().all(|field| known.contains(field));
        let may = match self.guarding {
            Guarding::No => false,
            Guarding::Proven => within(TO_RECOGNISE),
            Guarding::Active => self.child || within(TO_RECOGNISE) || within(OWN_RECEIPTS),
        };
        if purpose == PurposeId::ShowOwn && may {
            Ok(())
        } else {
            Err(Denied::NotOwn)
        }
    }
}

/// What the store knows of somebody under age whose data is to be given away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MinorShare {
    /// The guardian consented to this purpose and this recipient, and the consent is in force.
    pub consented: bool,
}
