//! An enterprise's verification as a table.

use super::names::{Event, State};
use crate::machine::{APPLICANT, Machine, OWNERS, Row, SYSTEM, VERIFIER};

/// The machine. Where it leads after a wrong amount, and after a proof that lapsed or did not convince of
/// an enterprise that is verified, also depends on the verification itself: see
/// [`Verification::step`](super::Verification::step).
pub const MACHINE: Machine<State, Event> = Machine {
    name: "enterprise_verification",
    initial: State::None,
    ends: &[State::Revoked, State::Withdrawn],
    rows: &[
        Row {
            from: &[State::None],
            event: Event::Start,
            actors: &[APPLICANT],
            to: State::Draft,
        },
        Row {
            from: &[State::Draft],
            event: Event::Submit,
            actors: &[APPLICANT, OWNERS],
            to: State::Submitted,
        },
        Row {
            from: &[State::Rejected],
            event: Event::Edit,
            actors: &[APPLICANT, OWNERS],
            to: State::Draft,
        },
        Row {
            from: &[State::Submitted],
            event: Event::CheckPassed,
            actors: &[SYSTEM],
            to: State::AutoChecked,
        },
        Row {
            from: &[State::Submitted],
            event: Event::CheckFailed,
            actors: &[SYSTEM],
            to: State::Rejected,
        },
        Row {
            from: &[State::AutoChecked],
            event: Event::ChooseProof,
            actors: &[APPLICANT, OWNERS],
            to: State::Proving,
        },
        Row {
            from: &[State::Changed],
            event: Event::ChooseProof,
            actors: &[OWNERS],
            to: State::Proving,
        },
        // Another way may be chosen while one is under way.
        Row {
            from: &[State::Proving],
            event: Event::ChooseProof,
            actors: &[APPLICANT, OWNERS],
            to: State::Proving,
        },
        Row {
            from: &[State::Proving],
            event: Event::SendTransfer,
            actors: &[APPLICANT, OWNERS],
            to: State::Proving,
        },
        Row {
            from: &[State::Proving],
            event: Event::EnterAmount,
            actors: &[APPLICANT, OWNERS],
            to: State::Verified,
        },
        Row {
            from: &[State::Proving],
            event: Event::Prove,
            actors: &[SYSTEM, VERIFIER],
            to: State::Verified,
        },
        // Not used in time; or what was handed in is gone, in whatever state it waited.
        Row {
            from: &[State::Submitted, State::AutoChecked, State::Proving],
            event: Event::ProofLapsed,
            actors: &[SYSTEM],
            to: State::Draft,
        },
        Row {
            from: &[State::Locked],
            event: Event::Unlock,
            actors: &[SYSTEM],
            to: State::Proving,
        },
        // What is verified is not rejected by one alone: see the revocation. Of one whose change is being
        // proved the change is rejected, and nothing else.
        Row {
            from: &[
                State::Submitted,
                State::AutoChecked,
                State::Proving,
                State::Locked,
            ],
            event: Event::Reject,
            actors: &[VERIFIER],
            to: State::Rejected,
        },
        Row {
            from: &[State::Verified, State::AnnualDue],
            event: Event::Change,
            actors: &[SYSTEM, OWNERS],
            to: State::Changed,
        },
        Row {
            from: &[State::Changed],
            event: Event::ChangeLapsed,
            actors: &[SYSTEM],
            to: State::AnnualDue,
        },
        Row {
            from: &[State::Verified],
            event: Event::YearPassed,
            actors: &[SYSTEM],
            to: State::AnnualDue,
        },
        Row {
            from: &[State::AnnualDue],
            event: Event::AnnualPassed,
            actors: &[SYSTEM],
            to: State::Verified,
        },
        // To change the data does not stop the grace.
        Row {
            from: &[State::Changed, State::AnnualDue],
            event: Event::GraceLapsed,
            actors: &[SYSTEM],
            to: State::Rejected,
        },
        Row {
            from: &[State::Verified],
            event: Event::ProposeRevocation,
            actors: &[VERIFIER],
            to: State::Verified,
        },
        Row {
            from: &[State::Changed],
            event: Event::ProposeRevocation,
            actors: &[VERIFIER],
            to: State::Changed,
        },
        Row {
            from: &[State::AnnualDue],
            event: Event::ProposeRevocation,
            actors: &[VERIFIER],
            to: State::AnnualDue,
        },
        // Neither a change of the data nor a grace that is over gets out of a revocation that is proposed.
        Row {
            from: &[
                State::Verified,
                State::Changed,
                State::Proving,
                State::Locked,
                State::AnnualDue,
                State::Rejected,
            ],
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
            from: &[State::Changed],
            event: Event::DropRevocation,
            actors: &[VERIFIER],
            to: State::Changed,
        },
        Row {
            from: &[State::Proving],
            event: Event::DropRevocation,
            actors: &[VERIFIER],
            to: State::Proving,
        },
        Row {
            from: &[State::Locked],
            event: Event::DropRevocation,
            actors: &[VERIFIER],
            to: State::Locked,
        },
        Row {
            from: &[State::AnnualDue],
            event: Event::DropRevocation,
            actors: &[VERIFIER],
            to: State::AnnualDue,
        },
        Row {
            from: &[State::Rejected],
            event: Event::DropRevocation,
            actors: &[VERIFIER],
            to: State::Rejected,
        },
        Row {
            from: &[State::Revoked],
            event: Event::Appeal,
            actors: &[OWNERS],
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
        Row {
            from: &[
                State::Draft,
                State::Submitted,
                State::AutoChecked,
                State::Proving,
                State::Locked,
                State::Rejected,
            ],
            event: Event::Withdraw,
            actors: &[APPLICANT, OWNERS],
            to: State::Withdrawn,
        },
        // Verification is voluntary for an enterprise too.
        Row {
            from: &[State::Verified, State::Changed, State::AnnualDue],
            event: Event::Withdraw,
            actors: &[OWNERS],
            to: State::Withdrawn,
        },
        Row {
            from: &[State::Draft, State::AutoChecked, State::Rejected],
            event: Event::DraftLapsed,
            actors: &[SYSTEM],
            to: State::Withdrawn,
        },
    ],
};
