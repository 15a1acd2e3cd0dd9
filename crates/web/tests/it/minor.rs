//! Minors, guardians and staff as their browsers meet them.

use axum::http::StatusCode;
use domain::staff::Role;
use privacy::purpose::Operate;
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, PASSWORD, Page, state};
use crate::staff::{at_work, passes, sent};

const CHILD: &str = "100-0000-0021";
const GUARDIAN: &str = "100-0000-0022";
const BOXES: [(&str, &str); 2] = [
    ("accept_agreement", "2020-11-01"),
    ("accept_policy", "2020-11-01"),
];

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let at = text.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    text[at..].split(to).next().expect("an end")
}

async fn code_as(browser: &mut Browser, phone: &str, band: &str) -> Page {
    let fields = [("phone", phone), ("age_band", band), ("account_name", "孩子")];
    browser
        .post("/zhuce/yanzhengma", &[&fields[..], &BOXES].concat())
        .await
}

async fn work(test: &TestStore) {
    app::job::run_ready(&state(test, true).app, "2020-11-01")
        .await
        .expect("worked");
}

/// The guardian goes the whole way, and the address of the child's page.
async fn consents(test: &TestStore, guardian: &mut Browser, extra: &[(&str, &str)]) -> String {
    let room = guardian.get("/zhanghao/jianhu").await.body;
    let page = format!(
        "/zhanghao/jianhu/{}",
        between(&room, "href=\"/zhanghao/jianhu/", "\"")
    );
    test.clock.advance(Duration::seconds(61));
    let coded = sent(guardian, &page, &format!("{page}/yanzhengma"), &[]).await;
    assert_eq!(coded.status, StatusCode::OK);
    let code = guardian.latest_code().await;
    let silent = sent(guardian, &page, &format!("{page}/queren"), &[("code", &code)]).await;
    assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("href=\"#statement\""));
    let proved = sent(
        guardian,
        &page,
        &format!("{page}/queren"),
        &[("code", &code), ("statement", "1")],
    )
    .await;
    assert_eq!(proved.location(), page);
    let read = guardian.get(&page).await.body;
    assert!(read.contains("100****0021") && read.contains("href=\"/ertong-guize\""));
    assert_eq!(
        sent(guardian, &page, &format!("{page}/guize"), &[("read", "1")])
            .await
            .location(),
        page
    );
    let half = sent(
        guardian,
        &page,
        &format!("{page}/tongyi"),
        &[("guardian_account", "1")],
    )
    .await;
    assert!(half.status == StatusCode::UNPROCESSABLE_ENTITY && half.body.contains("请分别勾选"));
    let ticks = [
        &[("guardian_account", "1"), ("guardian_messages", "1")][..],
        extra,
    ]
    .concat();
    assert_eq!(
        sent(guardian, &page, &format!("{page}/tongyi"), &ticks)
            .await
            .location(),
        page
    );
    page
}

pub async fn asked(test: &TestStore, band: &str) -> (Browser, Browser) {
    let mut guardian = Browser::new(test);
    guardian.register(GUARDIAN, "家长").await;
    let mut child = Browser::new(test);
    let first = code_as(&mut child, CHILD, band).await;
    assert!(first.status == StatusCode::OK && first.body.contains("请父母或其他监护人同意"));
    assert!(first.body.contains(CHILD), "what was typed is kept");
    let page = asks(test, &mut child, CHILD, band).await;
    assert!(page.status == StatusCode::OK && page.body.contains("已经请求监护人"));
    (child, guardian)
}

/// Proves the minor's own number and asks the guardian.
async fn asks(test: &TestStore, child: &mut Browser, phone: &str, band: &str) -> Page {
    test.clock.advance(Duration::seconds(61));
    let own = [("phone", phone), ("guardian_phone", GUARDIAN), ("age_band", band)];
    let coded = child.post("/zhuce/jianhuren/yanzhengma", &own).await;
    assert!(
        coded.status == StatusCode::OK && coded.body.contains("验证码已发送"),
        "{} {}",
        coded.status,
        between(&coded.body, "<h1", "</form>")
    );
    assert!(
        coded.body.contains(phone) && coded.body.contains(GUARDIAN),
        "what was typed is kept"
    );
    let code = child.latest_code().await;
    let request = [&own[..], &[("code", code.as_str())]].concat();
    child.post("/zhuce/jianhuren", &request).await
}

async fn registered(test: &TestStore, child: &mut Browser, band: &str) {
    test.clock.advance(Duration::seconds(61));
    work(test).await;
    let coded = code_as(child, CHILD, band).await;
    assert!(coded.body.contains("验证码已发送"));
    let code = child.latest_code().await;
    let fields = [
        ("phone", CHILD),
        ("age_band", band),
        ("code", code.as_str()),
        ("account_name", "孩子"),
        ("password", PASSWORD),
    ];
    assert_eq!(
        child
            .post("/zhuce", &[&fields[..], &BOXES].concat())
            .await
            .location(),
        "/zhanghao"
    );
}

both_dbs! {
    clause_2_7_a_a_registration_asks_for_the_age_neutrally_and_a_child_is_led_to_the_guardian(test) {
        let mut browser = Browser::new(test).within("203.0.113.5");
        let form = browser.get("/zhuce").await.body;
        for band in ["adult", "teen", "child"] {
            let tag = between(&form, &format!("id=\"age-{band}\""), ">");
            assert!(!tag.contains("checked"), "none is chosen beforehand");
        }
        assert!(!between(&form, "<legend>您的年龄段", "</fieldset>").contains("监护人"), "nothing tells which answer passes");
        let silent = browser.post("/zhuce/yanzhengma", &[&[("phone", CHILD)][..], &BOXES].concat()).await;
        assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("href=\"#age_band\""));
        assert!(code_as(&mut browser, CHILD, "child").await.body.contains("/zhuce/jianhuren"));
        test.clock.advance(Duration::seconds(61));
        let back = code_as(&mut browser, CHILD, "adult").await;
        assert!(back.status == StatusCode::UNPROCESSABLE_ENTITY && back.body.contains("7 天内选择过更小的年龄段"));
        let oneself = [("phone", CHILD), ("guardian_phone", CHILD), ("age_band", "child")];
        let refused = browser.post("/zhuce/jianhuren", &oneself).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("href=\"#guardian_phone\""));
        let foreign = browser.post_from("/zhuce/jianhuren", &oneself, "cross-site").await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        // A number that has an account is answered alike, and whoever cannot prove theirs asks nobody.
        Browser::new(test).register("100-0000-0030", "有账号").await;
        test.clock.advance(Duration::seconds(61));
        for phone in ["100-0000-0030", "100-0000-0028"] {
            let typed = [("phone", phone), ("guardian_phone", GUARDIAN), ("age_band", "child"), ("code", "000000")];
            let coded = browser.post("/zhuce/jianhuren/yanzhengma", &typed).await;
            assert!(coded.status == StatusCode::OK && coded.body.contains("验证码已发送"), "{phone}");
            let refused = browser.post("/zhuce/jianhuren", &typed).await;
            assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("href=\"#code\""), "{phone}");
        }
        let told = browser.get("/demo/outbox").await.body;
        assert!(told.contains("已经注册"));
    }

    clause_2_7_a_a_guardian_consents_and_takes_it_back_on_their_own_page(test) {
        let (mut child, mut guardian) = asked(test, "child").await;
        let page = consents(test, &mut guardian, &[]).await;
        registered(test, &mut child, "child").await;
        let own = child.get("/zhanghao/jianhu").await.body;
        assert!(own.contains("监护人已同意"));
        // 2.7.b: what a minor's account never does.
        let consent = child.get("/zhanghao/tongyi").await;
        let alert = child.post("/zhanghao/tongyi/login_alert", &[("csrf", &consent.csrf()), ("choice", "give")]).await;
        assert!(alert.status == StatusCode::FORBIDDEN && alert.body.contains("未成年人账号不能使用这项功能"));
        let seen = guardian.get(&page).await.body;
        assert!(seen.contains("账号资料") && !seen.contains("孩子<") && !seen.contains("value=\"孩子\""));
        assert!(seen.contains(&format!("{page}/fuben")) && seen.contains(&format!("{page}/mingcheng")));
        let wrong = sent(&mut guardian, &page, &format!("{page}/fuben"), &[("current", "no")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let copy = sent(&mut guardian, &page, &format!("{page}/fuben"), &[("current", PASSWORD)]).await;
        assert_eq!(copy.headers.get("content-type").and_then(|kind| kind.to_str().ok()), Some("application/zip"));
        let record = child.get("/zhanghao/chakan").await.body;
        assert!(record.contains("监护人"), "the child reads who looked");
        let mut stranger = Browser::new(test);
        test.clock.advance(Duration::seconds(61));
        stranger.register("100-0000-0029", "路人").await;
        assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
        let foreign = sent(&mut stranger, "/zhanghao", &format!("{page}/chehui"), &[("sure", "1")]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let unsure = sent(&mut guardian, &page, &format!("{page}/chehui"), &[]).await;
        assert!(unsure.status == StatusCode::UNPROCESSABLE_ENTITY && unsure.body.contains("href=\"#sure\""));
        let ended = sent(&mut guardian, &page, &format!("{page}/chehui"), &[("sure", "1")]).await;
        let certificate = ended.location().to_owned();
        assert!(certificate.starts_with("/zhuxiao/"));
        assert!(child.get("/zhanghao").await.location().starts_with("/denglu"), "at once");
        work(test).await;
        assert!(guardian.get(&certificate).await.body.contains("删除证明"));
        assert_eq!(guardian.get(&page).await.status, StatusCode::NOT_FOUND);
    }

    clause_2_7_a_a_minor_says_on_the_page_who_is_not_their_guardian(test) {
        let (mut child, mut guardian) = asked(test, "child").await;
        consents(test, &mut guardian, &[]).await;
        work(test).await;
        let told = child.get("/demo/outbox").await.body;
        assert!(told.contains("您的监护人已同意（监护人手机号 100****0022）"));
        test.clock.advance(Duration::seconds(61));
        let own = [("phone", CHILD), ("guardian_phone", "100-0000-0024"), ("age_band", "child")];
        child.post("/zhuce/jianhuren/yanzhengma", &own).await;
        let code = child.latest_code().await;
        let again = [&own[..], &[("code", code.as_str())]].concat();
        let asked = child.post("/zhuce/jianhuren", &again).await;
        assert!(asked.status == StatusCode::UNPROCESSABLE_ENTITY && asked.body.contains("href=\"#not_mine\""));
        let tag = between(&asked.body, "id=\"not_mine\"", ">");
        assert!(!tag.contains("checked"), "nothing is ticked beforehand");
        let said = child.post("/zhuce/jianhuren", &[&again[..], &[("not_mine", "1")]].concat()).await;
        assert!(said.status == StatusCode::OK && said.body.contains("已经请求监护人"));
        assert!(guardian.get("/zhanghao/jianhu").await.body.contains("没有请您办理的请求"));
    }

    clause_2_7_a_an_account_found_late_opens_its_rights_and_nothing_else(test) {
        let mut user = Browser::new(test);
        user.register(CHILD, "学生").await;
        let csrf = user.get("/zhanghao/shiming").await.csrf();
        user.post("/zhanghao/shiming/tongyi", &[("csrf", &csrf), ("accept_verification", "1")]).await;
        let found = user.post("/zhanghao/shiming", &[("csrf", &csrf), ("real_name", "林小树"), ("id_number", "999999201506010011")]).await;
        assert!(found.body.contains("账号已改为仅可浏览") && found.body.contains("人工复核"), "told in plain words");
        for closed in ["/zhanghao", "/zhanghao/lingpai", "/dingdan", "/zhanghao/qiye", "/zhanghao/ziliao"] {
            assert_eq!(user.get(closed).await.location(), "/zhanghao/jianhu", "{closed}");
        }
        for open in ["/zhanghao/jianhu", "/zhanghao/yinsi", "/zhanghao/chakan", "/zhanghao/gongxiang", "/fuwu", "/ertong-guize"] {
            assert_eq!(user.get(open).await.status, StatusCode::OK, "{open}");
        }
        let room = user.get("/zhanghao/jianhu").await.body;
        assert!(room.contains("这个账号现在仅可浏览") && room.contains("/zhanghao/jianhu/yiyi"));
        let none = sent(&mut user, "/zhanghao/jianhu", "/zhanghao/jianhu/yiyi", &[]).await;
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.body.contains("href=\"#mistake\""));
        let contested = sent(&mut user, "/zhanghao/jianhu", "/zhanghao/jianhu/yiyi", &[("mistake", "others")]).await;
        assert_eq!(contested.location(), "/zhanghao/jianhu");
        assert!(user.get("/zhanghao/jianhu").await.body.contains("您已提出异议，由个人信息保护负责人人工复核；复核期间不会删除。 最迟答复："));
        let mut officer = at_work(test, "dpo-1", &[Role::Dpo]).await;
        assert!(passes(&mut officer).await.body.contains("通过，答对"));
        assert!(officer.get("/guanli").await.body.contains("未成年异议"), "a queue at home");
        let page = officer.get("/guanli/weichengnian").await.body;
        assert!(page.contains("填成了别人的证件号码") && page.contains("个工作日") && !page.contains("林小树"));
        let act = format!("/guanli/weichengnian/yiyi/{}", between(&page, "action=\"/guanli/weichengnian/yiyi/", "\""));
        let silent = sent(&mut officer, "/guanli/weichengnian", &act, &[]).await;
        assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("href=\"#ruling\"") && silent.body.contains("id=\"ruling\""));
        assert_eq!(sent(&mut officer, "/guanli/weichengnian", &act, &[("ruling", "others")]).await.location(), "/guanli/weichengnian");
        assert_eq!(user.get("/zhanghao").await.status, StatusCode::OK, "as before");
        assert!(user.get("/zhanghao/jianhu").await.body.contains("异议成立：证件号码是他人的"), "with the reason");
    }

    clause_2_7_b_a_minor_s_case_takes_a_supervisor_and_the_guardian_reads_it(test) {
        let (mut teen, mut guardian) = asked(test, "teen").await;
        let page = consents(test, &mut guardian, &[("real_name", "1")]).await;
        registered(test, &mut teen, "teen").await;
        let csrf = teen.get("/zhanghao/shiming").await.csrf();
        teen.post("/zhanghao/shiming/tongyi", &[("csrf", &csrf), ("accept_verification", "1")]).await;
        teen.post("/zhanghao/shiming", &[("csrf", &csrf), ("real_name", "林小树"), ("id_number", "999999201006010015")]).await;
        work(test).await;
        assert!(teen.get("/zhanghao/shiming").await.body.contains("已实名"));
        let mut first = at_work(test, "verifier-1", &[Role::Verifier]).await;
        let mut second = at_work(test, "verifier-2", &[Role::Verifier]).await;
        let mut supervisor = at_work(test, "supervisor-1", &[Role::Supervisor]).await;
        for desk in [&mut first, &mut second, &mut supervisor] {
            assert!(passes(desk).await.body.contains("通过，答对"));
        }
        let list = first.get("/guanli/shiming?zhuangtai=verified").await.body;
        let case = format!("/guanli/shiming/{}", between(&list, "href=\"/guanli/shiming/", "\""));
        let version = between(&first.get(&case).await.body, "name=\"version\" value=\"", "\"").to_owned();
        sent(&mut first, &case, &format!("{case}/jueding"), &[("version", &version), ("event", "propose_revocation"), ("ground", "borrowed")]).await;
        let shown = second.get(&case).await.body;
        assert!(shown.contains("这是未成年人") && shown.contains(&format!("{case}/shenqing")));
        let denied = sent(&mut second, &case, &format!("{case}/chakan"), &[("why", "review")]).await;
        assert!(denied.status == StatusCode::UNPROCESSABLE_ENTITY && denied.body.contains("须先由主管批准") && !denied.body.contains("林小树"));
        assert_eq!(sent(&mut second, &case, &format!("{case}/shenqing"), &[("reason", "review")]).await.location(), case);
        assert_eq!(second.get("/guanli/pizhun").await.status, StatusCode::NOT_FOUND);
        let waiting = supervisor.get("/guanli/pizhun").await.body;
        assert!(waiting.contains("verifier-2") && !waiting.contains("林小树"));
        let act = format!("/guanli/pizhun/{}", between(&waiting, "action=\"/guanli/pizhun/", "\""));
        let silent = sent(&mut supervisor, "/guanli/pizhun", &act, &[]).await;
        assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("href=\"#ruling\"") && silent.body.contains("id=\"ruling\""));
        assert_eq!(sent(&mut supervisor, "/guanli/pizhun", &act, &[("ruling", "needed")]).await.location(), "/guanli/pizhun");
        let opened = sent(&mut second, &case, &format!("{case}/chakan"), &[("why", "review")]).await;
        assert!(opened.status == StatusCode::OK && opened.body.contains("<strong>林小树</strong>"));
        let again = sent(&mut second, &case, &format!("{case}/chakan"), &[("why", "review")]).await;
        assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && !again.body.contains("<strong>林小树"), "once");
        let seen = guardian.get(&page).await.body;
        assert!(seen.contains("平台审核人员") && seen.contains("核对待决定的核验、撤销或申诉") && !seen.contains("林小树"));
    }

    clause_2_7_b_the_privacy_officer_reads_and_takes_the_yearly_audit(test) {
        let app = state(test, true).app;
        app::minor::run_due(&app, &test.system::<Operate>()).await.expect("ran");
        let mut officer = at_work(test, "dpo-1", &[Role::Dpo]).await;
        let list = officer.get("/guanli/weichengnian").await.body;
        assert!(list.contains("/guanli/weichengnian/niandu/2025"));
        assert!(officer.get("/guanli/weichengnian/niandu/2025").await.body.contains("监护人同意"));
        let csv = officer.get("/guanli/weichengnian/niandu/2025/csv").await;
        assert!(csv.body.contains("consents,监护人同意,consents,0") && csv.body.contains("sha256"));
        for missing in ["/guanli/weichengnian/niandu/2026", "/guanli/weichengnian/niandu/x"] {
            assert_eq!(officer.get(missing).await.status, StatusCode::NOT_FOUND, "{missing}");
        }
        let mut verifier = at_work(test, "verifier-1", &[Role::Verifier]).await;
        assert_eq!(verifier.get("/guanli/weichengnian/niandu/2025/csv").await.status, StatusCode::NOT_FOUND);
    }
}
