//! A log that follows another. Data restored from a backup lacks what was signed since; the former log
//! cannot go on with other entries in those places, and does not. What the data holds enters a new log
//! under a name of its own, which commits to the last tree of the former one.

use privacy::Purpose;
use privacy::log::{Kind, TreeHash};
use serde_json::json;
use time::OffsetDateTime;

use super::{NewEntry, tree};
use crate::engine::{StoreError, Value};
use crate::tx::Tx;
use crate::vault::log_head::Head;

const FORMER: &str =
    "SELECT origin, size, root, ended_at FROM log_former ORDER BY ended_at, origin LIMIT 100";
const END: &str = "INSERT INTO log_former (origin, size, root, ended_at) VALUES ($1, $2, $3, $4)";
const UNPLACE: &str = "UPDATE log_entry SET place = NULL WHERE place IS NOT NULL";
const NO_TILES: &str = "DELETE FROM log_tile";
const NO_CHECKPOINTS: &str = "DELETE FROM log_checkpoint";
const RENAME: &str = "UPDATE log_tree SET origin = $1, size = 0 WHERE id = 1";
pub(crate) const STATEMENTS: &[&str] = &[FORMER, END, UNPLACE, NO_TILES, NO_CHECKPOINTS, RENAME];

/// A log that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// Its name.
    pub origin: String,
    /// How many entries were signed.
    pub size: u64,
    /// The hash of their tree.
    pub root: TreeHash,
    /// When it was given up.
    pub ended_at: OffsetDateTime,
}

/// The logs that this one follows, the oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn former<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Vec<Former>, StoreError> {
    let rows = tx.rows(FORMER, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(Former {
                origin: row.text(0)?,
                size: u64::try_from(row.int(1)?).map_err(|_| StoreError::Malformed("former log"))?,
                root: TreeHash::from_slice(&row.bytes(2)?)?,
                ended_at: row.time(3)?,
            })
        })
        .collect()
}

/// What was signed last of the log of this name; nothing if what was signed last is of a log that
/// this data knows to have ended.
///
/// # Errors
/// [`StoreError::LogForked`] if it is of a log that this data knows nothing of.
pub(super) async fn head<P: Purpose>(tx: &mut Tx<'_, P>, origin: &str) -> Result<Option<Head>, StoreError> {
    let Some(head) = tx.store().vault().log_head().await? else {
        return Ok(None);
    };
    if head.origin.as_deref() == Some(origin) {
        return Ok(Some(head));
    }
    let ended = former(tx).await?.into_iter().any(|former| {
        let same = head.origin.as_ref().is_none_or(|origin| *origin == former.origin);
        same && former.size == head.size && former.root.0[..] == head.root[..]
    });
    match head.origin {
        _ if ended => Ok(None),
        // Signed before names were kept: by the only log there was.
        None => Ok(Some(head)),
        Some(_) => Err(StoreError::LogForked),
    }
}

/// Ends the present log and begins the next one with the entries there are; gives its name. `None` if
/// the present log can go on: then nothing happens.
///
/// # Errors
/// [`StoreError`].
pub async fn succeed<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<Option<String>, StoreError> {
    policy::clause!("2.5.1.0");
    let (origin, size) = tree::hold(tx).await?;
    // Of another log, if a restored copy was made before a succession: that one is given up with it.
    let Some(last) = tx.store().vault().log_head().await? else {
        return Ok(None);
    };
    let goes_on = match head(tx, &origin).await {
        Ok(None) => true,
        Ok(Some(before)) => match tree::continues(tx, size, &before).await {
            Ok(()) => true,
            Err(StoreError::LogForked) => false,
            Err(error) => return Err(error),
        },
        Err(StoreError::LogForked) => false,
        Err(error) => return Err(error),
    };
    if goes_on {
        return Ok(None);
    }
    let ended = last.origin.clone().unwrap_or_else(|| origin.clone());
    let next = next_name(&ended);
    let now = tx.ctx().now();
    let root = TreeHash::from_slice(&last.root)?;
    let size = i64::try_from(last.size).map_err(|_| StoreError::Malformed("size of the log"))?;
    let values = [
        Value::Text(ended.clone()),
        Value::Int(size),
        Value::Bytes(last.root),
        Value::Time(now),
    ];
    tx.execute(END, &values).await?;
    for statement in [UNPLACE, NO_TILES, NO_CHECKPOINTS] {
        tx.execute(statement, &[]).await?;
    }
    tree::signer_of(tx, &next).await?;
    tx.execute(RENAME, &[Value::Text(next.clone())]).await?;
    let entry = NewEntry {
        kind: Kind::Succession,
        subject: None,
        reference: tx.store().entropy().id(),
        payload: json!({
            "kind": Kind::Succession.as_str(),
            "former": ended,
            "size": size,
            "root": root.to_string(),
            "at": privacy::log::instant(now),
        }),
    };
    super::append(tx, &entry).await?;
    Ok(Some(next))
}

/// The name of the log that follows: `…/tlog`, `…/tlog2`, `…/tlog3`.
fn next_name(origin: &str) -> String {
    let base = origin.trim_end_matches(|sign: char| sign.is_ascii_digit());
    let nth: u32 = origin[base.len()..].parse().unwrap_or(1);
    format!("{base}{}", nth.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::next_name;

    #[test]
    fn every_log_has_a_name_of_its_own() {
        assert_eq!(next_name("www.example.com/tlog"), "www.example.com/tlog2");
        assert_eq!(next_name("www.example.com/tlog2"), "www.example.com/tlog3");
        assert_eq!(next_name("www.example.com/tlog9"), "www.example.com/tlog10");
    }
}
