//! `docs/machines.md`: each state machine, with its diagram, every step and its clocks. The steps
//! are found by taking them: what an order's milestones add to the table is in the picture too.

use std::fmt::Write as _;

use domain::calendar::{Due, working_days_after};
use domain::machine::Role;
use domain::market::order::{Event, Facts, MACHINE, Milestone, Mode, Order, State, Step, Terms};
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

/// How many days the work takes: so many that a time counted from its end shows.
const AGREED: i64 = 1000;

/// Every step that can be reached, one of each kind, and the ways between the states.
fn explored(review_days: i64) -> (Vec<Step>, Vec<Edge>) {
    // Two fen, so that a part of it can be offered.
    let milestone = |title: &str| Milestone::planned(title.to_owned(), 2, AGREED, 1);
    let placed = |mode| {
        let terms = Terms { mode, review_days };
        Order::placed(terms, vec![milestone("1"), milestone("2")], NOW).expect("an order")
    };
    let mut steps: Vec<Step> = Mode::ALL.iter().map(|mode| placed(*mode)).collect();
    let mut edges: Vec<Edge> = Vec::new();
    let mut next = 0;
    while let Some(order) = steps.get(next).map(|step| step.order.clone()) {
        next += 1;
        let facts = Facts {
            items: vec![0],
            reason: true,
            milestone: order.at_hand(),
            amount: Some(1),
            receipt: false,
        };
        for event in Event::ALL {
            for role in Role::ALL {
                let Ok(mut step) = order.step(*event, *role, &facts, NOW) else {
                    continue;
                };
                note(&mut edges, order.state, *event, *role, step.order.state);
                // How often something was repeated, and what it cost, is not another kind.
                step.order.version = 1;
                step.order.round = 0;
                step.postings = Vec::new();
                if !steps.contains(&step) {
                    steps.push(step);
                }
            }
        }
    }
    (steps, edges)
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
        return match left.whole_days() {
            days if days >= AGREED => format!("{} days after the agreed time", days - AGREED),
            days => format!("{days} days"),
        };
    }
    let working = (1..30).find(|count| working_days_after(NOW, *count) == due);
    working.map_or_else(|| left.to_string(), |count| format!("{count} working days"))
}

/// The clocks of a state: what happens, after how long, and whether it was accepted by silence.
fn clocks(steps: &[Step], state: State) -> Vec<(Option<Event>, String, bool)> {
    let mut found = Vec::new();
    for step in steps.iter().filter(|step| step.order.state == state) {
        let clock = match step.timer {
            Some((event, due)) => (Some(event), distance(due), step.order.by_silence),
            None => (None, String::new(), step.order.by_silence),
        };
        if !found.contains(&clock) {
            found.push(clock);
        }
    }
    found
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
    // The time to check is the category's, within the bounds that an order keeps.
    let (steps, edges) = explored(0);
    let (longest, _) = explored(i64::MAX);
    let mut text = String::from(
        "# 状态机 · State machines\n\n\
         <!-- Written by `cargo xtask gen` from the machines of crates/domain/src/; edit there. -->\n\n\
         业务单据的生命周期是一张表：状态、事件、角色、去向与期限。页面按钮、接口和期限都出自同一张表。\n\n\
         A life cycle is a table. The buttons of a page, what a form may do and what the clock does come from it; \
         nothing else moves one of these.\n",
    );
    let _ = write!(
        text,
        "\n## order\n\nBegins in {}; ends in {}.\n\n```mermaid\n{}```\n",
        codes([MACHINE.initial.as_str()]),
        names(MACHINE.ends, State::as_str),
        diagram(&edges)
    );
    text.push_str("\n### States and clocks\n\nWhat happens if nobody acts. A state with a line without a clock waits for a person then.\n\n");
    text.push_str(&head(&["state", "中文", "English", "then", "after"]));
    for state in State::ALL {
        let both = clocks(&steps, *state).into_iter().zip(clocks(&longest, *state));
        let several = clocks(&steps, *state).len() > 1;
        for ((event, mut after, by_silence), (_, most, _)) in both {
            if after != most {
                after = format!("{after} to {most}, by category");
            }
            if several && *state == State::Accepted {
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
                &event.map(|event| codes([event.as_str()])).unwrap_or_default(),
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
    text.push_str(&super::tables::sections());
    text
}

#[test]
fn machines_document_is_fresh() {
    fresh("docs/machines.md", &document());
}

/// The exploration leaves nothing out: each state is met, and each row of the table is taken.
#[test]
fn every_state_and_row_is_explored() {
    let (steps, edges) = explored(0);
    for state in State::ALL {
        assert!(steps.iter().any(|step| step.order.state == *state), "{state:?}");
        assert_eq!(
            clocks(&steps, *state).len(),
            clocks(&explored(i64::MAX).0, *state).len()
        );
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
