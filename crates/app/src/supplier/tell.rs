//! Telling a supplier's owners and administrators what happened to it: a job written in the step's own
//! transaction. The text names the state and the reasons, and nobody.

use domain::org::seat::Seat;
use domain::supplier::licence::{State as LicenceState, day_of, days_left};
use domain::supplier::onboarding::{Event, State};
use privacy::purpose::Notify;
use privacy::{Ask, Ctx, LegalBasis, Purpose};
use serde::{Deserialize, Serialize};
use storage::job::{self, Claimed, NewJob};
use storage::supplier::licence as licences;
use storage::{Tx, account, org, supplier as store};
use uuid::Uuid;

use crate::account::message_holder;
use crate::{App, Failure, Fault};

/// The kind of these jobs.
pub(crate) const TELL: &str = "tell_supplier";
/// Members who are told.
const TOLD: usize = 20;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum About {
    /// A step of the supplier, while it is at this version.
    Step { supplier: Uuid, version: i64 },
    /// A decision about a licence, while it is at this version.
    Licence { licence: Uuid, version: i64 },
    /// The end of a licence, so many days before it.
    Ending { licence: Uuid, days: i64 },
    /// An edition that waits for a signature.
    Edition { supplier: Uuid, edition: String },
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

/// Whether members hear of this event: of what they did themselves and of proposals they do not.
pub(super) const fn tells(event: Event) -> bool {
    matches!(
        event,
        Event::Return
            | Event::Approve
            | Event::AgreementEffective
            | Event::Restrict
            | Event::Open
            | Event::Suspend
            | Event::Reinstate
            | Event::OrdersDone
            | Event::Exit
            | Event::ConfirmBan
            | Event::UpholdAppeal
            | Event::DismissAppeal
    )
}

pub(super) async fn step_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    version: i64,
) -> Result<(), Failure> {
    let about = About::Step { supplier, version };
    write(tx, &about, format!("{supplier}:{version}")).await
}

pub(super) async fn licence_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    licence: Uuid,
    version: i64,
) -> Result<(), Failure> {
    let about = About::Licence { licence, version };
    write(tx, &about, format!("{licence}:{version}")).await
}

pub(super) async fn ending_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    licence: Uuid,
    days: i64,
) -> Result<(), Failure> {
    let about = About::Ending { licence, days };
    write(tx, &about, format!("{licence}:ending:{days}")).await
}

pub(super) async fn edition_later<P: Purpose>(
    tx: &mut Tx<'_, P>,
    supplier: Uuid,
    edition: &str,
) -> Result<(), Failure> {
    let about = About::Edition {
        supplier,
        edition: edition.to_owned(),
    };
    write(tx, &about, format!("{supplier}:edition:{edition}")).await
}

/// What a message says, and to whom: nothing if it is no longer true.
async fn said(tx: &mut Tx<'_, Notify>, about: &About) -> Result<Option<(Uuid, String)>, Failure> {
    Ok(match about {
        About::Step { supplier, version } => {
            let row = store::by_id(tx, *supplier).await?;
            let row = row.filter(|row| row.supplier.version == *version);
            row.map(|row| (row.id, step_text(&row)))
        }
        About::Licence { licence, version } => {
            let row = licences::by_id(tx, *licence).await?;
            // A step of the clock may have followed at once.
            let row = row.filter(|row| row.licence.version >= *version);
            row.map(|row| (row.supplier, licence_text(row.licence.state)))
        }
        About::Ending { licence, days } => {
            let today = day_of(tx.ctx().now());
            let row = licences::by_id(tx, *licence).await?;
            let row = row.filter(|row| row.licence.told == Some(*days));
            row.and_then(|row| Some((row.supplier, ending_text(days_left(row.licence.until?, today)))))
        }
        About::Edition { supplier, .. } => Some((*supplier, EDITION.to_owned())),
    })
}

const EDITION: &str = "服务商协议和个人信息处理与保密协议有新版本，请企业所有者在签署期限内登录“服务商入驻”签署；逾期将不再接新单，也不再收到任何个人信息。/ There is a new edition of what providers sign: an owner signs it in time, or no new orders and no personal data arrive any more.";

fn step_text(row: &store::StandingRow) -> String {
    let state = row.supplier.state;
    let (mut zh, mut en) = (String::new(), String::new());
    let reasoned = matches!(
        state,
        State::Returned | State::Restricted | State::Suspended | State::Banned
    );
    if reasoned && !row.reasons.is_empty() {
        let join = |zh: bool| {
            let labels: Vec<&str> = row.reasons.iter().map(|reason| reason.label(zh)).collect();
            labels.join(if zh { "；" } else { "; " })
        };
        zh = format!("，理由：{}", join(true));
        en = format!("; reasons: {}", join(false));
    }
    format!(
        "您企业的服务商状态有变化：{}{zh}。请登录后在“服务商入驻”查看。/ Your enterprise as a provider: {}{en}. Log in and open its provider page.",
        state.label(true),
        state.label(false)
    )
}

fn licence_text(state: LicenceState) -> String {
    format!(
        "您企业的一项资质：{}，请登录后在“服务商入驻”查看。/ A licence of your enterprise: {}. Log in and open its provider page.",
        state.label(true),
        state.label(false)
    )
}

fn ending_text(left: i64) -> String {
    match left {
        left if left < 0 => "您企业的一项资质已到期，该类目的服务已自动下架，不再接新单；已有订单请继续完成。请登录更新资质。/ A licence of your enterprise is over: services of its category are offline and no new order is taken; finish what is open, and hand in a new licence.".to_owned(),
        0 => "您企业的一项资质今天到期，明天起该类目的服务自动下架；请尽快登录更新资质。/ A licence of your enterprise ends today; from tomorrow services of its category are offline. Hand in a new one.".to_owned(),
        left => format!("您企业的一项资质还有 {left} 天到期，到期后该类目的服务自动下架；请提前登录更新资质。/ A licence of your enterprise ends in {left} days, and services of its category then go offline; hand in a new one before."),
    }
}

/// The owners and administrators of the supplier's organisation.
async fn members(tx: &mut Tx<'_, Notify>, supplier: Uuid) -> Result<Vec<Uuid>, Failure> {
    let row = store::by_id(tx, supplier).await?;
    let Some(organisation) = row.and_then(|row| row.organisation) else {
        return Ok(Vec::new());
    };
    let members = org::members(tx, organisation).await?;
    let leads = members.iter().map(|row| row.member);
    let leads = leads.filter(|member| matches!(member.seat, Seat::Owner | Seat::Admin));
    Ok(leads.map(|member| member.account).take(TOLD).collect())
}

/// Tells whoever a job is about.
///
/// # Errors
/// [`Failure::Fault`]; the job is then tried again.
pub(crate) async fn tell(app: &App, ctx: &Ctx<Notify>, claimed: &Claimed) -> Result<(), Failure> {
    let about: About = serde_json::from_str(&claimed.payload).map_err(|_| Failure::Fault(Fault::Document))?;
    let mut tx = app.store.begin(ctx).await?;
    if let Some((supplier, text)) = said(&mut tx, &about).await? {
        for account in members(&mut tx, supplier).await? {
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
            message_holder(app, &mut tx, &holder, ask, text.clone()).await?;
        }
    }
    job::finish(&mut tx, claimed).await?;
    Ok(tx.commit().await?)
}
