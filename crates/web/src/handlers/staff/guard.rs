//! Contested decisions of the security guard (PIPL 24).

use app::staff::{self, Clock};
use domain::calendar::Due;
use domain::staff::Role;
use privacy::purpose::{KeepSafe, Operate};
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::status_of;
use super::{clock, errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::guard::{SignalRow, rulings};
use crate::pages::moment::Moment;
use crate::pages::staff::guard::{ContestedPage, ContestedRow};
use crate::request::{Named, Posted};

/// What is decided.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulingForm {
    csrf: String,
    ruling: String,
}

async fn page(desk: &Desk, refused: &str, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Dpo)?;
    let (lang, now) = (desk.visit.lang, desk.visit.state.app.clock.now());
    let zh = lang == Lang::Zh;
    let found = staff::contested_decisions(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let found = found.map_err(failed(desk))?;
    let there = found.iter().any(|case| case.id.to_string() == refused);
    for error in &mut errors {
        error.field = match (&*error.field, there) {
            ("ruling", true) => "ruling".into(),
            (_, true) => "case".into(),
            (_, false) => "main".into(),
        };
    }
    let row = |case: &staff::Contested| ContestedRow {
        id: case.id.to_string(),
        number: case.number.clone(),
        act: case.act.label(zh),
        outcome: case.outcome.label(zh),
        score: case.score,
        when: Moment::of(lang, case.at),
        ground: case.ground.map_or("", |ground| ground.label(zh)),
        since: Moment::of(lang, case.since),
        clock: clock(lang, Clock::of(case.due_at.map_or(Due::Unknown, Due::At), now)).0,
        signals: SignalRow::of(lang, &case.signals),
    };
    let page = ContestedPage {
        f: desk.frame(lang.t("安全复核", "Guard reviews")),
        c: desk.console(),
        refused: if there { refused.to_owned() } else { String::new() },
        rows: found.iter().map(row).collect(),
        rulings: rulings(lang),
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/anquan`.
pub async fn list(desk: Desk) -> Result<Answer, Answer> {
    page(&desk, "", Vec::new()).await
}

/// `POST /guanli/anquan/{decision}`.
pub async fn rule(
    desk: Desk,
    Named(decision): Named<Uuid>,
    Posted(form): Posted<RulingForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Dpo)?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<KeepSafe>());
    match staff::rule_on_decision(app, &ctx, signed, decision, &form.ruling).await {
        Ok(()) => Ok(Answer::to("/guanli/anquan")),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &decision.to_string(), found).await
        }
    }
}
