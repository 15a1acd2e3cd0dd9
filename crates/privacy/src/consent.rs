//! Consent as append-only events: what was shown, in which version, and the person's explicit act;
//! and what follows from them at an instant.

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::log::{Kind, instant};
use crate::{PurposeId, SubjectId};

/// What a consent event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsentState {
    /// Given by an explicit act.
    Given,
    /// Refused.
    Refused,
    /// Withdrawn; earlier processing stays lawful (PIPL 15).
    Withdrawn,
}

impl ConsentState {
    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The identifier read back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Given, Self::Refused, Self::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Who said it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The person, by an explicit act.
    #[default]
    Act,
    /// The person's browser, by a general signal (`Sec-GPC: 1`).
    Signal,
    /// The person's guardian, by an explicit act: the person is under age (2.7.a).
    Guardian,
    /// Nobody: older data was put back, and what the person said since is not known.
    Restore,
}

impl Origin {
    /// The stable identifier; nothing for the person's own act.
    #[must_use]
    pub const fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Act => None,
            Self::Signal => Some("gpc"),
            Self::Guardian => Some("guardian"),
            Self::Restore => Some("restore"),
        }
    }

    /// The identifier read back; what is not known is no act of the person.
    #[must_use]
    pub fn parse(text: Option<&str>) -> Self {
        match text {
            None => Self::Act,
            Some("restore") => Self::Restore,
            Some("guardian") => Self::Guardian,
            Some(_) => Self::Signal,
        }
    }
}

/// One consent event: never changed, never deleted before its person's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEvent {
    /// The event.
    pub id: Uuid,
    /// Whose consent.
    pub subject: SubjectId,
    /// The text it is about: `agreement`, `policy`, or an optional offer by its name (0.2: one event
    /// for each, never bundled).
    pub document: String,
    /// The version shown.
    pub version: String,
    /// SHA-256 (hex) of the very text shown.
    pub text_hash: String,
    /// The language shown.
    pub lang: String,
    /// The act.
    pub state: ConsentState,
    /// The one purpose of an offer; nothing for a whole document.
    pub purpose: Option<PurposeId>,
    /// Who besides the platform receives the data, if someone does.
    pub recipient: Option<String>,
    /// From when on a consent is no longer in force.
    pub expires_at: Option<OffsetDateTime>,
    /// Who said it.
    pub origin: Origin,
    /// When.
    pub at: OffsetDateTime,
}

impl ConsentEvent {
    /// What the transparency log commits to. A receipt shows it word for word.
    #[must_use]
    pub fn log_payload(&self) -> serde_json::Value {
        serde_json::json!({
            "kind": Kind::Consent.as_str(),
            "event": self.id.to_string(),
            "subject": self.subject.0.to_string(),
            "document": self.document,
            "version": self.version,
            "text_sha256": self.text_hash,
            "language": self.lang,
            "state": self.state.as_str(),
            "purpose": self.purpose.map(PurposeId::as_str),
            "recipient": self.recipient,
            "expires_at": self.expires_at.map(instant),
            "origin": self.origin.as_str(),
            "at": instant(self.at),
        })
    }
}

/// Whether the latest event for `document` is a consent to `version`.
#[must_use]
pub fn accepted(events: &[ConsentEvent], document: &str, version: &str) -> bool {
    latest(events, document)
        .is_some_and(|event| event.version == version && event.state == ConsentState::Given)
}

/// The latest word on a document. Of two at the same instant, the one that protects more.
fn latest<'a>(events: &'a [ConsentEvent], document: &str) -> Option<&'a ConsentEvent> {
    events
        .iter()
        .filter(|event| event.document == document)
        .max_by_key(|event| (event.at, event.state))
}

/// Where a person stands on an offer at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They were never asked, or never answered.
    Open,
    /// In force.
    Given {
        /// The event, for a permit.
        event: Uuid,
        /// When it was given.
        since: OffsetDateTime,
        /// Until when.
        until: Option<OffsetDateTime>,
    },
    /// They said no.
    Refused {
        /// When.
        at: OffsetDateTime,
        /// Who said it.
        origin: Origin,
    },
    /// They took it back.
    Withdrawn {
        /// When.
        at: OffsetDateTime,
    },
    /// It ran out.
    Expired {
        /// When.
        at: OffsetDateTime,
    },
}

/// Where the person stands on the offer `document` now.
#[must_use]
pub fn standing(events: &[ConsentEvent], document: &str, now: OffsetDateTime) -> Standing {
    let Some(event) = latest(events, document) else {
        return Standing::Open;
    };
    match event.state {
        ConsentState::Given => match event.expires_at {
            Some(end) if now >= end => Standing::Expired { at: end },
            until => Standing::Given {
                event: event.id,
                since: event.at,
                until,
            },
        },
        ConsentState::Refused => Standing::Refused {
            at: event.at,
            origin: event.origin,
        },
        ConsentState::Withdrawn => Standing::Withdrawn { at: event.at },
    }
}

impl Standing {
    /// Whether the person may be asked: never while it is in force, and after a no or a withdrawal
    /// not before `pause` is over (2.1.2.1.c). The person's own page offers the choice at any time.
    #[must_use]
    pub fn may_ask(self, pause: Duration, now: OffsetDateTime) -> bool {
        policy::clause!("2.1.2.1.c");
        match self {
            Self::Given { .. } => false,
            Self::Open
            | Self::Expired { .. }
            | Self::Refused {
                origin: Origin::Restore,
                ..
            } => true,
            Self::Refused { at, .. } | Self::Withdrawn { at } => now - at >= pause,
        }
    }

    /// Whether the state may follow: a withdrawal takes back what is in force, and nothing is said
    /// twice.
    #[must_use]
    pub const fn may_become(self, state: ConsentState) -> bool {
        match (self, state) {
            (Self::Given { .. }, ConsentState::Withdrawn) => true,
            (Self::Given { .. }, _)
            | (_, ConsentState::Withdrawn)
            | (Self::Withdrawn { .. }, ConsentState::Refused) => false,
            (Self::Refused { origin, .. }, ConsentState::Refused) => {
                !matches!(origin, Origin::Act | Origin::Guardian)
            }
            (_, ConsentState::Given | ConsentState::Refused) => true,
        }
    }
}
