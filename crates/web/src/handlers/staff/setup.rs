//! Setting up an account: the code, then name, password and the authenticator app, then recovery codes.

use app::staff::{self, SetUp};
use axum::http::StatusCode;
use domain::account::totp;
use privacy::purpose::KeepSafe;
use serde::Deserialize;

use super::super::account::status_of;
use super::errors;
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::second::Drawn;
use crate::pages::staff::{StaffCodesPage, StaffEnrolPage, StaffSetupPage};
use crate::request::Posted;

/// Identifier and code.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CodeForm {
    #[serde(rename = "csrf")]
    _csrf: String,
    identifier: String,
    setup_code: String,
}

/// What else is filled in.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FinishForm {
    #[serde(rename = "csrf")]
    _csrf: String,
    identifier: String,
    setup_code: String,
    display_name: String,
    password: String,
    second_code: String,
}

fn first(desk: &Desk, identifier: &str, errors: Vec<FieldError>) -> Answer {
    let page = StaffSetupPage {
        f: desk.frame(desk.visit.lang.t("开通工作人员账号", "Set up your staff account")),
        c: desk.console(),
        identifier: identifier.chars().take(64).collect(),
        errors,
    };
    Answer::page(&desk.visit, status_of(&page.errors), &page)
}

/// `GET /guanli/kaitong`.
pub async fn form(desk: Desk) -> Answer {
    first(&desk, "", Vec::new())
}

/// The second form, with the app's key, for whoever has the code.
async fn second(
    desk: &Desk,
    (identifier, setup_code): (&str, &str),
    display_name: &str,
    found: Vec<FieldError>,
) -> Result<Answer, Answer> {
    let ctx = desk.ctx::<KeepSafe>();
    let app = &desk.visit.state.app;
    let from = desk.visit.origin(None);
    let offered = match staff::offered(app, &ctx, (identifier, setup_code), &from).await {
        Ok(offered) => offered,
        Err(failure) => return Ok(first(desk, identifier, errors(desk, &failure)?)),
    };
    let uri = totp::uri(
        &desk.visit.state.settings.brand,
        &offered.identifier,
        &offered.secret,
    );
    let page = StaffEnrolPage {
        f: desk.frame(desk.visit.lang.t("开通工作人员账号", "Set up your staff account")),
        c: desk.console(),
        identifier: offered.identifier,
        setup_code: setup_code.chars().take(64).collect(),
        display_name: display_name.chars().take(60).collect(),
        secret: totp::grouped(&offered.secret),
        drawn: Drawn::of(&uri),
        uri,
        errors: found,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `POST /guanli/kaitong`.
pub async fn begin(desk: Desk, Posted(form): Posted<CodeForm>) -> Result<Answer, Answer> {
    desk.open_form()?;
    second(&desk, (&form.identifier, &form.setup_code), "", Vec::new()).await
}

/// `POST /guanli/kaitong/wancheng`.
pub async fn finish(desk: Desk, Posted(form): Posted<FinishForm>) -> Result<Answer, Answer> {
    desk.open_form()?;
    let typed = SetUp {
        identifier: &form.identifier,
        setup_code: &form.setup_code,
        display_name: &form.display_name,
        password: &form.password,
        second_code: &form.second_code,
        from: desk.visit.origin(None),
    };
    match staff::set_up(&desk.visit.state.app, &desk.ctx::<KeepSafe>(), &typed).await {
        Ok(codes) => {
            let page = StaffCodesPage {
                f: desk.frame(desk.visit.lang.t("恢复码", "Recovery codes")),
                c: desk.console(),
                identifier: form.identifier.chars().take(64).collect(),
                codes,
            };
            Ok(Answer::page(&desk.visit, StatusCode::OK, &page))
        }
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            let own = ["display_name", "password", "second_code"];
            if !found.iter().all(|error| own.contains(&&*error.field)) {
                return Ok(first(&desk, &form.identifier, found));
            }
            let invitation = (form.identifier.as_str(), form.setup_code.as_str());
            second(&desk, invitation, &form.display_name, found).await
        }
    }
}
