//! An enterprise that is verified: what a change, the year and a verifier alone do to that, and what they
//! do not.

use domain::calendar::Due;
use domain::four_eyes::Measure;
use domain::machine::Role;
use domain::org::verification::{Badge, Event, Facts, Proof, Reason, State, Verification};
use domain::refused::Party;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::enterprise::{CHECKED, NOW, at, facts, refused, verified, walk};

const MONTH: Duration = Duration::days(30);
const YEAR: OffsetDateTime = datetime!(2027-11-20 14:00 +8);

fn step(from: &Verification, event: Event, now: OffsetDateTime) -> Verification {
    at(from, event, &facts(), now).expect("a step").verification
}

fn with_letter() -> Facts {
    Facts {
        proof: Some(Proof::Letter),
        ..facts()
    }
}

/// A change whose letter waits.
fn proving_change(now: OffsetDateTime) -> Verification {
    let changed = step(&verified(), Event::Change, now);
    at(&changed, Event::ChooseProof, &with_letter(), now)
        .expect("chosen")
        .verification
}

#[test]
fn a_change_that_nobody_proves_ends_in_a_question_to_the_register() {
    let changed = step(&verified(), Event::Change, NOW);
    let end = NOW + MONTH;
    assert_eq!(changed.timer(), Some((Event::ChangeLapsed, Due::At(end))));
    let early = at(&changed, Event::ChangeLapsed, &facts(), end - Duration::SECOND);
    assert_eq!(refused(early), Some(Party::VerifyNotNow.into()));
    let asked = step(&changed, Event::ChangeLapsed, end);
    assert_eq!((asked.state, asked.badge()), (State::AnnualDue, Badge::Verified));
    assert_eq!(asked.timer(), Some((Event::GraceLapsed, Due::At(end + MONTH))));
    let agreed = step(&asked, Event::AnnualPassed, end);
    assert_eq!(
        (agreed.state, agreed.unconfirmed_since, agreed.checked_at),
        (State::Verified, None, Some(end))
    );
    // To hand in another change meanwhile does not stop the grace.
    let again = step(&asked, Event::Change, end + Duration::days(10));
    assert_eq!(again.timer(), Some((Event::GraceLapsed, Due::At(end + MONTH))));
    let over = step(&again, Event::GraceLapsed, end + MONTH);
    assert_eq!((over.state, over.badge()), (State::Rejected, Badge::None));
    assert_eq!(over.reasons, [Reason::AnnualUnconfirmed]);
}

#[test]
fn the_yearly_check_is_not_evaded_by_changes() {
    let due = step(&verified(), Event::YearPassed, YEAR);
    let changed = step(&due, Event::Change, YEAR + Duration::days(29));
    assert_eq!(changed.timer(), Some((Event::GraceLapsed, Due::At(YEAR + MONTH))));
    // What the register says of the change itself is its yearly word too.
    let proving = at(
        &changed,
        Event::ChooseProof,
        &with_letter(),
        YEAR + Duration::days(29),
    )
    .expect("chosen")
    .verification;
    assert_eq!(proving.unconfirmed_since, None);
    let lapsed = Facts {
        papers_gone: true,
        ..facts()
    };
    let back = at(&proving, Event::ProofLapsed, &lapsed, YEAR + MONTH)
        .expect("lapsed")
        .verification;
    assert_eq!(
        back.timer(),
        Some((Event::ChangeLapsed, Due::At(YEAR + MONTH + MONTH)))
    );
}

#[test]
fn one_verifier_rejects_a_change_and_takes_no_badge() {
    let changed = step(&verified(), Event::Change, NOW);
    let due = step(&verified(), Event::YearPassed, YEAR);
    for standing in [&verified(), &changed, &due] {
        let rejected = standing.step(Event::Reject, Role::PlatformVerifier, &facts(), YEAR);
        assert_eq!(refused(rejected), Some(Party::VerifyNotNow.into()));
    }
    let rejected = step(&proving_change(NOW), Event::Reject, NOW);
    assert_eq!(
        (rejected.state, rejected.badge()),
        (State::Changed, Badge::Changing)
    );
    assert_eq!(rejected.reasons, facts().reasons, "what has to be put right");
    assert_eq!(
        rejected.timer(),
        Some((Event::ChangeLapsed, Due::At(NOW + MONTH)))
    );
    let again = step(&rejected, Event::ChooseProof, NOW);
    assert!(again.reasons.is_empty(), "handed in again");
    // Who is not verified is rejected as before.
    let first = at(&walk(&CHECKED), Event::ChooseProof, &with_letter(), NOW).expect("chosen");
    assert_eq!(
        step(&first.verification, Event::Reject, NOW).state,
        State::Rejected
    );
}

#[test]
fn who_lost_the_badge_does_not_get_it_back_by_a_proof_under_way() {
    let due = step(&verified(), Event::YearPassed, YEAR);
    let mut lost = step(&due, Event::GraceLapsed, YEAR + MONTH);
    for event in [Event::Edit, Event::Submit, Event::CheckPassed, Event::ChooseProof] {
        lost = at(&lost, event, &with_letter(), YEAR + MONTH)
            .expect("a step")
            .verification;
        assert_eq!(lost.badge(), Badge::None, "{event:?}");
    }
    assert!(lost.established, "nothing is founded a second time");
    let gone = Facts {
        papers_gone: true,
        ..facts()
    };
    let lapsed = at(&lost, Event::ProofLapsed, &gone, YEAR + MONTH).expect("lapsed");
    assert_eq!(lapsed.verification.state, State::Draft);
    assert_eq!(step(&lost, Event::Reject, YEAR + MONTH).state, State::Rejected);
    let proved = lost.step(Event::Prove, Role::PlatformVerifier, &facts(), YEAR + MONTH);
    assert_eq!(proved.expect("proved").verification.badge(), Badge::Verified);
}

#[test]
fn a_proposal_is_decided_whatever_the_clock_does_meanwhile() {
    let fraud = Facts {
        reasons: vec![Reason::Fraud],
        ..facts()
    };
    let due = step(&verified(), Event::YearPassed, YEAR);
    let proposed = at(&due, Event::ProposeRevocation, &fraud, YEAR)
        .expect("proposed")
        .verification;
    let over = step(&proposed, Event::GraceLapsed, YEAR + MONTH);
    assert_eq!((over.state, over.badge()), (State::Rejected, Badge::None));
    assert_eq!(over.measure, proposed.measure);
    assert_eq!(over.reasons, [Reason::Fraud]);
    assert_eq!(over.timer(), None, "it waits for the verifiers");
    for event in [Event::Edit, Event::Withdraw] {
        let left = at(&over, event, &facts(), YEAR + MONTH);
        assert_eq!(refused(left), Some(Party::VerifyNotNow.into()), "{event:?}");
        assert!(!over.allowed(Role::BuyerOwner).contains(&event));
    }
    let second = Facts {
        by: "verifier-2".to_owned(),
        ..facts()
    };
    let revoked = at(&over, Event::ConfirmRevocation, &second, YEAR + MONTH)
        .expect("revoked")
        .verification;
    assert_eq!(
        (revoked.state, &revoked.reasons[..]),
        (State::Revoked, &[Reason::Fraud][..])
    );
    let dropped = step(&over, Event::DropRevocation, YEAR + MONTH);
    assert_eq!(
        (&dropped.measure, &dropped.reasons[..]),
        (&Measure::default(), &[Reason::AnnualUnconfirmed][..])
    );
    assert!(dropped.timer().is_some());
    // One alone ends no proposal by rejecting the change.
    let changed = step(&proposed, Event::Change, YEAR);
    let proving = step(&changed, Event::ChooseProof, YEAR);
    assert_eq!(proving.reasons, [Reason::Fraud]);
    let rejected = at(&proving, Event::Reject, &facts(), YEAR);
    assert_eq!(refused(rejected), Some(Party::VerifyNotNow.into()));
    assert!(!proving.allowed(Role::PlatformVerifier).contains(&Event::Reject));
}

#[test]
fn what_is_gone_is_handed_in_again_in_whatever_state_it_waited() {
    let gone = Facts {
        papers_gone: true,
        ..facts()
    };
    for waiting in [walk(&CHECKED[..2]), walk(&CHECKED)] {
        let kept = waiting.step(Event::ProofLapsed, Role::System, &facts(), NOW);
        assert_eq!(refused(kept), Some(Party::VerifyNotNow.into()));
        let back = waiting.step(Event::ProofLapsed, Role::System, &gone, NOW);
        assert_eq!(back.expect("back").verification.state, State::Draft);
    }
}
