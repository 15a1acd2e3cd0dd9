//! Orders of several milestones and refunds of a part, through the forms.

use axum::http::StatusCode;
use domain::market::catalogue::Service;
use testkit::both_dbs;

use crate::browser::{catalogue, state};
use crate::order::{Stage, act, stage_of};

/// The demonstration's first service that fits.
fn found(fits: impl Fn(&Service) -> bool) -> (String, uuid::Uuid) {
    let catalogue = catalogue().now();
    let service = catalogue
        .favourites(100)
        .find(|service| fits(service))
        .expect("a service")
        .clone();
    (service.id.to_string(), service.supplier)
}

async fn stage(test: &testkit::TestStore, fits: impl Fn(&Service) -> bool) -> Stage {
    let (service, supplier) = found(fits);
    stage_of(test, service, supplier).await
}

/// Ticks for every item the page of a delivery asks for.
async fn ticks(stage: &mut Stage, order: &str) -> Vec<(&'static str, &'static str)> {
    const PLACES: [&str; 6] = ["0", "1", "2", "3", "4", "5"];
    let page = stage.seller.get(order).await;
    let places = PLACES.iter().enumerate();
    places
        .filter(|(place, _)| page.body.contains(&format!("id=\"deliver-item-{place}\"")))
        .map(|(_, value)| ("item", *value))
        .collect()
}

both_dbs! {
    an_order_of_several_milestones_runs_to_its_end_through_the_forms(test) {
        let mut stage = stage(test, |service| service.plan.len() == 3).await;
        let form = stage.buyer.get(&format!("/xiadan/{}", stage.service)).await;
        assert!(form.body.contains("阶段计划"), "the plan is there before the order");
        let order = stage.place().await;
        act(&mut stage.seller, &order, "supplier_confirm", &[]).await;
        act(&mut stage.buyer, &order, "sign", &[]).await;
        for number in 1..=3 {
            act(&mut stage.buyer, &order, "fund", &[]).await;
            let ticks = ticks(&mut stage, &order).await;
            assert!(!ticks.is_empty());
            let delivered = act(&mut stage.seller, &order, "deliver", &ticks).await;
            assert_eq!(delivered.status, StatusCode::SEE_OTHER, "{}", delivered.body);
            let page = stage.buyer.get(&order).await;
            assert!(page.body.contains(&format!("第 {number} 阶段：")), "the page names the milestone");
            act(&mut stage.buyer, &order, "accept", &[]).await;
            let round = app::market::order::run_due(&state(test, true).app, &test.system()).await.expect("timers");
            assert_eq!(round.taken, 1);
        }
        let done = stage.buyer.get(&order).await;
        assert!(done.body.contains("第 3 阶段 · 结算给服务商"));
        assert_eq!(done.body.matches("<td data-label=\"状态\"><div>已结算").count(), 3);
        assert!(stage.stranger.get("/demo/zhangben").await.body.contains("账平"));
    }

    another_milestone_is_refused_and_what_was_typed_stays(test) {
        let mut stage = stage(test, |service| service.plan.len() == 3).await;
        let order = stage.place().await;
        act(&mut stage.seller, &order, "supplier_confirm", &[]).await;
        act(&mut stage.buyer, &order, "sign", &[]).await;
        act(&mut stage.buyer, &order, "fund", &[]).await;
        let page = stage.seller.get(&order).await;
        let (csrf, version) = (page.csrf(), crate::order::hidden(&page, "version"));
        for wrong in ["2", "x", "-1", ""] {
            let fields = [("csrf", csrf.as_str()), ("version", version.as_str()), ("milestone", wrong), ("reason", "已完成")];
            let refused = stage.seller.post(&format!("{order}/deliver"), &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains("请指明当前进行中的阶段") && refused.body.contains(">已完成</textarea>"));
        }
    }

    a_partial_refund_is_offered_and_agreed_through_the_forms(test) {
        let mut stage = stage(test, |service| service.plan.is_empty() && service.official_fee == 0 && !service.paused).await;
        let order = stage.place().await;
        act(&mut stage.seller, &order, "supplier_confirm", &[]).await;
        act(&mut stage.buyer, &order, "sign", &[]).await;
        act(&mut stage.buyer, &order, "fund", &[]).await;
        act(&mut stage.buyer, &order, "request_refund", &[("reason", "不再需要")]).await;
        for wrong in ["", "0", "abc", "12.345", "99999999"] {
            let refused = act(&mut stage.seller, &order, "offer_partial", &[("amount", wrong), ("reason", "已做一半")]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.body.contains("href=\"#offer_partial-amount\"") && refused.body.contains(">已做一半</textarea>"));
            assert!(refused.body.contains(&format!("name=\"amount\" value=\"{wrong}\"")), "what was typed stays");
        }
        let offered = act(&mut stage.seller, &order, "offer_partial", &[("amount", "１,０.5"), ("reason", "已做一半")]).await;
        assert_eq!(offered.status, StatusCode::UNPROCESSABLE_ENTITY, "a comma between groups of three only");
        let offered = act(&mut stage.seller, &order, "offer_partial", &[("amount", "10.5"), ("reason", "已做一半")]).await;
        assert_eq!(offered.status, StatusCode::SEE_OTHER);
        let seen = stage.buyer.get(&order).await;
        assert!(seen.body.contains("退还买方 ¥10.50") && seen.body.contains("接受后 ¥10.50 退还给您"));
        let done = act(&mut stage.buyer, &order, "accept_partial", &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let page = stage.seller.get(&order).await;
        assert!(page.body.contains("已部分退款，余款已结算") && page.body.contains("已终止"));
        assert!(stage.stranger.get("/demo/zhangben").await.body.contains("账平"));
    }

    an_official_fee_asks_for_its_receipt_and_the_buyer_reads_it(test) {
        let mut stage = stage(test, |service| service.official_fee > 0 && !service.paused).await;
        let order = stage.place().await;
        act(&mut stage.seller, &order, "supplier_confirm", &[]).await;
        act(&mut stage.buyer, &order, "sign", &[]).await;
        act(&mut stage.buyer, &order, "fund", &[]).await;
        let ticks = ticks(&mut stage, &order).await;
        for (typed, said) in [("", "请填写官费缴纳凭证号"), ("无<b>", "至少含 4 位数字"), ("138 0000 0000", "不要填写手机号或身份证号")] {
            let fields = [&ticks[..], &[("receipt", typed)]].concat();
            let refused = act(&mut stage.seller, &order, "deliver", &fields).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.body.contains("href=\"#deliver-receipt\"") && refused.body.contains(said), "{typed}");
        }
        let fields = [&ticks[..], &[("receipt", "ys-2026-000365")]].concat();
        let done = act(&mut stage.seller, &order, "deliver", &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert!(stage.buyer.get(&order).await.body.contains("官费缴纳凭证号：YS-2026-000365"));
        act(&mut stage.buyer, &order, "reject", &[("item", "0"), ("reason", "缺少附件")]).await;
        let again = stage.seller.get(&order).await;
        assert!(again.body.contains("name=\"receipt\" value=\"YS-2026-000365\""), "not to be typed twice");
    }
}
