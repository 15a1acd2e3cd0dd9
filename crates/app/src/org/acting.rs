//! For whom a session acts: for the person, or for exactly one organisation (2.1.1.a). Whether the
//! person still has a seat there is asked at every request anew.

use domain::org::seat::Seat;
use privacy::Ctx;
use privacy::purpose::KeepAccount;
use storage::account::session;
use storage::org;
use uuid::Uuid;

use super::seat;
use crate::account::Viewer;
use crate::{App, Failure};

/// Somebody the viewer may act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The organisation; `None` for the person themselves.
    pub organisation: Option<Uuid>,
    /// Its registered name; empty for the person.
    pub name: String,
    /// The viewer's seat there.
    pub seat: Option<Seat>,
    /// Whether the session acts for it now.
    pub now: bool,
}

/// Everybody the viewer may act for, themselves first.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn identities(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
) -> Result<Vec<Identity>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let now = viewer.acting.as_ref().map(|acting| acting.organisation);
    let mut all = vec![Identity {
        organisation: None,
        name: String::new(),
        seat: None,
        now: now.is_none(),
    }];
    for (organisation, seat) in org::of_account(&mut tx, viewer.account).await? {
        all.push(Identity {
            organisation: Some(organisation.id),
            now: now == Some(organisation.id),
            name: organisation.name,
            seat: Some(seat),
        });
    }
    Ok(all)
}

/// Has the viewer's session act for an organisation, or for themselves, from the next request on.
///
/// # Errors
/// [`Failure::NotFound`] for an organisation the viewer has no seat in, and for a session that is over.
pub async fn act_for(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    organisation: Option<Uuid>,
) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    let mut tx = app.store.begin(ctx).await?;
    if let Some(id) = organisation
        && seat(&mut tx, id, viewer).await?.is_none()
    {
        return Err(Failure::NotFound);
    }
    if !session::act(&mut tx, viewer.account, viewer.session, organisation).await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}
