//! The transparency log: entries are written in the transaction of their event, put in order by a
//! regular job, and shown to whoever asks (see [`privacy::log`]).
//!
//! [`append`] is all that other code needs. [`tree`] lets the log grow and signs it, [`read`] serves
//! it, [`audit`] looks for what must not be.

pub mod audit;
pub mod read;
pub mod succession;
pub mod tree;

use privacy::log::{Entry, Kind, Opening};
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use serde_json::Value as Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO log_entry \
    (id, kind, at, commitment, leaf, subject, reference, opening, public_opening) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (reference) DO NOTHING";
const FIND: &str = "SELECT id, place, kind, at, commitment, opening FROM log_entry \
    WHERE reference = $1 AND subject = $2";
const PUBLIC_OF: &str = "SELECT place, kind, at, commitment, public_opening FROM log_entry WHERE reference = $1 AND public_opening IS NOT NULL";
const PLACES: &str = "SELECT reference, place FROM log_entry WHERE subject = $1 AND reference IS NOT NULL ORDER BY id LIMIT 1000";
const FORGET: &str =
    "UPDATE log_entry SET subject = NULL, reference = NULL, opening = NULL WHERE subject = $1";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, FIND, PUBLIC_OF, PLACES, FORGET];

/// An event for the log.
pub struct NewEntry {
    /// Its kind.
    pub kind: Kind,
    /// The person it is about; nobody for what is public, whose content is then shown to everyone.
    pub subject: Option<SubjectId>,
    /// The row it commits to. The same row enters the log once.
    pub reference: Uuid,
    /// What is committed to: an object whose field `kind` is the kind. It is never shown in the log.
    pub payload: Json,
}

/// Where an opening is sealed.
fn field(id: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "log_entry",
        column: "opening",
        row: id,
        subject,
    }
}

/// Enters an event, in the transaction of the event itself; `false` if the row is there already. It
/// gets its place with the next batch.
///
/// # Errors
/// [`StoreError`]; [`StoreError::NoKey`] if the person has none any more: what is to be logged about
/// an erasure is logged before the key goes.
pub async fn append<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewEntry) -> Result<bool, StoreError> {
    policy::clause!("2.5.1.0");
    let store = tx.store();
    let id = store.entropy().id();
    let opening = Opening::new(&new.payload, store.entropy())?;
    let entry = Entry::new(new.kind, tx.ctx().now(), opening.commitment());
    let leaf = entry.leaf()?;
    let text = opening.to_text();
    let (sealed, shown) = match new.subject {
        Some(subject) => {
            let place = field(id, subject);
            let sealed = tx.seal(&place, &Personal::received(text)).await?;
            (Some(sealed.as_bytes().to_vec()), None)
        }
        None => (None, Some(text)),
    };
    let values = [
        Value::Id(id),
        Value::Text(new.kind.as_str().to_owned()),
        Value::Time(entry.at),
        Value::Bytes(entry.commitment.0.to_vec()),
        Value::Bytes(leaf.0.to_vec()),
        Value::OptId(new.subject.map(|subject| subject.0)),
        Value::Id(new.reference),
        Value::OptBytes(sealed),
        Value::OptText(shown),
    ];
    tx.execute(INSERT, &values).await.map(|rows| rows == 1)
}

/// Takes away what ties entries to a person, after the key that opened them. The entries stay.
///
/// # Errors
/// [`StoreError`].
pub async fn forget<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<u64, StoreError> {
    tx.execute(FORGET, &[Value::Id(subject.0)]).await
}

/// An entry about a person.
#[derive(Debug)]
pub struct OwnEntry {
    /// Its place, once it has one.
    pub place: Option<u64>,
    /// The entry.
    pub entry: Entry,
    /// What opens it.
    pub opening: Sealed<String>,
    /// Where that is sealed.
    pub field: FieldRef,
}

fn entry(row: &Row, kind: usize) -> Result<Entry, StoreError> {
    let malformed = StoreError::Malformed("log entry");
    let at: OffsetDateTime = row.time(kind + 1)?;
    let commitment =
        <[u8; 32]>::try_from(row.bytes(kind + 2)?).map_err(|_| StoreError::Malformed("commitment"))?;
    Ok(Entry::new(
        Kind::parse(&row.text(kind)?).ok_or(malformed)?,
        at,
        privacy::log::Commitment(commitment),
    ))
}

/// Which of a person's events are in the log, and at which place once they have one.
///
/// # Errors
/// [`StoreError`].
pub async fn places<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<(Uuid, Option<u64>)>, StoreError> {
    let rows = tx.rows(PLACES, &[Value::Id(subject.0)]).await?;
    rows.iter()
        .map(|row| {
            Ok((
                row.id(0)?,
                row.opt_int(1)?.and_then(|place| u64::try_from(place).ok()),
            ))
        })
        .collect()
}

/// The entry of a person's event.
///
/// # Errors
/// [`StoreError`].
pub async fn of_event<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    event: Uuid,
) -> Result<Option<OwnEntry>, StoreError> {
    let Some(row) = tx.row(FIND, &[Value::Id(event), Value::Id(subject.0)]).await? else {
        return Ok(None);
    };
    let opening = row.opt_bytes(5)?.ok_or(StoreError::Malformed("opening"))?;
    Ok(Some(OwnEntry {
        place: row.opt_int(1)?.and_then(|place| u64::try_from(place).ok()),
        entry: entry(&row, 2)?,
        opening: Sealed::from_stored(opening),
        field: field(row.id(0)?, subject),
    }))
}

/// The entry of an event that no person's key seals: its place once it has one, and what opens it.
///
/// # Errors
/// [`StoreError`].
pub async fn public_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    event: Uuid,
) -> Result<Option<(Option<u64>, Entry, Opening)>, StoreError> {
    let Some(row) = tx.row(PUBLIC_OF, &[Value::Id(event)]).await? else {
        return Ok(None);
    };
    let place = row.opt_int(0)?.and_then(|place| u64::try_from(place).ok());
    Ok(Some((place, entry(&row, 1)?, Opening::parse(&row.text(4)?)?)))
}
