//! An organisation and its members: invitations, seats, leaving, its end.

use app::org::{self, MemberLine, OrganisationView};
use domain::org::seat::Seat;
use domain::org::spending::Limits;
use domain::org::verification::Badge;
use domain::refused::Party;
use privacy::purpose::KeepAccount;
use serde::Deserialize;

use super::account::{Token, errors_of, status_of};
use super::org::{badge_name, invitation_row, parsed};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::org_members::{HistoryRow, LimitsRow, MemberRow, OrganisationPage, SeatRow};
use crate::pages::spending::limit_text;
use crate::request::{Asked, Named, Posted, Visit};

const LIST: &str = "/zhanghao/qiye";

/// Which page of the members.
#[derive(Default, Deserialize)]
pub struct PageQuery {
    #[serde(default)]
    ye: usize,
}

fn happened(lang: Lang, what: &str) -> &'static str {
    match what {
        "founded" => lang.t("企业通过认证并创建", "founded after its verification"),
        "claimed" => lang.t("通过验证加入为所有者", "joined as an owner by a proof"),
        "joined" => lang.t("接受邀请加入", "joined by invitation"),
        "seat" => lang.t("更换角色", "was given another role"),
        "left" => lang.t("离开", "left"),
        "removed" => lang.t("被移出", "was removed"),
        "limits" => lang.t("修改采购额度", "limits were changed"),
        "place" => lang.t("修改企业地址", "changed the places"),
        "title" => lang.t("修改开票信息", "changed the invoice titles"),
        "limit" => lang.t("单独设置额度", "was given limits of their own"),
        _ => lang.t("解散企业", "dissolved it"),
    }
}

fn seats(lang: Lang, seats: &[Seat]) -> Vec<SeatRow> {
    let row = |seat: &Seat| SeatRow {
        word: seat.as_str(),
        name: seat.label(lang == Lang::Zh),
    };
    seats.iter().map(row).collect()
}

/// What was typed into a form that was refused.
#[derive(Default)]
pub(super) struct Typed {
    /// The phone of whoever is invited.
    pub phone: String,
    /// Whose limits: `all`, or a member; empty for none.
    pub limits_of: String,
    /// For one order, for a month, and how many have to approve.
    pub limits: [String; 3],
}

/// A limit as one types it, in yuan.
fn typed_limit(limit: Option<i64>) -> String {
    limit.map_or_else(String::new, |fen| format!("{}.{:02}", fen / 100, fen % 100))
}

/// What the form of limits begins with: what was typed and refused, or what holds.
fn limits_row(typed: &Typed, of: &str, holds: Limits, approvals: i64) -> LimitsRow {
    if typed.limits_of == of {
        let [once, month, approvals] = typed.limits.clone();
        return LimitsRow {
            once,
            month,
            approvals,
        };
    }
    LimitsRow {
        once: typed_limit(holds.once),
        month: typed_limit(holds.month),
        approvals: approvals.to_string(),
    }
}

fn member_row(lang: Lang, typed: &Typed, sets_limits: bool, line: &MemberLine) -> MemberRow {
    MemberRow {
        account: line.account.to_string(),
        name: line
            .name
            .clone()
            .unwrap_or_else(|| lang.t("（未设称呼）", "(gave no name)").to_owned()),
        own: line.own,
        seat: line.seat.label(lang == Lang::Zh),
        since: Moment::of(lang, line.since),
        seats: seats(lang, &line.seats),
        can_remove: line.can_remove,
        limits: line.limits.map(|own| {
            format!(
                "{} {} · {} {}",
                lang.t("单笔", "one order"),
                limit_text(lang, own.once),
                lang.t("每月", "a month"),
                limit_text(lang, own.month)
            )
        }),
        form: (sets_limits && line.seat == Seat::Buyer).then(|| {
            limits_row(
                typed,
                &line.account.to_string(),
                line.limits.unwrap_or_default(),
                0,
            )
        }),
    }
}

async fn render(
    visit: &Visit,
    id: &str,
    number: usize,
    (typed, mut errors): (Typed, Vec<FieldError>),
) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let id = parsed(visit, id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let view = org::organisation(app, &ctx, viewer, id, number.min(50)).await;
    let view: OrganisationView = view.map_err(|failure| Answer::failure(visit, &failure))?;
    for error in &mut errors {
        let shown = match &*error.field {
            "phone" | "seat" => !view.may_invite.is_empty(),
            "limit" | "approvals" => view.limits.is_some() && typed.limits_of == "all",
            _ => false,
        };
        if !shown {
            error.field = "h-members".into();
        }
    }
    // Accounts as colleagues know them: by name, or by their place in the list.
    let names: Vec<_> = view
        .members
        .iter()
        .map(|line| (line.account, line.name.clone(), line.own))
        .collect();
    let called = |account: Option<uuid::Uuid>| {
        let known = names.iter().find(|(known, ..)| Some(*known) == account);
        match known {
            Some((_, _, true)) => lang.t("您", "you").to_owned(),
            Some((_, Some(name), _)) => name.clone(),
            None if account.is_none() => lang
                .t("平台或已注销者", "the platform, or one who left")
                .to_owned(),
            _ => lang.t("成员", "a member").to_owned(),
        }
    };
    let page = OrganisationPage {
        f: visit.frame(&view.organisation.name),
        id: id.to_string(),
        name: view.organisation.name.clone(),
        code: view.organisation.credit_code.clone(),
        badge: badge_name(lang, view.badge),
        verified: view.badge == Badge::Verified,
        verification: view.verification.map(|id| id.to_string()),
        seat: view.seat.label(zh),
        sells: view.seat.role(domain::market::order::Side::Supplier).is_some(),
        count: view.count,
        members: view
            .members
            .iter()
            .map(|line| member_row(lang, &typed, view.limits.is_some(), line))
            .collect(),
        next: view.next,
        invitations: view
            .invitations
            .into_iter()
            .map(|line| invitation_row(lang, line))
            .collect(),
        may_invite: seats(lang, &view.may_invite),
        history: view
            .events
            .iter()
            .map(|event| HistoryRow {
                when: Moment::of(lang, event.at),
                who: called(event.member),
                what: happened(lang, &event.what),
                seat: event.seat.map_or("", |seat| seat.label(zh)),
                by: if event.doer == event.member {
                    String::new()
                } else {
                    called(event.doer)
                },
            })
            .collect(),
        can_dissolve: view.can_dissolve,
        acting: viewer
            .acting
            .as_ref()
            .is_some_and(|acting| acting.organisation == id),
        limits: view
            .limits
            .map(|(limits, approvals)| limits_row(&typed, "all", limits, approvals)),
        phone: typed.phone,
        errors,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/zuzhi/{id}`.
pub async fn page(
    visit: Visit,
    Named(id): Named<String>,
    Asked(query): Asked<PageQuery>,
) -> Result<Answer, Answer> {
    render(&visit, &id, query.ye, (Typed::default(), Vec::new())).await
}

/// The outcome of an act: the page again, with what was wrong.
pub(super) async fn after(
    visit: &Visit,
    id: &str,
    typed: Typed,
    done: Result<(), app::Failure>,
) -> Result<Answer, Answer> {
    match done {
        Ok(()) => Ok(Answer::to(&format!("/zhanghao/zuzhi/{}", parsed(visit, id)?))),
        Err(failure) => {
            let errors = errors_of(visit, &failure)?;
            render(visit, id, 0, (typed, errors)).await
        }
    }
}

/// Whom to invite.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct InviteForm {
    csrf: String,
    phone: String,
    seat: String,
}

/// `POST /zhanghao/zuzhi/{id}/yaoqing`.
pub async fn invite(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<InviteForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(LIST)?;
    let organisation = parsed(&visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = match Seat::parse(&form.seat) {
        Some(seat) => org::invite(app, &ctx, viewer, organisation, (&form.phone, seat), None)
            .await
            .map(|_| ()),
        None => Err(domain::Refused::from(Party::OrgSeat).into()),
    };
    after(
        &visit,
        &id,
        Typed {
            phone: form.phone,
            ..Typed::default()
        },
        done,
    )
    .await
}

/// `POST /zhanghao/zuzhi/{id}/yaoqing/{invitation}`: takes it back.
pub async fn take_back(
    visit: Visit,
    Named((id, invitation)): Named<(String, String)>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(LIST)?;
    let (organisation, invitation) = (parsed(&visit, &id)?, parsed(&visit, &invitation)?);
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = org::take_back(app, &ctx, viewer, organisation, invitation).await;
    after(&visit, &id, Typed::default(), done).await
}

/// Another seat, or the end of a membership.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ChangeForm {
    csrf: String,
    seat: String,
    sure: String,
}

/// `POST /zhanghao/zuzhi/{id}/chengyuan/{member}`: `seat` names another seat, or `remove`.
pub async fn change(
    visit: Visit,
    Named((id, member)): Named<(String, String)>,
    Posted(form): Posted<ChangeForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(LIST)?;
    let (organisation, member) = (parsed(&visit, &id)?, parsed(&visit, &member)?);
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = match (form.seat.as_str(), Seat::parse(&form.seat)) {
        ("remove", _) if form.sure.is_empty() => Err(domain::Refused::from(Party::OrgUnsure).into()),
        ("remove", _) => org::remove(app, &ctx, viewer, organisation, member).await,
        (_, Some(seat)) => org::change_seat(app, &ctx, viewer, organisation, (member, seat)).await,
        (_, None) => Err(domain::Refused::from(Party::OrgSeat).into()),
    };
    after(&visit, &id, Typed::default(), done).await
}

/// Whether it is meant.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct SureForm {
    csrf: String,
    sure: String,
}

/// `POST /zhanghao/zuzhi/{id}/tuichu`.
pub async fn leave(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<SureForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(LIST)?;
    let organisation = parsed(&visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = if form.sure.is_empty() {
        Err(domain::Refused::from(Party::OrgUnsure).into())
    } else {
        org::leave(app, &ctx, viewer, organisation).await
    };
    match done {
        Ok(()) => Ok(Answer::to(LIST)),
        failed => after(&visit, &id, Typed::default(), failed).await,
    }
}

/// `POST /zhanghao/zuzhi/{id}/jiesan`.
pub async fn dissolve(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<SureForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(LIST)?;
    let organisation = parsed(&visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = if form.sure.is_empty() {
        Err(domain::Refused::from(Party::OrgUnsure).into())
    } else {
        org::dissolve(app, &ctx, viewer, organisation).await
    };
    match done {
        Ok(()) => Ok(Answer::to(LIST)),
        failed => after(&visit, &id, Typed::default(), failed).await,
    }
}

/// `POST /zhanghao/yaoqing/{id}/{answer}`: `jieshou` or `xiejue`.
pub async fn answer(
    visit: Visit,
    Named((id, answer)): Named<(String, String)>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(LIST)?;
    let invitation = parsed(&visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let done = match answer.as_str() {
        "jieshou" => org::accept(app, &ctx, viewer, invitation).await,
        "xiejue" => org::decline(app, &ctx, viewer, invitation).await,
        _ => return Err(Answer::not_found(&visit)),
    };
    match done {
        Ok(()) => Ok(Answer::to(LIST)),
        Err(failure) => Err(Answer::failure(&visit, &failure)),
    }
}
