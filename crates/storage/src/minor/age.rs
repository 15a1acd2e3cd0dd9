//! Age bands: what a number answered at registration, and what is known of a person (2.7.a).

use domain::minor::Band;
use privacy::{BlindIndex, Purpose, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const ANSWER: &str = "INSERT INTO age_answer (digest, band, at) VALUES ($1, $2, $3) \
    ON CONFLICT (digest) DO UPDATE SET band = excluded.band, at = excluded.at";
const ANSWERED: &str = "SELECT band, at FROM age_answer WHERE digest = $1";
const FORGET: &str = "DELETE FROM age_answer WHERE digest = $1";
const PURGE: &str = "DELETE FROM age_answer WHERE at <= $1";
const PUT: &str = "INSERT INTO age_band (subject, account, band, source, at) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (subject) DO UPDATE SET account = COALESCE(excluded.account, age_band.account), \
    band = excluded.band, source = excluded.source, at = excluded.at";
const OF: &str = "SELECT band, frozen_at FROM age_band WHERE subject = $1";
const FREEZE: &str = "UPDATE age_band SET frozen_at = $2 WHERE subject = $1 AND frozen_at IS NULL";
const THAW: &str = "UPDATE age_band SET frozen_at = NULL WHERE subject = $1";
const DROP: &str = "DELETE FROM age_band WHERE subject = $1";
const BANDS: &str = "SELECT band, COUNT(*) FROM age_band WHERE band <> 'adult' AND account IS NOT NULL \
    GROUP BY band ORDER BY band";
pub(crate) const STATEMENTS: &[&str] = &[
    ANSWER, ANSWERED, FORGET, PURGE, PUT, OF, FREEZE, THAW, DROP, BANDS,
];

/// How a band is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Chosen at registration.
    Declared,
    /// By an identity number.
    Number,
    /// By the guardian.
    Guardian,
    /// By the privacy officer, after it was contested.
    Officer,
}

impl Source {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Number => "number",
            Self::Guardian => "guardian",
            Self::Officer => "officer",
        }
    }
}

/// Notes what a number answered now.
///
/// # Errors
/// [`StoreError`].
pub async fn answer<P: Purpose>(
    tx: &mut Tx<'_, P>,
    digest: BlindIndex,
    band: Band,
) -> Result<(), StoreError> {
    let values = [
        Value::Bytes(digest.0.to_vec()),
        Value::Text(band.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(ANSWER, &values).await.map(|_| ())
}

/// What a number answered last, and when.
///
/// # Errors
/// [`StoreError`].
pub async fn answered<P: Purpose>(
    tx: &mut Tx<'_, P>,
    digest: BlindIndex,
) -> Result<Option<(Band, OffsetDateTime)>, StoreError> {
    let row = tx.row(ANSWERED, &[Value::Bytes(digest.0.to_vec())]).await?;
    row.map(|row| {
        let band = Band::parse(&row.text(0)?).ok_or(StoreError::Malformed("age band"))?;
        Ok((band, row.time(1)?))
    })
    .transpose()
}

/// Forgets what a number answered.
///
/// # Errors
/// [`StoreError`].
pub async fn forget<P: Purpose>(tx: &mut Tx<'_, P>, digest: BlindIndex) -> Result<u64, StoreError> {
    tx.execute(FORGET, &[Value::Bytes(digest.0.to_vec())]).await
}

/// Removes the answers given up to `until` (retention `age_answer_7d`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    tx.execute(PURGE, &[Value::Time(until)]).await
}

/// Notes a person's band.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (subject, account): (SubjectId, Option<Uuid>),
    band: Band,
    source: Source,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(subject.0),
        Value::OptId(account),
        Value::Text(band.as_str().to_owned()),
        Value::Text(source.as_str().to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(PUT, &values).await.map(|_| ())
}

/// A person's band, and since when the account is for browsing only. Nothing of who registered before
/// anybody was asked.
///
/// # Errors
/// [`StoreError`].
pub async fn of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<(Band, Option<OffsetDateTime>)>, StoreError> {
    let row = tx.row(OF, &[Value::Id(subject.0)]).await?;
    row.map(|row| {
        let band = Band::parse(&row.text(0)?).ok_or(StoreError::Malformed("age band"))?;
        Ok((band, row.opt_time(1)?))
    })
    .transpose()
}

/// Makes the account one for browsing only, or ends that.
///
/// # Errors
/// [`StoreError`].
pub async fn freeze<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    frozen: bool,
) -> Result<(), StoreError> {
    if frozen {
        let values = [Value::Id(subject.0), Value::Time(tx.ctx().now())];
        tx.execute(FREEZE, &values).await.map(|_| ())
    } else {
        tx.execute(THAW, &[Value::Id(subject.0)]).await.map(|_| ())
    }
}

/// Removes a person's band, with a request that came to nothing.
///
/// # Errors
/// [`StoreError`].
pub async fn drop<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<u64, StoreError> {
    tx.execute(DROP, &[Value::Id(subject.0)]).await
}

/// How many minors have an account, by band.
///
/// # Errors
/// [`StoreError`].
pub async fn bands<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<(Band, i64)>, StoreError> {
    let rows = tx.rows(BANDS, &[]).await?;
    let read = |row: &crate::engine::Row| {
        let band = Band::parse(&row.text(0)?).ok_or(StoreError::Malformed("age band"))?;
        Ok((band, row.int(1)?))
    };
    rows.iter().map(read).collect()
}
