//! The operator's staff (2.5.1.e, 2.5.1.f): accounts apart from users, the second factor always, training
//! before anything personal opens, and the console's queues. A role is looked up anew for each request,
//! training for each permit.

mod demands;
mod enterprise;
mod eyes;
mod guard;
mod minor;
mod orders;
mod people;
mod queue;
mod setup;
mod sign_in;
mod supplier;
mod training;
mod verification;

pub use demands::{answer_demand, demands};
pub use enterprise::{EnterpriseCase, Piece, enterprise_act, enterprise_case, open_piece};
pub use guard::{Contested, contested_decisions, rule_on_decision};
pub use minor::{
    ApprovalLine, Audit, ContestedFinding, approvals, ask_approval, audit, audits, contested,
    decide_approval, decide_contest,
};
pub use orders::{Waiting, decide_order, waiting_orders};
pub use people::{Colleague, People, add_by_admin, end, end_by_operator, people, renew_by_admin, set_roles};
pub use queue::{
    APPLICATIONS, COMPLAINT_DAYS, Clock, Kind, Line, Lines, Listed, Matter, Queue, Tab, cases, next_case,
    queues,
};
pub use setup::{Doer, Invitation, Offered, SetUp, add, offered, renew, set_up};
pub use sign_in::{Begun, SignIn, Signed, authenticate, own_name, sign_in, sign_out};
pub use supplier::{
    LicenceCase, SupplierCase, SupplierChoice, licence_act, licence_case, open_licence, supplier_act,
    supplier_case,
};
pub use training::{
    Answered, Course, Drawn, Judged, Question, Section, Training, begin_quiz, course, drawn, hand_in,
    training,
};
pub use verification::{ApprovalState, CaseView, act, case, reveal};

pub(crate) use eyes::another;
pub(crate) use queue::contest_due;
pub(crate) use setup::make;

use domain::refused::{Minor, Party};
use domain::staff as rules;
use privacy::{Actor, BlindIndex, Ctx, Denied, Purpose};
use storage::account::code;
use storage::staff::StaffRow;
use storage::{StoreError, Tx, staff};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::account::{Origin, index, network};
use crate::{App, Failure, Fault};

/// The kind under which failed log-ins and set-ups are counted, by identifier and network: nobody far away
/// locks a colleague out.
const WRONG: &str = "staff_wrong";
/// The kind under which wrong second factors after a right password are counted, by identifier alone.
const WRONG_SECOND: &str = "staff_second_wrong";

/// The context of a member of staff about themself.
fn own<P: Purpose, Q: Purpose>(ctx: &Ctx<Q>, row: &StaffRow) -> Ctx<P> {
    let actor = Actor::Person {
        account: row.id,
        subject: row.subject,
    };
    Ctx::new(actor, ctx.policy_version(), ctx.request(), ctx.now())
}

/// An identifier as typed, as it would be stored.
fn typed(identifier: &str) -> String {
    identifier
        .trim()
        .chars()
        .take(64)
        .collect::<String>()
        .to_lowercase()
}

fn ration(app: &App, identifier: &str) -> BlindIndex {
    index(app, "staff.identifier", identifier)
}

/// Counts a try for an identifier, known or not, from a network; tries at the same time are counted one
/// after another.
async fn admit<P: Purpose>(
    app: &App,
    tx: &mut Tx<'_, P>,
    (identifier, from): (&str, &Origin<'_>),
    row: Option<&StaffRow>,
) -> Result<Uuid, Failure> {
    if let Some(row) = row {
        staff::hold(tx, row.id).await?;
    }
    let key = format!("{identifier}@{}", network(app, from));
    count(tx, WRONG, ration(app, &key)).await
}

/// Counts a try, unless there were too many.
async fn count<P: Purpose>(tx: &mut Tx<'_, P>, kind: &'static str, key: BlindIndex) -> Result<Uuid, Failure> {
    policy::clause!("2.2.3.d");
    let now = tx.ctx().now();
    let lately = code::attempts_since(tx, kind, key, now - rules::LOGIN_WINDOW).await?;
    let today = code::attempts_since(tx, kind, key, now - rules::LONG_WINDOW).await?;
    rules::may_try(lately, today)?;
    Ok(code::count_attempt(tx, kind, key).await?)
}

/// Whoever decides about people is trained (2.5.1.f): a role is suspended while its training does not count.
///
/// # Errors
/// [`Party::StaffTraining`].
fn trained(signed: &Signed, now: OffsetDateTime) -> Result<(), Failure> {
    policy::clause!("2.5.1.f");
    if signed.trained_until.is_some_and(|until| now < until) {
        Ok(())
    } else {
        Err(domain::Refused::from(Party::StaffTraining).into())
    }
}

/// What the kernel denied, in words that name the remedy.
fn denied(failure: Failure) -> Failure {
    let Failure::Fault(Fault::Store(StoreError::Denied(denied))) = &failure else {
        return failure;
    };
    match denied {
        Denied::StaffTraining => Failure::from(domain::Refused::from(Party::StaffTraining)),
        Denied::StaffReason => Failure::from(domain::Refused::from(Party::StaffReason)),
        Denied::Approval => Failure::from(domain::Refused::from(Minor::ApprovalNeeded)),
        // A case that is none of theirs looks like one that is not there.
        Denied::StaffRole | Denied::StaffField | Denied::NoCase => Failure::NotFound,
        _ => failure,
    }
}
