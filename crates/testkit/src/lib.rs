//! The test harness: a database of its own for every test, on both engines, a clock that moves
//! when told and randomness that repeats. Used by tests only; panics are its way to fail.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a harness fails by panicking"
)]

mod authenticator;
mod trouble;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use privacy::{Actor, Clock, Ctx, Entropy, Purpose, SubjectId, Suite, WrappingKey};
use storage::{Engine, Keys, Store};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub use authenticator::Authenticator;
pub use trouble::Moment;

/// Repeatable "randomness" (splitmix64 over a counter).
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// A source that always gives the same bytes for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut z = self
                .0
                .fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed)
                .wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// A clock that stands until moved; begins 2026-11-23 10:00 in Beijing.
pub struct ManualClock(AtomicI64);

impl Default for ManualClock {
    fn default() -> Self {
        Self(AtomicI64::new(1_795_399_200))
    }
}

impl ManualClock {
    /// Moves the clock.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.whole_seconds(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.load(Ordering::Relaxed)).expect("an instant")
    }
}

/// A store of its own for one test.
pub struct TestStore {
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Arc<ManualClock>,
    /// The randomness.
    pub entropy: Arc<SeededEntropy>,
    /// Where the data is: address of data and vault.
    pub addresses: (String, String),
    folder: Option<PathBuf>,
}

/// The wrapping key of all tests.
#[must_use]
pub fn wrapping_key() -> WrappingKey {
    WrappingKey::new([42; 32])
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl TestStore {
    /// Opens empty databases on the engine. PostgreSQL needs `QIFU365_TEST_POSTGRES`, the address
    /// of a server on which databases may be made.
    pub async fn open(engine: Engine) -> Self {
        Self::open_with(engine, Suite::Standard).await
    }

    /// The same, with a suite of choice.
    pub async fn open_with(engine: Engine, suite: Suite) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("qifu365_test_{}_{number}", std::process::id());
        let (addresses, folder) = match engine {
            Engine::Sqlite => {
                let folder = std::env::temp_dir().join(&name);
                std::fs::create_dir_all(&folder).expect("a folder for the test");
                let at = |file: &str| format!("sqlite:{}", folder.join(file).display());
                ((at("data.db"), at("vault.db")), Some(folder))
            }
            Engine::Postgres => {
                let server = std::env::var("QIFU365_TEST_POSTGRES")
                    .expect("QIFU365_TEST_POSTGRES names the test server; cargo xtask test starts one");
                let admin = sqlx::PgPool::connect(&server)
                    .await
                    .expect("the test server answers");
                let base = server
                    .rsplit_once('/')
                    .expect("an address with a database")
                    .0
                    .to_owned();
                for suffix in ["", "_vault"] {
                    let sql = format!("CREATE DATABASE {name}{suffix}");
                    sqlx::query(sqlx::AssertSqlSafe(sql))
                        .execute(&admin)
                        .await
                        .expect("a database for the test");
                }
                admin.close().await;
                ((format!("{base}/{name}"), format!("{base}/{name}_vault")), None)
            }
        };
        let entropy = Arc::new(SeededEntropy::new(number));
        let store = Store::open(
            &addresses.0,
            &addresses.1,
            Keys {
                suite: Some(suite),
                ..Keys::from(wrapping_key())
            },
            Arc::<SeededEntropy>::clone(&entropy),
        )
        .await
        .expect("the store opens");
        Self {
            store,
            clock: Arc::default(),
            entropy,
            addresses,
            folder,
        }
    }

    /// A context for the program itself.
    #[must_use]
    pub fn system<P: Purpose>(&self) -> Ctx<P> {
        Ctx::new(
            Actor::System(privacy::SystemReason::Job),
            "2020-11-01",
            self.entropy.id(),
            self.clock.now(),
        )
    }

    /// A context for a person.
    #[must_use]
    pub fn person<P: Purpose>(&self, account: Uuid, subject: SubjectId) -> Ctx<P> {
        Ctx::new(
            Actor::Person { account, subject },
            "2020-11-01",
            self.entropy.id(),
            self.clock.now(),
        )
    }

    /// Runs a statement on the data behind the store's back, as a fault or an intruder would.
    pub async fn tamper(&self, sql: &str) {
        tamper(&self.addresses.0, sql).await;
    }

    /// Runs a statement on the vault behind the store's back.
    pub async fn tamper_vault(&self, sql: &str) {
        tamper(&self.addresses.1, sql).await;
    }

    /// Everything that the data store holds, as bytes: with SQLite its files as they lie on the disk,
    /// with PostgreSQL every row of every table, bytes as hexadecimal digits.
    pub async fn everything(&self) -> Vec<u8> {
        if let Some(path) = self.addresses.0.strip_prefix("sqlite:") {
            return [path.to_owned(), format!("{path}-wal")]
                .iter()
                .flat_map(|file| std::fs::read(file).unwrap_or_default())
                .collect();
        }
        let pool = sqlx::PgPool::connect(&self.addresses.0).await.expect("the store");
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()",
        )
        .fetch_all(&pool)
        .await
        .expect("tables");
        let mut all = Vec::new();
        for table in tables {
            let sql = sqlx::AssertSqlSafe(format!("SELECT t::text FROM \"{table}\" t"));
            let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&pool).await.expect("rows");
            all.extend(rows.join("\n").into_bytes());
        }
        all
    }

    /// What a statement counts in the data, behind the store's back.
    pub async fn count(&self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let address = &self.addresses.0;
        if let Some(path) = address.strip_prefix("sqlite:") {
            let pool = sqlite(path).await;
            sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a count")
        } else {
            let pool = sqlx::PgPool::connect(address).await.expect("the store");
            sqlx::query_scalar(sql).fetch_one(&pool).await.expect("a count")
        }
    }

    /// Texts that a statement finds in the data, behind the store's back.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let address = &self.addresses.0;
        if let Some(path) = address.strip_prefix("sqlite:") {
            let pool = sqlite(path).await;
            sqlx::query_scalar(sql).fetch_all(&pool).await.expect("texts")
        } else {
            let pool = sqlx::PgPool::connect(address).await.expect("the store");
            sqlx::query_scalar(sql).fetch_all(&pool).await.expect("texts")
        }
    }

    /// An identifier as a statement for this engine writes it.
    #[must_use]
    pub fn id(&self, id: Uuid) -> String {
        if self.addresses.0.starts_with("sqlite:") {
            format!("X'{}'", id.simple())
        } else {
            format!("'{id}'")
        }
    }

    /// An instant as a statement for this engine writes it.
    #[must_use]
    pub fn instant(&self, at: OffsetDateTime) -> String {
        if self.addresses.0.starts_with("sqlite:") {
            (at.unix_timestamp_nanos() / 1_000).to_string()
        } else {
            format!("to_timestamp({})", at.unix_timestamp())
        }
    }

    /// A person's key as it lies in the vault.
    pub async fn wrapped(&self, subject: SubjectId) -> Vec<u8> {
        const SQL: &str = "SELECT wrapped FROM subject_key WHERE subject = $1";
        let address = &self.addresses.1;
        if let Some(path) = address.strip_prefix("sqlite:") {
            let asked = sqlx::query_scalar(SQL).bind(subject.0);
            asked.fetch_one(&sqlite(path).await).await.expect("a key")
        } else {
            let pool = sqlx::PgPool::connect(address).await.expect("the store");
            let asked = sqlx::query_scalar(SQL).bind(subject.0);
            asked.fetch_one(&pool).await.expect("a key")
        }
    }

    /// Puts a wrapped key into the vault behind the store's back.
    pub async fn put_wrapped(&self, subject: SubjectId, wrapped: &[u8], version: i64) {
        const SQL: &str = "UPDATE subject_key SET wrapped = $2, version = $3 WHERE subject = $1";
        let address = &self.addresses.1;
        if let Some(path) = address.strip_prefix("sqlite:") {
            let put = sqlx::query(SQL).bind(subject.0).bind(wrapped).bind(version);
            put.execute(&sqlite(path).await).await.expect("put");
        } else {
            let pool = sqlx::PgPool::connect(address).await.expect("the store");
            let put = sqlx::query(SQL).bind(subject.0).bind(wrapped).bind(version);
            put.execute(&pool).await.expect("put");
        }
    }

    /// Closes the store and removes what was on disk.
    pub async fn close(self) {
        self.store.close().await;
        if let Some(folder) = self.folder {
            std::fs::remove_dir_all(folder).expect("the test's folder goes");
        }
    }
}

async fn tamper(address: &str, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if let Some(path) = address.strip_prefix("sqlite:") {
        let pool = sqlite(path).await;
        sqlx::query(sql).execute(&pool).await.expect("tampered");
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(address).await.expect("the store");
        sqlx::query(sql).execute(&pool).await.expect("tampered");
        pool.close().await;
    }
}

async fn sqlite(path: &str) -> sqlx::SqlitePool {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    sqlx::SqlitePool::connect_with(options).await.expect("the store")
}

/// Runs a test on both engines: `both_dbs! { name(test) { … } }` makes `name::sqlite` and
/// `name::postgres`. Neither is ever skipped.
#[macro_export]
macro_rules! both_dbs {
    ($($(#[$meta:meta])* $name:ident($test:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($test: &$crate::TestStore) $body

            $crate::both_dbs!(@on sqlite, Sqlite, Standard);
            $crate::both_dbs!(@on postgres, Postgres, Standard);
        }
    )+};
    (@on $name:ident, $engine:ident, $suite:ident) => {
        #[tokio::test]
        async fn $name() {
            let test = $crate::TestStore::open_with(storage::Engine::$engine, privacy::Suite::$suite).await;
            run(&test).await;
            test.close().await;
        }
    };
}

/// Runs a test on both engines with both suites.
#[macro_export]
macro_rules! both_dbs_and_suites {
    ($($(#[$meta:meta])* $name:ident($test:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn run($test: &$crate::TestStore) $body

            $crate::both_dbs!(@on sqlite, Sqlite, Standard);
            $crate::both_dbs!(@on sqlite_gm, Sqlite, Gm);
            $crate::both_dbs!(@on postgres, Postgres, Standard);
            $crate::both_dbs!(@on postgres_gm, Postgres, Gm);
        }
    )+};
}
