//! The operator's staff (2.5.1.e): accounts apart from users, each name and secret sealed under a key of
//! their own.

pub mod hand;
pub mod queue;
pub mod session;
pub mod training;

use domain::staff::{self, Role};
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

/// A statement that selects what [`read`] reads.
macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.subject, s.identifier, s.display_name, s.password_hash, s.roles, s.secret, s.confirmed_at, \
             s.last_step, s.setup_digest, s.setup_until, s.created_at, s.ended_at, \
             (SELECT MAX(t.valid_until) FROM staff_training t WHERE t.staff = s.id) FROM staff s ",
            $rest
        )
    };
}

const BY_ID: &str = selected!("WHERE s.id = $1");
const BY_IDENTIFIER: &str = selected!("WHERE s.identifier = $1");
const ALL: &str = selected!("ORDER BY s.identifier LIMIT $1");
const INSERT: &str = "INSERT INTO staff (subject, id, identifier, roles, secret, setup_digest, setup_until, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (identifier) DO NOTHING";
const HOLD: &str = "UPDATE staff SET roles = roles WHERE id = $1";
// Whoever counts administrators comes after whoever is changing one.
const HOLD_ALL: &str = "UPDATE staff SET roles = roles";
const RENEW: &str = "UPDATE staff SET secret = $2, confirmed_at = NULL, last_step = NULL, password_hash = NULL, \
    setup_digest = $3, setup_until = $4 WHERE id = $1 AND ended_at IS NULL";
const CONFIRM: &str = "UPDATE staff SET display_name = $2, password_hash = $3, confirmed_at = $4, last_step = $5, \
    setup_digest = NULL, setup_until = NULL WHERE id = $1 AND ended_at IS NULL AND setup_digest = $6 AND setup_until > $4";
const STEP: &str = "UPDATE staff SET last_step = $2 WHERE id = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL \
    AND (last_step IS NULL OR last_step < $2)";
const ROLES: &str = "UPDATE staff SET roles = $2 WHERE id = $1 AND ended_at IS NULL";
const END: &str = "UPDATE staff SET ended_at = $2, password_hash = NULL, secret = NULL, confirmed_at = NULL, \
    display_name = NULL, setup_digest = NULL, setup_until = NULL WHERE id = $1 AND ended_at IS NULL";
// Those who could work: set up and not ended.
const OTHER_ADMINS: &str = "SELECT COUNT(*) FROM staff WHERE id <> $1 AND ended_at IS NULL \
    AND confirmed_at IS NOT NULL AND ',' || roles || ',' LIKE '%,admin,%'";
const PUT_CODE: &str = "INSERT INTO staff_recovery_code (staff, id, code_digest, created_at, used_at) \
    VALUES ($1, $2, $3, $4, NULL)";
const USE_CODE: &str = "UPDATE staff_recovery_code SET used_at = $3 \
    WHERE staff = $1 AND code_digest = $2 AND used_at IS NULL";
const DROP_CODES: &str = "DELETE FROM staff_recovery_code WHERE staff = $1";
const END_TRAINING: &str = "UPDATE staff_training SET valid_until = $2 WHERE staff = $1 AND valid_until > $2";
// After a restore: who works here and with what was perhaps taken back since the copy was made.
const SUSPEND_ALL: &str = "UPDATE staff SET password_hash = NULL, confirmed_at = NULL, last_step = NULL, \
    setup_digest = NULL, setup_until = NULL WHERE ended_at IS NULL";
const DROP_ALL_CODES: &str = "DELETE FROM staff_recovery_code";
const CHANGED: &str =
    "INSERT INTO staff_change (staff, id, what, roles, doer, at) VALUES ($1, $2, $3, $4, $5, $6)";
const CHANGES: &str = "SELECT s.identifier, c.what, c.roles, c.doer, c.at FROM staff_change c \
    JOIN staff s ON s.id = c.staff ORDER BY c.at DESC, c.id DESC LIMIT $1";
pub(crate) const STATEMENTS: &[&str] = &[
    BY_ID,
    BY_IDENTIFIER,
    ALL,
    INSERT,
    HOLD,
    HOLD_ALL,
    RENEW,
    CONFIRM,
    STEP,
    ROLES,
    END,
    OTHER_ADMINS,
    PUT_CODE,
    USE_CODE,
    DROP_CODES,
    END_TRAINING,
    SUSPEND_ALL,
    DROP_ALL_CODES,
    CHANGED,
    CHANGES,
];

/// A member of staff as stored.
#[derive(Debug)]
pub struct StaffRow {
    /// The account.
    pub id: Uuid,
    /// The person behind it; no user's.
    pub subject: SubjectId,
    /// By what records name them.
    pub identifier: String,
    /// What colleagues call them.
    pub display_name: Option<Sealed<String>>,
    /// The password's slow salted hash.
    pub password_hash: Option<String>,
    /// What they do.
    pub roles: Vec<Role>,
    /// The key of the authenticator app.
    pub secret: Option<Sealed<String>>,
    /// When the account was set up.
    pub confirmed_at: Option<OffsetDateTime>,
    /// The step of the last code accepted.
    pub last_step: Option<i64>,
    /// The digest of the set-up code, while there is one.
    pub setup_digest: Option<Vec<u8>>,
    /// Until when that code is good.
    pub setup_until: Option<OffsetDateTime>,
    /// When the account was made.
    pub created_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Until when the training counts.
    pub trained_until: Option<OffsetDateTime>,
}

/// A member of staff to be made.
pub struct NewStaff<'a> {
    /// The account.
    pub id: Uuid,
    /// The person behind it; must have a key.
    pub subject: SubjectId,
    /// By what records name them.
    pub identifier: &'a str,
    /// What they do.
    pub roles: &'a [Role],
}

/// How an account may be set up: by whoever has the code.
pub struct Setup<'a> {
    /// The key of the authenticator app.
    pub secret: &'a Personal<String>,
    /// The digest of the set-up code.
    pub digest: Vec<u8>,
    /// Until when it is good.
    pub until: OffsetDateTime,
}

/// What was done to an account.
#[derive(Clone, Debug)]
pub struct Change {
    /// Whose.
    pub identifier: String,
    /// `added`, `renewed`, `set_up`, `roles` or `ended`.
    pub what: String,
    /// The roles afterwards.
    pub roles: Vec<Role>,
    /// By whom.
    pub doer: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The place of a sealed field of a member of staff.
#[must_use]
pub const fn field(column: &'static str, staff: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "staff",
        column,
        row: staff,
        subject,
    }
}

fn read(row: &Row) -> Result<StaffRow, StoreError> {
    Ok(StaffRow {
        id: row.id(0)?,
        subject: SubjectId(row.id(1)?),
        identifier: row.text(2)?,
        display_name: row.opt_bytes(3)?.map(Sealed::from_stored),
        password_hash: row.opt_text(4)?,
        roles: staff::read(&row.text(5)?),
        secret: row.opt_bytes(6)?.map(Sealed::from_stored),
        confirmed_at: row.opt_time(7)?,
        last_step: row.opt_int(8)?,
        setup_digest: row.opt_bytes(9)?,
        setup_until: row.opt_time(10)?,
        created_at: row.time(11)?,
        ended_at: row.opt_time(12)?,
        trained_until: row.opt_time(13)?,
    })
}

/// A member of staff, also a former one.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<StaffRow>, StoreError> {
    let row = tx.row(BY_ID, &[Value::Id(id)]).await?;
    row.as_ref().map(read).transpose()
}

/// A member of staff by their identifier, also a former one.
///
/// # Errors
/// [`StoreError`].
pub async fn by_identifier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    identifier: &str,
) -> Result<Option<StaffRow>, StoreError> {
    let row = tx
        .row(BY_IDENTIFIER, &[Value::Text(identifier.to_owned())])
        .await?;
    row.as_ref().map(read).transpose()
}

/// Everybody, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn all<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<StaffRow>, StoreError> {
    let rows = tx.rows(ALL, &[Value::Int(limit.clamp(1, 1_000))]).await?;
    rows.iter().map(read).collect()
}

/// Makes a member of staff, to be set up; `false` if the identifier is somebody's.
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(
    tx: &mut Tx<'_, P>,
    new: &NewStaff<'_>,
    setup: Setup<'_>,
) -> Result<bool, StoreError> {
    let secret = tx
        .seal(&field("secret", new.id, new.subject), setup.secret)
        .await?;
    let values = [
        Value::Id(new.subject.0),
        Value::Id(new.id),
        Value::Text(new.identifier.to_owned()),
        Value::Text(staff::written(new.roles)),
        Value::Bytes(secret.as_bytes().to_vec()),
        Value::Bytes(setup.digest),
        Value::Time(setup.until),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await.map(|rows| rows == 1)
}

/// Holds a row until the transaction ends.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Holds every row until the transaction ends: two administrators never end each other at once.
///
/// # Errors
/// [`StoreError`].
pub async fn hold_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<(), StoreError> {
    tx.execute(HOLD_ALL, &[]).await.map(|_| ())
}

/// Lets an account be set up anew; password, authenticator and recovery codes are of no use any more.
///
/// # Errors
/// [`StoreError`].
pub async fn renew<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &StaffRow,
    setup: Setup<'_>,
) -> Result<bool, StoreError> {
    let secret = tx
        .seal(&field("secret", row.id, row.subject), setup.secret)
        .await?;
    tx.execute(DROP_CODES, &[Value::Id(row.id)]).await?;
    // Nobody inherits another's training: whoever has the new code proves their own.
    tx.execute(END_TRAINING, &[Value::Id(row.id), Value::Time(tx.ctx().now())])
        .await?;
    let values = [
        Value::Id(row.id),
        Value::Bytes(secret.as_bytes().to_vec()),
        Value::Bytes(setup.digest),
        Value::Time(setup.until),
    ];
    tx.execute(RENEW, &values).await.map(|rows| rows == 1)
}

/// Sets an account up, by a code of its authenticator app of this step; `false` if it was set up before.
///
/// # Errors
/// [`StoreError`].
pub async fn confirm<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &StaffRow,
    display_name: &Personal<String>,
    password_hash: String,
    step: i64,
) -> Result<bool, StoreError> {
    let name = tx
        .seal(&field("display_name", row.id, row.subject), display_name)
        .await?;
    let values = [
        Value::Id(row.id),
        Value::Bytes(name.as_bytes().to_vec()),
        Value::Text(password_hash),
        Value::Time(tx.ctx().now()),
        Value::Int(step),
        // The very code that was given: an account set up anew meanwhile has another.
        Value::OptBytes(row.setup_digest.clone()),
    ];
    tx.execute(CONFIRM, &values).await.map(|rows| rows == 1)
}

/// Lets nobody of the staff in until the operator sets them up anew: passwords, authenticators, set-up and
/// recovery codes are over.
///
/// # Errors
/// [`StoreError`].
pub async fn suspend_all<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<u64, StoreError> {
    tx.execute(DROP_ALL_CODES, &[]).await?;
    tx.execute(SUSPEND_ALL, &[]).await
}

/// Uses the code of a step up; `false` if it or a later one was used before.
///
/// # Errors
/// [`StoreError`].
pub async fn use_step<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, step: i64) -> Result<bool, StoreError> {
    tx.execute(STEP, &[Value::Id(id), Value::Int(step)])
        .await
        .map(|rows| rows == 1)
}

/// Gives a member of staff other roles.
///
/// # Errors
/// [`StoreError`].
pub async fn set_roles<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, roles: &[Role]) -> Result<bool, StoreError> {
    tx.execute(ROLES, &[Value::Id(id), Value::Text(staff::written(roles))])
        .await
        .map(|rows| rows == 1)
}

/// Ends an account: nothing that could sign in is left.
///
/// # Errors
/// [`StoreError`].
pub async fn end<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<bool, StoreError> {
    tx.execute(DROP_CODES, &[Value::Id(id)]).await?;
    let values = [Value::Id(id), Value::Time(tx.ctx().now())];
    tx.execute(END, &values).await.map(|rows| rows == 1)
}

/// Administrators besides this one who could work.
///
/// # Errors
/// [`StoreError`].
pub async fn other_admins<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<i64, StoreError> {
    let row = tx.row(OTHER_ADMINS, &[Value::Id(id)]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Stores recovery codes in place of all earlier ones.
///
/// # Errors
/// [`StoreError`].
pub async fn put_codes<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    digests: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    tx.execute(DROP_CODES, &[Value::Id(id)]).await?;
    for digest in digests {
        let values = [
            Value::Id(id),
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
pub async fn use_code<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, digest: Vec<u8>) -> Result<bool, StoreError> {
    let values = [Value::Id(id), Value::Bytes(digest), Value::Time(tx.ctx().now())];
    tx.execute(USE_CODE, &values).await.map(|rows| rows == 1)
}

/// Writes down what was done to an account.
///
/// # Errors
/// [`StoreError`].
pub async fn changed<P: Purpose>(
    tx: &mut Tx<'_, P>,
    id: Uuid,
    what: &'static str,
    roles: &[Role],
    doer: &str,
) -> Result<(), StoreError> {
    let values = [
        Value::Id(id),
        Value::Id(tx.store().entropy().id()),
        Value::Text(what.to_owned()),
        Value::Text(staff::written(roles)),
        Value::Text(doer.to_owned()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(CHANGED, &values).await.map(|_| ())
}

/// What was done to accounts, the latest first, at most `limit`.
///
/// # Errors
/// [`StoreError`].
pub async fn changes<P: Purpose>(tx: &mut Tx<'_, P>, limit: i64) -> Result<Vec<Change>, StoreError> {
    let rows = tx.rows(CHANGES, &[Value::Int(limit.clamp(1, 200))]).await?;
    let change = |row: &Row| {
        Ok(Change {
            identifier: row.text(0)?,
            what: row.text(1)?,
            roles: staff::read(&row.text(2)?),
            doer: row.text(3)?,
            at: row.time(4)?,
        })
    };
    rows.iter().map(change).collect()
}
