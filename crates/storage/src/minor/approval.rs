//! What a supervisor lets a member of staff open of a minor (2.7.b): found for one person, member of staff,
//! field and case, and used up in the transaction that opens.

use domain::minor::Ruling;
use domain::minor::approval::{Approval, LIFE, WAITS};
use privacy::{Ask, Denied, Purpose, Staff, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Conn, Row, StoreError, Value};
use crate::tx::Tx;

macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT subject, id, staff, asked_by, fields, case_id, reason, asked_at, decided_by, decided_at, approved, used_at \
             FROM staff_approval ",
            $rest
        )
    };
}

const INSERT: &str = "INSERT INTO staff_approval (subject, id, staff, asked_by, fields, case_id, reason, asked_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const BY_ID: &str = selected!("WHERE id = $1");
const WAITING: &str = selected!("WHERE decided_at IS NULL AND asked_at > $1 ORDER BY asked_at, id LIMIT $2");
const LATEST: &str =
    selected!("WHERE subject = $1 AND staff = $2 AND case_id = $3 ORDER BY asked_at DESC, id DESC LIMIT 1");
const COUNT: &str = "SELECT COUNT(*) FROM staff_approval WHERE decided_at IS NULL AND asked_at > $1";
const DECIDE: &str = "UPDATE staff_approval SET decided_by = $2, decided_at = $3, approved = $4, ruling = $5 \
    WHERE id = $1 AND decided_at IS NULL";
// Whose approval, for whom, for what, for which case; unused and not run out.
const GOOD: &str = "SELECT id FROM staff_approval WHERE subject = $1 AND staff = $2 AND fields = $3 AND case_id = $4 \
    AND reason = $5 AND approved = 1 AND used_at IS NULL AND decided_at > $6 AND decided_at <= $7 \
    ORDER BY asked_at DESC, id DESC LIMIT 1";
const USE: &str = "UPDATE staff_approval SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, BY_ID, WAITING, COUNT, LATEST, DECIDE, GOOD, USE];

/// A request as stored.
#[derive(Clone, Debug)]
pub struct ApprovalRow {
    /// Whose field it is.
    pub subject: SubjectId,
    /// The request.
    pub id: Uuid,
    /// Who asks.
    pub staff: Uuid,
    /// Which fields, as `table.column`.
    pub fields: String,
    /// For which case.
    pub case: Uuid,
    /// Why, by a code.
    pub reason: String,
    /// Who decided, by an identifier.
    pub decided_by: Option<String>,
    /// How it stands.
    pub approval: Approval,
}

/// A request to store.
#[derive(Clone, Copy, Debug)]
pub struct NewApproval<'a> {
    /// Whose field it is.
    pub subject: SubjectId,
    /// The request.
    pub id: Uuid,
    /// Who asks.
    pub staff: Uuid,
    /// Who asks, by an identifier.
    pub asked_by: &'a str,
    /// Which fields.
    pub fields: &'a str,
    /// For which case.
    pub case: Uuid,
    /// Why.
    pub reason: &'a str,
}

fn read(row: &Row) -> Result<ApprovalRow, StoreError> {
    let decided = row.opt_time(9)?;
    Ok(ApprovalRow {
        subject: SubjectId(row.id(0)?),
        id: row.id(1)?,
        staff: row.id(2)?,
        fields: row.text(4)?,
        case: row.id(5)?,
        reason: row.text(6)?,
        decided_by: row.opt_text(8)?,
        approval: Approval {
            asked_by: row.text(3)?,
            asked_at: row.time(7)?,
            decided: match decided {
                Some(at) => Some((at, row.opt_int(10)? == Some(1))),
                None => None,
            },
            used_at: row.opt_time(11)?,
        },
    })
}

/// Stores a request.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: NewApproval<'_>) -> Result<(), StoreError> {
    let values = [
        Value::Id(new.subject.0),
        Value::Id(new.id),
        Value::Id(new.staff),
        Value::Text(new.asked_by.to_owned()),
        Value::Text(new.fields.to_owned()),
        Value::Id(new.case),
        Value::Text(new.reason.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// A request.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<ApprovalRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// What waits for a supervisor, the longest waiting first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<ApprovalRow>, StoreError> {
    let since = tx.ctx().now() - WAITS;
    let values = [Value::Time(since), Value::Int(limit.clamp(1, 200))];
    tx.rows(WAITING, &values).await?.iter().map(read).collect()
}

/// How much waits for a supervisor.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    let since = tx.ctx().now() - WAITS;
    let row = tx.row(COUNT, &[Value::Time(since)]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The latest request of a member of staff about a person in a case.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    (staff, case): (Uuid, Uuid),
) -> Result<Option<ApprovalRow>, StoreError> {
    let values = [Value::Id(subject.0), Value::Id(staff), Value::Id(case)];
    let row = tx.row(LATEST, &values).await?;
    row.as_ref().map(read).transpose()
}

/// Writes a decision; `false` if somebody was faster.
///
/// # Errors
/// [`StoreError`].
pub async fn decide<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    (by, ruling): (&str, Ruling),
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(by.to_owned()),
        Value::Time(tx.ctx().now()),
        Value::Int(i64::from(ruling.approves())),
        Value::Text(ruling.as_str().to_owned()),
    ];
    Ok(tx.execute(DECIDE, &values).await? == 1)
}

/// The approval that covers what a member of staff asks to open, if there is one.
pub(crate) async fn good(
    conn: &mut Conn,
    acting: &Staff,
    ask: &Ask,
    now: OffsetDateTime,
) -> Result<Option<Uuid>, StoreError> {
    policy::clause!("2.7.b");
    let (Some(case), Some(reason)) = (ask.case, acting.reason) else {
        return Ok(None);
    };
    let values = [
        Value::Id(ask.subject.0),
        Value::Id(acting.account),
        Value::Text(ask.fields.join(",")),
        Value::Id(case),
        Value::Text(reason.as_str().to_owned()),
        Value::Time(now - LIFE),
        Value::Time(now),
    ];
    conn.row(GOOD, &values).await?.map(|row| row.id(0)).transpose()
}

/// Uses an approval up in the transaction that opens; whoever comes second is denied.
pub(crate) async fn use_up<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    approval: Uuid,
) -> Result<(), StoreError> {
    policy::clause!("2.7.b");
    let now = tx.ctx().now();
    if conn
        .execute(USE, &[Value::Id(approval), Value::Time(now)])
        .await?
        != 1
    {
        return Err(Denied::Approval.into());
    }
    super::audit::count_in(conn, domain::minor::Tally::Opened, now).await
}
