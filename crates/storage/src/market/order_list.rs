//! Lists of orders, newest first, page by page, and how many wait in each state.

use domain::market::order::State;
use privacy::Purpose;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::order::{OrderRow, read};
use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// A page of one side's orders older than `$2`, `$3`; with a state as `$5` if one is named.
macro_rules! listed {
    ($side:literal, $state:literal) => {
        concat!(
            "SELECT id, number, buyer, supplier, service, state, version, mode, review_days, round, by_silence, \
             snapshot, due_event, due_at, placed_at, work_due_at, asked_from, refunds_asked, offered \
             FROM service_order WHERE ",
            $side,
            " = $1",
            $state,
            " AND (placed_at, id) < ($2, $3) ORDER BY placed_at DESC, id DESC LIMIT $4"
        )
    };
}

const OF_BUYER: &str = listed!("buyer", "");
const OF_BUYER_IN: &str = listed!("buyer", " AND state = $5");
const OF_SUPPLIER: &str = listed!("supplier", "");
const OF_SUPPLIER_IN: &str = listed!("supplier", " AND state = $5");
const PLACE_OF_BUYER: &str = "SELECT placed_at, id FROM service_order WHERE number = $2 AND buyer = $1";
const PLACE_OF_SUPPLIER: &str = "SELECT placed_at, id FROM service_order WHERE number = $2 AND supplier = $1";
const COUNT_OF_SUPPLIER: &str =
    "SELECT state, COUNT(*) FROM service_order WHERE supplier = $1 GROUP BY state ORDER BY state LIMIT 50";
const COUNT_OF_BUYER: &str =
    "SELECT state, COUNT(*) FROM service_order WHERE buyer = $1 GROUP BY state ORDER BY state LIMIT 50";
pub(crate) const STATEMENTS: &[&str] = &[
    COUNT_OF_BUYER,
    OF_BUYER,
    OF_BUYER_IN,
    OF_SUPPLIER,
    OF_SUPPLIER_IN,
    PLACE_OF_BUYER,
    PLACE_OF_SUPPLIER,
    COUNT_OF_SUPPLIER,
];

/// Later than any order.
const END_OF_TIME: OffsetDateTime = datetime!(9999-01-01 0:00 UTC);

/// Whose orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// What this account bought.
    Buyer(Uuid),
    /// What this supplier sold.
    Supplier(Uuid),
}

/// A page of orders without milestones, newest first, at most `limit`. `after` is the number of the
/// last order of the page before; one of another side leads nowhere.
///
/// # Errors
/// [`StoreError`].
pub async fn page<P: Purpose>(
    tx: &mut Tx<'_, P>,
    of: Of,
    state: Option<State>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<OrderRow>, StoreError> {
    let (all, in_state, place, side) = match of {
        Of::Buyer(account) => (OF_BUYER, OF_BUYER_IN, PLACE_OF_BUYER, account),
        Of::Supplier(supplier) => (OF_SUPPLIER, OF_SUPPLIER_IN, PLACE_OF_SUPPLIER, supplier),
    };
    let (mut at, mut id) = (END_OF_TIME, Uuid::nil());
    if let Some(number) = after {
        let values = [Value::Id(side), Value::Text(number.to_owned())];
        let Some(row) = tx.row(place, &values).await? else {
            return Ok(Vec::new());
        };
        (at, id) = (row.time(0)?, row.id(1)?);
    }
    let mut values = vec![
        Value::Id(side),
        Value::Time(at),
        Value::Id(id),
        Value::Int(limit.clamp(1, 200)),
    ];
    let statement = state.map_or(all, |state| {
        values.push(Value::Text(state.as_str().to_owned()));
        in_state
    });
    let rows = tx.rows(statement, &values).await?;
    rows.iter().map(read).collect()
}

/// How many orders of a supplier are in each state; states without orders are not named.
///
/// # Errors
/// [`StoreError`].
pub async fn counts<P: Purpose>(tx: &mut Tx<'_, P>, supplier: Uuid) -> Result<Vec<(State, i64)>, StoreError> {
    counted(tx, COUNT_OF_SUPPLIER, supplier).await
}

/// The same of what an account bought (2.6.1.e).
///
/// # Errors
/// [`StoreError`].
pub async fn counts_bought<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<(State, i64)>, StoreError> {
    counted(tx, COUNT_OF_BUYER, account).await
}

async fn counted<P: Purpose>(
    tx: &mut Tx<'_, P>,
    statement: &'static str,
    side: Uuid,
) -> Result<Vec<(State, i64)>, StoreError> {
    let rows = tx.rows(statement, &[Value::Id(side)]).await?;
    rows.iter()
        .map(|row| {
            let state = State::parse(&row.text(0)?).ok_or(StoreError::Malformed("order state"))?;
            Ok((state, row.int(1)?))
        })
        .collect()
}
