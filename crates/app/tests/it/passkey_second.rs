//! Passkeys beside the password: the second step, the proof that acts of weight want, the way out for
//! whoever lost them, the copy and the erasure.

use app::account::{self, Entered, Entry, Given, PasskeyStep, SecondStep};
use app::{Failure, rights};
use domain::Refused;
use domain::account::{limits, second as rules};
use domain::refused::Passkey as Rule;
use privacy::purpose::{ObeyLaw, ShowOwn, VerifyHolder};
use testkit::{Authenticator, both_dbs};
use time::Duration;

use crate::house::{self, PASSWORD};
use crate::passkey::{Holder, PHONE, enter, holder, person, question};
use crate::second::{guarded, said};

async fn wait(holder: &Holder) -> String {
    match house::enter(&holder.app, "lin", PASSWORD, None)
        .await
        .expect("right")
    {
        Entry::Waits { token } => token,
        Entry::Begun(_) | Entry::Stopped { .. } => panic!("no second step"),
    }
}

async fn answered(holder: &Holder, token: &str, answer: &str, remember: bool) -> Result<Entered, Failure> {
    let step = PasskeyStep {
        token,
        answer,
        device: "Chromium",
        remember,
    };
    account::passkey_step(&holder.app, &house::visitor(&holder.app), &step).await
}

async fn asked(holder: &Holder, token: &str) -> String {
    let prompt = account::begin_step(&holder.app, &house::visitor(&holder.app), token).await;
    prompt.expect("asked").options
}

async fn recovery(holder: &Holder, token: &str, code: &str) -> Result<Entered, Failure> {
    let step = SecondStep {
        token,
        given: Given {
            code: "",
            recovery: code,
        },
        device: "Chromium",
        remember: false,
    };
    account::second_step(&holder.app, &house::visitor(&holder.app), &step).await
}

fn lost<'a>(password: &'a str, second: &'a str, code: &'a str) -> account::LostPhone<'a> {
    account::LostPhone {
        login: "lin",
        password,
        phone: "100-0000-0077",
        code,
        second,
        from: account::Origin::default(),
    }
}

both_dbs! {
    clause_2_1_1_e_after_the_password_a_passkey_is_the_second_step(test) {
        let mut holder = holder(test).await;
        let token = wait(&holder).await;
        let options = asked(&holder, &token).await;
        let read: serde_json::Value = serde_json::from_str(&options).expect("JSON");
        assert_eq!(read["allowCredentials"][0]["id"], holder.device.newest());
        holder.device.named = false;
        let answer = holder.device.get(&options);
        let entered = answered(&holder, &token, &answer, true).await.expect("logged in");
        let remembered = entered.remembered.expect("remembered");
        assert!(house::enter(&holder.app, "lin", PASSWORD, Some(&remembered)).await.expect("right").begun().is_some());
        assert_eq!(said(answered(&holder, &token, &answer, false).await), Some(Refused::Passkey(Rule::Stale)));
        let token = wait(&holder).await;
        recovery(&holder, &token, &holder.codes[0]).await.expect("without the device, a recovery code");
        let nobody = account::begin_step(&holder.app, &house::visitor(&holder.app), &"0".repeat(64)).await;
        assert_eq!(said(nobody), Some(Refused::SecondStale), "nothing is told without the password");
    }

    clause_2_2_3_d_wrong_answers_at_the_second_step_are_counted_like_wrong_codes(test) {
        let mut holder = holder(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let mut other = person(test, "100-0000-0003", "he", 3).await;
        other.add("").await.expect("added");
        let token = wait(&holder).await;
        for number in 0..rules::PENDING_TRIES {
            let options = asked(&holder, &token).await;
            let answer = if number == 0 { "{}".to_owned() } else { other.device.get_anyhow(&options) };
            let wrong = answered(&holder, &token, &answer, false).await;
            assert_eq!(said(wrong), Some(Refused::Passkey(Rule::Wrong)), "another person's passkey");
        }
        let over = account::begin_step(&holder.app, &house::visitor(&holder.app), &token).await;
        assert_eq!(said(over), Some(Refused::SecondStale), "this log-in begins anew");
        assert!(holder.told("多次输错两步登录验证码").await);
        let token = wait(&holder).await;
        let options = asked(&holder, &token).await;
        let answer = holder.device.get(&options);
        test.clock.advance(rules::PENDING_LIFE);
        assert!(answered(&holder, &token, &answer, false).await.is_err(), "the wait is over");
    }

    clause_2_1_1_e_a_passkey_of_another_person_proves_nothing(test) {
        let mut holder = holder(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let mut other = person(test, "100-0000-0003", "he", 3).await;
        other.add("").await.expect("added");
        let options = account::begin_proof(&holder.app, &holder.ctx(), &holder.viewer).await.expect("asked").options;
        let answer = other.device.get_anyhow(&options);
        let proved = account::prove_passkey(&holder.app, &holder.ctx(), &holder.viewer, &answer).await;
        assert_eq!(said(proved), Some(Refused::Passkey(Rule::Wrong)));
        // A key of one person that says to be another's.
        let (token, options) = question(&holder.app).await;
        let mine = holder.device.get(&options);
        let theirs = other.device.get(&options);
        let part = |answer: &str, name: &str| serde_json::from_str::<serde_json::Value>(answer).expect("JSON")["response"][name].as_str().expect("a text").to_owned();
        let mixed = mine.replace(&part(&mine, "userHandle"), &part(&theirs, "userHandle"));
        assert_ne!(mixed, mine);
        assert_eq!(said(enter(&holder.app, &token, &mixed).await), Some(Refused::Passkey(Rule::Wrong)));
    }

    clause_2_6_4_f_a_passkey_is_a_whole_proof_for_ten_minutes(test) {
        let mut holder = holder(test).await;
        test.clock.advance(rules::FRESH);
        let state = async |holder: &Holder| account::proof_state(&holder.app, &holder.ctx(), &holder.viewer).await.expect("read");
        assert!(!state(&holder).await.fresh);
        let options = account::begin_proof(&holder.app, &holder.ctx(), &holder.viewer).await.expect("asked").options;
        let wrong = account::prove_passkey(&holder.app, &holder.ctx(), &holder.viewer, "nonsense").await;
        assert_eq!(said(wrong), Some(Refused::Passkey(Rule::Wrong)));
        let late = holder.device.get(&options);
        let spent = account::prove_passkey(&holder.app, &holder.ctx(), &holder.viewer, &late).await;
        assert_eq!(said(spent), Some(Refused::Passkey(Rule::Stale)));
        assert!(!state(&holder).await.fresh);
        let options = account::begin_proof(&holder.app, &holder.ctx(), &holder.viewer).await.expect("asked").options;
        let answer = holder.device.get(&options);
        let renewed = account::prove_passkey(&holder.app, &holder.ctx(), &holder.viewer, &answer).await.expect("proved");
        assert!(state(&holder).await.fresh);
        let ctx = house::visitor(&holder.app);
        assert!(account::authenticate(&holder.app, &ctx, &holder.token).await.expect("asked").is_none(), "the former token opens nothing");
        assert!(account::authenticate(&holder.app, &ctx, &renewed.token).await.expect("asked").is_some());
        test.clock.advance(rules::FRESH - Duration::SECOND);
        assert!(state(&holder).await.fresh);
        test.clock.advance(Duration::SECOND);
        assert!(!state(&holder).await.fresh);
        let given = Given { code: "", recovery: &holder.codes[1] };
        account::step_up(&holder.app, &holder.ctx(), &holder.viewer, PASSWORD, &given).await.expect("password and recovery code");
        let alone = account::step_up(&holder.app, &holder.ctx(), &holder.viewer, PASSWORD, &Given { code: "", recovery: "" }).await;
        assert_eq!(said(alone), Some(Refused::SecondMissing), "the password is half of it");
    }

    clause_2_2_3_d_wrong_answers_for_a_proof_are_rationed_with_the_codes(test) {
        let mut holder = holder(test).await;
        for _ in 0..rules::PER_WINDOW {
            account::begin_proof(&holder.app, &holder.ctx(), &holder.viewer).await.expect("asked");
            let wrong = account::prove_passkey(&holder.app, &holder.ctx(), &holder.viewer, "x").await;
            assert_eq!(said(wrong), Some(Refused::Passkey(Rule::Wrong)));
        }
        let right = async |holder: &mut Holder| {
            let options = account::begin_proof(&holder.app, &holder.ctx(), &holder.viewer).await.expect("asked").options;
            let answer = holder.device.get(&options);
            account::prove_passkey(&holder.app, &holder.ctx(), &holder.viewer, &answer).await
        };
        assert_eq!(said(right(&mut holder).await), Some(Refused::SecondTooMany));
        test.clock.advance(rules::WINDOW);
        right(&mut holder).await.expect("a quarter of an hour later");
    }

    clause_2_5_4_e_whose_only_second_factor_is_a_lost_passkey_gets_in_again_after_seven_days(test) {
        let mut holder = holder(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let lose = async |holder: &Holder| {
            let ctx = house::visitor(&holder.app);
            let token = wait(holder).await;
            account::request_loss_code(&holder.app, &ctx, &token, PHONE).await.expect("sent");
            let code = house::latest_code(&holder.app).await;
            account::ask_loss(&holder.app, &ctx, &token, PHONE, &code).await.expect("asked")
        };
        let end = lose(&holder).await;
        assert_eq!(end, holder.app.clock.now() + rules::LOSS_WAIT);
        let seen = account::security(&holder.app, &holder.ctx::<ShowOwn>(), &holder.viewer).await.expect("read");
        assert_eq!((seen.off_at, seen.passkeys, seen.app_since), (Some(end), 1, None));
        test.clock.advance(limits::CODE_PAUSE);
        assert_eq!(lose(&holder).await, end, "the first day stands");
        assert!(holder.told("申请关闭两步登录").await);
        account::keep_second(&holder.app, &holder.ctx(), &holder.viewer).await.expect("found again");
        test.clock.advance(limits::CODE_PAUSE);
        let end = lose(&holder).await;
        test.clock.advance(end - holder.app.clock.now() - Duration::SECOND);
        app::job::run_ready(&holder.app, "2020-11-01").await.expect("worked");
        assert!(house::log_in(&holder.app, "lin", PASSWORD).await.is_err(), "a second too early");
        holder.enter().await.expect("whoever has the passkey still gets in, and could say no");
        test.clock.advance(Duration::SECOND);
        app::job::run_ready(&holder.app, "2020-11-01").await.expect("worked");
        house::log_in(&holder.app, "lin", PASSWORD).await.expect("the password is enough now");
        assert_eq!(said(holder.enter().await), Some(Refused::Passkey(Rule::Wrong)), "the lost passkey opens nothing");
        for table in ["passkey", "recovery_code", "second_loss"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
    }

    clause_2_1_1_e_a_new_password_by_text_message_is_no_way_past_a_passkey(test) {
        let mut holder = holder(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        account::request_reset(&holder.app, &house::visitor(&holder.app), PHONE, &account::Origin::default()).await.expect("sent");
        let code = house::latest_code(&holder.app).await;
        let form = account::Reset { phone: PHONE, code: &code, password: "另一句 长的 密码 六十六", device: "Firefox", from: account::Origin::default() };
        account::reset(&holder.app, &house::visitor(&holder.app), &form).await.expect("reset");
        assert!(matches!(house::enter(&holder.app, "lin", form.password, None).await, Ok(Entry::Waits { .. })));
        holder.enter().await.expect("the passkey itself goes on");
        test.clock.advance(limits::CODE_PAUSE);
        account::request_lost_code(&holder.app, &house::visitor(&holder.app), &lost(form.password, "", "")).await.expect("sent");
        let code = house::latest_code(&holder.app).await;
        let ask = async |second: &str| account::ask_lost(&holder.app, &house::visitor(&holder.app), &lost(form.password, second, &code)).await;
        assert_eq!(said(ask("").await), Some(Refused::SecondMissing));
        assert_eq!(said(ask("000000").await), Some(Refused::SecondWrong), "there is no app");
        ask(&holder.codes[0].clone()).await.expect("a recovery code");
    }

    clause_2_1_1_e_app_and_passkey_end_each_by_itself(test) {
        let guarded = guarded(test).await;
        let mut holder = Holder { app: guarded.app.clone(), viewer: guarded.viewer.clone(), token: guarded.token.clone(), device: Authenticator::new(1), codes: guarded.codes.clone() };
        assert!(holder.add("").await.expect("added").codes.is_none(), "the codes of before are kept");
        account::turn_off(&holder.app, &holder.ctx(), &holder.viewer).await.expect("the app is off");
        assert!(holder.told("移除了验证器应用").await);
        let token = wait(&holder).await;
        recovery(&holder, &token, &guarded.codes[0]).await.expect("the passkey keeps it on, with its codes");
        let off = account::turn_off(&holder.app, &holder.ctx(), &holder.viewer).await;
        assert_eq!(said(off), Some(Refused::SecondNotNow));
        account::renew_codes(&holder.app, &holder.ctx(), &holder.viewer).await.expect("new codes");
        let id = holder.seen().await[0].id;
        account::remove_passkey(&holder.app, &holder.ctx(), &holder.viewer, id).await.expect("removed");
        assert!(holder.told("关闭了两步登录").await);
        house::log_in(&holder.app, "lin", PASSWORD).await.expect("the password is enough");
        let renewed = account::renew_codes(&holder.app, &holder.ctx(), &holder.viewer).await;
        assert_eq!(said(renewed), Some(Refused::SecondNotNow));
    }

    clause_2_6_1_h_the_copy_has_the_passkeys_and_the_erasure_takes_them(test) {
        let mut holder = holder(test).await;
        let (verify, show) = (holder.ctx::<VerifyHolder>(), holder.ctx::<ShowOwn>());
        let copy = rights::copy(&holder.app, &verify, &show, &holder.viewer, PASSWORD).await.expect("a copy");
        let text = copy.json().to_string();
        for mine in ["我的手机", &holder.device.newest(), "refused_at"] {
            assert!(text.contains(mine), "{mine} is missing");
        }
        assert!(!text.contains("credential_digest") && !text.contains("challenge"));
        let (token, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        let waits = wait(&holder).await;
        let law = holder.ctx::<ObeyLaw>();
        rights::ask_closure(&holder.app, &holder.ctx(), &law, &holder.viewer, PASSWORD).await.expect("asked");
        assert_eq!(said(enter(&holder.app, &token, &answer).await), Some(Refused::Passkey(Rule::Wrong)), "2.6.4.c: at once");
        let stale = account::begin_step(&holder.app, &house::visitor(&holder.app), &waits).await;
        assert_eq!(said(stale), Some(Refused::SecondStale));
        app::job::run_ready(&holder.app, "2020-11-01").await.expect("erased");
        for table in ["passkey", "recovery_code", "second_loss"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        let (token, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        assert_eq!(said(enter(&holder.app, &token, &answer).await), Some(Refused::Passkey(Rule::Wrong)));
    }
}
