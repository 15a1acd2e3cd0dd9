//! The puzzle inside forms, a log-in that the security guard stopped, and what it decided about one's
//! account.

use app::Failure;
use app::account::{self, Puzzle, Solved, Stopped};
use axum::http::StatusCode;
use domain::Refused;
use domain::account::guard::contest::State;
use domain::account::guard::{Outcome, RULES, Signal};
use domain::refused::Party;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Next as Query, errors_of, status_of};
use super::overview::{Query as From, cursor};
use crate::door::{Brought, Left};
use crate::failure::{Answer, in_query, local};
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::guard::{DecisionRow, GuardPage, Next, PuzzleBox, SignalRow, StoppedPage, grounds};
use crate::pages::moment::Moment;
use crate::request::{Asked, Named, Posted, Visit};
use crate::state::puzzle_path;

const PAGE: &str = "/denglu/anquan";

/// A puzzle as it came back with a form; nothing if none was asked for.
pub(super) fn solved<'a>(puzzle: &'a str, work: &'a str, answer: &'a str) -> Option<Solved<'a>> {
    (!puzzle.is_empty()).then_some(Solved { puzzle, work, answer })
}

/// A puzzle as a form shows it.
fn shown(visit: &Visit, puzzle: &Puzzle) -> PuzzleBox {
    let now = visit.state.app.clock.now();
    let left = |at: time::OffsetDateTime| (at - now).whole_seconds().max(0) + i64::from(at > now);
    PuzzleBox {
        text: puzzle.text.clone(),
        bits: puzzle.bits,
        wait: left(puzzle.from),
        question: if visit.lang == Lang::Zh {
            puzzle.question.zh.clone()
        } else {
            puzzle.question.en.clone()
        },
        answer_wait: left(puzzle.answer_from),
        script: puzzle_path(),
    }
}

/// The puzzle that a refused form is shown with: a new one, or the same if it was only sent too early.
pub(super) async fn puzzle_for(
    visit: &Visit,
    failure: &Failure,
    came: Option<Solved<'_>>,
) -> Result<Option<PuzzleBox>, Answer> {
    let asked = |party: Party| failure.refusals().contains(&Refused::from(party));
    let origin = visit.origin(None);
    if asked(Party::GuardWait)
        && let Some(came) = came
        && let Some(same) = account::posed(&visit.state.app, &origin, came.puzzle)
    {
        return Ok(Some(shown(visit, &same)));
    }
    // Whoever passed once needs another for the next try.
    if !asked(Party::PuzzleNeeded) && !asked(Party::PuzzleWrong) && !asked(Party::GuardWait) && came.is_none()
    {
        return Ok(None);
    }
    let posed = account::pose(&visit.state.app, &visit.as_visitor::<KeepSafe>(), &origin).await;
    let posed = posed.map_err(|failure| Answer::failure(visit, &failure))?;
    Ok(Some(shown(visit, &posed)))
}

fn page_of(
    visit: &Visit,
    next: &str,
    errors: Vec<FieldError>,
    stopped: Option<&Stopped>,
    sent: bool,
) -> Answer {
    let (lang, zh) = (visit.lang, visit.lang == Lang::Zh);
    let step = match stopped {
        None => Next::Over,
        Some(stopped) => match (stopped.outcome, &stopped.puzzle) {
            (Outcome::Freeze, _) => Next::Recover,
            (_, Some(puzzle)) => Next::Puzzle(shown(visit, puzzle)),
            (_, None) if stopped.second => Next::Second,
            (_, None) => Next::Code(sent),
        },
    };
    let page = StoppedPage {
        f: visit.frame(lang.t("登录安全验证", "Log-in held back")),
        next: local(next).to_owned(),
        outcome: stopped.map_or("", |stopped| stopped.outcome.label(zh)),
        signals: stopped.map_or_else(Vec::new, |stopped| SignalRow::of(lang, &stopped.signals)),
        step,
        contestable: stopped
            .is_some_and(|stopped| stopped.state == State::Standing && stopped.ground.is_none()),
        ground: stopped
            .and_then(|stopped| stopped.ground)
            .map_or("", |ground| ground.label(zh)),
        due: stopped
            .and_then(|stopped| stopped.due_at)
            .map(|at| Moment::of(lang, at)),
        ruling: stopped
            .and_then(|stopped| stopped.ruling)
            .map_or("", |ruling| ruling.label(zh)),
        grounds: grounds(lang),
        errors,
    };
    Answer::page(visit, status_of(&page.errors), &page).scripted()
}

async fn answer(
    visit: &Visit,
    left: &Brought,
    next: &str,
    errors: Vec<FieldError>,
    sent: bool,
) -> Result<Answer, Answer> {
    let token = left.stopped.as_deref().unwrap_or_default();
    match account::stopped(&visit.state.app, &visit.as_visitor::<KeepSafe>(), token).await {
        Ok(stopped) => Ok(page_of(visit, next, errors, Some(&stopped), sent)),
        Err(failure) => {
            errors_of(visit, &failure)?;
            Ok(page_of(visit, next, errors, None, sent))
        }
    }
}

/// `GET /denglu/anquan`.
pub async fn page(
    visit: Visit,
    left: Brought,
    Asked(Query { next }): Asked<Query>,
) -> Result<Answer, Answer> {
    if visit.viewer.is_some() {
        return Ok(Answer::to(local(&next)));
    }
    answer(&visit, &left, &next, Vec::new(), false).await
}

/// A form of the page.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StepForm {
    csrf: String,
    next: String,
    puzzle: String,
    work: String,
    answer: String,
    code: String,
    ground: String,
}

/// Back to the page, coming to `next` afterwards.
fn again(next: &str) -> Answer {
    Answer::to(&format!("{PAGE}?next={}", in_query(local(next))))
}

/// `POST /denglu/anquan`: the puzzle of a hold.
pub async fn solve(visit: Visit, left: Brought, Posted(form): Posted<StepForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.stopped.as_deref().unwrap_or_default();
    let came = Solved {
        puzzle: &form.puzzle,
        work: &form.work,
        answer: &form.answer,
    };
    match account::solve_hold(&visit.state.app, &visit.as_visitor::<KeepSafe>(), token, &came).await {
        Ok(()) => Ok(again(&form.next)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            answer(&visit, &left, &form.next, errors, false).await
        }
    }
}

/// `POST /denglu/anquan/yanzhengma`: a code to the account's own phone.
pub async fn code(visit: Visit, left: Brought, Posted(form): Posted<StepForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.stopped.as_deref().unwrap_or_default();
    match account::send_step_code(&visit.state.app, &visit.as_visitor::<VerifyHolder>(), token).await {
        Ok(()) => answer(&visit, &left, &form.next, Vec::new(), true).await,
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            answer(&visit, &left, &form.next, errors, false).await
        }
    }
}

/// `POST /denglu/anquan/queren`: the code, or the way to the second factor.
pub async fn confirm(visit: Visit, left: Brought, Posted(form): Posted<StepForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.stopped.as_deref().unwrap_or_default();
    let ctx = visit.as_visitor::<VerifyHolder>();
    let app = &visit.state.app;
    match account::confirm_step(app, &ctx, token, &form.code, &visit.device).await {
        Ok(begun) => Ok(Answer::to(local(&form.next))
            .with_session(&visit, &begun.token)
            .taking_back(&visit, Left::Stopped)),
        Err(failure) if failure.refusals().contains(&Refused::SecondNotNow) => {
            match account::on_to_second(app, &ctx, token).await {
                Ok(pending) => {
                    let step = format!("/denglu/yanzheng?next={}", in_query(local(&form.next)));
                    Ok(Answer::to(&step)
                        .leaving(&visit, Left::Pending, &pending)
                        .taking_back(&visit, Left::Stopped))
                }
                Err(failure) => {
                    let errors = errors_of(&visit, &failure)?;
                    answer(&visit, &left, &form.next, errors, false).await
                }
            }
        }
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            answer(&visit, &left, &form.next, errors, false).await
        }
    }
}

/// `POST /denglu/anquan/fuhe`: a human is to look again.
pub async fn contest(visit: Visit, left: Brought, Posted(form): Posted<StepForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.stopped.as_deref().unwrap_or_default();
    let ctx = visit.as_visitor::<KeepSafe>();
    match account::contest_stopped(&visit.state.app, &ctx, token, &form.ground).await {
        Ok(()) => Ok(again(&form.next)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            answer(&visit, &left, &form.next, errors, false).await
        }
    }
}

async fn own_page(
    visit: &Visit,
    from: &From,
    refused: String,
    errors: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let viewer = visit.viewer_for("/zhanghao/anquan")?;
    let (lang, zh) = (visit.lang, visit.lang == Lang::Zh);
    let found = account::decisions(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer, from.from()).await;
    let found = found.map_err(|failure| Answer::failure(visit, &failure))?;
    let row = |decided: account::Decided| DecisionRow {
        id: decided.id.to_string(),
        act: decided.act.label(zh),
        outcome: decided.outcome.label(zh),
        hard: decided.outcome != Outcome::Allow,
        when: Moment::of(lang, decided.at),
        origin: decided.origin,
        signals: SignalRow::of(lang, &decided.signals),
        state: decided.state.label(zh),
        ground: decided.ground.map_or("", |ground| ground.label(zh)),
        due: decided.due_at.map(|at| Moment::of(lang, at)),
        ruling: decided.ruling.map_or("", |ruling| ruling.label(zh)),
        contestable: decided.contestable,
    };
    let page = GuardPage {
        f: visit.frame(lang.t("安全守卫", "Security guard")),
        refused,
        rows: found.rows.into_iter().map(row).collect(),
        grounds: grounds(lang),
        signals: SignalRow::of(lang, Signal::ALL),
        thresholds: (RULES.step_up, RULES.hold, RULES.freeze),
        rules: RULES.version,
        first: from.is_first(),
        older: found.next.map(cursor),
        errors,
    };
    let status = if page.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(Answer::page(visit, status, &page))
}

/// `GET /zhanghao/anquan`.
pub async fn list(visit: Visit, Asked(from): Asked<From>) -> Result<Answer, Answer> {
    own_page(&visit, &from, String::new(), Vec::new()).await
}

/// The form of a contest.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContestForm {
    csrf: String,
    ground: String,
}

/// `POST /zhanghao/anquan/{decision}/fuhe`.
pub async fn contest_own(
    visit: Visit,
    Named(decision): Named<String>,
    Posted(form): Posted<ContestForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao/anquan")?;
    let id = Uuid::parse_str(&decision).map_err(|_| Answer::not_found(&visit))?;
    let ctx = visit.ctx::<KeepSafe>();
    match account::contest_own(&visit.state.app, &ctx, viewer, id, &form.ground).await {
        Ok(()) => Ok(Answer::to("/zhanghao/anquan")),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            own_page(&visit, &From::default(), id.to_string(), errors).await
        }
    }
}
