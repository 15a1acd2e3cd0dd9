//! Changing the wrapping key: every wrapped key is wrapped anew, in batches, while the site serves.
//! Data is not touched. Each batch is one transaction, so a change cut off anywhere goes on where it
//! was; until the last one, both keys are accepted, and with it the old one no longer is.

use std::sync::{Arc, PoisonError};

use privacy::{
    Binding, Entropy, HoldId, Holder, JointId, KeyEncryptionKey, SealError, SubjectId, SubjectKey,
    unwrap_key, wrap_key,
};

use super::open::ACCEPT;
use super::{ROOT, Vault, VaultRefused, accepted, found};
use crate::engine::{Conn, StoreError, Value};

const NEXT_VERSION: &str = "UPDATE vault_meta SET version = version + 1 RETURNING version";
const SUBJECTS: &str = "SELECT subject, wrapped, version FROM subject_key WHERE version < $1 \
    ORDER BY version, subject LIMIT $2";
const MOVE_SUBJECT: &str = "UPDATE subject_key SET wrapped = $2, version = $3 WHERE subject = $1";
const HOLDS: &str = "SELECT id, wrapped, version FROM hold_key WHERE version < $1 \
    ORDER BY version, id LIMIT $2";
const MOVE_HOLD: &str = "UPDATE hold_key SET wrapped = $2, version = $3 WHERE id = $1";
const JOINTS: &str = "SELECT item, wrapped, version, party FROM joint_key WHERE version < $1 \
    ORDER BY version, item, party LIMIT $2";
const MOVE_JOINT: &str = "UPDATE joint_key SET wrapped = $2, version = $3 WHERE item = $1 AND party = $4";
const RETIRE: &str = "DELETE FROM wrapping_key WHERE version < $1";
pub(super) const STATEMENTS: &[&str] = &[
    NEXT_VERSION,
    SUBJECTS,
    MOVE_SUBJECT,
    HOLDS,
    MOVE_HOLD,
    JOINTS,
    MOVE_JOINT,
    RETIRE,
];

/// What one batch did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewrapped {
    /// How many keys it wrapped anew.
    pub keys: usize,
    /// Whether none was left: the former key is no longer accepted.
    pub done: bool,
}

impl Vault {
    /// From now on keys are wrapped with `next`. Begun already with the same key, it goes on.
    pub(crate) async fn begin_rotation(
        &self,
        next: &Arc<dyn KeyEncryptionKey>,
        entropy: &dyn Entropy,
    ) -> Result<(), StoreError> {
        self.can_serve(&**next, entropy)?;
        let (mut conn, generation, version) = self.change().await?;
        let known = accepted(&mut conn).await?;
        let newest = known.iter().find(|(at, _)| *at == version);
        let (_, newest) = newest.ok_or(StoreError::Malformed("wrapping key"))?;
        if newest == next.id() {
            // Nothing was changed; the state need not move.
            return Ok(());
        }
        if known.iter().any(|(_, id)| id != newest) {
            let id = newest.clone();
            return Err(VaultRefused::Rotating { id }.into());
        }
        let row = conn.row(NEXT_VERSION, &[]).await?.ok_or(VaultRefused::Empty)?;
        let version = row.int(0)?;
        let values = [Value::Int(version), Value::Text(next.id().to_owned())];
        conn.execute(ACCEPT, &values).await?;
        self.finish(conn, generation).await?;
        let mut keys = self.accepted.write().unwrap_or_else(PoisonError::into_inner);
        keys.insert(version, Arc::clone(next));
        Ok(())
    }

    /// A key that cannot wrap and unwrap would lock the vault.
    fn can_serve(&self, next: &dyn KeyEncryptionKey, entropy: &dyn Entropy) -> Result<(), SealError> {
        let binding = Binding {
            holder: Holder::Subject(ROOT),
            version: i64::MAX,
        };
        let trial = SubjectKey::generate(self.suite, entropy);
        let wrapped = wrap_key(next, binding, &trial, entropy)?;
        unwrap_key(next, self.suite, binding, &wrapped).map(|_| ())
    }

    /// Wraps at most `limit` keys anew; with none left, retires the former key.
    pub(crate) async fn rotate(&self, limit: i64, entropy: &dyn Entropy) -> Result<Rewrapped, StoreError> {
        let limit = limit.clamp(1, 10_000);
        let (mut conn, generation, version) = self.change().await?;
        let mut old = Vec::new();
        for sql in [SUBJECTS, HOLDS, JOINTS] {
            let values = [Value::Int(version), Value::Int(limit)];
            for row in conn.rows(sql, &values).await? {
                let id = row.id(0)?;
                let holder = match sql {
                    SUBJECTS => Holder::Subject(SubjectId(id)),
                    HOLDS => Holder::Hold(HoldId(id)),
                    _ => Holder::Joint(JointId {
                        item: id,
                        party: SubjectId(row.id(3)?),
                    }),
                };
                old.push((holder, row.bytes(1)?, row.int(2)?));
            }
        }
        for (holder, wrapped, from) in &old {
            self.move_one(&mut conn, *holder, wrapped, (*from, version), entropy)
                .await?;
        }
        let done = old.is_empty();
        if done {
            conn.execute(RETIRE, &[Value::Int(version)]).await?;
            let keys = found(&*self.ring, accepted(&mut conn).await?)?;
            *self.accepted.write().unwrap_or_else(PoisonError::into_inner) = keys;
        }
        self.finish(conn, generation).await?;
        let keys = old.len();
        Ok(Rewrapped { keys, done })
    }

    async fn move_one(
        &self,
        conn: &mut Conn,
        holder: Holder,
        wrapped: &[u8],
        (from, to): (i64, i64),
        entropy: &dyn Entropy,
    ) -> Result<(), StoreError> {
        let key = self.opened(conn, holder, from, wrapped).await?;
        let with = self.wrapping(conn, to).await?;
        let again = wrap_key(&*with, Binding { holder, version: to }, &key, entropy)?;
        let (sql, id, party) = match holder {
            Holder::Subject(subject) => (MOVE_SUBJECT, subject.0, None),
            Holder::Hold(hold) => (MOVE_HOLD, hold.0, None),
            Holder::Joint(joint) => (MOVE_JOINT, joint.item, Some(joint.party.0)),
        };
        let mut values = vec![Value::Id(id), Value::Bytes(again), Value::Int(to)];
        values.extend(party.map(Value::Id));
        conn.execute(sql, &values).await.map(|_| ())
    }
}
