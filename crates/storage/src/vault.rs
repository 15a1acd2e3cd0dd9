//! The vault: wrapped subject keys in a store of their own, never in a backup of the data.

use privacy::{SubjectId, SubjectKey};
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Store;

/// The holder of the key behind all blind indexes: no person.
pub(crate) const ROOT: SubjectId = SubjectId(Uuid::nil());

const INSERT: &str =
    "INSERT INTO subject_key (subject, wrapped) VALUES ($1, $2) ON CONFLICT (subject) DO NOTHING";
const LOAD: &str = "SELECT wrapped FROM subject_key WHERE subject = $1";
const DESTROY: &str = "DELETE FROM subject_key WHERE subject = $1";
const DESTROY_ALL: &str = "DELETE FROM subject_key WHERE subject <> $1";
pub(crate) const STATEMENTS: &[&str] = &[INSERT, LOAD, DESTROY, DESTROY_ALL];

pub(crate) async fn ensure_root(store: &Store) -> Result<(), StoreError> {
    create(store, ROOT).await?;
    load(store, ROOT).await.map(|_| ())
}

pub(crate) async fn create(store: &Store, subject: SubjectId) -> Result<(), StoreError> {
    let key = SubjectKey::generate(store.entropy());
    let wrapped = store.wrapping().wrap(subject, &key, store.entropy())?;
    let mut conn = store.vault_pool().begin().await?;
    conn.execute(INSERT, &[Value::Id(subject.0), Value::Bytes(wrapped)])
        .await?;
    conn.commit().await
}

pub(crate) async fn load(store: &Store, subject: SubjectId) -> Result<SubjectKey, StoreError> {
    let mut conn = store.vault_pool().begin().await?;
    let row = conn
        .row(LOAD, &[Value::Id(subject.0)])
        .await?
        .ok_or(StoreError::NoKey)?;
    Ok(store.wrapping().unwrap(subject, &row.bytes(0)?)?)
}

pub(crate) async fn destroy(store: &Store, subject: SubjectId) -> Result<(), StoreError> {
    let mut conn = store.vault_pool().begin().await?;
    conn.execute(DESTROY, &[Value::Id(subject.0)]).await?;
    conn.commit().await
}

/// Destroys every person's key; the root stays.
pub(crate) async fn destroy_all(store: &Store) -> Result<(), StoreError> {
    let mut conn = store.vault_pool().begin().await?;
    conn.execute(DESTROY_ALL, &[Value::Id(ROOT.0)]).await?;
    conn.commit().await
}
