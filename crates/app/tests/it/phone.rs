//! Another number for an account: with the present one, when it is lost, and by two at once.

use std::pin::Pin;

use app::account::{self, LostPhone, PasswordChange, PhoneChange, Place, Viewer};
use app::market::share;
use app::{App, Failure};
use domain::Refused;
use domain::account::change::{
    PHONE_WINDOW, PHONES_PER_WINDOW, PROOF_LIFE, RECOVERIES_PER_WINDOW, RECOVERY_WAIT, RECOVERY_WINDOW, What,
};
use domain::account::limits::{self, CODE_PAUSE};
use domain::market::share::Field;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::disclosure::{own_ledger, shared_order, ticked};
use crate::house::{self, PASSWORD};
use crate::order::{refusal, scene};
use crate::ration::at_once;

/// Somebody's way to a number.
type Taking<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 'a>>;

const OLD: &str = "100-0000-0001";
const NEW: &str = "100-0000-0077";

async fn person(app: &App, phone: &str, name: &str) -> Viewer {
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("live")
}

fn ctx(app: &App, viewer: &Viewer) -> privacy::Ctx<VerifyHolder> {
    house::person(app, viewer)
}

/// The first step: password and a code to the present number.
async fn prove(test: &TestStore, app: &App, viewer: &Viewer) {
    test.clock.advance(CODE_PAUSE);
    account::request_present_code(app, &ctx(app, viewer), viewer)
        .await
        .expect("a code");
    let code = house::latest_code(app).await;
    account::prove_present(app, &ctx(app, viewer), viewer, PASSWORD, &code)
        .await
        .expect("proved");
}

async fn change(app: &App, viewer: &Viewer, phone: &str, code: &str) -> Result<(), Failure> {
    let form = PhoneChange {
        phone,
        code,
        reason: "换了运营商",
    };
    account::change_phone(app, &ctx(app, viewer), viewer, &form).await
}

/// The second step, with a code to the new number.
async fn take(test: &TestStore, app: &App, viewer: &Viewer, phone: &str) -> Result<(), Failure> {
    test.clock.advance(CODE_PAUSE);
    account::request_new_code(app, &ctx(app, viewer), viewer, phone).await?;
    let code = house::latest_code(app).await;
    change(app, viewer, phone, &code).await
}

async fn whats(app: &App, viewer: &Viewer) -> Vec<What> {
    let own: privacy::Ctx<ShowOwn> = house::person(app, viewer);
    let changes = account::changes(app, &own, viewer, Place::TOP)
        .await
        .expect("changes");
    changes.rows.into_iter().map(|change| change.what).collect()
}

async fn masked(app: &App, viewer: &Viewer) -> String {
    let own: privacy::Ctx<ShowOwn> = house::person(app, viewer);
    account::phone_state(app, &own, viewer)
        .await
        .expect("state")
        .phone
}

fn lost<'a>(password: &'a str, phone: &'a str, code: &'a str) -> LostPhone<'a> {
    LostPhone {
        second: "",
        login: "lin",
        password,
        phone,
        code,
        from: app::account::Origin::default(),
    }
}

/// A wish for [`NEW`], made by a visitor who knows name and password of `lin`.
pub(crate) async fn asked(test: &TestStore, app: &App) -> Result<(), Failure> {
    test.clock.advance(CODE_PAUSE);
    account::request_lost_code(app, &house::visitor(app), &lost(PASSWORD, NEW, "")).await?;
    let code = house::latest_code(app).await;
    account::ask_lost(app, &house::visitor(app), &lost(PASSWORD, NEW, &code))
        .await
        .map(|_| ())
}

async fn work(app: &App) -> usize {
    account::carry_out_recoveries(app, "2020-11-01")
        .await
        .expect("work")
}

async fn messages(app: &App) -> Vec<(String, String)> {
    let demo = app.system(privacy::SystemReason::Demo, "2020-11-01");
    let sent = account::outbox(app, &demo).await.expect("outbox");
    sent.into_iter()
        .map(|message| (message.recipient, message.body))
        .collect()
}

both_dbs! {
    clause_2_6_2_a_a_number_is_changed_with_both_numbers_proved_and_everything_that_hangs_on_it(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        let other = house::log_in(&app, "lin", PASSWORD).await.expect("another device");
        prove(test, &app, &viewer).await;
        take(test, &app, &viewer, NEW).await.expect("changed");
        assert_eq!(masked(&app, &viewer).await, "100****0077");
        assert!(house::viewer(&app, &other).await.is_none(), "other sessions end");
        let told = messages(&app).await;
        assert!(told.iter().any(|(to, text)| to == "100****0001" && text.contains("已更换")), "the former number is told");
        assert!(told.iter().any(|(to, text)| to == "100****0077" && text.contains("此号码已成为")), "and the new one");
        // The former number neither logs in nor belongs to anybody.
        assert_eq!(refusal(house::log_in(&app, OLD, PASSWORD).await), Some(Refused::LoginWrong));
        house::log_in(&app, NEW, PASSWORD).await.expect("the new number logs in");
        test.clock.advance(CODE_PAUSE);
        person(&app, OLD, "other").await;
        assert_eq!(whats(&app, &viewer).await, [What::Phone]);
        let reasons = test.texts("SELECT what FROM account_change").await;
        assert_eq!(reasons, ["phone"], "the record names what, and no value");
    }

    clause_2_6_2_a_who_was_given_the_number_is_asked_to_correct_it(test) {
        let scene = scene(test).await;
        shared_order(&scene, 1).await;
        let app = &scene.app;
        prove(test, app, &scene.buyer).await;
        take(test, app, &scene.buyer, NEW).await.expect("changed");
        let demands = own_ledger(app, &scene.buyer).await.demands;
        let asked: Vec<_> = demands.iter().filter(|asked| asked.reason == "corrected").collect();
        assert_eq!(asked.len(), 1);
        assert_eq!((&*asked[0].recipient_kind, asked[0].answer.as_deref()), ("processor", Some("by_contract")));
        // The phone that was typed for an order is a value of its own: the page leads to it.
        let own: privacy::Ctx<ShowOwn> = house::person(app, &scene.buyer);
        let state = account::phone_state(app, &own, &scene.buyer).await.expect("state");
        assert_eq!(state.given.len(), 1);
        let fields = [ticked(Field::Phone, NEW)];
        share::share(app, &scene.ctx(&scene.buyer), &scene.buyer, &state.given[0], &fields).await.expect("corrected");
        let demands = own_ledger(app, &scene.buyer).await.demands;
        assert!(demands.iter().any(|asked| asked.recipient_kind == "supplier" && asked.reason == "corrected"));
    }

    clause_2_1_1_e_neither_session_nor_password_nor_old_number_alone_changes_anything(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        test.clock.advance(CODE_PAUSE);
        // A session alone.
        assert_eq!(refusal(account::request_new_code(&app, &ctx(&app, &viewer), &viewer, NEW).await), Some(Refused::PhoneProof));
        assert_eq!(refusal(change(&app, &viewer, NEW, "123456").await), Some(Refused::PhoneProof));
        // With the code, without the password; with the password, without the code.
        account::request_present_code(&app, &ctx(&app, &viewer), &viewer).await.expect("a code");
        let code = house::latest_code(&app).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for (password, typed, refused) in [("wrong", &*code, Refused::PasswordWrong), ("", &*code, Refused::PasswordWrong), (PASSWORD, wrong, Refused::CodeWrong), (PASSWORD, "", Refused::CodeWrong)] {
            let proved = account::prove_present(&app, &ctx(&app, &viewer), &viewer, password, typed).await;
            assert_eq!(refusal(proved), Some(refused));
            assert_eq!(refusal(change(&app, &viewer, NEW, wrong).await), Some(Refused::PhoneProof));
        }
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        account::prove_present(&app, &ctx(&app, &viewer), &viewer, PASSWORD, &spaced).await.expect("proved");
        // The proof is this session's.
        let other = house::log_in(&app, "lin", PASSWORD).await.expect("another device");
        let other = house::viewer(&app, &other).await.expect("live");
        assert_eq!(refusal(account::request_new_code(&app, &ctx(&app, &other), &other, NEW).await), Some(Refused::PhoneProof));
        // And not for long.
        test.clock.advance(PROOF_LIFE - Duration::SECOND);
        account::request_new_code(&app, &ctx(&app, &viewer), &viewer, NEW).await.expect("just in time");
        let code = house::latest_code(&app).await;
        test.clock.advance(Duration::SECOND);
        assert_eq!(refusal(change(&app, &viewer, NEW, &code).await), Some(Refused::PhoneProof));
        assert_eq!(masked(&app, &viewer).await, "100****0001");
        // A code to the present number is none for the new one, nor one of a log-in's reset.
        prove(test, &app, &viewer).await;
        test.clock.advance(CODE_PAUSE);
        account::request_reset(&app, &house::visitor(&app), OLD, &app::account::Origin::default()).await.expect("sent");
        let reset = house::latest_code(&app).await;
        assert_eq!(refusal(change(&app, &viewer, NEW, &reset).await), Some(Refused::CodeWrong));
    }

    clause_2_1_1_e_a_number_of_another_account_looks_like_a_free_one(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        test.clock.advance(CODE_PAUSE);
        person(&app, NEW, "he").await;
        prove(test, &app, &viewer).await;
        test.clock.advance(CODE_PAUSE);
        account::request_new_code(&app, &ctx(&app, &viewer), &viewer, NEW).await.expect("the same answer");
        let (to, text) = messages(&app).await.remove(0);
        assert_eq!(to, "100****0077");
        assert!(text.contains("没有任何改变") && !text.contains("验证码"), "only its holder learns it");
        assert_eq!(refusal(change(&app, &viewer, NEW, "123456").await), Some(Refused::CodeWrong));
        let own = account::request_new_code(&app, &ctx(&app, &viewer), &viewer, OLD).await;
        assert_eq!(refusal(own), Some(Refused::PhoneUnchanged));
    }

    a_code_sent_to_a_former_number_resets_nobody_elses_password(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        prove(test, &app, &viewer).await;
        test.clock.advance(CODE_PAUSE);
        account::request_new_code(&app, &ctx(&app, &viewer), &viewer, NEW).await.expect("sent");
        let new = house::latest_code(&app).await;
        test.clock.advance(CODE_PAUSE);
        account::request_reset(&app, &house::visitor(&app), OLD, &app::account::Origin::default()).await.expect("sent");
        let reset = house::latest_code(&app).await;
        change(&app, &viewer, NEW, &new).await.expect("changed");
        test.clock.advance(CODE_PAUSE);
        person(&app, OLD, "next").await;
        let form = account::Reset { phone: OLD, code: &reset, password: "北风 吹着 三只 空茶碗", device: "", from: app::account::Origin::default() };
        assert_eq!(refusal(account::reset(&app, &house::visitor(&app), &form).await), Some(Refused::CodeWrong));
        house::log_in(&app, "next", PASSWORD).await.expect("their password is what it was");
    }

    of_two_who_want_one_number_at_once_one_gets_it(test) {
        let app = house::app(test);
        let mut viewers = Vec::new();
        for (phone, name) in [(OLD, "lin"), ("100-0000-0002", "he")] {
            test.clock.advance(CODE_PAUSE);
            viewers.push(person(&app, phone, name).await);
        }
        for viewer in &viewers {
            prove(test, &app, viewer).await;
        }
        let mut codes = Vec::new();
        for viewer in &viewers {
            test.clock.advance(CODE_PAUSE);
            account::request_new_code(&app, &ctx(&app, viewer), viewer, NEW).await.expect("sent");
            codes.push(house::latest_code(&app).await);
        }
        // And somebody registers with it.
        test.clock.advance(CODE_PAUSE);
        house::ask_code(&app, NEW).await.expect("sent");
        let third = house::latest_code(&app).await;
        let register = async { house::register_with(&app, NEW, "third", &third).await.map(|_| ()) };
        let mut calls: Vec<Taking<'_>> = vec![Box::pin(register)];
        for (viewer, code) in viewers.iter().zip(&codes) {
            calls.push(Box::pin(change(&app, viewer, NEW, code)));
        }
        let results = at_once(calls.into_iter()).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for result in results {
            let said = refusal(result);
            assert!(said.is_none() || said == Some(Refused::CodeWrong), "{said:?}");
        }
        let owned = test.count("SELECT COUNT(*) FROM account").await;
        assert_eq!(test.count("SELECT COUNT(*) FROM blind_index WHERE field = 'account.phone'").await, owned);
    }

    a_number_is_changed_so_often_and_no_more(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        let mut first = None;
        for number in 0..PHONES_PER_WINDOW {
            prove(test, &app, &viewer).await;
            take(test, &app, &viewer, &format!("100-0000-003{number}")).await.expect("changed");
            first = first.or(Some(app.clock.now()));
        }
        test.clock.advance(CODE_PAUSE);
        let refused = account::request_present_code(&app, &ctx(&app, &viewer), &viewer).await;
        assert_eq!(refusal(refused), Some(Refused::PhoneTooOften));
        let ends = first.expect("changed") + PHONE_WINDOW;
        test.clock.advance(ends - app.clock.now() - Duration::SECOND);
        let begun = house::log_in(&app, "lin", PASSWORD).await.expect("logged in");
        let viewer = house::viewer(&app, &begun).await.expect("live");
        let refused = account::request_present_code(&app, &ctx(&app, &viewer), &viewer).await;
        assert_eq!(refusal(refused), Some(Refused::PhoneTooOften), "a second too early");
        test.clock.advance(Duration::SECOND);
        prove(test, &app, &viewer).await;
        take(test, &app, &viewer, NEW).await.expect("the first left the window");
    }

    clause_2_6_2_b_a_lost_number_is_replaced_after_a_week_of_warnings_and_nothing_new_is_asked(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        asked(test, &app).await.expect("asked");
        let begun = app.clock.now();
        let warned = async || messages(&app).await.iter().filter(|(to, text)| to == "100****0001" && text.contains("一键取消")).count();
        assert_eq!(warned().await, 1, "told at once");
        assert_eq!(refusal(asked(test, &app).await), Some(Refused::RecoveryPending));
        let own: privacy::Ctx<ShowOwn> = house::person(&app, &viewer);
        let waiting = account::dealings(&app, &own, &viewer).await.expect("dealings").recovery.expect("waits");
        assert_eq!((&*waiting.phone, waiting.due_at), ("100****0077", begun + RECOVERY_WAIT));
        assert_eq!(work(&app).await, 0);
        test.clock.advance(begun + Duration::days(3) - app.clock.now());
        assert_eq!((work(&app).await, warned().await), (1, 2));
        assert_eq!(work(&app).await, 0, "told once");
        test.clock.advance(Duration::days(3));
        assert_eq!((work(&app).await, warned().await), (1, 3));
        test.clock.advance(Duration::days(1) - Duration::SECOND);
        assert_eq!(work(&app).await, 0, "a second too early");
        assert_eq!(masked(&app, &viewer).await, "100****0001");
        test.clock.advance(Duration::SECOND);
        assert_eq!(work(&app).await, 1);
        assert!(house::viewer(&app, &house::log_in(&app, NEW, PASSWORD).await.expect("logs in")).await.is_some());
        assert_eq!(refusal(house::log_in(&app, OLD, PASSWORD).await), Some(Refused::LoginWrong));
        assert_eq!(whats(&app, &viewer).await, [What::PhoneRecovered, What::RecoveryAsked]);
        assert_eq!(test.count("SELECT COUNT(*) FROM phone_recovery").await, 0, "the wish is gone");
        assert_eq!(test.count("SELECT COUNT(*) FROM session WHERE revoked_at IS NULL").await, 1, "every earlier session ended");
    }

    clause_2_1_1_e_a_worker_that_slept_carries_nothing_out_before_the_last_warning(test) {
        let app = house::app(test);
        person(&app, OLD, "lin").await;
        asked(test, &app).await.expect("asked");
        test.clock.advance(RECOVERY_WAIT + Duration::days(2));
        assert_eq!(work(&app).await, 1);
        assert_eq!(refusal(house::log_in(&app, NEW, PASSWORD).await), Some(Refused::LoginWrong), "warned, not done");
        test.clock.advance(Duration::days(1) - Duration::SECOND);
        assert_eq!(work(&app).await, 0);
        test.clock.advance(Duration::SECOND);
        assert_eq!(work(&app).await, 1);
        house::log_in(&app, NEW, PASSWORD).await.expect("a day after the warning");
    }

    clause_2_2_3_d_whoever_is_logged_in_cancels_and_a_new_password_ends_the_wish(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        asked(test, &app).await.expect("asked");
        account::cancel_lost(&app, &ctx(&app, &viewer), &viewer).await.expect("cancelled");
        assert!(matches!(account::cancel_lost(&app, &ctx(&app, &viewer), &viewer).await, Err(Failure::NotFound)));
        asked(test, &app).await.expect("asked");
        let form = PasswordChange { current: PASSWORD, password: "北风 吹着 三只 空茶碗" };
        account::change_password(&app, &ctx(&app, &viewer), &viewer, &form).await.expect("changed");
        test.clock.advance(RECOVERY_WAIT * 2);
        assert_eq!(work(&app).await, 0);
        let begun = house::log_in(&app, OLD, form.password).await.expect("the number is what it was");
        let viewer = house::viewer(&app, &begun).await.expect("live");
        let recorded = whats(&app, &viewer).await;
        assert_eq!(recorded.len(), 5, "{recorded:?}");
        for (what, times) in [(What::Password, 1), (What::RecoveryVoid, 1), (What::RecoveryAsked, 2), (What::RecoveryCancelled, 1)] {
            assert_eq!(recorded.iter().filter(|known| **known == what).count(), times, "{recorded:?}");
        }
    }

    clause_2_1_1_e_a_lost_number_is_not_replaced_without_the_password_or_the_code(test) {
        let app = house::app(test);
        person(&app, OLD, "lin").await;
        test.clock.advance(CODE_PAUSE);
        let visitor = || house::visitor::<VerifyHolder>(&app);
        for (password, phone, refused) in [
            ("wrong", NEW, vec![Refused::LoginWrong]),
            ("", NEW, vec![Refused::PasswordMissing]),
            ("wrong", "12", vec![Refused::LoginWrong, Refused::PhoneNotFictional]),
            (PASSWORD, "12", vec![Refused::PhoneNotFictional]),
        ] {
            let sent = account::request_lost_code(&app, &visitor(), &lost(password, phone, "")).await;
            assert_eq!(sent.expect_err("refused").refusals(), refused);
        }
        assert!(messages(&app).await.iter().all(|(to, _)| to == "100****0001"), "no code without the password");
        account::request_lost_code(&app, &visitor(), &lost(PASSWORD, NEW, "")).await.expect("sent");
        let code = house::latest_code(&app).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for typed in [wrong, ""] {
            let asked = account::ask_lost(&app, &visitor(), &lost(PASSWORD, NEW, typed)).await;
            assert_eq!(refusal(asked), Some(Refused::CodeWrong));
        }
        let asked = account::ask_lost(&app, &visitor(), &lost("wrong", NEW, &code)).await;
        assert_eq!(refusal(asked), Some(Refused::LoginWrong));
        assert_eq!(test.count("SELECT COUNT(*) FROM phone_recovery").await, 0);
        // Guesses here and at the log-in are counted together.
        for _ in 0..limits::LOGINS_PER_WINDOW {
            let _ = account::request_lost_code(&app, &visitor(), &lost("wrong", NEW, "")).await;
        }
        assert_eq!(refusal(house::log_in(&app, "lin", PASSWORD).await), Some(Refused::TooManyLogins));
    }

    wishes_are_rationed_and_a_number_taken_meanwhile_ends_one(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        let first = app.clock.now();
        for _ in 0..RECOVERIES_PER_WINDOW {
            asked(test, &app).await.expect("asked");
            account::cancel_lost(&app, &ctx(&app, &viewer), &viewer).await.expect("cancelled");
        }
        assert_eq!(refusal(asked(test, &app).await), Some(Refused::RecoveryTooOften));
        test.clock.advance(first + RECOVERY_WINDOW + Duration::minutes(2) - app.clock.now());
        asked(test, &app).await.expect("a day later");
        test.clock.advance(CODE_PAUSE);
        person(&app, NEW, "he").await;
        for days in [3, 3, 1] {
            test.clock.advance(Duration::days(days));
            work(&app).await;
        }
        house::log_in(&app, OLD, PASSWORD).await.expect("nothing changed");
        assert_eq!(test.count("SELECT COUNT(*) FROM phone_recovery").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM account_change WHERE what = 'recovery_void'").await, 1);
    }

    a_person_who_is_being_erased_gets_no_other_number(test) {
        let app = house::app(test);
        let viewer = person(&app, OLD, "lin").await;
        asked(test, &app).await.expect("asked");
        let (verify, law) = (ctx(&app, &viewer), house::person(&app, &viewer));
        let (_, waits) = app::rights::ask_closure(&app, &verify, &law, &viewer, PASSWORD).await.expect("closed");
        assert!(!waits);
        test.clock.advance(RECOVERY_WAIT + Duration::days(1));
        work(&app).await;
        let law = app.system(privacy::SystemReason::Job, "2020-11-01");
        app::rights::erase(&app, &law, viewer.subject).await.expect("erased");
        for table in ["phone_recovery", "account_change", "phone_proof", "profile", "login_failure"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        let asked = account::request_lost_code(&app, &house::visitor(&app), &lost(PASSWORD, NEW, "")).await;
        assert_eq!(refusal(asked), Some(Refused::LoginWrong));
    }

    every_other_device_is_logged_out_at_once(test) {
        let app = house::app(test);
        let begun = house::register(&app, OLD, "lin").await;
        let mut others = Vec::new();
        for _ in 0..3 {
            others.push(house::log_in(&app, "lin", PASSWORD).await.expect("logged in"));
        }
        let viewer = house::viewer(&app, &begun).await.expect("live");
        let safe: privacy::Ctx<KeepSafe> = house::person(&app, &viewer);
        assert_eq!(account::end_others(&app, &safe, &viewer).await.expect("ended"), 3);
        for other in &others {
            assert!(house::viewer(&app, other).await.is_none());
        }
        assert!(house::viewer(&app, &begun).await.is_some());
    }
}
