//! A supplier's standing: every state × event × role, its clocks, its way out.

use domain::Refused;
use domain::calendar::Due;
use domain::machine::Role;
use domain::refused::Party;
use domain::supplier::onboarding::{Business, Event, Facts, MACHINE, State, Step, Supplier};
use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::walk::{every_row_and_no_other, no_trap};

/// A Friday.
const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

fn facts() -> Facts {
    Facts {
        agreement: true,
        undertaking: true,
        reason: true,
        category: Some("8".to_owned()),
        open_orders: 0,
        by: "verifier-1".to_owned(),
    }
}

fn by(name: &str) -> Facts {
    Facts {
        by: name.to_owned(),
        ..facts()
    }
}

fn actor(state: State, event: Event) -> Role {
    *Role::ALL
        .iter()
        .find(|role| MACHINE.decide(state, event, **role).is_ok())
        .expect("someone may")
}

fn at(from: &Supplier, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<Step, Refused> {
    from.step(event, actor(from.state, event), facts, now)
}

fn walk(deposit: i64, events: &[Event]) -> Supplier {
    let applied = Supplier::applied(true, deposit, NOW).expect("applied").supplier;
    events.iter().fold(applied, |before, event| {
        at(&before, *event, &facts(), NOW).expect("a step").supplier
    })
}

const ADMITTED: [Event; 3] = [Event::SubmitMaterials, Event::Approve, Event::AgreementEffective];

fn active() -> Supplier {
    walk(0, &ADMITTED)
}

fn with_deposit(events: &[Event]) -> Supplier {
    walk(500_000, &[&ADMITTED[..], &[Event::DepositPaid], events].concat())
}

fn refused(result: Result<Step, Refused>) -> Option<Refused> {
    result.err()
}

#[test]
fn every_state_event_and_role_is_decided_as_the_table_says() {
    use Event as E;
    use Role::{
        PlatformFinance as F, PlatformVerifier as V, SupplierAdmin as A, SupplierOwner as O, System as S,
    };
    use State as T;
    let mut expected = vec![
        (T::Applied, E::SubmitMaterials, vec![A, O], T::MaterialReview),
        (T::Returned, E::SubmitMaterials, vec![A, O], T::MaterialReview),
        (T::MaterialReview, E::Return, vec![V], T::Returned),
        (T::MaterialReview, E::Approve, vec![V], T::Agreement),
        (T::MaterialReview, E::ReviewOverdue, vec![S], T::MaterialReview),
        (T::Agreement, E::AgreementEffective, vec![S], T::Deposit),
        (T::Deposit, E::DepositPaid, vec![F, S], T::Active),
        (T::Active, E::Restrict, vec![V], T::Restricted),
        (T::Restricted, E::Restrict, vec![V], T::Restricted),
        (T::Restricted, E::Open, vec![V], T::Active),
        (T::Active, E::Suspend, vec![V, S], T::Suspended),
        (T::Restricted, E::Suspend, vec![V, S], T::Suspended),
        (T::Suspended, E::Reinstate, vec![V, S], T::Active),
        (T::Exiting, E::OrdersDone, vec![S], T::Exiting),
        (T::Exiting, E::ReturnDeposit, vec![F], T::Exiting),
        (T::Banned, E::ReturnDeposit, vec![F], T::Banned),
        (T::Exiting, E::Exit, vec![S], T::Exited),
        (T::Banned, E::Appeal, vec![O], T::Banned),
        (T::Banned, E::UpholdAppeal, vec![V], T::Active),
        (T::Banned, E::DismissAppeal, vec![V], T::Banned),
    ];
    for state in [T::Active, T::Restricted, T::Suspended] {
        expected.push((state, E::AskExit, vec![O], T::Exiting));
    }
    for state in [T::Active, T::Restricted, T::Suspended, T::Exiting] {
        expected.push((state, E::ProposeBan, vec![V], state));
        expected.push((state, E::ConfirmBan, vec![V], T::Banned));
        expected.push((state, E::DropBan, vec![V], state));
    }
    for state in [
        T::Applied,
        T::MaterialReview,
        T::Returned,
        T::Agreement,
        T::Deposit,
    ] {
        expected.push((state, E::Withdraw, vec![O], T::Exited));
    }
    for state in [T::Applied, T::Returned, T::Agreement, T::Deposit] {
        expected.push((state, E::Lapse, vec![S], T::Exited));
    }
    every_row_and_no_other(&MACHINE, State::ALL, Event::ALL, &expected);
}

#[test]
fn no_state_is_a_dead_end_or_out_of_reach_or_waits_for_ever() {
    no_trap(&MACHINE, State::ALL, &[]);
    assert_eq!(MACHINE.limbo(State::ALL), []);
    for state in State::ALL {
        let waiting = Supplier {
            state: *state,
            orders_done_at: Some(NOW),
            ..active()
        };
        if let Some((event, Due::At(at))) = waiting.timer() {
            assert!(
                waiting
                    .step(event, Role::System, &facts(), at - Duration::SECOND)
                    .is_err()
            );
            assert!(
                waiting.step(event, Role::System, &facts(), at).is_ok(),
                "{state:?}"
            );
        }
    }
}

#[test]
fn only_a_verified_enterprise_applies() {
    let refused = Supplier::applied(false, 0, NOW).err();
    assert_eq!(refused, Some(Party::SupplierEnterprise.into()));
}

#[test]
fn clause_0_11_nobody_is_active_without_the_agreement_on_personal_data() {
    let waiting = walk(0, &ADMITTED[..2]);
    for (agreement, undertaking) in [(true, false), (false, true), (false, false)] {
        let facts = Facts {
            agreement,
            undertaking,
            ..facts()
        };
        let signed = at(&waiting, Event::AgreementEffective, &facts, NOW);
        assert_eq!(refused(signed), Some(Party::SupplierAgreement.into()));
    }
    assert_eq!(active().state, State::Active);
    assert_eq!(
        walk(500_000, &ADMITTED).state,
        State::Deposit,
        "if one is asked for"
    );
    assert!(with_deposit(&[]).deposit_held);
}

#[test]
fn a_review_takes_three_working_days_or_an_operator_is_told() {
    let review = walk(0, &ADMITTED[..1]);
    // Monday, Tuesday, Wednesday; over when Wednesday ends.
    let end = datetime!(2026-11-26 0:00 +8);
    assert_eq!(review.timer(), Some((Event::ReviewOverdue, Due::At(end))));
    let early = at(&review, Event::ReviewOverdue, &facts(), end - Duration::SECOND);
    assert_eq!(refused(early), Some(Party::SupplierNotNow.into()));
    let late = at(&review, Event::ReviewOverdue, &facts(), end).expect("late");
    assert_eq!(
        (late.supplier.state, late.supplier.overdue, late.timer),
        (State::MaterialReview, true, None)
    );
    let twice = at(&late.supplier, Event::ReviewOverdue, &facts(), end);
    assert_eq!(refused(twice), Some(Party::SupplierNotNow.into()));
    let returned = at(&late.supplier, Event::Return, &facts(), end)
        .expect("returned")
        .supplier;
    let again = at(&returned, Event::SubmitMaterials, &facts(), end).expect("again");
    assert!(!again.supplier.overdue && again.timer.is_some());
    let silent = Facts {
        reason: false,
        ..facts()
    };
    assert_eq!(
        refused(at(&review, Event::Return, &silent, NOW)),
        Some(Party::VerifyReason.into())
    );
}

#[test]
fn what_a_standing_allows() {
    let restricted = walk(0, &[&ADMITTED[..], &[Event::Restrict]].concat());
    for state in State::ALL {
        let supplier = Supplier {
            state: *state,
            ..restricted.clone()
        };
        let may = [
            Business::List,
            Business::New("7"),
            Business::New("8"),
            Business::Finish,
        ]
        .map(|business| supplier.may(business));
        let expected = match state {
            State::Active => [true; 4],
            State::Restricted => [true, true, false, true],
            State::Suspended | State::Exiting => [false, false, false, true],
            _ => [false; 4],
        };
        assert_eq!(may, expected, "{state:?}");
    }
}

#[test]
fn restrictions_are_by_category_and_outlast_a_suspension() {
    let in_category = |category: &str| Facts {
        category: Some(category.to_owned()),
        ..facts()
    };
    let unnamed = Facts {
        category: None,
        ..facts()
    };
    for event in [Event::Restrict, Event::Suspend] {
        let silent = Facts {
            reason: false,
            ..facts()
        };
        assert_eq!(
            refused(at(&active(), event, &silent, NOW)),
            Some(Party::VerifyReason.into())
        );
    }
    let nowhere = at(&active(), Event::Restrict, &unnamed, NOW);
    assert_eq!(refused(nowhere), Some(Party::SupplierCategory.into()));
    let one = at(&active(), Event::Restrict, &in_category("7"), NOW)
        .expect("one")
        .supplier;
    let two = at(&one, Event::Restrict, &in_category("8"), NOW)
        .expect("two")
        .supplier;
    let other = at(&two, Event::Open, &in_category("9"), NOW);
    assert_eq!(refused(other), Some(Party::SupplierCategory.into()));
    let suspended = at(&two, Event::Suspend, &facts(), NOW)
        .expect("suspended")
        .supplier;
    let back = at(&suspended, Event::Reinstate, &facts(), NOW)
        .expect("back")
        .supplier;
    assert_eq!(back.state, State::Restricted);
    let left = at(&back, Event::Open, &in_category("7"), NOW)
        .expect("open")
        .supplier;
    assert_eq!(left.state, State::Restricted);
    let free = at(&left, Event::Open, &in_category("8"), NOW)
        .expect("open")
        .supplier;
    assert_eq!(free.state, State::Active);
}

#[test]
fn an_exit_waits_for_orders_then_thirty_days_then_the_deposit() {
    let exiting = with_deposit(&[Event::AskExit]);
    assert_eq!(exiting.timer(), None);
    let open = Facts {
        open_orders: 1,
        ..facts()
    };
    for (event, party) in [
        (Event::OrdersDone, Party::SupplierOrders),
        (Event::ReturnDeposit, Party::SupplierOrders),
        (Event::Exit, Party::SupplierOrders),
    ] {
        assert_eq!(
            refused(at(&exiting, event, &open, NOW)),
            Some(party.into()),
            "{event:?}"
        );
    }
    let done = at(&exiting, Event::OrdersDone, &facts(), NOW).expect("done");
    assert_eq!(done.timer, None, "finance has the next step");
    let again = at(&done.supplier, Event::OrdersDone, &facts(), NOW);
    assert_eq!(
        refused(again),
        Some(Party::SupplierNotNow.into()),
        "the notice does not begin anew"
    );
    let end = NOW + Duration::days(30);
    let early = at(
        &done.supplier,
        Event::ReturnDeposit,
        &facts(),
        end - Duration::SECOND,
    );
    assert_eq!(refused(early), Some(Party::SupplierNotice.into()));
    let unpaid = at(&done.supplier, Event::Exit, &facts(), end);
    assert_eq!(refused(unpaid), Some(Party::SupplierDeposit.into()));
    let paid = at(&done.supplier, Event::ReturnDeposit, &facts(), end).expect("paid");
    assert_eq!(paid.timer, Some((Event::Exit, Due::At(end))));
    let after_all = at(&paid.supplier, Event::Exit, &open, end);
    assert_eq!(
        refused(after_all),
        Some(Party::SupplierOrders.into()),
        "an order that is open after all"
    );
    let twice = at(&paid.supplier, Event::ReturnDeposit, &facts(), end);
    assert_eq!(refused(twice), Some(Party::SupplierNotNow.into()));
    assert_eq!(
        at(&paid.supplier, Event::Exit, &facts(), end)
            .expect("left")
            .supplier
            .state,
        State::Exited
    );
    // Without a deposit only the notice is waited for.
    let free = walk(0, &[&ADMITTED[..], &[Event::AskExit, Event::OrdersDone]].concat());
    assert_eq!(free.timer(), Some((Event::Exit, Due::At(end))));
    let early = at(&free, Event::Exit, &facts(), end - Duration::SECOND);
    assert_eq!(refused(early), Some(Party::SupplierNotice.into()));
    assert!(at(&free, Event::Exit, &facts(), end).is_ok());
}

#[test]
fn two_ban_and_a_third_hears_the_appeal() {
    let active = with_deposit(&[]);
    let silent = Facts {
        reason: false,
        ..facts()
    };
    assert_eq!(
        refused(at(&active, Event::ProposeBan, &silent, NOW)),
        Some(Party::VerifyReason.into())
    );
    let proposed = at(&active, Event::ProposeBan, &by("v-1"), NOW)
        .expect("proposed")
        .supplier;
    assert!(proposed.may(Business::List), "one alone changes nothing");
    let own = at(&proposed, Event::ConfirmBan, &by("v-1"), NOW);
    assert_eq!(refused(own), Some(Party::FourEyes.into()));
    let banned = at(&proposed, Event::ConfirmBan, &by("v-2"), NOW)
        .expect("banned")
        .supplier;
    let appealed = at(&banned, Event::Appeal, &facts(), NOW)
        .expect("appealed")
        .supplier;
    let held = at(&appealed, Event::ReturnDeposit, &facts(), NOW);
    assert_eq!(
        refused(held),
        Some(Party::SupplierNotNow.into()),
        "first the appeal"
    );
    let biased = at(&appealed, Event::DismissAppeal, &by("v-1"), NOW);
    assert_eq!(refused(biased), Some(Party::FourEyes.into()));
    let upheld = at(&appealed, Event::UpholdAppeal, &by("v-3"), NOW)
        .expect("upheld")
        .supplier;
    assert_eq!(upheld.state, State::Active);
    let dismissed = at(&appealed, Event::DismissAppeal, &by("v-3"), NOW)
        .expect("dismissed")
        .supplier;
    let open = Facts {
        open_orders: 1,
        ..facts()
    };
    assert_eq!(
        refused(at(&dismissed, Event::ReturnDeposit, &open, NOW)),
        Some(Party::SupplierOrders.into())
    );
    let paid = at(&dismissed, Event::ReturnDeposit, &facts(), NOW)
        .expect("paid")
        .supplier;
    assert!(!paid.deposit_held, "a ban takes nobody's money");
}

#[test]
fn an_upheld_appeal_leads_back_to_where_it_was() {
    let ban = |from: &Supplier| {
        let proposed = at(from, Event::ProposeBan, &by("v-1"), NOW)
            .expect("proposed")
            .supplier;
        at(&proposed, Event::ConfirmBan, &by("v-2"), NOW)
            .expect("banned")
            .supplier
    };
    let restored = |banned: &Supplier| {
        let appealed = at(banned, Event::Appeal, &facts(), NOW)
            .expect("appealed")
            .supplier;
        at(&appealed, Event::UpholdAppeal, &by("v-3"), NOW)
            .expect("upheld")
            .supplier
            .state
    };
    for events in [&[][..], &[Event::Restrict], &[Event::Suspend], &[Event::AskExit]] {
        let before = with_deposit(events);
        assert_eq!(restored(&ban(&before)), before.state);
    }
    let paid = at(&ban(&with_deposit(&[])), Event::ReturnDeposit, &facts(), NOW)
        .expect("paid")
        .supplier;
    assert_eq!(
        restored(&paid),
        State::Deposit,
        "it is paid again before business goes on"
    );
    // Nobody leaves from under a ban that is proposed.
    let leaving = walk(
        0,
        &[
            &ADMITTED[..],
            &[Event::AskExit, Event::OrdersDone, Event::ProposeBan],
        ]
        .concat(),
    );
    let left = at(&leaving, Event::Exit, &facts(), NOW + Duration::days(30));
    assert_eq!(refused(left), Some(Party::SupplierNotNow.into()));
}

proptest! {
    #[test]
    fn whatever_happens_no_deposit_is_lost_and_replay_leads_there_again(
        deposit in prop::sample::select(vec![0_i64, 500_000]),
        choices in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_i64..40, 0_u64..2, prop::sample::select(vec!["7", "8"]), 1..4),
            0..60,
        ),
    ) {
        let begun = Supplier::applied(true, deposit, NOW).expect("applied").supplier;
        let mut now = NOW;
        let mut state = begun.clone();
        let mut taken = Vec::new();
        for (choice, days, open_orders, category, staff) in choices {
            now += Duration::days(days);
            let facts = Facts {
                open_orders,
                category: Some(category.to_owned()),
                by: format!("v-{staff}"),
                ..facts()
            };
            let possible: Vec<(Event, Role)> = Role::ALL
                .iter()
                .flat_map(|role| state.allowed(*role).into_iter().map(move |event| (event, *role)))
                .filter(|(event, role)| state.step(*event, *role, &facts, now).is_ok())
                .collect();
            if possible.is_empty() {
                continue;
            }
            let (event, role) = *choice.get(&possible);
            let next = state.step(event, role, &facts, now).expect("possible").supplier;
            prop_assert_eq!(next.version, state.version + 1);
            prop_assert!(next.state != State::Exited || !next.deposit_held);
            prop_assert!((next.state == State::Restricted) <= !next.restricted.is_empty());
            prop_assert!(next.state != State::Active || next.restricted.is_empty());
            let earning = matches!(next.state, State::Active | State::Restricted);
            prop_assert!(!earning || next.deposit == 0 || next.deposit_held);
            taken.push((event, role, facts, now));
            state = next;
        }
        let again = taken.iter().fold(begun, |before, (event, role, facts, now)| {
            before.step(*event, *role, facts, *now).expect("it was possible before").supplier
        });
        prop_assert_eq!(again, state);
    }
}
