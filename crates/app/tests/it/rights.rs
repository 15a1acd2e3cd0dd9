//! The copy, closing the account, erasure: as the person lives them, and as a crash leaves them.

use app::account::{self, TokenRequest, Viewer};
use app::market::order::{self, Decision, Placing, Ruling};
use app::market::share::{self, TypedField};
use app::org::{self, Asking};
use app::rights::{self, Certificate};
use app::{App, Failure, Fault};
use domain::Refused;
use domain::account::token::Scope;
use domain::market::order::Event;
use domain::market::share::Field;
use domain::org::seat::Seat;
use domain::rights::{TRANSACTION_YEARS, years_after};
use privacy::purpose::{KeepAccount, KeepSafe, ObeyLaw, Operate, ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis, SubjectId};
use storage::StoreError;
use storage::org::{Acting, spending};
use storage::rights::erasure::Step;
use storage::rights::hold;
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::{Scene, refusal, scene, system};
use crate::order_refund::asked;
use crate::org::enterprising;
use crate::person::{NUMBER, verified};

const MINE: &str = "请务必对上中文发票";
const THEIRS: &str = "对方的内部说明";

pub fn law(app: &App) -> Ctx<ObeyLaw> {
    system(app)
}

pub async fn copied(app: &App, viewer: &Viewer, password: &str) -> Result<rights::Copy, Failure> {
    let (verify, show): (Ctx<VerifyHolder>, Ctx<ShowOwn>) =
        (house::person(app, viewer), house::person(app, viewer));
    rights::copy(app, &verify, &show, viewer, password).await
}

pub async fn ask(app: &App, viewer: &Viewer) -> Result<(String, bool), Failure> {
    let (verify, law): (Ctx<VerifyHolder>, Ctx<ObeyLaw>) =
        (house::person(app, viewer), house::person(app, viewer));
    rights::ask_closure(app, &verify, &law, viewer, house::PASSWORD).await
}

/// An order that both sides wrote something on, run to its end.
pub async fn lived(scene: &Scene) -> String {
    let placing = Placing {
        service: scene.service,
        sku: 0,
        request_key: Uuid::from_u128(77),
        note: MINE,
        acting: None,
        approval: None,
    };
    let ctx = scene.ctx(&scene.buyer);
    let number = order::place(&scene.app, &ctx, &scene.buyer, &scene.catalogue, placing).await;
    let number = number.expect("placed");
    for (viewer, event) in [
        (&scene.seller, Event::SupplierConfirm),
        (&scene.buyer, Event::Sign),
        (&scene.buyer, Event::Fund),
    ] {
        scene.act(viewer, &number, event, &[], "").await.expect("a step");
    }
    let given = |field, value: &str| TypedField {
        field,
        ticked: true,
        value: value.to_owned(),
    };
    let fields = [
        given(Field::ContactName, "收件人甲"),
        given(Field::Phone, "100-0000-0001"),
    ];
    share::share(&scene.app, &ctx, &scene.buyer, &number, &fields)
        .await
        .expect("shared");
    share::take_back(&scene.app, &ctx, &scene.buyer, &number, Field::Phone)
        .await
        .expect("taken back");
    scene
        .act(&scene.buyer, &number, Event::RequestRefund, &[], MINE)
        .await
        .expect("asked");
    scene
        .act(&scene.seller, &number, Event::RefuseRefund, &[], THEIRS)
        .await
        .expect("refused");
    let items = scene.items(&number).await;
    scene
        .act(&scene.seller, &number, Event::Deliver, &items, "")
        .await
        .expect("delivered");
    scene
        .act(&scene.buyer, &number, Event::Accept, &[], "")
        .await
        .expect("accepted");
    scene.timers().await;
    number
}

/// Half a quiet year later the order is closed and no longer stands in the way.
pub async fn quiet(test: &TestStore, scene: &Scene) {
    test.clock.advance(Duration::days(30));
    scene.timers().await;
    test.clock.advance(Duration::days(184));
}

/// A token; its text.
pub async fn token(app: &App, viewer: &Viewer) -> String {
    let request = TokenRequest {
        name: "月结脚本",
        scopes: &[Scope::OrderRead],
        days: "30",
    };
    let ctx: Ctx<KeepAccount> = house::person(app, viewer);
    account::create_token(app, &ctx, viewer, &request)
        .await
        .expect("a token")
        .text
}

/// The buyer gives a display name, mistypes a password, and asks for another number.
async fn cared_for(test: &TestStore, scene: &Scene) {
    // Two messages of one instant have no order.
    test.clock.advance(Duration::SECOND);
    let keep: Ctx<KeepAccount> = house::person(&scene.app, &scene.buyer);
    account::set_display_name(&scene.app, &keep, &scene.buyer, "阿远", "")
        .await
        .expect("named");
    assert!(house::log_in(&scene.app, "买家", "wrong").await.is_err());
    let lost = |code| account::LostPhone {
        second: "",
        login: "买家",
        password: house::PASSWORD,
        phone: "100-0000-0077",
        code,
        from: app::account::Origin::default(),
    };
    account::request_lost_code(&scene.app, &house::visitor(&scene.app), &lost(""))
        .await
        .expect("sent");
    let code = house::latest_code(&scene.app).await;
    account::ask_lost(&scene.app, &house::visitor(&scene.app), &lost(&code))
        .await
        .expect("asked");
}

pub async fn certificate(app: &App, number: &str) -> Certificate {
    rights::certificate(app, &law(app), number)
        .await
        .expect("a certificate")
}

/// The buyer asks to spend for their organisation, and approves something.
async fn asking(scene: &Scene) {
    let ctx = house::person::<KeepAccount>(&scene.app, &scene.buyer);
    let ids = org::identities(&scene.app, &ctx, &scene.buyer)
        .await
        .expect("a list");
    let organisation = ids
        .iter()
        .find_map(|identity| identity.organisation)
        .expect("one");
    let acting = Acting {
        organisation,
        name: String::new(),
        seat: Seat::Owner,
    };
    let viewer = Viewer {
        acting: Some(acting),
        ..scene.buyer.clone()
    };
    let asking = Asking {
        service: scene.service,
        sku: 0,
        reason: "换一套系统",
        key: None,
    };
    let id = org::request(&scene.app, &ctx, &viewer, &scene.catalogue, asking)
        .await
        .expect("asked");
    let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
    spending::approve(&mut tx, id, viewer.account)
        .await
        .expect("written");
    tx.commit().await.expect("commit");
}

/// How far the erasure with this number is.
pub async fn certificate_step(test: &TestStore, number: &str) -> String {
    let steps = test
        .texts(&format!("SELECT step FROM erasure WHERE number = '{number}'"))
        .await;
    steps.into_iter().next().unwrap_or_default()
}

/// A note as the hold keeps it, opened for the duty that keeps it.
async fn held(scene: &Scene, subject: SubjectId) -> Result<Vec<String>, StoreError> {
    let ctx = law(&scene.app);
    let mut tx = scene.app.store.begin(&ctx).await?;
    let mut texts = Vec::new();
    for kept in hold::of_subject(&mut tx, subject, 100).await? {
        let ask = Ask {
            subject: SubjectId(kept.key),
            fields: &["order_event.note"],
            basis: LegalBasis::LegalDuty("ECL 31"),
            clause: "2.5.3.b",
            case: None,
        };
        let sealed = hold::sealed(&mut tx, &kept).await?;
        let permit = tx.permit(ask).await?;
        texts.push(
            tx.open(&permit, &hold::held_field(kept.row, kept.key), &sealed)
                .await?
                .inside()
                .to_owned(),
        );
    }
    Ok(texts)
}

both_dbs! {
    clause_2_6_1_h_the_copy_holds_everything_of_the_person_and_nothing_of_another(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        scene.jobs().await;
        token(&scene.app, &scene.buyer).await;
        verified(&scene.app, &scene.buyer, NUMBER).await;
        enterprising(test, &scene.app, &scene.buyer).await;
        asking(&scene).await;
        cared_for(test, &scene).await;
        crate::book::kept(&scene.app, &scene.buyer).await;
        assert_eq!(refusal(copied(&scene.app, &scene.buyer, "falsch").await), Some(Refused::PasswordWrong));
        let copy = copied(&scene.app, &scene.buyer, house::PASSWORD).await.expect("a copy");
        let text = copy.json().to_string();
        for mine in ["收件人甲", "10000000001", "买家", "Firefox", "月结脚本", MINE, &number, "2020-11-01", "林知远", NUMBER, "鹿鸣餐饮（演示）", "换一套系统", "某某银行上海分行\\n9999990001"] {
            assert!(text.contains(mine), "{mine} is missing");
        }
        for theirs in [THEIRS, "10000000002", "卖家", &scene.seller.account.to_string(), &scene.seller.subject.0.to_string()] {
            assert!(!text.contains(theirs), "{theirs} is another's");
        }
        // Every column marked for the copy is in it, and none that is not.
        let mut there: Vec<String> = copy.sections.iter().flat_map(|section| section.columns.iter().map(|column| format!("{}.{}", section.table, column.name))).collect();
        let columns = storage::register::columns().expect("register");
        let mut marked: Vec<String> = columns.iter().filter(|column| column.export).map(|column| format!("{}.{}", column.table, column.name)).collect();
        for list in [&mut there, &mut marked] {
            list.sort();
            list.dedup();
        }
        assert_eq!(there, marked);
        // Nothing of the person is missing because its table was never reached.
        let empty: Vec<&str> = copy.sections.iter().filter(|section| section.rows.is_empty()).map(|section| section.table).collect();
        for table in empty {
            assert!(["account_closure", "authenticator", "bulk_access_subject", "erasure", "guardianship", "guardianship_event", "legal_hold", "membership", "passkey", "recovery_code", "remembered_device", "second_loss", "staff", "staff_approval", "supplier_paper", "supplier_signature"].contains(&table), "{table} is empty");
        }
        // The seller's copy has the seller's own words, and the buyer's nowhere.
        let other = copied(&scene.app, &scene.seller, house::PASSWORD).await.expect("a copy").json().to_string();
        assert!(other.contains(THEIRS) && !other.contains(MINE) && !other.contains("10000000001"));
        let archive = rights::bundle(&copy, "<p>").expect("packed");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).expect("an archive");
        let tables: Vec<String> = copy.names().iter().map(|name| format!("csv/{name}.csv")).collect();
        let mut files: Vec<&str> = archive.file_names().collect();
        files.sort_unstable();
        let mut expected: Vec<&str> = tables.iter().map(String::as_str).chain(["copy.html", "copy.json"]).collect();
        expected.sort_unstable();
        assert_eq!(files, expected);
        let packed: serde_json::Value = serde_json::from_reader(archive.by_name("copy.json").expect("there")).expect("JSON");
        assert_eq!(packed, copy.json());
    }

    clause_2_6_1_h_the_copy_of_many_rows_is_whole(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "很多行").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let subject = viewer.subject.0;
        let hex = |id: Uuid| match app.store.engine() {
            storage::Engine::Sqlite => format!("x'{}'", id.simple()),
            storage::Engine::Postgres => format!("'{id}'"),
        };
        for row in 0..1_203_u128 {
            let id = Uuid::from_u128((row << 64) | 5);
            test.tamper(&format!("INSERT INTO access_record (subject, id, actor_kind, actor_account, fields, purpose, basis, clause, policy_version, request, at, case_id) SELECT {}, {}, actor_kind, actor_account, fields, purpose, basis, clause, policy_version, request, at, case_id FROM access_record WHERE subject = {} LIMIT 1", hex(subject), hex(id), hex(subject))).await;
        }
        let copy = copied(&app, &viewer, house::PASSWORD).await.expect("a copy");
        let section = copy.sections.iter().find(|section| section.table == "access_record").expect("records");
        let ids: std::collections::BTreeSet<String> = section.rows.iter().map(|row| format!("{:?}", row[1])).collect();
        assert!(section.rows.len() >= 1_204);
        assert_eq!(ids.len(), section.rows.len(), "no row twice");
    }

    clause_1_6_an_erasure_broken_off_after_any_step_is_finished_by_the_next_start(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        token(&scene.app, &scene.buyer).await;
        quiet(test, &scene).await;
        // The log-ins of the last day are counted under the phone's digest.
        house::log_in(&scene.app, "100-0000-0001", "wrong").await.err().expect("refused");
        let (receipt, waits) = ask(&scene.app, &scene.buyer).await.expect("asked");
        assert!(!waits);
        let subject = scene.buyer.subject;
        let mut seen = Vec::new();
        for expected in &Step::ALL[1..] {
            // The process died; another opens the same stores.
            let (data, vault) = &test.addresses;
            let again = storage::Store::open(data, vault, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
            let app = App { store: again.clone(), ..house::app(test) };
            let step = rights::step(&app, &law(&app), subject).await.expect("a step");
            assert_eq!(step, *expected);
            seen.push(step);
            // Done, but the note of it was lost: the same step once more does no harm.
            let before = Step::ALL[seen.len() - 1];
            if before != Step::Probed {
                test.tamper(&format!("UPDATE erasure SET step = '{}', ended_at = NULL", before.as_str())).await;
                assert_eq!(rights::step(&app, &law(&app), subject).await.expect("again"), *expected);
            }
            again.close().await;
        }
        let shown = certificate(&scene.app, &receipt).await;
        let probe = shown.probe.expect("a probe");
        assert!(probe.found.is_empty() && !probe.readable && probe.columns > 60 && probe.identifiers == 4);
        assert!(shown.ended_at.is_some() && shown.key_destroyed_at.is_some());
        assert!(shown.removed.iter().any(|(table, rows)| table == "session" && *rows > 0));
        assert!(shown.kept.iter().any(|kept| kept.table == "service_order" && kept.rule == "transaction_3y"));
        assert_eq!(shown.held.len(), 2, "the two notes on the order");
        // Nobody logs in, no session lives, and the name is free for somebody unlinked.
        assert!(house::log_in(&scene.app, "100-0000-0001", house::PASSWORD).await.is_err());
        let view = scene.view(&scene.seller, &number).await.expect("view");
        assert!(view.events.iter().all(|event| event.note != MINE || event.own_copy), "only what the supplier has itself");
        assert_eq!(shown.copies, 2, "and the certificate says so");
        test.clock.advance(Duration::days(1));
        let begun = house::register(&scene.app, "100-0000-0001", "买家").await;
        let fresh = house::viewer(&scene.app, &begun).await.expect("logged in");
        assert_ne!(fresh.subject, subject);
        let copy = copied(&scene.app, &fresh, house::PASSWORD).await.expect("a copy");
        assert!(!copy.json().to_string().contains(&number));
    }

    clause_2_5_3_b_what_a_law_keeps_opens_for_the_law_alone_and_until_the_day(test) {
        let scene = scene(test).await;
        let number = lived(&scene).await;
        let subject = scene.buyer.subject;
        quiet(test, &scene).await;
        let ended = scene.view(&scene.buyer, &number).await.expect("view").events.last().expect("an event").at;
        ask(&scene.app, &scene.buyer).await.expect("asked");
        scene.jobs().await;
        assert_eq!(held(&scene, subject).await.expect("opens"), [MINE, MINE]);
        let until = years_after(ended, TRANSACTION_YEARS);
        let now = scene.app.clock.now();
        test.clock.advance(until - now - Duration::SECOND);
        assert_eq!(rights::release_holds(&scene.app, &system::<Operate>(&scene.app)).await.expect("runs"), 0);
        assert_eq!(held(&scene, subject).await.expect("opens").len(), 2);
        test.clock.advance(Duration::SECOND);
        assert!(matches!(held(&scene, subject).await, Err(StoreError::NoKey)), "the key ends by itself");
        assert_eq!(rights::release_holds(&scene.app, &system::<Operate>(&scene.app)).await.expect("runs"), 2);
        assert!(held(&scene, subject).await.expect("nothing held").is_empty());
    }

    clause_2_6_1_h_what_the_platform_wrote_about_a_persons_order_is_in_their_copy_and_kept_by_the_law(test) {
        let scene = scene(test).await;
        let number = asked(&scene, 1).await;
        let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a clock");
        test.clock.advance(at.expect("a known day") - scene.app.clock.now());
        scene.timers().await;
        let ruling = Ruling { number: &number, decision: Decision::Refund, by: "arbiter-1", reason: "逾期未答复，退款" };
        order::decide(&scene.app, &system(&scene.app), &ruling).await.expect("decided");
        let copy = copied(&scene.app, &scene.buyer, house::PASSWORD).await.expect("a copy");
        assert!(copy.json().to_string().contains("逾期未答复，退款"));
        let other = copied(&scene.app, &scene.seller, house::PASSWORD).await.expect("a copy");
        assert!(!other.json().to_string().contains("逾期未答复，退款"));
        test.clock.advance(Duration::days(184));
        ask(&scene.app, &scene.buyer).await.expect("asked");
        scene.jobs().await;
        let kept = held(&scene, scene.buyer.subject).await.expect("opens");
        assert!(kept.iter().any(|note| note == "逾期未答复，退款"), "{kept:?}");
    }

    clause_2_6_4_c_from_the_commit_on_nobody_acts_as_the_person(test) {
        let scene = scene(test).await;
        test.clock.advance(Duration::seconds(1));
        let begun = house::register(&scene.app, "100-0000-0007", "离开的人").await;
        let viewer = house::viewer(&scene.app, &begun).await.expect("logged in");
        let made = token(&scene.app, &viewer).await;
        let program = async || account::authenticate_token(&scene.app, &house::visitor::<KeepSafe>(&scene.app), &made).await.expect("asked");
        assert!(program().await.is_some());
        ask(&scene.app, &viewer).await.expect("asked");
        // As if a log-in or a token had been under way: begun after the others were ended.
        test.tamper("UPDATE session SET revoked_at = NULL").await;
        let later = test.instant(scene.app.clock.now() + Duration::days(9));
        test.tamper(&format!("UPDATE api_token SET ends_at = {later}")).await;
        assert!(house::viewer(&scene.app, &begun).await.is_none() && program().await.is_none());
        assert_eq!(refusal(house::log_in(&scene.app, "100-0000-0007", house::PASSWORD).await), Some(Refused::LoginWrong));
        // As if a request had been under way: let in before.
        assert_eq!(refusal(scene.place_as(&viewer, 0, 9).await), Some(Refused::ClosurePending));
    }

    clause_1_6_a_name_that_is_a_word_of_the_site_hinders_nothing(test) {
        let scene = scene(test).await;
        test.clock.advance(Duration::seconds(1));
        let begun = house::register(&scene.app, "100-0000-0007", "财税").await;
        let viewer = house::viewer(&scene.app, &begun).await.expect("logged in");
        ask(&scene.app, &viewer).await.expect("asked");
        rights::erase(&scene.app, &law(&scene.app), viewer.subject).await.expect("ends");
    }

    clause_1_6_an_erasure_that_waited_longer_than_its_own_key_goes_on(test) {
        let app = house::app(test);
        for (number, reached) in [Step::Planned, Step::Held, Step::Unreadable, Step::Removed].into_iter().enumerate() {
            test.clock.advance(Duration::seconds(1));
            let begun = house::register(&app, &format!("100-0000-000{number}"), &format!("久等{number}")).await;
            let viewer = house::viewer(&app, &begun).await.expect("logged in");
            let (receipt, _) = ask(&app, &viewer).await.expect("asked");
            while certificate_step(test, &receipt).await != reached.as_str() {
                rights::step(&app, &law(&app), viewer.subject).await.expect("a step");
            }
            test.clock.advance(Duration::days(40));
            rights::erase(&app, &law(&app), viewer.subject).await.expect("ends");
            let shown = certificate(&app, &receipt).await;
            assert!(shown.ended_at.is_some() && !app.store.has_key(viewer.subject, app.clock.now()).await.expect("asked"), "{reached:?}");
            assert_eq!(shown.probe.expect("a probe").identifiers > 0, reached == Step::Planned, "{reached:?}");
        }
    }

    clause_2_5_3_b_the_term_of_a_note_runs_from_the_end_of_its_order(test) {
        let scene = scene(test).await;
        // One order that ended and one that waits for the platform without a clock, four years ago.
        let over = scene.place_as(&scene.buyer, 0, 5).await.expect("placed");
        scene.act(&scene.buyer, &over, Event::Cancel, &[], "不需要了").await.expect("cancelled");
        let waits = asked(&scene, 1).await;
        let (_, at) = scene.view(&scene.buyer, &waits).await.expect("view").due.expect("a clock");
        test.clock.advance(at.expect("a known day") - scene.app.clock.now());
        scene.timers().await;
        test.clock.advance(Duration::days(4 * 366));
        let ctx = law(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        rights::plan(&mut tx, scene.buyer.subject, "N", "closed").await.expect("planned");
        tx.commit().await.expect("commit");
        rights::erase(&scene.app, &ctx, scene.buyer.subject).await.expect("ends");
        assert_eq!(held(&scene, scene.buyer.subject).await.expect("opens"), ["项目取消"], "the other's term was over");
        let shown = certificate(&scene.app, "N").await;
        assert_eq!(shown.held[0].until, years_after(ctx.now(), TRANSACTION_YEARS));
    }

    clause_1_6_something_found_again_is_said_and_the_erasure_goes_on_when_it_is_gone(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "漏网之鱼").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let (receipt, _) = ask(&app, &viewer).await.expect("asked");
        test.tamper("UPDATE job SET error = 'call 100-0000-0001' WHERE kind = 'erase'").await;
        let failed = rights::erase(&app, &law(&app), viewer.subject).await;
        assert!(matches!(failed, Err(Failure::Fault(Fault::Residue))));
        let shown = certificate(&app, &receipt).await;
        let found = shown.probe.expect("a probe").found;
        // SQLite's own file holds it too, of course.
        assert!(found == ["job.error"] || found == ["job.error", "data.db"], "{found:?}");
        assert!(shown.ended_at.is_none());
        test.tamper("UPDATE job SET error = NULL").await;
        rights::erase(&app, &law(&app), viewer.subject).await.expect("ends");
        assert!(certificate(&app, &receipt).await.ended_at.is_some());
    }

    clause_2_6_4_1_a_wish_waits_restricts_and_is_carried_out_by_itself(test) {
        let scene = scene(test).await;
        lived(&scene).await;
        let state = rights::closure(&scene.app, &law(&scene.app), &scene.buyer).await.expect("a state");
        assert_eq!(state.blockers.len(), 1);
        assert_eq!(state.blockers[0].clears_at, None, "an order under way has no day yet");
        let (_, waits) = ask(&scene.app, &scene.buyer).await.expect("asked");
        assert!(waits);
        assert_eq!(refusal(ask(&scene.app, &scene.buyer).await), Some(Refused::ClosurePending));
        assert_eq!(refusal(scene.place_as(&scene.buyer, 0, 99).await), Some(Refused::ClosurePending));
        // Other rights stay open, and the wish can be taken back and asked for again.
        copied(&scene.app, &scene.buyer, house::PASSWORD).await.expect("a copy");
        rights::withdraw_closure(&scene.app, &law(&scene.app), &scene.buyer).await.expect("taken back");
        let other = scene.place_as(&scene.buyer, 0, 100).await.expect("placed");
        scene.act(&scene.buyer, &other, Event::Cancel, &[], "").await.expect("cancelled unpaid");
        ask(&scene.app, &scene.buyer).await.expect("asked");
        test.clock.advance(Duration::days(30));
        scene.timers().await;
        let state = rights::closure(&scene.app, &law(&scene.app), &scene.buyer).await.expect("a state");
        assert_eq!(state.blockers.len(), 1, "the one never paid for does not count");
        let clears = state.blockers[0].clears_at.expect("a day");
        let now = scene.app.clock.now();
        test.clock.advance(clears - now - Duration::SECOND);
        assert_eq!(rights::close_waiting(&scene.app, &law(&scene.app)).await.expect("runs"), 0);
        test.clock.advance(Duration::SECOND);
        assert_eq!(rights::close_waiting(&scene.app, &law(&scene.app)).await.expect("runs"), 1);
        scene.jobs().await;
        assert!(house::log_in(&scene.app, "100-0000-0001", house::PASSWORD).await.is_err());
        assert!(!scene.app.store.has_key(scene.buyer.subject, scene.app.clock.now()).await.expect("asked"));
    }

    clause_2_6_3_e_a_restored_vault_or_restored_data_brings_nobody_back(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "归来者").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let wrapped = test.wrapped(viewer.subject).await;
        ask(&app, &viewer).await.expect("asked");
        rights::erase(&app, &law(&app), viewer.subject).await.expect("erased");
        // The key is back from an old vault.
        let bytes = wrapped.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let (id, bytes) = match app.store.engine() {
            storage::Engine::Sqlite => (format!("x'{}'", viewer.subject.0.simple()), format!("x'{bytes}'")),
            storage::Engine::Postgres => (format!("'{}'", viewer.subject.0), format!("'\\x{bytes}'")),
        };
        test.tamper_vault(&format!("INSERT INTO subject_key (subject, wrapped, version) VALUES ({id}, {bytes}, 1)")).await;
        assert!(app.store.has_key(viewer.subject, app.clock.now()).await.expect("asked"));
        assert_eq!(rights::reconcile(&app, &law(&app)).await.expect("runs"), 1);
        assert!(!app.store.has_key(viewer.subject, app.clock.now()).await.expect("asked"));
        // The data is back from a backup that knew of no erasure: a session of it, for one.
        test.tamper("DELETE FROM erasure").await;
        house::register(&app, "100-0000-0002", "旁人").await;
        assert_eq!(rights::reconcile(&app, &law(&app)).await.expect("runs"), 1);
        assert_eq!(rights::reconcile(&app, &law(&app)).await.expect("runs"), 0);
        assert!(house::log_in(&app, "100-0000-0002", house::PASSWORD).await.is_ok(), "others stay");
    }
}

#[test]
fn clause_2_5_3_b_every_sealed_column_a_law_keeps_is_one_that_holds_know() {
    let restricted = storage::rights::owned()
        .iter()
        .filter(|owned| owned.on_erasure == storage::register::OnErasure::Restrict);
    let mut sealed: Vec<String> = restricted
        .flat_map(|owned| {
            owned
                .sealed
                .iter()
                .map(move |column| format!("{}.{column}", owned.table))
        })
        .collect();
    sealed.sort();
    assert_eq!(sealed, hold::PLACES);
}

#[test]
fn every_path_to_a_person_is_understood() {
    let columns = storage::register::columns().expect("register");
    for column in columns.iter().filter(|column| !column.subject.is_empty()) {
        let vault = ["subject_key", "joint_key", "tombstone"].contains(&column.table.as_str());
        let known = storage::rights::owned()
            .iter()
            .any(|owned| owned.table == column.table && owned.path == column.subject);
        assert!(
            known || vault,
            "{}.{}: {}",
            column.table,
            column.name,
            column.subject
        );
    }
}
