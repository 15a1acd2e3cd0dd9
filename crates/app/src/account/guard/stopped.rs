//! A log-in that was stopped, and how its holder goes on: the wait and the puzzle of a hold, then one more
//! proof: the second factor where it is on, a code to the account's own phone otherwise. Whoever is here
//! gave the right password; nothing of the account is shown before the proof.

use domain::Refused;
use domain::account::guard::contest::{Ground, Ruling};
use domain::account::guard::{Act, Outcome, STANDING, Signal, State, TRIES};
use domain::refused::Party;
use privacy::Ctx;
use privacy::purpose::{KeepSafe, VerifyHolder};
use storage::Tx;
use storage::account::guard::review::{self, DecisionRow};
use storage::account::{self, second};
use time::OffsetDateTime;

use super::super::code;
use super::super::login::{Begun, Proof, token_digest, welcome};
use super::super::phone::present;
use super::super::second::wait;
use super::entry::{bind, settle};
use super::puzzle::{self, Came, Puzzle};
use super::{Solved, keep_safe};
use crate::{App, Failure};

/// The reason of a code for this.
pub(super) const REASON: &str = "guard";

/// A stopped log-in as whoever was stopped sees it.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// What somebody was about to do.
    pub act: Act,
    /// What was decided.
    pub outcome: Outcome,
    /// Why.
    pub signals: Vec<Signal>,
    /// The score.
    pub score: i64,
    /// When.
    pub at: OffsetDateTime,
    /// Until when a hold waits.
    pub wait_until: OffsetDateTime,
    /// The puzzle, while one is to be solved.
    pub puzzle: Option<Puzzle>,
    /// How the decision stands.
    pub state: State,
    /// Why it was contested.
    pub ground: Option<Ground>,
    /// By when a human answers.
    pub due_at: Option<OffsetDateTime>,
    /// What a human decided.
    pub ruling: Option<Ruling>,
    /// Whether the one more proof is the second factor.
    pub second: bool,
}

/// Until when it may be gone on with. A try within [`STANDING`] leads to the same decision, and has the
/// same time again.
fn gone_on_until(row: &DecisionRow) -> OffsetDateTime {
    row.at + STANDING * 2
}

/// The decision of a token, if it may still be gone on with.
async fn held(tx: &mut Tx<'_, KeepSafe>, token: &str) -> Result<DecisionRow, Failure> {
    let stale = || Failure::from(Refused::from(Party::GuardStale));
    if token.len() != 64 {
        return Err(stale());
    }
    let row = review::by_token(tx, token_digest(token))
        .await?
        .ok_or_else(stale)?;
    let now = tx.ctx().now();
    let lasting = row.outcome == Outcome::Freeze || now < gone_on_until(&row);
    if row.state.keeps() && row.outcome != Outcome::Allow && lasting && row.tries < TRIES {
        Ok(row)
    } else {
        Err(stale())
    }
}

/// A log-in whose proof is next: not frozen, its wait over, its puzzle solved.
async fn to_prove(tx: &mut Tx<'_, KeepSafe>, token: &str) -> Result<DecisionRow, Failure> {
    let row = held(tx, token).await?;
    match row.outcome {
        Outcome::Freeze => Err(Refused::from(Party::GuardFrozen).into()),
        Outcome::Hold if row.solved_at.is_none() => Err(Refused::from(Party::PuzzleNeeded).into()),
        _ => Ok(row),
    }
}

/// The stopped log-in of this token.
///
/// # Errors
/// [`Party::GuardStale`] if there is none, or it waits no longer.
pub async fn stopped(app: &App, ctx: &Ctx<KeepSafe>, token: &str) -> Result<Stopped, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = held(&mut tx, token).await?;
    let puzzle = (row.outcome == Outcome::Hold && row.solved_at.is_none()).then(|| {
        let bound = row.id.to_string();
        puzzle::make(
            app,
            row.score,
            &bound,
            row.wait_until.max(ctx.now() - STANDING),
            gone_on_until(&row),
        )
    });
    Ok(Stopped {
        second: second::is_on(&mut tx, row.account).await?,
        act: row.act,
        outcome: row.outcome,
        signals: row.signals,
        score: row.score,
        at: row.at,
        wait_until: row.wait_until,
        puzzle,
        state: row.state,
        ground: row.ground,
        due_at: row.due_at,
        ruling: row.ruling,
    })
}

/// Takes a solved puzzle of a hold whose wait is over.
///
/// # Errors
/// [`Party::GuardStale`], [`Party::GuardFrozen`], [`Party::GuardWait`], [`Party::PuzzleWrong`].
pub async fn solve_hold(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    token: &str,
    solved: &Solved<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.2.3.d");
    let mut tx = app.store.begin(ctx).await?;
    let row = held(&mut tx, token).await?;
    match row.outcome {
        Outcome::Freeze => return Err(Refused::from(Party::GuardFrozen).into()),
        Outcome::Hold if row.solved_at.is_none() => {}
        _ => return Ok(()),
    }
    if ctx.now() < row.wait_until {
        return Err(Refused::from(Party::GuardWait).into());
    }
    match puzzle::accept(app, &mut tx, solved, &row.id.to_string()).await? {
        Came::Right => {}
        Came::Early => return Err(Refused::from(Party::GuardWait).into()),
        Came::Wrong => {
            tx.commit().await?;
            return Err(Refused::from(Party::PuzzleWrong).into());
        }
    }
    review::solve(&mut tx, row.id).await?;
    Ok(tx.commit().await?)
}

/// Leads on to the second factor, where it is on; gives the token of the log-in that waits for it.
///
/// # Errors
/// As [`send_step_code`]; [`Refused::SecondNotNow`] where it is off.
pub async fn on_to_second(app: &App, ctx: &Ctx<VerifyHolder>, token: &str) -> Result<String, Failure> {
    let own = keep_safe(ctx);
    let row = {
        let mut tx = app.store.begin(&own).await?;
        to_prove(&mut tx, token).await?
    };
    let mut tx = app.store.begin(ctx).await?;
    if !second::is_on(&mut tx, row.account).await? {
        return Err(Refused::SecondNotNow.into());
    }
    let next = wait(app, &mut tx, row.account).await?;
    tx.commit().await?;
    bind(app, ctx, row.id, &next).await?;
    Ok(next)
}

/// Sends a code to the account's own phone.
///
/// # Errors
/// [`Party::GuardStale`], [`Party::GuardFrozen`], [`Party::PuzzleNeeded`] before the puzzle is solved;
/// [`Refused::CodeTooSoon`], [`Refused::TooManyCodes`]; [`Refused::SecondNotNow`] where the second factor is
/// the proof.
pub async fn send_step_code(app: &App, ctx: &Ctx<VerifyHolder>, token: &str) -> Result<(), Failure> {
    let own = keep_safe(ctx);
    let row = {
        let mut tx = app.store.begin(&own).await?;
        to_prove(&mut tx, token).await?
    };
    let mut tx = app.store.begin(ctx).await?;
    if second::is_on(&mut tx, row.account).await? {
        return Err(Refused::SecondNotNow.into());
    }
    let holder = account::by_id(&mut tx, row.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let (phone, digest) = present(app, &tx, &holder).await?;
    code::admit(&mut tx, digest).await?;
    code::send_to(app, &mut tx, row.subject, digest, phone, REASON).await?;
    Ok(tx.commit().await?)
}

/// Completes a stopped log-in with the code that was sent.
///
/// # Errors
/// As [`send_step_code`], and [`Refused::CodeWrong`].
pub async fn confirm_step(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    token: &str,
    typed: &str,
    device: &str,
) -> Result<Begun, Failure> {
    policy::clause!("2.2.3.d");
    let own = keep_safe(ctx);
    let row = {
        let mut tx = app.store.begin(&own).await?;
        to_prove(&mut tx, token).await?
    };
    let redeemed = {
        let mut tx = app.store.begin(ctx).await?;
        if second::is_on(&mut tx, row.account).await? {
            return Err(Refused::SecondNotNow.into());
        }
        let holder = account::by_id(&mut tx, row.account)
            .await?
            .ok_or(Failure::NotFound)?;
        let (_, digest) = present(app, &tx, &holder).await?;
        let redeemed = code::redeem(app, &mut tx, digest, REASON, typed).await?;
        tx.commit().await?;
        redeemed
    };
    let mut tx = app.store.begin(&own).await?;
    if redeemed != Some(row.subject) {
        review::count_try(&mut tx, row.id).await?;
        tx.commit().await?;
        return Err(code::wrong().into());
    }
    if !settle(&mut tx, &row).await? {
        return Err(Refused::from(Party::GuardStale).into());
    }
    tx.commit().await?;
    let mut tx = app.store.begin(ctx).await?;
    let begun = welcome(app, &mut tx, (row.account, row.subject), device, Proof::Whole).await?;
    tx.commit().await?;
    Ok(begun)
}
