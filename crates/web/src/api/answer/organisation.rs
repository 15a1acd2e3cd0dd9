//! The answers about organisations. Members are named as they want to be called by colleagues; what was
//! handed in to verify an enterprise is in none of them.

use app::org::{InvitationLine, MemberLine, Mine, OrganisationLine, OrganisationView};
use app::supplier::{PermitRow, Signed, SupplierView};
use domain::org::{seat, spending, verification};
use domain::supplier::{licence, onboarding};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Day, Instant, Money, word};

word!(
    /// A role in an organisation.
    Seat of seat::Seat
);
word!(
    /// The state of an enterprise's verification (企业认证).
    EnterpriseState of verification::State
);
word!(
    /// The state of a supplier (服务商).
    SupplierState of onboarding::State
);
word!(
    /// The state of a licence.
    LicenceState of licence::State
);
word!(
    /// Why a supplier was returned, restricted, suspended or banned.
    SupplierReason of domain::supplier::Reason
);
word!(
    /// Why a licence was not passed, or taken back.
    LicenceReason of licence::Reason
);

/// The organisations of a person.
#[derive(Serialize, ToSchema)]
pub struct OrganisationList {
    /// The organisation that the token acts for; null if it acts for the person.
    #[schema(required)]
    acting_for: Option<Uuid>,
    /// The organisations; of a token made for one, that one.
    organisations: Vec<OrganisationSummary>,
}

/// An organisation of the person's.
#[derive(Serialize, ToSchema)]
pub struct OrganisationSummary {
    /// The organisation.
    id: Uuid,
    /// Its registered name.
    #[schema(example = "星渚软件（演示）")]
    name: String,
    /// Unified social credit code (统一社会信用代码).
    #[schema(example = "91999999MAD3650188")]
    uscc: String,
    /// The person's role.
    seat: Seat,
    /// How its verification stands.
    verification: EnterpriseState,
    /// Whether it counts as verified now.
    #[schema(example = true)]
    verified: bool,
}

impl From<&OrganisationLine> for OrganisationSummary {
    fn from(line: &OrganisationLine) -> Self {
        Self {
            id: line.organisation.id,
            name: line.organisation.name.clone(),
            uscc: line.organisation.credit_code.clone(),
            seat: line.seat.into(),
            verification: line.state.into(),
            verified: line.badge != verification::Badge::None,
        }
    }
}

impl OrganisationList {
    /// Those that a token reads, which acts for one of them or for the person.
    pub fn of(mine: &Mine, acting_for: Option<Uuid>) -> Self {
        let read = mine
            .organisations
            .iter()
            .filter(|line| acting_for.is_none_or(|one| one == line.organisation.id));
        Self {
            acting_for,
            organisations: read.map(OrganisationSummary::from).collect(),
        }
    }
}

/// What may be spent without asking.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// For one order; null without a limit.
    #[schema(required)]
    once: Option<Money>,
    /// For a calendar month in Beijing; null without a limit.
    #[schema(required)]
    month: Option<Money>,
}

impl From<spending::Limits> for Limits {
    fn from(limits: spending::Limits) -> Self {
        Self {
            once: limits.once.map(Money::fen),
            month: limits.month.map(Money::fen),
        }
    }
}

/// The limits of everybody who purchases and has none of their own.
#[derive(Serialize, ToSchema)]
pub struct CommonLimits {
    /// For one order; null without a limit.
    #[schema(required)]
    once: Option<Money>,
    /// For a calendar month in Beijing; null without a limit.
    #[schema(required)]
    month: Option<Money>,
    /// How many have to approve what is above.
    #[schema(example = 1)]
    approvals: i64,
}

impl From<(spending::Limits, i64)> for CommonLimits {
    fn from((limits, approvals): (spending::Limits, i64)) -> Self {
        let Limits { once, month } = limits.into();
        Self {
            once,
            month,
            approvals,
        }
    }
}

/// An invitation that was sent. To which number is not in it: only a check value of it is stored.
#[derive(Serialize, ToSchema)]
pub struct Invitation {
    /// The invitation.
    id: Uuid,
    /// For which role.
    seat: Seat,
    /// When it was sent.
    sent_at: Instant,
    /// Until when it can be answered; null beyond the calendar.
    #[schema(required)]
    until: Option<Instant>,
}

impl From<InvitationLine> for Invitation {
    fn from(line: InvitationLine) -> Self {
        Self {
            id: line.id,
            seat: line.seat.into(),
            sent_at: line.sent_at.into(),
            until: line.until.map(Instant::from),
        }
    }
}

/// The invitations that wait for an answer.
#[derive(Serialize, ToSchema)]
pub struct InvitationList {
    /// The latest first, 100 at most.
    items: Vec<Invitation>,
}

impl From<Vec<InvitationLine>> for InvitationList {
    fn from(lines: Vec<InvitationLine>) -> Self {
        Self {
            items: lines.into_iter().map(Invitation::from).collect(),
        }
    }
}

/// A member of an organisation.
#[derive(Serialize, ToSchema)]
pub struct Member {
    /// The member; null for whoever may change nothing of them.
    #[schema(required)]
    id: Option<Uuid>,
    /// The name they show to colleagues; null if they show none.
    #[schema(required, example = "小林")]
    display_name: Option<String>,
    /// Their role.
    seat: Seat,
    /// Since when.
    since: Instant,
    /// Whether it is the person the token stands for.
    #[schema(example = false)]
    own: bool,
    /// Roles that the person may give them; to and from owner on the site alone.
    may_become: Vec<Seat>,
    /// Limits of their own, for whoever sets limits; null where those of everybody hold.
    #[schema(required)]
    limits: Option<Limits>,
}

impl Member {
    /// A member as somebody sees them who may set limits or not.
    fn of(line: &MemberLine, sets_limits: bool) -> Self {
        let changes = sets_limits || line.own || line.can_remove || !line.seats.is_empty();
        Self {
            id: changes.then_some(line.account),
            may_become: line.seats.iter().copied().map(Seat::from).collect(),
            limits: line.limits.map(Limits::from),
            display_name: line.name.clone(),
            seat: line.seat.into(),
            since: line.since.into(),
            own: line.own,
        }
    }
}

/// An organisation as its members see it.
#[derive(Serialize, ToSchema)]
pub struct Organisation {
    /// The organisation.
    id: Uuid,
    /// Its registered name.
    #[schema(example = "星渚软件（演示）")]
    name: String,
    /// Unified social credit code (统一社会信用代码).
    #[schema(example = "91999999MAD3650188")]
    uscc: String,
    /// The person's role.
    seat: Seat,
    /// Whether it counts as verified now.
    #[schema(example = true)]
    verified: bool,
    /// When it was founded here.
    founded_at: Instant,
    /// The limits of everybody, for whoever sets them; null for others.
    #[schema(required)]
    limits: Option<CommonLimits>,
    /// Members of this page, 20 at most.
    members: Vec<Member>,
    /// How many there are.
    #[schema(example = 2)]
    members_total: usize,
    /// The next page of members; null if this is the last.
    #[schema(required, example = 2)]
    next_page: Option<usize>,
}

impl From<&OrganisationView> for Organisation {
    fn from(seen: &OrganisationView) -> Self {
        Self {
            id: seen.organisation.id,
            name: seen.organisation.name.clone(),
            uscc: seen.organisation.credit_code.clone(),
            seat: seen.seat.into(),
            verified: seen.badge != verification::Badge::None,
            founded_at: seen.organisation.created_at.into(),
            limits: seen.limits.map(CommonLimits::from),
            members: seen
                .members
                .iter()
                .map(|line| Member::of(line, seen.limits.is_some()))
                .collect(),
            members_total: seen.count,
            next_page: seen.next.map(|page| page + 1),
        }
    }
}

/// A licence of a supplier.
#[derive(Serialize, ToSchema)]
pub struct Licence {
    /// The category it is for.
    #[schema(example = "daili-jizhang")]
    area: String,
    /// Its number.
    #[schema(example = "DLJZ31010420250018")]
    number: String,
    /// Who gave it.
    #[schema(example = "演示发证机关")]
    issuer: String,
    /// How it stands.
    state: LicenceState,
    /// Its first day.
    from: Day,
    /// Its last day, that day included; null if it has none.
    #[schema(required)]
    until: Option<Day>,
    /// Why it was not passed, or taken back.
    reasons: Vec<LicenceReason>,
}

impl From<&PermitRow> for Licence {
    fn from(row: &PermitRow) -> Self {
        Self {
            area: row.area.clone(),
            number: row.number.clone(),
            issuer: row.issuer.clone(),
            state: row.licence.state.into(),
            from: row.licence.from.into(),
            until: row.licence.until.map(Day::from),
            reasons: row.licence.reasons.iter().copied().map(Into::into).collect(),
        }
    }
}

/// A document that a supplier signed.
#[derive(Serialize, ToSchema)]
pub struct Signature {
    /// The document: `supplier_agreement` or `supplier_undertaking`.
    #[schema(example = "supplier_undertaking")]
    document: String,
    /// Its edition.
    #[schema(example = "2020-11-01")]
    edition: String,
    /// SHA-256 of the text that was shown, in hexadecimal.
    #[schema(example = "9f2c41d07ab3")]
    text_sha256: String,
    /// When.
    at: Instant,
}

impl From<&(String, Signed)> for Signature {
    fn from((document, signed): &(String, Signed)) -> Self {
        Self {
            document: document.clone(),
            edition: signed.edition.clone(),
            text_sha256: signed.text_hash.clone(),
            at: signed.signed_at.into(),
        }
    }
}

/// An organisation as a supplier, as its members see it.
#[derive(Serialize, ToSchema)]
pub struct SupplierStanding {
    /// The supplier.
    id: Uuid,
    /// How it stands.
    state: SupplierState,
    /// Since when.
    since: Instant,
    /// Why it was returned, restricted, suspended or banned last.
    reasons: Vec<SupplierReason>,
    /// Where it wants to offer, or may.
    areas: Vec<String>,
    /// Where it takes nothing new.
    restricted_areas: Vec<String>,
    /// Its licences, the latest first.
    licences: Vec<Licence>,
    /// What it signed, the latest first.
    signatures: Vec<Signature>,
    /// The edition that waits for an owner's signature; null if none does. It is signed on the site.
    #[schema(required, example = "2020-11-01")]
    to_sign: Option<String>,
    /// Whether an undertaking on personal data is in force; without one nothing personal arrives.
    #[schema(example = true)]
    undertaking_in_force: bool,
    /// How many orders are open.
    #[schema(example = 3)]
    open_orders: u64,
}

impl SupplierStanding {
    /// That of an organisation; `None` if it never applied.
    pub fn of(seen: &SupplierView) -> Option<Self> {
        let row = seen.row.as_ref()?;
        Some(Self {
            id: row.id,
            state: row.supplier.state.into(),
            since: row.supplier.since.into(),
            reasons: row.reasons.iter().copied().map(Into::into).collect(),
            areas: row.areas.iter().cloned().collect(),
            restricted_areas: row.supplier.restricted.iter().cloned().collect(),
            licences: seen.licences.iter().map(Licence::from).collect(),
            signatures: seen.signatures.iter().map(Signature::from).collect(),
            to_sign: seen.to_sign.as_ref().map(|(edition, _)| edition.clone()),
            undertaking_in_force: seen.bound,
            open_orders: seen.open_orders,
        })
    }
}
