//! What people see of their enterprises: the list of their own, an application, an organisation with its
//! members. Names of others are opened one by one, each with a record (2.5.1.e).

use domain::calendar::Due;
use domain::machine::Role;
use domain::org::member::may;
use domain::org::seat::{Act, Seat};
use domain::org::spending::Limits;
use domain::org::verification::{Badge, Event, State, Verification};
use privacy::purpose::{Certify, KeepAccount, ShowOwn};
use privacy::{Ask, Ctx, LegalBasis};
use storage::account::profile;
use storage::org::verification::{self, Taken, VerificationRow};
use storage::org::{self, Happened, MemberRow, Organisation, invitation, paper, spending, transfer};
use storage::{StoreError, Tx};
use time::OffsetDateTime;
use uuid::Uuid;

use super::invitation::open_since;
use super::members::plain;
use super::{held, proof};
use crate::account::Viewer;
use crate::{App, Failure};

/// Members on a page: each name is an opening of its own.
const MEMBERS: usize = 20;
/// Steps shown of what happened.
const STEPS: i64 = 30;

/// An organisation of the viewer's.
#[derive(Clone, Debug)]
pub struct OrganisationLine {
    /// Its public facts.
    pub organisation: Organisation,
    /// The viewer's seat.
    pub seat: Seat,
    /// What others see of its verification.
    pub badge: Badge,
    /// How its verification stands.
    pub state: State,
    /// The verification, for its owners.
    pub verification: Option<Uuid>,
}

/// An invitation to the viewer, or of their organisation.
#[derive(Clone, Debug)]
pub struct InvitationLine {
    /// The invitation.
    pub id: Uuid,
    /// The organisation's name.
    pub name: String,
    /// For which seat.
    pub seat: Seat,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
    /// When it is over.
    pub until: Option<OffsetDateTime>,
}

/// What is the viewer's own.
#[derive(Debug)]
pub struct Mine {
    /// Their organisations.
    pub organisations: Vec<OrganisationLine>,
    /// An application under way: identifier, name if one was handed in, state.
    pub application: Option<(Uuid, Option<String>, State)>,
    /// Invitations to them.
    pub invitations: Vec<InvitationLine>,
    /// Whether the viewer is verified as a person.
    pub verified: bool,
    /// Whether enterprises can be verified on this site.
    pub open: bool,
}

impl From<invitation::InvitationRow> for InvitationLine {
    fn from(row: invitation::InvitationRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            seat: row.invitation.seat,
            sent_at: row.invitation.sent_at,
            until: row.invitation.expires(),
        }
    }
}

/// The viewer's organisations, application and invitations.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn mine(app: &App, ctx: &Ctx<ShowOwn>, viewer: &Viewer) -> Result<Mine, Failure> {
    policy::clause!("2.6.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let mut organisations = Vec::new();
    let states = verification::of_member(&mut tx, viewer.account).await?;
    for (organisation, seat) in org::of_account(&mut tx, viewer.account).await? {
        let row = states
            .iter()
            .find(|row| row.organisation == Some(organisation.id));
        organisations.push(OrganisationLine {
            badge: row.map_or(Badge::None, |row| row.verification.badge()),
            state: row.map_or(State::None, |row| row.verification.state),
            verification: row.filter(|_| seat == Seat::Owner).map(|row| row.id),
            organisation,
            seat,
        });
    }
    let application = verification::open_of(&mut tx, viewer.account).await?;
    let since = open_since(ctx.now());
    let invitations = invitation::to_account(&mut tx, viewer.account, since).await?;
    Ok(Mine {
        organisations,
        application: application.map(|row| (row.id, row.company_name, row.verification.state)),
        invitations: invitations.into_iter().map(InvitationLine::from).collect(),
        verified: storage::person::is_verified(&mut tx, viewer.account).await?,
        open: app.enterprises.is_some(),
    })
}

/// An application, or the verification of an organisation, as its applicant or owner sees it.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct ApplicationView {
    /// The verification.
    pub id: Uuid,
    /// How it stands.
    pub verification: Verification,
    /// The name that was handed in, or is verified.
    pub company_name: Option<String>,
    /// The code that was handed in, or is verified.
    pub credit_code: Option<String>,
    /// The organisation, once there is one.
    pub organisation: Option<Uuid>,
    /// What the viewer may do.
    pub may: Vec<Event>,
    /// Whether licence and representative are there: a change waits to be proved.
    pub handed_in: bool,
    /// What the register says of a change: nothing yet, or what does not agree.
    pub answered: Option<Vec<domain::org::verification::Reason>>,
    /// The last four digits of the account a transfer went to.
    pub last_four: Option<String>,
    /// Whether the bank confirmed it.
    pub arrived: bool,
    /// Whether the bank refused it.
    pub refused: bool,
    /// What happens if nobody acts, and when.
    pub due: Option<(Event, Option<OffsetDateTime>)>,
    /// What happened, the latest first.
    pub steps: Vec<Taken>,
    /// Whether transfers can be made on this site.
    pub bank: bool,
    /// Whether it claims an enterprise that is verified: no transfer leads there.
    pub claims: bool,
}

/// An application or verification.
///
/// # Errors
/// [`Failure::NotFound`] for whoever it is not.
pub async fn application(
    app: &App,
    ctx: &Ctx<Certify>,
    viewer: &Viewer,
    id: Uuid,
) -> Result<ApplicationView, Failure> {
    policy::clause!("2.6.1.a");
    let mut tx = app.store.begin(ctx).await?;
    let (row, role) = held(app, &mut tx, viewer, id).await?;
    // What another owner handed in is theirs to prove.
    let papers = paper::of(&mut tx, id).await?;
    let papers = papers.filter(|papers| papers.subject == viewer.subject);
    let mut steps = verification::events(&mut tx, id, STEPS).await?;
    steps.retain(|step| !matches!(step.event, Event::ProposeRevocation | Event::DropRevocation));
    let latest = transfer::latest(&mut tx, id).await?;
    let mut now = row.verification.clone();
    if now.measure.proposal.is_some() {
        // A proposal is nothing yet.
        now.reasons.clear();
    }
    let view = ApplicationView {
        id,
        may: allowed(&row, role),
        handed_in: papers.is_some(),
        answered: papers.and_then(|papers| papers.answered),
        last_four: latest.as_ref().and_then(|latest| latest.last_four.clone()),
        arrived: latest.as_ref().is_some_and(|latest| latest.sent_at.is_some()),
        refused: latest.is_some_and(|latest| latest.refused_at.is_some()),
        due: row.verification.timer().map(|(event, due)| match due {
            Due::At(at) => (event, Some(at)),
            Due::Unknown => (event, None),
        }),
        steps,
        claims: proof::claims(&mut tx, &row).await?,
        verification: now,
        company_name: row.company_name,
        credit_code: row.credit_code,
        organisation: row.organisation,
        bank: app.bank.is_some(),
    };
    tx.commit().await?;
    Ok(view)
}

fn allowed(row: &VerificationRow, role: Role) -> Vec<Event> {
    row.verification.allowed(role)
}

/// A member as the others see them.
#[derive(Clone, Debug)]
pub struct MemberLine {
    /// The account.
    pub account: Uuid,
    /// The name they want to be called by; nothing if they gave none.
    pub name: Option<String>,
    /// Their seat.
    pub seat: Seat,
    /// Since when.
    pub since: OffsetDateTime,
    /// Whether it is the viewer.
    pub own: bool,
    /// The seats the viewer may give them.
    pub seats: Vec<Seat>,
    /// Whether the viewer may end their membership.
    pub can_remove: bool,
    /// Limits of their own, for whoever sets limits; `None` where those of everybody hold.
    pub limits: Option<Limits>,
}

/// An organisation as its members see it.
#[derive(Debug)]
pub struct OrganisationView {
    /// Its public facts.
    pub organisation: Organisation,
    /// What others see of its verification.
    pub badge: Badge,
    /// The verification, for its owners.
    pub verification: Option<Uuid>,
    /// The viewer's seat.
    pub seat: Seat,
    /// Members of this page.
    pub members: Vec<MemberLine>,
    /// How many there are.
    pub count: usize,
    /// The number of the next page, if there is one.
    pub next: Option<usize>,
    /// Invitations that wait, for whoever manages members.
    pub invitations: Vec<InvitationLine>,
    /// What happened to the members, for whoever manages them.
    pub events: Vec<Happened>,
    /// The seats the viewer may invite to.
    pub may_invite: Vec<Seat>,
    /// Whether the viewer may dissolve it.
    pub can_dissolve: bool,
    /// The limits of everybody and how many have to approve what is above, for whoever sets them.
    pub limits: Option<(Limits, i64)>,
}

/// How many pages of members come before this one.
#[must_use]
pub const fn member_page(page: usize) -> usize {
    page.saturating_mul(MEMBERS)
}

/// The name a colleague wants to be called by, if they gave one and the ledger says that members see it.
pub(super) async fn name(
    tx: &mut Tx<'_, KeepAccount>,
    organisation: Uuid,
    viewer: &Viewer,
    row: &MemberRow,
) -> Result<Option<String>, Failure> {
    let account = row.member.account;
    let Some(sealed) = profile::of_account(tx, account).await? else {
        return Ok(None);
    };
    let own = account == viewer.account;
    let ask = Ask {
        subject: row.subject,
        fields: super::found::SEEN,
        basis: LegalBasis::Contract,
        clause: policy::clause!("2.1.1.a"),
        case: (!own).then_some(organisation),
    };
    let permit = match tx.permit(ask).await {
        Ok(permit) => permit,
        // Not disclosed, or no longer: masked like one who gave no name.
        Err(StoreError::Denied(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let place = profile::name_field(account, row.subject);
    match tx.show(&permit, &place, &sealed).await {
        Ok(name) => Ok(Some(name)),
        Err(StoreError::NoKey) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// An organisation of the viewer's, with a page of its members.
///
/// # Errors
/// [`Failure::NotFound`] for whoever is no member.
pub async fn organisation(
    app: &App,
    ctx: &Ctx<KeepAccount>,
    viewer: &Viewer,
    id: Uuid,
    page: usize,
) -> Result<OrganisationView, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let organisation = org::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let rows = org::members(&mut tx, id).await?;
    let all = plain(&rows);
    let seat = domain::org::member::seat(&all, viewer.account).ok_or(Failure::NotFound)?;
    let manages = may(&all, viewer.account, Act::ManageMembers).is_ok();
    let from = member_page(page);
    let (mut limits, mut own_limits) = (None, Vec::new());
    if may(&all, viewer.account, Act::SetLimits).is_ok() {
        limits = spending::defaults(&mut tx, id).await?;
        own_limits = spending::own_limits(&mut tx, id).await?;
    }
    let mut members = Vec::new();
    for row in rows.iter().skip(from).take(MEMBERS) {
        let own = row.member.account == viewer.account;
        let below = seat.outranks(row.member.seat);
        members.push(MemberLine {
            name: name(&mut tx, id, viewer, row).await?,
            account: row.member.account,
            seat: row.member.seat,
            since: row.since,
            own,
            seats: Seat::ALL
                .iter()
                .copied()
                .filter(|to| *to != row.member.seat && seat.outranks(*to) && (own || below))
                .collect(),
            can_remove: !own && below,
            limits: own_limits
                .iter()
                .find(|(known, _)| *known == row.member.account)
                .map(|(_, limits)| *limits),
        });
    }
    let (mut invitations, mut events) = (Vec::new(), Vec::new());
    if manages {
        let open = invitation::of_organisation(&mut tx, id, open_since(ctx.now())).await?;
        invitations = open.into_iter().map(InvitationLine::from).collect();
        events = org::events(&mut tx, id, STEPS).await?;
    }
    let row = verification::of_organisation(&mut tx, id).await?;
    tx.commit().await?;
    Ok(OrganisationView {
        badge: row.as_ref().map_or(Badge::None, |row| row.verification.badge()),
        verification: row.filter(|_| seat == Seat::Owner).map(|row| row.id),
        count: rows.len(),
        next: (rows.len() > from + MEMBERS).then_some(page + 1),
        may_invite: if manages {
            Seat::ALL
                .iter()
                .copied()
                .filter(|to| seat.outranks(*to))
                .collect()
        } else {
            Vec::new()
        },
        can_dissolve: seat.may(Act::Dissolve),
        limits,
        organisation,
        seat,
        members,
        invitations,
        events,
    })
}
