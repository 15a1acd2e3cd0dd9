//! The decision about a disclosure: each ground carries its own kind of recipient and nothing else.

use privacy::purpose::{FulfilContract, Notify};
use privacy::{
    Actor, Ctx, Denied, Ground, KnownShare, LiveConsent, Purpose, PurposeId, Recipient, Share, SubjectId,
    SystemReason,
};
use time::OffsetDateTime;
use uuid::Uuid;

const ORDER: Uuid = Uuid::from_u128(7);
const SENDER: Recipient = Recipient::Processor("sms_sender");

fn ctx<P: Purpose>(actor: Actor) -> Ctx<P> {
    Ctx::new(actor, "v2", Uuid::from_u128(3), OffsetDateTime::UNIX_EPOCH)
}

fn person(number: u128) -> Actor {
    Actor::Person {
        account: Uuid::from_u128(number + 100),
        subject: SubjectId(Uuid::from_u128(number)),
    }
}

fn share(to: Recipient, ground: Ground) -> Share {
    Share {
        subject: SubjectId(Uuid::from_u128(1)),
        fields: &["order_share.phone"],
        to,
        purpose: PurposeId::FulfilContract,
        ground,
        until: None,
    }
}

fn known() -> KnownShare {
    KnownShare {
        registered: true,
        in_case: true,
        undertaking: true,
        version: Some("v1".to_owned()),
        ..KnownShare::default()
    }
}

fn decide(share: Share, known: KnownShare) -> Option<Denied> {
    share.decide(&ctx::<FulfilContract>(person(1)), known).err()
}

#[test]
fn clause_2_4_1_0_what_is_not_a_listed_case_is_denied() {
    let supplier = Recipient::Supplier(Uuid::from_u128(9));
    let own = share(supplier, Ground::Purchase(ORDER));
    let decided = own.clone().decide(&ctx::<FulfilContract>(person(1)), known());
    let line = decided.as_ref().expect("decided").disclosure();
    assert_eq!(
        (line.policy_version.as_str(), line.fields.as_str()),
        ("v1", "order_share.phone")
    );
    for (share, denied) in [
        (share(SENDER, Ground::Purchase(ORDER)), Denied::Basis),
        (share(supplier, Ground::Entrusted), Denied::Basis),
        (share(supplier, Ground::Consent(ORDER)), Denied::Basis),
        (
            Share {
                fields: &[],
                ..own.clone()
            },
            Denied::NoField,
        ),
    ] {
        assert_eq!(decide(share, known()), Some(denied));
    }
}

#[test]
fn clause_2_4_1_4_b_a_recipient_gets_only_what_the_register_gives_it() {
    let unregistered = KnownShare {
        registered: false,
        ..known()
    };
    assert_eq!(
        decide(share(SENDER, Ground::Entrusted), unregistered),
        Some(Denied::NotARecipient)
    );
    assert_eq!(decide(share(SENDER, Ground::Entrusted), known()), None);
}

#[test]
fn clause_2_4_1_3_only_the_two_sides_of_an_order_and_only_one_s_own() {
    let supplier = Recipient::Supplier(Uuid::from_u128(9));
    let strangers = KnownShare {
        in_case: false,
        ..known()
    };
    assert_eq!(
        decide(share(supplier, Ground::Purchase(ORDER)), strangers),
        Some(Denied::NoCase)
    );
    let other = share(supplier, Ground::Purchase(ORDER)).decide(&ctx::<FulfilContract>(person(2)), known());
    assert_eq!(other.err(), Some(Denied::NotOwn));
}

#[test]
fn clause_2_4_1_5_2_b_a_supplier_without_an_undertaking_receives_nothing() {
    let unbound = KnownShare {
        undertaking: false,
        ..known()
    };
    let supplier = Recipient::Supplier(Uuid::from_u128(9));
    let own = share(supplier, Ground::Purchase(ORDER));
    assert_eq!(decide(own.clone(), unbound.clone()), Some(Denied::NoUndertaking));
    assert_eq!(decide(own, known()), None);
    // Whom the platform entrusts is bound by its contract in the register, not by an agreement of suppliers.
    assert_eq!(decide(share(SENDER, Ground::Entrusted), unbound), None);
}

#[test]
fn clause_2_4_1_2_a_consent_must_be_in_force_and_name_the_recipient() {
    let job = || ctx::<Notify>(Actor::System(SystemReason::Job));
    let asked = || Share {
        purpose: PurposeId::Notify,
        ..share(SENDER, Ground::Consent(ORDER))
    };
    let with = |purpose, recipient: &str| KnownShare {
        consent: Some(LiveConsent {
            purpose,
            recipient: Some(recipient.to_owned()),
        }),
        ..known()
    };
    assert!(
        asked()
            .decide(&job(), with(PurposeId::Notify, "sms_sender"))
            .is_ok()
    );
    for known in [
        known(),
        with(PurposeId::Notify, "another"),
        with(PurposeId::KeepAccount, "sms_sender"),
    ] {
        assert_eq!(asked().decide(&job(), known).err(), Some(Denied::NoConsent));
    }
}

#[test]
fn clause_2_4_1_4_c_a_sensitive_field_needs_a_consent_of_its_own() {
    let sensitive = KnownShare {
        sensitive: true,
        ..known()
    };
    assert_eq!(
        decide(share(SENDER, Ground::Entrusted), sensitive),
        Some(Denied::SeparateConsent)
    );
}

#[test]
fn clause_2_9_b_the_version_of_the_person_must_know_the_case() {
    let earlier = KnownShare {
        version: None,
        ..known()
    };
    assert_eq!(
        decide(share(SENDER, Ground::Entrusted), earlier),
        Some(Denied::NotInVersion)
    );
}

#[test]
fn clause_2_4_1_2_a_disclosure_stands_until_its_day_or_its_withdrawal() {
    let now = OffsetDateTime::UNIX_EPOCH;
    let later = now + time::Duration::SECOND;
    let stands = privacy::disclosure::stands;
    assert!(stands(None, None, now) && stands(Some(later), None, now));
    assert!(
        !stands(Some(now), None, now)
            && !stands(None, Some(now), now)
            && !stands(Some(later), Some(now), now)
    );
}
