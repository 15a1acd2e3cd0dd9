//! Migrations and the live schema. One text serves both engines; `{…}` stands for the engine's
//! native type. An applied migration is immutable: its checksum is compared at every start.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::engine::{Conn, Engine, Pool, Row, StoreError, Value};

/// A migration: number, text.
pub type Migration = (i64, &'static str);

/// The data store's migrations.
pub const DATA: &[Migration] = &[
    (1, include_str!("../migrations/data/0001_accounts.sql")),
    (2, include_str!("../migrations/data/0002_market.sql")),
    (3, include_str!("../migrations/data/0003_order_event_id.sql")),
    (4, include_str!("../migrations/data/0004_jobs.sql")),
    (5, include_str!("../migrations/data/0005_api_token.sql")),
    (6, include_str!("../migrations/data/0006_cases_and_expiry.sql")),
    (7, include_str!("../migrations/data/0007_installation.sql")),
    (
        8,
        include_str!("../migrations/data/0008_milestones_and_offers.sql"),
    ),
    (9, include_str!("../migrations/data/0009_consents.sql")),
    (10, include_str!("../migrations/data/0010_bulk_access.sql")),
    (11, include_str!("../migrations/data/0011_rights.sql")),
    (12, include_str!("../migrations/data/0012_log.sql")),
    (13, include_str!("../migrations/data/0013_erase_drill.sql")),
    (14, include_str!("../migrations/data/0014_note_subject.sql")),
    (15, include_str!("../migrations/data/0015_disclosures.sql")),
    (16, include_str!("../migrations/data/0016_ledger_indexes.sql")),
    (17, include_str!("../migrations/data/0017_second_factor.sql")),
    (
        18,
        include_str!("../migrations/data/0018_person_verification.sql"),
    ),
    (19, include_str!("../migrations/data/0019_account_management.sql")),
    (20, include_str!("../migrations/data/0020_staff.sql")),
    (21, include_str!("../migrations/data/0021_note_copies.sql")),
    (22, include_str!("../migrations/data/0022_organisations.sql")),
    (23, include_str!("../migrations/data/0023_acting.sql")),
    (24, include_str!("../migrations/data/0024_passkeys.sql")),
    (25, include_str!("../migrations/data/0025_minors.sql")),
    (26, include_str!("../migrations/data/0026_suppliers.sql")),
    (27, include_str!("../migrations/data/0027_guard.sql")),
    (28, include_str!("../migrations/data/0028_books.sql")),
    (29, include_str!("../migrations/data/0029_minor_proof.sql")),
    (30, include_str!("../migrations/data/0030_standing.sql")),
    (31, include_str!("../migrations/data/0031_staff_hands.sql")),
];

/// The vault's migrations.
pub const VAULT: &[Migration] = &[
    (1, include_str!("../migrations/vault/0001_keys.sql")),
    (2, include_str!("../migrations/vault/0002_wrapping_and_holds.sql")),
    (3, include_str!("../migrations/vault/0003_tombstones.sql")),
    (4, include_str!("../migrations/vault/0004_log_head.sql")),
    (5, include_str!("../migrations/vault/0005_tombstone_number.sql")),
    (6, include_str!("../migrations/vault/0006_log_origin.sql")),
    (7, include_str!("../migrations/vault/0007_joint_keys.sql")),
];

/// The type of a column, the same on both engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier.
    Id,
    /// An instant.
    Time,
    /// Bytes.
    Bytes,
    /// An integer.
    Int,
    /// A text.
    Text,
}

/// A table as its migrations leave it.
#[derive(Debug, Default)]
pub struct Declared {
    /// Its columns.
    pub columns: BTreeMap<String, Kind>,
    /// The columns of its primary key.
    pub key: Vec<String>,
}

fn kind(mark: &str) -> Option<Kind> {
    Some(match mark.trim_end_matches([',', ';']) {
        "{id}" => Kind::Id,
        "{time}" => Kind::Time,
        "{bytes}" => Kind::Bytes,
        "{int}" => Kind::Int,
        "{text}" => Kind::Text,
        _ => return None,
    })
}

/// The tables of the data store, read from the migrations; a test compares them with the live
/// schema.
pub fn declared() -> &'static BTreeMap<&'static str, Declared> {
    static DECLARED: OnceLock<BTreeMap<&'static str, Declared>> = OnceLock::new();
    DECLARED.get_or_init(read_migrations)
}

fn read_migrations() -> BTreeMap<&'static str, Declared> {
    let mut tables: BTreeMap<&'static str, Declared> = BTreeMap::new();
    for (_, text) in DATA {
        let mut open = "";
        for line in text.lines() {
            match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                ["CREATE", "TABLE", table, "("] => {
                    open = table;
                    tables.insert(table, Declared::default());
                }
                ["DROP", "TABLE", table] => {
                    tables.remove(table.trim_end_matches(';'));
                }
                ["ALTER", "TABLE", table, "ADD", "COLUMN", name, mark, ..] => {
                    if let (Some(kind), Some(declared)) = (kind(mark), tables.get_mut(table)) {
                        declared.columns.insert((*name).to_owned(), kind);
                    }
                }
                ["ALTER", "TABLE", table, "DROP", "COLUMN", name] => {
                    if let Some(declared) = tables.get_mut(table) {
                        declared.columns.remove(name.trim_end_matches(';'));
                    }
                }
                ["PRIMARY", "KEY", ..] => {
                    let names = line
                        .trim()
                        .trim_start_matches("PRIMARY KEY")
                        .trim_matches([' ', ',', '(', ')']);
                    if let Some(declared) = tables.get_mut(open) {
                        declared.key = names.split(", ").map(str::to_owned).collect();
                    }
                }
                [name, mark, rest @ ..] => {
                    if let (Some(kind), Some(declared)) = (kind(mark), tables.get_mut(open)) {
                        declared.columns.insert((*name).to_owned(), kind);
                        if rest.contains(&"PRIMARY") {
                            declared.key = vec![(*name).to_owned()];
                        }
                    }
                }
                _ => {}
            }
        }
    }
    tables
}

const APPLIED: &str = "SELECT version, checksum FROM schema_version ORDER BY version";
const RECORD: &str = "INSERT INTO schema_version (version, checksum) VALUES ($1, $2)";
const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_version (version {int} NOT NULL PRIMARY KEY, checksum {text} NOT NULL){strict};";
const SQLITE_COLUMNS: &str = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
const POSTGRES_COLUMNS: &str = "SELECT table_name::text, column_name::text FROM information_schema.columns \
    WHERE table_schema = current_schema()";

/// The text for one engine.
fn for_engine(text: &str, engine: Engine) -> String {
    let types: [(&str, &str, &str); 6] = [
        ("{id}", "BLOB", "uuid"),
        ("{time}", "INTEGER", "timestamptz"),
        ("{bytes}", "BLOB", "bytea"),
        ("{int}", "INTEGER", "bigint"),
        ("{text}", "TEXT", "text"),
        ("{strict}", " STRICT", ""),
    ];
    types
        .iter()
        .fold(text.to_owned(), |text, (mark, sqlite, postgres)| {
            text.replace(
                mark,
                if engine == Engine::Sqlite {
                    sqlite
                } else {
                    postgres
                },
            )
        })
}

fn checksum(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

pub(crate) async fn migrate(pool: &Pool, migrations: &[Migration]) -> Result<(), StoreError> {
    let mut conn: Conn = pool.begin().await?;
    if pool.engine() == Engine::Postgres {
        // Two processes starting at once: the second waits for the first.
        conn.execute("SELECT pg_advisory_xact_lock(3650365)", &[]).await?;
    }
    conn.schema(for_engine(LEDGER, pool.engine())).await?;
    let mut applied = Vec::new();
    for row in conn.rows(APPLIED, &[]).await? {
        applied.push((row.int(0)?, row.text(1)?));
    }
    for (version, text) in migrations {
        let sum = checksum(text);
        match applied.iter().find(|(done, _)| done == version) {
            Some((_, known)) if *known == sum => {}
            Some(_) => return Err(StoreError::MigrationChanged(*version)),
            None => {
                conn.schema(for_engine(text, pool.engine())).await?;
                conn.execute(RECORD, &[Value::Int(*version), Value::Text(sum)])
                    .await?;
            }
        }
    }
    conn.commit().await
}

/// Whether a migration of this build is still to be applied to one of the stores. Changes nothing: a
/// database that holds no table at all is behind.
///
/// # Errors
/// [`StoreError`].
pub async fn behind(data: &str, vault: &str) -> Result<bool, StoreError> {
    for (address, migrations) in [(data, DATA), (vault, VAULT)] {
        // Opening would make the file.
        if address
            .strip_prefix("sqlite:")
            .is_some_and(|path| !Path::new(path).exists())
        {
            return Ok(true);
        }
        let pool = Pool::open(address).await?;
        let tables = live_columns(&pool).await?;
        let known = tables.iter().any(|(table, _)| table == "schema_version");
        let applied = if known { version(&pool).await? } else { 0 };
        pool.close().await;
        if applied < latest(migrations) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The number of the last of these migrations.
pub(crate) fn latest(migrations: &[Migration]) -> i64 {
    migrations.last().map_or(0, |(version, _)| *version)
}

/// The number of the last migration applied.
pub(crate) async fn version(pool: &Pool) -> Result<i64, StoreError> {
    let mut conn = pool.begin().await?;
    let rows = conn.rows(APPLIED, &[]).await?;
    rows.last().map_or(Ok(0), |row| row.int(0))
}

pub(crate) async fn live_columns(pool: &Pool) -> Result<Vec<(String, String)>, StoreError> {
    let sql = if pool.engine() == Engine::Sqlite {
        SQLITE_COLUMNS
    } else {
        POSTGRES_COLUMNS
    };
    let mut conn = pool.begin().await?;
    let rows: Vec<Row> = conn.rows(sql, &[]).await?;
    rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
}
