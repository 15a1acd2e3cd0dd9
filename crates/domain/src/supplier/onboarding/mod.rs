//! A supplier's standing, from its application to its exit. Whoever is suspended or leaves finishes what
//! was promised first.

mod names;
mod table;

use std::collections::BTreeSet;

use time::{Duration, OffsetDateTime};

use crate::calendar::{Due, days_after, working_days_after};
use crate::four_eyes::{Appeal, Measure};
use crate::machine::{No, Role};
use crate::refused::{Party, Refused};

pub use names::{Event, State};
pub use table::MACHINE;

/// How long a review of the material may take, in working days.
pub const REVIEW_WORKING_DAYS: u32 = 3;
/// The notice between the last order and the exit.
pub const NOTICE: Duration = Duration::days(30);
/// After so many days without a step an application is given up.
pub const LAPSE_DAYS: i64 = 90;

/// A supplier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supplier {
    /// Its standing.
    pub state: State,
    /// Grows by one with each step: the optimistic lock.
    pub version: i64,
    /// When this state began.
    pub since: OffsetDateTime,
    /// The deposit asked for, in fen; 0 is none.
    pub deposit: i64,
    /// The deposit is held.
    pub deposit_held: bool,
    /// The review is overdue, and an operator was told.
    pub overdue: bool,
    /// The categories it may do nothing new in.
    pub restricted: BTreeSet<String>,
    /// When its last order was done, after it asked to leave.
    pub orders_done_at: Option<OffsetDateTime>,
    /// Where it was before it was banned.
    pub before_ban: Option<State>,
    /// Its ban, proposed or decided.
    pub measure: Measure,
}

/// What a step carries besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The provider agreement is in force.
    pub agreement: bool,
    /// The agreement on personal data and confidentiality is in force.
    pub undertaking: bool,
    /// A reason was written.
    pub reason: bool,
    /// The category meant.
    pub category: Option<String>,
    /// Its open orders.
    pub open_orders: u64,
    /// The member of staff who decides, by an identifier.
    pub by: String,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The supplier after it.
    pub supplier: Supplier,
    /// What happens if nobody acts, and when.
    pub timer: Option<(Event, Due)>,
}

/// What a supplier does in the market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Business<'a> {
    /// Its services are listed.
    List,
    /// Offers, and orders that are new, in a category.
    New(&'a str),
    /// Orders that are open.
    Finish,
}

impl Supplier {
    /// An application of an enterprise; `deposit` in fen, 0 for none.
    ///
    /// # Errors
    /// [`Party::SupplierEnterprise`] unless the enterprise is verified.
    pub fn applied(enterprise_verified: bool, deposit: i64, now: OffsetDateTime) -> Result<Step, Refused> {
        if !enterprise_verified {
            return Err(Party::SupplierEnterprise.into());
        }
        let supplier = Self {
            state: State::Applied,
            version: 1,
            since: now,
            deposit: deposit.max(0),
            deposit_held: false,
            overdue: false,
            restricted: BTreeSet::new(),
            orders_done_at: None,
            before_ban: None,
            measure: Measure::default(),
        };
        Ok(Step {
            timer: supplier.timer(),
            supplier,
        })
    }

    /// Whether it may do this now.
    #[must_use]
    pub fn may(&self, business: Business<'_>) -> bool {
        match (self.state, business) {
            (State::Restricted, Business::New(category)) => !self.restricted.contains(category),
            (State::Active | State::Restricted, _)
            | (State::Suspended | State::Exiting, Business::Finish) => true,
            _ => false,
        }
    }

    fn notice_ends(&self) -> Option<Due> {
        let done = self.orders_done_at?;
        Some(done.checked_add(NOTICE).map_or(Due::Unknown, Due::At))
    }

    /// What happens next if nobody acts.
    #[must_use]
    pub fn timer(&self) -> Option<(Event, Due)> {
        match self.state {
            State::Applied | State::Returned | State::Agreement | State::Deposit => {
                Some((Event::Lapse, days_after(self.since, LAPSE_DAYS)))
            }
            State::MaterialReview if !self.overdue => {
                let due = working_days_after(self.since, REVIEW_WORKING_DAYS);
                Some((Event::ReviewOverdue, due))
            }
            // With a deposit, finance has the next step.
            State::Exiting if !self.deposit_held => Some((Event::Exit, self.notice_ends()?)),
            _ => None,
        }
    }

    /// Whether the deposit may go back: to who leaves after the notice, to who is banned when no order
    /// and no appeal is open.
    fn may_return_deposit(&self, facts: &Facts, now: OffsetDateTime) -> Result<(), Refused> {
        if !self.deposit_held {
            return Err(Party::SupplierNotNow.into());
        }
        if self.state == State::Banned {
            return match (facts.open_orders, self.measure.appeal) {
                (0, Appeal::Open) => Err(Party::SupplierNotNow.into()),
                (0, _) => Ok(()),
                _ => Err(Party::SupplierOrders.into()),
            };
        }
        match self.notice_ends() {
            Some(Due::At(end)) if end <= now => Ok(()),
            Some(_) => Err(Party::SupplierNotice.into()),
            None => Err(Party::SupplierOrders.into()),
        }
    }

    fn check(&self, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<(), Refused> {
        match event {
            Event::Return | Event::Restrict | Event::Suspend | Event::ProposeBan if !facts.reason => {
                Err(Party::VerifyReason.into())
            }
            Event::Restrict if facts.category.is_none() => Err(Party::SupplierCategory.into()),
            Event::Open => match &facts.category {
                Some(category) if self.restricted.contains(category) => Ok(()),
                _ => Err(Party::SupplierCategory.into()),
            },
            Event::AgreementEffective if !(facts.agreement && facts.undertaking) => {
                Err(Party::SupplierAgreement.into())
            }
            Event::OrdersDone if facts.open_orders > 0 => Err(Party::SupplierOrders.into()),
            Event::OrdersDone if self.orders_done_at.is_some() => Err(Party::SupplierNotNow.into()),
            Event::ReturnDeposit => self.may_return_deposit(facts, now),
            Event::Exit if self.orders_done_at.is_none() => Err(Party::SupplierOrders.into()),
            Event::Exit if facts.open_orders > 0 => Err(Party::SupplierOrders.into()),
            Event::Exit if self.deposit_held => Err(Party::SupplierDeposit.into()),
            Event::Exit => match self.notice_ends() {
                Some(Due::At(end)) if end <= now => Ok(()),
                _ => Err(Party::SupplierNotice.into()),
            },
            // A clock that runs early decides nothing.
            Event::ReviewOverdue | Event::Lapse => match self.timer() {
                Some((next, Due::At(at))) if next == event && at <= now => Ok(()),
                _ => Err(Party::SupplierNotNow.into()),
            },
            _ => Ok(()),
        }
    }

    /// The events a role may make happen now, as far as the supplier itself tells.
    #[must_use]
    pub fn allowed(&self, role: Role) -> Vec<Event> {
        let mut events = MACHINE.allowed(self.state, role);
        events.retain(|event| match event {
            Event::ProposeBan => self.measure.proposal.is_none(),
            Event::ConfirmBan | Event::DropBan => self.measure.proposal.is_some(),
            Event::Appeal => self.measure.appeal == Appeal::None,
            Event::UpholdAppeal | Event::DismissAppeal => self.measure.appeal == Appeal::Open,
            Event::OrdersDone => self.orders_done_at.is_none(),
            Event::ReturnDeposit => self.deposit_held,
            Event::ReviewOverdue => !self.overdue,
            _ => true,
        });
        events
    }

    /// Decides a step.
    ///
    /// # Errors
    /// [`Party::SupplierNotNow`], [`Party::SupplierNotYou`], or what the event itself needs.
    pub fn step(
        &self,
        event: Event,
        role: Role,
        facts: &Facts,
        now: OffsetDateTime,
    ) -> Result<Step, Refused> {
        let to = MACHINE.decide(self.state, event, role).map_err(|no| match no {
            No::NotNow => Party::SupplierNotNow,
            No::NotYou => Party::SupplierNotYou,
        })?;
        self.check(event, facts, now)?;
        let mut next = Self {
            state: to,
            version: self.version + 1,
            ..self.clone()
        };
        match event {
            Event::SubmitMaterials => next.overdue = false,
            Event::ReviewOverdue => next.overdue = true,
            Event::AgreementEffective | Event::Reinstate => next.state = next.in_business(),
            Event::DepositPaid => {
                next.deposit_held = true;
                next.state = next.in_business();
            }
            Event::Restrict => next.restricted.extend(facts.category.clone()),
            Event::Open => {
                if let Some(category) = &facts.category {
                    next.restricted.remove(category);
                }
                next.state = next.in_business();
            }
            Event::OrdersDone => next.orders_done_at = Some(now),
            Event::ReturnDeposit => next.deposit_held = false,
            Event::ProposeBan => next.measure = self.measure.proposed(&facts.by, now)?,
            Event::ConfirmBan => {
                next.measure = self.measure.confirmed(&facts.by)?;
                next.before_ban = Some(self.state);
            }
            Event::DropBan => next.measure = self.measure.dropped(&facts.by)?,
            Event::Appeal => next.measure = self.measure.appealed()?,
            Event::UpholdAppeal => {
                next.measure = self.measure.judged(&facts.by, true)?;
                next.state = match self.before_ban.unwrap_or(to) {
                    State::Active | State::Restricted => next.in_business(),
                    before => before,
                };
                next.before_ban = None;
            }
            Event::DismissAppeal => next.measure = self.measure.judged(&facts.by, false)?,
            // Nobody leaves from under a ban that is proposed.
            Event::Exit if self.measure.proposal.is_some() => return Err(Party::SupplierNotNow.into()),
            _ => {}
        }
        if next.state != self.state {
            next.since = now;
        }
        Ok(Step {
            timer: next.timer(),
            supplier: next,
        })
    }

    /// Where a supplier is who may do business: what was restricted before is restricted after, and a
    /// deposit that went back during a ban is paid again.
    fn in_business(&self) -> State {
        if self.deposit > 0 && !self.deposit_held {
            State::Deposit
        } else if self.restricted.is_empty() {
            State::Active
        } else {
            State::Restricted
        }
    }
}
