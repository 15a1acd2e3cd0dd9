//! An organisation's places and titles for invoices (2.1.1.a): facts of the enterprise, kept by its members
//! for its members.

use domain::Refused;
use domain::org::book::{MOST_PLACES, MOST_TITLES, Place, Title, TypedPlace, TypedTitle};
use domain::org::member::may;
use domain::org::seat::{Act, Seat};
use domain::refused::Book;
use privacy::Ctx;
use privacy::purpose::KeepAccount;
use storage::Tx;
use storage::account::book::List;
use storage::org::{self, Organisation, book as store};
use uuid::Uuid;

use super::members::{held, plain};
use super::seat;
use crate::account::Viewer;
use crate::{App, Failure};

pub use storage::org::book::Kept;

/// What an organisation keeps for its members, as one of them sees it.
#[derive(Clone, Debug)]
pub struct Books {
    /// The organisation.
    pub organisation: Organisation,
    /// Its places, the preferred one first.
    pub places: Vec<Kept<Place>>,
    /// Its titles, the preferred one first; for those who order or deal with invoices, who alone see
    /// the account.
    pub titles: Option<Vec<Kept<Title>>>,
    /// Whether the viewer may change the places.
    pub may_places: bool,
    /// Whether the viewer may change the titles.
    pub may_titles: bool,
}

/// Who changes what of the two lists.
const fn act(list: List) -> Act {
    match list {
        List::Entries => Act::Purchase,
        List::Titles => Act::Invoice,
    }
}

/// What an organisation keeps.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no member.
pub async fn books(app: &App, ctx: &Ctx<KeepAccount>, viewer: &Viewer, id: Uuid) -> Result<Books, Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let seat = seat(&mut tx, id, viewer).await?.ok_or(Failure::NotFound)?;
    let organisation = org::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let mut places = store::places(&mut tx, id).await?;
    places.sort_by_key(|place| !place.preferred);
    let titles = if sees_titles(seat) {
        let mut titles = store::titles(&mut tx, id).await?;
        titles.sort_by_key(|title| !title.preferred);
        Some(titles)
    } else {
        None
    };
    Ok(Books {
        organisation,
        places,
        titles,
        may_places: seat.may(act(List::Entries)),
        may_titles: seat.may(act(List::Titles)),
    })
}

/// An account's number is seen by those who need it for an order or an invoice.
fn sees_titles(seat: Seat) -> bool {
    seat.may(Act::Invoice) || seat.may(Act::Purchase)
}

/// The places of the organisation that the viewer acts for; nothing for whoever acts for themself.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn own_places(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
) -> Result<Vec<Kept<Place>>, Failure> {
    let Some(acting) = &viewer.acting else {
        return Ok(Vec::new());
    };
    Ok(books(app, ctx, viewer, acting.organisation).await?.places)
}

/// Holds the organisation for a member who may, and says under which identifier one of a list is written.
async fn admit(
    app: &App,
    tx: &mut Tx<'_, KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (list, id): (List, Option<Uuid>),
) -> Result<Uuid, Failure> {
    let members = held(tx, viewer, organisation).await?;
    may(&plain(&members), viewer.account, act(list))?;
    let Some(id) = id else {
        let most = match list {
            List::Entries => MOST_PLACES,
            List::Titles => MOST_TITLES,
        };
        if store::count(tx, list, organisation).await? >= most {
            return Err(Refused::from(Book::Full).into());
        }
        return Ok(app.entropy.id());
    };
    let there = match list {
        List::Entries => store::places(tx, organisation)
            .await?
            .iter()
            .any(|row| row.id == id),
        List::Titles => store::titles(tx, organisation)
            .await?
            .iter()
            .any(|row| row.id == id),
    };
    there.then_some(id).ok_or(Failure::NotFound)
}

/// Writes down who changed what, for the record of the organisation.
async fn note(
    tx: &mut Tx<'_, KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    list: List,
) -> Result<(), Failure> {
    let what = match list {
        List::Entries => "place",
        List::Titles => "title",
    };
    Ok(org::note(tx, organisation, what, (Some(viewer.account), None), None).await?)
}

/// Writes a place of an organisation, or changes one.
///
/// # Errors
/// [`Failure::Refused`] naming each wrong field, [`Book::Full`],
/// [`Party::OrgNotYou`](domain::refused::Party::OrgNotYou); [`Failure::NotFound`] for whoever is no member
/// and for a place of another organisation.
pub async fn put_place(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (id, typed): (Option<Uuid>, TypedPlace<'_>),
) -> Result<Uuid, Failure> {
    policy::clause!("2.1.1.a");
    let place = Place::read(typed, app.demo).map_err(Failure::Refused);
    let mut tx = app.store.begin(ctx).await?;
    // Whether it exists at all is said first, and to members alone.
    let id = admit(app, &mut tx, viewer, organisation, (List::Entries, id)).await?;
    if !store::put_place(&mut tx, organisation, id, &place?).await? {
        return Err(Failure::NotFound);
    }
    note(&mut tx, viewer, organisation, List::Entries).await?;
    tx.commit().await?;
    Ok(id)
}

/// Writes a title of an organisation, or changes one.
///
/// # Errors
/// As [`put_place`].
pub async fn put_title(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (id, typed): (Option<Uuid>, TypedTitle<'_>),
) -> Result<Uuid, Failure> {
    policy::clause!("2.1.1.a");
    let title = Title::read(typed, app.demo).map_err(Failure::Refused);
    let mut tx = app.store.begin(ctx).await?;
    let id = admit(app, &mut tx, viewer, organisation, (List::Titles, id)).await?;
    if !store::put_title(&mut tx, organisation, id, &title?).await? {
        return Err(Failure::NotFound);
    }
    note(&mut tx, viewer, organisation, List::Titles).await?;
    tx.commit().await?;
    Ok(id)
}

/// Takes one of a list away.
///
/// # Errors
/// [`Party::OrgNotYou`](domain::refused::Party::OrgNotYou); [`Failure::NotFound`] as in [`put_place`].
pub async fn delete_kept(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (list, id): (List, Uuid),
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    admit(app, &mut tx, viewer, organisation, (list, Some(id))).await?;
    if !store::drop(&mut tx, list, organisation, id).await? {
        return Err(Failure::NotFound);
    }
    note(&mut tx, viewer, organisation, list).await?;
    Ok(tx.commit().await?)
}

/// Makes one of a list the one that is offered first.
///
/// # Errors
/// As [`delete_kept`].
pub async fn prefer_kept(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Uuid,
    (list, id): (List, Uuid),
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    admit(app, &mut tx, viewer, organisation, (list, Some(id))).await?;
    store::prefer(&mut tx, list, organisation, id).await?;
    note(&mut tx, viewer, organisation, list).await?;
    Ok(tx.commit().await?)
}
