//! The retention rules that run in years and months (2.5.3.b). Those of a day are in
//! `account::purge_expired`.

use domain::rights::years_after;
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::rights::retention::{self, Rule};
use time::{Duration, OffsetDateTime};

use crate::{App, Failure};

/// A rule's term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Days.
    Days(u16),
    /// Calendar years.
    Years(u16),
}

impl Kept {
    /// What was triggered at or before this instant has run out.
    fn until(self, now: OffsetDateTime) -> OffsetDateTime {
        match self {
            Self::Days(days) => now - Duration::days(days.into()),
            Self::Years(years) => years_after(now, -i32::from(years)),
        }
    }
}

/// The rule of transactions, with its term.
const TRANSACTIONS: (&str, Kept) = ("transaction_3y", Kept::Years(3));

const fn term(rule: Rule) -> Kept {
    match rule {
        Rule::AccessRecords | Rule::ConsentProofs | Rule::Requests => Kept::Years(3),
        Rule::Sessions => Kept::Days(90),
    }
}

/// The rules applied here, with their terms; a test compares them with `retention.toml`.
#[must_use]
pub fn retention_terms() -> Vec<(&'static str, Kept)> {
    let mut terms: Vec<_> = Rule::ALL.iter().map(|rule| (rule.id(), term(*rule))).collect();
    terms.push(TRANSACTIONS);
    terms
}

/// Takes away what the rules no longer keep; says how many rows. Safe to run again.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn apply_retention(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    policy::clause!("2.5.3.b");
    let mut removed = 0;
    for rule in Rule::ALL {
        let until = term(rule).until(ctx.now());
        loop {
            let mut tx = app.store.begin(ctx).await?;
            let rows = retention::apply(&mut tx, rule, until).await?;
            tx.commit().await?;
            removed += rows;
            if rows == 0 {
                break;
            }
        }
    }
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let rows = retention::transactions(&mut tx, TRANSACTIONS.1.until(ctx.now())).await?;
        tx.commit().await?;
        removed += rows;
        if rows == 0 {
            return Ok(removed);
        }
    }
}
