//! Contact details of an order, the record of disclosures, and what a supplier is asked, in the
//! browser of each.

use axum::http::StatusCode;
use testkit::both_dbs;

use crate::browser::{Browser, Page};
use crate::order::{Stage, act, stage};

/// An order that waits for its payment.
async fn to_be_paid(stage: &mut Stage) -> String {
    let order = stage.place().await;
    act(&mut stage.seller, &order, "supplier_confirm", &[]).await;
    act(&mut stage.buyer, &order, "sign", &[]).await;
    order
}

/// Sends a form as its page would.
async fn sent(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Page {
    let csrf = browser.get("/zhanghao").await.csrf();
    let mut all = vec![("csrf", csrf.as_str())];
    all.extend(fields);
    browser.post(path, &all).await
}

/// The address of the answer's form on the supplier's page.
async fn demand(seller: &mut Browser) -> String {
    let page = seller.get("/zhanghao/qingqiu").await;
    assert_eq!(page.status, StatusCode::OK);
    let at = page.body.find("action=\"/zhanghao/qingqiu/").expect("a demand") + "action=\"".len();
    page.body[at..].split('"').next().expect("its end").to_owned()
}

both_dbs! {
    clause_2_4_1_3_contact_details_go_with_the_payment_and_can_be_taken_back(test) {
        let mut stage = stage(test).await;
        let order = to_be_paid(&mut stage).await;
        let page = stage.buyer.get(&order).await;
        assert!(page.body.contains("id=\"fund-share-phone\"") && !page.body.contains("id=\"fund-share-phone\" name=\"share\" value=\"phone\" checked"));
        // Refused whole, and everything typed is still there.
        let fields = [("share", "phone"), ("phone", "123<b>"), ("share", "email"), ("email", ""), ("address", "未勾选的地址")];
        let refused = act(&mut stage.buyer, &order, "fund", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for there in ["href=\"#fund-phone\"", "href=\"#fund-share\"", "value=\"123&#60;b&#62;\"", "value=\"phone\" checked", "value=\"未勾选的地址\""] {
            assert!(refused.body.contains(there), "{there}");
        }
        let fields = [("share", "contact_name"), ("contact_name", "林女士<b>"), ("share", "phone"), ("phone", "100-0000-0001"), ("address", "未勾选的地址")];
        let paid = act(&mut stage.buyer, &order, "fund", &fields).await;
        assert_eq!(paid.status, StatusCode::SEE_OTHER);
        let contact = format!("{order}/lianxi");
        // The order's page says which, and shows none.
        let order_page = stage.seller.get(&order).await.body;
        assert!(order_page.contains("买方提供了：联系人称呼、联系电话") && !order_page.contains("10000000001"));
        let seen = stage.seller.get(&contact).await.body;
        assert!(seen.contains("林女士&#60;b&#62;") && seen.contains("10000000001") && !seen.contains("未勾选的地址"));
        assert!(!seen.contains("chehui"), "who receives takes nothing back");
        assert_eq!(stage.stranger.get(&contact).await.status, StatusCode::NOT_FOUND);
        for (path, fields) in [(contact.clone(), vec![("share", "email"), ("email", "a@b.example")]), (format!("{contact}/phone/chehui"), vec![])] {
            for browser in [&mut stage.seller, &mut stage.stranger] {
                assert_eq!(sent(browser, &path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
        let odd = sent(&mut stage.buyer, &contact, &[("share", "email"), ("wechat", "x")]).await;
        assert_eq!(odd.status, StatusCode::FORBIDDEN, "a field more is refused");
        // The record names supplier, fields and ground, and takes back from there.
        let record = stage.buyer.get("/zhanghao/gongxiang").await.body;
        for there in ["联系电话", "2.4.1.3", "短信发送服务商", &format!("{contact}/phone/chehui")] {
            assert!(record.contains(there), "{there}");
        }
        let back = sent(&mut stage.buyer, &format!("{contact}/phone/chehui"), &[("next", "/zhanghao/gongxiang")]).await;
        assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/zhanghao/gongxiang"));
        let seen = stage.seller.get(&contact).await.body;
        assert!(seen.contains("林女士") && !seen.contains("10000000001"));
        let record = stage.buyer.get("/zhanghao/gongxiang").await.body;
        assert!(record.contains("已撤回") && record.contains("等待答复"));
        let given = sent(&mut stage.buyer, &contact, &[("share", "email"), ("email", "lin@demo.qifu365.example")]).await;
        assert_eq!(given.location(), contact);
        let away = sent(&mut stage.buyer, &format!("{contact}/email/chehui"), &[("next", "//elsewhere.example")]).await;
        assert_eq!(away.location(), "/zhanghao", "nowhere else");
    }

    clause_2_6_3_d_a_supplier_answers_and_the_person_reads_it(test) {
        let mut stage = stage(test).await;
        let order = to_be_paid(&mut stage).await;
        act(&mut stage.buyer, &order, "fund", &[("share", "phone"), ("phone", "100-0000-0001")]).await;
        assert!(stage.buyer.get("/zhanghao/qingqiu").await.body.contains("没有请求"));
        assert!(!stage.seller.get("/gongzuotai").await.body.contains("待答复的个人信息请求"));
        sent(&mut stage.buyer, &format!("{order}/lianxi/phone/chehui"), &[]).await;
        assert!(stage.seller.get("/gongzuotai").await.body.contains("待答复的个人信息请求"));
        let form = demand(&mut stage.seller).await;
        for (fields, wrong) in [
            (vec![], "-answer"),
            (vec![("answer", "legal_retention"), ("article", ""), ("until", "2099-01-01")], "-article"),
            (vec![("answer", "legal_retention"), ("article", "电子商务法<i>"), ("until", "以后")], "-until"),
            (vec![("answer", "independent_authorisation")], "-reference"),
        ] {
            let refused = sent(&mut stage.seller, &form, &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            let id = form.rsplit('/').next().expect("an id");
            assert!(refused.body.contains(&format!("href=\"#{id}{wrong}\"")), "{wrong}");
        }
        let kept = sent(&mut stage.seller, &form, &[("answer", "legal_retention"), ("article", "电子商务法<i>"), ("until", "以后")]).await;
        assert!(kept.body.contains("value=\"电子商务法&#60;i&#62;\"") && kept.body.contains("value=\"legal_retention\" checked"));
        for browser in [&mut stage.buyer, &mut stage.stranger] {
            assert_eq!(sent(browser, &form, &[("answer", "done")]).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(sent(&mut stage.seller, &form, &[("answer", "done")]).await.location(), "/zhanghao/qingqiu");
        assert!(stage.buyer.get("/zhanghao/gongxiang").await.body.contains("已删除"));
        assert!(stage.buyer.get("/zhanghao/gongxiang?lang=en").await.body.contains("taken back by the person"));
    }

    clause_2_4_1_5_e_everybody_reads_who_may_receive_data(test) {
        let page = Browser::new(test).get("/zhengce/jieshoufang").await;
        assert_eq!(page.status, StatusCode::OK);
        for there in ["订单的另一方", "短信发送服务商", "手机号、短信内容", "联系电话", "30 天"] {
            assert!(page.body.contains(there), "{there}");
        }
    }
}
