//! Accounts through the forms.

use axum::http::{StatusCode, header};
use testkit::{TestStore, both_dbs};

use crate::browser::{Browser, PASSWORD};

const PHONE: &str = "100-0000-0001";

both_dbs! {
    a_visitor_registers_looks_logs_out_and_in_again(test) {
        let mut browser = Browser::new(test);
        let done = browser.register(PHONE, "林知远").await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/zhanghao"));
        let account = browser.get("/zhanghao").await;
        assert!(account.body.contains("林知远") && account.body.contains("100****0001"));
        assert!(!account.body.contains("10000000001"), "2.1.1.f: never in clear");
        assert!(account.body.contains("隐私政策") && account.body.contains("用户服务协议"), "0.2: both acceptances");
        assert!(account.body.contains("演示发件箱"), "2.5.1.e: the opening of the message is shown");

        let csrf = account.csrf();
        let out = browser.post("/tuichu", &[("csrf", &csrf)]).await;
        assert_eq!(out.status, StatusCode::SEE_OTHER);
        let closed = browser.get("/zhanghao").await;
        assert_eq!((closed.status, closed.location()), (StatusCode::SEE_OTHER, "/denglu?next=/zhanghao"));

        let back = browser.post("/denglu", &[("login", "林知远"), ("password", PASSWORD), ("next", "/zhanghao/mima")]).await;
        assert_eq!(back.location(), "/zhanghao/mima");
        assert_eq!(browser.get("/zhanghao/mima").await.status, StatusCode::OK);
    }

    clause_2_1_1_b_a_field_more_than_three_is_refused(test) {
        let mut browser = Browser::new(test);
        let fields = [("phone", PHONE), ("code", "1"), ("account_name", "lin"), ("password", PASSWORD), ("real_name", "x")];
        let refused = browser.post("/zhuce", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    another_device_is_logged_out_from_the_list(test) {
        let mut one = Browser::new(test);
        one.register(PHONE, "lin").await;
        let mut two = Browser::new(test);
        two.post("/denglu", &[("login", "lin"), ("password", PASSWORD)]).await;
        assert_eq!(two.get("/zhanghao").await.status, StatusCode::OK);
        let list = one.get("/zhanghao").await;
        let mark = "/zhanghao/huihua/";
        let at = list.body.find(mark).expect("the other device") + mark.len();
        let path = format!("{mark}{}/chexiao", &list.body[at..at + 36]);
        let csrf = list.csrf();
        let wrong = one.post(&path, &[("csrf", "wrong")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert_eq!(two.get("/zhanghao").await.status, StatusCode::OK);
        assert_eq!(one.post(&path, &[("csrf", &csrf)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(two.get("/zhanghao").await.status, StatusCode::SEE_OTHER);
        assert_eq!(one.post(&path, &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_refused_form_names_every_field_and_keeps_what_was_typed_but_no_secret() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let fields = [
        ("phone", "１２"),
        ("code", "987654"),
        ("account_name", "<甲>"),
        ("password", "short-pw"),
    ];
    let page = browser.post("/zhuce", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in [
        "#phone",
        "#account_name",
        "#password",
        "#accept_agreement",
        "#accept_policy",
    ] {
        assert!(
            page.body.contains(&format!("href=\"{field}\"")),
            "{field} is not named"
        );
    }
    assert!(page.body.contains("value=\"１２\""), "the phone is kept");
    assert!(
        page.body.contains("value=\"&#60;甲&#62;\""),
        "the name is kept, escaped"
    );
    assert!(
        !page.body.contains("short-pw") && !page.body.contains("987654"),
        "secrets are not"
    );
    test.close().await;
}

#[tokio::test]
async fn forms_from_elsewhere_are_refused() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    browser.register(PHONE, "lin").await;
    let login = [("login", "lin"), ("password", PASSWORD)];
    for site in ["cross-site", "same-site", "none"] {
        let page = Browser::new(&test).post_from("/denglu", &login, site).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{site}");
    }
    test.close().await;
}

#[tokio::test]
async fn a_wrong_log_in_tells_nothing_about_the_account() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    Browser::new(&test).register(PHONE, "lin").await;
    let known = Browser::new(&test)
        .post("/denglu", &[("login", "lin"), ("password", "wrong")])
        .await;
    let unknown = Browser::new(&test)
        .post("/denglu", &[("login", "lim"), ("password", "wrong")])
        .await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(
        known.body.replace("value=\"lin\"", ""),
        unknown.body.replace("value=\"lim\"", "")
    );
    test.close().await;
}

#[tokio::test]
async fn the_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let page = Browser::new(&test).register(PHONE, "lin").await;
    let cookie = page
        .headers
        .get(header::SET_COOKIE)
        .and_then(|value| value.to_str().ok())
        .expect("a cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"));
    test.close().await;
}
