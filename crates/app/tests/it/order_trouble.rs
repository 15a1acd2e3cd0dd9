//! Orders in trouble: notices lost, rows broken, clocks undated, roles that may not, too many at once.

use app::Failure;
use app::market::order;
use domain::Refused;
use domain::market::order::{Event, State};
use privacy::purpose::{KeepAccount, Operate};
use testkit::both_dbs;
use time::Duration;

use crate::order::{refusal, scene, system};

both_dbs! {
    a_lost_notice_is_sent_again_and_does_not_hold_the_order_for_ever(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        let days = scene.view(&scene.buyer, &number).await.expect("view").order.review_days;
        test.clock.advance(Duration::days(days) - Duration::days(1));
        scene.jobs().await;
        test.tamper("DELETE FROM order_notice WHERE nth = 1").await;
        test.clock.advance(Duration::days(1));
        assert_eq!(scene.timers().await, 0, "the first notice is missing");
        assert_eq!(scene.jobs().await, 1, "it alone is sent again");
        test.clock.advance(Duration::days(1));
        assert_eq!(scene.timers().await, 1);
        assert_eq!(scene.view(&scene.buyer, &number).await.expect("view").order.state, State::Accepted);
    }

    clause_2_1_1_f_each_role_of_a_supplier_does_only_its_own_part(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let supplier = scene.catalogue.service(scene.service).expect("a service").supplier;
        let set = async |role: &str| {
            let ctx = system::<KeepAccount>(&scene.app);
            let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
            storage::market::membership::put(&mut tx, supplier, scene.seller.account, role).await.expect("member");
            tx.commit().await.expect("commit");
        };
        let allowed = async || scene.view(&scene.seller, &number).await.map(|view| view.allowed);
        for (role, events) in [
            ("owner", vec![Event::SupplierConfirm, Event::Cancel]),
            ("admin", vec![Event::SupplierConfirm, Event::Cancel]),
            ("sales", vec![Event::SupplierConfirm, Event::Cancel]),
            ("delivery", vec![]),
            ("finance", vec![]),
        ] {
            set(role).await;
            assert_eq!(allowed().await.expect("view"), events, "{role}");
        }
        set("cleaner").await;
        assert!(matches!(allowed().await, Err(Failure::NotFound)), "an unknown role is a stranger");
        set("delivery").await;
        let wrong = scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await;
        assert_eq!(refusal(wrong), Some(Refused::OrderNotYou));
        set("owner").await;
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
        for (role, events) in [
            ("owner", vec![Event::Deliver, Event::Quit]),
            ("sales", vec![]),
            ("delivery", vec![Event::Deliver]),
            ("finance", vec![]),
        ] {
            set(role).await;
            assert_eq!(allowed().await.expect("view"), events, "{role}");
        }
        set("finance").await;
        let told = app::account::outbox(&scene.app, &system(&scene.app)).await.expect("outbox").len();
        test.clock.advance(Duration::seconds(1));
        scene.jobs().await;
        let after = app::account::outbox(&scene.app, &system(&scene.app)).await.expect("outbox").len();
        assert_eq!(told, after, "who only sees to the money is not told of the work");
    }

    an_order_that_cannot_be_moved_does_not_stand_before_the_others(test) {
        let scene = scene(test).await;
        let broken = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let whole = scene.place_as(&scene.buyer, 0, 2).await.expect("placed");
        test.tamper(&format!("UPDATE service_order SET snapshot = 'x' WHERE number = '{broken}'")).await;
        test.clock.advance(Duration::days(10));
        let ctx = system::<Operate>(&scene.app);
        let round = order::run_due(&scene.app, &ctx).await.expect("timers");
        assert_eq!((round.taken, round.failed), (1, 1));
        let again = order::run_due(&scene.app, &ctx).await.expect("timers");
        assert_eq!((again.taken, again.failed), (0, 0), "put off for an hour");
        assert_eq!(scene.view(&scene.buyer, &whole).await.expect("view").order.state, State::Cancelled);
    }

    the_books_are_wrong_when_a_movement_is_tampered_with(test) {
        let scene = scene(test).await;
        scene.delivered().await;
        let verdict = async || order::verdict(&scene.app, &system(&scene.app)).await.expect("books");
        let right = verdict().await;
        assert!(right.balanced() && right.held > 0);
        test.tamper("UPDATE order_posting SET amount = amount - 1").await;
        assert!(!verdict().await.balanced());
    }

    a_timer_without_a_date_gets_one_once_the_calendar_knows_the_year(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a timer");
        test.tamper("UPDATE service_order SET due_at = NULL").await;
        assert_eq!(order::undated(&scene.app, &system(&scene.app)).await.expect("counted"), 1);
        app::job::ensure_regular(&scene.app, &system(&scene.app)).await.expect("regular");
        scene.jobs().await;
        assert_eq!(order::undated(&scene.app, &system(&scene.app)).await.expect("counted"), 0);
        let (_, again) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a timer");
        assert_eq!(again, at);
    }

    more_orders_than_a_person_places_are_refused_and_the_same_form_is_not_counted(test) {
        let scene = scene(test).await;
        for key in 1..=30 {
            scene.place_as(&scene.buyer, 0, key).await.expect("placed");
            scene.place_as(&scene.buyer, 0, key).await.expect("the same again");
        }
        assert_eq!(refusal(scene.place_as(&scene.buyer, 0, 31).await), Some(Refused::TooManyOrders));
        scene.place_as(&scene.stranger, 0, 1).await.expect("another buyer's count is their own");
        test.clock.advance(Duration::hours(1));
        scene.place_as(&scene.buyer, 0, 31).await.expect("an hour later");
    }

    a_refund_refused_long_after_the_agreed_time_leaves_the_delivery_where_it_was(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        test.tamper("UPDATE service_order SET work_due_at = placed_at").await;
        test.clock.advance(Duration::days(2));
        scene.act(&scene.buyer, &number, Event::RequestRefund, &[], "想换一家").await.expect("asked");
        let bare = scene.act(&scene.seller, &number, Event::RefuseRefund, &[], "").await;
        assert_eq!(refusal(bare), Some(Refused::ReasonMissing));
        scene.act(&scene.seller, &number, Event::RefuseRefund, &[], "已经交付").await.expect("refused");
        assert_eq!(scene.timers().await, 0);
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!((view.order.state, view.postings.len()), (State::Delivered, 1));
    }
}
