//! Copies and their way back: whoever was erased since stays erased, and what is not right is
//! refused with the present data as it was.

use std::path::{Path, PathBuf};

use app::market::share;
use app::rights::{self, Restored, Target};
use app::{App, Failure, Fault, account};
use domain::market::share::Field;
use domain::person::verification::State;
use privacy::consent::{ConsentState, Origin, Standing};
use privacy::purpose::{FulfilContract, ObeyLaw, ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis};
use storage::backup::{self, BackupError, Part, VAULT_COPY_LIFE};
use storage::{Engine, Keys, Store, StoreError};
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::consent::{choice, choose};
use crate::disclosure::{own_ledger, shared_order};
use crate::house;
use crate::order::{scene, system};
use crate::person::{NUMBER, verified};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &TestStore, name: &str) -> Self {
        let own = test
            .addresses
            .0
            .rsplit('/')
            .find(|part| part.contains("qifu365_test"));
        let path = std::env::temp_dir().join(format!("{}_{name}", own.expect("a name")));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn with(test: &TestStore, store: Store) -> App {
    App {
        store,
        ..house::app(test)
    }
}

/// Where a copy is taken back to: SQLite's own place, or an empty PostgreSQL database.
async fn place(test: &TestStore, name: &str) -> String {
    let data = test.addresses.0.clone();
    match test.store.engine() {
        Engine::Sqlite => data,
        Engine::Postgres => {
            let (server, database) = data.rsplit_once('/').expect("an address");
            test.tamper(&format!("CREATE DATABASE {database}_{name}")).await;
            format!("{server}/{database}_{name}")
        }
    }
}

async fn taken_back(test: &TestStore, file: &Path, data: &str, vault: &str) -> Result<Restored, Failure> {
    let target = Target {
        data,
        vault,
        keys: Keys::from(testkit::wrapping_key()),
        entropy: test.entropy.clone(),
    };
    let now = house::app(test).clock.now();
    rights::restore(file, target, now, |store| {
        let app = with(test, store);
        let ctx = system(&app);
        (app, ctx)
    })
    .await
}

fn refused(result: Result<Restored, Failure>) -> BackupError {
    match result {
        Err(Failure::Fault(Fault::Backup(error))) => error,
        other => panic!("not refused: {other:?}"),
    }
}

async fn phone(app: &App, subject: privacy::SubjectId) -> Result<String, StoreError> {
    let ctx: Ctx<ObeyLaw> = system(app);
    let mut tx = app.store.begin(&ctx).await?;
    let id = storage::account::of_subject(&mut tx, subject)
        .await?
        .expect("an account");
    let row = storage::account::by_id(&mut tx, id).await?.expect("a row");
    let ask = Ask {
        subject,
        fields: &["account.phone"],
        basis: LegalBasis::LegalDuty("PIPL 47"),
        clause: "1.6",
        case: None,
    };
    let permit = tx.permit(ask).await?;
    tx.open(
        &permit,
        &storage::account::field("phone", id, subject),
        &row.phone,
    )
    .await
    .map(|opened| opened.inside().to_owned())
}

/// Erases the viewer; the number of the certificate.
async fn erase(app: &App, viewer: &app::account::Viewer) -> String {
    let (verify, law): (Ctx<VerifyHolder>, Ctx<ObeyLaw>) =
        (house::person(app, viewer), house::person(app, viewer));
    let (number, _) = rights::ask_closure(app, &verify, &law, viewer, house::PASSWORD)
        .await
        .expect("asked");
    rights::erase(app, &system(app), viewer.subject)
        .await
        .expect("erased");
    number
}

both_dbs! {
    clause_2_6_3_e_who_was_erased_after_a_copy_is_unreadable_in_it_and_gone_after_a_restore(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "先走一步").await;
        let gone = house::viewer(&app, &begun).await.expect("logged in");
        test.clock.advance(Duration::seconds(1));
        let begun = house::register(&app, "100-0000-0002", "留下的人").await;
        let stays = house::viewer(&app, &begun).await.expect("logged in");
        choose(&app, &stays, ConsentState::Given).await;
        let folder = Folder::new(test, "copies");
        // Made while people use the site.
        let (copy, login) = tokio::join!(
            app.store.back_up(Part::Data, &folder.0, app.clock.now()),
            house::log_in(&app, "100-0000-0002", house::PASSWORD),
        );
        let (file, manifest) = copy.expect("copied");
        login.expect("logged in meanwhile");
        assert_eq!(manifest.installation, app.store.vault_state().await.expect("a vault").installation);
        assert_eq!(phone(&app, gone.subject).await.expect("opens"), "10000000001");
        let number = erase(&app, &gone).await;
        // What those who stay take back after the copy.
        choose(&app, &stays, ConsentState::Withdrawn).await;
        account::revoke(&app, &house::person(&app, &stays), &stays, stays.session).await.expect("ended");
        test.clock.advance(Duration::days(1));
        house::register(&app, "100-0000-0003", "后来的人").await;

        // The copy itself, beside the present vault: the person's row is there and does not open.
        let scratch = match app.store.engine() {
            Engine::Sqlite => format!("sqlite:{}", folder.0.join("scratch.db").display()),
            Engine::Postgres => place(test, "scratch").await,
        };
        let staged = backup::stage(&file, &manifest, &scratch).await.expect("staged");
        let opened = Store::open(staged.address(), &test.addresses.1, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
        let raw = with(test, opened.clone());
        assert!(matches!(phone(&raw, gone.subject).await, Err(StoreError::NoKey)), "the copy is readable");
        assert_eq!(phone(&raw, stays.subject).await.expect("opens"), "10000000002");
        opened.close().await;
        staged.abandon();

        let data = place(test, "back").await;
        test.store.close().await;
        let restored = taken_back(test, &file, &data, &test.addresses.1).await.expect("restored");
        assert_eq!(restored.again, 1);
        assert_eq!(restored.kept.is_some(), data.starts_with("sqlite:"));
        let store = Store::open(&data, &test.addresses.1, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
        let app = with(test, store.clone());
        {
            let ctx: Ctx<ObeyLaw> = system(&app);
            let mut tx = app.store.begin(&ctx).await.expect("begins");
            assert_eq!(storage::account::of_subject(&mut tx, gone.subject).await.expect("asked"), None, "back again");
        }
        assert!(!app.store.has_key(gone.subject, app.clock.now()).await.expect("asked"));
        assert!(house::log_in(&app, "100-0000-0001", house::PASSWORD).await.is_err());
        assert!(house::log_in(&app, "100-0000-0003", house::PASSWORD).await.is_err(), "came after the copy");
        let shown = rights::certificate(&app, &system(&app), &number).await.expect("under the number the person has");
        assert!(shown.ended_at.is_some() && shown.ground == "restored");
        assert!(house::viewer(&app, &begun).await.is_none(), "2.1.1.e: the session had been ended");
        let (standing, may_ask) = choice(&app, &stays).await;
        assert!(matches!(standing, Standing::Refused { origin: Origin::Restore, .. }) && may_ask, "2.1.1.g: {standing:?}");
        house::log_in(&app, "100-0000-0002", house::PASSWORD).await.expect("others are whole");
        let (verify, show): (Ctx<VerifyHolder>, Ctx<ShowOwn>) = (house::person(&app, &stays), house::person(&app, &stays));
        let copied = rights::copy(&app, &verify, &show, &stays, house::PASSWORD).await.expect("a copy");
        assert!(copied.json().to_string().contains("10000000002"));
        store.close().await;
    }

    clause_2_1_1_g_a_verification_does_not_come_back_with_an_older_copy(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "认证的人").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        verified(&app, &viewer, NUMBER).await;
        let folder = Folder::new(test, "copies");
        let (file, _) = app.store.back_up(Part::Data, &folder.0, app.clock.now()).await.expect("copied");
        let data = place(test, "back").await;
        test.store.close().await;
        taken_back(test, &file, &data, &test.addresses.1).await.expect("restored");
        let store = Store::open(&data, &test.addresses.1, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
        let app = with(test, store.clone());
        let ctx = house::person(&app, &viewer);
        let mut tx = app.store.begin::<ShowOwn>(&ctx).await.expect("begins");
        let row = storage::person::of_account(&mut tx, viewer.account).await.expect("read").expect("a row");
        assert_eq!(row.verification.state, State::Erased);
        assert!(row.real_name.is_none() && row.id_number.is_none());
        drop(tx);
        store.close().await;
    }

    clause_2_2_3_d_a_wish_for_another_phone_does_not_come_back_with_an_older_copy(test) {
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "lin").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        crate::phone::asked(test, &app).await.expect("asked");
        let folder = Folder::new(test, "copies");
        let (file, _) = app.store.back_up(Part::Data, &folder.0, app.clock.now()).await.expect("copied");
        app::account::cancel_lost(&app, &house::person(&app, &viewer), &viewer).await.expect("cancelled");
        let data = place(test, "back").await;
        test.store.close().await;
        taken_back(test, &file, &data, &test.addresses.1).await.expect("restored");
        let store = Store::open(&data, &test.addresses.1, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
        let app = with(test, store.clone());
        test.clock.advance(time::Duration::days(9));
        assert_eq!(app::account::carry_out_recoveries(&app, "2020-11-01").await.expect("work"), 0);
        assert_eq!(house::log_in(&app, "100-0000-0077", house::PASSWORD).await.err().map(|failure| failure.refusals().to_vec()), Some(vec![domain::Refused::LoginWrong]));
        store.close().await;
    }

    clause_2_4_1_2_what_was_shared_does_not_come_back_with_an_older_copy(test) {
        let scene = scene(test).await;
        let number = shared_order(&scene, 1).await;
        let folder = Folder::new(test, "copies");
        let (file, _) = scene.app.store.back_up(Part::Data, &folder.0, scene.app.clock.now()).await.expect("copied");
        let (ctx, buyer) = (scene.ctx(&scene.buyer), &scene.buyer);
        share::take_back(&scene.app, &ctx, buyer, &number, Field::Phone).await.expect("taken back");
        let data = place(test, "back").await;
        test.store.close().await;
        taken_back(test, &file, &data, &test.addresses.1).await.expect("restored");
        let store = Store::open(&data, &test.addresses.1, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
        let app = with(test, store.clone());
        let ctx = house::person(&app, &scene.seller);
        let shown = share::shared(&app, &ctx, &scene.seller, &number).await.expect("the order is there");
        assert!(shown.given.is_empty());
        let ledger = own_ledger(&app, &scene.buyer).await;
        let mut asked: Vec<_> = ledger.demands.iter().map(|asked| (&*asked.fields, &*asked.reason)).collect();
        asked.sort_unstable();
        assert_eq!(asked, [("order_share.contact_name", "restored"), ("order_share.phone", "restored")]);
        let ctx = house::person(&app, &scene.buyer);
        let mut tx = app.store.begin::<FulfilContract>(&ctx).await.expect("begins");
        let row = storage::market::order::by_number(&mut tx, &number).await.expect("read").expect("an order");
        assert!(storage::market::share::find(&mut tx, row.id).await.expect("read").is_none());
        drop(tx);
        store.close().await;
    }

    clause_2_6_3_e_who_was_being_erased_while_a_copy_was_made_is_erased_in_it_to_the_end(test) {
        let app = house::app(test);
        let folder = Folder::new(test, "copies");
        let law: Ctx<ObeyLaw> = system(&app);
        let mut people = Vec::new();
        for (number, steps) in [0, 1, 2, 3].into_iter().enumerate() {
            test.clock.advance(Duration::seconds(1));
            let begun = house::register(&app, &format!("100-0000-000{number}"), &format!("半途{number}")).await;
            let viewer = house::viewer(&app, &begun).await.expect("logged in");
            let (verify, own): (Ctx<VerifyHolder>, Ctx<ObeyLaw>) = (house::person(&app, &viewer), house::person(&app, &viewer));
            let (receipt, _) = rights::ask_closure(&app, &verify, &own, &viewer, house::PASSWORD).await.expect("asked");
            for _ in 0..steps {
                rights::step(&app, &law, viewer.subject).await.expect("a step");
            }
            people.push((viewer.subject, receipt));
        }
        let (file, _) = app.store.back_up(Part::Data, &folder.0, app.clock.now()).await.expect("copied");
        for (subject, _) in &people {
            rights::erase(&app, &law, *subject).await.expect("erased");
        }
        let data = place(test, "back").await;
        test.store.close().await;
        taken_back(test, &file, &data, &test.addresses.1).await.expect("restored");
        let store = Store::open(&data, &test.addresses.1, testkit::wrapping_key(), test.entropy.clone()).await.expect("opens");
        let app = with(test, store.clone());
        for (subject, receipt) in people {
            let shown = rights::certificate(&app, &system(&app), &receipt).await.expect("a certificate");
            assert!(shown.ended_at.is_some(), "{receipt}");
            let ctx: Ctx<ObeyLaw> = system(&app);
            let mut tx = app.store.begin(&ctx).await.expect("begins");
            assert_eq!(storage::account::of_subject(&mut tx, subject).await.expect("asked"), None);
        }
        store.close().await;
    }

    clause_2_6_3_e_what_is_not_right_is_refused_and_the_present_data_stays(test) {
        let app = house::app(test);
        house::register(&app, "100-0000-0001", "在场的人").await;
        let folder = Folder::new(test, "copies");
        let (file, manifest) = app.store.back_up(Part::Data, &folder.0, app.clock.now()).await.expect("copied");
        let again = app.store.back_up(Part::Data, &folder.0, app.clock.now()).await;
        assert!(matches!(again, Err(BackupError::AlreadyThere(_))));
        let beside = PathBuf::from(format!("{}.json", file.display()));
        let (whole, said) = (std::fs::read(&file).expect("read"), std::fs::read_to_string(&beside).expect("read"));
        assert_eq!(whole.len() as u64, manifest.bytes);
        let vaults = Folder::new(test, "vaults");
        let (vault_copy, _) = app.store.back_up(Part::Vault, &vaults.0, app.clock.now()).await.expect("copied");
        let other = TestStore::open(app.store.engine()).await;
        let data = place(test, "back").await;
        let vault = test.addresses.1.as_str();

        let mut altered = whole.clone();
        altered[whole.len() / 2] ^= 1;
        for bad in [&altered[..], &whole[..whole.len() - 1], &[]] {
            std::fs::write(&file, bad).expect("written");
            assert!(matches!(refused(taken_back(test, &file, &data, vault).await), BackupError::Altered(_)));
        }
        std::fs::write(&file, &whole).expect("written");
        std::fs::write(&beside, "{}").expect("written");
        assert!(matches!(refused(taken_back(test, &file, &data, vault).await), BackupError::NoManifest(_)));
        std::fs::write(&beside, said.replace(&format!("\"schema\": {}", manifest.schema), "\"schema\": 99999")).expect("written");
        assert!(matches!(refused(taken_back(test, &file, &data, vault).await), BackupError::Newer { found: 99_999, .. }));
        std::fs::write(&beside, &said).expect("written");
        assert!(matches!(refused(taken_back(test, &vault_copy, &data, vault).await), BackupError::OtherKind { .. }));
        assert!(matches!(refused(taken_back(test, &file, &data, &other.addresses.1).await), BackupError::OtherInstallation));
        assert!(matches!(refused(taken_back(test, &file, &data, "sqlite:/nowhere/vault.db").await), BackupError::NoVault));
        match app.store.engine() {
            Engine::Postgres => {
                let present = &test.addresses.0;
                assert!(matches!(refused(taken_back(test, &file, present, vault).await), BackupError::NotEmpty));
            }
            Engine::Sqlite => {
                // The place beside the data cannot be written.
                let staging = format!("{}.restoring", data.trim_start_matches("sqlite:"));
                std::fs::create_dir(&staging).expect("in the way");
                assert!(matches!(refused(taken_back(test, &file, &data, vault).await), BackupError::File { .. }));
                std::fs::remove_dir(&staging).expect("out of the way");
            }
        }
        house::log_in(&app, "100-0000-0001", house::PASSWORD).await.expect("the present data is whole");
        if let Some(path) = data.strip_prefix("sqlite:") {
            let left = std::fs::read_dir(Path::new(path).parent().expect("a folder")).expect("listed");
            let left: Vec<String> = left.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
            assert!(left.iter().all(|name| !name.contains("restoring") && !name.contains("before")), "{left:?}");
        }
        other.close().await;
    }

    clause_2_6_3_e_copies_of_the_vault_lie_apart_and_live_seven_days(test) {
        assert_eq!(VAULT_COPY_LIFE, Duration::days(7));
        let app = house::app(test);
        let begun = house::register(&app, "100-0000-0001", "钥匙的主人").await;
        let viewer = house::viewer(&app, &begun).await.expect("logged in");
        let (data, vault) = (Folder::new(test, "data"), Folder::new(test, "vault"));
        let (copy, _) = app.store.back_up(Part::Data, &data.0, app.clock.now()).await.expect("copied");
        app.store.back_up(Part::Vault, &vault.0, app.clock.now()).await.expect("copied");
        for (part, folder) in [(Part::Vault, &data), (Part::Data, &vault)] {
            let mixed = app.store.back_up(part, &folder.0, app.clock.now()).await;
            assert!(matches!(mixed, Err(BackupError::SameFolder { .. })));
        }
        // No key lies in the data's copy.
        let wrapped = test.wrapped(viewer.subject).await;
        if app.store.engine() == Engine::Sqlite {
            let bytes = std::fs::read(&copy).expect("read");
            assert!(bytes.windows(wrapped.len()).all(|part| part != wrapped));
        }
        let made = app.clock.now();
        assert_eq!(backup::expire_vault_copies(&vault.0, made + VAULT_COPY_LIFE).expect("runs"), 0);
        assert_eq!(std::fs::read_dir(&vault.0).expect("listed").count(), 2);
        let late = made + VAULT_COPY_LIFE + Duration::SECOND;
        assert_eq!(backup::expire_vault_copies(&vault.0, late).expect("runs"), 1);
        assert_eq!(std::fs::read_dir(&vault.0).expect("listed").count(), 0);
        // Copies of the data are not its business.
        assert_eq!(backup::expire_vault_copies(&data.0, late).expect("runs"), 0);
        assert!(copy.exists());
    }

    clause_2_6_3_e_the_drill_shows_it_leaves_nobody_and_is_recorded(test) {
        let app = house::app(test);
        house::register(&app, "100-0000-0001", "旁观的人").await;
        assert_eq!(rights::latest_drill(&app, &system(&app)).await.expect("asked"), None);
        let folder = Folder::new(test, "drill");
        let drill = rights::drill(&app, &system(&app), &folder.0).await.expect("carried out");
        assert!(drill.held && drill.unreadable && drill.found.is_empty() && drill.passed(), "{drill:?}");
        assert!(!folder.0.exists());
        let latest = rights::latest_drill(&app, &system(&app)).await.expect("asked");
        assert_eq!(latest, Some((app.clock.now(), true)));
        house::log_in(&app, "100-0000-0001", house::PASSWORD).await.expect("others are whole");
        // What must be so is judged, not assumed.
        for bad in [
            rights::Drill { held: false, ..drill.clone() },
            rights::Drill { unreadable: false, ..drill.clone() },
            rights::Drill { found: vec!["account.phone".to_owned()], ..drill.clone() },
        ] {
            assert!(!bad.passed());
        }
    }
}
