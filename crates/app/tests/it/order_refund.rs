//! Refunds: of a part, by agreement; by the platform's decision; and no more often than they may be
//! asked for.

use app::Failure;
use app::market::order::{self, Act, Decision, Ruling};
use domain::Refused;
use domain::market::ledger::{Account, sound};
use domain::market::order::{Event, MilestoneState, Mode, Side, State};
use testkit::both_dbs;
use time::Duration;

use crate::order::{Scene, bare, movements, refusal, scene, system};

/// An order in service for which a refund was asked.
pub async fn asked(scene: &Scene, key: u128) -> String {
    let number = scene.place_as(&scene.buyer, 0, key).await.expect("placed");
    for (by, event) in [
        (&scene.seller, Event::SupplierConfirm),
        (&scene.buyer, Event::Sign),
    ] {
        scene.act(by, &number, event, &[], "").await.expect("a step");
    }
    let (by, event) = if scene.app.demo {
        (&scene.buyer, Event::Fund)
    } else {
        (&scene.seller, Event::ReceiptConfirmed)
    };
    scene.act(by, &number, event, &[], "").await.expect("paid");
    scene
        .act(&scene.buyer, &number, Event::RequestRefund, &[], "项目取消")
        .await
        .expect("asked");
    number
}

async fn offer(scene: &Scene, number: &str, amount: Option<i64>, note: &str) -> Result<(), Failure> {
    let version = scene
        .view(&scene.seller, number)
        .await
        .expect("view")
        .order
        .version;
    let act = Act {
        amount,
        note,
        ..bare(number, version, Event::OfferPartial)
    };
    scene.take(&scene.seller, &act).await
}

both_dbs! {
    a_partial_refund_that_is_agreed_splits_the_money_and_ends_the_order(test) {
        let mut scene = scene(test).await;
        for (key, demo) in [(1, true), (2, false)] {
            scene.app.demo = demo;
            let number = asked(&scene, key).await;
            let price = scene.view(&scene.buyer, &number).await.expect("view").order.milestones[0].amount;
            for wrong in [None, Some(0), Some(price), Some(price + 1), Some(-1)] {
                let refused = offer(&scene, &number, wrong, "已完成一半").await;
                assert_eq!(refusal(refused), Some(Refused::OfferAmount), "{wrong:?}");
            }
            assert_eq!(refusal(offer(&scene, &number, Some(1), " ").await), Some(Refused::ReasonMissing));
            offer(&scene, &number, Some(price - 1), "已完成一半").await.expect("offered");
            let seen = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!((seen.order.state, seen.order.offered), (State::PartialOffered, Some(price - 1)));
            let last = seen.events.last().expect("an event");
            assert_eq!((last.amount, last.note.as_str(), last.side), (Some(price - 1), "已完成一半", Side::Supplier));
            scene.act(&scene.buyer, &number, Event::AcceptPartial, &[], "").await.expect("accepted");
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!((view.order.state, view.order.offered, view.due), (State::Terminated, None, None));
            assert_eq!(view.events.last().and_then(|event| event.amount), Some(price - 1));
            if demo {
                assert_eq!(view.order.milestones[0].state, MilestoneState::Split);
                let to = |account| movements(&view).iter().filter(|posting| posting.to == account).map(|posting| posting.amount).sum::<i64>();
                assert_eq!((to(Account::Buyer), to(Account::Supplier)), (price - 1, 1));
            } else {
                assert_eq!((view.order.mode, view.order.milestones[0].state), (Mode::Offline, MilestoneState::RefundOwed));
                scene.act(&scene.buyer, &number, Event::RefundReceived, &[], "").await.expect("arrived");
                let view = scene.view(&scene.buyer, &number).await.expect("view");
                assert_eq!((view.order.state, view.order.milestones[0].state), (State::Terminated, MilestoneState::Split));
                assert_eq!(movements(&view).last().map(|posting| (posting.to, posting.amount)), Some((Account::Buyer, price - 1)));
            }
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!(view.order.milestones[0].returned, price - 1);
            assert!(sound(&movements(&view)));
            assert!(order::verdict(&scene.app, &system(&scene.app)).await.expect("books").balanced());
        }
    }

    an_offer_that_is_declined_or_not_answered_leaves_the_order_where_it_was(test) {
        let scene = scene(test).await;
        for (key, silent) in [(1, false), (2, true)] {
            let number = asked(&scene, key).await;
            offer(&scene, &number, Some(100), "只退一百元的零头").await.expect("offered");
            if silent {
                let (event, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a clock");
                assert_eq!(event, Event::OfferLapsed);
                test.clock.advance(at.expect("a known day") - scene.app.clock.now() - Duration::seconds(1));
                assert_eq!(scene.timers().await, 0);
                test.clock.advance(Duration::seconds(1));
                assert_eq!(scene.timers().await, 1);
            } else {
                scene.act(&scene.buyer, &number, Event::DeclinePartial, &[], "").await.expect("declined");
            }
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!((view.order.state, view.order.offered), (State::InService, None));
            assert_eq!(view.postings.len(), 1, "nothing moved");
            assert!(view.due.is_some());
        }
    }

    both_sides_of_an_offer_are_told(test) {
        let scene = scene(test).await;
        let number = asked(&scene, 1).await;
        scene.jobs().await;
        let told = async |words: &str| {
            test.clock.advance(Duration::seconds(1));
            scene.jobs().await;
            let sent = app::account::outbox(&scene.app, &system(&scene.app)).await.expect("outbox");
            sent.into_iter().find(|message| message.body.contains(words)).map(|message| message.recipient)
        };
        offer(&scene, &number, Some(100), "只退零头").await.expect("offered");
        assert_eq!(told("服务商提出部分退款").await.as_deref(), Some("100****0001"));
        scene.act(&scene.buyer, &number, Event::AcceptPartial, &[], "").await.expect("accepted");
        assert_eq!(told("买方接受部分退款").await.as_deref(), Some("100****0002"));
    }

    a_decision_names_who_decided_and_why(test) {
        let scene = scene(test).await;
        let number = asked(&scene, 1).await;
        let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a clock");
        test.clock.advance(at.expect("a known day") - scene.app.clock.now());
        assert_eq!(scene.timers().await, 1);
        let whole = Ruling { number: &number, decision: Decision::Refund, by: "arbiter-1", reason: "逾期未答复" };
        for (wrong, refused) in [
            (Ruling { by: "", ..whole }, Refused::StaffInvalid),
            (Ruling { by: "张三", ..whole }, Refused::StaffInvalid),
            (Ruling { reason: "  ", ..whole }, Refused::ReasonMissing),
            (Ruling { reason: "请电 138 0000 0000", ..whole }, Refused::NoteContact),
        ] {
            let decided = order::decide(&scene.app, &system(&scene.app), &wrong).await;
            assert_eq!(refusal(decided), Some(refused), "{wrong:?}");
        }
        let before = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(before.order.state, State::Cancelling, "nothing was decided");
        order::decide(&scene.app, &system(&scene.app), &whole).await.expect("decided");
    }

    an_unanswered_refund_waits_for_the_platform_which_decides_either_way(test) {
        use Decision::{Continue, Refund};
        let scene = scene(test).await;
        for (key, decision, to) in [(1, Continue, State::InService), (2, Refund, State::Cancelled)] {
            let number = scene.place_as(&scene.buyer, 0, key).await.expect("placed");
            scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
            scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
            scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
            scene.act(&scene.buyer, &number, Event::RequestRefund, &[], "项目取消").await.expect("asked");
            let ruling = Ruling { number: &number, decision, by: "arbiter-1", reason: "服务商逾期未答复，按约定处理。" };
            let decide = async || order::decide(&scene.app, &system(&scene.app), &ruling).await;
            assert_eq!(refusal(decide().await), Some(Refused::OrderNotNow), "the supplier still has time");
            let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a timer");
            test.clock.advance(at.expect("a known day") - scene.app.clock.now() - Duration::seconds(1));
            assert_eq!(scene.timers().await, 0);
            assert!(order::undecided(&scene.app, &system(&scene.app)).await.expect("listed").is_empty());
            test.clock.advance(Duration::seconds(1));
            assert_eq!(scene.timers().await, 1);
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!((view.order.state, view.due), (State::Cancelling, None));
            let waiting = order::undecided(&scene.app, &system(&scene.app)).await.expect("listed");
            assert_eq!(waiting, [number.as_str()]);
            decide().await.expect("decided");
            let view = scene.view(&scene.seller, &number).await.expect("view");
            assert_eq!(view.order.state, to);
            let last = view.events.last().expect("an event");
            assert_eq!((last.side, last.staff.as_str()), (Side::Platform, "arbiter-1"));
            assert_eq!(last.note, "服务商逾期未答复，按约定处理。", "the provider reads why");
            let seen = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!(seen.events.last().map(|event| event.note.clone()), Some(last.note.clone()), "and the buyer");
            assert!(sound(&movements(&view)));
            let unknown = Ruling { number: "QF0", ..ruling };
            let unknown = order::decide(&scene.app, &system(&scene.app), &unknown).await;
            assert!(matches!(unknown, Err(Failure::NotFound)));
        }
    }

    clause_1_6_a_decisions_reason_goes_with_the_buyers_key(test) {
        let scene = scene(test).await;
        let number = asked(&scene, 1).await;
        let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a clock");
        test.clock.advance(at.expect("a known day") - scene.app.clock.now());
        scene.timers().await;
        let ruling = Ruling { number: &number, decision: Decision::Continue, by: "arbiter-1", reason: "服务已经开始" };
        order::decide(&scene.app, &system(&scene.app), &ruling).await.expect("decided");
        scene.app.store.destroy_key(scene.buyer.subject).await.expect("destroyed");
        let seen = scene.view(&scene.seller, &number).await.expect("view");
        let last = seen.events.last().expect("an event");
        assert_eq!((last.note.as_str(), last.own_copy), ("服务已经开始", true), "the supplier's own copy");
        test.tamper("DELETE FROM order_note_copy").await;
        let seen = scene.view(&scene.seller, &number).await.expect("view");
        let last = seen.events.last().expect("an event");
        assert_eq!((last.note.as_str(), last.staff.as_str()), ("", "arbiter-1"));
    }
}
