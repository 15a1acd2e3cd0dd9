//! A person's verification: every state × event × role, its clocks, its tries.

use domain::Refused;
use domain::calendar::Due;
use domain::four_eyes::Measure;
use domain::machine::{No, Role};
use domain::person::verification::{
    Data, Event, Facts, MACHINE, Reason, Sight, State, Step, Verification, locked_until,
};
use domain::refused::Party;
use proptest::prelude::*;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};

use crate::walk::{every_row_and_no_other, no_trap};

const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);

/// Facts with which every event can happen.
fn facts() -> Facts {
    Facts {
        consent: true,
        birth: Some(date!(1990 - 01 - 01)),
        guardian: false,
        reason: Some(Reason::NameMismatch),
        card_until: None,
        by: "verifier-1".to_owned(),
    }
}

fn actor(state: State, event: Event) -> Role {
    *Role::ALL
        .iter()
        .find(|role| MACHINE.decide(state, event, **role).is_ok())
        .expect("someone may")
}

fn at(from: &Verification, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<Step, Refused> {
    from.step(event, actor(from.state, event), facts, now)
}

fn walk(events: &[Event]) -> Verification {
    events
        .iter()
        .fold(Verification::begun(vec![], NOW), |before, event| {
            at(&before, *event, &facts(), NOW).expect("a step").verification
        })
}

/// A check that fails at this time.
fn failed(from: &Verification, now: OffsetDateTime) -> Step {
    let submitted = at(from, Event::Submit, &facts(), now).expect("submitted");
    let checking = at(&submitted.verification, Event::BeginCheck, &facts(), now).expect("checking");
    at(&checking.verification, Event::Fail, &facts(), now).expect("failed")
}

const VERIFIED: [Event; 4] = [Event::Consent, Event::Submit, Event::BeginCheck, Event::Pass];

fn refused(result: Result<Step, Refused>) -> Option<Refused> {
    result.err()
}

#[test]
fn every_state_event_and_role_is_decided_as_the_table_says() {
    use Event as E;
    use Role::{Applicant as A, PlatformVerifier as V, System as S};
    use State as T;
    let mut expected = vec![
        (T::None, E::Consent, vec![A], T::Consented),
        (T::Expired, E::Consent, vec![A], T::Consented),
        (T::Consented, E::Submit, vec![A], T::Submitted),
        (T::Rejected, E::Submit, vec![A], T::Submitted),
        (T::Submitted, E::BeginCheck, vec![S], T::Checking),
        (T::Checking, E::Pass, vec![S, V], T::Verified),
        (T::Checking, E::Fail, vec![S, V], T::Rejected),
        (T::Submitted, E::SourceDown, vec![S], T::Rejected),
        (T::Checking, E::SourceDown, vec![S], T::Rejected),
        (T::Locked, E::Unlock, vec![S], T::Consented),
        (T::Verified, E::Expire, vec![S], T::Expired),
        (T::Verified, E::ProposeRevocation, vec![V], T::Verified),
        (T::Verified, E::ConfirmRevocation, vec![V], T::Revoked),
        (T::Verified, E::DropRevocation, vec![V], T::Verified),
        (T::Revoked, E::Appeal, vec![A], T::Revoked),
        (T::Revoked, E::UpholdAppeal, vec![V], T::Verified),
        (T::Revoked, E::DismissAppeal, vec![V], T::Revoked),
        (T::Revoked, E::Erase, vec![S], T::Erased),
    ];
    for state in [
        T::Consented,
        T::Submitted,
        T::Checking,
        T::Verified,
        T::Rejected,
        T::Locked,
        T::Expired,
    ] {
        expected.push((state, E::Erase, vec![A, S], T::Erased));
    }
    every_row_and_no_other(&MACHINE, State::ALL, Event::ALL, &expected);
}

#[test]
fn no_state_is_a_dead_end_or_out_of_reach_or_waits_for_ever() {
    // A third failure locks, which the table does not show; before the beginning nothing waits.
    no_trap(&MACHINE, State::ALL, &[State::Locked]);
    for state in State::ALL {
        let waiting = Verification {
            state: *state,
            card_until: Some(date!(2030 - 01 - 01)),
            ..Verification::begun(vec![], NOW)
        };
        if let Some((event, _)) = waiting.timer() {
            assert_eq!(MACHINE.decide(*state, event, Role::System).err(), None::<No>);
        }
    }
}

#[test]
fn the_main_job_ends_verified_with_the_data_sealed() {
    let mut state = Verification::begun(vec![], NOW);
    let mut seen = Vec::new();
    for event in VERIFIED {
        let step = at(&state, event, &facts(), NOW).expect("a step");
        seen.push((step.verification.state, step.data));
        assert_eq!(step.verification.version, state.version + 1);
        state = step.verification;
    }
    assert_eq!(
        seen,
        [
            (State::Consented, Data::Nothing),
            (State::Submitted, Data::Held),
            (State::Checking, Data::Held),
            (State::Verified, Data::Kept),
        ]
    );
}

#[test]
fn clause_0_8_nothing_is_submitted_without_a_separate_consent() {
    let none = Verification::begun(vec![], NOW);
    let unasked = Facts {
        consent: false,
        ..facts()
    };
    assert_eq!(
        refused(at(&none, Event::Consent, &unasked, NOW)),
        Some(Party::VerifyConsent.into())
    );
    let straight = none.step(Event::Submit, Role::Applicant, &facts(), NOW);
    assert_eq!(refused(straight), Some(Party::VerifyNotNow.into()));
}

#[test]
fn clause_2_1_1_d_whoever_gave_the_data_takes_it_back_in_every_state() {
    for state in State::ALL {
        let here = Verification {
            state: *state,
            ..Verification::begun(vec![], NOW)
        };
        let erased = here.step(Event::Erase, Role::Applicant, &facts(), NOW);
        match state {
            State::None | State::Erased | State::Revoked => assert!(erased.is_err(), "{state:?}"),
            _ => assert_eq!(erased.expect("erased").data, Data::Dropped, "{state:?}"),
        }
    }
}

#[test]
fn clause_1_5_a_child_is_refused_to_the_day_and_nothing_is_kept() {
    let consented = walk(&[Event::Consent]);
    // In Beijing it is already the 21st.
    let late = datetime!(2026-11-20 16:00 UTC);
    for (now, birth, guardian, party) in [
        (NOW, date!(2011 - 11 - 21), true, Some(Party::VerifyChild)),
        (NOW, date!(2011 - 11 - 20), true, None),
        (NOW, date!(2011 - 11 - 20), false, Some(Party::VerifyGuardian)),
        (late, date!(2011 - 11 - 21), true, None),
        (late, date!(2011 - 11 - 22), true, Some(Party::VerifyChild)),
    ] {
        let facts = Facts {
            birth: Some(birth),
            guardian,
            ..facts()
        };
        let result = at(&consented, Event::Submit, &facts, now);
        assert_eq!(refused(result), party.map(Refused::from), "{birth}");
    }
}

#[test]
fn clause_2_7_a_under_eighteen_the_guardian_consents_first() {
    let consented = walk(&[Event::Consent]);
    for (birth, guardian, party) in [
        (date!(2008 - 11 - 21), false, Some(Party::VerifyGuardian)),
        (date!(2008 - 11 - 21), true, None),
        (date!(2008 - 11 - 20), false, None),
    ] {
        let facts = Facts {
            birth: Some(birth),
            guardian,
            ..facts()
        };
        let result = at(&consented, Event::Submit, &facts, NOW);
        assert_eq!(refused(result), party.map(Refused::from), "{birth}");
    }
}

#[test]
fn without_a_day_of_birth_nothing_is_submitted() {
    let unnamed = Facts {
        birth: None,
        ..facts()
    };
    let result = at(&walk(&[Event::Consent]), Event::Submit, &unnamed, NOW);
    assert_eq!(refused(result), Some(Party::IdMissing.into()));
}

#[test]
fn the_third_failure_within_a_day_locks_for_a_day() {
    let first = failed(&walk(&[Event::Consent]), NOW);
    assert_eq!(
        (first.verification.state, first.data),
        (State::Rejected, Data::Dropped)
    );
    assert_eq!(first.verification.reason, Some(Reason::NameMismatch));
    let second = failed(&first.verification, NOW + Duration::hours(1));
    assert_eq!(second.verification.state, State::Rejected);
    // A second less than a day after the first, and a day after it.
    let just = NOW + Duration::hours(24);
    let late = failed(&second.verification, just);
    assert_eq!(
        late.verification.state,
        State::Rejected,
        "the first no longer counts"
    );
    let third_at = just - Duration::SECOND;
    let third = failed(&second.verification, third_at);
    assert_eq!(third.verification.state, State::Locked);
    assert_eq!(
        third.timer,
        Some((Event::Unlock, Due::At(third_at + Duration::hours(24))))
    );
    let unlock = |now| {
        third
            .verification
            .step(Event::Unlock, Role::System, &facts(), now)
    };
    let until = third_at + Duration::hours(24);
    assert_eq!(
        refused(unlock(until - Duration::SECOND)),
        Some(Party::VerifyNotNow.into())
    );
    let free = unlock(until).expect("free").verification;
    assert_eq!(free.state, State::Consented);
    assert_eq!(
        failed(&free, until).verification.state,
        State::Rejected,
        "three new tries"
    );
}

#[test]
fn erasing_and_beginning_again_gives_no_more_tries() {
    let mut locked = walk(&[Event::Consent]);
    for _ in 0..3 {
        locked = failed(&locked, NOW).verification;
    }
    assert_eq!(locked.state, State::Locked);
    let erased = at(&locked, Event::Erase, &facts(), NOW)
        .expect("erased")
        .verification;
    let again = Verification::begun(erased.failed_at, NOW);
    let again = at(&again, Event::Consent, &facts(), NOW)
        .expect("consented")
        .verification;
    let free = NOW + Duration::hours(24);
    assert_eq!(
        refused(at(&again, Event::Submit, &facts(), free - Duration::SECOND)),
        Some(Party::VerifyTries.into())
    );
    assert!(at(&again, Event::Submit, &facts(), free).is_ok());
    assert_eq!(locked_until(&[]), None);
    assert_eq!(locked_until(&[NOW, NOW]), None);
}

#[test]
fn a_source_that_is_down_for_a_day_uses_up_no_try() {
    let checking = walk(&[Event::Consent, Event::Submit, Event::BeginCheck]);
    let due = NOW + Duration::hours(24);
    assert_eq!(checking.timer(), Some((Event::SourceDown, Due::At(due))));
    assert_eq!(
        refused(at(&checking, Event::SourceDown, &facts(), due - Duration::SECOND)),
        Some(Party::VerifyNotNow.into())
    );
    let down = at(&checking, Event::SourceDown, &facts(), due).expect("down");
    assert_eq!(down.verification.state, State::Rejected);
    assert_eq!(down.verification.reason, Some(Reason::SourceDown));
    assert!(down.verification.failed_at.is_empty());
    assert_eq!(down.data, Data::Dropped);
    for reason in [None, Some(Reason::SourceDown)] {
        let failed = at(&checking, Event::Fail, &Facts { reason, ..facts() }, NOW);
        assert_eq!(
            refused(failed),
            Some(Party::VerifyReason.into()),
            "it is no failure"
        );
    }
}

#[test]
fn a_verification_ends_with_the_card_at_midnight_in_beijing() {
    let checking = walk(&[Event::Consent, Event::Submit, Event::BeginCheck]);
    let dated = Facts {
        card_until: Some(date!(2027 - 02 - 28)),
        ..facts()
    };
    let verified = at(&checking, Event::Pass, &dated, NOW).expect("verified");
    let ends = datetime!(2027-03-01 0:00 +8);
    assert_eq!(verified.timer, Some((Event::Expire, Due::At(ends))));
    let expire = |now| {
        verified
            .verification
            .step(Event::Expire, Role::System, &facts(), now)
    };
    assert_eq!(
        refused(expire(ends - Duration::SECOND)),
        Some(Party::VerifyNotNow.into())
    );
    let expired = expire(ends).expect("expired").verification;
    assert_eq!(expired.state, State::Expired);
    assert!(
        at(&expired, Event::Consent, &facts(), ends).is_ok(),
        "with a new consent it begins again"
    );
    let for_ever = walk(&VERIFIED);
    assert_eq!(for_ever.timer(), None);
    assert_eq!(
        refused(at(&for_ever, Event::Expire, &facts(), ends)),
        Some(Party::VerifyNotNow.into())
    );
}

#[test]
fn two_verifiers_revoke() {
    let verified = walk(&VERIFIED);
    let by = |name: &str| Facts {
        by: name.to_owned(),
        ..facts()
    };
    for event in [Event::ConfirmRevocation, Event::DropRevocation] {
        let result = at(&verified, event, &by("verifier-2"), NOW);
        assert_eq!(
            refused(result),
            Some(Party::ProposalNotNow.into()),
            "nothing is proposed"
        );
        assert!(!verified.allowed(Role::PlatformVerifier).contains(&event));
    }
    let unnamed = at(&verified, Event::ProposeRevocation, &by("王审核"), NOW);
    assert_eq!(refused(unnamed), Some(Refused::StaffInvalid));
    let proposed = at(&verified, Event::ProposeRevocation, &by("verifier-1"), NOW).expect("proposed");
    let proposed = proposed.verification;
    assert_eq!(proposed.state, State::Verified, "one alone changes nothing");
    let twice = at(&proposed, Event::ProposeRevocation, &by("verifier-2"), NOW);
    assert_eq!(refused(twice), Some(Party::ProposalNotNow.into()));
    let own = at(&proposed, Event::ConfirmRevocation, &by("verifier-1"), NOW);
    assert_eq!(refused(own), Some(Party::FourEyes.into()));
    let dropped = at(&proposed, Event::DropRevocation, &by("verifier-1"), NOW).expect("dropped");
    assert_eq!(dropped.verification.measure.proposal, None);
    let revoked = at(&proposed, Event::ConfirmRevocation, &by("verifier-2"), NOW).expect("revoked");
    assert_eq!(revoked.verification.state, State::Revoked);
}

#[test]
fn a_third_verifier_hears_the_appeal_and_one_appeal_is_all() {
    let by = |name: &str| Facts {
        by: name.to_owned(),
        ..facts()
    };
    let step = |from: &Verification, event, name: &str| at(from, event, &by(name), NOW);
    let proposed = step(&walk(&VERIFIED), Event::ProposeRevocation, "verifier-1").expect("proposed");
    let revoked = step(&proposed.verification, Event::ConfirmRevocation, "verifier-2").expect("revoked");
    let revoked = revoked.verification;
    let early = step(&revoked, Event::UpholdAppeal, "verifier-3");
    assert_eq!(refused(early), Some(Party::AppealNone.into()));
    assert!(revoked.allowed(Role::Applicant).contains(&Event::Appeal));
    let appealed = step(&revoked, Event::Appeal, "").expect("appealed").verification;
    assert_eq!(
        refused(step(&appealed, Event::Appeal, "")),
        Some(Party::AppealUsed.into())
    );
    for earlier in ["verifier-1", "verifier-2"] {
        for event in [Event::UpholdAppeal, Event::DismissAppeal] {
            assert_eq!(
                refused(step(&appealed, event, earlier)),
                Some(Party::FourEyes.into())
            );
        }
    }
    let upheld = step(&appealed, Event::UpholdAppeal, "verifier-3").expect("upheld");
    assert_eq!(
        (upheld.verification.state, upheld.data),
        (State::Verified, Data::Kept)
    );
    assert_eq!(upheld.verification.measure, Measure::default());
    let dismissed = step(&appealed, Event::DismissAppeal, "verifier-3").expect("dismissed");
    let dismissed = dismissed.verification;
    assert_eq!(dismissed.state, State::Revoked);
    assert!(!dismissed.allowed(Role::Applicant).contains(&Event::Appeal));
}

#[test]
fn clause_2_1_1_f_others_see_the_badge_and_a_verifier_the_data_while_there_is_something_to_decide() {
    let by = |name: &str| Facts {
        by: name.to_owned(),
        ..facts()
    };
    let begun = |state| Verification {
        state,
        ..Verification::begun(vec![], NOW)
    };
    for state in State::ALL {
        for role in Role::ALL {
            let expected = match (role, state) {
                (Role::PlatformVerifier, State::Checking) => Sight::Open,
                (Role::Applicant, _) => Sight::Masked,
                _ => Sight::Badge,
            };
            assert_eq!(begun(*state).sight(*role), expected);
        }
    }
    let mut now = walk(&VERIFIED);
    for (event, name, seen) in [
        (Event::ProposeRevocation, "verifier-1", Sight::Open),
        (Event::DropRevocation, "verifier-2", Sight::Badge),
        (Event::ProposeRevocation, "verifier-1", Sight::Open),
        (Event::ConfirmRevocation, "verifier-2", Sight::Badge),
        (Event::Appeal, "", Sight::Open),
        (Event::DismissAppeal, "verifier-3", Sight::Badge),
    ] {
        now = at(&now, event, &by(name), NOW).expect("a step").verification;
        assert_eq!(now.sight(Role::PlatformVerifier), seen, "{event:?}");
        assert_eq!(now.sight(Role::PlatformArbiter), Sight::Badge);
    }
}

proptest! {
    #[test]
    fn whatever_happens_tries_are_bounded_and_replay_leads_there_again(
        choices in prop::collection::vec((any::<prop::sample::Index>(), 0_i64..30), 0..60),
    ) {
        let mut now = NOW;
        let mut state = Verification::begun(vec![], now);
        let mut taken = Vec::new();
        for (choice, hours) in choices {
            now += Duration::hours(hours);
            let possible: Vec<(Event, Role)> = Role::ALL
                .iter()
                .flat_map(|role| state.allowed(*role).into_iter().map(move |event| (event, *role)))
                .filter(|(event, role)| state.step(*event, *role, &facts(), now).is_ok())
                .collect();
            if possible.is_empty() {
                continue;
            }
            let (event, role) = *choice.get(&possible);
            let next = state.step(event, role, &facts(), now).expect("possible").verification;
            prop_assert!(next.failed_at.len() <= 3);
            let locked = locked_until(&next.failed_at).is_some_and(|until| now < until);
            prop_assert!(!locked || next.state != State::Submitted);
            prop_assert_eq!(next.version, state.version + 1);
            taken.push((event, role, now));
            state = next;
        }
        let again = taken.iter().fold(Verification::begun(vec![], NOW), |before, (event, role, now)| {
            before.step(*event, *role, &facts(), *now).expect("it was possible before").verification
        });
        prop_assert_eq!(again, state);
    }
}
