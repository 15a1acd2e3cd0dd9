//! Passkeys (通行密钥): a key on the person's own device, which checks its holder before it signs. One logs
//! in without a name and a password, is the second step after a password, and is the proof that acts of
//! weight want (2.1.1.e, 2.6.1.c).

mod ceremony;
mod credential;
mod enrol;
mod entry;
mod site;

pub use enrol::{
    PasskeyAdded, PasskeyAdding, PasskeySeen, add_passkey, begin_passkey, passkeys, remove_passkey,
    rename_passkey,
};
pub use entry::{
    PasskeyEntry, PasskeyStep, begin_entry, begin_proof, begin_step, enter, passkey_step, prove_passkey,
};
pub use site::{NoDomain, RelyingParty};

use domain::Refused;
use domain::refused::Passkey as Rule;

use crate::{App, Failure};

/// A question for an authenticator.
pub struct Prompt {
    /// The options that the browser hands to it, as JSON.
    pub options: String,
    /// The token that the answer has to come with, for the cookie; only its digest is stored. None where a
    /// session or a log-in that waits is there to bind it to.
    pub token: Option<String>,
}

/// The site as authenticators know it.
fn site(app: &App) -> Result<&RelyingParty, Failure> {
    app.passkeys
        .as_deref()
        .ok_or_else(|| Refused::from(Rule::Unavailable).into())
}
