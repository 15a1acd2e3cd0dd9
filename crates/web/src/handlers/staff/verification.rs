//! A verifier's list and case (5.8): masked, one field opened with a reason, measures by four eyes.

use app::staff::{self, ApprovalState, CaseView, Kind};
use domain::person::verification::{Event, Ground};
use domain::staff::Role;
use privacy::StaffReason;
use privacy::purpose::Operate;
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::reason_name;
use super::super::account::status_of;
use super::cases::{self, ListQuery};
use super::{errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::cases::{ActRow, CaseFact, CasePage, CaseStep, Coded, Opened};
use crate::request::{Asked, Named, Posted};

/// `GET /guanli/shiming`.
pub async fn list(desk: Desk, Asked(query): Asked<ListQuery>) -> Result<Answer, Answer> {
    cases::list(&desk, Kind::Verifications, &query).await
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
        told: lang.t("依据（本人会看到）", "Ground (the person reads it)"),
        ..ActRow::default()
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
        error.field = match &*error.field {
            "reason" if seen.can_reveal => "why".into(),
            "ground" if proposes => "ground".into(),
            _ => "h-case".into(),
        };
    }
    let masked = |term, hint| CaseFact {
        hint,
        ..CaseFact::of(term, "＊＊＊")
    };
    let mut facts: Vec<CaseFact> = cases::standing(lang, seen.state.label(zh), seen.since).into();
    let ground = seen.ground.map(|ground| ground.label(zh).to_owned());
    let appealed = lang.t("本人已申诉，等待处理", "the person appealed; it waits");
    facts.extend(cases::measure(
        lang,
        lang.t("提议撤销", "Revocation proposed"),
        seen.proposal.as_ref(),
        ground.into_iter().collect(),
        (seen.appeal, appealed),
    ));
    facts.push(masked(lang.t("姓名", "Name"), ""));
    facts.push(masked(
        lang.t("身份证号码", "Identity number"),
        lang.t("工作人员不可查看", "not for staff"),
    ));
    let (path, room) = cases::room(lang, Kind::Verifications);
    let name = lang.t("姓名", "Name");
    let page = CasePage {
        f: desk.frame(&seen.number),
        c: desk.console(),
        path,
        room,
        id: id.to_string(),
        version: seen.version,
        facts,
        pieces: if seen.can_reveal {
            vec![Coded {
                word: "real_name",
                name,
            }]
        } else {
            Vec::new()
        },
        open_title: lang.t("打开姓名", "Open the name"),
        open_hint: lang.t(
            "只在不看就无法决定时打开。本人会看到您的角色、理由和案件编号。",
            "Only if you cannot decide without it. The person reads your role, the reason and the case.",
        ),
        masked: Some((
            lang.t("姓名已遮盖", "The name is masked"),
            lang.t(
                "没有待决定的事项，或已没有姓名可看。怀疑冒用时，先提议撤销。",
                "Nothing is to be decided, or there is no name any more. If you suspect misuse, propose a revocation first.",
            ),
        )),
        why: cases::why(lang),
        opened: revealed.map(|(value, reason)| (name, Opened::Name(value), reason_name(lang, reason.as_str()))),
        acts: seen.may.iter().map(|event| act_row(lang, *event)).collect(),
        for_others: seen.for_others,
        approval: seen.approval.map(|state| approval(lang, state)),
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
        next: cases::next(desk, Kind::Verifications, id).await?,
        number: seen.number,
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/shiming/{id}`.
pub async fn case(desk: Desk, Named(id): Named<String>) -> Result<Answer, Answer> {
    page(&desk, &id, Vec::new(), None).await
}

/// The case again, with what was wrong.
pub(super) async fn with_errors(desk: &Desk, id: &str, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    page(desk, id, errors, None).await
}

/// How the approval of a minor's case stands, in words, and whether it may be asked for (2.7.b).
fn approval(lang: Lang, state: ApprovalState) -> (String, bool) {
    let at = |at| domain::calendar::instant_text(at, lang == Lang::Zh);
    match state {
        ApprovalState::Needed => (
            lang.t(
                "这是未成年人：每次打开姓名都须另一位主管先批准。",
                "This is a minor: each opening of the name takes the approval of a supervisor beforehand.",
            )
            .to_owned(),
            true,
        ),
        ApprovalState::Refused => (
            lang.t(
                "主管没有批准。确有必要的，可以重新申请。",
                "The supervisor refused. If it is necessary, ask again.",
            )
            .to_owned(),
            true,
        ),
        ApprovalState::Waits(until) => (
            lang.t("等待主管批准，最迟 ", "It waits for a supervisor, until ")
                .to_owned()
                + &at(until),
            false,
        ),
        ApprovalState::Given(until) => (
            lang.t(
                "已批准，可按申请的理由打开一次，有效至 ",
                "Approved: good once, for the reason asked for, until ",
            )
            .to_owned()
                + &at(until),
            false,
        ),
    }
}

/// What is opened, and why.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpenForm {
    pub(super) csrf: String,
    pub(super) piece: String,
    pub(super) why: String,
}

/// `POST /guanli/shiming/{id}/chakan`.
pub async fn reveal(
    desk: Desk,
    Named(id): Named<String>,
    Posted(form): Posted<OpenForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Verifier)?;
    let case = Uuid::parse_str(&id).map_err(|_| Answer::not_found(&desk.visit))?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::reveal(app, &ctx, signed, case, &form.why).await {
        Ok(name) => {
            let revealed = StaffReason::parse(&form.why).map(|reason| (name, reason));
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
