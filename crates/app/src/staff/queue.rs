//! The console's queues: how much waits, since when, and until when it may.

use domain::calendar::{Due, working_days_after, working_days_left};
use domain::person::verification::CHECK_LIFE;
use domain::staff::Role;
use privacy::Ctx;
use privacy::purpose::Operate;
use storage::account::guard::review;
use storage::market::books;
use storage::org::queue as enterprises;
use storage::person::queue::{self, Case};
use storage::rights::demand;
use time::OffsetDateTime;

use super::Signed;
use crate::{App, Failure};

/// Cases looked at for the clock: the longest waiting ones.
const LOOKED_AT: i64 = 200;
/// Working days in which the other verifier answers a proposal.
const PROPOSAL_DAYS: u32 = 1;
/// Working days in which a letter is read.
const LETTER_DAYS: u32 = 3;
/// Working days in which an appeal or a dispute is answered, like a complaint.
pub const COMPLAINT_DAYS: u32 = 3;

/// What waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Verifications of persons.
    Verifications,
    /// Verifications of enterprises.
    Enterprises,
    /// Demands to recipients of personal data.
    Demands,
    /// Decisions of the security guard that were contested.
    Guard,
    /// Refunds to be decided.
    Orders,
}

impl Kind {
    /// Whose work it is.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Verifications | Self::Enterprises => Role::Verifier,
            Self::Demands | Self::Guard => Role::Dpo,
            Self::Orders => Role::Arbiter,
        }
    }
}

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Nothing waits.
    Idle,
    /// The first is due at this instant, with so many working days left, if the calendar knows.
    Due(OffsetDateTime, Option<u32>),
    /// The first was due at this instant.
    Overdue(OffsetDateTime),
    /// The calendar does not know.
    Unknown,
}

impl Clock {
    /// The clock of what is due then.
    #[must_use]
    pub fn of(due: Due, now: OffsetDateTime) -> Self {
        match due {
            Due::At(at) if at <= now => Self::Overdue(at),
            Due::At(at) => Self::Due(at, working_days_left(now, at)),
            Due::Unknown => Self::Unknown,
        }
    }

    fn first(dues: impl IntoIterator<Item = Due>, now: OffsetDateTime) -> Self {
        let mut first: Option<OffsetDateTime> = None;
        for due in dues {
            match due {
                Due::At(at) => first = Some(first.map_or(at, |first| first.min(at))),
                Due::Unknown => return Self::Unknown,
            }
        }
        first.map_or(Self::Idle, |at| Self::of(Due::At(at), now))
    }
}

/// A queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// What waits.
    pub kind: Kind,
    /// How much.
    pub count: i64,
    /// Since when the longest waiting one does.
    pub oldest: Option<OffsetDateTime>,
    /// Until when the first may.
    pub clock: Clock,
}

/// By when a verification is to be decided.
fn due(case: &Case) -> Due {
    if let Some(proposed_at) = case.proposed_at {
        return working_days_after(proposed_at, PROPOSAL_DAYS);
    }
    if case.appealed {
        return working_days_after(case.since, COMPLAINT_DAYS);
    }
    case.since.checked_add(CHECK_LIFE).map_or(Due::Unknown, Due::At)
}

/// By when an enterprise's is to be decided.
fn enterprise_due(case: &enterprises::Case) -> Due {
    match case.proposed_at {
        Some(proposed_at) => working_days_after(proposed_at, PROPOSAL_DAYS),
        None if case.appealed => working_days_after(case.since, COMPLAINT_DAYS),
        None => working_days_after(case.since, LETTER_DAYS),
    }
}

/// Since when one waits.
fn since(case: &Case) -> OffsetDateTime {
    case.proposed_at.unwrap_or(case.since)
}

/// The queues of the roles that somebody has.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn queues(app: &App, ctx: &Ctx<Operate>, signed: &Signed) -> Result<Vec<Queue>, Failure> {
    let now = ctx.now();
    let mut tx = app.store.begin(ctx).await?;
    let mut queues = Vec::new();
    if signed.has(Kind::Verifications.role()) {
        let (cases, count) = queue::at_hand(&mut tx, LOOKED_AT).await?;
        queues.push(Queue {
            kind: Kind::Verifications,
            count,
            oldest: cases.iter().map(since).min(),
            clock: Clock::first(cases.iter().map(due), now),
        });
    }
    if signed.has(Kind::Enterprises.role()) {
        let (cases, count) = enterprises::at_hand(&mut tx, LOOKED_AT).await?;
        let since = |case: &enterprises::Case| case.proposed_at.unwrap_or(case.since);
        queues.push(Queue {
            kind: Kind::Enterprises,
            count,
            oldest: cases.iter().map(since).min(),
            clock: Clock::first(cases.iter().map(enterprise_due), now),
        });
    }
    if signed.has(Kind::Demands.role()) {
        let open = demand::open(&mut tx).await?;
        queues.push(Queue {
            kind: Kind::Demands,
            count: i64::try_from(open.len()).unwrap_or(i64::MAX),
            oldest: open.iter().map(|asked| asked.asked_at).min(),
            clock: Clock::first(open.iter().map(|asked| Due::At(asked.due_at)), now),
        });
    }
    if signed.has(Kind::Guard.role()) {
        let contested = review::waiting(&mut tx, LOOKED_AT).await?;
        let due = |row: &review::DecisionRow| row.due_at.map_or(Due::Unknown, Due::At);
        queues.push(Queue {
            kind: Kind::Guard,
            count: i64::try_from(contested.len()).unwrap_or(i64::MAX),
            oldest: contested.iter().filter_map(|row| row.contested_at).min(),
            clock: Clock::first(contested.iter().map(due), now),
        });
    }
    if signed.has(Kind::Orders.role()) {
        let waiting = books::undecided_since(&mut tx, LOOKED_AT).await?;
        queues.push(Queue {
            kind: Kind::Orders,
            count: i64::try_from(waiting.len()).unwrap_or(i64::MAX),
            oldest: waiting.iter().map(|(_, since)| *since).min(),
            clock: Clock::first(
                waiting
                    .iter()
                    .map(|(_, since)| working_days_after(*since, COMPLAINT_DAYS)),
                now,
            ),
        });
    }
    Ok(queues)
}
