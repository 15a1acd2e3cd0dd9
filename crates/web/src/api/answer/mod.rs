//! What the interface answers: one struct a JSON object, with its schema. Keys are English, amounts
//! are fen, instants are RFC 3339 in Beijing time.

pub mod account;
pub mod catalogue;
pub mod order;
pub mod organisation;
pub mod spending;

use domain::calendar::BEIJING;
use domain::market::catalogue::Text;
use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub struct Money {
    /// The amount in fen (分), the hundredth part of a yuan.
    #[schema(example = 29900)]
    amount: i64,
    /// The currency.
    currency: Currency,
}

/// The only currency there is.
#[derive(Serialize, ToSchema)]
enum Currency {
    #[serde(rename = "CNY")]
    Cny,
}

impl Money {
    /// An amount in fen.
    pub const fn fen(amount: i64) -> Self {
        Self {
            amount,
            currency: Currency::Cny,
        }
    }
}

/// An instant in Beijing time (RFC 3339).
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-23T10:00:00+08:00")]
pub struct Instant(String);

impl From<OffsetDateTime> for Instant {
    fn from(at: OffsetDateTime) -> Self {
        // Years of more than four digits do not occur; the text would be empty.
        Self(at.to_offset(BEIJING).format(&Rfc3339).unwrap_or_default())
    }
}

/// A day in Beijing (RFC 3339).
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, format = Date, example = "2027-11-23")]
pub struct Day(String);

impl From<Date> for Day {
    fn from(day: Date) -> Self {
        Self(day.to_string())
    }
}

/// A text in Chinese and English; the English may be empty.
#[derive(Serialize, ToSchema)]
pub struct Words {
    /// In Chinese.
    #[schema(example = "小规模纳税人代理记账")]
    zh: String,
    /// In English.
    #[schema(example = "Bookkeeping for small taxpayers")]
    en: String,
}

impl Words {
    /// A text as stored.
    pub fn new(zh: &str, en: &str) -> Self {
        Self {
            zh: zh.to_owned(),
            en: en.to_owned(),
        }
    }
}

impl From<&Text> for Words {
    fn from(text: &Text) -> Self {
        Self::new(&text.zh, &text.en)
    }
}

/// Texts as stored.
fn words<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Vec<Words> {
    texts.into_iter().map(Words::from).collect()
}

/// A word the domain knows, as its stable identifier, with all of them in the schema.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident of $type:ty) => {
        $(#[$doc])*
        #[derive(serde::Serialize)]
        pub struct $name(&'static str);

        impl From<$type> for $name {
            fn from(word: $type) -> Self {
                Self(word.as_str())
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(<$type>::ALL.iter().map(|word| word.as_str())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}
pub(crate) use word;
