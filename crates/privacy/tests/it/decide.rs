//! The decision, case by case.

use privacy::purpose::{Browse, Certify, FulfilContract, KeepSafe, Notify, ObeyLaw, ShowOwn, VerifyHolder};
use privacy::{
    Actor, Ask, Ctx, Denied, Grant as _, Known, KnownStaff, LegalBasis, LiveConsent, Purpose, PurposeId,
    Ruling, Scope, Staff, StaffReason, StaffRole, SubjectId,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

fn ctx<P: Purpose>(actor: Actor) -> Ctx<P> {
    Ctx::new(actor, "2020-11-01", Uuid::nil(), NOW)
}

fn ask(subject: u128, basis: LegalBasis) -> Ask {
    Ask {
        subject: SubjectId(Uuid::from_u128(subject)),
        fields: &["account.phone"],
        basis,
        clause: "2.6.1.a",
        case: None,
    }
}

fn registered() -> Known {
    Known {
        registered: true,
        ruling: Some(Ruling {
            version: "2019-01-01".to_owned(),
            states: true,
        }),
        ..Known::default()
    }
}

fn person(subject: u128) -> Actor {
    Actor::Person {
        account: Uuid::from_u128(9),
        subject: SubjectId(Uuid::from_u128(subject)),
    }
}

fn denied<P: Purpose>(ask: Ask, actor: Actor, known: Known) -> Option<Denied> {
    ask.decide(&ctx::<P>(actor), known).err()
}

#[test]
fn clause_2_2_6_a_a_basis_that_cannot_carry_the_purpose_is_denied() {
    let denied = ask(1, LegalBasis::Emergency)
        .decide(&ctx::<ShowOwn>(person(1)), registered())
        .err();
    assert_eq!(denied, Some(Denied::Basis));
}

#[test]
fn clause_2_5_1_e_a_person_opens_only_their_own() {
    let denied = ask(1, LegalBasis::Contract)
        .decide(&ctx::<ShowOwn>(person(2)), registered())
        .err();
    assert_eq!(denied, Some(Denied::NotOwn));
    assert!(
        ask(1, LegalBasis::Contract)
            .decide(&ctx::<ShowOwn>(person(1)), registered())
            .is_ok()
    );
}

#[test]
fn clause_1_6_a_party_s_copy_opens_for_who_is_of_that_party_and_of_that_order() {
    let case = Ask {
        case: Some(Uuid::from_u128(7)),
        ..ask(1, LegalBasis::Contract)
    };
    let own = Known {
        actor_in_case: true,
        own_party: true,
        ..registered()
    };
    let decide = |ask: &Ask, known: &Known| denied::<FulfilContract>(ask.clone(), person(2), known.clone());
    assert_eq!(decide(&case, &own), None);
    let none = ask(1, LegalBasis::Contract);
    assert_eq!(decide(&none, &own), Some(Denied::NoCase));
    for (actor_in_case, own_party) in [(false, true), (true, false)] {
        let known = Known {
            actor_in_case,
            own_party,
            ..own.clone()
        };
        assert_eq!(decide(&case, &known), Some(Denied::NoCase));
    }
    assert_eq!(denied::<ShowOwn>(case, person(2), own), Some(Denied::NotOwn));
}

#[test]
fn clause_2_4_1_3_another_person_s_data_opens_only_within_an_order_of_both() {
    let case = Ask {
        case: Some(Uuid::from_u128(7)),
        ..ask(1, LegalBasis::Contract)
    };
    let both = Known {
        actor_in_case: true,
        subject_in_case: true,
        disclosed: true,
        ..registered()
    };
    let decide = |ask: Ask, known: Known| ask.decide(&ctx::<FulfilContract>(person(2)), known).err();
    assert_eq!(decide(case.clone(), both.clone()), None);
    let undisclosed = Known {
        disclosed: false,
        ..both.clone()
    };
    assert_eq!(decide(case.clone(), undisclosed), Some(Denied::NotDisclosed));
    assert_eq!(
        decide(ask(1, LegalBasis::Contract), both),
        Some(Denied::NoCase),
        "no order is named"
    );
    for (actor_in_case, subject_in_case) in [(true, false), (false, true), (false, false)] {
        let known = Known {
            actor_in_case,
            subject_in_case,
            ..registered()
        };
        assert_eq!(decide(case.clone(), known), Some(Denied::NoCase));
    }
    let own = ask(2, LegalBasis::Contract).decide(&ctx::<FulfilContract>(person(2)), registered());
    assert!(own.is_ok(), "one's own needs no order");
}

#[test]
fn clause_2_2_6_b_a_field_not_given_to_the_purpose_is_denied() {
    let denied = ask(1, LegalBasis::Contract)
        .decide(&ctx::<ShowOwn>(person(1)), Known::default())
        .err();
    assert_eq!(denied, Some(Denied::NotRegistered));
}

#[test]
fn clause_2_1_1_c_a_visitor_opens_nothing() {
    let denied = ask(1, LegalBasis::LawfulPublication)
        .decide(&ctx::<Browse>(Actor::Visitor), registered())
        .err();
    assert_eq!(denied, Some(Denied::Visitor));
}

#[test]
fn a_permit_covers_only_what_it_names() {
    let scope = Scope::default();
    let decided = ask(1, LegalBasis::Contract).decide(&ctx::<ShowOwn>(person(1)), registered());
    let permit = decided.expect("decided").after_recording(&scope);
    let subject = SubjectId(Uuid::from_u128(1));
    assert!(permit.covers(subject, "account", "phone"));
    assert!(!permit.covers(subject, "account", "name"));
    assert!(!permit.covers(SubjectId(Uuid::from_u128(2)), "account", "phone"));
    assert!(permit.within(&scope) && !permit.within(&Scope::default()));
}

#[test]
fn clause_2_9_b_the_version_a_person_accepted_rules_and_is_recorded() {
    let without = |ruling| Known {
        ruling,
        ..registered()
    };
    let contract = ask(1, LegalBasis::Contract);
    let silent = Ruling {
        version: "2019-01-01".to_owned(),
        states: false,
    };
    assert_eq!(
        denied::<ShowOwn>(contract.clone(), person(1), without(Some(silent.clone()))),
        Some(Denied::NotInVersion)
    );
    assert_eq!(
        denied::<ShowOwn>(contract.clone(), person(1), without(None)),
        Some(Denied::NotAccepted)
    );
    let record = |basis, known| {
        let decided = ask(1, basis).decide(&ctx::<ShowOwn>(person(1)), known);
        decided.expect("decided").record().policy_version.clone()
    };
    assert_eq!(record(LegalBasis::Contract, registered()), "2019-01-01");
    // What the law gives a person does not hang on what they accepted.
    let duty = LegalBasis::LegalDuty("PIPL 45");
    assert_eq!(record(duty.clone(), without(None)), "2020-11-01");
    assert_eq!(record(duty, without(Some(silent))), "2019-01-01");
}

#[test]
fn clause_1_4_a_sensitive_field_needs_separate_consent_or_a_legal_duty() {
    let known = Known {
        sensitive: true,
        ..registered()
    };
    let decide = |basis| denied::<ShowOwn>(ask(1, basis), person(1), known.clone());
    assert_eq!(decide(LegalBasis::Contract), Some(Denied::SeparateConsent));
    assert_eq!(decide(LegalBasis::LegalDuty("PIPL 45")), None);
    let consent = Uuid::from_u128(3);
    let live = Known {
        consent: Some(LiveConsent {
            purpose: PurposeId::Notify,
            recipient: None,
        }),
        ..known.clone()
    };
    let notify = |basis| denied::<Notify>(ask(1, basis), person(1), live.clone());
    assert_eq!(
        notify(LegalBasis::Consent(consent)),
        Some(Denied::SeparateConsent)
    );
    let separate = LegalBasis::Separate {
        consent,
        recipient: None,
    };
    assert_eq!(notify(separate), None);
}

#[test]
fn clause_2_1_1_g_a_consent_carries_only_its_own_purpose_and_recipient() {
    let consent = Uuid::from_u128(3);
    let for_sender = LegalBasis::Separate {
        consent,
        recipient: Some("sms_sender"),
    };
    let known = |purpose, recipient: Option<&str>| Known {
        consent: Some(LiveConsent {
            purpose,
            recipient: recipient.map(str::to_owned),
        }),
        ..registered()
    };
    let decide = |basis: &LegalBasis, known| denied::<Notify>(ask(1, basis.clone()), person(1), known);
    assert_eq!(
        decide(&for_sender, known(PurposeId::Notify, Some("sms_sender"))),
        None
    );
    for wrong in [
        known(PurposeId::Notify, Some("someone_else")),
        known(PurposeId::Notify, None),
        known(PurposeId::KeepAccount, Some("sms_sender")),
        registered(),
    ] {
        assert_eq!(decide(&for_sender, wrong), Some(Denied::NoConsent));
    }
    let platform = LegalBasis::Consent(consent);
    assert_eq!(decide(&platform, known(PurposeId::Notify, None)), None);
    assert_eq!(
        decide(&platform, known(PurposeId::Notify, Some("sms_sender"))),
        Some(Denied::NoConsent)
    );
}

const CASE: Uuid = Uuid::from_u128(7);

fn staff() -> Staff {
    Staff {
        account: Uuid::from_u128(9),
        role: StaffRole::Mediator,
        case: Some(CASE),
        reason: Some(StaffReason::Dispute),
    }
}

fn known_staff() -> KnownStaff {
    KnownStaff {
        holds_role: true,
        trained_until: Some(NOW + Duration::seconds(1)),
        subject_in_verification: false,
        given_fields: true,
    }
}

fn staff_denied<P: Purpose>(staff: Staff, case: Option<Uuid>, subject_in_case: bool) -> Option<Denied> {
    staff_known::<P>(staff, case, subject_in_case, known_staff())
}

fn staff_known<P: Purpose>(
    staff: Staff,
    case: Option<Uuid>,
    subject_in_case: bool,
    known: KnownStaff,
) -> Option<Denied> {
    let known = Known {
        subject_in_case,
        staff: known,
        consent: Some(LiveConsent {
            purpose: PurposeId::Certify,
            recipient: None,
        }),
        ..registered()
    };
    let basis = if P::ID.bases().contains(&LegalBasis::Contract.kind()) {
        LegalBasis::Contract
    } else if P::ID == PurposeId::Certify {
        LegalBasis::Separate {
            consent: Uuid::from_u128(3),
            recipient: None,
        }
    } else {
        LegalBasis::LegalDuty("ECL 25")
    };
    let ask = Ask {
        case,
        ..ask(1, basis)
    };
    denied::<P>(ask, Actor::Staff(staff), known)
}

#[test]
fn clause_2_5_1_f_staff_open_nothing_once_their_training_ran_out() {
    let with = |trained_until| {
        let known = KnownStaff {
            trained_until,
            ..known_staff()
        };
        staff_known::<FulfilContract>(staff(), Some(CASE), true, known)
    };
    assert_eq!(with(Some(NOW + Duration::seconds(1))), None);
    assert_eq!(with(Some(NOW)), Some(Denied::StaffTraining), "to the instant");
    assert_eq!(with(None), Some(Denied::StaffTraining), "never trained");
}

#[test]
fn clause_2_5_1_e_staff_open_no_field_that_the_register_does_not_give_their_role() {
    let known = KnownStaff {
        given_fields: false,
        ..known_staff()
    };
    let denied = staff_known::<FulfilContract>(staff(), Some(CASE), true, known);
    assert_eq!(denied, Some(Denied::StaffField));
}

#[test]
fn clause_2_5_1_e_staff_need_a_case_a_reason_and_a_role_for_the_purpose() {
    let decide = staff_denied::<FulfilContract>;
    assert_eq!(decide(staff(), Some(CASE), true), None);
    let idle = Staff {
        case: None,
        ..staff()
    };
    assert_eq!(decide(idle, Some(CASE), true), Some(Denied::NoCase));
    assert_eq!(decide(staff(), None, true), Some(Denied::NoCase));
    assert_eq!(
        decide(staff(), Some(Uuid::from_u128(8)), true),
        Some(Denied::NoCase),
        "another case than theirs"
    );
    assert_eq!(
        decide(staff(), Some(CASE), false),
        Some(Denied::NoCase),
        "a person who is no part of it"
    );
    let silent = Staff {
        reason: None,
        ..staff()
    };
    assert_eq!(decide(silent, Some(CASE), true), Some(Denied::StaffReason));
}

#[test]
fn clause_2_5_1_e_each_role_works_for_its_purposes_only() {
    for role in StaffRole::ALL {
        let staff = Staff {
            role: *role,
            reason: role.reasons().first().copied(),
            ..staff()
        };
        let answers = [
            (
                PurposeId::FulfilContract,
                staff_denied::<FulfilContract>(staff, Some(CASE), true),
            ),
            (
                PurposeId::VerifyHolder,
                staff_denied::<VerifyHolder>(staff, Some(CASE), true),
            ),
            (
                PurposeId::KeepSafe,
                staff_denied::<KeepSafe>(staff, Some(CASE), true),
            ),
            (
                PurposeId::ObeyLaw,
                staff_denied::<ObeyLaw>(staff, Some(CASE), true),
            ),
            (
                PurposeId::ShowOwn,
                staff_denied::<ShowOwn>(staff, Some(CASE), true),
            ),
            (PurposeId::Notify, staff_denied::<Notify>(staff, Some(CASE), true)),
        ];
        for (purpose, denied) in answers {
            let expected = (!role.purposes().contains(&purpose)).then_some(Denied::StaffRole);
            assert_eq!(denied, expected, "{role:?} {purpose:?}");
        }
    }
    assert!(
        !StaffRole::ALL
            .iter()
            .any(|role| role.purposes().contains(&PurposeId::ShowOwn))
    );
}

#[test]
fn clause_2_5_1_e_a_role_that_is_not_held_and_a_reason_of_another_role_open_nothing() {
    let gone = KnownStaff {
        holds_role: false,
        ..known_staff()
    };
    let decide = |staff, known| staff_known::<FulfilContract>(staff, Some(CASE), true, known);
    assert_eq!(decide(staff(), gone), Some(Denied::StaffRole));
    for reason in StaffReason::ALL {
        let asks = Staff {
            reason: Some(*reason),
            ..staff()
        };
        let expected = (*reason != StaffReason::Dispute).then_some(Denied::StaffReason);
        assert_eq!(decide(asks, known_staff()), expected, "{reason:?}");
        assert_eq!(StaffReason::parse(reason.as_str()), Some(*reason));
    }
}

#[test]
fn clause_2_5_1_e_a_verification_is_the_case_of_a_verifier_and_an_order_is_not() {
    let verifier = Staff {
        role: StaffRole::Verifier,
        reason: Some(StaffReason::Review),
        ..staff()
    };
    let decide = |in_order, in_verification| {
        let known = KnownStaff {
            subject_in_verification: in_verification,
            ..known_staff()
        };
        (
            staff_known::<Certify>(verifier, Some(CASE), in_order, known),
            staff_known::<FulfilContract>(staff(), Some(CASE), in_order, known),
        )
    };
    assert_eq!(decide(false, true), (None, Some(Denied::NoCase)));
    assert_eq!(decide(true, false), (Some(Denied::NoCase), None));
}

#[test]
fn clause_2_5_1_e_the_record_of_staff_says_role_account_and_reason() {
    let known = Known {
        subject_in_case: true,
        staff: known_staff(),
        ..registered()
    };
    let ask = Ask {
        case: Some(CASE),
        ..ask(1, LegalBasis::Contract)
    };
    let decided = ask.decide(&ctx::<FulfilContract>(Actor::Staff(staff())), known);
    let decided = decided.expect("decided");
    let record = decided.record();
    assert_eq!(record.actor_kind, "staff:mediator");
    assert_eq!(record.actor_account, Some(Uuid::from_u128(9)));
    assert_eq!((record.case, record.reason), (Some(CASE), Some("dispute")));
}
