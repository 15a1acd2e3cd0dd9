//! What every machine is held to.

use std::fmt::Debug;

use domain::machine::{Machine, No, Role};

/// What a specification says of one state and event: who may, and where it leads.
pub type Line<S, E> = (S, E, Vec<Role>, S);

/// Every state × event × role is decided as these lines say, which are written by hand from the
/// specification, and everything else is refused.
pub fn every_row_and_no_other<S, E>(machine: &Machine<S, E>, states: &[S], events: &[E], lines: &[Line<S, E>])
where
    S: Copy + Eq + Debug,
    E: Copy + Eq + Debug,
{
    let mut met = 0;
    for state in states {
        for event in events {
            let here: Vec<_> = lines
                .iter()
                .filter(|(from, what, ..)| (from, what) == (state, event))
                .collect();
            for role in Role::ALL {
                let expected = match here.iter().find(|(_, _, who, _)| who.contains(role)) {
                    Some((.., to)) => Ok(*to),
                    None if here.is_empty() => Err(No::NotNow),
                    None => Err(No::NotYou),
                };
                let decided = machine.decide(*state, *event, *role);
                assert_eq!(decided, expected, "{state:?} {event:?} {role:?}");
                assert_eq!(machine.allowed(*state, *role).contains(event), decided.is_ok());
                met += usize::from(decided.is_ok());
            }
        }
    }
    let written: usize = lines.iter().map(|(_, _, who, _)| who.len()).sum();
    assert_eq!(met, written, "no line is written twice or of nothing");
}

/// No dead end, nothing out of reach but what a step adds to the table, and no wait for ever except
/// before the beginning, where nothing waits.
pub fn no_trap<S, E>(machine: &Machine<S, E>, states: &[S], by_step: &[S])
where
    S: Copy + Eq + Debug,
    E: Copy + Eq + Debug,
{
    assert_eq!(machine.dead_ends(states), []);
    let reached = machine.unreachable(states);
    assert_eq!(reached, by_step);
    let stuck = machine.limbo(states);
    assert!(stuck.iter().all(|state| *state == machine.initial), "{stuck:?}");
}
