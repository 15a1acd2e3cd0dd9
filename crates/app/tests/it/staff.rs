//! Staff: set up with a second factor, signed in, trained, and kept to their own work.

use app::account::Origin;
use app::staff::{self, SetUp, SignIn, Signed};
use app::{App, Failure};
use domain::Refused;
use domain::account::guard::RULES;
use domain::account::totp;
use domain::refused::Party;
use domain::staff::training::{MONTHS, PASS, QUESTIONS};
use domain::staff::{LOGINS_PER_WINDOW, Role, SESSION_IDLE, SESSION_LIFE, SETUP_LIFE};
use privacy::Ctx;
use privacy::purpose::{KeepSafe, Operate};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::house::{self, PASSWORD};
use crate::order::{refusal, system};

/// A member of staff of a test, with what proves them.
pub struct Colleague {
    pub identifier: String,
    secret: String,
    pub codes: Vec<String>,
}

pub fn ctx(app: &App) -> Ctx<Operate> {
    system(app)
}

fn door(app: &App) -> Ctx<KeepSafe> {
    house::visitor(app)
}

fn code_of(app: &App, secret: &str) -> String {
    let bytes = totp::from_base32(secret).expect("a secret");
    totp::code(&bytes, totp::step(app.clock.now())).expect("a code")
}

/// Sets an account up with its code.
async fn set_up(app: &App, identifier: &str, setup_code: &str) -> Result<Colleague, Failure> {
    let offered = staff::offered(app, &door(app), (identifier, setup_code), &Origin::default()).await?;
    let form = SetUp {
        identifier,
        setup_code,
        display_name: "小审",
        password: PASSWORD,
        second_code: &code_of(app, &offered.secret),
        from: Origin::default(),
    };
    let codes = staff::set_up(app, &door(app), &form).await?;
    Ok(Colleague {
        identifier: identifier.to_owned(),
        secret: offered.secret,
        codes,
    })
}

/// Somebody who works here.
pub async fn colleague(app: &App, identifier: &str, roles: &[Role]) -> Colleague {
    let invitation = staff::add(app, &ctx(app), "operator", (identifier, roles))
        .await
        .expect("added");
    set_up(app, identifier, &invitation.code).await.expect("set up")
}

async fn enter(app: &App, who: &Colleague, password: &str, code: &str) -> Result<String, Failure> {
    enter_from(app, who, (password, code), Origin::default()).await
}

async fn enter_from(
    app: &App,
    who: &Colleague,
    (password, second_code): (&str, &str),
    from: Origin<'_>,
) -> Result<String, Failure> {
    let form = SignIn {
        identifier: &who.identifier,
        password,
        second_code,
        from,
        former: None,
    };
    Ok(staff::sign_in(app, &door(app), &form).await?.token)
}

fn from(address: &str) -> Origin<'static> {
    Origin {
        address: Some(address.parse().expect("an address")),
        solved: None,
    }
}

async fn live(app: &App, token: &str) -> Option<Signed> {
    staff::authenticate(app, &door(app), token).await.expect("asked")
}

/// Signs in with the next code.
pub async fn signed(app: &App, test: &TestStore, who: &Colleague) -> Signed {
    test.clock.advance(Duration::seconds(30));
    let token = enter(app, who, PASSWORD, &code_of(app, &who.secret))
        .await
        .expect("signed in");
    live(app, &token).await.expect("live")
}

/// Somebody signed in who passed the quiz.
pub async fn trained(app: &App, test: &TestStore, identifier: &str, roles: &[Role]) -> Signed {
    let who = colleague(app, identifier, roles).await;
    passed(app, test, &who).await
}

/// The same of somebody who got their code from an administrator, or anew from the operator.
pub async fn trained_with(
    app: &App,
    test: &TestStore,
    invitation: Result<staff::Invitation, Failure>,
) -> Signed {
    let invitation = invitation.expect("invited");
    let who = set_up(app, &invitation.identifier, &invitation.code)
        .await
        .expect("set up");
    passed(app, test, &who).await
}

async fn passed(app: &App, test: &TestStore, who: &Colleague) -> Signed {
    let signed = signed(app, test, who).await;
    assert!(quiz(app, &signed, 0).await.passed);
    // As the next request finds them.
    let state = staff::training(app, &ctx(app), &signed).await.expect("read");
    let trained_until = state.results[0].valid_until;
    Signed {
        trained_until,
        ..signed
    }
}

/// Hands in a quiz with so many wrong answers.
pub async fn quiz(app: &App, signed: &Signed, wrong: usize) -> staff::Judged {
    let keys = answers();
    staff::begin_quiz(app, &ctx(app), signed).await.expect("drawn");
    let drawn = staff::drawn(app, &ctx(app), signed)
        .await
        .expect("asked")
        .expect("waits");
    let answer = |(place, question): (usize, &&staff::Question)| {
        let right = keys[&question.id];
        let given = if place < wrong { (right + 1) % 3 } else { right };
        (question.id.clone(), given.to_string())
    };
    let given: std::collections::HashMap<_, _> = drawn.questions.iter().enumerate().map(answer).collect();
    staff::hand_in(app, &ctx(app), signed, (drawn.id, &given))
        .await
        .expect("judged")
}

/// What is right, read from the course's own file.
fn answers() -> std::collections::HashMap<String, usize> {
    let text = include_str!("../../../../training/course.toml");
    let mut found = std::collections::HashMap::new();
    let mut id = String::new();
    for line in text.lines() {
        if let Some(word) = line.strip_prefix("id = ") {
            word.trim_matches('"').clone_into(&mut id);
        } else if let Some(place) = line.strip_prefix("right = ") {
            found.insert(id.clone(), place.parse().expect("a place"));
        }
    }
    found
}

both_dbs! {
    clause_2_5_1_e_an_account_is_set_up_within_a_day_and_with_a_second_factor(test) {
        let app = house::app(test);
        let wrong = Some(Party::StaffSetup.into());
        let invitation = staff::add(&app, &ctx(&app), "operator", ("verifier-1", &[Role::Verifier])).await.expect("added");
        let again = staff::add(&app, &ctx(&app), "operator", ("Verifier-1", &[Role::Admin])).await;
        assert_eq!(refusal(again), Some(Party::StaffTaken.into()));
        let named = staff::add(&app, &ctx(&app), "operator", ("王审核", &[Role::Admin])).await;
        assert_eq!(refusal(named), Some(Party::StaffIdentifier.into()));
        for (identifier, code) in [("verifier-1", "0000-0000-0000-0000"), ("verifier-2", &*invitation.code)] {
            assert_eq!(refusal(staff::offered(&app, &door(&app), (identifier, code), &Origin::default()).await), wrong);
        }
        let offered = staff::offered(&app, &door(&app), ("verifier-1", &invitation.code.to_lowercase()), &Origin::default()).await.expect("offered");
        let form = |password, second_code| SetUp {
            identifier: "verifier-1", setup_code: &invitation.code, display_name: "小审", password, second_code, from: Origin::default(),
        };
        let right = code_of(&app, &offered.secret);
        for (password, code, refused) in [
            (PASSWORD, "", Refused::SecondMissing), (PASSWORD, "000000", Refused::SecondWrong), ("short", &*right, Refused::PasswordShort),
        ] {
            assert_eq!(refusal(staff::set_up(&app, &door(&app), &form(password, code)).await), Some(refused));
        }
        // Nothing that could sign in is there before it is set up.
        let early = SignIn { identifier: "verifier-1", password: PASSWORD, second_code: &right, from: Origin::default(), former: None };
        assert_eq!(refusal(staff::sign_in(&app, &door(&app), &early).await), Some(Party::StaffLogin.into()));
        test.clock.advance(SETUP_LIFE);
        assert_eq!(refusal(staff::offered(&app, &door(&app), ("verifier-1", &invitation.code), &Origin::default()).await), wrong, "to the second");
        let renewed = staff::renew(&app, &ctx(&app), "operator", "verifier-1").await.expect("renewed");
        test.clock.advance(SETUP_LIFE - Duration::SECOND);
        let who = set_up(&app, "verifier-1", &renewed.code).await.expect("set up");
        assert_eq!(who.codes.len(), 10);
        // After older data was put back nobody comes in with what was good then.
        test.clock.advance(Duration::seconds(30));
        let ctx = ctx(&app);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        assert_eq!(storage::staff::suspend_all(&mut tx).await.expect("suspended"), 1);
        drop(tx);
        assert_eq!(refusal(staff::offered(&app, &door(&app), ("verifier-1", &renewed.code), &Origin::default()).await), wrong, "used up");
        let all = String::from_utf8_lossy(&test.everything().await).into_owned();
        for secret in [&who.secret, &renewed.code, &who.codes[0], "小审"] {
            assert!(!all.contains(secret), "sealed or a digest");
        }
    }

    clause_2_1_1_e_staff_sign_in_with_password_and_code_and_whatever_is_wrong_looks_alike(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        let wrong = Some(Party::StaffLogin.into());
        let used = code_of(&app, &who.secret);
        assert_eq!(refusal(enter(&app, &who, PASSWORD, &used).await), wrong, "the code that set it up");
        test.clock.advance(Duration::seconds(30));
        let right = code_of(&app, &who.secret);
        let nobody = Colleague { identifier: "verifier-9".to_owned(), secret: who.secret.clone(), codes: Vec::new() };
        assert_eq!(refusal(enter(&app, &who, PASSWORD, "").await), wrong, "the second factor is missing");
        assert_eq!(refusal(enter(&app, &who, "", &right).await), wrong);
        assert_eq!(refusal(enter(&app, &who, "北风 吹着 三只 空茶碗", &right).await), wrong);
        assert_eq!(refusal(enter(&app, &nobody, PASSWORD, &right).await), wrong);
        let token = enter(&app, &who, PASSWORD, &right).await.expect("signed in");
        assert_eq!(live(&app, &token).await.expect("live").identifier, "verifier-1");
        assert_eq!(refusal(enter(&app, &who, PASSWORD, &right).await), wrong, "a code is good once");
        let by_code = enter(&app, &who, PASSWORD, &who.codes[0]).await.expect("a recovery code");
        assert_ne!(by_code, token);
        assert_eq!(refusal(enter(&app, &who, PASSWORD, &who.codes[0]).await), wrong, "once");
        // A session of a user is none of staff, nor the other way round.
        let user = house::register(&app, "100-0000-0001", "lin").await;
        assert!(live(&app, &user.token).await.is_none());
        let ctx = house::visitor::<KeepSafe>(&app);
        assert!(app::account::authenticate(&app, &ctx, &token).await.expect("asked").is_none());
    }

    clause_2_2_3_d_tries_of_staff_are_rationed_for_known_and_unknown_alike(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        let nobody = Colleague { identifier: "verifier-9".to_owned(), secret: who.secret.clone(), codes: Vec::new() };
        for known in [&who, &nobody] {
            for _ in 0..LOGINS_PER_WINDOW {
                assert_eq!(refusal(enter(&app, known, PASSWORD, "000000").await), Some(Party::StaffLogin.into()));
            }
            assert_eq!(refusal(enter(&app, known, PASSWORD, "000000").await), Some(Party::StaffTooMany.into()));
        }
        test.clock.advance(Duration::minutes(15));
        assert!(enter(&app, &who, PASSWORD, &code_of(&app, &who.secret)).await.is_ok());
    }

    clause_2_2_3_d_nobody_far_away_locks_a_member_of_staff_out(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        let (away, home) = (from("198.51.100.7"), from("203.0.113.5"));
        let (wrong, many) = (Some(Party::StaffLogin.into()), Some(Party::StaffTooMany.into()));
        for _ in 0..LOGINS_PER_WINDOW {
            assert_eq!(refusal(enter_from(&app, &who, ("guessed", "000000"), away).await), wrong);
        }
        assert_eq!(refusal(enter_from(&app, &who, ("guessed", "000000"), away).await), many);
        test.clock.advance(Duration::seconds(30));
        let right = code_of(&app, &who.secret);
        assert!(enter_from(&app, &who, (PASSWORD, &right), home).await.is_ok(), "at home");
        // Nor do wrong codes from elsewhere spend the set-up's tries.
        let renewed = staff::renew(&app, &ctx(&app), "operator", "verifier-1").await.expect("renewed");
        for _ in 0..LOGINS_PER_WINDOW {
            let guessed = staff::offered(&app, &door(&app), ("verifier-1", "0000-0000-0000-0000"), &from("198.51.100.9")).await;
            assert!(guessed.is_err());
        }
        assert!(staff::offered(&app, &door(&app), ("verifier-1", &renewed.code), &home).await.is_ok());
    }

    clause_2_1_1_e_guesses_at_the_second_factor_count_from_everywhere_and_tell_nothing(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        let wrong = Some(Party::StaffLogin.into());
        for network in 0..LOGINS_PER_WINDOW {
            let address = format!("198.51.{network}.7");
            assert_eq!(refusal(enter_from(&app, &who, (PASSWORD, "000000"), from(&address)).await), wrong);
        }
        test.clock.advance(Duration::seconds(30));
        let right = code_of(&app, &who.secret);
        let held = enter_from(&app, &who, (PASSWORD, &right), from("203.0.113.5")).await;
        assert_eq!(refusal(held), wrong, "as for a wrong password");
        // Set up anew, it is somebody's who guessed nothing.
        let renewed = staff::renew(&app, &ctx(&app), "operator", "verifier-1").await.expect("renewed");
        let who = set_up(&app, "verifier-1", &renewed.code).await.expect("set up");
        test.clock.advance(Duration::seconds(30));
        assert!(enter(&app, &who, PASSWORD, &code_of(&app, &who.secret)).await.is_ok());
    }

    clause_2_2_3_d_many_identifiers_from_one_network_meet_a_puzzle_before_anything_is_computed(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        test.clock.advance(Duration::seconds(30));
        let right = code_of(&app, &who.secret);
        for number in 0..RULES.names_per_network {
            let nobody = Colleague { identifier: format!("nobody-{number}"), secret: String::new(), codes: Vec::new() };
            let tried = enter_from(&app, &nobody, ("guessed", "000000"), from("198.51.100.7")).await;
            assert_eq!(refusal(tried), Some(Party::StaffLogin.into()));
        }
        let counted = test.count("SELECT COUNT(*) FROM attempt").await;
        let stopped = enter_from(&app, &who, (PASSWORD, &right), from("198.51.100.7")).await;
        assert_eq!(refusal(stopped), Some(Party::PuzzleNeeded.into()));
        assert_eq!(test.count("SELECT COUNT(*) FROM attempt").await, counted, "nothing was tried");
        assert!(enter_from(&app, &who, (PASSWORD, &right), from("203.0.113.5")).await.is_ok());
        // Whoever got in did not fail.
        assert_eq!(test.count("SELECT COUNT(*) FROM guard_sighting WHERE what = 'in' AND account IS NULL").await, 1);
    }

    clause_2_5_1_e_a_session_of_staff_is_short_and_gets_another_token_each_time(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        test.clock.advance(Duration::seconds(30));
        let first = enter(&app, &who, PASSWORD, &code_of(&app, &who.secret)).await.expect("signed in");
        test.clock.advance(Duration::seconds(30));
        let (identifier, second_code) = (who.identifier.as_str(), code_of(&app, &who.secret));
        let form = SignIn { identifier, password: PASSWORD, second_code: &second_code, from: Origin::default(), former: Some(&first) };
        let second = staff::sign_in(&app, &door(&app), &form).await.expect("signed in").token;
        assert!(live(&app, &first).await.is_none(), "the session before it is over");
        test.clock.advance(SESSION_IDLE - Duration::SECOND);
        assert!(live(&app, &second).await.is_some());
        test.clock.advance(SESSION_IDLE);
        assert!(live(&app, &second).await.is_none(), "idle");
        let third = enter(&app, &who, PASSWORD, &code_of(&app, &who.secret)).await.expect("signed in");
        let begun = app.clock.now();
        while app.clock.now() - begun < SESSION_LIFE - Duration::minutes(20) {
            test.clock.advance(Duration::minutes(20));
            assert!(live(&app, &third).await.is_some());
        }
        test.clock.advance(begun + SESSION_LIFE - app.clock.now() - Duration::SECOND);
        assert!(live(&app, &third).await.is_some());
        test.clock.advance(Duration::SECOND);
        assert!(live(&app, &third).await.is_none(), "eight hours, however busy");
    }

    clause_2_5_1_e_an_administrator_changes_others_never_themself_and_the_last_one_stays(test) {
        let app = house::app(test);
        let admin = colleague(&app, "admin-1", &[Role::Admin]).await;
        let admin = signed(&app, test, &admin).await;
        let other = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        let token = { test.clock.advance(Duration::seconds(30)); enter(&app, &other, PASSWORD, &code_of(&app, &other.secret)).await.expect("in") };
        let ctx = ctx(&app);
        let own = staff::set_roles(&app, &ctx, &admin, "admin-1", &[Role::Admin, Role::Verifier]).await;
        assert_eq!(refusal(own), Some(Party::StaffOwn.into()));
        assert_eq!(refusal(staff::end(&app, &ctx, &admin, "admin-1").await), Some(Party::StaffOwn.into()));
        assert_eq!(refusal(staff::renew_by_admin(&app, &ctx, &admin, "admin-1").await), Some(Party::StaffOwn.into()));
        assert_eq!(refusal(staff::end_by_operator(&app, &ctx, "admin-1").await), Some(Party::StaffLastAdmin.into()));
        // One who has not set up the account yet could not work.
        staff::add_by_admin(&app, &ctx, &admin, ("admin-2", &[Role::Admin])).await.expect("added");
        assert_eq!(refusal(staff::end_by_operator(&app, &ctx, "admin-1").await), Some(Party::StaffLastAdmin.into()));
        // A change of roles counts from the next request on.
        staff::set_roles(&app, &ctx, &admin, "verifier-1", &[Role::Finance]).await.expect("changed");
        assert!(!live(&app, &token).await.expect("live").has(Role::Verifier));
        staff::end(&app, &ctx, &admin, "verifier-1").await.expect("ended");
        assert!(live(&app, &token).await.is_none(), "at once");
        test.clock.advance(Duration::seconds(30));
        assert_eq!(refusal(enter(&app, &other, PASSWORD, &code_of(&app, &other.secret)).await), Some(Party::StaffLogin.into()));
        assert_eq!(refusal(enter(&app, &other, PASSWORD, &other.codes[0]).await), Some(Party::StaffLogin.into()));
        let again = staff::add_by_admin(&app, &ctx, &admin, ("verifier-1", &[Role::Verifier])).await;
        assert_eq!(refusal(again), Some(Party::StaffTaken.into()), "nobody else's ever");
        // Whoever is no administrator finds none of it.
        let moderator = colleague(&app, "moderator-1", &[Role::Moderator]).await;
        let moderator = signed(&app, test, &moderator).await;
        assert!(matches!(staff::people(&app, &ctx, &moderator).await, Err(Failure::NotFound)));
        assert!(matches!(staff::set_roles(&app, &ctx, &moderator, "admin-2", &[Role::Dpo]).await, Err(Failure::NotFound)));
        assert!(matches!(staff::end(&app, &ctx, &moderator, "admin-2").await, Err(Failure::NotFound)));
        let seen = staff::people(&app, &ctx, &admin).await.expect("seen");
        let what: Vec<&str> = seen.changes.iter().map(|change| change.what.as_str()).collect();
        for kind in ["added", "set_up", "roles", "ended"] {
            assert!(what.contains(&kind), "{kind}");
        }
    }

    two_administrators_who_renew_each_other_at_once_do_not_lock_everybody_out(test) {
        let app = house::app(test);
        let first = colleague(&app, "admin-1", &[Role::Admin]).await;
        let second = colleague(&app, "admin-2", &[Role::Admin]).await;
        let (first, second) = (signed(&app, test, &first).await, signed(&app, test, &second).await);
        let ctx = ctx(&app);
        // Both were let in before either renews.
        let (one, other) = tokio::join!(
            staff::renew_by_admin(&app, &ctx, &first, "admin-2"),
            staff::renew_by_admin(&app, &ctx, &second, "admin-1"),
        );
        assert_eq!(i32::from(one.is_ok()) + i32::from(other.is_ok()), 1, "one of them");
        let late = if one.is_ok() { other } else { one };
        assert_eq!(refusal(late.map(|_| ())), Some(Party::StaffLastAdmin.into()));
        assert_eq!(test.count("SELECT COUNT(*) FROM staff WHERE confirmed_at IS NOT NULL").await, 1, "somebody can work");
    }

    nobody_is_called_as_records_call_the_machine(test) {
        let app = house::app(test);
        let admin = colleague(&app, "admin-1", &[Role::Admin]).await;
        let admin = signed(&app, test, &admin).await;
        let named = staff::add_by_admin(&app, &ctx(&app), &admin, ("Operator", &[Role::Admin])).await;
        assert_eq!(refusal(named), Some(Party::StaffTaken.into()));
    }

    clause_2_5_1_f_a_quiz_is_drawn_judged_here_and_counts_for_twelve_months(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        let signed = signed(&app, test, &who).await;
        let failed = quiz(&app, &signed, QUESTIONS - PASS + 1).await;
        assert!(!failed.passed && failed.right == PASS - 1);
        assert!(failed.answers.iter().filter(|answer| answer.given != answer.right).all(|answer| !answer.question.why_zh.is_empty()));
        let state = staff::training(&app, &ctx(&app), &signed).await.expect("read");
        assert!(!state.standing.counts() && state.results.len() == 1);
        // Two results of one instant have no order.
        test.clock.advance(Duration::seconds(1));
        // A gap is refused with the quiz still waiting; a quiz is judged once.
        staff::begin_quiz(&app, &ctx(&app), &signed).await.expect("drawn");
        let drawn = staff::drawn(&app, &ctx(&app), &signed).await.expect("asked").expect("waits");
        let keys = answers();
        let mut given: std::collections::HashMap<_, _> =
            drawn.questions.iter().map(|question| (question.id.clone(), keys[&question.id].to_string())).collect();
        let last = given.remove(&drawn.questions[0].id).expect("answered");
        let gap = staff::hand_in(&app, &ctx(&app), &signed, (drawn.id, &given)).await;
        assert_eq!(refusal(gap), Some(Party::QuizIncomplete.into()));
        given.insert(drawn.questions[0].id.clone(), last);
        assert!(staff::hand_in(&app, &ctx(&app), &signed, (drawn.id, &given)).await.expect("judged").passed);
        let twice = staff::hand_in(&app, &ctx(&app), &signed, (drawn.id, &given)).await;
        assert_eq!(refusal(twice), Some(Party::QuizStale.into()));
        let passed_at = app.clock.now();
        let state = staff::training(&app, &ctx(&app), &signed).await.expect("read");
        let until = state.results[0].valid_until.expect("valid");
        assert_eq!((until - passed_at, MONTHS), (Duration::days(365), 12));
        // A later failure takes nothing away.
        test.clock.advance(Duration::seconds(1));
        assert!(!quiz(&app, &signed, QUESTIONS).await.passed);
        assert!(staff::training(&app, &ctx(&app), &signed).await.expect("read").standing.counts());
    }

    after_a_restore_no_session_of_staff_is_live(test) {
        let app = house::app(test);
        let who = colleague(&app, "verifier-1", &[Role::Verifier]).await;
        test.clock.advance(Duration::seconds(30));
        let token = enter(&app, &who, PASSWORD, &code_of(&app, &who.secret)).await.expect("in");
        let ctx = ctx(&app);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        storage::staff::session::revoke_all(&mut tx).await.expect("ended");
        tx.commit().await.expect("commit");
        assert!(live(&app, &token).await.is_none());
    }
}
