//! The process is killed in the middle of an erasure: the real program, on both engines.

use testkit::{Moment, both_dbs};

use crate::scene::{NUMBER, Scene, page, until};

/// Where the process is killed: in the transaction that would end the step, with all of its work done
/// and nothing of it lasting; and how far the data then says the erasure is.
const KILLS: [(&str, &str); 5] = [
    ("NEW.step = 'held'", "planned"),
    ("NEW.step = 'unreadable'", "held"),
    ("NEW.step = 'removed'", "unreadable"),
    ("NEW.step = 'probed'", "removed"),
    ("NEW.step = 'ended'", "probed"),
];

both_dbs! {
    clause_1_6_a_process_killed_in_any_step_of_an_erasure_leaves_what_the_next_start_finishes(test) {
        let scene = Scene::open(test).await;
        scene.plan().await;
        let phone = scene.phone().await;
        assert!(phone.is_some());
        for (when, step) in KILLS {
            let moment = Moment { vault: false, act: "UPDATE", table: "erasure", when };
            test.halt_at(moment).await;
            scene.free_the_job().await;
            let running = scene.start(&["worker"]);
            until(when, async || scene.step().await == step && test.halted().await).await;
            running.kill();
            test.relieve(moment).await;
            assert_eq!(scene.step().await, step, "nothing of the step lasts");
            // The key goes in the vault, before the data can say so; from then on nothing opens.
            let whole = when.contains("held");
            assert_eq!(scene.has_key().await, whole, "{when}");
            assert_eq!(scene.phone().await, phone.clone().filter(|_| whole), "{when}");
        }
        // Killed once more, before it can do anything.
        scene.start(&["worker"]).kill();
        let running = scene.start(&["serve", "--listen", "127.0.0.1:0"]);
        let said = running.says(&["http://"]);
        let site = said.rsplit("http://").next().expect("an address");
        let shown = page(site, &format!("/zhuxiao/{NUMBER}"));
        assert!(shown.contains(">Done<") && shown.contains("Nothing was found."), "{shown}");
        scene.free_the_job().await;
        until("the job is done", async || scene.jobs().await == 0).await;
        running.kill();
        scene.assert_erased().await;
    }
}
