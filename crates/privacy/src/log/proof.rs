//! Inclusion and consistency proofs: what they are made of, how they are checked
//! (RFC 9162 sections 2.1.3 and 2.1.4).

use super::tile::Tiles;
use super::{LogError, TreeHash};

/// Leaves `from..to`, whose hash is one part of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: u64,
    to: u64,
}

/// The perfect subtree with `2^level` leaves that begins at leaf `index * 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// Its height.
    pub level: u32,
    /// Its place among the subtrees of that height.
    pub index: u64,
}

impl Range {
    /// The perfect subtrees that make up the range, from left to right.
    fn nodes(self) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut at = self.from;
        while at < self.to {
            let fits = (self.to - at).ilog2();
            let level = if at == 0 {
                fits
            } else {
                at.trailing_zeros().min(fits)
            };
            nodes.push(Node {
                level,
                index: at >> level,
            });
            at += 1 << level;
        }
        nodes
    }

    fn hash(self, tiles: &Tiles) -> Result<TreeHash, LogError> {
        let nodes = self.nodes();
        let mut hash = None;
        for node in nodes.into_iter().rev() {
            let own = tiles.node(node)?;
            hash = Some(hash.map_or(own, |right| TreeHash::node(own, right)));
        }
        Ok(hash.unwrap_or_else(TreeHash::of_nothing))
    }
}

/// The greatest power of two that is less than `size`; `size` is at least 2.
const fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Which parts of the tree a proof is made of. Asked first, so that a store can read them all at
/// once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan(Vec<Range>);

impl Plan {
    /// The hash of the first `size` leaves.
    #[must_use]
    pub fn root(size: u64) -> Self {
        Self(vec![Range { from: 0, to: size }])
    }

    /// That leaf `index` is in the tree of `size` leaves.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] if it cannot be.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, LogError> {
        if index >= size {
            return Err(LogError::OutOfRange);
        }
        let mut parts = Vec::new();
        let (mut from, mut to) = (0, size);
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                parts.push(Range { from: middle, to });
                to = middle;
            } else {
                parts.push(Range { from, to: middle });
                from = middle;
            }
        }
        parts.reverse();
        Ok(Self(parts))
    }

    /// That the tree of `size` leaves begins with the tree of `before` leaves.
    ///
    /// # Errors
    /// [`LogError::OutOfRange`] if it cannot.
    pub fn consistency(before: u64, size: u64) -> Result<Self, LogError> {
        if before > size {
            return Err(LogError::OutOfRange);
        }
        let mut parts = Vec::new();
        if before == 0 || before == size {
            return Ok(Self(parts));
        }
        let (mut from, mut to) = (0, size);
        // Down to the subtree that ends where the earlier tree ends.
        while before < to {
            let middle = from + split(to - from);
            if before <= middle {
                parts.push(Range { from: middle, to });
                to = middle;
            } else {
                parts.push(Range { from, to: middle });
                from = middle;
            }
        }
        // The earlier tree itself is known to whoever asks.
        if from > 0 {
            parts.push(Range { from, to });
        }
        parts.reverse();
        Ok(Self(parts))
    }

    /// The nodes to read.
    #[must_use]
    pub fn nodes(&self) -> Vec<Node> {
        self.0.iter().flat_map(|range| range.nodes()).collect()
    }

    /// The proof, from the tiles that hold its nodes.
    ///
    /// # Errors
    /// [`LogError::TileMissing`].
    pub fn prove(&self, tiles: &Tiles) -> Result<Vec<TreeHash>, LogError> {
        self.0.iter().map(|range| range.hash(tiles)).collect()
    }
}

/// Checks that the leaf with this hash stands at `index` in the tree of `size` leaves.
///
/// # Errors
/// [`LogError::NotIncluded`].
pub fn check_inclusion(
    leaf: TreeHash,
    index: u64,
    size: u64,
    root: TreeHash,
    proof: &[TreeHash],
) -> Result<(), LogError> {
    if index >= size {
        return Err(LogError::NotIncluded);
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for part in proof {
        if last == 0 {
            return Err(LogError::NotIncluded);
        }
        if place & 1 == 1 || place == last {
            hash = TreeHash::node(*part, hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = TreeHash::node(hash, *part);
        }
        place >>= 1;
        last >>= 1;
    }
    if last == 0 && hash == root {
        Ok(())
    } else {
        Err(LogError::NotIncluded)
    }
}

/// Checks that the later tree begins with the earlier one: nothing was changed, taken out or put in
/// between.
///
/// # Errors
/// [`LogError::NotConsistent`].
pub fn check_consistency(
    before: u64,
    before_root: TreeHash,
    size: u64,
    root: TreeHash,
    proof: &[TreeHash],
) -> Result<(), LogError> {
    let consistent = match before.cmp(&size) {
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => proof.is_empty() && before_root == root,
        std::cmp::Ordering::Less if before == 0 => proof.is_empty() && before_root == TreeHash::of_nothing(),
        std::cmp::Ordering::Less => grown(before, before_root, size, root, proof),
    };
    if consistent {
        Ok(())
    } else {
        Err(LogError::NotConsistent)
    }
}

fn grown(before: u64, before_root: TreeHash, size: u64, root: TreeHash, proof: &[TreeHash]) -> bool {
    // A whole subtree is its own proof; the one who asks knows its hash.
    let (first, rest) = if before.is_power_of_two() {
        (before_root, proof)
    } else {
        match proof.split_first() {
            Some((first, rest)) => (*first, rest),
            None => return false,
        }
    };
    let (mut place, mut last) = (before - 1, size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut earlier, mut later) = (first, first);
    for part in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            earlier = TreeHash::node(*part, earlier);
            later = TreeHash::node(*part, later);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            later = TreeHash::node(later, *part);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && earlier == before_root && later == root
}
