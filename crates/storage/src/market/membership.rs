//! Who works for which supplier, in which role: the one place that says so. Where a supplier is an
//! organisation, its members are the organisation's, and follow every change of those ([`follow`]).

use domain::market::order::Side;
use domain::org::seat::Seat;
use privacy::{Purpose, SubjectId};
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const OF_ACCOUNT: &str =
    "SELECT supplier, role FROM membership WHERE account = $1 ORDER BY supplier LIMIT 100";
const OF_SUPPLIER: &str = "SELECT m.account, a.subject, m.role FROM membership m JOIN account a ON a.id = m.account \
    WHERE m.supplier = $1 AND m.role IN ('owner', 'admin', 'sales', 'delivery') \
    ORDER BY CASE m.role WHEN 'owner' THEN 0 WHEN 'admin' THEN 1 ELSE 2 END, m.account LIMIT $2";
const PUT: &str = "INSERT INTO membership (supplier, account, role) VALUES ($1, $2, $3) \
    ON CONFLICT (supplier, account) DO UPDATE SET role = excluded.role";
const FOLLOW: &str = "INSERT INTO membership (supplier, account, role) SELECT s.id, $2, $3 FROM supplier_standing s \
    JOIN supplier x ON x.id = s.id WHERE s.organisation = $1 \
    ON CONFLICT (supplier, account) DO UPDATE SET role = excluded.role";
const LEAVE: &str = "DELETE FROM membership WHERE account = $2 AND supplier IN \
    (SELECT s.id FROM supplier_standing s WHERE s.organisation = $1)";
const LEAVE_ALL: &str = "DELETE FROM membership WHERE supplier IN \
    (SELECT s.id FROM supplier_standing s WHERE s.organisation = $1)";
pub(crate) const STATEMENTS: &[&str] = &[OF_ACCOUNT, OF_SUPPLIER, PUT, FOLLOW, LEAVE, LEAVE_ALL];

/// A person of a supplier.
#[derive(Clone, Debug)]
pub struct Member {
    /// The account.
    pub account: Uuid,
    /// The person behind it.
    pub subject: SubjectId,
    /// The role's identifier.
    pub role: String,
}

/// The suppliers an account works for, with its role there.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let rows = tx.rows(OF_ACCOUNT, &[Value::Id(account)]).await?;
    rows.iter().map(|row| Ok((row.id(0)?, row.text(1)?))).collect()
}

/// The people of a supplier who deal with its orders, owners first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn dealing<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let values = [Value::Id(supplier), Value::Int(limit.clamp(1, 200))];
    let rows = tx.rows(OF_SUPPLIER, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(Member {
                account: row.id(0)?,
                subject: SubjectId(row.id(1)?),
                role: row.text(2)?,
            })
        })
        .collect()
}

/// Makes an account a member of a supplier.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    account: Uuid,
    role: &str,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(supplier),
        Value::Id(account),
        Value::Text(role.to_owned()),
    ];
    tx.execute(PUT, &values).await.map(|_| ())
}

/// Lets a member of an organisation be what they are there in every supplier that it is; whose seat has no
/// part in selling is none.
///
/// # Errors
/// [`StoreError`].
pub async fn follow<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
    seat: Seat,
) -> Result<(), StoreError> {
    if seat.role(Side::Supplier).is_none() {
        return leave(tx, organisation, account).await;
    }
    let values = [
        Value::Id(organisation),
        Value::Id(account),
        Value::Text(seat.as_str().to_owned()),
    ];
    tx.execute(FOLLOW, &values).await.map(|_| ())
}

/// Ends what a member of an organisation is in its suppliers.
///
/// # Errors
/// [`StoreError`].
pub async fn leave<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    account: Uuid,
) -> Result<(), StoreError> {
    let values = [Value::Id(organisation), Value::Id(account)];
    tx.execute(LEAVE, &values).await.map(|_| ())
}

/// Ends what every member of an organisation is in its suppliers.
///
/// # Errors
/// [`StoreError`].
pub async fn leave_all<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<(), StoreError> {
    tx.execute(LEAVE_ALL, &[Value::Id(organisation)])
        .await
        .map(|_| ())
}
