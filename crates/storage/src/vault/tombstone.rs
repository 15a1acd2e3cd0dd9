//! Whose key was destroyed for good: read after a restore, so that nobody who was erased comes back
//! (clause 2.6.3.e).

use privacy::SubjectId;
use time::OffsetDateTime;

use super::{DESTROY, Vault};
use crate::engine::{StoreError, Value};

const ENTOMB: &str = "INSERT INTO tombstone (subject, at) VALUES ($1, $2) ON CONFLICT (subject) DO NOTHING";
const PAGE: &str = "SELECT subject FROM tombstone WHERE subject > $1 ORDER BY subject LIMIT $2";
pub(super) const DROP_ALL: &str = "DELETE FROM tombstone";
pub(super) const STATEMENTS: &[&str] = &[ENTOMB, PAGE, DROP_ALL];

impl Vault {
    /// Destroys a person's key and notes that it was, both or neither.
    pub(crate) async fn entomb(&self, subject: SubjectId, at: OffsetDateTime) -> Result<(), StoreError> {
        let (mut conn, generation, _) = self.change().await?;
        conn.execute(DESTROY, &[Value::Id(subject.0)]).await?;
        conn.execute(ENTOMB, &[Value::Id(subject.0), Value::Time(at)])
            .await?;
        self.finish(conn, generation).await
    }

    pub(crate) async fn tombstones(
        &self,
        after: SubjectId,
        limit: i64,
    ) -> Result<Vec<SubjectId>, StoreError> {
        let mut conn = self.pool().begin().await?;
        let values = [Value::Id(after.0), Value::Int(limit.clamp(1, 500))];
        let rows = conn.rows(PAGE, &values).await?;
        rows.iter().map(|row| Ok(SubjectId(row.id(0)?))).collect()
    }
}
