//! The order: its states, its machine, its clocks, and the pure decision of each step.
//!
//! Milestones are done one after another; the order's state is that of the milestone at hand.

use time::{Duration, OffsetDateTime};

use super::ledger::{Account, Posting};
use crate::calendar::{Due, days_after, working_days_after};
use crate::machine::{BUYER, BUYER_FINANCE, DELIVERY, Machine, No, Role, Row, SALES};
use crate::refused::Refused;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$row:meta])* $variant:ident = $text:literal $zh:literal $en:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$row])* $variant,)+ }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable identifier.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The identifier read back.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }

            /// The name shown to people.
            #[must_use]
            pub const fn label(self, zh: bool) -> &'static str {
                match self { $(Self::$variant => if zh { $zh } else { $en },)+ }
            }
        }
    };
}

named! {
    /// Which side acts or is told.
    Side {
        /// Who buys.
        Buyer = "buyer" "买方" "buyer",
        /// Who provides.
        Supplier = "supplier" "服务商" "provider",
        /// The platform's staff.
        Platform = "platform" "平台" "platform",
        /// The program: timers and the partner's answers.
        System = "system" "系统" "system",
    }
}

named! {
    /// The state of an order.
    State {
        /// Waits for the supplier to confirm.
        Placed = "placed" "待服务商确认" "waiting for the provider",
        /// Waits for the buyer to accept the terms.
        AwaitingContract = "awaiting_contract" "待签约" "waiting for the contract",
        /// Waits for the milestone's money.
        AwaitingFunds = "awaiting_funds" "待付款" "waiting for payment",
        /// The supplier works.
        InService = "in_service" "服务中" "in service",
        /// The buyer checks the delivery.
        Delivered = "delivered" "待验收" "delivered, to be checked",
        /// The supplier mends what failed.
        Rework = "rework" "返工中" "rework",
        /// Accepted; the partner releases the money.
        Accepted = "accepted" "已验收，待结算" "accepted, being settled",
        /// All milestones settled.
        Completed = "completed" "已完成" "completed",
        /// A refund is asked for.
        Cancelling = "cancelling" "退款协商中" "refund being settled",
        /// Ended before anything was paid out.
        Cancelled = "cancelled" "已取消" "cancelled",
        /// Ended after part was paid out.
        Terminated = "terminated" "已终止" "terminated",
        /// Over for good.
        Closed = "closed" "已关闭" "closed",
    }
}

named! {
    /// What can happen to an order.
    Event {
        /// It begins; no row of the machine, since there is no state before it.
        Place = "place" "下单" "Ordered",
        /// The supplier takes it.
        SupplierConfirm = "supplier_confirm" "确认接单" "Take the order",
        /// Either side withdraws before anything is paid.
        Cancel = "cancel" "取消订单" "Cancel",
        /// The supplier did not confirm in time.
        ConfirmLapsed = "confirm_lapsed" "逾期未确认" "not confirmed in time",
        /// The buyer accepts the confirmed terms; both sides now agree on the same snapshot.
        Sign = "sign" "确认合同条款" "Accept the terms",
        /// The terms were not accepted in time.
        ContractLapsed = "contract_lapsed" "逾期未签约" "contract not made in time",
        /// The money of the milestone at hand is held, or its receipt confirmed.
        Fund = "fund" "付款" "Pay",
        /// The money did not come in time.
        FundsLapsed = "funds_lapsed" "逾期未付款" "not paid in time",
        /// Nothing was delivered long after the agreed time.
        DeliveryLapsed = "delivery_lapsed" "逾期未交付，自动退款" "not delivered in time, refunded",
        /// The supplier delivers the milestone.
        Deliver = "deliver" "提交交付" "Deliver",
        /// The buyer accepts it.
        Accept = "accept" "验收通过" "Accept",
        /// The buyer rejects it, naming what fails.
        Reject = "reject" "验收不通过" "Reject",
        /// The review time ended without a word, after notices.
        AutoAccept = "auto_accept" "到期自动验收" "accepted by silence",
        /// The buyer objects within the window after an acceptance by silence.
        Object = "object" "对自动验收提出异议" "Object",
        /// The rework did not come in time.
        ReworkLapsed = "rework_lapsed" "返工逾期" "rework not done in time",
        /// The partner paid the supplier.
        Release = "release" "结算给服务商" "Settle",
        /// The buyer asks for the held money back.
        RequestRefund = "request_refund" "申请退款" "Ask for a refund",
        /// The supplier agrees.
        AgreeRefund = "agree_refund" "同意退款" "Agree to the refund",
        /// The supplier does not agree; work goes on.
        RefuseRefund = "refuse_refund" "不同意退款" "Refuse the refund",
        /// The supplier gives up.
        Quit = "quit" "放弃服务并退款" "Give up and refund",
        /// The supplier did not answer in time; the platform decides.
        RefundUnanswered = "refund_unanswered" "逾期未答复，等待平台处理" "not answered in time, the platform decides",
        /// The platform decides that work goes on.
        ContinueByPlatform = "continue_by_platform" "平台裁定继续服务" "Continue, decided by the platform",
        /// The platform settles a stuck refund for the buyer.
        RefundByPlatform = "refund_by_platform" "平台裁定退款" "Refund by the platform",
        /// The quiet time after completion ended.
        Close = "close" "关闭" "close",
    }
}

const BEFORE_FUNDS: &[State] = &[State::Placed, State::AwaitingContract];

/// The order's machine. Where a row leads on from [`State::Accepted`] and the lapse of funds also
/// depends on the milestones: see [`Order::step`].
pub const MACHINE: Machine<State, Event> = Machine {
    name: "order",
    initial: State::Placed,
    ends: &[State::Cancelled, State::Terminated, State::Closed],
    rows: &[
        Row {
            from: &[State::Placed],
            event: Event::SupplierConfirm,
            actors: &[SALES],
            to: State::AwaitingContract,
        },
        Row {
            from: &[State::Placed],
            event: Event::ConfirmLapsed,
            actors: &[&[Role::System]],
            to: State::Cancelled,
        },
        Row {
            from: BEFORE_FUNDS,
            event: Event::Cancel,
            actors: &[BUYER, SALES],
            to: State::Cancelled,
        },
        Row {
            from: &[State::AwaitingFunds],
            event: Event::Cancel,
            actors: &[BUYER, SALES],
            to: State::Cancelled,
        },
        Row {
            from: &[State::AwaitingContract],
            event: Event::Sign,
            actors: &[BUYER],
            to: State::AwaitingFunds,
        },
        Row {
            from: &[State::AwaitingContract],
            event: Event::ContractLapsed,
            actors: &[&[Role::System]],
            to: State::Cancelled,
        },
        Row {
            from: &[State::AwaitingFunds],
            event: Event::Fund,
            actors: &[BUYER_FINANCE],
            to: State::InService,
        },
        Row {
            from: &[State::AwaitingFunds],
            event: Event::FundsLapsed,
            actors: &[&[Role::System]],
            to: State::Cancelled,
        },
        Row {
            from: &[State::InService],
            event: Event::DeliveryLapsed,
            actors: &[&[Role::System]],
            to: State::Cancelled,
        },
        Row {
            from: &[State::InService],
            event: Event::Deliver,
            actors: &[DELIVERY],
            to: State::Delivered,
        },
        Row {
            from: &[State::Rework],
            event: Event::Deliver,
            actors: &[DELIVERY],
            to: State::Delivered,
        },
        Row {
            from: &[State::Delivered],
            event: Event::Accept,
            actors: &[BUYER],
            to: State::Accepted,
        },
        Row {
            from: &[State::Delivered],
            event: Event::Reject,
            actors: &[BUYER],
            to: State::Rework,
        },
        Row {
            from: &[State::Delivered],
            event: Event::AutoAccept,
            actors: &[&[Role::System]],
            to: State::Accepted,
        },
        Row {
            from: &[State::Accepted],
            event: Event::Object,
            actors: &[BUYER],
            to: State::Rework,
        },
        Row {
            from: &[State::Rework],
            event: Event::ReworkLapsed,
            actors: &[&[Role::System]],
            to: State::Cancelled,
        },
        Row {
            from: &[State::Accepted],
            event: Event::Release,
            actors: &[&[Role::System, Role::PlatformFinance]],
            to: State::Completed,
        },
        Row {
            from: &[State::InService, State::Delivered, State::Rework],
            event: Event::RequestRefund,
            actors: &[BUYER],
            to: State::Cancelling,
        },
        Row {
            from: &[State::Cancelling],
            event: Event::AgreeRefund,
            actors: &[SALES],
            to: State::Cancelled,
        },
        Row {
            from: &[State::Cancelling],
            event: Event::RefuseRefund,
            actors: &[SALES],
            to: State::InService,
        },
        Row {
            from: &[State::InService, State::Rework],
            event: Event::Quit,
            actors: &[&[Role::SupplierOwner]],
            to: State::Cancelled,
        },
        Row {
            from: &[State::Cancelling],
            event: Event::RefundUnanswered,
            actors: &[&[Role::System]],
            to: State::Cancelling,
        },
        Row {
            from: &[State::Cancelling],
            event: Event::ContinueByPlatform,
            actors: &[&[Role::PlatformArbiter]],
            to: State::InService,
        },
        Row {
            from: &[State::InService, State::Cancelling],
            event: Event::RefundByPlatform,
            actors: &[&[Role::PlatformArbiter]],
            to: State::Cancelled,
        },
        Row {
            from: &[State::Completed],
            event: Event::Close,
            actors: &[&[Role::System]],
            to: State::Closed,
        },
    ],
};

named! {
    /// How the money goes.
    Mode {
        /// Held at a simulated partner: for demonstrations.
        Simulated = "simulated" "担保付款（模拟）" "protected payment (simulated)",
        /// Straight from buyer to supplier by bank transfer; nothing is held, receipt is confirmed.
        Offline = "offline" "线下转账" "bank transfer",
    }
}

named! {
    /// The state of a milestone.
    MilestoneState {
        /// Its turn has not come, or its money.
        Planned = "planned" "未开始" "planned",
        /// Paid for and being worked on.
        Funded = "funded" "进行中" "in progress",
        /// Paid out to the supplier.
        Released = "released" "已结算" "settled",
        /// Paid back to the buyer.
        Refunded = "refunded" "已退款" "refunded",
    }
}

/// A milestone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What is to be delivered.
    pub title: String,
    /// Its price in fen.
    pub amount: i64,
    /// How far it is.
    pub state: MilestoneState,
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
    /// How many days the work takes, as agreed.
    pub days: i64,
    /// When the work at hand is due: so many days after its money came.
    pub work_due: Option<OffsetDateTime>,
    /// How many declared acceptance items there are.
    pub acceptance_items: usize,
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
    /// How many days the work takes.
    pub days: i64,
    /// How many declared acceptance items there are.
    pub acceptance_items: usize,
}

/// What a step carries besides its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// For a delivery: the acceptance items ticked as done; for a rejection: those that fail.
    pub items: Vec<usize>,
    /// Whether a reason was written (rejection, objection, refund).
    pub reason: bool,
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
            days: terms.days,
            work_due: None,
            acceptance_items: terms.acceptance_items,
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
            State::InService => (
                Event::DeliveryLapsed,
                days_after(self.work_due.unwrap_or(now), OVERDUE_DAYS),
            ),
            State::Cancelling => (
                Event::RefundUnanswered,
                working_days_after(now, REFUND_WORKING_DAYS),
            ),
            State::Cancelled | State::Terminated | State::Closed => return None,
        };
        Some(due)
    }

    fn check(&self, event: Event, facts: &Facts) -> Result<(), Refused> {
        let within = facts.items.iter().all(|item| *item < self.acceptance_items);
        match event {
            Event::Deliver => {
                let all = (0..self.acceptance_items).all(|item| facts.items.contains(&item));
                if all && within {
                    Ok(())
                } else {
                    Err(Refused::DeliveryIncomplete)
                }
            }
            Event::Reject if facts.items.is_empty() || !within => Err(Refused::RejectionUnnamed),
            Event::Reject | Event::Object | Event::RequestRefund if !facts.reason => {
                Err(Refused::ReasonMissing)
            }
            Event::Object if !self.by_silence => Err(Refused::OrderNotNow),
            _ => Ok(()),
        }
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
            Event::Fund => {
                order.pay_in(at_hand, &mut postings);
                order.work_due = Some(now + Duration::days(self.days.clamp(1, 3_650)));
            }
            Event::Release => order.pay_out(at_hand, &mut postings),
            Event::Reject | Event::Object => order.round += 1,
            _ => {}
        }
        if matches!(to, State::Cancelled) {
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
        // An unanswered refund waits for the platform, not for another clock.
        let timer = if event == Event::RefundUnanswered {
            None
        } else {
            order.timer(now)
        };
        Ok(Step {
            order,
            timer,
            postings,
        })
    }

    fn posting(&self, index: usize, from: Account, to: Account) -> Posting {
        let milestone = i64::try_from(index).unwrap_or(i64::MAX - 1) + 1;
        Posting {
            milestone,
            from,
            to,
            amount: self.milestones[index].amount,
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
        postings.push(self.posting(index, Account::Buyer, to));
    }

    fn pay_out(&mut self, at_hand: Option<usize>, postings: &mut Vec<Posting>) {
        let Some(index) = at_hand else { return };
        self.milestones[index].state = MilestoneState::Released;
        if self.mode == Mode::Simulated {
            postings.push(self.posting(index, Account::Held, Account::Supplier));
        }
        if self.at_hand().is_some() {
            self.state = State::AwaitingFunds;
        }
    }

    /// What is held goes back. Money paid straight to the supplier cannot be moved by anyone here:
    /// the mirror shows the refund the supplier owes and makes.
    fn pay_back(&mut self, postings: &mut Vec<Posting>) {
        for index in 0..self.milestones.len() {
            if self.milestones[index].state == MilestoneState::Funded {
                self.milestones[index].state = MilestoneState::Refunded;
                let from = if self.mode == Mode::Offline {
                    Account::Supplier
                } else {
                    Account::Held
                };
                postings.push(self.posting(index, from, Account::Buyer));
            }
        }
    }
}
