//! A child asks, a guardian answers: what is stored before, what the clock takes away, who cannot be a
//! guardian, what a minor's account never does.

use app::account::{self, Origin, Shown, Viewer};
use app::minor::{self, ChildLine, GuardianRequest, Ticks};
use app::{App, Failure, job};
use domain::account::offer::{GUARDIAN_ACCOUNT, LOGIN_ALERT};
use domain::minor::{ASK_AGAIN, Band, CHILDREN, Event, TO_ONE};
use domain::refused::Minor;
use privacy::consent::{ConsentState, Origin as Said};
use privacy::purpose::{KeepAccount, ObeyLaw, Operate, ShowOwn, VerifyHolder};
use privacy::{Ask, Denied, LegalBasis, SubjectId};
use storage::StoreError;
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::house;
use crate::order::{refusal, system};

pub const CHILD: &str = "100-0000-0021";
pub const GUARDIAN: &str = "100-0000-0022";
pub const HOME: &str = "203.0.113.5";

pub async fn grown(test: &TestStore, app: &App, phone: &str, name: &str) -> Viewer {
    test.clock.advance(Duration::seconds(61));
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("logged in")
}

/// Asks a guardian after the minor's own number was proven.
pub async fn ask(
    test: &TestStore,
    app: &App,
    phone: &str,
    guardian: &str,
    band: Band,
) -> Result<String, Failure> {
    let code = own_code(test, app, phone).await?;
    named_with(app, (phone, &code), guardian, (band, false)).await
}

/// The code that proves a minor's own number.
pub async fn own_code(test: &TestStore, app: &App, phone: &str) -> Result<String, Failure> {
    test.clock.advance(Duration::seconds(61));
    let ctx = house::visitor::<KeepAccount>(app);
    minor::request_guardian_code(app, &ctx, phone, &Origin::default()).await?;
    Ok(house::latest_code(app).await)
}

/// The request itself, with a code as typed.
pub async fn named_with(
    app: &App,
    (phone, code): (&str, &str),
    guardian: &str,
    (band, not_mine): (Band, bool),
) -> Result<String, Failure> {
    let request = GuardianRequest {
        phone,
        code,
        guardian_phone: guardian,
        age: Some(band),
        not_mine,
        from: Origin::default(),
    };
    minor::ask_guardian(app, &house::visitor::<KeepAccount>(app), &request).await
}

pub async fn room(app: &App, viewer: &Viewer) -> Vec<ChildLine> {
    let room = minor::room(app, &house::person::<ShowOwn>(app, viewer), viewer).await;
    room.expect("a room").children
}

/// The latest request to this guardian.
pub async fn named(app: &App, guardian: &Viewer) -> Uuid {
    room(app, guardian).await.first().expect("a request").id
}

pub async fn prove(test: &TestStore, app: &App, guardian: &Viewer, id: Uuid) -> Result<(), Failure> {
    test.clock.advance(Duration::seconds(61));
    let ctx = house::person::<VerifyHolder>(app, guardian);
    minor::send_code(app, &ctx, guardian, id).await?;
    let code = house::latest_code(app).await;
    minor::prove(app, &ctx, guardian, id, (&code, true)).await
}

pub async fn read(app: &App, guardian: &Viewer, id: Uuid) -> Result<(), Failure> {
    let ctx = house::person::<KeepAccount>(app, guardian);
    minor::read_rules(app, &ctx, guardian, id, (true, "某运营方", SHOWN)).await
}

pub const ALL: Ticks = Ticks {
    account: true,
    messages: true,
    certify: true,
};

pub async fn consent(app: &App, guardian: &Viewer, id: Uuid, ticks: Ticks) -> Result<(), Failure> {
    let (ctx, documents) = (house::person::<KeepAccount>(app, guardian), house::documents());
    minor::consent(app, &ctx, guardian, id, (ticks, &documents, SHOWN)).await
}

pub async fn work(app: &App) -> job::Report {
    job::run_ready(app, "2020-11-01").await.expect("worked")
}

pub async fn tick(app: &App) -> usize {
    minor::run_due(app, &system::<Operate>(app)).await.expect("ran")
}

pub async fn register_minor(test: &TestStore, app: &App, phone: &str, name: &str, band: Band) -> Viewer {
    test.clock.advance(Duration::seconds(61));
    house::ask_code_as(app, phone, band).await.expect("a code");
    let code = house::latest_code(app).await;
    let begun = house::register_as(app, phone, name, &code, band)
        .await
        .expect("registered");
    house::viewer(app, &begun).await.expect("logged in")
}

/// A minor with an account, and the guardian.
pub struct Family {
    pub app: App,
    pub child: Viewer,
    pub guardian: Viewer,
    pub id: Uuid,
}

pub async fn family(test: &TestStore, band: Band) -> Family {
    let app = house::app(test);
    let guardian = grown(test, &app, GUARDIAN, "家长").await;
    ask(test, &app, CHILD, GUARDIAN, band).await.expect("asked");
    let id = named(&app, &guardian).await;
    prove(test, &app, &guardian, id).await.expect("proved");
    read(&app, &guardian, id).await.expect("read");
    consent(&app, &guardian, id, ALL).await.expect("consented");
    test.clock.advance(Duration::seconds(1));
    work(&app).await;
    assert!(house::latest_message(&app).await.contains("您的监护人已同意"));
    let child = register_minor(test, &app, CHILD, "孩子", band).await;
    Family {
        app,
        child,
        guardian,
        id,
    }
}

pub async fn rows(test: &TestStore, table: &str) -> i64 {
    test.count(&format!("SELECT COUNT(*) FROM {table}")).await
}

pub async fn subject_of(test: &TestStore, app: &App, id: Uuid) -> SubjectId {
    let ctx = test.system::<Operate>();
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let row = storage::minor::by_id(&mut tx, id).await.expect("read");
    row.expect("a row").subject
}

both_dbs! {
    clause_2_7_a_before_the_guardian_answers_nothing_is_stored_that_the_request_does_not_need(test) {
        let app = house::app(test);
        let asked = house::ask_code_from(&app, CHILD, Band::Child, house::at(HOME)).await;
        assert_eq!(refusal(asked), Some(Minor::GuardianFirst.into()));
        for table in ["account", "one_time_code", "message_outbox", "session", "consent_event", "disclosure", "guardianship", "age_band"] {
            assert_eq!(rows(test, table).await, 0, "{table}");
        }
        assert_eq!(rows(test, "age_answer").await, 1, "a digest of number and network, and a band");
        let number = ask(test, &app, CHILD, GUARDIAN, Band::Child).await.expect("asked");
        for table in ["account", "one_time_code", "session", "consent_event", "profile"] {
            assert_eq!(rows(test, table).await, 0, "{table}");
        }
        assert_eq!((rows(test, "guardianship").await, rows(test, "age_band").await, rows(test, "message_outbox").await), (1, 1, 1));
        assert_eq!(rows(test, "age_answer").await, 2, "the number is proven: the answer is the number's");
        let message = house::latest_message(&app).await;
        assert!(message.contains(&number) && !message.contains("0021"), "the guardian is told nothing of the child");
        let all = String::from_utf8_lossy(&test.everything().await).into_owned();
        assert!(!all.contains("10000000021") && !all.contains("10000000022"), "sealed, or a digest");
        // The personal columns are the numbers, the guardian's masked; nobody opens them before the guardian proved who they are.
        let held = test.count("SELECT COUNT(*) FROM guardianship WHERE phone IS NOT NULL AND guardian IS NULL AND account IS NULL").await;
        assert_eq!(held, 1);
        test.clock.advance(Duration::seconds(61));
        assert_eq!(refusal(house::ask_code_as(&app, CHILD, Band::Child).await), Some(Minor::GuardianWaiting.into()));
    }

    clause_2_7_a_without_an_answer_everything_goes_after_seven_days_and_not_before(test) {
        let app = house::app(test);
        ask(test, &app, CHILD, GUARDIAN, Band::Child).await.expect("asked");
        let guardian = grown(test, &app, GUARDIAN, "家长").await;
        let id = named(&app, &guardian).await;
        let subject = subject_of(test, &app, id).await;
        test.clock.advance(Duration::days(7) - Duration::seconds(62));
        assert_eq!(tick(&app).await, 0, "the last second");
        assert_eq!((rows(test, "guardianship").await, room(&app, &guardian).await.len()), (1, 1));
        assert!(app.store.has_key(subject, app.clock.now()).await.expect("asked"));
        test.clock.advance(Duration::seconds(1));
        // Also before the job comes by, nobody goes on with it.
        assert_eq!(refusal(prove_late(&app, &guardian, id).await), Some(Minor::GuardianNotNow.into()));
        assert!(room(&app, &guardian).await.is_empty());
        assert_eq!(tick(&app).await, 1);
        for table in ["guardianship", "guardianship_event", "age_band WHERE band <> 'adult'"] {
            assert_eq!(rows(test, table).await, 0, "{table}");
        }
        assert!(!app.store.has_key(subject, app.clock.now()).await.expect("asked"), "unreadable in every copy");
        assert_eq!(test.count("SELECT times FROM minor_tally WHERE what = 'purges' AND year = 2026").await, 1);
        assert_eq!(tick(&app).await, 0, "again changes nothing");
    }

    clause_2_7_a_a_guardian_consents_purpose_by_purpose_and_the_child_registers(test) {
        let family = family(test, Band::Child).await;
        let app = &family.app;
        assert_eq!(test.texts("SELECT band FROM age_band WHERE account IS NOT NULL ORDER BY band").await, ["adult", "child"]);
        assert_eq!(test.count("SELECT COUNT(*) FROM guardianship WHERE phone IS NOT NULL OR phone_digest IS NOT NULL OR guardian_digest IS NOT NULL").await, 0, "what the request needed is gone");
        let ctx = house::person::<ShowOwn>(app, &family.child);
        let seen = account::overview(app, &ctx, &family.child).await.expect("overview");
        assert_eq!((seen.name.as_str(), seen.phone.as_str()), ("孩子", "100****0021"));
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let events = storage::consent::of_subject(&mut tx, family.child.subject).await.expect("read");
        drop(tx);
        let mut said: Vec<&str> = events.iter().filter(|event| event.origin == Said::Guardian).map(|event| event.document.as_str()).collect();
        said.sort_unstable();
        assert_eq!(said, ["agreement", "child_rules", "guardian_account", "guardian_messages", "policy"]);
        assert!(events.iter().all(|event| event.origin == Said::Guardian && event.text_hash.len() >= 2 && !event.lang.is_empty()));
        // Receipts as for every other consent.
        app::log::begin(app, &system::<Operate>(app), Some("qifu365.example"), app.store.policy(), "某运营方").await.expect("a log");
        app::log::advance(app, &system::<Operate>(app)).await.expect("signed");
        let account_consent = events.iter().find(|event| event.document == GUARDIAN_ACCOUNT.id).expect("a consent");
        let controller = app::log::Controller { name: "某运营方", contact: "c", responsible_person: "r" };
        let ctx = house::person::<ShowOwn>(app, &family.guardian);
        let receipt = minor::receipt_of_child(app, &ctx, &family.guardian, (family.id, account_consent.id), &controller).await.expect("a receipt");
        let checked = privacy::log::receipt::verify(&receipt.to_string(), None).expect("sound");
        assert_eq!((checked.payload["document"].as_str(), checked.payload["origin"].as_str()), (Some("guardian_account"), Some("guardian")));
        let stranger = grown(test, app, "100-0000-0029", "路人").await;
        let ctx = house::person::<ShowOwn>(app, &stranger);
        let foreign = minor::receipt_of_child(app, &ctx, &stranger, (family.id, account_consent.id), &controller).await;
        assert!(matches!(foreign, Err(Failure::NotFound)));
        assert!(matches!(minor::child(app, &ctx, &stranger, family.id).await, Err(Failure::NotFound)));
    }

    clause_2_7_a_a_missing_purpose_a_missing_tick_and_a_wrong_code_are_refused(test) {
        let app = house::app(test);
        let guardian = grown(test, &app, GUARDIAN, "家长").await;
        ask(test, &app, CHILD, GUARDIAN, Band::Teen).await.expect("asked");
        let id = named(&app, &guardian).await;
        test.clock.advance(Duration::seconds(61));
        let ctx = house::person::<VerifyHolder>(&app, &guardian);
        minor::send_code(&app, &ctx, &guardian, id).await.expect("a code");
        let code = house::latest_code(&app).await;
        assert_eq!(refusal(minor::prove(&app, &ctx, &guardian, id, (&code, false)).await), Some(Minor::GuardianStatement.into()));
        let wrong = if code == "000000" { "000001" } else { "000000" };
        assert_eq!(refusal(minor::prove(&app, &ctx, &guardian, id, (wrong, true)).await), Some(domain::Refused::CodeWrong));
        assert_eq!(refusal(consent(&app, &guardian, id, ALL).await), Some(Minor::GuardianNotNow.into()), "not before the rules are read");
        minor::prove(&app, &ctx, &guardian, id, (&code, true)).await.expect("proved");
        let seen = minor::child(&app, &house::person::<ShowOwn>(&app, &guardian), &guardian, id).await.expect("a page");
        assert_eq!(seen.phone.as_deref(), Some("100****0021"), "the guardian recognises whose request it is");
        let keep = house::person::<KeepAccount>(&app, &guardian);
        let unread = minor::read_rules(&app, &keep, &guardian, id, (false, "某运营方", SHOWN)).await;
        assert_eq!(refusal(unread), Some(Minor::GuardianRules.into()));
        read(&app, &guardian, id).await.expect("read");
        for ticks in [Ticks { account: false, ..ALL }, Ticks { messages: false, ..ALL }] {
            assert_eq!(refusal(consent(&app, &guardian, id, ticks).await), Some(Minor::GuardianPurposes.into()));
        }
        assert_eq!(rows(test, "account").await, 1);
    }

    clause_2_7_a_after_a_no_one_digest_stays_for_thirty_days(test) {
        let app = house::app(test);
        let guardian = grown(test, &app, GUARDIAN, "家长").await;
        ask(test, &app, CHILD, GUARDIAN, Band::Child).await.expect("asked");
        let id = named(&app, &guardian).await;
        let subject = subject_of(test, &app, id).await;
        let law = house::person::<ObeyLaw>(&app, &guardian);
        minor::refuse_request(&app, &law, &guardian, id).await.expect("refused");
        assert!(!app.store.has_key(subject, app.clock.now()).await.expect("asked"));
        let kept = "SELECT COUNT(*) FROM guardianship WHERE phone IS NOT NULL OR phone_digest IS NOT NULL OR guardian_digest IS NOT NULL OR guardian IS NOT NULL";
        assert_eq!((test.count(kept).await, rows(test, "guardianship").await, rows(test, "age_band").await), (0, 1, 1));
        let refused = Some(Minor::GuardianRefused.into());
        test.clock.advance(ASK_AGAIN - Duration::seconds(62));
        tick(&app).await;
        assert_eq!(refusal(ask(test, &app, CHILD, GUARDIAN, Band::Child).await), refused, "the last second");
        ask(test, &app, CHILD, "100-0000-0023", Band::Child).await.expect("another parent may be asked");
        test.clock.advance(Duration::SECOND);
        tick(&app).await;
        test.clock.advance(Duration::days(7));
        tick(&app).await;
        assert_eq!(rows(test, "guardianship").await, 0);
        ask(test, &app, CHILD, GUARDIAN, Band::Child).await.expect("once more");
    }

    clause_2_7_a_nobody_is_their_own_guardian_and_strangers_are_not_flooded(test) {
        let app = house::app(test);
        let oneself = named_with(&app, (CHILD, "x"), CHILD, (Band::Child, false)).await;
        assert_eq!(refusal(oneself), Some(Minor::GuardianSelf.into()));
        assert_eq!(rows(test, "message_outbox").await, 0);
        for _ in 0..TO_ONE {
            ask(test, &app, CHILD, GUARDIAN, Band::Child).await.expect("asked");
        }
        assert_eq!(rows(test, "guardianship").await, 1, "the same request, named anew");
        let often = Some(Minor::GuardianOften.into());
        assert_eq!(refusal(ask(test, &app, CHILD, GUARDIAN, Band::Child).await), often);
        assert_eq!(refusal(ask(test, &app, "100-0000-0031", GUARDIAN, Band::Child).await), often, "whoever asks");
        assert_eq!(refusal(ask(test, &app, CHILD, "100-0000-0032", Band::Child).await), often, "whoever is asked");
        test.clock.advance(domain::minor::ASK_WINDOW);
        ask(test, &app, CHILD, GUARDIAN, Band::Child).await.expect("a day later");
    }

    clause_2_7_a_a_minor_is_no_guardian_and_one_account_has_five_children_at_most(test) {
        let family = family(test, Band::Teen).await;
        let app = &family.app;
        ask(test, app, "100-0000-0041", CHILD, Band::Child).await.expect("asked");
        test.clock.advance(Duration::seconds(61));
        let id = named(app, &family.child).await;
        assert_eq!(refusal(prove(test, app, &family.child, id).await), Some(Minor::GuardianUnderAge.into()));
        // One there is; four more, and not a fifth.
        for place in 1..=CHILDREN {
            test.clock.advance(domain::minor::ASK_WINDOW);
            ask(test, app, &format!("100-0000-005{place}"), GUARDIAN, Band::Child).await.expect("asked");
            let id = named(app, &family.guardian).await;
            let proved = prove(test, app, &family.guardian, id).await;
            if place < CHILDREN {
                proved.expect("proved");
            } else {
                assert_eq!(refusal(proved), Some(Minor::GuardianMany.into()));
            }
        }
    }

    clause_2_7_b_what_a_minor_s_account_never_does(test) {
        let family = family(test, Band::Teen).await;
        let (app, child) = (&family.app, &family.child);
        let not = Some(Minor::MinorNot.into());
        let keep = house::person::<KeepAccount>(app, child);
        let alert = account::choose(app, &keep, child, LOGIN_ALERT.id, ConsentState::Given, SHOWN).await;
        assert_eq!(refusal(alert), not, "their own yes is none");
        let name = account::set_display_name(app, &keep, child, "小明", "").await;
        assert_eq!(refusal(name), not, "nothing that others could see");
        let token = account::create_token(app, &keep, child, &account::TokenRequest { name: "程序", scopes: &[domain::account::token::Scope::AccountRead], days: "30" }).await;
        assert_eq!(refusal(token), not);
        assert_eq!(refusal(crate::minor_late::place(app, child).await), not, "no order before eighteen");
        // The log-in alert rests on the person's own consent: also one that is there already is none.
        let shown = Shown { version: "2020-11-01", lang: "zh", zh: true };
        let refused = account::choose(app, &keep, child, LOGIN_ALERT.id, ConsentState::Refused, shown).await;
        refused.expect("a no is always theirs");
    }

    clause_2_7_b_the_kernel_denies_what_none_of_the_three_grounds_carries(test) {
        let family = family(test, Band::Child).await;
        let app = &family.app;
        let subject = family.child.subject;
        let own = |basis| Ask { subject, fields: &["account.phone"], basis, clause: "2.6.1.a", case: None };
        let ctx = house::person::<ShowOwn>(app, &family.child);
        let decide = async |ask: Ask| {
            let tx = app.store.begin(&ctx).await.expect("begin");
            match tx.permit(ask).await {
                Ok(_) => None,
                Err(StoreError::Denied(denied)) => Some(denied),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(decide(own(LegalBasis::Contract)).await, None, "the guardian's consent stands");
        // A word of somebody else than the guardian after it, and nothing but a law opens anything.
        test.tamper("UPDATE consent_event SET origin = NULL WHERE document = 'guardian_account'").await;
        assert_eq!(decide(own(LegalBasis::Contract)).await, Some(Denied::Guardian));
        assert_eq!(decide(own(LegalBasis::LegalDuty("PIPL 45"))).await, None);
        test.tamper("UPDATE consent_event SET origin = 'guardian' WHERE document = 'guardian_account'").await;
        assert_eq!(decide(own(LegalBasis::Contract)).await, None);
        test.tamper("UPDATE guardianship SET state = 'withdrawn'").await;
        assert_eq!(decide(own(LegalBasis::Contract)).await, Some(Denied::Guardian), "an account without a guardian");
        test.tamper("UPDATE guardianship SET state = 'active'").await;
        // Given away: to the sender of messages only while the guardian agrees to it.
        let share = |ground| privacy::Share { subject, fields: &["message_outbox.recipient", "message_outbox.body"], to: privacy::Recipient::Processor("sms_sender"), purpose: privacy::PurposeId::Notify, ground, until: None };
        let give = async |share| {
            let system = test.system::<privacy::purpose::Notify>();
            let mut tx = app.store.begin(&system).await.expect("begin");
            match tx.disclose(share).await {
                Ok(_) => None,
                Err(StoreError::Denied(denied)) => Some(denied),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(give(share(privacy::Ground::Entrusted)).await, None);
        test.tamper("UPDATE consent_event SET origin = NULL WHERE document = 'guardian_messages'").await;
        assert_eq!(give(share(privacy::Ground::Entrusted)).await, Some(Denied::Guardian));
        assert_eq!(give(share(privacy::Ground::Protection)).await, None, "to protect them");
        let adult = privacy::Share { subject: family.guardian.subject, ..share(privacy::Ground::Protection) };
        assert_eq!(give(adult).await, Some(Denied::Basis), "of who is not under age there is nothing to protect");
    }

    clause_2_7_b_of_a_child_the_guardian_gets_the_copy_and_corrects(test) {
        let family = family(test, Band::Child).await;
        let (app, guardian) = (&family.app, &family.guardian);
        let ctx = house::person::<ShowOwn>(app, guardian);
        let seen = minor::child(app, &ctx, guardian, family.id).await.expect("a page");
        assert!(seen.portions.iter().any(|portion| portion.table == "account" && portion.rows == 1));
        assert!(!format!("{seen:?}").contains("孩子") && seen.phone.is_none() && seen.content, "kinds and amounts");
        let verify = house::person::<VerifyHolder>(app, guardian);
        let wrong = minor::copy_of_child(app, &verify, &ctx, guardian, (family.id, "no")).await;
        assert_eq!(wrong.err().map(|failure| failure.refusals().to_vec()), Some(vec![domain::Refused::PasswordWrong]));
        let copy = minor::copy_of_child(app, &verify, &ctx, guardian, (family.id, house::PASSWORD)).await;
        let json = copy.expect("a copy").json().to_string();
        assert!(json.contains("孩子") && json.contains("10000000021") && !json.contains("10000000022"), "the child's, not the guardian's");
        minor::rename_child(app, &verify, guardian, family.id, ("小树", house::PASSWORD)).await.expect("corrected");
        let seen = account::overview(app, &house::person::<ShowOwn>(app, &family.child), &family.child).await;
        let seen = seen.expect("overview");
        assert_eq!(seen.name, "小树");
        assert!(seen.openings.iter().any(|opening| opening.actor_account == Some(guardian.account)), "the child reads what the guardian opened");
        let keep = house::person::<KeepAccount>(app, guardian);
        minor::grow(app, &keep, guardian, family.id, (Event::TurnFifteen, true)).await.expect("fifteen");
        let again = minor::copy_of_child(app, &verify, &ctx, guardian, (family.id, house::PASSWORD)).await;
        assert!(matches!(again, Err(Failure::NotFound)), "from fifteen on the content is their own");
    }

    clause_2_7_b_from_fifteen_on_the_guardian_sees_kinds_and_amounts_only(test) {
        let family = family(test, Band::Teen).await;
        let (app, guardian) = (&family.app, &family.guardian);
        let ctx = house::person::<ShowOwn>(app, guardian);
        let seen = minor::child(app, &ctx, guardian, family.id).await.expect("a page");
        assert!(seen.portions.iter().any(|portion| portion.table == "account") && !seen.content);
        assert!(!format!("{seen:?}").contains("孩子"));
        let verify = house::person::<VerifyHolder>(app, guardian);
        let copy = minor::copy_of_child(app, &verify, &ctx, guardian, (family.id, house::PASSWORD)).await;
        assert!(matches!(copy, Err(Failure::NotFound)));
        let renamed = minor::rename_child(app, &verify, guardian, family.id, ("小树", house::PASSWORD)).await;
        assert!(matches!(renamed, Err(Failure::NotFound)));
        // Nor does the kernel open it for the guardian, whatever a page says.
        let ask = Ask { subject: family.child.subject, fields: &["account.name"], basis: LegalBasis::Contract, clause: "2.6.1.a", case: None };
        let tx = app.store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.permit(ask).await, Err(StoreError::Denied(Denied::NotOwn))));
    }

    clause_2_7_b_a_consent_taken_back_stops_the_account_at_once_and_erases_it(test) {
        let family = family(test, Band::Child).await;
        let (app, guardian) = (&family.app, &family.guardian);
        let law = house::person::<ObeyLaw>(app, guardian);
        let unsure = minor::withdraw(app, &law, guardian, family.id, (false, SHOWN)).await;
        assert_eq!(refusal(unsure), Some(Minor::GuardianUnsure.into()));
        let number = minor::withdraw(app, &law, guardian, family.id, (true, SHOWN)).await.expect("withdrawn").expect("a number");
        assert!(house::log_in(app, "孩子", house::PASSWORD).await.is_err(), "nobody logs in as this person");
        work(app).await;
        let certificate = app::rights::certificate(app, &system::<ObeyLaw>(app), &number).await.expect("a certificate");
        assert!(certificate.ended_at.is_some());
        assert!(!app.store.has_key(family.child.subject, app.clock.now()).await.expect("asked"));
        assert_eq!(rows(test, "guardianship").await, 0);
        assert!(room(app, guardian).await.is_empty());
        let ctx = house::person::<ShowOwn>(app, guardian);
        assert!(matches!(minor::child(app, &ctx, guardian, family.id).await, Err(Failure::NotFound)));
        for what in ["withdrawals", "purges", "consents", "requests"] {
            assert_eq!(test.count(&format!("SELECT times FROM minor_tally WHERE what = '{what}'")).await, 1, "{what}: the count outlives the person");
        }
    }
}

async fn prove_late(app: &App, guardian: &Viewer, id: Uuid) -> Result<(), Failure> {
    let ctx = house::person::<VerifyHolder>(app, guardian);
    minor::prove(app, &ctx, guardian, id, ("000000", true)).await
}
