//! The record of what a person corrected of their account, or had corrected: what, when, by whom, and
//! why in their own words. Never a value, before or after (2.6.2.a).

use domain::account::change::What;
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Place;
use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO account_change (subject, id, what, actor_kind, reason, at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const PAGE: &str = "SELECT id, what, actor_kind, reason, at FROM account_change \
    WHERE subject = $1 AND (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $4";
const SINCE: &str =
    "SELECT at FROM account_change WHERE subject = $1 AND at > $2 AND what = $3 ORDER BY at, id LIMIT 50";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, PAGE, SINCE];

/// A change as stored.
#[derive(Debug)]
pub struct ChangeRow {
    /// The change.
    pub id: Uuid,
    /// What was changed.
    pub what: What,
    /// The kind of actor.
    pub actor_kind: String,
    /// The reason, if one was given.
    pub reason: Option<Sealed<String>>,
    /// When.
    pub at: OffsetDateTime,
}

/// The place of a reason.
#[must_use]
pub const fn reason_field(change: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "account_change",
        column: "reason",
        row: change,
        subject,
    }
}

/// Writes down a change, by whoever acts in this transaction.
///
/// # Errors
/// [`StoreError`].
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    what: What,
    reason: Option<&Personal<String>>,
) -> Result<(), StoreError> {
    policy::clause!("2.6.2.a");
    let id = tx.store().entropy().id();
    let reason = match reason {
        Some(reason) => Some(tx.seal(&reason_field(id, subject), reason).await?),
        None => None,
    };
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::Text(what.as_str().to_owned()),
        Value::Text(tx.ctx().actor().kind().to_owned()),
        Value::OptBytes(reason.map(|sealed| sealed.as_bytes().to_vec())),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// A person's changes, newest first, those before a place, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn page<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    before: Place,
    limit: i64,
) -> Result<Vec<ChangeRow>, StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Time(before.at),
        Value::Id(before.id),
        Value::Int(limit.clamp(1, 200)),
    ];
    let rows = tx.rows(PAGE, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(ChangeRow {
                id: row.id(0)?,
                what: What::parse(&row.text(1)?).ok_or(StoreError::Malformed("change"))?,
                actor_kind: row.text(2)?,
                reason: row.opt_bytes(3)?.map(Sealed::from_stored),
                at: row.time(4)?,
            })
        })
        .collect()
}

/// When a person's changes of this kind were since an instant, oldest first, at most 50.
///
/// # Errors
/// [`StoreError`].
pub async fn since<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    what: What,
    since: OffsetDateTime,
) -> Result<Vec<OffsetDateTime>, StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Time(since),
        Value::Text(what.as_str().to_owned()),
    ];
    tx.rows(SINCE, &values)
        .await?
        .iter()
        .map(|row| row.time(0))
        .collect()
}
