//! The demonstration's data: clearly fictional, the same at every seeding.

mod applicants;
mod cast;
mod companies;
mod demands;
mod enterprises;
mod guard;
mod minors;
mod orders;
mod people;
mod persons;
mod roster;
mod staff;
mod suppliers;

use std::collections::HashMap;

use domain::market::catalogue::{Category, Content, Group, Service, Sku, Standing, Supplier, Text};
use domain::market::plan::{self, Stage};
use domain::supplier::onboarding::Event;
use privacy::Ctx;
use privacy::purpose::{KeepAccount, Operate};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::account::Documents;
use crate::market::catalogue::Catalogue;
use crate::{App, Failure, Fault};

use cast::Cast;
pub use people::{PASSWORD, second_codes};
pub use roster::{DemoPerson, Group as DemoGroup, PEOPLE, SECRET};
pub use staff::{DemoStaff, STAFF};

#[derive(Deserialize)]
struct Texts {
    group: Vec<Group>,
    category: Vec<Category>,
    supplier: Vec<SupplierText>,
    service: Vec<ServiceText>,
}

/// What the services promise, by group.
const CONTENTS: &[&str] = &[
    include_str!("../../../../demo/content/zhuti.toml"),
    include_str!("../../../../demo/content/caishui.toml"),
    include_str!("../../../../demo/content/zhishi.toml"),
    include_str!("../../../../demo/content/jishu.toml"),
    include_str!("../../../../demo/content/yunying.toml"),
];

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    /// By the category's slug.
    category: HashMap<String, Content>,
    /// By the service's key.
    service: HashMap<String, Content>,
}

fn contents() -> Result<Contents, Fault> {
    let mut all = Contents::default();
    for text in CONTENTS {
        let part: Contents = toml::from_str(text).map_err(|_| Fault::Document)?;
        all.category.extend(part.category);
        all.service.extend(part.service);
    }
    Ok(all)
}

#[derive(Deserialize)]
struct SupplierText {
    key: String,
    zh: String,
    en: String,
    uscc: String,
    city: Text,
    since: i32,
    status: Standing,
    rating: i64,
    response_minutes: i64,
    intro_zh: String,
    intro_en: String,
}

#[derive(Deserialize)]
struct ServiceText {
    key: String,
    category: String,
    #[serde(default)]
    gate: Option<String>,
    supplier: String,
    zh: String,
    en: String,
    summary_zh: String,
    summary_en: String,
    official_fee: i64,
    days: i64,
    tags: Vec<Text>,
    synonyms: Vec<String>,
    sales: i64,
    rating: i64,
    #[serde(default)]
    paused: bool,
    #[serde(default)]
    plan: Vec<Stage>,
    skus: Vec<Sku>,
}

/// The catalogue's documents.
pub struct DemoCatalogue {
    /// The groups.
    pub groups: Vec<Group>,
    /// The categories.
    pub categories: Vec<Category>,
    /// The suppliers.
    pub suppliers: Vec<Supplier>,
    /// The services.
    pub services: Vec<Service>,
}

/// The same identifier for the same key at every seeding.
fn id(kind: &str, key: &str) -> Uuid {
    let digest = Sha256::digest(format!("qifu365 demo {kind} {key}"));
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Reads the demonstration's catalogue.
///
/// # Errors
/// [`Fault::Document`] if a text is malformed, a service names an unknown supplier or category, or
/// contents are given for something unknown.
pub fn catalogue() -> Result<DemoCatalogue, Fault> {
    let texts: Texts =
        toml::from_str(include_str!("../../../../demo/catalogue.toml")).map_err(|_| Fault::Document)?;
    let mut contents = contents()?;
    let known = |service: &ServiceText| {
        texts
            .supplier
            .iter()
            .any(|supplier| supplier.key == service.supplier)
            && texts
                .category
                .iter()
                .any(|category| category.slug == service.category)
            && !service.skus.is_empty()
    };
    if !texts.service.iter().all(known) {
        return Err(Fault::Document);
    }
    let suppliers = texts.supplier.into_iter().map(|text| Supplier {
        id: id("supplier", &text.key),
        zh: text.zh,
        en: text.en,
        uscc: text.uscc,
        city: text.city,
        since: text.since,
        standing: text.status,
        rating: text.rating,
        response_minutes: text.response_minutes,
        intro_zh: text.intro_zh,
        intro_en: text.intro_en,
    });
    let categories = texts.category.into_iter().map(|category| Category {
        content: contents.category.remove(&category.slug).unwrap_or_default(),
        ..category
    });
    let categories: Vec<Category> = categories.collect();
    let services = texts.service.into_iter().map(|text| Service {
        id: id("service", &text.key),
        supplier: id("supplier", &text.supplier),
        category: text.category,
        gate: text.gate,
        zh: text.zh,
        en: text.en,
        summary_zh: text.summary_zh,
        summary_en: text.summary_en,
        official_fee: text.official_fee,
        days: text.days,
        tags: text.tags,
        synonyms: text.synonyms,
        sales: text.sales,
        rating: text.rating,
        paused: text.paused,
        content: contents.service.remove(&text.key).unwrap_or_default(),
        plan: text.plan,
        skus: text.skus,
    });
    let services: Vec<Service> = services.collect();
    let planned = |service: &Service| service.skus.iter().all(|sku| plan::parts(service, sku).is_some());
    if !services.iter().all(planned) {
        return Err(Fault::Document);
    }
    let demo = DemoCatalogue {
        groups: texts.group,
        categories,
        suppliers: suppliers.collect(),
        services,
    };
    // Contents of nothing would be a slip of the pen.
    if contents.category.is_empty() && contents.service.is_empty() {
        Ok(demo)
    } else {
        Err(Fault::Document)
    }
}

fn json(document: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(document).map_err(|_| Failure::Fault(Fault::Document))
}

/// Writes the demonstration's catalogue. Again changes nothing. `progress` hears each document
/// written and how many there are.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn seed(
    app: &App,
    ctx: &Ctx<Operate>,
    mut progress: impl FnMut(usize, usize),
) -> Result<(), Failure> {
    use storage::market::catalogue as store;
    let demo = catalogue()?;
    let total = demo.groups.len() + demo.categories.len() + demo.suppliers.len() + demo.services.len();
    let mut done = 0;
    let mut step = || {
        done += 1;
        progress(done, total);
    };
    let mut tx = app.store.begin(ctx).await?;
    let places = 1_i64..;
    for (place, group) in places.clone().zip(&demo.groups) {
        store::put_group(&mut tx, &group.slug, place, json(group)?).await?;
        step();
    }
    for (place, category) in places.clone().zip(&demo.categories) {
        store::put_category(&mut tx, &category.slug, place, json(category)?).await?;
        step();
    }
    for (place, supplier) in places.clone().zip(&demo.suppliers) {
        store::put_supplier(&mut tx, supplier.id, place, json(supplier)?).await?;
        step();
    }
    for (place, service) in places.zip(&demo.services) {
        store::put_service(
            &mut tx,
            service.id,
            service.supplier,
            &service.category,
            place,
            json(service)?,
        )
        .await?;
        step();
    }
    tx.commit().await?;
    suppliers::seed(app, ctx, &demo).await
}

/// Lets the suppliers of any catalogue stand as its documents say, each admitted with its licences and
/// agreements: for measuring and trying out. Those that stand already are left.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn admit(app: &App, ctx: &Ctx<Operate>, of: &DemoCatalogue) -> Result<(), Failure> {
    suppliers::seed(app, ctx, of).await
}

/// Whether the store holds a demonstration's data.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn present(app: &App, ctx: &Ctx<Operate>) -> Result<bool, Failure> {
    let demo = catalogue()?;
    let mut tx = app.store.begin(ctx).await?;
    for supplier in &demo.suppliers {
        if storage::market::catalogue::has_supplier(&mut tx, supplier.id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the store was used without a demonstration: it has accounts and none of the
/// demonstration's suppliers. Fiction must never be mixed into it.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn in_real_use(app: &App, ctx: &Ctx<Operate>) -> Result<bool, Failure> {
    if present(app, ctx).await? {
        return Ok(false);
    }
    let mut tx = app.store.begin(ctx).await?;
    Ok(storage::account::any(&mut tx).await?)
}

/// Empties a store that holds a demonstration, and says how many rows went. Everything in such a
/// store is fiction.
///
/// # Errors
/// [`Failure::NotFound`] for a store without a demonstration: it is left alone.
pub async fn purge(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    if !present(app, ctx).await? {
        return Err(Failure::NotFound);
    }
    let mut tx = app.store.begin(ctx).await?;
    let removed = storage::wipe::everything(&mut tx).await?;
    tx.commit().await?;
    Ok(removed)
}

/// Makes the demonstration's people and their orders. Again changes nothing. `documents` are those
/// whose acceptance is recorded; `progress` hears how far it is.
///
/// # Errors
/// [`Failure::Fault`], or [`Failure::NotFound`] if the catalogue was not seeded before.
pub async fn populate(
    app: &App,
    ctx: &Ctx<Operate>,
    documents: &Documents,
    mut progress: impl FnMut(usize, usize),
) -> Result<(), Failure> {
    let total = PEOPLE.len() + orders::COUNT;
    let mut done = 0;
    let mut step = || {
        done += 1;
        progress(done, total);
    };
    let keep = Ctx::<KeepAccount>::new(ctx.actor(), ctx.policy_version(), ctx.request(), ctx.now());
    let people = people::seed(app, &keep, documents, &mut step).await?;
    // Some orders were placed while their supplier still offered.
    let demo = catalogue()?;
    let suppliers = demo.suppliers.into_iter().map(|supplier| Supplier {
        standing: Standing::Active,
        ..supplier
    });
    let then = Catalogue::of(demo.groups, demo.categories, suppliers.collect(), demo.services)?;
    // Orders of a supplier that was suspended since were placed while it was not.
    if !orders::placed(app, ctx, &people).await? {
        suppliers::turn(app, ctx, 24 * 30, Event::Reinstate).await?;
    }
    orders::seed(app, ctx, &then, &people, &mut step).await?;
    suppliers::turn(app, ctx, 24 * 5, Event::Suspend).await?;
    let cast = Cast {
        app,
        base: ctx,
        documents,
        catalogue: &then,
        viewers: &people,
    };
    suppliers::organisations(cast).await?;
    persons::seed(cast).await?;
    staff::seed(app, ctx).await?;
    guard::seed(cast).await?;
    minors::seed(cast).await?;
    unless_changed(demands::seed(cast).await)?;
    unless_changed(enterprises::seed(cast).await)?;
    unless_changed(companies::seed(cast).await)?;
    unless_changed(applicants::seed(cast).await)
}

/// Visitors changed what something builds upon: it stays as they left it.
fn unless_changed(done: Result<(), Failure>) -> Result<(), Failure> {
    match done {
        Err(Failure::Refused(_) | Failure::NotFound) => Ok(()),
        done => done,
    }
}
