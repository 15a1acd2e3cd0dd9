//! Decisions of the security guard that were contested (PIPL 24, 2.2.3.b): a member of staff sees which
//! signals stood, by name, and neither address nor device nor name of anybody; lifts the decision or lets
//! it stand, and the person is told.

use domain::Refused;
use domain::account::guard::contest::{self as rules, Ground, State};
use domain::account::guard::{Act, Outcome, Signal};
use domain::refused::Party;
use domain::staff::{Role, case_number};
use privacy::Ctx;
use privacy::purpose::{KeepSafe, Operate};
use storage::account::guard::review::{self, DecisionRow};
use storage::account::guard::{self, What};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Signed, trained};
use crate::account::{GuardNotice, tell_of_guard};
use crate::{App, Failure};

/// Cases shown.
const SHOWN: i64 = 100;

/// A decision that waits for a human.
#[derive(Clone, Debug)]
pub struct Contested {
    /// The decision.
    pub id: Uuid,
    /// What it is called.
    pub number: String,
    /// What somebody was about to do.
    pub act: Act,
    /// What was decided.
    pub outcome: Outcome,
    /// The score.
    pub score: i64,
    /// Why.
    pub signals: Vec<Signal>,
    /// When it was decided.
    pub at: OffsetDateTime,
    /// Why it is contested.
    pub ground: Option<Ground>,
    /// Since when.
    pub since: OffsetDateTime,
    /// By when a human answers.
    pub due_at: Option<OffsetDateTime>,
}

fn officer(signed: &Signed) -> Result<(), Failure> {
    if signed.has(Role::Dpo) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

fn contested(row: DecisionRow) -> Contested {
    Contested {
        number: case_number(row.id),
        id: row.id,
        act: row.act,
        outcome: row.outcome,
        score: row.score,
        signals: row.signals,
        at: row.at,
        ground: row.ground,
        since: row.contested_at.unwrap_or(row.at),
        due_at: row.due_at,
    }
}

/// What waits, the longest waiting first.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no privacy officer.
pub async fn contested_decisions(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
) -> Result<Vec<Contested>, Failure> {
    policy::clause!("2.2.3.b");
    officer(signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let rows = review::waiting(&mut tx, SHOWN).await?;
    Ok(rows.into_iter().map(contested).collect())
}

/// Lifts a decision or lets it stand. What is lifted was the holder: the place is known from then on.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no privacy officer, or a decision that is none;
/// [`Party::ContestRuling`], [`Party::ContestNotNow`], [`Party::StaffTraining`].
pub async fn rule_on_decision(
    app: &App,
    ctx: &Ctx<KeepSafe>,
    signed: &Signed,
    id: Uuid,
    ruling: &str,
) -> Result<(), Failure> {
    policy::clause!("2.2.3.b");
    officer(signed)?;
    trained(signed, ctx.now())?;
    let mut tx = app.store.begin(ctx).await?;
    let row = review::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let ruling = rules::rule(ruling, row.state, row.contested_at.is_some())?;
    if !review::rule(&mut tx, id, ruling, &signed.identifier).await? {
        return Err(Refused::from(Party::ContestNotNow).into());
    }
    let notice = if ruling.state() == State::Lifted {
        guard::turn_out(&mut tx, row.sighting, What::In).await?;
        GuardNotice::Lifted
    } else {
        GuardNotice::Upheld
    };
    tell_of_guard(app, &mut tx, row.account, notice).await?;
    Ok(tx.commit().await?)
}
