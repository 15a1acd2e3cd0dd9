//! How a person is verified: by name and identity number, after a separate consent, against an
//! authoritative source (2.1.1.d). No state holds the name or the number: a step says what becomes of
//! them.

mod names;
mod table;

use time::{Date, Duration, OffsetDateTime};

use super::age::{self, Gate};
use crate::calendar::{BEIJING, Due};
use crate::four_eyes::{Appeal, Measure};
use crate::machine::{No, Role};
use crate::refused::{Party, Refused};

pub use names::{Data, Event, Ground, Reason, State};
pub use table::MACHINE;

/// Failed checks after which it is locked.
pub const TRIES: usize = 3;
/// Within which time they count.
pub const TRIES_WINDOW: Duration = Duration::hours(24);
/// How long it is locked, from the last failed check.
pub const LOCK: Duration = Duration::hours(24);
/// Checks of one account within [`TRIES_WINDOW`], whatever comes of them.
pub const CHECKS: i64 = 6;
/// How long the source has to answer.
pub const CHECK_LIFE: Duration = Duration::hours(24);

/// A person's verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How far it is.
    pub state: State,
    /// Grows by one with each step: the optimistic lock.
    pub version: i64,
    /// When this state began.
    pub since: OffsetDateTime,
    /// Why the last check failed.
    pub reason: Option<Reason>,
    /// When the last checks failed, oldest first; at most [`TRIES`].
    pub failed_at: Vec<OffsetDateTime>,
    /// The card's last day, if the source tells it.
    pub card_until: Option<Date>,
    /// Its revocation, proposed or decided.
    pub measure: Measure,
}

/// What a step carries besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The separate consent was given, to the text shown.
    pub consent: bool,
    /// The day of birth in the number that is handed in.
    pub birth: Option<Date>,
    /// The guardian consented.
    pub guardian: bool,
    /// Why the check failed.
    pub reason: Option<Reason>,
    /// The card's last day.
    pub card_until: Option<Date>,
    /// The member of staff who decides, by an identifier.
    pub by: String,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The verification after it.
    pub verification: Verification,
    /// What happens if nobody acts, and when.
    pub timer: Option<(Event, Due)>,
    /// What becomes of the name and number.
    pub data: Data,
}

/// Whether one more check is let through, after so many within [`TRIES_WINDOW`].
///
/// # Errors
/// [`Party::VerifyOften`].
pub fn may_check(lately: i64) -> Result<(), Refused> {
    if lately < CHECKS {
        Ok(())
    } else {
        Err(Party::VerifyOften.into())
    }
}

/// Until when it is locked by these failed checks, oldest first.
#[must_use]
pub fn locked_until(failed_at: &[OffsetDateTime]) -> Option<OffsetDateTime> {
    let last = failed_at.last()?;
    let first = failed_at.get(failed_at.len().checked_sub(TRIES)?)?;
    (*last - *first < TRIES_WINDOW).then_some(*last + LOCK)
}

impl Verification {
    /// One that is not begun. `failed_at` are the failed checks of an earlier one of the same person: to
    /// erase and begin again gives no more tries.
    #[must_use]
    pub fn begun(failed_at: Vec<OffsetDateTime>, now: OffsetDateTime) -> Self {
        Self {
            state: State::None,
            version: 1,
            since: now,
            reason: None,
            failed_at,
            card_until: None,
            measure: Measure::default(),
        }
    }

    /// What happens next if nobody acts.
    #[must_use]
    pub fn timer(&self) -> Option<(Event, Due)> {
        let after = |time| self.since.checked_add(time).map_or(Due::Unknown, Due::At);
        match self.state {
            // Also what nobody takes up is not kept for ever.
            State::Submitted | State::Checking => Some((Event::SourceDown, after(CHECK_LIFE))),
            State::Locked => Some((Event::Unlock, after(LOCK))),
            State::Verified => {
                let ended = self.card_until?.next_day();
                let due = ended.map_or(Due::Unknown, |day| Due::At(day.midnight().assume_offset(BEIJING)));
                Some((Event::Expire, due))
            }
            _ => None,
        }
    }

    fn check(&self, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<(), Refused> {
        match event {
            Event::Consent if !facts.consent => Err(Party::VerifyConsent.into()),
            Event::Submit => self.may_submit(facts, now),
            // A source that is down is not the person's failure.
            Event::Fail if facts.reason.is_none_or(|reason| reason == Reason::SourceDown) => {
                Err(Party::VerifyReason.into())
            }
            // A clock that runs early decides nothing.
            Event::SourceDown | Event::Unlock | Event::Expire => match self.timer() {
                Some((_, Due::At(at))) if at <= now => Ok(()),
                _ => Err(Party::VerifyNotNow.into()),
            },
            _ => Ok(()),
        }
    }

    fn may_submit(&self, facts: &Facts, now: OffsetDateTime) -> Result<(), Refused> {
        if locked_until(&self.failed_at).is_some_and(|until| now < until) {
            return Err(Party::VerifyTries.into());
        }
        let birth = facts.birth.ok_or(Party::IdMissing)?;
        match age::gate(birth, now.to_offset(BEIJING).date()) {
            Gate::Child => Err(Party::VerifyChild.into()),
            Gate::Guardian if !facts.guardian => Err(Party::VerifyGuardian.into()),
            _ => Ok(()),
        }
    }

    /// The events a role may make happen now, as far as the state tells.
    #[must_use]
    pub fn allowed(&self, role: Role) -> Vec<Event> {
        let mut events = MACHINE.allowed(self.state, role);
        events.retain(|event| match event {
            Event::ProposeRevocation => self.measure.proposal.is_none(),
            Event::ConfirmRevocation | Event::DropRevocation => self.measure.proposal.is_some(),
            Event::Appeal => self.measure.appeal == Appeal::None,
            Event::UpholdAppeal | Event::DismissAppeal => self.measure.appeal == Appeal::Open,
            _ => true,
        });
        events
    }

    /// Decides a step. A refusal keeps nothing of what was handed in.
    ///
    /// # Errors
    /// [`Party::VerifyNotNow`], [`Party::VerifyNotYou`], or what the event itself needs.
    pub fn step(
        &self,
        event: Event,
        role: Role,
        facts: &Facts,
        now: OffsetDateTime,
    ) -> Result<Step, Refused> {
        let to = MACHINE.decide(self.state, event, role).map_err(|no| match no {
            No::NotNow => Party::VerifyNotNow,
            No::NotYou => Party::VerifyNotYou,
        })?;
        self.check(event, facts, now)?;
        let mut next = Self {
            state: to,
            version: self.version + 1,
            since: if to == self.state { self.since } else { now },
            ..self.clone()
        };
        match event {
            Event::Submit => next.reason = None,
            // Failed checks count for their day, also beside one that passed: else they could be made
            // at leisure.
            Event::Pass => {
                next.card_until = facts.card_until;
                next.measure = Measure::default();
            }
            Event::Consent | Event::Erase => {
                next.reason = None;
                next.card_until = None;
                next.measure = Measure::default();
            }
            // What was proposed was about a verification that no longer stands.
            Event::Expire => next.measure = Measure::default(),
            Event::Fail => {
                next.reason = facts.reason;
                next.failed_at.push(now);
                let surplus = next.failed_at.len().saturating_sub(TRIES);
                next.failed_at.drain(..surplus);
                if locked_until(&next.failed_at).is_some() {
                    next.state = State::Locked;
                }
            }
            Event::SourceDown => next.reason = Some(Reason::SourceDown),
            Event::ProposeRevocation => next.measure = self.measure.proposed(&facts.by, now)?,
            Event::ConfirmRevocation => next.measure = self.measure.confirmed(&facts.by)?,
            Event::DropRevocation => next.measure = self.measure.dropped(&facts.by)?,
            Event::Appeal => next.measure = self.measure.appealed()?,
            Event::UpholdAppeal => next.measure = self.measure.judged(&facts.by, true)?,
            Event::DismissAppeal => next.measure = self.measure.judged(&facts.by, false)?,
            _ => {}
        }
        Ok(Step {
            timer: next.timer(),
            data: data(next.state),
            verification: next,
        })
    }
}

/// What there is of the name and number in a state: nothing that the state does not need.
#[must_use]
pub const fn data(state: State) -> Data {
    match state {
        State::None | State::Consented => Data::Nothing,
        State::Submitted | State::Checking => Data::Held,
        State::Verified | State::Expired | State::Revoked => Data::Kept,
        State::Rejected | State::Locked | State::Erased => Data::Dropped,
    }
}

/// How much of a verification somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Name and number, to decide on them.
    Open,
    /// The person's own, masked.
    Masked,
    /// Whether there is the badge 已实名.
    Badge,
}

impl Verification {
    /// Whether there is something for a verifier to decide: a check, a proposed revocation, an appeal.
    #[must_use]
    pub fn at_hand(&self) -> bool {
        match self.state {
            State::Checking => true,
            State::Verified => self.measure.proposal.is_some(),
            State::Revoked => self.measure.appeal == Appeal::Open,
            _ => false,
        }
    }

    /// What a role sees (2.1.1.f): a verifier the data while there is something to decide on it, the
    /// person their own masked, everybody else the badge.
    #[must_use]
    pub fn sight(&self, role: Role) -> Sight {
        match role {
            Role::PlatformVerifier if self.at_hand() => Sight::Open,
            Role::Applicant => Sight::Masked,
            _ => Sight::Badge,
        }
    }
}
