//! Tiles: the tree in pieces of 256 hashes, in the layout of C2SP tlog-tiles. A tile of level `L`
//! holds hashes of subtrees with `256^L` leaves; a full tile never changes.

use std::collections::BTreeMap;

use super::hash::HASH_BYTES;
use super::proof::Node;
use super::{LogError, TreeHash};

/// Hashes, or entries, in a full tile.
pub const TILE_WIDTH: usize = 256;
/// Levels of nodes in a tile.
const TILE_HEIGHT: u32 = 8;
/// The most levels a tree of less than 2^63 leaves has.
pub const LEVELS: u8 = 8;

/// Where a tile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TileId {
    /// Its level, from 0.
    pub level: u8,
    /// Its number within the level, from 0.
    pub number: u64,
}

/// What the path of a tile asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TilePath {
    /// Hashes.
    Hashes(TileId, usize),
    /// The entries whose hashes are in the tile of level 0 with this number.
    Entries(u64, usize),
}

impl TilePath {
    /// Reads what follows `tile/`: `<level>/<number>` or `entries/<number>`, the number in groups
    /// of three digits, `.p/<width>` after it for a tile that is not full.
    ///
    /// # Errors
    /// [`LogError::Malformed`]; there is one path for one tile.
    pub fn parse(path: &str) -> Result<Self, LogError> {
        let malformed = LogError::Malformed("tile path");
        let (kind, rest) = path.split_once('/').ok_or(malformed)?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| malformed)?),
            None => (rest, TILE_WIDTH),
        };
        let digits: String = number
            .split('/')
            .map(|group| group.strip_prefix('x').unwrap_or(group))
            .collect();
        // The parser would take a sign.
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(malformed);
        }
        let number: u64 = digits.parse().map_err(|_| malformed)?;
        let parsed = if kind == "entries" {
            Self::Entries(number, width)
        } else {
            let level = kind.parse().ok().filter(|level| *level < LEVELS);
            let level = level.ok_or(malformed)?;
            Self::Hashes(TileId { level, number }, width)
        };
        if (1..=TILE_WIDTH).contains(&width) && parsed.to_path() == path {
            Ok(parsed)
        } else {
            Err(malformed)
        }
    }

    /// The path after `tile/`.
    #[must_use]
    pub fn to_path(self) -> String {
        let (kind, number, width) = match self {
            Self::Hashes(id, width) => (id.level.to_string(), id.number, width),
            Self::Entries(number, width) => ("entries".to_owned(), number, width),
        };
        let mut path = format!("{:03}", number % 1000);
        let mut rest = number / 1000;
        while rest > 0 {
            path = format!("x{:03}/{path}", rest % 1000);
            rest /= 1000;
        }
        if width < TILE_WIDTH {
            path = format!("{path}.p/{width}");
        }
        format!("{kind}/{path}")
    }
}

/// The entries of a tile: each with its length before it.
///
/// # Errors
/// [`LogError::Malformed`] for an entry of 64 KiB or more.
pub fn bundle<'a>(entries: impl Iterator<Item = &'a str>) -> Result<Vec<u8>, LogError> {
    let mut out = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| LogError::Malformed("entry"))?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(entry.as_bytes());
    }
    Ok(out)
}

/// The entries of a bundle.
///
/// # Errors
/// [`LogError::Malformed`].
pub fn unbundle(mut bytes: &[u8]) -> Result<Vec<&str>, LogError> {
    let malformed = LogError::Malformed("entry bundle");
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = rest.split_at_checked(length).ok_or(malformed)?;
        entries.push(std::str::from_utf8(entry).map_err(|_| malformed)?);
        bytes = after;
    }
    if bytes.is_empty() {
        Ok(entries)
    } else {
        Err(malformed)
    }
}

/// The hashes of a tile as bytes.
#[must_use]
pub fn to_bytes(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes of a tile from its bytes.
///
/// # Errors
/// [`LogError::Malformed`] if they are not 1 to 256 hashes.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<TreeHash>, LogError> {
    let count = bytes.len() / HASH_BYTES;
    if !bytes.len().is_multiple_of(HASH_BYTES) || !(1..=TILE_WIDTH).contains(&count) {
        return Err(LogError::Malformed("tile"));
    }
    bytes.chunks_exact(HASH_BYTES).map(TreeHash::from_slice).collect()
}

/// Tiles read from somewhere.
#[derive(Clone, Debug, Default)]
pub struct Tiles(BTreeMap<TileId, Vec<TreeHash>>);

impl Tiles {
    /// The tile that holds a node.
    #[must_use]
    pub fn holding(node: Node) -> TileId {
        let within = node.level % TILE_HEIGHT;
        TileId {
            level: u8::try_from(node.level / TILE_HEIGHT).unwrap_or(u8::MAX),
            number: node.index >> (TILE_HEIGHT - within),
        }
    }

    /// Adds a tile.
    pub fn insert(&mut self, id: TileId, hashes: Vec<TreeHash>) {
        self.0.insert(id, hashes);
    }

    /// The hash of a perfect subtree.
    pub(super) fn node(&self, node: Node) -> Result<TreeHash, LogError> {
        let within = node.level % TILE_HEIGHT;
        let first = (node.index << within) % TILE_WIDTH as u64;
        let first = usize::try_from(first).map_err(|_| LogError::OutOfRange)?;
        self.0
            .get(&Self::holding(node))
            .and_then(|hashes| hashes.get(first..first + (1 << within)))
            .map(perfect)
            .ok_or(LogError::TileMissing)
    }
}

/// The root over a power of two of hashes.
fn perfect(hashes: &[TreeHash]) -> TreeHash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level
            .chunks_exact(2)
            .map(|pair| TreeHash::node(pair[0], pair[1]))
            .collect();
    }
    level.first().copied().unwrap_or_else(TreeHash::of_nothing)
}

/// The right edge of a growing tree: the tiles that are not full.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<TreeHash>>,
}

impl Edge {
    /// The tiles that make up the edge of a tree of `size` leaves, with the width of each.
    #[must_use]
    pub fn tiles(size: u64) -> Vec<(TileId, usize)> {
        (0..LEVELS)
            .filter_map(|level| {
                let hashes = size >> (u32::from(level) * TILE_HEIGHT);
                let width = usize::try_from(hashes % TILE_WIDTH as u64).unwrap_or_default();
                let number = hashes / TILE_WIDTH as u64;
                (width > 0).then_some((TileId { level, number }, width))
            })
            .collect()
    }

    /// The edge of a tree of `size` leaves, from its tiles.
    ///
    /// # Errors
    /// [`LogError::TileMissing`].
    pub fn read(size: u64, tiles: &Tiles) -> Result<Self, LogError> {
        let mut levels = vec![Vec::new(); usize::from(LEVELS)];
        for (id, width) in Self::tiles(size) {
            let held = tiles.0.get(&id).and_then(|hashes| hashes.get(..width));
            levels[usize::from(id.level)] = held.ok_or(LogError::TileMissing)?.to_vec();
        }
        Ok(Self { size, levels })
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tiles that are not full.
    pub fn growing(&self) -> impl Iterator<Item = (TileId, &[TreeHash])> {
        Self::tiles(self.size)
            .into_iter()
            .filter_map(|(id, _)| Some((id, self.levels.get(usize::from(id.level))?.as_slice())))
    }

    /// Adds leaves; gives the tiles that changed, each as it is now.
    pub fn grow(&mut self, leaves: &[TreeHash]) -> BTreeMap<TileId, Vec<TreeHash>> {
        self.levels.resize(usize::from(LEVELS), Vec::new());
        let mut changed = BTreeMap::new();
        let before = self.size;
        for leaf in leaves {
            let mut hash = *leaf;
            let mut count = self.size;
            for (level, hashes) in self.levels.iter_mut().enumerate() {
                hashes.push(hash);
                if hashes.len() < TILE_WIDTH {
                    break;
                }
                let id = TileId {
                    level: u8::try_from(level).unwrap_or(u8::MAX),
                    number: count / TILE_WIDTH as u64,
                };
                hash = perfect(hashes);
                changed.insert(id, std::mem::take(hashes));
                count /= TILE_WIDTH as u64;
            }
            self.size += 1;
        }
        let touched = self.growing().filter(|(id, _)| {
            let shift = u32::from(id.level) * TILE_HEIGHT;
            before >> shift != self.size >> shift
        });
        changed.extend(touched.map(|(id, hashes)| (id, hashes.to_vec())));
        changed
    }

    /// The hash of the whole tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let mut hash: Option<TreeHash> = None;
        // From the right: the lowest level stands last.
        for hashes in &self.levels {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let width = 1 << rest.len().trailing_zeros();
                let (before, last) = rest.split_at(rest.len() - width);
                let own = perfect(last);
                hash = Some(hash.map_or(own, |right| TreeHash::node(own, right)));
                rest = before;
            }
        }
        hash.unwrap_or_else(TreeHash::of_nothing)
    }
}
