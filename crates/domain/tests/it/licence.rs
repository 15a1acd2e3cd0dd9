//! A licence: every state × event × role, its clocks and its reasons.

use domain::Refused;
use domain::calendar::Due;
use domain::machine::Role;
use domain::refused::{Party, Trade};
use domain::supplier::licence::{Event, Licence, MACHINE, Reason, State, Step};
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use crate::walk::{every_row_and_no_other, no_trap};

/// A Friday.
const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

fn submitted() -> Licence {
    let drafted = Licence::drafted(date!(2025 - 01 - 01), Some(date!(2027 - 01 - 15)), NOW);
    step(&drafted, Event::HandIn, Role::SupplierAdmin, NOW).licence
}

fn step(from: &Licence, event: Event, role: Role, now: OffsetDateTime) -> Step {
    from.step(event, role, &[Reason::Number, Reason::Withdrawn], now)
        .expect("a step")
}

fn refused(result: Result<Step, Refused>) -> Option<Refused> {
    result.err()
}

#[test]
fn every_state_event_and_role_is_decided_as_the_table_says() {
    use Event as E;
    use Role::{PlatformVerifier as V, SupplierAdmin as A, SupplierOwner as O, System as S};
    use State as T;
    let mut expected = vec![
        (T::Draft, E::HandIn, vec![A, O], T::Submitted),
        (T::Draft, E::MaterialGone, vec![S], T::Rejected),
        (T::Submitted, E::MaterialGone, vec![S], T::Rejected),
        (T::Submitted, E::Approve, vec![V], T::Approved),
        (T::Submitted, E::Reject, vec![V], T::Rejected),
        (T::Submitted, E::ReviewOverdue, vec![S], T::Submitted),
        (T::Approved, E::NearEnd, vec![S], T::Expiring),
        (T::Expiring, E::RunOut, vec![S], T::Expired),
    ];
    for state in [T::Approved, T::Expiring] {
        expected.push((state, E::Revoke, vec![V], T::Revoked));
    }
    for state in [T::Approved, T::Expiring, T::Expired] {
        expected.push((state, E::Replace, vec![S], T::Replaced));
    }
    every_row_and_no_other(&MACHINE, State::ALL, Event::ALL, &expected);
    no_trap(&MACHINE, State::ALL, &[]);
}

#[test]
fn a_review_takes_three_working_days_or_an_operator_is_told() {
    let waiting = submitted();
    let end = datetime!(2026-11-26 0:00 +8);
    assert_eq!(waiting.timer(), Some((Event::ReviewOverdue, Due::At(end))));
    let early = waiting.step(Event::ReviewOverdue, Role::System, &[], end - Duration::SECOND);
    assert_eq!(refused(early), Some(Party::SupplierNotNow.into()));
    let late = step(&waiting, Event::ReviewOverdue, Role::System, end);
    assert!(late.licence.overdue && late.timer.is_none() && late.licence.since == waiting.since);
}

#[test]
fn the_clock_of_its_end_runs_by_days_of_beijing() {
    let good = step(&submitted(), Event::Approve, Role::PlatformVerifier, NOW).licence;
    let near = datetime!(2026-12-16 0:00 +8);
    assert_eq!(good.timer(), Some((Event::NearEnd, Due::At(near))));
    assert!(
        good.step(Event::NearEnd, Role::System, &[], near - Duration::SECOND)
            .is_err()
    );
    let expiring = step(&good, Event::NearEnd, Role::System, near).licence;
    let over = datetime!(2027-01-16 0:00 +8);
    assert_eq!(expiring.timer(), Some((Event::RunOut, Due::At(over))));
    assert!(
        expiring
            .step(Event::RunOut, Role::System, &[], over - Duration::SECOND)
            .is_err()
    );
    assert!(expiring.good(date!(2027 - 01 - 15)) && !expiring.good(date!(2027 - 01 - 16)));
    let expired = step(&expiring, Event::RunOut, Role::System, over).licence;
    assert_eq!(expired.state, State::Expired);
    assert!(!expired.good(date!(2027 - 01 - 15)) && expired.timer().is_none());
    // Nothing is good before its first day, nor before it was approved.
    assert!(!good.good(date!(2024 - 12 - 31)) && good.good(date!(2025 - 01 - 01)));
    assert!(!submitted().good(date!(2026 - 11 - 20)));
    let endless = Licence { until: None, ..good };
    assert!(
        endless.timer().is_none()
            && endless.good(date!(2099 - 01 - 01))
            && endless.notice(date!(2099 - 01 - 01)).is_none()
    );
}

#[test]
fn what_is_over_or_not_begun_is_not_approved_and_nothing_is_rejected_without_a_reason() {
    let waiting = submitted();
    let approve = |now| waiting.step(Event::Approve, Role::PlatformVerifier, &[], now);
    assert!(approve(datetime!(2027-01-15 23:59:59 +8)).is_ok());
    assert_eq!(
        refused(approve(datetime!(2027-01-16 0:00 +8))),
        Some(Trade::PermitOver.into())
    );
    assert!(approve(datetime!(2025-01-01 0:00 +8)).is_ok());
    assert_eq!(
        refused(approve(datetime!(2024-12-31 23:59:59 +8))),
        Some(Trade::PermitNotYet.into())
    );
    for reasons in [&[][..], &[Reason::Withdrawn], &[Reason::MaterialGone]] {
        let silent = waiting.step(Event::Reject, Role::PlatformVerifier, reasons, NOW);
        assert_eq!(refused(silent), Some(Party::VerifyReason.into()), "{reasons:?}");
    }
    let rejected = step(&waiting, Event::Reject, Role::PlatformVerifier, NOW).licence;
    assert_eq!(rejected.reasons, [Reason::Number]);
    let gone = step(&waiting, Event::MaterialGone, Role::System, NOW).licence;
    assert_eq!(
        (gone.state, gone.reasons),
        (State::Rejected, vec![Reason::MaterialGone])
    );
}
