//! The log read from its first entry on and compared with everything that was signed. It trusts
//! nothing that is stored beside the entries.

use domain::rights::years_after;
use privacy::Purpose;
use privacy::log::tile::{Edge, TileId};
use privacy::log::{Checkpoint, TreeHash};

use super::read::{self, Signed};
use super::{succession, tree};
use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const ENTRIES: &str = "SELECT place, kind, at, commitment FROM log_entry \
    WHERE place >= $1 ORDER BY place LIMIT $2";
const CHECKPOINTS: &str =
    "SELECT size, root, note, at FROM log_checkpoint WHERE size > $1 ORDER BY size LIMIT $2";
// A consent or disclosure that the log knows and the ledger does not. What retention takes away of
// them, is gone by right: consents of who never registered, disclosures that ended three years ago.
const GONE: &str = "SELECT count(*) FROM log_entry e JOIN account a ON a.subject = e.subject WHERE \
    (e.kind = 'consent' AND NOT EXISTS (SELECT 1 FROM consent_event c WHERE c.subject = e.subject AND c.id = e.reference)) \
    OR (e.kind = 'disclosure' AND e.at > $1 AND NOT EXISTS \
        (SELECT 1 FROM disclosure d WHERE d.subject = e.subject AND d.id = e.reference))";
pub(crate) const STATEMENTS: &[&str] = &[ENTRIES, CHECKPOINTS, GONE];

/// How long the ledger keeps a disclosure at least (`disclosure_3y`), in calendar years.
const KEPT_YEARS: i32 = 3;

/// Entries or checkpoints read at a time.
const PAGE: i64 = 2048;

/// What must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There is no entry at this place, though later ones or a checkpoint say so.
    EntryMissing(u64),
    /// The entries up to here do not give the tree of the checkpoint of this size.
    Forked(u64),
    /// The checkpoint of this size is not signed with the log's key, or says something else.
    Signature(u64),
    /// The tile is not that of the entries.
    Tile(TileId),
    /// More was signed than there is, or something else: the data is from an old backup.
    RolledBack(u64),
    /// So many consents and disclosures are in the log and no longer in the ledger.
    EventsGone(u64),
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EntryMissing(place) => write!(f, "there is no entry at place {place}"),
            Self::Forked(size) => write!(f, "the entries are not those that were signed at size {size}"),
            Self::Signature(size) => write!(
                f,
                "the checkpoint of size {size} is not signed with the log's key"
            ),
            Self::Tile(id) => write!(f, "tile {}/{} is not that of the entries", id.level, id.number),
            Self::RolledBack(size) => {
                write!(
                    f,
                    "another tree was signed than the one at size {size}; is the data from an old backup?"
                )
            }
            Self::EventsGone(count) => write!(
                f,
                "{count} consents or disclosures are in the log and not in the ledger"
            ),
        }
    }
}

/// What an audit saw.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Entries read.
    pub entries: u64,
    /// Checkpoints compared.
    pub checkpoints: u64,
    /// What must not be; at most a hundred.
    pub findings: Vec<Finding>,
}

impl Audit {
    fn found(&mut self, finding: Finding) {
        if self.findings.len() < 100 {
            self.findings.push(finding);
        }
    }
}

/// Checkpoints in order of size, read page by page.
struct Checkpoints {
    page: std::collections::VecDeque<Signed>,
    last: i64,
    done: bool,
}

impl Checkpoints {
    async fn next<P: Purpose>(&mut self, tx: &mut Tx<'_, P>) -> Result<Option<Signed>, StoreError> {
        if self.page.is_empty() && !self.done {
            let rows = tx
                .rows(CHECKPOINTS, &[Value::Int(self.last), Value::Int(PAGE)])
                .await?;
            for row in &rows {
                self.last = row.int(0)?;
                self.page.push_back(read::signed(row)?);
            }
            self.done = rows.is_empty();
        }
        Ok(self.page.pop_front())
    }
}

/// Reads the whole log.
///
/// # Errors
/// [`StoreError`] if it cannot be read; what is wrong with it is in the [`Audit`].
pub async fn audit<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Audit, StoreError> {
    let key = tree::verifier(tx).await?;
    let mut audit = Audit::default();
    let mut edge = Edge::default();
    let origin = tree::origin(tx).await?;
    // Of a log that this data knows nothing of: it is never reached.
    let (head, other) = match succession::head(tx, &origin).await {
        Ok(head) => (head, false),
        Err(StoreError::LogForked) => (None, true),
        Err(error) => return Err(error),
    };
    let mut head_seen = head.is_none() && !other;
    let mut checkpoints = Checkpoints {
        page: std::collections::VecDeque::new(),
        last: -1,
        done: false,
    };
    let mut next = checkpoints.next(tx).await?;
    let mut place = 0_i64;
    loop {
        let rows = tx.rows(ENTRIES, &[Value::Int(place), Value::Int(PAGE)]).await?;
        let more = !rows.is_empty();
        let mut leaves: Vec<TreeHash> = Vec::with_capacity(rows.len());
        for row in &rows {
            let at = row.int(0)?;
            if at != place {
                audit.found(Finding::EntryMissing(u64::try_from(place).unwrap_or_default()));
                place = at;
            }
            leaves.push(super::entry(row, 1)?.leaf()?);
            place += 1;
        }
        let mut rest = leaves.as_slice();
        loop {
            // Up to the next place where something was signed.
            let until = next.as_ref().map_or(u64::MAX, |signed| signed.size);
            let head_at = head
                .as_ref()
                .filter(|_| !head_seen)
                .map_or(u64::MAX, |head| head.size);
            let step = until.min(head_at).saturating_sub(edge.size());
            let step = usize::try_from(step).unwrap_or(usize::MAX).min(rest.len());
            let (now, later) = rest.split_at(step);
            for (id, hashes) in edge.grow(now) {
                // A tile that is still growing is compared once, at the end.
                if hashes.len() == privacy::log::tile::TILE_WIDTH {
                    compare(tx, &mut audit, id, &hashes).await?;
                }
            }
            rest = later;
            let mut reached = false;
            if let Some(signed) = next.take_if(|signed| signed.size == edge.size()) {
                judge(&mut audit, &signed, edge.root(), &key);
                next = checkpoints.next(tx).await?;
                reached = true;
            }
            if !head_seen && head_at == edge.size() {
                head_seen = true;
                reached = true;
                if head
                    .as_ref()
                    .is_some_and(|head| head.root[..] != edge.root().0[..])
                {
                    audit.found(Finding::RolledBack(edge.size()));
                }
            }
            if rest.is_empty() && !reached {
                break;
            }
        }
        if !more {
            break;
        }
    }
    for (id, hashes) in edge.growing() {
        compare(tx, &mut audit, id, hashes).await?;
    }
    while let Some(signed) = next {
        audit.found(Finding::EntryMissing(edge.size()));
        audit.found(Finding::Forked(signed.size));
        next = checkpoints.next(tx).await?;
    }
    if !head_seen {
        audit.found(Finding::RolledBack(edge.size()));
    }
    let kept = Value::Time(years_after(tx.ctx().now(), -KEPT_YEARS));
    let gone = tx.row(GONE, &[kept]).await?.map_or(Ok(0), |row| row.int(0))?;
    if gone > 0 {
        audit.found(Finding::EventsGone(u64::try_from(gone).unwrap_or_default()));
    }
    audit.entries = edge.size();
    Ok(audit)
}

fn judge(audit: &mut Audit, signed: &Signed, root: TreeHash, key: &privacy::log::VerifierKey) {
    audit.checkpoints += 1;
    match Checkpoint::open(&signed.note, key) {
        Ok(told) if told.size == signed.size && told.root == signed.root => {
            if told.root != root {
                audit.found(Finding::Forked(signed.size));
            }
        }
        _ => audit.found(Finding::Signature(signed.size)),
    }
}

async fn compare<P: Purpose>(
    tx: &mut Tx<'_, P>,
    audit: &mut Audit,
    id: TileId,
    hashes: &[TreeHash],
) -> Result<(), StoreError> {
    if read::tile(tx, id).await?.is_none_or(|held| held != hashes) {
        audit.found(Finding::Tile(id));
    }
    Ok(())
}
