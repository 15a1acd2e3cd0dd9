//! Rows that retention rules take away, generated inside SQLite, among rows that stay.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Row as _, SqlitePool};
use storage::rights::retention::BATCH;
use time::OffsetDateTime;

/// People to whom the rows belong.
const PEOPLE: i64 = 10_000;
/// Orders taken away in one transaction, as in the store.
const ORDERS_AT_ONCE: i64 = 50;

/// A row of one table. `{id}` stands for the key of what goes, `{at}` for the instant that its rule
/// counts from, `{who}` for its person and `{account}` for their account.
pub struct Part {
    table: &'static str,
    key: &'static str,
    columns: &'static str,
    values: &'static str,
}

/// What goes by one rule.
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// Its rows, the one that the others refer to first.
    pub parts: &'static [Part],
    /// How many of it go in one transaction.
    pub batch: i64,
    /// Whether what stays is as old as what goes, and only its person says that it stays.
    alike: bool,
}

impl Kind {
    /// Rows of one of it.
    #[must_use]
    pub fn weight(&self) -> i64 {
        i64::try_from(self.parts.len()).unwrap_or(i64::MAX)
    }
}

const fn event(values: &'static str) -> Part {
    Part {
        table: "order_event",
        key: "order_id",
        columns: "order_id, id, version, event, to_state, side, account, items, at",
        values,
    }
}

const fn posting(values: &'static str) -> Part {
    Part {
        table: "order_posting",
        key: "order_id",
        columns: "order_id, version, place, milestone, from_account, to_account, amount, at",
        values,
    }
}

/// Every kind that is measured.
pub const KINDS: [Kind; 5] = [
    Kind {
        name: "access records",
        parts: &[Part {
            table: "access_record",
            key: "id",
            columns: "id, subject, actor_kind, fields, purpose, basis, clause, policy_version, request, at",
            values: "{id}, {who}, 'person', 'account.name,account.phone', 'show_own', 'contract', '2.6.1.a', \
                '2020-11-01', randomblob(16), {at}",
        }],
        batch: BATCH,
        alike: false,
    },
    Kind {
        name: "sessions",
        parts: &[Part {
            table: "session",
            key: "id",
            columns: "id, account, token_digest, csrf, device, created_at, seen_at, expires_at",
            values: "{id}, {account}, randomblob(32), hex(randomblob(32)), randomblob(50), {at}, {at}, {at}",
        }],
        batch: BATCH,
        alike: false,
    },
    Kind {
        name: "consents",
        parts: &[Part {
            table: "consent_event",
            key: "id",
            columns: "id, subject, document, version, text_hash, lang, state, at",
            values: "{id}, {who}, 'policy', '2020-11-01', hex(randomblob(32)), 'zh-CN', 'given', {at}",
        }],
        batch: BATCH,
        alike: true,
    },
    Kind {
        name: "disclosures",
        parts: &[Part {
            table: "disclosure",
            key: "id",
            columns: "id, subject, recipient_kind, recipient, fields, purpose, ground, clause, policy_version, times, \
                first_at, last_at, until",
            values: "{id}, {who}, 'supplier', randomblob(16), 'order_event.note', 'fulfil_contract', 'purchase', \
                '2.4.1.3', '2020-11-01', 1, {at}, {at}, {at}",
        }],
        batch: BATCH,
        alike: false,
    },
    Kind {
        name: "orders",
        parts: &[
            Part {
                table: "service_order",
                key: "id",
                columns: "id, number, buyer, supplier, service, state, version, mode, review_days, round, by_silence, \
                    snapshot, request_key, placed_at",
                values: "{id}, hex({id}), {account}, (SELECT supplier FROM service LIMIT 1), \
                    (SELECT id FROM service LIMIT 1), 'closed', 3, 'simulated', 7, 0, 0, hex(zeroblob(600)), {id}, {at}",
            },
            Part {
                table: "order_milestone",
                key: "order_id",
                columns: "order_id, place, title, amount, state",
                values: "{id}, 1, '标准版', 59900, 'released'",
            },
            event("{id}, randomblob(16), 1, 'place', 'awaiting_confirmation', 'buyer', {account}, '', {at}"),
            event("{id}, randomblob(16), 2, 'fund', 'in_progress', 'buyer', {account}, '', {at}"),
            event("{id}, randomblob(16), 3, 'close', 'closed', 'system', NULL, '', {at}"),
            posting("{id}, 2, 1, 1, 'buyer', 'held', 59900, {at}"),
            posting("{id}, 3, 1, 1, 'held', 'supplier', 59900, {at}"),
            Part {
                table: "order_notice",
                key: "order_id",
                columns: "order_id, version, side, nth, at",
                values: "{id}, 2, 'buyer', 1, {at}",
            },
        ],
        batch: ORDERS_AT_ONCE,
        alike: false,
    },
];

/// A store's file, with people to whom rows belong.
pub struct Rows {
    pool: SqlitePool,
    /// Instants, in microseconds: one whose rule has run out, one whose has not.
    old: i64,
    young: i64,
}

impl Rows {
    /// Makes the people: ten thousand with an account, one who was erased long ago.
    ///
    /// # Errors
    /// The tables are not as expected.
    pub async fn new(pool: SqlitePool, old: OffsetDateTime, young: OffsetDateTime) -> Result<Self> {
        let micros = |at: OffsetDateTime| i64::try_from(at.unix_timestamp_nanos() / 1_000);
        let rows = Self {
            pool,
            old: micros(old)?,
            young: micros(young)?,
        };
        let numbers =
            format!("WITH RECURSIVE m(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM m WHERE n < {PEOPLE})");
        for text in [
            "CREATE TABLE bench_going (n INTEGER PRIMARY KEY, id BLOB NOT NULL)",
            "CREATE TABLE bench_person (n INTEGER PRIMARY KEY, account BLOB NOT NULL, subject BLOB NOT NULL)",
            &format!("INSERT INTO bench_person {numbers} SELECT n, randomblob(16), randomblob(16) FROM m"),
            "INSERT INTO account (id, subject, name, phone, password_hash, created_at) \
                SELECT account, subject, randomblob(50), randomblob(50), '', 0 FROM bench_person",
            &format!(
                "INSERT INTO erasure (subject, id, number, ground, step, report, asked_at, key_destroyed_at, ended_at) \
                    VALUES (zeroblob(16), randomblob(16), '0', 'closed', 'ended', '{{}}', {old}, {old}, {old})",
                old = rows.old
            ),
        ] {
            rows.run(text).await?;
        }
        Ok(rows)
    }

    async fn run(&self, text: &str) -> Result<()> {
        sqlx::query(AssertSqlSafe(text.to_owned()))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn insert(&self, kind: &Kind, source: &str, at: i64, who: &str) -> Result<()> {
        for part in kind.parts {
            let values = part
                .values
                .replace("{id}", "g.id")
                .replace("{account}", "p.account")
                .replace("{who}", who)
                .replace("{at}", &format!("({at} + g.n)"));
            let (table, columns) = (part.table, part.columns);
            self.run(&format!(
                "INSERT INTO {table} ({columns}) SELECT {values} FROM {source} g \
                JOIN bench_person p ON p.n = g.n % {PEOPLE} + 1"
            ))
            .await?;
        }
        Ok(())
    }

    async fn choose(&self, count: i64) -> Result<()> {
        self.run("DELETE FROM bench_going").await?;
        self.run(&format!(
            "INSERT INTO bench_going WITH RECURSIVE m(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM m WHERE n < {count}) \
            SELECT n, randomblob(16) FROM m"
        ))
        .await
    }

    /// Makes as many that stay.
    ///
    /// # Errors
    /// A table is not as expected.
    pub async fn stay(&self, kind: &Kind, count: i64) -> Result<()> {
        self.choose(count).await?;
        let at = if kind.alike { self.old } else { self.young };
        self.insert(kind, "bench_going", at, "p.subject").await
    }

    /// Makes as many whose time has run out.
    ///
    /// # Errors
    /// A table is not as expected.
    pub async fn fill(&self, kind: &Kind, count: i64) -> Result<()> {
        self.choose(count).await?;
        let who = if kind.alike { "zeroblob(16)" } else { "p.subject" };
        self.insert(kind, "bench_going", self.old, who).await
    }

    /// Deletes what was filled in last by its keys, a batch in a transaction; says how many rows went.
    ///
    /// # Errors
    /// Something refers to them.
    pub async fn delete(&self, kind: &Kind) -> Result<u64> {
        let mut tables: Vec<(&str, &str)> = kind
            .parts
            .iter()
            .rev()
            .map(|part| (part.table, part.key))
            .collect();
        tables.dedup();
        let texts: Vec<String> = tables
            .iter()
            .map(|(table, key)| {
                format!(
                    "DELETE FROM {table} WHERE {key} IN (SELECT id FROM bench_going WHERE n > $1 AND n <= $1 + {})",
                    kind.batch
                )
            })
            .collect();
        let (mut removed, mut after) = (0, 0);
        loop {
            let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
            let mut gone = 0;
            for text in &texts {
                let done = sqlx::query(AssertSqlSafe(text.clone()))
                    .bind(after)
                    .execute(&mut *tx)
                    .await?;
                gone += done.rows_affected();
            }
            tx.commit().await?;
            if gone == 0 {
                return Ok(removed);
            }
            removed += gone;
            after += kind.batch;
        }
    }

    /// How many there are of a kind.
    ///
    /// # Errors
    /// The table is not there.
    pub async fn count(&self, kind: &Kind) -> Result<i64> {
        let text = format!("SELECT count(*) FROM {}", kind.parts[0].table);
        let row = sqlx::query(AssertSqlSafe(text)).fetch_one(&self.pool).await?;
        Ok(row.try_get(0)?)
    }
}
