//! What befalls a store from outside: a process that stands still in the middle of a write, so that
//! it can be killed there, and a disk that is full at one statement.

use std::time::Duration;

use sqlx::Connection as _;

use crate::{TestStore, tamper};

/// The statement before which something happens.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Whether it is one on the vault.
    pub vault: bool,
    /// `INSERT`, `UPDATE` or `DELETE`.
    pub act: &'static str,
    /// The table.
    pub table: &'static str,
    /// A condition over `OLD` and `NEW`; empty for every row.
    pub when: &'static str,
}

impl Moment {
    fn trigger(self, then: &str) -> String {
        let Self { act, table, when, .. } = self;
        let when = if when.is_empty() {
            String::new()
        } else {
            format!("WHEN ({when}) ")
        };
        format!("CREATE TRIGGER trouble BEFORE {act} ON {table} FOR EACH ROW {when}{then}")
    }
}

impl TestStore {
    fn on_sqlite(&self) -> bool {
        self.addresses.0.starts_with("sqlite:")
    }

    fn address(&self, moment: Moment) -> &str {
        if moment.vault {
            &self.addresses.1
        } else {
            &self.addresses.0
        }
    }

    async fn befall(&self, moment: Moment, sqlite: &str, postgres: &str) {
        let address = self.address(moment);
        if self.on_sqlite() {
            tamper(address, &moment.trigger(&format!("BEGIN {sqlite}; END"))).await;
        } else {
            let function = format!(
                "CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {postgres}; RETURN COALESCE(NEW, OLD); END $$"
            );
            tamper(address, &function).await;
            tamper(address, &moment.trigger("EXECUTE FUNCTION trouble()")).await;
        }
    }

    /// From now on whoever comes to this moment stands still there, its transaction open.
    pub async fn halt_at(&self, moment: Moment) {
        // SQLite has no sleep: a sum without an end.
        let endless =
            "SELECT (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n)";
        self.befall(moment, endless, "PERFORM pg_sleep(3600)").await;
    }

    /// From now on there is no room at this moment: the engine answers with the error of a full disk.
    pub async fn fill_at(&self, moment: Moment) {
        if self.on_sqlite() {
            // SQLite says the same of a table whose last number is taken.
            let address = self.address(moment);
            tamper(
                address,
                "CREATE TABLE brim (id INTEGER PRIMARY KEY AUTOINCREMENT)",
            )
            .await;
            tamper(address, "INSERT INTO brim VALUES (9223372036854775807)").await;
        }
        let raise = "RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'";
        self.befall(moment, "INSERT INTO brim VALUES (NULL)", raise).await;
    }

    /// Whether somebody stands still at the moment named last. On SQLite: whether somebody keeps the
    /// write lock for longer than any step takes.
    pub async fn halted(&self) -> bool {
        let Some(path) = self.addresses.0.strip_prefix("sqlite:") else {
            let asleep = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
            return self.count(asleep).await > 0;
        };
        for _ in 0..10 {
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .busy_timeout(Duration::ZERO);
            let mut line = sqlx::SqliteConnection::connect_with(&options)
                .await
                .expect("the store");
            if sqlx::query("BEGIN IMMEDIATE").execute(&mut line).await.is_ok() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        true
    }

    /// Ends what was to happen at the moment. A server does not see at once that whoever stood still
    /// was killed, so it is told.
    pub async fn relieve(&self, moment: Moment) {
        let address = self.address(moment);
        if self.on_sqlite() {
            tamper(address, "DROP TRIGGER trouble").await;
            tamper(address, "DROP TABLE IF EXISTS brim").await;
        } else {
            let asleep = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
            tamper(address, asleep).await;
            tamper(address, "DROP FUNCTION trouble CASCADE").await;
        }
    }
}
