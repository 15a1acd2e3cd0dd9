//! What recipients of personal data are asked by, told again, and answer (2.6.3.c, 2.6.3.d).

use domain::calendar::{BEIJING, instant_text};
use domain::org::seat::Act;
use domain::rights::demand::{self as rule, Answer, Kind, Typed};
use privacy::purpose::{FulfilContract, Notify, Operate};
use privacy::{Ask, Ctx, LegalBasis, Recipient, SubjectId};
use storage::market::{membership, note_copy};
use storage::rights::demand::{self, Demand};
use storage::{Tx, account, disclosure};
use time::Duration;
use uuid::Uuid;

use crate::account::{Viewer, message_holder};
use crate::{App, Failure};

/// Demands told in one transaction.
const PAGE: i64 = 50;
/// How long a demand waits whose recipient could not be told.
const AGAIN: Duration = Duration::hours(1);
/// People of a supplier who are told.
const MEMBERS: i64 = 20;
/// Roles of a supplier that answer for it.
const ANSWERS: [&str; 3] = ["owner", "admin", "sales"];

/// Those that the viewer answers for: themselves as a buyer, their suppliers, and the organisation they
/// act for.
async fn own<P: privacy::Purpose>(tx: &mut Tx<'_, P>, viewer: &Viewer) -> Result<Vec<Recipient>, Failure> {
    let memberships = membership::of_account(tx, viewer.account).await?;
    let suppliers = memberships
        .into_iter()
        .filter(|(_, role)| ANSWERS.contains(&&**role))
        .map(|(supplier, _)| Recipient::Supplier(supplier));
    // What an organisation was given, those answer for who may order for it.
    let acting = viewer
        .acting
        .iter()
        .filter(|acting| acting.seat.may(Act::Purchase));
    let organisation = acting.map(|acting| Recipient::BuyerOrganisation(acting.organisation));
    let own = suppliers.chain(organisation);
    Ok(own.chain([Recipient::Buyer(viewer.account)]).collect())
}

/// What the viewer is asked, for their suppliers and as a buyer, the latest first.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn demands(app: &App, ctx: &Ctx<FulfilContract>, viewer: &Viewer) -> Result<Vec<Demand>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let mut demands = Vec::new();
    for recipient in own(&mut tx, viewer).await? {
        demands.extend(demand::to(&mut tx, recipient).await?);
    }
    demands.sort_by_key(|asked| std::cmp::Reverse(asked.asked_at));
    Ok(demands)
}

/// How many demands wait for an answer of the suppliers that the viewer answers for.
pub(crate) async fn waiting<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    viewer: &Viewer,
) -> Result<i64, Failure> {
    let mut waiting = 0;
    for recipient in own(tx, viewer).await? {
        if let Recipient::Supplier(supplier) = recipient {
            waiting += demand::waiting(tx, supplier).await?;
        }
    }
    Ok(waiting)
}

/// Asks everybody to whom any of these fields of a person stands given to take over the correction, as the
/// ledger of disclosures knows them (2.6.2.a).
pub(crate) async fn ask_to_correct<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    subject: SubjectId,
    fields: &[&str],
) -> Result<(), Failure> {
    policy::clause!("2.6.2.a");
    for line in disclosure::standing_of(tx, subject, fields).await? {
        demand::ask(tx, line, Kind::Correction, "corrected").await?;
    }
    Ok(())
}

/// Answers a demand, for the viewer's supplier or as a buyer.
///
/// # Errors
/// [`Failure::NotFound`] for a demand of somebody else, [`Failure::Refused`] naming what is missing,
/// [`domain::Refused::DemandAnswer`] if it was answered before.
pub async fn answer_demand(
    app: &App,
    ctx: &Ctx<FulfilContract>,
    viewer: &Viewer,
    id: Uuid,
    typed: Typed<'_>,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let own = own(&mut tx, viewer).await?;
    let asked = demand::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let of_own = |recipient: &Recipient| {
        recipient.kind() == asked.recipient_kind
            && Some(recipient.name()) == asked.recipient.map(|id| id.to_string())
    };
    if !own.iter().any(of_own) {
        return Err(Failure::NotFound);
    }
    write(&mut tx, &asked, typed).await?;
    Ok(tx.commit().await?)
}

async fn write<P: privacy::Purpose>(
    tx: &mut Tx<'_, P>,
    asked: &Demand,
    typed: Typed<'_>,
) -> Result<(), Failure> {
    policy::clause!("2.6.3.d");
    let today = tx.ctx().now().to_offset(BEIJING).date();
    let answer: Answer = rule::read(asked.kind, typed, today)?;
    if !demand::answer(tx, asked.id, &answer).await? {
        return Err(domain::Refused::DemandAnswer.into());
    }
    if answer == Answer::Done {
        // What they say to have deleted is not kept for them here either.
        note_copy::deleted(tx, asked.id).await?;
    }
    Ok(())
}

/// What waits for an answer, the oldest first: for the operator, who may ask by other means.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn open_demands(app: &App, ctx: &Ctx<Operate>) -> Result<Vec<Demand>, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(demand::open(&mut tx).await?)
}

/// Writes down what a recipient answered by other means than the site.
///
/// # Errors
/// [`Failure::NotFound`] for an unknown demand, otherwise as [`answer_demand`].
pub async fn answer_by_operator(
    app: &App,
    ctx: &Ctx<Operate>,
    id: Uuid,
    typed: Typed<'_>,
) -> Result<(), Failure> {
    let mut tx = app.store.begin(ctx).await?;
    let asked = demand::by_id(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    write(&mut tx, &asked, typed).await?;
    Ok(tx.commit().await?)
}

/// How many demands are past their term without an answer.
///
/// # Errors
/// [`Failure::Fault`].
pub async fn overdue_demands(app: &App, ctx: &Ctx<Operate>) -> Result<i64, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    Ok(demand::overdue(&mut tx).await?)
}

/// Tells the recipients of demands what they are asked, at once and again while they do not answer.
/// Each in a transaction of its own, so that one that fails holds up no other; says how many were told.
///
/// # Errors
/// [`Failure::Fault`] if the store fails; what failed for one demand is tried again an hour later.
pub async fn tell_demands(app: &App, ctx: &Ctx<Notify>) -> Result<usize, Failure> {
    policy::clause!("2.6.3.c");
    let mut told = 0;
    loop {
        let page = {
            let mut tx = app.store.begin(ctx).await?;
            demand::to_tell(&mut tx, PAGE).await?
        };
        if page.is_empty() {
            return Ok(told);
        }
        for asked in &page {
            match tell(app, ctx, asked).await {
                Ok(sent) => told += usize::from(sent),
                Err(failure) => {
                    tracing::error!(demand = %asked.id, cause = failure.chain(), "a recipient could not be told");
                    let mut tx = app.store.begin(ctx).await?;
                    demand::put_off(&mut tx, asked.id, ctx.now() + AGAIN).await?;
                    tx.commit().await?;
                }
            }
        }
    }
}

/// Tells the recipient of one demand; `false` if another worker did, or it was answered meanwhile.
async fn tell(app: &App, ctx: &Ctx<Notify>, asked: &Demand) -> Result<bool, Failure> {
    let mut tx = app.store.begin(ctx).await?;
    if !demand::told(&mut tx, asked).await? {
        return Ok(false);
    }
    let people = match (&*asked.recipient_kind, asked.recipient) {
        ("supplier", Some(supplier)) => membership::dealing(&mut tx, supplier, MEMBERS)
            .await?
            .into_iter()
            .filter(|member| ANSWERS.contains(&&*member.role))
            .map(|member| member.account)
            .collect(),
        ("buyer", Some(buyer)) => vec![buyer],
        ("buyer_organisation", Some(organisation)) => {
            let members = storage::org::members(&mut tx, organisation).await?;
            let members = members.iter().map(|row| row.member);
            let answers = members.filter(|member| member.seat.may(Act::Purchase));
            answers.map(|member| member.account).take(20).collect()
        }
        _ => Vec::new(),
    };
    for account in people {
        let Some(row) = account::by_id(&mut tx, account).await? else {
            continue;
        };
        let ask = Ask {
            subject: row.subject,
            fields: &["account.phone"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.2.1"),
            case: None,
        };
        message_holder(app, &mut tx, &row, ask, text(asked)).await?;
    }
    tx.commit().await?;
    Ok(true)
}

fn text(asked: &Demand) -> String {
    let (zh, en) = (
        instant_text(asked.due_at, true),
        instant_text(asked.due_at, false),
    );
    let number = asked.number.as_deref().unwrap_or("—");
    match asked.kind {
        Kind::Deletion => format!(
            "订单 {number} 的对方要求删除您从该订单得到的个人信息，请在 {zh} 前删除并登录答复。/ The other side of order {number} asks you to delete the personal data you got from it; delete it and answer by {en}."
        ),
        Kind::Correction => format!(
            "订单 {number} 的对方更正了提供给您的信息，请在 {zh} 前登录查看并更正。/ The other side of order {number} corrected what was given to you; look it up and correct yours by {en}."
        ),
    }
}
