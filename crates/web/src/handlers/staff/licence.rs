//! A verifier's list and case of licences (5.10): what was typed beside the picture, which opens with a
//! reason; passed, or given back with what is wrong.

use app::staff::{self, Kind, LicenceCase};
use domain::refused::Party;
use domain::staff::Role;
use domain::supplier::licence::{Event, Reason, State};
use privacy::StaffReason;
use privacy::purpose::Operate;
use uuid::Uuid;

use super::super::account::{reason_name, status_of};
use super::cases::{self, ListQuery};
use super::supplier::ActForm;
use super::verification::OpenForm;
use super::{errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::{Day, Moment};
use crate::pages::staff::cases::{ActRow, CaseFact, CasePage, CaseStep, Coded, Opened};
use crate::request::{Asked, Named, Posted};

/// `GET /guanli/zizhi`.
pub async fn list(desk: Desk, Asked(query): Asked<ListQuery>) -> Result<Answer, Answer> {
    cases::list(&desk, Kind::Licences, &query).await
}

fn act_row(lang: Lang, event: Event) -> ActRow {
    let zh = lang == Lang::Zh;
    let hint = match event {
        Event::Approve => lang.t(
            "证号、发证机关、有效期与图片一致，持证人是认证企业，发证机关公示可查。须先打开图片；通过后图片立即删除。",
            "Number, issuer and dates are those on the picture, the holder is the enterprise, and the authority's register has it. Open the picture first; it is deleted when it passes.",
        ),
        Event::Reject => lang.t("选择不符之处；图片立即删除，企业可重新提交。", "Choose what is wrong. The picture is deleted; the enterprise can hand it in again."),
        _ => lang.t("该类目的服务立即下架，企业会收到理由。", "Services of the category go offline at once; the enterprise reads the reason."),
    };
    ActRow {
        word: event.as_str(),
        name: event.label(zh),
        hint,
        heavy: event == Event::Revoke,
        grounds: Reason::of(event)
            .iter()
            .map(|reason| Coded {
                word: reason.as_str(),
                name: reason.label(zh),
            })
            .collect(),
        many: true,
        told: lang.t("理由（企业会看到）", "Reason (the enterprise reads it)"),
        areas: Vec::new(),
    }
}

fn facts(lang: Lang, seen: &LicenceCase) -> Vec<CaseFact> {
    let zh = lang == Lang::Zh;
    let licence = &seen.row.licence;
    let (name, code) = seen.enterprise.clone().unwrap_or_default();
    let area = seen.area.as_ref();
    let mut facts = vec![
        CaseFact {
            link: Some((
                format!("/guanli/ruzhu/{}", seen.row.supplier),
                lang.t("查看服务商", "the provider"),
            )),
            ..CaseFact::or_dash(lang.t("企业名称", "Name"), &name)
        },
        CaseFact::or_dash(lang.t("统一社会信用代码", "Credit code"), &code),
        CaseFact::of(
            lang.t("类目", "Category"),
            area.map_or_else(|| seen.row.area.clone(), |area| lang.text(&area.name).to_owned()),
        ),
        CaseFact::or_dash(
            lang.t("要求的资质", "The licence it needs"),
            area.map_or("", |area| lang.text(&area.licence)),
        ),
        CaseFact::of(lang.t("证号", "Number"), seen.row.number.clone()),
        CaseFact::of(lang.t("发证机关", "Issuer"), seen.row.issuer.clone()),
        CaseFact {
            day: Some(Day::of(lang, licence.from)),
            ..CaseFact::none(lang.t("有效期起", "First day"))
        },
    ];
    facts.push(match licence.until {
        Some(until) => CaseFact {
            day: Some(Day::of(lang, until)),
            ..CaseFact::none(lang.t("有效期至", "Last day"))
        },
        None => CaseFact::of(lang.t("有效期至", "Last day"), lang.t("长期", "none")),
    });
    facts.extend(cases::standing(lang, licence.state.label(zh), licence.since));
    if !licence.reasons.is_empty() {
        facts.push(CaseFact {
            lines: licence
                .reasons
                .iter()
                .map(|reason| reason.label(zh).to_owned())
                .collect(),
            ..CaseFact::none(lang.t("理由", "Reasons"))
        });
    }
    facts
}

async fn page(
    desk: &Desk,
    id: &str,
    (event, mut errors): (Option<Event>, Vec<FieldError>),
    opened: Option<(String, StaffReason)>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Verifier)?;
    let lang = desk.visit.lang;
    let zh = lang == Lang::Zh;
    let id = Uuid::parse_str(id).map_err(|_| Answer::not_found(&desk.visit))?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let catalogue = desk.visit.state.catalogue.now();
    let seen = staff::licence_case(app, &ctx, (signed, &catalogue), id).await;
    let seen: LicenceCase = seen.map_err(failed(desk))?;
    let reasons_text = domain::Refused::from(Party::VerifyReason).message(zh);
    for error in &mut errors {
        let given = event.filter(|event| seen.may.contains(event) && !Reason::of(*event).is_empty());
        error.field = match (&*error.field, given) {
            ("reason", Some(event)) if error.message.contains(reasons_text) => {
                format!("{}-reasons", event.as_str()).into()
            }
            ("reason", _) if seen.can_open => "why".into(),
            _ => "h-case".into(),
        };
    }
    let picture = lang.t("资质图片", "the picture of the licence");
    let (path, room) = cases::room(lang, Kind::Licences);
    let page = CasePage {
        f: desk.frame(&seen.number),
        c: desk.console(),
        path,
        room,
        id: id.to_string(),
        version: seen.row.licence.version,
        facts: facts(lang, &seen),
        pieces: if seen.can_open {
            vec![Coded {
                word: "picture",
                name: picture,
            }]
        } else {
            Vec::new()
        },
        open_title: lang.t("打开资质图片", "Open the picture"),
        open_hint: lang.t(
            "与左侧信息逐项比对。提交人会看到您的角色、理由和案件编号。",
            "Compare it with what was typed. Whoever handed it in reads your role, the reason and the case.",
        ),
        masked: Some((
            lang.t("图片已遮盖或删除", "The picture is masked or gone"),
            lang.t(
                "只有待审核时才能打开；有结果后图片即删除。",
                "It opens only while the licence waits, and is deleted once it is decided.",
            ),
        )),
        why: cases::why(lang),
        approval: None,
        opened: opened
            .map(|(data, reason)| (picture, Opened::Picture(data), reason_name(lang, reason.as_str()))),
        acts: seen.may.iter().map(|event| act_row(lang, *event)).collect(),
        for_others: false,
        steps: seen
            .steps
            .iter()
            .map(|step| CaseStep {
                when: Moment::of(lang, step.at),
                what: Event::parse(&step.event).map_or("", |event| event.label(zh)),
                state: State::parse(&step.state).map_or("", |state| state.label(zh)),
                who: match (&*step.side, &step.staff) {
                    (_, Some(staff)) => staff.clone(),
                    ("supplier", None) => lang.t("企业成员", "a member of the enterprise").to_owned(),
                    _ => lang.t("系统", "the program").to_owned(),
                },
            })
            .collect(),
        next: cases::next(desk, Kind::Licences, id).await?,
        number: seen.number,
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/zizhi/{id}`.
pub async fn case(desk: Desk, Named(id): Named<String>) -> Result<Answer, Answer> {
    page(&desk, &id, (None, Vec::new()), None).await
}

/// `POST /guanli/zizhi/{id}/chakan`.
pub async fn open(
    desk: Desk,
    Named(id): Named<String>,
    Posted(form): Posted<OpenForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Verifier)?;
    let missing = || Answer::not_found(&desk.visit);
    let case = Uuid::parse_str(&id).map_err(|_| missing())?;
    if form.piece != "picture" {
        return Err(missing());
    }
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::open_licence(app, &ctx, signed, case, &form.why).await {
        Ok(data) => {
            let opened = StaffReason::parse(&form.why).map(|reason| (data, reason));
            page(&desk, &id, (None, Vec::new()), opened).await
        }
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, (None, found), None).await
        }
    }
}

/// `POST /guanli/zizhi/{id}/jueding`.
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
    match staff::licence_act(app, &ctx, signed, (case, form.version), (event, reasons)).await {
        Ok(()) => {
            super::super::catalogue::renew(&desk.visit).await?;
            Ok(Answer::to(&format!("/guanli/zizhi/{case}")))
        }
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, (Some(event), found), None).await
        }
    }
}
