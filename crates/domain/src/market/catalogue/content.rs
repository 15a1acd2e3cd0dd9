//! What a service promises, in both languages.

use serde::{Deserialize, Serialize};

use super::{Category, Service, Sku};

/// A text in Chinese and English; an empty English one gives the Chinese. A document may hold the
/// Chinese alone, as a plain text: orders placed before there were two languages do.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(from = "Stored")]
pub struct Text {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// A text in both languages.
    #[must_use]
    pub fn new(zh: &str, en: &str) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty()
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Both {
        zh: String,
        #[serde(default)]
        en: String,
    },
    Chinese(String),
}

impl From<Stored> for Text {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Both { zh, en } => Self { zh, en },
            Stored::Chinese(zh) => Self {
                zh,
                en: String::new(),
            },
        }
    }
}

/// A question and its answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Faq {
    /// The question.
    pub question: Text,
    /// The answer.
    pub answer: Text,
}

/// What a service promises. What a service leaves empty is its category's.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub struct Content {
    /// The steps of the work.
    pub process: Vec<Text>,
    /// What the buyer provides.
    pub materials: Vec<Text>,
    /// What the buyer gets.
    pub deliverables: Vec<Text>,
    /// By which items the delivery is judged.
    pub acceptance: Vec<Text>,
    /// What holds after the delivery (售后).
    pub after_sales: Vec<Text>,
    /// What buyers ask.
    pub faq: Vec<Faq>,
}

/// What a service promises, its category's contents filled in.
#[derive(Clone, Copy, Debug)]
pub struct Promised<'a> {
    /// The steps of the work.
    pub process: &'a [Text],
    /// What the buyer provides.
    pub materials: &'a [Text],
    /// What the buyer gets.
    pub deliverables: &'a [Text],
    /// By which items the delivery is judged.
    pub acceptance: &'a [Text],
    /// What holds after the delivery.
    pub after_sales: &'a [Text],
    /// What buyers ask.
    pub faq: &'a [Faq],
}

/// A service as it is bought: one way to buy it, and all that is promised with it.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// The way to buy.
    pub sku: &'a Sku,
    /// How long it takes this way, in days.
    pub days: i64,
    /// What the service promises, however it is bought.
    pub promised: Promised<'a>,
}

impl<'a> Offer<'a> {
    /// What the buyer gets, last what this way to buy adds.
    pub fn deliverables(&self) -> impl Iterator<Item = &'a Text> + use<'a> {
        self.promised.deliverables.iter().chain(&self.sku.adds)
    }
}

impl Service {
    /// What it promises, however it is bought.
    #[must_use]
    pub fn promised<'a>(&'a self, category: &'a Category) -> Promised<'a> {
        let (own, common) = (&self.content, &category.content);
        Promised {
            process: or(&own.process, &common.process),
            materials: or(&own.materials, &common.materials),
            deliverables: or(&own.deliverables, &common.deliverables),
            acceptance: or(&own.acceptance, &common.acceptance),
            after_sales: or(&own.after_sales, &common.after_sales),
            faq: or(&own.faq, &common.faq),
        }
    }

    /// The service in one of its ways to buy, counted from 0; `None` if there is no such way.
    #[must_use]
    pub fn offer<'a>(&'a self, category: &'a Category, sku: usize) -> Option<Offer<'a>> {
        let sku = self.skus.get(sku)?;
        Some(Offer {
            sku,
            days: sku.days.unwrap_or(self.days),
            promised: self.promised(category),
        })
    }
}

fn or<'a, T>(own: &'a [T], common: &'a [T]) -> &'a [T] {
    if own.is_empty() { common } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<Text> {
        vec![Text::new(text, "")]
    }

    fn category() -> Category {
        let content = Content {
            deliverables: said("category"),
            acceptance: said("category"),
            ..Content::default()
        };
        Category {
            slug: "c".to_owned(),
            group: "g".to_owned(),
            zh: "类".to_owned(),
            en: String::new(),
            licence: Text::default(),
            review_days: 5,
            gates: Vec::new(),
            content,
        }
    }

    fn service() -> Service {
        let sku = |days, adds| Sku {
            zh: "版".to_owned(),
            en: String::new(),
            price: 1,
            days,
            adds,
        };
        Service {
            id: uuid::Uuid::nil(),
            supplier: uuid::Uuid::nil(),
            category: "c".to_owned(),
            zh: "服务".to_owned(),
            en: String::new(),
            summary_zh: String::new(),
            summary_en: String::new(),
            official_fee: 0,
            days: 10,
            tags: Vec::new(),
            synonyms: Vec::new(),
            sales: 0,
            rating: 0,
            paused: false,
            gate: None,
            content: Content {
                deliverables: said("service"),
                ..Content::default()
            },
            plan: Vec::new(),
            skus: vec![sku(None, Vec::new()), sku(Some(4), said("more"))],
        }
    }

    #[test]
    fn a_way_to_buy_is_the_service_s_own_and_what_is_left_out_the_category_s() {
        let (category, service) = (category(), service());
        let (Some(usual), Some(express)) = (service.offer(&category, 0), service.offer(&category, 1)) else {
            panic!("two ways to buy");
        };
        assert!(service.offer(&category, 2).is_none());
        assert_eq!((usual.days, express.days), (10, 4));
        let gets = |offer: &Offer<'_>| {
            offer
                .deliverables()
                .map(|text| text.zh.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(gets(&usual), ["service"]);
        assert_eq!(gets(&express), ["service", "more"]);
        assert_eq!(express.promised.acceptance, said("category"));
    }
}
