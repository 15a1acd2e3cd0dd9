//! The worker: leases, tries, pauses, and what is set aside.

use app::App;
use app::job::{FIRST_PAUSE, Report, TRIES, ensure_regular, pause, run_ready};
use privacy::purpose::Operate;
use storage::StoreError;
use storage::job::{self, Claimed, LEASE, NewJob};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::house;

async fn enqueue(test: &TestStore, app: &App, kind: &'static str, dedup: &str) -> bool {
    let ctx = test.system::<Operate>();
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let new = NewJob {
        kind,
        dedup: dedup.to_owned(),
        payload: "{}",
        run_at: ctx.now(),
    };
    let written = job::enqueue(&mut tx, &new).await.expect("written");
    tx.commit().await.expect("commit");
    written
}

async fn claim(test: &TestStore, app: &App) -> Option<Claimed> {
    let ctx = test.system::<Operate>();
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let claimed = job::claim(&mut tx).await.expect("claim");
    tx.commit().await.expect("commit");
    claimed
}

async fn finish(test: &TestStore, app: &App, claimed: &Claimed) -> Result<(), StoreError> {
    let ctx = test.system::<Operate>();
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    job::finish(&mut tx, claimed).await?;
    tx.commit().await
}

async fn round(app: &App) -> Report {
    run_ready(app, "2020-11-01").await.expect("a round")
}

both_dbs! {
    a_job_is_held_under_its_lease_and_taken_again_when_the_lease_ends(test) {
        let app = house::app(test);
        assert!(enqueue(test, &app, "unknown", "one").await);
        assert!(!enqueue(test, &app, "unknown", "one").await, "one of a kind and word waits");
        let first = claim(test, &app).await.expect("a job");
        assert!(claim(test, &app).await.is_none());
        test.clock.advance(LEASE - Duration::seconds(1));
        assert!(claim(test, &app).await.is_none());
        test.clock.advance(Duration::seconds(1));
        let second = claim(test, &app).await.expect("the lease is over");
        assert_eq!((second.id, second.attempts), (first.id, 2));
        assert!(matches!(finish(test, &app, &first).await, Err(StoreError::Stale)), "the late worker writes nothing");
        let ctx = test.system::<Operate>();
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let failed = job::fail(&mut tx, &first, Some(ctx.now()), "late").await;
        assert!(matches!(failed, Err(StoreError::Stale)), "nor gives back what another holds");
        let repeated = job::repeat(&mut tx, &first, ctx.now()).await;
        assert!(matches!(repeated, Err(StoreError::Stale)));
        drop(tx);
        finish(test, &app, &second).await.expect("finished");
        test.clock.advance(LEASE);
        assert!(claim(test, &app).await.is_none());
    }

    two_workers_at_once_never_take_the_same_job(test) {
        let app = house::app(test);
        for number in 0..20 {
            enqueue(test, &app, "unknown", &number.to_string()).await;
        }
        let take = async || {
            let mut taken = Vec::new();
            // Whoever loses a race comes back empty-handed and looks again.
            for _ in 0..40 {
                taken.extend(claim(test, &app).await.map(|claimed| claimed.id));
            }
            taken
        };
        let (a, b, c) = tokio::join!(take(), take(), take());
        let mut all = [a, b, c].concat();
        assert_eq!(all.len(), 20);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 20);
    }

    what_keeps_failing_is_tried_after_longer_pauses_set_aside_and_can_be_revived(test) {
        let app = house::app(test);
        enqueue(test, &app, "unknown", "one").await;
        for attempt in 1..TRIES {
            assert_eq!(round(&app).await, Report { done: 0, failed: 1, dead: 0 });
            let wait = pause(attempt).expect("a further try");
            test.clock.advance(wait - Duration::seconds(1));
            assert_eq!(round(&app).await, Report::default(), "not before its time");
            test.clock.advance(Duration::seconds(1));
        }
        assert_eq!(round(&app).await, Report { done: 0, failed: 0, dead: 1 });
        test.clock.advance(Duration::days(30));
        assert_eq!(round(&app).await, Report::default());
        let ctx = test.system::<Operate>();
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let dead = job::dead(&mut tx, 10).await.expect("dead");
        assert_eq!((dead.len(), dead[0].attempts, dead[0].error.as_str()), (1, TRIES, "fault"));
        assert_eq!(job::revive(&mut tx).await.expect("revived"), 1);
        tx.commit().await.expect("commit");
        assert_eq!(round(&app).await.failed, 1);
        test.clock.advance(FIRST_PAUSE);
        assert_eq!(round(&app).await.failed, 1);
    }

    a_worker_that_dies_with_a_job_uses_up_a_try_and_the_last_one_sets_it_aside(test) {
        let app = house::app(test);
        enqueue(test, &app, "unknown", "one").await;
        for _ in 0..TRIES {
            claim(test, &app).await.expect("taken and never given back");
            test.clock.advance(LEASE);
        }
        assert_eq!(round(&app).await, Report { done: 0, failed: 0, dead: 1 });
    }

    the_regular_job_is_written_once_and_comes_back_every_hour(test) {
        let app = house::app(test);
        for _ in 0..2 {
            ensure_regular(&app, &test.system()).await.expect("regular");
        }
        assert_eq!(round(&app).await.done, 10);
        test.clock.advance(Duration::minutes(1) - Duration::seconds(1));
        assert_eq!(round(&app).await.done, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(round(&app).await.done, 2, "the log's and the suppliers'");
        test.clock.advance(Duration::minutes(59) - Duration::seconds(1));
        assert_eq!(round(&app).await.done, 7, "the log's, the suppliers', the demands', both verifications', the phones', and the minors'");
        test.clock.advance(Duration::seconds(1));
        assert_eq!(round(&app).await.done, 2, "the others are rarer");
    }

    clause_2_5_3_b_the_regular_jobs_are_never_given_up_and_a_start_brings_them_back(test) {
        let app = house::app(test);
        ensure_regular(&app, &test.system()).await.expect("regular");
        test.tamper("ALTER TABLE attempt RENAME TO attempt_gone").await;
        for _ in 0..TRIES + 3 {
            let report = round(&app).await;
            assert_eq!(report.dead, 0);
            test.clock.advance(Duration::hours(6));
        }
        test.tamper("ALTER TABLE attempt_gone RENAME TO attempt").await;
        assert_eq!(round(&app).await.failed, 0, "it runs again as soon as it can");
        test.tamper("UPDATE job SET state = 'dead'").await;
        ensure_regular(&app, &test.system()).await.expect("regular");
        assert_eq!(round(&app).await.done, 10);
    }
}
