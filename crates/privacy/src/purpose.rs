//! Purposes as types (compile time) and as identifiers (rows, registers), with the legal bases
//! that can carry each (PIPL 13; clauses 2.2.6.a, 2.1.1).

/// A purpose of the policy in force. An unknown purpose does not compile.
pub trait Purpose: Send + Sync + 'static {
    /// The identifier stored in access records and registers.
    const ID: PurposeId;
}

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, bases [$($basis:ident),+];)+) => {
        /// A purpose as data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum PurposeId { $($(#[$doc])* $name,)+ }

        impl PurposeId {
            /// Every purpose the platform knows.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The identifier read back; an unknown purpose is `None` and so denied (2.2.6.a).
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|purpose| purpose.as_str() == text)
            }

            /// The legal bases that can carry this purpose.
            #[must_use]
            pub const fn bases(self) -> &'static [BasisKind] {
                match self { $(Self::$name => &[$(BasisKind::$basis,)+],)+ }
            }
        }

        $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub struct $name;
        impl Purpose for $name { const ID: PurposeId = PurposeId::$name; })+
    };
}

purposes! {
    /// Showing what is public; opens nothing personal.
    Browse = "browse", bases [LawfulPublication];
    /// Creating and running the account the person asked for (2.1.1.a, 2.1.1.b).
    KeepAccount = "keep_account", bases [Contract, Consent];
    /// Verifying that the person is the account holder (2.1.1.e).
    VerifyHolder = "verify_holder", bases [Contract];
    /// Certifying the person or their enterprise, because they asked for it (2.1.1.d).
    Certify = "certify", bases [Consent];
    /// Showing a person their own data (2.6.1).
    ShowOwn = "show_own", bases [Contract, LegalDuty];
    /// Carrying out an order or contract.
    FulfilContract = "fulfil_contract", bases [Contract];
    /// Delivering a message the person asked for, through a processor.
    Notify = "notify", bases [Contract, Consent];
    /// Keeping the service and its accounts safe (2.2.3.a).
    KeepSafe = "keep_safe", bases [Contract, LegalDuty];
    /// Doing what a law requires.
    ObeyLaw = "obey_law", bases [LegalDuty];
    /// The platform's own work on rows without personal content: timers, jobs, migrations.
    Operate = "operate", bases [LegalDuty];
}

/// The kind of a legal basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BasisKind {
    /// PIPL 13(1).
    Consent,
    /// PIPL 13(2).
    Contract,
    /// PIPL 13(3).
    LegalDuty,
    /// PIPL 13(4).
    Emergency,
    /// PIPL 13(6).
    LawfulPublication,
}

/// A legal basis as claimed for one opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LegalBasis {
    /// A live consent, by the identifier of its event.
    Consent(uuid::Uuid),
    /// A live consent asked for and given by itself (PIPL 23, 29): what sensitive data and giving
    /// to others take.
    Separate {
        /// The identifier of its event.
        consent: uuid::Uuid,
        /// For whom besides the platform, if for someone.
        recipient: Option<&'static str>,
    },
    /// Needed to conclude or perform a contract with the person.
    Contract,
    /// A duty, by article.
    LegalDuty(&'static str),
    /// Life, health or property in danger.
    Emergency,
    /// The person or the law made it public.
    LawfulPublication,
}

impl LegalBasis {
    /// The kind of this basis.
    #[must_use]
    pub const fn kind(&self) -> BasisKind {
        match self {
            Self::Consent(_) | Self::Separate { .. } => BasisKind::Consent,
            Self::Contract => BasisKind::Contract,
            Self::LegalDuty(_) => BasisKind::LegalDuty,
            Self::Emergency => BasisKind::Emergency,
            Self::LawfulPublication => BasisKind::LawfulPublication,
        }
    }

    /// The identifier written to the access record.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Consent(_) => "consent",
            Self::Separate { .. } => "separate_consent",
            Self::Contract => "contract",
            Self::LegalDuty(_) => "legal_duty",
            Self::Emergency => "emergency",
            Self::LawfulPublication => "lawful_publication",
        }
    }

    /// The consent event it names, if it names one.
    #[must_use]
    pub const fn consent(&self) -> Option<uuid::Uuid> {
        match self {
            Self::Consent(event) | Self::Separate { consent: event, .. } => Some(*event),
            _ => None,
        }
    }

    /// Whether it opens sensitive data: separate consent or a duty of law (1.4).
    #[must_use]
    pub const fn is_separate(&self) -> bool {
        matches!(self, Self::Separate { .. } | Self::LegalDuty(_))
    }

    /// Whether it rests on a policy the person accepted. A duty of law and an emergency do not.
    #[must_use]
    pub const fn needs_policy(&self) -> bool {
        !matches!(self, Self::LegalDuty(_) | Self::Emergency)
    }
}

impl BasisKind {
    /// The identifier in the policy's list of purposes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalDuty => "legal_duty",
            Self::Emergency => "emergency",
            Self::LawfulPublication => "lawful_publication",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_2_6_a_an_unknown_purpose_is_denied() {
        assert_eq!(PurposeId::parse("advertising"), None);
        for purpose in PurposeId::ALL {
            assert_eq!(PurposeId::parse(purpose.as_str()), Some(*purpose));
            assert!(!purpose.bases().is_empty());
        }
    }
}
