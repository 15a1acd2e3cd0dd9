//! The vault belongs to its data, is never older than it, and keeps keys of holds until their end.

use privacy::purpose::{KeepAccount, ShowOwn};
use privacy::{Ask, Binding, Entropy, Holder, LegalBasis, SubjectId, Suite, WrappingKey};
use storage::{Keys, Store, StoreError, VaultRefused, account};
use testkit::{TestStore, both_dbs};

use crate::accounts::register;

async fn open_with(test: &TestStore, data: &str, vault: &str) -> Result<Store, StoreError> {
    Store::open(data, vault, testkit::wrapping_key(), test.entropy.clone()).await
}

async fn reopen(test: &TestStore) -> Result<Store, StoreError> {
    open_with(test, &test.addresses.0, &test.addresses.1).await
}

async fn refused(attempt: impl Future<Output = Result<Store, StoreError>>) -> VaultRefused {
    match attempt.await {
        Err(StoreError::Vault(why)) => why,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("the vault was opened"),
    }
}

pub(crate) async fn opens_own_phone(
    store: &Store,
    test: &TestStore,
    id: uuid::Uuid,
    subject: SubjectId,
) -> bool {
    let ctx = test.person::<ShowOwn>(id, subject);
    let mut tx = store.begin(&ctx).await.expect("begin");
    let row = account::by_id(&mut tx, id).await.expect("read").expect("account");
    let ask = Ask {
        subject,
        fields: &["account.phone"],
        basis: LegalBasis::Contract,
        clause: "2.6.1.a",
        case: None,
    };
    let permit = tx.permit(ask).await.expect("permit");
    tx.open(&permit, &account::field("phone", id, subject), &row.phone)
        .await
        .is_ok()
}

/// Wraps a key as it was wrapped before versions of the wrapping key were bound to it.
async fn unbind(test: &TestStore, subject: SubjectId) {
    let wrapping = testkit::wrapping_key();
    let of = |version| Binding {
        holder: Holder::Subject(subject),
        version,
    };
    let wrapped = test.wrapped(subject).await;
    let key = privacy::unwrap_key(&wrapping, Suite::Standard, of(1), &wrapped).expect("unwrapped");
    let wrapped = privacy::wrap_key(&wrapping, of(0), &key, &*test.entropy).expect("wrapped");
    test.put_wrapped(subject, &wrapped, 0).await;
}

both_dbs! {
    a_second_start_keeps_the_data_and_a_wrong_key_is_refused(test) {
        let (id, subject) = register(test).await;
        let again = reopen(test).await.expect("a second start");
        assert!(opens_own_phone(&again, test, id, subject).await);
        again.close().await;
        let (data, vault) = &test.addresses;
        let wrong = WrappingKey::new([1; 32]);
        let why = refused(Store::open(data, vault, wrong, test.entropy.clone())).await;
        let VaultRefused::WrongKey { id: needed } = why else { panic!("{why}") };
        assert_eq!(needed, privacy::KeyEncryptionKey::id(&testkit::wrapping_key()));
        // The right key still opens everything: nothing was changed by the wrong one.
        let again = reopen(test).await.expect("a third start");
        assert!(opens_own_phone(&again, test, id, subject).await);
        again.close().await;
    }

    clause_1_6_a_vault_older_than_its_data_is_refused(test) {
        register(test).await;
        test.tamper_vault("UPDATE vault_meta SET generation = generation - 1").await;
        let why = refused(reopen(test)).await;
        assert!(matches!(why, VaultRefused::Older { vault, data } if vault + 1 == data), "{why}");
        // The data's own backup beside the present vault is fine: the vault is ahead of it.
        test.tamper_vault("UPDATE vault_meta SET generation = generation + 7").await;
        reopen(test).await.expect("a vault ahead of the data").close().await;
        // The data has learned of that state and refuses the earlier one from now on.
        test.tamper_vault("UPDATE vault_meta SET generation = generation - 1").await;
        assert!(matches!(refused(reopen(test)).await, VaultRefused::Older { .. }));
    }

    clause_1_6_a_vault_from_before_a_destruction_is_refused(test) {
        let (_, subject) = register(test).await;
        let before = test.store.vault_state().await.expect("state").generation;
        test.store.destroy_key(subject).await.expect("destroyed");
        let after = test.store.vault_state().await.expect("state").generation;
        assert!(after > before);
        // The data learns with the next commit, whatever it is.
        let ctx = test.system::<KeepAccount>();
        test.store.begin(&ctx).await.expect("begin").commit().await.expect("commit");
        test.tamper_vault(&format!("UPDATE vault_meta SET generation = {before}")).await;
        assert_eq!(refused(reopen(test)).await, VaultRefused::Older { vault: before, data: after });
    }

    a_vault_of_other_data_is_refused_either_way(test) {
        register(test).await;
        let other = TestStore::open(test.store.engine()).await;
        register(&other).await;
        let (data, vault) = (&test.addresses.0, &other.addresses.1);
        assert_eq!(refused(open_with(test, data, vault)).await, VaultRefused::OtherData);
        // Empty data beside a vault in use: the data was mistyped or lost.
        let empty = TestStore::open(test.store.engine()).await;
        empty.tamper("DELETE FROM installation").await;
        let vault = &test.addresses.1;
        assert_eq!(refused(open_with(test, &empty.addresses.0, vault)).await, VaultRefused::OtherData);
        other.close().await;
        empty.close().await;
        reopen(test).await.expect("the right pair opens").close().await;
    }

    data_without_its_vault_gets_no_new_one(test) {
        register(test).await;
        for table in ["vault_meta", "wrapping_key", "subject_key"] {
            test.tamper_vault(&format!("DELETE FROM {table}")).await;
        }
        assert_eq!(refused(reopen(test)).await, VaultRefused::Empty);
        test.tamper("DELETE FROM installation").await;
        assert_eq!(refused(reopen(test)).await, VaultRefused::Empty);
    }

    an_unknown_suite_is_named_and_a_suite_does_not_change(test) {
        let (data, vault) = &test.addresses;
        let keys = Keys { suite: Some(Suite::Gm), ..Keys::from(testkit::wrapping_key()) };
        let why = refused(Store::open(data, vault, keys, test.entropy.clone())).await;
        assert_eq!(why, VaultRefused::SuiteFixed { kept: Suite::Standard, asked: Suite::Gm });
        test.tamper_vault("UPDATE vault_meta SET suite = 'rot13'").await;
        assert_eq!(refused(reopen(test)).await, VaultRefused::OtherData);
        test.tamper("UPDATE installation SET suite = 'rot13'").await;
        assert_eq!(refused(reopen(test)).await, VaultRefused::UnknownSuite("rot13".to_owned()));
    }

    stores_from_before_there_were_identifiers_go_on(test) {
        let (id, subject) = register(test).await;
        // As the first release left them: no identity on either side, keys bound to their subject only.
        test.tamper("DELETE FROM installation").await;
        test.tamper_vault("DELETE FROM vault_meta").await;
        test.tamper_vault("DELETE FROM wrapping_key").await;
        for holder in [SubjectId(uuid::Uuid::nil()), subject] {
            unbind(test, holder).await;
        }
        let wrong = Store::open(&test.addresses.0, &test.addresses.1, WrappingKey::new([1; 32]), test.entropy.clone());
        assert!(matches!(wrong.await, Err(StoreError::Seal(privacy::SealError::Damaged))));
        let again = reopen(test).await.expect("adopted");
        assert!(opens_own_phone(&again, test, id, subject).await);
        let fresh = SubjectId(test.entropy.id());
        again.create_key(fresh).await.expect("a key of today");
        again.close().await;
        reopen(test).await.expect("and again").close().await;
    }
}
