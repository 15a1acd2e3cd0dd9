//! Closing the account (2.6.4): at once where nothing stands in the way; otherwise the wish waits,
//! restricts what is done with the account, and is carried out by itself when its time has come.

use domain::Refused;
use domain::calendar::{Due, working_days_after};
use domain::minor::Tally;
use domain::rights::{ANSWER_WORKING_DAYS, Blocker, QUIET_MONTHS, blockers};
use privacy::purpose::{ObeyLaw, VerifyHolder};
use privacy::{Ctx, SubjectId};
use storage::market::note_copy;
use storage::minor::audit;
use storage::org;
use storage::rights::closure::{self, Closure};
use storage::rights::erasure::{self, Portion};
use storage::{Tx, account};
use time::Duration;
use uuid::Uuid;

use super::{erase, new_number, reauthenticate};
use crate::account::Viewer;
use crate::org::depart;
use crate::{App, Failure};

/// Wishes looked at in one transaction.
const PAGE: i64 = 100;

/// How closing the account stands, before anything is asked.
pub struct ClosureState {
    /// What stands in the way, with the day on which it no longer does.
    pub blockers: Vec<Blocker>,
    /// The organisations whose only owner the person is: to be handed over or dissolved first.
    pub organisations: Vec<(Uuid, String)>,
    /// What would be done with what there is.
    pub portions: Vec<Portion>,
    /// How many of their notes on orders another party keeps a copy of (1.6).
    pub copies: i64,
    /// The wish that waits, if there is one.
    pub pending: Option<Closure>,
}

async fn in_the_way(tx: &mut Tx<'_, ObeyLaw>, subject: SubjectId) -> Result<Vec<Blocker>, Failure> {
    let now = tx.ctx().now();
    // A little more than the quiet time: the rule decides to the second.
    let since = now - Duration::days(31 * i64::from(QUIET_MONTHS));
    let dealings = closure::dealings(tx, subject, since).await?;
    Ok(blockers(&dealings, now))
}

/// Whether nothing stands in the way: no order, and no organisation that would be left without an owner.
async fn is_clear(tx: &mut Tx<'_, ObeyLaw>, subject: SubjectId) -> Result<bool, Failure> {
    Ok(in_the_way(tx, subject).await?.is_empty() && org::owned_alone(tx, subject).await?.is_empty())
}

/// What stands in the way, what would be done, and whether a wish waits.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn closure(app: &App, ctx: &Ctx<ObeyLaw>, viewer: &Viewer) -> Result<ClosureState, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(ClosureState {
        blockers: in_the_way(&mut tx, viewer.subject).await?,
        organisations: org::owned_alone(&mut tx, viewer.subject).await?,
        portions: erasure::portions(&mut tx, viewer.subject).await?,
        copies: note_copy::of_writer(&mut tx, viewer.subject).await?,
        pending: closure::pending(&mut tx, viewer.subject).await?,
    })
}

/// The number of the wish that waits, if there is one.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn pending_closure(
    app: &App,
    ctx: &Ctx<ObeyLaw>,
    viewer: &Viewer,
) -> Result<Option<String>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let pending = closure::pending(&mut tx, viewer.subject).await?;
    Ok(pending.map(|pending| pending.number))
}

/// Receives the wish to close the account. With nothing in the way every session ends and the
/// erasure begins; otherwise the wish waits. Answers with the number, and whether it waits.
///
/// # Errors
/// [`Failure::Refused`] for a wrong password or too many tries, [`Refused::ClosurePending`] if a
/// wish waits already.
pub async fn ask_closure(
    app: &App,
    verify: &Ctx<VerifyHolder>,
    ctx: &Ctx<ObeyLaw>,
    viewer: &Viewer,
    password: &str,
) -> Result<(String, bool), Failure> {
    policy::clause!("2.6.1.d");
    reauthenticate(app, verify, viewer, password).await?;
    let mut tx = app.store.begin(ctx).await?;
    // Whoever places an order at this moment comes before or after, not in between.
    account::hold(&mut tx, viewer.account).await?;
    if closure::pending(&mut tx, viewer.subject).await?.is_some() {
        return Err(Refused::ClosurePending.into());
    }
    let whose = (viewer.account, viewer.subject);
    let waits = !is_clear(&mut tx, viewer.subject).await? || !depart(&mut tx, whose).await?;
    let answer_due = match working_days_after(ctx.now(), ANSWER_WORKING_DAYS) {
        Due::At(at) => Some(at),
        Due::Unknown => None,
    };
    let asked = Closure {
        subject: viewer.subject,
        id: app.entropy.id(),
        account: viewer.account,
        number: new_number(app),
        asked_at: ctx.now(),
        answer_due,
    };
    if !waits {
        erase::plan(&mut tx, viewer.subject, &asked.number, "closed").await?;
    }
    closure::insert(&mut tx, &asked).await?;
    if !waits {
        closure::end(&mut tx, asked.id, "done").await?;
    }
    tx.commit().await?;
    Ok((asked.number, waits))
}

/// Ends a minor's account because a guardian did not consent, or took it back (2.7.a, PIPL 47): at once where
/// nothing stands in the way, otherwise as soon as nothing does. The number of the certificate.
pub(crate) async fn close_of_minor(
    app: &App,
    tx: &mut Tx<'_, ObeyLaw>,
    (account, subject): (Uuid, SubjectId),
) -> Result<String, Failure> {
    policy::clause!("2.7.a");
    account::hold(tx, account).await?;
    storage::account::session::revoke_others(tx, account, Uuid::nil()).await?;
    audit::count(tx, Tally::Purges).await?;
    if let Some(pending) = closure::pending(tx, subject).await? {
        return Ok(pending.number);
    }
    let waits = !is_clear(tx, subject).await? || !depart(tx, (account, subject)).await?;
    let asked = Closure {
        subject,
        id: app.entropy.id(),
        account,
        number: new_number(app),
        asked_at: tx.ctx().now(),
        answer_due: match working_days_after(tx.ctx().now(), ANSWER_WORKING_DAYS) {
            Due::At(at) => Some(at),
            Due::Unknown => None,
        },
    };
    if !waits {
        erase::plan(tx, subject, &asked.number, "no_consent").await?;
    }
    closure::insert(tx, &asked).await?;
    if !waits {
        closure::end(tx, asked.id, "done").await?;
    }
    Ok(asked.number)
}

/// Takes the wish back.
///
/// # Errors
/// [`Failure::NotFound`] if none waits.
pub async fn withdraw_closure(app: &App, ctx: &Ctx<ObeyLaw>, viewer: &Viewer) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    // What a guardian asked for is not the minor's to take back (2.7.b).
    if viewer.frozen {
        return Err(Failure::NotFound);
    }
    let pending = closure::pending(&mut tx, viewer.subject)
        .await?
        .ok_or(Failure::NotFound)?;
    if !closure::end(&mut tx, pending.id, "withdrawn").await? {
        return Err(Failure::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Carries out the wishes for which nothing stands in the way any more; says how many.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn close_waiting(app: &App, ctx: &Ctx<ObeyLaw>) -> Result<usize, Failure> {
    policy::clause!("2.6.4.1");
    let mut done = 0;
    let mut last: Option<Closure> = None;
    loop {
        let mut tx = app.store.begin(ctx).await?;
        let page = closure::waiting(&mut tx, last.as_ref(), PAGE).await?;
        if page.is_empty() {
            return Ok(done);
        }
        for asked in &page {
            account::hold(&mut tx, asked.account).await?;
            let whose = (asked.account, asked.subject);
            if is_clear(&mut tx, asked.subject).await?
                && depart(&mut tx, whose).await?
                && closure::end(&mut tx, asked.id, "done").await?
            {
                erase::plan(&mut tx, asked.subject, &asked.number, "closed").await?;
                done += 1;
            }
        }
        tx.commit().await?;
        last = page.into_iter().next_back();
    }
}

/// Refuses what would hand data to somebody new while a wish to close waits or is carried out
/// (2.6.4.1, 2.6.4.c).
///
/// # Errors
/// [`Refused::ClosurePending`].
pub(crate) async fn refuse_if_closing<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
) -> Result<(), Failure> {
    policy::clause!("2.6.4.1");
    if closure::pending(tx, subject).await?.is_some() || erasure::of_subject(tx, subject).await?.is_some() {
        return Err(Refused::ClosurePending.into());
    }
    Ok(())
}
