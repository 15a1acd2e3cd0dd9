//! A person's wish to close the account, and the dealings that decide whether it can be done.

use domain::market::order::{MACHINE, State};
use domain::rights::Dealing;
use privacy::{Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

// What an organisation bought goes on without whoever placed it. What ended unpaid is not asked for: it never stands in the way, and there may be much of it. All
// others do, so that whatever a page leaves out changes nothing.
const DEALINGS: &str = "SELECT o.number, o.state, MAX(e.at), \
    (SELECT COUNT(*) FROM order_posting p WHERE p.order_id = o.id) \
    FROM service_order o JOIN order_event e ON e.order_id = o.id \
    WHERE o.buyer IN (SELECT id FROM account WHERE subject = $1) AND o.organisation IS NULL GROUP BY o.id, o.number, o.state \
    HAVING o.state NOT IN ('closed', 'cancelled', 'terminated') OR \
    (MAX(e.at) > $2 AND EXISTS (SELECT 1 FROM order_posting p WHERE p.order_id = o.id)) ORDER BY o.number LIMIT $3";
const INSERT: &str = "INSERT INTO account_closure (subject, id, account, number, state, asked_at, answer_due) \
    VALUES ($1, $2, $3, $4, 'pending', $5, $6)";
const PENDING: &str = "SELECT subject, id, account, number, asked_at, answer_due FROM account_closure \
    WHERE subject = $1 AND state = 'pending' ORDER BY asked_at, id LIMIT 1";
const WAITING: &str = "SELECT subject, id, account, number, asked_at, answer_due FROM account_closure \
    WHERE state = 'pending' AND (asked_at, id) > ($1, $2) ORDER BY asked_at, id LIMIT $3";
const END: &str = "UPDATE account_closure SET state = $2, ended_at = $3 WHERE id = $1 AND state = 'pending'";
pub(crate) const STATEMENTS: &[&str] = &[DEALINGS, INSERT, PENDING, WAITING, END];

/// Most dealings looked at; whoever has more has not had half a quiet year.
pub const MOST_DEALINGS: i64 = 200;

/// A wish to close the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closure {
    /// Whose.
    pub subject: SubjectId,
    /// The wish.
    pub id: Uuid,
    /// The account.
    pub account: Uuid,
    /// The number under which the person asks for it afterwards.
    pub number: String,
    /// When it was received.
    pub asked_at: OffsetDateTime,
    /// By when it is answered; `None` if the calendar does not reach so far.
    pub answer_due: Option<OffsetDateTime>,
}

fn read(row: &Row) -> Result<Closure, StoreError> {
    Ok(Closure {
        subject: SubjectId(row.id(0)?),
        id: row.id(1)?,
        account: row.id(2)?,
        number: row.text(3)?,
        asked_at: row.time(4)?,
        answer_due: row.opt_time(5)?,
    })
}

/// Whether an order in this state has come to an end.
pub(super) fn has_ended(state: &str) -> Result<bool, StoreError> {
    let state = State::parse(state).ok_or(StoreError::Malformed("order state"))?;
    Ok(MACHINE.ends.contains(&state))
}

/// The person's orders that have not ended, and those paid for that changed after `since`.
///
/// # Errors
/// [`StoreError`].
pub async fn dealings<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    since: OffsetDateTime,
) -> Result<Vec<Dealing>, StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Time(since),
        Value::Int(MOST_DEALINGS),
    ];
    let rows = tx.rows(DEALINGS, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(Dealing {
                number: row.text(0)?,
                ended: has_ended(&row.text(1)?)?,
                changed_at: row.time(2)?,
                effective: row.int(3)? > 0,
            })
        })
        .collect()
}

/// Notes a wish.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, closure: &Closure) -> Result<(), StoreError> {
    let values = [
        Value::Id(closure.subject.0),
        Value::Id(closure.id),
        Value::Id(closure.account),
        Value::Text(closure.number.clone()),
        Value::Time(closure.asked_at),
        Value::OptTime(closure.answer_due),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// The person's wish that still waits.
///
/// # Errors
/// [`StoreError`].
pub async fn pending<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<Closure>, StoreError> {
    let row = tx.row(PENDING, &[Value::Id(subject.0)]).await?;
    row.as_ref().map(read).transpose()
}

/// Wishes that wait, oldest first, after the given one.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(
    tx: &mut Tx<'_, P>,
    after: Option<&Closure>,
    limit: i64,
) -> Result<Vec<Closure>, StoreError> {
    let (at, id) = after.map_or((OffsetDateTime::UNIX_EPOCH, Uuid::nil()), |last| {
        (last.asked_at, last.id)
    });
    let values = [Value::Time(at), Value::Id(id), Value::Int(limit.clamp(1, 500))];
    tx.rows(WAITING, &values).await?.iter().map(read).collect()
}

/// Ends a wish: `withdrawn` or `done`. `false` if it did not wait any more.
///
/// # Errors
/// [`StoreError`].
pub async fn end<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, state: &str) -> Result<bool, StoreError> {
    let values = [
        Value::Id(id),
        Value::Text(state.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(END, &values).await? == 1)
}
