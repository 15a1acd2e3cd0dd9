//! A verifier's list and case of enterprises (5.9): papers opened one by one with a reason, a letter
//! decided by one, a revocation by two.

use std::collections::HashMap;

use app::staff::{self, EnterpriseCase, Kind, Piece};
use domain::org::verification::{Event, Reason};
use domain::refused::Party;
use domain::staff::Role;
use privacy::StaffReason;
use privacy::purpose::Operate;
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::{reason_name, status_of};
use super::cases::{self, ListQuery};
use super::verification::OpenForm;
use super::{errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::cases::{ActRow, CaseFact, CasePage, CaseStep, Coded, Opened};
use crate::request::{Asked, Named, Posted};

fn piece_name(lang: Lang, piece: Piece) -> &'static str {
    match piece {
        Piece::Applicant => lang.t("申请人姓名（实名）", "the applicant's verified name"),
        Piece::Representative => lang.t("法定代表人姓名", "the representative's name"),
        Piece::Licence => lang.t("营业执照", "the licence"),
        Piece::Letter => lang.t("授权书", "the letter"),
    }
}

/// `GET /guanli/qiye`.
pub async fn list(desk: Desk, Asked(query): Asked<ListQuery>) -> Result<Answer, Answer> {
    cases::list(&desk, Kind::Enterprises, &query).await
}

fn act_row(lang: Lang, event: Event) -> ActRow {
    let zh = lang == Lang::Zh;
    let hint = match event {
        Event::Prove => lang.t(
            "授权书写明本案编号和申请人姓名，与执照、登记信息一致，公章清晰。须先打开授权书和申请人姓名；通过后材料立即删除，申请人成为所有者。",
            "The letter names this case and the applicant, agrees with licence and register, and the stamp is clear. Open the letter and the applicant's name first; then the papers are deleted and the applicant is an owner.",
        ),
        Event::Reject => lang.t(
            "选择要改正的事项；材料立即删除，申请人可修改后重新提交。",
            "Choose what to put right. The papers are deleted; the applicant can hand them in again.",
        ),
        Event::ProposeRevocation => lang.t(
            "提议本身不改变什么；由另一位审核人员复核。",
            "A proposal changes nothing by itself; another verifier confirms it.",
        ),
        Event::ConfirmRevocation => lang.t(
            "撤销立即生效，企业会收到通知和依据，可以申诉一次，由第三人决定。",
            "It works at once. The enterprise is told the ground and may appeal once; a third verifier decides.",
        ),
        Event::DropRevocation => lang.t("撤回提议，认证照旧。", "Takes the proposal back; the verification stands."),
        Event::UpholdAppeal => lang.t("撤销作废，认证恢复，企业会收到通知。", "The revocation is undone and the enterprise is told."),
        _ => lang.t("撤销维持，企业会收到通知，不能再次申诉。", "The revocation stands; the enterprise is told and cannot appeal again."),
    };
    // Fraud is for a revocation; what can be put right, for a rejection.
    let given = |reason: &&Reason| match event {
        Event::Reject => !matches!(reason, Reason::Fraud | Reason::AnnualUnconfirmed),
        Event::ProposeRevocation => matches!(
            reason,
            Reason::Fraud | Reason::NotInBusiness | Reason::LicenceMismatch
        ),
        _ => false,
    };
    ActRow {
        word: event.as_str(),
        name: event.label(zh),
        hint,
        heavy: matches!(event, Event::Reject | Event::ConfirmRevocation),
        grounds: Reason::ALL
            .iter()
            .filter(given)
            .map(|reason| Coded {
                word: reason.as_str(),
                name: reason.label(zh),
            })
            .collect(),
        many: true,
        told: lang.t("依据（企业会看到）", "Reason (the enterprise reads it)"),
        ..ActRow::default()
    }
}

/// What is known of a case without opening anything.
fn facts(lang: Lang, seen: &EnterpriseCase) -> Vec<CaseFact> {
    let zh = lang == Lang::Zh;
    let mut facts = vec![
        CaseFact::or_dash(
            lang.t("企业名称", "Name"),
            seen.name.as_deref().unwrap_or_default(),
        ),
        CaseFact::or_dash(
            lang.t("统一社会信用代码", "Credit code"),
            seen.code.as_deref().unwrap_or_default(),
        ),
    ];
    facts.extend(cases::standing(lang, seen.state.label(zh), seen.since));
    if let Some(relation) = seen.relation {
        facts.push(CaseFact::of(
            lang.t("申请人自述", "The applicant says to be"),
            relation.label(zh),
        ));
    }
    if let Some(proof) = seen.proof {
        facts.push(CaseFact::of(lang.t("验证方式", "Proof"), proof.label(zh)));
    }
    if let Some(at) = seen.checked_at {
        facts.push(CaseFact::at(
            lang.t("登记信息一致", "The register agreed"),
            Moment::of(lang, at),
        ));
    }
    if let Some(former) = seen.former {
        let follows = lang.t(
            "；通过后申请人成为所有者。已撤销的，原成员会被移出；其余情况现有所有者保留并收到通知",
            "; the applicant becomes an owner. If it was revoked, its members are removed; else its owners stay and are told",
        );
        let text = format!("{}{follows}", former.label(zh));
        facts.push(CaseFact::of(lang.t("平台上已有这家企业", "Here already"), text));
    }
    facts.extend(cases::measure(
        lang,
        lang.t("提议撤销", "Revocation proposed"),
        seen.proposal.as_ref(),
        seen.reasons
            .iter()
            .map(|reason| reason.label(zh).to_owned())
            .collect(),
        (
            seen.appeal,
            lang.t("企业已申诉，等待处理", "the enterprise appealed; it waits"),
        ),
    ));
    facts
}

fn who(lang: Lang, side: &str, staff: Option<String>) -> String {
    match (side, staff) {
        (_, Some(staff)) => staff,
        ("applicant", None) => lang.t("申请人", "the applicant").to_owned(),
        ("owner", None) => lang.t("企业所有者", "an owner").to_owned(),
        _ => lang.t("系统", "the program").to_owned(),
    }
}

async fn page(
    desk: &Desk,
    id: &str,
    (of_act, mut errors): (bool, Vec<FieldError>),
    opened: Option<(Piece, String, StaffReason)>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Verifier)?;
    let lang = desk.visit.lang;
    let zh = lang == Lang::Zh;
    let id = Uuid::parse_str(id).map_err(|_| Answer::not_found(&desk.visit))?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let seen = staff::enterprise_case(app, &ctx, signed, id).await;
    let seen: EnterpriseCase = seen.map_err(failed(desk))?;
    let reasons_text = domain::Refused::from(Party::VerifyReason).message(zh);
    let gives_reasons = [Event::Reject, Event::ProposeRevocation];
    for error in &mut errors {
        // Each says where on this page it can be put right; else it is about the case.
        let given = seen.may.iter().find(|event| gives_reasons.contains(event));
        error.field = match (&*error.field, given) {
            ("reason", _)
                if !seen.pieces.is_empty() && (!of_act || !error.message.contains(reasons_text)) =>
            {
                "why".into()
            }
            ("reason", Some(event)) if of_act => format!("{}-reasons", event.as_str()).into(),
            _ => "h-case".into(),
        };
    }
    let (path, room) = cases::room(lang, Kind::Enterprises);
    let page = CasePage {
        f: desk.frame(&seen.number),
        c: desk.console(),
        path,
        room,
        id: id.to_string(),
        version: seen.version,
        facts: facts(lang, &seen),
        pieces: seen
            .pieces
            .iter()
            .map(|piece| Coded {
                word: piece.as_str(),
                name: piece_name(lang, *piece),
            })
            .collect(),
        open_title: lang.t("打开材料", "Open a paper"),
        open_hint: lang.t(
            "逐件打开，只开核对需要的。提交人会看到您的角色、理由和案件编号。",
            "One by one, and only what you need. Whoever handed it in reads your role, the reason and the case.",
        ),
        masked: Some((
            lang.t("材料已遮盖", "The papers are masked"),
            lang.t(
                "只有授权书待核对时才能打开材料；有结果后材料即删除。",
                "They open only while a letter is to be read, and are deleted once it is decided.",
            ),
        )),
        why: cases::why(lang),
        approval: None,
        opened: opened.map(|(piece, value, reason)| {
            let shown = match piece {
                Piece::Applicant | Piece::Representative => Opened::Name(value),
                Piece::Licence | Piece::Letter => Opened::Picture(value),
            };
            (piece_name(lang, piece), shown, reason_name(lang, reason.as_str()))
        }),
        acts: seen.may.iter().map(|event| act_row(lang, *event)).collect(),
        for_others: seen.for_others,
        next: cases::next(desk, Kind::Enterprises, id).await?,
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

/// `GET /guanli/qiye/{id}`.
pub async fn case(desk: Desk, Named(id): Named<String>) -> Result<Answer, Answer> {
    page(&desk, &id, (false, Vec::new()), None).await
}

/// `POST /guanli/qiye/{id}/chakan`.
pub async fn open(
    desk: Desk,
    Named(id): Named<String>,
    Posted(form): Posted<OpenForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Verifier)?;
    let missing = || Answer::not_found(&desk.visit);
    let case = Uuid::parse_str(&id).map_err(|_| missing())?;
    let piece = Piece::parse(&form.piece).ok_or_else(missing)?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::open_piece(app, &ctx, signed, case, (piece, &form.why)).await {
        Ok(value) => {
            let opened = StaffReason::parse(&form.why).map(|reason| (piece, value, reason));
            page(&desk, &id, (false, Vec::new()), opened).await
        }
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, (false, found), None).await
        }
    }
}

/// An act; the reasons are ticks, each by its word.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ActForm {
    csrf: String,
    version: i64,
    event: String,
    #[serde(flatten)]
    ticked: HashMap<String, String>,
}

/// `POST /guanli/qiye/{id}/jueding`.
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
    let ticked = |reason: &&Reason| form.ticked.contains_key(reason.as_str());
    let reasons = Reason::ALL.iter().filter(ticked).copied().collect();
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::enterprise_act(app, &ctx, signed, (case, form.version), (event, reasons)).await {
        Ok(()) => match staff::enterprise_case(app, &ctx, signed, case).await {
            // A claim that was proved has become part of another's verification.
            Err(app::Failure::NotFound) => Ok(Answer::to("/guanli/qiye")),
            _ => Ok(Answer::to(&format!("/guanli/qiye/{case}"))),
        },
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, (true, found), None).await
        }
    }
}
