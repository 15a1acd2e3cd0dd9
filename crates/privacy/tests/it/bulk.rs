//! Many people at once: who may, of whom, and what the record says.

use std::collections::HashMap;

use privacy::bulk::{BulkAsk, BulkKnown, MOST, digest};
use privacy::purpose::{Notify, ShowOwn};
use privacy::{Actor, Ctx, Denied, Grant as _, LegalBasis, Purpose, Ruling, Scope, SubjectId, SystemReason};
use time::OffsetDateTime;
use uuid::Uuid;

const WORKER: Actor = Actor::System(SystemReason::Job);

fn ctx<P: Purpose>(actor: Actor) -> Ctx<P> {
    Ctx::new(actor, "2020-11-01", Uuid::nil(), OffsetDateTime::UNIX_EPOCH)
}

fn people(count: u128) -> Vec<SubjectId> {
    (1..=count)
        .map(|person| SubjectId(Uuid::from_u128(person)))
        .collect()
}

const fn ask(subjects: &[SubjectId]) -> BulkAsk<'_> {
    BulkAsk {
        subjects,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: "2.2.1",
    }
}

fn known(subjects: &[SubjectId]) -> BulkKnown {
    let ruling = Ruling {
        version: "2020-11-01".to_owned(),
        states: true,
    };
    let rulings: HashMap<_, _> = subjects
        .iter()
        .map(|subject| (*subject, ruling.clone()))
        .collect();
    BulkKnown {
        registered: true,
        sensitive: false,
        rulings,
    }
}

#[test]
fn clause_2_5_1_e_one_record_names_the_number_and_the_digest_of_the_list() {
    let mut subjects = people(1_000);
    subjects.reverse();
    subjects.push(SubjectId(Uuid::from_u128(1)));
    let decided = ask(&subjects)
        .decide(&ctx::<Notify>(WORKER), &known(&subjects))
        .expect("decided");
    assert_eq!(decided.record().subjects.len(), 1_000);
    assert_eq!(decided.record().digest, digest(&people(1_000)));
    assert_ne!(digest(&people(1_000)), digest(&people(999)));
    let scope = Scope::default();
    let permit = decided.after_recording(&scope);
    assert!(permit.covers(SubjectId(Uuid::from_u128(1_000)), "account", "phone"));
    assert!(!permit.covers(SubjectId(Uuid::from_u128(1_001)), "account", "phone"));
    assert!(!permit.covers(SubjectId(Uuid::from_u128(1)), "account", "name"));
    assert!(permit.within(&scope) && !permit.within(&Scope::default()));
}

#[test]
fn clause_2_9_b_whom_the_ruling_version_does_not_allow_is_left_out() {
    let subjects = people(3);
    let mut some = known(&subjects[..2]);
    some.rulings.get_mut(&subjects[1]).expect("there").states = false;
    let decided = ask(&subjects)
        .decide(&ctx::<Notify>(WORKER), &some)
        .expect("decided");
    assert_eq!(
        decided.record().subjects,
        [(subjects[0], "2020-11-01".to_owned())]
    );
    let nobody = ask(&subjects).decide(&ctx::<Notify>(WORKER), &known(&[])).err();
    assert_eq!(nobody, Some(Denied::NotAccepted));
}

#[test]
fn clause_2_5_1_e_only_the_program_s_own_work_opens_many_and_nothing_sensitive() {
    let subjects = people(2);
    let decide = |ask: BulkAsk<'_>, known: &BulkKnown| ask.decide(&ctx::<Notify>(WORKER), known).err();
    let person = Actor::Person {
        account: Uuid::nil(),
        subject: subjects[0],
    };
    let own = ask(&subjects)
        .decide(&ctx::<ShowOwn>(person), &known(&subjects))
        .err();
    assert_eq!(own, Some(Denied::Bulk));
    let sensitive = BulkKnown {
        sensitive: true,
        ..known(&subjects)
    };
    assert_eq!(decide(ask(&subjects), &sensitive), Some(Denied::Bulk));
    let consent = BulkAsk {
        basis: LegalBasis::Consent(Uuid::nil()),
        ..ask(&subjects)
    };
    assert_eq!(decide(consent, &known(&subjects)), Some(Denied::Bulk));
    let unregistered = BulkKnown {
        registered: false,
        ..known(&subjects)
    };
    assert_eq!(decide(ask(&subjects), &unregistered), Some(Denied::NotRegistered));
    assert_eq!(decide(ask(&[]), &known(&[])), Some(Denied::NoField));
    let emergency = BulkAsk {
        basis: LegalBasis::Emergency,
        ..ask(&subjects)
    };
    assert_eq!(decide(emergency, &known(&subjects)), Some(Denied::Basis));
    let (most, more) = (people(MOST as u128), people(MOST as u128 + 1));
    assert_eq!(decide(ask(&most), &known(&most)), None);
    assert_eq!(decide(ask(&more), &known(&more)), Some(Denied::Bulk));
}
