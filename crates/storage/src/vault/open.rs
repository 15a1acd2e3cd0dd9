//! Opening a vault beside its data. Both carry the installation's identifier, the suite and a count
//! of the vault's changes. The vault's count moves with every key made or destroyed; the data learns
//! of it with the next commit, so it is never ahead of the vault it belongs to. If it is, somebody
//! put an old vault back: keys destroyed since would be there again (clause 1.6), keys made since
//! would be missing.

use std::collections::BTreeMap;
use std::sync::RwLock;
use std::sync::atomic::AtomicI64;

use privacy::{Binding, Entropy, Holder, SealError, SubjectId, SubjectKey, Suite, unwrap_key, wrap_key};
use uuid::Uuid;

use super::{INSERT, Keys, LOAD, ROOT, Vault, VaultRefused, accepted, found};
use crate::engine::{Conn, Pool, StoreError, Value};

const META: &str = "SELECT installation, suite, generation, version FROM vault_meta";
const INSTALL: &str = "INSERT INTO vault_meta (one, installation, suite, generation, version) \
    VALUES (1, $1, $2, 1, 1) ON CONFLICT (one) DO NOTHING";
pub(super) const ACCEPT: &str = "INSERT INTO wrapping_key (version, id) VALUES ($1, $2)";
const OTHERS: &str = "SELECT subject FROM subject_key WHERE subject <> $1 LIMIT 1";
pub(super) const VAULT_STATEMENTS: &[&str] = &[META, INSTALL, ACCEPT, OTHERS];

const INSTALLATION: &str = "SELECT id, suite, generation FROM installation";
const SOMEBODY: &str = "SELECT subject FROM account LIMIT 1";
const RECORD: &str = "INSERT INTO installation (one, id, suite, generation, wrapping) VALUES (1, $1, $2, $3, $4) \
    ON CONFLICT (one) DO UPDATE SET generation = excluded.generation, wrapping = excluded.wrapping \
    WHERE installation.generation <= excluded.generation";
/// Tells the data of the vault's state; written with the commit of whatever used it.
pub(crate) const LEARN: &str = "UPDATE installation SET generation = $1 WHERE generation < $1";
pub(crate) const DATA_STATEMENTS: &[&str] = &[INSTALLATION, SOMEBODY, RECORD, LEARN];

pub(super) struct Meta {
    installation: Uuid,
    suite: String,
    pub(super) generation: i64,
    pub(super) version: i64,
}

pub(super) async fn meta(conn: &mut Conn) -> Result<Option<Meta>, StoreError> {
    let Some(row) = conn.row(META, &[]).await? else {
        return Ok(None);
    };
    Ok(Some(Meta {
        installation: row.id(0)?,
        suite: row.text(1)?,
        generation: row.int(2)?,
        version: row.int(3)?,
    }))
}

/// The installation a vault belongs to, if it has one yet.
pub(crate) async fn installation(conn: &mut Conn) -> Result<Option<Uuid>, StoreError> {
    Ok(meta(conn).await?.map(|meta| meta.installation))
}

/// What the data knows.
struct Known {
    /// Installation, suite, state of the vault; nothing in data that is new, or from before.
    of_vault: Option<(Uuid, String, i64)>,
    /// Anyone who has an account.
    somebody: Option<SubjectId>,
}

async fn known(data: &Pool) -> Result<Known, StoreError> {
    let mut conn = data.begin().await?;
    let of_vault = match conn.row(INSTALLATION, &[]).await? {
        Some(row) => Some((row.id(0)?, row.text(1)?, row.int(2)?)),
        None => None,
    };
    let somebody = match conn.row(SOMEBODY, &[]).await? {
        Some(row) => Some(SubjectId(row.id(0)?)),
        None => None,
    };
    Ok(Known { of_vault, somebody })
}

/// Opens the vault of this data, or makes both an installation if both are new.
pub(crate) async fn open(
    data: &Pool,
    pool: Pool,
    keys: Keys,
    entropy: &dyn Entropy,
) -> Result<Vault, StoreError> {
    let known = known(data).await?;
    let mut conn = pool.begin().await?;
    let made = match meta(&mut conn).await? {
        Some(_) => false,
        None => install(&mut conn, &known, &keys, entropy).await?,
    };
    let meta = meta(&mut conn).await?.ok_or(VaultRefused::Empty)?;
    belongs(&mut conn, &known, &meta, made).await?;
    let suite = Suite::parse(&meta.suite).ok_or_else(|| VaultRefused::UnknownSuite(meta.suite.clone()))?;
    if let Some(asked) = keys.suite.filter(|asked| *asked != suite) {
        return Err(VaultRefused::SuiteFixed { kept: suite, asked }.into());
    }
    let wrapping = found(&*keys.ring, accepted(&mut conn).await?)?;
    let root = root(&mut conn, &wrapping, suite).await?;
    conn.commit().await?;

    let current = wrapping.get(&meta.version).map_or("", |key| key.id()).to_owned();
    let mut conn = data.begin().await?;
    let values = [
        Value::Id(meta.installation),
        Value::Text(meta.suite),
        Value::Int(meta.generation),
        Value::Text(current),
    ];
    conn.execute(RECORD, &values).await?;
    conn.commit().await?;
    Ok(Vault {
        pool,
        ring: keys.ring,
        suite,
        installation: meta.installation,
        root,
        accepted: RwLock::new(wrapping),
        seen: AtomicI64::new(meta.generation),
        recorded: AtomicI64::new(meta.generation),
    })
}

/// Makes an installation of an empty vault, or of one from before there were identifiers. Says
/// whether it did: another process may have been first.
async fn install(
    conn: &mut Conn,
    known: &Known,
    keys: &Keys,
    entropy: &dyn Entropy,
) -> Result<bool, StoreError> {
    let from_before = conn.row(LOAD, &[Value::Id(ROOT.0)]).await?;
    if let (Some(_), Some((_, _, data))) = (&from_before, &known.of_vault) {
        return Err(VaultRefused::Older {
            vault: 0,
            data: *data,
        }
        .into());
    }
    if from_before.is_none() && (known.of_vault.is_some() || known.somebody.is_some()) {
        return Err(VaultRefused::Empty.into());
    }
    let with = keys.ring.current()?;
    let suite = if from_before.is_some() {
        Suite::Standard
    } else {
        keys.suite.unwrap_or_default()
    };
    let values = [Value::Id(entropy.id()), Value::Text(suite.as_str().to_owned())];
    if conn.execute(INSTALL, &values).await? == 0 {
        return Ok(false);
    }
    let id = with.id().to_owned();
    if let Some(row) = from_before {
        // Opened before anything is written down: a wrong key must not become the known one.
        let holder = Holder::Subject(ROOT);
        let opened = unwrap_key(&*with, suite, Binding { holder, version: 0 }, &row.bytes(0)?);
        if opened.is_err() {
            return Err(SealError::Damaged.into());
        }
        conn.execute(ACCEPT, &[Value::Int(0), Value::Text(id.clone())])
            .await?;
    } else {
        let binding = Binding {
            holder: Holder::Subject(ROOT),
            version: 1,
        };
        let wrapped = wrap_key(&*with, binding, &SubjectKey::generate(suite, entropy), entropy)?;
        let values = [Value::Id(ROOT.0), Value::Bytes(wrapped), Value::Int(1)];
        conn.execute(INSERT, &values).await?;
    }
    conn.execute(ACCEPT, &[Value::Int(1), Value::Text(id)]).await?;
    Ok(true)
}

/// Whether vault and data are of one installation, and the vault no older than the data.
async fn belongs(conn: &mut Conn, known: &Known, meta: &Meta, made: bool) -> Result<(), StoreError> {
    if let Some((id, suite, generation)) = &known.of_vault {
        if *id != meta.installation || *suite != meta.suite {
            return Err(VaultRefused::OtherData.into());
        }
        if meta.generation < *generation {
            let (vault, data) = (meta.generation, *generation);
            return Err(VaultRefused::Older { vault, data }.into());
        }
        return Ok(());
    }
    // Data that knows nothing yet: new, from before, or cut off before it learned.
    let belongs = match known.somebody {
        Some(subject) => conn.row(LOAD, &[Value::Id(subject.0)]).await?.is_some(),
        None => made || conn.row(OTHERS, &[Value::Id(ROOT.0)]).await?.is_none(),
    };
    if belongs {
        Ok(())
    } else {
        Err(VaultRefused::OtherData.into())
    }
}

async fn root(
    conn: &mut Conn,
    wrapping: &BTreeMap<i64, std::sync::Arc<dyn privacy::KeyEncryptionKey>>,
    suite: Suite,
) -> Result<SubjectKey, StoreError> {
    let row = conn
        .row(LOAD, &[Value::Id(ROOT.0)])
        .await?
        .ok_or(VaultRefused::Empty)?;
    let (wrapped, version) = (row.bytes(0)?, row.int(1)?);
    let with = wrapping.get(&version).ok_or(SealError::Damaged)?;
    let holder = Holder::Subject(ROOT);
    Ok(unwrap_key(&**with, suite, Binding { holder, version }, &wrapped)?)
}
