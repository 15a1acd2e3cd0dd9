//! The demonstration: complete, the same at every start, apart from real use, removed at a word.

use app::account::{self, Login};
use app::demo::{self, PASSWORD, PEOPLE};
use app::market::order::{self, Listing};
use app::{App, Failure};
use domain::market::order::{MilestoneState, State};
use privacy::purpose::{FulfilContract, Operate};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::house;

async fn seeded(test: &TestStore) -> App {
    let app = house::app(test);
    let ctx = test.system::<Operate>();
    demo::seed(&app, &ctx, |_, _| {}).await.expect("catalogue");
    let documents = house::documents();
    demo::populate(&app, &ctx, &documents, |_, _| {})
        .await
        .expect("people and orders");
    app
}

/// The orders of a demo buyer.
async fn bought(app: &App, name: &str) -> Vec<order::OrderLine> {
    let begun = house::log_in(app, name, PASSWORD).await.expect("logged in");
    let viewer = house::viewer(app, &begun).await.expect("a viewer");
    let ctx = house::person::<FulfilContract>(app, &viewer);
    let mut orders: Vec<order::OrderLine> = Vec::new();
    loop {
        let after = orders.last().map(|last| last.number.clone());
        let listing = Listing {
            after: after.as_deref(),
            ..Listing::default()
        };
        let listed = order::list(app, &ctx, &viewer, &listing).await.expect("a list");
        orders.extend(listed.orders);
        if listed.next.is_none() {
            return orders;
        }
    }
}

both_dbs! {
    every_state_has_an_example_and_the_books_balance(test) {
        let app = seeded(test).await;
        let mut seen: Vec<State> = Vec::new();
        for person in PEOPLE.iter().filter(|person| person.works.is_none() && person.secret.is_none()) {
            seen.extend(bought(&app, person.name).await.iter().map(|line| line.state));
        }
        assert_eq!(seen.len(), 26);
        for state in State::ALL {
            assert!(seen.contains(state), "{state:?} has no example");
        }
        let books = order::verdict(&app, &test.system()).await.expect("books");
        assert!(books.balanced() && books.held > 0);
    }

    a_milestone_of_several_is_under_way_and_a_refund_was_split(test) {
        let app = seeded(test).await;
        let begun = house::log_in(&app, PEOPLE[0].name, PASSWORD).await.expect("logged in");
        let viewer = house::viewer(&app, &begun).await.expect("a viewer");
        let ctx = house::person::<FulfilContract>(&app, &viewer);
        let (mut second_of_three, mut split) = (false, false);
        for line in bought(&app, PEOPLE[0].name).await {
            let view = order::view(&app, &ctx, &viewer, &line.number).await.expect("view");
            second_of_three |= view.order.milestones.len() == 3 && view.order.at_hand() == Some(1) && line.state == State::InService;
            split |= view.order.milestones.iter().any(|one| one.state == MilestoneState::Split && one.returned > 0);
        }
        assert!(second_of_three && split);
    }

    a_second_start_changes_nothing_and_brings_nothing_back(test) {
        let app = seeded(test).await;
        let first: Vec<String> = bought(&app, PEOPLE[0].name).await.into_iter().map(|line| line.number).collect();
        test.clock.advance(Duration::days(1));
        let ctx = test.system::<Operate>();
        demo::seed(&app, &ctx, |_, _| {}).await.expect("catalogue");
        demo::populate(&app, &ctx, &house::documents(), |_, _| {}).await.expect("again");
        let second: Vec<String> = bought(&app, PEOPLE[0].name).await.into_iter().map(|line| line.number).collect();
        assert_eq!(first, second);
    }

    a_seeding_that_was_cut_off_goes_on_where_it_stopped(test) {
        let app = seeded(test).await;
        let before: Vec<(String, State)> = bought(&app, PEOPLE[0].name).await.into_iter().map(|line| (line.number, line.state)).collect();
        let (number, _) = before.iter().find(|(_, state)| *state == State::InService).expect("one in service");
        // As it stands after its first step.
        test.tamper(&format!("UPDATE service_order SET version = 2, state = 'awaiting_contract', due_event = NULL, due_at = NULL WHERE number = '{number}'")).await;
        test.tamper(&format!("DELETE FROM order_event WHERE version > 2 AND order_id = (SELECT id FROM service_order WHERE number = '{number}')")).await;
        test.tamper(&format!("DELETE FROM order_posting WHERE order_id = (SELECT id FROM service_order WHERE number = '{number}')")).await;
        test.tamper(&format!("UPDATE order_milestone SET state = 'planned' WHERE order_id = (SELECT id FROM service_order WHERE number = '{number}')")).await;
        let ctx = test.system::<Operate>();
        demo::populate(&app, &ctx, &house::documents(), |_, _| {}).await.expect("again");
        let after: Vec<(String, State)> = bought(&app, PEOPLE[0].name).await.into_iter().map(|line| (line.number, line.state)).collect();
        assert_eq!(before, after);
    }

    a_demonstration_and_real_use_are_told_apart_and_a_purge_leaves_nothing(test) {
        let app = house::app(test);
        let ctx = test.system::<Operate>();
        assert!(!demo::present(&app, &ctx).await.expect("looked"));
        assert!(matches!(demo::purge(&app, &ctx).await, Err(Failure::NotFound)));
        house::register(&app, "100-0000-0001", "真实用户").await;
        assert!(demo::in_real_use(&app, &ctx).await.expect("looked"));
        assert!(matches!(demo::purge(&app, &ctx).await, Err(Failure::NotFound)), "real use is left alone");
        let app = seeded(test).await;
        assert!(demo::present(&app, &ctx).await.expect("looked"));
        assert!(!demo::in_real_use(&app, &ctx).await.expect("looked"));
        let begun = house::log_in(&app, PEOPLE[0].name, PASSWORD).await.expect("logged in");
        let person = house::viewer(&app, &begun).await.expect("a viewer");
        assert!(demo::purge(&app, &ctx).await.expect("purged") > 100);
        let tx = app.store.begin(&ctx).await.expect("begin");
        let place = storage::account::field("phone", person.account, person.subject);
        let sealed = tx.seal(&place, &privacy::Personal::received("x".to_owned())).await;
        assert!(matches!(sealed, Err(storage::StoreError::NoKey)), "1.6: the key is gone, not the row alone");
        drop(tx);
        assert!(!demo::present(&app, &ctx).await.expect("looked"));
        assert!(!demo::in_real_use(&app, &ctx).await.expect("looked"));
        let form = Login { login: PEOPLE[0].name, password: PASSWORD, device: "x", remembered: None, from: account::Origin::default() };
        let refused = account::log_in(&app, &house::visitor(&app), &form).await;
        assert!(refused.is_err());
    }
}
