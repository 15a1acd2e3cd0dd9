//! A verifier's list and case of suppliers (5.10): an application decided by one, a restriction or
//! suspension with a reason, an exclusion by two.

use std::collections::HashMap;

use app::staff::{self, Kind, SupplierCase, SupplierChoice};
use domain::market::catalogue::{Area, areas};
use domain::refused::Party;
use domain::staff::Role;
use domain::supplier::Reason;
use domain::supplier::licence::State as LicenceState;
use domain::supplier::onboarding::Event;
use privacy::purpose::Operate;
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::status_of;
use super::super::supplier::step_row;
use super::cases::{self, ListQuery};
use super::{errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::cases::{ActRow, CaseFact, CasePage, CaseStep, Coded};
use crate::request::{Asked, Named, Posted};

/// `GET /guanli/ruzhu`.
pub async fn list(desk: Desk, Asked(query): Asked<ListQuery>) -> Result<Answer, Answer> {
    cases::list(&desk, Kind::Suppliers, &query).await
}

fn hint(lang: Lang, event: Event) -> &'static str {
    match event {
        Event::Approve => lang.t(
            "须先审核通过所选类目要求的全部资质。通过后由企业所有者签署协议。",
            "Every licence that the chosen categories need has to pass first. Then an owner signs the agreements.",
        ),
        Event::Return => lang.t("选择要改正的事项，企业修改后重新提交。", "Choose what to put right; the enterprise hands it in again."),
        Event::Restrict => lang.t("所选类目不再接新单，已有订单继续；企业会收到理由。", "Nothing new in the category; open orders go on. The enterprise reads the reason."),
        Event::Open => lang.t("恢复所选类目。", "Opens the category again."),
        Event::Suspend => lang.t("全部服务下架，不接新单，已有订单必须完成；企业会收到理由。", "All services go offline; open orders are finished. The enterprise reads the reason."),
        Event::Reinstate => lang.t("恢复业务；此前受限的类目仍受限。", "Business as before; what was restricted stays so."),
        Event::ProposeBan => lang.t("提议本身不改变什么；由另一位审核人员复核。", "A proposal changes nothing by itself; another verifier confirms it."),
        Event::ConfirmBan => lang.t(
            "立即清退：服务下架，不再提供任何个人信息；企业可以申诉一次，由第三人决定。",
            "It works at once: services are offline and no personal data reaches it. It may appeal once; a third verifier decides.",
        ),
        Event::DropBan => lang.t("撤回提议，一切照旧。", "Takes the proposal back; nothing changes."),
        Event::UpholdAppeal => lang.t("清退作废，恢复到此前的状态。", "The ban is undone; it stands as before."),
        _ => lang.t("清退维持，不能再次申诉。", "The ban stands; there is no other appeal."),
    }
}

fn act_row(lang: Lang, event: Event, areas: &[Coded2]) -> ActRow {
    let zh = lang == Lang::Zh;
    ActRow {
        word: event.as_str(),
        name: event.label(zh),
        hint: hint(lang, event),
        heavy: matches!(event, Event::Suspend | Event::ConfirmBan),
        grounds: Reason::of(event)
            .iter()
            // The program's own.
            .filter(|reason| **reason != Reason::Enterprise)
            .map(|reason| Coded {
                word: reason.as_str(),
                name: reason.label(zh),
            })
            .collect(),
        many: true,
        told: lang.t("理由（企业会看到）", "Reason (the enterprise reads it)"),
        areas: if matches!(event, Event::Restrict | Event::Open) {
            areas.to_vec()
        } else {
            Vec::new()
        },
    }
}

/// An area to choose: its word and its name.
type Coded2 = (String, String);

fn facts(lang: Lang, seen: &SupplierCase, known: &[Area]) -> Vec<CaseFact> {
    let zh = lang == Lang::Zh;
    let row = &seen.row;
    let named = |slug: &String| {
        let area = known.iter().find(|area| area.slug == *slug);
        let name = area.map_or_else(|| slug.clone(), |area| lang.text(&area.name).to_owned());
        let limited = row.supplier.restricted.contains(slug);
        if limited {
            format!("{name}{}", lang.t("（受限）", " (restricted)"))
        } else {
            name
        }
    };
    let (name, code) = seen.enterprise.clone().unwrap_or_default();
    let mut facts = vec![
        CaseFact::or_dash(lang.t("企业名称", "Name"), &name),
        CaseFact::or_dash(lang.t("统一社会信用代码", "Credit code"), &code),
    ];
    facts.extend(cases::standing(
        lang,
        row.supplier.state.label(zh),
        row.supplier.since,
    ));
    facts.extend([
        CaseFact::or_dash(lang.t("展示名称", "Name shown"), &row.profile.name),
        CaseFact::or_dash(lang.t("英文名称", "English name"), &row.profile.name_en),
        CaseFact::or_dash(lang.t("城市", "City"), &row.profile.city),
        CaseFact::or_dash(lang.t("介绍", "Introduction"), &row.profile.introduction),
        CaseFact::or_dash(
            lang.t("英文介绍", "English introduction"),
            &row.profile.introduction_en,
        ),
        CaseFact {
            lines: row.areas.iter().map(named).collect(),
            ..CaseFact::of(lang.t("类目", "Categories"), "")
        },
    ]);
    for one in seen
        .licences
        .iter()
        .filter(|one| one.licence.state != LicenceState::Draft)
    {
        let area = named(&one.area);
        facts.push(CaseFact {
            link: Some((
                format!("/guanli/zizhi/{}", one.id),
                lang.t("查看资质", "the licence"),
            )),
            ..CaseFact::of(
                lang.t("资质", "Licence"),
                format!("{area}{}{}", lang.t("：", ": "), one.licence.state.label(zh)),
            )
        });
    }
    facts.push(CaseFact::of(
        lang.t("未完成的订单", "Open orders"),
        seen.open_orders.to_string(),
    ));
    if seen.self_dealing > 0 {
        facts.push(CaseFact::of(
            lang.t("自我交易（已拒绝）", "Orders from its own people (refused)"),
            seen.self_dealing.to_string(),
        ));
    }
    facts.extend(cases::measure(
        lang,
        lang.t("提议清退", "Ban proposed"),
        seen.proposal.as_ref(),
        row.reasons
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

async fn page(
    desk: &Desk,
    id: &str,
    event: Option<Event>,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Verifier)?;
    let lang = desk.visit.lang;
    let id = Uuid::parse_str(id).map_err(|_| Answer::not_found(&desk.visit))?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let seen = staff::supplier_case(app, &ctx, signed, id).await;
    let seen: SupplierCase = seen.map_err(failed(desk))?;
    let catalogue = desk.visit.state.catalogue.now();
    let known = areas(&catalogue.categories);
    let reason = domain::Refused::from(Party::VerifyReason).field();
    for error in &mut errors {
        // Each says where on this page it can be put right; else it is about the case.
        let given = event.filter(|event| seen.may.contains(event) && !Reason::of(*event).is_empty());
        error.field = match (&*error.field, given) {
            (field, Some(event)) if field == reason => format!("{}-reasons", event.as_str()).into(),
            ("category", Some(event)) => format!("{}-area", event.as_str()).into(),
            _ => "h-case".into(),
        };
    }
    let all: Vec<Coded2> = known
        .iter()
        .filter(|area| seen.row.areas.contains(&area.slug))
        .map(|area| (area.slug.clone(), lang.text(&area.name).to_owned()))
        .collect();
    let offered = |event: &Event| -> ActRow {
        let limited =
            |(slug, _): &&Coded2| seen.row.supplier.restricted.contains(slug) == (*event == Event::Open);
        let areas: Vec<Coded2> = all.iter().filter(limited).cloned().collect();
        act_row(lang, *event, &areas)
    };
    let (path, room) = cases::room(lang, Kind::Suppliers);
    let page = CasePage {
        f: desk.frame(&seen.number),
        c: desk.console(),
        path,
        room,
        id: id.to_string(),
        version: seen.row.supplier.version,
        facts: facts(lang, &seen, &known),
        pieces: Vec::new(),
        open_title: "",
        open_hint: "",
        masked: None,
        why: Vec::new(),
        approval: None,
        opened: None,
        acts: seen.may.iter().map(offered).collect(),
        for_others: seen.for_others,
        steps: seen
            .steps
            .iter()
            .map(|step| {
                let row = step_row(lang, &known, step);
                CaseStep {
                    when: Moment::of(lang, step.at),
                    what: row.what,
                    state: row.state,
                    who: step.staff.clone().unwrap_or_else(|| row.who.to_owned()),
                }
            })
            .collect(),
        next: cases::next(desk, Kind::Suppliers, id).await?,
        number: seen.number,
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/ruzhu/{id}`.
pub async fn case(desk: Desk, Named(id): Named<String>) -> Result<Answer, Answer> {
    page(&desk, &id, None, Vec::new()).await
}

/// An act; the reasons are ticks, each by its word.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ActForm {
    pub(super) csrf: String,
    pub(super) version: i64,
    pub(super) event: String,
    area: String,
    #[serde(flatten)]
    pub(super) ticked: HashMap<String, String>,
}

/// `POST /guanli/ruzhu/{id}/jueding`.
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
    let choice = SupplierChoice {
        reasons: Reason::ALL.iter().filter(ticked).copied().collect(),
        area: (!form.area.is_empty()).then(|| form.area.clone()),
    };
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let catalogue = desk.visit.state.catalogue.now();
    match staff::supplier_act(
        app,
        &ctx,
        (signed, &catalogue),
        (case, form.version),
        (event, choice),
    )
    .await
    {
        Ok(()) => {
            super::super::catalogue::renew(&desk.visit).await?;
            Ok(Answer::to(&format!("/guanli/ruzhu/{case}")))
        }
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &id, Some(event), found).await
        }
    }
}
