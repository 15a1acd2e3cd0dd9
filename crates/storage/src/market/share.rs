//! What a buyer gave the supplier of one order: a row an order, each field sealed by itself, empty
//! where nothing is given.

use domain::market::share::Field;
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

// Where nothing is given any more, a colleague may give theirs.
const MAKE: &str = "INSERT INTO order_share (order_id, subject, changed_at) VALUES ($1, $2, $3) \
    ON CONFLICT (order_id) DO UPDATE SET subject = excluded.subject WHERE order_share.contact_name IS NULL \
    AND order_share.phone IS NULL AND order_share.email IS NULL AND order_share.address IS NULL";
const SET_NAME: &str = "UPDATE order_share SET contact_name = $2, changed_at = $3 WHERE order_id = $1";
const SET_PHONE: &str = "UPDATE order_share SET phone = $2, changed_at = $3 WHERE order_id = $1";
const SET_EMAIL: &str = "UPDATE order_share SET email = $2, changed_at = $3 WHERE order_id = $1";
const SET_ADDRESS: &str = "UPDATE order_share SET address = $2, changed_at = $3 WHERE order_id = $1";
const FIND: &str =
    "SELECT subject, changed_at, contact_name, phone, email, address FROM order_share WHERE order_id = $1";
const DROP_ALL: &str = "DELETE FROM order_share";
pub(crate) const STATEMENTS: &[&str] = &[MAKE, SET_NAME, SET_PHONE, SET_EMAIL, SET_ADDRESS, FIND, DROP_ALL];

/// What is shared of an order, sealed.
#[derive(Debug)]
pub struct Shared {
    /// Who gave it: the buyer, or one of the organisation that buys.
    pub subject: SubjectId,
    /// When it last changed.
    pub changed_at: OffsetDateTime,
    /// The fields that are given.
    pub fields: Vec<(Field, Sealed<String>)>,
}

/// The place of a shared field.
#[must_use]
pub const fn field(of: Field, order: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "order_share",
        column: of.as_str(),
        row: order,
        subject,
    }
}

const fn set(field: Field) -> &'static str {
    match field {
        Field::ContactName => SET_NAME,
        Field::Phone => SET_PHONE,
        Field::Email => SET_EMAIL,
        Field::Address => SET_ADDRESS,
    }
}

/// Writes a field, or takes it away.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    subject: SubjectId,
    of: Field,
    value: Option<&Personal<String>>,
) -> Result<(), StoreError> {
    let now = Value::Time(tx.ctx().now());
    tx.execute(MAKE, &[Value::Id(order), Value::Id(subject.0), now.clone()])
        .await?;
    let sealed = match value {
        Some(value) => Some(
            tx.seal(&field(of, order, subject), value)
                .await?
                .as_bytes()
                .to_vec(),
        ),
        None => None,
    };
    tx.execute(set(of), &[Value::Id(order), Value::OptBytes(sealed), now])
        .await
        .map(|_| ())
}

/// What is shared of an order, if anything ever was.
///
/// # Errors
/// [`StoreError`].
pub async fn find<P: Purpose>(tx: &mut Tx<'_, P>, order: Uuid) -> Result<Option<Shared>, StoreError> {
    let Some(row) = tx.row(FIND, &[Value::Id(order)]).await? else {
        return Ok(None);
    };
    let mut fields = Vec::new();
    for (place, field) in (2..).zip(Field::ALL) {
        if let Some(bytes) = row.opt_bytes(place)? {
            fields.push((field, Sealed::from_stored(bytes)));
        }
    }
    Ok(Some(Shared {
        subject: SubjectId(row.id(0)?),
        changed_at: row.time(1)?,
        fields,
    }))
}

/// Takes every shared value away: after a restore, when none of them stands.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(DROP_ALL, &[]).await
}
