//! Each party's own copy of what is written on an order, under that party's key for the order: when
//! whoever wrote it is erased, the other party keeps its copy, and when that party is erased, the copy
//! goes with it (1.6).

use std::collections::HashMap;

use privacy::{FieldRef, JointId, Personal, Purpose, Sealed, SubjectId};
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO order_note_copy (event, party, order_id, text) VALUES ($1, $2, $3, $4)";
const OF_PARTY: &str = "SELECT c.event, c.text FROM order_event e JOIN order_note_copy c ON c.event = e.id AND c.party = $2 \
    WHERE e.order_id = $1 ORDER BY e.version DESC LIMIT 500";
const OF_WRITER: &str = "SELECT COUNT(*) FROM order_note_copy c JOIN order_event e ON e.id = c.event \
    WHERE e.note_subject = $1 AND c.party <> $1";
// A buyer's party is the person behind the account; that of a supplier or an organisation is itself.
const DELETED: &str = "DELETE FROM order_note_copy WHERE event IN \
    (SELECT e.id FROM recipient_demand d JOIN order_event e ON e.order_id = d.case_id AND e.note_subject = d.subject \
    WHERE d.id = $1 AND d.kind = 'deletion' AND d.fields LIKE '%order_event.note%') \
    AND party = (SELECT COALESCE((SELECT a.subject FROM account a WHERE a.id = d.recipient), d.recipient) \
    FROM recipient_demand d WHERE d.id = $1)";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, OF_PARTY, OF_WRITER, DELETED];

/// The place of a party's copy.
#[must_use]
pub const fn field(event: Uuid, party: SubjectId) -> FieldRef {
    FieldRef {
        table: "order_note_copy",
        column: "text",
        row: event,
        subject: party,
    }
}

/// Gives each party its own copy of a note.
pub(super) async fn give<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    event: Uuid,
    parties: &[SubjectId],
    note: &Personal<String>,
) -> Result<(), StoreError> {
    let joints: Vec<JointId> = parties
        .iter()
        .map(|party| JointId {
            item: order,
            party: *party,
        })
        .collect();
    tx.store().create_joint_keys(&joints).await?;
    for party in parties {
        let sealed = tx.seal_copy(order, &field(event, *party), note).await?;
        let values = [
            Value::Id(event),
            Value::Id(party.0),
            Value::Id(order),
            Value::Bytes(sealed.as_bytes().to_vec()),
        ];
        tx.execute(INSERT, &values).await?;
    }
    Ok(())
}

/// A party's copies of what was written on an order, by event; of very many the latest.
///
/// # Errors
/// [`StoreError`].
pub async fn of_party<P: Purpose>(
    tx: &mut Tx<'_, P>,
    order: Uuid,
    party: SubjectId,
) -> Result<HashMap<Uuid, Sealed<String>>, StoreError> {
    let rows = tx.rows(OF_PARTY, &[Value::Id(order), Value::Id(party.0)]).await?;
    rows.iter()
        .map(|row| Ok((row.id(0)?, Sealed::from_stored(row.bytes(1)?))))
        .collect()
}

/// How many copies of what a person wrote others have.
///
/// # Errors
/// [`StoreError`].
pub async fn of_writer<P: Purpose>(tx: &mut Tx<'_, P>, writer: SubjectId) -> Result<i64, StoreError> {
    let row = tx.row(OF_WRITER, &[Value::Id(writer.0)]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Takes away the copies that the recipient of a demand says to have deleted (2.6.3.d).
///
/// # Errors
/// [`StoreError`].
pub async fn deleted<P: Purpose>(tx: &mut Tx<'_, P>, demand: Uuid) -> Result<u64, StoreError> {
    policy::clause!("2.6.3.d");
    tx.execute(DELETED, &[Value::Id(demand)]).await
}
