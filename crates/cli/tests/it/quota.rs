//! The disk lets no more be written while an erasure runs: the real program under a limit of its
//! files' size, raised while it runs.

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use storage::Engine;
use testkit::TestStore;

use crate::scene::{Running, Scene, until};

/// Sizes that files may have, in KiB, one after the other.
const LIMITS: [u64; 8] = [0, 16, 64, 128, 160, 192, 224, 256];

fn limit(running: &Running, bytes: Option<u64>) {
    let pid = i32::try_from(running.id()).ok().and_then(Pid::from_raw);
    // What may be had at most stays, so that it can be raised again.
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = bytes.or(maximum);
    prlimit(pid, Resource::Fsize, Rlimit { current, maximum }).expect("limited");
}

#[tokio::test]
async fn clause_1_6_a_disk_that_lets_no_more_be_written_loses_nothing_and_the_same_process_goes_on() {
    let test = TestStore::open(Engine::Sqlite).await;
    {
        let scene = Scene::open(&test).await;
        let running = scene.start(&["worker"]);
        running.says(&["qifu365 worker"]);
        // Before there is anything to do: what is done first is stopped as well.
        limit(&running, Some(LIMITS[0] << 10));
        scene.plan().await;
        let phone = scene.phone().await;
        let mut seen = Vec::new();
        for size in LIMITS {
            // The log begins anew, so that it is the limit that counts.
            test.store.scrub().await.expect("scrubbed");
            limit(&running, Some(size << 10));
            running.said_so_far();
            scene.free_the_job().await;
            running.says(&["\"erase\"", "jobs could not be taken"]);
            let step = scene.step().await;
            let readable = scene.phone().await;
            assert!(readable.is_none() || readable == phone);
            assert_eq!(scene.has_key().await, readable.is_some(), "{step}");
            let before = ["planned", "held"].contains(&step.as_str());
            assert!(before || readable.is_none(), "{step} and still readable");
            seen.push(step);
        }
        seen.dedup();
        assert!(seen.len() > 1, "it stopped in one step only: {seen:?}");
        assert!(!seen.contains(&"ended".to_owned()), "it never stopped: {seen:?}");
        limit(&running, None);
        until("it goes on by itself", async || {
            scene.free_the_job().await;
            scene.step().await == "ended" && scene.jobs().await == 0
        })
        .await;
        running.kill();
        scene.assert_erased().await;
    }
    test.close().await;
}
