//! Sealing and opening of sensitive values: the same cipher, a stricter door (1.4).

use crate::permit::{Scope, Separate};
use crate::{Entropy, FieldRef, Opened, Personal, Purpose, SealError, Sealed, Sensitive, SubjectKey};

impl SubjectKey {
    /// Seals a sensitive text for its place.
    ///
    /// # Errors
    /// [`SealError::Damaged`] if the cipher refuses the length (never for texts under 64 GiB).
    pub fn seal_sensitive(
        &self,
        field: &FieldRef,
        value: &Sensitive<String>,
        entropy: &dyn Entropy,
    ) -> Result<Sealed<Sensitive<String>>, SealError> {
        let sealed = self.seal(field, &Personal::received(value.inner().clone()), entropy)?;
        Ok(Sealed::from_stored(sealed.as_bytes().to_vec()))
    }
}

impl Sealed<Sensitive<String>> {
    /// Opens the value under a permit that rests on separate consent or a legal duty.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open_sensitive<P: Purpose>(
        &self,
        permit: &Separate<'_, '_, P>,
        scope: &Scope,
        key: &SubjectKey,
        field: &FieldRef,
    ) -> Result<Opened, SealError> {
        let plain = Sealed::<String>::from_stored(self.as_bytes().to_vec());
        plain.open(permit.0, scope, key, field)
    }
}
