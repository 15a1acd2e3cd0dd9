//! Whose number it is: an answer about somebody's age and a guardian's name bind a number only once a code
//! proved it; a minor knows whose consent it is; what nobody goes on with goes.

use app::account::{self, Origin};
use app::{Failure, minor};
use domain::Refused;
use domain::account::guard::RULES;
use domain::account::limits::CODE_TRIES;
use domain::minor::{Band, UNUSED_DAYS};
use domain::refused::{Minor, Party};
use privacy::purpose::{KeepAccount, ObeyLaw, Operate};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::house;
use crate::minor::{
    ALL, CHILD, GUARDIAN, HOME, ask, consent, grown, named, named_with, own_code, prove, read, room, rows,
    subject_of, tick, work,
};
use crate::order::{refusal, system};

const AWAY: &str = "198.51.100.7";

/// A guardian who consented, before there is an account.
async fn consented(test: &TestStore, app: &app::App) -> (account::Viewer, Uuid) {
    let guardian = grown(test, app, GUARDIAN, "家长").await;
    ask(test, app, CHILD, GUARDIAN, Band::Child).await.expect("asked");
    let id = named(app, &guardian).await;
    prove(test, app, &guardian, id).await.expect("proved");
    read(app, &guardian, id).await.expect("read");
    consent(app, &guardian, id, ALL).await.expect("consented");
    (guardian, id)
}

async fn child_code(test: &TestStore, app: &app::App) -> String {
    test.clock.advance(Duration::seconds(61));
    house::ask_code_as(app, CHILD, Band::Child).await.expect("a code");
    house::latest_code(app).await
}

fn child_digest(app: &app::App) -> privacy::BlindIndex {
    let phone = privacy::Personal::received("10000000021".to_owned());
    app.store.blind_index(storage::account::PHONE, &phone)
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

both_dbs! {
    clause_2_7_a_what_was_begun_as_an_adult_goes_with_another_answer(test) {
        let app = house::app(test);
        house::ask_code(&app, CHILD).await.expect("a code");
        let code = house::latest_code(&app).await;
        assert_eq!((rows(test, "one_time_code").await, rows(test, "message_outbox").await), (1, 1));
        test.clock.advance(Duration::seconds(61));
        let first = Some(Minor::GuardianFirst.into());
        assert_eq!(refusal(house::register_as(&app, CHILD, "孩子", wrong(&code), Band::Child).await), first);
        assert_eq!(rows(test, "one_time_code").await, 1, "anybody can type a number: nothing of its holder's goes");
        assert_eq!(refusal(house::register_as(&app, CHILD, "孩子", &code, Band::Child).await), first);
        assert_eq!((rows(test, "one_time_code").await, rows(test, "message_outbox").await), (0, 0), "gone at once, with the key");
        assert_eq!(rows(test, "account").await, 0);
    }

    clause_2_7_a_going_back_and_choosing_adult_does_not_pass_for_seven_days(test) {
        let app = house::app(test);
        let stricter = Some(Minor::AgeStricter.into());
        let ask = async |band, from: &str| refusal(house::ask_code_from(&app, CHILD, band, house::at(from)).await);
        assert_eq!(ask(Band::Child, HOME).await, Some(Minor::GuardianFirst.into()));
        test.clock.advance(Duration::seconds(61));
        for older in [Band::Adult, Band::Teen] {
            assert_eq!(ask(older, HOME).await, stricter);
            assert_eq!(refusal(house::register_from(&app, (CHILD, "孩子"), "000000", older, house::at(HOME)).await), stricter);
            test.clock.advance(Duration::seconds(61));
        }
        assert_eq!(rows(test, "message_outbox").await, 0);
        test.clock.advance(Duration::days(7) - Duration::seconds(184));
        tick(&app).await;
        assert_eq!((ask(Band::Adult, HOME).await, rows(test, "age_answer").await), (stricter, 1), "the last second");
        test.clock.advance(Duration::seconds(1));
        tick(&app).await;
        assert_eq!(rows(test, "age_answer").await, 0);
        test.clock.advance(Duration::seconds(61));
        assert_eq!(ask(Band::Adult, HOME).await, None, "forgotten");
    }

    clause_2_7_a_an_answer_binds_a_number_only_once_the_number_is_proven(test) {
        let app = house::app(test);
        // A stranger answers for a number whose holder is about to register.
        house::ask_code(&app, CHILD).await.expect("a code");
        let code = house::latest_code(&app).await;
        test.clock.advance(Duration::seconds(61));
        let first = Some(Minor::GuardianFirst.into());
        assert_eq!(refusal(house::ask_code_from(&app, CHILD, Band::Child, house::at(AWAY)).await), first);
        let typed = house::register_from(&app, (CHILD, "孩子"), "x", Band::Child, house::at(AWAY)).await;
        assert_eq!(refusal(typed), first);
        let named = named_with(&app, (CHILD, "x"), GUARDIAN, (Band::Child, false)).await;
        assert_eq!(refusal(named), Some(Refused::CodeWrong));
        house::register_from(&app, (CHILD, "大人"), &code, Band::Adult, house::at(HOME)).await.expect("nothing stands in the way");
        // Proven, the answer is the number's, wherever it is typed.
        let other = "100-0000-0027";
        ask(test, &app, other, GUARDIAN, Band::Teen).await.expect("asked");
        test.clock.advance(Duration::seconds(61));
        house::ask_code_from(&app, other, Band::Adult, house::at(AWAY)).await.expect("a stranger is told nothing");
        let code = house::latest_code(&app).await;
        let older = house::register_from(&app, (other, "大人二"), &code, Band::Adult, house::at(AWAY)).await;
        assert_eq!(refusal(older), Some(Minor::AgeStricter.into()));
        assert_eq!(rows(test, "one_time_code").await, 1, "what was begun is gone; the first account's code is left");
    }

    clause_2_7_a_nobody_names_a_guardian_for_a_number_that_is_not_theirs(test) {
        let app = house::app(test);
        let no = Some(Refused::CodeWrong);
        let attacker = grown(test, &app, "100-0000-0066", "陌生人").await;
        let try_it = async |code: &str| refusal(named_with(&app, (CHILD, code), "100-0000-0066", (Band::Child, false)).await);
        assert_eq!(try_it("000000").await, no, "no code was sent");
        let code = own_code(test, &app, CHILD).await.expect("a code");
        assert!(house::latest_message(&app).await.contains("请监护人同意您注册账号"), "the message says what it is for");
        assert_eq!(try_it(wrong(&code)).await, no);
        assert_eq!((rows(test, "guardianship").await, rows(test, "age_answer").await, rows(test, "age_band").await), (0, 0, 1));
        named_with(&app, (CHILD, &code), GUARDIAN, (Band::Child, false)).await.expect("asked");
        // A request that waits is not led to somebody else either; a code is good once.
        assert_eq!(try_it(&code).await, no);
        assert!(room(&app, &attacker).await.is_empty());
        let guardian = grown(test, &app, GUARDIAN, "家长").await;
        assert_eq!(room(&app, &guardian).await.len(), 1);
    }

    clause_2_7_a_a_minor_is_told_whose_consent_it_is_and_says_who_is_none(test) {
        let app = house::app(test);
        let stranger = grown(test, &app, "100-0000-0066", "陌生人").await;
        ask(test, &app, CHILD, "100-0000-0066", Band::Child).await.expect("asked");
        let id = named(&app, &stranger).await;
        let subject = subject_of(test, &app, id).await;
        prove(test, &app, &stranger, id).await.expect("proved");
        read(&app, &stranger, id).await.expect("read");
        consent(&app, &stranger, id, ALL).await.expect("consented");
        test.clock.advance(Duration::seconds(1));
        work(&app).await;
        let told = house::latest_message(&app).await;
        assert!(told.contains("100****0066") && told.contains("30 天内"), "{told}");
        let code = own_code(test, &app, CHILD).await.expect("a code");
        let again = async |guardian, not_mine| refusal(named_with(&app, (CHILD, &code), guardian, (Band::Child, not_mine)).await);
        assert_eq!(again("100-0000-0066", true).await, Some(Minor::GuardianConsented.into()));
        assert_eq!(again(GUARDIAN, false).await, Some(Minor::GuardianOther.into()));
        assert!(app.store.has_key(subject, app.clock.now()).await.expect("asked"), "nothing is gone by mistake");
        assert_eq!(again(GUARDIAN, true).await, None);
        assert!(!app.store.has_key(subject, app.clock.now()).await.expect("asked"));
        assert!(room(&app, &stranger).await.is_empty());
        assert_eq!(rows(test, "guardianship").await, 1, "the other request");
        let law = house::person::<ObeyLaw>(&app, &stranger);
        assert!(matches!(minor::withdraw(&app, &law, &stranger, id, (true, SHOWN)).await, Err(Failure::NotFound)));
    }

    a_request_to_a_guardian_answers_alike_whether_a_number_has_an_account(test) {
        let app = house::app(test);
        grown(test, &app, "100-0000-0031", "已注册").await;
        test.clock.advance(Duration::minutes(61));
        let mut answers = Vec::new();
        let home = || house::at(HOME);
        for (phone, guardian) in [("100-0000-0031", "100-0000-0032"), ("100-0000-0033", "100-0000-0034")] {
            let mut seen = Vec::new();
            seen.push(refusal(house::ask_code(&app, phone).await));
            seen.push(refusal(house::ask_code_from(&app, phone, Band::Child, home()).await));
            seen.push(refusal(house::ask_code_from(&app, phone, Band::Adult, home()).await));
            let named = async |guardian| refusal(named_with(&app, (phone, "x"), guardian, (Band::Child, false)).await);
            seen.push(named(phone).await);
            for _ in 0..6 {
                test.clock.advance(Duration::seconds(61));
                let ctx = house::visitor::<KeepAccount>(&app);
                seen.push(refusal(minor::request_guardian_code(&app, &ctx, phone, &Origin::default()).await));
                seen.push(named(guardian).await);
            }
            answers.push(seen);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0][1..4], [Some(Minor::GuardianFirst.into()), Some(Minor::AgeStricter.into()), Some(Minor::GuardianSelf.into())]);
        for told in [None, Some(Refused::CodeWrong), Some(Refused::TooManyCodes)] {
            assert!(answers[0].contains(&told), "{told:?}");
        }
        assert_eq!(rows(test, "guardianship").await, 0);
        // The holder is told, and nobody else learns it.
        assert!(house::messages(&app).await.iter().any(|text| text.contains("已经注册")));
    }

    clause_2_7_a_a_consent_without_an_account_goes_after_thirty_days_and_not_before(test) {
        let app = house::app(test);
        let (guardian, id) = consented(test, &app).await;
        let subject = subject_of(test, &app, id).await;
        test.clock.advance(Duration::days(UNUSED_DAYS) - Duration::SECOND);
        assert_eq!(tick(&app).await, 0, "the last second");
        assert!(app.store.has_key(subject, app.clock.now()).await.expect("asked"));
        test.clock.advance(Duration::SECOND);
        assert_eq!(refusal(house::ask_code_as(&app, CHILD, Band::Child).await), Some(Minor::GuardianFirst.into()));
        assert!(room(&app, &guardian).await.is_empty());
        assert_eq!(tick(&app).await, 1);
        assert!(!app.store.has_key(subject, app.clock.now()).await.expect("asked"), "the number is unreadable in every copy");
        assert_eq!((rows(test, "guardianship").await, rows(test, "age_band WHERE band <> 'adult'").await), (0, 0));
        assert_eq!(test.count("SELECT COUNT(*) FROM minor_tally WHERE what = 'expiries'").await, 0, "nobody waited for an answer");
    }

    clause_2_7_a_a_consent_with_an_account_has_no_end_of_its_own(test) {
        let app = house::app(test);
        let (_, id) = consented(test, &app).await;
        // As an earlier version of the program left it.
        test.tamper("UPDATE guardianship SET due_at = since").await;
        assert_eq!(tick(&app).await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM guardianship WHERE due_at > since").await, 1, "put right");
        let code = child_code(test, &app).await;
        house::register_as(&app, CHILD, "孩子", &code, Band::Child).await.expect("registered");
        test.clock.advance(Duration::days(UNUSED_DAYS));
        assert_eq!(tick(&app).await, 0);
        let kept = test.count("SELECT COUNT(*) FROM guardianship WHERE state = 'active' AND due_at IS NULL").await;
        assert_eq!((kept, subject_of(test, &app, id).await.0.is_nil()), (1, false));
    }

    clause_2_7_a_a_minor_who_does_not_finish_today_registers_tomorrow(test) {
        let app = house::app(test);
        let (_, id) = consented(test, &app).await;
        child_code(test, &app).await;
        test.clock.advance(Duration::hours(25));
        account::purge_expired(&app, &system::<Operate>(&app)).await.expect("purged");
        assert_eq!(rows(test, "one_time_code").await, 0);
        let subject = subject_of(test, &app, id).await;
        assert!(app.store.has_key(subject, app.clock.now()).await.expect("asked"), "the guardian's consent stands");
        let code = child_code(test, &app).await;
        house::register_as(&app, CHILD, "孩子", &code, Band::Child).await.expect("registered");
    }

    a_code_that_was_asked_for_to_name_a_guardian_and_not_used_goes_with_its_key(test) {
        let app = house::app(test);
        own_code(test, &app, CHILD).await.expect("a code");
        let subject = {
            let ctx = house::visitor::<KeepAccount>(&app);
            let mut tx = app.store.begin(&ctx).await.expect("begin");
            let digest = child_digest(&app);
            let code = storage::account::code::latest(&mut tx, digest, "guardian_ask").await.expect("read");
            code.expect("a code").subject
        };
        assert!(app.store.has_key(subject, app.clock.now()).await.expect("asked"));
        test.clock.advance(Duration::hours(25));
        account::purge_expired(&app, &system::<Operate>(&app)).await.expect("purged");
        assert_eq!((rows(test, "one_time_code").await, rows(test, "message_outbox").await), (0, 0));
        assert!(!app.store.has_key(subject, app.clock.now()).await.expect("asked"));
    }

    clause_2_7_b_a_consent_taken_back_while_the_child_registers_leaves_no_account_without_a_key(test) {
        let app = house::app(test);
        let (guardian, id) = consented(test, &app).await;
        let code = child_code(test, &app).await;
        // The guardian's transaction is first, and not over yet when the child registers.
        let ctx = house::person::<ObeyLaw>(&app, &guardian);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        storage::minor::hold(&mut tx, id).await.expect("held");
        let withdrawn = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            let row = storage::minor::by_id(&mut tx, id).await.expect("read").expect("a row");
            let facts = domain::minor::Facts { sure: true, ..domain::minor::Facts::default() };
            let step = row.guardianship.step(domain::minor::Event::Withdraw, domain::machine::Role::Guardian, &facts, app.clock.now());
            let step = step.expect("a step");
            storage::minor::record(&mut tx, &row, domain::minor::Event::Withdraw, &step, "guardian").await.expect("recorded");
            tx.commit().await.expect("committed");
        };
        let registered = house::register_as(&app, CHILD, "孩子", &code, Band::Child);
        let (registered, ()) = tokio::join!(registered, withdrawn);
        assert_eq!(refusal(registered), Some(Minor::GuardianFirst.into()));
        tick(&app).await;
        assert_eq!((rows(test, "account").await, rows(test, "guardianship").await), (1, 0), "the guardian's");
    }

    a_name_is_told_to_be_taken_only_after_the_right_code(test) {
        let app = house::app(test);
        grown(test, &app, "100-0000-0031", "林知远").await;
        test.clock.advance(Duration::seconds(61));
        house::ask_code(&app, "100-0000-0033").await.expect("a code");
        let code = house::latest_code(&app).await;
        let register = async |phone, name, code: &str| refusal(house::register_from(&app, (phone, name), code, Band::Adult, house::at(HOME)).await);
        for (phone, code) in [("100-0000-0033", wrong(&code)), ("100-0000-0035", "x")] {
            for name in ["林知远", "没有人"] {
                assert_eq!(register(phone, name, code).await, Some(Refused::CodeWrong), "{phone} {name}");
            }
        }
        assert_eq!(register("100-0000-0033", "林知远", &code).await, Some(Refused::NameTaken));
        assert_eq!(register("100-0000-0033", "没有人", &code).await, None, "the code was left good");
    }

    clause_2_2_3_d_wrong_codes_are_counted_by_network(test) {
        let app = house::app(test);
        let register = async |phone: &str, from| refusal(house::register_from(&app, (phone, "某人"), "x", Band::Adult, house::at(from)).await);
        for number in 0..RULES.names_per_network {
            assert_eq!(register(&format!("100-0000-{number:04}"), HOME).await, Some(Refused::CodeWrong));
        }
        assert_eq!(register("100-0000-0099", HOME).await, Some(Party::PuzzleNeeded.into()));
        assert_eq!(register("100-0000-0099", AWAY).await, Some(Refused::CodeWrong), "another network");
        let named = app::minor::GuardianRequest {
            phone: CHILD, code: "x", guardian_phone: GUARDIAN, age: Some(Band::Child), not_mine: false, from: house::at(HOME),
        };
        let named = minor::ask_guardian(&app, &house::visitor::<KeepAccount>(&app), &named).await;
        assert_eq!(refusal(named), Some(Party::PuzzleNeeded.into()));
    }

    codes_that_are_asked_for_at_once_are_counted_one_after_the_other(test) {
        let app = house::app(test);
        let ctx = house::visitor::<KeepAccount>(&app);
        let digest = child_digest(&app);
        // Somebody else's is counted, and not written yet.
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        storage::account::code::hold_attempts(&mut tx, &[digest]).await.expect("held");
        storage::account::code::count_attempt(&mut tx, "code_sent", digest).await.expect("counted");
        let written = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            tx.commit().await.expect("committed");
        };
        let (asked, ()) = tokio::join!(house::ask_code(&app, CHILD), written);
        assert_eq!(refusal(asked), Some(Refused::CodeTooSoon));
    }

    a_code_takes_five_wrong_tries_and_no_more_also_at_once(test) {
        let app = house::app(test);
        house::ask_code(&app, CHILD).await.expect("a code");
        let code = house::latest_code(&app).await;
        let digest = child_digest(&app);
        let ctx = house::visitor::<KeepAccount>(&app);
        if test.store.engine() == storage::Engine::Postgres {
            let mut counted = 0;
            let mut at_once = Vec::new();
            for _ in 0..6 {
                let mut tx = app.store.begin(&ctx).await.expect("begin");
                let row = storage::account::code::latest(&mut tx, digest, "register").await.expect("read").expect("a code");
                // Each read the row before anybody else's try was written.
                assert_eq!(row.tries, 0);
                at_once.push((tx, row.id));
            }
            for (mut tx, id) in at_once {
                counted += i64::from(storage::account::code::count_try(&mut tx, id, CODE_TRIES).await.expect("counted"));
                tx.commit().await.expect("committed");
            }
            assert_eq!(counted, CODE_TRIES);
        } else {
            for _ in 0..CODE_TRIES {
                let typed = house::register_as(&app, CHILD, "某人", wrong(&code), Band::Adult).await;
                assert_eq!(refusal(typed), Some(Refused::CodeWrong));
            }
        }
        let late = house::register_as(&app, CHILD, "某人", &code, Band::Adult).await;
        assert_eq!(refusal(late), Some(Refused::CodeWrong), "the right one comes too late");
    }
}
