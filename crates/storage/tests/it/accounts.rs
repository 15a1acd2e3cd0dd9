//! Accounts, sessions, codes, consent and access records.

use privacy::consent::{ConsentEvent, ConsentState, Origin};
use privacy::purpose::{KeepAccount, ShowOwn};
use privacy::{Ask, Clock as _, Denied, Entropy, LegalBasis, Personal, SubjectId};
use storage::account::session::{self, NewSession};
use storage::account::token::{self, NewToken};
use storage::account::{self, NewAccount, code};
use storage::{StoreError, access, consent};
use testkit::{TestStore, both_dbs_and_suites};
use time::Duration;
use uuid::Uuid;

pub const PHONE: &str = "10000000001";

/// An event about a whole document.
pub fn event(test: &TestStore, subject: SubjectId, document: &str, version: &str) -> ConsentEvent {
    ConsentEvent {
        id: test.entropy.id(),
        subject,
        document: document.to_owned(),
        version: version.to_owned(),
        text_hash: "00".to_owned(),
        lang: "zh".to_owned(),
        state: ConsentState::Given,
        purpose: None,
        recipient: None,
        expires_at: None,
        origin: Origin::Act,
        at: test.clock.now(),
    }
}

/// A person with an account, who accepted the policy.
pub async fn register(test: &TestStore) -> (Uuid, SubjectId) {
    let (id, subject) = unasked(test).await;
    accept(test, event(test, subject, "policy", "2020-11-01")).await;
    (id, subject)
}

/// Appends a consent event, of a person who gets a key if there is none.
pub async fn accept(test: &TestStore, event: ConsentEvent) {
    test.store.create_key(event.subject).await.expect("key");
    let ctx = test.system::<KeepAccount>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    consent::append(&mut tx, &event).await.expect("append");
    tx.commit().await.expect("commit");
}

/// A person of a name and phone, who accepted the policy.
pub async fn register_as(test: &TestStore, name: &str, phone: &str) -> (Uuid, SubjectId) {
    let (id, subject) = unasked_as(test, name, phone).await;
    accept(test, event(test, subject, "policy", "2020-11-01")).await;
    (id, subject)
}

/// A person with an account, who accepted nothing.
pub async fn unasked(test: &TestStore) -> (Uuid, SubjectId) {
    unasked_as(test, "lin", PHONE).await
}

async fn unasked_as(test: &TestStore, name: &str, phone: &str) -> (Uuid, SubjectId) {
    let (id, subject) = (test.entropy.id(), SubjectId(test.entropy.id()));
    test.store.create_key(subject).await.expect("key");
    let ctx = test.system::<KeepAccount>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let (name, phone) = (
        Personal::received(name.to_owned()),
        Personal::received(phone.to_owned()),
    );
    let new = NewAccount {
        id,
        subject,
        name: &name,
        phone: &phone,
        password_hash: "hash".to_owned(),
    };
    let phone_digest = test.store.blind_index(account::PHONE, &phone);
    let name_digest = test.store.blind_index(account::NAME, &name);
    account::insert(&mut tx, &new, phone_digest, name_digest)
        .await
        .expect("insert");
    tx.commit().await.expect("commit");
    (id, subject)
}

pub const fn ask(subject: SubjectId) -> Ask {
    Ask {
        subject,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: "2.6.1.a",
        case: None,
    }
}

both_dbs_and_suites! {
    clause_2_5_1_e_each_opening_is_recorded_and_shown_to_its_person(test) {
        let (id, subject) = register(test).await;
        let ctx = test.person::<ShowOwn>(id, subject);
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let row = account::by_id(&mut tx, id).await.expect("read").expect("account");
        let permit = tx.permit(ask(subject)).await.expect("permit");
        let phone = tx.open(&permit, &account::field("phone", id, subject), &row.phone).await.expect("open");
        assert_eq!(phone.inside(), PHONE);
        let refused = tx.open(&permit, &account::field("name", id, subject), &row.name).await;
        assert!(matches!(refused, Err(StoreError::Seal(privacy::SealError::NotPermitted))));
        let seen = access::latest(&mut tx, subject, 10).await.expect("records");
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].fields.as_str(), seen[0].clause.as_str()), ("account.phone", "2.6.1.a"));
    }

    clause_2_5_1_e_a_stranger_gets_no_permit_and_leaves_no_record(test) {
        let (_, subject) = register(test).await;
        let ctx = test.person::<ShowOwn>(test.entropy.id(), SubjectId(test.entropy.id()));
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(ask(subject)).await, Err(StoreError::Denied(Denied::NotOwn))));
        assert!(access::latest(&mut tx, subject, 10).await.expect("records").is_empty());
    }

    clause_2_2_6_b_no_permit_for_a_field_the_register_does_not_give_to_the_purpose(test) {
        let (id, subject) = register(test).await;
        let ctx = test.person::<ShowOwn>(id, subject);
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let asks = [
            // A known field under a clause that does not cover it.
            Ask { clause: "2.1.1.e", ..ask(subject) },
            // A field that this purpose has no part in.
            Ask { fields: &["account.phone", "message_outbox.body"], ..ask(subject) },
            // A secret, and something that does not exist.
            Ask { fields: &["account.password_hash"], ..ask(subject) },
            Ask { fields: &["account.shoe_size"], ..ask(subject) },
        ];
        for ask in asks {
            assert!(matches!(tx.permit(ask).await, Err(StoreError::Denied(Denied::NotRegistered))));
        }
        assert!(access::latest(&mut tx, subject, 10).await.expect("records").is_empty());
    }

    clause_1_6_destroying_the_key_makes_everything_unreadable(test) {
        let (id, subject) = register(test).await;
        test.store.destroy_key(subject).await.expect("destroy");
        let ctx = test.person::<ShowOwn>(id, subject);
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let row = account::by_id(&mut tx, id).await.expect("read").expect("account");
        let permit = tx.permit(ask(subject)).await.expect("permit");
        let opened = tx.open(&permit, &account::field("phone", id, subject), &row.phone).await;
        assert!(matches!(opened, Err(StoreError::NoKey)));
    }

    a_phone_is_found_by_its_digest_and_taken_once(test) {
        let (id, _) = register(test).await;
        let ctx = test.system::<KeepAccount>();
        let phone = Personal::received(PHONE.to_owned());
        let digest = test.store.blind_index(account::PHONE, &phone);
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let found = account::find(&mut tx, account::PHONE, digest).await.expect("find").expect("account");
        assert_eq!(found.id, id);
        assert!(account::find(&mut tx, account::NAME, digest).await.expect("find").is_none());
        let subject = SubjectId(test.entropy.id());
        test.store.create_key(subject).await.expect("key");
        let name = Personal::received("other".to_owned());
        let new = NewAccount { id: test.entropy.id(), subject, name: &name, phone: &phone, password_hash: String::new() };
        let name_digest = test.store.blind_index(account::NAME, &name);
        let taken = account::insert(&mut tx, &new, digest, name_digest).await;
        assert!(taken.is_err_and(|error| error.is_conflict()));
    }

    a_session_lives_until_idle_expired_or_revoked(test) {
        let (account, subject) = register(test).await;
        let ctx = test.system::<KeepAccount>();
        let (now, idle) = (ctx.now(), ctx.now() - Duration::days(14));
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let device = Personal::received("Firefox".to_owned());
        for (byte, expires_at) in [(1, now + Duration::days(90)), (2, now)] {
            let id = test.entropy.id();
            let new = NewSession { id, account, subject, token_digest: [byte; 32], csrf: "c".to_owned(), device: &device, expires_at, proved_at: None };
            session::insert(&mut tx, &new).await.expect("insert");
        }
        let live = session::live(&mut tx, [1; 32], idle).await.expect("read").expect("live");
        assert!(session::live(&mut tx, [2; 32], idle).await.expect("read").is_none(), "expired to the instant");
        assert!(session::live(&mut tx, [1; 32], now).await.expect("read").is_none(), "idle to the instant");
        assert!(!session::revoke(&mut tx, test.entropy.id(), live.id).await.expect("a stranger revokes nothing"));
        assert!(session::revoke(&mut tx, account, live.id).await.expect("revoke"));
        assert!(session::live(&mut tx, [1; 32], idle).await.expect("read").is_none());
    }

    a_second_token_made_at_once_waits_and_counts_the_first(test) {
        let (account, subject) = register(test).await;
        let ctx = test.system::<KeepAccount>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        assert_eq!(token::count_held(&mut tx, account).await.expect("count"), 0);
        let (store, later) = (test.store.clone(), test.system::<KeepAccount>());
        let second = tokio::spawn(async move {
            let mut tx = store.begin(&later).await.expect("begin");
            token::count_held(&mut tx, account).await.expect("count")
        });
        // Time enough for the second to count, if nothing held it.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let name = Personal::received("a".to_owned());
        let ends_at = ctx.now() + Duration::days(1);
        let new = NewToken { id: test.entropy.id(), account, subject, token_digest: [7; 32], acting: None, name: &name, scopes: String::new(), ends_at };
        token::insert(&mut tx, &new).await.expect("insert");
        tx.commit().await.expect("commit");
        assert_eq!(second.await.expect("joined"), 1);
    }

    codes_and_attempts_are_counted_and_purged(test) {
        let ctx = test.system::<KeepAccount>();
        let phone = test.store.blind_index(account::PHONE, &Personal::received(PHONE.to_owned()));
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        let (id, subject) = (test.entropy.id(), SubjectId(test.entropy.id()));
        let expires_at = ctx.now() + Duration::minutes(10);
        let new = code::NewCode { id, phone, reason: "register", subject, code_digest: vec![7], expires_at };
        code::insert(&mut tx, new).await.expect("insert");
        assert!(code::count_try(&mut tx, id, 2).await.expect("try"));
        assert!(code::count_try(&mut tx, id, 2).await.expect("try"));
        assert!(!code::count_try(&mut tx, id, 2).await.expect("one too many"));
        code::forget_try(&mut tx, id).await.expect("a right one");
        assert!(code::use_up(&mut tx, id).await.expect("use"));
        assert!(!code::use_up(&mut tx, id).await.expect("used once only"));
        let row = code::latest(&mut tx, phone, "register").await.expect("read").expect("code");
        assert!(!code::count_try(&mut tx, id, 2).await.expect("used up"));
        assert_eq!((row.tries, row.expires_at, row.used_at), (1, expires_at, Some(ctx.now())));
        code::count_attempt(&mut tx, "login", phone).await.expect("count");
        let since = ctx.now() - Duration::seconds(1);
        assert_eq!(code::attempts_since(&mut tx, "login", phone, since).await.expect("count"), 1);
        assert_eq!(code::attempts_since(&mut tx, "login", phone, ctx.now()).await.expect("count"), 0);
        assert_eq!(code::purge(&mut tx, since).await.expect("purge"), 0);
        assert_eq!(code::purge(&mut tx, ctx.now()).await.expect("purge"), 2);
    }

    clause_0_2_consent_is_kept_per_document_and_version(test) {
        let (_, subject) = unasked(test).await;
        let ctx = test.system::<KeepAccount>();
        let mut tx = test.store.begin(&ctx).await.expect("begin");
        for document in ["agreement", "policy"] {
            let event = event(test, subject, document, "2020-11-01");
            consent::append(&mut tx, &event).await.expect("append");
        }
        let events = consent::of_subject(&mut tx, subject).await.expect("read");
        assert_eq!(events.len(), 2);
        assert!(privacy::consent::accepted(&events, "policy", "2020-11-01"));
        assert!(!privacy::consent::accepted(&events, "policy", "2027-01-01"));
    }
}
