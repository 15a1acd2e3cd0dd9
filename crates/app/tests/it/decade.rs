//! Ten years of a small market in a few seconds: people come, order, log in, go; and at no time is
//! anything older than its rule, or opened without ground.

use app::market::order::Act;
use app::market::share;
use app::rights;
use domain::market::order::Event;
use domain::market::share::Field;
use domain::rights::years_after;
use privacy::purpose::{ObeyLaw, Operate, VerifyHolder};
use privacy::{Ctx, PurposeId};
use testkit::{TestStore, both_dbs};
use time::{Duration, OffsetDateTime};

use crate::disclosure::ticked;
use crate::house;
use crate::order::{Scene, bare, scene, system};

/// How far the clock moves at a time.
const STEP: Duration = Duration::days(11);

async fn older(test: &TestStore, now: OffsetDateTime) {
    let instant = |at: OffsetDateTime| test.instant(at - Duration::MINUTE);
    let (day, quarter, half, years) = (
        instant(now - Duration::days(1)),
        instant(now - Duration::days(90)),
        instant(now - Duration::days(180)),
        instant(years_after(now, -3)),
    );
    let counts = [
        format!("SELECT COUNT(*) FROM one_time_code WHERE created_at < {day}"),
        format!("SELECT COUNT(*) FROM message_outbox WHERE created_at < {day}"),
        format!("SELECT COUNT(*) FROM attempt WHERE at < {day}"),
        format!("SELECT COUNT(*) FROM session WHERE expires_at < {quarter} OR revoked_at < {quarter}"),
        format!("SELECT COUNT(*) FROM api_token WHERE ends_at < {quarter}"),
        format!("SELECT COUNT(*) FROM access_record WHERE at < {years}"),
        format!("SELECT COUNT(*) FROM account_change WHERE at < {years}"),
        format!("SELECT COUNT(*) FROM login_failure WHERE first_at < {half}"),
        format!("SELECT COUNT(*) FROM guard_sighting WHERE at < {quarter}"),
        format!("SELECT COUNT(*) FROM guard_sighting WHERE account IS NULL AND at < {day}"),
        format!("SELECT COUNT(*) FROM guard_decision WHERE at < {half}"),
        format!("SELECT COUNT(*) FROM guard_puzzle WHERE at < {day}"),
        format!("SELECT COUNT(*) FROM account_closure WHERE ended_at < {years}"),
        format!(
            "SELECT COUNT(*) FROM consent_event c JOIN erasure e ON e.subject = c.subject WHERE e.key_destroyed_at < {years}"
        ),
        format!(
            "SELECT COUNT(*) FROM service_order o WHERE o.state IN ('cancelled', 'closed', 'terminated') \
            AND NOT EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.at >= {years})"
        ),
        format!("SELECT COUNT(*) FROM legal_hold WHERE until < {}", instant(now)),
        format!("SELECT COUNT(*) FROM disclosure WHERE until < {years} OR withdrawn_at < {years}"),
        format!("SELECT COUNT(*) FROM recipient_demand WHERE asked_at < {years}"),
        format!(
            "SELECT COUNT(*) FROM order_share s WHERE NOT EXISTS (SELECT 1 FROM disclosure d WHERE d.case_id = s.order_id \
            AND d.fields LIKE 'order_share.%' AND d.withdrawn_at IS NULL AND (d.until IS NULL OR d.until >= {}))",
            instant(now)
        ),
        "SELECT COUNT(*) FROM account a WHERE a.erased_at IS NOT NULL \
            AND NOT EXISTS (SELECT 1 FROM service_order o WHERE o.buyer = a.id)"
            .to_owned(),
    ];
    for count in counts {
        assert_eq!(test.count(&count).await, 0, "{now}: {count}");
    }
}

/// Every opening names a purpose and a clause that the register gives its fields to.
async fn grounded(test: &TestStore) {
    let records = test
        .texts("SELECT DISTINCT purpose || '|' || clause || '|' || basis || '|' || fields FROM access_record")
        .await;
    assert!(!records.is_empty());
    for record in records {
        let parts: Vec<&str> = record.split('|').collect();
        let [purpose, clause, basis, fields] = parts.as_slice() else {
            panic!("{record}")
        };
        assert!(
            PurposeId::parse(purpose).is_some() && !basis.is_empty(),
            "{record}"
        );
        for field in fields.split(',') {
            assert!(storage::register::allows(field, purpose, clause), "{record}");
        }
    }
}

async fn order_and_cancel(scene: &Scene, viewer: &app::account::Viewer, key: u128) {
    let number = scene.place_as(viewer, 0, key).await.expect("placed");
    let (ctx, fields) = (scene.ctx(viewer), [Field::ContactName, Field::Email]);
    let given = [
        ticked(fields[0], "来客（演示）"),
        ticked(fields[1], "guest@demo.qifu365.example"),
    ];
    share::share(&scene.app, &ctx, viewer, &number, &given)
        .await
        .expect("shared");
    // Some take a part of it back.
    if key.is_multiple_of(8) {
        share::take_back(&scene.app, &ctx, viewer, &number, Field::Email)
            .await
            .expect("taken back");
    }
    let view = scene.view(viewer, &number).await.expect("view");
    let act = Act {
        note: "计划有变",
        ..bare(&number, view.order.version, Event::Cancel)
    };
    scene.take(viewer, &act).await.expect("cancelled");
}

both_dbs! {
    clause_2_5_3_b_ten_years_and_nothing_older_than_its_rule(test) {
        let scene = scene(test).await;
        let app = &scene.app;
        // The ten years are about what is kept of people: whoever sells renews their licences.
        test.tamper("UPDATE supplier_licence SET valid_until = NULL, due_at = NULL").await;
        let end = years_after(app.clock.now(), 10);
        let (mut step, mut most_orders, mut erased) = (0_u32, 0, 0);
        while app.clock.now() < end {
            // Somebody comes, orders and gives up; every third one leaves for good half a year on.
            if step.is_multiple_of(4) && step / 4 < 90 {
                let number = 10 + step / 4;
                // Two messages of one instant have no order.
                test.clock.advance(Duration::seconds(1));
                let (phone, name) = (format!("100-0000-00{number:02}"), format!("来客{number}"));
                let begun = house::register(app, &phone, &name).await;
                let viewer = house::viewer(app, &begun).await.expect("logged in");
                order_and_cancel(&scene, &viewer, u128::from(1_000 + step)).await;
                if number.is_multiple_of(3) {
                    let (verify, law): (Ctx<VerifyHolder>, Ctx<ObeyLaw>) = (house::person(app, &viewer), house::person(app, &viewer));
                    let (_, waits) = rights::ask_closure(app, &verify, &law, &viewer, house::PASSWORD).await.expect("asked");
                    assert!(!waits, "nothing was ever paid");
                    erased += 1;
                }
            }
            house::log_in(app, "100-0000-0001", house::PASSWORD).await.expect("logged in");
            test.clock.advance(STEP);
            scene.timers().await;
            app::job::run_ready(app, "2020-11-01").await.expect("jobs");
            app::account::purge_expired(app, &system::<Operate>(app)).await.expect("purged");
            rights::release_holds(app, &system::<Operate>(app)).await.expect("released");
            rights::apply_retention(app, &system::<Operate>(app)).await.expect("applied");
            older(test, app.clock.now()).await;
            most_orders = most_orders.max(test.count("SELECT COUNT(*) FROM service_order").await);
            step += 1;
        }
        grounded(test).await;
        assert!(step > 300 && erased >= 25);
        assert!(test.count("SELECT COUNT(*) FROM erasure WHERE ended_at IS NULL").await == 0);
        let left = test.count("SELECT COUNT(*) FROM service_order").await;
        assert!(left > 0 && left < i64::from(step / 4), "young ones stay, old ones go: {left} of {most_orders}");
    }
}
