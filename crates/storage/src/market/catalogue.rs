//! The public catalogue. Each row is one document, read whole at the start and at a change; the
//! database never looks inside.

use privacy::Purpose;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const PUT_GROUP: &str = "INSERT INTO catalogue_group (slug, position, body) VALUES ($1, $2, $3) \
    ON CONFLICT (slug) DO UPDATE SET position = excluded.position, body = excluded.body";
const PUT_CATEGORY: &str = "INSERT INTO category (slug, position, body) VALUES ($1, $2, $3) \
    ON CONFLICT (slug) DO UPDATE SET position = excluded.position, body = excluded.body";
const PUT_SUPPLIER: &str = "INSERT INTO supplier (id, position, body) VALUES ($1, $2, $3) \
    ON CONFLICT (id) DO UPDATE SET position = excluded.position, body = excluded.body";
const PUT_SERVICE: &str = "INSERT INTO service (id, supplier, category, position, body) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (id) DO UPDATE SET supplier = excluded.supplier, category = excluded.category, \
    position = excluded.position, body = excluded.body";
const GROUPS: &str =
    "SELECT position, body FROM catalogue_group WHERE position > $1 ORDER BY position LIMIT $2";
const CATEGORIES: &str = "SELECT position, body FROM category WHERE position > $1 ORDER BY position LIMIT $2";
const SUPPLIERS: &str = "SELECT position, body FROM supplier WHERE position > $1 ORDER BY position LIMIT $2";
const SERVICES: &str = "SELECT position, body FROM service WHERE position > $1 ORDER BY position LIMIT $2";
const ADD_SUPPLIER: &str = "INSERT INTO supplier (id, position, body) \
    SELECT $1, COALESCE(MAX(position), 0) + 1, $2 FROM supplier WHERE position > 0 ON CONFLICT (id) DO NOTHING";
const SERVICE: &str = "SELECT body FROM service WHERE id = $1";
const HAS_SUPPLIER: &str = "SELECT position FROM supplier WHERE id = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    ADD_SUPPLIER,
    SERVICE,
    HAS_SUPPLIER,
    PUT_GROUP,
    PUT_CATEGORY,
    PUT_SUPPLIER,
    PUT_SERVICE,
    GROUPS,
    CATEGORIES,
    SUPPLIERS,
    SERVICES,
];

/// Rows read at a time.
const BATCH: i64 = 1_000;

/// Stores a group.
///
/// # Errors
/// [`StoreError`].
pub async fn put_group<P: Purpose>(
    tx: &mut Tx<'_, P>,
    slug: &str,
    position: i64,
    body: String,
) -> Result<(), StoreError> {
    let values = [
        Value::Text(slug.to_owned()),
        Value::Int(position),
        Value::Text(body),
    ];
    tx.execute(PUT_GROUP, &values).await.map(|_| ())
}

/// Stores a category.
///
/// # Errors
/// [`StoreError`].
pub async fn put_category<P: Purpose>(
    tx: &mut Tx<'_, P>,
    slug: &str,
    position: i64,
    body: String,
) -> Result<(), StoreError> {
    let values = [
        Value::Text(slug.to_owned()),
        Value::Int(position),
        Value::Text(body),
    ];
    tx.execute(PUT_CATEGORY, &values).await.map(|_| ())
}

/// Stores a supplier.
///
/// # Errors
/// [`StoreError`].
pub async fn put_supplier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    position: i64,
    body: String,
) -> Result<(), StoreError> {
    tx.execute(
        PUT_SUPPLIER,
        &[Value::Id(id), Value::Int(position), Value::Text(body)],
    )
    .await
    .map(|_| ())
}

/// Adds a supplier after the others, unless it is there.
///
/// # Errors
/// [`StoreError`].
pub async fn add_supplier<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, body: String) -> Result<(), StoreError> {
    let values = [Value::Id(id), Value::Text(body)];
    tx.execute(ADD_SUPPLIER, &values).await.map(|_| ())
}

/// The document of a service.
///
/// # Errors
/// [`StoreError`].
pub async fn service<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<String>, StoreError> {
    let row = tx.row(SERVICE, &[Value::Id(id)]).await?;
    row.map(|row| row.text(0)).transpose()
}

/// Whether this supplier is stored.
///
/// # Errors
/// [`StoreError`].
pub async fn has_supplier<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, StoreError> {
    Ok(tx.row(HAS_SUPPLIER, &[Value::Id(id)]).await?.is_some())
}

/// Stores a service.
///
/// # Errors
/// [`StoreError`].
pub async fn put_service<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    supplier: Uuid,
    category: &str,
    position: i64,
    body: String,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Id(supplier),
        Value::Text(category.to_owned()),
        Value::Int(position),
        Value::Text(body),
    ];
    tx.execute(PUT_SERVICE, &values).await.map(|_| ())
}

/// The whole catalogue's documents, each list in its order.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// The groups.
    pub groups: Vec<String>,
    /// The categories.
    pub categories: Vec<String>,
    /// The suppliers.
    pub suppliers: Vec<String>,
    /// The services.
    pub services: Vec<String>,
}

/// Reads the catalogue, in batches.
///
/// # Errors
/// [`StoreError`].
pub async fn load<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Documents, StoreError> {
    Ok(Documents {
        groups: all(tx, GROUPS).await?,
        categories: all(tx, CATEGORIES).await?,
        suppliers: all(tx, SUPPLIERS).await?,
        services: all(tx, SERVICES).await?,
    })
}

async fn all<P: Purpose>(tx: &mut Tx<'_, P>, statement: &'static str) -> Result<Vec<String>, StoreError> {
    let (mut bodies, mut after) = (Vec::new(), i64::MIN);
    loop {
        let rows = tx
            .rows(statement, &[Value::Int(after), Value::Int(BATCH)])
            .await?;
        let Some(last) = rows.last() else {
            return Ok(bodies);
        };
        after = last.int(0)?;
        for row in &rows {
            bodies.push(row.text(1)?);
        }
    }
}
