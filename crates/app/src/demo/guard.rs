//! What the security guard decided about the demonstration's people: each outcome, and each way in which a
//! decision ends.

use domain::account::guard::contest::{Ground, Ruling, State};
use domain::account::guard::{Act, RULES, Signal, of_signals};
use domain::calendar::{Due, working_days_after};
use privacy::purpose::KeepSafe;
use privacy::{Ctx, Personal};
use storage::account::guard::{self, NewDecision, Sighting, What, review};
use time::Duration;

use super::cast::Cast;
use super::id;
use crate::Failure;

/// How a decision ended.
#[derive(Clone, Copy)]
enum End {
    /// By itself: it went on, or the holder proved to be one.
    In(State),
    /// It is contested and waits.
    Contested(Ground),
    /// A human ruled on it.
    Ruled(Ground, Ruling),
}

/// Whom, how many hours ago, why, from where, and how it ended.
const DECIDED: &[(&str, i64, &[Signal], &str, End)] = &[
    (
        "林知远",
        0,
        &[Signal::NewDevice, Signal::NewNetwork, Signal::TooFar],
        "Chrome · Windows · US",
        End::In(State::Passed),
    ),
    (
        "何小满",
        0,
        &[Signal::Failures, Signal::NewDevice, Signal::NewNetwork],
        "Safari · iOS · JP",
        End::Contested(Ground::Away),
    ),
    ("沈砚秋", 70, &[Signal::NewDevice], "", End::In(State::Done)),
    (
        "沈砚秋",
        52,
        &[Signal::NewDevice, Signal::NewNetwork],
        "Edge · Windows · CN-31",
        End::In(State::Passed),
    ),
    (
        "沈砚秋",
        27,
        &[
            Signal::Failures,
            Signal::ManyNetworks,
            Signal::Codes,
            Signal::NewDevice,
            Signal::NewNetwork,
        ],
        "Chrome · Linux · BR",
        End::In(State::Recovered),
    ),
    (
        "宋清和",
        98,
        &[Signal::NewDevice, Signal::NewNetwork, Signal::TooFar],
        "Safari · macOS · SG",
        End::Ruled(Ground::Me, Ruling::Recognised),
    ),
    (
        "宋清和",
        50,
        &[Signal::Failures, Signal::NewDevice, Signal::NewNetwork],
        "Firefox · Linux · RO",
        End::Ruled(Ground::Human, Ruling::Attacked),
    ),
];
/// How many hours after it was contested a human ruled.
const RULED_AFTER: i64 = 20;

/// Writes what is not there yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    for (name, hours, signals, origin, end) in DECIDED {
        let viewer = cast.of(name)?;
        let own = cast.program::<KeepSafe>(Duration::hours(*hours));
        let key = if *hours == 0 {
            (*name).to_owned()
        } else {
            format!("{name} {hours}")
        };
        let decision = id("guard decision", &key);
        let mut tx = cast.app.store.begin(&own).await?;
        if review::by_id(&mut tx, decision).await?.is_some() {
            continue;
        }
        let sighting = id("guard sighting", &key);
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
        let stopped = (!origin.is_empty()).then(|| Personal::received((*origin).to_owned()));
        let new = NewDecision {
            id: decision,
            account: viewer.account,
            subject: viewer.subject,
            sighting,
            act: Act::Password,
            decision: &of_signals(signals.to_vec(), &RULES, false),
            origin: stopped.as_ref(),
            token_digest: None,
        };
        guard::decide(&mut tx, &new).await?;
        match end {
            End::In(State::Done) => {}
            End::In(state) => {
                review::end(&mut tx, decision, *state).await?;
            }
            End::Contested(ground) | End::Ruled(ground, _) => {
                let due = match working_days_after(own.now(), domain::account::guard::contest::ANSWER_DAYS) {
                    Due::At(at) => Some(at),
                    Due::Unknown => None,
                };
                review::contest(&mut tx, decision, *ground, due).await?;
            }
        }
        tx.commit().await?;
        if let End::Ruled(_, ruling) = end {
            let then = cast.program(Duration::hours(hours - RULED_AFTER));
            ruled(cast, &then, (decision, *ruling)).await?;
        }
    }
    Ok(())
}

/// The privacy officer's ruling, as the console writes it.
async fn ruled(
    cast: Cast<'_>,
    ctx: &Ctx<KeepSafe>,
    (decision, ruling): (uuid::Uuid, Ruling),
) -> Result<(), Failure> {
    let mut tx = cast.app.store.begin(ctx).await?;
    let row = review::by_id(&mut tx, decision).await?.ok_or(Failure::NotFound)?;
    review::rule(&mut tx, decision, ruling, "dpo-1").await?;
    if ruling.state() == State::Lifted {
        guard::turn_out(&mut tx, row.sighting, What::In).await?;
    }
    Ok(tx.commit().await?)
}
