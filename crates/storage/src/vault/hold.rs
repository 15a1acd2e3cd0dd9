//! Keys of legal holds: what a legal duty keeps of an erased person is sealed under its hold's own
//! key. The key does not load from its last instant on, and is destroyed then (clause 2.5.3.b).

use privacy::{Entropy, HoldId, Holder, SubjectKey};
use time::OffsetDateTime;

use super::Vault;
use crate::engine::{Conn, StoreError, Value};

const INSERT: &str = "INSERT INTO hold_key (id, wrapped, version, until, created) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (id) DO NOTHING";
const LOAD: &str = "SELECT wrapped, version FROM hold_key WHERE id = $1 AND until > $2";
const DESTROY: &str = "DELETE FROM hold_key WHERE id = $1";
const ENDED: &str = "SELECT id FROM hold_key WHERE until <= $1 ORDER BY until, id LIMIT $2";
pub(super) const STATEMENTS: &[&str] = &[INSERT, LOAD, DESTROY, ENDED];

impl Vault {
    pub(crate) async fn create_hold(
        &self,
        hold: HoldId,
        created: OffsetDateTime,
        until: OffsetDateTime,
        entropy: &dyn Entropy,
    ) -> Result<(), StoreError> {
        let (mut conn, generation, version) = self.change().await?;
        let wrapped = self
            .fresh(&mut conn, Holder::Hold(hold), version, entropy)
            .await?;
        let values = [
            Value::Id(hold.0),
            Value::Bytes(wrapped),
            Value::Int(version),
            Value::Time(until),
            Value::Time(created),
        ];
        conn.execute(INSERT, &values).await?;
        self.finish(conn, generation).await
    }

    pub(super) async fn load_hold(
        &self,
        conn: &mut Conn,
        hold: HoldId,
        now: OffsetDateTime,
    ) -> Result<SubjectKey, StoreError> {
        policy::clause!("2.5.3.b");
        let row = conn
            .row(LOAD, &[Value::Id(hold.0), Value::Time(now)])
            .await?
            .ok_or(StoreError::NoKey)?;
        let (wrapped, version) = (row.bytes(0)?, row.int(1)?);
        self.opened(conn, Holder::Hold(hold), version, &wrapped).await
    }

    pub(crate) async fn destroy_hold(&self, hold: HoldId) -> Result<(), StoreError> {
        let (mut conn, generation, _) = self.change().await?;
        conn.execute(DESTROY, &[Value::Id(hold.0)]).await?;
        self.finish(conn, generation).await
    }

    pub(crate) async fn ended_holds(
        &self,
        now: OffsetDateTime,
        limit: i64,
    ) -> Result<Vec<HoldId>, StoreError> {
        let mut conn = self.pool().begin().await?;
        let values = [Value::Time(now), Value::Int(limit.clamp(1, 1_000))];
        let rows = conn.rows(ENDED, &values).await?;
        rows.iter().map(|row| Ok(HoldId(row.id(0)?))).collect()
    }
}
