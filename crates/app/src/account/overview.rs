//! What a person sees of their own account: name, masked phone, devices, acceptances, and who
//! opened their data (2.6.1, 2.5.1.e).

use std::collections::HashMap;

use domain::account::{limits, phone};
use domain::market::order::MACHINE;
use privacy::consent::ConsentEvent;
use privacy::purpose::ShowOwn;
use privacy::{Ask, Ctx, Grant, LegalBasis};
use storage::access::{self, Opening};
use storage::account;
use storage::account::session::{self, SessionRow};
use storage::market::{membership, order_list};
use storage::{Tx, consent, log};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Viewer;
use super::phone::{Waiting, waiting};
use crate::market::order::bought_by;
use crate::{App, Failure};

/// A device that is logged in.
#[derive(Clone)]
pub struct Device {
    /// The session.
    pub session: Uuid,
    /// The device as its browser named it.
    pub name: String,
    /// When it logged in.
    pub created_at: OffsetDateTime,
    /// When it was last used.
    pub seen_at: OffsetDateTime,
    /// Whether it is the one asking.
    pub current: bool,
}

/// A person's account.
#[derive(Clone)]
pub struct Overview {
    /// The account name.
    pub name: String,
    /// The phone, masked.
    pub phone: String,
    /// When the account was made.
    pub created_at: OffsetDateTime,
    /// The devices logged in.
    pub devices: Vec<Device>,
    /// The acceptances of the two documents, oldest first; optional ones: [`super::choices`].
    pub consents: Vec<ConsentEvent>,
    /// The acceptances in the transparency log, and whether their receipt can be had already.
    pub receipts: HashMap<Uuid, bool>,
    /// Who opened what, newest first.
    pub openings: Vec<Opening>,
}

/// Sessions with the names of their devices.
async fn opened(
    tx: &Tx<'_, ShowOwn>,
    permit: &impl Grant<ShowOwn>,
    viewer: &Viewer,
    sessions: Vec<SessionRow>,
) -> Result<Vec<Device>, Failure> {
    let mut devices = Vec::with_capacity(sessions.len());
    for session in sessions {
        let place = session::device_field(session.id, viewer.subject);
        devices.push(Device {
            session: session.id,
            name: tx.show(permit, &place, &session.device).await?,
            created_at: session.created_at,
            seen_at: session.seen_at,
            current: session.id == viewer.session,
        });
    }
    Ok(devices)
}

/// The viewer's own account.
///
/// # Errors
/// [`Failure`].
pub async fn overview(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Overview, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = account::by_id(&mut tx, viewer.account)
        .await?
        .ok_or(Failure::NotFound)?;
    let sessions = session::of_account(&mut tx, viewer.account, ctx.now() - limits::SESSION_IDLE).await?;
    // Read before this page's own opening is recorded: it would only say that this page was shown.
    let openings = access::latest(&mut tx, viewer.subject, 50).await?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["account.name", "account.phone", "session.device"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let field = |column| account::field(column, row.id, row.subject);
    let name = tx.show(&permit, &field("name"), &row.name).await?;
    let digits = tx.show(&permit, &field("phone"), &row.phone).await?;
    let devices = opened(&tx, &permit, viewer, sessions).await?;
    let mut consents = consent::of_subject(&mut tx, viewer.subject).await?;
    consents.retain(|event| event.purpose.is_none());
    let signed = log::read::latest(&mut tx).await?.map_or(0, |latest| latest.size);
    let logged = log::places(&mut tx, viewer.subject).await?.into_iter();
    let receipts = logged
        .map(|(event, place)| (event, place.is_some_and(|place| place < signed)))
        .collect();
    tx.commit().await?;
    Ok(Overview {
        name,
        phone: phone::masked(&digits),
        created_at: row.created_at,
        devices,
        consents,
        receipts,
        openings,
    })
}

/// The devices that are logged in, and nothing else of the account.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn devices(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Vec<Device>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let sessions = session::of_account(&mut tx, viewer.account, ctx.now() - limits::SESSION_IDLE).await?;
    let ask = Ask {
        subject: viewer.subject,
        fields: &["session.device"],
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.6.1.a"),
        case: None,
    };
    let permit = tx.permit(ask).await?;
    let devices = opened(&tx, &permit, viewer, sessions).await?;
    tx.commit().await?;
    Ok(devices)
}

/// What an account has to do with: its orders, its companies, and what waits.
#[derive(Clone, Debug)]
pub struct Dealings {
    /// Orders placed in all by whoever the session acts for, and those of them that have not ended (2.6.1.e).
    pub bought: (i64, i64),
    /// The suppliers the account works for, with its role there.
    pub memberships: Vec<(Uuid, String)>,
    /// The wish for a new number that waits, if there is one.
    pub recovery: Option<Waiting>,
}

/// What the viewer's account has to do with.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn dealings(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Dealings, Failure> {
    policy::clause!("2.6.1.e");
    let mut tx = app.store.begin(ctx).await?;
    let counts = order_list::counts(&mut tx, bought_by(viewer)).await?;
    let open = counts.iter().filter(|(state, _)| !MACHINE.ends.contains(state));
    let dealings = Dealings {
        bought: (
            counts.iter().map(|(_, orders)| orders).sum(),
            open.map(|(_, orders)| orders).sum(),
        ),
        memberships: membership::of_account(&mut tx, viewer.account).await?,
        recovery: waiting(&mut tx, viewer).await?,
    };
    tx.commit().await?;
    Ok(dealings)
}
