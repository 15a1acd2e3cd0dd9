//! The demonstration in every state of its machines: each has somebody who shows it, or the reason why nobody
//! does stands here. A state that is new fails these tests until one of the two is there.

use std::fmt::Debug;
use std::sync::Arc;

use app::App;
use app::account::Viewer;
use app::demo::{self, DemoGroup, PEOPLE};
use app::staff::{self, Kind, Signed};
use domain::account::guard::{Outcome, contest};
use domain::minor;
use domain::org::seat::Seat;
use domain::org::verification as enterprise;
use domain::person::verification as person;
use domain::staff::Role;
use domain::supplier::{licence, onboarding};
use privacy::purpose::Operate;
use privacy::{Ctx, Personal, SubjectId, SystemReason};
use storage::account::{self, Place, guard::review};
use storage::org::{self, verification};
use storage::supplier::{self, licence as licences};
use testkit::{SeededEntropy, TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;

/// States in which nothing of a demonstration stays, and why.
const PERSONS: &[(person::State, &str)] = &[
    (person::State::None, "who never began has no row: 顾念安"),
    (
        person::State::Submitted,
        "the worker begins the check within seconds",
    ),
];
const ENTERPRISES: &[(enterprise::State, &str)] = &[
    (enterprise::State::None, "a row begins as a draft"),
    (
        enterprise::State::Submitted,
        "the worker asks the register within seconds",
    ),
];
const SUPPLIERS: &[(onboarding::State, &str)] = &[(
    onboarding::State::Deposit,
    "no deposit is asked for: there is no partner who may hold one",
)];
const MINORS: &[(minor::State, &str)] = &[
    (
        minor::State::Declared,
        "the same transaction names a guardian, or freezes",
    ),
    (
        minor::State::Requested,
        "the same transaction writes the message to the guardian",
    ),
    (minor::State::Refused, "everything of the minor is erased"),
    (minor::State::Withdrawn, "everything of the minor is erased"),
    (minor::State::Expired, "everything of the minor is erased"),
];

async fn seed(app: &App, ctx: &Ctx<Operate>) {
    demo::seed(app, ctx, |_, _| {}).await.expect("catalogue");
    let documents = house::documents();
    demo::populate(app, ctx, &documents, |_, _| {})
        .await
        .expect("people");
}

/// What the worker does after the start.
async fn work(app: &App, test: &TestStore) {
    app::job::ensure_regular(app, &test.system())
        .await
        .expect("written");
    while app::job::run_ready(app, "2020-11-01").await.expect("jobs").done > 0 {}
}

async fn seeded(test: &TestStore) -> App {
    let app = house::app(test);
    seed(&app, &test.system()).await;
    work(&app, test).await;
    // What the worker would move on within minutes shows nothing.
    test.clock.advance(Duration::minutes(10));
    work(&app, test).await;
    app
}

/// Account and person behind a log-in.
async fn holder(app: &App, test: &TestStore, name: &str) -> (Uuid, SubjectId) {
    let digest = app
        .store
        .blind_index(account::NAME, &Personal::received(name.to_owned()));
    let ctx = test.system::<Operate>();
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let row = account::find(&mut tx, account::NAME, digest)
        .await
        .expect("looked");
    let row = row.expect(name);
    (row.id, row.subject)
}

/// Everything that can be in a state.
#[derive(Debug, Default)]
struct Seen {
    persons: Vec<person::State>,
    enterprises: Vec<enterprise::State>,
    suppliers: Vec<onboarding::State>,
    licences: Vec<licence::State>,
    minors: Vec<minor::State>,
    outcomes: Vec<Outcome>,
    ends: Vec<contest::State>,
}

/// What belongs to somebody: only what a log-in of the list leads to counts.
async fn seen_of(app: &App, test: &TestStore, name: &str) -> Seen {
    let mut seen = Seen::default();
    let (account, subject) = holder(app, test, name).await;
    let ctx = test.system::<Operate>();
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let own = storage::person::of_account(&mut tx, account).await.expect("read");
    seen.persons.extend(own.map(|row| row.verification.state));
    let open = verification::open_of(&mut tx, account).await.expect("read");
    seen.enterprises.extend(open.map(|row| row.verification.state));
    for (organisation, _) in org::of_account(&mut tx, account).await.expect("read") {
        let row = verification::of_organisation(&mut tx, organisation.id)
            .await
            .expect("read");
        seen.enterprises.extend(row.map(|row| row.verification.state));
        for row in supplier::of_organisation(&mut tx, organisation.id)
            .await
            .expect("read")
        {
            seen.suppliers.push(row.supplier.state);
            for row in licences::of_supplier(&mut tx, row.id).await.expect("read") {
                seen.licences.push(row.licence.state);
            }
        }
    }
    let own = storage::minor::of_subject(&mut tx, subject).await.expect("read");
    seen.minors.extend(own.map(|row| row.guardianship.state));
    for row in storage::minor::of_guardian(&mut tx, account).await.expect("read") {
        seen.minors.push(row.guardianship.state);
    }
    for row in review::page(&mut tx, account, Place::TOP, 50)
        .await
        .expect("read")
    {
        seen.outcomes.push(row.outcome);
        seen.ends.push(row.state);
    }
    seen
}

/// Each state is there, or named with a reason; never both, so that no reason outlives its state.
fn shown<S: Copy + PartialEq + Debug>(all: &[S], seen: &[S], unshown: &[(S, &str)]) {
    for state in all {
        let there = seen.contains(state);
        let named = unshown
            .iter()
            .any(|(known, why)| known == state && !why.is_empty());
        assert!(there || named, "{state:?} has nobody who shows it, and no reason");
        assert!(!(there && named), "{state:?} is shown, and said not to be");
    }
}

async fn rows(test: &TestStore) -> Vec<(String, i64)> {
    let tables = if test.addresses.0.starts_with("sqlite:") {
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    } else {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1"
    };
    let mut counted = Vec::new();
    for table in test.texts(tables).await {
        let rows = test.count(&format!("SELECT count(*) FROM \"{table}\"")).await;
        counted.push((table, rows));
    }
    counted
}

both_dbs! {
    every_state_that_lasts_has_somebody_who_shows_it(test) {
        let app = seeded(test).await;
        let mut all = Seen::default();
        for known in PEOPLE {
            let seen = seen_of(&app, test, known.name).await;
            all.persons.extend(seen.persons);
            all.enterprises.extend(seen.enterprises);
            all.suppliers.extend(seen.suppliers);
            all.licences.extend(seen.licences);
            all.minors.extend(seen.minors);
            all.outcomes.extend(seen.outcomes);
            all.ends.extend(seen.ends);
        }
        shown(person::State::ALL, &all.persons, PERSONS);
        shown(enterprise::State::ALL, &all.enterprises, ENTERPRISES);
        shown(onboarding::State::ALL, &all.suppliers, SUPPLIERS);
        shown(licence::State::ALL, &all.licences, &[]);
        shown(minor::State::ALL, &all.minors, MINORS);
        shown(Outcome::ALL, &all.outcomes, &[]);
        shown(contest::State::ALL, &all.ends, &[]);
    }

    everyone_shows_what_the_list_says_of_them(test) {
        use enterprise::State as E;
        use onboarding::State as S;
        use person::State as P;
        /// A person, and the states of theirs: as a person, of enterprises, as a supplier.
        type Line = (&'static str, &'static [P], &'static [E], &'static [S]);
        let app = seeded(test).await;
        let everyone: [Line; 16] = [
            ("林知远", &[P::Verified], &[E::AutoChecked, E::Verified], &[]),
            ("何小满", &[P::Rejected], &[E::Verified], &[]),
            ("温叙白", &[P::Consented], &[E::Verified], &[]),
            ("陆鸣", &[P::Verified], &[E::Verified], &[]),
            ("白景行", &[P::Verified], &[E::Proving], &[]),
            ("顾念安", &[], &[], &[]),
            ("秦予安", &[P::Checking], &[], &[]),
            ("方知夏", &[P::Locked], &[], &[]),
            ("季长川", &[P::Expired], &[], &[]),
            ("罗听澜", &[P::Revoked], &[], &[]),
            ("莫怀谷", &[P::Verified], &[E::Draft], &[]),
            ("许清欢", &[P::Erased], &[], &[]),
            ("卓一鸣", &[P::Verified], &[E::Locked], &[]),
            ("程万里", &[P::Verified], &[E::Changed, E::AnnualDue, E::Revoked, E::Withdrawn], &[]),
            ("周启航", &[P::Verified], &[E::Verified], &[S::Applied, S::Returned, S::Agreement]),
            ("吴归帆", &[P::Verified], &[E::Verified], &[S::Exiting, S::Exited, S::Banned]),
        ];
        for (name, persons, enterprises, suppliers) in everyone {
            let seen = seen_of(&app, test, name).await;
            assert_eq!(seen.persons, persons, "{name}");
            for state in &seen.enterprises {
                assert!(enterprises.contains(state), "{name}: {state:?}");
            }
            assert!(enterprises.iter().all(|state| seen.enterprises.contains(state)), "{name}: {:?}", seen.enterprises);
            assert_eq!(seen.suppliers.len(), suppliers.len(), "{name}");
            assert!(suppliers.iter().all(|state| seen.suppliers.contains(state)), "{name}: {:?}", seen.suppliers);
        }
        for (name, state) in [
            ("小禾", minor::State::Active),
            ("小舟", minor::State::Frozen),
            ("乔木", minor::State::Contested),
            ("叶知秋", minor::State::Cleared),
            ("苏成", minor::State::OfAge),
        ] {
            assert_eq!(seen_of(&app, test, name).await.minors, [state], "{name}");
        }
    }

    an_enterprise_has_a_seat_of_each_kind_that_buys_and_one_has_a_single_person(test) {
        let app = seeded(test).await;
        let ctx = test.system::<Operate>();
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let both: [(&str, &[Seat]); 2] = [
            ("91999999MAD3651307", &[Seat::Owner, Seat::Buyer, Seat::Finance, Seat::Viewer]),
            ("91999999MAD3651494", &[Seat::Owner]),
        ];
        for (code, seats) in both {
            let known = org::by_code(&mut tx, code).await.expect("read").expect(code);
            let members = org::members(&mut tx, known.id).await.expect("read");
            assert_eq!(members.len(), seats.len(), "{code}");
            for seat in seats {
                assert!(members.iter().any(|row| row.member.seat == *seat), "{code}: {seat:?}");
            }
        }
    }

    an_account_closes_at_once_and_another_waits_for_a_date(test) {
        let app = seeded(test).await;
        for (name, dated) in [("许清欢", false), ("余眠", false), ("江晚舟", true)] {
            let (account, subject) = holder(&app, test, name).await;
            let viewer = Viewer {
                account,
                subject,
                session: Uuid::nil(),
                csrf: String::new(),
                member: false,
                acting: None,
                organisations: false,
                frozen: false,
            };
            let ctx = house::person(&app, &viewer);
            let state = app::rights::closure(&app, &ctx, &viewer).await.expect("read");
            let dates = state.blockers.iter().filter(|blocker| blocker.clears_at.is_some()).count();
            assert_eq!((dates > 0, state.blockers.is_empty()), (dated, !dated), "{name}");
            assert!(state.organisations.is_empty(), "{name}");
        }
        let year = test.instant(privacy::Clock::now(&*test.clock) - Duration::days(395));
        for (name, old) in [("余眠", 1), ("顾念安", 0)] {
            let (account, _) = holder(&app, test, name).await;
            let of = test.id(account);
            let made = test.count(&format!("SELECT count(*) FROM account WHERE id = {of} AND created_at < {year}")).await;
            assert_eq!(made, old, "{name}");
        }
    }

    every_queue_of_the_console_has_a_case(test) {
        let app = seeded(test).await;
        let signed = Signed {
            id: Uuid::nil(),
            subject: SubjectId(Uuid::nil()),
            identifier: "verifier-2".to_owned(),
            roles: Role::ALL.to_vec(),
            csrf: String::new(),
            trained_until: None,
        };
        let queues = staff::queues(&app, &test.system(), &signed).await.expect("queues");
        // An order waits for an arbiter only after both sides had their say.
        for kind in [Kind::Verifications, Kind::Enterprises, Kind::Demands, Kind::Guard, Kind::Suppliers, Kind::Licences] {
            let queue = queues.iter().find(|queue| queue.kind == kind);
            assert!(queue.is_some_and(|queue| queue.count > 0), "{kind:?}");
        }
    }

    licences_outlive_the_demonstration_but_for_those_that_show_an_end(test) {
        let app = seeded(test).await;
        let ctx = test.system::<Operate>();
        let today = licence::day_of(ctx.now());
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        let mut near = Vec::new();
        for row in licences::all(&mut tx).await.expect("read") {
            let left = row.licence.until.map_or(i64::MAX, |until| licence::days_left(until, today));
            let good = matches!(row.licence.state, licence::State::Approved | licence::State::Expiring);
            if good && left < 365 * 5 {
                near.push((row.area, left));
            }
        }
        near.sort();
        let near: Vec<(&str, i64)> = near.iter().map(|(area, left)| (area.as_str(), *left)).collect();
        assert_eq!(near, [("daili-jizhang", 45), ("laowu-paiqian", 20)]);
    }

    seeding_twice_is_seeding_once(test) {
        let app = seeded(test).await;
        let before = rows(test).await;
        seed(&app, &test.system()).await;
        work(&app, test).await;
        let after = rows(test).await;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after);
        }
    }

    the_same_seed_gives_the_same_people(test) {
        let engine = if test.addresses.0.starts_with("sqlite:") {
            storage::Engine::Sqlite
        } else {
            storage::Engine::Postgres
        };
        let other = TestStore::open(engine).await;
        let mut listed = Vec::new();
        for store in [test, &other] {
            let app = App { entropy: Arc::new(SeededEntropy::new(365)), ..house::app(store) };
            let ctx = app.system::<Operate>(SystemReason::Demo, "2020-11-01");
            seed(&app, &ctx).await;
            let mut lines = Vec::new();
            for known in PEOPLE {
                let who = holder(&app, store, known.name).await;
                lines.push(format!("{who:?} {:?}", seen_of(&app, store, known.name).await));
            }
            listed.push(lines);
        }
        assert_eq!(listed[0], listed[1]);
        other.close().await;
    }
}

#[test]
fn everyone_is_in_one_group_and_says_one_line() {
    let listed: usize = DemoGroup::ALL
        .into_iter()
        .map(|group| group.people().count())
        .sum();
    assert_eq!(listed, PEOPLE.len());
    for known in PEOPLE {
        assert!(
            (2..=40).contains(&known.role_zh.chars().count()),
            "{}",
            known.name
        );
        assert!(
            (2..=90).contains(&known.role_en.chars().count()),
            "{}",
            known.name
        );
        let same = PEOPLE
            .iter()
            .filter(|other| other.name == known.name || other.phone == known.phone);
        assert_eq!(same.count(), 1, "{}", known.name);
    }
}
