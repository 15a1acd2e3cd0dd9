//! The executor: one text and one list of values, run by whichever engine is configured. All
//! differences between the engines live in this file and in [`crate::schema`].

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgPoolOptions, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow};
use sqlx::{Connection as _, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

/// What can go wrong below a use case. The text names no value.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused or failed.
    #[error("the database failed")]
    Engine(#[source] sqlx::Error),
    /// There is no room for what was to be written; none of it was.
    #[error(
        "the disk of the database is full, or its quota; nothing of this was written. Make room: what waits is tried again by itself"
    )]
    Full(#[source] sqlx::Error),
    /// A stored value is not of the shape its column promises.
    #[error("a stored value is malformed: {0}")]
    Malformed(&'static str),
    /// The row changed since it was read.
    #[error("the row changed since it was read")]
    Stale,
    /// A permit was refused.
    #[error(transparent)]
    Denied(#[from] privacy::Denied),
    /// A sealed value did not open or could not be sealed.
    #[error(transparent)]
    Seal(#[from] privacy::SealError),
    /// A value was to be sealed for a column that the register does not have as sealed, or has in
    /// another class.
    #[error("the register has no such sealed column")]
    NotRegistered,
    /// The policy's texts are malformed.
    #[error(transparent)]
    Policy(#[from] policy::PolicyError),
    /// Something of the transparency log is not as it must be.
    #[error(transparent)]
    Log(#[from] privacy::log::LogError),
    /// The log holds less, or something else, than was signed: the data is from an old backup, or
    /// was changed.
    #[error("the log is not a continuation of what was signed before")]
    LogForked,
    /// The subject's key is not in the vault: never created, or destroyed by erasure.
    #[error("the subject has no key")]
    NoKey,
    /// The vault is not opened.
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultRefused),
    /// An applied migration differs from the one in this build.
    #[error("migration {0} was applied with another text")]
    MigrationChanged(i64),
    /// A file of the store could not be read.
    #[error("a file of the store could not be read")]
    File(#[source] std::io::Error),
    /// The address of a database is not understood.
    #[error("a database address must begin with sqlite: or postgres:")]
    Address,
}

/// What the engines say of a full disk: SQLite's result code, PostgreSQL's state.
const FULL: [&str; 2] = ["13", "53100"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        if code.is_some_and(|code| FULL.contains(&&*code)) {
            Self::Full(error)
        } else {
            Self::Engine(error)
        }
    }
}

impl StoreError {
    /// Whether this is a violated unique constraint.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Engine(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

/// Which engine is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Engine {
    /// The engine of an address.
    pub(crate) fn of(address: &str) -> Result<Self, StoreError> {
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else if address.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else {
            Err(StoreError::Address)
        }
    }
}

/// A value bound to a statement.
#[derive(Clone)]
pub enum Value {
    /// An integer.
    Int(i64),
    /// An integer or nothing.
    OptInt(Option<i64>),
    /// A text.
    Text(String),
    /// A text or nothing.
    OptText(Option<String>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Bytes or nothing.
    OptBytes(Option<Vec<u8>>),
    /// An identifier.
    Id(Uuid),
    /// An identifier or nothing.
    OptId(Option<Uuid>),
    /// An instant; microseconds are kept.
    Time(OffsetDateTime),
    /// An instant or nothing.
    OptTime(Option<OffsetDateTime>),
}

/// Microseconds since 1970: how SQLite keeps instants, so that they order as numbers.
fn micros(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

fn from_micros(micros: i64) -> Result<OffsetDateTime, StoreError> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
        .map_err(|_| StoreError::Malformed("instant"))
}

#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// Opens the database at `address`: `sqlite:PATH` (created when absent) or `postgres://…`.
    pub(crate) async fn open(address: &str) -> Result<Self, StoreError> {
        if Engine::of(address)? == Engine::Postgres {
            let pool = PgPoolOptions::new().max_connections(8).connect(address).await?;
            return Ok(Self::Postgres(pool));
        }
        let path = address.strip_prefix("sqlite:").ok_or(StoreError::Address)?;
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(10))
            .pragma("secure_delete", "ON");
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            // After some errors, a full disk among them, SQLite ends the transaction by itself, and the
            // library goes on counting it: nothing would ever begin on that connection again.
            .before_acquire(|line, _| Box::pin(async move { Ok(!line.is_in_transaction()) }))
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite(pool))
    }

    pub(crate) const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) => Engine::Postgres,
        }
    }

    /// A write transaction. SQLite takes the write lock at once, so that two writers queue
    /// instead of failing half-way.
    pub(crate) async fn begin(&self) -> Result<Conn, StoreError> {
        let line = match self {
            Self::Sqlite(pool) => Line::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Line::Postgres(pool.begin().await?),
        };
        Ok(Conn { line, ran: 0 })
    }

    /// Folds the log into the file (SQLite); nothing on PostgreSQL.
    pub(crate) async fn scrub(&self) -> Result<(), StoreError> {
        if let Self::Sqlite(pool) = self {
            sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// Writes the database as it is at one instant into an empty file (SQLite); nothing on
    /// PostgreSQL, which has a program for it.
    pub(crate) async fn vacuum_into(&self, path: &Path) -> Result<(), StoreError> {
        if let Self::Sqlite(pool) = self {
            let path = path.to_str().ok_or(StoreError::Malformed("path"))?;
            sqlx::query("VACUUM INTO $1")
                .bind(path.to_owned())
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    /// The files the database lies in, if they are this program's.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let Self::Sqlite(pool) = self else {
            return Vec::new();
        };
        let options = pool.connect_options();
        let main = options.get_filename();
        let beside = |end: &str| {
            let mut name = main.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        vec![main.to_path_buf(), beside("-wal"), beside("-shm")]
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A running transaction, and how many statements it ran.
pub(crate) struct Conn {
    line: Line,
    ran: u64,
}

enum Line {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($sql:expr, $values:expr, $time:ident) => {{
        let mut query = sqlx::query($sql);
        for value in $values {
            query = match value {
                Value::Int(v) => query.bind(*v),
                Value::OptInt(v) => query.bind(*v),
                Value::Text(v) => query.bind(v.clone()),
                Value::OptText(v) => query.bind(v.clone()),
                Value::Bytes(v) => query.bind(v.clone()),
                Value::OptBytes(v) => query.bind(v.clone()),
                Value::Id(v) => query.bind(*v),
                Value::OptId(v) => query.bind(*v),
                Value::Time(v) => query.bind($time(*v)),
                Value::OptTime(v) => query.bind(v.map($time)),
            };
        }
        query
    }};
}

const fn as_is(at: OffsetDateTime) -> OffsetDateTime {
    at
}

impl Conn {
    /// How many statements ran so far.
    pub(crate) const fn ran(&self) -> u64 {
        self.ran
    }

    pub(crate) async fn execute(&mut self, sql: &'static str, values: &[Value]) -> Result<u64, StoreError> {
        self.ran += 1;
        Ok(match &mut self.line {
            Line::Sqlite(tx) => bound!(sql, values, micros)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Line::Postgres(tx) => bound!(sql, values, as_is)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        })
    }

    pub(crate) async fn rows(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.ran += 1;
        Ok(match &mut self.line {
            Line::Sqlite(tx) => bound!(sql, values, micros)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Sqlite)
                .collect(),
            Line::Postgres(tx) => bound!(sql, values, as_is)
                .fetch_all(&mut **tx)
                .await?
                .into_iter()
                .map(Row::Postgres)
                .collect(),
        })
    }

    pub(crate) async fn row(
        &mut self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        self.ran += 1;
        Ok(match &mut self.line {
            Line::Sqlite(tx) => bound!(sql, values, micros)
                .fetch_optional(&mut **tx)
                .await?
                .map(Row::Sqlite),
            Line::Postgres(tx) => bound!(sql, values, as_is)
                .fetch_optional(&mut **tx)
                .await?
                .map(Row::Postgres),
        })
    }

    /// Runs schema text; only [`crate::schema`] builds such text.
    pub(crate) async fn schema(&mut self, sql: String) -> Result<(), StoreError> {
        let sql = sqlx::AssertSqlSafe(sql);
        match &mut self.line {
            Line::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
            Line::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Prepares a statement without running it.
    pub(crate) async fn prepare(&mut self, sql: &'static str) -> Result<(), StoreError> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        match &mut self.line {
            Line::Sqlite(tx) => tx.prepare(sql.into_sql_str()).await.map(|_| ())?,
            Line::Postgres(tx) => tx.prepare(sql.into_sql_str()).await.map(|_| ())?,
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.line {
            Line::Sqlite(tx) => tx.commit().await?,
            Line::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// One row of an answer; columns by position.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! column {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, index: usize) -> Result<$type, StoreError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get::<$type, _>(index)?,
                Self::Postgres(row) => row.try_get::<$type, _>(index)?,
            })
        }
    };
}

impl Row {
    column!(int, i64);
    column!(opt_int, Option<i64>);
    column!(text, String);
    column!(opt_text, Option<String>);
    column!(bytes, Vec<u8>);
    column!(opt_bytes, Option<Vec<u8>>);
    column!(id, Uuid);
    column!(opt_id, Option<Uuid>);

    pub(crate) fn time(&self, index: usize) -> Result<OffsetDateTime, StoreError> {
        match self {
            Self::Sqlite(row) => from_micros(row.try_get(index)?),
            Self::Postgres(row) => Ok(row.try_get(index)?),
        }
    }

    pub(crate) fn opt_time(&self, index: usize) -> Result<Option<OffsetDateTime>, StoreError> {
        match self {
            Self::Sqlite(row) => row.try_get::<Option<i64>, _>(index)?.map(from_micros).transpose(),
            Self::Postgres(row) => Ok(row.try_get(index)?),
        }
    }
}
