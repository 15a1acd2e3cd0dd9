//! Passkeys: the questions to a device, which a script of this site asks for, and its answers, which come
//! with a form like any other.

use app::Failure;
use app::account::{self, Entry, PasskeyAdding, PasskeyEntry, PasskeySeen, PasskeyStep, Prompt};
use domain::Refused;
use domain::account::passkey::PER_ACCOUNT;
use privacy::purpose::{KeepSafe, ShowOwn, VerifyHolder};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Token, errors_of, login_page, status_of, stopped};
use super::guard::{codes_page, proof_page, to_proof};
use super::second::step_page;
use super::stopped::{puzzle_for, solved};
use crate::door::{Brought, Left};
use crate::failure::{Answer, local};
use crate::pages::account::FieldError;
use crate::pages::moment::Moment;
use crate::pages::passkey::{PasskeyAddPage, PasskeyPart, PasskeyRow, PasskeysPage};
use crate::request::{Named, Posted, Visit};
use crate::state::passkey_js_path;

const PAGE: &str = "/zhanghao/miyao";
const ADD: &str = "/zhanghao/miyao/tianjia";

/// What a page needs to ask a device.
pub(super) fn part(visit: &Visit) -> PasskeyPart {
    let site = visit.state.app.passkeys.as_ref();
    PasskeyPart {
        script: passkey_js_path().to_owned(),
        site: site.map(|site| site.domain().to_owned()).unwrap_or_default(),
    }
}

/// A form with a device's answer; the question is asked for with the same fields.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    answer: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    remember: String,
    #[serde(default)]
    passkey_label: String,
    /// The puzzle of the log-in page, its work, and what was answered to its question; `answer` is the
    /// device's.
    #[serde(default)]
    puzzle: String,
    #[serde(default)]
    work: String,
    #[serde(default)]
    solution: String,
}

/// The question, or why there is none.
fn asked(visit: &Visit, prompt: Result<Prompt, Failure>) -> Answer {
    match prompt {
        Ok(prompt) => {
            let answer = Answer::json(prompt.options);
            match prompt.token {
                Some(token) => answer.leaving(visit, Left::Question, &token),
                None => answer,
            }
        }
        Err(failure) => Answer::problem(visit, failure),
    }
}

/// `POST /denglu/miyao/kaishi`. Nothing is asked of the visitor, and everybody gets the same question.
pub async fn begin_entry(visit: Visit, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let prompt = account::begin_entry(&visit.state.app, &visit.as_visitor::<VerifyHolder>()).await;
    Ok(asked(&visit, prompt))
}

/// `POST /denglu/miyao`.
pub async fn enter(visit: Visit, left: Brought, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let given = PasskeyEntry {
        token: left.question.as_deref().unwrap_or_default(),
        answer: &form.answer,
        device: &visit.device,
        from: visit.origin(solved(&form.puzzle, &form.work, &form.solution)),
    };
    let entered = account::enter(&visit.state.app, &visit.as_visitor::<VerifyHolder>(), &given).await;
    let answer = match entered {
        Ok(Entry::Begun(begun)) => Answer::to(local(&form.next)).with_session(&visit, &begun.token),
        Ok(Entry::Stopped { token }) => stopped(&visit, &form.next, &token),
        // A passkey is both factors: nothing waits for a second step.
        Ok(Entry::Waits { .. }) => return Err(Answer::not_found(&visit)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let puzzle = puzzle_for(&visit, &failure, given.from.solved).await?;
            login_page(&visit, "", &form.next, errors, puzzle)
        }
    };
    Ok(answer.taking_back(&visit, Left::Question))
}

/// `POST /denglu/yanzheng/miyao/kaishi`.
pub async fn begin_step(
    visit: Visit,
    left: Brought,
    Posted(form): Posted<AnswerForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let token = left.pending.as_deref().unwrap_or_default();
    let prompt = account::begin_step(&visit.state.app, &visit.as_visitor::<VerifyHolder>(), token).await;
    Ok(asked(&visit, prompt))
}

/// `POST /denglu/yanzheng/miyao`.
pub async fn step(visit: Visit, left: Brought, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let given = PasskeyStep {
        token: left.pending.as_deref().unwrap_or_default(),
        answer: &form.answer,
        device: &visit.device,
        remember: form.remember == "yes",
    };
    let ctx = visit.as_visitor::<VerifyHolder>();
    match account::passkey_step(&visit.state.app, &ctx, &given).await {
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
            Ok(step_page(
                &visit,
                &form.next,
                form.remember == "yes",
                false,
                errors,
            ))
        }
    }
}

/// `POST /zhanghao/queren/miyao/kaishi`.
pub async fn begin_proof(visit: Visit, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao")?;
    let prompt = account::begin_proof(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await;
    Ok(asked(&visit, prompt))
}

/// `POST /zhanghao/queren/miyao`.
pub async fn prove(visit: Visit, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao")?;
    let ctx = visit.ctx::<VerifyHolder>();
    match account::prove_passkey(&visit.state.app, &ctx, viewer, &form.answer).await {
        Ok(renewed) => Ok(Answer::to(local(&form.next)).with_session(&visit, &renewed.token)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            proof_page(&visit, &form.next, false, errors).await
        }
    }
}

async fn seen(visit: &Visit) -> Result<Vec<PasskeySeen>, Answer> {
    let viewer = visit.viewer_for(PAGE)?;
    let seen = account::passkeys(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    seen.map_err(|failure| Answer::failure(visit, &failure))
}

/// The list; `refused` is the passkey whose new name was, with what was typed and why.
async fn list_page(visit: &Visit, refused: Option<(Uuid, &str, Vec<FieldError>)>) -> Result<Answer, Answer> {
    let state = super::guard::security(visit).await?;
    let rows: Vec<PasskeyRow> = seen(visit)
        .await?
        .into_iter()
        .map(|one| {
            let typed = refused.as_ref().filter(|(id, ..)| *id == one.id);
            PasskeyRow {
                id: one.id.to_string(),
                typed: typed.map_or_else(
                    || one.label.clone(),
                    |(_, typed, _)| typed.chars().take(200).collect(),
                ),
                label: one.label,
                added: Moment::of(visit.lang, one.created_at),
                used: one.used_at.map(|at| Moment::of(visit.lang, at)),
                refused: one.refused_at.map(|at| Moment::of(visit.lang, at)),
                open: typed.is_some(),
            }
        })
        .collect();
    let errors = refused.map(|(id, _, errors)| {
        let field = format!("label-{id}");
        let named = errors
            .into_iter()
            .map(|error| FieldError::new(field.clone(), error.message));
        named.collect::<Vec<_>>()
    });
    let page = PasskeysPage {
        f: visit.frame(visit.lang.t("通行密钥", "Passkeys")),
        errors: errors.unwrap_or_default(),
        last: rows.len() == 1 && state.app_since.is_none(),
        full: i64::try_from(rows.len()).unwrap_or(i64::MAX) >= PER_ACCOUNT,
        rows,
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/miyao`.
pub async fn list(visit: Visit) -> Result<Answer, Answer> {
    visit.viewer()?;
    list_page(&visit, None).await
}

fn add_page(visit: &Visit, label: &str, errors: Vec<FieldError>) -> Answer {
    let page = PasskeyAddPage {
        f: visit.frame(visit.lang.t("添加通行密钥", "Add a passkey")),
        label: label.chars().take(200).collect(),
        passkey: part(visit),
        errors,
    };
    Answer::page(visit, status_of(&page.errors), &page).scripted()
}

/// `GET /zhanghao/miyao/tianjia`. The proof comes before the form: it could not be handed in without.
pub async fn add_form(visit: Visit) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let state = account::proof_state(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer).await;
    let state = state.map_err(|failure| Answer::failure(&visit, &failure))?;
    if !state.fresh {
        return Err(to_proof(ADD));
    }
    Ok(add_page(&visit, "", Vec::new()))
}

/// `POST /zhanghao/miyao/tianjia/kaishi`.
pub async fn begin_add(visit: Visit, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ADD)?;
    let ctx = visit.ctx::<VerifyHolder>();
    let prompt = account::begin_passkey(&visit.state.app, &ctx, viewer, &form.passkey_label).await;
    Ok(asked(&visit, prompt))
}

/// `POST /zhanghao/miyao/tianjia`. With the first passkey the answer is the page of the recovery codes
/// itself: they are not stored, so there is nothing a redirect could lead to.
pub async fn add(visit: Visit, Posted(form): Posted<AnswerForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(ADD)?;
    let given = PasskeyAdding {
        label: &form.passkey_label,
        device: &visit.device,
        answer: &form.answer,
    };
    let ctx = visit.ctx::<VerifyHolder>();
    match account::add_passkey(&visit.state.app, &ctx, viewer, &given).await {
        Ok(added) => Ok(match added.codes {
            Some(codes) => {
                let made = account::NewCodes {
                    codes,
                    renewed: Some(added.renewed),
                };
                codes_page(&visit, made, true)
            }
            None => Answer::to(PAGE).with_session(&visit, &added.renewed.token),
        }),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            Ok(add_page(&visit, &form.passkey_label, errors))
        }
    }
}

/// A new name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    passkey_label: String,
}

/// `POST /zhanghao/miyao/{passkey}/mingcheng`.
pub async fn rename(
    visit: Visit,
    Named(passkey): Named<String>,
    Posted(form): Posted<NameForm>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = Uuid::parse_str(&passkey).map_err(|_| Answer::not_found(&visit))?;
    let ctx = visit.ctx::<KeepSafe>();
    match account::rename_passkey(&visit.state.app, &ctx, viewer, id, &form.passkey_label).await {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            list_page(&visit, Some((id, &form.passkey_label, errors))).await
        }
    }
}

/// `POST /zhanghao/miyao/{passkey}/shanchu`.
pub async fn remove(
    visit: Visit,
    Named(passkey): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(PAGE)?;
    let id = Uuid::parse_str(&passkey).map_err(|_| Answer::not_found(&visit))?;
    match account::remove_passkey(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer, id).await {
        Ok(renewed) => Ok(Answer::to(PAGE).with_session(&visit, &renewed.token)),
        Err(failure) if failure.refusals().contains(&Refused::ProofNeeded) => Err(to_proof(PAGE)),
        Err(failure) => Err(Answer::failure(&visit, &failure)),
    }
}
