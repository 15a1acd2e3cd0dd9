//! Enterprises in the browser, without a script: the whole way of an application, files and fields that
//! are none, members.

use app::job;
use app::org::sample_picture;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use testkit::{TestStore, both_dbs};

use privacy::purpose::Operate;

use crate::browser::{Browser, PASSWORD, Page, catalogue, state};
use crate::order::hidden;

const LIST: &str = "/zhanghao/qiye";
const NAME: &str = "星渚软件（演示）";
const CODE: &str = "91999999MAD3650188";

async fn sent(browser: &mut Browser, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(from).await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

/// A form with a file, as a browser posts it.
pub async fn upload(browser: &mut Browser, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Page {
    let mark = "----a-mark-between-the-parts";
    let csrf = browser.get(path).await.csrf();
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf.as_str())]
        .into_iter()
        .chain(fields.iter().copied())
    {
        let head = format!("--{mark}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    let (name, bytes) = file;
    let head = format!(
        "--{mark}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"x.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(bytes);
    body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={mark}"),
        );
    browser
        .send(request.body(Body::from(body)).expect("a request"))
        .await
}

async fn work(test: &TestStore) {
    let app = state(test, true).app;
    for _ in 0..3 {
        job::run_ready(&app, "2020-11-01").await.expect("worked");
    }
}

/// Somebody registered becomes a verified person.
pub async fn verified(test: &TestStore, browser: &mut Browser, (name, number): (&str, &str)) {
    let page = "/zhanghao/shiming";
    let consent = [("accept_verification", "1")];
    sent(browser, page, &format!("{page}/tongyi"), &consent).await;
    let card = [("real_name", name), ("id_number", number)];
    sent(browser, page, page, &card).await;
    work(test).await;
}

/// Registers somebody who is verified, and begins an application; its page.
pub async fn begun(test: &TestStore, browser: &mut Browser) -> String {
    browser.register("100-0000-0001", "lin").await;
    verified(test, browser, ("林知远", "999999199001010016")).await;
    let begun = sent(browser, LIST, LIST, &[("accept_enterprise", "1")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    begun.location().to_owned()
}

pub fn fields<'a>(
    relation: &'a str,
    name: &'a str,
    code: &'a str,
    representative: &'a str,
) -> [(&'a str, &'a str); 4] {
    [
        ("relation", relation),
        ("company_name", name),
        ("credit_code", code),
        ("representative", representative),
    ]
}

/// A verified organisation with its page, and a colleague who purchases.
pub async fn company(test: &TestStore) -> (Browser, Browser, String) {
    let mut owner = Browser::new(test);
    let page = begun(test, &mut owner).await;
    let typed = fields("representative", NAME, CODE, "林知远");
    upload(&mut owner, &page, &typed, ("licence", &sample_picture(9))).await;
    work(test).await;
    let account = [("bank", "某某银行上海分行"), ("bank_account", "9999990001")];
    sent(&mut owner, &page, &format!("{page}/dakuan"), &account).await;
    work(test).await;
    let outbox = owner.get("/demo/outbox").await.body;
    let at = outbox.find("入账 ").expect("the statement") + "入账 ".len();
    let amount = outbox[at..at + 4].to_owned();
    sent(&mut owner, &page, &format!("{page}/jine"), &[("amount", &amount)]).await;
    let list = owner.get(LIST).await.body;
    let at = list.find("/zhanghao/zuzhi/").expect("the organisation");
    let organisation = list[at..at + "/zhanghao/zuzhi/".len() + 36].to_owned();
    let colleague = [("phone", "100-0000-0002"), ("seat", "buyer")];
    sent(
        &mut owner,
        &organisation,
        &format!("{organisation}/yaoqing"),
        &colleague,
    )
    .await;
    test.clock.advance(time::Duration::SECOND);
    let mut colleague = Browser::new(test);
    colleague.register("100-0000-0002", "he").await;
    let mine = colleague.get(LIST).await.body;
    let at = mine.find("/zhanghao/yaoqing/").expect("an invitation");
    let accept = mine[at..at + "/zhanghao/yaoqing/".len() + 36].to_owned() + "/jieshou";
    sent(&mut colleague, LIST, &accept, &[]).await;
    (owner, colleague, organisation)
}

/// Has the browser's session act for an organisation by its page, or for the person.
pub async fn act_for(browser: &mut Browser, organisation: &str) -> Page {
    let id = organisation.strip_prefix("/zhanghao/zuzhi/").unwrap_or_default();
    let fields = [("organisation", id), ("next", "/dingdan")];
    sent(browser, IDENTITIES, IDENTITIES, &fields).await
}

const IDENTITIES: &str = "/zhanghao/shenfen";
const APPROVALS: &str = "/zhanghao/shenpi";

async fn post(browser: &mut Browser, path: &str, fields: Vec<(&'static str, String)>) -> Page {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.post(path, &fields).await
}

async fn asked(browser: &mut Browser, form: &str, fields: [(&'static str, String); 3]) -> Page {
    let csrf = browser.get(form).await.csrf();
    let mut all = vec![("csrf", csrf)];
    all.extend(fields);
    post(browser, APPROVALS, all).await
}

/// Makes a minor's account of the first one that registered, for browsing only.
async fn frozen(test: &TestStore) {
    test.tamper(
        "UPDATE age_band SET band = 'teen', frozen_at = at WHERE at = (SELECT MIN(at) FROM age_band)",
    )
    .await;
}

both_dbs! {
    clause_2_7_a_a_minor_found_late_lets_go_of_an_organisation_and_is_erased(test) {
        let (mut owner, mut colleague, organisation) = company(test).await;
        frozen(test).await;
        for closed in [LIST, "/zhanghao", &format!("{organisation}/yaoqing"), &format!("{organisation}/edu"), &format!("{organisation}/ruzhu/xieyi")] {
            let page = if closed.ends_with("/yaoqing") || closed.ends_with("/edu") {
                let fields: &[(&str, &str)] = if closed.ends_with("/edu") {
                    &[("once", ""), ("month", ""), ("approvals", "1")]
                } else {
                    &[("phone", "100-0000-0003"), ("seat", "buyer")]
                };
                sent(&mut owner, &organisation, closed, fields).await
            } else {
                owner.get(closed).await
            };
            assert_eq!(page.location(), "/zhanghao/jianhu", "{closed}");
        }
        let wish = sent(&mut owner, "/zhanghao/zhuxiao", "/zhanghao/zhuxiao", &[("current", PASSWORD)]).await;
        assert_eq!(wish.status, StatusCode::SEE_OTHER);
        let waiting = owner.get("/zhanghao/zhuxiao").await;
        assert!(waiting.body.contains(&organisation), "what stands in the way, with its address");
        let page = owner.get(&organisation).await;
        assert!(page.status == StatusCode::OK && page.body.contains("/jiesan"));
        let csrf = page.csrf();
        let proof = [("csrf", csrf.as_str()), ("current", PASSWORD), ("next", organisation.as_str())];
        assert_eq!(owner.post("/zhanghao/queren", &proof).await.location(), organisation);
        let gone = owner.post(&format!("{organisation}/jiesan"), &[("csrf", &csrf), ("sure", "1")]).await;
        assert_eq!(gone.location(), LIST);
        assert_eq!(colleague.get(&organisation).await.status, StatusCode::NOT_FOUND);
        let app = state(test, true).app;
        assert_eq!(app::rights::close_waiting(&app, &test.system()).await.expect("closed"), 1);
    }

    clause_2_1_1_d_an_enterprise_is_verified_and_a_colleague_joins(test) {
        let mut browser = Browser::new(test);
        assert_eq!(browser.get(LIST).await.status, StatusCode::SEE_OTHER, "nobody's page");
        let page = begun(test, &mut browser).await;
        let again = sent(&mut browser, LIST, LIST, &[("accept_enterprise", "1")]).await;
        assert!(again.status != StatusCode::SEE_OTHER && again.body.contains("已有一个正在办理"));
        let handed = upload(&mut browser, &page, &fields("representative", NAME, CODE, "林知远"), ("licence", &sample_picture(9))).await;
        assert_eq!((handed.status, handed.location()), (StatusCode::SEE_OTHER, &*page));
        assert!(browser.get(&page).await.body.contains("正在核对登记信息"));
        work(test).await;
        let choose = browser.get(&page).await.body;
        assert!(choose.contains("申请打款") && choose.contains("上传授权书"));
        // The letter to be printed names this application.
        let letter = browser.get(&format!("{page}/shouquanshu")).await.body;
        assert!(letter.contains(NAME) && letter.contains("申请编号：<strong>QY"));
        let account = [("bank", "某某银行上海分行"), ("bank_account", "9999990001")];
        let asked = sent(&mut browser, &page, &format!("{page}/dakuan"), &account).await;
        assert_eq!(asked.location(), page);
        assert!(browser.get(&page).await.body.contains("银行确认后"));
        work(test).await;
        let waiting = browser.get(&page).await.body;
        assert!(waiting.contains("填写到账金额") && waiting.contains("0001") && !waiting.contains("9999990001</"));
        let outbox = browser.get("/demo/outbox").await.body;
        let at = outbox.find("入账 ").expect("the statement") + "入账 ".len();
        let amount = outbox[at..at + 4].to_owned();
        let wrong = if amount == "0.01" { "0.02" } else { "0.01" };
        let refused = sent(&mut browser, &page, &format!("{page}/jine"), &[("amount", wrong)]).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("href=\"#amount\""));
        assert!(!refused.body.contains(&format!("value=\"{wrong}\"")));
        let proved = sent(&mut browser, &page, &format!("{page}/jine"), &[("amount", &amount)]).await;
        assert_eq!(proved.location(), LIST);
        let list = browser.get(LIST).await.body;
        assert!(list.contains(NAME) && list.contains("已企业认证") && list.contains("所有者"));
        let record = browser.get("/zhanghao/gongxiang").await.body;
        for who in ["企业登记信息查询服务商", "对公打款银行", "您所在企业的其他成员"] {
            assert!(record.contains(who), "{who}");
        }

        // A colleague is invited by phone and joins.
        let at = list.find("/zhanghao/zuzhi/").expect("the organisation");
        let organisation = list[at..at + "/zhanghao/zuzhi/".len() + 36].to_owned();
        let invited = sent(&mut browser, &organisation, &format!("{organisation}/yaoqing"), &[("phone", "100-0000-0002"), ("seat", "buyer")]).await;
        assert_eq!(invited.location(), organisation);
        let bad = sent(&mut browser, &organisation, &format!("{organisation}/yaoqing"), &[("phone", "12<b>"), ("seat", "buyer")]).await;
        assert!(bad.body.contains("href=\"#phone\"") && bad.body.contains("value=\"12&#60;b&#62;\""));
        test.clock.advance(time::Duration::SECOND);
        let mut colleague = Browser::new(test);
        colleague.register("100-0000-0002", "he").await;
        assert_eq!(colleague.get(&organisation).await.status, StatusCode::NOT_FOUND, "not before");
        let mine = colleague.get(LIST).await.body;
        let at = mine.find("/zhanghao/yaoqing/").expect("an invitation");
        let accept = mine[at..at + "/zhanghao/yaoqing/".len() + 36].to_owned() + "/jieshou";
        let joined = sent(&mut colleague, LIST, &accept, &[]).await;
        assert_eq!(joined.location(), LIST);
        let seen = colleague.get(&organisation).await;
        assert!(seen.status == StatusCode::OK && !seen.body.contains("发出邀请") && !seen.body.contains("解散企业"));
        let unsure = sent(&mut colleague, &organisation, &format!("{organisation}/tuichu"), &[]).await;
        assert!(unsure.body.contains("href=\"#h-members\""));
        let last = sent(&mut browser, &organisation, &format!("{organisation}/tuichu"), &[("sure", "1")]).await;
        assert!(last.status == StatusCode::UNPROCESSABLE_ENTITY && last.body.contains("至少要有一位所有者"));
        let left = sent(&mut colleague, &organisation, &format!("{organisation}/tuichu"), &[("sure", "1")]).await;
        assert_eq!(left.location(), LIST);
        assert_eq!(colleague.get(&organisation).await.status, StatusCode::NOT_FOUND, "nor after");
    }

    clause_2_1_1_a_a_colleague_orders_for_the_organisation_and_asks_above_the_limit(test) {
        let app = state(test, true).app;
        app::demo::seed(&app, &test.system::<Operate>(), |_, _| {}).await.expect("catalogue");
        let service = catalogue().now().favourites(1).next().expect("a service").id.to_string();
        let form = format!("/xiadan/{service}");
        let (mut owner, mut colleague, organisation) = company(test).await;
        assert!(colleague.get("/").await.body.contains("href=\"/zhanghao/shenfen\""), "the switch is on every page");
        let switched = act_for(&mut colleague, &organisation).await;
        assert_eq!(switched.location(), "/dingdan");
        assert!(colleague.get("/dingdan").await.body.contains(NAME));
        let strange = sent(&mut colleague, IDENTITIES, IDENTITIES, &[("organisation", "7b6c1f4e-2f0a-4c55-9d0a-3f0f5b1f9a10")]).await;
        assert_eq!(strange.status, StatusCode::NOT_FOUND);
        let away = sent(&mut colleague, IDENTITIES, IDENTITIES, &[("organisation", &organisation[16..]), ("next", "//evil.example")]).await;
        assert_eq!(away.location(), "/zhanghao", "never to another site");

        // An order of the organisation; as oneself one is told where it is.
        let place = |page: &Page, acting: &str, approval: &str| {
            let fields = [("csrf", page.csrf()), ("key", hidden(page, "key")), ("acting", acting.to_owned()), ("approval", approval.to_owned()), ("sku", "0".to_owned()), ("note", "写给<b>服务商".to_owned())];
            fields.to_vec()
        };
        let shown = colleague.get(&form).await;
        assert!(shown.body.contains("采购主体") && shown.body.contains("采购企业的名称、统一社会信用代码和认证状态"));
        let acting = hidden(&shown, "acting");
        let placed = post(&mut colleague, &form, place(&shown, &acting, "")).await;
        let order = placed.location().to_owned();
        assert!(colleague.get(&order).await.body.contains(NAME));
        let told = owner.get(&order).await;
        assert!(told.location().starts_with(IDENTITIES) && told.location().contains("next="), "{}", told.location());
        let to = told.location().to_owned();
        let page = owner.get(&to).await.body;
        assert!(page.contains("属于另一个身份") && page.contains(NAME));
        // A form that was opened for somebody else orders nothing.
        let late = post(&mut colleague, &form, place(&shown, "", "")).await;
        assert!(late.status == StatusCode::UNPROCESSABLE_ENTITY && late.body.contains("href=\"#acting\"") && late.body.contains("写给&#60;b&#62;服务商"));

        // Limits are set, kept as typed when they are wrong, and hold.
        act_for(&mut owner, &organisation).await;
        let edu = format!("{organisation}/edu");
        let wrong = sent(&mut owner, &organisation, &edu, &[("once", "五千<b>"), ("month", ""), ("approvals", "1")]).await;
        assert!(wrong.body.contains("href=\"#limit\"") && wrong.body.contains("value=\"五千&#60;b&#62;\""));
        let many = sent(&mut owner, &organisation, &edu, &[("once", "1"), ("month", ""), ("approvals", "3")]).await;
        assert!(many.body.contains("href=\"#approvals\""));
        let set = sent(&mut owner, &organisation, &edu, &[("once", "1"), ("month", ""), ("approvals", "1")]).await;
        assert_eq!(set.location(), organisation);
        let mine = sent(&mut colleague, &organisation, &edu, &[("once", "9"), ("month", ""), ("approvals", "1")]).await;
        assert!(mine.status == StatusCode::UNPROCESSABLE_ENTITY && mine.body.contains("您的角色不能做这一步"));
        let shown = colleague.get(&form).await;
        let over = post(&mut colleague, &form, place(&shown, &acting, "")).await;
        assert!(over.body.contains("href=\"#approval\"") && over.body.contains("提交审批") && over.body.contains("写给&#60;b&#62;服务商"));
        let ask = |reason: &'static str| [("service", service.clone()), ("sku", "0".to_owned()), ("reason", reason.to_owned())];
        let refused = asked(&mut colleague, &form, ask("打13800000000<b>")).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("13800000000&#60;b&#62;"));
        assert_eq!(asked(&mut colleague, &form, ask("换系统")).await.location(), APPROVALS);
        assert!(colleague.get(APPROVALS).await.body.contains("待审批"));
        let waiting = owner.get(APPROVALS).await;
        assert!(waiting.body.contains("换系统") && waiting.body.contains("/pizhun"));
        let at = waiting.body.find("/pizhun").expect("a form");
        let start = waiting.body[..at].rfind("action=\"").expect("an address") + "action=\"".len();
        let approve = waiting.body[start..at].to_owned();
        let unsaid = sent(&mut owner, APPROVALS, &format!("{approve}/jujue"), &[]).await;
        assert!(unsaid.body.contains("请选择不批准的原因"));
        let other = sent(&mut owner, APPROVALS, &format!("{approve}/pizhun"), &[("amount", "1")]).await;
        assert!(other.body.contains("金额与申请审批时不一致"));
        let amount = hidden(&waiting, "amount");
        let done = sent(&mut owner, APPROVALS, &format!("{approve}/pizhun"), &[("amount", &amount)]).await;
        assert_eq!(done.location(), APPROVALS);
        let ready = colleague.get(APPROVALS).await.body;
        let at = ready.find("/xiadan/").expect("the way to the order");
        let way = ready[at..].split('"').next().unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&");
        let prepared = colleague.get(&way).await;
        let approval = hidden(&prepared, "approval");
        assert!(!approval.is_empty());
        let placed = post(&mut colleague, &form, place(&prepared, &acting, &approval)).await;
        assert!(placed.location().starts_with("/dingdan/"), "{}", placed.body);
        // As oneself nothing of it is there.
        act_for(&mut colleague, "").await;
        assert!(!colleague.get("/dingdan").await.body.contains(&order));
        assert_eq!(colleague.get(APPROVALS).await.location(), "/zhanghao/shenfen?next=/zhanghao/shenpi");
    }

    twenty_wrong_ways_end_in_a_message_at_their_field_and_keep_what_was_typed(test) {
        let mut browser = Browser::new(test);
        let page = begun(test, &mut browser).await;
        let picture = sample_picture(9);
        let large = [&picture[..], &vec![0; 8 * 1024 * 1024]].concat();
        let files: [(&[u8], &str); 9] = [
            (b"", "请上传营业执照"),
            (b"%PDF-1.7 /JBIG2Decode", "只接受 JPG 或 PNG"),
            (b"\0\0\0\x18ftypheic\0\0", "HEIC"),
            (b"GIF89a", "只接受 JPG 或 PNG"),
            (b"<svg onload=alert(1)>", "只接受 JPG 或 PNG"),
            (b"PK\x03\x04", "只接受 JPG 或 PNG"),
            (&picture[..200], "图片打不开"),
            (b"\xff\xd8\xff<script>alert(1)</script>", "图片打不开"),
            (&large, "不能超过 8 MB"),
        ];
        for (file, message) in files {
            let answer = upload(&mut browser, &page, &fields("agent", NAME, CODE, "何小满"), ("licence", file)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
            assert!(answer.body.contains(message) && answer.body.contains("href=\"#licence\""), "{message}");
            assert!(answer.body.contains(NAME) && answer.body.contains(CODE) && answer.body.contains("何小满"), "kept");
        }
        let long = "企".repeat(2_000);
        for (relation, name, code, representative, field) in [
            ("", NAME, CODE, "何小满", "relation"),
            ("friend", NAME, CODE, "何小满", "relation"),
            ("agent", "", CODE, "何小满", "company_name"),
            ("agent", &*long, CODE, "何小满", "company_name"),
            ("agent", "'; DROP TABLE 企业; --", CODE, "何小满", "company_name"),
            ("agent", "星渚\u{202e}软件有限公司", CODE, "何小满", "company_name"),
            ("agent", NAME, "", "何小满", "credit_code"),
            ("agent", NAME, "999999199001010016", "何小满", "credit_code"),
            ("agent", NAME, "91999999MAD3650189", "何小满", "credit_code"),
            ("agent", NAME, "91350100M000100Y43", "何小满", "credit_code"),
            ("agent", NAME, CODE, "", "representative"),
            ("agent", NAME, CODE, "John", "representative"),
            ("representative", NAME, CODE, "何小满", "representative"),
        ] {
            let answer = upload(&mut browser, &page, &fields(relation, name, code, representative), ("licence", &picture)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {relation} {code}");
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper").await, 0, "nothing is kept of what is refused");
        // Full width and spaces are put right.
        let handed = upload(&mut browser, &page, &fields("agent", " 星渚软件 (演示) ", "９１９９９９９９ MAD3650188", "何 小 满"), ("licence", &picture)).await;
        assert_eq!(handed.status, StatusCode::SEE_OTHER);
    }

    a_form_of_another_site_and_a_strangers_file_are_not_read(test) {
        let mut browser = Browser::new(test);
        let page = begun(test, &mut browser).await;
        let mut stranger = Browser::new(test);
        let refused = upload_without_page(&mut stranger, &page).await;
        assert!(refused.location().starts_with("/denglu"));
        test.clock.advance(time::Duration::SECOND);
        let mut other = Browser::new(test);
        other.register("100-0000-0003", "song").await;
        assert_eq!(other.get(&page).await.status, StatusCode::NOT_FOUND, "another's application");
        let refused = upload_without_page(&mut browser, &page).await;
        assert!(refused.status.is_client_error(), "a form without this session's token");
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper").await, 0);
    }
}

async fn upload_without_page(browser: &mut Browser, path: &str) -> Page {
    let mark = "m";
    let body = format!(
        "--{mark}\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\nguessed\r\n--{mark}\r\ncontent-disposition: form-data; name=\"licence\"; filename=\"x\"\r\n\r\nx\r\n--{mark}--\r\n"
    );
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(
            header::CONTENT_TYPE,
            format!("multipart/form-data; boundary={mark}"),
        );
    browser
        .send(request.body(Body::from(body)).expect("a request"))
        .await
}
