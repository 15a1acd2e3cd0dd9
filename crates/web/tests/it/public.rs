//! Browsing without an account (2.1.1.c) and the policy centre.

use axum::http::{StatusCode, header};
use testkit::both_dbs;

use crate::browser::{Browser, encoded};

const BROWSE: &[&str] = &[
    "/",
    "/lianxi",
    "/api",
    "/api/wenti",
    "/zhengce",
    "/zhengce/lishi",
    "/zhengce/2020-11-01",
    "/xieyi",
    "/zhuce",
    "/denglu",
    "/mima/chongzhi",
];

both_dbs! {
    clause_2_1_1_c_browsing_needs_no_account_and_sets_no_cookie(test) {
        for path in BROWSE {
            let page = Browser::new(test).get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.headers.get(header::SET_COOKIE).is_none(), "{path}");
        }
    }
}

#[tokio::test]
async fn every_page_carries_strict_headers_and_loads_nothing_from_elsewhere() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    for path in BROWSE.iter().chain(&["/nowhere", "/health"]) {
        let page = Browser::new(&test).get(path).await;
        let policy = page
            .headers
            .get(header::CONTENT_SECURITY_POLICY)
            .and_then(|value| value.to_str().ok());
        assert!(
            policy.is_some_and(|text| text.starts_with("default-src 'none'")),
            "{path}"
        );
        // The log-in may ask a device for a passkey, by this site's own file and nothing else.
        let own = usize::from(*path == "/denglu");
        assert_eq!(page.body.matches("<script").count(), own, "{path}");
        assert_eq!(
            page.body.matches("<script src=\"/static/passkey.").count(),
            own,
            "{path}"
        );
        for mark in [" style=", "src=\"http", "href=\"http", "url(http"] {
            assert!(!page.body.contains(mark), "{path} holds {mark}");
        }
    }
    test.close().await;
}

#[tokio::test]
async fn clause_0_1_and_0_6_the_policy_is_one_click_from_every_page_with_both_dates() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    for path in BROWSE.iter().chain(&["/nowhere"]) {
        let page = Browser::new(&test).get(path).await;
        assert!(
            page.body.contains("href=\"/zhengce\"") && page.body.contains("href=\"/xieyi\""),
            "{path}"
        );
        assert!(
            page.body.contains("2020-10-25") && page.body.contains("2020-11-01"),
            "{path}"
        );
    }
    let policy = Browser::new(&test).get("/zhengce").await;
    assert_eq!(policy.body.matches("class=\"clause\"").count(), 188);
    assert!(policy.body.contains("id=\"c-2.6.1.g\"") && policy.body.contains("某运营方"));
    assert!(policy.body.contains("<u class=\"sensitive\">"), "0.14");
    let json = Browser::new(&test).get("/zhengce.json").await;
    assert!(json.body.contains("\"effective_on\":\"2020-11-01\""));
    assert_eq!(
        Browser::new(&test).get("/zhengce/1999-01-01").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        Browser::new(&test)
            .get("/zhengce/duibi/2020-11-01/2020-11-01")
            .await
            .status,
        StatusCode::OK
    );
    test.close().await;
}

#[tokio::test]
async fn english_is_chosen_by_the_visitor_and_remembered_without_naming_anyone() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    for path in BROWSE {
        let page = Browser::new(&test)
            .get(&format!(
                "{path}{}lang=en",
                if path.contains('?') { '&' } else { '?' }
            ))
            .await;
        assert!(page.body.contains("<html lang=\"en\">"), "{path}");
        let cookie = page
            .headers
            .get(header::SET_COOKIE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        assert!(cookie.starts_with("lang=en;"), "{path}");
    }
    test.close().await;
}

#[tokio::test]
async fn hostile_paths_and_queries_are_answered_calmly() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let long = "x".repeat(5_000);
    for path in [
        format!("/zhengce/{}", encoded("' OR 1=1 --")),
        format!("/?lang={}", encoded("<script>")),
        format!("/denglu?next={}", encoded("//evil.example")),
        format!("/?q={}", encoded(&long)),
        "/zhengce/..%2f..%2fetc".to_owned(),
        "/zhengce/%FF".to_owned(),
        "/zhengce/duibi/%FF/%FE".to_owned(),
        "/fuwu/%FF".to_owned(),
        "/fuwushang/%FF".to_owned(),
        "/fuwu?ye=1&ye=2".to_owned(),
        "/sousuo?q=a&q=b".to_owned(),
        "/denglu?next=/a&next=/b".to_owned(),
    ] {
        let page = Browser::new(&test).get(&path).await;
        assert!(
            matches!(page.status, StatusCode::OK | StatusCode::NOT_FOUND),
            "{path}"
        );
        assert!(
            !page.body.contains("<script>") && !page.body.contains("evil.example"),
            "{path}"
        );
    }
    test.close().await;
}

/// The first service's address on a page.
fn first_service(body: &str) -> String {
    let at = body.find("href=\"/fuwu/").expect("a service") + "href=\"".len();
    body[at..at + "/fuwu/".len() + 36].to_owned()
}

#[tokio::test]
async fn a_visitor_finds_a_service_and_sees_price_standard_and_provider() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let list = browser.get("/fuwu?fenlei=daili-jizhang&paixu=price").await;
    assert!(list.body.contains("小规模纳税人代理记账") && !list.body.contains("渗透测试"));
    let service = browser.get(&first_service(&list.body)).await;
    assert!(service.body.contains("¥299.00"), "the cheapest comes first");
    for part in [
        "服务费",
        "官费",
        "验收标准",
        "服务流程",
        "谁提供",
        "算盘树财税（演示）",
        "/zhengce#c-0.9",
    ] {
        assert!(service.body.contains(part), "{part}");
    }
    let search = browser.get(&format!("/sousuo?q={}", encoded("代账"))).await;
    assert!(search.body.contains("小规模纳税人代理记账"));
    let past = browser
        .get(&format!("/sousuo?q={}&ye=499", encoded("代账")))
        .await;
    assert!(
        past.body.contains("小规模纳税人代理记账"),
        "a page past the end is the last"
    );
    for (typed, expected) in [
        ("上海", "青栀企业服务（演示）"),
        ("Shanghai", "青栀企业服务（演示）"),
        ("Abacus Tree", "一般纳税人代理记账"),
        ("gong si zhu ce", "有限公司注册"),
        ("营业执照", "有限公司注册"),
        ("trademark", "商标注册（单类）"),
        ("bookkeeping", "小规模纳税人代理记账"),
    ] {
        let page = browser.get(&format!("/sousuo?q={}", encoded(typed))).await;
        assert!(page.body.contains(expected), "{typed}");
    }
    let nothing = browser.get("/sousuo?q=bookeeping").await.body;
    for way_on in [
        "href=\"/sousuo?q=bookkeeping\"",
        "热门类目",
        "全部分类",
        "/fuwu?fenlei=daili-jizhang",
    ] {
        assert!(nothing.contains(way_on), "{way_on}");
    }
    let typo = browser.get(&format!("/sousuo?q={}", encoded("代理计账"))).await;
    assert!(typo.body.contains("您是不是要找") && typo.body.contains("代理记账"));
    test.close().await;
}

#[tokio::test]
async fn filters_count_what_they_leave_and_nonsense_is_ignored() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let catalogue = crate::browser::catalogue().now();
    let all = catalogue.list(&app::market::catalogue::Filter::default());
    assert_eq!(
        all.categories.iter().map(|(_, count)| count).sum::<usize>(),
        all.total
    );
    assert_eq!(all.bands.iter().map(|(_, count)| count).sum::<usize>(), all.total);
    for (city, count) in &all.cities {
        let filter = app::market::catalogue::Filter {
            city: Some(city.clone()),
            ..Default::default()
        };
        assert_eq!(catalogue.list(&filter).total, *count, "{city}");
    }
    for query in [
        "?ye=999999",
        "?ye=-1",
        "?ye=x",
        "?paixu=zzz",
        "?fenlei=nope",
        "?jiage=%00",
        "?unknown=1",
    ] {
        assert_eq!(
            Browser::new(&test).get(&format!("/fuwu{query}")).await.status,
            StatusCode::OK,
            "{query}"
        );
    }
    test.close().await;
}

#[tokio::test]
async fn suppliers_that_may_not_offer_are_neither_listed_nor_found_nor_ordered_from() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let demo = app::demo::catalogue().expect("demo");
    let mut hidden = 0;
    for service in &demo.services {
        let supplier = demo
            .suppliers
            .iter()
            .find(|supplier| supplier.id == service.supplier)
            .expect("a supplier");
        let page = Browser::new(&test).get(&format!("/fuwu/{}", service.id)).await;
        let expected = if supplier.standing.offers() {
            StatusCode::OK
        } else {
            StatusCode::NOT_FOUND
        };
        assert_eq!(page.status, expected, "{}", service.zh);
        if !supplier.standing.offers() {
            hidden += 1;
            let search = Browser::new(&test)
                .get(&format!("/sousuo?q={}", encoded(&service.zh)))
                .await;
            assert!(
                !search.body.contains(&format!("/fuwu/{}", service.id)),
                "{}",
                service.zh
            );
        }
    }
    assert_eq!(hidden, 4);
    test.close().await;
}

#[tokio::test]
async fn a_service_page_says_what_comes_after_what_buyers_ask_and_its_milestones() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let catalogue = crate::browser::catalogue().now();
    let planned = |zh: &str| {
        let mut all = catalogue.favourites(usize::MAX);
        all.find(|service| service.zh == zh).expect("a service").id
    };
    let page = browser
        .get(&format!("/fuwu/{}?sku=1", planned("小程序开发")))
        .await
        .body;
    for part in [
        "售后",
        "上线后 90 天内免费修复缺陷",
        "常见问题",
        "<summary>源代码归谁？</summary>",
        "阶段计划",
        "提审与上线交接",
        "¥5,850.00",
        "32 天",
        "class=\"buy-bar\"",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let page = browser.get(&format!("/fuwu/{}", planned("地址变更"))).await.body;
    assert!(!page.contains("阶段计划") && page.contains("8 天") && page.contains("12 天"));
    test.close().await;
}

#[tokio::test]
async fn an_english_page_of_the_catalogue_holds_no_chinese() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let mut browser = Browser::new(&test);
    let catalogue = crate::browser::catalogue().now();
    let services = catalogue.favourites(usize::MAX);
    let mut pages: Vec<String> = services
        .map(|service| format!("/fuwu/{}?sku=1", service.id))
        .collect();
    let suppliers = catalogue.offering().into_iter();
    pages.extend(suppliers.map(|supplier| format!("/fuwushang/{}?x=1", supplier.id)));
    pages.extend(["/?x=1", "/fenlei?x=1", "/fuwu?ye=2", "/sousuo?q=logo"].map(str::to_owned));
    assert!(pages.len() > 50);
    for path in pages {
        let page = browser.get(&format!("{path}&lang=en")).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let (_, main) = page.body.split_once("<main").expect("a main part");
        let main = main.split("</main>").next().unwrap_or_default();
        let chinese: String = main
            .chars()
            .filter(|sign| matches!(sign, '\u{4e00}'..='\u{9fff}'))
            .collect();
        assert!(chinese.is_empty(), "{path}: {chinese}");
    }
    test.close().await;
}
