//! Refusals are data: a stable code, the field they are about, and a text that names the remedy.
//! No text holds a value the person typed.

macro_rules! refusals {
    ($(#[$about:meta])* $group:ident;
        $($(#[$doc:meta])* $variant:ident = $code:literal $field:literal $zh:literal $en:literal,)+) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $group { $($(#[$doc])* $variant,)+ }

        impl $group {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Code, field, Chinese, English.
            pub(super) const fn parts(self) -> (&'static str, &'static str, &'static str, &'static str) {
                match self { $(Self::$variant => ($code, $field, $zh, $en),)+ }
            }
        }
    };
}

mod book;
mod minor;
mod party;
mod passkey;
mod texts;
mod trade;

use texts::parts;

pub use book::Book;
pub use minor::Minor;
pub use party::Party;
pub use passkey::Passkey;
pub use trade::Trade;

/// Why a rule says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.code())]
pub enum Refused {
    /// No phone was given.
    PhoneMissing,
    /// The phone is not a mainland mobile number.
    PhoneInvalid,
    /// A demonstration takes fictional numbers only.
    PhoneNotFictional,
    /// No account name was given.
    NameMissing,
    /// The account name is too short or too long.
    NameLength,
    /// The account name has signs it may not have.
    NameCharacters,
    /// The account name could be a phone or identity number.
    NameNumber,
    /// The account name is taken.
    NameTaken,
    /// No password was given.
    PasswordMissing,
    /// The password is too short.
    PasswordShort,
    /// The password is too long.
    PasswordLong,
    /// The password is easy to guess.
    PasswordWeak,
    /// The present password is wrong.
    PasswordWrong,
    /// No code was given, or it is wrong, used, expired or was never sent.
    CodeWrong,
    /// The next code may be sent a minute after the last.
    CodeTooSoon,
    /// Too many codes in an hour.
    TooManyCodes,
    /// The user agreement was not accepted.
    AgreementNotAccepted,
    /// The privacy policy was not accepted.
    PolicyNotAccepted,
    /// Neither phone nor account name was given.
    LoginMissing,
    /// Name or phone and password do not belong together.
    LoginWrong,
    /// Too many failed log-ins.
    TooManyLogins,
    /// The form was open too long or came from elsewhere.
    FormStale,
    /// An access token's name is missing, too long or holds control characters.
    TokenName,
    /// An access token needs at least one scope.
    TokenScope,
    /// An access token lives from one day to a year.
    TokenLife,
    /// The account has as many access tokens as it may.
    TooManyTokens,
    /// The event has no place in the transparency log yet.
    ReceiptNotYet,
    /// An order needs something to pay for.
    OrderEmpty,
    /// A supplier's own people do not buy from it (自买自卖).
    OrderOwnService,
    /// The key of this placing already made an order of something else.
    OrderKeyUsed,
    /// A program sent the key of something it made before with something else.
    KeyUsed,
    /// The order has moved on.
    OrderNotNow,
    /// Another role does this.
    OrderNotYou,
    /// A delivery ticks every declared acceptance item.
    DeliveryIncomplete,
    /// A rejection names what fails.
    RejectionUnnamed,
    /// A reason is needed.
    ReasonMissing,
    /// A reason or note is longer than it may be.
    NoteLong,
    /// Refunds were asked for and not agreed often enough.
    RefundsUsedUp,
    /// The service takes no new orders for now.
    ServicePaused,
    /// The supplier may take no new business.
    SupplierPaused,
    /// Too many orders in an hour.
    TooManyOrders,
    /// A reason or note holds contact or identity data.
    NoteContact,
    /// The account is to be closed; until then nothing new begins.
    ClosurePending,
    /// The milestone at hand is not named, or another one is.
    MilestoneOther,
    /// A partial refund is more than nothing and less than the milestone's amount.
    OfferAmount,
    /// The delivery of an official fee names its receipt.
    ReceiptMissing,
    /// The receipt's number cannot be one.
    ReceiptInvalid,
    /// The milestone holds no official fee to have a receipt of.
    ReceiptUnneeded,
    /// The platform's decision names the member of staff by an identifier.
    StaffInvalid,
    /// The name to ask for is none.
    ShareName,
    /// The phone to be shared is none.
    SharePhone,
    /// In a demonstration only fictional phones are shared.
    SharePhoneNotFictional,
    /// The mail address is none.
    ShareEmail,
    /// The address is too short, too long or holds hidden signs.
    ShareAddress,
    /// A field was ticked to be shared and left empty.
    ShareEmpty,
    /// The order has ended: nothing more is shared for it.
    ShareClosed,
    /// The account is to be closed: nothing more is shared.
    ShareClosing,
    /// Too much was shared and taken back within the window.
    ShareTooOften,
    /// The answer to a demand is none of those that count.
    DemandAnswer,
    /// Keeping by law needs the article.
    DemandArticle,
    /// Keeping by law needs the day on which it ends.
    DemandUntil,
    /// An authorisation of one's own needs its number.
    DemandReference,
    /// Neither a code of the authenticator app nor a recovery code was given.
    SecondMissing,
    /// The code is wrong, used or out of time.
    SecondWrong,
    /// Too many wrong codes.
    SecondTooMany,
    /// The log-in waited too long for its second step, or it was tried too often.
    SecondStale,
    /// The act wants a fresh proof of who is there.
    ProofNeeded,
    /// The second factor is on already, or is off already.
    SecondNotNow,
    /// About who takes part: persons, enterprises, suppliers, members.
    Party(Party),
    /// About passkeys.
    Passkey(Passkey),
    /// About becoming a supplier, and ordering from one.
    Trade(Trade),
    /// About age, minors and their guardians.
    Minor(Minor),
    /// About an address book or a title for invoices.
    Book(Book),
    /// The new number is the one the account has.
    PhoneUnchanged,
    /// The number was changed often enough within the window.
    PhoneTooOften,
    /// The present number was not proved in this session, or too long ago.
    PhoneProof,
    /// The new account name is the present one.
    NameUnchanged,
    /// The account name was changed within the window.
    NameTooOften,
    /// The display name is too long or holds line breaks or hidden signs.
    DisplayName,
    /// The display name could be a phone or identity number.
    DisplayNameNumber,
    /// The reason of a correction is too long or holds line breaks or hidden signs.
    ChangeReason,
    /// A new number is waited for already.
    RecoveryPending,
    /// New numbers were asked for often enough within the window.
    RecoveryTooOften,
}

impl Refused {
    /// Those that are named here; the rest joins them in [`Refused::ALL`].
    const OWN: &'static [Self] = &[
        Self::PhoneMissing,
        Self::PhoneInvalid,
        Self::PhoneNotFictional,
        Self::NameMissing,
        Self::NameLength,
        Self::NameCharacters,
        Self::NameNumber,
        Self::NameTaken,
        Self::PasswordMissing,
        Self::PasswordShort,
        Self::PasswordLong,
        Self::PasswordWeak,
        Self::PasswordWrong,
        Self::CodeWrong,
        Self::CodeTooSoon,
        Self::TooManyCodes,
        Self::AgreementNotAccepted,
        Self::PolicyNotAccepted,
        Self::LoginMissing,
        Self::LoginWrong,
        Self::TooManyLogins,
        Self::FormStale,
        Self::TokenName,
        Self::TokenScope,
        Self::TokenLife,
        Self::TooManyTokens,
        Self::ReceiptNotYet,
        Self::OrderEmpty,
        Self::OrderOwnService,
        Self::OrderKeyUsed,
        Self::KeyUsed,
        Self::OrderNotNow,
        Self::OrderNotYou,
        Self::DeliveryIncomplete,
        Self::RejectionUnnamed,
        Self::ReasonMissing,
        Self::NoteLong,
        Self::NoteContact,
        Self::RefundsUsedUp,
        Self::SupplierPaused,
        Self::TooManyOrders,
        Self::ServicePaused,
        Self::ClosurePending,
        Self::MilestoneOther,
        Self::OfferAmount,
        Self::ReceiptMissing,
        Self::ReceiptInvalid,
        Self::ReceiptUnneeded,
        Self::StaffInvalid,
        Self::ShareName,
        Self::SharePhone,
        Self::SharePhoneNotFictional,
        Self::ShareEmail,
        Self::ShareAddress,
        Self::ShareEmpty,
        Self::ShareClosed,
        Self::ShareClosing,
        Self::ShareTooOften,
        Self::DemandAnswer,
        Self::DemandArticle,
        Self::DemandUntil,
        Self::DemandReference,
        Self::SecondMissing,
        Self::SecondWrong,
        Self::SecondTooMany,
        Self::SecondStale,
        Self::ProofNeeded,
        Self::SecondNotNow,
        Self::PhoneUnchanged,
        Self::PhoneTooOften,
        Self::PhoneProof,
        Self::NameUnchanged,
        Self::NameTooOften,
        Self::DisplayName,
        Self::DisplayNameNumber,
        Self::ChangeReason,
        Self::RecoveryPending,
        Self::RecoveryTooOften,
    ];

    /// The stable code, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        parts(self).0
    }

    /// The form field the refusal is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        parts(self).1
    }

    /// The text in Chinese or English; names the remedy.
    #[must_use]
    pub const fn message(self, zh: bool) -> &'static str {
        if zh { parts(self).2 } else { parts(self).3 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_texts_are_there_in_both_languages() {
        let codes: HashSet<_> = Refused::ALL.iter().map(|refused| refused.code()).collect();
        assert_eq!(codes.len(), Refused::ALL.len());
        for refused in Refused::ALL {
            assert!(refused.message(true).ends_with('。'), "{refused}");
            assert!(refused.message(false).ends_with('.'), "{refused}");
        }
    }
}
