//! Every state × event × role; no dead ends; clocks at their figures; money that always adds up.

use domain::Refused;
use domain::calendar::Due;
use domain::machine::{No, Role};
use domain::market::ledger::{Account, Posting, balances, sound};
use domain::market::order::{
    Event, Facts, MACHINE, Milestone, MilestoneState, Mode, Order, State, Step, Terms,
};
use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

pub const fn terms(mode: Mode, review_days: i64) -> Terms {
    Terms { mode, review_days }
}

pub fn order(mode: Mode, amounts: &[i64]) -> Step {
    let milestones = amounts
        .iter()
        .map(|amount| Milestone::planned("步骤".to_owned(), *amount, 20, 2))
        .collect();
    Order::placed(terms(mode, 7), milestones, NOW).expect("an order")
}

/// Facts with which every event that fits the state can happen to the order.
pub fn facts(order: &Order) -> Facts {
    let at_hand = order.at_hand();
    let milestone = at_hand.map(|index| &order.milestones[index]);
    Facts {
        items: vec![0, 1],
        reason: true,
        milestone: at_hand,
        amount: milestone.map(|milestone| milestone.amount / 2),
        receipt: milestone.is_some_and(|milestone| milestone.official_fee > 0),
    }
}

/// A role that may do it.
pub fn actor(state: State, event: Event) -> Role {
    *Role::ALL
        .iter()
        .find(|role| MACHINE.decide(state, event, **role).is_ok())
        .expect("someone may")
}

pub fn walk(mut step: Step, events: &[Event]) -> (Order, Vec<Posting>) {
    let mut postings = step.postings.clone();
    for event in events {
        let role = actor(step.order.state, *event);
        step = step
            .order
            .step(*event, role, &facts(&step.order), NOW)
            .expect("a step of the main job");
        postings.extend(step.postings.iter().copied());
    }
    (step.order, postings)
}

#[test]
fn every_state_event_and_role_is_decided_as_the_table_says() {
    let mut allowed = 0;
    for state in State::ALL {
        for event in Event::ALL {
            let rows = || {
                MACHINE
                    .rows
                    .iter()
                    .filter(|row| row.event == *event && row.from.contains(state))
            };
            for role in Role::ALL {
                let may = rows().any(|row| row.actors.iter().any(|group| group.contains(role)));
                let decided = MACHINE.decide(*state, *event, *role);
                let expected = if may {
                    None
                } else if rows().next().is_some() {
                    Some(No::NotYou)
                } else {
                    Some(No::NotNow)
                };
                assert_eq!(decided.err(), expected, "{state:?} {event:?} {role:?}");
                allowed += usize::from(may);
                assert_eq!(MACHINE.allowed(*state, *role).contains(event), may);
            }
        }
    }
    assert!(allowed > 40);
}

#[test]
fn a_viewer_and_the_other_side_change_nothing() {
    for state in State::ALL {
        assert!(MACHINE.allowed(*state, Role::BuyerViewer).is_empty());
    }
    assert_eq!(
        MACHINE.decide(State::Delivered, Event::Accept, Role::SupplierOwner),
        Err(No::NotYou)
    );
    assert_eq!(
        MACHINE.decide(State::InService, Event::Deliver, Role::BuyerOwner),
        Err(No::NotYou)
    );
    assert_eq!(
        MACHINE.decide(State::AwaitingFunds, Event::Fund, Role::BuyerBuyer),
        Err(No::NotYou),
        "finance pays"
    );
}

#[test]
fn no_state_is_a_dead_end_or_out_of_reach_or_waits_for_ever() {
    let terminated = |states: Vec<State>| {
        states
            .into_iter()
            .filter(|state| *state != State::Terminated)
            .collect::<Vec<_>>()
    };
    assert_eq!(MACHINE.dead_ends(State::ALL), []);
    // A cancellation after a pay-out ends as terminated; the machine's table does not show that.
    assert_eq!(terminated(MACHINE.unreachable(State::ALL)), []);
    assert_eq!(MACHINE.limbo(State::ALL), []);
    for state in State::ALL {
        let waiting = Order {
            state: *state,
            ..order(Mode::Simulated, &[1]).order
        };
        if let Some((event, _)) = waiting.timer(NOW) {
            assert!(
                MACHINE.decide(*state, event, Role::System).is_ok(),
                "{state:?}: its timer leads nowhere"
            );
        }
    }
}

#[test]
fn the_main_job_runs_to_its_end_and_the_money_adds_up() {
    use Event::{Accept, Close, Deliver, Fund, Reject, Release, Sign, SupplierConfirm};
    let once = [Fund, Deliver, Reject, Deliver, Accept, Release];
    let events = [&[SupplierConfirm, Sign][..], &once, &once, &[Close]].concat();
    let (done, postings) = walk(order(Mode::Simulated, &[30_000, 70_000]), &events);
    assert_eq!(done.state, State::Closed);
    assert!(
        done.milestones
            .iter()
            .all(|milestone| milestone.state == MilestoneState::Released)
    );
    assert!(sound(&postings));
    assert_eq!(postings.len(), 4);
    let (offline, postings) = walk(
        order(Mode::Offline, &[30_000]),
        &[
            SupplierConfirm,
            Sign,
            Event::ReceiptConfirmed,
            Deliver,
            Accept,
            Release,
            Close,
        ],
    );
    assert_eq!(
        (offline.state, postings.len()),
        (State::Closed, 1),
        "nothing is held"
    );
}

#[test]
fn a_refund_gives_back_what_is_held_and_terminates_after_a_pay_out() {
    use Event::{Accept, AgreeRefund, Deliver, Fund, Release, RequestRefund, Sign, SupplierConfirm};
    let (ended, postings) = walk(
        order(Mode::Simulated, &[100]),
        &[SupplierConfirm, Sign, Fund, RequestRefund, AgreeRefund],
    );
    assert_eq!(
        (ended.state, ended.milestones[0].state),
        (State::Cancelled, MilestoneState::Refunded)
    );
    assert!(sound(&postings) && postings.len() == 2);
    let events = [
        SupplierConfirm,
        Sign,
        Fund,
        Deliver,
        Accept,
        Release,
        Fund,
        RequestRefund,
        AgreeRefund,
    ];
    let (ended, postings) = walk(order(Mode::Simulated, &[100, 200]), &events);
    assert_eq!(ended.state, State::Terminated);
    assert!(sound(&postings));
}

#[test]
fn clocks_stand_at_their_figures() {
    let at = |step: &Step| match step.timer {
        Some((event, Due::At(at))) => (event, at - NOW),
        other => panic!("{other:?}"),
    };
    let placed = order(Mode::Simulated, &[1]);
    // Friday 14:00: two working days end when Tuesday ends.
    assert_eq!(at(&placed), (Event::ConfirmLapsed, Duration::hours(4 * 24 + 10)));
    let next = |order: &Order, event| {
        order
            .step(event, actor(order.state, event), &facts(order), NOW)
            .expect("a step")
    };
    let contract = next(&placed.order, Event::SupplierConfirm);
    assert_eq!(at(&contract), (Event::ContractLapsed, Duration::days(10)));
    let funds = next(&contract.order, Event::Sign);
    assert_eq!(at(&funds), (Event::FundsLapsed, Duration::days(7)));
    let service = next(&funds.order, Event::Fund);
    assert_eq!(
        at(&service),
        (Event::DeliveryLapsed, Duration::days(20 + 15)),
        "fifteen days past the agreed time"
    );
    let asked = next(&service.order, Event::RequestRefund);
    // Friday 14:00: three working days end when Wednesday ends.
    assert_eq!(
        at(&asked),
        (Event::RefundUnanswered, Duration::hours(5 * 24 + 10))
    );
    let unanswered = next(&asked.order, Event::RefundUnanswered);
    assert_eq!(
        (unanswered.order.state, unanswered.timer),
        (State::Cancelling, None),
        "the platform decides, no clock does"
    );
    let again = next(&asked.order, Event::RefuseRefund);
    assert_eq!(
        at(&again),
        at(&service),
        "asking for a refund gives the supplier no more time"
    );
    let delivered = next(&service.order, Event::Deliver);
    assert_eq!(at(&delivered), (Event::AutoAccept, Duration::days(7)));
    assert_eq!(
        at(&next(&delivered.order, Event::Reject)),
        (Event::ReworkLapsed, Duration::days(10))
    );
    assert_eq!(
        at(&next(&delivered.order, Event::Accept)),
        (Event::Release, Duration::ZERO)
    );
    let silent = next(&delivered.order, Event::AutoAccept);
    assert_eq!(at(&silent), (Event::Release, Duration::days(7)));
    assert!(
        silent
            .order
            .step(Event::Object, Role::BuyerBuyer, &facts(&silent.order), NOW)
            .is_ok()
    );
    let spoken = next(&delivered.order, Event::Accept);
    assert_eq!(
        spoken
            .order
            .step(Event::Object, Role::BuyerBuyer, &facts(&spoken.order), NOW)
            .err(),
        Some(Refused::OrderNotNow)
    );
    assert_eq!(
        at(&next(&spoken.order, Event::Release)),
        (Event::Close, Duration::days(30))
    );
    let late = Order::placed(
        terms(Mode::Simulated, 99),
        placed.order.milestones,
        datetime!(2026-12-31 9:00 +8),
    )
    .expect("an order");
    assert_eq!(late.timer, Some((Event::ConfirmLapsed, Due::Unknown)));
    assert_eq!(
        late.order.review_days, 15,
        "the category's days stay within 3 to 15"
    );
}

#[test]
fn deliveries_and_rejections_name_their_items() {
    use Event::{Fund, Sign, SupplierConfirm};
    let (service, _) = walk(order(Mode::Simulated, &[1]), &[SupplierConfirm, Sign, Fund]);
    let step = |order: &Order, event, items: &[usize], reason| {
        order.step(
            event,
            actor(order.state, event),
            &Facts {
                items: items.to_vec(),
                reason,
                ..facts(order)
            },
            NOW,
        )
    };
    for items in [&[][..], &[0], &[0, 1, 2]] {
        assert_eq!(
            step(&service, Event::Deliver, items, true).err(),
            Some(Refused::DeliveryIncomplete)
        );
    }
    let delivered = step(&service, Event::Deliver, &[1, 0], false)
        .expect("delivered")
        .order;
    for items in [&[][..], &[2]] {
        assert_eq!(
            step(&delivered, Event::Reject, items, true).err(),
            Some(Refused::RejectionUnnamed)
        );
    }
    assert_eq!(
        step(&delivered, Event::Reject, &[1], false).err(),
        Some(Refused::ReasonMissing)
    );
    assert_eq!(
        step(&delivered, Event::Reject, &[1], true)
            .expect("rejected")
            .order
            .round,
        1
    );
}

#[test]
fn empty_and_overflowing_orders_are_refused() {
    let milestone = |amount| Milestone::planned(String::new(), amount, 20, 2);
    for milestones in [
        vec![],
        vec![milestone(0)],
        vec![milestone(-1)],
        vec![milestone(i64::MAX), milestone(1)],
    ] {
        assert_eq!(
            Order::placed(terms(Mode::Simulated, 7), milestones, NOW).err(),
            Some(Refused::OrderEmpty)
        );
    }
}

#[test]
fn a_refund_that_does_not_come_about_leaves_the_order_where_it_was() {
    use Event::{ContinueByPlatform, Deliver, Fund, RefuseRefund, Reject, RequestRefund, Sign};
    use Event::{RefundUnanswered, SupplierConfirm, WithdrawRefund};
    let late = NOW + Duration::days(36);
    for (reached, state, next) in [
        (vec![], State::InService, Event::DeliveryLapsed),
        (vec![Deliver], State::Delivered, Event::AutoAccept),
        (vec![Deliver, Reject], State::Rework, Event::ReworkLapsed),
    ] {
        let (order, _) = walk(
            order(Mode::Simulated, &[1]),
            &[&[SupplierConfirm, Sign, Fund][..], &reached].concat(),
        );
        for back in [RefuseRefund, WithdrawRefund, ContinueByPlatform] {
            let asked = order
                .step(RequestRefund, Role::BuyerOwner, &facts(&order), late)
                .expect("asked")
                .order;
            let asked = if back == ContinueByPlatform {
                let unanswered = asked.step(RefundUnanswered, Role::System, &facts(&asked), late);
                unanswered.expect("unanswered").order
            } else {
                asked
            };
            let step = asked
                .step(back, actor(State::Cancelling, back), &facts(&asked), late)
                .expect("back");
            assert_eq!(step.order.state, state, "{back:?}");
            assert!(step.postings.is_empty());
            let Some((event, Due::At(at))) = step.timer else {
                panic!("{back:?}: no clock")
            };
            assert_eq!(event, next);
            assert!(
                at >= late + Duration::days(7),
                "long after the agreed time there is still time to act: {back:?} {state:?}"
            );
        }
    }
    let (mut order, _) = walk(
        order(Mode::Simulated, &[1]),
        &[SupplierConfirm, Sign, Fund, Deliver],
    );
    for _ in 0..2 {
        let asked = order.step(RequestRefund, Role::BuyerOwner, &facts(&order), NOW);
        let refused =
            asked
                .expect("asked")
                .order
                .step(RefuseRefund, Role::SupplierOwner, &facts(&order), NOW);
        order = refused.expect("refused").order;
    }
    assert_eq!(
        order
            .step(RequestRefund, Role::BuyerOwner, &facts(&order), NOW)
            .err(),
        Some(Refused::RefundsUsedUp)
    );
}

#[test]
fn a_bank_transfer_is_booked_when_it_arrives_and_its_refund_when_it_is_back() {
    use Event::{Fund, Quit, ReceiptConfirmed, RefundReceived, Sign, SupplierConfirm, TransferSent};
    let (waiting, none) = walk(
        order(Mode::Offline, &[30_000]),
        &[SupplierConfirm, Sign, TransferSent],
    );
    assert_eq!(waiting.state, State::AwaitingFunds);
    assert!(none.is_empty(), "nothing is booked on the buyer's word");
    assert!(!waiting.allowed(Role::BuyerOwner).contains(&Fund));
    assert_eq!(
        waiting.step(Fund, Role::BuyerOwner, &facts(&waiting), NOW).err(),
        Some(Refused::OrderNotNow)
    );
    let paid = waiting
        .step(ReceiptConfirmed, Role::SupplierFinance, &facts(&waiting), NOW)
        .expect("arrived");
    assert_eq!((paid.order.state, paid.postings.len()), (State::InService, 1));
    let ended = paid
        .order
        .step(Quit, Role::SupplierOwner, &facts(&paid.order), NOW)
        .expect("given up");
    assert_eq!(ended.order.state, State::Cancelled);
    assert!(ended.postings.is_empty(), "nobody here moved the money back");
    assert_eq!(ended.order.milestones[0].state, MilestoneState::RefundOwed);
    assert!(ended.order.allowed(Role::BuyerOwner).contains(&RefundReceived));
    let back = ended
        .order
        .step(RefundReceived, Role::BuyerOwner, &facts(&ended.order), NOW)
        .expect("back");
    assert_eq!(
        (back.order.state, back.order.milestones[0].state),
        (State::Cancelled, MilestoneState::Refunded)
    );
    assert!(sound(&[paid.postings, back.postings].concat()));
    assert!(back.order.allowed(Role::BuyerOwner).is_empty());
    let (held, _) = walk(order(Mode::Simulated, &[1]), &[SupplierConfirm, Sign]);
    for event in [TransferSent, ReceiptConfirmed] {
        let refused = held.step(event, actor(State::AwaitingFunds, event), &facts(&held), NOW);
        assert_eq!(refused.err(), Some(Refused::OrderNotNow));
    }
}

/// The events that can really happen to an order now, each once, with a role that may.
pub fn possible(order: &Order) -> Vec<(Event, Role)> {
    let mut possible = Vec::new();
    for role in Role::ALL {
        for event in order.allowed(*role) {
            let known = possible.iter().any(|(known, _)| *known == event);
            if !known && order.step(event, *role, &facts(order), NOW).is_ok() {
                possible.push((event, *role));
            }
        }
    }
    possible
}

fn held(order: &Order) -> i64 {
    let funded = order
        .milestones
        .iter()
        .filter(|milestone| milestone.state == MilestoneState::Funded);
    funded.map(|milestone| milestone.amount).sum()
}

/// What the movements of each milestone left with whom is what its state says.
fn settled_as_its_state_says(order: &Order, postings: &[Posting]) {
    for (place, milestone) in (1..).zip(&order.milestones) {
        let own: Vec<Posting> = postings
            .iter()
            .filter(|posting| posting.milestone == place)
            .copied()
            .collect();
        let left = balances(&own).expect("no overflow");
        let at = |account| left.get(&account).copied().unwrap_or(0);
        let (amount, back) = (milestone.amount, milestone.returned);
        let direct = order.mode == Mode::Offline;
        let (buyer, held, supplier) = match milestone.state {
            MilestoneState::Planned | MilestoneState::Refunded => (0, 0, 0),
            MilestoneState::Funded if direct => (-amount, 0, amount),
            MilestoneState::Funded => (-amount, amount, 0),
            MilestoneState::Released | MilestoneState::RefundOwed => (-amount, 0, amount),
            MilestoneState::Split => (back - amount, 0, amount - back),
        };
        assert_eq!(
            (at(Account::Buyer), at(Account::Held), at(Account::Supplier)),
            (buyer, held, supplier),
            "{milestone:?}"
        );
        assert!((0..=amount).contains(&back));
        assert_eq!(
            milestone.state == MilestoneState::Split,
            back > 0 && back < amount && milestone.state != MilestoneState::RefundOwed
        );
    }
}

#[test]
fn random_walks_meet_every_event() {
    let mut seen = std::collections::HashSet::new();
    let mut random = 7_u64;
    for walk in 0..2_000 {
        let mode = if walk % 2 == 0 {
            Mode::Simulated
        } else {
            Mode::Offline
        };
        let mut step = order(mode, &[3, 4]);
        for _ in 0..60 {
            let mut choices = possible(&step.order);
            if choices.is_empty() {
                break;
            }
            // splitmix64: the same walks in every run.
            random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = random;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            // Most walks are led away from an early end, or few would come far.
            let goes_on = |(event, role): &(Event, Role)| {
                let next = step
                    .order
                    .step(*event, *role, &facts(&step.order), NOW)
                    .expect("possible");
                !MACHINE.ends.contains(&next.order.state)
            };
            if !mixed.is_multiple_of(8) && choices.iter().any(goes_on) {
                choices.retain(goes_on);
            }
            let place = usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("small") % choices.len();
            let (event, role) = choices[place];
            seen.insert(event);
            step = step
                .order
                .step(event, role, &facts(&step.order), NOW)
                .expect("possible");
        }
    }
    for event in Event::ALL {
        // There is nothing before the order for it to happen to.
        assert!(
            seen.contains(event) || *event == Event::Place,
            "{event:?} never happened"
        );
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_money_adds_up_and_an_end_can_be_reached(
        amounts in prop::collection::vec(1_i64..1_000_000, 1..4),
        offline in any::<bool>(),
        choices in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
    ) {
        let mode = if offline { Mode::Offline } else { Mode::Simulated };
        let mut step = order(mode, &amounts);
        let mut postings = Vec::new();
        let mut taken = Vec::new();
        for choice in choices {
            let possible = possible(&step.order);
            if possible.is_empty() {
                break;
            }
            let (event, role) = *choice.get(&possible);
            let next = step.order.step(event, role, &facts(&step.order), NOW).expect("possible");
            prop_assert_eq!(next.order.version, step.order.version + 1);
            postings.extend(next.postings.iter().copied());
            taken.push((event, role, facts(&step.order)));
            step = next;
            prop_assert!(sound(&postings));
            settled_as_its_state_says(&step.order, &postings);
            let mirrored = balances(&postings).expect("no overflow");
            let expected = if offline { 0 } else { held(&step.order) };
            prop_assert_eq!(mirrored.get(&Account::Held).copied().unwrap_or(0), expected);
        }
        // The events alone lead to the same order again.
        let again = taken.iter().fold(order(mode, &amounts), |before, (event, role, facts)| {
            before.order.step(*event, *role, facts, NOW).expect("it was possible before")
        });
        prop_assert_eq!(&again, &step);
        // From wherever it is, somebody's silence or the platform leads to an end.
        for _ in 0..20 {
            if MACHINE.ends.contains(&step.order.state) {
                break;
            }
            let (event, role) = match (step.timer, step.order.state) {
                (Some((event, _)), _) => (event, Role::System),
                (None, _) => (Event::RefundByPlatform, Role::PlatformArbiter),
            };
            step = step.order.step(event, role, &facts(&step.order), NOW).expect("the way out");
        }
        prop_assert!(MACHINE.ends.contains(&step.order.state));
        prop_assert_eq!(held(&step.order), 0, "an ended order holds nothing");
        prop_assert_eq!(step.order.offered, None, "and no offer is open");
    }
}
