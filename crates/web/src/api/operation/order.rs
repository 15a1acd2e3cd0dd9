//! Operations on orders.

use super::super::answer::order::{Order, OrderList};
use super::super::order;
use super::{Group, Operation, PLAIN, Part, answer};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/v1/orders",
        id: "list_orders",
        group: Group::Order,
        what: (
            "买入或卖出的订单，最新的在前",
            "Orders bought or sold, newest first",
        ),
        query: order::LIST,
        answer: Some(answer::<OrderList>()),
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/api/v1/orders",
        id: "place_order",
        group: Group::Order,
        what: (
            "下单；同一个 Idempotency-Key 只产生一个订单",
            "Place an order; one Idempotency-Key makes one order",
        ),
        headers: order::PLACE_HEADERS,
        body: order::PLACE,
        status: 201,
        answer: Some(answer::<Order>()),
        errors: &[404, 409],
        ..PLAIN
    },
    Operation {
        path: "/api/v1/orders/{number}",
        id: "get_order",
        group: Group::Order,
        what: (
            "一个订单，以及现在可以做什么（allowed）",
            "One order, and what may be done now (`allowed`)",
        ),
        parts: &[Part::Number],
        answer: Some(answer::<Order>()),
        ..PLAIN
    },
    Operation {
        method: "post",
        path: "/api/v1/orders/{number}/events",
        id: "act_on_order",
        group: Group::Order,
        what: (
            "对订单做一件事（确认、付款、交付、验收……），返回之后的订单",
            "Make an event happen (confirm, pay, deliver, accept …); answers with the order after it",
        ),
        parts: &[Part::Number],
        body: order::ACT,
        answer: Some(answer::<Order>()),
        errors: &[409],
        ..PLAIN
    },
];
