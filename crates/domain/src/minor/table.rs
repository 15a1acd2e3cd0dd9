//! A guardian's consent as a table.

use super::names::{Event, State};
use crate::machine::{GUARDIAN, MINOR, Machine, OFFICER, Row, SYSTEM};

/// The machine.
pub const MACHINE: Machine<State, Event> = Machine {
    name: "guardianship",
    initial: State::Declared,
    ends: &[
        State::Refused,
        State::Withdrawn,
        State::Expired,
        State::OfAge,
        State::Cleared,
    ],
    rows: &[
        // A mistyped number is put right without a new clock.
        Row {
            from: &[State::Declared, State::Frozen, State::Requested, State::Told],
            event: Event::Ask,
            actors: &[MINOR],
            to: State::Requested,
        },
        Row {
            from: &[State::Requested],
            event: Event::Tell,
            actors: &[SYSTEM],
            to: State::Told,
        },
        Row {
            from: &[State::Told],
            event: Event::Prove,
            actors: &[GUARDIAN],
            to: State::Proven,
        },
        Row {
            from: &[State::Proven],
            event: Event::Read,
            actors: &[GUARDIAN],
            to: State::Informed,
        },
        Row {
            from: &[State::Informed],
            event: Event::Consent,
            actors: &[GUARDIAN],
            to: State::Active,
        },
        Row {
            from: &[State::Told, State::Proven, State::Informed],
            event: Event::Refuse,
            actors: &[GUARDIAN],
            to: State::Refused,
        },
        Row {
            from: &[State::Active],
            event: Event::Withdraw,
            actors: &[GUARDIAN],
            to: State::Withdrawn,
        },
        Row {
            from: &[
                State::Requested,
                State::Told,
                State::Proven,
                State::Informed,
                State::Frozen,
            ],
            event: Event::Expire,
            actors: &[SYSTEM],
            to: State::Expired,
        },
        Row {
            from: &[State::Active],
            event: Event::Disown,
            actors: &[MINOR],
            to: State::Withdrawn,
        },
        Row {
            from: &[State::Active],
            event: Event::Lapse,
            actors: &[SYSTEM],
            to: State::Expired,
        },
        Row {
            from: &[State::Active],
            event: Event::ComeOfAge,
            actors: &[SYSTEM, GUARDIAN],
            to: State::OfAge,
        },
        Row {
            from: &[State::Active],
            event: Event::TurnFifteen,
            actors: &[GUARDIAN],
            to: State::Active,
        },
        Row {
            from: &[State::Active],
            event: Event::Lose,
            actors: &[SYSTEM],
            to: State::Frozen,
        },
        Row {
            from: &[State::Declared],
            event: Event::Freeze,
            actors: &[SYSTEM],
            to: State::Frozen,
        },
        Row {
            from: &[State::Frozen],
            event: Event::Contest,
            actors: &[MINOR],
            to: State::Contested,
        },
        Row {
            from: &[State::Contested],
            event: Event::Uphold,
            actors: &[OFFICER],
            to: State::Cleared,
        },
        Row {
            from: &[State::Contested],
            event: Event::Dismiss,
            actors: &[OFFICER],
            to: State::Frozen,
        },
    ],
};
