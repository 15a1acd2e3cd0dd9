//! What changed between two versions, clause by clause (0.19), and what follows from it (0.20).

use crate::{Clause, Kind, Version};

/// One changed clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// New in the later version.
    Added(&'a Clause),
    /// Gone in the later version.
    Removed(&'a Clause),
    /// Worded otherwise: before, after.
    Changed(&'a Clause, &'a Clause),
}

/// The difference of two versions.
#[derive(Clone, Debug)]
pub struct Diff<'a> {
    /// The changes, in the order of the later version; removed ones last.
    pub changes: Vec<Change<'a>>,
    /// Major if any change touches purpose, method or kind of processing.
    pub kind: Kind,
}

impl<'a> Diff<'a> {
    /// Compares two versions.
    #[must_use]
    pub fn between(before: &'a Version, after: &'a Version) -> Self {
        crate::clause!("0.19");
        let mut changes: Vec<Change<'a>> = after
            .clauses
            .iter()
            .filter_map(|new| match before.clause(&new.id) {
                None => Some(Change::Added(new)),
                Some(old) if old.zh != new.zh || old.en != new.en => Some(Change::Changed(old, new)),
                Some(_) => None,
            })
            .collect();
        changes.extend(
            before
                .clauses
                .iter()
                .filter(|old| after.clause(&old.id).is_none())
                .map(Change::Removed),
        );
        let major = changes.iter().any(|change| match change {
            Change::Added(clause) | Change::Removed(clause) => clause.touches_purpose(),
            Change::Changed(old, new) => old.touches_purpose() || new.touches_purpose(),
        });
        Self {
            changes,
            kind: if major { Kind::Major } else { Kind::Minor },
        }
    }

    /// Whether old consent does not carry over and a fresh explicit act is needed (0.20).
    #[must_use]
    pub fn needs_fresh_consent(&self) -> bool {
        crate::clause!("0.20");
        self.kind == Kind::Major
    }
}
