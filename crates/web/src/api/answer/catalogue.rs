//! The catalogue's answers. Nothing in them is personal.

use ::domain::market::{catalogue as domain, plan};
use app::market::catalogue::Catalogue;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Day, Money, Words, word, words};

word!(
    /// Whether a supplier may offer.
    Standing of domain::Standing
);

/// All categories, by group.
#[derive(Serialize, ToSchema)]
pub struct Categories {
    /// The groups, in order.
    groups: Vec<Group>,
}

/// A group of categories.
#[derive(Serialize, ToSchema)]
pub struct Group {
    /// Its identifier.
    #[schema(example = "caishui")]
    slug: String,
    /// Its name.
    name: Words,
    /// Its categories, in order.
    categories: Vec<Category>,
}

/// A category.
#[derive(Serialize, ToSchema)]
pub struct Category {
    /// Its identifier.
    #[schema(example = "daili-jizhang")]
    slug: String,
    /// Its name.
    name: Words,
    /// The licence a supplier must hold; null if none.
    #[schema(required)]
    licence: Option<Words>,
    /// Days to check a delivery.
    #[schema(example = 7)]
    review_days: i64,
}

fn category(category: &domain::Category) -> Category {
    Category {
        slug: category.slug.clone(),
        name: Words::new(&category.zh, &category.en),
        licence: (!category.licence.is_empty()).then(|| Words::from(&category.licence)),
        review_days: category.review_days,
    }
}

impl Categories {
    /// Those of a catalogue.
    pub fn of(catalogue: &Catalogue) -> Self {
        let group = |group: &domain::Group| {
            let own = catalogue
                .categories
                .iter()
                .filter(|category| category.group == group.slug);
            Group {
                slug: group.slug.clone(),
                name: Words::new(&group.zh, &group.en),
                categories: own.map(category).collect(),
            }
        };
        Self {
            groups: catalogue.groups.iter().map(group).collect(),
        }
    }
}

/// A service in a list.
#[derive(Serialize, ToSchema)]
pub struct ServiceSummary {
    /// The service.
    id: Uuid,
    /// Its title.
    title: Words,
    /// One sentence about it.
    summary: Words,
    /// Its category's identifier.
    #[schema(example = "daili-jizhang")]
    category: String,
    /// The lowest service fee (服务费).
    from_price: Money,
    /// Who provides it.
    supplier: SupplierName,
    /// Thousandths of a star; null if there is no rating yet.
    #[schema(required, example = 4800)]
    rating: Option<i64>,
    /// Orders completed.
    #[schema(example = 120)]
    orders_completed: i64,
    /// Whether the supplier takes no new orders for it at present.
    paused: bool,
}

/// Who provides a service.
#[derive(Serialize, ToSchema)]
pub struct SupplierName {
    /// The supplier.
    id: Uuid,
    /// Its name.
    name: Words,
    /// Its city; the Chinese name is the value of the parameter `city`.
    city: Words,
}

fn rated(thousandths: i64) -> Option<i64> {
    (thousandths > 0).then_some(thousandths)
}

fn supplier_name(supplier: &domain::Supplier) -> SupplierName {
    SupplierName {
        id: supplier.id,
        name: Words::new(&supplier.zh, &supplier.en),
        city: Words::from(&supplier.city),
    }
}

fn summary(service: &domain::Service, supplier: &domain::Supplier) -> ServiceSummary {
    ServiceSummary {
        id: service.id,
        title: Words::new(&service.zh, &service.en),
        summary: Words::new(&service.summary_zh, &service.summary_en),
        category: service.category.clone(),
        from_price: Money::fen(service.from_price()),
        supplier: supplier_name(supplier),
        rating: rated(service.rating),
        orders_completed: service.sales,
        paused: service.paused,
    }
}

/// The services with their suppliers; one without is not offered and does not occur in a list.
fn summaries<'a>(
    catalogue: &Catalogue,
    services: impl IntoIterator<Item = &'a std::sync::Arc<domain::Service>>,
) -> Vec<ServiceSummary> {
    services
        .into_iter()
        .filter_map(|service| Some(summary(service, catalogue.supplier(service.supplier)?)))
        .collect()
}

/// The services of the page asked for. The catalogue gives the last page for one past it; a program
/// would read that again and again.
fn shown(
    catalogue: &Catalogue,
    services: &[std::sync::Arc<domain::Service>],
    given: usize,
    asked: usize,
) -> Vec<ServiceSummary> {
    if given == asked {
        summaries(catalogue, services)
    } else {
        Vec::new()
    }
}

/// How many services one choice would leave.
#[derive(Serialize, ToSchema)]
pub struct Count {
    /// The value of the parameter.
    #[schema(example = "daili-jizhang")]
    value: String,
    /// The services.
    #[schema(example = 6)]
    count: usize,
}

fn counts(counted: Vec<(String, usize)>) -> Vec<Count> {
    counted
        .into_iter()
        .map(|(value, count)| Count { value, count })
        .collect()
}

/// How many services each choice would leave under the other choices.
#[derive(Serialize, ToSchema)]
pub struct Facets {
    /// By `category`.
    category: Vec<Count>,
    /// By `price_band`.
    price_band: Vec<Count>,
    /// By `city`.
    city: Vec<Count>,
}

/// A page of services.
#[derive(Serialize, ToSchema)]
pub struct ServiceList {
    /// The services; none past the last page.
    items: Vec<ServiceSummary>,
    /// How many in all.
    #[schema(example = 41)]
    total: usize,
    /// The page, from 1.
    #[schema(example = 1)]
    page: usize,
    /// Services on a page.
    #[schema(example = 20)]
    per_page: usize,
    /// How many pages.
    #[schema(example = 3)]
    pages: usize,
    /// How many services each choice would leave.
    facets: Facets,
}

impl ServiceList {
    /// A page as the catalogue gives it; `page` is the one asked for.
    pub fn of(
        catalogue: &Catalogue,
        listing: app::market::catalogue::Listing,
        page: usize,
        per_page: usize,
    ) -> Self {
        Self {
            items: shown(catalogue, &listing.services, listing.page, page),
            total: listing.total,
            page,
            per_page,
            pages: listing.pages,
            facets: Facets {
                category: counts(listing.categories),
                price_band: counts(listing.bands),
                city: counts(listing.cities),
            },
        }
    }
}

/// A page of what a search found.
#[derive(Serialize, ToSchema)]
pub struct SearchResult {
    /// The services; none past the last page.
    items: Vec<ServiceSummary>,
    /// How many in all.
    #[schema(example = 6)]
    total: usize,
    /// The page, from 1.
    #[schema(example = 1)]
    page: usize,
    /// Services on a page.
    #[schema(example = 20)]
    per_page: usize,
    /// How many pages.
    #[schema(example = 1)]
    pages: usize,
    /// A better spelling; null if there is none.
    #[schema(required, example = "代理记账")]
    suggestion: Option<String>,
}

impl SearchResult {
    /// What a search found.
    pub fn of(
        catalogue: &Catalogue,
        found: app::market::catalogue::Found,
        page: usize,
        per_page: usize,
    ) -> Self {
        Self {
            items: shown(catalogue, &found.services, found.page, page),
            total: found.total,
            page,
            per_page,
            pages: found.total.div_ceil(per_page.max(1)).max(1),
            suggestion: found.suggestion,
        }
    }
}

/// One way to buy a service.
#[derive(Serialize, ToSchema)]
pub struct Sku {
    /// Its number, from 0: the `sku` of an order.
    #[schema(example = 0)]
    number: usize,
    /// Its name.
    name: Words,
    /// The service fee (服务费).
    service_fee: Money,
    /// Service fee and official fee together.
    total: Money,
    /// How long it takes this way, in days.
    #[schema(example = 20)]
    days: i64,
    /// What the buyer gets this way beyond the service's deliverables.
    adds: Vec<Words>,
    /// The milestones, paid for and delivered one after another; they add up to `total`.
    plan: Vec<PlannedMilestone>,
}

/// A milestone of a way to buy.
#[derive(Serialize, ToSchema)]
pub struct PlannedMilestone {
    /// What is delivered.
    title: Words,
    /// What is paid for it, official fee included.
    amount: Money,
    /// The official fee (官费) in it.
    official_fee: Money,
    /// How many days it takes, from its payment.
    #[schema(example = 30)]
    days: i64,
}

fn planned(part: &plan::Part) -> PlannedMilestone {
    PlannedMilestone {
        title: Words::new(&part.zh, &part.en),
        amount: Money::fen(part.amount()),
        official_fee: Money::fen(part.official_fee),
        days: part.days,
    }
}

/// A question and its answer.
#[derive(Serialize, ToSchema)]
pub struct Faq {
    /// The question.
    question: Words,
    /// The answer.
    answer: Words,
}

/// A service.
#[derive(Serialize, ToSchema)]
pub struct Service {
    /// The service.
    id: Uuid,
    /// Its title.
    title: Words,
    /// One sentence about it.
    summary: Words,
    /// Its category.
    category: Category,
    /// Who provides it: a third party, not the platform.
    supplier: SupplierName,
    /// The ways to buy it.
    skus: Vec<Sku>,
    /// The official fee (官费), passed on as it is.
    official_fee: Money,
    /// How long it takes, in days, unless a way to buy says something else.
    #[schema(example = 30)]
    days: i64,
    /// The steps of the work.
    process: Vec<Words>,
    /// What the buyer provides.
    materials: Vec<Words>,
    /// What the buyer gets.
    deliverables: Vec<Words>,
    /// By which items a delivery is judged.
    acceptance: Vec<Words>,
    /// What holds after the delivery.
    after_sales: Vec<Words>,
    /// What buyers ask.
    faq: Vec<Faq>,
    /// Tags.
    tags: Vec<Words>,
    /// Thousandths of a star; null if there is no rating yet.
    #[schema(required, example = 4800)]
    rating: Option<i64>,
    /// Orders completed.
    #[schema(example = 120)]
    orders_completed: i64,
    /// Whether the supplier takes no new orders for it at present.
    paused: bool,
}

impl Service {
    /// A service that is offered; `None` if it is not.
    pub fn of(catalogue: &Catalogue, id: Uuid) -> Option<Self> {
        let service = catalogue.service(id)?;
        let supplier = catalogue.supplier(service.supplier)?;
        let own = catalogue.category(&service.category)?;
        let sku = |(number, sku): (usize, &domain::Sku)| Sku {
            number,
            name: Words::new(&sku.zh, &sku.en),
            service_fee: Money::fen(sku.price),
            total: Money::fen(sku.price.saturating_add(service.official_fee)),
            days: sku.days.unwrap_or(service.days),
            adds: words(&sku.adds),
            plan: plan::parts(service, sku).iter().flatten().map(planned).collect(),
        };
        let promised = service.promised(own);
        let faq = promised.faq.iter().map(|faq| Faq {
            question: Words::from(&faq.question),
            answer: Words::from(&faq.answer),
        });
        Some(Self {
            id: service.id,
            title: Words::new(&service.zh, &service.en),
            summary: Words::new(&service.summary_zh, &service.summary_en),
            category: category(own),
            supplier: supplier_name(supplier),
            skus: service.skus.iter().enumerate().map(sku).collect(),
            official_fee: Money::fen(service.official_fee),
            days: service.days,
            process: words(promised.process),
            materials: words(promised.materials),
            deliverables: words(promised.deliverables),
            acceptance: words(promised.acceptance),
            after_sales: words(promised.after_sales),
            faq: faq.collect(),
            tags: words(&service.tags),
            rating: rated(service.rating),
            orders_completed: service.sales,
            paused: service.paused,
        })
    }
}

/// Services a supplier's answer shows at most; `GET /api/v1/services` lists all.
const SERVICES_SHOWN: usize = 50;

/// A licence of a supplier, as the law has it shown.
#[derive(Serialize, ToSchema)]
pub struct PublicLicence {
    /// The category it is for.
    area: Words,
    /// What it is called.
    name: Words,
    /// Its number.
    #[schema(example = "DLJZ31010420250018")]
    number: String,
    /// Who gave it.
    #[schema(example = "演示发证机关")]
    issuer: String,
    /// Its last day, that day included; null if it has none.
    #[schema(required)]
    until: Option<Day>,
}

impl From<&app::market::catalogue::PublicLicence> for PublicLicence {
    fn from(licence: &app::market::catalogue::PublicLicence) -> Self {
        Self {
            area: Words::from(&licence.area),
            name: Words::from(&licence.name),
            number: licence.number.clone(),
            issuer: licence.issuer.clone(),
            until: licence.until.map(Day::from),
        }
    }
}

/// A supplier's public face.
#[derive(Serialize, ToSchema)]
pub struct Supplier {
    /// The supplier.
    id: Uuid,
    /// Its name.
    name: Words,
    /// Unified social credit code (统一社会信用代码).
    #[schema(example = "91330100MA27XXXX0K")]
    uscc: String,
    /// Its city; the Chinese name is the value of the parameter `city`.
    city: Words,
    /// On the platform since this year.
    #[schema(example = 2021)]
    since: i32,
    /// Whether it may offer.
    standing: Standing,
    /// Thousandths of a star; null if there is no rating yet.
    #[schema(required, example = 4800)]
    rating: Option<i64>,
    /// Usual time to answer, in minutes.
    #[schema(example = 30)]
    response_minutes: i64,
    /// About it.
    intro: Words,
    /// The registered name of the enterprise; null while none is behind it.
    #[schema(required, example = "星渚软件（演示）")]
    enterprise: Option<String>,
    /// Whether the enterprise is verified (已企业认证).
    #[schema(example = true)]
    enterprise_verified: bool,
    /// Its licences that are good, as the law has them shown.
    licences: Vec<PublicLicence>,
    /// What it offers, the best-selling first, 50 at most.
    services: Vec<ServiceSummary>,
    /// How many services it offers.
    #[schema(example = 4)]
    services_total: usize,
}

impl Supplier {
    /// A supplier that was admitted; `None` for any other.
    pub fn of(catalogue: &Catalogue, id: Uuid) -> Option<Self> {
        let supplier = catalogue
            .supplier(id)
            .filter(|supplier| supplier.standing != domain::Standing::Applied)?;
        let services = catalogue.services_of(id);
        let shown = catalogue.shown(id).cloned().unwrap_or_default();
        Some(Self {
            id: supplier.id,
            name: Words::new(&supplier.zh, &supplier.en),
            uscc: supplier.uscc.clone(),
            city: Words::from(&supplier.city),
            since: supplier.since,
            standing: supplier.standing.into(),
            rating: rated(supplier.rating),
            response_minutes: supplier.response_minutes,
            intro: Words::new(&supplier.intro_zh, &supplier.intro_en),
            licences: shown.licences.iter().map(PublicLicence::from).collect(),
            enterprise: shown.enterprise,
            enterprise_verified: shown.verified,
            services_total: services.len(),
            services: summaries(catalogue, services.into_iter().take(SERVICES_SHOWN)),
        })
    }
}
