//! All versions that were ever published: appended, never changed (0.17).

use time::Date;

use crate::{Edition, Editions, PolicyError, Version};

/// The published versions, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    versions: Vec<Version>,
    editions: Editions,
}

impl Archive {
    /// Publishes a version.
    ///
    /// # Errors
    /// [`PolicyError::Published`] if its id, or its product's effective date, is taken: exactly one
    /// version governs a product at any instant (0.10), and a published one is never replaced.
    pub fn publish(&mut self, version: Version) -> Result<(), PolicyError> {
        crate::clause!("0.10");
        crate::clause!("0.17");
        let taken = |known: &Version| {
            known.id == version.id
                || (known.product == version.product && known.effective_on == version.effective_on)
        };
        if self.versions.iter().any(taken) {
            return Err(PolicyError::Published(version.id));
        }
        let place = self
            .versions
            .partition_point(|known| known.effective_on < version.effective_on);
        self.versions.insert(place, version);
        Ok(())
    }

    /// The version that governs a product on a day in Beijing.
    #[must_use]
    pub fn in_force(&self, product: &str, day: Date) -> Option<&Version> {
        self.versions
            .iter()
            .rfind(|version| version.product == product && version.effective_on <= day)
    }

    /// A version by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// What suppliers sign.
    #[must_use]
    pub const fn editions(&self) -> &Editions {
        &self.editions
    }

    /// Puts an edition of what suppliers sign into force.
    ///
    /// # Errors
    /// [`PolicyError::Published`] if its name or its first day is taken.
    pub fn put_in_force(&mut self, edition: Edition) -> Result<(), PolicyError> {
        self.editions.publish(edition)
    }

    /// All versions, oldest first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.versions.iter()
    }
}

/// The versions this build ships.
///
/// # Errors
/// [`PolicyError`] if a text is malformed.
pub fn builtin() -> Result<Archive, PolicyError> {
    let mut archive = Archive::default();
    let version = Version::parse(
        include_str!("../../../policy/2020-11-01/version.toml"),
        include_str!("../../../policy/2020-11-01/clauses.toml"),
        include_str!("../../../policy/2020-11-01/agreement.zh.md"),
        include_str!("../../../policy/2020-11-01/agreement.en.md"),
    )?;
    archive.publish(version.stating(include_str!("../../../policy/2020-11-01/purposes.toml"))?)?;
    archive.put_in_force(Edition::parse(
        include_str!("../../../policy/supplier/2020-11-01/edition.toml"),
        [
            include_str!("../../../policy/supplier/2020-11-01/agreement.zh.md"),
            include_str!("../../../policy/supplier/2020-11-01/agreement.en.md"),
            include_str!("../../../policy/supplier/2020-11-01/undertaking.zh.md"),
            include_str!("../../../policy/supplier/2020-11-01/undertaking.en.md"),
        ],
    )?)?;
    Ok(archive)
}
