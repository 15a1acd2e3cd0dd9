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
}

impl StaffRole {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::CustomerService,
        Self::Mediator,
        Self::SecurityOfficer,
        Self::PrivacyOfficer,
    ];

    /// The kind of actor in records; carries no identity.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::CustomerService => "staff:customer_service",
            Self::Mediator => "staff:mediator",
            Self::SecurityOfficer => "staff:security_officer",
            Self::PrivacyOfficer => "staff:privacy_officer",
        }
    }

    /// The purposes the role may open personal data for.
    #[must_use]
    pub const fn purposes(self) -> &'static [PurposeId] {
        match self {
            Self::CustomerService => &[PurposeId::VerifyHolder, PurposeId::FulfilContract],
            Self::Mediator => &[PurposeId::FulfilContract],
            Self::SecurityOfficer => &[PurposeId::KeepSafe],
            Self::PrivacyOfficer => &[PurposeId::ObeyLaw],
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
}

impl StaffReason {
    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonAsked => "person_asked",
            Self::Dispute => "dispute",
            Self::Incident => "incident",
            Self::Authority => "authority",
        }
    }
}

/// A member of staff at work.
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
    /// Until when their training counts; nothing if they never had it.
    pub trained_until: Option<OffsetDateTime>,
}

impl Staff {
    /// Whether this member of staff may open something for `purpose` and `case` now.
    pub(crate) fn may(
        &self,
        purpose: PurposeId,
        case: Option<Uuid>,
        subject_in_case: bool,
        now: OffsetDateTime,
    ) -> Result<(), Denied> {
        policy::clause!("2.5.1.f");
        if self.trained_until.is_none_or(|until| now >= until) {
            return Err(Denied::StaffTraining);
        }
        policy::clause!("2.5.1.e");
        if !self.role.purposes().contains(&purpose) {
            return Err(Denied::StaffRole);
        }
        if self.reason.is_none() {
            return Err(Denied::StaffReason);
        }
        if self.case.is_none() || self.case != case || !subject_in_case {
            return Err(Denied::NoCase);
        }
        Ok(())
    }
}
