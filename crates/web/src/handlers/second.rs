//! The second step of a log-in, and the way out for whoever lost app and recovery codes.

use app::account::{self, Given, SecondStep};
use axum::http::StatusCode;
use privacy::purpose::VerifyHolder;
use serde::Deserialize;

use super::account::{Next, errors_of};
use super::passkey;
use crate::door::{Brought, Left};
use crate::failure::{Answer, local};
use crate::pages::account::FieldError;
use crate::pages::moment::Moment;
use crate::pages::second::{DemoCodes, SecondLossPage, SecondStepPage};
use crate::request::{Asked, Posted, Visit};

/// What a demonstration tells where a code is asked for; nothing elsewhere.
pub(super) fn demo_codes(visit: &Visit) -> DemoCodes {
    let guarded = app::demo::PEOPLE.iter().find(|person| person.secret.is_some());
    DemoCodes {
        name: guarded.map_or("", |person| person.name),
        codes: app::demo::second_codes(&visit.state.app),
    }
}

fn status(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// The form of the second step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    second_code: String,
    #[serde(default)]
    recovery_code: String,
    remember: Option<String>,
}

/// The page of the second step; `remember` is ticked as it was, `recovery` unfolds its part.
pub(super) fn step_page(
    visit: &Visit,
    next: &str,
    remember: bool,
    recovery: bool,
    errors: Vec<FieldError>,
) -> Answer {
    let page = SecondStepPage {
        f: visit.frame(visit.lang.t("登录验证", "Second step of the log-in")),
        next: local(next).to_owned(),
        remember,
        recovery,
        demo: demo_codes(visit),
        passkey: passkey::part(visit),
        errors,
    };
    Answer::page(visit, status(&page.errors), &page).scripted()
}

/// `GET /denglu/yanzheng`. Whether a log-in waits is not said: the page is the same for everybody.
pub async fn step_form(visit: Visit, Asked(Next { next }): Asked<Next>) -> Answer {
    if visit.viewer.is_some() {
        return Answer::to(local(&next));
    }
    step_page(&visit, &next, false, false, Vec::new())
}

/// `POST /denglu/yanzheng`.
pub async fn step(visit: Visit, left: Brought, Posted(form): Posted<StepForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let given = SecondStep {
        token: left.pending.as_deref().unwrap_or_default(),
        given: Given {
            code: &form.second_code,
            recovery: &form.recovery_code,
        },
        device: &visit.device,
        remember: form.remember.is_some(),
    };
    match account::second_step(&visit.state.app, &visit.ctx::<VerifyHolder>(), &given).await {
        Ok(entered) => {
            let answer = Answer::to(local(&form.next))
                .with_session(&visit, &entered.begun.token)
                .taking_back(&visit, Left::Pending);
            Ok(match &entered.remembered {
                Some(token) => answer.leaving(&visit, Left::Remembered, token),
                None => answer,
            })
        }
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let recovery = !form.recovery_code.is_empty();
            Ok(step_page(
                &visit,
                &form.next,
                form.remember.is_some(),
                recovery,
                errors,
            ))
        }
    }
}

/// The form of whoever lost everything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
}

fn loss_page(
    visit: &Visit,
    phone: &str,
    errors: Vec<FieldError>,
    code_sent: bool,
    off_at: Option<Moment>,
) -> Answer {
    let page = SecondLossPage {
        f: visit.frame(visit.lang.t(
            "验证器、通行密钥和恢复码都丢了",
            "App, passkeys and recovery codes are lost",
        )),
        phone: phone.chars().take(64).collect(),
        code_sent,
        off_at,
        errors,
    };
    Answer::page(visit, status(&page.errors), &page)
}

/// `GET /denglu/yishi`.
pub async fn loss_form(visit: Visit) -> Answer {
    loss_page(&visit, "", Vec::new(), false, None)
}

/// `POST /denglu/yishi/yanzhengma`.
pub async fn loss_code(
    visit: Visit,
    left: Brought,
    Posted(form): Posted<LossForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.pending.as_deref().unwrap_or_default();
    let ctx = visit.ctx::<VerifyHolder>();
    let asked = account::request_loss_code(&visit.state.app, &ctx, token, &form.phone);
    Ok(match visit.evenly(asked).await {
        Ok(()) => loss_page(&visit, &form.phone, Vec::new(), true, None),
        Err(failure) => loss_page(&visit, &form.phone, errors_of(&visit, &failure)?, false, None),
    })
}

/// `POST /denglu/yishi`.
pub async fn loss(visit: Visit, left: Brought, Posted(form): Posted<LossForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.pending.as_deref().unwrap_or_default();
    let ctx = visit.ctx::<VerifyHolder>();
    Ok(
        match account::ask_loss(&visit.state.app, &ctx, token, &form.phone, &form.code).await {
            Ok(off_at) => {
                let off_at = Moment::of(visit.lang, off_at);
                loss_page(&visit, "", Vec::new(), false, Some(off_at)).taking_back(&visit, Left::Pending)
            }
            Err(failure) => loss_page(&visit, &form.phone, errors_of(&visit, &failure)?, false, None),
        },
    )
}
