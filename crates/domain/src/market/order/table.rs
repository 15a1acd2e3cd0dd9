//! The order's machine as a table.

use super::names::{Event, State};
use crate::machine::{BUYER, BUYER_FINANCE, DELIVERY, Machine, Role, Row, SALES, SUPPLIER_FINANCE};

const BEFORE_FUNDS: &[State] = &[State::Placed, State::AwaitingContract];

/// The order's machine. Where a row leads on from [`State::Accepted`], from a refund that did not
/// come about, and from a cancellation also depends on the order itself: see [`Order::step`](super::Order::step); which
/// way of paying an event belongs to, see [`Order::allowed`](super::Order::allowed).
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
            event: Event::TransferSent,
            actors: &[BUYER_FINANCE],
            to: State::AwaitingFunds,
        },
        Row {
            from: &[State::AwaitingFunds],
            event: Event::ReceiptConfirmed,
            actors: &[SUPPLIER_FINANCE],
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
            event: Event::WithdrawRefund,
            actors: &[BUYER],
            to: State::InService,
        },
        Row {
            from: &[State::Cancelled, State::Terminated],
            event: Event::RefundReceived,
            actors: &[BUYER_FINANCE],
            to: State::Cancelled,
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
            from: &[State::Cancelling],
            event: Event::OfferPartial,
            actors: &[SALES],
            to: State::PartialOffered,
        },
        Row {
            from: &[State::PartialOffered],
            event: Event::AcceptPartial,
            actors: &[BUYER],
            to: State::Terminated,
        },
        Row {
            from: &[State::PartialOffered],
            event: Event::DeclinePartial,
            actors: &[BUYER],
            to: State::InService,
        },
        Row {
            from: &[State::PartialOffered],
            event: Event::OfferLapsed,
            actors: &[&[Role::System]],
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
            from: &[State::Cancelling],
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
