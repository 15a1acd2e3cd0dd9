//! A person's own address book and titles for invoices (2.6.1.a): kept to be filled in later. What is here
//! is given to nobody; an order's supplier gets what its buyer ticks, and by that alone.

use std::fmt;

use domain::Refused;
use domain::account::book::{self as rule, Kind, MOST_ENTRIES, MOST_TITLES, Title, TypedTitle};
use domain::market::share::{Field, MOST_CHARS};
use domain::refused::Book;
use privacy::purpose::{KeepAccount, ShowOwn};
use privacy::{Ask, Ctx, FieldRef, LegalBasis, Permit, Personal, Sealed};
use storage::Tx;
use storage::account;
use storage::account::book as store;
use uuid::Uuid;

use super::Viewer;
use crate::{App, Failure, minor};

pub use storage::account::book::List;

const ENTRY: &[&str] = &[
    "address_entry.contact_name",
    "address_entry.phone",
    "address_entry.email",
    "address_entry.address",
];
const TITLE: &[&str] = &[
    "invoice_title.name",
    "invoice_title.tax_number",
    "invoice_title.email",
];

/// An entry of the viewer's address book, opened for them.
#[derive(Clone)]
pub struct Entry {
    /// The entry.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Whether it is the one that is offered first.
    pub preferred: bool,
    /// What is filled in, in the order of the forms.
    pub fields: Vec<(Field, String)>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal]")
    }
}

/// A title of the viewer's, opened for them.
#[derive(Clone, Debug)]
pub struct OwnTitle {
    /// The title.
    pub id: Uuid,
    /// Whether it is the one that is offered first.
    pub preferred: bool,
    /// What it says.
    pub title: Title,
}

/// The permit to show the viewer their own.
async fn permit<'tx>(
    tx: &'tx Tx<'_, ShowOwn>,
    viewer: &Viewer,
    fields: &'static [&'static str],
) -> Result<Permit<'tx, ShowOwn>, Failure> {
    let ask = Ask {
        subject: viewer.subject,
        fields,
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    Ok(tx.permit(ask).await?)
}

/// The viewer's address book, the preferred entry first. Nothing is opened if it is empty.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn entries(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Vec<Entry>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let rows = store::entries(&mut tx, viewer.account).await?;
    let mut entries = Vec::with_capacity(rows.len());
    if rows.is_empty() {
        return Ok(entries);
    }
    {
        let permit = permit(&tx, viewer, ENTRY).await?;
        for row in rows {
            let mut fields = Vec::with_capacity(row.fields.len());
            for (field, sealed) in row.fields {
                let place = store::entry_field(field, row.id, viewer.subject);
                fields.push((field, tx.show(&permit, &place, &sealed).await?));
            }
            entries.push(Entry {
                id: row.id,
                kind: row.kind,
                preferred: row.preferred,
                fields,
            });
        }
    }
    tx.commit().await?;
    entries.sort_by_key(|entry| !entry.preferred);
    Ok(entries)
}

async fn shown(
    tx: &Tx<'_, ShowOwn>,
    permit: &Permit<'_, ShowOwn>,
    place: FieldRef,
    sealed: Option<&Sealed<String>>,
) -> Result<Option<String>, Failure> {
    Ok(match sealed {
        Some(sealed) => Some(tx.show(permit, &place, sealed).await?),
        None => None,
    })
}

/// The viewer's titles for invoices, the preferred one first. Nothing is opened if there is none.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn titles(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Vec<OwnTitle>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let rows = store::titles(&mut tx, viewer.account).await?;
    let mut titles = Vec::with_capacity(rows.len());
    if rows.is_empty() {
        return Ok(titles);
    }
    {
        let permit = permit(&tx, viewer, TITLE).await?;
        for row in rows {
            let place = |column| store::title_field(column, row.id, viewer.subject);
            let tax_number = shown(&tx, &permit, place("tax_number"), row.tax_number.as_ref()).await?;
            let email = shown(&tx, &permit, place("email"), row.email.as_ref()).await?;
            titles.push(OwnTitle {
                id: row.id,
                preferred: row.preferred,
                title: Title {
                    kind: row.kind,
                    name: tx.show(&permit, &place("name"), &row.name).await?,
                    tax_number,
                    email,
                },
            });
        }
    }
    tx.commit().await?;
    titles.sort_by_key(|title| !title.preferred);
    Ok(titles)
}

/// Holds the account, and says under which identifier one of a list is written: a new one while there is
/// room, or the one that is changed.
async fn admit(
    app: &App,
    tx: &mut Tx<'_, KeepAccount>,
    viewer: &Viewer,
    (list, most): (List, usize),
    id: Option<Uuid>,
) -> Result<Uuid, Failure> {
    // Two at once count each other.
    account::hold(tx, viewer.account).await?;
    policy::clause!("2.7.b");
    minor::refuse(tx, viewer.subject).await?;
    let Some(id) = id else {
        if store::count(tx, list, viewer.account).await? >= most {
            return Err(Refused::from(Book::Full).into());
        }
        return Ok(app.entropy.id());
    };
    let there = match list {
        List::Entries => has(&store::entries(tx, viewer.account).await?, |row| row.id == id),
        List::Titles => has(&store::titles(tx, viewer.account).await?, |row| row.id == id),
    };
    there.then_some(id).ok_or(Failure::NotFound)
}

fn has<T>(rows: &[T], is: impl Fn(&T) -> bool) -> bool {
    rows.iter().any(is)
}

/// Writes an entry into the viewer's address book, or changes one of theirs. Gives the entry.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, [`Book::Full`]; [`Failure::NotFound`] for what is not theirs.
pub async fn put_entry(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Option<Uuid>,
    (kind, typed): (Kind, &[(Field, String)]),
) -> Result<Uuid, Failure> {
    policy::clause!("2.6.2.a");
    // Longer than any value: refused by its length, never read whole.
    let cut = |(field, text): &(Field, String)| (*field, text.chars().take(4 * MOST_CHARS).collect());
    let typed: Vec<(Field, String)> = typed.iter().map(cut).collect();
    let fields = rule::entry(&typed, app.demo).map_err(Failure::Refused)?;
    let fields: Vec<(Field, Personal<String>)> = fields
        .into_iter()
        .map(|(field, value)| (field, Personal::received(value)))
        .collect();
    let mut tx = app.store.begin(ctx).await?;
    let id = admit(app, &mut tx, viewer, (List::Entries, MOST_ENTRIES), id).await?;
    let owner = (viewer.account, viewer.subject);
    if !store::put_entry(&mut tx, owner, id, kind, &fields).await? {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    Ok(id)
}

/// Writes a title of the viewer's, or changes one of theirs. Gives the title.
///
/// # Errors
/// As [`put_entry`].
pub async fn put_title(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Option<Uuid>,
    typed: TypedTitle<'_>,
) -> Result<Uuid, Failure> {
    policy::clause!("2.6.2.a");
    let title = Title::read(typed, app.demo).map_err(Failure::Refused)?;
    let new = store::NewTitle {
        kind: title.kind,
        name: Personal::received(title.name),
        tax_number: title.tax_number.map(Personal::received),
        email: title.email.map(Personal::received),
    };
    let mut tx = app.store.begin(ctx).await?;
    let id = admit(app, &mut tx, viewer, (List::Titles, MOST_TITLES), id).await?;
    if !store::put_title(&mut tx, (viewer.account, viewer.subject), id, &new).await? {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    Ok(id)
}

/// Takes one of the viewer's away, at once and for good.
///
/// # Errors
/// [`Failure::NotFound`] for what is not theirs.
pub async fn delete(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    list: List,
    id: Uuid,
) -> Result<(), Failure> {
    policy::clause!("2.6.3.a");
    let mut tx = app.store.begin(ctx).await?;
    if !store::drop(&mut tx, list, viewer.account, id).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Makes one of the viewer's the one that is offered first.
///
/// # Errors
/// [`Failure::NotFound`] for what is not theirs.
pub async fn prefer(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    list: List,
    id: Uuid,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    admit(app, &mut tx, viewer, (list, 0), Some(id)).await?;
    store::prefer(&mut tx, list, viewer.account, id).await?;
    Ok(tx.commit().await?)
}
