//! The privacy officer's queue (2.6.3.c): what recipients have not answered.

use app::Failure;
use app::staff::{self, Clock};
use domain::calendar::Due;
use domain::rights::demand::Typed;
use domain::staff::Role;
use privacy::purpose::Operate;
use uuid::Uuid;

use super::super::account::status_of;
use super::super::order::errors;
use super::super::share::{AnswerForm, demand_row};
use super::{clock, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::share::TypedAnswer;
use crate::pages::staff::work::OfficerPage;
use crate::request::{Named, Posted};

async fn page(
    desk: &Desk,
    refused: String,
    typed: TypedAnswer,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Dpo)?;
    let (lang, now) = (desk.visit.lang, desk.visit.state.app.clock.now());
    let demands = staff::demands(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let demands = demands.map_err(failed(desk))?;
    if !demands.iter().any(|demand| demand.id.to_string() == refused) {
        // Answered meanwhile: there is no form any more that could be led to.
        for error in &mut errors {
            error.field = "main".into();
        }
    }
    let page = OfficerPage {
        f: desk.frame(lang.t("个人信息请求", "Demands")),
        c: desk.console(),
        errors,
        refused,
        typed,
        clocks: demands
            .iter()
            .map(|demand| clock(lang, Clock::of(Due::At(demand.due_at), now)).0)
            .collect(),
        demands: demands
            .into_iter()
            .map(|demand| demand_row(&desk.visit, demand))
            .collect(),
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/qingqiu`.
pub async fn list(desk: Desk) -> Result<Answer, Answer> {
    page(&desk, String::new(), TypedAnswer::default(), Vec::new()).await
}

/// `POST /guanli/qingqiu/{demand}`.
pub async fn answer(
    desk: Desk,
    Named(demand): Named<Uuid>,
    Posted(form): Posted<AnswerForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Dpo)?;
    let typed = Typed {
        code: &form.answer,
        article: &form.article,
        until: &form.until,
        reference: &form.reference,
    };
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::answer_demand(app, &ctx, signed, demand, typed).await {
        Ok(()) => Ok(Answer::to("/guanli/qingqiu")),
        Err(Failure::Refused(refusals)) => {
            let found = errors(desk.visit.lang, &refusals, |field| format!("{demand}-{field}"));
            let typed = TypedAnswer {
                code: form.answer,
                article: form.article,
                until: form.until,
                reference: form.reference,
            };
            page(&desk, demand.to_string(), typed, found).await
        }
        Err(failure) => Err(Answer::failure(&desk.visit, &failure)),
    }
}
