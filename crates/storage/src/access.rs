//! Who opened what, when and why (clause 2.5.1.e): written before each permit, shown to the person.

use privacy::{AccessRecord, Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO access_record \
    (subject, id, actor_kind, actor_account, fields, purpose, basis, clause, policy_version, request, at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const LATEST: &str = "SELECT actor_kind, actor_account, fields, purpose, basis, clause, at FROM access_record \
    WHERE subject = $1 ORDER BY at DESC, id LIMIT $2";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LATEST];

pub(crate) async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    record: &AccessRecord,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(record.subject.0),
        Value::Id(id),
        Value::Text(record.actor_kind.to_owned()),
        Value::OptId(record.actor_account),
        Value::Text(record.fields.clone()),
        Value::Text(record.purpose.as_str().to_owned()),
        Value::Text(record.basis.to_owned()),
        Value::Text(record.clause.to_owned()),
        Value::Text(record.policy_version.clone()),
        Value::Id(record.request),
        Value::Time(record.at),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// One opening as its person sees it.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The kind of actor.
    pub actor_kind: String,
    /// The account that opened, if a person did.
    pub actor_account: Option<Uuid>,
    /// The fields, `table.column`.
    pub fields: String,
    /// The purpose.
    pub purpose: String,
    /// The legal basis.
    pub basis: String,
    /// The clause.
    pub clause: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The latest openings of a person's data, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Opening>, StoreError> {
    let rows = tx
        .rows(LATEST, &[Value::Id(subject.0), Value::Int(limit.clamp(1, 200))])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Opening {
                actor_kind: row.text(0)?,
                actor_account: row.opt_id(1)?,
                fields: row.text(2)?,
                purpose: row.text(3)?,
                basis: row.text(4)?,
                clause: row.text(5)?,
                at: row.time(6)?,
            })
        })
        .collect()
}
