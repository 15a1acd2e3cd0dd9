//! Orders through the forms: as buyer, as supplier, as a stranger, with bad input.

use axum::http::StatusCode;
use privacy::purpose::{KeepAccount, Operate};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, Page, catalogue, state};

/// The demonstration's service that sells best, and its supplier.
pub fn service() -> (String, uuid::Uuid) {
    let catalogue = catalogue().now();
    let service = catalogue.favourites(1).next().expect("a service").clone();
    (service.id.to_string(), service.supplier)
}

pub struct Stage {
    pub buyer: Browser,
    pub seller: Browser,
    pub stranger: Browser,
    pub service: String,
}

/// The catalogue stored, a buyer, an owner of the supplier, and someone else.
pub async fn stage(test: &TestStore) -> Stage {
    let (service, supplier) = service();
    stage_of(test, service, supplier).await
}

/// The same for a service of this supplier.
pub async fn stage_of(test: &TestStore, service: String, supplier: uuid::Uuid) -> Stage {
    let app = state(test, true).app;
    app::demo::seed(&app, &test.system::<Operate>(), |_, _| {})
        .await
        .expect("catalogue");
    let mut people = Vec::new();
    for (phone, name) in [
        ("100-0000-0001", "买家"),
        ("100-0000-0002", "卖家"),
        ("100-0000-0003", "路人"),
    ] {
        // Two messages of one instant have no order.
        test.clock.advance(Duration::seconds(1));
        let mut browser = Browser::new(test);
        browser.register(phone, name).await;
        people.push(browser);
    }
    let ctx = test.system::<KeepAccount>();
    let digest = test.store.blind_index(
        storage::account::PHONE,
        &privacy::Personal::received("10000000002".to_owned()),
    );
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let seller = storage::account::find(&mut tx, storage::account::PHONE, digest)
        .await
        .expect("found");
    let account = seller.expect("the seller").id;
    storage::market::membership::put(&mut tx, supplier, account, "owner")
        .await
        .expect("member");
    tx.commit().await.expect("commit");
    let mut people = people.into_iter();
    let mut next = || people.next().expect("three people");
    Stage {
        buyer: next(),
        seller: next(),
        stranger: next(),
        service,
    }
}

/// The value of a hidden field.
pub fn hidden(page: &Page, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let at = page.body.find(&mark).unwrap_or_else(|| panic!("no {name}")) + mark.len();
    page.body[at..].split('"').next().unwrap_or_default().to_owned()
}

impl Stage {
    /// Places an order and gives its path.
    pub async fn place(&mut self) -> String {
        let path = format!("/xiadan/{}", self.service);
        let form = self.buyer.get(&path).await;
        let fields = [
            ("csrf", form.csrf()),
            ("key", hidden(&form, "key")),
            ("acting", hidden(&form, "acting")),
            ("sku", "0".to_owned()),
            ("note", "请尽快".to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let placed = self.buyer.post(&path, &fields).await;
        assert_eq!(placed.status, StatusCode::SEE_OTHER, "{}", placed.body);
        placed.location().to_owned()
    }
}

/// Takes a step from the order's page, with the hidden fields of its form.
pub async fn act(browser: &mut Browser, order: &str, event: &str, more: &[(&str, &str)]) -> Page {
    let page = browser.get(order).await;
    let (csrf, version) = (page.csrf(), hidden(&page, "version"));
    let milestone = page
        .body
        .contains("name=\"milestone\"")
        .then(|| hidden(&page, "milestone"));
    let mut fields = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
    fields.extend(milestone.iter().map(|number| ("milestone", number.as_str())));
    fields.extend(more);
    browser.post(&format!("{order}/{event}"), &fields).await
}

type Fields = &'static [(&'static str, &'static str)];

const ITEMS: Fields = &[("item", "0"), ("item", "1"), ("item", "2"), ("reason", "已完成")];

fn items() -> usize {
    let catalogue = catalogue().now();
    let service = catalogue.favourites(1).next().expect("a service").clone();
    let category = catalogue.category(&service.category).expect("a category");
    service.promised(category).acceptance.len()
}

both_dbs! {
    an_order_from_the_first_click_to_the_settled_books(test) {
        assert_eq!(items(), 3, "the forms below tick three items");
        let mut stage = stage(test).await;
        let order = stage.place().await;
        assert!(stage.buyer.get("/dingdan").await.body.contains(&order));
        let seen = stage.seller.get(&order).await;
        assert!(seen.body.contains("请尽快") && seen.body.contains("确认接单"));
        assert!(!seen.body.contains("买家") && !seen.body.contains("10000000001") && !seen.body.contains("100****0001"), "2.4.1.3: the supplier sees neither name nor number");
        assert!(stage.seller.get("/gongzuotai").await.body.contains(&order));
        let steps: [(bool, &str, Fields); 5] = [
            (false, "supplier_confirm", &[]),
            (true, "sign", &[]),
            (true, "fund", &[]),
            (false, "deliver", ITEMS),
            (true, "accept", &[]),
        ];
        for (buyer, event, fields) in steps {
            let browser = if buyer { &mut stage.buyer } else { &mut stage.seller };
            let done = act(browser, &order, event, fields).await;
            assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, order.as_str()), "{event}");
        }
        let round = app::market::order::run_due(&state(test, true).app, &test.system()).await.expect("timers");
        assert_eq!(round.taken, 1);
        let done = stage.buyer.get(&order).await;
        assert!(done.body.contains("已完成") && done.body.contains("结算给服务商"));
        let books = stage.stranger.get("/demo/zhangben").await;
        assert!(books.body.contains("账平"));
        let number = order.rsplit('/').next().expect("a number");
        assert!(!books.body.contains(number), "no whole number is public");
    }

    clause_2_4_1_3_what_the_supplier_will_see_is_listed_before_the_order(test) {
        let mut stage = stage(test).await;
        let form = stage.buyer.get(&format!("/xiadan/{}", stage.service)).await;
        for part in ["服务商会收到什么", "所选服务", "您写的备注", "统一社会信用代码"] {
            assert!(form.body.contains(part), "{part}");
        }
    }

    a_suppliers_own_members_are_offered_no_order(test) {
        let mut stage = stage(test).await;
        let path = format!("/fuwu/{}", stage.service);
        let (order, own) = (format!("href=\"/xiadan/{}", stage.service), "不能向自己下单");
        let page = stage.seller.get(&path).await.body;
        assert!(page.contains(own) && !page.contains(&order));
        let mut visitor = Browser::new(test);
        for browser in [&mut stage.buyer, &mut stage.stranger, &mut visitor] {
            let page = browser.get(&path).await.body;
            assert!(page.contains(&order) && !page.contains(own));
        }
    }

    a_stranger_finds_no_page_and_takes_no_step(test) {
        let mut stage = stage(test).await;
        let order = stage.place().await;
        assert_eq!(stage.stranger.get(&order).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stage.stranger.get("/gongzuotai").await.status, StatusCode::NOT_FOUND);
        let csrf = stage.stranger.get("/zhanghao").await.csrf();
        let fields = [("csrf", csrf.as_str()), ("version", "1"), ("reason", "x")];
        let refused = stage.stranger.post(&format!("{order}/cancel"), &fields).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
        let unknown = stage.stranger.get("/dingdan/QF000000000000").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let mut visitor = Browser::new(test);
        let sent = visitor.get(&order).await;
        assert_eq!(sent.location(), format!("/denglu?next={order}"));
        let sent = visitor.post(&format!("{order}/cancel"), &[]).await;
        assert_eq!(sent.location(), format!("/denglu?next={order}"), "back to the page, not to the form's address");
    }

    a_refused_step_names_its_field_and_keeps_what_was_typed(test) {
        let mut stage = stage(test).await;
        let order = stage.place().await;
        act(&mut stage.seller, &order, "supplier_confirm", &[]).await;
        act(&mut stage.buyer, &order, "sign", &[]).await;
        act(&mut stage.buyer, &order, "fund", &[]).await;
        let half = act(&mut stage.seller, &order, "deliver", &[("item", "1"), ("reason", "部分<b>完成")]).await;
        assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(half.body.contains("href=\"#deliver-item\"") && half.body.contains("部分&#60;b&#62;完成"));
        assert!(half.body.contains("id=\"deliver-item-1\" name=\"item\" value=\"1\" checked"));
        act(&mut stage.seller, &order, "deliver", ITEMS).await;
        let bare = act(&mut stage.buyer, &order, "reject", &[("item", "0")]).await;
        assert!(bare.body.contains("href=\"#reject-reason\""));
        let phone = act(&mut stage.buyer, &order, "reject", &[("item", "0"), ("reason", "打 13800000000")]).await;
        assert!(phone.body.contains("href=\"#reject-reason\"") && phone.body.contains("似乎有手机号"));
        let odd = act(&mut stage.buyer, &order, "reject", &[("phone", "x")]).await;
        assert_eq!(odd.status, StatusCode::FORBIDDEN, "a field more is refused");
        assert!(half.body.contains(&format!("href=\"{order}?lang=en\"")), "the language switch leads to a page");
        let page = stage.buyer.get(&order).await;
        act(&mut stage.buyer, &order, "accept", &[]).await;
        let (csrf, version) = (page.csrf(), hidden(&page, "version"));
        let late = stage.buyer.post(&format!("{order}/reject"), &[("csrf", &csrf), ("version", &version), ("item", "0"), ("reason", "x")]).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.body.contains("href=\"#h-actions\"") && late.body.contains("订单状态已变化"));
    }

    a_form_that_cannot_be_read_and_an_ended_session_are_answered_with_a_page(test) {
        let mut stage = stage(test).await;
        let order = stage.place().await;
        let mut visitor = Browser::new(test);
        let twice = visitor.post("/denglu", &[("login", "a"), ("login", "b"), ("password", "x")]).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(twice.body.contains("没有提交") && !twice.body.contains("Failed to deserialize"));
        let large = "字".repeat(40_000);
        let large = visitor.post("/denglu", &[("login", &large), ("password", "x")]).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(large.body.contains("内容太大"));
        let page = stage.buyer.get(&order).await;
        let (csrf, version) = (page.csrf(), hidden(&page, "version"));
        stage.buyer.post("/tuichu", &[("csrf", &csrf)]).await;
        let ended = stage.buyer.post(&format!("{order}/cancel"), &[("csrf", &csrf), ("version", &version)]).await;
        assert_eq!(ended.status, StatusCode::FORBIDDEN);
        assert!(ended.body.contains("登录已过期"));
    }

    clause_2_5_1_e_who_reads_a_note_is_not_shown_as_oneself(test) {
        let mut stage = stage(test).await;
        let order = stage.place().await;
        let before = stage.buyer.get("/zhanghao").await;
        assert!(!before.body.contains("订单的另一方"));
        stage.seller.get(&order).await;
        let after = stage.buyer.get("/zhanghao").await;
        assert!(after.body.contains("订单的另一方") && after.body.contains("订单备注"));
    }

    a_paused_service_is_shown_and_not_sold(test) {
        let catalogue = catalogue().now();
        let paused = (1..=10).flat_map(|page| {
            let filter = app::market::catalogue::Filter { page, ..Default::default() };
            catalogue.list(&filter).services
        });
        let id = paused.into_iter().find(|service| service.paused).expect("a paused service").id;
        let mut stage = stage(test).await;
        let page = stage.buyer.get(&format!("/fuwu/{id}")).await;
        assert!(page.body.contains("暂不接新单") && !page.body.contains(&format!("/xiadan/{id}")));
        let path = format!("/xiadan/{id}");
        let form = stage.buyer.get(&path).await;
        let (csrf, key) = (form.csrf(), hidden(&form, "key"));
        let refused = stage.buyer.post(&path, &[("csrf", &csrf), ("key", &key), ("sku", "0")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("暂不接新单"));
    }

    a_refused_order_keeps_its_note_and_its_key_and_a_second_click_is_the_same_order(test) {
        let mut stage = stage(test).await;
        let path = format!("/xiadan/{}", stage.service);
        let form = stage.buyer.get(&path).await;
        let (csrf, key) = (form.csrf(), hidden(&form, "key"));
        let none = stage.buyer.post(&path, &[("csrf", &csrf), ("key", &key), ("note", "尽快")]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.body.contains("href=\"#sku\"") && none.body.contains(">尽快</textarea>"));
        assert_eq!(hidden(&none, "key"), key);
        let phone = stage.buyer.post(&path, &[("csrf", &csrf), ("key", &key), ("sku", "0"), ("note", "打 13800000000")]).await;
        assert!(phone.body.contains("href=\"#note\""));
        let fields = [("csrf", csrf.as_str()), ("key", key.as_str()), ("sku", "0"), ("note", "")];
        let first = stage.buyer.post(&path, &fields).await;
        let second = stage.buyer.post(&path, &fields).await;
        assert_eq!(first.location(), second.location());
        let own = stage.seller.get(&path).await;
        let (csrf, key) = (own.csrf(), hidden(&own, "key"));
        let own = stage.seller.post(&path, &[("csrf", &csrf), ("key", &key), ("sku", "0")]).await;
        assert!(own.body.contains("不能购买自己所在服务商的服务"));
        assert_eq!(stage.buyer.get("/xiadan/unknown").await.status, StatusCode::NOT_FOUND);
    }
}
