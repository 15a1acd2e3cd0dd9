//! Who belongs to an organisation: invited to one phone, seen by colleagues while they are some, never
//! without an owner (2.1.1.a, 2.4.1.2).

use app::account::{self, Given, Place, Viewer};
use app::org::{self, OrganisationView};
use app::{App, Failure, rights};
use domain::Refused;
use domain::org::invitation::LIFE;
use domain::org::seat::Seat;
use domain::org::verification::State;
use domain::refused::Party;
use privacy::purpose::{KeepAccount, ObeyLaw, ShowOwn, VerifyHolder};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::disclosure::own_ledger;
use crate::house;
use crate::order::refusal;
use crate::org::{founded, mine, person, work};

/// Somebody proves to be the holder once more.
pub async fn proved(app: &App, viewer: &Viewer) {
    let ctx = house::person::<VerifyHolder>(app, viewer);
    let given = Given {
        code: "",
        recovery: "",
    };
    account::step_up(app, &ctx, viewer, house::PASSWORD, &given)
        .await
        .expect("proved");
}

pub async fn invite(
    app: &App,
    by: &Viewer,
    organisation: Uuid,
    phone: &str,
    seat: Seat,
) -> Result<(), Failure> {
    let ctx = house::person::<KeepAccount>(app, by);
    org::invite(app, &ctx, by, organisation, (phone, seat), None)
        .await
        .map(|_| ())
}

pub async fn accept(app: &App, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    org::accept(app, &house::person::<KeepAccount>(app, viewer), viewer, id).await
}

pub async fn invited(app: &App, viewer: &Viewer) -> Option<Uuid> {
    mine(app, viewer).await.invitations.first().map(|line| line.id)
}

async fn seen(app: &App, viewer: &Viewer, organisation: Uuid) -> Result<OrganisationView, Failure> {
    let ctx = house::person::<KeepAccount>(app, viewer);
    org::organisation(app, &ctx, viewer, organisation, 0).await
}

pub async fn call(app: &App, viewer: &Viewer, name: &str) {
    let ctx = house::person::<KeepAccount>(app, viewer);
    account::set_display_name(app, &ctx, viewer, name, "")
        .await
        .expect("named");
}

/// An owner, a colleague with this seat who joined by invitation, and the organisation.
async fn pair(test: &TestStore, app: &App, seat: Seat) -> (Viewer, Viewer, Uuid) {
    let (owner, organisation) = founded(test, app).await;
    let colleague = person(test, app, "100-0000-0002", "何小满").await;
    let owner = fresh(app, &owner).await;
    invite(app, &owner, organisation, "100-0000-0002", seat)
        .await
        .expect("invited");
    let id = invited(app, &colleague).await.expect("an invitation");
    accept(app, &colleague, id).await.expect("joined");
    (owner, colleague, organisation)
}

/// The viewer with a session that was proved just now.
async fn fresh(app: &App, viewer: &Viewer) -> Viewer {
    proved(app, viewer).await;
    viewer.clone()
}

both_dbs! {
    clause_2_1_1_a_an_invitation_is_to_one_phone_once_and_for_seven_days(test) {
        let app = house::app(test);
        let (owner, organisation) = founded(test, &app).await;
        let colleague = person(test, &app, "100-0000-0002", "何小满").await;
        let other = person(test, &app, "100-0000-0003", "宋清和").await;
        test.clock.advance(Duration::SECOND);
        invite(&app, &owner, organisation, "100-0000-0002", Seat::Buyer).await.expect("invited");
        work(&app).await;
        assert!(house::latest_message(&app).await.contains("邀请"));
        assert_eq!(invited(&app, &other).await, None);
        let id = invited(&app, &colleague).await.expect("an invitation");
        assert!(matches!(accept(&app, &other, id).await, Err(Failure::NotFound)), "another's invitation");
        assert_eq!(test.texts("SELECT seat FROM organisation_member").await, ["owner"]);

        test.clock.advance(LIFE - Duration::SECOND);
        assert_eq!(invited(&app, &colleague).await, Some(id));
        test.clock.advance(Duration::SECOND);
        assert_eq!(invited(&app, &colleague).await, None);
        assert_eq!(refusal(accept(&app, &colleague, id).await), Some(Party::InvitationExpired.into()));

        invite(&app, &owner, organisation, "100-0000-0002", Seat::Buyer).await.expect("invited");
        let id = invited(&app, &colleague).await.expect("another");
        accept(&app, &colleague, id).await.expect("joined");
        assert_eq!(refusal(accept(&app, &colleague, id).await), Some(Party::InvitationUsed.into()));
        let own = mine(&app, &colleague).await;
        assert_eq!((own.organisations[0].seat, own.organisations[0].verification), (Seat::Buyer, None));
    }

    an_invitation_to_nobody_writes_to_nobody_and_says_the_same(test) {
        let app = house::app(test);
        let (owner, organisation) = founded(test, &app).await;
        let messages = test.count("SELECT COUNT(*) FROM message_outbox").await;
        let subjects = test.count("SELECT COUNT(DISTINCT subject) FROM consent_event").await;
        invite(&app, &owner, organisation, "100-0000-0099", Seat::Viewer).await.expect("the same answer");
        work(&app).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM message_outbox").await, messages);
        assert_eq!(test.count("SELECT COUNT(DISTINCT subject) FROM consent_event").await, subjects);
        // Whoever registers with that number later finds it.
        let later = person(test, &app, "100-0000-0099", "顾念安").await;
        assert!(invited(&app, &later).await.is_some());
        // Sent again, the first is void; taken back, there is none.
        invite(&app, &owner, organisation, "100-0000-0099", Seat::Finance).await.expect("again");
        let lines = mine(&app, &later).await.invitations;
        assert_eq!(lines.iter().map(|line| line.seat).collect::<Vec<_>>(), [Seat::Finance]);
        let ctx = house::person::<KeepAccount>(&app, &owner);
        org::take_back(&app, &ctx, &owner, organisation, lines[0].id).await.expect("taken back");
        assert_eq!(invited(&app, &later).await, None);
        assert_eq!(refusal(accept(&app, &later, lines[0].id).await), Some(Party::InvitationUsed.into()));
    }

    who_may_not_give_a_seat_does_not_invite_to_it_and_great_ones_want_a_proof(test) {
        let app = house::app(test);
        let (owner, admin, organisation) = pair(test, &app, Seat::Admin).await;
        for seat in [Seat::Owner, Seat::Admin] {
            let refused = invite(&app, &admin, organisation, "100-0000-0003", seat).await;
            assert_eq!(refusal(refused), Some(Party::OrgNotYou.into()), "{seat:?}");
        }
        invite(&app, &admin, organisation, "100-0000-0003", Seat::Buyer).await.expect("below");
        test.clock.advance(Duration::minutes(10));
        let refused = invite(&app, &owner, organisation, "100-0000-0004", Seat::Admin).await;
        assert_eq!(refusal(refused), Some(Refused::ProofNeeded));
        proved(&app, &owner).await;
        invite(&app, &owner, organisation, "100-0000-0004", Seat::Admin).await.expect("proved");
        let third = person(test, &app, "100-0000-0003", "宋清和").await;
        let refused = invite(&app, &third, organisation, "100-0000-0005", Seat::Viewer).await;
        assert!(matches!(refused, Err(Failure::NotFound)), "a stranger learns nothing");
    }

    clause_2_4_1_2_colleagues_see_names_by_the_ledger_and_no_longer_than_that(test) {
        let app = house::app(test);
        let (owner, colleague, organisation) = pair(test, &app, Seat::Buyer).await;
        call(&app, &owner, "知远").await;
        call(&app, &colleague, "小满").await;
        let view = seen(&app, &colleague, organisation).await.expect("a member");
        let names: Vec<_> = view.members.iter().map(|line| line.name.as_deref()).collect();
        assert_eq!(names, [Some("知远"), Some("小满")]);
        assert!(view.invitations.is_empty() && view.events.is_empty(), "who does not manage sees no history");
        // The owner reads who looked.
        let ctx = house::person::<ShowOwn>(&app, &owner);
        let openings = account::openings(&app, &ctx, &owner, None, Place::TOP).await.expect("read");
        let by_colleague = |row: &&account::Opening| row.actor_account == Some(colleague.account);
        let opened: Vec<_> = openings.rows.iter().filter(by_colleague).collect();
        assert_eq!(opened.len(), 1);
        assert_eq!((&*opened[0].fields, opened[0].case), ("profile.display_name", Some(organisation)));
        let line = own_ledger(&app, &owner).await.lines.into_iter()
            .find(|line| line.recipient_kind == "organisation").expect("a line");
        assert_eq!((&*line.ground, line.withdrawn_at), ("membership", None));

        // Without a line of the ledger nothing opens.
        test.tamper("DELETE FROM disclosure WHERE recipient_kind = 'organisation'").await;
        let view = seen(&app, &colleague, organisation).await.expect("a member");
        let names: Vec<_> = view.members.iter().map(|line| line.name.as_deref()).collect();
        assert_eq!(names, [None, Some("小满")]);
    }

    who_leaves_is_seen_no_longer_and_sees_nothing(test) {
        let app = house::app(test);
        let (owner, colleague, organisation) = pair(test, &app, Seat::Buyer).await;
        call(&app, &colleague, "小满").await;
        // Two steps of one instant have no order.
        test.clock.advance(Duration::SECOND);
        let ctx = house::person::<KeepAccount>(&app, &colleague);
        org::leave(&app, &ctx, &colleague, organisation).await.expect("left");
        assert!(matches!(seen(&app, &colleague, organisation).await, Err(Failure::NotFound)));
        assert!(mine(&app, &colleague).await.organisations.is_empty());
        let line = own_ledger(&app, &colleague).await.lines.into_iter()
            .find(|line| line.recipient_kind == "organisation").expect("a line");
        assert!(line.withdrawn_at.is_some());
        let view = seen(&app, &owner, organisation).await.expect("the owner");
        assert_eq!(view.count, 1);
        let what: Vec<_> = view.events.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(what, ["left", "joined", "founded"]);
    }

    an_owner_always_stays_and_hands_over(test) {
        let app = house::app(test);
        let (owner, colleague, organisation) = pair(test, &app, Seat::Admin).await;
        let ctx = || house::person::<KeepAccount>(&app, &owner);
        let seat = async |of: &Viewer, to: Seat| {
            org::change_seat(&app, &ctx(), &owner, organisation, (of.account, to)).await
        };
        assert_eq!(refusal(org::leave(&app, &ctx(), &owner, organisation).await), Some(Party::OrgLastOwner.into()));
        assert_eq!(refusal(seat(&owner, Seat::Viewer).await), Some(Party::OrgLastOwner.into()));
        let up = org::change_seat(&app, &house::person::<KeepAccount>(&app, &colleague), &colleague, organisation, (colleague.account, Seat::Owner)).await;
        assert_eq!(refusal(up), Some(Party::OrgNotYou.into()), "nobody makes themself more");
        test.clock.advance(Duration::minutes(11));
        assert_eq!(refusal(seat(&colleague, Seat::Owner).await), Some(Refused::ProofNeeded));
        proved(&app, &owner).await;
        seat(&colleague, Seat::Owner).await.expect("handed over");
        org::leave(&app, &ctx(), &owner, organisation).await.expect("left");
        let view = seen(&app, &colleague, organisation).await.expect("the owner");
        assert_eq!((view.count, view.seat), (1, Seat::Owner));
        assert!(view.verification.is_some(), "with the verification");
    }

    two_owners_who_leave_at_once_do_not_both_leave(test) {
        let app = house::app(test);
        let (owner, colleague, organisation) = pair(test, &app, Seat::Owner).await;
        let ctx = |viewer: &Viewer| house::person::<KeepAccount>(&app, viewer);
        let (first, second) = (ctx(&owner), ctx(&colleague));
        let (first, second) = tokio::join!(
            org::leave(&app, &first, &owner, organisation),
            org::leave(&app, &second, &colleague, organisation),
        );
        let left = [first, second].into_iter().flatten().count();
        assert_eq!(left, 1);
        assert_eq!(test.texts("SELECT seat FROM organisation_member").await, ["owner"]);
    }

    clause_2_6_4_1_the_only_owner_hands_over_or_dissolves_before_the_account_ends(test) {
        let app = house::app(test);
        let (owner, organisation) = founded(test, &app).await;
        let ctx = house::person::<ObeyLaw>(&app, &owner);
        let state = rights::closure(&app, &ctx, &owner).await.expect("a state");
        assert!(state.blockers.is_empty());
        assert_eq!(state.organisations.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [organisation]);
        proved(&app, &owner).await;
        let verify = house::person::<VerifyHolder>(&app, &owner);
        let (_, waits) = rights::ask_closure(&app, &verify, &ctx, &owner, house::PASSWORD).await.expect("asked");
        assert!(waits);
        assert_eq!(rights::close_waiting(&app, &crate::order::system::<ObeyLaw>(&app)).await.expect("looked"), 0);
        let own = house::person::<KeepAccount>(&app, &owner);
        org::dissolve(&app, &own, &owner, organisation).await.expect("dissolved");
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation_member").await, 0);
        assert_eq!(test.texts("SELECT state FROM enterprise_verification").await, [State::Withdrawn.as_str()]);
        assert_eq!(rights::close_waiting(&app, &crate::order::system::<ObeyLaw>(&app)).await.expect("looked"), 1);
        for _ in 0..4 {
            work(&app).await;
        }
        for table in ["organisation_event WHERE doer IS NOT NULL OR member IS NOT NULL", "enterprise_verification_event WHERE subject IS NOT NULL", "organisation_member", "enterprise_paper"] {
            assert_eq!(test.count(&format!("SELECT COUNT(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation").await, 1, "the enterprise's public record stays");
    }

    dissolving_wants_an_owner_and_a_proof_and_frees_the_code(test) {
        let app = house::app(test);
        let (owner, colleague, organisation) = pair(test, &app, Seat::Admin).await;
        let ctx = |viewer: &Viewer| house::person::<KeepAccount>(&app, viewer);
        let by_admin = org::dissolve(&app, &ctx(&colleague), &colleague, organisation).await;
        assert_eq!(refusal(by_admin), Some(Party::OrgNotYou.into()));
        test.clock.advance(Duration::minutes(11));
        let unproved = org::dissolve(&app, &ctx(&owner), &owner, organisation).await;
        assert_eq!(refusal(unproved), Some(Refused::ProofNeeded));
        proved(&app, &owner).await;
        org::dissolve(&app, &ctx(&owner), &owner, organisation).await.expect("dissolved");
        assert!(mine(&app, &colleague).await.organisations.is_empty());
        assert_eq!(test.count("SELECT COUNT(*) FROM disclosure WHERE recipient_kind = 'organisation' AND withdrawn_at IS NULL").await, 0);
        let free = "SELECT COUNT(*) FROM organisation WHERE dissolved_at IS NULL";
        assert_eq!(test.count(free).await, 0);
    }
}
