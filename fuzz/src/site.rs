//! What comes over the network: addresses, headers, forms, JSON bodies. One site stands behind all of
//! it, with a person who is logged in and a program with a token; its clock goes on with every
//! request, so that no limit of a minute lasts.

use std::sync::{Arc, OnceLock};

use app::market::catalogue::{Catalogue, CatalogueHandle};
use app::{App, Cost};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use testkit::{ManualClock, TestStore};
use time::Duration;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use web::routes::ROUTES;
use web::{Filing, Settings, WebState};

use crate::chosen;

const PASSWORD: &str = "四盏灯 照着 旧码头";
const FORM: &str = "application/x-www-form-urlencoded";
/// A mark that no page may hold: where it does, something was not escaped.
const MARK: &str = "<fz";

/// An answer, read whole.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: HeaderName) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// What follows the first of this text, up to a sign.
    fn after(&self, mark: &str, end: char) -> String {
        let rest = self.body.split_once(mark).map_or("", |(_, rest)| rest);
        rest.split(end).next().unwrap_or_default().to_owned()
    }

    /// What holds of every answer: nothing broke, nothing came through unescaped, a problem is whole.
    fn sound(&self, what: &str) {
        assert!(!self.status.is_server_error(), "{what}: {}", self.body);
        let kind = self.header(header::CONTENT_TYPE);
        if kind.starts_with("text/html") {
            let policy = self.header(header::CONTENT_SECURITY_POLICY);
            assert!(policy.starts_with("default-src 'none'"), "{what}");
            assert!(self.body.trim_end().ends_with("</html>"), "{what}");
            assert!(!self.body.contains(MARK), "{what}: {}", self.body);
        } else if kind.contains("json") {
            let read: serde_json::Value = serde_json::from_str(&self.body).expect("JSON");
            if kind == "application/problem+json" {
                assert_eq!(read["status"], self.status.as_u16(), "{what}");
                assert!(read["code"].is_string() && read["errors"].is_array(), "{what}");
            }
        }
        if self.status.is_client_error() {
            assert!(
                kind.starts_with("text/html") || kind == "application/problem+json",
                "{what}: a refusal in the visitor's language, not {kind}: {}",
                self.body
            );
        }
    }
}

struct Site {
    runtime: Runtime,
    router: Router,
    clock: Arc<ManualClock>,
    service: String,
    session: String,
    csrf: String,
    token: String,
    order: String,
}

fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(Site::open)
}

impl Site {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let test = runtime.block_on(TestStore::open(storage::Engine::Sqlite));
        let demo = app::demo::catalogue().expect("the demonstration's catalogue");
        let catalogue = Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services);
        let catalogue = catalogue.expect("a catalogue");
        let service = catalogue.favourites(1).next().expect("a service").id.to_string();
        let app = App {
            store: test.store.clone(),
            clock: test.clock.clone(),
            entropy: test.entropy.clone(),
            demo: true,
            ask_again_after: Duration::days(30),
            cost: Cost {
                memory_kib: 64,
                passes: 1,
            },
            regions: None,
            site: "企服365".into(),
            identity: Some(Arc::new(app::person::DemoSource)),
            enterprises: Some(Arc::new(app::org::DemoRegister)),
            bank: Some(Arc::new(app::org::DemoBank)),
            passkeys: app::account::RelyingParty::new(None, "企服365").ok().map(Arc::new),
        };
        let ctx = test.system();
        let seeded = app::demo::seed(&app, &ctx, |_, _| {});
        runtime.block_on(seeded).expect("seeded");
        let router = web::router(WebState {
            app,
            catalogue: CatalogueHandle::new(catalogue),
            policy: Arc::new(policy::builtin().expect("the policy")),
            settings: Arc::new(Settings {
                brand: "企服365".to_owned(),
                operator_name: "某运营方".to_owned(),
                operator_contact: "privacy@demo.example".to_owned(),
                responsible_person: "某负责人".to_owned(),
                filing: Filing::default(),
                demo: true,
                secure: false,
                trusted_proxies: Vec::new(),
                answer_floor: std::time::Duration::ZERO,
            }),
        });
        let mut site = Self {
            runtime,
            router,
            clock: test.clock.clone(),
            service,
            session: String::new(),
            csrf: String::new(),
            token: String::new(),
            order: String::new(),
        };
        site.people();
        site
    }

    /// A person with a session, a token and an order.
    fn people(&mut self) {
        let known = "phone=100-0000-0001&age_band=adult&account_name=%E4%B9%B0%E5%AE%B6\
            &accept_agreement=2020-11-01&accept_policy=2020-11-01";
        self.form("/zhuce/yanzhengma", known);
        let code = self.get("/demo/outbox").after("验证码 ", '，');
        let code: String = code.chars().take(6).collect();
        let begun = self.form(
            "/zhuce",
            &format!("{known}&code={code}&password={}", encoded(PASSWORD)),
        );
        let cookie = begun.header(header::SET_COOKIE);
        let session = cookie.strip_prefix("session=").expect("a session");
        self.session = session.split(';').next().unwrap_or_default().to_owned();
        let page = self.get("/zhanghao/lingpai");
        self.csrf = page
            .body
            .split("name=\"csrf\" value=\"")
            .filter_map(|rest| rest.split('"').next())
            .find(|text| text.len() > 20 && !text.contains('<'))
            .expect("a form")
            .to_owned();
        let csrf = self.csrf.clone();
        let ticked = "token_name=x&days=300&account_read=yes&account_write=yes&order_read=yes&order_write=yes&organisation_read=yes&organisation_write=yes";
        let made = self.form("/zhanghao/lingpai", &format!("csrf={csrf}&{ticked}"));
        self.token = format!("qf_{}", made.after("qf_", '<'));
        self.token.truncate(67);
        let body = format!("{{\"service\":\"{}\",\"sku\":0}}", self.service);
        let placed = self.send(self.json(Method::POST, "/api/v1/orders", body.into_bytes()));
        assert_eq!(placed.status, StatusCode::CREATED, "{}", placed.body);
        self.order = placed.after("\"number\":\"", '"');
    }

    fn send(&self, mut request: Request<Body>) -> Answer {
        self.clock.advance(Duration::seconds(1));
        if !self.session.is_empty() && !request.headers().contains_key(header::COOKIE) {
            let value = HeaderValue::from_str(&format!("session={}", self.session));
            request
                .headers_mut()
                .insert(header::COOKIE, value.expect("a cookie"));
        }
        self.runtime.block_on(async {
            let answered = self.router.clone().oneshot(request).await;
            let (parts, body) = answered.expect("an answer").into_parts();
            let bytes = to_bytes(body, 50_000_000).await.expect("a body");
            Answer {
                status: parts.status,
                headers: parts.headers,
                body: String::from_utf8_lossy(&bytes).into_owned(),
            }
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request"))
    }

    fn form(&self, path: &str, body: &str) -> Answer {
        self.send(posted(path, body.as_bytes().to_vec()))
    }

    /// A program's request.
    fn json(&self, method: Method, path: &str, body: Vec<u8>) -> Request<Body> {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header("idempotency-key", "00000000-0000-4000-8000-000000000001")
            .body(Body::from(body))
            .expect("a request")
    }

    /// A row's path with something real in its places.
    fn filled(&self, path: &str) -> String {
        path.replace("{service}", &self.service)
            .replace("{id}", &self.service)
            .replace("{number}", &self.order)
            .replace("{event}", "request_refund")
            .replace("{offer}", "sms_alert")
            .replace("{token}", "00000000-0000-4000-8000-000000000002")
            .replace("{session}", "00000000-0000-4000-8000-000000000003")
            .replace("{member}", "00000000-0000-4000-8000-000000000004")
            .replace("{request}", "00000000-0000-4000-8000-000000000005")
    }
}

fn posted(path: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, FORM)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .expect("a request")
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The rows that take a form, or a JSON body. Logging out would end the session of all that follow.
fn rows(json: bool) -> Vec<(Method, &'static str)> {
    let fits = |path: &str| path.starts_with("/api/") == json && path != "/tuichu";
    let rows = ROUTES.iter().filter(|row| fits(row.path));
    rows.filter_map(|row| match row.method {
        "post" => Some((Method::POST, row.path)),
        "put" => Some((Method::PUT, row.path)),
        _ => None,
    })
    .collect()
}

/// A form on any page that takes one, as a visitor or as somebody logged in, with the token of the
/// session or without.
pub fn form_body(data: &[u8]) {
    let (way, data) = chosen(data);
    let (who, data) = chosen(data);
    let site = site();
    let rows = rows(false);
    let path = site.filled(rows[way % rows.len()].1);
    let mut body = match who % 3 {
        2 => format!("csrf={}&", site.csrf).into_bytes(),
        _ => Vec::new(),
    };
    body.extend_from_slice(data);
    let mut request = posted(&path, body);
    if who % 3 == 0 {
        let none = HeaderValue::from_static("lang=en");
        request.headers_mut().insert(header::COOKIE, none);
    }
    site.send(request).sound(&path);
}

/// A body on any row of the interface that takes one.
pub fn json_body(data: &[u8]) {
    let (way, data) = chosen(data);
    let site = site();
    let rows = rows(true);
    let (method, path) = &rows[way % rows.len()];
    let path = site.filled(path);
    let answer = site.send(site.json(method.clone(), &path, data.to_vec()));
    answer.sound(&path);
    if serde_json::from_slice::<serde_json::Value>(data).is_err() {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    }
}

/// Headers as they come, a line each: the first sign says which, the rest is its value.
pub fn request_headers(data: &[u8]) {
    const NAMES: [HeaderName; 10] = [
        header::COOKIE,
        header::ACCEPT_LANGUAGE,
        header::AUTHORIZATION,
        header::USER_AGENT,
        header::ORIGIN,
        header::HOST,
        header::IF_NONE_MATCH,
        header::CONTENT_TYPE,
        HeaderName::from_static("sec-fetch-site"),
        HeaderName::from_static("sec-gpc"),
    ];
    let (way, data) = chosen(data);
    let (path, method) = [
        ("/", Method::GET),
        ("/zhanghao", Method::GET),
        ("/sousuo?q=x", Method::GET),
        ("/denglu", Method::POST),
        ("/api/v1/account", Method::GET),
        ("/api/v1/orders", Method::POST),
    ][way % 6]
        .clone();
    let mut request = Request::builder().method(method).uri(path);
    for line in data.split(|byte| *byte == b'\n').take(20) {
        let (which, value) = chosen(line);
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request = request.header(NAMES[which % NAMES.len()].clone(), value);
        }
    }
    let request = request.body(Body::from("login=a&password=b")).expect("a request");
    let answer = site().send(request);
    answer.sound(path);
    if answer.body.contains("<html") {
        assert!(
            ["<html lang=\"zh-CN\"", "<html lang=\"en\""]
                .iter()
                .any(|lang| answer.body.contains(lang)),
            "{path}"
        );
    }
}

/// Any address at all: path and query.
pub fn address(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(uri) = format!("/{}", text.trim_start_matches('/')).parse::<Uri>() else {
        return;
    };
    let request = Request::get(uri).body(Body::empty()).expect("a request");
    site().send(request).sound(&text);
}
