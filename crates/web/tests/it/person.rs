//! The verification of a person, in their browser, without a script.

use app::job;
use axum::http::StatusCode;
use testkit::both_dbs;

use crate::browser::{Browser, Page, state};

const PAGE: &str = "/zhanghao/shiming";

async fn sent(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get(PAGE).await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

both_dbs! {
    clause_2_1_1_d_a_person_agrees_hands_in_reads_the_result_and_deletes_it(test) {
        let mut browser = Browser::new(test);
        assert_eq!(browser.get(PAGE).await.status, StatusCode::SEE_OTHER, "nobody's page");
        browser.register("100-0000-0001", "lin").await;
        let page = browser.get(PAGE).await;
        assert!(page.body.contains("单独同意") && !page.body.contains("name=\"id_number\""), "first the consent");
        assert!(!page.body.contains("accept_verification\" value=\"1\" checked"), "0.7: never ticked before");
        let unticked = sent(&mut browser, &format!("{PAGE}/tongyi"), &[]).await;
        assert_eq!(unticked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unticked.body.contains("href=\"#accept_verification\""));
        let agreed = sent(&mut browser, &format!("{PAGE}/tongyi"), &[("accept_verification", "1")]).await;
        assert_eq!((agreed.status, agreed.location()), (StatusCode::SEE_OTHER, PAGE));
        // What was typed stays, with the message beside it.
        let wrong = sent(&mut browser, PAGE, &[("real_name", "林<b>"), ("id_number", "999999199001010017")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for there in ["href=\"#real_name\"", "href=\"#id_number\"", "value=\"林&#60;b&#62;\"", "value=\"999999199001010017\""] {
            assert!(wrong.body.contains(there), "{there}");
        }
        let field_more = sent(&mut browser, PAGE, &[("real_name", "林知远"), ("id_number", "999999199001010016"), ("photo", "x")]).await;
        assert_ne!(field_more.status, StatusCode::SEE_OTHER, "a field more is refused");
        let done = sent(&mut browser, PAGE, &[("real_name", "林知远"), ("id_number", "999999199001010016")]).await;
        assert_eq!(done.location(), PAGE);
        let waiting = browser.get(PAGE).await.body;
        assert!(waiting.contains("正在向核验服务商比对") && !waiting.contains("999999199001010016") && !waiting.contains("林知远"));
        job::run_ready(&state(test, true).app, "2020-11-01").await.expect("worked");
        let verified = browser.get(PAGE).await.body;
        assert!(verified.contains("已实名") && verified.contains("林**") && verified.contains("**************0016"));
        assert!(!verified.contains("林知远") && !verified.contains("999999199001010016"), "2.1.1.f");
        // Who received it.
        let record = browser.get("/zhanghao/gongxiang").await.body;
        assert!(record.contains("身份信息核验服务商") && record.contains("姓名、身份证号码"));
        let unsure = sent(&mut browser, &format!("{PAGE}/shanchu"), &[]).await;
        assert!(unsure.status == StatusCode::UNPROCESSABLE_ENTITY && unsure.body.contains("href=\"#sure\""));
        let deleted = sent(&mut browser, &format!("{PAGE}/shanchu"), &[("sure", "1")]).await;
        assert_eq!(deleted.location(), PAGE);
        let after = browser.get(PAGE).await.body;
        assert!(after.contains("已删除") && !after.contains("0016"));
    }
}
