//! What a person says of themselves, corrected; the record of it; log-ins; who looked.

use app::account::{self, PasswordChange, Place, Rename, SessionState, Viewer};
use app::{App, Failure};
use domain::Refused;
use domain::account::change::{NAME_WINDOW, What};
use privacy::purpose::{KeepAccount, KeepSafe, ObeyLaw, Operate, ShowOwn, VerifyHolder};
use privacy::{Ctx, PurposeId};
use testkit::both_dbs;
use time::Duration;

use crate::house::{self, PASSWORD};
use crate::order::refusal;
use crate::ration::at_once;

const PHONE: &str = "100-0000-0001";

async fn person(app: &App, phone: &str, name: &str) -> Viewer {
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("live")
}

fn own(app: &App, viewer: &Viewer) -> Ctx<ShowOwn> {
    house::person(app, viewer)
}

async fn rename(app: &App, viewer: &Viewer, name: &str, password: &str) -> Result<(), Failure> {
    let form = Rename {
        account_name: name,
        current: password,
        reason: "打错了字",
    };
    let ctx: Ctx<VerifyHolder> = house::person(app, viewer);
    account::rename(app, &ctx, viewer, &form).await
}

async fn call(app: &App, viewer: &Viewer, name: &str, reason: &str) -> Result<(), Failure> {
    let ctx: Ctx<KeepAccount> = house::person(app, viewer);
    account::set_display_name(app, &ctx, viewer, name, reason).await
}

both_dbs! {
    clause_2_6_1_a_each_basic_field_is_shown_and_corrected_with_its_reason(test) {
        let app = house::app(test);
        let viewer = person(&app, PHONE, "lin").await;
        rename(&app, &viewer, "Lin知远", PASSWORD).await.expect("renamed");
        test.clock.advance(Duration::SECOND);
        call(&app, &viewer, "阿远", "").await.expect("called");
        let shown = account::profile(&app, &own(&app, &viewer), &viewer).await.expect("profile");
        assert_eq!((&*shown.name, &*shown.display_name), ("Lin知远", "阿远"));
        house::log_in(&app, "LIN知远", PASSWORD).await.expect("the new name logs in");
        assert_eq!(refusal(house::log_in(&app, "lin", PASSWORD).await), Some(Refused::LoginWrong));
        let changes = account::changes(&app, &own(&app, &viewer), &viewer, Place::TOP).await.expect("changes").rows;
        let seen: Vec<_> = changes.iter().map(|change| (change.what, &*change.actor_kind, &*change.reason)).collect();
        assert_eq!(seen, [(What::DisplayName, "person", ""), (What::AccountName, "person", "打错了字")]);
        test.clock.advance(Duration::SECOND);
        call(&app, &viewer, " ", "不用了").await.expect("taken away");
        call(&app, &viewer, "", "再来一次").await.expect("nothing to take away is no change");
        let shown = account::profile(&app, &own(&app, &viewer), &viewer).await.expect("profile");
        assert_eq!(shown.display_name, "");
        let changes = account::changes(&app, &own(&app, &viewer), &viewer, Place::TOP).await.expect("changes").rows;
        assert_eq!(changes.len(), 3);
    }

    clause_2_6_2_a_the_record_says_what_and_never_which_value(test) {
        let app = house::app(test);
        let viewer = person(&app, PHONE, "lin").await;
        rename(&app, &viewer, "青山依旧", PASSWORD).await.expect("renamed");
        call(&app, &viewer, "白水东流", "第二个理由").await.expect("called");
        let stored = test.everything().await;
        for value in ["青山依旧", "白水东流", "打错了字", "第二个理由"] {
            assert!(!stored.windows(value.len()).any(|part| part == value.as_bytes()), "{value} lies in the clear");
        }
        let sealed = test.count("SELECT COUNT(*) FROM account_change WHERE reason IS NOT NULL").await;
        assert_eq!(sealed, 2);
    }

    clause_2_1_1_a_an_account_name_is_one_persons_and_changed_once_in_ninety_days(test) {
        let app = house::app(test);
        let viewer = person(&app, PHONE, "lin").await;
        test.clock.advance(Duration::minutes(2));
        let other = person(&app, "100-0000-0002", "he").await;
        assert_eq!(refusal(rename(&app, &viewer, "HE", PASSWORD).await), Some(Refused::NameTaken));
        assert_eq!(refusal(rename(&app, &viewer, "new", "wrong").await), Some(Refused::PasswordWrong));
        let both = rename(&app, &viewer, "a", "wrong").await.expect_err("refused");
        assert_eq!(both.refusals(), [Refused::NameLength, Refused::PasswordWrong]);
        rename(&app, &viewer, "first", PASSWORD).await.expect("renamed");
        assert_eq!(refusal(rename(&app, &viewer, "second", PASSWORD).await), Some(Refused::NameTooOften));
        rename(&app, &other, "lin", PASSWORD).await.expect("the former name is free");
        test.clock.advance(NAME_WINDOW - Duration::SECOND);
        let from = account::profile(&app, &own(&app, &viewer), &viewer).await.expect("profile").rename_from;
        assert_eq!(from, Some(app.clock.now() + Duration::SECOND));
        assert_eq!(refusal(rename(&app, &viewer, "second", PASSWORD).await), Some(Refused::NameTooOften));
        test.clock.advance(Duration::SECOND);
        rename(&app, &viewer, "second", PASSWORD).await.expect("ninety days later");
    }

    of_two_who_want_one_name_at_once_one_gets_it(test) {
        let app = house::app(test);
        let one = person(&app, PHONE, "lin").await;
        test.clock.advance(Duration::minutes(2));
        let two = person(&app, "100-0000-0002", "he").await;
        let results = at_once([&one, &two].into_iter().map(|viewer| rename(&app, viewer, "same", PASSWORD))).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for result in results {
            assert!(matches!(refusal(result), None | Some(Refused::NameTaken)));
        }
    }

    clause_2_2_3_d_a_person_reads_their_log_ins_and_how_often_they_failed(test) {
        let app = house::app(test);
        let viewer = person(&app, PHONE, "lin").await;
        test.clock.advance(Duration::SECOND);
        for login in ["lin", PHONE, "lin"] {
            assert_eq!(refusal(house::log_in(&app, login, "wrong").await), Some(Refused::LoginWrong));
        }
        assert_eq!(refusal(house::log_in(&app, "nobody", "wrong").await), Some(Refused::LoginWrong));
        let second = house::log_in(&app, "lin", PASSWORD).await.expect("logged in");
        let out = house::viewer(&app, &second).await.expect("live");
        account::log_out(&app, &house::person::<KeepSafe>(&app, &out), &out).await.expect("out");
        test.clock.advance(Duration::SECOND);
        house::log_in(&app, "lin", PASSWORD).await.expect("logged in");
        let seen = account::logins(&app, &own(&app, &viewer), &viewer, Place::TOP).await.expect("log-ins");
        let rows: Vec<_> = seen.events.rows.iter().map(|row| (&*row.device, row.state)).collect();
        assert_eq!(rows, [("Chromium", SessionState::Live), ("Chromium", SessionState::Ended), ("Firefox", SessionState::Current)]);
        assert_eq!(seen.failures, [("2026-11-23".to_owned(), 3)], "those that succeeded are not among them");
        // Of another account nothing is seen.
        test.clock.advance(Duration::minutes(2));
        let other = person(&app, "100-0000-0002", "he").await;
        let theirs = account::logins(&app, &own(&app, &other), &other, Place::TOP).await.expect("log-ins");
        assert_eq!((theirs.events.rows.len(), theirs.failures.len()), (1, 0));
        // Half a year later nothing is left of it.
        let operate: Ctx<Operate> = app.system(privacy::SystemReason::Job, "2020-11-01");
        test.clock.advance(Duration::days(180) - Duration::minutes(3));
        app::rights::apply_retention(&app, &operate).await.expect("applied");
        assert_eq!(test.count("SELECT CAST(SUM(times) AS bigint) FROM login_failure").await, 3);
        test.clock.advance(Duration::minutes(3));
        let operate: Ctx<Operate> = app.system(privacy::SystemReason::Job, "2020-11-01");
        app::rights::apply_retention(&app, &operate).await.expect("applied");
        assert_eq!(test.count("SELECT COUNT(*) FROM login_failure").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM session WHERE revoked_at IS NOT NULL").await, 0);
    }

    clause_2_5_1_e_the_record_of_openings_is_read_page_by_page_and_by_purpose(test) {
        let app = house::app(test);
        let viewer = person(&app, PHONE, "lin").await;
        for _ in 0..70 {
            account::profile(&app, &own(&app, &viewer), &viewer).await.expect("opened");
        }
        let all = test.count("SELECT COUNT(*) FROM access_record").await;
        let (mut before, mut seen, mut pages) = (Place::TOP, 0, 0);
        loop {
            let page = account::openings(&app, &own(&app, &viewer), &viewer, None, before).await.expect("openings");
            pages += 1;
            seen += page.rows.len();
            let Some(next) = page.next else { break };
            before = next;
        }
        assert_eq!((i64::try_from(seen), pages), (Ok(all), 3), "each row once, also those of one instant");
        let notify = account::openings(&app, &own(&app, &viewer), &viewer, Some(PurposeId::Notify), Place::TOP).await.expect("openings");
        assert!(!notify.rows.is_empty() && notify.rows.iter().all(|row| row.purpose == "notify"));
        assert_eq!(test.count("SELECT COUNT(*) FROM access_record").await, all, "looking at the list opens nothing");
    }

    clause_2_6_1_e_what_a_person_asked_for_is_counted_for_them(test) {
        let scene = crate::order::scene(test).await;
        crate::disclosure::to_be_paid(&scene, 1).await;
        crate::disclosure::to_be_paid(&scene, 2).await;
        let seen = account::dealings(&scene.app, &own(&scene.app, &scene.buyer), &scene.buyer).await.expect("dealings");
        assert_eq!((seen.bought, seen.memberships.len()), ((2, 2), 0));
        let seen = account::dealings(&scene.app, &own(&scene.app, &scene.seller), &scene.seller).await.expect("dealings");
        assert_eq!((seen.bought, seen.memberships.len()), ((0, 0), 1));
    }

    clause_2_6_1_h_what_was_corrected_is_in_the_copy_and_goes_after_three_years(test) {
        let app = house::app(test);
        let viewer = person(&app, PHONE, "lin").await;
        call(&app, &viewer, "阿远", "朋友都这么叫").await.expect("called");
        let form = PasswordChange { current: PASSWORD, password: "北风 吹着 三只 空茶碗" };
        account::change_password(&app, &house::person(&app, &viewer), &viewer, &form).await.expect("changed");
        let verify: Ctx<VerifyHolder> = house::person(&app, &viewer);
        let copy = app::rights::copy(&app, &verify, &own(&app, &viewer), &viewer, form.password).await.expect("copy");
        let json = copy.json().to_string();
        assert!(json.contains("阿远") && json.contains("朋友都这么叫") && json.contains("\"display_name\""));
        test.clock.advance(Duration::days(3 * 365 + 1));
        let operate: Ctx<Operate> = app.system(privacy::SystemReason::Job, "2020-11-01");
        app::rights::apply_retention(&app, &operate).await.expect("applied");
        assert_eq!(test.count("SELECT COUNT(*) FROM account_change").await, 0);
        let law: Ctx<ObeyLaw> = app.system(privacy::SystemReason::Job, "2020-11-01");
        let mut tx = app.store.begin(&law).await.expect("begin");
        app::rights::plan(&mut tx, viewer.subject, "0000000000000001", "closed").await.expect("planned");
        tx.commit().await.expect("commit");
        app::rights::erase(&app, &law, viewer.subject).await.expect("erased");
        assert_eq!(test.count("SELECT COUNT(*) FROM profile").await, 0);
    }
}

#[test]
fn clause_0_5_who_can_see_a_field_is_what_the_registers_say() {
    let sees = |column: &str| app::disclosure::who_sees(column).map(|(zh, en)| (zh.as_str(), en.as_str()));
    assert_eq!(sees("account.name"), Some(("只有您本人。", "Only you.")));
    let (zh, en) = sees("account.phone").expect("registered");
    for recipient in storage::recipient::known_recipients() {
        let named = recipient.id == "sms_sender";
        assert_eq!(
            zh.contains(&recipient.zh) && zh.contains(&recipient.task_zh),
            named
        );
        assert_eq!(en.contains(&recipient.task_en), named);
    }
    assert!(sees("account.password_hash").is_some_and(|(zh, _)| zh.starts_with("没有人")));
    assert!(sees("order_share.phone").is_some_and(|(zh, _)| zh.contains("订单的另一方")));
    for column in ["guardianship.phone", "age_band.band"] {
        assert!(sees(column).is_some_and(|(zh, en)| zh.contains("依法代表您的人") && en.contains("represents you by law")));
    }
    assert_eq!(sees("account.nothing"), None);
}
