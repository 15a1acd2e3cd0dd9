//! Browsing: categories, lists, services, suppliers, search. No account, no cookie, no personal
//! field (2.1.1.c). A parameter that makes no sense is ignored, never an error.

use std::sync::Arc;

use app::market::catalogue::{BANDS, Catalogue, Filter, Listing, PAGE, Shown, Sort};
use app::market::order;
use axum::http::StatusCode;
use domain::market::catalogue::{Category, Service, Sku, Standing, Supplier};
use domain::market::plan;
use serde::Deserialize;
use uuid::Uuid;

use crate::failure::Answer;
use crate::pages::catalogue::{
    Card, CategoriesPage, CategoryLink, Choice, Face, Facet, GroupLinks, Legal, LegalLicence, ListPage,
    Ordering, SearchPage, ServicePage, SkuLink, StageLine, SupplierPage,
};
use crate::pages::frame::{Lang, money};
use crate::pages::moment::Day;
use crate::request::{Asked, Named, Visit};

/// Thousandths of a star as one decimal; empty if there is no rating yet.
fn stars(thousandths: i64) -> String {
    if thousandths <= 0 {
        String::new()
    } else {
        format!("{}.{}", thousandths / 1000, thousandths % 1000 / 100)
    }
}

/// A service as a card.
pub fn card(lang: Lang, catalogue: &Catalogue, service: &Service) -> Card {
    let supplier = catalogue.supplier(service.supplier);
    Card {
        id: service.id.to_string(),
        title: lang.pick(&service.zh, &service.en).to_owned(),
        summary: lang.pick(&service.summary_zh, &service.summary_en).to_owned(),
        price: money(service.from_price()),
        supplier: supplier
            .map(|supplier| lang.pick(&supplier.zh, &supplier.en).to_owned())
            .unwrap_or_default(),
        city: supplier
            .map(|supplier| lang.text(&supplier.city).to_owned())
            .unwrap_or_default(),
        rating: stars(service.rating),
        sales: service.sales,
    }
}

fn cards(lang: Lang, catalogue: &Catalogue, services: &[Arc<Service>]) -> Vec<Card> {
    services
        .iter()
        .map(|service| card(lang, catalogue, service))
        .collect()
}

fn category_link(lang: Lang, category: &Category) -> CategoryLink {
    CategoryLink {
        slug: category.slug.clone(),
        label: lang.pick(&category.zh, &category.en).to_owned(),
        licence: lang.text(&category.licence).to_owned(),
    }
}

/// The groups with their categories.
pub fn groups(lang: Lang, catalogue: &Catalogue) -> Vec<GroupLinks> {
    let of = |slug: &str| {
        let own = catalogue
            .categories
            .iter()
            .filter(|category| category.group == slug);
        own.map(|category| category_link(lang, category)).collect()
    };
    let group = |group: &domain::market::catalogue::Group| GroupLinks {
        slug: group.slug.clone(),
        label: lang.pick(&group.zh, &group.en).to_owned(),
        categories: of(&group.slug),
    };
    catalogue.groups.iter().map(group).collect()
}

/// `GET /fenlei`.
pub async fn categories(visit: Visit) -> Answer {
    let groups = groups(visit.lang, &visit.state.catalogue.now());
    Answer::public(
        &visit,
        &CategoriesPage {
            f: visit.frame(visit.lang.t("服务分类", "Categories")),
            groups,
        },
    )
}

/// The list's parameters.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    fenlei: String,
    jiage: String,
    chengshi: String,
    paixu: String,
    ye: String,
}

/// A value for an address.
fn escaped(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
    out
}

impl ListQuery {
    fn filter(&self) -> Filter {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Filter {
            category: given(&self.fenlei),
            band: given(&self.jiage),
            city: given(&self.chengshi),
            sort: Sort::parse(&self.paixu),
            page: self.ye.parse().unwrap_or(1),
            per_page: None,
        }
    }

    /// Every parameter but the page, by its name.
    fn choices(&self) -> [(&'static str, &str); 4] {
        [
            ("fenlei", &self.fenlei),
            ("jiage", &self.jiage),
            ("chengshi", &self.chengshi),
            ("paixu", &self.paixu),
        ]
    }

    /// The address of the first page with one parameter set to `value`, or without it if that is
    /// empty; the parameters stay in their order.
    fn address(&self, name: &str, value: &str) -> String {
        Around::of(self, name).with(value)
    }
}

/// The list's address around the value of one parameter.
struct Around {
    name: &'static str,
    before: String,
    after: String,
}

impl Around {
    fn of(query: &ListQuery, name: &str) -> Self {
        let mut around = Self {
            name: "ye",
            before: String::new(),
            after: String::new(),
        };
        let mut side = &mut around.before;
        for (other, value) in query.choices() {
            if other == name {
                around.name = other;
                side = &mut around.after;
            } else if !value.is_empty() {
                side.push('&');
                side.push_str(other);
                side.push('=');
                side.push_str(&escaped(value));
            }
        }
        around
    }

    fn with(&self, value: &str) -> String {
        let mut address = String::with_capacity(self.before.len() + self.after.len() + 64);
        address.push_str("/fuwu");
        address.push_str(&self.before);
        if !value.is_empty() {
            address.push('&');
            address.push_str(self.name);
            address.push('=');
            address.push_str(&escaped(value));
        }
        address.push_str(&self.after);
        if address.len() > "/fuwu".len() {
            address.replace_range("/fuwu".len()..=5, "?");
        }
        address
    }
}

fn band_label(lang: Lang, band: &str) -> String {
    let bounds = BANDS.iter().find(|(name, ..)| *name == band);
    match bounds {
        Some((_, low, i64::MAX)) => format!("¥{} {}", low / 100, lang.t("以上", "and up")),
        Some((_, low, high)) => format!("¥{}–{}", low / 100, high / 100),
        None => band.to_owned(),
    }
}

/// The choices of one kind; the chosen one leads back.
fn facet(
    query: &ListQuery,
    (name, heading): (&str, &'static str),
    counted: &[(String, usize)],
    label: impl Fn(&str) -> String,
) -> Facet {
    let around = Around::of(query, name);
    let now = query.choices().into_iter().find(|(other, _)| *other == name);
    let option = |(value, count): &(String, usize)| {
        let chosen = now.is_some_and(|(_, now)| now == value);
        Choice {
            href: around.with(if chosen { "" } else { value }),
            label: label(value),
            chosen,
            count: *count,
        }
    };
    Facet {
        heading,
        options: counted.iter().map(option).collect(),
    }
}

fn numbered(pages: usize, page: usize, href: impl Fn(usize) -> String) -> Vec<Choice> {
    let near = |number: &usize| *number == 1 || *number == pages || number.abs_diff(page) <= 2;
    let choice = |number: usize| Choice {
        href: href(number),
        label: number.to_string(),
        chosen: number == page,
        count: 0,
    };
    (1..=pages).filter(near).map(choice).collect()
}

fn facets(lang: Lang, catalogue: &Catalogue, query: &ListQuery, listing: &Listing) -> Vec<Facet> {
    let category = |slug: &str| {
        let known = catalogue.category(slug);
        known.map_or_else(
            || slug.to_owned(),
            |category| lang.pick(&category.zh, &category.en).to_owned(),
        )
    };
    let fee = lang.t("服务费", "Service fee");
    vec![
        facet(
            query,
            ("fenlei", lang.t("类目", "Category")),
            &listing.categories,
            category,
        ),
        facet(query, ("jiage", fee), &listing.bands, |band| {
            band_label(lang, band)
        }),
        facet(
            query,
            ("chengshi", lang.t("城市", "City")),
            &listing.cities,
            |city| {
                let known = catalogue.city(city);
                known.map_or_else(|| city.to_owned(), |city| lang.text(city).to_owned())
            },
        ),
    ]
}

/// `GET /fuwu`.
pub async fn list(visit: Visit, Asked(query): Asked<ListQuery>) -> Answer {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let filter = query.filter();
    let listing = catalogue.list(&filter);
    let category = filter
        .category
        .as_deref()
        .and_then(|slug| catalogue.category(slug));
    let heading = category.map_or(lang.t("全部服务", "All services"), |category| {
        lang.pick(&category.zh, &category.en)
    });
    let sort = |sort: &Sort| Choice {
        href: query.address("paixu", sort.as_str()),
        label: match sort {
            Sort::Usual => lang.t("综合", "Usual"),
            Sort::PriceUp => lang.t("价格从低到高", "Cheapest first"),
            Sort::PriceDown => lang.t("价格从高到低", "Dearest first"),
            Sort::Rating => lang.t("评分", "Best rated"),
        }
        .to_owned(),
        chosen: *sort == filter.sort,
        count: 0,
    };
    let page = ListPage {
        f: visit.frame(heading),
        heading: heading.to_owned(),
        total: listing.total,
        facets: facets(lang, &catalogue, &query, &listing),
        sorts: Sort::ALL.iter().map(sort).collect(),
        services: cards(lang, &catalogue, &listing.services),
        pages: numbered(listing.pages, listing.page, |number| {
            query.address("ye", &number.to_string())
        }),
    };
    Answer::public(&visit, &page)
}

fn face(lang: Lang, supplier: &Supplier) -> Face {
    Face {
        id: supplier.id.to_string(),
        name: lang.pick(&supplier.zh, &supplier.en).to_owned(),
        city: lang.text(&supplier.city).to_owned(),
        since: supplier.since,
        rating: stars(supplier.rating),
        intro: lang.pick(&supplier.intro_zh, &supplier.intro_en).to_owned(),
    }
}

/// Which way to buy is chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SkuQuery {
    sku: String,
}

/// `GET /fuwu/{id}` (0.9: the boundary notice names the third party).
pub async fn service(
    visit: Visit,
    Named(id): Named<String>,
    Asked(query): Asked<SkuQuery>,
) -> Result<Answer, Answer> {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let nothing = || Answer::not_found(&visit);
    let id = Uuid::parse_str(&id).map_err(|_| nothing())?;
    let service = catalogue.service(id).ok_or_else(nothing)?;
    let supplier = catalogue.supplier(service.supplier).ok_or_else(nothing)?;
    let category = catalogue.category(&service.category).ok_or_else(nothing)?;
    let asked = query.sku.parse().unwrap_or(0);
    let (chosen, offer) = service
        .offer(category, asked)
        .map(|offer| (asked, offer))
        .or_else(|| Some((0, service.offer(category, 0)?)))
        .ok_or_else(nothing)?;
    let skus = service.skus.iter().enumerate().map(|(place, sku)| SkuLink {
        href: format!("/fuwu/{}?sku={place}", service.id),
        label: lang.pick(&sku.zh, &sku.en).to_owned(),
        price: money(sku.price),
        days: sku.days.unwrap_or(service.days),
        chosen: place == chosen,
    });
    let ordering = if works_for(&visit, supplier.id).await? {
        Ordering::Own
    } else if service.paused {
        Ordering::Paused
    } else {
        Ordering::Here(format!("/xiadan/{}?sku={chosen}", service.id))
    };
    let (fee, promised) = (offer.sku.price, offer.promised);
    let faq = promised.faq.iter().map(|faq| {
        let (question, answer) = (lang.text(&faq.question), lang.text(&faq.answer));
        (question.to_owned(), answer.to_owned())
    });
    let page = ServicePage {
        f: visit.frame(lang.pick(&service.zh, &service.en)),
        title: lang.pick(&service.zh, &service.en).to_owned(),
        ordering,
        summary: lang.pick(&service.summary_zh, &service.summary_en).to_owned(),
        category_slug: category.slug.clone(),
        category: lang.pick(&category.zh, &category.en).to_owned(),
        tags: lang.texts(&service.tags),
        skus: skus.collect(),
        fee: money(fee),
        official: money(service.official_fee),
        total: money(fee.saturating_add(service.official_fee)),
        days: offer.days,
        review_days: category.review_days,
        process: lang.texts(promised.process),
        stages: stages(lang, service, offer.sku),
        materials: lang.texts(promised.materials),
        deliverables: lang.texts(offer.deliverables()),
        acceptance: lang.texts(promised.acceptance),
        after_sales: lang.texts(promised.after_sales),
        faq: faq.collect(),
        supplier: face(lang, supplier),
    };
    Ok(Answer::public(&visit, &page))
}

/// The milestones of a way to buy; none if it is delivered at once.
fn stages(lang: Lang, service: &Service, sku: &Sku) -> Vec<StageLine> {
    let parts = plan::parts(service, sku).filter(|parts| parts.len() > 1);
    let lines = parts.into_iter().flatten().map(|part| StageLine {
        title: lang.pick(&part.zh, &part.en).to_owned(),
        days: part.days,
        amount: money(part.amount()),
        acceptance: lang.texts(&part.acceptance),
    });
    lines.collect()
}

/// Whether the viewer works for this supplier; it asks nothing of a visitor or of a mere buyer.
async fn works_for(visit: &Visit, supplier: Uuid) -> Result<bool, Answer> {
    match &visit.viewer {
        Some(viewer) if viewer.member => order::works_for(&visit.state.app, &visit.ctx(), viewer, supplier)
            .await
            .map_err(|failure| Answer::failure(visit, &failure)),
        _ => Ok(false),
    }
}

/// What the law has shown of a supplier.
fn legal(lang: Lang, shown: &Shown) -> Legal {
    Legal {
        enterprise: shown.enterprise.clone().unwrap_or_default(),
        verified: shown.verified,
        licences: shown
            .licences
            .iter()
            .map(|licence| LegalLicence {
                name: lang.text(&licence.name).to_owned(),
                area: lang.text(&licence.area).to_owned(),
                number: licence.number.clone(),
                issuer: licence.issuer.clone(),
                until: licence.until.map(|day| Day::of(lang, day)),
            })
            .collect(),
    }
}

/// Lets this process's catalogue follow what was just decided.
pub(super) async fn renew(visit: &Visit) -> Result<(), Answer> {
    let (app, ctx) = (&visit.state.app, visit.as_visitor());
    let read = visit.state.catalogue.refresh(app, &ctx).await;
    read.map(|_| ())
        .map_err(|failure| Answer::failure(visit, &failure))
}

/// `GET /fuwushang/{id}`. A supplier that was never admitted is not public.
pub async fn supplier(visit: Visit, Named(id): Named<String>) -> Answer {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let found = Uuid::parse_str(&id).ok().and_then(|id| catalogue.supplier(id));
    let Some(supplier) = found.filter(|supplier| supplier.standing != Standing::Applied) else {
        return Answer::not_found(&visit);
    };
    let closed = match supplier.standing {
        Standing::Active | Standing::Applied => None,
        Standing::Left => Some(lang.t("该服务商已不在平台。", "This provider is no longer here.")),
        Standing::Restricted => Some(lang.t(
            "该服务商在部分类目受限。",
            "This provider is restricted in some categories.",
        )),
        Standing::Expired => Some(lang.t(
            "许可已到期，服务暂时下架。",
            "A licence has run out; services are offline.",
        )),
        Standing::Suspended => Some(lang.t(
            "暂停接单，在途订单继续履行。",
            "Takes no new orders; open orders go on.",
        )),
    };
    let services = catalogue
        .services_of(supplier.id)
        .into_iter()
        .map(|service| card(lang, &catalogue, service));
    let page = SupplierPage {
        f: visit.frame(lang.pick(&supplier.zh, &supplier.en)),
        supplier: face(lang, supplier),
        uscc: supplier.uscc.clone(),
        response: supplier.response_minutes,
        closed,
        shown: catalogue
            .shown(supplier.id)
            .map_or_else(Legal::default, |shown| legal(lang, shown)),
        services: services.collect(),
    };
    Answer::public(&visit, &page)
}

/// Categories offered to whoever found nothing.
const POPULAR: usize = 6;

/// The search's parameters.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SearchQuery {
    q: String,
    ye: String,
}

/// Whether a service's own texts contain these very words.
fn says(service: &Service, words: &str) -> bool {
    let texts = [&service.zh, &service.en, &service.summary_zh, &service.summary_en];
    let tags = service.tags.iter().flat_map(|tag| [&tag.zh, &tag.en]);
    let mut all = texts.into_iter().chain(tags).chain(&service.synonyms);
    all.any(|text| text.contains(words))
}

/// `GET /sousuo`.
pub async fn search(visit: Visit, Asked(query): Asked<SearchQuery>) -> Result<Answer, Answer> {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let text: String = query.q.trim().chars().take(80).collect();
    let number = query.ye.parse::<usize>().unwrap_or(1).clamp(1, 500);
    let found = catalogue
        .search(&text, number)
        .map_err(|failure| Answer::failure(&visit, &failure))?;
    // Whoever types something personal does not find it kept: only words that the catalogue says.
    let public = found.services.iter().any(|service| says(service, &text));
    let href = |text: &str| format!("/sousuo?q={}", escaped(text));
    let nothing = found.services.is_empty();
    let mut f = visit.frame(lang.t("搜索", "Search"));
    f.query.clone_from(&text);
    let page = SearchPage {
        f,
        suggestion: found.suggestion.map(|label| Choice {
            href: href(&label),
            label,
            chosen: false,
            count: 0,
        }),
        total: found.total,
        services: cards(lang, &catalogue, &found.services),
        pages: numbered(found.total.div_ceil(PAGE).max(1), found.page, |number| {
            format!("{}&ye={number}", href(&text))
        }),
        popular: if nothing {
            let popular = catalogue.popular(POPULAR);
            popular.map(|category| category_link(lang, category)).collect()
        } else {
            Vec::new()
        },
        groups: if nothing {
            groups(lang, &catalogue)
        } else {
            Vec::new()
        },
    };
    Ok(if public {
        Answer::public(&visit, &page)
    } else {
        Answer::page(&visit, StatusCode::OK, &page)
    })
}
