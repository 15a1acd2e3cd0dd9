//! Decisions after they were made: gone on with, shown to their person, contested, ruled on by a human.

use domain::account::guard::contest::{Ground, Ruling};
use domain::account::guard::{Act, Outcome, Signal, State, read as read_signals};
use privacy::purpose::{KeepSafe, Notify, Operate, ShowOwn};
use privacy::{Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::Place;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const BY_TOKEN: &str = "SELECT d.id, d.subject, d.account, d.sighting, d.act, d.outcome, d.score, d.signals, d.state, d.at, \
    d.wait_until, d.origin, d.solved_at, d.tries, d.ground, d.contested_at, d.due_at, d.ruling, d.ended_at FROM guard_decision d \
    WHERE d.token_digest = $1 AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = d.subject)";
const BY_ID: &str = "SELECT d.id, d.subject, d.account, d.sighting, d.act, d.outcome, d.score, d.signals, d.state, d.at, \
    d.wait_until, d.origin, d.solved_at, d.tries, d.ground, d.contested_at, d.due_at, d.ruling, d.ended_at FROM guard_decision d \
    WHERE d.id = $1 AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = d.subject)";
const PAGE: &str = "SELECT d.id, d.subject, d.account, d.sighting, d.act, d.outcome, d.score, d.signals, d.state, d.at, \
    d.wait_until, d.origin, d.solved_at, d.tries, d.ground, d.contested_at, d.due_at, d.ruling, d.ended_at FROM guard_decision d \
    WHERE d.account = $1 AND (d.at, d.id) < ($2, $3) ORDER BY d.at DESC, d.id DESC LIMIT $4";
const WAITING: &str = "SELECT d.id, d.subject, d.account, d.sighting, d.act, d.outcome, d.score, d.signals, d.state, d.at, \
    d.wait_until, d.origin, d.solved_at, d.tries, d.ground, d.contested_at, d.due_at, d.ruling, d.ended_at FROM guard_decision d \
    WHERE d.state = 'standing' AND d.contested_at IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = d.subject) ORDER BY d.contested_at, d.id LIMIT $1";
const COUNT: &str = "SELECT COUNT(*) FROM guard_decision d WHERE d.state = 'standing' AND d.contested_at IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = d.subject)";
const SOLVE: &str =
    "UPDATE guard_decision SET solved_at = $2 WHERE id = $1 AND state = 'standing' AND solved_at IS NULL";
const TRY: &str = "UPDATE guard_decision SET tries = tries + 1 WHERE id = $1";
const END: &str = "UPDATE guard_decision SET state = $2, ended_at = $3, token_digest = NULL WHERE id = $1 AND state = 'standing'";
// A proof by the phone or the second factor settles what kept the account back, also what a human let stand.
const END_ALL: &str = "UPDATE guard_decision SET state = $2, ended_at = $3, token_digest = NULL \
    WHERE account = $1 AND state IN ('standing', 'upheld')";
const END_MILD: &str = "UPDATE guard_decision SET state = $2, ended_at = $3, token_digest = NULL \
    WHERE account = $1 AND outcome = $4 AND state = 'standing' AND at > $5";
const CONTEST: &str = "UPDATE guard_decision SET ground = $2, contested_at = $3, due_at = $4 \
    WHERE id = $1 AND state = 'standing' AND contested_at IS NULL";
const RULE: &str = "UPDATE guard_decision SET state = $2, ruling = $3, ruled_by = $4, ended_at = $5, \
    token_digest = CASE WHEN $2 = 'lifted' THEN NULL ELSE token_digest END \
    WHERE id = $1 AND state = 'standing' AND contested_at IS NOT NULL";
pub(crate) const STATEMENTS: &[&str] = &[
    BY_TOKEN, BY_ID, PAGE, WAITING, COUNT, SOLVE, TRY, END, END_ALL, END_MILD, CONTEST, RULE,
];

/// A purpose that may read decisions: the guard's own, showing them to their person, telling them of a
/// ruling, and the console, which sees signals by name.
pub trait Reads: Purpose {}
impl Reads for KeepSafe {}
impl Reads for ShowOwn {}
impl Reads for Notify {}
impl Reads for Operate {}

/// A decision as stored.
#[derive(Debug)]
pub struct DecisionRow {
    /// The decision.
    pub id: Uuid,
    /// The person.
    pub subject: SubjectId,
    /// The account.
    pub account: Uuid,
    /// What was seen.
    pub sighting: Uuid,
    /// What somebody was about to do.
    pub act: Act,
    /// What followed.
    pub outcome: Outcome,
    /// The score.
    pub score: i64,
    /// The signals that stood.
    pub signals: Vec<Signal>,
    /// How it ended, if it did.
    pub state: State,
    /// When.
    pub at: OffsetDateTime,
    /// Until when a hold waits.
    pub wait_until: OffsetDateTime,
    /// Device and region in words.
    pub origin: Option<Sealed<String>>,
    /// When the puzzle was solved.
    pub solved_at: Option<OffsetDateTime>,
    /// Wrong codes so far.
    pub tries: i64,
    /// Why it is contested.
    pub ground: Option<Ground>,
    /// Since when.
    pub contested_at: Option<OffsetDateTime>,
    /// By when a human answers, if the calendar knows.
    pub due_at: Option<OffsetDateTime>,
    /// What a human decided.
    pub ruling: Option<Ruling>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
}

fn read(row: &Row) -> Result<DecisionRow, StoreError> {
    Ok(DecisionRow {
        id: row.id(0)?,
        subject: SubjectId(row.id(1)?),
        account: row.id(2)?,
        sighting: row.id(3)?,
        act: Act::parse(&row.text(4)?).ok_or(StoreError::Malformed("act"))?,
        outcome: Outcome::parse(&row.text(5)?).ok_or(StoreError::Malformed("outcome"))?,
        score: row.int(6)?,
        signals: read_signals(&row.text(7)?),
        state: State::parse(&row.text(8)?).ok_or(StoreError::Malformed("state"))?,
        at: row.time(9)?,
        wait_until: row.time(10)?,
        origin: row.opt_bytes(11)?.map(Sealed::from_stored),
        solved_at: row.opt_time(12)?,
        tries: row.int(13)?,
        ground: row.opt_text(14)?.and_then(|text| Ground::parse(&text)),
        contested_at: row.opt_time(15)?,
        due_at: row.opt_time(16)?,
        ruling: row.opt_text(17)?.and_then(|text| Ruling::parse(&text)),
        ended_at: row.opt_time(18)?,
    })
}

/// The decision that this token is for.
///
/// # Errors
/// [`StoreError`].
pub async fn by_token(
    tx: &mut Tx<'_, KeepSafe>,
    token_digest: [u8; 32],
) -> Result<Option<DecisionRow>, StoreError> {
    let row = tx.row(BY_TOKEN, &[Value::Bytes(token_digest.to_vec())]).await?;
    row.as_ref().map(read).transpose()
}

/// A decision.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Reads>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<DecisionRow>, StoreError> {
    tx.row(BY_ID, &[Value::Id(id)])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// An account's decisions, newest first, those before a place.
///
/// # Errors
/// [`StoreError`].
pub async fn page<P: Reads>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    before: Place,
    limit: i64,
) -> Result<Vec<DecisionRow>, StoreError> {
    let values = [
        Value::Id(account),
        Value::Time(before.at),
        Value::Id(before.id),
        Value::Int(limit.clamp(1, 200)),
    ];
    tx.rows(PAGE, &values).await?.iter().map(read).collect()
}

/// What waits for a human, the longest waiting first.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Reads>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<DecisionRow>, StoreError> {
    let rows = tx.rows(WAITING, &[Value::Int(limit.clamp(1, 500))]).await?;
    rows.iter().map(read).collect()
}

/// How many wait for a human.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Reads>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    tx.row(COUNT, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Notes that the puzzle of a hold is solved; `false` if it was before.
///
/// # Errors
/// [`StoreError`].
pub async fn solve(tx: &mut Tx<'_, KeepSafe>, id: Uuid) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(SOLVE, &values).await.map(|rows| rows == 1)
}

/// Counts a wrong code.
///
/// # Errors
/// [`StoreError`].
pub async fn count_try(tx: &mut Tx<'_, KeepSafe>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(TRY, &[Value::Id(id)]).await.map(|_| ())
}

/// Ends a decision that stands; `false` if somebody was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn end(tx: &mut Tx<'_, KeepSafe>, id: Uuid, state: State) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(state.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(END, &values).await.map(|rows| rows == 1)
}

/// Ends everything that keeps the account back.
///
/// # Errors
/// [`StoreError`].
pub async fn end_all(tx: &mut Tx<'_, KeepSafe>, account: Uuid, state: State) -> Result<u64, StoreError> {
    let values = [
        Value::Id(account),
        Value::Text(state.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(END_ALL, &values).await
}

/// Ends what asked for one more step, or held, since then.
///
/// # Errors
/// [`StoreError`].
pub async fn end_since(
    tx: &mut Tx<'_, KeepSafe>,
    account: Uuid,
    outcome: Outcome,
    since: OffsetDateTime,
) -> Result<u64, StoreError> {
    let values = [
        Value::Id(account),
        Value::Text(State::Passed.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
        Value::Text(outcome.as_str().to_owned()),
        Value::Time(since),
    ];
    tx.execute(END_MILD, &values).await
}

/// Contests a decision; `false` if it was before, or stands no longer.
///
/// # Errors
/// [`StoreError`].
pub async fn contest(
    tx: &mut Tx<'_, KeepSafe>,
    id: Uuid,
    ground: Ground,
    due_at: Option<OffsetDateTime>,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(ground.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
        Value::OptTime(due_at),
    ];
    tx.execute(CONTEST, &values).await.map(|rows| rows == 1)
}

/// Writes down what a human decided; `false` if somebody was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn rule(tx: &mut Tx<'_, KeepSafe>, id: Uuid, ruling: Ruling, by: &str) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(ruling.state().as_str().to_owned()),
        Value::Text(ruling.as_str().to_owned()),
        Value::Text(by.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(RULE, &values).await.map(|rows| rows == 1)
}
