//! Who says whether a name and a number belong together: a port, and the rule-based stand-in of a
//! demonstration. The real one is the binary's, `crates/cli/src/identity.rs`.

use std::pin::Pin;

use time::Date;
use uuid::Uuid;
use zeroize::Zeroizing;

/// What the source is asked. It does not print itself.
pub struct Asked {
    /// Of this one question: asked again, it is the same.
    pub reference: Uuid,
    /// The name.
    pub real_name: Zeroizing<String>,
    /// The number.
    pub id_number: Zeroizing<String>,
}

/// What the source answers; `reference` is its own name for the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Name and number belong together.
    Same {
        /// The source's reference.
        reference: String,
        /// The card's last day, if the source tells it.
        card_until: Option<Date>,
    },
    /// The name is another one's.
    NameMismatch {
        /// The source's reference.
        reference: String,
    },
    /// There is no such number.
    NumberInvalid {
        /// The source's reference.
        reference: String,
    },
    /// The source has no record.
    NotFound {
        /// The source's reference.
        reference: String,
    },
}

impl Answer {
    /// The source's reference.
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            Self::Same { reference, .. }
            | Self::NameMismatch { reference }
            | Self::NumberInvalid { reference }
            | Self::NotFound { reference } => reference,
        }
    }
}

/// Why there is no answer. No text holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceFailed {
    /// It did not answer in time, or said that it cannot.
    #[error("the identity source did not answer")]
    Down,
    /// It answered something that is not signed with its key, or not an answer at all.
    #[error("the identity source answered what cannot be trusted")]
    Untrusted,
}

/// A source of authority about names and numbers.
pub trait IdentitySource: Send + Sync {
    /// Asks whether they belong together.
    ///
    /// # Errors
    /// [`SourceFailed`]: the question may be asked again.
    fn check<'a>(
        &'a self,
        asked: &'a Asked,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SourceFailed>> + Send + 'a>>;
}

/// The source of a demonstration: it knows fictional numbers, and its answer can be chosen by the name.
#[derive(Clone, Copy, Debug, Default)]
pub struct DemoSource;

impl DemoSource {
    /// A name with this in it is another one's.
    pub const OTHERS: &'static str = "不符";
    /// A name with this in it is in no record.
    pub const UNKNOWN: &'static str = "查无";
    /// To a name with this in it there is no answer.
    pub const DOWN: &'static str = "无应答";

    fn answer(asked: &Asked) -> Result<Answer, SourceFailed> {
        let reference = format!("demo-{}", asked.reference.simple());
        let says = |word: &str| asked.real_name.contains(word);
        if says(Self::DOWN) {
            Err(SourceFailed::Down)
        } else if says(Self::OTHERS) {
            Ok(Answer::NameMismatch { reference })
        } else if says(Self::UNKNOWN) {
            Ok(Answer::NotFound { reference })
        } else {
            Ok(Answer::Same {
                reference,
                card_until: None,
            })
        }
    }
}

impl IdentitySource for DemoSource {
    fn check<'a>(
        &'a self,
        asked: &'a Asked,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SourceFailed>> + Send + 'a>> {
        Box::pin(std::future::ready(Self::answer(asked)))
    }
}
