//! A verifier's case: masked, one field opened with a reason and told to its person, revoked by two, heard
//! by a third.

use app::account::{self, Place, Viewer};
use app::staff::{self, CaseView, Kind, Signed, Tab};
use app::{App, Failure, person};
use domain::four_eyes::Appeal;
use domain::person::verification::{Event, Ground, State};
use domain::refused::Party;
use domain::staff::Role;
use domain::staff::training::{MONTHS, valid_until};
use privacy::purpose::{Certify, KeepAccount, ShowOwn};
use privacy::{Actor, Ask, Ctx, Denied, Staff, StaffReason, StaffRole};
use storage::StoreError;
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::refusal;
use crate::person::{NUMBER, verified};
use crate::staff::{colleague, ctx, signed, trained};

struct Scene {
    app: App,
    viewer: Viewer,
    first: Signed,
    second: Signed,
    third: Signed,
    case: Uuid,
}

impl Scene {
    async fn view(&self, by: &Signed) -> CaseView {
        staff::case(&self.app, &ctx(&self.app), by, self.case)
            .await
            .expect("a case")
    }

    async fn act(&self, by: &Signed, event: Event) -> Result<(), Failure> {
        let version = self.view(by).await.version;
        let ground = (event == Event::ProposeRevocation).then_some(Ground::Borrowed);
        staff::act(
            &self.app,
            &ctx(&self.app),
            by,
            (self.case, version),
            (event, ground),
        )
        .await
    }

    async fn reveal(&self, by: &Signed, reason: &str) -> Result<String, Failure> {
        staff::reveal(&self.app, &ctx(&self.app), by, self.case, reason).await
    }

    async fn opened_by_staff(&self) -> Vec<account::Opening> {
        let ctx = house::person::<ShowOwn>(&self.app, &self.viewer);
        let all = account::openings(&self.app, &ctx, &self.viewer, None, Place::TOP)
            .await
            .expect("read");
        let staff = all
            .rows
            .into_iter()
            .filter(|row| row.actor_kind.starts_with("staff:"));
        staff.collect()
    }
}

pub async fn case_of(app: &App, viewer: &Viewer) -> Uuid {
    let ctx = ctx(app);
    let mut tx = app.store.begin(&ctx).await.expect("begin");
    let row = storage::person::of_account(&mut tx, viewer.account)
        .await
        .expect("read");
    row.expect("a verification").id
}

async fn scene(test: &TestStore) -> Scene {
    let app = house::app(test);
    let begun = house::register(&app, "100-0000-0001", "lin").await;
    let viewer = house::viewer(&app, &begun).await.expect("logged in");
    verified(&app, &viewer, NUMBER).await;
    Scene {
        first: trained(&app, test, "verifier-1", &[Role::Verifier]).await,
        second: trained(&app, test, "verifier-2", &[Role::Verifier]).await,
        third: trained(&app, test, "verifier-3", &[Role::Verifier]).await,
        case: case_of(&app, &viewer).await,
        app,
        viewer,
    }
}

both_dbs! {
    clause_2_5_1_e_a_name_opens_for_a_case_and_a_reason_and_its_person_reads_it(test) {
        let scene = scene(test).await;
        let view = scene.view(&scene.first).await;
        assert!(!view.can_reveal, "nothing is to be decided");
        assert!(!format!("{view:?}").contains('林'), "masked");
        assert_eq!(refusal(scene.reveal(&scene.first, "review").await), Some(Party::StaffNoMatter.into()));
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        let own = Some(Party::StaffNoMatter.into());
        assert_eq!(refusal(scene.reveal(&scene.first, "review").await), own, "their own proposal is no occasion");
        assert!(!scene.view(&scene.first).await.can_reveal && scene.view(&scene.second).await.can_reveal);
        for none in ["", "curiosity", "dispute"] {
            assert_eq!(refusal(scene.reveal(&scene.second, none).await), Some(Party::StaffReason.into()), "{none}");
        }
        assert!(scene.opened_by_staff().await.is_empty(), "nothing was opened so far");
        assert_eq!(scene.reveal(&scene.second, "review").await.expect("opened"), "林知远");
        let opened = scene.opened_by_staff().await;
        assert_eq!(opened.len(), 1);
        let line = &opened[0];
        assert_eq!((&*line.actor_kind, line.reason.as_deref(), line.case), ("staff:verifier", Some("review"), Some(scene.case)));
        assert_eq!((&*line.fields, &*line.purpose, &*line.clause), ("person_verification.real_name", "certify", "2.1.1.d"));
        assert_eq!(line.actor_account, Some(scene.second.id));
        // Another role finds no case at all.
        let arbiter = trained(&scene.app, test, "arbiter-1", &[Role::Arbiter]).await;
        assert!(matches!(scene.reveal(&arbiter, "review").await, Err(Failure::NotFound)));
        assert!(matches!(staff::case(&scene.app, &ctx(&scene.app), &arbiter, scene.case).await, Err(Failure::NotFound)));
        assert!(matches!(staff::cases(&scene.app, &ctx(&scene.app), &arbiter, (Kind::Verifications, Tab::AtHand), Place::TOP).await, Err(Failure::NotFound)));
        assert!(matches!(staff::demands(&scene.app, &ctx(&scene.app), &arbiter).await, Err(Failure::NotFound)));
        assert!(matches!(staff::waiting_orders(&scene.app, &ctx(&scene.app), &scene.first).await, Err(Failure::NotFound)));
    }

    clause_2_5_1_e_a_case_opens_nobody_who_is_not_in_it(test) {
        let scene = scene(test).await;
        test.clock.advance(Duration::seconds(1));
        let begun = house::register(&scene.app, "100-0000-0002", "he").await;
        let other = house::viewer(&scene.app, &begun).await.expect("logged in");
        let acting = |role, case| Staff { account: scene.first.id, role, case: Some(case), reason: Some(StaffReason::Review) };
        let decide_of = async |staff: Staff, subject, fields: &'static [&'static str]| {
            let ctx = Ctx::<Certify>::new(Actor::Staff(staff), "2020-11-01", scene.app.entropy.id(), scene.app.clock.now());
            let mut tx = scene.app.store.begin(&ctx).await.expect("begin");
            let row = storage::person::by_id(&mut tx, scene.case).await.expect("read").expect("a case");
            let basis = privacy::LegalBasis::Separate { consent: row.consent.expect("a consent"), recipient: Some("identity_source") };
            let ask = Ask { subject, fields, basis, clause: "2.1.1.d", case: staff.case };
            match tx.permit(ask).await {
                Ok(_) => None,
                Err(StoreError::Denied(denied)) => Some(denied),
                Err(other) => panic!("{other}"),
            }
        };
        let decide = async |staff, subject| decide_of(staff, subject, &["person_verification.real_name"]).await;
        let verifier = acting(StaffRole::Verifier, scene.case);
        // The number is compared by the program; no member of staff ever opens it.
        let number = decide_of(verifier, scene.viewer.subject, &["person_verification.id_number"]).await;
        assert_eq!(number, Some(Denied::StaffField));
        assert_eq!(decide(verifier, scene.viewer.subject).await, None);
        assert_eq!(decide(verifier, other.subject).await, Some(Denied::NoConsent));
        let elsewhere = acting(StaffRole::Verifier, scene.app.entropy.id());
        assert_eq!(decide(elsewhere, scene.viewer.subject).await, Some(Denied::NoCase));
        // A role that somebody claims and does not have.
        let claimed = Staff { reason: Some(StaffReason::Dispute), ..acting(StaffRole::Mediator, scene.case) };
        assert_eq!(decide(claimed, scene.viewer.subject).await, Some(Denied::StaffRole));
        let admin = trained(&scene.app, test, "admin-1", &[Role::Admin]).await;
        let posing = Staff { account: admin.id, ..verifier };
        assert_eq!(decide(posing, scene.viewer.subject).await, Some(Denied::StaffRole));
    }

    clause_2_5_1_f_without_valid_training_nothing_opens_on_either_side_of_its_end(test) {
        let scene = scene(test).await;
        let novice = colleague(&scene.app, "verifier-4", &[Role::Verifier]).await;
        let novice = signed(&scene.app, test, &novice).await;
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        let refused = Some(Party::StaffTraining.into());
        assert_eq!(refusal(scene.reveal(&novice, "review").await), refused, "never trained");
        assert_eq!(refusal(scene.act(&novice, Event::ConfirmRevocation).await), refused, "nor do they decide");
        let state = staff::training(&scene.app, &ctx(&scene.app), &scene.second).await.expect("read");
        let until = state.results[0].valid_until.expect("valid");
        assert_eq!((until, MONTHS), (valid_until(state.results[0].at), 12));
        test.clock.advance(until - scene.app.clock.now() - Duration::SECOND);
        assert!(scene.reveal(&scene.second, "review").await.is_ok(), "the last second");
        test.clock.advance(Duration::SECOND);
        assert_eq!(refusal(scene.reveal(&scene.second, "review").await), refused, "to the instant");
        assert_eq!(scene.opened_by_staff().await.len(), 1);
        assert!(crate::staff::quiz(&scene.app, &scene.second, 0).await.passed);
        assert!(scene.reveal(&scene.second, "review").await.is_ok(), "trained again");
        // Whoever gets the account anew has no part in it.
        staff::renew(&scene.app, &ctx(&scene.app), "operator", "verifier-2").await.expect("renewed");
        assert_eq!(refusal(scene.reveal(&scene.second, "review").await), refused, "the former holder's training");
    }

    clause_2_1_1_d_who_confirms_decides_on_the_ground_that_was_proposed(test) {
        let scene = scene(test).await;
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        let proposed = scene.view(&scene.second).await;
        let other = Ground::ALL.iter().copied().find(|ground| Some(*ground) != proposed.ground);
        let step = (scene.case, proposed.version);
        staff::act(&scene.app, &ctx(&scene.app), &scene.second, step, (Event::ConfirmRevocation, other)).await.expect("confirmed");
        assert_eq!(scene.view(&scene.second).await.ground, proposed.ground);
    }

    clause_2_1_1_d_a_revocation_takes_two_and_its_appeal_a_third(test) {
        let scene = scene(test).await;
        let version = scene.view(&scene.first).await.version;
        let groundless = staff::act(&scene.app, &ctx(&scene.app), &scene.first, (scene.case, version), (Event::ProposeRevocation, None)).await;
        assert_eq!(refusal(groundless), Some(Party::StaffGround.into()));
        let pass = staff::act(&scene.app, &ctx(&scene.app), &scene.first, (scene.case, version), (Event::Pass, None)).await;
        assert!(matches!(pass, Err(Failure::NotFound)), "only measures are acts of the console");
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        let stale = staff::act(&scene.app, &ctx(&scene.app), &scene.second, (scene.case, version), (Event::ConfirmRevocation, None)).await;
        assert_eq!(refusal(stale), Some(Party::VerifyNotNow.into()), "what they saw is no more");
        let own = scene.view(&scene.first).await;
        assert!(own.for_others && !own.may.contains(&Event::ConfirmRevocation));
        assert_eq!(refusal(scene.act(&scene.first, Event::ConfirmRevocation).await), Some(Party::FourEyes.into()));
        let lines = staff::cases(&scene.app, &ctx(&scene.app), &scene.second, (Kind::Verifications, Tab::AtHand), Place::TOP).await.expect("listed");
        assert!(lines.at_hand == 1 && lines.lines[0].matter == Some(staff::Matter::Proposal));
        let queues = staff::queues(&scene.app, &ctx(&scene.app), &scene.second).await.expect("queues");
        assert!(queues.len() == 4 && queues[0].count == 1 && matches!(queues[0].clock, staff::Clock::Due(..)));
        test.clock.advance(Duration::seconds(1));
        scene.act(&scene.second, Event::ConfirmRevocation).await.expect("confirmed");
        app::job::run_ready(&scene.app, "2020-11-01").await.expect("worked");
        assert!(house::latest_message(&scene.app).await.contains("实名认证有了新的结果"), "the person is told");
        let read = || async {
            let ctx = house::person::<ShowOwn>(&scene.app, &scene.viewer);
            person::verification(&scene.app, &ctx, &scene.viewer).await.expect("read")
        };
        let seen = read().await;
        assert_eq!((seen.verification.state, seen.ground), (State::Revoked, Some(Ground::Borrowed)));
        assert!(seen.may(Event::Appeal));
        let keep = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        person::appeal(&scene.app, &keep, &scene.viewer).await.expect("appealed");
        assert!(person::appeal(&scene.app, &keep, &scene.viewer).await.is_err(), "once");
        assert_eq!(read().await.verification.measure.appeal, Appeal::Open);
        for earlier in [&scene.first, &scene.second] {
            let view = scene.view(earlier).await;
            assert!(view.for_others && view.may.is_empty());
            assert_eq!(refusal(scene.act(earlier, Event::UpholdAppeal).await), Some(Party::FourEyes.into()));
        }
        assert_eq!(scene.reveal(&scene.third, "review").await.expect("opened"), "林知远");
        scene.act(&scene.third, Event::UpholdAppeal).await.expect("upheld");
        let seen = read().await;
        assert_eq!((seen.verification.state, seen.ground), (State::Verified, None));
        assert_eq!(scene.view(&scene.first).await.ground, None);
    }

    a_dismissed_appeal_ends_the_matter(test) {
        let scene = scene(test).await;
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        scene.act(&scene.second, Event::ConfirmRevocation).await.expect("confirmed");
        let keep = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        person::appeal(&scene.app, &keep, &scene.viewer).await.expect("appealed");
        scene.act(&scene.third, Event::DismissAppeal).await.expect("dismissed");
        let view = scene.view(&scene.third).await;
        assert_eq!((view.state, view.appeal, view.can_reveal), (State::Revoked, Appeal::Dismissed, false));
        assert!(person::appeal(&scene.app, &keep, &scene.viewer).await.is_err());
    }
}
