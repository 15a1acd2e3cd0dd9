//! The security guard at work (账号安全守卫, 2.2.3): one place that every way into an account goes
//! through. [`door`] looks before a proof is tried, at the network alone, so that it says the same
//! whether the account exists; [`weigh`] decides afterwards from what [`door`] read, without another
//! look into the store. Everything here runs under the purpose `keep_safe`, whatever the caller's is.

mod entry;
mod origin;
mod puzzle;
mod review;
mod stopped;

pub use origin::{Origin, Regions, Solved};
pub use puzzle::{Puzzle, pose, posed};
pub use review::{Decided, contest_own, contest_stopped, decisions};
pub use stopped::{Stopped, confirm_step, on_to_second, send_step_code, solve_hold, stopped};

pub(crate) use entry::known;
pub use entry::{PasskeyVerdict, passkey_entry, settle_passkey};
pub(super) use entry::{began, bind, passed, recovered, used};

use domain::Refused;
use domain::account::guard::{self as rules, Act, Decision, Facts, Outcome, RULES};
use domain::refused::Party;
use privacy::purpose::KeepSafe;
use privacy::{Ctx, Personal, Purpose, SubjectId};
use storage::Tx;
use storage::account::guard::{self, Asked, Counted, NewDecision, Sighting, What};
use uuid::Uuid;

use super::second::{What as Notice, enqueue_notice};
use crate::{App, Failure};
use origin::Digests;
use puzzle::Came;

/// A try, before its proof is looked at.
pub(crate) struct Try<'a> {
    /// What somebody is about to do.
    pub act: Act,
    /// Where it comes from.
    pub origin: &'a Origin<'a>,
    /// The device as the browser names it.
    pub device: &'a str,
    /// What was typed, as look-ups compare it.
    pub login: &'a str,
    /// The account, if what was typed is anybody's.
    pub account: Option<Uuid>,
}

/// What the guard saw of a try.
pub(crate) struct Seen {
    act: Act,
    facts: Facts,
    counted: Counted,
    sighting: Uuid,
    /// Device and region in words, sealed if the decision stops somebody.
    words: Personal<String>,
}

impl Seen {
    /// The sighting of this try.
    pub(crate) const fn sighting(&self) -> Uuid {
        self.sighting
    }

    /// Whether anything stands against this try: only then a costly look is worth it.
    pub(crate) fn is_calm(&self) -> bool {
        self.facts.signals(&RULES).is_empty()
    }
}

/// What was decided.
pub(crate) struct Verdict {
    /// What follows.
    pub outcome: Outcome,
    /// The decision.
    pub decision: Uuid,
}

/// The network that a request comes from, as its digest in words; nothing where it is not known.
pub(crate) fn network(app: &App, origin: &Origin<'_>) -> String {
    origin::bound_to(app, origin)
}

/// The guard's own context in answer to a request.
fn keep_safe<P: Purpose>(ctx: &Ctx<P>) -> Ctx<KeepSafe> {
    Ctx::new(ctx.actor(), ctx.policy_version(), ctx.request(), ctx.now())
}

fn facts(
    app: &App,
    tried: &Try<'_>,
    digests: &Digests,
    counted: &Counted,
    now: time::OffsetDateTime,
) -> Facts {
    // The demonstration's people are everybody's: there a new device is nothing new.
    let of = |person: &crate::demo::DemoPerson| [person.name, person.phone].contains(&tried.login);
    let shared = app.demo && crate::demo::PEOPLE.iter().any(of);
    let known = counted.last.is_some() && !shared;
    Facts {
        network_names: counted.network_names,
        network_tries: counted.network_tries,
        network_codes: counted.network_codes,
        failures: counted.failures,
        failing_networks: counted.failing_networks,
        codes: counted.codes,
        networks_in_use: counted.networks_in_use,
        known_device: known.then_some(counted.device),
        known_network: (digests.network.is_some() && counted.any_network && !shared)
            .then_some(counted.network),
        too_far: !shared && origin::too_far(app, tried, digests, counted, now),
        weak_password: false,
        phone_age: counted.phone_changed.map(|at| now - at),
    }
}

/// Looks at a try before its proof is looked at: reads what is counted in one statement, asks for a solved
/// puzzle where the network's own signals say so, and writes the try down. Whether the account exists
/// changes nothing of it.
///
/// # Errors
/// [`Party::PuzzleNeeded`], [`Party::PuzzleWrong`], [`Party::GuardWait`]: nothing was tried then.
pub(crate) async fn door<P: Purpose>(app: &App, ctx: &Ctx<P>, tried: &Try<'_>) -> Result<Seen, Failure> {
    policy::clause!("2.2.3.d");
    let own = keep_safe(ctx);
    let digests = Digests::of(app, tried);
    let asked = Asked {
        network: digests.network.clone(),
        account: tried.account,
        device: digests.device.clone(),
    };
    let mut tx = app.store.begin(&own).await?;
    let counted = guard::facts(&mut tx, &asked).await?;
    let facts = facts(app, tried, &digests, &counted, own.now());
    if rules::door(&facts, &RULES).is_some() {
        let Some(solved) = &tried.origin.solved else {
            return Err(Refused::from(Party::PuzzleNeeded).into());
        };
        let bound = digests.bound();
        match puzzle::accept(app, &mut tx, solved, &bound).await? {
            Came::Right => {}
            Came::Early => return Err(Refused::from(Party::GuardWait).into()),
            Came::Wrong => {
                // A puzzle that was tried is used up, so that nobody guesses at it.
                tx.commit().await?;
                return Err(Refused::from(Party::PuzzleWrong).into());
            }
        }
    }
    let sighting = app.entropy.id();
    let what = if tried.act == Act::Code {
        What::Code
    } else {
        What::Failed
    };
    guard::see(&mut tx, digests.sighting(sighting, what, tried.account)).await?;
    tx.commit().await?;
    Ok(Seen {
        act: tried.act,
        facts,
        counted,
        sighting,
        words: Personal::received(origin::words(app, tried)),
    })
}

/// Decides about whoever proved to hold the account, and writes the decision down: from what [`door`] read,
/// so that nothing more is asked of the store. `weak`: the password is one that is guessed first. What
/// stands already is not decided again.
pub(crate) async fn weigh<P: Purpose>(
    app: &App,
    ctx: &Ctx<P>,
    seen: &Seen,
    (account, subject): (Uuid, SubjectId),
    weak: bool,
) -> Result<Verdict, Failure> {
    policy::clause!("2.2.3.a");
    let facts = Facts {
        weak_password: weak,
        ..seen.facts.clone()
    };
    let decision = rules::decide(&facts, &RULES, seen.act == Act::Passkey);
    let own = keep_safe(ctx);
    let mut tx = app.store.begin(&own).await?;
    guard::turn_out(&mut tx, seen.sighting, What::Proved).await?;
    let standing = standing(&seen.counted, &decision);
    if let Some((outcome, decision)) = standing {
        tx.commit().await?;
        return Ok(Verdict { outcome, decision });
    }
    let id = app.entropy.id();
    let stopped = decision.outcome != Outcome::Allow;
    let new = NewDecision {
        id,
        account,
        subject,
        sighting: seen.sighting,
        act: seen.act,
        decision: &decision,
        origin: stopped.then_some(&seen.words),
        token_digest: None,
    };
    guard::decide(&mut tx, &new).await?;
    tell(app, &mut tx, account, decision.outcome).await?;
    tx.commit().await?;
    Ok(Verdict {
        outcome: decision.outcome,
        decision: id,
    })
}

/// What stands and is at least as hard as what would be decided now.
fn standing(counted: &Counted, decision: &Decision) -> Option<(Outcome, Uuid)> {
    let stands = [
        (Outcome::Freeze, counted.frozen),
        (Outcome::Hold, counted.held),
        (Outcome::StepUp, counted.stepping),
    ];
    // A freeze lasts until somebody ends it; the others only spare a second record of the same.
    stands.into_iter().find_map(|(outcome, id)| {
        let same = outcome == Outcome::Freeze || outcome == decision.outcome;
        id.filter(|_| same).map(|id| (outcome, id))
    })
}

/// Tells the holder of what keeps somebody back, whoever that is.
async fn tell(app: &App, tx: &mut Tx<'_, KeepSafe>, account: Uuid, outcome: Outcome) -> Result<(), Failure> {
    let notice = match outcome {
        Outcome::Hold => Notice::GuardHeld,
        Outcome::Freeze => Notice::GuardFrozen,
        Outcome::Allow | Outcome::StepUp => return Ok(()),
    };
    enqueue_notice(app, tx, account, notice).await
}

impl Digests {
    fn sighting(&self, id: Uuid, what: What, account: Option<Uuid>) -> Sighting {
        Sighting {
            id,
            what,
            account,
            mark: self.mark.clone(),
            network: self.network.clone(),
            device: self.device.clone(),
            region: self.region.clone(),
        }
    }
}
