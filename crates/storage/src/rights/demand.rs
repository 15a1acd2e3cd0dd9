//! What recipients are asked when something they received is deleted or corrected, and what they
//! answered (2.6.3.c, 2.6.3.d). Made from the ledger of disclosures, so that none is forgotten.

use domain::rights::demand::{Answer, Kind, due, next_notice};
use privacy::{Purpose, Recipient, SubjectId};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// A statement that selects what [`read`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.subject, d.recipient_kind, d.recipient, d.processor, d.fields, d.kind, d.reason, d.asked_at, \
             d.due_at, d.told, d.answer, d.article, d.kept_until, d.reference, d.answered_at, \
             (SELECT o.number FROM service_order o WHERE o.id = d.case_id) FROM recipient_demand d ",
            $rest
        )
    };
}

// Of a deletion a recipient is asked once; what is corrected again is asked for again.
const INSERT: &str = "INSERT INTO recipient_demand (subject, id, disclosure, recipient_kind, recipient, processor, fields, \
    case_id, kind, reason, asked_at, due_at, told, next_at) \
    SELECT l.subject, $2, l.id, l.recipient_kind, l.recipient, l.processor, l.fields, l.case_id, $3, $4, $5, $6, 0, $7 \
    FROM disclosure l WHERE l.id = $1 ON CONFLICT (disclosure, kind) DO NOTHING";
const AGAIN: &str = "UPDATE recipient_demand SET asked_at = $3, due_at = $4, next_at = $5, told = 0, answer = NULL, \
    article = NULL, kept_until = NULL, reference = NULL, answered_at = NULL \
    WHERE disclosure = $1 AND kind = $2";
const UNASKED: &str = "SELECT l.id FROM disclosure l WHERE l.subject = $1 AND l.recipient_kind <> 'organisation' AND NOT EXISTS (SELECT 1 FROM recipient_demand d \
    WHERE d.disclosure = l.id AND d.kind = 'deletion') ORDER BY l.id LIMIT $2";
const OF_SUBJECT: &str = selected!("WHERE d.subject = $1 ORDER BY d.asked_at DESC, d.id LIMIT $2");
const TO: &str =
    selected!("WHERE d.recipient_kind = $1 AND d.recipient = $2 ORDER BY d.asked_at DESC, d.id LIMIT $3");
const OPEN: &str = selected!("WHERE d.answer IS NULL ORDER BY d.due_at, d.id LIMIT $1");
const BY_ID: &str = selected!("WHERE d.id = $1");
const WAITING: &str = "SELECT COUNT(*) FROM recipient_demand WHERE recipient = $1 AND recipient_kind = 'supplier' AND answer IS NULL";
const COUNT: &str = "SELECT COUNT(*) FROM recipient_demand WHERE answer IS NULL";
const OVERDUE: &str = "SELECT COUNT(*) FROM recipient_demand WHERE answer IS NULL AND due_at <= $1";
const ANSWER: &str = "UPDATE recipient_demand SET answer = $2, article = $3, kept_until = $4, reference = $5, answered_at = $6, \
    next_at = NULL WHERE id = $1 AND answer IS NULL";
const TO_TELL: &str = selected!("WHERE d.next_at <= $1 ORDER BY d.next_at, d.id LIMIT $2");
const TOLD: &str =
    "UPDATE recipient_demand SET told = $2, next_at = $3 WHERE id = $1 AND told = $4 AND answer IS NULL";
const PUT_OFF: &str = "UPDATE recipient_demand SET next_at = $2 WHERE id = $1 AND answer IS NULL";
const BY_CONTRACT: &str = "UPDATE recipient_demand SET answer = 'by_contract', answered_at = $2, next_at = NULL, \
    kept_until = (SELECT l.until FROM disclosure l WHERE l.id = $1) \
    WHERE disclosure = $1 AND processor IS NOT NULL AND answer IS NULL";
const NOBODY: &str = "UPDATE recipient_demand SET answer = 'erased', answered_at = $2, next_at = NULL \
    WHERE disclosure = $1 AND answer IS NULL AND ((recipient_kind = 'buyer' AND NOT EXISTS \
    (SELECT 1 FROM account a WHERE a.id = recipient_demand.recipient AND a.erased_at IS NULL)) OR \
    (recipient_kind = 'buyer_organisation' AND NOT EXISTS \
    (SELECT 1 FROM organisation_member m WHERE m.organisation = recipient_demand.recipient)))";
// A correction of what is to be deleted is no longer wanted.
const NO_LONGER: &str = "UPDATE recipient_demand SET next_at = NULL, answer = 'superseded', answered_at = $2 \
    WHERE disclosure = $1 AND kind = 'correction' AND answer IS NULL";
const FORGET_WORDS: &str = "UPDATE recipient_demand SET article = NULL, reference = NULL WHERE subject = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    INSERT,
    AGAIN,
    NO_LONGER,
    BY_CONTRACT,
    NOBODY,
    FORGET_WORDS,
    UNASKED,
    OF_SUBJECT,
    TO,
    OPEN,
    BY_ID,
    WAITING,
    COUNT,
    OVERDUE,
    ANSWER,
    TO_TELL,
    TOLD,
    PUT_OFF,
];

/// A demand as stored.
#[derive(Clone, Debug)]
pub struct Demand {
    /// The demand.
    pub id: Uuid,
    /// Whose data.
    pub subject: SubjectId,
    /// The kind of recipient: `supplier`, `buyer`, `buyer_organisation`, `processor`.
    pub recipient_kind: String,
    /// Which supplier, organisation or buying account.
    pub recipient: Option<Uuid>,
    /// Which processor.
    pub processor: Option<String>,
    /// The fields, `table.column`, comma-separated.
    pub fields: String,
    /// What for.
    pub kind: Kind,
    /// Why: `erased`, `withdrawn`, `corrected`.
    pub reason: String,
    /// When it was asked.
    pub asked_at: OffsetDateTime,
    /// By when an answer is due.
    pub due_at: OffsetDateTime,
    /// How often the recipient was told.
    pub told: usize,
    /// The answer's identifier.
    pub answer: Option<String>,
    /// The article of law named.
    pub article: Option<String>,
    /// Until when it is kept.
    pub kept_until: Option<OffsetDateTime>,
    /// The own authorisation named.
    pub reference: Option<String>,
    /// When it was answered.
    pub answered_at: Option<OffsetDateTime>,
    /// The order's number, while there is the order.
    pub number: Option<String>,
}

fn read(row: &Row) -> Result<Demand, StoreError> {
    Ok(Demand {
        id: row.id(0)?,
        subject: SubjectId(row.id(1)?),
        recipient_kind: row.text(2)?,
        recipient: row.opt_id(3)?,
        processor: row.opt_text(4)?,
        fields: row.text(5)?,
        kind: Kind::parse(&row.text(6)?).ok_or(StoreError::Malformed("kind of demand"))?,
        reason: row.text(7)?,
        asked_at: row.time(8)?,
        due_at: row.time(9)?,
        told: usize::try_from(row.int(10)?).unwrap_or_default(),
        answer: row.opt_text(11)?,
        article: row.opt_text(12)?,
        kept_until: row.opt_time(13)?,
        reference: row.opt_text(14)?,
        answered_at: row.opt_time(15)?,
        number: row.opt_text(16)?,
    })
}

/// Asks the recipient of a disclosure. Asked for a deletion before, nothing happens; a correction is
/// asked for anew. A processor deletes by its contract, on the day that the ledger's line ends: that is
/// written down as its answer. An account that is erased has nobody to ask.
///
/// # Errors
/// [`StoreError`].
pub async fn ask<P: Purpose>(
    tx: &mut Tx<'_, P>,
    disclosure: Uuid,
    kind: Kind,
    reason: &'static str,
) -> Result<(), StoreError> {
    policy::clause!("2.6.3.c");
    let now = tx.ctx().now();
    if kind == Kind::Deletion {
        tx.execute(NO_LONGER, &[Value::Id(disclosure), Value::Time(now)])
            .await?;
    }
    let next = Value::OptTime(next_notice(now, 0));
    let values = [
        Value::Id(disclosure),
        Value::Id(tx.store().entropy().id()),
        Value::Text(kind.as_str().to_owned()),
        Value::Text(reason.to_owned()),
        Value::Time(now),
        Value::Time(due(now)),
        next.clone(),
    ];
    if tx.execute(INSERT, &values).await? == 0 && kind == Kind::Correction {
        let values = [
            Value::Id(disclosure),
            Value::Text(kind.as_str().to_owned()),
            Value::Time(now),
            Value::Time(due(now)),
            next,
        ];
        tx.execute(AGAIN, &values).await?;
    }
    for statement in [BY_CONTRACT, NOBODY] {
        tx.execute(statement, &[Value::Id(disclosure), Value::Time(now)])
            .await?;
    }
    Ok(())
}

/// Asks everybody who ever received something of this person to delete it; says how many were asked.
///
/// # Errors
/// [`StoreError`].
pub async fn ask_all<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<u64, StoreError> {
    let mut asked = 0;
    loop {
        let rows = tx.rows(UNASKED, &[Value::Id(subject.0), Value::Int(500)]).await?;
        if rows.is_empty() {
            return Ok(asked);
        }
        for row in &rows {
            ask(tx, row.id(0)?, Kind::Deletion, "erased").await?;
            asked += 1;
        }
    }
}

/// Takes away the words with which recipients answered: free text beside what is erased.
///
/// # Errors
/// [`StoreError`].
pub async fn forget_words<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<u64, StoreError> {
    tx.execute(FORGET_WORDS, &[Value::Id(subject.0)]).await
}

/// What was asked about a person's data, the latest first, at most 200.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<Demand>, StoreError> {
    let values = [Value::Id(subject.0), Value::Int(200)];
    tx.rows(OF_SUBJECT, &values).await?.iter().map(read).collect()
}

/// What a supplier, or a buying account, is or was asked, the latest first, at most 200.
///
/// # Errors
/// [`StoreError`].
pub async fn to<P: Purpose>(tx: &mut Tx<'_, P>, recipient: Recipient) -> Result<Vec<Demand>, StoreError> {
    let [kind, id, _] = crate::disclosure::columns(recipient);
    tx.rows(TO, &[kind, id, Value::Int(200)])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// How many demands a supplier has not answered.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(tx: &mut Tx<'_, P>, supplier: Uuid) -> Result<i64, StoreError> {
    let row = tx.row(WAITING, &[Value::Id(supplier)]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// What waits for an answer, the first due first, at most 200.
///
/// # Errors
/// [`StoreError`].
pub async fn open<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Demand>, StoreError> {
    tx.rows(OPEN, &[Value::Int(200)])
        .await?
        .iter()
        .map(read)
        .collect()
}

/// How many demands wait for an answer.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    tx.row(COUNT, &[]).await?.map_or(Ok(0), |row| row.int(0))
}

/// How many demands are past their term without an answer.
///
/// # Errors
/// [`StoreError`].
pub async fn overdue<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<i64, StoreError> {
    let row = tx.row(OVERDUE, &[Value::Time(tx.ctx().now())]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// A demand.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<Demand>, StoreError> {
    tx.row(BY_ID, &[Value::Id(id)])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

fn midnight(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(domain::calendar::BEIJING)
}

/// Writes an answer; `false` if there was one already.
///
/// # Errors
/// [`StoreError`].
pub async fn answer<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, answer: &Answer) -> Result<bool, StoreError> {
    let (article, until, reference) = match answer {
        Answer::Done => (None, None, None),
        Answer::LegalRetention { article, until } => (Some(article.clone()), Some(midnight(*until)), None),
        Answer::Independent { reference } => (None, None, Some(reference.clone())),
    };
    let values = [
        Value::Id(id),
        Value::Text(answer.code().to_owned()),
        Value::OptText(article),
        Value::OptTime(until),
        Value::OptText(reference),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(ANSWER, &values).await? == 1)
}

/// Demands of which it is time to tell their recipients.
///
/// # Errors
/// [`StoreError`].
pub async fn to_tell<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<Demand>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(limit.clamp(1, 500))];
    tx.rows(TO_TELL, &values).await?.iter().map(read).collect()
}

/// Notes that the recipient is told once more; `false` if somebody else did, or it was answered. The
/// notices whose day has passed meanwhile are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn told<P: Purpose>(tx: &mut Tx<'_, P>, demand: &Demand) -> Result<bool, StoreError> {
    let now = tx.ctx().now();
    let (mut told, mut next) = (demand.told + 1, None);
    while let Some(at) = next_notice(demand.asked_at, told) {
        if at > now {
            next = Some(at);
            break;
        }
        told += 1;
    }
    let number = |told: usize| Value::Int(i64::try_from(told).unwrap_or(i64::MAX));
    let values = [
        Value::Id(demand.id),
        number(told),
        Value::OptTime(next),
        number(demand.told),
    ];
    Ok(tx.execute(TOLD, &values).await? == 1)
}

/// Puts off when a recipient is told.
///
/// # Errors
/// [`StoreError`].
pub async fn put_off<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    until: OffsetDateTime,
) -> Result<(), StoreError> {
    tx.execute(PUT_OFF, &[Value::Id(id), Value::Time(until)])
        .await
        .map(|_| ())
}
