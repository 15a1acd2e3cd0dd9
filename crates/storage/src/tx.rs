//! The store and its transactions. No [`Ctx`], no transaction; no record, no permit.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use privacy::{
    Ask, BlindIndex, Ctx, Entropy, FieldRef, HoldId, Permit, Personal, Purpose, Sealed, SubjectId,
    SubjectKey, Suite,
};
use time::OffsetDateTime;

use crate::engine::{Conn, Engine, Pool, Row, StoreError, Value};
use crate::vault::{self, Keys, Vault, VaultState};
use crate::{access, schema};

/// Both databases, and the way to the wrapping key.
#[derive(Clone)]
pub struct Store {
    data: Pool,
    vault: Arc<Vault>,
    entropy: Arc<dyn Entropy>,
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
        Ok(Self { data, vault, entropy })
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

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
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

    /// Begins a transaction for one use case.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn begin<'s, P: Purpose>(&'s self, ctx: &'s Ctx<P>) -> Result<Tx<'s, P>, StoreError> {
        Ok(Tx {
            store: self,
            ctx,
            conn: self.data.begin().await?,
            keys: HashMap::new(),
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
pub struct Tx<'s, P: Purpose> {
    store: &'s Store,
    ctx: &'s Ctx<P>,
    conn: Conn,
    keys: HashMap<SubjectId, SubjectKey>,
}

impl<P: Purpose> Tx<'_, P> {
    /// The context this transaction began with.
    #[must_use]
    pub const fn ctx(&self) -> &Ctx<P> {
        self.ctx
    }

    /// The store.
    #[must_use]
    pub const fn store(&self) -> &Store {
        self.store
    }

    pub(crate) async fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        self.conn.execute(sql, values).await
    }

    pub(crate) async fn row(
        &mut self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        self.conn.row(sql, values).await
    }

    pub(crate) async fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.conn.rows(sql, values).await
    }

    /// Asks for a permit; writes its access record in this transaction first (2.5.1.e).
    ///
    /// # Errors
    /// [`StoreError::Denied`] with the kernel's reason.
    pub async fn permit(&mut self, ask: Ask) -> Result<Permit<P>, StoreError> {
        policy::clause!("2.5.1.e");
        let known = access::known(self, &ask).await?;
        let decided = ask.decide(self.ctx, known)?;
        let id = self.store.entropy().id();
        access::record(self, id, decided.record()).await?;
        Ok(decided.after_recording())
    }

    /// Seals a value for its place under its subject's key.
    ///
    /// # Errors
    /// [`StoreError::NoKey`] when the subject has none.
    pub async fn seal(
        &self,
        field: &FieldRef,
        value: &Personal<String>,
    ) -> Result<Sealed<String>, StoreError> {
        let key = self.store.vault.load(field.subject, self.ctx.now()).await?;
        Ok(key.seal(field, value, self.store.entropy())?)
    }

    /// Opens a sealed value under a permit of this transaction.
    ///
    /// # Errors
    /// [`StoreError::Seal`] or [`StoreError::NoKey`].
    pub async fn open(
        &mut self,
        permit: &Permit<P>,
        field: &FieldRef,
        sealed: &Sealed<String>,
    ) -> Result<String, StoreError> {
        // A page opens many fields of one person: the vault is asked once a transaction.
        let key = match self.keys.entry(field.subject) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(self.store.vault.load(field.subject, self.ctx.now()).await?),
        };
        Ok(sealed.open(permit, key, field)?)
    }

    /// Makes everything done here lasting.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn commit(mut self) -> Result<(), StoreError> {
        // What is written here may be sealed under a key just made: the data must not outlive a
        // vault without it.
        let vault = &self.store.vault;
        let Some(generation) = vault.unrecorded() else {
            return self.conn.commit().await;
        };
        self.conn
            .execute(vault::open::LEARN, &[Value::Int(generation)])
            .await?;
        self.conn.commit().await?;
        vault.recorded(generation);
        Ok(())
    }
}
