//! Approvals by programs: asked for, answered, taken back; by a token of the organisation and by no other.

use app::demo;
use axum::http::{StatusCode, header};
use privacy::purpose::Operate;
use serde_json::{Value, json};
use testkit::{TestStore, both_dbs};
use uuid::Uuid;

use crate::api_member::{House, house};
use crate::browser::{catalogue, state};
use crate::org::act_for;
use crate::program::{ALL, Program, Reply, token};

/// A house whose purchasing member has a limit below everything, a service with two ways to buy, and its
/// first price.
async fn limited(test: &TestStore) -> (House, Uuid, i64) {
    let app = state(test, true).app;
    let seeded = demo::seed(&app, &test.system::<Operate>(), |_, _| {}).await;
    seeded.expect("catalogue");
    let house = house(test).await;
    let now = catalogue().now();
    let service = now
        .favourites(100)
        .find(|service| service.skus.len() > 1)
        .expect("two ways to buy");
    let limits = house
        .owner
        .put(&house.path("/limits"), &json!({ "once": 0, "approvals": 1 }))
        .await;
    assert_eq!(limits.status, StatusCode::NO_CONTENT);
    (house, service.id, service.skus[0].price + service.official_fee)
}

async fn ask(house: &House, program: &Program, key: u128, body: &Value) -> Reply {
    program.keyed(key).post(&house.path("/requests"), body).await
}

both_dbs! {
    clause_2_1_1_a_a_request_is_made_once_and_approved_once_and_lets_the_order_be_placed(test) {
        let (house, service, price) = limited(test).await;
        let body = json!({ "service": service, "sku": 0, "note": "年度换系统" });
        let place = json!({ "service": service, "sku": 0 });
        let over = house.buyer.keyed(1).post("/api/v1/orders", &place).await;
        assert_eq!(over.problem(), (422, "spending_unapproved"));
        let made = ask(&house, &house.buyer, 1, &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
        let id = made.json["id"].as_str().expect("an identifier").to_owned();
        let path = house.path(&format!("/requests/{id}"));
        assert_eq!(made.header(header::LOCATION), path);
        assert_eq!((&made.json["state"], &made.json["own"], &made.json["amount"]["amount"], &made.json["note"]), (&json!("open"), &json!(true), &json!(price), &json!("年度换系统")));
        assert_eq!(ask(&house, &house.buyer, 1, &body).await.json, made.json);
        let other = json!({ "service": service, "sku": 1 });
        let refused = ask(&house, &house.buyer, 1, &other).await;
        assert_eq!((refused.problem(), refused.fields()), ((422, "key_used"), vec![("Idempotency-Key", "key_used")]));
        assert_eq!(house.buyer.get(&house.path("/requests")).await.json["own"].as_array().map(Vec::len), Some(1), "one request");

        // Who approves reads what for; others do not.
        let seen = house.admin.get(&house.path("/requests")).await.json;
        assert_eq!((&seen["approves"], &seen["waiting"][0]["note"], &seen["waiting"][0]["own"]), (&json!(true), &json!("年度换系统"), &json!(false)));
        let seen = house.viewer.get(&house.path("/requests")).await.json;
        assert_eq!((&seen["approves"], &seen["waiting"], &seen["own"]), (&json!(false), &json!([]), &json!([])));
        let limits = house.buyer.get(&house.path("/requests")).await.json;
        assert_eq!((&limits["limits"]["once"]["amount"], &limits["spent"]["amount"]), (&json!(0), &json!(0)));

        let approval = format!("{path}/approval");
        let right = json!({ "amount": price });
        for (program, problem) in [
            (&house.viewer, (403, "org_not_you")),
            (&house.buyer, (403, "org_not_you")),
            (&house.reader, (403, "scope_missing")),
            (&house.elsewhere, (404, "not_found")),
            (&house.stranger, (404, "not_found")),
        ] {
            assert_eq!(program.put(&approval, &right).await.problem(), problem);
            assert_eq!(program.put(&format!("{path}/refusal"), &json!({ "decline": "budget" })).await.problem(), problem);
        }
        for program in [&house.viewer, &house.elsewhere, &house.stranger] {
            assert_eq!(program.get(&path).await.problem(), (404, "not_found"));
        }
        let other = house.admin.put(&approval, &json!({ "amount": price + 1 })).await;
        assert_eq!((other.problem(), other.fields()), ((422, "spending_amount"), vec![("amount", "spending_amount")]));
        assert_eq!(test.count("SELECT COUNT(*) FROM spending_approval").await, 0);
        let done = house.admin.put(&approval, &right).await;
        assert_eq!((done.status, &done.json["state"], &done.json["approved_by_me"], &done.json["approvals"]), (StatusCode::OK, &json!("approved"), &json!(true), &json!(1)));
        assert_eq!(done.json["note"], json!(null), "nothing is left to decide");
        assert_eq!(house.admin.put(&approval, &right).await.json, done.json);
        assert_eq!(test.count("SELECT COUNT(*) FROM spending_approval").await, 1);
        assert_eq!(house.owner.put(&approval, &right).await.problem(), (409, "spending_decided"), "theirs was not needed");
        assert_eq!(house.admin.put(&format!("{path}/refusal"), &json!({ "decline": "budget" })).await.problem(), (409, "spending_decided"));

        let place = json!({ "service": service, "sku": 0, "approval": id });
        let order = house.buyer.keyed(2).post("/api/v1/orders", &place).await;
        assert_eq!(order.status, StatusCode::CREATED, "{}", order.json);
        let used = house.buyer.get(&path).await.json;
        assert_eq!((&used["state"], &used["order"]), (&json!("used"), &order.json["number"]));
        assert_eq!(house.admin.put(&approval, &right).await.json["state"], "used", "said again, it stays said");
        assert_eq!(house.buyer.keyed(3).post("/api/v1/orders", &place).await.problem(), (409, "spending_decided"), "once");
        assert_eq!(house.buyer.put(&format!("{path}/withdrawal"), &json!({})).await.problem(), (409, "spending_decided"));
    }

    a_request_is_declined_or_taken_back_and_said_again_stays_so(test) {
        let (house, service, price) = limited(test).await;
        let body = json!({ "service": service, "sku": 0 });
        let path = async |key: u128| {
            let made = ask(&house, &house.buyer, key, &body).await;
            house.path(&format!("/requests/{}", made.json["id"].as_str().expect("an identifier")))
        };
        let (one, two) = (path(1).await, path(2).await);
        let refusal = format!("{one}/refusal");
        for (wrong, code) in [(json!({}), "field_missing"), (json!({ "decline": "no" }), "field_value"), (json!({ "decline": 1 }), "field_value")] {
            let refused = house.owner.put(&refusal, &wrong).await;
            assert_eq!((refused.problem(), refused.fields()), ((422, "invalid"), vec![("decline", code)]));
        }
        for wrong in [json!({}), json!({ "amount": 0 }), json!({ "amount": price.to_string() })] {
            assert_eq!(house.owner.put(&format!("{one}/approval"), &wrong).await.problem(), (422, "invalid"));
        }
        let done = house.owner.put(&refusal, &json!({ "decline": "unclear" })).await;
        assert_eq!((&done.json["state"], &done.json["decline"]), (&json!("declined"), &json!("unclear")));
        assert_eq!(house.owner.put(&refusal, &json!({ "decline": "unclear" })).await.json, done.json);
        assert_eq!(house.owner.put(&refusal, &json!({ "decline": "budget" })).await.problem(), (409, "spending_decided"));
        assert_eq!(house.owner.put(&format!("{one}/approval"), &json!({ "amount": price })).await.problem(), (409, "spending_decided"));

        for (program, problem) in [
            (&house.owner, (404, "not_found")),
            (&house.viewer, (404, "not_found")),
            (&house.reader, (403, "scope_missing")),
            (&house.elsewhere, (404, "not_found")),
            (&house.stranger, (404, "not_found")),
        ] {
            assert_eq!(program.put(&format!("{two}/withdrawal"), &json!({})).await.problem(), problem);
        }
        assert_eq!(house.buyer.put(&format!("{two}/withdrawal"), &json!({})).await.status, StatusCode::NO_CONTENT);
        assert_eq!(house.buyer.put(&format!("{two}/withdrawal"), &json!({})).await.problem(), (409, "spending_decided"));
        assert_eq!(house.buyer.get(&two).await.json["state"], "withdrawn");
        assert_eq!(ask(&house, &house.buyer, 2, &body).await.json["state"], "withdrawn", "the key made this one and makes no other");
        for wrong in [Uuid::nil().to_string(), "x".to_owned()] {
            let wrong = house.path(&format!("/requests/{wrong}"));
            assert_eq!((house.buyer.get(&wrong).await.status, house.buyer.put(&format!("{wrong}/withdrawal"), &json!({})).await.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        }
        // Nobody approves their own.
        let made = ask(&house, &house.admin, 5, &body).await;
        let own = house.path(&format!("/requests/{}", made.json["id"].as_str().expect("an identifier")));
        assert_eq!(house.admin.put(&format!("{own}/approval"), &json!({ "amount": price })).await.problem(), (422, "spending_self"));
        assert_eq!(house.admin.put(&format!("{own}/refusal"), &json!({ "decline": "budget" })).await.problem(), (422, "spending_self"));
    }

    a_request_is_the_organisations_and_a_token_of_ones_own_does_not_make_it(test) {
        let (mut house, service, _) = limited(test).await;
        let body = json!({ "service": service, "sku": 0 });
        act_for(&mut house.browser, "").await;
        let own = Program::new(test).bearing(&token(&mut house.browser, ALL, "30").await);
        assert_eq!(own.get(&house.path("/requests")).await.problem(), (403, "token_personal"));
        assert_eq!(ask(&house, &own, 1, &body).await.problem(), (403, "token_personal"));
        for program in [&house.stranger, &house.elsewhere] {
            assert_eq!(program.get(&house.path("/requests")).await.problem(), (404, "not_found"));
            assert_eq!(ask(&house, program, 1, &body).await.problem(), (404, "not_found"));
        }
        assert_eq!(own.get("/api/v1/organisations/00000000-0000-4000-8000-000000000000/requests").await.problem(), (404, "not_found"));
        assert_eq!(ask(&house, &house.viewer, 1, &body).await.problem(), (403, "org_not_you"));
        assert_eq!(ask(&house, &house.reader, 1, &body).await.problem(), (403, "scope_missing"));
        assert_eq!(house.buyer.post(&house.path("/requests"), &body).await.fields(), [("Idempotency-Key", "field_missing")]);
        for (wrong, problem, field) in [
            (json!({ "service": service }), (422, "invalid"), "sku"),
            (json!({ "service": service, "sku": 100 }), (422, "invalid"), "sku"),
            (json!({ "service": service, "sku": 99 }), (422, "order_empty"), "sku"),
            (json!({ "service": service, "sku": 0, "note": "字".repeat(201) }), (422, "invalid"), "note"),
            (json!({ "service": service, "sku": 0, "note": "电话 13800138000" }), (422, "note_contact"), "note"),
            (json!({ "service": service, "sku": 0, "amount": 1 }), (422, "invalid"), "amount"),
        ] {
            let refused = ask(&house, &house.buyer, 1, &wrong).await;
            assert_eq!((refused.problem(), refused.fields().first().map(|(field, _)| *field)), (problem, Some(field)), "{wrong}");
        }
        let nothing = ask(&house, &house.buyer, 1, &json!({ "service": Uuid::nil(), "sku": 0 })).await;
        assert_eq!(nothing.problem(), (404, "not_found"));
        assert_eq!(house.buyer.get(&house.path("/requests")).await.json["own"], json!([]), "nothing was made");
    }
}
