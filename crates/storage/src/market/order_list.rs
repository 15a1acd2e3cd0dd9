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
             snapshot, due_event, due_at, placed_at, work_due_at, asked_from, refunds_asked, offered, organisation \
             FROM service_order WHERE ",
            $side,
            $state,
            " AND (placed_at, id) < ($2, $3) ORDER BY placed_at DESC, id DESC LIMIT $4"
        )
    };
}

/// The place of one of a side's orders in its list.
macro_rules! placed {
    ($side:literal) => {
        concat!(
            "SELECT placed_at, id FROM service_order WHERE number = $2 AND ",
            $side
        )
    };
}

/// How many orders of a side are in each state.
macro_rules! counted {
    ($side:literal) => {
        concat!(
            "SELECT state, COUNT(*) FROM service_order WHERE ",
            $side,
            " GROUP BY state ORDER BY state LIMIT 50"
        )
    };
}

const OF_PERSON: &str = listed!("buyer = $1 AND organisation IS NULL", "");
const OF_PERSON_IN: &str = listed!("buyer = $1 AND organisation IS NULL", " AND state = $5");
const OF_ORGANISATION: &str = listed!("organisation = $1", "");
const OF_ORGANISATION_IN: &str = listed!("organisation = $1", " AND state = $5");
const OF_SUPPLIER: &str = listed!("supplier = $1", "");
const OF_SUPPLIER_IN: &str = listed!("supplier = $1", " AND state = $5");
const PLACE_OF_PERSON: &str = placed!("buyer = $1 AND organisation IS NULL");
const PLACE_OF_ORGANISATION: &str = placed!("organisation = $1");
const PLACE_OF_SUPPLIER: &str = placed!("supplier = $1");
const COUNT_OF_PERSON: &str = counted!("buyer = $1 AND organisation IS NULL");
const COUNT_OF_ORGANISATION: &str = counted!("organisation = $1");
const COUNT_OF_SUPPLIER: &str = counted!("supplier = $1");
const UNDER_WAY: &str = "SELECT COUNT(*) FROM service_order WHERE organisation = $1 \
    AND state NOT IN ('closed', 'cancelled', 'terminated')";
pub(crate) const STATEMENTS: &[&str] = &[
    OF_PERSON,
    OF_PERSON_IN,
    OF_ORGANISATION,
    OF_ORGANISATION_IN,
    OF_SUPPLIER,
    OF_SUPPLIER_IN,
    PLACE_OF_PERSON,
    PLACE_OF_ORGANISATION,
    PLACE_OF_SUPPLIER,
    COUNT_OF_PERSON,
    COUNT_OF_ORGANISATION,
    COUNT_OF_SUPPLIER,
    UNDER_WAY,
];

/// Later than any order.
const END_OF_TIME: OffsetDateTime = datetime!(9999-01-01 0:00 UTC);

/// Whose orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// What this account bought for the person themselves.
    Person(Uuid),
    /// What this organisation bought.
    Organisation(Uuid),
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
        Of::Person(account) => (OF_PERSON, OF_PERSON_IN, PLACE_OF_PERSON, account),
        Of::Organisation(id) => (OF_ORGANISATION, OF_ORGANISATION_IN, PLACE_OF_ORGANISATION, id),
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

/// How many orders of a side are in each state; states without orders are not named (2.6.1.e).
///
/// # Errors
/// [`StoreError`].
pub async fn counts<P: Purpose>(tx: &mut Tx<'_, P>, of: Of) -> Result<Vec<(State, i64)>, StoreError> {
    let (statement, side) = match of {
        Of::Person(account) => (COUNT_OF_PERSON, account),
        Of::Organisation(id) => (COUNT_OF_ORGANISATION, id),
        Of::Supplier(supplier) => (COUNT_OF_SUPPLIER, supplier),
    };
    let rows = tx.rows(statement, &[Value::Id(side)]).await?;
    rows.iter()
        .map(|row| {
            let state = State::parse(&row.text(0)?).ok_or(StoreError::Malformed("order state"))?;
            Ok((state, row.int(1)?))
        })
        .collect()
}

/// How many orders of an organisation have not ended.
///
/// # Errors
/// [`StoreError`].
pub async fn under_way<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<i64, StoreError> {
    let row = tx.row(UNDER_WAY, &[Value::Id(organisation)]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}
