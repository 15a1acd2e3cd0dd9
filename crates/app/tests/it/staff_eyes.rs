//! Two eyes are two people: accounts that came through one administrator's hands count as one.

use app::account::Viewer;
use app::staff::{self, Signed};
use app::{App, Failure, person};
use domain::four_eyes::LOOK_BACK;
use domain::person::verification::{Event, Ground};
use domain::refused::Party;
use domain::staff::Role;
use privacy::purpose::KeepAccount;
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::refusal;
use crate::person::{NUMBER, verified};
use crate::staff::{ctx, trained, trained_with};
use crate::staff_case::case_of;

const BOTH: &[Role] = &[Role::Verifier, Role::Supervisor];

/// An administrator who verifies too, and two others who got their codes from them.
pub async fn of_one_hand(app: &App, test: &TestStore) -> [Signed; 3] {
    let admin = trained(app, test, "admin-1", &[Role::Admin, Role::Verifier]).await;
    let first = by(app, test, &admin, "puppet-1", BOTH).await;
    let second = by(app, test, &admin, "puppet-2", BOTH).await;
    [admin, first, second]
}

/// Somebody who got their code from an administrator.
async fn by(app: &App, test: &TestStore, admin: &Signed, identifier: &str, roles: &[Role]) -> Signed {
    test.clock.advance(Duration::SECOND);
    let invitation = staff::add_by_admin(app, &ctx(app), admin, (identifier, roles)).await;
    trained_with(app, test, invitation).await
}

/// Somebody who got their code anew from the operator.
async fn anew(app: &App, test: &TestStore, identifier: &str) -> Signed {
    test.clock.advance(Duration::SECOND);
    let invitation = staff::renew(app, &ctx(app), "operator", identifier).await;
    trained_with(app, test, invitation).await
}

struct Scene {
    app: App,
    viewer: Viewer,
    admin: Signed,
    first: Signed,
    second: Signed,
    case: Uuid,
}

impl Scene {
    async fn act(&self, by: &Signed, event: Event) -> Result<(), Failure> {
        let ctx = ctx(&self.app);
        let case = staff::case(&self.app, &ctx, by, self.case).await.expect("a case");
        let ground = (event == Event::ProposeRevocation).then_some(Ground::Borrowed);
        staff::act(&self.app, &ctx, by, (self.case, case.version), (event, ground)).await
    }

    async fn appeal(&self) {
        let keep = house::person::<KeepAccount>(&self.app, &self.viewer);
        person::appeal(&self.app, &keep, &self.viewer)
            .await
            .expect("appealed");
    }
}

async fn scene(test: &TestStore) -> Scene {
    let app = house::app(test);
    let begun = house::register(&app, "100-0000-0001", "lin").await;
    let viewer = house::viewer(&app, &begun).await.expect("logged in");
    verified(&app, &viewer, NUMBER).await;
    let [admin, first, second] = of_one_hand(&app, test).await;
    Scene {
        case: case_of(&app, &viewer).await,
        app,
        viewer,
        admin,
        first,
        second,
    }
}

both_dbs! {
    clause_2_5_1_e_one_administrator_is_not_both_pairs_of_eyes(test) {
        let scene = scene(test).await;
        let (app, one) = (&scene.app, Some(Party::SameHand.into()));
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        let view = staff::case(app, &ctx(app), &scene.second, scene.case).await.expect("a case");
        assert!(view.for_others && !view.may.contains(&Event::ConfirmRevocation) && !view.can_reveal);
        assert_eq!(refusal(scene.act(&scene.second, Event::ConfirmRevocation).await), one, "both by one");
        assert_eq!(refusal(scene.act(&scene.admin, Event::ConfirmRevocation).await), one, "one by the other");
        let opened = staff::reveal(app, &ctx(app), &scene.second, scene.case, "review").await;
        assert_eq!(refusal(opened), Some(Party::StaffNoMatter.into()), "nor is it an occasion to look");
        // Nor through another administrator whose account they could have set up.
        let between = by(app, test, &scene.admin, "admin-2", &[Role::Admin]).await;
        let far = by(app, test, &between, "puppet-3", BOTH).await;
        assert_eq!(refusal(scene.act(&far, Event::ConfirmRevocation).await), one, "through another");
        // Another administrator's are somebody else.
        let other = trained(app, test, "admin-3", &[Role::Admin]).await;
        let honest = by(app, test, &other, "verifier-1", BOTH).await;
        scene.act(&honest, Event::ConfirmRevocation).await.expect("confirmed");
        scene.appeal().await;
        assert_eq!(refusal(scene.act(&scene.second, Event::UpholdAppeal).await), one);
        assert_eq!(refusal(scene.act(&far, Event::DismissAppeal).await), one);
        let third = trained(app, test, "verifier-2", &[Role::Verifier]).await;
        scene.act(&third, Event::UpholdAppeal).await.expect("a third");
    }

    clause_2_5_1_e_an_account_given_anew_by_the_operator_is_nobody_else_s(test) {
        let mut scene = scene(test).await;
        let one = Some(Party::SameHand.into());
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        // What was proposed was so by whoever held the account then.
        scene.first = anew(&scene.app, test, "puppet-1").await;
        assert_eq!(refusal(scene.act(&scene.second, Event::ConfirmRevocation).await), one);
        scene.second = anew(&scene.app, test, "puppet-2").await;
        scene.act(&scene.second, Event::ConfirmRevocation).await.expect("two people now");
        scene.appeal().await;
        // Whoever decided held the account a moment before, perhaps.
        let judge = by(&scene.app, test, &scene.admin, "puppet-3", BOTH).await;
        assert_eq!(refusal(scene.act(&judge, Event::UpholdAppeal).await), one);
        let fresh = trained(&scene.app, test, "verifier-2", &[Role::Verifier]).await;
        scene.act(&fresh, Event::UpholdAppeal).await.expect("upheld");
        // Long after, an account is its holder's: the same judge decides.
        test.clock.advance(LOOK_BACK);
        scene.act(&scene.first, Event::ProposeRevocation).await.expect("proposed");
        scene.act(&scene.second, Event::ConfirmRevocation).await.expect("confirmed");
        scene.appeal().await;
        scene.act(&judge, Event::DismissAppeal).await.expect("a third");
    }

    the_migration_knows_the_hands_of_accounts_that_were_there(test) {
        let app = house::app(test);
        let [admin, ..] = of_one_hand(&app, test).await;
        let between = by(&app, test, &admin, "admin-2", &[Role::Admin]).await;
        by(&app, test, &between, "puppet-3", BOTH).await;
        anew(&app, test, "admin-2").await;
        anew(&app, test, "puppet-1").await;
        let all = "SELECT s.identifier || '/' || h.hand FROM staff_hand h JOIN staff s ON s.id = h.staff ORDER BY s.identifier, h.at, h.hand";
        let known = test.texts(all).await;
        assert!(known.contains(&"puppet-3/admin-1".to_owned()) && known.contains(&"puppet-1/".to_owned()));
        let text = include_str!("../../../storage/migrations/data/0031_staff_hands.sql");
        let from = text.find("WITH RECURSIVE").expect("a statement");
        let statement = text[from..].split(';').next().expect("a statement");
        test.tamper("DELETE FROM staff_hand").await;
        test.tamper(statement).await;
        assert_eq!(test.texts(all).await, known);
    }
}
