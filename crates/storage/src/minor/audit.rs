//! What is counted about minors in a year, and the audit made of it (2.7.b): numbers, nobody in particular.
//! Counted when it happens, because what is about a person goes with the person.

use domain::minor::Tally;
use domain::minor::audit::year_of;
use privacy::Purpose;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Conn, Row, StoreError, Value};
use crate::tx::Tx;

const COUNT: &str = "INSERT INTO minor_tally (year, what, times) VALUES ($1, $2, 1) \
    ON CONFLICT (year, what) DO UPDATE SET times = minor_tally.times + 1";
const OF_YEAR: &str = "SELECT what, times FROM minor_tally WHERE year = $1 ORDER BY what";
const PUT: &str = "INSERT INTO minor_audit (year, id, report, digest, made_at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (year) DO NOTHING";
const ALL: &str = "SELECT year, report, digest, made_at FROM minor_audit ORDER BY year DESC LIMIT 50";
const OF: &str = "SELECT year, report, digest, made_at FROM minor_audit WHERE year = $1";
pub(crate) const STATEMENTS: &[&str] = &[COUNT, OF_YEAR, PUT, ALL, OF];

/// An audit as stored.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// The year.
    pub year: i32,
    /// The counts, as JSON.
    pub report: String,
    /// SHA-256 (hex) of them.
    pub digest: String,
    /// When it was made.
    pub made_at: OffsetDateTime,
}

fn read(row: &Row) -> Result<AuditRow, StoreError> {
    Ok(AuditRow {
        year: i32::try_from(row.int(0)?).map_err(|_| StoreError::Malformed("year"))?,
        report: row.text(1)?,
        digest: row.text(2)?,
        made_at: row.time(3)?,
    })
}

pub(crate) async fn count_in(conn: &mut Conn, what: Tally, now: OffsetDateTime) -> Result<(), StoreError> {
    let values = [
        Value::Int(year_of(now).into()),
        Value::Text(what.as_str().to_owned()),
    ];
    conn.execute(COUNT, &values).await.map(|_| ())
}

/// Counts something that happens now.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(tx: &mut Tx<'_, P>, what: Tally) -> Result<(), StoreError> {
    let values = [
        Value::Int(year_of(tx.ctx().now()).into()),
        Value::Text(what.as_str().to_owned()),
    ];
    tx.execute(COUNT, &values).await.map(|_| ())
}

/// What was counted in a year.
///
/// # Errors
/// [`StoreError`].
pub async fn of_year<P: Purpose>(tx: &mut Tx<'_, P>, year: i32) -> Result<Vec<(Tally, i64)>, StoreError> {
    let rows = tx.rows(OF_YEAR, &[Value::Int(year.into())]).await?;
    let read = |row: &Row| {
        let what = Tally::parse(&row.text(0)?).ok_or(StoreError::Malformed("tally"))?;
        Ok((what, row.int(1)?))
    };
    rows.iter().map(read).collect()
}

/// Stores the audit of a year; `false` if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    year: i32,
    (report, digest): (&str, &str),
) -> Result<bool, StoreError> {
    let values = [
        Value::Int(year.into()),
        Value::Id(id),
        Value::Text(report.to_owned()),
        Value::Text(digest.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(PUT, &values).await? == 1)
}

/// The audits, the latest year first.
///
/// # Errors
/// [`StoreError`].
pub async fn all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<AuditRow>, StoreError> {
    tx.rows(ALL, &[]).await?.iter().map(read).collect()
}

/// The audit of a year.
///
/// # Errors
/// [`StoreError`].
pub async fn of<P: Purpose>(tx: &mut Tx<'_, P>, year: i32) -> Result<Option<AuditRow>, StoreError> {
    let row = tx.row(OF, &[Value::Int(year.into())]).await?;
    row.as_ref().map(read).transpose()
}
