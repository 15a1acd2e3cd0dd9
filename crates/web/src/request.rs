//! What a handler knows of a request: language, viewer, origin; and the frame of its page.

use std::collections::HashMap;
use std::net::IpAddr;

use app::Failure;
use app::account::{self, Origin, Solved, Viewer};
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use privacy::{Actor, Ctx, Purpose, SystemReason};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::value::{Error as ValueError, MapDeserializer};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use crate::address;
use crate::failure::Answer;
use crate::pages::frame::{Frame, Lang, PolicyInForce, Viewer as Chip};
use crate::pages::moment::Day;
use crate::state::{WebState, css_path};

/// One request.
pub struct Visit {
    /// The shared state.
    pub state: WebState,
    /// The language of the answer.
    pub lang: Lang,
    /// Whether the language was chosen by this request, to be remembered.
    pub lang_chosen: bool,
    /// Who is logged in.
    pub viewer: Option<Viewer>,
    /// The browser's own name, for the device list; empty unless something was posted.
    pub device: String,
    /// Whether the browser asks in general not to give data away (`Sec-GPC: 1`).
    pub opts_out: bool,
    /// The visitor's address, for the security guard alone; never printed.
    pub(crate) address: Option<IpAddr>,
    path: String,
    shown: String,
    id: Uuid,
    same_origin: bool,
}

/// The cookie of the session.
pub fn session_cookie(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// Whether a request carries a session, valid or not.
pub(crate) fn has_session(headers: &HeaderMap, secure: bool) -> bool {
    cookie(headers, session_cookie(secure)).is_some()
}

/// The language of the answer, unless the address names one.
pub(crate) fn wanted_lang(headers: &HeaderMap) -> Lang {
    cookie(headers, "lang").and_then(Lang::parse).unwrap_or(Lang::Zh)
}

/// Whether a posted form comes from a page of this site. Browsers send `Sec-Fetch-Site` or
/// `Origin`; a request with neither is not a browser's form.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = headers
        .get("sec-fetch-site")
        .and_then(|value| value.to_str().ok())
    {
        return site == "same-origin";
    }
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    origin
        .split_once("://")
        .is_some_and(|(_, origin_host)| origin_host == host)
}

/// The browser and system named in a `User-Agent`, coarsely: enough to tell one's devices apart.
fn device(user_agent: &str, lang: Lang) -> String {
    let pick = |known: &[(&'static str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = pick(&[
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = pick(&[
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    let unknown = lang.t("未知", "unknown");
    format!("{} · {}", browser.unwrap_or(unknown), system.unwrap_or(unknown))
}

/// The page whose form posts to this path: what the language switch of the answer leads to.
fn page_of(path: &str) -> &str {
    if let Some(rest) = path.strip_prefix("/guanli/") {
        // A case has a page of its own; what else is posted belongs to its room.
        let cases = ["shiming/", "qiye/", "ruzhu/", "zizhi/"];
        let parts = if cases.iter().any(|room| rest.starts_with(room)) {
            2
        } else {
            1
        };
        let length: usize = rest.split('/').take(parts).map(|part| part.len() + 1).sum();
        return path.get(.."/guanli".len() + length).unwrap_or(path);
    }
    if path.starts_with("/zhanghao/shenpi/") {
        return "/zhanghao/shenpi";
    }
    if let Some(door) = path.strip_suffix("/miyao") {
        return door;
    }
    if path.starts_with("/zhanghao/miyao/") && !path.starts_with("/zhanghao/miyao/tianjia") {
        return path.get(.."/zhanghao/miyao".len()).unwrap_or(path);
    }
    if path == "/zhanghao/jianhu/yiyi" {
        return "/zhanghao/jianhu";
    }
    for own in ["/zhanghao/qiye/", "/zhanghao/zuzhi/", "/zhanghao/jianhu/"] {
        if let Some(rest) = path.strip_prefix(own) {
            // Forms with pages of their own.
            if rest.contains("/dizhi/") || rest.contains("/taitou/") {
                return path;
            }
            let length = rest.find('/').unwrap_or(rest.len());
            return path.get(..own.len() + length).unwrap_or(path);
        }
    }
    for whole in ["/denglu/anquan", "/zhanghao/anquan"] {
        if path.strip_prefix(whole).is_some_and(|rest| rest.starts_with('/')) {
            return whole;
        }
    }
    let step = path
        .strip_prefix("/dingdan/")
        .is_some_and(|rest| rest.contains('/'));
    if step || path.ends_with("/yanzhengma") {
        path.rsplit_once('/').map_or(path, |(page, _)| page)
    } else {
        path
    }
}

/// Whether a page is open to an account that is for browsing only (2.7.a): a person's rights, the way to a
/// guardian, and the way out.
fn open_while_frozen(path: &str) -> bool {
    const OPEN: [&str; 10] = [
        "/tuichu",
        "/zhanghao/jianhu",
        "/zhanghao/zhuxiao",
        "/zhanghao/fuben",
        "/zhanghao/chakan",
        "/zhanghao/yinsi",
        "/zhanghao/gongxiang",
        "/zhanghao/queren",
        "/zhanghao/huihua",
        "/zhanghao/pingzheng",
    ];
    let path = path.split('?').next().unwrap_or_default();
    let under = |open: &str| {
        path.strip_prefix(open)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    OPEN.iter().any(|open| under(open)) || lets_go(path)
}

/// Whether a page is the way out of an organisation: an account is not erased while nobody else would own it,
/// so its owner hands it over, leaves or dissolves it, and a provider leaves the market first.
fn lets_go(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/zhanghao/zuzhi/") else {
        return false;
    };
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    matches!(
        parts.as_slice(),
        [] | ["chengyuan", _] | ["tuichu" | "jiesan" | "ruzhu"] | ["ruzhu", "chehui" | "tuichu"]
    )
}

/// The parts of the path. One that is not readable text is answered like any unknown page.
pub struct Named<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<WebState> for Named<T> {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Answer> {
        if let Ok(Path(named)) = Path::<T>::from_request_parts(parts, state).await {
            return Ok(Self(named));
        }
        let visit = Visit::from_request_parts(parts, state).await?;
        Err(Answer::not_found(&visit))
    }
}

/// A posted form. One that cannot be read is answered with a page, in the visitor's language.
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<WebState> for Posted<T> {
    type Rejection = Answer;

    async fn from_request(request: Request, state: &WebState) -> Result<Self, Answer> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, state).await?;
        match Form::<T>::from_request(Request::from_parts(parts, body), state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(rejection) => Err(Answer::unreadable(&visit, rejection.status())),
        }
    }
}

fn parameters(uri: &Uri) -> HashMap<String, String> {
    Query::try_from_uri(uri)
        .map(|Query(given)| given)
        .unwrap_or_default()
}

/// The parameters of the address. Unknown ones are ignored, of repeated ones the last counts: an
/// address typed or mended by hand is never an error.
pub struct Asked<T>(pub T);

impl<T: for<'de> Deserialize<'de> + Default> FromRequestParts<WebState> for Asked<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &WebState) -> Result<Self, Self::Rejection> {
        let given = parameters(&parts.uri);
        let read = T::deserialize(MapDeserializer::<_, ValueError>::new(given.into_iter()));
        Ok(Self(read.unwrap_or_default()))
    }
}

impl FromRequestParts<WebState> for Visit {
    type Rejection = Answer;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Answer> {
        let query = parameters(&parts.uri);
        let chosen = query.get("lang").and_then(|text| Lang::parse(text));
        let lang = chosen.unwrap_or_else(|| wanted_lang(&parts.headers));
        // A session begins with a posted form; only there the device is of use.
        let device = if parts.method == Method::POST {
            let user_agent = parts.headers.get(header::USER_AGENT);
            let named = user_agent.and_then(|value| value.to_str().ok());
            device(named.unwrap_or_default(), lang)
        } else {
            String::new()
        };
        let path = OriginalUri::from_request_parts(parts, state).await.map_or_else(
            |never| match never {},
            |OriginalUri(uri)| uri.path_and_query().map_or_else(String::new, ToString::to_string),
        );
        let mut visit = Self {
            lang,
            lang_chosen: chosen.is_some(),
            viewer: None,
            device,
            address: address::of(parts, &state.settings.trusted_proxies),
            opts_out: parts.headers.get("sec-gpc").is_some_and(|value| value == "1"),
            shown: if parts.method == Method::POST {
                page_of(&path).to_owned()
            } else {
                path.clone()
            },
            path,
            id: state.app.entropy.id(),
            same_origin: parts.method != Method::POST || from_here(&parts.headers),
            state: state.clone(),
        };
        if let Some(token) = cookie(&parts.headers, session_cookie(state.settings.secure)) {
            let origin = visit.origin(None);
            let found = account::authenticate_from(&state.app, &visit.ctx(), token, &origin).await;
            visit.viewer = found.map_err(|failure| Answer::failure(&visit, &failure))?;
        }
        Ok(visit)
    }
}

impl Visit {
    /// The context of this request for a purpose. The actor is the viewer, if one is logged in.
    pub fn ctx<P: Purpose>(&self) -> Ctx<P> {
        let actor = self
            .viewer
            .as_ref()
            .map_or(Actor::Visitor, |viewer| Actor::Person {
                account: viewer.account,
                subject: viewer.subject,
            });
        self.state.ctx(actor, self.id)
    }

    /// The context for whoever proves to hold an account, whether or not somebody is logged in here: it may
    /// be another's account.
    pub fn as_visitor<P: Purpose>(&self) -> Ctx<P> {
        self.state.ctx(Actor::Visitor, self.id)
    }

    /// The context for what the program does itself in answer to this request.
    pub fn system<P: Purpose>(&self, reason: SystemReason) -> Ctx<P> {
        let version = self.state.version().map_or("", |version| version.id.as_str());
        self.state.app.system(reason, version)
    }

    /// The number of this request, for whoever reports a fault.
    pub(crate) const fn number(&self) -> Uuid {
        self.id
    }

    /// Where the request comes from, with the puzzle that came with its form.
    pub(crate) fn origin<'a>(&self, solved: Option<Solved<'a>>) -> Origin<'a> {
        Origin {
            address: self.address,
            solved,
        }
    }

    /// Does something whose answer must not tell by its time what was found: it takes at least as long as
    /// the floor.
    pub(crate) async fn evenly<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::join!(work, tokio::time::sleep(self.state.settings.answer_floor)).0
    }

    /// The page that this request shows, or whose form it is.
    pub(crate) fn page(&self) -> &str {
        &self.shown
    }

    /// The viewer, or the way to the log-in page.
    ///
    /// # Errors
    /// A redirect to the log-in page.
    pub fn viewer(&self) -> Result<&Viewer, Answer> {
        self.viewer_for(&self.path)
    }

    /// The viewer, or the way to the log-in page and from there to `page`: a posted form's own
    /// address shows nothing.
    ///
    /// # Errors
    /// A redirect to the log-in page.
    pub fn viewer_for(&self, page: &str) -> Result<&Viewer, Answer> {
        let viewer = self.viewer.as_ref().ok_or_else(|| Answer::to_log_in(page))?;
        if viewer.frozen && !open_while_frozen(&self.path) {
            ::policy::clause!("2.7.a");
            return Err(Answer::to("/zhanghao/jianhu"));
        }
        Ok(viewer)
    }

    /// Refuses a form that is not this site's own, or not this session's.
    ///
    /// # Errors
    /// A page that says so.
    pub fn own_form(&self, csrf: &str) -> Result<(), Answer> {
        let expected = self.viewer.as_ref().map_or("", |viewer| viewer.csrf.as_str());
        if self.same_origin && bool::from(csrf.as_bytes().ct_eq(expected.as_bytes())) {
            return Ok(());
        }
        if self.same_origin && self.viewer.is_none() {
            // The session ended while the form was open.
            return Err(Answer::logged_out(self));
        }
        Err(Answer::failure(self, &Failure::from(domain::Refused::FormStale)))
    }

    /// Whether a posted form comes from a page of this site.
    pub(crate) const fn own_site(&self) -> bool {
        self.same_origin
    }

    /// The frame of a page.
    pub fn frame(&self, title: &str) -> Frame {
        let settings = &self.state.settings;
        let version = self.state.version();
        Frame {
            lang: self.lang,
            title: title.to_owned(),
            path: self.shown.clone(),
            // The account's own name is not opened for every page: that would fill its access log.
            viewer: self.viewer.as_ref().map(|viewer| Chip {
                account_name: self.lang.t("我的账号", "My account").to_owned(),
                member: viewer.member,
                acting: viewer.acting.as_ref().map(|acting| acting.name.clone()),
                can_switch: viewer.organisations,
            }),
            demo: settings.demo,
            csrf: self
                .viewer
                .as_ref()
                .map(|viewer| viewer.csrf.clone())
                .unwrap_or_default(),
            brand: settings.brand.clone(),
            operator_name: settings.operator_name.clone(),
            operator_contact: settings.operator_contact.clone(),
            query: String::new(),
            policy: version.map(|version| PolicyInForce {
                version: version.id.clone(),
                updated: Day::of(self.lang, version.updated_on),
                effective: Day::of(self.lang, version.effective_on),
            }),
            filing: settings.filing.clone(),
            css_path: css_path().to_owned(),
            notice: None,
        }
    }

    /// The language as the policy crate names it.
    pub fn policy_lang(&self) -> policy::Lang {
        if self.lang == Lang::Zh {
            policy::Lang::Zh
        } else {
            policy::Lang::En
        }
    }
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_form_s_answer_leads_back_to_its_page() {
        for (posted, page) in [
            ("/dingdan/QF1/reject", "/dingdan/QF1"),
            ("/zhuce/yanzhengma", "/zhuce"),
            ("/mima/chongzhi/yanzhengma", "/mima/chongzhi"),
            ("/mima/chongzhi", "/mima/chongzhi"),
            ("/xiadan/x", "/xiadan/x"),
            ("/denglu", "/denglu"),
            ("/guanli/denglu", "/guanli/denglu"),
            ("/guanli/kaitong/wancheng", "/guanli/kaitong"),
            ("/guanli/shiming/x/chakan", "/guanli/shiming/x"),
            ("/guanli/qiye/x/chakan", "/guanli/qiye/x"),
            ("/guanli/ruzhu/x/jueding", "/guanli/ruzhu/x"),
            ("/guanli/zizhi/x/chakan", "/guanli/zizhi/x"),
            ("/denglu/anquan/queren", "/denglu/anquan"),
            ("/zhanghao/anquan/x/fuhe", "/zhanghao/anquan"),
            ("/guanli/anquan/x", "/guanli/anquan"),
            ("/zhanghao/qiye/x/dakuan", "/zhanghao/qiye/x"),
            ("/zhanghao/zuzhi/x/yaoqing/y", "/zhanghao/zuzhi/x"),
            ("/zhanghao/shenpi/x/pizhun", "/zhanghao/shenpi"),
            ("/denglu/miyao", "/denglu"),
            ("/zhanghao/queren/miyao", "/zhanghao/queren"),
            ("/zhanghao/miyao/x/mingcheng", "/zhanghao/miyao"),
            ("/zhanghao/miyao/tianjia", "/zhanghao/miyao/tianjia"),
            ("/guanli/renyuan/verifier-1/juese", "/guanli/renyuan"),
            ("/guanli/pizhun/x", "/guanli/pizhun"),
            ("/guanli/weichengnian/yiyi/x", "/guanli/weichengnian"),
            ("/zhanghao/jianhu/x/queren", "/zhanghao/jianhu/x"),
            ("/zhanghao/jianhu/yiyi", "/zhanghao/jianhu"),
            ("/zhuce/jianhuren", "/zhuce/jianhuren"),
            ("/zhuce/jianhuren/yanzhengma", "/zhuce/jianhuren"),
        ] {
            assert_eq!(page_of(posted), page);
        }
    }
}
