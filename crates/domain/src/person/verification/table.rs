//! A person's verification as a table.

use super::names::{Event, State};
use crate::machine::{APPLICANT, Machine, Row, SYSTEM, VERIFIER};

/// The machine. Whether a failed check leads on to [`State::Locked`] depends on those before it: see
/// [`Verification::step`](super::Verification::step).
pub const MACHINE: Machine<State, Event> = Machine {
    name: "person_verification",
    initial: State::None,
    ends: &[State::Revoked, State::Erased],
    rows: &[
        Row {
            from: &[State::None, State::Expired],
            event: Event::Consent,
            actors: &[APPLICANT],
            to: State::Consented,
        },
        Row {
            from: &[State::Consented, State::Rejected],
            event: Event::Submit,
            actors: &[APPLICANT],
            to: State::Submitted,
        },
        Row {
            from: &[State::Submitted],
            event: Event::BeginCheck,
            actors: &[SYSTEM],
            to: State::Checking,
        },
        Row {
            from: &[State::Checking],
            event: Event::Pass,
            actors: &[SYSTEM, VERIFIER],
            to: State::Verified,
        },
        Row {
            from: &[State::Checking],
            event: Event::Fail,
            actors: &[SYSTEM, VERIFIER],
            to: State::Rejected,
        },
        Row {
            from: &[State::Submitted, State::Checking],
            event: Event::SourceDown,
            actors: &[SYSTEM],
            to: State::Rejected,
        },
        Row {
            from: &[State::Locked],
            event: Event::Unlock,
            actors: &[SYSTEM],
            to: State::Consented,
        },
        Row {
            from: &[State::Verified],
            event: Event::Expire,
            actors: &[SYSTEM],
            to: State::Expired,
        },
        Row {
            from: &[State::Verified],
            event: Event::ProposeRevocation,
            actors: &[VERIFIER],
            to: State::Verified,
        },
        Row {
            from: &[State::Verified],
            event: Event::ConfirmRevocation,
            actors: &[VERIFIER],
            to: State::Revoked,
        },
        Row {
            from: &[State::Verified],
            event: Event::DropRevocation,
            actors: &[VERIFIER],
            to: State::Verified,
        },
        Row {
            from: &[State::Revoked],
            event: Event::Appeal,
            actors: &[APPLICANT],
            to: State::Revoked,
        },
        Row {
            from: &[State::Revoked],
            event: Event::UpholdAppeal,
            actors: &[VERIFIER],
            to: State::Verified,
        },
        Row {
            from: &[State::Revoked],
            event: Event::DismissAppeal,
            actors: &[VERIFIER],
            to: State::Revoked,
        },
        // Verification is voluntary: whoever gave the data takes it back at any time.
        Row {
            from: &[
                State::Consented,
                State::Submitted,
                State::Checking,
                State::Verified,
                State::Rejected,
                State::Locked,
                State::Expired,
            ],
            event: Event::Erase,
            actors: &[APPLICANT, SYSTEM],
            to: State::Erased,
        },
        // After fraud it goes with the account, not before: to begin anew would be too easy.
        Row {
            from: &[State::Revoked],
            event: Event::Erase,
            actors: &[SYSTEM],
            to: State::Erased,
        },
    ],
};
