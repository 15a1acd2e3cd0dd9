//! Notices of orders: which were sent, and putting off what silence may not do yet.

use domain::market::order::Side;
use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const RECORD: &str = "INSERT INTO order_notice (order_id, version, side, nth, at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (order_id, version, side, nth) DO NOTHING";
const SENT: &str = "SELECT nth, at FROM order_notice WHERE order_id = $1 AND version = $2 AND side = $3 \
    ORDER BY nth LIMIT 20";
const PUT_OFF: &str = "UPDATE service_order SET due_at = $3 WHERE id = $1 AND version = $2";
const SET_ASIDE: &str = "UPDATE service_order SET due_at = $3 WHERE number = $1 AND due_at <= $2";
pub(crate) const STATEMENTS: &[&str] = &[RECORD, SENT, PUT_OFF, SET_ASIDE];

/// Notes that a notice is being sent in this transaction; `false` if it was sent before.
///
/// # Errors
/// [`StoreError`].
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    version: i64,
    side: Side,
    nth: i64,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(order),
        Value::Int(version),
        Value::Text(side.as_str().to_owned()),
        Value::Int(nth),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(RECORD, &values).await.map(|rows| rows == 1)
}

/// The notices of this version's step that the side was sent: number and instant.
///
/// # Errors
/// [`StoreError`].
pub async fn sent<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    version: i64,
    side: Side,
) -> Result<Vec<(i64, OffsetDateTime)>, StoreError> {
    let values = [
        Value::Id(order),
        Value::Int(version),
        Value::Text(side.as_str().to_owned()),
    ];
    let rows = tx.rows(SENT, &values).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.time(1)?))).collect()
}

/// Puts the order's timer off.
///
/// # Errors
/// [`StoreError::Stale`] if the order moved on meanwhile.
pub async fn put_off<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    version: i64,
    until: OffsetDateTime,
) -> Result<(), StoreError> {
    let values = [Value::Id(order), Value::Int(version), Value::Time(until)];
    if tx.execute(PUT_OFF, &values).await? == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}

/// Puts off an order whose timer could not be taken, so that it does not stand before the others.
///
/// # Errors
/// [`StoreError`].
pub async fn set_aside<P: Purpose>(
    tx: &mut Tx<'_, P>,
    number: &str,
    until: OffsetDateTime,
) -> Result<(), StoreError> {
    let now = tx.ctx().now();
    let values = [
        Value::Text(number.to_owned()),
        Value::Time(now),
        Value::Time(until),
    ];
    tx.execute(SET_ASIDE, &values).await.map(|_| ())
}
