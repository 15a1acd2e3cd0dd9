//! Operations of the public catalogue.

use super::super::answer::catalogue::{Categories, SearchResult, Service, ServiceList, Supplier};
use super::super::catalogue;
use super::{Operation, PLAIN, Part, answer};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        path: "/api/v1/categories",
        id: "list_categories",
        what: ("全部类目，按分组", "All categories, by group"),
        answer: Some(answer::<Categories>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/services",
        id: "list_services",
        what: (
            "服务列表：筛选、排序、分页",
            "Services: filtered, ordered, page by page",
        ),
        query: catalogue::LIST,
        answer: Some(answer::<ServiceList>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/services/{id}",
        id: "get_service",
        what: ("一项服务的详情", "One service in full"),
        parts: &[Part::Id],
        answer: Some(answer::<Service>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/suppliers/{id}",
        id: "get_supplier",
        what: ("一家服务商", "One supplier"),
        parts: &[Part::Id],
        answer: Some(answer::<Supplier>()),
        ..PLAIN
    },
    Operation {
        path: "/api/v1/search",
        id: "search_services",
        what: ("搜索服务", "Search services"),
        query: catalogue::SEARCH,
        answer: Some(answer::<SearchResult>()),
        errors: &[500],
        ..PLAIN
    },
];
