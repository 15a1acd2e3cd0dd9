//! An enterprise becomes a supplier (5.10): application, licences, agreements, and what they are worth in
//! the market.

use std::sync::Arc;

use app::Failure;
use app::account;
use app::staff::{self, Signed};
use app::supplier;
use domain::Refused;
use domain::account::offer::SUPPLIER;
use domain::market::catalogue::Standing;
use domain::refused::{Party, Trade};
use domain::staff::Role;
use domain::supplier::Reason;
use domain::supplier::licence::{self as licence, State as LicenceState};
use domain::supplier::onboarding::{Event, State};
use policy::{Archive, Edition};
use privacy::consent::ConsentState;
use privacy::purpose::KeepAccount;
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::house;
use crate::order::refusal;
use crate::org::work;
use crate::staff::{ctx, trained};
use crate::staff_eyes::of_one_hand;
use crate::supplier_scene::{AREA, EDITION, Scene, scene};

async fn counted(test: &TestStore, table: &str) -> i64 {
    test.count(&format!("SELECT COUNT(*) FROM {table}")).await
}

both_dbs! {
    clause_0_11_an_enterprise_becomes_a_supplier_by_review_licence_and_undertaking(test) {
        let scene = scene(test).await;
        let owner = &scene.owner;
        assert_eq!(refusal(scene.begin(owner, false).await), Some(Trade::SupplierConsent.into()));
        scene.begin(owner, true).await.expect("begun");
        assert_eq!(refusal(scene.begin(owner, true).await), Some(Trade::SupplierUnderWay.into()));
        // A draft is kept; what it lacks is named when it is handed in.
        scene.save(owner, &[], false).await.expect("kept");
        assert_eq!(refusal(scene.save(owner, &[], true).await), Some(Trade::SupplierCategories.into()));
        assert_eq!(refusal(scene.save(owner, &["nowhere"], true).await), Some(Trade::SupplierCategories.into()));
        assert_eq!(refusal(scene.save(owner, &[AREA], true).await), Some(Trade::SupplierPermits.into()));
        assert_eq!(scene.state().await, State::Applied);
        let id = scene.id().await;
        let hidden = staff::supplier_case(&scene.app, &ctx(&scene.app), &scene.verifiers[0], id).await;
        assert!(matches!(hidden, Err(Failure::NotFound)), "a draft is the applicant's alone");
        scene.hand_in(owner, 400).await.expect("kept");
        assert_eq!(scene.latest().await.2, LicenceState::Draft);
        scene.save(owner, &[AREA, "gongsi-zhuce"], true).await.expect("handed in");
        assert_eq!((scene.state().await, scene.latest().await.2), (State::MaterialReview, LicenceState::Submitted));
        assert_eq!(refusal(scene.save(owner, &[AREA], true).await), Some(Party::SupplierNotNow.into()), "not while it is read");

        let early = scene.act(0, id, Event::Approve, &[], None).await;
        assert_eq!(refusal(early), Some(Trade::SupplierPermitsOpen.into()));
        assert_eq!(refusal(scene.judge(licence::Event::Approve, &[]).await), Some(Trade::PermitUnseen.into()));
        assert_eq!(refusal(scene.open("").await), Some(Party::StaffReason.into()));
        assert!(scene.open("review").await.expect("opened").starts_with("/9j/"));
        scene.judge(licence::Event::Approve, &[]).await.expect("passed");
        assert_eq!(counted(test, "supplier_paper").await, 0, "the picture has done its work");
        assert_eq!(refusal(scene.open("review").await), Some(Party::StaffNoMatter.into()));
        scene.act(0, id, Event::Approve, &[], None).await.expect("approved");
        assert_eq!(scene.state().await, State::Agreement);
        work(&scene.app).await;
        assert!(house::messages(&scene.app).await.iter().any(|text| text.contains("待签协议")));

        assert_eq!(scene.refreshed().await.supplier(id).map(|one| one.standing), None, "not public yet");
        scene.test_signing(test, id).await;
        let catalogue = scene.refreshed().await;
        let public = catalogue.supplier(id).expect("public");
        assert_eq!((public.standing, &*public.uscc), (Standing::Active, crate::org::CODE));
        let shown = catalogue.shown(id).expect("shown");
        assert!(shown.verified && shown.enterprise.as_deref() == Some("星渚软件（演示）"));
        assert_eq!((shown.licences.len(), &*shown.licences[0].number), (1, "DLJZ31010420250018"));
        assert_eq!(test.count("SELECT COUNT(*) FROM membership m WHERE m.role = 'owner'").await, 1);
    }

    clause_2_5_1_e_who_opened_a_picture_is_on_its_persons_record(test) {
        let scene = scene(test).await;
        scene.begin(&scene.owner, true).await.expect("begun");
        scene.hand_in(&scene.owner, 400).await.expect("kept");
        scene.save(&scene.owner, &[AREA], true).await.expect("handed in");
        let arbiter = trained(&scene.app, test, "arbiter-1", &[Role::Arbiter]).await;
        let (id, ..) = scene.latest().await;
        let denied = staff::open_licence(&scene.app, &ctx(&scene.app), &arbiter, id, "review").await;
        assert!(matches!(denied, Err(Failure::NotFound)));
        scene.open("review").await.expect("opened");
        let seen = "SELECT COUNT(*) FROM access_record WHERE actor_kind = 'staff:verifier' AND fields = 'supplier_paper.picture' AND reason = 'review'";
        assert_eq!(test.count(seen).await, 1);
        test.clock.advance(Duration::days(366));
        let signed = Signed { trained_until: None, ..scene.verifiers[0].clone() };
        let lapsed = staff::licence_act(&scene.app, &ctx(&scene.app), &signed, (id, 2), (licence::Event::Reject, vec![licence::Reason::Number])).await;
        assert_eq!(refusal(lapsed), Some(Party::StaffTraining.into()), "2.5.1.f");
    }

    what_is_returned_is_put_right_and_what_is_taken_back_leaves_nothing(test) {
        let scene = scene(test).await;
        let owner = &scene.owner;
        scene.begin(owner, true).await.expect("begun");
        scene.hand_in(owner, 400).await.expect("kept");
        scene.save(owner, &[AREA], true).await.expect("handed in");
        let id = scene.id().await;
        assert_eq!(refusal(scene.judge(licence::Event::Reject, &[]).await), Some(Party::VerifyReason.into()));
        scene.judge(licence::Event::Reject, &[licence::Reason::Unreadable]).await.expect("rejected");
        assert_eq!(refusal(scene.act(0, id, Event::Return, &[Reason::Fraud], None).await), Some(Party::VerifyReason.into()), "not a reason of this event");
        scene.act(0, id, Event::Return, &[Reason::Licence], None).await.expect("returned");
        work(&scene.app).await;
        assert!(house::messages(&scene.app).await.iter().any(|text| text.contains("已退回") && text.contains("资质未通过审核")));
        let view = scene.view(owner).await;
        assert_eq!(view.row.expect("there").reasons, [Reason::Licence]);
        assert_eq!(refusal(scene.save(owner, &[AREA], true).await), Some(Trade::SupplierPermits.into()), "the rejected one does not count");
        scene.hand_in(owner, 400).await.expect("kept");
        scene.save(owner, &[AREA], true).await.expect("again");
        let keep = house::person::<KeepAccount>(&scene.app, owner);
        supplier::withdraw(&scene.app, &keep, owner, scene.organisation).await.expect("taken back");
        for table in ["supplier_paper", "supplier_licence WHERE supplier = (SELECT id FROM supplier_standing WHERE organisation IS NOT NULL)", "supplier_standing WHERE organisation IS NOT NULL"] {
            assert_eq!(counted(test, table).await, 0, "{table}");
        }
        scene.begin(owner, true).await.expect("and anew");
    }

    clause_2_1_1_g_a_consent_taken_back_takes_the_picture_with_it(test) {
        let scene = scene(test).await;
        let owner = &scene.owner;
        scene.begin(owner, true).await.expect("begun");
        scene.hand_in(owner, 400).await.expect("kept");
        scene.save(owner, &[AREA], true).await.expect("handed in");
        test.clock.advance(Duration::SECOND);
        let keep = house::person::<KeepAccount>(&scene.app, owner);
        account::choose(&scene.app, &keep, owner, SUPPLIER.id, ConsentState::Withdrawn, SHOWN).await.expect("withdrawn");
        assert_eq!(counted(test, "supplier_paper").await, 0);
        let view = scene.view(owner).await;
        assert_eq!((view.licences[0].licence.state, &*view.licences[0].licence.reasons), (LicenceState::Rejected, &[licence::Reason::MaterialGone][..]));
        assert_eq!(refusal(scene.hand_in(owner, 400).await), Some(Trade::SupplierConsent.into()), "from the next request on");
    }

    a_picture_that_went_with_its_person_is_not_passed(test) {
        let scene = scene(test).await;
        scene.begin(&scene.owner, true).await.expect("begun");
        scene.hand_in(&scene.owner, 400).await.expect("kept");
        scene.save(&scene.owner, &[AREA], true).await.expect("handed in");
        test.tamper("DELETE FROM supplier_paper").await;
        assert_eq!(scene.run().await, 1);
        assert_eq!(scene.latest().await.2, LicenceState::Rejected);
    }

    a_review_that_takes_too_long_is_marked_and_an_application_nobody_goes_on_with_is_given_up(test) {
        let scene = scene(test).await;
        let owner = &scene.owner;
        scene.begin(owner, true).await.expect("begun");
        scene.hand_in(owner, 400).await.expect("kept");
        scene.save(owner, &[AREA], true).await.expect("handed in");
        let queues = staff::queues(&scene.app, &ctx(&scene.app), &scene.verifiers[0]).await.expect("queues");
        let of = |kind| queues.iter().find(|queue| queue.kind == kind).expect("a queue");
        // The demonstration has an application of its own.
        assert_eq!((of(staff::Kind::Suppliers).count, of(staff::Kind::Licences).count), (2, 1));
        assert!(matches!(of(staff::Kind::Licences).clock, staff::Clock::Due(_, Some(3 | 2))));
        test.clock.advance(Duration::days(4));
        scene.run().await;
        let row = scene.view(owner).await.row.expect("there");
        assert!(row.supplier.overdue && row.supplier.state == State::MaterialReview);
        scene.judge(licence::Event::Reject, &[licence::Reason::Kind]).await.expect("rejected");
        scene.act(0, row.id, Event::Return, &[Reason::Licence], None).await.expect("returned");
        test.clock.advance(Duration::days(90) - Duration::SECOND);
        scene.run().await;
        assert!(scene.view(owner).await.row.is_some());
        test.clock.advance(Duration::SECOND);
        scene.run().await;
        assert!(scene.view(owner).await.row.is_none(), "given up after ninety days");
    }

    a_newer_licence_takes_the_place_of_the_one_before(test) {
        let scene = scene(test).await;
        scene.admitted(400).await;
        // Two licences of one instant have no order.
        test.clock.advance(Duration::SECOND);
        scene.hand_in(&scene.owner, 900).await.expect("a renewal is sent at once");
        assert_eq!(scene.latest().await.2, LicenceState::Submitted);
        scene.pass().await;
        let states: Vec<LicenceState> = scene.view(&scene.owner).await.licences.iter().map(|one| one.licence.state).collect();
        assert!(states.contains(&LicenceState::Approved) && states.contains(&LicenceState::Replaced) && states.len() == 2);
        scene.judge_approved(licence::Event::Revoke, &[licence::Reason::Withdrawn]).await;
        let id = scene.id().await;
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Expired, "nothing is left to offer");
    }

    notices_of_the_end_come_once_each_and_the_day_after_nothing_is_offered(test) {
        let scene = scene(test).await;
        let id = scene.admitted(31).await;
        let endings = async || {
            work(&scene.app).await;
            test.count("SELECT COUNT(*) FROM supplier_licence l JOIN supplier_standing s ON s.id = l.supplier WHERE s.organisation IS NOT NULL AND l.told IS NOT NULL").await
        };
        scene.run().await;
        assert_eq!(endings().await, 0, "thirty-one days before nobody is told");
        let told = async || scene.view(&scene.owner).await.licences[0].licence.told;
        for (days, state, expected) in [
            (1, LicenceState::Expiring, Some(30)),
            (22, LicenceState::Expiring, Some(30)),
            (1, LicenceState::Expiring, Some(7)),
            (6, LicenceState::Expiring, Some(7)),
            (1, LicenceState::Expiring, Some(0)),
        ] {
            test.clock.advance(Duration::days(days));
            scene.run().await;
            scene.run().await;
            work(&scene.app).await;
            assert_eq!((scene.latest().await.2, told().await), (state, expected), "{days}");
        }
        assert!(house::latest_message(&scene.app).await.contains("今天到期"));
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Active, "good on its last day");
        // 10:00 in Beijing: midnight is fourteen hours away; the scene's people took some seconds.
        test.clock.advance(Duration::hours(14));
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Expired, "before any job ran");
        scene.run().await;
        assert_eq!(scene.latest().await.2, LicenceState::Expired);
    }

    who_does_business_is_restricted_suspended_and_comes_back(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        assert_eq!(refusal(scene.act(0, id, Event::Restrict, &[Reason::Complaints], None).await), Some(Party::SupplierCategory.into()));
        assert_eq!(refusal(scene.act(0, id, Event::Restrict, &[Reason::Complaints], Some("falv")).await), Some(Party::SupplierCategory.into()), "not one of its own");
        scene.act(0, id, Event::Restrict, &[Reason::Complaints], Some(AREA)).await.expect("restricted");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Restricted);
        scene.act(0, id, Event::Open, &[], Some(AREA)).await.expect("opened");
        assert_eq!(refusal(scene.act(0, id, Event::Suspend, &[], None).await), Some(Party::VerifyReason.into()));
        scene.act(0, id, Event::Suspend, &[Reason::Complaints], None).await.expect("suspended");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Suspended);
        work(&scene.app).await;
        assert!(house::messages(&scene.app).await.iter().any(|text| text.contains("已暂停") && text.contains("投诉集中")));
        scene.act(0, id, Event::Reinstate, &[], None).await.expect("back");
        assert_eq!(scene.state().await, State::Active);
    }

    an_enterprise_that_is_verified_no_longer_is_suspended_by_the_clock(test) {
        let scene = scene(test).await;
        scene.admitted(400).await;
        assert_eq!(scene.run().await, 0);
        test.tamper("UPDATE enterprise_verification SET state = 'revoked'").await;
        assert_eq!(scene.run().await, 1);
        let row = scene.view(&scene.owner).await.row.expect("there");
        assert_eq!((row.supplier.state, row.reasons), (State::Suspended, vec![Reason::Enterprise]));
    }

    who_leaves_waits_for_thirty_days_and_can_then_be_dissolved(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        let owner = &scene.owner;
        let keep = || house::person::<KeepAccount>(&scene.app, owner);
        scene.prove(owner).await;
        let held = app::org::dissolve(&scene.app, &keep(), owner, scene.organisation).await;
        assert_eq!(refusal(held), Some(Trade::SupplierLeaveFirst.into()));
        test.clock.advance(Duration::minutes(11));
        assert_eq!(refusal(supplier::ask_exit(&scene.app, &keep(), owner, scene.organisation).await), Some(Refused::ProofNeeded));
        scene.prove(owner).await;
        supplier::ask_exit(&scene.app, &keep(), owner, scene.organisation).await.expect("asked");
        let row = scene.view(owner).await.row.expect("there");
        assert!(row.supplier.state == State::Exiting && row.supplier.orders_done_at.is_some(), "no order is open");
        test.clock.advance(Duration::days(30) - Duration::SECOND);
        scene.run().await;
        assert_eq!(scene.state().await, State::Exiting);
        test.clock.advance(Duration::SECOND);
        scene.run().await;
        assert_eq!(scene.state().await, State::Exited);
        assert_eq!(test.count("SELECT COUNT(*) FROM supplier_signature s WHERE s.subject IS NOT NULL AND s.ended_at IS NULL").await, 0, "nothing personal reaches who left");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Left);
        scene.begin(owner, true).await.expect("and may come again");
    }

    clause_2_5_1_e_a_ban_takes_two_and_its_appeal_a_third(test) {
        let scene = scene(test).await;
        let id = scene.admitted(400).await;
        scene.act(0, id, Event::ProposeBan, &[Reason::Fraud], None).await.expect("proposed");
        let own = scene.act(0, id, Event::ConfirmBan, &[], None).await;
        assert_eq!(refusal(own), Some(Party::FourEyes.into()));
        assert_eq!(scene.state().await, State::Active, "one alone changes nothing");
        let seen = scene.view(&scene.owner).await;
        assert!(seen.steps.iter().all(|step| step.event != Event::ProposeBan.as_str()), "a proposal is nothing yet");
        scene.act(1, id, Event::ConfirmBan, &[], None).await.expect("banned");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Left);
        assert!(!scene.view(&scene.owner).await.bound, "and is bound by nothing it could be given anything on");
        let keep = house::person::<KeepAccount>(&scene.app, &scene.owner);
        supplier::appeal(&scene.app, &keep, &scene.owner, scene.organisation).await.expect("appealed");
        assert_eq!(refusal(scene.begin(&scene.owner, true).await), Some(Trade::SupplierWasBanned.into()));
        for earlier in [0, 1] {
            assert_eq!(refusal(scene.act(earlier, id, Event::UpholdAppeal, &[], None).await), Some(Party::FourEyes.into()));
        }
        scene.act(2, id, Event::UpholdAppeal, &[], None).await.expect("upheld");
        assert!(scene.state().await == State::Active && scene.view(&scene.owner).await.bound);
    }

    clause_2_5_1_e_two_accounts_of_one_administrator_do_not_ban(test) {
        let mut scene = scene(test).await;
        let id = scene.admitted(400).await;
        let [_, first, second] = of_one_hand(&scene.app, test).await;
        let [_, third, fourth] = std::mem::replace(&mut scene.verifiers, [first.clone(), second.clone(), second]);
        scene.act(0, id, Event::ProposeBan, &[Reason::Fraud], None).await.expect("proposed");
        let case = staff::supplier_case(&scene.app, &ctx(&scene.app), &scene.verifiers[1], id).await.expect("a case");
        assert!(case.for_others && !case.may.contains(&Event::ConfirmBan));
        assert_eq!(refusal(scene.act(1, id, Event::ConfirmBan, &[], None).await), Some(Party::SameHand.into()));
        scene.verifiers[2] = third;
        scene.act(2, id, Event::ConfirmBan, &[], None).await.expect("somebody else");
        let keep = house::person::<KeepAccount>(&scene.app, &scene.owner);
        supplier::appeal(&scene.app, &keep, &scene.owner, scene.organisation).await.expect("appealed");
        assert_eq!(refusal(scene.act(1, id, Event::DismissAppeal, &[], None).await), Some(Party::SameHand.into()));
        scene.verifiers[2] = fourth;
        scene.act(2, id, Event::UpholdAppeal, &[], None).await.expect("a third");
    }

    clause_2_4_1_5_2_b_a_newer_edition_is_signed_within_its_term_or_the_supplier_goes_offline(test) {
        let mut scene = scene(test).await;
        let id = scene.admitted(900).await;
        let mut archive: Archive = policy::builtin().expect("policy");
        let file = "version = \"2026-12-01\"\nin_force_on = \"2026-12-01\"\nsign_by = \"2026-12-31\"";
        archive.put_in_force(Edition::parse(file, ["甲", "a", "乙", "b"]).expect("an edition")).expect("in force");
        scene.app.store = scene.app.store.clone().under(Arc::new(archive));
        assert!(scene.view(&scene.owner).await.to_sign.is_none());
        // From Monday, 23 November, 10:00.
        test.clock.advance(Duration::days(8));
        let view = scene.view(&scene.owner).await;
        assert!(view.bound && view.to_sign.is_some_and(|(edition, by)| edition == "2026-12-01" && by.is_some()));
        for _ in 0..3 {
            scene.run().await;
            scene.run().await;
            // Once the message is out its job is gone.
            work(&scene.app).await;
            test.clock.advance(Duration::SECOND);
        }
        let asked = house::messages(&scene.app).await.into_iter().filter(|text| text.contains("有新版本")).count();
        assert_eq!(asked, 1, "once");
        test.clock.advance(Duration::days(30) - Duration::seconds(3));
        assert!(scene.view(&scene.owner).await.bound, "the last day of the term");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Active);
        test.clock.advance(Duration::hours(14));
        assert!(!scene.view(&scene.owner).await.bound, "over");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Suspended);
        scene.prove(&scene.owner).await;
        assert_eq!(refusal(scene.sign(&scene.owner, EDITION, [true, true]).await), Some(Trade::SupplierEdition.into()));
        scene.sign(&scene.owner, "2026-12-01", [true, true]).await.expect("signed anew");
        assert_eq!(scene.refreshed().await.supplier(id).expect("there").standing, Standing::Active);
    }
}

impl Scene {
    /// What signing takes, one after the other.
    async fn test_signing(&self, test: &TestStore, id: Uuid) {
        let owner = &self.owner;
        test.clock.advance(Duration::minutes(11));
        assert_eq!(
            refusal(self.sign(owner, EDITION, [true, true]).await),
            Some(Refused::ProofNeeded)
        );
        self.prove(owner).await;
        for accepted in [[true, false], [false, true]] {
            assert_eq!(
                refusal(self.sign(owner, EDITION, accepted).await),
                Some(Trade::SupplierSign.into())
            );
        }
        assert_eq!(
            refusal(self.sign(owner, "1999-01-01", [true, true]).await),
            Some(Trade::SupplierEdition.into())
        );
        assert_eq!(
            test.count("SELECT COUNT(*) FROM supplier_signature s WHERE s.subject IS NOT NULL")
                .await,
            0
        );
        self.sign(owner, EDITION, [true, true]).await.expect("signed");
        assert_eq!((self.state().await, self.id().await), (State::Active, id));
        let said = "SELECT COUNT(*) FROM consent_event WHERE document IN ('supplier_agreement', 'supplier_undertaking')";
        assert_eq!(test.count(said).await, 2);
        let signed = "SELECT COUNT(*) FROM supplier_signature s WHERE s.seat = 'owner' AND s.signer_name IS NOT NULL AND s.edition = '2020-11-01'";
        assert_eq!(test.count(signed).await, 2);
        let logged = "SELECT COUNT(*) FROM log_entry e JOIN consent_event c ON c.id = e.reference WHERE c.document = 'supplier_undertaking'";
        assert_eq!(test.count(logged).await, 1, "in the transparency log");
    }

    /// Decides about the licence that is good.
    async fn judge_approved(&self, event: licence::Event, reasons: &[licence::Reason]) {
        let view = self.view(&self.owner).await;
        let row = view
            .licences
            .iter()
            .find(|one| one.licence.state == LicenceState::Approved)
            .expect("a good one");
        let what = (row.id, row.licence.version);
        staff::licence_act(
            &self.app,
            &ctx(&self.app),
            &self.verifiers[1],
            what,
            (event, reasons.to_vec()),
        )
        .await
        .expect("decided");
    }
}
