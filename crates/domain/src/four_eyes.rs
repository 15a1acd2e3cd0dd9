//! Measures that one member of staff proposes and another decides, and the appeal against them, which
//! a third decides: revoking a verification, banning a supplier. Staff are named by an identifier.
//!
//! Two identifiers are not yet two people: whoever gave an account its set-up code could have set it up
//! themself. The store knows through whose hands each account came; accounts whose hands meet count as one.

use time::{Duration, OffsetDateTime};

use crate::market::staff;
use crate::refused::{Party, Refused};

/// How far before a decision the hands count of those who took it: when it was proposed is no longer known.
pub const LOOK_BACK: Duration = Duration::days(30);

/// Whether two members of staff could be one person: the same, one through the hands of the other, or both
/// through those of a third. Of each the identifier, and whoever could have set the account up.
#[must_use]
pub fn could_be_one(one: (&str, &[String]), other: (&str, &[String])) -> bool {
    let of =
        |(own, hands): (&str, &[String]), name: &str| own == name || hands.iter().any(|hand| hand == name);
    let mut names = one.1.iter().map(String::as_str).chain([one.0]);
    names.any(|name| of(other, name))
}

/// Something proposed that waits for the second pair of eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who proposed it.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
}

/// Whether a measure was appealed against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Appeal {
    /// Not yet.
    #[default]
    None,
    /// It waits for an answer.
    Open,
    /// It was dismissed.
    Dismissed,
}

/// A measure, how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// What is proposed and not decided.
    pub proposal: Option<Proposal>,
    /// Who decided: proposer and second.
    pub decided_by: Vec<String>,
    /// The appeal against it.
    pub appeal: Appeal,
}

impl Measure {
    /// Who took part so far, each with the instant from which on it matters through whose hands their account
    /// came; `since` is when the measure's state began.
    #[must_use]
    pub fn earlier(&self, since: OffsetDateTime) -> Vec<(&str, OffsetDateTime)> {
        let proposed = self.proposal.iter().map(|first| (first.by.as_str(), first.at));
        let from = since.checked_sub(LOOK_BACK).unwrap_or(since);
        let decided = self.decided_by.iter().map(|by| (by.as_str(), from));
        proposed.chain(decided).collect()
    }

    /// Proposed by a member of staff.
    ///
    /// # Errors
    /// [`Party::ProposalNotNow`] if one is open, [`Refused::StaffInvalid`].
    pub fn proposed(&self, by: &str, now: OffsetDateTime) -> Result<Self, Refused> {
        if self.proposal.is_some() {
            return Err(Party::ProposalNotNow.into());
        }
        Ok(Self {
            proposal: Some(Proposal {
                by: staff::identifier(by)?.to_owned(),
                at: now,
            }),
            ..Self::default()
        })
    }

    /// Decided by another than the proposer.
    ///
    /// # Errors
    /// [`Party::ProposalNotNow`], [`Refused::StaffInvalid`], [`Party::FourEyes`].
    pub fn confirmed(&self, by: &str) -> Result<Self, Refused> {
        let first = self.proposal.as_ref().ok_or(Party::ProposalNotNow)?;
        if staff::identifier(by)? == first.by {
            return Err(Party::FourEyes.into());
        }
        Ok(Self {
            decided_by: vec![first.by.clone(), by.to_owned()],
            ..Self::default()
        })
    }

    /// Dropped, also by the proposer.
    ///
    /// # Errors
    /// [`Party::ProposalNotNow`], [`Refused::StaffInvalid`].
    pub fn dropped(&self, by: &str) -> Result<Self, Refused> {
        staff::identifier(by)?;
        match self.proposal {
            Some(_) => Ok(Self::default()),
            None => Err(Party::ProposalNotNow.into()),
        }
    }

    /// Appealed against, once.
    ///
    /// # Errors
    /// [`Party::AppealUsed`].
    pub fn appealed(&self) -> Result<Self, Refused> {
        match self.appeal {
            Appeal::None => Ok(Self {
                appeal: Appeal::Open,
                ..self.clone()
            }),
            _ => Err(Party::AppealUsed.into()),
        }
    }

    /// The appeal decided by one who did not decide the measure; upheld, the measure is undone.
    ///
    /// # Errors
    /// [`Party::AppealNone`], [`Refused::StaffInvalid`], [`Party::FourEyes`].
    pub fn judged(&self, by: &str, upheld: bool) -> Result<Self, Refused> {
        if self.appeal != Appeal::Open {
            return Err(Party::AppealNone.into());
        }
        let by = staff::identifier(by)?;
        if self.decided_by.iter().any(|earlier| earlier == by) {
            return Err(Party::FourEyes.into());
        }
        if upheld {
            return Ok(Self::default());
        }
        Ok(Self {
            appeal: Appeal::Dismissed,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

    #[test]
    fn two_decide_and_a_third_hears_the_appeal() {
        let nothing = Measure::default();
        assert_eq!(nothing.confirmed("v-2"), Err(Party::ProposalNotNow.into()));
        assert_eq!(nothing.dropped("v-2"), Err(Party::ProposalNotNow.into()));
        let proposed = nothing.proposed("v-1", NOW).expect("proposed");
        assert_eq!(proposed.proposed("v-2", NOW), Err(Party::ProposalNotNow.into()));
        assert_eq!(proposed.confirmed("v-1"), Err(Party::FourEyes.into()));
        assert_eq!(proposed.dropped("v-1"), Ok(Measure::default()));
        let decided = proposed.confirmed("v-2").expect("decided");
        assert_eq!(decided.judged("v-3", true), Err(Party::AppealNone.into()));
        let appealed = decided.appealed().expect("appealed");
        assert_eq!(appealed.appealed(), Err(Party::AppealUsed.into()));
        for earlier in ["v-1", "v-2"] {
            assert_eq!(appealed.judged(earlier, true), Err(Party::FourEyes.into()));
        }
        assert_eq!(appealed.judged("v-3", true), Ok(Measure::default()));
        let dismissed = appealed.judged("v-3", false).expect("dismissed");
        assert_eq!(dismissed.appealed(), Err(Party::AppealUsed.into()));
        assert_eq!(dismissed.judged("v-3", true), Err(Party::AppealNone.into()));
    }

    #[test]
    fn clause_2_5_1_e_accounts_whose_hands_meet_count_as_one_person() {
        let hands = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let one = |a: (&str, &[&str]), b: (&str, &[&str])| {
            let (of_a, of_b) = (hands(a.1), hands(b.1));
            let there = could_be_one((a.0, &of_a), (b.0, &of_b));
            assert_eq!(there, could_be_one((b.0, &of_b), (a.0, &of_a)), "whoever asks");
            there
        };
        // By the operator, who is nobody of the console.
        assert!(!one(("v-1", &[]), ("v-2", &[])));
        assert!(one(("v-1", &[]), ("v-1", &[])));
        assert!(one(("v-1", &["admin-1"]), ("v-2", &["admin-1"])), "both by one");
        assert!(one(("v-1", &["admin-1"]), ("admin-1", &[])), "one by the other");
        assert!(
            one(("v-1", &["admin-1"]), ("v-2", &["admin-2", "admin-1"])),
            "through another"
        );
        assert!(!one(("v-1", &["admin-1"]), ("v-2", &["admin-2"])));
    }

    #[test]
    fn the_hands_of_whoever_took_part_count_from_when_they_did() {
        assert!(Measure::default().earlier(NOW).is_empty());
        let proposed = Measure::default().proposed("v-1", NOW).expect("proposed");
        let later = NOW + Duration::DAY;
        assert_eq!(proposed.earlier(later), [("v-1", NOW)]);
        let decided = proposed.confirmed("v-2").expect("decided");
        let from = later - LOOK_BACK;
        assert_eq!(decided.earlier(later), [("v-1", from), ("v-2", from)]);
    }

    #[test]
    fn who_cannot_be_told_from_another_decides_nothing() {
        let proposed = Measure::default().proposed("v-1", NOW).expect("proposed");
        let appealed = proposed
            .confirmed("v-2")
            .expect("decided")
            .appealed()
            .expect("appealed");
        for nobody in ["", "王审核", "V-1", "v-1 "] {
            let refused = Err(Refused::StaffInvalid);
            assert_eq!(Measure::default().proposed(nobody, NOW), refused);
            assert_eq!(proposed.confirmed(nobody), refused);
            assert_eq!(proposed.dropped(nobody), refused);
            assert_eq!(appealed.judged(nobody, true), refused);
        }
    }
}
