//! The record of an erasure, and the rows it takes away.

use privacy::{FieldRef, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::owned::owned;
use crate::engine::{Row, StoreError, Value};
use crate::register::OnErasure;
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO erasure (subject, id, number, ground, step, report, asked_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (subject) DO NOTHING";
const OF_SUBJECT: &str = "SELECT subject, id, number, ground, step, identifiers, report, asked_at, key_destroyed_at, ended_at \
    FROM erasure WHERE subject = $1";
const BY_NUMBER: &str = "SELECT subject, id, number, ground, step, identifiers, report, asked_at, key_destroyed_at, ended_at \
    FROM erasure WHERE number = $1";
const UPDATE: &str = "UPDATE erasure SET step = $2, identifiers = $3, report = $4, key_destroyed_at = $5, ended_at = $6 \
    WHERE id = $1 AND step = $7";
const SUBJECTS: &str = "SELECT subject, number FROM erasure WHERE key_destroyed_at IS NOT NULL AND subject > $1 ORDER BY subject LIMIT $2";
// The row stays while an order refers to it: an identifier and nothing else.
const BLANK_ACCOUNT: &str = "UPDATE account SET name = $2, phone = $2, password_hash = '', erased_at = $3 \
    WHERE subject = $1 AND EXISTS (SELECT 1 FROM service_order o WHERE o.buyer = account.id)";
const DROP_ACCOUNT: &str = "DELETE FROM account WHERE subject = $1 \
    AND NOT EXISTS (SELECT 1 FROM service_order o WHERE o.buyer = account.id)";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    OF_SUBJECT,
    BY_NUMBER,
    UPDATE,
    SUBJECTS,
    BLANK_ACCOUNT,
    DROP_ACCOUNT,
];

/// How far an erasure is. Each step is done again without harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Asked for; nothing is gone.
    Planned,
    /// What a law keeps lies under keys of its own, what to look for afterwards is noted.
    Held,
    /// The person's key is destroyed: everything sealed under it is unreadable.
    Unreadable,
    /// The rows are gone.
    Removed,
    /// The store was searched for what must not be there.
    Probed,
    /// Done.
    Ended,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 6] = [
        Self::Planned,
        Self::Held,
        Self::Unreadable,
        Self::Removed,
        Self::Probed,
        Self::Ended,
    ];

    /// The stable identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Held => "held",
            Self::Unreadable => "unreadable",
            Self::Removed => "removed",
            Self::Probed => "probed",
            Self::Ended => "ended",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// An erasure as stored.
pub struct Erasure {
    /// Whose.
    pub subject: SubjectId,
    /// The erasure.
    pub id: Uuid,
    /// The number under which the person asks for it afterwards.
    pub number: String,
    /// Why: `closed`, `inactive`, `no_consent`, `service_ended`, `restored`, `drill`.
    pub ground: String,
    /// How far.
    pub step: Step,
    /// What to look for afterwards, sealed under the erasure's own key.
    pub identifiers: Option<Sealed<String>>,
    /// What was done and found, as JSON; no personal value.
    pub report: String,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// When the key was destroyed.
    pub key_destroyed_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
}

/// The place of an erasure's identifiers.
#[must_use]
pub const fn identifiers_field(erasure: Uuid) -> FieldRef {
    FieldRef {
        table: "erasure",
        column: "identifiers",
        row: erasure,
        subject: SubjectId(erasure),
    }
}

fn read(row: &Row) -> Result<Erasure, StoreError> {
    Ok(Erasure {
        subject: SubjectId(row.id(0)?),
        id: row.id(1)?,
        number: row.text(2)?,
        ground: row.text(3)?,
        step: Step::parse(&row.text(4)?).ok_or(StoreError::Malformed("erasure step"))?,
        identifiers: row.opt_bytes(5)?.map(Sealed::from_stored),
        report: row.text(6)?,
        asked_at: row.time(7)?,
        key_destroyed_at: row.opt_time(8)?,
        ended_at: row.opt_time(9)?,
    })
}

/// Notes that a person is to be erased. Nothing happens if it was noted before.
///
/// # Errors
/// [`StoreError`].
pub async fn plan<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    number: &str,
    ground: &str,
) -> Result<Erasure, StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Id(tx.store().entropy().id()),
        Value::Text(number.to_owned()),
        Value::Text(ground.to_owned()),
        Value::Text(Step::Planned.as_str().to_owned()),
        Value::Text("{}".to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await?;
    of_subject(tx, subject)
        .await?
        .ok_or(StoreError::Malformed("erasure"))
}

/// The erasure of a person, if there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<Erasure>, StoreError> {
    let row = tx.row(OF_SUBJECT, &[Value::Id(subject.0)]).await?;
    row.as_ref().map(read).transpose()
}

/// The erasure with this number.
///
/// # Errors
/// [`StoreError`].
pub async fn by_number<P: Purpose>(tx: &mut Tx<'_, P>, number: &str) -> Result<Option<Erasure>, StoreError> {
    let row = tx.row(BY_NUMBER, &[Value::Text(number.to_owned())]).await?;
    row.as_ref().map(read).transpose()
}

/// People whose key this data says is destroyed, after `after`, in order, with their numbers.
///
/// # Errors
/// [`StoreError`].
pub async fn subjects<P: Purpose>(
    tx: &mut Tx<'_, P>,
    after: SubjectId,
    limit: i64,
) -> Result<Vec<(SubjectId, String)>, StoreError> {
    let rows = tx
        .rows(SUBJECTS, &[Value::Id(after.0), Value::Int(limit.clamp(1, 500))])
        .await?;
    rows.iter()
        .map(|row| Ok((SubjectId(row.id(0)?), row.text(1)?)))
        .collect()
}

/// Writes how far an erasure is, if it still stands where it was read.
///
/// # Errors
/// [`StoreError::Stale`] if another worker took it further.
pub async fn advance<P: Purpose>(
    tx: &mut Tx<'_, P>,
    erasure: &Erasure,
    from: Step,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(erasure.id),
        Value::Text(erasure.step.as_str().to_owned()),
        Value::OptBytes(
            erasure
                .identifiers
                .as_ref()
                .map(|sealed| sealed.as_bytes().to_vec()),
        ),
        Value::Text(erasure.report.clone()),
        Value::OptTime(erasure.key_destroyed_at),
        Value::OptTime(erasure.ended_at),
        Value::Text(from.as_str().to_owned()),
    ];
    if tx.execute(UPDATE, &values).await? == 1 {
        Ok(())
    } else {
        Err(StoreError::Stale)
    }
}

/// What there is of a person, and what an erasure does with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// The table.
    pub table: &'static str,
    /// Rows of it.
    pub rows: i64,
    /// What happens.
    pub on_erasure: OnErasure,
    /// The rule that keeps it.
    pub rule: &'static str,
}

/// What an erasure would do, table by table; tables without a row are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn portions<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<Portion>, StoreError> {
    let mut portions: Vec<Portion> = Vec::new();
    for owned in owned() {
        let row = tx.row(&owned.count, &[Value::Id(subject.0)]).await?;
        let rows = row.map_or(Ok(0), |row| row.int(0))?;
        match portions.last_mut() {
            // Two paths lead into one table: the wider one counts.
            Some(last) if last.table == owned.table => last.rows = last.rows.max(rows),
            _ if rows == 0 => {}
            _ => portions.push(Portion {
                table: owned.table,
                rows,
                on_erasure: owned.on_erasure,
                rule: &owned.rule.id,
            }),
        }
    }
    Ok(portions)
}

/// Removes every row of the person that no law keeps; says how many went, table by table.
///
/// # Errors
/// [`StoreError`].
pub async fn remove<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<(&'static str, u64)>, StoreError> {
    policy::clause!("1.6");
    let mut removed = Vec::new();
    let id = Value::Id(subject.0);
    let going = owned()
        .iter()
        .filter(|owned| owned.on_erasure.removes() && owned.table != "account");
    for owned in going {
        removed.push((
            owned.table,
            tx.execute(&owned.delete, std::slice::from_ref(&id)).await?,
        ));
    }
    // Last: the other rows are found through it.
    let blank = [id.clone(), Value::Bytes(Vec::new()), Value::Time(tx.ctx().now())];
    let kept = tx.execute(BLANK_ACCOUNT, &blank).await?;
    let gone = tx.execute(DROP_ACCOUNT, &[id]).await?;
    removed.push(("account", kept + gone));
    removed.retain(|(_, rows)| *rows > 0);
    Ok(removed)
}
