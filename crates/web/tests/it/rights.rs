//! The privacy centre through the forms.

use axum::http::{StatusCode, header};
use testkit::both_dbs;

use crate::browser::{Browser, PASSWORD};

const PHONE: &str = "100-0000-0001";

both_dbs! {
    clause_2_6_1_h_a_person_downloads_the_copy_with_the_password_alone(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "林知远").await;
        let centre = browser.get("/zhanghao/yinsi").await;
        assert!(centre.body.contains("href=\"/zhanghao/fuben\""));
        let form = browser.get("/zhanghao/fuben").await;
        assert!(form.body.contains("账号资料") && form.body.contains("登录设备"));
        let csrf = form.csrf();
        let wrong = browser.post("/zhanghao/fuben", &[("csrf", &csrf), ("current", "falsch")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("current-err"));
        let more = browser.post("/zhanghao/fuben", &[("csrf", &csrf), ("current", PASSWORD), ("id_number", "1")]).await;
        assert_eq!(more.status, StatusCode::UNPROCESSABLE_ENTITY, "2.6.4.e: nothing more is taken");
        let foreign = browser.post("/zhanghao/fuben", &[("csrf", "wrong"), ("current", PASSWORD)]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN);
        let copy = browser.post("/zhanghao/fuben", &[("csrf", &csrf), ("current", PASSWORD)]).await;
        assert_eq!(copy.status, StatusCode::OK);
        assert_eq!(copy.headers[header::CONTENT_TYPE], "application/zip");
        assert!(copy.headers[header::CACHE_CONTROL].to_str().expect("text").contains("no-store"));
    }

    clause_2_6_1_d_a_person_closes_the_account_and_reads_the_certificate(test) {
        let mut browser = Browser::new(test);
        browser.register(PHONE, "林知远").await;
        let form = browser.get("/zhanghao/zhuxiao").await;
        assert!(form.body.contains("立即删除") && form.body.contains("三年"));
        let csrf = form.csrf();
        let done = browser.post("/zhanghao/zhuxiao", &[("csrf", &csrf), ("current", PASSWORD)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let certificate = done.location().to_owned();
        assert!(certificate.starts_with("/zhuxiao/"));
        // 2.6.4.c: at once, before any job ran.
        assert_eq!(browser.get("/zhanghao").await.status, StatusCode::SEE_OTHER);
        let mut stranger = Browser::new(test);
        let login = [("login", "林知远"), ("password", PASSWORD)];
        assert_eq!(stranger.post("/denglu", &login).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nor a new session");
        let page = stranger.get(&certificate).await;
        assert!(page.status == StatusCode::OK && page.body.contains("正在删除"));
        let state = crate::browser::state(test, true);
        let report = app::job::run_ready(&state.app, "2020-11-01").await.expect("jobs");
        assert_eq!((report.failed, report.dead), (0, 0));
        let page = stranger.get(&certificate).await;
        assert!(page.body.contains("没有找到任何残留") && !page.body.contains("林知远"));
        assert_eq!(stranger.post("/denglu", &login).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(stranger.get("/zhuxiao/0000000000000000").await.status, StatusCode::NOT_FOUND);
    }
}
