//! Passkeys: adding, logging in with one alone, and every answer that is none.

use app::account::{
    self, Begun, PasskeyAdded, PasskeyAdding, PasskeyEntry, PasskeySeen, RelyingParty, Viewer,
};
use app::{App, Failure};
use domain::Refused;
use domain::account::change::What;
use domain::account::{limits, passkey as rules, second};
use domain::refused::Passkey as Rule;
use privacy::purpose::{KeepSafe, Operate, ShowOwn};
use testkit::{Authenticator, TestStore, both_dbs};
use time::Duration;

use crate::house::{self, PASSWORD};
use crate::second::said;

pub const PHONE: &str = "100-0000-0001";

/// A person and their device.
pub struct Holder {
    pub app: App,
    pub viewer: Viewer,
    pub token: String,
    pub device: Authenticator,
    pub codes: Vec<String>,
}

impl Holder {
    pub fn ctx<P: privacy::Purpose>(&self) -> privacy::Ctx<P> {
        house::person(&self.app, &self.viewer)
    }

    /// Asks for a passkey and adds it.
    pub async fn add(&mut self, label: &str) -> Result<PasskeyAdded, Failure> {
        let asked = account::begin_passkey(&self.app, &self.ctx(), &self.viewer, label).await?;
        let answer = self.device.create(&asked.options);
        self.hand_in(label, &answer).await
    }

    pub async fn hand_in(&self, label: &str, answer: &str) -> Result<PasskeyAdded, Failure> {
        let form = PasskeyAdding {
            label,
            device: "Chrome · Android",
            answer,
        };
        account::add_passkey(&self.app, &self.ctx(), &self.viewer, &form).await
    }

    /// Logs in with the passkey alone.
    pub async fn enter(&mut self) -> Result<Begun, Failure> {
        let (token, options) = question(&self.app).await;
        let answer = self.device.get(&options);
        enter(&self.app, &token, &answer).await
    }

    pub async fn seen(&self) -> Vec<PasskeySeen> {
        account::passkeys(&self.app, &self.ctx::<ShowOwn>(), &self.viewer)
            .await
            .expect("read")
    }

    /// The latest change on record, if there is one.
    async fn latest_change(&self) -> Option<What> {
        let place = account::Place::TOP;
        let changes = account::changes(&self.app, &self.ctx(), &self.viewer, place).await;
        changes.expect("read").rows.first().map(|change| change.what)
    }

    pub async fn told(&self, of: &str) -> bool {
        let report = app::job::run_ready(&self.app, "2020-11-01")
            .await
            .expect("worked");
        assert_eq!((report.failed, report.dead), (0, 0));
        house::messages(&self.app)
            .await
            .iter()
            .any(|body| body.contains(of))
    }
}

/// A question at the door: its token and its options.
pub async fn question(app: &App) -> (String, String) {
    let asked = account::begin_entry(app, &house::visitor(app))
        .await
        .expect("asked");
    (asked.token.expect("a token"), asked.options)
}

pub async fn enter(app: &App, token: &str, answer: &str) -> Result<Begun, Failure> {
    let form = PasskeyEntry {
        token,
        answer,
        device: "Chromium",
        from: account::Origin::default(),
    };
    let entered = account::enter(app, &house::visitor(app), &form).await?;
    Ok(entered.begun().expect("nothing stands against it"))
}

/// Somebody without a passkey yet.
pub async fn person(test: &TestStore, phone: &str, name: &str, seed: u8) -> Holder {
    let app = house::app(test);
    let begun = house::register(&app, phone, name).await;
    Holder {
        viewer: house::viewer(&app, &begun).await.expect("logged in"),
        token: begun.token,
        device: Authenticator::new(seed),
        codes: Vec::new(),
        app,
    }
}

/// Somebody with one passkey.
pub async fn holder(test: &TestStore) -> Holder {
    let mut holder = person(test, PHONE, "lin", 1).await;
    let added = holder.add("我的手机").await.expect("added");
    holder.codes = added.codes.expect("the first one turns two-step log-in on");
    holder.token = added.renewed.token;
    test.clock.advance(Duration::seconds(1));
    holder
}

fn rule<T>(result: Result<T, Failure>) -> Option<Rule> {
    match said(result) {
        Some(Refused::Passkey(rule)) => Some(rule),
        None => None,
        other => panic!("{other:?}"),
    }
}

both_dbs! {
    clause_2_1_1_e_a_passkey_logs_in_alone_and_counts_as_both_factors(test) {
        let mut holder = holder(test).await;
        assert_eq!(holder.codes.len(), 10);
        assert!(holder.told("添加了一把通行密钥").await);
        assert_eq!(holder.latest_change().await, Some(What::PasskeyAdded));
        let seen = holder.seen().await;
        assert_eq!((seen.len(), &*seen[0].label, seen[0].used_at), (1, "我的手机", None));
        let begun = holder.enter().await.expect("logged in");
        let viewer = house::viewer(&holder.app, &begun).await.expect("live");
        assert_eq!(viewer.account, holder.viewer.account);
        let ctx = house::person::<KeepSafe>(&holder.app, &viewer);
        let state = account::proof_state(&holder.app, &ctx, &viewer).await.expect("read");
        assert!(state.is_on() && state.fresh && state.passkey && !state.app);
        assert_eq!(holder.seen().await[0].used_at, Some(holder.app.clock.now()));
        holder.enter().await.expect("and again");
        let openings = account::openings(&holder.app, &holder.ctx(), &holder.viewer, None, account::Place::TOP).await.expect("read");
        assert!(openings.rows.iter().any(|one| one.fields.contains("passkey.credential") && one.purpose == "verify_holder"), "its person reads that it was opened");
    }

    clause_2_1_1_e_the_question_at_the_door_is_the_same_for_everybody(test) {
        let app = house::app(test);
        let before: serde_json::Value = serde_json::from_str(&question(&app).await.1).expect("JSON");
        let holder = holder(test).await;
        let mut after: serde_json::Value = serde_json::from_str(&question(&holder.app).await.1).expect("JSON");
        assert_ne!(before["challenge"], after["challenge"]);
        after["challenge"] = before["challenge"].clone();
        assert_eq!(before, after);
        assert_eq!(before["allowCredentials"], serde_json::json!([]));
        assert_eq!((before["userVerification"].as_str(), before["rpId"].as_str()), (Some("required"), Some("localhost")));
    }

    clause_2_6_1_c_what_a_new_passkey_is_asked_for(test) {
        let holder = holder(test).await;
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
        let options: serde_json::Value = serde_json::from_str(&asked.options).expect("JSON");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["user"]["name"], "lin");
        assert_eq!(options["excludeCredentials"][0]["id"], holder.device.newest());
        let account = holder.viewer.account.to_string().replace('-', "");
        assert!(!asked.options.contains(&account) && asked.token.is_none());
    }

    clause_2_1_1_e_an_answer_of_another_place_or_without_its_holder_is_none(test) {
        type Twist = fn(&mut Authenticator);
        let mut holder = holder(test).await;
        let twists: [(&str, Twist); 8] = [
            ("another origin", |device| device.origin = "http://evil.example"),
            ("a name that begins alike", |device| device.origin = "http://localhost.evil.example"),
            ("TLS where there is none", |device| device.origin = "https://localhost:3650"),
            ("an address in figures", |device| device.origin = "http://127.0.0.1:3650"),
            ("another domain", |device| device.domain = "evil.example"),
            ("another challenge", |device| device.challenge = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            ("in another's frame", |device| device.framed = true),
            ("nobody checked", |device| device.verified = false),
        ];
        for (what, twist) in twists {
            let (token, options) = question(&holder.app).await;
            let mut device = holder.device.clone();
            device.counter += 100;
            twist(&mut device);
            let answer = device.get(&options);
            assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Wrong), "{what}");
        }
        let (token, options) = question(&holder.app).await;
        let mut nameless = holder.device.clone();
        nameless.named = false;
        let answer = nameless.get(&options);
        assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Wrong), "who it is has to be said");
        holder.enter().await.expect("the right answer goes through, and nothing was spoilt");
    }

    clause_2_6_1_c_a_new_passkey_of_another_place_or_without_its_holder_is_refused(test) {
        type Twist = fn(&mut Authenticator);
        let holder = person(test, PHONE, "lin", 1).await;
        let twists: [(Rule, Twist); 5] = [
            (Rule::Origin, |device| device.origin = "http://evil.example"),
            (Rule::Origin, |device| device.domain = "evil.example"),
            (Rule::Stale, |device| device.challenge = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            (Rule::Unverified, |device| device.verified = false),
            (Rule::Unreadable, |device| device.framed = true),
        ];
        for (expected, twist) in twists {
            let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
            let mut device = holder.device.clone();
            twist(&mut device);
            let answer = device.create(&asked.options);
            assert_eq!(rule(holder.hand_in("", &answer).await), Some(expected));
        }
        let mut device = holder.device.clone();
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
        let login = device.create(&asked.options).replace("attestationObject", "authenticatorData");
        assert_eq!(rule(holder.hand_in("", &login).await), Some(Rule::Unreadable));
        assert!(holder.seen().await.is_empty());
    }

    clause_2_2_3_d_a_challenge_is_good_once_also_when_the_answer_is_wrong(test) {
        let mut holder = holder(test).await;
        let (token, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        enter(&holder.app, &token, &answer).await.expect("logged in");
        assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Stale), "the same answer again");
        let fresh = holder.device.get(&options);
        assert_eq!(rule(enter(&holder.app, &token, &fresh).await), Some(Rule::Stale), "another answer to it");
        let (token, options) = question(&holder.app).await;
        assert_eq!(rule(enter(&holder.app, &token, "{}").await), Some(Rule::Wrong));
        let answer = holder.device.get(&options);
        assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Stale), "spent by the wrong one");
        let (token, _) = question(&holder.app).await;
        let (_, other) = question(&holder.app).await;
        let answer = holder.device.get(&other);
        assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Wrong), "another browser's question");
        let (_, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        for token in ["", "x", &*"0".repeat(64), &*"界".repeat(40)] {
            assert_eq!(rule(enter(&holder.app, token, &answer).await), Some(Rule::Stale), "{token}");
        }
    }

    clause_2_2_3_d_a_challenge_waits_five_minutes_to_the_second(test) {
        let mut holder = holder(test).await;
        let (token, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        test.clock.advance(rules::CEREMONY_LIFE - Duration::SECOND);
        enter(&holder.app, &token, &answer).await.expect("a second before the end");
        let (token, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        test.clock.advance(rules::CEREMONY_LIFE);
        assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Stale), "at the end");
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await;
        assert_eq!(said(asked), Some(Refused::ProofNeeded), "the proof is over too");
        let mut late = person(test, "100-0000-0003", "he", 3).await;
        let asked = account::begin_passkey(&late.app, &late.ctx(), &late.viewer, "").await.expect("asked");
        let answer = late.device.create(&asked.options);
        test.clock.advance(rules::CEREMONY_LIFE);
        assert_eq!(rule(late.hand_in("", &answer).await), Some(Rule::Stale));
    }

    clause_2_5_3_b_challenges_that_nobody_answers_go(test) {
        let app = house::app(test);
        let left = async || test.count("SELECT COUNT(*) FROM passkey_ceremony").await;
        question(&app).await;
        test.clock.advance(Duration::days(1) - Duration::SECOND);
        account::purge_expired(&app, &test.system::<Operate>()).await.expect("purged");
        assert_eq!(left().await, 1);
        test.clock.advance(Duration::SECOND);
        account::purge_expired(&app, &test.system::<Operate>()).await.expect("purged");
        assert_eq!(left().await, 0);
        for _ in 0..3 {
            question(&app).await;
        }
        test.clock.advance(rules::CEREMONY_LIFE);
        question(&app).await;
        assert_eq!(left().await, 1, "whoever asks sweeps up what ran out");
    }

    clause_2_2_3_d_a_counter_that_goes_back_is_refused_noted_and_told(test) {
        let mut holder = holder(test).await;
        let mut copy = holder.device.clone();
        for _ in 0..2 {
            holder.enter().await.expect("the owner goes on");
        }
        for (what, counter) in [("behind", 0), ("level", holder.device.counter - 1)] {
            let (token, options) = question(&holder.app).await;
            copy.counter = counter;
            let answer = copy.get(&options);
            assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Copied), "{what}");
            assert!(holder.seen().await[0].refused_at.is_some());
        }
        assert_eq!(holder.latest_change().await, Some(What::PasskeyDoubted));
        assert!(holder.told("使用计数倒退").await);
        let logins = account::logins(&holder.app, &holder.ctx(), &holder.viewer, account::Place::TOP).await.expect("read");
        assert_eq!(logins.failures.first().map(|(_, times)| *times), Some(2), "counted as log-ins that failed");
        holder.enter().await.expect("the owner's counter is ahead");
    }

    a_device_without_a_counter_is_taken_at_its_word(test) {
        let mut holder = person(test, PHONE, "lin", 1).await;
        holder.device.raise = 0;
        holder.add("").await.expect("added");
        assert_eq!(holder.seen().await[0].label, "Chrome · Android", "named by the device where nothing is typed");
        holder.enter().await.expect("once");
        holder.enter().await.expect("and once more");
    }

    clause_2_1_1_e_a_removed_passkey_opens_nothing(test) {
        let mut holder = holder(test).await;
        let other = holder.enter().await.expect("on another device");
        let (token, options) = question(&holder.app).await;
        let answer = holder.device.get(&options);
        let id = holder.seen().await[0].id;
        let stranger = person(test, "100-0000-0003", "he", 3).await;
        let foreign = account::remove_passkey(&stranger.app, &stranger.ctx(), &stranger.viewer, id).await;
        assert!(matches!(foreign, Err(Failure::NotFound)));
        let foreign = account::rename_passkey(&stranger.app, &stranger.ctx(), &stranger.viewer, id, "x").await;
        assert!(matches!(foreign, Err(Failure::NotFound)));
        account::remove_passkey(&holder.app, &holder.ctx(), &holder.viewer, id).await.expect("removed");
        assert_eq!(holder.latest_change().await, Some(What::PasskeyRemoved));
        assert!(holder.told("移除了一把通行密钥").await);
        assert_eq!(rule(enter(&holder.app, &token, &answer).await), Some(Rule::Wrong), "asked before, answered after");
        assert_eq!(rule(holder.enter().await), Some(Rule::Wrong));
        assert!(house::viewer(&holder.app, &other).await.is_none(), "other devices are logged out");
        for table in ["passkey", "recovery_code"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        house::log_in(&holder.app, "lin", PASSWORD).await.expect("the last one turned two-step log-in off");
        let again = account::remove_passkey(&holder.app, &holder.ctx(), &holder.viewer, id).await;
        assert!(matches!(again, Err(Failure::NotFound)));
    }

    clause_2_6_1_c_an_account_has_ten_passkeys_and_each_once(test) {
        let mut holder = holder(test).await;
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
        let again = Authenticator::new(1).create(&asked.options);
        assert_eq!(rule(holder.hand_in("", &again).await), Some(Rule::Taken), "the device's own key once more");
        for number in 2..=rules::PER_ACCOUNT {
            let added = holder.add(&format!("第 {number} 把")).await.expect("added");
            assert!(added.codes.is_none(), "recovery codes are made once");
        }
        let one_more = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await;
        assert_eq!(rule(one_more), Some(Rule::TooMany));
        let first = holder.seen().await[0].id;
        account::remove_passkey(&holder.app, &holder.ctx(), &holder.viewer, first).await.expect("removed");
        // Asked while there was room, answered when there is none.
        let begun = holder.enter().await.expect("in another browser");
        let (mine, other) = (holder.viewer.clone(), house::viewer(&holder.app, &begun).await.expect("live"));
        holder.viewer = other.clone();
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
        let late = Authenticator::new(8).create(&asked.options);
        holder.viewer = mine;
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
        let answer = Authenticator::new(7).create(&asked.options);
        holder.hand_in("", &answer).await.expect("the tenth");
        let mine = std::mem::replace(&mut holder.viewer, other);
        assert_eq!(rule(holder.hand_in("", &late).await), Some(Rule::TooMany));
        holder.viewer = mine;
        assert_eq!(holder.seen().await.len(), 10);
        assert_eq!(rule(account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await), Some(Rule::TooMany));
    }

    clause_2_6_4_f_adding_and_removing_want_a_fresh_proof_of_this_very_session(test) {
        let mut holder = holder(test).await;
        test.clock.advance(second::FRESH);
        let id = holder.seen().await[0].id;
        assert_eq!(said(holder.add("").await), Some(Refused::ProofNeeded));
        let removed = account::remove_passkey(&holder.app, &holder.ctx(), &holder.viewer, id).await;
        assert_eq!(said(removed), Some(Refused::ProofNeeded));
        let begun = holder.enter().await.expect("logged in");
        let (mine, other) = (holder.viewer.clone(), house::viewer(&holder.app, &begun).await.expect("live"));
        holder.viewer = other;
        let asked = account::begin_passkey(&holder.app, &holder.ctx(), &holder.viewer, "").await.expect("asked");
        let answer = Authenticator::new(9).create(&asked.options);
        holder.viewer = mine;
        assert_eq!(rule(holder.hand_in("", &answer).await), Some(Rule::Stale), "the question was another session's");
        account::rename_passkey(&holder.app, &holder.ctx(), &holder.viewer, id, "旧手机").await.expect("a name is no act of weight");
        assert_eq!(holder.seen().await[0].label, "旧手机");
        for wrong in ["", "  ", "a\nb", &*"钥".repeat(41)] {
            let renamed = account::rename_passkey(&holder.app, &holder.ctx(), &holder.viewer, id, wrong).await;
            assert_eq!(rule(renamed), Some(Rule::Label), "{wrong}");
        }
        assert_eq!(rule(holder.add("a\nb").await), Some(Rule::Label), "before the device makes anything");
    }

    clause_2_2_3_d_answers_refused_at_the_door_are_counted_and_rationed(test) {
        let mut holder = holder(test).await;
        let wrong = async |holder: &Holder| {
            let (token, options) = question(&holder.app).await;
            let mut device = holder.device.clone();
            device.origin = "http://evil.example";
            enter(&holder.app, &token, &device.get(&options)).await
        };
        for _ in 0..limits::LOGINS_PER_WINDOW - 1 {
            assert_eq!(rule(wrong(&holder).await), Some(Rule::Wrong));
        }
        holder.enter().await.expect("the tenth may be the right one");
        assert_eq!(rule(wrong(&holder).await), Some(Rule::Wrong));
        assert_eq!(said(holder.enter().await), Some(Refused::TooManyLogins));
        house::enter(&holder.app, "lin", PASSWORD, None).await.expect("the password is another door");
        test.clock.advance(limits::LOGIN_WINDOW);
        holder.enter().await.expect("a quarter of an hour later");
        let logins = account::logins(&holder.app, &holder.ctx(), &holder.viewer, account::Place::TOP).await.expect("read");
        assert_eq!(logins.failures.first().map(|(_, times)| *times), Some(limits::LOGINS_PER_WINDOW));
    }

    no_bytes_bring_the_door_down(test) {
        let mut holder = holder(test).await;
        let (_, options) = question(&holder.app).await;
        let right = holder.device.get(&options);
        let mut texts = vec![String::new(), "null".to_owned(), "[]".to_owned(), "\u{0}".to_owned(), "{".repeat(60_000)];
        texts.extend((1..right.len()).step_by(37).map(|end| right.chars().take(end).collect()));
        texts.push(right.replace("authenticatorData\":\"", "authenticatorData\":\"AAAA"));
        texts.push(right.replace("signature\":\"", "signature\":\"AAAA"));
        texts.push(right.replace("clientDataJSON\":\"", "clientDataJSON\":\"_____"));
        texts.push(right.replace("public-key", "pubic-key"));
        for text in &texts {
            let (token, _) = question(&holder.app).await;
            assert!(enter(&holder.app, &token, text).await.is_err());
            test.clock.advance(limits::LOGIN_WINDOW);
        }
        holder.enter().await.expect("it stands");
    }

    clause_1_0_a_site_without_a_domain_says_so(test) {
        let holder = holder(test).await;
        let without = App { passkeys: None, ..holder.app.clone() };
        assert_eq!(rule(account::begin_entry(&without, &house::visitor(&without)).await), Some(Rule::Unavailable));
        let other = RelyingParty::new(Some("www.example.com"), "x").expect("a site");
        let moved = App { passkeys: Some(std::sync::Arc::new(other)), ..holder.app.clone() };
        let (token, options) = question(&moved).await;
        let answer = holder.device.clone().get(&options);
        assert_eq!(rule(enter(&moved, &token, &answer).await), Some(Rule::Wrong), "a passkey belongs to its domain");
        let mut there = holder.device.clone();
        (there.origin, there.domain) = ("https://www.example.com", "www.example.com");
        let (token, options) = question(&moved).await;
        let answer = there.get(&options);
        enter(&moved, &token, &answer).await.expect("the domain with TLS");
        (there.origin, there.domain) = ("https://www.example.com:8443", "www.example.com");
        let (token, options) = question(&moved).await;
        let answer = there.get(&options);
        assert_eq!(rule(enter(&moved, &token, &answer).await), Some(Rule::Wrong), "another port is another origin");
    }
}
