//! The answers about approvals. Name and reason of a colleague are in them only for those who decide, and
//! only while there is something to decide.

use app::org::{RequestLine, Requests};
use domain::org::spending;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::organisation::Limits;
use super::{Instant, Money, word};

word!(
    /// Where a request for approval stands.
    RequestState of spending::Standing
);
word!(
    /// Why a request was declined.
    Decline of spending::Decline
);

/// A request for the approval of a purchase.
#[derive(Serialize, ToSchema)]
pub struct Request {
    /// The request.
    id: Uuid,
    /// Where it stands.
    state: RequestState,
    /// Whether it is the person's own.
    #[schema(example = true)]
    own: bool,
    /// What whoever asks wants to be called by; null once there is nothing to decide, and without a name.
    #[schema(required, example = "小林")]
    asked_by: Option<String>,
    /// The service.
    service: Uuid,
    /// The way to buy, by its number from 0.
    #[schema(example = 0)]
    sku: usize,
    /// How much is asked for, and approved.
    amount: Money,
    /// How many approved.
    #[schema(example = 0)]
    approvals: i64,
    /// How many have to.
    #[schema(example = 1)]
    approvals_needed: i64,
    /// Whether the person approved it.
    #[schema(example = false)]
    approved_by_me: bool,
    /// What for; null if nothing was said, or it is not the person's to read any more.
    #[schema(required, example = "年度换系统")]
    note: Option<String>,
    /// Why it was declined; null if it was not.
    #[schema(required)]
    decline: Option<Decline>,
    /// The order that was placed; null if none was.
    #[schema(required, example = "QF7K2M9XPT4V6C")]
    order: Option<String>,
    /// When it was made.
    made_at: Instant,
    /// Until when it waits, or the approval is good; null once it is over.
    #[schema(required)]
    until: Option<Instant>,
}

impl From<RequestLine> for Request {
    fn from(line: RequestLine) -> Self {
        Self {
            id: line.id,
            state: line.standing.into(),
            own: line.own,
            asked_by: line.name,
            service: line.service,
            sku: line.sku,
            amount: Money::fen(line.amount),
            approvals: line.approvals.0,
            approvals_needed: line.approvals.1,
            approved_by_me: line.approved,
            note: line.reason,
            decline: line.decline.map(Decline::from),
            order: line.order,
            made_at: line.made_at.into(),
            until: line.until.map(Instant::from),
        }
    }
}

/// The requests of an organisation, as one of its members sees them.
#[derive(Serialize, ToSchema)]
pub struct RequestList {
    /// Whether the person approves.
    #[schema(example = false)]
    approves: bool,
    /// What the person may spend without asking.
    limits: Limits,
    /// What they ordered this month.
    spent: Money,
    /// What waits for an answer, the oldest first, 50 at most; of those who approve.
    waiting: Vec<Request>,
    /// The person's own, the latest first, 30 at most.
    own: Vec<Request>,
    /// What is decided, the latest first, 30 at most; of those who approve.
    decided: Vec<Request>,
}

impl From<Requests> for RequestList {
    fn from(seen: Requests) -> Self {
        let requests = |lines: Vec<RequestLine>| lines.into_iter().map(Request::from).collect();
        Self {
            approves: seen.approves,
            limits: seen.allowance.limits.into(),
            spent: Money::fen(seen.allowance.spent),
            waiting: requests(seen.waiting),
            own: requests(seen.own),
            decided: requests(seen.decided),
        }
    }
}
