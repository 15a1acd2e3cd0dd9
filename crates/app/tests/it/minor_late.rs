//! A minor found late, birthdays, and guardians who are gone.

use app::account::{self, Viewer};
use app::market::catalogue::Catalogue;
use app::market::order::{self, Placing};
use app::market::share;
use app::minor::{self, Room};
use app::person::{self, Submission};
use app::staff::{self, Clock, Kind};
use app::{App, Failure};
use domain::calendar::BEIJING;
use domain::market::order::Event as Step;
use domain::minor::{Band, Event, Finding, Mistake, State};
use domain::person::verification::State as Verified;
use domain::refused::Minor;
use domain::staff::Role;
use privacy::purpose::{
    Browse, Certify, FulfilContract, KeepAccount, KeepSafe, ObeyLaw, Operate, ShowOwn, VerifyHolder,
};
use testkit::{TestStore, both_dbs};
use time::{Date, Duration};
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::disclosure::shared_order;
use crate::house;
use crate::minor::{ALL, GUARDIAN, consent, family, grown, named, prove, read, tick, work};
use crate::order::{refusal, scene, system};
use crate::person::{NUMBER, born};
use crate::staff::{ctx, trained};

/// Places an order for the first service that there is.
pub async fn place(app: &App, viewer: &Viewer) -> Result<String, Failure> {
    app::demo::seed(app, &system::<Operate>(app), |_, _| {})
        .await
        .expect("seeded");
    let catalogue = Catalogue::load(app, &system::<Browse>(app))
        .await
        .expect("catalogue");
    let placing = Placing {
        service: catalogue.favourites(1).next().expect("a service").id,
        sku: 0,
        request_key: Uuid::from_u128(7),
        note: "",
        acting: None,
        approval: None,
    };
    let ctx = house::person::<FulfilContract>(app, viewer);
    order::place(app, &ctx, viewer, &catalogue, placing).await
}

async fn submit(app: &App, viewer: &Viewer, number: &str) -> Result<(), Failure> {
    let typed = Submission {
        real_name: "林知远",
        id_number: number,
    };
    person::submit(app, &house::person::<Certify>(app, viewer), viewer, &typed).await
}

async fn agree(app: &App, viewer: &Viewer) -> Result<(), Failure> {
    let ctx = house::person::<KeepAccount>(app, viewer);
    person::agree(app, &ctx, viewer, true, SHOWN).await
}

async fn own(app: &App, viewer: &Viewer) -> Room {
    let ctx = house::person::<ShowOwn>(app, viewer);
    minor::room(app, &ctx, viewer).await.expect("a room")
}

/// The viewer as the next request finds them.
async fn again(app: &App, name: &str) -> Option<Viewer> {
    let begun = house::log_in(app, name, house::PASSWORD).await.ok()?;
    account::authenticate(app, &house::visitor::<KeepSafe>(app), &begun.token)
        .await
        .expect("asked")
}

/// Hands in a number that says sixteen.
async fn say_sixteen(app: &App, viewer: &Viewer) {
    agree(app, viewer).await.expect("agreed");
    let today = app.clock.now().to_offset(BEIJING).date();
    let birth = years_before(today, 16);
    assert_eq!(
        refusal(submit(app, viewer, &born(birth)).await),
        Some(Minor::MinorFrozen.into())
    );
}

/// Somebody who declared to be an adult, and whose number says sixteen.
async fn found(test: &TestStore) -> (App, Viewer) {
    let app = house::app(test);
    let viewer = grown(test, &app, "100-0000-0021", "学生").await;
    say_sixteen(&app, &viewer).await;
    let frozen = again(&app, "学生").await.expect("logged in");
    assert!(frozen.frozen && !viewer.frozen);
    (app, frozen)
}

fn years_before(day: Date, years: i32) -> Date {
    day.replace_year(day.year() - years).expect("a day")
}

both_dbs! {
    clause_2_7_a_found_late_the_account_browses_until_the_guardian_consents(test) {
        let (app, viewer) = found(test).await;
        assert_eq!(test.texts("SELECT band FROM age_band WHERE source = 'number'").await, ["teen"]);
        assert_eq!(test.count("SELECT COUNT(*) FROM person_verification WHERE id_number IS NOT NULL OR real_name IS NOT NULL").await, 0);
        test.clock.advance(Duration::seconds(1));
        work(&app).await;
        assert!(house::latest_message(&app).await.contains("仅可浏览"), "told, to protect them");
        assert_eq!(refusal(submit(&app, &viewer, NUMBER).await), Some(Minor::MinorFrozen.into()), "another number changes nothing");
        assert_eq!(refusal(place(&app, &viewer).await), Some(Minor::MinorNot.into()));
        let seen = own(&app, &viewer).await.own.expect("their own case");
        assert_eq!(seen.may, [Event::Ask, Event::Contest]);
        let keep = house::person::<KeepAccount>(&app, &viewer);
        let oneself = minor::ask_for_account(&app, &keep, &viewer, "100-0000-0021").await;
        assert_eq!(refusal(oneself), Some(Minor::GuardianSelf.into()));
        let guardian = grown(test, &app, GUARDIAN, "家长").await;
        let keep = house::person::<KeepAccount>(&app, &viewer);
        minor::ask_for_account(&app, &keep, &viewer, GUARDIAN).await.expect("asked");
        let id = named(&app, &guardian).await;
        prove(test, &app, &guardian, id).await.expect("proved");
        read(&app, &guardian, id).await.expect("read");
        consent(&app, &guardian, id, ALL).await.expect("consented");
        let viewer = again(&app, "学生").await.expect("logged in");
        assert!(!viewer.frozen);
        let ctx = house::person::<ShowOwn>(&app, &viewer);
        account::overview(&app, &ctx, &viewer).await.expect("their own page works again");
    }

    clause_2_7_b_found_late_nothing_of_an_order_under_way_is_read_any_more(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        scene.act(&scene.buyer, &number, Step::RequestRefund, &[], "不需要了").await.expect("asked");
        let notes = async || {
            let view = scene.view(&scene.seller, &number).await.expect("the order is there");
            let given = share::shared(&scene.app, &scene.ctx(&scene.seller), &scene.seller, &number).await;
            let notes = view.events.iter().filter(|event| !event.note.is_empty()).count();
            (notes, given.expect("the order is there").given.len())
        };
        assert_eq!(notes().await, (2, 2));
        say_sixteen(&scene.app, &scene.buyer).await;
        assert_eq!(notes().await, (0, 0), "the other side still sees the order, and nothing of the person");
    }

    clause_2_7_a_found_late_and_unanswered_the_account_is_erased_after_seven_days(test) {
        let (app, viewer) = found(test).await;
        test.clock.advance(Duration::days(7) - Duration::SECOND);
        assert_eq!(tick(&app).await, 0, "the last second");
        assert!(again(&app, "学生").await.is_some());
        test.clock.advance(Duration::SECOND);
        assert_eq!(tick(&app).await, 1);
        work(&app).await;
        assert!(again(&app, "学生").await.is_none());
        assert!(!app.store.has_key(viewer.subject, app.clock.now()).await.expect("asked"));
        assert_eq!(test.count("SELECT COUNT(*) FROM guardianship").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM erasure WHERE ended_at IS NOT NULL AND ground = 'no_consent'").await, 1);
    }

    clause_2_7_a_whoever_says_that_it_is_a_mistake_is_heard_by_a_person(test) {
        let (app, viewer) = found(test).await;
        let keep = house::person::<KeepAccount>(&app, &viewer);
        assert_eq!(refusal(minor::contest(&app, &keep, &viewer, None).await), Some(Minor::ContestMistake.into()));
        minor::contest(&app, &keep, &viewer, Some(Mistake::Others)).await.expect("contested");
        let contested_at = app.clock.now();
        test.clock.advance(Duration::days(30));
        assert_eq!(tick(&app).await, 0, "no clock runs while it waits for us");
        let officer = trained(&app, test, "dpo-1", &[Role::Dpo]).await;
        let verifier = trained(&app, test, "verifier-1", &[Role::Verifier]).await;
        assert!(matches!(staff::contested(&app, &ctx(&app), &verifier).await, Err(Failure::NotFound)));
        let waiting = staff::contested(&app, &ctx(&app), &officer).await.expect("listed");
        assert_eq!((waiting.len(), waiting[0].mistake, waiting[0].band), (1, Some(Mistake::Others), Band::Teen));
        assert!(matches!(waiting[0].clock, Clock::Overdue(_)));
        let queue = async || {
            let queues = staff::queues(&app, &ctx(&app), &officer).await.expect("queues");
            queues.into_iter().find(|queue| queue.kind == Kind::Minors).expect("a queue")
        };
        let there = queue().await;
        assert_eq!((there.count, there.oldest), (1, Some(contested_at)));
        assert!(matches!(there.clock, Clock::Overdue(at) if at > contested_at && at < contested_at + Duration::days(7)), "three working days");
        let silent = staff::decide_contest(&app, &ctx(&app), &officer, waiting[0].id, "").await;
        assert_eq!(refusal(silent), Some(Minor::RulingMissing.into()));
        staff::decide_contest(&app, &ctx(&app), &officer, waiting[0].id, "others").await.expect("upheld");
        let there = queue().await;
        assert_eq!((there.count, there.oldest, there.clock), (0, None, Clock::Idle));
        let viewer = again(&app, "学生").await.expect("logged in");
        assert!(!viewer.frozen);
        assert_eq!(test.texts("SELECT band FROM age_band WHERE source = 'officer'").await, ["adult"]);
        agree(&app, &viewer).await.expect("an adult agrees for themself");
        submit(&app, &viewer, NUMBER).await.expect("handed in");
    }

    a_contest_that_is_dismissed_is_over_and_the_clock_runs(test) {
        let (app, viewer) = found(test).await;
        let keep = house::person::<KeepAccount>(&app, &viewer);
        minor::contest(&app, &keep, &viewer, Some(Mistake::Typed)).await.expect("contested");
        let own = minor::room(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("read").own.expect("a case");
        assert!(own.finding.is_none() && own.answer_by.is_some_and(|at| at > app.clock.now()));
        let officer = trained(&app, test, "dpo-1", &[Role::Dpo]).await;
        let waiting = staff::contested(&app, &ctx(&app), &officer).await.expect("listed");
        staff::decide_contest(&app, &ctx(&app), &officer, waiting[0].id, "unshown").await.expect("dismissed");
        let own = minor::room(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("read").own.expect("a case");
        assert_eq!((own.finding, own.answer_by), (Some(Finding::Unshown), None), "with the reason");
        assert_eq!(refusal(minor::contest(&app, &keep, &viewer, Some(Mistake::Typed)).await), Some(Minor::ContestUsed.into()));
        test.clock.advance(Duration::days(7));
        assert_eq!(tick(&app).await, 1);
    }

    clause_2_7_a_a_verified_birthday_ends_the_regime_in_beijing_and_not_before(test) {
        let family = family(test, Band::Teen).await;
        let (app, teen) = (&family.app, &family.child);
        // Eighteen in forty days.
        let day = (app.clock.now() + Duration::days(40)).to_offset(BEIJING).date();
        agree(app, teen).await.expect("the guardian agreed");
        submit(app, teen, &born(years_before(day, 18))).await.expect("handed in");
        work(app).await;
        let ctx = house::person::<ShowOwn>(app, teen);
        let seen = person::verification(app, &ctx, teen).await.expect("a view");
        assert_eq!(seen.verification.state, Verified::Verified);
        let birthday = day.midnight().assume_offset(BEIJING);
        // The birthday does not stand in the open before its month.
        let first = test.count(&format!("SELECT COUNT(*) FROM guardianship WHERE look_at = {}", test.instant(birthday))).await;
        assert_eq!(first, 0);
        test.clock.advance(birthday - app.clock.now() - Duration::SECOND);
        tick(app).await;
        tick(app).await;
        tick(app).await;
        let state = async || own(app, teen).await.own.expect("their own case").line.guardianship.state;
        assert_eq!(state().await, State::Active, "the last second");
        test.clock.advance(Duration::SECOND);
        tick(app).await;
        assert_eq!(state().await, State::OfAge);
        assert_eq!(test.texts("SELECT band FROM age_band WHERE source = 'number'").await, ["adult"]);
        let ctx = house::person::<ShowOwn>(app, &family.guardian);
        let gone = minor::child(app, &ctx, &family.guardian, family.id).await;
        assert!(matches!(gone, Err(Failure::NotFound)), "the guardian's rights end by themselves");
    }

    clause_2_7_a_a_teen_is_verified_on_the_guardian_s_consent_alone(test) {
        let family = family(test, Band::Teen).await;
        let (app, teen, guardian) = (&family.app, &family.child, &family.guardian);
        let keep = house::person::<KeepAccount>(app, guardian);
        minor::certify(app, &keep, guardian, family.id, (false, SHOWN)).await.expect("taken back");
        assert_eq!(refusal(agree(app, teen).await), Some(Minor::MinorCertify.into()), "their own yes is none");
        test.clock.advance(Duration::seconds(1));
        let keep = house::person::<KeepAccount>(app, guardian);
        minor::certify(app, &keep, guardian, family.id, (true, SHOWN)).await.expect("agreed");
        agree(app, teen).await.expect("begun");
        let today = app.clock.now().to_offset(BEIJING).date();
        // A number that says fourteen makes a child of them, and is not kept.
        let child = submit(app, teen, &born(years_before(today, 14))).await;
        assert_eq!(refusal(child), Some(Minor::MinorCertify.into()));
        assert_eq!(test.texts("SELECT band FROM age_band WHERE source = 'number'").await, ["child"]);
        assert_eq!(test.count("SELECT COUNT(*) FROM person_verification WHERE id_number IS NOT NULL").await, 0);
    }

    clause_2_7_a_when_the_guardian_is_gone_another_one_is_asked(test) {
        let family = family(test, Band::Child).await;
        let (app, guardian) = (&family.app, &family.guardian);
        let (verify, law) = (house::person::<VerifyHolder>(app, guardian), house::person::<ObeyLaw>(app, guardian));
        app::rights::ask_closure(app, &verify, &law, guardian, house::PASSWORD).await.expect("closed");
        work(app).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM erasure WHERE ended_at IS NOT NULL").await, 1, "nothing of the guardian is left behind");
        tick(app).await;
        let child = again(app, "孩子").await.expect("logged in");
        assert!(child.frozen);
        let seen = own(app, &child).await.own.expect("their own case");
        assert_eq!(seen.line.guardianship.state, State::Frozen);
        let other = grown(test, app, "100-0000-0024", "另一位家长").await;
        let keep = house::person::<KeepAccount>(app, &child);
        minor::ask_for_account(app, &keep, &child, "100-0000-0024").await.expect("asked");
        let id = named(app, &other).await;
        prove(test, app, &other, id).await.expect("proved");
        read(app, &other, id).await.expect("read");
        consent(app, &other, id, ALL).await.expect("consented");
        assert!(!again(app, "孩子").await.expect("logged in").frozen);
    }
}
