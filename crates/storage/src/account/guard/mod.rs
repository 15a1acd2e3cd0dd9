//! The security guard's store (2.2.3.a, 2.2.3.d): what it saw, as digests, what it decided, and which
//! puzzles were solved. It is bound to one purpose by its types: no other transaction reads or writes it.
//!
//! A transaction of another purpose is no key to it:
//! ```compile_fail,E0308
//! # use storage::{StoreError, Tx, account::guard}; use privacy::purpose::FulfilContract;
//! # async fn look(tx: &mut Tx<'_, FulfilContract>, asked: &guard::Asked) -> Result<(), StoreError> {
//! guard::facts(tx, asked).await?;
//! # Ok(()) }
//! ```
//! The guard's own is:
//! ```
//! # use storage::{StoreError, Tx, account::guard}; use privacy::purpose::KeepSafe;
//! # async fn look(tx: &mut Tx<'_, KeepSafe>, asked: &guard::Asked) -> Result<(), StoreError> {
//! guard::facts(tx, asked).await?;
//! # Ok(()) }
//! ```

pub mod review;

use domain::account::guard::{Act, Decision, HOUR, MEMORY, Outcome, SHORT, STANDING, State, WINDOW, written};
use privacy::purpose::KeepSafe;
use privacy::{FieldRef, Personal, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// Rows looked at of one kind: a count beyond it changes nothing.
const MOST: i64 = 200;

// One statement: each part is one range of an index, cut off where more would not matter.
const FACTS: &str = "SELECT \
    (SELECT COUNT(*) FROM (SELECT DISTINCT s.mark FROM guard_sighting s WHERE s.network = $1 AND s.what = 'failed' AND s.at > $4 LIMIT $12) a), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.network = $1 AND s.what = 'failed' AND s.at > $5 LIMIT $12) b) + \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.network = $1 AND s.what = 'in' AND s.at > $5 LIMIT $12) c), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.network = $1 AND s.what = 'code' AND s.at > $4 LIMIT $12) d), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.account = $2 AND s.what = 'failed' AND s.at > $6 LIMIT $12) e), \
    (SELECT COUNT(DISTINCT f.network) FROM (SELECT s.network FROM guard_sighting s WHERE s.account = $2 AND s.what = 'failed' AND s.at > $4 LIMIT $12) f), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.account = $2 AND s.what = 'code' AND s.at > $4 LIMIT $12) g), \
    (SELECT COUNT(DISTINCT h.network) FROM (SELECT s.network FROM guard_sighting s WHERE s.account = $2 AND s.what = 'used' AND s.at > $4 LIMIT $12) h), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.account = $2 AND s.what = 'in' AND s.at > $7 AND s.device = $3 LIMIT 1) i), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.account = $2 AND s.what = 'in' AND s.at > $7 AND s.network = $1 LIMIT 1) j), \
    (SELECT COUNT(*) FROM (SELECT 1 AS x FROM guard_sighting s WHERE s.account = $2 AND s.what = 'in' AND s.at > $7 AND s.network IS NOT NULL LIMIT 1) k), \
    (SELECT s.at FROM guard_sighting s WHERE s.account = $2 AND s.what = 'in' AND s.at > $7 ORDER BY s.at DESC, s.id DESC LIMIT 1), \
    (SELECT s.region FROM guard_sighting s WHERE s.account = $2 AND s.what = 'in' AND s.at > $7 ORDER BY s.at DESC, s.id DESC LIMIT 1), \
    (SELECT MAX(c.at) FROM account a JOIN account_change c ON c.subject = a.subject WHERE a.id = $2 AND c.at > $8 AND c.what IN ('phone', 'phone_recovered')), \
    (SELECT d.id FROM guard_decision d WHERE d.account = $2 AND d.outcome = 'freeze' AND d.state = 'standing' ORDER BY d.at DESC LIMIT 1), \
    (SELECT d.id FROM guard_decision d WHERE d.account = $2 AND d.outcome = 'freeze' AND d.state = 'upheld' ORDER BY d.at DESC LIMIT 1), \
    (SELECT d.id FROM guard_decision d WHERE d.account = $2 AND d.outcome = $10 AND d.state = 'standing' AND d.at > $9 ORDER BY d.at DESC LIMIT 1), \
    (SELECT d.id FROM guard_decision d WHERE d.account = $2 AND d.outcome = $11 AND d.state = 'standing' AND d.at > $9 ORDER BY d.at DESC LIMIT 1)";
const SEE: &str = "INSERT INTO guard_sighting (account, id, what, mark, network, device, region, at) \
    VALUES ((SELECT a.id FROM account a WHERE a.id = $1), $2, $3, $4, $5, $6, $7, $8)";
const BECOME: &str = "UPDATE guard_sighting SET what = $2 WHERE id = $1";
// A session used from where it was used before is seen once.
const SEE_ONCE: &str = "INSERT INTO guard_sighting (account, id, what, mark, network, device, region, at) \
    SELECT $1, $2, 'used', $3, $4, $5, NULL, $6 WHERE NOT EXISTS (SELECT 1 FROM guard_sighting s \
    WHERE s.account = $1 AND s.what = 'used' AND s.at > $7 AND s.network = $4)";
const DECIDE: &str = "INSERT INTO guard_decision (subject, account, id, sighting, act, outcome, score, signals, rules, \
    state, at, wait_until, origin, token_digest, solved_at, tries, ended_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL, 0, $15)";
const RETOKEN: &str =
    "UPDATE guard_decision SET token_digest = $2 WHERE id = $1 AND state IN ('standing', 'upheld', 'done')";
const SOLVED: &str = "INSERT INTO guard_puzzle (digest, at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
const PURGE_PUZZLES: &str = "DELETE FROM guard_puzzle WHERE at <= $1";
const PURGE_UNKNOWN: &str = "DELETE FROM guard_sighting WHERE account IS NULL AND at <= $1";
pub(crate) const STATEMENTS: &[&str] = &[
    FACTS,
    SEE,
    BECOME,
    SEE_ONCE,
    DECIDE,
    RETOKEN,
    SOLVED,
    PURGE_PUZZLES,
    PURGE_UNKNOWN,
];

/// What is asked of the store before a decision: digests only.
pub struct Asked {
    /// The network's digest, if the address is known.
    pub network: Option<Vec<u8>>,
    /// The account, if there is one; the question is the same without.
    pub account: Option<Uuid>,
    /// The digest of account and device.
    pub device: Vec<u8>,
}

/// What the store counted.
#[derive(Debug)]
pub struct Counted {
    /// Names that failed from the network within the hour.
    pub network_names: i64,
    /// Tries from the network within the short window.
    pub network_tries: i64,
    /// Codes asked for from the network within the hour.
    pub network_codes: i64,
    /// Failures of the account within the window.
    pub failures: i64,
    /// Networks from which they came within the hour.
    pub failing_networks: i64,
    /// Codes the account asked for within the hour.
    pub codes: i64,
    /// Networks from which its sessions were used within the hour.
    pub networks_in_use: i64,
    /// Whether the device logged in within memory.
    pub device: bool,
    /// Whether the network was logged in from within memory.
    pub network: bool,
    /// Whether any network is known of the account.
    pub any_network: bool,
    /// The last log-in within memory, and the digest of its region.
    pub last: Option<(OffsetDateTime, Option<Vec<u8>>)>,
    /// When the number was changed last, within memory.
    pub phone_changed: Option<OffsetDateTime>,
    /// The freeze that stands, or that a human let stand.
    pub frozen: Option<Uuid>,
    /// The hold that stands.
    pub held: Option<Uuid>,
    /// The step up that stands.
    pub stepping: Option<Uuid>,
}

/// Counts everything a decision looks at, in one statement.
///
/// # Errors
/// [`StoreError`].
pub async fn facts(tx: &mut Tx<'_, KeepSafe>, asked: &Asked) -> Result<Counted, StoreError> {
    policy::clause!("2.2.3.a");
    let now = tx.ctx().now();
    let values = [
        Value::OptBytes(asked.network.clone()),
        Value::Id(asked.account.unwrap_or_default()),
        Value::Bytes(asked.device.clone()),
        Value::Time(now - HOUR),
        Value::Time(now - SHORT),
        Value::Time(now - WINDOW),
        Value::Time(now - MEMORY),
        Value::Time(now - MEMORY),
        Value::Time(now - STANDING),
        Value::Text(Outcome::Hold.as_str().to_owned()),
        Value::Text(Outcome::StepUp.as_str().to_owned()),
        Value::Int(MOST),
    ];
    let row = tx
        .row(FACTS, &values)
        .await?
        .ok_or(StoreError::Malformed("facts"))?;
    let last = match row.opt_time(10)? {
        Some(at) => Some((at, row.opt_bytes(11)?)),
        None => None,
    };
    Ok(Counted {
        network_names: row.int(0)?,
        network_tries: row.int(1)?,
        network_codes: row.int(2)?,
        failures: row.int(3)?,
        failing_networks: row.int(4)?,
        codes: row.int(5)?,
        networks_in_use: row.int(6)?,
        device: row.int(7)? > 0,
        network: row.int(8)? > 0,
        any_network: row.int(9)? > 0,
        last,
        phone_changed: row.opt_time(12)?,
        frozen: row.opt_id(13)?.or(row.opt_id(14)?),
        held: row.opt_id(15)?,
        stepping: row.opt_id(16)?,
    })
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A log-in that failed, or is not proved yet.
    Failed,
    /// A log-in whose password was right and that waits for more.
    Proved,
    /// A log-in.
    In,
    /// A code was asked for.
    Code,
}

impl What {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Proved => "proved",
            Self::In => "in",
            Self::Code => "code",
        }
    }
}

/// A sighting to write.
pub struct Sighting {
    /// Its identifier.
    pub id: Uuid,
    /// What was seen.
    pub what: What,
    /// Of which account, if the name is anybody's.
    pub account: Option<Uuid>,
    /// The mark of what was typed.
    pub mark: Vec<u8>,
    /// The network's digest.
    pub network: Option<Vec<u8>>,
    /// The digest of account and device.
    pub device: Vec<u8>,
    /// The digest of account and region.
    pub region: Option<Vec<u8>>,
}

/// Writes down what was seen.
///
/// # Errors
/// [`StoreError`].
pub async fn see(tx: &mut Tx<'_, KeepSafe>, seen: Sighting) -> Result<(), StoreError> {
    let values = [
        Value::Id(seen.account.unwrap_or_default()),
        Value::Id(seen.id),
        Value::Text(seen.what.as_str().to_owned()),
        Value::Bytes(seen.mark),
        Value::OptBytes(seen.network),
        Value::Bytes(seen.device),
        Value::OptBytes(seen.region),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(SEE, &values).await.map(|_| ())
}

/// Notes what a sighting turned out to be.
///
/// # Errors
/// [`StoreError`].
pub async fn turn_out(tx: &mut Tx<'_, KeepSafe>, sighting: Uuid, what: What) -> Result<(), StoreError> {
    let values = [Value::Id(sighting), Value::Text(what.as_str().to_owned())];
    tx.execute(BECOME, &values).await.map(|_| ())
}

/// Notes that a session of the account was used from this network, once within the hour.
///
/// # Errors
/// [`StoreError`].
pub async fn used(tx: &mut Tx<'_, KeepSafe>, seen: Sighting) -> Result<(), StoreError> {
    let now = tx.ctx().now();
    let values = [
        Value::Id(seen.account.unwrap_or_default()),
        Value::Id(seen.id),
        Value::Bytes(seen.mark),
        Value::OptBytes(seen.network),
        Value::Bytes(seen.device),
        Value::Time(now),
        Value::Time(now - HOUR),
    ];
    tx.execute(SEE_ONCE, &values).await.map(|_| ())
}

/// A decision to write.
pub struct NewDecision<'a> {
    /// Its identifier.
    pub id: Uuid,
    /// Whose account.
    pub account: Uuid,
    /// The person behind it.
    pub subject: SubjectId,
    /// What was seen.
    pub sighting: Uuid,
    /// What somebody was about to do.
    pub act: Act,
    /// What was decided.
    pub decision: &'a Decision,
    /// Device and region in words; nothing for what went on.
    pub origin: Option<&'a Personal<String>>,
    /// The digest of the token of whoever was stopped.
    pub token_digest: Option<[u8; 32]>,
}

/// The place of a decision's origin.
#[must_use]
pub const fn origin_field(decision: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "guard_decision",
        column: "origin",
        row: decision,
        subject,
    }
}

/// Writes down a decision (2.2.3.e).
///
/// # Errors
/// [`StoreError`].
pub async fn decide(tx: &mut Tx<'_, KeepSafe>, new: &NewDecision<'_>) -> Result<(), StoreError> {
    policy::clause!("2.2.3.e");
    let origin = match new.origin {
        Some(origin) => Some(tx.seal(&origin_field(new.id, new.subject), origin).await?),
        None => None,
    };
    let now = tx.ctx().now();
    let over = new.decision.outcome == Outcome::Allow;
    let state = if over { State::Done } else { State::Standing };
    let values = [
        Value::Id(new.subject.0),
        Value::Id(new.account),
        Value::Id(new.id),
        Value::Id(new.sighting),
        Value::Text(new.act.as_str().to_owned()),
        Value::Text(new.decision.outcome.as_str().to_owned()),
        Value::Int(new.decision.score),
        Value::Text(written(&new.decision.signals)),
        Value::Int(new.decision.rules),
        Value::Text(state.as_str().to_owned()),
        Value::Time(now),
        Value::Time(now + new.decision.wait),
        Value::OptBytes(origin.map(|sealed| sealed.as_bytes().to_vec())),
        Value::OptBytes(new.token_digest.map(|digest| digest.to_vec())),
        Value::OptTime(over.then_some(now)),
    ];
    tx.execute(DECIDE, &values).await.map(|_| ())
}

/// Gives a decision the token of whoever waits because of it: the earlier one leads nowhere.
///
/// # Errors
/// [`StoreError`].
pub async fn retoken(
    tx: &mut Tx<'_, KeepSafe>,
    decision: Uuid,
    token_digest: [u8; 32],
) -> Result<(), StoreError> {
    let values = [Value::Id(decision), Value::Bytes(token_digest.to_vec())];
    tx.execute(RETOKEN, &values).await.map(|_| ())
}

/// Uses a puzzle up; `false` if it was used before.
///
/// # Errors
/// [`StoreError`].
pub async fn use_puzzle(tx: &mut Tx<'_, KeepSafe>, digest: [u8; 32]) -> Result<bool, StoreError> {
    let values = [Value::Bytes(digest.to_vec()), Value::Time(tx.ctx().now())];
    tx.execute(SOLVED, &values).await.map(|rows| rows == 1)
}

/// Removes puzzles up to `until`, and sightings of names that are nobody's (retention `security_24h`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    until: OffsetDateTime,
) -> Result<u64, StoreError> {
    let puzzles = tx.execute(PURGE_PUZZLES, &[Value::Time(until)]).await?;
    Ok(puzzles + tx.execute(PURGE_UNKNOWN, &[Value::Time(until)]).await?)
}
