//! The way in and out of the console.

use app::staff::{self, SignIn};
use privacy::purpose::KeepSafe;
use serde::Deserialize;

use super::super::account::{Token, status_of};
use super::super::second::demo_codes;
use super::super::stopped::{puzzle_for, solved};
use super::{errors, failed, role_names};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::guard::PuzzleBox;
use crate::pages::second::DemoCodes;
use crate::pages::staff::{DemoLogin, StaffLoginPage};
use crate::request::Posted;

/// The log-in form.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LoginForm {
    csrf: String,
    identifier: String,
    password: String,
    second_code: String,
    puzzle: String,
    work: String,
    answer: String,
}

fn page(desk: &Desk, identifier: &str, errors: Vec<FieldError>, puzzle: Option<PuzzleBox>) -> Answer {
    let lang = desk.visit.lang;
    let demo = desk.visit.state.settings.demo;
    let known = app::demo::STAFF.iter().filter(|_| demo).map(|known| DemoLogin {
        identifier: known.identifier,
        roles: role_names(lang, known.roles),
        shows: lang.t(known.shows_zh, known.shows_en),
    });
    let page = StaffLoginPage {
        f: desk.frame(lang.t("工作人员登录", "Staff log-in")),
        c: desk.console(),
        identifier: identifier.chars().take(64).collect(),
        demo_staff: known.collect(),
        demo_password: app::demo::PASSWORD,
        demo: if demo {
            demo_codes(&desk.visit)
        } else {
            DemoCodes::default()
        },
        errors,
        puzzle,
    };
    Answer::page(&desk.visit, status_of(&page.errors), &page)
}

/// `GET /guanli/denglu`.
pub async fn form(desk: Desk) -> Answer {
    if desk.signed.is_some() {
        return Answer::to("/guanli");
    }
    page(&desk, "", Vec::new(), None)
}

/// `POST /guanli/denglu`.
pub async fn sign_in(desk: Desk, Posted(form): Posted<LoginForm>) -> Result<Answer, Answer> {
    if desk.signed.is_some() {
        return Ok(Answer::to("/guanli"));
    }
    desk.open_form()?;
    let typed = SignIn {
        identifier: &form.identifier,
        password: &form.password,
        second_code: &form.second_code,
        from: desk.visit.origin(solved(&form.puzzle, &form.work, &form.answer)),
        former: desk.token.as_deref(),
    };
    match staff::sign_in(&desk.visit.state.app, &desk.ctx::<KeepSafe>(), &typed).await {
        Ok(begun) => Ok(Answer::to("/guanli").with_desk(&desk.visit, &begun.token)),
        Err(failure) => {
            let errors = errors(&desk, &failure)?;
            let puzzle = puzzle_for(&desk.visit, &failure, typed.from.solved).await?;
            Ok(page(&desk, &form.identifier, errors, puzzle))
        }
    }
}

/// `POST /guanli/tuichu`.
pub async fn sign_out(desk: Desk, Posted(form): Posted<Token>) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    desk.signed()?;
    if let Some(token) = &desk.token {
        let out = staff::sign_out(&desk.visit.state.app, &desk.ctx::<KeepSafe>(), token).await;
        out.map_err(failed(&desk))?;
    }
    Ok(Answer::to("/guanli/denglu").without_desk(&desk.visit))
}
