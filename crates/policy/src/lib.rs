//! The policy that runs: its clauses, its versions, and what changed between two of them.
//!
//! Texts are data under `policy/`; this crate reads them, refuses malformed ones, and knows
//! neither a database nor a page. A version is immutable once it is in the [`Archive`].

mod archive;
mod children;
mod diff;
mod edition;
mod text;
mod version;

pub use archive::{Archive, builtin};
pub use children::ChildRules;
pub use diff::{Change, Diff};
pub use edition::{Document, Edition, Editions};
pub use text::{Paragraph, Segment, agreement, segments};
use version::hex;
pub use version::{Clause, Kind, Level, PolicyError, Section, Stated, Version};

/// A language of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese, the binding text.
    Zh,
    /// English.
    En,
}

/// Ties a place in the code to the clause it serves: `clause!("2.6.1.g")`, as a value or as a
/// statement of its own. `docs/clauses.md` lists the places of each clause; an unknown id fails the
/// test that writes it.
#[macro_export]
macro_rules! clause {
    ($id:literal) => {
        $crate::marked($id)
    };
}

/// The id itself: what [`clause!`] stands for.
#[doc(hidden)]
#[expect(clippy::must_use_candidate, reason = "a mark may stand alone")]
pub const fn marked(id: &'static str) -> &'static str {
    id
}
