//! What went wrong, as RFC 9457 problem details: data until the very end, where the language and
//! the request's number are known and [`super::speak`] writes it.

use std::sync::Arc;

use app::{Failure, Fault};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Refused;
use domain::account::token::Scope;
use domain::refused::Party;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::pages::frame::Lang;

/// The media type of every error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What the interface itself objects to, before or beside any rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// The body is not JSON.
    BodyMalformed,
    /// No token came with the request.
    TokenMissing,
    /// The token is unknown, expired or revoked.
    TokenInvalid,
    /// The token may not do this.
    ScopeMissing(Scope),
    /// The holder has to prove that they are there, which a token cannot.
    HolderNeeded,
    /// The token acts for the person, and this is done for an organisation.
    TokenPersonal,
    /// There is no such thing, or the person may not know of it.
    NotFound,
    /// The address does not know this method.
    MethodUnknown,
    /// The body is larger than any body needs to be.
    BodyLarge,
    /// The body does not say that it is JSON.
    BodyKind,
    /// Fields are wrong; each is named.
    Invalid,
    /// More requests than a token has in a minute.
    TooMany,
    /// Something broke here.
    Broken,
}

impl Objection {
    /// Every objection, for the list of codes.
    pub const ALL: &'static [Self] = &[
        Self::BodyMalformed,
        Self::TokenMissing,
        Self::TokenInvalid,
        Self::ScopeMissing(Scope::AccountRead),
        Self::HolderNeeded,
        Self::TokenPersonal,
        Self::NotFound,
        Self::MethodUnknown,
        Self::BodyLarge,
        Self::BodyKind,
        Self::Invalid,
        Self::TooMany,
        Self::Broken,
    ];

    const fn parts(self) -> (u16, &'static str, &'static str, &'static str) {
        match self {
            Self::BodyMalformed => (
                400,
                "body_malformed",
                "请求正文不是有效的 JSON 对象，请检查引号、逗号和编码（UTF-8）。",
                "The body is not a valid JSON object; check quotes, commas and the encoding (UTF-8).",
            ),
            Self::TokenMissing => (
                401,
                "token_missing",
                "请在 Authorization 请求头中提供访问令牌（Bearer qf_…）。",
                "Send an access token in the Authorization header (Bearer qf_…).",
            ),
            Self::TokenInvalid => (
                401,
                "token_invalid",
                "令牌不正确、已到期或已撤销，请在账号页创建新的令牌。",
                "The token is wrong, expired or revoked; make a new one on your account page.",
            ),
            Self::ScopeMissing(_) => (
                403,
                "scope_missing",
                "令牌没有这项权限，请创建含有所需权限的令牌。",
                "The token may not do this; make one with the scope that is needed.",
            ),
            Self::HolderNeeded => (
                403,
                "holder_needed",
                "这一步须由本人确认身份，令牌不能代替。请登录网站办理。",
                "This takes its holder's own proof, which a token cannot give. Log in on the site and do it there.",
            ),
            Self::TokenPersonal => (
                403,
                "token_personal",
                "这一步代表企业办理，而令牌代表您本人。请在网站上切换到该企业后创建令牌。",
                "This is done for an organisation, and the token acts for yourself. Switch to the organisation on the site and make a token there.",
            ),
            Self::NotFound => (
                404,
                "not_found",
                "没有这个对象，或您无权查看。请检查地址和编号。",
                "There is no such thing, or you may not see it. Check the address and the number.",
            ),
            Self::MethodUnknown => (
                405,
                "method_unknown",
                "这个地址不支持该请求方法，支持的方法见 Allow 响应头。",
                "This address does not take that method; the Allow header lists those it takes.",
            ),
            Self::BodyLarge => (
                413,
                "body_large",
                "请求正文过大，最多 64 KiB。",
                "The body is too large; 64 KiB is the most.",
            ),
            Self::BodyKind => (
                415,
                "body_kind",
                "请求正文须为 JSON，请设置 Content-Type: application/json。",
                "The body must be JSON; set Content-Type: application/json.",
            ),
            Self::Invalid => (
                422,
                "invalid",
                "有内容不符合要求，请按 errors 中的说明逐项更正。",
                "Something is not as it must be; correct each entry of `errors`.",
            ),
            Self::TooMany => (
                429,
                "too_many_requests",
                "请求过于频繁，每个令牌每分钟最多 600 次；请按 Retry-After 稍后再试。",
                "Too many requests: a token has 600 a minute. Try again after Retry-After.",
            ),
            Self::Broken => (
                500,
                "broken",
                "系统出了问题，请求没有完成。请稍后重试；如仍不行，请提供 request_id。",
                "Something broke and the request was not carried out. Try again later; if it happens again, tell us the request_id.",
            ),
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.parts().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.parts().1
    }

    /// The text; names the remedy.
    pub const fn message(self, zh: bool) -> &'static str {
        if zh { self.parts().2 } else { self.parts().3 }
    }
}

/// The status of a rule's refusal.
pub const fn status_of(refused: Refused) -> StatusCode {
    match refused {
        Refused::OrderNotYou | Refused::Party(Party::VerifyNotYou | Party::OrgNotYou) => {
            StatusCode::FORBIDDEN
        }
        Refused::Party(Party::OrgNotMember) => StatusCode::NOT_FOUND,
        Refused::OrderNotNow
        | Refused::Party(Party::VerifyNotNow | Party::InvitationUsed | Party::SpendingDecided) => {
            StatusCode::CONFLICT
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The name a refusal's field has in a body; forms call some of them otherwise.
fn field_of(refused: Refused) -> &'static str {
    match refused.field() {
        "item" => "items",
        "reason" => "note",
        "order" => "version",
        other => other,
    }
}

/// What is wrong with one field, in both languages.
#[derive(Clone, Debug)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// The text in Chinese.
    pub zh: String,
    /// The text in English.
    pub en: String,
}

/// Something that went wrong.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    /// The fields it is about.
    pub errors: Vec<FieldProblem>,
    /// The broken part, to be logged once.
    fault: Option<Arc<Fault>>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl From<Objection> for Problem {
    fn from(objection: Objection) -> Self {
        let mut problem = Self {
            status: objection.status(),
            code: objection.code(),
            zh: objection.message(true),
            en: objection.message(false),
            errors: Vec::new(),
            fault: None,
            headers: Vec::new(),
        };
        let challenge = match objection {
            Objection::TokenMissing => Some("Bearer realm=\"api\"".to_owned()),
            Objection::TokenInvalid => Some("Bearer realm=\"api\", error=\"invalid_token\"".to_owned()),
            Objection::ScopeMissing(scope) => Some(format!(
                "Bearer realm=\"api\", error=\"insufficient_scope\", scope=\"{}\"",
                scope.as_str()
            )),
            _ => None,
        };
        if let Some(challenge) = challenge {
            problem = problem.with(header::WWW_AUTHENTICATE, &challenge);
        }
        problem
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match &failure {
            // The way to the proof that the site shows is none for a program.
            Failure::Refused(refusals) if refusals.contains(&Refused::ProofNeeded) => {
                Objection::HolderNeeded.into()
            }
            _ => Self::of_site(failure),
        }
    }
}

impl Problem {
    /// A failure as it is: for a script of the site, which leads to the proof that is asked for.
    pub fn of_site(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Objection::NotFound.into(),
            Failure::Fault(fault) => Self {
                fault: Some(Arc::new(fault)),
                ..Objection::Broken.into()
            },
            Failure::Refused(refusals) => {
                let Some(first) = refusals.first().copied() else {
                    return Objection::Invalid.into();
                };
                let named = |refused: &Refused| FieldProblem {
                    field: field_of(*refused).to_owned(),
                    code: refused.code(),
                    zh: refused.message(true).to_owned(),
                    en: refused.message(false).to_owned(),
                };
                Self {
                    status: status_of(first),
                    code: first.code(),
                    zh: first.message(true),
                    en: first.message(false),
                    errors: refusals.iter().map(named).collect(),
                    fault: None,
                    headers: Vec::new(),
                }
            }
        }
    }
}

impl Problem {
    /// Fields are wrong.
    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        Self {
            errors,
            ..Objection::Invalid.into()
        }
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The answer, in the language and with the number of the request. A fault is logged here,
    /// once.
    pub fn written(self, lang: Lang, request: Uuid) -> Response {
        if let Some(fault) = &self.fault {
            let source = std::error::Error::source(&**fault).map(ToString::to_string);
            tracing::error!(%fault, source, id = %request, "a request of the interface failed");
        }
        let zh = lang == Lang::Zh;
        let errors = self.errors.into_iter().map(|error| FieldError {
            field: error.field,
            code: error.code.to_owned(),
            detail: if zh { error.zh } else { error.en },
        });
        let body = ProblemBody {
            kind: format!("/api/wenti#{}", self.code),
            title: title(self.status, lang).to_owned(),
            status: self.status.as_u16(),
            detail: if zh { self.zh } else { self.en }.to_owned(),
            code: self.code.to_owned(),
            errors: errors.collect(),
            request_id: request,
        };
        let Ok(text) = serde_json::to_string(&body) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let mut response = (self.status, [(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        headers.extend(self.headers);
        response
    }
}

/// What a status means here, in a few words.
pub fn title(status: StatusCode, lang: Lang) -> &'static str {
    match status.as_u16() {
        400 => lang.t("请求无法读取", "The request cannot be read"),
        401 => lang.t("需要有效的令牌", "A valid token is needed"),
        403 => lang.t("不允许", "Not allowed"),
        404 => lang.t("找不到", "Not found"),
        405 => lang.t("不支持的方法", "Method not supported"),
        409 => lang.t("状态已变化", "The state has changed"),
        413 => lang.t("正文过大", "The body is too large"),
        415 => lang.t("正文格式不支持", "The body's type is not supported"),
        422 => lang.t("内容不符合要求", "Something is not as it must be"),
        429 => lang.t("请求过于频繁", "Too many requests"),
        _ => lang.t("系统故障", "Something broke"),
    }
}

impl IntoResponse for Problem {
    /// Not the answer yet: [`super::speak`] writes it.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Where the kind of problem is explained.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/api/wenti#not_found")]
    kind: String,
    /// The kind of problem in a few words, in the language of the request.
    #[schema(example = "找不到")]
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// What happened and what to do, in the language of the request.
    #[schema(example = "没有这个对象，或您无权查看。请检查地址和编号。")]
    detail: String,
    /// The stable code of the problem.
    #[schema(example = "not_found")]
    code: String,
    /// What is wrong with each field; empty if it is not about fields.
    #[schema(example = json!([]))]
    errors: Vec<FieldError>,
    /// The request's number, for questions to the operator.
    request_id: Uuid,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema)]
pub struct FieldError {
    /// The parameter, header or field of the body.
    #[schema(example = "page")]
    field: String,
    /// The stable code.
    #[schema(example = "field_value")]
    code: String,
    /// What is wrong and what to do.
    #[schema(example = "应为 1–500 的整数。")]
    detail: String,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::api::field::Wrong;

    #[test]
    fn no_two_kinds_of_problem_share_a_code() {
        let own = Objection::ALL.iter().map(|objection| objection.code());
        let fields = Wrong::ALL.iter().map(|(code, ..)| *code);
        let rules = Refused::ALL.iter().map(|refused| refused.code());
        let all: Vec<_> = own.chain(fields).chain(rules).collect();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        for objection in Objection::ALL {
            assert!(objection.message(true).ends_with('。') && objection.message(false).ends_with('.'));
        }
    }

    #[test]
    fn a_refusal_keeps_its_code_and_names_the_field_of_the_body() {
        let problem = Problem::from(Failure::from(Refused::ReasonMissing));
        assert_eq!(
            (problem.status, problem.code),
            (StatusCode::UNPROCESSABLE_ENTITY, "reason_missing")
        );
        assert_eq!(problem.errors[0].field, "note");
        let moved = Problem::from(Failure::from(Refused::OrderNotNow));
        assert_eq!(moved.status, StatusCode::CONFLICT);
    }
}
