//! Optional consents: given, refused, taken back, run out; and what hangs on them.

use app::account::{self, Shown, Viewer};
use app::{App, Failure, job};
use domain::account::offer::{ASK_AGAIN_AFTER, LOGIN_ALERT, OFFERS};
use privacy::consent::{ConsentState, Origin, Standing};
use privacy::purpose::{KeepAccount, Notify, ShowOwn};
use privacy::{Actor, Ctx, SystemReason};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::house::{self, PASSWORD};

const PHONE: &str = "100-0000-0001";
pub const SHOWN: Shown<'static> = Shown {
    version: "2020-11-01",
    lang: "zh-CN",
    zh: true,
};

async fn holder(test: &TestStore) -> (App, Viewer) {
    let app = house::app(test);
    let begun = house::register(&app, PHONE, "lin").await;
    let viewer = house::viewer(&app, &begun).await.expect("logged in");
    (app, viewer)
}

pub async fn choose(app: &App, viewer: &Viewer, state: ConsentState) {
    let ctx = house::person::<KeepAccount>(app, viewer);
    let chosen = account::choose(app, &ctx, viewer, LOGIN_ALERT.id, state, SHOWN).await;
    chosen.expect("chosen");
}

pub async fn choice(app: &App, viewer: &Viewer) -> (Standing, bool) {
    let seen = account::choices(app, &house::person::<ShowOwn>(app, viewer), viewer).await;
    let choice = seen.expect("choices").offers[0];
    (choice.standing, choice.may_ask)
}

async fn said(app: &App, viewer: &Viewer) -> Vec<(ConsentState, Origin)> {
    let seen = account::choices(app, &house::person::<ShowOwn>(app, viewer), viewer).await;
    let events = seen.expect("choices").history.into_iter();
    let events = events.filter(|event| event.document == LOGIN_ALERT.id);
    events.map(|event| (event.state, event.origin)).collect()
}

async fn signal(app: &App, viewer: &Viewer) {
    let ctx = house::person::<KeepAccount>(app, viewer);
    account::heed_signal(app, &ctx, viewer, SHOWN)
        .await
        .expect("heard");
}

/// The messages about log-ins that were sent.
async fn alerts(app: &App) -> usize {
    let actor = Actor::System(SystemReason::Demo);
    let ctx = Ctx::<Notify>::new(actor, "2020-11-01", app.entropy.id(), app.clock.now());
    let sent = account::outbox(app, &ctx).await.expect("outbox");
    sent.iter()
        .filter(|message| message.body.contains("您的账号于"))
        .count()
}

/// Logs in, lets the worker work, and says whether the holder was told.
async fn told_of_a_log_in(app: &App) -> bool {
    let before = alerts(app).await;
    house::log_in(app, "lin", PASSWORD).await.expect("logged in");
    job::run_ready(app, "2020-11-01").await.expect("worked");
    alerts(app).await == before + 1
}

both_dbs! {
    clause_2_1_1_g_the_message_after_a_log_in_comes_with_consent_and_ends_with_it(test) {
        let (app, viewer) = holder(test).await;
        assert!(!told_of_a_log_in(&app).await, "nobody asked for it");
        choose(&app, &viewer, ConsentState::Given).await;
        assert!(told_of_a_log_in(&app).await);
        let seen = account::overview(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("overview");
        let opened = seen.openings.iter().find(|opening| opening.clause == "2.2.3.d").expect("recorded");
        assert_eq!((opened.basis.as_str(), opened.purpose.as_str()), ("separate_consent", "notify"));
        choose(&app, &viewer, ConsentState::Withdrawn).await;
        assert!(!told_of_a_log_in(&app).await, "from the next request on");
    }

    clause_2_1_1_g_a_withdrawal_counts_for_a_message_that_is_not_sent_yet(test) {
        let (app, viewer) = holder(test).await;
        choose(&app, &viewer, ConsentState::Given).await;
        house::log_in(&app, "lin", PASSWORD).await.expect("logged in");
        choose(&app, &viewer, ConsentState::Withdrawn).await;
        let report = job::run_ready(&app, "2020-11-01").await.expect("worked");
        assert_eq!((report.done, report.failed), (1, 0));
        assert_eq!(alerts(&app).await, 0);
    }

    clause_2_1_1_g_a_consent_ends_with_its_term(test) {
        let (app, viewer) = holder(test).await;
        choose(&app, &viewer, ConsentState::Given).await;
        test.clock.advance(LOGIN_ALERT.term - Duration::seconds(1));
        assert!(matches!(choice(&app, &viewer).await.0, Standing::Given { .. }));
        assert!(told_of_a_log_in(&app).await);
        test.clock.advance(Duration::seconds(1));
        assert!(matches!(choice(&app, &viewer).await, (Standing::Expired { .. }, true)));
        assert!(!told_of_a_log_in(&app).await, "to the instant");
    }

    clause_2_1_2_1_c_after_a_no_nobody_is_asked_before_the_pause_is_over(test) {
        let (app, viewer) = holder(test).await;
        assert_eq!(choice(&app, &viewer).await, (Standing::Open, true));
        choose(&app, &viewer, ConsentState::Refused).await;
        test.clock.advance(ASK_AGAIN_AFTER - Duration::seconds(1));
        assert!(!choice(&app, &viewer).await.1);
        test.clock.advance(Duration::seconds(1));
        assert!(choice(&app, &viewer).await.1);
        // The figure is the operator's.
        let patient = App { ask_again_after: ASK_AGAIN_AFTER * 2, ..app.clone() };
        assert!(!choice(&patient, &viewer).await.1);
        // The person may change their mind at any time.
        choose(&app, &viewer, ConsentState::Given).await;
        assert!(!choice(&app, &viewer).await.1, "one who agreed is not asked");
        choose(&app, &viewer, ConsentState::Withdrawn).await;
        assert!(!choice(&app, &viewer).await.1);
    }

    clause_2_1_1_g_the_browser_s_general_signal_is_a_no_until_the_person_decides(test) {
        let (app, viewer) = holder(test).await;
        signal(&app, &viewer).await;
        signal(&app, &viewer).await;
        let no = (ConsentState::Refused, Origin::Signal);
        assert_eq!(said(&app, &viewer).await, [no], "said once");
        assert!(!choice(&app, &viewer).await.1, "and not asked again");
        choose(&app, &viewer, ConsentState::Given).await;
        signal(&app, &viewer).await;
        assert!(matches!(choice(&app, &viewer).await.0, Standing::Given { .. }), "an explicit decision wins");
        assert_eq!(said(&app, &viewer).await, [(ConsentState::Given, Origin::Act), no]);
    }

    clause_2_1_1_g_the_signal_says_nothing_over_an_explicit_no(test) {
        let (app, viewer) = holder(test).await;
        choose(&app, &viewer, ConsentState::Refused).await;
        signal(&app, &viewer).await;
        assert_eq!(said(&app, &viewer).await, [(ConsentState::Refused, Origin::Act)]);
    }

    consents_are_appended_said_once_and_for_known_offers_only(test) {
        let (app, viewer) = holder(test).await;
        // Nothing to take back yet.
        choose(&app, &viewer, ConsentState::Withdrawn).await;
        assert!(said(&app, &viewer).await.is_empty());
        for state in [ConsentState::Given, ConsentState::Given, ConsentState::Withdrawn, ConsentState::Withdrawn, ConsentState::Given] {
            choose(&app, &viewer, state).await;
        }
        let states: Vec<_> = said(&app, &viewer).await.into_iter().map(|(state, _)| state).collect();
        assert_eq!(states, [ConsentState::Given, ConsentState::Withdrawn, ConsentState::Given], "newest first, all at one instant");
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        let unknown = account::choose(&app, &ctx, &viewer, "policy", ConsentState::Withdrawn, SHOWN).await;
        assert!(matches!(unknown, Err(Failure::NotFound)));
        let seen = account::choices(&app, &house::person::<ShowOwn>(&app, &viewer), &viewer).await.expect("choices");
        let event = &seen.history[0];
        assert_eq!((event.recipient.as_deref(), event.purpose), (Some("sms_sender"), Some(OFFERS[0].purpose)));
        assert_eq!(event.text_hash.len(), 64, "the very text shown");
        assert!(event.expires_at.is_some());
    }
}
