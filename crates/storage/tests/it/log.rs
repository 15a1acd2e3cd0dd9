//! The transparency log in the store: it grows, it is signed, and what must not be is found.

use privacy::log::tile::{TileId, TilePath, unbundle};
use privacy::log::{Checkpoint, Entry, Growth, Kind, LogError, Plan, TreeHash, check_inclusion};
use privacy::purpose::Operate;
use privacy::{Entropy as _, SubjectId};
use serde_json::json;
use storage::log::audit::{Audit, Finding, audit};
use storage::log::{self, NewEntry, read, succession, tree};
use storage::{Store, StoreError};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

async fn append(test: &TestStore, subject: Option<SubjectId>, numbers: std::ops::Range<u128>) {
    let ctx = test.system::<Operate>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    for number in numbers {
        let entry = NewEntry {
            kind: if subject.is_some() {
                Kind::Consent
            } else {
                Kind::Document
            },
            subject,
            reference: Uuid::from_u128(number + 1),
            payload: json!({ "kind": "consent", "number": u64::try_from(number).expect("small") }),
        };
        log::append(&mut tx, &entry).await.expect("appended");
    }
    tx.commit().await.expect("commit");
}

async fn grow(test: &TestStore, most: u32) -> u64 {
    let ctx = test.system::<Operate>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let placed = tree::grow(&mut tx, most).await.expect("grown");
    tx.commit().await.expect("commit");
    placed
}

async fn sign(store: &Store, test: &TestStore) -> Result<bool, StoreError> {
    let ctx = test.system::<Operate>();
    let mut tx = store.begin(&ctx).await?;
    let signed = tree::sign(&mut tx).await?;
    tx.commit().await?;
    Ok(signed)
}

async fn latest(test: &TestStore) -> Checkpoint {
    let ctx = test.system::<Operate>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let key = tree::verifier(&mut tx).await.expect("key");
    let latest = read::latest(&mut tx).await.expect("read").expect("a checkpoint");
    let told = Checkpoint::open(&latest.note, &key).expect("signed");
    assert_eq!((told.size, told.root), (latest.size, latest.root));
    told
}

async fn audited(test: &TestStore) -> Audit {
    let ctx = test.system::<Operate>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    audit(&mut tx).await.expect("read")
}

/// A log of 300 entries, signed at 100, 256 and 300.
async fn signed_log(test: &TestStore) {
    for numbers in [0..100, 100..256, 256..300] {
        append(test, None, numbers).await;
        grow(test, 1000).await;
        assert!(sign(&test.store, test).await.expect("signed"));
    }
    assert_eq!(audited(test).await.findings, []);
}

both_dbs! {
    entries_get_their_places_once_and_each_is_proved(test) {
        append(test, None, 0..300).await;
        append(test, None, 0..300).await;
        assert_eq!(grow(test, 200).await, 200);
        assert_eq!(grow(test, 200).await, 100, "a row enters the log once");
        assert_eq!(grow(test, 200).await, 0);
        assert!(sign(&test.store, test).await.expect("signed"));
        assert!(!sign(&test.store, test).await.expect("nothing new"));
        let checkpoint = latest(test).await;
        assert_eq!(checkpoint.size, 300);

        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        for (number, width) in [(0, 256), (1, 44)] {
            let bytes = read::at_path(&mut tx, TilePath::Entries(number, width)).await.expect("read").expect("a bundle");
            let hashes = TilePath::Hashes(TileId { level: 0, number }, width);
            let tile = read::at_path(&mut tx, hashes).await.expect("read").expect("a tile");
            for (at, text) in unbundle(&bytes).expect("entries").into_iter().enumerate() {
                let leaf = Entry::parse(text).expect("an entry").leaf().expect("a leaf");
                assert_eq!(tile[at * 32..at * 32 + 32], leaf.0);
                let place = number * 256 + at as u64;
                let plan = Plan::inclusion(place, 300).expect("in range");
                let proof = read::prove(&mut tx, &plan).await.expect("proof");
                check_inclusion(leaf, place, 300, checkpoint.root, &proof).expect("included");
            }
        }
        for beyond in [TilePath::Entries(1, 45), TilePath::Entries(1, 256), TilePath::Entries(u64::MAX, 256), TilePath::Hashes(TileId { level: 1, number: 0 }, 2), TilePath::Hashes(TileId { level: 7, number: 0 }, 1)] {
            assert!(read::at_path(&mut tx, beyond).await.expect("read").is_none());
        }
        let top = TilePath::Hashes(TileId { level: 1, number: 0 }, 1);
        assert_eq!(read::at_path(&mut tx, top).await.expect("read").expect("a tile").len(), 32);
    }

    nothing_is_shown_before_it_is_signed(test) {
        append(test, None, 0..3).await;
        grow(test, 10).await;
        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(read::at_path(&mut tx, TilePath::Entries(0, 3)).await.expect("read").is_none());
        assert!(read::public(&mut tx, Kind::Document, 10).await.expect("read").is_empty());
        drop(tx);
        sign(&test.store, test).await.expect("signed");
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(read::at_path(&mut tx, TilePath::Entries(0, 3)).await.expect("read").is_some());
        assert_eq!(read::public(&mut tx, Kind::Document, 10).await.expect("read").len(), 3);
    }

    two_workers_at_once_give_one_order_and_one_tree(test) {
        append(test, None, 0..600).await;
        let work = async || {
            let mut placed = 0;
            for _ in 0..20 {
                placed += grow(test, 50).await;
                sign(&test.store, test).await.expect("signed");
            }
            placed
        };
        let (a, b, c) = tokio::join!(work(), work(), work());
        assert_eq!(a + b + c, 600);
        let audit = audited(test).await;
        assert_eq!((audit.entries, audit.findings), (600, vec![]));
        assert_eq!(latest(test).await.size, 600);
    }

    a_crash_between_growing_and_signing_loses_nothing(test) {
        append(test, None, 0..100).await;
        grow(test, 1000).await;
        sign(&test.store, test).await.expect("signed");
        let before = latest(test).await;
        append(test, None, 100..120).await;
        grow(test, 1000).await;
        // The process dies here, and once more after the vault remembered the head.
        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(tree::sign(&mut tx).await.expect("signed"));
        drop(tx);
        assert_eq!(latest(test).await, before, "nothing half done is shown");
        let (data, vault) = &test.addresses;
        let again = Store::open(data, vault, testkit::wrapping_key(), test.entropy.clone()).await.expect("a second start");
        append(test, None, 120..130).await;
        grow(test, 1000).await;
        assert!(sign(&again, test).await.expect("goes on"));
        again.close().await;
        let now = latest(test).await;
        assert_eq!(now.size, 130);
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let key = tree::verifier(&mut tx).await.expect("the same key");
        let proof = read::prove(&mut tx, &Plan::consistency(100, 130).expect("in range")).await.expect("proof");
        let note = read::latest(&mut tx).await.expect("read").expect("a checkpoint").note;
        Growth { old: 100, proof, checkpoint: note }.check(&before, &key).expect("consistent");
        drop(tx);
        assert_eq!(audited(test).await.findings, []);
    }

    a_growing_that_is_not_committed_leaves_nothing(test) {
        append(test, None, 0..10).await;
        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert_eq!(tree::grow(&mut tx, 5).await.expect("grown"), 5);
        drop(tx);
        assert_eq!(grow(test, 100).await, 10);
        sign(&test.store, test).await.expect("signed");
        assert_eq!(audited(test).await.findings, []);
    }

    clause_2_5_1_0_a_changed_entry_is_found(test) {
        signed_log(test).await;
        test.tamper("UPDATE log_entry SET kind = 'consent' WHERE place = 150").await;
        let findings = audited(test).await.findings;
        assert!(findings.contains(&Finding::Forked(256)) && findings.contains(&Finding::Forked(300)), "{findings:?}");
        assert!(!findings.contains(&Finding::Forked(100)), "what was signed before it stands");
    }

    clause_2_5_1_0_a_deleted_entry_is_found(test) {
        signed_log(test).await;
        test.tamper("DELETE FROM log_entry WHERE place = 299").await;
        let findings = audited(test).await.findings;
        assert!(findings.contains(&Finding::EntryMissing(299)), "{findings:?}");
        test.tamper("DELETE FROM log_entry WHERE place = 10").await;
        assert!(audited(test).await.findings.contains(&Finding::EntryMissing(10)));
    }

    clause_2_5_1_0_a_history_written_anew_is_found_and_not_signed(test) {
        signed_log(test).await;
        // Somebody with the data rewrites all of it, tiles and checkpoints too.
        for table in ["log_checkpoint", "log_tile", "log_entry"] {
            test.tamper(&format!("DELETE FROM {table}")).await;
        }
        test.tamper("UPDATE log_tree SET size = 0").await;
        append(test, None, 0..400).await;
        grow(test, 1000).await;
        assert!(matches!(sign(&test.store, test).await, Err(StoreError::LogForked)));
        assert_eq!(audited(test).await.findings, [Finding::RolledBack(300)]);
    }

    clause_2_5_1_0_data_from_an_old_backup_is_not_signed_again(test) {
        signed_log(test).await;
        test.tamper("DELETE FROM log_checkpoint WHERE size = 300").await;
        test.tamper("DELETE FROM log_entry WHERE place >= 256").await;
        test.tamper("DELETE FROM log_tile WHERE level = 0 AND number = 1").await;
        test.tamper("UPDATE log_tree SET size = 256").await;
        assert!(audited(test).await.findings.contains(&Finding::RolledBack(256)));
        append(test, None, 1000..1010).await;
        grow(test, 1000).await;
        assert!(matches!(sign(&test.store, test).await, Err(StoreError::LogForked)));
    }

    clause_2_5_1_0_a_log_that_cannot_go_on_is_followed_by_another_that_commits_to_it(test) {
        signed_log(test).await;
        let before = latest(test).await;
        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert_eq!(succession::succeed(&mut tx).await.expect("looked"), None, "it goes on as it is");
        drop(tx);
        // The data of 256 entries is put back; the rest is gone.
        test.tamper("DELETE FROM log_checkpoint WHERE size = 300").await;
        test.tamper("DELETE FROM log_entry WHERE place >= 256").await;
        test.tamper("DELETE FROM log_tile WHERE level = 0 AND number = 1").await;
        test.tamper("UPDATE log_tree SET size = 256").await;
        append(test, None, 1000..1010).await;
        grow(test, 1000).await;
        assert!(matches!(sign(&test.store, test).await, Err(StoreError::LogForked)));
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let next = succession::succeed(&mut tx).await.expect("followed").expect("a name");
        let former = succession::former(&mut tx).await.expect("read");
        assert_eq!((former[0].size, former[0].root), (before.size, before.root));
        assert_eq!(next, format!("{}2", former[0].origin));
        tx.commit().await.expect("commit");
        assert_eq!(grow(test, 1000).await, 267);
        assert!(sign(&test.store, test).await.expect("signed"));
        assert_eq!(audited(test).await.findings, []);
        append(test, None, 2000..2005).await;
        grow(test, 1000).await;
        assert!(sign(&test.store, test).await.expect("goes on"));
        // The data from before the succession is no way back.
        test.tamper("DELETE FROM log_former").await;
        assert_eq!(audited(test).await.findings, []);
        test.tamper(&format!("UPDATE log_tree SET origin = '{}'", former[0].origin)).await;
        append(test, None, 3000..3005).await;
        grow(test, 1000).await;
        assert!(matches!(sign(&test.store, test).await, Err(StoreError::LogForked)));
    }

    a_changed_tile_or_checkpoint_is_found(test) {
        signed_log(test).await;
        test.tamper("UPDATE log_tile SET hashes = (SELECT root FROM log_checkpoint WHERE size = 100) WHERE level = 1").await;
        let tile = TileId { level: 1, number: 0 };
        assert_eq!(audited(test).await.findings, [Finding::Tile(tile)]);
        test.tamper("UPDATE log_checkpoint SET note = (SELECT note FROM log_checkpoint WHERE size = 256) WHERE size = 300").await;
        assert_eq!(audited(test).await.findings, [Finding::Signature(300), Finding::Tile(tile)]);
    }

    clause_1_6_an_erased_person_s_entries_stay_and_tell_nothing(test) {
        let subject = SubjectId(test.entropy.id());
        test.store.create_key(subject).await.expect("key");
        append(test, Some(subject), 0..3).await;
        append(test, None, 10..13).await;
        grow(test, 100).await;
        sign(&test.store, test).await.expect("signed");
        let before = latest(test).await;
        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert_eq!(log::places(&mut tx, subject).await.expect("read").len(), 3);
        assert!(log::of_event(&mut tx, subject, Uuid::from_u128(1)).await.expect("read").is_some());
        assert!(log::of_event(&mut tx, SubjectId(Uuid::nil()), Uuid::from_u128(1)).await.expect("read").is_none());
        drop(tx);
        test.store.destroy_key(subject).await.expect("destroyed");
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert_eq!(log::forget(&mut tx, subject).await.expect("forgotten"), 3);
        tx.commit().await.expect("commit");
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(log::places(&mut tx, subject).await.expect("read").is_empty());
        assert!(log::of_event(&mut tx, subject, Uuid::from_u128(1)).await.expect("read").is_none());
        let late = NewEntry { kind: Kind::Consent, subject: Some(subject), reference: Uuid::from_u128(77), payload: json!({}) };
        assert!(matches!(log::append(&mut tx, &late).await, Err(StoreError::NoKey)));
        drop(tx);
        let audit = audited(test).await;
        assert_eq!((audit.entries, audit.findings), (6, vec![]));
        assert_eq!(latest(test).await, before);
    }

    a_log_keeps_its_first_name_and_takes_no_impossible_one(test) {
        let ctx = test.system::<Operate>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(matches!(tree::begin(&mut tx, "two words").await, Err(StoreError::Log(LogError::Malformed(_)))));
        tree::begin(&mut tx, "www.example.com/tlog").await.expect("named");
        tree::begin(&mut tx, "other.example/tlog").await.expect("left alone");
        assert_eq!(tree::verifier(&mut tx).await.expect("key").name(), "www.example.com/tlog");
        tx.commit().await.expect("commit");
        assert!(sign(&test.store, test).await.expect("signed"));
        let empty = latest(test).await;
        assert_eq!((empty.size, empty.root, empty.origin.as_str()), (0, TreeHash::of_nothing(), "www.example.com/tlog"));
        test.clock.advance(Duration::minutes(1));
        append(test, None, 0..1).await;
        grow(test, 10).await;
        assert!(sign(&test.store, test).await.expect("signed"));
        assert_eq!(latest(test).await.size, 1);
    }
}
