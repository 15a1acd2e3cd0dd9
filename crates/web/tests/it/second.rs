//! Two-step log-in through the forms.

use axum::http::{StatusCode, header};
use domain::account::{second as rules, totp};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, PASSWORD, Page, state};

const PHONE: &str = "100-0000-0001";

fn code(test: &TestStore, secret: &str) -> String {
    let bytes = totp::from_base32(secret).expect("a secret");
    let now = privacy::Clock::now(&*test.clock);
    totp::code(&bytes, totp::step(now)).expect("a code")
}

/// What stands between two marks.
fn between<'a>(body: &'a str, from: &str, to: &str) -> &'a str {
    let at = body.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    body[at..].split(to).next().unwrap_or_default()
}

fn codes(page: &Page) -> Vec<String> {
    let list = between(&page.body, "name=\"codes\" value=\"", "\"");
    list.split(' ').map(str::to_owned).collect()
}

/// Somebody with two-step log-in on: their browser, secret and recovery codes.
async fn guarded(test: &TestStore) -> (Browser, String, Vec<String>) {
    let mut browser = Browser::new(test);
    browser.register(PHONE, "林知远").await;
    let csrf = browser.get("/zhanghao/liangbu").await.csrf();
    let begun = browser.post("/zhanghao/liangbu", &[("csrf", &csrf)]).await;
    assert_eq!(begun.location(), "/zhanghao/liangbu/bangding");
    let shown = browser.get("/zhanghao/liangbu/bangding").await;
    assert!(
        shown.body.contains("<svg class=\"qr\"")
            && shown
                .body
                .contains("href=\"otpauth://totp/%E4%BC%81%E6%9C%8D365:")
    );
    let secret = between(&shown.body, "?secret=", "&").to_owned();
    let grouped = totp::grouped(&secret);
    assert!(shown.body.contains(&grouped), "the key as text too");
    let right = code(test, &secret);
    let made = browser
        .post(
            "/zhanghao/liangbu/bangding",
            &[("csrf", &csrf), ("second_code", &right)],
        )
        .await;
    assert_eq!(made.status, StatusCode::OK);
    test.clock.advance(Duration::seconds(30));
    (browser, secret, codes(&made))
}

async fn password(browser: &mut Browser, next: &str) -> Page {
    let fields = [("login", "林知远"), ("password", PASSWORD), ("next", next)];
    browser.post("/denglu", &fields).await
}

both_dbs! {
    clause_2_1_1_e_a_person_turns_it_on_and_logs_in_with_both_steps(test) {
        let (mut browser, secret, codes) = guarded(test).await;
        assert_eq!(codes.len(), 10);
        let account = browser.get("/zhanghao").await;
        assert_eq!(account.status, StatusCode::OK, "this session goes on, under another token");
        assert!(account.body.contains("登录与安全") && account.body.contains("已开启") && !account.body.contains(&secret));
        let stale = browser.get("/zhanghao/liangbu/bangding").await;
        assert_eq!(stale.location(), "/zhanghao/liangbu", "the key is never shown again");

        let mut other = Browser::new(test);
        let waits = password(&mut other, "/zhanghao/mima").await;
        assert_eq!(waits.location(), "/denglu/yanzheng?next=/zhanghao/mima");
        assert!(other.session().is_none() && other.cookie("pending").is_some());
        assert_eq!(other.get("/zhanghao").await.status, StatusCode::SEE_OTHER, "nothing of the account is open");
        let form = other.get(waits.location()).await;
        assert!(!form.body.contains("林知远") && !form.body.contains("100****0001"));
        let empty = other.post("/denglu/yanzheng", &[("next", "/zhanghao/mima")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let wrong = other.post("/denglu/yanzheng", &[("next", "/zhanghao/mima"), ("second_code", "12345x"), ("remember", "yes")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("value=\"/zhanghao/mima\"") && wrong.body.contains(" checked"), "what was chosen is kept");
        assert!(!wrong.body.contains("12345x"), "a code is not");
        let right = code(test, &secret);
        let done = other.post("/denglu/yanzheng", &[("next", "/zhanghao/mima"), ("second_code", &right)]).await;
        assert_eq!(done.location(), "/zhanghao/mima");
        assert!(other.cookie("pending").is_none() && other.cookie("remembered").is_none());
        assert_eq!(other.get("/zhanghao/mima").await.status, StatusCode::OK);
        let used = password(&mut Browser::new(test), "").await;
        assert_eq!(used.location(), "/denglu/yanzheng?next=/zhanghao");
    }

    clause_2_2_3_d_the_page_between_the_steps_tells_nothing(test) {
        let (_, _, _) = guarded(test).await;
        let mut stranger = Browser::new(test);
        let nobody = stranger.get("/denglu/yanzheng?next=/zhanghao").await;
        let mut holder = Browser::new(test);
        password(&mut holder, "").await;
        let waiting = holder.get("/denglu/yanzheng?next=/zhanghao").await;
        assert_eq!((nobody.status, nobody.body), (waiting.status, waiting.body), "whether a log-in waits");
        let guess = [("second_code", "123456")];
        let one = stranger.post("/denglu/yanzheng", &guess).await;
        stranger.keep("pending", &"0".repeat(64));
        let two = stranger.post("/denglu/yanzheng", &guess).await;
        assert_eq!((one.status, &one.body), (two.status, &two.body));
        assert!(one.body.contains("重新输入密码登录"));
        let from = Browser::new(test).post_from("/denglu/yanzheng", &guess, "cross-site").await;
        assert_eq!(from.status, StatusCode::FORBIDDEN);
        let known = password(&mut Browser::new(test), "").await;
        let mut wrong = Browser::new(test);
        let refused = wrong.post("/denglu", &[("login", "林知远"), ("password", "wrong")]).await;
        assert!(known.status != refused.status && refused.body.contains("不正确"));
        assert!(wrong.cookie("pending").is_none(), "a wrong password does not say that there is a second step");
    }

    a_remembered_device_is_listed_and_taken_back(test) {
        let (mut browser, secret, _) = guarded(test).await;
        let mut other = Browser::new(test);
        password(&mut other, "").await;
        let right = code(test, &secret);
        let done = other.post("/denglu/yanzheng", &[("second_code", &right), ("remember", "yes")]).await;
        let left = done.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let left: Vec<&str> = left.filter(|value| value.starts_with("remembered=")).collect();
        assert_eq!(left.len(), 1);
        assert!(left[0].contains("HttpOnly; SameSite=Lax") && left[0].contains("Max-Age=2592000"));
        let csrf = other.get("/zhanghao").await.csrf();
        other.post("/tuichu", &[("csrf", &csrf)]).await;
        assert_eq!(password(&mut other, "").await.location(), "/zhanghao", "no second step here");
        let act = other.get("/zhanghao/fuben").await;
        assert_eq!(act.location(), "/zhanghao/queren?next=/zhanghao/fuben", "but the copy wants it");
        let list = browser.get("/zhanghao").await;
        let id = between(&list.body, "/zhanghao/jizhu/", "/chexiao").to_owned();
        let (path, csrf) = (format!("/zhanghao/jizhu/{id}/chexiao"), list.csrf());
        assert_eq!(browser.post(&path, &[("csrf", "wrong")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.post(&path, &[("csrf", &csrf)]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.post(&path, &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
        let csrf = other.get("/zhanghao").await.csrf();
        other.post("/tuichu", &[("csrf", &csrf)]).await;
        assert_eq!(password(&mut other, "").await.location(), "/denglu/yanzheng?next=/zhanghao");
    }

    clause_2_6_4_f_an_act_of_weight_leads_to_the_proof_and_back(test) {
        let (mut browser, secret, _) = guarded(test).await;
        test.clock.advance(rules::FRESH);
        let csrf = browser.get("/zhanghao").await.csrf();
        for page in ["/zhanghao/fuben", "/zhanghao/zhuxiao", "/zhanghao/mima"] {
            let to_proof = format!("/zhanghao/queren?next={page}");
            assert_eq!(browser.get(page).await.location(), to_proof);
            let fields = [("csrf", csrf.as_str()), ("current", PASSWORD)];
            let more = [fields[0], fields[1], ("password", "北风 吹着 三只 空茶碗")];
            let fields = if page == "/zhanghao/mima" { &more[..] } else { &fields[..] };
            assert_eq!(browser.post(page, fields).await.location(), to_proof, "the right password alone");
        }
        let off = browser.post("/zhanghao/liangbu/guanbi", &[("csrf", &csrf)]).await;
        assert_eq!(off.location(), "/zhanghao/queren?next=/zhanghao/liangbu");
        let form = browser.get("/zhanghao/queren?next=/zhanghao/fuben").await;
        assert!(form.body.contains("id=\"second_code\"") && form.body.contains("id=\"current\""));
        let before = browser.session();
        let right = code(test, &secret);
        for (current, second) in [("wrong", right.as_str()), (PASSWORD, "000000"), (PASSWORD, "")] {
            let fields = [("csrf", csrf.as_str()), ("current", current), ("second_code", second), ("next", "/zhanghao/fuben")];
            let refused = browser.post("/zhanghao/queren", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!refused.body.contains(PASSWORD));
        }
        let fields = [("csrf", csrf.as_str()), ("current", PASSWORD), ("second_code", &right), ("next", "/zhanghao/fuben")];
        assert_eq!(browser.post("/zhanghao/queren", &fields).await.location(), "/zhanghao/fuben");
        assert!(before.is_some() && browser.session() != before, "another token");
        let copy = browser.post("/zhanghao/fuben", &[("csrf", &csrf), ("current", PASSWORD)]).await;
        assert_eq!((copy.status, &copy.headers[header::CONTENT_TYPE]), (StatusCode::OK, &"application/zip".parse().expect("a type")));
        let again = browser.get("/zhanghao/queren?next=https://evil.example").await;
        assert_eq!(again.location(), "/zhanghao", "fresh, and never to another site");
    }

    a_token_wants_a_proof_and_keeps_what_was_typed(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        test.clock.advance(rules::FRESH);
        let csrf = browser.get("/zhanghao/lingpai").await.csrf();
        let fields = [("csrf", csrf.as_str()), ("token_name", "月报"), ("account_read", "yes"), ("days", "30")];
        let refused = browser.post("/zhanghao/lingpai", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("value=\"月报\"") && refused.body.contains("/zhanghao/queren?next=/zhanghao/lingpai"));
        let proof = browser.get("/zhanghao/queren?next=/zhanghao/lingpai").await;
        assert!(!proof.body.contains("id=\"second_code\""), "there is no second factor");
        let given = [("csrf", csrf.as_str()), ("current", PASSWORD), ("next", "/zhanghao/lingpai")];
        assert_eq!(browser.post("/zhanghao/queren", &given).await.location(), "/zhanghao/lingpai");
        assert!(browser.post("/zhanghao/lingpai", &fields).await.body.contains("qf_"));
    }

    recovery_codes_are_shown_once_saved_as_a_file_and_log_in(test) {
        let (mut browser, _, codes) = guarded(test).await;
        let csrf = browser.get("/zhanghao/liangbu").await.csrf();
        let file = browser.post("/zhanghao/liangbu/huifuma/wenjian", &[("csrf", &csrf), ("codes", &codes.join(" "))]).await;
        assert_eq!(file.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
        assert!(codes.iter().all(|code| file.body.contains(code)));
        let others = ["0000-0000-0000"; 10].join(" ");
        let refused = browser.post("/zhanghao/liangbu/huifuma/wenjian", &[("csrf", &csrf), ("codes", &others)]).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "nothing but own codes is written into a file");
        assert!(!browser.get("/zhanghao/liangbu").await.body.contains(&codes[0]));
        let mut other = Browser::new(test);
        password(&mut other, "").await;
        let done = other.post("/denglu/yanzheng", &[("recovery_code", &codes[0].to_lowercase())]).await;
        assert_eq!(done.location(), "/zhanghao");
        let wrong = {
            let mut third = Browser::new(test);
            password(&mut third, "").await;
            third.post("/denglu/yanzheng", &[("recovery_code", &codes[0])]).await
        };
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("<details open>") && !wrong.body.contains(&codes[0]));
        assert!(browser.get("/zhanghao/liangbu").await.body.contains("<dd>9"));
        let renewed = browser.post("/zhanghao/liangbu/huifuma", &[("csrf", &csrf)]).await;
        assert!(!renewed.body.contains(&codes[1]) && self::codes(&renewed).len() == 10);
        let off = browser.post("/zhanghao/liangbu/guanbi", &[("csrf", &csrf)]).await;
        assert_eq!(off.location(), "/zhanghao/liangbu");
        assert!(browser.get("/zhanghao/liangbu").await.body.contains("未开启"));
        assert_eq!(other.get("/zhanghao").await.status, StatusCode::SEE_OTHER, "other devices are logged out");
    }

    clause_2_5_4_e_the_way_out_through_the_forms_and_no_with_one_click(test) {
        let (mut browser, _, _) = guarded(test).await;
        test.clock.advance(Duration::minutes(1));
        let mut other = Browser::new(test);
        let nobody = other.post("/denglu/yishi/yanzhengma", &[("phone", PHONE)]).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(nobody.body.contains("id=\"second_code\"") && nobody.body.contains("重新登录"));
        password(&mut other, "").await;
        let sent = other.post("/denglu/yishi/yanzhengma", &[("phone", PHONE)]).await;
        assert_eq!(sent.status, StatusCode::OK);
        let code = other.latest_code().await;
        let done = other.post("/denglu/yishi", &[("phone", PHONE), ("code", &code)]).await;
        assert!(done.status == StatusCode::OK && done.body.contains("申请已受理"));
        let warned = browser.get("/zhanghao").await;
        assert!(warned.body.contains("两步登录将被关闭"));
        let csrf = warned.csrf();
        assert_eq!(browser.post("/zhanghao/liangbu/baoliu", &[("csrf", &csrf)]).await.location(), "/zhanghao/liangbu");
        assert!(!browser.get("/zhanghao").await.body.contains("两步登录将被关闭"));
        assert_eq!(browser.post("/zhanghao/liangbu/baoliu", &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
    }

    a_demonstration_tells_its_codes_and_a_real_site_none(test) {
        let form = Browser::new(test).get("/denglu").await;
        assert!(form.body.contains("沈砚秋") && form.body.contains(&totp::grouped(app::demo::SECRET)));
        let code = code(test, app::demo::SECRET);
        assert!(Browser::new(test).get("/denglu/yanzheng").await.body.contains(&code));
        let mut real = Browser::production(test);
        assert!(!real.get("/denglu").await.body.contains("沈砚秋"));
        let step = real.get("/denglu/yanzheng").await;
        assert!(!step.body.contains(&code) && !step.body.contains("沈砚秋"));
        assert!(app::demo::second_codes(&state(test, false).app).is_empty());
    }
}
