//! What those who received something are asked: whom, how often, and what counts as an answer.

use app::account::Viewer;
use app::market::share;
use app::{Failure, rights};
use domain::Refused;
use domain::account::offer::LOGIN_ALERT;
use domain::market::order::Event;
use domain::market::share::Field;
use domain::rights::demand::{ANSWER_DAYS, Kind, Typed};
use privacy::consent::ConsentState;
use privacy::purpose::{KeepAccount, Notify, ObeyLaw, Operate};
use testkit::both_dbs;
use time::Duration;
use uuid::Uuid;

use crate::consent::choose;
use crate::disclosure::{NOTE, ended, erased, own_ledger, shared_order, ticked};
use crate::house;
use crate::order::{Scene, refusal, scene, system};

const DONE: Typed<'static> = Typed {
    code: "done",
    article: "",
    until: "",
    reference: "",
};

async fn tell(scene: &Scene) -> usize {
    rights::tell_demands(&scene.app, &system::<Notify>(&scene.app))
        .await
        .expect("told")
}

/// The buyer takes the phone back.
async fn phone_back(scene: &Scene, number: &str) {
    let ctx = scene.ctx(&scene.buyer);
    share::take_back(&scene.app, &ctx, &scene.buyer, number, Field::Phone)
        .await
        .expect("taken back");
}

/// Erases a person at once, whatever they have open.
pub async fn gone(scene: &Scene, viewer: &Viewer, number: &str) {
    let work = system::<ObeyLaw>(&scene.app);
    let mut tx = scene.app.store.begin(&work).await.expect("begin");
    rights::plan(&mut tx, viewer.subject, number, "closed")
        .await
        .expect("planned");
    tx.commit().await.expect("commit");
    rights::erase(&scene.app, &work, viewer.subject)
        .await
        .expect("erased");
}

both_dbs! {
    clause_2_6_3_c_an_erasure_asks_everybody_who_ever_received_something(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        ended(test, &scene, &number).await;
        test.clock.advance(Duration::days(184));
        let certificate = erased(&scene).await;
        let read = || async {
            let law = system::<ObeyLaw>(&scene.app);
            rights::certificate(&scene.app, &law, &certificate).await.expect("certificate").demands
        };
        let asked = read().await;
        let mut fields: Vec<_> = asked.iter().map(|asked| (&*asked.recipient_kind, &*asked.fields)).collect();
        fields.sort_unstable();
        let expected = [
            ("processor", "message_outbox.recipient,message_outbox.body"),
            ("supplier", "order_event.note"),
            ("supplier", "order_share.contact_name"),
            ("supplier", "order_share.phone"),
        ];
        assert_eq!(fields, expected);
        // Told at once; a processor deletes by its contract a month after the last message: it did long ago.
        assert_eq!(tell(&scene).await, 3);
        assert_eq!(tell(&scene).await, 0);
        let answered = |demands: &[rights::Demand]| demands.iter().filter(|asked| asked.answer.is_some()).count();
        assert_eq!(answered(&read().await), 1);
        let by_contract = read().await.into_iter().find(|asked| asked.recipient_kind == "processor").expect("asked");
        assert_eq!(by_contract.answer.as_deref(), Some("by_contract"));
        assert!(by_contract.kept_until.is_some_and(|until| until < by_contract.asked_at));
        test.clock.advance(Duration::days(7) - Duration::SECOND);
        assert_eq!(tell(&scene).await, 0);
        test.clock.advance(Duration::SECOND);
        assert_eq!(tell(&scene).await, 3);
        let law = system::<Operate>(&scene.app);
        assert_eq!(rights::overdue_demands(&scene.app, &law).await.expect("counted"), 0);
        test.clock.advance(Duration::days(ANSWER_DAYS - 7));
        let law = system::<Operate>(&scene.app);
        assert_eq!(rights::overdue_demands(&scene.app, &law).await.expect("counted"), 3);
        // Asked once: another start of the erasure asks nobody again.
        rights::erase(&scene.app, &system(&scene.app), scene.buyer.subject).await.expect("erased");
        assert_eq!(read().await.len(), 4);
    }

    clause_2_6_3_d_only_an_answer_that_says_what_it_rests_on_is_taken(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let back = share::take_back(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, Field::Phone).await;
        back.expect("taken back");
        let ctx = scene.ctx(&scene.seller);
        let asked = rights::demands(&scene.app, &ctx, &scene.seller).await.expect("demands");
        let id = asked[0].id;
        let answer = |viewer: &Viewer, typed| {
            let (app, ctx, viewer) = (scene.app.clone(), scene.ctx(viewer), viewer.clone());
            async move { rights::answer_demand(&app, &ctx, &viewer, id, typed).await }
        };
        let law = Typed { code: "legal_retention", article: "电子商务法第三十一条", until: "2099-01-01", reference: "" };
        assert_eq!(refusal(answer(&scene.seller, law).await), Some(Refused::DemandUntil));
        let own = Typed { code: "independent_authorisation", ..law };
        assert_eq!(refusal(answer(&scene.seller, own).await), Some(Refused::DemandReference));
        let done = Typed { code: "done", ..Typed::default() };
        assert!(matches!(answer(&scene.stranger, done).await, Err(Failure::NotFound)));
        assert!(matches!(answer(&scene.buyer, done).await, Err(Failure::NotFound)));
        answer(&scene.seller, done).await.expect("answered");
        assert_eq!(refusal(answer(&scene.seller, done).await), Some(Refused::DemandAnswer));
        let demands = own_ledger(&scene.app, &scene.buyer).await.demands;
        assert_eq!(demands[0].answer.as_deref(), Some("done"));
    }

    clause_2_6_3_c_what_a_supplier_s_person_wrote_is_asked_of_the_buyer_who_answers(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        scene.act(&scene.buyer, &number, Event::RequestRefund, &[], NOTE).await.expect("asked");
        scene.act(&scene.seller, &number, Event::RefuseRefund, &[], "已完成一半").await.expect("refused");
        let work = system::<ObeyLaw>(&scene.app);
        let mut tx = scene.app.store.begin(&work).await.expect("begin");
        rights::plan(&mut tx, scene.seller.subject, "0000000000000001", "closed").await.expect("planned");
        tx.commit().await.expect("commit");
        rights::erase(&scene.app, &work, scene.seller.subject).await.expect("erased");
        let has_it = async || {
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            view.events.iter().any(|event| event.note == "已完成一半" && event.own_copy)
        };
        assert!(has_it().await, "the buyer's own copy");
        let ctx = scene.ctx(&scene.buyer);
        let asked = rights::demands(&scene.app, &ctx, &scene.buyer).await.expect("demands");
        assert_eq!((asked.len(), &*asked[0].fields), (1, "order_event.note"));
        let done = Typed { code: "done", ..Typed::default() };
        rights::answer_demand(&scene.app, &ctx, &scene.buyer, asked[0].id, done).await.expect("answered");
        assert!(!has_it().await, "what they say to have deleted is gone here too");
    }

    clause_2_6_2_a_what_is_corrected_again_is_asked_again(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let correct = async |value: &str| {
            let fields = [ticked(Field::ContactName, value)];
            share::share(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, &fields).await.expect("shared");
        };
        let asked = async || own_ledger(&scene.app, &scene.buyer).await.demands;
        correct("王先生（演示）").await;
        assert_eq!(tell(&scene).await, 1);
        let first = asked().await;
        assert_eq!((first.len(), first[0].kind, first[0].told), (1, Kind::Correction, 1));
        let ctx = scene.ctx(&scene.seller);
        rights::answer_demand(&scene.app, &ctx, &scene.seller, first[0].id, DONE).await.expect("answered");
        assert_eq!(asked().await[0].answer.as_deref(), Some("done"));
        test.clock.advance(Duration::days(3));
        correct("张女士（演示）").await;
        let again = asked().await;
        assert_eq!((again.len(), again[0].told, again[0].answer.as_deref()), (1, 0, None));
        assert_eq!(again[0].due_at, first[0].due_at + Duration::days(3));
        assert_eq!(tell(&scene).await, 1);
        // What is to be deleted need not be corrected any more.
        let ctx = scene.ctx(&scene.buyer);
        share::take_back(&scene.app, &ctx, &scene.buyer, &number, Field::ContactName).await.expect("taken back");
        let mut answers: Vec<_> = asked().await.into_iter().map(|asked| (asked.kind.as_str(), asked.answer)).collect();
        answers.sort_unstable();
        assert_eq!(answers, [("correction", Some("superseded".to_owned())), ("deletion", None)]);
    }

    clause_2_6_3_d_the_operator_writes_down_what_was_answered_by_letter(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        phone_back(&scene, &number).await;
        let ctx = system::<Operate>(&scene.app);
        let open = rights::open_demands(&scene.app, &ctx).await.expect("listed");
        assert_eq!((open.len(), open[0].number.as_deref()), (1, Some(&*number)));
        let bare = Typed { code: "legal_retention", ..DONE };
        let refused = rights::answer_by_operator(&scene.app, &ctx, open[0].id, bare).await;
        assert_eq!(refusal(refused), Some(Refused::DemandArticle));
        let unknown = rights::answer_by_operator(&scene.app, &ctx, Uuid::from_u128(365), DONE).await;
        assert!(matches!(unknown, Err(Failure::NotFound)));
        let kept = Typed { article: "电子商务法第三十一条", until: "2029-11-24", ..bare };
        rights::answer_by_operator(&scene.app, &ctx, open[0].id, kept).await.expect("written down");
        assert!(rights::open_demands(&scene.app, &ctx).await.expect("listed").is_empty());
        let seen = own_ledger(&scene.app, &scene.buyer).await.demands;
        assert_eq!(seen[0].article.as_deref(), Some("电子商务法第三十一条"));
        assert_eq!(tell(&scene).await, 0);
    }

    clause_2_6_3_c_a_recipient_who_cannot_be_told_holds_up_no_other_and_is_tried_again(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        // A colleague of the seller writes to the buyer, and leaves.
        test.clock.advance(Duration::seconds(1));
        let begun = house::register(&scene.app, "100-0000-0004", "同事").await;
        let colleague = house::viewer(&scene.app, &begun).await.expect("logged in");
        let supplier = scene.catalogue.service(scene.service).expect("a service").supplier;
        let ctx = system::<KeepAccount>(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        storage::market::membership::put(&mut tx, supplier, colleague.account, "sales").await.expect("member");
        tx.commit().await.expect("commit");
        scene.act(&scene.buyer, &number, Event::RequestRefund, &[], NOTE).await.expect("asked");
        scene.act(&colleague, &number, Event::RefuseRefund, &[], "已完成一半").await.expect("refused");
        phone_back(&scene, &number).await;
        gone(&scene, &colleague, "0000000000000001").await;
        // The seller's phone does not open.
        test.tamper("CREATE TABLE spare AS SELECT id, phone FROM account").await;
        test.tamper(
            "UPDATE account SET phone = (SELECT s.phone FROM spare s WHERE s.id <> account.id ORDER BY s.id LIMIT 1) \
             WHERE id IN (SELECT m.account FROM membership m WHERE m.role = 'owner')",
        ).await;
        assert_eq!(tell(&scene).await, 1, "the buyer is told of what the colleague wrote");
        assert_eq!(tell(&scene).await, 0);
        test.tamper("UPDATE account SET phone = (SELECT s.phone FROM spare s WHERE s.id = account.id)").await;
        test.clock.advance(Duration::hours(1) - Duration::SECOND);
        assert_eq!(tell(&scene).await, 0);
        test.clock.advance(Duration::SECOND);
        assert_eq!(tell(&scene).await, 1);
        test.tamper("DROP TABLE spare").await;
    }

    clause_2_6_3_c_of_two_workers_one_tells(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        phone_back(&scene, &number).await;
        let ctx = system::<Notify>(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        let asked = storage::rights::demand::to_tell(&mut tx, 5).await.expect("read");
        let first = storage::rights::demand::told(&mut tx, &asked[0]).await.expect("told");
        let second = storage::rights::demand::told(&mut tx, &asked[0]).await.expect("told");
        assert_eq!((asked.len(), first, second), (1, true, false));
    }

    clause_2_6_3_c_who_was_erased_themselves_is_asked_nothing(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        scene.act(&scene.buyer, &number, Event::RequestRefund, &[], NOTE).await.expect("asked");
        scene.act(&scene.seller, &number, Event::RefuseRefund, &[], "已完成一半").await.expect("refused");
        gone(&scene, &scene.buyer, "0000000000000001").await;
        gone(&scene, &scene.seller, "0000000000000002").await;
        let law = system::<ObeyLaw>(&scene.app);
        let shown = rights::certificate(&scene.app, &law, "0000000000000002").await.expect("a certificate");
        let to_buyer = shown.demands.iter().find(|asked| asked.recipient_kind == "buyer").expect("a line");
        assert_eq!(to_buyer.answer.as_deref(), Some("erased"));
    }

    clause_2_4_1_2_a_consent_that_is_withdrawn_ends_what_went_out_on_it(test) {
        let scene = scene(test).await;
        choose(&scene.app, &scene.seller, ConsentState::Given).await;
        house::log_in(&scene.app, "100-0000-0002", house::PASSWORD).await.expect("logged in");
        scene.jobs().await;
        let consented = async || {
            let lines = own_ledger(&scene.app, &scene.seller).await.lines;
            lines.into_iter().filter(|line| line.ground == "consent").map(|line| line.withdrawn_at.is_some()).collect::<Vec<_>>()
        };
        assert_eq!(consented().await, [false]);
        choose(&scene.app, &scene.seller, ConsentState::Withdrawn).await;
        assert_eq!(consented().await, [true]);
        let asked = own_ledger(&scene.app, &scene.seller).await.demands;
        assert_eq!((asked.len(), &*asked[0].reason, asked[0].answer.as_deref()), (1, "withdrawn", Some("by_contract")));
        // Agreed to again, it is a disclosure of its own.
        test.clock.advance(Duration::seconds(1));
        choose(&scene.app, &scene.seller, ConsentState::Given).await;
        house::log_in(&scene.app, "100-0000-0002", house::PASSWORD).await.expect("logged in");
        scene.jobs().await;
        assert_eq!(consented().await.len(), 2);
    }

    clause_2_4_1_2_what_goes_out_on_a_new_consent_is_a_line_of_its_own(test) {
        let scene = scene(test).await;
        let log_in = async || {
            house::log_in(&scene.app, "100-0000-0002", house::PASSWORD).await.expect("logged in");
            scene.jobs().await;
            let lines = own_ledger(&scene.app, &scene.seller).await.lines;
            lines.into_iter().filter(|line| line.ground == "consent").map(|line| line.times).collect::<Vec<_>>()
        };
        choose(&scene.app, &scene.seller, ConsentState::Given).await;
        test.clock.advance(LOGIN_ALERT.term - Duration::DAY);
        log_in().await;
        assert_eq!(log_in().await, [2], "one consent, one line");
        // It runs out while the line goes on, and is given anew.
        test.clock.advance(Duration::days(2));
        choose(&scene.app, &scene.seller, ConsentState::Given).await;
        assert_eq!(log_in().await, [1, 2]);
    }
}
