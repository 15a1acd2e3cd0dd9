//! Minors in the console (2.7.b): a supervisor's approvals; the privacy officer's contests and audits.

use app::staff::{self, Audit};
use axum::http::StatusCode;
use domain::minor::{Finding, Ruling};
use domain::staff::Role;
use privacy::purpose::Operate;
use serde::Deserialize;
use uuid::Uuid;

use super::super::account::{field_name, reason_name, status_of};
use super::verification;
use super::{clock, errors, failed};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::minor::{
    ApprovalRow, AuditLine, ContestedRow, MinorApprovalsPage, MinorAuditPage, MinorsPage,
};
use crate::request::{Named, Posted};

const APPROVALS: &str = "/guanli/pizhun";
const MINORS: &str = "/guanli/weichengnian";

/// The reason.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReasonForm {
    csrf: String,
    reason: String,
}

/// `POST /guanli/shiming/{id}/shenqing`: asks a supervisor.
pub async fn ask(
    desk: Desk,
    Named(id): Named<String>,
    Posted(form): Posted<ReasonForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Verifier)?;
    let case = Uuid::parse_str(&id).map_err(|_| Answer::not_found(&desk.visit))?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::ask_approval(app, &ctx, signed, case, &form.reason).await {
        Ok(()) => Ok(Answer::to(&format!("/guanli/shiming/{case}"))),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            verification::with_errors(&desk, &id, found).await
        }
    }
}

async fn approvals_page(desk: &Desk, refused: &str, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Supervisor)?;
    let lang = desk.visit.lang;
    let lines = staff::approvals(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let lines = lines.map_err(failed(desk))?;
    let there = lines.iter().any(|line| line.id.to_string() == refused);
    let elsewhere = if lines.is_empty() { "approval" } else { "main" };
    placed(&mut errors, there, elsewhere);
    let page = MinorApprovalsPage {
        f: desk.frame(lang.t("未成年人信息批准", "Minors: approvals")),
        c: desk.console(),
        errors,
        refused: if there { refused.to_owned() } else { String::new() },
        rulings: Ruling::ALL
            .iter()
            .map(|one| (one.as_str(), one.label(lang == Lang::Zh)))
            .collect(),
        rows: lines
            .into_iter()
            .map(|line| ApprovalRow {
                id: line.id.to_string(),
                case: line.case,
                fields: field_name(lang, &line.fields).to_owned(),
                reason: reason_name(lang, &line.reason),
                asked_by: line.asked_by,
                asked_at: Moment::of(lang, line.asked_at),
                until: Moment::of(lang, line.until),
                clock: clock(lang, line.clock).0,
                own: line.own,
            })
            .collect(),
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/pizhun`.
pub async fn approvals(desk: Desk) -> Result<Answer, Answer> {
    approvals_page(&desk, "", Vec::new()).await
}

/// A decision with its reason.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulingForm {
    csrf: String,
    ruling: String,
}

/// Where a refusal is shown: at the choice or the card of the matter that was refused, while it is there.
fn placed(errors: &mut [FieldError], there: bool, elsewhere: &'static str) {
    for error in errors {
        error.field = match (&*error.field, there) {
            ("ruling", true) => "ruling",
            (_, true) => "matter",
            (_, false) => elsewhere,
        }
        .into();
    }
}

/// `POST /guanli/pizhun/{id}`.
pub async fn decide(
    desk: Desk,
    Named(id): Named<Uuid>,
    Posted(form): Posted<RulingForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Supervisor)?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::decide_approval(app, &ctx, signed, id, &form.ruling).await {
        Ok(()) => Ok(Answer::to(APPROVALS)),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            approvals_page(&desk, &id.to_string(), found).await
        }
    }
}

async fn minors_page(desk: &Desk, refused: &str, mut errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Dpo)?;
    let lang = desk.visit.lang;
    let zh = lang == Lang::Zh;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    let contested = staff::contested(app, &ctx, signed).await.map_err(failed(desk))?;
    let audits = staff::audits(app, &ctx, signed).await.map_err(failed(desk))?;
    let there = contested.iter().any(|line| line.id.to_string() == refused);
    placed(&mut errors, there, "h-contested");
    let page = MinorsPage {
        f: desk.frame(lang.t("未成年人", "Minors")),
        c: desk.console(),
        errors,
        refused: if there { refused.to_owned() } else { String::new() },
        findings: Finding::ALL
            .iter()
            .map(|one| (one.as_str(), one.label(zh)))
            .collect(),
        contested: contested
            .into_iter()
            .map(|line| ContestedRow {
                id: line.id.to_string(),
                number: line.number,
                band: line.band.label(zh),
                mistake: line.mistake.map_or("", |mistake| mistake.label(zh)),
                since: Moment::of(lang, line.since),
                clock: clock(lang, line.clock).0,
            })
            .collect(),
        audits: audits
            .into_iter()
            .map(|audit| AuditLine {
                year: audit.year,
                made: Moment::of(lang, audit.made_at),
                hash: audit.digest.chars().take(12).collect(),
                late: audit.late,
            })
            .collect(),
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/weichengnian`.
pub async fn minors(desk: Desk) -> Result<Answer, Answer> {
    minors_page(&desk, "", Vec::new()).await
}

/// `POST /guanli/weichengnian/yiyi/{id}`.
pub async fn decide_contest(
    desk: Desk,
    Named(id): Named<Uuid>,
    Posted(form): Posted<RulingForm>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Dpo)?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::decide_contest(app, &ctx, signed, id, &form.ruling).await {
        Ok(()) => Ok(Answer::to(MINORS)),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            minors_page(&desk, &id.to_string(), found).await
        }
    }
}

async fn of_year(desk: &Desk, year: &str) -> Result<Audit, Answer> {
    let signed = desk.acting(Role::Dpo)?;
    let year = year.parse().map_err(|_| Answer::not_found(&desk.visit))?;
    let found = staff::audit(&desk.visit.state.app, &desk.ctx::<Operate>(), signed, year).await;
    found.map_err(failed(desk))
}

/// `GET /guanli/weichengnian/niandu/{year}`.
pub async fn audit(desk: Desk, Named(year): Named<String>) -> Result<Answer, Answer> {
    let audit = of_year(&desk, &year).await?;
    let lang = desk.visit.lang;
    let zh = lang == Lang::Zh;
    let page = MinorAuditPage {
        f: desk.frame(&year),
        c: desk.console(),
        year: audit.year,
        made: Moment::of(lang, audit.made_at),
        counts: audit
            .counts
            .iter()
            .map(|(what, times)| (what.label(zh).to_owned(), *times))
            .collect(),
        minors: audit
            .minors
            .iter()
            .map(|(band, people)| (band.label(zh).to_owned(), *people))
            .collect(),
        hash: audit.digest,
    };
    Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
}

/// `GET /guanli/weichengnian/niandu/{year}/csv`.
pub async fn audit_csv(desk: Desk, Named(year): Named<String>) -> Result<Answer, Answer> {
    let audit = of_year(&desk, &year).await?;
    let body = audit.csv().into_bytes();
    Ok(Answer::download(
        "text/csv; charset=utf-8",
        "minors-audit.csv",
        body,
    ))
}
