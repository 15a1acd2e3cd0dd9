//! The JSON interface as programs meet it: everyone on every route, at every boundary.

use axum::http::{Method, StatusCode, header};
use domain::account::token;
use serde_json::{Value, json};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;
use web::routes::{ROUTES, Who};

use crate::program::{ALL, Market, Program, market, person, token};

const ORDERS: &str = "/api/v1/orders";

fn key(number: u128) -> String {
    Uuid::from_u128(number).to_string()
}

impl Market {
    async fn place(&self, program: &Program, number: u128, sku: i64) -> crate::program::Reply {
        let body = json!({ "service": self.service, "sku": sku });
        program
            .with("idempotency-key", &key(number))
            .post(ORDERS, &body)
            .await
    }

    /// The number of an order the buyer placed.
    async fn placed(&self) -> String {
        let reply = self.place(&self.buyer, 1, 0).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.json);
        reply.json["number"].as_str().expect("a number").to_owned()
    }

    /// Makes an event happen, on the version the order has now.
    async fn act(&self, program: &Program, number: &str, mut body: Value) -> crate::program::Reply {
        let now = self.buyer.get(&format!("{ORDERS}/{number}")).await;
        body["version"] = now.json["version"].clone();
        program.post(&format!("{ORDERS}/{number}/events"), &body).await
    }
}

/// The path of a row with something real in its place.
fn filled(path: &str, service: Uuid, supplier: Uuid, number: &str) -> String {
    let of = if path.contains("suppliers") {
        supplier
    } else {
        service
    };
    let query = if path.ends_with("/search") {
        "?q=%E8%AE%B0%E8%B4%A6"
    } else {
        ""
    };
    let path = ["session", "member", "invitation", "request"]
        .iter()
        .fold(path.to_owned(), |path, part| {
            path.replace(&format!("{{{part}}}"), &key(7))
        });
    path.replace("{id}", &of.to_string()).replace("{number}", number) + query
}

/// A body that would do for a row.
fn body(path: &str, service: Uuid) -> Value {
    if path.ends_with("/events") {
        json!({ "version": 1, "event": "cancel" })
    } else {
        json!({ "service": service, "sku": 0 })
    }
}

async fn call(
    program: &Program,
    route: &web::routes::Route,
    market: &Market,
    number: &str,
) -> crate::program::Reply {
    let supplier = crate::browser::catalogue()
        .now()
        .service(market.service)
        .expect("a service")
        .supplier;
    let path = filled(route.path, market.service, supplier, number);
    let body = body(route.path, market.service);
    match route.method {
        "get" => program.get(&path).await,
        "post" => program.with("idempotency-key", &key(99)).post(&path, &body).await,
        "put" => program.put(&path, &body).await,
        method => {
            assert_eq!(method, "delete", "{path}");
            program.delete(&path).await
        }
    }
}

pub fn rows() -> impl Iterator<Item = &'static web::routes::Route> {
    ROUTES.iter().filter(|route| route.path.starts_with("/api/v1/"))
}

both_dbs! {
    every_row_as_anonymous_with_a_bad_token_and_without_the_scope(test) {
        let market = market(test).await;
        let number = market.placed().await;
        let mut other = person(test, "100-0000-0004", "旁人").await;
        // One token a scope: a person has twenty at most.
        let mut narrow = std::collections::HashMap::new();
        for route in rows() {
            let place = format!("{} {}", route.method, route.path);
            let anonymous = call(&market.anonymous, route, &market, &number).await;
            let Who::Token(scope) = route.who else {
                assert_eq!(anonymous.status, StatusCode::OK, "{place}");
                continue;
            };
            assert_eq!(anonymous.problem(), (401, "token_missing"), "{place}");
            assert!(anonymous.header(header::WWW_AUTHENTICATE).starts_with("Bearer"), "{place}");
            for wrong in [format!("qf_{}", "0".repeat(64)), "qf_short".to_owned(), String::new()] {
                let refused = call(&market.anonymous.bearing(&wrong), route, &market, &number).await;
                assert_eq!(refused.problem(), (401, "token_invalid"), "{place}");
                assert!(refused.header(header::WWW_AUTHENTICATE).contains("invalid_token"), "{place}");
            }
            // All scopes but the one that is needed.
            let field = scope.as_str().replace(':', "_");
            let boxes: Vec<&str> = ALL.iter().copied().filter(|name| *name != field).collect();
            if !narrow.contains_key(&field) {
                let text = token(&mut other, &boxes, "1").await;
                narrow.insert(field.clone(), market.anonymous.bearing(&text));
            }
            let narrow = &narrow[&field];
            let refused = call(narrow, route, &market, &number).await;
            assert_eq!(refused.problem(), (403, "scope_missing"), "{place}");
            assert!(refused.header(header::WWW_AUTHENTICATE).contains(scope.as_str()), "{place}");
        }
    }

    no_session_is_accepted_here(test) {
        let mut browser = person(test, "100-0000-0001", "lin").await;
        assert_eq!(browser.get("/zhanghao").await.status, StatusCode::OK);
        assert_eq!(browser.get("/api/v1/account").await.status, StatusCode::UNAUTHORIZED);
    }

    an_order_is_its_two_sides_and_to_all_others_it_does_not_exist(test) {
        let market = market(test).await;
        let number = market.placed().await;
        let path = format!("{ORDERS}/{number}");
        for (program, side) in [(&market.buyer, "buyer"), (&market.seller, "supplier")] {
            let seen = program.get(&path).await;
            assert_eq!((seen.status, &seen.json["side"]), (StatusCode::OK, &json!(side)));
        }
        let event = json!({ "version": 1, "event": "cancel" });
        let unknown = ["QF000000000000", "QF%00%00%00%00%00%00%00%00%00%00%00%00", "%FF", "x"];
        let unknown = unknown.map(|number| format!("{ORDERS}/{number}"));
        let unknown = unknown.iter().map(|path| (&market.buyer, path));
        for (program, path) in unknown.chain([(&market.stranger, &path)]) {
            let seen = program.get(path).await;
            let acted = program.post(&format!("{path}/events"), &event).await;
            assert_eq!((seen.problem(), acted.problem()), ((404, "not_found"), (404, "not_found")));
            assert_eq!(seen.json["detail"], acted.json["detail"]);
        }
        for (program, side, count) in [
            (&market.buyer, "bought", 1), (&market.buyer, "sold", 0),
            (&market.seller, "sold", 1), (&market.seller, "bought", 0),
            (&market.stranger, "sold", 0), (&market.stranger, "bought", 0),
        ] {
            let list = program.get(&format!("{ORDERS}?side={side}")).await;
            assert_eq!(list.json["items"].as_array().map(Vec::len), Some(count), "{side}");
        }
        assert_eq!(market.buyer.get(&path).await.json["version"], 1, "nothing happened to it");
    }

    one_key_makes_one_order(test) {
        let market = market(test).await;
        let first = market.place(&market.buyer, 7, 0).await;
        let again = market.place(&market.buyer, 7, 0).await;
        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(first.json["number"], again.json["number"]);
        let location = format!("{ORDERS}/{}", first.json["number"].as_str().expect("a number"));
        assert_eq!(again.header(header::LOCATION), location);
        assert_eq!(market.buyer.get(ORDERS).await.json["items"].as_array().map(Vec::len), Some(1), "one row");
        // The same key with something else is a mistake of the program, not another order.
        let catalogue = crate::browser::catalogue().now();
        let several = catalogue.favourites(100).find(|service| service.skus.len() > 1).expect("two ways to buy").id;
        let elsewhere = catalogue.favourites(2).find(|service| service.id != several).expect("another service").id;
        let place = async |service: Uuid, sku: i64| {
            let body = json!({ "service": service, "sku": sku });
            market.buyer.with("idempotency-key", &key(8)).post(ORDERS, &body).await
        };
        assert_eq!(place(several, 0).await.status, StatusCode::CREATED);
        assert_eq!(place(several, 1).await.problem(), (422, "order_key_used"));
        assert_eq!(place(elsewhere, 0).await.problem(), (422, "order_key_used"));
        // Another buyer's key is another key.
        let other = market.place(&market.stranger, 7, 0).await;
        assert_eq!(other.status, StatusCode::CREATED);
        assert_ne!(other.json["number"], first.json["number"]);
    }

    an_order_runs_to_its_end_through_the_interface(test) {
        let market = market(test).await;
        let number = market.placed().await;
        let placed = market.seller.get(&format!("{ORDERS}/{number}")).await;
        assert_eq!(placed.json["allowed"], json!(["supplier_confirm", "cancel"]), "as the machine says");
        let (buyer, seller) = (&market.buyer, &market.seller);
        let all: Vec<usize> = (0..placed.json["agreed"]["acceptance"].as_array().map_or(0, Vec::len)).collect();
        for (program, event, items, note, state) in [
            (seller, "supplier_confirm", vec![], "", "awaiting_contract"),
            (buyer, "sign", vec![], "", "awaiting_funds"),
            (buyer, "fund", vec![], "", "in_service"),
            (seller, "deliver", all.clone(), "", "delivered"),
            (buyer, "reject", vec![0], "缺少银行回单", "rework"),
            (seller, "deliver", all, "已补", "delivered"),
            (buyer, "accept", vec![], "", "accepted"),
        ] {
            let done = market.act(program, &number, json!({ "event": event, "items": items, "note": note })).await;
            assert_eq!((done.status, &done.json["state"]), (StatusCode::OK, &json!(state)), "{event}: {}", done.json);
        }
        let order = buyer.get(&format!("{ORDERS}/{number}")).await.json;
        let agreed = &order["agreed"];
        let fees = ["service_fee", "official_fee"].map(|fee| agreed[fee]["amount"].as_i64().expect("fen"));
        assert_eq!(agreed["total"], json!({ "amount": fees[0] + fees[1], "currency": "CNY" }));
        assert_eq!(order["postings"][0]["amount"], agreed["total"]);
        assert_eq!(order["events"].as_array().map(Vec::len), Some(8));
        assert_eq!(order["events"][5]["note"], "缺少银行回单");
        let at = order["placed_at"].as_str().expect("an instant");
        assert!(at.starts_with("2026-11-2") && at.ends_with("+08:00"), "{at}");
    }

    a_step_that_may_not_be_taken_says_why_and_changes_nothing(test) {
        let market = market(test).await;
        let number = market.placed().await;
        let wrong_side = market.act(&market.buyer, &number, json!({ "event": "supplier_confirm" })).await;
        assert_eq!(wrong_side.problem(), (403, "order_not_you"));
        let not_now = market.act(&market.buyer, &number, json!({ "event": "accept" })).await;
        assert_eq!(not_now.problem(), (409, "order_not_now"));
        market.act(&market.seller, &number, json!({ "event": "supplier_confirm" })).await;
        let path = format!("{ORDERS}/{number}/events");
        let stale = market.buyer.post(&path, &json!({ "version": 1, "event": "cancel" })).await;
        assert_eq!(stale.problem(), (409, "order_not_now"));
        assert_eq!(stale.fields(), [("version", "order_not_now")]);
        let contact = market.act(&market.buyer, &number, json!({ "event": "sign", "note": "电话 13800138000" })).await;
        assert_eq!((contact.problem(), contact.fields()), ((422, "note_contact"), vec![("note", "note_contact")]));
        let order = market.buyer.get(&format!("{ORDERS}/{number}")).await.json;
        assert_eq!((&order["state"], &order["version"]), (&json!("awaiting_contract"), &json!(2)));
    }

    a_supplier_does_not_buy_from_itself_and_nobody_what_is_not_offered(test) {
        let market = market(test).await;
        assert_eq!(market.place(&market.seller, 1, 0).await.problem(), (422, "order_own_service"));
        assert_eq!(market.place(&market.buyer, 1, 99).await.problem(), (422, "order_empty"));
        let demo = app::demo::catalogue().expect("demo");
        let paused = demo.services.iter().find(|service| service.paused).expect("a paused service").id;
        let shown = market.anonymous.get(&format!("/api/v1/services/{paused}")).await;
        assert_eq!(shown.json["paused"], true);
        let body = json!({ "service": paused, "sku": 0 });
        let refused = market.buyer.with("idempotency-key", &key(1)).post(ORDERS, &body).await;
        assert_eq!(refused.problem(), (422, "service_paused"));
        let body = json!({ "service": Uuid::nil(), "sku": 0 });
        let unknown = market.buyer.with("idempotency-key", &key(1)).post(ORDERS, &body).await;
        assert_eq!(unknown.problem(), (404, "not_found"));
        assert_eq!(market.buyer.get(ORDERS).await.json["items"], json!([]));
    }

    lists_go_on_where_the_cursor_says(test) {
        let market = market(test).await;
        for number in 0..25 {
            test.clock.advance(Duration::seconds(1));
            assert_eq!(market.place(&market.buyer, number, 0).await.status, StatusCode::CREATED);
        }
        let first = market.buyer.get(ORDERS).await.json;
        let cursor = first["next_cursor"].as_str().expect("a next page");
        let rest = market.buyer.get(&format!("{ORDERS}?cursor={cursor}")).await.json;
        assert_eq!(rest["next_cursor"], Value::Null);
        let numbers = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().expect("items");
            items.iter().filter_map(|item| item["number"].as_str().map(ToOwned::to_owned)).collect()
        };
        let mut all = numbers(&first);
        all.extend(numbers(&rest));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 25);
        let placed = market.buyer.get(&format!("{ORDERS}?state=placed")).await.json;
        assert_eq!(numbers(&placed), numbers(&first));
        assert_eq!(market.buyer.get(&format!("{ORDERS}?state=closed")).await.json["items"], json!([]));
        // Someone else's cursor leads nowhere.
        let foreign = market.stranger.get(&format!("{ORDERS}?cursor={cursor}")).await.json;
        assert_eq!(foreign["items"], json!([]));
    }

    a_token_ends_to_the_second_and_at_its_revocation(test) {
        let mut browser = person(test, "100-0000-0001", "lin").await;
        let text = token(&mut browser, ALL, "7").await;
        let program = Program::new(test).bearing(&text);
        test.clock.advance(Duration::days(7) - Duration::seconds(1));
        assert_eq!(program.get("/api/v1/account").await.status, StatusCode::OK);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(program.get("/api/v1/account").await.problem(), (401, "token_invalid"));

        let program = Program::new(test).bearing(&token(&mut browser, ALL, "7").await);
        assert_eq!(program.get("/api/v1/account").await.status, StatusCode::OK);
        let list = browser.get("/zhanghao/lingpai").await;
        assert!(list.body.contains("程序") && !list.body.contains("qf_"), "the text is never shown again");
        let mark = "/zhanghao/lingpai/";
        let end = list.body.find("/chexiao\"").expect("a revocation");
        let at = list.body[..end].rfind(mark).expect("its form") + mark.len();
        let path = format!("{mark}{}/chexiao", &list.body[at..at + 36]);
        let csrf = list.csrf();
        let mut stranger = person(test, "100-0000-0002", "he").await;
        let foreign = stranger.get("/zhanghao/lingpai").await.csrf();
        assert_eq!(stranger.post(&path, &[("csrf", &foreign)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(browser.post(&path, &[("csrf", "wrong")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(program.get("/api/v1/account").await.status, StatusCode::OK);
        assert_eq!(browser.post(&path, &[("csrf", &csrf)]).await.location(), "/zhanghao/lingpai");
        assert_eq!(program.get("/api/v1/account").await.problem(), (401, "token_invalid"));
    }

    a_refused_token_form_names_its_fields_and_makes_nothing(test) {
        let mut browser = person(test, "100-0000-0001", "lin").await;
        let csrf = browser.get("/zhanghao/lingpai").await.csrf();
        let long = "字".repeat(token::NAME_CHARS + 1);
        let fields = [("csrf", csrf.as_str()), ("token_name", &long), ("days", "366"), ("order_read", "yes")];
        let refused = browser.post("/zhanghao/lingpai", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("href=\"#token_name\"") && refused.body.contains("href=\"#days\""));
        assert!(!refused.body.contains("href=\"#scopes\""));
        assert!(refused.body.contains(&long) && refused.body.contains("value=\"yes\" checked"), "what was typed is kept");
        assert!(refused.body.contains("还没有令牌"));
    }

    clause_2_5_1_e_the_account_is_the_persons_own_and_names_nobody_else(test) {
        let market = market(test).await;
        let own = market.buyer.get("/api/v1/account").await;
        assert_eq!((&own.json["name"], &own.json["phone_masked"]), (&json!("买家"), &json!("100****0001")));
        assert_eq!(own.json["devices"].as_array().map(Vec::len), Some(1));
        assert_eq!(own.json["acceptances"].as_array().map(Vec::len), Some(2));
        let again = market.buyer.get("/api/v1/account").await;
        let opened = again.json["openings"].as_array().expect("openings").iter();
        assert!(opened.clone().any(|opening| opening["purpose"] == "show_own"), "the first reading is on record");

        let number = market.placed().await;
        market.act(&market.seller, &number, json!({ "event": "supplier_confirm", "note": "收到" })).await;
        for program in [&market.buyer, &market.seller] {
            for path in [format!("{ORDERS}/{number}"), format!("{ORDERS}?side=bought"), format!("{ORDERS}?side=sold")] {
                let text = program.get(&path).await.json.to_string();
                for value in ["买家", "卖家", "10000000001", "100****0001", "10000000002", "程序"] {
                    assert!(!text.contains(value), "{path} holds {value}");
                }
            }
        }
    }

    a_token_has_its_requests_a_minute_and_another_is_not_held_up(test) {
        let mut browser = person(test, "100-0000-0001", "lin").await;
        let anonymous = Program::new(test);
        let one = anonymous.bearing(&token(&mut browser, &["account_read"], "1").await);
        let two = anonymous.bearing(&token(&mut browser, &["account_read"], "1").await);
        // A request without the scope is one as well, and the cheapest.
        for _ in 0..600 {
            assert_eq!(one.get(ORDERS).await.status, StatusCode::FORBIDDEN);
        }
        let held = one.get(ORDERS).await;
        assert_eq!(held.problem(), (429, "too_many_requests"));
        let wait: i64 = held.header(header::RETRY_AFTER).parse().expect("seconds");
        assert!((1..=60).contains(&wait));
        assert_eq!(two.get(ORDERS).await.status, StatusCode::FORBIDDEN);
        test.clock.advance(Duration::seconds(wait));
        assert_eq!(one.get(ORDERS).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn bad_bodies_are_told_apart_and_every_wrong_field_is_named() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let market = market(&test).await;
    let program = market.buyer.with("idempotency-key", &key(1));
    let send = async |kind: Option<&str>, body: &str| {
        program
            .send(Method::POST, ORDERS, kind, body.as_bytes().to_vec())
            .await
    };
    let json_kind = Some("application/json");
    for broken in ["", "{", "[]", "null", "{\"service\": 1,}", "\u{feff}{}"] {
        assert_eq!(
            send(json_kind, broken).await.problem(),
            (400, "body_malformed"),
            "{broken}"
        );
    }
    let not_utf8 = program
        .send(Method::POST, ORDERS, json_kind, vec![b'{', 0xff, b'}'])
        .await;
    assert_eq!(not_utf8.problem(), (400, "body_malformed"));
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
    ] {
        assert_eq!(send(kind, "{}").await.problem(), (415, "body_kind"), "{kind:?}");
    }
    let charset = send(Some("application/json; charset=utf-8"), "{}").await;
    assert_eq!(charset.status, StatusCode::UNPROCESSABLE_ENTITY);
    let large = format!("{{\"note\": \"{}\"}}", "x".repeat(64 * 1024));
    assert_eq!(send(json_kind, &large).await.problem(), (413, "body_large"));

    let wrong = send(json_kind, r#"{"service": "x", "note": 5, "colour": "red"}"#).await;
    assert_eq!(wrong.problem(), (422, "invalid"));
    let mut fields = wrong.fields();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            ("colour", "field_unknown"),
            ("note", "field_value"),
            ("service", "field_value"),
            ("sku", "field_missing")
        ]
    );
    let body = json!({ "service": market.service, "sku": 0 });
    let without = market.buyer.post(ORDERS, &body).await;
    assert_eq!(without.fields(), [("Idempotency-Key", "field_missing")]);
    let no_key = market
        .buyer
        .with("idempotency-key", "abc")
        .post(ORDERS, &body)
        .await;
    assert_eq!(no_key.fields(), [("Idempotency-Key", "field_value")]);
    let two_keys = program.with("idempotency-key", &key(2)).post(ORDERS, &body).await;
    assert_eq!(two_keys.fields(), [("Idempotency-Key", "field_repeated")]);
    let note = "字".repeat(2001);
    let long = program
        .post(
            ORDERS,
            &json!({ "service": market.service, "sku": 0, "note": note }),
        )
        .await;
    assert_eq!(long.fields(), [("note", "field_value")]);
    assert_eq!(
        market.buyer.get(ORDERS).await.json["items"],
        json!([]),
        "nothing was made"
    );
    test.close().await;
}
