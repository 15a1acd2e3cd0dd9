//! Pages kept between requests: the same as freshly rendered, and never somebody's own.

use app::market::catalogue::{Catalogue, CatalogueHandle};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use storage::Engine;
use testkit::{TestStore, both_dbs};
use web::{KeptPages, router_keeping};

use crate::browser::{Browser, Page, encoded, state};

struct Site {
    router: Router,
    kept: KeptPages,
    catalogue: CatalogueHandle,
}

fn site(test: &TestStore) -> Site {
    let (state, kept) = (state(test, true), KeptPages::default());
    Site {
        catalogue: state.catalogue.clone(),
        router: router_keeping(state, kept.clone()),
        kept,
    }
}

impl Site {
    /// How many pages were kept, and how many shown from there.
    fn figures(&self) -> (u64, u64) {
        let figures = self.kept.figures();
        (figures.taken_in, figures.shown)
    }

    async fn ask(&self, path: &str, cookie: &str, seen: Option<&str>) -> Page {
        let mut request = Request::get(path).header(header::COOKIE, cookie);
        if let Some(seen) = seen {
            request = request.header(header::IF_NONE_MATCH, seen);
        }
        let request = request.body(Body::empty()).expect("a request");
        Browser::at(&self.router).send(request).await
    }
}

/// An address of each kind that is kept.
fn addresses(catalogue: &Catalogue) -> Vec<String> {
    let service = catalogue.favourites(1).next().expect("a service");
    vec![
        "/".to_owned(),
        "/fenlei".to_owned(),
        "/fuwu".to_owned(),
        format!("/fuwu?fenlei={}&paixu=price&ye=1", service.category),
        format!("/fuwu/{}", service.id),
        format!("/fuwu/{}?sku=1", service.id),
        format!("/fuwushang/{}", service.supplier),
        format!("/sousuo?q={}", encoded("公司注册")),
    ]
}

fn tag(page: &Page) -> Option<&str> {
    page.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok())
}

#[tokio::test]
async fn a_kept_page_is_the_page_as_rendered_afresh() {
    let test = TestStore::open(Engine::Sqlite).await;
    let kept = site(&test);
    let mut count = 0;
    for lang in ["lang=zh", "lang=en"] {
        for path in addresses(&kept.catalogue.now()) {
            count += 1;
            let first = kept.ask(&path, lang, None).await;
            assert_eq!(kept.figures(), (count, count - 1), "{path} is kept");
            let again = kept.ask(&path, lang, None).await;
            assert_eq!(kept.figures(), (count, count), "{path} is shown as kept");
            let fresh = site(&test).ask(&path, lang, None).await;
            assert_eq!(fresh.status, StatusCode::OK);
            for page in [&first, &again] {
                assert_eq!(page.status, fresh.status);
                assert_eq!(page.headers, fresh.headers, "{path}");
                assert_eq!(page.body, fresh.body, "{path}");
            }
        }
    }
    test.close().await;
}

both_dbs! {
    clause_2_1_1_c_a_page_shown_to_somebody_logged_in_is_neither_kept_nor_taken_from_there(test) {
        let site = site(test);
        let mut person = Browser::at(&site.router);
        person.register("100-0000-0001", "某人").await;
        let before = site.figures();
        let token = person.session().expect("logged in");
        for path in addresses(&site.catalogue.now()) {
            let own = person.get(&path).await;
            assert!(own.body.contains("我的账号") && tag(&own).is_none(), "{path}");
            assert_eq!(own.headers[header::CACHE_CONTROL], "no-store", "{path}");
            // A cookie that is no session any more is treated alike.
            site.ask(&path, "session=gone", None).await;
            assert_eq!(site.figures(), before, "{path} is not kept for anyone");
        }
        for path in addresses(&site.catalogue.now()) {
            let visitor = Browser::at(&site.router).get(&path).await;
            assert!(!visitor.body.contains("我的账号") && visitor.body.contains("/denglu"), "{path}");
            let own = site.ask(&path, &format!("a=b; session={token}"), tag(&visitor)).await;
            assert_eq!(own.status, StatusCode::OK, "{path}");
            assert!(own.body.contains("我的账号"), "{path} is not taken from what is kept");
        }
        assert_eq!(site.figures().1, before.1);
    }
}

#[tokio::test]
async fn what_is_one_visitors_own_affair_is_not_kept() {
    let test = TestStore::open(Engine::Sqlite).await;
    let site = site(&test);
    let mut browser = Browser::at(&site.router);
    for path in [
        "/?lang=en",
        "/denglu",
        "/zhuce",
        "/nowhere",
        "/fuwu/00000000-0000-4000-8000-000000000000",
        "/demo/outbox",
    ] {
        browser.get(path).await;
    }
    // What somebody typed is kept only if the catalogue says it too.
    for typed in ["张三开公司", "gszc", "没有的东西"] {
        browser.get(&format!("/sousuo?q={}", encoded(typed))).await;
    }
    assert_eq!(site.figures(), (0, 0));
    test.close().await;
}

#[tokio::test]
async fn each_language_is_kept_apart() {
    let test = TestStore::open(Engine::Sqlite).await;
    let site = site(&test);
    for _ in 0..2 {
        assert!(
            site.ask("/fenlei", "lang=zh", None)
                .await
                .body
                .contains("服务分类")
        );
        assert!(
            site.ask("/fenlei", "lang=en", None)
                .await
                .body
                .contains("Categories")
        );
    }
    assert_eq!(site.figures(), (2, 2));
    test.close().await;
}

#[tokio::test]
async fn a_new_catalogue_is_shown_at_once() {
    let test = TestStore::open(Engine::Sqlite).await;
    let site = site(&test);
    let before = site.ask("/fuwu", "", None).await;
    let mut demo = app::demo::catalogue().expect("demo");
    for service in &mut demo.services {
        service.zh = format!("新的{}", service.zh);
    }
    let other = Catalogue::of(demo.groups, demo.categories, demo.suppliers, demo.services);
    site.catalogue.replace(other.expect("a catalogue"));
    let after = site.ask("/fuwu", "", tag(&before)).await;
    assert_eq!(after.status, StatusCode::OK);
    assert!(after.body.contains("新的") && tag(&after) != tag(&before));
    test.close().await;
}

#[tokio::test]
async fn clause_2_3_2_b_a_browser_that_has_the_page_is_told_so_and_nothing_else() {
    let test = TestStore::open(Engine::Sqlite).await;
    let site = site(&test);
    let first = site.ask("/", "", None).await;
    let tag = tag(&first).expect("a tag").to_owned();
    assert_eq!(first.headers[header::CACHE_CONTROL], "private, no-cache");
    for seen in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let known = site.ask("/", "", Some(&seen)).await;
        assert_eq!(
            (known.status, known.body.as_str()),
            (StatusCode::NOT_MODIFIED, "")
        );
        assert_eq!(known.headers[header::ETAG], tag.as_str());
        assert!(known.headers.get(header::SET_COOKIE).is_none());
    }
    assert_eq!(site.ask("/", "", Some("\"other\"")).await.body, first.body);
    test.close().await;
}

#[tokio::test]
async fn clause_2_3_2_c_a_tag_tells_the_page_and_not_the_visitor() {
    let test = TestStore::open(Engine::Sqlite).await;
    let (one, other) = (site(&test), site(&test));
    let first = one.ask("/", "", None).await;
    let kept = one.ask("/", "lang=zh; other=1", Some("\"old\"")).await;
    let elsewhere = other.ask("/", "", None).await;
    let english = one.ask("/", "lang=en", None).await;
    assert!(tag(&first).is_some());
    assert_eq!(tag(&first), tag(&kept));
    assert_eq!(tag(&first), tag(&elsewhere));
    assert_ne!(tag(&first), tag(&english));
    test.close().await;
}
