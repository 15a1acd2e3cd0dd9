//! The second factor: the sealed secret of an authenticator app, recovery codes as keyed digests, and
//! log-ins that wait for their second step (2.1.1.e, 2.5.1.c).

use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

const PUT: &str = "INSERT INTO authenticator (account, secret, created_at) VALUES ($1, $2, $3) \
    ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at \
    WHERE authenticator.confirmed_at IS NULL";
const FIND: &str = "SELECT n.secret, n.confirmed_at, n.last_step FROM authenticator n WHERE n.account = $1";
const STANDING: &str = "SELECT \
    (SELECT COUNT(*) FROM authenticator n WHERE n.account = a.id AND n.confirmed_at IS NOT NULL), \
    (SELECT COUNT(*) FROM passkey p WHERE p.account = a.id), \
    (SELECT COUNT(*) FROM recovery_code c WHERE c.account = a.id AND c.used_at IS NULL), \
    (SELECT l.off_at FROM second_loss l WHERE l.account = a.id) \
    FROM account a WHERE a.id = $1";
const CONFIRM: &str = "UPDATE authenticator SET confirmed_at = $2, last_step = $3 \
    WHERE account = $1 AND confirmed_at IS NULL";
const STEP: &str = "UPDATE authenticator SET last_step = $2 \
    WHERE account = $1 AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < $2)";
const REMOVE: &str = "DELETE FROM authenticator WHERE account = $1";
const LOSE: &str = "INSERT INTO second_loss (account, off_at) SELECT a.id, $2 FROM account a WHERE a.id = $1 \
    ON CONFLICT (account) DO NOTHING";
const KEEP: &str = "DELETE FROM second_loss WHERE account = $1";
const PURGE_UNCONFIRMED: &str = "DELETE FROM authenticator WHERE confirmed_at IS NULL AND created_at <= $1";
const PUT_CODE: &str = "INSERT INTO recovery_code (account, id, code_digest, created_at, used_at) \
    VALUES ($1, $2, $3, $4, NULL)";
const USE_CODE: &str = "UPDATE recovery_code SET used_at = $3 \
    WHERE account = $1 AND code_digest = $2 AND used_at IS NULL";
const HAS_CODE: &str =
    "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND code_digest = $2 AND used_at IS NULL";
const DROP_CODES: &str = "DELETE FROM recovery_code WHERE account = $1";
const PEND: &str = "INSERT INTO login_pending (account, id, token_digest, tries, created_at, expires_at) \
    VALUES ($1, $2, $3, 0, $4, $5)";
const PENDING: &str = "SELECT p.id, p.account, a.subject, p.tries FROM login_pending p \
    JOIN account a ON a.id = p.account WHERE p.token_digest = $1 AND p.expires_at > $2 AND p.tries < $3 \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = a.subject)";
const TRY: &str = "UPDATE login_pending SET tries = tries + 1 WHERE id = $1";
const DROP_PENDING: &str = "DELETE FROM login_pending WHERE id = $1";
const DROP_ALL_PENDING: &str = "DELETE FROM login_pending WHERE account = $1";
const PURGE_PENDING: &str = "DELETE FROM login_pending WHERE created_at <= $1";
const END_PENDING: &str = "DELETE FROM login_pending";
pub(crate) const STATEMENTS: &[&str] = &[
    PUT,
    FIND,
    STANDING,
    CONFIRM,
    STEP,
    REMOVE,
    LOSE,
    KEEP,
    PURGE_UNCONFIRMED,
    PUT_CODE,
    USE_CODE,
    HAS_CODE,
    DROP_CODES,
    PEND,
    PENDING,
    TRY,
    DROP_PENDING,
    DROP_ALL_PENDING,
    PURGE_PENDING,
    END_PENDING,
];

/// An authenticator app as stored.
#[derive(Debug)]
pub struct Authenticator {
    /// Its secret, in base32.
    pub secret: Sealed<String>,
    /// Since when it is on; `None` while no code of it was given.
    pub confirmed_at: Option<OffsetDateTime>,
    /// The step of the last code accepted: none at or before it counts again.
    pub last_step: Option<i64>,
}

/// How an account's second factor stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether an authenticator app is on.
    pub app: bool,
    /// Passkeys.
    pub passkeys: i64,
    /// Recovery codes not yet used.
    pub codes_left: i64,
    /// When all of it goes, because its holder said that it is lost.
    pub off_at: Option<OffsetDateTime>,
}

impl Standing {
    /// Whether a log-in takes more than the password.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.app || self.passkeys > 0
    }
}

/// The place of an authenticator's secret.
#[must_use]
pub const fn secret_field(account: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "authenticator",
        column: "secret",
        row: account,
        subject,
    }
}

/// Stores a secret that waits for its first code, in place of an earlier one that still waits; `false`
/// if an authenticator is on.
///
/// # Errors
/// [`StoreError`].
pub async fn put<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    subject: SubjectId,
    secret: &Personal<String>,
) -> Result<bool, StoreError> {
    let secret = tx.seal(&secret_field(account, subject), secret).await?;
    let values = [
        Value::Id(account),
        Value::Bytes(secret.as_bytes().to_vec()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(PUT, &values).await.map(|rows| rows == 1)
}

/// The authenticator of an account, on or waiting.
///
/// # Errors
/// [`StoreError`].
pub async fn find<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
) -> Result<Option<Authenticator>, StoreError> {
    let Some(row) = tx.row(FIND, &[Value::Id(account)]).await? else {
        return Ok(None);
    };
    Ok(Some(Authenticator {
        secret: Sealed::from_stored(row.bytes(0)?),
        confirmed_at: row.opt_time(1)?,
        last_step: row.opt_int(2)?,
    }))
}

/// How an account's second factor stands: an app, passkeys, or both.
///
/// # Errors
/// [`StoreError`].
pub async fn standing<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<Standing, StoreError> {
    let Some(row) = tx.row(STANDING, &[Value::Id(account)]).await? else {
        return Ok(Standing::default());
    };
    Ok(Standing {
        app: row.int(0)? > 0,
        passkeys: row.int(1)?,
        codes_left: row.int(2)?,
        off_at: row.opt_time(3)?,
    })
}

/// Whether an account has its second factor on.
///
/// # Errors
/// [`StoreError`].
pub async fn is_on<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<bool, StoreError> {
    Ok(standing(tx, account).await?.is_on())
}

/// Turns on what waited, by a code of this step; `false` if nothing waits.
///
/// # Errors
/// [`StoreError`].
pub async fn confirm<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid, step: i64) -> Result<bool, StoreError> {
    let values = [Value::Id(account), Value::Time(tx.ctx().now()), Value::Int(step)];
    tx.execute(CONFIRM, &values).await.map(|rows| rows == 1)
}

/// Uses the code of a step up; `false` if it or a later one was used before.
///
/// # Errors
/// [`StoreError`].
pub async fn use_step<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid, step: i64) -> Result<bool, StoreError> {
    tx.execute(STEP, &[Value::Id(account), Value::Int(step)])
        .await
        .map(|rows| rows == 1)
}

/// Removes the secret of the authenticator app; `false` if there was none. What goes with the last
/// factor is [`end`].
///
/// # Errors
/// [`StoreError`].
pub async fn remove<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<bool, StoreError> {
    tx.execute(REMOVE, &[Value::Id(account)])
        .await
        .map(|rows| rows == 1)
}

/// Removes what is of no use once the last factor is gone: recovery codes, log-ins that wait for a second
/// step, and the day on which all of it was to go.
///
/// # Errors
/// [`StoreError`].
pub async fn end<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<(), StoreError> {
    for statement in [DROP_CODES, DROP_ALL_PENDING, KEEP] {
        tx.execute(statement, &[Value::Id(account)]).await?;
    }
    Ok(())
}

/// Sets the day on which a lost second factor goes; `false` if one is set. Whether there is a factor at all
/// the caller knows.
///
/// # Errors
/// [`StoreError`].
pub async fn lose<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    off_at: OffsetDateTime,
) -> Result<bool, StoreError> {
    tx.execute(LOSE, &[Value::Id(account), Value::Time(off_at)])
        .await
        .map(|rows| rows == 1)
}

/// Takes that day back; `false` if none was set.
///
/// # Errors
/// [`StoreError`].
pub async fn keep<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<bool, StoreError> {
    tx.execute(KEEP, &[Value::Id(account)])
        .await
        .map(|rows| rows == 1)
}

/// Stores recovery codes in place of all earlier ones.
///
/// # Errors
/// [`StoreError`].
pub async fn put_codes<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    digests: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    tx.execute(DROP_CODES, &[Value::Id(account)]).await?;
    for digest in digests {
        let values = [
            Value::Id(account),
            Value::Id(tx.store().entropy().id()),
            Value::Bytes(digest),
            Value::Time(tx.ctx().now()),
        ];
        tx.execute(PUT_CODE, &values).await?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` if there is none such or it was used before.
///
/// # Errors
/// [`StoreError`].
pub async fn use_code<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    digest: Vec<u8>,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(account),
        Value::Bytes(digest),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(USE_CODE, &values).await.map(|rows| rows == 1)
}

/// Whether this is an unused recovery code of the account.
///
/// # Errors
/// [`StoreError`].
pub async fn has_code<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    digest: Vec<u8>,
) -> Result<bool, StoreError> {
    let row = tx
        .row(HAS_CODE, &[Value::Id(account), Value::Bytes(digest)])
        .await?;
    Ok(row.map_or(Ok(0), |row| row.int(0))? > 0)
}

/// A log-in that waits for its second step.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// The log-in.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The person behind the account.
    pub subject: SubjectId,
    /// Codes tried.
    pub tries: i64,
}

/// Begins a log-in's wait.
///
/// # Errors
/// [`StoreError`].
pub async fn pend<P: Purpose>(
    tx: &mut Tx<'_, P>,
    account: Uuid,
    token_digest: [u8; 32],
    expires_at: OffsetDateTime,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(account),
        Value::Id(tx.store().entropy().id()),
        Value::Bytes(token_digest.to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Time(expires_at),
    ];
    tx.execute(PEND, &values).await.map(|_| ())
}

/// The log-in with this token's digest, if it still waits and was tried fewer than `most` times.
///
/// # Errors
/// [`StoreError`].
pub async fn pending<P: Purpose>(
    tx: &mut Tx<'_, P>,
    token_digest: [u8; 32],
    most: i64,
) -> Result<Option<Pending>, StoreError> {
    let values = [
        Value::Bytes(token_digest.to_vec()),
        Value::Time(tx.ctx().now()),
        Value::Int(most),
    ];
    let Some(row) = tx.row(PENDING, &values).await? else {
        return Ok(None);
    };
    Ok(Some(Pending {
        id: row.id(0)?,
        account: row.id(1)?,
        subject: SubjectId(row.id(2)?),
        tries: row.int(3)?,
    }))
}

/// Counts a try of a log-in.
///
/// # Errors
/// [`StoreError`].
pub async fn count_try<P: Purpose>(tx: &mut Tx<'_, P>, pending: Uuid) -> Result<(), StoreError> {
    tx.execute(TRY, &[Value::Id(pending)]).await.map(|_| ())
}

/// Ends the wait of a log-in; `false` if it ended before.
///
/// # Errors
/// [`StoreError`].
pub async fn end_pending<P: Purpose>(tx: &mut Tx<'_, P>, pending: Uuid) -> Result<bool, StoreError> {
    tx.execute(DROP_PENDING, &[Value::Id(pending)])
        .await
        .map(|rows| rows == 1)
}

/// Ends every log-in of the account that waits (after a new password).
///
/// # Errors
/// [`StoreError`].
pub async fn end_all_pending<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<u64, StoreError> {
    tx.execute(DROP_ALL_PENDING, &[Value::Id(account)]).await
}

/// Ends every log-in of everybody that waits: after a restore.
///
/// # Errors
/// [`StoreError`].
pub async fn end_everybodys<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(END_PENDING, &[]).await
}

/// Removes log-ins that waited, and secrets nobody gave a code of, up to `until` (retention
/// `pending_24h`, `second_factor_life`).
///
/// # Errors
/// [`StoreError`].
pub async fn purge<P: Purpose>(tx: &mut Tx<'_, P>, until: OffsetDateTime) -> Result<u64, StoreError> {
    let waited = tx.execute(PURGE_PENDING, &[Value::Time(until)]).await?;
    Ok(waited + tx.execute(PURGE_UNCONFIRMED, &[Value::Time(until)]).await?)
}
