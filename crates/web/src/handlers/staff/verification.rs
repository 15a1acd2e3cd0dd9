//! A verifier's list and case (5.8): masked, one field opened with a reason, measures by four eyes.

use app::staff::{self, CaseView, Line, Tab};
use axum::http::StatusCode;
use domain::four_eyes::Appeal;
use domain::person::verification::{Event, Ground, State};
use domain::staff::Role;
use privacy::purpose::Operate;
use privacy::{StaffReason, StaffRole};
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::reason_name;
use super::super::account::status_of;
use super::super::overview::{Query, cursor};
use super::{errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::verification::{ActRow, CasePage, CaseRow, CaseStep, CasesPage, Coded, TabRow};
use crate::request::{Asked, Named, Posted};

fn matter(lang: Lang, line: &Line) -> &'static str {
    match (line.proposed, line.appealed) {
        (true, _) if line.own_proposal => lang.t(
            "您提议撤销，等待他人复核",
            "your proposal, for another to confirm",
        ),
        (true, _) => lang.t("撤销待复核", "revocation to be confirmed"),
        (_, true) => lang.t("申诉待处理", "appeal to be decided"),
        _ if line.state == State::Checking => lang.t("核验服务商尚未应答", "the source has not answered"),
        _ => "",
    }
}

/// Which list, and where its page begins.
#[derive(Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    zhuangtai: String,
    #[serde(flatten)]
    place: Query,
}

/// `GET /guanli/shiming`.
pub async fn list(desk: Desk, Asked(query): Asked<ListQuery>) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Verifier)?;
    let lang = desk.visit.lang;
    let zh = lang == Lang::Zh;
    let tab = Tab::parse(&query.zhuangtai);
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let seen = staff::cases(app, &ctx, signed, tab, query.place.from()).await;
    let seen = seen.map_err(failed(&desk))?;
    let page = CasesPage {
        f: desk.frame(lang.t("实名认证案件", "Verifications of persons")),
        c: desk.console(),
        tabs: Tab::ALL
            .into_iter()
            .map(|known| TabRow {
                word: known.as_str(),
                name: match known {
                    Tab::AtHand => lang.t("待处理", "To decide"),
                    Tab::In(state) => state.label(zh),
                },
                chosen: known == tab,
            })
            .collect(),
        at_hand: seen.at_hand,
        rows: seen
            .lines
            .iter()
            .map(|line| CaseRow {
                id: line.id.to_string(),
                number: line.number.clone(),
                state: line.state.label(zh),
                matter: matter(lang, line),
                since: Moment::of(lang, line.since),
            })
            .collect(),
        next: seen.next.map(cursor),
    };
    Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
}

fn act_row(lang: Lang, event: Event) -> ActRow {
    let zh = lang == Lang::Zh;
    let hint = match event {
        Event::ProposeRevocation => lang.t(
            "提议本身不改变什么；由另一位审核人员复核。提议后可凭理由打开姓名。",
            "A proposal changes nothing by itself; another verifier confirms it. With it the name can be opened for a reason.",
        ),
        Event::ConfirmRevocation => lang.t(
            "撤销立即生效，本人会收到通知和依据，可以申诉一次，由第三人决定。",
            "It works at once. The person is told the ground and may appeal once; a third verifier decides.",
        ),
        Event::DropRevocation => lang.t("撤回提议，认证照旧。", "Takes the proposal back; the verification stands."),
        Event::UpholdAppeal => lang.t("撤销作废，认证恢复，本人会收到通知。", "The revocation is undone and the person is told."),
        _ => lang.t("撤销维持，本人会收到通知，不能再次申诉。", "The revocation stands; the person is told and cannot appeal again."),
    };
    let grounds = if event == Event::ProposeRevocation {
        Ground::ALL
            .iter()
            .map(|ground| Coded {
                word: ground.as_str(),
                name: ground.label(zh),
            })
            .collect()
    } else {
        Vec::new()
    };
    ActRow {
        word: event.as_str(),
        name: event.label(zh),
        hint,
        heavy: event == Event::ConfirmRevocation,
        grounds,
    }
}

fn who(lang: Lang, side: &str, staff: Option<String>) -> String {
    match (side, staff) {
        (_, Some(staff)) => staff,
        ("applicant", None) => lang.t("本人", "the person").to_owned(),
        _ => lang.t("系统", "the program").to_owned(),
    }
}

async fn page(
    desk: &Desk,
    id: &str,
    mut errors: Vec<FieldError>,
    revealed: Option<(String, StaffReason)>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Verifier)?;
    let lang = desk.visit.lang;
    let zh = lang == Lang::Zh;
    let id = Uuid::parse_str(id).map_err(|_| Answer::not_found(&desk.visit))?;
    let seen = staff::case(&desk.visit.state.app, &desk.ctx::<Operate>(), signed, id).await;
    let seen: CaseView = seen.map_err(failed(desk))?;
    let proposes = seen.may.contains(&Event::ProposeRevocation);
    for error in &mut errors {
        // What has no field on this page any more is about the case.
        let there = match &*error.field {
            "reason" => revealed.is_none(),
            "ground" => proposes,
            _ => false,
        };
        if !there {
            error.field = "h-case".into();
        }
    }
    let page = CasePage {
        f: desk.frame(&seen.number),
        c: desk.console(),
        id: id.to_string(),
        state: seen.state.label(zh),
        since: Moment::of(lang, seen.since),
        version: seen.version,
        proposal: seen.proposal.map(|(by, at)| (by, Moment::of(lang, at))),
        ground: seen.ground.map_or("", |ground| ground.label(zh)),
        appeal: match seen.appeal {
            Appeal::None => "",
            Appeal::Open => lang.t("本人已申诉，等待处理", "the person appealed; it waits"),
            Appeal::Dismissed => lang.t("申诉不成立", "dismissed"),
        },
        acts: seen.may.iter().map(|event| act_row(lang, *event)).collect(),
        for_others: seen.for_others,
        can_reveal: seen.can_reveal,
        reasons: StaffRole::Verifier
            .reasons()
            .iter()
            .map(|reason| Coded {
                word: reason.as_str(),
                name: reason_name(lang, reason.as_str()),
            })
            .collect(),
        revealed: revealed.map(|(name, reason)| (name, reason_name(lang, reason.as_str()))),
        steps: seen
            .steps
            .into_iter()
            .map(|step| CaseStep {
                when: Moment::of(lang, step.at),
                what: step.event.label(zh),
                state: step.state.label(zh),
                who: who(lang, &step.side, step.staff),
            })
            .collect(),
        number: seen.number,
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/shiming/{id}`.
pub async fn case(desk: Desk, Named(id): Named<String>) -> Result<Answer, Answer> {
    page(&desk, &id, Vec::new(), None).await
}

/// The reason.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReasonForm {
    csrf: String,
    reason: String,
}

/// `POST /guanli/shiming/{id}/chakan`.
pub async fn reveal(
    desk: Desk,
    Named(id): Named<String>,
    Posted(form): Posted<ReasonForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Verifier)?;
    let case = Uuid::parse_str(&id).map_err(|_| Answer::not_found(&desk.visit))?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::reveal(app, &ctx, signed, case, &form.reason).await {
        Ok(name) => {
            let revealed = StaffReason::parse(&form.reason).map(|reason| (name, reason));
            page(&desk, &id, Vec::new(), revealed).await
        }
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, found, None).await
        }
    }
}

/// An act.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActForm {
    csrf: String,
    version: i64,
    event: String,
    ground: String,
}

/// `POST /guanli/shiming/{id}/jueding`.
pub async fn act(
    desk: Desk,
    Named(id): Named<String>,
    Posted(form): Posted<ActForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Verifier)?;
    let missing = || Answer::not_found(&desk.visit);
    let case = Uuid::parse_str(&id).map_err(|_| missing())?;
    let event = Event::parse(&form.event).ok_or_else(missing)?;
    let ground = Ground::parse(&form.ground);
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::act(app, &ctx, signed, (case, form.version), (event, ground)).await {
        Ok(()) => Ok(Answer::to(&format!("/guanli/shiming/{case}"))),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, found, None).await
        }
    }
}
