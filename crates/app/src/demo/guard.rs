//! What the security guard decided about the demonstration's people: a log-in that was held back and proved
//! by its holder, and one that is contested and waits for a human.

use domain::account::guard::contest::{Ground, State};
use domain::account::guard::{Act, RULES, Signal, of_signals};
use domain::calendar::{Due, working_days_after};
use privacy::purpose::{KeepSafe, Operate};
use privacy::{Ctx, Personal};
use storage::account::guard::{self, NewDecision, Sighting, What, review};

use super::id;
use super::people::PEOPLE;
use crate::account::Viewer;
use crate::{App, Failure};

/// Whom, why, from where, and whether it is contested.
const DECIDED: &[(&str, &[Signal], &str, Option<Ground>)] = &[
    (
        "林知远",
        &[Signal::NewDevice, Signal::NewNetwork, Signal::TooFar],
        "Chrome · Windows · US",
        None,
    ),
    (
        "何小满",
        &[Signal::Failures, Signal::NewDevice, Signal::NewNetwork],
        "Safari · iOS · JP",
        Some(Ground::Away),
    ),
];

/// Writes what is not there yet.
pub(super) async fn seed(app: &App, ctx: &Ctx<Operate>, viewers: &[Viewer]) -> Result<(), Failure> {
    let own = Ctx::<KeepSafe>::new(ctx.actor(), ctx.policy_version(), ctx.request(), ctx.now());
    for (name, signals, origin, contested) in DECIDED {
        let people = PEOPLE.iter().zip(viewers);
        let Some((_, viewer)) = people.into_iter().find(|(person, _)| person.name == *name) else {
            continue;
        };
        let mut tx = app.store.begin(&own).await?;
        let decision = id("guard decision", name);
        if review::by_id(&mut tx, decision).await?.is_some() {
            continue;
        }
        let sighting = id("guard sighting", name);
        let seen = Sighting {
            id: sighting,
            what: What::Proved,
            account: Some(viewer.account),
            mark: vec![0; 2],
            network: None,
            device: vec![0; 16],
            region: None,
        };
        guard::see(&mut tx, seen).await?;
        let new = NewDecision {
            id: decision,
            account: viewer.account,
            subject: viewer.subject,
            sighting,
            act: Act::Password,
            decision: &of_signals(signals.to_vec(), &RULES, false),
            origin: Some(&Personal::received((*origin).to_owned())),
            token_digest: None,
        };
        guard::decide(&mut tx, &new).await?;
        match contested {
            None => {
                review::end(&mut tx, decision, State::Passed).await?;
            }
            Some(ground) => {
                let due = match working_days_after(own.now(), domain::account::guard::contest::ANSWER_DAYS) {
                    Due::At(at) => Some(at),
                    Due::Unknown => None,
                };
                review::contest(&mut tx, decision, *ground, due).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}
