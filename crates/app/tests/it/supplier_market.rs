//! What a supplier's standing is worth in the market: orders refused, data not given, buyers told, members
//! that follow their organisation.

use app::account::Viewer;
use app::market::order::{self, Placing};
use app::market::share;
use app::org;
use app::supplier::Warning;
use app::{App, Failure};
use domain::Refused;
use domain::market::order::Event;
use domain::market::share::Field;
use domain::org::seat::Seat;
use domain::refused::Trade;
use privacy::purpose::{Browse, FulfilContract, KeepAccount};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::disclosure::ticked;
use crate::house;
use crate::order::{bare, refusal, scene, system};
use crate::supplier_scene as supplier;

/// Ends every undertaking, as if none had been signed.
async fn unbind(test: &TestStore) {
    test.tamper("UPDATE supplier_signature SET ended_at = signed_at")
        .await;
}

/// Signed again.
async fn bind(test: &TestStore) {
    test.tamper("UPDATE supplier_signature SET ended_at = NULL").await;
}

async fn role_of(test: &TestStore, account: Uuid) -> i64 {
    let ctx = test.system::<KeepAccount>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let found = storage::market::membership::of_account(&mut tx, account)
        .await
        .expect("read");
    i64::try_from(found.len()).unwrap_or_default()
}

async fn place_with(
    app: &App,
    viewer: &Viewer,
    catalogue: &app::market::catalogue::Catalogue,
    service: Uuid,
    note: &str,
    key: u128,
) -> Result<String, Failure> {
    let placing = Placing {
        service,
        sku: 0,
        request_key: Uuid::from_u128(key),
        note,
        acting: None,
        approval: None,
    };
    order::place(
        app,
        &house::person::<FulfilContract>(app, viewer),
        viewer,
        catalogue,
        placing,
    )
    .await
}

both_dbs! {
    clause_2_4_1_5_2_b_nothing_personal_reaches_a_supplier_without_an_undertaking_in_force(test) {
        let scene = scene(test).await;
        let number = place_with(&scene.app, &scene.buyer, &scene.catalogue, scene.service, "请先查名", 1).await.expect("placed");
        let note = async || scene.view(&scene.seller, &number).await.expect("a view").events[0].note.clone();
        assert_eq!(note().await, "请先查名");
        unbind(test).await;
        let refused = place_with(&scene.app, &scene.buyer, &scene.catalogue, scene.service, "再来一单", 2).await;
        assert_eq!(refusal(refused), Some(Trade::SupplierUndertaking.into()));
        let given = share::share(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, &[ticked(Field::Phone, "100-0000-0001")]).await;
        assert_eq!(refusal(given), Some(Trade::SupplierUndertaking.into()));
        assert_eq!(test.count("SELECT COUNT(*) FROM order_share").await, 0, "nothing is kept of what is refused");
        assert_eq!(note().await, "", "nor is what was given before read any more");
        let warned = scene.view(&scene.buyer, &number).await.expect("a view").warnings;
        assert_eq!(warned, [Warning::Unbound]);
        assert!(scene.view(&scene.seller, &number).await.expect("a view").warnings.is_empty(), "it is the buyer's to know");
        bind(test).await;
        share::share(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, &[ticked(Field::Phone, "100-0000-0001")]).await.expect("given");
        assert_eq!(note().await, "请先查名");
    }

    clause_0_11_who_is_bound_by_no_undertaking_is_not_listed(test) {
        let scene = scene(test).await;
        assert!(scene.catalogue.offered() > 0);
        unbind(test).await;
        let catalogue = app::market::catalogue::Catalogue::load(&scene.app, &system::<Browse>(&scene.app)).await.expect("read");
        assert_eq!((catalogue.offered(), catalogue.offering().len()), (0, 0));
    }

    what_a_page_showed_before_is_decided_anew_when_it_is_ordered(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let supplier = scene.catalogue.service(scene.service).expect("offered").supplier;
        let of = |sql: &str| sql.replace("{}", &test.id(supplier));
        for (change, undo, why) in [
            ("UPDATE supplier_standing SET state = 'suspended' WHERE id = {}", "UPDATE supplier_standing SET state = 'active' WHERE id = {}", Refused::SupplierPaused),
            ("UPDATE supplier_standing SET state = 'exiting' WHERE id = {}", "UPDATE supplier_standing SET state = 'active' WHERE id = {}", Refused::SupplierPaused),
            ("UPDATE supplier_area SET restricted = 1 WHERE supplier = {}", "UPDATE supplier_area SET restricted = 0 WHERE supplier = {}", Refused::ServicePaused),
        ] {
            test.tamper(&of(change)).await;
            if why == Refused::ServicePaused {
                test.tamper(&of("UPDATE supplier_standing SET state = 'restricted' WHERE id = {}")).await;
            }
            assert_eq!(refusal(scene.place_as(&scene.buyer, 0, 2).await), Some(why), "{change}");
            let confirmed = scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await;
            assert_eq!(refusal(confirmed), Some(why), "a confirmation is new business: {change}");
            test.tamper(&of(undo)).await;
            test.tamper(&of("UPDATE supplier_standing SET state = 'active' WHERE id = {}")).await;
        }
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirmed");
    }

    an_expired_licence_stops_orders_at_midnight_in_beijing_and_flags_those_that_are_open(test) {
        let scene = scene(test).await;
        // The service of the supplier whose licence has 45 days left.
        let near = scene.catalogue.offering().into_iter().find(|one| one.zh.starts_with("算盘树")).expect("there").id;
        let service = scene.catalogue.services_of(near).into_iter().find(|one| one.area() == "daili-jizhang").expect("gated").id;
        let number = place_with(&scene.app, &scene.buyer, &scene.catalogue, service, "", 1).await.expect("placed");
        let warned = async || order::view(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number).await.expect("a view").warnings;
        assert!(warned().await.is_empty());
        // 45 days and the rest of this one, to the second before midnight.
        let now = scene.ctx(&scene.buyer).now().to_offset(domain::calendar::BEIJING);
        let midnight = now.replace_time(time::Time::MIDNIGHT) + Duration::days(46);
        test.clock.advance(midnight - now - Duration::SECOND);
        place_with(&scene.app, &scene.buyer, &scene.catalogue, service, "", 2).await.expect("good on its last day");
        test.clock.advance(Duration::SECOND);
        let over = place_with(&scene.app, &scene.buyer, &scene.catalogue, service, "", 3).await;
        assert_eq!(refusal(over), Some(Trade::SupplierLicenceOver.into()), "whatever the jobs have come to");
        assert!(matches!(warned().await[..], [Warning::LicenceOver(Some(_))]));
    }

    nobody_orders_from_their_own_enterprise_and_the_try_is_flagged(test) {
        let scene = supplier::scene(test).await;
        let id = scene.admitted(400).await;
        // Whoever only reads for the enterprise is its own as well.
        test.clock.advance(Duration::SECOND);
        let begun = house::register(&scene.app, "100-0000-0044", "同事").await;
        let colleague = house::viewer(&scene.app, &begun).await.expect("logged in");
        let keep = house::person::<KeepAccount>(&scene.app, &scene.owner);
        org::invite(&scene.app, &keep, &scene.owner, scene.organisation, ("100-0000-0044", Seat::Viewer), None).await.expect("invited");
        let invitation = crate::org::mine(&scene.app, &colleague).await.invitations[0].id;
        org::accept(&scene.app, &house::person(&scene.app, &colleague), &colleague, invitation).await.expect("joined");
        assert_eq!(role_of(test, colleague.account).await, 0, "who reads has no part in selling");
        let mut demo = app::demo::catalogue().expect("the demo's");
        let mut service = demo.services.swap_remove(0);
        service.supplier = id;
        service.id = Uuid::from_u128(77);
        supplier::AREA.clone_into(&mut service.category);
        let ctx = test.system::<KeepAccount>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let body = serde_json::to_string(&service).expect("JSON");
        storage::market::catalogue::put_service(&mut tx, service.id, id, supplier::AREA, 9_999, body).await.expect("put");
        tx.commit().await.expect("commit");
        let catalogue = app::market::catalogue::Catalogue::load(&scene.app, &system::<Browse>(&scene.app)).await.expect("read");
        assert!(catalogue.service(service.id).is_some(), "an admitted supplier's services are listed");
        for own in [&scene.owner, &colleague] {
            let refused = place_with(&scene.app, own, &catalogue, service.id, "", 5).await;
            assert_eq!(refusal(refused), Some(Trade::SupplierSelf.into()));
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM supplier_event e WHERE e.event = 'self_dealing' AND e.subject IS NULL").await, 2);
        // Members follow their seat.
        let seat = async |seat| org::change_seat(&scene.app, &keep, &scene.owner, scene.organisation, (colleague.account, seat)).await.expect("changed");
        for (to, expected) in [(Seat::Sales, 1), (Seat::Buyer, 0), (Seat::Delivery, 1)] {
            seat(to).await;
            assert_eq!(role_of(test, colleague.account).await, expected, "{to:?}");
        }
        org::leave(&scene.app, &house::person(&scene.app, &colleague), &colleague, scene.organisation).await.expect("left");
        assert_eq!(role_of(test, colleague.account).await, 0);
    }

    who_was_banned_delivers_nothing_and_the_buyer_knows(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirmed");
        let supplier = scene.catalogue.service(scene.service).expect("offered").supplier;
        test.tamper(&format!("UPDATE supplier_standing SET state = 'banned' WHERE id = {}", test.id(supplier))).await;
        let warned = scene.view(&scene.buyer, &number).await.expect("a view").warnings;
        assert_eq!(warned, [Warning::Gone]);
        let delivery = order::act(&scene.app, &scene.ctx(&scene.seller), &scene.seller, &scene.catalogue, &bare(&number, 2, Event::Deliver)).await;
        assert!(delivery.is_err());
    }
}
