//! The phone changed, a lost one replaced, names corrected, and the lists behind the account page,
//! through the forms.

use axum::http::StatusCode;
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, PASSWORD, Page};

const PHONE: &str = "100-0000-0001";
const NEW: &str = "100-0000-0077";

async fn prove(test: &TestStore, browser: &mut Browser) {
    test.clock.advance(Duration::minutes(2));
    let csrf = browser.get("/zhanghao/shouji").await.csrf();
    let sent = browser
        .post("/zhanghao/shouji/yanzhengma", &[("csrf", &csrf)])
        .await;
    assert!(sent.body.contains("验证码已发送到您现在的手机号"));
    let code = browser.latest_code().await;
    let fields = [("csrf", &*csrf), ("code", &code), ("current", PASSWORD)];
    let proved = browser.post("/zhanghao/shouji", &fields).await;
    assert_eq!(
        (proved.status, proved.location()),
        (StatusCode::SEE_OTHER, "/zhanghao/shouji/xin")
    );
}

/// Whether the page refuses, names the field in its summary and beside it, and says what to do.
pub fn names(page: &Page, field: &str, place: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{place}");
    assert!(
        page.body.contains(&format!("href=\"#{field}\""))
            && page.body.contains(&format!("id=\"{field}-err\"")),
        "{place}: {field} is not named"
    );
    assert!(page.body.contains("请"), "{place}: no remedy");
}

/// What people and machines type where something else is wanted.
pub fn nonsense() -> Vec<String> {
    [
        "",
        " ",
        "　",
        "１３８",
        "138 0000 00011",
        "+86",
        "1380000000a",
        "\u{202e}10000000077",
        "10000000077\u{200f}",
        "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂",
        "'; DROP TABLE account; --",
        "1 OR 1=1",
        "<script>alert(1)</script>",
        "100\n0000\n0078x",
        "\r\nSet-Cookie: a=b",
        "%00",
        "../../etc/passwd",
        "{{7*7}}",
        "0",
        "-10000000077x",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["1".repeat(10_000)])
    .collect()
}

both_dbs! {
    clause_2_6_1_a_a_person_changes_the_number_in_two_steps(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "林知远").await;
        let mut other = Browser::new(test);
        other.post("/denglu", &[("login", "林知远"), ("password", PASSWORD)]).await;
        assert_eq!(browser.get("/zhanghao/shouji/xin").await.location(), "/zhanghao/shouji", "not without the first step");
        prove(test, &mut browser).await;
        test.clock.advance(Duration::minutes(1));
        let csrf = browser.get("/zhanghao/shouji/xin").await.csrf();
        let sent = browser.post("/zhanghao/shouji/xin/yanzhengma", &[("csrf", &csrf), ("phone", NEW), ("reason", "换号")]).await;
        assert!(sent.body.contains("value=\"100-0000-0077\"") && sent.body.contains("value=\"换号\""), "nothing typed is lost");
        let code = browser.latest_code().await;
        let done = browser.post("/zhanghao/shouji/xin", &[("csrf", &csrf), ("phone", NEW), ("code", &code), ("reason", "换号")]).await;
        assert_eq!(done.location(), "/zhanghao/shouji/wancheng");
        let done = browser.get("/zhanghao/shouji/wancheng").await;
        assert!(done.body.contains("100****0077") && !done.body.contains("10000000077"));
        assert_eq!(other.get("/zhanghao").await.status, StatusCode::SEE_OTHER, "the other device is logged out");
        let record = browser.get("/zhanghao/xiugai").await;
        assert!(record.body.contains("更换手机号") && record.body.contains("换号") && record.body.contains("您本人"));
        let ledger = browser.get("/zhanghao/gongxiang").await;
        assert!(ledger.body.contains("本人更正"), "2.6.2.a: the sender was asked to correct");
        assert_eq!(browser.get("/zhanghao/shouji/xin").await.location(), "/zhanghao/shouji", "the proof is used up");
    }

    clause_2_1_1_e_a_number_in_use_and_a_free_one_look_alike(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "林知远").await;
        test.clock.advance(Duration::minutes(2));
        Browser::new(test).register("100-0000-0002", "he").await;
        prove(test, &mut browser).await;
        let csrf = browser.get("/zhanghao/shouji/xin").await.csrf();
        let mut bodies = Vec::new();
        for phone in ["100-0000-0002", "100-0000-0003"] {
            let sent = browser.post("/zhanghao/shouji/xin/yanzhengma", &[("csrf", &csrf), ("phone", phone)]).await;
            let wrong = browser.post("/zhanghao/shouji/xin", &[("csrf", &csrf), ("phone", phone), ("code", "123456")]).await;
            bodies.push((sent.status, sent.body.replace(phone, ""), wrong.status, wrong.body.replace(phone, "")));
        }
        assert_eq!(bodies[0], bodies[1]);
    }

    a_lost_number_is_asked_for_warned_about_and_cancelled_with_one_click(test) {
        let mut holder = Browser::new(test);
        holder.register(PHONE, "林知远").await;
        test.clock.advance(Duration::minutes(2));
        let mut thief = Browser::new(test);
        let fields = [("login", "林知远"), ("password", PASSWORD), ("phone", NEW)];
        assert!(thief.post("/zhaohui/yanzhengma", &fields).await.body.contains("验证码已发送"));
        let code = thief.latest_code().await;
        let asked = thief.post("/zhaohui", &[&fields[..], &[("code", &*code)]].concat()).await;
        assert!(asked.status == StatusCode::OK && asked.body.contains("2026年11月30日"));
        assert!(holder.get("/demo/outbox").await.body.contains("一键取消"), "the number is told");
        // Whoever happens to be logged in here as another person asks like anybody else.
        test.clock.advance(Duration::minutes(2));
        let mut guest = Browser::new(test);
        guest.register("100-0000-0003", "guest").await;
        let csrf = guest.get("/zhanghao").await.csrf();
        let pending = guest.post("/zhaohui", &[&fields[..], &[("code", "1"), ("csrf", &*csrf)]].concat()).await;
        assert!(pending.status == StatusCode::UNPROCESSABLE_ENTITY && pending.body.contains("已有一个找回申请"));
        let account = holder.get("/zhanghao").await;
        assert!(account.body.contains("有人申请找回手机号") && account.body.contains("100****0077"));
        let csrf = account.csrf();
        let wrong = holder.post("/zhanghao/shouji/zhaohui/quxiao", &[("csrf", "x")]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        assert_eq!(holder.post("/zhanghao/shouji/zhaohui/quxiao", &[("csrf", &csrf)]).await.location(), "/zhanghao");
        assert!(!holder.get("/zhanghao").await.body.contains("有人申请找回手机号"));
        assert_eq!(holder.post("/zhanghao/shouji/zhaohui/quxiao", &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
        test.clock.advance(Duration::days(8));
        let app = crate::browser::state(test, true).app;
        app::account::carry_out_recoveries(&app, "2020-11-01").await.expect("work");
        assert!(holder.get("/zhanghao").await.body.contains("100****0001"));
    }

    clause_2_6_2_a_names_are_corrected_with_a_reason_and_recorded(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        let csrf = browser.get("/zhanghao/mingcheng").await.csrf();
        let fields = [("csrf", &*csrf), ("account_name", "林知远"), ("current", PASSWORD), ("reason", "原名打错")];
        assert_eq!(browser.post("/zhanghao/mingcheng", &fields).await.location(), "/zhanghao");
        let fields = [("csrf", &*csrf), ("display_name", "<i>阿远</i>"), ("reason", "")];
        assert_eq!(browser.post("/zhanghao/ziliao", &fields).await.location(), "/zhanghao");
        let account = browser.get("/zhanghao").await;
        assert!(account.body.contains("林知远") && account.body.contains("&#60;i&#62;阿远"));
        let record = browser.get("/zhanghao/xiugai").await;
        assert!(record.body.contains("修改账号名") && record.body.contains("原名打错") && record.body.contains("修改显示名"));
        let early = browser.get("/zhanghao/mingcheng").await;
        assert!(early.body.contains("2027年2月21日") && !early.body.contains("name=\"account_name\""));
    }

    clause_2_2_3_d_log_ins_are_listed_and_all_others_are_ended_with_one_click(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        let mut other = Browser::new(test);
        other.post("/denglu", &[("login", "lin"), ("password", "wrong")]).await;
        other.post("/denglu", &[("login", "lin"), ("password", PASSWORD)]).await;
        let list = browser.get("/zhanghao/denglu").await;
        assert!(list.body.contains("2026年11月23日 · 1 次") && list.body.contains("本机，使用中") && list.body.contains("登录中"));
        let csrf = browser.get("/zhanghao").await.csrf();
        assert_eq!(browser.post("/zhanghao/huihua/tuichu", &[("csrf", &csrf)]).await.location(), "/zhanghao");
        assert_eq!(other.get("/zhanghao").await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/zhanghao").await.status, StatusCode::OK);
        assert!(browser.get("/zhanghao/denglu").await.body.contains("已退出"));
    }

    clause_2_5_1_e_the_record_of_openings_has_pages_and_a_filter(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        for _ in 0..40 {
            browser.get("/zhanghao/ziliao").await;
        }
        let first = browser.get("/zhanghao/chakan").await;
        let at = first.body.find("rel=\"next\" href=\"").expect("a next page") + 17;
        let next = first.body[at..].split('"').next().unwrap_or_default().replace("&amp;", "&");
        let second = browser.get(&next).await;
        assert!(second.status == StatusCode::OK && second.body.contains("回到最新") && second.body.contains("演示发件箱"));
        let notify = browser.get("/zhanghao/chakan?yongtu=notify").await;
        assert!(notify.body.contains("演示发件箱") && !notify.body.contains("data-label=\"目的\">向您本人展示"));
        for odd in ["qian=x", "qian=1-2", "qian=99999999999999999999-00000000-0000-4000-8000-000000000000", "yongtu=nothing", "qian=-5-x"] {
            assert_eq!(browser.get(&format!("/zhanghao/chakan?{odd}")).await.status, StatusCode::OK, "{odd}");
        }
    }

    whatever_is_typed_into_a_form_ends_in_a_message_that_names_field_and_remedy(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "lin").await;
        prove(test, &mut browser).await;
        let csrf = browser.get("/zhanghao/shouji/xin").await.csrf();
        let kept = |page: &Page, typed: &str| {
            let plain = !typed.is_empty() && typed.chars().all(|c| c.is_ascii_alphanumeric());
            !plain || page.body.contains(&format!("value=\"{typed}\""))
        };
        let csrf = &*csrf;
        for typed in nonsense() {
            let place: String = typed.chars().take(20).collect();
            for path in ["/zhanghao/shouji/xin", "/zhanghao/shouji/xin/yanzhengma"] {
                let page = browser.post(path, &[("csrf", csrf), ("phone", &typed), ("code", "1"), ("reason", "换号")]).await;
                names(&page, "phone", &place);
                assert!(kept(&page, &typed) && page.body.contains("value=\"换号\""), "{place}: lost");
                assert!(!page.body.contains("<script>alert"));
            }
            let page = browser.post("/zhanghao/shouji", &[("csrf", csrf), ("code", &typed), ("current", PASSWORD)]).await;
            names(&page, "code", &place);
            let mut visitor = Browser::new(test);
            let page = visitor.post("/zhaohui", &[("login", "lin"), ("password", PASSWORD), ("phone", &typed), ("code", "1")]).await;
            names(&page, "phone", &place);
            assert!(kept(&page, &typed) && page.body.contains("value=\"lin\""), "{place}: lost");
        }
        for typed in ["", "a", "a b", "林\n远", "林\u{202e}远", "13800000001", "１３８００００００01", "<b>x", "'; DROP", "🙂🙂", "a\0b", "名\u{200b}字",
            "x@y.z", "a/b", "a\\b", "(甲)", "甲,乙", "+86138", "  ", "a\tb", &"x".repeat(10_000)] {
            let place: String = typed.chars().take(20).collect();
            let page = browser.post("/zhanghao/mingcheng", &[("csrf", csrf), ("account_name", typed), ("current", PASSWORD), ("reason", "改")]).await;
            names(&page, "account_name", &place);
            assert!(kept(&page, typed) && page.body.contains("value=\"改\""), "{place}: lost");
        }
        let long = "字".repeat(201);
        for typed in ["a\nb", "a\r\nb", "a\0b", "\u{202e}x", "a\u{200b}b", "\u{2066}x", "a\u{feff}b", "a\u{ad}b", "a\tb", "a\u{7f}b", "a\u{85}b",
            "a\u{2028}b", "a\u{2029}b", "a\u{200e}b", "a\u{200f}b", "a\u{2060}b", "a\u{61c}b", "a\u{fffb}b", "a\u{e0001}b", &*long, &"x".repeat(10_000)] {
            let place: String = typed.chars().take(20).collect();
            let page = browser.post("/zhanghao/ziliao", &[("csrf", csrf), ("display_name", typed), ("reason", "改")]).await;
            names(&page, "display_name", &place);
            assert!(kept(&page, typed) && page.body.contains("value=\"改\""), "{place}: lost");
            let page = browser.post("/zhanghao/ziliao", &[("csrf", csrf), ("display_name", "阿远"), ("reason", typed)]).await;
            names(&page, "reason", &place);
            assert!(kept(&page, typed) && page.body.contains("value=\"阿远\""), "{place}: lost");
        }
    }

    another_persons_pages_are_not_reached_and_old_forms_do_nothing(test) {
        let mut one = Browser::new(test);
        one.register(PHONE, "lin").await;
        test.clock.advance(Duration::minutes(2));
        let mut two = Browser::new(test);
        two.register("100-0000-0002", "he").await;
        let foreign = two.get("/zhanghao").await.csrf();
        for path in ["/zhanghao/shouji", "/zhanghao/shouji/xin", "/zhanghao/mingcheng", "/zhanghao/ziliao", "/zhanghao/huihua/tuichu"] {
            let page = one.post(path, &[("csrf", &foreign)]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
        let extra = one.get("/zhanghao").await.csrf();
        let page = one.post("/zhanghao/ziliao", &[("csrf", &extra), ("display_name", "x"), ("real_name", "y")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "a field more is refused");
    }
}

/// Every input of the forms of accounts, enterprises and suppliers says who can see it, from the register and
/// nothing else.
#[test]
fn clause_0_5_the_line_who_can_see_this_comes_from_the_register() {
    let templates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let folders = ["account", "org", "supplier"].map(|name| templates.join(name));
    let of = |folder| std::fs::read_dir(folder).expect("templates");
    let entries = folders
        .iter()
        .flat_map(of)
        .map(|entry| entry.expect("an entry").path());
    let mut inputs = 0;
    for path in entries.chain([templates.join("order/place.html")]) {
        let text = std::fs::read_to_string(&path).expect("a template");
        let own = !path.ends_with("account/fields.html");
        // What is typed or chosen by hand, without the macro.
        for field in ["<input ", "<select ", "<textarea "]
            .iter()
            .flat_map(|tag| text.split(*tag).skip(1))
            .filter(|_| own)
        {
            let field = field.split('>').next().unwrap_or_default();
            // A choice of what to show is stored nowhere.
            if field.contains("id=\"yongtu\"")
                || field.contains("type=\"hidden\"")
                || field.contains("type=\"checkbox\"")
                || field.contains("type=\"radio\"")
            {
                continue;
            }
            inputs += 1;
            let said = field.contains("-who") || field.contains("fld::describe(");
            assert!(said, "{}: {field}", path.display());
        }
        for call in text.split("{% call fld::").skip(1) {
            let call = call.split("%}").next().unwrap_or_default();
            if call.starts_with("input(") || call.starts_with("secret(") {
                inputs += 1;
                assert!(call.contains("f.lang.sees(\""), "{}: {call}", path.display());
            }
        }
        for column in text.split("f.lang.sees(\"").skip(1) {
            let column = column.split('"').next().unwrap_or_default();
            assert!(
                app::disclosure::who_sees(column).is_some(),
                "{}: {column}",
                path.display()
            );
        }
    }
    assert!(inputs > 20, "{inputs}");
}
