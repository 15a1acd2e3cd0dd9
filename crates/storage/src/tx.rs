//! The store and its transactions. No [`Ctx`], no transaction; no record, no permit.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use privacy::{
    Ask, BlindIndex, Ctx, Entropy, FieldRef, Permit, Personal, Purpose, Sealed, SubjectId, SubjectKey,
    WrappingKey,
};

use crate::engine::{Conn, Engine, Pool, Row, StoreError, Value};
use crate::{access, schema, vault};

/// Both databases and the wrapping key.
#[derive(Clone)]
pub struct Store {
    data: Pool,
    vault: Pool,
    wrapping: WrappingKey,
    entropy: Arc<dyn Entropy>,
}

impl Store {
    /// Opens data and vault, brings both schemas up to date and checks that the wrapping key
    /// opens this vault.
    ///
    /// # Errors
    /// [`StoreError`]; a wrong wrapping key is [`privacy::SealError::Damaged`].
    pub async fn open(
        data: &str,
        vault_address: &str,
        wrapping: WrappingKey,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let data = Pool::open(data).await?;
        let vault = Pool::open(vault_address).await?;
        schema::migrate(&data, schema::DATA).await?;
        schema::migrate(&vault, schema::VAULT).await?;
        let store = Self {
            data,
            vault,
            wrapping,
            entropy,
        };
        vault::ensure_root(&store).await?;
        Ok(store)
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

    pub(crate) const fn wrapping(&self) -> &WrappingKey {
        &self.wrapping
    }

    pub(crate) const fn vault_pool(&self) -> &Pool {
        &self.vault
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
        vault::create(self, subject).await
    }

    /// Destroys a person's key: everything sealed under it is unreadable from now on, in backups
    /// too (clause 1.6). Idempotent.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn destroy_key(&self, subject: SubjectId) -> Result<(), StoreError> {
        policy::clause!("1.6");
        vault::destroy(self, subject).await
    }

    /// The digest under which a value of `field` is looked up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn blind_index(&self, field: &str, value: &Personal<String>) -> Result<BlindIndex, StoreError> {
        Ok(vault::load(self, vault::ROOT).await?.blind_index(field, value))
    }

    /// Prepares every statement of both stores (the catalogue test).
    ///
    /// # Errors
    /// The first statement that an engine does not take.
    pub async fn prepare_all(&self) -> Result<usize, StoreError> {
        let (data, vault) = (crate::statements(), crate::vault_statements());
        for (pool, statements) in [(&self.data, &data), (&self.vault, &vault)] {
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
        columns.extend(schema::live_columns(&self.vault).await?);
        columns.sort();
        columns.dedup();
        Ok(columns)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.data.close().await;
        self.vault.close().await;
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
        let key = vault::load(self.store, field.subject).await?;
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
            Entry::Vacant(place) => place.insert(vault::load(self.store, field.subject).await?),
        };
        Ok(sealed.open(permit, key, field)?)
    }

    /// Makes everything done here lasting.
    ///
    /// # Errors
    /// [`StoreError::Engine`].
    pub async fn commit(self) -> Result<(), StoreError> {
        self.conn.commit().await
    }
}
