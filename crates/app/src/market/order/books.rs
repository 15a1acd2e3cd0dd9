//! The mirror's books, for the demonstration's page and the operator's check.

use std::collections::BTreeMap;

use domain::market::ledger::{Account, Posting};
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::market::books as store;
use time::OffsetDateTime;

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
    /// The latest movements, newest first.
    pub latest: Vec<BookLine>,
}

/// The balance of each account, in fen.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn balances(app: &App, ctx: &Ctx<Operate>) -> Result<BTreeMap<Account, i64>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(store::balances(&mut tx).await?)
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
    let latest = store::latest(&mut tx, SHOWN).await?;
    Ok(Books {
        balances,
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
