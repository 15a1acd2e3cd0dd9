//! Consent events: appended, never changed (clauses 0.2, 0.7, 0.20).

use privacy::consent::{ConsentEvent, ConsentState, Origin};
use privacy::log::Kind;
use privacy::{Purpose, PurposeId, SubjectId};

use crate::engine::{StoreError, Value};
use crate::log::{self, NewEntry};
use crate::tx::Tx;

const INSERT: &str = "INSERT INTO consent_event (subject, id, document, version, text_hash, lang, state, at, \
    purpose, recipient, expires_at, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const OF_SUBJECT: &str = "SELECT id, document, version, text_hash, lang, state, at, \
    purpose, recipient, expires_at, origin FROM consent_event \
    WHERE subject = $1 ORDER BY at DESC, id DESC LIMIT 1000";
const AGREED: &str = "SELECT DISTINCT subject FROM consent_event c WHERE purpose IS NOT NULL AND state = 'given' \
    AND subject > $1 AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = c.subject) ORDER BY subject LIMIT $2";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, OF_SUBJECT, AGREED];

/// Appends an event.
///
/// # Errors
/// [`StoreError::Engine`].
pub async fn append<P: Purpose>(tx: &mut Tx<'_, P>, event: &ConsentEvent) -> Result<(), StoreError> {
    let values = [
        Value::Id(event.subject.0),
        Value::Id(event.id),
        Value::Text(event.document.clone()),
        Value::Text(event.version.clone()),
        Value::Text(event.text_hash.clone()),
        Value::Text(event.lang.clone()),
        Value::Text(event.state.as_str().to_owned()),
        Value::Time(event.at),
        Value::OptText(event.purpose.map(|purpose| purpose.as_str().to_owned())),
        Value::OptText(event.recipient.clone()),
        Value::OptTime(event.expires_at),
        Value::OptText(event.origin.as_str().map(str::to_owned)),
    ];
    tx.execute(INSERT, &values).await?;
    // In the same transaction: there is no consent that the log does not hold.
    let entry = NewEntry {
        kind: Kind::Consent,
        subject: Some(event.subject),
        reference: event.id,
        payload: event.log_payload(),
    };
    log::append(tx, &entry).await.map(|_| ())
}

/// People who agreed to something optional at some time, after `after`, in order.
///
/// # Errors
/// [`StoreError`].
pub async fn agreed<P: Purpose>(
    tx: &mut Tx<'_, P>,
    after: SubjectId,
    limit: i64,
) -> Result<Vec<SubjectId>, StoreError> {
    let values = [Value::Id(after.0), Value::Int(limit.clamp(1, 500))];
    let rows = tx.rows(AGREED, &values).await?;
    rows.iter().map(|row| Ok(SubjectId(row.id(0)?))).collect()
}

/// A person's events, oldest first; of very many the latest, since the last word is what counts.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Vec<ConsentEvent>, StoreError> {
    let rows = tx.rows(OF_SUBJECT, &[Value::Id(subject.0)]).await?;
    rows.iter()
        .rev()
        .map(|row| {
            Ok(ConsentEvent {
                id: row.id(0)?,
                subject,
                document: row.text(1)?,
                version: row.text(2)?,
                text_hash: row.text(3)?,
                lang: row.text(4)?,
                state: ConsentState::parse(&row.text(5)?).ok_or(StoreError::Malformed("consent state"))?,
                at: row.time(6)?,
                purpose: match row.opt_text(7)? {
                    Some(text) => {
                        Some(PurposeId::parse(&text).ok_or(StoreError::Malformed("consent purpose"))?)
                    }
                    None => None,
                },
                recipient: row.opt_text(8)?,
                expires_at: row.opt_time(9)?,
                origin: Origin::parse(row.opt_text(10)?.as_deref()),
            })
        })
        .collect()
}
