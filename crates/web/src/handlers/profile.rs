//! How a person logs in and how they are called: shown and corrected (2.6.1.a, 2.6.2.a).

use app::account::{self, Profile, Rename};
use privacy::purpose::{KeepAccount, ShowOwn, VerifyHolder};
use serde::Deserialize;

use super::account::{errors_of, status_of};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::moment::Moment;
use crate::pages::profile::{ProfilePage, RenamePage};
use crate::request::{Posted, Visit};

const RENAME: &str = "/zhanghao/mingcheng";
const DETAILS: &str = "/zhanghao/ziliao";

async fn own(visit: &Visit, page: &str) -> Result<Profile, Answer> {
    let viewer = visit.viewer_for(page)?;
    let own = account::profile(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    own.map_err(|failure| Answer::failure(visit, &failure))
}

/// Another account name.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    account_name: String,
    #[serde(default)]
    current: String,
    #[serde(default)]
    reason: String,
}

async fn rename_page(visit: &Visit, form: &RenameForm, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let own = own(visit, RENAME).await?;
    let lang = visit.lang;
    let page = RenamePage {
        f: visit.frame(lang.t("修改账号名", "Change the account name")),
        errors,
        present: own.name,
        account_name: form.account_name.clone(),
        reason: form.reason.clone(),
        from: own.rename_from.map(|at| Moment::of(lang, at)),
    };
    Ok(Answer::page(visit, status_of(&page.errors), &page))
}

/// `GET /zhanghao/mingcheng`.
pub async fn rename_form(visit: Visit) -> Result<Answer, Answer> {
    rename_page(&visit, &RenameForm::default(), Vec::new()).await
}

/// `POST /zhanghao/mingcheng`.
pub async fn rename(visit: Visit, Posted(form): Posted<RenameForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(RENAME)?;
    let typed = Rename {
        account_name: &form.account_name,
        current: &form.current,
        reason: &form.reason,
    };
    match account::rename(&visit.state.app, &visit.ctx::<VerifyHolder>(), viewer, &typed).await {
        Ok(()) => Ok(Answer::to("/zhanghao")),
        Err(failure) => rename_page(&visit, &form, errors_of(&visit, &failure)?).await,
    }
}

/// A display name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    reason: String,
}

fn profile_page(visit: &Visit, display_name: String, reason: String, errors: Vec<FieldError>) -> Answer {
    let page = ProfilePage {
        f: visit.frame(visit.lang.t("编辑基本资料", "Edit your details")),
        errors,
        display_name,
        reason,
    };
    Answer::page(visit, status_of(&page.errors), &page)
}

/// `GET /zhanghao/ziliao`.
pub async fn form(visit: Visit) -> Result<Answer, Answer> {
    let own = own(&visit, DETAILS).await?;
    Ok(profile_page(&visit, own.display_name, String::new(), Vec::new()))
}

/// `POST /zhanghao/ziliao`.
pub async fn save(visit: Visit, Posted(form): Posted<ProfileForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer_for(DETAILS)?;
    let ctx = visit.ctx::<KeepAccount>();
    let (name, reason) = (&form.display_name, &form.reason);
    match account::set_display_name(&visit.state.app, &ctx, viewer, name, reason).await {
        Ok(()) => Ok(Answer::to("/zhanghao")),
        Err(failure) => {
            let errors = errors_of(&visit, &failure)?;
            Ok(profile_page(&visit, form.display_name, form.reason, errors))
        }
    }
}
