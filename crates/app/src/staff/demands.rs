//! The privacy officer's queue: what recipients of personal data were asked and have not answered. Answers
//! that came by other means are written down here as the operator's command does (2.6.3.c, 2.6.3.d).

use domain::rights::demand::Typed;
use domain::staff::Role;
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::rights::demand::Demand;
use uuid::Uuid;

use super::{Signed, trained};
use crate::{App, Failure, rights};

fn officer(signed: &Signed) -> Result<(), Failure> {
    if signed.has(Role::Dpo) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// What waits for an answer, the first due first.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no privacy officer.
pub async fn demands(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Vec<Demand>, Failure> {
    policy::clause!("2.6.3.c");
    officer(signed)?;
    rights::open_demands(app, ctx).await
}

/// Writes down an answer.
///
/// # Errors
/// As [`rights::answer_by_operator`]; [`Failure::NotFound`] for whoever is no privacy officer.
pub async fn answer_demand(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    id: Uuid,
    typed: Typed<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.6.3.d");
    officer(signed)?;
    trained(signed, ctx.now())?;
    rights::answer_by_operator(app, ctx, id, typed).await
}
