//! Enterprises of the demonstration: one verified with members and an invitation that waits, one whose
//! letter waits for a verifier, one that was not passed. Everything by the use cases themselves.

use domain::Refused;
use domain::org::seat::Seat;
use domain::org::verification::{Event, State};
use domain::refused::Party;
use privacy::purpose::{Certify, KeepAccount, Operate};
use privacy::{Actor, Ctx, Purpose};
use storage::org::{self as store, Acting, verification};
use uuid::Uuid;

use super::id;
use super::people::PEOPLE;
use crate::account::{self, Documents, Shown, Viewer};
use crate::market::catalogue::Catalogue;
use crate::market::order::{self, Placing};
use crate::org::{self, Asking, Decision, LimitsOf, Submission, by_verifier, sample_picture};
use crate::{App, Failure, job};

/// Who hands in which enterprise: name, code, representative, relation, and whether a letter comes with it.
struct Handed {
    by: &'static str,
    name: &'static str,
    code: &'static str,
    representative: &'static str,
    relation: &'static str,
    letter: bool,
}

const VERIFIED: Handed = Handed {
    by: "林知远",
    name: "星渚软件（演示）",
    code: "91999999MAD3651307",
    representative: "林知远",
    relation: "representative",
    letter: true,
};
const WAITING: Handed = Handed {
    by: "林知远",
    name: "鹿鸣餐饮（演示）",
    code: "91999999MAD3651494",
    representative: "鹿鸣",
    relation: "agent",
    letter: true,
};
const REJECTED: Handed = Handed {
    by: "青栀店主",
    name: "白塔不符贸易（演示）",
    code: "91999999MAD365157Y",
    representative: "白塔",
    relation: "agent",
    letter: false,
};

fn of<P: Purpose>(app: &App, version: &str, viewer: &Viewer) -> Ctx<P> {
    let actor = Actor::Person {
        account: viewer.account,
        subject: viewer.subject,
    };
    Ctx::new(actor, version, app.entropy.id(), app.clock.now())
}

fn found<'v>(viewers: &'v [Viewer], name: &str) -> Result<&'v Viewer, Failure> {
    let mut people = PEOPLE.iter().zip(viewers);
    let known = people.find(|(person, _)| person.name == name);
    known.map(|(_, viewer)| viewer).ok_or(Failure::NotFound)
}

/// Lets the worker's jobs be done that what was handed in waits for.
async fn work(app: &App, version: &str) -> Result<(), Failure> {
    for _ in 0..10 {
        if job::run_ready(app, version).await?.done == 0 {
            break;
        }
    }
    Ok(())
}

/// Makes what is not there yet.
pub(super) async fn seed(
    app: &App,
    ctx: &Ctx<Operate>,
    catalogue: &Catalogue,
    documents: &Documents,
    viewers: &[Viewer],
) -> Result<(), Failure> {
    if app.enterprises.is_none() || app.identity.is_none() {
        return Ok(());
    }
    let version = ctx.policy_version();
    let owner = found(viewers, VERIFIED.by)?;
    for (name, called) in [("林知远", "知远"), ("何小满", "小满")] {
        let viewer = found(viewers, name)?;
        let keep = of::<KeepAccount>(app, version, viewer);
        account::set_display_name(app, &keep, viewer, called, "").await?;
    }
    work(app, version).await?;
    let there = {
        let mut tx = app.store.begin(ctx).await?;
        store::by_code(&mut tx, VERIFIED.code).await?
    };
    let organisation = if let Some(known) = there {
        known.id
    } else {
        let id = hand_in(app, ctx, documents, owner, &VERIFIED).await?;
        prove(app, ctx, id).await?;
        let mut tx = app.store.begin(ctx).await?;
        let known = store::by_code(&mut tx, VERIFIED.code).await?;
        known.ok_or(Failure::NotFound)?.id
    };
    colleagues(app, version, viewers, owner, organisation).await?;
    spending(
        app,
        version,
        catalogue,
        (owner, found(viewers, "何小满")?),
        organisation,
    )
    .await?;
    hand_in(app, ctx, documents, owner, &WAITING).await?;
    hand_in(app, ctx, documents, found(viewers, REJECTED.by)?, &REJECTED).await?;
    Ok(())
}

/// Hands an enterprise in, unless something of the same person is under way; the application.
async fn hand_in(
    app: &App,
    ctx: &Ctx<Operate>,
    documents: &Documents,
    viewer: &Viewer,
    what: &Handed,
) -> Result<Uuid, Failure> {
    let version = ctx.policy_version();
    let open = {
        let mut tx = app.store.begin(ctx).await?;
        verification::open_of(&mut tx, viewer.account).await?
    };
    let id = match open {
        // What visitors began or changed is left as it is.
        Some(row) if row.credit_code.as_deref().is_some_and(|code| code != what.code) => {
            return Err(Refused::from(Party::EnterpriseUnderWay).into());
        }
        Some(row) if row.verification.state != State::Draft => return Ok(row.id),
        Some(row) => row.id,
        None => {
            let shown = Shown {
                version: &documents.policy_version,
                lang: documents.lang,
                zh: true,
            };
            org::begin(app, &of::<KeepAccount>(app, version, viewer), viewer, true, shown).await?
        }
    };
    let certify = of::<Certify>(app, version, viewer);
    let typed = Submission {
        relation: what.relation,
        company_name: what.name,
        credit_code: what.code,
        representative: what.representative,
        licence: sample_picture(160),
    };
    org::submit(app, &certify, viewer, id, typed).await?;
    work(app, version).await?;
    if what.letter {
        org::hand_in_letter(app, &certify, viewer, id, sample_picture(40)).await?;
    }
    Ok(id)
}

/// A verifier reads the letter.
async fn prove(app: &App, ctx: &Ctx<Operate>, id: Uuid) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let row = verification::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let decision = Decision {
        verification: id,
        version: row.verification.version,
        event: Event::Prove,
        reasons: Vec::new(),
        by: "verifier-1",
        staff: None,
    };
    by_verifier(app, &mut tx, decision).await?;
    Ok(tx.commit().await?)
}

/// What members may spend without asking, in yuan.
const LIMIT: &str = "5000";
/// A service within that, and one above.
const WITHIN: &str = "s01";
const ABOVE: &str = "s25";

/// Limits, an order within them and a request above them that waits for the owner.
async fn spending(
    app: &App,
    version: &str,
    catalogue: &Catalogue,
    (owner, colleague): (&Viewer, &Viewer),
    organisation: Uuid,
) -> Result<(), Failure> {
    let keep = of::<KeepAccount>(app, version, owner);
    let asked = {
        let mut tx = app.store.begin(&keep).await?;
        store::spending::of_member(&mut tx, organisation, colleague.account).await?
    };
    // Once: what visitors made of it stays as they left it.
    if !asked.is_empty() {
        return Ok(());
    }
    let limits = org::read_limits(LIMIT, "")?;
    org::set_limits(app, &keep, owner, organisation, LimitsOf::All(1), limits).await?;
    let buyer = Viewer {
        acting: Some(Acting {
            organisation,
            name: VERIFIED.name.to_owned(),
            seat: Seat::Buyer,
        }),
        ..colleague.clone()
    };
    let placing = Placing {
        service: id("service", WITHIN),
        sku: 0,
        request_key: id("order", "organisation"),
        note: "请把证件寄到公司前台。",
        acting: Some(organisation),
        approval: None,
    };
    order::place(app, &of(app, version, &buyer), &buyer, catalogue, placing).await?;
    let asking = Asking {
        service: id("service", ABOVE),
        sku: 0,
        reason: "明年申报高新技术企业，预算已列入年度计划。",
        key: None,
    };
    org::request(app, &of(app, version, &buyer), &buyer, catalogue, asking).await?;
    Ok(())
}

/// One colleague joined, another is invited.
async fn colleagues(
    app: &App,
    version: &str,
    viewers: &[Viewer],
    owner: &Viewer,
    organisation: Uuid,
) -> Result<(), Failure> {
    let keep = of::<KeepAccount>(app, version, owner);
    let there = {
        let mut tx = app.store.begin(&keep).await?;
        store::members(&mut tx, organisation).await?.len()
    };
    if there > 1 {
        return Ok(());
    }
    let phone = |name: &str| {
        PEOPLE
            .iter()
            .find(|person| person.name == name)
            .map_or("", |known| known.phone)
    };
    org::invite(
        app,
        &keep,
        owner,
        organisation,
        (phone("何小满"), Seat::Buyer),
        None,
    )
    .await?;
    org::invite(
        app,
        &keep,
        owner,
        organisation,
        (phone("顾念安"), Seat::Viewer),
        None,
    )
    .await?;
    let colleague = found(viewers, "何小满")?;
    let keep = of::<KeepAccount>(app, version, colleague);
    let invitation = {
        let mut tx = app.store.begin(&keep).await?;
        let since = time::OffsetDateTime::UNIX_EPOCH;
        store::invitation::to_account(&mut tx, colleague.account, since).await?
    };
    for line in invitation {
        org::accept(app, &keep, colleague, line.id).await?;
    }
    Ok(())
}
