//! An enterprise's verification: every state × event × role, its proofs, its clocks.

use domain::Refused;
use domain::calendar::Due;
use domain::four_eyes::{Appeal, Measure};
use domain::machine::Role;
use domain::org::verification::{
    Badge, Effect, Event, Facts, MACHINE, Proof, Reason, Register, Relation, State, Step, Verification,
};
use domain::refused::Party;
use proptest::prelude::*;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use crate::walk::{every_row_and_no_other, no_trap};

pub const NOW: OffsetDateTime = datetime!(2026-11-20 14:00 +8);
const AGREES: Register = Register {
    name: Some(true),
    representative: true,
    in_business: true,
};

/// Facts with which every event can happen, the chosen proof being the transfer.
pub fn facts() -> Facts {
    Facts {
        person_verified: true,
        relation: Some(Relation::Agent),
        complete: true,
        register: Some(AGREES),
        duplicate: false,
        proof: Some(Proof::Transfer),
        amount: Some(37),
        transfers: vec![],
        to_account: 0,
        reasons: vec![Reason::LicenceUnreadable],
        by: "verifier-1".to_owned(),
        papers_gone: false,
    }
}

fn by(name: &str) -> Facts {
    Facts {
        by: name.to_owned(),
        ..facts()
    }
}

fn actor(state: State, event: Event) -> Role {
    *Role::ALL
        .iter()
        .find(|role| MACHINE.decide(state, event, **role).is_ok())
        .expect("someone may")
}

pub fn at(from: &Verification, event: Event, facts: &Facts, now: OffsetDateTime) -> Result<Step, Refused> {
    from.step(event, actor(from.state, event), facts, now)
}

pub fn walk(events: &[Event]) -> Verification {
    events.iter().fold(Verification::begun(NOW), |before, event| {
        at(&before, *event, &facts(), NOW).expect("a step").verification
    })
}

pub const CHECKED: [Event; 3] = [Event::Start, Event::Submit, Event::CheckPassed];

pub fn proving() -> Verification {
    walk(&[&CHECKED[..], &[Event::ChooseProof, Event::SendTransfer]].concat())
}

pub fn verified() -> Verification {
    at(&proving(), Event::EnterAmount, &facts(), NOW)
        .expect("verified")
        .verification
}

pub fn refused(result: Result<Step, Refused>) -> Option<Refused> {
    result.err()
}

#[test]
fn every_state_event_and_role_is_decided_as_the_table_says() {
    use Event as E;
    use Role::{Applicant as A, BuyerOwner as B, PlatformVerifier as V, SupplierOwner as O, System as S};
    use State as T;
    let mut expected = vec![
        (T::None, E::Start, vec![A], T::Draft),
        (T::Draft, E::Submit, vec![A, B, O], T::Submitted),
        (T::Rejected, E::Edit, vec![A, B, O], T::Draft),
        (T::Submitted, E::CheckPassed, vec![S], T::AutoChecked),
        (T::Submitted, E::CheckFailed, vec![S], T::Rejected),
        (T::AutoChecked, E::ChooseProof, vec![A, B, O], T::Proving),
        (T::Changed, E::ChooseProof, vec![B, O], T::Proving),
        (T::Proving, E::ChooseProof, vec![A, B, O], T::Proving),
        (T::Proving, E::SendTransfer, vec![A, B, O], T::Proving),
        (T::Proving, E::EnterAmount, vec![A, B, O], T::Verified),
        (T::Proving, E::Prove, vec![S, V], T::Verified),
        (T::Proving, E::ProofLapsed, vec![S], T::Draft),
        (T::Submitted, E::ProofLapsed, vec![S], T::Draft),
        (T::AutoChecked, E::ProofLapsed, vec![S], T::Draft),
        (T::Locked, E::Unlock, vec![S], T::Proving),
        (T::Verified, E::Change, vec![S, B, O], T::Changed),
        (T::AnnualDue, E::Change, vec![S, B, O], T::Changed),
        (T::Changed, E::ChangeLapsed, vec![S], T::AnnualDue),
        (T::Changed, E::GraceLapsed, vec![S], T::Rejected),
        (T::Verified, E::YearPassed, vec![S], T::AnnualDue),
        (T::AnnualDue, E::AnnualPassed, vec![S], T::Verified),
        (T::AnnualDue, E::GraceLapsed, vec![S], T::Rejected),
        (T::Revoked, E::Appeal, vec![B, O], T::Revoked),
        (T::Revoked, E::UpholdAppeal, vec![V], T::Verified),
        (T::Revoked, E::DismissAppeal, vec![V], T::Revoked),
    ];
    for state in [T::Submitted, T::AutoChecked, T::Proving, T::Locked] {
        expected.push((state, E::Reject, vec![V], T::Rejected));
    }
    for state in [T::Verified, T::Changed, T::AnnualDue] {
        expected.push((state, E::ProposeRevocation, vec![V], state));
        expected.push((state, E::Withdraw, vec![B, O], T::Withdrawn));
    }
    for state in [
        T::Verified,
        T::Changed,
        T::AnnualDue,
        T::Proving,
        T::Locked,
        T::Rejected,
    ] {
        expected.push((state, E::ConfirmRevocation, vec![V], T::Revoked));
        expected.push((state, E::DropRevocation, vec![V], state));
    }
    for state in [
        T::Draft,
        T::Submitted,
        T::AutoChecked,
        T::Proving,
        T::Locked,
        T::Rejected,
    ] {
        expected.push((state, E::Withdraw, vec![A, B, O], T::Withdrawn));
    }
    for state in [T::Draft, T::AutoChecked, T::Rejected] {
        expected.push((state, E::DraftLapsed, vec![S], T::Withdrawn));
    }
    every_row_and_no_other(&MACHINE, State::ALL, Event::ALL, &expected);
}

#[test]
fn no_state_is_a_dead_end_or_out_of_reach_or_waits_for_ever() {
    // Three wrong amounts lock, which the table does not show.
    no_trap(&MACHINE, State::ALL, &[State::Locked]);
    for state in State::ALL {
        for proof in Proof::ALL {
            let waiting = Verification {
                state: *state,
                proof: Some(*proof),
                ..Verification::begun(NOW)
            };
            if let Some((event, Due::At(at))) = waiting.timer() {
                assert!(MACHINE.decide(*state, event, Role::System).is_ok(), "{state:?}");
                assert_eq!(
                    refused(waiting.step(event, Role::System, &facts(), at - Duration::SECOND)),
                    Some(Party::VerifyNotNow.into()),
                    "{state:?}: not a second early"
                );
                assert!(
                    waiting.step(event, Role::System, &facts(), at).is_ok(),
                    "{state:?}"
                );
            }
        }
    }
}

#[test]
fn the_main_job_makes_an_organisation_and_deletes_what_it_needed() {
    let step = at(&proving(), Event::EnterAmount, &facts(), NOW).expect("verified");
    assert_eq!(step.verification.state, State::Verified);
    assert_eq!(
        step.effects,
        [
            Effect::CreateOrganisation,
            Effect::DeleteLicence,
            Effect::DropAccount
        ]
    );
    assert_eq!(step.verification.transfer, None);
    assert_eq!(step.verification.badge(), Badge::Verified);
    // A second time nothing is made.
    let changed = at(&step.verification, Event::Change, &facts(), NOW)
        .expect("changed")
        .verification;
    let proving = at(&changed, Event::ChooseProof, &facts(), NOW)
        .expect("proving")
        .verification;
    assert_eq!(proving.badge(), Badge::Changing);
    let sent = at(&proving, Event::SendTransfer, &facts(), NOW)
        .expect("sent")
        .verification;
    let again = at(&sent, Event::EnterAmount, &facts(), NOW).expect("verified");
    assert_eq!(again.effects, [Effect::DeleteLicence, Effect::DropAccount]);
}

#[test]
fn clause_2_1_1_d_an_enterprise_is_verified_by_a_verified_person_who_says_how_they_stand_to_it() {
    let none = Verification::begun(NOW);
    for (facts, party) in [
        (
            Facts {
                person_verified: false,
                ..facts()
            },
            Party::EnterprisePerson,
        ),
        (
            Facts {
                relation: None,
                ..facts()
            },
            Party::EnterpriseRelation,
        ),
    ] {
        assert_eq!(refused(at(&none, Event::Start, &facts, NOW)), Some(party.into()));
    }
    let draft = walk(&[Event::Start]);
    let incomplete = Facts {
        complete: false,
        ..facts()
    };
    assert_eq!(
        refused(at(&draft, Event::Submit, &incomplete, NOW)),
        Some(Party::EnterpriseIncomplete.into())
    );
    // It is voluntary: an owner gives it up, and so does an applicant.
    assert!(at(&verified(), Event::Withdraw, &facts(), NOW).is_ok());
    assert!(at(&draft, Event::Withdraw, &facts(), NOW).is_ok());
}

#[test]
fn the_register_agrees_or_the_application_goes_back_with_its_reasons() {
    let submitted = walk(&CHECKED[..2]);
    for (register, reasons) in [
        (Register { name: None, ..AGREES }, vec![Reason::CodeUnknown]),
        (
            Register {
                name: Some(false),
                ..AGREES
            },
            vec![Reason::NameMismatch],
        ),
        (
            Register {
                representative: false,
                in_business: false,
                ..AGREES
            },
            vec![Reason::RepresentativeMismatch, Reason::NotInBusiness],
        ),
    ] {
        let facts = Facts {
            register: Some(register),
            ..facts()
        };
        let passed = at(&submitted, Event::CheckPassed, &facts, NOW);
        assert_eq!(refused(passed), Some(Party::EnterpriseRegister.into()));
        let failed = at(&submitted, Event::CheckFailed, &facts, NOW).expect("failed");
        assert_eq!(
            (failed.verification.state, &failed.verification.reasons),
            (State::Rejected, &reasons)
        );
        assert_eq!(failed.effects, [Effect::DeleteLicence]);
        assert!(
            reasons.iter().all(|reason| !reason.fields().is_empty()),
            "what to put right is said"
        );
        let edited = at(&failed.verification, Event::Edit, &facts, NOW)
            .expect("edited")
            .verification;
        assert_eq!(edited.reasons, reasons, "they stand beside the fields");
        let again = at(&edited, Event::Submit, &facts, NOW)
            .expect("submitted")
            .verification;
        assert!(again.reasons.is_empty());
    }
    let silent = Facts {
        register: None,
        ..facts()
    };
    assert_eq!(
        refused(at(&submitted, Event::CheckFailed, &silent, NOW)),
        Some(Party::VerifyReason.into()),
        "a register that is silent rejects nobody"
    );
    let unnamed = Facts {
        reasons: vec![],
        ..facts()
    };
    assert_eq!(
        refused(at(&submitted, Event::Reject, &unnamed, NOW)),
        Some(Party::VerifyReason.into())
    );
}

#[test]
fn a_code_that_is_there_is_claimed_and_not_made_again() {
    let submitted = walk(&CHECKED[..2]);
    let duplicate = Facts {
        duplicate: true,
        ..facts()
    };
    let mut state = submitted;
    for event in [Event::CheckPassed, Event::ChooseProof, Event::SendTransfer] {
        state = at(&state, event, &duplicate, NOW).expect("a step").verification;
    }
    let step = at(&state, Event::EnterAmount, &facts(), NOW).expect("verified");
    assert!(step.effects.contains(&Effect::ClaimOrganisation));
    assert!(!step.effects.contains(&Effect::CreateOrganisation));
}

#[test]
fn after_twelve_months_the_register_is_asked_again_with_thirty_days_of_grace() {
    let step = at(&proving(), Event::EnterAmount, &facts(), NOW).expect("verified");
    let year = datetime!(2027-11-20 14:00 +8);
    assert_eq!(step.timer, Some((Event::YearPassed, Due::At(year))));
    let due = at(&step.verification, Event::YearPassed, &facts(), year).expect("due");
    let end = year + Duration::days(30);
    assert_eq!(due.timer, Some((Event::GraceLapsed, Due::At(end))));
    assert_eq!(due.verification.badge(), Badge::Verified, "the check is silent");
    let differs = Facts {
        register: None,
        ..facts()
    };
    assert_eq!(
        refused(at(&due.verification, Event::AnnualPassed, &differs, year)),
        Some(Party::EnterpriseRegister.into())
    );
    let passed = at(&due.verification, Event::AnnualPassed, &facts(), end).expect("passed");
    assert_eq!(
        passed.timer,
        Some((Event::YearPassed, Due::At(datetime!(2028-12-20 14:00 +8))))
    );
    let lapsed = at(&due.verification, Event::GraceLapsed, &facts(), end)
        .expect("lapsed")
        .verification;
    assert_eq!((lapsed.state, lapsed.badge()), (State::Rejected, Badge::None));
    assert_eq!(lapsed.reasons, [Reason::AnnualUnconfirmed]);
}

#[test]
fn a_change_is_proved_again_against_the_register() {
    let changed = at(&verified(), Event::Change, &facts(), NOW)
        .expect("changed")
        .verification;
    assert_eq!(changed.badge(), Badge::Changing);
    for register in [
        None,
        Some(Register {
            name: Some(false),
            ..AGREES
        }),
    ] {
        let facts = Facts { register, ..facts() };
        let chosen = at(&changed, Event::ChooseProof, &facts, NOW);
        assert_eq!(refused(chosen), Some(Party::EnterpriseRegister.into()));
    }
    let applicant = changed.step(Event::ChooseProof, Role::Applicant, &facts(), NOW);
    assert_eq!(
        refused(applicant),
        Some(Party::VerifyNotYou.into()),
        "an owner does"
    );
}

#[test]
fn two_verifiers_revoke_and_a_third_hears_the_appeal() {
    let verified = verified();
    let unnamed = Facts {
        reasons: vec![],
        ..facts()
    };
    let proposed = at(&verified, Event::ProposeRevocation, &unnamed, NOW);
    assert_eq!(refused(proposed), Some(Party::VerifyReason.into()));
    let proposed = at(&verified, Event::ProposeRevocation, &by("v-1"), NOW)
        .expect("proposed")
        .verification;
    assert_eq!(proposed.badge(), Badge::Verified, "one alone changes nothing");
    let own = at(&proposed, Event::ConfirmRevocation, &by("v-1"), NOW);
    assert_eq!(refused(own), Some(Party::FourEyes.into()));
    // To change the data or to leave does not get out of it.
    let changed = at(&proposed, Event::Change, &facts(), NOW)
        .expect("changed")
        .verification;
    let leaving = at(&changed, Event::Withdraw, &facts(), NOW);
    assert_eq!(refused(leaving), Some(Party::VerifyNotNow.into()));
    let proving = at(&changed, Event::ChooseProof, &facts(), NOW)
        .expect("proving")
        .verification;
    assert!(at(&proving, Event::ConfirmRevocation, &by("v-2"), NOW).is_ok());
    let revoked = at(&proposed, Event::ConfirmRevocation, &by("v-2"), NOW)
        .expect("revoked")
        .verification;
    assert_eq!((revoked.state, revoked.badge()), (State::Revoked, Badge::None));
    assert_eq!(
        refused(at(&revoked, Event::UpholdAppeal, &by("v-3"), NOW)),
        Some(Party::AppealNone.into())
    );
    let appealed = at(&revoked, Event::Appeal, &facts(), NOW)
        .expect("appealed")
        .verification;
    let again = at(&appealed, Event::Appeal, &facts(), NOW);
    assert_eq!(refused(again), Some(Party::AppealUsed.into()));
    let biased = at(&appealed, Event::UpholdAppeal, &by("v-2"), NOW);
    assert_eq!(refused(biased), Some(Party::FourEyes.into()));
    let upheld = at(&appealed, Event::UpholdAppeal, &by("v-3"), NOW).expect("upheld");
    assert_eq!(upheld.verification.state, State::Verified);
    assert_eq!(upheld.verification.measure, Measure::default());
    assert!(!upheld.effects.contains(&Effect::CreateOrganisation));
    let dismissed = at(&appealed, Event::DismissAppeal, &by("v-3"), NOW)
        .expect("dismissed")
        .verification;
    assert_eq!(
        (dismissed.state, dismissed.measure.appeal),
        (State::Revoked, Appeal::Dismissed)
    );
}

proptest! {
    #[test]
    fn whatever_happens_an_organisation_is_made_once_and_replay_leads_there_again(
        choices in prop::collection::vec(
            (any::<prop::sample::Index>(), 0_i64..60, 37_i64..39, prop::sample::select(Proof::ALL), 1..4),
            0..60,
        ),
    ) {
        let mut now = NOW;
        let mut state = Verification::begun(now);
        let mut taken = Vec::new();
        let mut made = 0;
        for (choice, days, amount, proof, staff) in choices {
            now += Duration::days(days);
            let facts = Facts {
                amount: Some(amount),
                proof: Some(proof),
                by: format!("v-{staff}"),
                ..facts()
            };
            let possible: Vec<(Event, Role)> = Role::ALL
                .iter()
                .flat_map(|role| state.allowed(*role).into_iter().map(move |event| (event, *role)))
                .filter(|(event, role)| state.step(*event, *role, &facts, now).is_ok())
                .collect();
            if possible.is_empty() {
                continue;
            }
            let (event, role) = *choice.get(&possible);
            let step = state.step(event, role, &facts, now).expect("possible");
            made += usize::from(step.effects.contains(&Effect::CreateOrganisation));
            prop_assert!(made <= 1);
            let next = step.verification;
            prop_assert_eq!(next.version, state.version + 1);
            prop_assert!(next.transfer.is_none_or(|transfer| transfer.wrong <= 3));
            let holds = matches!(next.state, State::Proving | State::Locked);
            prop_assert!(holds || next.transfer.is_none(), "no amount outlives its proof");
            taken.push((event, role, facts, now));
            state = next;
        }
        let again = taken.iter().fold(Verification::begun(NOW), |before, (event, role, facts, now)| {
            before.step(*event, *role, facts, *now).expect("it was possible before").verification
        });
        prop_assert_eq!(again, state);
    }
}
