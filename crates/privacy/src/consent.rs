//! Consent as append-only events: what was shown, in which version, and the person's explicit act.

use time::OffsetDateTime;
use uuid::Uuid;

use crate::SubjectId;

/// What a consent event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// One consent event: never changed, never deleted before its person's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentEvent {
    /// The event.
    pub id: Uuid,
    /// Whose consent.
    pub subject: SubjectId,
    /// The document accepted: `agreement` or `policy` (0.2: one event per document, never bundled).
    pub document: String,
    /// The version shown.
    pub version: String,
    /// SHA-256 (hex) of the very text shown.
    pub text_hash: String,
    /// The language shown.
    pub lang: String,
    /// The act.
    pub state: ConsentState,
    /// When.
    pub at: OffsetDateTime,
}

/// Whether the latest event for `document` is a consent to `version`.
#[must_use]
pub fn accepted(events: &[ConsentEvent], document: &str, version: &str) -> bool {
    events
        .iter()
        .filter(|event| event.document == document)
        .max_by_key(|event| event.at)
        .is_some_and(|event| event.version == version && event.state == ConsentState::Given)
}
