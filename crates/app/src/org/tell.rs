//! Telling people of their enterprise: a job written in the step's own transaction. The text names
//! nobody; what it is about they read after logging in.

use domain::org::seat::{Act, Seat};
use domain::org::spending::Standing;
use privacy::purpose::Notify;
use privacy::{Ask, Ctx, LegalBasis, Purpose};
use serde::{Deserialize, Serialize};
use storage::job::{self, Claimed, NewJob};
use storage::org::{self, invitation, spending, verification};
use storage::{Tx, account};
use uuid::Uuid;

use crate::account::message_holder;
use crate::{App, Failure, Fault};

/// The kind of these jobs.
pub(crate) const TELL: &str = "tell_enterprise";
/// Owners of an organisation who are told.
const OWNERS: usize = 20;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum About {
    /// A step of a verification, while it is at this version.
    Step { verification: Uuid, version: i64 },
    /// The yearly check does not pass.
    Unconfirmed { verification: Uuid },
    /// Somebody joined as an owner by a claim.
    Claimed { organisation: Uuid, by: Uuid },
    /// An application whose enterprise was there already: it is decided, and gone.
    Decided { account: Uuid },
    /// An invitation.
    Invited { invitation: Uuid },
    /// A request to spend: `asked`, `approved`, `declined`.
    Spending { request: Uuid, what: String },
}

async fn write<P: Purpose>(tx: &mut Tx<'_, P>, about: &About, dedup: String) -> Result<(), Failure> {
    let payload = serde_json::to_string(about).map_err(|_| Failure::Fault(Fault::Document))?;
    let new = NewJob {
        kind: TELL,
        dedup,
        payload: &payload,
        run_at: tx.ctx().now(),
    };
    job::enqueue(tx, &new).await?;
    Ok(())
}

pub(super) async fn verification_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    version: i64,
) -> Result<(), Failure> {
    let about = About::Step {
        verification,
        version,
    };
    write(tx, &about, format!("{verification}:{version}")).await
}

pub(super) async fn unconfirmed_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
) -> Result<(), Failure> {
    let about = About::Unconfirmed { verification };
    let now = tx.ctx().now().unix_timestamp();
    write(tx, &about, format!("{verification}:unconfirmed:{now}")).await
}

pub(super) async fn claimed_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    organisation: Uuid,
    by: Uuid,
) -> Result<(), Failure> {
    let about = About::Claimed { organisation, by };
    write(tx, &about, format!("{organisation}:claimed:{by}")).await
}

pub(super) async fn decided_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    verification: Uuid,
    account: Uuid,
) -> Result<(), Failure> {
    write(
        tx,
        &About::Decided { account },
        format!("{verification}:decided:{account}"),
    )
    .await
}

pub(super) async fn invited_later<P: Purpose>(tx: &mut Tx<'_, P>, invitation: Uuid) -> Result<(), Failure> {
    write(
        tx,
        &About::Invited { invitation },
        format!("{invitation}:invited"),
    )
    .await
}

pub(super) async fn spending_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    request: Uuid,
    what: &'static str,
) -> Result<(), Failure> {
    let about = About::Spending {
        request,
        what: what.to_owned(),
    };
    write(tx, &about, format!("{request}:{what}")).await
}

const STEP: &str = "您的企业认证有了新的结果，请登录后在“我的企业”查看。/ There is news about the verification of your enterprise: log in and open “My enterprises”.";
const UNCONFIRMED: &str = "您企业的年度复核尚未通过，请登录后在“我的企业”查看并在 30 天宽限期内更新资料。/ The yearly check of your enterprise has not passed: log in, open “My enterprises” and bring its data up to date within 30 days.";
const CLAIMED: &str = "有人通过验证成为您企业的所有者，请登录后在“我的企业”查看成员；如非贵公司人员，请立即联系客服。/ Somebody proved to act for your enterprise and became an owner: look at its members, and contact us at once if it is nobody of yours.";
const INVITED: &str = "您收到一份加入企业的邀请，请登录后在“我的企业”查看；不认识的邀请不必理会。/ You were invited to join an organisation: log in and open “My enterprises”, or ignore it if you do not know it.";

const ASKED: &str = "有一份超额采购等待您审批，请登录并切换到该企业，在“采购审批”查看。/ A purchase above its member's limit waits for your approval: log in, act for the enterprise and open “Approvals”.";
const APPROVED: &str = "您的超额采购申请已获批准，7 天内有效，请登录后在“采购审批”下单。/ Your purchase was approved and is good for seven days: log in and order it from “Approvals”.";
const DECLINED: &str = "您的超额采购申请未获批准，请登录后在“采购审批”查看原因。/ Your purchase was not approved: log in and see why under “Approvals”.";

/// Whom a request to spend concerns now: those who may approve while it waits, then whoever asked.
async fn of_spending(
    tx: &mut Tx<'_, Notify>,
    id: Uuid,
    what: &str,
) -> Result<(Vec<Uuid>, &'static str), Failure> {
    let row = spending::by_id(tx, id).await?;
    let Some(row) = row.filter(|row| match what {
        "asked" => row.state == Standing::Open,
        "approved" => row.state == Standing::Approved,
        _ => row.state == Standing::Declined,
    }) else {
        return Ok((Vec::new(), ASKED));
    };
    if what != "asked" {
        let text = if what == "approved" { APPROVED } else { DECLINED };
        return Ok((vec![row.account], text));
    }
    let members = org::members(tx, row.organisation).await?;
    let members = members.iter().map(|row| row.member);
    let may = members.filter(|member| member.seat.may(Act::Approve) && member.account != row.account);
    Ok((may.map(|member| member.account).take(OWNERS).collect(), ASKED))
}

/// The owners of an organisation, but for one.
async fn owners(
    tx: &mut Tx<'_, Notify>,
    organisation: Uuid,
    but: Option<Uuid>,
) -> Result<Vec<Uuid>, Failure> {
    let members = org::members(tx, organisation).await?;
    let owners = members.iter().map(|row| row.member);
    let told = owners.filter(|member| member.seat == Seat::Owner && Some(member.account) != but);
    Ok(told.map(|member| member.account).take(OWNERS).collect())
}

/// Whoever a verification is about.
async fn of_verification(
    tx: &mut Tx<'_, Notify>,
    id: Uuid,
    version: Option<i64>,
) -> Result<Vec<Uuid>, Failure> {
    let Some(row) = verification::by_id(tx, id).await? else {
        return Ok(Vec::new());
    };
    if version.is_some_and(|version| version != row.verification.version) {
        return Ok(Vec::new());
    }
    match (row.applicant, row.organisation) {
        (Some((account, _)), _) => Ok(vec![account]),
        (None, Some(organisation)) => owners(tx, organisation, None).await,
        (None, None) => Ok(Vec::new()),
    }
}

/// Tells whoever a job is about.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let about: About = serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut tx = app.store.begin(ctx).await?;
    let (told, text) = match about {
        About::Step {
            verification,
            version,
        } => (of_verification(&mut tx, verification, Some(version)).await?, STEP),
        About::Unconfirmed { verification } => {
            (of_verification(&mut tx, verification, None).await?, UNCONFIRMED)
        }
        About::Claimed { organisation, by } => (owners(&mut tx, organisation, Some(by)).await?, CLAIMED),
        About::Decided { account } => (vec![account], STEP),
        About::Spending { request, what } => of_spending(&mut tx, request, &what).await?,
        About::Invited { invitation } => (
            invitation::invited(&mut tx, invitation)
                .await?
                .into_iter()
                .collect(),
            INVITED,
        ),
    };
    for account in told {
        let Some(holder) = account::by_id(&mut tx, account).await? else {
            continue;
        };
        let ask = Ask {
            subject: holder.subject,
            fields: &["account.phone"],
            basis: LegalBasis::Contract,
            clause: policy::clause!("2.2.1"),
            case: None,
        };
        message_holder(app, &mut tx, &holder, ask, text.to_owned()).await?;
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}
