//! The approval that opens one field of a minor for one member of staff (2.7.b, 条例 36): asked for by the
//! one, given by a supervisor who is another, good once and for half an hour.

use time::{Duration, OffsetDateTime};

use crate::four_eyes::{Measure, Proposal};
use crate::refused::{Minor, Refused};

/// How long a request waits for a supervisor.
pub const WAITS: Duration = Duration::hours(24);
/// How long an approval is good, once.
pub const LIFE: Duration = Duration::minutes(30);

/// A request of a member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who asks, by an identifier.
    pub asked_by: String,
    /// When.
    pub asked_at: OffsetDateTime,
    /// When it was decided, and how.
    pub decided: Option<(OffsetDateTime, bool)>,
    /// When it was used.
    pub used_at: Option<OffsetDateTime>,
}

impl Approval {
    /// Whether it still waits for a supervisor.
    #[must_use]
    pub fn waits(&self, now: OffsetDateTime) -> bool {
        self.decided.is_none() && now - self.asked_at < WAITS
    }

    /// Whether it opens something now.
    #[must_use]
    pub fn good(&self, now: OffsetDateTime) -> bool {
        let approved = self
            .decided
            .is_some_and(|(at, yes)| yes && at <= now && now - at < LIFE);
        approved && self.used_at.is_none()
    }

    /// Decided by a supervisor, who is not the one who asks.
    ///
    /// # Errors
    /// [`crate::refused::Party::FourEyes`], [`Minor::ApprovalNotNow`] if it was decided or waited too long.
    pub fn decided(&self, by: &str, yes: bool, now: OffsetDateTime) -> Result<Self, Refused> {
        if !self.waits(now) {
            return Err(Minor::ApprovalNotNow.into());
        }
        let asked = Measure {
            proposal: Some(Proposal {
                by: self.asked_by.clone(),
                at: self.asked_at,
            }),
            ..Measure::default()
        };
        asked.confirmed(by)?;
        Ok(Self {
            decided: Some((now, yes)),
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use crate::refused::Party;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

    fn asked() -> Approval {
        Approval {
            asked_by: "verifier-1".to_owned(),
            asked_at: NOW,
            decided: None,
            used_at: None,
        }
    }

    #[test]
    fn clause_2_7_b_another_decides_within_a_day() {
        assert_eq!(
            asked().decided("verifier-1", true, NOW),
            Err(Party::FourEyes.into())
        );
        let last = NOW + WAITS - Duration::SECOND;
        assert!(asked().decided("supervisor-1", true, last).is_ok());
        let late = asked().decided("supervisor-1", true, NOW + WAITS);
        assert_eq!(late, Err(Minor::ApprovalNotNow.into()));
        let decided = asked().decided("supervisor-1", false, NOW).expect("decided");
        let again = decided.decided("supervisor-2", true, NOW);
        assert_eq!(again, Err(Minor::ApprovalNotNow.into()));
        assert!(!decided.good(NOW), "a no opens nothing");
    }

    #[test]
    fn clause_2_7_b_an_approval_is_good_once_and_for_half_an_hour() {
        assert!(!asked().good(NOW));
        let given = asked().decided("supervisor-1", true, NOW).expect("given");
        assert!(given.good(NOW) && given.good(NOW + LIFE - Duration::SECOND));
        assert!(!given.good(NOW + LIFE));
        let used = Approval {
            used_at: Some(NOW),
            ..given
        };
        assert!(!used.good(NOW));
    }
}
