//! Staff: role, case, reason and training decide together (2.5.1.e, 2.5.1.f).
//!
//! The reason is one of a list: a sentence typed by hand would itself hold personal data, and
//! could not be counted.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Denied, PurposeId};

/// What a member of staff is employed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffRole {
    /// Answers people who get in touch.
    CustomerService,
    /// Decides disputes of orders.
    Mediator,
    /// Watches over the safety of accounts.
    SecurityOfficer,
    /// Answers requests about personal data, and authorities.
    PrivacyOfficer,
    /// Checks what people hand in to be certified.
    Verifier,
}

impl StaffRole {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::CustomerService,
        Self::Mediator,
        Self::SecurityOfficer,
        Self::PrivacyOfficer,
        Self::Verifier,
    ];

    /// The kind of actor in records; carries no identity.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::CustomerService => "staff:customer_service",
            Self::Mediator => "staff:mediator",
            Self::SecurityOfficer => "staff:security_officer",
            Self::PrivacyOfficer => "staff:privacy_officer",
            Self::Verifier => "staff:verifier",
        }
    }

    /// What a column of the register calls it.
    #[must_use]
    pub fn registered(self) -> &'static str {
        self.kind().trim_start_matches("staff:")
    }

    /// The purposes the role may open personal data for.
    #[must_use]
    pub const fn purposes(self) -> &'static [PurposeId] {
        match self {
            Self::CustomerService => &[PurposeId::VerifyHolder, PurposeId::FulfilContract],
            Self::Mediator => &[PurposeId::FulfilContract],
            Self::SecurityOfficer => &[PurposeId::KeepSafe],
            Self::PrivacyOfficer => &[PurposeId::ObeyLaw],
            Self::Verifier => &[PurposeId::Certify],
        }
    }

    /// The reasons the role may give: those of its own work.
    #[must_use]
    pub const fn reasons(self) -> &'static [StaffReason] {
        match self {
            Self::CustomerService => &[StaffReason::PersonAsked],
            Self::Mediator => &[StaffReason::Dispute],
            Self::SecurityOfficer => &[StaffReason::Incident],
            Self::PrivacyOfficer => &[StaffReason::PersonAsked, StaffReason::Authority],
            Self::Verifier => &[
                StaffReason::Review,
                StaffReason::PersonAsked,
                StaffReason::Incident,
            ],
        }
    }
}

/// Why a member of staff opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StaffReason {
    /// The person asked for help.
    PersonAsked,
    /// A dispute of an order.
    Dispute,
    /// A sign of misuse.
    Incident,
    /// An authority asked, by an article.
    Authority,
    /// A check, a revocation or an appeal is to be decided.
    Review,
}

impl StaffReason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::PersonAsked,
        Self::Dispute,
        Self::Incident,
        Self::Authority,
        Self::Review,
    ];

    /// The identifier read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == text)
    }

    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonAsked => "person_asked",
            Self::Dispute => "dispute",
            Self::Incident => "incident",
            Self::Authority => "authority",
            Self::Review => "review",
        }
    }
}

/// A member of staff at work, as they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staff {
    /// The account acting.
    pub account: Uuid,
    /// What they are employed for.
    pub role: StaffRole,
    /// The case they work on.
    pub case: Option<Uuid>,
    /// Why.
    pub reason: Option<StaffReason>,
}

/// What the store knows of a member of staff: looked up for each permit, so that a role taken away, an
/// employment that ended and a training that ran out count from the next opening on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KnownStaff {
    /// They have the role they act in, and still work here.
    pub holds_role: bool,
    /// Until when their training counts; nothing if they never had it.
    pub trained_until: Option<OffsetDateTime>,
    /// The person whose data it is is in the verification they name as the case.
    pub subject_in_verification: bool,
    /// The register gives every field that is asked for to the role they act in.
    pub given_fields: bool,
}

impl Staff {
    /// Whether this member of staff may open something for `purpose` and `case` now.
    pub(crate) fn may(
        &self,
        purpose: PurposeId,
        case: Option<Uuid>,
        subject_in_order: bool,
        known: KnownStaff,
        now: OffsetDateTime,
    ) -> Result<(), Denied> {
        policy::clause!("2.5.1.f");
        if known.trained_until.is_none_or(|until| now >= until) {
            return Err(Denied::StaffTraining);
        }
        policy::clause!("2.5.1.e");
        if !known.holds_role || !self.role.purposes().contains(&purpose) {
            return Err(Denied::StaffRole);
        }
        // A purpose may need fields that nobody's eyes do.
        if !known.given_fields {
            return Err(Denied::StaffField);
        }
        if self
            .reason
            .is_none_or(|reason| !self.role.reasons().contains(&reason))
        {
            return Err(Denied::StaffReason);
        }
        // A verification is no case for an order's data, nor an order one for a verification's.
        let subject_in_case = match purpose {
            PurposeId::Certify => known.subject_in_verification,
            _ => subject_in_order,
        };
        if self.case.is_none() || self.case != case || !subject_in_case {
            return Err(Denied::NoCase);
        }
        Ok(())
    }
}
