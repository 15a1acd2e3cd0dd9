//! The mirror's books, for the demonstration's page and the operator's check.

use std::collections::BTreeMap;

use domain::market::ledger::{Account, Posting};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::market::books as store;
use time::{Duration, OffsetDateTime};

use crate::{App, Failure};

/// Movements shown.
const SHOWN: i64 = 50;

/// A movement.
#[derive(Clone, Debug)]
pub struct BookLine {
    /// The last signs of the order's number: enough to recognise one's own, not to guess another's.
    pub number_end: String,
    /// The movement.
    pub posting: Posting,
    /// When.
    pub at: OffsetDateTime,
}

/// The books.
#[derive(Clone, Debug)]
pub struct Books {
    /// The balance of each account, in fen.
    pub balances: BTreeMap<Account, i64>,
    /// What must be held by the milestones under way, in fen.
    pub funded: i64,
    /// The latest movements, newest first.
    pub latest: Vec<BookLine>,
}

/// Whether the books are right: what the postings leave at the partner is what the milestones under
/// way were funded with. The two are written apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the postings leave at the partner, in fen.
    pub held: i64,
    /// What the milestones under way were funded with, in fen.
    pub funded: i64,
}

impl Verdict {
    /// Whether they agree.
    #[must_use]
    pub const fn balanced(&self) -> bool {
        self.held == self.funded && self.held >= 0
    }
}

/// Checks the books.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn verdict(app: &App, ctx: &Ctx<Operate>) -> Result<Verdict, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let balances = store::balances(&mut tx).await?;
    Ok(Verdict {
        held: balances.get(&Account::Held).copied().unwrap_or_default(),
        funded: store::funded(&mut tx).await?,
    })
}

/// How many orders' time came more than ten minutes ago and was not acted on: the worker does not
/// run, or cannot move them.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn late(app: &App, ctx: &Ctx<Operate>) -> Result<i64, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(store::late(&mut tx, ctx.now() - Duration::minutes(10)).await?)
}

/// The books of a demonstration.
///
/// # Errors
/// [`Failure::NotFound`] outside a demonstration.
pub async fn demo_books(app: &App, ctx: &Ctx<Operate>) -> Result<Books, Failure> {
    if !app.demo {
        return Err(Failure::NotFound);
    }
    let mut tx = app.store.begin(ctx).await?;
    let balances = store::balances(&mut tx).await?;
    let funded = store::funded(&mut tx).await?;
    let latest = store::latest(&mut tx, SHOWN).await?;
    Ok(Books {
        balances,
        funded,
        latest: latest
            .into_iter()
            .map(|entry| BookLine {
                number_end: entry.number.chars().skip(10).collect(),
                posting: entry.posting,
                at: entry.at,
            })
            .collect(),
    })
}

/// How many orders wait for a term that the working-day calendar does not know; an operator must
/// bring the calendar up to date.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn undated(app: &App, ctx: &Ctx<Operate>) -> Result<i64, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(store::undated(&mut tx).await?)
}
