//! A supplier's licence for one category: reviewed, told of its end, over, replaced; and what was typed
//! of it.

mod clock;
mod names;
mod table;
mod typed;

use time::{Date, Duration, OffsetDateTime};

use crate::calendar::{BEIJING, Due, working_days_after};
use crate::machine::{No, Role};
use crate::refused::{Party, Refused, Trade};

pub use clock::{NOTICE_DAYS, Standing, days_left, notice, standing};
pub use names::{Event, Reason, State};
pub use table::MACHINE;
pub use typed::{Paper, Typed};

/// How long the review of a licence may take, in working days.
pub const REVIEW_WORKING_DAYS: u32 = 3;

/// A licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// How it stands.
    pub state: State,
    /// Grows by one with each step: the optimistic lock.
    pub version: i64,
    /// When this state began.
    pub since: OffsetDateTime,
    /// Its first day.
    pub from: Date,
    /// Its last day, that day included; `None` if it has none.
    pub until: Option<Date>,
    /// The review is overdue, and an operator was told.
    pub overdue: bool,
    /// The last notice that was sent, by its days before the end.
    pub told: Option<i64>,
    /// Why it was rejected or revoked.
    pub reasons: Vec<Reason>,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The licence after it.
    pub licence: Licence,
    /// What happens if nobody acts, and when.
    pub timer: Option<(Event, Due)>,
}

/// The beginning of a day in Beijing.
fn begins(day: Option<Date>) -> Due {
    day.map_or(Due::Unknown, |day| Due::At(day.midnight().assume_offset(BEIJING)))
}

/// The day in Beijing.
#[must_use]
pub fn day_of(now: OffsetDateTime) -> Date {
    now.to_offset(BEIJING).date()
}

impl Licence {
    /// One that is handed in with an application, not sent yet.
    #[must_use]
    pub const fn drafted(from: Date, until: Option<Date>, now: OffsetDateTime) -> Self {
        Self {
            state: State::Draft,
            version: 1,
            since: now,
            from,
            until,
            overdue: false,
            told: None,
            reasons: Vec::new(),
        }
    }

    /// Whether it is good on this day, whatever the clock's steps have come to.
    #[must_use]
    pub fn good(&self, today: Date) -> bool {
        let stands = matches!(self.state, State::Approved | State::Expiring);
        stands
            && self.from <= today
            && self
                .until
                .is_none_or(|until| standing(until, today) != Standing::Expired)
    }

    /// The notice to send today, by its days.
    #[must_use]
    pub fn notice(&self, today: Date) -> Option<i64> {
        let tells = matches!(self.state, State::Approved | State::Expiring | State::Expired);
        self.until
            .filter(|_| tells)
            .and_then(|until| notice(until, today, self.told))
    }

    /// What happens next if nobody acts.
    #[must_use]
    pub fn timer(&self) -> Option<(Event, Due)> {
        match self.state {
            State::Submitted if !self.overdue => {
                let due = working_days_after(self.since, REVIEW_WORKING_DAYS);
                Some((Event::ReviewOverdue, due))
            }
            State::Approved => {
                let first = self.until?.checked_sub(Duration::days(NOTICE_DAYS[0]));
                Some((Event::NearEnd, begins(first)))
            }
            State::Expiring => Some((Event::RunOut, begins(self.until?.next_day()))),
            _ => None,
        }
    }

    /// Decides a step.
    ///
    /// # Errors
    /// [`Party::SupplierNotNow`], [`Party::SupplierNotYou`], [`Party::VerifyReason`] for a rejection or
    /// revocation without a reason, [`Trade::PermitOver`] and [`Trade::PermitNotYet`] for an approval of
    /// what is not good today.
    pub fn step(
        &self,
        event: Event,
        role: Role,
        reasons: &[Reason],
        now: OffsetDateTime,
    ) -> Result<Step, Refused> {
        let to = MACHINE.decide(self.state, event, role).map_err(|no| match no {
            No::NotNow => Party::SupplierNotNow,
            No::NotYou => Party::SupplierNotYou,
        })?;
        let today = day_of(now);
        match event {
            Event::Reject | Event::Revoke if Reason::given(event, reasons).is_empty() => {
                return Err(Party::VerifyReason.into());
            }
            Event::Approve if self.from > today => return Err(Trade::PermitNotYet.into()),
            Event::Approve if self.until.is_some_and(|until| until < today) => {
                return Err(Trade::PermitOver.into());
            }
            // A clock that runs early decides nothing.
            Event::ReviewOverdue | Event::NearEnd | Event::RunOut => match self.timer() {
                Some((next, Due::At(at))) if next == event && at <= now => {}
                _ => return Err(Party::SupplierNotNow.into()),
            },
            _ => {}
        }
        let mut next = Self {
            state: to,
            version: self.version + 1,
            overdue: event == Event::ReviewOverdue,
            ..self.clone()
        };
        match event {
            Event::Reject | Event::Revoke => next.reasons = Reason::given(event, reasons),
            Event::MaterialGone => next.reasons = vec![Reason::MaterialGone],
            _ => {}
        }
        if next.state != self.state {
            next.since = now;
        }
        Ok(Step {
            timer: next.timer(),
            licence: next,
        })
    }
}
