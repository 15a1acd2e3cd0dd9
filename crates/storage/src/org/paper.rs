//! What somebody hands in for an enterprise, sealed under their own key, until it is decided (2.1.1.d).

use domain::org::verification::Reason;
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::verification::{reasons, words};
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const OF: &str = "SELECT id, subject, representative, licence, letter, bank_account, amount, register_answer FROM enterprise_paper \
    WHERE verification = $1";
const INSERT: &str = "INSERT INTO enterprise_paper (subject, id, verification, representative, licence, handed_in_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const REPLACE: &str = "DELETE FROM enterprise_paper WHERE verification = $1";
const LETTER: &str = "UPDATE enterprise_paper SET letter = $2 WHERE verification = $1";
const TRANSFER: &str = "UPDATE enterprise_paper SET bank_account = $2, amount = $3 WHERE verification = $1";
const ANSWERED: &str = "UPDATE enterprise_paper SET register_answer = $2 WHERE verification = $1";
const OLDER: &str =
    "SELECT verification FROM enterprise_paper WHERE handed_in_at <= $1 ORDER BY handed_in_at LIMIT 100";
const DROP_OLDER: &str = "DELETE FROM enterprise_paper WHERE verification = $1 AND handed_in_at <= $2";
const DROP_OF: &str = "DELETE FROM enterprise_paper WHERE subject = $1 AND verification IN \
    (SELECT v.id FROM enterprise_verification v WHERE v.organisation = $2)";
const OF_SUBJECT: &str =
    "SELECT verification FROM enterprise_paper WHERE subject = $1 ORDER BY verification LIMIT 100";
pub(crate) const STATEMENTS: &[&str] = &[
    OF, OLDER, DROP_OLDER, DROP_OF, OF_SUBJECT, INSERT, REPLACE, LETTER, TRANSFER, ANSWERED,
];

/// What is written where the register agrees.
const AGREES: &str = "agrees";

/// What was handed in.
#[derive(Debug)]
pub struct PaperRow {
    /// The row.
    pub id: Uuid,
    /// Whose key it lies under.
    pub subject: SubjectId,
    /// The legal representative's name.
    pub representative: Option<Sealed<String>>,
    /// The picture of the licence.
    pub licence: Option<Sealed<String>>,
    /// The picture of the letter.
    pub letter: Option<Sealed<String>>,
    /// Bank and account number.
    pub bank_account: Option<Sealed<String>>,
    /// The amount that was sent.
    pub amount: Option<Sealed<String>>,
    /// What the register says of a change: nothing yet, or what does not agree.
    pub answered: Option<Vec<Reason>>,
}

/// The place of one of the columns.
#[must_use]
pub const fn field(column: &'static str, paper: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "enterprise_paper",
        column,
        row: paper,
        subject,
    }
}

fn read(row: &Row) -> Result<PaperRow, StoreError> {
    let sealed = |column| Ok::<_, StoreError>(row.opt_bytes(column)?.map(Sealed::from_stored));
    Ok(PaperRow {
        id: row.id(0)?,
        subject: SubjectId(row.id(1)?),
        representative: sealed(2)?,
        licence: sealed(3)?,
        letter: sealed(4)?,
        bank_account: sealed(5)?,
        amount: sealed(6)?,
        answered: match row.opt_text(7)?.as_deref() {
            None => None,
            Some(AGREES) => Some(Vec::new()),
            Some(words) => Some(reasons(words)?),
        },
    })
}

/// What was handed in for a verification, while it is kept.
///
/// # Errors
/// [`StoreError`].
pub async fn of<P: Purpose>(tx: &mut Tx<'_, P>, verification: Uuid) -> Result<Option<PaperRow>, StoreError> {
    let row = tx.row(OF, &[Value::Id(verification)]).await?;
    row.as_ref().map(read).transpose()
}

/// The verifications for which a person handed something in.
///
/// # Errors
/// [`StoreError`].
pub async fn verifications_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx.rows(OF_SUBJECT, &[Value::Id(subject.0)]).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// The verifications for which something was handed in at or before an instant, at most 100.
///
/// # Errors
/// [`StoreError`].
pub async fn older_than<P: Purpose>(
    tx: &mut Tx<'_, P>,
    before: OffsetDateTime,
) -> Result<Vec<Uuid>, StoreError> {
    let rows = tx.rows(OLDER, &[Value::Time(before)]).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// Takes away what was handed in for a verification at or before an instant; what was handed in later
/// stays.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_older<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    before: OffsetDateTime,
) -> Result<(), StoreError> {
    let values = [Value::Id(verification), Value::Time(before)];
    tx.execute(DROP_OLDER, &values).await.map(|_| ())
}

/// Takes away what a person handed in for an organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    organisation: Uuid,
) -> Result<(), StoreError> {
    let values = [Value::Id(subject.0), Value::Id(organisation)];
    tx.execute(DROP_OF, &values).await.map(|_| ())
}

/// Puts representative and licence in the place of whatever was handed in before.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    subject: SubjectId,
    representative: &Personal<String>,
    licence: &Personal<String>,
) -> Result<(), StoreError> {
    drop_all(tx, verification).await?;
    let id = tx.store().entropy().id();
    let name = tx
        .seal(&field("representative", id, subject), representative)
        .await?;
    let licence = tx.seal(&field("licence", id, subject), licence).await?;
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::Id(verification),
        Value::Bytes(name.as_bytes().to_vec()),
        Value::Bytes(licence.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|_| ())
}

/// Adds the letter of authorisation.
///
/// # Errors
/// [`StoreError`].
pub async fn put_letter<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    paper: &PaperRow,
    letter: &Personal<String>,
) -> Result<(), StoreError> {
    let sealed = tx.seal(&field("letter", paper.id, paper.subject), letter).await?;
    let values = [Value::Id(verification), Value::Bytes(sealed.as_bytes().to_vec())];
    tx.execute(LETTER, &values).await.map(|_| ())
}

/// Adds account and amount of a transfer; takes both away with `None`.
///
/// # Errors
/// [`StoreError`].
pub async fn put_transfer<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    paper: &PaperRow,
    transfer: Option<(&Personal<String>, &Personal<String>)>,
) -> Result<(), StoreError> {
    let mut values = vec![
        Value::Id(verification),
        Value::OptBytes(None),
        Value::OptBytes(None),
    ];
    if let Some((account, amount)) = transfer {
        let account = tx
            .seal(&field("bank_account", paper.id, paper.subject), account)
            .await?;
        let amount = tx.seal(&field("amount", paper.id, paper.subject), amount).await?;
        values[1] = Value::OptBytes(Some(account.as_bytes().to_vec()));
        values[2] = Value::OptBytes(Some(amount.as_bytes().to_vec()));
    }
    tx.execute(TRANSFER, &values).await.map(|_| ())
}

/// Notes what the register says of a change.
///
/// # Errors
/// [`StoreError`].
pub async fn put_answer<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    against: &[Reason],
) -> Result<(), StoreError> {
    let said = if against.is_empty() {
        AGREES.to_owned()
    } else {
        words(against)
    };
    let values = [Value::Id(verification), Value::Text(said)];
    tx.execute(ANSWERED, &values).await.map(|_| ())
}

/// Takes everything away that was handed in.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_all<P: Purpose>(tx: &mut Tx<'_, P>, verification: Uuid) -> Result<(), StoreError> {
    policy::clause!("2.1.1.d");
    tx.execute(REPLACE, &[Value::Id(verification)]).await.map(|_| ())
}
