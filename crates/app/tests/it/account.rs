//! Registration, log-in, sessions, passwords.

use app::Failure;
use app::account::{self, CodeRequest, PasswordChange, Registration, Reset};
use domain::Refused;
use domain::account::limits;
use domain::minor::Band;
use privacy::purpose::{KeepAccount, KeepSafe, Notify, ShowOwn, VerifyHolder};
use testkit::both_dbs;
use time::Duration;

use crate::house::{self, PASSWORD};

const PHONE: &str = "100-0000-0001";

fn refusals<T>(result: Result<T, Failure>) -> Vec<Refused> {
    result
        .err()
        .map(|failure| failure.refusals().to_vec())
        .unwrap_or_default()
}

both_dbs! {
    clause_2_1_1_b_phone_name_and_password_make_an_account(test) {
        let app = house::app(test);
        let begun = house::register(&app, PHONE, "林知远").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let seen = account::overview(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("overview");
        assert_eq!((seen.name.as_str(), seen.phone.as_str()), ("林知远", "100****0001"));
        assert_eq!(seen.devices.len(), 1);
        assert!(seen.devices[0].current);
    }

    clause_0_2_and_0_7_two_acceptances_precede_the_first_personal_value(test) {
        let app = house::app(test);
        let documents = house::documents();
        for (agreement, policy, expected) in [
            (false, false, vec![Refused::AgreementNotAccepted, Refused::PolicyNotAccepted]),
            (true, false, vec![Refused::PolicyNotAccepted]),
            (false, true, vec![Refused::AgreementNotAccepted]),
        ] {
            let request = CodeRequest { phone: PHONE, age: Some(Band::Adult), accept_agreement: agreement, accept_policy: policy, documents: &documents, from: app::account::Origin::default() };
            let sent = account::request_code(&app, &house::visitor::<KeepAccount>(&app), &request).await;
            assert_eq!(refusals(sent), expected);
        }
        assert_eq!(house::latest_message(&app).await, "", "nothing is stored or sent before acceptance");
        let begun = house::register(&app, PHONE, "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let seen = account::overview(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("overview");
        let documents: Vec<_> = seen.consents.iter().map(|event| (event.document.as_str(), event.text_hash.as_str())).collect();
        assert_eq!(documents.len(), 2);
        assert!(documents.contains(&("agreement", "aa")) && documents.contains(&("policy", "bb")));
        assert!(seen.consents.iter().all(|event| event.at <= seen.created_at));
    }

    every_wrong_field_is_named_at_once(test) {
        let app = house::app(test);
        let documents = house::documents();
        let form = Registration {
            phone: "12", code: "", account_name: "a", password: "short", age: Some(Band::Adult),
            accept_agreement: false, accept_policy: false, documents: &documents, device: "",
            from: app::account::Origin::default(),
        };
        let refused = account::register(&app, &house::visitor::<KeepAccount>(&app), &form).await;
        assert_eq!(refusals(refused), [
            Refused::PhoneNotFictional, Refused::NameLength, Refused::PasswordShort,
            Refused::AgreementNotAccepted, Refused::PolicyNotAccepted,
        ]);
    }

    a_code_dies_after_its_life_its_tries_and_its_use(test) {
        let app = house::app(test);
        house::ask_code(&app, PHONE).await.expect("code");
        let code = house::latest_code(&app).await;
        test.clock.advance(limits::CODE_LIFE);
        assert_eq!(refusals(house::register_with(&app, PHONE, "lin", &code).await), [Refused::CodeWrong], "expired to the second");

        house::ask_code(&app, PHONE).await.expect("code");
        let code = house::latest_code(&app).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..limits::CODE_TRIES {
            assert_eq!(refusals(house::register_with(&app, PHONE, "lin", wrong).await), [Refused::CodeWrong]);
        }
        assert_eq!(refusals(house::register_with(&app, PHONE, "lin", &code).await), [Refused::CodeWrong], "too many tries");

        test.clock.advance(limits::CODE_PAUSE);
        house::ask_code(&app, PHONE).await.expect("code");
        let code = house::latest_code(&app).await;
        test.clock.advance(limits::CODE_LIFE - Duration::seconds(1));
        house::register_with(&app, PHONE, "lin", &code).await.expect("good to the last second");
        assert_eq!(refusals(house::register_with(&app, PHONE, "lin2", &code).await), [Refused::CodeWrong], "used");
    }

    codes_are_rationed_per_phone(test) {
        let app = house::app(test);
        house::ask_code(&app, PHONE).await.expect("first");
        test.clock.advance(limits::CODE_PAUSE - Duration::seconds(1));
        assert_eq!(refusals(house::ask_code(&app, PHONE).await), [Refused::CodeTooSoon]);
        for _ in 1..limits::CODES_PER_WINDOW {
            test.clock.advance(limits::CODE_PAUSE);
            house::ask_code(&app, PHONE).await.expect("within the hour's ration");
        }
        test.clock.advance(limits::CODE_PAUSE);
        assert_eq!(refusals(house::ask_code(&app, PHONE).await), [Refused::TooManyCodes]);
        house::ask_code(&app, "100-0000-0002").await.expect("another phone has its own ration");
    }

    a_taken_phone_looks_like_a_free_one(test) {
        let app = house::app(test);
        house::register(&app, PHONE, "lin").await;
        test.clock.advance(limits::CODE_PAUSE);
        house::ask_code(&app, PHONE).await.expect("the same answer");
        assert!(house::latest_message(&app).await.contains("已经注册"), "only the phone's holder learns it");
        assert_eq!(refusals(house::register_with(&app, PHONE, "other", "123456").await), [Refused::CodeWrong]);
    }

    log_in_by_phone_or_name_and_no_hint_whether_it_exists(test) {
        let app = house::app(test);
        house::register(&app, PHONE, "Lin").await;
        for login in [PHONE, "１0000000001", "lin", " LIN "] {
            house::log_in(&app, login, PASSWORD).await.expect(login);
        }
        for (login, password) in [("lin", "wrong"), ("nobody", PASSWORD), ("100-0000-0009", PASSWORD)] {
            assert_eq!(refusals(house::log_in(&app, login, password).await), [Refused::LoginWrong], "{login}");
        }
        let missing = [Refused::LoginMissing, Refused::PasswordMissing];
        assert_eq!(refusals(house::log_in(&app, " ", "").await), missing);
        assert_eq!(refusals(house::log_in(&app, "lin", "").await), missing[1..]);
    }

    clause_2_2_3_d_failed_log_ins_are_rationed(test) {
        let app = house::app(test);
        house::register(&app, PHONE, "lin").await;
        for _ in 0..limits::LOGINS_PER_WINDOW {
            assert_eq!(refusals(house::log_in(&app, "lin", "wrong").await), [Refused::LoginWrong]);
        }
        assert_eq!(refusals(house::log_in(&app, "lin", PASSWORD).await), [Refused::TooManyLogins]);
        test.clock.advance(limits::LOGIN_WINDOW);
        house::log_in(&app, "lin", PASSWORD).await.expect("the window has passed");
    }

    sessions_end_by_log_out_revocation_idleness_and_age(test) {
        let app = house::app(test);
        let one = house::register(&app, PHONE, "lin").await;
        let two = house::log_in(&app, "lin", PASSWORD).await.expect("second device");
        let viewer = house::viewer(&app, &one).await.expect("live");
        let ctx = house::person::<KeepSafe>(&app, &viewer);
        account::revoke(&app, &ctx, &viewer, two.session).await.expect("revoke");
        assert!(house::viewer(&app, &two).await.is_none());
        let again = account::revoke(&app, &ctx, &viewer, two.session).await;
        assert!(matches!(again, Err(Failure::NotFound)));

        test.clock.advance(Duration::seconds(1));
        let other = house::register(&app, "100-0000-0002", "he").await;
        let foreign = account::revoke(&app, &ctx, &viewer, other.session).await;
        assert!(matches!(foreign, Err(Failure::NotFound)), "a foreign session looks like none");
        assert!(house::viewer(&app, &other).await.is_some());

        test.clock.advance(limits::SESSION_IDLE - Duration::seconds(2));
        assert!(house::viewer(&app, &one).await.is_some(), "used in time");
        test.clock.advance(limits::SESSION_IDLE);
        assert!(house::viewer(&app, &one).await.is_none(), "idle");

        let three = house::log_in(&app, "lin", PASSWORD).await.expect("again");
        let mut days = Duration::ZERO;
        while days + Duration::days(10) < limits::SESSION_LIFE {
            test.clock.advance(Duration::days(10));
            days += Duration::days(10);
            assert!(house::viewer(&app, &three).await.is_some());
        }
        test.clock.advance(limits::SESSION_LIFE - days);
        assert!(house::viewer(&app, &three).await.is_none(), "however busy, it ends");
        let four = house::log_in(&app, "lin", PASSWORD).await.expect("again");
        let viewer = house::viewer(&app, &four).await.expect("live");
        account::log_out(&app, &house::person::<KeepSafe>(&app, &viewer), &viewer).await.expect("out");
        assert!(house::viewer(&app, &four).await.is_none());
    }

    a_new_password_ends_the_other_sessions(test) {
        let app = house::app(test);
        let one = house::register(&app, PHONE, "lin").await;
        let two = house::log_in(&app, "lin", PASSWORD).await.expect("second device");
        let viewer = house::viewer(&app, &one).await.expect("live");
        let ctx = house::person::<VerifyHolder>(&app, &viewer);
        let new = "北风 吹着 三只 空茶碗";
        let wrong = PasswordChange { current: "wrong", password: new };
        assert_eq!(refusals(account::change_password(&app, &ctx, &viewer, &wrong).await), [Refused::PasswordWrong]);
        let right = PasswordChange { current: PASSWORD, password: new };
        let renewed = account::change_password(&app, &ctx, &viewer, &right).await.expect("changed");
        assert!(house::viewer(&app, &one).await.is_none(), "the session goes on under another token");
        let one = account::Begun { token: renewed.token, ..one };
        assert!(house::viewer(&app, &one).await.is_some() && house::viewer(&app, &two).await.is_none());
        assert_eq!(refusals(house::log_in(&app, "lin", PASSWORD).await), [Refused::LoginWrong]);

        test.clock.advance(limits::CODE_PAUSE);
        account::request_reset(&app, &house::visitor(&app), "100-0000-0009", &app::account::Origin::default()).await.expect("no account, same answer");
        account::request_reset(&app, &house::visitor(&app), PHONE, &app::account::Origin::default()).await.expect("code");
        let code = house::latest_code(&app).await;
        let form = Reset { phone: PHONE, code: &code, password: PASSWORD, device: "", from: app::account::Origin::default() };
        account::reset(&app, &house::visitor(&app), &form).await.expect("reset");
        assert!(house::viewer(&app, &one).await.is_none(), "a reset ends every session");
        house::log_in(&app, PHONE, PASSWORD).await.expect("the new password");
    }

    clause_2_5_1_e_a_person_sees_who_opened_their_data(test) {
        let app = house::app(test);
        let begun = house::register(&app, PHONE, "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("live");
        let seen = account::overview(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("overview");
        assert!(seen.openings.iter().any(|opening| opening.actor_kind == "system:demo" && opening.purpose == "notify"));
        test.clock.advance(Duration::seconds(1));
        let stranger = house::register(&app, "100-0000-0002", "he").await;
        let stranger = house::viewer(&app, &stranger).await.expect("live");
        let refused = account::overview(&app, &house::person::<ShowOwn>(&app, &stranger), &viewer).await;
        assert!(matches!(refused, Err(Failure::Fault(_))), "someone else's context opens nothing");
    }

    the_outbox_is_a_demo_page(test) {
        let app = app::App { demo: false, ..house::app(test) };
        let shown = account::outbox(&app, &house::visitor::<Notify>(&app)).await;
        assert!(matches!(shown, Err(Failure::NotFound)));
    }
}

both_dbs! {
    clause_2_5_3_b_codes_messages_and_unfinished_registrations_live_one_day(test) {
        let app = house::app(test);
        house::ask_code(&app, PHONE).await.expect("an unfinished registration");
        test.clock.advance(Duration::seconds(1));
        let kept = house::register(&app, "100-0000-0002", "he").await;
        let operate = || privacy::Ctx::<privacy::purpose::Operate>::new(
            privacy::Actor::System(privacy::SystemReason::Job), "2020-11-01", app.entropy.id(), app.clock.now(),
        );
        test.clock.advance(Duration::hours(24) - Duration::seconds(2));
        assert_eq!(account::purge_expired(&app, &operate()).await.expect("purge"), 0, "a second too early");
        test.clock.advance(Duration::seconds(1));
        assert_eq!(account::purge_expired(&app, &operate()).await.expect("purge"), 4, "code, message, attempt, sighting");
        test.clock.advance(Duration::hours(1));
        assert_eq!(account::purge_expired(&app, &operate()).await.expect("purge"), 5, "the finished one's, with the sighting of its second step");
        assert_eq!(account::purge_expired(&app, &operate()).await.expect("purge"), 0, "again changes nothing");
        let viewer = house::viewer(&app, &kept).await.expect("live");
        let seen = account::overview(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("overview");
        assert_eq!(seen.name, "he", "an account's key is not destroyed");
        house::register(&app, PHONE, "lin").await;
    }
}
