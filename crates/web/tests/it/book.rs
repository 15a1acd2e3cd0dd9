//! Address books and titles for invoices in the browser, without a script.

use axum::http::StatusCode;
use testkit::both_dbs;
use time::Duration;

use crate::browser::{Browser, Page};
use crate::org::company;
use crate::phone::{names, nonsense};

const BOOK: &str = "/zhanghao/dizhi";
const ADDRESS: &str = "上海市演示区示例路 365 号";
const CODE: &str = "91999999MAD3650188";
const ENTRY: [(&str, &str); 5] = [
    ("kind", "work"),
    ("contact_name", "林女士"),
    ("phone", "100-0000-0001"),
    ("email", "lin@demo.qifu365.example"),
    ("address", ADDRESS),
];
const TITLE: [(&str, &str); 4] = [
    ("kind", "enterprise"),
    ("title_name", "星渚软件（演示）"),
    ("credit_code", CODE),
    ("email", "fp@demo.qifu365.example"),
];
const PLACE: [(&str, &str); 4] = [
    ("label", "总部前台"),
    ("address", ADDRESS),
    ("desk", "reception"),
    ("phone", "010-0000 0365"),
];
const BILL: [(&str, &str); 6] = [
    ("company_name", "星渚软件（演示）"),
    ("credit_code", CODE),
    ("bank", "演示银行上海分行"),
    ("bank_account", "9999990001"),
    ("address", ADDRESS),
    ("phone", "010-0000 0365"),
];

/// Posts a form with one field written otherwise.
async fn with(browser: &mut Browser, path: &str, form: &[(&str, &str)], field: &str, typed: &str) -> Page {
    let csrf = browser.get(path).await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(
        form.iter()
            .map(|(name, value)| (*name, if *name == field { typed } else { *value })),
    );
    browser.post(path, &all).await
}

/// The first link below an address.
fn link(page: &Page, below: &str) -> String {
    let at = page.body.find(&format!("href=\"{below}/")).expect("a link") + 6;
    page.body[at..].split('"').next().unwrap_or_default().to_owned()
}

/// Whether every wrong way of a field ends in a message that names it, with everything else still there.
async fn refused(browser: &mut Browser, path: &str, form: &[(&str, &str)], field: &str, wrong: &[&str]) {
    for typed in wrong {
        let page = with(browser, path, form, field, typed).await;
        let place: String = typed.chars().take(20).collect();
        names(&page, field, &format!("{path} {field} {place}"));
        assert!(!page.body.contains("<script>alert"), "{place}");
        for (name, value) in form.iter().filter(|(name, _)| *name != field) {
            let kept = page.body.contains(&format!("value=\"{value}\""));
            assert!(kept, "{path} {field} {place}: {name} is lost");
        }
    }
}

/// What is none of these fields, whichever: for those that may be left empty, empty is right.
fn wrong(optional: bool) -> Vec<String> {
    let mut all = nonsense();
    all.retain(|typed| !optional || !typed.trim().is_empty());
    all
}

both_dbs! {
    clause_2_6_1_a_an_address_book_is_kept_changed_and_deleted(test) {
        let mut browser = Browser::new(test);
        browser.register("100-0000-0001", "lin").await;
        assert!(browser.get(BOOK).await.body.contains("还没有地址。"));
        let new = format!("{BOOK}/xin");
        assert_eq!(with(&mut browser, &new, &ENTRY, "", "").await.location(), BOOK);
        let list = browser.get(BOOK).await;
        for part in ["林女士", "10000000001", "lin@demo.qifu365.example", ADDRESS, "公司"] {
            assert!(list.body.contains(part), "{part}");
        }
        let entry = link(&list, BOOK);
        let form = browser.get(&entry).await;
        assert!(form.body.contains(&format!("value=\"{ADDRESS}\"")) && form.body.contains("只有您本人"));
        assert_eq!(with(&mut browser, &entry, &ENTRY, "contact_name", "林先生<b>").await.location(), BOOK);
        assert!(browser.get(BOOK).await.body.contains("林先生&#60;b&#62;"));
        let title = "/zhanghao/taitou/xin";
        assert_eq!(with(&mut browser, title, &TITLE, "", "").await.location(), BOOK);
        assert!(browser.get(BOOK).await.body.contains(CODE));
        // Another person's do not exist.
        test.clock.advance(Duration::SECOND);
        let mut other = Browser::new(test);
        other.register("100-0000-0002", "he").await;
        assert_eq!(other.get(&entry).await.status, StatusCode::NOT_FOUND);
        let csrf = other.get(BOOK).await.csrf();
        for act in ["shanchu", "moren"] {
            assert_eq!(other.post(&format!("{entry}/{act}"), &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
        }
        let mut fields = vec![("csrf", csrf.as_str())];
        fields.extend(ENTRY);
        assert_eq!(other.post(&entry, &fields).await.status, StatusCode::NOT_FOUND);
        let csrf = browser.get(BOOK).await.csrf();
        assert_eq!(browser.post(&format!("{entry}/moren"), &[("csrf", &csrf)]).await.location(), BOOK);
        assert!(browser.get(BOOK).await.body.contains("默认"));
        assert_eq!(browser.post(&format!("{entry}/shanchu"), &[("csrf", &csrf)]).await.location(), BOOK);
        assert!(!browser.get(BOOK).await.body.contains(ADDRESS));
        assert_eq!(browser.post(&format!("{entry}/nichts"), &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);
    }

    every_wrong_way_to_write_an_address_or_a_title_names_its_field(test) {
        let mut browser = Browser::new(test);
        browser.register("100-0000-0001", "lin").await;
        let new = format!("{BOOK}/xin");
        let phones = wrong(true);
        let phones: Vec<&str> = phones.iter().map(String::as_str).collect();
        refused(&mut browser, &new, &ENTRY, "phone", &phones).await;
        refused(&mut browser, &new, &ENTRY, "email", &phones).await;
        let long = "长".repeat(2_000);
        let lines = ["a\nb", "\u{202e}x上海市演示区", "上海市\u{200f}演示区", "上海市\0演示区", "上海市\t演示区", &*long];
        refused(&mut browser, &new, &ENTRY, "address", &[&lines[..], &["上海", "1"]].concat()).await;
        refused(&mut browser, &new, &ENTRY, "contact_name", &lines).await;
        let title = "/zhanghao/taitou/xin";
        let codes = wrong(false);
        let codes: Vec<&str> = codes.iter().map(String::as_str).chain(["999999199001010016", "91999999MAD3650189"]).collect();
        refused(&mut browser, title, &TITLE, "credit_code", &codes).await;
        refused(&mut browser, title, &TITLE, "title_name", &["", "a", "星渚", "13800138000有限公司", &long, "星渚\u{202e}软件"]).await;
        refused(&mut browser, title, &TITLE, "email", &phones).await;
        let person = with(&mut browser, title, &TITLE, "kind", "person").await;
        names(&person, "credit_code", "a person has no tax number");
        let page = browser.get(BOOK).await;
        assert!(page.body.contains("还没有地址。") && page.body.contains("还没有抬头。"), "nothing was kept");
    }

    clause_2_1_1_a_an_organisations_places_serve_whoever_orders_for_it(test) {
        let (mut owner, mut colleague, organisation) = company(test).await;
        let (places, titles) = (format!("{organisation}/dizhi/xin"), format!("{organisation}/taitou/xin"));
        let list = format!("{organisation}/dizhi");
        assert!(owner.get(&organisation).await.body.contains(&format!("href=\"{list}\"")));
        assert_eq!(with(&mut colleague, &places, &PLACE, "", "").await.location(), list);
        assert_eq!(with(&mut owner, &titles, &BILL, "", "").await.location(), list);
        let seen = colleague.get(&list).await;
        for part in ["总部前台", ADDRESS, "010-00000365", "前台", "9999990001", CODE] {
            assert!(seen.body.contains(part), "{part}");
        }
        // Who purchases keeps places, and reads titles without changing them.
        assert_eq!(colleague.get(&titles).await.status, StatusCode::NOT_FOUND);
        assert!(!seen.body.contains(&titles) && owner.get(&list).await.body.contains(&titles));
        let at = link(&owner.get(&list).await, &list);
        assert!(owner.get(&at).await.body.contains("value=\"总部前台\""));
        test.clock.advance(Duration::SECOND);
        let mut stranger = Browser::new(test);
        stranger.register("100-0000-0009", "wai").await;
        for path in [&list, &at, &places] {
            assert_eq!(stranger.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let csrf = stranger.get(BOOK).await.csrf();
        assert_eq!(stranger.post(&format!("{at}/shanchu"), &[("csrf", &csrf)]).await.status, StatusCode::NOT_FOUND);

        let phones = wrong(true);
        let phones: Vec<&str> = phones.iter().map(String::as_str).chain(["100-0000-0001"]).collect();
        refused(&mut owner, &places, &PLACE, "phone", &phones).await;
        let long = "长".repeat(2_000);
        let lines = ["", "a\nb", "\u{202e}x", "打 13800138000", "lin@example.com", &*long];
        refused(&mut owner, &places, &PLACE, "label", &lines).await;
        refused(&mut owner, &places, &PLACE, "address", &["", "上海", "上海市示例路 微信 lin_zhiyuan 365", "a\nbcdefg", &long]).await;
        let numbers = wrong(false);
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).chain(["6222020200112233446", "999999199001010016"]).collect();
        refused(&mut owner, &titles, &BILL, "bank_account", &numbers).await;
        refused(&mut owner, &titles, &BILL, "credit_code", &numbers).await;
        refused(&mut owner, &titles, &BILL, "bank", &["", "1", "银\n行", &long]).await;
        refused(&mut owner, &titles, &BILL, "phone", &phones).await;
    }
}
