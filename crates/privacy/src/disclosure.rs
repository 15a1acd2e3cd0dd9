//! Disclosures: personal data leaves the platform for nobody but the listed recipients, on one of
//! the listed grounds, and only after the ledger holds it (2.4.1.0).
//!
//! [`Share::decide`] is the pure decision. The store writes its [`Disclosure`] and only then makes
//! the [`Disclosed`] without which nothing is handed over.

use std::marker::PhantomData;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::minor::MinorShare;
use crate::permit::{Scope, names};
use crate::{Ctx, Denied, FieldRef, LiveConsent, Purpose, PurposeId, SubjectId};

/// Who receives: a kind of the register of recipients, and within the kind one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// The supplier of an order: its members.
    Supplier(Uuid),
    /// The buyer of an order, by account.
    Buyer(Uuid),
    /// The organisation that is the buyer of an order: its members.
    BuyerOrganisation(Uuid),
    /// The members of an organisation that the person belongs to.
    Organisation(Uuid),
    /// A processor, by its name in the register.
    Processor(&'static str),
}

impl Recipient {
    /// Its kind in the ledger.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Supplier(_) => "supplier",
            Self::Buyer(_) => "buyer",
            Self::BuyerOrganisation(_) => "buyer_organisation",
            Self::Organisation(_) => "organisation",
            Self::Processor(_) => "processor",
        }
    }

    /// What a column of the register calls it.
    #[must_use]
    pub const fn registered(self) -> &'static str {
        match self {
            Self::Supplier(_) | Self::Buyer(_) | Self::BuyerOrganisation(_) => "counterparty",
            Self::Organisation(_) => "colleagues",
            Self::Processor(name) => name,
        }
    }

    /// Which one of its kind.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Supplier(id) | Self::Buyer(id) | Self::BuyerOrganisation(id) | Self::Organisation(id) => {
                id.to_string()
            }
            Self::Processor(name) => name.to_owned(),
        }
    }
}

/// On which of the listed cases something is given away. A case that is not here is none: those of
/// authorities, disputes, transfers and publications come with their own procedures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// A purchase that the person makes or fulfils: the other side of the order (2.4.1.3).
    Purchase(Uuid),
    /// A processor entrusted with a part of the service (2.4.1.5.2.a).
    Entrusted,
    /// A separate consent for this recipient, by its event (2.4.1.2).
    Consent(Uuid),
    /// The person joined an organisation, knowing what its members see of them (2.4.1.2).
    Membership(Uuid),
    /// A guardian is asked for consent, as the law wants (2.7.a, PIPL 31): the message goes to the
    /// guardian's own number.
    Guardian,
    /// A minor is told what protects them (2.7.b).
    Protection,
}

impl Ground {
    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Purchase(_) => "purchase",
            Self::Entrusted => "entrusted",
            Self::Consent(_) => "consent",
            Self::Membership(_) => "membership",
            Self::Guardian => "guardian",
            Self::Protection => "protection",
        }
    }

    /// The clause behind it.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::Purchase(_) => policy::clause!("2.4.1.3"),
            Self::Entrusted => policy::clause!("2.4.1.5.2.a"),
            Self::Consent(_) | Self::Membership(_) => policy::clause!("2.4.1.2"),
            Self::Guardian => policy::clause!("2.7.a"),
            Self::Protection => policy::clause!("2.7.b"),
        }
    }

    /// The order or organisation it is about, if about one.
    #[must_use]
    pub const fn case(self) -> Option<Uuid> {
        match self {
            Self::Purchase(id) | Self::Membership(id) => Some(id),
            Self::Entrusted | Self::Consent(_) | Self::Guardian | Self::Protection => None,
        }
    }

    /// The consent it rests on, if on one.
    #[must_use]
    pub const fn consent(self) -> Option<Uuid> {
        match self {
            Self::Consent(event) => Some(event),
            Self::Purchase(_) | Self::Entrusted | Self::Membership(_) | Self::Guardian | Self::Protection => {
                None
            }
        }
    }

    /// Whether a law carries it, whatever the person accepted (2.9.b).
    const fn by_law(self) -> bool {
        matches!(self, Self::Guardian | Self::Protection)
    }
}

/// What someone wants to give away.
#[derive(Clone, Debug)]
pub struct Share {
    /// Whose data.
    pub subject: SubjectId,
    /// Which fields, as `table.column`.
    pub fields: &'static [&'static str],
    /// To whom.
    pub to: Recipient,
    /// What for.
    pub purpose: PurposeId,
    /// On which ground.
    pub ground: Ground,
    /// Until when the recipient may use it; `None` as long as the case goes on.
    pub until: Option<OffsetDateTime>,
}

/// What the store knows that the decision needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts of the store, each asked for by its own name"
)]
pub struct KnownShare {
    /// The register names the recipient for every field (2.4.1.4.b).
    pub registered: bool,
    /// One of the fields is sensitive.
    pub sensitive: bool,
    /// Subject and recipient are the two sides of the order, or of one side of it; or the person belongs
    /// to the organisation; or a minor named the person as a guardian and waits.
    pub in_case: bool,
    /// A supplier that receives it is bound by an undertaking on personal data (2.4.1.5.2.b).
    pub undertaking: bool,
    /// The version that the person accepted last, if it has the ground's clause (2.9.b).
    pub version: Option<String>,
    /// The consent named as ground, if it is this person's and in force.
    pub consent: Option<LiveConsent>,
    /// What is known of the person as somebody under age, if they are (2.7.b).
    pub minor: Option<MinorShare>,
}

/// One line of the ledger: who received what, why, until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Whose data.
    pub subject: SubjectId,
    /// To whom.
    pub to: Recipient,
    /// The fields, `table.column`, comma-separated.
    pub fields: String,
    /// Why.
    pub purpose: PurposeId,
    /// On which ground, with its clause, order and consent.
    pub ground: Ground,
    /// The policy version that rules the person.
    pub policy_version: String,
    /// When.
    pub at: OffsetDateTime,
    /// Until when the recipient may use it, if that is known.
    pub until: Option<OffsetDateTime>,
}

/// A decided disclosure that the ledger does not hold yet.
#[must_use = "a decision discloses nothing until the ledger holds it"]
#[derive(Debug)]
pub struct DecidedShare {
    disclosure: Disclosure,
    fields: &'static [&'static str],
}

impl DecidedShare {
    /// The line to write.
    #[must_use]
    pub const fn disclosure(&self) -> &Disclosure {
        &self.disclosure
    }

    /// What values are handed over with, once the ledger holds the line. Only the store calls this;
    /// the check of the walls reads every other file for it.
    #[must_use]
    pub fn after_recording(self, _: &Scope) -> Disclosed<'_> {
        Disclosed {
            subject: self.disclosure.subject,
            fields: self.fields,
            transaction: PhantomData,
        }
    }
}

/// That the ledger holds a disclosure of these fields of this person; ends with its transaction.
#[derive(Debug)]
pub struct Disclosed<'tx> {
    subject: SubjectId,
    fields: &'static [&'static str],
    transaction: PhantomData<&'tx Scope>,
}

impl<'tx> Disclosed<'tx> {
    /// That a line of the ledger says so already. Only the store calls this.
    #[must_use]
    pub const fn after_recording(subject: SubjectId, fields: &'static [&'static str], _: &'tx Scope) -> Self {
        Self {
            subject,
            fields,
            transaction: PhantomData,
        }
    }

    pub(crate) fn covers(&self, place: &FieldRef) -> bool {
        self.subject == place.subject && names(self.fields, place.table, place.column)
    }
}

impl Share {
    /// Decides whether this may be given away. What is not allowed here is denied.
    ///
    /// # Errors
    /// [`Denied`] with the reason.
    pub fn decide<P: Purpose>(self, ctx: &Ctx<P>, known: KnownShare) -> Result<DecidedShare, Denied> {
        policy::clause!("2.4.1.0");
        if self.fields.is_empty() {
            return Err(Denied::NoField);
        }
        policy::clause!("2.4.1.4.b");
        if !known.registered {
            return Err(Denied::NotARecipient);
        }
        policy::clause!("2.4.1.4.c");
        if known.sensitive && self.ground.consent().is_none() {
            return Err(Denied::SeparateConsent);
        }
        if let Some(minor) = &known.minor {
            policy::clause!("2.7.b");
            self.of_minor(*minor)?;
        }
        self.grounded(&known)?;
        // A person gives away what is their own; the program and staff act on the ground alone.
        // What a law carries goes to the person's own number, whoever acts.
        let another = ctx.actor().subject().is_some_and(|own| own != self.subject);
        if another && !self.ground.by_law() {
            return Err(Denied::NotOwn);
        }
        policy::clause!("2.9.b");
        let in_force = || self.ground.by_law().then(|| ctx.policy_version().to_owned());
        let policy_version = known.version.or_else(in_force).ok_or(Denied::NotInVersion)?;
        Ok(DecidedShare {
            disclosure: Disclosure {
                subject: self.subject,
                to: self.to,
                fields: self.fields.join(","),
                purpose: self.purpose,
                ground: self.ground,
                policy_version,
                at: ctx.now(),
                until: self.until,
            },
            fields: self.fields,
        })
    }

    /// A minor's data goes out by law, to protect them, or on the guardian's explicit consent to this very
    /// purpose and recipient; never to the sides of an order or to colleagues.
    const fn of_minor(&self, minor: MinorShare) -> Result<(), Denied> {
        let carried = match self.ground {
            Ground::Guardian | Ground::Protection => true,
            Ground::Entrusted | Ground::Consent(_) => minor.consented,
            Ground::Purchase(_) | Ground::Membership(_) => false,
        };
        if carried { Ok(()) } else { Err(Denied::Guardian) }
    }

    /// Whether the ground carries this: each is for its own kind of recipient.
    fn grounded(&self, known: &KnownShare) -> Result<(), Denied> {
        match (self.ground, self.to) {
            (
                Ground::Purchase(_),
                Recipient::Supplier(_) | Recipient::Buyer(_) | Recipient::BuyerOrganisation(_),
            ) => {
                policy::clause!("2.4.1.3");
                if !known.in_case {
                    return Err(Denied::NoCase);
                }
                policy::clause!("2.4.1.5.2.b");
                policy::clause!("0.11");
                if matches!(self.to, Recipient::Supplier(_)) && !known.undertaking {
                    return Err(Denied::NoUndertaking);
                }
                Ok(())
            }
            (Ground::Membership(joined), Recipient::Organisation(id)) => {
                policy::clause!("2.4.1.2");
                if !known.in_case || joined != id {
                    return Err(Denied::NoCase);
                }
                Ok(())
            }
            (Ground::Entrusted, Recipient::Processor(_)) => Ok(()),
            (Ground::Guardian, Recipient::Processor(_)) => {
                policy::clause!("2.7.a");
                if known.in_case {
                    Ok(())
                } else {
                    Err(Denied::NoCase)
                }
            }
            // There is nothing to protect of who is not under age.
            (Ground::Protection, Recipient::Processor(_)) if known.minor.is_some() => Ok(()),
            (Ground::Consent(_), Recipient::Processor(name)) => {
                policy::clause!("2.4.1.2");
                let live = known.consent.as_ref().ok_or(Denied::NoConsent)?;
                if live.purpose != self.purpose || live.recipient.as_deref() != Some(name) {
                    return Err(Denied::NoConsent);
                }
                Ok(())
            }
            _ => Err(Denied::Basis),
        }
    }
}

/// Whether the recipient is still entitled to what the ledger says they received.
#[must_use]
pub fn stands(until: Option<OffsetDateTime>, withdrawn: Option<OffsetDateTime>, now: OffsetDateTime) -> bool {
    policy::clause!("2.4.1.2");
    withdrawn.is_none() && until.is_none_or(|until| now < until)
}
