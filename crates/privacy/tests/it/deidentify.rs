//! Pseudonyms and anonymous data: what is let out, and what is not.

use std::collections::BTreeSet;

use privacy::deidentify::{
    Anonymous, Field, NotAnonymous, PseudonymKey, Record, Release, Role, Rule, anonymise, smallest_class,
};
use privacy::{Entropy, SubjectId};
use proptest::prelude::*;
use time::OffsetDateTime;
use uuid::Uuid;

const AT: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
const RULE: Rule = Rule {
    k: 3,
    l: 2,
    most_left_out: 50,
};
const FIELDS: [Field; 3] = [
    field("city", Role::Quasi),
    field("age", Role::Quasi),
    field("bought", Role::Fact),
];

const fn field(name: &'static str, role: Role) -> Field {
    Field { name, role }
}

struct Fixed(u8);

impl Entropy for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0);
    }
}

fn record(subject: u128, cells: &[&str]) -> Record {
    Record {
        subject: SubjectId(Uuid::from_u128(subject)),
        cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
    }
}

fn release(fields: &[Field], records: &[Record]) -> Result<Anonymous<Release>, NotAnonymous> {
    anonymise(fields, records, RULE, AT)
}

/// Two classes of three persons each, two answers in each.
fn sound() -> Vec<Record> {
    vec![
        record(1, &["A", "30", "tax"]),
        record(2, &["A", "30", "tax"]),
        record(3, &["A", "30", "law"]),
        record(4, &["B", "30", "law"]),
        record(5, &["B", "30", "law"]),
        record(6, &["B", "30", "tax"]),
    ]
}

#[test]
fn clause_2_4_4_7_a_release_has_a_certificate_of_what_was_checked() {
    let released = release(&FIELDS, &sound()).expect("anonymous");
    let certificate = released.certificate();
    assert_eq!((certificate.k, certificate.l, certificate.classes), (3, 2, 2));
    assert_eq!((certificate.released, certificate.left_out), (6, 0));
    let mut shuffled = sound();
    shuffled.reverse();
    assert_eq!(
        release(&FIELDS, &shuffled).expect("anonymous"),
        released,
        "the order tells nothing"
    );
}

#[test]
fn clause_2_4_4_7_small_or_uniform_classes_are_left_out_and_too_many_refuse_the_release() {
    let mut records = sound();
    records.extend([record(7, &["C", "30", "tax"]), record(8, &["C", "30", "law"])]);
    let released = release(&FIELDS, &records).expect("anonymous");
    assert_eq!(
        (released.certificate().released, released.certificate().left_out),
        (6, 2)
    );
    assert!(released.value().rows.iter().all(|row| row[0] != "C"));
    // Whoever is known to be in a class of one answer is known to have given it.
    let alike: Vec<Record> = (0..6).map(|person| record(person, &["A", "30", "tax"])).collect();
    assert_eq!(release(&FIELDS, &alike).err(), Some(NotAnonymous::LeftOut));
    // At the figure itself it passes, one row beyond it does not.
    let strict = |most_left_out| {
        anonymise(
            &FIELDS,
            &records,
            Rule {
                most_left_out,
                ..RULE
            },
            AT,
        )
        .is_ok()
    };
    assert!(strict(25) && !strict(24));
    assert_eq!(release(&FIELDS, &[]).err(), Some(NotAnonymous::LeftOut));
}

#[test]
fn clause_2_4_4_7_rows_of_one_person_do_not_make_a_crowd() {
    let records: Vec<Record> = (0..6)
        .map(|row| record(row / 3, &["A", "30", if row % 2 == 0 { "tax" } else { "law" }]))
        .collect();
    assert_eq!(smallest_class(&records, &[0, 1]), 2);
    assert_eq!(release(&FIELDS, &records).err(), Some(NotAnonymous::LeftOut));
}

#[test]
fn clause_2_4_4_7_pseudonyms_and_identifiers_are_never_anonymous() {
    let key = PseudonymKey::generate(&Fixed(7));
    let named = [field("who", Role::Identifier), FIELDS[2]];
    let records = [record(1, &["x", "tax"])];
    assert_eq!(
        release(&named, &records).err(),
        Some(NotAnonymous::Identifier("who"))
    );
    // Nor when the pseudonym is passed off as a fact or as a quasi-identifier.
    let disguised: Vec<Record> = sound()
        .into_iter()
        .map(|mut record| {
            record.cells[2] = key.pseudonym("report", record.subject).to_string();
            record
        })
        .collect();
    assert_eq!(
        release(&FIELDS, &disguised).err(),
        Some(NotAnonymous::Unique("bought"))
    );
    let as_quasi = [FIELDS[0], FIELDS[1], field("bought", Role::Quasi)];
    assert_eq!(release(&as_quasi, &disguised).err(), Some(NotAnonymous::LeftOut));
}

#[test]
fn clause_2_4_4_7_a_rule_that_asks_for_too_little_is_refused() {
    for (k, l) in [(2, 2), (3, 1), (0, 0)] {
        let weak = Rule { k, l, ..RULE };
        assert_eq!(
            anonymise(&FIELDS, &sound(), weak, AT).err(),
            Some(NotAnonymous::Weak)
        );
    }
    assert_eq!(
        release(&FIELDS, &[record(1, &["A"])]).err(),
        Some(NotAnonymous::Shape)
    );
}

#[test]
fn clause_2_1_2_6_pseudonyms_hang_on_key_and_use() {
    let (one, two) = (
        PseudonymKey::generate(&Fixed(1)),
        PseudonymKey::generate(&Fixed(2)),
    );
    let subject = SubjectId(Uuid::from_u128(1));
    assert_eq!(one.pseudonym("report", subject), one.pseudonym("report", subject));
    assert_ne!(one.pseudonym("report", subject), two.pseudonym("report", subject));
    assert_ne!(
        one.pseudonym("report", subject),
        one.pseudonym("research", subject)
    );
    assert_ne!(
        one.pseudonym("report", subject),
        one.pseudonym("report", SubjectId(Uuid::from_u128(2)))
    );
    let rows = one.pseudonymise("report", sound());
    let distinct: BTreeSet<_> = rows.rows().iter().map(|(pseudonym, _)| *pseudonym).collect();
    assert_eq!(distinct.len(), 6);
    assert_eq!(
        format!("{rows:?} {one:?} {:?}", sound()[0]),
        "[pseudonymised] [key] [record]"
    );
}

fn tables() -> impl Strategy<Value = Vec<Record>> {
    let row = (0_u128..40, 0_u8..3, 0_u8..2, 0_u8..3);
    let cells = |(person, city, age, bought): (u128, u8, u8, u8)| {
        let cells = [city, age, bought].map(|cell| cell.to_string());
        record(person, &[&cells[0], &cells[1], &cells[2]])
    };
    proptest::collection::vec(row.prop_map(cells), 0..120)
}

proptest! {
    /// Someone who knows where a person lives and how old they are cannot tell them from two
    /// others, nor what they bought.
    #[test]
    fn clause_2_4_4_7_a_linkage_attack_finds_a_crowd_or_nothing(records in tables(), k in 3_usize..6, most_left_out in 0_usize..101) {
        let rule = Rule { k, l: 2, most_left_out };
        let Ok(released) = anonymise(&FIELDS, &records, rule, AT) else { return Ok(()) };
        let (release, certificate) = (released.value(), released.certificate());
        prop_assert_eq!(certificate.released + certificate.left_out, records.len());
        prop_assert_eq!(certificate.released, release.rows.len());
        prop_assert!(certificate.left_out * 100 <= records.len() * most_left_out);
        for known in &records {
            let found: Vec<_> = release.rows.iter().filter(|row| row[..2] == known.cells[..2]).collect();
            if found.is_empty() { continue; }
            let crowd: BTreeSet<_> = records.iter().filter(|other| other.cells[..2] == known.cells[..2]).map(|other| other.subject).collect();
            prop_assert!(crowd.len() >= k);
            prop_assert!(found.iter().map(|row| &row[2]).collect::<BTreeSet<_>>().len() >= 2);
        }
        for column in 0..3 {
            for value in release.rows.iter().map(|row| &row[column]) {
                let sharing: BTreeSet<_> = records.iter().filter(|record| &record.cells[column] == value).map(|record| record.subject).collect();
                prop_assert!(sharing.len() >= k);
            }
        }
    }

    /// No table with a pseudonym in it is released, wherever it stands and whatever the rule.
    #[test]
    fn clause_2_4_4_7_no_pseudonym_gets_a_certificate(records in tables(), column in 0_usize..3, k in 3_usize..6) {
        let key = PseudonymKey::generate(&Fixed(9));
        let disguised: Vec<Record> = records.into_iter().map(|mut record| {
            record.cells[column] = key.pseudonym("report", record.subject).to_string();
            record
        }).collect();
        let rule = Rule { k, l: 2, most_left_out: 100 };
        prop_assert!(anonymise(&FIELDS, &disguised, rule, AT).is_err());
    }
}
