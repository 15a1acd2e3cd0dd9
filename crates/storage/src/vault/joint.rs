//! Keys of parties: what several share, such as the notes on an order, each has a copy of under a key
//! of its own. Erasing one party takes its keys and nobody else's (clause 1.6).

use privacy::{Entropy, Holder, JointId, SubjectId, SubjectKey};
use uuid::Uuid;

use super::Vault;
use crate::engine::{StoreError, Value};

// Nobody who was erased gets a key again.
const INSERT: &str = "INSERT INTO joint_key (item, party, wrapped, version) \
    SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM tombstone t WHERE t.subject = $2) \
    ON CONFLICT (item, party) DO NOTHING";
const KNOWN: &str = "SELECT 1 FROM joint_key WHERE item = $1 AND party = $2";
const LOAD: &str = "SELECT wrapped, version FROM joint_key WHERE item = $1 AND party = $2";
pub(super) const DESTROY_OF_PARTY: &str = "DELETE FROM joint_key WHERE party = $1";
const DESTROY_OF_ITEM: &str = "DELETE FROM joint_key WHERE item = $1";
const OF_PARTY: &str = "SELECT item FROM joint_key WHERE party = $1 ORDER BY item LIMIT 1";
pub(super) const DROP_ALL: &str = "DELETE FROM joint_key";
pub(super) const STATEMENTS: &[&str] = &[
    INSERT,
    KNOWN,
    LOAD,
    DESTROY_OF_PARTY,
    DESTROY_OF_ITEM,
    OF_PARTY,
    DROP_ALL,
];

const fn values(joint: JointId) -> [Value; 2] {
    [Value::Id(joint.item), Value::Id(joint.party.0)]
}

impl Vault {
    /// Gives each party a key for the item. Who has one keeps it; who was erased gets none.
    pub(crate) async fn create_joint(
        &self,
        joints: &[JointId],
        entropy: &dyn Entropy,
    ) -> Result<(), StoreError> {
        let mut missing = Vec::new();
        {
            let mut conn = self.pool.begin().await?;
            for joint in joints {
                if conn.row(KNOWN, &values(*joint)).await?.is_none() {
                    missing.push(*joint);
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let (mut conn, generation, version) = self.change().await?;
        for joint in missing {
            let holder = Holder::Joint(joint);
            let wrapped = self.fresh(&mut conn, holder, version, entropy).await?;
            let [item, party] = values(joint);
            let values = [item, party, Value::Bytes(wrapped), Value::Int(version)];
            conn.execute(INSERT, &values).await?;
        }
        self.finish(conn, generation).await
    }

    pub(crate) async fn load_joint(&self, joint: JointId) -> Result<SubjectKey, StoreError> {
        let mut conn = self.pool.begin().await?;
        let row = conn.row(LOAD, &values(joint)).await?;
        let row = row.ok_or(StoreError::NoKey)?;
        let (wrapped, version) = (row.bytes(0)?, row.int(1)?);
        self.opened(&mut conn, Holder::Joint(joint), version, &wrapped)
            .await
    }

    /// Whether a party has a key to anything.
    pub(crate) async fn has_joint(&self, party: SubjectId) -> Result<bool, StoreError> {
        let mut conn = self.pool.begin().await?;
        Ok(conn.row(OF_PARTY, &[Value::Id(party.0)]).await?.is_some())
    }

    /// Destroys every party's key to these items. Idempotent.
    pub(crate) async fn destroy_items(&self, items: &[Uuid]) -> Result<(), StoreError> {
        if items.is_empty() {
            return Ok(());
        }
        let (mut conn, generation, _) = self.change().await?;
        for item in items {
            conn.execute(DESTROY_OF_ITEM, &[Value::Id(*item)]).await?;
        }
        self.finish(conn, generation).await
    }
}
