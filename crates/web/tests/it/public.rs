//! Browsing without an account (2.1.1.c) and the policy centre.

use axum::http::{StatusCode, header};
use testkit::both_dbs;

use crate::browser::{Browser, encoded};

const BROWSE: &[&str] = &[
    "/",
    "/lianxi",
    "/zhengce",
    "/zhengce/lishi",
    "/zhengce/2020-11-01",
    "/xieyi",
    "/zhuce",
    "/denglu",
    "/mima/chongzhi",
];

both_dbs! {
    clause_2_1_1_c_browsing_needs_no_account_and_sets_no_cookie(test) {
        for path in BROWSE {
            let page = Browser::new(test).get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.headers.get(header::SET_COOKIE).is_none(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_page_carries_strict_headers_and_loads_nothing_from_elsewhere() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    for path in BROWSE.iter().chain(&["/nowhere", "/health"]) {
        let page = Browser::new(&test).get(path).await;
        let policy = page
            .headers
            .get(header::CONTENT_SECURITY_POLICY)
            .and_then(|value| value.to_str().ok());
        assert!(
            policy.is_some_and(|text| text.starts_with("default-src 'none'")),
            "{path}"
        );
        for mark in ["<script", " style=", "src=\"http", "href=\"http", "url(http"] {
            assert!(!page.body.contains(mark), "{path} holds {mark}");
        }
        // The budget of a page: 60 kB compressed; Chinese text compresses to less than half.
        assert!(page.body.len() < 120_000, "{path} has {} bytes", page.body.len());
    }
    test.close().await;
}

#[tokio::test]
async fn clause_0_1_and_0_6_the_policy_is_one_click_from_every_page_with_both_dates() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    for path in BROWSE.iter().chain(&["/nowhere"]) {
        let page = Browser::new(&test).get(path).await;
        assert!(
            page.body.contains("href=\"/zhengce\"") && page.body.contains("href=\"/xieyi\""),
            "{path}"
        );
        assert!(
            page.body.contains("2020-10-25") && page.body.contains("2020-11-01"),
            "{path}"
        );
    }
    let policy = Browser::new(&test).get("/zhengce").await;
    assert_eq!(policy.body.matches("class=\"clause\"").count(), 188);
    assert!(policy.body.contains("id=\"c-2.6.1.g\"") && policy.body.contains("某运营方"));
    assert!(policy.body.contains("<u class=\"sensitive\">"), "0.14");
    let json = Browser::new(&test).get("/zhengce.json").await;
    assert!(json.body.contains("\"effective_on\":\"2020-11-01\""));
    assert_eq!(
        Browser::new(&test).get("/zhengce/1999-01-01").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        Browser::new(&test)
            .get("/zhengce/duibi/2020-11-01/2020-11-01")
            .await
            .status,
        StatusCode::OK
    );
    test.close().await;
}

#[tokio::test]
async fn english_is_chosen_by_the_visitor_and_remembered_without_naming_anyone() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    for path in BROWSE {
        let page = Browser::new(&test).get(&format!("{path}?lang=en")).await;
        assert!(page.body.contains("<html lang=\"en\">"), "{path}");
        let cookie = page
            .headers
            .get(header::SET_COOKIE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        assert!(cookie.starts_with("lang=en;"), "{path}");
    }
    test.close().await;
}

#[tokio::test]
async fn hostile_paths_and_queries_are_answered_calmly() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let long = "x".repeat(5_000);
    for path in [
        format!("/zhengce/{}", encoded("' OR 1=1 --")),
        format!("/?lang={}", encoded("<script>")),
        format!("/denglu?next={}", encoded("//evil.example")),
        format!("/?q={}", encoded(&long)),
        "/zhengce/..%2f..%2fetc".to_owned(),
    ] {
        let page = Browser::new(&test).get(&path).await;
        assert!(
            matches!(page.status, StatusCode::OK | StatusCode::NOT_FOUND),
            "{path}"
        );
        assert!(
            !page.body.contains("<script>") && !page.body.contains("evil.example"),
            "{path}"
        );
    }
    test.close().await;
}
