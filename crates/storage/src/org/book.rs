//! The places of an organisation and its titles for invoices: facts of the enterprise (2.1.1.a).

use domain::org::book::{Desk, Place, Title};
use privacy::Purpose;
use uuid::Uuid;

pub use crate::account::book::List;
use crate::engine::{Row, StoreError, Value};
use crate::tx::Tx;

const PLACES: &str = "SELECT id, preferred, label, address, desk, phone FROM organisation_place \
    WHERE organisation = $1 ORDER BY id LIMIT 20";
const COUNT_PLACES: &str = "SELECT COUNT(*) FROM organisation_place WHERE organisation = $1";
const PUT_PLACE: &str = "INSERT INTO organisation_place (organisation, id, label, address, desk, phone, preferred, changed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (id) DO UPDATE SET label = excluded.label, \
    address = excluded.address, desk = excluded.desk, phone = excluded.phone, changed_at = excluded.changed_at \
    WHERE organisation_place.organisation = excluded.organisation";
const DROP_PLACE: &str = "DELETE FROM organisation_place WHERE id = $1 AND organisation = $2";
const PREFER_PLACE: &str =
    "UPDATE organisation_place SET preferred = CASE WHEN id = $1 THEN 1 ELSE 0 END WHERE organisation = $2";
const TITLES: &str = "SELECT id, preferred, name, tax_number, bank, bank_account, address, phone FROM organisation_title \
    WHERE organisation = $1 ORDER BY id LIMIT 10";
const COUNT_TITLES: &str = "SELECT COUNT(*) FROM organisation_title WHERE organisation = $1";
const PUT_TITLE: &str = "INSERT INTO organisation_title (organisation, id, name, tax_number, bank, bank_account, address, phone, \
    preferred, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT (id) DO UPDATE SET \
    name = excluded.name, tax_number = excluded.tax_number, bank = excluded.bank, bank_account = excluded.bank_account, \
    address = excluded.address, phone = excluded.phone, changed_at = excluded.changed_at \
    WHERE organisation_title.organisation = excluded.organisation";
const DROP_TITLE: &str = "DELETE FROM organisation_title WHERE id = $1 AND organisation = $2";
const PREFER_TITLE: &str =
    "UPDATE organisation_title SET preferred = CASE WHEN id = $1 THEN 1 ELSE 0 END WHERE organisation = $2";
const DROP_PLACES: &str = "DELETE FROM organisation_place WHERE organisation = $1";
const DROP_TITLES: &str = "DELETE FROM organisation_title WHERE organisation = $1";
pub(crate) const STATEMENTS: &[&str] = &[
    PLACES,
    COUNT_PLACES,
    PUT_PLACE,
    DROP_PLACE,
    PREFER_PLACE,
    TITLES,
    COUNT_TITLES,
    PUT_TITLE,
    DROP_TITLE,
    PREFER_TITLE,
    DROP_PLACES,
    DROP_TITLES,
];

/// One of a list, as stored.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    /// Which.
    pub id: Uuid,
    /// Whether it is the one that is offered first.
    pub preferred: bool,
    /// What it says.
    pub value: T,
}

fn place(row: &Row) -> Result<Kept<Place>, StoreError> {
    Ok(Kept {
        id: row.id(0)?,
        preferred: row.int(1)? == 1,
        value: Place {
            label: row.text(2)?,
            address: row.text(3)?,
            desk: Desk::parse(&row.text(4)?).ok_or(StoreError::Malformed("desk"))?,
            phone: row.opt_text(5)?,
        },
    })
}

fn title(row: &Row) -> Result<Kept<Title>, StoreError> {
    Ok(Kept {
        id: row.id(0)?,
        preferred: row.int(1)? == 1,
        value: Title {
            name: row.text(2)?,
            tax_number: row.text(3)?,
            account: row.opt_text(4)?.zip(row.opt_text(5)?),
            address: row.opt_text(6)?,
            phone: row.opt_text(7)?,
        },
    })
}

/// The places of an organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn places<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Vec<Kept<Place>>, StoreError> {
    let rows = tx.rows(PLACES, &[Value::Id(organisation)]).await?;
    rows.iter().map(place).collect()
}

/// The titles of an organisation.
///
/// # Errors
/// [`StoreError`].
pub async fn titles<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<Vec<Kept<Title>>, StoreError> {
    let rows = tx.rows(TITLES, &[Value::Id(organisation)]).await?;
    rows.iter().map(title).collect()
}

/// How many there are of a list.
///
/// # Errors
/// [`StoreError`].
pub async fn count<P: Purpose>(
    tx: &mut Tx<'_, P>,
    list: List,
    organisation: Uuid,
) -> Result<usize, StoreError> {
    let statement = match list {
        List::Entries => COUNT_PLACES,
        List::Titles => COUNT_TITLES,
    };
    let row = tx.row(statement, &[Value::Id(organisation)]).await?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Writes a place, or changes it; `false` if it is another organisation's.
///
/// # Errors
/// [`StoreError`].
pub async fn put_place<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    id: Uuid,
    place: &Place,
) -> Result<bool, StoreError> {
    let values = [
        Value::Id(organisation),
        Value::Id(id),
        Value::Text(place.label.clone()),
        Value::Text(place.address.clone()),
        Value::Text(place.desk.as_str().to_owned()),
        Value::OptText(place.phone.clone()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(PUT_PLACE, &values).await? == 1)
}

/// Writes a title, or changes it; `false` if it is another organisation's.
///
/// # Errors
/// [`StoreError`].
pub async fn put_title<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    id: Uuid,
    title: &Title,
) -> Result<bool, StoreError> {
    let (bank, account) = title.account.clone().unzip();
    let values = [
        Value::Id(organisation),
        Value::Id(id),
        Value::Text(title.name.clone()),
        Value::Text(title.tax_number.clone()),
        Value::OptText(bank),
        Value::OptText(account),
        Value::OptText(title.address.clone()),
        Value::OptText(title.phone.clone()),
        Value::Time(tx.ctx().now()),
    ];
    Ok(tx.execute(PUT_TITLE, &values).await? == 1)
}

/// Takes one of a list away; `false` if it is another organisation's or gone.
///
/// # Errors
/// [`StoreError`].
pub async fn drop<P: Purpose>(
    tx: &mut Tx<'_, P>,
    list: List,
    organisation: Uuid,
    id: Uuid,
) -> Result<bool, StoreError> {
    let statement = match list {
        List::Entries => DROP_PLACE,
        List::Titles => DROP_TITLE,
    };
    let values = [Value::Id(id), Value::Id(organisation)];
    Ok(tx.execute(statement, &values).await? == 1)
}

/// Takes everything away: the organisation is dissolved.
pub(super) async fn drop_all<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<(), StoreError> {
    tx.execute(DROP_PLACES, &[Value::Id(organisation)]).await?;
    tx.execute(DROP_TITLES, &[Value::Id(organisation)]).await?;
    Ok(())
}

/// Makes one of a list the one that is offered first. The caller looked that it is in the list.
///
/// # Errors
/// [`StoreError`].
pub async fn prefer<P: Purpose>(
    tx: &mut Tx<'_, P>,
    list: List,
    organisation: Uuid,
    id: Uuid,
) -> Result<(), StoreError> {
    let statement = match list {
        List::Entries => PREFER_PLACE,
        List::Titles => PREFER_TITLE,
    };
    let values = [Value::Id(id), Value::Id(organisation)];
    tx.execute(statement, &values).await.map(|_| ())
}
