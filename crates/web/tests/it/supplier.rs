//! Becoming a provider in the browser, without a script: the whole way, and twenty wrong ones.

use app::org::sample_picture;
use app::{job, supplier};
use axum::http::StatusCode;
use domain::staff::Role;
use privacy::purpose::Operate;
use testkit::{TestStore, both_dbs};

use crate::browser::{Browser, Page, state};
use crate::staff::{at_work, passes};

const NAME: &str = "星渚软件（演示）";

async fn sent(browser: &mut Browser, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(from).await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

/// The form of a licence with its picture.
async fn upload(browser: &mut Browser, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
    crate::org::upload(browser, path, fields, ("picture", file)).await
}

async fn work(test: &TestStore) {
    let app = state(test, true).app;
    for _ in 0..3 {
        job::run_ready(&app, "2020-11-01").await.expect("worked");
    }
}

/// Somebody verified with a verified organisation; its provider page.
async fn founded(test: &TestStore, browser: &mut Browser) -> String {
    app::demo::seed(&state(test, true).app, &test.system::<Operate>(), |_, _| {})
        .await
        .expect("catalogue");
    let application = crate::org::begun(test, browser).await;
    let fields = crate::org::fields("representative", NAME, "91999999MAD3651307", "林知远");
    crate::org::upload(browser, &application, &fields, ("licence", &sample_picture(9))).await;
    work(test).await;
    let account = [("bank", "某某银行上海分行"), ("bank_account", "9999990001")];
    sent(browser, &application, &format!("{application}/dakuan"), &account).await;
    work(test).await;
    let outbox = browser.get("/demo/outbox").await.body;
    let at = outbox.find("入账 ").expect("the statement") + "入账 ".len();
    let amount = outbox[at..at + 4].to_owned();
    sent(
        browser,
        &application,
        &format!("{application}/jine"),
        &[("amount", &amount)],
    )
    .await;
    let list = browser.get("/zhanghao/qiye").await.body;
    let at = list.find("/zhanghao/zuzhi/").expect("the organisation");
    let organisation = list[at..at + "/zhanghao/zuzhi/".len() + 36].to_owned();
    assert!(
        browser
            .get(&organisation)
            .await
            .body
            .contains(&format!("{organisation}/ruzhu"))
    );
    format!("{organisation}/ruzhu")
}

const INTRODUCTION: &str = "专做记账与报税，流程节点全部在订单里留痕。";

fn said<'a>(name: &'a str, city: &'a str, introduction: &'a str, area: &'a str) -> [(&'a str, &'a str); 5] {
    [
        ("act", "submit"),
        ("display_name", name),
        ("city", city),
        ("introduction", introduction),
        (area, "1"),
    ]
}

fn licence<'a>(number: &'a str, issuer: &'a str, from: &'a str, until: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("number", number),
        ("issuer", issuer),
        ("valid_from", from),
        ("valid_until", until),
    ]
}

const GOOD: [(&str, &str); 4] = [
    ("number", "DLJZ31010420250018"),
    ("issuer", "上海市黄浦区财政局"),
    ("valid_from", "2025-01-02"),
    ("valid_until", "2028-01-01"),
];

fn between<'a>(body: &'a str, from: &str, to: &str) -> &'a str {
    let at = body.find(from).unwrap_or_else(|| panic!("{from} is missing")) + from.len();
    body[at..].split(to).next().unwrap_or_default()
}

both_dbs! {
    clause_0_11_an_enterprise_applies_is_returned_mends_signs_and_is_found(test) {
        let mut browser = Browser::new(test);
        let page = founded(test, &mut browser).await;
        let unticked = sent(&mut browser, &page, &page, &[]).await;
        assert!(unticked.status == StatusCode::UNPROCESSABLE_ENTITY && unticked.body.contains("href=\"#accept_supplier\""));
        assert_eq!(sent(&mut browser, &page, &page, &[("accept_supplier", "1")]).await.location(), page);
        let form = browser.get(&page).await.body;
        assert!(form.contains("保存草稿") && form.contains("代理记账许可证书") && !form.contains(" checked"), "nothing is chosen beforehand");
        let draft = sent(&mut browser, &page, &format!("{page}/cailiao"), &[("act", "save"), ("display_name", "星渚服务"), ("area-daili-jizhang", "1")]).await;
        assert_eq!(draft.location(), page);
        assert!(browser.get(&page).await.body.contains("value=\"星渚服务\""), "the draft is kept");
        let permit = format!("{page}/zizhi/daili-jizhang");
        assert_eq!(browser.get(&format!("{page}/zizhi/gongsi-zhuce")).await.status, StatusCode::NOT_FOUND, "no licence is needed");
        assert_eq!(upload(&mut browser, &permit, &GOOD, &sample_picture(9)).await.location(), page);
        let handed = sent(&mut browser, &page, &format!("{page}/cailiao"), &said("星渚服务", "上海", INTRODUCTION, "area-daili-jizhang")).await;
        assert_eq!(handed.location(), page);
        assert!(browser.get(&page).await.body.contains("3 个工作日内给出结果"));

        let mut desk = at_work(test, "verifier-1", &[Role::Verifier]).await;
        assert!(passes(&mut desk).await.body.contains("通过，答对"));
        let list = desk.get("/guanli/zizhi").await.body;
        assert!(list.contains("资质待审核") && list.contains(NAME) && list.contains("工作日"));
        let licence_case = format!("/guanli/zizhi/{}", between(&list, "href=\"/guanli/zizhi/", "\""));
        let shown = desk.get(&licence_case).await.body;
        assert!(shown.contains("DLJZ31010420250018") && !shown.contains("data:image/jpeg"), "masked");
        let version = between(&shown, "name=\"version\" value=\"", "\"").to_owned();
        let approve = [("version", version.as_str()), ("event", "approve")];
        let unseen = sent(&mut desk, &licence_case, &format!("{licence_case}/jueding"), &approve).await;
        assert!(unseen.body.contains("请先打开证书图片"));
        let silent = sent(&mut desk, &licence_case, &format!("{licence_case}/chakan"), &[("piece", "picture")]).await;
        assert!(silent.body.contains("href=\"#why\""));
        let opened = sent(&mut desk, &licence_case, &format!("{licence_case}/chakan"), &[("piece", "picture"), ("why", "review")]).await;
        assert!(opened.body.contains("data:image/jpeg;base64,/9j/"));
        assert_eq!(sent(&mut desk, &licence_case, &format!("{licence_case}/jueding"), &approve).await.location(), licence_case);

        let list = desk.get("/guanli/ruzhu").await.body;
        let row = list.split("<tr>").find(|row| row.contains(NAME)).expect("a row");
        let case = format!("/guanli/ruzhu/{}", between(row, "href=\"/guanli/ruzhu/", "\""));
        let act = format!("{case}/jueding");
        let version = async |desk: &mut Browser| between(&desk.get(&case).await.body, "name=\"version\" value=\"", "\"").to_owned();
        let now = version(&mut desk).await;
        let silent = sent(&mut desk, &case, &act, &[("version", &now), ("event", "return")]).await;
        assert!(silent.status == StatusCode::UNPROCESSABLE_ENTITY && silent.body.contains("href=\"#return-reasons\""));
        sent(&mut desk, &case, &act, &[("version", &now), ("event", "return"), ("introduction", "1")]).await;
        let returned = browser.get(&page).await.body;
        assert!(returned.contains("已退回") && returned.contains("介绍夸大") && returned.contains(INTRODUCTION), "what was said is there to be mended");
        let again = sent(&mut browser, &page, &format!("{page}/cailiao"), &said("星渚服务", "上海", "记账、报税与年度汇算，逐月说明。", "area-daili-jizhang")).await;
        assert_eq!(again.location(), page);
        let now = version(&mut desk).await;
        assert_eq!(sent(&mut desk, &case, &act, &[("version", &now), ("event", "approve")]).await.location(), case);

        let terms = format!("{page}/xieyi");
        let read = browser.get(&terms).await.body;
        assert!(read.contains("个人信息处理与保密协议") && read.contains("某运营方"));
        let half = sent(&mut browser, &terms, &terms, &[("edition", "2020-11-01"), ("accept_agreement", "1")]).await;
        assert!(half.body.contains("href=\"#accept_agreement\""));
        let both = [("edition", "2020-11-01"), ("accept_agreement", "1"), ("accept_undertaking", "1")];
        assert_eq!(sent(&mut browser, &terms, &terms, &both).await.location(), page);
        let standing = browser.get(&page).await.body;
        assert!(standing.contains("已入驻") && standing.contains("有效"));
        let public = format!("/fuwushang/{}", between(&standing, "href=\"/fuwushang/", "\""));
        let shown = browser.get(&public).await;
        assert_eq!(shown.status, StatusCode::OK);
        for there in ["星渚服务", NAME, "已企业认证", "91999999MAD3651307", "DLJZ31010420250018", "上海市黄浦区财政局"] {
            assert!(shown.body.contains(there), "{there}");
        }
        assert!(!shown.body.contains("林知远"), "nobody's name");
        assert!(browser.get("/gongzuotai").await.status == StatusCode::OK);
        let said = browser.get("/zhanghao/tongyi").await.body;
        assert!(said.contains("个人信息处理与保密协议（代表企业签署）"));
    }

    twenty_wrong_ways_end_in_a_message_at_their_field_and_keep_what_was_typed(test) {
        let mut browser = Browser::new(test);
        let page = founded(test, &mut browser).await;
        sent(&mut browser, &page, &page, &[("accept_supplier", "1")]).await;
        let long = "星".repeat(3_000);
        for (name, city, introduction, area, field) in [
            ("", "上海", INTRODUCTION, "area-daili-jizhang", "display_name"),
            ("星", "上海", INTRODUCTION, "area-daili-jizhang", "display_name"),
            (&*long, "上海", INTRODUCTION, "area-daili-jizhang", "display_name"),
            ("<script>alert(1)</script>", "上海", INTRODUCTION, "area-daili-jizhang", "display_name"),
            ("星渚\u{202e}服务", "上海", INTRODUCTION, "area-daili-jizhang", "display_name"),
            ("星渚１３８００１３８０００", "上海", INTRODUCTION, "area-daili-jizhang", "display_name"),
            ("星渚服务", "Shanghai", INTRODUCTION, "area-daili-jizhang", "city"),
            ("星渚服务", "上海", "短", "area-daili-jizhang", "introduction"),
            ("星渚服务", "上海", "专做记账与报税，请加微信 xingzhu365 详谈。", "area-daili-jizhang", "introduction"),
            ("星渚服务", "上海", "专做记账\u{200b}与报税，流程节点留痕在订单里。", "area-daili-jizhang", "introduction"),
            ("星渚服务", "上海", INTRODUCTION, "area-nowhere", "categories"),
            ("星渚服务", "上海", INTRODUCTION, "x", "categories"),
            ("星渚服务", "上海", INTRODUCTION, "area-daili-jizhang", "permits"),
        ] {
            let answer = sent(&mut browser, &page, &format!("{page}/cailiao"), &said(name, city, introduction, area)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {name} {introduction}");
            assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {name} {introduction}");
            assert!(answer.body.contains(introduction), "kept");
        }
        let huge = "星".repeat(4_000_000);
        let answer = sent(&mut browser, &page, &format!("{page}/cailiao"), &said(&huge, "上海", INTRODUCTION, "area-daili-jizhang")).await;
        assert!(answer.status.is_client_error(), "ten megabytes of a name");

        let permit = format!("{page}/zizhi/daili-jizhang");
        let picture = sample_picture(9);
        for (number, issuer, from, until, field) in [
            ("", "上海市黄浦区财政局", "2025-01-02", "2028-01-01", "number"),
            ("999999199001010016", "上海市黄浦区财政局", "2025-01-02", "2028-01-01", "number"),
            ("DLJZ\u{202e}2025", "上海市黄浦区财政局", "2025-01-02", "2028-01-01", "number"),
            ("DLJZ20250018", "Finance Bureau", "2025-01-02", "2028-01-01", "issuer"),
            ("DLJZ20250018", "上海市黄浦区财政局", "2025-02-30", "2028-01-01", "valid_from"),
            ("DLJZ20250018", "上海市黄浦区财政局", "2027-01-01", "2028-01-01", "valid_from"),
            ("DLJZ20250018", "上海市黄浦区财政局", "2025-01-02", "2026-11-22", "valid_until"),
            ("DLJZ20250018", "上海市黄浦区财政局", "2025-01-02", "", "valid_until"),
            ("DLJZ20250018", "上海市黄浦区财政局", "2026-01-02", "2025-12-31", "valid_until"),
        ] {
            let answer = upload(&mut browser, &permit, &licence(number, issuer, from, until), &picture).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
            assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {number} {from} {until}");
        }
        let large = [&picture[..], &vec![0; 8 * 1024 * 1024]].concat();
        let files: [(&[u8], &str); 8] = [
            (b"", "请上传证书"),
            (b"%PDF-1.7 /JBIG2Decode", "只接受 JPG 或 PNG"),
            (b"\0\0\0\x18ftypheic\0\0", "HEIC"),
            (b"GIF89a", "只接受 JPG 或 PNG"),
            (b"<svg onload=alert(1)>", "只接受 JPG 或 PNG"),
            (&picture[..200], "图片打不开"),
            (b"\xff\xd8\xff<script>alert(1)</script>", "图片打不开"),
            (&large, "不能超过 8 MB"),
        ];
        for (file, message) in files {
            let answer = upload(&mut browser, &permit, &GOOD, file).await;
            assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(message), "{message}");
            assert!(answer.body.contains("href=\"#picture\"") && answer.body.contains("DLJZ31010420250018"), "kept: {message}");
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM supplier_paper").await, 0, "nothing is kept of what is refused");
        // A polyglot is only its pixels: what hangs behind them does not come through. Full width is put right.
        let polyglot = [&picture[..], b"<script>alert(1)</script>PK\x03\x04"].concat();
        let wide = licence("ＤＬＪＺ 20250018", "上海市黄浦区财政局", "２０２５－０１－０２", "2028年1月1日");
        assert_eq!(upload(&mut browser, &permit, &wide, &polyglot).await.location(), page);
        assert!(browser.get(&page).await.body.contains("DLJZ20250018"));
        let handed = sent(&mut browser, &page, &format!("{page}/cailiao"), &said(" ＡＢ 星渚(演示) ", "上海", INTRODUCTION, "area-daili-jizhang")).await;
        assert_eq!(handed.location(), page);
        assert!(browser.get(&page).await.body.contains("3 个工作日内给出结果"));
    }

    another_enterprise_and_a_mere_reader_find_nothing(test) {
        let mut browser = Browser::new(test);
        let page = founded(test, &mut browser).await;
        test.clock.advance(time::Duration::SECOND);
        let mut other = Browser::new(test);
        other.register("100-0000-0003", "song").await;
        for path in [page.clone(), format!("{page}/xieyi"), format!("{page}/zizhi/daili-jizhang")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let ran = supplier::run_due(&state(test, true).app, &test.system::<Operate>()).await;
        ran.expect("ran");
    }
}
