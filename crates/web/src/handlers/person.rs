//! A person's verification: consent, name and number, the result, deletion.

use app::account::{self, Shown};
use app::person::{self, PersonView, Submission};
use axum::http::StatusCode;
use domain::Refused;
use domain::account::offer::REAL_NAME;
use domain::calendar::day_text;
use domain::four_eyes::Appeal;
use domain::person::verification::{Event, State, TRIES, TRIES_WINDOW, Verification};
use domain::refused::Party;
use privacy::purpose::{Certify, KeepAccount, ShowOwn};
use serde::Deserialize;

use super::account::{Token, errors_of};
use super::consent::{offer_row, shown, version};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::person::{PersonPage, Stage, StepRow};
use crate::request::{Posted, Visit};

const PAGE: &str = "/zhanghao/shiming";

fn stage(view: &PersonView) -> Stage {
    match view.verification.state {
        State::Verified => Stage::Verified,
        State::Submitted | State::Checking => Stage::Wait,
        State::Locked => Stage::Locked,
        State::Revoked => Stage::Revoked,
        _ if !view.open => Stage::Closed,
        State::Consented | State::Rejected => Stage::Form,
        State::None | State::Erased | State::Expired => Stage::Consent,
    }
}

/// Failed checks that still count.
fn counted(verification: &Verification, now: time::OffsetDateTime) -> usize {
    let counts = |at: &&time::OffsetDateTime| now - **at < TRIES_WINDOW;
    verification.failed_at.iter().filter(counts).count()
}

fn side(lang: Lang, side: &str) -> &'static str {
    match side {
        "applicant" => lang.t("您本人", "you"),
        "verifier" => lang.t("平台审核人员", "a verifier of the platform"),
        _ => lang.t("系统", "the program"),
    }
}

async fn page(visit: &Visit, typed: TypedForm, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for(PAGE)?;
    let app = &visit.state.app;
    let failed = |failure| Answer::failure(visit, &failure);
    let view = person::verification(app, &visit.ctx::<ShowOwn>(), viewer)
        .await
        .map_err(failed)?;
    let choices = account::choices(app, &visit.ctx::<ShowOwn>(), viewer)
        .await
        .map_err(failed)?;
    let lang = visit.lang;
    let zh = lang == Lang::Zh;
    let mut offers = choices.offers.iter();
    let offer = offers.find(|choice| choice.offer.id == REAL_NAME.id);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let stage = stage(&view);
    if stage != Stage::Form {
        // There is no form that could be led to.
        for error in errors
            .iter_mut()
            .filter(|error| error.field == "id_number" || error.field == "real_name")
        {
            error.field = "h-state".into();
        }
    }
    for error in errors
        .iter_mut()
        .filter(|error| error.field == "verification" || error.field == "appeal")
    {
        error.field = "h-state".into();
    }
    let shown_reason = matches!(stage, Stage::Form | Stage::Locked) && errors.is_empty();
    let page = PersonPage {
        f: visit.frame(lang.t("实名认证", "Real-name verification")),
        state: view.verification.state.label(zh),
        reason: view
            .verification
            .reason
            .filter(|_| shown_reason)
            .map_or("", |reason| reason.label(zh)),
        offer: offer.map(|offer| offer_row(lang, offer)),
        since: Moment::of(lang, view.verification.since),
        due: view
            .due
            .filter(|_| matches!(stage, Stage::Wait | Stage::Locked))
            .and_then(|(_, at)| at)
            .map(|at| Moment::of(lang, at)),
        valid: view.verification.card_until.map(|day| day_text(day, zh)),
        tries: (counted(&view.verification, app.clock.now()), TRIES),
        can_erase: view.may(Event::Erase),
        ground: view.ground.map_or("", |ground| ground.label(zh)),
        can_appeal: view.may(Event::Appeal),
        appeal: match view.verification.measure.appeal {
            Appeal::None => "",
            Appeal::Open => lang.t(
                "您已申诉，由未参与此前决定的人员处理，结果会发短信告诉您。",
                "You appealed. Somebody who took no part decides, and a message tells you when.",
            ),
            Appeal::Dismissed => lang.t(
                "申诉已处理：撤销维持。",
                "The appeal was decided: the revocation stands.",
            ),
        },
        steps: view
            .events
            .iter()
            .map(|step| StepRow {
                what: step.event.label(zh),
                state: step.state.label(zh),
                who: side(lang, &step.side),
                reason: step
                    .reason
                    .filter(|_| matches!(step.event, Event::Fail | Event::SourceDown))
                    .map_or("", |reason| reason.label(zh)),
                when: Moment::of(lang, step.at),
            })
            .collect(),
        masked: view.masked,
        real_name: typed.real_name,
        id_number: typed.id_number,
        stage,
        errors,
    };
    Ok(Answer::page(visit, status, &page))
}

/// `GET /zhanghao/shiming`.
pub async fn form(visit: Visit) -> Result<Answer, Answer> {
    page(&visit, TypedForm::default(), Vec::new()).await
}

/// The tick of the separate consent.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentForm {
    csrf: String,
    accept_verification: String,
}

/// `POST /zhanghao/shiming/tongyi`.
pub async fn agree(visit: Visit, Posted(form): Posted<ConsentForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    let shown: Shown<'_> = shown(&visit, &version);
    match person::agree(
        &visit.state.app,
        &ctx,
        viewer,
        !form.accept_verification.is_empty(),
        shown,
    )
    .await
    {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            page(&visit, TypedForm::default(), errors).await
        }
    }
}

/// Name and number as typed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct TypedForm {
    csrf: String,
    real_name: String,
    id_number: String,
}

/// `POST /zhanghao/shiming`.
pub async fn submit(visit: Visit, Posted(form): Posted<TypedForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let typed = Submission {
        real_name: &form.real_name,
        id_number: &form.id_number,
    };
    match person::submit(&visit.state.app, &visit.ctx::<Certify>(), viewer, &typed).await {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            page(&visit, form, errors).await
        }
    }
}

/// Whether it is meant.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct EraseForm {
    csrf: String,
    sure: String,
}

/// `POST /zhanghao/shiming/shanchu`.
pub async fn erase(visit: Visit, Posted(form): Posted<EraseForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    if form.sure.is_empty() {
        let refused = Refused::from(Party::VerifyUnsure);
        let errors = vec![FieldError::new(
            refused.field(),
            refused.message(visit.lang == Lang::Zh),
        )];
        return page(&visit, TypedForm::default(), errors).await;
    }
    let (version, ctx) = (version(&visit), visit.ctx::<KeepAccount>());
    match person::erase(&visit.state.app, &ctx, viewer, shown(&visit, &version)).await {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            page(&visit, TypedForm::default(), errors).await
        }
    }
}

/// `POST /zhanghao/shiming/shensu`.
pub async fn appeal(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    match person::appeal(&visit.state.app, &visit.ctx::<KeepAccount>(), viewer).await {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            page(&visit, TypedForm::default(), errors).await
        }
    }
}
