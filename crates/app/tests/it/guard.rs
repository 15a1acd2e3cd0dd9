//! The security guard: what it sees, decides, keeps and tells.

use std::sync::Arc;

use app::account::{self, Begun, Entry, Login, Origin, PasskeyVerdict, Solved, Viewer};
use app::{App, Failure, job, staff};
use domain::Refused;
use domain::account::guard::contest::{Ground, Ruling, State};
use domain::account::guard::puzzle::{LIFE, QUESTION_WAIT, zeros};
use domain::account::guard::{HOUR, MEMORY, Outcome, RULES, Signal};
use domain::minor::Band;
use domain::refused::Party;
use domain::staff::Role;
use privacy::purpose::{KeepAccount, KeepSafe, Operate, ShowOwn, VerifyHolder};
use sha2::{Digest as _, Sha256};
use storage::account::Place;
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::guard_map::{AWAY, HOME, Map, PHONE, WEAK, from, from_number, refusals, waits};
use crate::house::{self, PASSWORD};
use crate::staff::{ctx as operate, trained};

fn app(test: &TestStore) -> App {
    App {
        regions: Some(Arc::new(Map)),
        ..house::app(test)
    }
}

async fn at(
    app: &App,
    login: &str,
    password: &str,
    device: &str,
    origin: Origin<'_>,
) -> Result<Entry, Failure> {
    let form = Login {
        login,
        password,
        device,
        remembered: None,
        from: origin,
    };
    account::log_in(app, &house::visitor::<VerifyHolder>(app), &form).await
}

fn is(party: Party) -> Vec<Refused> {
    vec![party.into()]
}

/// Somebody who registered at home with Firefox.
async fn lin(app: &App) -> (Begun, Viewer) {
    let documents = house::documents();
    house::ask_code(app, PHONE).await.expect("code");
    let code = house::latest_code(app).await;
    let form = account::Registration {
        phone: PHONE,
        code: &code,
        account_name: "lin",
        password: PASSWORD,
        age: Some(Band::Adult),
        accept_agreement: true,
        accept_policy: true,
        documents: &documents,
        device: "Firefox · Linux",
        from: from(HOME),
    };
    let begun = account::register(app, &house::visitor::<KeepAccount>(app), &form)
        .await
        .expect("registered");
    let viewer = house::viewer(app, &begun).await.expect("logged in");
    (begun, viewer)
}

async fn decided(app: &App, viewer: &Viewer) -> Vec<account::Decided> {
    let ctx = house::person::<ShowOwn>(app, viewer);
    account::decisions(app, &ctx, viewer, Place::TOP)
        .await
        .expect("decisions")
        .rows
}

fn stopped(entry: Result<Entry, Failure>) -> String {
    match entry.expect("the password is right") {
        Entry::Stopped { token } => token,
        Entry::Begun(_) => panic!("it went on"),
        Entry::Waits { .. } => panic!("it waits for the second factor"),
    }
}

fn begun(entry: Result<Entry, Failure>) -> Begun {
    match entry.expect("the password is right") {
        Entry::Begun(begun) => begun,
        Entry::Stopped { .. } | Entry::Waits { .. } => panic!("it was stopped"),
    }
}

/// The number that a script would find.
fn work(puzzle: &str, bits: u32) -> String {
    (0..u64::MAX)
        .map(|number| number.to_string())
        .find(|number| zeros(&Sha256::digest(format!("{puzzle}:{number}"))) >= bits)
        .expect("there is one")
}

async fn run_jobs(app: &App) {
    job::run_ready(app, "2020-11-01").await.expect("jobs");
}

/// A device and network never seen, from far away: held.
async fn hold(app: &App) -> String {
    stopped(at(app, "lin", PASSWORD, "Chrome · Windows", from(AWAY)).await)
}

async fn freeze(app: &App) -> String {
    for _ in 0..RULES.failures_per_account {
        assert_eq!(
            refusals(at(app, "lin", "wrong", "x", from(AWAY)).await),
            [Refused::LoginWrong]
        );
    }
    hold(app).await
}

async fn view(app: &App, token: &str) -> Result<account::Stopped, Failure> {
    account::stopped(app, &house::visitor::<KeepSafe>(app), token).await
}

async fn send(app: &App, token: &str) -> Result<(), Failure> {
    account::send_step_code(app, &house::visitor::<VerifyHolder>(app), token).await
}

async fn confirm(app: &App, token: &str, code: &str) -> Result<Begun, Failure> {
    account::confirm_step(
        app,
        &house::visitor::<VerifyHolder>(app),
        token,
        code,
        "Chrome · Windows",
    )
    .await
}

async fn solve(app: &App, token: &str) -> Result<(), Failure> {
    let puzzle = view(app, token).await?.puzzle.expect("a puzzle");
    let found = work(&puzzle.text, puzzle.bits);
    let solved = Solved {
        puzzle: &puzzle.text,
        work: &found,
        answer: "",
    };
    account::solve_hold(app, &house::visitor::<KeepSafe>(app), token, &solved).await
}

/// Names that fail from one network, one after another.
async fn stuff(app: &App, address: &str, names: i64) {
    for number in 0..names {
        let refused = refusals(at(app, &format!("nobody{number}"), "x", "y", from(address)).await);
        assert_eq!(refused, [Refused::LoginWrong], "{number}");
    }
}

async fn pose(app: &App, address: &str) -> account::Puzzle {
    account::pose(app, &house::visitor::<KeepSafe>(app), &from(address))
        .await
        .expect("a puzzle")
}

both_dbs! {
    clause_2_2_3_d_a_known_device_and_network_go_on_and_new_ones_take_one_more_step(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from("203.0.113.6")).await);
        assert!(decided(&app, &viewer).await.iter().all(|one| one.outcome == Outcome::Allow && one.state == State::Done));

        test.clock.advance(Duration::SECOND);
        let token = stopped(at(&app, "lin", PASSWORD, "Chrome · Windows", from("192.0.2.99")).await);
        let seen = view(&app, &token).await.expect("stopped");
        assert_eq!((seen.outcome, seen.signals.as_slice()), (Outcome::StepUp, &[Signal::NewDevice, Signal::NewNetwork][..]));
        assert_eq!(refusals(confirm(&app, &token, "000000").await), [Refused::CodeWrong]);
        test.clock.advance(Duration::minutes(1));
        send(&app, &token).await.expect("sent");
        let message = house::latest_message(&app).await;
        assert!(message.contains("企服365") && message.contains("登录验证") && message.contains("logging in"), "{message}");
        let code = house::latest_code(&app).await;
        confirm(&app, &token, &code).await.expect("proved");
        assert_eq!(refusals(confirm(&app, &token, &code).await), is(Party::GuardStale), "over");
        // From then on it is known.
        test.clock.advance(Duration::SECOND);
        begun(at(&app, "lin", PASSWORD, "Chrome · Windows", from("192.0.2.99")).await);
        let seen = decided(&app, &viewer).await;
        assert_eq!((seen[1].outcome, seen[1].state), (Outcome::StepUp, State::Passed));
        assert_eq!(seen[1].origin, "Chrome · Windows");
        assert!(!seen[1].contestable);
    }

    clause_2_2_3_d_too_far_is_held_until_the_wait_the_puzzle_and_the_proof(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        test.clock.advance(Duration::minutes(2));
        let token = hold(&app).await;
        let seen = view(&app, &token).await.expect("held");
        assert_eq!(seen.outcome, Outcome::Hold);
        assert_eq!(seen.signals, [Signal::NewDevice, Signal::NewNetwork, Signal::TooFar]);
        assert_eq!(seen.wait_until - seen.at, Duration::minutes(2), "85 points wait two minutes");
        assert_eq!(refusals(send(&app, &token).await), is(Party::PuzzleNeeded), "no code before the puzzle");
        assert_eq!(refusals(confirm(&app, &token, "123456").await), is(Party::PuzzleNeeded));

        test.clock.advance(Duration::minutes(2) - Duration::SECOND);
        assert_eq!(refusals(solve(&app, &token).await), is(Party::GuardWait));
        test.clock.advance(Duration::SECOND);
        solve(&app, &token).await.expect("solved");
        send(&app, &token).await.expect("sent");
        let code = house::latest_code(&app).await;
        confirm(&app, &token, &code).await.expect("proved");
        run_jobs(&app).await;
        assert!(house::messages(&app).await.iter().any(|text| text.contains("暂缓")), "the holder is told");
        let seen = &decided(&app, &viewer).await[0];
        assert_eq!((seen.state, seen.origin.as_str()), (State::Passed, "Chrome · Windows · US"));
    }

    clause_2_2_3_d_a_question_stands_in_for_the_work_and_waits_longer(test) {
        let app = app(test);
        lin(&app).await;
        let token = hold(&app).await;
        let ctx = |app: &App| house::visitor::<KeepSafe>(app);
        let puzzle = view(&app, &token).await.expect("held").puzzle.expect("a puzzle");
        let answered = |answer: &'static str| Solved { puzzle: "", work: "", answer };
        let right = puzzle.question.answer().to_owned();
        let solved = Solved { puzzle: &puzzle.text, answer: &right, ..answered("") };
        test.clock.advance(Duration::minutes(2) + QUESTION_WAIT - Duration::SECOND);
        assert_eq!(refusals(account::solve_hold(&app, &ctx(&app), &token, &solved).await), is(Party::GuardWait));
        test.clock.advance(Duration::SECOND);
        // Of another stopped log-in or another site it is none.
        let tampered = puzzle.text.replacen('.', "0.", 1);
        for text in [tampered.as_str(), "", "a.b.c.d.e"] {
            let foreign = Solved { puzzle: text, answer: &right, work: "" };
            assert_eq!(refusals(account::solve_hold(&app, &ctx(&app), &token, &foreign).await), is(Party::PuzzleWrong));
        }
        account::solve_hold(&app, &ctx(&app), &token, &solved).await.expect("answered");
    }

    clause_2_2_3_d_a_puzzle_is_good_once_in_its_time_and_for_one_network(test) {
        let app = app(test);
        lin(&app).await;
        stuff(&app, HOME, RULES.names_per_network).await;
        let puzzle = pose(&app, HOME).await;
        let found = work(&puzzle.text, puzzle.bits);
        let solved = Solved { puzzle: &puzzle.text, work: &found, answer: "" };
        let with = |address: &str, solved| Origin { solved: Some(solved), ..from(address) };
        let try_at = async |address: &str, solved| {
            let entry = at(&app, "lin", PASSWORD, "Firefox · Linux", with(address, solved)).await;
            refusals(entry)
        };
        assert_eq!(try_at(HOME, solved).await, is(Party::GuardWait), "the door's wait");
        test.clock.advance(Duration::seconds(19));
        assert_eq!(try_at(HOME, solved).await, is(Party::GuardWait));
        test.clock.advance(Duration::SECOND);
        // Another network does not come in with it.
        stuff(&app, AWAY, RULES.names_per_network).await;
        assert_eq!(try_at(AWAY, solved).await, is(Party::PuzzleWrong));
        assert_eq!(try_at(HOME, solved).await, [], "solved");
        assert_eq!(try_at(HOME, solved).await, is(Party::PuzzleWrong), "used");

        // Wrong work uses a puzzle up, so that nobody guesses at the question of it.
        let puzzle = pose(&app, HOME).await;
        test.clock.advance(Duration::seconds(20) + QUESTION_WAIT);
        let wrong = Solved { puzzle: &puzzle.text, work: "", answer: "nonsense" };
        assert_eq!(try_at(HOME, wrong).await, is(Party::PuzzleWrong));
        let right = puzzle.question.answer().to_owned();
        let late = Solved { puzzle: &puzzle.text, work: "", answer: &right };
        assert_eq!(try_at(HOME, late).await, is(Party::PuzzleWrong));

        // The last second, and the one after it.
        let (first, second) = (pose(&app, HOME).await, pose(&app, HOME).await);
        test.clock.advance(Duration::seconds(20) + LIFE - Duration::SECOND);
        let right = work(&first.text, first.bits);
        assert_eq!(try_at(HOME, Solved { puzzle: &first.text, work: &right, answer: "" }).await, []);
        test.clock.advance(Duration::SECOND);
        let right = work(&second.text, second.bits);
        assert_eq!(try_at(HOME, Solved { puzzle: &second.text, work: &right, answer: "" }).await, is(Party::PuzzleWrong));
    }

    clause_2_2_3_d_stuffing_closes_the_door_for_known_and_unknown_names_alike(test) {
        let app = app(test);
        lin(&app).await;
        stuff(&app, HOME, RULES.names_per_network - 1).await;
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        stuff_one(&app, HOME).await;
        for (login, password) in [("lin", PASSWORD), ("lin", "wrong"), ("nobody", PASSWORD), (PHONE, PASSWORD), ("100-0000-0077", "x")] {
            assert_eq!(refusals(at(&app, login, password, "y", from(HOME)).await), is(Party::PuzzleNeeded), "{login}");
        }
        // A name is not locked by whoever floods the door: nothing was tried.
        for _ in 0..domain::account::limits::LOGINS_PER_WINDOW {
            assert_eq!(refusals(at(&app, "lin", "wrong", "y", from(HOME)).await), is(Party::PuzzleNeeded));
        }
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from("192.0.2.50")).await);
        // It opens by itself an hour after the last failure.
        test.clock.advance(HOUR - Duration::SECOND);
        assert_eq!(refusals(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await), is(Party::PuzzleNeeded));
        test.clock.advance(Duration::SECOND);
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
    }

    clause_2_2_3_d_codes_are_not_sent_in_bulk_from_one_network(test) {
        let app = app(test);
        let documents = house::documents();
        let ask = async |phone: &str, origin: Origin<'_>| {
            let request = account::CodeRequest {
                phone, age: Some(Band::Adult), accept_agreement: true, accept_policy: true, documents: &documents, from: origin,
            };
            refusals(account::request_code(&app, &house::visitor::<KeepAccount>(&app), &request).await)
        };
        for number in 0..RULES.codes_per_network {
            let phone = format!("100-0000-{number:04}");
            let refused = if number % 2 == 0 {
                ask(&phone, from(HOME)).await
            } else {
                refusals(account::request_reset(&app, &house::visitor(&app), &phone, &from(HOME)).await)
            };
            assert_eq!(refused, [], "{number}");
        }
        assert_eq!(ask("100-0000-0099", from(HOME)).await, is(Party::PuzzleNeeded));
        assert_eq!(refusals(account::request_reset(&app, &house::visitor(&app), "100-0000-0099", &from(HOME)).await), is(Party::PuzzleNeeded));
        // A request to a guardian sends a message too (2.7.a).
        let child = app::minor::GuardianRequest {
            phone: "100-0000-0097", code: "000000", guardian_phone: "100-0000-0096", age: Some(Band::Child), not_mine: false, from: from(HOME),
        };
        let coded = app::minor::request_guardian_code(&app, &house::visitor(&app), "100-0000-0097", &from(HOME)).await;
        assert_eq!(refusals(coded), is(Party::PuzzleNeeded));
        assert_eq!(refusals(app::minor::ask_guardian(&app, &house::visitor(&app), &child).await), is(Party::PuzzleNeeded));
        assert_eq!(ask("100-0000-0099", from(AWAY)).await, [], "another network");
        let puzzle = pose(&app, HOME).await;
        test.clock.advance(Duration::minutes(1));
        let found = work(&puzzle.text, puzzle.bits);
        let solved = Solved { puzzle: &puzzle.text, work: &found, answer: "" };
        assert_eq!(ask("100-0000-0098", Origin { solved: Some(solved), ..from(HOME) }).await, []);
    }

    clause_2_2_3_a_a_freeze_stands_until_the_holder_recovers_from_their_own_place(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        let token = freeze(&app).await;
        let seen = view(&app, &token).await.expect("frozen");
        assert_eq!(seen.outcome, Outcome::Freeze);
        assert!(seen.signals.contains(&Signal::Failures) && seen.puzzle.is_none());
        assert_eq!(refusals(send(&app, &token).await), is(Party::GuardFrozen));
        assert_eq!(refusals(confirm(&app, &token, "1").await), is(Party::GuardFrozen));
        run_jobs(&app).await;
        assert!(house::messages(&app).await.iter().any(|text| text.contains("冻结")));
        // Also from the known device; sessions that are there go on.
        stopped(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        assert_eq!(decided(&app, &viewer).await.iter().filter(|one| one.outcome == Outcome::Freeze).count(), 1, "one record");
        test.clock.advance(Duration::days(30));
        stopped(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);

        account::request_reset(&app, &house::visitor(&app), PHONE, &from(HOME)).await.expect("sent");
        let code = house::latest_code(&app).await;
        let new = "六匹马 走过 旧城门";
        let form = account::Reset { phone: PHONE, code: &code, password: new, device: "Firefox · Linux", from: from(HOME) };
        account::reset(&app, &house::visitor(&app), &form).await.expect("reset");
        begun(at(&app, "lin", new, "Firefox · Linux", from(HOME)).await);
        assert!(refusals(view(&app, &token).await) == is(Party::GuardStale));
        // The place that was stopped is no more known than before.
        stopped(at(&app, "lin", new, "Chrome · Windows", from(AWAY)).await);
        let seen = decided(&app, &viewer).await;
        assert!(seen.iter().any(|one| one.outcome == Outcome::Freeze && one.state == State::Recovered));
    }

    clause_2_2_3_b_a_contest_goes_to_a_human_who_sees_signals_and_lifts(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        let officer = trained(&app, test, "dpo-1", &[Role::Dpo]).await;
        let other = trained(&app, test, "verifier-9", &[Role::Verifier]).await;
        let token = freeze(&app).await;
        let ctx = house::visitor::<KeepSafe>(&app);
        assert_eq!(refusals(account::contest_stopped(&app, &ctx, &token, "").await), is(Party::ContestGround));
        assert_eq!(refusals(account::contest_stopped(&app, &ctx, &"0".repeat(64), "me").await), is(Party::GuardStale));
        account::contest_stopped(&app, &ctx, &token, Ground::Away.as_str()).await.expect("contested");
        assert_eq!(refusals(account::contest_stopped(&app, &ctx, &token, "me").await), is(Party::ContestNotNow));

        let waiting = staff::contested_decisions(&app, &operate(&app), &officer).await.expect("waiting");
        let [case] = waiting.as_slice() else { panic!("one waits") };
        assert_eq!((case.outcome, case.ground), (Outcome::Freeze, Some(Ground::Away)));
        let shown = format!("{case:?}");
        for hidden in ["Chrome", "198.51", "US", "lin", &viewer.account.to_string()] {
            assert!(!shown.contains(hidden), "{hidden} in {shown}");
        }
        let due = case.due_at.expect("the calendar knows");
        assert_eq!(domain::calendar::working_days_left(app.clock.now(), due), Some(3));
        // Nobody else's work, and nobody's without training.
        let strange = staff::contested_decisions(&app, &operate(&app), &other).await;
        assert!(matches!(strange, Err(Failure::NotFound)));
        let keep = || house::visitor::<KeepSafe>(&app);
        assert_eq!(refusals(staff::rule_on_decision(&app, &keep(), &officer, case.id, "").await), is(Party::ContestRuling));
        let untrained = app::staff::Signed { trained_until: None, ..officer.clone() };
        assert_eq!(refusals(staff::rule_on_decision(&app, &keep(), &untrained, case.id, "mistaken").await), is(Party::StaffTraining));
        staff::rule_on_decision(&app, &keep(), &officer, case.id, Ruling::Recognised.as_str()).await.expect("lifted");
        assert_eq!(refusals(staff::rule_on_decision(&app, &keep(), &officer, case.id, "mistaken").await), is(Party::ContestNotNow));
        run_jobs(&app).await;
        assert!(house::messages(&app).await.iter().any(|text| text.contains("解除了对登录的限制")));
        begun(at(&app, "lin", PASSWORD, "Chrome · Windows", from(AWAY)).await);
        let seen = decided(&app, &viewer).await;
        let freeze = seen.iter().find(|one| one.outcome == Outcome::Freeze).expect("the freeze");
        assert_eq!((freeze.state, freeze.ruling), (State::Lifted, Some(Ruling::Recognised)));
    }

    clause_2_2_3_b_what_a_human_lets_stand_keeps_standing_and_names_its_reason(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        let officer = trained(&app, test, "dpo-1", &[Role::Dpo]).await;
        let token = freeze(&app).await;
        let id = decided(&app, &viewer).await.iter().find(|one| one.outcome == Outcome::Freeze).expect("it").id;
        let own = house::person::<KeepSafe>(&app, &viewer);
        account::contest_own(&app, &own, &viewer, id, "human").await.expect("contested where one is logged in");
        let (_, stranger) = { let begun = house::register(&app, "100-0000-0002", "wang").await; let viewer = house::viewer(&app, &begun).await.expect("in"); (begun, viewer) };
        let theirs = house::person::<KeepSafe>(&app, &stranger);
        assert!(matches!(account::contest_own(&app, &theirs, &stranger, id, "me").await, Err(Failure::NotFound)));
        staff::rule_on_decision(&app, &house::visitor(&app), &officer, id, Ruling::Attacked.as_str()).await.expect("upheld");
        let seen = view(&app, &token).await.expect("it stands");
        assert_eq!((seen.state, seen.ruling), (State::Upheld, Some(Ruling::Attacked)));
        stopped(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        run_jobs(&app).await;
        assert!(house::messages(&app).await.iter().any(|text| text.contains("维持了对登录的限制")));
    }

    clause_2_2_3_a_signals_and_decisions_end_on_their_day(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        hold(&app).await;
        let count = async |table: &str| test.count(&format!("SELECT COUNT(*) FROM {table}")).await;
        let clean = async || {
            let ctx = test.system::<Operate>();
            account::purge_expired(&app, &ctx).await.expect("a day");
            app::rights::apply_retention(&app, &ctx).await.expect("years");
        };
        assert_eq!(MEMORY, Duration::days(90));
        test.clock.advance(Duration::days(90) - Duration::SECOND);
        clean().await;
        assert_eq!(count("guard_sighting").await, 2);
        test.clock.advance(Duration::SECOND);
        clean().await;
        assert_eq!(count("guard_sighting").await, 0);
        test.clock.advance(Duration::days(90) - Duration::SECOND);
        clean().await;
        assert_eq!(decided(&app, &viewer).await.len(), 1, "180 days, less a second");
        test.clock.advance(Duration::SECOND);
        clean().await;
        assert_eq!(count("guard_decision").await, 0);

        // Names that are nobody's, and puzzles, for a day.
        stuff(&app, HOME, 3).await;
        test.tamper(&format!("INSERT INTO guard_puzzle (digest, at) VALUES ({}, {})",
            if test.addresses.0.starts_with("sqlite") { "x'00'" } else { "'\\x00'::bytea" }, test.instant(app.clock.now()))).await;
        test.clock.advance(Duration::days(1) - Duration::SECOND);
        clean().await;
        assert_eq!((count("guard_sighting").await, count("guard_puzzle").await), (3, 1));
        test.clock.advance(Duration::SECOND);
        clean().await;
        assert_eq!((count("guard_sighting").await, count("guard_puzzle").await), (0, 0));
    }

    clause_2_2_3_a_no_address_and_no_name_is_in_the_store(test) {
        let app = app(test);
        lin(&app).await;
        hold(&app).await;
        stuff(&app, HOME, 3).await;
        let all = test.everything().await;
        let found = |needle: &[u8]| all.windows(needle.len()).any(|window| window == needle);
        for needle in [&b"203.0.113"[..], b"198.51.100", b"nobody1", "Chrome · Windows".as_bytes()] {
            assert!(!found(needle), "{}", String::from_utf8_lossy(needle));
        }
    }

    one_read_decides_and_it_is_the_first_statement(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        let ctx = house::visitor::<KeepSafe>(&app);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let asked = storage::account::guard::Asked {
            network: Some(vec![1; 16]), account: Some(viewer.account), device: vec![2; 16],
        };
        storage::account::guard::facts(&mut tx, &asked).await.expect("facts");
        assert_eq!(tx.statements().await, 1);
    }

    the_second_factor_is_the_one_more_step_where_it_is_on(test) {
        let person = crate::second::guarded(test).await;
        let app = app(test);
        let last = async || decided(&app, &person.viewer).await.into_iter().next().expect("a decision");
        let enter = async |token: &str| {
            test.clock.advance(Duration::seconds(30));
            person.step(token, &person.code(), "").await.expect("entered");
        };
        // Seen once from home, so that there is something to differ from.
        let token = waits(at(&app, "lin", PASSWORD, "Firefox", from(HOME)).await);
        enter(&token).await;
        // The password alone makes no device known.
        waits(at(&app, "lin", PASSWORD, "Chrome", from("192.0.2.99")).await);
        let token = waits(at(&app, "lin", PASSWORD, "Chrome", from("192.0.2.99")).await);
        assert_eq!((last().await.outcome, last().await.state), (Outcome::StepUp, State::Standing));
        enter(&token).await;
        assert_eq!(last().await.state, State::Passed);
        let token = waits(at(&app, "lin", PASSWORD, "Chrome", from("192.0.2.99")).await);
        assert_eq!(last().await.outcome, Outcome::Allow, "known from then on");
        enter(&token).await;

        // Held: the wait and the puzzle, and then the second factor and not a code.
        test.clock.advance(Duration::hours(2));
        let token = waits(at(&app, "lin", PASSWORD, "Firefox", from(HOME)).await);
        enter(&token).await;
        test.clock.advance(Duration::SECOND);
        let token = stopped(at(&app, "lin", PASSWORD, "Safari", from(AWAY)).await);
        let before = house::visitor::<VerifyHolder>(&app);
        assert_eq!(refusals(account::on_to_second(&app, &before, &token).await), is(Party::PuzzleNeeded));
        test.clock.advance(Duration::minutes(2));
        solve(&app, &token).await.expect("solved");
        assert_eq!(refusals(send(&app, &token).await), [Refused::SecondNotNow], "no code to the phone");
        let ctx = house::visitor::<VerifyHolder>(&app);
        let pending = account::on_to_second(&app, &ctx, &token).await.expect("on to it");
        enter(&pending).await;
        assert_eq!((last().await.outcome, last().await.state), (Outcome::Hold, State::Passed));
    }

    clause_2_2_3_d_a_passkey_is_the_step_itself_and_a_hold_stops_it_too(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        let holder = (viewer.account, viewer.subject);
        let ctx = || house::visitor::<VerifyHolder>(&app);
        let entry = account::passkey_entry(&app, &ctx(), holder, "Chrome", &from("192.0.2.99")).await.expect("asked");
        let PasskeyVerdict::Goes(sighting) = entry else { panic!("a new device and network are no matter") };
        account::settle_passkey(&app, &ctx(), sighting).await.expect("noted");
        test.clock.advance(Duration::SECOND);
        begun(at(&app, "lin", PASSWORD, "Chrome", from("192.0.2.99")).await);
        test.clock.advance(Duration::SECOND);
        lin_at(&app).await;
        test.clock.advance(Duration::SECOND);
        let entry = account::passkey_entry(&app, &ctx(), holder, "Opera", &from(AWAY)).await.expect("asked");
        let PasskeyVerdict::Stopped { token } = entry else { panic!("too far") };
        assert_eq!(view(&app, &token).await.expect("held").outcome, Outcome::Hold);
        assert_eq!(decided(&app, &viewer).await[0].act, domain::account::guard::Act::Passkey);
    }

    clause_2_2_3_d_sessions_in_use_from_many_networks_are_a_signal(test) {
        let app = app(test);
        let (session, viewer) = lin(&app).await;
        for host in 1..=RULES.networks_in_use {
            test.clock.advance(Duration::minutes(6));
            let ctx = house::visitor::<KeepSafe>(&app);
            let origin = from_number(host);
            account::authenticate_from(&app, &ctx, &session.token, &origin).await.expect("asked").expect("live");
        }
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        assert_eq!(decided(&app, &viewer).await[0].signals, [Signal::InUseElsewhere]);
    }

    a_changed_number_and_a_password_that_is_guessed_first_are_signals(test) {
        let app = app(test);
        let (_, viewer) = lin(&app).await;
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let what = domain::account::change::What::Phone;
        storage::account::change::record(&mut tx, viewer.subject, what, None).await.expect("changed");
        tx.commit().await.expect("commit");
        let last = async || decided(&app, &viewer).await[0].signals.clone();
        test.clock.advance(RULES.new_phone - Duration::SECOND);
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        assert_eq!(last().await, [Signal::NewPhone]);
        test.clock.advance(Duration::SECOND);
        begun(at(&app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
        assert_eq!(last().await, []);
        // A password as it was set before the rules were what they are; looked for only beside something else.
        let weak = "1234567890";
        test.tamper(&format!("UPDATE account SET password_hash = '{WEAK}'")).await;
        test.clock.advance(Duration::SECOND);
        begun(at(&app, "lin", weak, "Firefox · Linux", from(HOME)).await);
        assert_eq!(last().await, []);
        test.clock.advance(Duration::SECOND);
        let token = stopped(at(&app, "lin", weak, "Chrome", from(HOME)).await);
        assert_eq!(view(&app, &token).await.expect("stopped").signals, [Signal::NewDevice, Signal::WeakPassword]);
    }
}

/// A log-in at home with what is known there.
async fn lin_at(app: &App) {
    begun(at(app, "lin", PASSWORD, "Firefox · Linux", from(HOME)).await);
}

/// One more name fails.
async fn stuff_one(app: &App, address: &str) {
    let refused = refusals(at(app, "one-more", "x", "y", from(address)).await);
    assert_eq!(refused, [Refused::LoginWrong]);
}
