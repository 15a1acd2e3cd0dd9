//! A person's copy of everything the register marks for it (2.6.1.h, PIPL 45).

use std::sync::OnceLock;

use privacy::{FieldRef, Permit, Purpose, Sealed, SubjectId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::owned::{Owned, owned};
use crate::engine::{Row, StoreError, Value};
use crate::register::Column;
use crate::schema::Kind;
use crate::tx::Tx;

/// Columns that name an account. Another person's account is not part of the copy: it says that it
/// was another.
const ACCOUNTS: &[&str] = &["account", "actor_account", "buyer"];

/// A value of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing there.
    Nothing,
    /// A text; a sealed one was opened.
    Text(String),
    /// A number.
    Number(i64),
    /// An instant.
    At(OffsetDateTime),
    /// An identifier.
    Id(Uuid),
    /// The person's own account.
    Own,
    /// Another person's account.
    Other,
    /// A sealed value that does not open for the person, because it is kept under a hold.
    Held,
    /// A sealed value, not opened yet: where it lies, and its bytes.
    Sealed(FieldRef, Vec<u8>),
}

/// One table's part of the copy.
#[derive(Clone, Debug)]
pub struct Section {
    /// The table.
    pub table: &'static str,
    /// How its rows lead to the person.
    pub path: &'static str,
    /// Its columns.
    pub columns: Vec<&'static Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
}

/// The sealed fields of the copy, for the permit.
#[must_use]
pub fn fields() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    static FIELDS: OnceLock<Vec<&'static str>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let names = NAMES.get_or_init(|| {
            let sealed = |owned: &Owned| {
                let exported = owned.exported.iter().filter(|(column, _)| column.is_sealed());
                exported
                    .map(|(column, _)| format!("{}.{}", column.table, column.name))
                    .collect::<Vec<_>>()
            };
            owned().iter().flat_map(sealed).collect()
        });
        names.iter().map(String::as_str).collect()
    })
}

/// Everything of the person, table by table, sealed values unopened; empty tables are there with no
/// row.
///
/// # Errors
/// [`StoreError`].
pub async fn gather<P: Purpose>(tx: &mut Tx<'_, P>, subject: SubjectId) -> Result<Vec<Section>, StoreError> {
    policy::clause!("2.6.1.h");
    let own = crate::account::of_subject(tx, subject).await?;
    let mut sections = Vec::new();
    for owned in owned().iter().filter(|owned| !owned.exported.is_empty()) {
        let mut rows = Vec::new();
        let mut page = tx.rows(&owned.first, &[Value::Id(subject.0)]).await?;
        while let Some(last) = page.last() {
            let mut values = vec![Value::Id(subject.0)];
            values.extend(key(owned, last)?);
            for row in &page {
                rows.push(cells(subject, own, owned, row)?);
            }
            page = tx.rows(&owned.next, &values).await?;
        }
        sections.push(Section {
            table: owned.table,
            path: owned.path,
            columns: owned.exported.iter().map(|(column, _)| *column).collect(),
            rows,
        });
    }
    Ok(sections)
}

/// Opens the sealed values of what was gathered.
///
/// # Errors
/// [`StoreError`], among them a permit that does not cover [`fields`].
pub async fn open<P: Purpose>(
    tx: &Tx<'_, P>,
    permit: &Permit<'_, P>,
    sections: &mut [Section],
) -> Result<(), StoreError> {
    for cell in sections
        .iter_mut()
        .flat_map(|section| section.rows.iter_mut().flatten())
    {
        let Cell::Sealed(field, bytes) = cell else {
            continue;
        };
        let sealed = Sealed::from_stored(std::mem::take(bytes));
        *cell = match tx.show(permit, field, &sealed).await {
            Ok(text) => Cell::Text(text),
            Err(StoreError::NoKey) => Cell::Held,
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

fn key(owned: &Owned, row: &Row) -> Result<Vec<Value>, StoreError> {
    let places = owned.exported.len()..;
    let value = |(place, (_, kind)): (usize, &(&str, Kind))| {
        Ok(match kind {
            Kind::Id => Value::Id(row.id(place)?),
            Kind::Int => Value::Int(row.int(place)?),
            Kind::Text => Value::Text(row.text(place)?),
            Kind::Time => Value::Time(row.time(place)?),
            Kind::Bytes => Value::Bytes(row.bytes(place)?),
        })
    };
    places.zip(&owned.key).map(value).collect()
}

fn cells(
    subject: SubjectId,
    own: Option<Uuid>,
    owned: &'static Owned,
    row: &Row,
) -> Result<Vec<Cell>, StoreError> {
    let cell = |(place, (column, kind)): (usize, &(&'static Column, Kind))| {
        Ok(match kind {
            Kind::Bytes if column.is_sealed() => match row.opt_bytes(place)? {
                None => Cell::Nothing,
                Some(bytes) => {
                    let field = FieldRef {
                        table: owned.table,
                        column: &column.name,
                        row: row.id(owned.exported.len() + owned.key.len())?,
                        subject,
                    };
                    Cell::Sealed(field, bytes)
                }
            },
            // Digests and the like are not values anyone can read; the register exports none.
            Kind::Bytes => Cell::Nothing,
            Kind::Id => match row.opt_id(place)? {
                None => Cell::Nothing,
                Some(id) if ACCOUNTS.contains(&column.name.as_str()) => {
                    if Some(id) == own {
                        Cell::Own
                    } else {
                        Cell::Other
                    }
                }
                Some(id) => Cell::Id(id),
            },
            Kind::Time => row.opt_time(place)?.map_or(Cell::Nothing, Cell::At),
            Kind::Int => row.opt_int(place)?.map_or(Cell::Nothing, Cell::Number),
            Kind::Text => row.opt_text(place)?.map_or(Cell::Nothing, Cell::Text),
        })
    };
    owned.exported.iter().enumerate().map(cell).collect()
}
