//! Consents through the pages.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use testkit::both_dbs;

use crate::browser::Browser;

const PHONE: &str = "100-0000-0001";
const PAGE: &str = "/zhanghao/tongyi";
const OFFER: &str = "/zhanghao/tongyi/login_alert";

/// A page as a browser asks for it that was told not to give data away.
fn with_signal(path: &str) -> Request<Body> {
    let request = Request::get(path).header("sec-gpc", "1");
    request.body(Body::empty()).expect("a request")
}

both_dbs! {
    clause_2_1_1_g_a_person_agrees_and_takes_it_back_where_they_agreed(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        let asked = browser.get("/zhanghao").await;
        assert!(asked.body.contains("登录提醒短信"), "asked once, on the account's page");
        let csrf = asked.csrf();
        let given = browser.post(OFFER, &[("csrf", &csrf), ("choice", "give")]).await;
        assert_eq!((given.status, given.location()), (StatusCode::SEE_OTHER, PAGE));
        let page = browser.get(PAGE).await;
        assert!(page.body.contains("已同意") && page.body.contains("撤回同意"));
        assert!(!browser.get("/zhanghao").await.body.contains("value=\"give\""), "not asked any more");
        browser.post(OFFER, &[("csrf", &csrf), ("choice", "withdraw")]).await;
        let page = browser.get(PAGE).await;
        assert!(page.body.contains("已撤回") && page.body.contains("value=\"give\""));
        assert!(!browser.get("/zhanghao").await.body.contains("value=\"give\""), "nor after a withdrawal");
    }

    clause_2_1_1_g_a_browser_s_signal_is_heard_before_anything_is_asked(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        let page = browser.send(with_signal("/zhanghao")).await;
        assert!(!page.body.contains("value=\"give\""));
        let page = browser.get(PAGE).await;
        assert!(page.body.contains("按浏览器的隐私信号"));
        // The person decides otherwise, and the signal no longer speaks for them.
        let csrf = page.csrf();
        browser.post(OFFER, &[("csrf", &csrf), ("choice", "give")]).await;
        assert!(browser.send(with_signal(PAGE)).await.body.contains("已同意"));
    }

    a_choice_that_is_not_one_and_a_form_of_another_site_change_nothing(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        let csrf = browser.get(PAGE).await.csrf();
        for (path, choice, csrf, status) in [
            (OFFER, "maybe", csrf.as_str(), StatusCode::NOT_FOUND),
            ("/zhanghao/tongyi/policy", "withdraw", csrf.as_str(), StatusCode::NOT_FOUND),
            (OFFER, "give", "wrong", StatusCode::FORBIDDEN),
        ] {
            assert_eq!(browser.post(path, &[("csrf", csrf), ("choice", choice)]).await.status, status, "{path} {choice}");
        }
        assert!(browser.get(PAGE).await.body.contains("尚未选择"));
    }
}
