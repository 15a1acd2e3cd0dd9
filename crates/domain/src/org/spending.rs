//! What a member may spend without asking, and the approval of what is above it. Amounts are in fen.

use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::seat::{Act, Seat};
use crate::calendar::BEIJING;
use crate::market::amount;
use crate::named::named;
use crate::refused::{Party, Refused};

/// Approvals an organisation can ask for at most.
pub const MOST_APPROVALS: u8 = 3;

/// How long a request waits for an answer, and how long an approval is good for.
pub const REQUEST_LIFE: Duration = Duration::days(7);

/// Requests of one member that may wait at once.
pub const MOST_WAITING: i64 = 10;

named! {
    /// Where a request stands.
    Standing {
        /// Nobody decided yet, or not enough.
        Open = "open" "待审批" "waiting",
        /// Enough approved it: it may be ordered.
        Approved = "approved" "已批准，待下单" "approved, to be ordered",
        /// One of those who may said no.
        Declined = "declined" "未批准" "declined",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn" "已撤回" "taken back",
        /// It was ordered.
        Used = "used" "已下单" "ordered",
        /// Nobody answered, or nobody ordered, in time. Never stored: it is so by the clock.
        Expired = "expired" "已过期" "expired",
    }
}

named! {
    /// Why a request is declined.
    Decline {
        /// There is no money for it.
        Budget = "budget" "超出预算" "not in the budget",
        /// It is there already.
        Duplicate = "duplicate" "重复采购" "bought already",
        /// Another provider is wanted.
        Provider = "provider" "请换服务商或方案" "choose another provider or option",
        /// What it is for is not clear.
        Unclear = "unclear" "请补充用途后重新申请" "say what it is for and ask again",
    }
}

impl Standing {
    /// Where a stored request stands now: what waits since `since` is over after seven days, to the
    /// instant.
    #[must_use]
    pub fn at(self, since: OffsetDateTime, now: OffsetDateTime) -> Self {
        let over = since.checked_add(REQUEST_LIFE).is_none_or(|end| now >= end);
        match self {
            Self::Open | Self::Approved if over => Self::Expired,
            stands => stands,
        }
    }
}

/// When the month began, in Beijing, that this instant lies in.
#[must_use]
pub fn month_start(now: OffsetDateTime) -> OffsetDateTime {
    let local = now.to_offset(BEIJING);
    local.replace_day(1).unwrap_or(local).replace_time(Time::MIDNIGHT)
}

/// The limits of a member; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// For one order or award.
    pub once: Option<i64>,
    /// For a calendar month in Beijing, all orders together.
    pub month: Option<i64>,
}

/// What a spending needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it is within the limits.
    Nothing,
    /// The approval of an administrator or owner.
    Approval,
}

/// A request for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who wants to spend.
    pub by: Uuid,
    /// How much, in fen.
    pub amount: i64,
    /// How many have to approve, at least one.
    pub needed: u8,
    /// Who approved, each once.
    pub approved_by: Vec<Uuid>,
}

/// Reads a limit as typed in yuan; nothing typed is no limit.
///
/// # Errors
/// [`Party::SpendingLimit`].
pub fn read_limit(typed: &str) -> Result<Option<i64>, Refused> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    amount::read(typed)
        .map(Some)
        .ok_or_else(|| Party::SpendingLimit.into())
}

/// What an amount needs, of a member who spent so much this month already. Those who approve need no
/// approval of their own; what is exactly the limit is within it.
///
/// # Errors
/// [`Party::OrgNotYou`] for a seat that does not purchase, [`Party::SpendingAmount`] for an amount that
/// is not positive.
pub fn need(seat: Seat, limits: Limits, spent: i64, amount: i64) -> Result<Need, Refused> {
    if !seat.may(Act::Purchase) {
        return Err(Party::OrgNotYou.into());
    }
    if amount <= 0 {
        return Err(Party::SpendingAmount.into());
    }
    let within = |limit: Option<i64>, sum: Option<i64>| match (limit, sum) {
        (None, _) => true,
        (Some(limit), Some(sum)) => sum <= limit,
        // More than can be counted is above every limit.
        (Some(_), None) => false,
    };
    // What came back does not make the limit larger.
    let month = spent.max(0).checked_add(amount);
    let free = seat.may(Act::Approve) || (within(limits.once, Some(amount)) && within(limits.month, month));
    Ok(if free { Need::Nothing } else { Need::Approval })
}

impl Request {
    /// How many have to approve, of those who may: never more than there are.
    #[must_use]
    pub fn needs(&self, may: usize) -> usize {
        usize::from(self.needed.max(1)).min(may.max(1))
    }

    /// A request nobody has approved yet.
    #[must_use]
    pub fn made(by: Uuid, amount: i64, needed: u8) -> Self {
        Self {
            by,
            amount,
            needed: needed.clamp(1, MOST_APPROVALS),
            approved_by: Vec::new(),
        }
    }

    /// Approves it, naming the amount seen. Twice by the same is once.
    ///
    /// # Errors
    /// [`Party::OrgNotYou`], [`Party::SpendingSelf`], [`Party::SpendingAmount`].
    pub fn approve(&mut self, by: Uuid, seat: Seat, amount: i64) -> Result<(), Refused> {
        if !seat.may(Act::Approve) {
            return Err(Party::OrgNotYou.into());
        }
        if by == self.by {
            return Err(Party::SpendingSelf.into());
        }
        if amount != self.amount {
            return Err(Party::SpendingAmount.into());
        }
        if !self.approved_by.contains(&by) {
            self.approved_by.push(by);
        }
        Ok(())
    }

    /// Whether enough have approved.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.approved_by.len() >= usize::from(self.needed.max(1))
    }

    /// Whether it covers what is now to be spent by `by`: no more than was approved.
    ///
    /// # Errors
    /// [`Party::SpendingUnapproved`], [`Party::SpendingAmount`].
    pub fn covers(&self, by: Uuid, amount: i64) -> Result<(), Refused> {
        if by != self.by || !self.is_approved() {
            return Err(Party::SpendingUnapproved.into());
        }
        if amount <= 0 || amount > self.amount {
            return Err(Party::SpendingAmount.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        once: Some(500_000),
        month: Some(800_000),
    };
    const ASKER: Uuid = Uuid::from_u128(1);
    const ADMIN: Uuid = Uuid::from_u128(2);
    const OWNER: Uuid = Uuid::from_u128(3);

    #[test]
    fn the_limits_at_both_sides() {
        let needs = |spent, amount| need(Seat::Buyer, LIMITS, spent, amount);
        assert_eq!(needs(0, 500_000), Ok(Need::Nothing));
        assert_eq!(needs(0, 500_001), Ok(Need::Approval));
        assert_eq!(needs(300_000, 500_000), Ok(Need::Nothing));
        assert_eq!(
            needs(300_001, 500_000),
            Ok(Need::Approval),
            "what was spent is deducted"
        );
        assert_eq!(needs(-1_000_000, 500_001), Ok(Need::Approval));
        assert_eq!(needs(i64::MAX, 1), Ok(Need::Approval), "no overflow lets it pass");
        for amount in [0, -1, i64::MIN] {
            assert_eq!(needs(0, amount), Err(Party::SpendingAmount.into()));
        }
        let none = need(Seat::Buyer, Limits::default(), i64::MAX, i64::MAX);
        assert_eq!(none, Ok(Need::Nothing));
    }

    #[test]
    fn a_request_is_over_after_seven_days_and_a_month_begins_in_beijing() {
        use time::macros::datetime;
        let made = datetime!(2026-11-01 08:00 UTC);
        let end = made + REQUEST_LIFE;
        for stored in [Standing::Open, Standing::Approved] {
            assert_eq!(stored.at(made, end - Duration::SECOND), stored);
            assert_eq!(stored.at(made, end), Standing::Expired);
        }
        for stored in [Standing::Declined, Standing::Withdrawn, Standing::Used] {
            assert_eq!(stored.at(made, end), stored, "what is over stays as it was");
        }
        let first = datetime!(2026-11-01 0:00 +8);
        assert_eq!(month_start(first), first);
        assert_eq!(
            month_start(first - Duration::SECOND),
            datetime!(2026-10-01 0:00 +8)
        );
        assert_eq!(
            month_start(datetime!(2026-10-31 16:00 UTC)),
            first,
            "Beijing's midnight"
        );
    }

    #[test]
    fn never_more_approvals_than_there_are_who_may_give_them() {
        let request = Request::made(ASKER, 1, 3);
        assert_eq!([0, 1, 2, 3, 9].map(|may| request.needs(may)), [1, 1, 2, 3, 3]);
    }

    #[test]
    fn who_approves_needs_none_and_who_does_not_purchase_spends_nothing() {
        for seat in Seat::ALL {
            let expected = match seat {
                Seat::Owner | Seat::Admin => Ok(Need::Nothing),
                Seat::Buyer => Ok(Need::Approval),
                _ => Err(Party::OrgNotYou.into()),
            };
            assert_eq!(need(*seat, LIMITS, 0, 500_001), expected, "{seat:?}");
        }
    }

    #[test]
    fn an_approval_is_by_another_who_may_and_of_the_amount_seen() {
        let mut request = Request::made(ASKER, 600_000, 1);
        assert_eq!(request.covers(ASKER, 1), Err(Party::SpendingUnapproved.into()));
        for (by, seat, amount, party) in [
            (ADMIN, Seat::Buyer, 600_000, Party::OrgNotYou),
            (ADMIN, Seat::Finance, 600_000, Party::OrgNotYou),
            (ASKER, Seat::Owner, 600_000, Party::SpendingSelf),
            (ADMIN, Seat::Admin, 600_001, Party::SpendingAmount),
        ] {
            assert_eq!(request.approve(by, seat, amount), Err(party.into()));
        }
        assert_eq!(request.approve(ADMIN, Seat::Admin, 600_000), Ok(()));
        assert_eq!(request.covers(ASKER, 600_000), Ok(()));
        assert_eq!(request.covers(ASKER, 600_001), Err(Party::SpendingAmount.into()));
        assert_eq!(
            request.covers(OWNER, 600_000),
            Err(Party::SpendingUnapproved.into())
        );
    }

    #[test]
    fn so_many_as_are_needed_approve_each_once() {
        let mut request = Request::made(ASKER, 1, 2);
        for _ in 0..2 {
            assert_eq!(request.approve(ADMIN, Seat::Admin, 1), Ok(()));
            assert!(!request.is_approved(), "twice by the same is once");
        }
        assert_eq!(request.approve(OWNER, Seat::Owner, 1), Ok(()));
        assert!(request.is_approved());
        assert_eq!(Request::made(ASKER, 1, 0).needed, 1);
        assert_eq!(Request::made(ASKER, 1, 9).needed, MOST_APPROVALS);
    }

    #[test]
    fn limits_are_read_in_yuan() {
        for (typed, limit) in [
            (" ", None),
            ("5,000", Some(500_000)),
            ("0", Some(0)),
            ("0.01", Some(1)),
        ] {
            assert_eq!(read_limit(typed), Ok(limit));
        }
        for typed in ["-1", "五千", "1.001", "1e9"] {
            assert_eq!(read_limit(typed), Err(Party::SpendingLimit.into()));
        }
    }

    proptest! {
        #[test]
        fn nothing_above_a_limit_is_free(once in 0_i64.., month in 0_i64.., spent in 0_i64.., amount in 1_i64..) {
            let limits = Limits { once: Some(once), month: Some(month) };
            let within = amount <= once && i128::from(spent) + i128::from(amount) <= i128::from(month);
            let expected = if within { Need::Nothing } else { Need::Approval };
            prop_assert_eq!(need(Seat::Buyer, limits, spent, amount), Ok(expected));
        }
    }
}
