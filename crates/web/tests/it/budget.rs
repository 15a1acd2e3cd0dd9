//! What a page and the style sheet may weigh on the wire.

use std::io::Write as _;

use axum::http::StatusCode;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::browser::Browser;

/// The most a page may weigh, compressed, in bytes.
pub const PAGE: usize = 60_000;
/// The most the style sheet may weigh, compressed, in bytes.
const STYLE: usize = 20_000;

/// The size after gzip at its usual level.
pub fn compressed(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it").len()
}

#[tokio::test]
async fn live_pages_and_the_style_sheet_are_within_their_budgets() {
    let test = testkit::TestStore::open(storage::Engine::Sqlite).await;
    let mut person = Browser::new(&test);
    person.register("100-0000-0001", "lin").await;
    let catalogue = crate::browser::catalogue().now();
    let service = catalogue.favourites(1).next().expect("a service");
    let mut paths: Vec<String> = [
        "/",
        "/fenlei",
        "/fuwu",
        "/sousuo?q=%E8%AE%B0%E8%B4%A6",
        "/zhengce",
        "/zhengce/lishi",
        "/zhengce/duibi/2020-11-01/2020-11-01",
        "/xieyi",
        "/lianxi",
        "/api",
        "/api/wenti",
        "/zhuce",
        "/denglu",
        "/mima/chongzhi",
        "/demo/outbox",
        "/demo/yemian",
        "/demo/zhangben",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    paths.push(format!("/fuwu/{}", service.id));
    paths.push(format!("/fuwushang/{}", service.supplier));
    let place = format!("/xiadan/{}", service.id);
    let own = [
        "/zhanghao",
        "/zhanghao/mima",
        "/zhanghao/lingpai",
        "/dingdan",
        &place,
    ]
    .map(ToOwned::to_owned);
    for path in paths.iter().chain(&own) {
        for lang in ["zh", "en"] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let mut stranger = Browser::new(&test);
            let browser = if own.contains(path) {
                &mut person
            } else {
                &mut stranger
            };
            let page = browser.get(&format!("{path}{mark}lang={lang}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let size = compressed(page.body.as_bytes());
            assert!(size <= PAGE, "{path} in {lang} has {size} bytes");
        }
    }
    let home = person.get("/").await;
    let link = home
        .body
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .expect("a style sheet");
    let style = person.get(link.split('"').next().unwrap_or_default()).await;
    assert_eq!(style.status, StatusCode::OK);
    let size = compressed(style.body.as_bytes());
    assert!((1..=STYLE).contains(&size), "the style sheet has {size} bytes");
    test.close().await;
}
