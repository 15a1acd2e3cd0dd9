//! Enterprises of the demonstration: one with members and limits, one of a single person, one that was
//! rejected and put right, one whose proof is to be chosen. Everything by the use cases themselves.

use domain::Refused;
use domain::org::seat::Seat;
use domain::org::verification::{Event, State};
use domain::refused::Party;
use privacy::purpose::{Certify, FulfilContract, KeepAccount, Operate};
use storage::org::{self as store, Acting, verification};
use time::Duration;
use uuid::Uuid;

use super::cast::Cast;
use super::id;
use super::roster::PEOPLE;
use crate::account::{self, Viewer};
use crate::market::order::{self, Placing};
use crate::org::{self, Asking, Decision, LimitsOf, Submission, by_verifier, sample_picture};
use crate::{App, Failure};

/// Who hands in which enterprise: name, code, representative, relation, and whether a letter comes with it.
pub(super) struct Handed {
    pub by: &'static str,
    pub name: &'static str,
    pub code: &'static str,
    pub representative: &'static str,
    pub relation: &'static str,
    pub letter: bool,
}

const VERIFIED: Handed = Handed {
    by: "林知远",
    name: "星渚软件（演示）",
    code: "91999999MAD3651307",
    representative: "林知远",
    relation: "representative",
    letter: true,
};
const ALONE: Handed = Handed {
    by: "陆鸣",
    name: "鹿鸣餐饮（演示）",
    code: "91999999MAD3651494",
    representative: "陆鸣",
    relation: "representative",
    letter: true,
};
const MISNAMED: Handed = Handed {
    by: "白景行",
    name: "白塔不符贸易（演示）",
    code: "91999999MAD365157Y",
    representative: "白塔",
    relation: "agent",
    letter: false,
};
const PUT_RIGHT: Handed = Handed {
    name: "白塔贸易（演示）",
    letter: true,
    ..MISNAMED
};
const TO_PROVE: Handed = Handed {
    by: "林知远",
    name: "星渚咨询（演示）",
    code: "91999999MAD365181F",
    representative: "林知远",
    relation: "representative",
    letter: false,
};
const REJECTED: Handed = Handed {
    by: "青栀店主",
    name: "青栀不符商贸（演示）",
    code: "91999999MAD36519X7",
    representative: "青栀",
    relation: "agent",
    letter: false,
};

/// What the members of the first are called, and their seats; the last is only invited.
const MEMBERS: [(&str, &str, Seat); 5] = [
    ("林知远", "知远", Seat::Owner),
    ("何小满", "小满", Seat::Buyer),
    ("宋清和", "清和", Seat::Finance),
    ("温叙白", "叙白", Seat::Viewer),
    ("顾念安", "", Seat::Viewer),
];

/// Makes what is not there yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    if cast.app.enterprises.is_none() || cast.app.identity.is_none() {
        return Ok(());
    }
    let owner = cast.of(VERIFIED.by)?;
    cast.work().await?;
    let organisation = founded(cast, &VERIFIED).await?;
    colleagues(cast, owner, organisation).await?;
    spending(cast, (owner, cast.of("何小满")?), organisation).await?;
    founded(cast, &ALONE).await?;
    let trader = cast.of(MISNAMED.by)?;
    if is_new(cast, &MISNAMED).await? {
        let id = hand_in(cast, &MISNAMED).await?;
        org::edit(cast.app, &cast.own(trader, Duration::ZERO), trader, id).await?;
        hand_in(cast, &PUT_RIGHT).await?;
    }
    for what in [&TO_PROVE, &REJECTED] {
        if is_new(cast, what).await? {
            hand_in(cast, what).await?;
        }
    }
    Ok(())
}

/// Whether nothing of it was begun, by the seeding or by visitors.
pub(super) async fn is_new(cast: Cast<'_>, what: &Handed) -> Result<bool, Failure> {
    let there = of_code(cast, what.code).await?.is_some();
    Ok(!there && open_of(cast, cast.of(what.by)?).await?.is_none())
}

async fn of_code(cast: Cast<'_>, code: &str) -> Result<Option<Uuid>, Failure> {
    let mut tx = cast.app.store.begin(cast.base).await?;
    Ok(store::by_code(&mut tx, code).await?.map(|known| known.id))
}

/// What somebody has under way.
pub(super) async fn open_of(
    cast: Cast<'_>,
    viewer: &Viewer,
) -> Result<Option<verification::VerificationRow>, Failure> {
    let mut tx = cast.app.store.begin(cast.base).await?;
    Ok(verification::open_of(&mut tx, viewer.account).await?)
}

/// The organisation of an enterprise that is handed in and proved, unless it is there.
async fn founded(cast: Cast<'_>, what: &Handed) -> Result<Uuid, Failure> {
    if let Some(known) = of_code(cast, what.code).await? {
        return Ok(known);
    }
    let id = hand_in(cast, what).await?;
    prove(cast.app, &cast.program(Duration::ZERO), id).await?;
    of_code(cast, what.code).await?.ok_or(Failure::NotFound)
}

/// Hands an enterprise in, unless something of the same person is under way; the application.
pub(super) async fn hand_in(cast: Cast<'_>, what: &Handed) -> Result<Uuid, Failure> {
    let (app, viewer) = (cast.app, cast.of(what.by)?);
    let id = match open_of(cast, viewer).await? {
        // What visitors began or changed is left as it is.
        Some(row) if row.credit_code.as_deref().is_some_and(|code| code != what.code) => {
            return Err(Refused::from(Party::EnterpriseUnderWay).into());
        }
        Some(row) if row.verification.state != State::Draft => return Ok(row.id),
        Some(row) => row.id,
        None => begin(cast, viewer).await?,
    };
    let typed = Submission {
        relation: what.relation,
        company_name: what.name,
        credit_code: what.code,
        representative: what.representative,
        licence: sample_picture(160),
    };
    org::submit(app, &cast.own(viewer, Duration::ZERO), viewer, id, typed).await?;
    cast.work().await?;
    if what.letter {
        let certify = cast.own::<Certify>(viewer, Duration::ZERO);
        org::hand_in_letter(app, &certify, viewer, id, sample_picture(40)).await?;
    }
    Ok(id)
}

/// Begins an application.
pub(super) async fn begin(cast: Cast<'_>, viewer: &Viewer) -> Result<Uuid, Failure> {
    let keep = cast.own(viewer, Duration::ZERO);
    org::begin(cast.app, &keep, viewer, true, cast.shown()).await
}

/// A verifier reads the letter.
async fn prove(app: &App, ctx: &privacy::Ctx<Operate>, id: Uuid) -> Result<(), Failure> {
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
    cast: Cast<'_>,
    (owner, colleague): (&Viewer, &Viewer),
    organisation: Uuid,
) -> Result<(), Failure> {
    let (app, catalogue) = (cast.app, cast.catalogue);
    let keep = cast.own::<KeepAccount>(owner, Duration::ZERO);
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
    let fulfil = cast.own::<FulfilContract>(&buyer, Duration::ZERO);
    order::place(app, &fulfil, &buyer, catalogue, placing).await?;
    let asking = Asking {
        service: id("service", ABOVE),
        sku: 0,
        reason: "明年申报高新技术企业，预算已列入年度计划。",
        key: None,
    };
    let keep = cast.own::<KeepAccount>(&buyer, Duration::ZERO);
    org::request(app, &keep, &buyer, catalogue, asking).await?;
    Ok(())
}

/// Colleagues who joined, and one who is invited.
async fn colleagues(cast: Cast<'_>, owner: &Viewer, organisation: Uuid) -> Result<(), Failure> {
    let app = cast.app;
    let there = {
        let mut tx = app.store.begin(cast.base).await?;
        store::members(&mut tx, organisation).await?.len()
    };
    if there > 1 {
        return Ok(());
    }
    let keep = cast.own::<KeepAccount>(owner, Duration::ZERO);
    for (name, called, seat) in MEMBERS {
        let viewer = cast.of(name)?;
        if !called.is_empty() {
            let own = cast.own::<KeepAccount>(viewer, Duration::ZERO);
            account::set_display_name(app, &own, viewer, called, "").await?;
        }
        if seat == Seat::Owner {
            continue;
        }
        let mut people = PEOPLE.iter().filter(|person| person.name == name);
        let phone = people.next().map_or("", |known| known.phone);
        org::invite(app, &keep, owner, organisation, (phone, seat), None).await?;
        if called.is_empty() {
            continue;
        }
        let own = cast.own::<KeepAccount>(viewer, Duration::ZERO);
        let invitations = {
            let mut tx = app.store.begin(&own).await?;
            let since = time::OffsetDateTime::UNIX_EPOCH;
            store::invitation::to_account(&mut tx, viewer.account, since).await?
        };
        for line in invitations {
            org::accept(app, &own, viewer, line.id).await?;
        }
    }
    Ok(())
}
