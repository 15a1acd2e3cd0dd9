//! Log-ins that failed, counted by day for their account (2.2.3.d).

use domain::calendar::BEIJING;
use privacy::Purpose;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

// The same statement for an account that is none: it finds no row, and nothing tells them apart.
const COUNT: &str = "INSERT INTO login_failure (account, day, times, first_at) \
    SELECT a.id, $2, 1, $3 FROM account a WHERE a.id = $1 \
    ON CONFLICT (account, day) DO UPDATE SET times = login_failure.times + 1";
const TAKE_BACK: &str = "UPDATE login_failure SET times = times - 1 WHERE account = $1 AND day = $2";
const NONE_LEFT: &str = "DELETE FROM login_failure WHERE account = $1 AND day = $2 AND times <= 0";
const OF_ACCOUNT: &str =
    "SELECT day, times FROM login_failure WHERE account = $1 ORDER BY day DESC LIMIT 200";
pub(crate) const STATEMENTS: &[&str] = &[COUNT, TAKE_BACK, NONE_LEFT, OF_ACCOUNT];

fn today<P: Purpose>(tx: &Tx<'_, P>) -> Value {
    Value::Text(tx.ctx().now().to_offset(BEIJING).date().to_string())
}

/// Counts a try as failed before its password is looked at, like the limit on tries does.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(tx: &mut Tx<'_, P>, account: Option<Uuid>) -> Result<(), StoreError> {
    let values = [
        Value::Id(account.unwrap_or_default()),
        today(tx),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(COUNT, &values).await.map(|_| ())
}

/// Takes back the count of a try that turned out well.
///
/// # Errors
/// [`StoreError`].
pub async fn take_back<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<(), StoreError> {
    for statement in [TAKE_BACK, NONE_LEFT] {
        let values = [Value::Id(account), today(tx)];
        tx.execute(statement, &values).await?;
    }
    Ok(())
}

/// The days on which log-ins failed, with how often, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = tx.rows(OF_ACCOUNT, &[Value::Id(account)]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}
