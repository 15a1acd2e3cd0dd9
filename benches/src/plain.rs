//! The account page's data as it would be with plain columns: the store's own statements, by the same
//! driver on the same files, with two tables whose personal columns are text.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use app::App;
use app::account::{Device, Overview, Viewer};
use domain::account::{limits, phone};
use privacy::PurposeId;
use privacy::consent::{ConsentEvent, ConsentState, Origin};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, Sqlite, SqlitePool, Transaction};
use storage::access::Opening;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::house::VERSION;
use crate::statements::statement;

/// Whether the plain page keeps the product's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// The statements of the permit run too: what it asks, its record, the look at the vault.
    Kept,
    /// Nobody asks and nothing is written.
    None,
}

/// The statements of the page, in the order in which they run.
struct Texts {
    account: &'static str,
    devices: &'static str,
    openings: &'static str,
    among_many: &'static str,
    known: &'static str,
    record: &'static str,
    key: &'static str,
    consents: &'static str,
    signed: &'static str,
    places: &'static str,
}

impl Texts {
    fn read() -> Result<Self> {
        let (data, vault) = (storage::statements(), storage::vault_statements());
        let one = |parts: &[&str]| statement(&data, parts);
        let account = one(&["SELECT id, subject, name, phone", "WHERE id = $1"])?;
        let devices = one(&["s.device", "WHERE s.account = $1"])?;
        let devices = devices
            .replace("FROM session", "FROM plain_session")
            .replace("JOIN account", "JOIN plain_account");
        Ok(Self {
            account: account.replace("account", "plain_account").leak(),
            devices: devices.leak(),
            openings: one(&["SELECT actor_kind, actor_account, fields", "LIMIT $2"])?,
            among_many: one(&["SELECT b.actor_kind, b.fields", "LIMIT $2"])?,
            known: one(&[
                "SELECT COUNT(*) FROM service_order o WHERE o.id = $1 AND (o.buyer = $2",
                "c.subject = $3",
            ])?,
            record: one(&["INSERT INTO access_record"])?,
            key: statement(&vault, &["SELECT wrapped, version FROM subject_key"])?,
            consents: one(&["SELECT id, document, version, text_hash"])?,
            signed: one(&["FROM log_checkpoint ORDER BY size DESC LIMIT 1"])?,
            places: one(&["SELECT reference, place FROM log_entry"])?,
        })
    }
}

/// Instants as the store keeps them on SQLite.
fn micros(at: OffsetDateTime) -> Result<i64> {
    Ok(i64::try_from(at.unix_timestamp_nanos() / 1_000)?)
}

fn instant(row: &SqliteRow, place: usize) -> Result<OffsetDateTime> {
    let micros: i64 = row.try_get(place)?;
    Ok(OffsetDateTime::from_unix_timestamp_nanos(
        i128::from(micros) * 1_000,
    )?)
}

/// Connections as the store's own.
///
/// # Errors
/// No file of SQLite.
pub async fn connect(address: &str) -> Result<SqlitePool> {
    let path = address.strip_prefix("sqlite:").context("a file of SQLite")?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "ON");
    Ok(SqlitePool::connect_with(options).await?)
}

/// A person's account in plain columns.
pub struct Plain {
    data: SqlitePool,
    vault: SqlitePool,
    texts: Texts,
}

impl Plain {
    /// Copies what a person sees on the account page into plain tables with the same keys and indexes.
    ///
    /// # Errors
    /// A table is not as expected.
    pub async fn copy(
        addresses: &(String, String),
        viewer: &Viewer,
        seen: &Overview,
        digits: &str,
    ) -> Result<Self> {
        let (data, vault) = (connect(&addresses.0).await?, connect(&addresses.1).await?);
        for (table, sealed) in [
            ("account", ["name", "phone"].as_slice()),
            ("session", &["device"]),
        ] {
            let made = sqlx::query(
                "SELECT sql FROM sqlite_master WHERE tbl_name = $1 AND sql IS NOT NULL ORDER BY type DESC",
            )
            .bind(table)
            .fetch_all(&data)
            .await?;
            for row in made {
                let text: String = row.try_get(0)?;
                let text = text.replace(table, &format!("plain_{table}"));
                let plain = sealed.iter().fold(text, |text, column| {
                    text.replace(&format!(" {column} BLOB"), &format!(" {column} TEXT"))
                });
                let plain = plain.replace("REFERENCES account", "REFERENCES plain_account");
                sqlx::query(AssertSqlSafe(plain)).execute(&data).await?;
            }
        }
        let account = "INSERT INTO plain_account (id, subject, name, phone, password_hash, created_at) \
            SELECT id, subject, $2, $3, password_hash, created_at FROM account WHERE id = $1";
        sqlx::query(account)
            .bind(viewer.account)
            .bind(&seen.name)
            .bind(digits)
            .execute(&data)
            .await?;
        let session = "INSERT INTO plain_session \
            (account, id, token_digest, csrf, device, created_at, seen_at, expires_at) \
            SELECT account, id, token_digest, csrf, $2, created_at, seen_at, expires_at FROM session WHERE id = $1";
        for device in &seen.devices {
            sqlx::query(session)
                .bind(device.session)
                .bind(&device.name)
                .execute(&data)
                .await?;
        }
        Ok(Self {
            data,
            vault,
            texts: Texts::read()?,
        })
    }

    /// The same view as [`app::account::overview`], from plain columns.
    ///
    /// # Errors
    /// A row is not as expected.
    pub async fn overview(&self, app: &App, viewer: &Viewer, records: Records) -> Result<Overview> {
        let (texts, now) = (&self.texts, app.clock.now());
        let mut tx = self.data.begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query(texts.account)
            .bind(viewer.account)
            .fetch_one(&mut *tx)
            .await?;
        let sessions = sqlx::query(texts.devices)
            .bind(viewer.account)
            .bind(micros(now)?)
            .bind(micros(now - limits::SESSION_IDLE)?)
            .fetch_all(&mut *tx)
            .await?;
        let openings = self.openings(&mut tx, viewer).await?;
        if records == Records::Kept {
            self.record(&mut tx, app, viewer, now).await?;
        }
        let (name, digits): (String, String) = (row.try_get(2)?, row.try_get(3)?);
        let devices = sessions.iter().map(|row| {
            let session: Uuid = row.try_get(0)?;
            Ok(Device {
                session,
                name: row.try_get(4)?,
                created_at: instant(row, 5)?,
                seen_at: instant(row, 6)?,
                current: session == viewer.session,
            })
        });
        let devices = devices.collect::<Result<_>>()?;
        let consents = self.consents(&mut tx, viewer).await?;
        let signed = sqlx::query(texts.signed).fetch_optional(&mut *tx).await?;
        let signed: i64 = signed.map_or(Ok(0), |row| row.try_get(0))?;
        let places = sqlx::query(texts.places)
            .bind(viewer.subject.0)
            .fetch_all(&mut *tx)
            .await?;
        let receipts = places.iter().map(|row| {
            let place: Option<i64> = row.try_get(1)?;
            Ok((row.try_get(0)?, place.is_some_and(|place| place < signed)))
        });
        let receipts = receipts.collect::<Result<_>>()?;
        let created_at = instant(&row, 5)?;
        tx.commit().await?;
        Ok(Overview {
            name,
            phone: phone::masked(&digits),
            created_at,
            devices,
            consents,
            receipts,
            openings,
        })
    }

    async fn openings(&self, tx: &mut Transaction<'_, Sqlite>, viewer: &Viewer) -> Result<Vec<Opening>> {
        let alone = sqlx::query(self.texts.openings)
            .bind(viewer.subject.0)
            .bind(50_i64)
            .fetch_all(&mut **tx)
            .await?;
        let among = sqlx::query(self.texts.among_many)
            .bind(viewer.subject.0)
            .bind(50_i64)
            .fetch_all(&mut **tx)
            .await?;
        ensure!(among.is_empty(), "nobody here is opened among many");
        let read = |row: &SqliteRow| {
            Ok(Opening {
                actor_kind: row.try_get(0)?,
                actor_account: row.try_get(1)?,
                fields: row.try_get(2)?,
                purpose: row.try_get(3)?,
                basis: row.try_get(4)?,
                clause: row.try_get(5)?,
                at: instant(row, 6)?,
                people: 1,
                reason: row.try_get(8)?,
                case: row.try_get(9)?,
                approval: None,
            })
        };
        alone.iter().map(read).collect()
    }

    /// What a permit takes but for deciding it: what is known, the record, the row of the key.
    async fn record(
        &self,
        tx: &mut Transaction<'_, Sqlite>,
        app: &App,
        viewer: &Viewer,
        now: OffsetDateTime,
    ) -> Result<()> {
        let version = sqlx::query(self.texts.known)
            .bind(None::<Uuid>)
            .bind(viewer.account)
            .bind(viewer.subject.0)
            .fetch_one(&mut **tx)
            .await?;
        let version: Option<String> = version.try_get(2)?;
        ensure!(version.as_deref() == Some(VERSION), "the version accepted last");
        sqlx::query(self.texts.record)
            .bind(viewer.subject.0)
            .bind(app.entropy.id())
            .bind("person")
            .bind(viewer.account)
            .bind("account.name,account.phone,session.device")
            .bind("show_own")
            .bind("contract")
            .bind("2.6.1.a")
            .bind(VERSION)
            .bind(app.entropy.id())
            .bind(micros(now)?)
            .bind(None::<Uuid>)
            .bind(None::<String>)
            .bind(None::<Uuid>)
            .execute(&mut **tx)
            .await?;
        let mut vault = self.vault.begin_with("BEGIN IMMEDIATE").await?;
        let key = sqlx::query(self.texts.key)
            .bind(viewer.subject.0)
            .fetch_one(&mut *vault)
            .await?;
        let _: Vec<u8> = key.try_get(0)?;
        Ok(())
    }

    async fn consents(&self, tx: &mut Transaction<'_, Sqlite>, viewer: &Viewer) -> Result<Vec<ConsentEvent>> {
        let rows = sqlx::query(self.texts.consents)
            .bind(viewer.subject.0)
            .fetch_all(&mut **tx)
            .await?;
        let read = |row: &SqliteRow| {
            let (state, purpose): (String, Option<String>) = (row.try_get(5)?, row.try_get(7)?);
            let (expires, origin): (Option<i64>, Option<String>) = (row.try_get(9)?, row.try_get(10)?);
            Ok(ConsentEvent {
                id: row.try_get(0)?,
                subject: viewer.subject,
                document: row.try_get(1)?,
                version: row.try_get(2)?,
                text_hash: row.try_get(3)?,
                lang: row.try_get(4)?,
                state: ConsentState::parse(&state).context("a state")?,
                purpose: purpose.as_deref().and_then(PurposeId::parse),
                recipient: row.try_get(8)?,
                expires_at: expires.map(|_| instant(row, 9)).transpose()?,
                origin: Origin::parse(origin.as_deref()),
                at: instant(row, 6)?,
            })
        };
        let mut events = rows.iter().rev().map(read).collect::<Result<Vec<_>>>()?;
        events.retain(|event| event.purpose.is_none());
        Ok(events)
    }

    /// Closes the connections.
    pub async fn close(&self) {
        self.data.close().await;
        self.vault.close().await;
    }
}
