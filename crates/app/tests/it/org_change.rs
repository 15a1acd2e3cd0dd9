//! An enterprise that is verified and changes, or whose papers went; what a picture costs; and how nobody
//! takes an enterprise that others have.

use app::org::{self, PICTURES_A_DAY, Submission, sample_picture};
use app::{App, Failure};
use domain::Refused;
use domain::org::verification::{Badge, CHANGE_DAYS, Event, GRACE_DAYS, Reason, State};
use domain::refused::Party;
use privacy::purpose::{Certify, KeepAccount};
use storage::org::paper;
use testkit::both_dbs;
use time::Duration;
use uuid::Uuid;

use crate::house;
use crate::order::{refusal, system};
use crate::org::{
    CODE, NAME, arrived, begin, checked, due, enter, founded, mine, papers, person, submit_as, transfer,
    view, work,
};
use crate::person::{NUMBER, verified};

/// Hands in a file in the place of the licence.
async fn submit_picture(
    app: &App,
    viewer: &app::account::Viewer,
    id: Uuid,
    company_name: &str,
    licence: &[u8],
) -> Result<(), Failure> {
    let typed = Submission {
        relation: "agent",
        company_name,
        credit_code: CODE,
        representative: "何小满",
        licence: licence.to_vec(),
    };
    org::submit(app, &house::person::<Certify>(app, viewer), viewer, id, typed).await
}

both_dbs! {
    a_change_that_nobody_proves_goes_back_to_what_was_verified(test) {
        let app = house::app(test);
        let (viewer, _) = founded(test, &app).await;
        let id = mine(&app, &viewer).await.organisations[0].verification.expect("owner");
        submit_as(&app, &viewer, id, ("agent", "星渚科技（演示）", "何小满")).await.expect("handed in");
        work(&app).await;
        test.clock.advance(Duration::days(CHANGE_DAYS) - Duration::SECOND);
        assert_eq!(due(&app).await, 0);
        assert_eq!(mine(&app, &viewer).await.organisations[0].badge, Badge::Changing);
        test.clock.advance(Duration::SECOND);
        assert_eq!(due(&app).await, 1);
        let line = mine(&app, &viewer).await.organisations[0].clone();
        assert_eq!((line.state, line.badge), (State::AnnualDue, Badge::Verified));
        assert_eq!(papers(test).await, 0, "what was handed in for it is gone");
        work(&app).await;
        let seen = view(&app, &viewer, id).await;
        assert_eq!((seen.verification.state, seen.company_name.as_deref()), (State::Verified, Some(NAME)), "asked about what was verified, it agrees");
    }

    an_enterprise_that_is_struck_off_does_not_keep_its_badge_by_changing(test) {
        let app = house::app(test);
        let (viewer, _) = founded(test, &app).await;
        let id = mine(&app, &viewer).await.organisations[0].verification.expect("owner");
        test.tamper("UPDATE organisation SET name = '注销软件（演示）'").await;
        let change = || submit_as(&app, &viewer, id, ("agent", "注销科技（演示）", "何小满"));
        change().await.expect("handed in");
        work(&app).await;
        assert_eq!(view(&app, &viewer, id).await.answered, Some(vec![Reason::NotInBusiness]));
        test.clock.advance(Duration::days(CHANGE_DAYS));
        due(&app).await;
        work(&app).await;
        assert_eq!(mine(&app, &viewer).await.organisations[0].state, State::AnnualDue, "the register does not agree");
        test.clock.advance(Duration::days(10));
        change().await.expect("another change");
        test.clock.advance(Duration::days(GRACE_DAYS - 10) - Duration::SECOND);
        due(&app).await;
        assert_eq!(mine(&app, &viewer).await.organisations[0].badge, Badge::Changing);
        test.clock.advance(Duration::SECOND);
        due(&app).await;
        let line = mine(&app, &viewer).await.organisations[0].clone();
        assert_eq!((line.state, line.badge), (State::Rejected, Badge::None));
    }

    whose_papers_went_before_they_were_looked_at_hands_them_in_again(test) {
        let app = house::app(test);
        let (viewer, _) = founded(test, &app).await;
        let id = mine(&app, &viewer).await.organisations[0].verification.expect("owner");
        for state in [State::Submitted, State::AutoChecked] {
            test.tamper("UPDATE enterprise_verification SET state = 'rejected', standing = 0").await;
            org::edit(&app, &house::person::<KeepAccount>(&app, &viewer), &viewer, id).await.expect("back to the form");
            submit_as(&app, &viewer, id, ("agent", NAME, "何小满")).await.expect("handed in");
            if state == State::AutoChecked {
                work(&app).await;
            }
            assert_eq!(due(&app).await, 0, "while they are there");
            assert_eq!(mine(&app, &viewer).await.organisations[0].state, state);
            test.tamper("DELETE FROM enterprise_paper").await;
            // Nobody looks at it.
            assert_eq!(due(&app).await, 1);
            assert_eq!(mine(&app, &viewer).await.organisations[0].state, State::Draft);
            test.clock.advance(Duration::SECOND);
            let before = house::messages(&app).await.len();
            work(&app).await;
            assert_eq!(house::messages(&app).await.len(), before + 1, "the owner hears of it");
        }
    }

    what_was_handed_in_later_is_not_dropped_with_what_is_stale(test) {
        let app = house::app(test);
        let (_, id) = checked(test, &app).await;
        let handed = app.clock.now();
        let drop = async |before| {
            let ctx = system::<KeepAccount>(&app);
            let mut tx = app.store.begin(&ctx).await.expect("begin");
            paper::drop_older(&mut tx, id, before).await.expect("dropped");
            tx.commit().await.expect("commit");
        };
        drop(handed - Duration::SECOND).await;
        assert_eq!(papers(test).await, 1);
        drop(handed).await;
        assert_eq!(papers(test).await, 0);
    }

    an_amount_makes_nobody_an_owner_of_an_enterprise_that_others_have(test) {
        let app = house::app(test);
        // Both begin before there is an organisation; the second has the transfer already.
        let other = person(test, &app, "100-0000-0002", "何小满").await;
        verified(&app, &other, "999999199001010024").await;
        let theirs = begin(&app, &other, true).await.expect("begun");
        submit_as(&app, &other, theirs, ("agent", NAME, "林知远")).await.expect("handed in");
        work(&app).await;
        test.clock.advance(Duration::SECOND);
        transfer(&app, &other, theirs).await.expect("sent");
        work(&app).await;
        let amount = arrived(&app).await;
        founded(test, &app).await;
        assert!(view(&app, &other, theirs).await.claims);
        let claim = Some(Party::ProofClaim.into());
        assert_eq!(refusal(enter(&app, &other, theirs, &amount).await), claim);
        assert_eq!(refusal(transfer(&app, &other, theirs).await), claim);
        assert!(mine(&app, &other).await.organisations.is_empty());
        assert_eq!(test.count("SELECT transfer_wrong FROM enterprise_verification WHERE organisation IS NULL").await, 0, "no try was used up");
        // An enterprise that lost its verification is claimed as before.
        test.tamper("UPDATE enterprise_verification SET state = 'rejected', standing = 0 WHERE organisation IS NOT NULL").await;
        enter(&app, &other, theirs, &amount).await.expect("proved");
        assert_eq!(mine(&app, &other).await.organisations.len(), 1);
    }

    pictures_are_counted_before_they_are_unpacked(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "林知远").await;
        verified(&app, &viewer, NUMBER).await;
        let id = begin(&app, &viewer, true).await.expect("begun");
        let broken = b"\xff\xd8\xff and no more";
        // What is wrong beside the picture is said without unpacking it.
        let wrong = submit_picture(&app, &viewer, id, "<b>", broken).await.expect_err("refused");
        assert!(!wrong.refusals().contains(&Party::LicenceBroken.into()));
        let counted = "SELECT COUNT(*) FROM attempt WHERE kind = 'picture'";
        assert_eq!(test.count(counted).await, 0);
        for time in 0..PICTURES_A_DAY {
            let refused = refusal(submit_picture(&app, &viewer, id, NAME, broken).await);
            assert_eq!(refused, Some(Party::LicenceBroken.into()), "{time}");
        }
        let often = Some(Refused::from(Party::VerifyOften));
        assert_eq!(refusal(submit_picture(&app, &viewer, id, NAME, &sample_picture(1)).await), often);
        test.clock.advance(Duration::days(1));
        submit_picture(&app, &viewer, id, NAME, &sample_picture(1)).await.expect("the next day");
        work(&app).await;
        // A letter counts as well.
        let before = test.count(counted).await;
        org::hand_in_letter(&app, &house::person::<Certify>(&app, &viewer), &viewer, id, sample_picture(2)).await.expect("handed in");
        assert_eq!(test.count(counted).await, before + 1);
        assert!(view(&app, &viewer, id).await.may.contains(&Event::Withdraw));
    }
}
