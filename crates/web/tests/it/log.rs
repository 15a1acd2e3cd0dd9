//! The transparency log as a person and a program meet it.

use axum::http::{StatusCode, header};
use privacy::log::receipt::{ReceiptError, verify};
use privacy::log::tile::unbundle;
use privacy::log::{Checkpoint, Entry, Growth, Kind, VerifierKey};
use serde_json::Value;
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, state};

const PHONE: &str = "100-0000-0001";

async fn advance(test: &TestStore) {
    let app = state(test, true).app;
    app::log::advance(&app, &test.system())
        .await
        .expect("the log goes on");
}

/// The events of the receipts on the account page.
async fn receipts(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/zhanghao").await;
    let mark = "/zhanghao/pingzheng/";
    let at = page.body.match_indices(mark).map(|(at, _)| at + mark.len());
    at.map(|at| page.body[at..at + 36].to_owned()).collect()
}

async fn key(browser: &mut Browser) -> VerifierKey {
    let page = browser.get("/toumingdu").await;
    let at = page.body.find("<code>log-").expect("the key") + "<code>".len();
    let text = page.body[at..].split("</code>").next().expect("its end");
    VerifierKey::parse(&text.replace("&#43;", "+")).expect("a key")
}

both_dbs! {
    clause_2_6_1_a_a_person_takes_away_a_receipt_that_anyone_can_check(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "林知远").await;
        assert!(receipts(&mut browser).await.is_empty());
        assert!(browser.get("/zhanghao").await.body.contains("约一分钟后可下载"));
        advance(test).await;
        let events = receipts(&mut browser).await;
        assert_eq!(events.len(), 2, "one for each document (0.2)");
        let key = key(&mut browser).await;
        let mut documents = Vec::new();
        for event in &events {
            let answer = browser.get(&format!("/zhanghao/pingzheng/{event}")).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"receipt.json\"");
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
            let checked = verify(&answer.body, Some(&key)).expect("a sound receipt");
            assert_eq!((checked.kind, checked.checkpoint.size), (Kind::Consent, 3), "beside them who delivered the code");
            assert_eq!(checked.payload["event"], event.as_str());
            let receipt: Value = serde_json::from_str(&answer.body).expect("JSON");
            assert_eq!(receipt["party_identification"][0]["name"], "某运营方");
            assert_eq!(receipt["events"][0]["event_state"], "given");
            assert!(receipt["processing"]["purposes_as_of_issue"].as_array().is_some_and(|list| !list.is_empty()));
            for secret in ["林知远", "10000000001"] {
                assert!(!answer.body.contains(secret), "a receipt needs no name and no number");
            }
            let changed = answer.body.replace("\"given\"", "\"refused\"");
            assert_eq!(verify(&changed, Some(&key)), Err(ReceiptError::Signature));
            documents.push(checked.payload["document"].as_str().unwrap_or_default().to_owned());
        }
        documents.sort();
        assert_eq!(documents, ["agreement", "policy"]);
        assert!(browser.get("/zhanghao").await.body.contains("凭证的内容"), "2.5.1.e: the opening of the salt is shown");
    }

    a_receipt_is_its_person_s_alone(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        advance(test).await;
        let path = format!("/zhanghao/pingzheng/{}", receipts(&mut browser).await[0]);
        let mut other = Browser::new(test);
        assert_eq!(other.get(&path).await.location(), "/denglu?next=/zhanghao");
        // A minute later: the outbox shows the latest message first.
        test.clock.advance(Duration::minutes(1));
        other.register("100-0000-0002", "wang").await;
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get("/zhanghao/pingzheng/00000000-0000-4000-8000-000000000000").await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    }

    a_receipt_that_is_not_signed_yet_says_when_to_come_back(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        advance(test).await;
        let early = receipts(&mut browser).await[0].clone();
        test.tamper("DELETE FROM log_checkpoint").await;
        let page = browser.get(&format!("/zhanghao/pingzheng/{early}")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.body.contains("约一分钟后即可下载"));
    }

    clause_2_5_1_0_no_receipt_is_signed_over_a_ledger_that_was_changed(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        advance(test).await;
        let path = format!("/zhanghao/pingzheng/{}", receipts(&mut browser).await[0]);
        test.tamper("UPDATE consent_event SET text_hash = 'ff'").await;
        assert_eq!(browser.get(&path).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    }

    programs_read_the_log_and_prove_that_it_only_grew(test) {
        let mut browser = Browser::new(test);
        assert_eq!(browser.get("/tlog/checkpoint").await.status, StatusCode::NOT_FOUND);
        browser.register(PHONE, "lin").await;
        advance(test).await;
        let key = key(&mut browser).await;
        let before = browser.get("/tlog/checkpoint").await;
        assert_eq!(before.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        let before = Checkpoint::open(&before.body, &key).expect("signed");
        test.clock.advance(Duration::minutes(1));
        Browser::new(test).register("100-0000-0002", "wang").await;
        advance(test).await;
        let growth = browser.get("/tlog/growth/3").await;
        let now = Growth::parse(&growth.body).and_then(|growth| growth.check(&before, &key)).expect("it only grew");
        assert_eq!((before.size, now.size), (3, 6));
        let entries = browser.get("/tlog/tile/entries/000.p/6").await;
        assert_eq!(entries.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        let entries = unbundle(entries.body.as_bytes()).expect("entries").into_iter().map(Entry::parse);
        let mut kinds: Vec<Kind> = entries.map(|entry| entry.expect("an entry").kind).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, [[Kind::Consent; 4].as_slice(), &[Kind::Disclosure; 2]].concat());
        for none in ["/tlog/tile/entries/000", "/tlog/tile/0/000.p/7", "/tlog/tile/0/001", "/tlog/tile/x", "/tlog/growth/7", "/tlog/growth/x", "/tlog/growth/-1"] {
            assert_eq!(browser.get(none).await.status, StatusCode::NOT_FOUND, "{none}");
        }
    }

    clause_0_17_published_texts_stand_in_the_log_for_everyone_to_check(test) {
        let (state, archive) = (state(test, true), policy::builtin().expect("policy"));
        for _ in 0..2 {
            app::log::begin(&state.app, &test.system(), None, &archive, "某运营方").await.expect("begun");
        }
        advance(test).await;
        let page = Browser::new(test).get("/toumingdu").await;
        let count = archive.iter().count();
        for version in archive.iter() {
            for lang in [policy::Lang::Zh, policy::Lang::En] {
                assert!(page.body.contains(&version.policy_hash(lang)));
                assert!(page.body.contains(&version.agreement_hash(lang, "某运营方")));
            }
        }
        // Policy and agreement of each version, and the rules for children's data, in both languages.
        let size = format!("<dd>{}</dd>", 4 * count + 2);
        assert!(page.body.contains(&size), "each text once, however often the program starts");
    }
}
