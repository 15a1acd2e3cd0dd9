//! What two parties share: each has a copy of its own, so that erasing one leaves the other's (1.6,
//! 2.6.4.d), and erasing the other takes it.

use app::account::Viewer;
use app::market::order::{self, Happened};
use app::rights;
use domain::rights::{TRANSACTION_YEARS, years_after};
use privacy::purpose::{KeepAccount, ObeyLaw, Operate};
use privacy::{Ask, Denied, JointId, LegalBasis, SubjectId};
use storage::StoreError;
use storage::market::{membership, note_copy};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::demand::gone;
use crate::house;
use crate::order::{Scene, scene, system};
use crate::rights::lived;

const BY_BUYER: &str = "请务必对上中文发票";
const BY_SUPPLIER: &str = "对方的内部说明";

/// A colleague of the seller.
async fn colleague(test: &TestStore, scene: &Scene, phone: &str) -> Viewer {
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(&scene.app, phone, "同事").await;
    let colleague = house::viewer(&scene.app, &begun).await.expect("logged in");
    let ctx = system::<KeepAccount>(&scene.app);
    let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
    membership::put(&mut tx, supplier(scene), colleague.account, "sales")
        .await
        .expect("member");
    tx.commit().await.expect("commit");
    colleague
}

fn supplier(scene: &Scene) -> Uuid {
    scene
        .catalogue
        .service(scene.service)
        .expect("a service")
        .supplier
}

async fn notes(scene: &Scene, viewer: &Viewer, number: &str) -> Vec<(String, bool)> {
    let view = scene.view(viewer, number).await.expect("view");
    let written = |event: Happened| (!event.note.is_empty()).then_some((event.note, event.own_copy));
    view.events.into_iter().filter_map(written).collect()
}

fn said(notes: &[(&str, bool)]) -> Vec<(String, bool)> {
    notes
        .iter()
        .map(|(note, own)| ((*note).to_owned(), *own))
        .collect()
}

async fn copies(test: &TestStore) -> i64 {
    test.count("SELECT COUNT(*) FROM order_note_copy").await
}

async fn order_id(scene: &Scene, number: &str) -> Uuid {
    let ctx = scene.ctx(&scene.buyer);
    let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
    let found = storage::market::order::by_number(&mut tx, number).await;
    found.expect("read").expect("an order").id
}

/// What asking for a party's copies of an order answers.
async fn asked(scene: &Scene, viewer: &Viewer, party: SubjectId, order: Option<Uuid>) -> Option<Denied> {
    let ctx = scene.ctx(viewer);
    let tx = scene.app.store.begin(&ctx).await.expect("begin");
    let ask = Ask {
        subject: party,
        fields: &["order_note_copy.text"],
        basis: LegalBasis::Contract,
        clause: "2.2.1",
        case: order,
    };
    match tx.permit(ask).await {
        Ok(_) => None,
        Err(StoreError::Denied(denied)) => Some(denied),
        Err(error) => panic!("{error}"),
    }
}

both_dbs! {
    clause_1_6_erasing_the_buyer_leaves_the_supplier_s_copy(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        let both = said(&[(BY_BUYER, false), (BY_BUYER, false), (BY_SUPPLIER, false)]);
        assert_eq!(notes(&scene, &scene.seller, &number).await, both);
        let plan = rights::closure(&scene.app, &system(&scene.app), &scene.buyer).await.expect("a plan");
        assert_eq!(plan.copies, 2);
        gone(&scene, &scene.buyer, "0000000000000001").await;
        let left = said(&[(BY_BUYER, true), (BY_BUYER, true), (BY_SUPPLIER, false)]);
        assert_eq!(notes(&scene, &scene.seller, &number).await, left);
        let law = system::<ObeyLaw>(&scene.app);
        let shown = rights::certificate(&scene.app, &law, "0000000000000001").await.expect("a certificate");
        assert_eq!(shown.copies, 2, "it says so");
        assert!(shown.probe.expect("a probe").found.is_empty());
        // The reading is the supplier's own, by whoever reads for it.
        let openings = test.texts("SELECT fields FROM access_record WHERE fields = 'order_note_copy.text'").await;
        assert_eq!(openings.len(), 1);
    }

    clause_1_6_erasing_who_wrote_for_the_supplier_leaves_both_parties_theirs(test) {
        let scene = scene(test).await;
        let other = colleague(test, &scene, "100-0000-0009").await;
        let number = lived(&scene).await;
        gone(&scene, &scene.seller, "0000000000000001").await;
        let left = said(&[(BY_BUYER, false), (BY_BUYER, false), (BY_SUPPLIER, true)]);
        assert_eq!(notes(&scene, &scene.buyer, &number).await, left, "the buyer");
        assert_eq!(notes(&scene, &other, &number).await, left, "those who stay with the supplier");
        // Then the buyer too: the buyer's copies go with the buyer, the supplier's stay.
        assert_eq!(copies(test).await, 4);
        gone(&scene, &scene.buyer, "0000000000000002").await;
        assert_eq!(copies(test).await, 3);
        let left = said(&[(BY_BUYER, true), (BY_BUYER, true), (BY_SUPPLIER, true)]);
        assert_eq!(notes(&scene, &other, &number).await, left);
    }

    clause_1_6_erased_in_the_other_order_it_comes_to_the_same(test) {
        let scene = scene(test).await;
        let other = colleague(test, &scene, "100-0000-0009").await;
        let number = lived(&scene).await;
        gone(&scene, &scene.buyer, "0000000000000001").await;
        gone(&scene, &scene.seller, "0000000000000002").await;
        assert_eq!(copies(test).await, 3);
        let left = said(&[(BY_BUYER, true), (BY_BUYER, true), (BY_SUPPLIER, true)]);
        assert_eq!(notes(&scene, &other, &number).await, left);
    }

    clause_1_6_a_party_erased_has_no_key_left_and_gets_none_again(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        let order = order_id(&scene, &number).await;
        let buyer = scene.buyer.subject;
        gone(&scene, &scene.buyer, "0000000000000001").await;
        let now = scene.app.clock.now();
        assert!(!scene.app.store.has_any_key(buyer, now).await.expect("asked"));
        let joint = JointId { item: order, party: buyer };
        scene.app.store.create_joint_keys(&[joint]).await.expect("asked");
        assert!(!scene.app.store.has_any_key(buyer, now).await.expect("asked"), "a tombstone gets no key");
        // A key that came back with an old vault is destroyed again.
        let hex = |id: Uuid| match scene.app.store.engine() {
            storage::Engine::Sqlite => format!("x'{}'", id.simple()),
            storage::Engine::Postgres => format!("'{id}'"),
        };
        let (item, party, supplier) = (hex(order), hex(buyer.0), hex(supplier(&scene)));
        test.tamper_vault(&format!(
            "INSERT INTO joint_key (item, party, wrapped, version) \
             SELECT {item}, {party}, wrapped, version FROM joint_key WHERE party = {supplier}"
        )).await;
        assert!(scene.app.store.has_any_key(buyer, now).await.expect("asked"));
        rights::reconcile(&scene.app, &system(&scene.app)).await.expect("runs");
        assert!(!scene.app.store.has_any_key(buyer, now).await.expect("asked"));
    }

    clause_2_5_1_e_a_copy_opens_for_its_own_party_alone(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        let order = order_id(&scene, &number).await;
        let party = SubjectId(supplier(&scene));
        assert_eq!(asked(&scene, &scene.seller, party, Some(order)).await, None);
        assert_eq!(asked(&scene, &scene.seller, party, None).await, Some(Denied::NoCase));
        let other = scene.place_as(&scene.stranger, 0, 365).await.expect("placed");
        let elsewhere = order_id(&scene, &other).await;
        for (viewer, order) in [(&scene.buyer, order), (&scene.stranger, order), (&scene.stranger, elsewhere)] {
            assert_eq!(asked(&scene, viewer, party, Some(order)).await, Some(Denied::NoCase));
        }
        // Another party's, also of the same order: the buyer's own copy is not the supplier's.
        let buyers = asked(&scene, &scene.seller, scene.buyer.subject, Some(order)).await;
        assert_eq!(buyers, Some(Denied::NotDisclosed));
        // One party's value does not open in another's place, nor on another order.
        let ctx = scene.ctx(&scene.seller);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        let held = note_copy::of_party(&mut tx, order, party).await.expect("read");
        let (event, sealed) = held.iter().next().expect("a copy");
        let ask = Ask {
            subject: party,
            fields: &["order_note_copy.text"],
            basis: LegalBasis::Contract,
            clause: "2.2.1",
            case: Some(order),
        };
        let permit = tx.permit(ask).await.expect("a permit");
        let place = note_copy::field(*event, party);
        assert!(tx.show_copy(&permit, order, &place, sealed).await.is_ok());
        let joint = JointId { item: elsewhere, party };
        scene.app.store.create_joint_keys(&[joint]).await.expect("made");
        assert!(tx.show_copy(&permit, elsewhere, &place, sealed).await.is_err());
        assert!(tx.show_copy(&permit, order, &note_copy::field(order, party), sealed).await.is_err());
    }

    clause_2_5_3_b_copies_and_their_keys_end_three_years_after_the_order(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        test.clock.advance(Duration::days(40));
        scene.timers().await;
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        let over = view.events.last().expect("an event").at;
        let end = years_after(over, TRANSACTION_YEARS);
        let applied = async || {
            let ctx = system::<Operate>(&scene.app);
            rights::apply_retention(&scene.app, &ctx).await.expect("runs");
            copies(test).await
        };
        test.clock.advance(end - scene.app.clock.now() - Duration::SECOND);
        assert!(applied().await > 0);
        let party = SubjectId(supplier(&scene));
        let now = scene.app.clock.now();
        assert!(scene.app.store.has_any_key(party, now).await.expect("asked"));
        test.clock.advance(Duration::SECOND);
        assert_eq!(applied().await, 0);
        assert!(!scene.app.store.has_any_key(party, now).await.expect("asked"), "the key is gone too");
    }

    an_order_of_before_there_were_copies_stays_readable(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        test.tamper("DELETE FROM order_note_copy").await;
        gone(&scene, &scene.buyer, "0000000000000001").await;
        let left = said(&[(BY_SUPPLIER, false)]);
        assert_eq!(notes(&scene, &scene.seller, &number).await, left);
    }

    what_the_platform_decides_stays_with_the_supplier(test) {
        let scene = scene(test).await;
        let number = crate::order_refund::asked(&scene, 1).await;
        let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a clock");
        test.clock.advance(at.expect("a known day") - scene.app.clock.now());
        scene.timers().await;
        let ruling = order::Ruling {
            number: &number,
            decision: order::Decision::Refund,
            by: "arbiter-1",
            reason: "逾期未答复，退款",
        };
        order::decide(&scene.app, &system(&scene.app), &ruling).await.expect("decided");
        gone(&scene, &scene.buyer, "0000000000000001").await;
        let left = notes(&scene, &scene.seller, &number).await;
        assert!(left.contains(&("逾期未答复，退款".to_owned(), true)), "{left:?}");
    }
}
