//! The interface's public side: the catalogue, the language of answers, the document.

use axum::http::{Method, StatusCode, header};
use serde_json::json;
use testkit::TestStore;
use web::routes::Who;

use crate::api::rows;
use crate::browser::encoded;
use crate::program::Program;

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged_and_a_bad_parameter_is_named() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let program = Program::new(&test);
    let all = program.get("/api/v1/services?per_page=50").await.json;
    let total = all["total"].as_u64().expect("a total");
    assert_eq!(all["items"].as_array().map(Vec::len), usize::try_from(total).ok());
    let counted: u64 = all["facets"]["category"]
        .as_array()
        .expect("facets")
        .iter()
        .filter_map(|facet| facet["count"].as_u64())
        .sum();
    assert_eq!(counted, total);
    let cheap = program
        .get("/api/v1/services?category=daili-jizhang&sort=price&per_page=2")
        .await
        .json;
    assert_eq!(cheap["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        cheap["items"][0]["from_price"],
        json!({ "amount": 29900, "currency": "CNY" })
    );
    let past = program.get("/api/v1/services?page=500").await.json;
    assert_eq!(
        (&past["items"], &past["page"]),
        (&json!([]), &json!(500)),
        "past the end is empty, not the last page again"
    );
    assert_eq!(
        program.get("/api/v1/services?category=nope").await.json["total"],
        0
    );
    for (query, field, code) in [
        ("page=0", "page", "field_value"),
        ("page=501", "page", "field_value"),
        ("page=x", "page", "field_value"),
        ("per_page=51", "per_page", "field_value"),
        ("per_page=0", "per_page", "field_value"),
        ("sort=cheapest", "sort", "field_value"),
        ("price_band=1-2", "price_band", "field_value"),
        ("category=", "category", "field_value"),
        ("page=1&page=2", "page", "field_repeated"),
        ("pgae=1", "pgae", "field_unknown"),
        ("lang=en", "lang", "field_unknown"),
    ] {
        let refused = program.get(&format!("/api/v1/services?{query}")).await;
        assert_eq!(refused.problem(), (422, "invalid"), "{query}");
        assert_eq!(refused.fields(), [(field, code)], "{query}");
    }
    assert_eq!(
        program.get("/api/v1/search").await.fields(),
        [("q", "field_missing")]
    );
    let found = program
        .get(&format!("/api/v1/search?q={}&per_page=1", encoded("代账")))
        .await
        .json;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    let typo = program
        .get(&format!("/api/v1/search?q={}", encoded("代理计账")))
        .await
        .json;
    assert_eq!(typo["suggestion"], "代理记账");
    test.close().await;
}

#[tokio::test]
async fn what_may_not_be_offered_is_not_there_and_one_service_says_it_all() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let program = Program::new(&test);
    let demo = app::demo::catalogue().expect("demo");
    for service in &demo.services {
        let supplier = demo
            .suppliers
            .iter()
            .find(|supplier| supplier.id == service.supplier)
            .expect("a supplier");
        let reply = program.get(&format!("/api/v1/services/{}", service.id)).await;
        if supplier.standing.offers() {
            assert_eq!(reply.json["supplier"]["name"]["zh"], json!(supplier.zh));
            assert_eq!(
                reply.json["skus"][0]["service_fee"]["amount"],
                json!(service.skus[0].price)
            );
            assert_eq!(reply.json["official_fee"]["amount"], json!(service.official_fee));
            for part in [
                "process",
                "materials",
                "deliverables",
                "acceptance",
                "after_sales",
            ] {
                let first = &reply.json[part][0];
                assert!(first["zh"].is_string() && first["en"].is_string(), "{part}");
            }
            assert!(reply.json["skus"][1]["days"].as_i64() <= reply.json["days"].as_i64());
        } else {
            assert_eq!(reply.problem(), (404, "not_found"));
        }
    }
    for supplier in &demo.suppliers {
        let reply = program.get(&format!("/api/v1/suppliers/{}", supplier.id)).await;
        let admitted = supplier.standing != domain::market::catalogue::Standing::Applied;
        assert_eq!(reply.status == StatusCode::OK, admitted, "{}", supplier.zh);
    }
    for path in [
        "/api/v1/services/x",
        "/api/v1/services/%FF",
        "/api/v1/suppliers/1",
        "/api/v1/services/%00",
    ] {
        assert_eq!(program.get(path).await.problem(), (404, "not_found"), "{path}");
    }
    test.close().await;
}

#[tokio::test]
async fn every_answer_under_api_is_json_in_the_language_asked_for() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let program = Program::new(&test);
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v2/services",
        "/api/nowhere",
        "/api/v1/orders/a/b/c",
    ] {
        assert_eq!(program.get(path).await.problem(), (404, "not_found"), "{path}");
    }
    for (method, path, allow) in [
        (Method::DELETE, "/api/v1/services", "GET, HEAD"),
        (Method::POST, "/api/v1/categories", "GET, HEAD"),
        (Method::PUT, "/api/v1/orders", "GET, HEAD, POST"),
        (Method::GET, "/api/v1/orders/QF000000000000/events", "POST"),
    ] {
        let reply = program.send(method.clone(), path, None, Vec::new()).await;
        assert_eq!(reply.problem(), (405, "method_unknown"), "{method} {path}");
        assert_eq!(reply.header(header::ALLOW), allow, "{method} {path}");
    }
    let head = program
        .send(Method::HEAD, "/api/v1/categories", None, Vec::new())
        .await;
    assert_eq!(head.status, StatusCode::OK);
    let chinese = program.get("/api/nowhere").await;
    let english = program
        .with("accept-language", "en-GB, en;q=0.9")
        .get("/api/nowhere")
        .await;
    assert_eq!(chinese.header(header::CONTENT_LANGUAGE), "zh-CN");
    assert_eq!(english.header(header::CONTENT_LANGUAGE), "en");
    assert!(english.json["detail"].as_str().is_some_and(str::is_ascii));
    assert_ne!(chinese.json["request_id"], english.json["request_id"]);
    test.close().await;
}

#[tokio::test]
async fn the_document_and_the_table_of_routes_name_the_same_operations() {
    let test = TestStore::open(storage::Engine::Sqlite).await;
    let program = Program::new(&test);
    let document = program.get("/api/v1/openapi.json").await.json;
    assert_eq!(document["openapi"], "3.1.0");
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            described.push((method.clone(), path.clone()));
            let row = rows().find(|route| route.method == method && route.path == path);
            let security = match row.expect("a row").who {
                Who::Token(scope) => json!([{ "token": [scope.as_str()] }]),
                _ => json!([]),
            };
            assert_eq!(operation["security"], security, "{method} {path}");
            assert_eq!(
                operation["responses"]["401"].is_object(),
                security != json!([]),
                "{method} {path}"
            );
        }
    }
    let mut routed: Vec<(String, String)> = rows()
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    described.sort();
    routed.sort();
    assert_eq!(described, routed);
    // Nothing it refers to is missing.
    let written = document.to_string();
    for reference in written
        .split("\"$ref\":\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
    let english = program
        .with("accept-language", "en")
        .get("/api/v1/openapi.json")
        .await
        .json;
    assert_eq!(english["info"]["title"], "Qifu365 API");
    assert_eq!(
        english["paths"].as_object().map(serde_json::Map::len),
        document["paths"].as_object().map(serde_json::Map::len)
    );
    test.close().await;
}
