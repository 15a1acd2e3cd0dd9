//! The table of routes is whole: purpose, clauses, and who may call.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use privacy::PurposeId;
use testkit::both_dbs;
use web::routes::{ROUTES, Who};

use crate::browser::Browser;

#[test]
fn clause_0_4_every_route_names_a_known_purpose_and_existing_clauses() {
    let archive = policy::builtin().expect("policy");
    let version = archive.iter().next_back().expect("a version");
    for route in ROUTES {
        assert!(
            PurposeId::parse(route.purpose).is_some(),
            "{} {}",
            route.method,
            route.path
        );
        assert!(!route.clauses.is_empty(), "{} {}", route.method, route.path);
        for clause in route.clauses {
            assert!(version.clause(clause).is_some(), "{} names {clause}", route.path);
        }
    }
}

/// The path with something in each of its places.
fn filled(path: &str) -> String {
    let catalogue = crate::browser::catalogue().now();
    let service = catalogue.favourites(1).next().expect("a service");
    // The interface's search needs to be told what to look for.
    let path = if path == "/api/v1/search" {
        "/api/v1/search?q=a"
    } else {
        path
    };
    let id = if path.contains("suppliers") {
        service.supplier
    } else {
        service.id
    };
    path.replace("{version}", "2020-11-01")
        .replace("{id}", &id.to_string())
        .replace("{number}", "QF000000000000")
        .replace("{supplier}", &service.supplier.to_string())
        .replace("{before}", "2020-11-01")
        .replace("{after}", "2020-11-01")
        .replace("{*path}", "0/000.p/2")
        .replace("{old}", "1")
        .replace("{event}", "00000000-0000-4000-8000-000000000000")
        .replace("{page}", "register")
        .replace("{sample}", "2")
        .replace("{token}", "00000000-0000-4000-8000-000000000000")
        .replace("{device}", "00000000-0000-4000-8000-000000000000")
        .replace("{decision}", "00000000-0000-4000-8000-000000000000")
        .replace("{passkey}", "00000000-0000-4000-8000-000000000000")
        .replace("{demand}", "00000000-0000-4000-8000-000000000000")
        .replace("{identifier}", "verifier-9")
        .replace("{field}", "phone")
        .replace("{step}", "chehui")
        .replace("{area}", "daili-jizhang")
        .replace("{answer}", "jieshou")
        .replace("{invitation}", "00000000-0000-4000-8000-000000000000")
        .replace("{year}", "2025")
        .replace("{member}", "00000000-0000-4000-8000-000000000000")
        .replace("{request}", "00000000-0000-4000-8000-000000000000")
        .replace("{session}", "00000000-0000-4000-8000-000000000000")
}

fn request(method: &str, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    request.body(Body::empty()).expect("a request")
}

both_dbs! {
    every_route_walked_as_a_stranger(test) {
        // Somebody's two acceptances are in the log, so that it has something to show.
        Browser::new(test).register("100-0000-0009", "lin").await;
        let app = crate::browser::state(test, true).app;
        app::log::advance(&app, &test.system()).await.expect("the log");
        for route in ROUTES {
            let mut browser = Browser::new(test);
            let path = filled(route.path);
            let page = match route.method {
                "get" => browser.get(&path).await,
                "post" => browser.post(&path, &[]).await,
                method => browser.send(request(&method.to_uppercase(), &path)).await,
            };
            let place = format!("{} {path}", route.method);
            // 2.1.1.c: whoever only looks is given nothing to be known again by.
            if (route.who, route.method) != (Who::Door, "post") {
                assert!(page.headers.get(header::SET_COOKIE).is_none(), "{place}");
            }
            match (route.who, route.method) {
                // Whoever has a certificate's number may read it; this one is nobody's.
                (Who::Anyone, "get") if route.path.starts_with("/zhuxiao/") => assert_eq!(page.status, StatusCode::NOT_FOUND, "{place}"),
                (Who::Anyone | Who::Door | Who::Demo, "get") => assert_eq!(page.status, StatusCode::OK, "{place}"),
                // Everybody gets the same question for a device.
                (Who::Door, _) if route.path == "/denglu/miyao/kaishi" => assert_eq!(page.status, StatusCode::OK, "{place}"),
                (Who::Door, _) => assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{place}"),
                (Who::Token(_), _) => assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{place}"),
                (Who::Staff | Who::Verifier | Who::Officer | Who::Arbiter | Who::Supervisor | Who::Admin, _) => assert_eq!(page.location(), "/guanli/denglu", "{place}"),
                (Who::Account, _) => assert!(page.location().starts_with("/denglu"), "{place}"),
                (who, method) => panic!("{place}: no expectation for {who:?} {method}"),
            }
        }
    }

    a_form_that_cannot_be_read_is_answered_with_a_page(test) {
        let mut browser = Browser::new(test);
        for route in ROUTES.iter().filter(|route| route.method == "post" && !route.path.starts_with("/api/")) {
            let posted = Request::post(filled(route.path)).header("sec-fetch-site", "same-origin");
            let posted = posted.header(header::CONTENT_TYPE, "application/json");
            let page = browser.send(posted.body(Body::from("{}")).expect("a request")).await;
            assert!(page.status.is_client_error(), "{}", route.path);
            assert!(page.body.contains("<html lang=\"zh-CN\""), "{}: {}", route.path, page.body);
        }
    }

    demo_routes_do_not_exist_in_production(test) {
        for route in ROUTES.iter().filter(|route| route.who == Who::Demo) {
            let path = filled(route.path);
            assert_eq!(Browser::production(test).get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    a_known_path_names_its_methods_and_an_unknown_one_is_not_there(test) {
        let mut browser = Browser::new(test);
        for (method, path, allowed) in [
            ("POST", "/zhengce", "GET, HEAD"),
            ("OPTIONS", "/zhengce", "GET, HEAD"),
            ("GET", "/tuichu", "POST"),
            ("DELETE", "/denglu", "GET, HEAD, POST"),
            ("PUT", "/dingdan/QF000000000000/accept", "POST"),
            ("POST", "/demo/outbox", "GET, HEAD"),
        ] {
            let page = browser.send(request(method, path)).await;
            assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_eq!(page.headers.get(header::ALLOW).and_then(|value| value.to_str().ok()), Some(allowed), "{method} {path}");
        }
        for (method, path) in [("GET", "/nowhere"), ("OPTIONS", "/nowhere"), ("POST", "/nowhere")] {
            let page = browser.send(request(method, path)).await;
            assert_eq!((page.status, page.headers.contains_key(header::ALLOW)), (StatusCode::NOT_FOUND, false), "{method} {path}");
        }
        let page = Browser::production(test).send(request("POST", "/demo/outbox")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "a demo's path is unknown elsewhere");
    }

    head_is_get_without_a_body(test) {
        for path in ["/", "/zhengce", "/denglu", "/health"] {
            let get = Browser::new(test).get(path).await;
            let head = Browser::new(test).send(request("HEAD", path)).await;
            assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
            assert_eq!(head.headers.get(header::CONTENT_TYPE), get.headers.get(header::CONTENT_TYPE), "{path}");
        }
    }
}
