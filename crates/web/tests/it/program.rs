//! A program that calls the JSON interface, and the people it calls it for.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use privacy::purpose::{KeepAccount, Operate};
use serde_json::Value;
use testkit::TestStore;
use time::Duration;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::browser::{Browser, state};

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Reply {
    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The status and code of a problem; every problem is checked to be whole.
    pub fn problem(&self) -> (u16, &str) {
        assert_eq!(
            self.header(header::CONTENT_TYPE),
            "application/problem+json",
            "{}",
            self.json
        );
        let code = self.json["code"].as_str().expect("a code");
        assert_eq!(self.json["type"], format!("/api/wenti#{code}"));
        assert_eq!(self.json["status"], self.status.as_u16());
        for key in ["title", "detail", "request_id"] {
            assert!(
                self.json[key].as_str().is_some_and(|text| !text.is_empty()),
                "{key}"
            );
        }
        assert!(self.json["errors"].is_array());
        (self.status.as_u16(), code)
    }

    /// The fields a problem names, with their codes.
    pub fn fields(&self) -> Vec<(&str, &str)> {
        let text = |value: &'_ Value| value.as_str().map(ToOwned::to_owned);
        assert!(
            self.json["errors"]
                .as_array()
                .is_some_and(|errors| errors.iter().all(|error| text(&error["detail"]).is_some()))
        );
        let errors = self.json["errors"].as_array().map(Vec::as_slice);
        errors
            .unwrap_or_default()
            .iter()
            .filter_map(|error| Some((error["field"].as_str()?, error["code"].as_str()?)))
            .collect()
    }
}

#[derive(Clone)]
pub struct Program {
    router: Router,
    headers: Vec<(String, String)>,
}

impl Program {
    pub fn new(test: &TestStore) -> Self {
        Self {
            router: web::router(state(test, true)),
            headers: Vec::new(),
        }
    }

    /// The same program, with a header on every request.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut program = self.clone();
        program.headers.push((name.to_owned(), value.to_owned()));
        program
    }

    /// The same program with a token.
    pub fn bearing(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    pub async fn send(&self, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        assert!(
            parts.headers.get(header::SET_COOKIE).is_none(),
            "{path} sets a cookie"
        );
        let bytes = to_bytes(body, 10_000_000).await.expect("a body");
        let json = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap_or_else(|_| panic!("{path} answers no JSON"))
        };
        Reply {
            status: parts.status,
            headers: parts.headers,
            json,
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, Vec::new()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        let body = body.to_string().into_bytes();
        self.send(Method::POST, path, Some("application/json"), body)
            .await
    }
}

impl Program {
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        let body = body.to_string().into_bytes();
        self.send(Method::PUT, path, Some("application/json"), body).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None, Vec::new()).await
    }

    /// The same program with a key for what it makes.
    pub fn keyed(&self, number: u128) -> Self {
        self.with("idempotency-key", &Uuid::from_u128(number).to_string())
    }
}

/// A token made through the form, with these of its boxes ticked.
pub async fn token(browser: &mut Browser, boxes: &[&str], days: &str) -> String {
    let csrf = browser.get("/zhanghao/lingpai").await.csrf();
    // The log-in may be long ago.
    let proof = [("csrf", csrf.as_str()), ("current", crate::browser::PASSWORD)];
    assert_eq!(
        browser.post("/zhanghao/queren", &proof).await.status,
        StatusCode::SEE_OTHER
    );
    let mut fields = vec![("csrf", csrf.as_str()), ("token_name", "程序"), ("days", days)];
    fields.extend(boxes.iter().map(|name| (*name, "yes")));
    let page = browser.post("/zhanghao/lingpai", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    let at = page.body.find("qf_").expect("a token");
    page.body[at..at + 67].to_owned()
}

pub const ALL: &[&str] = &[
    "account_read",
    "account_write",
    "order_read",
    "order_write",
    "organisation_read",
    "organisation_write",
];

/// A person who works for no supplier.
pub async fn person(test: &TestStore, phone: &str, name: &str) -> Browser {
    // Two messages of one instant have no order.
    test.clock.advance(Duration::seconds(1));
    let mut browser = Browser::new(test);
    browser.register(phone, name).await;
    browser
}

/// A buyer, an owner of the service's supplier, and an owner of another one, each with a program.
pub struct Market {
    pub buyer: Program,
    pub seller: Program,
    pub stranger: Program,
    pub anonymous: Program,
    pub service: Uuid,
}

pub async fn market(test: &TestStore) -> Market {
    let state = state(test, true);
    let seeded = app::demo::seed(&state.app, &test.system::<Operate>(), |_, _| {}).await;
    seeded.expect("seeded");
    let catalogue = state.catalogue.now();
    let service = catalogue.favourites(1).next().expect("a service").clone();
    let other = catalogue
        .offering()
        .into_iter()
        .find(|supplier| supplier.id != service.supplier);
    let anonymous = Program::new(test);
    let mut programs = Vec::new();
    for (phone, name, supplier) in [
        ("100-0000-0001", "买家", None),
        ("100-0000-0002", "卖家", Some(service.supplier)),
        ("100-0000-0003", "路人", other.map(|supplier| supplier.id)),
    ] {
        let mut browser = person(test, phone, name).await;
        if let Some(supplier) = supplier {
            join(test, name, supplier).await;
        }
        programs.push(anonymous.bearing(&token(&mut browser, ALL, "30").await));
    }
    let [buyer, seller, stranger] = <[Program; 3]>::try_from(programs).ok().expect("three");
    Market {
        buyer,
        seller,
        stranger,
        anonymous,
        service: service.id,
    }
}

/// Makes the account of this name a supplier's owner.
async fn join(test: &TestStore, name: &str, supplier: Uuid) {
    let ctx = test.system::<KeepAccount>();
    let name = privacy::Personal::received(name.to_owned());
    let field = storage::account::NAME;
    let digest = test.store.blind_index(field, &name);
    let mut tx = test.store.begin(&ctx).await.expect("begin");
    let account = storage::account::find(&mut tx, field, digest)
        .await
        .expect("find");
    let account = account.expect("an account").id;
    let put = storage::market::membership::put(&mut tx, supplier, account, "owner").await;
    put.expect("member");
    tx.commit().await.expect("commit");
}
