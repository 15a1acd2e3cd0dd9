//! A supplier and the verification of its enterprise; and how nobody leaves, or is dissolved, from under an
//! order.

use app::org;
use app::supplier;
use domain::Refused;
use domain::machine::Role;
use domain::org::verification::{Badge, State as Verified};
use domain::refused::Party;
use domain::supplier::Reason;
use domain::supplier::onboarding::{Event, Facts, State};
use privacy::purpose::{KeepAccount, Operate};
use storage::org::verification;
use storage::supplier::{self as store, Doer};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::{refusal, system};
use crate::org::{arrived, enter, mine, submit_as, transfer, work};
use crate::supplier_scene::{Scene, scene};

/// Gives the supplier an order of somebody else, made with another one.
async fn ordered(test: &TestStore, scene: &Scene, supplier: Uuid) {
    let catalogue = scene.refreshed().await;
    let service = catalogue.favourites(1).next().expect("a service").id;
    test.clock.advance(Duration::SECOND);
    let begun = house::register(&scene.app, "100-0000-0055", "买家").await;
    let buyer = house::viewer(&scene.app, &begun).await.expect("logged in");
    let placing = app::market::order::Placing {
        service,
        sku: 0,
        request_key: Uuid::from_u128(1),
        note: "",
        acting: None,
        approval: None,
    };
    let ctx = house::person(&scene.app, &buyer);
    app::market::order::place(&scene.app, &ctx, &buyer, &catalogue, placing)
        .await
        .expect("placed");
    let sql = format!("UPDATE service_order SET supplier = {}", test.id(supplier));
    test.tamper(&sql).await;
}

both_dbs! {
    the_sweep_takes_for_verified_what_the_badge_does(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        for state in Verified::ALL {
            for standing in [0, 1] {
                let sql = format!("UPDATE enterprise_verification SET state = '{}', standing = {standing} WHERE organisation = {}", state.as_str(), test.id(scene.organisation));
                test.tamper(&sql).await;
                let ctx = system::<Operate>(&scene.app);
                let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
                let row = verification::of_organisation(&mut tx, scene.organisation).await.expect("read").expect("there");
                let unsure = store::unverified(&mut tx).await.expect("read").contains(&id);
                assert_eq!(unsure, row.verification.badge() == Badge::None, "{state:?} {standing}");
            }
        }
    }

    an_enterprise_that_proves_a_change_does_business_on(test) {
        let scene = scene(test).await;
        scene.admitted(400).await;
        let (app, owner) = (&scene.app, &scene.owner);
        let id = mine(app, owner).await.organisations[0].verification.expect("owner");
        submit_as(app, owner, id, ("agent", "星渚科技（演示）", "何小满")).await.expect("handed in");
        work(app).await;
        test.clock.advance(Duration::SECOND);
        transfer(app, owner, id).await.expect("sent");
        work(app).await;
        assert_eq!((scene.run().await, scene.state().await), (0, State::Active), "while it is proved");
        let amount = arrived(app).await;
        enter(app, owner, id, &amount).await.expect("proved");
        assert_eq!((scene.run().await, scene.state().await), (0, State::Active));
    }

    who_was_suspended_by_the_clock_alone_comes_back_with_the_verification(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        let lose = "UPDATE enterprise_verification SET state = 'rejected', standing = 0";
        let regain = "UPDATE enterprise_verification SET state = 'verified', standing = 1";
        test.tamper(lose).await;
        assert_eq!((scene.run().await, scene.state().await), (1, State::Suspended));
        assert_eq!(scene.run().await, 0, "while it is not verified");
        test.clock.advance(Duration::SECOND);
        test.tamper(regain).await;
        assert_eq!((scene.run().await, scene.state().await), (1, State::Active));
        work(&scene.app).await;
        // What a verifier decided a verifier takes back.
        test.clock.advance(Duration::SECOND);
        scene.act(0, id, Event::Suspend, &[Reason::Enterprise], None).await.expect("suspended");
        assert_eq!((scene.run().await, scene.state().await), (0, State::Suspended));
    }

    who_was_banned_is_not_dissolved_from_under_an_order_or_an_appeal(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        ordered(test, &scene, id).await;
        scene.act(0, id, Event::ProposeBan, &[Reason::Fraud], None).await.expect("proposed");
        scene.act(1, id, Event::ConfirmBan, &[], None).await.expect("banned");
        let owner = &scene.owner;
        let keep = || house::person::<KeepAccount>(&scene.app, owner);
        scene.prove(owner).await;
        let dissolve = async || org::dissolve(&scene.app, &keep(), owner, scene.organisation).await;
        assert_eq!(refusal(dissolve().await), Some(Party::OrgOrders.into()));
        test.tamper("UPDATE service_order SET state = 'cancelled'").await;
        supplier::appeal(&scene.app, &keep(), owner, scene.organisation).await.expect("appealed");
        assert_eq!(refusal(dissolve().await), Some(Party::EnterpriseAppeal.into()));
        scene.act(2, id, Event::DismissAppeal, &[], None).await.expect("dismissed");
        scene.prove(owner).await;
        dissolve().await.expect("dissolved");
    }

    nobody_leaves_from_under_an_order_and_what_waits_stops_nobody_else(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        let owner = &scene.owner;
        scene.prove(owner).await;
        supplier::ask_exit(&scene.app, &house::person::<KeepAccount>(&scene.app, owner), owner, scene.organisation).await.expect("asked");
        ordered(test, &scene, id).await;
        test.clock.advance(Duration::days(31));
        scene.run().await;
        assert_eq!(scene.state().await, State::Exiting, "an order is open after all");
        test.tamper("UPDATE service_order SET state = 'cancelled'").await;
        scene.act(0, id, Event::ProposeBan, &[Reason::Fraud], None).await.expect("proposed");
        scene.run().await;
        assert_eq!(scene.state().await, State::Exiting, "nor from under a ban that is proposed");
        scene.act(0, id, Event::DropBan, &[], None).await.expect("dropped");
        scene.run().await;
        assert_eq!(scene.state().await, State::Exited);
    }

    an_order_comes_before_an_exit_or_after_it(test) {
        let scene = crate::order::scene(test).await;
        let supplier = scene.catalogue.service(scene.service).expect("offered").supplier;
        let ctx = system::<Operate>(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        store::hold(&mut tx, supplier).await.expect("held");
        let row = store::by_id(&mut tx, supplier).await.expect("read").expect("there");
        let step = row.supplier.step(Event::AskExit, Role::SupplierOwner, &Facts::default(), ctx.now()).expect("a step");
        let doer = Doer { side: "supplier", ..Doer::default() };
        store::record(&mut tx, &row, (Event::AskExit, &step), &[], doer).await.expect("recorded");
        let leave = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            tx.commit().await.expect("commit");
        };
        let (placed, ()) = tokio::join!(scene.place_as(&scene.buyer, 0, 1), leave);
        assert_eq!(refusal(placed), Some(Refused::SupplierPaused), "it waited, and looked again");
    }
}
