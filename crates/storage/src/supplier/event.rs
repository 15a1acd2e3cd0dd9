//! What happened to a supplier or to one of its licences, and from which side.

use privacy::{Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::StandingRow;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const EVENT: &str = "INSERT INTO supplier_event (subject, id, supplier, licence, event, state, side, staff, reasons, area, version, at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const EVENTS: &str = "SELECT event, state, side, staff, reasons, area, at FROM supplier_event \
    WHERE supplier = $1 AND licence IS NULL ORDER BY at DESC, version DESC, id DESC LIMIT $2";
const EVENTS_OF_LICENCE: &str = "SELECT event, state, side, staff, reasons, area, at FROM supplier_event \
    WHERE licence = $1 ORDER BY at DESC, version DESC, id DESC LIMIT $2";
pub(crate) const STATEMENTS: &[&str] = &[EVENT, EVENTS, EVENTS_OF_LICENCE];

/// Who takes a step, on what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Doer<'a> {
    /// `supplier`, `system` or `verifier`.
    pub side: &'static str,
    /// The member who acts.
    pub subject: Option<SubjectId>,
    /// The member of staff, by an identifier.
    pub staff: Option<&'a str>,
    /// The category it is about.
    pub area: Option<&'a str>,
}

/// Something that happened to a supplier or a licence.
#[derive(Clone, Debug)]
pub struct Taken {
    /// What happened, by its word.
    pub event: String,
    /// What it led to, by its word.
    pub state: String,
    /// Who did it.
    pub side: String,
    /// The member of staff, by an identifier.
    pub staff: Option<String>,
    /// Why, by words.
    pub reasons: Vec<String>,
    /// The category it is about.
    pub area: Option<String>,
    /// When.
    pub at: OffsetDateTime,
}

/// What is written down of an event.
pub(crate) struct Written {
    pub supplier: Uuid,
    pub licence: Option<Uuid>,
    pub event: &'static str,
    pub state: &'static str,
    pub reasons: String,
    pub version: i64,
}

pub(crate) async fn note<P: Purpose>(
    tx: &mut Tx<'_, P>,
    written: &Written,
    doer: Doer<'_>,
) -> Result<(), StoreError> {
    let values = [
        Value::OptId(doer.subject.map(|subject| subject.0)),
        Value::Id(tx.store().entropy().id()),
        Value::Id(written.supplier),
        Value::OptId(written.licence),
        Value::Text(written.event.to_owned()),
        Value::Text(written.state.to_owned()),
        Value::Text(doer.side.to_owned()),
        Value::OptText(doer.staff.map(str::to_owned)),
        Value::Text(written.reasons.clone()),
        Value::OptText(doer.area.map(str::to_owned)),
        Value::Int(written.version),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(EVENT, &values).await.map(|_| ())
}

/// Writes down that somebody tried to order from their own enterprise; not who.
///
/// # Errors
/// [`StoreError`].
pub async fn flag_self_dealing<P: Purpose>(tx: &mut Tx<'_, P>, row: &StandingRow) -> Result<(), StoreError> {
    let written = Written {
        supplier: row.id,
        licence: None,
        event: SELF_DEALING,
        state: row.supplier.state.as_str(),
        reasons: String::new(),
        version: row.supplier.version,
    };
    let doer = Doer {
        side: "system",
        ..Doer::default()
    };
    note(tx, &written, doer).await
}

/// The word of an order that was refused because buyer and supplier are one.
pub const SELF_DEALING: &str = "self_dealing";

fn taken(row: &Row) -> Result<Taken, StoreError> {
    Ok(Taken {
        event: row.text(0)?,
        state: row.text(1)?,
        side: row.text(2)?,
        staff: row.opt_text(3)?,
        reasons: row.text(4)?.split_terminator(',').map(str::to_owned).collect(),
        area: row.opt_text(5)?,
        at: row.time(6)?,
    })
}

/// What happened to a supplier, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn events<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    limit: i64,
) -> Result<Vec<Taken>, StoreError> {
    let values = [Value::Id(supplier), Value::Int(limit.clamp(1, 200))];
    tx.rows(EVENTS, &values).await?.iter().map(taken).collect()
}

/// What happened to a licence, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn events_of_licence<P: Purpose>(
    tx: &mut Tx<'_, P>,
    licence: Uuid,
    limit: i64,
) -> Result<Vec<Taken>, StoreError> {
    let values = [Value::Id(licence), Value::Int(limit.clamp(1, 200))];
    tx.rows(EVENTS_OF_LICENCE, &values)
        .await?
        .iter()
        .map(taken)
        .collect()
}
