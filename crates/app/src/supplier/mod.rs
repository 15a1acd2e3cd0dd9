//! Suppliers (5.10): how a verified enterprise becomes one, what it hands in and signs, what it may do in
//! the market, and how it leaves. Nothing personal reaches one without an undertaking in force
//! (2.4.1.5.2.b, 0.11): the ledger of disclosures asks for it each time.

mod agreement;
mod apply;
mod business;
mod decide;
mod due;
mod licence;
mod tell;
mod view;

use domain::Refused;
use domain::four_eyes::Appeal;
use domain::machine::Role;
use domain::market::catalogue::{Supplier as Face, Text};
use domain::market::order::Side;
use domain::org::seat::Seat;
use domain::refused::{Party, Trade};
use domain::supplier::Reason;
use domain::supplier::licence::{Licence, day_of};
use domain::supplier::onboarding::{Event, Facts, State, Step};
use privacy::{Purpose, SubjectId};
use storage::market::{catalogue, membership};
use storage::org::{self, Organisation};
use storage::supplier::licence::{self as licences, LicenceRow};
use storage::supplier::{self as store, Doer, StandingRow, signature};
use storage::{StoreError, Tx};
use uuid::Uuid;

pub use agreement::{Signing, sign};
pub use apply::{Form, appeal, ask_exit, begin, save, withdraw};
pub use business::{Warning, warnings_of};
pub(crate) use business::{may_act, may_take, refuse_self_dealing};
pub(crate) use decide::{
    DECISIONS, Decision, LICENCE_DECISIONS, LicenceDecision, SECONDS, by_verifier, licence_by_verifier,
};
pub use due::run_due;
pub(crate) use due::settle_licence;
pub use licence::{HandIn, hand_in};
pub(crate) use licence::{chosen, suspend};
pub use storage::supplier::licence::LicenceRow as PermitRow;
pub use storage::supplier::signature::Signed;
pub use storage::supplier::{StandingRow as Standing, Taken};
pub(crate) use tell::{TELL, tell};
pub use view::{SupplierView, signed_documents, supplier};

use crate::account::Viewer;
use crate::{Failure, Fault};

/// The deposit asked for, in fen. None: the platform keeps nobody's money, and no partner that may is
/// connected. The machine knows deposits; with one, this is its amount.
pub const DEPOSIT: i64 = 0;

/// The viewer's organisation with their seat; to others it does not exist, nor to members who have no part
/// in selling.
async fn member_of<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(Organisation, Seat, Role), Failure> {
    let mine = org::of_account(tx, viewer.account).await?;
    let found = mine.into_iter().find(|(known, _)| known.id == organisation);
    let (organisation, seat) = found.ok_or(Failure::NotFound)?;
    let role = seat.role(Side::Supplier).ok_or(Failure::NotFound)?;
    Ok((organisation, seat, role))
}

/// The supplier that an organisation is, or was last.
async fn current<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<Option<StandingRow>, Failure> {
    let mut rows = store::of_organisation(tx, organisation).await?;
    let going = rows.iter().position(|row| row.supplier.state != State::Exited);
    Ok(match going {
        Some(place) => Some(rows.swap_remove(place)),
        None => rows.into_iter().next(),
    })
}

/// The same, held until the transaction ends, with what the viewer is to it.
async fn held<P: Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
    organisation: Uuid,
) -> Result<(StandingRow, Organisation, Seat, Role), Failure> {
    let (organisation, seat, role) = member_of(tx, viewer, organisation).await?;
    let row = current(tx, organisation.id).await?.ok_or(Failure::NotFound)?;
    store::hold(tx, row.id).await?;
    let row = store::by_id(tx, row.id).await?.ok_or(Failure::NotFound)?;
    Ok((row, organisation, seat, role))
}

/// Somebody was faster: the page is to be looked at again.
fn stale(error: StoreError) -> Failure {
    match error {
        StoreError::Stale => Refused::from(Party::SupplierNotNow).into(),
        other => other.into(),
    }
}

/// A member of the supplier who acts.
const fn by(subject: SubjectId) -> Doer<'static> {
    Doer {
        side: "supplier",
        subject: Some(subject),
        staff: None,
        area: None,
    }
}

/// The program.
const fn system() -> Doer<'static> {
    Doer {
        side: "system",
        subject: None,
        staff: None,
        area: None,
    }
}

/// Takes a step, and does what follows from it.
pub(crate) async fn take<P: Purpose>(
    tx: &mut Tx<'_, P>,
    row: &StandingRow,
    (event, role): (Event, Role),
    facts: &Facts,
    (reasons, doer): (&[Reason], Doer<'_>),
) -> Result<Step, Failure> {
    policy::clause!("0.11");
    let step = row.supplier.step(event, role, facts, tx.ctx().now())?;
    store::record(tx, row, (event, &step), reasons, doer)
        .await
        .map_err(stale)?;
    let next = &step.supplier;
    let trades = matches!(next.state, State::Active | State::Restricted);
    if trades && row.admitted_at.is_none() {
        admit(tx, row).await?;
    }
    match event {
        // An application that is given up leaves nothing.
        Event::Withdraw | Event::Lapse if row.admitted_at.is_none() => {
            store::delete(tx, row.id).await?;
            return Ok(step);
        }
        // Who is gone gets nothing personal any more, and reads nothing.
        Event::Exit | Event::Withdraw | Event::Lapse | Event::ConfirmBan => {
            signature::end(tx, row.id).await?;
        }
        Event::UpholdAppeal => signature::revive(tx, row.id, row.supplier.since).await?,
        _ => {}
    }
    if next.state != row.supplier.state || next.restricted != row.supplier.restricted {
        store::revise(tx).await?;
    }
    if tell::tells(event) {
        tell::step_later(tx, row.id, next.version).await?;
    }
    Ok(step)
}

/// Admits a supplier: it enters the catalogue, and the members of its organisation are its own from now on.
async fn admit<P: Purpose>(tx: &mut Tx<'_, P>, row: &StandingRow) -> Result<(), Failure> {
    policy::clause!("2.1.1.a");
    store::admit(tx, row.id).await?;
    let Some(organisation) = row.organisation else {
        return Ok(());
    };
    // Whoever joins or leaves at this moment comes before or after.
    org::hold(tx, organisation).await?;
    let known = org::by_id(tx, organisation).await?.ok_or(Failure::NotFound)?;
    let said = &row.profile;
    let or = |english: &str, chinese: &str| if english.is_empty() { chinese } else { english }.to_owned();
    let face = Face {
        id: row.id,
        zh: said.name.clone(),
        en: or(&said.name_en, &said.name),
        uscc: known.credit_code,
        city: Text::new(&said.city, ""),
        since: day_of(tx.ctx().now()).year(),
        standing: domain::market::catalogue::Standing::Active,
        rating: 0,
        response_minutes: 0,
        intro_zh: said.introduction.clone(),
        intro_en: or(&said.introduction_en, &said.introduction),
    };
    let body = serde_json::to_string(&face).map_err(|_| Failure::Fault(Fault::Document))?;
    catalogue::add_supplier(tx, row.id, body).await?;
    join_all(tx, organisation).await
}

/// Makes the members of an organisation those of its suppliers.
pub(crate) async fn join_all<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<(), Failure> {
    for row in org::members(tx, organisation).await? {
        membership::follow(tx, organisation, row.member.account, row.member.seat).await?;
    }
    Ok(())
}

/// Whether one of these licences is good for an area on a day.
fn covered(licences: &[LicenceRow], area: &str, today: time::Date) -> bool {
    let good = |licence: &Licence| licence.good(today);
    licences.iter().any(|row| row.area == area && good(&row.licence))
}

/// Whether a licence is on its way or good: what the application asks for is there.
fn handed_in(licences: &[LicenceRow], area: &str) -> bool {
    use domain::supplier::licence::State as L;
    let there = [L::Draft, L::Submitted, L::Approved, L::Expiring];
    licences
        .iter()
        .any(|row| row.area == area && there.contains(&row.licence.state))
}

/// The licences of a supplier.
async fn licences_of<P: Purpose>(tx: &mut Tx<'_, P>, supplier: Uuid) -> Result<Vec<LicenceRow>, Failure> {
    Ok(licences::of_supplier(tx, supplier).await?)
}

/// Whether an organisation is a supplier that has not left, or was banned with orders open or an appeal to
/// be decided: somebody answers for it first, then it may be dissolved.
pub(crate) async fn refuse_if_supplier<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
) -> Result<(), Failure> {
    for row in store::of_organisation(tx, organisation).await? {
        match row.supplier.state {
            State::Exited => {}
            State::Banned if row.supplier.measure.appeal == Appeal::Open => {
                return Err(Refused::from(Party::EnterpriseAppeal).into());
            }
            State::Banned => {
                if store::open_orders(tx, row.id).await? > 0 {
                    return Err(Refused::from(Party::OrgOrders).into());
                }
            }
            _ => return Err(Refused::from(Trade::SupplierLeaveFirst).into()),
        }
    }
    Ok(())
}

/// Holds the suppliers that an organisation is or was until the transaction ends.
pub(crate) async fn hold_all<P: Purpose>(tx: &mut Tx<'_, P>, organisation: Uuid) -> Result<(), Failure> {
    for row in store::of_organisation(tx, organisation).await? {
        store::hold(tx, row.id).await?;
    }
    Ok(())
}
