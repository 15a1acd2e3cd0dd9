//! How it is proved that the applicant may act for an enterprise: tries, times and limits.

use domain::calendar::Due;
use domain::machine::Role;
use domain::org::bank_proof::Transfer;
use domain::org::verification::{Effect, Event, Facts, Proof, State, Verification};
use domain::refused::Party;
use time::Duration;

use crate::enterprise::{CHECKED, NOW, at, facts, proving, refused, verified, walk};

#[test]
fn each_proof_is_decided_by_whom_it_belongs_to() {
    let checked = walk(&CHECKED);
    for (proof, role, passes) in [
        (Proof::Authorisation, Role::System, true),
        (Proof::Authorisation, Role::PlatformVerifier, false),
        (Proof::Letter, Role::PlatformVerifier, true),
        (Proof::Letter, Role::System, false),
        (Proof::Transfer, Role::System, false),
        (Proof::Transfer, Role::PlatformVerifier, false),
    ] {
        let chosen = Facts {
            proof: Some(proof),
            ..facts()
        };
        let proving = at(&checked, Event::ChooseProof, &chosen, NOW)
            .expect("chosen")
            .verification;
        let proved = proving.step(Event::Prove, role, &facts(), NOW);
        assert_eq!(proved.is_ok(), passes, "{proof:?} {role:?}");
        assert_eq!(proving.allowed(role).contains(&Event::Prove), passes);
        for event in [Event::SendTransfer, Event::EnterAmount] {
            let other = at(&proving, event, &facts(), NOW).err();
            let expected = match (proof, event) {
                (Proof::Transfer, Event::SendTransfer) => None,
                (Proof::Transfer, _) => Some(Party::ProofUnsent.into()),
                _ => Some(Party::ProofOther.into()),
            };
            assert_eq!(other, expected);
        }
    }
    let none = Facts {
        proof: None,
        ..facts()
    };
    assert_eq!(
        refused(at(&checked, Event::ChooseProof, &none, NOW)),
        Some(Party::ProofOther.into())
    );
}

#[test]
fn the_third_wrong_amount_locks_for_a_day_and_a_new_transfer_gives_no_more_tries() {
    let wrong = Facts {
        amount: Some(38),
        ..facts()
    };
    let enter =
        |from: &Verification, facts: &Facts| at(from, Event::EnterAmount, facts, NOW).expect("entered");
    let first = enter(&proving(), &wrong);
    assert_eq!(first.verification.state, State::Proving);
    assert_eq!(
        first.told,
        Some(Party::ProofWrong.into()),
        "a wrong amount is counted and said"
    );
    let second = enter(&first.verification, &wrong);
    assert_eq!(
        enter(&second.verification, &facts()).verification.state,
        State::Verified
    );
    let another = at(&second.verification, Event::SendTransfer, &facts(), NOW)
        .expect("sent")
        .verification;
    let third = enter(&another, &wrong);
    assert_eq!(third.verification.state, State::Locked);
    assert_eq!(third.told, Some(Party::ProofLocked.into()));
    let until = NOW + Duration::hours(24);
    assert_eq!(third.timer, Some((Event::Unlock, Due::At(until))));
    let early = at(
        &third.verification,
        Event::Unlock,
        &facts(),
        until - Duration::SECOND,
    );
    assert_eq!(refused(early), Some(Party::VerifyNotNow.into()));
    let free = at(&third.verification, Event::Unlock, &facts(), until).expect("free");
    assert_eq!(free.effects, [Effect::DropAccount]);
    let entered = at(&free.verification, Event::EnterAmount, &facts(), until);
    assert_eq!(
        refused(entered),
        Some(Party::ProofUnsent.into()),
        "the old amount is over"
    );
}

#[test]
fn a_proof_that_is_not_used_in_seven_days_lapses() {
    let later = NOW + Duration::days(2);
    let proving = proving();
    let second = at(&proving, Event::SendTransfer, &facts(), later).expect("sent");
    let end = later + Duration::days(7);
    assert_eq!(
        second.timer,
        Some((Event::ProofLapsed, Due::At(end))),
        "seven days of each transfer"
    );
    let entered = |now| at(&second.verification, Event::EnterAmount, &facts(), now);
    assert!(entered(end - Duration::SECOND).is_ok());
    assert_eq!(refused(entered(end)), Some(Party::ProofExpired.into()));
    let lapsed = at(&second.verification, Event::ProofLapsed, &facts(), end).expect("lapsed");
    assert_eq!(lapsed.verification.state, State::Draft);
    assert_eq!(lapsed.effects, [Effect::DropAccount]);
    // Of one that was verified, the change waits on.
    let changed = at(&verified(), Event::Change, &facts(), NOW)
        .expect("changed")
        .verification;
    let proving = at(&changed, Event::ChooseProof, &facts(), NOW)
        .expect("proving")
        .verification;
    let lapsed = at(&proving, Event::ProofLapsed, &facts(), NOW + Duration::days(7)).expect("lapsed");
    assert_eq!(lapsed.verification.state, State::Changed);
    let letter = Facts {
        proof: Some(Proof::Letter),
        ..facts()
    };
    let waiting = at(&walk(&CHECKED), Event::ChooseProof, &letter, NOW).expect("chosen");
    assert_eq!(waiting.timer, None, "a letter waits for the verifier");
}

#[test]
fn transfers_have_their_limits() {
    let proving = walk(&[&CHECKED[..], &[Event::ChooseProof]].concat());
    let sent = |transfers: usize, to_account| {
        let facts = Facts {
            transfers: vec![NOW; transfers],
            to_account,
            ..facts()
        };
        at(&proving, Event::SendTransfer, &facts, NOW).err()
    };
    assert_eq!(sent(2, 5), None);
    assert_eq!(sent(3, 3), Some(Party::ProofToday.into()));
    assert_eq!(sent(0, 6), Some(Party::ProofAccount.into()));
}

#[test]
fn the_amount_cannot_be_printed() {
    let shown = format!("{:?}", proving());
    assert!(
        shown.contains("[secret]") && !shown.contains("amount: 37"),
        "{shown}"
    );
    assert_eq!(proving().transfer, Some(Transfer::sent(37, NOW)));
}
