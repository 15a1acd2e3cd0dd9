//! Trees, tiles and proofs: against the definition of RFC 6962, against published vectors, and against
//! another implementation.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use privacy::log::tile::{self, Edge, TileId, TilePath, Tiles};
use privacy::log::{Plan, TreeHash, check_consistency, check_inclusion};
use tlog_tiles::tlog::{self, HashReader};

/// Leaves and roots that Certificate Transparency's implementations test themselves with.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect()
}

fn hash(hex: &str) -> TreeHash {
    TreeHash::from_slice(&bytes(hex)).expect("a hash")
}

pub fn leaf(number: u64) -> TreeHash {
    TreeHash::leaf(format!("leaf {number}").as_bytes())
}

/// A tree as a store keeps it.
#[derive(Default)]
pub struct Tree {
    pub leaves: Vec<TreeHash>,
    pub edge: Edge,
    pub tiles: Tiles,
}

impl Tree {
    pub fn grow(&mut self, leaves: &[TreeHash]) {
        self.leaves.extend_from_slice(leaves);
        for (id, hashes) in self.edge.grow(leaves) {
            self.tiles.insert(id, hashes);
        }
    }

    pub fn of(size: u64) -> Self {
        let mut tree = Self::default();
        tree.grow(&(0..size).map(leaf).collect::<Vec<_>>());
        tree
    }

    pub fn root_at(&self, size: u64) -> TreeHash {
        Plan::root(size).prove(&self.tiles).expect("tiles")[0]
    }

    pub fn inclusion(&self, index: u64, size: u64) -> Vec<TreeHash> {
        let plan = Plan::inclusion(index, size).expect("in range");
        plan.prove(&self.tiles).expect("tiles")
    }

    pub fn consistency(&self, before: u64, size: u64) -> Vec<TreeHash> {
        let plan = Plan::consistency(before, size).expect("in range");
        plan.prove(&self.tiles).expect("tiles")
    }
}

/// The definition, word for word (RFC 6962 section 2.1).
fn defined(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => TreeHash::of_nothing(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            TreeHash::node(defined(left), defined(right))
        }
    }
}

/// The other implementation, over our leaves.
struct Other(Vec<tlog::Hash>);

impl HashReader for Other {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog_tiles::Error> {
        let at = |index: &u64| self.0[usize::try_from(*index).expect("small")];
        Ok(indexes.iter().map(at).collect())
    }
}

impl Other {
    fn of(leaves: &[TreeHash]) -> Self {
        let mut other = Self(Vec::new());
        for (number, leaf) in (0..).zip(leaves) {
            let new = tlog::stored_hashes_for_record_hash(number, tlog::Hash(leaf.0), &other);
            other.0.extend(new.expect("hashes"));
        }
        other
    }
}

fn same(own: &[TreeHash], other: &[tlog::Hash]) -> bool {
    own.len() == other.len() && own.iter().zip(other).all(|(own, other)| own.0 == other.0)
}

#[test]
fn roots_and_proofs_are_those_of_the_published_vectors() {
    let mut tree = Tree::default();
    assert_eq!(tree.edge.root(), hash(ROOTS[0]));
    for (data, root) in LEAVES.iter().zip(&ROOTS[1..]) {
        tree.grow(&[TreeHash::leaf(&bytes(data))]);
        assert_eq!(tree.edge.root(), hash(root));
    }
    let first_of_eight = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(tree.inclusion(0, 8), first_of_eight.map(hash));
    let six_to_eight = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ];
    assert_eq!(tree.consistency(6, 8), six_to_eight.map(hash));
}

#[test]
fn every_leaf_of_every_tree_up_to_260_is_proved_and_nothing_else_is() {
    let whole = Tree::of(260);
    for size in 1..=260 {
        let root = whole.root_at(size);
        let until = usize::try_from(size).expect("small");
        assert_eq!(root, defined(&whole.leaves[..until]));
        for index in 0..size {
            let proof = whole.inclusion(index, size);
            check_inclusion(leaf(index), index, size, root, &proof).expect("included");
            assert!(check_inclusion(leaf(index + 1), index, size, root, &proof).is_err());
            assert!(check_inclusion(leaf(index), index, size, leaf(0), &proof).is_err() || size == 1);
            assert!(check_inclusion(leaf(index), index + 1, size, root, &proof).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(check_inclusion(leaf(index), index, size, root, shorter).is_err());
            }
            let longer = [&proof[..], &[leaf(0)]].concat();
            assert!(check_inclusion(leaf(index), index, size, root, &longer).is_err());
        }
        assert!(Plan::inclusion(size, size).is_err());
    }
}

#[test]
fn every_tree_up_to_260_is_proved_to_begin_with_every_smaller_one() {
    let whole = Tree::of(260);
    let roots: Vec<TreeHash> = (0..=260).map(|size| whole.root_at(size)).collect();
    let root = |size: u64| roots[usize::try_from(size).expect("small")];
    for size in 1..=260 {
        for before in 0..=size {
            let proof = whole.consistency(before, size);
            check_consistency(before, root(before), size, root(size), &proof).expect("consistent");
            if before == 0 || before == size {
                continue;
            }
            assert!(check_consistency(before, leaf(0), size, root(size), &proof).is_err() || before == 1);
            assert!(check_consistency(before, root(before), size, leaf(0), &proof).is_err());
            assert!(check_consistency(before - 1, root(before - 1), size, root(size), &proof).is_err());
            let longer = [&proof[..], &[leaf(0)]].concat();
            assert!(check_consistency(before, root(before), size, root(size), &longer).is_err());
        }
        assert!(Plan::consistency(size + 1, size).is_err());
    }
}

#[test]
fn a_changed_a_removed_and_an_inserted_leaf_each_break_consistency() {
    let honest = Tree::of(200);
    let earlier = honest.root_at(100);
    let mut changed = honest.leaves.clone();
    changed[37] = leaf(1000);
    let mut removed = honest.leaves.clone();
    removed.remove(37);
    let mut inserted = honest.leaves.clone();
    inserted.insert(37, leaf(1000));
    for leaves in [changed, removed, inserted] {
        let mut forked = Tree::default();
        forked.grow(&leaves);
        let size = forked.edge.size();
        let proof = forked.consistency(100, size);
        let checked = check_consistency(100, earlier, size, forked.edge.root(), &proof);
        assert!(checked.is_err());
        let both = check_consistency(100, forked.root_at(100), size, forked.edge.root(), &proof);
        both.expect("only the fork agrees with itself");
    }
}

#[test]
fn another_implementation_computes_the_same_across_three_levels_of_tiles() {
    let size = 256 * 256 + 300;
    let tree = Tree::of(size);
    let other = Other::of(&tree.leaves);
    for at in [1, 2, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 65_792, size] {
        let (own, theirs) = (tree.root_at(at), tlog::tree_hash(at, &other).expect("hash"));
        assert_eq!(own.0, theirs.0);
        for index in [0, 1, at / 3, at / 2, at - 1]
            .into_iter()
            .filter(|index| *index < at)
        {
            let proof = tree.inclusion(index, at);
            assert!(same(
                &proof,
                &tlog::prove_record(at, index, &other).expect("proof")
            ));
            check_inclusion(
                tree.leaves[usize::try_from(index).expect("small")],
                index,
                at,
                own,
                &proof,
            )
            .expect("included");
        }
        for before in [1, at / 3, at / 2, at - 1, at]
            .into_iter()
            .filter(|before| *before > 0)
        {
            let proof = tree.consistency(before, at);
            assert!(same(
                &proof,
                &tlog::prove_tree(at, before, &other).expect("proof")
            ));
        }
    }
    assert_eq!(tree.edge.root(), tree.root_at(size));
}

#[test]
fn growing_in_pieces_and_taking_up_the_edge_again_gives_the_same_tree() {
    let whole = Tree::of(1000);
    let mut pieces = Tree::default();
    let mut at = 0;
    for piece in [1, 254, 1, 1, 255, 256, 0, 200, 32] {
        pieces.edge = Edge::read(at, &pieces.tiles).expect("the edge");
        let next = at + piece;
        pieces.grow(&(at..next).map(leaf).collect::<Vec<_>>());
        at = next;
        assert_eq!(pieces.edge.root(), whole.root_at(at));
    }
    assert_eq!(at, 1000);
    assert!(Edge::read(1001, &pieces.tiles).is_err(), "a tile too short");
    assert!(Edge::read(255, &Tiles::default()).is_err(), "a tile missing");
}

#[test]
fn a_tile_has_one_path() {
    let hashes = |level, number, width| TilePath::Hashes(TileId { level, number }, width);
    for (path, tile) in [
        ("0/000", hashes(0, 0, 256)),
        ("1/x001/x234/067", hashes(1, 1_234_067, 256)),
        ("0/x001/234.p/7", hashes(0, 1234, 7)),
        ("entries/000.p/255", TilePath::Entries(0, 255)),
        ("entries/x999/x999/999", TilePath::Entries(999_999_999, 256)),
    ] {
        assert_eq!(TilePath::parse(path), Ok(tile));
        assert_eq!(tile.to_path(), path);
        if let TilePath::Hashes(TileId { level, number }, width) = tile {
            let width = u32::try_from(width).expect("small");
            let other = tlog_tiles::tile::Tile::new(8, level, number, width, false);
            assert_eq!(
                other.path(),
                format!("tile/8/{path}"),
                "but for the height, which C2SP fixes"
            );
        }
    }
    for path in [
        "",
        "0",
        "0/",
        "/000",
        "0/0",
        "0/00",
        "0/0000",
        "0/x000/000",
        "0/x1/000",
        "0/001/000",
        "8/000",
        "00/000",
        "-1/000",
        "+1/000",
        "0/+01",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000/",
        "0/000.p/1/2",
        "entries",
        "data/000",
        "0/x018/x446/x744/x073/x709/x551/616",
        "0/００0",
    ] {
        assert!(TilePath::parse(path).is_err(), "{path}");
    }
}

#[test]
fn bundles_of_entries_read_back() {
    let entries = ["", "one", "two\nlines\n"];
    let bytes = tile::bundle(entries.into_iter()).expect("bundled");
    assert_eq!(&bytes[..7], &[0, 0, 0, 3, b'o', b'n', b'e']);
    assert_eq!(tile::unbundle(&bytes).expect("unbundled"), entries);
    for cut in 1..bytes.len() {
        let read = tile::unbundle(&bytes[..cut]);
        assert!(read.is_err() || read.is_ok_and(|read| read.len() < entries.len()));
    }
    let long = "x".repeat(65_536);
    assert!(tile::bundle([long.as_str()].into_iter()).is_err());
}
