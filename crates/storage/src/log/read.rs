//! The log as anyone reads it: checkpoint, tiles, entries, proofs. Nothing is shown before it is
//! signed.

use std::collections::BTreeSet;

use privacy::Purpose;
use privacy::log::tile::{self, TILE_WIDTH, TileId, TilePath, Tiles};
use privacy::log::{Opening, Plan, TreeHash};
use serde_json::Value as Json;
use time::OffsetDateTime;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const LATEST: &str = "SELECT size, root, note, at FROM log_checkpoint ORDER BY size DESC LIMIT 1";
const TILE: &str = "SELECT hashes FROM log_tile WHERE level = $1 AND number = $2";
const ENTRIES: &str = "SELECT place, kind, at, commitment FROM log_entry \
    WHERE place >= $1 AND place < $2 ORDER BY place";
const PUBLIC: &str = "SELECT place, public_opening FROM log_entry \
    WHERE kind = $1 AND public_opening IS NOT NULL AND place < $2 ORDER BY place DESC LIMIT $3";
pub(crate) const STATEMENTS: &[&str] = &[LATEST, TILE, ENTRIES, PUBLIC];

/// A checkpoint as stored.
#[derive(Clone, Debug)]
pub struct Signed {
    /// How many entries it covers.
    pub size: u64,
    /// The hash of their tree.
    pub root: TreeHash,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub at: OffsetDateTime,
}

pub(super) fn signed(row: &crate::engine::Row) -> Result<Signed, StoreError> {
    Ok(Signed {
        size: u64::try_from(row.int(0)?).map_err(|_| StoreError::Malformed("checkpoint"))?,
        root: TreeHash::from_slice(&row.bytes(1)?)?,
        note: row.text(2)?,
        at: row.time(3)?,
    })
}

/// The latest checkpoint.
///
/// # Errors
/// [`StoreError`].
pub async fn latest<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Option<Signed>, StoreError> {
    tx.row(LATEST, &[]).await?.as_ref().map(signed).transpose()
}

/// A tile, as far as it has grown.
pub(super) async fn tile<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: TileId,
) -> Result<Option<Vec<TreeHash>>, StoreError> {
    let values = [Value::Int(i64::from(id.level)), Value::Int(bounded(id.number)?)];
    let row = tx.row(TILE, &values).await?;
    row.map(|row| Ok(tile::from_bytes(&row.bytes(0)?)?)).transpose()
}

/// These tiles, as far as they are there. Few at a time: a proof needs two for each level of tiles.
pub(super) async fn tiles<P: Purpose>(tx: &mut Tx<'_, P>, ids: &[TileId]) -> Result<Tiles, StoreError> {
    let mut tiles = Tiles::default();
    for id in ids {
        if let Some(hashes) = tile(tx, *id).await? {
            tiles.insert(*id, hashes);
        }
    }
    Ok(tiles)
}

/// A proof.
///
/// # Errors
/// [`StoreError::Log`] if a tile is missing.
pub async fn prove<P: Purpose>(tx: &mut Tx<'_, P>, plan: &Plan) -> Result<Vec<TreeHash>, StoreError> {
    let ids: BTreeSet<TileId> = plan.nodes().into_iter().map(Tiles::holding).collect();
    let tiles = tiles(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    Ok(plan.prove(&tiles)?)
}

/// What stands at a path of the C2SP layout; `None` beyond what is signed.
///
/// # Errors
/// [`StoreError`].
pub async fn at_path<P: Purpose>(tx: &mut Tx<'_, P>, path: TilePath) -> Result<Option<Vec<u8>>, StoreError> {
    let size = latest(tx).await?.map_or(0, |latest| latest.size);
    let (level, number, width) = match path {
        TilePath::Hashes(id, width) => (id.level, id.number, width),
        TilePath::Entries(number, width) => (0, number, width),
    };
    let hashes = size >> (8 * u32::from(level));
    let first = number.checked_mul(TILE_WIDTH as u64);
    let Some(first) = first.filter(|first| first.saturating_add(width as u64) <= hashes) else {
        return Ok(None);
    };
    if let TilePath::Hashes(id, width) = path {
        let held = tile(tx, id).await?;
        return Ok(held.and_then(|held| held.get(..width).map(tile::to_bytes)));
    }
    let until = first + width as u64;
    let rows = tx
        .rows(
            ENTRIES,
            &[Value::Int(bounded(first)?), Value::Int(bounded(until)?)],
        )
        .await?;
    let texts: Vec<String> = rows
        .iter()
        .map(|row| Ok(super::entry(row, 1)?.to_text()?))
        .collect::<Result<_, StoreError>>()?;
    if texts.len() != width {
        return Err(StoreError::Malformed("log entries"));
    }
    Ok(Some(tile::bundle(texts.iter().map(String::as_str))?))
}

fn bounded(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Malformed("tile"))
}

/// The latest signed entries whose content is public, newest first: place, salt, content.
///
/// # Errors
/// [`StoreError`].
pub async fn public<P: Purpose>(
    tx: &mut Tx<'_, P>,
    kind: privacy::log::Kind,
    limit: i64,
) -> Result<Vec<(u64, String, Json)>, StoreError> {
    let size = latest(tx).await?.map_or(0, |latest| latest.size);
    let values = [
        Value::Text(kind.as_str().to_owned()),
        Value::Int(bounded(size)?),
        Value::Int(limit.clamp(1, 100)),
    ];
    let rows = tx.rows(PUBLIC, &values).await?;
    rows.iter()
        .map(|row| {
            let place = u64::try_from(row.int(0)?).map_err(|_| StoreError::Malformed("log entry"))?;
            let opening = Opening::parse(&row.text(1)?)?;
            Ok((place, opening.salt(), opening.payload()?))
        })
        .collect()
}
