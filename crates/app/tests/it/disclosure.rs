//! Who receives what: the ledger, what a buyer shares and takes back, and what recipients are asked.

use app::account::Viewer;
use app::disclosure::{Ledger, ledger};
use app::log::{Controller, erasure_receipt, receipt};
use app::market::order::{self, Act, Placing};
use app::market::share::{self, ShareView, TypedField};
use app::{App, Failure, Fault, account, log, rights};
use domain::Refused;
use domain::market::order::{Event, State};
use domain::market::share::{AFTER_END, Field};
use privacy::log::Kind;
use privacy::purpose::{FulfilContract, KeepAccount, Notify, ObeyLaw, Operate, ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, Denied, LegalBasis, PurposeId, SubjectId};
use storage::{StoreError, disclosure};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::{Scene, bare, refusal, scene, system};

pub(crate) const NOTE: &str = "请先核对经营范围";

pub(crate) async fn own_ledger(app: &App, viewer: &Viewer) -> Ledger {
    let ctx: Ctx<ShowOwn> = house::person(app, viewer);
    ledger(app, &ctx, viewer).await.expect("ledger")
}

pub(crate) fn ticked(field: Field, value: &str) -> TypedField {
    TypedField {
        field,
        ticked: true,
        value: value.to_owned(),
    }
}

pub(crate) async fn seen(scene: &Scene, viewer: &Viewer, number: &str) -> Result<ShareView, Failure> {
    share::shared(&scene.app, &scene.ctx(viewer), viewer, number).await
}

/// Fields and values that the view shows.
pub(crate) fn shown(view: &ShareView) -> Vec<(Field, &str)> {
    view.given
        .iter()
        .map(|given| (given.field, &*given.value))
        .collect()
}

/// An order that waits for its payment.
pub(crate) async fn to_be_paid(scene: &Scene, key: u128) -> String {
    let placing = Placing {
        service: scene.service,
        sku: 0,
        request_key: Uuid::from_u128(key),
        note: NOTE,
        acting: None,
        approval: None,
    };
    let ctx = scene.ctx(&scene.buyer);
    let number = order::place(&scene.app, &ctx, &scene.buyer, &scene.catalogue, placing).await;
    let number = number.expect("placed");
    for (viewer, event) in [
        (&scene.seller, Event::SupplierConfirm),
        (&scene.buyer, Event::Sign),
    ] {
        scene.act(viewer, &number, event, &[], "").await.expect("a step");
    }
    number
}

pub(crate) async fn pay(scene: &Scene, number: &str, share: &[TypedField]) -> Result<(), Failure> {
    let version = scene
        .view(&scene.buyer, number)
        .await
        .expect("view")
        .order
        .version;
    let act = Act {
        share,
        milestone: Some(1),
        ..bare(number, version, Event::Fund)
    };
    order::act(
        &scene.app,
        &scene.ctx(&scene.buyer),
        &scene.buyer,
        &scene.catalogue,
        &act,
    )
    .await
}

/// Name and phone shared with the payment.
pub(crate) async fn shared_order(scene: &Scene, key: u128) -> String {
    let number = to_be_paid(scene, key).await;
    let fields = [
        ticked(Field::ContactName, "林女士（演示）"),
        ticked(Field::Phone, "100-0000-0001"),
        TypedField {
            ticked: false,
            ..ticked(Field::Address, "上海市演示区示例路 365 号")
        },
    ];
    pay(scene, &number, &fields).await.expect("paid");
    number
}

fn note_of(view: &order::OrderView) -> &str {
    &view.events[0].note
}

pub(crate) async fn erased(scene: &Scene) -> String {
    let (verify, law): (Ctx<VerifyHolder>, Ctx<ObeyLaw>) = (
        house::person(&scene.app, &scene.buyer),
        house::person(&scene.app, &scene.buyer),
    );
    let asked = rights::ask_closure(&scene.app, &verify, &law, &scene.buyer, house::PASSWORD).await;
    let (number, waits) = asked.expect("asked");
    assert!(!waits);
    rights::erase(&scene.app, &system(&scene.app), scene.buyer.subject)
        .await
        .expect("erased");
    number
}

/// The order's last step lies half a quiet year back.
pub(crate) async fn ended(test: &TestStore, scene: &Scene, number: &str) {
    let items = scene.items(number).await;
    scene
        .act(&scene.seller, number, Event::Deliver, &items, "")
        .await
        .expect("delivered");
    scene
        .act(&scene.buyer, number, Event::Accept, &[], "")
        .await
        .expect("accepted");
    scene.timers().await;
    test.clock.advance(Duration::days(30));
    scene.timers().await;
    let view = scene.view(&scene.buyer, number).await.expect("view");
    assert_eq!(view.order.state, State::Closed);
}

both_dbs! {
    clause_2_4_1_0_what_somebody_wrote_is_shown_to_the_other_side_only_through_the_ledger(test) {
        let scene = scene(test).await;
        let number = to_be_paid(&scene, 1).await;
        let ledger = own_ledger(&scene.app, &scene.buyer).await;
        let line = ledger.lines.iter().find(|line| line.fields == "order_event.note").expect("a line");
        assert_eq!((&*line.recipient_kind, &*line.ground, &*line.clause), ("supplier", "purchase", "2.4.1.3"));
        assert_eq!(line.number.as_deref(), Some(&*number));
        let view = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(note_of(&view), NOTE);
        // Without a standing line the same opening is denied; the order itself can still be read.
        let ctx = system::<KeepAccount>(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        assert!(disclosure::withdraw(&mut tx, scene.buyer.subject, line.id).await.expect("withdrawn"));
        tx.commit().await.expect("commit");
        let view = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(note_of(&view), "");
        let own = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(note_of(&own), NOTE);
    }

    clause_2_4_1_4_b_nobody_receives_a_field_that_the_register_does_not_give_them(test) {
        let scene = scene(test).await;
        let ctx = system::<Notify>(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        let now = ctx.now();
        let subject = scene.buyer.subject;
        let to = |name, fields| disclosure::to_processor(subject, name, fields, PurposeId::Notify, None, now);
        for share in [
            to("sms_sender", &["account.name"]),
            to("sms_sender", &["message_outbox.recipient", "account.phone", "order_share.phone"]),
            to("advertiser", &["account.phone"]),
        ] {
            let refused = tx.disclose(share).await.err();
            assert!(matches!(refused, Some(StoreError::Denied(Denied::NotARecipient))), "{refused:?}");
        }
        assert!(tx.disclose(to("sms_sender", &["account.phone"])).await.is_ok());
        let nobody = disclosure::to_processor(
            SubjectId(Uuid::from_u128(9)), "sms_sender", &["account.phone"], PurposeId::Notify, None, now,
        );
        let refused = tx.disclose(nobody).await.err();
        assert!(matches!(refused, Some(StoreError::Denied(Denied::NotInVersion))), "{refused:?}");
    }

    clause_2_4_1_3_the_supplier_sees_what_the_buyer_ticked_and_nothing_else(test) {
        let scene = scene(test).await;
        let number = to_be_paid(&scene, 1).await;
        assert!(seen(&scene, &scene.seller, &number).await.expect("view").given.is_empty());
        let bad = [ticked(Field::Phone, "123"), ticked(Field::Email, "")];
        let refused = pay(&scene, &number, &bad).await;
        assert_eq!(refused.expect_err("refused").refusals(), [Refused::SharePhoneNotFictional, Refused::ShareEmpty]);
        // Refused as a whole: nothing was paid, nothing given.
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!((view.order.state, view.given.len()), (State::AwaitingFunds, 0));
        let number = shared_order(&scene, 2).await;
        let view = seen(&scene, &scene.seller, &number).await.expect("view");
        let expected = [(Field::ContactName, "林女士（演示）"), (Field::Phone, "10000000001")];
        assert_eq!(shown(&view), expected);
        assert!(view.as_supplier && !view.open);
        assert!(matches!(seen(&scene, &scene.stranger, &number).await, Err(Failure::NotFound)));
        let give = share::share(
            &scene.app, &scene.ctx(&scene.seller), &scene.seller, &number, &[ticked(Field::Email, "a@b.example")],
        ).await;
        assert!(matches!(give, Err(Failure::NotFound)));
        // The buyer reads who looked.
        let ctx: Ctx<ShowOwn> = house::person(&scene.app, &scene.buyer);
        let overview = account::overview(&scene.app, &ctx, &scene.buyer).await.expect("overview");
        let looked = overview.openings.iter().any(|opening| {
            opening.fields == "order_share.phone" && opening.actor_account == Some(scene.seller.account)
        });
        assert!(looked);
    }

    clause_2_5_4_c_a_hand_over_is_what_was_ticked_with_field_recipient_and_purpose(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let supplier = seen(&scene, &scene.buyer, &number).await.expect("view").supplier;
        let ledger = own_ledger(&scene.app, &scene.buyer).await;
        let mut given: Vec<(&str, Option<Uuid>, &str, &str)> = ledger
            .lines
            .iter()
            .filter(|line| line.fields.starts_with("order_share."))
            .map(|line| (&*line.fields, line.recipient, &*line.purpose, &*line.ground))
            .collect();
        given.sort_unstable();
        let line = |field| (field, Some(supplier), "fulfil_contract", "purchase");
        // The address was typed and not ticked: it went nowhere.
        assert_eq!(given, [line("order_share.contact_name"), line("order_share.phone")]);
    }

    clause_2_4_1_2_what_is_taken_back_is_gone_at_once_and_its_recipient_is_asked_to_delete_it(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let ctx = scene.ctx(&scene.buyer);
        let back = |field| share::take_back(&scene.app, &ctx, &scene.buyer, &number, field);
        assert!(matches!(back(Field::Address).await, Err(Failure::NotFound)));
        back(Field::Phone).await.expect("taken back");
        assert!(matches!(back(Field::Phone).await, Err(Failure::NotFound)));
        for viewer in [&scene.seller, &scene.buyer] {
            let view = seen(&scene, viewer, &number).await.expect("view");
            assert_eq!(shown(&view), [(Field::ContactName, "林女士（演示）")]);
        }
        let ledger = own_ledger(&scene.app, &scene.buyer).await;
        let asked: Vec<_> = ledger.demands.iter().map(|asked| (&*asked.fields, &*asked.reason)).collect();
        assert_eq!(asked, [("order_share.phone", "withdrawn")]);
        let line = ledger.lines.iter().find(|line| line.fields == "order_share.phone").expect("a line");
        assert!(line.withdrawn_at.is_some());
        // Given again, it is a disclosure of its own.
        share::share(&scene.app, &ctx, &scene.buyer, &number, &[ticked(Field::Phone, "100-0000-0001")])
            .await
            .expect("shared");
        let lines = own_ledger(&scene.app, &scene.buyer).await.lines;
        assert_eq!(lines.iter().filter(|line| line.fields == "order_share.phone").count(), 2);
    }

    clause_2_6_2_a_what_is_corrected_is_asked_of_who_had_the_old_value(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let ctx = scene.ctx(&scene.buyer);
        let fields = [ticked(Field::ContactName, "王先生（演示）")];
        share::share(&scene.app, &ctx, &scene.buyer, &number, &fields).await.expect("shared");
        let view = seen(&scene, &scene.seller, &number).await.expect("view");
        assert_eq!(shown(&view)[0], (Field::ContactName, "王先生（演示）"));
        let demands = own_ledger(&scene.app, &scene.buyer).await.demands;
        assert_eq!((demands.len(), &*demands[0].reason), (1, "corrected"));
    }

    clause_2_4_1_3_a_share_ends_thirty_days_after_the_order_to_the_second(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        ended(test, &scene, &number).await;
        let ctx = scene.ctx(&scene.buyer);
        let more = share::share(&scene.app, &ctx, &scene.buyer, &number, &[ticked(Field::Email, "a@b.example")]).await;
        assert_eq!(refusal(more), Some(Refused::ShareClosed));
        test.clock.advance(AFTER_END - Duration::SECOND);
        let keep = |scene: &Scene| {
            let (app, ctx) = (scene.app.clone(), system::<Operate>(&scene.app));
            async move { rights::apply_retention(&app, &ctx).await.expect("applied") }
        };
        keep(&scene).await;
        assert_eq!(seen(&scene, &scene.seller, &number).await.expect("view").given.len(), 2);
        test.clock.advance(Duration::SECOND);
        assert!(seen(&scene, &scene.seller, &number).await.expect("view").given.is_empty());
        keep(&scene).await;
        let ctx = system::<FulfilContract>(&scene.app);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        let row = storage::market::order::by_number(&mut tx, &number).await.expect("read").expect("an order");
        assert!(storage::market::share::find(&mut tx, row.id).await.expect("read").is_none());
        drop(tx);
        // The ledger outlives the value.
        let lines = own_ledger(&scene.app, &scene.buyer).await.lines;
        assert!(lines.iter().any(|line| line.fields == "order_share.phone"));
    }

    clause_2_6_4_1_nothing_new_is_shared_while_the_account_waits_to_be_closed(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let (verify, law): (Ctx<VerifyHolder>, Ctx<ObeyLaw>) =
            (house::person(&scene.app, &scene.buyer), house::person(&scene.app, &scene.buyer));
        let (_, waits) = rights::ask_closure(&scene.app, &verify, &law, &scene.buyer, house::PASSWORD)
            .await
            .expect("asked");
        assert!(waits);
        let give = share::share(
            &scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &number, &[ticked(Field::Email, "a@b.example")],
        ).await;
        assert_eq!(refusal(give), Some(Refused::ShareClosing));
    }

    clause_2_4_1_0_a_disclosure_and_an_erasure_are_in_the_log_and_their_receipts_hold(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let controller = Controller { name: "演示运营者", contact: "privacy@demo.qifu365.example", responsible_person: "演示" };
        let line = own_ledger(&scene.app, &scene.buyer).await.lines;
        let line = line.iter().find(|line| line.fields == "order_share.phone").expect("a line").id;
        let show: Ctx<ShowOwn> = house::person(&scene.app, &scene.buyer);
        let early = receipt(&scene.app, &show, &scene.buyer, line, &controller).await;
        assert_eq!(early.expect_err("refused").refusals(), [Refused::ReceiptNotYet]);
        let work = system::<Operate>(&scene.app);
        log::begin(&scene.app, &work, Some("demo.qifu365.example"), scene.app.store.policy(), "演示").await.expect("begun");
        log::advance(&scene.app, &work).await.expect("signed");
        let made = receipt(&scene.app, &show, &scene.buyer, line, &controller).await.expect("a receipt");
        let checked = privacy::log::receipt::verify(&made.to_string(), None).expect("sound");
        assert_eq!((checked.kind, &*checked.payload["fields"].to_string()), (Kind::Disclosure, "\"order_share.phone\""));
        let other: Ctx<ShowOwn> = house::person(&scene.app, &scene.seller);
        let others = receipt(&scene.app, &other, &scene.seller, line, &controller).await;
        assert!(matches!(others, Err(Failure::NotFound)));
        // What the ledger says now is not what was logged: nothing is signed over that.
        test.tamper("UPDATE disclosure SET fields = 'order_share.email' WHERE fields = 'order_share.phone'").await;
        let false_line = receipt(&scene.app, &show, &scene.buyer, line, &controller).await;
        assert!(matches!(false_line, Err(Failure::Fault(Fault::Document))));
        test.tamper("UPDATE disclosure SET fields = 'order_share.phone' WHERE fields = 'order_share.email'").await;
        let mut changed = made.clone();
        changed["processing"]["recipient"] = serde_json::json!("nobody");
        assert!(privacy::log::receipt::verify(&changed.to_string(), None).is_err());

        ended(test, &scene, &number).await;
        test.clock.advance(Duration::days(184));
        let certificate = erased(&scene).await;
        let work = system::<Operate>(&scene.app);
        log::advance(&scene.app, &work).await.expect("signed");
        let law = system::<ObeyLaw>(&scene.app);
        let made = erasure_receipt(&scene.app, &law, &certificate, &controller).await.expect("a receipt");
        let checked = privacy::log::receipt::verify(&made.to_string(), None).expect("sound");
        assert_eq!((checked.kind, checked.payload["number"].as_str()), (Kind::Erasure, Some(&*certificate)));
        assert!(matches!(erasure_receipt(&scene.app, &law, "0000000000000000", &controller).await, Err(Failure::NotFound)));
    }

    clause_2_4_1_3_a_share_ends_with_every_step_that_ends_its_order(test) {
        let scene = scene(test).await;
        for (key, decided) in [(1, false), (2, true)] {
            let number = shared_order(&scene, key).await;
            scene.act(&scene.buyer, &number, Event::RequestRefund, &[], NOTE).await.expect("asked");
            if decided {
                let (_, at) = scene.view(&scene.buyer, &number).await.expect("view").due.expect("a timer");
                test.clock.advance(at.expect("a known day") - scene.app.clock.now());
                scene.timers().await;
                let decision = order::Decision::Refund;
                let ruling = order::Ruling { number: &number, decision, by: "arbiter-1", reason: "逾期未答复" };
                order::decide(&scene.app, &system(&scene.app), &ruling).await.expect("decided");
            } else {
                scene.act(&scene.seller, &number, Event::AgreeRefund, &[], "").await.expect("accepted");
            }
            let view = scene.view(&scene.buyer, &number).await.expect("view");
            assert_eq!(view.order.state, State::Cancelled);
            let lines = own_ledger(&scene.app, &scene.buyer).await.lines;
            let shares: Vec<_> = lines
                .iter()
                .filter(|line| line.number.as_deref() == Some(&*number) && line.fields.starts_with("order_share."))
                .map(|line| line.until)
                .collect();
            assert_eq!(shares, [Some(scene.app.clock.now() + AFTER_END); 2]);
        }
    }

    clause_2_4_1_0_who_left_the_supplier_sees_nothing_of_its_orders(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        assert_eq!(seen(&scene, &scene.seller, &number).await.expect("view").given.len(), 2);
        test.tamper("DELETE FROM membership").await;
        assert!(matches!(seen(&scene, &scene.seller, &number).await, Err(Failure::NotFound)));
        // Nor does the kernel open it for them, whatever page would ask.
        let ctx = scene.ctx(&scene.seller);
        let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
        let row = storage::market::order::by_number(&mut tx, &number).await.expect("read").expect("an order");
        let ask = Ask {
            subject: scene.buyer.subject,
            fields: Field::Phone.registered(),
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.4.1.3"),
            case: Some(row.id),
        };
        assert!(matches!(tx.permit(ask).await.err(), Some(StoreError::Denied(_))));
    }

    clause_2_4_1_0_notes_from_before_the_ledger_are_in_it(test) {
        const MIGRATION: &str = include_str!("../../../storage/migrations/data/0015_disclosures.sql");
        let scene = scene(test).await;
        let number = to_be_paid(&scene, 1).await;
        scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("paid");
        scene.act(&scene.buyer, &number, Event::RequestRefund, &[], NOTE).await.expect("asked");
        scene.act(&scene.seller, &number, Event::RefuseRefund, &[], "已完成一半").await.expect("refused");
        test.tamper("DELETE FROM disclosure").await;
        let view = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(note_of(&view), "", "without its line");
        let from = MIGRATION.find("INSERT INTO disclosure").expect("the statement");
        let statement = MIGRATION[from..].split(';').next().expect("its end");
        test.tamper(statement).await;
        let view = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(note_of(&view), NOTE);
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.events.last().map(|event| &*event.note), Some("已完成一半"));
        let lines = own_ledger(&scene.app, &scene.buyer).await.lines;
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.recipient_kind == "supplier" && !line.logged && line.policy_version == "2020-11-01"));
        let lines = own_ledger(&scene.app, &scene.seller).await.lines;
        assert_eq!((lines.len(), &*lines[0].recipient_kind), (1, "buyer"));
    }

    clause_2_4_1_0_a_line_that_disappears_from_the_ledger_is_noticed(test) {
        let scene = scene(test).await;
        shared_order(&scene, 1).await;
        let work = system::<Operate>(&scene.app);
        log::begin(&scene.app, &work, Some("demo.qifu365.example"), scene.app.store.policy(), "演示").await.expect("begun");
        log::advance(&scene.app, &work).await.expect("signed");
        let found = async || {
            let (audit, _) = log::audit(&scene.app, &system::<Operate>(&scene.app)).await.expect("read");
            audit.findings.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(found().await.is_empty());
        test.tamper("DELETE FROM disclosure WHERE fields = 'order_share.phone'").await;
        assert_eq!(found().await, ["1 consents or disclosures are in the log and not in the ledger"]);
        // Three years on it may be gone by right; the log says the minute.
        let end = domain::rights::years_after(scene.app.clock.now(), 3);
        test.clock.advance(end - scene.app.clock.now() - Duration::MINUTE);
        assert_eq!(found().await.len(), 1);
        test.clock.advance(Duration::MINUTE);
        assert!(found().await.is_empty());
    }
}
