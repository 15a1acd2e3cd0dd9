//! Access tokens: made, used, taken back, ended.

use app::account::{self, Bearer, NewToken, PasswordChange, Reset, TokenRequest, Viewer};
use app::{App, Failure};
use domain::Refused;
use domain::account::token::{self, Scope};
use privacy::purpose::{KeepAccount, KeepSafe, Operate, ShowOwn, VerifyHolder};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::house::{self, PASSWORD};

async fn person(test: &TestStore, app: &App, phone: &str, name: &str) -> Viewer {
    // Two messages of one instant have no order.
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("logged in")
}

async fn create(
    app: &App,
    viewer: &Viewer,
    name: &str,
    scopes: &[Scope],
    days: &str,
) -> Result<NewToken, Failure> {
    let request = TokenRequest { name, scopes, days };
    account::create_token(app, &house::person::<KeepAccount>(app, viewer), viewer, &request).await
}

async fn bearer(app: &App, text: &str) -> Option<Bearer> {
    account::authenticate_token(app, &house::visitor::<KeepSafe>(app), text)
        .await
        .expect("authenticate")
}

async fn list(app: &App, viewer: &Viewer) -> Vec<account::Token> {
    account::tokens(app, &house::person::<ShowOwn>(app, viewer), viewer)
        .await
        .expect("tokens")
}

fn refusals<T>(result: Result<T, Failure>) -> Vec<Refused> {
    result
        .err()
        .map(|failure| failure.refusals().to_vec())
        .unwrap_or_default()
}

both_dbs! {
    a_token_stands_for_its_person_with_its_scopes_only(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        // As typed, with a doubled scope.
        let scopes = [Scope::OrderRead, Scope::AccountRead, Scope::OrderRead];
        let made = create(&app, &viewer, " 报表 ", &scopes, "30").await.expect("made");
        assert!(token::well_formed(&made.text));
        let bearer = bearer(&app, &made.text).await.expect("live");
        assert_eq!((bearer.viewer.account, bearer.viewer.subject), (viewer.account, viewer.subject));
        assert_eq!(bearer.scopes, [Scope::AccountRead, Scope::OrderRead]);
        let listed = list(&app, &viewer).await;
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].name.as_str(), listed[0].id), ("报表", bearer.token));
        assert_eq!(listed[0].ends_at, app.clock.now() + Duration::days(30));
    }

    every_wrong_field_of_a_token_is_named_at_once(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let refused = create(&app, &viewer, "", &[], "366").await;
        assert_eq!(refusals(refused), [Refused::TokenName, Refused::TokenScope, Refused::TokenLife]);
        assert!(list(&app, &viewer).await.is_empty());
    }

    a_token_ends_to_the_second(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let made = create(&app, &viewer, "a", Scope::ALL, "1").await.expect("made");
        test.clock.advance(Duration::days(1) - Duration::seconds(1));
        assert!(bearer(&app, &made.text).await.is_some());
        test.clock.advance(Duration::seconds(1));
        assert!(bearer(&app, &made.text).await.is_none());
        assert!(list(&app, &viewer).await.is_empty());
    }

    the_last_use_is_written_every_five_minutes_at_most(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let made = create(&app, &viewer, "a", Scope::ALL, "1").await.expect("made");
        assert_eq!(list(&app, &viewer).await[0].used_at, None);
        let first = app.clock.now();
        bearer(&app, &made.text).await.expect("live");
        assert_eq!(list(&app, &viewer).await[0].used_at, Some(first));
        test.clock.advance(token::TOUCH_EVERY - Duration::seconds(1));
        bearer(&app, &made.text).await.expect("live");
        assert_eq!(list(&app, &viewer).await[0].used_at, Some(first));
        test.clock.advance(Duration::seconds(1));
        bearer(&app, &made.text).await.expect("live");
        assert_eq!(list(&app, &viewer).await[0].used_at, Some(app.clock.now()));
    }

    a_stranger_revokes_nothing_and_the_owner_once(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let stranger = person(test, &app, "100-0000-0002", "he").await;
        let made = create(&app, &viewer, "a", Scope::ALL, "1").await.expect("made");
        let id = list(&app, &viewer).await[0].id;
        for (who, token) in [(&stranger, id), (&viewer, Uuid::nil())] {
            let revoked = account::revoke_token(&app, &house::person::<KeepSafe>(&app, who), who, token).await;
            assert!(matches!(revoked, Err(Failure::NotFound)));
        }
        assert!(bearer(&app, &made.text).await.is_some());
        let ctx = house::person::<KeepSafe>(&app, &viewer);
        account::revoke_token(&app, &ctx, &viewer, id).await.expect("revoked");
        assert!(bearer(&app, &made.text).await.is_none(), "from the next request on");
        let again = account::revoke_token(&app, &ctx, &viewer, id).await;
        assert!(matches!(again, Err(Failure::NotFound)));
    }

    an_account_has_at_most_twenty_live_tokens(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        for _ in 0..token::PER_ACCOUNT {
            create(&app, &viewer, "a", Scope::ALL, "1").await.expect("made");
        }
        let one_more = create(&app, &viewer, "a", Scope::ALL, "1").await;
        assert_eq!(refusals(one_more), [Refused::TooManyTokens]);
        let id = list(&app, &viewer).await[0].id;
        account::revoke_token(&app, &house::person::<KeepSafe>(&app, &viewer), &viewer, id).await.expect("revoked");
        create(&app, &viewer, "a", Scope::ALL, "1").await.expect("a place is free again");
    }

    a_new_password_ends_the_tokens(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        let made = create(&app, &viewer, "a", Scope::ALL, "1").await.expect("made");
        let form = PasswordChange { current: PASSWORD, password: "五只鹤 停在 新码头" };
        account::change_password(&app, &house::person::<VerifyHolder>(&app, &viewer), &viewer, &form).await.expect("changed");
        assert!(bearer(&app, &made.text).await.is_none());

        let made = create(&app, &viewer, "b", Scope::ALL, "1").await.expect("made");
        test.clock.advance(Duration::minutes(2));
        account::request_reset(&app, &house::visitor::<VerifyHolder>(&app), "100-0000-0001", &app::account::Origin::default()).await.expect("code");
        let code = house::latest_code(&app).await;
        let form = Reset { phone: "100-0000-0001", code: &code, password: "六匹马 走过 旧城门", device: "", from: app::account::Origin::default() };
        account::reset(&app, &house::visitor::<VerifyHolder>(&app), &form).await.expect("reset");
        assert!(bearer(&app, &made.text).await.is_none());
    }

    clause_1_6_an_ended_token_is_removed_after_ninety_days(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "lin").await;
        create(&app, &viewer, "a", Scope::ALL, "1").await.expect("made");
        let purge = async || account::purge_expired(&app, &test.system::<Operate>()).await.expect("purge");
        test.clock.advance(Duration::days(91) - Duration::seconds(1));
        purge().await;
        assert_eq!(purge().await, 0);
        test.clock.advance(Duration::seconds(1));
        assert_eq!(purge().await, 1);
    }
}
