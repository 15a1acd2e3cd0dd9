//! Who works here, for an administrator (2.5.1.e).

use std::collections::HashMap;

use app::staff::{self, Colleague, Invitation};
use domain::refused::Party;
use domain::staff::training::Standing;
use domain::staff::{Role, chosen};
use privacy::purpose::Operate;

use super::super::account::{Token, status_of};
use super::{errors, failed, refused, role_names};
use crate::desk::Desk;
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::staff::people::{ChangeRow, Invited, PeoplePage, RoleChoice, StaffRow};
use crate::request::{Named, Posted};

const PAGE: &str = "/guanli/renyuan";

/// What is sent: a token, perhaps an identifier, and a field for each role that is ticked.
type Form = HashMap<String, String>;

fn ticked(form: &Form) -> Vec<&str> {
    let roles = Role::ALL.iter().map(|role| role.as_str());
    roles.filter(|word| form.contains_key(*word)).collect()
}

fn choices(lang: Lang, ticked: impl Fn(Role) -> bool) -> Vec<RoleChoice> {
    let choice = |role: &Role| RoleChoice {
        word: role.as_str(),
        name: role.label(lang == Lang::Zh),
        ticked: ticked(*role),
    };
    Role::ALL.iter().map(choice).collect()
}

fn row(desk: &Desk, own: &str, known: Colleague) -> StaffRow {
    let (lang, now) = (desk.visit.lang, desk.visit.state.app.clock.now());
    let state = if let Some(at) = known.ended_at {
        lang.t("已停用 ", "ended ").to_owned() + &domain::calendar::instant_text(at, lang == Lang::Zh)
    } else if known.set_up {
        lang.t("已开通", "set up").to_owned()
    } else if known.invited_until.is_some_and(|until| now < until) {
        lang.t("等待本人开通", "to be set up").to_owned()
    } else {
        lang.t("开通码已过期，请重新开通", "the code ran out; set up anew")
            .to_owned()
    };
    let standing = Standing::of(known.trained_until, now);
    StaffRow {
        roles: role_names(lang, &known.roles),
        choices: choices(lang, |role| known.roles.contains(&role)),
        state,
        training: match standing {
            Standing::Never => lang.t("从未通过", "never passed"),
            Standing::Lapsed(_) => lang.t("已过期", "ran out"),
            Standing::Soon(_) => lang.t("即将到期", "soon to run out"),
            Standing::Valid(_) => lang.t("有效", "valid"),
        },
        trained: standing.counts(),
        changeable: known.ended_at.is_none() && known.identifier != own,
        identifier: known.identifier,
    }
}

fn what(lang: Lang, word: &str) -> &'static str {
    match word {
        "added" => lang.t("新增", "added"),
        "renewed" => lang.t("重新开通", "to be set up anew"),
        "set_up" => lang.t("本人开通", "set up"),
        "roles" => lang.t("更改角色", "roles changed"),
        _ => lang.t("停用", "ended"),
    }
}

async fn page(
    desk: &Desk,
    form: &Form,
    errors: Vec<FieldError>,
    invited: Option<Invitation>,
) -> Result<Answer, Answer> {
    let signed = desk.acting(Role::Admin)?;
    let lang = desk.visit.lang;
    let seen = staff::people(&desk.visit.state.app, &desk.ctx::<Operate>(), signed).await;
    let seen = seen.map_err(failed(desk))?;
    let given = ticked(form);
    let page = PeoplePage {
        f: desk.frame(lang.t("人员与角色", "Staff and roles")),
        c: desk.console(),
        new_identifier: form
            .get("new_identifier")
            .map_or("", String::as_str)
            .chars()
            .take(64)
            .collect(),
        choices: choices(lang, |role| given.contains(&role.as_str())),
        invited: invited.map(|invited| Invited {
            identifier: invited.identifier,
            code: invited.code,
            until: Moment::of(lang, invited.until),
        }),
        rows: seen
            .colleagues
            .into_iter()
            .map(|known| row(desk, &signed.identifier, known))
            .collect(),
        changes: seen
            .changes
            .into_iter()
            .map(|change| ChangeRow {
                when: Moment::of(lang, change.at),
                what: what(lang, &change.what),
                roles: role_names(lang, &change.roles),
                identifier: change.identifier,
                doer: change.doer,
            })
            .collect(),
        errors,
    };
    Ok(Answer::page(&desk.visit, status_of(&page.errors), &page))
}

/// `GET /guanli/renyuan`.
pub async fn list(desk: Desk) -> Result<Answer, Answer> {
    page(&desk, &Form::new(), Vec::new(), None).await
}

/// `POST /guanli/renyuan`.
pub async fn add(desk: Desk, Posted(form): Posted<Form>) -> Result<Answer, Answer> {
    desk.own_form(form.get("csrf").map_or("", String::as_str))?;
    let signed = desk.acting(Role::Admin)?;
    let identifier = form.get("new_identifier").map_or("", String::as_str);
    let Ok(roles) = chosen(ticked(&form)) else {
        return page(&desk, &form, refused(desk.visit.lang, Party::StaffRoles), None).await;
    };
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::add_by_admin(app, &ctx, signed, (identifier, &roles)).await {
        Ok(invited) => page(&desk, &Form::new(), Vec::new(), Some(invited)).await,
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &form, found, None).await
        }
    }
}

/// `POST /guanli/renyuan/{identifier}/juese`.
pub async fn roles(
    desk: Desk,
    Named(identifier): Named<String>,
    Posted(form): Posted<Form>,
) -> Result<Answer, Answer> {
    desk.own_form(form.get("csrf").map_or("", String::as_str))?;
    let signed = desk.acting(Role::Admin)?;
    let Ok(roles) = chosen(ticked(&form)) else {
        return page(
            &desk,
            &Form::new(),
            refused(desk.visit.lang, Party::StaffRoles),
            None,
        )
        .await;
    };
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::set_roles(app, &ctx, signed, &identifier, &roles).await {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &Form::new(), found, None).await
        }
    }
}

/// `POST /guanli/renyuan/{identifier}/kaitong`.
pub async fn renew(
    desk: Desk,
    Named(identifier): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Admin)?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::renew_by_admin(app, &ctx, signed, &identifier).await {
        Ok(invited) => page(&desk, &Form::new(), Vec::new(), Some(invited)).await,
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &Form::new(), found, None).await
        }
    }
}

/// `POST /guanli/renyuan/{identifier}/tingyong`.
pub async fn end(
    desk: Desk,
    Named(identifier): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    desk.own_form(&form.csrf)?;
    let signed = desk.acting(Role::Admin)?;
    let (app, ctx) = (&desk.visit.state.app, desk.ctx::<Operate>());
    match staff::end(app, &ctx, signed, &identifier).await {
        Ok(()) => Ok(Answer::to(PAGE)),
        Err(failure) => {
            let found = errors(&desk, &failure)?;
            page(&desk, &Form::new(), found, None).await
        }
    }
}
