//! Passkeys through the forms: what the script asks for, what it hands in, and the pages without it.

use axum::http::{StatusCode, header};
use testkit::{Authenticator, TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, PASSWORD, Page};

const PHONE: &str = "100-0000-0001";

fn policy(page: &Page) -> &str {
    let value = page.headers.get(header::CONTENT_SECURITY_POLICY);
    value.and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Asks for a question and answers it by the form beside it.
async fn by_device(
    browser: &mut Browser,
    device: &mut Authenticator,
    path: &str,
    csrf: &str,
    next: &str,
) -> Page {
    let asked = browser
        .post(
            &format!("{path}/kaishi"),
            &[("csrf", csrf), ("answer", ""), ("next", next)],
        )
        .await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    let answer = device.get(&asked.body);
    browser
        .post(path, &[("csrf", csrf), ("answer", &answer), ("next", next)])
        .await
}

/// Somebody with a passkey: their browser, their device, the page they saw then.
pub async fn holder(test: &TestStore) -> (Browser, Authenticator, Page) {
    let mut browser = Browser::new(test);
    browser.register(PHONE, "林知远").await;
    let form = browser.get("/zhanghao/miyao/tianjia").await;
    assert_eq!(form.status, StatusCode::OK);
    let csrf = form.csrf();
    let fields = [("csrf", &*csrf), ("answer", ""), ("passkey_label", "我的手机")];
    let asked = browser.post("/zhanghao/miyao/tianjia/kaishi", &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    assert_eq!(asked.headers[header::CONTENT_TYPE], "application/json");
    let mut device = Authenticator::new(1);
    let answer = device.create(&asked.body);
    let fields = [
        ("csrf", &*csrf),
        ("answer", &*answer),
        ("passkey_label", "我的手机"),
    ];
    let added = browser.post("/zhanghao/miyao/tianjia", &fields).await;
    (browser, device, added)
}

async fn csrf(browser: &mut Browser) -> String {
    browser.get("/zhanghao/miyao").await.csrf()
}

both_dbs! {
    clause_2_6_1_c_a_person_adds_names_and_removes_a_passkey(test) {
        let (mut browser, _, added) = holder(test).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        assert!(added.body.contains("恢复码") && added.body.contains("name=\"codes\""), "two-step log-in is on");
        let list = browser.get("/zhanghao/miyao").await;
        assert!(list.body.contains("我的手机") && list.body.contains("尚未使用"));
        let account = browser.get("/zhanghao").await;
        assert!(account.body.contains("已开启") && account.body.contains("href=\"/zhanghao/miyao\""));
        let guard = browser.get("/zhanghao/liangbu").await;
        assert!(guard.body.contains("再加一个验证器应用") && !guard.body.contains("/zhanghao/liangbu/guanbi"));
        let csrf = list.csrf();
        let id = list.body.split("/zhanghao/miyao/").find_map(|rest| rest.split_once("/mingcheng").map(|(id, _)| id.to_owned())).expect("an identifier");
        let long = "钥".repeat(41);
        let refused = browser.post(&format!("/zhanghao/miyao/{id}/mingcheng"), &[("csrf", &csrf), ("passkey_label", &long)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(&long) && refused.body.contains(&format!("#label-{id}")), "what was typed is kept, beside its field");
        let renamed = browser.post(&format!("/zhanghao/miyao/{id}/mingcheng"), &[("csrf", &csrf), ("passkey_label", "旧<b>手机")]).await;
        assert_eq!(renamed.location(), "/zhanghao/miyao");
        assert!(browser.get("/zhanghao/miyao").await.body.contains("旧&#60;b&#62;手机"));
        test.clock.advance(Duration::minutes(1));
        let mut stranger = Browser::new(test);
        stranger.register("100-0000-0002", "何小满").await;
        let theirs = stranger.get("/zhanghao/miyao").await.csrf();
        for (act, fields) in [("shanchu", 1), ("mingcheng", 2)] {
            let path = format!("/zhanghao/miyao/{id}/{act}");
            let fields_of = |csrf| [("csrf", csrf), ("passkey_label", "x")];
            let foreign = browser.post_from(&path, &fields_of(&*csrf)[..fields], "cross-site").await;
            assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(stranger.post(&path, &fields_of(&*theirs)[..fields]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let removed = browser.post(&format!("/zhanghao/miyao/{id}/shanchu"), &[("csrf", &csrf)]).await;
        assert_eq!(removed.location(), "/zhanghao/miyao");
        assert!(browser.get("/zhanghao/miyao").await.body.contains("还没有通行密钥"));
    }

    clause_2_1_1_e_somebody_logs_in_with_a_passkey_and_names_nobody(test) {
        let (_, mut device, _) = holder(test).await;
        let mut other = Browser::new(test);
        let page = other.get("/denglu?next=/zhanghao/mima").await;
        assert!(page.body.contains("用通行密钥登录") && page.body.contains("需要启用 JavaScript"), "without the script the page says so");
        let asked = other.post("/denglu/miyao/kaishi", &[("csrf", "")]).await;
        assert_eq!(asked.status, StatusCode::OK);
        assert!(!asked.body.contains("林知远") && asked.body.contains("\"allowCredentials\":[]"));
        let kept = asked.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).find(|value| value.starts_with("question=")).expect("a cookie").to_owned();
        assert!(kept.contains("HttpOnly") && kept.contains("SameSite=Lax") && kept.contains("Max-Age=300"), "{kept}");
        let entered = by_device(&mut other, &mut device, "/denglu/miyao", "", "/zhanghao/mima").await;
        assert_eq!(entered.location(), "/zhanghao/mima");
        assert!(other.session().is_some() && other.cookie("question").is_none());
        assert!(other.get("/zhanghao").await.body.contains("林知远"));
        let elsewhere = by_device(&mut Browser::new(test), &mut device, "/denglu/miyao", "", "//evil.example").await;
        assert_eq!(elsewhere.location(), "/zhanghao", "never to another site");
    }

    clause_2_2_3_d_an_answer_without_its_question_or_from_elsewhere_logs_nobody_in(test) {
        let (_, mut device, _) = holder(test).await;
        let mut other = Browser::new(test);
        let asked = other.post("/denglu/miyao/kaishi", &[("csrf", "")]).await;
        let answer = device.get(&asked.body);
        let foreign = other.post_from("/denglu/miyao", &[("csrf", ""), ("answer", &answer)], "cross-site").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let begun = other.post_from("/denglu/miyao/kaishi", &[("csrf", "")], "cross-site").await;
        assert_eq!(begun.status, StatusCode::FORBIDDEN);
        let mut third = Browser::new(test);
        let stale = third.post("/denglu/miyao", &[("csrf", ""), ("answer", &answer)]).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stale.body.contains("已超时或已用过") && third.session().is_none());
        for nonsense in ["", "{}", "{\"id\":1}", "\u{0}", &*"[".repeat(20_000)] {
            other.post("/denglu/miyao/kaishi", &[("csrf", "")]).await;
            let wrong = other.post("/denglu/miyao", &[("csrf", ""), ("answer", nonsense)]).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(wrong.body.contains("通行密钥没有通过验证") && wrong.body.contains("href=\"#passkey\""));
        }
        let unknown = other.post("/denglu/miyao", &[("csrf", ""), ("surprise", "1")]).await;
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        let large = other.post("/denglu/miyao", &[("csrf", ""), ("answer", &"x".repeat(100_000))]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    }

    clause_2_1_1_e_a_passkey_is_the_second_step_and_the_proof(test) {
        let (mut browser, mut device, _) = holder(test).await;
        let mut other = Browser::new(test);
        let none = other.post("/denglu/yanzheng/miyao/kaishi", &[("csrf", "")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(none.headers[header::CONTENT_TYPE], "application/problem+json");
        assert!(none.body.contains("second_stale"));
        let waits = other.post("/denglu", &[("login", "林知远"), ("password", PASSWORD), ("next", "/zhanghao")]).await;
        assert_eq!(waits.location(), "/denglu/yanzheng?next=/zhanghao");
        assert!(other.get(waits.location()).await.body.contains("用通行密钥继续"));
        let asked = other.post("/denglu/yanzheng/miyao/kaishi", &[("csrf", ""), ("remember", "")]).await;
        let answer = device.get(&asked.body);
        let entered = other.post("/denglu/yanzheng/miyao", &[("csrf", ""), ("answer", &answer), ("next", "/zhanghao"), ("remember", "yes")]).await;
        assert_eq!(entered.location(), "/zhanghao");
        assert!(other.cookie("remembered").is_some() && other.cookie("pending").is_none());

        test.clock.advance(Duration::minutes(10));
        let first = browser.get("/zhanghao/miyao/tianjia").await;
        assert_eq!(first.location(), "/zhanghao/queren?next=/zhanghao/miyao/tianjia");
        let page = browser.get(first.location()).await;
        assert!(page.body.contains("用通行密钥确认") && page.body.contains("恢复码") && !page.body.contains("验证器验证码"));
        assert!(policy(&page).contains("script-src 'self'"));
        let token = page.csrf();
        let late = browser.post("/zhanghao/miyao/tianjia/kaishi", &[("csrf", &token)]).await;
        assert!(late.body.contains("proof_needed"), "the script leads to the proof by this word: {} {}", late.status, &late.body.chars().take(300).collect::<String>());
        let before = browser.session();
        let proved = by_device(&mut browser, &mut device, "/zhanghao/queren/miyao", &token, "/zhanghao/miyao/tianjia").await;
        assert_eq!(proved.location(), "/zhanghao/miyao/tianjia");
        assert_ne!(browser.session(), before, "the session has another token");
        assert_eq!(browser.get("/zhanghao/miyao/tianjia").await.status, StatusCode::OK);
        let wrong = browser.post("/zhanghao/queren/miyao", &[("csrf", &token), ("answer", "x"), ("next", "/zhanghao")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    a_recovery_code_proves_where_there_is_no_app(test) {
        let (mut browser, _, added) = holder(test).await;
        let codes = added.body.split("name=\"codes\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("codes");
        let code = codes.split(' ').next().expect("a code");
        test.clock.advance(Duration::minutes(10));
        let token = csrf(&mut browser).await;
        let empty = browser.post("/zhanghao/queren", &[("csrf", &token), ("current", PASSWORD), ("next", "/zhanghao/miyao")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = browser.post("/zhanghao/queren", &[("csrf", &token), ("current", PASSWORD), ("second_code", code), ("next", "/zhanghao/miyao")]).await;
        assert_eq!(right.location(), "/zhanghao/miyao");
    }

    clause_2_5_1_0_only_pages_that_ask_a_device_run_a_script_and_only_this_site_s(test) {
        let (mut browser, _, _) = holder(test).await;
        let add = browser.get("/zhanghao/miyao/tianjia").await;
        let script = add.body.split("<script src=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a script").to_owned();
        assert!(script.starts_with("/static/passkey.") && script.strip_suffix(".js").is_some());
        let file = browser.get(&script).await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert!(file.headers[header::CACHE_CONTROL].to_str().expect("ascii").contains("immutable"));
        assert!(file.body.len() < 15 * 1024 && !file.body.contains("http://") && !file.body.contains("https://"));
        assert_eq!(add.body.matches("<script").count(), 1);
        for path in ["/denglu", "/denglu/yanzheng"] {
            let page = Browser::new(test).get(path).await;
            assert!(policy(&page).starts_with("default-src 'none'; script-src 'self'; connect-src 'self'") && page.body.contains(&script), "{path}");
        }
        for path in ["/", "/zhanghao", "/zhanghao/miyao", "/zhanghao/liangbu", "/zhuce"] {
            let page = browser.get(path).await;
            assert!(!policy(&page).contains("script-src") && !page.body.contains("<script"), "{path}");
        }
        let refused = browser.post("/zhanghao/miyao/tianjia", &[("csrf", &*add.csrf()), ("answer", "x"), ("passkey_label", "家里的<b>")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("value=\"家里的&#60;b&#62;\""), "what was typed is kept");
        let plain = Browser::new(test).get("/zhanghao/miyao").await;
        assert_eq!(plain.location(), "/denglu?next=/zhanghao/miyao");
    }
}
