//! What a law keeps beyond an erasure, value by value: sealed anew under a key that dies on the
//! day the duty ends (PIPL 47, ECL 31). The person's own key goes at once all the same.

use privacy::{FieldRef, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// The sealed columns a law keeps, as the register's rules say; a test compares them.
pub const PLACES: &[&str] = &["erasure.identifiers", "order_event.note"];
/// Those that the duty to keep a transaction's record is about.
pub const PLACES_OF_ORDERS: &[&str] = &["order_event.note"];
/// The article behind the hold of a transaction's record.
pub const TRANSACTION: &str = "ECL 31";

const UNHELD: &str = "SELECT e.id, e.note, e.order_id, \
    (SELECT MAX(l.at) FROM order_event l WHERE l.order_id = e.order_id), o.state \
    FROM order_event e JOIN service_order o ON o.id = e.order_id WHERE e.note_subject = $1 AND e.note IS NOT NULL \
    AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.row_id = e.id) ORDER BY e.order_id, e.version LIMIT $2";
const RESEAL: &str = "UPDATE order_event SET note = $2 WHERE id = $1";
const INSERT: &str = "INSERT INTO legal_hold (subject, id, place, row_id, hold_key, article, until, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_SUBJECT: &str = "SELECT id, place, row_id, hold_key, article, until FROM legal_hold WHERE subject = $1 ORDER BY id LIMIT $2";
const EXPIRED: &str = "SELECT id, place, row_id, hold_key, article, until FROM legal_hold \
    WHERE until <= $1 ORDER BY until, id LIMIT $2";
const SEALED: &str = "SELECT note FROM order_event WHERE id = $1";
const BLANK: &str = "UPDATE order_event SET note = NULL WHERE id = $1";
const DROP: &str = "DELETE FROM legal_hold WHERE id = $1";
pub(crate) const STATEMENTS: &[&str] = &[UNHELD, RESEAL, INSERT, OF_SUBJECT, EXPIRED, SEALED, BLANK, DROP];

/// A note that a law keeps and no hold does yet.
pub struct Unheld {
    /// The event it belongs to.
    pub event: Uuid,
    /// The note.
    pub note: Sealed<String>,
    /// The order.
    pub order: Uuid,
    /// When the order last changed.
    pub changed_at: OffsetDateTime,
    /// Whether the order has come to an end: the term runs from there.
    pub ended: bool,
}

/// The notes on orders under the person's key that no hold keeps yet.
///
/// # Errors
/// [`StoreError`].
pub async fn unheld<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Unheld>, StoreError> {
    let values = [Value::Id(subject.0), Value::Int(limit.clamp(1, 500))];
    let rows = tx.rows(UNHELD, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(Unheld {
                event: row.id(0)?,
                note: Sealed::from_stored(row.bytes(1)?),
                order: row.id(2)?,
                changed_at: row.time(3)?,
                ended: super::closure::has_ended(&row.text(4)?)?,
            })
        })
        .collect()
}

/// The place of a held note: under the hold's key, not the person's.
#[must_use]
pub const fn held_field(event: Uuid, key: Uuid) -> FieldRef {
    FieldRef {
        table: "order_event",
        column: "note",
        row: event,
        subject: SubjectId(key),
    }
}

/// A hold as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The hold.
    pub id: Uuid,
    /// What is held, `table.column`.
    pub place: String,
    /// The row.
    pub row: Uuid,
    /// The key it is sealed under.
    pub key: Uuid,
    /// The article that keeps it.
    pub article: String,
    /// Until when.
    pub until: OffsetDateTime,
}

fn read(row: &Row) -> Result<Hold, StoreError> {
    Ok(Hold {
        id: row.id(0)?,
        place: row.text(1)?,
        row: row.id(2)?,
        key: row.id(3)?,
        article: row.text(4)?,
        until: row.time(5)?,
    })
}

/// Lets a note go whose term is over: no law keeps it any more.
///
/// # Errors
/// [`StoreError`].
pub async fn let_go<P: Purpose>(tx: &mut Tx<'_, P>, event: Uuid) -> Result<(), StoreError> {
    tx.execute(BLANK, &[Value::Id(event)]).await.map(|_| ())
}

/// Puts a note under a hold: the sealed note replaces the one under the person's key.
///
/// # Errors
/// [`StoreError`].
pub async fn keep<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    hold: &Hold,
    note: &Sealed<String>,
) -> Result<(), StoreError> {
    policy::clause!("2.5.3.b");
    tx.execute(
        RESEAL,
        &[Value::Id(hold.row), Value::Bytes(note.as_bytes().to_vec())],
    )
    .await?;
    let values = [
        Value::Id(subject.0),
        Value::Id(hold.id),
        Value::Text(hold.place.clone()),
        Value::Id(hold.row),
        Value::Id(hold.key),
        Value::Text(hold.article.clone()),
        Value::Time(hold.until),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// What is held of a person.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    limit: i64,
) -> Result<Vec<Hold>, StoreError> {
    let values = [Value::Id(subject.0), Value::Int(limit.clamp(1, 500))];
    tx.rows(OF_SUBJECT, &values).await?.iter().map(read).collect()
}

/// What a hold keeps, sealed under its key.
///
/// # Errors
/// [`StoreError`].
pub async fn sealed<P: Purpose>(tx: &mut Tx<'_, P>, hold: &Hold) -> Result<Sealed<String>, StoreError> {
    let row = tx.row(SEALED, &[Value::Id(hold.row)]).await?;
    let row = row.ok_or(StoreError::Malformed("hold"))?;
    Ok(Sealed::from_stored(row.bytes(0)?))
}

/// Holds whose time is up, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn expired<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<Hold>, StoreError> {
    let values = [Value::Time(tx.ctx().now()), Value::Int(limit.clamp(1, 500))];
    tx.rows(EXPIRED, &values).await?.iter().map(read).collect()
}

/// Forgets a hold and what it held; its key is destroyed before.
///
/// # Errors
/// [`StoreError`].
pub async fn release<P: Purpose>(tx: &mut Tx<'_, P>, hold: &Hold) -> Result<(), StoreError> {
    let_go(tx, hold.row).await?;
    tx.execute(DROP, &[Value::Id(hold.id)]).await.map(|_| ())
}
