//! The account's answer: what a person sees of their own data.

use app::account::{Overview, Profile};
use app::minor::{ChildLine, Room};
use domain::minor;
use domain::person::verification;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Instant, word};

word!(
    /// The state of a person's verification.
    PersonState of verification::State
);

/// How a person's real-name verification (实名认证) stands; neither name nor number.
#[derive(Serialize, ToSchema)]
pub struct PersonVerification {
    /// The state.
    state: PersonState,
    /// Since when.
    since: Instant,
    /// Whether the person counts as verified now.
    #[schema(example = true)]
    verified: bool,
}

impl From<&verification::Verification> for PersonVerification {
    fn from(seen: &verification::Verification) -> Self {
        Self {
            state: seen.state.into(),
            since: seen.since.into(),
            verified: seen.state == verification::State::Verified,
        }
    }
}

/// A person's own account.
#[derive(Serialize, ToSchema)]
pub struct Account {
    /// The account name.
    #[schema(example = "林知远")]
    name: String,
    /// The mobile number, masked.
    #[schema(example = "100****0001")]
    phone_masked: String,
    /// When the account was made.
    created_at: Instant,
    /// The devices logged in.
    devices: Vec<Device>,
    /// The acceptances of documents, oldest first.
    acceptances: Vec<Acceptance>,
    /// Who opened which of the person's data, newest first, 50 at most.
    openings: Vec<Opening>,
}

/// A device that is logged in.
#[derive(Serialize, ToSchema)]
pub struct Device {
    /// The session.
    id: Uuid,
    /// The device as its browser named it.
    #[schema(example = "Firefox · Linux")]
    name: String,
    /// When it logged in.
    created_at: Instant,
    /// When it was last used.
    seen_at: Instant,
}

impl From<app::account::Device> for Device {
    fn from(device: app::account::Device) -> Self {
        Self {
            id: device.session,
            name: device.name,
            created_at: device.created_at.into(),
            seen_at: device.seen_at.into(),
        }
    }
}

/// The devices that are logged in.
#[derive(Serialize, ToSchema)]
pub struct DeviceList {
    /// The devices.
    items: Vec<Device>,
}

impl From<Vec<app::account::Device>> for DeviceList {
    fn from(devices: Vec<app::account::Device>) -> Self {
        Self {
            items: devices.into_iter().map(Device::from).collect(),
        }
    }
}

/// The names of a person.
#[derive(Serialize, ToSchema)]
pub struct Names {
    /// The name they log in with.
    #[schema(example = "林知远")]
    account_name: String,
    /// The name they want to be called by; empty for none.
    #[schema(example = "知远")]
    display_name: String,
    /// From when on the account name may be changed; null for now.
    #[schema(required)]
    rename_from: Option<Instant>,
}

impl From<Profile> for Names {
    fn from(seen: Profile) -> Self {
        Self {
            account_name: seen.name,
            display_name: seen.display_name,
            rename_from: seen.rename_from.map(Instant::from),
        }
    }
}

word!(
    /// How a guardian's consent stands.
    GuardianState of minor::State
);
word!(
    /// An age band; nothing else of an age is kept.
    AgeBand of minor::Band
);

/// Somebody under age for whom the person is asked, or consented, as a guardian; neither name nor number.
#[derive(Serialize, ToSchema)]
pub struct Child {
    /// What the request is called.
    #[schema(example = "JH7K2M9XPT4V6C")]
    number: String,
    /// How it stands.
    state: GuardianState,
    /// Since when.
    since: Instant,
    /// The minor's age band.
    band: AgeBand,
    /// Until when it waits for an answer; null if it does not.
    #[schema(required)]
    due: Option<Instant>,
    /// Whether there is an account.
    #[schema(example = true)]
    account: bool,
}

impl From<ChildLine> for Child {
    fn from(line: ChildLine) -> Self {
        Self {
            number: line.number,
            state: line.guardianship.state.into(),
            since: line.guardianship.since.into(),
            band: line.guardianship.band.into(),
            due: line.due.map(Instant::from),
            account: line.account,
        }
    }
}

/// Whom the person answers for.
#[derive(Serialize, ToSchema)]
pub struct Children {
    /// The requests and consents.
    items: Vec<Child>,
}

impl From<Room> for Children {
    fn from(room: Room) -> Self {
        Self {
            items: room.children.into_iter().map(Child::from).collect(),
        }
    }
}

/// An acceptance of a document.
#[derive(Serialize, ToSchema)]
pub struct Acceptance {
    /// The document: `agreement` or `policy`.
    #[schema(example = "policy")]
    document: String,
    /// Its version.
    #[schema(example = "2020-11-01")]
    version: String,
    /// SHA-256 of the text that was shown, in hexadecimal.
    #[schema(example = "9f2c41d07ab3")]
    text_sha256: String,
    /// The language that was shown.
    #[schema(example = "zh")]
    lang: String,
    /// `given`, `refused` or `withdrawn`.
    #[schema(example = "given")]
    state: String,
    /// When.
    at: Instant,
}

/// An opening of sealed data.
#[derive(Serialize, ToSchema)]
pub struct Opening {
    /// The kind of actor; never a name.
    #[schema(example = "person")]
    actor: String,
    /// The fields, `table.column`.
    fields: Vec<String>,
    /// The purpose.
    #[schema(example = "show_own")]
    purpose: String,
    /// The legal basis.
    #[schema(example = "contract")]
    basis: String,
    /// The clause of the policy.
    #[schema(example = "2.6.1.a")]
    clause: String,
    /// When.
    at: Instant,
}

impl From<Overview> for Account {
    fn from(seen: Overview) -> Self {
        let acceptance = |event: privacy::consent::ConsentEvent| Acceptance {
            document: event.document,
            version: event.version,
            text_sha256: event.text_hash,
            lang: event.lang,
            state: event.state.as_str().to_owned(),
            at: event.at.into(),
        };
        let openings = seen.openings.into_iter().map(|opening| Opening {
            actor: opening.actor_kind,
            fields: opening.fields.split(',').map(ToOwned::to_owned).collect(),
            purpose: opening.purpose,
            basis: opening.basis,
            clause: opening.clause,
            at: opening.at.into(),
        });
        Self {
            name: seen.name,
            phone_masked: seen.phone,
            created_at: seen.created_at.into(),
            devices: seen.devices.into_iter().map(Device::from).collect(),
            acceptances: seen.consents.into_iter().map(acceptance).collect(),
            openings: openings.collect(),
        }
    }
}
