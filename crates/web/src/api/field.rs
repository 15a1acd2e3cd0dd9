//! What a program may send: query parameters, headers and members of a body, each described once.
//! From one description come the check of a request and the schema in the document, so that the two
//! cannot differ. Every wrong field is named at once.

use std::collections::HashMap;

use domain::market::number;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::problem::{FieldProblem, Problem};
use crate::pages::frame::Lang;

/// What a value must be.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A whole number within these bounds.
    Whole {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A UUID with its hyphens.
    Id,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A text of at most this many characters; an empty one only if `least` is 0.
    Text {
        /// The fewest characters.
        least: usize,
        /// The most characters.
        most: usize,
    },
    /// The number of an order.
    Number,
    /// A list of whole numbers from 0.
    Places {
        /// The most entries.
        count: usize,
        /// The greatest number.
        most: i64,
    },
}

/// A described field.
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What its absence means, if that is a value.
    pub default: Option<i64>,
    /// What it is, in Chinese.
    pub zh: &'static str,
    /// What it is, in English.
    pub en: &'static str,
    /// An example of its value, as JSON.
    pub example: &'static str,
}

/// What is wrong with a field.
#[derive(Clone, Copy)]
pub enum Wrong {
    /// It is not there.
    Missing,
    /// Nothing of this name is known.
    Unknown,
    /// It is there more than once.
    Repeated,
    /// It is not what its description says.
    Value(Kind),
}

impl Wrong {
    /// The codes, with their texts in Chinese and English, for the list of all.
    pub const ALL: [(&'static str, &'static str, &'static str); 4] = [
        (
            "field_missing",
            "缺少必填的内容。",
            "Something required is missing.",
        ),
        (
            "field_unknown",
            "没有这个名称的参数或字段，请对照接口文档。",
            "There is no parameter or field of this name; compare it with the document.",
        ),
        (
            "field_repeated",
            "同一参数只能出现一次。",
            "A parameter may be given only once.",
        ),
        (
            "field_value",
            "取值不符合要求，说明见 detail。",
            "The value is not what it must be; `detail` says what it must be.",
        ),
    ];

    fn named(self, field: &str) -> FieldProblem {
        let (code, zh, en) = match self {
            Self::Missing => Self::ALL[0],
            Self::Unknown => Self::ALL[1],
            Self::Repeated => Self::ALL[2],
            Self::Value(_) => Self::ALL[3],
        };
        let (zh, en) = if let Self::Value(kind) = self {
            (kind.rule(Lang::Zh), kind.rule(Lang::En))
        } else {
            (zh.to_owned(), en.to_owned())
        };
        FieldProblem {
            // The name of an unknown field is the caller's own text: no more of it than a name needs.
            field: field.chars().take(64).collect(),
            code,
            zh,
            en,
        }
    }
}

/// A value that passed its check.
#[derive(Clone, Debug, PartialEq)]
enum Given {
    Whole(i64),
    Id(Uuid),
    Text(String),
    Places(Vec<usize>),
}

fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        // JSON Schema counts 1.0 among the integers.
        let number = value.as_f64()?;
        let exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "checked to be exact")]
        exact.then_some(number as i64)
    })
}

fn id(text: &str) -> Option<Uuid> {
    // Other spellings of a UUID are not what the document promises to take.
    (text.len() == 36).then(|| Uuid::parse_str(text).ok()).flatten()
}

impl Kind {
    /// The rule in words.
    fn rule(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Whole { least, most }, Lang::Zh) => format!("应为 {least}–{most} 的整数。"),
            (Self::Whole { least, most }, Lang::En) => {
                format!("It must be a whole number from {least} to {most}.")
            }
            (Self::Id, Lang::Zh) => "应为带连字符的 UUID。".to_owned(),
            (Self::Id, Lang::En) => "It must be a UUID with its hyphens.".to_owned(),
            (Self::Word(words), Lang::Zh) => format!("应为以下之一：{}。", words().join("、")),
            (Self::Word(words), Lang::En) => format!("It must be one of: {}.", words().join(", ")),
            (Self::Text { least, most }, Lang::Zh) => format!("应为 {least}–{most} 个字符的文本。"),
            (Self::Text { least, most }, Lang::En) => {
                format!("It must be a text of {least} to {most} characters.")
            }
            (Self::Number, Lang::Zh) => "应为订单号（QF 加 12 位字符）。".to_owned(),
            (Self::Number, Lang::En) => "It must be the number of an order (QF and 12 signs).".to_owned(),
            (Self::Places { count, most }, Lang::Zh) => {
                format!("应为最多 {count} 个不重复整数的列表，每个为 0–{most}。")
            }
            (Self::Places { count, most }, Lang::En) => {
                format!(
                    "It must be a list of at most {count} different whole numbers, each from 0 to {most}."
                )
            }
        }
    }

    fn check(self, value: &Value) -> Option<Given> {
        match self {
            Self::Whole { least, most } => whole(value)
                .filter(|number| (least..=most).contains(number))
                .map(Given::Whole),
            Self::Id => id(value.as_str()?).map(Given::Id),
            Self::Word(words) => {
                let text = value.as_str()?;
                words().contains(&text).then(|| Given::Text(text.to_owned()))
            }
            Self::Text { least, most } => {
                let text = value.as_str()?;
                (least..=most)
                    .contains(&text.chars().count())
                    .then(|| Given::Text(text.to_owned()))
            }
            Self::Number => {
                let text = value.as_str()?;
                number::well_formed(text).then(|| Given::Text(text.to_owned()))
            }
            Self::Places { count, most } => {
                let list = value.as_array().filter(|list| list.len() <= count)?;
                let mut places = Vec::with_capacity(list.len());
                for entry in list {
                    let place = whole(entry).filter(|place| (0..=most).contains(place))?;
                    let place = usize::try_from(place).ok()?;
                    if places.contains(&place) {
                        return None;
                    }
                    places.push(place);
                }
                Some(Given::Places(places))
            }
        }
    }

    /// A text from an address or a header, as the JSON value it stands for.
    fn of_text(self, text: &str) -> Value {
        if let Self::Whole { .. } = self
            && let Ok(number) = text.parse::<i64>()
            && number.to_string() == text
        {
            return json!(number);
        }
        json!(text)
    }

    /// The JSON schema.
    pub fn schema(self) -> Value {
        match self {
            Self::Whole { least, most } => {
                json!({ "type": "integer", "format": "int64", "minimum": least, "maximum": most })
            }
            Self::Id => json!({ "type": "string", "format": "uuid" }),
            Self::Word(words) => json!({ "type": "string", "enum": words() }),
            Self::Text { least, most } => {
                json!({ "type": "string", "minLength": least, "maxLength": most })
            }
            Self::Number => json!({ "type": "string", "pattern": "^QF[0-9A-HJKMNP-TV-Z]{12}$" }),
            Self::Places { count, most } => json!({
                "type": "array",
                "items": { "type": "integer", "format": "int64", "minimum": 0, "maximum": most },
                "maxItems": count,
                "uniqueItems": true,
            }),
        }
    }
}

impl Field {
    /// The description in a language.
    pub fn text(&self, lang: Lang) -> &'static str {
        lang.t(self.zh, self.en)
    }

    /// The example as JSON; a text if it is none.
    pub fn example(&self) -> Value {
        serde_json::from_str(self.example).unwrap_or_else(|_| json!(self.example))
    }

    /// The schema, without the description.
    pub fn schema(&self) -> Value {
        let mut schema = self.kind.schema();
        if let (Some(default), Some(schema)) = (self.default, schema.as_object_mut()) {
            schema.insert("default".to_owned(), json!(default));
        }
        schema
    }
}

/// The schema of a body with these fields and no others.
pub fn body_schema(fields: &[Field], lang: Lang) -> Value {
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut schema = field.schema();
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("description".to_owned(), json!(field.text(lang)));
            }
            (field.name.to_owned(), schema)
        })
        .collect();
    let required = fields.iter().filter(|field| field.required);
    let required: Vec<_> = required.map(|field| field.name).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// The fields of a request that passed their checks.
#[derive(Debug)]
pub struct Fields(HashMap<&'static str, Given>);

impl Fields {
    /// Checks what was given against the descriptions.
    ///
    /// # Errors
    /// [`Problem`] naming every wrong, missing, repeated and unknown field.
    fn read(known: &'static [Field], given: Vec<(String, Raw)>) -> Result<Self, Problem> {
        let mut read = HashMap::new();
        let mut wrong = Vec::new();
        for (name, value) in given {
            let Some(field) = known.iter().find(|field| field.name == name) else {
                wrong.push(Wrong::Unknown.named(&name));
                continue;
            };
            let value = match value {
                Raw::Text(text) => field.kind.of_text(&text),
                Raw::Json(value) => value,
            };
            let Some(value) = field.kind.check(&value) else {
                wrong.push(Wrong::Value(field.kind).named(field.name));
                continue;
            };
            if read.insert(field.name, value).is_some() {
                wrong.push(Wrong::Repeated.named(field.name));
            }
        }
        for field in known.iter().filter(|field| field.required) {
            let named = wrong.iter().any(|problem| problem.field == field.name);
            if !read.contains_key(field.name) && !named {
                wrong.push(Wrong::Missing.named(field.name));
            }
        }
        if wrong.is_empty() {
            Ok(Self(read))
        } else {
            Err(Problem::invalid(wrong))
        }
    }

    /// The fields of an address or of headers, by name and text.
    ///
    /// # Errors
    /// [`Problem`] naming every wrong one.
    pub fn of_texts(known: &'static [Field], given: Vec<(String, String)>) -> Result<Self, Problem> {
        let given = given.into_iter().map(|(name, text)| (name, Raw::Text(text)));
        Self::read(known, given.collect())
    }

    /// The fields of a body.
    ///
    /// # Errors
    /// [`Problem`] naming every wrong one.
    pub fn of_body(known: &'static [Field], given: Map<String, Value>) -> Result<Self, Problem> {
        let given = given.into_iter().map(|(name, value)| (name, Raw::Json(value)));
        Self::read(known, given.collect())
    }

    /// A whole number.
    pub fn whole(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Given::Whole(number)) => Some(*number),
            _ => None,
        }
    }

    /// A number of things or a place, which is never negative.
    pub fn count(&self, name: &str) -> Option<usize> {
        self.whole(name).and_then(|number| usize::try_from(number).ok())
    }

    /// A UUID.
    pub fn id(&self, name: &str) -> Option<Uuid> {
        match self.0.get(name) {
            Some(Given::Id(id)) => Some(*id),
            _ => None,
        }
    }

    /// A text or word.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Given::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A list of places; empty if none was given.
    pub fn places(&self, name: &str) -> Vec<usize> {
        match self.0.get(name) {
            Some(Given::Places(places)) => places.clone(),
            _ => Vec::new(),
        }
    }
}

/// A value as it came.
enum Raw {
    Text(String),
    Json(Value),
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Field] = &[
        Field {
            name: "page",
            kind: Kind::Whole { least: 1, most: 50 },
            required: false,
            default: Some(1),
            zh: "页",
            en: "page",
            example: "1",
        },
        Field {
            name: "key",
            kind: Kind::Id,
            required: true,
            default: None,
            zh: "键",
            en: "key",
            example: "00000000-0000-4000-8000-000000000000",
        },
        Field {
            name: "side",
            kind: Kind::Word(|| vec!["bought", "sold"]),
            required: false,
            default: None,
            zh: "方",
            en: "side",
            example: "bought",
        },
        Field {
            name: "note",
            kind: Kind::Text { least: 1, most: 3 },
            required: false,
            default: None,
            zh: "备注",
            en: "note",
            example: "\"已补\"",
        },
        Field {
            name: "items",
            kind: Kind::Places { count: 2, most: 9 },
            required: false,
            default: None,
            zh: "项",
            en: "items",
            example: "[0, 1]",
        },
    ];
    const KEY: &str = "123e4567-e89b-42d3-a456-426614174000";

    fn texts(given: &[(&str, &str)]) -> Result<Fields, Problem> {
        let given = given
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Fields::of_texts(KNOWN, given.collect())
    }

    fn codes(result: Result<Fields, Problem>) -> Vec<(String, &'static str)> {
        let problem = result.expect_err("a problem");
        problem
            .errors
            .into_iter()
            .map(|error| (error.field, error.code))
            .collect()
    }

    #[test]
    fn values_at_both_sides_of_their_bounds() {
        for page in ["1", "50"] {
            let read = texts(&[("page", page), ("key", KEY)]).expect("fits");
            assert_eq!(
                read.whole("page").map(|page| page.to_string()).as_deref(),
                Some(page)
            );
        }
        for page in ["0", "51", "+1", "01", "1.0", "", "x", "99999999999999999999"] {
            assert_eq!(
                codes(texts(&[("page", page), ("key", KEY)])),
                [("page".to_owned(), "field_value")],
                "{page}"
            );
        }
        assert!(texts(&[("key", KEY), ("note", "三个字")]).is_ok());
        assert!(texts(&[("key", KEY), ("note", "四个字符")]).is_err());
        assert!(texts(&[("key", KEY), ("note", "")]).is_err());
        assert!(texts(&[("key", &KEY.replace('-', ""))]).is_err());
        assert!(texts(&[("key", KEY), ("side", "both")]).is_err());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let wrong = codes(texts(&[
            ("page", "0"),
            ("pgae", "1"),
            ("side", "sold"),
            ("side", "sold"),
        ]));
        let expected = [
            ("page", "field_value"),
            ("pgae", "field_unknown"),
            ("side", "field_repeated"),
            ("key", "field_missing"),
        ];
        assert_eq!(wrong, expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn a_body_is_checked_by_the_same_descriptions() {
        let body = |value: Value| {
            let Value::Object(map) = value else {
                panic!("an object")
            };
            Fields::of_body(KNOWN, map)
        };
        let read = body(json!({ "key": KEY, "page": 2.0, "items": [1, 0] })).expect("fits");
        assert_eq!((read.whole("page"), read.places("items")), (Some(2), vec![1, 0]));
        for items in [
            json!([0, 0]),
            json!([10]),
            json!([-1]),
            json!([0, 1, 2]),
            json!("0"),
            json!([0.5]),
        ] {
            assert!(body(json!({ "key": KEY, "items": items })).is_err(), "{items}");
        }
        assert!(
            body(json!({ "key": KEY, "page": "1" })).is_err(),
            "a text is no number here"
        );
        assert!(body(json!({ "key": null })).is_err());
    }

    #[test]
    fn the_schema_says_what_the_check_does() {
        let schema = body_schema(KNOWN, Lang::En);
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["required"], json!(["key"]));
        assert_eq!(schema["properties"]["page"]["maximum"], json!(50));
        for field in KNOWN {
            assert!(field.kind.check(&field.example()).is_some(), "{}", field.name);
        }
    }
}
