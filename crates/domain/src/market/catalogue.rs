//! The public catalogue: groups, categories, suppliers, services. Nothing here is personal.
//! Amounts are fen (分).

mod content;

pub use content::{Content, Faq, Offer, Promised, Text};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::plan::Stage;

/// A group of categories.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its name in addresses.
    pub slug: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
}

/// A kind of service within a category that needs a licence of its own.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// Its name in registers.
    pub slug: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// The licence a supplier must hold.
    pub licence: Text,
}

/// Where a supplier may offer: a category, or a kind of service narrower than one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its name in registers.
    pub slug: String,
    /// What it is called.
    pub name: Text,
    /// The licence a supplier must hold; empty if none.
    pub licence: Text,
}

/// Every area, each category before what is narrower within it.
#[must_use]
pub fn areas(categories: &[Category]) -> Vec<Area> {
    let mut areas = Vec::new();
    for category in categories {
        areas.push(Area {
            slug: category.slug.clone(),
            name: Text::new(&category.zh, &category.en),
            licence: category.licence.clone(),
        });
        areas.extend(category.gates.iter().map(|gate| Area {
            slug: gate.slug.clone(),
            name: Text::new(
                &format!("{}·{}", category.zh, gate.zh),
                &format!("{}: {}", category.en, gate.en),
            ),
            licence: gate.licence.clone(),
        }));
    }
    areas
}

/// A category, with what its services have in common.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Its name in addresses.
    pub slug: String,
    /// The group it belongs to.
    pub group: String,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// The licence a supplier must hold; empty if none.
    pub licence: Text,
    /// Days to check a delivery (3–15).
    pub review_days: i64,
    /// The kinds of service within it that need a licence of their own.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// What its services promise, unless they say something else themselves.
    #[serde(flatten)]
    pub content: Content,
}

/// Whether a supplier may offer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Offers everything it is licensed for.
    Active,
    /// Offers, but not in every category.
    Restricted,
    /// A licence ran out: nothing is offered.
    Expired,
    /// Takes no new business; open orders go on.
    Suspended,
    /// Not admitted yet.
    Applied,
    /// No longer here: it left, or was excluded.
    Left,
}

impl Standing {
    /// Every standing.
    pub const ALL: &'static [Self] = &[
        Self::Active,
        Self::Restricted,
        Self::Expired,
        Self::Suspended,
        Self::Applied,
        Self::Left,
    ];

    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Restricted => "restricted",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Applied => "applied",
            Self::Left => "left",
        }
    }

    /// Whether the supplier's services are shown and may be ordered.
    #[must_use]
    pub const fn offers(self) -> bool {
        matches!(self, Self::Active | Self::Restricted)
    }
}

/// A supplier's public face.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Supplier {
    /// The organisation.
    pub id: Uuid,
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// 统一社会信用代码 (GB 32100).
    pub uscc: String,
    /// The city; its Chinese name is its identifier in filters.
    pub city: Text,
    /// On the platform since this year.
    pub since: i32,
    /// Whether it may offer.
    pub standing: Standing,
    /// Rating in thousandths of a star; 0 if none yet.
    pub rating: i64,
    /// Usual time to answer, in minutes.
    pub response_minutes: i64,
    /// About it, in Chinese.
    pub intro_zh: String,
    /// About it, in English.
    pub intro_en: String,
}

/// One way to buy a service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Sku {
    /// Its name in Chinese.
    pub zh: String,
    /// Its name in English.
    pub en: String,
    /// The service fee (服务费) in fen.
    pub price: i64,
    /// How long it takes this way, in days, if not as long as the service says.
    #[serde(default)]
    pub days: Option<i64>,
    /// What the buyer gets this way beyond the service's deliverables.
    #[serde(default)]
    pub adds: Vec<Text>,
}

/// A service.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Service {
    /// The service.
    pub id: Uuid,
    /// Who provides it.
    pub supplier: Uuid,
    /// Its category.
    pub category: String,
    /// The kind of service within it that needs a licence of its own, if it is one.
    #[serde(default)]
    pub gate: Option<String>,
    /// Its title in Chinese.
    pub zh: String,
    /// Its title in English.
    pub en: String,
    /// One sentence in Chinese.
    pub summary_zh: String,
    /// One sentence in English.
    pub summary_en: String,
    /// The official fee (官费) in fen, passed on as it is.
    pub official_fee: i64,
    /// How long it takes, in days.
    pub days: i64,
    /// Tags.
    pub tags: Vec<Text>,
    /// Other words people search it by.
    pub synonyms: Vec<String>,
    /// Orders completed.
    pub sales: i64,
    /// Rating in thousandths of a star; 0 if none yet.
    pub rating: i64,
    /// Whether it takes no new orders for now, though it is shown: its supplier is restricted in it.
    #[serde(default)]
    pub paused: bool,
    /// What it promises, where that is not what its category does.
    #[serde(flatten)]
    pub content: Content,
    /// The milestones of its work; empty if it is delivered at once.
    #[serde(default)]
    pub plan: Vec<Stage>,
    /// The ways to buy it; at least one.
    pub skus: Vec<Sku>,
}

impl Service {
    /// The area that it is counted to: the narrowest there is.
    #[must_use]
    pub fn area(&self) -> &str {
        self.gate.as_deref().unwrap_or(&self.category)
    }

    /// The lowest service fee in fen.
    #[must_use]
    pub fn from_price(&self) -> i64 {
        self.skus.iter().map(|sku| sku.price).min().unwrap_or_default()
    }
}
