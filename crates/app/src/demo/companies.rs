//! Enterprises of the demonstration in the states that come after a proof, or instead of one: a change being
//! verified, a yearly check, a revocation with its appeal, one given up, one locked, one in draft.

use domain::account::offer::ENTERPRISE;
use domain::org::verification::{Event, Reason};
use privacy::consent::ConsentState;
use privacy::purpose::{Certify, KeepAccount, Operate};
use storage::org::{self as store, verification};
use time::Duration;
use uuid::Uuid;

use super::cast::Cast;
use super::enterprises::{Handed, begin, hand_in, is_new, open_of};
use crate::Failure;
use crate::account::{Viewer, consent};
use crate::org::{
    self, Decision, Submission, TransferForm, by_verifier, establish, sample_picture, wrong_amount,
};

/// Whose enterprises these are.
const OWNER: &str = "程万里";
/// Who has one in draft.
const DRAFTS: &str = "莫怀谷";
/// Who entered three wrong amounts.
const LOCKED: Handed = Handed {
    by: "卓一鸣",
    name: "一鸣包装（演示）",
    code: "91999999MAD365229P",
    representative: "卓一鸣",
    relation: "representative",
    letter: false,
};
/// Wrong amounts until it is locked.
const WRONG: usize = 3;

/// What became of an enterprise that was verified.
#[derive(Clone, Copy)]
enum Then {
    /// Its owner handed in another name.
    Changed,
    /// A year went by, and the register no longer has it in business.
    AnnualDue,
    /// Two verifiers took it back, and its owner appeals.
    Revoked,
    /// Its owner gave the verification up.
    Withdrawn,
}

/// Name, code, how many days ago it was verified, and what became of it.
const COMPANIES: &[(&str, &str, i64, Then)] = &[
    ("万里供应链（演示）", "91999999MAD3652020", 200, Then::Changed),
    ("万里注销贸易（演示）", "91999999MAD365210T", 380, Then::AnnualDue),
    ("万里印务（演示）", "91999999MAD365237J", 120, Then::Revoked),
    ("万里茶业（演示）", "91999999MAD365245D", 90, Then::Withdrawn),
];
/// What the first is to be called.
const RENAMED: &str = "万里国际供应链（演示）";

/// Makes what is not there yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    if cast.app.enterprises.is_none() || cast.app.identity.is_none() {
        return Ok(());
    }
    let owner = cast.of(OWNER)?;
    for (name, code, days, then) in COMPANIES {
        let ctx = cast.program::<Operate>(Duration::days(*days));
        let mut tx = cast.app.store.begin(&ctx).await?;
        if store::by_code(&mut tx, code).await?.is_some() {
            continue;
        }
        let whose = (owner.account, owner.subject);
        let organisation = establish(cast.app, &mut tx, whose, (name, code)).await?;
        let row = verification::of_organisation(&mut tx, organisation).await?;
        tx.commit().await?;
        become_of(cast, owner, (row.ok_or(Failure::NotFound)?.id, code), *then).await?;
    }
    // A year that went by went by by the clock; then the register is asked.
    org::run_due(cast.app, &cast.program(Duration::ZERO)).await?;
    cast.work().await?;
    let drafts = cast.of(DRAFTS)?;
    if open_of(cast, drafts).await?.is_none() {
        begin(cast, drafts).await?;
    }
    if is_new(cast, &LOCKED).await? {
        locked(cast).await?;
    }
    Ok(())
}

async fn become_of(
    cast: Cast<'_>,
    owner: &Viewer,
    (id, code): (Uuid, &str),
    then: Then,
) -> Result<(), Failure> {
    let app = cast.app;
    match then {
        Then::Changed => {
            let keep = cast.own::<KeepAccount>(owner, Duration::days(1));
            let mut tx = app.store.begin(&keep).await?;
            consent::say(
                app,
                &mut tx,
                owner,
                &ENTERPRISE,
                ConsentState::Given,
                cast.shown(),
            )
            .await?;
            tx.commit().await?;
            let typed = Submission {
                relation: "agent",
                company_name: RENAMED,
                credit_code: code,
                representative: "程万里",
                licence: sample_picture(120),
            };
            let certify = cast.own::<Certify>(owner, Duration::days(1));
            org::submit(app, &certify, owner, id, typed).await
        }
        Then::AnnualDue => Ok(()),
        Then::Revoked => {
            decide(cast, id, (Event::ProposeRevocation, "verifier-1"), 26).await?;
            decide(cast, id, (Event::ConfirmRevocation, "verifier-2"), 20).await?;
            org::appeal(app, &cast.own(owner, Duration::hours(2)), owner, id).await
        }
        Then::Withdrawn => org::withdraw(app, &cast.own(owner, Duration::days(5)), owner, id).await,
    }
}

/// A verifier's step, so many hours ago.
async fn decide(cast: Cast<'_>, id: Uuid, (event, by): (Event, &str), hours: i64) -> Result<(), Failure> {
    let ctx = cast.program::<Operate>(Duration::hours(hours));
    let mut tx = cast.app.store.begin(&ctx).await?;
    let row = verification::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let decision = Decision {
        verification: id,
        version: row.verification.version,
        event,
        reasons: vec![Reason::Fraud],
        by,
        staff: None,
    };
    by_verifier(cast.app, &mut tx, decision).await?;
    Ok(tx.commit().await?)
}

/// A transfer arrives, and its amount is entered wrongly until nothing more is taken.
async fn locked(cast: Cast<'_>) -> Result<(), Failure> {
    let (app, viewer) = (cast.app, cast.of(LOCKED.by)?);
    let id = hand_in(cast, &LOCKED).await?;
    let typed = TransferForm {
        bank: "演示银行上海分行",
        bank_account: "9999990000123456",
    };
    let certify = cast.own::<Certify>(viewer, Duration::ZERO);
    org::send_transfer(app, &certify, viewer, id, &typed).await?;
    cast.work().await?;
    for _ in 0..WRONG {
        let amount = wrong_amount(app, &certify, viewer, id).await?;
        // It is refused, and that is what it is entered for.
        match org::enter_amount(app, &certify, viewer, id, &amount).await {
            Err(Failure::Refused(_)) => {}
            done => return done,
        }
    }
    Ok(())
}
