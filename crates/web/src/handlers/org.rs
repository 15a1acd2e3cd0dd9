//! A person's enterprises: the list, an application with its licence and proof, a verification.

use app::account::Shown;
use app::org::{self, ApplicationView, Mine, Submission, TransferForm};
use axum::extract::Request;
use axum::http::StatusCode;
use domain::account::offer::ENTERPRISE;
use domain::four_eyes::Appeal;
use domain::org::bank_proof::WRONG;
use domain::org::verification::{Badge, Event, Proof, Relation, State};
use privacy::purpose::{Certify, KeepAccount, ShowOwn};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{errors_of, status_of};
use super::consent::{choices, offer_row, shown, version};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::org::{
    ApplicationPage, EnterprisesPage, InvitationRow, LetterPage, OrganisationRow, Stage, StepRow,
};
use crate::request::{Named, Posted, Visit};
use crate::upload::Upload;

const PAGE: &str = "/zhanghao/qiye";

pub(super) fn badge_name(lang: Lang, badge: Badge) -> &'static str {
    match badge {
        Badge::None => lang.t("未认证", "not verified"),
        Badge::Verified => lang.t("已企业认证", "verified"),
        Badge::Changing => lang.t("变更核验中", "change being verified"),
    }
}

pub(super) fn invitation_row(lang: Lang, line: org::InvitationLine) -> InvitationRow {
    InvitationRow {
        id: line.id.to_string(),
        name: line.name,
        seat: line.seat.label(lang == Lang::Zh),
        sent: Moment::of(lang, line.sent_at),
        until: line.until.map(|until| Moment::of(lang, until)),
    }
}

pub(super) fn parsed(visit: &Visit, id: &str) -> Result<Uuid, Answer> {
    Uuid::parse_str(id).map_err(|_| Answer::not_found(visit))
}

async fn list(visit: &Visit, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(PAGE)?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let mine = org::mine(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let mine: Mine = mine.map_err(|failure| Answer::failure(visit, &failure))?;
    let choices = choices(visit).await?;
    let mut offers = choices.offers.iter();
    let page = EnterprisesPage {
        f: visit.frame(lang.t("我的企业", "My enterprises")),
        organisations: mine
            .organisations
            .into_iter()
            .map(|line| OrganisationRow {
                id: line.organisation.id.to_string(),
                name: line.organisation.name,
                code: line.organisation.credit_code,
                seat: line.seat.label(zh),
                badge: badge_name(lang, line.badge),
                verified: line.badge == Badge::Verified,
                verification: line.verification.map(|id| id.to_string()),
            })
            .collect(),
        application: mine.application.map(|(id, name, state)| {
            let name = name.unwrap_or_else(|| lang.t("（尚未填写名称）", "(no name yet)").to_owned());
            (id.to_string(), name, state.label(zh))
        }),
        invitations: mine
            .invitations
            .into_iter()
            .map(|line| invitation_row(lang, line))
            .collect(),
        verified: mine.verified,
        open: mine.open,
        offer: offers
            .find(|choice| choice.offer.id == ENTERPRISE.id)
            .map(|choice| offer_row(lang, choice)),
        errors,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/qiye`.
pub async fn mine(visit: Visit) -> Result<Answer, Answer> {
    list(&visit, Vec::new()).await
}

/// The tick of the separate consent.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentForm {
    csrf: String,
    accept_enterprise: String,
}

/// `POST /zhanghao/qiye`.
pub async fn begin(visit: Visit, Posted(form): Posted<ConsentForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let shown: Shown<'_> = shown(&visit, &version);
    let agreed = !form.accept_enterprise.is_empty();
    match org::begin(&visit.state.app, &ctx, viewer, agreed, shown).await {
        Ok(id) => Ok(Answer::to(&format!("{PAGE}/{id}"))),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            list(&visit, errors).await
        }
    }
}

/// What was typed into the page's forms; pictures and accounts are typed anew.
#[derive(Default)]
struct Typed {
    relation: String,
    company_name: Option<String>,
    credit_code: Option<String>,
    representative: String,
    bank: String,
}

fn stage(view: &ApplicationView) -> Stage {
    let changing = view.verification.state == State::Changed && view.handed_in;
    match view.verification.state {
        State::Submitted => Stage::Wait,
        State::Changed if changing && view.answered.is_none() => Stage::Wait,
        State::Changed if changing && view.answered.as_ref().is_some_and(Vec::is_empty) => Stage::Choose,
        State::None | State::Draft | State::Changed => Stage::Form,
        State::AutoChecked => Stage::Choose,
        State::Proving if view.verification.proof == Some(Proof::Letter) => Stage::Letter,
        State::Proving => Stage::Transfer,
        State::Locked => Stage::Locked,
        State::Rejected => Stage::Rejected,
        State::Verified | State::AnnualDue => Stage::Verified,
        State::Revoked => Stage::Revoked,
        State::Withdrawn => Stage::Withdrawn,
    }
}

fn side(lang: Lang, side: &str) -> &'static str {
    match side {
        "applicant" => lang.t("申请人", "the applicant"),
        "owner" => lang.t("企业所有者", "an owner"),
        "verifier" => lang.t("平台审核人员", "a verifier of the platform"),
        _ => lang.t("系统", "the program"),
    }
}

fn due_text(lang: Lang, event: Event) -> &'static str {
    match event {
        Event::ProofLapsed => lang.t(
            "请在此之前完成验证，逾期退回填写：",
            "Prove it before, or it goes back to the form: ",
        ),
        Event::Unlock => lang.t("解锁时间：", "Open again: "),
        Event::YearPassed => lang.t("下次年度复核：", "The next yearly check: "),
        Event::GraceLapsed => lang.t("宽限期至：", "The grace ends: "),
        Event::ChangeLapsed => lang.t(
            "请在此之前证明变更，逾期按变更前的信息重新核对：",
            "Prove the change before, or the register is asked about the data before it: ",
        ),
        _ => lang.t("长期未继续将自动撤回：", "Given up by itself on: "),
    }
}

async fn render(
    visit: &Visit,
    id: Uuid,
    typed: Typed,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(PAGE)?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let ctx = visit.ctx::<Certify>();
    let view = org::application(&visit.state.app, &ctx, viewer, id).await;
    let view: ApplicationView = view.map_err(|failure| Answer::failure(visit, &failure))?;
    let stage = stage(&view);
    let has_field = |field: &str| match field {
        "relation" | "company_name" | "credit_code" | "representative" | "licence" => {
            matches!(stage, Stage::Form | Stage::Verified)
        }
        "bank" | "bank_account" => {
            view.bank && !view.claims && matches!(stage, Stage::Choose | Stage::Transfer)
        }
        "letter" => matches!(stage, Stage::Choose | Stage::Transfer | Stage::Letter),
        "amount" => stage == Stage::Transfer && view.verification.transfer.is_some(),
        _ => false,
    };
    for error in &mut errors {
        // What has no field on this page any more is about the state.
        if !has_field(&error.field) {
            error.field = "h-state".into();
        }
    }
    let against = view.answered.as_deref().unwrap_or_default();
    let reasons = if against.is_empty() {
        &view.verification.reasons
    } else {
        against
    };
    let can = |event| view.may.contains(&event);
    let revision = matches!(
        view.verification.state,
        State::Verified | State::AnnualDue | State::Changed
    );
    let page = ApplicationPage {
        f: visit.frame(lang.t("企业认证", "Verification of an enterprise")),
        id: id.to_string(),
        stage,
        state: view.verification.state.label(zh),
        revision,
        organisation: view.organisation.map(|id| id.to_string()),
        reasons: reasons.iter().map(|reason| reason.label(zh)).collect(),
        company_name: typed
            .company_name
            .or_else(|| view.company_name.clone())
            .unwrap_or_default(),
        credit_code: typed
            .credit_code
            .or_else(|| view.credit_code.clone())
            .unwrap_or_default(),
        named: view.company_name.clone().zip(view.credit_code.clone()),
        representative: typed.representative,
        relation: typed.relation,
        bank: typed.bank,
        has_bank: view.bank && !view.claims,
        claims: view.claims,
        claim: view.verification.claim,
        last_four: view.last_four.unwrap_or_default(),
        sent: view
            .verification
            .transfer
            .map(|transfer| Moment::of(lang, transfer.sent_at)),
        arrived: view.arrived,
        refused: view.refused,
        tries_left: WRONG - view.verification.transfer.map_or(0, |transfer| transfer.wrong),
        due: view
            .due
            .and_then(|(event, at)| at.map(|at| (due_text(lang, event), Moment::of(lang, at)))),
        can_withdraw: can(Event::Withdraw),
        can_edit: can(Event::Edit),
        can_appeal: can(Event::Appeal),
        appeal: match view.verification.measure.appeal {
            Appeal::None => "",
            Appeal::Open => lang.t(
                "已申诉，由未参与此前决定的人员处理，结果会发短信告诉您。",
                "Appealed. Somebody who took no part decides, and a message tells you when.",
            ),
            Appeal::Dismissed => lang.t(
                "申诉已处理：撤销维持。",
                "The appeal was decided: the revocation stands.",
            ),
        },
        steps: view
            .steps
            .iter()
            .map(|step| StepRow {
                what: step.event.label(zh),
                state: step.state.label(zh),
                who: side(lang, &step.side),
                reasons: step.reasons.iter().map(|reason| reason.label(zh)).collect(),
                when: Moment::of(lang, step.at),
            })
            .collect(),
        errors,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/qiye/{id}`.
pub async fn application(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    visit.viewer()?;
    let id = parsed(&visit, &id)?;
    render(&visit, id, Typed::default(), Vec::new()).await
}

fn to(id: Uuid) -> Answer {
    Answer::to(&format!("{PAGE}/{id}"))
}

/// `POST /zhanghao/qiye/{id}`.
pub async fn submit(visit: Visit, Named(id): Named<String>, request: Request) -> Result<Answer, Answer> {
    let mut form = Upload::read(&visit, PAGE, request).await?;
    visit.own_form(form.text("csrf"))?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = parsed(&visit, &id)?;
    let licence = form.take_file();
    let typed = Submission {
        relation: form.text("relation"),
        company_name: form.text("company_name"),
        credit_code: form.text("credit_code"),
        representative: form.text("representative"),
        licence,
    };
    match org::submit(&visit.state.app, &visit.ctx::<Certify>(), viewer, id, typed).await {
        Ok(()) => Ok(to(id)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let typed = Typed {
                relation: Relation::parse(form.text("relation"))
                    .map_or_else(String::new, |known| known.as_str().to_owned()),
                company_name: Some(form.text("company_name").to_owned()),
                credit_code: Some(form.text("credit_code").to_owned()),
                representative: form.text("representative").to_owned(),
                bank: String::new(),
            };
            render(&visit, id, typed, errors).await
        }
    }
}

/// `GET /zhanghao/qiye/{id}/shouquanshu`: the letter to be printed and stamped.
pub async fn letter_form(visit: Visit, Named(id): Named<String>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let id = parsed(&visit, &id)?;
    let view = org::application(&visit.state.app, &visit.ctx::<Certify>(), viewer, id).await;
    let view = view.map_err(|failure| Answer::failure(&visit, &failure))?;
    let (Some(company_name), Some(credit_code)) = (view.company_name, view.credit_code) else {
        return Err(Answer::not_found(&visit));
    };
    let page = LetterPage {
        f: visit.frame(visit.lang.t("授权书", "Letter of authorisation")),
        id: id.to_string(),
        company_name,
        credit_code,
        number: domain::staff::enterprise_case_number(id),
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `POST /zhanghao/qiye/{id}/shouquanshu`.
pub async fn letter(visit: Visit, Named(id): Named<String>, request: Request) -> Result<Answer, Answer> {
    let mut form = Upload::read(&visit, PAGE, request).await?;
    visit.own_form(form.text("csrf"))?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = parsed(&visit, &id)?;
    let letter = form.take_file();
    match org::hand_in_letter(&visit.state.app, &visit.ctx::<Certify>(), viewer, id, letter).await {
        Ok(()) => Ok(to(id)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            render(&visit, id, Typed::default(), errors).await
        }
    }
}

/// The account of a transfer.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AccountForm {
    csrf: String,
    bank: String,
    bank_account: String,
}

/// `POST /zhanghao/qiye/{id}/dakuan`.
pub async fn transfer(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<AccountForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = parsed(&visit, &id)?;
    let typed = TransferForm {
        bank: &form.bank,
        bank_account: &form.bank_account,
    };
    match org::send_transfer(&visit.state.app, &visit.ctx::<Certify>(), viewer, id, &typed).await {
        Ok(()) => Ok(to(id)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let typed = Typed {
                bank: form.bank,
                ..Typed::default()
            };
            render(&visit, id, typed, errors).await
        }
    }
}

/// The amount that arrived.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AmountForm {
    csrf: String,
    amount: String,
}

/// `POST /zhanghao/qiye/{id}/jine`.
pub async fn amount(
    visit: Visit,
    Named(id): Named<String>,
    Posted(form): Posted<AmountForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = parsed(&visit, &id)?;
    let entered = org::enter_amount(
        &visit.state.app,
        &visit.ctx::<Certify>(),
        viewer,
        id,
        &form.amount,
    )
    .await;
    match entered {
        // A claim ends its own application: what is there now is on the list.
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            render(&visit, id, Typed::default(), errors).await
        }
    }
}

/// Whether it is meant.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    csrf: String,
}

/// `POST /zhanghao/qiye/{id}/{step}`: `xiugai`, `chehui`, `shensu`.
pub async fn step(
    visit: Visit,
    Named((id, step)): Named<(String, String)>,
    Posted(form): Posted<StepForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = parsed(&visit, &id)?;
    let (app, ctx) = (&visit.state.app, visit.ctx::<KeepAccount>());
    let taken = match step.as_str() {
        "xiugai" => org::edit(app, &ctx, viewer, id).await,
        "chehui" => org::withdraw(app, &ctx, viewer, id).await,
        "shensu" => org::appeal(app, &ctx, viewer, id).await,
        _ => return Err(Answer::not_found(&visit)),
    };
    match taken {
        Ok(()) if step == "chehui" => Ok(Answer::to(PAGE)),
        Ok(()) => Ok(to(id)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            render(&visit, id, Typed::default(), errors).await
        }
    }
}
