//! Why staff decided as they did about minors: each decision is one of few, with its reason.

use crate::named::named;
use crate::refused::{Minor, Refused};

/// Working days in which the privacy officer hears who says that it is a mistake, like a complaint.
pub const CONTEST_WORKING_DAYS: u32 = 3;

named! {
    /// What a supervisor decided about a request to open something of a minor, and why.
    Ruling {
        /// The case cannot be decided otherwise.
        Needed = "needed" "批准一次：不看就无法决定" "Approved once: the case cannot be decided without it",
        /// It can be.
        Unneeded = "unneeded" "不批准：不看也能决定" "Refused: the case can be decided without it",
        /// The reason is not the case's.
        Unfounded = "unfounded" "不批准：理由与案件不符" "Refused: the reason does not fit the case",
    }
}

named! {
    /// What the privacy officer found about who says that it is a mistake, and why.
    Finding {
        /// The number was somebody else's.
        Others = "others" "异议成立：证件号码是他人的" "It was a mistake: the number is somebody else’s",
        /// The holder is an adult.
        Adult = "adult" "异议成立：已核实本人成年" "It was a mistake: the holder is shown to be an adult",
        /// The number is the holder's.
        Own = "own" "异议不成立：号码是本人的" "It was not: the number is the holder’s own",
        /// Nothing shows that it was a mistake.
        Unshown = "unshown" "异议不成立：未能核实" "It was not: nothing shows a mistake",
    }
}

impl Ruling {
    /// The ruling as chosen.
    ///
    /// # Errors
    /// [`Minor::RulingMissing`].
    pub fn chosen(typed: &str) -> Result<Self, Refused> {
        Self::parse(typed).ok_or_else(|| Minor::RulingMissing.into())
    }

    /// Whether it approves.
    #[must_use]
    pub const fn approves(self) -> bool {
        matches!(self, Self::Needed)
    }
}

impl Finding {
    /// The finding as chosen.
    ///
    /// # Errors
    /// [`Minor::RulingMissing`].
    pub fn chosen(typed: &str) -> Result<Self, Refused> {
        Self::parse(typed).ok_or_else(|| Minor::RulingMissing.into())
    }

    /// Whether it was a mistake.
    #[must_use]
    pub const fn was_mistake(self) -> bool {
        matches!(self, Self::Others | Self::Adult)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clause_2_7_b_nothing_is_decided_without_its_reason() {
        for none in ["", "approve", "uphold", "NEEDED"] {
            assert_eq!(Ruling::chosen(none), Err(Minor::RulingMissing.into()));
            assert_eq!(Finding::chosen(none), Err(Minor::RulingMissing.into()));
        }
        assert_eq!(Ruling::chosen("needed").map(Ruling::approves), Ok(true));
        assert_eq!(Ruling::ALL.iter().filter(|ruling| ruling.approves()).count(), 1);
        assert_eq!(Finding::chosen("own").map(Finding::was_mistake), Ok(false));
        assert_eq!(
            Finding::ALL
                .iter()
                .filter(|finding| finding.was_mistake())
                .count(),
            2
        );
    }
}
