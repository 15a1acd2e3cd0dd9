//! The transparency log's use cases: letting it grow, showing it, and the receipt a person takes
//! away.

mod receipt;

use policy::{Archive, ChildRules, Lang};
use privacy::Ctx;
use privacy::log::tile::TilePath;
use privacy::log::{Growth, Kind, Plan};
use privacy::purpose::{Browse, Operate};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use storage::log::audit::Audit;
use storage::log::read::{self, Signed};
use storage::log::succession::{self, Former};
use storage::log::{self, NewEntry, tree};
use uuid::Uuid;

use crate::{App, Failure};

pub(crate) use receipt::receipt_about;
pub use receipt::{Controller, erasure_receipt, receipt};

/// Entries counted as waiting, at most.
const MOST_WAITING: i64 = 100_000;

/// Names the log and enters the texts in force or to come. Called at every start; what is there
/// already is left alone.
///
/// # Errors
/// [`Failure::Fault`], also for a domain that cannot be part of a log's name.
pub async fn begin(
    app: &App,
    ctx: &Ctx<Operate>,
    domain: Option<&str>,
    archive: &Archive,
    operator: &str,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if let Some(domain) = domain {
        tree::begin(&mut tx, &format!("{domain}/tlog")).await?;
    }
    for version in archive.iter() {
        for lang in [Lang::Zh, Lang::En] {
            let texts = [
                ("policy", version.policy_hash(lang)),
                ("agreement", version.agreement_hash(lang, operator)),
            ];
            for (document, hash) in texts {
                let language = if lang == Lang::Zh { "zh" } else { "en" };
                let payload = json!({
                    "kind": Kind::Document.as_str(),
                    "document": document,
                    "version": version.id,
                    "language": language,
                    "text_sha256": hash,
                    "effective_on": version.effective_on.to_string(),
                });
                let entry = NewEntry {
                    kind: Kind::Document,
                    subject: None,
                    // The text itself: a published version that is edited after all enters anew.
                    reference: reference(&[document, &version.id, language, &hash]),
                    payload,
                };
                policy::clause!("0.17");
                log::append(&mut tx, &entry).await?;
            }
        }
    }
    let rules = ChildRules::in_force();
    for (lang, language) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let hash = rules.hash(lang, operator);
        let payload = json!({
            "kind": Kind::Document.as_str(),
            "document": "child_rules",
            "version": rules.version,
            "language": language,
            "text_sha256": hash,
            "effective_on": rules.version,
        });
        let entry = NewEntry {
            kind: Kind::Document,
            subject: None,
            reference: reference(&["child_rules", rules.version, language, &hash]),
            payload,
        };
        policy::clause!("2.7.b");
        log::append(&mut tx, &entry).await?;
    }
    Ok(tx.commit().await?)
}

/// An identifier for what has none: the beginning of the digest of its words.
fn reference(words: &[&str]) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(words.join("\0").as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Gives everything that waits its place and signs the tree; says how many entries were placed. Each
/// batch is a transaction of its own: whatever it is that ends this half-way, the next run goes on.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn advance(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    let mut placed = 0;
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let batch = tree::grow(&mut tx, tree::BATCH).await?;
        tx.commit().await?;
        placed += batch;
        if batch < u64::from(tree::BATCH) {
            break;
        }
    }
    let mut tx = app.store.begin(ctx).await?;
    if tree::sign(&mut tx).await? {
        tx.commit().await?;
    }
    Ok(placed)
}

/// Begins the next log, if the present one cannot go on because data was lost for good; gives its
/// name. What the data holds enters it with the next growing.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn succeed(app: &App, ctx: &Ctx<Operate>) -> Result<Option<String>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let next = succession::succeed(&mut tx).await?;
    if next.is_some() {
        tx.commit().await?;
    }
    Ok(next)
}

/// The key that the log's checkpoints are checked with.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn key(app: &App, ctx: &Ctx<Operate>) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(tree::verifier(&mut tx).await?.to_text())
}

/// A published text as the log has it.
#[derive(Clone, Debug)]
pub struct LoggedDocument {
    /// Its place.
    pub place: u64,
    /// The salt of its commitment, in hex.
    pub salt: String,
    /// What was committed to.
    pub payload: Value,
}

/// The log as its page shows it.
#[derive(Clone, Debug)]
pub struct Front {
    /// The log's key.
    pub key: String,
    /// The latest checkpoint, once there is one.
    pub latest: Option<Signed>,
    /// Published texts, newest first.
    pub documents: Vec<LoggedDocument>,
    /// The logs that this one follows, the oldest first.
    pub former: Vec<Former>,
}

/// The log as its page shows it.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn front(app: &App, ctx: &Ctx<Browse>) -> Result<Front, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let documents = read::public(&mut tx, Kind::Document, 50).await?;
    Ok(Front {
        key: tree::verifier(&mut tx).await?.to_text(),
        latest: read::latest(&mut tx).await?,
        former: succession::former(&mut tx).await?,
        documents: documents
            .into_iter()
            .map(|(place, salt, payload)| LoggedDocument { place, salt, payload })
            .collect(),
    })
}

/// The latest checkpoint's note.
///
/// # Errors
/// [`Failure::NotFound`] before the first one.
pub async fn checkpoint(app: &App, ctx: &Ctx<Browse>) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let latest = read::latest(&mut tx).await?;
    latest.map(|latest| latest.note).ok_or(Failure::NotFound)
}

/// A tile or a bundle of entries.
///
/// # Errors
/// [`Failure::NotFound`] for a path that is none, or beyond what is signed.
pub async fn tile(app: &App, ctx: &Ctx<Browse>, path: &str) -> Result<Vec<u8>, Failure> {
    let path = TilePath::parse(path).map_err(|_| Failure::NotFound)?;
    let mut tx = app.store.begin(ctx).await?;
    read::at_path(&mut tx, path).await?.ok_or(Failure::NotFound)
}

/// The latest checkpoint with the proof that it goes on from the log of `old` entries.
///
/// # Errors
/// [`Failure::NotFound`] if the log was never as long, or has no checkpoint yet.
pub async fn growth(app: &App, ctx: &Ctx<Browse>, old: u64) -> Result<String, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let latest = read::latest(&mut tx).await?.ok_or(Failure::NotFound)?;
    let plan = Plan::consistency(old, latest.size).map_err(|_| Failure::NotFound)?;
    let growth = Growth {
        old,
        proof: read::prove(&mut tx, &plan).await?,
        checkpoint: latest.note,
    };
    Ok(growth.to_text())
}

/// Reads the whole log and compares it with everything that was signed.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn audit(app: &App, ctx: &Ctx<Operate>) -> Result<(Audit, i64), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let audit = storage::log::audit::audit(&mut tx).await?;
    Ok((audit, tree::waiting(&mut tx, MOST_WAITING).await?))
}
