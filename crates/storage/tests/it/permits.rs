//! What a permit rests on: the transaction, the register, the version a person accepted, a consent.

use std::sync::Arc;

use domain::staff::Role;
use policy::{Archive, Version};
use privacy::bulk::BulkAsk;
use privacy::consent::{ConsentEvent, ConsentState};
use privacy::purpose::{FulfilContract, KeepAccount, Notify, ShowOwn};
use privacy::{
    Actor, Ask, Clock as _, Ctx, Denied, Entropy as _, FieldRef, LegalBasis, Personal, PurposeId, SealError,
    Sealed, Sensitive, Staff, StaffReason, StaffRole, SubjectId,
};
use storage::staff::{NewStaff, Setup};
use storage::{StoreError, access, account, consent};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use super::accounts::{accept, ask, event, register, unasked};

const PURPOSES: &str = include_str!("../../../../policy/2020-11-01/purposes.toml");

/// The shipped version, and before it one that does not know the purpose `notify`.
fn two_versions() -> Arc<Archive> {
    let version = |id: &str, purposes: &str| {
        let text = include_str!("../../../../policy/2020-11-01/version.toml").replace("2020-11-01", id);
        Version::parse(
            &text.replace("2020-10-25", "2018-01-01"),
            include_str!("../../../../policy/2020-11-01/clauses.toml"),
            "",
            "",
        )
        .and_then(|version| version.stating(purposes))
        .expect("a version")
    };
    let mut archive = Archive::default();
    let earlier = PURPOSES.replace("id = \"notify\"", "id = \"something_else\"");
    for version in [version("2019-01-01", &earlier), version("2020-11-01", PURPOSES)] {
        archive.publish(version).expect("published");
    }
    Arc::new(archive)
}

fn notify(subject: SubjectId, basis: LegalBasis) -> Ask {
    Ask {
        basis,
        clause: "2.2.1",
        ..ask(subject)
    }
}

/// A consent to be told something, given now.
fn offer(test: &TestStore, subject: SubjectId, state: ConsentState) -> ConsentEvent {
    ConsentEvent {
        state,
        purpose: Some(PurposeId::Notify),
        recipient: Some("sms_sender".to_owned()),
        expires_at: Some(test.clock.now() + Duration::days(30)),
        ..event(test, subject, "progress_sms", "2020-11-01")
    }
}

const fn on(consent: Uuid) -> LegalBasis {
    LegalBasis::Separate {
        consent,
        recipient: Some("sms_sender"),
    }
}

async fn denied(test: &TestStore, ask: Ask) -> Option<Denied> {
    let ctx = test.system::<Notify>();
    let tx = test.store.begin(&ctx).await.expect("begin");
    match tx.permit(ask).await {
        Ok(_) => None,
        Err(StoreError::Denied(denied)) => Some(denied),
        Err(error) => panic!("{error}"),
    }
}

/// Somebody who works here.
async fn colleague(test: &TestStore, id: Uuid, roles: &[Role]) {
    let subject = SubjectId(test.entropy.id());
    test.store.create_key(subject).await.expect("key");
    let ctx = test.system::<KeepAccount>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let new = NewStaff {
        id,
        subject,
        identifier: "arbiter-1",
        roles,
    };
    let setup = Setup {
        secret: &Personal::received("MZXW6".to_owned()),
        digest: vec![1],
        until: ctx.now(),
    };
    assert!(
        storage::staff::insert(&mut tx, &new, setup)
            .await
            .expect("inserted")
    );
    tx.commit().await.expect("commit");
}

/// Their training, valid until then.
async fn train(test: &TestStore, id: Uuid, until: time::OffsetDateTime) {
    let ctx = test.system::<KeepAccount>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let when = (ctx.now(), Some(until));
    storage::staff::training::record(&mut tx, id, "course", (8, 8), when)
        .await
        .expect("recorded");
    tx.commit().await.expect("commit");
}

/// Where the guard's one personal field opens: for its person, and for the guard itself. Asked of every
/// purpose under every clause that the register knows, of every role and every recipient.
#[test]
fn clause_2_2_3_a_what_the_guard_keeps_opens_for_no_other_purpose_role_or_recipient() {
    let field = "guard_decision.origin";
    let all = storage::register::columns().expect("the register");
    let clauses: std::collections::BTreeSet<&str> = all
        .iter()
        .flat_map(|column| column.clauses.iter().map(String::as_str))
        .collect();
    let mut opens = Vec::new();
    for purpose in PurposeId::ALL {
        for clause in &clauses {
            if storage::register::allows(field, purpose.as_str(), clause) {
                opens.push((purpose.as_str(), *clause));
            }
        }
    }
    assert_eq!(
        opens,
        [
            ("show_own", "2.6.1.a"),
            ("show_own", "2.6.1.h"),
            ("keep_safe", "2.2.3.d")
        ]
    );
    for role in StaffRole::ALL {
        assert!(
            !storage::register::staff_sees(&[field], role.registered()),
            "{role:?}"
        );
    }
    for recipient in storage::recipient::known_recipients() {
        assert!(
            !storage::register::gives(field, &recipient.id),
            "{}",
            recipient.id
        );
    }
    // Neither does anything else that the guard keeps serve another purpose, or leave.
    for column in all.iter().filter(|column| column.table.starts_with("guard_")) {
        assert!(
            column.recipients.is_empty() && column.staff.is_empty(),
            "{}.{}",
            column.table,
            column.name
        );
        let own = |purpose: &String| ["keep_safe", "show_own"].contains(&purpose.as_str());
        assert!(
            column.purposes.iter().all(own),
            "{}.{}",
            column.table,
            column.name
        );
    }
    let sightings = all.iter().filter(|column| column.table == "guard_sighting");
    assert!(
        sightings
            .clone()
            .all(|column| column.purposes == ["keep_safe"] && !column.export)
    );
    assert!(sightings.count() == 8);
}

both_dbs! {
    clause_2_9_b_a_purpose_of_a_later_version_waits_for_the_person_s_acceptance(test) {
        let store = test.store.clone().under(two_versions());
        let (_, subject) = unasked(test).await;
        let ctx = test.system::<Notify>();
        let contract = || notify(subject, LegalBasis::Contract);
        let tx = store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(contract()).await, Err(StoreError::Denied(Denied::NotAccepted))));
        drop(tx);
        accept(test, event(test, subject, "policy", "2019-01-01")).await;
        let tx = store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(contract()).await, Err(StoreError::Denied(Denied::NotInVersion))));
        drop(tx);
        test.clock.advance(Duration::seconds(1));
        // A later version they refuse does not rule them.
        accept(test, ConsentEvent { state: ConsentState::Refused, ..event(test, subject, "policy", "2020-11-01") }).await;
        let tx = store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(contract()).await, Err(StoreError::Denied(Denied::NotInVersion))));
        drop(tx);
        test.clock.advance(Duration::seconds(1));
        accept(test, event(test, subject, "policy", "2020-11-01")).await;
        let tx = store.begin(&ctx).await.expect("begin");
        assert!(tx.permit(contract()).await.is_ok());
        drop(tx);
        test.clock.advance(Duration::seconds(1));
        accept(test, ConsentEvent { state: ConsentState::Withdrawn, ..event(test, subject, "policy", "2020-11-01") }).await;
        let tx = store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(contract()).await, Err(StoreError::Denied(Denied::NotAccepted))));
    }

    clause_2_9_b_a_version_that_is_not_published_rules_nobody(test) {
        let (_, subject) = unasked(test).await;
        accept(test, event(test, subject, "policy", "1999-01-01")).await;
        assert_eq!(denied(test, notify(subject, LegalBasis::Contract)).await, Some(Denied::NotInVersion));
    }

    clause_2_1_1_g_a_withdrawn_consent_carries_nothing_from_the_next_request_on(test) {
        let (_, subject) = register(test).await;
        let given = offer(test, subject, ConsentState::Given);
        let ask = || notify(subject, on(given.id));
        assert_eq!(denied(test, ask()).await, Some(Denied::NoConsent), "never given");
        accept(test, given.clone()).await;
        assert_eq!(denied(test, ask()).await, None);
        assert_eq!(denied(test, notify(subject, LegalBasis::Consent(given.id))).await, Some(Denied::NoConsent), "given for a recipient");
        // At the very instant, and all the more later.
        accept(test, offer(test, subject, ConsentState::Withdrawn)).await;
        assert_eq!(denied(test, ask()).await, Some(Denied::NoConsent));
        test.clock.advance(Duration::seconds(1));
        let again = offer(test, subject, ConsentState::Given);
        accept(test, again.clone()).await;
        assert_eq!(denied(test, ask()).await, Some(Denied::NoConsent), "the old consent stays withdrawn");
        assert_eq!(denied(test, notify(subject, on(again.id))).await, None);
    }

    clause_2_1_1_g_a_consent_ends_on_its_day_and_serves_nobody_else(test) {
        let (_, subject) = register(test).await;
        let given = offer(test, subject, ConsentState::Given);
        accept(test, given.clone()).await;
        let other = SubjectId(test.entropy.id());
        accept(test, event(test, other, "policy", "2020-11-01")).await;
        assert_eq!(denied(test, notify(other, on(given.id))).await, Some(Denied::NoConsent));
        let refused = offer(test, other, ConsentState::Refused);
        accept(test, refused.clone()).await;
        assert_eq!(denied(test, notify(other, on(refused.id))).await, Some(Denied::NoConsent));
        test.clock.advance(Duration::days(30) - Duration::seconds(1));
        assert_eq!(denied(test, notify(subject, on(given.id))).await, None);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(denied(test, notify(subject, on(given.id))).await, Some(Denied::NoConsent), "to the instant");
    }

    clause_2_2_6_a_the_acceptance_of_a_document_is_no_consent_to_a_purpose(test) {
        let (_, subject) = unasked(test).await;
        let accepted = event(test, subject, "policy", "2020-11-01");
        accept(test, accepted.clone()).await;
        assert_eq!(denied(test, notify(subject, LegalBasis::Consent(accepted.id))).await, Some(Denied::NoConsent));
    }

    clause_2_5_1_e_a_permit_opens_nothing_in_another_transaction(test) {
        let (id, subject) = register(test).await;
        let ctx = test.person::<ShowOwn>(id, subject);
        // PostgreSQL runs both at once; SQLite has one writer, so that the other is a copy's.
        let twin = TestStore::open(test.store.engine()).await;
        let mut other = twin.store.begin(&ctx).await.expect("begin");
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let row = account::by_id(&mut tx, id).await.expect("read").expect("account");
        let permit = tx.permit(ask(subject)).await.expect("permit");
        let place = account::field("phone", id, subject);
        assert!(tx.open(&permit, &place, &row.phone).await.is_ok());
        twin.store.create_key(subject).await.expect("key");
        let refused = other.open(&permit, &place, &row.phone).await;
        assert!(matches!(refused, Err(StoreError::Seal(SealError::OtherTransaction))));
        assert!(access::latest(&mut other, subject, 10).await.expect("records").is_empty());
        drop((tx, other));
        twin.close().await;
    }

    clause_2_5_1_e_nothing_opens_without_its_record(test) {
        let (id, subject) = register(test).await;
        let ctx = test.person::<ShowOwn>(id, subject);
        test.tamper("DROP TABLE access_record").await;
        let tx = test.store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(ask(subject)).await, Err(StoreError::Engine(_))));
    }

    clause_2_1_2_3_nothing_personal_is_sealed_outside_the_register(test) {
        let (id, subject) = register(test).await;
        let ctx = test.system::<KeepAccount>();
        let tx = test.store.begin(&ctx).await.expect("begin");
        let (value, number) = (Personal::received("x".to_owned()), Sensitive::received("x".to_owned()));
        let place = |table, column| FieldRef { table, column, row: id, subject };
        assert!(tx.seal(&place("account", "phone"), &value).await.is_ok());
        for (table, column) in [("account", "shoe_size"), ("shoe", "phone"), ("account", "password_hash")] {
            let refused = tx.seal(&place(table, column), &value).await;
            assert!(matches!(refused, Err(StoreError::NotRegistered)), "{table}.{column}");
        }
        // A sensitive value does not go where the register promises a personal one.
        let refused = tx.seal_sensitive(&place("account", "phone"), &number).await;
        assert!(matches!(refused, Err(StoreError::NotRegistered)));
        let _: Sealed<String> = tx.seal(&place("session", "device"), &value).await.expect("sealed");
    }

    clause_2_5_1_f_training_and_roles_of_staff_are_looked_up_for_each_permit(test) {
        let (_, subject) = register(test).await;
        let id = test.entropy.id();
        let staff = Staff {
            account: id,
            role: StaffRole::Mediator,
            case: Some(test.entropy.id()),
            reason: Some(StaffReason::Dispute),
        };
        let decide = async |staff: Staff, case| {
            let ctx = Ctx::<FulfilContract>::new(Actor::Staff(staff), "2020-11-01", test.entropy.id(), test.clock.now());
            let tx = test.store.begin(&ctx).await.expect("begin");
            let ask = Ask { fields: &["order_event.note"], clause: "2.2.1", case, ..ask(subject) };
            match tx.permit(ask).await {
                Err(StoreError::Denied(denied)) => denied,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(decide(staff, staff.case).await, Denied::StaffTraining, "nobody who works here");
        colleague(test, id, &[Role::Arbiter]).await;
        assert_eq!(decide(staff, staff.case).await, Denied::StaffTraining, "never trained");
        let until = test.clock.now() + Duration::days(1);
        train(test, id, until).await;
        // An order that the person has no part in.
        assert_eq!(decide(staff, staff.case).await, Denied::NoCase);
        let other = Staff { role: StaffRole::PrivacyOfficer, reason: Some(StaffReason::Authority), ..staff };
        assert_eq!(decide(other, other.case).await, Denied::StaffRole, "a role they do not have");
        test.clock.advance(Duration::days(1) - Duration::SECOND);
        assert_eq!(decide(staff, staff.case).await, Denied::NoCase);
        test.clock.advance(Duration::SECOND);
        assert_eq!(decide(staff, staff.case).await, Denied::StaffTraining, "to the instant");
        train(test, id, test.clock.now() + Duration::days(1)).await;
        assert_eq!(decide(staff, staff.case).await, Denied::NoCase);
        let ctx = test.system::<KeepAccount>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(storage::staff::set_roles(&mut tx, id, &[Role::Finance]).await.expect("changed"));
        tx.commit().await.expect("commit");
        assert_eq!(decide(staff, staff.case).await, Denied::StaffRole, "the role was taken away");
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(storage::staff::end(&mut tx, id).await.expect("ended"));
        tx.commit().await.expect("commit");
        assert_eq!(decide(staff, staff.case).await, Denied::StaffTraining, "works here no longer");
    }

    clause_2_5_1_e_a_thousand_values_are_one_record_and_a_few_statements(test) {
        let mut people = Vec::new();
        {
            let ctx = test.system::<KeepAccount>();
            let mut rows = Vec::new();
            for _ in 0..1_000 {
                let subject = SubjectId(test.entropy.id());
                test.store.create_key(subject).await.expect("key");
                rows.push(subject);
            }
            let mut tx = test.store.begin(&ctx).await.expect("begin");
            for subject in rows {
                consent::append(&mut tx, &event(test, subject, "policy", "2020-11-01")).await.expect("append");
                let place = account::field("phone", subject.0, subject);
                people.push((subject, tx.seal(&place, &Personal::received(subject.0.to_string())).await.expect("sealed")));
            }
            tx.commit().await.expect("commit");
        }
        let subjects: Vec<_> = people.iter().map(|(subject, _)| *subject).collect();
        let ctx = test.system::<Notify>();
        let tx = test.store.begin(&ctx).await.expect("begin");
        let ask = BulkAsk { subjects: &subjects, fields: &["account.phone"], basis: LegalBasis::Contract, clause: "2.2.1" };
        let permit = tx.permit_many(ask).await.expect("permit");
        for (subject, sealed) in &people {
            let opened = tx.open(&permit, &account::field("phone", subject.0, *subject), sealed).await.expect("open");
            assert_eq!(opened.inside(), subject.0.to_string());
        }
        // Two looks at the policy's versions, one record, two lists of members, two looks at keys.
        assert_eq!(tx.statements().await, 7);
        assert!(tx.open(&permit, &account::field("name", subjects[0].0, subjects[0]), &people[0].1).await.is_err());
        tx.commit().await.expect("commit");
        // Each of them finds it, and learns of how many it was.
        for subject in [subjects[0], subjects[499], subjects[500], subjects[999]] {
            let ctx = test.person::<ShowOwn>(test.entropy.id(), subject);
            let mut tx = test.store.begin(&ctx).await.expect("begin");
            let seen = access::latest(&mut tx, subject, 10).await.expect("records");
            assert_eq!(seen.len(), 1);
            assert_eq!((seen[0].fields.as_str(), seen[0].clause.as_str(), seen[0].people), ("account.phone", "2.2.1", 1_000));
        }
    }

    clause_2_9_b_of_many_only_those_are_opened_whom_their_version_allows(test) {
        let store = test.store.clone().under(two_versions());
        let [old, new, none] = [0; 3].map(|_: i32| SubjectId(test.entropy.id()));
        accept(test, event(test, old, "policy", "2019-01-01")).await;
        accept(test, event(test, new, "policy", "2019-01-01")).await;
        test.clock.advance(Duration::seconds(1));
        accept(test, event(test, new, "policy", "2020-11-01")).await;
        let ctx = test.system::<Notify>();
        let tx = store.begin(&ctx).await.expect("begin");
        let subjects = [old, new, none];
        let ask = BulkAsk { subjects: &subjects, fields: &["account.phone"], basis: LegalBasis::Contract, clause: "2.2.1" };
        let permit = tx.permit_many(ask).await.expect("permit");
        assert_eq!(permit.subjects(), [new]);
    }
}
