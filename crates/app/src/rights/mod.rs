//! A person's rights over their own data: the copy, closing the account, erasure (clause 2.6).

mod certificate;
mod closure;
mod copy;
mod demand;
mod drill;
mod erase;
mod holds;
mod reconcile;
mod restore;
mod retention;

pub use certificate::{Certificate, Kept, certificate};
pub use closure::{ClosureState, ask_closure, close_waiting, closure, pending_closure, withdraw_closure};
pub(crate) use closure::{close_of_minor, refuse_if_closing};
pub use copy::{Copy, bundle, copy};
pub use demand::{answer_by_operator, answer_demand, demands, open_demands, overdue_demands, tell_demands};
pub(crate) use demand::{ask_to_correct, waiting as waiting_demands};
pub use drill::{DRILL_EVERY, Drill, drill, latest_drill};
pub(crate) use erase::erasure_payload;
pub use erase::{ERASE, Probe, erase, perform, plan, step};
pub use holds::release_holds;
pub use reconcile::reconcile;
pub use restore::{Restored, Target, restore};
pub use retention::apply_retention;

pub use storage::register::OnErasure;
pub use storage::rights::copy::{Cell, Section};
pub use storage::rights::demand::Demand;
pub use storage::rights::erasure::Portion;

use domain::market::number;
use privacy::Ctx;
use privacy::purpose::VerifyHolder;

use crate::account::{Viewer, verify_present};
use crate::{App, Failure};

/// Makes sure that the holder is there: what ends or hands out an account asks for the password in
/// the same request, so that no older proof counts (2.6.4.f). It asks for nothing that the account
/// does not have already (2.6.4.e).
async fn reauthenticate(
    app: &App,
    ctx: &Ctx<VerifyHolder>,
    viewer: &Viewer,
    password: &str,
) -> Result<(), Failure> {
    policy::clause!("2.6.4.f");
    policy::clause!("2.6.4.e");
    verify_present(app, ctx, viewer, password).await
}

/// A number that tells nothing and is not to be guessed: 80 bits.
fn new_number(app: &App) -> String {
    let mut bytes = [0_u8; 16];
    app.entropy.fill(&mut bytes);
    number::signs(&bytes)
}
