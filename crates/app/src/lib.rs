//! Use cases: load, decide, record, store, enqueue, commit. No HTTP, no SQL.
//!
//! A use case is a function over [`App`] and a [`privacy::Ctx`]; it answers with data or with a
//! [`Failure`], which is one of three kinds: a refusal with its text in the catalogue of
//! [`domain::Refused`], nothing there, or a fault whose text nobody outside sees.

pub mod account;
pub mod demo;
pub mod disclosure;
pub mod job;
pub mod log;
pub mod market;
pub mod minor;
mod once;
pub mod org;
mod password;
pub mod person;
pub mod rights;
pub mod staff;
pub mod supplier;

use std::sync::Arc;

use domain::Refused;
use domain::market::order::Mode;
use privacy::{Actor, Clock, Ctx, Entropy, Purpose, SystemReason};
use storage::{Store, StoreError};

pub use password::Cost;

/// Everything a use case needs.
#[derive(Clone)]
pub struct App {
    /// Data and vault.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether the fictional demo ranges are accepted.
    pub demo: bool,
    /// How long nobody is asked again after a no.
    pub ask_again_after: time::Duration,
    /// The cost of hashing a password.
    pub cost: Cost,
    /// Who says whether a name and a number belong together, if anybody does.
    pub identity: Option<Arc<dyn person::IdentitySource>>,
    /// Who says what the public register of enterprises holds, if anybody does.
    pub enterprises: Option<Arc<dyn org::EnterpriseRegister>>,
    /// Where an address lies, from a table on this machine, if there is one.
    pub regions: Option<Arc<dyn account::Regions>>,
    /// The name of the site, as messages say it.
    pub site: Arc<str>,
    /// Who makes transfers as a proof, if anybody does.
    pub bank: Option<Arc<dyn org::TransferBank>>,
    /// The site as authenticators know it, if it can be one.
    pub passkeys: Option<Arc<account::RelyingParty>>,
}

impl App {
    /// A context for what the program does itself, under this version of the policy.
    #[must_use]
    pub fn system<P: Purpose>(&self, reason: SystemReason, policy_version: &str) -> Ctx<P> {
        let actor = Actor::System(reason);
        Ctx::new(actor, policy_version, self.entropy.id(), self.clock.now())
    }

    /// How the money of a new order goes: the simulated partner exists in a demonstration only.
    pub(crate) const fn mode(&self) -> Mode {
        if self.demo { Mode::Simulated } else { Mode::Offline }
    }
}

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule says no; each refusal names its field.
    #[error("refused")]
    Refused(Vec<Refused>),
    /// There is no such thing, or the actor may not know of it.
    #[error("not found")]
    NotFound,
    /// Something broke; logged once, at the boundary.
    #[error("fault")]
    Fault(#[from] Fault),
}

/// What broke.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password hash.
    #[error("the password hash failed")]
    Password,
    /// A stored or shipped document is malformed.
    #[error("a document is malformed")]
    Document,
    /// An erased person was found again.
    #[error("something of an erased person is still there")]
    Residue,
    /// A job is of a kind this build does not know, or killed its worker too often.
    #[error("a job cannot be done")]
    Job,
    /// A copy of the stores, or its way back.
    #[error(transparent)]
    Backup(#[from] storage::backup::BackupError),
    /// The search index.
    #[error(transparent)]
    Search(search::SearchError),
    /// The identity source.
    #[error(transparent)]
    Identity(#[from] person::SourceFailed),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Fault(Fault::Store(error))
    }
}

impl From<storage::backup::BackupError> for Failure {
    fn from(error: storage::backup::BackupError) -> Self {
        Self::Fault(Fault::Backup(error))
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(vec![refused])
    }
}

impl Failure {
    /// The chain of causes, for the log of whoever handles it last. No text in it holds a value.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    /// The refusals, if a rule said no.
    #[must_use]
    pub fn refusals(&self) -> &[Refused] {
        match self {
            Self::Refused(refusals) => refusals,
            _ => &[],
        }
    }
}
