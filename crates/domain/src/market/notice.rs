//! Whom a step of an order is told to, and when. Money changes hands by silence only after three
//! notices, the last a day before the end (market rule of §5.3).

use time::{Duration, OffsetDateTime};

use super::order::{Event, Side, State, Step};
use crate::calendar::Due;

/// Notices without which silence accepts nothing.
pub const BEFORE_SILENCE: i64 = 3;

/// Days after the agreed time at which a supplier that has not delivered is reminded.
const OVERDUE_REMINDERS: [i64; 3] = [0, 3, 10];

/// A notice to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// To whom.
    pub side: Side,
    /// Which of the step's notices to this side, from 1.
    pub nth: i64,
    /// When.
    pub at: OffsetDateTime,
}

/// Who is told of an event: whoever has to act next, or loses something by it.
#[must_use]
pub const fn told(event: Event) -> &'static [Side] {
    match event {
        Event::Place
        | Event::Fund
        | Event::TransferSent
        | Event::WithdrawRefund
        | Event::RefundReceived
        | Event::Reject
        | Event::Object
        | Event::RequestRefund
        | Event::Accept
        | Event::AcceptPartial
        | Event::DeclinePartial
        | Event::Release => &[Side::Supplier],
        Event::SupplierConfirm
        | Event::ReceiptConfirmed
        | Event::ConfirmLapsed
        | Event::Deliver
        | Event::AutoAccept
        | Event::AgreeRefund
        | Event::RefuseRefund
        | Event::OfferPartial
        | Event::Quit => &[Side::Buyer],
        Event::Cancel
        | Event::ContractLapsed
        | Event::FundsLapsed
        | Event::DeliveryLapsed
        | Event::ReworkLapsed
        | Event::RefundUnanswered
        | Event::OfferLapsed
        | Event::ContinueByPlatform
        | Event::RefundByPlatform => &[Side::Buyer, Side::Supplier],
        Event::Sign | Event::Close => &[],
    }
}

/// What keeps silence from counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotYet {
    /// The notices still to be sent.
    pub missing: Vec<i64>,
    /// When to look again.
    pub until: OffsetDateTime,
}

/// Whether silence may accept a delivery now, by the notices `sent` of it (number, instant): all of
/// them, and the last at least a day ago.
///
/// # Errors
/// [`NotYet`] with what is missing.
pub fn may_accept(sent: &[(i64, OffsetDateTime)], now: OffsetDateTime) -> Result<(), NotYet> {
    let missing: Vec<i64> = (1..=BEFORE_SILENCE)
        .filter(|nth| !sent.iter().any(|(known, _)| known == nth))
        .collect();
    let last = sent.iter().map(|(_, at)| *at).max();
    let heard = last.map_or(now, |at| at) + Duration::DAY;
    if missing.is_empty() && heard <= now {
        return Ok(());
    }
    let until = if missing.is_empty() {
        heard
    } else {
        now + Duration::DAY
    };
    Err(NotYet { missing, until })
}

/// The notices of a step taken by `by` at `now`. Nobody is told of what they did themselves.
#[must_use]
pub fn of(event: Event, step: &Step, by: Side, now: OffsetDateTime) -> Vec<Notice> {
    let mut notices: Vec<Notice> = told(event)
        .iter()
        .filter(|side| **side != by)
        .map(|side| Notice {
            side: *side,
            nth: 1,
            at: now,
        })
        .collect();
    if event == Event::Release && step.order.state == State::AwaitingFunds {
        // The next milestone waits for the buyer's money.
        notices.push(Notice {
            side: Side::Buyer,
            nth: 1,
            at: now,
        });
    }
    if step.order.state == State::Delivered
        && let Some((Event::AutoAccept, Due::At(end))) = step.timer
    {
        for (nth, at) in [(2, now + (end - now) / 2), (3, end - Duration::DAY)] {
            notices.push(Notice {
                side: Side::Buyer,
                nth,
                at,
            });
        }
    }
    if step.order.state == State::InService
        && let Some(due) = step.order.work_due
    {
        let reminders = (2..).zip(OVERDUE_REMINDERS.map(|days| due + Duration::days(days)));
        notices.extend(reminders.filter(|(_, at)| *at > now).map(|(nth, at)| Notice {
            side: Side::Supplier,
            nth,
            at,
        }));
    }
    notices
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::machine::Role;
    use crate::market::order::{Facts, Milestone, MilestoneState, Mode, Order, Terms};

    const fn terms(review_days: i64) -> Terms {
        Terms {
            mode: Mode::Simulated,
            review_days,
        }
    }

    #[test]
    fn a_supplier_who_has_not_delivered_is_reminded_when_due_and_three_and_ten_days_later() {
        let now = datetime!(2026-11-20 14:00 +8);
        let milestone = Milestone::planned("步骤".to_owned(), 1, 20, 0);
        let placed = Order::placed(terms(7), vec![milestone], now).expect("an order");
        let order = Order {
            state: State::AwaitingFunds,
            ..placed.order
        };
        let paid = order
            .step(Event::Fund, Role::BuyerOwner, &Facts::default(), now)
            .expect("paid");
        let notices = of(Event::Fund, &paid, Side::Buyer, now);
        let days: Vec<i64> = notices
            .iter()
            .map(|notice| (notice.at - now).whole_days())
            .collect();
        assert_eq!(days, [0, 20, 23, 30]);
        assert!(notices.iter().all(|notice| notice.side == Side::Supplier));
    }

    #[test]
    fn silence_counts_a_day_after_the_last_of_three_notices_and_not_before() {
        let end = datetime!(2026-11-27 14:00 +8);
        let last = end - Duration::DAY;
        let sent = [
            (1, end - Duration::days(7)),
            (2, end - Duration::days(3)),
            (3, last),
        ];
        assert_eq!(may_accept(&sent, end), Ok(()));
        let early = may_accept(&sent, end - Duration::seconds(1)).expect_err("too early");
        assert_eq!((early.missing, early.until), (Vec::new(), end));
        // The first was lost: it alone is sent again.
        let gap = may_accept(&sent[1..], end).expect_err("one is missing");
        assert_eq!((gap.missing, gap.until), (vec![1], end + Duration::DAY));
        let none = may_accept(&[], end).expect_err("all are missing");
        assert_eq!((none.missing, none.until), (vec![1, 2, 3], end + Duration::DAY));
        // Sent late, after an outage: the buyer still gets a day.
        let late = may_accept(&[(1, end), (2, end), (3, end)], end).expect_err("just now");
        assert_eq!(late.until, end + Duration::DAY);
    }

    #[test]
    fn a_delivery_is_told_three_times_before_its_end_and_nobody_is_told_of_their_own_step() {
        let now = datetime!(2026-11-20 14:00 +8);
        let milestone = Milestone {
            state: MilestoneState::Funded,
            ..Milestone::planned("步骤".to_owned(), 1, 20, 0)
        };
        for days in [3, 7, 15] {
            let placed = Order::placed(terms(days), vec![milestone.clone()], now).expect("an order");
            let order = Order {
                state: State::Delivered,
                ..placed.order
            };
            let step = Step {
                timer: order.timer(now),
                order,
                postings: Vec::new(),
            };
            let notices = of(Event::Deliver, &step, Side::Supplier, now);
            assert_eq!(i64::try_from(notices.len()), Ok(BEFORE_SILENCE));
            let end = now + Duration::days(days);
            assert_eq!(notices[0].at, now);
            assert_eq!(notices[1].at, now + Duration::hours(12 * days));
            assert_eq!(notices[2].at, end - Duration::DAY);
            assert!(notices.iter().all(|notice| notice.side == Side::Buyer));
        }
        let placed = Order::placed(terms(7), vec![milestone], now).expect("an order");
        assert_eq!(of(Event::Cancel, &placed, Side::Buyer, now).len(), 1);
        assert_eq!(of(Event::Cancel, &placed, Side::System, now).len(), 2);
    }
}
