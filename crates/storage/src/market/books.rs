//! The mirror's books over all orders. No person stands in them.

use std::collections::BTreeMap;

use domain::market::ledger::{Account, Posting};
use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

// Adds up the whole mirror: for the operator's check and the demonstration, never for a page of a
// real market.
const SUMS: &str = "SELECT from_account, to_account, CAST(SUM(amount) AS bigint) FROM order_posting \
    GROUP BY from_account, to_account ORDER BY from_account, to_account LIMIT 20";
const LATEST: &str = "SELECT o.number, p.milestone, p.from_account, p.to_account, p.amount, p.at \
    FROM order_posting p JOIN service_order o ON o.id = p.order_id \
    ORDER BY p.at DESC, p.order_id, p.version, p.place LIMIT $1";
const UNDATED: &str = "SELECT COUNT(*) FROM service_order WHERE due_at IS NULL AND due_event IS NOT NULL";
// What is held must be what the milestones under way say: two tables, written apart.
const FUNDED: &str = "SELECT CAST(COALESCE(SUM(m.amount), 0) AS bigint) FROM order_milestone m \
    JOIN service_order o ON o.id = m.order_id WHERE m.state = 'funded' AND o.mode = 'simulated'";
const UNDATED_NUMBERS: &str = "SELECT id, number FROM service_order WHERE due_event IS NOT NULL AND due_at IS NULL \
    AND id > $1 ORDER BY id LIMIT $2";
const LATE: &str = "SELECT COUNT(*) FROM service_order WHERE due_at <= $1";
const UNDECIDED: &str = "SELECT number FROM service_order WHERE state = 'cancelling' AND due_at IS NULL \
    ORDER BY placed_at, id LIMIT $1";
const UNDECIDED_SINCE: &str = "SELECT o.number, (SELECT MAX(e.at) FROM order_event e WHERE e.order_id = o.id) AS since \
    FROM service_order o WHERE o.state = 'cancelling' AND o.due_at IS NULL ORDER BY since, o.id LIMIT $1";
const UNDECIDED_COUNT: &str =
    "SELECT COUNT(*) FROM service_order WHERE state = 'cancelling' AND due_at IS NULL";
pub(crate) const STATEMENTS: &[&str] = &[
    SUMS,
    LATEST,
    UNDATED,
    FUNDED,
    LATE,
    UNDATED_NUMBERS,
    UNDECIDED,
    UNDECIDED_SINCE,
    UNDECIDED_COUNT,
];

/// A movement with its order's number.
#[derive(Clone, Debug)]
pub struct BookEntry {
    /// The order's number.
    pub number: String,
    /// The movement.
    pub posting: Posting,
    /// When.
    pub at: OffsetDateTime,
}

fn account(text: &str) -> Result<Account, StoreError> {
    Account::parse(text).ok_or(StoreError::Malformed("ledger account"))
}

/// The balance of every account, in fen.
///
/// # Errors
/// [`StoreError`].
pub async fn balances<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<BTreeMap<Account, i64>, StoreError> {
    let mut balances = BTreeMap::new();
    for row in tx.rows(SUMS, &[]).await? {
        let amount = row.int(2)?;
        for (name, by) in [(row.text(0)?, -amount), (row.text(1)?, amount)] {
            let balance: &mut i64 = balances.entry(account(&name)?).or_default();
            *balance = balance
                .checked_add(by)
                .ok_or(StoreError::Malformed("ledger balance"))?;
        }
    }
    Ok(balances)
}

/// The latest movements, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<BookEntry>, StoreError> {
    let rows = tx.rows(LATEST, &[Value::Int(limit.clamp(1, 200))]).await?;
    rows.iter()
        .map(|row| {
            Ok(BookEntry {
                number: row.text(0)?,
                posting: Posting {
                    milestone: row.int(1)?,
                    from: account(&row.text(2)?)?,
                    to: account(&row.text(3)?)?,
                    amount: row.int(4)?,
                },
                at: row.time(5)?,
            })
        })
        .collect()
}

/// How many orders have a timer without a date.
///
/// # Errors
/// [`StoreError`].
pub async fn undated<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    tx.row(UNDATED, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// The numbers of the orders that wait for the platform's decision, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn undecided<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<String>, StoreError> {
    let rows = tx.rows(UNDECIDED, &[Value::Int(limit.clamp(1, 500))]).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// The orders that wait for the platform's decision with the instant from which they do, the longest
/// waiting first.
///
/// # Errors
/// [`StoreError`].
pub async fn undecided_since<P: Purpose>(
    tx: &mut Tx<'_, P>,
    limit: i64,
) -> Result<Vec<(String, OffsetDateTime)>, StoreError> {
    let limit = Value::Int(limit.clamp(1, 500));
    let rows = tx.rows(UNDECIDED_SINCE, &[limit]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
}

/// How many orders wait for the platform's decision.
///
/// # Errors
/// [`StoreError`].
pub async fn undecided_count<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    let row = tx.row(UNDECIDED_COUNT, &[]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// What the partner must hold by the milestones under way, in fen: written apart from the postings.
///
/// # Errors
/// [`StoreError`].
pub async fn funded<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    tx.row(FUNDED, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// How many orders' time came before `before` and was not acted on.
///
/// # Errors
/// [`StoreError`].
pub async fn late<P: Purpose>(tx: &mut Tx<'_, P>, before: OffsetDateTime) -> Result<i64, StoreError> {
    tx.row(LATE, &[Value::Time(before)])
        .await?
        .map_or(Ok(0), |row| row.int(0))
}

/// Orders with a timer without a date, after `after`, at most `limit`: identifier and number.
///
/// # Errors
/// [`StoreError`].
pub async fn undated_numbers<P: Purpose>(
    tx: &mut Tx<'_, P>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<(Uuid, String)>, StoreError> {
    let values = [Value::Id(after), Value::Int(limit.clamp(1, 500))];
    let rows = tx.rows(UNDATED_NUMBERS, &values).await?;
    rows.iter().map(|row| Ok((row.id(0)?, row.text(1)?))).collect()
}
