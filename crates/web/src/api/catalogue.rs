//! The catalogue for programs: no token, nothing personal (2.1.1.c).

use app::market::catalogue::{BANDS, Filter, PAGE, Sort};
use axum::Json;

use super::answer::catalogue::{Categories, SearchResult, Service, ServiceList, Supplier};
use super::call::{Call, Part};
use super::field::{Field, Kind};
use super::problem::{Objection, Problem};

/// Services on a page at most.
const MOST_PER_PAGE: i64 = 50;
/// The furthest page.
const MOST_PAGES: i64 = 500;

/// Which page.
const PAGE_NUMBER: Field = Field {
    name: "page",
    kind: Kind::Whole {
        least: 1,
        most: MOST_PAGES,
    },
    required: false,
    default: Some(1),
    zh: "第几页，从 1 开始",
    en: "Which page, from 1",
    example: "1",
};

/// How much on it.
const PER_PAGE: Field = Field {
    name: "per_page",
    kind: Kind::Whole {
        least: 1,
        most: MOST_PER_PAGE,
    },
    required: false,
    default: Some(20),
    zh: "每页多少项，最多 50",
    en: "Entries on a page, at most 50",
    example: "20",
};

/// The parameters of a list.
pub const LIST: &[Field] = &[
    Field {
        name: "category",
        kind: Kind::Text { least: 1, most: 64 },
        required: false,
        default: None,
        zh: "只看这个类目（categories 中的 slug）",
        en: "Only this category (a slug of categories)",
        example: "daili-jizhang",
    },
    Field {
        name: "price_band",
        kind: Kind::Word(|| BANDS.iter().map(|(band, ..)| *band).collect()),
        required: false,
        default: None,
        zh: "只看服务费在这个区间的，单位元，不含上限",
        en: "Only service fees within this band, in yuan, without its upper end",
        example: "\"0-500\"",
    },
    Field {
        name: "city",
        kind: Kind::Text { least: 1, most: 64 },
        required: false,
        default: None,
        zh: "只看这个城市的服务商",
        en: "Only suppliers in this city",
        example: "杭州",
    },
    Field {
        name: "sort",
        kind: Kind::Word(|| Sort::ALL.iter().map(|sort| sort.as_str()).collect()),
        required: false,
        default: None,
        zh: "排序：综合、价格升序、价格降序、评分",
        en: "Order: usual, cheapest first, dearest first, best rated first",
        example: "price",
    },
    PAGE_NUMBER,
    PER_PAGE,
];

/// The parameters of a search.
pub const SEARCH: &[Field] = &[
    Field {
        name: "q",
        kind: Kind::Text { least: 1, most: 80 },
        required: true,
        default: None,
        zh: "要找什么：词、拼音或首字母",
        en: "What to look for: words, pinyin or initials",
        example: "代账",
    },
    PAGE_NUMBER,
    PER_PAGE,
];

fn page(call: &Call) -> (usize, usize) {
    let page = call.query.count("page").unwrap_or(1);
    (page, call.query.count("per_page").unwrap_or(PAGE))
}

/// `GET /api/v1/categories`.
pub async fn categories(call: Call) -> Json<Categories> {
    Json(Categories::of(&call.state.catalogue.now()))
}

/// `GET /api/v1/services`.
pub async fn services(call: Call) -> Json<ServiceList> {
    let catalogue = call.state.catalogue.now();
    let (page, per_page) = page(&call);
    let given = |name: &str| call.query.text(name).map(ToOwned::to_owned);
    let filter = Filter {
        category: given("category"),
        band: given("price_band"),
        city: given("city"),
        sort: call.query.text("sort").map(Sort::parse).unwrap_or_default(),
        page,
        per_page: Some(per_page),
    };
    Json(ServiceList::of(
        &catalogue,
        catalogue.list(&filter),
        page,
        per_page,
    ))
}

/// `GET /api/v1/services/{id}` (0.9: the supplier is named as the third party it is).
pub async fn service(call: Call, id: Part) -> Result<Json<Service>, Problem> {
    let catalogue = call.state.catalogue.now();
    let service = Service::of(&catalogue, id.id()?);
    service.map(Json).ok_or_else(|| Objection::NotFound.into())
}

/// `GET /api/v1/suppliers/{id}`.
pub async fn supplier(call: Call, id: Part) -> Result<Json<Supplier>, Problem> {
    let catalogue = call.state.catalogue.now();
    let supplier = Supplier::of(&catalogue, id.id()?);
    supplier.map(Json).ok_or_else(|| Objection::NotFound.into())
}

/// `GET /api/v1/search`.
pub async fn search(call: Call) -> Result<Json<SearchResult>, Problem> {
    let catalogue = call.state.catalogue.now();
    let (page, per_page) = page(&call);
    let text = call.query.text("q").unwrap_or_default().trim();
    let found = catalogue.search_by(text, page, per_page)?;
    Ok(Json(SearchResult::of(&catalogue, found, page, per_page)))
}
