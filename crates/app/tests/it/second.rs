//! The second factor: turning it on, the second step, recovery codes, remembered devices, the proof that
//! acts of weight want, and the way out for whoever lost everything.

use app::account::{
    self, Begun, Entered, Entry, Given, PasswordChange, Reset, SecondStep, TokenRequest, Viewer,
};
use app::{App, Failure, rights};
use domain::Refused;
use domain::account::{limits, recovery, second as rules, token::Scope, totp};
use privacy::SystemReason;
use privacy::purpose::{KeepAccount, KeepSafe, Notify, ObeyLaw, Operate, ShowOwn, VerifyHolder};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::house::{self, PASSWORD};

const PHONE: &str = "100-0000-0001";
const STEP: Duration = Duration::seconds(30);

pub fn said<T>(result: Result<T, Failure>) -> Option<Refused> {
    result
        .err()
        .map(|failure| *failure.refusals().first().expect("a refusal"))
}

/// A person with the second factor on.
pub struct Guarded {
    pub app: App,
    pub viewer: Viewer,
    pub token: String,
    secret: String,
    pub codes: Vec<String>,
}

impl Guarded {
    pub fn code(&self) -> String {
        let bytes = totp::from_base32(&self.secret).expect("a secret");
        totp::code(&bytes, totp::step(self.app.clock.now())).expect("a code")
    }

    pub fn verify(&self) -> privacy::Ctx<VerifyHolder> {
        house::person(&self.app, &self.viewer)
    }

    /// The right password; the token of what waits.
    pub async fn wait(&self) -> String {
        match house::enter(&self.app, "lin", PASSWORD, None)
            .await
            .expect("the password is right")
        {
            Entry::Waits { token } => token,
            Entry::Begun(_) | Entry::Stopped { .. } => panic!("no second step"),
        }
    }

    pub async fn step(&self, token: &str, code: &str, recovery: &str) -> Result<Entered, Failure> {
        self.step_keeping(token, code, recovery, false).await
    }

    async fn step_keeping(
        &self,
        token: &str,
        code: &str,
        recovery: &str,
        remember: bool,
    ) -> Result<Entered, Failure> {
        let step = SecondStep {
            token,
            given: Given { code, recovery },
            device: "Chromium",
            remember,
        };
        account::second_step(&self.app, &house::visitor(&self.app), &step).await
    }

    async fn log_in(&self) -> Begun {
        let token = self.wait().await;
        self.step(&token, &self.code(), "")
            .await
            .expect("logged in")
            .begun
    }

    async fn state(&self) -> account::ProofState {
        let ctx = house::person::<KeepSafe>(&self.app, &self.viewer);
        account::proof_state(&self.app, &ctx, &self.viewer)
            .await
            .expect("read")
    }

    async fn prove(&self, password: &str, code: &str) -> Result<account::Renewed, Failure> {
        let given = Given { code, recovery: "" };
        account::step_up(&self.app, &self.verify(), &self.viewer, password, &given).await
    }

    async fn guard(&self) -> account::Security {
        let ctx = house::person::<ShowOwn>(&self.app, &self.viewer);
        account::security(&self.app, &ctx, &self.viewer)
            .await
            .expect("read")
    }

    async fn live(&self, token: &str) -> bool {
        let ctx = house::visitor::<KeepSafe>(&self.app);
        account::authenticate(&self.app, &ctx, token)
            .await
            .expect("asked")
            .is_some()
    }

    /// Whether the holder was told of this, once the worker worked. Messages of one instant have no
    /// order.
    pub async fn told(&self, of: &str) -> bool {
        let report = app::job::run_ready(&self.app, "2020-11-01")
            .await
            .expect("worked");
        assert_eq!((report.failed, report.dead), (0, 0));
        let ctx = self.app.system::<Notify>(SystemReason::Demo, "2020-11-01");
        let sent = account::outbox(&self.app, &ctx).await.expect("outbox");
        sent.iter().any(|message| message.body.contains(of))
    }
}

pub async fn guarded(test: &TestStore) -> Guarded {
    let app = house::app(test);
    let begun = house::register(&app, PHONE, "lin").await;
    let viewer = house::viewer(&app, &begun).await.expect("logged in");
    let ctx = house::person::<VerifyHolder>(&app, &viewer);
    account::begin_second(&app, &ctx, &viewer).await.expect("begun");
    let offered = account::offered(&app, &ctx, &viewer).await.expect("offered");
    assert_eq!(offered.name, "lin");
    let mut person = Guarded {
        app,
        viewer,
        token: begun.token,
        secret: offered.secret,
        codes: Vec::new(),
    };
    let made = account::confirm_second(&person.app, &ctx, &person.viewer, &person.code())
        .await
        .expect("on");
    person.codes = made.codes;
    person.token = made.renewed.expect("another token").token;
    // The enrolment's own code is used up.
    test.clock.advance(STEP);
    person
}

/// A code that is not right.
pub fn wrong(right: &str) -> &'static str {
    if right == "000000" { "000001" } else { "000000" }
}

both_dbs! {
    clause_2_1_1_e_the_second_factor_is_on_after_its_first_code_only(test) {
        let app = house::app(test);
        let begun = house::register(&app, PHONE, "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let ctx = house::person::<VerifyHolder>(&app, &viewer);
        let none = account::offered(&app, &ctx, &viewer).await;
        assert!(matches!(none, Err(Failure::NotFound)));
        account::begin_second(&app, &ctx, &viewer).await.expect("begun");
        let first = account::offered(&app, &ctx, &viewer).await.expect("offered").secret;
        account::begin_second(&app, &ctx, &viewer).await.expect("begun anew");
        let secret = account::offered(&app, &ctx, &viewer).await.expect("offered").secret;
        assert!(first != secret && secret.len() == 32);
        house::log_in(&app, "lin", PASSWORD).await.expect("not on: the password is enough");
        let of = |secret: &str| totp::code(&totp::from_base32(secret).expect("a secret"), totp::step(app.clock.now())).expect("a code");
        for (typed, refused) in [("", Refused::SecondMissing), (&*of(&first), Refused::SecondWrong), ("12345", Refused::SecondWrong)] {
            assert_eq!(said(account::confirm_second(&app, &ctx, &viewer, typed).await), Some(refused), "{typed}");
        }
        let other = house::log_in(&app, "lin", PASSWORD).await.expect("another device");
        let made = account::confirm_second(&app, &ctx, &viewer, &of(&secret)).await.expect("on");
        assert_eq!(made.codes.len(), recovery::CODES);
        assert!(house::viewer(&app, &other).await.is_none(), "other sessions end");
        assert!(house::viewer(&app, &begun).await.is_none(), "the former token is worth nothing");
        let renewed = made.renewed.expect("another token").token;
        let ctx_safe = house::visitor::<KeepSafe>(&app);
        assert!(account::authenticate(&app, &ctx_safe, &renewed).await.expect("asked").is_some());
        assert_eq!(said(account::begin_second(&app, &ctx, &viewer).await), Some(Refused::SecondNotNow));
        assert_eq!(said(account::confirm_second(&app, &ctx, &viewer, &of(&secret)).await), Some(Refused::SecondNotNow));
        let gone = account::offered(&app, &ctx, &viewer).await;
        assert!(matches!(gone, Err(Failure::NotFound)), "the secret is never shown again");
    }

    clause_2_1_1_e_a_log_in_takes_both_steps_and_no_code_twice(test) {
        let person = guarded(test).await;
        let token = person.wait().await;
        assert!(!person.live(&token).await, "what waits is no session");
        assert_eq!(said(person.step(&token, "", " ").await), Some(Refused::SecondMissing));
        let code = person.code();
        assert_eq!(said(person.step(&token, wrong(&code), "").await), Some(Refused::SecondWrong));
        let entered = person.step(&token, &code, "").await.expect("logged in");
        assert!(entered.begun.token != token && person.live(&entered.begun.token).await);
        assert_eq!(said(person.step(&token, &code, "").await), Some(Refused::SecondStale), "ended");
        let again = person.wait().await;
        assert_eq!(said(person.step(&again, &code, "").await), Some(Refused::SecondWrong), "used");
        test.clock.advance(STEP);
        person.step(&again, &person.code(), "").await.expect("the next one");
        for token in ["", "x", &"0".repeat(64)] {
            assert_eq!(said(person.step(token, &code, "").await), Some(Refused::SecondStale));
        }
    }

    clause_2_2_3_d_a_log_in_waits_ten_minutes_and_five_tries(test) {
        let person = guarded(test).await;
        let token = person.wait().await;
        test.clock.advance(rules::PENDING_LIFE);
        assert_eq!(said(person.step(&token, &person.code(), "").await), Some(Refused::SecondStale));
        let token = person.wait().await;
        test.clock.advance(rules::PENDING_LIFE - Duration::SECOND);
        person.step(&token, &person.code(), "").await.expect("to the last second");
        test.clock.advance(STEP);
        let token = person.wait().await;
        for _ in 0..rules::PENDING_TRIES {
            assert_eq!(said(person.step(&token, wrong(&person.code()), "").await), Some(Refused::SecondWrong));
        }
        assert_eq!(said(person.step(&token, &person.code(), "").await), Some(Refused::SecondStale), "tried too often");
        assert!(person.told("有人输对了密码").await, "whoever guesses here has the password");
    }

    clause_2_2_3_d_wrong_codes_are_rationed_per_account(test) {
        let person = guarded(test).await;
        let guess = async |times: i64| {
            for number in 0..times {
                let token = person.wait().await;
                assert_eq!(said(person.step(&token, wrong(&person.code()), "").await), Some(Refused::SecondWrong), "{number}");
            }
        };
        guess(rules::PER_WINDOW).await;
        let token = person.wait().await;
        assert_eq!(said(person.step(&token, &person.code(), "").await), Some(Refused::SecondTooMany), "nor is the right one let through");
        assert_eq!(said(person.step(&token, "", &person.codes[0]).await), Some(Refused::SecondTooMany), "nor a recovery code");
        assert_eq!(said(person.prove(PASSWORD, &person.code()).await), Some(Refused::SecondTooMany), "nor elsewhere");
        test.clock.advance(rules::WINDOW - Duration::SECOND);
        let token = person.wait().await;
        assert_eq!(said(person.step(&token, &person.code(), "").await), Some(Refused::SecondTooMany));
        test.clock.advance(Duration::SECOND);
        person.step(&token, &person.code(), "").await.expect("a quarter of an hour later");
        for _ in 1..rules::PER_LONG_WINDOW / rules::PER_WINDOW {
            guess(rules::PER_WINDOW).await;
            test.clock.advance(rules::WINDOW);
        }
        let token = person.wait().await;
        assert_eq!(said(person.step(&token, &person.code(), "").await), Some(Refused::SecondTooMany), "thirty a day");
    }

    clause_2_1_1_e_recovery_codes_count_once_each_until_they_are_renewed(test) {
        let person = guarded(test).await;
        let typed = person.codes[0].to_lowercase().replace('-', " ");
        let token = person.wait().await;
        person.step(&token, "", &typed).await.expect("logged in");
        assert_eq!(person.guard().await.codes_left, 9);
        assert!(person.told("使用了一个恢复码").await);
        let token = person.wait().await;
        assert_eq!(said(person.step(&token, "", &person.codes[0]).await), Some(Refused::SecondWrong), "used");
        assert_eq!(said(person.step(&token, "", "0000-0000-0000").await), Some(Refused::SecondWrong));
        person.prove(PASSWORD, &person.code()).await.expect("proved");
        let list = person.codes.join("\n");
        let mine = account::own_codes(&person.app, &person.verify(), &person.viewer, &list).await;
        assert!(matches!(mine, Err(Failure::NotFound)), "one of them is used");
        let made = account::renew_codes(&person.app, &person.verify(), &person.viewer).await.expect("renewed");
        let mine = account::own_codes(&person.app, &person.verify(), &person.viewer, &made.codes.join(" ")).await;
        assert_eq!(mine.expect("own"), made.codes);
        assert_eq!(person.guard().await.codes_left, 10);
        assert_eq!(said(person.step(&token, "", &person.codes[1]).await), Some(Refused::SecondWrong), "void");
        person.step(&token, "", &made.codes[1]).await.expect("a new one");
    }

    clause_2_5_1_c_neither_secret_nor_code_lies_open_in_the_store(test) {
        let person = guarded(test).await;
        let token = person.wait().await;
        let entered = person.step_keeping(&token, &person.code(), "", true).await.expect("logged in");
        let remembered = entered.remembered.expect("a token");
        let all = test.everything().await;
        let everything = String::from_utf8_lossy(&all);
        let bytes = totp::from_base32(&person.secret).expect("a secret");
        assert!(!all.windows(bytes.len()).any(|window| window == bytes));
        for secret in [&person.secret, &token, &entered.begun.token, &remembered].into_iter().chain(&person.codes) {
            assert!(!everything.contains(secret.as_str()), "{} signs", secret.len());
        }
        let seen = account::overview(&person.app, &house::person::<ShowOwn>(&person.app, &person.viewer), &person.viewer).await.expect("overview");
        assert!(seen.openings.iter().any(|opening| opening.actor_kind == "visitor" && opening.fields == "authenticator.secret" && opening.purpose == "verify_holder"));
    }

    a_remembered_device_spares_the_second_step_and_proves_nothing(test) {
        let person = guarded(test).await;
        let token = person.wait().await;
        let remembered = person.step_keeping(&token, &person.code(), "", true).await.expect("logged in").remembered.expect("a token");
        let begun = async |with: &str| house::enter(&person.app, "lin", PASSWORD, Some(with)).await.expect("right").begun();
        let session = begun(&remembered).await.expect("no second step");
        assert!(begun(&"0".repeat(64)).await.is_none());
        let viewer = house::viewer(&person.app, &session).await.expect("live");
        let state = account::proof_state(&person.app, &house::person::<KeepSafe>(&person.app, &viewer), &viewer).await.expect("read");
        assert!(state.is_on() && !state.fresh, "the password alone is half a proof");
        let off = account::turn_off(&person.app, &house::person(&person.app, &viewer), &viewer).await;
        assert_eq!(said(off), Some(Refused::ProofNeeded));
        let listed = person.guard().await.remembered;
        assert_eq!((listed.len(), &*listed[0].name), (1, "Chromium"));
        test.clock.advance(rules::REMEMBERED - Duration::SECOND);
        assert!(begun(&remembered).await.is_some());
        test.clock.advance(Duration::SECOND);
        assert!(begun(&remembered).await.is_none(), "thirty days to the second");
        account::purge_expired(&person.app, &test.system::<Operate>()).await.expect("purged");
        assert_eq!(test.count("SELECT COUNT(*) FROM remembered_device").await, 1, "a day more");
        test.clock.advance(Duration::days(1));
        account::purge_expired(&person.app, &test.system::<Operate>()).await.expect("purged");
        assert_eq!(test.count("SELECT COUNT(*) FROM remembered_device").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM login_pending").await, 0);
    }

    a_device_is_forgotten_by_its_person_a_new_password_and_others_never(test) {
        let person = guarded(test).await;
        let remember = async || {
            test.clock.advance(STEP);
            let token = person.wait().await;
            person.step_keeping(&token, &person.code(), "", true).await.expect("logged in").remembered.expect("a token")
        };
        let spared = async |with: &str, password: &str| house::enter(&person.app, "lin", password, Some(with)).await.expect("right").begun().is_some();
        let one = remember().await;
        let id = person.guard().await.remembered[0].id;
        test.clock.advance(Duration::seconds(1));
        let other = house::register(&person.app, "100-0000-0002", "he").await;
        let other = house::viewer(&person.app, &other).await.expect("live");
        for (viewer, found) in [(&other, false), (&person.viewer, true), (&person.viewer, false)] {
            let forgotten = account::forget_device(&person.app, &house::person(&person.app, viewer), viewer, id).await;
            assert_eq!(forgotten.is_ok(), found);
            assert!(found || matches!(forgotten, Err(Failure::NotFound)));
        }
        assert!(!spared(&one, PASSWORD).await);
        let two = remember().await;
        assert!(spared(&two, PASSWORD).await);
        test.clock.advance(STEP);
        person.prove(PASSWORD, &person.code()).await.expect("proved");
        let new = "北风 吹着 三只 空茶碗";
        let form = PasswordChange { current: PASSWORD, password: new };
        account::change_password(&person.app, &person.verify(), &person.viewer, &form).await.expect("changed");
        assert!(!spared(&two, new).await);
        assert!(person.told("修改了登录密码").await);
    }

    clause_2_6_4_f_acts_of_weight_want_a_proof_of_the_last_ten_minutes(test) {
        let app = house::app(test);
        let begun = house::register(&app, PHONE, "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("live");
        let make = async || {
            let request = TokenRequest { name: "a", scopes: Scope::ALL, days: "1" };
            account::create_token(&app, &house::person::<KeepAccount>(&app, &viewer), &viewer, &request).await
        };
        test.clock.advance(rules::FRESH - Duration::SECOND);
        make().await.expect("the log-in is a proof");
        test.clock.advance(Duration::SECOND);
        assert_eq!(said(make().await), Some(Refused::ProofNeeded));
        let begin = account::begin_second(&app, &house::person(&app, &viewer), &viewer).await;
        assert_eq!(said(begin), Some(Refused::ProofNeeded));
        let nothing = Given { code: "", recovery: "" };
        let prove = async |password: &'static str| account::step_up(&app, &house::person(&app, &viewer), &viewer, password, &nothing).await;
        assert_eq!(said(prove("wrong").await), Some(Refused::PasswordWrong));
        let renewed = prove(PASSWORD).await.expect("the password is enough without a second factor");
        assert!(house::viewer(&app, &begun).await.is_none(), "the former token is worth nothing");
        let ctx = house::visitor::<KeepSafe>(&app);
        assert!(account::authenticate(&app, &ctx, &renewed.token).await.expect("asked").is_some());
        make().await.expect("proved");
        let copied = async || {
            let (verify, show) = (house::person(&app, &viewer), house::person::<ShowOwn>(&app, &viewer));
            rights::copy(&app, &verify, &show, &viewer, PASSWORD).await
        };
        test.clock.advance(rules::FRESH);
        copied().await.expect("a form with the password is a proof by itself, without a second factor");
    }

    clause_2_6_4_f_with_a_second_factor_the_password_alone_does_nothing_of_weight(test) {
        let person = guarded(test).await;
        let (app, viewer) = (&person.app, &person.viewer);
        test.clock.advance(rules::FRESH);
        assert!(!person.state().await.fresh);
        let refused = Some(Refused::ProofNeeded);
        let change = PasswordChange { current: PASSWORD, password: "北风 吹着 三只 空茶碗" };
        assert_eq!(said(account::change_password(app, &person.verify(), viewer, &change).await), refused);
        assert_eq!(said(rights::copy(app, &person.verify(), &house::person(app, viewer), viewer, PASSWORD).await), refused);
        let law = house::person::<ObeyLaw>(app, viewer);
        assert_eq!(said(rights::ask_closure(app, &person.verify(), &law, viewer, PASSWORD).await), refused);
        assert_eq!(said(account::renew_codes(app, &person.verify(), viewer).await), refused);
        assert_eq!(said(account::turn_off(app, &person.verify(), viewer).await), refused);
        assert_eq!(said(person.prove(PASSWORD, "").await), Some(Refused::SecondMissing));
        assert_eq!(said(person.prove(PASSWORD, wrong(&person.code())).await), Some(Refused::SecondWrong));
        assert_eq!(said(person.prove("wrong", &person.code()).await), Some(Refused::PasswordWrong));
        assert!(!person.state().await.fresh);
        person.prove(PASSWORD, &person.code()).await.expect("proved");
        let copy = rights::copy(app, &person.verify(), &house::person(app, viewer), viewer, PASSWORD).await.expect("a copy").json().to_string();
        assert!(copy.contains("recovery_code") && !copy.contains(&person.secret) && !copy.contains("last_step"));
        account::change_password(app, &person.verify(), viewer, &change).await.expect("changed");
    }

    clause_2_1_1_e_a_reset_by_phone_does_not_go_past_the_second_factor(test) {
        let person = guarded(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        account::request_reset(&person.app, &house::visitor(&person.app), PHONE, &app::account::Origin::default()).await.expect("sent");
        let code = house::latest_code(&person.app).await;
        let new = "北风 吹着 三只 空茶碗";
        account::reset(&person.app, &house::visitor(&person.app), &Reset { phone: PHONE, code: &code, password: new, device: "", from: app::account::Origin::default() }).await.expect("reset");
        assert!(!person.live(&person.token).await, "every session ends");
        let entry = house::enter(&person.app, PHONE, new, None).await.expect("the new password");
        let Entry::Waits { token } = entry else { panic!("no second step") };
        test.clock.advance(Duration::seconds(1));
        assert!(person.told("重置了登录密码").await);
        person.step(&token, &person.code(), "").await.expect("logged in");
    }

    turning_it_off_takes_everything_of_it_away(test) {
        let person = guarded(test).await;
        let other = person.log_in().await;
        let renewed = account::turn_off(&person.app, &person.verify(), &person.viewer).await.expect("off");
        assert!(!person.live(&other.token).await && !person.live(&person.token).await && person.live(&renewed.token).await);
        for table in ["authenticator", "recovery_code", "login_pending", "remembered_device"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert!(person.told("关闭了两步登录").await);
        house::log_in(&person.app, "lin", PASSWORD).await.expect("the password is enough");
        assert_eq!(said(account::turn_off(&person.app, &person.verify(), &person.viewer).await), Some(Refused::SecondNotNow));
    }

    clause_2_5_3_b_a_secret_nobody_gave_a_code_of_goes_after_a_day(test) {
        let app = house::app(test);
        let begun = house::register(&app, PHONE, "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("live");
        account::begin_second(&app, &house::person(&app, &viewer), &viewer).await.expect("begun");
        let left = async || test.count("SELECT COUNT(*) FROM authenticator").await;
        test.clock.advance(Duration::days(1) - Duration::SECOND);
        account::purge_expired(&app, &test.system::<Operate>()).await.expect("purged");
        assert_eq!(left().await, 1);
        test.clock.advance(Duration::SECOND);
        account::purge_expired(&app, &test.system::<Operate>()).await.expect("purged");
        assert_eq!(left().await, 0);
    }

    clause_2_6_1_d_an_erasure_takes_the_second_factor_with_it(test) {
        let person = guarded(test).await;
        let waits = person.wait().await;
        let law = house::person::<ObeyLaw>(&person.app, &person.viewer);
        rights::ask_closure(&person.app, &person.verify(), &law, &person.viewer, PASSWORD).await.expect("asked");
        assert_eq!(said(person.step(&waits, &person.code(), "").await), Some(Refused::SecondStale), "2.6.4.c: at once");
        app::job::run_ready(&person.app, "2020-11-01").await.expect("erased");
        for table in ["authenticator", "recovery_code", "login_pending", "remembered_device"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
    }

    the_secret_of_the_demonstration_opens_nothing_elsewhere(test) {
        let app = house::app(test);
        let ctx = test.system::<Operate>();
        app::demo::seed(&app, &ctx, |_, _| {}).await.expect("catalogue");
        app::demo::populate(&app, &ctx, &house::documents(), |_, _| {}).await.expect("people");
        let person = app::demo::PEOPLE.iter().find(|person| person.secret.is_some()).expect("one with two steps");
        let enter = async |app: &App| {
            let entry = house::enter(app, person.name, app::demo::PASSWORD, None).await.expect("right");
            let Entry::Waits { token } = entry else { panic!("no second step") };
            let codes = app::demo::second_codes(&house::app(test));
            let given = Given { code: &codes[0], recovery: "" };
            let step = SecondStep { token: &token, given, device: "x", remember: false };
            account::second_step(app, &house::visitor(app), &step).await
        };
        let real = App { demo: false, ..app.clone() };
        assert!(app::demo::second_codes(&real).is_empty());
        assert_eq!(said(enter(&real).await), Some(Refused::SecondWrong));
        enter(&app).await.expect("logged in");
    }
}
