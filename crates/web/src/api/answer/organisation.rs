//! The answers about organisations. Members are named as they want to be called by colleagues; what was
//! handed in to verify an enterprise is in none of them.

use app::org::{MemberLine, Mine, OrganisationLine, OrganisationView};
use app::supplier::{PermitRow, Signed, SupplierView};
use domain::org::{seat, verification};
use domain::supplier::{licence, onboarding};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Day, Instant, word};

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

/// A member of an organisation.
#[derive(Serialize, ToSchema)]
pub struct Member {
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
}

impl From<&MemberLine> for Member {
    fn from(line: &MemberLine) -> Self {
        Self {
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
            members: seen.members.iter().map(Member::from).collect(),
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
