//! Permits: the only way to open a sealed value.
//!
//! `Ask::decide` is the pure decision. It yields a [`Decided`], which opens nothing; the store
//! writes its [`AccessRecord`] in the running transaction and only then turns it into a
//! [`Permit`]. A permit opens values of one subject for one purpose.

use std::marker::PhantomData;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Actor, Ctx, LegalBasis, Purpose, PurposeId, SubjectId};

/// What someone asks to open.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Whose data.
    pub subject: SubjectId,
    /// Which fields, as `table.column`.
    pub fields: &'static [&'static str],
    /// On which ground.
    pub basis: LegalBasis,
    /// Under which clause of the policy.
    pub clause: &'static str,
    /// The order it is asked for, if it is asked for one.
    pub case: Option<Uuid>,
}

/// What the store knows that the decision needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The register gives every field to the purpose under the clause (0.5, 2.2.6.b).
    pub registered: bool,
    /// The actor is on one of the sides of the case.
    pub actor_in_case: bool,
    /// The person whose data it is is on one of its sides.
    pub subject_in_case: bool,
}

/// Why a permit is refused. Carries no personal value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The basis cannot carry the purpose.
    #[error("this legal basis cannot carry this purpose")]
    Basis,
    /// A person asked for someone else's data under a purpose that opens only one's own.
    #[error("this purpose opens only one's own data")]
    NotOwn,
    /// A person asked for someone else's data without an order that both are part of.
    #[error("there is no order that both are part of")]
    NoCase,
    /// A visitor asked for personal data.
    #[error("a visitor opens nothing personal")]
    Visitor,
    /// No field was named.
    #[error("no field was named")]
    NoField,
    /// The register does not give this field to this purpose under this clause.
    #[error("the register does not allow this field for this purpose and clause")]
    NotRegistered,
}

/// One line of "who opened what, when, why" (2.5.1.e), shown to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRecord {
    /// Whose data.
    pub subject: SubjectId,
    /// The kind of actor.
    pub actor_kind: &'static str,
    /// The account that acted, if a person did.
    pub actor_account: Option<Uuid>,
    /// The fields, `table.column`, comma-separated.
    pub fields: String,
    /// Why.
    pub purpose: PurposeId,
    /// On which ground.
    pub basis: &'static str,
    /// Under which clause.
    pub clause: &'static str,
    /// For which order, if for one.
    pub case: Option<Uuid>,
    /// Under which policy version.
    pub policy_version: String,
    /// The request.
    pub request: Uuid,
    /// When.
    pub at: OffsetDateTime,
}

/// A decided permit whose record is not written yet.
#[must_use = "a decision opens nothing until its record is written"]
pub struct Decided<P: Purpose> {
    record: AccessRecord,
    fields: &'static [&'static str],
    purpose: PhantomData<P>,
}

/// The right to open named fields of one subject for purpose `P`. Not cloneable.
pub struct Permit<P: Purpose> {
    subject: SubjectId,
    fields: &'static [&'static str],
    purpose: PhantomData<P>,
}

impl Ask {
    /// Decides whether `ctx` may open what is asked (2.2.6.a, 2.5.1).
    ///
    /// # Errors
    /// [`Denied`] with the reason.
    pub fn decide<P: Purpose>(self, ctx: &Ctx<P>, known: Known) -> Result<Decided<P>, Denied> {
        policy::clause!("2.2.6.a");
        policy::clause!("2.5.1.e");
        if self.fields.is_empty() {
            return Err(Denied::NoField);
        }
        policy::clause!("2.2.6.b");
        if !known.registered {
            return Err(Denied::NotRegistered);
        }
        if !P::ID.bases().contains(&self.basis.kind()) {
            return Err(Denied::Basis);
        }
        match ctx.actor() {
            // A visitor proves to be the holder with a code or password; nothing else opens.
            Actor::Visitor if !matches!(P::ID, PurposeId::VerifyHolder | PurposeId::KeepAccount) => {
                return Err(Denied::Visitor);
            }
            Actor::Person { subject, .. } if subject != self.subject => {
                if P::ID != PurposeId::FulfilContract {
                    return Err(Denied::NotOwn);
                }
                policy::clause!("2.4.1.3");
                if self.case.is_none() || !known.actor_in_case || !known.subject_in_case {
                    return Err(Denied::NoCase);
                }
            }
            _ => {}
        }
        let actor_account = match ctx.actor() {
            Actor::Person { account, .. } => Some(account),
            _ => None,
        };
        Ok(Decided {
            record: AccessRecord {
                subject: self.subject,
                actor_kind: ctx.actor().kind(),
                actor_account,
                fields: self.fields.join(","),
                purpose: P::ID,
                basis: self.basis.as_str(),
                clause: self.clause,
                case: self.case,
                policy_version: ctx.policy_version().to_owned(),
                request: ctx.request(),
                at: ctx.now(),
            },
            fields: self.fields,
            purpose: PhantomData,
        })
    }
}

impl<P: Purpose> Decided<P> {
    /// The record to write.
    #[must_use]
    pub const fn record(&self) -> &AccessRecord {
        &self.record
    }

    /// The permit, once the store has written the record in the running transaction. Only the
    /// storage crate calls this; the walls check proves it.
    #[must_use]
    pub fn after_recording(self) -> Permit<P> {
        Permit {
            subject: self.record.subject,
            fields: self.fields,
            purpose: PhantomData,
        }
    }
}

impl<P: Purpose> std::fmt::Debug for Permit<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Permit<{}>", P::ID.as_str())
    }
}

impl<P: Purpose> Permit<P> {
    /// Whether this permit covers the field of the subject.
    #[must_use]
    pub fn covers(&self, subject: SubjectId, table: &str, column: &str) -> bool {
        self.subject == subject
            && self.fields.iter().any(|field| {
                field
                    .split_once('.')
                    .is_some_and(|(t, c)| t == table && c == column)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purpose::{Browse, FulfilContract, ShowOwn};

    fn ctx<P: Purpose>(actor: Actor) -> Ctx<P> {
        Ctx::new(actor, "2020-11-01", Uuid::nil(), OffsetDateTime::UNIX_EPOCH)
    }

    fn ask(subject: u128, basis: LegalBasis) -> Ask {
        Ask {
            subject: SubjectId(Uuid::from_u128(subject)),
            fields: &["account.phone"],
            basis,
            clause: "2.6.1.a",
            case: None,
        }
    }

    const REGISTERED: Known = Known {
        registered: true,
        actor_in_case: false,
        subject_in_case: false,
    };

    fn person(subject: u128) -> Actor {
        Actor::Person {
            account: Uuid::from_u128(9),
            subject: SubjectId(Uuid::from_u128(subject)),
        }
    }

    #[test]
    fn clause_2_2_6_a_a_basis_that_cannot_carry_the_purpose_is_denied() {
        let denied = ask(1, LegalBasis::Emergency)
            .decide(&ctx::<ShowOwn>(person(1)), REGISTERED)
            .err();
        assert_eq!(denied, Some(Denied::Basis));
    }

    #[test]
    fn clause_2_5_1_e_a_person_opens_only_their_own() {
        let denied = ask(1, LegalBasis::Contract)
            .decide(&ctx::<ShowOwn>(person(2)), REGISTERED)
            .err();
        assert_eq!(denied, Some(Denied::NotOwn));
        assert!(
            ask(1, LegalBasis::Contract)
                .decide(&ctx::<ShowOwn>(person(1)), REGISTERED)
                .is_ok()
        );
    }

    #[test]
    fn clause_2_4_1_3_another_person_s_data_opens_only_within_an_order_of_both() {
        let case = Ask {
            case: Some(Uuid::from_u128(7)),
            ..ask(1, LegalBasis::Contract)
        };
        let both = Known {
            actor_in_case: true,
            subject_in_case: true,
            ..REGISTERED
        };
        let decide = |ask: Ask, known| ask.decide(&ctx::<FulfilContract>(person(2)), known).err();
        assert_eq!(decide(case.clone(), both), None);
        assert_eq!(
            decide(ask(1, LegalBasis::Contract), both),
            Some(Denied::NoCase),
            "no order is named"
        );
        for (actor_in_case, subject_in_case) in [(true, false), (false, true), (false, false)] {
            let known = Known {
                actor_in_case,
                subject_in_case,
                ..REGISTERED
            };
            assert_eq!(decide(case.clone(), known), Some(Denied::NoCase));
        }
        let own = ask(2, LegalBasis::Contract).decide(&ctx::<FulfilContract>(person(2)), REGISTERED);
        assert!(own.is_ok(), "one's own needs no order");
    }

    #[test]
    fn clause_2_2_6_b_a_field_not_given_to_the_purpose_is_denied() {
        let denied = ask(1, LegalBasis::Contract)
            .decide(&ctx::<ShowOwn>(person(1)), Known::default())
            .err();
        assert_eq!(denied, Some(Denied::NotRegistered));
    }

    #[test]
    fn clause_2_1_1_c_a_visitor_opens_nothing() {
        let denied = ask(1, LegalBasis::LawfulPublication)
            .decide(&ctx::<Browse>(Actor::Visitor), REGISTERED)
            .err();
        assert_eq!(denied, Some(Denied::Visitor));
    }

    #[test]
    fn a_permit_covers_only_what_it_names() {
        let decided = ask(1, LegalBasis::Contract).decide(&ctx::<ShowOwn>(person(1)), REGISTERED);
        let permit = decided.map(Decided::after_recording).expect("decided");
        let subject = SubjectId(Uuid::from_u128(1));
        assert!(permit.covers(subject, "account", "phone"));
        assert!(!permit.covers(subject, "account", "name"));
        assert!(!permit.covers(SubjectId(Uuid::from_u128(2)), "account", "phone"));
    }
}
