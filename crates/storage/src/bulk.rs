//! Openings of many people's data at once (2.5.1.e): one record with their number and a digest of
//! the list, and a row for each of them in a list of their own, so that each still finds it and it
//! goes with them. A few statements for any number of people.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use privacy::bulk::{BulkAsk, BulkKnown, BulkRecord};
use privacy::{Purpose, PurposeId, Ruling, SubjectId};
use uuid::Uuid;

use crate::access::Opening;
use crate::account::Place;
use crate::engine::{Conn, Row, StoreError, Value};
use crate::register;
use crate::tx::Tx;

/// People in one statement.
pub(crate) const CHUNK: usize = 500;

const INSERT: &str = "INSERT INTO bulk_access \
    (id, actor_kind, fields, purpose, basis, clause, request, at, subjects, digest) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
static MEMBERS: LazyLock<String> = LazyLock::new(|| {
    let mut rows = String::new();
    for place in 0..CHUNK {
        let (comma, first) = (if place == 0 { "" } else { ", " }, place * 2 + 3);
        let _ = write!(rows, "{comma}($1, $2, ${first}, ${})", first + 1);
    }
    format!(
        "INSERT INTO bulk_access_subject (bulk, at, subject, policy_version) VALUES {rows} \
         ON CONFLICT (subject, bulk) DO NOTHING"
    )
});
// A minor is ruled by nobody's word but the guardian's, which is asked for one by one (2.7.b).
static RULINGS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT c.subject, c.version FROM consent_event c WHERE c.subject IN ({}) \
         AND c.document = 'policy' AND c.state = 'given' AND NOT EXISTS (SELECT 1 FROM consent_event l \
         WHERE l.subject = c.subject AND l.document = 'policy' AND l.state IN ('given', 'withdrawn') \
         AND (l.at > c.at OR (l.at = c.at AND l.state > c.state))) \
         AND NOT EXISTS (SELECT 1 FROM age_band m WHERE m.subject = c.subject AND m.band <> 'adult')",
        places()
    )
});
const LATEST: &str = "SELECT b.actor_kind, b.fields, b.purpose, b.basis, b.clause, s.at, b.subjects \
    FROM bulk_access_subject s JOIN bulk_access b ON b.id = s.bulk WHERE s.subject = $1 \
    ORDER BY s.at DESC, s.bulk LIMIT $2";
const PAGE: &str = "SELECT b.actor_kind, b.fields, b.purpose, b.basis, b.clause, s.at, b.subjects, s.bulk \
    FROM bulk_access_subject s JOIN bulk_access b ON b.id = s.bulk WHERE s.subject = $1 \
    AND (s.at, s.bulk) < ($2, $3) AND ($5 = '' OR b.purpose = $5) ORDER BY s.at DESC, s.bulk DESC LIMIT $4";

pub(crate) fn statements() -> Vec<&'static str> {
    vec![INSERT, &MEMBERS, &RULINGS, LATEST, PAGE]
}

/// `$1, $2, …` for one chunk of people.
pub(crate) fn places() -> String {
    let places: Vec<String> = (1..=CHUNK).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// The values of one chunk; the last person stands for those that are missing.
pub(crate) fn padded(chunk: &[SubjectId]) -> Vec<Value> {
    let last = chunk.last().copied();
    let all = chunk.iter().copied().chain(last.into_iter().cycle());
    all.take(CHUNK).map(|subject| Value::Id(subject.0)).collect()
}

pub(crate) async fn known<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    ask: &BulkAsk<'_>,
) -> Result<BulkKnown, StoreError> {
    let (purpose, basis) = (P::ID.as_str(), ask.basis.kind().as_str());
    let mut rulings = HashMap::with_capacity(ask.subjects.len());
    for chunk in ask.subjects.chunks(CHUNK) {
        for row in conn.rows(&RULINGS, &padded(chunk)).await? {
            let version = row.text(1)?;
            let rules = tx.store().policy().get(&version);
            let ruling = Ruling {
                states: rules.is_some_and(|rules| rules.states(purpose, basis, ask.clause)),
                version,
            };
            rulings.insert(SubjectId(row.id(0)?), ruling);
        }
    }
    let said = register::asked(ask.fields, purpose, ask.clause);
    Ok(BulkKnown {
        registered: said.registered,
        sensitive: said.sensitive,
        rulings,
    })
}

pub(crate) async fn record(conn: &mut Conn, id: Uuid, record: &BulkRecord) -> Result<(), StoreError> {
    let count = i64::try_from(record.subjects.len()).unwrap_or(i64::MAX);
    let values = [
        Value::Id(id),
        Value::Text(record.actor_kind.to_owned()),
        Value::Text(record.fields.clone()),
        Value::Text(record.purpose.as_str().to_owned()),
        Value::Text(record.basis.to_owned()),
        Value::Text(record.clause.to_owned()),
        Value::Id(record.request),
        Value::Time(record.at),
        Value::Int(count),
        Value::Bytes(record.digest.to_vec()),
    ];
    conn.execute(INSERT, &values).await?;
    for chunk in record.subjects.chunks(CHUNK) {
        let mut values = vec![Value::Id(id), Value::Time(record.at)];
        let last = chunk.last();
        for (subject, version) in chunk.iter().chain(last.into_iter().cycle()).take(CHUNK) {
            values.push(Value::Id(subject.0));
            values.push(Value::Text(version.clone()));
        }
        conn.execute(&MEMBERS, &values).await?;
    }
    Ok(())
}

/// The latest openings of many that a person was among, newest first.
pub(crate) async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Opening>, StoreError> {
    let rows = tx
        .rows(LATEST, &[Value::Id(subject.0), Value::Int(limit)])
        .await?;
    rows.iter().map(one).collect()
}

fn one(row: &Row) -> Result<Opening, StoreError> {
    Ok(Opening {
        actor_kind: row.text(0)?,
        actor_account: None,
        fields: row.text(1)?,
        purpose: row.text(2)?,
        basis: row.text(3)?,
        clause: row.text(4)?,
        at: row.time(5)?,
        people: row.int(6)?,
        reason: None,
        case: None,
        approval: None,
    })
}

/// The openings of many that a person was among, newest first, those before a place.
pub(crate) async fn page<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    purpose: Option<PurposeId>,
    before: Place,
    limit: i64,
) -> Result<Vec<(Uuid, Opening)>, StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::Time(before.at),
        Value::Id(before.id),
        Value::Int(limit),
        Value::Text(purpose.map_or("", PurposeId::as_str).to_owned()),
    ];
    let rows = tx.rows(PAGE, &values).await?;
    rows.iter().map(|row| Ok((row.id(7)?, one(row)?))).collect()
}
