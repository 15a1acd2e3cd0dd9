//! People under eighteen (1.5, 2.7.a, 2.7.b; PIPL 31; 未成年人网络保护条例 31–38): the band that an age
//! gives, the guardian's consent as a machine, the approval that staff need, and the yearly audit.
//!
//! Fifteen to seventeen and fourteen or under are asked for a guardian alike. What differs is who acts: for
//! a child the guardian gets the copy and corrects; of those who are older the guardian sees kinds and
//! amounts only (条例 34), because content is the young person's own (未成年人保护法 63).

pub mod approval;
pub mod audit;
mod names;
mod ruling;
mod table;

use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use crate::calendar::{BEIJING, Due, days_after};
use crate::machine::{No, Role};
use crate::person::age::{self, Gate};
use crate::refused::{Minor, Refused};

pub use names::{Band, Event, Mistake, State, Tally};
pub use ruling::{CONTEST_WORKING_DAYS, Finding, Ruling};
pub use table::MACHINE;

/// The most children of one guardian.
pub const CHILDREN: i64 = 5;
/// How long a guardian who said no is not asked again about the same number.
pub const ASK_AGAIN: Duration = Duration::days(30);
/// How long a guardian's consent waits for the account that it is about: the number is kept no longer.
pub const UNUSED_DAYS: i64 = 30;
/// The window of the limits on requests.
pub const ASK_WINDOW: Duration = Duration::hours(24);
/// Requests to one guardian's number within the window: each is a message to somebody who may be a
/// stranger.
pub const TO_ONE: i64 = 3;
/// Requests of one minor's number within the window.
pub const BY_ONE: i64 = 3;
/// How long what a number said about its holder's age holds, in days: as long as a guardian has.
pub const ANSWER_DAYS: i64 = age::GUARDIAN_DAYS;

impl Band {
    /// The band of somebody born on this day.
    #[must_use]
    pub fn of(birth: Date, now: OffsetDateTime) -> Self {
        match age::gate(birth, now.to_offset(BEIJING).date()) {
            Gate::Child => Self::Child,
            Gate::Guardian => Self::Teen,
            Gate::Open => Self::Adult,
        }
    }

    /// Whether a guardian is asked.
    #[must_use]
    pub const fn is_minor(self) -> bool {
        !matches!(self, Self::Adult)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Adult => 0,
            Self::Teen => 1,
            Self::Child => 2,
        }
    }

    /// Of two answers, the younger one.
    #[must_use]
    pub const fn stricter(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }
}

/// Whether an answer may be given after an earlier one of the same number: a younger one always, an older
/// one not before [`ANSWER_DAYS`] are over.
///
/// # Errors
/// [`Minor::AgeStricter`].
pub fn may_answer(
    band: Band,
    earlier: Option<(Band, OffsetDateTime)>,
    now: OffsetDateTime,
) -> Result<(), Refused> {
    match earlier {
        Some((was, at)) if was.stricter(band) != band && now - at < Duration::days(ANSWER_DAYS) => {
            Err(Minor::AgeStricter.into())
        }
        _ => Ok(()),
    }
}

/// Whether one more message may go to a guardian's number, after so many to it and so many of this minor's
/// number within [`ASK_WINDOW`].
///
/// # Errors
/// [`Minor::GuardianOften`].
pub fn may_ask(to_one: i64, by_one: i64) -> Result<(), Refused> {
    if to_one >= TO_ONE || by_one >= BY_ONE {
        Err(Minor::GuardianOften.into())
    } else {
        Ok(())
    }
}

/// What a request is called, by the minor and by the guardian; it says nothing about either.
#[must_use]
pub fn number(id: Uuid) -> String {
    format!("JH{}", crate::staff::case_signs(id))
}

/// A guardian's consent, how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardianship {
    /// How far.
    pub state: State,
    /// Grows by one with each step: the optimistic lock.
    pub version: i64,
    /// When this state began.
    pub since: OffsetDateTime,
    /// When a guardian was first named: the seven days begin.
    pub asked_at: Option<OffsetDateTime>,
    /// The minor's band.
    pub band: Band,
    /// Whether there was an account before anybody was asked.
    pub late: bool,
    /// Whether there is one by now.
    pub account: bool,
    /// Whether it was contested already.
    pub contested: bool,
}

/// What a step carries besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// The guardian's number, or person, is the minor's own.
    pub oneself: bool,
    /// When this guardian refused this number last.
    pub refused_at: Option<OffsetDateTime>,
    /// Whoever proves to be the guardian has an account of an adult.
    pub adult: bool,
    /// They say that they are a parent or guardian.
    pub stated: bool,
    /// How many other children they are the guardian of.
    pub children: i64,
    /// They agree to the account.
    pub account: bool,
    /// They agree to the messages without which no account is opened.
    pub messages: bool,
    /// It is meant.
    pub sure: bool,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The consent after it.
    pub guardianship: Guardianship,
    /// What happens if nobody acts, and when.
    pub timer: Option<(Event, Due)>,
    /// Whether everything of the minor goes.
    pub goes: bool,
}

impl Guardianship {
    /// One that begins: of a registration, or of an account that is there already.
    #[must_use]
    pub const fn begun(band: Band, late: bool, now: OffsetDateTime) -> Self {
        Self {
            state: State::Declared,
            version: 1,
            since: now,
            asked_at: None,
            band,
            late,
            account: late,
            contested: false,
        }
    }

    /// Whether the account is for browsing only: it was there before a guardian answered, or the guardian
    /// took the consent back.
    #[must_use]
    pub const fn frozen(&self) -> bool {
        match self.state {
            State::Active | State::OfAge | State::Cleared => false,
            State::Withdrawn => true,
            _ => self.late,
        }
    }

    /// Whether it waits for a guardian who was named.
    #[must_use]
    pub const fn waits(&self) -> bool {
        matches!(
            self.state,
            State::Requested | State::Told | State::Proven | State::Informed
        )
    }

    /// What happens next if nobody acts.
    #[must_use]
    pub fn timer(&self) -> Option<(Event, Due)> {
        match self.state {
            State::Requested | State::Told | State::Proven | State::Informed => {
                let from = self.asked_at.unwrap_or(self.since);
                Some((Event::Expire, age::guardian_lapses(from)))
            }
            State::Frozen => Some((Event::Expire, age::guardian_lapses(self.since))),
            State::Active if !self.account => Some((Event::Lapse, days_after(self.since, UNUSED_DAYS))),
            _ => None,
        }
    }

    /// Whether it is over, and everything of a minor without an account goes.
    #[must_use]
    pub const fn goes(&self) -> bool {
        matches!(self.state, State::Refused | State::Withdrawn | State::Expired)
    }

    fn check(&self, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<(), Refused> {
        match event {
            Event::Ask if facts.oneself => Err(Minor::GuardianSelf.into()),
            Event::Ask if facts.refused_at.is_some_and(|at| now - at < ASK_AGAIN) => {
                Err(Minor::GuardianRefused.into())
            }
            Event::Prove => {
                let wrong = [
                    (facts.oneself, Minor::GuardianNotSelf),
                    (!facts.adult, Minor::GuardianUnderAge),
                    (!facts.stated, Minor::GuardianStatement),
                    (facts.children >= CHILDREN, Minor::GuardianMany),
                ];
                match wrong.into_iter().find(|(is, _)| *is) {
                    Some((_, why)) => Err(why.into()),
                    None => Ok(()),
                }
            }
            Event::Consent if !facts.account || !facts.messages => Err(Minor::GuardianPurposes.into()),
            Event::Consent if facts.children >= CHILDREN => Err(Minor::GuardianMany.into()),
            Event::Read if !facts.sure => Err(Minor::GuardianRules.into()),
            Event::Withdraw | Event::TurnFifteen | Event::ComeOfAge if !facts.sure => {
                Err(Minor::GuardianUnsure.into())
            }
            Event::TurnFifteen if self.band != Band::Child => Err(Minor::GuardianNotNow.into()),
            // Of a child nobody says that they are of age: fifteen comes before eighteen.
            Event::ComeOfAge if self.band == Band::Child => Err(Minor::GuardianNotNow.into()),
            Event::Contest if self.contested => Err(Minor::ContestUsed.into()),
            // Whoever has an account is heard there.
            Event::Disown if self.account => Err(Minor::GuardianNotNow.into()),
            // A clock that runs early decides nothing.
            Event::Expire | Event::Lapse => match self.timer() {
                Some((_, Due::At(at))) if at <= now => Ok(()),
                _ => Err(Minor::GuardianNotNow.into()),
            },
            _ => Ok(()),
        }
    }

    /// Decides a step.
    ///
    /// # Errors
    /// [`Minor::GuardianNotNow`], [`Minor::GuardianNotYou`], or what the event itself needs.
    pub fn step(
        &self,
        event: Event,
        role: Role,
        facts: &Facts,
        now: OffsetDateTime,
    ) -> Result<Step, Refused> {
        let to = MACHINE.decide(self.state, event, role).map_err(|no| match no {
            No::NotNow => Minor::GuardianNotNow,
            No::NotYou => Minor::GuardianNotYou,
        })?;
        self.check(event, facts, now)?;
        let mut next = Self {
            state: to,
            version: self.version + 1,
            since: if to == self.state { self.since } else { now },
            ..self.clone()
        };
        match event {
            // Naming another number does not give seven more days.
            Event::Ask if matches!(self.state, State::Declared | State::Frozen) => next.asked_at = Some(now),
            Event::TurnFifteen => next.band = Band::Teen,
            Event::ComeOfAge | Event::Uphold => next.band = Band::Adult,
            Event::Contest => next.contested = true,
            Event::Freeze | Event::Lose => {
                next.late = true;
                next.asked_at = None;
            }
            _ => {}
        }
        Ok(Step {
            timer: next.timer(),
            goes: next.goes(),
            guardianship: next,
        })
    }

    /// What a step adds to the yearly count.
    #[must_use]
    pub const fn tally(event: Event) -> Option<Tally> {
        Some(match event {
            Event::Ask => Tally::Requests,
            Event::Consent => Tally::Consents,
            Event::Refuse => Tally::Refusals,
            Event::Withdraw => Tally::Withdrawals,
            Event::Expire => Tally::Expiries,
            Event::Freeze => Tally::Found,
            Event::Uphold => Tally::Mistakes,
            Event::ComeOfAge => Tally::OfAge,
            _ => return None,
        })
    }
}
