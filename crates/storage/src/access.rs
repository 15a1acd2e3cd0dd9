//! Who opened what, when and why (clause 2.5.1.e): written before each permit, shown to the person.

use privacy::{AccessRecord, Actor, Ask, Known, Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::register;
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO access_record \
    (subject, id, actor_kind, actor_account, fields, purpose, basis, clause, policy_version, request, at, case_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const LATEST: &str = "SELECT actor_kind, actor_account, fields, purpose, basis, clause, at FROM access_record \
    WHERE subject = $1 ORDER BY at DESC, id LIMIT $2";
// Whether an account is on a side of an order, and whether a person is: as its buyer, or as one who
// took a step in it.
const IN_CASE: &str = "SELECT \
    (SELECT COUNT(*) FROM service_order o WHERE o.id = $1 AND (o.buyer = $2 OR EXISTS \
        (SELECT 1 FROM membership m WHERE m.supplier = o.supplier AND m.account = $2))), \
    (SELECT COUNT(*) FROM service_order o JOIN account a ON a.id = o.buyer WHERE o.id = $1 AND a.subject = $3) + \
    (SELECT COUNT(*) FROM order_event e JOIN account a ON a.id = e.account WHERE e.order_id = $1 AND a.subject = $3)";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LATEST, IN_CASE];

/// What the decision about `ask` needs to know.
pub(crate) async fn known<P: Purpose>(tx: &mut Tx<'_, P>, ask: &Ask) -> Result<Known, StoreError> {
    let purpose = P::ID.as_str();
    let mut known = Known {
        registered: ask
            .fields
            .iter()
            .all(|field| register::allows(field, purpose, ask.clause)),
        ..Known::default()
    };
    if let (Some(case), Actor::Person { account, .. }) = (ask.case, tx.ctx().actor()) {
        let values = [Value::Id(case), Value::Id(account), Value::Id(ask.subject.0)];
        if let Some(row) = tx.row(IN_CASE, &values).await? {
            known.actor_in_case = row.int(0)? > 0;
            known.subject_in_case = row.int(1)? > 0;
        }
    }
    Ok(known)
}

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
        Value::OptId(record.case),
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
