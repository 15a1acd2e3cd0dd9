//! Work to do later: written in the transaction that makes it necessary, taken under a lease, tried
//! again after a pause, set aside when it keeps failing. A payload holds identifiers only.

use privacy::Purpose;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const ENQUEUE: &str = "INSERT INTO job (id, kind, dedup, payload, state, attempts, run_at, created_at) \
    VALUES ($1, $2, $3, $4, 'ready', 0, $5, $6) ON CONFLICT (kind, dedup) DO UPDATE SET \
    state = 'ready', attempts = 0, payload = excluded.payload, run_at = excluded.run_at, error = NULL \
    WHERE job.state = 'dead'";
// The condition stands twice on purpose: whoever waited for another's update looks again at the
// row itself, finds the fresh lease and takes nothing.
const CLAIM: &str = "UPDATE job SET lease = $2, lease_until = $3, attempts = attempts + 1 WHERE id = ( \
    SELECT id FROM job WHERE state = 'ready' AND run_at <= $1 AND (lease_until IS NULL OR lease_until <= $1) \
    ORDER BY run_at, id LIMIT 1) AND state = 'ready' AND (lease_until IS NULL OR lease_until <= $1) \
    RETURNING id, kind, payload, attempts";
const FINISH: &str = "DELETE FROM job WHERE id = $1 AND lease = $2";
const REPEAT: &str = "UPDATE job SET run_at = $3, attempts = 0, error = NULL, lease = NULL, lease_until = NULL \
    WHERE id = $1 AND lease = $2";
const FAIL: &str = "UPDATE job SET state = $3, run_at = $4, error = $5, lease = NULL, lease_until = NULL \
    WHERE id = $1 AND lease = $2";
const DEAD: &str =
    "SELECT id, kind, attempts, error, created_at FROM job WHERE state = 'dead' ORDER BY run_at, id LIMIT $1";
const FAILING: &str = "SELECT id, kind, attempts, error, created_at FROM job \
    WHERE state = 'ready' AND error IS NOT NULL AND attempts > 1 ORDER BY run_at, id LIMIT $1";
const REVIVE: &str =
    "UPDATE job SET state = 'ready', attempts = 0, error = NULL, run_at = $1 WHERE state = 'dead'";
const WAITING: &str = "SELECT COUNT(*) FROM job WHERE state = 'ready' AND run_at <= $1";
pub(crate) const STATEMENTS: &[&str] = &[
    ENQUEUE, CLAIM, FINISH, REPEAT, FAIL, DEAD, FAILING, REVIVE, WAITING,
];

/// How long a worker may take before another may try.
pub const LEASE: Duration = Duration::minutes(5);

/// A job to do.
pub struct NewJob<'a> {
    /// Its kind.
    pub kind: &'static str,
    /// One job of a kind with the same word exists at a time.
    pub dedup: String,
    /// What it is about: identifiers only.
    pub payload: &'a str,
    /// Not before.
    pub run_at: OffsetDateTime,
}

/// A job taken under a lease.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job.
    pub id: Uuid,
    /// The lease: without it nothing is finished.
    pub lease: Uuid,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub payload: String,
    /// Which try this is, from 1.
    pub attempts: i64,
}

/// A job that failed.
#[derive(Clone, Debug)]
pub struct FailedJob {
    /// The job.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The code of the last failure.
    pub error: String,
    /// When it was written.
    pub created_at: OffsetDateTime,
}

/// Writes a job; `false` if one of its kind with the same word is waiting. One that was given up is
/// tried again.
///
/// # Errors
/// [`StoreError`].
pub async fn enqueue<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewJob<'_>) -> Result<bool, StoreError> {
    let id = tx.store().entropy().id();
    let values = [
        Value::Id(id),
        Value::Text(new.kind.to_owned()),
        Value::Text(new.dedup.clone()),
        Value::Text(new.payload.to_owned()),
        Value::Time(new.run_at),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(ENQUEUE, &values).await.map(|rows| rows == 1)
}

/// Takes the job that has waited longest. The claim must be committed before the work begins, so
/// that a crash counts as a try.
///
/// # Errors
/// [`StoreError`].
pub async fn claim<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Option<Claimed>, StoreError> {
    let (lease, now) = (tx.store().entropy().id(), tx.ctx().now());
    let values = [Value::Time(now), Value::Id(lease), Value::Time(now + LEASE)];
    let Some(row) = tx.row(CLAIM, &values).await? else {
        return Ok(None);
    };
    Ok(Some(Claimed {
        id: row.id(0)?,
        lease,
        kind: row.text(1)?,
        payload: row.text(2)?,
        attempts: row.int(3)?,
    }))
}

fn held(rows: u64) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// Removes a job in the transaction of its effect.
///
/// # Errors
/// [`StoreError::Stale`] if the lease was lost: the effect must not be committed.
pub async fn finish<P: Purpose>(tx: &mut Tx<'_, P>, job: &Claimed) -> Result<(), StoreError> {
    held(
        tx.execute(FINISH, &[Value::Id(job.id), Value::Id(job.lease)])
            .await?,
    )
}

/// Lets a regular job wait for its next time, in the transaction of its effect.
///
/// # Errors
/// [`StoreError::Stale`] if the lease was lost.
pub async fn repeat<P: Purpose>(
    tx: &mut Tx<'_, P>,
    job: &Claimed,
    at: OffsetDateTime,
) -> Result<(), StoreError> {
    let values = [Value::Id(job.id), Value::Id(job.lease), Value::Time(at)];
    held(tx.execute(REPEAT, &values).await?)
}

/// Gives a job back after a failure: to be tried at `again`, or set aside for an operator. `code` is
/// a machine's word, never a text with values.
///
/// # Errors
/// [`StoreError::Stale`] if the lease was lost.
pub async fn fail<P: Purpose>(
    tx: &mut Tx<'_, P>,
    job: &Claimed,
    again: Option<OffsetDateTime>,
    code: &'static str,
) -> Result<(), StoreError> {
    let now = tx.ctx().now();
    let values = [
        Value::Id(job.id),
        Value::Id(job.lease),
        Value::Text(if again.is_some() { "ready" } else { "dead" }.to_owned()),
        Value::Time(again.unwrap_or(now)),
        Value::Text(code.to_owned()),
    ];
    held(tx.execute(FAIL, &values).await?)
}

/// The jobs that were given up, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn dead<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<FailedJob>, StoreError> {
    failed(tx, DEAD, limit).await
}

/// The jobs that failed more than once and will be tried again, the next one first.
///
/// # Errors
/// [`StoreError`].
pub async fn failing<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<FailedJob>, StoreError> {
    failed(tx, FAILING, limit).await
}

async fn failed<P: Purpose>(
    tx: &mut Tx<'_, P>,
    statement: &'static str,
    limit: i64,
) -> Result<Vec<FailedJob>, StoreError> {
    let rows = tx.rows(statement, &[Value::Int(limit.clamp(1, 500))]).await?;
    rows.iter()
        .map(|row| {
            Ok(FailedJob {
                id: row.id(0)?,
                kind: row.text(1)?,
                attempts: row.int(2)?,
                error: row.opt_text(3)?.unwrap_or_default(),
                created_at: row.time(4)?,
            })
        })
        .collect()
}

/// Lets all given-up jobs be tried again, and says how many.
///
/// # Errors
/// [`StoreError`].
pub async fn revive<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    let now = tx.ctx().now();
    tx.execute(REVIVE, &[Value::Time(now)]).await
}

/// How many jobs wait although their time has come.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    let now = tx.ctx().now();
    tx.row(WAITING, &[Value::Time(now)])
        .await?
        .map_or(Ok(0), |row| row.int(0))
}
