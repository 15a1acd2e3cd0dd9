//! An order from the first click to its end, as both sides and the clock live it.

use app::account::Viewer;
use app::market::catalogue::Catalogue;
use app::market::order::{self, Act, OrderView, Placing};
use app::{App, Failure};
use domain::Refused;
use domain::machine::Role;
use domain::market::catalogue::Standing;
use domain::market::ledger::{Posting, sound};
use domain::market::order::{Event, State};
use privacy::purpose::{Browse, FulfilContract, KeepAccount, Operate, ShowOwn};
use privacy::{Actor, Ctx, Purpose, SystemReason};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;

pub struct Scene {
    pub app: App,
    pub catalogue: Catalogue,
    pub buyer: Viewer,
    pub seller: Viewer,
    pub stranger: Viewer,
    pub service: Uuid,
}

pub fn system<P: Purpose>(app: &App) -> Ctx<P> {
    let actor = Actor::System(SystemReason::Timer);
    Ctx::new(actor, "2020-11-01", app.entropy.id(), app.clock.now())
}

async fn person(test: &TestStore, app: &App, phone: &str, name: &str) -> Viewer {
    // Two messages of one instant have no order.
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("logged in")
}

pub async fn scene(test: &TestStore) -> Scene {
    let app = house::app(test);
    app::demo::seed(&app, &system::<Operate>(&app), |_, _| {})
        .await
        .expect("seeded");
    let catalogue = Catalogue::load(&app, &system::<Browse>(&app))
        .await
        .expect("catalogue");
    let buyer = person(test, &app, "100-0000-0001", "买家").await;
    let seller = person(test, &app, "100-0000-0002", "卖家").await;
    let stranger = person(test, &app, "100-0000-0003", "路人").await;
    let service = catalogue.favourites(1).next().expect("a service").clone();
    let ctx = system::<KeepAccount>(&app);
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    storage::market::membership::put(&mut tx, service.supplier, seller.account, "owner")
        .await
        .expect("member");
    // The stranger has a role too, but elsewhere.
    let elsewhere = catalogue
        .offering()
        .into_iter()
        .find(|supplier| supplier.id != service.supplier)
        .expect("another supplier")
        .id;
    storage::market::membership::put(&mut tx, elsewhere, stranger.account, "owner")
        .await
        .expect("member");
    tx.commit().await.expect("commit");
    let service = service.id;
    Scene {
        app,
        catalogue,
        buyer,
        seller,
        stranger,
        service,
    }
}

/// The number of an official receipt.
pub const RECEIPT: &str = "YS-2026-000365";

/// A step that says nothing besides its event.
pub fn bare(number: &str, version: i64, event: Event) -> Act<'_> {
    Act {
        number,
        version,
        event,
        items: Vec::new(),
        note: "",
        milestone: None,
        amount: None,
        receipt: "",
        share: &[],
    }
}

impl Scene {
    pub fn ctx(&self, viewer: &Viewer) -> Ctx<FulfilContract> {
        house::person(&self.app, viewer)
    }

    pub async fn place_as(&self, viewer: &Viewer, sku: usize, key: u128) -> Result<String, Failure> {
        let placing = Placing {
            service: self.service,
            sku,
            request_key: Uuid::from_u128(key),
            note: "",
            acting: None,
            approval: None,
        };
        order::place(&self.app, &self.ctx(viewer), viewer, &self.catalogue, placing).await
    }

    pub async fn view(&self, viewer: &Viewer, number: &str) -> Result<OrderView, Failure> {
        order::view(&self.app, &self.ctx(viewer), viewer, number).await
    }

    pub async fn act(
        &self,
        viewer: &Viewer,
        number: &str,
        event: Event,
        items: &[usize],
        note: &str,
    ) -> Result<(), Failure> {
        let order = self.view(&self.buyer, number).await.expect("view").order;
        let at_hand = order.at_hand();
        let fee = at_hand.is_some_and(|index| order.milestones[index].official_fee > 0);
        let act = Act {
            number,
            version: order.version,
            event,
            items: items.to_vec(),
            note,
            milestone: at_hand.and_then(|index| i64::try_from(index + 1).ok()),
            amount: None,
            receipt: if event == Event::Deliver && fee {
                RECEIPT
            } else {
                ""
            },
            share: &[],
        };
        self.take(viewer, &act).await
    }

    /// A step as it is, without a look at the order before.
    pub async fn take(&self, viewer: &Viewer, act: &Act<'_>) -> Result<(), Failure> {
        order::act(&self.app, &self.ctx(viewer), viewer, &self.catalogue, act).await
    }

    pub async fn timers(&self) -> usize {
        let ctx = system::<Operate>(&self.app);
        let round = order::run_due(&self.app, &ctx).await.expect("timers");
        assert_eq!(round.failed, 0);
        round.taken
    }

    /// Does every job whose time has come.
    pub async fn jobs(&self) -> usize {
        let report = app::job::run_ready(&self.app, "2020-11-01").await.expect("jobs");
        assert_eq!((report.failed, report.dead), (0, 0));
        report.done
    }

    pub async fn delivered(&self) -> String {
        let number = self.place_as(&self.buyer, 0, 1).await.expect("placed");
        self.act(&self.seller, &number, Event::SupplierConfirm, &[], "")
            .await
            .expect("confirm");
        self.act(&self.buyer, &number, Event::Sign, &[], "")
            .await
            .expect("sign");
        self.act(&self.buyer, &number, Event::Fund, &[], "")
            .await
            .expect("fund");
        let items = self.items(&number).await;
        self.act(&self.seller, &number, Event::Deliver, &items, "")
            .await
            .expect("deliver");
        number
    }

    pub async fn items(&self, number: &str) -> Vec<usize> {
        let view = self.view(&self.buyer, number).await.expect("view");
        (0..view.snapshot.acceptance.len()).collect()
    }
}

pub fn refusal<T>(result: Result<T, Failure>) -> Option<Refused> {
    result
        .err()
        .and_then(|failure| failure.refusals().first().copied())
}

pub fn movements(view: &OrderView) -> Vec<Posting> {
    view.postings.iter().map(|(posting, _)| *posting).collect()
}

both_dbs! {
    an_order_runs_to_its_end_and_the_books_balance(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        scene.act(&scene.buyer, &number, Event::Reject, &[0], "缺少银行回单").await.expect("reject");
        let items = scene.items(&number).await;
        let partly = scene.act(&scene.seller, &number, Event::Deliver, &items[1..], "").await;
        assert_eq!(refusal(partly), Some(Refused::DeliveryIncomplete));
        scene.act(&scene.seller, &number, Event::Deliver, &items, "已补").await.expect("again");
        scene.act(&scene.buyer, &number, Event::Accept, &[], "").await.expect("accept");
        assert_eq!(scene.timers().await, 1, "a spoken acceptance is settled at once");
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.order.state, State::Completed);
        assert_eq!(view.postings.len(), 2);
        assert!(sound(&movements(&view)));
        assert!(view.postings.iter().all(|(posting, _)| posting.amount == view.snapshot.service_fee + view.snapshot.official_fee));
        test.clock.advance(Duration::days(30) - Duration::seconds(1));
        assert_eq!(scene.timers().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(scene.timers().await, 1);
        assert_eq!(scene.view(&scene.seller, &number).await.expect("view").order.state, State::Closed);
    }

    a_stranger_and_an_unknown_number_look_alike(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        for (viewer, number) in [(&scene.stranger, number.as_str()), (&scene.buyer, "QF000000000000")] {
            assert!(matches!(scene.view(viewer, number).await, Err(Failure::NotFound)));
            let act = bare(number, 1, Event::Cancel);
            let done = scene.take(viewer, &act).await;
            assert!(matches!(done, Err(Failure::NotFound)));
        }
    }

    the_same_form_twice_is_one_order_and_another_buyer_does_not_meet_it(test) {
        let scene = scene(test).await;
        let first = scene.place_as(&scene.buyer, 0, 7).await.expect("placed");
        assert_eq!(scene.place_as(&scene.buyer, 0, 7).await.expect("again"), first);
        assert_ne!(scene.place_as(&scene.buyer, 0, 8).await.expect("another"), first);
        assert_ne!(scene.place_as(&scene.stranger, 0, 7).await.expect("other buyer"), first);
        assert_eq!(first.len(), 14);
        assert_eq!(refusal(scene.place_as(&scene.buyer, 99, 9).await), Some(Refused::OrderEmpty));
        assert_eq!(refusal(scene.place_as(&scene.seller, 0, 9).await), Some(Refused::OrderOwnService));
    }

    a_placing_sent_again_is_answered_though_the_service_is_paused_since(test) {
        let mut scene = scene(test).await;
        let first = scene.place_as(&scene.buyer, 0, 7).await.expect("placed");
        let mut demo = app::demo::catalogue().expect("demo");
        for service in &mut demo.services {
            service.paused = true;
        }
        let paused = Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services);
        scene.catalogue = paused.expect("a catalogue");
        assert_eq!(scene.place_as(&scene.buyer, 0, 7).await.expect("again"), first);
        assert_eq!(refusal(scene.place_as(&scene.buyer, 0, 8).await), Some(Refused::ServicePaused));
    }

    who_saw_an_older_version_and_who_is_on_the_wrong_side_change_nothing(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let wrong = scene.act(&scene.buyer, &number, Event::SupplierConfirm, &[], "").await;
        assert_eq!(refusal(wrong), Some(Refused::OrderNotYou));
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        let act = bare(&number, 1, Event::Cancel);
        let stale = scene.take(&scene.buyer, &act).await;
        assert_eq!(refusal(stale), Some(Refused::OrderNotNow));
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!((view.order.state, view.order.version), (State::AwaitingContract, 2));
    }

    silence_accepts_after_the_review_days_and_settles_after_the_objection_window(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        scene.jobs().await;
        let days = scene.view(&scene.buyer, &number).await.expect("view").order.review_days;
        test.clock.advance(Duration::hours(12 * days));
        assert_eq!(scene.jobs().await, 1, "a reminder at half the time");
        test.clock.advance(Duration::hours(12 * days - 24));
        assert_eq!(scene.jobs().await, 1, "and one a day before the end");
        test.clock.advance(Duration::days(1) - Duration::seconds(1));
        assert_eq!(scene.timers().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(scene.timers().await, 1);
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.order.state, State::Accepted);
        assert!(view.allowed.contains(&Event::Object));
        test.clock.advance(Duration::days(7) - Duration::seconds(1));
        assert_eq!(scene.timers().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(scene.timers().await, 1);
        assert_eq!(scene.view(&scene.buyer, &number).await.expect("view").order.state, State::Completed);
    }

    silence_without_three_notices_accepts_nothing_and_the_missing_ones_are_sent(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        let days = scene.view(&scene.buyer, &number).await.expect("view").order.review_days;
        test.clock.advance(Duration::days(days));
        assert_eq!(scene.timers().await, 0, "no notice was sent");
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.order.state, State::Delivered);
        // The worker comes back: it sends and looks at the clocks in one round.
        scene.jobs().await;
        assert_eq!(scene.timers().await, 0, "the buyer hears of it now and has a day left");
        test.clock.advance(Duration::days(1) - Duration::seconds(1));
        assert_eq!(scene.timers().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(scene.timers().await, 1);
        assert_eq!(scene.view(&scene.buyer, &number).await.expect("view").order.state, State::Accepted);
    }

    a_step_is_told_to_the_other_side_once_and_not_when_it_is_no_longer_true(test) {
        let scene = scene(test).await;
        let outbox = async || {
            test.clock.advance(Duration::seconds(1));
            let sent = app::account::outbox(&scene.app, &system(&scene.app)).await.expect("outbox");
            sent.into_iter().filter(|message| message.body.contains("订单")).collect::<Vec<_>>()
        };
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        assert_eq!(outbox().await.len(), 0, "nothing is sent before the worker's turn");
        assert_eq!(scene.jobs().await, 1);
        let told = outbox().await;
        assert_eq!(told.len(), 1);
        assert!(told[0].body.contains(&number) && told[0].recipient == "100****0002");
        assert_eq!(scene.jobs().await, 0);
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        assert_eq!(scene.jobs().await, 1, "the notice of the confirmation is dropped");
        assert_eq!(outbox().await.len(), 1);
    }

    a_note_at_placing_reaches_the_supplier_and_one_with_a_phone_is_given_back(test) {
        let scene = scene(test).await;
        let place = async |note| {
            let placing = Placing { service: scene.service, sku: 0, request_key: Uuid::from_u128(1), note, acting: None, approval: None };
            order::place(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer, &scene.catalogue, placing).await
        };
        assert_eq!(refusal(place("请打 138 0000 0000").await), Some(Refused::NoteContact));
        let number = place(" 请尽快 ").await.expect("placed");
        let seen = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(seen.events.len(), 1);
        assert_eq!((seen.events[0].event, seen.events[0].note.as_str()), (Event::Place, "请尽快"));
    }

    a_list_goes_on_page_by_page_filters_by_state_and_holds_no_one_elses(test) {
        let scene = scene(test).await;
        let mut placed = Vec::new();
        for key in 1..=25 {
            // Two of one instant, to be told apart by their identifiers.
            if key % 2 == 0 {
                test.clock.advance(Duration::seconds(1));
            }
            placed.push(scene.place_as(&scene.buyer, 0, key).await.expect("placed"));
        }
        scene.act(&scene.seller, &placed[3], Event::SupplierConfirm, &[], "").await.expect("confirm");
        let list = async |viewer: &Viewer, listing: order::Listing<'_>| {
            order::list(&scene.app, &scene.ctx(viewer), viewer, &listing).await.expect("a list")
        };
        for (viewer, sold) in [(&scene.buyer, false), (&scene.seller, true)] {
            let first = list(viewer, order::Listing { sold, ..Default::default() }).await;
            assert_eq!((first.orders.len(), first.member), (order::PAGE, sold));
            let after = first.next.as_deref();
            assert!(after.is_some());
            let rest = list(viewer, order::Listing { sold, after, ..Default::default() }).await;
            assert_eq!((rest.orders.len(), rest.next), (25 - order::PAGE, None));
            let mut seen: Vec<String> = first.orders.iter().chain(&rest.orders).map(|line| line.number.clone()).collect();
            seen.sort();
            let mut all = placed.clone();
            all.sort();
            assert_eq!(seen, all, "none twice, none missing");
            let state = Some(State::AwaitingContract);
            let one = list(viewer, order::Listing { sold, state, after: None }).await;
            assert_eq!(one.orders.iter().map(|line| line.number.as_str()).collect::<Vec<_>>(), [placed[3].as_str()]);
        }
        for sold in [false, true] {
            assert!(list(&scene.stranger, order::Listing { sold, ..Default::default() }).await.orders.is_empty());
            let after = Some(placed[0].as_str());
            assert!(list(&scene.stranger, order::Listing { sold, after, state: None }).await.orders.is_empty());
        }
        assert!(list(&scene.buyer, order::Listing { sold: true, ..Default::default() }).await.orders.is_empty());
        let work = order::workbench(&scene.app, &scene.ctx(&scene.seller), &scene.seller).await.expect("work");
        let work = work.expect("a member");
        assert_eq!(work.counts, [(State::AwaitingContract, 1), (State::Placed, 24)]);
        assert_eq!(work.waiting[0].1.len(), 5);
        assert_eq!(work.role, Role::SupplierOwner);
        let states: Vec<State> = work.waiting.iter().map(|(state, _)| *state).collect();
        assert_eq!(states, [State::Placed, State::Rework, State::Cancelling, State::InService]);
        let none = order::workbench(&scene.app, &scene.ctx(&scene.buyer), &scene.buyer).await.expect("work");
        assert!(none.is_none());
    }

    the_workbench_asks_a_role_only_for_what_it_may_do(test) {
        let scene = scene(test).await;
        scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let running = scene.place_as(&scene.buyer, 0, 2).await.expect("placed");
        scene.act(&scene.seller, &running, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &running, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &running, Event::Fund, &[], "").await.expect("fund");
        let supplier = scene.catalogue.service(scene.service).expect("offered").supplier;
        for (name, role, waiting) in [
            ("delivery", Role::SupplierDelivery, vec![(State::Rework, 0), (State::InService, 1)]),
            ("sales", Role::SupplierSales, vec![(State::Placed, 1), (State::Cancelling, 0)]),
            ("finance", Role::SupplierFinance, vec![]),
        ] {
            let ctx = system::<KeepAccount>(&scene.app);
            let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
            storage::market::membership::put(&mut tx, supplier, scene.seller.account, name).await.expect("member");
            tx.commit().await.expect("commit");
            let work = order::workbench(&scene.app, &scene.ctx(&scene.seller), &scene.seller).await.expect("work").expect("a member");
            assert_eq!(work.role, role);
            let found: Vec<(State, usize)> = work.waiting.iter().map(|(state, orders)| (*state, orders.len())).collect();
            assert_eq!(found, waiting, "{name}");
        }
    }

    a_suspended_supplier_confirms_nothing_new_and_finishes_what_it_began(test) {
        let mut scene = scene(test).await;
        let begun = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        scene.act(&scene.seller, &begun, Event::SupplierConfirm, &[], "").await.expect("confirm");
        let fresh = scene.place_as(&scene.buyer, 0, 2).await.expect("placed");
        let supplier = scene.catalogue.service(scene.service).expect("offered").supplier;
        for standing in Standing::ALL {
            let mut demo = app::demo::catalogue().expect("the demo's catalogue");
            for one in demo.suppliers.iter_mut().filter(|one| one.id == supplier) {
                one.standing = *standing;
            }
            scene.catalogue = Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services).expect("a catalogue");
            if standing.offers() {
                continue;
            }
            let refused = scene.act(&scene.seller, &fresh, Event::SupplierConfirm, &[], "").await.expect_err("refused");
            assert_eq!(refused.refusals(), [Refused::SupplierPaused], "{standing:?}");
        }
        assert_eq!(scene.view(&scene.buyer, &fresh).await.expect("view").order.state, State::Placed);
        scene.act(&scene.buyer, &begun, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &begun, Event::Fund, &[], "").await.expect("fund");
        let items: Vec<usize> = (0..scene.view(&scene.buyer, &begun).await.expect("view").snapshot.acceptance.len()).collect();
        scene.act(&scene.seller, &begun, Event::Deliver, &items, "完成").await.expect("what was confirmed goes on");
        scene.act(&scene.seller, &fresh, Event::Cancel, &[], "").await.expect("and it may decline");
    }

    an_order_not_delivered_fifteen_days_past_its_time_is_refunded(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        scene.act(&scene.seller, &number, Event::SupplierConfirm, &[], "").await.expect("confirm");
        scene.act(&scene.buyer, &number, Event::Sign, &[], "").await.expect("sign");
        scene.act(&scene.buyer, &number, Event::Fund, &[], "").await.expect("fund");
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        test.clock.advance(Duration::days(view.snapshot.days + 15) - Duration::seconds(1));
        assert_eq!(scene.timers().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(scene.timers().await, 1);
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.order.state, State::Cancelled);
        assert!(sound(&movements(&view)) && view.postings.len() == 2, "what was held went back");
    }

    an_unconfirmed_order_lapses_after_two_working_days(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        let (event, at) = view.due.expect("a timer");
        assert_eq!(event, Event::ConfirmLapsed);
        test.clock.advance(at.expect("a known day") - scene.app.clock.now() - Duration::seconds(1));
        assert_eq!(scene.timers().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(scene.timers().await, 1);
        assert_eq!(scene.view(&scene.buyer, &number).await.expect("view").order.state, State::Cancelled);
    }

    clause_2_5_1_e_a_note_read_by_the_other_side_is_recorded_for_its_writer(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        scene.act(&scene.buyer, &number, Event::Reject, &[0], "缺少银行回单").await.expect("reject");
        let seen = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(seen.events.last().map(|event| event.note.as_str()), Some("缺少银行回单"));
        let ctx = house::person::<ShowOwn>(&scene.app, &scene.buyer);
        let own = app::account::overview(&scene.app, &ctx, &scene.buyer).await.expect("overview");
        assert!(own.openings.iter().any(|opening| opening.fields == "order_event.note"));
    }

    clause_2_4_1_3_a_note_opens_within_its_own_order_and_in_no_other(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        scene.act(&scene.buyer, &number, Event::Reject, &[0], "缺少银行回单").await.expect("reject");
        let id = async |number: &str| {
            let ctx = system::<Operate>(&scene.app);
            let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
            storage::market::order::by_number(&mut tx, number).await.expect("read").expect("an order").id
        };
        let own = id(&number).await;
        // An order of the same supplier with another buyer, in which the first takes no part.
        let other = id(&scene.place_as(&scene.stranger, 0, 9).await.expect("placed")).await;
        for (viewer, case, allowed) in [
            (&scene.seller, Some(own), true),
            (&scene.seller, Some(other), false),
            (&scene.stranger, Some(own), false),
            (&scene.stranger, Some(other), false),
            (&scene.seller, None, false),
        ] {
            let ctx = scene.ctx(viewer);
            let tx = scene.app.store.begin(&ctx).await.expect("begin");
            let ask = privacy::Ask {
                subject: scene.buyer.subject,
                fields: &["order_event.note"],
                basis: privacy::LegalBasis::Contract,
                clause: "2.2.1",
                case,
            };
            assert_eq!(tx.permit(ask).await.is_ok(), allowed);
        }
    }

    a_note_too_long_is_refused_and_one_at_the_limit_is_kept_whole(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        let long = "字".repeat(order::NOTE_CHARS + 1);
        let refused = scene.act(&scene.buyer, &number, Event::Reject, &[0], &long).await;
        assert_eq!(refusal(refused), Some(Refused::NoteLong));
        let fits = "字".repeat(order::NOTE_CHARS);
        scene.act(&scene.buyer, &number, Event::Reject, &[0], &fits).await.expect("reject");
        let seen = scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(seen.events.last().map(|event| event.note.chars().count()), Some(order::NOTE_CHARS));
    }

    two_notes_of_one_writer_are_one_opening_a_look(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        let items = scene.items(&number).await;
        for _ in 0..2 {
            scene.act(&scene.buyer, &number, Event::Reject, &[0], "缺少回单").await.expect("reject");
            scene.act(&scene.seller, &number, Event::Deliver, &items, "").await.expect("deliver");
        }
        let ctx = house::person::<ShowOwn>(&scene.app, &scene.buyer);
        let count = async || {
            let own = app::account::overview(&scene.app, &ctx, &scene.buyer).await.expect("overview");
            own.openings.iter().filter(|opening| opening.fields == "order_event.note").count()
        };
        let before = count().await;
        scene.view(&scene.seller, &number).await.expect("view");
        assert_eq!(count().await, before + 1);
    }

    clause_1_6_a_note_dies_with_its_writers_key_and_the_order_stays_readable(test) {
        let scene = scene(test).await;
        let number = scene.delivered().await;
        scene.act(&scene.buyer, &number, Event::Reject, &[0], "缺少银行回单").await.expect("reject");
        test.tamper("DELETE FROM order_note_copy").await;
        scene.app.store.destroy_key(scene.buyer.subject).await.expect("destroyed");
        let seen = scene.view(&scene.seller, &number).await.expect("view");
        assert!(seen.events.iter().all(|event| event.note.is_empty()));
        assert_eq!(seen.order.state, State::Rework);
    }
}
