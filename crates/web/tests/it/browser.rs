//! A browser without JavaScript: cookies, forms, redirects.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use app::market::catalogue::{Catalogue, CatalogueHandle};
use app::{App, Cost};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use testkit::TestStore;
use tower::ServiceExt as _;
use web::{Settings, WebState};

pub const PASSWORD: &str = "四盏灯 照着 旧码头";

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The token of the first form that has one.
    pub fn csrf(&self) -> String {
        let mark = "name=\"csrf\" value=\"";
        self.body
            .match_indices(mark)
            .filter_map(|(at, _)| self.body[at + mark.len()..].split('"').next())
            .find(|token| !token.is_empty())
            .unwrap_or_default()
            .to_owned()
    }
}

pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    address: Option<IpAddr>,
}

pub fn state(test: &TestStore, demo: bool) -> WebState {
    WebState {
        app: App {
            store: test.store.clone(),
            clock: test.clock.clone(),
            entropy: test.entropy.clone(),
            demo,
            ask_again_after: domain::account::offer::ASK_AGAIN_AFTER,
            cost: Cost {
                memory_kib: 64,
                passes: 1,
            },
            regions: None,
            site: "企服365".into(),
            identity: Some(Arc::new(app::person::DemoSource)),
            enterprises: Some(std::sync::Arc::new(app::org::DemoRegister)),
            bank: Some(std::sync::Arc::new(app::org::DemoBank)),
            passkeys: Some(std::sync::Arc::new(
                app::account::RelyingParty::new(None, "企服365").expect("a site"),
            )),
        },
        catalogue: catalogue(),
        policy: Arc::new(policy::builtin().expect("policy")),
        settings: Arc::new(Settings {
            brand: "企服365".to_owned(),
            operator_name: "某运营方".to_owned(),
            operator_contact: "privacy@demo.example".to_owned(),
            responsible_person: "某负责人".to_owned(),
            filing: web::Filing {
                icp: "京ICP备00000000号".to_owned(),
                ..web::Filing::default()
            },
            demo,
            secure: false,
            trusted_proxies: Vec::new(),
            answer_floor: std::time::Duration::ZERO,
        }),
    }
}

/// The demonstration's catalogue.
pub fn catalogue() -> CatalogueHandle {
    // Built once: its index reads a large dictionary.
    static BUILT: OnceLock<Arc<Catalogue>> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let demo = app::demo::catalogue().expect("the demo's catalogue");
        let catalogue = Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services);
        Arc::new(catalogue.expect("a catalogue"))
    });
    CatalogueHandle::shared(Arc::clone(built))
}

impl Browser {
    pub fn new(test: &TestStore) -> Self {
        Self {
            router: web::router(state(test, true)),
            cookies: BTreeMap::new(),
            address: None,
        }
    }

    /// A browser of its own at a site that is already open.
    pub fn at(router: &Router) -> Self {
        Self {
            router: router.clone(),
            cookies: BTreeMap::new(),
            address: None,
        }
    }

    pub fn production(test: &TestStore) -> Self {
        Self {
            router: web::router(state(test, false)),
            cookies: BTreeMap::new(),
            address: None,
        }
    }

    /// The same browser in this network.
    pub fn within(mut self, address: &str) -> Self {
        self.address = Some(address.parse().expect("an address"));
        self
    }

    /// The session's token.
    pub fn session(&self) -> Option<String> {
        self.cookie("session")
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.get(name).cloned()
    }

    /// Puts a cookie as another program would.
    pub fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let kept = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let kept: Vec<String> = kept.collect();
        if !kept.is_empty() {
            let value = kept.join("; ").parse().expect("cookies");
            request.headers_mut().insert(header::COOKIE, value);
        }
        if let Some(address) = self.address {
            let peer = ConnectInfo(SocketAddr::new(address, 4000));
            request.extensions_mut().insert(peer);
        }
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            let text = value.to_str().expect("ascii");
            let (name, value) = text
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a cookie");
            // The language is chosen by each request of a test.
            if value.is_empty() {
                self.cookies.remove(name);
            } else if name != "lang" {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(body, 10_000_000).await.expect("a body");
        Page {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path).body(Body::empty()).expect("a request"))
            .await
    }

    /// Posts a form as a page of this site does.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_from(path, fields, "same-origin").await
    }

    pub async fn post_from(&mut self, path: &str, fields: &[(&str, &str)], site: &str) -> Page {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    pub async fn latest_code(&mut self) -> String {
        let page = self.get("/demo/outbox").await;
        let at = page.body.find("验证码 ").expect("a code") + "验证码 ".len();
        page.body[at..at + 6].to_owned()
    }

    pub async fn register(&mut self, phone: &str, name: &str) -> Page {
        let boxes = [
            ("accept_agreement", "2020-11-01"),
            ("accept_policy", "2020-11-01"),
        ];
        let asked = self
            .post(
                "/zhuce/yanzhengma",
                &[
                    &[("phone", phone), ("age_band", "adult"), ("account_name", name)][..],
                    &boxes,
                ]
                .concat(),
            )
            .await;
        assert_eq!(asked.status, StatusCode::OK);
        let code = self.latest_code().await;
        let fields = [
            ("phone", phone),
            ("age_band", "adult"),
            ("code", code.as_str()),
            ("account_name", name),
            ("password", PASSWORD),
        ];
        self.post("/zhuce", &[&fields[..], &boxes].concat()).await
    }
}

pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}
