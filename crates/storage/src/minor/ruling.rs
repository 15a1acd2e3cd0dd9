//! What the privacy officer found about who says that it is a mistake (2.7.a), and how much waits.

use domain::minor::Finding;
use privacy::Purpose;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const COUNT: &str = "SELECT COUNT(*) FROM guardianship WHERE state = 'contested'";
const PUT: &str = "UPDATE guardianship SET ruling = $2 WHERE id = $1";
const OF: &str = "SELECT ruling FROM guardianship WHERE id = $1";
pub(crate) const STATEMENTS: &[&str] = &[COUNT, PUT, OF];

/// How much waits for the officer.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    tx.row(COUNT, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Notes what was found.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, finding: Finding) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Text(finding.as_str().to_owned())];
    tx.execute(PUT, &values).await.map(|_| ())
}

/// What was found, if anything was.
///
/// # Errors
/// [`StoreError`].
pub async fn of<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<Finding>, StoreError> {
    let Some(row) = tx.row(OF, &[Value::Id(id)]).await? else {
        return Ok(None);
    };
    Ok(row.opt_text(0)?.as_deref().and_then(Finding::parse))
}
