//! What may be done so and so often, tried by many at once: on PostgreSQL each caller has a
//! transaction of its own, and none may slip through between counting and doing.

use std::future::{Future, poll_fn};
use std::task::Poll;

use app::Failure;
use app::account::{self, PasswordChange};
use app::market::{order, share};
use domain::Refused;
use domain::account::{limits, second};
use domain::market::order::{Event, REFUNDS_PER_MILESTONE};
use domain::market::share::Field;
use privacy::purpose::VerifyHolder;
use testkit::both_dbs;
use time::Duration;

use crate::disclosure::{own_ledger, ticked};
use crate::house;
use crate::order::{bare, refusal, scene};
use crate::second::{guarded, wrong};

/// So many at once.
const CROWD: u128 = 12;

/// Drives all of them side by side to their end.
pub(crate) async fn at_once<F: Future>(calls: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut calls: Vec<_> = calls.map(|call| (Box::pin(call), None)).collect();
    poll_fn(|cx| {
        for (call, done) in &mut calls {
            if done.is_none()
                && let Poll::Ready(output) = call.as_mut().poll(cx)
            {
                *done = Some(output);
            }
        }
        if calls.iter().all(|(_, done)| done.is_some()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    calls.into_iter().filter_map(|(_, done)| done).collect()
}

/// How many of the callers had their way; the others were all refused as expected.
pub async fn crowd<T, F: Future<Output = Result<T, Failure>>>(
    call: impl Fn(u128) -> F,
    refused: &[Refused],
) -> usize {
    let results = at_once((0..CROWD).map(call)).await;
    let done = results.iter().filter(|result| result.is_ok()).count();
    for result in results {
        let said = refusal(result);
        assert!(said.is_none_or(|said| refused.contains(&said)), "{said:?}");
    }
    done
}

both_dbs! {
    clause_2_2_3_d_codes_guessed_at_once_are_counted_one_after_another(test) {
        let person = guarded(test).await;
        let mut waiting = Vec::new();
        for _ in 0..CROWD * 2 {
            waiting.push(person.wait().await);
        }
        let code = wrong(&person.code());
        let results = at_once(waiting.iter().map(|token| person.step(token, code, ""))).await;
        let said: Vec<_> = results.into_iter().map(refusal).collect();
        let tried = said.iter().filter(|said| **said == Some(Refused::SecondWrong)).count();
        assert_eq!(i64::try_from(tried), Ok(second::PER_WINDOW), "{said:?}");
        assert!(said.iter().all(|said| matches!(said, Some(Refused::SecondWrong | Refused::SecondTooMany))));
    }

    clause_2_2_3_d_one_log_in_guessed_at_once_is_tried_five_times(test) {
        let person = guarded(test).await;
        let (token, code) = (person.wait().await, wrong(&person.code()));
        let results = at_once((0..CROWD).map(|_| person.step(&token, code, ""))).await;
        let tried = results.into_iter().map(refusal).filter(|said| *said == Some(Refused::SecondWrong)).count();
        assert_eq!(i64::try_from(tried), Ok(second::PENDING_TRIES));
    }

    clause_2_1_1_e_a_code_given_many_times_at_once_counts_once(test) {
        let person = guarded(test).await;
        let mut waiting = Vec::new();
        for _ in 0..second::PER_WINDOW {
            waiting.push(person.wait().await);
        }
        let code = person.code();
        let results = at_once(waiting.iter().map(|token| person.step(token, &code, ""))).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        test.clock.advance(second::WINDOW);
        let mut waiting = Vec::new();
        for _ in 0..second::PER_WINDOW {
            waiting.push(person.wait().await);
        }
        let results = at_once(waiting.iter().map(|token| person.step(token, "", &person.codes[0]))).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "a recovery code too");
    }

    orders_of_an_hour_are_counted_one_after_another(test) {
        let scene = scene(test).await;
        let left = 4;
        for key in 0..limits::ORDERS_PER_WINDOW - left {
            let key = u128::try_from(key).expect("small") + 1_000;
            scene.place_as(&scene.buyer, 0, key).await.expect("placed");
        }
        let placed = crowd(|key| scene.place_as(&scene.buyer, 0, key + 1), &[Refused::TooManyOrders]).await;
        assert_eq!(i64::try_from(placed), Ok(left));
        scene.place_as(&scene.stranger, 0, 1).await.expect("another buyer's count is their own");
        test.clock.advance(limits::ORDERS_WINDOW - Duration::seconds(1));
        assert_eq!(refusal(scene.place_as(&scene.buyer, 0, 500).await), Some(Refused::TooManyOrders));
        test.clock.advance(Duration::seconds(1));
        scene.place_as(&scene.buyer, 0, 500).await.expect("an hour later");
    }

    the_first_orders_of_all_are_counted_one_after_another_too(test) {
        let scene = scene(test).await;
        let most = usize::try_from(limits::ORDERS_PER_WINDOW).expect("small");
        let mut placed = 0;
        for round in 0..4 {
            placed += crowd(|key| scene.place_as(&scene.buyer, 0, round * 100 + key + 1), &[Refused::TooManyOrders]).await;
        }
        assert_eq!(placed, most);
    }

    a_placing_sent_many_times_at_once_is_one_order(test) {
        let scene = scene(test).await;
        let results = at_once((0..CROWD).map(|_| scene.place_as(&scene.buyer, 0, 1))).await;
        let numbers: std::collections::HashSet<String> = results.into_iter().map(|number| number.expect("placed")).collect();
        assert_eq!(numbers.len(), 1);
    }

    guesses_of_the_present_password_are_counted_one_after_another(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("live");
        let ctx = house::person::<VerifyHolder>(&app, &viewer);
        let new = "北风 吹着 三只 空茶碗";
        let guess = PasswordChange { current: "wrong", password: new };
        let results = at_once((0..CROWD * 2).map(|_| account::change_password(&app, &ctx, &viewer, &guess))).await;
        let said: Vec<_> = results.into_iter().map(refusal).collect();
        let tried = said.iter().filter(|said| **said == Some(Refused::PasswordWrong)).count();
        assert_eq!(i64::try_from(tried), Ok(limits::LOGINS_PER_WINDOW), "{said:?}");
        assert!(said.iter().all(|said| matches!(said, Some(Refused::PasswordWrong | Refused::TooManyLogins))));
        let right = PasswordChange { current: house::PASSWORD, password: new };
        let refused = account::change_password(&app, &ctx, &viewer, &right).await;
        assert_eq!(refusal(refused), Some(Refused::TooManyLogins), "nor is the right one let through");
        test.clock.advance(limits::LOGIN_WINDOW - Duration::seconds(1));
        let ctx = house::person::<VerifyHolder>(&app, &viewer);
        let refused = account::change_password(&app, &ctx, &viewer, &right).await;
        assert_eq!(refusal(refused), Some(Refused::TooManyLogins));
        test.clock.advance(Duration::seconds(1));
        let ctx = house::person::<VerifyHolder>(&app, &viewer);
        account::change_password(&app, &ctx, &viewer, &right).await.expect("a quarter of an hour later");
    }

    refunds_are_asked_for_as_often_as_they_may_be_and_no_more(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        let ask = async |_: u128, version: i64| {
            let act = order::Act { note: "想换一家", ..bare(&number, version, Event::RequestRefund) };
            scene.take(&scene.buyer, &act).await
        };
        for _ in 0..REFUNDS_PER_MILESTONE {
            let version = scene.view(&scene.buyer, &number).await.expect("view").order.version;
            let asked = crowd(|key| ask(key, version), &[Refused::OrderNotNow]).await;
            assert_eq!(asked, 1, "one asks, the others come late");
            scene.act(&scene.seller, &number, Event::RefuseRefund, &[], "已经交付").await.expect("refused");
        }
        let before = scene.view(&scene.buyer, &number).await.expect("view").order;
        assert_eq!(before.refunds_asked, REFUNDS_PER_MILESTONE);
        assert_eq!(crowd(|key| ask(key, before.version), &[Refused::RefundsUsedUp]).await, 0);
        assert_eq!(scene.view(&scene.buyer, &number).await.expect("view").order, before);
    }

    contact_details_are_shared_so_often_and_no_more(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        let give = async |_: u128| {
            let fields = [ticked(Field::Phone, "100-0000-0001")];
            share::share(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, &fields).await
        };
        let left = 5;
        for _ in 0..limits::SHARES_PER_WINDOW - left {
            give(0).await.expect("shared");
        }
        let given = crowd(give, &[Refused::ShareTooOften]).await;
        assert_eq!(i64::try_from(given), Ok(left));
        test.clock.advance(limits::SHARES_WINDOW - Duration::seconds(1));
        assert_eq!(refusal(give(0).await), Some(Refused::ShareTooOften));
        // Taking back is never too often.
        share::take_back(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, Field::Phone).await.expect("taken back");
        test.clock.advance(Duration::seconds(1));
        give(0).await.expect("an hour later");
        let lines = own_ledger(&scene.app, &scene.buyer).await.lines;
        assert_eq!(lines.iter().filter(|line| line.fields == "order_share.phone").count(), 2, "one before, one after");
    }
}
