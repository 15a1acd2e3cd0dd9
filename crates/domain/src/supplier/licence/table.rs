//! A licence as a table.

use super::names::{Event, State};
use crate::machine::{Machine, Row, SUPPLIER_ADMIN, SYSTEM, VERIFIER};

/// The machine. A renewal is a licence of its own: when it is good, the one before is replaced.
pub const MACHINE: Machine<State, Event> = Machine {
    name: "supplier_licence",
    initial: State::Draft,
    ends: &[State::Expired, State::Rejected, State::Revoked, State::Replaced],
    rows: &[
        Row {
            from: &[State::Draft],
            event: Event::HandIn,
            actors: &[SUPPLIER_ADMIN],
            to: State::Submitted,
        },
        Row {
            from: &[State::Submitted],
            event: Event::Approve,
            actors: &[VERIFIER],
            to: State::Approved,
        },
        Row {
            from: &[State::Submitted],
            event: Event::Reject,
            actors: &[VERIFIER],
            to: State::Rejected,
        },
        // Who withdraws the consent takes the picture with it.
        Row {
            from: &[State::Draft, State::Submitted],
            event: Event::MaterialGone,
            actors: &[SYSTEM],
            to: State::Rejected,
        },
        // An alarm for the operator; the licence waits on.
        Row {
            from: &[State::Submitted],
            event: Event::ReviewOverdue,
            actors: &[SYSTEM],
            to: State::Submitted,
        },
        Row {
            from: &[State::Approved],
            event: Event::NearEnd,
            actors: &[SYSTEM],
            to: State::Expiring,
        },
        Row {
            from: &[State::Expiring],
            event: Event::RunOut,
            actors: &[SYSTEM],
            to: State::Expired,
        },
        Row {
            from: &[State::Approved, State::Expiring],
            event: Event::Revoke,
            actors: &[VERIFIER],
            to: State::Revoked,
        },
        Row {
            from: &[State::Approved, State::Expiring, State::Expired],
            event: Event::Replace,
            actors: &[SYSTEM],
            to: State::Replaced,
        },
    ],
};
