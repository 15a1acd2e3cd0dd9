//! The order: its states, its machine, its clocks, and the pure decision of each step.
//!
//! Milestones are done one after another; the order's state is that of the milestone at hand.

mod duty;
mod names;
mod table;

use time::{Duration, OffsetDateTime};

use super::ledger::{Account, Posting};
use crate::calendar::{Due, days_after, working_days_after};
use crate::machine::{No, Role};
use crate::refused::Refused;

pub use duty::{SUPPLIER_OWES, waits_for};
pub use names::{Event, MilestoneState, Mode, Side, State};
pub use table::MACHINE;

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What is to be delivered.
    pub title: String,
    /// Its price in fen, official fee included.
    pub amount: i64,
    /// How much of it is an official fee (官费); its delivery then names the receipt.
    pub official_fee: i64,
    /// How many days its work takes, from its payment.
    pub days: i64,
    /// By how many acceptance items it is judged.
    pub acceptance_items: usize,
    /// What of it went back to the buyer, or is owed to them.
    pub returned: i64,
    /// How far it is.
    pub state: MilestoneState,
}

impl Milestone {
    /// One that is not begun, without an official fee.
    #[must_use]
    pub const fn planned(title: String, amount: i64, days: i64, acceptance_items: usize) -> Self {
        Self {
            title,
            amount,
            official_fee: 0,
            days,
            acceptance_items,
            returned: 0,
            state: MilestoneState::Planned,
        }
    }
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its state.
    pub state: State,
    /// Grows by one with each step: the optimistic lock.
    pub version: i64,
    /// How the money goes.
    pub mode: Mode,
    /// Its milestones; at least one.
    pub milestones: Vec<Milestone>,
    /// Days to check a delivery, from the category.
    pub review_days: i64,
    /// When the work at hand is due: so many days after its money came.
    pub work_due: Option<OffsetDateTime>,
    /// Where the order was when a refund was asked for.
    pub asked_from: Option<State>,
    /// Refunds asked for on the milestone at hand.
    pub refunds_asked: i64,
    /// What the supplier offered to give back, in fen, while the buyer has not answered.
    pub offered: Option<i64>,
    /// Times the delivery at hand was rejected.
    pub round: i64,
    /// Whether the acceptance at hand came by silence.
    pub by_silence: bool,
}

/// What is agreed when an order is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How the money goes.
    pub mode: Mode,
    /// Days to check a delivery; kept within 3 to 15.
    pub review_days: i64,
}

/// What a step carries besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// For a delivery: the acceptance items ticked as done; for a rejection: those that fail.
    pub items: Vec<usize>,
    /// Whether a reason was written (rejection, objection, refund).
    pub reason: bool,
    /// The milestone meant, counted from 0. Where there are several, a delivery and its answer name it.
    pub milestone: Option<usize>,
    /// For the offer of a partial refund: what goes back, in fen.
    pub amount: Option<i64>,
    /// Whether the receipt of an official fee was named.
    pub receipt: bool,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The order after it.
    pub order: Order,
    /// What happens if nobody acts, and when.
    pub timer: Option<(Event, Due)>,
    /// The movements of money it mirrors.
    pub postings: Vec<Posting>,
}

/// Supplier's time to confirm, in working days.
pub const CONFIRM_WORKING_DAYS: u32 = 2;
/// Time to make the contract, in days.
pub const CONTRACT_DAYS: i64 = 10;
/// Time to pay, in days.
pub const FUNDS_DAYS: i64 = 7;
/// Days past the agreed time after which an undelivered order is refunded.
pub const OVERDUE_DAYS: i64 = 15;
/// Supplier's time to answer a refund, in working days.
pub const REFUND_WORKING_DAYS: u32 = 3;
/// Buyer's time to answer the offer of a partial refund, in working days.
pub const OFFER_WORKING_DAYS: u32 = 3;
/// Refunds that can be asked for on one milestone: asking again must not keep a delivery unchecked.
pub const REFUNDS_PER_MILESTONE: i64 = 2;
/// Time for rework, in days.
pub const REWORK_DAYS: i64 = 10;
/// Window to object to an acceptance by silence, in days.
pub const OBJECTION_DAYS: i64 = 7;
/// Quiet time after completion, in days.
pub const CLOSE_DAYS: i64 = 30;

impl Order {
    /// A placed order.
    ///
    /// # Errors
    /// [`Refused::OrderEmpty`] without a milestone or with an amount that is not positive.
    pub fn placed(terms: Terms, milestones: Vec<Milestone>, now: OffsetDateTime) -> Result<Step, Refused> {
        let total = milestones
            .iter()
            .try_fold(0_i64, |sum, milestone| sum.checked_add(milestone.amount));
        if milestones.is_empty()
            || milestones.iter().any(|milestone| milestone.amount <= 0)
            || total.is_none()
        {
            return Err(Refused::OrderEmpty);
        }
        let order = Self {
            state: State::Placed,
            version: 1,
            mode: terms.mode,
            milestones,
            review_days: terms.review_days.clamp(3, 15),
            work_due: None,
            asked_from: None,
            refunds_asked: 0,
            offered: None,
            round: 0,
            by_silence: false,
        };
        let timer = order.timer(now);
        Ok(Step {
            order,
            timer,
            postings: Vec::new(),
        })
    }

    /// The milestone at hand: the first that is neither settled nor refunded.
    #[must_use]
    pub fn at_hand(&self) -> Option<usize> {
        self.milestones
            .iter()
            .position(|milestone| matches!(milestone.state, MilestoneState::Planned | MilestoneState::Funded))
    }

    /// What happens next if nobody acts.
    #[must_use]
    pub fn timer(&self, now: OffsetDateTime) -> Option<(Event, Due)> {
        let due = match self.state {
            State::Placed => (
                Event::ConfirmLapsed,
                working_days_after(now, CONFIRM_WORKING_DAYS),
            ),
            State::AwaitingContract => (Event::ContractLapsed, days_after(now, CONTRACT_DAYS)),
            State::AwaitingFunds => (Event::FundsLapsed, days_after(now, FUNDS_DAYS)),
            State::Delivered => (Event::AutoAccept, days_after(now, self.review_days)),
            State::Rework => (Event::ReworkLapsed, days_after(now, REWORK_DAYS)),
            // A spoken acceptance is settled at once; one by silence may still be objected to.
            State::Accepted if self.by_silence => (Event::Release, days_after(now, OBJECTION_DAYS)),
            State::Accepted => (Event::Release, Due::At(now)),
            State::Completed => (Event::Close, days_after(now, CLOSE_DAYS)),
            // Whoever comes back to the work late, from a refund that was not granted, has time left.
            State::InService => {
                let overdue = days_after(self.work_due.unwrap_or(now), OVERDUE_DAYS);
                (Event::DeliveryLapsed, overdue.later(days_after(now, REWORK_DAYS)))
            }
            State::Cancelling => (
                Event::RefundUnanswered,
                working_days_after(now, REFUND_WORKING_DAYS),
            ),
            State::PartialOffered => (Event::OfferLapsed, working_days_after(now, OFFER_WORKING_DAYS)),
            State::Cancelled | State::Terminated | State::Closed => return None,
        };
        Some(due)
    }

    fn check(&self, event: Event, facts: &Facts) -> Result<(), Refused> {
        let at_hand = self.at_hand();
        let milestone = at_hand.and_then(|index| self.milestones.get(index));
        let several = self.milestones.len() > 1;
        let unnamed = facts.milestone.is_none()
            && several
            && matches!(event, Event::Deliver | Event::Accept | Event::Reject);
        if unnamed || (facts.milestone.is_some() && facts.milestone != at_hand) {
            return Err(Refused::MilestoneOther);
        }
        let acceptance_items = milestone.map_or(0, |milestone| milestone.acceptance_items);
        let within = facts.items.iter().all(|item| *item < acceptance_items);
        match event {
            Event::Deliver => {
                let all = (0..acceptance_items).all(|item| facts.items.contains(&item));
                let passes_on = milestone.is_some_and(|milestone| milestone.official_fee > 0);
                match (all && within, passes_on, facts.receipt) {
                    (false, ..) => Err(Refused::DeliveryIncomplete),
                    (true, true, false) => Err(Refused::ReceiptMissing),
                    (true, false, true) => Err(Refused::ReceiptUnneeded),
                    (true, ..) => Ok(()),
                }
            }
            Event::Reject if facts.items.is_empty() || !within => Err(Refused::RejectionUnnamed),
            Event::Reject
            | Event::Object
            | Event::RequestRefund
            | Event::RefuseRefund
            | Event::OfferPartial
                if !facts.reason =>
            {
                Err(Refused::ReasonMissing)
            }
            Event::RequestRefund if self.refunds_asked >= REFUNDS_PER_MILESTONE => {
                Err(Refused::RefundsUsedUp)
            }
            Event::OfferPartial => {
                let whole = milestone.map_or(0, |milestone| milestone.amount);
                match facts.amount {
                    Some(part) if part > 0 && part < whole => Ok(()),
                    _ => Err(Refused::OfferAmount),
                }
            }
            _ if !self.belongs(event) => Err(Refused::OrderNotNow),
            _ => Ok(()),
        }
    }

    /// Whether the event fits this order's way of paying and what happened to it.
    fn belongs(&self, event: Event) -> bool {
        match event {
            Event::Fund => self.mode == Mode::Simulated,
            Event::TransferSent | Event::ReceiptConfirmed => self.mode == Mode::Offline,
            Event::Object => self.by_silence,
            Event::RefundReceived => self
                .milestones
                .iter()
                .any(|milestone| milestone.state == MilestoneState::RefundOwed),
            _ => true,
        }
    }

    /// The events a role may make happen now.
    #[must_use]
    pub fn allowed(&self, role: Role) -> Vec<Event> {
        let mut events = MACHINE.allowed(self.state, role);
        events.retain(|event| self.belongs(*event));
        events
    }

    /// Decides a step: pure, complete, and the same for a person, a timer and a partner's answer.
    ///
    /// # Errors
    /// [`Refused::OrderNotNow`], [`Refused::OrderNotYou`], or what the event itself needs.
    pub fn step(
        &self,
        event: Event,
        role: Role,
        facts: &Facts,
        now: OffsetDateTime,
    ) -> Result<Step, Refused> {
        let to = MACHINE.decide(self.state, event, role).map_err(|no| match no {
            No::NotNow => Refused::OrderNotNow,
            No::NotYou => Refused::OrderNotYou,
        })?;
        self.check(event, facts)?;
        let mut order = Self {
            state: to,
            version: self.version + 1,
            ..self.clone()
        };
        let mut postings = Vec::new();
        let at_hand = self.at_hand();
        match event {
            Event::Fund | Event::ReceiptConfirmed => {
                order.pay_in(at_hand, &mut postings);
                order.refunds_asked = 0;
                let days = at_hand.map_or(1, |index| self.milestones[index].days);
                order.work_due = Some(now + Duration::days(days.clamp(1, 3_650)));
            }
            Event::Release => order.pay_out(at_hand, &mut postings),
            Event::Reject | Event::Object => order.round += 1,
            Event::RequestRefund => {
                order.asked_from = Some(self.state);
                order.refunds_asked += 1;
            }
            Event::OfferPartial => order.offered = facts.amount,
            Event::AcceptPartial => order.split(at_hand, &mut postings),
            // Asking for a refund undoes no delivery: the order is where it was.
            Event::RefuseRefund
            | Event::WithdrawRefund
            | Event::ContinueByPlatform
            | Event::DeclinePartial
            | Event::OfferLapsed => {
                order.state = self.asked_from.unwrap_or(to);
                order.asked_from = None;
                order.offered = None;
            }
            Event::RefundReceived => {
                order.state = self.state;
                order.refund_arrived(&mut postings);
            }
            _ => {}
        }
        if to == State::Cancelled && event != Event::RefundReceived {
            order.pay_back(&mut postings);
            if order
                .milestones
                .iter()
                .any(|milestone| milestone.state == MilestoneState::Released)
            {
                order.state = State::Terminated;
            }
        }
        order.by_silence = event == Event::AutoAccept;
        let timer = match event {
            // An unanswered refund waits for the platform, not for another clock.
            Event::RefundUnanswered => None,
            _ => order.timer(now),
        };
        Ok(Step {
            order,
            timer,
            postings,
        })
    }

    fn posting(&self, index: usize, from: Account, to: Account, amount: i64) -> Posting {
        let milestone = i64::try_from(index).unwrap_or(i64::MAX - 1) + 1;
        debug_assert!(amount <= self.milestones[index].amount, "no more than was paid");
        Posting {
            milestone,
            from,
            to,
            amount,
        }
    }

    fn pay_in(&mut self, at_hand: Option<usize>, postings: &mut Vec<Posting>) {
        let Some(index) = at_hand else { return };
        self.milestones[index].state = MilestoneState::Funded;
        self.round = 0;
        let to = if self.mode == Mode::Offline {
            Account::Supplier
        } else {
            Account::Held
        };
        let amount = self.milestones[index].amount;
        postings.push(self.posting(index, Account::Buyer, to, amount));
    }

    fn pay_out(&mut self, at_hand: Option<usize>, postings: &mut Vec<Posting>) {
        let Some(index) = at_hand else { return };
        self.milestones[index].state = MilestoneState::Released;
        if self.mode == Mode::Simulated {
            let amount = self.milestones[index].amount;
            postings.push(self.posting(index, Account::Held, Account::Supplier, amount));
        }
        if self.at_hand().is_some() {
            self.state = State::AwaitingFunds;
        }
    }

    /// Of what was paid for the milestone at hand, the offered part goes back and the supplier keeps
    /// the rest.
    fn split(&mut self, at_hand: Option<usize>, postings: &mut Vec<Posting>) {
        let (Some(index), Some(back)) = (at_hand, self.offered.take()) else {
            return;
        };
        self.asked_from = None;
        self.give_back(index, back, postings);
        if self.mode == Mode::Simulated {
            let rest = self.milestones[index].amount - back;
            postings.push(self.posting(index, Account::Held, Account::Supplier, rest));
        }
    }

    fn pay_back(&mut self, postings: &mut Vec<Posting>) {
        for index in 0..self.milestones.len() {
            if self.milestones[index].state == MilestoneState::Funded {
                let whole = self.milestones[index].amount;
                self.give_back(index, whole, postings);
            }
        }
    }

    /// What is held goes back. Money paid straight to the supplier is moved by nobody here: the
    /// supplier owes it until the buyer says that it arrived.
    fn give_back(&mut self, index: usize, amount: i64, postings: &mut Vec<Posting>) {
        self.milestones[index].returned = amount;
        if self.mode == Mode::Offline {
            self.milestones[index].state = MilestoneState::RefundOwed;
        } else {
            self.returned(index, Account::Held, postings);
        }
    }

    fn refund_arrived(&mut self, postings: &mut Vec<Posting>) {
        for index in 0..self.milestones.len() {
            if self.milestones[index].state == MilestoneState::RefundOwed {
                self.returned(index, Account::Supplier, postings);
            }
        }
    }

    fn returned(&mut self, index: usize, from: Account, postings: &mut Vec<Posting>) {
        let milestone = &mut self.milestones[index];
        let back = milestone.returned;
        milestone.state = if back < milestone.amount {
            MilestoneState::Split
        } else {
            MilestoneState::Refunded
        };
        postings.push(self.posting(index, from, Account::Buyer, back));
    }
}
