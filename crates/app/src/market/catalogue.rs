//! The public catalogue as a read model in memory: loaded from the store at the start, replaced
//! whole at a change. Browsing opens no transaction and touches nothing personal (2.1.1.c).

mod lists;
mod standing;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use domain::market::catalogue::{Category, Group, Service, Supplier, Text};
use domain::supplier::licence::day_of;
use privacy::Ctx;
use privacy::purpose::Browse;
use search::{Query, ServiceDoc, ServiceIndex};
use time::Date;
use uuid::Uuid;

use self::lists::Lists;
pub use self::standing::{PublicLicence, Shown};
use crate::{App, Failure, Fault};

/// Services on a page, unless something else is asked for.
pub const PAGE: usize = 20;

/// How a list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By completed orders and rating: nobody pays for a place.
    #[default]
    Usual,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
    /// Best rated first.
    Rating,
}

impl Sort {
    /// Every order, in the page's order.
    pub const ALL: &'static [Self] = &[Self::Usual, Self::PriceUp, Self::PriceDown, Self::Rating];

    /// The identifier in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::PriceUp => "price",
            Self::PriceDown => "price-down",
            Self::Rating => "rating",
        }
    }

    /// The identifier read back; anything unknown is the usual order.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|sort| sort.as_str() == text)
            .unwrap_or_default()
    }
}

/// Price bands: identifier, lower bound (inclusive), upper bound (exclusive), in fen.
pub const BANDS: &[(&str, i64, i64)] = &[
    ("0-500", 0, 50_000),
    ("500-2000", 50_000, 200_000),
    ("2000-10000", 200_000, 1_000_000),
    ("10000", 1_000_000, i64::MAX),
];

/// What a list asks for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this category.
    pub category: Option<String>,
    /// Only this price band.
    pub band: Option<String>,
    /// Only this city.
    pub city: Option<String>,
    /// In this order.
    pub sort: Sort,
    /// Which page, from 1.
    pub page: usize,
    /// Services on a page; [`PAGE`] if not said.
    pub per_page: Option<usize>,
}

/// A page of a list, with how many each choice would leave.
pub struct Listing {
    /// The services of the page.
    pub services: Vec<Arc<Service>>,
    /// How many in all.
    pub total: usize,
    /// The page shown, from 1.
    pub page: usize,
    /// How many pages.
    pub pages: usize,
    /// Category → count under the other choices.
    pub categories: Vec<(String, usize)>,
    /// Band → count under the other choices.
    pub bands: Vec<(String, usize)>,
    /// City → count under the other choices.
    pub cities: Vec<(String, usize)>,
}

/// What a search found.
pub struct Found {
    /// The services of the page.
    pub services: Vec<Arc<Service>>,
    /// The page shown, from 1; a page past the end is the last.
    pub page: usize,
    /// How many in all.
    pub total: usize,
    /// A better spelling.
    pub suggestion: Option<String>,
}

/// The catalogue at one moment.
pub struct Catalogue {
    /// The groups in order.
    pub groups: Vec<Group>,
    /// The categories in order.
    pub categories: Vec<Category>,
    suppliers: HashMap<Uuid, Arc<Supplier>>,
    /// The suppliers' cities, each once.
    cities: Vec<Text>,
    offered: Vec<Arc<Service>>,
    by_id: HashMap<Uuid, Arc<Service>>,
    lists: Lists,
    /// Built when it is first asked for.
    index: OnceLock<ServiceIndex>,
    /// The categories' places, the one that sells best first; those that offer something.
    popular: Vec<usize>,
    /// What the law has shown of each supplier.
    shown: HashMap<Uuid, Shown>,
    /// As of which change of the store, on which day.
    edition: Option<(i64, Date)>,
}

impl Catalogue {
    /// Reads the catalogue from the store.
    ///
    /// # Errors
    /// [`Failure::Fault`] for a store that fails or holds a malformed document.
    pub async fn load(app: &App, ctx: &Ctx<Browse>) -> Result<Self, Failure> {
        let mut tx = app.store.begin(ctx).await?;
        let edition = edition(&mut tx).await?;
        let documents = storage::market::catalogue::load(&mut tx).await?;
        let categories: Vec<Category> = parsed(documents.categories)?;
        let (mut suppliers, mut services) = (parsed(documents.suppliers)?, parsed(documents.services)?);
        let stands = standing::read(&mut tx, &categories).await?;
        stands.apply(&mut suppliers, &mut services);
        let catalogue = Self::of(parsed(documents.groups)?, categories, suppliers, services)?;
        Ok(Self {
            shown: stands.shown,
            edition: Some(edition),
            ..catalogue
        })
    }

    /// What the law has shown of a supplier: the enterprise behind it and its licences.
    #[must_use]
    pub fn shown(&self, supplier: Uuid) -> Option<&Shown> {
        self.shown.get(&supplier)
    }

    /// The catalogue of these documents. Its search index is built by [`Catalogue::warm`], or by the first
    /// search.
    ///
    /// # Errors
    /// [`Failure::Fault`].
    pub fn of(
        groups: Vec<Group>,
        categories: Vec<Category>,
        suppliers: Vec<Supplier>,
        services: Vec<Service>,
    ) -> Result<Self, Failure> {
        let suppliers: HashMap<_, _> = suppliers
            .into_iter()
            .map(|supplier| (supplier.id, Arc::new(supplier)))
            .collect();
        let cities = suppliers.values().map(|supplier| supplier.city.clone());
        let mut cities: Vec<Text> = cities.filter(|city| !city.is_empty()).collect();
        cities.sort_by(|a, b| (&a.zh, &b.en).cmp(&(&b.zh, &a.en)));
        cities.dedup_by(|a, b| a.zh == b.zh);
        let by_id: HashMap<_, _> = services
            .into_iter()
            .map(|service| (service.id, Arc::new(service)))
            .collect();
        let mut offered: Vec<_> = by_id
            .values()
            .filter(|service| {
                suppliers
                    .get(&service.supplier)
                    .is_some_and(|supplier| supplier.standing.offers())
            })
            .map(Arc::clone)
            .collect();
        offered.sort_by_key(|service| {
            (
                std::cmp::Reverse(service.sales),
                std::cmp::Reverse(service.rating),
                service.id,
            )
        });
        let slugs = categories.iter().map(|category| category.slug.as_str());
        let lists = Lists::of(&offered, slugs, |service| {
            let supplier = suppliers.get(&service.supplier);
            supplier.map_or("", |supplier| supplier.city.zh.as_str())
        });
        let mut sold: HashMap<&str, i64> = HashMap::new();
        for service in &offered {
            let sum = sold.entry(service.category.as_str()).or_default();
            *sum = sum.saturating_add(service.sales);
        }
        let mut popular: Vec<usize> = (0..categories.len())
            .filter(|place| sold.contains_key(categories[*place].slug.as_str()))
            .collect();
        popular.sort_by_key(|place| std::cmp::Reverse(sold[categories[*place].slug.as_str()]));
        Ok(Self {
            groups,
            categories,
            suppliers,
            cities,
            offered,
            by_id,
            lists,
            index: OnceLock::new(),
            popular,
            shown: HashMap::new(),
            edition: None,
        })
    }

    /// Builds the search index now, so that nobody's search waits for it.
    ///
    /// # Errors
    /// [`Failure::Fault`] if that fails.
    pub fn warm(&self) -> Result<(), Failure> {
        self.index().map(|_| ())
    }

    fn index(&self) -> Result<&ServiceIndex, Failure> {
        if let Some(built) = self.index.get() {
            return Ok(built);
        }
        let name = |slug: &str| {
            let category = self.categories.iter().find(|category| category.slug == slug);
            category
                .map(|category| format!("{} {}", category.zh, category.en))
                .unwrap_or_default()
        };
        let by = |service: &Service| self.suppliers.get(&service.supplier);
        let docs = self.offered.iter().map(|service| ServiceDoc {
            id: service.id.to_string(),
            title: format!("{} {}", service.zh, service.en),
            summary: format!("{} {}", service.summary_zh, service.summary_en),
            category_name: name(&service.category),
            supplier: by(service)
                .map(|supplier| format!("{} {}", supplier.zh, supplier.en))
                .unwrap_or_default(),
            city: by(service)
                .map(|supplier| format!("{} {}", supplier.city.zh, supplier.city.en))
                .unwrap_or_default(),
            tags: service
                .tags
                .iter()
                .map(|tag| format!("{} {}", tag.zh, tag.en))
                .collect(),
            synonyms: service.synonyms.clone(),
        });
        let built = ServiceIndex::build(docs).map_err(Fault::Search)?;
        Ok(self.index.get_or_init(|| built))
    }

    /// How many services are offered.
    #[must_use]
    pub fn offered(&self) -> usize {
        self.offered.len()
    }

    /// The services that sell best.
    pub fn favourites(&self, count: usize) -> impl Iterator<Item = &Arc<Service>> {
        self.offered.iter().take(count)
    }

    /// The categories that sell best.
    pub fn popular(&self, count: usize) -> impl Iterator<Item = &Category> {
        let places = self.popular.iter().take(count);
        places.filter_map(|place| self.categories.get(*place))
    }

    /// The suppliers that offer something, best rated first.
    #[must_use]
    pub fn offering(&self) -> Vec<&Arc<Supplier>> {
        let mut offering: Vec<_> = self
            .suppliers
            .values()
            .filter(|supplier| supplier.standing.offers())
            .collect();
        offering.sort_by_key(|supplier| (std::cmp::Reverse(supplier.rating), supplier.id));
        offering
    }

    /// A category.
    #[must_use]
    pub fn category(&self, slug: &str) -> Option<&Category> {
        self.categories.iter().find(|category| category.slug == slug)
    }

    /// A supplier, whatever its standing.
    #[must_use]
    pub fn supplier(&self, id: Uuid) -> Option<&Arc<Supplier>> {
        self.suppliers.get(&id)
    }

    /// A service that is offered.
    #[must_use]
    pub fn service(&self, id: Uuid) -> Option<&Arc<Service>> {
        let service = self.by_id.get(&id)?;
        self.suppliers
            .get(&service.supplier)
            .is_some_and(|supplier| supplier.standing.offers())
            .then_some(service)
    }

    /// A city by its identifier in filters.
    #[must_use]
    pub fn city(&self, zh: &str) -> Option<&Text> {
        self.cities.iter().find(|city| city.zh == zh)
    }

    /// What a supplier offers.
    #[must_use]
    pub fn services_of(&self, supplier: Uuid) -> Vec<&Arc<Service>> {
        self.offered
            .iter()
            .filter(|service| service.supplier == supplier)
            .collect()
    }

    /// A page of the list. What does not exist filters to nothing; a page past the end is the last.
    #[must_use]
    pub fn list(&self, filter: &Filter) -> Listing {
        let cut = self.lists.cut(filter);
        let per_page = filter.per_page.unwrap_or(PAGE).max(1);
        let (total, pages) = (cut.services.len(), cut.services.len().div_ceil(per_page).max(1));
        let page = filter.page.clamp(1, pages);
        let services = cut.services.iter().skip((page - 1) * per_page).take(per_page);
        Listing {
            services: services
                .filter_map(|place| self.offered.get(*place as usize))
                .map(Arc::clone)
                .collect(),
            total,
            page,
            pages,
            categories: cut.categories,
            bands: cut.bands,
            cities: cut.cities,
        }
    }

    /// Searches what is offered. Pages are counted from 1; one past the end is the last.
    ///
    /// # Errors
    /// [`Failure::Fault`] if the index fails.
    pub fn search(&self, text: &str, page: usize) -> Result<Found, Failure> {
        self.search_by(text, page, PAGE)
    }

    /// Searches what is offered; a page of any size. A page past the end is the last.
    ///
    /// # Errors
    /// [`Failure::Fault`] if the index fails.
    pub fn search_by(&self, text: &str, page: usize, per_page: usize) -> Result<Found, Failure> {
        let per_page = per_page.max(1);
        let index = self.index()?;
        let look = |page: usize| {
            let query = Query {
                text,
                limit: per_page,
                offset: (page - 1).saturating_mul(per_page),
            };
            index.search(&query).map_err(Fault::Search)
        };
        let mut page = page.max(1);
        let mut hits = look(page)?;
        let pages = hits.total.div_ceil(per_page).max(1);
        if page > pages {
            page = pages;
            hits = look(page)?;
        }
        let services = hits
            .ids
            .iter()
            .filter_map(|id| Uuid::parse_str(id).ok())
            .filter_map(|id| self.by_id.get(&id))
            .map(Arc::clone);
        Ok(Found {
            services: services.collect(),
            page,
            total: hits.total,
            suggestion: hits.suggestion,
        })
    }
}

/// As of which change of the store, on which day.
async fn edition(tx: &mut storage::Tx<'_, Browse>) -> Result<(i64, Date), Failure> {
    let today = day_of(tx.ctx().now());
    Ok((storage::supplier::revision(tx).await?, today))
}

/// Reads the documents; each text goes as soon as it is read.
fn parsed<T: serde::de::DeserializeOwned>(documents: Vec<String>) -> Result<Vec<T>, Failure> {
    let read = |text: String| serde_json::from_str(&text).map_err(|_| Failure::Fault(Fault::Document));
    documents.into_iter().map(read).collect()
}

/// The catalogue everyone reads, replaced whole.
#[derive(Clone)]
pub struct CatalogueHandle(Arc<RwLock<Arc<Catalogue>>>);

impl CatalogueHandle {
    /// A handle on a catalogue that others hold too.
    #[must_use]
    pub fn shared(catalogue: Arc<Catalogue>) -> Self {
        Self(Arc::new(RwLock::new(catalogue)))
    }

    /// A handle on a first catalogue.
    #[must_use]
    pub fn new(catalogue: Catalogue) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(catalogue))))
    }

    /// The catalogue now.
    #[must_use]
    pub fn now(&self) -> Arc<Catalogue> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the catalogue anew if the store changed since, or the day did: what a licence or an
    /// undertaking allows ends with a day. Says whether it was read.
    ///
    /// # Errors
    /// [`Failure::Fault`].
    pub async fn refresh(&self, app: &App, ctx: &Ctx<Browse>) -> Result<bool, Failure> {
        let now = {
            let mut tx = app.store.begin(ctx).await?;
            edition(&mut tx).await?
        };
        if self.now().edition == Some(now) {
            return Ok(false);
        }
        self.replace(Catalogue::load(app, ctx).await?);
        Ok(true)
    }

    /// Puts a new catalogue in its place.
    pub fn replace(&self, catalogue: Catalogue) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
    }
}
