//! A verifier's work on enterprises: a letter read piece by piece, a revocation by two, a claim.

use app::account::{self, Place, Viewer};
use app::org::{self, sample_picture};
use app::staff::{self, EnterpriseCase, Kind, Piece, Signed};
use app::{App, Failure};
use domain::org::seat::Seat;
use domain::org::verification::{Badge, Event, Reason, State};
use domain::refused::Party;
use domain::staff::Role;
use privacy::Ctx;
use privacy::purpose::{Certify, KeepAccount, Operate, ShowOwn};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::refusal;
use crate::org::{CODE, begin, checked, founded, mine, person, view, work};
use crate::person::verified;
use crate::staff::{ctx, trained};
use crate::staff_eyes::of_one_hand;

struct Scene {
    app: App,
    viewer: Viewer,
    first: Signed,
    second: Signed,
    third: Signed,
}

impl Scene {
    async fn case(&self, by: &Signed, id: Uuid) -> EnterpriseCase {
        staff::enterprise_case(&self.app, &ctx(&self.app), by, id)
            .await
            .expect("a case")
    }

    async fn act(&self, by: &Signed, id: Uuid, event: Event, reasons: &[Reason]) -> Result<(), Failure> {
        let version = self.case(by, id).await.version;
        let what = (event, reasons.to_vec());
        // As the console does it: whoever is signed in is the actor.
        let ctx = Ctx::<Operate>::new(
            by.actor(),
            "2020-11-01",
            self.app.entropy.id(),
            self.app.clock.now(),
        );
        staff::enterprise_act(&self.app, &ctx, by, (id, version), what).await
    }

    async fn open(&self, by: &Signed, id: Uuid, piece: Piece, reason: &str) -> Result<String, Failure> {
        staff::open_piece(&self.app, &ctx(&self.app), by, id, (piece, reason)).await
    }
}

impl Scene {
    /// Looks at what a decision takes, and decides.
    async fn prove(&self, by: &Signed, id: Uuid) -> Result<(), Failure> {
        for piece in [Piece::Letter, Piece::Applicant] {
            self.open(by, id, piece, "review").await?;
        }
        self.act(by, id, Event::Prove, &[]).await
    }
}

async fn letter(app: &App, viewer: &Viewer, id: Uuid) {
    let ctx = house::person::<Certify>(app, viewer);
    org::hand_in_letter(app, &ctx, viewer, id, sample_picture(90))
        .await
        .expect("handed in");
}

async fn verifiers(test: &TestStore, app: &App) -> [Signed; 3] {
    [
        trained(app, test, "verifier-1", &[Role::Verifier]).await,
        trained(app, test, "verifier-2", &[Role::Verifier]).await,
        trained(app, test, "verifier-3", &[Role::Verifier]).await,
    ]
}

/// An application whose letter waits.
async fn waiting(test: &TestStore) -> (Scene, Uuid) {
    let app = house::app(test);
    let [first, second, third] = verifiers(test, &app).await;
    let (viewer, id) = checked(test, &app).await;
    letter(&app, &viewer, id).await;
    (
        Scene {
            app,
            viewer,
            first,
            second,
            third,
        },
        id,
    )
}

/// A verified organisation.
async fn standing(test: &TestStore) -> (Scene, Uuid, Uuid) {
    let app = house::app(test);
    let [first, second, third] = verifiers(test, &app).await;
    let (viewer, organisation) = founded(test, &app).await;
    let id = mine(&app, &viewer).await.organisations[0]
        .verification
        .expect("owner");
    (
        Scene {
            app,
            viewer,
            first,
            second,
            third,
        },
        id,
        organisation,
    )
}

/// Another verified person with an application for the same code that the register agrees with.
async fn claimant(test: &TestStore, app: &App) -> (Viewer, Uuid) {
    let other = person(test, app, "100-0000-0002", "何小满").await;
    verified(app, &other, "999999199001010024").await;
    let id = begin(app, &other, true).await.expect("begun");
    let typed = org::Submission {
        relation: "agent",
        company_name: "星渚软件（演示）",
        credit_code: CODE,
        representative: "林知远",
        licence: sample_picture(30),
    };
    org::submit(app, &house::person::<Certify>(app, &other), &other, id, typed)
        .await
        .expect("handed in");
    work(app).await;
    (other, id)
}

both_dbs! {
    clause_2_5_1_e_a_letter_is_read_piece_by_piece_with_a_reason_its_person_reads(test) {
        let (scene, id) = waiting(test).await;
        let case = scene.case(&scene.first, id).await;
        assert_eq!(case.pieces, Piece::ALL);
        assert_eq!(case.may, [Event::Prove, Event::Reject]);
        assert!(case.number.starts_with("QY"));
        assert_eq!(refusal(scene.open(&scene.first, id, Piece::Licence, "").await), Some(Party::StaffReason.into()));
        let picture = scene.open(&scene.first, id, Piece::Licence, "review").await.expect("opened");
        assert!(picture.starts_with("/9j/"), "a JPEG in base64");
        assert_eq!(scene.open(&scene.first, id, Piece::Representative, "review").await.ok().as_deref(), Some("林知远"));
        let ctx = house::person::<ShowOwn>(&scene.app, &scene.viewer);
        let all = account::openings(&scene.app, &ctx, &scene.viewer, None, Place::TOP).await.expect("read");
        let staff: Vec<_> = all.rows.iter().filter(|row| row.actor_kind == "staff:verifier").collect();
        assert_eq!(staff.len(), 2);
        assert!(staff.iter().all(|row| row.case == Some(id) && row.reason.as_deref() == Some("review")));

        let queue = staff::queues(&scene.app, &crate::staff::ctx(&scene.app), &scene.first).await.expect("queues");
        let enterprises = queue.iter().find(|queue| queue.kind == Kind::Enterprises).expect("a queue");
        assert_eq!(enterprises.count, 1);
        // Nobody decides about a letter without having looked at it and at whose it is.
        let unseen = Some(Party::ProofUnseen.into());
        assert_eq!(refusal(scene.act(&scene.first, id, Event::Prove, &[]).await), unseen);
        scene.open(&scene.first, id, Piece::Letter, "review").await.expect("opened");
        assert_eq!(refusal(scene.act(&scene.first, id, Event::Prove, &[]).await), unseen);
        scene.open(&scene.second, id, Piece::Applicant, "review").await.expect("opened by another");
        assert_eq!(refusal(scene.act(&scene.first, id, Event::Prove, &[]).await), unseen, "what another saw is not seen");
        let name = scene.open(&scene.first, id, Piece::Applicant, "review").await.expect("opened");
        assert_eq!(name, "林知远", "under which the applicant is verified");
        scene.act(&scene.first, id, Event::Prove, &[]).await.expect("proved");
        assert_eq!(mine(&scene.app, &scene.viewer).await.organisations[0].badge, Badge::Verified);
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper").await, 0);
        // Decided, there is nothing to open.
        assert_eq!(refusal(scene.open(&scene.first, id, Piece::Letter, "review").await), Some(Party::StaffNoMatter.into()));
    }

    clause_2_5_1_f_without_training_nothing_is_opened_or_decided(test) {
        let (scene, id) = waiting(test).await;
        test.clock.advance(Duration::days(366));
        let colleague = crate::staff::colleague(&scene.app, "verifier-9", &[Role::Verifier]).await;
        let untrained = crate::staff::signed(&scene.app, test, &colleague).await;
        let opened = scene.open(&untrained, id, Piece::Licence, "review").await;
        assert_eq!(refusal(opened), Some(Party::StaffTraining.into()));
        let decided = scene.act(&untrained, id, Event::Prove, &[]).await;
        assert_eq!(refusal(decided), Some(Party::StaffTraining.into()));
        let admin = trained(&scene.app, test, "admin-9", &[Role::Admin]).await;
        let seen = staff::enterprise_case(&scene.app, &ctx(&scene.app), &admin, id).await;
        assert!(matches!(seen, Err(Failure::NotFound)), "not their work");
    }

    clause_2_5_1_e_nothing_is_opened_while_no_letter_waits(test) {
        let app = house::app(test);
        let [first, second, third] = verifiers(test, &app).await;
        let (viewer, id) = checked(test, &app).await;
        let scene = Scene { app, viewer, first, second, third };
        assert!(scene.case(&scene.first, id).await.pieces.is_empty());
        for piece in Piece::ALL {
            assert_eq!(refusal(scene.open(&scene.first, id, piece, "review").await), Some(Party::StaffNoMatter.into()));
        }
    }

    a_rejection_names_what_to_put_right_and_deletes_the_pictures(test) {
        let (scene, id) = waiting(test).await;
        assert_eq!(refusal(scene.act(&scene.first, id, Event::Reject, &[]).await), Some(Party::VerifyReason.into()));
        let stale = staff::enterprise_act(&scene.app, &ctx(&scene.app), &scene.first, (id, 1), (Event::Prove, Vec::new())).await;
        assert_eq!(refusal(stale), Some(Party::VerifyNotNow.into()), "of a version that is over");
        let reasons = [Reason::LicenceUnreadable, Reason::ProofInsufficient];
        scene.act(&scene.first, id, Event::Reject, &reasons).await.expect("rejected");
        let seen = view(&scene.app, &scene.viewer, id).await;
        assert_eq!((seen.verification.state, &seen.verification.reasons[..]), (State::Rejected, &reasons[..]));
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper").await, 0);
        test.clock.advance(Duration::SECOND);
        work(&scene.app).await;
        assert!(house::latest_message(&scene.app).await.contains("企业认证有了新的结果"));
    }

    a_revocation_takes_two_and_the_appeal_a_third(test) {
        let (scene, id, _) = standing(test).await;
        let fraud = [Reason::Fraud];
        scene.act(&scene.first, id, Event::ProposeRevocation, &fraud).await.expect("proposed");
        assert_eq!(mine(&scene.app, &scene.viewer).await.organisations[0].badge, Badge::Verified, "a proposal is nothing yet");
        let ctx = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        assert_eq!(refusal(org::withdraw(&scene.app, &ctx, &scene.viewer, id).await), Some(Party::VerifyNotNow.into()));
        assert_eq!(refusal(scene.act(&scene.first, id, Event::ConfirmRevocation, &[]).await), Some(Party::FourEyes.into()));
        let case = scene.case(&scene.first, id).await;
        assert!(case.for_others && !case.may.contains(&Event::ConfirmRevocation));
        // Another ground with the confirmation changes nothing.
        scene.act(&scene.second, id, Event::ConfirmRevocation, &[Reason::NotInBusiness]).await.expect("confirmed");
        let seen = view(&scene.app, &scene.viewer, id).await;
        assert_eq!((seen.verification.state, &seen.verification.reasons[..]), (State::Revoked, &fraud[..]));
        assert_eq!(mine(&scene.app, &scene.viewer).await.organisations[0].badge, Badge::None);
        org::appeal(&scene.app, &ctx, &scene.viewer, id).await.expect("appealed");
        assert_eq!(refusal(scene.act(&scene.second, id, Event::UpholdAppeal, &[]).await), Some(Party::FourEyes.into()));
        scene.act(&scene.third, id, Event::UpholdAppeal, &[]).await.expect("upheld");
        let line = mine(&scene.app, &scene.viewer).await.organisations[0].clone();
        assert_eq!((line.badge, line.state), (Badge::Verified, State::Verified));
    }

    clause_2_5_1_e_two_accounts_of_one_administrator_do_not_revoke_an_enterprise(test) {
        let (scene, id, _) = standing(test).await;
        let [_, first, second] = of_one_hand(&scene.app, test).await;
        scene.act(&first, id, Event::ProposeRevocation, &[Reason::Fraud]).await.expect("proposed");
        let case = scene.case(&second, id).await;
        assert!(case.for_others && !case.may.contains(&Event::ConfirmRevocation));
        assert_eq!(refusal(scene.act(&second, id, Event::ConfirmRevocation, &[]).await), Some(Party::SameHand.into()));
        scene.act(&scene.first, id, Event::ConfirmRevocation, &[]).await.expect("somebody else");
    }

    whoever_proves_to_act_for_an_organisation_that_is_there_joins_it_and_the_others_are_told(test) {
        let (scene, id, organisation) = standing(test).await;
        let (other, claim) = claimant(test, &scene.app).await;
        assert_eq!(refusal(crate::org::transfer(&scene.app, &other, claim).await), Some(Party::ProofClaim.into()));
        letter(&scene.app, &other, claim).await;
        assert_eq!(scene.case(&scene.first, claim).await.former, Some(State::Verified));
        test.clock.advance(Duration::SECOND);
        scene.prove(&scene.first, claim).await.expect("proved");
        let line = mine(&scene.app, &other).await.organisations[0].clone();
        assert_eq!((line.organisation.id, line.seat, line.verification), (organisation, Seat::Owner, Some(id)));
        assert_eq!(mine(&scene.app, &scene.viewer).await.organisations[0].seat, Seat::Owner, "who was there stays");
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_verification").await, 1);
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation").await, 1);
        work(&scene.app).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM job WHERE kind = 'tell_enterprise'").await, 0);
    }

    what_was_taken_back_for_fraud_goes_to_whoever_proves_to_act_for_it(test) {
        let (scene, id, organisation) = standing(test).await;
        scene.act(&scene.first, id, Event::ProposeRevocation, &[Reason::Fraud]).await.expect("proposed");
        scene.act(&scene.second, id, Event::ConfirmRevocation, &[]).await.expect("confirmed");
        let (other, claim) = claimant(test, &scene.app).await;
        letter(&scene.app, &other, claim).await;
        // Only a letter proves it anew, and not while an appeal waits.
        let ctx = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        org::appeal(&scene.app, &ctx, &scene.viewer, id).await.expect("appealed");
        let claimed = scene.prove(&scene.third, claim).await;
        assert_eq!(refusal(claimed), Some(Party::EnterpriseAppeal.into()));
        scene.act(&scene.third, id, Event::DismissAppeal, &[]).await.expect("dismissed");
        assert_eq!(refusal(crate::org::transfer(&scene.app, &other, claim).await), Some(Party::ProofLetterOnly.into()));
        scene.prove(&scene.third, claim).await.expect("proved");
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_verification_event WHERE event = 'confirm_revocation'").await, 1, "what happened stays on record");
        assert!(mine(&scene.app, &scene.viewer).await.organisations.is_empty(), "those it was taken from are out");
        let line = mine(&scene.app, &other).await.organisations[0].clone();
        assert_eq!((line.organisation.id, line.badge, line.verification), (organisation, Badge::Verified, Some(claim)));
    }

    one_verifier_rejects_a_change_and_the_badge_stays(test) {
        let (scene, id, _) = standing(test).await;
        let typed = org::Submission {
            relation: "agent",
            company_name: "星渚科技（演示）",
            credit_code: CODE,
            representative: "何小满",
            licence: sample_picture(3),
        };
        let certify = house::person::<Certify>(&scene.app, &scene.viewer);
        org::submit(&scene.app, &certify, &scene.viewer, id, typed).await.expect("handed in");
        work(&scene.app).await;
        assert!(!scene.case(&scene.first, id).await.may.contains(&Event::Reject), "there is nothing to read yet");
        letter(&scene.app, &scene.viewer, id).await;
        scene.act(&scene.first, id, Event::Reject, &[Reason::ProofInsufficient]).await.expect("rejected");
        let line = mine(&scene.app, &scene.viewer).await.organisations[0].clone();
        assert_eq!((line.state, line.badge), (State::Changed, Badge::Changing));
        let seen = view(&scene.app, &scene.viewer, id).await;
        assert_eq!((&seen.verification.reasons[..], seen.handed_in), (&[Reason::ProofInsufficient][..], false));
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper").await, 0);
    }

    clause_2_1_1_g_a_letter_whose_person_took_it_back_proves_nothing(test) {
        let (scene, id, _) = standing(test).await;
        // A change of the verified enterprise, with a letter that waits.
        let typed = org::Submission {
            relation: "agent",
            company_name: "星渚科技（演示）",
            credit_code: CODE,
            representative: "何小满",
            licence: sample_picture(3),
        };
        let certify = house::person::<Certify>(&scene.app, &scene.viewer);
        org::submit(&scene.app, &certify, &scene.viewer, id, typed).await.expect("handed in");
        work(&scene.app).await;
        letter(&scene.app, &scene.viewer, id).await;
        for piece in [Piece::Letter, Piece::Applicant] {
            scene.open(&scene.first, id, piece, "review").await.expect("opened");
        }
        let ctx = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        let withdrawn = privacy::consent::ConsentState::Withdrawn;
        account::choose(&scene.app, &ctx, &scene.viewer, domain::account::offer::ENTERPRISE.id, withdrawn, crate::consent::SHOWN).await.expect("withdrawn");
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper").await, 0);
        assert_eq!(refusal(scene.act(&scene.first, id, Event::Prove, &[]).await), Some(Party::VerifyNotNow.into()));
        // It goes back to where it was, and the name that was never proved is not public.
        let seen = view(&scene.app, &scene.viewer, id).await;
        assert_eq!((seen.verification.state, seen.handed_in), (State::Changed, false));
        assert_eq!(&*mine(&scene.app, &scene.viewer).await.organisations[0].organisation.name, "星渚软件（演示）");
    }

    what_was_to_be_changed_when_it_was_revoked_is_not_public_after_an_appeal(test) {
        let (scene, id, _) = standing(test).await;
        let typed = org::Submission {
            relation: "agent",
            company_name: "星渚科技（演示）",
            credit_code: CODE,
            representative: "何小满",
            licence: sample_picture(3),
        };
        let certify = house::person::<Certify>(&scene.app, &scene.viewer);
        org::submit(&scene.app, &certify, &scene.viewer, id, typed).await.expect("handed in");
        scene.act(&scene.first, id, Event::ProposeRevocation, &[Reason::Fraud]).await.expect("proposed");
        let seen = view(&scene.app, &scene.viewer, id).await;
        assert!(seen.verification.reasons.is_empty() && seen.steps.iter().all(|step| step.event != Event::ProposeRevocation), "a proposal is nothing yet");
        scene.act(&scene.second, id, Event::ConfirmRevocation, &[]).await.expect("confirmed");
        let ctx = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        org::appeal(&scene.app, &ctx, &scene.viewer, id).await.expect("appealed");
        scene.act(&scene.third, id, Event::UpholdAppeal, &[]).await.expect("upheld");
        assert_eq!(&*mine(&scene.app, &scene.viewer).await.organisations[0].organisation.name, "星渚软件（演示）");
        assert_eq!(view(&scene.app, &scene.viewer, id).await.company_name.as_deref(), Some("星渚软件（演示）"));
    }

    a_revocation_is_not_undone_by_dissolving_the_organisation(test) {
        let (scene, id, organisation) = standing(test).await;
        scene.act(&scene.first, id, Event::ProposeRevocation, &[Reason::Fraud]).await.expect("proposed");
        scene.act(&scene.second, id, Event::ConfirmRevocation, &[]).await.expect("confirmed");
        let verify = house::person::<privacy::purpose::VerifyHolder>(&scene.app, &scene.viewer);
        let given = account::Given { code: "", recovery: "" };
        account::step_up(&scene.app, &verify, &scene.viewer, house::PASSWORD, &given).await.expect("proved");
        let keep = house::person::<KeepAccount>(&scene.app, &scene.viewer);
        org::dissolve(&scene.app, &keep, &scene.viewer, organisation).await.expect("dissolved");
        let (other, again) = claimant(test, &scene.app).await;
        assert_eq!(refusal(crate::org::transfer(&scene.app, &other, again).await), Some(Party::ProofLetterOnly.into()));
        letter(&scene.app, &other, again).await;
        assert_eq!(scene.case(&scene.third, again).await.former, Some(State::Revoked));
        scene.prove(&scene.third, again).await.expect("proved");
        assert_eq!(mine(&scene.app, &other).await.organisations[0].badge, Badge::Verified);
    }
}
