//! Orders of an organisation: whoever has a seat acts for it, for one at a time, within their limits or
//! by an approval (2.1.1.a, 2.4.1.3).

use app::account::{self, Begun, TokenRequest, Viewer};
use app::market::catalogue::Catalogue;
use app::market::order::{self, Act, OrderView, Placing};
use app::market::share::{self, TypedField};
use app::org::{self, Asking, LimitsOf, Requests};
use app::{App, Failure, disclosure, rights};
use domain::Refused;
use domain::account::token::Scope;
use domain::market::order::{Event, State};
use domain::market::share::Field;
use domain::org::seat::Seat;
use domain::org::spending::{Decline, MOST_WAITING, REQUEST_LIFE, Standing};
use domain::refused::Party;
use privacy::purpose::{Browse, FulfilContract, KeepAccount, KeepSafe, ObeyLaw, Operate, ShowOwn};
use privacy::{Ask, Denied, LegalBasis, SubjectId};
use storage::StoreError;
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::{bare, refusal, system};
use crate::org::{founded, work};
use crate::org_members::{accept, call, invite, invited, proved};

/// A verified organisation with an owner, and a supplier to order from.
struct Company {
    app: App,
    catalogue: Catalogue,
    owner: Viewer,
    id: Uuid,
    seller: Viewer,
    service: Uuid,
    /// What one of it costs, in fen.
    price: i64,
}

async fn company(test: &TestStore) -> Company {
    let app = house::app(test);
    app::demo::seed(&app, &system::<Operate>(&app), |_, _| {})
        .await
        .expect("seeded");
    let catalogue = Catalogue::load(&app, &system::<Browse>(&app))
        .await
        .expect("catalogue");
    let (owner, id) = founded(test, &app).await;
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(&app, "100-0000-0008", "卖家").await;
    let seller = house::viewer(&app, &begun).await.expect("logged in");
    let service = catalogue.favourites(1).next().expect("a service").clone();
    let ctx = system::<KeepAccount>(&app);
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    storage::market::membership::put(&mut tx, service.supplier, seller.account, "owner")
        .await
        .expect("member");
    tx.commit().await.expect("commit");
    let price = service.skus[0].price + service.official_fee;
    let service = service.id;
    let mut company = Company {
        app,
        catalogue,
        owner,
        id,
        seller,
        service,
        price,
    };
    proved(&company.app, &company.owner).await;
    company.owner = acting(&company, &company.owner, Seat::Owner);
    company
}

/// The viewer as their session would be after switching; [`member`] does it by the session itself.
fn acting(company: &Company, viewer: &Viewer, seat: Seat) -> Viewer {
    Viewer {
        acting: Some(storage::org::Acting {
            organisation: company.id,
            name: "星渚软件（演示）".to_owned(),
            seat,
        }),
        organisations: true,
        ..viewer.clone()
    }
}

async fn act_for(company: &Company, viewer: &Viewer, organisation: Option<Uuid>) -> Result<(), Failure> {
    let ctx = house::person::<KeepAccount>(&company.app, viewer);
    org::act_for(&company.app, &ctx, viewer, organisation).await
}

/// Somebody who joined with this seat, acts for the organisation, and with what they logged in.
async fn member(test: &TestStore, company: &Company, phone: &str, name: &str, seat: Seat) -> (Viewer, Begun) {
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(&company.app, phone, name).await;
    let viewer = house::viewer(&company.app, &begun).await.expect("logged in");
    proved(&company.app, &company.owner).await;
    invite(&company.app, &company.owner, company.id, phone, seat)
        .await
        .expect("invited");
    let id = invited(&company.app, &viewer).await.expect("an invitation");
    accept(&company.app, &viewer, id).await.expect("joined");
    act_for(company, &viewer, Some(company.id))
        .await
        .expect("switched");
    let viewer = house::viewer(&company.app, &begun).await.expect("logged in");
    assert_eq!(viewer.acting.as_ref().map(|acting| acting.seat), Some(seat));
    (viewer, begun)
}

impl Company {
    async fn place(&self, viewer: &Viewer, key: u128, note: &str) -> Result<String, Failure> {
        let acting = viewer.acting.as_ref().map(|acting| acting.organisation);
        self.place_by(viewer, key, note, (acting, None)).await
    }

    async fn place_by(
        &self,
        viewer: &Viewer,
        key: u128,
        note: &str,
        (acting, approval): (Option<Uuid>, Option<Uuid>),
    ) -> Result<String, Failure> {
        let placing = Placing {
            service: self.service,
            sku: 0,
            request_key: Uuid::from_u128(key),
            note,
            acting,
            approval,
        };
        let ctx = house::person(&self.app, viewer);
        order::place(&self.app, &ctx, viewer, &self.catalogue, placing).await
    }

    async fn view(&self, viewer: &Viewer, number: &str) -> Result<OrderView, Failure> {
        let ctx = house::person::<FulfilContract>(&self.app, viewer);
        order::view(&self.app, &ctx, viewer, number).await
    }

    async fn act(&self, viewer: &Viewer, number: &str, event: Event, note: &str) -> Result<(), Failure> {
        let row = self.view(viewer, number).await?;
        let act = Act {
            version: row.order.version,
            note,
            ..bare(number, 0, event)
        };
        let ctx = house::person(&self.app, viewer);
        order::act(&self.app, &ctx, viewer, &self.catalogue, &act).await
    }

    async fn limits(&self, viewer: &Viewer, of: LimitsOf, once: &str, month: &str) -> Result<(), Failure> {
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        org::set_limits(
            &self.app,
            &ctx,
            viewer,
            self.id,
            of,
            org::read_limits(once, month)?,
        )
        .await
    }

    async fn ask(&self, viewer: &Viewer, reason: &str) -> Result<Uuid, Failure> {
        let asking = Asking {
            service: self.service,
            sku: 0,
            reason,
            key: None,
        };
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        org::request(&self.app, &ctx, viewer, &self.catalogue, asking).await
    }

    async fn requests(&self, viewer: &Viewer) -> Requests {
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        org::requests(&self.app, &ctx, viewer).await.expect("a list")
    }

    async fn approve(&self, viewer: &Viewer, id: Uuid, amount: i64) -> Result<(), Failure> {
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        org::approve_request(&self.app, &ctx, viewer, id, amount).await
    }

    async fn decline(&self, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
        let ctx = house::person::<KeepAccount>(&self.app, viewer);
        org::decline_request(&self.app, &ctx, viewer, id, Decline::Budget).await
    }
}

/// An amount in yuan, as one types it.
fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

both_dbs! {
    an_order_comes_before_the_organisation_is_dissolved_or_after_it(test) {
        let company = company(test).await;
        let ctx = system::<KeepAccount>(&company.app);
        let mut tx = company.app.store.begin(&ctx).await.expect("begin");
        storage::org::hold(&mut tx, company.id).await.expect("held");
        storage::org::dissolve(&mut tx, company.id).await.expect("dissolved");
        let dissolve = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            tx.commit().await.expect("commit");
        };
        let (placed, ()) = tokio::join!(company.place(&company.owner, 1, ""), dissolve);
        assert_eq!(refusal(placed), Some(Party::ActingChanged.into()), "it waited, and looked again");
    }

    clause_2_1_1_a_a_session_acts_for_exactly_one_and_only_with_a_seat(test) {
        let company = company(test).await;
        let (buyer, begun) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        assert!(matches!(act_for(&company, &company.seller, Some(company.id)).await, Err(Failure::NotFound)));
        assert!(matches!(act_for(&company, &buyer, Some(Uuid::from_u128(7))).await, Err(Failure::NotFound)));
        let number = company.place(&buyer, 1, "").await.expect("placed");
        let ctx = house::person::<KeepAccount>(&company.app, &buyer);
        let now = org::identities(&company.app, &ctx, &buyer).await.expect("a list");
        assert_eq!(now.iter().map(|identity| identity.now).collect::<Vec<_>>(), [false, true]);

        act_for(&company, &buyer, None).await.expect("as oneself");
        let oneself = house::viewer(&company.app, &begun).await.expect("logged in");
        assert_eq!((oneself.acting.clone(), oneself.organisations), (None, true));
        assert!(matches!(company.view(&oneself, &number).await, Err(Failure::NotFound)), "not as oneself");
        let ctx = house::person::<FulfilContract>(&company.app, &oneself);
        let whose = order::elsewhere(&company.app, &ctx, &oneself, &number).await.expect("an answer");
        assert_eq!(whose, Some(Some(company.id)), "but one is told for whom to act");
        let ctx = house::person::<FulfilContract>(&company.app, &company.seller);
        let whose = order::elsewhere(&company.app, &ctx, &company.seller, &number).await.expect("an answer");
        assert_eq!(whose, None, "nobody else is");

        // Whoever loses their seat acts for themselves from the next request on.
        act_for(&company, &oneself, Some(company.id)).await.expect("back");
        let ctx = house::person::<KeepAccount>(&company.app, &company.owner);
        org::remove(&company.app, &ctx, &company.owner, company.id, buyer.account).await.expect("removed");
        let after = house::viewer(&company.app, &begun).await.expect("still logged in");
        assert_eq!((after.acting.clone(), after.organisations), (None, false));
        // A form of before does not become an order of one's own.
        let late = company.place_by(&after, 2, "", (Some(company.id), None)).await;
        assert_eq!(refusal(late), Some(Party::ActingChanged.into()));
        let late = company.place_by(&company.owner, 3, "", (None, None)).await;
        assert_eq!(refusal(late), Some(Party::ActingChanged.into()));
        assert_eq!(test.count("SELECT COUNT(*) FROM service_order").await, 1);
    }

    clause_2_1_1_a_what_an_organisation_buys_is_done_by_seats(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        let (finance, _) = member(test, &company, "100-0000-0003", "宋清和", Seat::Finance).await;
        let (viewer, _) = member(test, &company, "100-0000-0004", "只读", Seat::Viewer).await;
        for seat in [&finance, &viewer] {
            assert_eq!(refusal(company.place(seat, 9, "").await), Some(Party::OrgNotYou.into()));
        }
        let number = company.place(&buyer, 1, "").await.expect("placed");
        company.act(&company.seller, &number, Event::SupplierConfirm, "").await.expect("confirmed");
        // The machine itself says who may do what.
        assert!(company.act(&viewer, &number, Event::Sign, "").await.is_err());
        assert!(company.act(&finance, &number, Event::Sign, "").await.is_err());
        company.act(&buyer, &number, Event::Sign, "").await.expect("signed by who purchases");
        assert!(company.act(&buyer, &number, Event::Fund, "").await.is_err(), "who purchases does not pay");
        company.act(&finance, &number, Event::Fund, "").await.expect("paid by finance");
        let seen = company.view(&viewer, &number).await.expect("read");
        assert_eq!((seen.order.state, seen.allowed.is_empty()), (State::InService, true));
        let supplier = company.view(&company.seller, &number).await.expect("the supplier's");
        assert_eq!(supplier.buyer.map(|buyer| buyer.credit_code).as_deref(), Some("91999999MAD3650188"));

        // It goes on without whoever placed it, and is nobody's own.
        let ctx = house::person::<KeepAccount>(&company.app, &buyer);
        org::leave(&company.app, &ctx, &buyer, company.id).await.expect("left");
        assert!(company.view(&company.owner, &number).await.is_ok());
        let gone = Viewer { acting: None, ..buyer.clone() };
        assert!(matches!(company.view(&gone, &number).await, Err(Failure::NotFound)), "not even for who placed it");
        let plan = rights::closure(&company.app, &system(&company.app), &gone).await.expect("a plan");
        assert!(plan.blockers.is_empty(), "it does not keep them: {:?}", plan.blockers);
        let dissolved = {
            proved(&company.app, &company.owner).await;
            let ctx = house::person::<KeepAccount>(&company.app, &company.owner);
            org::dissolve(&company.app, &ctx, &company.owner, company.id).await
        };
        assert_eq!(refusal(dissolved), Some(Party::OrgOrders.into()));
    }

    an_order_s_news_reach_who_placed_it_and_who_pays(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        let (_, _) = member(test, &company, "100-0000-0003", "宋清和", Seat::Finance).await;
        let number = company.place(&buyer, 1, "").await.expect("placed");
        work(&company.app).await;
        let count = || test.count("SELECT COUNT(DISTINCT subject) FROM access_record WHERE purpose = 'notify' AND case_id IN (SELECT id FROM service_order)");
        assert_eq!(count().await, 1, "the supplier's member");
        company.act(&company.seller, &number, Event::SupplierConfirm, "").await.expect("confirmed");
        work(&company.app).await;
        assert_eq!(count().await, 2, "and whoever placed it");
        company.act(&buyer, &number, Event::Sign, "").await.expect("signed");
        company.act(&company.owner, &number, Event::Fund, "").await.expect("paid");
        work(&company.app).await;
        assert_eq!(count().await, 2, "the side that acted is not told");
    }

    clause_2_4_1_3_notes_are_the_organisation_s_and_contact_details_one_s_own(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        let (finance, _) = member(test, &company, "100-0000-0003", "宋清和", Seat::Finance).await;
        let number = company.place(&buyer, 1, "请对上中文发票").await.expect("placed");
        company.act(&company.seller, &number, Event::SupplierConfirm, "我们会尽快").await.ok();
        let notes = |view: OrderView| -> Vec<String> {
            view.events.into_iter().map(|event| event.note).filter(|note| !note.is_empty()).collect()
        };
        let seen = notes(company.view(&finance, &number).await.expect("a colleague's"));
        assert!(seen.contains(&"请对上中文发票".to_owned()), "{seen:?}");
        let kinds = test.texts("SELECT recipient_kind FROM disclosure WHERE fields = 'order_event.note' ORDER BY recipient_kind").await;
        assert!(kinds.iter().all(|kind| kind == "supplier" || kind == "buyer_organisation"), "{kinds:?}");
        // The opening is recorded for who wrote it.
        let read = test.count("SELECT COUNT(*) FROM access_record WHERE fields = 'order_event.note'").await;
        assert!(read > 0);
        // A member of neither side is denied by the kernel, whatever the page would do.
        test.clock.advance(Duration::SECOND);
        let stranger = {
            let begun = house::register(&company.app, "100-0000-0009", "路人").await;
            house::viewer(&company.app, &begun).await.expect("logged in")
        };
        let ctx = house::person::<FulfilContract>(&company.app, &stranger);
        let mut tx = company.app.store.begin(&ctx).await.expect("begin");
        let row = storage::market::order::by_number(&mut tx, &number).await.expect("read").expect("an order");
        for (subject, fields) in [
            (buyer.subject, &["order_event.note"]),
            (SubjectId(company.id), &["order_note_copy.text"]),
        ] {
            let ask = Ask { subject, fields, basis: LegalBasis::Contract, clause: "2.2.1", case: Some(row.id) };
            assert!(matches!(tx.permit(ask).await, Err(StoreError::Denied(Denied::NotOwn | Denied::NotDisclosed | Denied::NoCase))));
        }
        drop(tx);

        // Contact details: each gives their own, and a colleague neither sees nor changes them.
        let typed = |phone: &str| [TypedField { field: Field::Phone, ticked: true, value: phone.to_owned() }];
        let give = |viewer: Viewer, phone: &'static str| {
            let (app, number) = (&company.app, number.clone());
            async move { share::share(app, &house::person(app, &viewer), &viewer, &number, &typed(phone)).await }
        };
        let shown = |viewer: Viewer| {
            let (app, number) = (&company.app, number.clone());
            async move { share::shared(app, &house::person(app, &viewer), &viewer, &number).await.expect("a view") }
        };
        give(buyer.clone(), "100-0000-0002").await.expect("given");
        assert_eq!(refusal(give(finance.clone(), "100-0000-0003").await), Some(Party::ShareOther.into()));
        let colleague = shown(finance.clone()).await;
        assert_eq!((colleague.by_colleague, colleague.given.len(), colleague.open), (true, 0, false));
        assert_eq!(shown(company.seller.clone()).await.given.len(), 1);
        share::take_back(&company.app, &house::person(&company.app, &buyer), &buyer, &number, Field::Phone).await.expect("taken back");
        give(finance.clone(), "100-0000-0003").await.expect("then another may");
        assert_eq!(shown(company.seller.clone()).await.given.first().map(|given| given.value.clone()).as_deref(), Some("10000000003"));
        assert!(matches!(give(company.seller.clone(), "100-0000-0008").await, Err(Failure::NotFound)));
    }

    clause_1_6_what_a_colleague_wrote_stays_with_the_organisation_after_their_erasure(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        let number = company.place(&buyer, 1, "请对上中文发票").await.expect("placed");
        let ctx = house::person::<KeepAccount>(&company.app, &buyer);
        org::leave(&company.app, &ctx, &buyer, company.id).await.expect("left");
        company.act(&company.owner, &number, Event::Cancel, "不需要了").await.expect("cancelled");
        let gone = Viewer { acting: None, ..buyer };
        let law = system::<ObeyLaw>(&company.app);
        let mut tx = company.app.store.begin(&law).await.expect("begin");
        rights::plan(&mut tx, gone.subject, "0000000000000001", "closed").await.expect("planned");
        tx.commit().await.expect("commit");
        let done = rights::erase(&company.app, &law, gone.subject).await;
        assert!(done.is_ok(), "{:?}", test.texts("SELECT report FROM erasure").await);
        let view = company.view(&company.owner, &number).await.expect("still there");
        assert!(view.events.iter().any(|event| event.note == "请对上中文发票"));
    }

    clause_2_1_1_a_limits_hold_to_the_fen_and_a_month_is_one_of_beijing(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        for viewer in [&buyer, &company.seller] {
            let refused = company.limits(viewer, LimitsOf::All(1), "1", "").await;
            assert!(matches!(refused, Err(Failure::NotFound)) || refusal(refused) == Some(Party::OrgNotYou.into()));
        }
        for (once, month, approvals, why) in [
            ("-1", "", 1, Party::SpendingLimit),
            ("1.001", "", 1, Party::SpendingLimit),
            ("", "一百", 1, Party::SpendingLimit),
            ("1", "", 0, Party::SpendingApprovals),
            ("1", "", 2, Party::SpendingApprovals),
            ("1", "", 4, Party::SpendingApprovals),
        ] {
            let refused = company.limits(&company.owner, LimitsOf::All(approvals), once, month).await;
            assert_eq!(refusal(refused), Some(why.into()), "{once} {month} {approvals}");
        }
        let price = company.price;
        company.limits(&company.owner, LimitsOf::All(1), &yuan(price - 1), "").await.expect("set");
        assert_eq!(refusal(company.place(&buyer, 1, "").await), Some(Party::SpendingUnapproved.into()));
        company.place(&company.owner, 2, "").await.expect("who approves has no limit");
        company.limits(&company.owner, LimitsOf::All(1), &yuan(price), &yuan(2 * price)).await.expect("set");
        company.place(&buyer, 3, "").await.expect("exactly the limit");
        let cancelled = company.place(&buyer, 4, "").await.expect("exactly the month's");
        assert_eq!(refusal(company.place(&buyer, 5, "").await), Some(Party::SpendingUnapproved.into()));
        // What was never paid and is over counts for nothing.
        company.act(&buyer, &cancelled, Event::Cancel, "").await.expect("cancelled");
        company.place(&buyer, 6, "").await.expect("room again");
        // A member's own limits hold instead.
        company.limits(&company.owner, LimitsOf::Member(buyer.account), "", &yuan(3 * price)).await.expect("set");
        company.place(&buyer, 7, "").await.expect("by their own");
        assert_eq!(refusal(company.place(&buyer, 8, "").await), Some(Party::SpendingUnapproved.into()));
        // The next month of Beijing begins anew, to the second.
        let begins = domain::org::spending::month_start(company.app.clock.now() + Duration::days(31));
        test.clock.advance(begins - company.app.clock.now() - Duration::SECOND);
        assert_eq!(refusal(company.place(&buyer, 9, "").await), Some(Party::SpendingUnapproved.into()));
        test.clock.advance(Duration::SECOND);
        company.place(&buyer, 10, "").await.expect("a new month");
    }

    clause_2_1_1_a_what_is_above_the_limit_is_approved_by_another_for_seven_days(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        let (finance, _) = member(test, &company, "100-0000-0003", "宋清和", Seat::Finance).await;
        call(&company.app, &buyer, "小满").await;
        company.limits(&company.owner, LimitsOf::All(1), "1", "").await.expect("set");
        let price = company.price;
        assert_eq!(refusal(company.ask(&buyer, &"长".repeat(201)).await), Some(Refused::NoteLong));
        assert_eq!(refusal(company.ask(&buyer, "打13800000000").await), Some(Refused::NoteContact));
        assert_eq!(refusal(company.ask(&finance, "").await), Some(Party::OrgNotYou.into()));
        assert!(matches!(company.ask(&company.seller, "").await, Err(Failure::NotFound)));
        // Two messages of one instant have no order.
        test.clock.advance(Duration::SECOND);
        let id = company.ask(&buyer, "年度换系统").await.expect("asked");
        work(&company.app).await;
        assert!(house::latest_message(&company.app).await.contains("审批"));
        let seen = company.requests(&company.owner).await;
        let line = &seen.waiting[0];
        assert_eq!((line.name.as_deref(), line.reason.as_deref(), line.amount), (Some("小满"), Some("年度换系统"), price));
        let own = test.count("SELECT COUNT(*) FROM access_record WHERE fields = 'spending_request.reason'").await;
        assert_eq!(own, 1, "and the opening is recorded");
        assert!(company.requests(&finance).await.waiting.is_empty(), "who does not approve reads none");

        for (viewer, amount, why) in [
            (&finance, price, Party::OrgNotYou),
            (&buyer, price, Party::OrgNotYou),
            (&company.owner, price + 1, Party::SpendingAmount),
        ] {
            assert_eq!(refusal(company.approve(viewer, id, amount).await), Some(why.into()));
        }
        assert!(matches!(company.approve(&company.seller, id, price).await, Err(Failure::NotFound)));
        let by = |approval| (Some(company.id), approval);
        assert_eq!(refusal(company.place_by(&buyer, 1, "", by(Some(id))).await), Some(Party::SpendingDecided.into()), "not yet");
        test.clock.advance(Duration::SECOND);
        company.approve(&company.owner, id, price).await.expect("approved");
        work(&company.app).await;
        assert!(house::latest_message(&company.app).await.contains("已获批准"));
        test.clock.advance(REQUEST_LIFE - Duration::SECOND);
        let number = company.place_by(&buyer, 1, "", by(Some(id))).await.expect("on the last second");
        assert_eq!(company.requests(&buyer).await.own[0].order.as_deref(), Some(&*number));
        assert_eq!(refusal(company.place_by(&buyer, 2, "", by(Some(id))).await), Some(Party::SpendingDecided.into()), "once");

        // Seven days later it is over, before an answer and after one.
        let late = company.ask(&buyer, "").await.expect("asked");
        test.clock.advance(REQUEST_LIFE);
        assert_eq!(refusal(company.approve(&company.owner, late, price).await), Some(Party::SpendingDecided.into()));
        assert_eq!(company.requests(&buyer).await.own[0].standing, Standing::Expired);
        let late = company.ask(&buyer, "").await.expect("asked");
        company.approve(&company.owner, late, price).await.expect("approved");
        test.clock.advance(REQUEST_LIFE);
        assert_eq!(refusal(company.place_by(&buyer, 3, "", by(Some(late))).await), Some(Party::SpendingDecided.into()));

        // Declined, taken back, and what is waiting has an end.
        let no = company.ask(&buyer, "").await.expect("asked");
        company.decline(&company.owner, no).await.expect("declined");
        assert_eq!(company.requests(&buyer).await.own[0].decline, Some(Decline::Budget));
        assert_eq!(refusal(company.approve(&company.owner, no, price).await), Some(Party::SpendingDecided.into()));
        // Requests of one instant have no order.
        test.clock.advance(Duration::SECOND);
        for _ in 0..MOST_WAITING {
            company.ask(&buyer, "").await.expect("asked");
        }
        assert_eq!(refusal(company.ask(&buyer, "").await), Some(Party::SpendingMany.into()));
        let waiting = company.requests(&buyer).await.own[0].id;
        let ctx = house::person::<KeepAccount>(&company.app, &buyer);
        org::take_back_request(&company.app, &ctx, &buyer, waiting).await.expect("taken back");
        company.ask(&buyer, "").await.expect("room again");
        // Who leaves leaves nothing that could be ordered.
        org::leave(&company.app, &ctx, &buyer, company.id).await.expect("left");
        assert!(company.requests(&company.owner).await.waiting.is_empty());
    }

    clause_2_1_1_a_two_approvals_are_of_two_and_of_those_who_still_may(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        let (admin, _) = member(test, &company, "100-0000-0003", "宋清和", Seat::Admin).await;
        let (third, _) = member(test, &company, "100-0000-0004", "第三位", Seat::Admin).await;
        company.limits(&company.owner, LimitsOf::All(2), "1", "").await.expect("set");
        let id = company.ask(&buyer, "").await.expect("asked");
        let price = company.price;
        company.approve(&admin, id, price).await.expect("one");
        company.approve(&admin, id, price).await.expect("twice is once");
        let by = (Some(company.id), Some(id));
        assert_eq!(refusal(company.place_by(&buyer, 1, "", by).await), Some(Party::SpendingDecided.into()));
        // Whoever is no administrator any more approved nothing.
        let ctx = house::person::<KeepAccount>(&company.app, &company.owner);
        proved(&company.app, &company.owner).await;
        org::change_seat(&company.app, &ctx, &company.owner, company.id, (admin.account, Seat::Viewer)).await.expect("changed");
        company.approve(&third, id, price).await.expect("another");
        assert_eq!(refusal(company.place_by(&buyer, 1, "", by).await), Some(Party::SpendingDecided.into()));
        company.approve(&company.owner, id, price).await.expect("the second who still may");
        company.place_by(&buyer, 1, "", by).await.expect("placed");
    }

    an_enterprise_that_is_not_verified_orders_nothing_new(test) {
        let company = company(test).await;
        let number = company.place(&company.owner, 1, "").await.expect("placed");
        test.tamper("UPDATE enterprise_verification SET state = 'revoked'").await;
        assert_eq!(refusal(company.place(&company.owner, 2, "").await), Some(Party::OrgUnverified.into()));
        assert_eq!(refusal(company.ask(&company.owner, "").await), Some(Party::OrgUnverified.into()));
        company.act(&company.owner, &number, Event::Cancel, "").await.expect("what is under way goes on");
    }

    clause_2_1_1_e_a_token_acts_for_whom_it_was_made_and_for_nobody_once_the_seat_is_gone(test) {
        let company = company(test).await;
        let (buyer, _) = member(test, &company, "100-0000-0002", "何小满", Seat::Buyer).await;
        proved(&company.app, &buyer).await;
        let ctx = house::person::<KeepAccount>(&company.app, &buyer);
        let request = TokenRequest { name: "报表", scopes: &[Scope::ALL[0]], days: "30" };
        let token = account::create_token(&company.app, &ctx, &buyer, &request).await.expect("made").text;
        let bearer = || async {
            let ctx = house::visitor::<KeepSafe>(&company.app);
            account::authenticate_token(&company.app, &ctx, &token).await.expect("an answer")
        };
        let acts = bearer().await.expect("live").viewer.acting.expect("for the organisation");
        assert_eq!(acts.organisation, company.id);
        act_for(&company, &buyer, None).await.expect("the session switches");
        assert!(bearer().await.expect("live").viewer.acting.is_some(), "the token does not");
        org::leave(&company.app, &ctx, &buyer, company.id).await.expect("left");
        assert!(bearer().await.is_none());
        let ctx = house::person::<ShowOwn>(&company.app, &buyer);
        let listed = account::tokens(&company.app, &ctx, &buyer).await.expect("a list");
        assert!(listed[0].idle && listed[0].acting.is_none());
        let lines = disclosure::ledger(&company.app, &ctx, &buyer).await.expect("a ledger").lines;
        assert!(lines.iter().all(|line| line.recipient_kind != "organisation" || line.withdrawn_at.is_some()));
    }
}
