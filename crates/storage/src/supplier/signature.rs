//! What suppliers signed (2.4.1.5.2.b): which edition of which document, by whom, in which role.

use domain::org::seat::Seat;
use policy::Document;
use privacy::{FieldRef, Personal, Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Conn, Row, StoreError, Value};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO supplier_signature (subject, id, supplier, document, edition, text_hash, lang, seat, signer_name, \
    signed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const LATEST: &str = "SELECT edition, text_hash, lang, seat, signed_at FROM supplier_signature \
    WHERE supplier = $1 AND document = $2 AND ended_at IS NULL ORDER BY signed_at DESC, id LIMIT 1";
const OF_SUPPLIER: &str = "SELECT edition, text_hash, lang, seat, signed_at, document FROM supplier_signature \
    WHERE supplier = $1 ORDER BY signed_at DESC, document, id LIMIT 50";
const END: &str = "UPDATE supplier_signature SET ended_at = $2 WHERE supplier = $1 AND ended_at IS NULL";
const REVIVE: &str = "UPDATE supplier_signature SET ended_at = NULL WHERE supplier = $1 AND ended_at = $2";
// Who does business on a signature under another edition than this one, and was not told of it yet.
const UNSIGNED: &str = "SELECT s.id FROM supplier_standing s WHERE s.state IN ('active', 'restricted', 'suspended', 'exiting') \
    AND s.id > $2 AND (s.told_edition IS NULL OR s.told_edition <> $1) AND NOT EXISTS (SELECT 1 FROM supplier_signature g WHERE g.supplier = s.id \
    AND g.document = 'supplier_undertaking' AND g.edition = $1 AND g.ended_at IS NULL) ORDER BY s.id LIMIT $3";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LATEST, OF_SUPPLIER, END, REVIVE, UNSIGNED];

/// A signature as everybody of the supplier may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Which edition.
    pub edition: String,
    /// SHA-256 (hex) of the very text.
    pub text_hash: String,
    /// The language it was shown in.
    pub lang: String,
    /// The role of whoever signed.
    pub seat: String,
    /// When.
    pub signed_at: OffsetDateTime,
}

/// A signature to store.
pub struct NewSignature<'a> {
    /// The signature.
    pub id: Uuid,
    /// Whose.
    pub supplier: Uuid,
    /// Which document.
    pub document: Document,
    /// Which edition.
    pub edition: &'a str,
    /// SHA-256 (hex) of the very text.
    pub text_hash: &'a str,
    /// The language it was shown in.
    pub lang: &'a str,
    /// The role of whoever signs.
    pub seat: Seat,
    /// Whoever signs, with their verified name; nobody for a supplier of a demonstration that has no
    /// people yet.
    pub signer: Option<(SubjectId, &'a Personal<String>)>,
}

/// The place of a signer's name.
#[must_use]
pub const fn field(signature: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "supplier_signature",
        column: "signer_name",
        row: signature,
        subject,
    }
}

fn read(row: &Row) -> Result<Signed, StoreError> {
    Ok(Signed {
        edition: row.text(0)?,
        text_hash: row.text(1)?,
        lang: row.text(2)?,
        seat: row.text(3)?,
        signed_at: row.time(4)?,
    })
}

/// Stores a signature.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(tx: &mut Tx<'_, P>, new: &NewSignature<'_>) -> Result<(), StoreError> {
    let name = match new.signer {
        Some((subject, name)) => {
            let sealed = tx.seal(&field(new.id, subject), name).await?;
            Some(sealed.as_bytes().to_vec())
        }
        None => None,
    };
    let values = [
        Value::OptId(new.signer.map(|(subject, _)| subject.0)),
        Value::Id(new.id),
        Value::Id(new.supplier),
        Value::Text(new.document.as_str().to_owned()),
        Value::Text(new.edition.to_owned()),
        Value::Text(new.text_hash.to_owned()),
        Value::Text(new.lang.to_owned()),
        Value::Text(new.seat.as_str().to_owned()),
        Value::OptBytes(name),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// The signature of a document that was given last and not ended.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    document: Document,
) -> Result<Option<Signed>, StoreError> {
    let values = [Value::Id(supplier), Value::Text(document.as_str().to_owned())];
    tx.row(LATEST, &values).await?.as_ref().map(read).transpose()
}

/// What a supplier signed, the latest first, each with its document's name.
///
/// # Errors
/// [`StoreError`].
pub async fn of_supplier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
) -> Result<Vec<(String, Signed)>, StoreError> {
    let rows = tx.rows(OF_SUPPLIER, &[Value::Id(supplier)]).await?;
    rows.iter().map(|row| Ok((row.text(5)?, read(row)?))).collect()
}

/// Ends what a supplier signed: from now on it counts no longer.
///
/// # Errors
/// [`StoreError`].
pub async fn end<P: Purpose>(tx: &mut Tx<'_, P>, supplier: Uuid) -> Result<(), StoreError> {
    let values = [Value::Id(supplier), Value::Time(tx.ctx().now())];
    tx.execute(END, &values).await.map(|_| ())
}

/// Undoes the ending of what a supplier signed that was ended at an instant.
///
/// # Errors
/// [`StoreError`].
pub async fn revive<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    ended_at: OffsetDateTime,
) -> Result<(), StoreError> {
    let values = [Value::Id(supplier), Value::Time(ended_at)];
    tx.execute(REVIVE, &values).await.map(|_| ())
}

/// Suppliers that do business, did not sign this edition and were not told of it, those after one.
///
/// # Errors
/// [`StoreError`].
pub async fn unsigned<P: Purpose>(
    tx: &mut Tx<'_, P>,
    edition: &str,
    after: Uuid,
) -> Result<Vec<Uuid>, StoreError> {
    let values = [
        Value::Text(edition.to_owned()),
        Value::Id(after),
        Value::Int(super::PAGE),
    ];
    let rows = tx.rows(UNSIGNED, &values).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// Whether a supplier is bound by an undertaking now (2.4.1.5.2.b, 0.11); asked before anything personal
/// reaches it.
pub(crate) async fn bound<P: Purpose>(
    conn: &mut Conn,
    tx: &Tx<'_, P>,
    supplier: Uuid,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(supplier),
        Value::Text(Document::Undertaking.as_str().to_owned()),
    ];
    let Some(row) = conn.row(LATEST, &values).await? else {
        return Ok(false);
    };
    let today = domain::supplier::licence::day_of(tx.ctx().now());
    Ok(tx.store().policy().editions().binds(&row.text(0)?, today))
}
