//! Another number for an account: with the present one proved, or after a week when that is lost.

use app::account::{self, LostPhone, PhoneChange};
use axum::http::StatusCode;
use privacy::purpose::{ShowOwn, VerifyHolder};
use serde::Deserialize;
use time::OffsetDateTime;

use super::account::{Token, errors_of, status_of};
use super::overview::recovery_row;
use super::stopped::{puzzle_for, solved};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::guard::PuzzleBox;
use crate::pages::moment::Moment;
use crate::pages::phone::{LostPhonePage, NewPhonePage, PhoneDonePage, PhonePage};
use crate::request::{Posted, Visit};

const FIRST: &str = "/zhanghao/shouji";
const SECOND: &str = "/zhanghao/shouji/xin";
const DONE: &str = "/zhanghao/shouji/wancheng";

/// The first step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresentForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    current: String,
}

async fn state(visit: &Visit) -> Result<account::PhoneState, Answer> {
    let viewer = visit.viewer_for(FIRST)?;
    let state = account::phone_state(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    state.map_err(|failure| Answer::failure(visit, &failure))
}

async fn first_page(visit: &Visit, errors: Vec<FieldError>, code_sent: bool) -> Result<Answer, Answer> {
    let state = state(visit).await?;
    let lang = visit.lang;
    let page = PhonePage {
        f: visit.frame(lang.t("更换手机号", "Change the mobile number")),
        errors,
        phone: state.phone,
        left: state.left,
        code_sent,
        recovery: state.recovery.map(|waiting| recovery_row(lang, waiting)),
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/shouji`.
pub async fn first(visit: Visit) -> Result<Answer, Answer> {
    first_page(&visit, Vec::new(), false).await
}

/// `POST /zhanghao/shouji/yanzhengma`: a code to the present number.
pub async fn present_code(visit: Visit, Posted(form): Posted<PresentForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(FIRST)?;
    match account::request_present_code(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await {
        Ok(()) => first_page(&visit, Vec::new(), true).await,
        Err(failure) => first_page(&visit, errors_of(&visit, &failure)?, false).await,
    }
}

/// `POST /zhanghao/shouji`: password and code of the present number.
pub async fn prove(visit: Visit, Posted(form): Posted<PresentForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(FIRST)?;
    let ctx = visit.ctx::<VerifyHolder>();
    match account::prove_present(&visit.state.app, &ctx, viewer, &form.current, &form.code).await {
        Ok(()) => Ok(Answer::to(SECOND)),
        Err(failure) => first_page(&visit, errors_of(&visit, &failure)?, false).await,
    }
}

/// The second step.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    reason: String,
}

fn second_page(visit: &Visit, form: &NewForm, errors: Vec<FieldError>, code_sent: bool) -> Answer {
    let page = NewPhonePage {
        f: visit.frame(visit.lang.t("更换手机号", "Change the mobile number")),
        errors,
        phone: form.phone.clone(),
        reason: form.reason.clone(),
        code_sent,
    };
    Answer::page(visit, status_of(&page.errors), &page)
}

/// `GET /zhanghao/shouji/xin`. Without the first step it leads there.
pub async fn second(visit: Visit) -> Result<Answer, Answer> {
    if state(&visit).await?.proved {
        Ok(second_page(&visit, &NewForm::default(), Vec::new(), false))
    } else {
        Ok(Answer::to(FIRST))
    }
}

/// `POST /zhanghao/shouji/xin/yanzhengma`: a code to the new number.
pub async fn new_code(visit: Visit, Posted(form): Posted<NewForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(FIRST)?;
    let ctx = visit.ctx::<VerifyHolder>();
    let asked = account::request_new_code(&visit.state.app, &ctx, viewer, &form.phone);
    Ok(match visit.evenly(asked).await {
        Ok(()) => second_page(&visit, &form, Vec::new(), true),
        Err(failure) => second_page(&visit, &form, errors_of(&visit, &failure)?, false),
    })
}

/// `POST /zhanghao/shouji/xin`.
pub async fn change(visit: Visit, Posted(form): Posted<NewForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(FIRST)?;
    let typed = PhoneChange {
        phone: &form.phone,
        code: &form.code,
        reason: &form.reason,
    };
    match account::change_phone(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer, &typed).await {
        Ok(()) => Ok(Answer::to(DONE)),
        Err(failure) => Ok(second_page(&visit, &form, errors_of(&visit, &failure)?, false)),
    }
}

/// `GET /zhanghao/shouji/wancheng`.
pub async fn done(visit: Visit) -> Result<Answer, Answer> {
    let state = state(&visit).await?;
    let page = PhoneDonePage {
        f: visit.frame(visit.lang.t("手机号已更换", "The number is changed")),
        phone: state.phone,
        given: state.given,
    };
    Ok(Answer::page(&visit, StatusCode::OK, &page))
}

/// `POST /zhanghao/shouji/zhaohui/quxiao`.
pub async fn cancel(visit: Visit, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for("/zhanghao")?;
    let cancelled = account::cancel_lost(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer).await;
    cancelled.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to("/zhanghao"))
}

/// The number is lost.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LostForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    second_code: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    puzzle: String,
    #[serde(default)]
    work: String,
    #[serde(default)]
    answer: String,
}

impl LostForm {
    fn typed<'a>(&'a self, visit: &Visit) -> LostPhone<'a> {
        LostPhone {
            login: &self.login,
            password: &self.password,
            phone: &self.phone,
            code: &self.code,
            second: &self.second_code,
            from: visit.origin(solved(&self.puzzle, &self.work, &self.answer)),
        }
    }
}

fn lost_page(
    visit: &Visit,
    form: &LostForm,
    errors: Vec<FieldError>,
    code_sent: bool,
    due: Option<OffsetDateTime>,
    puzzle: Option<PuzzleBox>,
) -> Answer {
    let page = LostPhonePage {
        f: visit.frame(visit.lang.t("原手机号无法使用", "The number is lost")),
        errors,
        login: form.login.clone(),
        phone: form.phone.clone(),
        code_sent,
        due: due.map(|at| Moment::of(visit.lang, at)),
        puzzle,
    };
    Answer::page(visit, status_of(&page.errors), &page).scripted()
}

/// `GET /zhaohui`.
pub async fn lost(visit: Visit) -> Answer {
    lost_page(&visit, &LostForm::default(), Vec::new(), false, None, None)
}

/// `POST /zhaohui/yanzhengma`: a code to the new number, once the password is proved.
pub async fn lost_code(visit: Visit, Posted(form): Posted<LostForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let (ctx, typed) = (visit.as_visitor::<VerifyHolder>(), form.typed(&visit));
    let asked = account::request_lost_code(&visit.state.app, &ctx, &typed);
    match visit.evenly(asked).await {
        Ok(()) => Ok(lost_page(&visit, &form, Vec::new(), true, None, None)),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let puzzle = puzzle_for(&visit, &failure, typed.from.solved).await?;
            Ok(lost_page(&visit, &form, errors, false, None, puzzle))
        }
    }
}

/// `POST /zhaohui`. The answer is the page itself: whoever asks has no session to show it in.
pub async fn ask_lost(visit: Visit, Posted(form): Posted<LostForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let (ctx, typed) = (visit.as_visitor::<VerifyHolder>(), form.typed(&visit));
    match account::ask_lost(&visit.state.app, &ctx, &typed).await {
        Ok(due) => {
            let empty = LostForm::default();
            Ok(lost_page(&visit, &empty, Vec::new(), false, Some(due), None))
        }
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            let puzzle = puzzle_for(&visit, &failure, typed.from.solved).await?;
            Ok(lost_page(&visit, &form, errors, false, None, puzzle))
        }
    }
}
