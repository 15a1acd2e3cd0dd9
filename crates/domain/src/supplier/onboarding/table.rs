//! A supplier's standing as a table.

use super::names::{Event, State};
use crate::machine::{Machine, Role, Row, SUPPLIER_ADMIN, SYSTEM, VERIFIER};

const SUPPLIER_OWNER: &[Role] = &[Role::SupplierOwner];
const PLATFORM_FINANCE: &[Role] = &[Role::PlatformFinance];

/// The machine. Whether a deposit is asked for, whether a restriction is left, and where an upheld
/// appeal leads back to depends on the supplier itself: see [`Supplier::step`](super::Supplier::step).
pub const MACHINE: Machine<State, Event> = Machine {
    name: "supplier_onboarding",
    initial: State::Applied,
    ends: &[State::Exited, State::Banned],
    rows: &[
        Row {
            from: &[State::Applied, State::Returned],
            event: Event::SubmitMaterials,
            actors: &[SUPPLIER_ADMIN],
            to: State::MaterialReview,
        },
        Row {
            from: &[State::MaterialReview],
            event: Event::Return,
            actors: &[VERIFIER],
            to: State::Returned,
        },
        Row {
            from: &[State::MaterialReview],
            event: Event::Approve,
            actors: &[VERIFIER],
            to: State::Agreement,
        },
        // An alarm for the operator; the material waits on.
        Row {
            from: &[State::MaterialReview],
            event: Event::ReviewOverdue,
            actors: &[SYSTEM],
            to: State::MaterialReview,
        },
        Row {
            from: &[State::Agreement],
            event: Event::AgreementEffective,
            actors: &[SYSTEM],
            to: State::Deposit,
        },
        Row {
            from: &[State::Deposit],
            event: Event::DepositPaid,
            actors: &[PLATFORM_FINANCE, SYSTEM],
            to: State::Active,
        },
        Row {
            from: &[State::Active, State::Restricted],
            event: Event::Restrict,
            actors: &[VERIFIER],
            to: State::Restricted,
        },
        Row {
            from: &[State::Restricted],
            event: Event::Open,
            actors: &[VERIFIER],
            to: State::Active,
        },
        Row {
            from: &[State::Active, State::Restricted],
            event: Event::Suspend,
            actors: &[VERIFIER, SYSTEM],
            to: State::Suspended,
        },
        // The program what it suspended itself.
        Row {
            from: &[State::Suspended],
            event: Event::Reinstate,
            actors: &[VERIFIER, SYSTEM],
            to: State::Active,
        },
        Row {
            from: &[State::Active, State::Restricted, State::Suspended],
            event: Event::AskExit,
            actors: &[SUPPLIER_OWNER],
            to: State::Exiting,
        },
        Row {
            from: &[State::Exiting],
            event: Event::OrdersDone,
            actors: &[SYSTEM],
            to: State::Exiting,
        },
        Row {
            from: &[State::Exiting],
            event: Event::ReturnDeposit,
            actors: &[PLATFORM_FINANCE],
            to: State::Exiting,
        },
        Row {
            from: &[State::Exiting],
            event: Event::Exit,
            actors: &[SYSTEM],
            to: State::Exited,
        },
        // A deposit is nobody's but the supplier's, whatever they did.
        Row {
            from: &[State::Banned],
            event: Event::ReturnDeposit,
            actors: &[PLATFORM_FINANCE],
            to: State::Banned,
        },
        Row {
            from: &[State::Active],
            event: Event::ProposeBan,
            actors: &[VERIFIER],
            to: State::Active,
        },
        Row {
            from: &[State::Restricted],
            event: Event::ProposeBan,
            actors: &[VERIFIER],
            to: State::Restricted,
        },
        Row {
            from: &[State::Suspended],
            event: Event::ProposeBan,
            actors: &[VERIFIER],
            to: State::Suspended,
        },
        Row {
            from: &[State::Exiting],
            event: Event::ProposeBan,
            actors: &[VERIFIER],
            to: State::Exiting,
        },
        Row {
            from: &[State::Active, State::Restricted, State::Suspended, State::Exiting],
            event: Event::ConfirmBan,
            actors: &[VERIFIER],
            to: State::Banned,
        },
        Row {
            from: &[State::Active],
            event: Event::DropBan,
            actors: &[VERIFIER],
            to: State::Active,
        },
        Row {
            from: &[State::Restricted],
            event: Event::DropBan,
            actors: &[VERIFIER],
            to: State::Restricted,
        },
        Row {
            from: &[State::Suspended],
            event: Event::DropBan,
            actors: &[VERIFIER],
            to: State::Suspended,
        },
        Row {
            from: &[State::Exiting],
            event: Event::DropBan,
            actors: &[VERIFIER],
            to: State::Exiting,
        },
        Row {
            from: &[State::Banned],
            event: Event::Appeal,
            actors: &[SUPPLIER_OWNER],
            to: State::Banned,
        },
        Row {
            from: &[State::Banned],
            event: Event::UpholdAppeal,
            actors: &[VERIFIER],
            to: State::Active,
        },
        Row {
            from: &[State::Banned],
            event: Event::DismissAppeal,
            actors: &[VERIFIER],
            to: State::Banned,
        },
        Row {
            from: &[
                State::Applied,
                State::MaterialReview,
                State::Returned,
                State::Agreement,
                State::Deposit,
            ],
            event: Event::Withdraw,
            actors: &[SUPPLIER_OWNER],
            to: State::Exited,
        },
        Row {
            from: &[State::Applied, State::Returned, State::Agreement, State::Deposit],
            event: Event::Lapse,
            actors: &[SYSTEM],
            to: State::Exited,
        },
    ],
};
