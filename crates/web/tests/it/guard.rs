//! The security guard through the forms: puzzles of our own, stopped log-ins, contested decisions, and that
//! nothing tells whether an account exists.

use std::fmt::Write as _;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use app::account::Regions;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use domain::account::guard::RULES;
use domain::account::guard::puzzle::zeros;
use sha2::{Digest as _, Sha256};
use testkit::{Authenticator, TestStore, both_dbs};
use time::Duration;
use web::WebState;

use crate::browser::{Browser, PASSWORD, Page, state};
use crate::passkey::holder;

const PHONE: &str = "100-0000-0001";
const HOME: &str = "203.0.113.5";
pub const AWAY: &str = "198.51.100.7";

struct Map;

impl Regions for Map {
    fn region(&self, address: IpAddr) -> Option<String> {
        let code = if address.to_string() == AWAY { "US" } else { "CN" };
        Some(code.to_owned())
    }
}

fn site(test: &TestStore) -> axum::Router {
    let mut state: WebState = state(test, true);
    state.app.regions = Some(Arc::new(Map));
    web::router(state)
}

/// A form sent from an address, with nothing but its fields.
pub async fn post(browser: &mut Browser, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header(
            header::USER_AGENT,
            if from == AWAY {
                "Chrome Windows"
            } else {
                "Firefox Linux"
            },
        )
        .body(Body::from(body.join("&")))
        .expect("a request");
    let peer: IpAddr = from.parse().expect("an address");
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::new(peer, 4000)));
    browser.send(request).await
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "%{byte:02X}");
        hex
    })
}

async fn log_in(browser: &mut Browser, from: &str, login: &str, password: &str) -> Page {
    post(
        browser,
        from,
        "/denglu",
        &[("login", login), ("password", password), ("next", "/zhanghao")],
    )
    .await
}

fn between<'a>(body: &'a str, from: &str, to: &str) -> &'a str {
    let at = body.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    body[at..].split(to).next().unwrap_or_default()
}

pub fn puzzle(page: &Page) -> (String, String) {
    let text = between(&page.body, "data-puzzle=\"", "\"").to_owned();
    let bits: u32 = between(&page.body, "data-bits=\"", "\"").parse().expect("bits");
    let work = (0..u64::MAX)
        .map(|number| number.to_string())
        .find(|number| zeros(&Sha256::digest(format!("{text}:{number}"))) >= bits);
    (text, work.expect("there is one"))
}

/// A person who logged in at home before.
async fn lin(test: &TestStore, router: &axum::Router) -> Browser {
    let mut browser = Browser::at(router);
    browser.register(PHONE, "周以宁").await;
    let mut home = Browser::at(router);
    test.clock.advance(Duration::SECOND);
    let page = log_in(&mut home, HOME, "周以宁", PASSWORD).await;
    // Registered without an address, and with another browser: known from now on.
    assert!(
        !page.location().starts_with("/denglu/anquan"),
        "a first network is no signal: {}",
        page.location()
    );
    browser
}

/// The clock of the wall: how long an answer takes is what is looked at.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long an answer takes; nothing is decided by it"
)]
fn begun() -> std::time::Instant {
    std::time::Instant::now()
}

both_dbs! {
    clause_2_2_3_d_a_passkey_brings_the_answer_to_the_puzzle_along(test) {
        let (_, mut device, _) = holder(test).await;
        let router = site(test);
        let enter = async |browser: &mut Browser, device: &mut Authenticator, solved: &[(&str, &str)]| {
            let asked = post(browser, HOME, "/denglu/miyao/kaishi", &[("csrf", "")]).await;
            let answer = device.get(&asked.body);
            let mut fields = vec![("csrf", ""), ("answer", answer.as_str()), ("next", "/zhanghao")];
            fields.extend(solved);
            post(browser, HOME, "/denglu/miyao", &fields).await
        };
        // At home, with a device that is known.
        let known = enter(&mut Browser::at(&router), &mut device, &[]).await;
        assert_eq!(known.location(), "/zhanghao");
        let mut other = Browser::at(&router);
        for number in 0..RULES.names_per_network {
            log_in(&mut other, HOME, &format!("nobody{number}"), "falsch").await;
        }
        let shown = enter(&mut other, &mut device, &[]).await;
        assert!(shown.status == StatusCode::UNPROCESSABLE_ENTITY && other.session().is_none());
        let (text, _) = puzzle(&shown);
        test.clock.advance(Duration::MINUTE);
        let wrong = enter(&mut other, &mut device, &[("puzzle", &text), ("work", "x"), ("solution", "")]).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && other.session().is_none());
        assert!(!wrong.body.contains(&text), "a puzzle is tried once");
        let (text, work) = puzzle(&wrong);
        test.clock.advance(Duration::MINUTE);
        let entered = enter(&mut other, &mut device, &[("puzzle", &text), ("work", &work), ("solution", "")]).await;
        assert_eq!(entered.location(), "/zhanghao");
        assert!(other.session().is_some());
    }

    clause_2_2_3_d_a_stopped_log_in_says_why_and_goes_on_after_wait_puzzle_and_code(test) {
        let router = site(test);
        lin(test, &router).await;
        test.clock.advance(Duration::minutes(2));
        let mut browser = Browser::at(&router);
        let held = log_in(&mut browser, AWAY, "周以宁", PASSWORD).await;
        assert_eq!(held.location(), "/denglu/anquan?next=/zhanghao");
        assert!(browser.cookie("session").is_none() && browser.cookie("stopped").is_some());
        let shown = browser.get("/denglu/anquan?next=/zhanghao").await;
        for part in ["暂缓", "近九十天没有登录过您的账号", "相距太远", "申请人工复核", "由本站自己出题", "/static/puzzle."] {
            assert!(shown.body.contains(part), "{part}");
        }
        assert!(!shown.body.contains("198.51") && !shown.body.contains("100-0000"), "no address, no number");
        let (text, work) = puzzle(&shown);
        let fields = [("puzzle", text.as_str()), ("work", work.as_str()), ("next", "/zhanghao")];
        let early = post(&mut browser, AWAY, "/denglu/anquan", &fields).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        test.clock.advance(Duration::minutes(2));
        let solved = post(&mut browser, AWAY, "/denglu/anquan", &fields).await;
        assert_eq!(solved.location(), "/denglu/anquan?next=/zhanghao");
        let sent = post(&mut browser, AWAY, "/denglu/anquan/yanzhengma", &[("next", "/zhanghao")]).await;
        assert!(sent.body.contains("验证码已发送"));
        let outbox = browser.get("/demo/outbox").await;
        let code: String = between(&outbox.body, "验证码 ", "，").to_owned();
        assert!(outbox.body.contains("仅用于在企服365登录验证"), "the message names purpose and site");
        let done = post(&mut browser, AWAY, "/denglu/anquan/queren", &[("code", &code), ("next", "/zhanghao")]).await;
        assert_eq!(done.location(), "/zhanghao");
        let own = browser.get("/zhanghao/anquan").await;
        for part in ["已由本人验证", "Chrome · Windows · US", "规则（第 1 版）"] {
            assert!(own.body.contains(part), "{part}");
        }
    }

    clause_2_2_3_b_a_frozen_log_in_leads_to_recovery_and_to_a_human(test) {
        let router = site(test);
        let mut home = lin(test, &router).await;
        let mut browser = Browser::at(&router);
        for _ in 0..RULES.failures_per_account {
            assert_eq!(log_in(&mut browser, AWAY, "周以宁", "wrong").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        log_in(&mut browser, AWAY, "周以宁", PASSWORD).await;
        let shown = browser.get("/denglu/anquan").await;
        assert!(shown.body.contains("冻结登录") && shown.body.contains("/mima/chongzhi"));
        let none = post(&mut browser, AWAY, "/denglu/anquan/fuhe", &[]).await;
        assert!(none.body.contains("请选择申请人工复核的理由"));
        let asked = post(&mut browser, AWAY, "/denglu/anquan/fuhe", &[("ground", "away")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER);
        let shown = browser.get("/denglu/anquan").await;
        assert!(shown.body.contains("已收到您的申请") && shown.body.contains("最迟答复"));
        // The session that is there sees it too, and another's decision is nobody's.
        let own = home.get("/zhanghao/anquan").await;
        assert!(own.body.contains("冻结登录") && own.body.contains("我在外地、境外或使用了代理"));
        let csrf = own.csrf();
        let strange = format!("/zhanghao/anquan/{}/fuhe", uuid::Uuid::nil());
        let foreign = home.post(&strange, &[("csrf", &csrf), ("ground", "me")]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    }

    clause_2_2_3_d_known_and_unknown_look_alike_at_every_door(test) {
        let router = site(test);
        lin(test, &router).await;
        let plain = |page: &Page, typed: &str| {
            let body = page.body.replace(typed, "·");
            // The puzzle's own signs differ each time.
            let words: Vec<&str> = body.split(|sign: char| sign.is_ascii_hexdigit()).collect();
            (page.status, words.concat())
        };
        let mut browser = Browser::at(&router);
        let boxes = [("accept_agreement", "2020-11-01"), ("accept_policy", "2020-11-01")];
        for (path, known, unknown) in [
            ("/denglu", [("login", "周以宁"), ("password", "wrong")], [("login", "无此人"), ("password", "wrong")]),
            ("/zhaohui/yanzhengma", [("login", "周以宁"), ("password", "wrong")], [("login", "无此人"), ("password", "wrong")]),
            ("/mima/chongzhi/yanzhengma", [("phone", PHONE), ("password", "")], [("phone", "100-0000-0007"), ("password", "")]),
        ] {
            test.clock.advance(Duration::minutes(1));
            let (one, other) = (post(&mut browser, HOME, path, &known).await, post(&mut browser, HOME, path, &unknown).await);
            assert_eq!(plain(&one, known[0].1), plain(&other, unknown[0].1), "{path}");
        }
        test.clock.advance(Duration::minutes(1));
        let ask = |phone: &'static str| [("phone", phone), boxes[0], boxes[1]];
        let one = post(&mut browser, HOME, "/zhuce/yanzhengma", &ask(PHONE)).await;
        let other = post(&mut browser, HOME, "/zhuce/yanzhengma", &ask("100-0000-0008")).await;
        assert_eq!(plain(&one, PHONE), plain(&other, "100-0000-0008"));
        // A name that is taken is told to nobody without the right code, nor a number that has an account.
        test.clock.advance(Duration::minutes(1));
        let register = |phone: &'static str, name: &'static str| {
            [("phone", phone), ("account_name", name), ("password", PASSWORD), ("code", "x"), ("age_band", "adult"), boxes[0], boxes[1]]
        };
        let mut answers = Vec::new();
        for (phone, name) in [(PHONE, "周以宁"), (PHONE, "无此人"), ("100-0000-0008", "周以宁"), ("100-0000-0008", "无此人")] {
            let page = post(&mut browser, HOME, "/zhuce", &register(phone, name)).await;
            assert!(page.body.contains("href=\"#code\""), "{phone} {name}");
            answers.push(plain(&Page { body: page.body.replace(name, "·"), ..page }, phone));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1);
        // With the door closed as well.
        for number in 0..RULES.names_per_network {
            log_in(&mut browser, HOME, &format!("无此人{number}"), "x").await;
        }
        let (one, other) = (log_in(&mut browser, HOME, "周以宁", PASSWORD).await, log_in(&mut browser, HOME, "无此人", PASSWORD).await);
        assert!(one.body.contains("请先完成下面的安全验证"));
        assert_eq!(one.status, other.status);
        let said = |page: &Page| between(&page.body, "error-summary", "</div>").to_owned();
        assert_eq!(said(&one), said(&other));
    }

    clause_2_2_3_a_no_form_of_another_site_and_no_way_to_one(test) {
        let router = site(test);
        lin(test, &router).await;
        for path in [
            "/denglu", "/denglu/anquan", "/denglu/anquan/yanzhengma", "/denglu/anquan/queren", "/denglu/anquan/fuhe",
            "/mima/chongzhi", "/mima/chongzhi/yanzhengma", "/zhuce", "/zhuce/yanzhengma", "/zhuce/jianhuren",
            "/zhuce/jianhuren/yanzhengma", "/zhaohui/yanzhengma",
        ] {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
                let request = Request::post(path)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .header(header::HOST, "qifu365.example")
                    .header(name, value)
                    .body(Body::from("csrf=x"))
                    .expect("a request");
                assert_eq!(Browser::at(&router).send(request).await.status, StatusCode::FORBIDDEN, "{path} {name}");
            }
        }
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example"] {
            let mut browser = Browser::at(&router);
            let page = post(&mut browser, HOME, "/denglu", &[("login", "周以宁"), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!(page.location(), "/zhanghao", "{next}");
            let mut browser = Browser::at(&router);
            let page = post(&mut browser, AWAY, "/denglu", &[("login", "周以宁"), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!(page.location(), "/denglu/anquan?next=/zhanghao", "{next}");
        }
    }

    clause_2_2_3_d_no_answer_tells_by_its_time_what_was_found(test) {
        const FLOOR: std::time::Duration = std::time::Duration::from_millis(400);
        let mut state: WebState = state(test, true);
        let settings = Arc::unwrap_or_clone(state.settings);
        state.settings = Arc::new(web::Settings { answer_floor: FLOOR, ..settings });
        let router = web::router(state);
        let mut holder = lin(test, &router).await;
        let csrf = holder.get("/zhanghao").await.csrf();
        let boxes = [("accept_agreement", "2020-11-01"), ("accept_policy", "2020-11-01")];
        let number = [("phone", "100-0000-0007"), ("code", "x"), ("password", PASSWORD), ("csrf", &csrf)];
        let whole = [&number[..], &[("account_name", "无此人"), ("age_band", "adult")], &boxes].concat();
        let asked = [("phone", "100-0000-0007"), ("code", "x"), ("guardian_phone", PHONE), ("age_band", "child"), ("csrf", &csrf)];
        let new = [("phone", "100-0000-0007"), ("csrf", &csrf)];
        for (path, fields) in [
            ("/zhuce", &whole[..]), ("/zhuce/yanzhengma", &whole), ("/zhuce/jianhuren", &asked),
            ("/zhuce/jianhuren/yanzhengma", &asked), ("/mima/chongzhi", &number), ("/mima/chongzhi/yanzhengma", &number),
            ("/denglu/yishi/yanzhengma", &new), ("/zhanghao/shouji/xin/yanzhengma", &new),
        ] {
            let at = begun();
            let page = holder.post(path, fields).await;
            assert!(page.status != StatusCode::FORBIDDEN, "{path}");
            assert!(at.elapsed() >= FLOOR, "{path}");
        }
    }

    a_stopped_log_in_is_nobody_s_without_its_cookie(test) {
        let router = site(test);
        let mut browser = Browser::at(&router);
        let shown = browser.get("/denglu/anquan").await;
        assert!(shown.body.contains("没有等待处理的登录"));
        browser.keep("stopped", &"0".repeat(64));
        for path in ["/denglu/anquan", "/denglu/anquan/yanzhengma", "/denglu/anquan/queren", "/denglu/anquan/fuhe"] {
            let page = post(&mut browser, HOME, path, &[("ground", "me")]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(page.body.contains("这次登录已超时"), "{path}");
        }
    }

    the_script_is_our_own_and_the_only_one(test) {
        let router = site(test);
        let mut browser = Browser::at(&router);
        let page = browser.get("/denglu").await;
        assert!(!page.body.contains("/static/puzzle."), "none where no puzzle is");
        let policy = page.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe") && policy.contains("form-action 'self'"), "{policy}");
        for number in 0..RULES.names_per_network {
            log_in(&mut browser, HOME, &format!("无此人{number}"), "x").await;
        }
        let page = log_in(&mut browser, HOME, "无此人", "x").await;
        let path = format!("/static/puzzle.{}", between(&page.body, "<script src=\"/static/puzzle.", "\""));
        let script = browser.get(&path).await;
        assert_eq!(script.status, StatusCode::OK);
        assert!(script.headers[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/javascript"));
        assert!(script.body.len() < 15 * 1024 && !script.body.contains("http"), "small, and asks nobody");
    }
}
