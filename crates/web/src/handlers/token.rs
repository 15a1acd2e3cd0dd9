//! The account's access tokens: list, make, take back.

use app::account::{self, TokenRequest};
use axum::http::StatusCode;
use domain::Refused;
use domain::account::token::Scope;
use privacy::purpose::{KeepAccount, KeepSafe, ShowOwn};
use serde::Deserialize;
use uuid::Uuid;

use super::account::{Token, errors_of};
use crate::failure::Answer;
use crate::pages::account::FieldError;
use crate::pages::frame::Lang;
use crate::pages::moment::Moment;
use crate::pages::token::{LifeChoice, NewTokenPage, ScopeChoice, TokenRow, TokensPage};
use crate::request::{Named, Posted, Visit};

const LIVES: [&str; 5] = ["7", "30", "90", "180", "365"];

/// The form of a new token.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenForm {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    token_name: String,
    account_read: Option<String>,
    order_read: Option<String>,
    order_write: Option<String>,
    organisation_read: Option<String>,
    account_write: Option<String>,
    organisation_write: Option<String>,
    #[serde(default)]
    days: String,
}

impl TokenForm {
    fn empty() -> Self {
        Self {
            csrf: String::new(),
            token_name: String::new(),
            account_read: None,
            order_read: None,
            order_write: None,
            organisation_read: None,
            account_write: None,
            organisation_write: None,
            days: "90".to_owned(),
        }
    }

    fn choices(&self, lang: Lang) -> Vec<ScopeChoice> {
        let choice = |scope: &Scope| {
            let (field, ticked) = match scope {
                Scope::AccountRead => ("account_read", self.account_read.is_some()),
                Scope::OrderRead => ("order_read", self.order_read.is_some()),
                Scope::OrderWrite => ("order_write", self.order_write.is_some()),
                Scope::OrganisationRead => ("organisation_read", self.organisation_read.is_some()),
                Scope::AccountWrite => ("account_write", self.account_write.is_some()),
                Scope::OrganisationWrite => ("organisation_write", self.organisation_write.is_some()),
            };
            ScopeChoice {
                field,
                scope: scope.as_str(),
                label: scope.label(lang == Lang::Zh),
                ticked,
            }
        };
        Scope::ALL.iter().map(choice).collect()
    }
}

async fn page(visit: &Visit, form: &TokenForm, errors: Vec<FieldError>) -> Result<Answer, Answer> {
    let viewer = visit.viewer()?;
    let tokens = account::tokens(&visit.state.app, &visit.ctx::<ShowOwn>(), viewer).await;
    let tokens = tokens.map_err(|failure| Answer::failure(visit, &failure))?;
    let lang = visit.lang;
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let row = |token: account::Token| TokenRow {
        id: token.id.to_string(),
        name: token.name,
        acting: match token.acting {
            Some(name) => name,
            None if token.idle => lang
                .t(
                    "企业（您已不在其中，令牌不可用）",
                    "an enterprise you left: of no use",
                )
                .to_owned(),
            None => lang.t("本人", "yourself").to_owned(),
        },
        scopes: token
            .scopes
            .iter()
            .map(|scope| scope.label(lang == Lang::Zh).to_owned())
            .collect(),
        created: Moment::of(lang, token.created_at),
        used: token.used_at.map(|at| Moment::of(lang, at)),
        ends: Moment::of(lang, token.ends_at),
    };
    let page = TokensPage {
        f: visit.frame(lang.t("访问令牌", "Access tokens")),
        errors,
        tokens: tokens.into_iter().map(row).collect(),
        token_name: form.token_name.chars().take(100).collect(),
        scopes: form.choices(lang),
        lives: LIVES
            .map(|days| LifeChoice {
                days,
                chosen: days == form.days,
            })
            .to_vec(),
    };
    Ok(Answer::page(visit, status, &page))
}

/// `GET /zhanghao/lingpai`.
pub async fn list(visit: Visit) -> Result<Answer, Answer> {
    page(&visit, &TokenForm::empty(), Vec::new()).await
}

/// `POST /zhanghao/lingpai`. The answer is the page itself: the text is not stored, so there is
/// nothing a redirect could lead to.
pub async fn create(visit: Visit, Posted(form): Posted<TokenForm>) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let choices = form.choices(visit.lang);
    let ticked = Scope::ALL
        .iter()
        .zip(&choices)
        .filter(|(_, choice)| choice.ticked);
    let scopes: Vec<Scope> = ticked.map(|(scope, _)| *scope).collect();
    let request = TokenRequest {
        name: &form.token_name,
        scopes: &scopes,
        days: &form.days,
    };
    match account::create_token(&visit.state.app, &visit.ctx::<KeepAccount>(), viewer, &request).await {
        Ok(made) => {
            let page = NewTokenPage {
                f: visit.frame(visit.lang.t("新的访问令牌", "New access token")),
                text: made.text,
                ends: Moment::of(visit.lang, made.ends_at),
            };
            Ok(Answer::page(&visit, StatusCode::OK, &page))
        }
        // What was typed stays on the page; the way to the proof is beside it.
        Err(failure) if failure.refusals().contains(&Refused::ProofNeeded) => {
            let zh = visit.lang == Lang::Zh;
            let refused = Refused::ProofNeeded;
            page(
                &visit,
                &form,
                vec![FieldError::new(refused.field(), refused.message(zh))],
            )
            .await
        }
        Err(failure) => page(&visit, &form, errors_of(&visit, &failure)?).await,
    }
}

/// `POST /zhanghao/lingpai/{token}/chexiao`.
pub async fn revoke(
    visit: Visit,
    Named(token): Named<String>,
    Posted(form): Posted<Token>,
) -> Result<Answer, Answer> {
    visit.own_form(&form.csrf)?;
    let viewer = visit.viewer()?;
    let token = Uuid::parse_str(&token).map_err(|_| Answer::not_found(&visit))?;
    let revoked = account::revoke_token(&visit.state.app, &visit.ctx::<KeepSafe>(), viewer, token).await;
    revoked.map_err(|failure| Answer::failure(&visit, &failure))?;
    Ok(Answer::to("/zhanghao/lingpai"))
}
