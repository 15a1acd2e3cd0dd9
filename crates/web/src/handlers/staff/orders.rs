//! The arbiter's queue: refunds that a supplier did not answer.

use app::market::order::Decision;
use app::staff::{self, Clock};
use domain::calendar::working_days_after;
use domain::refused::Party;
use domain::staff::Role;
use privacy::purpose::Operate;
use serde::Deserialize;

use super::super::account::status_of;
use super::{clock, errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::moment::Moment;
use crate::pages::staff::work::{ArbiterPage, DisputeRow};
use crate::request::{Named, Posted};

/// What is decided, and why.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DecisionForm {
    csrf: String,
    decision: String,
    reason: String,
}

async fn page(
    desk: &Desk,
    number: &str,
    form: &DecisionForm,
    mut errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Arbiter)?;
    let (lang, now) = (desk.visit.lang, desk.visit.state.app.clock.now());
    let waiting = staff::waiting_orders(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let waiting = waiting.map_err(failed(desk))?;
    let there = waiting.iter().any(|order| order.number == number);
    for error in &mut errors {
        error.field = match (&*error.field, there) {
            // The machine's fields of an order's own page.
            ("reason" | "note", true) => "reason".into(),
            ("decision", true) => "decision".into(),
            (_, true) => "order".into(),
            (_, false) => "main".into(),
        };
    }
    let row = |order: &staff::Waiting| {
        let due = working_days_after(order.since, staff::COMPLAINT_DAYS);
        DisputeRow {
            number: order.number.clone(),
            since: Moment::of(lang, order.since),
            clock: clock(lang, Clock::of(due, now)).0,
        }
    };
    let page = ArbiterPage {
        f: desk.frame(lang.t("待裁决订单", "Disputes")),
        c: desk.console(),
        refused: if there { number.to_owned() } else { String::new() },
        decision: form.decision.clone(),
        reason: form.reason.chars().take(500).collect(),
        rows: waiting.iter().map(row).collect(),
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/dingdan`.
pub async fn list(desk: Desk) -> Result<Answer, Answer> {
    page(&desk, "", &DecisionForm::default(), Vec::new()).await
}

/// `POST /guanli/dingdan/{number}`.
pub async fn decide(
    desk: Desk,
    Named(number): Named<String>,
    Posted(form): Posted<DecisionForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Arbiter)?;
    let decision = match form.decision.as_str() {
        "refund" => Decision::Refund,
        "continue" => Decision::Continue,
        _ => {
            let found = super::refused(desk.visit.lang, Party::RulingMissing);
            return page(&desk, &number, &form, found).await;
        }
    };
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::decide_order(app, &ctx, signed, &number, (decision, &form.reason)).await {
        Ok(()) => Ok(Answer::to("/guanli/dingdan")),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &number, &form, found).await
        }
    }
}
