//! The account's writes: devices, the shown name; and what a guardian's program reads.

use axum::http::{Method, StatusCode};
use serde_json::json;
use testkit::both_dbs;
use uuid::Uuid;

use crate::minor::asked;
use crate::program::{ALL, Program, person, token};

const DEVICES: &str = "/api/v1/account/devices";
const NAME: &str = "/api/v1/account/display-name";
const CHANGES: &str = "SELECT COUNT(*) FROM account_change";

both_dbs! {
    clause_2_1_1_e_a_program_logs_a_device_of_its_person_out_and_no_other(test) {
        let mut browser = person(test, "100-0000-0001", "lin").await;
        let mut other = person(test, "100-0000-0002", "he").await;
        let anonymous = Program::new(test);
        let program = anonymous.bearing(&token(&mut browser, &["account_read", "account_write"], "30").await);
        let reader = anonymous.bearing(&token(&mut browser, &["account_read"], "30").await);
        let stranger = anonymous.bearing(&token(&mut other, ALL, "30").await);

        let seen = program.get(DEVICES).await;
        let items = seen.json["items"].as_array().expect("devices");
        assert_eq!(items.len(), 1);
        let opened = test.count("SELECT COUNT(*) FROM access_record WHERE fields = 'session.device'").await;
        assert_eq!(opened, 1, "on record, and nothing else is opened for it");
        let path = format!("{DEVICES}/{}", items[0]["id"].as_str().expect("a device"));

        for (program, problem) in [(&stranger, (404, "not_found")), (&reader, (403, "scope_missing")), (&anonymous, (401, "token_missing"))] {
            assert_eq!(program.delete(&path).await.problem(), problem);
        }
        assert_eq!(browser.get("/zhanghao").await.status, StatusCode::OK, "still logged in");
        let done = program.delete(&path).await;
        assert_eq!((done.status, &done.json), (StatusCode::NO_CONTENT, &json!(null)));
        assert!(browser.get("/zhanghao").await.location().starts_with("/denglu"));
        assert!(other.get("/zhanghao").await.status == StatusCode::OK);
        for path in [path, format!("{DEVICES}/{}", Uuid::nil()), format!("{DEVICES}/x"), format!("{DEVICES}/%FF")] {
            assert_eq!(program.delete(&path).await.problem(), (404, "not_found"), "{path}");
        }
        assert_eq!(program.get(DEVICES).await.json["items"], json!([]));
    }

    clause_2_6_1_a_the_shown_name_is_corrected_once_however_often_it_is_sent(test) {
        let mut browser = person(test, "100-0000-0001", "lin").await;
        let anonymous = Program::new(test);
        let program = anonymous.bearing(&token(&mut browser, ALL, "30").await);
        let reader = anonymous.bearing(&token(&mut browser, &["account_read"], "30").await);
        let body = json!({ "display_name": " 知远 ", "note": "改成同事的叫法" });
        assert_eq!(reader.put(NAME, &body).await.problem(), (403, "scope_missing"));
        for _ in 0..2 {
            assert_eq!(program.put(NAME, &body).await.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(test.count(CHANGES).await, 1, "one correction");
        let names = reader.get("/api/v1/account/names").await.json;
        assert_eq!(names, json!({ "account_name": "lin", "display_name": "知远", "rename_from": null }));
        assert!(browser.get("/zhanghao/xiugai").await.body.contains("改成同事的叫法"));
        for (wrong, code, field) in [
            (json!({ "display_name": "打13800138000" }), "display_name_number", "display_name"),
            (json!({ "display_name": "a\u{202e}b" }), "display_name", "display_name"),
            (json!({ "display_name": "小林", "note": "a\nb" }), "change_reason", "note"),
        ] {
            let refused = program.put(NAME, &wrong).await;
            assert_eq!((refused.problem(), refused.fields()), ((422, code), vec![(field, code)]));
        }
        for (wrong, field, code) in [
            (json!({}), "display_name", "field_missing"),
            (json!({ "display_name": null }), "display_name", "field_value"),
            (json!({ "display_name": 7 }), "display_name", "field_value"),
            (json!({ "display_name": "字".repeat(31) }), "display_name", "field_value"),
            (json!({ "display_name": "a", "note": "字".repeat(201) }), "note", "field_value"),
            (json!({ "display_name": "a", "account_name": "b" }), "account_name", "field_unknown"),
        ] {
            let refused = program.put(NAME, &wrong).await;
            assert_eq!((refused.problem(), refused.fields()), ((422, "invalid"), vec![(field, code)]), "{wrong}");
        }
        assert_eq!(reader.get("/api/v1/account/names").await.json["display_name"], "知远");
        for _ in 0..2 {
            assert_eq!(program.put(NAME, &json!({ "display_name": "" })).await.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(test.count(CHANGES).await, 2);
        // What logs one in is not changed by a token.
        for (method, path) in [(Method::PUT, "/api/v1/account/names"), (Method::PUT, "/api/v1/account"), (Method::DELETE, "/api/v1/account")] {
            let reply = program.send(method, path, None, Vec::new()).await;
            assert_eq!(reply.problem(), (405, "method_unknown"), "{path}");
        }
    }

    clause_2_7_b_a_guardians_program_reads_how_a_request_stands_and_not_whose_it_is(test) {
        let (_, mut guardian) = asked(test, "child").await;
        let program = Program::new(test).bearing(&token(&mut guardian, &["account_read"], "30").await);
        let seen = program.get("/api/v1/account/children").await;
        let items = seen.json["items"].as_array().expect("children");
        assert_eq!((items.len(), &items[0]["state"], &items[0]["band"], &items[0]["account"]), (1, &json!("told"), &json!("child"), &json!(false)));
        assert!(items[0]["due"].is_string() && items[0]["number"].as_str().is_some_and(|number| number.starts_with("JH")));
        assert_eq!(items[0].as_object().map(serde_json::Map::len), Some(6), "nothing that names anybody");
        test.clock.advance(time::Duration::SECOND);
        let mut other = person(test, "100-0000-0009", "路人").await;
        let stranger = Program::new(test).bearing(&token(&mut other, &["account_read"], "30").await);
        assert_eq!(stranger.get("/api/v1/account/children").await.json["items"], json!([]));
    }
}
