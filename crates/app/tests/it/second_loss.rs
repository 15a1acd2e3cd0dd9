//! The way out for whoever lost the authenticator app and the recovery codes.

use app::account;
use domain::Refused;
use domain::account::{limits, second as rules};
use privacy::purpose::{KeepSafe, ShowOwn};
use testkit::both_dbs;
use time::Duration;

use crate::house::{self, PASSWORD};
use crate::second::{Guarded, guarded, said, wrong};

const PHONE: &str = "100-0000-0001";

/// Password and phone proved; when the second factor goes.
async fn lose(person: &Guarded) -> Result<time::OffsetDateTime, app::Failure> {
    let token = person.wait().await;
    let ctx = house::visitor(&person.app);
    account::request_loss_code(&person.app, &ctx, &token, PHONE).await?;
    let code = house::latest_code(&person.app).await;
    account::ask_loss(&person.app, &ctx, &token, PHONE, &code).await
}

fn lost<'a>(code: &'a str, second: &'a str) -> account::LostPhone<'a> {
    account::LostPhone {
        login: "lin",
        password: PASSWORD,
        phone: "100-0000-0077",
        code,
        second,
        from: app::account::Origin::default(),
    }
}

async fn work(person: &Guarded) {
    let report = app::job::run_ready(&person.app, "2020-11-01")
        .await
        .expect("worked");
    assert_eq!((report.failed, report.dead), (0, 0));
}

async fn messages(person: &Guarded) -> Vec<String> {
    let ctx = person
        .app
        .system::<privacy::purpose::Notify>(privacy::SystemReason::Demo, "2020-11-01");
    let sent = account::outbox(&person.app, &ctx).await.expect("outbox");
    sent.into_iter().map(|message| message.body).collect()
}

async fn off(person: &Guarded) -> bool {
    house::log_in(&person.app, "lin", PASSWORD).await.is_ok()
}

both_dbs! {
    clause_2_5_4_e_whoever_lost_everything_waits_seven_days_and_the_holder_is_told(test) {
        let person = guarded(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let end = lose(&person).await.expect("asked");
        assert_eq!(end, person.app.clock.now() + rules::LOSS_WAIT);
        test.clock.advance(Duration::SECOND);
        work(&person).await;
        assert!(messages(&person).await.iter().any(|body| body.contains("申请关闭两步登录")), "told at once");
        assert!(!off(&person).await, "nothing changed yet");
        test.clock.advance(limits::CODE_PAUSE);
        assert_eq!(lose(&person).await.expect("asked again"), end, "the first day stands");
        let mut told = 0;
        for day in 1..7 {
            test.clock.advance(Duration::days(1));
            work(&person).await;
            let reminded = messages(&person).await.iter().any(|body| body.contains("两步登录将按申请关闭"));
            told += usize::from(reminded && (day == 3 || day == 6));
        }
        assert_eq!(told, rules::LOSS_REMINDERS.len());
        test.clock.advance(end - person.app.clock.now() - Duration::SECOND);
        work(&person).await;
        assert!(!off(&person).await, "a second too early");
        test.clock.advance(Duration::SECOND);
        work(&person).await;
        work(&person).await;
        assert!(off(&person).await, "the password is enough now");
        assert!(messages(&person).await.iter().any(|body| body.contains("等待期满")));
        let ctx = house::visitor::<KeepSafe>(&person.app);
        assert!(account::authenticate(&person.app, &ctx, &person.token).await.expect("asked").is_none(), "every session ends");
    }

    clause_2_5_4_e_the_holder_says_no_with_one_click(test) {
        let person = guarded(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let keep = async || account::keep_second(&person.app, &house::person(&person.app, &person.viewer), &person.viewer).await;
        assert!(matches!(keep().await, Err(app::Failure::NotFound)), "nobody asked");
        let end = lose(&person).await.expect("asked");
        let seen = account::security(&person.app, &house::person::<ShowOwn>(&person.app, &person.viewer), &person.viewer).await.expect("read");
        assert_eq!(seen.off_at, Some(end));
        keep().await.expect("no");
        test.clock.advance(Duration::days(1));
        let later = lose(&person).await.expect("asked once more");
        keep().await.expect("no");
        test.clock.advance(Duration::days(1));
        let last = lose(&person).await.expect("and again");
        for due in [end, later] {
            test.clock.advance(due - person.app.clock.now());
            work(&person).await;
            assert!(!off(&person).await, "that wish was taken back");
        }
        test.clock.advance(last - person.app.clock.now());
        work(&person).await;
        assert!(off(&person).await);
    }

    clause_2_1_1_e_the_way_out_takes_password_and_phone_and_tells_nothing(test) {
        let person = guarded(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        house::register(&person.app, "100-0000-0002", "he").await;
        test.clock.advance(limits::CODE_PAUSE);
        let ctx = || house::visitor(&person.app);
        let before = messages(&person).await.len();
        let nobody = account::request_loss_code(&person.app, &ctx(), &"0".repeat(64), PHONE).await;
        assert_eq!(said(nobody), Some(Refused::SecondStale), "without the password there is no way");
        let token = person.wait().await;
        account::request_loss_code(&person.app, &ctx(), &token, "100-0000-0002").await.expect("the same answer");
        account::request_loss_code(&person.app, &ctx(), &token, "100-0000-0009").await.expect("the same answer");
        assert_eq!(messages(&person).await.len(), before, "another's phone gets nothing");
        for phone in ["100-0000-0002", PHONE] {
            let wrong = account::ask_loss(&person.app, &ctx(), &token, phone, "000000").await;
            assert_eq!(said(wrong), Some(Refused::CodeWrong), "{phone}");
        }
        account::request_loss_code(&person.app, &ctx(), &token, PHONE).await.expect("sent");
        let again = account::request_loss_code(&person.app, &ctx(), &token, PHONE).await;
        assert_eq!(said(again), Some(Refused::CodeTooSoon));
    }

    clause_2_1_1_e_a_lost_number_is_no_way_past_the_second_factor(test) {
        let person = guarded(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let ctx = house::visitor(&person.app);
        account::request_lost_code(&person.app, &ctx, &lost("", "")).await.expect("sent");
        let code = house::latest_code(&person.app).await;
        let right = person.code();
        let ask = async |second: &str| account::ask_lost(&person.app, &ctx, &lost(&code, second)).await;
        assert_eq!(said(ask("").await), Some(Refused::SecondMissing));
        assert_eq!(said(ask(wrong(&right)).await), Some(Refused::SecondWrong));
        assert_eq!(said(ask("not-a-recovery-code").await), Some(Refused::SecondWrong));
        ask(&right).await.expect("proved");
        let codes = test.count("SELECT COUNT(*) FROM phone_recovery").await;
        assert_eq!(codes, 1);
    }

    clause_2_1_1_e_a_recovery_code_for_a_lost_number_is_told_to_the_holder(test) {
        let person = guarded(test).await;
        test.clock.advance(limits::CODE_PAUSE);
        let ctx = house::visitor(&person.app);
        account::request_lost_code(&person.app, &ctx, &lost("", "")).await.expect("sent");
        let code = house::latest_code(&person.app).await;
        test.clock.advance(Duration::seconds(1));
        account::ask_lost(&person.app, &ctx, &lost(&code, &person.codes[0])).await.expect("proved");
        assert!(person.told("使用了一个恢复码").await);
    }
}
