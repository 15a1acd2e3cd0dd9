//! Whose key was destroyed for good: read after a restore, so that nobody who was erased comes back
//! (clause 2.6.3.e).

use privacy::SubjectId;
use time::OffsetDateTime;

use super::Vault;
use crate::engine::{StoreError, Value};

const ENTOMB: &str =
    "INSERT INTO tombstone (subject, at, number) VALUES ($1, $2, $3) ON CONFLICT (subject) DO NOTHING";
const PAGE: &str = "SELECT subject, number FROM tombstone WHERE subject > $1 ORDER BY subject LIMIT $2";
pub(super) const DROP_ALL: &str = "DELETE FROM tombstone";
pub(super) const STATEMENTS: &[&str] = &[ENTOMB, PAGE, DROP_ALL];

/// A person whose key was destroyed for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Who it was: the pseudonym, nothing else.
    pub subject: SubjectId,
    /// The number of the erasure's certificate.
    pub number: Option<String>,
}

impl Vault {
    /// Destroys a person's key and notes that it was, both or neither.
    pub(crate) async fn entomb(
        &self,
        subject: SubjectId,
        number: &str,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let (mut conn, generation, _) = self.change().await?;
        self.destroy_of(&mut conn, subject).await?;
        let values = [
            Value::Id(subject.0),
            Value::Time(at),
            Value::Text(number.to_owned()),
        ];
        conn.execute(ENTOMB, &values).await?;
        self.finish(conn, generation).await
    }

    pub(crate) async fn tombstones(
        &self,
        after: SubjectId,
        limit: i64,
    ) -> Result<Vec<Tombstone>, StoreError> {
        let mut conn = self.pool().begin().await?;
        let values = [Value::Id(after.0), Value::Int(limit.clamp(1, 500))];
        let rows = conn.rows(PAGE, &values).await?;
        rows.iter()
            .map(|row| {
                Ok(Tombstone {
                    subject: SubjectId(row.id(0)?),
                    number: row.opt_text(1)?,
                })
            })
            .collect()
    }
}
