//! Orders of several milestones, official fees with their receipts, and orders made before either.

use app::market::catalogue::Catalogue;
use app::market::order::{self, Act};
use app::{App, Failure};
use domain::Refused;
use domain::machine::Role;
use domain::market::catalogue::Text;
use domain::market::ledger::sound;
use domain::market::order::{Event, Facts, Milestone, MilestoneState, Order, Side, State, Terms};
use domain::market::plan::Stage;
use privacy::purpose::Operate;
use storage::Store;
use testkit::{TestStore, both_dbs, wrapping_key};

use crate::order::{RECEIPT, Scene, bare, movements, refusal, scene, system};

/// What was agreed, as it was written before there were plans.
const BEFORE_PLANS: &str = r#"{"service_zh":"小规模记账","service_en":"","supplier_zh":"甲（演示）","supplier_en":"",
    "sku_zh":"一年","sku_en":"One year","service_fee":29900,"official_fee":0,"days":30,
    "acceptance":["按时申报","报表核对一致"],"deliverables":["月度财务报表"]}"#;

/// The scene's service in two milestones, of which the second holds the official fee.
async fn planned(test: &TestStore) -> Scene {
    let mut scene = scene(test).await;
    let mut demo = app::demo::catalogue().expect("demo");
    let stage = |zh: &str, share, days, official, acceptance: &[&str]| Stage {
        zh: zh.to_owned(),
        en: "Stage".to_owned(),
        share,
        days,
        official,
        acceptance: acceptance.iter().map(|item| Text::new(item, "")).collect(),
    };
    for service in &mut demo.services {
        if service.id == scene.service {
            service.official_fee = 27_000;
            service.days = 30;
            service.skus[0].price = 10_001;
            service.plan = vec![
                stage("方案", 33, 10, false, &["方案经确认"]),
                stage("申请", 67, 20, true, &[]),
            ];
        }
    }
    scene.catalogue =
        Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services).expect("a catalogue");
    scene
}

async fn deliver(scene: &Scene, number: &str, more: &Act<'_>) -> Result<(), Failure> {
    let version = scene
        .view(&scene.seller, number)
        .await
        .expect("view")
        .order
        .version;
    let act = Act {
        number,
        version,
        event: Event::Deliver,
        ..more.clone()
    };
    scene.take(&scene.seller, &act).await
}

/// The order as its events alone make it: terms and amounts from the agreement, all else replayed.
async fn replayed(app: &App, scene: &Scene, number: &str) -> Order {
    let view = scene.view(&scene.buyer, number).await.expect("view");
    let ctx = system::<Operate>(app);
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let row = storage::market::order::by_number(&mut tx, number)
        .await
        .expect("read")
        .expect("an order");
    let events = storage::market::order::events(&mut tx, row.id)
        .await
        .expect("events");
    let fresh = |milestone: Milestone| Milestone {
        returned: 0,
        state: MilestoneState::Planned,
        ..milestone
    };
    let milestones = view.order.milestones.into_iter().map(fresh).collect();
    let terms = Terms {
        mode: view.order.mode,
        review_days: view.order.review_days,
    };
    let placed = Order::placed(terms, milestones, view.placed_at).expect("an order");
    let taken = events.into_iter().filter(|event| event.event != Event::Place);
    taken.fold(placed.order, |before, event| {
        let role = match event.side {
            Side::Buyer => Role::BuyerOwner,
            Side::Supplier => Role::SupplierOwner,
            Side::Platform => Role::PlatformArbiter,
            Side::System => Role::System,
        };
        let facts = Facts {
            reason: event.note.is_some(),
            items: event.items,
            milestone: event.milestone,
            amount: event.amount,
            receipt: event.receipt.is_some(),
        };
        let step = before
            .step(event.event, role, &facts, event.at)
            .expect("it was taken");
        assert_eq!(step.order.state, event.to);
        step.order
    })
}

both_dbs! {
    milestones_are_paid_delivered_accepted_and_settled_one_after_another(test) {
        let scene = planned(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        let agreed: Vec<_> = view.order.milestones.iter().map(|one| (one.amount, one.official_fee, one.days, one.acceptance_items)).collect();
        assert_eq!(agreed, [(3_300, 0, 10, 1), (6_701 + 27_000, 27_000, 20, 3)]);
        assert_eq!(view.order.milestones.iter().map(|one| one.amount).sum::<i64>(), view.snapshot.service_fee + view.snapshot.official_fee);
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        for (place, days, items) in [(0, 10, vec![0]), (1, 20, vec![0, 1, 2])] {
            scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!(view.order.at_hand(), Some(place));
            assert_eq!(view.order.work_due, Some(scene.app.clock.now() + time::Duration::days(days)));
            assert_eq!(order::verdict(&scene.app, &system(&scene.app)).await.expect("books").held, view.order.milestones[place].amount);
            scene.act(&scene.seller, &number, Event::Deliver, &items, "").await.expect("deliver");
            scene.act(&scene.buyer, &number, Event::Reject, &[0], "缺少附件").await.expect("reject");
            scene.act(&scene.seller, &number, Event::Deliver, &items, "").await.expect("deliver again");
            scene.act(&scene.buyer, &number, Event::Accept, &[], "").await.expect("accept");
            assert_eq!(scene.timers().await, 1);
        }
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.order.state, State::Completed);
        assert!(sound(&movements(&view)));
        let paid: Vec<_> = view.events.iter().filter(|event| event.event == Event::Fund).map(|event| event.milestone).collect();
        assert_eq!(paid, [Some(0), Some(1)]);
        assert_eq!(view.events.iter().find(|event| event.event == Event::Sign).and_then(|event| event.milestone), None);
        assert_eq!(replayed(&scene.app, &scene, &number).await, view.order);
    }

    the_buyer_is_told_that_the_next_milestone_waits_for_payment(test) {
        let scene = planned(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        for (by, event, items) in [
            (&scene.seller, Event::SupplierConfirm, vec![]),
            (&scene.buyer, Event::Sign, vec![]),
            (&scene.buyer, Event::Fund, vec![]),
            (&scene.seller, Event::Deliver, vec![0]),
            (&scene.buyer, Event::Accept, vec![]),
        ] {
            scene.act(by, &number, event, &items, "").await.expect("a step");
        }
        scene.jobs().await;
        assert_eq!(scene.timers().await, 1);
        test.clock.advance(time::Duration::seconds(1));
        scene.jobs().await;
        let sent = app::account::outbox(&scene.app, &system(&scene.app)).await.expect("outbox");
        let told: Vec<_> = sent.iter().filter(|message| message.body.contains("为下一阶段付款")).map(|message| message.recipient.as_str()).collect();
        assert!(told.contains(&"100****0001") && told.contains(&"100****0002"), "{told:?}");
    }

    a_step_names_the_milestone_at_hand_and_no_other(test) {
        let scene = planned(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
        for other in [None, Some(2), Some(0), Some(-1), Some(i64::MIN), Some(i64::MAX)] {
            let act = Act { milestone: other, items: vec![0], ..bare("", 0, Event::Deliver) };
            assert_eq!(refusal(deliver(&scene, &number, &act).await), Some(Refused::MilestoneOther), "{other:?}");
        }
        let act = Act { milestone: Some(1), items: vec![0], ..bare("", 0, Event::Deliver) };
        deliver(&scene, &number, &act).await.expect("delivered");
    }

    an_official_fee_is_delivered_with_its_receipt_which_the_buyer_reads(test) {
        let mut scene = planned(test).await;
        let mut demo = app::demo::catalogue().expect("demo");
        for service in &mut demo.services {
            service.official_fee = 500;
            service.plan = Vec::new();
        }
        scene.catalogue = Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services).expect("a catalogue");
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
        let items = scene.items(&number).await;
        let with = |receipt| Act { items: items.clone(), receipt, ..bare("", 0, Event::Deliver) };
        for (receipt, refused) in [
            ("", Refused::ReceiptMissing),
            ("   ", Refused::ReceiptMissing),
            ("已缴", Refused::ReceiptInvalid),
            ("13800000000", Refused::ReceiptInvalid),
            ("999999199001010016", Refused::ReceiptInvalid),
        ] {
            assert_eq!(refusal(deliver(&scene, &number, &with(receipt)).await), Some(refused), "{receipt}");
        }
        deliver(&scene, &number, &with(" ys-2026-000365 ")).await.expect("delivered");
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.events.last().map(|event| event.receipt.as_str()), Some(RECEIPT));
        assert_eq!(replayed(&scene.app, &scene, &number).await, view.order);
    }

    a_receipt_without_an_official_fee_is_given_back(test) {
        let scene = planned(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
        let act = Act { milestone: Some(1), items: vec![0], receipt: RECEIPT, ..bare("", 0, Event::Deliver) };
        assert_eq!(refusal(deliver(&scene, &number, &act).await), Some(Refused::ReceiptUnneeded));
    }

    an_order_made_before_there_were_plans_is_read_and_brought_to_its_end(test) {
        let scene = scene(test).await;
        let (old, ended) = (
            scene.place_as(&scene.buyer, 0, 1).await.expect("placed"),
            scene.place_as(&scene.buyer, 0, 2).await.expect("placed"),
        );
        for number in [&old, &ended] {
            scene.act(&scene.seller, number, Event::SupplierConfirm, &[], "").await.expect("confirm");
            scene.act(&scene.buyer, number, Event::Sign, &[], "").await.expect("sign");
            scene.act(&scene.buyer, number, Event::Fund, &[], "").await.expect("fund");
        }
        scene.act(&scene.buyer, &ended, Event::RequestRefund, &[], "项目取消").await.expect("asked");
        scene.act(&scene.seller, &ended, Event::AgreeRefund, &[], "").await.expect("agreed");
        // The schema and the documents as they were before.
        for (table, column) in [
            ("service_order", "offered"),
            ("order_milestone", "returned"),
            ("order_event", "milestone"),
            ("order_event", "amount"),
            ("order_event", "receipt"),
            ("order_event", "staff"),
        ] {
            test.tamper(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await;
        }
        test.tamper("DELETE FROM schema_version WHERE version = 8").await;
        test.tamper(&format!("UPDATE service_order SET snapshot = '{BEFORE_PLANS}'")).await;
        let (data, vault) = &test.addresses;
        let store = Store::open(data, vault, wrapping_key(), test.entropy.clone()).await.expect("brought up to date");
        let scene = Scene { app: App { store, ..scene.app.clone() }, ..scene };
        let view = scene.view(&scene.buyer, &ended).await.expect("view");
        let milestone = &view.order.milestones[0];
        assert_eq!((milestone.state, milestone.returned), (MilestoneState::Refunded, milestone.amount));
        let view = scene.view(&scene.buyer, &old).await.expect("view");
        assert_eq!((view.order.state, view.snapshot.plan.len()), (State::InService, 1));
        assert_eq!(view.order.milestones[0].acceptance_items, view.snapshot.acceptance.len());
        let items = scene.items(&old).await;
        scene.act(&scene.seller, &old, Event::Deliver, &items, "").await.expect("deliver");
        scene.act(&scene.buyer, &old, Event::Accept, &[], "").await.expect("accept");
        assert_eq!(scene.timers().await, 1);
        assert_eq!(scene.view(&scene.buyer, &old).await.expect("view").order.state, State::Completed);
        scene.app.store.close().await;
    }
}
