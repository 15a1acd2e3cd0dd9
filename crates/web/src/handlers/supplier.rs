//! An enterprise as a supplier: application, licences, exit. What it signs is in `terms`.

use std::collections::HashMap;

use app::supplier::{self, Form, HandIn, PermitRow as LicenceRow, Signed, Standing, SupplierView, Taken};
use axum::extract::Request;
use domain::Refused;
use domain::account::offer::SUPPLIER;
use domain::four_eyes::Appeal;
use domain::market::catalogue::{Area, areas};
use domain::org::seat::Seat;
use domain::supplier::Reason;
use domain::supplier::application::Typed;
use domain::supplier::licence;
use domain::supplier::onboarding::{Event, State};
use policy::Document;
use privacy::purpose::{Certify, KeepAccount};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{errors_of, status_of};
use super::consent::{choices, offer_row, shown, version};
use super::org::parsed;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::{Day, Moment};
use crate::pages::supplier::{
    AreaRow, PermitPage, PermitRow, SignedRow, Stage, StandingPage, SupplierStep, TypedPermit, TypedProfile,
};
use crate::request::{Named, Posted, Visit};
use crate::upload::Upload;

pub(super) fn page_of(id: Uuid) -> String {
    format!("/zhanghao/zuzhi/{id}/ruzhu")
}

fn stage(view: &SupplierView) -> Stage {
    let Some(row) = &view.row else {
        return Stage::Begin;
    };
    match row.supplier.state {
        State::Applied | State::Returned => Stage::Form,
        State::MaterialReview => Stage::Review,
        State::Agreement | State::Deposit => Stage::Sign,
        State::Active | State::Restricted => Stage::Trading,
        State::Suspended | State::Exiting => Stage::Ending,
        // Who left may come again.
        State::Exited => Stage::Begin,
        State::Banned => Stage::Gone,
    }
}

fn area_name(lang: Lang, known: &[Area], slug: &str) -> String {
    let area = known.iter().find(|area| area.slug == slug);
    area.map_or_else(|| slug.to_owned(), |area| lang.text(&area.name).to_owned())
}

fn permit(lang: Lang, known: &[Area], row: &LicenceRow) -> PermitRow {
    use licence::State as L;
    let zh = lang == Lang::Zh;
    PermitRow {
        slug: row.area.clone(),
        area: area_name(lang, known, &row.area),
        number: row.number.clone(),
        issuer: row.issuer.clone(),
        until: row.licence.until.map(|day| Day::of(lang, day)),
        state: row.licence.state.label(zh),
        good: matches!(row.licence.state, L::Approved | L::Expiring),
        bad: matches!(row.licence.state, L::Expired | L::Rejected | L::Revoked),
        reasons: row
            .licence
            .reasons
            .iter()
            .map(|reason| reason.label(zh))
            .collect(),
    }
}

/// What the program or somebody did, in words; of a word nobody knows, nothing.
pub(super) fn step_row(lang: Lang, known: &[Area], step: &Taken) -> SupplierStep {
    let zh = lang == Lang::Zh;
    let reasons = step.reasons.iter().filter_map(|word| Reason::parse(word));
    let mut notes: Vec<String> = reasons.map(|reason| reason.label(zh).to_owned()).collect();
    notes.extend(step.area.as_deref().map(|area| area_name(lang, known, area)));
    SupplierStep {
        what: Event::parse(&step.event).map_or("", |event| event.label(zh)),
        state: State::parse(&step.state).map_or("", |state| state.label(zh)),
        who: match &*step.side {
            "supplier" => lang.t("企业成员", "a member of the enterprise"),
            "verifier" => lang.t("平台审核人员", "a verifier of the platform"),
            _ => lang.t("系统", "the program"),
        },
        notes,
        when: Moment::of(lang, step.at),
    }
}

fn due_text(lang: Lang, event: Event) -> &'static str {
    match event {
        Event::ReviewOverdue => lang.t("最晚审核完成时间：", "Decided at the latest: "),
        Event::Exit => lang.t("公示期满退出：", "It has left on: "),
        _ => lang.t("长期未继续将自动放弃：", "Given up by itself on: "),
    }
}

fn document_name(lang: Lang, document: &str) -> &'static str {
    if document == Document::Agreement.as_str() {
        lang.t("服务商协议", "provider agreement")
    } else {
        lang.t("个人信息处理与保密协议", "undertaking on personal data")
    }
}

/// What was typed into the application's form.
struct Draft {
    typed: TypedProfile,
    areas: Vec<String>,
}

impl Draft {
    /// What is kept of the application.
    fn kept(row: Option<&Standing>) -> Self {
        let Some(row) = row else {
            return Self {
                typed: TypedProfile::default(),
                areas: Vec::new(),
            };
        };
        Self {
            typed: TypedProfile {
                display_name: row.profile.name.clone(),
                display_name_en: row.profile.name_en.clone(),
                city: row.profile.city.clone(),
                introduction: row.profile.introduction.clone(),
                introduction_en: row.profile.introduction_en.clone(),
            },
            areas: row.areas.iter().cloned().collect(),
        }
    }
}

/// What has no field on the page as it is now is about the state.
fn place(errors: &mut [FieldError], view: &SupplierView, stage: Stage) {
    let has_field = |field: &str| match field {
        "display_name" | "display_name_en" | "city" | "introduction" | "introduction_en" | "categories" => {
            stage == Stage::Form && view.may_offer
        }
        "permits" => stage != Stage::Begin,
        "accept_supplier" => stage == Stage::Begin && view.verified && view.may_offer,
        "verification" => stage == Stage::Begin,
        _ => false,
    };
    for error in errors {
        if !has_field(&error.field) {
            error.field = "h-state".into();
        }
    }
}

/// Why it stands as it does, where that weighs on it.
fn reasons(lang: Lang, row: &Standing) -> Vec<&'static str> {
    match row.supplier.state {
        State::Returned | State::Restricted | State::Suspended | State::Banned => {
            let label = |reason: &Reason| reason.label(lang == Lang::Zh);
            row.reasons.iter().map(label).collect()
        }
        _ => Vec::new(),
    }
}

fn signed_row(lang: Lang, document: &str, signed: &Signed) -> SignedRow {
    SignedRow {
        document: document_name(lang, document),
        edition: signed.edition.clone(),
        seat: Seat::parse(&signed.seat).map_or("", |seat| seat.label(lang == Lang::Zh)),
        hash: signed.text_hash.chars().take(16).collect(),
        when: Moment::of(lang, signed.signed_at),
    }
}

fn appeal_text(lang: Lang, appeal: Appeal) -> &'static str {
    match appeal {
        Appeal::None => "",
        Appeal::Open => lang.t(
            "已申诉，由未参与此前决定的人员处理，结果会发短信告诉您。",
            "Appealed. Somebody who took no part decides, and a message tells you when.",
        ),
        Appeal::Dismissed => lang.t(
            "申诉已处理：清退维持。",
            "The appeal was decided: the ban stands.",
        ),
    }
}

async fn render(
    visit: &Visit,
    id: Uuid,
    draft: Option<Draft>,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let view = supplier::supplier(&visit.state.app, &visit.ctx::<KeepAccount>(), viewer, id).await;
    let view: SupplierView = view.map_err(|failure| Answer::failure(visit, &failure))?;
    let stage = stage(&view);
    place(&mut errors, &view, stage);
    let offer = if stage == Stage::Begin && view.may_offer {
        let choices = choices(visit).await?;
        let mut offers = choices.offers.iter();
        offers
            .find(|choice| choice.offer.id == SUPPLIER.id)
            .map(|choice| offer_row(lang, choice))
    } else {
        None
    };
    let catalogue = visit.state.catalogue.now();
    let known = areas(&catalogue.categories);
    let row = view.row.as_ref();
    let draft = draft.unwrap_or_else(|| Draft::kept(row));
    let area_row = |area: &Area| AreaRow {
        slug: area.slug.clone(),
        name: lang.text(&area.name).to_owned(),
        licence: lang.text(&area.licence).to_owned(),
        chosen: draft.areas.contains(&area.slug),
        permit: view
            .licences
            .iter()
            .find(|one| one.area == area.slug)
            .map_or("", |one| one.licence.state.label(zh)),
        restricted: row.is_some_and(|row| row.supplier.restricted.contains(&area.slug)),
    };
    let can = |event| view.may.contains(&event);
    let page = StandingPage {
        f: visit.frame(lang.t("服务商入驻", "Becoming a provider")),
        id: id.to_string(),
        name: view.organisation.name.clone(),
        code: view.organisation.credit_code.clone(),
        verified: view.verified,
        stage,
        state: row.map_or("", |row| row.supplier.state.label(zh)),
        reasons: row.map_or_else(Vec::new, |row| reasons(lang, row)),
        public: row
            .filter(|row| row.admitted_at.is_some())
            .map(|row| row.id.to_string()),
        may_offer: view.may_offer,
        offer,
        areas: known.iter().map(area_row).collect(),
        typed: draft.typed.clone(),
        permits: view
            .licences
            .iter()
            .map(|row| permit(lang, &known, row))
            .collect(),
        signatures: view
            .signatures
            .iter()
            .map(|(document, signed)| signed_row(lang, document, signed))
            .collect(),
        to_sign: view
            .to_sign
            .clone()
            .map(|(edition, by)| (edition, by.map(|day| Day::of(lang, day)))),
        may_sign: view.may_sign,
        bound: view.bound,
        can_withdraw: can(Event::Withdraw),
        can_exit: can(Event::AskExit),
        can_appeal: can(Event::Appeal),
        appeal: row.map_or("", |row| appeal_text(lang, row.supplier.measure.appeal)),
        open_orders: view.open_orders,
        due: view
            .due
            .and_then(|(event, at)| at.map(|at| (due_text(lang, event), Moment::of(lang, at)))),
        steps: view
            .steps
            .iter()
            .map(|step| step_row(lang, &known, step))
            .collect(),
        errors,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/zuzhi/{id}/ruzhu`.
pub async fn standing(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    visit.viewer()?;
    let id = parsed(&visit, &id)?;
    render(&visit, id, None, Vec::new()).await
}

/// The tick of the separate consent.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentForm {
    csrf: String,
    accept_supplier: String,
}

/// `POST /zhanghao/zuzhi/{id}/ruzhu`.
pub async fn begin(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ConsentForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let id = parsed(&visit, &id)?;
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let agreed = !form.accept_supplier.is_empty();
    match supplier::begin(
        &visit.state.app,
        &ctx,
        viewer,
        (id, agreed),
        shown(&visit, &version),
    )
    .await
    {
        Ok(_) => Ok(Answer::to(&path)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            render(&visit, id, None, errors).await
        }
    }
}

/// The application; the areas are ticks, each by its word.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    csrf: String,
    act: String,
    display_name: String,
    display_name_en: String,
    city: String,
    introduction: String,
    introduction_en: String,
    #[serde(flatten)]
    ticked: HashMap<String, String>,
}

/// `POST /zhanghao/zuzhi/{id}/ruzhu/cailiao`.
pub async fn save(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<ProfileForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let id = parsed(&visit, &id)?;
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let areas: Vec<&str> = form
        .ticked
        .keys()
        .filter_map(|name| name.strip_prefix("area-"))
        .collect();
    let typed = Form {
        typed: Typed {
            name: &form.display_name,
            name_en: &form.display_name_en,
            city: &form.city,
            introduction: &form.introduction,
            introduction_en: &form.introduction_en,
        },
        areas: areas.clone(),
        submit: form.act != "save",
    };
    let catalogue = visit.state.catalogue.now();
    let ctx = visit.ctx::<KeepAccount>();
    match supplier::save(&visit.state.app, &ctx, viewer, (&catalogue, id), &typed).await {
        Ok(()) => Ok(Answer::to(&path)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let draft = Draft {
                areas: areas.into_iter().map(str::to_owned).collect(),
                typed: TypedProfile {
                    display_name: form.display_name.clone(),
                    display_name_en: form.display_name_en.clone(),
                    city: form.city.clone(),
                    introduction: form.introduction.clone(),
                    introduction_en: form.introduction_en.clone(),
                },
            };
            render(&visit, id, Some(draft), errors).await
        }
    }
}

async fn permit_page(
    visit: &Visit,
    (id, slug): (Uuid, &str),
    typed: TypedPermit,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let lang = visit.lang;
    let view = supplier::supplier(&visit.state.app, &visit.ctx::<KeepAccount>(), viewer, id).await;
    let view = view.map_err(|failure| Answer::failure(visit, &failure))?;
    let known = areas(&visit.state.catalogue.now().categories);
    let area = known
        .into_iter()
        .find(|area| area.slug == slug && !area.licence.is_empty());
    let (Some(area), Some(row), true) = (area, &view.row, view.may_offer) else {
        return Err(Answer::not_found(visit));
    };
    for error in &mut errors {
        let fields = ["number", "issuer", "valid_from", "valid_until", "picture"];
        if !fields.contains(&&*error.field) {
            error.field = "h-state".into();
        }
    }
    let page = PermitPage {
        f: visit.frame(lang.t("填写资质", "A licence")),
        id: id.to_string(),
        slug: area.slug.clone(),
        area: lang.text(&area.name).to_owned(),
        licence: lang.text(&area.licence).to_owned(),
        typed,
        at_once: !matches!(row.supplier.state, State::Applied | State::Returned),
        errors,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/zuzhi/{id}/ruzhu/zizhi/{area}`.
pub async fn permit_form(visit: Visit, Named((id, area)): Named<(String, String)>) -> Result<Answer, Answer> {
    visit.viewer()?;
    let id = parsed(&visit, &id)?;
    permit_page(&visit, (id, &area), TypedPermit::default(), Vec::new()).await
}

/// `POST /zhanghao/zuzhi/{id}/ruzhu/zizhi/{area}`.
pub async fn hand_in(
    visit: Visit,
    Named((id, area)): Named<(String, String)>,
    request: Request,
) -> Result<Answer, Answer> {
    let mut form = Upload::read(&visit, "/zhanghao/qiye", request).await?;
    visit.own_form(form.text("csrf"))?;
    let id = parsed(&visit, &id)?;
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let picture = form.take_file();
    let typed = licence::Typed {
        number: form.text("number"),
        issuer: form.text("issuer"),
        from: form.text("valid_from"),
        until: form.text("valid_until"),
        endless: !form.text("endless").is_empty(),
    };
    let handed = HandIn {
        area: &area,
        typed,
        picture,
    };
    let catalogue = visit.state.catalogue.now();
    let ctx = visit.ctx::<Certify>();
    match supplier::hand_in(&visit.state.app, &ctx, viewer, (&catalogue, id), handed).await {
        Ok(()) => Ok(Answer::to(&path)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let typed = TypedPermit {
                number: form.text("number").to_owned(),
                issuer: form.text("issuer").to_owned(),
                valid_from: form.text("valid_from").to_owned(),
                valid_until: form.text("valid_until").to_owned(),
                endless: !form.text("endless").is_empty(),
            };
            permit_page(&visit, (id, &area), typed, errors).await
        }
    }
}

/// Whether it is meant.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    csrf: String,
    sure: String,
}

/// `POST /zhanghao/zuzhi/{id}/ruzhu/{step}`: `chehui`, `tuichu`, `shensu`.
pub async fn step(
    visit: Visit,
    Named((id, step)): Named<(String, String)>,
    Posted(form): Posted<StepForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let id = parsed(&visit, &id)?;
    let path = page_of(id);
    let viewer = visit.viewer_for(&path)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let taken = match step.as_str() {
        "chehui" => supplier::withdraw(app, &ctx, viewer, id).await,
        "tuichu" if form.sure.is_empty() => {
            let text = visit.lang.t(
                "请勾选“我确认申请退出”再提交。",
                "Tick “Yes, leave” and send it again.",
            );
            return render(&visit, id, None, vec![FieldError::new("h-state", text)]).await;
        }
        "tuichu" => supplier::ask_exit(app, &ctx, viewer, id).await,
        "shensu" => supplier::appeal(app, &ctx, viewer, id).await,
        _ => return Err(Answer::not_found(&visit)),
    };
    match taken {
        Ok(()) => {
            super::catalogue::renew(&visit).await?;
            Ok(Answer::to(&path))
        }
        Err(failure) if failure.refusals().contains(&Refused::ProofNeeded) => {
            Err(super::guard::to_proof(&path))
        }
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            render(&visit, id, None, errors).await
        }
    }
}
