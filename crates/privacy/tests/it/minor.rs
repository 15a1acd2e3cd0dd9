//! The decision about somebody under age: a law, the guardian's consent, or their protection, and nothing
//! else; staff with an approval; the guardian as far as the law goes.

use privacy::purpose::{Certify, KeepAccount, Notify, ShowOwn};
use privacy::{
    Actor, Ask, Ctx, Denied, Ground, Guarding, Known, KnownMinor, KnownShare, KnownStaff, LegalBasis,
    LiveConsent, MinorShare, Purpose, PurposeId, Recipient, Ruling, Share, Staff, StaffReason, StaffRole,
    SubjectId,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;
const MINOR: SubjectId = SubjectId(Uuid::from_u128(1));
const EVENT: Uuid = Uuid::from_u128(5);
const CASE: Uuid = Uuid::from_u128(6);

fn ctx<P: Purpose>(actor: Actor) -> Ctx<P> {
    Ctx::new(actor, "v", Uuid::nil(), NOW)
}

fn person(subject: u128) -> Actor {
    Actor::Person {
        account: Uuid::from_u128(subject + 100),
        subject: SubjectId(Uuid::from_u128(subject)),
    }
}

fn ask(basis: LegalBasis, fields: &'static [&'static str]) -> Ask {
    Ask {
        subject: MINOR,
        fields,
        basis,
        clause: "2.6.1.a",
        case: Some(CASE),
    }
}

fn known(minor: KnownMinor) -> Known {
    Known {
        registered: true,
        ruling: Some(Ruling {
            version: "v".to_owned(),
            states: true,
        }),
        minor: Some(minor),
        ..Known::default()
    }
}

const PHONE: &[&str] = &["account.phone"];

fn consented(child: bool) -> KnownMinor {
    KnownMinor {
        child,
        consented: true,
        ..KnownMinor::default()
    }
}

#[test]
fn clause_2_7_b_a_minor_s_data_opens_by_law_or_on_the_guardian_s_consent() {
    for child in [true, false] {
        let without = KnownMinor {
            consented: false,
            ..consented(child)
        };
        let decide = |basis, minor| {
            ask(basis, PHONE)
                .decide(&ctx::<ShowOwn>(person(1)), known(minor))
                .err()
        };
        assert_eq!(decide(LegalBasis::Contract, consented(child)), None);
        assert_eq!(
            decide(LegalBasis::Contract, without),
            Some(Denied::Guardian),
            "1.5: a contract is none"
        );
        assert_eq!(decide(LegalBasis::LegalDuty("PIPL 45"), without), None);
    }
}

#[test]
fn clause_2_7_b_a_minor_s_own_consent_is_none() {
    let live = |by_guardian| Known {
        consent: Some(LiveConsent {
            purpose: PurposeId::Notify,
            recipient: None,
        }),
        ..known(KnownMinor {
            by_guardian,
            ..consented(false)
        })
    };
    let decide = |known| {
        ask(LegalBasis::Consent(EVENT), PHONE)
            .decide(&ctx::<Notify>(person(1)), known)
            .err()
    };
    assert_eq!(decide(live(false)), Some(Denied::Guardian));
    assert_eq!(decide(live(true)), None);
}

#[test]
fn clause_2_7_b_staff_open_nothing_of_a_minor_without_an_approval() {
    let staff = Actor::Staff(Staff {
        account: Uuid::from_u128(9),
        role: StaffRole::Verifier,
        case: Some(CASE),
        reason: Some(StaffReason::Review),
    });
    let of = |approval| Known {
        sensitive: true,
        consent: Some(LiveConsent {
            purpose: PurposeId::Certify,
            recipient: None,
        }),
        staff: KnownStaff {
            holds_role: true,
            trained_until: Some(NOW + Duration::DAY),
            subject_in_verification: true,
            given_fields: true,
        },
        ..known(KnownMinor {
            by_guardian: true,
            approval,
            ..consented(false)
        })
    };
    let basis = LegalBasis::Separate {
        consent: EVENT,
        recipient: None,
    };
    let decide = |known| ask(basis.clone(), PHONE).decide(&ctx::<Certify>(staff), known);
    assert_eq!(decide(of(None)).err(), Some(Denied::Approval));
    let approved = decide(of(Some(EVENT))).expect("decided");
    assert_eq!(approved.record().approval, Some(EVENT), "the record names it");
    // The approval is besides what staff need in any case.
    let untrained = Known {
        staff: KnownStaff::default(),
        ..of(Some(EVENT))
    };
    assert_eq!(decide(untrained).err(), Some(Denied::StaffTraining));
}

#[test]
fn clause_2_7_b_a_guardian_opens_what_a_child_of_fourteen_has_and_of_older_ones_their_own_receipts() {
    const NUMBER: &[&str] = &["guardianship.phone"];
    const RECEIPT: &[&str] = &["log_entry.opening"];
    const MIXED: &[&str] = &["guardianship.phone", "account.phone"];
    let guardian = |guarding, child, fields| {
        let minor = KnownMinor {
            guarding,
            ..consented(child)
        };
        ask(LegalBasis::LegalDuty("PIPL 31"), fields)
            .decide(&ctx::<ShowOwn>(person(2)), known(minor))
            .err()
    };
    for (guarding, child, fields, denied) in [
        (Guarding::No, true, PHONE, true),
        (Guarding::No, true, NUMBER, true),
        (Guarding::Proven, true, NUMBER, false),
        (Guarding::Proven, true, PHONE, true),
        (Guarding::Proven, true, MIXED, true),
        (Guarding::Active, true, PHONE, false),
        (Guarding::Active, false, PHONE, true),
        (Guarding::Active, false, MIXED, true),
        (Guarding::Active, false, RECEIPT, false),
        (Guarding::Active, false, NUMBER, false),
    ] {
        let expected = denied.then_some(Denied::NotOwn);
        assert_eq!(
            guardian(guarding, child, fields),
            expected,
            "{guarding:?} {child} {fields:?}"
        );
    }
    // To see, and for nothing else.
    let minor = KnownMinor {
        guarding: Guarding::Active,
        ..consented(true)
    };
    let keep = ask(LegalBasis::Contract, PHONE).decide(&ctx::<KeepAccount>(person(2)), known(minor));
    assert_eq!(keep.err(), Some(Denied::NotOwn));
}

#[test]
fn clause_2_7_b_a_minor_s_data_leaves_on_one_of_three_grounds() {
    let sender = Recipient::Processor("sms_sender");
    let decide = |to, ground, consented| {
        let share = Share {
            subject: MINOR,
            fields: PHONE,
            to,
            purpose: PurposeId::Notify,
            ground,
            until: None,
        };
        let known = KnownShare {
            registered: true,
            in_case: true,
            version: Some("v".to_owned()),
            consent: Some(LiveConsent {
                purpose: PurposeId::Notify,
                recipient: Some("sms_sender".to_owned()),
            }),
            minor: Some(MinorShare { consented }),
            ..KnownShare::default()
        };
        share.decide(&ctx::<Notify>(person(1)), known).err()
    };
    for ground in [Ground::Entrusted, Ground::Consent(EVENT)] {
        assert_eq!(
            decide(sender, ground, false),
            Some(Denied::Guardian),
            "{ground:?}"
        );
        assert_eq!(decide(sender, ground, true), None, "{ground:?}");
    }
    for ground in [Ground::Guardian, Ground::Protection] {
        assert_eq!(decide(sender, ground, false), None, "{ground:?}");
    }
    // Never to the other side of an order, nor to colleagues, whatever a guardian says.
    for (to, ground) in [
        (Recipient::Supplier(CASE), Ground::Purchase(CASE)),
        (Recipient::Organisation(CASE), Ground::Membership(CASE)),
    ] {
        assert_eq!(decide(to, ground, true), Some(Denied::Guardian), "{ground:?}");
    }
}

#[test]
fn clause_2_7_a_a_guardian_is_written_to_by_law_when_a_minor_named_them() {
    let decide = |ground, in_case, version: Option<&str>| {
        let share = Share {
            subject: SubjectId(Uuid::from_u128(3)),
            fields: PHONE,
            to: Recipient::Processor("sms_sender"),
            purpose: PurposeId::Notify,
            ground,
            until: None,
        };
        let known = KnownShare {
            registered: true,
            in_case,
            version: version.map(str::to_owned),
            ..KnownShare::default()
        };
        // A minor acts; the number is the guardian's.
        share.decide(&ctx::<Notify>(person(1)), known)
    };
    let told = decide(Ground::Guardian, true, None).expect("decided");
    assert_eq!(
        told.disclosure().policy_version,
        "v",
        "they accepted nothing, and a law needs nothing"
    );
    assert_eq!(decide(Ground::Guardian, false, None).err(), Some(Denied::NoCase));
    assert_eq!(
        decide(Ground::Entrusted, true, Some("v")).err(),
        Some(Denied::NotOwn)
    );
    assert_eq!(
        decide(Ground::Protection, true, None).err(),
        Some(Denied::Basis),
        "who is not under age"
    );
}
