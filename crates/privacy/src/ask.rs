//! The decision: may this actor open these fields of this person, for this purpose, on this ground?

use std::marker::PhantomData;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::minor::{Guarding, KnownMinor};
use crate::permit::Decided;
use crate::{Actor, Ctx, KnownStaff, LegalBasis, Purpose, PurposeId, Reach, SubjectId};

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
    /// The order, verification or organisation it is asked for, if it is asked for one.
    pub case: Option<Uuid>,
}

/// The policy version that rules a person: the one they accepted last (2.9.b), and what it says of
/// the opening that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The version.
    pub version: String,
    /// It states the purpose, on the basis claimed, and has the clause.
    pub states: bool,
}

/// A consent that is in force: given, not withdrawn, not expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveConsent {
    /// What for.
    pub purpose: PurposeId,
    /// For whom besides the platform, if for someone.
    pub recipient: Option<String>,
}

/// What the store knows that the decision needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Known {
    /// The register gives every field to the purpose under the clause (0.5, 2.2.6.b).
    pub registered: bool,
    /// One of the fields is sensitive (1.4).
    pub sensitive: bool,
    /// The actor is on one of the sides of the order that is the case.
    pub actor_in_case: bool,
    /// The person whose data it is is on one of its sides.
    pub subject_in_case: bool,
    /// What is asked for is the copy of a party of the case, and the actor is one of that party: the
    /// buyer, or a member of the supplier.
    pub own_party: bool,
    /// The case is an organisation that both the actor and the person belong to.
    pub colleagues: bool,
    /// The ledger says that every field was disclosed to the actor for the case, and the disclosure
    /// still stands (2.4.1.0).
    pub disclosed: bool,
    /// The version that rules the person, if they accepted one.
    pub ruling: Option<Ruling>,
    /// The consent named as basis, if it is this person's and in force.
    pub consent: Option<LiveConsent>,
    /// The member of staff who asks, if one does.
    pub staff: KnownStaff,
    /// What is known of the person as somebody under age, if they are (1.5, 2.7.b).
    pub minor: Option<KnownMinor>,
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
    /// Someone asked for another's data without an order that both are part of, or a member of staff
    /// without a case that the person is part of.
    #[error("there is no case that the person is part of")]
    NoCase,
    /// The field was not disclosed to whoever asks, or no longer is.
    #[error("the field was not disclosed to whoever asks, or no longer is")]
    NotDisclosed,
    /// The supplier is bound by no undertaking on personal data.
    #[error("the supplier is bound by no undertaking on personal data")]
    NoUndertaking,
    /// The register does not name this recipient for the field.
    #[error("the register does not name this recipient for the field")]
    NotARecipient,
    /// A visitor asked for personal data.
    #[error("a visitor opens nothing personal")]
    Visitor,
    /// No field was named, or no person.
    #[error("no field was named")]
    NoField,
    /// The register does not give this field to this purpose under this clause.
    #[error("the register does not allow this field for this purpose and clause")]
    NotRegistered,
    /// The person accepted no version of the policy.
    #[error("the person accepted no version of the policy")]
    NotAccepted,
    /// The version that the person accepted does not state the purpose on this basis, or has no
    /// such clause.
    #[error("the policy version that rules this person does not state this purpose")]
    NotInVersion,
    /// The consent named is not this person's, is for something else, or is no longer in force.
    #[error("there is no consent in force for this")]
    NoConsent,
    /// A sensitive field without separate consent or legal duty.
    #[error("a sensitive field opens only with separate consent or for a legal duty")]
    SeparateConsent,
    /// The role does not work for this purpose.
    #[error("this role does not work for this purpose")]
    StaffRole,
    /// The register does not give the field to this role.
    #[error("the register does not give this field to this role")]
    StaffField,
    /// A member of staff gave no reason, or none of their role's.
    #[error("a member of staff opens nothing without a reason")]
    StaffReason,
    /// The training is missing or ran out.
    #[error("the training of this member of staff is missing or ran out")]
    StaffTraining,
    /// The person is under age, and none of the three grounds carries this: the law, the guardian's explicit
    /// consent, the protection of the minor.
    #[error("of a minor nothing is opened without the guardian's consent or a law")]
    Guardian,
    /// The person is under age, and no supervisor approved that this member of staff opens the field.
    #[error("a minor's field opens for staff only with a supervisor's approval")]
    Approval,
    /// Only the program's own work opens values of many people at once, and no sensitive ones.
    #[error("this cannot be opened for many people at once")]
    Bulk,
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
    /// The consent it rests on, if on one.
    pub consent: Option<Uuid>,
    /// Under which clause.
    pub clause: &'static str,
    /// For which order, if for one.
    pub case: Option<Uuid>,
    /// The reason a member of staff gave.
    pub reason: Option<&'static str>,
    /// The supervisor's approval, if a minor's field was opened by staff.
    pub approval: Option<Uuid>,
    /// The policy version that rules the person; the one in force, where a duty of law needs none.
    pub policy_version: String,
    /// The request.
    pub request: Uuid,
    /// When.
    pub at: OffsetDateTime,
}

impl Ask {
    /// Decides whether `ctx` may open what is asked (2.2.6.a, 2.5.1).
    ///
    /// # Errors
    /// [`Denied`] with the reason.
    pub fn decide<P: Purpose>(self, ctx: &Ctx<P>, known: Known) -> Result<Decided<P>, Denied> {
        policy::clause!("2.5.1.e");
        if self.fields.is_empty() {
            return Err(Denied::NoField);
        }
        policy::clause!("2.2.6.b");
        if !known.registered {
            return Err(Denied::NotRegistered);
        }
        policy::clause!("2.2.6.a");
        if !P::ID.bases().contains(&self.basis.kind()) {
            return Err(Denied::Basis);
        }
        policy::clause!("1.4");
        if known.sensitive && !self.basis.is_separate() {
            return Err(Denied::SeparateConsent);
        }
        self.consented(P::ID, known.consent.as_ref())?;
        if let Some(minor) = &known.minor {
            policy::clause!("2.7.b");
            minor.carried(&self.basis)?;
        }
        self.actor_may(ctx, &known)?;
        let approval = match (&known.minor, ctx.actor()) {
            (Some(minor), Actor::Staff(_)) => {
                policy::clause!("2.7.b");
                Some(minor.approval.ok_or(Denied::Approval)?)
            }
            _ => None,
        };
        let policy_version = ruling(known.ruling, &self.basis)?;
        let actor = ctx.actor();
        Ok(Decided {
            record: AccessRecord {
                subject: self.subject,
                actor_kind: actor.kind(),
                actor_account: actor.account(),
                fields: self.fields.join(","),
                purpose: P::ID,
                basis: self.basis.as_str(),
                consent: self.basis.consent(),
                clause: self.clause,
                case: self.case,
                reason: actor.reason(),
                approval,
                policy_version: policy_version.unwrap_or_else(|| ctx.policy_version().to_owned()),
                request: ctx.request(),
                at: ctx.now(),
            },
            fields: self.fields,
            separate: self.basis.is_separate(),
            reach: Reach::of(actor, self.subject),
            purpose: PhantomData,
        })
    }

    /// A consent as basis must be in force, for this purpose and this recipient.
    fn consented(&self, purpose: PurposeId, live: Option<&LiveConsent>) -> Result<(), Denied> {
        if self.basis.consent().is_none() {
            return Ok(());
        }
        let live = live.ok_or(Denied::NoConsent)?;
        let recipient = match self.basis {
            LegalBasis::Separate { recipient, .. } => recipient,
            _ => None,
        };
        if live.purpose != purpose || live.recipient.as_deref() != recipient {
            return Err(Denied::NoConsent);
        }
        Ok(())
    }

    fn actor_may<P: Purpose>(&self, ctx: &Ctx<P>, known: &Known) -> Result<(), Denied> {
        match ctx.actor() {
            // A visitor proves to be the holder with a code or password; nothing else opens.
            Actor::Visitor if !matches!(P::ID, PurposeId::VerifyHolder | PurposeId::KeepAccount) => {
                Err(Denied::Visitor)
            }
            Actor::Person { subject, .. } if subject != self.subject => {
                if let Some(minor) = &known.minor
                    && minor.guarding != Guarding::No
                {
                    policy::clause!("2.7.b");
                    return minor.guardian_may(P::ID, self.fields);
                }
                // Members of one organisation see of each other what the ledger says.
                if P::ID == PurposeId::KeepAccount && self.case.is_some() && known.colleagues {
                    policy::clause!("2.4.1.0");
                    return if known.disclosed {
                        Ok(())
                    } else {
                        Err(Denied::NotDisclosed)
                    };
                }
                if P::ID != PurposeId::FulfilContract {
                    return Err(Denied::NotOwn);
                }
                // Their own side's copy of what was written on the order: it was given to them then.
                if self.case.is_some() && known.actor_in_case && known.own_party {
                    return Ok(());
                }
                policy::clause!("2.4.1.3");
                if self.case.is_none() || !known.actor_in_case || !known.subject_in_case {
                    return Err(Denied::NoCase);
                }
                policy::clause!("2.4.1.0");
                if !known.disclosed {
                    return Err(Denied::NotDisclosed);
                }
                Ok(())
            }
            Actor::Staff(staff) => staff.may(P::ID, self.case, known.subject_in_case, known.staff, ctx.now()),
            _ => Ok(()),
        }
    }
}

/// The version that rules, or nothing where a duty of law or an emergency needs no acceptance.
pub(crate) fn ruling(ruling: Option<Ruling>, basis: &LegalBasis) -> Result<Option<String>, Denied> {
    policy::clause!("2.9.b");
    let Some(ruling) = ruling else {
        return if basis.needs_policy() {
            Err(Denied::NotAccepted)
        } else {
            Ok(None)
        };
    };
    if basis.needs_policy() && !ruling.states {
        return Err(Denied::NotInVersion);
    }
    Ok(Some(ruling.version))
}
