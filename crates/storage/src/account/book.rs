//! A person's address book and titles for invoices: every value sealed by itself (2.6.1.a).

use domain::account::book::{Kind, TitleKind};
use domain::market::share::Field;
use privacy::{FieldRef, Personal, Purpose, Sealed, SubjectId};
use uuid::Uuid;

use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const ENTRIES: &str = "SELECT id, kind, preferred, contact_name, phone, email, address FROM address_entry \
    WHERE account = $1 ORDER BY id LIMIT 20";
const COUNT_ENTRIES: &str = "SELECT COUNT(*) FROM address_entry WHERE account = $1";
const PUT_ENTRY: &str = "INSERT INTO address_entry (subject, id, account, kind, preferred, contact_name, phone, email, \
    address, changed_at) VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9) \
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, contact_name = excluded.contact_name, phone = excluded.phone, \
    email = excluded.email, address = excluded.address, changed_at = excluded.changed_at \
    WHERE address_entry.account = excluded.account";
const DROP_ENTRY: &str = "DELETE FROM address_entry WHERE id = $1 AND account = $2";
const PREFER_ENTRY: &str =
    "UPDATE address_entry SET preferred = CASE WHEN id = $1 THEN 1 ELSE 0 END WHERE account = $2";
const TITLES: &str = "SELECT id, kind, preferred, name, tax_number, email FROM invoice_title \
    WHERE account = $1 ORDER BY id LIMIT 10";
const COUNT_TITLES: &str = "SELECT COUNT(*) FROM invoice_title WHERE account = $1";
const PUT_TITLE: &str = "INSERT INTO invoice_title (subject, id, account, kind, preferred, name, tax_number, email, changed_at) \
    VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8) \
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, tax_number = excluded.tax_number, \
    email = excluded.email, changed_at = excluded.changed_at WHERE invoice_title.account = excluded.account";
const DROP_TITLE: &str = "DELETE FROM invoice_title WHERE id = $1 AND account = $2";
const PREFER_TITLE: &str =
    "UPDATE invoice_title SET preferred = CASE WHEN id = $1 THEN 1 ELSE 0 END WHERE account = $2";
pub(crate) const STATEMENTS: &[&str] = &[
    ENTRIES,
    COUNT_ENTRIES,
    PUT_ENTRY,
    DROP_ENTRY,
    PREFER_ENTRY,
    TITLES,
    COUNT_TITLES,
    PUT_TITLE,
    DROP_TITLE,
    PREFER_TITLE,
];

/// Which of a person's two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The address book.
    Entries,
    /// The titles for invoices.
    Titles,
}

/// An entry of an address book, sealed.
#[derive(Debug)]
pub struct EntryRow {
    /// The entry.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Whether it is the one that is offered first.
    pub preferred: bool,
    /// What is filled in.
    pub fields: Vec<(Field, Sealed<String>)>,
}

/// A title, sealed.
#[derive(Debug)]
pub struct TitleRow {
    /// The title.
    pub id: Uuid,
    /// Whom it names.
    pub kind: TitleKind,
    /// Whether it is the one that is offered first.
    pub preferred: bool,
    /// The name.
    pub name: Sealed<String>,
    /// The tax number of an enterprise.
    pub tax_number: Option<Sealed<String>>,
    /// Where invoices are sent.
    pub email: Option<Sealed<String>>,
}

/// A title to store.
pub struct NewTitle {
    /// Whom it names.
    pub kind: TitleKind,
    /// The name.
    pub name: Personal<String>,
    /// The tax number of an enterprise.
    pub tax_number: Option<Personal<String>>,
    /// Where invoices are sent.
    pub email: Option<Personal<String>>,
}

/// The place of a field of an entry.
#[must_use]
pub const fn entry_field(of: Field, entry: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "address_entry",
        column: of.as_str(),
        row: entry,
        subject,
    }
}

/// The place of a column of a title.
#[must_use]
pub const fn title_field(column: &'static str, title: Uuid, subject: SubjectId) -> FieldRef {
    FieldRef {
        table: "invoice_title",
        column,
        row: title,
        subject,
    }
}

fn entry(row: &Row) -> Result<EntryRow, StoreError> {
    let mut fields = Vec::new();
    for (place, field) in (3..).zip(Field::ALL) {
        if let Some(bytes) = row.opt_bytes(place)? {
            fields.push((field, Sealed::from_stored(bytes)));
        }
    }
    Ok(EntryRow {
        id: row.id(0)?,
        kind: Kind::parse(&row.text(1)?).ok_or(StoreError::Malformed("address entry"))?,
        preferred: row.int(2)? == 1,
        fields,
    })
}

fn title(row: &Row) -> Result<TitleRow, StoreError> {
    Ok(TitleRow {
        id: row.id(0)?,
        kind: TitleKind::parse(&row.text(1)?).ok_or(StoreError::Malformed("invoice title"))?,
        preferred: row.int(2)? == 1,
        name: Sealed::from_stored(row.bytes(3)?),
        tax_number: row.opt_bytes(4)?.map(Sealed::from_stored),
        email: row.opt_bytes(5)?.map(Sealed::from_stored),
    })
}

/// The address book of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn entries<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<Vec<EntryRow>, StoreError> {
    let rows = tx.rows(ENTRIES, &[Value::Id(account)]).await?;
    rows.iter().map(entry).collect()
}

/// The titles of an account.
///
/// # Errors
/// [`StoreError`].
pub async fn titles<P: Purpose>(tx: &mut Tx<'_, P>, account: Uuid) -> Result<Vec<TitleRow>, StoreError> {
    let rows = tx.rows(TITLES, &[Value::Id(account)]).await?;
    rows.iter().map(title).collect()
}

/// How many there are of a list.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(tx: &mut Tx<'_, P>, list: List, account: Uuid) -> Result<usize, StoreError> {
    let statement = match list {
        List::Entries => COUNT_ENTRIES,
        List::Titles => COUNT_TITLES,
    };
    let row = tx.row(statement, &[Value::Id(account)]).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Seals a value, if there is one.
async fn sealed<P: Purpose>(
    tx: &Tx<'_, P>,
    place: FieldRef,
    value: Option<&Personal<String>>,
) -> Result<Value, StoreError> {
    Ok(Value::OptBytes(match value {
        Some(value) => Some(tx.seal(&place, value).await?.as_bytes().to_vec()),
        None => None,
    }))
}

/// Writes an entry, or changes it; `false` if it is somebody else's.
///
/// # Errors
/// [`StoreError`].
pub async fn put_entry<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (account, subject): (Uuid, SubjectId),
    id: Uuid,
    kind: Kind,
    fields: &[(Field, Personal<String>)],
) -> Result<bool, StoreError> {
    let mut values = vec![
        Value::Id(subject.0),
        Value::Id(id),
        Value::Id(account),
        Value::Text(kind.as_str().to_owned()),
    ];
    for of in Field::ALL {
        let value = fields.iter().find(|(field, _)| *field == of);
        let value = value.map(|(_, value)| value);
        values.push(sealed(tx, entry_field(of, id, subject), value).await?);
    }
    values.push(Value::Time(tx.ctx().now()));
    Ok(tx.execute(PUT_ENTRY, &values).await? == 1)
}

/// Writes a title, or changes it; `false` if it is somebody else's.
///
/// # Errors
/// [`StoreError`].
pub async fn put_title<P: Purpose>(
    tx: &mut Tx<'_, P>,
    (account, subject): (Uuid, SubjectId),
    id: Uuid,
    new: &NewTitle,
) -> Result<bool, StoreError> {
    let place = |column| title_field(column, id, subject);
    let name = tx.seal(&place("name"), &new.name).await?;
    let values = [
        Value::Id(subject.0),
        Value::Id(id),
        Value::Id(account),
        Value::Text(new.kind.as_str().to_owned()),
        Value::Bytes(name.as_bytes().to_vec()),
        sealed(tx, place("tax_number"), new.tax_number.as_ref()).await?,
        sealed(tx, place("email"), new.email.as_ref()).await?,
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(PUT_TITLE, &values).await? == 1)
}

/// Takes one of a list away; `false` if it is somebody else's or gone.
///
/// # Errors
/// [`StoreError`].
pub async fn drop<P: Purpose>(
    tx: &mut Tx<'_, P>,
    list: List,
    account: Uuid,
    id: Uuid,
) -> Result<bool, StoreError> {
    let statement = match list {
        List::Entries => DROP_ENTRY,
        List::Titles => DROP_TITLE,
    };
    let values = [Value::Id(id), Value::Id(account)];
    Ok(tx.execute(statement, &values).await? == 1)
}

/// Makes one of a list the one that is offered first. The caller looked that it is in the list.
///
/// # Errors
/// [`StoreError`].
pub async fn prefer<P: Purpose>(
    tx: &mut Tx<'_, P>,
    list: List,
    account: Uuid,
    id: Uuid,
) -> Result<(), StoreError> {
    let statement = match list {
        List::Entries => PREFER_ENTRY,
        List::Titles => PREFER_TITLE,
    };
    let values = [Value::Id(id), Value::Id(account)];
    tx.execute(statement, &values).await.map(|_| ())
}
