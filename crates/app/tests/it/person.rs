//! The verification of a person, from the separate consent to the deletion.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::account::{self, Viewer};
use app::person::{self, Answer, Asked, DemoSource, IdentitySource, PersonView, SourceFailed, Submission};
use app::{App, Failure, job};
use domain::account::offer::REAL_NAME;
use domain::person::verification::{CHECKS, Event, LOCK, Reason, State, TRIES_WINDOW};
use domain::refused::{Minor, Party};
use domain::{Refused, person::verification::CHECK_LIFE};
use privacy::consent::{ConsentState, Standing};
use privacy::purpose::{Certify, KeepAccount, Operate, ShowOwn};
use privacy::{Ask, Ctx, Denied, LegalBasis};
use storage::StoreError;
use testkit::{TestStore, both_dbs};
use time::{Date, Duration};
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::disclosure::{own_ledger, shared_order};
use crate::house;
use crate::order::{refusal, scene, system};
use crate::ration::crowd;

pub const NUMBER: &str = "999999199001010016";
const OTHER: &str = "999999199001010024";

/// A source that answers what it was asked before from memory, as the format lets it.
#[derive(Default)]
struct Remembering(Mutex<HashMap<Uuid, Answer>>);

impl IdentitySource for Remembering {
    fn check<'a>(
        &'a self,
        asked: &'a Asked,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SourceFailed>> + Send + 'a>> {
        Box::pin(async move {
            if let Some(known) = self.0.lock().expect("memory").get(&asked.reference) {
                return Ok(known.clone());
            }
            let answer = DemoSource.check(asked).await?;
            self.0
                .lock()
                .expect("memory")
                .insert(asked.reference, answer.clone());
            Ok(answer)
        })
    }
}

/// A source that knows the card's last day.
struct Until(Date);

impl IdentitySource for Until {
    fn check<'a>(
        &'a self,
        _: &'a Asked,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SourceFailed>> + Send + 'a>> {
        let answer = Answer::Same {
            reference: "r".to_owned(),
            card_until: Some(self.0),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

/// While it is asked, the person takes everything back.
struct Meddler {
    app: App,
    viewer: Viewer,
}

impl IdentitySource for Meddler {
    fn check<'a>(
        &'a self,
        asked: &'a Asked,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, SourceFailed>> + Send + 'a>> {
        Box::pin(async move {
            let ctx = house::person::<KeepAccount>(&self.app, &self.viewer);
            let withdrawn = ConsentState::Withdrawn;
            account::choose(&self.app, &ctx, &self.viewer, REAL_NAME.id, withdrawn, SHOWN)
                .await
                .expect("withdrawn");
            DemoSource.check(asked).await
        })
    }
}

async fn person(test: &TestStore, app: &App, phone: &str, name: &str) -> Viewer {
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("logged in")
}

async fn agree(app: &App, viewer: &Viewer) {
    let ctx = house::person::<KeepAccount>(app, viewer);
    person::agree(app, &ctx, viewer, true, SHOWN)
        .await
        .expect("agreed");
}

async fn submit(app: &App, viewer: &Viewer, real_name: &str, id_number: &str) -> Result<(), Failure> {
    let typed = Submission { real_name, id_number };
    person::submit(app, &house::person::<Certify>(app, viewer), viewer, &typed).await
}

async fn view(app: &App, viewer: &Viewer) -> PersonView {
    let ctx = house::person::<ShowOwn>(app, viewer);
    person::verification(app, &ctx, viewer).await.expect("a view")
}

async fn state(app: &App, viewer: &Viewer) -> State {
    view(app, viewer).await.verification.state
}

async fn work(app: &App) -> job::Report {
    job::run_ready(app, "2020-11-01").await.expect("worked")
}

/// Agrees, hands in and lets the worker work.
pub async fn verified(app: &App, viewer: &Viewer, number: &str) {
    agree(app, viewer).await;
    submit(app, viewer, "林知远", number).await.expect("handed in");
    work(app).await;
}

/// Rows that still hold a name or a number.
async fn held(test: &TestStore) -> i64 {
    test.count(
        "SELECT COUNT(*) FROM person_verification WHERE real_name IS NOT NULL OR id_number IS NOT NULL",
    )
    .await
}

async fn indexed(test: &TestStore) -> i64 {
    test.count("SELECT COUNT(*) FROM blind_index WHERE field = 'person_verification.id_number'")
        .await
}

/// The number of somebody born on this day.
pub fn born(day: Date) -> String {
    let digits = format!(
        "999999{:04}{:02}{:02}001",
        day.year(),
        u8::from(day.month()),
        day.day()
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits
        .chars()
        .zip(weights)
        .map(|(digit, weight)| digit.to_digit(10).expect("a digit") * weight)
        .sum();
    let check = b"10X98765432"[usize::try_from(sum % 11).expect("small")];
    format!("{digits}{}", char::from(check))
}

both_dbs! {
    clause_2_1_1_d_a_person_is_verified_after_a_separate_consent_and_of_their_own_will(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        assert_eq!(refusal(submit(&app, &viewer, "林知远", NUMBER).await), Some(Party::VerifyConsent.into()));
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        let unticked = person::agree(&app, &ctx, &viewer, false, SHOWN).await;
        assert_eq!(refusal(unticked), Some(Party::VerifyConsent.into()));
        assert_eq!((state(&app, &viewer).await, held(test).await), (State::None, 0));
        agree(&app, &viewer).await;
        assert_eq!(state(&app, &viewer).await, State::Consented);
        submit(&app, &viewer, "林知远", NUMBER).await.expect("handed in");
        assert_eq!((state(&app, &viewer).await, held(test).await), (State::Submitted, 1));
        assert_eq!(refusal(submit(&app, &viewer, "林知远", NUMBER).await), Some(Party::VerifyNotNow.into()));
        assert!(own_ledger(&app, &viewer).await.lines.iter().all(|line| line.processor.as_deref() != Some("identity_source")));
        // Two messages of one instant have no order.
        test.clock.advance(Duration::seconds(1));
        let report = work(&app).await;
        assert_eq!((report.failed, report.dead), (0, 0));
        let seen = view(&app, &viewer).await;
        assert_eq!(seen.verification.state, State::Verified);
        assert_eq!(seen.masked, Some(("林**".to_owned(), "**************0016".to_owned())));
        let ctx = house::visitor::<privacy::purpose::Browse>(&app);
        assert!(person::is_verified(&app, &ctx, viewer.account).await.expect("asked"));
        // What went out, on which ground.
        let lines = own_ledger(&app, &viewer).await.lines;
        let line = lines.iter().find(|line| line.processor.as_deref() == Some("identity_source")).expect("a line");
        assert_eq!((&*line.ground, &*line.purpose, line.times), ("consent", "certify", 1));
        assert_eq!(line.fields, "person_verification.real_name,person_verification.id_number");
        let overview = account::overview(&app, &house::person(&app, &viewer), &viewer).await.expect("overview");
        let opened = overview.openings.iter().find(|opening| opening.purpose == "certify").expect("recorded");
        assert_eq!((opened.basis.as_str(), opened.clause.as_str()), ("separate_consent", "2.1.1.d"));
        // The person is told that there is news, and not what.
        work(&app).await;
        let message = house::latest_message(&app).await;
        assert!(message.contains("实名认证有了新的结果") && !message.contains("林"));
        let all = String::from_utf8_lossy(&test.everything().await).into_owned();
        assert!(!all.contains(NUMBER) && !all.contains("林知远"), "sealed");
    }

    clause_2_1_1_d_what_fails_is_deleted_at_once_and_three_failures_lock_for_a_day(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        for (name, reason) in [("不符甲", Reason::NameMismatch), ("查无甲", Reason::NotFound)] {
            submit(&app, &viewer, name, NUMBER).await.expect("handed in");
            work(&app).await;
            let seen = view(&app, &viewer).await;
            assert_eq!((seen.verification.state, seen.verification.reason), (State::Rejected, Some(reason)));
            assert_eq!((held(test).await, indexed(test).await, seen.masked), (0, 0, None));
        }
        submit(&app, &viewer, "不符甲", NUMBER).await.expect("handed in");
        work(&app).await;
        assert_eq!(state(&app, &viewer).await, State::Locked);
        assert!(submit(&app, &viewer, "林知远", NUMBER).await.is_err());
        // To delete everything and begin again gives no more tries.
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        person::erase(&app, &ctx, &viewer, SHOWN).await.expect("deleted");
        agree(&app, &viewer).await;
        assert_eq!(refusal(submit(&app, &viewer, "林知远", NUMBER).await), Some(Party::VerifyTries.into()));
        test.clock.advance(LOCK - Duration::SECOND);
        assert_eq!(refusal(submit(&app, &viewer, "林知远", NUMBER).await), Some(Party::VerifyTries.into()));
        test.clock.advance(Duration::SECOND);
        submit(&app, &viewer, "林知远", NUMBER).await.expect("a day later");
        work(&app).await;
        assert_eq!(state(&app, &viewer).await, State::Verified);
    }

    a_lock_ends_by_itself(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        for _ in 0..3 {
            submit(&app, &viewer, "不符甲", NUMBER).await.expect("handed in");
            work(&app).await;
        }
        test.clock.advance(LOCK - Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 0);
        assert_eq!(state(&app, &viewer).await, State::Locked);
        test.clock.advance(Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 1);
        assert_eq!(state(&app, &viewer).await, State::Consented);
    }

    a_source_that_does_not_answer_costs_no_try_and_a_day_at_most(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        submit(&app, &viewer, "无应答甲", NUMBER).await.expect("handed in");
        assert_eq!(work(&app).await.failed, 1);
        let begun = app.clock.now();
        assert_eq!(state(&app, &viewer).await, State::Checking);
        test.clock.advance(CHECK_LIFE - Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 0);
        test.clock.advance(begun + CHECK_LIFE - app.clock.now());
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 1);
        let seen = view(&app, &viewer).await.verification;
        assert_eq!((seen.state, seen.reason, seen.failed_at.len()), (State::Rejected, Some(Reason::SourceDown), 0));
        assert_eq!(held(test).await, 0);
        // The job that comes late finds nothing to ask.
        work(&app).await;
        submit(&app, &viewer, "林知远", NUMBER).await.expect("again");
        work(&app).await;
        assert_eq!(state(&app, &viewer).await, State::Verified);
    }

    a_source_that_is_away_for_hours_is_asked_as_soon_as_it_is_back(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        let away = App { identity: None, ..app.clone() };
        submit(&app, &viewer, "林知远", NUMBER).await.expect("handed in");
        for _ in 0..job::TRIES + 2 {
            assert_eq!(work(&away).await.dead, 0);
            test.clock.advance(Duration::hours(1));
        }
        assert_eq!(state(&app, &viewer).await, State::Submitted, "nothing is opened for nobody");
        work(&app).await;
        assert_eq!(state(&app, &viewer).await, State::Verified);
    }

    one_card_verifies_one_account(test) {
        let app = house::app(test);
        let first = person(test, &app, "100-0000-0001", "lin").await;
        let second = person(test, &app, "100-0000-0002", "he").await;
        verified(&app, &first, NUMBER).await;
        verified(&app, &second, NUMBER).await;
        let seen = view(&app, &second).await.verification;
        assert_eq!((seen.state, seen.reason), (State::Rejected, Some(Reason::Taken)));
        assert_eq!(held(test).await, 1);
        submit(&app, &second, "何小满", OTHER).await.expect("another card");
        work(&app).await;
        assert_eq!(state(&app, &second).await, State::Verified);
        // Deleted there, it is free.
        let ctx = house::person::<KeepAccount>(&app, &first);
        person::erase(&app, &ctx, &first, SHOWN).await.expect("deleted");
        assert_eq!(indexed(test).await, 1);
        let third = person(test, &app, "100-0000-0003", "song").await;
        verified(&app, &third, NUMBER).await;
        assert_eq!(state(&app, &third).await, State::Verified);
    }

    clause_1_5_and_2_7_a_a_number_of_a_minor_keeps_nothing_and_freezes_the_account(test) {
        let app = house::app(test);
        let today = app.clock.now().to_offset(domain::calendar::BEIJING).date();
        let aged = |years: i32, days: i64| born(today.replace_year(today.year() - years).expect("a day") + Duration::days(days));
        for (place, number) in ["999999201506010011".to_owned(), aged(15, 1), aged(15, 0), aged(18, 1)].iter().enumerate() {
            let viewer = person(test, &app, &format!("100-0000-001{place}"), &format!("lin{place}")).await;
            agree(&app, &viewer).await;
            assert_eq!(refusal(submit(&app, &viewer, "林知远", number).await), Some(Minor::MinorFrozen.into()), "{number}");
            assert_eq!((held(test).await, indexed(test).await), (0, 0), "nothing of a minor is kept");
            assert_eq!(state(&app, &viewer).await, State::Erased);
        }
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        submit(&app, &viewer, "林知远", &aged(18, 0)).await.expect("eighteen today");
    }

    clause_2_1_1_g_a_consent_taken_back_deletes_everything_and_stops_what_is_on_its_way(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        submit(&app, &viewer, "林知远", NUMBER).await.expect("handed in");
        let withdraw = async || {
            let ctx = house::person::<KeepAccount>(&app, &viewer);
            account::choose(&app, &ctx, &viewer, REAL_NAME.id, ConsentState::Withdrawn, SHOWN).await.expect("withdrawn");
        };
        withdraw().await;
        assert_eq!((state(&app, &viewer).await, held(test).await), (State::Erased, 0));
        let report = work(&app).await;
        assert_eq!((report.failed, report.dead), (0, 0));
        assert!(own_ledger(&app, &viewer).await.lines.iter().all(|line| line.processor.as_deref() != Some("identity_source")), "nothing went out");
        test.clock.advance(Duration::seconds(1));
        verified(&app, &viewer, NUMBER).await;
        assert_eq!(state(&app, &viewer).await, State::Verified);
        test.clock.advance(Duration::seconds(1));
        withdraw().await;
        assert_eq!((state(&app, &viewer).await, held(test).await, indexed(test).await), (State::Erased, 0, 0));
        let ledger = own_ledger(&app, &viewer).await;
        let line = ledger.lines.iter().find(|line| line.processor.as_deref() == Some("identity_source")).expect("a line");
        assert!(line.withdrawn_at.is_some());
        assert!(ledger.demands.iter().any(|asked| asked.processor.as_deref() == Some("identity_source") && asked.reason == "withdrawn"));
    }

    clause_1_4_an_identity_number_opens_on_a_separate_consent_or_a_duty_alone(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        verified(&app, &viewer, NUMBER).await;
        let ctx: Ctx<ShowOwn> = house::person(&app, &viewer);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let ask = |basis| Ask {
            subject: viewer.subject,
            fields: &["person_verification.id_number"],
            basis,
            clause: policy::clause!("2.6.1.a"),
            case: None,
        };
        let denied = tx.permit(ask(LegalBasis::Contract)).await.err();
        assert!(matches!(denied, Some(StoreError::Denied(Denied::SeparateConsent))), "{denied:?}");
        assert!(tx.permit(ask(LegalBasis::LegalDuty("PIPL 45"))).await.is_ok());
        let row = storage::person::of_account(&mut tx, viewer.account).await.expect("read").expect("a row");
        assert!(row.consent.is_some(), "0.8: the consent is named in the row");
    }

    clause_2_6_1_h_the_copy_has_what_was_verified_and_the_erasure_takes_it(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        verified(&app, &viewer, NUMBER).await;
        let (verify, show) = (house::person(&app, &viewer), house::person(&app, &viewer));
        let copy = app::rights::copy(&app, &verify, &show, &viewer, house::PASSWORD).await.expect("a copy");
        let json = copy.json().to_string();
        assert!(json.contains(NUMBER) && json.contains("林知远"));
        let law = house::person(&app, &viewer);
        let (_, waits) = app::rights::ask_closure(&app, &verify, &law, &viewer, house::PASSWORD).await.expect("asked");
        assert!(!waits);
        app::rights::erase(&app, &system(&app), viewer.subject).await.expect("erased");
        for table in ["person_verification", "person_verification_event"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(indexed(test).await, 0);
    }

    every_wrong_way_to_fill_it_in_is_named(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        let long = "9".repeat(10_000_000);
        let names = "甲".repeat(10_000_000);
        for (name, number, expected) in [
            ("", "", vec![Party::RealNameMissing, Party::IdMissing]),
            ("林知远", "", vec![Party::IdMissing]),
            ("林知远", "   ", vec![Party::IdMissing]),
            ("", NUMBER, vec![Party::RealNameMissing]),
            ("林知远", "99999919900101001", vec![Party::IdLength]),
            ("林知远", "9999991990010100160", vec![Party::IdLength]),
            ("林知远", "999999900101001", vec![Party::IdOld]),
            ("林知远", "E12345678", vec![Party::IdOther]),
            ("林知远", "99999919900101001A", vec![Party::IdCharacters]),
            ("林知远", "999999199001010017", vec![Party::IdCheck]),
            ("林知远", "999999200702290028", vec![Party::IdDate]),
            ("林知远", "999999200513010015", vec![Party::IdDate]),
            ("林知远", "110101199003070011", vec![Party::IdNotFictional]),
            ("林", NUMBER, vec![Party::RealNameLength]),
            ("Lin Zhiyuan", NUMBER, vec![Party::RealNameLatin]),
            ("林知远\u{202e}", NUMBER, vec![Party::RealNameCharacters]),
            ("林知远'; DROP TABLE account;--", NUMBER, vec![Party::RealNameCharacters]),
            ("林😀远", NUMBER, vec![Party::RealNameCharacters]),
            ("林\n知远", NUMBER, vec![Party::RealNameCharacters]),
            ("13800000000", NUMBER, vec![Party::RealNameCharacters]),
            (&names, NUMBER, vec![Party::RealNameLength]),
            ("林知远", &long, vec![Party::IdLength]),
        ] {
            let refused = submit(&app, &viewer, name, number).await.expect_err("refused");
            let expected: Vec<Refused> = expected.into_iter().map(Refused::from).collect();
            let shown: String = name.chars().take(20).collect();
            assert_eq!(refused.refusals(), expected, "{shown}");
        }
        assert_eq!((state(&app, &viewer).await, held(test).await), (State::Consented, 0));
        // What people write and mean.
        for (name, number) in [("𠮷野䶮", " 999999 1990 0101 0016 "), ("阿依·古丽", "９９９９９９１９９００１０１００１６"), ("㛃㛃", "99999919850615001x")] {
            submit(&app, &viewer, name, number).await.expect(name);
            work(&app).await;
            assert_eq!(state(&app, &viewer).await, State::Verified, "{name}");
            test.clock.advance(Duration::seconds(1));
            let ctx = house::person::<KeepAccount>(&app, &viewer);
            person::erase(&app, &ctx, &viewer, SHOWN).await.expect("deleted");
            test.clock.advance(Duration::seconds(1));
            agree(&app, &viewer).await;
        }
        let steps = view(&app, &viewer).await.events;
        assert!(steps.iter().any(|step| step.event == Event::Pass));
    }

    a_source_that_remembers_is_never_asked_about_two_cards_under_one_name(test) {
        let source = Arc::new(Remembering::default());
        let app = App { identity: Some(source.clone()), ..house::app(test) };
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        verified(&app, &viewer, NUMBER).await;
        assert_eq!(state(&app, &viewer).await, State::Verified);
        test.clock.advance(Duration::seconds(1));
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        person::erase(&app, &ctx, &viewer, SHOWN).await.expect("deleted");
        test.clock.advance(Duration::seconds(1));
        agree(&app, &viewer).await;
        // A stranger's card: the source says no, unless it takes it for the first one.
        submit(&app, &viewer, "何不符", OTHER).await.expect("handed in");
        work(&app).await;
        assert_eq!(state(&app, &viewer).await, State::Rejected);
        assert_eq!(source.0.lock().expect("memory").len(), 2);
    }

    a_card_that_runs_out_ends_the_verification_on_the_day_after(test) {
        let last = Date::from_calendar_date(2026, time::Month::December, 24).expect("a day");
        let app = App { identity: Some(Arc::new(Until(last))), ..house::app(test) };
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        verified(&app, &viewer, NUMBER).await;
        let seen = view(&app, &viewer).await;
        assert_eq!((seen.verification.state, seen.verification.card_until), (State::Verified, Some(last)));
        let end = time::macros::datetime!(2026-12-25 00:00 +8);
        test.clock.advance(end - app.clock.now() - Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 0);
        test.clock.advance(Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 1);
        assert_eq!(state(&app, &viewer).await, State::Expired);
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        person::erase(&app, &ctx, &viewer, SHOWN).await.expect("deleted");
        assert_eq!(view(&app, &viewer).await.verification.card_until, None, "nothing is left");
    }

    clause_2_1_1_g_what_is_taken_back_while_the_source_is_asked_stays_taken_back(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        submit(&app, &viewer, "林知远", NUMBER).await.expect("handed in");
        test.clock.advance(Duration::seconds(1));
        let meddled = App { identity: Some(Arc::new(Meddler { app: app.clone(), viewer: viewer.clone() })), ..app.clone() };
        let report = work(&meddled).await;
        assert_eq!((report.failed, report.dead), (0, 0));
        assert_eq!((state(&app, &viewer).await, held(test).await, indexed(test).await), (State::Erased, 0, 0));
    }

    clause_2_1_1_g_a_consent_that_runs_out_takes_the_verification_with_it(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let given = app.clock.now();
        verified(&app, &viewer, NUMBER).await;
        test.clock.advance(given + REAL_NAME.term - app.clock.now() - Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 0);
        assert_eq!(state(&app, &viewer).await, State::Verified);
        test.clock.advance(Duration::SECOND);
        assert_eq!(person::run_due(&app, &system::<Operate>(&app)).await.expect("ran"), 1);
        assert_eq!((state(&app, &viewer).await, held(test).await, indexed(test).await), (State::Erased, 0, 0));
        let demands = own_ledger(&app, &viewer).await.demands;
        assert!(demands.iter().any(|asked| asked.processor.as_deref() == Some("identity_source")));
    }

    clause_2_6_4_1_nothing_is_asked_about_an_account_that_is_to_be_closed(test) {
        let scene = scene(test).await;
        let (app, buyer) = (&scene.app, &scene.buyer);
        shared_order(&scene, 1).await;
        agree(app, buyer).await;
        submit(app, buyer, "林知远", NUMBER).await.expect("handed in");
        let (verify, law) = (house::person(app, buyer), house::person(app, buyer));
        let (_, waits) = app::rights::ask_closure(app, &verify, &law, buyer, house::PASSWORD).await.expect("asked");
        assert!(waits);
        work(app).await;
        assert_eq!(state(app, buyer).await, State::Submitted);
        assert!(own_ledger(app, buyer).await.lines.iter().all(|line| line.processor.as_deref() != Some("identity_source")));
        // And what was handed in does not stay.
        test.clock.advance(CHECK_LIFE);
        assert_eq!(person::run_due(app, &system::<Operate>(app)).await.expect("ran"), 1);
        assert_eq!((state(app, buyer).await, held(test).await), (State::Rejected, 0));
        assert_eq!(refusal(submit(app, buyer, "林知远", NUMBER).await), Some(Refused::ClosurePending));
    }

    checks_of_a_day_are_counted_whatever_comes_of_them(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let again = async || {
            test.clock.advance(Duration::seconds(1));
            agree(&app, &viewer).await;
            submit(&app, &viewer, "林知远", NUMBER).await
        };
        let begun = app.clock.now();
        for _ in 0..CHECKS {
            again().await.expect("handed in");
            work(&app).await;
            assert_eq!(state(&app, &viewer).await, State::Verified);
            test.clock.advance(Duration::seconds(1));
            let ctx = house::person::<KeepAccount>(&app, &viewer);
            person::erase(&app, &ctx, &viewer, SHOWN).await.expect("deleted");
        }
        assert_eq!(refusal(again().await), Some(Party::VerifyOften.into()));
        assert_eq!(held(test).await, 0);
        test.clock.advance(begun + TRIES_WINDOW - app.clock.now());
        assert_eq!(refusal(submit(&app, &viewer, "林知远", NUMBER).await), Some(Party::VerifyOften.into()));
        test.clock.advance(Duration::seconds(2));
        submit(&app, &viewer, "林知远", NUMBER).await.expect("a day later");
    }

    of_many_submissions_at_once_one_counts(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        let done = crowd(|_| submit(&app, &viewer, "林知远", NUMBER), &[Party::VerifyNotNow.into()]).await;
        assert_eq!(done, 1);
        // Words said at once leave consent and state as one.
        test.clock.advance(Duration::seconds(1));
        let word = async |key: u128| {
            let state = if key.is_multiple_of(2) { ConsentState::Withdrawn } else { ConsentState::Given };
            let ctx = house::person::<KeepAccount>(&app, &viewer);
            account::choose(&app, &ctx, &viewer, REAL_NAME.id, state, SHOWN).await
        };
        crowd(word, &[]).await;
        let ctx = house::person::<ShowOwn>(&app, &viewer);
        let choices = account::choices(&app, &ctx, &viewer).await.expect("choices");
        let choice = choices.offers.iter().find(|choice| choice.offer.id == REAL_NAME.id).expect("offered");
        let stands = matches!(choice.standing, Standing::Given { .. });
        assert_eq!(stands, state(&app, &viewer).await != State::Erased);
    }

    where_nobody_can_check_nothing_is_taken(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        agree(&app, &viewer).await;
        let closed = App { identity: None, ..app.clone() };
        assert_eq!(refusal(submit(&closed, &viewer, "林知远", NUMBER).await), Some(Party::VerifyClosed.into()));
        let other = person(test, &app, "100-0000-0002", "he").await;
        let ctx = house::person::<KeepAccount>(&app, &other);
        let chosen = account::choose(&closed, &ctx, &other, REAL_NAME.id, ConsentState::Given, SHOWN).await;
        assert_eq!(refusal(chosen), Some(Party::VerifyClosed.into()));
        let ctx = house::person::<ShowOwn>(&app, &other);
        let choices = account::choices(&closed, &ctx, &other).await.expect("choices");
        assert!(choices.offers.iter().all(|choice| choice.offer.id != REAL_NAME.id), "nor offered");
        assert_eq!(held(test).await, 0);
    }
}
