//! What an order waits for, by role: the steps that are somebody's work. Cancelling, giving up and
//! offering less are always somebody's choice and never asked for.

use super::names::{Event, Mode, State};
use super::table::MACHINE;
use crate::machine::Role;

/// The steps a supplier owes.
const OWED: &[Event] = &[
    Event::SupplierConfirm,
    Event::ReceiptConfirmed,
    Event::Deliver,
    Event::AgreeRefund,
    Event::RefuseRefund,
];

/// The states in which a supplier owes a step, the most urgent first.
pub const SUPPLIER_OWES: [State; 5] = [
    State::Placed,
    State::Rework,
    State::Cancelling,
    State::AwaitingFunds,
    State::InService,
];

/// Whether an order in this state waits for this role of the supplier.
#[must_use]
pub fn waits_for(state: State, role: Role, mode: Mode) -> bool {
    let owed =
        |event: &Event| OWED.contains(event) && (*event != Event::ReceiptConfirmed || mode == Mode::Offline);
    MACHINE.allowed(state, role).iter().any(owed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duties(role: Role, mode: Mode) -> Vec<State> {
        let all = State::ALL.iter().copied();
        all.filter(|state| waits_for(*state, role, mode)).collect()
    }

    #[test]
    fn each_role_is_asked_for_what_it_may_do() {
        let (own, bank) = (Mode::Simulated, Mode::Offline);
        let mut owner = duties(Role::SupplierOwner, bank);
        let mut listed = SUPPLIER_OWES.to_vec();
        owner.sort_by_key(|state| state.as_str());
        listed.sort_by_key(|state| state.as_str());
        assert_eq!(owner, listed, "no duty is missing from the list");
        assert!(!duties(Role::SupplierOwner, own).contains(&State::AwaitingFunds));
        assert_eq!(
            duties(Role::SupplierDelivery, own),
            [State::InService, State::Rework]
        );
        assert_eq!(
            duties(Role::SupplierSales, own),
            [State::Placed, State::Cancelling]
        );
        assert_eq!(duties(Role::SupplierFinance, own), []);
        assert_eq!(duties(Role::SupplierFinance, bank), [State::AwaitingFunds]);
        assert_eq!(duties(Role::BuyerOwner, own), []);
    }
}
