//! For whom a session acts, the limits of members, and the answers to what is above them.

use app::Failure;
use app::org::{self, Asking, LimitsOf, RequestLine};
use axum::http::StatusCode;
use domain::org::seat::Act;
use domain::org::spending::{Decline, Standing};
use domain::refused::Party;
use privacy::purpose::KeepAccount;
use serde::Deserialize;
use uuid::Uuid;

use super::account::{errors_of, status_of};
use super::org::parsed;
use super::org_members::{Typed, after};
use crate::failure::{Answer, local};
use crate::pages::account::FieldError;
use crate::pages::frame::{Lang, money};
use crate::pages::moment::Moment;
use crate::pages::spending::{
    AllowanceRow, ApprovalsPage, Draft, IdentitiesPage, IdentityRow, RequestRow, limit_text,
};
use crate::request::{Asked, Named, Posted, Visit};

const IDENTITIES: &str = "/zhanghao/shenfen";
const APPROVALS: &str = "/zhanghao/shenpi";

/// Which page is gone on to, and for whom it is to be seen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NextQuery {
    next: String,
    wei: String,
}

/// `GET /zhanghao/shenfen`.
pub async fn identities(visit: Visit, Asked(query): Asked<NextQuery>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let lang = visit.lang;
    let all = org::identities(&visit.state.app, &visit.ctx::<KeepAccount>(), viewer).await;
    let all = all.map_err(|failure| Answer::failure(&visit, &failure))?;
    let rows: Vec<IdentityRow> = all
        .into_iter()
        .map(|identity| IdentityRow {
            id: identity.organisation.map(|id| id.to_string()).unwrap_or_default(),
            name: if identity.organisation.is_some() {
                identity.name
            } else {
                lang.t("本人", "Myself").to_owned()
            },
            seat: identity.seat.map_or("", |seat| seat.label(lang == Lang::Zh)),
            now: identity.now,
        })
        .collect();
    // Only what is the reader's own is named.
    let wanted = rows.iter().find(|row| match query.wei.as_str() {
        "" => false,
        "geren" => row.id.is_empty(),
        id => row.id == id,
    });
    let page = IdentitiesPage {
        f: visit.frame(lang.t("切换身份", "Act for")),
        wanted: wanted.map(|row| row.name.clone()).unwrap_or_default(),
        identities: rows,
        next: if query.next.is_empty() {
            String::new()
        } else {
            local(&query.next).to_owned()
        },
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// Whom to act for.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SwitchForm {
    csrf: String,
    organisation: String,
    next: String,
}

/// `POST /zhanghao/shenfen`.
pub async fn switch(visit: Visit, Posted(form): Posted<SwitchForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(IDENTITIES)?;
    let organisation = match form.organisation.as_str() {
        "" => None,
        id => Some(parsed(&visit, id)?),
    };
    org::act_for(
        &visit.state.app,
        &visit.ctx::<KeepAccount>(),
        viewer,
        organisation,
    )
    .await
    .map_err(|failure| Answer::failure(&visit, &failure))?;
    let next = if form.next.is_empty() {
        IDENTITIES
    } else {
        local(&form.next)
    };
    Ok(Answer::to(next))
}

/// The way to a page of another identity.
pub fn to_identity(page: &str, organisation: Option<Uuid>) -> Answer {
    let whom = organisation.map_or_else(|| "geren".to_owned(), |id| id.to_string());
    Answer::to(&format!(
        "{IDENTITIES}?next={}&wei={whom}",
        crate::failure::in_query(page)
    ))
}

fn row(visit: &Visit, line: RequestLine) -> RequestRow {
    let (lang, catalogue) = (visit.lang, visit.state.catalogue.now());
    let zh = lang == Lang::Zh;
    let service = catalogue.service(line.service);
    let sku = service.and_then(|service| service.skus.get(line.sku));
    let what = match (service, sku) {
        (Some(service), Some(sku)) => format!(
            "{} · {}",
            lang.pick(&service.zh, &service.en),
            lang.pick(&sku.zh, &sku.en)
        ),
        _ => lang.t("（服务已下架）", "(no longer offered)").to_owned(),
    };
    let approved = line.standing == Standing::Approved;
    RequestRow {
        who: line.name.unwrap_or_else(|| {
            lang.t("同事（未设称呼）", "A colleague (gave no name)")
                .to_owned()
        }),
        href: sku.map(|_| format!("/fuwu/{}", line.service)).unwrap_or_default(),
        order_href: sku
            .filter(|_| approved && line.own)
            .map(|_| format!("/xiadan/{}?sku={}&shenpi={}", line.service, line.sku, line.id))
            .unwrap_or_default(),
        what,
        order: line.order.unwrap_or_default(),
        amount: money(line.amount),
        fen: line.amount,
        can_approve: !line.approved || line.approvals.0 >= line.approvals.1,
        approvals: line.approvals,
        standing: line.standing.label(zh),
        reason: line.reason.unwrap_or_default(),
        decline: line.decline.map_or("", |why| why.label(zh)),
        made: Moment::of(lang, line.made_at),
        until: line.until.map(|at| Moment::of(lang, at)),
        can_withdraw: line.own && (approved || line.standing == Standing::Open),
        id: line.id.to_string(),
    }
}

async fn render(visit: &Visit, draft: Option<Draft>, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(APPROVALS)?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    if viewer.acting.is_none() {
        // Approvals are an organisation's: whoever belongs to one chooses it first.
        return Ok(Answer::to(&format!("{IDENTITIES}?next={APPROVALS}")));
    }
    let ctx = visit.ctx::<KeepAccount>();
    let view = org::requests(&visit.state.app, &ctx, viewer).await;
    let view = view.map_err(|failure| Answer::failure(visit, &failure))?;
    for error in &mut errors {
        if error.field != "reason" || draft.is_none() {
            error.field = if view.approves {
                "approval".into()
            } else {
                "h-own".into()
            };
        }
    }
    let rows = |lines: Vec<RequestLine>| lines.into_iter().map(|line| row(visit, line)).collect();
    let limited = view.allowance.purchases && !view.organisation.seat.may(Act::Approve);
    let page = ApprovalsPage {
        f: visit.frame(lang.t("采购审批", "Approvals")),
        name: view.organisation.name.clone(),
        organisation: format!("/zhanghao/zuzhi/{}", view.organisation.organisation),
        allowance: limited.then(|| allowance(lang, &view.allowance)),
        approves: view.approves,
        waiting: rows(view.waiting),
        own: rows(view.own),
        decided: rows(view.decided),
        declines: Decline::ALL
            .iter()
            .map(|why| (why.as_str(), why.label(zh)))
            .collect(),
        draft,
        errors,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// What somebody may spend, as text.
pub(super) fn allowance(lang: Lang, of: &org::Allowance) -> AllowanceRow {
    AllowanceRow {
        once: limit_text(lang, of.limits.once),
        month: limit_text(lang, of.limits.month),
        spent: money(of.spent),
    }
}

/// `GET /zhanghao/shenpi`.
pub async fn approvals(visit: Visit) -> Result<Answer, Answer> {
    visit.viewer()?;
    render(&visit, None, Vec::new()).await
}

/// What is asked for.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct RequestForm {
    csrf: String,
    service: String,
    sku: String,
    reason: String,
}

/// `POST /zhanghao/shenpi`.
pub async fn request(visit: Visit, Posted(form): Posted<RequestForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(APPROVALS)?;
    let asking = Asking {
        service: parsed(&visit, &form.service)?,
        sku: form.sku.parse().unwrap_or(usize::MAX),
        reason: &form.reason,
        key: None,
    };
    let catalogue = visit.state.catalogue.now();
    let ctx = visit.ctx::<KeepAccount>();
    match org::request(&visit.state.app, &ctx, viewer, &catalogue, asking).await {
        Ok(_) => Ok(Answer::to(APPROVALS)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let draft = Draft {
                service: form.service,
                sku: form.sku,
                reason: form.reason,
            };
            render(&visit, Some(draft), errors).await
        }
    }
}

/// An answer to a request.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerForm {
    csrf: String,
    amount: String,
    decline: String,
}

/// `POST /zhanghao/shenpi/{id}/{answer}`: `pizhun`, `jujue`, `chehui`.
pub async fn answer(
    visit: Visit,
    Named((id, answer)): Named<(String, String)>,
    Posted(form): Posted<AnswerForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(APPROVALS)?;
    let id = parsed(&visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = match answer.as_str() {
        // What is no amount is not the one that was seen.
        "pizhun" => {
            org::approve_request(app, &ctx, viewer, id, form.amount.parse().unwrap_or_default()).await
        }
        "jujue" => match Decline::parse(&form.decline) {
            Some(why) => org::decline_request(app, &ctx, viewer, id, why).await,
            None => Err(domain::Refused::from(Party::SpendingDecline).into()),
        },
        "chehui" => org::take_back_request(app, &ctx, viewer, id).await,
        _ => return Err(Answer::not_found(&visit)),
    };
    match done {
        Ok(()) => Ok(Answer::to(APPROVALS)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            render(&visit, None, errors).await
        }
    }
}

/// Limits as typed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsForm {
    csrf: String,
    once: String,
    month: String,
    approvals: String,
}

impl LimitsForm {
    fn typed(self, of: &str) -> Typed {
        Typed {
            limits_of: of.to_owned(),
            limits: [self.once, self.month, self.approvals],
            ..Typed::default()
        }
    }
}

/// `POST /zhanghao/zuzhi/{id}/edu`: the limits of everybody.
pub async fn limits(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<LimitsForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let of = LimitsOf::All(form.approvals.parse().unwrap_or_default());
    let done = set(&visit, &id, of, &form).await?;
    after(&visit, &id, form.typed("all"), done).await
}

/// `POST /zhanghao/zuzhi/{id}/edu/{member}`: the limits of one member.
pub async fn member_limits(
    visit: Visit,
    Named((id, member)): Named<(String, String)>,
    Posted(form): Posted<LimitsForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let of = LimitsOf::Member(parsed(&visit, &member)?);
    let done = set(&visit, &id, of, &form).await?;
    after(&visit, &id, form.typed(&member), done).await
}

async fn set(
    visit: &Visit,
    id: &str,
    of: LimitsOf,
    form: &LimitsForm,
) -> Result<Result<(), Failure>, Answer> {
    let viewer = visit.viewer_for("/zhanghao/qiye")?;
    let organisation = parsed(visit, id)?;
    let ctx = visit.ctx::<KeepAccount>();
    let limits = match org::read_limits(&form.once, &form.month) {
        Ok(limits) => limits,
        Err(refused) => return Ok(Err(refused)),
    };
    Ok(org::set_limits(&visit.state.app, &ctx, viewer, organisation, of, limits).await)
}
