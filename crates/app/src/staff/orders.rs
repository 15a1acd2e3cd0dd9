//! An arbiter's work as far as it goes: refunds that the supplier did not answer. Nothing personal opens.

use domain::staff::Role;
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::market::books;
use time::OffsetDateTime;

use super::{Signed, trained};
use crate::market::order::{self, Decision, Ruling};
use crate::{App, Failure};

/// Orders shown.
const SHOWN: i64 = 100;

/// An order that waits for the platform's decision.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its number.
    pub number: String,
    /// Since when.
    pub since: OffsetDateTime,
}

fn arbiter(signed: &Signed) -> Result<(), Failure> {
    if signed.has(Role::Arbiter) {
        Ok(())
    } else {
        Err(Failure::NotFound)
    }
}

/// The orders that wait, the longest waiting first.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no arbiter.
pub async fn waiting_orders(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Vec<Waiting>, Failure> {
    arbiter(signed)?;
    let mut tx = app.store.begin(ctx).await?;
    let found = books::undecided_since(&mut tx, SHOWN).await?;
    Ok(found
        .into_iter()
        .map(|(number, since)| Waiting { number, since })
        .collect())
}

/// Decides, under the arbiter's identifier.
///
/// # Errors
/// As [`order::decide`]; [`Failure::NotFound`] for whoever is no arbiter.
pub async fn decide_order(
    app: &App,
    ctx: &Ctx<Operate>,
    signed: &Signed,
    number: &str,
    (decision, reason): (Decision, &str),
) -> Result<(), Failure> {
    policy::clause!("2.5.1.e");
    arbiter(signed)?;
    trained(signed, ctx.now())?;
    let ruling = Ruling {
        number,
        decision,
        by: &signed.identifier,
        reason,
    };
    order::decide(app, ctx, &ruling).await
}
