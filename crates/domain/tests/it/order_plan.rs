//! Several milestones, official fees, and refunds of a part.

use domain::Refused;
use domain::calendar::Due;
use domain::machine::Role;
use domain::market::ledger::sound;
use domain::market::order::{Event, Facts, MACHINE, Milestone, MilestoneState, Mode, Order, State, Step};
use time::Duration;

use crate::order::{NOW, actor, facts, order, terms, walk};

const BEGUN: [Event; 3] = [Event::SupplierConfirm, Event::Sign, Event::Fund];

fn refused(order: &Order, event: Event, facts: &Facts) -> Option<Refused> {
    order.step(event, actor(order.state, event), facts, NOW).err()
}

fn step(order: &Order, event: Event, facts: &Facts) -> Step {
    order
        .step(event, actor(order.state, event), facts, NOW)
        .expect("a step")
}

#[test]
fn a_delivery_and_its_answer_name_the_milestone_at_hand() {
    let (service, _) = walk(order(Mode::Simulated, &[1, 2, 3]), &BEGUN);
    let naming = |order: &Order, milestone| Facts {
        milestone,
        ..facts(order)
    };
    for other in [None, Some(1), Some(7), Some(usize::MAX)] {
        let wrong = naming(&service, other);
        assert_eq!(
            refused(&service, Event::Deliver, &wrong),
            Some(Refused::MilestoneOther)
        );
    }
    let delivered = step(&service, Event::Deliver, &facts(&service)).order;
    for event in [Event::Accept, Event::Reject] {
        for other in [None, Some(1)] {
            let wrong = naming(&delivered, other);
            assert_eq!(
                refused(&delivered, event, &wrong),
                Some(Refused::MilestoneOther),
                "{event:?}"
            );
        }
    }
    // The clock names none, and one milestone needs no name.
    let silent = Facts::default();
    assert!(
        delivered
            .step(Event::AutoAccept, Role::System, &silent, NOW)
            .is_ok()
    );
    let (single, _) = walk(order(Mode::Simulated, &[1]), &BEGUN);
    assert_eq!(refused(&single, Event::Deliver, &naming(&single, None)), None);
    assert_eq!(
        refused(&single, Event::Deliver, &naming(&single, Some(1))),
        Some(Refused::MilestoneOther)
    );
}

#[test]
fn each_milestone_has_its_own_items_days_and_receipt() {
    let milestone = |days, items, official_fee| Milestone {
        official_fee,
        ..Milestone::planned("步骤".to_owned(), 10, days, items)
    };
    let placed = Order::placed(
        terms(Mode::Simulated, 7),
        vec![milestone(5, 1, 0), milestone(9, 3, 4)],
        NOW,
    )
    .expect("an order");
    let (first, _) = walk(placed, &BEGUN);
    assert_eq!(first.work_due, Some(NOW + Duration::days(5)));
    let delivery = |order: &Order, items: &[usize], receipt| Facts {
        items: items.to_vec(),
        receipt,
        ..facts(order)
    };
    assert_eq!(
        refused(&first, Event::Deliver, &delivery(&first, &[0, 1], false)),
        Some(Refused::DeliveryIncomplete),
        "an item of another milestone"
    );
    assert_eq!(
        refused(&first, Event::Deliver, &delivery(&first, &[0], true)),
        Some(Refused::ReceiptUnneeded)
    );
    let delivered = step(&first, Event::Deliver, &delivery(&first, &[0], false)).order;
    let accepted = step(&delivered, Event::Accept, &facts(&delivered)).order;
    let released = step(&accepted, Event::Release, &facts(&accepted)).order;
    assert_eq!(
        (released.state, released.at_hand()),
        (State::AwaitingFunds, Some(1))
    );
    let second = step(&released, Event::Fund, &facts(&released)).order;
    assert_eq!(second.work_due, Some(NOW + Duration::days(9)));
    assert_eq!(
        refused(&second, Event::Deliver, &delivery(&second, &[0], true)),
        Some(Refused::DeliveryIncomplete)
    );
    assert_eq!(
        refused(&second, Event::Deliver, &delivery(&second, &[0, 1, 2], false)),
        Some(Refused::ReceiptMissing)
    );
    let delivered = step(&second, Event::Deliver, &delivery(&second, &[0, 1, 2], true)).order;
    assert_eq!(delivered.state, State::Delivered);
}

#[test]
fn an_offer_is_more_than_nothing_and_less_than_all_and_has_a_reason() {
    let (asked, _) = walk(
        order(Mode::Simulated, &[100]),
        &[&BEGUN[..], &[Event::RequestRefund]].concat(),
    );
    let offer = |amount| Facts {
        amount,
        ..facts(&asked)
    };
    for wrong in [
        None,
        Some(0),
        Some(-1),
        Some(i64::MIN),
        Some(100),
        Some(101),
        Some(i64::MAX),
    ] {
        assert_eq!(
            refused(&asked, Event::OfferPartial, &offer(wrong)),
            Some(Refused::OfferAmount),
            "{wrong:?}"
        );
    }
    let bare = Facts {
        reason: false,
        ..offer(Some(50))
    };
    assert_eq!(
        refused(&asked, Event::OfferPartial, &bare),
        Some(Refused::ReasonMissing)
    );
    for right in [1, 99] {
        let offered = step(&asked, Event::OfferPartial, &offer(Some(right)));
        assert_eq!(
            (offered.order.state, offered.order.offered),
            (State::PartialOffered, Some(right))
        );
        assert!(offered.postings.is_empty(), "an offer moves nothing");
    }
}

#[test]
fn an_accepted_offer_splits_the_milestone_and_ends_the_order() {
    for (mode, state, movements) in [
        (Mode::Simulated, MilestoneState::Split, 3),
        (Mode::Offline, MilestoneState::RefundOwed, 1),
    ] {
        let fund = if mode == Mode::Offline {
            Event::ReceiptConfirmed
        } else {
            Event::Fund
        };
        let (ended, postings) = walk(
            order(mode, &[100, 900]),
            &[
                Event::SupplierConfirm,
                Event::Sign,
                fund,
                Event::Deliver,
                Event::RequestRefund,
                Event::OfferPartial,
                Event::AcceptPartial,
            ],
        );
        assert_eq!(ended.state, State::Terminated);
        let milestone = &ended.milestones[0];
        assert_eq!((milestone.state, milestone.returned), (state, 50));
        assert_eq!(
            ended.milestones[1].state,
            MilestoneState::Planned,
            "nothing was paid for it"
        );
        assert_eq!(postings.len(), movements);
        assert!(sound(&postings));
        assert_eq!((ended.offered, ended.asked_from), (None, None));
        if mode == Mode::Offline {
            let back = step(&ended, Event::RefundReceived, &facts(&ended));
            assert_eq!(back.order.state, State::Terminated);
            assert_eq!(back.order.milestones[0].state, MilestoneState::Split);
            assert_eq!(back.postings[0].amount, 50, "no more than was agreed");
            assert!(sound(&[postings, back.postings].concat()));
        } else {
            assert!(ended.allowed(Role::BuyerOwner).is_empty());
        }
    }
}

#[test]
fn an_offer_that_is_not_taken_leaves_the_order_where_it_was_and_has_a_clock() {
    for (reached, state) in [
        (vec![], State::InService),
        (vec![Event::Deliver], State::Delivered),
        (vec![Event::Deliver, Event::Reject], State::Rework),
    ] {
        let (asked, _) = walk(
            order(Mode::Simulated, &[100]),
            &[&BEGUN[..], &reached, &[Event::RequestRefund]].concat(),
        );
        let offered = step(&asked, Event::OfferPartial, &facts(&asked));
        // Friday 14:00: three working days end when Wednesday ends.
        let Some((Event::OfferLapsed, Due::At(at))) = offered.timer else {
            panic!("{:?}", offered.timer)
        };
        assert_eq!(at - NOW, Duration::hours(5 * 24 + 10));
        assert!(
            offered.order.allowed(Role::SupplierOwner).is_empty(),
            "the word is the buyer's"
        );
        for event in [Event::DeclinePartial, Event::OfferLapsed] {
            let back = step(&offered.order, event, &Facts::default());
            assert_eq!(back.order.state, state, "{event:?}");
            assert_eq!((back.order.offered, back.order.asked_from), (None, None));
            assert!(back.postings.is_empty() && back.timer.is_some());
            assert_eq!(back.order.refunds_asked, 1, "it was asked for all the same");
        }
    }
}

#[test]
fn only_the_supplier_offers_and_only_the_buyer_answers() {
    let able = |state, event| {
        let roles = Role::ALL
            .iter()
            .filter(|role| MACHINE.decide(state, event, **role).is_ok());
        roles.copied().collect::<Vec<_>>()
    };
    let (sales, buyers) = (
        [Role::SupplierOwner, Role::SupplierAdmin, Role::SupplierSales],
        [Role::BuyerOwner, Role::BuyerAdmin, Role::BuyerBuyer],
    );
    assert_eq!(able(State::Cancelling, Event::OfferPartial), sales);
    for event in [Event::AcceptPartial, Event::DeclinePartial] {
        assert_eq!(able(State::PartialOffered, event), buyers);
    }
    assert_eq!(able(State::PartialOffered, Event::OfferLapsed), [Role::System]);
}

#[test]
fn three_milestones_run_one_after_another_to_the_end() {
    use Event::{Accept, Close, Deliver, Fund, Release, Sign, SupplierConfirm};
    let once = [Fund, Deliver, Accept, Release];
    let events = [&[SupplierConfirm, Sign][..], &once, &once, &once].concat();
    let (done, postings) = walk(order(Mode::Simulated, &[3, 4, 5]), &events);
    assert_eq!((done.state, done.at_hand()), (State::Completed, None));
    let milestones: Vec<i64> = postings.iter().map(|posting| posting.milestone).collect();
    assert_eq!(milestones, [1, 1, 2, 2, 3, 3]);
    assert!(sound(&postings));
    assert_eq!(step(&done, Close, &facts(&done)).order.state, State::Closed);
    // A refund in the second milestone touches neither the first nor the third.
    let events = [
        &[SupplierConfirm, Sign][..],
        &once,
        &[Fund, Event::RequestRefund, Event::AgreeRefund],
    ]
    .concat();
    let (ended, _) = walk(order(Mode::Simulated, &[3, 4, 5]), &events);
    let states: Vec<_> = ended.milestones.iter().map(|milestone| milestone.state).collect();
    assert_eq!(
        states,
        [
            MilestoneState::Released,
            MilestoneState::Refunded,
            MilestoneState::Planned
        ]
    );
    assert_eq!(ended.state, State::Terminated);
}
