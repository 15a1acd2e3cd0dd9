//! The store and its transactions. No [`Ctx`], no transaction; no record, no permit.

mod copies;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use policy::{Archive, PolicyError};
use privacy::bulk::{BulkAsk, BulkPermit};
use privacy::permit::Separate;
use privacy::{
    Ask, BlindIndex, Ctx, Entropy, FieldRef, Grant, HoldId, Holder, JointId, KeyEncryptionKey, Opened,
    Permit, Personal, Purpose, Scope, Sealed, Sensitive, SubjectId, SubjectKey, Suite,
};
use time::OffsetDateTime;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::engine::{Conn, Engine, Pool, Row, StoreError, Value};
use crate::register::{self, Class};
use crate::vault::tombstone::Tombstone;
use crate::vault::{self, Keys, Rewrapped, Vault, VaultState};
use crate::{access, bulk, minor, schema};

/// The versions this build ships: read once, whatever number of stores is opened.
static SHIPPED: LazyLock<Result<Arc<Archive>, PolicyError>> =
    LazyLock::new(|| policy::builtin().map(Arc::new));

/// Both databases, and the way to the wrapping key.
#[derive(Clone)]
pub struct Store {
    data: Pool,
    vault: Arc<Vault>,
    entropy: Arc<dyn Entropy>,
    policy: Arc<Archive>,
}

impl Store {
    /// Opens data and vault, brings both schemas up to date and checks that they belong together and
    /// that the wrapping key opens this vault.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Vault`] says why a vault is refused.
    pub async fn open(
        data: &str,
        vault_address: &str,
        keys: impl Into<Keys>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let data = Pool::open(data).await?;
        let vault = Pool::open(vault_address).await?;
        schema::migrate(&data, schema::DATA).await?;
        schema::migrate(&vault, schema::VAULT).await?;
        let vault = Arc::new(vault::open::open(&data, vault, keys.into(), &*entropy).await?);
        Ok(Self {
            data,
            vault,
            entropy,
            policy: SHIPPED.clone()?,
        })
    }

    /// Another copy of the data beside the same vault.
    pub(crate) async fn beside(&self, data: &str) -> Result<Self, StoreError> {
        let data = Pool::open(data).await?;
        schema::migrate(&data, schema::DATA).await?;
        let keys = Keys {
            ring: self.vault.ring(),
            suite: None,
        };
        let pool = self.vault.pool().clone();
        let vault = Arc::new(vault::open::open(&data, pool, keys, &*self.entropy).await?);
        Ok(Self {
            data,
            vault,
            ..self.clone()
        })
    }

    /// The same store under these versions of the policy instead of those that are shipped.
    #[must_use]
    pub fn under(mut self, policy: Arc<Archive>) -> Self {
        self.policy = policy;
        self
    }

    /// The versions of the policy.
    #[must_use]
    pub fn policy(&self) -> &Archive {
        &self.policy
    }

    /// Which engine holds the data.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.data.engine()
    }

    /// The source of randomness given at the start.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    pub(crate) const fn data(&self) -> &Pool {
        &self.data
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn vault_installation(&self) -> Uuid {
        self.vault.installation()
    }

    /// The suite that this installation seals with.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.vault.suite()
    }

    /// What the vault is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn vault_state(&self) -> Result<VaultState, StoreError> {
        self.vault.state().await
    }

    /// Wraps keys with `next` from now on; [`Store::rewrap_keys`] does the earlier ones. Asked again
    /// with the same key, nothing happens.
    ///
    /// # Errors
    /// [`StoreError`]; a key that cannot serve this installation changes nothing.
    pub async fn begin_rotation(&self, next: &Arc<dyn KeyEncryptionKey>) -> Result<(), StoreError> {
        self.vault.begin_rotation(next, self.entropy()).await
    }

    /// Wraps at most `limit` keys of each kind anew, in one transaction. When none is left, the former
    /// key is no longer accepted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rewrap_keys(&self, limit: i64) -> Result<Rewrapped, StoreError> {
        self.vault.rotate(limit, self.entropy()).await
    }

    /// Begins a transaction for one use case.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn begin<'s, P: Purpose>(&'s self, ctx: &'s Ctx<P>) -> Result<Tx<'s, P>, StoreError> {
        Ok(Tx {
            store: self,
            ctx,
            scope: Scope::default(),
            conn: Mutex::new(self.data.begin().await?),
            keys: Mutex::new(HashMap::new()),
            asked: AtomicU64::new(0),
        })
    }

    /// Gives a person a key, before the first personal value is sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_key(&self, subject: SubjectId) -> Result<(), StoreError> {
        self.vault.create(subject, self.entropy()).await
    }

    /// Destroys a person's key: everything sealed under it is unreadable from now on, in backups
    /// too (clause 1.6). Idempotent.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn destroy_key(&self, subject: SubjectId) -> Result<(), StoreError> {
        policy::clause!("1.6");
        self.vault.destroy(subject).await
    }

    /// Whether the vault holds a key for the person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_key(&self, subject: SubjectId, now: OffsetDateTime) -> Result<bool, StoreError> {
        match self.vault.load(subject, now).await {
            Ok(_) => Ok(true),
            Err(StoreError::NoKey) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Destroys a person's key for good: the vault remembers that it was destroyed, so that neither
    /// a restored backup of the data nor one of the vault brings the person back (1.6, 2.6.3.e).
    /// Idempotent.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn entomb(
        &self,
        subject: SubjectId,
        number: &str,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        policy::clause!("2.6.3.e");
        self.vault.entomb(subject, number, at).await
    }

    /// People whose key the vault says is destroyed for good, after `after`, in order.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn tombstones(&self, after: SubjectId, limit: i64) -> Result<Vec<Tombstone>, StoreError> {
        self.vault.tombstones(after, limit).await
    }

    /// Takes what was removed out of the files too, as far as the engine lets its client: SQLite's
    /// log is folded into the file, whose freed pages are overwritten. PostgreSQL's tables are
    /// vacuumed by the server itself.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn scrub(&self) -> Result<(), StoreError> {
        self.data.scrub().await?;
        self.vault.pool().scrub().await
    }

    /// Looks through the store's own files for any of the needles; the names of files where one
    /// is, and how many files there are. None on PostgreSQL: its files are not ours to read.
    ///
    /// # Errors
    /// [`StoreError::File`].
    pub async fn search_files(&self, needles: Vec<Vec<u8>>) -> Result<(usize, Vec<String>), StoreError> {
        let files: Vec<_> = [&self.data, self.vault.pool()]
            .iter()
            .flat_map(|pool| pool.files())
            .collect();
        let search = move || crate::rights::probe::in_files(&files, &needles);
        tokio::task::spawn_blocking(search)
            .await
            .map_err(|_| StoreError::Malformed("search"))?
            .map_err(StoreError::File)
    }

    /// Whether the vault holds any key of a person: their own, or to what they share with others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_any_key(&self, subject: SubjectId, now: OffsetDateTime) -> Result<bool, StoreError> {
        Ok(self.has_key(subject, now).await? || self.vault.has_joint(subject).await?)
    }

    /// Gives parties a key each for what they share. Who has one keeps it; who was erased gets none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_joint_keys(&self, joints: &[JointId]) -> Result<(), StoreError> {
        self.vault.create_joint(joints, self.entropy()).await
    }

    /// Gives a legal hold a key that lasts until an instant. What is sealed for
    /// [`HoldId::subject`] lies under it. A hold that has a key keeps it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_hold_key(
        &self,
        hold: HoldId,
        created: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.vault.create_hold(hold, created, until, self.entropy()).await
    }

    /// Destroys the key of a hold. Idempotent.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn destroy_hold_key(&self, hold: HoldId) -> Result<(), StoreError> {
        self.vault.destroy_hold(hold).await
    }

    /// Holds whose key has come to its end, the earliest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn ended_hold_keys(&self, now: OffsetDateTime, limit: i64) -> Result<Vec<HoldId>, StoreError> {
        self.vault.ended_holds(now, limit).await
    }

    /// The digest under which a value of `field` is looked up.
    #[must_use]
    pub fn blind_index(&self, field: &str, value: &Personal<String>) -> BlindIndex {
        self.vault.root().blind_index(field, value)
    }

    /// Prepares every statement of both stores (the catalogue test).
    ///
    /// # Errors
    /// The first statement that an engine does not take.
    pub async fn prepare_all(&self) -> Result<usize, StoreError> {
        let (data, vault) = (crate::statements(), crate::vault_statements());
        for (pool, statements) in [(&self.data, &data), (self.vault.pool(), &vault)] {
            let mut conn = pool.begin().await?;
            for statement in statements {
                conn.prepare(statement).await?;
            }
        }
        Ok(data.len() + vault.len())
    }

    /// Table and column names of both live schemas, sorted.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn live_columns(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut columns = schema::live_columns(&self.data).await?;
        columns.extend(schema::live_columns(self.vault.pool()).await?);
        columns.sort();
        columns.dedup();
        Ok(columns)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.data.close().await;
        self.vault.pool().close().await;
    }
}

/// A transaction of one use case under one purpose. Dropped without [`Tx::commit`], nothing
/// happened.
///
/// A permit borrows its transaction, so that it cannot be used after the commit:
/// ```compile_fail,E0505
/// # use storage::{Store, StoreError}; use privacy::{Ask, Ctx, FieldRef, Sealed, purpose::ShowOwn};
/// # async fn read(store: &Store, ctx: &Ctx<ShowOwn>, ask: Ask, place: &FieldRef, sealed: &Sealed<String>) -> Result<(), StoreError> {
/// let tx = store.begin(ctx).await?;
/// let permit = tx.permit(ask).await?;
/// tx.commit().await?;
/// let later = store.begin(ctx).await?;
/// later.open(&permit, place, sealed).await?;
/// # Ok(()) }
/// ```
/// In its own transaction it opens:
/// ```
/// # use storage::{Store, StoreError}; use privacy::{Ask, Ctx, FieldRef, Sealed, purpose::ShowOwn};
/// # async fn read(store: &Store, ctx: &Ctx<ShowOwn>, ask: Ask, place: &FieldRef, sealed: &Sealed<String>) -> Result<(), StoreError> {
/// let tx = store.begin(ctx).await?;
/// let permit = tx.permit(ask).await?;
/// tx.open(&permit, place, sealed).await?;
/// tx.commit().await?;
/// # Ok(()) }
/// ```
/// A personal value is no value of a statement; only its sealed bytes are:
/// ```compile_fail,E0308
/// let phone = privacy::Personal::received("10000000001".to_owned());
/// let _ = storage::Value::Text(phone);
/// ```
pub struct Tx<'s, P: Purpose> {
    store: &'s Store,
    ctx: &'s Ctx<P>,
    scope: Scope,
    // Asking for a permit writes while earlier permits still borrow the transaction.
    conn: Mutex<Conn>,
    keys: Mutex<HashMap<Holder, SubjectKey>>,
    /// Looks into the vault.
    asked: AtomicU64,
}

impl<'s, P: Purpose> Tx<'s, P> {
    /// The context this transaction began with.
    #[must_use]
    pub const fn ctx(&self) -> &Ctx<P> {
        self.ctx
    }

    pub(crate) const fn conn(&self) -> &Mutex<Conn> {
        &self.conn
    }

    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &'s Store {
        self.store
    }

    pub(crate) async fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        self.conn.get_mut().execute(sql, values).await
    }

    pub(crate) async fn row(
        &mut self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        self.conn.get_mut().row(sql, values).await
    }

    pub(crate) async fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.conn.get_mut().rows(sql, values).await
    }

    /// Asks for a permit; writes its access record in this transaction first (2.5.1.e). The permit
    /// ends with this transaction.
    ///
    /// # Errors
    /// [`StoreError::Denied`] with the kernel's reason.
    pub async fn permit(&self, ask: Ask) -> Result<Permit<'_, P>, StoreError> {
        policy::clause!("2.5.1.e");
        let mut conn = self.conn.lock().await;
        let known = access::known(&mut conn, self, &ask).await?;
        let decided = ask.decide(self.ctx, known)?;
        let id = self.store.entropy().id();
        if let Some(approval) = decided.record().approval {
            policy::clause!("2.7.b");
            minor::approval::use_up(&mut conn, self, approval).await?;
        }
        access::record(&mut conn, id, decided.record()).await?;
        Ok(decided.after_recording(&self.scope))
    }

    /// Asks for a permit for many people; writes one record for all of them first. Their keys are
    /// fetched at once, so that opening what follows takes no statement for each.
    ///
    /// # Errors
    /// [`StoreError::Denied`] with the kernel's reason.
    pub async fn permit_many(&self, ask: BulkAsk<'_>) -> Result<BulkPermit<'_, P>, StoreError> {
        policy::clause!("2.5.1.e");
        let mut conn = self.conn.lock().await;
        let known = bulk::known(&mut conn, self, &ask).await?;
        let decided = ask.decide(self.ctx, &known)?;
        let id = self.store.entropy().id();
        bulk::record(&mut conn, id, decided.record()).await?;
        let permit = decided.after_recording(&self.scope);
        let (fetched, asked) = self.store.vault.load_many(permit.subjects()).await?;
        self.asked.fetch_add(asked, Ordering::Relaxed);
        let fetched = fetched
            .into_iter()
            .map(|(subject, key)| (Holder::Subject(subject), key));
        self.keys.lock().await.extend(fetched);
        Ok(permit)
    }

    /// How many statements this transaction ran so far, on the data and on the vault.
    pub async fn statements(&self) -> u64 {
        self.conn.lock().await.ran() + self.asked.load(Ordering::Relaxed)
    }

    /// Seals a value for its place under its subject's key.
    ///
    /// # Errors
    /// [`StoreError::NotRegistered`] for a place that the register does not have as personal or secret,
    /// [`StoreError::NoKey`] when the subject has none.
    pub async fn seal(
        &self,
        field: &FieldRef,
        value: &Personal<String>,
    ) -> Result<Sealed<String>, StoreError> {
        policy::clause!("2.1.2.3");
        registered(field, &[Class::Personal, Class::Secret])?;
        let mut keys = self.keys.lock().await;
        let key = self.key(&mut keys, Holder::Subject(field.subject)).await?;
        Ok(key.seal(field, value, self.store.entropy())?)
    }

    /// Seals a sensitive value for its place under its subject's key.
    ///
    /// # Errors
    /// [`StoreError::NotRegistered`] for a place that the register does not have as sensitive,
    /// [`StoreError::NoKey`] when the subject has none.
    pub async fn seal_sensitive(
        &self,
        field: &FieldRef,
        value: &Sensitive<String>,
    ) -> Result<Sealed<Sensitive<String>>, StoreError> {
        registered(field, &[Class::Sensitive])?;
        let key = self.store.vault.load(field.subject, self.ctx.now()).await?;
        Ok(key.seal_sensitive(field, value, self.store.entropy())?)
    }

    /// Opens a sealed value under a permit of this transaction.
    ///
    /// # Errors
    /// [`StoreError::Seal`] or [`StoreError::NoKey`].
    pub async fn open(
        &self,
        permit: &impl Grant<P>,
        field: &FieldRef,
        sealed: &Sealed<String>,
    ) -> Result<Opened, StoreError> {
        let mut keys = self.keys.lock().await;
        let key = self.key(&mut keys, Holder::Subject(field.subject)).await?;
        Ok(sealed.open(permit, &self.scope, key, field)?)
    }

    /// Opens a sealed value for the eyes of whoever acts: the person's own, or disclosed to them.
    ///
    /// # Errors
    /// As [`Tx::open`], and if the program opened it for its own work.
    pub async fn show(
        &self,
        permit: &impl Grant<P>,
        field: &FieldRef,
        sealed: &Sealed<String>,
    ) -> Result<String, StoreError> {
        Ok(self.open(permit, field, sealed).await?.shown()?)
    }

    /// Opens a sensitive value under a permit of this transaction that rests on separate consent
    /// or a legal duty.
    ///
    /// # Errors
    /// [`StoreError::Seal`] or [`StoreError::NoKey`].
    pub async fn open_sensitive(
        &self,
        permit: &Separate<'_, '_, P>,
        field: &FieldRef,
        sealed: &Sealed<Sensitive<String>>,
    ) -> Result<Opened, StoreError> {
        let mut keys = self.keys.lock().await;
        let key = self.key(&mut keys, Holder::Subject(field.subject)).await?;
        Ok(sealed.open_sensitive(permit, &self.scope, key, field)?)
    }

    /// A page opens many fields of one person: the vault is asked once a transaction.
    async fn key<'k>(
        &self,
        keys: &'k mut HashMap<Holder, SubjectKey>,
        holder: Holder,
    ) -> Result<&'k SubjectKey, StoreError> {
        Ok(match keys.entry(holder) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                self.asked.fetch_add(1, Ordering::Relaxed);
                let vault = &self.store.vault;
                place.insert(match holder {
                    Holder::Joint(joint) => vault.load_joint(joint).await?,
                    Holder::Subject(SubjectId(id)) | Holder::Hold(HoldId(id)) => {
                        vault.load(SubjectId(id), self.ctx.now()).await?
                    }
                })
            }
        })
    }

    /// Makes everything done here lasting.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn commit(self) -> Result<(), StoreError> {
        // What is written here may be sealed under a key just made: the data must not outlive a
        // vault without it.
        let mut conn = self.conn.into_inner();
        let vault = &self.store.vault;
        let Some(generation) = vault.unrecorded() else {
            return conn.commit().await;
        };
        conn.execute(vault::open::LEARN, &[Value::Int(generation)])
            .await?;
        conn.commit().await?;
        vault.recorded(generation);
        Ok(())
    }
}

/// Nothing personal is stored where the register does not know of it (0.5, 2.1.2.3).
fn registered(field: &FieldRef, classes: &[Class]) -> Result<(), StoreError> {
    if register::sealed_class(field.table, field.column).is_some_and(|class| classes.contains(&class)) {
        return Ok(());
    }
    Err(StoreError::NotRegistered)
}
