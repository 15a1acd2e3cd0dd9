//! The worker: takes jobs one by one, does each in its own transaction, tries again after a pause,
//! and sets aside what keeps failing. Any number of workers may run at once.

use privacy::purpose::{Certify, Notify, ObeyLaw, Operate};
use privacy::{Ctx, Purpose, SystemReason};
use storage::job::{self, Claimed, FailedJob, NewJob};
use storage::{StoreError, Tx};
use time::Duration;

use crate::account::{self, purge_expired};
use crate::log;
use crate::market::order;
use crate::{App, Failure, Fault, minor, org, person, rights, supplier};

/// Tries before a job is set aside.
pub const TRIES: i64 = 8;
/// The pause after the first failure; each further one doubles it.
pub const FIRST_PAUSE: Duration = Duration::seconds(30);
/// No pause is longer.
pub const LONGEST_PAUSE: Duration = Duration::hours(6);
/// A source that was away is asked again at least so often.
const HOURLY: Duration = Duration::hours(1);
/// Jobs done in one round, so that timers have their turn.
const ROUND: usize = 100;

/// Removes what its retention rule has run out for.
const PURGE: &str = "purge_expired";
/// Dates the timers that the calendar could not date before.
const DATE: &str = "date_timers";
/// Carries out the wishes to close an account that waited, and ends what a law kept.
const CLOSE: &str = "close_accounts";
/// Lets the transparency log grow and signs it.
const LOG: &str = "advance_log";
/// Tells recipients of personal data what they are asked to delete or correct.
const DEMANDS: &str = "tell_demands";
/// Takes the steps of the clock in verifications of persons.
const PERSONS: &str = "person_timers";
/// Takes the steps of the clock in verifications of enterprises.
const ENTERPRISES: &str = "enterprise_timers";
/// Takes the steps of the clock of suppliers and their licences.
const SUPPLIERS: &str = "supplier_timers";
/// Goes on with wishes for a new number in the place of a lost one.
const PHONES: &str = "replace_phones";
/// Takes the steps of the clock about minors and their guardians, and makes the yearly audit.
const MINORS: &str = "minor_timers";
/// The regular jobs and how often each runs.
const REGULAR: &[(&str, Duration)] = &[
    (PURGE, Duration::hours(1)),
    (DATE, Duration::hours(6)),
    (CLOSE, Duration::hours(1)),
    (LOG, Duration::minutes(1)),
    (DEMANDS, Duration::minutes(10)),
    (PERSONS, Duration::minutes(10)),
    (ENTERPRISES, Duration::minutes(10)),
    (SUPPLIERS, Duration::minutes(1)),
    (PHONES, Duration::minutes(10)),
    (MINORS, minor::AUDIT_EVERY),
];

/// What a round of jobs did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Done.
    pub done: usize,
    /// Failed, to be tried again.
    pub failed: usize,
    /// Set aside for an operator.
    pub dead: usize,
}

/// A context for the worker's own acts.
fn ctx<P: Purpose>(app: &App, policy_version: &str) -> Ctx<P> {
    app.system(SystemReason::Job, policy_version)
}

/// The pause before try `attempts + 1`; `None` when the tries are used up.
#[must_use]
pub fn pause(attempts: i64) -> Option<Duration> {
    if attempts >= TRIES {
        return None;
    }
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(20);
    Some((FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE))
}

/// Writes the regular jobs that are not there yet. Called at every start.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn ensure_regular(app: &App, ctx: &Ctx<Operate>) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    for (kind, _) in REGULAR {
        let regular = NewJob {
            kind,
            dedup: "regular".to_owned(),
            payload: "{}",
            run_at: ctx.now(),
        };
        job::enqueue(&mut tx, &regular).await?;
    }
    Ok(tx.commit().await?)
}

/// Does the jobs whose time has come, at most a round of them.
///
/// # Errors
/// [`Failure::Fault`] if the store fails; a job's own failure is counted, not returned.
pub async fn run_ready(app: &App, policy_version: &str) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut sources_away: Vec<String> = Vec::new();
    for _ in 0..ROUND {
        let claim = ctx::<Operate>(app, policy_version);
        let mut tx = app.store.begin(&claim).await?;
        let Some(claimed) = job::claim(&mut tx).await? else {
            break;
        };
        // Lasting before the work begins: a try that kills the process counts as well.
        tx.commit().await?;
        if sources_away.contains(&claimed.kind) {
            // Everybody else's work would wait for its silence.
            give_back(app, policy_version, &claimed, Some(FIRST_PAUSE), "source_away").await?;
            report.failed += 1;
            continue;
        }
        match perform(app, policy_version, &claimed).await {
            Ok(()) => report.done += 1,
            Err(failure) => {
                let again = again(&claimed);
                if matches!(failure, Failure::Fault(Fault::Identity(_))) {
                    sources_away.push(claimed.kind.clone());
                }
                tracing::error!(
                    kind = claimed.kind,
                    job = %claimed.id,
                    attempt = claimed.attempts,
                    given_up = again.is_none(),
                    cause = failure.chain(),
                    "a job failed"
                );
                give_back(app, policy_version, &claimed, again, code(&failure)).await?;
                if again.is_some() {
                    report.failed += 1;
                } else {
                    report.dead += 1;
                }
            }
        }
    }
    Ok(report)
}

/// The pause before the next try. The regular jobs and an erasure are never given up: what they remove
/// must go. A check of identity goes on until its own clock ends it.
fn again(claimed: &Claimed) -> Option<Duration> {
    let asks = [person::CHECK, org::CHECK, org::SEND].contains(&&*claimed.kind);
    let lasting =
        asks || claimed.kind == rights::ERASE || REGULAR.iter().any(|(kind, _)| *kind == claimed.kind);
    let longest = if asks { HOURLY } else { LONGEST_PAUSE };
    pause(claimed.attempts).or(lasting.then_some(longest))
}

/// How the queue stands.
#[derive(Clone, Debug)]
pub struct QueueState {
    /// Jobs whose time has come.
    pub waiting: i64,
    /// Jobs set aside, oldest first, at most 100.
    pub dead: Vec<FailedJob>,
    /// Jobs that failed more than once and will be tried again, at most 100.
    pub failing: Vec<FailedJob>,
}

/// How the queue stands, for the operator.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn state(app: &App, ctx: &Ctx<Operate>) -> Result<QueueState, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(QueueState {
        waiting: job::waiting(&mut tx).await?,
        dead: job::dead(&mut tx, 100).await?,
        failing: job::failing(&mut tx, 100).await?,
    })
}

/// Lets the jobs that were set aside be tried again, and says how many.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn revive(app: &App, ctx: &Ctx<Operate>) -> Result<u64, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let revived = job::revive(&mut tx).await?;
    tx.commit().await?;
    Ok(revived)
}

async fn perform(app: &App, policy_version: &str, claimed: &Claimed) -> Result<(), Failure> {
    // Taken up once more after its last try killed its worker.
    if claimed.attempts > TRIES && again(claimed).is_none() {
        return Err(Failure::Fault(Fault::Job));
    }
    match claimed.kind.as_str() {
        account::ALERT => account::tell_login(app, &ctx::<Notify>(app, policy_version), claimed).await,
        account::NOTICE => account::tell_notice(app, &ctx::<Notify>(app, policy_version), claimed).await,
        account::LOSS => account::carry_out_loss(app, &ctx::<Operate>(app, policy_version), claimed).await,
        rights::ERASE => rights::perform(app, &ctx::<ObeyLaw>(app, policy_version), claimed).await,
        person::CHECK => person::perform(app, &ctx::<Certify>(app, policy_version), claimed).await,
        person::TELL => person::tell(app, &ctx::<Notify>(app, policy_version), claimed).await,
        org::CHECK => org::perform(app, &ctx::<Certify>(app, policy_version), claimed).await,
        org::SEND => org::send(app, &ctx::<Certify>(app, policy_version), claimed).await,
        org::TELL => org::tell(app, &ctx::<Notify>(app, policy_version), claimed).await,
        supplier::TELL => supplier::tell(app, &ctx::<Notify>(app, policy_version), claimed).await,
        minor::TELL => minor::tell(app, &ctx::<Notify>(app, policy_version), claimed).await,
        order::TELL => order::tell(app, &ctx::<Notify>(app, policy_version), claimed).await,
        kind => {
            let own = ctx::<Operate>(app, policy_version);
            let (_, every) = REGULAR
                .iter()
                .find(|(regular, _)| *regular == kind)
                .ok_or(Failure::Fault(Fault::Job))?;
            match kind {
                PURGE => {
                    purge_expired(app, &own).await?;
                }
                CLOSE => {
                    rights::close_waiting(app, &ctx::<ObeyLaw>(app, policy_version)).await?;
                    rights::release_holds(app, &own).await?;
                    rights::apply_retention(app, &own).await?;
                }
                DEMANDS => {
                    rights::tell_demands(app, &ctx::<Notify>(app, policy_version)).await?;
                }
                PERSONS => {
                    person::run_due(app, &own).await?;
                }
                ENTERPRISES => {
                    org::run_due(app, &own).await?;
                }
                SUPPLIERS => {
                    supplier::run_due(app, &own).await?;
                }
                PHONES => {
                    account::carry_out_recoveries(app, policy_version).await?;
                }
                MINORS => {
                    minor::run_due(app, &own).await?;
                }
                LOG => {
                    log::advance(app, &own).await?;
                }
                _ => {
                    order::date_undated(app, &own).await?;
                }
            }
            let mut tx: Tx<'_, Operate> = app.store.begin(&own).await?;
            job::repeat(&mut tx, claimed, own.now() + *every).await?;
            Ok(tx.commit().await?)
        }
    }
}

async fn give_back(
    app: &App,
    policy_version: &str,
    claimed: &Claimed,
    again: Option<Duration>,
    code: &'static str,
) -> Result<(), Failure> {
    let own = ctx::<Operate>(app, policy_version);
    let mut tx = app.store.begin(&own).await?;
    match job::fail(&mut tx, claimed, again.map(|pause| own.now() + pause), code).await {
        Ok(()) => Ok(tx.commit().await?),
        // Another worker has it by now: its try counts, not this one.
        Err(StoreError::Stale) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// A word for the operator; never a value.
const fn code(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refused(_) => "refused",
        Failure::NotFound => "not_found",
        Failure::Fault(Fault::Store(StoreError::Full(_))) => "disk_full",
        Failure::Fault(Fault::Store(_)) => "store",
        Failure::Fault(Fault::Document) => "document",
        Failure::Fault(Fault::Residue) => "residue",
        Failure::Fault(Fault::Identity(_)) => "identity_source",
        Failure::Fault(_) => "fault",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_six_hours_and_end() {
        assert_eq!(pause(1), Some(Duration::seconds(30)));
        assert_eq!(pause(2), Some(Duration::minutes(1)));
        assert_eq!(pause(TRIES - 1), Some(Duration::minutes(32)));
        assert_eq!(pause(TRIES), None);
    }
}
