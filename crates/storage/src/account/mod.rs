//! Accounts: sealed name and phone, found by blind index (clauses 2.1.1.a, 2.1.1.b).

pub mod book;
pub mod change;
pub mod code;
pub mod failure;
pub mod guard;
pub mod passkey;
pub mod phone;
pub mod profile;
pub mod remembered;
pub mod second;
pub mod session;
pub mod token;

use privacy::{BlindIndex, FieldRef, Personal, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::engine::{StoreError, Value};
use crate::tx::Tx;

/// The blind-index field of phone numbers.
pub const PHONE: &str = "account.phone";
/// The blind-index field of account names.
pub const NAME: &str = "account.name";

const INSERT: &str = "INSERT INTO account (id, subject, name, phone, password_hash, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6)";
const INSERT_INDEX: &str =
    "INSERT INTO blind_index (field, digest, subject, account) VALUES ($1, $2, $3, $4)";
const FIND: &str = "SELECT a.id, a.subject, a.name, a.phone, a.password_hash, a.created_at \
    FROM blind_index b JOIN account a ON a.id = b.account \
    WHERE b.field = $1 AND b.digest = $2 AND a.erased_at IS NULL \
    AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = a.subject)";
const BY_ID: &str = "SELECT id, subject, name, phone, password_hash, created_at FROM account \
    WHERE id = $1 AND erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.subject = account.subject)";
const BY_SUBJECT: &str = "SELECT id, subject, name, phone, password_hash, created_at FROM account \
    WHERE subject = $1 AND erased_at IS NULL";
const OF_SUBJECT: &str = "SELECT id FROM account WHERE subject = $1";
const SET_PASSWORD: &str = "UPDATE account SET password_hash = $2 WHERE id = $1";
const HOLD: &str = "UPDATE account SET created_at = created_at WHERE id = $1";
const ANY: &str = "SELECT id FROM account ORDER BY id LIMIT 1";
pub(crate) const STATEMENTS: &[&str] = &[
    HOLD,
    ANY,
    INSERT,
    INSERT_INDEX,
    FIND,
    BY_ID,
    BY_SUBJECT,
    OF_SUBJECT,
    SET_PASSWORD,
];

/// A place in a list that runs from the latest to the earliest: the next page begins below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When the last row of the page before was.
    pub at: OffsetDateTime,
    /// Which of that instant.
    pub id: Uuid,
}

impl Place {
    /// Above every row.
    pub const TOP: Self = Self {
        at: datetime!(9999-01-01 0:00 UTC),
        id: Uuid::max(),
    };
}

/// An account as stored.
#[derive(Debug)]
pub struct AccountRow {
    /// The account.
    pub id: Uuid,
    /// The person behind it.
    pub subject: SubjectId,
    /// The account name.
    pub name: Sealed<String>,
    /// The phone.
    pub phone: Sealed<String>,
    /// The password's slow salted hash (argon2id, PHC text).
    pub password_hash: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

/// What a registration brings: exactly the three fields of clause 2.1.1.b.
pub struct NewAccount<'a> {
    /// The account.
    pub id: Uuid,
    /// The person behind it; must have a key.
    pub subject: SubjectId,
    /// The account name.
    pub name: &'a Personal<String>,
    /// The phone.
    pub phone: &'a Personal<String>,
    /// The password's hash.
    pub password_hash: String,
}

/// The place of a sealed account field.
#[must_use]
pub const fn field(column: &'static str, account: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "account",
        column,
        row: account,
        subject,
    }
}

/// Stores a new account with its look-up digests. A taken phone or name is a conflict
/// ([`StoreError::is_conflict`]).
///
/// # Errors
/// [`StoreError`].
pub async fn insert<P: Purpose>(
    tx: &mut Tx<'_, P>,
    new: &NewAccount<'_>,
    phone_digest: BlindIndex,
    name_digest: BlindIndex,
) -> Result<(), StoreError> {
    let name = tx.seal(&field("name", new.id, new.subject), new.name).await?;
    let phone = tx.seal(&field("phone", new.id, new.subject), new.phone).await?;
    let values = [
        Value::Id(new.id),
        Value::Id(new.subject.0),
        Value::Bytes(name.as_bytes().to_vec()),
        Value::Bytes(phone.as_bytes().to_vec()),
        Value::Text(new.password_hash.clone()),
        Value::Time(tx.ctx().now()),
    ];
    tx.execute(INSERT, &values).await?;
    for (index, digest) in [(PHONE, phone_digest), (NAME, name_digest)] {
        let values = [
            Value::Text(index.to_owned()),
            Value::Bytes(digest.0.to_vec()),
            Value::Id(new.subject.0),
            Value::Id(new.id),
        ];
        tx.execute(INSERT_INDEX, &values).await?;
    }
    Ok(())
}

fn read(row: &crate::engine::Row) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        id: row.id(0)?,
        subject: SubjectId(row.id(1)?),
        name: Sealed::from_stored(row.bytes(2)?),
        phone: Sealed::from_stored(row.bytes(3)?),
        password_hash: row.text(4)?,
        created_at: row.time(5)?,
    })
}

/// The account whose `field` ([`PHONE`] or [`NAME`]) has this digest.
///
/// # Errors
/// [`StoreError`].
pub async fn find<P: Purpose>(
    tx: &mut Tx<'_, P>,
    field: &'static str,
    digest: BlindIndex,
) -> Result<Option<AccountRow>, StoreError> {
    let values = [Value::Text(field.to_owned()), Value::Bytes(digest.0.to_vec())];
    tx.row(FIND, &values).await?.as_ref().map(read).transpose()
}

/// Holds the account's row until the transaction ends: whoever counts what this account did, and does
/// one more, comes after who is doing so already.
///
/// # Errors
/// [`StoreError`].
pub async fn hold<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<(), StoreError> {
    tx.execute(HOLD, &[Value::Id(id)]).await.map(|_| ())
}

/// Whether there is any account at all.
///
/// # Errors
/// [`StoreError`].
pub async fn any<P: Purpose>(tx: &mut Tx<'_, P>) -> Result<bool, StoreError> {
    Ok(tx.row(ANY, &[]).await?.is_some())
}

/// The account of a person.
///
/// # Errors
/// [`StoreError`].
pub async fn of_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<Uuid>, StoreError> {
    tx.row(OF_SUBJECT, &[Value::Id(subject.0)])
        .await?
        .map(|row| row.id(0))
        .transpose()
}

/// The account with this identifier. Nobody's, once its person is to be erased.
///
/// # Errors
/// [`StoreError`].
pub async fn by_id<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid) -> Result<Option<AccountRow>, StoreError> {
    tx.row(BY_ID, &[Value::Id(id)])
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

/// The account of a person, also of one who is being erased: for the erasure itself.
///
/// # Errors
/// [`StoreError`].
pub async fn by_subject<P: Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<Option<AccountRow>, StoreError> {
    let row = tx.row(BY_SUBJECT, &[Value::Id(subject.0)]).await?;
    row.as_ref().map(read).transpose()
}

/// Replaces the password's hash.
///
/// # Errors
/// [`StoreError`].
pub async fn set_password<P: Purpose>(tx: &mut Tx<'_, P>, id: Uuid, hash: String) -> Result<(), StoreError> {
    tx.execute(SET_PASSWORD, &[Value::Id(id), Value::Text(hash)])
        .await
        .map(|_| ())
}
