//! The verification of an enterprise, from the separate consent to the organisation (5.9).

use app::account::{self, Place, Viewer};
use app::org::{self, ApplicationView, Mine, Submission, TransferForm, sample_picture};
use app::{App, Failure, job};
use domain::Refused;
use domain::account::offer::{ENTERPRISE, REAL_NAME};
use domain::org::bank_proof::{LIFE, LOCK};
use domain::org::seat::Seat;
use domain::org::verification::{Badge, DRAFT_DAYS, Event, GRACE_DAYS, Proof, Reason, State};
use domain::refused::Party;
use privacy::consent::ConsentState;
use privacy::purpose::{Certify, KeepAccount, Operate, ShowOwn};
use testkit::{TestStore, both_dbs};
use time::Duration;
use uuid::Uuid;

use crate::consent::SHOWN;
use crate::disclosure::own_ledger;
use crate::house;
use crate::order::{refusal, system};
use crate::person::{NUMBER, verified};

pub const CODE: &str = "91999999MAD3650188";
pub const NAME: &str = "星渚软件（演示）";
const ACCOUNT: &str = "9999990001";

pub async fn person(test: &TestStore, app: &App, phone: &str, name: &str) -> Viewer {
    test.clock.advance(Duration::seconds(1));
    let begun = house::register(app, phone, name).await;
    house::viewer(app, &begun).await.expect("logged in")
}

pub async fn work(app: &App) {
    for _ in 0..3 {
        job::run_ready(app, "2020-11-01").await.expect("worked");
    }
}

pub async fn begin(app: &App, viewer: &Viewer, agreed: bool) -> Result<Uuid, Failure> {
    let ctx = house::person::<KeepAccount>(app, viewer);
    org::begin(app, &ctx, viewer, agreed, SHOWN).await
}

pub async fn submit_as(
    app: &App,
    viewer: &Viewer,
    id: Uuid,
    typed: (&str, &str, &str),
) -> Result<(), Failure> {
    submit_coded(app, viewer, id, CODE, typed).await
}

async fn submit_coded(
    app: &App,
    viewer: &Viewer,
    id: Uuid,
    credit_code: &str,
    (relation, company_name, representative): (&str, &str, &str),
) -> Result<(), Failure> {
    let typed = Submission {
        relation,
        company_name,
        credit_code,
        representative,
        licence: sample_picture(20),
    };
    org::submit(app, &house::person::<Certify>(app, viewer), viewer, id, typed).await
}

pub async fn view(app: &App, viewer: &Viewer, id: Uuid) -> ApplicationView {
    let ctx = house::person::<Certify>(app, viewer);
    org::application(app, &ctx, viewer, id).await.expect("a view")
}

pub async fn mine(app: &App, viewer: &Viewer) -> Mine {
    org::mine(app, &house::person::<ShowOwn>(app, viewer), viewer)
        .await
        .expect("a list")
}

pub async fn transfer(app: &App, viewer: &Viewer, id: Uuid) -> Result<(), Failure> {
    let typed = TransferForm {
        bank: "某某银行上海分行",
        bank_account: ACCOUNT,
    };
    let ctx = house::person::<Certify>(app, viewer);
    org::send_transfer(app, &ctx, viewer, id, &typed).await
}

pub async fn enter(app: &App, viewer: &Viewer, id: Uuid, amount: &str) -> Result<(), Failure> {
    org::enter_amount(app, &house::person::<Certify>(app, viewer), viewer, id, amount).await
}

/// The amount that the demonstration's bank says arrived.
pub async fn arrived(app: &App) -> String {
    let text = house::latest_message(app).await;
    let at = text.find("0.").expect("an amount");
    text[at..at + 4].to_owned()
}

/// Another amount than this.
fn other(amount: &str) -> &'static str {
    if amount == "0.01" { "0.02" } else { "0.01" }
}

/// A verified person with an application that the register agrees with.
pub async fn checked(test: &TestStore, app: &App) -> (Viewer, Uuid) {
    let viewer = person(test, app, "100-0000-0001", "林知远").await;
    verified(app, &viewer, NUMBER).await;
    let id = begin(app, &viewer, true).await.expect("begun");
    submit_as(app, &viewer, id, ("representative", NAME, "林知远"))
        .await
        .expect("handed in");
    work(app).await;
    (viewer, id)
}

/// Somebody verified founds an enterprise, invites a phone, and hands in another enterprise with a letter
/// and an account, which waits.
pub async fn enterprising(test: &TestStore, app: &App, viewer: &Viewer) {
    let first = begin(app, viewer, true).await.expect("begun");
    submit_as(app, viewer, first, ("representative", NAME, "林知远"))
        .await
        .expect("handed in");
    work(app).await;
    test.clock.advance(Duration::seconds(1));
    transfer(app, viewer, first).await.expect("sent");
    work(app).await;
    let amount = arrived(app).await;
    enter(app, viewer, first, &amount).await.expect("proved");
    let organisation = mine(app, viewer).await.organisations[0].organisation.id;
    let keep = house::person::<KeepAccount>(app, viewer);
    org::invite(
        app,
        &keep,
        viewer,
        organisation,
        ("100-0000-0098", Seat::Viewer),
        None,
    )
    .await
    .expect("invited");
    let second = begin(app, viewer, true).await.expect("begun");
    submit_coded(
        app,
        viewer,
        second,
        "91999999MAD3650263",
        ("agent", "鹿鸣餐饮（演示）", "鹿鸣"),
    )
    .await
    .expect("handed in");
    work(app).await;
    let ctx = house::person::<Certify>(app, viewer);
    org::hand_in_letter(app, &ctx, viewer, second, sample_picture(7))
        .await
        .expect("handed in");
    transfer(app, viewer, second).await.expect("sent");
    test.clock.advance(Duration::seconds(1));
}

/// An owner with a verified organisation.
pub async fn founded(test: &TestStore, app: &App) -> (Viewer, Uuid) {
    let (viewer, id) = checked(test, app).await;
    test.clock.advance(Duration::seconds(1));
    transfer(app, &viewer, id).await.expect("sent");
    work(app).await;
    let amount = arrived(app).await;
    enter(app, &viewer, id, &amount).await.expect("proved");
    let organisation = mine(app, &viewer).await.organisations[0].organisation.id;
    (viewer, organisation)
}

pub async fn papers(test: &TestStore) -> i64 {
    test.count("SELECT COUNT(*) FROM enterprise_paper").await
}

pub async fn due(app: &App) -> usize {
    org::run_due(app, &system::<Operate>(app)).await.expect("ran")
}

both_dbs! {
    clause_2_1_1_d_an_enterprise_is_founded_by_consent_register_and_transfer(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "林知远").await;
        assert_eq!(refusal(begin(&app, &viewer, false).await), Some(Party::EnterpriseConsent.into()));
        assert_eq!(refusal(begin(&app, &viewer, true).await), Some(Party::EnterprisePerson.into()));
        let said = "SELECT COUNT(*) FROM consent_event WHERE document = 'enterprise'";
        assert_eq!(test.count(said).await, 0, "nobody consents to what does not begin");
        verified(&app, &viewer, NUMBER).await;
        let id = begin(&app, &viewer, true).await.expect("begun");
        assert_eq!(test.count(said).await, 1);
        assert_eq!(refusal(begin(&app, &viewer, true).await), Some(Party::EnterpriseUnderWay.into()));
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::VerifyNotNow.into()));

        // Who says to be the representative is verified under that name.
        let other_name = submit_as(&app, &viewer, id, ("representative", NAME, "何小满")).await;
        assert_eq!(refusal(other_name), Some(Party::RepresentativeOther.into()));
        assert_eq!(papers(test).await, 0, "nothing is kept of what is refused");
        submit_as(&app, &viewer, id, ("agent", NAME, "何小满")).await.expect("handed in");
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::Submitted);
        work(&app).await;
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::AutoChecked);
        let register = own_ledger(&app, &viewer).await.lines.into_iter()
            .find(|line| line.processor.as_deref() == Some("enterprise_register")).expect("a line");
        assert_eq!(register.fields, "enterprise_paper.representative");

        test.clock.advance(Duration::seconds(1));
        transfer(&app, &viewer, id).await.expect("sent");
        work(&app).await;
        let bank = own_ledger(&app, &viewer).await.lines.into_iter()
            .find(|line| line.processor.as_deref() == Some("transfer_bank")).expect("a line");
        assert_eq!(bank.fields, "enterprise_paper.bank_account", "the bank does not get the amount from the ledger's field");
        let amount = arrived(&app).await;
        assert_eq!(refusal(enter(&app, &viewer, id, "1.00").await), Some(Party::ProofAmount.into()));
        assert_eq!(refusal(enter(&app, &viewer, id, other(&amount)).await), Some(Party::ProofWrong.into()));
        assert_eq!(test.count("SELECT transfer_wrong FROM enterprise_verification").await, 1, "a wrong one stays counted");
        enter(&app, &viewer, id, &amount).await.expect("proved");

        let own = mine(&app, &viewer).await;
        let line = &own.organisations[0];
        assert_eq!((&*line.organisation.name, &*line.organisation.credit_code), (NAME, CODE));
        assert_eq!((line.seat, line.badge), (Seat::Owner, Badge::Verified));
        assert!(own.application.is_none());
        // What was handed in has done its work, and the verification is nobody's own.
        assert_eq!(papers(test).await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_verification WHERE subject IS NOT NULL OR account IS NOT NULL").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_transfer WHERE last_four = '0001'").await, 1);
    }

    three_wrong_amounts_lock_for_a_day_and_a_transfer_is_good_for_seven(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        test.clock.advance(Duration::seconds(1));
        transfer(&app, &viewer, id).await.expect("sent");
        work(&app).await;
        let amount = arrived(&app).await;
        for party in [Party::ProofWrong, Party::ProofWrong, Party::ProofLocked] {
            assert_eq!(refusal(enter(&app, &viewer, id, other(&amount)).await), Some(party.into()));
        }
        assert_eq!(refusal(enter(&app, &viewer, id, &amount).await), Some(Party::VerifyNotNow.into()), "locked, also for the right one");
        test.clock.advance(LOCK - Duration::SECOND);
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::Locked);
        test.clock.advance(Duration::SECOND);
        assert_eq!(due(&app).await, 1);
        let open = view(&app, &viewer, id).await;
        assert_eq!(open.verification.state, State::Proving);
        assert_eq!(refusal(enter(&app, &viewer, id, &amount).await), Some(Party::ProofUnsent.into()), "the old amount is gone");
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper WHERE bank_account IS NOT NULL OR amount IS NOT NULL").await, 0);

        transfer(&app, &viewer, id).await.expect("sent again");
        work(&app).await;
        test.clock.advance(LIFE - Duration::SECOND);
        assert_eq!(due(&app).await, 0);
        test.clock.advance(Duration::SECOND);
        assert_eq!(due(&app).await, 1);
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::Draft);
        assert_eq!(papers(test).await, 0, "what is to be handed in again is not kept");
        test.clock.advance(Duration::days(DRAFT_DAYS) - Duration::SECOND);
        assert_eq!(due(&app).await, 0);
        test.clock.advance(Duration::SECOND);
        due(&app).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_verification").await, 0, "an application that is given up leaves nothing");
    }

    transfers_are_rationed_by_day_and_by_account(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        for day in 0..2 {
            for time in 0..3 {
                transfer(&app, &viewer, id).await.unwrap_or_else(|_| panic!("day {day}, transfer {time}"));
            }
            let more = refusal(transfer(&app, &viewer, id).await);
            assert!(more.is_some(), "day {day}");
            if day == 0 {
                assert_eq!(more, Some(Party::ProofToday.into()));
            }
            test.clock.advance(Duration::days(1));
        }
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::ProofAccount.into()), "six to one account, ever");
        // A bank that makes no transfers leaves the letter.
        let without = App { bank: None, ..app.clone() };
        assert_eq!(refusal(transfer(&without, &viewer, id).await), Some(Party::ProofNoBank.into()));
    }

    what_the_register_says_against_it_is_named_and_can_be_put_right(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "林知远").await;
        verified(&app, &viewer, NUMBER).await;
        let id = begin(&app, &viewer, true).await.expect("begun");
        for (name, representative, reasons) in [
            ("名称不符软件（演示）", "何小满", vec![Reason::NameMismatch]),
            ("查无此司软件（演示）", "何小满", vec![Reason::CodeUnknown]),
            ("注销不符软件（演示）", "姓名不符", vec![Reason::NameMismatch, Reason::RepresentativeMismatch, Reason::NotInBusiness]),
        ] {
            submit_as(&app, &viewer, id, ("agent", name, representative)).await.expect("handed in");
            work(&app).await;
            let seen = view(&app, &viewer, id).await;
            assert_eq!((seen.verification.state, &seen.verification.reasons), (State::Rejected, &reasons));
            assert_eq!(papers(test).await, 0);
            test.clock.advance(Duration::SECOND);
            org::edit(&app, &house::person::<KeepAccount>(&app, &viewer), &viewer, id).await.expect("back to the form");
        }
        // A register that is away is asked again, and nothing is decided meanwhile.
        submit_as(&app, &viewer, id, ("agent", "无应答软件（演示）", "何小满")).await.expect("handed in");
        work(&app).await;
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::Submitted);
        assert_eq!(test.count("SELECT COUNT(*) FROM job WHERE kind = 'check_enterprise'").await, 1);
    }

    wrong_fields_are_all_named_at_once_and_nothing_is_kept(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "林知远").await;
        verified(&app, &viewer, NUMBER).await;
        let id = begin(&app, &viewer, true).await.expect("begun");
        let typed = Submission {
            relation: "friend",
            company_name: "<b>",
            credit_code: NUMBER,
            representative: "A",
            licence: b"%PDF-1.7".to_vec(),
        };
        let ctx = house::person::<Certify>(&app, &viewer);
        let failure = org::submit(&app, &ctx, &viewer, id, typed).await.expect_err("refused");
        let expected: Vec<Refused> = [Party::EnterpriseRelation, Party::CompanyNameLength, Party::CreditCodeIdentity, Party::RepresentativeName, Party::LicenceFormat]
            .map(Refused::from).to_vec();
        let fields = |refused: &[Refused]| refused.iter().map(|why| why.field()).collect::<Vec<_>>();
        assert_eq!(fields(failure.refusals()), fields(&expected));
        assert!(failure.refusals().contains(&Party::CreditCodeIdentity.into()));
        assert_eq!(papers(test).await, 0);
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::Draft);
    }

    to_others_an_application_does_not_exist(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        let stranger = person(test, &app, "100-0000-0002", "何小满").await;
        let ctx = house::person::<Certify>(&app, &stranger);
        let seen = org::application(&app, &ctx, &stranger, id).await;
        assert!(matches!(seen.err(), Some(Failure::NotFound)));
        let acts = [
            transfer(&app, &stranger, id).await,
            enter(&app, &stranger, id, "0.01").await,
            org::hand_in_letter(&app, &ctx, &stranger, id, sample_picture(1)).await,
            org::withdraw(&app, &house::person::<KeepAccount>(&app, &stranger), &stranger, id).await,
            submit_as(&app, &stranger, id, ("agent", NAME, "何小满")).await,
        ];
        for act in acts {
            assert!(matches!(act, Err(Failure::NotFound)));
        }
        assert_eq!(view(&app, &viewer, id).await.verification.state, State::AutoChecked);
    }

    clause_2_1_1_g_the_end_of_the_consent_ends_the_application(test) {
        let app = house::app(test);
        let (viewer, _) = checked(test, &app).await;
        assert_eq!(papers(test).await, 1);
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        account::choose(&app, &ctx, &viewer, ENTERPRISE.id, ConsentState::Withdrawn, SHOWN).await.expect("withdrawn");
        assert_eq!(papers(test).await, 0);
        assert!(mine(&app, &viewer).await.application.is_none());
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_verification").await, 0);
    }

    clause_2_1_1_g_without_the_consent_no_transfer_is_asked_for_and_no_amount_taken(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        // Whatever else the end of the consent does: here only its record is gone.
        test.tamper("DELETE FROM consent_event WHERE document = 'enterprise'").await;
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::EnterpriseConsent.into()));
        assert_eq!(refusal(enter(&app, &viewer, id, "0.01").await), Some(Party::EnterpriseConsent.into()));
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_transfer").await, 0);
    }

    who_is_no_longer_verified_founds_nothing(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        test.clock.advance(Duration::seconds(1));
        transfer(&app, &viewer, id).await.expect("sent");
        work(&app).await;
        let amount = arrived(&app).await;
        let ctx = house::person::<KeepAccount>(&app, &viewer);
        account::choose(&app, &ctx, &viewer, REAL_NAME.id, ConsentState::Withdrawn, SHOWN).await.expect("withdrawn");
        assert_eq!(refusal(enter(&app, &viewer, id, &amount).await), Some(Party::EnterprisePerson.into()));
        assert_eq!(test.count("SELECT COUNT(*) FROM organisation").await, 0);
    }

    the_register_is_asked_again_after_a_year_and_the_badge_stays_for_thirty_days(test) {
        let app = house::app(test);
        let (viewer, organisation) = founded(test, &app).await;
        let id = mine(&app, &viewer).await.organisations[0].verification.expect("owner");
        let year = view(&app, &viewer, id).await.due.expect("a clock").1.expect("a day");
        test.clock.advance(year - app.clock.now() - Duration::SECOND);
        due(&app).await;
        assert_eq!(mine(&app, &viewer).await.organisations[0].state, State::Verified);
        test.clock.advance(Duration::SECOND);
        due(&app).await;
        assert_eq!(mine(&app, &viewer).await.organisations[0].state, State::AnnualDue);
        work(&app).await;
        assert_eq!(mine(&app, &viewer).await.organisations[0].state, State::Verified, "asked without anybody, it agrees");

        // The next year the enterprise is no longer in business.
        test.tamper("UPDATE enterprise_verification SET company_name = '注销软件（演示）'").await;
        test.clock.advance(Duration::days(366));
        due(&app).await;
        work(&app).await;
        let line = mine(&app, &viewer).await.organisations[0].clone();
        assert_eq!((line.state, line.badge), (State::AnnualDue, Badge::Verified), "the grace");
        let told = house::messages(&app).await;
        assert!(told.iter().any(|text| text.contains("年度复核")));
        test.clock.advance(Duration::days(GRACE_DAYS) - Duration::SECOND);
        due(&app).await;
        assert_eq!(mine(&app, &viewer).await.organisations[0].badge, Badge::Verified);
        test.clock.advance(Duration::days(1));
        due(&app).await;
        let line = mine(&app, &viewer).await.organisations[0].clone();
        assert_eq!((line.state, line.badge), (State::Rejected, Badge::None));
        assert_eq!(line.organisation.id, organisation, "the organisation stays");
    }

    a_change_is_public_only_once_it_is_proved(test) {
        let app = house::app(test);
        let (viewer, _) = founded(test, &app).await;
        let id = mine(&app, &viewer).await.organisations[0].verification.expect("owner");
        let changed = "星渚科技（演示）";
        submit_as(&app, &viewer, id, ("agent", changed, "何小满")).await.expect("handed in");
        let public = mine(&app, &viewer).await.organisations[0].clone();
        assert_eq!((&*public.organisation.name, public.badge), (NAME, Badge::Changing));
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::EnterpriseRegister.into()), "the register has not answered");
        work(&app).await;
        assert_eq!(view(&app, &viewer, id).await.answered, Some(Vec::new()));
        test.clock.advance(Duration::seconds(1));
        transfer(&app, &viewer, id).await.expect("sent");
        work(&app).await;
        let amount = arrived(&app).await;
        enter(&app, &viewer, id, &amount).await.expect("proved");
        let public = mine(&app, &viewer).await.organisations[0].clone();
        assert_eq!((&*public.organisation.name, public.badge), (changed, Badge::Verified));
        assert_eq!(papers(test).await, 0);
        // What the register denies is not proved.
        submit_as(&app, &viewer, id, ("agent", "不符科技（演示）", "何小满")).await.expect("handed in");
        work(&app).await;
        assert_eq!(view(&app, &viewer, id).await.answered, Some(vec![Reason::NameMismatch]));
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::EnterpriseRegister.into()));
        let chosen = view(&app, &viewer, id).await.verification;
        assert_eq!((chosen.state, chosen.proof), (State::Changed, None::<Proof>));
    }

    clause_2_5_1_e_what_the_program_opens_of_it_its_person_reads(test) {
        let app = house::app(test);
        let (viewer, _) = founded(test, &app).await;
        let ctx = house::person::<ShowOwn>(&app, &viewer);
        let all = account::openings(&app, &ctx, &viewer, None, Place::TOP).await.expect("read");
        let fields: Vec<_> = all.rows.iter().map(|row| row.fields.as_str()).collect();
        for field in ["enterprise_paper.representative", "enterprise_paper.bank_account,enterprise_paper.amount", "enterprise_paper.amount"] {
            assert!(fields.contains(&field), "{field}");
        }
        let event = Event::EnterAmount;
        assert!(!all.rows.iter().any(|row| row.fields.contains(event.as_str())));
    }

    wrong_amounts_count_for_the_enterprise_whoever_begins_anew(test) {
        let app = house::app(test);
        let (viewer, mut id) = checked(test, &app).await;
        for round in 0..2 {
            test.clock.advance(Duration::seconds(1));
            transfer(&app, &viewer, id).await.expect("sent");
            work(&app).await;
            let amount = arrived(&app).await;
            for _ in 0..3 {
                enter(&app, &viewer, id, other(&amount)).await.expect_err("wrong");
            }
            // Taken back and begun anew, it is as locked as before.
            let keep = house::person::<KeepAccount>(&app, &viewer);
            org::withdraw(&app, &keep, &viewer, id).await.expect("taken back");
            id = begin(&app, &viewer, true).await.expect("begun");
            submit_as(&app, &viewer, id, ("representative", NAME, "林知远")).await.expect("handed in");
            work(&app).await;
            let expected = if round == 0 { Party::ProofLocked } else { Party::ProofTries };
            assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(expected.into()), "round {round}");
            test.clock.advance(LOCK);
        }
        // A year later the first ones no longer count.
        test.clock.advance(Duration::days(1));
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::ProofTries.into()));
    }

    an_amount_that_the_bank_never_sent_proves_nothing(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        transfer(&app, &viewer, id).await.expect("asked for");
        for fen in 1..100 {
            let tried = enter(&app, &viewer, id, &format!("0.{fen:02}")).await;
            assert_eq!(refusal(tried), Some(Party::ProofUnsent.into()), "{fen}");
        }
        assert_eq!(test.count("SELECT transfer_wrong FROM enterprise_verification").await, 0, "no try was used up");
        // Another step meanwhile does not make the bank forget it.
        work(&app).await;
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_transfer WHERE sent_at IS NOT NULL").await, 1);
    }

    submissions_are_rationed(test) {
        let app = house::app(test);
        let viewer = person(test, &app, "100-0000-0001", "林知远").await;
        verified(&app, &viewer, NUMBER).await;
        let id = begin(&app, &viewer, true).await.expect("begun");
        for _ in 0..domain::person::verification::CHECKS {
            submit_as(&app, &viewer, id, ("agent", "名称不符软件（演示）", "何小满")).await.expect("handed in");
            work(&app).await;
            org::edit(&app, &house::person::<KeepAccount>(&app, &viewer), &viewer, id).await.expect("back");
        }
        let more = submit_as(&app, &viewer, id, ("agent", NAME, "何小满")).await;
        assert_eq!(refusal(more), Some(Party::VerifyOften.into()));
        test.clock.advance(Duration::days(1));
        submit_as(&app, &viewer, id, ("agent", NAME, "何小满")).await.expect("the next day");
    }

    clause_2_6_3_d_an_erased_member_leaves_no_demand_that_nobody_answers(test) {
        let app = house::app(test);
        let (viewer, organisation) = founded(test, &app).await;
        let keep = house::person::<KeepAccount>(&app, &viewer);
        let verify = house::person::<privacy::purpose::VerifyHolder>(&app, &viewer);
        let given = account::Given { code: "", recovery: "" };
        account::step_up(&app, &verify, &viewer, house::PASSWORD, &given).await.expect("proved");
        org::dissolve(&app, &keep, &viewer, organisation).await.expect("dissolved");
        let law = house::person::<privacy::purpose::ObeyLaw>(&app, &viewer);
        let (_, waits) = app::rights::ask_closure(&app, &verify, &law, &viewer, house::PASSWORD).await.expect("asked");
        assert!(!waits);
        for _ in 0..4 {
            work(&app).await;
        }
        assert_eq!(test.count("SELECT COUNT(*) FROM recipient_demand WHERE recipient_kind = 'organisation'").await, 0);
        assert_eq!(test.count("SELECT COUNT(*) FROM erasure WHERE key_destroyed_at IS NOT NULL").await, 1);
    }

    a_transfer_that_the_bank_refuses_counts_for_nobody_and_is_told(test) {
        let app = house::app(test);
        let (viewer, id) = checked(test, &app).await;
        let typed = TransferForm { bank: "某某银行上海分行", bank_account: "9999990000" };
        for _ in 0..4 {
            let ctx = house::person::<Certify>(&app, &viewer);
            org::send_transfer(&app, &ctx, &viewer, id, &typed).await.expect("asked for");
            test.clock.advance(Duration::SECOND);
            work(&app).await;
            let seen = view(&app, &viewer, id).await;
            assert!(seen.refused && !seen.arrived && seen.last_four.is_none());
            assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_paper WHERE bank_account IS NOT NULL").await, 0);
            assert_eq!(refusal(enter(&app, &viewer, id, "0.01").await), Some(Party::ProofUnsent.into()));
        }
        assert!(house::latest_message(&app).await.contains("企业认证有了新的结果"));
        transfer(&app, &viewer, id).await.expect("a right account");
    }

    who_guesses_for_many_enterprises_has_no_more_tries_than_for_one(test) {
        let app = house::app(test);
        let (viewer, mut id) = checked(test, &app).await;
        let keep = || house::person::<KeepAccount>(&app, &viewer);
        for code in ["91999999MAD3650263", "91999999MAD365034X"] {
            test.clock.advance(Duration::seconds(1));
            transfer(&app, &viewer, id).await.expect("sent");
            work(&app).await;
            let amount = arrived(&app).await;
            for _ in 0..3 {
                enter(&app, &viewer, id, other(&amount)).await.expect_err("wrong");
            }
            org::withdraw(&app, &keep(), &viewer, id).await.expect("taken back");
            id = begin(&app, &viewer, true).await.expect("begun");
            submit_coded(&app, &viewer, id, code, ("agent", "鹿鸣餐饮（演示）", "鹿鸣")).await.expect("handed in");
            work(&app).await;
        }
        assert_eq!(refusal(transfer(&app, &viewer, id).await), Some(Party::ProofTries.into()));
        // The enterprise itself is not closed by it.
        assert_eq!(test.count("SELECT COUNT(*) FROM enterprise_transfer WHERE credit_code = '91999999MAD365034X'").await, 0);
    }
}
