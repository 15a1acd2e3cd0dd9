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
        let boxes = [("age_band", "adult"), ("accept_agreement", "2020-11-01"), ("accept_policy", "2020-11-01")];
        let asked = browser.post("/zhuce/yanzhengma", &[&[("phone", PHONE)][..], &boxes].concat()).await;
        assert_eq!(asked.status, StatusCode::OK);
        let code = browser.latest_code().await;
        let own = [("phone", PHONE), ("code", code.as_str()), ("account_name", "lin"), ("password", PASSWORD)];
        // Wholly valid but for one field, whatever it is called.
        let valid = [&own[..], &boxes].concat();
        for more in [("real_name", "x"), ("birthday", ""), ("email", "a@example.org")] {
            let refused = browser.post("/zhuce", &[&valid[..], &[more]].concat()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", more.0);
            assert!(browser.session().is_none());
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM account").await, 0);
        assert_eq!(browser.post("/zhuce", &valid).await.location(), "/zhanghao");
        // Of the person nothing is sealed but the fields typed, and what carried the code and the session.
        let mut holding = Vec::new();
        for column in storage::register::columns().expect("a register").into_iter().filter(storage::register::Column::is_sealed) {
            let (table, name) = (column.table, column.name);
            if test.count(&format!("SELECT COUNT(*) FROM {table} WHERE {name} IS NOT NULL")).await > 0 {
                holding.push(format!("{table}.{name}"));
            }
        }
        holding.sort_unstable();
        assert_eq!(holding, ["account.name", "account.phone", "log_entry.opening", "message_outbox.body", "message_outbox.recipient", "session.device"]);
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
        "#age_band",
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

/// The input tag with this name.
fn input<'a>(page: &'a str, name: &str) -> &'a str {
    let at = page.find(&format!("id=\"{name}\"")).expect("the field");
    let from = page[..at].rfind('<').expect("its tag");
    page[from..].split('>').next().unwrap_or_default()
}

#[tokio::test]
async fn clause_0_7_asking_for_a_code_keeps_the_person_s_own_ticks_and_sets_none() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let typed = [
        ("phone", PHONE),
        ("age_band", "adult"),
        ("account_name", "林知远"),
        ("password", PASSWORD),
    ];
    for (agreement, policy) in [
        (Some("2020-11-01"), Some("2020-11-01")),
        (Some("2020-11-01"), None),
        (Some("2019-01-01"), Some("on")),
    ] {
        let ticks = [("accept_agreement", agreement), ("accept_policy", policy)];
        let ticks = ticks
            .iter()
            .filter_map(|(name, value)| value.map(|value| (*name, value)));
        let fields: Vec<_> = typed.into_iter().chain(ticks).collect();
        let page = browser.post("/zhuce/yanzhengma", &fields).await;
        let all = (agreement, policy) == (Some("2020-11-01"), Some("2020-11-01"));
        assert_eq!(
            page.status == StatusCode::OK,
            all,
            "a tick for another text accepts nothing"
        );
        for (name, value) in [("accept_agreement", agreement), ("accept_policy", policy)] {
            let kept = input(&page.body, name).contains(" checked");
            assert_eq!(kept, value == Some("2020-11-01"), "{name} {value:?}");
        }
        assert!(input(&page.body, "phone").contains(PHONE));
        assert!(input(&page.body, "account_name").contains("林知远"));
        assert!(!page.body.contains(PASSWORD));
    }
    test.close().await;
}

#[tokio::test]
async fn a_demonstration_says_which_numbers_it_takes_and_takes_no_other() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let form = browser.get("/zhuce").await;
    assert!(form.body.contains("100-0000-00NN") && form.body.contains("（/demo/outbox）"));
    let real = [
        ("phone", "13800138000"),
        ("age_band", "adult"),
        ("accept_agreement", "2020-11-01"),
        ("accept_policy", "2020-11-01"),
    ];
    for path in ["/zhuce/yanzhengma", "/mima/chongzhi/yanzhengma"] {
        let fields = if path.starts_with("/zhuce") {
            &real[..]
        } else {
            &real[..1]
        };
        let refused = browser.post(path, fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(refused.body.contains("演示站只接受 100-0000-00NN"), "{path}");
    }
    let mut production = Browser::production(&test);
    let form = production.get("/zhuce").await;
    assert!(!form.body.contains("100-0000") && !form.body.contains("/demo/"));
    let fictional = [("phone", PHONE), real[1], real[2], real[3]];
    let refused = production.post("/zhuce/yanzhengma", &fictional).await;
    assert!(refused.body.contains("手机号应为 11 位的中国大陆手机号"));
    assert_eq!(
        production.post("/zhuce/yanzhengma", &real).await.status,
        StatusCode::OK
    );
    test.close().await;
}

#[tokio::test]
async fn empty_log_in_fields_are_to_be_filled_in_and_errors_take_the_focus() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let page = browser.post("/denglu", &[("login", " "), ("password", "")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("href=\"#login\">请填写手机号或账号名")
            && page.body.contains("href=\"#password\">请填写密码")
    );
    assert!(!page.body.contains("不正确"));
    assert!(
        page.body
            .contains("<h2 id=\"error-title\" tabindex=\"-1\" autofocus>")
    );
    test.close().await;
}

#[tokio::test]
async fn after_the_log_in_the_whole_address_is_back() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    browser.register(PHONE, "lin").await;
    let csrf = browser.get("/zhanghao").await.csrf();
    browser.post("/tuichu", &[("csrf", &csrf)]).await;
    let address = "/dingdan?side=sold&status=placed";
    let sent = browser.get(address).await;
    assert_eq!(
        sent.location(),
        "/denglu?next=/dingdan%3Fside%3Dsold%26status%3Dplaced"
    );
    let form = browser.get(sent.location()).await;
    assert!(
        form.body
            .contains("name=\"next\" value=\"/dingdan?side=sold&#38;status=placed\""),
        "{}",
        form.body
    );
    assert!(
        form.body
            .contains("/zhuce?next=/dingdan%3Fside%3Dsold%26status%3Dplaced")
    );
    let back = browser
        .post(
            "/denglu",
            &[("login", "lin"), ("password", PASSWORD), ("next", address)],
        )
        .await;
    assert_eq!(back.location(), address);
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
