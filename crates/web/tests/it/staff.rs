//! The operator's console through its forms: set up, signed in, trained, and nobody where they have no work.

use app::staff as desk;
use axum::http::StatusCode;
use domain::account::guard::RULES;
use domain::account::totp;
use domain::staff::Role;
use privacy::purpose::Operate;
use testkit::{TestStore, both_dbs};
use time::Duration;
use web::routes::{ROUTES, Route, Who};

use crate::browser::{Browser, PASSWORD, Page, state};
use crate::guard::{AWAY, post, puzzle};

fn between<'a>(body: &'a str, from: &str, to: &str) -> &'a str {
    let at = body.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    body[at..].split(to).next().unwrap_or_default()
}

fn code(test: &TestStore, secret: &str) -> String {
    let bytes = totp::from_base32(&secret.replace(' ', "")).expect("a secret");
    totp::code(&bytes, totp::step(privacy::Clock::now(&*test.clock))).expect("a code")
}

/// Adds somebody as the operator's command does, and sets the account up in a browser; the secret.
async fn hired(test: &TestStore, browser: &mut Browser, identifier: &str, roles: &[Role]) -> String {
    let app = state(test, true).app;
    let ctx = test.system::<Operate>();
    let invited = desk::add(&app, &ctx, "operator", (identifier, roles))
        .await
        .expect("added");
    let first = [
        ("csrf", ""),
        ("identifier", identifier),
        ("setup_code", &*invited.code),
    ];
    let page = browser.post("/guanli/kaitong", &first).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let secret = between(&page.body, "<dd class=\"break\"><code>", "</code>").to_owned();
    let right = code(test, &secret);
    let rest = [
        ("display_name", "小审"),
        ("password", PASSWORD),
        ("second_code", &*right),
    ];
    let page = browser
        .post("/guanli/kaitong/wancheng", &[&first[..], &rest].concat())
        .await;
    assert!(
        page.status == StatusCode::OK && page.body.contains("恢复码"),
        "{}",
        page.body
    );
    secret
}

async fn enter(test: &TestStore, browser: &mut Browser, identifier: &str, secret: &str) -> Page {
    test.clock.advance(Duration::seconds(30));
    let right = code(test, secret);
    let fields = [
        ("csrf", ""),
        ("identifier", identifier),
        ("password", PASSWORD),
        ("second_code", &*right),
    ];
    browser.post("/guanli/denglu", &fields).await
}

/// A browser of somebody who works here.
pub async fn at_work(test: &TestStore, identifier: &str, roles: &[Role]) -> Browser {
    let mut browser = Browser::new(test);
    let secret = hired(test, &mut browser, identifier, roles).await;
    assert_eq!(
        enter(test, &mut browser, identifier, &secret).await.location(),
        "/guanli"
    );
    browser
}

pub async fn sent(browser: &mut Browser, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(page).await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

/// What is right, from the course's own file, by question.
fn right(id: &str) -> String {
    let text = include_str!("../../../../training/course.toml");
    let after = text.split(&format!("id = \"{id}\"")).nth(1).expect("a question");
    between(after, "right = ", "\n").to_owned()
}

/// Draws a quiz and answers it rightly.
pub async fn passes(browser: &mut Browser) -> Page {
    let drawn = sent(browser, "/guanli/peixun", "/guanli/peixun/ceyan", &[]).await;
    assert_eq!(drawn.location(), "/guanli/peixun/ceyan");
    let page = browser.get("/guanli/peixun/ceyan").await;
    let quiz = between(&page.body, "name=\"quiz\" value=\"", "\"").to_owned();
    let mut fields = vec![("quiz".to_owned(), quiz)];
    for row in page.body.split("type=\"radio\" id=\"").skip(1) {
        let name = between(row, "name=\"", "\"");
        if fields.iter().all(|(known, _)| known != name) {
            fields.push((name.to_owned(), right(name)));
        }
    }
    let given: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    let short = sent(browser, "/guanli/peixun", "/guanli/peixun/tijiao", &given[..3]).await;
    assert!(short.status == StatusCode::UNPROCESSABLE_ENTITY && short.body.contains("href=\"#h-quiz\""));
    assert!(short.body.contains(" checked"), "what was answered stays");
    sent(browser, "/guanli/peixun", "/guanli/peixun/tijiao", &given).await
}

/// Whose room a route is, if it is one of the console's; another kind of caller is another line here.
const fn owner(route: &Route) -> Option<Role> {
    match route.who {
        Who::Verifier => Some(Role::Verifier),
        Who::Officer => Some(Role::Dpo),
        Who::Arbiter => Some(Role::Arbiter),
        Who::Supervisor => Some(Role::Supervisor),
        Who::Admin => Some(Role::Admin),
        Who::Anyone | Who::Door | Who::Account | Who::Token(_) | Who::Demo | Who::Staff => None,
    }
}

both_dbs! {
    clause_2_5_1_e_each_role_finds_its_own_pages_and_no_others(test) {
        for role in Role::ALL {
            let mut browser = at_work(test, &format!("{}-1", role.as_str()), &[*role]).await;
            assert_eq!(browser.get("/guanli").await.status, StatusCode::OK);
            assert_eq!(browser.get("/guanli/peixun").await.status, StatusCode::OK);
            let csrf = browser.get("/guanli").await.csrf();
            for route in ROUTES {
                let Some(owner) = owner(route) else { continue };
                let path = route.path.replace("{id}", "00000000-0000-4000-8000-000000000000")
                    .replace("{demand}", "00000000-0000-4000-8000-000000000000")
                    .replace("{identifier}", "nobody-1").replace("{number}", "QF000000000000");
                let page = if route.method == "get" { browser.get(&path).await } else { browser.post(&path, &[("csrf", &csrf)]).await };
                let place = format!("{role:?} {} {path}", route.method);
                if owner != *role {
                    assert_eq!(page.status, StatusCode::NOT_FOUND, "{place}");
                } else if route.method == "get" && !route.path.contains('{') {
                    assert_eq!(page.status, StatusCode::OK, "{place}");
                }
            }
            // Nor is staff a user.
            assert!(browser.get("/zhanghao").await.location().starts_with("/denglu"));
        }
    }

    clause_2_1_1_e_whatever_is_wrong_at_the_door_looks_alike(test) {
        let mut browser = Browser::new(test);
        let secret = hired(test, &mut browser, "verifier-1", &[Role::Verifier]).await;
        test.clock.advance(Duration::seconds(30));
        let right = code(test, &secret);
        let mut seen = Vec::new();
        for (identifier, password, second) in [
            ("verifier-1", "wrong password", right.as_str()), ("verifier-1", PASSWORD, "000000"), ("verifier-1", PASSWORD, ""),
            ("verifier-9", PASSWORD, right.as_str()),
        ] {
            let fields = [("csrf", ""), ("identifier", identifier), ("password", password), ("second_code", second)];
            let page = browser.post("/guanli/denglu", &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(!page.body.contains(PASSWORD) && browser.cookie("staff").is_none());
            seen.push(page.body.replace(&format!("value=\"{identifier}\""), "value=\"\""));
        }
        seen.dedup();
        assert_eq!(seen.len(), 1, "not a sign of difference");
        let fields = [("csrf", ""), ("identifier", "verifier-1"), ("password", PASSWORD), ("second_code", &*right)];
        let foreign = browser.post_from("/guanli/denglu", &fields, "cross-site").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        assert_eq!(browser.post("/guanli/denglu", &fields).await.location(), "/guanli");
        let home = browser.get("/guanli").await;
        assert!(home.body.contains("小审") && home.body.contains("还没有通过培训") && home.body.contains("/guanli/peixun"));
        let forged = browser.post("/guanli/tuichu", &[("csrf", "x")]).await;
        assert_eq!(forged.status, StatusCode::FORBIDDEN);
        assert_eq!(sent(&mut browser, "/guanli", "/guanli/tuichu", &[]).await.location(), "/guanli/denglu");
        assert!(browser.cookie("staff").is_none());
        assert_eq!(browser.get("/guanli").await.location(), "/guanli/denglu");
    }

    clause_2_2_3_d_the_door_of_staff_asks_a_busy_network_for_a_puzzle(test) {
        let mut browser = Browser::new(test);
        let secret = hired(test, &mut browser, "verifier-1", &[Role::Verifier]).await;
        assert!(!browser.get("/guanli/denglu").await.body.contains("/static/puzzle."), "none where none is asked for");
        test.clock.advance(Duration::seconds(30));
        for number in 0..RULES.names_per_network {
            let identifier = format!("nobody-{number}");
            let fields = [("identifier", &*identifier), ("password", "x"), ("second_code", "000000")];
            assert!(post(&mut browser, AWAY, "/guanli/denglu", &fields).await.body.contains("name=\"second_code\""));
        }
        let right = code(test, &secret);
        let fields = [("identifier", "verifier-1"), ("password", PASSWORD), ("second_code", &*right)];
        let asked = post(&mut browser, AWAY, "/guanli/denglu", &fields).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("请先完成下面的安全验证") && asked.body.contains("<script src=\"/static/puzzle."));
        let (text, work) = puzzle(&asked);
        test.clock.advance(Duration::minutes(2));
        let right = code(test, &secret);
        let solved = [fields[0], fields[1], ("second_code", &*right), ("puzzle", &*text), ("work", &*work), ("answer", "")];
        assert_eq!(post(&mut browser, AWAY, "/guanli/denglu", &solved).await.location(), "/guanli");
    }

    clause_2_5_1_e_a_case_is_masked_opened_with_a_reason_and_its_person_reads_it(test) {
        let mut user = Browser::new(test);
        user.register("100-0000-0001", "lin").await;
        let csrf = user.get("/zhanghao/shiming").await.csrf();
        user.post("/zhanghao/shiming/tongyi", &[("csrf", &csrf), ("accept_verification", "1")]).await;
        user.post("/zhanghao/shiming", &[("csrf", &csrf), ("real_name", "林知远"), ("id_number", "999999199001010016")]).await;
        app::job::run_ready(&state(test, true).app, "2020-11-01").await.expect("worked");
        let mut first = at_work(test, "verifier-1", &[Role::Verifier]).await;
        let mut second = at_work(test, "verifier-2", &[Role::Verifier]).await;
        let list = first.get("/guanli/shiming?zhuangtai=verified").await.body;
        let case = format!("/guanli/shiming/{}", between(&list, "href=\"/guanli/shiming/", "\""));
        let number = between(&list, &format!("href=\"{case}\">"), "<").to_owned();
        let shown = first.get(&case).await.body;
        for page in [&list, &shown] {
            assert!(!page.contains("林知远") && !page.contains("0016") && page.contains(&number));
        }
        let act = format!("{case}/jueding");
        let version = between(&shown, "name=\"version\" value=\"", "\"").to_owned();
        let propose = [("version", version.as_str()), ("event", "propose_revocation")];
        // 2.5.1.f: without training nothing is decided.
        let untrained = sent(&mut first, &case, &act, &[propose[0], propose[1], ("ground", "borrowed")]).await;
        assert!(untrained.status == StatusCode::UNPROCESSABLE_ENTITY && untrained.body.contains("没有有效的培训证书"));
        assert!(passes(&mut first).await.body.contains("通过，答对"));
        let groundless = sent(&mut first, &case, &act, &propose).await;
        assert!(groundless.status == StatusCode::UNPROCESSABLE_ENTITY && groundless.body.contains("href=\"#ground\""));
        let proposed = sent(&mut first, &case, &act, &[propose[0], propose[1], ("ground", "borrowed")]).await;
        assert_eq!(proposed.location(), case);
        // Four eyes.
        let own = first.get(&case).await.body;
        assert!(own.contains("须由另一位审核人员处理") && !own.contains("value=\"confirm_revocation\""));
        // 2.5.1.f: without training nothing opens, and the page says so.
        let open = format!("{case}/chakan");
        let untrained = sent(&mut second, &case, &open, &[("piece", "real_name"), ("why", "review")]).await;
        assert!(untrained.status == StatusCode::UNPROCESSABLE_ENTITY && untrained.body.contains("没有有效的培训证书"));
        assert!(!untrained.body.contains("林知远") && untrained.body.contains("href=\"/guanli/peixun\""));
        assert!(passes(&mut second).await.body.contains("通过，答对"));
        let silent = sent(&mut second, &case, &open, &[]).await;
        assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("href=\"#why\""));
        let opened = sent(&mut second, &case, &open, &[("piece", "real_name"), ("why", "review")]).await;
        assert!(opened.status == StatusCode::OK && opened.body.contains("<strong>林知远</strong>"));
        assert!(!second.get(&case).await.body.contains("林知远"), "masked again");
        let record = user.get("/zhanghao/chakan?yongtu=certify").await.body;
        for there in ["平台审核人员", "核对待决定的核验、撤销或申诉", number.trim_start_matches("SM")] {
            assert!(record.contains(there), "{there}");
        }
        let version = between(&second.get(&case).await.body, "name=\"version\" value=\"", "\"").to_owned();
        let confirm = [("version", version.as_str()), ("event", "confirm_revocation")];
        assert_eq!(sent(&mut second, &case, &act, &confirm).await.location(), case);
        let told = user.get("/zhanghao/shiming").await;
        assert!(told.body.contains("证件被他人冒用") && told.body.contains("/zhanghao/shiming/shensu"));
        let csrf = told.csrf();
        assert_eq!(user.post("/zhanghao/shiming/shensu", &[("csrf", &csrf)]).await.location(), "/zhanghao/shiming");
        assert!(user.get("/zhanghao/shiming").await.body.contains("您已申诉"));
        let mut third = at_work(test, "verifier-3", &[Role::Verifier]).await;
        assert!(passes(&mut third).await.body.contains("通过，答对"));
        assert!(!second.get(&case).await.body.contains("value=\"uphold_appeal\""));
        let version = between(&third.get(&case).await.body, "name=\"version\" value=\"", "\"").to_owned();
        let uphold = [("version", version.as_str()), ("event", "uphold_appeal")];
        assert_eq!(sent(&mut third, &case, &act, &uphold).await.location(), case);
        assert!(user.get("/zhanghao/shiming").await.body.contains("已实名"));
    }

    clause_2_5_1_e_an_administrator_adds_and_ends_and_it_counts_at_once(test) {
        let mut admin = at_work(test, "admin-1", &[Role::Admin]).await;
        let mut other = at_work(test, "verifier-1", &[Role::Verifier]).await;
        let page = admin.get("/guanli/renyuan").await.body;
        assert!(page.contains("verifier-1") && !page.contains("小审"), "no names");
        assert!(!page.contains("/guanli/renyuan/admin-1/"), "nothing about themself");
        let own = sent(&mut admin, "/guanli/renyuan", "/guanli/renyuan/admin-1/juese", &[("dpo", "1")]).await;
        assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
        let none = sent(&mut admin, "/guanli/renyuan", "/guanli/renyuan", &[("new_identifier", "dpo-1")]).await;
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("href=\"#roles\"") && none.body.contains("value=\"dpo-1\""));
        let added = sent(&mut admin, "/guanli/renyuan", "/guanli/renyuan", &[("new_identifier", "dpo-1"), ("dpo", "1")]).await;
        assert!(added.body.contains("开通码（只显示这一次）"));
        let setup = between(&added.body, "<dt>开通码</dt><dd><code>", "</code>").to_owned();
        assert!(!admin.get("/guanli/renyuan").await.body.contains(&setup));
        let roles = sent(&mut admin, "/guanli/renyuan", "/guanli/renyuan/verifier-1/juese", &[("finance", "1")]).await;
        assert_eq!(roles.location(), "/guanli/renyuan");
        assert_eq!(other.get("/guanli/shiming").await.status, StatusCode::NOT_FOUND, "from the next request on");
        let ended = sent(&mut admin, "/guanli/renyuan", "/guanli/renyuan/verifier-1/tingyong", &[]).await;
        assert_eq!(ended.location(), "/guanli/renyuan");
        assert_eq!(other.get("/guanli").await.location(), "/guanli/denglu", "at once");
    }
}
