//! The reason without which no transaction begins: who acts, for whom, why, under which version.

use std::marker::PhantomData;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Purpose, PurposeId, Staff, SubjectId};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A visitor without an account.
    Visitor,
    /// A person through their account.
    Person {
        /// The account acting.
        account: Uuid,
        /// The person behind it.
        subject: SubjectId,
    },
    /// A member of staff, about someone else.
    Staff(Staff),
    /// The program itself.
    System(SystemReason),
}

/// Why the program acts without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemReason {
    /// A due timer.
    Timer,
    /// A queued job.
    Job,
    /// Seeding the demo.
    Demo,
    /// Start-up and schema work.
    Start,
}

impl Actor {
    /// The kind of actor, for records and logs; carries no identity.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Person { .. } => "person",
            Self::Staff(staff) => staff.role.kind(),
            Self::System(SystemReason::Timer) => "system:timer",
            Self::System(SystemReason::Job) => "system:job",
            Self::System(SystemReason::Demo) => "system:demo",
            Self::System(SystemReason::Start) => "system:start",
        }
    }

    /// The account acting, if one does.
    #[must_use]
    pub const fn account(&self) -> Option<Uuid> {
        match self {
            Self::Person { account, .. } => Some(*account),
            Self::Staff(staff) => Some(staff.account),
            Self::Visitor | Self::System(_) => None,
        }
    }

    /// The reason a member of staff gave, as it is recorded.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Staff(staff) => staff.reason.map(crate::StaffReason::as_str),
            _ => None,
        }
    }

    /// The person acting, if one does.
    #[must_use]
    pub const fn subject(&self) -> Option<SubjectId> {
        match self {
            Self::Person { subject, .. } => Some(*subject),
            _ => None,
        }
    }
}

/// The context of one use case. `P` is the purpose; a context for one purpose cannot be passed
/// where another is asked for.
#[derive(Clone, Debug)]
pub struct Ctx<P: Purpose> {
    actor: Actor,
    policy_version: String,
    request: Uuid,
    now: OffsetDateTime,
    purpose: PhantomData<P>,
}

impl<P: Purpose> Ctx<P> {
    /// A context for `actor` under the policy version in force. Which version rules the person whose
    /// data is opened, the permit finds out (2.9.b).
    #[must_use]
    pub fn new(actor: Actor, policy_version: impl Into<String>, request: Uuid, now: OffsetDateTime) -> Self {
        Self {
            actor,
            policy_version: policy_version.into(),
            request,
            now,
            purpose: PhantomData,
        }
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The purpose, as data.
    #[must_use]
    pub const fn purpose(&self) -> PurposeId {
        P::ID
    }

    /// The policy version that rules this use.
    #[must_use]
    pub fn policy_version(&self) -> &str {
        &self.policy_version
    }

    /// The request this belongs to.
    #[must_use]
    pub const fn request(&self) -> Uuid {
        self.request
    }

    /// The instant of the request.
    #[must_use]
    pub const fn now(&self) -> OffsetDateTime {
        self.now
    }
}
