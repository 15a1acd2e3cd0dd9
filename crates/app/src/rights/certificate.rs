//! The certificate of an erasure: what was done, what stays and why, what the search found, and what
//! recipients were asked.

use privacy::Ctx;
use privacy::purpose::ObeyLaw;
use storage::log;
use storage::market::note_copy;
use storage::register::OnErasure;
use storage::rights::demand::{self, Demand};
use storage::rights::erasure;
use storage::rights::hold::{self, Hold};
use time::OffsetDateTime;

use super::erase::{Probe, report};
use crate::{App, Failure};

/// Held values named in a certificate.
const NAMED: i64 = 200;

/// What stays of a person, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The table.
    pub table: &'static str,
    /// Rows.
    pub rows: i64,
    /// The rule.
    pub rule: &'static str,
}

/// What a person can show afterwards: what was erased, what stays until when, what the search found.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Its number.
    pub number: String,
    /// Why: `own_request`, or what else an erasure begins with.
    pub ground: String,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// When the key was destroyed.
    pub key_destroyed_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Rows removed, by table.
    pub removed: Vec<(String, u64)>,
    /// What stays.
    pub kept: Vec<Kept>,
    /// What is sealed under keys of its own: place, article, end.
    pub held: Vec<Hold>,
    /// How many of their notes on orders another party keeps a copy of, until it says it deleted it or
    /// three years after the order's end (1.6).
    pub copies: i64,
    /// The search.
    pub probe: Option<Probe>,
    /// What those who had received something were asked, and what they answered.
    pub demands: Vec<Demand>,
    /// Whether the log has an entry of it, so that there is a receipt.
    pub logged: bool,
}

/// The certificate with this number. Whoever has the number may read it: it names nobody.
///
/// # Errors
/// [`Failure::NotFound`].
pub async fn certificate(app: &App, ctx: &Ctx<ObeyLaw>, number: &str) -> Result<Certificate, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let found = erasure::by_number(&mut tx, number).await?;
    let erasure = found.ok_or(Failure::NotFound)?;
    let report = report(&erasure)?;
    let portions = erasure::portions(&mut tx, erasure.subject).await?;
    let kept = portions
        .into_iter()
        .filter(|portion| portion.on_erasure == OnErasure::Restrict)
        .map(|portion| Kept {
            table: portion.table,
            rows: portion.rows,
            rule: portion.rule,
        });
    Ok(Certificate {
        kept: kept.collect(),
        held: hold::of_subject(&mut tx, erasure.subject, NAMED).await?,
        copies: note_copy::of_writer(&mut tx, erasure.subject).await?,
        logged: log::public_of(&mut tx, erasure.id).await?.is_some(),
        number: erasure.number,
        ground: erasure.ground,
        asked_at: erasure.asked_at,
        key_destroyed_at: erasure.key_destroyed_at,
        ended_at: erasure.ended_at,
        demands: demand::of_subject(&mut tx, erasure.subject).await?,
        removed: report.removed.into_iter().collect(),
        probe: report.probe,
    })
}
