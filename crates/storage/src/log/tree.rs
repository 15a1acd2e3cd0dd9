//! How the log grows: what waits gets its place, in batches; then the tree is signed. Any number of
//! workers may try at once, and one that dies leaves nothing half done.

use privacy::Purpose;
use privacy::log::tile::{Edge, TileId, Tiles};
use privacy::log::{Checkpoint, NoteSigner, Plan, TreeHash, VerifierKey, receipt};
use serde_json::Value as Json;

use super::{read, succession};
use crate::engine::{StoreError, Value};
use crate::tx::Tx;
use crate::vault::{self, log_head::Head};

const BEGIN: &str = "INSERT INTO log_tree (id, origin, size) VALUES (1, $1, 0) ON CONFLICT (id) DO NOTHING";
// Writes nothing new: whoever comes second waits here until the first has committed.
const HOLD: &str = "UPDATE log_tree SET size = size WHERE id = 1 RETURNING origin, size";
const ORIGIN: &str = "SELECT origin FROM log_tree WHERE id = 1";
const PLACE: &str = "UPDATE log_entry SET place = $1 + waiting.nth FROM ( \
    SELECT id, row_number() OVER (ORDER BY at, id) - 1 AS nth FROM log_entry WHERE place IS NULL \
    ORDER BY at, id LIMIT $2) AS waiting WHERE log_entry.id = waiting.id";
const LEAVES: &str = "SELECT leaf FROM log_entry WHERE place >= $1 AND place < $2 ORDER BY place";
const SET_TILE: &str = "INSERT INTO log_tile (level, number, hashes) VALUES ($1, $2, $3) \
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes";
const GROW: &str = "UPDATE log_tree SET size = $1 WHERE id = 1";
const SIGN: &str = "INSERT INTO log_checkpoint (size, root, note, at) VALUES ($1, $2, $3, $4)";
const WAITING: &str =
    "SELECT count(*) FROM (SELECT 1 AS one FROM log_entry WHERE place IS NULL LIMIT $1) AS waiting";
pub(crate) const STATEMENTS: &[&str] = &[BEGIN, HOLD, ORIGIN, PLACE, LEAVES, SET_TILE, GROW, SIGN, WAITING];

/// Entries that get their place in one transaction.
pub const BATCH: u32 = 4096;

fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Malformed("size of the log"))
}

/// Gives the log its name, which is part of everything it signs. It keeps the first one.
///
/// # Errors
/// [`StoreError::Log`] for a name that no log can have.
pub async fn begin<P: Purpose>(tx: &mut Tx<'_, P>, origin: &str) -> Result<(), StoreError> {
    if tx.row(ORIGIN, &[]).await?.is_some() {
        return Ok(());
    }
    tx.store().create_key(vault::LOG).await?;
    signer_of(tx, origin).await?;
    tx.execute(BEGIN, &[Value::Text(origin.to_owned())])
        .await
        .map(|_| ())
}

pub(super) async fn signer_of<P: Purpose>(tx: &Tx<'_, P>, origin: &str) -> Result<NoteSigner, StoreError> {
    let key = tx.store().vault().load(vault::LOG, tx.ctx().now()).await?;
    Ok(key.note_signer(origin)?)
}

/// The log's name. One that was given none names itself after its key.
pub(super) async fn origin<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<String, StoreError> {
    if let Some(row) = tx.row(ORIGIN, &[]).await? {
        return row.text(0);
    }
    tx.store().create_key(vault::LOG).await?;
    let key = signer_of(tx, "log").await?.verifier().to_text();
    let id: String = key.split('+').nth(1).unwrap_or_default().to_owned();
    let own = format!("log-{id}.qifu365.invalid/tlog");
    begin(tx, &own).await?;
    Ok(own)
}

/// The key with which anyone checks what the log says.
///
/// # Errors
/// [`StoreError`].
pub async fn verifier<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<VerifierKey, StoreError> {
    let origin = origin(tx).await?;
    Ok(signer_of(tx, &origin).await?.verifier())
}

/// Signs a receipt.
///
/// # Errors
/// [`StoreError`].
pub async fn sign_receipt<P: Purpose>(
    tx: &mut Tx<'_, P>,
    statement: Json,
    logged: &receipt::Logged,
) -> Result<Json, StoreError> {
    let origin = origin(tx).await?;
    let signer = signer_of(tx, &origin).await?;
    Ok(receipt::sign(statement, logged, &signer)?)
}

/// Holds the log until the end of the transaction.
pub(super) async fn hold<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<(String, u64), StoreError> {
    origin(tx).await?;
    let row = tx.row(HOLD, &[]).await?.ok_or(StoreError::Malformed("log"))?;
    let size = u64::try_from(row.int(1)?).map_err(|_| StoreError::Malformed("size of the log"))?;
    Ok((row.text(0)?, size))
}

async fn edge<P: Purpose>(tx: &mut Tx<'_, P>, size: u64) -> Result<Edge, StoreError> {
    let ids: Vec<TileId> = Edge::tiles(size).into_iter().map(|(id, _)| id).collect();
    let tiles: Tiles = read::tiles(tx, &ids).await?;
    Ok(Edge::read(size, &tiles)?)
}

/// Gives what waits its place, at most `most` entries; says how many.
///
/// # Errors
/// [`StoreError`].
pub async fn grow<P: Purpose>(tx: &mut Tx<'_, P>, most: u32) -> Result<u64, StoreError> {
    let (_, size) = hold(tx).await?;
    let placed = tx
        .execute(PLACE, &[Value::Int(signed(size)?), Value::Int(i64::from(most))])
        .await?;
    if placed == 0 {
        return Ok(0);
    }
    let rows = tx
        .rows(
            LEAVES,
            &[Value::Int(signed(size)?), Value::Int(signed(size + placed)?)],
        )
        .await?;
    let leaves: Vec<TreeHash> = rows
        .iter()
        .map(|row| Ok(TreeHash::from_slice(&row.bytes(0)?)?))
        .collect::<Result<_, StoreError>>()?;
    if leaves.len() as u64 != placed {
        return Err(StoreError::Malformed("log entries"));
    }
    let mut edge = edge(tx, size).await?;
    for (id, hashes) in edge.grow(&leaves) {
        let values = [
            Value::Int(i64::from(id.level)),
            Value::Int(signed(id.number)?),
            Value::Bytes(privacy::log::tile::to_bytes(&hashes)),
        ];
        tx.execute(SET_TILE, &values).await?;
    }
    tx.execute(GROW, &[Value::Int(signed(edge.size())?)]).await?;
    Ok(placed)
}

/// Signs the tree as it is, if it is not signed yet. Before that the vault is asked whether what was
/// signed last is its beginning, and remembers it: data from an old backup is not signed a second
/// time with another history.
///
/// # Errors
/// [`StoreError::LogForked`], or another [`StoreError`].
pub async fn sign<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<bool, StoreError> {
    let (origin, size) = hold(tx).await?;
    if read::latest(tx).await?.is_some_and(|latest| latest.size == size) {
        return Ok(false);
    }
    let root = edge(tx, size).await?.root();
    let before = succession::head(tx, &origin).await?;
    let first = before.is_none();
    if let Some(before) = before {
        continues(tx, size, &before).await?;
    }
    let signer = signer_of(tx, &origin).await?;
    let checkpoint = Checkpoint {
        origin: origin.clone(),
        size,
        root,
    };
    let note = checkpoint.sign(&signer)?;
    let bytes = root.0.to_vec();
    tx.store()
        .vault()
        .set_log_head(&origin, signed(size)?, bytes.clone(), first)
        .await?;
    let values = [
        Value::Int(signed(size)?),
        Value::Bytes(bytes),
        Value::Text(note),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(SIGN, &values).await.map(|_| true)
}

/// Whether the tree of this size goes on from what was signed before.
pub(super) async fn continues<P: Purpose>(
    tx: &mut Tx<'_, P>,
    size: u64,
    before: &Head,
) -> Result<(), StoreError> {
    if before.size > size {
        return Err(StoreError::LogForked);
    }
    let known = read::prove(tx, &Plan::root(before.size)).await?;
    if known.first().is_none_or(|root| root.0[..] != before.root[..]) {
        return Err(StoreError::LogForked);
    }
    Ok(())
}

/// How many entries wait for their place, counted up to `most`.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting<P: Purpose>(tx: &mut Tx<'_, P>, most: i64) -> Result<i64, StoreError> {
    tx.row(WAITING, &[Value::Int(most)])
        .await?
        .map_or(Ok(0), |row| row.int(0))
}
