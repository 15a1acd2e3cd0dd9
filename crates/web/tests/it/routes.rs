//! The table of routes is whole: purpose, clauses, and who may call.

use axum::http::StatusCode;
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
        .replace("{page}", "register")
        .replace("{sample}", "2")
        .replace("{token}", "00000000-0000-4000-8000-000000000000")
        .replace("{session}", "00000000-0000-4000-8000-000000000000")
}

both_dbs! {
    every_route_walked_as_a_stranger(test) {
        for route in ROUTES {
            let mut browser = Browser::new(test);
            let path = filled(route.path);
            let page = if route.method == "get" { browser.get(&path).await } else { browser.post(&path, &[]).await };
            let place = format!("{} {path}", route.method);
            match (route.who, route.method) {
                (Who::Anyone | Who::Door | Who::Demo, "get") => assert_eq!(page.status, StatusCode::OK, "{place}"),
                (Who::Door, _) => assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{place}"),
                (Who::Token(_), _) => assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{place}"),
                (Who::Account, _) => assert!(page.location().starts_with("/denglu"), "{place}"),
                (who, method) => panic!("{place}: no expectation for {who:?} {method}"),
            }
        }
    }

    demo_routes_do_not_exist_in_production(test) {
        for route in ROUTES.iter().filter(|route| route.who == Who::Demo) {
            let path = filled(route.path);
            assert_eq!(Browser::production(test).get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    an_unknown_route_and_method_look_alike(test) {
        assert_eq!(Browser::new(test).get("/nowhere").await.status, StatusCode::NOT_FOUND);
        assert_eq!(Browser::new(test).post("/zhengce", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(Browser::new(test).get("/tuichu").await.status, StatusCode::NOT_FOUND);
    }
}
