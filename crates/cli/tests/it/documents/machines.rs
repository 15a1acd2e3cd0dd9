//! `docs/machines.md`: each state machine, with its diagram, every step and its clocks. The steps
//! are found by taking them: what an order's milestones add to the table is in the picture too.

use std::fmt::Write as _;

use domain::calendar::{Due, working_days_after};
use domain::machine::Role;
use domain::market::order::{
    Event, Facts, MACHINE, Milestone, MilestoneState, Mode, OVERDUE_DAYS, Order, State, Terms,
};
use time::OffsetDateTime;
use time::macros::datetime;

use super::{codes, fresh, head, row};

/// The afternoon before a week of holidays, so that working days and days differ.
const NOW: OffsetDateTime = datetime!(2026-09-30 14:00 +8);

/// A step that can be taken.
struct Edge {
    from: State,
    event: Event,
    /// Where it leads, by what the milestones say.
    to: Vec<State>,
    roles: Vec<Role>,
}

const fn terms(review_days: i64) -> Terms {
    Terms {
        mode: Mode::Simulated,
        review_days,
        days: 20,
        acceptance_items: 1,
    }
}

/// Every order that steps can lead to, one of each kind, and the steps between them.
fn explored() -> (Vec<Order>, Vec<Edge>) {
    let milestone = |title: &str| Milestone {
        title: title.to_owned(),
        amount: 1,
        state: MilestoneState::Planned,
    };
    let placed = |mode| {
        let terms = Terms { mode, ..terms(3) };
        Order::placed(terms, vec![milestone("1"), milestone("2")], NOW)
            .expect("an order")
            .order
    };
    let mut orders: Vec<Order> = Mode::ALL.iter().map(|mode| placed(*mode)).collect();
    let mut edges: Vec<Edge> = Vec::new();
    let facts = Facts {
        items: vec![0],
        reason: true,
    };
    let mut next = 0;
    while let Some(order) = orders.get(next).cloned() {
        next += 1;
        for event in Event::ALL {
            for role in Role::ALL {
                let Ok(step) = order.step(*event, *role, &facts, NOW) else {
                    continue;
                };
                note(&mut edges, order.state, *event, *role, step.order.state);
                // How often something was repeated is not another kind of order.
                let reached = Order {
                    version: 1,
                    round: 0,
                    ..step.order
                };
                if !orders.contains(&reached) {
                    orders.push(reached);
                }
            }
        }
    }
    (orders, edges)
}

fn note(edges: &mut Vec<Edge>, from: State, event: Event, role: Role, to: State) {
    let at = edges
        .iter()
        .position(|edge| edge.from == from && edge.event == event)
        .unwrap_or_else(|| {
            edges.push(Edge {
                from,
                event,
                to: Vec::new(),
                roles: Vec::new(),
            });
            edges.len() - 1
        });
    let edge = &mut edges[at];
    if !edge.to.contains(&to) {
        edge.to.push(to);
    }
    if !edge.roles.contains(&role) {
        edge.roles.push(role);
    }
}

/// How far away an instant is, in the unit it was meant in.
fn distance(due: Due) -> String {
    let Due::At(at) = due else {
        return "unknown".to_owned();
    };
    let left = at - NOW;
    if left.is_zero() {
        return "at once".to_owned();
    }
    if left.whole_seconds() % 86_400 == 0 {
        return format!("{} days", left.whole_days());
    }
    let working = (1..30).find(|count| working_days_after(NOW, *count) == due);
    working.map_or_else(|| left.to_string(), |count| format!("{count} working days"))
}

/// The clock of an order; a review time is the category's, within the bounds the order keeps.
fn clock(order: &Order) -> Option<(Event, String)> {
    let with = |review_days: i64| {
        let placed = Order::placed(terms(review_days), order.milestones.clone(), NOW);
        let bounded = placed.map_or(review_days, |step| step.order.review_days);
        Order {
            review_days: bounded,
            ..order.clone()
        }
        .timer(NOW)
    };
    if order.state == State::InService {
        let (event, _) = with(0)?;
        return Some((event, format!("{OVERDUE_DAYS} days past the agreed time")));
    }
    let (event, shortest) = with(0)?;
    let (_, longest) = with(i64::MAX)?;
    let text = if shortest == longest {
        distance(shortest)
    } else {
        format!("{} to {}, by category", distance(shortest), distance(longest))
    };
    Some((event, text))
}

fn in_order(edges: &[Edge]) -> impl Iterator<Item = &Edge> {
    State::ALL.iter().flat_map(move |state| {
        Event::ALL.iter().flat_map(move |event| {
            edges
                .iter()
                .filter(move |edge| edge.from == *state && edge.event == *event)
        })
    })
}

fn diagram(edges: &[Edge]) -> String {
    let mut text = MACHINE.diagram(State::as_str, Event::as_str);
    for edge in in_order(edges) {
        for to in &edge.to {
            let in_table = MACHINE
                .rows
                .iter()
                .any(|row| row.from.contains(&edge.from) && row.event == edge.event && row.to == *to);
            if !in_table {
                let _ = writeln!(
                    text,
                    "  {} --> {}: {}",
                    edge.from.as_str(),
                    to.as_str(),
                    edge.event.as_str()
                );
            }
        }
    }
    text
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> String {
    codes(all.iter().map(|one| name(*one)))
}

fn document() -> String {
    let (orders, edges) = explored();
    let mut text = String::from(
        "# 状态机 · State machines\n\n\
         <!-- Written by `cargo xtask gen` from crates/domain/src/market/order/; edit there. -->\n\n\
         业务单据的生命周期是一张表：状态、事件、角色、去向与期限。页面按钮、接口和期限都出自同一张表。\n\n\
         A life cycle is a table. The buttons of a page, what a form may do and what the clock does come from it; \
         nothing else moves an order.\n",
    );
    let _ = write!(
        text,
        "\n## order\n\nBegins in {}; ends in {}.\n\n```mermaid\n{}```\n",
        codes([MACHINE.initial.as_str()]),
        names(MACHINE.ends, State::as_str),
        diagram(&edges)
    );
    text.push_str("\n### States and clocks\n\nWhat happens if nobody acts.\n\n");
    text.push_str(&head(&["state", "中文", "English", "then", "after"]));
    for state in State::ALL {
        let mut clocks: Vec<(bool, Option<(Event, String)>)> = Vec::new();
        for order in orders.iter().filter(|order| order.state == *state) {
            let found = (order.by_silence, clock(order));
            if !clocks.contains(&found) {
                clocks.push(found);
            }
        }
        let several = clocks.len() > 1;
        for (by_silence, clock) in clocks {
            let (event, mut after) = clock.map_or_else(Default::default, |(event, after)| {
                (codes([event.as_str()]), after)
            });
            if several {
                after.push_str(if by_silence {
                    " (accepted by silence)"
                } else {
                    " (accepted by a person)"
                });
            }
            text.push_str(&row(&[
                &codes([state.as_str()]),
                state.label(true),
                state.label(false),
                &event,
                &after,
            ]));
        }
    }
    text.push_str("\n### Events\n\n");
    text.push_str(&head(&["event", "中文", "English"]));
    for event in Event::ALL {
        text.push_str(&row(&[
            &codes([event.as_str()]),
            event.label(true),
            event.label(false),
        ]));
    }
    text.push_str(
        "\n### Every step\n\nWhat is not here is refused. Where two states follow, the milestones decide: after \
         `release` the next milestone waits for its money; an order that ends after part of it was paid out is \
         `terminated`, otherwise `cancelled`.\n\n",
    );
    text.push_str(&head(&["state", "event", "who", "to"]));
    for edge in in_order(&edges) {
        text.push_str(&row(&[
            &codes([edge.from.as_str()]),
            &codes([edge.event.as_str()]),
            &codes(edge.roles.iter().map(|role| format!("{role:?}"))),
            &names(&edge.to, State::as_str),
        ]));
    }
    text
}

#[test]
fn machines_document_is_fresh() {
    fresh("docs/machines.md", &document());
}

/// The exploration leaves nothing out: each state is met, and each row of the table is taken.
#[test]
fn every_state_and_row_is_explored() {
    let (orders, edges) = explored();
    for state in State::ALL {
        assert!(orders.iter().any(|order| order.state == *state), "{state:?}");
    }
    for row in MACHINE.rows {
        for from in row.from {
            let taken = edges
                .iter()
                .any(|edge| edge.from == *from && edge.event == row.event);
            assert!(taken, "{from:?} {:?}", row.event);
        }
    }
}
