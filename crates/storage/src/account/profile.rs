//! How a person wants to be addressed; seen by themselves alone (2.1.1.f).

use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const PUT: &str = "INSERT INTO profile (account, subject, display_name, changed_at) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (account) DO UPDATE SET display_name = excluded.display_name, changed_at = excluded.changed_at";
const DROP: &str = "DELETE FROM profile WHERE account = $1";
const OF_ACCOUNT: &str = "SELECT display_name FROM profile WHERE account = $1";
pub(crate) const STATEMENTS: &[&str] = &[PUT, DROP, OF_ACCOUNT];

/// The place of a display name.
#[must_use]
pub const fn name_field(account: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "profile",
        column: "display_name",
        row: account,
        subject,
    }
}

/// Writes the display name, or takes it away; `false` if there was none to take away.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    subject: SubjectId,
    name: Option<&Personal<String>>,
) -> Result<bool, StoreError> {
    let Some(name) = name else {
        return Ok(tx.execute(DROP, &[Value::Id(account)]).await? == 1);
    };
    let sealed = tx.seal(&name_field(account, subject), name).await?;
    let values = [
        Value::Id(account),
        Value::Id(subject.0),
        Value::Bytes(sealed.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(PUT, &values).await? == 1)
}

/// The display name, sealed.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Option<Sealed<String>>, StoreError> {
    let row = tx.row(OF_ACCOUNT, &[Value::Id(account)]).await?;
    row.map(|row| row.bytes(0).map(Sealed::from_stored)).transpose()
}
