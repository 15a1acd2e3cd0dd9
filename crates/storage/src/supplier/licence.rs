//! Licences of suppliers, and their pictures until they are decided: sealed under the key of whoever
//! handed them in.

use domain::supplier::licence::{Event, Licence, Reason, State, Step};
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

use super::{Doer, PAGE, Written, due, note};
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// Licences of one supplier that are read.
const MOST: i64 = 200;
/// Licences read at a time for the catalogue.
const BATCH: i64 = 1_000;

macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.supplier, l.area, l.state, l.version, l.since, l.number, l.issuer, l.valid_from, l.valid_until, \
             l.overdue, l.told, l.reasons FROM supplier_licence l ",
            $rest
        )
    };
}

const BY_ID: &str = selected!("WHERE l.id = $1");
const OF_SUPPLIER: &str = selected!("WHERE l.supplier = $1 ORDER BY l.since DESC, l.id LIMIT $2");
const ALL: &str =
    selected!("WHERE l.id > $1 AND l.state IN ('approved', 'expiring', 'expired') ORDER BY l.id LIMIT $2");
const HOLD: &str = "UPDATE supplier_licence SET version = version WHERE id = $1";
const INSERT: &str = "INSERT INTO supplier_licence (supplier, id, area, state, version, since, number, issuer, valid_from, \
    valid_until, overdue, reasons, picture_hash, due_event, due_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', $11, $12, $13)";
const STEP: &str = "UPDATE supplier_licence SET state = $3, version = $4, since = $5, overdue = $6, reasons = $7, due_event = $8, \
    due_at = $9 WHERE id = $1 AND version = $2";
const TOLD: &str = "UPDATE supplier_licence SET told = $2 WHERE id = $1";
const DELETE: &str = "DELETE FROM supplier_licence WHERE id = $1";
const DUE: &str = "SELECT id, supplier FROM supplier_licence WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
// Those whose end is near or past and that were not told the last notice.
const TO_TELL: &str = "SELECT id, supplier FROM supplier_licence WHERE valid_until <= $1 AND state IN ('approved', 'expiring', 'expired') \
    AND (told IS NULL OR told > 0) AND id > $2 ORDER BY id LIMIT $3";
const PAPER: &str = "SELECT id, subject, picture FROM supplier_paper WHERE licence = $1";
const PUT_PAPER: &str =
    "INSERT INTO supplier_paper (subject, id, licence, picture, handed_in_at) VALUES ($1, $2, $3, $4, $5)";
const DROP_PAPER: &str = "DELETE FROM supplier_paper WHERE licence = $1";
const PAPERS_OF: &str = "SELECT licence FROM supplier_paper WHERE subject = $1 ORDER BY licence LIMIT 200";
// A picture that is gone, though the licence waits for its review.
const BARE: &str = "SELECT l.id, l.supplier FROM supplier_licence l WHERE l.state IN ('draft', 'submitted') \
    AND NOT EXISTS (SELECT 1 FROM supplier_paper p WHERE p.licence = l.id) ORDER BY l.id LIMIT $1";
pub(crate) const STATEMENTS: &[&str] = &[
    BY_ID,
    OF_SUPPLIER,
    ALL,
    HOLD,
    INSERT,
    STEP,
    TOLD,
    DELETE,
    DUE,
    TO_TELL,
    PAPER,
    PUT_PAPER,
    DROP_PAPER,
    PAPERS_OF,
    BARE,
];

/// A licence as stored.
#[derive(Clone, Debug)]
pub struct LicenceRow {
    /// The licence.
    pub id: Uuid,
    /// Whose.
    pub supplier: Uuid,
    /// What for.
    pub area: String,
    /// How it stands.
    pub licence: Licence,
    /// Its number.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
}

/// The picture of a licence.
#[derive(Debug)]
pub struct PaperRow {
    /// The row.
    pub id: Uuid,
    /// Whose key it lies under.
    pub subject: SubjectId,
    /// The picture.
    pub picture: Sealed<String>,
}

/// A licence to store.
pub struct NewLicence<'a> {
    /// The licence.
    pub id: Uuid,
    /// Whose.
    pub supplier: Uuid,
    /// What for.
    pub area: &'a str,
    /// How it stands.
    pub licence: &'a Licence,
    /// Its number.
    pub number: &'a str,
    /// Who gave it.
    pub issuer: &'a str,
    /// SHA-256 of the picture.
    pub picture_hash: Option<&'a [u8]>,
}

/// The place of a picture.
#[must_use]
pub const fn field(paper: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "supplier_paper",
        column: "picture",
        row: paper,
        subject,
    }
}

fn day(text: &str) -> Result<Date, StoreError> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).map_err(|_| StoreError::Malformed("day"))
}

fn words(reasons: &[Reason]) -> String {
    let words: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
    words.join(",")
}

fn read(row: &Row) -> Result<LicenceRow, StoreError> {
    let reason = |word| Reason::parse(word).ok_or(StoreError::Malformed("reason"));
    Ok(LicenceRow {
        id: row.id(0)?,
        supplier: row.id(1)?,
        area: row.text(2)?,
        licence: Licence {
            state: State::parse(&row.text(3)?).ok_or(StoreError::Malformed("licence state"))?,
            version: row.int(4)?,
            since: row.time(5)?,
            from: day(&row.text(8)?)?,
            until: row.opt_text(9)?.as_deref().map(day).transpose()?,
            overdue: row.int(10)? > 0,
            told: row.opt_int(11)?,
            reasons: row
                .text(12)?
                .split_terminator(',')
                .map(reason)
                .collect::<Result<_, _>>()?,
        },
        number: row.text(6)?,
        issuer: row.text(7)?,
    })
}

/// A licence.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<LicenceRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// The licences of a supplier, the latest first.
///
/// # Errors
/// [`StoreError`].
pub async fn of_supplier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
) -> Result<Vec<LicenceRow>, StoreError> {
    let rows = tx
        .rows(OF_SUPPLIER, &[Value::Id(supplier), Value::Int(MOST)])
        .await?;
    rows.iter().map(read).collect()
}

/// Every licence that is good or was, in batches.
///
/// # Errors
/// [`StoreError`].
pub async fn all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<LicenceRow>, StoreError> {
    let (mut all, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let rows = tx.rows(ALL, &[Value::Id(after), Value::Int(BATCH)]).await?;
        let Some(last) = rows.last() else {
            return Ok(all);
        };
        after = last.id(0)?;
        for row in &rows {
            all.push(read(row)?);
        }
    }
}

/// Holds a licence until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Stores a licence.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewLicence<'_>) -> Result<(), StoreError> {
    let licence = new.licence;
    let [due_event, due_at] = due(licence.timer().map(|(event, due)| (event.as_str(), due)));
    let values = [
        Value::Id(new.supplier),
        Value::Id(new.id),
        Value::Text(new.area.to_owned()),
        Value::Text(licence.state.as_str().to_owned()),
        Value::Int(licence.version),
        Value::Time(licence.since),
        Value::Text(new.number.to_owned()),
        Value::Text(new.issuer.to_owned()),
        Value::Text(licence.from.to_string()),
        Value::OptText(licence.until.map(|until| until.to_string())),
        Value::OptBytes(new.picture_hash.map(<[u8]>::to_vec)),
        due_event,
        due_at,
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// Writes a step with its event.
///
/// # Errors
/// [`StoreError::Stale`] if somebody was faster.
pub async fn record<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &LicenceRow,
    (event, step): (Event, &Step),
    doer: Doer<'_>,
) -> Result<(), StoreError> {
    let next = &step.licence;
    let [due_event, due_at] = due(step.timer.map(|(event, due)| (event.as_str(), due)));
    let values = [
        Value::Id(row.id),
        Value::Int(row.licence.version),
        Value::Text(next.state.as_str().to_owned()),
        Value::Int(next.version),
        Value::Time(next.since),
        Value::Int(i64::from(next.overdue)),
        Value::Text(words(&next.reasons)),
        due_event,
        due_at,
    ];
    if tx.execute(STEP, &values).await? != 1 {
        return Err(StoreError::Stale);
    }
    let gives = next.reasons != row.licence.reasons;
    let written = Written {
        supplier: row.supplier,
        licence: Some(row.id),
        event: event.as_str(),
        state: next.state.as_str(),
        reasons: if gives {
            words(&next.reasons)
        } else {
            String::new()
        },
        version: next.version,
    };
    let doer = Doer {
        area: Some(&row.area),
        ..doer
    };
    note(tx, &written, doer).await
}

/// Notes the last notice that was sent.
///
/// # Errors
/// [`StoreError`].
pub async fn told<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, days: i64) -> Result<(), StoreError> {
    tx.execute(TOLD, &[Value::Id(id), Value::Int(days)])
        .await
        .map(|_| ())
}

/// Takes a licence away that was never decided.
///
/// # Errors
/// [`StoreError`].
pub async fn delete<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(DELETE, &[Value::Id(id)]).await.map(|_| ())
}

fn pairs(rows: &[Row]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    rows.iter().map(|row| Ok((row.id(0)?, row.id(1)?))).collect()
}

/// Licences whose time has come, each with its supplier.
///
/// # Errors
/// [`StoreError`].
pub async fn due_now<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(PAGE)];
    pairs(&tx.rows(DUE, &values).await?)
}

/// Licences that end on or before a day and were not told so to the last, those after one, each with its
/// supplier.
///
/// # Errors
/// [`StoreError`].
pub async fn to_tell<P: Purpose>(
    tx: &mut Tx<'_, P>,
    until: Date,
    after: Uuid,
) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let values = [Value::Text(until.to_string()), Value::Id(after), Value::Int(PAGE)];
    pairs(&tx.rows(TO_TELL, &values).await?)
}

/// Licences that wait for their review though their picture is gone, each with its supplier.
///
/// # Errors
/// [`StoreError`].
pub async fn bare<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    pairs(&tx.rows(BARE, &[Value::Int(PAGE)]).await?)
}

/// The picture of a licence, while it is kept.
///
/// # Errors
/// [`StoreError`].
pub async fn paper<P: Purpose>(tx: &mut Tx<'_, P>, licence: Uuid) -> Result<Option<PaperRow>, StoreError> {
    let row = tx.row(PAPER, &[Value::Id(licence)]).await?;
    row.map(|row| {
        Ok(PaperRow {
            id: row.id(0)?,
            subject: SubjectId(row.id(1)?),
            picture: Sealed::from_stored(row.bytes(2)?),
        })
    })
    .transpose()
}

/// Keeps the picture of a licence under the key of whoever hands it in.
///
/// # Errors
/// [`StoreError`].
pub async fn put_paper<P: Purpose>(
    tx: &mut Tx<'_, P>,
    licence: Uuid,
    subject: SubjectId,
    picture: &Personal<String>,
) -> Result<(), StoreError> {
    drop_paper(tx, licence).await?;
    let id = tx.store().entropy().id();
    let sealed = tx.seal(&field(id, subject), picture).await?;
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::Id(licence),
        Value::Bytes(sealed.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(PUT_PAPER, &values).await.map(|_| ())
}

/// Takes the picture of a licence away.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_paper<P: Purpose>(tx: &mut Tx<'_, P>, licence: Uuid) -> Result<(), StoreError> {
    policy::clause!("2.1.1.d");
    tx.execute(DROP_PAPER, &[Value::Id(licence)]).await.map(|_| ())
}

/// The licences whose picture a person handed in.
///
/// # Errors
/// [`StoreError`].
pub async fn papers_of<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx.rows(PAPERS_OF, &[Value::Id(subject.0)]).await?;
    rows.iter().map(|row| row.id(0)).collect()
}
