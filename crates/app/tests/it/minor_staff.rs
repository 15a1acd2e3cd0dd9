//! Staff and minors: an approval for each opening, the guardian who reads it, the yearly audit.

use app::account::{self, Place};
use app::staff::{self, ApprovalState, Clock, Kind, Signed};
use app::{App, Failure, minor, person};
use domain::calendar::BEIJING;
use domain::minor::approval::{LIFE, WAITS};
use domain::minor::{Band, Tally};
use domain::person::verification::{Event, Ground};
use domain::refused::{Minor, Party};
use domain::staff::Role;
use privacy::purpose::{Certify, KeepAccount, ShowOwn};
use storage::minor::approval::{self, NewApproval};
use testkit::{TestStore, both_dbs};
use time::Duration;
use time::macros::datetime;
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::house;
use crate::minor::{Family, family, tick, work};
use crate::order::refusal;
use crate::person::born;
use crate::staff::{ctx, trained};
use crate::staff_eyes::of_one_hand;

struct Scene {
    family: Family,
    verifier: Signed,
    supervisor: Signed,
    case: Uuid,
}

impl Scene {
    const fn app(&self) -> &App {
        &self.family.app
    }

    async fn reveal(&self) -> Result<String, Failure> {
        staff::reveal(self.app(), &ctx(self.app()), &self.verifier, self.case, "review").await
    }

    async fn ask(&self) -> Result<(), Failure> {
        staff::ask_approval(self.app(), &ctx(self.app()), &self.verifier, self.case, "review").await
    }

    async fn waiting(&self) -> Uuid {
        let lines = staff::approvals(self.app(), &ctx(self.app()), &self.supervisor)
            .await
            .expect("listed");
        lines.first().expect("a request").id
    }

    async fn decide(&self, by: &Signed, yes: bool) -> Result<(), Failure> {
        let id = self.waiting().await;
        let ruling = if yes { "needed" } else { "unneeded" };
        staff::decide_approval(self.app(), &ctx(self.app()), by, id, ruling).await
    }

    async fn state(&self) -> Option<ApprovalState> {
        let case = staff::case(self.app(), &ctx(self.app()), &self.verifier, self.case).await;
        case.expect("a case").approval
    }
}

/// A verified teen whose revocation was proposed, so that there is something to decide.
async fn scene(test: &TestStore) -> Scene {
    let family = family(test, Band::Teen).await;
    let (app, teen) = (&family.app, &family.child);
    let keep = house::person::<KeepAccount>(app, teen);
    person::agree(app, &keep, teen, true, SHOWN)
        .await
        .expect("the guardian agreed");
    let today = app.clock.now().to_offset(BEIJING).date();
    let number = born(today.replace_year(today.year() - 16).expect("a day"));
    let typed = person::Submission {
        real_name: "林小树",
        id_number: &number,
    };
    person::submit(app, &house::person::<Certify>(app, teen), teen, &typed)
        .await
        .expect("handed in");
    work(app).await;
    let first = trained(app, test, "verifier-1", &[Role::Verifier]).await;
    let verifier = trained(app, test, "verifier-2", &[Role::Verifier]).await;
    let supervisor = trained(app, test, "supervisor-1", &[Role::Supervisor, Role::Verifier]).await;
    let ctx_ = ctx(app);
    let case = {
        let mut tx = app.store.begin(&ctx_).await.expect("begin");
        storage::person::of_account(&mut tx, teen.account)
            .await
            .expect("read")
            .expect("a verification")
            .id
    };
    let version = staff::case(app, &ctx_, &first, case)
        .await
        .expect("a case")
        .version;
    let proposal = (Event::ProposeRevocation, Some(Ground::Borrowed));
    staff::act(app, &ctx_, &first, (case, version), proposal)
        .await
        .expect("proposed");
    Scene {
        family,
        verifier,
        supervisor,
        case,
    }
}

both_dbs! {
    clause_2_7_b_staff_open_a_minor_s_field_only_with_a_supervisor_s_approval(test) {
        let scene = scene(test).await;
        let needed = Some(Minor::ApprovalNeeded.into());
        assert_eq!(scene.state().await, Some(ApprovalState::Needed));
        assert_eq!(refusal(scene.reveal().await), needed);
        assert_eq!(test.count("SELECT COUNT(*) FROM access_record WHERE actor_kind = 'staff:verifier'").await, 0);
        let unreasoned = staff::ask_approval(scene.app(), &ctx(scene.app()), &scene.verifier, scene.case, "dispute").await;
        assert_eq!(refusal(unreasoned), Some(Party::StaffReason.into()));
        scene.ask().await.expect("asked");
        assert_eq!(refusal(scene.ask().await), Some(Minor::ApprovalNotNow.into()), "one at a time");
        assert_eq!(refusal(scene.reveal().await), needed, "asking is not enough");
        // The verifier is no supervisor; a supervisor who asks does not approve it themself.
        let none = staff::approvals(scene.app(), &ctx(scene.app()), &scene.verifier).await;
        assert!(matches!(none, Err(Failure::NotFound)));
        scene.decide(&scene.supervisor, true).await.expect("approved");
        assert!(matches!(scene.state().await, Some(ApprovalState::Given(_))));
        let other = staff::reveal(scene.app(), &ctx(scene.app()), &scene.supervisor, scene.case, "review").await;
        assert_eq!(refusal(other), needed, "it is for whoever asked");
        let reason = staff::reveal(scene.app(), &ctx(scene.app()), &scene.verifier, scene.case, "incident").await;
        assert_eq!(refusal(reason), needed, "and for this reason");
        assert_eq!(scene.reveal().await.expect("opened"), "林小树");
        assert_eq!(refusal(scene.reveal().await), needed, "once");
        assert_eq!(test.count("SELECT COUNT(*) FROM access_record WHERE actor_kind = 'staff:verifier' AND approval IS NOT NULL").await, 1, "the record names the approval");
        // The guardian and the young person both read it.
        let (app, family) = (scene.app(), &scene.family);
        let seen = minor::child(app, &house::person::<ShowOwn>(app, &family.guardian), &family.guardian, family.id).await.expect("a page");
        assert_eq!(seen.openings.len(), 1);
        assert_eq!((seen.openings[0].reason.as_deref(), seen.openings[0].approval.is_some()), (Some("review"), true));
        let own = account::openings(app, &house::person::<ShowOwn>(app, &family.child), &family.child, None, Place::TOP).await.expect("read");
        assert!(own.rows.iter().any(|row| row.actor_kind == "staff:verifier"));
    }

    clause_2_7_b_an_approval_runs_out_and_a_refusal_opens_nothing(test) {
        let scene = scene(test).await;
        let needed = Some(Minor::ApprovalNeeded.into());
        scene.ask().await.expect("asked");
        scene.decide(&scene.supervisor, false).await.expect("refused");
        assert_eq!((scene.state().await, refusal(scene.reveal().await)), (Some(ApprovalState::Refused), needed));
        scene.ask().await.expect("asked again");
        scene.decide(&scene.supervisor, true).await.expect("approved");
        test.clock.advance(LIFE);
        assert_eq!(refusal(scene.reveal().await), needed, "half an hour is over");
        scene.ask().await.expect("asked again");
        scene.decide(&scene.supervisor, true).await.expect("approved");
        test.clock.advance(LIFE - Duration::SECOND);
        scene.reveal().await.expect("the last second");
        scene.ask().await.expect("asked again");
        let id = scene.waiting().await;
        test.clock.advance(WAITS);
        assert!(staff::approvals(scene.app(), &ctx(scene.app()), &scene.supervisor).await.expect("listed").is_empty());
        let late = staff::decide_approval(scene.app(), &ctx(scene.app()), &scene.supervisor, id, "needed").await;
        assert_eq!(refusal(late), Some(Minor::ApprovalNotNow.into()));
    }

    clause_2_7_b_requests_are_a_queue_with_a_clock_and_are_decided_with_a_reason(test) {
        let scene = scene(test).await;
        let app = scene.app();
        let queue = async || {
            let queues = staff::queues(app, &ctx(app), &scene.supervisor).await.expect("queues");
            queues.into_iter().find(|queue| queue.kind == Kind::Approvals).expect("a queue")
        };
        assert_eq!((queue().await.count, queue().await.clock), (0, Clock::Idle));
        scene.ask().await.expect("asked");
        let (there, asked_at) = (queue().await, app.clock.now());
        assert_eq!((there.count, there.oldest), (1, Some(asked_at)));
        assert!(matches!(there.clock, Clock::Due(at, _) if at == asked_at + WAITS));
        let lines = staff::approvals(app, &ctx(app), &scene.supervisor).await.expect("listed");
        assert_eq!(lines[0].clock, there.clock);
        for none in ["", "approve"] {
            let silent = staff::decide_approval(app, &ctx(app), &scene.supervisor, lines[0].id, none).await;
            assert_eq!(refusal(silent), Some(Minor::RulingMissing.into()), "{none}");
        }
        scene.decide(&scene.supervisor, false).await.expect("refused");
        assert_eq!(queue().await.count, 0);
        assert_eq!(test.texts("SELECT ruling FROM staff_approval").await, ["unneeded"]);
        // More than a page has still counts.
        let ctx = ctx(app);
        let mut tx = app.store.begin(&ctx).await.expect("begin");
        for _ in 0..201 {
            let new = NewApproval {
                subject: scene.family.child.subject, id: app.entropy.id(), staff: scene.verifier.id, asked_by: "verifier-2",
                fields: "person_verification.real_name", case: scene.case, reason: "review",
            };
            approval::insert(&mut tx, new).await.expect("asked");
        }
        tx.commit().await.expect("commit");
        assert_eq!(queue().await.count, 201);
        test.clock.advance(WAITS);
        assert_eq!((queue().await.count, queue().await.clock), (0, Clock::Idle), "nothing waits longer");
    }

    clause_2_7_b_nobody_approves_what_they_ask_for_themselves(test) {
        let scene = scene(test).await;
        let both = &scene.supervisor;
        staff::ask_approval(scene.app(), &ctx(scene.app()), both, scene.case, "review").await.expect("asked");
        assert_eq!(refusal(scene.decide(both, true).await), Some(Party::FourEyes.into()));
        let lines = staff::approvals(scene.app(), &ctx(scene.app()), both).await.expect("listed");
        assert!(lines[0].own && lines[0].case.starts_with("SM"));
        let second = trained(scene.app(), test, "supervisor-2", &[Role::Supervisor]).await;
        scene.decide(&second, true).await.expect("another one");
    }

    clause_2_7_b_who_asks_and_who_approves_did_not_get_their_accounts_from_one_hand(test) {
        let scene = scene(test).await;
        let [_, asks, approves] = of_one_hand(scene.app(), test).await;
        staff::ask_approval(scene.app(), &ctx(scene.app()), &asks, scene.case, "review").await.expect("asked");
        let lines = staff::approvals(scene.app(), &ctx(scene.app()), &approves).await.expect("listed");
        assert!(lines[0].own, "offered to others");
        assert_eq!(refusal(scene.decide(&approves, true).await), Some(Party::SameHand.into()));
        scene.decide(&scene.supervisor, true).await.expect("somebody else");
    }

    clause_2_7_b_the_yearly_audit_is_made_when_the_year_is_over_in_beijing(test) {
        let scene = scene(test).await;
        assert!(scene.reveal().await.is_err());
        scene.ask().await.expect("asked");
        scene.decide(&scene.supervisor, true).await.expect("approved");
        scene.reveal().await.expect("opened");
        let app = scene.app();
        let officer = trained(app, test, "dpo-1", &[Role::Dpo]).await;
        let turn = datetime!(2027-01-01 0:00 +8);
        test.clock.advance(turn - app.clock.now() - Duration::SECOND);
        tick(app).await;
        let of_2026 = async || staff::audit(app, &ctx(app), &officer, 2026).await;
        assert!(matches!(of_2026().await, Err(Failure::NotFound)), "the last second of the year");
        test.clock.advance(Duration::SECOND);
        tick(app).await;
        let audit = of_2026().await.expect("an audit");
        let count = |what| audit.counts.iter().find(|(known, _)| *known == what).map(|(_, times)| *times);
        for (what, times) in [(Tally::Requests, 1), (Tally::Consents, 1), (Tally::Asked, 1), (Tally::Approved, 1), (Tally::Opened, 1), (Tally::Blocked, 1), (Tally::Withdrawals, 0)] {
            assert_eq!(count(what), Some(times), "{what:?}");
        }
        assert_eq!(audit.minors, [(Band::Teen, 1), (Band::Child, 0)]);
        assert!(!audit.late && audit.digest.len() == 64);
        let csv = audit.csv();
        assert!(csv.contains("requests,向监护人发出的请求,requests to guardians,1\r\n") && csv.contains("minors_teen"));
        for value in ["10000000021", "孩子", "林小树", &scene.family.id.to_string()] {
            assert!(!csv.contains(value), "numbers, nobody in particular");
        }
        tick(app).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM minor_audit WHERE year = 2026").await, 1, "once");
        let verifier = staff::audits(app, &ctx(app), &scene.verifier).await;
        assert!(matches!(verifier, Err(Failure::NotFound)));
    }
    clause_2_7_b_an_audit_not_made_by_31_january_is_late(test) {
        let app = house::app(test);
        let late = async || minor::late_audit(&app, &ctx(&app)).await.expect("looked");
        test.clock.advance(datetime!(2027-02-01 0:00 +8) - app.clock.now() - Duration::SECOND);
        assert_eq!(late().await, None, "the last second of 31 January");
        test.clock.advance(Duration::SECOND);
        assert_eq!(late().await, Some(2026));
        tick(&app).await;
        assert_eq!(late().await, None, "made, though late");
    }
}
