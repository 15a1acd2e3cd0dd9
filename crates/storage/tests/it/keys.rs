//! Keys of holds, the change of the wrapping key, and that no key reaches the data.

use std::sync::{Arc, Mutex};

use privacy::purpose::{KeepAccount, Operate};
use privacy::{
    Entropy, FieldRef, HoldId, JointId, KeyEncryptionKey, KeyRing, Personal, SealError, SubjectId,
    WrappingKey,
};
use storage::{Keys, Rewrapped, Store, StoreError, VaultRefused};
use testkit::{TestStore, both_dbs, both_dbs_and_suites};
use time::Duration;
use uuid::Uuid;

use crate::accounts::register;
use crate::vault::opens_own_phone;

/// The key that replaces the harness's own.
fn next_key() -> WrappingKey {
    WrappingKey::new([43; 32])
}

/// Both keys, as the folder of keys holds them while one replaces the other.
struct Both;

impl KeyRing for Both {
    fn current(&self) -> Result<Arc<dyn KeyEncryptionKey>, SealError> {
        testkit::wrapping_key().current()
    }

    fn find(&self, id: &str) -> Result<Option<Arc<dyn KeyEncryptionKey>>, SealError> {
        let [old, next] = [testkit::wrapping_key().find(id)?, next_key().find(id)?];
        Ok(old.or(next))
    }
}

async fn with_both(test: &TestStore) -> Store {
    let keys = Keys {
        ring: Arc::new(Both),
        suite: None,
    };
    let (data, vault) = &test.addresses;
    Store::open(data, vault, keys, test.entropy.clone())
        .await
        .expect("both keys open")
}

async fn with_one(test: &TestStore, key: WrappingKey) -> Result<Store, StoreError> {
    let (data, vault) = &test.addresses;
    Store::open(data, vault, key, test.entropy.clone()).await
}

/// Randomness that remembers every key made of it.
struct Remembering {
    of: Arc<testkit::SeededEntropy>,
    keys: Mutex<Vec<[u8; 32]>>,
}

impl Entropy for Remembering {
    fn fill(&self, buffer: &mut [u8]) {
        self.of.fill(buffer);
        if let Ok(key) = <[u8; 32]>::try_from(&*buffer) {
            self.keys.lock().expect("a lock").push(key);
        }
    }
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

both_dbs_and_suites! {
    a_change_of_the_wrapping_key_goes_on_wherever_it_was_cut_off(test) {
        let mut people = Vec::new();
        for number in 0..5 {
            people.push(register_as(test, number).await);
        }
        let hold = HoldId(test.entropy.id());
        let ctx = test.system::<KeepAccount>();
        let until = ctx.now() + Duration::days(30);
        test.store.create_hold_key(hold, ctx.now(), until).await.expect("hold");
        let joint = JointId { item: test.entropy.id(), party: SubjectId(test.entropy.id()) };
        test.store.create_joint_keys(&[joint]).await.expect("a party's");
        let sealed_before = sealed(test).await;
        // Another process, which serves all the while.
        let serving = with_both(test).await;
        let next: Arc<dyn KeyEncryptionKey> = Arc::new(next_key());

        let mut batches = 0;
        loop {
            // Each batch in a process of its own, which ends without a word after it.
            let store = with_both(test).await;
            store.begin_rotation(&next).await.expect("begun, or gone on with");
            let Rewrapped { keys, done } = store.rewrap_keys(2).await.expect("a batch");
            store.close().await;
            batches += 1;
            for (id, subject) in &people {
                assert!(opens_own_phone(&serving, test, *id, *subject).await, "after {batches} batches");
            }
            if done {
                assert_eq!(keys, 0);
                break;
            }
            let state = serving.vault_state().await.expect("state");
            assert_eq!(state.wrapping.len(), 2, "both are accepted until it is done");
            assert!(with_one(test, testkit::wrapping_key()).await.is_err(), "the old one alone is not enough");
            // Who comes meanwhile gets a key wrapped with the new one.
            let fresh = SubjectId(test.entropy.id());
            serving.create_key(fresh).await.expect("a key");
            assert!(batches < 20, "it comes to an end");
        }
        // Root, five people, a hold and a party, two of each kind at a time; and the batch that finds none.
        assert_eq!(batches, 4);
        serving.close().await;

        let Err(StoreError::Vault(VaultRefused::WrongKey { id })) = with_one(test, testkit::wrapping_key()).await else {
            panic!("the old key was accepted");
        };
        assert_eq!(id, next_key().id());
        let store = with_one(test, next_key()).await.expect("the new key alone");
        for (id, subject) in &people {
            assert!(opens_own_phone(&store, test, *id, *subject).await);
        }
        let field = FieldRef { table: "account", column: "phone", row: test.entropy.id(), subject: hold.subject() };
        let tx = store.begin(&ctx).await.expect("begin");
        tx.seal(&field, &Personal::received("1".to_owned())).await.expect("the hold's key too");
        let copy = storage::market::note_copy::field(test.entropy.id(), joint.party);
        let text = Personal::received("1".to_owned());
        tx.seal_copy(joint.item, &copy, &text).await.expect("and the party's");
        drop(tx);
        let phone = Personal::received("10000000000".to_owned());
        let same = test.store.blind_index(storage::account::PHONE, &phone);
        assert_eq!(store.blind_index(storage::account::PHONE, &phone), same);
        store.close().await;
        assert_eq!(sealed(test).await, sealed_before, "no data was sealed anew");
    }

    a_second_change_waits_for_the_first_and_a_useless_key_changes_nothing(test) {
        register(test).await;
        let store = with_both(test).await;
        let before = store.vault_state().await.expect("state");
        let useless: Arc<dyn KeyEncryptionKey> = Arc::new(Useless);
        assert!(matches!(store.begin_rotation(&useless).await, Err(StoreError::Seal(SealError::KeyUnavailable))));
        assert_eq!(store.vault_state().await.expect("state").wrapping, before.wrapping);
        let next: Arc<dyn KeyEncryptionKey> = Arc::new(next_key());
        store.begin_rotation(&next).await.expect("begun");
        let third: Arc<dyn KeyEncryptionKey> = Arc::new(WrappingKey::new([44; 32]));
        let refused = store.begin_rotation(&third).await;
        assert!(matches!(refused, Err(StoreError::Vault(VaultRefused::Rotating { id })) if id == next.id()));
        store.close().await;
    }

    clause_2_5_1_0_the_log_s_key_stays_when_the_wrapping_key_is_replaced(test) {
        let ctx = test.system::<Operate>();
        let store = with_both(test).await;
        let key = async |store: &Store| {
            let mut tx = store.begin(&ctx).await.expect("begin");
            let key = storage::log::tree::verifier(&mut tx).await.expect("a key");
            tx.commit().await.expect("commit");
            key.to_text()
        };
        let before = key(&store).await;
        let next: Arc<dyn KeyEncryptionKey> = Arc::new(next_key());
        store.begin_rotation(&next).await.expect("begun");
        while !store.rewrap_keys(10).await.expect("wrapped").done {}
        assert_eq!(key(&store).await, before);
        store.close().await;
    }

    clause_2_5_1_c_no_key_reaches_the_data(test) {
        let entropy = Arc::new(Remembering { of: Arc::clone(&test.entropy), keys: Mutex::default() });
        let (data, vault) = &test.addresses;
        let store = Store::open(data, vault, testkit::wrapping_key(), entropy.clone()).await.expect("open");
        let ctx = test.system::<KeepAccount>();
        let mut subjects = Vec::new();
        for _ in 0..3 {
            let subject = SubjectId(entropy.id());
            store.create_key(subject).await.expect("key");
            subjects.push(subject);
        }
        let mut tx = store.begin(&ctx).await.expect("begin");
        for subject in &subjects {
            let phone = Personal::received("10000000001".to_owned());
            let sent = storage::account::code::send(&mut tx, *subject, entropy.id(), &phone, &phone).await;
            sent.expect("a sealed message");
        }
        tx.commit().await.expect("commit");
        store.close().await;
        let mut keys = entropy.keys.lock().expect("a lock").clone();
        assert_eq!(keys.len(), 3, "the keys were seen");
        keys.push([42; 32]);
        let everything = test.everything().await;
        assert!(everything.len() > 1_000, "there is something to look through");
        for key in keys {
            assert!(!contains(&everything, &key));
            assert!(!contains(&everything, hex(&key).as_bytes()));
        }
    }
}

both_dbs! {
    clause_2_5_3_b_a_hold_key_opens_until_its_end_and_not_from_it_on(test) {
        let hold = HoldId(test.entropy.id());
        let ctx = test.system::<KeepAccount>();
        let until = ctx.now() + Duration::days(1_095);
        test.store.create_hold_key(hold, ctx.now(), until).await.expect("made");
        test.store.create_hold_key(hold, ctx.now(), until + Duration::days(9)).await.expect("made once");
        let field = FieldRef { table: "account", column: "phone", row: test.entropy.id(), subject: hold.subject() };
        let tx = test.store.begin(&ctx).await.expect("begin");
        let value = Personal::received("10000000001".to_owned());
        tx.seal(&field, &value).await.expect("sealed under the hold");
        drop(tx);
        test.clock.advance(Duration::days(1_095) - Duration::seconds(1));
        let ctx = test.system::<KeepAccount>();
        let tx = test.store.begin(&ctx).await.expect("begin");
        tx.seal(&field, &value).await.expect("a second before the end");
        assert!(test.store.ended_hold_keys(ctx.now(), 10).await.expect("asked").is_empty());
        drop(tx);
        test.clock.advance(Duration::seconds(1));
        let ctx = test.system::<KeepAccount>();
        let tx = test.store.begin(&ctx).await.expect("begin");
        assert!(matches!(tx.seal(&field, &value).await, Err(StoreError::NoKey)));
        assert_eq!(test.store.ended_hold_keys(ctx.now(), 10).await.expect("asked"), [hold]);
        test.store.destroy_hold_key(hold).await.expect("destroyed");
        test.store.destroy_hold_key(hold).await.expect("and again");
        assert!(test.store.ended_hold_keys(ctx.now(), 10).await.expect("asked").is_empty());
    }
}

/// A key whose place does not answer.
struct Useless;

impl KeyEncryptionKey for Useless {
    fn id(&self) -> &'static str {
        "useless"
    }

    fn wrap(&self, _: privacy::Suite, _: &[u8], _: &[u8; 32], _: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        Err(SealError::KeyUnavailable)
    }

    fn unwrap(
        &self,
        _: privacy::Suite,
        _: &[u8],
        _: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, SealError> {
        Err(SealError::KeyUnavailable)
    }
}

async fn register_as(test: &TestStore, number: u8) -> (Uuid, SubjectId) {
    crate::accounts::register_as(test, &format!("lin{number}"), &format!("1000000000{number}")).await
}

/// The sealed phones as they are stored.
async fn sealed(test: &TestStore) -> Vec<Vec<u8>> {
    let ctx = test.system::<KeepAccount>();
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let mut sealed = Vec::new();
    for number in 0..5 {
        let phone = Personal::received(format!("1000000000{number}"));
        let digest = test.store.blind_index(storage::account::PHONE, &phone);
        let found = storage::account::find(&mut tx, storage::account::PHONE, digest).await;
        let row = found.expect("find").expect("an account");
        sealed.push(row.phone.as_bytes().to_vec());
    }
    sealed
}
