//! What the guard decided about a person, shown to them, and how they ask a human to look again
//! (PIPL 24, 2.2.3.b, 2.6.1.a).

use domain::Refused;
use domain::account::guard::contest::{self as rules, Ground, Ruling};
use domain::account::guard::{Act, Outcome, Signal, State};
use domain::calendar::{Due, working_days_after};
use domain::refused::Party;
use privacy::purpose::{KeepSafe, ShowOwn};
use privacy::{Ask, Ctx, LegalBasis};
use storage::Tx;
use storage::account::Place;
use storage::account::guard::origin_field;
use storage::account::guard::review::{self, DecisionRow};
use time::OffsetDateTime;
use uuid::Uuid;

use super::super::Paged;
use super::super::login::token_digest;
use crate::account::Viewer;
use crate::{App, Failure};

/// Decisions on a page.
const PAGE: usize = 30;
/// One more is asked for: whether there is another page.
const ASKED: i64 = 31;

/// A decision as its person sees it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The decision.
    pub id: Uuid,
    /// What somebody was about to do.
    pub act: Act,
    /// What followed.
    pub outcome: Outcome,
    /// Why.
    pub signals: Vec<Signal>,
    /// When.
    pub at: OffsetDateTime,
    /// How it ended, if it did.
    pub state: State,
    /// Device and region; empty for what went on.
    pub origin: String,
    /// Why it was contested.
    pub ground: Option<Ground>,
    /// By when a human answers.
    pub due_at: Option<OffsetDateTime>,
    /// What a human decided.
    pub ruling: Option<Ruling>,
    /// Whether it may be contested.
    pub contestable: bool,
}

/// The guard's decisions about the viewer's account, newest first.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn decisions(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    before: Place,
) -> Result<Paged<Decided>, Failure> {
    policy::clause!("2.6.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let mut found = review::page(&mut tx, viewer.account, before, ASKED).await?;
    let next = if found.len() > PAGE {
        found.truncate(PAGE);
        found.last().map(|last| Place {
            at: last.at,
            id: last.id,
        })
    } else {
        None
    };
    let mut rows = Vec::with_capacity(found.len());
    let sealed = found.iter().any(|row| row.origin.is_some());
    let permit = if sealed {
        let ask = Ask {
            subject: viewer.subject,
            fields: &["guard_decision.origin"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.6.1.a"),
            case: None,
        };
        Some(tx.permit(ask).await?)
    } else {
        None
    };
    for row in found {
        let origin = match (&permit, &row.origin) {
            (Some(permit), Some(sealed)) => {
                tx.show(permit, &origin_field(row.id, row.subject), sealed)
                    .await?
            }
            _ => String::new(),
        };
        rows.push(decided(row, origin));
    }
    tx.commit().await?;
    Ok(Paged { rows, next })
}

fn decided(row: DecisionRow, origin: String) -> Decided {
    Decided {
        contestable: row.outcome != Outcome::Allow
            && rules::may_contest(row.state, row.contested_at.is_some()).is_ok(),
        id: row.id,
        act: row.act,
        outcome: row.outcome,
        signals: row.signals,
        at: row.at,
        state: row.state,
        origin,
        ground: row.ground,
        due_at: row.due_at,
        ruling: row.ruling,
    }
}

async fn contest(tx: &mut Tx<'_, KeepSafe>, row: &DecisionRow, typed: &str) -> Result<(), Failure> {
    policy::clause!("2.2.3.b");
    let ground = rules::ground(typed)?;
    rules::may_contest(row.state, row.contested_at.is_some())?;
    let due_at = match working_days_after(tx.ctx().now(), rules::ANSWER_DAYS) {
        Due::At(at) => Some(at),
        Due::Unknown => None,
    };
    if review::contest(tx, row.id, ground, due_at).await? {
        Ok(())
    } else {
        Err(Refused::from(Party::ContestNotNow).into())
    }
}

/// Asks a human to look at a decision about the viewer's account again.
///
/// # Errors
/// [`Failure::NotFound`] for a decision about somebody else, [`Party::ContestGround`],
/// [`Party::ContestNotNow`].
pub async fn contest_own(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    viewer: &Viewer,
    id: Uuid,
    ground: &str,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = review::by_id(&mut tx, id).await?;
    let row = row
        .filter(|row| row.account == viewer.account && row.outcome != Outcome::Allow)
        .ok_or(Failure::NotFound)?;
    contest(&mut tx, &row, ground).await?;
    Ok(tx.commit().await?)
}

/// The same for whoever was stopped and has no session: the token proves that they gave the password.
///
/// # Errors
/// [`Party::GuardStale`], [`Party::ContestGround`], [`Party::ContestNotNow`].
pub async fn contest_stopped(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    token: &str,
    ground: &str,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = review::by_token(&mut tx, token_digest(token)).await?;
    let row = row.ok_or_else(|| Failure::from(Refused::from(Party::GuardStale)))?;
    contest(&mut tx, &row, ground).await?;
    Ok(tx.commit().await?)
}
