//! Suppliers of the demonstration that are not in its catalogue: applications at each of their steps, and
//! those that leave, left, or were excluded. Deposits are asked for nowhere, so nobody waits for one.

use domain::machine::Role;
use domain::supplier::Reason;
use domain::supplier::application::Typed;
use domain::supplier::licence::{self as rules};
use domain::supplier::onboarding::{Event, Facts, State};
use privacy::purpose::{KeepAccount, Operate};
use storage::org as organisations;
use storage::supplier::{self as store, Doer, licence as licences};
use time::Duration;
use uuid::Uuid;

use super::cast::Cast;
use super::suppliers::{hand_in, signed};
use crate::Failure;
use crate::account::Viewer;
use crate::org::establish;
use crate::supplier::{self, Decision, Form, LicenceDecision, by_verifier, licence_by_verifier, take};

/// An area that needs no licence.
const FREE: &str = "gongsi-zhuce";
/// One that does.
const GATED: &str = "daili-jizhang";
/// How many days ago their enterprises were verified.
const VERIFIED: i64 = 150;

/// Owner, enterprise, code, area, how many days ago the last thing happened, and how far it is.
struct Applicant {
    owner: &'static str,
    name: &'static str,
    code: &'static str,
    area: &'static str,
    days: i64,
    until: State,
}

const fn of(
    owner: &'static str,
    name: &'static str,
    code: &'static str,
    area: &'static str,
    days: i64,
    until: State,
) -> Applicant {
    Applicant {
        owner,
        name,
        code,
        area,
        days,
        until,
    }
}

const APPLICANTS: &[Applicant] = &[
    of(
        "周启航",
        "启航财税（演示）",
        "91999999MAD3652538",
        GATED,
        1,
        State::Applied,
    ),
    of(
        "周启航",
        "启航记账（演示）",
        "91999999MAD3652613",
        GATED,
        2,
        State::Returned,
    ),
    of(
        "周启航",
        "启航商务（演示）",
        "91999999MAD36527XT",
        FREE,
        1,
        State::Agreement,
    ),
    of(
        "吴归帆",
        "归帆企服（演示）",
        "91999999MAD365288T",
        FREE,
        0,
        State::Exiting,
    ),
    of(
        "吴归帆",
        "归帆顾问（演示）",
        "91999999MAD365296M",
        FREE,
        40,
        State::Exited,
    ),
    of(
        "吴归帆",
        "归帆代账（演示）",
        "91999999MAD365309B",
        GATED,
        1,
        State::Banned,
    ),
];

/// Makes what is not there yet.
pub(super) async fn seed(cast: Cast<'_>) -> Result<(), Failure> {
    for applicant in APPLICANTS {
        let ctx = cast.program::<Operate>(Duration::days(VERIFIED));
        let mut tx = cast.app.store.begin(&ctx).await?;
        if organisations::by_code(&mut tx, applicant.code).await?.is_some() {
            continue;
        }
        let owner = cast.of(applicant.owner)?;
        let whose = (owner.account, owner.subject);
        let names = (applicant.name, applicant.code);
        let organisation = establish(cast.app, &mut tx, whose, names).await?;
        tx.commit().await?;
        play(cast, applicant, (owner, organisation)).await?;
    }
    Ok(())
}

async fn play(cast: Cast<'_>, of: &Applicant, (owner, organisation): (&Viewer, Uuid)) -> Result<(), Failure> {
    let app = cast.app;
    // The last step is so many days old; those before it, each a day more.
    let ago = |before: i64| Duration::days(of.days + before);
    let keep = |before: i64| cast.own::<KeepAccount>(owner, ago(before));
    let (here, shown) = ((cast.catalogue, organisation), cast.shown());
    let supplier = supplier::begin(app, &keep(5), owner, (organisation, true), shown).await?;
    if of.area == GATED {
        hand_in(cast, owner, organisation, GATED, ago(5)).await?;
    }
    let form = Form {
        typed: Typed {
            name: of.name,
            city: "武汉",
            introduction: "按约定的步骤办理，进度与回执都留在订单里（演示）。",
            ..Typed::default()
        },
        areas: vec![of.area],
        submit: of.until != State::Applied,
    };
    supplier::save(app, &keep(4), owner, here, &form).await?;
    match of.until {
        State::Applied => return Ok(()),
        State::Returned => {
            licence(
                cast,
                supplier,
                (rules::Event::Reject, rules::Reason::Kind),
                ago(1),
            )
            .await?;
            return decide(
                cast,
                supplier,
                (Event::Return, &[Reason::Licence], "verifier-1"),
                ago(0),
            )
            .await;
        }
        _ if of.area == GATED => {
            licence(
                cast,
                supplier,
                (rules::Event::Approve, rules::Reason::Kind),
                ago(4),
            )
            .await?;
        }
        _ => {}
    }
    decide(cast, supplier, (Event::Approve, &[], "verifier-1"), ago(3)).await?;
    if of.until == State::Agreement {
        return Ok(());
    }
    let ctx = cast.program::<Operate>(ago(2));
    let mut tx = app.store.begin(&ctx).await?;
    signed(app, &mut tx, supplier).await?;
    tx.commit().await?;
    step(cast, supplier, (Event::AgreementEffective, Role::System), ago(2)).await?;
    match of.until {
        State::Banned => {
            let fraud = &[Reason::Fraud][..];
            decide(cast, supplier, (Event::ProposeBan, fraud, "verifier-1"), ago(1)).await?;
            decide(cast, supplier, (Event::ConfirmBan, &[], "verifier-2"), ago(0)).await?;
            licence(
                cast,
                supplier,
                (rules::Event::Revoke, rules::Reason::Withdrawn),
                ago(0),
            )
            .await?;
            supplier::appeal(app, &cast.own(owner, Duration::hours(2)), owner, organisation).await
        }
        until => {
            step(cast, supplier, (Event::AskExit, Role::SupplierOwner), ago(0)).await?;
            step(cast, supplier, (Event::OrdersDone, Role::System), ago(0)).await?;
            if until == State::Exited {
                step(
                    cast,
                    supplier,
                    (Event::Exit, Role::System),
                    Duration::days(of.days - 31),
                )
                .await?;
            }
            Ok(())
        }
    }
}

/// A step that no verifier takes, with what follows from it.
async fn step(
    cast: Cast<'_>,
    supplier: Uuid,
    (event, role): (Event, Role),
    ago: Duration,
) -> Result<(), Failure> {
    let ctx = cast.program::<Operate>(ago);
    let mut tx = cast.app.store.begin(&ctx).await?;
    let row = store::by_id(&mut tx, supplier).await?.ok_or(Failure::NotFound)?;
    let facts = Facts {
        agreement: true,
        undertaking: true,
        ..Facts::default()
    };
    let doer = Doer {
        side: if role == Role::System {
            "system"
        } else {
            "supplier"
        },
        ..Doer::default()
    };
    take(&mut tx, &row, (event, role), &facts, (&[], doer)).await?;
    Ok(tx.commit().await?)
}

/// A verifier's decision about a supplier.
async fn decide(
    cast: Cast<'_>,
    supplier: Uuid,
    (event, reasons, by): (Event, &[Reason], &str),
    ago: Duration,
) -> Result<(), Failure> {
    let ctx = cast.program::<Operate>(ago);
    let mut tx = cast.app.store.begin(&ctx).await?;
    let row = store::by_id(&mut tx, supplier).await?.ok_or(Failure::NotFound)?;
    let act = Decision {
        supplier,
        version: row.supplier.version,
        event,
        reasons: reasons.to_vec(),
        area: None,
        by,
    };
    by_verifier(&mut tx, cast.catalogue, act).await?;
    Ok(tx.commit().await?)
}

/// A verifier's decision about the one licence of a supplier.
async fn licence(
    cast: Cast<'_>,
    supplier: Uuid,
    (event, reason): (rules::Event, rules::Reason),
    ago: Duration,
) -> Result<(), Failure> {
    let ctx = cast.program::<Operate>(ago);
    let mut tx = cast.app.store.begin(&ctx).await?;
    let rows = licences::of_supplier(&mut tx, supplier).await?;
    let row = rows.first().ok_or(Failure::NotFound)?;
    let act = LicenceDecision {
        licence: row.id,
        version: row.licence.version,
        event,
        reasons: vec![reason],
        by: "verifier-1",
        staff: None,
    };
    licence_by_verifier(&mut tx, act).await?;
    Ok(tx.commit().await?)
}
