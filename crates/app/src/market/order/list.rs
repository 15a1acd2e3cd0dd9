//! Lists of orders and a supplier's workbench. Lists open nothing personal: what a line shows is
//! the agreement's public side and the state.

use domain::machine::Role;
use domain::market::number;
use domain::market::order::{Event, SUPPLIER_OWES, State, waits_for};
use privacy::Ctx;
use privacy::purpose::FulfilContract;
use storage::market::membership;
use storage::market::order::OrderRow;
use storage::market::order_list::{self, Of};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Snapshot, read, role_of};
use crate::account::Viewer;
use crate::rights::waiting_demands;
use crate::{App, Failure};

/// Orders on a page.
pub const PAGE: usize = 20;
/// Orders in a list of the workbench.
const WAITING: i64 = 5;

/// What a list asks for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Listing<'a> {
    /// Orders sold instead of bought.
    pub sold: bool,
    /// Only in this state.
    pub state: Option<State>,
    /// The number of the last order of the page before.
    pub after: Option<&'a str>,
}

/// An order as a line of a list.
#[derive(Clone, Debug)]
pub struct OrderLine {
    /// Its number.
    pub number: String,
    /// What was agreed.
    pub snapshot: Snapshot,
    /// Its state.
    pub state: State,
    /// What happens if nobody acts, and when.
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// When it was placed.
    pub placed_at: OffsetDateTime,
    /// Whether an organisation buys.
    pub by_organisation: bool,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// The orders, newest first.
    pub orders: Vec<OrderLine>,
    /// The number after which the next page begins, if there is one.
    pub next: Option<String>,
    /// Whether the viewer works for a supplier.
    pub member: bool,
}

/// A supplier's work, as one of its people sees it.
#[derive(Clone, Debug)]
pub struct Workbench {
    /// What the viewer is at the supplier.
    pub role: Role,
    /// How many demands about personal data wait for the supplier's answer.
    pub demands: i64,
    /// How many orders are in each state that has any.
    pub counts: Vec<(State, i64)>,
    /// The orders that wait for the viewer's role, by state, the most urgent first.
    pub waiting: Vec<(State, Vec<OrderLine>)>,
}

fn line(mut row: OrderRow) -> Result<OrderLine, Failure> {
    let snapshot = read(&mut row)?;
    Ok(OrderLine {
        number: row.number,
        snapshot,
        state: row.order.state,
        due: row.due,
        placed_at: row.placed_at,
        by_organisation: row.organisation.is_some(),
    })
}

/// What whoever the viewer acts for bought.
pub(crate) fn bought_by(viewer: &Viewer) -> Of {
    match &viewer.acting {
        Some(acting) => Of::Organisation(acting.organisation),
        None => Of::Person(viewer.account),
    }
}

/// A page of the orders of whoever the viewer acts for. Of several suppliers the viewer works for, the first is shown.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn list(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    listing: &Listing<'_>,
) -> Result<Listed, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let own = membership::of_account(&mut tx, viewer.account).await?;
    let of = match (listing.sold, own.first()) {
        (false, _) => bought_by(viewer),
        (true, Some((supplier, _))) => Of::Supplier(*supplier),
        (true, None) => return Ok(Listed::default()),
    };
    if listing.after.is_some_and(|after| !number::well_formed(after)) {
        return Ok(Listed {
            member: !own.is_empty(),
            ..Listed::default()
        });
    }
    // One more than shown tells whether there is a next page.
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let rows = order_list::page(&mut tx, of, listing.state, listing.after, limit).await?;
    let more = rows.len() > PAGE;
    let orders = rows
        .into_iter()
        .take(PAGE)
        .map(line)
        .collect::<Result<Vec<_>, _>>()?;
    let next = orders
        .last()
        .filter(|_| more)
        .map(|last: &OrderLine| last.number.clone());
    Ok(Listed {
        orders,
        next,
        member: !own.is_empty(),
    })
}

/// What the viewer has to do for their supplier; `None` for who works for none.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn workbench(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
) -> Result<Option<Workbench>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let own: Vec<(Uuid, String)> = membership::of_account(&mut tx, viewer.account).await?;
    let Some((supplier, role)) = own
        .first()
        .and_then(|(supplier, role)| Some((supplier, role_of(role)?)))
    else {
        return Ok(None);
    };
    let counts = order_list::counts(&mut tx, Of::Supplier(*supplier)).await?;
    let mut waiting = Vec::with_capacity(SUPPLIER_OWES.len());
    for state in SUPPLIER_OWES {
        if !waits_for(state, role, app.mode()) {
            continue;
        }
        let rows = order_list::page(&mut tx, Of::Supplier(*supplier), Some(state), None, WAITING).await?;
        let lines = rows.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
        waiting.push((state, lines));
    }
    let demands = waiting_demands(&mut tx, viewer).await?;
    Ok(Some(Workbench {
        role,
        demands,
        counts,
        waiting,
    }))
}
