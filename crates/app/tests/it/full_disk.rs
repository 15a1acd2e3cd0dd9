//! A disk that is full in the middle of an erasure: every statement that writes, on data and vault.

use app::{Failure, Fault, rights};
use privacy::purpose::Operate;
use privacy::{Ask, LegalBasis, SubjectId};
use storage::StoreError;
use testkit::{Moment, both_dbs};

use crate::house;
use crate::order::{Scene, scene, system};
use crate::rights::{ask, certificate, certificate_step, law, lived, quiet};

const fn data(act: &'static str, table: &'static str, when: &'static str) -> Moment {
    Moment {
        vault: false,
        act,
        table,
        when,
    }
}

const fn vault(act: &'static str, table: &'static str) -> Moment {
    Moment {
        vault: true,
        act,
        table,
        when: "",
    }
}

/// Where there is no room, how far the data then says the erasure is, and whether the person can
/// still be read: whole before the key went, not at all after.
const FULL: [(Moment, &str, bool); 11] = [
    (vault("UPDATE", "vault_meta"), "planned", true),
    (vault("INSERT", "hold_key"), "planned", true),
    (data("INSERT", "legal_hold", ""), "planned", true),
    (data("INSERT", "access_record", ""), "planned", true),
    (data("UPDATE", "erasure", "NEW.step = 'held'"), "planned", true),
    (vault("INSERT", "tombstone"), "held", true),
    (
        data("UPDATE", "erasure", "NEW.step = 'unreadable'"),
        "held",
        false,
    ),
    (data("DELETE", "session", ""), "unreadable", false),
    (
        data("UPDATE", "erasure", "NEW.step = 'removed'"),
        "unreadable",
        false,
    ),
    (data("UPDATE", "erasure", "NEW.step = 'probed'"), "removed", false),
    (data("UPDATE", "erasure", "NEW.step = 'ended'"), "probed", false),
];

/// The person's phone, if it opens.
async fn phone(scene: &Scene, subject: SubjectId) -> Option<String> {
    let ctx = law(&scene.app);
    let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
    let row = storage::account::by_subject(&mut tx, subject)
        .await
        .expect("asked")?;
    let ask = Ask {
        subject,
        fields: &["account.phone"],
        basis: LegalBasis::LegalDuty("PIPL 47"),
        clause: "1.6",
        case: None,
    };
    let permit = tx.permit(ask).await.expect("a permit");
    let place = storage::account::field("phone", row.id, subject);
    match tx.open(&permit, &place, &row.phone).await {
        Ok(phone) => Some(phone.inside().to_owned()),
        Err(StoreError::NoKey) => None,
        Err(error) => panic!("neither readable nor without a key: {error}"),
    }
}

both_dbs! {
    clause_1_6_a_full_disk_stops_an_erasure_where_it_stands_and_with_room_again_it_goes_on(test) {
        let scene = scene(test).await;
        lived(&scene).await;
        scene.jobs().await;
        quiet(test, &scene).await;
        let (number, _) = ask(&scene.app, &scene.buyer).await.expect("asked");
        let subject = scene.buyer.subject;
        for (tries, (moment, step, readable)) in (1..).zip(FULL) {
            test.fill_at(moment).await;
            // The step before this one may be done on the way; the one that has no room is not.
            let report = app::job::run_ready(&scene.app, "2020-11-01").await.expect("jobs");
            assert_eq!((report.failed, report.dead), (1, 0), "{moment:?}: set aside never, tried again");
            let of_job = |column: &str| format!("SELECT {column} FROM job WHERE kind = 'erase' AND state = 'ready' AND attempts = {tries}");
            assert_eq!(test.texts(&of_job("error")).await, ["disk_full"], "{moment:?}");
            if tries > 1 {
                let ctx = system::<Operate>(&scene.app);
                let failing = app::job::state(&scene.app, &ctx).await.expect("a state").failing;
                let told: Vec<_> = failing.iter().map(|job| (job.kind.as_str(), job.attempts, job.error.as_str())).collect();
                assert_eq!(told, [("erase", tries, "disk_full")], "the operator is told");
            }
            let failed = rights::step(&scene.app, &law(&scene.app), subject).await;
            assert!(matches!(failed, Err(Failure::Fault(Fault::Store(StoreError::Full(_))))), "{moment:?}: {failed:?}");
            assert_eq!(certificate_step(test, &number).await, step, "{moment:?}");
            test.relieve(moment).await;
            assert_eq!(phone(&scene, subject).await.is_some(), readable, "{moment:?}");
            let key = scene.app.store.has_key(subject, scene.app.clock.now()).await;
            assert_eq!(key.expect("asked"), readable, "{moment:?}");
            // Every connection still serves: others go on as before.
            assert!(house::log_in(&scene.app, "100-0000-0002", house::PASSWORD).await.is_ok(), "{moment:?}");
            test.clock.advance(app::job::LONGEST_PAUSE);
        }
        scene.jobs().await;
        let shown = certificate(&scene.app, &number).await;
        let probe = shown.probe.expect("a search");
        assert!(shown.ended_at.is_some() && probe.found.is_empty() && !probe.readable && probe.identifiers == 4);
        assert_eq!(shown.held.len(), 2, "what a law keeps lies under keys of its own");
    }

    clause_1_6_without_room_for_the_wish_nothing_of_it_is_written(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "满盘").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let moment = data("INSERT", "account_closure", "");
        test.fill_at(moment).await;
        let failed = ask(&app, &viewer).await.err();
        assert!(matches!(failed, Some(Failure::Fault(Fault::Store(StoreError::Full(_))))), "{failed:?}");
        let told = failed.map(|failure| failure.chain()).unwrap_or_default();
        assert!(told.contains("Make room"), "{told}");
        test.relieve(moment).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM erasure").await, 0);
        let viewer = house::viewer(&app, &begun).await.expect("still logged in");
        ask(&app, &viewer).await.expect("asked again");
    }
}
