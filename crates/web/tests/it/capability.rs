//! What needs which level of an account: every function is tried at every level, and the table says what
//! happened (2.1.1.d).

use axum::http::StatusCode;
use domain::account::capability::{Function, Level};
use privacy::purpose::Operate;
use testkit::{TestStore, both_dbs};
use time::Duration;

use crate::browser::{Browser, state};
use crate::order::service;
use crate::org::{act_for, company, verified};

/// Whether a page is there for the browser, and not only the way to a log-in or to another identity.
async fn opens(browser: &mut Browser, path: &str) -> bool {
    browser.get(path).await.status == StatusCode::OK
}

/// Posts a form without a file, with the token of the account's page.
async fn leads(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> bool {
    let token = browser.get("/zhanghao/lingpai").await;
    if token.status != StatusCode::OK {
        return false;
    }
    let csrf = token.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    let page = browser.post(path, &all).await;
    page.status == StatusCode::SEE_OTHER && !page.location().starts_with("/denglu")
}

/// What is tried for a function.
async fn may(browser: &mut Browser, function: Function, (service, organisation): (&str, &str)) -> bool {
    match function {
        Function::Browse => opens(browser, "/fuwu").await && opens(browser, service).await,
        Function::Account => {
            opens(browser, "/zhanghao").await
                && opens(browser, "/zhanghao/fuben").await
                && opens(browser, "/zhanghao/zhuxiao").await
        }
        Function::Order => opens(browser, &service.replace("/fuwu/", "/xiadan/")).await,
        Function::Book => {
            let entry = [("kind", "home"), ("address", "上海市演示区示例路 365 号")];
            leads(browser, "/zhanghao/dizhi/xin", &entry).await
        }
        Function::Program => opens(browser, "/zhanghao/lingpai").await,
        Function::Join => opens(browser, "/zhanghao/qiye").await,
        Function::Found => leads(browser, "/zhanghao/qiye", &[("accept_enterprise", "1")]).await,
        Function::OrderForEnterprise => opens(browser, "/zhanghao/shenpi").await,
        Function::Sell => {
            leads(
                browser,
                &format!("{organisation}/ruzhu"),
                &[("accept_supplier", "1")],
            )
            .await
        }
    }
}

/// Somebody of each level, and the enterprise.
async fn levels(test: &TestStore) -> (Vec<(Level, Browser)>, String) {
    let (mut owner, _, organisation) = company(test).await;
    act_for(&mut owner, &organisation).await;
    // Two messages of one instant have no order.
    test.clock.advance(Duration::SECOND);
    let mut registered = Browser::new(test);
    registered.register("100-0000-0007", "gu").await;
    test.clock.advance(Duration::SECOND);
    let mut person = Browser::new(test);
    person.register("100-0000-0008", "shen").await;
    verified(test, &mut person, ("沈砚秋", "999999199001010024")).await;
    let levels = vec![
        (Level::Visitor, Browser::new(test)),
        (Level::Registered, registered),
        (Level::Person, person),
        (Level::Enterprise, owner),
    ];
    (levels, organisation)
}

both_dbs! {
    clause_2_1_1_d_the_table_of_functions_says_what_each_level_may(test) {
        let service = format!("/fuwu/{}", service().0);
        let app = state(test, true).app;
        app::demo::seed(&app, &test.system::<Operate>(), |_, _| {}).await.expect("catalogue");
        let (mut levels, organisation) = levels(test).await;
        for function in Function::ALL {
            for (level, browser) in &mut levels {
                let tried = may(browser, *function, (&service, &organisation)).await;
                assert_eq!(tried, level.may(*function), "{function:?} as {level:?}");
            }
        }
        let page = levels[1].1.get("/zhanghao/shiming").await.body;
        for function in Function::ALL {
            assert!(page.contains(function.label(true)), "{function:?} is not on the page");
        }
    }
}
