//! What a guardian sees (条例 34, 36): of each child what kinds of data there are and how much of each, every
//! opening by staff with its approval, the consents; of a child of fourteen or under also the copy. And what
//! the minor sees of the request.

use std::collections::HashMap;

use domain::account::offer::REAL_NAME;
use domain::account::phone;
use domain::calendar::Due;
use domain::machine::Role;
use domain::minor::{Band, Event, Finding, Guardianship, State, number};
use privacy::consent::{ConsentEvent, Origin, Standing, standing};
use privacy::purpose::{ShowOwn, VerifyHolder};
use privacy::{Ask, Ctx, LegalBasis};
use serde_json::Value;
use storage::access::{self, Opening};
use storage::log::read as signed;
use storage::minor::{self as store, GuardianshipRow, Taken};
use storage::rights::copy::{fields, gather, open};
use storage::rights::erasure::{self, Portion};
use storage::{StoreError, consent, log};
use time::OffsetDateTime;
use uuid::Uuid;

use super::guardian::mine;
use crate::account::{Viewer, verify_present};
use crate::log::Controller;
use crate::rights::Copy;
use crate::staff::contest_due;
use crate::{App, Failure};

/// Openings by staff that are shown.
const OPENINGS: i64 = 50;

/// A request or consent as a line.
#[derive(Clone, Debug)]
pub struct ChildLine {
    /// The consent.
    pub id: Uuid,
    /// What it is called.
    pub number: String,
    /// How it stands.
    pub guardianship: Guardianship,
    /// When it lapses, if it waits.
    pub due: Option<OffsetDateTime>,
    /// Whether there is an account.
    pub account: bool,
}

/// How the viewer's own account stands, if its holder is under age or thought to be.
#[derive(Clone, Debug)]
pub struct Own {
    /// What the request is called.
    pub line: ChildLine,
    /// What the viewer may do.
    pub may: Vec<Event>,
    /// By when a human answers, if it is contested.
    pub answer_by: Option<OffsetDateTime>,
    /// What was found when it was contested, and why.
    pub finding: Option<Finding>,
}

/// The page of minors and guardians.
#[derive(Clone, Debug)]
pub struct Room {
    /// The viewer as a minor.
    pub own: Option<Own>,
    /// The viewer as a guardian.
    pub children: Vec<ChildLine>,
}

fn line(row: &GuardianshipRow) -> ChildLine {
    ChildLine {
        id: row.id,
        number: number(row.id),
        due: match row.guardianship.timer() {
            Some((_, Due::At(at))) => Some(at),
            _ => None,
        },
        guardianship: row.guardianship.clone(),
        account: row.account.is_some(),
    }
}

fn allowed(of: &Guardianship, role: Role) -> Vec<Event> {
    let mut events = domain::minor::MACHINE.allowed(of.state, role);
    events.retain(|event| match event {
        Event::TurnFifteen => of.band == Band::Child,
        Event::ComeOfAge => of.band == Band::Teen,
        Event::Contest => !of.contested,
        Event::Disown => !of.account,
        _ => true,
    });
    events
}

/// The viewer's own request, and those that concern them as a guardian.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn room(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Room, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let own = store::of_subject(&mut tx, viewer.subject).await?;
    let children = store::of_guardian(&mut tx, viewer.account).await?;
    let shown = |row: &&GuardianshipRow| !super::overdue(row, ctx.now());
    let own = match own {
        Some(row) => {
            let contested = row.guardianship.state == State::Contested;
            Some(Own {
                line: line(&row),
                may: allowed(&row.guardianship, Role::Minor),
                answer_by: match contest_due(row.guardianship.since) {
                    Due::At(at) if contested => Some(at),
                    _ => None,
                },
                finding: store::ruling::of(&mut tx, row.id).await?,
            })
        }
        None => None,
    };
    Ok(Room {
        own,
        children: children.iter().filter(shown).map(line).collect(),
    })
}

/// A child as the guardian sees it.
#[derive(Clone, Debug)]
pub struct Child {
    /// How it stands.
    pub line: ChildLine,
    /// The child's number, masked, so that the guardian recognises whose request it is; until there is an
    /// account.
    pub phone: Option<String>,
    /// What kinds of data there are, and how much of each.
    pub portions: Vec<Portion>,
    /// What staff opened, newest first.
    pub openings: Vec<Opening>,
    /// What happened, the latest first.
    pub events: Vec<Taken>,
    /// What the guardian agreed to, newest first.
    pub consents: Vec<ConsentEvent>,
    /// Which of them have a receipt already.
    pub receipts: HashMap<Uuid, bool>,
    /// Where the guardian stands on the verification.
    pub certify: Standing,
    /// What the guardian may do.
    pub may: Vec<Event>,
    /// Whether the guardian gets the copy and corrects: of a child of fourteen or under.
    pub content: bool,
}

/// A child of the viewer, or a request to them. Kinds and amounts, never the content.
///
/// # Errors
/// [`Failure::NotFound`] for what does not concern the viewer; what a request that lapsed is refused with.
pub async fn child(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer, id: Uuid) -> Result<Child, Failure> {
    policy::clause!("2.7.b");
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let state = row.guardianship.state;
    let proven = matches!(state, State::Proven | State::Informed | State::Active);
    let mut phone = None;
    if let (Some(sealed), true) = (&row.phone, proven) {
        let ask = Ask {
            subject: row.subject,
            fields: &["guardianship.phone"],
            basis: LegalBasis::LegalDuty("PIPL 31"),
            clause: policy::clause!("2.7.a"),
            case: None,
        };
        let permit = tx.permit(ask).await?;
        let place = store::phone_field(row.id, row.subject);
        phone = match tx.show(&permit, &place, sealed).await {
            Ok(digits) => Some(phone::masked(&digits)),
            Err(StoreError::NoKey) => None,
            Err(error) => return Err(error.into()),
        };
    }
    let active = state == State::Active;
    let mut portions = Vec::new();
    let mut openings = Vec::new();
    let mut consents = Vec::new();
    let mut certify = Standing::Open;
    let mut receipts = HashMap::new();
    if active {
        portions = erasure::portions(&mut tx, row.subject).await?;
        openings = access::by_staff(&mut tx, row.subject, OPENINGS).await?;
        consents = consent::of_subject(&mut tx, row.subject).await?;
        certify = standing(&consents, REAL_NAME.id, ctx.now());
        consents.retain(|event| event.origin == Origin::Guardian);
        consents.reverse();
        let size = signed::latest(&mut tx).await?.map_or(0, |latest| latest.size);
        let logged = log::places(&mut tx, row.subject).await?.into_iter();
        receipts = logged
            .map(|(event, place)| (event, place.is_some_and(|place| place < size)))
            .collect();
    }
    let events = if proven {
        store::events(&mut tx, row.subject).await?
    } else {
        Vec::new()
    };
    tx.commit().await?;
    Ok(Child {
        line: line(&row),
        phone,
        portions,
        openings,
        events,
        consents,
        receipts,
        certify,
        may: allowed(&row.guardianship, Role::Guardian),
        content: active && row.account.is_some() && row.guardianship.band == Band::Child,
    })
}

/// The receipt of a consent that the viewer gave as a guardian.
///
/// # Errors
/// [`Failure::NotFound`] for anything else; a refusal while it waits for the log.
pub async fn receipt_of_child(
    app: &App,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    (id, event): (Uuid, Uuid),
    controller: &Controller<'_>,
) -> Result<Value, Failure> {
    let subject = {
        let mut tx = app.store.begin(ctx).await?;
        let row = mine(&mut tx, viewer, id).await?;
        let events = consent::of_subject(&mut tx, row.subject).await?;
        let own = |known: &ConsentEvent| known.id == event && known.origin == Origin::Guardian;
        if row.guardianship.state != State::Active || !events.iter().any(own) {
            return Err(Failure::NotFound);
        }
        row.subject
    };
    crate::log::receipt_about(app, ctx, subject, event, controller).await
}

/// The copy of everything of a child of fourteen or under, for the guardian (PIPL 31, 45), after the
/// guardian's own password.
///
/// # Errors
/// [`Failure::Refused`] for a wrong password; [`Failure::NotFound`] for who is no child: of who is older the
/// guardian sees kinds and amounts.
pub async fn copy_of_child(
    app: &App,
    verify: &Ctx<VerifyHolder>,
    ctx: &Ctx<ShowOwn>,
    viewer: &Viewer,
    (id, password): (Uuid, &str),
) -> Result<Copy, Failure> {
    policy::clause!("2.7.b");
    verify_present(app, verify, viewer, password).await?;
    let mut tx = app.store.begin(ctx).await?;
    let row = mine(&mut tx, viewer, id).await?;
    let child = row.guardianship.state == State::Active && row.guardianship.band == Band::Child;
    if !child || row.account.is_none() {
        return Err(Failure::NotFound);
    }
    let ask = Ask {
        subject: row.subject,
        fields: fields(),
        basis: LegalBasis::LegalDuty("PIPL 45"),
        clause: policy::clause!("2.6.1.h"),
        case: None,
    };
    let mut sections = gather(&mut tx, row.subject).await?;
    let permit = tx.permit(ask).await?;
    open(&tx, &permit, &mut sections).await?;
    tx.commit().await?;
    Ok(Copy {
        made_at: ctx.now(),
        policy_version: ctx.policy_version().to_owned(),
        sections,
    })
}
