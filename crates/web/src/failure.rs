//! Answers: pages, redirects, and the three kinds of failure (refused, not found, fault).

use app::Failure;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::api::problem::Problem;
use crate::headers::Scripted;
use crate::kept::ForEveryone;
use crate::pages::frame::Lang;
use crate::pages::public::ErrorPage;
use crate::request::{Visit, session_cookie};

/// Room for a page, in bytes: most are shorter, so that none is moved while it grows.
const ROOM: usize = 24 * 1024;

/// What a handler gives back, also as its error.
pub struct Answer(Box<Response>);

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Answer {
    /// A page.
    pub fn page(visit: &Visit, status: StatusCode, page: &impl Template) -> Self {
        let mut html = String::with_capacity(ROOM);
        let page = page.render_into(&mut html).map(|()| html);
        Self::rendered(visit, status, page)
    }

    /// What a template gave.
    pub fn rendered(visit: &Visit, status: StatusCode, page: askama::Result<String>) -> Self {
        match page {
            Ok(html) => {
                let mut response = (status, Html(html)).into_response();
                if visit.lang_chosen {
                    // Remembered because the visitor asked for it; names nobody.
                    let code = visit.lang.code();
                    add_cookie(
                        &mut response,
                        &format!("lang={code}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"),
                    );
                }
                Self(Box::new(response))
            }
            Err(error) => {
                tracing::error!(%error, "a page did not render");
                Self(Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
            }
        }
    }

    /// A public page, the same for every visitor without a session; it may be kept.
    pub fn public(visit: &Visit, page: &impl Template) -> Self {
        let mut answer = Self::page(visit, StatusCode::OK, page);
        if visit.viewer.is_none() {
            answer.0.extensions_mut().insert(ForEveryone);
        }
        answer
    }

    /// A text of another kind.
    pub fn text(content_type: &'static str, body: String) -> Self {
        Self(Box::new(
            ([(header::CONTENT_TYPE, content_type)], body).into_response(),
        ))
    }

    /// The same, for a page that asks a device for a passkey: it may run that one script.
    #[must_use]
    pub fn scripted(mut self) -> Self {
        self.0.extensions_mut().insert(Scripted);
        self
    }

    /// What a script of this site asked for, as JSON.
    pub fn json(body: String) -> Self {
        Self::text("application/json", body)
    }

    /// A refusal that a script of this site reads, as problem details.
    pub fn problem(visit: &Visit, failure: Failure) -> Self {
        Self(Box::new(
            Problem::of_site(failure).written(visit.lang, visit.number()),
        ))
    }

    /// A file to keep, never stored on the way.
    pub fn download(content_type: &'static str, name: &'static str, body: Vec<u8>) -> Self {
        let headers = [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ];
        Self(Box::new((headers, body).into_response()))
    }

    /// Bytes that never change under their path, for every visitor.
    pub fn lasting(content_type: &'static str, body: Vec<u8>) -> Self {
        let headers = [
            (header::CONTENT_TYPE, content_type),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ];
        Self(Box::new((headers, body).into_response()))
    }

    /// A redirect after a form.
    pub fn to(path: &str) -> Self {
        let Ok(location) = HeaderValue::from_str(path) else {
            return Self(Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()));
        };
        Self(Box::new(
            (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        ))
    }

    /// The log-in page, coming back to `path` afterwards.
    pub fn to_log_in(path: &str) -> Self {
        Self::to(&format!("/denglu?next={}", in_query(local(path))))
    }

    /// Sets the session's cookie.
    #[must_use]
    pub fn with_session(mut self, visit: &Visit, token: &str) -> Self {
        let seconds = domain::account::limits::SESSION_LIFE.whole_seconds();
        self.session_cookie(visit, token, seconds);
        self
    }

    /// Removes the session's cookie.
    #[must_use]
    pub fn without_session(mut self, visit: &Visit) -> Self {
        self.session_cookie(visit, "", 0);
        self
    }

    fn session_cookie(&mut self, visit: &Visit, value: &str, seconds: i64) {
        let name = session_cookie(visit.state.settings.secure);
        self.set_cookie(visit, name, value, seconds);
    }

    fn set_cookie(&mut self, visit: &Visit, name: &str, value: &str, seconds: i64) {
        let flag = if visit.state.settings.secure {
            "; Secure"
        } else {
            ""
        };
        add_cookie(
            &mut self.0,
            &format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{flag}"),
        );
    }

    /// Sets a cookie that only this site reads, and no script.
    #[must_use]
    pub(crate) fn with_cookie(mut self, visit: &Visit, name: &str, value: &str, seconds: i64) -> Self {
        self.set_cookie(visit, name, value, seconds);
        self
    }

    /// The page of a failure. A fault is logged here, once, with an id that the page shows.
    pub fn failure(visit: &Visit, failure: &Failure) -> Self {
        let lang = visit.lang;
        match failure {
            Failure::NotFound => Self::not_found(visit),
            Failure::Refused(refusals) => {
                let text = refusals
                    .first()
                    .map(|refused| refused.message(lang == Lang::Zh))
                    .unwrap_or_default();
                Self::error(
                    visit,
                    StatusCode::FORBIDDEN,
                    lang.t("没有完成", "Not done"),
                    text,
                    None,
                )
            }
            Failure::Fault(fault) => {
                let id = visit.state.app.entropy.id();
                let source = std::error::Error::source(fault).map(ToString::to_string);
                tracing::error!(fault = %fault, source, %id, "a request failed");
                let text = lang.t(
                    "系统出了问题，您的内容没有提交。请稍后重试；如仍不行，请把编号告诉我们。",
                    "Something broke and nothing was submitted. Try again later; if it happens again, tell us the number.",
                );
                let heading = lang.t("系统故障", "Something broke");
                Self::error(
                    visit,
                    StatusCode::INTERNAL_SERVER_ERROR,
                    heading,
                    text,
                    Some(id.to_string()),
                )
            }
        }
    }

    /// The session ended while a form was open. The browser's way back still has what was typed.
    pub fn logged_out(visit: &Visit) -> Self {
        let lang = visit.lang;
        let text = lang.t(
            "登录已过期，刚才的内容没有提交。请在新标签页登录，再用浏览器的“后退”回到表单，复制内容后重新提交。",
            "Your session has ended and nothing was submitted. Log in in a new tab, then use the browser's back button: what you typed is still in the form; copy it and send it again.",
        );
        Self::error(
            visit,
            StatusCode::FORBIDDEN,
            lang.t("登录已过期", "Session ended"),
            text,
            None,
        )
    }

    /// A form that could not be read: a field unknown, repeated or missing, too large, or no form.
    pub fn unreadable(visit: &Visit, status: StatusCode) -> Self {
        let lang = visit.lang;
        let text = if status == StatusCode::PAYLOAD_TOO_LARGE {
            lang.t(
                "提交的内容太大。请缩短文字或缩小图片后，返回表单重新提交。",
                "What was sent is too large. Go back to the form, shorten the text or make the picture smaller, and send it again.",
            )
        } else {
            lang.t(
                "表单内容无法识别：可能有重复或多余的字段。请返回页面，重新填写后提交。",
                "The form could not be read; a field may be repeated or unknown. Go back to the page, fill it in and send it again.",
            )
        };
        Self::error(visit, status, lang.t("没有提交", "Not submitted"), text, None)
    }

    /// Unknown and forbidden look alike.
    pub fn not_found(visit: &Visit) -> Self {
        let lang = visit.lang;
        let text = lang.t(
            "页面不存在，或您没有查看它的权限。请检查地址，或从首页重新开始。",
            "There is no such page, or you may not see it. Check the address or start from the home page.",
        );
        Self::error(
            visit,
            StatusCode::NOT_FOUND,
            lang.t("找不到页面", "Page not found"),
            text,
            None,
        )
    }

    /// The path is there, but not by this method; `allowed` names those that are.
    pub fn method_unknown(visit: &Visit, allowed: &str) -> Self {
        let lang = visit.lang;
        let text = lang.t(
            "这个地址不支持这种请求方式。请返回上一页，或从首页重新开始。",
            "This address does not take requests of this kind. Go back, or start from the home page.",
        );
        let heading = lang.t("请求方式不支持", "Method not allowed");
        let mut answer = Self::error(visit, StatusCode::METHOD_NOT_ALLOWED, heading, text, None);
        if let Ok(allowed) = HeaderValue::from_str(allowed) {
            answer.0.headers_mut().insert(header::ALLOW, allowed);
        }
        answer
    }

    fn error(visit: &Visit, status: StatusCode, heading: &str, text: &str, fault: Option<String>) -> Self {
        let page = ErrorPage {
            f: visit.frame(heading),
            heading: heading.to_owned(),
            text: text.to_owned(),
            fault,
        };
        Self::page(visit, status, &page)
    }
}

fn add_cookie(response: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A path of this site, or the account page: never another site's address.
pub fn local(path: &str) -> &str {
    let own = path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'#'));
    if own { path } else { "/zhanghao" }
}

/// A text as the value of a parameter: whatever could end the value, or be read as another sign, is
/// written in hexadecimal.
pub fn in_query(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes()
        .fold(String::with_capacity(text.len()), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::{in_query, local};

    #[test]
    fn a_parameter_holds_a_whole_path() {
        assert_eq!(in_query("/zhanghao/mima"), "/zhanghao/mima");
        assert_eq!(in_query("/a?b=c&d=%20+"), "/a%3Fb%3Dc%26d%3D%2520%2B");
        assert_eq!(in_query("税"), "%E7%A8%8E");
    }

    #[test]
    fn only_own_paths_are_followed() {
        for own in [
            "/zhanghao/mima",
            "/xiadan/x?sku=1",
            "/dingdan?side=sold&status=placed",
        ] {
            assert_eq!(local(own), own);
        }
        for foreign in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a\r\nx",
            "/a#b",
        ] {
            assert_eq!(local(foreign), "/zhanghao", "{foreign}");
        }
    }
}
