//! The copies of what several parties share: each under its party's key for the thing (1.6).

use privacy::{FieldRef, Grant, Holder, JointId, Personal, Purpose, Sealed};
use uuid::Uuid;

use super::{Tx, registered};
use crate::engine::StoreError;
use crate::register::Class;

impl<P: Purpose> Tx<'_, P> {
    /// Seals a party's copy of what several share, under that party's key for the item; the place's
    /// subject is the party.
    ///
    /// # Errors
    /// As [`Tx::seal`]; the key comes from [`crate::Store::create_joint_keys`].
    pub async fn seal_copy(
        &self,
        item: Uuid,
        field: &FieldRef,
        value: &Personal<String>,
    ) -> Result<Sealed<String>, StoreError> {
        registered(field, &[Class::Personal])?;
        let mut keys = self.keys.lock().await;
        let key = self.key(&mut keys, joint(item, field)).await?;
        Ok(key.seal(field, value, self.store.entropy())?)
    }

    /// Opens a party's copy for the eyes of somebody of that party.
    ///
    /// # Errors
    /// As [`Tx::show`].
    pub async fn show_copy(
        &self,
        permit: &impl Grant<P>,
        item: Uuid,
        field: &FieldRef,
        sealed: &Sealed<String>,
    ) -> Result<String, StoreError> {
        let mut keys = self.keys.lock().await;
        let key = self.key(&mut keys, joint(item, field)).await?;
        Ok(sealed.open(permit, &self.scope, key, field)?.shown()?)
    }
}

/// The party's key for the item.
const fn joint(item: Uuid, field: &FieldRef) -> Holder {
    Holder::Joint(JointId {
        item,
        party: field.subject,
    })
}
