//! The vault: wrapped keys of persons, of parties and of legal holds in a store of their own, never in a backup
//! of the data. What binds it to its data, and when it is refused: [`open`].

mod hold;
mod joint;
pub(crate) mod log_head;
pub(crate) mod open;
mod rotate;
pub(crate) mod tombstone;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use privacy::{
    Binding, Entropy, HoldId, Holder, KeyEncryptionKey, KeyRing, SealError, SubjectId, SubjectKey, Suite,
    WrappingKey, unwrap_key, wrap_key,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::bulk;
use crate::engine::{Conn, Pool, StoreError, Value};

pub use rotate::Rewrapped;

/// The holder of the key behind all blind indexes: no person.
pub(crate) const ROOT: SubjectId = SubjectId(Uuid::nil());

/// The holder of the key from which the log's signing key is made: no person. A log that begins anew
/// after everything was removed gets another.
pub(crate) const LOG: SubjectId = SubjectId(Uuid::from_u128(1));

const INSERT: &str = "INSERT INTO subject_key (subject, wrapped, version) VALUES ($1, $2, $3) \
    ON CONFLICT (subject) DO NOTHING";
const LOAD: &str = "SELECT wrapped, version FROM subject_key WHERE subject = $1";
const DESTROY: &str = "DELETE FROM subject_key WHERE subject = $1";
const DESTROY_ALL: &str = "DELETE FROM subject_key WHERE subject <> $1";
const DESTROY_ALL_HOLDS: &str = "DELETE FROM hold_key";
// Taken first in every change: whoever changes the vault waits here for the other, so that no key is
// wrapped under a version that is just going.
const ADVANCE: &str = "UPDATE vault_meta SET generation = generation + 1 RETURNING generation, version";
const ACCEPTED: &str = "SELECT version, id FROM wrapping_key ORDER BY version";

static LOAD_MANY: LazyLock<String> = LazyLock::new(|| {
    let places = bulk::places();
    format!("SELECT subject, wrapped, version FROM subject_key WHERE subject IN ({places})")
});

pub(crate) fn statements() -> Vec<&'static str> {
    let own = [
        INSERT,
        LOAD,
        LOAD_MANY.as_str(),
        DESTROY,
        DESTROY_ALL,
        DESTROY_ALL_HOLDS,
        ADVANCE,
        ACCEPTED,
    ];
    [
        own.as_slice(),
        hold::STATEMENTS,
        joint::STATEMENTS,
        log_head::STATEMENTS,
        open::VAULT_STATEMENTS,
        rotate::STATEMENTS,
        tombstone::STATEMENTS,
    ]
    .concat()
}

/// Why a vault is not opened. Nothing was changed and nothing is lost; each text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultRefused {
    /// The wrapping key is not the one that this vault knows.
    #[error("the wrapping key does not open this key vault; it needs the key with the id {id}")]
    WrongKey {
        /// The public name of the key that is needed.
        id: String,
    },
    /// Vault and data are of two installations.
    #[error("this key vault belongs to other data; bring together what belongs together")]
    OtherData,
    /// A restored old vault: keys made since are missing, keys destroyed since are back.
    #[error(
        "this key vault is older than the data (its state {vault}, the data knows {data}); put the newest vault back"
    )]
    Older {
        /// The vault's state.
        vault: i64,
        /// The state the data has seen.
        data: i64,
    },
    /// There is data, but the vault has nothing.
    #[error("there is data, but its key vault is empty; put the vault back, an empty one opens nothing")]
    Empty,
    /// The wrapping key is being changed to another one than asked.
    #[error(
        "the wrapping key is being changed to the one with the id {id}; let that end first, with the same key"
    )]
    Rotating {
        /// The public name of the key it is being changed to.
        id: String,
    },
    /// A suite that this build does not know.
    #[error("the key vault uses the suite {0}, which this build does not know; use the build that made it")]
    UnknownSuite(String),
    /// A suite was asked for, but the installation has another.
    #[error("this installation uses the suite {kept}; {asked} can be chosen for a new one only")]
    SuiteFixed {
        /// The installation's.
        kept: Suite,
        /// What was asked for.
        asked: Suite,
    },
}

/// Where a store's keys come from, and the suite asked for.
#[derive(Clone)]
pub struct Keys {
    /// The wrapping keys.
    pub ring: Arc<dyn KeyRing>,
    /// The suite for a new installation; one that is there keeps its own and must not be asked for
    /// another.
    pub suite: Option<Suite>,
}

impl From<WrappingKey> for Keys {
    fn from(key: WrappingKey) -> Self {
        Self {
            ring: Arc::new(key),
            suite: None,
        }
    }
}

/// What vault and data know of each other.
#[derive(Clone, Debug)]
pub struct VaultState {
    /// The installation both belong to.
    pub installation: Uuid,
    /// The suite.
    pub suite: Suite,
    /// Counts every change of the vault; never goes back.
    pub generation: i64,
    /// The public names of the accepted wrapping keys, oldest first; two while one replaces the
    /// other.
    pub wrapping: Vec<String>,
}

pub(crate) struct Vault {
    pool: Pool,
    ring: Arc<dyn KeyRing>,
    suite: Suite,
    installation: Uuid,
    /// The key behind all blind indexes; it never changes, so a store reads it once.
    root: SubjectKey,
    accepted: RwLock<BTreeMap<i64, Arc<dyn KeyEncryptionKey>>>,
    /// The latest state of the vault that this process made or saw.
    seen: AtomicI64,
    /// The latest state that this process wrote into the data.
    recorded: AtomicI64,
}

impl Vault {
    pub(crate) const fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(crate) fn ring(&self) -> Arc<dyn KeyRing> {
        self.ring.clone()
    }

    pub(crate) const fn installation(&self) -> Uuid {
        self.installation
    }

    pub(crate) const fn root(&self) -> &SubjectKey {
        &self.root
    }

    pub(crate) const fn suite(&self) -> Suite {
        self.suite
    }

    /// The state that the data does not know yet: it is written with the next commit.
    pub(crate) fn unrecorded(&self) -> Option<i64> {
        let seen = self.seen.load(Ordering::Acquire);
        (seen > self.recorded.load(Ordering::Acquire)).then_some(seen)
    }

    pub(crate) fn recorded(&self, generation: i64) {
        self.recorded.fetch_max(generation, Ordering::AcqRel);
    }

    pub(crate) async fn state(&self) -> Result<VaultState, StoreError> {
        let mut conn = self.pool.begin().await?;
        let meta = open::meta(&mut conn).await?.ok_or(VaultRefused::Empty)?;
        let wrapping = accepted(&mut conn).await?.into_iter().map(|(_, id)| id).collect();
        Ok(VaultState {
            installation: self.installation,
            suite: self.suite,
            generation: meta.generation,
            wrapping,
        })
    }

    /// Begins a change: every other change waits until this one ends. Gives the connection, the
    /// new state and the version under which keys are wrapped now.
    async fn change(&self) -> Result<(Conn, i64, i64), StoreError> {
        let mut conn = self.pool.begin().await?;
        let row = conn.row(ADVANCE, &[]).await?.ok_or(VaultRefused::Empty)?;
        let (generation, version) = (row.int(0)?, row.int(1)?);
        Ok((conn, generation, version))
    }

    async fn finish(&self, conn: Conn, generation: i64) -> Result<(), StoreError> {
        conn.commit().await?;
        self.seen.fetch_max(generation, Ordering::AcqRel);
        Ok(())
    }

    /// The wrapping key of a version. One that came up since is looked for where keys are kept.
    async fn wrapping(&self, conn: &mut Conn, version: i64) -> Result<Arc<dyn KeyEncryptionKey>, StoreError> {
        if let Some(known) = self.known(version) {
            return Ok(known);
        }
        let keys = found(&*self.ring, accepted(conn).await?)?;
        *self.accepted.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(self.known(version).ok_or(SealError::Damaged)?)
    }

    fn known(&self, version: i64) -> Option<Arc<dyn KeyEncryptionKey>> {
        let accepted = self.accepted.read().unwrap_or_else(PoisonError::into_inner);
        accepted.get(&version).cloned()
    }

    /// A fresh key, wrapped for its holder.
    async fn fresh(
        &self,
        conn: &mut Conn,
        holder: Holder,
        version: i64,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, StoreError> {
        let with = self.wrapping(conn, version).await?;
        let key = SubjectKey::generate(self.suite, entropy);
        Ok(wrap_key(&*with, Binding { holder, version }, &key, entropy)?)
    }

    async fn opened(
        &self,
        conn: &mut Conn,
        holder: Holder,
        version: i64,
        wrapped: &[u8],
    ) -> Result<SubjectKey, StoreError> {
        let with = self.wrapping(conn, version).await?;
        Ok(unwrap_key(
            &*with,
            self.suite,
            Binding { holder, version },
            wrapped,
        )?)
    }

    pub(crate) async fn create(&self, subject: SubjectId, entropy: &dyn Entropy) -> Result<(), StoreError> {
        let (mut conn, generation, version) = self.change().await?;
        let wrapped = self
            .fresh(&mut conn, Holder::Subject(subject), version, entropy)
            .await?;
        let values = [Value::Id(subject.0), Value::Bytes(wrapped), Value::Int(version)];
        conn.execute(INSERT, &values).await?;
        self.finish(conn, generation).await
    }

    /// The key of a person, or of a legal hold that has not ended by `now`.
    pub(crate) async fn load(
        &self,
        subject: SubjectId,
        now: OffsetDateTime,
    ) -> Result<SubjectKey, StoreError> {
        let mut conn = self.pool.begin().await?;
        let Some(row) = conn.row(LOAD, &[Value::Id(subject.0)]).await? else {
            return self.load_hold(&mut conn, HoldId(subject.0), now).await;
        };
        let (wrapped, version) = (row.bytes(0)?, row.int(1)?);
        self.opened(&mut conn, Holder::Subject(subject), version, &wrapped)
            .await
    }

    /// The keys of many people, with the number of statements it took. Who has none is not there.
    pub(crate) async fn load_many(
        &self,
        subjects: &[SubjectId],
    ) -> Result<(HashMap<SubjectId, SubjectKey>, u64), StoreError> {
        let mut conn = self.pool.begin().await?;
        let mut keys = HashMap::with_capacity(subjects.len());
        for chunk in subjects.chunks(bulk::CHUNK) {
            for row in conn.rows(&LOAD_MANY, &bulk::padded(chunk)).await? {
                let (subject, wrapped) = (SubjectId(row.id(0)?), row.bytes(1)?);
                let holder = Holder::Subject(subject);
                let key = self.opened(&mut conn, holder, row.int(2)?, &wrapped).await?;
                keys.insert(subject, key);
            }
        }
        Ok((keys, conn.ran()))
    }

    pub(crate) async fn destroy(&self, subject: SubjectId) -> Result<(), StoreError> {
        let (mut conn, generation, _) = self.change().await?;
        self.destroy_of(&mut conn, subject).await?;
        self.finish(conn, generation).await
    }

    /// A person's key, and their keys to what they share with others.
    async fn destroy_of(&self, conn: &mut Conn, subject: SubjectId) -> Result<(), StoreError> {
        for statement in [DESTROY, joint::DESTROY_OF_PARTY] {
            conn.execute(statement, &[Value::Id(subject.0)]).await?;
        }
        Ok(())
    }

    /// Destroys every person's, party's and hold's key, and the log's with its head; the root stays.
    pub(crate) async fn destroy_all(&self) -> Result<(), StoreError> {
        let (mut conn, generation, _) = self.change().await?;
        conn.execute(DESTROY_ALL, &[Value::Id(ROOT.0)]).await?;
        conn.execute(DESTROY_ALL_HOLDS, &[]).await?;
        conn.execute(joint::DROP_ALL, &[]).await?;
        conn.execute(tombstone::DROP_ALL, &[]).await?;
        conn.execute(log_head::DROP_HEAD, &[]).await?;
        self.finish(conn, generation).await
    }
}

async fn accepted(conn: &mut Conn) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = conn.rows(ACCEPTED, &[]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// The accepted keys, all of them: while one replaces the other, both are needed.
fn found(
    ring: &dyn KeyRing,
    accepted: Vec<(i64, String)>,
) -> Result<BTreeMap<i64, Arc<dyn KeyEncryptionKey>>, StoreError> {
    let mut keys = BTreeMap::new();
    for (version, id) in accepted {
        let key = ring.find(&id)?.ok_or(VaultRefused::WrongKey { id })?;
        keys.insert(version, key);
    }
    Ok(keys)
}
